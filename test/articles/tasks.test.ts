import { afterAll, beforeAll, expect, it } from 'vitest'
import { asOwner } from '../access/database.ts'
import { done, drive, start, team, type Team } from '../cases.ts'
import { world, type World } from '../world.ts'

let w: World
let t: Team
beforeAll(async () => {
  w = await world()
  t = await team(w, 'luan')
})
afterAll(() => w.close())

/** Whose turn the heads say it is, and what stands in the list of tasks. */
const both = () =>
  asOwner(w, async (q) => {
    const of = async (text: string) => (await q.query<{ t: string }>(text)).rows.map((r) => r.t)
    const shape = (due: string, s: string): string => `concat_ws(' ', pair, ${due}, ${s}.id, ${s}.process, ${s}.state)`
    return {
      heads: await of(
        `select distinct ${shape(`coalesce(s.due, date '9999-12-31')`, 's')} as t from gongshu.stream s, unnest(s.turn) x (pair) where not s.final order by 1`,
      ),
      tasks: await of(`select ${shape('k.due', 'k')} as t from gongshu.task k order by 1`),
    }
  })

it('the list of tasks is what the heads of the cases say, at every step of a registration and after it', async () => {
  const states: number[] = []
  const look = async (): Promise<void> => {
    const { heads, tasks } = await both()
    expect(tasks).toEqual(heads)
    states.push(tasks.length)
  }
  await look()
  const id = await start(t.clerk)
  await look()
  for (const stage of ['proposed', 'submitted', 'accepted', 'settled'] as const) {
    await drive(w, t, id, stage)
    await look()
  }
  expect(new Set(states).size).toBeGreaterThan(1)
})

it('the most urgent stands first, a page goes on where the last one ended, and the counts are of all of them', async () => {
  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    const id = await start(t.clerk)
    await drive(w, t, id, n % 2 === 0 ? 'submitted' : 'proposed')
    ids.push(id)
  }
  type Page = { total: number; next?: string; rows: { id: string; due?: { day: string } }[] }
  const page = async (cursor = ''): Promise<Page> =>
    done(t.desk.get<Page>(`/api/tasks?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`))
  const seen: Page['rows'] = []
  let next: string | undefined = ''
  let total = 0
  while (next !== undefined) {
    const p: Page = await page(next)
    if (next === '') total = p.total
    seen.push(...p.rows)
    next = p.next
  }
  expect(seen.length).toBe(total)
  expect(new Set(seen.map((r) => r.id)).size).toBe(total)
  const days = seen.map((r) => r.due?.day ?? '9999-12-31')
  expect(days).toEqual([...days].sort())
  expect(seen.map((r) => r.id)).toEqual(expect.arrayContaining(ids.filter((_, n) => n % 2 === 0)))
})
