import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { about, act, agreed, selected, today, type Domain } from '../authorization.ts'
import { done, refusal } from '../cases.ts'
import { load } from '../access/stage.ts'
import { begin } from '../sharing.ts'
import { aBatch, anItem, batchAct, grade, hopsSeen, masked, pipeline, sent, shutGates, table } from '../supply.ts'
import { world, type Actor, type World } from '../world.ts'

const city = {
  organisations: [
    ['zqGovernment', '肇庆市人民政府（演示）', ['government'], 'organ'],
    ['zqImplementer', '肇庆市授权运营实施机构（演示）', [], 'institution'],
    ['zqSecond', '肇庆市第二数源机构（演示）', ['dataSource'], 'organ'],
    ['zqOperator', '肇庆数据运营有限公司（演示）', [], 'enterprise'],
    ['zqDeveloper', '肇庆某开发有限公司（演示）', [], 'enterprise'],
  ].map(([key, name, roles, form]) => ({
    key,
    name,
    division: '441200',
    roles,
    under: 'zhaoqingBureau',
    form,
    document: '演示',
  })),
  people: [
    { name: '肇庆局审批', org: 'zhaoqingBureau', duties: ['approver'] },
    { name: '肇庆市政府经办', org: 'zqGovernment', duties: ['handler'] },
    { name: '肇庆市政府审批', org: 'zqGovernment', duties: ['approver'] },
    { name: '肇实施经办', org: 'zqImplementer', duties: ['handler'] },
    { name: '肇实施复核', org: 'zqImplementer', duties: ['approver'] },
    { name: '第二数源经办', org: 'zqSecond', duties: ['handler'] },
    { name: '第二数源复核', org: 'zqSecond', duties: ['approver'] },
    { name: '肇运营经办', org: 'zqOperator', duties: ['handler'] },
    { name: '肇运营复核', org: 'zqOperator', duties: ['approver'] },
    { name: '肇开发复核', org: 'zqDeveloper', duties: ['approver'] },
  ],
} as never

