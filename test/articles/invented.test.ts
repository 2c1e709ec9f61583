import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkProjections, loadLayers } from '#application'
import { checkPacks } from '../../src/application/policies.ts'
import { about, act, tenderLink } from '../authorization.ts'
import { done, perform, refusal } from '../cases.ts'
import { begin, entryOf } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

const shipped = fileURLToPath(new URL('../../policies', import.meta.url))
const basis = { document: 'rules', article: '第一条', certainty: 'stated' }
const value = (v: unknown) => ({ value: v, basis })
const step = (key: string, term: string, by: string | string[], more: object = {}) => ({ key, term, by, ...more })

/** A city nobody has heard of: other names, other hands, other limits, and nothing but a pack. */
const city = {
  bureau: value({ term: '数据发展中心' }),
  implementer: value({ term: '承办单位', forms: ['institution'], direct: false }),
  operator: value({ term: '运营单位', forms: ['enterprise', 'unincorporated'] }),
  appointment: { local: value({ use: true, by: 'government', levels: ['city'] }) },
  plan: {
    kinds: { local: value({ use: true, author: 'implementer', levels: ['city'] }) },
    approval: {
      local: {
        steps: value([
          step('experts', '专家论证通过', 'bureau.handler', { state: '专家论证', form: 'opinion', exits: ['return'] }),
          step('council', '数据委员会审定', 'bureau.approver', { form: 'deliberation', exits: ['reject'] }),
          step('mayor', '市长办公会通过', ['government.approver', 'recorder.approver'], {
            state: '市长办公会',
            form: 'deliberation',
            exits: ['return', 'reject'],
          }),
        ]),
      },
    },
    filingFirst: value(true),
    consultation: {
      required: value(true),
      window: value({ value: 10, unit: 'day', countStart: true }),
      channels: value([{ value: 'phone', term: '市民热线' }]),
    },
  },
  selection: {
    review: {
      operator: {
        steps: value([
          step('probity', '廉洁审查通过', 'bureau.approver', { state: '廉洁审查', form: 'opinion', exits: ['return'] }),
        ]),
      },
    },
  },
  agreement: {
    term: value({ value: 2, unit: 'year', countStart: true, roll: false }),
    deliberation: {
      steps: value([
        step('counsel', '法律顾问审核通过', 'implementer.handler', { state: '法律顾问审核', form: 'opinion' }),
        step('party', '党组会审议通过', 'implementer.approver', { state: '党组会审议', form: 'deliberation' }),
      ]),
    },
  },
  recordal: {
    plan: {
      limit: value({ value: 5, unit: 'day' }),
      city: {
        steps: value([
          step('own', '登记编号', 'city.handler', { state: '待登记编号', form: 'receipt' }),
          step('above', '予以备案', 'province.handler', { state: '待上级备案', form: 'receipt' }),
        ]),
      },
    },
  },
}
const policies = (dir: string): void => {
  cpSync(shipped, dir, { recursive: true })
  mkdirSync(join(dir, 'elsewhere-city'))
  const documents = {
    rules: { title: '某市规则', short: '某市规则', inForce: '2026-01-01', status: 'inForce', text: 'full' },
  }
  const head = { layer: 'city', division: '990100', title: '某市', documents }
  writeFileSync(join(dir, 'elsewhere-city/pack.yaml'), stringify(head))
  writeFileSync(join(dir, 'elsewhere-city/authorization.yaml'), stringify({ authorization: city }))
  const divisions = readFileSync(join(dir, 'divisions.yaml'), 'utf8')
  const more = [
    ['990000', '某省', '000000'],
    ['990100', '某市', '990000'],
  ].map(([code, name, parent]) => `  - { code: '${code}', name: ${name}, parent: '${parent}' }\n`)
  writeFileSync(join(dir, 'divisions.yaml'), divisions + more.join(''))
}

let dir: string
let w: World
let clerk: Actor
let boss: Actor
let centre: Actor
let centreBoss: Actor
let government: Actor
let governmentBoss: Actor
let province: Actor
let venture: Actor
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gongshu-invented-'))
  rmSync(dir, { recursive: true })
  policies(dir)
  const org = (key: string, name: string, division: string, roles: string[], under: string, form = 'organ') => ({
    key,
    name,
    form,
    division,
    roles,
    document: '某文',
    under,
  })
  w = await world({
    policies: dir,
    more: {
      organisations: [
        org('otherProvince', '某省数据局', '990000', ['bureau'], 'platform'),
        org('otherCentre', '某市数据发展中心', '990100', ['bureau'], 'otherProvince', 'institution'),
        org('otherGovernment', '某市人民政府', '990100', ['government'], 'otherProvince'),
        org('otherBody', '某市承办单位', '990100', [], 'otherCentre', 'institution'),
        org('otherVenture', '某数据合伙企业', '990100', [], 'otherCentre', 'unincorporated'),
      ],
      people: [
        { name: '某省', org: 'otherProvince', duties: ['handler'] },
        { name: '中心甲', org: 'otherCentre', duties: ['handler'] },
        { name: '中心乙', org: 'otherCentre', duties: ['approver'] },
        { name: '市府甲', org: 'otherGovernment', duties: ['handler'] },
        { name: '市府乙', org: 'otherGovernment', duties: ['approver'] },
        { name: '承办甲', org: 'otherBody', duties: ['handler'] },
        { name: '承办乙', org: 'otherBody', duties: ['approver'] },
        { name: '企业甲', org: 'otherVenture', duties: ['approver'] },
      ],
    } as never,
  })
  ;[clerk, boss, centre, centreBoss, government, governmentBoss, province, venture] = (await Promise.all(
    ['承办甲', '承办乙', '中心甲', '中心乙', '市府甲', '市府乙', '某省', '企业甲'].map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor, Actor]
})
afterAll(async () => {
  await w.close()
  rmSync(dir, { recursive: true, force: true })
})

