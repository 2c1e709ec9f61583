import fc from 'fast-check'
import { moves, play } from './histories.ts'
import type { Law } from './model.ts'
import { registry } from './registry.ts'

export const laws: Readonly<Record<string, Omit<Law, 'calendar'>>> = {
  '341500': { reviewDays: 20, noticeDays: 10, acceptsFirst: false },
  '430000': { reviewDays: 15, noticeDays: 10, acceptsFirst: true },
}

/** Plays many histories; answers with the states that rows lead to and no history has been in. */
export const agree = (
  division: string,
  runs: number,
): { readonly ends: Readonly<Record<string, number>>; readonly unreached: readonly string[] } => {
  const ends: Record<string, number> = {}
  const reached = new Set<string>()
  let done = 0
  let refused = 0
  const began = Date.now()
  fc.assert(
    fc.property(moves(80), (history) => {
      const played = play(division, laws[division]!, history)
      done += played.done
      refused += played.refused
      ends[played.at] = (ends[played.at] ?? 0) + 1
      for (const e of played.registry.events) reached.add(`${e.type.split('/')[0]} ${e.to}`)
    }),
    { numRuns: runs },
  )
  console.log(
    `${division}: ${runs} histories, ${done} acts done, ${refused} refused, ${Date.now() - began} ms, at the end ${JSON.stringify(ends)}`,
  )
  const { table } = registry(division, {})
  const unreached = (
    [
      ['application', 'first', 'resource'],
      ['objection', 'objection', ''],
    ] as const
  ).flatMap(([process, kind, variant]) =>
    Object.values(table(process, kind, variant).rows)
      .map((r) => `${process} ${r.to}`)
      .filter((x) => !x.endsWith(' =') && !reached.has(x)),
  )
  return { ends, unreached }
}
