import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { Announcement, Verification } from '#contract'
import { world, type World } from '../world.ts'
import {
  after,
  complaints,
  done,
  drive,
  publicRecord,
  refusal,
  start,
  team,
  today,
  told,
  type Registered,
  type Team,
} from '../cases.ts'

/** Registrations made together and followed to the end of their validity, each in its own way. */
let w: World
let hunan: Team
let luan: Team
const records: Record<string, Registered> = {}
let end: string
beforeAll(async () => {
  w = await world()
  ;[hunan, luan] = await Promise.all([team(w, 'hunan'), team(w, 'luan')])
  const names = ['renewed', 'shortened', 'stretched', 'pending', 'failed', 'forgotten', 'drafted', 'never'] as const
  const ids = await Promise.all(
    names.map(async (name) => {
      const t = name === 'forgotten' ? hunan : luan
      const id = await start(t.clerk)
      await drive(w, t, id, 'released', { resource: { name } })
      return [name, t, id] as const
    }),
  )
  for (const [name, t, application] of ids) {
    const c = await drive(w, t, application, 'settled')
    const record = c.links.find((x) => x.process === 'record')!.id
    const code = (await t.clerk.see(record, 'record')).facts.find((f) => f.term === '登记码')!.value
    records[name] = { application, record, code }
  }
  end = (await publicRecord(w, records['renewed']!.code)).validTo
})
afterAll(() => w.close())

const begin = (name: string, t: Team = luan) => start(t.clerk, { kind: 'renewal', record: records[name]!.record })
const state = async (name: string): Promise<string> => (await publicRecord(w, records[name]!.code)).stateTerm
const verdict = async (name: string): Promise<string> =>
  (await done(w.anyone.get<Verification>(`/api/public/verify?code=${encodeURIComponent(records[name]!.code)}`))).result
const reminded = async (name: string): Promise<string[]> =>
  (await told(luan.clerk, records[name]!.record)).filter((t) => t.startsWith('提醒'))

describe('登记办法 第十五条第二款、登记细则 第十三条 续展', () => {
  it('HNR-065 the registrant is reminded sixty, thirty and seven days before the end, and not earlier', async () => {
    expect(end).toBe('2029-03-23')
    await w.until('2029-01-21')
    expect(await reminded('never')).toEqual([])
  })

  it('HNR-065 not earlier than sixty days before the end', async () => {
    expect(
      await refusal(
        luan.clerk.send('POST', '/api/applications', { kind: 'renewal', record: records['renewed']!.record }),
      ),
    ).toBe('422 too_early')
    await w.until('2029-01-22')
    await drive(w, luan, await begin('renewed'), 'submitted')
  })

  it('HNR-065 the registrant is reminded sixty, thirty and seven days before the end', async () => {
    expect(await reminded('never')).toHaveLength(1)
    for (const [i, day] of ['2029-02-21', '2029-03-16'].entries()) {
      await w.until(after(day, -1))
      expect(await reminded('never')).toHaveLength(i + 1)
      await w.until(day)
      expect(await reminded('never')).toHaveLength(i + 2)
    }
    expect((await reminded('never'))[0]).toContain(end)
  })

  it('CN-009 renewed, it is valid three years more from the day after the end, and does not lapse with the old term', async () => {
    const open = await luan.clerk.list('applications?kind=renewal')
    await drive(w, luan, open.rows[0]!.id, 'settled', { until: undefined })
    expect(await publicRecord(w, records['renewed']!.code)).toMatchObject({ validTo: '2032-03-23', version: 2 })
    expect(w.drawn.at(-1)).toMatchObject({ validFrom: '2029-03-24', validTo: '2032-03-23', kind: '续展' })
    const c = await luan.clerk.see(records['renewed']!.record, 'record')
    expect([...new Set(c.dues.map((d) => d.day))]).toEqual(['2032-03-23'])
  })

  it('HNR-066 for less where less is asked for, and never for more than three years', async () => {
    for (const [name, until, validTo] of [
      ['shortened', '2030-06-30', '2030-06-30'],
      ['stretched', '2039-12-31', '2032-03-23'],
    ] as const) {
      await drive(w, luan, await begin(name), 'settled', { until })
      expect((await publicRecord(w, records[name]!.code)).validTo).toBe(validTo)
    }
  })

  it('HNR-066 to a day that lies in the validity there is, nothing is renewed', async () => {
    const id = await begin('failed')
    expect(await complaints(luan.clerk.act(id, 'propose', { until: end, statement: '续展', unchanged: true }))).toEqual(
      ['until'],
    )
    await done(luan.clerk.act(id, 'withdraw', { reason: '另行申请' }))
  })

  it('HNR-066 the registrant confirms that what is registered still holds', async () => {
    const id = await begin('failed')
    expect(await complaints(luan.clerk.act(id, 'propose', { statement: '续展' }))).toEqual(['unchanged'])
    await drive(w, luan, id, 'submitted')
  })
})

