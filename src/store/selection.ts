import type pg from 'pg'
import type { Case, ExpertFact, Facts } from '#domain/kernel'
import { checkpointOf, rootAt } from './log.ts'

type Q = Pick<pg.Pool, 'query'>

/** The cases of some processes that are linked to one under a name. As the system. */
export const casesAbout = async (
  q: Q,
  id: string,
  name: string,
  processes: readonly string[],
): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>(
      `select s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
       where l.target = $1 and l.name = $2 and s.process = any ($3) order by s.id`,
      [id, name, processes],
    )
  ).rows.map((r) => r.snapshot)

/**
 * The earliest signed checkpoint of the register that covers the last event of a type in a case: nobody knew its root when the event was
 * decided, and nobody chooses among those that came later. Undefined while there is none.
 */
export const checkpointAfter = async (q: Q, id: string, type: string): Promise<Facts['seed']> => {
  const { rows } = await q.query<{ log: string; origin: string; index: string }>(
    `select g.name as log, g.origin, l.index from gongshu.event e
       join gongshu.log g on g.source = 'register' and g.hash = 'sha256'
       join gongshu.leaf l on l.log = g.name and l.entry = e.id
     where e.stream = $1 and e.type = $2 order by e.seq desc limit 1`,
    [id, type],
  )
  const at = rows[0]
  const found = at && (await checkpointOf(q, at.log, Number(at.index)))
  const root = found && (await rootAt(q, at.log, found.size))
  return root ? { origin: at.origin, size: Number(found.size), root: root.toString('hex') } : undefined
}

/**
 * The pool of a bureau as it stood when a case closed: experts admitted before that event, still active, with the bodies in whose name
 * they may act. Whoever came later cannot move anybody's place in the draw. As the system.
 */
export const poolBefore = async (q: Q, bureau: string, id: string, type: string): Promise<readonly ExpertFact[]> =>
  (
    await q.query<ExpertFact>(
      `select x.id, x.person, x.employer, x.recused,
         coalesce((select array_agg(m.org::text order by m.org) from gongshu.membership m where m.person = x.person::uuid), '{}') as orgs
       from gongshu.expert x
       where x.bureau = $1 and x.state = 'active'
         and (select min(a.id) from gongshu.event a where a.stream = x.id and a.type = 'expert/admit')
           < (select max(c.id) from gongshu.event c where c.stream = $2 and c.type = $3)
       order by x.id`,
      [bureau, id, type],
    )
  ).rows

/** The bodies in whose name a person may act. As the system. */
export const orgsOfPerson = async (q: Q, person: string): Promise<readonly string[]> =>
  (
    await q.query<{ org: string }>(
      'select org::text as org from gongshu.membership where person = $1::uuid order by org',
      [person],
    )
  ).rows.map((r) => r.org)
/** Where an expert says they are employed, in whatever pool. As the system. */
export const employersOf = async (q: Q, person: string): Promise<readonly string[]> =>
  (
    await q.query<{ employer: string }>('select distinct employer from gongshu.expert where person = $1 order by 1', [
      person,
    ])
  ).rows.map((r) => r.employer)

/** Who operates by authorization of a body now, or has been chosen to: by kind. Those handing over no longer count. As the system. */
export const operatingUnder = async (
  q: Q,
  implementer: string,
  but: string,
): Promise<readonly { readonly operator: string; readonly kind: string }[]> =>
  (
    await q.query<{ operator: string; kind: string }>(
      `select distinct snapshot -> 'seats' ->> 'operator' as operator, kind from gongshu.stream
         where process = 'agreement' and state in ('running', 'suspended') and snapshot -> 'seats' ->> 'implementer' = $1
       union
       select snapshot -> 'seats' ->> 'winner', snapshot -> 'data' -> 'start' ->> 'planKind' from gongshu.stream
         where process = 'selection' and state = 'awarded' and variant = 'operator' and id <> $2
           and snapshot -> 'seats' ->> 'organiser' = $1`,
      [implementer, but],
    )
  ).rows

export interface SelectionRow {
  readonly id: string
  readonly variant: string
  readonly kind: string
  readonly method: string
  readonly state: string
  readonly title: string
  readonly division: string
  readonly organiser: string
  readonly announced: string
  readonly until: string
  readonly scope: string
  readonly contact: string
  readonly platform: string
  readonly project: string
  readonly link: string
  readonly files: readonly string[]
  readonly conditions: readonly string[]
  readonly criteria: readonly { readonly term: string; readonly most: number }[]
  readonly result: {
    readonly winner?: string
    readonly decidedOn?: string
    readonly link?: string
    readonly sole?: string
    readonly receipt?: string
    readonly reviewers?: number
    readonly ranking?: readonly { readonly name: string; readonly total: number; readonly place: number }[]
    readonly failed?: string
  } | null
  readonly draw: {
    readonly seed: string
    readonly origin: string
    readonly size: number
    readonly root: string
    readonly order: readonly string[]
    readonly skipped: readonly { readonly id: string; readonly reason: string }[]
    readonly panel: readonly string[]
  } | null
}
/** Announced selections, the newest first; at most 200. */
export const publicSelections = async (q: Q, division?: string): Promise<readonly SelectionRow[]> =>
  (
    await q.query<SelectionRow>(
      `select * from gongshu.public_selection where $1::text is null or division like $1 order by announced desc, id desc limit 200`,
      [division && division !== '000000' ? `${division.replace(/(00)+$/, '')}%` : null],
    )
  ).rows
export const publicSelection = async (q: Q, id: string): Promise<SelectionRow | undefined> =>
  (await q.query<SelectionRow>('select * from gongshu.public_selection where id = $1', [id])).rows[0]
