import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import {
  about,
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  planned,
  provincials,
  recorded,
  selected,
  today,
  type Domain,
} from '../authorization.ts'
import { cityOf, governed, locals } from '../agreements.ts'
import { complaints, done, refusal, type Values } from '../cases.ts'
import { begin } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let d: Domain
beforeAll(async () => {
  w = await world({
    more: {
      organisations: [...(provincials as { organisations: object[] }).organisations, ...locals.organisations],
      people: [...(provincials as { people: object[] }).people, ...locals.people],
    } as never,
  })
  d = await domainOf(w)
})
afterAll(() => w.close())

describe('a domain, from the appointment to the agreement', () => {
  let appointment: string
  let plan: string
  let item: string
  it('HNA-018 HNP-009 a department names exactly one 实施机构 for its own domain and files it', async () => {
    appointment = await appointed(d, w)
    expect((await d.bureau.see(appointment, 'appointment')).stateTerm).toBe('已确定')
    // a second one is refused, and so is a body that may not be one
    const again = begin(d.unit, 'appointments', 'domain', undefined, { implementer: d.bureau.org, domain: '公积金' })
    const { id } = await done(again)
    expect(await refusal(act(d.unitBoss, 'appointment', id, 'confirm', { decidedOn: '2026-03-09' }))).toBe(
      '409 duplicate',
    )
    expect(await refusal(begin(d.clerk, 'appointments', 'domain', undefined, { implementer: d.clerk.org }))).toBe(
      '403 not_yours',
    )
    await recorded(d, appointment, 'appointment', d.unit)
    const seen = await d.unit.see(appointment, 'appointment')
    expect(seen.facts.find((f) => f.term === '备案编号')?.value).toMatch(/^备-/)
  })

  it('HNA-024 HNP-012 its plan goes from the data administration to its department and to the leader in charge', async () => {
    item = await anEntry(d, '公积金缴存信息')
    plan = await planned(d, appointment, [item])
    const states = [(await d.clerk.see(plan, 'plan')).stateTerm]
    await done(act(d.bureau, 'plan', plan, 'approval.review'))
    states.push((await d.clerk.see(plan, 'plan')).stateTerm)
    await done(act(d.unitBoss, 'plan', plan, 'approval.decide', { decidedOn: '2026-03-09' }))
    states.push((await d.clerk.see(plan, 'plan')).stateTerm)
    await done(act(d.government, 'plan', plan, 'approval.consent', { decidedOn: '2026-03-09' }))
    states.push((await d.clerk.see(plan, 'plan')).stateTerm)
    expect(states).toEqual(['省数据局审核把关中', '单位“三重一大”审议中', '报省政府分管领导中', '实施中'])
  })

  it('HNA-027 HNP-013 it is to be filed within ten working days of the approval, and the clock runs by itself', async () => {
    const [r] = await about(d.clerk, plan, 'recordal', 'plan')
    const seen = await d.clerk.see(r!.id, 'recordal')
    expect([seen.stateTerm, seen.dues.find((x) => x.kind === 'limit')?.day]).toEqual(['待备案', '2026-03-23'])
    expect(seen.dues[0]!.basis).toContain('第十二条')
    await recorded(d, plan, 'plan', d.clerk)
  })

  it('HNA-029 an operator is chosen only under a plan in force, an agreement signed only with who was chosen', async () => {
    const selection = await selected(d, w, plan)
    const agreement = await agreed(d, w, selection, [item])
    const seen = await d.operator.see(agreement, 'agreement')
    expect(seen.stateTerm).toBe('执行中')
    // HNP-020: from the deliberation
    const [r] = await about(d.clerk, agreement, 'recordal', 'agreement')
    expect((await d.clerk.see(r!.id, 'recordal')).dues.find((x) => x.kind === 'limit')?.day).toBe('2026-03-23')
    expect((await checkProjections(w.app)).differences).toEqual([])
  })

  it('HNA-025 HNA-026 an approved plan is fixed; a major change goes the whole way again while the old one stays in force', async () => {
    expect(await refusal(d.clerk.act(plan, 'write', {}, 'plan'))).toBe('409 not_now')
    const { id } = await done(begin(d.clerk, 'plans', 'domain', plan))
    await done(
      act(d.clerk, 'plan', id, 'write', { title: '方案（修订）', items: [item], from: '2026-04-01', to: '2031-03-31' }),
    )
    await done(act(d.clerk, 'plan', id, 'submit'))
    expect((await d.clerk.see(plan, 'plan')).stateTerm).toBe('实施中')
    await approved(d, w, id)
    expect([(await d.clerk.see(plan, 'plan')).stateTerm, (await d.clerk.see(id, 'plan')).stateTerm]).toEqual([
      '已被新方案取代',
      '实施中',
    ])
  })
})

describe('a city whose government names the 实施机构', () => {
  const named = (who: Actor, over: Values = {}) => begin(who, 'appointments', 'local', undefined, over)
  const decider = async (who: Actor, id: string): Promise<string | undefined> =>
    (await who.see(id, 'appointment')).facts.find((f) => f.term === '确定机关')?.value

  it('ZQ-009 the data administration records what a government that is not registered decided, by its document', async () => {
    const c = await cityOf(w)
    expect(await refusal(named(c.clerk, { implementer: c.clerk.org }))).toBe('403 not_yours')
    const { id } = await done(named(c.bureau, { implementer: c.clerk.org }))
    expect(await complaints(c.bureauBoss.act(id, 'confirm', {}, 'appointment'))).toEqual([
      'decidedOn',
      'files',
      'number',
    ])
    await done(act(c.bureauBoss, 'appointment', id, 'confirm', { decidedOn: today(w), number: '肇府函〔2026〕3号' }))
    expect(await decider(c.bureau, id)).toContain('由数据管理部门按其文件记录')
    await done(act(c.bureauBoss, 'appointment', id, 'end'))
  })

  it('ZQ-009 a government that is registered decides itself, and nobody in its place', async () => {
    const where = await world({ more: governed as never })
    const [c, secretary, mayor] = await Promise.all([
      cityOf(where),
      where.as('肇庆市政府经办'),
      where.as('肇庆市政府审批'),
    ])
    expect(await refusal(named(c.bureau, { implementer: c.clerk.org }))).toBe('403 not_yours')
    const { id } = await done(named(secretary, { implementer: c.clerk.org }))
    expect(await refusal(c.bureauBoss.act(id, 'confirm', {}, 'appointment'))).toBe('403 not_yours')
    await done(act(mayor, 'appointment', id, 'confirm', { decidedOn: today(where) }))
    expect(await decider(c.clerk, id)).toBe('本级人民政府')
    expect((await c.clerk.see(id, 'appointment')).stateTerm).toBe('已确定')
    // from now on it is the 实施机构, for whom the data administration writes the plan
    await done(begin(c.bureau, 'plans', 'local', id))
    await where.close()
  })
})
