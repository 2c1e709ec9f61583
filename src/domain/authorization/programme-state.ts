import type { Case } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import { approvedOn } from './plan-laws.ts'
import type { Milestone, MilestoneSign } from './programme-pack.ts'

/** Reached in time, reached late, not reached though the day has passed, still open. */
export type Reached = 'met' | 'metLate' | 'late' | 'open'
export interface MilestoneState {
  readonly key: string
  readonly due: string
  readonly state: Reached
  /** The day on which it was reached; empty while it is not. */
  readonly on: string
  /** The case that shows it. */
  readonly by?: { readonly process: string; readonly id: string }
  /** Confirmed with a document, not shown by a case. */
  readonly hand?: boolean
}

/** A unit as cases know it: the department itself and the body it named. */
export interface UnitCases {
  readonly mode: string
  readonly orgs: readonly string[]
  readonly cases: readonly Case[]
}

interface Sign {
  readonly on: string
  readonly by: Case
}
const kindOf = (mode: string): readonly string[] => (mode === 'whole' ? ['whole'] : ['domain'])
const of = (u: UnitCases, process: string): readonly Case[] =>
  u.cases.filter(
    (c) =>
      c.process === process &&
      (process === 'selection' || process === 'filing' || kindOf(u.mode).includes(c.kind)) &&
      (u.mode === 'whole' || Object.values(c.seats).some((org) => u.orgs.includes(org))),
  )
const first = (found: readonly Sign[]): Sign | undefined =>
  found.filter((f) => f.on !== '').sort((a, b) => (a.on < b.on ? -1 : 1))[0]

/** The cases by which each milestone is seen to be reached. Where the document asks for a decision and its filing, both must be there. */
const signs: Readonly<Record<MilestoneSign, (u: UnitCases) => Sign | undefined>> = {
  appointment: (u) =>
    first(of(u, 'appointment').map((by) => ({ on: by.did['confirm'] ? text(by.data['filed']?.['filedOn']) : '', by }))),
  planWritten: (u) => first(of(u, 'plan').map((by) => ({ on: by.did['submit']?.day ?? '', by }))),
  planApproved: (u) =>
    first(
      of(u, 'plan').map((by) => ({ on: ['inForce', 'superseded', 'ended'].includes(by.at) ? approvedOn(by) : '', by })),
    ),
  selection: (u) =>
    first(
      u.cases
        .filter(
          (c) =>
            c.process === 'selection' &&
            kindOf(u.mode).includes(text(c.data['start']?.['planKind'])) &&
            (u.mode === 'whole' || Object.values(c.seats).some((org) => u.orgs.includes(org))),
        )
        .map((by) => ({ on: by.did['award']?.day ?? '', by })),
    ),
  agreement: (u) => first(of(u, 'agreement').map((by) => ({ on: by.did['countersign']?.day ?? '', by }))),
  catalogue: (u) =>
    first(
      of(u, 'filing')
        .filter((c) => u.orgs.includes(c.seats['unit'] ?? ''))
        .map((by) => ({ on: text((by.data['receive'] ?? by.data['collate'])?.['receivedOn']), by })),
    ),
  products: (u) =>
    first(
      u.cases
        .filter((c) => c.process === 'recordal' && c.kind === 'products' && u.orgs.includes(c.seats['filer'] ?? ''))
        .map((by) => ({ on: by.at === 'filed' ? by.day : '', by })),
    ),
  hand: () => undefined,
}

/** How far a unit is with one milestone on a day. What was confirmed by hand stands beside what the cases show; the earlier day counts. */
export const milestoneState = (
  m: Milestone,
  unit: UnitCases | undefined,
  confirmedOn: string,
  day: string,
): MilestoneState => {
  const seen = unit ? signs[m.sign](unit) : undefined
  const byHand = confirmedOn !== '' && (!seen || confirmedOn < seen.on)
  const on = byHand ? confirmedOn : (seen?.on ?? '')
  const state: Reached = on !== '' ? (on <= m.due ? 'met' : 'metLate') : m.due < day ? 'late' : 'open'
  return {
    key: m.key,
    due: m.due,
    state,
    on,
    ...(byHand ? { hand: true } : seen ? { by: { process: seen.by.process, id: seen.by.id } } : {}),
  }
}
