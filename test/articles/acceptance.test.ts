import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { NoticeView } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  complaints,
  done,
  drive,
  dueOf,
  materials,
  perform,
  refusal,
  start,
  team,
  today,
  told,
  type Team,
} from '../cases.ts'

let w: World
let hunan: Team
let luan: Team
let zhaoqing: Team
beforeAll(async () => {
  w = await world()
  ;[hunan, luan, zhaoqing] = await Promise.all([team(w, 'hunan'), team(w, 'luan'), team(w, 'zhaoqing')])
})
afterAll(() => w.close())

const submitted = async (t: Team): Promise<string> => {
  const id = await start(t.clerk)
  await drive(w, t, id, 'submitted')
  return id
}
const urgent = async (who: Actor, stream: string): Promise<string[]> =>
  (await done(who.get<NoticeView[]>('/api/notices'))).filter((n) => n.stream === stream && n.urgent).map((n) => n.term)
const defects = [
  { group: '数据合规性信息', problem: '存储路径写为“服务器”', remedy: '写明系统、库、表' },
  { group: '应用场景信息', problem: '适用场景与数据无关', remedy: '重新填写' },
]

describe('登记细则 第十条 登记机构应当自收到申请之日起,3个工作日内予以受理', () => {
  it('HNR-048 an application received on a Thursday must be accepted by Tuesday', async () => {
    await w.until('2026-03-12')
    const c = await hunan.desk.see(await submitted(hunan))
    expect(c.due).toMatchObject({ act: 'accept', day: '2026-03-17', left: 3, unit: 'workday', period: '3 个工作日' })
    expect(c.due?.basis).toContain('《登记细则》第十条')
    await w.until('2026-03-17')
    expect((await hunan.desk.see(c.id)).due?.left).toBe(0)
    expect(await urgent(hunan.desk, c.id)).toEqual([])
  })

  it('HNR-048 a limit that is missed is escalated to the registrar and to the bureau, once, and the case can still be accepted', async () => {
    const id = await submitted(hunan)
    await w.until('2026-03-20')
    expect(await urgent(hunan.bureau, id)).toEqual([])
    await w.until('2026-03-25')
    for (const who of [hunan.desk, hunan.bureau]) {
      const [says, ...more] = await urgent(who, id)
      expect(says).toContain('逾期')
      expect(says).toContain('2026-03-20')
      expect(more).toEqual([])
    }
    expect(await urgent(hunan.clerk, id)).toEqual([])
    expect((await hunan.desk.see(id)).due?.left).toBe(-3)
    await done(hunan.desk.act(id, 'accept'))
    expect(await told(hunan.clerk, id)).toEqual(['受理'])
  })

  it('HNR-049 what is missing is told in one notice that lists every defect, and not in two', async () => {
    const id = await submitted(hunan)
    expect(await complaints(hunan.desk.act(id, 'supplement', { defects: [] }))).toEqual(['defects'])
    expect(
      await complaints(
        hunan.desk.act(id, 'supplement', { defects: [{ group: '存证情况', problem: '', remedy: '补' }] }),
      ),
    ).toEqual(['defects.0.problem'])
    await done(hunan.desk.act(id, 'supplement', { defects }))
    expect(await told(hunan.clerk, id)).toEqual(['一次性告知补正'])
    const notice = (await hunan.clerk.see(id)).timeline.at(-1)!
    expect(notice.detail[0]!.rows!.map((r) => r.map((f) => f.text))).toEqual(defects.map((d) => Object.values(d)))
    expect(await refusal(hunan.desk.act(id, 'supplement', { defects }))).toBe('409 not_now')
    // a resubmission is a new submission and may again be incomplete
    await done(perform(hunan.clerk, id, 'resubmit'))
    await done(hunan.desk.act(id, 'supplement', { defects }))
  })

  it('HNR-050 the period is counted anew from each resubmission', async () => {
    const id = await submitted(hunan)
    const first = dueOf(await hunan.desk.see(id), 'accept')
    await done(hunan.desk.act(id, 'supplement', { defects }))
    expect((await hunan.desk.see(id)).dues).toEqual([])
    await w.until('2026-04-02')
    expect(first < (await today(w))).toBe(true)
    expect(await urgent(hunan.bureau, id)).toEqual([])
    await done(perform(hunan.clerk, id, 'resubmit'))
    // 3 working days from Thursday, over the days off of 清明节
    expect((await hunan.desk.see(id)).due).toMatchObject({ from: '2026-04-02', day: '2026-04-08', left: 3 })
  })

  it('HNR-050 the registrar sees what has changed since the submission before', async () => {
    const id = await submitted(hunan)
    await done(hunan.desk.act(id, 'supplement', { defects }))
    const again = await materials(hunan.clerk, id, 'resubmit', {
      compliance: { storagePath: '政务云/公积金库/缴存表' },
    })
    await done(hunan.clerk.act(id, 'resubmit', again))
    const c = await hunan.desk.see(id)
    expect(c.submissions).toBe(2)
    const fields = c.materials.flatMap((g) => g.fields ?? [])
    expect(fields.filter((f) => f.changed).map((f) => [f.key, f.was, f.text])).toEqual([
      ['storagePath', '存储路径内容', '政务云/公积金库/缴存表'],
    ])
  })

  it('HNR-051 不予受理 needs its reason, ends the application, and the applicant is told', async () => {
    const id = await submitted(hunan)
    expect(await complaints(hunan.desk.act(id, 'refuse', {}))).toEqual(['reason'])
    expect(await complaints(hunan.desk.act(id, 'refuse', { reason: '  ' }))).toEqual(['reason'])
    await done(hunan.desk.act(id, 'refuse', { reason: '所列数据不是公共数据资源' }))
    const c = await hunan.clerk.see(id)
    expect(c).toMatchObject({ stateTerm: '不予受理', final: true, actions: [], dues: [] })
    expect(c.timeline.at(-1)!.detail).toMatchObject([{ term: '不予受理理由', text: '所列数据不是公共数据资源' }])
    expect(await urgent(hunan.clerk, id)).toEqual(['不予受理'])
  })
})

describe.each([
  ['六安', () => luan],
  ['肇庆', () => zhaoqing],
])('登记办法 第十条, where no local text says otherwise: %s', (_place, of) => {
  it('CN-018 acceptance is due in 3 working days', async () => {
    const c = await of().desk.see(await submitted(of()))
    expect(c.due).toMatchObject({ act: 'accept', left: 3, basis: '《登记办法》第十条' })
  })

  it('CN-018 a defective application is returned once, and the period runs from its resubmission', async () => {
    const id = await submitted(of())
    await done(of().desk.act(id, 'supplement', { defects }))
    expect(await refusal(of().desk.act(id, 'supplement', { defects }))).toBe('409 not_now')
    expect(await refusal(of().desk.act(id, 'accept'))).toBe('409 not_now')
    await done(perform(of().clerk, id, 'resubmit'))
    expect((await of().desk.see(id)).due).toMatchObject({ act: 'accept', from: await today(w), left: 3 })
  })

  it('CN-018 不予受理 is reasoned', async () => {
    const id = await submitted(of())
    expect(await complaints(of().desk.act(id, 'refuse', {}))).toEqual(['reason'])
    await done(of().desk.act(id, 'refuse', { reason: '不在登记范围内' }))
    expect(await told(of().clerk, id)).toEqual(['不予受理'])
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
