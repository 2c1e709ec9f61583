import type { Readable } from 'node:stream'
import pg from 'pg'
import type { Refusal } from '#contract'
import { refuse } from '#contract'
import type { Column, Native } from './compile.ts'
import { quoteName } from './sql.ts'

export interface PostgresTable {
  readonly schema: string
  readonly table: string
}
export interface PostgresSession {
  /** A table's columns with their names. Refusal code: `no_table`. */
  readonly describe: (
    of: PostgresTable,
  ) => Promise<
    { readonly from: string; readonly header: readonly string[]; readonly columns: readonly Column[] } | Refusal
  >
  readonly row: (sql: string) => Promise<readonly (string | null)[]>
  /** What a COPY TO STDOUT gives out, as it comes. */
  readonly copy: (query: pg.Submittable & Readable) => AsyncIterable<Uint8Array>
}

const natives: readonly (readonly [RegExp, Native])[] = [
  [/^(smallint|integer|bigint)$/, 'integer'],
  [/^(numeric|real|double precision)/, 'number'],
  [/^boolean$/, 'boolean'],
  [/^date$/, 'date'],
  [/^timestamp/, 'datetime'],
  [/^(text|character varying|character|name)/, 'text'],
]

/**
 * Works in one read-only transaction of another database, in which no statement may take longer than the time limit and no name is looked
 * up outside the system catalog, so that nobody's function of a known name runs. A cancelled statement is stopped on the server.
 * Refusal code: `unreachable`.
 */
export const inPostgres = async <T>(
  url: string,
  timeMs: number,
  signal: AbortSignal,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T | Refusal> => {
  const unreachable = refuse('unreachable', '连接不上数据库，请核对地址、账号和网络')
  const client = new pg.Client({
    connectionString: url,
    application_name: 'gongshu quality',
    connectionTimeoutMillis: Math.min(timeMs, 10_000),
  })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch {
    await client.end().catch(() => {})
    return unreachable
  }
  const cancel = (): void => void stop(url, client)
  signal.addEventListener('abort', cancel)
  try {
    signal.throwIfAborted()
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.ceil(timeMs))}`)
    await client.query('SET LOCAL lock_timeout = 5000')
    await client.query('SET LOCAL search_path = pg_catalog')
    await client.query('SET LOCAL standard_conforming_strings = on')
    return await work({
      describe: async ({ schema, table }) => {
        const { rows } = await client.query<{ name: string; type: string }>(
          `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum`,
          [schema, table],
        )
        if (rows.length === 0) return refuse('no_table', '数据库中没有这张表，或所用账号无权读取')
        return {
          from: `${quoteName(schema)}.${quoteName(table)}`,
          header: rows.map((r) => r.name),
          columns: rows.map((r) => ({
            sql: quoteName(r.name),
            native: natives.find(([re]) => re.test(r.type))?.[1] ?? 'other',
          })),
        }
      },
      copy: (query) => client.query(query) as AsyncIterable<Uint8Array>,
      row: async (sql) => {
        const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })
        return rows[0] ?? []
      },
    })
  } finally {
    signal.removeEventListener('abort', cancel)
    await client.query('ROLLBACK').catch(() => {})
    await client.end().catch(() => {})
  }
}

/** Asks the server to stop what a session is running; another session has to ask. */
const stop = async (url: string, of: pg.Client): Promise<void> => {
  const { processID } = of as unknown as { processID: number | null }
  const client = new pg.Client({ connectionString: url, application_name: 'gongshu quality' })
  client.on('error', () => {})
  try {
    await client.connect()
    if (processID) await client.query(`SELECT pg_cancel_backend(${Number(processID)})`)
  } catch {
    // the statement's own time limit ends it
  } finally {
    await client.end().catch(() => {})
  }
}

export const refusalOfPostgres = (error: unknown): Refusal => {
  const { code } = error as { code?: string }
  if (code === '42501') return refuse('no_permission', '所用账号无权读取这张表')
  if (code === '55P03') return refuse('locked', '表正被其他操作锁定，请稍后再试')
  if (code?.startsWith('2201')) return refuse('pattern', '格式表达式不能用于这个数据库')
  if (code?.startsWith('53')) return refuse('too_large', '数据库资源不足，未能完成检测')
  return refuse('query_failed', '数据库没有完成检测，请联系管理员查看数据库日志')
}
