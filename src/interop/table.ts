import ExcelJS from 'exceljs'

// a cell that begins like a formula would run when the sheet is opened
const plain = (v: string | number): string | number => (typeof v === 'string' && /^[=+\-@\t\r]/.test(v) ? `'${v}` : v)

/** A table as an Excel sheet: a line that says what it is, a header that stays in sight, rows, and a last row of totals in bold. */
export const tableToXlsx = async (t: {
  readonly title: string
  readonly note: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly total?: readonly (string | number)[]
}): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet(t.title, { views: [{ state: 'frozen', ySplit: 3 }] })
  sheet.addRow([t.title]).font = { bold: true, size: 14 }
  sheet.addRow([t.note]).font = { color: { argb: 'FF666666' } }
  sheet.addRow([...t.columns]).font = { bold: true }
  for (const r of t.rows) sheet.addRow(r.map(plain))
  if (t.total) sheet.addRow(t.total.map(plain)).font = { bold: true }
  sheet.columns.forEach((c, i) => (c.width = i === 0 ? 30 : 14))
  return Buffer.from(await book.xlsx.writeBuffer())
}
