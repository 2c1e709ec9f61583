import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { Announcement, Verification } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  after,
  complaints,
  done,
  drive,
  publicRecord,
  refusal,
  registered,
  start,
  team,
  today,
  told,
  type Registered,
  type Team,
  type Values,
} from '../cases.ts'

let w: World
let hunan: Team
let luan: Team
let both: Actor
let wang: Actor
beforeAll(async () => {
  w = await world({ more: { people: [{ name: '登记双岗', org: 'luanRegistrar', duties: ['handler', 'approver'] }] } })
  ;[hunan, luan] = await Promise.all([team(w, 'hunan'), team(w, 'luan')])
  ;[both, wang] = await Promise.all([w.as('登记双岗'), w.as('公民王女士')])
})
afterAll(() => w.close())

const verdict = async (code: string): Promise<Verification> =>
  done(w.anyone.get<Verification>(`/api/public/verify?code=${encodeURIComponent(code)}`))
const act = (who: Actor, r: Registered, name: string, input: Values = {}) => who.act(r.record, name, input, 'record')
const suspicion = { ground: 'falsehood', facts: '所附协议系伪造' }
const verdictInput = async (who: Actor): Promise<Values> => ({
  findings: '经向签约方核实，协议不存在',
  files: [(await who.upload('核实笔录.pdf')).id],
  announcement: '因提供虚假登记材料，撤销该登记。',
})

describe('登记办法 第二十条 经核实认定后由登记机构撤销登记', () => {
  let r: Registered
  beforeAll(async () => {
    r = await registered(w, luan, {}, { resource: { name: '有疑点的数据' } })
  })

  it('CN-012 nothing is revoked that has not been verified first', async () => {
    expect(await refusal(act(luan.approver, r, 'revoke', await verdictInput(luan.approver)))).toBe('409 not_now')
    expect((await publicRecord(w, r.code)).state).toBe('valid')
  })

  it('CN-012 verification is opened on one of the four grounds, by the registrar, and the holder and the bureau are told', async () => {
    const form = (await luan.desk.see(r.record, 'record')).actions.find((a) => a.act === 'openVerification')!.schema
    const ground = (form['properties'] as Record<string, { 'x-options': { term: string }[] }>)['ground']!
    expect(ground['x-options'].map((g) => g.term)).toEqual([
      '隐瞒事实、弄虚作假或提供虚假登记材料',
      '擅自篡改、伪造登记结果',
      '非法使用或利用登记结果不当获利',
      '其他违反法律法规的情况',
    ])
    expect(await complaints(act(luan.desk, r, 'openVerification', { facts: '某' }))).toEqual(['ground'])
    expect(await complaints(act(luan.desk, r, 'openVerification', { ...suspicion, ground: 'dislike' }))).toEqual([
      'ground',
    ])
    for (const who of [luan.clerk, luan.bureau, hunan.desk])
      expect(await refusal(act(who, r, 'openVerification', suspicion))).toMatch(/^(403 not_yours|404 not_found)$/)
    await done(act(luan.desk, r, 'openVerification', suspicion))
    for (const who of [luan.clerk, luan.bureau]) expect(await told(who, r.record)).toContain('启动核实')
  })

  it('CN-012 while it is verified it is valid', async () => {
    expect((await publicRecord(w, r.code)).stateTerm).toContain('核实中')
    expect((await verdict(r.code)).result).toBe('valid')
  })

  it('CN-012 unfounded, it stays valid', async () => {
    expect(await complaints(act(luan.approver, r, 'clearVerification', {}))).toEqual(['findings'])
    await done(act(luan.approver, r, 'clearVerification', { findings: '协议属实' }))
    expect((await publicRecord(w, r.code)).state).toBe('valid')
    // nor has its end been lost on the way
    const c = await luan.clerk.see(r.record, 'record')
    expect(c.dues.map((d) => d.day)).toContain((await publicRecord(w, r.code)).validTo)
  })

  it('CN-012 founded, it is revoked with findings and material, by another than who opened the verification, and announced', async () => {
    await done(act(both, r, 'openVerification', suspicion))
    const input = await verdictInput(both)
    expect(await refusal(act(both, r, 'revoke', input))).toBe('403 same_person')
    expect(await refusal(act(luan.desk, r, 'revoke', input))).toBe('403 not_yours')
    const found = await verdictInput(luan.approver)
    expect(await complaints(act(luan.approver, r, 'revoke', { ...found, files: [] }))).toEqual(['files'])
    expect(await complaints(act(luan.approver, r, 'revoke', { ...found, findings: '' }))).toEqual(['findings'])
    await done(act(luan.approver, r, 'revoke', found))
    expect(await verdict(r.code)).toMatchObject({ result: 'ended', record: { stateTerm: '已撤销' } })
    const announced = (await done(w.anyone.get<Announcement[]>('/api/public/announcements'))).find(
      (a) => a.code === r.code,
    )
    expect(announced).toMatchObject({ term: '撤销登记公告', body: found['announcement'], announced: await today(w) })
    for (const who of [luan.clerk, luan.bureau]) expect((await told(who, r.record))[0]).toBe('撤销登记')
  })

  it('CN-012 what was revoked is over: it is not renewed, changed, or revoked again', async () => {
    for (const kind of ['change', 'renewal', 'deregistration'])
      expect(await refusal(luan.clerk.send('POST', '/api/applications', { kind, record: r.record }))).toBe(
        '409 record_ended',
      )
    expect((await luan.approver.see(r.record, 'record')).actions).toEqual([])
  })

  it('CN-012 a change under way when its registration is revoked does not bring it back', async () => {
    const other = await registered(w, luan)
    const change = await start(luan.clerk, { kind: 'change', record: other.record })
    await drive(w, luan, change, 'released', { resource: { summary: '新简介' } })
    await done(act(luan.desk, other, 'openVerification', suspicion))
    await done(act(luan.approver, other, 'revoke', await verdictInput(luan.approver)))
    await expect(drive(w, luan, change, 'settled')).rejects.toThrow(/^409/)
    expect((await publicRecord(w, other.code)).stateTerm).toBe('已撤销')
  })
})

