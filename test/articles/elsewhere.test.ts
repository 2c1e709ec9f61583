import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkProjections, loadLayers } from '#application'
import type { PublicNotice } from '#contract'
import { checkPacks } from '../../src/application/policies.ts'
import { world, type World } from '../world.ts'
import { after, done, drive, dueOf, refusal, start, team, today, type Team } from '../cases.ts'

const shipped = fileURLToPath(new URL('../../policies', import.meta.url))
const basis = { document: 'rules', article: '第一条', certainty: 'stated' }
const rules = (short: string, more: object = {}) => ({
  rules: { title: `${short}登记规则`, short, inForce: '2026-01-01', status: 'inForce', text: 'full', ...more },
})
const value = (v: unknown, more: object = {}) => ({ value: v, basis, ...more })
const step = (key: string, term: string, by: string, more: object = {}) => ({ key, term, by, ...more })

/** A province nobody has heard of, a later text of one that a city yields to, and days off of its own. */
const policies = (dir: string): void => {
  cpSync(shipped, dir, { recursive: true })
  const layer = (name: string, head: object, registration?: object): void => {
    mkdirSync(join(dir, name), { recursive: true })
    writeFileSync(join(dir, name, 'pack.yaml'), stringify(head))
    if (registration) writeFileSync(join(dir, name, 'registration.yaml'), stringify({ registration }))
  }
  layer(
    'elsewhere',
    { layer: 'province', division: '990000', title: '某省', documents: rules('某省规则') },
    {
      scope: { objects: value([{ value: 'resource', term: '公共数据资源' }]) },
      registrant: { resource: { authorized: value({ role: 'dataSource', term: '数源机构' }) } },
      kinds: { change: value({ term: '变更登记', notice: false }) },
      businessReview: {
        steps: value([
          step('legal', '法务审核', 'applicant.approver', { apart: 'propose', exits: ['return'] }),
          step('head', '负责人签批', 'applicant.handler', { apart: 'businessReview.legal' }),
        ]),
      },
      acceptance: {
        limit: [value({ value: 2, unit: 'workday' }), value({ value: 1, unit: 'workday' }, { from: '2026-04-01' })],
      },
      review: {
        steps: value([
          step('read', '初审', 'registrar.handler', {
            within: 'registration.review.limit',
            since: 'accept',
            exits: ['fail'],
          }),
          step('decide', '审定', 'registrar.approver', { apart: 'review.read', exits: ['back'] }),
        ]),
        limit: [
          value({ value: 20, unit: 'workday' }),
          value({ value: 30, unit: 'workday' }, { from: '2026-04-01', transition: 'apply' }),
        ],
      },
      notice: { period: value({ value: 5, unit: 'workday' }), start: value('sameDay') },
    },
  )
  layer(
    'guangdong-later',
    { layer: 'province', division: '440000', title: '广东省', documents: rules('省新规', { inForce: '2026-05-06' }) },
    { registrant: { resource: { authorized: value({ role: 'implementer', term: '实施机构' }) } } },
  )
  mkdirSync(join(dir, 'calendars/local'), { recursive: true })
  const day = { day: '2026-03-12', kind: 'off', name: '某省节', document: { title: '某省放假办法' } }
  writeFileSync(join(dir, 'calendars/local/990000.yaml'), stringify({ division: '990000', days: [day] }))
  const divisions = readFileSync(join(dir, 'divisions.yaml'), 'utf8')
  writeFileSync(join(dir, 'divisions.yaml'), `${divisions}  - { code: '990000', name: 某省, parent: '000000' }\n`)
}

