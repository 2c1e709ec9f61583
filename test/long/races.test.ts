import { afterAll, beforeAll, it } from 'vitest'
import { race } from '../properties/races.ts'
import { world, type World } from '../world.ts'

let w: World
beforeAll(async () => {
  w = await world({ noIssuer: true })
})
afterAll(() => w.close())

it('HNR-059 HNR-060 HNR-061 two hundred runs of people and deadlines falling over one another leave the register whole', () =>
  race(w, 200))
