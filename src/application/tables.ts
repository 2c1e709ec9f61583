import { rm, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse'
import ExcelJS from 'exceljs'
import type { ColumnFact, ColumnType, Facts } from '#domain/kernel'
import type { Doc, Viewer } from '#store'
import { filesById } from '#store'
import type { App } from './app.ts'

/** A file that is no table: the sentence for whoever uploaded it. */
export class TableProblem extends Error {}

/** Most bytes of the plain CSV of one table: a recipient’s copy is arranged in memory. */
export const mostBytes = 256 * 1024 * 1024
const mostColumns = 500
// beyond these it is not followed whether a column repeats itself
const mostKeys = 2_000_000

type Row = readonly string[]

const encodingOf = (bytes: Buffer): 'utf-8' | 'gb18030' => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'gb18030'
  }
}

const csvRows = async function* (bytes: Buffer, noticed: boolean): AsyncGenerator<Row> {
  const utf8 = encodingOf(bytes) === 'utf-8'
  const source = utf8 ? bytes : Buffer.from(new TextDecoder('gb18030').decode(bytes))
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    delimiter: delimiterOf(source),
    // the notice on a copy is no row of it; elsewhere a value may begin as it likes
    ...(noticed ? { comment: '#', comment_no_infix: true } : {}),
  })
  Readable.from(pieces(source)).pipe(parser)
  for await (const row of parser) yield row as string[]
}
const pieces = function* (bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16))
}
const delimiterOf = (bytes: Buffer): string => {
  const first =
    bytes
      .subarray(0, 4096)
      .toString('utf8')
      .split('\n')
      .find((l) => !l.startsWith('#')) ?? ''
  return [',', '\t', ';'].map((d) => [d, first.split(d).length] as const).sort((a, b) => b[1] - a[1])[0]![0]
}

const cell = (v: unknown): string => {
  if (v === null || v === undefined) return ''
  if (v instanceof Date) {
    const iso = v.toISOString()
    return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19)
  }
  if (typeof v === 'object') {
    const o = v as { text?: unknown; result?: unknown; richText?: readonly { text: string }[]; error?: unknown }
    if (o.richText) return o.richText.map((t) => t.text).join('')
    return cell(o.result ?? o.text ?? '')
  }
  return String(v as string | number | boolean | bigint)
}

/** The first sheet that is a table; a sheet called 使用须知 is the notice on a copy. */
const sheetRows = async function* (bytes: Buffer): AsyncGenerator<Row> {
  const book = new ExcelJS.stream.xlsx.WorkbookReader(Readable.from(pieces(bytes)), {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
  })
  for await (const sheet of book) {
    if ((sheet as unknown as { name?: string }).name === '使用须知') continue
    for await (const row of sheet) {
      const values = (row.values as unknown[]).slice(1)
      const cells = Array.from(values, cell)
      if (cells.some((c) => c !== '')) yield cells
    }
    return
  }
}

