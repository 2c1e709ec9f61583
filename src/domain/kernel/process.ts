import type { Form } from '#contract'

/**
 * `seat.duty`. A seat is a party of this case; the pack says which body sits in it.
 * `system` acts are fired by the deadline loop or by another case, never by a person.
 */
export type By = `${string}.${'handler' | 'approver' | 'admin'}` | 'system'

export interface Act {
  /** The Chinese legal term, as the button and the timeline show it. */
  readonly term: string
  readonly by: By | readonly By[]
  /** Rule path whose citation is the basis of this act. */
  readonly basis?: string
  /** The fields of this act; a name stands for a form the matter composes from the pack. */
  readonly form?: Form | string
  /** Named guards of the matter, all of which must pass. */
  readonly guards?: readonly string[]
  /** Must not be done by the person who last did this act. */
  readonly apart?: string
  /** Rule path of the period within which this act must be done. */
  readonly within?: string
  /** Rule path of the period, or name of a date in the case, after which the system does this act. */
  readonly after?: string
  /** The act whose day starts the period, or `date:name` for a date in the case; default: the act that entered the state. */
  readonly since?: string
  /** Possible, but nobody's duty: not a task. */
  readonly optional?: boolean
  /** Done from a place of its own on the screen: it has no button among the others. */
  readonly elsewhere?: boolean
  /** Cannot be taken back in its legal effect; the screen asks twice. */
  readonly grave?: boolean
  /** What the day is called on which this act falls due: 公示期满. */
  readonly until?: string
  /** Seats that are told. */
  readonly tell?: readonly string[]
  /** Computes clear data that belongs to the event: dates, codes. Named in the matter. */
  readonly derive?: string
}

/** What a pack may say about a step of a slot, and nothing more. */
export interface Step extends Act {
  readonly key: string
  /** What the case is in while this step waits, when the act's term does not say it: 异议调查 while the act is 异议不成立. */
  readonly state?: string
  readonly exits?: readonly string[]
}

export interface Row extends Act {
  readonly from: readonly string[]
  readonly to: string
  /** Only in cases of these kinds. */
  readonly kinds?: readonly string[]
}

/** A place in the process where each jurisdiction has its own chain of 0..n steps. */
export interface Slot {
  readonly term: string
  /** Rule path of the steps. */
  readonly rule: string
  /** Where the chain leads. */
  readonly to: string
  /** Guards of every act in this place. */
  readonly guards?: readonly string[]
  /** Derivation of every act in this place but its exits. */
  readonly derive?: string
  readonly exits: Readonly<
    Record<string, Pick<Act, 'term' | 'form' | 'guards' | 'tell' | 'grave' | 'derive'> & { readonly to: string }>
  >
}

export interface StateTerm {
  readonly term: string
  /** The case is at an end. */
  readonly final?: boolean
  /** Rule path of a yes/no value: where it says no, the state is passed over to `else`. `{kind}` stands for the kind of the case. */
  readonly when?: string
  /** Only in cases of these kinds; in any other the state is passed over to `else`. */
  readonly kinds?: readonly string[]
  readonly else?: string
  /** Whose attention the case needs here although the act that ends it is done elsewhere. */
  readonly turn?: readonly By[]
  /** The system is at work here; whoever waits is shown how far it has come. */
  readonly busy?: boolean
  /** Progress step on the screen this state belongs to. */
  readonly phase?: string
}

export interface Seat {
  readonly term: string
  /** Whoever sits here reads the whole case. */
  readonly reads: boolean
}

/** A period that runs through several states and binds them all: 注销自受理之日起若干工作日内办结. */
export interface Clock {
  readonly term: string
  readonly during: readonly string[]
  readonly within: string
  /** The act whose day starts it; of several, the latest that was done. */
  readonly since: string | readonly string[]
  readonly kinds?: readonly string[]
}

export interface Process {
  readonly name: string
  readonly term: string
  readonly kinds: Readonly<Record<string, string>>
  /** What cases can be about where that changes the table; without any: nothing, and each object of registration. */
  readonly variants?: readonly string[]
  readonly seats: Readonly<Record<string, Seat>>
  readonly states: Readonly<Record<string, StateTerm>>
  readonly rows: Readonly<Record<string, Row>>
  readonly slots: Readonly<Record<string, Slot>>
  readonly clocks?: Readonly<Record<string, Clock>>
}

export interface BoundRow extends Row {
  readonly form: Form
}

/** The one table everything reads: buttons, forms, permissions, tasks, diagrams, documentation, tests. */
export interface Table {
  readonly process: string
  readonly kind: string
  readonly variant: string
  readonly states: Readonly<Record<string, StateTerm>>
  readonly seats: Readonly<Record<string, Seat>>
  readonly rows: Readonly<Record<string, BoundRow>>
  readonly clocks: Readonly<Record<string, Clock>>
}

export class BindError extends Error {}

/**
 * Unrolls a process and a pack's answers into one plain table. An unknown seat, an unknown target, an exit the slot does not
 * know, a `since` that nothing produces, or a loop of empty slots makes the pack unusable and throws at load.
 */
