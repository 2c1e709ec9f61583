import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { affiliatesOf, conflictsIn, draw, trainedOn } from '#domain/platform'
import { digestOf } from '#ledger'
import { asSystem, expertPool, relationsAround } from '#store'
import { load } from '../access/stage.ts'
import { done, perform, refusal } from '../cases.ts'
import { begin } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

/** 与谁打交道：人员培训、关联关系、专家库。 */
let w: World
let bureau: Actor
let approver: Actor
let operator: Actor
let company: Actor
let boss: Actor
let implementer: Actor
let expert: Actor
const company_ = (key: string, name: string) => ({
  key,
  name: `${name}（测试）`,
  form: 'enterprise',
  division: '430000',
  roles: [],
  document: '测试指定文件',
  under: 'hunanBureau',
})
beforeAll(async () => {
  w = await world({
    more: {
      organisations: [company_('alpha', '甲公司'), company_('beta', '乙公司'), company_('gamma', '丙公司')] as never,
      people: [
        { name: '甲公司经办', org: 'alpha', duties: ['handler', 'admin'] },
        { name: '甲公司复核', org: 'alpha', duties: ['approver'] },
        { name: '乙公司经办', org: 'beta', duties: ['handler', 'approver'] },
        { name: '湘运营管理员', org: 'hunanOperator', duties: ['admin', 'handler'] },
        { name: '湖南局审批', org: 'hunanBureau', duties: ['approver'] },
        { name: '专家赵教授', realName: true },
        { name: '专家钱律师', realName: true },
        { name: '专家孙工', realName: true },
        { name: '未核验的人', realName: false },
      ] as never,
    },
  })
  ;[bureau, approver, operator, company, boss, implementer, expert] = (await Promise.all(
    ['湖南局经办', '湖南局审批', '湘运营管理员', '甲公司经办', '甲公司复核', '实施机构经办', '专家赵教授'].map((n) =>
      w.as(n),
    ),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor]
}, 120_000)
afterAll(() => w.close())

describe('人员培训', () => {
  interface Row {
    name: string
    membership: string
    trainings: { term: string; until: string }[]
  }
  const staff = async (name: string): Promise<Row> =>
    (await done(operator.get<Row[]>(`/api/organisations/${w.orgs['hunanOperator']}/people`))).find(
      (p) => p.name === name,
    )!
  const record = (who: Actor, membership: string, over: object = {}) =>
    begin(who, 'trainings', 'training', membership, { course: 'security', day: '2026-03-02', ...over } as never)

  it('a course passed is recorded beside the person and counts for the pack’s term, which says it is a default', async () => {
    const { membership } = await staff('湘运营经办')
    expect((await staff('湘运营经办')).trainings).toEqual([])
    const { id } = await done(record(operator, membership))
    await done(record(bureau, membership, { course: 'platform', day: '2026-03-04' }))
    expect((await staff('湘运营经办')).trainings.map((t) => `${t.term} ${t.until}`)).toEqual([
      '平台使用 2027-03-04',
      '数据安全与个人信息保护 2027-03-02',
    ])
    const seen = await operator.see(id, 'training')
    expect(seen.dues.find((d) => d.act === 'expire')!.basis).toContain('系统默认')
    const counts = async (day: string) => trainedOn(await load(w, id), day)
    expect([await counts('2027-03-02'), await counts('2027-03-03')]).toEqual([true, false])
    await done(perform(operator, id, 'revoke', {}, 'training'))
    expect(await counts('2026-03-09')).toBe(false)
    expect((await staff('湘运营经办')).trainings.map((t) => t.term)).toEqual(['平台使用'])
  })
  it('nobody records their own, nor of another’s staff, nor ahead of the day, nor what has run out', async () => {
    const { membership } = await staff('湘运营经办')
    const own = (await staff('湘运营管理员')).membership
    expect(await refusal(record(operator, own))).toBe('403 not_oneself')
    expect(await refusal(record(company, membership))).toBe('403 not_yours')
    expect(await refusal(record(operator, membership, { day: '2026-03-10' }))).toBe('422 invalid')
    expect(await refusal(record(operator, membership, { day: '2025-01-10' }))).toBe('422 invalid')
  })
})

describe('关联关系', () => {
  const around = async (key: string, day: string): Promise<readonly string[]> => {
    const org = w.orgs[key]!
    const relations = await asSystem(w.app.pool, (q) => relationsAround(q, [org], day))
    const names = new Map(Object.entries(w.orgs).map(([k, v]) => [v, k]))
    return affiliatesOf(relations, org, day).map((o) => names.get(o)!)
  }
  const declare = (who: Actor, other: string, over: object = {}) =>
    begin(who, 'affiliations', 'ownership', undefined, {
      other: w.orgs[other]!,
      since: '2025-06-01',
      ...over,
    } as never)
  const act = (who: Actor, id: string, name: string, over: object = {}) =>
    perform(who, id, name, over as never, 'affiliation')

  it('related parties are found over what others have declared and recorded, on each day', async () => {
    const { id } = await done(declare(company, 'beta'))
    expect(await around('alpha', '2026-03-09')).toEqual(['beta'])
    await done(
      begin(implementer, 'affiliations', 'representative', undefined, {
        one: w.orgs['beta']!,
        other: w.orgs['gamma']!,
        since: '2025-09-01',
      }),
    )
    expect((await around('alpha', '2026-03-09')).toSorted()).toEqual(['beta', 'gamma'])
    expect(await around('alpha', '2025-07-01')).toEqual(['beta'])
    expect(await refusal(declare(company, 'beta'))).toBe('409 duplicate')
    expect(await refusal(declare(company, 'alpha'))).toBe('422 invalid')
    expect(await refusal(declare(company, 'gamma', { since: '2026-03-10' }))).toBe('422 invalid')
    // the other party denies it: it counts until the bureau has settled it
    const beta = await w.as('乙公司经办')
    expect(await refusal(company.act(id, 'contest', { reason: '并无关联' }, 'affiliation'))).toBe('403 not_yours')
    await done(act(beta, id, 'contest'))
    expect((await around('alpha', '2026-03-09')).toSorted()).toEqual(['beta', 'gamma'])
    await done(act(approver, id, 'strike'))
    expect(await around('alpha', '2026-03-09')).toEqual([])
  })
  it('what has ended counts to its last day; what a body recorded no party ends', async () => {
    const { id } = await done(declare(company, 'beta'))
    await done(act(boss, id, 'end', { until: '2026-02-28' }))
    expect((await around('alpha', '2026-02-28')).toSorted()).toEqual(['beta', 'gamma'])
    expect(await around('alpha', '2026-03-01')).toEqual([])
    const [recorded] = (await bureau.list('affiliations?kind=representative')).rows
    const beta = await w.as('乙公司经办')
    const ending = { until: '2026-03-01', document: [(await beta.upload()).id] }
    expect(await refusal(beta.act(recorded!.id, 'end', ending, 'affiliation'))).toBe('403 not_yours')
    expect((await company.get(`/api/affiliations/${recorded!.id}`)).status).toBe(404)
    // of the one legal representative of two it is asked nowhere who that is
    const form = JSON.stringify(await done(implementer.get('/api/affiliations/form?kind=representative')))
    expect(form).not.toMatch(/姓名"|representative"/)
  })
})

describe('专家库', () => {
  const join = async (who: Actor, employer: string, fields: string[]): Promise<string> => {
    const file = (await who.upload()).id
    const input = { fields, employer: w.orgs[employer]!, title: '教授', evidence: [file], truthful: true }
    const made = await who.send<{ id: string }>('POST', '/api/experts', { division: '430000', input })
    return (await done(Promise.resolve(made))).id
  }
  it('HNO-040 experts join a bureau’s pool and are drawn from it by lot, whoever is conflicted passed over', async () => {
    const people = await Promise.all(['专家钱律师', '专家孙工'].map((n) => w.as(n)))
    const ids = [
      await join(expert, 'alpha', ['data', 'security']),
      await join(people[0]!, 'hunanOperator', ['data']),
      await join(people[1]!, 'fund', ['data', 'law']),
    ]
    const pool = (field?: string) => asSystem(w.app.pool, (q) => expertPool(q, w.orgs['hunanBureau']!, field))
    expect(await pool()).toEqual([])
    expect(await refusal(bureau.act(ids[0]!, 'admit', {}, 'expert'))).toBe('403 not_yours')
    for (const id of ids) await done(approver.act(id, 'admit', {}, 'expert'))
    expect((await pool('law')).map((e) => e.id)).toEqual([ids[2]])
    const all = await pool('data')
    // in a matter of one company, its own and whoever has said that they do not take part are out
    await done(
      people[1]!.act(ids[2]!, 'recuse', { parties: [{ party: w.orgs['alpha']!, reason: '曾任顾问' }] }, 'expert'),
    )
    const seed = 'a3f1'
    const digest = (text: string): string => digestOf(text).sha256
    const conflicted = conflictsIn(await pool('data'), [w.orgs['alpha']!], {})
    expect(conflicted).toEqual({ [ids[0]!]: '所在单位是当事方', [ids[2]!]: '本人已申报回避' })
    const lot = draw({ seed, pool: all.map((e) => e.id), conflicted, amount: 2, digest })
    expect([lot.drawn, lot.missing]).toEqual([[ids[1]], 1])
    await done(perform(approver, ids[1]!, 'suspend', {}, 'expert'))
    expect((await pool('data')).map((e) => e.id)).not.toContain(ids[1])
    // the pool says nothing of who they are to other bodies
    expect((await company.list('experts')).rows).toEqual([])
  })
  it('once, in one’s own name, and known by it', async () => {
    const send = (who: Actor) =>
      who.send('POST', '/api/experts', {
        division: '430000',
        input: { fields: ['law'], employer: w.orgs['alpha']!, title: '律师', truthful: true },
      })
    expect(await refusal(send(expert))).toBe('409 duplicate')
    expect(await refusal(send(await w.as('未核验的人')))).toBe('403 not_real_name')
    expect(await refusal(send(bureau))).toBe('403 not_yours')
  })
})

it('what lists and rules show is a function of what has been done', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
