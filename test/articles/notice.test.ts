import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { PublicNotice, PublicRecordList } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  after,
  complaints,
  done,
  drive,
  dueOf,
  refusal,
  start,
  team,
  today,
  told,
  type Team,
  type Values,
} from '../cases.ts'

let w: World
let hunan: Team
let luan: Team
let zhaoqing: Team
let wang: Actor
let li: Actor
let both: Actor
beforeAll(async () => {
  w = await world({
    more: {
      people: [
        { name: '登记双岗', org: 'luanRegistrar', duties: ['handler', 'approver'] },
        { name: '湘登记双岗', org: 'hunanRegistrar', duties: ['handler', 'approver'] },
        { name: '未核验者' },
      ],
    },
  })
  ;[hunan, luan, zhaoqing] = await Promise.all([team(w, 'hunan'), team(w, 'luan'), team(w, 'zhaoqing')])
  ;[wang, li, both] = await Promise.all([w.as('公民王女士'), w.as('公民李先生'), w.as('登记双岗')])
})
afterAll(() => w.close())

const notices = async (): Promise<PublicNotice[]> => done(w.anyone.get<PublicNotice[]>('/api/public/notices'))
const shown = async (id: string): Promise<PublicNotice | undefined> => (await notices()).find((n) => n.id === id)
const names = async (q: string): Promise<string[]> =>
  (await done(w.anyone.get<PublicRecordList>(`/api/public/records?q=${encodeURIComponent(q)}`))).rows.map((r) => r.name)
/** An application in notice, on the first day of its notice. */
const noticed = async (t: Team, over: Values = {}): Promise<string> => {
  const id = await start(t.clerk)
  await drive(w, t, id, 'released', over)
  const first = (await t.clerk.see(id)).timeline.at(-1)!.detail.find((d) => d.key === 'noticeFrom')!.text!
  await w.until(first)
  return id
}
const closing = async (t: Team, id: string): Promise<string> => dueOf(await t.clerk.see(id), 'closeNotice')
const statement = async (who: Actor): Promise<Values> => ({
  interest: '本单位是该数据的共同采集单位',
  reason: '登记主体并非唯一持有单位',
  evidence: [(await who.upload('采集协议.pdf')).id],
  contact: '13800000000',
  truthful: true,
})
const object = async (who: Actor, application: string, over: Values = {}) =>
  who.send<{ id: string }>('POST', '/api/objections', { application, input: { ...(await statement(who)), ...over } })
const objected = async (who: Actor, application: string): Promise<string> => (await done(object(who, application))).id