describe('four different ends', () => {
  it('不予受理 and 终止登记 end an application and leave no record; 注销 and 撤销 end a record and leave it to be read', async () => {
    const refused = await start(luan.clerk)
    await drive(w, luan, refused, 'submitted')
    await done(luan.desk.act(refused, 'refuse', { reason: '不属公共数据资源' }))

    const terminated = await start(luan.clerk)
    await drive(w, luan, terminated, 'released')
    await w.until(after(await today(w), 4))
    const evidence = [(await wang.upload()).id]
    const input = { interest: '共有', reason: '并非独有', evidence, contact: '1380000', truthful: true }
    const objection = (
      await done(wang.send<{ id: string }>('POST', '/api/objections', { application: terminated, input }))
    ).id
    await done(luan.approver.act(objection, 'handling.review.upheld', { reason: '属实' }, 'objection'))

    const [deregistered, revoked] = [await registered(w, luan), await registered(w, luan)]
    await drive(w, luan, await start(luan.clerk, { kind: 'deregistration', record: deregistered.record }), 'settled')
    await done(act(luan.desk, revoked, 'openVerification', { ...suspicion, ground: 'misuse' }))
    await done(act(luan.approver, revoked, 'revoke', await verdictInput(luan.approver)))

    for (const [id, term] of [
      [refused, '不予受理'],
      [terminated, '终止登记'],
    ] as const) {
      const c = await luan.clerk.see(id)
      expect(c).toMatchObject({ stateTerm: term, final: true, actions: [] })
      expect(c.links.filter((x) => x.process === 'record')).toEqual([])
    }
    expect((await luan.clerk.see(deregistered.application)).stateTerm).toBe('办结')
    expect((await publicRecord(w, deregistered.code)).stateTerm).toBe('已注销')
    expect((await publicRecord(w, revoked.code)).stateTerm).toBe('已撤销')
    const ends = (await done(w.anyone.get<Announcement[]>('/api/public/announcements'))).map((a) => [a.code, a.term])
    expect(ends).toContainEqual([deregistered.code, '注销登记公告'])
    expect(ends).toContainEqual([revoked.code, '撤销登记公告'])
    const overview = await done(w.anyone.get<{ counts: { records: number } }>('/api/public/overview'))
    expect(overview.counts.records).toBe(0)
  })

  it('a withdrawn application is none of them', async () => {
    const id = await start(luan.clerk)
    await drive(w, luan, id, 'released')
    expect(await complaints(luan.clerk.act(id, 'withdraw', {}))).toEqual(['reason'])
    await done(luan.clerk.act(id, 'withdraw', { reason: '暂缓登记' }))
    expect((await luan.clerk.see(id)).stateTerm).toBe('已撤回')
    expect((await w.anyone.get(`/api/public/notices/${id}`)).status).toBe(404)
    await w.until(after(await today(w), 30))
    expect((await luan.clerk.see(id)).stateTerm).toBe('已撤回')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
