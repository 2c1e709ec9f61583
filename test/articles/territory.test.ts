import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { Problem, Registrar } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import { complaints, done, drive, refusal, start, team, type Team } from '../cases.ts'

let w: World
let province: Team
let changsha: Team
let zhuzhou: Actor
let furongClerk: Actor
let furongBureau: Actor
let zhuzhouClerk: Actor
let admin: Actor
beforeAll(async () => {
  const org = (key: string, name: string, division: string, roles: string[], under: string, form = 'organ') => ({
    key,
    name,
    form,
    division,
    roles,
    document: '某文',
    under,
  })
  w = await world({
    more: {
      organisations: [
        org('changshaBureau', '长沙市数据局', '430100', ['bureau'], 'hunanBureau'),
        org('changshaRegistrar', '长沙市登记中心', '430100', ['registrar'], 'changshaBureau', 'institution'),
        org('changshaOrgan', '长沙市某局', '430100', ['implementer'], 'changshaBureau'),
        org('zhuzhouBureau', '株洲市数据局', '430200', ['bureau'], 'hunanBureau'),
        org('zhuzhouOrgan', '株洲市某局', '430200', ['implementer'], 'zhuzhouBureau'),
        org('furongBureau', '芙蓉区数据局', '430102', ['bureau'], 'changshaBureau'),
        org('furongOrgan', '芙蓉区某局', '430102', ['implementer'], 'furongBureau'),
      ],
      people: [
        { name: '长沙局', org: 'changshaBureau', duties: ['handler', 'admin'] },
        { name: '长登记经办', org: 'changshaRegistrar', duties: ['handler'] },
        { name: '长登记复核', org: 'changshaRegistrar', duties: ['approver'] },
        { name: '长沙经办', org: 'changshaOrgan', duties: ['handler'] },
        { name: '长沙复核', org: 'changshaOrgan', duties: ['approver'] },
        { name: '株洲局', org: 'zhuzhouBureau', duties: ['handler'] },
        { name: '株洲经办', org: 'zhuzhouOrgan', duties: ['handler'] },
        { name: '芙蓉局', org: 'furongBureau', duties: ['handler'] },
        { name: '芙蓉经办', org: 'furongOrgan', duties: ['handler'] },
      ],
    },
  })
  ;[province, changsha] = await Promise.all([
    team(w, 'hunan'),
    team(w, ['长沙经办', '长沙复核', '长登记经办', '长登记经办', '长登记复核', '长沙局']),
  ])
  ;[zhuzhou, furongClerk, furongBureau, zhuzhouClerk] = await Promise.all([
    w.as('株洲局'),
    w.as('芙蓉经办'),
    w.as('芙蓉局'),
    w.as('株洲经办'),
  ])
  admin = await w.as('湖南局经办')
})
afterAll(() => w.close())

const registrarOf = async (who: Actor): Promise<string> => (await who.see(await start(who))).parties['registrar']!
const directory = async (): Promise<Record<string, Registrar>> =>
  Object.fromEntries((await done(w.anyone.get<Registrar[]>('/api/public/registrars'))).map((r) => [r.division, r]))
const found = async (who: Actor, name: string, division: string, form: string): Promise<string> =>
  (await done(who.send<{ id: string }>('POST', '/api/organisations', { input: { name, form, division } }))).id
const appoint = (who: Actor, org: string, role: string, document = '湘数函〔2026〕9号') =>
  who.act(org, 'appoint', { role, document, contact: '0731-12345' }, 'organisation')

describe('登记细则 第六条 按行政层级和属地原则提供登记服务', () => {
  it('HNR-008 an application goes to the registrar of its own level and place', async () => {
    expect(await registrarOf(province.clerk)).toContain('湖南省')
    expect(await registrarOf(changsha.clerk)).toBe('长沙市登记中心')
  })

  it('HNR-008 where a county has none it goes to the city, and where the city has none to the province', async () => {
    expect(await registrarOf(furongClerk)).toBe('长沙市登记中心')
    expect(await registrarOf(zhuzhouClerk)).toContain('湖南省')
  })

  it('HNR-008 no registrar accepts what is another’s', async () => {
    const id = await start(changsha.clerk)
    await drive(w, changsha, id, 'submitted')
    expect(await refusal(province.desk.act(id, 'accept'))).toBe('404 not_found')
    await done(changsha.desk.act(id, 'accept'))
  })
})

describe('登记细则 第五条 明确登记机构并向社会公开', () => {
  it('HNR-007 province and cities must have one, counties may, and where one is missing it shows', async () => {
    const all = await directory()
    expect(all['430000']).toMatchObject({
      required: true,
      name: '湖南省公共数据资源登记中心（演示）',
      level: 'province',
    })
    expect(all['430100']).toMatchObject({ required: true, name: '长沙市登记中心', level: 'city' })
    expect(all['430200']).toMatchObject({ required: true, name: '', divisionName: '株洲市' })
    expect(all['430102']).toMatchObject({ required: false, name: '', level: 'county' })
    expect(all['430200']!.basis).toContain('《登记细则》第五条')
    // another province's rules ask for less
    expect(all['341500']).toMatchObject({ required: false, name: '六安市公共数据登记中心（演示）' })
  })

  it('HNR-007 one that is named is public from then on, with document and contact, and applications go to it', async () => {
    const id = await found(admin, '株洲市登记中心', '430200', 'institution')
    await done(appoint(admin, id, 'registrar'))
    expect((await directory())['430200']).toMatchObject({
      name: '株洲市登记中心',
      appointment: '湘数函〔2026〕9号',
      contact: '0731-12345',
    })
    expect(await registrarOf(zhuzhouClerk)).toBe('株洲市登记中心')
  })

  it('HNR-007 one whose appointment is withdrawn disappears', async () => {
    const { rows } = await admin.list(`organisations?q=${encodeURIComponent('株洲市登记中心')}`)
    await done(admin.act(rows[0]!.id, 'dismiss', { role: 'registrar', document: '湘数函〔2026〕10号' }, 'organisation'))
    expect((await directory())['430200']!.name).toBe('')
    expect(await registrarOf(zhuzhouClerk)).toContain('湖南省')
  })
})

