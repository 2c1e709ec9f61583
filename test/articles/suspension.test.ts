import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessClosed, checkProjections, mayUse, whileMayUse } from '#application'
import { about, act, onDay } from '../authorization.ts'
import { done, refusal } from '../cases.ts'
import { asks, operating, ordered, type Operating } from '../exiting.ts'
import { begin } from '../sharing.ts'
import type { Actor } from '../world.ts'

let o: Operating
const stateOf = async (who: Actor, id: string, process = 'suspension'): Promise<string> =>
  (await who.see(id, process)).stateTerm
beforeAll(async () => {
  o = await operating()
})
afterAll(() => o.w.close())

describe('an order about a running agreement', () => {
  it('is given by whom the rules name and nobody else, and is signed by another person than its author', async () => {
    const { d, agreement } = o
    // 授权运营实施规范 第三十三条(三): the data administration, not the 实施机构 and never the operator
    for (const who of [d.clerk, d.operator, d.unit, o.successor])
      expect(await refusal(begin(who, 'suspensions', 'order', agreement, { ground: 'breach', scope: 'all' }))).toBe(
        '403 not_yours',
      )
    const { id } = await done(
      begin(o.deputy, 'suspensions', 'order', agreement, { ground: 'breach', scope: 'all', rectifyBy: '2026-04-10' }),
    )
    expect(await asks(d.operator, agreement)).toBe('permitted')
    expect(await refusal(act(o.deputy, 'suspension', id, 'issue', { number: '1' }))).toBe('403 same_person')
    await done(act(d.bureauBoss, 'suspension', id, 'drop'))
    expect(await asks(d.operator, agreement)).toBe('permitted')
  })

  it('HNA-086 closes at once what it names, for new work and for use, and opens it again when lifted', async () => {
    const { d, agreement } = o
    const id = await ordered(o)
    expect([await asks(d.operator, agreement), await asks(d.operator, agreement, '?what=new')]).toEqual([
      '403 suspended',
      '403 suspended',
    ])
    expect(await stateOf(d.operator, agreement, 'agreement')).toBe('已暂停')
    // the operator is told, and cannot lift what binds it
    const told = await d.operator.get<{ term: string; urgent: boolean }[]>('/api/notices')
    expect(told.body.some((n) => n.term === '签发' && n.urgent)).toBe(true)
    for (const name of ['lift', 'release', 'proposeLift'])
      expect(await refusal(d.operatorBoss.act(id, name, {}, 'suspension'))).toMatch(/^(403 not_yours|422 unknown_act)$/)
    await done(act(d.operator, 'suspension', id, 'report'))
    await done(act(o.deputy, 'suspension', id, 'proposeLift'))
    expect(await refusal(act(o.deputy, 'suspension', id, 'lift', { number: '2' }))).toBe('403 same_person')
    expect(await asks(d.operator, agreement)).toBe('403 suspended')
    await done(act(d.bureauBoss, 'suspension', id, 'lift', { number: '湘数恢〔2026〕1号' }))
    expect([await stateOf(d.operator, id), await stateOf(d.operator, agreement, 'agreement')]).toEqual([
      '已恢复',
      '执行中',
    ])
    expect(await asks(d.operator, agreement)).toBe('permitted')
  })

  it('may name products and entries only, or only what would be new; the rest goes on', async () => {
    const { d, agreement, items } = o
    const named = await ordered(o, {
      scope: 'objects',
      items: [items[0]],
      products: [{ name: '缴存能力评估' }],
    })
    expect(await stateOf(d.operator, agreement, 'agreement')).toBe('执行中')
    const product = (name: string): string => `?product=${encodeURIComponent(name)}`
    expect([
      await asks(d.operator, agreement, `?item=${items[0]}`),
      await asks(d.operator, agreement, `?item=${items[1]}`),
      await asks(d.operator, agreement, product('缴存能力评估')),
      await asks(d.operator, agreement, product('公积金便民查询')),
    ]).toEqual(['403 suspended', 'permitted', '403 suspended', 'permitted'])
    const fresh = await ordered(o, { scope: 'new' })
    expect([
      await asks(d.operator, agreement, `?item=${items[1]}`),
      await asks(d.operator, agreement, `?item=${items[1]}&what=new`),
    ]).toEqual(['permitted', '403 suspended'])
    for (const id of [named, fresh]) {
      await done(act(d.operator, 'suspension', id, 'report'))
      await done(act(d.bureau, 'suspension', id, 'proposeLift'))
      await done(act(d.bureauBoss, 'suspension', id, 'lift', { number: '3' }))
    }
    expect(await asks(d.operator, agreement, `?item=${items[0]}&what=new`)).toBe('permitted')
    // what the agreement does not name cannot be suspended under it
    const stray = { ground: 'breach', rectifyBy: '2026-04-10', scope: 'objects', products: [{ name: '别的产品' }] }
    expect(await refusal(begin(d.bureau, 'suspensions', 'order', agreement, stray))).toBe('422 invalid')
  })

  it('leaves services of public interest running in the hands of a keeper, never in those of the suspended', async () => {
    const { d, agreement } = o
    const custody = { custodyProducts: [{ name: '公积金便民查询' }], custodyUntil: '2026-06-30' }
    const over = { ground: 'breach', rectifyBy: '2026-04-10', scope: 'all', ...custody }
    expect(
      await refusal(begin(d.bureau, 'suspensions', 'order', agreement, { ...over, custodian: d.operator.org })),
    ).toBe('422 invalid')
    const id = await ordered(o, { ...custody, custodian: o.successor.org })
    const query = `?product=${encodeURIComponent('公积金便民查询')}`
    expect([
      await asks(o.successor, agreement, query),
      await asks(d.operator, agreement, query),
      await asks(o.successor, agreement, `?product=${encodeURIComponent('缴存能力评估')}`),
    ]).toEqual(['permitted', '403 suspended', '403 not_yours'])
    // whoever is served does not ask who serves
    const objects = ['product:公积金便民查询']
    expect(await mayUse(o.w.app, { agreement, objects })).toBeUndefined()
    expect((await mayUse(o.w.app, { agreement, objects: ['product:缴存能力评估'] }))?.code).toBe('suspended')
    await done(act(d.operator, 'suspension', id, 'report'))
    await done(act(d.bureau, 'suspension', id, 'proposeLift'))
    await done(act(d.bureauBoss, 'suspension', id, 'lift', { number: '4' }))
    expect((await checkProjections(o.w.app)).differences).toEqual([])
  })
})

