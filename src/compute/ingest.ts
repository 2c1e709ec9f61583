import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { matchColumns, sniff, type FormatShare, type InformationItem } from '#domain/catalogue'
import { defaultLimits, ended, openEngine, type Engine, type Limits } from './engine.ts'
import { openTable, readyFile, rejectedScans, rejects, type FileSource, type ReadyFile } from './source.ts'
import { inWorkspace, spool } from './workspace.ts'

export interface FileDigests {
  readonly size: number
  readonly sha256: string
  readonly sm3: string
}
/** A column of the table as it is supplied. `mask`: undefined leaves the column out. */
export interface SuppliedColumn {
  readonly name: string
  readonly kept: boolean
  readonly mask: ((value: string) => string) | undefined
}
export interface IngestOptions<Stored> {
  readonly dataDir: string
  /** The declared information items: the table has to have these columns and no other. */
  readonly fields: readonly InformationItem[]
  /** Digest the sender gave, lower-case hex; another content is refused. */
  readonly digest?: string | undefined
  readonly columns: readonly SuppliedColumn[]
  /** Looks at the table before anything of it is kept: it lies in the clear at `path` as long as this runs. */
  readonly examine: (file: { readonly kind: FileSource['kind']; readonly path: string }) => Promise<Refusal | undefined>
  /** Whether a column that stays as it is may, by what a sample of its values looks like. */
  readonly allowed: (name: string, formats: readonly FormatShare[]) => Refusal | undefined
  readonly put: (content: AsyncIterable<Uint8Array>) => Promise<Stored>
  readonly limits?: Partial<Limits>
  readonly signal?: AbortSignal
  readonly onProgress?: (phase: 'receiving' | 'masking', bytes: number) => void
}
export interface Ingested<Stored> {
  /** Of the file as it came. */
  readonly raw: FileDigests
  /** Of the table as it is kept: UTF-8 CSV, comma, LF, one header line of item names. */
  readonly stored: Stored
  readonly rows: number
  readonly dropped: readonly string[]
}

const sampled = 2000
const flushAt = 1 << 20

/** A stream with its digests taken as it goes by. */
const digesting = (content: AsyncIterable<Uint8Array>, seen: (bytes: number) => void) => {
  const [sha256, sm3] = [createHash('sha256'), createHash('sm3')]
  let size = 0
  return {
    content: (async function* () {
      for await (const piece of content) {
        size += piece.length
        sha256.update(piece)
        sm3.update(piece)
        seen(size)
        yield piece
      }
    })(),
    done: (): FileDigests => ({ size, sha256: sha256.digest('hex'), sm3: sm3.digest('hex') }),
  }
}

/** A file is what its name says: an archive called a table is no table. */
const asNamed = async (kind: FileSource['kind'], path: string): Promise<Refusal | undefined> => {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    const head = buffer.subarray(0, bytesRead)
    const magic = head.toString('latin1', 0, 4)
    const is = magic === 'PK\x03\x04' ? 'xlsx' : magic === 'PAR1' ? 'parquet' : 'csv'
    const utf16 = head[0] === 0xff || head[0] === 0xfe
    return is !== kind || (kind === 'csv' && !utf16 && head.includes(0))
      ? refuse('unreadable_file', '文件内容与扩展名不符，请核对后重新传送；压缩包请先解开')
      : undefined
  } finally {
    await handle.close()
  }
}

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
const cell = (v: unknown): string => (v === null || v === undefined ? '' : String(v as string))

