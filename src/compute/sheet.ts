import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import ExcelJS from 'exceljs'
import { Zip, ZipPassThrough } from 'fflate'
import yauzl from 'yauzl'
import type { Refusal } from '#contract'
import { refuse } from '#contract'

export interface SheetFile {
  readonly path: string
  readonly header: readonly string[]
  readonly delimiter: string
  readonly mergedCells: number
}

/** Unpacked size beyond which a workbook is not opened: shared texts are kept in memory while reading. */
const mostBytes = 2 * 2 ** 30
const mostTexts = 512 * 2 ** 20
const mostOfPart = 16 * 2 ** 20

const broken = (): Refusal => refuse('unreadable_file', '文件不是完整的 Excel 工作簿（.xlsx），请重新保存后上传')

interface Book {
  readonly zip: yauzl.ZipFile
  readonly parts: ReadonlyMap<string, yauzl.Entry>
}
const openBook = (path: string): Promise<Book | undefined> =>
  new Promise((resolve) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (failed, zip) => {
      if (failed) return resolve(undefined)
      const parts = new Map<string, yauzl.Entry>()
      zip.on('entry', (entry: yauzl.Entry) => {
        parts.set(entry.fileName, entry)
        if (parts.size > 5000) zip.emit('error', new Error('too many parts'))
        else zip.readEntry()
      })
      zip.on('end', () => resolve({ zip, parts }))
      zip.on('error', () => {
        zip.close()
        resolve(undefined)
      })
      zip.readEntry()
    })
  })
const partStream = (book: Book, entry: yauzl.Entry): Promise<Readable> =>
  new Promise((resolve, reject) =>
    book.zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  )
const partText = async (book: Book, name: string): Promise<string> => {
  const entry = book.parts.get(name)
  if (!entry || entry.uncompressedSize > mostOfPart) return ''
  const pieces: Buffer[] = []
  for await (const piece of (await partStream(book, entry)) as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

/** The part of the sheet that stands first in the workbook. */
const firstSheet = async (book: Book): Promise<yauzl.Entry | undefined> => {
  const [, id] = /<(?:\w+:)?sheet\b[^>]*\br:id="([^"]+)"/.exec(await partText(book, 'xl/workbook.xml')) ?? []
  const relations = (await partText(book, 'xl/_rels/workbook.xml.rels')).match(/<(?:\w+:)?Relationship\b[^>]*>/g) ?? []
  const relation = relations.find((r) => id !== undefined && r.includes(`Id="${id}"`))
  const [, target] = /\bTarget="([^"]+)"/.exec(relation ?? '') ?? []
  return target === undefined ? undefined : book.parts.get(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
}

const noTexts = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="0" uniqueCount="0"/>'

/**
 * The workbook again with its first sheet alone, and behind what that needs: a reader that meets a sheet before the texts it shares would
 * put the sheet aside in a folder that is not ours.
 */
const rearranged = async function* (
  book: Book,
  sheet: yauzl.Entry,
  seen: (piece: Buffer) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = []
  const zip = new Zip((error, data) => {
    if (error) throw error
    out.push(data)
  })
  for (const [name, from] of [
    ...['xl/_rels/workbook.xml.rels', 'xl/workbook.xml', 'xl/styles.xml', 'xl/sharedStrings.xml'].map(
      (n) => [n, book.parts.get(n)] as const,
    ),
    ['xl/worksheets/sheet1.xml', sheet] as const,
  ]) {
    if (!from && !name.endsWith('sharedStrings.xml')) continue
    const file = new ZipPassThrough(name)
    zip.add(file)
    if (!from) file.push(Buffer.from(noTexts))
    else
      for await (const piece of (await partStream(book, from)) as AsyncIterable<Buffer>) {
        signal.throwIfAborted()
        if (from === sheet) seen(piece)
        file.push(piece)
        yield* out.splice(0)
      }
    file.push(new Uint8Array(0), true)
    yield* out.splice(0)
  }
  zip.end()
  yield* out
}