describe('登记办法 第十五条第三款 期满未按规定续展的', () => {
  let submitted: string
  let draft: string
  beforeAll(async () => {
    submitted = await begin('pending')
    await drive(w, luan, submitted, 'accepted')
    draft = await begin('drafted')
    await drive(w, luan, draft, 'ready')
    await w.until(end)
  })

  it('CN-009 on its last day a registration is valid', async () => {
    expect(await state('never')).toBe('有效')
    expect(await verdict('never')).toBe('valid')
  })

  it('CN-009 a renewal still under way keeps it valid, and it says so', async () => {
    await w.until(after(end))
    expect(await state('pending')).toMatch(/^有效.续展中.$/)
    expect(await verdict('pending')).toBe('valid')
    expect(await told(luan.clerk, records['pending']!.record)).toContain('届满时续展在办')
    expect((await luan.approver.see(records['pending']!.record, 'record')).actions.map((a) => a.act)).not.toContain(
      'cancelLapsed',
    )
  })

  it('HNR-066 renewed late, it still runs from the day after the old end', async () => {
    await w.until(after(end, 5))
    await drive(w, luan, submitted, 'settled')
    expect(await publicRecord(w, records['pending']!.code)).toMatchObject({ stateTerm: '有效', validTo: '2032-03-23' })
    expect(w.drawn.at(-1)).toMatchObject({ validFrom: '2029-03-24' })
  })

  it('CN-009 a renewal that is refused after the end leaves nothing valid', async () => {
    const { rows } = await luan.desk.list('applications?kind=renewal&state=submitted')
    expect(await state('failed')).toMatch(/^有效.续展中.$/)
    await done(luan.desk.act(rows[0]!.id, 'refuse', { reason: '登记信息与现状不符' }))
    expect(await state('failed')).toBe('已届满，待注销')
    expect(await verdict('failed')).toBe('ended')
  })

  it('HNR-065 after the end it is too late, also for an application begun before it', async () => {
    expect(await refusal(luan.clerk.act(draft, 'submit', { truthful: true, signer: '张某' }))).toBe('422 too_late')
    expect(
      await refusal(
        luan.clerk.send('POST', '/api/applications', { kind: 'renewal', record: records['never']!.record }),
      ),
    ).toBe('422 too_late')
    expect(await state('drafted')).toBe('已届满，待注销')
  })

  it('HNR-067 what was not renewed lies before the registrar, with holder and bureau told; nothing lapses unseen', async () => {
    const { record } = records['forgotten']!
    expect(await state('forgotten')).toBe('已届满，待注销')
    expect(await verdict('forgotten')).toBe('ended')
    for (const who of [hunan.clerk, hunan.desk, hunan.bureau]) expect(await told(who, record)).toContain('有效期届满')
    expect((await hunan.approver.list('tasks')).rows.map((r) => r.id)).toContain(record)
    expect((await hunan.desk.list('tasks')).rows.map((r) => r.id)).not.toContain(record)
    // and waits there however long
    await w.until(after(await today(w), 90))
    expect((await hunan.approver.list('tasks')).rows.map((r) => r.id)).toContain(record)
  })

  it('HNR-067 注销 is issued by the registrar, with its announcement', async () => {
    const { record, code } = records['forgotten']!
    expect(await refusal(hunan.desk.act(record, 'cancelLapsed', { announcement: '公告' }, 'record'))).toBe(
      '403 not_yours',
    )
    expect(await complaints(hunan.approver.act(record, 'cancelLapsed', {}, 'record'))).toEqual(['announcement'])
    // the text lies there prepared, with object, holder, code and day
    const offered = (await hunan.approver.see(record, 'record')).actions.find((a) => a.act === 'cancelLapsed')!
    const prepared = (offered.value as { announcement: string }).announcement
    const { name, holder, validTo } = await publicRecord(w, code)
    const [y, m, d] = validTo.split('-').map(Number)
    for (const said of [name, holder, code, `${y}年${m}月${d}日届满`]) expect(prepared).toContain(said)
    const announcement = prepared.replace('现予注销', '现依规定予以注销')
    await done(hunan.approver.act(record, 'cancelLapsed', { announcement }, 'record'))
    expect(await state('forgotten')).toBe('已注销')
    const found = (await done(w.anyone.get<Announcement[]>('/api/public/announcements'))).find((a) => a.code === code)
    expect(found).toMatchObject({ term: '期满注销公告', body: announcement, announced: await today(w) })
    expect((await told(hunan.clerk, record))[0]).toBe('期满注销并公告')
  })

  it('HNR-066 a second renewal begins the day after the first one ends', async () => {
    await w.until('2032-03-01')
    await drive(w, luan, await begin('renewed'), 'settled', { until: undefined })
    expect(w.drawn.at(-1)).toMatchObject({ validFrom: '2032-03-24', validTo: '2035-03-23' })
    await w.until('2032-03-24')
    expect(await state('renewed')).toBe('有效')
    expect(await state('stretched')).toBe('已届满，待注销')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
