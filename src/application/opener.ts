import type pg from 'pg'
import type { JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Cx } from '#domain/kernel'
import { isWithin } from '#domain/kernel'
import type { OrgRow, Viewer } from '#store'

/** What routing a new case needs to know: who opens it, about what, and who serves whom. */
export interface Asked {
  readonly viewer: Viewer
  readonly kind: string
  /** The case it is about. */
  readonly about: Case | undefined
  /** Division in which somebody who acts for themselves lives. */
  readonly home: string | undefined
  /** The caller may read that case; else it is only known to be there. */
  readonly reads: boolean
  /** The body in a role that serves a division. */
  readonly body: (role: string, division: string) => OrgRow | undefined
  /** The rules that bind a division today. */
  readonly rulesAt: (division: string) => Rules
  /** What its opener looked up beforehand. */
  readonly looked: JsonObject
}
export interface Place {
  readonly division: string
  readonly seats: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string>>
  /** Where the kind follows from what the case is about. */
  readonly kind?: string
  readonly variant?: string
  /** What the opening itself says; it is not asked of whoever opens. */
  readonly said?: JsonObject
}
/** How a case of a process is opened from outside: who sits in its seats is worked out here, the rights are the process's. */
export interface Opener {
  /** Processes that such a case can be about. Without any it stands for itself. */
  readonly about?: readonly string[]
  /** Whether it must be about something. */
  readonly bound?: boolean
  readonly route: (a: Asked) => Place | Refusal
  /** Looks up, as the system, what `begin` tells. */
  readonly look?: (q: Pick<pg.Pool, 'query'>, place: Place) => Promise<JsonObject>
  /** What its form begins with. */
  readonly begin?: (a: Asked, on: Pick<Cx, 'rules' | 'calendar' | 'day'>) => JsonObject
  /** In which states of the case it would be about its button stands on that case's page; without it, it has a place of its own. */
  readonly offered?: (about: Case) => boolean
}

export const notForPersons = refuse('not_yours', '须以单位名义办理，请切换到所属单位')

/** The body in a role that serves a division: the nearest one upward (属地原则, 26号 第六条). */
export const serving = (orgs: readonly OrgRow[], division: string): OrgRow | undefined =>
  orgs
    .filter((o) => isWithin(division, o.division))
    .sort((a, b) => b.division.replace(/(00)+$/, '').length - a.division.replace(/(00)+$/, '').length)[0]

/** The bodies over a division, the nearest first, that are none of these. */
export const above = (body: Asked['body'], role: string, division: string, none: readonly string[]): string => {
  const over = [division, `${division.slice(0, 4)}00`, `${division.slice(0, 2)}0000`, '000000']
  return over.map((d) => body(role, d)?.id ?? '').find((id) => id !== '' && !none.includes(id)) ?? ''
}
