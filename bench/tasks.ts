import { interleaved, spread, type Figure } from './measure.ts'
import type { System } from './system.ts'

/** Most of what a list of tasks may take, at 16 clients, for somebody with ten thousand cases. */
const aim = 100

/** The list of tasks at 16 clients of somebody to whom ten thousand cases are open, first and later pages, against one case by its id. */
export const tasks = async (
  s: System,
  quick: boolean,
): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const clients = 16
  const amount = quick ? 100 : 600
  const ids = await s.submitted(quick ? 1000 : 10_000)
  const ask = async (path: string): Promise<{ total: number; next?: string; rows: readonly unknown[] }> =>
    (await fetch(s.base + path, { headers: { cookie: s.cookies.registrar } })).json() as never
  const first = await ask('/api/tasks?limit=50')
  const failed = first.total < ids.length ? [`${first.total} tasks of ${ids.length}`] : []
  // where somebody is who has turned many pages
  let later = first.next
  for (let page = 1; page < (quick ? 5 : 60) && later; page++)
    later = (await ask(`/api/tasks?limit=50&cursor=${later}`)).next
  const seen = new Map<string, number[][]>()
  const rate = (name: string, paths: readonly string[]) => async (): Promise<number> => {
    const before = s.cpu()
    const done = await s.client.load({
      base: s.base,
      clients,
      amount,
      method: 'GET',
      paths,
      cookie: s.cookies.registrar,
    })
    const after = s.cpu()
    const cpu = (k: 'server' | 'database'): number => (after[k] - before[k]) / amount
    seen.set(name, [...(seen.get(name) ?? []), [done.median, cpu('server'), cpu('database')]])
    return done.p95
  }
  const one = 'one case by its id, p95'
  const pages: readonly (readonly [string, string])[] = [
    [`tasks of ${ids.length}, first page, p95`, '/api/tasks?limit=50'],
    ...(later ? [[`tasks of ${ids.length}, a late page, p95`, `/api/tasks?limit=50&cursor=${later}`] as const] : []),
  ]
  const figures = await interleaved(quick ? 2 : 5, [
    {
      name: one,
      unit: 'ms',
      run: rate(
        one,
        ids.slice(0, 500).map((id) => `/api/applications/${id}`),
      ),
    },
    ...pages.map(([name, path]) => ({
      name,
      unit: 'ms',
      against: one,
      run: rate(name, [path]),
      note: () => {
        const middle = (k: number): string => spread((seen.get(name) ?? []).map((v) => v[k] ?? NaN)).median.toFixed(1)
        return `median ${middle(0)} ms; processor time ${middle(1)} ms in Node, ${middle(2)} ms in the database`
      },
    })),
  ])
  const p = figures.find((f) => f.name === pages[0]![0])?.median ?? NaN
  return { figures, failed: [...failed, ...(!quick && p > aim ? [`p95 ${p.toFixed(0)} ms, ${aim} wanted`] : [])] }
}
