import { v4 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asOwner, fingerprint } from '../access/database.ts'
import { load, stage, type Seated, type Stage } from '../access/stage.ts'
import { drainJobs } from '#application'
import { world, type World } from '../world.ts'
import { expectProblem, send } from './problem.ts'

let w: World
let s: Stage
let fund: string
let clerk: Seated
let registrar: Seated
beforeAll(async () => {
  w = await world({ noIssuer: true })
  s = stage(w)
  fund = w.orgs['fund']!
  clerk = await s.person(fund)
  registrar = await s.person(w.orgs['luanRegistrar']!)
})
afterAll(() => w.close())

const act = (
  who: Seated,
  id: string,
  name: string,
  input?: unknown,
  headers: Record<string, string | string[]> = {},
  process = 'applications',
) =>
  send<{ id: string; state: string; version: number; code: string; title: string }>(
    w,
    who,
    'POST',
    `/api/${process}/${id}/actions/${name}`,
    { input },
    headers,
  )
const events = (id: string): Promise<number> =>
  asOwner(w, async (q) =>
    Number((await q.query('select count(*) as n from gongshu.event where stream = $1', [id])).rows[0].n),
  )

it('every write needs a name of its own, and only a UUID is one', async () => {
  const id = await s.bring(await s.start(fund), 'ready')
  const before = await fingerprint(w)
  for (const key of [
    '',
    'x',
    '1',
    `${v4()}, ${v4()}`,
    v4().replaceAll('-', ''),
    `${v4()}'`,
    '00000000-0000-0000-0000-00000000000g',
  ])
    expectProblem((await act(clerk, id, 'reopen', {}, { 'idempotency-key': key })) as never, `key ${key}`)
  const twice = await act(clerk, id, 'reopen', {}, { 'idempotency-key': [v4(), v4()] })
  expect([twice.status, twice.body.code]).toEqual([422, 'no_key'])
  expect(await fingerprint(w)).toEqual(before)
})

it('a request sent again is answered again and done once, one after the other or all at once', async () => {
  const id = await s.bring(await s.start(fund), 'ready')
  const n = await events(id)
  const key = { 'idempotency-key': v4() }
  const first = await act(clerk, id, 'reopen', {}, key)
  expect(first.status).toBe(200)
  expect(await act(clerk, id, 'reopen', {}, { 'idempotency-key': key['idempotency-key'].toUpperCase() })).toEqual(first)
  expect(await events(id)).toBe(n + 1)
  // the key is spent: neither another act nor another person can ride on it
  for (const again of [
    await act(clerk, id, 'withdraw', { reason: '不同的事' }, key),
    await act(registrar, id, 'accept', {}, key),
  ])
    expect(again.status).toBeGreaterThanOrEqual(400)
  expect(await events(id)).toBe(n + 1)

  const id2 = await s.bring(await s.start(fund), 'ready')
  const same = { 'idempotency-key': v4() }
  const all = await Promise.all(Array.from({ length: 20 }, () => act(clerk, id2, 'reopen', {}, same)))
  expect(new Set(all.map((r) => `${r.status} ${r.text}`)).size).toBe(1)
  expect(all[0]!.status).toBe(200)

  const start = { 'idempotency-key': v4() }
  const body = { kind: 'first', variant: 'resource', scope: 'authorized' }
  const opened = await Promise.all(
    Array.from({ length: 10 }, () => send<{ id: string }>(w, clerk, 'POST', '/api/applications', body, start)),
  )
  expect(new Set(opened.map((r) => r.text)).size).toBe(1)
  expect(opened[0]!.status).toBe(200)
})

it('a double click does it once: of twenty identical acts one becomes an event', async () => {
  for (const [state, name, who] of [
    ['ready', 'reopen', clerk],
    ['submitted', 'accept', registrar],
    ['submitted', 'withdraw', clerk],
  ] as const) {
    const id = await s.bring(await s.start(fund), state)
    const n = await events(id)
    const all = await Promise.all(
      Array.from({ length: 20 }, () => act(who, id, name, name === 'withdraw' ? { reason: '重复点击' } : {})),
    )
    expect(all.filter((r) => r.status === 200).length, name).toBe(1)
    for (const r of all.filter((x) => x.status !== 200)) {
      expectProblem(r as never, name)
      expect(r.status).toBe(409)
    }
    expect(await events(id)).toBe(n + 1)
  }
})

