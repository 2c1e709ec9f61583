import { afterAll, beforeAll, expect, it } from 'vitest'
import { world, type World } from '../world.ts'
import { audience, exhibition, type Exhibit } from './cast.ts'
import { signedOut, tryEverything } from './matrix.ts'
import { stage, type Seated } from './stage.ts'

let w: World
let exhibits: readonly Exhibit[]
let people: readonly Seated[]
beforeAll(async () => {
  w = await world()
  const s = stage(w)
  let t = Date.now()
  exhibits = await exhibition(w, s, false)
  console.log('exhibits', exhibits.length, Date.now() - t)
  t = Date.now()
  people = await audience(w, s)
  console.log('people', people.length, Date.now() - t)
}, 120_000)
afterAll(() => w.close())

it('matrix', async () => {
  let t = Date.now()
  const v = await tryEverything(w, exhibits, [...people, signedOut])
  console.log(v.cells, v.allowed, v.wrong.length, Date.now() - t)
  expect(v.wrong.slice(0, 20)).toEqual([])
}, 300_000)
