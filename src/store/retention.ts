import type pg from 'pg'

type Q = Pick<pg.Pool, 'query'>

/** What has a term: vouchers of the register, and the access log. */
export type TermKind = 'voucher' | 'access'
export interface Term {
  readonly kind: TermKind
  readonly years: number
  /** The article. */
  readonly basis: string
}
export const terms = async (q: Q): Promise<readonly Term[]> =>
  (await q.query<Term>('select kind, years, basis from gongshu.term order by kind')).rows
/** Raises a term; one that is as long already stays. */
export const raiseTerm = async (q: Q, t: Term): Promise<void> => {
  await q.query('select gongshu.term_raise($1, $2, $3)', [t.kind, t.years, t.basis])
}

export interface MonthHold {
  readonly id: number
  /** YYYYMM, or * for all. */
  readonly month: string
  readonly reason: string
  readonly at: string
}
/** Holds on the access log that have not been lifted. */
export const monthHolds = async (q: Q): Promise<readonly MonthHold[]> =>
  (await q.query<MonthHold>('select id, month, reason, at from gongshu.month_hold where lifted is null order by id'))
    .rows
/** For the owner of the schema. Returns the hold's number. */
export const placeHold = async (q: Q, month: string, reason: string): Promise<number> =>
  (
    await q.query<{ id: number }>('insert into gongshu.month_hold (month, reason) values ($1, $2) returning id', [
      month,
      reason,
    ])
  ).rows[0]!.id
/** For the owner of the schema. False when there is no such hold, or it has been lifted before. */
export const liftHold = async (q: Q, id: number, why: string): Promise<boolean> =>
  ((
    await q.query(
      'update gongshu.month_hold set lifted = clock_timestamp(), lifting = $2 where id = $1 and lifted is null',
      [id, why],
    )
  ).rowCount ?? 0) > 0

export interface Dropped {
  readonly month: number
  readonly entries: number
  readonly logs: readonly { readonly log: string; readonly entries: number; readonly below: number }[]
}
/** Takes a month (YYYYMM) off the access log, for the owner of the schema. @throws pg.DatabaseError GS010 to GS014: why it may not go */
export const dropAccessMonth = async (q: Q, month: number): Promise<Dropped> =>
  (await q.query<{ r: Dropped }>('select gongshu.access_drop($1) as r', [month])).rows[0]!.r
/** Months that the access log has, YYYYMM. */
export const accessMonths = async (q: Q): Promise<readonly number[]> =>
  (
    await q.query<{ m: number }>(
      `select substr(c.relname, 8)::int as m from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'gongshu.access'::regclass and c.relname ~ '^access_\\d{6}$' order by 1`,
    )
  ).rows.map((r) => r.m)

/** Rows of stored files, as the system. */
export const storedFiles = async (
  q: Q,
): Promise<
  readonly {
    readonly id: string
    readonly key: string
    readonly size: number
    readonly sha256: string
    readonly sm3: string
  }[]
> => (await q.query('select id, key, size, sha256, sm3 from gongshu.file order by id')).rows

/** From which index on the entries of a log are there with their bodies. */
export const prunedBelow = async (q: Q, log: string): Promise<number> =>
  (await q.query<{ below: number }>('select below from gongshu.log_pruned where log = $1', [log])).rows[0]?.below ?? 0
/** Entries without a body that stand among others with one. */
export const goneEntries = async (
  q: Q,
  log: string,
  from: number,
  count: number,
): Promise<readonly { readonly index: number; readonly digest: Buffer }[]> =>
  (
    await q.query<{ index: number; digest: Buffer }>(
      'select index, digest from gongshu.log_gone where log = $1 and index >= $2 and index < $2 + $3 order by index',
      [log, from, count],
    )
  ).rows

// ── a month of a log ───────────────────────────────────────────────────────────────────────────────────────────

type Source = 'register' | 'access'
// both sources by the same clock: UTC, as the partitions of the access log
const ofMonth: Readonly<Record<Source, string>> = {
  register: `join gongshu.event e on e.id = l.entry and e.at >= make_timestamptz($2 / 100, $2 % 100, 1, 0, 0, 0, 'UTC')
    and e.at < make_timestamptz($2 / 100, $2 % 100, 1, 0, 0, 0, 'UTC') + interval '1 month'`,
  access: `join gongshu.access e on e.id = l.entry and e.month = l.month and e.month = $2`,
}
/** Where in a log the entries of a month stand. */
export const monthRange = async (
  q: Q,
  log: { readonly name: string; readonly source: Source },
  month: number,
): Promise<{ readonly first: number; readonly last: number; readonly entries: number } | undefined> => {
  const { rows } = await q.query<{ first: number | null; last: number | null; entries: number }>(
    `select min(l.index) as first, max(l.index) as last, count(*) as entries from gongshu.leaf l ${ofMonth[log.source]} where l.log = $1`,
    [log.name, month],
  )
  const r = rows[0]!
  return r.first === null || r.last === null ? undefined : { first: r.first, last: r.last, entries: r.entries }
}
/** Whether a month is over and all of it stands in the logs. */
export const monthClosed = async (q: Q, source: Source, month: number): Promise<'running' | 'waiting' | 'closed'> => {
  const { rows } = await q.query<{ over: boolean; waiting: boolean }>(
    `select now() >= make_timestamptz($1 / 100, $1 % 100, 1, 0, 0, 0, 'UTC') + interval '1 month' as over,
       exists (select 1 from gongshu.${source === 'access' ? 'access' : 'event'} e
         where ${source === 'access' ? 'e.month = $1' : `e.at >= make_timestamptz($1 / 100, $1 % 100, 1, 0, 0, 0, 'UTC') and e.at < make_timestamptz($1 / 100, $1 % 100, 1, 0, 0, 0, 'UTC') + interval '1 month'`}
           and not exists (select 1 from gongshu.log g join gongshu.leaf l on l.log = g.name where g.source = $2 and g.hash = 'sha256' and l.entry = e.id)) as waiting`,
    [month, source],
  )
  return !rows[0]!.over ? 'running' : rows[0]!.waiting ? 'waiting' : 'closed'
}
/** Bodies of a month in the order of the log, a page at a time. */
export const monthPage = async (
  q: Q,
  log: { readonly name: string; readonly source: Source },
  month: number,
  from: number,
  most: number,
): Promise<readonly { readonly index: number; readonly body: string }[]> =>
  (
    await q.query<{ index: number; body: string }>(
      `select l.index, e.body from gongshu.leaf l ${ofMonth[log.source]} where l.log = $1 and l.index >= $3 order by l.index limit $4`,
      [log.name, month, from, most],
    )
  ).rows
/** Signed checkpoints of a log between two sizes, both included. */
export const signedBetween = async (
  q: Q,
  log: string,
  from: number,
  to: number,
): Promise<readonly { readonly size: number; readonly note: string }[]> =>
  (
    await q.query<{ size: number; note: string }>(
      'select size, note from gongshu.checkpoint where log = $1 and size between $2 and $3 and note is not null order by size',
      [log, from, to],
    )
  ).rows
