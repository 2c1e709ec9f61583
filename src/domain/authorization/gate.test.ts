import { describe, expect, it } from 'vitest'
import type { Case, Cx } from '../kernel/index.ts'
import { adjusting, closuresOf, grantOf, permitted, productKey, standing, underAgreement, type Grant } from './gate.ts'

const grant = (over: Partial<Grant> = {}): Grant => ({
  state: 'running',
  holder: 'operator',
  from: '2026-03-01',
  to: '2029-02-28',
  closures: [],
  kept: [],
  ...over,
})
const order = (scope: 'all' | 'objects' | 'new', ...objects: string[]) => ({
  by: 'order',
  scope,
  objects,
  since: '2026-04-01',
})
const day = '2026-04-01'
const asked = (g: Grant | undefined, what: 'new' | 'use', objects: readonly string[], by?: string, on = day): string =>
  permitted(g, { what, objects, by }, on)?.code ?? 'yes'

describe('what an agreement bears', () => {
  it('nothing outside its term, nothing when it is not carried out, nothing for whoever does not hold it', () => {
    expect(asked(grant(), 'use', ['a'])).toBe('yes')
    expect(asked(grant(), 'use', ['a'], 'operator', '2026-02-28')).toBe('agreement_over')
    expect(asked(grant(), 'use', ['a'], 'operator', '2029-02-28')).toBe('yes')
    // on the day after its last, whether or not anybody has noticed
    expect(asked(grant(), 'use', ['a'], 'operator', '2029-03-01')).toBe('agreement_over')
    for (const state of ['draft', 'signed', 'handover', 'exited'])
      expect(asked(grant({ state }), 'use', ['a'])).toBe('agreement_over')
    expect(asked(undefined, 'use', ['a'])).toBe('agreement_over')
    expect(asked(grant(), 'use', ['a'], 'another')).toBe('not_yours')
  })
  it('what an order names is closed, and what touches one closed thing among others', () => {
    expect(asked(grant({ state: 'suspended', closures: [order('all')] }), 'use', [])).toBe('suspended')
    const named = grant({ closures: [order('objects', 'a', productKey('甲'))] })
    expect([
      asked(named, 'use', ['a']),
      asked(named, 'use', ['b', 'a']),
      asked(named, 'use', ['b']),
      asked(named, 'new', ['a']),
      asked(named, 'use', ['product:甲']),
    ]).toEqual(['suspended', 'suspended', 'yes', 'suspended', 'suspended'])
    const fresh = grant({ closures: [order('new')] })
    expect([asked(fresh, 'use', ['a']), asked(fresh, 'new', ['a'])]).toEqual(['yes', 'suspended'])
    // a suspended agreement is closed even where no order says of what
    expect(asked(grant({ state: 'suspended' }), 'use', ['a'])).toBe('agreement_over')
  })
  it('what somebody has been entrusted with goes on in their hands, within the days, and never as new work', () => {
    const kept = [{ by: 'order', object: 'product:甲', keeper: 'keeper', from: '2026-04-01', until: '2026-06-30' }]
    const g = grant({ state: 'suspended', closures: [order('all')], kept })
    expect([
      asked(g, 'use', ['product:甲'], 'keeper'),
      asked(g, 'use', ['product:甲']),
      asked(g, 'use', ['product:甲'], 'operator'),
      asked(g, 'new', ['product:甲']),
      asked(g, 'use', ['product:甲', 'a'], 'keeper'),
      asked(g, 'use', ['product:甲'], 'keeper', '2026-07-01'),
      asked(g, 'use', [], 'keeper'),
    ]).toEqual(['yes', 'yes', 'suspended', 'suspended', 'not_yours', 'not_yours', 'not_yours'])
    expect(asked({ ...g, state: 'exited' }, 'use', ['product:甲'], 'keeper')).toBe('yes')
  })
})

const agreement = (at: string, did: Case['did'] = {}, data: Case['data'] = {}): Case => ({
  ...{ id: 'g', process: 'agreement', kind: 'local', variant: '', at, version: 9, division: '000000', rules: '' },
  ...{ opened: day, day, seats: { operator: 'operator' }, links: {}, due: [], turn: [], did },
  data: { write: { termFrom: '2026-03-01', termTo: '2029-02-28' }, ...data },
})
const said = (seq: number) => ({ by: 'system', org: 'system', day, seq, times: 1 })

describe('orders beside each other', () => {
  it('an agreement is suspended by the first order that closes all, and resumed only with the last', () => {
    const whole = { scope: 'all' as const, objects: [], since: day }
    const [first] = adjusting(agreement('running'), 'one', { closure: whole })
    expect(first).toMatchObject({ on: 'g', act: 'suspend' })
    const once = agreement('suspended', { suspend: said(4) }, { suspend: first!.input.data! })
    const [second] = adjusting(once, 'two', { closure: whole })
    expect(second).toMatchObject({ act: 'adjust' })
    const twice = agreement(
      'suspended',
      { suspend: said(4), adjust: said(5) },
      { suspend: first!.input.data!, adjust: second!.input.data! },
    )
    expect(closuresOf(twice).map((c) => c.by)).toEqual(['one', 'two'])
    expect(adjusting(twice, 'one', {})).toMatchObject([{ act: 'adjust' }])
    expect(adjusting(once, 'one', {})).toMatchObject([{ act: 'resume' }])
    // nothing was closed, nothing is opened
    expect(adjusting(agreement('running'), 'one', {})).toEqual([])
  })
  it('an act that rests on the agreement is refused by the same law; one that names no agreement, too', () => {
    const closed = agreement('running', { adjust: said(5) }, { adjust: { closures: [order('new')], kept: [] } })
    const cx = (related: readonly Case[]) => ({ related, day }) as unknown as Cx
    const under = { ...agreement('draft'), id: 'work', process: 'work', links: { agreement: 'g' } }
    expect(underAgreement('new')(under, {}, cx([agreement('running')]))).toBeUndefined()
    expect(underAgreement('new')(under, {}, cx([closed]))?.code).toBe('suspended')
    expect(underAgreement('use')(under, {}, cx([closed]))).toBeUndefined()
    expect(underAgreement('use')({ ...under, links: {} }, {}, cx([closed]))?.code).toBe('agreement_over')
    expect([standing(agreement('running'), day), standing(closed, day), grantOf(closed).holder]).toEqual([
      true,
      false,
      'operator',
    ])
  })
})
