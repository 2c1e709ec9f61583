import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { Announcement, CaseView, Verification } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  after,
  complaints,
  deep,
  deposit,
  done,
  drive,
  dueOf,
  materials,
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
let wang: Actor
/** One registration for each test that only needs a valid one. */
let h: Registered
let l: Registered
beforeAll(async () => {
  w = await world({
    more: {
      people: [{ name: '登记双岗', org: 'luanRegistrar', duties: ['handler', 'approver'] }, { name: '未核验者' }],
    },
  })
  ;[hunan, luan, wang] = [await team(w, 'hunan'), await team(w, 'luan'), await w.as('公民王女士')]
  h = await registered(w, hunan, {}, { resource: { name: '缴存信息', summary: '按月缴存情况' } })
  l = await registered(w, luan, {}, { resource: { name: '缴存信息', summary: '按月缴存情况' } })
})
afterAll(() => w.close())

const shown = (c: CaseView, group: string, field: string): string | undefined =>
  c.materials.find((g) => g.key === group)?.fields?.find((f) => f.key === field)?.text

describe('登记细则 第九条 申请类型', () => {
  it('HNR-031 each kind asks what it needs, and there is no other kind', async () => {
    const asked: Record<string, unknown> = {}
    for (const kind of ['first', 'change', 'correction', 'deregistration']) {
      const id = await start(luan.clerk, { kind, ...(kind === 'first' ? {} : { record: l.record }) })
      const c = await luan.clerk.see(id)
      const groups = c.actions.find((a) => a.act === 'propose')!.schema['x-order'] as string[]
      asked[c.kindTerm] = groups.filter((g) => !['subject', 'compliance', 'resource', 'authorization'].includes(g))
    }
    const materials = ['evidence', 'products', 'scenarios', 'risk']
    expect(asked).toEqual({
      首次登记: materials,
      变更登记: ['change', ...materials],
      更正登记: ['corrections', 'capacity', 'interest', 'evidence'],
      注销登记: ['ground', 'statement', 'evidence'],
    })
    for (const kind of ['transfer', '', 'constructor'])
      expect(await refusal(luan.clerk.send('POST', '/api/applications', { kind, record: l.record })), kind).toMatch(
        /^422/,
      )
    for (const kind of ['change', 'correction', 'deregistration', 'renewal'])
      expect(await refusal(luan.clerk.send('POST', '/api/applications', { kind })), kind).toBe('404 no_record')
  })
})

