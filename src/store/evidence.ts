import type pg from 'pg'
import type { Case } from '#domain/kernel'
import type { EventRow } from './queries.ts'

type Q = Pick<pg.Pool, 'query'>

/** An act with its place in the register’s log; null until it has been taken in. */
export interface LoggedEvent extends EventRow {
  readonly stream: string
  readonly seq: number
  readonly leaf: number | null
}
/** An access with its place in the access log. */
export interface LoggedAccess {
  readonly id: number
  readonly body: string
  readonly leaf: number | null
}
/** A span of real time, ISO 8601: from inclusive, to exclusive. */
export interface Span {
  readonly from: string
  readonly to: string
}

const eventColumns = `e.id, e.stream, e.seq, e.body, s.fields as sealed, l.index as leaf
  from gongshu.event e left join gongshu.sealed s using (stream, seq)
  left join gongshu.leaf l on l.log = 'register' and l.entry = e.id`

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
      `select a.id, a.body, l.index as leaf from gongshu.access a left join gongshu.leaf l on l.log = 'access' and l.entry = a.id
       where a.at >= $1 and a.at < $2 and ($3::text is null or a.person = $3)
       order by a.id limit $4`,
      [span.from, span.to, person ?? null, most],
    )
  ).rows

/** Where in the access log this very entry stands; undefined until it has been taken in. */
export const accessLeaf = async (q: Q, subject: string, body: string): Promise<number | undefined> =>
  (
    await q.query<{ index: number }>(
      `select l.index from gongshu.access a join gongshu.leaf l on l.log = 'access' and l.entry = a.id
       where a.subject = $1 and a.body = $2`,
      [subject, body],
    )
  ).rows[0]?.index

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
