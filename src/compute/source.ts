import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { noDefects, type Column, type FileFacts, type Native } from './compile.ts'
import { openCsv } from './csv.ts'
import type { Engine } from './engine.ts'
import { openSheet } from './sheet.ts'
import { quoteName, quoteText } from './sql.ts'
import { spool } from './workspace.ts'

/** A file as the encrypted store gives it out (a stream, kept in a temporary file while it is read) or as it lies on disk. */
export interface FileSource {
  readonly kind: 'csv' | 'xlsx' | 'parquet'
  readonly content: AsyncIterable<Uint8Array> | { readonly path: string }
}

/** A file that is ready to be read: on disk, and known to be what it says. */
export interface ReadyFile {
  readonly path: string
  readonly kind: 'csv' | 'parquet'
  /** Of a CSV. A Parquet file tells its columns to the engine. */
  readonly header: readonly string[]
  readonly delimiter: string
  readonly mergedCells: number
}

/** Refusal codes: those of `openCsv` and `openSheet`. */
export const readyFile = async (source: FileSource, dir: string, signal: AbortSignal): Promise<ReadyFile | Refusal> => {
  const { content } = source
  const path = 'path' in content ? content.path : await spool(content, `${dir}/given-${crypto.randomUUID()}`, signal)
  switch (source.kind) {
    case 'parquet':
      return { path, kind: 'parquet', header: [], delimiter: '', mergedCells: 0 }
    case 'csv': {
      const csv = await openCsv(path, dir, signal)
      return isRefusal(csv) ? csv : { ...csv, kind: 'csv', mergedCells: 0 }
    }
    case 'xlsx': {
      const sheet = await openSheet(path, dir, signal)
      return isRefusal(sheet) ? sheet : { ...sheet, kind: 'csv' }
    }
  }
}

export interface OpenTable {
  readonly from: string
  readonly header: readonly string[]
  readonly columns: readonly Column[]
  readonly facts: FileFacts
}

const natives: readonly (readonly [RegExp, Native])[] = [
  [/^VARCHAR/, 'text'],
  [/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/, 'integer'],
  [/^(DECIMAL|DOUBLE|FLOAT)/, 'number'],
  [/^BOOLEAN/, 'boolean'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP/, 'datetime'],
]

/** How many columns have no name or one that stands before it. */
const headerDefects = (header: readonly string[]): number => {
  const names = header.map((h) => h.trim())
  return names.filter((h, i) => h === '' || names.indexOf(h) < i).length
}

/** Where the engine notes the lines it could not read. */
export const rejects = 'r_errors'
export const rejectedScans = 'r_scans'
/** Beyond it unreadable lines are no longer counted: they are kept whole in memory until they are. */
const mostRejects = 1_000_000

const csvTable = (file: ReadyFile, strict: boolean, other: boolean): OpenTable => ({
  // the columns get names of our own: what stands in the first line is data until it was looked at
  from:
    `read_csv(${quoteText(file.path)}, auto_detect = false, header = true, all_varchar = true, delim = ${quoteText(file.delimiter)}, ` +
    `quote = '"', escape = '"', columns = {${file.header.map((_, i) => `'f${i}': 'VARCHAR'`).join(', ')}}, ` +
    `strict_mode = ${strict}, ignore_errors = true` +
    (other
      ? ')'
      : `, store_rejects = true, rejects_limit = ${mostRejects}, rejects_table = '${rejects}', rejects_scan = '${rejectedScans}')`),
  header: file.header,
  columns: file.header.map((_, i) => ({ sql: `f${i}`, native: 'text' as const })),
  facts: { ...noDefects, headerDefects: headerDefects(file.header), mergedCells: file.mergedCells },
})

/**
 * A file as a table of the engine. Refusal code: `unreadable_file`.
 * @param other whether it is a table that checks only refer to: its unreadable lines are left out without being counted
 */
export const openTable = async (
  engine: Engine,
  file: ReadyFile,
  strict: boolean,
  other = false,
): Promise<OpenTable | Refusal> => {
  if (file.kind === 'csv') return csvTable(file, strict, other)
  const from = `read_parquet(${quoteText(file.path)})`
  try {
    const described = (await engine.rows(`DESCRIBE SELECT * FROM ${from}`)) as readonly (readonly string[])[]
    const header = described.map(([name]) => name!)
    return {
      from,
      header,
      columns: described.map(([name, type]) => ({
        sql: quoteName(name!),
        native: natives.find(([re]) => re.test(type!))?.[1] ?? 'other',
      })),
      facts: { ...noDefects, headerDefects: headerDefects(header) },
    }
  } catch {
    return refuse('unreadable_file', '文件不是完整的 Parquet 文件，请重新导出后上传')
  }
}
