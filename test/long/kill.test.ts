import { afterAll, beforeAll, expect, it } from 'vitest'
import { install, type Installation } from '../faults/installation.ts'
import { killLoop } from '../faults/killing.ts'

let i: Installation
beforeAll(async () => {
  i = await install()
})
afterAll(() => i?.close())

it('HNR-018 thirty kills of the server and six of the database in the middle of writing lose nothing and double nothing', async () => {
  const toll = await killLoop(i, { kills: 36, crashes: 6, writers: 10 })
  console.log(`kill -9: ${JSON.stringify(toll)}`)
  expect(toll.kills).toBeGreaterThanOrEqual(30)
  expect(toll.crashes).toBe(6)
  expect(toll.acknowledged).toBeGreaterThan(36 * 5)
})
