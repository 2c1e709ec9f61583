import { stat } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import ExcelJS from 'exceljs'
import type { ListingFinding, ListingMapping } from '#domain/catalogue'
import type { Book, Source } from './book.ts'
import { defuse, literal } from './template.ts'

const mark = '问题'
const fills = {
  error: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFBD5D1' } },
  warning: { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFDF0C9' } },
} as const satisfies Record<string, ExcelJS.Fill>

/** Up to this size a workbook comes back with its own looks; a larger one would not fit into memory as a whole. Bytes. */
const largestKept = 5 << 20

const byLine = (findings: readonly ListingFinding[]): ReadonlyMap<string, readonly ListingFinding[]> => {
  const m = new Map<string, ListingFinding[]>()
  for (const f of findings) {
    const key = `${f.sheet} ${f.line}`
    m.set(key, [...(m.get(key) ?? []), f])
  }
  return m
}
const worst = (of: readonly ListingFinding[]): 'error' | 'warning' =>
  of.some((f) => f.level === 'error') ? 'error' : 'warning'
const said = (of: readonly ListingFinding[]): string =>
  of.map((f) => `${f.level === 'error' ? '错误' : '提醒'}：${f.says}`).join('\n')

/** Where the column of problems goes: over the one of an earlier report, or after the last column. */
const markAt = (mapping: ListingMapping, sheet: string, width: number): number => {
  const columns = mapping.sheets.find((s) => s.sheet === sheet)?.columns ?? []
  return columns.find((c) => c.title === mark)?.at ?? Math.max(width, ...columns.map((c) => c.at + 1))
}

const paint = (row: ExcelJS.Row, at: number, of: readonly ListingFinding[]): void => {
  for (const f of of) {
    if (f.at === undefined) continue
    const cell = row.getCell(f.at + 1)
    if (f.level === 'error' || worst(of.filter((g) => g.at === f.at)) === 'warning') cell.fill = fills[f.level]
  }
  const cell = row.getCell(at + 1)
  cell.value = said(of)
  cell.font = { color: { argb: worst(of) === 'error' ? 'FFB3261E' : 'FF7A5B00' } }
  cell.alignment = { wrapText: true, vertical: 'top' }
}

const inPlace = async (
  source: Source,
  mapping: ListingMapping,
  findings: readonly ListingFinding[],
): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  if (typeof source === 'string') await book.xlsx.readFile(source)
  else await book.xlsx.load(Buffer.from(source) as unknown as ExcelJS.Buffer)
  const lines = byLine(findings)
  for (const m of mapping.sheets) {
    const sheet = book.getWorksheet(m.sheet)
    if (!sheet || m.role === 'ignored') continue
    const at = markAt(mapping, m.sheet, sheet.actualColumnCount)
    for (let r = 1; r <= sheet.rowCount; r++) {
      const of = lines.get(`${m.sheet} ${r}`)
      if (of) {
        // exceljs lets cells share one style object: a fill set on one would colour the others
        for (const f of of) if (f.at !== undefined) unshare(sheet.getRow(r).getCell(f.at + 1))
        paint(sheet.getRow(r), at, of)
      } else if (r > m.head.to) {
        const cell = sheet.getRow(r).findCell(at + 1)
        if (cell) cell.value = null
      }
    }
    const head = sheet.getCell(m.head.to, at + 1)
    head.value = mark
    head.font = { bold: true, color: { argb: 'FFB3261E' } }
    sheet.getColumn(at + 1).width = 60
  }
  return Buffer.from(await book.xlsx.writeBuffer())
}
const unshare = (cell: ExcelJS.Cell): void => {
  cell.style = { ...cell.style }
}

const written = async (book: Book, mapping: ListingMapping, findings: readonly ListingFinding[]): Promise<Buffer> => {
  const out = new PassThrough()
  const parts: Buffer[] = []
  const read = (async () => {
    for await (const p of out as AsyncIterable<Buffer>) parts.push(p)
  })()
  const writer = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false })
  const lines = byLine(findings)
  for (const s of book.sheets) {
    const m = mapping.sheets.find((x) => x.sheet === s.name)
    const sheet = writer.addWorksheet(s.name.replace(/[*?:\\/[\]]/g, ' ').slice(0, 31) || '清单', {
      views: m && m.head.to > 0 ? [{ state: 'frozen', ySplit: m.head.to }] : [],
    })
    const at = markAt(mapping, s.name, 0)
    let next = 1
    for await (const block of s.blocks(() => undefined))
      for (const { line, cells, begins } of block) {
        // lines of one object of a JSON document share its number
        const r = Math.max(line, next)
        const row = sheet.getRow(r)
        cells.forEach((c, i) => {
          if (c !== '' && i !== at) row.getCell(i + 1).value = literal(defuse(c))
        })
        const of = lines.get(`${s.name} ${line}`)
        if (of && m && m.role !== 'ignored' && (r === line || begins)) paint(row, at, of)
        if (m && m.role !== 'ignored' && line === m.head.to) row.getCell(at + 1).value = mark
        row.commit()
        next = r + 1
      }
    sheet.commit()
  }
  await writer.commit()
  await read
  return Buffer.concat(parts)
}

/**
 * The user's own sheet as an Excel workbook, with a column 问题 and the cells at fault coloured (red errors, yellow warnings), to be
 * corrected in place and uploaded again: the column is passed over then. A workbook up to 5 MB keeps its looks, formulas and merged cells;
 * a larger one, CSV and JSON come back as plain cells, written line by line.
 */
export const errorReport = async (
  source: Source,
  book: Book,
  mapping: ListingMapping,
  findings: readonly ListingFinding[],
): Promise<Buffer> => {
  const size = typeof source === 'string' ? (await stat(source)).size : source.length
  return book.kind === 'xlsx' && size <= largestKept
    ? inPlace(source, mapping, findings)
    : written(book, mapping, findings)
}
