import { fold, type Case } from '#domain/kernel'
import { canonical } from '#ledger'
import type { EventRow } from '#store'
import { asSystem, rebuildPage, storedProjection } from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { fromLeaf, headOf, rowsOf } from './leaf.ts'

export interface RebuildReport {
  readonly cases: number
  readonly events: number
  /** Cases whose stored head, deadlines, claims or read models are not what their events say. */
  readonly differences: readonly { readonly stream: string; readonly what: string }[]
}

const foldRows = (rows: readonly EventRow[]): Case | undefined => fold(rows.map((r) => fromLeaf(r)))

/** Re-derives every projection from the events and compares. Reads only; a page of cases at a time. */
export const checkProjections = async (
  app: Pick<App, 'pool' | 'rulesByHash' | 'tables'>,
  progress: (done: number) => void = () => undefined,
): Promise<RebuildReport> => {
  let after = '00000000-0000-0000-0000-000000000000'
  let cases = 0
  let events = 0
  const differences: { stream: string; what: string }[] = []
  for (;;) {
    const page = await asSystem(app.pool, async (q) => rebuildPage(q, after, 200))
    if (page.length === 0) return { cases, events, differences }
    for (const p of page) {
      after = p.id
      cases++
      events += p.events.length
      let state: Case | undefined
      try {
        state = foldRows(p.events)
        const seqs = p.events.map((e) => (JSON.parse(e.body) as { seq: number }).seq)
        if (seqs.some((s, i) => s !== i + 1)) differences.push({ stream: p.id, what: 'event numbers are not 1..n' })
      } catch (e) {
        differences.push({ stream: p.id, what: `events cannot be read: ${String(e)}` })
        continue
      }
      if (!state || !p.head) {
        differences.push({ stream: p.id, what: state ? 'no head' : 'no events' })
        continue
      }
      if (canonical(state) !== canonical(p.head.snapshot)) {
        differences.push({ stream: p.id, what: 'snapshot' })
        continue
      }
      const rules = await rulesOf(app, state.rules)
      const table = tableFor(app, rules, state.rules, state.process, state.kind, state.variant)
      const want = headOf(state, table, 0, '')
      const stored = await asSystem(app.pool, (q) => storedProjection(q, p.id))
      const same = (what: string, a: unknown, b: unknown): void => {
        if (canonical(a) !== canonical(b)) differences.push({ stream: p.id, what })
      }
      const h = p.head
      same(
        'head',
        [
          h.process,
          h.kind,
          h.variant,
          h.state,
          h.version,
          h.final,
          h.title,
          h.division,
          [...h.readers].sort(),
          [...h.turn].sort(),
          h.due,
        ],
        [
          want.process,
          want.kind,
          want.variant,
          want.state,
          want.version,
          want.final,
          want.title,
          want.division,
          [...want.readers].sort(),
          [...want.turn].sort(),
          want.due,
        ],
      )
      const key = (xs: readonly object[]): string[] => [...new Set(xs.map((x) => canonical(x)))].sort()
      same('claims', key(stored.claims), key(want.claims ?? []))
      same('deadlines', key(stored.deadlines), key(want.deadlines ?? []))
      same('links', stored.links, want.links ?? {})
      const rows = new Map(rowsOf(state, rules).map((r) => [r.table, r.row]))
      for (const [table, has] of Object.entries(stored.rows)) same(table, has, rows.get(table) ?? null)
    }
    progress(cases)
  }
}
