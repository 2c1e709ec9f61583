import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { auditAll, openSequencer, renewLogs, renewalDue, renewalProblems, rotateLogs, verifyLog } from '#application'
import { checkProof, entryOf, openNote, parseCheckpoint, parseProof, parseVkey, sha256Tree } from '#ledger'
import { logsOf } from '#store'
import { asOwner } from '../access/database.ts'
import { done, start, team, type Team } from '../cases.ts'
import { world, type World } from '../world.ts'

let w: World
let t: Team
let dir: string
const options = () => ({ databaseUrl: w.url, dataDir: dir, url: 'https://log.example.cn' })
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gongshu-log-'))
  w = await world()
  t = await team(w, 'luan')
})
afterEach(async () => {
  await w.close()
  rmSync(dir, { recursive: true })
})

const drain = async (): Promise<void> => {
  const s = await openSequencer(options())
  expect(await s.catchUp().finally(() => s.close())).toBe(true)
}
const checkpoint = async (log: string): Promise<string> => (await w.server.inject(`/log/${log}/checkpoint`)).payload
const keyOf = async (log: string) => parseVkey((await w.server.inject(`/log/${log}/key`)).payload.trim())

it('a new key takes a new log, which begins where the old one ends; what the old one proved it still proves', async () => {
  const before = await start(t.clerk)
  await drain()
  const old = await checkpoint('register')
  const receipt = await done(t.clerk.get<{ body: string; proof: string }>(`/api/applications/${before}/receipts/1`))

  expect(await rotateLogs({ ...options(), hash: 'sha256' })).toEqual(['register-2', 'access-2'])
  const after = await start(t.clerk)
  await drain()
  const logs = await logsOf(w.app.pool)
  expect(logs.map((l) => [l.name, l.follows, l.frozen !== null])).toEqual([
    ['register', null, true],
    ['register-2', 'register', false],
    ['access', null, true],
    ['access-2', 'access', false],
  ])
  const [key, next] = [await keyOf('register'), await keyOf('register-2')]
  expect(next.key.equals(key.key)).toBe(false)
  expect(next.name).toBe('log.example.cn/log/register-2')

  // entry 0 of the new log is the last word of the old one
  const edge = await w.server.inject('/log/register-2/tile/0/000.p/1')
  expect(edge.rawPayload.equals(sha256Tree.leaf(Buffer.from(old)))).toBe(true)
  expect(await checkpoint('register')).toBe(old)

  const now = await done(t.clerk.get<{ body: string; proof: string }>(`/api/applications/${after}/receipts/1`))
  for (const [r, k] of [
    [receipt, key],
    [now, next],
    [await done(t.clerk.get<{ body: string; proof: string }>(`/api/applications/${before}/receipts/1`)), key],
  ] as const)
    expect(checkProof(sha256Tree, entryOf(sha256Tree, r.body), parseProof(r.proof), [k], k.name).ok).toBe(true)
  for (const { name } of logs) expect((await verifyLog(w.app, name)).problems).toEqual([])
})

it('an audit goes on from the one before, and finds what was changed in what that one covered', async () => {
  await drain()
  const since = await checkpoint('register')
  const { size } = parseCheckpoint(openNote(since, [await keyOf('register')]).text)
  for (let i = 0; i < 3; i++) await start(t.clerk)
  await drain()
  const [whole, more] = [await verifyLog(w.app, 'register'), await verifyLog(w.app, 'register', { since })]
  expect(whole).toMatchObject({ from: 0, problems: [] })
  expect(more).toEqual({ ...whole, from: size })
  await asOwner(w, async (q) => {
    await q.query('alter table gongshu.tile disable trigger user')
    await q.query(
      `update gongshu.tile set hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) where log = 'register' and level = 0 and index = 0`,
    )
  })
  const { problems } = await verifyLog(w.app, 'register', { since })
  expect(problems.join()).toContain('此前的日志被改动')
})

it('HNL-054 a database set back to an earlier state gets no second signature for a size that has one', async () => {
  await drain()
  const early = await checkpoint('register')
  await start(t.clerk)
  await drain()
  const late = await checkpoint('register')
  const { size } = parseCheckpoint(openNote(early, []).text)
  // what restoring yesterday's copy does
  await asOwner(w, async (q) => {
    for (const table of ['leaf', 'checkpoint', 'tile', 'event'])
      await q.query(`alter table gongshu.${table} disable trigger user`)
    await q.query(`delete from gongshu.checkpoint where log = 'register' and size > $1`, [size])
    await q.query(`delete from gongshu.leaf where log = 'register' and index >= $1`, [size])
    await q.query(`update gongshu.log set size = $1 where name = 'register'`, [size])
  })
  await expect(openSequencer(options())).rejects.toThrow('数据库被换回了较早的状态')
  expect((await verifyLog(w.app, 'register', { known: [late] })).problems.join()).toContain('日志被截短或回退')

  // where the newer copy is gone for good, another log goes on from what was signed, and says what is missing
  await asOwner(w, (q) => q.query(`delete from gongshu.tile where log = 'register'`))
  expect(await rotateLogs({ ...options(), hash: 'sha256', after: [late] })).toEqual(['register-2', 'access-2'])
  await start(t.clerk)
  await drain()
  expect((await verifyLog(w.app, 'register-2')).problems.join()).toContain('其后的条目已遗失')
  expect(readdirSync(dir).filter((f) => f.startsWith('log.key')).length).toBe(2)
})

it('HNP-028 a renewal pins every body by other hashes as well, and the audit holds them against it ever after', async () => {
  await start(t.clerk)
  await drain()
  const [register] = await renewLogs(w.app)
  expect(register).toMatchObject({ log: 'register', from: 0 })
  for (let i = 0; i < 2; i++) await start(t.clerk)
  await renewLogs(w.app)
  await drain()
  expect(await renewalDue(w.app)).toBe(false)
  expect(await renewalDue({ ...w.app, now: () => '2099-01-01T00:00:00.000Z' })).toBe(true)
  expect((await auditAll(w.app)).ok).toBe(true)
  // as if SHA-256 were broken: another body that the tree cannot tell from the old one
  const [log] = await logsOf(w.app.pool)
  await asOwner(w, async (q) => {
    await q.query('alter table gongshu.event disable trigger user')
    await q.query(
      `update gongshu.event set body = replace(body, '"v":1', '"v":2') where id = (select min(id) from gongshu.event)`,
    )
  })
  expect((await renewalProblems(w.app, log!)).length).toBe(2)
})
