import { afterAll, beforeAll, expect, it } from 'vitest'
import { install, type Installation } from './installation.ts'
import { killLoop } from './killing.ts'

let i: Installation
beforeAll(async () => {
  i = await install()
})
afterAll(() => i?.close())

it('HNR-018 killed again and again in the middle of writing, the register has every acknowledged act once and no other', async () => {
  const toll = await killLoop(i, { kills: 3, crashes: 1, writers: 8 })
  console.log(`kill -9: ${JSON.stringify(toll)}`)
  expect(toll.acknowledged).toBeGreaterThan(50)
}, 180_000)
