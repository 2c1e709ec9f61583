import type pg from 'pg'
import type { Case } from '#domain/kernel'
import type { AccessEntry } from './commit.ts'
import type { EventRow } from './queries.ts'

type Q = Pick<pg.Pool, 'query'>

/** Where an entry stands in a log of SHA-256; null until it has been taken in. */
interface Placed {
  readonly log: string | null
  readonly leaf: number | null
}
/** An act with its place in the register’s log. */
export interface LoggedEvent extends EventRow, Placed {
  readonly stream: string
  readonly seq: number
}
/** An access with its place in the access log. */
export interface LoggedAccess extends Placed {
  readonly id: number
  readonly body: string
}
/** A span of real time, ISO 8601: from inclusive, to exclusive. */
export interface Span {
  readonly from: string
  readonly to: string
}

const placed = (source: string, row: string): string =>
  `left join (gongshu.log g join gongshu.leaf l on l.log = g.name) on g.source = '${source}' and g.hash = 'sha256' and l.entry = ${row}.id`
const eventColumns = `e.id, e.stream, e.seq, e.body, s.fields as sealed, s.restricted, l.log, l.index as leaf
  from gongshu.event e left join gongshu.sealed s using (stream, seq) ${placed('register', 'e')}`

/** Every act on these cases that the viewer may see, in order. */
export const eventsOfCases = async (q: Q, streams: readonly string[]): Promise<readonly LoggedEvent[]> =>
  (
    await q.query<LoggedEvent>({
      name: 'logged_events',
      text: `select ${eventColumns} where e.stream = any ($1) order by e.stream, e.seq`,
      values: [streams],
    })
  ).rows

/** Acts of a span of time that the viewer may see, of one person or of all, the earliest first. */
export const eventsWithin = async (
  q: Q,
  span: Span,
  actor: string | undefined,
  most: number,
): Promise<readonly LoggedEvent[]> =>
  (
    await q.query<LoggedEvent>(
      `select ${eventColumns} where e.at >= $1 and e.at < $2 and ($3::text is null or e.actor = $3) order by e.id limit $4`,
      [span.from, span.to, actor ?? null, most],
    )
  ).rows

/** Accesses of a span of time that the viewer may see, by one person or by all, the earliest first. */
export const accessWithin = async (
  q: Q,
  span: Span,
  person: string | undefined,
  most: number,
): Promise<readonly LoggedAccess[]> =>
  (
    await q.query<LoggedAccess>(
      `select a.id, a.body, l.log, l.index as leaf from gongshu.access a ${placed('access', 'a')}
       where a.at >= $1 and a.at < $2 and ($3::text is null or a.person = $3)
       order by a.id limit $4`,
      [span.from, span.to, person ?? null, most],
    )
  ).rows

/** Where this very entry of the access log stands; undefined until it has been taken in. */
export const accessLeaf = async (
  q: Q,
  { at, subject, body }: Pick<AccessEntry, 'at' | 'subject' | 'body'>,
): Promise<{ readonly log: string; readonly index: number } | undefined> =>
  (
    await q.query<{ log: string; index: number }>(
      `select l.log, l.index from gongshu.access a join gongshu.log g on g.source = 'access' and g.hash = 'sha256'
         join gongshu.leaf l on l.log = g.name and l.entry = a.id
       where a.subject = $1 and a.body = $2 and a.at = $3`,
      [subject, body, at],
    )
  ).rows[0]

/** Cases as the viewer may see them, folded. */
export const casesById = async (q: Q, ids: readonly string[]): Promise<ReadonlyMap<string, Case>> => {
  const { rows } = await q.query<{ id: string; snapshot: Case }>(
    'select id, snapshot from gongshu.stream where id = any ($1)',
    [ids],
  )
  return new Map(rows.map((r) => [r.id, r.snapshot]))
}

/** Puts a job off that has to wait for something, without counting it as tried. */
export const laterOutbox = (q: Q, id: number): Promise<unknown> => q.query('select gongshu.later_outbox($1)', [id])
