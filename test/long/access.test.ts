import { afterAll, beforeAll, expect, it } from 'vitest'
import { audience, exhibition, type Exhibit } from '../access/cast.ts'
import { fingerprint } from '../access/database.ts'
import { signedOut, tryEverything } from '../access/matrix.ts'
import { stage, type Seated } from '../access/stage.ts'
import { world, type World } from '../world.ts'

let w: World
let exhibits: readonly Exhibit[]
let people: readonly Seated[]
beforeAll(async () => {
  w = await world()
  const s = stage(w)
  exhibits = await exhibition(w, s, true)
  people = [...(await audience(w, s)), signedOut]
}, 600_000)
afterAll(() => w.close())

it('HNR-014 HNR-016 the whole matrix: every kind, three jurisdictions, every duty', async () => {
  const before = await fingerprint(w)
  const { cells, allowed, wrong } = await tryEverything(w, exhibits, people)
  console.log(`access: ${cells} cells (${exhibits.length} cases × ${people.length} people × acts), ${allowed} allowed`)
  expect(wrong.slice(0, 20)).toEqual([])
  expect(await fingerprint(w)).toEqual(before)
}, 1_800_000)
