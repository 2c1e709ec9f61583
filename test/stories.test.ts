import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Announcement, Clock, PublicNotice, PublicRecordList } from '#contract'
import { checkProjections, fillDemo, readCast, tellDemo } from '#application'
import { inspectUpload } from '#interop'
import { asOwner } from './access/database.ts'
import { done, publicRecord, told } from './cases.ts'
import { samples, world, type World } from './world.ts'

const cast = readCast(samples)
const stories = cast.stories!
let w: World
let ids: Readonly<Record<string, string>>
let signedIn: number
const count = (table: 'session' | 'event'): Promise<number> =>
  asOwner(w, async (q) => (await q.query<{ n: number }>(`select count(*)::int as n from gongshu.${table}`)).rows[0]!.n)
beforeAll(async () => {
  w = await world({ day: cast.day, lists: true })
  const happened = await tellDemo(w.app, cast, samples)
  expect([happened.graded, happened.refused]).toEqual([102, []])
  ids = happened.ids
  signedIn = await count('session')
})
afterAll(() => w?.close())

const states = (): Promise<Record<string, string>> =>
  asOwner(w, async (q) => {
    const { rows } = await q.query<{ id: string; state: string }>('select id, state from gongshu.stream')
    return Object.fromEntries(rows.map((r) => [r.id, r.state]))
  })
/** The record of an application. */
const recordOf = async (key: string, who: string): Promise<{ id: string; code: string }> => {
  const clerk = await w.as(who)
  const record = (await clerk.see(ids[key]!)).links.find((l) => l.process === 'record')!
  const seen = await clerk.see(record.id, 'record')
  return { id: record.id, code: seen.facts.find((f) => f.term === '登记码')!.value }
}

it('every story ends where it says, on the day of the handover', async () => {
  const at = await states()
  expect(Object.fromEntries(stories.cases.map((s) => [s.key, at[ids[s.key]!]]))).toEqual(
    Object.fromEntries(stories.cases.map((s) => [s.key, s.ends])),
  )
  const records = await asOwner(w, (q) =>
    q.query<{ target: string; state: string }>(
      `select l.target, s.state from gongshu.link l join gongshu.stream s on s.id = l.source where s.process = 'record' and l.name = 'application'`,
    ),
  )
  const made = new Map(records.rows.map((r) => [r.target, r.state]))
  expect(Object.fromEntries(stories.cases.map((s) => [s.key, made.get(ids[s.key]!)]))).toEqual(
    Object.fromEntries(stories.cases.map((s) => [s.key, s.record])),
  )
  expect(await done(w.anyone.get<Clock>('/api/clock'))).toMatchObject({
    day: '2026-03-16',
    weekday: '星期一',
    workday: true,
  })
})