describe('登记细则 第九条(二) 变更登记', () => {
  const change = (t: Team, r: Registered) => start(t.clerk, { kind: 'change', record: r.record })

  it('HNR-041 a change makes a new version of the same registration, and the version before stays readable', async () => {
    const before = await publicRecord(w, h.code)
    const id = await change(hunan, h)
    const c = await drive(w, hunan, id, 'settled', { resource: { name: '缴存与提取信息' } })
    expect(c.stateTerm).toBe('办结')
    const now = await publicRecord(w, h.code)
    expect(now).toMatchObject({
      id: before.id,
      code: h.code,
      name: '缴存与提取信息',
      version: 2,
      validTo: before.validTo,
    })
    // the register shows the new version, the application that made the old one still says what it said
    const record = await hunan.clerk.see(h.record, 'record')
    expect(shown(record, 'resource', 'name')).toBe('缴存与提取信息')
    expect(record.links.map((x) => x.id).sort()).toEqual([h.application, id].sort())
    expect(shown(await hunan.clerk.see(h.application), 'resource', 'name')).toBe('缴存信息')
    const old = await done(w.anyone.get<Verification>(`/api/public/verify?sha256=${before.certificate!.sha256}`))
    expect(old).toMatchObject({ result: 'superseded', record: { version: 2 } })
  })

  it('HNR-041 what has changed must be said, and something must have', async () => {
    const id = await change(luan, l)
    expect(
      await complaints(
        luan.clerk.act(
          id,
          'propose',
          await materials(luan.clerk, id, 'propose', { change: { changed: [], reason: '' } }),
        ),
      ),
    ).toEqual(['change.changed', 'change.reason'])
    const record = (await luan.clerk.see(id)).actions.find((a) => a.act === 'propose')!.value as Values
    const said = { changed: ['resource'], reason: '业务调整' }
    expect(await refusal(luan.clerk.act(id, 'propose', { ...record, change: said }))).toBe('422 no_change')
    await done(luan.clerk.act(id, 'propose', deep({ ...record, change: said }, { resource: { summary: '新的简介' } })))
    await done(luan.clerk.act(id, 'withdraw', { reason: '不再变更' }))
  })

  it('HNR-041 a change of the data is deposited again, and noticed', async () => {
    const id = await change(luan, l)
    await done(
      luan.clerk.act(id, 'propose', await materials(luan.clerk, id, 'propose', { resource: { summary: '又一简介' } })),
    )
    await done(luan.boss.act(id, 'businessReview.signoff'))
    expect(await refusal(luan.clerk.act(id, 'submit', { truthful: true, signer: '张某' }))).toBe('422 no_evidence')
    await deposit(luan.clerk, id)
    await drive(w, luan, id, 'released')
    expect((await luan.clerk.see(id)).stateTerm).toBe('公示中')
    // nothing has changed yet
    expect((await publicRecord(w, l.code)).summary).toBe('按月缴存情况')
    await drive(w, luan, id, 'settled')
    expect((await publicRecord(w, l.code)).summary).toBe('又一简介')
  })

  it('HNR-041 it is finished by the approver, who is not the one who accepted it', async () => {
    const both = await w.as('登记双岗')
    const id = await change(luan, l)
    await drive(w, luan, id, 'submitted', { resource: { summary: '第三简介' } })
    await done(both.act(id, 'accept'))
    await drive(w, luan, id, 'released')
    await w.until(after(dueOf(await luan.clerk.see(id), 'closeNotice')))
    expect((await luan.clerk.see(id)).stateTerm).toBe('待办结')
    expect(await refusal(luan.desk.act(id, 'complete'))).toBe('403 not_yours')
    expect(await refusal(both.act(id, 'complete'))).toBe('403 same_person')
    await done(luan.approver.act(id, 'complete'))
  })

  it('HNR-041 one change at a time', async () => {
    const [one, two] = [await change(luan, l), await change(luan, l)]
    await drive(w, luan, one, 'submitted', { resource: { summary: '甲' } })
    await drive(w, luan, two, 'ready', { resource: { summary: '乙' } })
    await deposit(luan.clerk, two)
    expect(await refusal(luan.clerk.act(two, 'submit', { truthful: true, signer: '张某' }))).toBe('409 pending')
    await done(luan.clerk.act(one, 'withdraw', { reason: '合并办理' }))
    await done(luan.clerk.act(two, 'submit', { truthful: true, signer: '张某' }))
    await done(luan.clerk.act(two, 'withdraw', { reason: '不再变更' }))
  })

  it('HNR-042 a change of the registrant says when it was approved, and by what document', async () => {
    const id = await change(hunan, h)
    const subject = (over: Values) =>
      materials(hunan.clerk, id, 'propose', {
        change: { changed: ['subject'], reason: '更名', ...over },
        subject: { name: '新名称' },
      })
    expect(
      await complaints(hunan.clerk.act(id, 'propose', await subject({ approvedOn: undefined, document: undefined }))),
    ).toEqual(['change.approvedOn', 'change.document'])
    expect(
      await complaints(hunan.clerk.act(id, 'propose', await subject({ approvedOn: after(await today(w)) }))),
    ).toEqual(['change.approvedOn'])
    await deposit(hunan.clerk, id)
    await done(hunan.clerk.act(id, 'propose', await subject({ approvedOn: await today(w) })))
    await drive(w, hunan, id, 'settled')
    expect((await publicRecord(w, h.code)).holder).toBe('新名称')
  })

  it('HNR-041 only the registrant changes a registration', async () => {
    for (const who of [luan.clerk, wang])
      for (const kind of ['change', 'renewal', 'deregistration'])
        expect(await refusal(who.send('POST', '/api/applications', { kind, record: h.record }))).toBe(
          '422 not_registrant',
        )
  })

  it('HNR-070 a change begins with what is registered, documents included', async () => {
    const id = await change(luan, l)
    const first = (await luan.clerk.see(id)).actions.find((a) => a.act === 'propose')!.value as Record<string, Values>
    const registeredThen = await luan.clerk.see(l.application)
    expect(first['resource']!['name']).toBe('缴存信息')
    expect(first['compliance']!['commitment']).toBe(
      registeredThen.materials.find((g) => g.key === 'compliance')!.fields!.find((f) => f.key === 'commitment')!
        .files![0],
    )
    // and needs nothing beside the change itself
    const said = { changed: ['resource'], reason: '更新' }
    await done(
      luan.clerk.act(id, 'propose', deep({ ...first, change: said } as Values, { resource: { summary: '第四简介' } })),
    )
    await done(luan.clerk.act(id, 'withdraw', { reason: '不再变更' }))
  })
})

