import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ActionView, CaseView } from '#contract'
import { fingerprint } from '../access/database.ts'
import { hire, load, stage, type Seated, type Stage } from '../access/stage.ts'
import { fill, world, type World } from '../world.ts'
import { expectProblem, send } from './problem.ts'

let w: World
let s: Stage
let fund: string
let clerk: Seated
let stranger: Seated
let citizen: Seated
let item: string
beforeAll(async () => {
  w = await world({ lists: true })
  s = stage(w)
  fund = w.orgs['fund']!
  clerk = await s.person(fund)
  stranger = await s.person(w.orgs['transport']!)
  citizen = await s.citizen()
  const items = await send<{ rows: { id: string }[] }>(w, clerk, 'GET', '/api/items?q=公积金')
  item = items.body.rows[0]!.id
})
afterAll(() => w.close())

const act = (who: Seated, id: string, name: string, input?: unknown, process = 'applications') =>
  send(w, who, 'POST', `/api/${process}/${id}/actions/${name}`, { input })

it('HNR-016 the ids of another organisation open nothing: no case, draft, file, item, record, obligation or person', async () => {
  const application = await s.start(fund)
  await send(w, clerk, 'PUT', `/api/applications/${application}/draft`, {
    rev: 0,
    content: { resource: { name: '未公开' } },
  })
  const record = await s.record(fund)
  const obligation = await s.oblige(fund, w.orgs['luanBureau']!)
  const file = await s.file(clerk)
  const others = [stranger, citizen, await s.person(w.orgs['hunanRegistrar']!), await s.person(w.orgs['platform']!)]
  const before = await fingerprint(w)
  for (const who of others) {
    for (const url of [
      `/api/applications/${application}`,
      `/api/records/${record}`,
      `/api/obligations/${obligation}`,
      `/api/items/${item}`,
      `/api/organisations/${fund}`,
      `/api/people/${clerk.person}`,
      `/api/memberships/${clerk.membership}`,
      `/api/files/${file}`,
      `/api/files/${file}?case=${application}`,
    ]) {
      // a platform administrator looks after the bureaus, not after this one
      const r = await send(w, who, 'GET', url)
      expect([who.who, url, r.status, r.body.code]).toEqual([who.who, url, 404, 'not_found'])
      expectProblem(r, url)
    }
    const draft = await send<{ rev: number }>(w, who, 'GET', `/api/applications/${application}/draft`)
    expect([draft.status, draft.body]).toEqual([200, { rev: 0, content: {}, files: {} }])
    const saved = await send(w, who, 'PUT', `/api/applications/${application}/draft`, { rev: 1, content: {} })
    expect([saved.status, saved.body.code]).toEqual([404, 'not_found'])
    const people = await send(w, who, 'GET', `/api/organisations/${fund}/people`)
    expect([people.status, people.body.code]).toEqual([403, 'not_yours'])
    const invited = await send(w, who, 'POST', `/api/organisations/${fund}/people`, { name: '内应', duties: ['admin'] })
    expect([invited.status, invited.body.code]).toEqual([403, 'not_yours'])
    const acting = await send(w, who, 'POST', '/api/session/acting', { org: fund })
    expect([acting.status, acting.body.code]).toEqual([403, 'not_yours'])
    for (const body of [
      { kind: 'first', item, scope: 'other' },
      { kind: 'first', record, scope: 'other' },
      { kind: 'first', item: application, scope: 'other' },
      { kind: 'first', obligation, scope: 'other' },
      { kind: 'change', record: application },
      { kind: 'change', record },
      { kind: 'deregistration', record },
      { kind: 'renewal', record },
    ]) {
      const r = await send(w, who, 'POST', '/api/applications', body)
      expect([who.who, body, r.status < 500 && r.status >= 400]).toEqual([who.who, body, true])
      expectProblem(r, JSON.stringify(body))
    }
  }
  // a case under the name of another process is not there either, even for its own parties
  for (const process of ['records', 'objections', 'obligations', 'items', 'organisations', 'memberships']) {
    const r = await act(clerk, application, 'deposit', {}, process)
    expect([process, r.status, r.body.code]).toEqual([process, 404, 'not_found'])
    expect((await send(w, clerk, 'GET', `/api/${process}/${application}`)).status).toBe(404)
  }
  expect(await fingerprint(w)).toEqual(before)
})

it('no first registration in the name of another, and no duty of another is met by one’s own application', async () => {
  const record = await s.record(fund)
  const obligation = await s.oblige(fund, w.orgs['luanBureau']!)
  const luan = await s.person(w.orgs['luanBureau']!)
  const before = await fingerprint(w)
  for (const who of [stranger, luan, clerk]) {
    const r = await send(w, who, 'POST', '/api/applications', { kind: 'first', record, scope: 'other' })
    expect([r.status, Object.keys(r.body.fields ?? {})]).toEqual([422, ['record']])
  }
  // the bureau reads the item, but does not hold it
  const claimed = await send(w, luan, 'POST', '/api/applications', { kind: 'first', item, scope: 'other' })
  expect([claimed.status, claimed.body.code]).toEqual([404, 'not_found'])
  // it reads the obligation, but does not owe it; nor is a record an obligation
  for (const o of [obligation, record]) {
    const r = await send(w, luan, 'POST', '/api/applications', { kind: 'first', obligation: o, scope: 'other' })
    expect([r.status, r.body.code]).toEqual([404, 'not_found'])
  }
  expect(await fingerprint(w)).toEqual(before)
  expect((await load(w, obligation)).at).toBe('open')
})

