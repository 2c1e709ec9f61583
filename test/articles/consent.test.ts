import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actAsSystem, checkProjections } from '#application'
import type { CaseView } from '#contract'
import { resolve } from '#policy'
import { platformPack, withdrawalsOf } from '#domain/platform'
import { loadLayers } from '../../src/application/policies.ts'
import { asSystem } from '#store'
import { load } from '../access/stage.ts'
import { done, perform, refusal } from '../cases.ts'
import { begin, conditional } from '../sharing.ts'
import { world, type Actor, type Answered, type World } from '../world.ts'

/** 同意与证明：含个人信息的、共享取得的、不予开放的数据，没有同意或者证明就不能用。 */
interface Place {
  readonly operator: Actor
  /** Holds the entries; and who confirms there. */
  readonly unit: Actor
  readonly unitBoss: Actor
  /** Another unit, whose data is shared in. */
  readonly provider: Actor
  readonly providerBoss: Actor
  readonly implementer: Actor
  readonly decider: Actor
  /** The operator's entry. */
  readonly entry: string
}
let w: World
let hunan: Place
let zhaoqing: Place
let citizen: Actor
let platform: Actor
const org = (key: string, name: string, form: string, role: string, place: 'hunan' | 'zhaoqing') => ({
  key,
  name: `${name}（测试）`,
  form,
  division: place === 'hunan' ? '430000' : '441200',
  roles: [role],
  document: '测试指定文件',
  under: `${place}Bureau`,
})
const person = (name: string, at: string, ...duties: string[]) => ({ name, org: at, duties })
beforeAll(async () => {
  w = await world({
    enabled: ['hunan-ordinance-draft'],
    more: {
      organisations: [
        org('hnUnit', '湖南数源单位', 'institution', 'dataProvider', 'hunan'),
        org('hnOther', '湖南共享单位', 'organ', 'dataProvider', 'hunan'),
        org('zqOther', '肇庆共享单位', 'organ', 'dataSource', 'zhaoqing'),
        org('zqImplementer', '肇庆实施机构', 'organ', 'implementer', 'zhaoqing'),
        org('zqOperator', '肇庆运营机构', 'enterprise', 'operator', 'zhaoqing'),
        org('provider', '平台提供方', 'enterprise', 'platform', 'hunan'),
      ] as never,
      people: [
        person('湘数源经办', 'hnUnit', 'handler'),
        person('湘数源复核', 'hnUnit', 'approver'),
        person('湘共享经办', 'hnOther', 'handler'),
        person('湘共享复核', 'hnOther', 'approver'),
        person('肇共享经办', 'zqOther', 'handler'),
        person('肇共享复核', 'zqOther', 'approver'),
        person('肇实施经办', 'zqImplementer', 'handler'),
        person('肇实施复核', 'zqImplementer', 'approver'),
        person('肇运营经办', 'zqOperator', 'handler'),
        person('平台提供方经办', 'provider', 'handler', 'approver'),
        person('湖南局审批', 'hunanBureau', 'approver'),
        person('实施机构复核乙', 'hunanImplementer', 'approver'),
        { name: '未核验的人', realName: false },
      ] as never,
    },
  })
  const of = async (names: readonly string[]): Promise<Omit<Place, 'entry'>> => {
    const [operator, unit, unitBoss, provider, providerBoss, implementer, decider] = (await Promise.all(
      names.map((n) => w.as(n)),
    )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor]
    return { operator, unit, unitBoss, provider, providerBoss, implementer, decider }
  }
  const inside = async (p: Omit<Place, 'entry'>): Promise<Place> => {
    const form = await done(
      p.operator.get<{ schema: { properties: { statements: { 'x-options': { value: string }[] } } } }>(
        '/api/entries/form?kind=operator',
      ),
    )
    const statements = form.schema.properties.statements['x-options'].map((o) => o.value)
    const { id } = await done(begin(p.operator, 'entries', 'operator', undefined, { statements }))
    await done(perform(p.decider, id, 'admit', { checked: statements }, 'entry'))
    return { ...p, entry: id }
  }
  hunan = await inside(
    await of(['湘运营经办', '湘数源经办', '湘数源复核', '湘共享经办', '湘共享复核', '实施机构经办', '实施机构复核']),
  )
  zhaoqing = await inside(
    await of(['肇运营经办', '数源机构经办', '数源机构复核', '肇共享经办', '肇共享复核', '肇实施经办', '肇实施复核']),
  )
  citizen = await w.as('公民王女士')
  platform = await w.as('平台提供方经办')
}, 120_000)
afterAll(() => w.close())

