import type pg from 'pg'
import type { Case } from '#domain/kernel'
import type { Kept } from './backup.ts'

type Q = Pick<pg.Pool, 'query'>

// ── the logs ───────────────────────────────────────────────────────────────────────────────────────────────────

/** The latest signed checkpoint with its root, and when it was made durable. */
export const newestCheckpoint = async (
  q: Q,
  log: string,
): Promise<{ readonly size: number; readonly root: Buffer; readonly at: string } | undefined> =>
  (
    await q.query<{ size: number; root: Buffer; at: string }>({
      name: 'log_newest',
      text: 'select size, root, at from gongshu.checkpoint where log = $1 and note is not null order by size desc limit 1',
      values: [log],
    })
  ).rows[0]

export interface EntryFilter {
  /** ISO 8601: from inclusive, to exclusive. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly person?: string | undefined
  readonly process?: string | undefined
}
/** An act as it stands in a register’s log. */
export interface EntryRow {
  /** Counted from 0; null while the log has not taken it. */
  readonly index: number | null
  readonly at: string
  readonly day: string
  readonly type: string
  readonly actor: string
  readonly org: string
  readonly seq: number
  readonly snapshot: Case
}
const entryColumns = 'e.at, e.day, e.type, e.actor, e.org, e.seq, s.snapshot'
const wanted = `($2::timestamptz is null or e.at >= $2) and ($3::timestamptz is null or e.at < $3) and ($4::text is null or e.actor = $4)
  and ($5::text is null or s.process = $5)`
const args = (log: string, f: EntryFilter): unknown[] => [
  log,
  f.from ?? null,
  f.to ?? null,
  f.person ?? null,
  f.process ?? null,
]
/** Entries of a log of acts that the viewer may see, the latest first. @param before an index: only those below it */
export const entriesOf = async (
  q: Q,
  log: string,
  f: EntryFilter,
  before: number | undefined,
  most: number,
): Promise<readonly EntryRow[]> =>
  (
    await q.query<EntryRow>(
      `select l.index, ${entryColumns} from gongshu.leaf l join gongshu.event e on e.id = l.entry join gongshu.stream s on s.id = e.stream
       where l.log = $1 and ${wanted} and ($6::bigint is null or l.index < $6) order by l.index desc limit $7`,
      [...args(log, f), before ?? null, most],
    )
  ).rows
/** Acts that the viewer may see and the log has not taken, the latest first. */
export const entriesAwaited = async (q: Q, log: string, f: EntryFilter, most: number): Promise<readonly EntryRow[]> =>
  (
    await q.query<EntryRow>(
      `select null as index, ${entryColumns} from gongshu.log g join gongshu.event e on (e.gen, e.xid, e.id) > (g.gen, g.xid, g.id)
         join gongshu.stream s on s.id = e.stream
       where g.name = $1 and g.frozen is null and ${wanted} order by e.id desc limit $6`,
      [...args(log, f), most],
    )
  ).rows

// ── what is kept ───────────────────────────────────────────────────────────────────────────────────────────────

/** The latest of each kind that were noted, the newest first. */
export const keptLately = async (q: Q, most: number): Promise<readonly Kept[]> =>
  (
    await q.query<Kept>(
      `select kind, at, place, size, ok, detail from (
         select k.*, row_number() over (partition by kind order by id desc) as n from gongshu.keeping k) x
       where n <= $1 order by id desc`,
      [most],
    )
  ).rows
/** Months of logs (YYYYMM) that were exported and read back whole. */
export const exportedMonths = async (
  q: Q,
): Promise<readonly { readonly log: string; readonly month: number; readonly place: string }[]> =>
  (
    await q.query<{ log: string; month: number; place: string }>(
      `select detail ->> 'log' as log, (detail ->> 'month')::int as month, place from gongshu.keeping where kind = 'export' and ok order by id`,
    )
  ).rows
/** Bytes on disk of a month (YYYYMM) of the access log, with its indexes. */
export const monthSizes = async (q: Q): Promise<Readonly<Record<number, number>>> =>
  Object.fromEntries(
    (
      await q.query<{ m: number; size: number }>(
        `select substr(c.relname, 8)::int as m, pg_total_relation_size(c.oid) as size from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'gongshu.access'::regclass and c.relname ~ '^access_\\d{6}$'`,
      )
    ).rows.map((r) => [r.m, r.size]),
  )
/** Bytes: of the database, and of all stored files as they were before encryption. As the system. */
export const storageUsed = async (
  q: Q,
): Promise<{ readonly database: number; readonly files: number; readonly count: number }> =>
  (
    await q.query<{ database: number; files: number; count: number }>(
      `select pg_database_size(current_database()) as database, coalesce(sum(size), 0)::bigint as files, count(*) as count from gongshu.file`,
    )
  ).rows[0]!