describe('登记细则 第十二条 公示', () => {
  it('HNR-054 released on a Friday, it stands from Monday for ten working days, and nothing is coded before they are over', async () => {
    await w.until('2026-03-13')
    const id = await start(hunan.clerk)
    await drive(w, hunan, id, 'released', { resource: { name: '住房公积金缴存信息' } })
    expect(await shown(id)).toBeUndefined()
    await w.until('2026-03-15')
    expect(await shown(id)).toBeUndefined()
    await w.until('2026-03-16')
    expect(await shown(id)).toMatchObject({ from: '2026-03-16', to: '2026-03-27', left: 9, open: true })
    await w.until('2026-03-27')
    expect(await shown(id)).toMatchObject({ left: 0, open: true })
    expect(await refusal(hunan.desk.act(id, 'code', { code: '某码-000001' }))).toBe('409 not_now')
    expect(await names('住房公积金缴存信息')).toEqual([])
    await w.until('2026-03-28')
    expect(await shown(id)).toBeUndefined()
    expect((await hunan.clerk.see(id)).stateTerm).toBe('办结')
    expect(await names('住房公积金缴存信息')).toEqual(['住房公积金缴存信息'])
  })

  it("CN-019 so it is in Lu'an and Zhaoqing, with the national article", async () => {
    for (const t of [luan, zhaoqing]) {
      const notice = (await shown(await noticed(t)))!
      expect(notice).toMatchObject({ from: await today(w), left: 9, basis: '《登记办法》第十二条第一款' })
      const released = (await t.clerk.see(notice.id)).timeline.at(-1)!
      expect(released.basis).toBe('《登记办法》第十二条第一款')
    }
  })

  it('HNR-054 it is released by the approver, who is not the one who accepted', async () => {
    const id = await start(luan.clerk)
    await drive(w, luan, id, 'submitted')
    await done(both.act(id, 'accept'))
    await drive(w, luan, id, 'reviewed')
    expect(await refusal(luan.desk.act(id, 'release'))).toBe('403 not_yours')
    expect(await refusal(both.act(id, 'release'))).toBe('403 same_person')
    await done(luan.approver.act(id, 'release'))
  })

  it('HNR-055 the public sees name of the registrant, kind, name and summary of the data, who registers, when and where to object', async () => {
    const secret = '不得公开'
    const id = await noticed(hunan, {
      subject: { contactName: `${secret}联系人`, contactPhone: `${secret}电话` },
      compliance: { generation: `${secret}生成情况`, storagePath: `${secret}路径` },
      resource: {
        name: '公示数据',
        summary: '公示简介',
        storage: `${secret}存储`,
        volume: `${secret}量`,
        industry: `${secret}行业`,
      },
      scenarios: { allowed: [{ name: `${secret}场景`, industry: secret, problem: secret }] },
      authorization: { agreementNo: `${secret}协议` },
    })
    const notice = await done(w.anyone.get<PublicNotice>(`/api/public/notices/${id}`))
    expect(notice).toMatchObject({
      holder: '湖南省公积金领域实施机构（演示）',
      kind: '首次登记',
      name: '公示数据',
      summary: '公示简介',
      registrar: '湖南省公共数据资源登记中心（演示）',
      contact: '0731-00000000',
      divisionName: '湖南省',
    })
    expect(Object.keys(notice).sort()).toEqual([
      'basis',
      'contact',
      'division',
      'divisionName',
      'from',
      'holder',
      'id',
      'kind',
      'left',
      'name',
      'objectTerm',
      'open',
      'registrar',
      'summary',
      'to',
    ])
    expect(JSON.stringify(notice)).not.toContain(secret)
    expect(JSON.stringify(await notices())).not.toContain(secret)
  })

  it('CN-019 the same four fields everywhere: kind and summary included', async () => {
    const notice = (await shown(await noticed(zhaoqing, { resource: { name: '某数据', summary: '某简介' } })))!
    expect([notice.holder, notice.kind, notice.name, notice.summary]).toEqual([
      '肇庆市数源机构（演示）',
      '首次登记',
      '某数据',
      '某简介',
    ])
  })
})

describe('登记细则 第十二条 异议的提出', () => {
  it('HNR-056 only within the window', async () => {
    const id = await start(hunan.clerk)
    await drive(w, hunan, id, 'reviewed')
    expect(await refusal(object(wang, id))).toBe('422 no_notice')
    // released on the day before the window opens
    await drive(w, hunan, id, 'released')
    expect(await refusal(object(wang, id))).toBe('422 no_notice')
    await w.until(await closing(hunan, id))
    expect(await refusal(object(wang, id))).toBe('200 done')
    await w.until(after(await today(w)))
    expect(await refusal(object(li, id))).toBe('422 no_notice')
  })

  it('HNR-056 only under a name that has been verified', async () => {
    const id = await noticed(hunan)
    expect(await refusal(object(await w.as('未核验者'), id))).toBe('403 not_real_name')
    const anonymous = await w.anyone.send('POST', '/api/objections', { application: id, input: {} })
    expect(anonymous.status).toBe(401)
  })

  it('HNR-056 only with the interest stated and evidence attached that is the objector’s own', async () => {
    const id = await noticed(hunan)
    expect(await complaints(object(wang, id, { evidence: [] }))).toEqual(['evidence'])
    expect(await complaints(object(wang, id, { interest: '' }))).toEqual(['interest'])
    expect(await complaints(object(wang, id, { truthful: false }))).toEqual(['truthful'])
    const foreign = (await li.upload()).id
    expect(await complaints(object(wang, id, { evidence: [foreign] }))).toEqual(['evidence'])
  })

  it('HNR-056 the registrar reads who objects and why; the registrant does not', async () => {
    const id = await noticed(hunan)
    const objection = await objected(wang, id)
    expect(await told(hunan.desk, objection)).toEqual(['提出异议'])
    const seen = await hunan.desk.see(objection, 'objection')
    expect(seen.parties['objector']).toBe('公民王女士')
    expect(seen.timeline[0]!.detail.find((d) => d.key === 'reason')!.text).toBe('登记主体并非唯一持有单位')
    const [evidence] = seen.timeline[0]!.detail.find((d) => d.key === 'evidence')!.files!
    expect((await hunan.desk.get(`/api/files/${evidence}?case=${objection}`)).status).toBe(200)
    expect((await hunan.clerk.get(`/api/objections/${objection}`)).status).toBe(404)
    expect((await li.get(`/api/objections/${objection}`)).status).toBe(404)
  })
})

