import { fold, type Case, type CaseEvent, type Table } from '#domain/kernel'
import { canonical } from '#ledger'
import { ends } from './model.ts'

/** Thousands of comparisons in each run: a plain one, with words only when it fails. */
export const same = (label: string, is: unknown, should: unknown): void => {
  if (is !== should) throw new Error(`${label}: is ${String(is)}, should be ${String(should)}`)
}

/** What must hold of any register, whatever happened to it. `events` are those of whole cases, in the order in which they were committed. */
export const holds = (
  events: readonly CaseEvent[],
  cases: ReadonlyMap<string, Case>,
  tableOf: (s: Case) => Table,
): void => {
  const streams = new Map<string, CaseEvent[]>()
  for (const e of events) streams.set(e.stream, [...(streams.get(e.stream) ?? []), e])
  for (const [stream, own] of streams) {
    const s = cases.get(stream)!
    same(`fold of ${s.process}`, canonical(fold(own)), canonical(s))
    const table = tableOf(s)
    const finals = Object.keys(table.states).filter((x) => table.states[x]!.final)
    const last: Record<string, string> = {}
    let day = ''
    for (const [i, e] of own.entries()) {
      same('number', e.seq, i + 1)
      const act = e.type.split('/')[1]!
      // an end is an end: nothing follows it, and nothing is due or anybody's turn any more
      if (finals.includes(e.to))
        same(`${act} is the last`, [i, e.turn.length, e.due.length].join(), [own.length - 1, 0, 0].join())
      const apart = table.rows[act]?.apart
      if (apart && e.actor !== 'system' && e.actor !== e.org)
        same(`${act} apart from ${apart}`, last[apart] !== e.actor, true)
      last[act] = e.actor
      same('days go forward', e.day >= day, true)
      day = e.day
      for (const d of e.due)
        same(
          `${d.kind} of ${d.act}`,
          d.kind === 'remind'
            ? e.due.some((x) => x.act === d.act && x.kind !== 'remind' && x.day >= d.day)
            : d.day >= d.from,
          true,
        )
    }
    if (s.process !== 'application') continue
    same('one end of four', ends.filter((e) => own.some((x) => x.to === e)).length <= 1, true)
    const coded = own.filter((e) => e.type === 'application/code')
    const of = (process: string): readonly Case[] =>
      [...cases.values()].filter((c) => c.process === process && c.links['application'] === stream)
    same('coded once', coded.length <= 1, true)
    same('one record for one code', of('record').length, coded.length)
    if (!coded[0]) continue
    for (const o of of('objection'))
      same('no objection to a coded application is closed unanswered', o.at === 'closed', false)
    const before = events.slice(0, events.indexOf(coded[0]))
    for (const o of of('objection'))
      same(
        'no open objection when coded',
        before.some((e) => e.stream === o.id && ['upheld', 'dismissed', 'refused', 'withdrawn'].includes(e.to)),
        true,
      )
  }
  const codes = events.filter((e) => e.type === 'record/register').map((e) => String(e.data['code']))
  same('a code is given once', new Set(codes).size, codes.length)
}
