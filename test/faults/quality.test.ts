import { afterAll, beforeAll, expect, it } from 'vitest'
import { drainJobs, runAssessment } from '#application'
import { isAssessing } from '#domain/catalogue'
import { leaseOutbox } from '#store'
import { load } from '../access/stage.ts'
import { done } from '../cases.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let clerk: Actor
beforeAll(async () => {
  w = await world({ day: '2026-03-16' })
  clerk = await w.as('公积金经办')
})
afterAll(() => w.close())

const asked = async (name: string): Promise<string> => {
  const { id } = await done(
    clerk.send<{ id: string }>('POST', '/api/items', {
      input: {
        basic: { name },
        fields: [{ name: '编号', field: 'bh', key: true }],
        upkeep: { frequency: '不定期' },
        access: { sharing: 'unconditional', opening: 'unconditional' },
      },
    }),
  )
  const file = (await clerk.upload('数据.csv', Buffer.from('bh\n1\n2\n'))).id
  await done(clerk.act(id, 'assess', { phase: 'before', file }, 'item'))
  return id
}

it('a process that ends in the middle of a check leaves it to the next, and nobody is told that it failed', async () => {
  const id = await asked('半途而止')
  await drainJobs(w.app, AbortSignal.abort())
  const s = await load(w, id)
  expect([isAssessing(s), s.did['assessFailed']]).toEqual([true, undefined])
  await expect
    .poll(
      async () => {
        await drainJobs(w.app)
        return isAssessing(await load(w, id))
      },
      { timeout: 10_000 },
    )
    .toBe(false)
  expect((await load(w, id)).data['assessed']!['verdict']).toBe('pass')
})

it('a check that two processes were given is said once, and both are done with it', async () => {
  const id = await asked('给了两次')
  const [job] = await leaseOutbox(w.app.pool, 1, ['quality'], false)
  expect(await Promise.all([runAssessment(w.app, job!), runAssessment(w.app, job!)])).toEqual([undefined, undefined])
  expect((await load(w, id)).did['assessed']!.times).toBe(1)
  const told = await done(clerk.get<{ stream: string }[]>('/api/notices'))
  expect(told.filter((n) => n.stream === id)).toHaveLength(1)
})
