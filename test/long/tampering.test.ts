import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNote, parseCheckpoint } from '#ledger'
import { registered, team } from '../cases.ts'
import { numbers, tamper } from '../ledger/tampering.ts'
import { world, type World } from '../world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})
afterAll(async () => {
  await w.close()
})

it('HNL-054 HNR-018 more than a thousand changes behind the guards, at every layer, and not one is missed', async () => {
  // two registrations and several checkpoints
  for (const where of ['luan', 'hunan'] as const) {
    await registered(w, await team(w, where))
    await w.sequence()
  }
  const note = (await w.server.inject('/log/register/checkpoint')).payload
  const seed = Math.floor(Math.random() * 2 ** 31)
  const toll = await tamper(w, [note], parseCheckpoint(openNote(note, []).text).size, 50, numbers(seed))
  console.log(`tampering: ${JSON.stringify(toll)}, seed ${seed}`)
  expect(toll.attempted).toBeGreaterThanOrEqual(1000)
  expect(toll.detected).toBe(toll.attempted)
})
