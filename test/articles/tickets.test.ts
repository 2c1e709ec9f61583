import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseView, ItemQuality, QualityOverview, Upstream } from '#contract'
import { checkProjections } from '#application'
import { done, refusal } from '../cases.ts'
import { world, type Actor, type World } from '../world.ts'

/** 数据质量与异议：谁提出、逐级溯源到数源、按期整改、由提出方确认。 */
let w: World
let operator: Actor
let fund: Actor
let transport: Actor
let court: Actor
let bureau: Actor
let decider: Actor
let citizen: Actor
beforeAll(async () => {
  w = await world({ day: '2026-03-16', more: { people: [{ name: '公民张先生' }] as never } })
  ;[operator, fund, transport, court, bureau, decider, citizen] = (await Promise.all(
    ['运营机构经办', '公积金经办', '交通局经办', '市法院经办', '六安局经办', '六安局审批', '公民王女士'].map((n) =>
      w.as(n),
    ),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor]
})
afterAll(() => w.close())

const compiled = async (who: Actor, boss: string, name: string, upstream: readonly string[] = []): Promise<string> => {
  const { id } = await done(
    who.send<{ id: string }>('POST', '/api/items', {
      input: {
        basic: { name },
        fields: [{ name: '编号', field: 'bh', type: '字符型', key: true, nullable: false }],
        upkeep: { frequency: '每月' },
        access: { sharing: 'unconditional', opening: 'unconditional' },
        ...(upstream.length > 0 ? { rights: { upstream: [...upstream] } } : {}),
      },
    }),
  )
  await done((await w.as(boss)).act(id, 'enter', {}, 'item'))
  return id
}
const published = async (name: string): Promise<string> => {
  const id = await compiled(fund, '公积金复核', name)
  await done(bureau.act(id, 'publish', {}, 'item'))
  return id
}
/** Court ← transport ← fund: three units, two steps up to the source. */
const chain = async (name: string): Promise<readonly [string, string, string]> => {
  const source = await compiled(court, '市法院复核', `${name}（源）`)
  const middle = await compiled(transport, '交通局复核', `${name}（中）`, [source])
  const last = await compiled(fund, '公积金复核', name, [middle])
  await done(bureau.act(last, 'publish', {}, 'item'))
  return [last, middle, source]
}
const raise = (who: Actor, item: string, input: object = { says: '编号有空值' }, kind = 'quality') =>
  who.send<{ id: string }>('POST', '/api/tickets', { kind, about: item, input })
const raised = async (...a: Parameters<typeof raise>): Promise<string> => (await done(raise(...a))).id
const act = (who: Actor, id: string, name: string, input: object = {}) => who.act(id, name, input, 'ticket')
const fixed = { outcome: 'corrected', records: 3, did: '业务系统补录时漏填，已补齐并加校验' }
const seat = (v: CaseView, of: string): string => v.seats.find((s) => s.seat === of)?.name ?? ''

describe('逐级溯源', () => {
  it('ZQ-037 a ticket walks up two levels to the source unit, the way is kept, and the source answers', async () => {
    const [item, middle, source] = await chain('逐级溯源甲')
    const id = await raised(operator, item)
    expect(seat(await fund.see(id, 'ticket'), 'source')).toBe('')
    const up = await done(fund.get<Upstream>(`/api/tickets/${id}/upstream`))
    expect(up).toEqual([{ id: middle, name: '逐级溯源甲（中）', unit: '市交通局' }])
    await done(act(fund, id, 'passUp', { upstream: middle, reason: '本单位只作转换，空值来自上游' }))
    expect(await refusal(act(fund, id, 'accept'))).toBe('403 not_yours')
    await done(act(transport, id, 'accept'))
    await done(act(transport, id, 'passUp', { upstream: source, reason: '原始记录即为空' }))
    const now = await court.see(id, 'ticket')
    expect([seat(now, 'holder'), seat(now, 'source'), seat(now, 'via1'), seat(now, 'via2')]).toEqual([
      '市法院',
      '市法院',
      '市公积金中心',
      '市交通局',
    ])
    // the source has nobody to pass it to
    expect(await done(court.get<Upstream>(`/api/tickets/${id}/upstream`))).toEqual([])
    expect(await refusal(act(court, id, 'passUp', { upstream: middle, reason: '再转' }))).toBe('409 not_now')
    await done(act(court, id, 'accept'))
    await done(act(court, id, 'rectify', fixed))
    await done(act(operator, id, 'confirm'))
    for (const who of [operator, fund, transport, court, bureau]) {
      const seen = await who.see(id, 'ticket')
      expect(seen.stateTerm).toBe('已办结')
      const way = seen.materials.find((m) => m.key === 'way')!.rows!
      expect(way.map((r) => r.filter((f) => ['unit', 'toUnit'].includes(f.key)).map((f) => f.text))).toEqual([
        ['市公积金中心', '市交通局'],
        ['市交通局', '市法院'],
      ])
    }
  })
  it('only to an entry upstream of the entry, and not back', async () => {
    const [item, middle] = await chain('逐级溯源乙')
    const other = await compiled(court, '市法院复核', '无关目录项')
    const id = await raised(operator, item)
    const to = (upstream: string) => act(fund, id, 'passUp', { upstream, reason: '转' })
    expect(await refusal(to(other))).toBe('422 invalid')
    expect(await refusal(to(item))).toBe('422 invalid')
    expect(await done(operator.get<Upstream>(`/api/tickets/${id}/upstream`))).toEqual([])
    expect((await citizen.get(`/api/tickets/${id}/upstream`)).status).toBe(404)
    await done(to(middle))
  })
  it('ZQ-037 及时: the period is a default that says so, and begins anew for each unit', async () => {
    const [item, middle] = await chain('逐级溯源丙')
    const id = await raised(operator, item)
    const due = async (who: Actor) => (await who.see(id, 'ticket')).dues.find((d) => d.act === 'accept')!
    expect((await due(fund)).day).toBe('2026-03-18')
    await w.until('2026-03-17')
    await done(act(fund, id, 'passUp', { upstream: middle, reason: '转' }))
    expect((await due(transport)).day).toBe('2026-03-19')
    expect((await due(transport)).basis).toContain('默认')
  })
})

describe('整改', () => {
  it('HNO-012 a problem goes to the source unit, its rectification is followed, and who found it confirms or sends it back', async () => {
    const id = await raised(operator, await published('整改甲'))
    const standing = async () => (await operator.see(id, 'ticket')).facts.find((f) => f.term === '整改')!.value
    expect(await standing()).toBe('未受理')
    await done(act(fund, id, 'accept'))
    expect(await standing()).toBe('整改中')
    await done(act(fund, id, 'rectify', fixed))
    expect(await refusal(act(fund, id, 'confirm'))).toBe('403 not_yours')
    await done(act(operator, id, 'reopen', { reason: '仍有两行为空' }))
    expect(await standing()).toBe('退回重新整改')
    await done(act(fund, id, 'rectify', fixed))
    expect(await standing()).toBe('数据已更正')
    await done(act(operator, id, 'confirm'))
  })
  it('corrected data suggests that the entry be refreshed, until it is', async () => {
    const item = await published('整改乙')
    const id = await raised(operator, item)
    await done(act(fund, id, 'accept'))
    await done(act(fund, id, 'rectify', fixed))
    const refresh = async () => (await done(fund.get<ItemQuality>(`/api/items/${item}/quality`))).refresh
    expect(await refresh()).toBeDefined()
    await w.until('2026-03-18')
    await done(fund.act(item, 'refresh', { dataDay: '2026-03-18' }, 'item'))
    expect(await refresh()).toBeUndefined()
  })
  it('HNO-012 what is late is told to the bureau, and counts in the rating of the unit', async () => {
    const item = await published('整改丙')
    const id = await raised(operator, item)
    await done(act(fund, id, 'accept'))
    const due = (await fund.see(id, 'ticket')).dues.find((d) => d.act === 'rectify')!
    await w.until('2026-04-03')
    expect(due.day < '2026-04-03').toBe(true)
    const told = await done(bureau.get<{ stream: string; term: string }[]>('/api/notices'))
    expect(told.some((n) => n.stream === id && n.term.startsWith('逾期：办结整改'))).toBe(true)
    const rating = async () =>
      (await done(bureau.get<QualityOverview>('/api/quality'))).units.find((u) => u.name === '市公积金中心')!
    const before = await rating()
    expect(before.overdue).toBeGreaterThan(0)
    await done(act(fund, id, 'rectify', fixed))
    const after = await rating()
    expect([after.late - before.late, after.answered - before.answered]).toEqual([1, 1])
    expect(after.timely!).toBeLessThan(100)
    expect(after.overdue).toBe(before.overdue - 1)
  })
  it('silence after the rectification ends it', async () => {
    const id = await raised(operator, await published('整改丁'))
    await done(act(fund, id, 'accept'))
    await done(act(fund, id, 'rectify', fixed))
    await w.until('2026-04-30')
    expect((await fund.see(id, 'ticket')).state).toBe('closed')
  })
  it('a finding of a check becomes a ticket once', async () => {
    const item = await published('整改戊')
    const input = { says: '不为空不合格', check: 'notNull:bh', dimension: 'completeness' }
    const id = await raised(fund, item, input)
    expect(await refusal(raise(bureau, item, input))).toBe('409 duplicate')
    await done(act(fund, id, 'withdraw'))
    await raised(bureau, item, input)
  })
})

describe('异议、校核与裁定', () => {
  const record = { says: '我的缴存单位登记错了', record: '个人账号尾号 0077', expected: '应为某某公司' }

  it('HNL-020 a person objects to data about them by their real name, and the data is corrected', async () => {
    const item = await published('异议甲')
    const id = await raised(citizen, item, record, 'objection')
    expect((await citizen.see(id, 'ticket')).title).toBe('异议甲：数据异议')
    await done(act(fund, id, 'accept'))
    await done(act(fund, id, 'rectify', fixed))
    await done(act(citizen, id, 'confirm'))
    // the entry itself stays closed to them, as it was
    expect((await citizen.get(`/api/items/${item}`)).status).toBe(404)
  })
  it('who is not known by their real name does not; nor does a person raise what is for units', async () => {
    const item = await published('异议乙')
    expect(await refusal(raise(await w.as('公民张先生'), item, record, 'objection'))).toBe('403 not_real_name')
    expect(await refusal(raise(citizen, item, { says: '有误' }, 'quality'))).toBe('403 not_yours')
  })
  it('an entry that is not published is not there for those who cannot read it', async () => {
    const hidden = await compiled(court, '市法院复核', '未公布的目录项')
    expect(await refusal(raise(citizen, hidden, record, 'objection'))).toBe('404 not_found')
    expect(await refusal(raise(fund, hidden, { says: '有误' }))).toBe('404 not_found')
  })
  it('what a person says of their record is personal, and no stranger reads the ticket', async () => {
    const id = await raised(citizen, await published('异议丙'), record, 'objection')
    for (const who of [transport, operator, await w.as('湖南局经办'), await w.as('公民李先生')])
      expect((await who.get(`/api/tickets/${id}`)).status).toBe(404)
    const { rows } = await w.app.pool.query<{ body: string }>('select body from gongshu.event where stream = $1', [id])
    expect(rows[0]?.body ?? '').not.toContain('0077')
  })
  it('LA-002 refused with reason and evidence; the bureau decides, and what it upholds is put right', async () => {
    const id = await raised(citizen, await published('异议丁'), record, 'objection')
    await done(act(fund, id, 'accept'))
    expect(await refusal(act(fund, id, 'refuse', { reason: '与档案一致' }))).toBe('422 invalid')
    const evidence = [(await fund.upload()).id]
    await done(act(fund, id, 'refuse', { reason: '与档案一致', evidence }))
    await done(act(citizen, id, 'appeal', { reason: '档案本身有误，附劳动合同' }))
    expect(await refusal(act(bureau, id, 'uphold', { opinion: '采纳' }))).toBe('403 not_yours')
    await done(act(decider, id, 'uphold', { opinion: '劳动合同足以证明，应予更正' }))
    expect((await fund.see(id, 'ticket')).stateTerm).toBe('整改中')
    await done(act(fund, id, 'rectify', fixed))
    await done(act(citizen, id, 'confirm'))
  })
  it('LA-002 or dismisses it; who does not ask in time has let it rest', async () => {
    const refuseIt = async (name: string): Promise<string> => {
      const id = await raised(citizen, await published(name), record, 'objection')
      await done(act(fund, id, 'refuse', { reason: '与档案一致', evidence: [(await fund.upload()).id] }))
      return id
    }
    const [one, two] = [await refuseIt('异议戊'), await refuseIt('异议己')]
    await done(act(citizen, one, 'appeal', { reason: '请求裁定' }))
    await done(act(decider, one, 'dismiss', { opinion: '证据不足' }))
    expect((await citizen.see(one, 'ticket')).state).toBe('dismissed')
    await w.until('2026-06-30')
    expect((await citizen.see(two, 'ticket')).state).toBe('unadopted')
  })
  it('the bureau that raises a ticket does not decide it: the one above does', async () => {
    const item = await published('异议庚')
    const id = await raised(bureau, item)
    await done(act(fund, id, 'refuse', { reason: '无误', evidence: [(await fund.upload()).id] }))
    await done(act(bureau, id, 'appeal', { reason: '请上级裁定' }))
    expect(await refusal(act(decider, id, 'uphold', { opinion: '自认' }))).toBe('403 not_yours')
    await done(act(await w.as('安徽督导员'), id, 'uphold', { opinion: '应予整改' }))
  })
  it('CN-071 校核: a unit asks for shared data to be verified, within the period of the regulation, which is marked as not read', async () => {
    const item = await published('校核甲')
    expect(await refusal(raise(citizen, item, { says: '请校核' }, 'verification'))).toBe('403 not_yours')
    const id = await raised(
      transport,
      item,
      { says: '缴存状态与我局掌握的不一致', record: '批次 20260301' },
      'verification',
    )
    const day = (await done(fund.get<{ day: string }>('/api/clock'))).day
    await done(act(fund, id, 'accept'))
    const due = (await fund.see(id, 'ticket')).dues.find((d) => d.act === 'rectify')!
    expect(due).toMatchObject({ from: day, period: '10 个工作日', left: 10, unit: 'workday' })
    expect(due.basis).toMatch(/政务数据共享条例.*默认/)
  })
})

it('everything that stands beside the events follows from them', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