describe('登记细则 第十二条 异议的处理', () => {
  it('HNR-057 whether it is taken up is decided within three working days of the end of the notice', async () => {
    const id = await noticed(hunan)
    const end = await closing(hunan, id)
    const objection = await objected(wang, id)
    const c = await hunan.desk.see(objection, 'objection')
    expect(c.due).toMatchObject({ act: 'handling.accept', from: end, unit: 'workday', period: '3 个工作日' })
    await w.until(c.due!.day)
    expect((await hunan.desk.see(objection, 'objection')).due).toMatchObject({ left: 0 })
    expect(await told(hunan.bureau, objection)).toEqual([])
    await w.until(after(c.due!.day))
    expect((await told(hunan.bureau, objection))[0]).toContain('逾期')
  })

  it('HNR-058 a refused objector is told and told why, and the registration goes on', async () => {
    const id = await noticed(hunan)
    const end = await closing(hunan, id)
    const objection = await objected(wang, id)
    expect(await complaints(hunan.desk.act(objection, 'handling.accept.refused', {}, 'objection'))).toEqual(['reason'])
    await done(hunan.desk.act(objection, 'handling.accept.refused', { reason: '与公示事项无利害关系' }, 'objection'))
    expect(await told(wang, objection)).toEqual(['不予受理异议'])
    const seen = await wang.see(objection, 'objection')
    expect(seen).toMatchObject({ stateTerm: '异议不予受理', final: true })
    expect(seen.timeline.at(-1)!.detail[0]!.text).toBe('与公示事项无利害关系')
    await w.until(after(end))
    expect((await hunan.clerk.see(id)).stateTerm).toBe('办结')
  })

  it('HNR-058 one that is taken up is told so', async () => {
    const objection = await objected(wang, await noticed(hunan))
    await done(hunan.desk.act(objection, 'handling.accept', {}, 'objection'))
    expect(await told(wang, objection)).toEqual(['受理异议'])
  })

  it('HNR-059 an investigation has sixty natural days from its acceptance, and nothing is coded while it is open', async () => {
    const id = await noticed(hunan)
    const end = await closing(hunan, id)
    const objection = await objected(wang, id)
    await done(hunan.desk.act(objection, 'handling.accept', {}, 'objection'))
    const from = await today(w)
    const c = await hunan.approver.see(objection, 'objection')
    expect(c.stateTerm).toBe('异议调查中')
    const sixty = after(from, 60)
    const weekend = (6 + new Date(sixty).getUTCDay()) % 7
    expect(c.due).toMatchObject({
      act: 'handling.investigate',
      from,
      unit: 'day',
      day: after(sixty, weekend > 4 ? 7 - weekend : 0),
    })
    await w.until(after(end, 5))
    expect(await hunan.clerk.see(id)).toMatchObject({ stateTerm: '异议处理中' })
    expect(await refusal(hunan.desk.act(id, 'code', { code: '某码-000002' }))).toBe('409 not_now')
    await w.until(after(c.due!.day))
    expect((await told(hunan.bureau, objection))[0]).toContain('逾期')
    expect((await hunan.clerk.see(id)).state).toBe('objected')
  })

  it('HNR-060 upheld, the registration is 终止, and all are told', async () => {
    const id = await noticed(hunan, { resource: { name: '有争议的数据' } })
    const objection = await objected(wang, id)
    await done(hunan.desk.act(objection, 'handling.accept', {}, 'objection'))
    expect(await complaints(hunan.approver.act(objection, 'handling.investigate.upheld', {}, 'objection'))).toEqual([
      'reason',
    ])
    await done(hunan.approver.act(objection, 'handling.investigate.upheld', { reason: '确系共有' }, 'objection'))
    expect(await hunan.clerk.see(id)).toMatchObject({ stateTerm: '终止登记', final: true, actions: [], dues: [] })
    expect(await told(wang, objection)).toEqual(['异议成立，终止登记', '受理异议'])
    for (const who of [hunan.clerk, hunan.desk, hunan.bureau])
      expect((await told(who, id))[0]).toBe('异议成立，终止登记')
    expect(await shown(id)).toBeUndefined()
    await w.until(after(await today(w), 30))
    expect(await names('有争议的数据')).toEqual([])
  })

  it('HNR-060 dismissed, it goes on to its code, and both sides are told', async () => {
    const id = await noticed(hunan, { resource: { name: '无争议的数据' } })
    const objection = await objected(wang, id)
    await done(hunan.desk.act(objection, 'handling.accept', {}, 'objection'))
    await w.until(after(await closing(hunan, id)))
    expect(await complaints(hunan.approver.act(objection, 'handling.investigate', {}, 'objection'))).toEqual(['reason'])
    await done(hunan.approver.act(objection, 'handling.investigate', { reason: '查无实据' }, 'objection'))
    await w.settle()
    expect(await told(wang, objection)).toEqual(['异议不成立，继续登记', '受理异议'])
    expect(await told(hunan.clerk, id)).toContain('异议不成立，继续登记')
    expect((await hunan.clerk.see(id)).stateTerm).toBe('办结')
    expect(await names('无争议的数据')).toEqual(['无争议的数据'])
  })

  it('HNR-060 an objection still open when the application ends otherwise ends with it, is nobody’s task, and its objector is told', async () => {
    for (const end of ['upheld', 'withdrawn'] as const) {
      const id = await noticed(hunan)
      const open = await objected(li, id)
      if (end === 'upheld') {
        const other = await objected(wang, id)
        await done(hunan.desk.act(other, 'handling.accept', {}, 'objection'))
        await done(hunan.approver.act(other, 'handling.investigate.upheld', { reason: '确系共有' }, 'objection'))
      } else await done(hunan.clerk.act(id, 'withdraw', { reason: '另行申请' }))
      expect(await li.see(open, 'objection')).toMatchObject({
        stateTerm: '异议终结',
        final: true,
        actions: [],
        dues: [],
      })
      expect((await told(li, open))[0]).toBe('申请已终止，异议终结')
      expect((await hunan.desk.list('tasks')).rows.map((r) => r.id)).not.toContain(open)
    }
  })

  it('HNR-060 of two objections both must be decided before it goes on', async () => {
    const id = await noticed(hunan)
    const objections = [await objected(wang, id), await objected(li, id)]
    await w.until(after(await closing(hunan, id)))
    for (const o of objections) {
      expect((await hunan.clerk.see(id)).state).toBe('objected')
      await done(hunan.desk.act(o, 'handling.accept.refused', { reason: '无利害关系' }, 'objection'))
    }
    await w.settle()
    expect((await hunan.clerk.see(id)).stateTerm).toBe('办结')
  })

  it('HNR-060 an objection that is withdrawn does not hold it up any longer', async () => {
    const id = await noticed(hunan)
    const objection = await objected(wang, id)
    await w.until(after(await closing(hunan, id)))
    await done(wang.act(objection, 'withdraw', { reason: '误会' }, 'objection'))
    await w.settle()
    expect((await hunan.clerk.see(id)).stateTerm).toBe('办结')
  })

  it('HNR-057 who takes an objection up does not also decide it', async () => {
    const alone = await w.as('湘登记双岗')
    const objection = await objected(wang, await noticed(hunan))
    await done(alone.act(objection, 'handling.accept', {}, 'objection'))
    expect(await refusal(alone.act(objection, 'handling.investigate', { reason: '查无实据' }, 'objection'))).toBe(
      '403 same_person',
    )
  })
})

