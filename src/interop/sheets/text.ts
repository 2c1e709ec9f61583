import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { parse as parseStream } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { blockSize, bounded, type OpenSheet, type SheetFinding, type SheetLimits, type Source } from './book.ts'
import type { ListingRow } from '#domain/catalogue'

const piece = 1 << 18

/** The bytes of a source from the beginning, piece by piece. */
export const bytesOf = (source: Source): AsyncIterable<Uint8Array> =>
  typeof source === 'string'
    ? createReadStream(source, { highWaterMark: piece })
    : (async function* () {
        for (let at = 0; at < source.length; at += piece) yield source.subarray(at, at + piece)
      })()

/** The first bytes of a source. */
export const headOf = async (source: Source, length: number): Promise<Uint8Array> => {
  if (typeof source !== 'string') return source.subarray(0, length)
  const file = await open(source, 'r')
  try {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await file.read(buffer, 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The encoding in which the whole text makes sense, UTF-8 first; `undefined` for what is no text. Reads all of it, keeps nothing. */
export const encodingOf = async (source: Source): Promise<'utf-8' | 'gb18030' | undefined> => {
  let possible = (['utf-8', 'gb18030'] as const).map((name) => ({ name, to: new TextDecoder(name, { fatal: true }) }))
  const keep = (fits: (d: InstanceType<typeof TextDecoder>) => unknown): void => {
    possible = possible.filter(({ to }) => {
      try {
        fits(to)
        return true
      } catch {
        return false
      }
    })
  }
  for await (const part of bytesOf(source)) {
    if (part.includes(0)) return undefined
    keep((d) => d.decode(part, { stream: true }))
    if (possible.length === 0) return undefined
  }
  keep((d) => d.decode())
  return possible[0]?.name
}

export async function* textOf(source: Source, encoding: string): AsyncIterable<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const part of bytesOf(source)) yield decoder.decode(part, { stream: true })
  yield decoder.decode()
}

const settings = { bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: false } as const

/** The separator that cuts the first lines into the most columns of which most lines have equally many. */
export const delimiterOf = (start: string): string => {
  const lines = start.slice(0, Math.max(start.lastIndexOf('\n'), 0) || start.length)
  let best = { delimiter: ',', worth: 0 }
  for (const delimiter of [',', '\t', ';', '，', '|']) {
    let widths: number[]
    try {
      const rows: string[][] = parse(lines, { ...settings, delimiter, to: 50 })
      widths = rows.map((r) => r.length)
    } catch {
      continue
    }
    const often = new Map<number, number>()
    for (const w of widths) if (w > 1) often.set(w, (often.get(w) ?? 0) + 1)
    const worth = Math.max(0, ...[...often].map(([w, n]) => n * Math.min(w, 50)))
    if (worth > best.worth) best = { delimiter, worth }
  }
  return best.delimiter
}

const csvSays: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: '引号没有闭合，其后的内容无法读取；请核对引号',
  CSV_MAX_RECORD_SIZE: '一行过长：可能是前面的引号没有闭合；请核对引号',
}

/** A text with separators as a sheet. Its lines are records: one whose quoted cell breaks counts once, as a spreadsheet counts it. */
export const csvSheet = (
  source: Source,
  name: string,
  encoding: 'utf-8' | 'gb18030',
  delimiter: string,
  limits: SheetLimits,
): OpenSheet => ({
  name,
  hidden: false,
  exact: true,
  async *blocks(found: (f: SheetFinding) => void) {
    const parser = parseStream({ ...settings, delimiter, max_record_size: limits.lineBytes })
    // UTF-8 goes through as it is; only other encodings are worth turning round
    const input = Readable.from(encoding === 'utf-8' ? bytesOf(source) : textOf(source, encoding), { objectMode: true })
    input.on('error', (e) => parser.destroy(e))
    input.pipe(parser)
    let line = 0
    let block: ListingRow[] = []
    try {
      for await (const record of parser as AsyncIterable<string[]>) {
        if (++line > limits.lines) {
          found({ line, level: 'error', says: `超过 ${limits.lines} 行，其余的未读取；请分成几个文件` })
          break
        }
        block.push({ line, cells: bounded(record, line, limits, found) })
        if (block.length >= blockSize) {
          yield block
          block = []
        }
      }
    } catch (e) {
      const code = (e as { code?: string }).code ?? ''
      if (!code.startsWith('CSV_')) throw e
      found({ line: line + 1, level: 'error', says: csvSays[code] ?? `无法按分隔文本读取：${(e as Error).message}` })
    } finally {
      input.destroy()
      parser.destroy()
    }
    yield block
  },
})