describe('many who use it', () => {
  it('HNA-086 none of the open sessions is let in once the order stands, without signing in again', async () => {
    const { d, agreement, items } = o
    const query = `?item=${items[0]}`
    const sessions = await Promise.all(Array.from({ length: 24 }, () => o.w.as('住房运营经办')))
    let stands = Infinity
    let going = true
    let before = 0
    const late: number[] = []
    const last = new Map<number, string>()
    const all = sessions.map(async (who, i) => {
      while (going) {
        const began = performance.now()
        const got = await asks(who, agreement, query)
        last.set(i, got)
        if (got !== 'permitted') continue
        if (began > stands) late.push(began - stands)
        else before++
      }
    })
    await new Promise((r) => setTimeout(r, 300))
    const { id } = await done(
      begin(d.bureau, 'suspensions', 'interim', agreement, { ground: 'incident', scope: 'objects', items: [items[0]] }),
    )
    stands = performance.now()
    await new Promise((r) => setTimeout(r, 300))
    going = false
    await Promise.all(all)
    expect(before).toBeGreaterThan(24)
    expect(late).toEqual([])
    expect([...new Set(last.values())]).toEqual(['403 suspended'])
    await done(act(d.bureauBoss, 'suspension', id, 'release'))
  })
})

describe('an answer that is under way', () => {
  it('is broken off within a second of the order', async () => {
    const { d, agreement, items } = o
    const pieces = async function* () {
      for (let i = 0; i < 400; i++) {
        yield i
        await new Promise((r) => setTimeout(r, 25))
      }
    }
    const got: number[] = []
    const reading = (async () => {
      for await (const piece of whileMayUse(o.w.app, { agreement, objects: [items[0]], by: d.operator.org }, pieces()))
        got[piece] = performance.now()
    })()
    const ended = reading.then(
      () => undefined,
      (e: unknown) => e,
    )
    await new Promise((r) => setTimeout(r, 300))
    const { id } = await done(
      begin(d.bureau, 'suspensions', 'interim', agreement, { ground: 'incident', scope: 'objects', items: [items[0]] }),
    )
    const committed = performance.now()
    expect(await ended).toBeInstanceOf(AccessClosed)
    expect(got.at(-1)! - committed).toBeLessThan(1000)
    expect(got.length).toBeGreaterThan(3)
    await done(act(d.bureauBoss, 'suspension', id, 'release'))
    expect(await asks(d.operator, agreement, `?item=${items[0]}`)).toBe('permitted')
  })
})