describe('登记细则 第九条(三) 更正登记', () => {
  const correction = (field: string, proposed: string, more: Values = {}): Values => ({
    corrections: [{ field, current: '原文', proposed, explanation: '录入有误' }],
    ...more,
  })
  const begin = (who: Actor, r: Registered) => start(who, { kind: 'correction', record: r.record })

  it('HNR-043 the registrant corrects what is wrong in the register', async () => {
    const id = await begin(hunan.clerk, h)
    await drive(w, hunan, id, 'settled', correction('summary', '按月、按人缴存情况', { capacity: 'holder' }))
    const now = await publicRecord(w, h.code)
    expect(now.summary).toBe('按月、按人缴存情况')
    expect(now.name).toBe('缴存与提取信息')
  })

  it('HNR-045 a correction explains itself', async () => {
    const id = await begin(hunan.clerk, h)
    const propose = (corrections: Values[]) =>
      complaints(hunan.clerk.act(id, 'propose', { corrections, capacity: 'holder' }))
    const one = { field: 'name', current: '原文', proposed: '名称' }
    expect(await propose([one])).toEqual(['corrections.0.explanation'])
    expect(await propose([{ ...one, explanation: '' }])).toEqual(['corrections.0.explanation'])
    expect(await propose([])).toEqual(['corrections'])
  })

  it('HNR-045 it goes the way of a change: business review, acceptance, review, and a new version', async () => {
    const before = await publicRecord(w, h.code)
    const id = await begin(hunan.clerk, h)
    const seen: string[] = []
    for (const stage of ['proposed', 'ready', 'submitted', 'accepted', 'checked', 'reviewed', 'settled'] as const)
      seen.push((await drive(w, hunan, id, stage, correction('industry', '金融业', { capacity: 'holder' }))).stateTerm)
    expect(seen).toEqual(['业务审核中', '待提交', '待受理', '形式审核中', '复核中', '待办结', '办结'])
    const now = await publicRecord(w, h.code)
    expect(now.version).toBe(before.version + 1)
    expect(now.detail.find((d) => d.term === '所属行业')?.value).toBe('金融业')
  })

  it('HNR-043 an interested third party may apply, saying what their interest is', async () => {
    const id = await begin(wang, l)
    expect(await complaints(wang.act(id, 'propose', correction('holder', '某中心', { capacity: 'holder' })))).toEqual([
      'capacity',
    ])
    expect(
      await complaints(wang.act(id, 'propose', correction('holder', '某中心', { capacity: 'interested' }))),
    ).toEqual(['interest'])
    const said = correction('holder', '某中心', { capacity: 'interested', interest: '本人信息载于其中' })
    await done(wang.act(id, 'propose', said))
    // a person who acts for themselves has nobody to sign for them
    await done(wang.act(id, 'businessReview.signoff'))
    await done(wang.act(id, 'submit', { truthful: true, signer: '王某' }))
    expect((await luan.desk.list('tasks')).rows.map((r) => r.id)).toContain(id)
    expect((await wang.see(id)).stateTerm).toBe('待受理')
    // it does not keep the registrant from correcting, and one of their own at a time is enough
    await drive(
      w,
      luan,
      await begin(luan.clerk, l),
      'submitted',
      correction('name', '缴存信息', { capacity: 'holder' }),
    )
    const more = await begin(wang, l)
    await done(wang.act(more, 'propose', said))
    await done(wang.act(more, 'businessReview.signoff'))
    expect(await refusal(wang.act(more, 'submit', { truthful: true, signer: '王某' }))).toBe('409 pending')
    await done(wang.act(id, 'withdraw', { reason: '另行提出' }))
  })

  it('HNR-043 an applicant whose identity has not been verified is no interested party', async () => {
    const who = await w.as('未核验者')
    expect(await refusal(who.send('POST', '/api/applications', { kind: 'correction', record: l.record }))).toBe(
      '403 not_real_name',
    )
  })

  const third = async (t: Team, r: Registered, evidence: readonly string[]): Promise<string> => {
    const id = await begin(wang, r)
    const own: Team = { ...t, clerk: wang, boss: wang }
    const said = correction('summary', `经 ${evidence.length} 份证据更正`, {
      capacity: 'interested',
      interest: '本人信息载于其中',
      evidence: [...evidence],
    })
    await drive(w, own, id, 'reviewed', said)
    return id
  }

  it('HNR-044 without the registrant’s written consent and without evidence nothing is corrected', async () => {
    const id = await third(luan, l, [])
    const before = await publicRecord(w, l.code)
    expect(await refusal(luan.approver.act(id, 'complete'))).toBe('422 not_proven')
    expect(await publicRecord(w, l.code)).toEqual(before)
    // consent is the registrant's, written, and given by who may bind it
    expect(await refusal(wang.act(id, 'consent', { statement: '同意', files: [(await wang.upload()).id] }))).toBe(
      '403 not_yours',
    )
    expect(await refusal(luan.clerk.act(id, 'consent', { statement: '同意', files: [] }))).toBe('403 not_yours')
    expect(await complaints(luan.boss.act(id, 'consent', { statement: '同意', files: [] }))).toEqual(['files'])
    await done(
      luan.boss.act(id, 'consent', { statement: '同意更正', files: [(await luan.boss.upload('同意书.pdf')).id] }),
    )
    expect(await told(luan.desk, id)).toContain('书面同意更正')
    await done(luan.approver.act(id, 'complete'))
    await w.settle()
    expect((await publicRecord(w, l.code)).summary).toBe('经 0 份证据更正')
    expect(await told(wang, id)).toContain('办结')
    expect(await told(luan.clerk, id)).toContain('办结')
  })

  it('HNR-044 evidence is enough without consent', async () => {
    const id = await third(luan, l, [(await wang.upload('证明.pdf')).id])
    await done(luan.approver.act(id, 'complete'))
    await w.settle()
    expect((await publicRecord(w, l.code)).summary).toBe('经 1 份证据更正')
  })
})