/** Counts the merged cells of a sheet as its text goes by. */
const mergeCounter = (): { readonly see: (piece: Buffer) => void; readonly count: () => number } => {
  let tail = ''
  let count = 0
  return {
    see: (piece) => {
      const text = tail + piece.toString('latin1')
      count += text.split('<mergeCell ').length - 1
      // the beginning of a tag may stand at the end of a piece; a whole one was counted
      tail = text.slice(-10)
    },
    count: () => count,
  }
}

const two = (n: number): string => String(n).padStart(2, '0')
// a sheet's times have no zone; exceljs gives them as UTC
const dateText = (d: Date): string => {
  const iso = d.toISOString()
  return iso.endsWith('T00:00:00.000Z')
    ? iso.slice(0, 10)
    : `${iso.slice(0, 10)} ${two(d.getUTCHours())}:${iso.slice(14, 19)}`
}
const valueText = (v: ExcelJS.CellValue): string => {
  if (v === null || v === undefined) return ''
  if (v instanceof Date) return Number.isNaN(v.getTime()) ? '' : dateText(v)
  if (typeof v !== 'object') return String(v)
  if ('richText' in v) return v.richText.map((r) => r.text).join('')
  if ('result' in v) return valueText(v.result as ExcelJS.CellValue)
  if ('text' in v) return valueText(v.text as ExcelJS.CellValue)
  if ('error' in v) return v.error
  return ''
}
const quoted = (text: string): string => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`)

/**
 * The first sheet of a workbook as a CSV file in `dir`, row by row. Its first row with anything in it is the header. Refusal codes:
 * `unreadable_file`, `empty_file`, `too_large`, `header`.
 */
export const openSheet = async (path: string, dir: string, signal: AbortSignal): Promise<SheetFile | Refusal> => {
  const book = await openBook(path)
  if (!book) return broken()
  try {
    const sizes = [...book.parts.values()].reduce((sum, e) => sum + e.uncompressedSize, 0)
    if (sizes > mostBytes || (book.parts.get('xl/sharedStrings.xml')?.uncompressedSize ?? 0) > mostTexts)
      return refuse('too_large', '工作簿解压后过大，请改用 CSV 或 Parquet 提供')
    const sheet = await firstSheet(book).catch(() => undefined)
    return sheet ? await writeCsv(book, sheet, dir, signal) : broken()
  } finally {
    book.zip.close()
  }
}

const writeCsv = async (
  book: Book,
  sheet: yauzl.Entry,
  dir: string,
  signal: AbortSignal,
): Promise<SheetFile | Refusal> => {
  const merges = mergeCounter()
  const target = `${dir}/sheet-${crypto.randomUUID()}.csv`
  const out = createWriteStream(target, { mode: 0o600, flags: 'wx' })
  let header: readonly string[] | undefined
  let width = 0
  try {
    const reader = new ExcelJS.stream.xlsx.WorkbookReader(Readable.from(rearranged(book, sheet, merges.see, signal)), {
      worksheets: 'emit',
      sharedStrings: 'cache',
      hyperlinks: 'ignore',
      styles: 'cache',
      entries: 'ignore',
    })
    for await (const rows of reader) {
      for await (const row of rows) {
        signal.throwIfAborted()
        const values = (row.values as ExcelJS.CellValue[]).slice(1)
        const texts = Array.from(values, valueText)
        if (texts.every((t) => t.trim() === '')) continue
        if (!header) {
          while (texts.at(-1)?.trim() === '') texts.pop()
          header = texts
          width = texts.length
        }
        // a cell to the right of the header makes the row too long, and so unreadable, as it would in a CSV
        while (texts.length > width && texts.at(-1)?.trim() === '') texts.pop()
        while (texts.length < width) texts.push('')
        if (!out.write(`${texts.map(quoted).join(',')}\n`)) await once(out, 'drain', { signal })
      }
    }
  } catch (error) {
    out.destroy()
    if (signal.aborted) throw error
    return broken()
  }
  out.end()
  await once(out, 'finish')
  if (!header) return refuse('empty_file', '工作簿的第一张表是空的')
  if (width > 2000) return refuse('header', `表有${width}列，最多2000列`)
  return { path: target, header, delimiter: ',', mergedCells: merges.count() }
}