const persons = [
  { name: '姓名', field: 'xm', type: '字符型', meaning: '缴存人姓名' },
  { name: '身份证号码', field: 'sfzh', type: '字符型', meaning: '缴存人证件号码' },
]
const places = [{ name: '站点名称', field: 'zdmc', type: '字符型', meaning: '公交站点的名称' }]
interface Wanted {
  readonly fields?: readonly object[]
  readonly upstream?: readonly string[]
  readonly opening?: string
  readonly secret?: boolean
  readonly ungraded?: boolean
}
let n = 0
/** An entry compiled, entered and, unless said otherwise, graded. */
const item = async (unit: Actor, boss: Actor, o: Wanted = {}): Promise<string> => {
  const opening = o.opening ?? 'conditional'
  const input = {
    basic: { name: `目录项${++n}`, ...(o.secret ? { secret: true } : {}) },
    fields: o.fields ?? places,
    upkeep: { frequency: '每月' },
    access: { ...conditional, opening, ...(opening === 'unconditional' ? {} : { openingCondition: '限本场景' }) },
    ...(o.upstream ? { rights: { upstream: o.upstream } } : {}),
  }
  const { id } = await done(unit.send<{ id: string }>('POST', '/api/items', { input }))
  await done(boss.act(id, 'enter', {}, 'item'))
  if (o.ungraded) return id
  const form = await done(unit.get<{ value: { fields: object[] } }>(`/api/gradings/form?about=${id}`))
  const graded = await done(
    unit.send<{ id: string }>('POST', '/api/gradings', {
      about: id,
      input: { fields: form.value.fields, harm: [{ object: 'person', degree: 'general' }] },
    }),
  )
  await done(boss.act(graded.id, 'confirm', {}, 'grading'))
  return id
}
const applyFor = (p: Place, items: readonly string[]): Promise<Answered<{ id: string; code: string }>> =>
  begin(p.operator, 'usages', 'usage', p.entry, { items: [...items], useTo: '2026-12-31' })
/** Under an agreement about what is asked for, as far as one can be about it. */
const use = async (p: Place, items: readonly string[]): ReturnType<typeof applyFor> => {
  const { status, body } = await begin(p.implementer, 'agreements', 'legacy', undefined, {
    operator: p.operator.org,
    mode: p.entry === hunan.entry ? 'domain' : 'local',
    signedOn: '2024-10-01',
    termFrom: '2024-10-01',
    termTo: '2026-09-30',
    items: [...items],
  })
  if (status === 200) await done(perform(p.decider, body.id, 'confirm', {}, 'agreement'))
  return applyFor(p, items)
}
/** The agreements that are about an entry. */
const operating = (about: string): Promise<readonly string[]> =>
  asSystem(w.app.pool, async (q) =>
    (
      await q.query<{ id: string }>(
        `select id from gongshu.stream where process = 'agreement' and state = 'running'
           and (snapshot -> 'data' -> 'record' -> 'items')::jsonb @> jsonb_build_array($1::text)`,
        [about],
      )
    ).rows.map((r) => r.id),
  )
const used = async (p: Place, ...items: string[]): Promise<string> => (await done(use(p, items))).id
const reviewed = ['state', 'trade', 'privacy']
const grant = (p: Place, id: string, items: readonly string[], more: object = {}) =>
  p.decider.act(
    id,
    'grant',
    {
      items: items.map((i) => ({ item: i, result: 'granted', reason: '场景需要' })),
      reviewed,
      review: '经审查可以使用',
      ...more,
    },
    'usage',
  )
