import { afterAll, beforeAll, expect, it } from 'vitest'
import { world, type World } from '../world.ts'
import { audience, exhibition, type Exhibit } from './cast.ts'
import { fingerprint } from './database.ts'
import { signedOut, tryEverything } from './matrix.ts'
import { stage, type Seated } from './stage.ts'

let w: World
let exhibits: readonly Exhibit[]
let people: readonly Seated[]
beforeAll(async () => {
  w = await world()
  const s = stage(w)
  exhibits = await exhibition(w, s, false)
  people = [...(await audience(w, s, ['handler', 'approver', 'admin'])), signedOut]
}, 120_000)
afterAll(() => w.close())

it('HNR-014 HNR-016 whoever is not named in the table of a case does nothing to it, in no state, and changes nothing by trying', async () => {
  const before = await fingerprint(w)
  const { cells, allowed, wrong } = await tryEverything(w, exhibits, people)
  console.log(`access: ${cells} cells (${exhibits.length} cases × ${people.length} people × acts), ${allowed} allowed`)
  expect(wrong.slice(0, 20)).toEqual([])
  expect(allowed).toBeGreaterThan(100)
  expect(await fingerprint(w)).toEqual(before)
}, 150_000)