it('what was seen before another acted is refused, and so is a version that never was', async () => {
  const id = await s.bring(await s.start(fund), 'ready')
  const { version } = await load(w, id)
  for (const tag of [`"${version - 1}"`, `"${version + 1}"`, '"0"']) {
    const r = await act(clerk, id, 'reopen', {}, { 'if-match': tag })
    expect([r.status, r.body.code]).toEqual([409, 'stale'])
  }
  for (const tag of ['*', 'W/"1"', '-1', '1e3', '"99999999999"', `"${version}", "2"`]) {
    const r = await act(clerk, id, 'reopen', {}, { 'if-match': tag })
    expect([tag, r.status, r.body.code]).toEqual([tag, 422, 'invalid'])
  }
  expect((await load(w, id)).version).toBe(version)
  expect((await act(clerk, id, 'reopen', {}, { 'if-match': `"${version}"` })).status).toBe(200)
})

it('steps out of their order are refused by the state the case is in', async () => {
  const id = await s.start(fund)
  const before = await fingerprint(w)
  for (const [who, name] of [
    [clerk, 'submit'],
    [clerk, 'resubmit'],
    [clerk, 'businessReview.signoff'],
    [registrar, 'accept'],
    [registrar, 'review.check'],
    [registrar, 'review.recheck'],
    [registrar, 'release'],
    [registrar, 'code'],
  ] as const) {
    const r = await act(who, id, name)
    expect([name, r.status, r.body.code]).toEqual([name, 409, 'not_now'])
  }
  expect(await fingerprint(w)).toEqual(before)
})

it('who did the step before cannot approve it', async () => {
  const id = await s.bring(await s.start(fund), 'businessReview.signoff')
  const own = await act(clerk, id, 'businessReview.signoff')
  expect([own.status, own.body.code]).toEqual([403, 'same_person'])
  await s.bring(id, 'review.recheck')
  const checked = await act(registrar, id, 'review.recheck', { items: [{ group: '材料', result: 'pass' }] })
  expect([checked.status, checked.body.code]).toEqual([403, 'same_person'])
})

it('two browsers on one draft: the second to save is told, and nothing is overwritten', async () => {
  const id = await s.start(fund)
  const save = (rev: number, name: string) =>
    send<{ rev: number; code: string }>(w, clerk, 'PUT', `/api/applications/${id}/draft`, {
      rev,
      content: { resource: { name } },
    })
  const kept = async (): Promise<unknown> =>
    (await send<{ rev: number; content: unknown }>(w, clerk, 'GET', `/api/applications/${id}/draft`)).body
  const firsts = await Promise.all(Array.from({ length: 10 }, (_, i) => save(0, `第${i}个窗口`)))
  expect(firsts.filter((r) => r.status === 200).length).toBe(1)
  const won = firsts.findIndex((r) => r.status === 200)
  expect(await kept()).toMatchObject({ rev: 1, content: { resource: { name: `第${won}个窗口` } } })
  expect((await save(1, '甲')).status).toBe(200)
  const late = await save(1, '乙')
  expect([late.status, late.body.code]).toEqual([409, 'stale'])
  for (const rev of [-1, 2 ** 31, 2 ** 53, 0.5]) expectProblem((await save(rev, '丙')) as never, `rev ${rev}`)
  expect(await kept()).toMatchObject({ rev: 2, content: { resource: { name: '甲' } } })
})

it('HNR-028 the same data submitted twice at the same moment is pending once', async () => {
  const file = await s.file(clerk)
  const twins = await Promise.all(
    [0, 1, 2].map(async () => {
      const id = await s.start(fund)
      await s.perform(id, 'deposit', { method: 'files', files: [file] })
      return s.bring(id, 'ready')
    }),
  )
  const all = await Promise.all(twins.map((id) => act(clerk, id, 'submit', { truthful: true, signer: '王某' })))
  expect(all.map((r) => r.status).sort()).toEqual([200, 409, 409])
  expect(new Set(all.map((r) => r.body.code))).toEqual(new Set([undefined, 'duplicate']))
})

