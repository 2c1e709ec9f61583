import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import ExcelJS from 'exceljs'
import yauzl from 'yauzl'
import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'

export interface SheetFile {
  readonly path: string
  readonly header: readonly string[]
  readonly delimiter: string
  readonly mergedCells: number
}

/** Unpacked size beyond which a workbook is not opened: shared texts are kept in memory while reading. */
const mostBytes = 2 * 2 ** 30
const mostTexts = 512 * 2 ** 20

interface Parts {
  readonly mergedCells: number
}

const broken = (): Refusal => refuse('unreadable_file', '文件不是完整的 Excel 工作簿（.xlsx），请重新保存后上传')

/** Sizes and merged cells of a workbook's first sheet, read from its parts without opening it. */
const partsOf = (path: string, signal: AbortSignal): Promise<Parts | Refusal> =>
  new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, validateEntrySizes: true }, (failed, zip) => {
      if (failed) return resolve(broken())
      let bytes = 0
      let merged = 0
      let first = ''
      const end = (result: Parts | Refusal): void => {
        zip.close()
        resolve(result)
      }
      zip.on('error', () => end(broken()))
      zip.on('end', () => end(first === '' ? broken() : { mergedCells: merged }))
      zip.on('entry', (entry: yauzl.Entry) => {
        if (signal.aborted) {
          zip.close()
          return reject(signal.reason as Error)
        }
        bytes += entry.uncompressedSize
        if (bytes > mostBytes || (/sharedStrings/.test(entry.fileName) && entry.uncompressedSize > mostTexts))
          return end(refuse('too_large', '工作簿解压后过大，请改用 CSV 或 Parquet 提供'))
        if (!/^xl\/worksheets\/[^/]+\.xml$/.test(entry.fileName) || (first !== '' && entry.fileName > first))
          return zip.readEntry()
        first = entry.fileName
        merged = 0
        zip.openReadStream(entry, (error, stream) => {
          if (error) return end(broken())
          let tail = ''
          stream.setEncoding('latin1')
          stream.on('data', (piece: string) => {
            const text = tail + piece
            merged += text.split('<mergeCell ').length - 1
            // the beginning of a tag may stand at the end of a piece, a whole one was counted
            tail = text.slice(-10)
          })
          stream.on('error', () => end(broken()))
          stream.on('end', () => zip.readEntry())
        })
      })
      zip.readEntry()
    })
  })

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
  const parts = await partsOf(path, signal)
  if (isRefusal(parts)) return parts
  const target = `${dir}/sheet-${crypto.randomUUID()}.csv`
  const out = createWriteStream(target, { mode: 0o600, flags: 'wx' })
  let header: readonly string[] | undefined
  let width = 0
  try {
    const book = new ExcelJS.stream.xlsx.WorkbookReader(path, {
      worksheets: 'emit',
      sharedStrings: 'cache',
      hyperlinks: 'ignore',
      styles: 'cache',
      entries: 'ignore',
    })
    for await (const sheet of book) {
      for await (const row of sheet) {
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
      break
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
  return { path: target, header, delimiter: ',', mergedCells: parts.mergedCells }
}
