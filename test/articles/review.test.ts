import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { NoticeView } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  complaints,
  deposit,
  done,
  drive,
  perform,
  refusal,
  start,
  team,
  told,
  type Stage,
  type Team,
} from '../cases.ts'

let w: World
let hunan: Team
let luan: Team
let zhaoqing: Team
/** Somebody of Lu'an's registrar with both duties. */
let both: Actor
beforeAll(async () => {
  w = await world({ more: { people: [{ name: '登记双岗', org: 'luanRegistrar', duties: ['handler', 'approver'] }] } })
  ;[hunan, luan, zhaoqing] = await Promise.all([team(w, 'hunan'), team(w, 'luan'), team(w, 'zhaoqing')])
  both = await w.as('登记双岗')
})
afterAll(() => w.close())

const at = async (t: Team, stage: Stage): Promise<string> => {
  const id = await start(t.clerk)
  await drive(w, t, id, stage)
  return id
}
const checklist = { items: [{ group: '登记主体信息', result: 'pass' }] }
const failure = { reason: '风险评估报告未覆盖对外提供', advice: '补充评估对外提供环节' }

describe('登记细则 第八条 申请、受理、形式审核、公示、赋码', () => {
  it('HNR-030 no step can be taken before the one that goes before it, nor twice', async () => {
    const id = await start(luan.clerk)
    await deposit(luan.clerk, id)
    const steps: [Stage, Actor, string, object][] = [
      ['submitted', luan.desk, 'accept', {}],
      ['accepted', luan.desk, 'review.check', checklist],
      ['checked', luan.approver, 'review.recheck', {}],
      ['reviewed', luan.approver, 'release', {}],
      ['released', luan.desk, 'code', { code: '某码-000001' }],
    ]
    for (const [i, [stage]] of steps.entries()) {
      await drive(w, luan, id, stage)
      for (const [j, [, who, act, input]] of steps.entries())
        if (j !== i) expect(await refusal(who.act(id, act, input)), `${act} at ${stage}`).toBe('409 not_now')
    }
    const c = await luan.clerk.see(id)
    expect(c.phases.map((p) => [p.term, p.status])).toEqual([
      ['申请', 'done'],
      ['受理', 'done'],
      ['形式审核', 'done'],
      ['公示', 'now'],
      ['赋码', 'next'],
      ['办结', 'next'],
    ])
    // in notice as well: nothing but time or an objection takes it further
    for (const [, who, act, input] of steps) expect(await refusal(who.act(id, act, input))).toBe('409 not_now')
  })
})

describe('登记细则 第六条(二) 申请、受理、形式审核、公示和登记结果发放等全生命周期服务', () => {
  it('HNR-011 at each step the case lies in the inbox of exactly those whose turn it is', async () => {
    const id = await start(hunan.clerk)
    const everyone = [hunan.clerk, hunan.boss, hunan.desk, hunan.approver, hunan.bureau, luan.desk]
    const turn = async (): Promise<string[]> => {
      const lists = await Promise.all(everyone.map((who) => who.list('tasks')))
      return everyone.filter((_, i) => lists[i]!.rows.some((r) => r.id === id)).map((who) => who.name)
    }
    const expected: [Stage, string[]][] = [
      ['draft', [hunan.clerk.name]],
      ['proposed', [hunan.boss.name]],
      ['ready', [hunan.clerk.name]],
      ['submitted', [hunan.desk.name]],
      ['accepted', [hunan.desk.name]],
      ['checked', [hunan.approver.name]],
      ['reviewed', [hunan.approver.name]],
      ['released', []],
      ['settled', []],
    ]
    for (const [stage, names] of expected) {
      await drive(w, hunan, id, stage)
      expect(await turn(), stage).toEqual(names)
    }
    expect((await hunan.clerk.see(id)).stateTerm).toBe('办结')
  })
})

