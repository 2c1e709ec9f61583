import type { DrawView } from '#contract'
import { hash } from '../crypto.ts'

/** The order of a draw, computed again: numbers by the SHA-256 of the seed followed by each. */
export const drawnAgain = (seed: string, pool: readonly string[]): readonly string[] =>
  pool
    .map((id) => ({ id, lot: String(hash('sha256', seed + id)) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : a.lot > b.lot ? 1 : a.id < b.id ? -1 : 1))
    .map((x) => x.id)
/** Does a record follow from its own seed: the order, and who was taken from it? */
export const drawHolds = (d: DrawView): boolean => {
  const order = drawnAgain(d.seed, [...d.order].sort())
  const passed = new Set(d.skipped.map((x) => x.id))
  const taken = order.filter((id) => !passed.has(id)).slice(0, d.panel.length)
  return d.seed.startsWith(d.root) && order.join() === d.order.join() && taken.join() === d.panel.join()
}