/** Why it may not be granted, in words; empty when it was. */
const lacks = async (p: Place, id: string, ...items: string[]): Promise<string> => {
  const { status, body } = await grant(p, id, items)
  if (status === 200) return ''
  expect((body as { code: string }).code).toBe('no_consent')
  return (body as unknown as { title: string }).title
}
const ask = (p: Place, kind: string, about: string, over: object = {}, by = p.unit) =>
  begin(by, 'consents', kind, about, { until: '2026-06-30', ...over } as never)
const asked = async (...a: Parameters<typeof ask>): Promise<string> => (await done(ask(...a))).id
const consentAct = (who: Actor, id: string, name: string, over: object = {}) =>
  perform(who, id, name, over as never, 'consent')
const seat = (v: CaseView, of: string): string => v.seats.find((s) => s.seat === of)?.name ?? ''

describe('含个人信息的数据', () => {
  it('HNL-004 personal information is used only with its subjects’ authorization or after anonymisation', async () => {
    const i = await item(hunan.unit, hunan.unitBoss, { fields: persons })
    const id = await used(hunan, i)
    expect(await lacks(hunan, id, i)).toMatch(/须取得个人信息主体授权或者经过匿名化处理（《数据条例草案》第七条/)
    const proof = await asked(hunan, 'anonymised', i)
    // what nobody has verified proves nothing
    expect(await lacks(hunan, id, i)).not.toBe('')
    await done(consentAct(hunan.decider, proof, 'reject'))
    expect(await lacks(hunan, id, i)).not.toBe('')
    const again = await asked(hunan, 'anonymised', i)
    await done(consentAct(hunan.decider, again, 'verify'))
    expect(await lacks(hunan, id, i)).toBe('')
    // of what says nothing of its information items nobody knows whether it concerns persons
    const silent = await item(hunan.unit, hunan.unitBoss, { fields: [] })
    expect(await lacks(hunan, await used(hunan, silent), silent)).toMatch(/没有信息项，不能判断是否含有个人信息/)
    // and what concerns nobody needs nothing
    const j = await item(hunan.unit, hunan.unitBoss)
    expect(await lacks(hunan, await used(hunan, j), j)).toBe('')
  })

  it('ZQ-003 ZQ-045 ZQ-010 data of subjects is used only while an authorization of theirs stands that another body has verified', async () => {
    const i = await item(zhaoqing.unit, zhaoqing.unitBoss, { fields: persons })
    const first = await used(zhaoqing, i)
    expect(await lacks(zhaoqing, first, i)).toMatch(/主体授权.*《肇庆办法》第二条/)
    const over = { subjects: ['natural', 'legal', 'unincorporated'], means: 'online', persons: 1200 }
    expect(await refusal(ask(zhaoqing, 'subject', i, { ...over, persons: 0 }))).toBe('422 invalid')
    expect(await refusal(ask(zhaoqing, 'subject', i, { ...over, subjects: ['machine'] }))).toBe('422 invalid')
    const proof = await asked(zhaoqing, 'subject', i, over)
    const seen = await zhaoqing.unit.see(proof, 'consent')
    expect(seat(seen, 'checker')).toBe('肇庆实施机构（测试）')
    expect(JSON.stringify(seen.materials)).toContain('自然人、法人、非法人组织')
    // nobody verifies their own proof
    expect(await refusal(zhaoqing.unitBoss.act(proof, 'verify', { opinion: '真实' }, 'consent'))).toBe('403 not_yours')
    await done(consentAct(zhaoqing.decider, proof, 'verify'))
    expect(await lacks(zhaoqing, first, i)).toBe('')
    const second = await used(zhaoqing, i)
    const other = await item(zhaoqing.unit, zhaoqing.unitBoss)
    const both = await used(zhaoqing, i, other)
    await done(grant(zhaoqing, both, [i, other]))
    await done(consentAct(zhaoqing.unitBoss, proof, 'withdraw'))
    expect(await lacks(zhaoqing, second, i)).toMatch(/主体授权/)
    // what was granted on the strength of it is used no longer; what needs no authorization goes on
    await w.settle()
    expect((await zhaoqing.operator.see(first, 'usage')).stateTerm).toBe('已停止使用')
    const seen2 = await zhaoqing.operator.see(both, 'usage')
    expect([seen2.stateTerm, seen2.facts.find((f) => f.term === '同意')?.value]).toEqual(['使用中', '1 项'])
  })

  it('an authorization counts to its last day and no longer', async () => {
    const i = await item(hunan.unit, hunan.unitBoss, { fields: persons })
    const proof = await asked(hunan, 'subject', i, { subjects: ['natural'], persons: 3, until: '2026-03-12' })
    await done(consentAct(hunan.decider, proof, 'verify'))
    const [first, second] = [await used(hunan, i), await used(hunan, i)]
    await w.until('2026-03-12')
    expect(await lacks(hunan, first, i)).toBe('')
    await w.until('2026-03-13')
    expect((await hunan.unit.see(proof, 'consent')).state).toBe('expired')
    await w.settle()
    expect((await hunan.operator.see(first, 'usage')).stateTerm).toBe('已停止使用')
    expect(await lacks(hunan, second, i)).toMatch(/主体授权/)
  })
})