/** Where each declared item stands in the table; a missing or an additional column refuses it. */
const schemaOf = (
  fields: readonly InformationItem[],
  header: readonly string[],
): ReadonlyMap<string, number> | Refusal => {
  const at = matchColumns(
    fields.map((f) => f.name),
    fields,
    header,
  )
  const missing = fields.filter((f) => !at.has(f.name)).map((f) => f.name)
  const known = new Set(at.values())
  const more = header.filter((_, i) => !known.has(i))
  if (missing.length === 0 && more.length === 0) return at
  const named = (what: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [`${what}：${names.slice(0, 10).join('、')}${names.length > 10 ? `等${names.length}列` : ''}`]
  return refuse(
    'schema',
    `数据的列与目录项的信息项不一致。${[...named('缺少', missing), ...named('多出', more)].join('；')}`,
  )
}

/**
 * Takes a table in: its bytes are counted and digested as they arrive, the columns held against the information items, every value made to
 * say what it may and no more, and the result given to `put`. Memory stays bounded whatever the size. Nothing is kept of a table that is
 * refused. Refusal codes: those of `readyFile`, `digest_mismatch`, `schema`, `unreadable_lines`, `cancelled`, `timed_out` and what
 * `examine` and `allowed` say.
 */
export const ingest = async <Stored>(
  source: { readonly kind: FileSource['kind']; readonly content: AsyncIterable<Uint8Array> },
  o: IngestOptions<Stored>,
): Promise<Ingested<Stored> | Refusal> => {
  const limits = { ...defaultLimits, timeMs: 6 * 3_600_000, ...o.limits }
  const late = AbortSignal.timeout(limits.timeMs)
  const signal = o.signal ? AbortSignal.any([o.signal, late]) : late
  try {
    return await inWorkspace(o.dataDir, async (dir) => {
      const arriving = digesting(source.content, (n) => o.onProgress?.('receiving', n))
      const path = await spool(arriving.content, `${dir}/arrived-${crypto.randomUUID()}`, signal)
      const raw = arriving.done()
      if (o.digest && o.digest !== raw.sha256)
        return refuse('digest_mismatch', `收到的内容与所报的 SHA-256 不符：收到的是 ${raw.sha256}`)
      const no = await asNamed(source.kind, path)
      if (no) return no
      const file = await readyFile({ kind: source.kind, content: { path } }, dir, signal)
      if (isRefusal(file)) return file
      const first = await masked(true, file, o, limits, dir, signal, () => o.examine({ kind: source.kind, path }))
      const done =
        first === 'irregular' ? await masked(false, file, o, limits, dir, signal, async () => undefined) : first
      return isRefusal(done) ? done : { raw, ...(done as Omit<Ingested<Stored>, 'raw'>) }
    })
  } catch (error) {
    if (signal.aborted) return ended(o.signal)
    throw error
  }
}

const masked = async <Stored>(
  strict: boolean,
  file: ReadyFile,
  o: IngestOptions<Stored>,
  limits: Limits,
  dir: string,
  signal: AbortSignal,
  examine: () => Promise<Refusal | undefined>,
): Promise<Omit<Ingested<Stored>, 'raw'> | Refusal | 'irregular'> => {
  const engine = await openEngine([file.path], dir, limits, signal, true)
  try {
    const table = await openTable(engine, file, strict)
    if (isRefusal(table)) return table
    const at = schemaOf(o.fields, table.header)
    if (isRefusal(at)) return at
    const examined = await examine()
    if (examined) return examined
    const columns = o.columns.filter((c) => c.mask !== undefined)
    const sql = (c: SuppliedColumn): string => `CAST(${table.columns[at.get(c.name)!]!.sql} AS VARCHAR)`
    const kept = columns.filter((c) => c.kept)
    const no = await strange(engine, table.from, kept, sql, o.allowed)
    if (no) return no
    let rows = 0
    const text = async function* (): AsyncGenerator<Uint8Array> {
      let out = `${columns.map((c) => quoted(c.name)).join(',')}\n`
      let bytes = 0
      const parts = partsOf(columns, sql)
      for await (const chunk of engine.chunks(`SELECT ${parts.map((p) => p.sql).join(', ')} FROM ${table.from}`)) {
        const count = chunk[0]?.length ?? 0
        for (let row = 0; row < count; row++) {
          let line = ''
          for (let i = 0; i < parts.length; i++) {
            const { mask } = parts[i]!
            const value = cell(chunk[i]![row])
            line += (i === 0 ? '' : ',') + (mask ? quoted(mask(value)) : value)
          }
          out += `${line}\n`
        }
        rows += count
        if (out.length > flushAt) {
          const piece = Buffer.from(out)
          out = ''
          o.onProgress?.('masking', (bytes += piece.length))
          yield piece
        }
      }
      const lost = await unreadable(engine, file)
      // a line that nobody could read must not be missing without a word
      if (lost > 0) throw new Lost(lost)
      if (out !== '') yield Buffer.from(out)
    }
    const stored = await o.put(text())
    return { stored, rows, dropped: o.columns.filter((c) => c.mask === undefined).map((c) => c.name) }
  } catch (error) {
    if (error instanceof Lost)
      return refuse('unreadable_lines', `有 ${error.lines} 行不符合 CSV 的写法，读不出来；请修正后重新传送`)
    if (signal.aborted) throw error
    const said = error instanceof Error ? error.message : ''
    if (strict && /state machine reached an invalid state/.test(said)) return 'irregular'
    if (/^(Invalid Input|IO|Conversion|Out of Memory) Error/.test(said))
      return refuse('unreadable_file', '文件读到一半出错，不是规范的表格文件，请重新导出后传送')
    throw error
  } finally {
    engine.close()
  }
}

interface Part {
  readonly sql: string
  /** Undefined: written as CSV by the engine already. */
  readonly mask: ((value: string) => string) | undefined
}
/** Columns that stay as they are and stand side by side come as one text: every value that changes hands costs time. */
const partsOf = (columns: readonly SuppliedColumn[], sql: (c: SuppliedColumn) => string): readonly Part[] => {
  const csv = (c: SuppliedColumn): string =>
    `CASE WHEN regexp_matches(${sql(c)}, '[",\\r\\n]') THEN '"' || replace(${sql(c)}, '"', '""') || '"' ELSE coalesce(${sql(c)}, '') END`
  const runs: SuppliedColumn[][] = []
  for (const c of columns) {
    const last = runs.at(-1)
    if (c.kept && last?.[0]?.kept) last.push(c)
    else runs.push([c])
  }
  return runs.map((run) =>
    run[0]!.kept
      ? { sql: `concat_ws(',', ${run.map(csv).join(', ')})`, mask: undefined }
      : { sql: sql(run[0]!), mask: run[0]!.mask },
  )
}

class Lost extends Error {
  readonly lines: number
  constructor(lines: number) {
    super('unreadable lines')
    this.lines = lines
  }
}

const unreadable = async (engine: Engine, file: ReadyFile): Promise<number> => {
  if (file.kind !== 'csv') return 0
  const [[n = 0n] = []] = (await engine.rows(
    `SELECT count(DISTINCT line) FROM ${rejects} JOIN ${rejectedScans} USING (scan_id, file_id)`,
  )) as readonly (readonly bigint[])[]
  return Number(n)
}

/** The first column that stays as it is and should not, by a sample of its values. */
const strange = async (
  engine: Engine,
  from: string,
  kept: readonly SuppliedColumn[],
  sql: (c: SuppliedColumn) => string,
  allowed: IngestOptions<unknown>['allowed'],
): Promise<Refusal | undefined> => {
  if (kept.length === 0) return undefined
  const rows = await engine.rows(`SELECT ${kept.map(sql).join(', ')} FROM ${from} LIMIT ${sampled}`)
  for (const [i, c] of kept.entries()) {
    const no = allowed(c.name, sniff(rows.map((r) => cell(r[i]))))
    if (no) return no
  }
  return undefined
}
