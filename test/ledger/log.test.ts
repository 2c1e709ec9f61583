import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyLog } from '#application'
import {
  checkProof,
  openNote,
  opens,
  parseBundle,
  parseCheckpoint,
  parseProof,
  parseVkey,
  sha256Tree,
  verifyInclusion,
} from '#ledger'
import { createHash } from 'node:crypto'
import { done, drive, registered, start, team, type Team } from '../cases.ts'
import { world, type World } from '../world.ts'
import { numbers, tamper } from './tampering.ts'

let w: World
let t: Team
beforeAll(async () => {
  w = await world()
  t = await team(w, 'luan')
})
afterAll(async () => {
  await w.close()
})

interface Receipt {
  body: string
  disclosed: Record<string, [string, unknown]>
  proof: string
}
const fetched = async (path: string): Promise<{ status: number; bytes: Buffer; headers: Record<string, unknown> }> => {
  const r = await w.server.inject(`/log/register/${path}`)
  return { status: r.statusCode, bytes: r.rawPayload, headers: r.headers }
}
const text = async (path: string): Promise<string> => (await fetched(path)).bytes.toString()
const sha256 = (s: string): Buffer => createHash('sha256').update(s).digest()

it('HNR-018 HNP-028 the receipt of an act proves, without us, that it stands in the signed log as it was done', async () => {
  const { application } = await registered(w, t)
  await w.sequence()
  const key = parseVkey((await text('key')).trim())
  expect(key.name).toBe('log.example.cn/log/register')
  const { timeline } = await t.clerk.see(application)
  const seen = new Set<number>()
  for (let seq = 1; seq <= timeline.length; seq++) {
    const r = await done(t.clerk.get<Receipt>(`/api/applications/${application}/receipts/${seq}`))
    const found = checkProof(sha256Tree, sha256(r.body), parseProof(r.proof), [key], key.name)
    expect(found).toMatchObject({ ok: true, by: [key.name] })
    const leaf = JSON.parse(r.body) as { seq: number; stream: string; type: string; sealed: Record<string, string> }
    expect(leaf).toMatchObject({ seq, stream: application })
    seen.add(parseProof(r.proof).index)
    // what is sealed opens with the salt that came along, and every sealed value came along
    expect(Object.keys(r.disclosed).sort()).toEqual(Object.keys(leaf.sealed).sort())
    for (const [field, [salt, value]] of Object.entries(r.disclosed))
      expect(opens(leaf.sealed[field]!, `${leaf.type}.${field}`, Buffer.from(salt, 'hex'), value)).toBe(true)
    // another body, or this one in another place, is not what was signed
    const other = r.body.replace(`"seq":${seq}`, `"seq":${seq + 1}`)
    expect(checkProof(sha256Tree, sha256(other), parseProof(r.proof), [key], key.name).ok).toBe(false)
    const moved = { ...parseProof(r.proof), index: parseProof(r.proof).index + 1 }
    expect(checkProof(sha256Tree, sha256(r.body), moved, [key], key.name).ok).toBe(false)
  }
  expect(seen.size).toBe(timeline.length)
})

it('a receipt is for whoever may see the case, as soon as the act stands in the log', async () => {
  const id = await start(t.clerk)
  const url = `/api/applications/${id}/receipts/1`
  expect(await t.clerk.get(url)).toMatchObject({ status: 409, body: { code: 'not_yet' } })
  await w.sequence()
  expect((await t.clerk.get(url)).status).toBe(200)
  const stranger = await w.as('公民李先生')
  expect((await stranger.get(url)).status).toBe(404)
  expect((await w.anyone.get(url)).status).toBe(401)
  expect((await t.clerk.get(`/api/applications/${id}/receipts/99`)).status).toBe(404)
  expect((await t.clerk.get(`/api/records/${id}/receipts/1`)).status).toBe(404)
})

it('anyone reads the log at the standard paths, and finds in it no word of a case that is not public', async () => {
  const secret = '不公开的数据资源名称'
  const id = await start(t.clerk)
  await drive(w, t, id, 'submitted', { resource: { name: secret } })
  await w.sequence()
  const key = parseVkey((await text('key')).trim())
  const note = await fetched('checkpoint')
  expect(note.headers['cache-control']).toBe('no-cache')
  const { size, root } = parseCheckpoint(openNote(note.bytes.toString(), [key]).text)
  const width = size % 256
  const last = Math.floor(size / 256)
  const bundle = await fetched(`tile/entries/${String(last).padStart(3, '0')}.p/${width}`)
  expect(bundle.headers['cache-control']).toContain('immutable')
  const entries = parseBundle(bundle.bytes)
  expect(entries.map((e) => e.length)).toEqual(Array.from({ length: width }, () => 32))
  const tile = await fetched(`tile/0/${String(last).padStart(3, '0')}.p/${width}`)
  expect(tile.bytes.equals(Buffer.concat(entries.map((e) => sha256Tree.leaf(e))))).toBe(true)
  if (size < 256) expect(verifyInclusion(sha256Tree, 0, 1, sha256Tree.leaf(entries[0]!), [], root)).toBe(size === 1)
  // narrower tiles that were published earlier are still there; nothing beyond what is signed is
  expect((await fetched(`tile/0/${String(last).padStart(3, '0')}.p/1`)).bytes.equals(tile.bytes.subarray(0, 32))).toBe(
    true,
  )
  for (const path of [
    `tile/0/${String(last).padStart(3, '0')}.p/${width + 1}`,
    `tile/0/${String(last + 1).padStart(3, '0')}`,
    'tile/0/1',
    'tile/0/000.p/0',
    'tile/9/000',
    'tile/entries/../000',
    'checkpoint/x',
    '',
  ])
    expect((await fetched(path)).status, path).toBe(404)
  const everything = Buffer.concat([note.bytes, bundle.bytes, tile.bytes]).toString('latin1')
  for (const word of [Buffer.from(secret).toString('latin1'), id, t.clerk.org])
    expect(everything.includes(word)).toBe(false)
})

it('HNR-018 deriving the whole log again finds every entry, tile, root and signature as it was signed', async () => {
  await w.sequence()
  for (const log of ['register', 'access'] as const) {
    const report = await verifyLog(w.app, log)
    expect(report.problems).toEqual([])
    expect(report.entries).toBeGreaterThan(10)
    expect(report.checkpoints).toBeGreaterThan(0)
  }
})

it('HNL-054 whatever the owner of the database changes behind the guards is found', async () => {
  await w.sequence()
  const note = await text('checkpoint')
  const { size } = parseCheckpoint(openNote(note, []).text)
  const seed = Math.floor(Math.random() * 2 ** 31)
  const toll = await tamper(w, [note], size, 4, numbers(seed))
  console.log(`tampering: ${JSON.stringify(toll)} of ${size} entries, seed ${seed}`)
  expect(toll.detected).toBe(toll.attempted)
})
