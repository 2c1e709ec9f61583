import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { CaseView } from '#contract'
import { pactStanding } from '#domain/authorization'
import type { Case } from '#domain/kernel'
import { asSystem, readCase } from '#store'
import { about, act, domainOf, onDay, provincials, tenderLink, today, type Domain } from '../authorization.ts'
import { bySystem, cityOf, legacyOf, locals, type City } from '../agreements.ts'
import { complaints, done, refusal, type Values } from '../cases.ts'
import { begin, entryOf } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let c: City
let d: Domain
let parking: string
let elsewhere: string
let agreement: string
let developer: Actor
let second: Actor
beforeAll(async () => {
  w = await world({
    more: {
      organisations: [...(provincials as { organisations: object[] }).organisations, ...locals.organisations],
      people: [...(provincials as { people: object[] }).people, ...locals.people],
    } as never,
  })
  ;[c, d] = [await cityOf(w), await domainOf(w)]
  ;[developer, second] = [await w.as('肇开发复核'), await w.as('肇开发二复核')]
  const source = [await w.as('数源机构经办'), await w.as('数源机构复核')] as const
  parking = await entryOf(source, { sharing: 'unconditional' }, { basic: { name: '停车泊位信息' } })
  elsewhere = await entryOf(source, { sharing: 'unconditional' }, { basic: { name: '未授权的信息' } })
  await done(
    (await w.as('肇庆局经办')).act(
      w.orgs['zqImplementer']!,
      'appoint',
      { role: 'implementer', document: '演示' },
      'organisation',
    ),
  )
  agreement = await legacyOf(c.clerk, c.boss, c.operator.org, [parking], { products: [{ name: '停车位查询' }] })
})
afterAll(() => w.close())

const see = (id: string, who: Actor = c.operator): Promise<CaseView> => who.see(id, 'pact')
const term = { termFrom: '2026-04-01', termTo: '2026-09-30' }
const written = async (by: Actor, kind: string, on: string, over: Values): Promise<string> => {
  const { id } = await done(begin(by, 'pacts', kind, on))
  await done(act(by, 'pact', id, 'write', { ...term, ...over }))
  return id
}
const scenario = (over: Values = {}): Values => ({
  scenario: '停车诱导',
  items: [parking],
  developer: developer.org,
  ...over,
})
const approve = async (id: string): Promise<void> => {
  await done(act(c.operatorBoss, 'pact', id, 'submit'))
  await done(act(c.clerk, 'pact', id, 'review.approve'))
}
const sign = (who: Actor, id: string) => act(who, 'pact', id, 'sign', { signedOn: today(w) })

describe('one scenario, one authorization', () => {
  let id: string
  it('says its scenario and what it must not be used for, stays within the agreement, and is signed by each side', async () => {
    const { id: draft } = await done(begin(c.operator, 'pacts', 'scenario', agreement))
    id = draft
    const write = (over: Values) => act(c.operator, 'pact', id, 'write', { ...term, ...scenario(over) })
    expect(await refusal(write({ items: [parking, elsewhere] }))).toBe('422 beyond_agreement')
    expect(await complaints(write({ termTo: '2026-10-01' }))).toEqual(['termTo'])
    expect(await complaints(write({ developer: c.operator.org }))).toEqual(['developer'])
    expect(await complaints(write({ forbidden: '' }))).toEqual(['forbidden'])
    expect(await complaints(write({ noOther: false }))).toEqual(['noOther'])
    expect(await complaints(write({ recruitment: { files: [] } }))).toEqual(['recruitment.files'])
    await done(write({}))
    // drafted by one, sent on by another; approved before anybody signs
    expect(await refusal(c.operator.act(id, 'submit', {}, 'pact'))).toBe('403 not_yours')
    await done(act(c.operatorBoss, 'pact', id, 'submit'))
    expect((await see(id)).stateTerm).toBe('场景审定中')
    expect(await refusal(sign(developer, id))).toBe('409 not_now')
    await done(act(c.clerk, 'pact', id, 'review.approve'))
    // who is no party to it signs nothing
    expect((await see(id, c.boss)).actions.map((a) => a.act)).not.toContain('sign')
    expect(await refusal(sign(c.boss, id))).toMatch(/invalid|not_yours/)
    expect(await complaints(developer.act(id, 'sign', {}, 'pact'))).toContain('file')
    await done(sign(developer, id))
    expect((await see(id)).stateTerm).toBe('待各方签订')
    expect((await developer.list('tasks?limit=50')).rows.some((r) => r.id === id)).toBe(false)
    expect((await c.operatorBoss.list('tasks?limit=50')).rows.some((r) => r.id === id)).toBe(true)
    await done(sign(c.operatorBoss, id))
    const seen = await see(id)
    expect(seen.stateTerm).toBe('执行中')
    expect(seen.agreement!.signatures.map((s) => [s.party, s.signedOn])).toEqual([
      ['肇庆数据运营有限公司（演示）', today(w)],
      ['肇庆某开发合伙企业（演示）', today(w)],
    ])
  })

  it('the same scenario is not given twice under an agreement, however it is spelt', async () => {
    const again = await written(
      c.operator,
      'scenario',
      agreement,
      scenario({ scenario: '“停车 诱导”', developer: second.org }),
    )
    await done(act(c.operatorBoss, 'pact', again, 'submit'))
    expect(await refusal(act(c.clerk, 'pact', again, 'review.approve'))).toBe('409 duplicate')
    // once the first has left it is free
    expect(await complaints(developer.act(id, 'leave', {}, 'pact'))).toEqual(['data', 'files', 'reason'])
    await done(act(developer, 'pact', id, 'leave'))
    expect((await see(id)).stateTerm).toBe('已终止')
    await done(act(c.clerk, 'pact', again, 'review.approve'))
    await done(act(c.operatorBoss, 'pact', again, 'drop'))
  })

  it('kinds of pacts are those of the jurisdiction', async () => {
    expect(await refusal(begin(c.operator, 'pacts', 'partner', agreement))).toBe('422 not_here')
    expect(await refusal(begin(c.operator, 'pacts', 'nested', agreement))).toBe('422 not_here')
    const offered = (await c.operator.see(agreement, 'agreement')).begins.filter((b) => b.process === 'pact')
    expect(offered.map((b) => b.kind)).toEqual(['scenario'])
    const offer = (await c.clerk.see(agreement, 'agreement')).begins.filter((b) => b.process === 'pact')
    expect(offer.map((b) => b.kind)).toEqual(['service'])
  })
})

