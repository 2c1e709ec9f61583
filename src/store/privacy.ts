import type pg from 'pg'
import type { Json } from '#contract'
import type { AccessEntry } from './commit.ts'
import type { EventRow, FileRow } from './queries.ts'

type Q = Pick<pg.Pool, 'query'>

/** The case with all cases it led to or came from as registration: where the same personal value may stand again. */
export const familyOf = async (q: Q, id: string): Promise<readonly string[]> =>
  (await q.query<{ r: string[] }>('select gongshu.family($1) as r', [id])).rows[0]!.r

export interface CaseEventRow extends EventRow {
  readonly stream: string
  readonly seq: number
}
export const eventsOf = async (q: Q, streams: readonly string[]): Promise<readonly CaseEventRow[]> =>
  (
    await q.query<CaseEventRow>(
      `select e.id, e.stream, e.seq, e.body, s.fields as sealed, s.restricted from gongshu.event e left join gongshu.sealed s using (stream, seq)
       where e.stream = any ($1) order by e.stream, e.seq`,
      [streams],
    )
  ).rows

/** Whether one of these cases lies under a legal hold. */
export const isHeld = async (q: Q, streams: readonly string[]): Promise<boolean> =>
  (
    await q.query<{ r: boolean }>(
      'select exists (select 1 from gongshu.hold where stream = any ($1) and until is null) as r',
      [streams],
    )
  ).rows[0]!.r

/** What a decision restricted: where it stood and until when it has to be kept, not what it says. */
export const restrictedBy = async (
  q: Q,
  request: string,
): Promise<
  readonly { readonly stream: string; readonly seq: number; readonly field: string; readonly until: string }[]
> =>
  (
    await q.query<{ stream: string; seq: number; field: string; until: string }>(
      'select stream, seq, field, until from gongshu.retained where request = $1 order by stream, seq, field',
      [request],
    )
  ).rows

export interface Retained {
  readonly values: readonly {
    readonly stream: string
    readonly seq: number
    readonly field: string
    readonly until: string
    readonly value: Json
  }[]
  readonly files: readonly FileRow[]
}
/** What a decision restricted, for the keeper of its registrar: the entry of the access log is written with the reading. Null for anyone else. */
export const readRetained = async (
  q: Q,
  token: Buffer,
  idle: string,
  request: string,
  entry: AccessEntry,
): Promise<Retained | null> =>
  (
    await q.query<{ r: Retained | null }>('select gongshu.retained_read($1, $2, $3, $4) as r', [
      token,
      idle,
      request,
      JSON.stringify(entry),
    ])
  ).rows[0]!.r

/** Restricted values that are missing or no longer open their commitments. */
export const retainedProblems = async (
  q: Q,
): Promise<readonly { readonly stream: string; readonly seq: number; readonly field: string }[]> =>
  (await q.query<{ stream: string; seq: number; field: string }>('select * from gongshu.retained_problems()')).rows
