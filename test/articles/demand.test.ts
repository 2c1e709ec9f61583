import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { DemandList, Suggestion } from '#contract'
import { after, done, refusal, told, type Values } from '../cases.ts'
import { entry, opens, type Unit } from '../openData.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let luan: Unit
let citizen: Actor
let operator: Actor
let buses: string
beforeAll(async () => {
  w = await world({ lists: true })
  const [clerk, boss, bureau] = await Promise.all(['交通局经办', '交通局复核', '六安局经办'].map((n) => w.as(n)))
  luan = { clerk: clerk!, boss: boss!, bureau: bureau! }
  ;[citizen, operator] = (await Promise.all(['公民王女士', '运营机构经办'].map((n) => w.as(n)))) as [Actor, Actor]
  buses = await entry(w, luan, { opening: 'unconditional', grade: '1' })
  await done(opens(luan, buses))
})
afterAll(() => w.close())

const asked: Values = {
  name: '公交站点的客流数据',
  what: '市区公交站点每日上下客人数',
  purpose: '研究老年人出行',
  benefit: '为适老化改造提供依据',
  theme: 'transport',
  fields: [{ name: '站点名称' }, { name: '日均客流' }],
  frequency: '每月',
  contact: '13800000001 不得公开',
  publish: true,
}
const raise = (who: Actor, over: Values = {}, division?: string) =>
  who.send<{ id: string }>('POST', '/api/demands', { input: { ...asked, ...over }, ...(division ? { division } : {}) })
const publicly = async (): Promise<DemandList> => done(w.anyone.get<DemandList>('/api/public/demands?limit=100'))
const shown = async (id: string) => (await publicly()).rows.find((r) => r.id === id)
const act = (who: Actor, id: string, name: string, input: unknown = {}) => who.act(id, name, input, 'demand')
const accepted = async (who: Actor = citizen, over: Values = {}): Promise<string> => {
  const { id } = await done(raise(who, over, who === citizen ? '341500' : undefined))
  await done(act(luan.bureau, id, 'accept'))
  return id
}

describe('湖南实施意见 6 公共数据需求受理反馈机制', () => {
  it('HNO-016 in Hunan a demand is raised, accepted, answered and told of, under the article that encourages it', async () => {
    const bureau = await w.as('湖南局经办')
    const clerk = await w.as('实施机构经办')
    const { id } = await done(raise(clerk))
    const seen = await bureau.see(id, 'demand')
    expect([seen.kindTerm, seen.stateTerm]).toEqual(['政务部门', '待受理'])
    expect(seen.timeline[0]!.basis).toContain('二(二)6')
    expect(seen.dues[0]).toMatchObject({ act: 'accept', period: '5 个工作日(文件未定)' })
    await done(act(bureau, id, 'accept'))
    await done(act(bureau, id, 'cannot', { reason: '没有此类数据' }))
    await done(act(clerk, id, 'acknowledge'))
    expect((await clerk.see(id, 'demand')).stateTerm).toBe('未能满足')
    expect(await told(clerk, id)).toEqual(['答复：不能满足', '受理'])
  })

  it('HNO-016 a demand is accepted, or declined with a reason; a demand nobody accepted in time is overdue', async () => {
    const { id } = await done(raise(citizen, {}, '341500'))
    expect(await refusal(act(citizen, id, 'accept'))).toBe('403 not_yours')
    expect(await refusal(act(luan.clerk, id, 'accept'))).toBe('404 not_found')
    expect(await refusal(act(luan.bureau, id, 'decline'))).toBe('422 invalid')
    const other = (await done(raise(citizen, {}, '341500'))).id
    await done(act(luan.bureau, id, 'decline', { reason: '属于信息公开申请，请另行提出' }))
    expect((await citizen.see(id, 'demand')).timeline.at(-1)!.detail[0]!.text).toContain('信息公开')
    const due = (await citizen.see(other, 'demand')).dues[0]!.day
    await w.until(after(due))
    expect((await told(luan.bureau, other)).filter((t) => t.startsWith('逾期：受理')).length).toBe(1)
  })

  it('HNO-016 the requester says whether it helped; sent back once it is looked at again; silence ends it', async () => {
    const id = await accepted()
    const answer = { items: [buses], way: 'open', says: '在开放数据页面下载' }
    await done(act(luan.bureau, id, 'available', answer))
    expect(await refusal(act(luan.bureau, id, 'confirm', { satisfaction: '5' }))).toBe('403 not_yours')
    await done(act(citizen, id, 'reopen', { reason: '没有分时段的客流' }))
    expect((await luan.bureau.see(id, 'demand')).stateTerm).toBe('对接中')
    await done(act(luan.bureau, id, 'available', answer))
    expect(await refusal(act(citizen, id, 'reopen', { reason: '还是没有' }))).toBe('409 not_now')
    await done(act(citizen, id, 'confirm', { satisfaction: '4', effect: '完成了研究' }))
    expect((await citizen.see(id, 'demand')).stateTerm).toBe('已办结')
    const silent = await accepted()
    await done(act(luan.bureau, silent, 'available', answer))
    const day = (await citizen.see(silent, 'demand')).dues.find((d) => d.act === 'lapse')!.day
    await w.until(after(day))
    expect((await citizen.see(silent, 'demand')).stateTerm).toBe('已办结')
  })
})

