import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { PublicRecordList } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import {
  done,
  drive,
  publicRecord,
  refusal,
  registered,
  start,
  team,
  type Registered,
  type Team,
  type Values,
} from '../cases.ts'

const secret = '不得公开'
const confidential: Values = {
  subject: { contactName: `${secret}姓名`, contactPhone: `${secret}电话`, contactEmail: `${secret}邮箱` },
  compliance: { generation: `${secret}生成`, storagePath: `${secret}路径` },
  resource: { storage: `${secret}存储`, volume: `${secret}数量`, coOwned: `${secret}共有` },
  authorization: { agreementNo: `${secret}协议` },
  scenarios: { allowed: [{ name: `${secret}场景`, industry: secret, problem: secret }] },
  risk: { conclusion: `${secret}评估` },
}

let w: World
let luan: Team
let outsiders: readonly Actor[]
let insiders: readonly Actor[]
/** An application in review, and a registration. */
let pending: string
let r: Registered
beforeAll(async () => {
  w = await world({
    more: {
      people: [
        { name: '省登记经办', org: 'anhuiRegistrar', duties: ['handler', 'approver'] },
        { name: '湘审计', org: 'hunanBureau', duties: ['auditor'] },
      ],
    },
  })
  luan = await team(w, 'luan')
  outsiders = await Promise.all(
    [
      '交通局经办',
      '省登记经办',
      '湘登记经办',
      '湖南局经办',
      '肇庆局经办',
      '运营机构经办',
      '运维管理员',
      '公民王女士',
    ].map((n) => w.as(n)),
  )
  insiders = [luan.clerk, luan.boss, luan.desk, luan.approver, luan.bureau, await w.as('安徽督导员')]
  r = await registered(w, luan, {}, confidential)
  pending = await start(luan.clerk)
  await drive(w, luan, pending, 'accepted', confidential)
})
afterAll(() => w.close())

const filesOf = async (id: string): Promise<string[]> => Object.keys((await luan.desk.see(id)).files)

describe('登记细则 第六条(五) 严禁泄露未公示的登记信息', () => {
  it('HNR-016 an application is read by applicant, handling registrar and their supervisors, and is not there for anybody else', async () => {
    for (const who of insiders) expect(JSON.stringify(await who.see(pending)), who.name).toContain(`${secret}路径`)
    for (const who of outsiders) {
      expect(await refusal(who.get(`/api/applications/${pending}`)), who.name).toBe('404 not_found')
      expect(
        (await who.list('applications')).rows.filter((x) => x.id === pending),
        who.name,
      ).toEqual([])
      expect(
        (await who.list('tasks')).rows.filter((x) => x.id === pending),
        who.name,
      ).toEqual([])
      expect(await refusal(who.act(pending, 'accept')), who.name).toBe('404 not_found')
    }
    expect((await w.anyone.get(`/api/applications/${pending}`)).status).toBe(401)
  })

  it('HNR-016 so it is with the record behind a public entry', async () => {
    for (const who of insiders) await who.see(r.record, 'record')
    for (const who of outsiders)
      expect(await refusal(who.get(`/api/records/${r.record}`)), who.name).toBe('404 not_found')
  })

  it('HNR-016 its documents are opened by those who read it, and not by others, nor under another case’s name', async () => {
    const [file] = await filesOf(pending)
    for (const who of insiders) expect((await who.get(`/api/files/${file}?case=${pending}`)).status, who.name).toBe(200)
    for (const who of outsiders) {
      expect((await who.get(`/api/files/${file}?case=${pending}`)).status, who.name).toBe(404)
      expect((await who.get(`/api/files/${file}`)).status, who.name).toBe(404)
    }
    const citizen = await w.as('公民王女士')
    const own = await start(citizen, { kind: 'correction', record: r.record })
    expect((await citizen.get(`/api/files/${file}?case=${own}`)).status).toBe(404)
    const corrections = [{ field: 'name', current: '某', proposed: '某', explanation: '某' }]
    const borrowed = { corrections, capacity: 'interested', interest: '某', evidence: [file!] }
    expect(await refusal(citizen.act(own, 'propose', borrowed))).toBe('422 invalid')
    expect(JSON.stringify(await citizen.see(own))).not.toContain(secret)
  })

  it('HNR-016 what is still being written is its author’s alone', async () => {
    const id = await start(luan.clerk)
    await done(
      luan.clerk.send('PUT', `/api/applications/${id}/draft`, {
        rev: 0,
        content: { resource: { name: `${secret}草稿` } },
      }),
    )
    const draft = async (who: Actor): Promise<string> =>
      JSON.stringify((await who.get(`/api/applications/${id}/draft`)).body)
    expect(await draft(luan.clerk)).toContain(secret)
    for (const who of [luan.desk, luan.bureau, ...outsiders]) {
      expect(await draft(who), who.name).not.toContain(secret)
      expect(JSON.stringify((await who.get(`/api/applications/${id}`)).body), who.name).not.toContain(secret)
    }
  })

  it('HNR-016 nothing of it stands in public before its notice, and of what was registered only the public fields, for good', async () => {
    const everywhere = async (): Promise<string> => {
      const pages = await Promise.all(
        [
          'records',
          `records?q=${encodeURIComponent(secret)}`,
          'notices',
          'announcements',
          `records/${encodeURIComponent(r.code)}`,
          `verify?code=${encodeURIComponent(r.code)}`,
        ].map((p) => w.anyone.get(`/api/public/${p}`)),
      )
      return JSON.stringify(pages.map((p) => p.body))
    }
    const shown = await everywhere()
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(pending)
    expect(shown).toContain(r.code)
    const terms = (await publicRecord(w, r.code)).detail.map((d) => d.term)
    expect(terms).toEqual(['登记主体名称', '数据资源名称', '数据内容简介', '数据格式', '更新频率'])
    await drive(w, luan, await start(luan.clerk, { kind: 'deregistration', record: r.record }), 'settled')
    expect((await publicRecord(w, r.code)).stateTerm).toBe('已注销')
    expect(await everywhere()).not.toContain(secret)
    const { rows } = await done(w.anyone.get<PublicRecordList>(`/api/public/records?q=${encodeURIComponent(secret)}`))
    expect(rows).toEqual([])
  })
})

