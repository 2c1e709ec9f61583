import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { fuzz } from '../hostile/fuzzing.ts'
import { expectProblem } from '../hostile/problem.ts'
import { world, type World } from '../world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})
afterAll(() => w.close())

it('forty thousand made-up requests: no crash, and every refusal in words', async () => {
  const { routes, statuses } = await fuzz(w, 40_000, (r, q) => {
    if (r.status >= 400) expectProblem(r, JSON.stringify(q).slice(0, 400))
  })
  console.log(`fuzz: ${routes} routes, answers ${JSON.stringify(statuses)}`)
  expect((await checkProjections(w.app)).differences).toEqual([])
})