describe('登记办法 第三条 登记机构是数据管理部门设立或指定的事业单位', () => {
  it('CN-015 a company or an organ cannot be named registrar, an institution can', async () => {
    for (const form of ['enterprise', 'organ', 'social']) {
      const id = await found(admin, `某${form}`, '430300', form)
      const answer = await appoint(admin, id, 'registrar')
      expect([answer.status, (answer.body as Problem).code]).toEqual([422, 'not_eligible'])
      expect((answer.body as Problem).title).toContain('事业单位')
    }
    const id = await found(admin, '湘潭市登记中心', '430300', 'institution')
    await done(appoint(admin, id, 'registrar'))
  })

  it('CN-015 only on a document, and only by the body it answers to', async () => {
    const id = await found(admin, '衡阳市登记中心', '430400', 'institution')
    expect(await complaints(admin.act(id, 'appoint', { role: 'registrar' }, 'organisation'))).toEqual(['document'])
    for (const who of [await w.as('肇庆局经办'), await w.as('六安局经办'), changsha.desk])
      expect(await refusal(appoint(who, id, 'registrar')), who.name).toMatch(/^(403 not_yours|404 not_found)$/)
    await done(appoint(admin, id, 'registrar', '湘数函〔2026〕11号'))
    const seen = await admin.see(id, 'organisation')
    expect(seen.timeline.at(-1)!.detail.map((d) => d.text)).toContain('湘数函〔2026〕11号')
    expect((await directory())['430400']!.appointment).toBe('湘数函〔2026〕11号')
  })
})

describe('登记细则 第四条、数据条例 第十二条 分级管理', () => {
  const cases: Record<string, string> = {}
  beforeAll(async () => {
    for (const [name, who] of Object.entries({
      province: province.clerk,
      changsha: changsha.clerk,
      furong: furongClerk,
      zhuzhou: zhuzhouClerk,
    }))
      cases[name] = await start(who)
  })
  const sees = async (who: Actor): Promise<string[]> => {
    const out: string[] = []
    for (const [name, id] of Object.entries(cases))
      if ((await who.get(`/api/applications/${id}`)).status === 200) out.push(name)
    const { rows } = await who.list('applications?limit=200')
    expect(Object.entries(cases).flatMap(([n, id]) => (rows.some((r) => r.id === id) ? [n] : []))).toEqual(out)
    return out
  }

  it('HNR-006 a city’s data bureau sees the city and its counties, and nothing beside or above', async () => {
    expect(await sees(changsha.bureau)).toEqual(['changsha', 'furong'])
    expect(await sees(zhuzhou)).toEqual(['zhuzhou'])
  })

  it('HNR-006 the province sees them all', async () => {
    expect(await sees(province.bureau)).toEqual(['province', 'changsha', 'furong', 'zhuzhou'])
  })

  it('HNL-014 a county is a tenant below its city: it sees its own, and the city’s registrar serves it', async () => {
    expect(await sees(furongBureau)).toEqual(['furong'])
    expect((await changsha.desk.see(cases['furong']!)).divisionName).toBe('芙蓉区')
    expect((await changsha.desk.get(`/api/applications/${cases['zhuzhou']}`)).status).toBe(404)
  })

  it('HNL-014 bodies of a county are set up by the bureau above it, not by one beside it', async () => {
    expect(
      await refusal(
        changsha.bureau.send('POST', '/api/organisations', {
          input: { name: '天心区某局', form: 'organ', division: '430103' },
        }),
      ),
    ).toBe('200 done')
    expect(
      await refusal(
        changsha.bureau.send('POST', '/api/organisations', {
          input: { name: '荷塘区某局', form: 'organ', division: '430202' },
        }),
      ),
    ).toBe('403 not_yours')
  })

  it('HNR-003 the bureau supervises: it reads, and decides nothing', async () => {
    const id = await start(changsha.clerk)
    await drive(w, changsha, id, 'submitted')
    for (const who of [province.bureau, changsha.bureau]) {
      const c = await who.see(id)
      expect(c.materials.length).toBeGreaterThan(5)
      expect(c.actions).toEqual([])
      expect(await refusal(who.act(id, 'accept'))).toBe('403 not_yours')
      expect(await refusal(who.act(id, 'refuse', { reason: '不予' }))).toBe('403 not_yours')
    }
  })
})

describe('登记细则 第六条(四) 平台建设方运营和维护登记平台', () => {
  it('HNR-014 whoever operates the platform sets up bodies, and neither reads nor decides a case', async () => {
    const operations = await w.as('运维管理员')
    const id = await start(changsha.clerk)
    await drive(w, changsha, id, 'submitted')
    expect(await refusal(operations.get(`/api/applications/${id}`))).toBe('404 not_found')
    expect((await operations.list('applications')).total).toBe(0)
    for (const act of ['accept', 'refuse', 'withdraw'])
      expect(await refusal(operations.act(id, act, { reason: '某' }))).toBe('404 not_found')
    const made = await found(operations, '某省数据局', '440000', 'organ')
    expect((await operations.see(made, 'organisation')).title).toBe('某省数据局')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