it('HNR-016 a file of another is neither named in a form nor fetched through a case that mentions it', async () => {
  const secret = await s.file(clerk)
  const own = await s.start(w.orgs['transport']!)
  const lawful = await s.file(stranger)
  // named where a file belongs
  const deposit = await act(stranger, own, 'deposit', {
    method: 'files',
    files: [secret],
    coverage: '全量',
    custody: 'self',
  })
  expect([deposit.status, Object.keys(deposit.body.fields ?? {})]).toEqual([422, ['files']])
  // mentioned where words belong
  const form = (await send<CaseView>(w, stranger, 'GET', `/api/applications/${own}`)).body.actions.find(
    (a) => a.act === 'propose',
  )!
  const input = fill(form.schema, lawful, { risk: { report: lawful }, resource: { summary: secret } } as never)
  const said = await act(stranger, own, 'propose', input)
  expect(said.status, said.text).toBe(200)
  const before = await send(w, stranger, 'GET', `/api/files/${lawful}?case=${own}`)
  expect(before.status).toBe(200)
  const fetched = await send(w, stranger, 'GET', `/api/files/${secret}?case=${own}`)
  expect([fetched.status, fetched.body.code]).toEqual([404, 'not_found'])
  // and the same through an objection, which anyone may file
  const noticed = await s.bring(await s.start(fund), 'publicised')
  await s.object(noticed, citizen)
  const objection = (await send<ActionView>(w, citizen, 'GET', `/api/objections/form?application=${noticed}`)).body
  const own2 = await s.file(citizen)
  const foreign = await send(w, citizen, 'POST', '/api/objections', {
    application: noticed,
    input: fill(objection.schema, secret),
  })
  expect([foreign.status, Object.keys(foreign.body.fields ?? {})]).toEqual([422, ['evidence']])
  const filed = await send<{ id: string }>(w, citizen, 'POST', '/api/objections', {
    application: noticed,
    input: fill(objection.schema, own2, { reason: `见 ${secret}` }),
  })
  expect(filed.status, filed.text).toBe(200)
  const through = await send(w, citizen, 'GET', `/api/files/${secret}?case=${filed.body.id}`)
  expect([through.status, through.body.code]).toEqual([404, 'not_found'])
  // what is rightly there is there for those who read the case
  const registrar = await s.person(w.orgs['luanRegistrar']!)
  expect((await send(w, registrar, 'GET', `/api/files/${own2}?case=${filed.body.id}`)).status).toBe(200)
  const record = await s.record(fund)
  await w.settle()
  const { certificate } = (await send<CaseView>(w, clerk, 'GET', `/api/records/${record}`)).body
  expect((await send(w, clerk, 'GET', `/api/files/${certificate!.file}?case=${record}`)).status).toBe(200)
  expect((await send(w, stranger, 'GET', `/api/files/${certificate!.file}?case=${record}`)).status).toBe(404)
})

it('nobody is given what only the platform may give', async () => {
  const boss = await s.person(w.orgs['luanBureau']!)
  const sub = await s.organisation(w.orgs['luanBureau']!)
  const before = await fingerprint(w)
  const r = await act(boss, sub, 'appoint', { role: 'platform', document: '自封' }, 'organisations')
  expectProblem(r, 'platform')
  expect(r.status).toBe(403)
  for (const division of ['430000', '440000', '000000', '340000', '35000', 'x', '', null, 341500, ['341500'], { a: 1 }])
    expectProblem(
      await send(w, boss, 'POST', '/api/organisations', { input: { name: '越界单位', form: 'organ', division } }),
      `division ${JSON.stringify(division)}`,
    )
  expect(await fingerprint(w)).toEqual(before)
})

it('HNR-018 one organisation’s auditor does not read another’s log', async () => {
  const auditor = await hire(w, fund, ['auditor'], '公积金审计')
  const luan = await hire(w, w.orgs['luanBureau']!, ['auditor'], '六安审计')
  const false_ = await hire(w, fund, ['auditadmin'], '冒充审计管理员')
  await send(w, stranger, 'GET', '/api/tasks')
  await send(w, clerk, 'GET', '/api/tasks')
  await send(w, await s.person(w.orgs['hunanRegistrar']!), 'GET', '/api/tasks')
  const seen = async (who: Seated): Promise<ReadonlySet<string>> =>
    new Set((await send<{ org: string }[]>(w, who, 'GET', '/api/access')).body.map((r) => r.org))
  expect(await seen(auditor)).toEqual(new Set([fund]))
  expect(await seen(false_)).toEqual(new Set())
  const territory = await seen(luan)
  expect(territory.has(fund) && territory.has(stranger.org)).toBe(true)
  expect(territory.has(w.orgs['hunanRegistrar']!)).toBe(false)
})

it('who records a duty of another is a body, not a passer-by', async () => {
  const before = await fingerprint(w)
  const paper = await s.file(citizen)
  const { day } = (await send<{ day: string }>(w, undefined, 'GET', '/api/clock')).body
  const r = await send(w, citizen, 'POST', '/api/obligations', {
    kind: 'first',
    debtor: fund,
    input: { factDay: day, fact: '听说', object: '对象', files: [paper] },
  })
  expectProblem(r, 'citizen')
  expect(r.status).toBe(403)
  expect({ ...(await fingerprint(w)), file: '' }).toEqual({ ...before, file: '' })
})
