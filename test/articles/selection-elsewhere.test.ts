import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadLayers, matters } from '#application'
import { resolve } from '#policy'
import { act, about, today, onDay } from '../authorization.ts'
import { after, done, refusal, type Values } from '../cases.ts'
import { admitted, evaluated, expertNames, organisation, pair } from '../selection.ts'
import { begin, entryOf } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

const { layers } = loadLayers(new URL('../../policies/', import.meta.url).pathname)

const more = {
  organisations: [
    organisation('zhaoqingGovernment', '肇庆市人民政府（演示）', 'organ', '441200', 'guangdongBureau', ['government']),
    organisation(
      'zhaoqingOperator',
      '肇庆某数据中心（普通合伙）（演示）',
      'unincorporated',
      '441200',
      'zhaoqingBureau',
    ),
    organisation('partner', '六安某数据合伙企业（演示）', 'unincorporated', '341500', 'luanBureau'),
    organisation('luanCompany', '六安某数据公司（演示）', 'enterprise', '341500', 'luanBureau'),
    organisation('college', '皖西某学院（演示）', 'institution', '341500', 'luanBureau'),
    organisation('hunanPartnership', '湖南某合伙企业（演示）', 'unincorporated', '430000', 'hunanBureau'),
  ],
  people: [
    { name: '肇庆局审批', org: 'zhaoqingBureau', duties: ['approver'] },
    { name: '肇庆政府经办', org: 'zhaoqingGovernment', duties: ['handler'] },
    { name: '肇庆政府审批', org: 'zhaoqingGovernment', duties: ['approver'] },
    ...pair('zhaoqingOperator', '肇庆运营'),
    ...pair('partner', '合伙人'),
    ...pair('luanCompany', '六安公司'),
    { name: '合伙企业经办', org: 'hunanPartnership', duties: ['handler', 'approver'] },
    { name: '湖南局审批', org: 'hunanBureau', duties: ['approver'] },
    ...expertNames.map((name) => ({ name, realName: true })),
  ],
} as never

/** Prepared, reviewed and announced by a clerk and a superior. */
const announcedBy = async (
  w: World,
  clerk: Actor,
  boss: Actor,
  under: string,
  days: number,
  kind = 'negotiation',
): Promise<string> => {
  const { id } = await done(begin(clerk, 'selections', kind, under, { title: '遴选' }))
  const acts = (await clerk.see(id, 'selection')).actions.map((a) => a.act)
  if (acts.includes('consult')) await done(act(clerk, 'selection', id, 'consult'))
  await done(act(clerk, 'selection', id, 'submit'))
  for (let s = (await boss.see(id, 'selection')).state; s.startsWith('review.');)
    s = (await done(act(boss, 'selection', id, s))).state
  const link = 'https://ggzy.example.cn/1'
  const tender = kind === 'openTender' ? { link } : {}
  await done(act(clerk, 'selection', id, 'announce', { until: after(today(w), days), ...tender }))
  return id
}
const form = async (who: Actor, collection: string, id: string, name: string) =>
  (await who.see(id, collection)).actions.find((a) => a.act === name)!
const keys = (schema: unknown): string[] => Object.keys((schema as { properties: object }).properties)

