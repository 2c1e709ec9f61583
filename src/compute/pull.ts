import { to as copyTo } from 'pg-copy-streams'
import type { Refusal } from '#contract'
import { isRefusal } from '#contract'
import { inPostgres, refusalOfPostgres, type PostgresTable } from './postgres.ts'
import { quoteName } from './sql.ts'

/**
 * A whole table of another database as CSV with its header line, read in one read-only transaction and given to `take` as it comes.
 * Refusal codes: `unreachable`, `no_table`, `no_permission`, `locked`, `query_failed`.
 */
export const tableOut = async <T>(
  url: string,
  of: PostgresTable,
  o: { readonly timeMs: number; readonly signal: AbortSignal },
  take: (content: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T | Refusal> => {
  try {
    return await inPostgres(url, o.timeMs, o.signal, async (session) => {
      const table = await session.describe(of)
      if (isRefusal(table)) return table
      const columns = table.header.map(quoteName).join(', ')
      return take(
        session.copy(copyTo(`COPY (SELECT ${columns} FROM ${table.from}) TO STDOUT WITH (FORMAT csv, HEADER true)`)),
      )
    })
  } catch (error) {
    return refusalOfPostgres(error)
  }
}