const dir = mkdtempSync(join(tmpdir(), 'gongshu-policies-'))
let w: World
let there: Team
let zhaoqing: Team
beforeAll(async () => {
  policies(dir)
  const org = (key: string, name: string, roles: string[], form: string, under: string, division = '990000') => ({
    key,
    name,
    form,
    division,
    roles,
    document: '某文',
    under,
  })
  w = await world({
    policies: dir,
    enabled: ['hunan-ordinance-draft'],
    more: {
      organisations: [
        org('bureau', '某省数据局', ['bureau'], 'organ', 'platform'),
        org('registrar', '某省登记中心', ['registrar'], 'institution', 'bureau'),
        org('source', '某省某厅', ['dataSource', 'operator'], 'organ', 'bureau'),
        org('club', '湖南某合伙企业', [], 'unincorporated', 'hunanBureau', '430000'),
        org('zhaoqingImplementer', '肇庆某实施机构', ['implementer'], 'organ', 'zhaoqingBureau', '441200'),
      ],
      people: [
        { name: '经办', org: 'source', duties: ['handler'] },
        { name: '法务', org: 'source', duties: ['approver'] },
        { name: '负责人', org: 'source', duties: ['handler'] },
        { name: '初审', org: 'registrar', duties: ['handler'] },
        { name: '审定', org: 'registrar', duties: ['approver'] },
        { name: '局', org: 'bureau', duties: ['handler'] },
        { name: '合伙企业经办', org: 'club', duties: ['handler'] },
        { name: '肇庆实施机构经办', org: 'zhaoqingImplementer', duties: ['handler'] },
      ],
    },
  })
  ;[there, zhaoqing] = await Promise.all([team(w, ['经办', '法务', '初审', '初审', '审定', '局']), team(w, 'zhaoqing')])
})
afterAll(async () => {
  await w.close()
  rmSync(dir, { recursive: true })
})

/** Takes an application to a state through the steps this province has. */
const bring = async (
  to: 'ready' | 'submitted' | 'read' | 'released',
  asked: Parameters<typeof start>[1] = {},
): Promise<string> => {
  const id = await start(there.clerk, asked)
  await drive(w, there, id, 'proposed', asked.record ? { resource: { summary: '新简介' } } : {})
  await done(there.boss.act(id, 'businessReview.legal'))
  await done((await w.as('负责人')).act(id, 'businessReview.head'))
  if (to === 'ready') return id
  await drive(w, there, id, 'submitted')
  if (to === 'submitted') return id
  await done(there.desk.act(id, 'accept'))
  await done(there.desk.act(id, 'review.read'))
  if (to === 'read') return id
  await done(there.approver.act(id, 'review.decide'))
  await done(there.approver.act(id, 'release'))
  return id
}

describe('登记细则 第三条 登记范围', () => {
  it('HNR-001 what a place does not register is refused with the article that says what it does', async () => {
    const answer = await there.clerk.send('POST', '/api/applications', { kind: 'first', variant: 'product' })
    expect(answer).toMatchObject({ status: 422, body: { code: 'not_registrable', basis: '《某省规则》第一条' } })
    expect(
      await refusal(
        zhaoqing.clerk.send('POST', '/api/applications', { kind: 'first', variant: 'product', scope: 'other' }),
      ),
    ).toBe('200 done')
  })

  it('HNR-001 what no place registers is no object at all', async () => {
    const answer = await there.clerk.send('POST', '/api/applications', { kind: 'first', variant: 'vehicle' })
    expect(answer.status).toBe(422)
    expect((await there.clerk.list('applications')).total).toBe(0)
  })
})

describe('登记细则 第七条 业务审核', () => {
  it('HNR-023 who signs, and in how many steps, is what the place says', async () => {
    const id = await start(there.clerk)
    await drive(w, there, id, 'proposed')
    expect((await there.clerk.see(id)).stateTerm).toBe('法务审核中')
    expect(await refusal(there.boss.act(id, 'businessReview.head'))).toBe('403 not_yours')
    await done(there.boss.act(id, 'businessReview.legal'))
    expect((await there.clerk.see(id)).stateTerm).toBe('负责人签批中')
    expect(await refusal(there.clerk.act(id, 'submit', { truthful: true, signer: '某' }))).toBe('409 not_now')
    await done((await w.as('负责人')).act(id, 'businessReview.head'))
    expect((await there.clerk.see(id)).stateTerm).toBe('待提交')
  })
})