describe('登记细则 第十一条、登记办法 第十一条 形式审核', () => {
  it('HNR-052 fifteen working days from acceptance, over the days off of 清明节', async () => {
    const submitted = await at(hunan, 'submitted')
    await w.until('2026-03-25')
    await done(hunan.desk.act(submitted, 'accept'))
    const c = await hunan.desk.see(submitted)
    expect(c.due).toMatchObject({
      act: 'review.check',
      from: '2026-03-25',
      day: '2026-04-16',
      left: 15,
      unit: 'workday',
    })
    expect(c.due!.basis).toContain('《登记细则》第十一条')
    // the second pair of eyes does not get a period of its own
    await done(hunan.desk.act(submitted, 'review.check', checklist))
    expect((await hunan.desk.see(submitted)).due).toMatchObject({ act: 'review.recheck', day: '2026-04-16' })
  })

  it("CN-006 twenty in Lu'an and Zhaoqing", async () => {
    for (const t of [luan, zhaoqing]) {
      const c = await t.desk.see(await at(t, 'accepted'))
      expect(c.due).toMatchObject({ day: '2026-04-23', left: 20, basis: '《登记办法》第十一条' })
    }
  })

  it('CN-006 a late review goes on only after its reason has been told to the registrant', async () => {
    const id = await at(luan, 'accepted')
    await w.until('2026-04-23')
    expect(await refusal(luan.desk.act(id, 'explainDelay', { reason: '补充核实' }))).toBe('422 not_late')
    await w.until('2026-04-24')
    const told = (await done(luan.bureau.get<NoticeView[]>('/api/notices'))).find((n) => n.stream === id)
    expect(told?.urgent).toBe(true)
    for (const word of ['逾期', '形式审核', '第十一条', '2026-04-23']) expect(told?.term).toContain(word)
    expect(await refusal(luan.desk.act(id, 'review.check', checklist))).toBe('422 explain_first')
    expect(await refusal(luan.desk.act(id, 'review.check.fail', failure))).toBe('422 explain_first')
    expect(await complaints(luan.desk.act(id, 'explainDelay', { reason: '' }))).toEqual(['reason'])
    await done(luan.desk.act(id, 'explainDelay', { reason: '第三方存证材料正在核实' }))
    const notices = (await done(luan.clerk.get<NoticeView[]>('/api/notices'))).filter((n) => n.stream === id)
    expect(notices[0]!.term).toBe('说明未完成原因')
    expect((await luan.clerk.see(id)).timeline.at(-1)!.detail[0]!.text).toBe('第三方存证材料正在核实')
    await done(luan.desk.act(id, 'review.check', checklist))
    await done(luan.approver.act(id, 'review.recheck', {}))
  })

  it('HNR-052 so it is in Hunan: the late review waits for its reason', async () => {
    const id = await at(hunan, 'checked')
    await w.until('2026-05-20')
    expect(await refusal(hunan.approver.act(id, 'review.recheck', {}))).toBe('422 explain_first')
    await done(hunan.approver.act(id, 'explainDelay', { reason: '案件集中' }))
    await done(hunan.approver.act(id, 'review.recheck', {}))
  })

  it('HNR-053 not passing needs its reason and advice, the applicant is told, and may submit again', async () => {
    const id = await at(hunan, 'accepted')
    expect(await complaints(hunan.desk.act(id, 'review.check.fail', {}))).toEqual(['advice', 'reason'])
    expect(await complaints(hunan.desk.act(id, 'review.check.fail', { reason: failure.reason }))).toEqual(['advice'])
    await done(hunan.desk.act(id, 'review.check.fail', failure))
    expect(await told(hunan.clerk, id)).toEqual(['审核未通过', '受理'])
    const c = await hunan.clerk.see(id)
    expect(c.stateTerm).toBe('审核未通过，待整改')
    expect(c.timeline.at(-1)!.detail.map((d) => [d.term, d.text])).toEqual([
      ['未通过原因', failure.reason],
      ['整改意见', failure.advice],
    ])
    await done(perform(hunan.clerk, id, 'resubmit'))
    // from the beginning: acceptance, and a review with a whole period
    expect((await hunan.desk.see(id)).due).toMatchObject({ act: 'accept', left: 3 })
    await drive(w, hunan, id, 'accepted')
    expect((await hunan.desk.see(id)).due).toMatchObject({ act: 'review.check', left: 15 })
  })

  it('HNR-053 also when it is the second pair of eyes that finds fault', async () => {
    const id = await at(hunan, 'checked')
    expect(await complaints(hunan.approver.act(id, 'review.recheck.fail', { reason: '不一致' }))).toEqual(['advice'])
    await done(hunan.approver.act(id, 'review.recheck.fail', failure))
    expect((await hunan.clerk.see(id)).stateTerm).toBe('审核未通过，待整改')
  })

  it('CN-006 where only the reason is demanded, the reason alone will do', async () => {
    const id = await at(luan, 'accepted')
    expect(await complaints(luan.desk.act(id, 'review.check.fail', {}))).toEqual(['reason'])
    await done(luan.desk.act(id, 'review.check.fail', { reason: failure.reason }))
  })

  it('the one who checked does not sign off, and may be given it back', async () => {
    const id = await at(luan, 'accepted')
    await done(both.act(id, 'review.check', checklist))
    expect(await refusal(both.act(id, 'review.recheck', {}))).toBe('403 same_person')
    await done(luan.approver.act(id, 'review.recheck.back', { reason: '清单不全' }))
    expect((await luan.desk.see(id)).state).toBe('review.check')
    await done(luan.desk.act(id, 'review.check', checklist))
    await done(both.act(id, 'review.recheck', {}))
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
