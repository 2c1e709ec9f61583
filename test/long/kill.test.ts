import { afterAll, beforeAll, expect, it } from 'vitest'
import { install, type Installation } from '../faults/installation.ts'
import { killLoop } from '../faults/killing.ts'

let i: Installation
beforeAll(async () => {
  i = await install()
})
afterAll(() => i?.close())

it('HNR-018 HNP-028 more than fifty kills of server, sequencer and database in the middle of writing lose nothing and double nothing', async () => {
  const toll = await killLoop(i, { kills: 54, crashes: 9, writers: 10 })
  console.log(`kill -9: ${JSON.stringify(toll)}`)
  expect(toll.kills).toBeGreaterThanOrEqual(50)
  expect(toll.sequencers).toBeGreaterThanOrEqual(25)
  expect(toll.crashes).toBe(9)
  expect(toll.seen).toBeGreaterThan(10)
  expect(toll.acknowledged).toBeGreaterThan(54 * 5)
})
