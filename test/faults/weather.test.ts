import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { v4 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections, drainJobs, openApp, type App } from '#application'
import { buildServer } from '#http'
import { inspectSeal, lists, renderCertificate } from '#interop'
import { fileStore, loadMasterKey } from '#store'
import { asOwner, fingerprint } from '../access/database.ts'
import { load, stage, type Seated, type Stage } from '../access/stage.ts'
import { send } from '../hostile/problem.ts'
import { pdf, world, type World } from '../world.ts'

let w: World
let s: Stage
let clerk: Seated
let dir: string
beforeAll(async () => {
  w = await world()
  s = stage(w)
  clerk = await s.person(w.orgs['fund']!)
  dir = mkdtempSync(join(tmpdir(), 'gongshu-weather-'))
})
afterAll(async () => {
  await w.close()
  rmSync(dir, { recursive: true, force: true })
})

/** A line to the database that can be slow, hold its breath, or be torn. */
const line = async (url: string) => {
  const { host, port } = new pg.Client({ connectionString: url })
  const sockets = new Set<Socket>()
  const weather = { delay: 0, held: false, down: false }
  const pass = (from: Socket, to: Socket): void => {
    // one after the other: what was sent first arrives first
    let last = Promise.resolve()
    from.on('data', (chunk) => {
      last = last.then(async () => {
        if (weather.delay > 0) await sleep(weather.delay)
        while (weather.held && !to.destroyed) await sleep(10)
        if (!to.destroyed) to.write(chunk)
      })
    })
    from.on('close', () => void last.then(() => to.destroy()))
    from.on('error', () => to.destroy())
    sockets.add(from)
  }
  const server = createServer((near) => {
    if (weather.down) return void near.destroy()
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    pass(near, far)
    pass(far, near)
  })
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r))
  const through = new URL(url)
  through.search = ''
  const { port: at } = server.address() as { port: number }
  return {
    url: `postgres://${through.username}${through.password ? `:${through.password}` : ''}@127.0.0.1:${at}${through.pathname}`,
    weather,
    tear: () => {
      for (const x of sockets) x.destroy()
      sockets.clear()
    },
    close: async () => {
      for (const x of sockets) x.destroy()
      await new Promise((r) => server.close(r))
    },
  }
}
const eventsOf = (id: string): Promise<number> =>
  asOwner(w, async (q) =>
    Number((await q.query('select count(*) as n from gongshu.event where stream = $1', [id])).rows[0].n),
  )

