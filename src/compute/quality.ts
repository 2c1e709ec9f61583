import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Check, Counts, InformationItem } from '#domain/catalogue'
import { matchColumns } from '#domain/catalogue'
import { compile, noDefects, type CompileOptions, type Plan, type Table } from './compile.ts'
import { defaultLimits, ended, openEngine, type Engine, type Limits } from './engine.ts'
import { inPostgres, refusalOfPostgres, type PostgresTable } from './postgres.ts'
import {
  openTable,
  readyFile,
  rejectedScans,
  rejects,
  type FileSource,
  type OpenTable,
  type ReadyFile,
} from './source.ts'
import { duckdb, postgres } from './sql.ts'
import { inWorkspace } from './workspace.ts'

export type Source =
  | (FileSource & { readonly references?: Readonly<Record<string, FileSource>> })
  | ({
      readonly kind: 'postgres'
      /** Connection string of an account that can only read. */
      readonly url: string
      readonly references?: Readonly<Record<string, PostgresTable>>
    } & PostgresTable)

export interface MeasureOptions extends Pick<CompileOptions, 'day' | 'since'> {
  /** Below it the temporary files live, for as long as the scan. */
  readonly dataDir: string
  /** The declared items, by which columns are found under either of their names. */
  readonly fields?: readonly InformationItem[]
  readonly limits?: Partial<Limits>
  readonly signal?: AbortSignal
  /** Told now and then: what is being done and the share of it that is done, 0 to 1, where known. */
  readonly onProgress?: (phase: 'reading' | 'checking', done: number | undefined) => void
}

/** The names under which checks look into a table and into the tables they refer to. */
const namesIn = (checks: readonly Check[], reference?: string): readonly string[] => [
  ...new Set(
    checks.flatMap((c) =>
      reference === undefined
        ? (c.fields as readonly string[])
        : c.kind === 'referential' && c.params.reference === reference
          ? [c.params.field]
          : [],
    ),
  ),
]
const asTable = (
  t: Pick<OpenTable, 'from' | 'header' | 'columns'>,
  names: readonly string[],
  fields: readonly InformationItem[],
): Table => ({ from: t.from, columns: t.columns, positions: matchColumns(names, fields, t.header) })

/**
 * Counts what the checks ask in one scan of a file or table. What comes back are counts, never a row or a value; no message of an engine
 * is passed on, because it may quote the data.
 * Refusal codes: `empty_file`, `encoding`, `header`, `unreadable_file`, `too_large`, `unreachable`, `no_table`, `no_permission`, `locked`,
 * `pattern`, `query_failed`, `no_reference`, `cancelled`, `timed_out`.
 */
export const measure = async (
  source: Source,
  checks: readonly Check[],
  options: MeasureOptions,
): Promise<Counts | Refusal> => {
  const limits = { ...defaultLimits, ...options.limits }
  const missing = checks.find((c) => c.kind === 'referential' && !source.references?.[c.params.reference])
  if (missing)
    return refuse('no_reference', '引用检核所指的另一张表没有提供', { fields: { [missing.key]: '没有提供引用表' } })
  const late = AbortSignal.timeout(limits.timeMs)
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late
  try {
    if (source.kind !== 'postgres')
      return await inWorkspace(options.dataDir, (dir) => scanFile(source, checks, options, limits, dir, signal))
    options.onProgress?.('checking', undefined)
    const counts = await inPostgres(source.url, limits.timeMs, signal, async (session) => {
      const table = await session.describe(source)
      if (isRefusal(table)) return table
      const references = new Map<string, Table>()
      for (const [name, of] of Object.entries(source.references ?? {})) {
        const other = await session.describe(of)
        if (isRefusal(other)) return other
        references.set(name, asTable(other, namesIn(checks, name), []))
      }
      const plan = compile(checks, postgres, {
        table: asTable(table, namesIn(checks), options.fields ?? []),
        references,
        day: options.day,
        since: options.since,
      })
      return plan.read(await session.row(plan.sql), noDefects)
    })
    return signal.aborted ? ended(options.signal) : counts
  } catch (error) {
    if (signal.aborted) return ended(options.signal)
    if (source.kind === 'postgres')
      // 57014: the server's own time limit was faster than ours
      return (error as { code?: string }).code === '57014' ? ended(undefined) : refusalOfPostgres(error)
    throw error
  }
}