describe('登记办法 第十二条第二款 复核', () => {
  it("CN-007 in Lu'an and Zhaoqing one review decides, without a step of taking it up and without a period", async () => {
    for (const t of [luan, zhaoqing]) {
      const id = await noticed(t)
      const objection = await objected(wang, id)
      const seen = await t.approver.see(objection, 'objection')
      expect(seen).toMatchObject({ stateTerm: '异议复核中', dues: [] })
      expect(seen.actions.map((a) => a.act)).toEqual(['handling.review', 'handling.review.upheld'])
      expect(await refusal(t.desk.act(objection, 'handling.accept', {}, 'objection'))).toBe('422 unknown_act')
      await w.until(after(await closing(t, id)))
      expect((await t.clerk.see(id)).state).toBe('objected')
      await done(t.approver.act(objection, 'handling.review', { reason: '经复核，证据不足' }, 'objection'))
      await w.settle()
      expect((await t.clerk.see(id)).stateTerm).toBe('办结')
    }
  })

  it('CN-007 upheld, it ends the application', async () => {
    const id = await noticed(luan)
    const objection = await objected(wang, id)
    await done(luan.approver.act(objection, 'handling.review.upheld', { reason: '并非其持有' }, 'objection'))
    expect((await luan.clerk.see(id)).stateTerm).toBe('终止登记')
    expect(await told(wang, objection)).toEqual(['异议成立，终止登记'])
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
