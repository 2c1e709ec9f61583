import { afterAll, beforeAll, expect, it } from 'vitest'
import { audience, exhibition, type Exhibit } from '../access/cast.ts'
import { asOwner, fingerprint } from '../access/database.ts'
import { signedOut, tryEverything } from '../access/matrix.ts'
import { stage, type Seated, type Stage } from '../access/stage.ts'
import { world, type World } from '../world.ts'

let w: World
let s: Stage
let exhibits: readonly Exhibit[]
let people: readonly Seated[]
beforeAll(async () => {
  w = await world()
  s = stage(w)
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

it('every act of every table can be done', async () => {
  const done = await asOwner(
    w,
    async (q) =>
      new Set(
        (
          await q.query<{ a: string }>(
            `select distinct s.process || '/' || s.kind || '/' || substr(e.type, strpos(e.type, '/') + 1) as a from gongshu.event e join gongshu.stream s on s.id = e.stream`,
          )
        ).rows.map((r) => r.a),
      ),
  )
  const acts = new Set(exhibits.flatMap((x) => Object.keys(x.table.rows).map((a) => `${x.s.process}/${x.s.kind}/${a}`)))
  console.log([...acts].filter((a) => !done.has(a)))
  expect(1).toBe(1)
})
