import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { world, type World } from '../world.ts'
import { fuzz } from './fuzzing.ts'
import { expectProblem } from './problem.ts'

let w: World
beforeAll(async () => {
  w = await world()
})
afterAll(() => w.close())

it('whatever is sent to whichever route, the server answers for itself: no crash, and a refusal in words', async () => {
  const { routes, statuses } = await fuzz(w, 1500, (r, q) => {
    if (r.status >= 400) expectProblem(r, JSON.stringify(q).slice(0, 400))
  })
  console.log(`fuzz: ${routes} routes, answers ${JSON.stringify(statuses)}`)
  expect((await checkProjections(w.app)).differences).toEqual([])
}, 120_000)