describe('六安方案 三(一) 供需对接', () => {
  it('LA-002 a demand is matched: what is in the catalogue is suggested, the likeliest first, to those who handle it', async () => {
    const id = await accepted()
    const near = await done(luan.bureau.get<Suggestion[]>(`/api/demands/${id}/matches`))
    expect(near[0]).toMatchObject({ id: buses, name: '公交站点信息', open: 'unconditional' })
    expect((await luan.bureau.see(id, 'demand')).timeline[0]!.basis).toContain('三(一)')
    expect(await refusal(luan.clerk.get(`/api/demands/${id}/matches`))).toBe('404 not_found')
    const fund = await accepted(operator, { name: '公积金缴存情况', what: '单位与个人缴存', fields: [] })
    expect(
      (await done(luan.bureau.get<Suggestion[]>(`/api/demands/${fund}/matches`))).map((s) => s.name),
    ).not.toContain('公交站点信息')
  })

  it('LA-002 it is routed to a unit, which answers within its period, or hands it back', async () => {
    const id = await accepted(operator, { name: '水路客运班次' })
    expect((await luan.bureau.see(id, 'demand')).kindTerm).toBe('运营机构')
    await done(act(luan.bureau, id, 'route', { to: w.orgs['court'] }))
    const court = await w.as('市法院经办')
    expect((await court.see(id, 'demand')).dues.map((d) => d.act).sort()).toEqual(['available', 'unit'])
    await done(act(court, id, 'handBack', { reason: '不属于本院职责' }))
    expect(await refusal(act(court, id, 'cannot', { reason: '再试' }))).toBe('404 not_found')
    await done(act(luan.bureau, id, 'route', { to: w.orgs['transport'], note: '请核实是否编目' }))
    const day = (await luan.clerk.see(id, 'demand')).dues.find((d) => d.act === 'unit')!.day
    await done(act(luan.clerk, id, 'compile', { by: after(day, 30), says: '下月编入目录并归集' }))
    expect((await operator.see(id, 'demand')).stateTerm).toBe('已列入，待提供')
    expect((await operator.see(id, 'demand')).dues.map((d) => [d.act, d.day])).toEqual([['deliver', after(day, 30)]])
    await done(act(luan.clerk, id, 'deliver', { items: [buses], way: 'share', says: '已编入目录，可申请共享' }))
    await done(act(operator, id, 'confirm', { satisfaction: '5' }))
    expect((await operator.see(id, 'demand')).stateTerm).toBe('已办结')
  })

  it('LA-002 a day that is past is no promise, and a promise that is not kept is overdue', async () => {
    const id = await accepted()
    const today = (await citizen.see(id, 'demand')).opened
    const plan = (by: string) => act(luan.bureau, id, 'plan', { items: [buses], by, says: '纳入下季度计划' })
    expect(await refusal(plan(after(today, -1)))).toBe('422 invalid')
    await done(plan(after(today, 3)))
    await w.until(after(today, 4))
    expect((await told(luan.bureau, id)).filter((t) => t.startsWith('逾期')).length).toBe(1)
  })
})

describe('what the public sees of demands', () => {
  it('only what its author agreed to, only once it was accepted, and never who they are', async () => {
    const kept = await accepted(citizen, { publish: false })
    const { id: raw } = await done(raise(citizen, {}, '341500'))
    const id = await accepted()
    const list = await publicly()
    expect(list.rows.map((r) => r.id)).not.toContain(kept)
    expect(list.rows.map((r) => r.id)).not.toContain(raw)
    expect(await shown(id)).toMatchObject({
      kindTerm: '社会公众',
      stateTerm: '对接中',
      answer: '',
      name: '公交站点的客流数据',
    })
    for (const word of ['王女士', '不得公开', '13800000001', citizen.person])
      expect(JSON.stringify(list)).not.toContain(word)
    await done(act(luan.bureau, id, 'available', { items: [buses], way: 'open', says: '在开放数据页面下载' }))
    expect(await shown(id)).toMatchObject({
      answer: '已有目录可用',
      items: [{ id: buses, name: '公交站点信息', open: true }],
    })
    await done(act(citizen, id, 'confirm', { satisfaction: '5', effect: '不得公开的成效' }))
    expect(await shown(id)).toMatchObject({ satisfactionTerm: '很满意', final: true })
    expect(JSON.stringify(await publicly())).not.toContain('不得公开')
  })

  it('a demand is its author’s, its bureau’s and its unit’s to read', async () => {
    const id = await accepted()
    for (const who of [luan.clerk, await w.as('湖南局经办'), operator, await w.as('公民李先生')])
      expect(await refusal(who.get(`/api/demands/${id}`)), who.name).toBe('404 not_found')
    expect(await refusal(raise(w.anyone))).toBe('401 signed_out')
    expect(await refusal(raise(citizen))).toBe('422 invalid')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
