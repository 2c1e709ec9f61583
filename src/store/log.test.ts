import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ed25519Signer, openNote, parseCheckpoint, parseVkey, rootOfLeaves, sha256Tree, vkey } from '#ledger'
import { connect } from './connect.ts'
import { behind, checkpointsOf, integrate, momentOf, openLog, readEntries } from './log.ts'
import { LOG_ROLE } from './migrate.ts'
import { testDatabase, type TestDatabase } from './testing.ts'

const origin = 'gongshu.test/log/access'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const key = vkey(origin, 1, Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url'))
const signer = ed25519Signer(origin, privateKey)
const access = { name: 'access', hash: 'sha256' } as const

let database: TestDatabase
let owner: pg.Pool
let pool: pg.Pool
beforeEach(async () => {
  database = await testDatabase()
  owner = connect(database.url, { max: 12 })
  pool = connect(database.url, { max: 4, role: LOG_ROLE })
  await openLog(pool, { name: 'access', source: 'access', hash: 'sha256', origin, key })
  await owner.query('select gongshu.access_month(now())')
})
afterEach(async () => {
  await Promise.all([owner.end(), pool.end()])
  await database.drop()
})

const write = (q: Pick<pg.Pool, 'query'>, body: string): Promise<unknown> =>
  q.query(
    `insert into gongshu.access (month, gen, at, kind, person, org, subject, body)
     select to_char(now() at time zone 'UTC', 'YYYYMM')::int, gen, now(), 'read', 'p', 'o', 's', $1 from gongshu.generation`,
    [body],
  )
const bodies = async (): Promise<readonly string[]> =>
  (
    await owner.query<{ body: string }>(
      `select body from gongshu.leaf l join gongshu.access a on a.id = l.entry where l.log = 'access' order by l.index`,
    )
  ).rows.map((r) => r.body)

/** The log is whole: every entry once and without a gap, each checkpoint the root of what it covers, signed. */
const whole = async (): Promise<number> => {
  const all = await bodies()
  const { rows } = await owner.query<{ n: number; last: number | null }>(
    `select count(*) as n, max(index) as last from gongshu.leaf where log = 'access'`,
  )
  expect(rows[0]).toEqual({ n: all.length, last: all.length > 0 ? all.length - 1 : null })
  const leaves = all.map((b) => sha256Tree.leaf(createHash('sha256').update(b).digest()))
  for (const c of await checkpointsOf(owner, 'access')) {
    expect(c.root.equals(rootOfLeaves(sha256Tree, leaves.slice(0, c.size)))).toBe(true)
    const { text, by } = openNote(c.note!, [parseVkey(key)])
    expect(by).toEqual([origin])
    expect(parseCheckpoint(text)).toEqual({ origin, size: c.size, root: c.root })
  }
  return all.length
}

const caughtUp = async (): Promise<void> => {
  for (const now = await momentOf(pool); ;)
    if ((await integrate(pool, access, signer)) === 0 && !(await behind(pool, now))) return
}

/** Eight writers whose transactions take their time and sometimes come to nothing; `reader` runs beside them until they are done. */
const busily = async (ms: number, reader: () => Promise<unknown>): Promise<readonly string[]> => {
  const committed: string[] = []
  const end = Date.now() + ms
  let writing = true
  const writers = Array.from({ length: 8 }, async (_, w) => {
    for (let i = 0; Date.now() < end; i++) {
      const q = await owner.connect()
      const written = [randomUUID(), randomUUID()]
      await q.query('begin')
      for (const body of written) await write(q, body)
      if ((i + w) % 3 === 0) await sleep((7 * (w + 1) * (i + 3)) % 60)
      const kept = (i + w) % 5 !== 0
      await q.query(kept ? 'commit' : 'rollback')
      if (kept) committed.push(...written)
      q.release()
    }
  })
  const reading = (async () => {
    while (writing) await reader()
  })()
  await Promise.all(writers)
  writing = false
  await reading
  return committed
}

it('whatever commits late or not at all, every entry that was committed is taken once', async () => {
  const committed = await busily(2500, () => integrate(pool, access, signer, 64))
  await caughtUp()
  const taken = await bodies()
  expect([...taken].sort()).toEqual([...committed].sort())
  expect(await whole()).toBe(committed.length)
})

it('going by the id alone would step over what commits late', async () => {
  let last = 0
  let seen = 0
  const naive = async (): Promise<void> => {
    const { rows } = await owner.query<{ id: number }>('select id from gongshu.access where id > $1 order by id', [
      last,
    ])
    last = rows.at(-1)?.id ?? last
    seen += rows.length
  }
  const committed = await busily(1500, naive)
  await naive()
  expect(seen).toBeLessThan(committed.length)
})

it('of several sequencers one at a time has the place, and together they make one log', async () => {
  const others = [connect(database.url, { max: 2, role: LOG_ROLE }), connect(database.url, { max: 2, role: LOG_ROLE })]
  const committed = await busily(1500, () =>
    Promise.all([pool, ...others].map((p) => integrate(p, access, signer, 16))),
  )
  await caughtUp()
  expect(await whole()).toBe(committed.length)
  await Promise.all(others.map((p) => p.end()))
})

it('killed after a checkpoint is durable and before it is signed, the next run signs that one and goes on', async () => {
  for (let i = 0; i < 300; i++) await write(owner, `entry ${i}`)
  // transactions of other databases of this server hold the cursor back as well
  for (let n = 0; n < 300;)
    n = (await owner.query<{ n: number }>(`select count(*) as n from gongshu.log_next('access', 1000)`)).rows[0]!.n
  const lost = { ...signer, sign: () => Promise.reject(new Error('killed')) }
  await expect(integrate(pool, access, lost, 200)).rejects.toThrow('killed')
  expect((await checkpointsOf(owner, 'access')).map((c) => [c.size, c.note])).toEqual([[200, null]])
  expect(await integrate(pool, access, signer)).toBe(100)
  expect((await checkpointsOf(owner, 'access')).map((c) => [c.size, c.note !== null])).toEqual([
    [200, true],
    [300, true],
  ])
  expect(await whole()).toBe(300)
})

it('what a restore brought back is taken before what was written after it, though its transactions count from the beginning again', async () => {
  await write(owner, 'before')
  await caughtUp()
  await write(owner, 'in the backup, not yet taken')
  await owner.query('update gongshu.generation set gen = gen + 1')
  await owner.query(
    `insert into gongshu.access (month, gen, xid, at, kind, person, org, subject, body)
     select to_char(now() at time zone 'UTC', 'YYYYMM')::int, gen, '3', now(), 'read', 'p', 'o', 's', 'after' from gongshu.generation`,
  )
  await caughtUp()
  expect(await bodies()).toEqual(['before', 'in the backup, not yet taken', 'after'])
  expect(await whole()).toBe(3)
})

it('nobody changes what the log holds: not the application, not the sequencer, and the owner only by removing what guards it', async () => {
  for (let i = 0; i < 3; i++) await write(owner, `entry ${i}`)
  await caughtUp()
  const app = connect(database.url, { max: 1, role: 'gongshu_app' })
  for (const q of [app, pool, owner])
    for (const change of [
      'update gongshu.leaf set entry = entry + 1',
      'delete from gongshu.leaf',
      `update gongshu.checkpoint set root = sha256('x')`,
      `update gongshu.checkpoint set note = 'x'`,
      'delete from gongshu.checkpoint',
      'truncate gongshu.checkpoint',
      `update gongshu.access set body = 'x'`,
      'truncate gongshu.access cascade',
    ])
      await expect(q.query(change), change).rejects.toMatchObject({ code: '42501' })
  for (const text of [
    `select gongshu.log_grow('access', 3, '{9}', '{202601}', '{null}', 0, '1', 9, '[]', sha256('x'))`,
    `select gongshu.log_signed('access', 3, 'x')`,
    `insert into gongshu.tile values ('access', 0, 1, 1, sha256('x'))`,
  ])
    await expect(app.query(text), text).rejects.toMatchObject({ code: '42501' })
  await expect(
    pool.query(`select gongshu.log_grow('access', 2, '{9}', '{202601}', '{null}', 0, '1', 9, '[]', sha256('x'))`),
  ).rejects.toThrow('not of size 2')
  await app.end()
  expect(await whole()).toBe(3)
})

it('entries are published as digests, in the order of the log', async () => {
  for (let i = 0; i < 5; i++) await write(owner, `entry ${i}`)
  await caughtUp()
  const app = connect(database.url, { max: 1, role: 'gongshu_app' })
  expect((await readEntries(app, 'access', 1, 3)).map((e) => e.toString('hex'))).toEqual(
    [1, 2, 3].map((i) => createHash('sha256').update(`entry ${i}`).digest('hex')),
  )
  await app.end()
})