it('HNR-061 HNR-062 one code given to two applications at the same moment goes to one', async () => {
  const ids = [await s.bring(await s.start(fund), 'coding'), await s.bring(await s.start(fund), 'coding')]
  const all = await Promise.all(ids.map((id) => act(registrar, id, 'code', { code: 'SAME-CODE-0001' })))
  expect(all.map((r) => r.status).sort()).toEqual([200, 409])
  expect(all.find((r) => r.status === 409)!.body.code).toBe('code_taken')
  const lost = ids[all.findIndex((r) => r.status === 409)]!
  expect((await load(w, lost)).at).toBe('coding')
  // and a second code for the coded one is not given either
  const again = await act(registrar, ids[all.findIndex((r) => r.status === 200)]!, 'code', { code: 'OTHER-CODE-1' })
  expect([again.status, again.body.code]).toEqual([409, 'not_now'])
  await drainJobs(w.app)
  const certificates = await asOwner(
    w,
    async (q) => (await q.query(`select count(*)::int as n from gongshu.event where type = 'record/certify'`)).rows[0],
  )
  expect(certificates).toEqual({ n: 1 })
})

it('an invitation asked for twice enrols one person, and one refused enrols nobody', async () => {
  const boss = await s.person(w.orgs['platform']!)
  const people = async (): Promise<number> =>
    asOwner(w, async (q) => Number((await q.query('select count(*) as n from gongshu.person')).rows[0].n))
  const n = await people()
  const url = `/api/organisations/${w.orgs['platform']}/people`
  const key = { 'idempotency-key': v4() }
  const body = { name: '新人', duties: ['handler'] }
  const first = await send<{ id: string; invitation: string }>(w, boss, 'POST', url, body, key)
  const again = await send<{ id: string; invitation: string }>(w, boss, 'POST', url, body, key)
  expect([first.status, again.status, again.body.id]).toEqual([200, 200, first.body.id])
  expect(await people()).toBe(n + 1)
  const path = (x: { invitation: string }): string => `/api/invitations/${x.invitation.split('/').at(-1)}`
  expect([
    (await send(w, undefined, 'GET', path(first.body))).status,
    (await send(w, undefined, 'GET', path(again.body))).status,
  ]).toEqual([404, 200])
  for (const duties of [['sysadmin', 'secadmin'], ['king'], [], ['handler', 'handler', 'x']])
    expectProblem(await send(w, boss, 'POST', url, { name: '新人', duties }), `duties ${duties.join()}`)
  expectProblem(await send(w, boss, 'POST', url, { name: '\u202e人', duties: ['handler'] }), 'name')
  expect(await people()).toBe(n + 1)
})

it('a page of another site cannot write in the name of the one who visits it', async () => {
  const id = await s.bring(await s.start(fund), 'ready')
  const before = await fingerprint(w)
  for (const origin of [
    'http://evil.test',
    'null',
    'http://',
    'https://localhost:80.evil.test',
    'file://',
    'javascript:1',
    'http://gongshu.test.evil.test',
  ])
    for (const r of [
      await act(clerk, id, 'reopen', {}, { origin }),
      await send(w, undefined, 'POST', '/api/session', { login: 'a', password: 'b' }, { origin }),
    ]) {
      expect([origin, r.status, r.body.code]).toEqual([origin, 403, 'not_yours'])
      expectProblem(r as never, origin)
    }
  expect(await fingerprint(w)).toEqual(before)
  expect((await act(clerk, id, 'reopen', {}, { origin: 'http://localhost:3000', host: 'localhost:3000' })).status).toBe(
    200,
  )
})

it('HNR-060 two objections dismissed at the same moment let the application go on', async () => {
  const id = await s.bring(await s.start(fund), 'publicised')
  const both = [await s.object(id), await s.object(id)]
  await s.perform(id, 'holdForObjection')
  const approver = await s.person(w.orgs['luanRegistrar']!, 1)
  const tries = async (): Promise<number[]> =>
    (
      await Promise.all(both.map((o) => act(approver, o, 'handling.review', { reason: '查无实据' }, {}, 'objections')))
    ).map((r) => r.status)
  for (let i = 0; i < 5 && (await load(w, id)).at === 'objected'; i++) await tries()
  expect((await Promise.all(both.map((o) => load(w, o)))).map((o) => o.at)).toEqual(['dismissed', 'dismissed'])
  expect((await load(w, id)).at).toBe('coding')
})

it('characters that no text in the database can hold are refused in a path and in a query, as in a body', async () => {
  for (const path of [
    '/log/%00/checkpoint',
    '/log/register/%00',
    '/api/public/items/%00',
    '/api/public/items?q=%00',
    '/api/public/items?q=%ED%A0%80',
  ])
    for (const who of [undefined, clerk]) {
      const r = await send(w, who, 'GET', path)
      if (r.status !== 200) expectProblem(r, path)
      expect(r.status, path).toBeLessThan(500)
    }
  expect((await send(w, undefined, 'GET', '/log/%00/checkpoint')).status).toBe(422)
})