describe('共享取得的数据', () => {
  const titles = { hunan: 'HNA-006 CN-037', zhaoqing: 'ZQ-035' }
  for (const [place, ids] of Object.entries(titles))
    it(`${ids} data obtained by sharing is used only with the consent of the unit that provided it`, async () => {
      const p = place === 'hunan' ? hunan : zhaoqing
      const up = await item(p.provider, p.providerBoss)
      const i = await item(p.unit, p.unitBoss, { upstream: [up] })
      const id = await used(p, i)
      expect(await lacks(p, id, i)).toContain('须征得提供单位同意')
      const consent = await asked(p, 'sharing', i, { upstream: up })
      expect(seat(await p.unit.see(consent, 'consent'), 'provider')).toBe(
        place === 'hunan' ? '湖南共享单位（测试）' : '肇庆共享单位（测试）',
      )
      // by nobody else: not who asks, not who decides on the use
      for (const who of [p.unitBoss, p.decider])
        expect(await refusal(who.act(consent, 'give', { until: '2026-06-30', scope: '全部' }, 'consent'))).toBe(
          '403 not_yours',
        )
      expect(await lacks(p, id, i)).not.toBe('')
      await done(consentAct(p.providerBoss, consent, 'give', { until: '2026-06-30' }))
      expect(await lacks(p, id, i)).toBe('')
      // whoever gave it takes it back, and only they
      expect(await refusal(p.unitBoss.act(consent, 'withdraw', { reason: '撤' }, 'consent'))).toBe('403 not_yours')
      await done(consentAct(p.providerBoss, consent, 'withdraw'))
      expect(await lacks(p, await used(p, i), i)).toContain('须征得提供单位同意')
    })
  it('it is asked of the unit that holds the upstream entry, for an entry that is made from it', async () => {
    const [own, foreign] = [await item(hunan.unit, hunan.unitBoss), await item(hunan.provider, hunan.providerBoss)]
    const i = await item(hunan.unit, hunan.unitBoss, { upstream: [own] })
    expect(await refusal(ask(hunan, 'sharing', i, { upstream: foreign }))).toBe('422 invalid')
    expect(await refusal(ask(hunan, 'sharing', i, { upstream: own }))).toBe('422 invalid')
    expect(await refusal(ask(hunan, 'sharing', i, { upstream: own }, hunan.provider))).toBe('403 not_yours')
    expect(await lacks(hunan, await used(hunan, i), i)).toBe('')
  })
  it('CN-037 the guard stands in every pack', () => {
    const { layers } = loadLayers(new URL('../../policies/', import.meta.url).pathname)
    for (const l of layers) {
      const rules = resolve(layers, l.division, '2026-03-16', l.optional ? [l.name] : [])
      expect([l.name, platformPack(rules, 'platform.consent.gate').sharedIn]).toEqual([l.name, true])
    }
  })
})