it('a slow database makes people wait and a torn line makes them ask again; nothing is lost or done twice', async () => {
  const wire = await line(w.url)
  const app = await openApp({
    databaseUrl: wire.url,
    dataDir: dir,
    url: 'http://gongshu.test',
    lists,
    inspectSeal,
    renderCertificate,
    connections: 4,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  const far: World = { ...w, app, server: await buildServer(app) }
  const act = (id: string, name: string, key: string) =>
    send<{ title: string; status: number }>(
      far,
      clerk,
      'POST',
      `/api/applications/${id}/actions/${name}`,
      {},
      { 'idempotency-key': key },
    )
  const ready = async (): Promise<string> => s.bring(await s.start(w.orgs['fund']!), 'ready')

  wire.weather.delay = 40
  const slow = await Promise.all([ready(), ready(), ready(), ready()])
  const answers = await Promise.all(slow.flatMap((id) => [act(id, 'reopen', v4()), act(id, 'reopen', v4())]))
  expect(answers.map((r) => r.status).sort()).toEqual([200, 200, 200, 200, 409, 409, 409, 409])

  // it holds its breath in the middle of everything, and everything goes on where it was
  wire.weather.delay = 0
  const held = await ready()
  const before = await eventsOf(held)
  wire.weather.held = true
  const waiting = act(held, 'reopen', v4())
  await sleep(1500)
  expect(await eventsOf(held)).toBe(before)
  wire.weather.held = false
  expect((await waiting).status).toBe(200)
  expect(await eventsOf(held)).toBe(before + 1)

  // torn at moments spread over the whole of a request: the answer may be lost, the act is done once or not at all
  let lost = 0
  let survived = 0
  let done = 0
  for (let after = 0; after < 120; after += 5) {
    const id = await ready()
    const n = await eventsOf(id)
    const key = v4()
    wire.weather.delay = 2
    const first = act(id, 'reopen', key)
    await sleep(after)
    wire.tear()
    const r = await first
    if (r.status === 200) survived++
    else {
      lost++
      done += (await eventsOf(id)) - n
      expect([r.status, r.body.status]).toEqual([500, 500])
      expect(r.body.title).toMatch(/系统出错/)
    }
    wire.weather.delay = 0
    let again = await act(id, 'reopen', key)
    for (let tries = 0; again.status === 500 && tries < 5; tries++) again = await act(id, 'reopen', key)
    expect(again.status).toBe(200)
    expect(await eventsOf(id)).toBe(n + 1)
  }
  console.log(`torn lines: ${lost} answers lost (of ${done} acts that were done), ${survived} came through`)
  expect(lost).toBeGreaterThan(0)

  // gone altogether, and back
  wire.weather.down = true
  wire.tear()
  expect((await far.server.inject('/healthz')).statusCode).toBe(503)
  expect((await send(far, clerk, 'GET', '/api/applications')).status).toBe(500)
  wire.weather.down = false
  expect((await far.server.inject('/healthz')).statusCode).toBe(200)
  expect((await send(far, clerk, 'GET', '/api/applications')).status).toBe(200)
  await far.server.close()
  await app.close()
  await wire.close()
  expect((await checkProjections(w.app)).differences).toEqual([])
}, 60_000)

const small = process.getuid?.() === 0 && process.platform === 'linux'
it.skipIf(!small)(
  'a full file store refuses the upload whole: no row without a file, no file without a row, and room again is all it needs',
  async () => {
    const mount = join(dir, 'small')
    mkdirSync(mount)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount])
    try {
      const files = await fileStore({ dir: join(mount, 'files'), masterKey: await loadMasterKey(dir) })
      const app: App = { ...w.app, files, log: { ...w.app.log, error: () => undefined } }
      const full: World = { ...w, app, server: await buildServer(app) }
      const upload = (bytes: Buffer) =>
        send<{ id: string; title: string }>(
          full,
          clerk,
          'POST',
          '/api/files',
          Buffer.concat([
            Buffer.from('--XX\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'),
            bytes,
            Buffer.from('\r\n--XX--\r\n'),
          ]),
          { 'content-type': 'multipart/form-data; boundary=XX' },
        )
      const rows = (): Promise<number> =>
        asOwner(w, async (q) => Number((await q.query('select count(*) as n from gongshu.file')).rows[0].n))
      const n = await rows()
      let kept = 0
      let refused = 0
      const ids: string[] = []
      for (let i = 0; i < 6; i++) {
        const r = await upload(pdf('x'.repeat(900_000)))
        if (r.status === 200) {
          kept++
          ids.push(r.body.id)
        } else {
          refused++
          expect(r.body.title).toMatch(/[一-鿿]{3}/)
        }
      }
      expect([kept > 0, refused > 0]).toEqual([true, true])
      expect(await rows()).toBe(n + kept)
      for (const id of ids)
        expect(
          (await full.server.inject({ url: `/api/files/${id}`, headers: { cookie: clerk.cookie } })).rawPayload.length,
        ).toBeGreaterThan(900_000)
      // an act that needs no file goes on
      const id = await s.bring(await s.start(w.orgs['fund']!), 'ready')
      expect((await send(full, clerk, 'POST', `/api/applications/${id}/actions/reopen`, {})).status).toBe(200)
      // filled up to the last byte by something else, a certificate waits and is issued once there is room
      writeFileSync(join(mount, 'ballast'), Buffer.alloc(100))
      execFileSync('sh', ['-c', `cat /dev/zero > ${join(mount, 'ballast')} 2>/dev/null || true`])
      const record = await stage({ ...w, app: { ...app, files: w.app.files } }).record(w.orgs['fund']!)
      await drainJobs(app)
      const issued = (): Promise<number> =>
        asOwner(w, async (q) =>
          Number(
            (
              await q.query(`select count(*) as n from gongshu.event where stream = $1 and type = 'record/certify'`, [
                record,
              ])
            ).rows[0].n,
          ),
        )
      expect(await issued()).toBe(0)
      rmSync(join(mount, 'ballast'))
      await asOwner(w, (q) => q.query(`update gongshu.outbox set due = now() where done is null`))
      await drainJobs(app)
      expect(await issued()).toBe(1)
      await full.server.close()
    } finally {
      execFileSync('umount', ['-l', mount])
    }
    expect((await checkProjections(w.app)).differences).toEqual([])
  },
  60_000,
)
if (!small) console.log('full file store: 1 test skipped, it needs root to mount a small disk')