const state = async (process: string, id: string): Promise<string> => (await clerk.see(id, process)).stateTerm

describe('a city nobody has heard of is a pack and nothing else', () => {
  it('its pack binds every process', () => {
    expect(checkPacks(loadLayers(dir).layers)).toEqual([])
  })

  it('the government names the body, the body writes the plan, and the plan goes through hands that no other city has', async () => {
    const named = await done(begin(government, 'appointments', 'local', undefined, { implementer: clerk.org }))
    await done(act(governmentBoss, 'appointment', named.id, 'confirm', { decidedOn: '2026-03-09' }))
    // the data administration names nobody here
    expect(await refusal(begin(centre, 'appointments', 'local', undefined, {}))).toBe('403 not_yours')

    const item = await entryOf([clerk, boss], { sharing: 'unconditional' }, { basic: { name: '某市停车信息' } })
    const { id } = await done(begin(clerk, 'plans', 'local', named.id, { title: '某市方案' }))
    const product = { name: '车位查询', class: 'public', form: ['API'] }
    await done(
      act(clerk, 'plan', id, 'write', { items: [item], products: [product], from: '2026-06-01', to: '2028-05-31' }),
    )
    expect(await refusal(act(clerk, 'plan', id, 'submit'))).toBe('409 not_yet')
    const window = { to: '2026-03-19', channels: ['phone'] }
    const { id: hearing } = await done(begin(clerk, 'consultations', 'plan', id, window))
    await w.until('2026-03-20')
    await done(act(clerk, 'consultation', hearing, 'summarise'))
    await done(act(clerk, 'plan', id, 'submit'))
    const states = [await state('plan', id)]
    await done(act(centre, 'plan', id, 'approval.experts'))
    states.push(await state('plan', id))
    await done(act(centreBoss, 'plan', id, 'approval.council', { decidedOn: '2026-03-20' }))
    states.push(await state('plan', id))
    await done(act(governmentBoss, 'plan', id, 'approval.mayor', { decidedOn: '2026-03-20' }))
    states.push(await state('plan', id))
    expect(states).toEqual(['专家论证中', '数据委员会审定中', '市长办公会中', '待备案'])

    const [r] = await about(clerk, id, 'recordal', 'plan')
    expect((await clerk.see(r!.id, 'recordal')).dues.find((x) => x.kind === 'limit')?.day).toBe('2026-03-25')
    await done(act(clerk, 'recordal', r!.id, 'file', { lateReason: undefined }))
    await done(act(centre, 'recordal', r!.id, 'hops.own', { number: '某-1' }))
    expect(await state('plan', id)).toBe('待备案')
    await done(act(province, 'recordal', r!.id, 'hops.above', { number: '省-1' }))
    expect(await state('plan', id)).toBe('实施中')

    // a partnership may operate here, for two years at most
    const chosen = await done(begin(clerk, 'selections', 'openTender', id, { title: '某市遴选' }))
    await done(act(clerk, 'selection', chosen.id, 'consult'))
    await done(act(clerk, 'selection', chosen.id, 'submit'))
    await done(act(centreBoss, 'selection', chosen.id, 'review.probity'))
    await done(act(clerk, 'selection', chosen.id, 'announce', { until: '2026-03-20', link: tenderLink }))
    await done(
      act(clerk, 'selection', chosen.id, 'decide', {
        winner: venture.org,
        resultOn: '2026-03-20',
        bidders: 3,
        link: tenderLink,
      }),
    )
    await done(act(boss, 'selection', chosen.id, 'award', { decidedOn: '2026-03-20' }))
    const agreement = await done(begin(clerk, 'agreements', 'local', chosen.id, { number: '某授1号' }))
    const write = (termTo: string) =>
      act(clerk, 'agreement', agreement.id, 'write', {
        items: [item],
        termFrom: '2026-06-01',
        termTo,
        termReason: undefined,
      })
    expect(await refusal(write('2028-06-01'))).toBe('422 too_long')
    await done(write('2028-05-31'))
    await done(act(clerk, 'agreement', agreement.id, 'submit'))
    expect(await state('agreement', agreement.id)).toBe('法律顾问审核中')
    await done(perform(clerk, agreement.id, 'deliberation.counsel', {}, 'agreement'))
    expect(await state('agreement', agreement.id)).toBe('党组会审议中')
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})
