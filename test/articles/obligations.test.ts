import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { CaseView, NoticeView } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  after,
  complaints,
  deposit,
  done,
  drive,
  refusal,
  registered,
  start,
  team,
  today,
  told,
  type Asked,
  type Team,
  type Values,
} from '../cases.ts'

let w: World
let hunan: Team
let operator: Team
let luan: Team
let transport: Team
let zhaoqing: Team
let anhui: Actor
beforeAll(async () => {
  w = await world({
    more: {
      organisations: [
        {
          key: 'water',
          name: '某供水公司',
          form: 'enterprise',
          division: '341500',
          roles: ['dataProvider'],
          document: '某文',
          under: 'luanBureau',
        },
        {
          key: 'zhaoqingOperator',
          name: '肇庆市公共数据运营机构（演示）',
          form: 'enterprise',
          division: '441200',
          roles: ['operator'],
          document: '某文',
          under: 'zhaoqingBureau',
        },
        {
          key: 'anhuiOperator',
          name: '安徽省运营机构（演示）',
          form: 'enterprise',
          division: '340000',
          roles: ['operator'],
          document: '某文',
          under: 'anhuiBureau',
        },
      ],
      people: [
        { name: '六安局复核', org: 'luanBureau', duties: ['approver'] },
        { name: '六安局双岗', org: 'luanBureau', duties: ['handler', 'approver'] },
      ],
    },
  })
  ;[hunan, operator, luan, transport, zhaoqing] = await Promise.all([
    team(w, 'hunan'),
    team(w, 'hunanOperator'),
    team(w, 'luan'),
    team(w, 'transport'),
    team(w, 'zhaoqing'),
  ])
  anhui = await w.as('安徽督导员')
})
afterAll(() => w.close())

interface Fact {
  readonly kind: string
  readonly debtor: string
  readonly variant?: string
  readonly factDay?: string
}
const record = async (who: Actor, f: Fact, over: Values = {}) =>
  who.send<{ id: string }>('POST', '/api/obligations', {
    kind: f.kind,
    debtor: f.debtor,
    ...(f.variant ? { variant: f.variant } : {}),
    input: {
      factDay: f.factDay ?? (await today(w)),
      fact: '已按授权协议提供数据',
      object: '缴存信息',
      files: [(await who.upload('交付单.pdf')).id],
      ...over,
    },
  })
const recorded = async (who: Actor, f: Fact): Promise<string> => (await done(record(who, f))).id
const see = (who: Actor, id: string): Promise<CaseView> => who.see(id, 'obligation')
const runs = async (who: Actor, id: string): Promise<object> => {
  const d = (await see(who, id)).due!
  return { act: d.act, from: d.from, day: d.day, period: d.period, basis: d.basis }
}
const urgent = async (who: Actor, stream: string): Promise<string[]> =>
  (await done(who.get<NoticeView[]>('/api/notices'))).filter((n) => n.stream === stream).map((n) => n.term)
const submit = async (t: Team, asked: Asked): Promise<string> => {
  const id = await start(t.clerk, asked)
  await drive(w, t, id, 'submitted')
  return id
}