describe('资源使用申请', () => {
  it('ZQ-003 what is not to be opened is used in Zhaoqing only once it is desensitised; elsewhere no document says so', async () => {
    const i = await item(zhaoqing.unit, zhaoqing.unitBoss, { opening: 'none' })
    const id = await used(zhaoqing, i)
    expect(await lacks(zhaoqing, id, i)).toContain('须经脱密、脱敏处理')
    await done(consentAct(zhaoqing.decider, await asked(zhaoqing, 'desensitised', i), 'verify'))
    expect(await lacks(zhaoqing, id, i)).toBe('')
    const j = await item(hunan.unit, hunan.unitBoss, { opening: 'none' })
    expect(await lacks(hunan, await used(hunan, j), j)).toBe('')
  })
  it('ZQ-012 nothing is granted before the security review is complete, and secret data not at all', async () => {
    const i = await item(zhaoqing.unit, zhaoqing.unitBoss)
    const id = await used(zhaoqing, i)
    for (const done of [[], ['state'], ['state', 'privacy']])
      expect(await refusal(grant(zhaoqing, id, [i], { reviewed: done }))).toMatch(/^422 (not_reviewed|invalid)$/)
    expect(await refusal(grant(zhaoqing, id, [i], { review: '' }))).toBe('422 invalid')
    const secret = await item(zhaoqing.unit, zhaoqing.unitBoss, { secret: true, ungraded: true })
    expect(await refusal(use(zhaoqing, [i, secret]))).toBe('422 secret')
    expect(await refusal(use(zhaoqing, [await item(zhaoqing.unit, zhaoqing.unitBoss, { ungraded: true })]))).toBe(
      '422 ungraded',
    )
    await done(grant(zhaoqing, id, [i]))
  })
  it('HNP-075 HNP-021 a use is decided item by item with reasons; what is refused is appealed, and decided anew by another', async () => {
    const [i, j] = [await item(hunan.unit, hunan.unitBoss), await item(hunan.unit, hunan.unitBoss)]
    const id = await used(hunan, i, j)
    const due = (await hunan.operator.see(id, 'usage')).dues.find((d) => d.act === 'decide')!
    expect([due.period, due.basis]).toEqual(['10 个工作日(文件未定)', expect.stringContaining('文件未定')])
    expect(await refusal(grant(hunan, id, [i]))).toBe('422 invalid')
    const partly = [
      { item: i, result: 'granted', reason: '场景需要' },
      { item: j, result: 'refused', reason: '与场景无关' },
    ]
    expect(await refusal(grant(hunan, id, [i], { items: partly.map(({ reason: _r, ...x }) => x) }))).toBe('422 invalid')
    await done(grant(hunan, id, [i], { items: partly }))
    const seen = await hunan.operator.see(id, 'usage')
    expect(seen.facts.map((f) => `${f.term} ${f.value}`)).toEqual(['申请 2 项', '同意 1 项', '可申诉至 2026-05-12'])
    // whoever provides the platform sees who is on it, and nothing of what they use
    expect((await platform.get(`/api/usages/${id}`)).status).toBe(404)
    expect((await platform.list('usages')).rows).toEqual([])
    const { id: appeal } = await done(begin(hunan.operator, 'appeals', 'usage', id))
    expect(seat(await hunan.operator.see(appeal, 'appeal'), 'bureau')).toBe('湖南省数据局')
    expect((await platform.get(`/api/appeals/${appeal}`)).status).toBe(404)
    await done(perform(await w.as('湖南局审批'), appeal, 'uphold', {}, 'appeal'))
    // what was granted goes on while the rest is decided anew
    const again = await hunan.operator.see(id, 'usage')
    expect([again.stateTerm, again.facts.find((f) => f.term === '同意')?.value]).toEqual(['重新办理中', '1 项'])
    expect(await refusal(grant(hunan, id, [i, j]))).toBe('403 same_person')
    await done(grant({ ...hunan, decider: await w.as('实施机构复核乙') }, id, [i, j]))
    expect((await hunan.operator.see(id, 'usage')).facts.find((f) => f.term === '同意')?.value).toBe('2 项')
  })
  it('an operator uses what a standing agreement of its own covers, when it asks and when it is decided', async () => {
    const [i, j] = [await item(hunan.unit, hunan.unitBoss), await item(hunan.unit, hunan.unitBoss)]
    expect(await refusal(applyFor(hunan, [i]))).toBe('409 beyond_scope')
    const id = await used(hunan, i)
    expect(await refusal(applyFor(hunan, [i, j]))).toBe('409 beyond_scope')
    // somebody else's agreement bears nothing
    expect(await refusal(applyFor(zhaoqing, [i]))).toBe('409 beyond_scope')
    const [agreement] = await operating(i)
    await actAsSystem(w.app, agreement!, 'suspend', {})
    expect(await refusal(grant(hunan, id, [i]))).toBe('409 beyond_scope')
    await actAsSystem(w.app, agreement!, 'resume', {})
    await done(grant(hunan, id, [i]))
  })
  it('only who has been let in applies, and from their own entry', async () => {
    const i = await item(hunan.unit, hunan.unitBoss)
    expect(await refusal(begin(zhaoqing.operator, 'usages', 'usage', hunan.entry, { items: [i] }))).toBe(
      '404 not_found',
    )
    expect(await refusal(begin(hunan.operator, 'usages', 'usage', undefined, { items: [i] }))).toBe('404 not_found')
  })
})