const scanFile = async (
  source: FileSource & { readonly references?: Readonly<Record<string, FileSource>> },
  checks: readonly Check[],
  options: MeasureOptions,
  limits: Limits,
  dir: string,
  signal: AbortSignal,
): Promise<Counts | Refusal> => {
  options.onProgress?.('reading', undefined)
  const file = await readyFile(source, dir, signal)
  if (isRefusal(file)) return file
  const others = new Map<string, ReadyFile>()
  for (const [name, of] of Object.entries(source.references ?? {})) {
    const other = await readyFile(of, dir, signal)
    if (isRefusal(other)) return other
    others.set(name, other)
  }
  const scanned = await runOnFile(true, file, others, checks, options, limits, dir, signal)
  // a file whose line ends are mixed is a table all the same, but not one that every program can read
  return scanned === 'irregular'
    ? ((await runOnFile(false, file, others, checks, options, limits, dir, signal)) as Counts | Refusal)
    : scanned
}

const runOnFile = async (
  strict: boolean,
  file: ReadyFile,
  others: ReadonlyMap<string, ReadyFile>,
  checks: readonly Check[],
  options: MeasureOptions,
  limits: Limits,
  dir: string,
  signal: AbortSignal,
): Promise<Counts | Refusal | 'irregular'> => {
  const engine = await openEngine([file.path, ...[...others.values()].map((o) => o.path)], dir, limits, signal)
  const tell = setInterval(() => options.onProgress?.('checking', engine.progress()), 250)
  try {
    const table = await openTable(engine, file, strict)
    if (isRefusal(table)) return table
    const references = new Map<string, Table>()
    for (const [name, other] of others) {
      const opened = await openTable(engine, other, strict, true)
      if (isRefusal(opened)) return opened
      references.set(name, asTable(opened, namesIn(checks, name), []))
    }
    const plan = compile(checks, duckdb, {
      table: asTable(table, namesIn(checks), options.fields ?? []),
      references,
      day: options.day,
      since: options.since,
    })
    return await countIn(engine, plan, table, file, strict)
  } catch (error) {
    if (signal.aborted) throw error
    const says = error instanceof Error ? error.message : ''
    if (strict && /state machine reached an invalid state/.test(says)) return 'irregular'
    if (/^Out of Memory Error/.test(says))
      return refuse('too_large', '数据量超过了本机为检测留出的内存和磁盘，请分批检测')
    if (file.kind === 'parquet')
      return refuse('unreadable_file', '文件读到一半出错，不是完整的 Parquet 文件，请重新导出后上传')
    return refuse('unreadable_file', '文件读到一半出错，不是规范的表格文件，请重新导出后上传')
  } finally {
    clearInterval(tell)
    engine.close()
  }
}

const countIn = async (
  engine: Engine,
  plan: Plan,
  table: OpenTable,
  file: ReadyFile,
  strict: boolean,
): Promise<Counts> => {
  const [row = []] = (await engine.rows(plan.sql)) as readonly (readonly bigint[])[]
  const [[unreadable = 0n] = []] =
    file.kind === 'csv'
      ? ((await engine.rows(
          `SELECT count(DISTINCT line) FROM ${rejects} JOIN ${rejectedScans} USING (scan_id, file_id)`,
        )) as readonly (readonly bigint[])[])
      : [[0n]]
  return plan.read(row, { ...table.facts, unreadable: Number(unreadable) + (strict ? 0 : 1) })
}
