import type pg from 'pg'
import type { Viewer } from './reads.ts'

export interface GrantAnswer<Grant> {
  readonly viewer: Viewer | null
  /** Simulated legal day of a demo database. */
  readonly day: string | null
  /** The real instant at which it stood so. */
  readonly at: string
  /** Null where there is none, or the viewer may not know of it. */
  readonly grant: Grant | null
}

/** What may be done under an agreement, as it stands at this moment, in one round trip. Without a token: for the system. */
export const grantFor = async <Grant>(
  pool: Pick<pg.Pool, 'query'>,
  ask: { readonly token: Buffer | null; readonly idle: string; readonly agreement: string },
): Promise<GrantAnswer<Grant>> => {
  const { rows } = await pool.query<{ r: GrantAnswer<Grant> }>({
    name: 'grant_for',
    text: 'select gongshu.grant_for($1, $2, $3) as r',
    values: [ask.token, ask.idle, ask.agreement],
  })
  return rows[0]!.r
}

/** Live registrations of bodies, for looking through. As the system. */
export const recordsOf = async <Snapshot>(
  q: Pick<pg.Pool, 'query'>,
  bodies: readonly string[],
): Promise<readonly { readonly id: string; readonly title: string; readonly snapshot: Snapshot }[]> =>
  (
    await q.query<{ id: string; title: string; snapshot: Snapshot }>({
      name: 'records_of',
      text: `select id, title, snapshot from gongshu.stream where process = 'record' and not final and readers && $1 order by id`,
      values: [bodies],
    })
  ).rows