describe('where others than legal persons operate', () => {
  let w: World
  let clerk: Actor
  let boss: Actor
  let operator: Actor
  let operatorBoss: Actor
  let plan: string
  beforeAll(async () => {
    w = await world({ more })
    ;[clerk, boss, operator, operatorBoss] = (await Promise.all(
      ['肇庆局经办', '肇庆局审批', '肇庆运营经办', '肇庆运营复核'].map((n) => w.as(n)),
    )) as [Actor, Actor, Actor, Actor]
    const government = await w.as('肇庆政府审批')
    const source = [await w.as('数源机构经办'), await w.as('数源机构复核')] as const
    const item = await entryOf(source, { sharing: 'unconditional' }, { basic: { name: '数源目录' } })
    const secretary = await w.as('肇庆政府经办')
    const named = begin(secretary, 'appointments', 'local', undefined, { implementer: clerk.org, domain: undefined })
    const appointment = (await done(named)).id
    await done(act(government, 'appointment', appointment, 'confirm', { decidedOn: today(w) }))
    plan = (await done(begin(clerk, 'plans', 'local', appointment, { title: '肇庆方案' }))).id
    await done(act(clerk, 'plan', plan, 'write', { items: [item], from: '2026-04-01', to: '2031-03-31' }))
    await done(act(clerk, 'plan', plan, 'submit'))
    await done(act(boss, 'plan', plan, 'approval.decide', { decidedOn: today(w) }))
    await done(act(government, 'plan', plan, 'approval.govern', { decidedOn: today(w) }))
  }, 60_000)
  afterAll(() => w.close())

  it('ZQ-005 ZQ-021 ZQ-022 ZQ-023 ZQ-024 an unincorporated body applies, and answers for itself and who represents it', async () => {
    const id = await announcedBy(w, clerk, boss, plan, 15)
    const candidacy = (await done(begin(operator, 'candidacies', 'operator', id))).id
    const asked = keys((await form(operator, 'candidacy', candidacy, 'write')).schema)
    expect(asked).toEqual(
      expect.arrayContaining([
        ...['business', 'dishonestyEntity', 'dishonestyRepresentative', 'recordEntity', 'recordRepresentative'],
        ...['technology', 'team', 'office', 'network', 'computing', 'securityFacilities', 'others', 'extras'],
      ]),
    )
    await done(act(operator, 'candidacy', candidacy, 'write'))
    await done(act(operatorBoss, 'candidacy', candidacy, 'submit'))
    // neither here nor above: whoever supervises sees nothing yet
    expect((await clerk.get(`/api/candidacies/${candidacy}`)).status).toBe(404)
    const [until, later] = [after(today(w), 15), after(today(w), 20)]
    expect(await refusal(act(boss, 'selection', id, 'extend', { until }))).toBe('422 invalid')
    await done(act(boss, 'selection', id, 'extend', { until: later }))
    await onDay(w, after(until, 2))
    expect((await clerk.see(id, 'selection')).stateTerm).toBe('已发布公告')
    await done(act(operatorBoss, 'candidacy', candidacy, 'takeBack'))
    await done(act(operatorBoss, 'candidacy', candidacy, 'submit'))
    await onDay(w, after(later, 1))
    expect((await clerk.see(candidacy, 'candidacy')).stateTerm).toBe('待资格审查')
    const one = { recordRepresentative: { result: 'unmet', note: '有重大行政处罚' } }
    await done(act(clerk, 'candidacy', candidacy, 'check', one))
    await done(act(boss, 'candidacy', candidacy, 'disqualify'))
    // nobody is left
    expect(await refusal(act(clerk, 'selection', id, 'draw'))).toBe('409 no_candidate')
  })
})

