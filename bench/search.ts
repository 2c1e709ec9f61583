import { reindex, type App } from '#application'
import { connect } from '#store'
import { putItems } from '../test/search/items.ts'
import { generateItems, generateQueries } from './catalogue.ts'
import { interleaved, spread, type Figure } from './measure.ts'
import type { System } from './system.ts'

/** The application whose statements are counted. */
const counted = (app: App): { readonly app: App; readonly statements: () => number } => {
  let n = 0
  const pool = new Proxy(app.pool, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (key === 'query') n++
        return (value as (...a: unknown[]) => unknown).apply(target, args)
      }
    },
  })
  return { app: { ...app, pool }, statements: () => n }
}

/** Two-word searches of a generated catalogue with all facets counted, against reads of one entry by its key from the same server. */
export const searching = async (
  s: System,
  quick: boolean,
): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const clients = 16
  const amount = quick ? 400 : 2000
  const entries = Number(process.env['BENCH_ENTRIES'] ?? (quick ? 10_000 : 100_000))
  // aims for two words: 60 ms up to 100 000 entries, 200 ms for a million
  const aim = entries > 100_000 ? 200 : 60
  const items = generateItems(entries)
  const failed: string[] = []
  const owner = connect(s.databaseUrl, { max: 1 })
  try {
    let began = performance.now()
    await putItems(owner, items)
    await owner.query('vacuum analyze gongshu.public_item')
    const put = (performance.now() - began) / 1000
    console.log(`  ${items.length} rows put with their columns in ${put.toFixed(1)} s`)
    const paths = generateQueries(amount)

    const watched = counted(s.app)
    const base = await s.serve(watched.app)
    let most = 0
    // the first search of a process reads the facet values as well
    await (await fetch(base + paths[0]!)).arrayBuffer()
    for (const path of paths.slice(0, 100)) {
      const before = watched.statements()
      await (await fetch(base + path)).arrayBuffer()
      most = Math.max(most, watched.statements() - before)
    }
    if (most > 3) failed.push(`a search took ${most} statements`)

    const seen = new Map<string, number[][]>()
    const rate = (name: string, of: readonly string[]) => async (): Promise<number> => {
      const before = s.cpu()
      const done = await s.client.load({ base: s.base, clients, amount, method: 'GET', paths: of })
      const after = s.cpu()
      const cpu = (k: 'server' | 'database'): number => (after[k] - before[k]) / amount
      seen.set(name, [...(seen.get(name) ?? []), [done.median, done.p99, cpu('server'), cpu('database')]])
      return done.p95
    }
    const note = (name: string) => (): string => {
      const middle = (k: number): number => spread((seen.get(name) ?? []).map((v) => v[k] ?? NaN)).median
      return `median ${middle(0).toFixed(1)}, p99 ${middle(1).toFixed(1)} ms; processor time ${middle(2).toFixed(2)} ms in Node, ${middle(3).toFixed(2)} ms in the database`
    }
    const one = 'one entry by its key, p95'
    const two = `two words of ${items.length}, with facets, p95`
    const newest = 'all, newest first, p95'
    const figures = await interleaved(quick ? 2 : 5, [
      {
        name: one,
        unit: 'ms',
        run: rate(
          one,
          items.slice(0, 1000).map((i) => `/api/public/items/${i.id}`),
        ),
        note: note(one),
      },
      {
        name: two,
        unit: 'ms',
        against: one,
        run: rate(two, paths),
        note: () => `${note(two)()}; at most ${most} statements`,
      },
      { name: newest, unit: 'ms', against: one, run: rate(newest, ['/api/public/items']), note: note(newest) },
    ])
    const p = figures.find((f) => f.name === two)?.median ?? NaN
    if (!quick && p > aim) failed.push(`two words: p95 ${p.toFixed(0)} ms, ${aim} wanted`)

    began = performance.now()
    const done = await reindex(s.app)
    const seconds = (performance.now() - began) / 1000
    if (done !== items.length) failed.push(`${done} of ${items.length} indexed anew`)
    if (!quick && entries <= 100_000 && seconds > 30) failed.push(`indexed anew in ${seconds.toFixed(0)} s, 30 wanted`)
    const once = { rounds: 1, min: seconds, median: seconds, max: seconds }
    return { figures: [...figures, { name: `${done} indexed anew`, unit: 's', ...once }], failed }
  } finally {
    await owner.query('truncate gongshu.public_item').catch(() => undefined)
    await owner.end()
  }
}