it('what the stories left behind is what their events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})

it('every desk finds something to do', async () => {
  for (const name of [
    ...['公积金经办', '公积金复核', '交通局复核', '市法院经办', '运营机构经办', '运营机构复核'],
    ...['登记经办甲', '登记经办乙', '登记复核丙', '湘登记经办', '湘登记复核', '肇登记经办'],
  ])
    expect((await (await w.as(name)).list('tasks')).rows.length, name).toBeGreaterThan(0)
  const urgent = (await (await w.as('登记经办甲')).list('tasks')).rows[0]!
  expect(urgent).toMatchObject({ id: ids['出租车运营信息'], due: { act: 'accept', day: '2026-03-17', left: 1 } })
  const bureau = await w.as('六安局经办')
  const duties = await bureau.list('obligations')
  expect(duties.rows.find((r) => r.state === 'open')?.due).toMatchObject({ day: '2026-03-19', left: 3 })
  expect(await told(bureau, ids['定位信息登记义务']!)).toContain('逾期')
})

it('what is refused for sharing is compared, what is open on condition is granted, and corrected data waits to be confirmed', async () => {
  const asked = await (await w.as('公积金经办')).see(ids['户籍信息共享申请']!, 'share')
  expect(asked.timeline.map((t) => t.act).sort()).toEqual(['compare', 'refuse', 'reply', 'request'])
  expect(JSON.stringify(asked.materials)).toContain('一致')
  const operator = await w.as('运营机构经办')
  const copy = await operator.get<Buffer>(`/api/openings/${ids['公交线路数据开放申请']}/data.csv`)
  expect([copy.status, copy.body.toString()]).toEqual([200, expect.stringContaining('L001')])
  expect((await operator.list('tasks')).rows.map((r) => r.id)).toContain(ids['停车场信息质量工单'])
  const entry = await (await w.as('交通局经办')).see(ids['公交车线路信息的目录']!, 'item')
  expect(entry.facts.find((f) => f.term === '级别')?.value).toBe('一般 2 级')
})

it('the published plan is in force with all that its annexes list, and the agreement that the records cite rests on it', async () => {
  const clerk = await w.as('六安局经办')
  const plan = await clerk.see(ids['六安方案']!, 'plan')
  const fact = (v: typeof plan, term: string): string | undefined => v.facts.find((f) => f.term === term)?.value
  expect([fact(plan, '目录项'), fact(plan, '产品和服务'), fact(plan, '备案编号')]).toEqual([
    '102',
    '40',
    '皖演备〔2025〕18号（演示）',
  ])
  const heard = await clerk.see(ids['六安方案征求意见']!, 'consultation')
  expect(fact(heard, '征求意见期')).toBe('2025-06-24 至 2025-07-23')
  // it took effect when it was on file, not when it was approved
  expect(
    plan.timeline.map((t) => [t.act, t.day]).filter(([a]) => a === 'approval.govern' || a === 'takeEffect'),
  ).toEqual(
    expect.arrayContaining([
      ['approval.govern', '2025-08-20'],
      ['takeEffect', '2025-08-29'],
    ]),
  )
  for (const [who, key, cited] of [
    ['六安局经办', '六安协议', '六演授〔2026〕1号'],
    ['实施机构经办', '公积金协议', '湘演授〔2026〕1号'],
  ] as const)
    expect(fact(await (await w.as(who)).see(ids[key]!, 'agreement'), '编号')).toBe(cited)
})

it('in authorization every seat finds what is due, with the days that are left', async () => {
  const due = async (who: string, key: string): Promise<unknown> => {
    const rows = (await (await w.as(who)).list('tasks')).rows
    const row = rows.find((r) => r.id === ids[key])
    return row && [row.due?.day, row.due?.left]
  }
  expect(await due('六安局审批', '三月线路数据')).toEqual(['2026-03-20', 4])
  expect(await due('六安局审批', '停车数据需求')).toEqual(['2026-03-23', 5])
  expect(await due('六安局经办', '充电负荷需求')).toEqual(['2026-03-23', 5])
  expect(await due('实施机构复核', '缴存数据需求')).toEqual(['2026-03-24', 6])
  expect(await due('肇庆运营经办', '肇庆责令改正')).toEqual(['2026-03-19', 3])
  expect(await due('湖南局经办', '交通方案')).toBeDefined()
  expect(await due('应用企业复核', '合伙人申请')).toBeDefined()
  const filing = (await (await w.as('实施机构经办')).list('tasks')).rows.find((r) => r.process === 'recordal')
  expect([filing?.due?.day, filing?.due?.left]).toEqual(['2026-03-19', 3])
})

it('a draft waits half filled in', async () => {
  const propose = (await (await w.as('公积金经办')).see(ids['公积金账户信息']!)).actions.find(
    (a) => a.act === 'propose',
  )
  expect(propose?.value).toMatchObject({ resource: { name: '公积金账户信息', fields: { length: 3 } } })
  expect(propose?.value?.['risk']).toBeUndefined()
})

it('the portal shows records with certificates, running notices and the announcement of an end', async () => {
  const { rows } = await done(w.anyone.get<PublicRecordList>('/api/public/records'))
  expect(rows.map((r) => [r.name, r.state]).sort()).toEqual(
    [
      ['公积金缴纳信息', 'valid'],
      ['公积金缴存能力评估', 'valid'],
      ['住房公积金缴存信息', 'valid'],
      ['个人公积金缴纳稳定性标签', 'deregistered'],
    ].sort(),
  )
  for (const r of rows.filter((x) => x.state === 'valid')) {
    const pdf = await done(w.anyone.get<Buffer>(`/api/public/records/${encodeURIComponent(r.code)}/certificate.pdf`))
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  }
  const notices = await done(w.anyone.get<PublicNotice[]>('/api/public/notices'))
  expect(Object.fromEntries(notices.map((n) => [n.name, [n.from, n.to, n.left, n.open]]))).toEqual({
    企业登记信息: ['2026-03-06', '2026-03-19', 3, true],
    公交车线路信息: ['2026-03-10', '2026-03-23', 5, true],
  })
  const announced = await done(w.anyone.get<Announcement[]>('/api/public/announcements'))
  expect(announced).toMatchObject([{ term: '注销登记公告', name: '个人公积金缴纳稳定性标签', announced: '2026-03-10' }])
})

it('a notice that ran across the Spring Festival counted its working Saturdays and none of its holidays', async () => {
  const { code } = await recordOf('公积金缴存能力评估', '运营机构经办')
  const seen = await (await w.as('登记复核丙')).see(ids['公积金缴存能力评估']!)
  const released = seen.timeline.find((t) => t.act === 'release')!
  expect(released.detail.map((d) => d.text)).toEqual(['2026-02-06', '2026-02-26'])
  // and validity ends with the agreement, sooner than the general term
  expect(await publicRecord(w, code)).toMatchObject({ validFrom: '2026-02-27', validTo: '2027-12-31', demo: true })
})

it('nobody of the stories is still signed in', () => expect(signedIn).toBe(0))

it('a second start adds nothing', async () => {
  const before = await count('event')
  expect(await fillDemo(w.app, cast, samples, () => undefined)).toBe(false)
  expect(await count('event')).toBe(before)
})

it('the sample documents are small and pass the intake', async () => {
  for (const name of readdirSync(join(samples, 'files'))) {
    const bytes = readFileSync(join(samples, 'files', name))
    expect(bytes.length, name).toBeLessThan(60_000)
    const mime = name.endsWith('.csv') ? 'text/csv' : 'application/pdf'
    expect(await inspectUpload(bytes, name), name).toMatchObject({ ok: true, mime })
  }
})