describe('protection at once', () => {
  it('one person on duty suspends at once; another confirms within the term, and the same person cannot', async () => {
    const { d, agreement } = o
    const { id } = await done(
      begin(o.deputy, 'suspensions', 'interim', agreement, { ground: 'incident', scope: 'all' }),
    )
    expect(await asks(d.operator, agreement)).toBe('403 suspended')
    const over = { number: '湘数责改〔2026〕9号', rectifyBy: '2026-04-10' }
    expect(await refusal(act(o.deputy, 'suspension', id, 'confirm', over))).toBe('403 same_person')
    const seen = await d.bureauBoss.see(id, 'suspension')
    expect(seen.dues.find((x) => x.act === 'confirm')).toMatchObject({ day: '2026-03-12', kind: 'limit' })
    await done(act(d.bureauBoss, 'suspension', id, 'confirm', over))
    expect(await stateOf(d.operator, id)).toBe('整改中')
    await done(act(d.operator, 'suspension', id, 'report'))
    await done(act(d.bureau, 'suspension', id, 'proposeLift'))
    await done(act(d.bureauBoss, 'suspension', id, 'lift', { number: '5' }))
  })
  it('lapses by itself where nobody confirms it', async () => {
    const { d, agreement } = o
    const { id } = await done(
      begin(d.bureau, 'suspensions', 'interim', agreement, { ground: 'incident', scope: 'all' }),
    )
    await onDay(o.w, '2026-03-12')
    expect(await asks(d.operator, agreement)).toBe('403 suspended')
    await onDay(o.w, '2026-03-13')
    expect([await stateOf(d.operator, id), await asks(d.operator, agreement)]).toEqual([
      '未经确认，已失效',
      'permitted',
    ])
  })
})

describe('a correction that is not made', () => {
  it('HNA-087 HNA-088 is followed by a proposal to end the agreement, which a person decides on', async () => {
    const { d, agreement } = o
    const id = await ordered(o, { rectifyBy: '2026-04-10' })
    const due = (await d.operator.see(id, 'suspension')).dues.find((x) => x.act === 'report')
    expect(due).toMatchObject({ day: '2026-04-10', kind: 'limit' })
    await onDay(o.w, '2026-04-11')
    // proposed by the system, decided by nobody: the agreement is suspended and not ended
    expect([await stateOf(d.operator, id), await stateOf(d.operator, agreement, 'agreement')]).toEqual([
      '待审定终止',
      '已暂停',
    ])
    await onDay(o.w, '2026-05-11')
    expect(await stateOf(d.operator, agreement, 'agreement')).toBe('已暂停')
    expect(await refusal(act(d.operatorBoss, 'suspension', id, 'terminate'))).toBe('403 not_yours')
    expect(await about(d.clerk, agreement, 'exit', 'agreement')).toEqual([])
    await done(act(d.bureauBoss, 'suspension', id, 'terminate', { number: '湘数终〔2026〕1号' }))
    // HNA-088: all grants are revoked, and the exit opens by itself
    expect([await stateOf(d.operator, agreement, 'agreement'), await asks(d.operator, agreement)]).toEqual([
      '交接中',
      '403 agreement_over',
    ])
    const [exit] = await about(d.clerk, agreement, 'exit', 'agreement')
    expect((await d.clerk.see(exit!.id, 'exit')).kindTerm).toBe('强制退出')
    expect(await refusal(begin(d.bureau, 'suspensions', 'order', agreement, { ground: 'breach', scope: 'all' }))).toBe(
      '403 agreement_over',
    )
    expect((await checkProjections(o.w.app)).differences).toEqual([])
  })
})
