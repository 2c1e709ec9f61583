import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EndingDocument, ProgrammeOverview } from '#contract'
import { checkProjections } from '#application'
import { setDay } from '#store'
import { monthsLater } from '../../src/domain/authorization/programme-pack.ts'
import {
  about,
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  onDay,
  planned,
  provincials,
  recorded,
  selected,
  today,
  type Domain,
} from '../authorization.ts'
import { complaints, done, refusal, type Values } from '../cases.ts'
import { begin } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

type Programme = ProgrammeOverview['programmes'][number]
const unit = '省住房城乡建设厅'

describe('batches of units', () => {
  let w: World
  let d: Domain
  let batch: string
  beforeAll(async () => {
    w = await world({ day: '2025-11-03', more: provincials })
    await onDay(w, '2025-11-03')
    d = await domainOf(w)
  })
  afterAll(() => w.close())
  const overview = async (who: Actor): Promise<readonly Programme[]> =>
    (await done(who.get<ProgrammeOverview>('/api/programmes/overview'))).programmes
  const reached = async (key: string, name = unit): Promise<string> => {
    const p = (await overview(d.bureau)).find((x) => x.id === batch)!
    const s = (name === '' ? p.common : p.units.find((u) => u.name === name)!.states).find((x) => x.key === key)!
    return [s.state, s.on].filter(Boolean).join(' ')
  }
  const dates = async (id: string): Promise<Record<string, string>> =>
    Object.fromEntries((await overview(d.bureau)).find((p) => p.id === id)!.milestones.map((m) => [m.key, m.due]))

  it('HNP-006 the first batch is the seventeen units the plan names, with the dates it sets, each with its article', async () => {
    expect(await refusal(begin(d.unit, 'programmes', 'first', undefined))).toBe('403 not_yours')
    const form = await d.bureau.get<{ value: { begins: string; units: { name: string; mode: string }[] } }>(
      '/api/programmes/form?kind=first',
    )
    expect(form.body.value.units.filter((u) => u.mode === 'domain')).toHaveLength(17)
    batch = (await done(begin(d.bureau, 'programmes', 'first', undefined))).id
    expect(await dates(batch)).toEqual({
      implementer: '2025-11-30',
      guideline: '2025-11-30',
      planWritten: '2025-12-31',
      platform: '2025-12-31',
      catalogue: '2026-01-30',
      planApproved: '2026-01-31',
      benefit: '2026-01-31',
      selection: '2026-03-31',
      agreement: '2026-04-30',
      products: '2026-05-31',
      price: '2026-06-30',
    })
    const p = (await overview(d.bureau))[0]!
    expect(p.milestones.map((m) => m.article)).toEqual(expect.arrayContaining(['三(一)1', '三(二)2', '四(一)']))
    expect(await refusal(begin(d.bureau, 'programmes', 'first', undefined))).toBe('409 duplicate')
  })

  it('HNP-006 the second batch is twenty-three units at the same intervals, and the bureau may set other days', async () => {
    const { id } = await done(begin(d.bureau, 'programmes', 'second', undefined))
    const p = (await overview(d.bureau)).find((x) => x.id === id)!
    expect([p.units.length, p.units.map((u) => u.name).includes('省疾病预防控制局')]).toEqual([23, true])
    expect(await dates(id)).toEqual({
      implementer: '2026-07-31',
      planWritten: '2026-08-31',
      catalogue: '2026-09-30',
      planApproved: '2026-09-30',
      selection: '2026-11-30',
      agreement: '2026-12-31',
      products: '2027-01-31',
    })
    // shifted as a whole, and one date by itself
    const set = { begins: '2026-08-01', dates: [{ milestone: 'selection', due: '2027-01-15' }] }
    await done(act(d.bureau, 'programme', id, 'amend', set))
    expect(await dates(id)).toMatchObject({
      implementer: '2026-08-31',
      selection: '2027-01-15',
      agreement: '2027-01-31',
    })
    expect([monthsLater('2025-11-30', 3), monthsLater('2026-01-30', 1)]).toEqual(['2026-02-28', '2026-02-28'])
  })

  it('units are the organisations of their name where there is one', async () => {
    const p = (await overview(d.bureau)).find((x) => x.id === batch)!
    expect(p.units.find((u) => u.name === unit)!.orgName).toBe('湖南省住房城乡建设厅（演示）')
    expect(p.units.find((u) => u.name === '省公安厅')!.orgName).toBe('')
  })

  it('HNP-008 one body for the whole, and the day on which it has to be named', async () => {
    const whole = '省本级整体授权'
    expect(await reached('implementer', whole)).toBe('open')
    const boss = d.bureauBoss
    const { id } = await done(begin(d.bureau, 'appointments', 'whole', undefined, { implementer: d.clerk.org }))
    await done(act(boss, 'appointment', id, 'confirm', { decidedOn: today(w) }))
    const second = await done(begin(d.bureau, 'appointments', 'whole', undefined, { implementer: d.clerk.org }))
    expect(await refusal(act(boss, 'appointment', second.id, 'confirm', { decidedOn: today(w) }))).toBe('409 duplicate')
    await done(
      act(d.bureau, 'programme', batch, 'confirm', { unit: whole, milestone: 'implementer', doneOn: '2025-11-03' }),
    )
    expect(await reached('implementer', whole)).toBe('met 2025-11-03')
  })

  it('HNP-010 HNP-011 HNP-014 HNP-019 what a unit has reached is read from its cases: named and filed, written, approved with the record of the meeting, chosen, signed', async () => {
    const seen: string[] = []
    const appointment = await appointed(d, w)
    // named is not enough: it has to be on file
    seen.push(await reached('implementer'))
    await recorded(d, appointment, 'appointment', d.unit)
    seen.push(await reached('implementer'))
    // the bureau hears of each day on which something falls due, and of no other
    const due = async (): Promise<number> =>
      (await done(d.bureau.get<{ term: string; stream: string }[]>('/api/notices'))).filter(
        (n) => n.stream === batch && n.term.includes('步骤到期'),
      ).length
    const heard = [await due()]
    await onDay(w, '2025-11-30')
    heard.push(await due())
    await onDay(w, '2025-12-10')
    heard.push(await due())
    expect(heard).toEqual([0, 0, 1])
    const item = await anEntry(d, '公积金缴存信息')
    await onDay(w, '2025-12-15')
    seen.push(await reached('planWritten'))
    const plan = await planned(d, appointment, [item])
    seen.push(await reached('planWritten'), await reached('planApproved'))
    await onDay(w, '2026-02-03')
    seen.push(await reached('planApproved'))
    await approved(d, w, plan)
    seen.push(await reached('planApproved'))
    const meeting = (await d.clerk.see(plan, 'plan')).timeline.find((e) => e.act === 'approval.decide')!
    expect(meeting.detail.map((f) => f.key)).toEqual(expect.arrayContaining(['meeting', 'files']))
    await onDay(w, '2026-03-09')
    const selection = await selected(d, w, plan)
    seen.push(await reached('selection'))
    expect((await d.bureau.see(selection, 'selection')).kindTerm).toBe('公开招标')
    seen.push(await reached('agreement'))
    await agreed(d, w, selection, [item])
    seen.push(await reached('agreement'))
    expect(seen).toEqual([
      'open',
      'met 2025-11-03',
      'open',
      'met 2025-12-15',
      'open',
      'late',
      'metLate 2026-02-03',
      'met 2026-03-09',
      'open',
      'met 2026-03-09',
    ])
  })

  it('HNP-029 the trial launch of the platform is tracked, and confirmed with a document', async () => {
    expect(await reached('platform', '')).toBe('late')
    const say = (over: Values) => act(d.bureau, 'programme', batch, 'confirm', { milestone: 'platform', ...over })
    expect(
      await complaints(d.bureau.act(batch, 'confirm', { milestone: 'platform', doneOn: '2025-12-30' }, 'programme')),
    ).toEqual(['files'])
    expect(await complaints(say({ doneOn: '2027-01-01' }))).toEqual(['doneOn'])
    expect(await complaints(say({ unit, doneOn: '2025-12-30' }))).toEqual(['unit'])
    await done(say({ doneOn: '2025-12-30' }))
    expect(await reached('platform', '')).toBe('met 2025-12-30')
  })

  it('HNA-015 the province sees every unit of a batch and can take the table away; a unit sees its own row', async () => {
    const all = (await overview(d.bureau)).find((p) => p.id === batch)!
    expect([all.leads, all.units.length]).toEqual([true, 18])
    const late = all.milestones.find((m) => m.key === 'planApproved')!
    // in time or not, one unit has an approved plan; sixteen and the whole are late
    expect([late.met, late.late, late.of]).toEqual([1, 17, 18])
    const own = await overview(d.unit)
    expect(own.map((p) => [p.leads, p.units.map((u) => u.name)])).toEqual([[false, [unit]]])
    expect(await overview(d.operator)).toEqual([])
    const sheet = await d.bureau.get<Buffer>(`/api/programmes/${batch}/table.xlsx`)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(sheet.body as never)
    const rows = book.worksheets[0]!
    expect(rows.getRow(1).values).toContain('签订运营协议（2026-04-30前）')
    expect(rows.rowCount).toBe(1 + 18 + 1)
    expect(JSON.stringify(rows.getColumn(1).values)).toContain(unit)
    expect(await refusal(d.operator.get(`/api/programmes/${batch}/table.xlsx`))).toBe('404 not_found')
    expect((await about(d.bureau, batch, 'plan', 'programme')).length).toBe(0)
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})

describe('rules run out', () => {
  let w: World
  beforeAll(async () => {
    w = await world()
  })
  afterAll(() => w.close())
  const warned = async (name: string, day: string): Promise<string[]> => {
    await setDay(w.app.pool, day)
    const rows = await done((await w.as(name)).get<EndingDocument[]>('/api/policies/ending'))
    return rows.map((r) => `${r.title} ${r.until} ${r.daysLeft}`)
  }

  it('ZQ-066 the bureau of Zhaoqing is warned half a year before its measures end, and others are not', async () => {
    expect(await warned('肇庆局经办', '2027-10-31')).toEqual([])
    expect(await warned('肇庆局经办', '2027-11-02')).toEqual([
      '肇庆市公共数据资源授权运营管理办法（试行） 2028-04-30 180',
    ])
    expect(await warned('湖南局经办', '2027-11-02')).toEqual([])
  })
  it('CN-036 everybody is warned before the norms of the nation end, and after', async () => {
    expect(await warned('六安局经办', '2029-09-02')).toContain('公共数据资源授权运营实施规范（试行） 2030-02-28 179')
    expect(await warned('肇庆局经办', '2030-03-02')).toContain('公共数据资源授权运营实施规范（试行） 2030-02-28 -2')
  })
  it('HNP-074 the province is warned before its plan ends on 2030-10-31', async () => {
    expect(await warned('湖南局经办', '2030-05-03')).not.toContainEqual(expect.stringContaining('2030-10-31'))
    expect(await warned('湖南局经办', '2030-05-04')).toContain(
      '湖南省本级公共数据资源授权运营总体实施方案 2030-10-31 180',
    )
    expect(await warned('六安局经办', '2030-05-04')).not.toContainEqual(expect.stringContaining('2030-10-31'))
  })
})
