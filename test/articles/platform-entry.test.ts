import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseView, NoticeView } from '#contract'
import { checkProjections } from '#application'
import { done, perform, refusal } from '../cases.ts'
import { begin } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

/** 进驻平台：谁申请、谁决定、规则怎样确认、被拒绝的向谁申诉（省本级总体方案 三(三)、四(二)）。 */
let w: World
let operator: Actor
let boss: Actor
let other: Actor
let implementer: Actor
let decider: Actor
let second: Actor
let bureau: Actor
let judge: Actor
let provider: Actor
let fund: Actor
const org = (key: string, name: string, form: string, roles: string[], under = 'hunanBureau', division = '430000') => ({
  key,
  name,
  form,
  division,
  roles,
  document: '测试指定文件',
  under,
})
beforeAll(async () => {
  w = await world({
    more: {
      organisations: [
        org('whole', '整体运营机构兼平台提供方（测试）', 'enterprise', ['operator', 'platform']),
        org('maker', '某数据科技公司（测试）', 'enterprise', []),
        org('maker2', '某数据服务公司（测试）', 'enterprise', []),
        org('hospital', '某省直单位（测试）', 'organ', ['dataProvider']),
        org('industry', '某行业主管部门（测试）', 'organ', ['competentDept']),
      ] as never,
      people: [
        { name: '平台方经办', org: 'whole', duties: ['handler'] },
        { name: '平台方复核', org: 'whole', duties: ['approver'] },
        { name: '公司经办', org: 'maker', duties: ['handler', 'admin'] },
        { name: '公司复核', org: 'maker', duties: ['approver'] },
        { name: '服务公司经办', org: 'maker2', duties: ['handler', 'approver'] },
        { name: '省直单位经办', org: 'hospital', duties: ['handler'] },
        { name: '行业部门经办', org: 'industry', duties: ['handler'] },
        { name: '湖南局审批', org: 'hunanBureau', duties: ['approver'] },
        { name: '湖南局审批乙', org: 'hunanBureau', duties: ['approver'] },
        { name: '实施机构复核乙', org: 'hunanImplementer', duties: ['approver'] },
      ] as never,
    },
  })
  ;[operator, boss, other, implementer, decider, second, bureau, judge, provider, fund] = (await Promise.all(
    [
      '湘运营经办',
      '湘运营复核',
      '服务公司经办',
      '实施机构经办',
      '实施机构复核',
      '实施机构复核乙',
      '湖南局经办',
      '湖南局审批',
      '平台方经办',
      '公积金经办',
    ].map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor, Actor, Actor, Actor]
}, 120_000)
afterAll(() => w.close())

const all = {
  operator: ['standing', 'secure', 'capable'],
  redeveloper: ['fusing', 'secure'],
  developer: ['legalPerson', 'secure'],
  unit: ['responsible', 'network'],
} as const
type Kind = keyof typeof all
const apply = (who: Actor, kind: Kind, over: object = {}) =>
  begin(who, 'entries', kind, undefined, { statements: [...all[kind]], ...over } as never)
const applied = async (...a: Parameters<typeof apply>): Promise<string> => (await done(apply(...a))).id
const seats = (v: CaseView): Record<string, string> => Object.fromEntries(v.seats.map((s) => [s.seat, s.name]))
const entryAct = (who: Actor, id: string, act: string, over: object = {}) =>
  perform(who, id, act, over as never, 'entry')
const admitted = async (who: Actor, kind: Kind, by: Actor, over: object = {}): Promise<string> => {
  const id = await applied(who, kind, over)
  await done(entryAct(by, id, 'admit', { checked: [...all[kind]] }))
  return id
}
const refusedEntry = async (who: Actor, kind: Kind, by: Actor): Promise<string> => {
  const id = await applied(who, kind)
  await done(entryAct(by, id, 'refuse', { unmet: ['secure'] }))
  return id
}

describe('进驻申请', () => {
  it('HNP-075 an entry is decided by whom the pack names, with reasons, within a period that says it is no statutory one', async () => {
    const id = await applied(operator, 'operator')
    const seen = await operator.see(id, 'entry')
    expect(seats(seen)['decider']).toBe('湖南省公积金领域实施机构（演示）')
    const due = seen.dues.find((d) => d.act === 'admit')!
    expect([due.day, due.period]).toEqual(['2026-03-23', '10 个工作日(文件未定)'])
    expect(due.basis).toContain('文件未定')
    // neither who applies nor the bureau decides what is another's to decide
    for (const who of [boss, judge]) expect(await refusal(who.act(id, 'admit', {}, 'entry'))).toMatch(/^403/)
    expect(await refusal(decider.act(id, 'admit', { checked: [...all.operator] }, 'entry'))).toBe('422 invalid')
    expect(await refusal(entryAct(decider, id, 'admit', { checked: ['standing'] }))).toBe('422 not_eligible')
    await done(entryAct(decider, id, 'admit', { checked: [...all.operator], reason: '条件逐项核实，均具备' }))
    const told = await done(operator.get<NoticeView[]>('/api/notices'))
    expect(told.some((n) => n.term === '同意进驻')).toBe(true)
    expect(await refusal(apply(operator, 'operator'))).toBe('409 duplicate')
  })
  it('whoever does not state every condition of the pack is told which is lacking', async () => {
    expect(await refusal(apply(other, 'redeveloper', { statements: ['secure'] }))).toBe('422 not_eligible')
  })
  it('HNP-075 who is refused reads why, and in the notice itself where and until when to appeal', async () => {
    const id = await refusedEntry(await w.as('公司经办'), 'redeveloper', judge)
    const company = await w.as('公司经办')
    const seen = await company.see(id, 'entry')
    expect(seen.stateTerm).toBe('不予进驻')
    expect(seen.facts).toContainEqual({ term: '可申诉至', value: '2026-05-08' })
    const [notice] = (await done(company.get<NoticeView[]>('/api/notices'))).filter((n) =>
      n.term.startsWith('不予进驻'),
    )
    expect(notice!.term).toMatch(/申诉.*由省数据局及相关省直及中央在湘有关单位办理（至 2026-05-08）/)
  })
  it('HNP-030 of each unit it is known whether it uses the platform or connects its own, and how far it has come', async () => {
    const unit = await w.as('省直单位经办')
    const id = await admitted(unit, 'unit', judge, { mode: 'connect' })
    const facts = async () =>
      (await bureau.list('entries?kind=unit')).rows.find((r) => r.id === id)!.facts.map((f) => f.value)
    expect(await facts()).toEqual(['接入', '未开通'])
    await done(entryAct(unit, id, 'onboard', { status: 'live', since: '2026-03-09' }))
    expect(await facts()).toEqual(['接入', '已开通'])
    const fundUnit = await admitted(operator, 'unit', judge, { mode: 'use' })
    expect((await operator.see(fundUnit, 'entry')).facts[0]).toEqual({ term: '方式', value: '使用' })
  })
})

describe('平台提供方', () => {
  it('HNP-021 the whole operator provides the platform to all who come in, and reads none of the data dealt with on it', async () => {
    const id = await applied(other, 'redeveloper')
    const seen = await provider.see(id, 'entry')
    expect(seats(seen)['provider']).toBe('整体运营机构兼平台提供方（测试）')
    // it decides nothing there, though it is an operator as well
    expect(seen.actions).toEqual([])
    const entryOfOperator = (await operator.list('entries?kind=operator')).rows[0]!.id
    const { id: item } = await done(
      begin(implementer, 'items', 'resource', undefined, {
        access: { sharing: 'unconditional', opening: 'unconditional' },
      }),
    )
    await done(decider.act(item, 'enter', {}, 'item'))
    const use = begin(operator, 'usages', 'usage', entryOfOperator, { items: [item], useTo: '2026-12-31' })
    // ungraded: nothing is used, and nothing of it is anybody's to see
    expect(await refusal(use)).toBe('422 ungraded')
    for (const path of [`items/${item}`, `items/${item}/quality`])
      expect((await provider.get(`/api/${path}`)).status).toBe(404)
    for (const list of ['items', 'usages', 'consents', 'subject-requests', 'trainings', 'affiliations'])
      expect((await provider.list(list)).rows).toEqual([])
    await done(other.act(id, 'withdraw', {}, 'entry'))
  })
})

describe('平台规则', () => {
  const rule = (who: Actor, about?: string) =>
    begin(who, 'platform-rules', 'platformRule', about, { name: '平台运行使用细则' })
  const publish = async (id: string, effective: string) =>
    done((await w.as('平台方复核')).act(id, 'publish', { effective }, 'platformRule'))
  const owed = async (who: Actor) => (await who.list('acknowledgements?state=owed')).rows

  it('a version is published with its day, takes effect on it, and everybody on the platform is asked to acknowledge it', async () => {
    expect(await refusal(rule(operator))).toBe('403 not_yours')
    const { id } = await done(rule(provider))
    expect(await refusal(provider.act(id, 'publish', { effective: '2026-03-10' }, 'platformRule'))).toBe(
      '403 not_yours',
    )
    expect(
      await refusal((await w.as('平台方复核')).act(id, 'publish', { effective: '2026-03-08' }, 'platformRule')),
    ).toBe('422 invalid')
    await publish(id, '2026-03-11')
    await w.settle()
    const [task] = await owed(operator)
    expect(task!.title).toBe('平台运行使用细则（第 1 版）')
    expect(task!.mine).toBe(true)
    // once, however many entries somebody has
    expect(await owed(operator)).toHaveLength(1)
    expect(await owed(other)).toEqual([])
    // what has been published anybody reads; it binds from its day on
    const state = async () =>
      (await done(w.anyone.get<{ id: string; state: string }[]>('/api/public/platform-rules'))).find(
        (r) => r.id === id,
      )!.state
    expect(await state()).toBe('published')
    await w.until('2026-03-11')
    expect(await state()).toBe('inForce')
    await done(operator.act(task!.id, 'acknowledge', { read: true }, 'acknowledgement'))
    expect(await owed(operator)).toEqual([])
  })
  it('an application for entry accepts the version in force, by name, and no other', async () => {
    const form = await done(other.get<{ value: { rules: string } }>('/api/entries/form?kind=redeveloper'))
    expect(form.value.rules).toBe('《平台运行使用细则》第 1 版（2026-03-11 起施行）')
    expect(await refusal(apply(other, 'redeveloper', { rules: '本平台尚未公布平台规则。' }))).toBe('409 rules_changed')
    const id = await admitted(other, 'redeveloper', judge)
    await w.settle()
    expect(await owed(other)).toEqual([])
    expect((await other.see(id, 'entry')).state).toBe('admitted')
  })
  it('a new version takes the place of the old on its day; who came in under the old is asked, who has not answered is asked no more for it', async () => {
    const old = (await provider.list('platform-rules?state=inForce')).rows[0]!.id
    const unit = await w.as('省直单位经办')
    expect((await owed(unit)).map((r) => r.title)).toEqual(['平台运行使用细则（第 1 版）'])
    const { id } = await done(rule(provider, old))
    // of one version there is one next
    expect(await refusal(rule(provider, old))).toBe('409 duplicate')
    await done(provider.act(id, 'consult', { channel: '邮件' }, 'platformRule'))
    const seen = await provider.see(id, 'platformRule')
    expect(seen.dues.map((d) => [d.act, d.day])).toEqual([['closeConsultation', '2026-03-18']])
    expect(await refusal((await w.as('平台方复核')).act(id, 'publish', {}, 'platformRule'))).toBe('409 not_now')
    await w.until('2026-03-19')
    const boss2 = await w.as('平台方复核')
    expect(await refusal(boss2.act(id, 'publishAfter', { effective: '2026-03-20' }, 'platformRule'))).toBe(
      '422 invalid',
    )
    await done(
      boss2.act(id, 'publishAfter', { effective: '2026-03-20', opinions: '收到 2 条，均已采纳' }, 'platformRule'),
    )
    await w.until('2026-03-20')
    expect((await provider.see(old, 'platformRule')).state).toBe('superseded')
    expect((await owed(unit)).map((r) => r.title)).toEqual(['平台运行使用细则（第 2 版）'])
    expect((await owed(other)).map((r) => r.title)).toEqual(['平台运行使用细则（第 2 版）'])
  })
})

describe('申诉', () => {
  const appeal = (who: Actor, about: string) => begin(who, 'appeals', 'entry', about)
  const act = (who: Actor, id: string, name: string, over: object = {}) =>
    perform(who, id, name, over as never, 'appeal')

  it('HNP-075 a refused entry is appealed to the data bureau, which sends it back to be decided anew, by another person', async () => {
    const company = await w.as('公司经办')
    await admitted(company, 'unit', judge, { mode: 'use' })
    const entry = await refusedEntry(company, 'operator', decider)
    // by nobody but who applied
    expect(await refusal(appeal(other, entry))).toBe('404 not_found')
    const { id } = await done(appeal(company, entry))
    const seen = await company.see(id, 'appeal')
    expect([seats(seen)['bureau'], seats(seen)['respondent']]).toEqual([
      '湖南省数据局',
      '湖南省公积金领域实施机构（演示）',
    ])
    const due = seen.dues.find((d) => d.act === 'uphold')!
    expect([due.period, due.basis]).toEqual(['15 个工作日(文件未定)', expect.stringContaining('文件未定')])
    expect(await refusal(decider.act(id, 'uphold', { opinion: '维持' }, 'appeal'))).toBe('403 not_yours')
    await done(act(implementer, id, 'answer'))
    await done(act(judge, id, 'uphold'))
    expect((await company.see(entry, 'entry')).state).toBe('submitted')
    expect(await refusal(entryAct(decider, entry, 'admit', { checked: [...all.operator] }))).toBe('403 same_person')
    await done(entryAct(second, entry, 'admit', { checked: [...all.operator] }))
    // against one decision there is one appeal
    expect(await refusal(appeal(company, entry))).toBe('409 not_now')
  })
  it('HNP-075 what the bureau itself decided another decides about, and where there is none above, nobody does', async () => {
    const company = await w.as('公司经办')
    const [entry] = (await company.list('entries?kind=redeveloper')).rows
    expect(await refusal(appeal(company, entry!.id))).toBe('409 not_now')
    // a city's bureau has a province's above it
    const luanOperator = await w.as('运营机构经办')
    const luan = await done(
      begin(luanOperator, 'entries', 'unit', undefined, {
        mode: 'use',
        statements: [...all.unit],
      }),
    )
    await done(entryAct(await w.as('六安局审批'), luan.id, 'refuse'))
    const { id } = await done(begin(luanOperator, 'appeals', 'entry', luan.id))
    expect(seats(await luanOperator.see(id, 'appeal'))['bureau']).toBe('安徽省数据管理部门（演示）')
    expect(await refusal((await w.as('六安局审批')).act(id, 'dismiss', { opinion: '维持' }, 'appeal'))).toBe(
      '403 not_yours',
    )
    await done(act(await w.as('安徽督导员'), id, 'dismiss'))
    expect((await luanOperator.see(luan.id, 'entry')).state).toBe('refused')
    expect(await refusal(begin(luanOperator, 'appeals', 'entry', luan.id))).toBe('409 duplicate')
  })
  it('the unit concerned is heard; a related party of the appellant is not', async () => {
    const company = await w.as('公司经办')
    const entry = await refusedEntry(await w.as('服务公司经办'), 'operator', second)
    const { id } = await done(appeal(await w.as('服务公司经办'), entry))
    const involve = (unit: string) => bureau.act(id, 'involve', { unit: w.orgs[unit] }, 'appeal')
    await done(
      begin(company, 'affiliations', 'ownership', undefined, {
        other: w.orgs['maker2']!,
        since: '2025-01-01',
      }),
    )
    expect(await refusal(involve('maker'))).toBe('422 invalid')
    expect(await refusal(involve('hunanImplementer'))).toBe('422 invalid')
    await done(involve('industry'))
    await done(act(await w.as('行业部门经办'), id, 'advise'))
    expect((await fund.get(`/api/appeals/${id}`)).status).toBe(404)
  })
  it('an appeal comes in time or not at all', async () => {
    const company = await w.as('公司经办')
    await w.as('公司复核')
    const entry = await refusedEntry(company, 'developer', await w.as('平台方复核'))
    await w.until('2026-05-20')
    expect(await refusal(appeal(company, entry))).toBe('422 late')
  })
})

it('what lists and rules show is a function of what has been done', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