describe('where the data administration authorizes by itself, and partners develop', () => {
  let w: World
  let clerk: Actor
  let boss: Actor
  let operator: Actor
  let operatorBoss: Actor
  let plan: string
  let item: string
  let agreement: string
  beforeAll(async () => {
    w = await world({ more })
    ;[clerk, boss, operator, operatorBoss] = (await Promise.all(
      ['六安局经办', '六安局审批', '运营机构经办', '运营机构复核'].map((n) => w.as(n)),
    )) as [Actor, Actor, Actor, Actor]
    item = await entryOf(
      [await w.as('公积金经办'), await w.as('公积金复核')],
      { sharing: 'unconditional' },
      { basic: { name: '六安目录' } },
    )
    plan = (await done(begin(clerk, 'plans', 'local', undefined, { title: '六安方案' }))).id
    await done(act(clerk, 'plan', plan, 'write', { items: [item], from: '2026-05-01', to: '2031-04-30' }))
    const hearing = { to: after(today(w), 31), channels: ['online'] }
    const { id: heard } = await done(begin(clerk, 'consultations', 'plan', plan, hearing))
    await onDay(w, after(today(w), 32))
    await done(act(clerk, 'consultation', heard, 'summarise'))
    await done(act(clerk, 'plan', plan, 'submit'))
    await done(act(boss, 'plan', plan, 'approval.decide', { decidedOn: today(w) }))
    const government = await w.as('市政府审批')
    await done(act(government, 'plan', plan, 'approval.govern', { decidedOn: today(w) }))
    const [r] = await about(clerk, plan, 'recordal', 'plan')
    await done(act(clerk, 'recordal', r!.id, 'file', { lateReason: undefined }))
    await done(act(await w.as('安徽督导员'), 'recordal', r!.id, 'hops.province', { number: '备1' }))
  }, 60_000)
  afterAll(() => w.close())

  it('LA-003 LA-005 LA-006 LA-007 LA-004 incidents are declared, and one within three years rules out', async () => {
    const id = await announcedBy(w, clerk, boss, plan, 15)
    const candidacy = (await done(begin(operator, 'candidacies', 'operator', id))).id
    const asked = keys((await form(operator, 'candidacy', candidacy, 'write')).schema)
    const conditions = ['capability', 'security', 'incidents', 'trust', 'infrastructure', 'standing']
    expect(asked).toEqual(expect.arrayContaining([...conditions, 'violationsEntity', 'violationsRepresentative']))
    const incident = (day: string): Values => ({
      incidents: { incidents: [{ day, what: '接口越权访问', handling: '已整改' }] },
    })
    await done(act(operator, 'candidacy', candidacy, 'write', incident('2024-01-05')))
    await done(act(operatorBoss, 'candidacy', candidacy, 'submit'))
    const other = await w.as('六安公司经办')
    const older = (await done(begin(other, 'candidacies', 'operator', id))).id
    await done(act(other, 'candidacy', older, 'write', incident('2022-01-05')))
    await done(act(await w.as('六安公司复核'), 'candidacy', older, 'submit'))
    await onDay(w, after(today(w), 16))
    expect(await refusal(act(clerk, 'candidacy', candidacy, 'check'))).toBe('422 not_eligible')
    await done(act(clerk, 'candidacy', candidacy, 'check', { incidents: { result: 'unmet' } }))
    await done(act(boss, 'candidacy', candidacy, 'disqualify'))
    await done(act(clerk, 'candidacy', older, 'check'))
    await done(act(boss, 'candidacy', older, 'qualify'))
    await done(act(boss, 'selection', id, 'fail'))
    await w.settle()
    expect((await other.see(older, 'candidacy')).stateTerm).toBe('已终止')
  })

  it('an operator whose agreement is carried out recruits those who develop with it, by the same way', async () => {
    const tender = await announcedBy(w, clerk, boss, plan, 0, 'openTender')
    const link = 'https://ggzy.example.cn/2'
    const result = { winner: operator.org, resultOn: today(w), bidders: 3, link }
    await done(act(clerk, 'selection', tender, 'decide', result))
    await done(act(boss, 'selection', tender, 'award', { decidedOn: today(w) }))
    agreement = (await done(begin(clerk, 'agreements', 'local', tender, { number: '六演授1号' }))).id
    const terms = { items: [item], termFrom: today(w), termTo: '2029-03-31', termReason: undefined }
    await done(act(clerk, 'agreement', agreement, 'write', terms))
    // before it is signed nobody is recruited under it
    expect(await refusal(begin(operator, 'selections', 'negotiation', agreement, { title: '合伙人招募' }))).toBe(
      '422 not_in_force',
    )
    await done(act(clerk, 'agreement', agreement, 'submit'))
    await done(act(boss, 'agreement', agreement, 'deliberation.decide', { decidedOn: today(w) }))
    await done(act(boss, 'agreement', agreement, 'sign', { signedOn: today(w) }))
    await done(act(operatorBoss, 'agreement', agreement, 'countersign', { signedOn: today(w) }))

    const experts = await Promise.all(expertNames.slice(0, 6).map((n) => w.as(n)))
    for (const e of experts) await admitted(e, boss, '341500', w.orgs['college']!)
    const id = await announcedBy(w, operator, operatorBoss, agreement, 15)
    expect(await refusal(begin(operator, 'candidacies', 'developer', id))).toBe('403 not_yours')
    // a partner need not be a legal person
    const partner = await w.as('合伙人经办')
    const candidacy = (await done(begin(partner, 'candidacies', 'developer', id))).id
    expect(keys((await form(partner, 'candidacy', candidacy, 'write')).schema)).not.toContain('incidents')
    await done(act(partner, 'candidacy', candidacy, 'write'))
    await done(act(await w.as('合伙人复核'), 'candidacy', candidacy, 'submit'))
    await onDay(w, after(today(w), 16))
    await done(act(operator, 'candidacy', candidacy, 'check'))
    await done(act(operatorBoss, 'candidacy', candidacy, 'qualify'))
    await w.sequence()
    await done(act(operator, 'selection', id, 'draw'))
    await w.settle()
    await evaluated(experts, { [partner.org]: 9 })
    await done(act(operator, 'selection', id, 'nominate', { winner: partner.org, deviation: undefined }))
    await done(act(operatorBoss, 'selection', id, 'award', { decidedOn: today(w) }))
    const seen = await operator.see(id, 'selection')
    expect([seen.stateTerm, seen.seats.find((s) => s.seat === 'winner')?.id]).toEqual(['已选定', partner.org])
    // it is no operator that has been chosen
    expect(seen.begins.map((b) => b.process)).not.toContain('agreement')
    expect(await refusal(begin(operator, 'agreements', 'local', id, { number: '1' }))).not.toBe('200 done')
  })

  it('a reviewer who does not answer in time is replaced by the next in order', async () => {
    const id = await announcedBy(w, operator, operatorBoss, agreement, 15)
    const partner = await w.as('合伙人经办')
    const candidacy = (await done(begin(partner, 'candidacies', 'developer', id))).id
    await done(act(partner, 'candidacy', candidacy, 'write'))
    await done(act(await w.as('合伙人复核'), 'candidacy', candidacy, 'submit'))
    await onDay(w, after(today(w), 16))
    await done(act(operator, 'candidacy', candidacy, 'check'))
    await done(act(operatorBoss, 'candidacy', candidacy, 'qualify'))
    await w.sequence()
    await done(act(operator, 'selection', id, 'draw'))
    type Room = {
      draw: { order: string[]; panel: string[] }
      reviewers: { expert: string; on: boolean; state: string }[]
    }
    const before = await done(operator.get<Room>(`/api/selections/${id}/room`))
    const experts = await Promise.all(expertNames.slice(0, 6).map((n) => w.as(n)))
    for (const e of experts.slice(1)) {
      const mine = (await e.list('evaluations')).rows.find((r) => !r.final && r.state === 'invited')
      if (mine) await done(act(e, 'evaluation', mine.id, 'accept'))
    }
    await onDay(w, after(today(w), 8))
    const r = await done(operator.get<Room>(`/api/selections/${id}/room`))
    const silent = r.reviewers.filter((x) => x.state === 'lapsed').map((x) => x.expert)
    expect(
      r.reviewers
        .filter((x) => x.on)
        .map((x) => x.expert)
        .sort(),
    ).toEqual(
      (silent.length > 0
        ? [...before.draw.panel.filter((x) => !silent.includes(x)), before.draw.order[5]!]
        : before.draw.panel
      ).sort(),
    )
  })
})

describe('a draft of an ordinance', () => {
  it('HNL-032 allows bodies without legal personality, where somebody has turned it on', () => {
    const guard = matters['candidacy']!.laws.guards['formFits']!
    const case_ = { kind: 'operator', seats: { applicant: 'x' } } as never
    const code = (enabled: readonly string[], form: string) =>
      guard(case_, {}, {
        rules: resolve(layers, '430000', '2026-03-09', enabled),
        facts: { orgs: { x: { form } } },
      } as never)?.code
    expect(code([], 'unincorporated')).toBe('not_eligible')
    expect(code([], 'enterprise')).toBeUndefined()
    expect(code(['hunan-ordinance-draft'], 'unincorporated')).toBeUndefined()
  })
})
