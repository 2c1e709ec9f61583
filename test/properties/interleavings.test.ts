import { afterAll, beforeAll, it } from 'vitest'
import { world, type World } from '../world.ts'
import { race } from './races.ts'

let w: World
beforeAll(async () => {
  w = await world({ noIssuer: true })
})
afterAll(() => w.close())

it(
  'HNR-059 HNR-060 HNR-061 however several people and the night’s deadlines fall over one another, the register stays whole',
  () => race(w, 10),
  120_000,
)
