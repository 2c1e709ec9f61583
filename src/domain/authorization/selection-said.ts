import type { Case } from '../kernel/index.ts'
import { list, text, texts } from '../kernel/index.ts'

/** What a selection says, for whoever follows it. */
export const noticeOf = (s: Case) => s.data['announce'] ?? {}
/** Last day on which applications are taken: as announced, or as extended since. */
export const deadlineOf = (s: Case): string => text((s.data['extend'] ?? noticeOf(s))['until'])
/** Conditions that the notice adds to those of the rules. */
export const extrasOf = (s: Case): readonly string[] => list(noticeOf(s)['extras']).map((x) => text(x['condition']))
/** What reviewers score by: the factors of the notice with their most points. */
export const criteriaOf = (s: Case): readonly { readonly term: string; readonly most: number }[] =>
  list(noticeOf(s)['criteria']).map((c) => ({ term: text(c['term']), most: Number(c['most']) }))

/** The draw as it stands: the first one with whoever came in the place of others. */
const drawn = (s: Case) => s.data['redraw'] ?? s.data['draw'] ?? {}
/** Numbers of the experts on the panel now. */
export const panelOf = (s: Case): readonly string[] => texts(drawn(s)['panel'])
/** The persons on the panel now: they act for themselves. */
export const panelPersonsOf = (s: Case): readonly string[] => {
  const persons = s.data['draw']?.['persons']
  const of = typeof persons === 'object' && persons !== null ? (persons as Record<string, unknown>) : {}
  return panelOf(s).map((id) => text(of[id]))
}

export interface Place {
  readonly candidacy: string
  readonly org: string
  readonly name: string
  readonly total: number
  readonly place: number
}
export const rankingOf = (s: Case): readonly Place[] =>
  list(s.data['rank']?.['ranking']).map((r) => ({
    candidacy: text(r['candidacy']),
    org: text(r['org']),
    name: text(r['name']),
    total: Number(r['total']),
    place: Number(r['place']),
  }))

const watchers = ['organiser', 'bureau', 'city', 'province'] as const
/** Who comes to sit in a case that was closed, when it is opened: those who hold and watch the selection. */
export const seatsOpened = (s: Case): Record<string, string> =>
  Object.fromEntries(watchers.map((seat) => [seat, s.seats[seat] ?? '']))
export const seatsClosed: Readonly<Record<string, string>> = Object.fromEntries(watchers.map((seat) => [seat, '']))
