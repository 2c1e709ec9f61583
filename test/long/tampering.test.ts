import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyLog } from '#application'
import { verify } from '#evidence'
import { checkpointText, ed25519Signer, openNote, parseCheckpoint, parseVkey, signNote } from '#ledger'
import { done, registered, team, type Registered, type Team } from '../cases.ts'
import { numbers, tamper } from '../ledger/tampering.ts'
import { world, type World } from '../world.ts'

let w: World
let t: Team
let r: Registered
let note: string
beforeAll(async () => {
  w = await world()
  t = await team(w, 'luan')
  // two registrations and several checkpoints
  await registered(w, await team(w, 'hunan'))
  r = await registered(w, t)
  await w.app.sequence!()
  note = (await w.server.inject('/log/register/checkpoint')).payload
})
afterAll(() => w.close())

const sizeOf = (checkpoint: string): number => parseCheckpoint(openNote(checkpoint, []).text).size
const fresh = (): { readonly seed: number; readonly next: (n: number) => number } => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  return { seed, next: numbers(seed) }
}

it('HNL-054 HNR-018 more than a thousand changes behind the guards, at every layer, and not one is missed', async () => {
  const { seed, next } = fresh()
  const toll = await tamper(w, [note], sizeOf(note), 50, next)
  console.log(`tampering: ${JSON.stringify(toll)}, seed ${seed}`)
  expect(toll.attempted).toBeGreaterThanOrEqual(1000)
  expect(toll.detected).toBe(toll.attempted)
})

it('HNL-054 whoever was shown another history under the log’s own key, at whatever size, can prove it', async () => {
  const { next } = fresh()
  const key = parseVkey((await w.server.inject('/log/register/key')).payload.trim())
  const signer = ed25519Signer(key.name, createPrivateKey(readFileSync(join(w.dataDir, 'log.key'))))
  expect((await verifyLog(w.app, 'register', { known: [note] })).problems).toEqual([])
  for (let i = 0; i < 60; i++) {
    const root = Buffer.from(Array.from({ length: 32 }, () => next(256)))
    const size = 1 + next(2 * sizeOf(note))
    const forked = await signNote(checkpointText({ origin: key.name, size, root }), [signer])
    expect((await verifyLog(w.app, 'register', { known: [note, forked] })).problems, `size ${size}`).toHaveLength(1)
  }
})

it('HNR-079 a byte changed, taken out or put in anywhere in a bundle or a certificate is found', async () => {
  const { seed, next } = fresh()
  const keys = await Promise.all(
    ['register', 'access'].map(async (log) => parseVkey((await w.server.inject(`/log/${log}/key`)).payload.trim())),
  )
  const files = [
    await done(t.clerk.get<Buffer>(`/api/applications/${r.application}/evidence`)),
    await done(w.anyone.get<Buffer>(`/api/public/records/${encodeURIComponent(r.code)}/certificate.pdf`)),
  ]
  for (const file of files) {
    expect(verify(file, { keys }).verdict).toBe('valid')
    for (let i = 0; i < 250; i++) {
      const at = next(file.length)
      const changed = [
        () => Buffer.concat([file.subarray(0, at), Buffer.of(file[at]! ^ (1 << next(8))), file.subarray(at + 1)]),
        () => Buffer.concat([file.subarray(0, at), file.subarray(at + 1)]),
        () => Buffer.concat([file.subarray(0, at), Buffer.of(next(256)), file.subarray(at)]),
        () => file.subarray(0, at),
      ][i % 4]!()
      if (changed.equals(file)) continue
      expect(verify(changed, { keys }).verdict, `seed ${seed}, ${i}: byte ${at} of ${file.length}`).not.toBe('valid')
    }
  }
})