describe('登记细则 第九条(一) 首次登记的期限', () => {
  it('HNR-032 twenty working days from the day the resource was supplied, and the debtor is told', async () => {
    const id = await recorded(hunan.bureau, { kind: 'first', debtor: hunan.clerk.org, factDay: '2026-03-05' })
    expect(await runs(hunan.clerk, id)).toEqual({
      act: 'meet',
      from: '2026-03-05',
      day: '2026-04-02',
      period: '20 个工作日',
      basis: expect.stringContaining('《登记细则》第九条(一)') as string,
    })
    expect((await see(hunan.clerk, id)).due!.left).toBe(18)
    expect(await told(hunan.clerk, id)).toEqual(['记录事实'])
    await w.until('2026-03-16')
    expect((await see(hunan.clerk, id)).due!.left).toBe(13)
  })

  it('HNR-032 it is met by handing in the application, not by beginning one', async () => {
    const id = await recorded(hunan.bureau, { kind: 'first', debtor: hunan.clerk.org })
    const application = await start(hunan.clerk, { obligation: id })
    await drive(w, hunan, application, 'ready')
    expect((await see(hunan.clerk, id)).stateTerm).toBe('待履行')
    await drive(w, hunan, application, 'submitted')
    expect(await see(hunan.clerk, id)).toMatchObject({ stateTerm: '已履行', final: true, dues: [] })
    expect((await see(hunan.bureau, id)).timeline.at(-1)!.term).toBe('提交登记申请')
  })

  it('HNR-032 with no application, the debtor is reminded, then the breach stands in the open with debtor, recorder and bureau', async () => {
    const id = await recorded(hunan.bureau, { kind: 'first', debtor: hunan.clerk.org })
    const { day } = (await see(hunan.clerk, id)).due!
    await w.until(after(day, -8))
    expect((await urgent(hunan.clerk, id)).filter((t) => t.startsWith('提醒'))).toEqual([])
    await w.until(after(day, -7))
    expect((await urgent(hunan.clerk, id)).filter((t) => t.startsWith('提醒'))).toHaveLength(1)
    await w.until(day)
    expect(await see(hunan.bureau, id)).toMatchObject({ stateTerm: '待履行' })
    await w.until(after(day))
    expect(await see(hunan.bureau, id)).toMatchObject({ stateTerm: '逾期未履行', final: false })
    for (const who of [hunan.clerk, hunan.bureau]) expect((await urgent(who, id))[0]).toContain('逾期')
    expect((await hunan.bureau.list('obligations?state=breached')).rows.map((r) => r.id)).toContain(id)
    // late is not never
    await submit(hunan, { obligation: id })
    expect((await see(hunan.bureau, id)).stateTerm).toBe('逾期履行')
  })

  it('HNR-033 thirty working days for what was in operation before, from the day the rules came into force', async () => {
    for (const factDay of ['2026-03-02', '2026-03-31']) {
      const id = await recorded(hunan.bureau, { kind: 'legacy', debtor: hunan.clerk.org, factDay })
      const { day, from, period } = (await see(hunan.clerk, id)).due!
      expect([from, period]).toEqual([factDay, '30 个工作日'])
      expect(day).toBe(factDay === '2026-03-02' ? '2026-04-14' : '2026-05-15')
    }
  })

  it("CN-017 twenty and thirty working days in Zhaoqing and Lu'an, by the national article", async () => {
    for (const t of [zhaoqing, luan])
      for (const [kind, period] of [
        ['first', '20 个工作日'],
        ['legacy', '30 个工作日'],
      ] as const) {
        const id = await recorded(t.bureau, { kind, debtor: t.clerk.org })
        expect(await runs(t.clerk, id)).toMatchObject({ period, basis: '《登记办法》第九条(一)' })
      }
  })

  it('CN-017 of an operation that began before the measures the period is long over, and it shows at once', async () => {
    const id = await recorded(luan.bureau, { kind: 'legacy', debtor: luan.clerk.org, factDay: '2025-03-01' })
    expect(await runs(luan.clerk, id)).toMatchObject({ day: '2025-04-14' })
    await w.until(after(await today(w)))
    expect((await see(luan.bureau, id)).stateTerm).toBe('逾期未履行')
  })
})

describe('登记办法 第五条 应当登记与鼓励登记', () => {
  it('CN-002 an organ or institution must register a resource in an authorized scope: a duty is opened', async () => {
    for (const t of [luan, transport])
      expect((await see(t.clerk, await recorded(luan.bureau, { kind: 'first', debtor: t.clerk.org }))).stateTerm).toBe(
        '待履行',
      )
  })

  it('CN-002 where registering is only encouraged no duty can be recorded', async () => {
    const water = w.orgs['water']!
    expect(await refusal(record(luan.bureau, { kind: 'first', debtor: water }))).toBe('422 no_duty')
    expect(await refusal(record(luan.bureau, { kind: 'legacy', debtor: water }))).toBe('422 no_duty')
    expect((await luan.bureau.list('obligations')).rows.filter((r) => r.parties['debtor'] === '某供水公司')).toEqual([])
  })

  it('CN-003 a product is encouraged by the nation, and bound to be registered where a local text says so', async () => {
    const product = (debtor: string) => ({ kind: 'first', variant: 'product', debtor: w.orgs[debtor]! })
    expect(await refusal(record(anhui, product('anhuiOperator')))).toBe('422 no_duty')
    expect(await refusal(record(zhaoqing.bureau, product('zhaoqingOperator')))).toBe('200 done')
    expect(await refusal(record(luan.bureau, product('luanOperator')))).toBe('200 done')
  })
})

describe('登记细则 第九条(二) 变更的期限', () => {
  it('HNR-042 ten working days from the approval of a change of the registrant', async () => {
    const id = await recorded(hunan.bureau, { kind: 'subjectChange', debtor: hunan.clerk.org })
    const c = await see(hunan.clerk, id)
    expect(c.due).toMatchObject({ from: await today(w), left: 10, unit: 'workday', period: '10 个工作日' })
    expect(c.due!.basis).toContain('《登记细则》第九条(二)')
    await w.until(after(c.due!.day))
    expect((await see(hunan.bureau, id)).stateTerm).toBe('逾期未履行')
  })

  it('HNR-042 it is met by an application for a change, not by any other', async () => {
    const id = await recorded(luan.bureau, { kind: 'subjectChange', debtor: luan.clerk.org })
    expect(await refusal(luan.clerk.send('POST', '/api/applications', { kind: 'first', obligation: id }))).toBe(
      '422 other_duty',
    )
    const r = await registered(w, luan)
    const change = await start(luan.clerk, { kind: 'change', record: r.record, obligation: id })
    await deposit(luan.clerk, change)
    await drive(w, luan, change, 'submitted', { resource: { summary: '主体更名后' } })
    expect((await see(luan.clerk, id)).stateTerm).toMatch(/履行$/)
  })

  it('HNR-042 where the text only says 及时 the default is marked as such', async () => {
    const id = await recorded(luan.bureau, { kind: 'subjectChange', debtor: luan.clerk.org })
    const { period, basis } = (await see(luan.clerk, id)).due!
    expect(period).toContain('文件未定')
    expect(basis).toContain('系统默认')
  })
})

