import { randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { setPassword } from '#application'
import { tried } from '#store'
import { asOwner, fingerprint } from '../access/database.ts'
import { hire, signIn, stage, type Seated, type Stage } from '../access/stage.ts'
import { world, type World } from '../world.ts'
import { expectProblem, send } from './problem.ts'

let w: World
let s: Stage
let fund: string
beforeAll(async () => {
  w = await world()
  s = stage(w)
  fund = w.orgs['fund']!
})
afterAll(() => w.close())

const password = 'Geheim-12345'
let person: Seated
let login: string
beforeEach(async () => {
  person = await hire(w, fund, ['handler'], '登录人')
  login = `user-${randomUUID().slice(0, 8)}`
  await setPassword(w.app, person.person, login, password)
})
const enter = async (p: string, totp?: string, as = login) => {
  const r = await w.server.inject({
    method: 'POST',
    url: '/api/session',
    payload: { login: as, password: p, ...(totp ? { totp } : {}) },
  })
  return {
    status: r.statusCode,
    body: r.json<{ code: string; title: string }>(),
    cookie: r.cookies[0] ? `gongshu=${r.cookies[0].value}` : '',
  }
}
const me = async (cookie: string): Promise<number> => (await send(w, { cookie }, 'GET', '/api/session')).status
const sql = (text: string, ...values: unknown[]): Promise<unknown> => asOwner(w, (q) => q.query(text, values))

it('a wrong password, an unknown login, a locked account and a suspended person get one and the same answer', async () => {
  expect((await enter(password)).status).toBe(200)
  const wrong = await enter('falsch')
  const unknown = await enter(password, undefined, 'nobody-here')
  for (let i = 0; i < 6; i++) await enter('falsch')
  const locked = await enter('falsch')
  const lockedRight = await enter(password)
  for (const r of [unknown, locked, lockedRight]) expect({ ...r }).toEqual({ ...wrong })
  expect([wrong.status, wrong.cookie]).toEqual([401, ''])
  expect(wrong.body.title).toMatch(/账号或密码不正确/)
  // the time is up
  await sql(`update gongshu.credential set locked_until = now() - interval '1 second' where login = $1`, login)
  expect((await enter(password)).status).toBe(200)
  await sql(`update gongshu.person set active = false where id = $1`, person.person)
  expect({ ...(await enter(password)) }).toEqual({ ...wrong })
  expect({ ...(await enter(password, undefined, login.toUpperCase())) }).toEqual({ ...wrong })
})

it('five failures lock, and a burst of tries at once gets no more guesses than that', async () => {
  for (let i = 0; i < 4; i++) expect((await enter('falsch')).status).toBe(401)
  expect((await enter(password)).status).toBe(200)
  for (let i = 0; i < 5; i++) await enter('falsch')
  expect((await enter(password)).status).toBe(401)
  await sql('update gongshu.credential set failures = 0, locked_until = null where login = $1', login)
  // a flood of tries is let in before any of it is counted; when the right one among them comes to its end, the account is locked
  expect(await tried(w.app.pool, person.person, true, null)).toBe(true)
  for (let i = 0; i < 5; i++) await tried(w.app.pool, person.person, false, null)
  expect(await tried(w.app.pool, person.person, true, null)).toBe(false)
})

it('many wrong tries at the same moment are all counted', async () => {
  await Promise.all(Array.from({ length: 10 }, () => enter('falsch')))
  const { rows } = await asOwner(w, (q) =>
    q.query<{ n: number; locked: boolean }>(
      'select failures as n, locked_until > now() as locked from gongshu.credential where login = $1',
      [login],
    ),
  )
  expect(rows[0]!.n).toBeGreaterThanOrEqual(5)
  expect(rows[0]!.locked).toBe(true)
  expect((await enter(password)).status).toBe(401)
})

it('a one-time code is asked for, is good once, and cannot be guessed for ever', async () => {
  const first = await enter(password)
  const { secret } = (await send<{ secret: string }>(w, { cookie: first.cookie }, 'POST', '/api/session/totp')).body
  const totp = new TOTP({ issuer: '公数', secret: Secret.fromBase32(secret) })
  for (const code of ['000000', '', 'abcdef', `${totp.generate()}0`])
    expectProblem(await send(w, { cookie: first.cookie }, 'PUT', '/api/session/totp', { secret, code }), code)
  expectProblem(
    await send(w, { cookie: first.cookie }, 'PUT', '/api/session/totp', {
      secret: 'A'.repeat(31),
      code: totp.generate(),
    }),
    'secret',
  )
  const before = totp.generate({ timestamp: Date.now() - 30_000 })
  expect(
    (await send(w, { cookie: first.cookie }, 'PUT', '/api/session/totp', { secret, code: totp.generate() })).status,
  ).toBe(200)
  expect((await enter(password)).body.code).toBe('totp_required')
  expect((await enter('falsch', totp.generate())).body.code).toBe('bad_login')
  expect((await enter(password, '000000')).body.code).toBe('bad_totp')
  const code = totp.generate()
  const all = await Promise.all(Array.from({ length: 8 }, () => enter(password, code)))
  expect(all.filter((r) => r.status === 200).length).toBe(1)
  await sql('update gongshu.credential set failures = 0, locked_until = null where login = $1', login)
  expect((await enter(password, code)).body.code).toBe('bad_totp')
  expect((await enter(password, before)).body.code).toBe('bad_totp')
  await sql('update gongshu.credential set failures = 0, locked_until = null where login = $1', login)
  for (let i = 0; i < 5; i++) await enter(password, '123456')
  expect((await enter(password, totp.generate({ timestamp: Date.now() + 30_000 }))).status).toBe(401)
})

it('an idle session ends, a signed-out one does, and a made-up one never was', async () => {
  const { cookie } = await enter(password)
  expect(await me(cookie)).toBe(200)
  await sql(`update gongshu.session set seen = now() - interval '31 minutes' where person = $1`, person.person)
  expect(await me(cookie)).toBe(401)
  const id = await s.start(fund)
  const expired = await send(w, { cookie }, 'POST', `/api/applications/${id}/actions/withdraw`, {
    input: { reason: 'x' },
  })
  expect([expired.status, expired.body.code]).toEqual([401, 'signed_out'])
  const again = (await enter(password)).cookie
  expect((await send(w, { cookie: again }, 'DELETE', '/api/session')).status).toBe(200)
  expect(await me(again)).toBe(401)
  for (const made of [
    'gongshu=',
    'gongshu=x',
    `gongshu=${'a'.repeat(43)}`,
    `gongshu=${'a'.repeat(5000)}`,
    "gongshu=' or 1=1 --",
    'gongshu=%00',
    `gongshu=${person.token.toString('hex')}`,
    'other=1',
  ])
    expectProblem(await send(w, { cookie: made }, 'GET', '/api/session'), made)
})

it('a change of duties, the end of a post or a suspension ends every session of the person at once', async () => {
  const boss = await s.person(w.orgs['luanBureau']!)
  const act = (process: string, id: string, name: string, input: unknown) =>
    send(w, boss, 'POST', `/api/${process}/${id}/actions/${name}`, { input })
  for (const [process, id, name, input] of [
    ['memberships', person.membership!, 'change', { duties: ['approver'] }],
    ['memberships', person.membership!, 'end', { reason: '调离' }],
  ] as const) {
    const here = [await signIn(w, person.person, fund), await signIn(w, person.person, person.person)]
    for (const x of here) expect(await me(x.cookie)).toBe(200)
    const done = await act(process, id, name, input)
    expect(done.status, done.text).toBe(200)
    for (const x of here) expect(await me(x.cookie)).toBe(401)
  }
  const other = await hire(w, fund, ['handler'], '停用人')
  const authority = await s.person(fund)
  expect(await me(other.cookie)).toBe(200)
  const suspended = await send(w, authority, 'POST', `/api/people/${other.person}/actions/suspend`, {
    input: { reason: '停用' },
  })
  expect(suspended.status, suspended.text).toBe(200)
  expect(await me(other.cookie)).toBe(401)
  // what was the former handler's to do is no longer
  const back = await signIn(w, person.person, person.person)
  const id = await s.start(fund)
  const late = await send(w, back, 'POST', `/api/applications/${id}/actions/withdraw`, { input: { reason: 'x' } })
  expect([late.status, late.body.code]).toEqual([404, 'not_found'])
})

it('nobody changes their own post, and the three officers are three people', async () => {
  const admin = await hire(w, fund, ['admin'], '管理员')
  const own = await send(w, admin, 'POST', `/api/memberships/${admin.membership}/actions/change`, {
    input: { duties: ['admin', 'approver'] },
  })
  expect([own.status, own.body.code]).toEqual([403, 'not_oneself'])
  const other = await hire(w, fund, ['sysadmin'], '系统管理员')
  const two = await send(w, admin, 'POST', `/api/memberships/${other.membership}/actions/change`, {
    input: { duties: ['sysadmin', 'auditadmin'] },
  })
  expect([two.status, two.body.code]).toEqual([403, 'officers_apart'])
  for (const duties of [['king'], [], 'admin', [['admin']], null, { 0: 'admin' }])
    expectProblem(
      await send(w, admin, 'POST', `/api/memberships/${other.membership}/actions/change`, { input: { duties } }),
      JSON.stringify(duties),
    )
})

it('an invitation is good once, for one login, and a login that is taken does not burn it', async () => {
  const admin = await hire(w, fund, ['admin'], '邀请人')
  const invite = async (): Promise<string> =>
    (
      await send<{ invitation: string }>(w, admin, 'POST', `/api/organisations/${fund}/people`, {
        name: '受邀人',
        duties: ['handler'],
      })
    ).body.invitation
      .split('/')
      .at(-1)!
  const secret = await invite()
  const accept = (token: string, as: string, p = password) =>
    send(w, undefined, 'POST', `/api/invitations/${token}`, { login: as, password: p })
  // the login of a person who is no longer active is still theirs
  await sql(`update gongshu.person set active = false where id = $1`, person.person)
  for (const as of [login, login.toUpperCase()]) {
    const taken = await accept(secret, as)
    expect([taken.status, taken.body.code]).toEqual([409, 'duplicate'])
  }
  for (const as of ['', 'a', '王某某某', "x' or 1=1", 'x'.repeat(65), ' spaced name '])
    expectProblem(await accept(secret, as), as)
  for (const weak of ['', 'short', 'alllowercaseletters', '1234567890', 'x'.repeat(129)])
    expectProblem(await accept(secret, 'fresh-login', weak), weak)
  const fresh = `fresh-${randomUUID().slice(0, 8)}`
  const all = await Promise.all([accept(secret, fresh), accept(secret, `${fresh}-2`)])
  expect(all.map((r) => r.status).sort()).toEqual([200, 404])
  expect((await accept(secret, `${fresh}-3`)).status).toBe(404)
  for (const made of ['x', '%00', "' or 1=1", 'a'.repeat(32)])
    expectProblem(await send(w, undefined, 'GET', `/api/invitations/${encodeURIComponent(made)}`), made)
})

interface Parameter {
  readonly in: string
  readonly name: string
  readonly required?: boolean
  readonly schema: { readonly enum?: string[]; readonly format?: string }
}

it('without a session every route that needs one says so and does nothing', async () => {
  const id = await s.start(fund)
  const before = await fingerprint(w)
  const { paths } = (
    await send<{ paths: Record<string, Record<string, { parameters?: Parameter[] }>> }>(
      w,
      undefined,
      'GET',
      '/api/openapi.json',
    )
  ).body
  let n = 0
  for (const [path, methods] of Object.entries(paths)) {
    if (
      /^\/(log|gongshu-verify|api\/(public|demo|invitations|clock))\b/.test(path) ||
      path === '/api/people/sign-up' ||
      // an empty sheet, the same for everybody
      path === '/api/items/template.xlsx' ||
      path === '/api/session'
    )
      continue
    for (const [method, { parameters = [] }] of Object.entries(methods)) {
      const url = path
        .replace('{collection}', path.endsWith('/draft') ? 'plans' : 'items')
        .replace('{id}', id)
        .replace('{file}', id)
        .replace('{seq}', '1')
        .replace('{format}', 'csv')
        .replace('{action}', 'withdraw')
      const body: Record<string, unknown> = {
        kind: 'first',
        debtor: id,
        application: id,
        case: id,
        rev: 0,
        content: {},
        name: '某',
        duties: ['admin'],
        org: id,
        upTo: 1,
        secret: 'x',
        code: '1',
        input: {},
        items: [],
      }
      const asked = parameters
        .filter((p) => p.in === 'query' && p.required)
        .map((p) => `${p.name}=${encodeURIComponent(p.schema.enum?.[0] ?? (p.schema.format === 'uuid' ? id : '1'))}`)
      const query = /form$/.test(path) ? `?kind=first&application=${id}` : `?${asked.join('&')}`
      const r = await send(
        w,
        undefined,
        method.toUpperCase() as 'GET',
        url + query,
        method === 'get' ? undefined : path === '/api/batches/{id}/upload' ? { name: '某.csv', size: 1 } : body,
        method === 'patch'
          ? { 'upload-offset': '0', 'upload-digest': '0'.repeat(64), 'content-type': 'application/octet-stream' }
          : {},
      )
      expect([path, method, r.status, r.body.code]).toEqual([path, method, 401, 'signed_out'])
      n++
    }
  }
  expect(n).toBeGreaterThan(20)
  expect(await fingerprint(w)).toEqual(before)
})