export const bind = (
  process: Process,
  { kind, variant }: { readonly kind: string; readonly variant: string },
  pack: {
    readonly steps: (rule: string) => readonly Step[]
    readonly says: (rule: string) => boolean
    readonly form: (name: string, kind: string, variant: string) => Form
  },
): Table => {
  if (!Object.hasOwn(process.kinds, kind)) throw new BindError(`${process.name}: unknown kind "${kind}"`)
  const at = (rule: string): string => rule.replace('{kind}', kind).replace('{variant}', variant)
  const formOf = (form: Act['form']): Form => (typeof form === 'string' ? pack.form(form, kind, variant) : (form ?? []))
  const rules = <A extends Act>(act: A): A => ({
    ...act,
    ...(act.basis ? { basis: at(act.basis) } : {}),
    ...(act.within ? { within: at(act.within) } : {}),
    ...(act.after ? { after: at(act.after) } : {}),
  })
  const stepsOf = new Map(Object.entries(process.slots).map(([name, slot]) => [name, pack.steps(at(slot.rule))]))
  const enter = (to: string, seen: readonly string[] = []): string => {
    if (seen.includes(to)) throw new BindError(`${process.name}: loop of empty slots at ${to}`)
    if (to.startsWith('@')) {
      const name = to.slice(1)
      const slot = process.slots[name]
      if (!slot) throw new BindError(`${process.name}: unknown slot ${to}`)
      const first = stepsOf.get(name)?.[0]
      return first ? `${name}.${first.key}` : enter(slot.to, [...seen, to])
    }
    const state = process.states[to]
    if (!state) throw new BindError(`${process.name}: unknown state ${to}`)
    const skipped = state.kinds?.includes(kind) === false || (state.when !== undefined && !pack.says(at(state.when)))
    return skipped && state.else ? enter(state.else, [...seen, to]) : to
  }

  // '@slot' in `from` means: every step of the slot
  const unroll = (from: string): readonly string[] =>
    from.startsWith('@') ? (stepsOf.get(from.slice(1)) ?? []).map((s) => `${from.slice(1)}.${s.key}`) : [from]
  const rows: Record<string, BoundRow> = {}
  const states: Record<string, StateTerm> = { ...process.states }
  for (const [name, row] of Object.entries(process.rows)) {
    if (row.kinds && !row.kinds.includes(kind)) continue
    rows[name] = {
      ...rules(row),
      form: formOf(row.form),
      from: row.from.flatMap(unroll),
      to: row.to === '=' ? '=' : enter(row.to),
    }
  }
  for (const [name, slot] of Object.entries(process.slots)) {
    const steps = stepsOf.get(name) ?? []
    steps.forEach(({ key, exits = [], state, ...act }, i) => {
      const here = `${name}.${key}`
      const next = steps[i + 1]
      states[here] = { term: state?.startsWith('待') ? state : `${state ?? act.term}中`, phase: name }
      rows[here] = {
        basis: at(slot.rule),
        ...rules(act),
        ...(slot.guards ? { guards: slot.guards } : {}),
        ...(slot.derive ? { derive: slot.derive } : {}),
        form: formOf(act.form),
        from: [here],
        to: next ? `${name}.${next.key}` : enter(slot.to),
      }
      for (const exit of exits) {
        const x = slot.exits[exit]
        if (!x) throw new BindError(`${process.name}: slot ${name} has no exit "${exit}"`)
        const { within: _w, since: _s, guards: _g, derive: _d, tell: _t, ...plain } = act
        rows[`${here}.${exit}`] = {
          basis: at(slot.rule),
          ...rules(plain),
          ...(slot.guards ? { guards: slot.guards } : {}),
          ...x,
          form: formOf(x.form),
          from: [here],
          to: enter(x.to),
        }
      }
    })
  }

  for (const [name, row] of Object.entries(rows)) {
    for (const by of [row.by].flat()) {
      const seat = by === 'system' ? undefined : by.split('.')[0]
      if (seat !== undefined && !process.seats[seat])
        throw new BindError(`${process.name}.${name}: unknown seat "${seat}"`)
    }
    for (const seat of row.tell ?? [])
      if (!process.seats[seat]) throw new BindError(`${process.name}.${name}: unknown seat "${seat}"`)
    for (const ref of [row.since, row.apart])
      if (ref && !ref.startsWith('date:') && !rows[ref])
        throw new BindError(`${process.name}.${name}: nothing produces "${ref}"`)
  }
  const clocks: Record<string, Clock> = {}
  for (const [name, clock] of Object.entries(process.clocks ?? {})) {
    if (clock.kinds && !clock.kinds.includes(kind)) continue
    for (const since of [clock.since].flat())
      if (!rows[since]) throw new BindError(`${process.name}.${name}: nothing produces "${since}"`)
    clocks[name] = { ...clock, within: at(clock.within), during: clock.during.flatMap(unroll) }
  }
  // what a case of this kind cannot come to is no part of its table
  const reached = new Set(Object.values(rows).flatMap((r) => (r.from.length === 0 ? [r.to] : [])))
  for (const here of reached)
    for (const r of Object.values(rows)) if (r.to !== '=' && r.from.includes(here)) reached.add(r.to)
  const kept = Object.entries(rows).flatMap(([name, r]): [string, BoundRow][] => {
    const from = r.from.filter((s) => reached.has(s))
    return r.from.length === 0 || from.length > 0 ? [[name, { ...r, from }]] : []
  })
  return {
    process: process.name,
    kind,
    variant,
    states: Object.fromEntries(Object.entries(states).filter(([name]) => reached.has(name))),
    seats: process.seats,
    rows: Object.fromEntries(kept),
    clocks,
  }
}

/** All seats and duties that may do an act. */
export const byOf = (row: Row): readonly By[] => [row.by].flat()