describe('登记细则 第四条、第六条(五) 查阅留痕', () => {
  interface Entry {
    readonly kind: string
    readonly personName: string
    readonly orgName: string
    readonly subject: string
    readonly body: string
  }
  const log = async (subject: string): Promise<Entry[]> => {
    const audit = await w.as('审计管理员')
    return done(audit.get<Entry[]>(`/api/access?subject=${subject}`))
  }

  it('HNR-003 a supervisor’s reading of a case leaves an entry with person, body and case', async () => {
    const id = await start(luan.clerk)
    const supervisor = await w.as('安徽督导员')
    expect(await log(id)).toEqual([])
    await supervisor.see(id)
    expect((await log(id)).map((e) => [e.kind, e.personName, e.orgName])).toEqual([
      ['read', '安徽督导员', '安徽省数据管理部门（演示）'],
    ])
  })

  it('HNR-016 so does everyone’s, and every opening of a document', async () => {
    const [file] = await filesOf(pending)
    const before = (await log(pending)).length
    for (const who of [luan.clerk, luan.desk]) await who.see(pending)
    expect((await log(pending)).length).toBe(before + 2)
    await luan.approver.get(`/api/files/${file}?case=${pending}`)
    expect((await log(file!))[0]).toMatchObject({ kind: 'download', personName: '登记复核丙' })
  })

  it('HNR-016 so does an attempt that was refused', async () => {
    const stranger = await w.as('湖南局经办')
    await stranger.get(`/api/applications/${pending}`)
    await stranger.act(pending, 'accept')
    expect((await log(pending)).slice(0, 2).map((e) => [e.kind, e.personName])).toEqual([
      ['denied', '湖南局经办'],
      ['denied', '湖南局经办'],
    ])
  })

  it('HNR-016 and a list says how many were read, by whom', async () => {
    await luan.desk.list('applications')
    const [entry] = await log('application')
    expect(entry).toMatchObject({ kind: 'read', personName: '登记经办甲' })
    expect(JSON.parse(entry!.body)).toMatchObject({
      list: true,
      count: (await luan.desk.list('applications')).rows.length,
    })
  })

  it('HNR-016 the log says that something was read, not what', async () => {
    expect(JSON.stringify(await log(pending))).not.toContain(secret)
  })

  it('HNR-016 it is read by auditors only, each for their own territory', async () => {
    for (const who of [luan.clerk, luan.desk, luan.bureau, await w.as('公民王女士')])
      expect(await refusal(who.get(`/api/access?subject=${pending}`)), who.name).toBe('403 not_yours')
    const [own, foreign] = await Promise.all([w.as('六安局审批'), w.as('湘审计')])
    expect((await done(own.get<Entry[]>(`/api/access?subject=${pending}`))).length).toBeGreaterThan(0)
    // of a case elsewhere, what bodies of their own territory tried
    const foreigners = (await done(foreign.get<Entry[]>(`/api/access?subject=${pending}`))).map((e) => e.orgName)
    expect(foreigners.filter((n) => !n.startsWith('湖南省'))).toEqual([])
    expect(foreigners).toContain('湖南省数据局')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