const parquetRows = async function* (bytes: Buffer): AsyncGenerator<Row> {
  const dir = await mkdtemp(join(tmpdir(), 'gongshu-table-'))
  try {
    const file = join(dir, 'data.parquet')
    await writeFile(file, bytes, { mode: 0o600 })
    const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB' })
    const connection = await instance.connect()
    try {
      const result = await connection.stream(`select columns(*)::varchar from read_parquet('${file}')`)
      yield result.columnNames()
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
        for (const row of chunk.getRows()) yield row.map(cell)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * The rows of a table as texts, the first of them its header. `kind` is the extension that the intake has checked; `noticed`: it may be a
 * copy of ours, with a notice before its first row.
 */
export const tableRows = (bytes: Buffer, kind: string, noticed = false): AsyncGenerator<Row> => {
  switch (kind) {
    case 'csv':
      return csvRows(bytes, noticed)
    case 'xlsx':
      return sheetRows(bytes)
    case 'parquet':
      return parquetRows(bytes)
    default:
      throw new TableProblem('数据文件应为 CSV、Excel（.xlsx）或 Parquet')
  }
}

export const csvLine = (row: Row): string =>
  `${row.map((v) => (/[",\r\n]/.test(v) || v.startsWith('#') ? `"${v.replaceAll('"', '""')}"` : v)).join(',')}\n`

const fits: Readonly<Record<Exclude<ColumnType, 'string'>, RegExp>> = {
  // a code with leading zeros is no number
  integer: /^-?(0|[1-9]\d{0,14})$/,
  number: /^-?(0|[1-9]\d{0,14})(\.\d+)?$/,
  boolean: /^(true|false|是|否)$/i,
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  datetime: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]\d\d:\d\d(:\d\d)?$/,
}

const anyType: readonly ColumnType[] = [...(Object.keys(fits) as ColumnType[]), 'string']

export interface ReadTable {
  readonly columns: readonly ColumnFact[]
  readonly rows: number
}

/**
 * Reads a table whole and gives it out again as plain CSV, telling what its columns hold once that has been taken to the end.
 * Throws a {@link TableProblem} that names the row where it is no table.
 */
export const plainCsv = (
  rows: AsyncIterable<Row>,
): { readonly bytes: AsyncGenerator<Buffer>; readonly facts: () => ReadTable } => {
  let header: Row = []
  let n = 0
  const state: { types: Set<ColumnType>; empty: number; seen: Set<string> | undefined }[] = []
  const bytes = async function* (): AsyncGenerator<Buffer> {
    let held: string[] = []
    let size = 0
    let total = 0
    for await (const raw of rows) {
      if (header.length === 0) {
        header = raw.map((c) => c.normalize('NFC').trim())
        while (header.at(-1) === '') header = header.slice(0, -1)
        if (header.length === 0 || header.includes('')) throw new TableProblem('第一行应为列名，且每列都有列名')
        if (header.length > mostColumns) throw new TableProblem(`数据文件超过 ${mostColumns} 列`)
        const twice = header.find((c, i) => header.indexOf(c) < i)
        if (twice !== undefined) throw new TableProblem(`列名“${twice}”重复`)
        state.push(...header.map(() => ({ types: new Set(anyType), empty: 0, seen: new Set<string>() })))
        held.push(csvLine(header))
        continue
      }
      n++
      const row = raw.length < header.length ? [...raw, ...Array<string>(header.length - raw.length).fill('')] : raw
      if (row.slice(header.length).some((c) => c !== ''))
        throw new TableProblem(`第 ${n} 行数据有 ${row.length} 列，列名只有 ${header.length} 列`)
      for (const [i, s] of state.entries()) {
        const v = row[i]!
        if (v === '') {
          s.empty++
          s.seen = undefined
          continue
        }
        for (const t of s.types) if (t !== 'string' && !fits[t].test(v)) s.types.delete(t)
        if (s.seen) s.seen = s.seen.has(v) || s.seen.size >= mostKeys ? undefined : s.seen.add(v)
      }
      // most columns repeat themselves soon; of those that do not, two are enough to name rows by
      if (n === 10_000) state.filter((s) => s.seen).forEach((s, i) => (s.seen = i < 2 ? s.seen : undefined))
      const line = csvLine(row.slice(0, header.length))
      held.push(line)
      size += line.length
      if (size > 1 << 16) {
        const piece = Buffer.from(held.join(''))
        total += piece.length
        if (total > mostBytes) throw new TableProblem('数据文件超过 256 MB，请分批编目、分别开放')
        yield piece
        held = []
        size = 0
      }
    }
    if (header.length === 0) throw new TableProblem('数据文件是空的')
    if (n === 0) throw new TableProblem('数据文件只有列名，没有数据')
    if (held.length > 0) yield Buffer.from(held.join(''))
  }
  return {
    bytes: bytes(),
    facts: () => ({
      rows: n,
      columns: header.map((name, i) => ({
        name,
        types: state[i]!.empty === n ? ['string'] : [...state[i]!.types],
        empty: state[i]!.empty,
        unique: state[i]!.seen !== undefined && state[i]!.empty === 0,
      })),
    }),
  }
}

// ── what acts ask of tables ──────────────────────────────────────────────────────────────────────────────────────

export const kindOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()
const bytesOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = []
  for await (const piece of stream) all.push(piece)
  return Buffer.concat(all)
}

/** Acts whose guards need to know what stands in the files they name. */
export const asksForTables = (process: string, act: string): boolean => process === 'item' && act === 'open'

/**
 * Reads the caller's own files as tables, and keeps each as plain CSV, whatever it came as: the bytes that are opened are the bytes whose digest
 * stands in the log. What is not committed has to be discarded.
 */
export const readTables = async (
  app: App,
  viewer: Viewer,
  ids: readonly string[],
): Promise<{
  readonly tables: NonNullable<Facts['tables']>
  readonly files: NonNullable<Doc['files']>
  readonly discard: () => Promise<void>
}> => {
  const tables: Record<string, NonNullable<Facts['tables']>[string]> = {}
  const files: NonNullable<Doc['files']>[number][] = []
  for (const f of await filesById(app.pool, ids))
    try {
      const csv = plainCsv(tableRows(await bytesOf(await app.files.get(f.key)), kindOf(f.name)))
      const kept = await app.files.put(csv.bytes)
      const id = app.freshId()
      const name = f.name.replace(/\.[^.]*$/, '.csv')
      files.push({ ...kept, id, owner: viewer.org, person: viewer.person, name, mime: 'text/csv' })
      tables[f.id] = { file: id, size: kept.size, sha256: kept.sha256, sm3: kept.sm3, ...csv.facts() }
    } catch (e) {
      tables[f.id] = { problem: e instanceof TableProblem ? e.message : `数据文件读不出来：${reasonOf(e)}` }
    }
  return {
    tables,
    files,
    discard: async () => {
      for (const f of files) await app.files.remove(f.key)
    },
  }
}
/** Why a file cannot be read, for whoever uploaded it. */
export const reasonOf = (e: unknown): string => {
  const { code } = e as { code?: string }
  return code?.startsWith('CSV_') ? 'CSV 的引号或分隔符不配对' : '不是完整的表格文件，请重新导出后上传'
}
