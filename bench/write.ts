import pg from 'pg'
import type { Figure } from './measure.ts'
import { interleaved, spread } from './measure.ts'
import type { Loaded } from './client.ts'
import type { System } from './system.ts'

const accepting = (ids: readonly string[]): string[] => ids.map((id) => `/api/applications/${id}/actions/accept`)
const body = JSON.stringify({ input: {} })

/** Statements sent by this process while `work` runs; `pg` sends each as one message and waits for its answer. */
const roundTrips = async (work: () => Promise<unknown>): Promise<number> => {
  const client = pg.Client.prototype as { query: (...a: unknown[]) => unknown }
  const { query } = client
  let sent = 0
  client.query = function (...a) {
    sent++
    return query.apply(this, a)
  }
  await work().finally(() => (client.query = query))
  return sent
}

/** 受理 over HTTP, each on another case, against a bare server that inserts one row. */
export const write = async (s: System, quick: boolean): Promise<{ figures: readonly Figure[]; failed: string[] }> => {
  const rounds = quick ? 2 : 5
  const amount: Readonly<Record<number, number>> = quick
    ? { 1: 50, 4: 100, 16: 300, 64: 300 }
    : { 1: 150, 4: 400, 16: 800, 64: 800 }
  // a server runs for months, so what it does before its code is compiled does not count
  const warm = quick ? 400 : 3000
  const levels = Object.keys(amount).map(Number)
  const perRound = levels.reduce((n, l) => n + (amount[l] ?? 0) + 2 * l, 0)
  const ids = [...(await s.submitted(perRound * (rounds + 1) + warm + 1000))]
  const take = (n: number): string[] => accepting(ids.splice(0, n))
  const accept = (clients: number, n: number): Promise<Loaded> =>
    s.client.load({
      base: s.base,
      clients,
      amount: n,
      method: 'POST',
      paths: take(n + 2 * clients),
      cookie: s.cookies.registrar,
      body,
    })

  const failed: string[] = []
  const counted = 60
  await accept(16, warm)
  const trips = new Map<number, number>()
  for (const clients of levels)
    trips.set(clients, (await roundTrips(() => accept(clients, counted + clients))) / (counted + clients))
  if ((trips.get(1) ?? Infinity) > 2)
    failed.push(`an action takes ${trips.get(1)?.toFixed(2)} round trips to the database, not two`)

  type Counted = Loaded & { readonly server: number; readonly database: number }
  const runs = new Map<string, Counted[]>()
  const measure = (name: string, n: number, run: () => Promise<Loaded>) => ({
    name,
    unit: '/s',
    run: async () => {
      const before = s.cpu()
      const loaded = await run()
      const after = s.cpu()
      const used = { server: (after.server - before.server) / n, database: (after.database - before.database) / n }
      runs.set(name, [...(runs.get(name) ?? []), { ...loaded, ...used }])
      return loaded.rate
    },
    note: () => {
      const all = runs.get(name)?.slice(1) ?? []
      const ms = (of: (l: Counted) => number): string => spread(all.map(of)).median.toFixed(2)
      const cpu = `CPU ${ms((l) => l.server)} ms server + ${ms((l) => l.database)} ms database`
      return `p50 ${ms((l) => l.median)} ms, p99 ${ms((l) => l.p99)} ms, ${cpu}`
    },
  })
  const figures = await interleaved(
    rounds,
    levels.flatMap((clients) => {
      const n = amount[clients] ?? 0
      const one = `one INSERT, ${clients} clients`
      const action = measure(`action, ${clients} clients`, n, () => accept(clients, n))
      return [
        measure(one, 2 * n, () =>
          s.client.load({
            base: s.bare,
            clients,
            amount: 2 * n,
            method: 'POST',
            paths: ['/rows'],
            body: '{"act":"accept"}',
          }),
        ),
        {
          ...action,
          against: one,
          note: () => `${action.note()}, ${trips.get(clients)?.toFixed(2)} round trips`,
        },
      ]
    }),
  )
  const aim = figures.find((f) => f.name === 'action, 16 clients')?.ratio?.median ?? 0
  console.log(`  an action at 16 clients reaches ${aim.toFixed(2)} of one INSERT; the aim is 0.3`)
  return { figures, failed }
}