it('a real clock that jumps back or forth disorders no case: versions, days and deadlines go by the legal clock', async () => {
  let offset = 0
  const app: App = { ...w.app, now: () => new Date(Date.now() + offset).toISOString() }
  const odd: World = { ...w, app, server: await buildServer(app) }
  const t = stage(odd)
  const before = await fingerprint(w)
  const jumps = [0, -3_600_000, 86_400_000 * 400, -86_400_000 * 800, 1, -1, 86_400_000 * 36_500, 0]
  let turn = 0
  const jump = (): void => void (offset = jumps[turn++ % jumps.length]!)
  const id = await t.start(w.orgs['fund']!)
  for (const state of [
    'businessReview.signoff',
    'ready',
    'submitted',
    'review.check',
    'review.recheck',
    'announcing',
    'publicised',
  ]) {
    jump()
    await t.bring(id, state)
  }
  const events = await asOwner(
    w,
    async (q) =>
      (
        await q.query<{ seq: number; day: string }>(
          'select seq, day::text from gongshu.event where stream = $1 order by seq',
          [id],
        )
      ).rows,
  )
  expect(events.map((e) => e.seq)).toEqual(events.map((_e, i) => i + 1))
  expect([...events.map((e) => e.day)].sort()).toEqual(events.map((e) => e.day))
  // sessions and leases are counted by the database's clock: a jump neither ends nor prolongs them
  offset = 86_400_000 * 365
  expect((await send(odd, clerk, 'GET', '/api/session')).status).toBe(200)
  expect((await load(w, id)).at).toBe('publicised')
  expect((await checkProjections(w.app)).differences).toEqual([])
  expect(before['event']).toBeTruthy()
  await odd.server.close()
})

it('where the legal day is the real day, a clock set back does not date an act before the one it follows', async () => {
  // a database that is no demo: the legal day is the day in Shanghai
  await asOwner(w, (q) => q.query('update gongshu.clock set day = null'))
  let real = Date.parse('2026-11-02T15:59:58Z')
  const app: App = { ...w.app, now: () => new Date(real).toISOString() }
  const t = stage({ ...w, app })
  const id = await t.start(w.orgs['fund']!)
  real = Date.parse('2026-11-02T16:00:01Z')
  await t.bring(id, 'businessReview.signoff')
  // the time server corrects three seconds, over midnight
  real = Date.parse('2026-11-02T15:59:59Z')
  await t.bring(id, 'submitted')
  const events = await asOwner(
    w,
    async (q) =>
      (await q.query<{ day: string }>('select day::text from gongshu.event where stream = $1 order by seq', [id])).rows,
  )
  const days = events.map((e) => e.day)
  expect(days).toEqual([...days].sort())
  expect((await checkProjections(w.app)).differences).toEqual([])
})