describe('授权运营实施规范 第十八条 产品和服务登记', () => {
  it('HNA-045 twenty working days from the day a product passed its review', async () => {
    const id = await recorded(hunan.bureau, { kind: 'product', variant: 'product', debtor: operator.clerk.org })
    const { due } = await see(operator.clerk, id)
    expect(due).toMatchObject({ from: await today(w), left: 20, unit: 'workday' })
    expect(due!.basis).toContain('《授权运营实施规范》第十八条')
    await submit(operator, { variant: 'product', obligation: id })
    expect((await see(hunan.bureau, id)).stateTerm).toBe('已履行')
  })

  it('HNA-045 a period of Hunan, not of a place whose rules do not have it', async () => {
    expect(
      await refusal(record(luan.bureau, { kind: 'product', variant: 'product', debtor: w.orgs['luanOperator']! })),
    ).toBe('422 no_duty')
  })
})

describe('省本级总体实施方案 三(六) 按规定时限登记', () => {
  it('HNP-058 each duty runs for the period and on the article of the pack: resource by the implementer, product by the operator', async () => {
    const expected = [
      ['first', hunan, 20, '《登记细则》第九条(一)'],
      ['legacy', hunan, 30, '《登记细则》第九条(一)'],
      ['subjectChange', hunan, 10, '《登记细则》第九条(二)'],
      ['product', operator, 20, '《授权运营实施规范》第十八条、第二十七条'],
    ] as const
    for (const [kind, t, days, basis] of expected) {
      const id = await recorded(hunan.bureau, {
        kind,
        debtor: t.clerk.org,
        ...(kind === 'product' ? { variant: 'product' } : {}),
      })
      const c = await see(t.clerk, id)
      expect(c.due).toMatchObject({ left: days, unit: 'workday' })
      expect(c.due!.basis.startsWith(basis), kind).toBe(true)
    }
  })
})

describe('a duty is recorded as the fact it is', () => {
  it('not ahead of its day, and not without its document', async () => {
    const f = { kind: 'first', debtor: luan.clerk.org }
    expect(await complaints(record(luan.bureau, { ...f, factDay: after(await today(w)) }))).toEqual(['factDay'])
    expect(await complaints(record(luan.bureau, f, { files: [] }))).toEqual(['files'])
    expect(await complaints(record(luan.bureau, f, { object: '', fact: '' }))).toEqual(['fact', 'object'])
  })

  it('by the debtor, or by who looks after the registration of its place; not by anyone else', async () => {
    const f = { kind: 'first', debtor: luan.clerk.org }
    for (const who of [transport.clerk, zhaoqing.bureau, hunan.desk, await w.as('公民王女士')])
      expect(await refusal(record(who, f)), who.name).toBe('403 not_yours')
    for (const who of [luan.clerk, luan.bureau, luan.desk, anhui])
      expect(await refusal(record(who, f)), who.name).toBe('200 done')
  })

  it('HNR-032 nobody discharges another’s duty', async () => {
    const id = await recorded(luan.bureau, { kind: 'first', debtor: luan.clerk.org })
    expect(await refusal(transport.clerk.send('POST', '/api/applications', { kind: 'first', obligation: id }))).toBe(
      '404 not_found',
    )
    expect((await see(luan.clerk, id)).stateTerm).toBe('待履行')
  })

  it('what was recorded by mistake is cancelled by another person, with reason and document', async () => {
    const twice = await w.as('六安局双岗')
    const id = await recorded(twice, { kind: 'first', debtor: luan.clerk.org })
    const input = { reason: '误记', files: [(await twice.upload()).id] }
    expect(await refusal(twice.act(id, 'cancel', input, 'obligation'))).toBe('403 same_person')
    const other = await w.as('六安局复核')
    expect(await complaints(other.act(id, 'cancel', { reason: '误记', files: [] }, 'obligation'))).toEqual(['files'])
    await done(other.act(id, 'cancel', { reason: '误记', files: [(await other.upload()).id] }, 'obligation'))
    expect(await see(luan.clerk, id)).toMatchObject({ final: true, dues: [] })
    await w.until(after(await today(w), 60))
    expect((await see(luan.clerk, id)).state).toBe('cancelled')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