describe('登记细则 第九条(四)、登记办法 第九条(四) 注销登记', () => {
  const begin = (t: Team, r: Registered) => start(t.clerk, { kind: 'deregistration', record: r.record })

  it('HNR-046 on four grounds and no other, each with its evidence', async () => {
    const id = await begin(luan, l)
    const form = (await luan.clerk.see(id)).actions.find((a) => a.act === 'propose')!.schema
    const grounds = (form['properties'] as Record<string, { 'x-options': { value: string; term: string }[] }>)[
      'ground'
    ]!['x-options']
    expect(grounds.map((g) => g.term)).toEqual([
      '公共数据资源不可复原或灭失的',
      '登记主体放弃相关权益或权益期限届满的',
      '登记主体因解散、被依法撤销、被宣告破产或因其他原因终止存续的',
      '法律法规规定的其他情形',
    ])
    const said = { statement: '机房火灾', evidence: [(await luan.clerk.upload()).id] }
    expect(await complaints(luan.clerk.act(id, 'propose', { ...said, ground: 'sold' }))).toEqual(['ground'])
    for (const { value } of grounds) {
      expect(await complaints(luan.clerk.act(id, 'propose', { ...said, ground: value, evidence: [] }))).toEqual([
        'evidence',
      ])
      await done(luan.clerk.act(id, 'propose', { ...said, ground: value }))
      await done(luan.boss.act(id, 'businessReview.signoff.return', { reason: '再议' }))
    }
    await done(luan.clerk.act(id, 'withdraw', { reason: '不再注销' }))
  })

  it('HNR-047 in Hunan seven working days from acceptance for the whole of it, however far it has come', async () => {
    const r = await registered(w, hunan)
    const id = await begin(hunan, r)
    await drive(w, hunan, id, 'submitted')
    expect((await hunan.desk.see(id)).dues.map((d) => d.act)).toEqual(['accept'])
    await done(hunan.desk.act(id, 'accept'))
    const from = await today(w)
    const finish = (await hunan.desk.see(id)).dues.find((d) => d.act === 'finish')!
    expect(finish).toMatchObject({ term: '办结注销', from, left: 7, unit: 'workday' })
    expect(finish.basis).toContain('《登记细则》第九条(四)')
    await drive(w, hunan, id, 'reviewed')
    expect(dueOf(await hunan.desk.see(id), 'finish')).toBe(finish.day)
    await w.until(after(finish.day))
    expect((await told(hunan.bureau, id))[0]).toContain('逾期：办结注销')
    await done(hunan.approver.act(id, 'complete'))
    expect((await publicRecord(w, r.code)).stateTerm).toBe('已注销')
  })

  it("CN-005 in Lu'an ten", async () => {
    const r = await registered(w, luan)
    const id = await begin(luan, r)
    await drive(w, luan, id, 'accepted')
    expect((await luan.desk.see(id)).dues.find((d) => d.act === 'finish')).toMatchObject({
      left: 10,
      basis: '《登记办法》第九条(四)',
    })
    await drive(w, luan, id, 'settled')
    expect(await publicRecord(w, r.code)).toMatchObject({ stateTerm: '已注销', code: r.code })
  })

  it('HNR-046 a registration that has ended says so to whoever verifies it, is announced, and cannot be changed any more', async () => {
    const r = await registered(w, luan, {}, { resource: { name: '待注销的数据' } })
    const pdf = (await publicRecord(w, r.code)).certificate!.sha256
    await drive(w, luan, await begin(luan, r), 'settled')
    for (const query of [`code=${encodeURIComponent(r.code)}`, `sha256=${pdf}`])
      expect(await done(w.anyone.get<Verification>(`/api/public/verify?${query}`))).toMatchObject({ result: 'ended' })
    const announced = (await done(w.anyone.get<Announcement[]>('/api/public/announcements'))).find(
      (a) => a.code === r.code,
    )
    expect(announced).toMatchObject({ name: '待注销的数据', term: '注销登记公告', announced: await today(w) })
    for (const kind of ['change', 'correction', 'renewal', 'deregistration'])
      expect(await refusal(luan.clerk.send('POST', '/api/applications', { kind, record: r.record }))).toBe(
        '409 record_ended',
      )
  })

  it('HNR-046 what has been 注销 may be registered again, under another code', async () => {
    const bytes = Buffer.from('可再次登记的数据')
    const again = async (): Promise<Registered> => {
      const id = await start(luan.clerk)
      const file = (await luan.clerk.upload('数据.txt', bytes)).id
      await done(luan.clerk.act(id, 'deposit', { method: 'files', files: [file], coverage: '全量', custody: 'self' }))
      const c = await drive(w, luan, id, 'settled')
      const record = c.links.find((x) => x.process === 'record')!.id
      const code = (await luan.clerk.see(record, 'record')).facts.find((f) => f.term === '登记码')!.value
      return { application: id, record, code }
    }
    const first = await again()
    await expect(again()).rejects.toThrow('duplicate')
    await drive(w, luan, await begin(luan, first), 'settled')
    expect((await again()).code).not.toBe(first.code)
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
