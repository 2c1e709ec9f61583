import { PassThrough, type Readable } from 'node:stream'
import ExcelJS from 'exceljs'

/** Most rows that a sheet takes beside its header. */
export const mostSheetRows = 1_048_575

/**
 * A table as an Excel workbook, written while it is read: values stand as texts or numbers, never as formulas. With a notice it begins with a
 * sheet 使用须知 that says it.
 */
export const rowsToXlsx = (
  columns: readonly { readonly name: string; readonly type: string }[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  notice: readonly string[] = [],
): Readable => {
  const out = new PassThrough()
  const write = async (): Promise<void> => {
    const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useSharedStrings: false, useStyles: true })
    if (notice.length > 0) {
      const sheet = book.addWorksheet('使用须知')
      sheet.getColumn(1).width = 100
      for (const line of notice) sheet.addRow([line]).commit()
      sheet.commit()
    }
    const sheet = book.addWorksheet('数据', { views: [{ state: 'frozen', ySplit: 1 }] })
    const head = sheet.addRow(columns.map((c) => c.name))
    head.font = { bold: true }
    head.commit()
    // a number with more digits than a sheet keeps would come out as another one
    const cell = (v: string, i: number): string | number | null => {
      if (v === '') return null
      const { type } = columns[i] ?? { type: 'string' }
      return (type === 'integer' || type === 'number') && v.length < 15 ? Number(v) : v
    }
    let n = 0
    for await (const row of rows) {
      sheet.addRow(row.map(cell)).commit()
      // the writer does not wait for whoever reads
      if (++n % 1000 === 0) await drained(out)
    }
    sheet.commit()
    await book.commit()
  }
  write().catch((e: unknown) => out.destroy(e as Error))
  return out
}

const drained = async (out: PassThrough): Promise<void> => {
  while (out.writableNeedDrain && !out.destroyed)
    await new Promise<void>((resolve) => {
      out.once('drain', resolve)
      out.once('close', resolve)
    })
}