let w: World
let source: Actor
let sourceBoss: Actor
let second: Actor
let secondBoss: Actor
let clerk: Actor
let boss: Actor
let bureau: Actor
let operator: Actor
let d: Domain
let item: string
let other: string
let outside: string
let derived: string
let agreement: string
beforeAll(async () => {
  w = await world({ more: city })
  const [bureauBoss, secretary, government, operatorBoss] = (await Promise.all(
    ['肇庆局审批', '肇庆市政府经办', '肇庆市政府审批', '肇运营复核'].map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor]
  ;[source, sourceBoss, second, secondBoss, clerk, boss, bureau, operator] = (await Promise.all(
    [
      ...['数源机构经办', '数源机构复核', '第二数源经办', '第二数源复核'],
      ...['肇实施经办', '肇实施复核', '肇庆局经办', '肇运营经办'],
    ].map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor, Actor]
  d = { unit: bureau, unitBoss: bureauBoss, clerk, boss, bureau, bureauBoss, government, operator, operatorBoss }
  const theirs = { clerk: source, boss: sourceBoss }
  item = await anItem(w, theirs, '不动产登记明细')
  other = await anItem(w, { clerk: second, boss: secondBoss }, '用水明细')
  derived = await anItem(w, theirs, '登记与用水关联明细', {}, other)
  outside = await anItem(w, theirs, '范围以外的明细')
  const appointment = (await done(begin(secretary, 'appointments', 'local', undefined, { implementer: clerk.org }))).id
  await done(act(government, 'appointment', appointment, 'confirm', { decidedOn: today(w) }))
  const plan = (await done(begin(bureau, 'plans', 'local', appointment, { title: '肇庆市授权运营实施方案' }))).id
  await done(
    act(bureau, 'plan', plan, 'write', {
      title: '肇庆市授权运营实施方案',
      from: '2026-03-01',
      to: '2030-03-01',
      items: [item, other, derived],
      products: [{ name: '不动产核验', class: 'industry', form: ['API'], charged: true }],
    }),
  )
  await done(act(bureau, 'plan', plan, 'submit'))
  await done(act(bureauBoss, 'plan', plan, 'approval.decide', { decidedOn: today(w) }))
  await done(act(government, 'plan', plan, 'approval.govern', { decidedOn: today(w) }))
  const selection = await selected(d, w, plan, operator.org)
  agreement = await agreed(d, w, selection, [item, other, derived], { termFrom: '2026-03-01' })
})
afterAll(() => w.close())

const ask = (items: readonly string[]) =>
  begin(operator, 'supply-demands', 'items', agreement, {
    items: [...items],
    scenario: '不动产融资',
    frequency: undefined,
  })

describe('需求审定', () => {
  it('ZQ-031 what an operator needs is settled by the implementer together with each source unit', async () => {
    expect(await refusal(ask([item, outside]))).toBe('409 beyond_scope')
    expect(await refusal(begin(clerk, 'supply-demands', 'items', agreement, { items: [item] }))).toBe('403 not_yours')
    const { id } = await done(ask([item, other]))
    // not before every source has said its word
    expect((await boss.see(id, 'supplyDemand')).stateTerm).toBe('待数源单位审定')
    expect(await refusal(boss.act(id, 'confirm', { items: [item] }, 'supplyDemand'))).toBe('409 not_now')
    const reviews = await about(operator, id, 'demandReview', 'supplyDemand').catch(() => [])
    expect(reviews).toEqual([])
    const of = async (who: Actor): Promise<string> =>
      (await who.list('demand-reviews?openOnly=true')).rows.find((r) => r.state === 'asked')!.id
    await done(act(sourceBoss, 'demandReview', await of(sourceBoss), 'agree'))
    expect((await boss.see(id, 'supplyDemand')).stateTerm).toBe('待数源单位审定')
    await done(act(secondBoss, 'demandReview', await of(secondBoss), 'decline'))
    expect((await boss.see(id, 'supplyDemand')).stateTerm).toBe('待实施机构审定')
    // what a source did not agree to cannot be confirmed over its head
    expect(await refusal(boss.act(id, 'confirm', { items: [item, other] }, 'supplyDemand'))).toBe('409 not_agreed')
    expect(await shutGates(source, agreement, item)).toContain('demand')
    await done(act(boss, 'supplyDemand', id, 'confirm'))
    expect((await load(w, id)).data['confirm']!['items']).toEqual([item])
    expect(await shutGates(source, agreement, item)).not.toContain('demand')
    expect(await shutGates(second, agreement, other)).toContain('demand')
    expect(await refusal(aBatch(second, agreement, other))).toBe('409 no_demand')
  })

  it('ZQ-032 nothing is supplied before implementer, source, operator and developer have signed for this entry of this source', async () => {
    expect(await shutGates(source, agreement, item)).toContain('service')
    await masked(source, boss, agreement, item)
    expect(await refusal(aBatch(source, agreement, item))).toBe('409 no_service_pact')
    const developer = await w.as('肇开发复核')
    const { id } = await done(begin(clerk, 'pacts', 'service', agreement))
    const over = { scenario: '不动产融资', items: [item, other], developer: developer.org }
    const term = { termFrom: today(w), termTo: '2027-03-08' }
    await done(
      act(clerk, 'pact', id, 'write', {
        ...over,
        ...term,
        sources: [{ party: source.org }, { party: second.org }],
      }),
    )
    await done(act(boss, 'pact', id, 'submit'))
    for (const who of [d.operatorBoss, sourceBoss, secondBoss, boss]) {
      await done(act(who, 'pact', id, 'sign', { signedOn: today(w) }))
      expect(await shutGates(source, agreement, item)).toContain('service')
    }
    await done(act(developer, 'pact', id, 'sign', { signedOn: today(w) }))
    expect(await shutGates(source, agreement, item)).not.toContain('service')
    expect(await shutGates(source, agreement, derived)).toContain('service')
  })

  it('ZQ-030 what the scope does not cover is brought to the implementer, who answers', async () => {
    const { id } = await done(
      begin(operator, 'supply-demands', 'unmet', agreement, {
        scenario: '绿色信贷',
        wanted: [{ name: '用电明细', unit: '供电局' }],
      }),
    )
    const seen = await clerk.see(id, 'supplyDemand')
    expect([seen.stateTerm, seen.dues.find((x) => x.kind === 'limit')?.basis]).toEqual([
      '待协调',
      expect.stringContaining('第十八条'),
    ])
    await done(act(clerk, 'supplyDemand', id, 'coordinate', { result: 'plan', reply: '纳入下一次方案调整' }))
    expect((await operator.see(id, 'supplyDemand')).stateTerm).toBe('已协调')
  })
})

describe('两个平台', () => {
  it('ZQ-002 ZQ-004 what is not to be opened needs a proof of desensitisation, what is secret comes into no authorization', async () => {
    await done(source.act(item, 'revise', await revised({ opening: 'none', openingCondition: '涉及个人信息' }), 'item'))
    await grade(w, item, { opening: 'none' })
    expect(await shutGates(source, agreement, item)).toEqual(['desensitised'])
    expect(await refusal(aBatch(source, agreement, item))).toBe('409 not_desensitised')
    // either proof makes it good, and both are offered
    const offered = (await pipeline(source, agreement)).items.find((i) => i.id === item)!.asks.map((a) => a.kind)
    expect(offered).toEqual(['desensitised', 'anonymised'])
    const { id } = await done(begin(source, 'consents', 'desensitised', item, { until: '2027-03-01' }))
    const checker = (await load(w, id)).seats['checker']
    const who = [d.bureauBoss, boss].find((a) => a.org === checker)!
    await done(who.act(id, 'verify', { opinion: '已脱敏' }, 'consent'))
    expect(await shutGates(source, agreement, item)).toEqual([])
    await done(
      source.act(item, 'revise', await revised({ opening: 'none', openingCondition: '涉及个人信息' }, true), 'item'),
    )
    expect(await shutGates(source, agreement, item)).toContain('secret')
    expect(await refusal(aBatch(source, agreement, item))).toBe('422 secret')
    await done(source.act(item, 'revise', await revised({ opening: 'none', openingCondition: '涉及个人信息' }), 'item'))
  })

  it('ZQ-035 data that came from another unit by sharing is supplied with the consent of that unit alone', async () => {
    await masked(source, boss, agreement, derived)
    expect(await shutGates(source, agreement, derived)).toEqual(['sharing', 'demand', 'service'])
    expect(await refusal(aBatch(source, agreement, derived))).toBe('409 no_consent')
    // who carries the authorization out is shown what it may ask for; the operator may not
    const asks = async (who: Actor) =>
      (await pipeline(who, agreement)).items.find((i) => i.id === derived)!.asks.map((a) => [a.kind, a.upstream])
    expect([await asks(clerk), await asks(operator)]).toEqual([[['sharing', other]], []])
    expect(await refusal(begin(operator, 'consents', 'sharing', derived, { upstream: other }))).toBe('403 not_yours')
    const { id } = await done(begin(clerk, 'consents', 'sharing', derived, { upstream: other, until: '2027-03-01' }))
    await done(act(secondBoss, 'consent', id, 'give', { until: '2027-03-01' }))
    expect(await shutGates(source, agreement, derived)).toEqual(['demand', 'service'])
    expect(await asks(clerk)).toEqual([])
  })

  it('ZQ-007 ZQ-027 ZQ-033 ZQ-034 a source brings its data to the one platform, processed it goes to the other, in this order', async () => {
    const { id } = await done(aBatch(source, agreement, item))
    await sent(source, id, table(50))
    await w.settle()
    expect(await refusal(source.act(id, 'hops.collect', {}, 'batch'))).toBe('403 not_yours')
    await done(batchAct(boss, id, 'accept'))
    const seen = async (): Promise<string> => (await operator.see(id, 'batch')).stateTerm
    expect(await seen()).toBe('待汇聚到市政务大数据平台')
    expect(await refusal(operator.act(id, 'hops.operate', {}, 'batch'))).toBe('409 not_now')
    await done(batchAct(bureau, id, 'hops.collect'))
    expect(await seen()).toBe('待加工处理')
    await done(batchAct(source, id, 'hops.process'))
    await done(batchAct(operator, id, 'hops.operate'))
    expect(await seen()).toBe('可用')
  })

  it('ZQ-058 ZQ-059 ZQ-060 ZQ-061 each stretch of the way has the party whom the law makes answer for it', async () => {
    const batch = (await pipeline(operator, agreement)).items.find((i) => i.id === item)!.batches[0]!
    const { hops } = await hopsSeen(bureau, batch.id)
    expect(hops.map((h) => [h.roleTerm, h.term, h.party, h.by])).toEqual([
      ['数源机构', '数据生产系统至市政务大数据平台', '肇庆市数源机构（演示）', '肇庆市数源机构（演示）'],
      ['数据管理机构', '市政务大数据平台', '肇庆市政务服务和数据管理局', '肇庆市政务服务和数据管理局'],
      ['运营机构', '大数据平台至运营服务平台', '肇庆数据运营有限公司（演示）', '肇庆市数源机构（演示）'],
      ['运营机构', '市公共数据资源运营服务平台', '肇庆数据运营有限公司（演示）', '肇庆数据运营有限公司（演示）'],
      ['开发机构', '公共数据产品和服务开发经营', '肇庆某开发有限公司（演示）', ''],
    ])
    // in the register itself, with the act that brought it there
    const s = await load(w, batch.id)
    expect(s.data['receive']!['accountable']).toMatchObject([{ segment: 'source', party: source.org }])
    expect(s.data['hops.collect']!['accountable']).toMatchObject([{ segment: 'bigData', party: bureau.org }])
    expect(s.data['hops.process']!['accountable']).toMatchObject([{ segment: 'between', party: operator.org }])
    expect(s.data['hops.operate']!['accountable']).toMatchObject([
      { segment: 'operation', party: operator.org },
      { segment: 'develop', party: w.orgs['zqDeveloper'] },
    ])
    expect((await checkProjections(w.app)).differences).toEqual([])
  })

  it('ZQ-032 when a party leaves the service agreement, the next batch does not come', async () => {
    const [pact] = await about(operator, agreement, 'pact', 'agreement')
    await done(act(await w.as('肇开发复核'), 'pact', pact!.id, 'leave'))
    expect(await shutGates(source, agreement, item)).toEqual(['service'])
    expect(await refusal(aBatch(source, agreement, item))).toBe('409 no_service_pact')
  })
})

/** The entry again, with other classes of access, or secret. */
const revised = async (access: object, secret = false): Promise<object> => {
  const form = (await source.see(item, 'item')).actions.find((a) => a.act === 'revise')!
  const value = form.value as { basic?: object; access?: object }
  return { ...value, basic: { ...value.basic, secret }, access: { ...value.access, ...access }, change: '调整' }
}
