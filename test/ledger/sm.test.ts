import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSequencer, rotateLogs, verifyLog, type Sequencer } from '#application'
import {
  checkProof,
  entryOf,
  openNote,
  parseCheckpoint,
  parseProof,
  parseVkey,
  sha256Tree,
  sm2PublicKey,
  sm3Tree,
} from '#ledger'
import { logsOf } from '#store'
import { asOwner } from '../access/database.ts'
import { done, start, team, type Team } from '../cases.ts'
import { world, type World } from '../world.ts'

let w: World
let t: Team
let sequencer: Sequencer
const dir = mkdtempSync(join(tmpdir(), 'gongshu-sm-'))
beforeAll(async () => {
  w = await world()
  t = await team(w, 'luan')
  sequencer = await openSequencer({ databaseUrl: w.url, dataDir: dir, url: 'https://log.example.cn', sm: true })
})
afterAll(async () => {
  await sequencer.close()
  await w.close()
  rmSync(dir, { recursive: true })
})
const read = async (path: string): Promise<string> => (await w.server.inject(`/log/${path}`)).payload

it('HNP-028 the same acts stand in two independent trees, SHA-256 with Ed25519 and SM3 with SM2, and each proves them alone', async () => {
  const id = await start(t.clerk)
  await sequencer.catchUp()
  const logs = await logsOf(w.app.pool)
  expect(logs.map((l) => [l.name, l.hash])).toEqual([
    ['register', 'sha256'],
    ['register-sm', 'sm3'],
    ['access', 'sha256'],
    ['access-sm', 'sm3'],
  ])
  expect(logs[1]!.size).toBe(logs[0]!.size)
  const url = `/api/applications/${id}/receipts/1`
  for (const [hash, h] of [
    ['sha256', sha256Tree],
    ['sm3', sm3Tree],
  ] as const) {
    const r = await done(t.clerk.get<{ body: string; proof: string }>(`${url}?hash=${hash}`))
    const log = logs.find((l) => l.hash === hash && l.source === 'register')!
    const proof = parseProof(r.proof)
    expect(checkProof(h, entryOf(h, r.body), proof, [parseVkey(log.key)], log.origin).ok).toBe(true)
    const other = h === sm3Tree ? sha256Tree : sm3Tree
    expect(checkProof(other, entryOf(other, r.body), proof, [parseVkey(log.key)], log.origin).ok).toBe(false)
  }
  for (const l of logs) expect(await verifyLog(w.app, l.name)).toMatchObject({ entries: l.size, problems: [] })
})

const openssl = spawnSync('openssl', ['version']).stdout?.toString() ?? ''
it.skipIf(!/^OpenSSL [3-9]/.test(openssl))(
  'OpenSSL accepts the signature of a checkpoint as SM2 with the default user id',
  async () => {
    await sequencer.catchUp()
    const key = parseVkey((await read('register-sm/key')).trim())
    const note = await read('register-sm/checkpoint')
    const { text } = openNote(note, [key])
    const signature = Buffer.from(note.trim().split(' ').at(-1)!, 'base64').subarray(4)
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(dir, name), content)
      return join(dir, name)
    }
    const point = key.key.subarray(-65)
    const pem = sm2PublicKey(point).export({ format: 'pem', type: 'spki' })
    const said = execFileSync('openssl', [
      ...['pkeyutl', '-verify', '-pubin', '-inkey', file('key.pem', pem), '-in', file('text', text), '-rawin'],
      ...['-digest', 'sm3', '-sigfile', file('sig', signature), '-pkeyopt', 'distid:1234567812345678'],
    ])
    expect(said.toString()).toContain('Signature Verified Successfully')
  },
)

it('what is changed behind the guards is found by the SM3 tree alone as well', async () => {
  await sequencer.catchUp()
  const { size } = parseCheckpoint(openNote(await read('access-sm/checkpoint'), []).text)
  expect(size).toBeGreaterThan(2)
  await asOwner(w, async (q) => {
    await q.query('begin')
    await q.query('alter table gongshu.access disable trigger user')
    await q.query(
      `update gongshu.access set body = replace(body, '"kind"', '"kinb"') where id = (select min(id) from gongshu.access)`,
    )
    await q.query('commit')
  })
  expect((await verifyLog(w.app, 'access-sm')).problems).not.toEqual([])
})

it('the SM2 key is changed without touching the other logs', async () => {
  const before = readFileSync(join(dir, 'log-sm2.key'), 'utf8')
  await sequencer.catchUp()
  expect(await rotateLogs({ databaseUrl: w.url, dataDir: dir, hash: 'sm3' })).toEqual(['register-sm-2', 'access-sm-2'])
  await start(t.clerk)
  await sequencer.catchUp()
  const logs = await logsOf(w.app.pool)
  expect(logs.filter((l) => l.frozen === null).map((l) => l.name)).toEqual([
    'register',
    'register-sm-2',
    'access',
    'access-sm-2',
  ])
  expect(readFileSync(join(dir, 'log-sm2.key'), 'utf8')).not.toBe(before)
  expect((await verifyLog(w.app, 'register-sm-2')).problems).toEqual([])
})
