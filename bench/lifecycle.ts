import { advanceClock, drainJobs } from '#application'
import { isRefusal } from '#contract'
import { storedDay } from '#store'
import { lifecycles, requestsPerCase } from './applicants.ts'
import { interleaved, type Figure } from './measure.ts'
import { insertRow, type System } from './system.ts'

const later = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** First registrations from the draft to the code: what people do by turns, then the notice period in bulk. */
export const lifecycle = async (s: System, quick: boolean): Promise<{ figures: readonly Figure[] }> => {
  const [rounds, cases, workers] = quick ? [2, 16, 16] : [3, 150, 16]
  const { answers, cookies } = s
  const inserts = async (): Promise<number> => {
    const n = cases * requestsPerCase
    const began = performance.now()
    let left = n
    const work = async (): Promise<void> => {
      while (left-- > 0) await insertRow(s.barePool, '{"act":"accept"}')
    }
    await Promise.all(Array.from({ length: workers }, work))
    return (cases / (performance.now() - began)) * 1000
  }
  const over = async (run: (items: readonly string[]) => Promise<number>): Promise<number> => {
    const items = await s.items(cases)
    await s.analyze()
    return cases / (await run(items))
  }
  const coded = async (): Promise<number> => {
    const { day } = await storedDay(s.app.pool)
    const began = performance.now()
    const done = await advanceClock(s.app, later(day ?? '', 45))
    if (isRefusal(done)) throw new Error(done.says)
    await drainJobs(s.app)
    return ((2 * cases) / (performance.now() - began)) * 1000
  }
  const figures = await interleaved(rounds, [
    { name: `${requestsPerCase} INSERTs`, unit: 'cases/s', run: inserts },
    {
      name: 'draft to notice, application layer',
      unit: 'cases/s',
      against: `${requestsPerCase} INSERTs`,
      run: () => over((items) => lifecycles(s.desks, { items, workers, answers, cookies })),
      note: () => `${requestsPerCase} writes a case, ${workers} at a time`,
    },
    {
      name: 'draft to notice, over HTTP',
      unit: 'cases/s',
      against: `${requestsPerCase} INSERTs`,
      run: () => over((items) => s.client.lifecycle({ base: s.base, items, workers, answers, cookies })),
    },
    { name: 'notice to code and certificate', unit: 'cases/s', run: coded, note: () => 'clock moved on by 45 days' },
  ])
  return { figures }
}