describe('the agreement of four', () => {
  it('ZQ-032 is signed by implementer, source, operator and developer, each for itself, before anything is supplied', async () => {
    const source = w.orgs['zhaoqingSource']!
    const { id } = await done(begin(c.clerk, 'pacts', 'service', agreement))
    const write = (over: Values) =>
      act(c.clerk, 'pact', id, 'write', { ...term, ...scenario({ sources: [{ party: source }], ...over }) })
    // whoever holds the data is one of the four
    expect(await complaints(write({ sources: [{ party: second.org }] }))).toEqual(['sources'])
    expect(await complaints(write({ demand: '' }))).toEqual(['demand'])
    await done(write({}))
    await done(act(c.boss, 'pact', id, 'submit'))
    const sourceBoss = await w.as('数源机构复核')
    for (const who of [c.operatorBoss, sourceBoss, developer]) {
      await done(sign(who, id))
      expect((await see(id)).stateTerm).toBe('待各方签订')
      expect(await refusal(sign(who, id))).toMatch(/invalid|not_now/)
    }
    expect((await see(id)).facts.find((f) => f.term === '待签订')?.value).toBe('1 方')
    await done(sign(c.boss, id))
    const seen = await see(id)
    expect([seen.stateTerm, seen.agreement!.signatures.length]).toEqual(['执行中', 4])
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})

describe('what a selection of developers leads to', () => {
  it('ZQ-042 begins from the result, with whom it chose and nobody else; once it is signed the selection is at its end', async () => {
    const { id: selection } = await done(begin(c.operator, 'selections', 'openTender', agreement))
    // nothing has been chosen yet
    expect(await refusal(begin(c.operator, 'pacts', 'scenario', selection))).toBe('422 not_here')
    await chosen(selection)
    const offered = (await c.operator.see(selection, 'selection')).begins.filter((b) => b.process === 'pact')
    expect(offered.map((b) => b.kind)).toEqual(['scenario'])
    expect(await refusal(begin(c.clerk, 'pacts', 'scenario', selection))).toBe('403 not_yours')
    const { id } = await done(begin(c.operator, 'pacts', 'scenario', selection))
    // the form knows the winner, and asks for no other record of how they were found
    const form = (await see(id)).actions.find((a) => a.act === 'write')!
    expect(form.value).toMatchObject({ developer: second.org })
    expect(Object.keys((form.schema as { properties: object }).properties)).not.toContain('recruitment')
    const said = { ...term, scenario: '停车信用', items: [parking] }
    expect(await refusal(act(c.operator, 'pact', id, 'write', { ...said, developer: developer.org }))).toBe(
      '422 not_chosen',
    )
    await done(act(c.operator, 'pact', id, 'write', { ...said, developer: second.org }))
    // the result is signed once
    expect(await refusal(begin(c.operator, 'pacts', 'scenario', selection))).toBe('409 duplicate')
    await approve(id)
    await done(sign(second, id))
    expect((await c.operator.see(selection, 'selection')).stateTerm).toBe('已选定')
    await done(sign(c.operatorBoss, id))
    expect((await see(id)).stateTerm).toBe('执行中')
    expect((await c.operator.see(selection, 'selection')).stateTerm).toBe('已签约')
    await done(act(second, 'pact', id, 'leave'))
    // nor is it begun from again
    expect(await refusal(begin(c.operator, 'pacts', 'scenario', selection))).toBe('422 not_here')
  })
})
/** A tender held elsewhere and recorded, by the operator. */
const chosen = async (id: string): Promise<void> => {
  const day = today(w)
  await done(act(c.operator, 'selection', id, 'consult'))
  await done(act(c.operator, 'selection', id, 'submit'))
  for (const step of (await c.operatorBoss.see(id, 'selection')).actions.filter((a) => /^review\.[a-z]+$/.test(a.act)))
    await done(act(c.operatorBoss, 'selection', id, step.act))
  await done(act(c.operator, 'selection', id, 'announce', { until: day, link: tenderLink }))
  const result = { winner: second.org, resultOn: day, bidders: 3, link: tenderLink }
  await done(act(c.operator, 'selection', id, 'decide', result))
  await done(act(c.operatorBoss, 'selection', id, 'award', { decidedOn: day }))
}

describe('what rests on an agreement', () => {
  it('nothing is begun, approved or signed under one that is suspended', async () => {
    const id = await written(c.operator, 'scenario', agreement, scenario({ scenario: '错峰共享' }))
    await approve(id)
    await bySystem(w, agreement, 'suspend')
    expect(await refusal(begin(c.operator, 'pacts', 'scenario', agreement))).toBe('409 not_standing')
    expect(await refusal(sign(developer, id))).toBe('409 not_standing')
    await bySystem(w, agreement, 'resume')
    await done(sign(developer, id))
    await done(sign(c.operatorBoss, id))
    expect((await see(id)).stateTerm).toBe('执行中')
    // data is used under it on the days of its term, and only while the agreement above it stands
    const now = async (of: string): Promise<Case> =>
      (await asSystem(w.app.pool, (q) => readCase(q, of, [])))!.head.snapshot
    const [p, a] = [await now(id), await now(agreement)]
    expect(['2026-03-31', '2026-04-01', '2026-09-30', '2026-10-01'].map((day) => pactStanding(p, a, day))).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(pactStanding(p, { ...a, at: 'suspended' }, '2026-04-01')).toBe(false)
  })

  it('ends with it: when the agreement is over, so is everything under it', async () => {
    const running = (await about(c.operator, agreement, 'pact', 'agreement')).filter((p) => p.stateTerm === '执行中')
    expect(running.length).toBe(2)
    await bySystem(w, agreement, 'suspend')
    await bySystem(w, agreement, 'terminate')
    for (const p of running) expect((await see(p.id)).stateTerm).toBe('已终止')
    expect(await refusal(begin(c.operator, 'pacts', 'scenario', agreement))).toBe('409 not_standing')
  })
})

describe('elsewhere', () => {
  it('HNA-011 a grant by scenario is nested in an agreement as a whole or by domain, by both its sides', async () => {
    const [clerk, boss] = [await w.as('旧中心经办'), await w.as('旧中心复核')]
    const item = await entryOf([d.clerk, d.boss], { sharing: 'unconditional' }, { basic: { name: '公积金缴存' } })
    const domain = await legacyOf(clerk, boss, d.operator.org, [item], { mode: 'domain' })
    const id = await written(d.operator, 'nested', domain, { scenario: '租房补贴核验', items: [item] })
    await done(act(d.operatorBoss, 'pact', id, 'submit'))
    await done(sign(boss, id))
    await done(sign(d.operatorBoss, id))
    expect((await see(id, d.operator)).stateTerm).toBe('执行中')
    // nested in nothing: an agreement that is itself by scenario, or of no mode
    const loose = await legacyOf(clerk, boss, d.operator.org, [item], { mode: 'scenario' })
    expect(await refusal(begin(d.operator, 'pacts', 'nested', loose))).toBe('422 not_here')
  })

  it('a partner joins after a recruitment on record; a pact ends with its own term', async () => {
    const [clerk, boss] = [await w.as('六安局经办'), await w.as('六安局审批')]
    const [operator, operatorBoss, partner] = [
      await w.as('运营机构经办'),
      await w.as('运营机构复核'),
      await w.as('合伙人复核'),
    ]
    const fund = [await w.as('公积金经办'), await w.as('公积金复核')] as const
    const item = await entryOf(fund, { sharing: 'unconditional' }, { basic: { name: '公积金贷款' } })
    const over = await legacyOf(clerk, boss, operator.org, [item])
    const id = await written(operator, 'partner', over, {
      scenario: '信贷核验',
      items: [item],
      developer: partner.org,
      termTo: '2026-06-30',
    })
    await done(act(operatorBoss, 'pact', id, 'submit'))
    await done(sign(partner, id))
    await done(sign(operatorBoss, id))
    expect((await see(id, operator)).stateTerm).toBe('执行中')
    await onDay(w, '2026-07-01')
    expect((await see(id, operator)).stateTerm).toBe('已终止')
  })
})