describe('登记细则 第十二条 公示', () => {
  it('HNR-054 from the day of its release and for as long as the place says, over its own day off', async () => {
    await w.until('2026-03-10')
    const id = await bring('released')
    const [notice] = await done(w.anyone.get<PublicNotice[]>('/api/public/notices'))
    // 11, 13, 16, 17 and 18 March: the 12th is a day off there
    expect(notice).toMatchObject({ id, from: '2026-03-10', to: '2026-03-18', left: 5, basis: '《某省规则》第一条' })
  })

  it('HNR-030 which kinds are noticed is what the place says: here a change goes from review to its end', async () => {
    const application = await bring('released')
    await w.until(after(dueOf(await there.clerk.see(application), 'closeNotice')))
    const record = (await there.clerk.see(application)).links.find((x) => x.process === 'record')!.id
    const change = await bring('read', { kind: 'change', record })
    await done(there.approver.act(change, 'review.decide'))
    expect(await there.clerk.see(change)).toMatchObject({ stateTerm: '待办结' })
    expect((await there.clerk.see(change)).phases.map((p) => p.term)).not.toContain('公示')
    await done(there.approver.act(change, 'complete'))
    expect((await there.clerk.see(record, 'record')).facts.length).toBeGreaterThan(0)
  })

  it('HNR-030 a first registration is always noticed: rules that leave it out are not loaded', () => {
    const { layers } = loadLayers(dir)
    expect(checkPacks(layers)).toEqual([])
    const without = layers.map((l) =>
      l.name === 'elsewhere'
        ? {
            ...l,
            rules: { ...l.rules, 'registration.kinds.first': [value({ term: '首次登记', notice: false })] as never },
          }
        : l,
    )
    expect(checkPacks(without).map((p) => p.where)).toEqual(['elsewhere: registration.kinds.first'])
  })
})

describe('数据条例(草案) 第二十三条', () => {
  it('HNL-041 where the draft is switched on, and there only, a body that is no legal person registers what it holds', async () => {
    const club = await w.as('合伙企业经办')
    expect(await refusal(club.send('POST', '/api/applications', { kind: 'first', scope: 'other' }))).toBe('200 done')
    const c = await club.see((await club.list('applications')).rows[0]!.id)
    expect(c.rules.layers.map((l) => l.title)).toContain('湖南省数据条例（草案）')
  })
})

describe('上位新规定', () => {
  let before: string
  let accepted: string
  let record: string
  let validTo: string
  it('CN-072 a case keeps the rules it was opened under, unless the new ones say that they apply to open cases', async () => {
    await w.until('2026-03-20')
    const r = await bring('released')
    await w.until('2026-03-31')
    record = (await there.clerk.see(r)).links.find((x) => x.process === 'record')!.id
    validTo = (await there.clerk.see(record, 'record')).facts.find((f) => f.term === '有效期至')!.value
    before = await bring('submitted')
    accepted = await bring('submitted')
    await done(there.desk.act(accepted, 'accept'))
    expect((await there.desk.see(before)).due).toMatchObject({ act: 'accept', period: '2 个工作日' })
    const old = dueOf(await there.desk.see(accepted), 'review.read')
    await w.until('2026-04-02')
    // 2 working days stay, 20 have become 30, counted from the same day
    expect((await there.desk.see(before)).due).toMatchObject({ act: 'accept', period: '2 个工作日' })
    const now = await there.desk.see(accepted)
    expect(now.due).toMatchObject({ act: 'review.read', from: '2026-03-31', period: '30 个工作日' })
    expect(now.due!.day > old).toBe(true)
    expect(now.timeline.at(-1)).toMatchObject({ act: 'adoptRules', by: '系统' })
  })

  it('CN-072 what is opened later is under the new rules from its first day', async () => {
    const id = await bring('submitted')
    expect((await there.desk.see(id)).due).toMatchObject({ act: 'accept', period: '1 个工作日' })
  })

  it('CN-072 dates that stand on no period are left alone: a registration does not end earlier for it', async () => {
    const c = await there.clerk.see(record, 'record')
    expect(c.timeline.at(-1)!.act).toBe('adoptRules')
    expect(dueOf(c, 'lapse')).toBe(validTo)
    await w.until('2026-08-03')
    expect((await there.clerk.see(record, 'record')).state).toBe('valid')
  })

  it('CN-072 a later superior text displaces what a yielding city says, and the case shows the conflict', async () => {
    expect((await today(w)) > '2026-05-06').toBe(true)
    const implementer = await w.as('肇庆实施机构经办')
    expect(await refusal(zhaoqing.clerk.send('POST', '/api/applications', { kind: 'first' }))).toBe(
      '422 not_registrant',
    )
    const c = await implementer.see(await start(implementer))
    expect(c.remarks.map((x) => x.says).join()).toContain('被上位新规定取代')
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