describe('个人信息主体', () => {
  const published = async (): Promise<string> => {
    const id = await item(hunan.unit, hunan.unitBoss)
    await done((await w.as('湖南局经办')).act(id, 'publish', {}, 'item'))
    return id
  }
  const request = (who: Actor, kind: string, about: string) => begin(who, 'subject-requests', kind, about, {})

  it('HNL-005 a person asks the unit that holds their data to see, copy or transfer it, and is answered within a period', async () => {
    const about = await published()
    for (const kind of ['access', 'copy', 'transfer']) {
      const { id } = await done(request(citizen, kind, about))
      const seen = await citizen.see(id, 'subjectRequest')
      expect(seat(seen, 'body')).toBe('湖南数源单位（测试）')
      const due = seen.dues.find((d) => d.act === 'answer')!
      expect([due.period, due.basis]).toEqual(['15 个工作日(文件未定)', expect.stringContaining('系统默认')])
      await done(perform(hunan.unit, id, 'answer', { answer: '已当面提供' }, 'subjectRequest'))
      expect((await citizen.see(id, 'subjectRequest')).stateTerm).toBe('已办理')
      // whose request it is stands in no title, and other units know nothing of it
      expect(seen.title).toBe(`${seen.kindTerm}：湖南数源单位（测试）`)
      expect((await hunan.provider.get(`/api/subject-requests/${id}`)).status).toBe(404)
    }
    expect(await refusal(request(await w.as('未核验的人'), 'access', about))).toBe('403 not_real_name')
    expect(await refusal(request(hunan.operator, 'access', about))).toBe('403 not_yours')
  })
  it('a consent withdrawn is withdrawn from the day on which it is asked, whoever has answered, until the unit shows that it was not theirs', async () => {
    const about = await published()
    const { id } = await done(request(citizen, 'withdraw', about))
    const fact = { item: about, subject: citizen.person, since: (await citizen.see(id, 'subjectRequest')).opened }
    expect(withdrawalsOf(await load(w, id))).toEqual(fact)
    await done(perform(hunan.unit, id, 'answer', {}, 'subjectRequest'))
    expect(withdrawalsOf(await load(w, id))).toEqual(fact)
    const other = await done(request(citizen, 'withdraw', await published()))
    await done(perform(hunan.unitBoss, other.id, 'refuse', {}, 'subjectRequest'))
    expect(withdrawalsOf(await load(w, other.id))).toBeUndefined()
    const seeing = await done(request(citizen, 'access', about))
    expect(withdrawalsOf(await load(w, seeing.id))).toBeUndefined()
  })
  it('HNL-005 a refusal says why and where to turn', async () => {
    const { id } = await done(request(citizen, 'copy', await published()))
    expect(await refusal(hunan.unitBoss.act(id, 'refuse', { reason: '' }, 'subjectRequest'))).toBe('422 invalid')
    await done(perform(hunan.unitBoss, id, 'refuse', {}, 'subjectRequest'))
    const notices = await done(citizen.get<{ term: string }[]>('/api/notices'))
    expect(notices.find((x) => x.term.startsWith('不予办理'))?.term).toContain('向人民法院提起诉讼')
  })
})

it('what lists and rules show is a function of what has been done', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
