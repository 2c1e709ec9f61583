import { createWriteStream } from 'node:fs'
import { PassThrough, type Writable } from 'node:stream'
import ExcelJS from 'exceljs'
import {
  fieldTerms,
  formats,
  frequencies,
  itemTerms,
  listingTerms,
  openingTerms,
  sharingTerms,
} from '#domain/catalogue'
import type { ListedField, ListedItem, ListingField } from '#domain/catalogue'

/** One item on its way out, with the mark by which the register knows it again when it comes back. */
export interface ExportedItem {
  readonly source?: string
  readonly data: ListedItem
  readonly grade?: string
}

/**
 * A text that begins like a formula would run when a sheet is opened: it gets an apostrophe. So does one that already looks as if it had
 * got one, so that reading takes off exactly what was put on.
 */
export const defuse = (text: string): string => (/^'*[=+\-@]|^[\t\r]/.test(text) ? `'${text}` : text)

/** What a workbook would take for an escape (`_x000D_`) is written so that it stays a text. */
export const literal = (text: string): string => text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')

const itemColumns = [
  'serial',
  ...(Object.keys(itemTerms) as (keyof typeof itemTerms)[]).filter((f) => f !== 'collected' && f !== 'source'),
  'source',
] as const
const fieldColumns = [
  'name',
  'code',
  'source',
  ...Object.keys(fieldTerms).filter((f) => f !== 'fieldRequired'),
] as const
const title = (f: string): string => listingTerms[f as ListingField].names[0] ?? f

const yesNo = (b: boolean | undefined): string => (b === undefined ? '' : b ? '是' : '否')
const itemCells = ({ source, data, grade }: ExportedItem, serial: number): Readonly<Record<string, string>> => {
  const { holders, pending, sharing, opening, fields: _f, ...texts } = data
  return {
    ...texts,
    serial: String(serial),
    source: source ?? '',
    holders: holders.join('、'),
    pending: yesNo(pending),
    sharing: sharing ? sharingTerms[sharing] : '',
    opening: opening ? openingTerms[opening] : '',
    grade: grade ?? '',
  }
}
const fieldCells = ({ source, data }: ExportedItem, f: ListedField): Readonly<Record<string, string>> => ({
  name: data.name,
  code: data.code ?? '',
  source: source ?? '',
  fieldName: f.name,
  fieldField: f.field ?? '',
  fieldType: f.type ?? '',
  fieldLength: f.length === undefined ? '' : String(f.length),
  fieldNullable: yesNo(f.nullable),
  fieldKey: yesNo(f.key),
  fieldMeaning: f.meaning ?? '',
})
const line = (columns: readonly string[], cells: Readonly<Record<string, string>>): string[] =>
  columns.map((c) => defuse(cells[c] ?? ''))

const example: ExportedItem = {
  data: {
    name: '企业基本信息',
    code: '（编目系统给出的代码，可留空）',
    holders: ['某某局'],
    summary: '在本市登记的企业的名称、类型、住所和状态',
    format: '数据库',
    frequency: '每日',
    pending: false,
    coverageTime: '2015-01-01 至今',
    coverageSpace: '全市',
    quality: '统一社会信用代码完整、准确',
    sharing: 'conditional',
    sharingCondition: '用于履行职责',
    sharingMethod: '接口',
    opening: 'conditional',
    openingCondition: '签订开放利用承诺书',
    industry: '市场监管',
    library: '法人库',
  },
}
const exampleFields: readonly ListedField[] = [
  { name: '统一社会信用代码', field: 'uscc', type: '字符型', length: 18, nullable: false, key: true },
  { name: '企业名称', field: 'ent_name', type: '字符型', length: 200, nullable: false },
]

const choices: Readonly<Record<string, readonly string[]>> = {
  frequency: frequencies,
  pending: ['是', '否'],
  sharing: Object.values(sharingTerms),
  opening: Object.values(openingTerms),
  fieldNullable: ['是', '否'],
  fieldKey: ['是', '否'],
}
/** Formats may be several in one cell, so the list only proposes. */
const proposals: Readonly<Record<string, readonly string[]>> = { format: formats }
const chosenTo = 10_000

interface Validations {
  readonly add: (range: string, rule: ExcelJS.DataValidation) => void
}

const head = (sheet: ExcelJS.Worksheet, columns: readonly string[], required: readonly string[]): void => {
  const row = sheet.getRow(1)
  columns.forEach((c, i) => {
    const cell = row.getCell(i + 1)
    cell.value = title(c)
    cell.font = { bold: true, color: { argb: required.includes(c) ? 'FFB3261E' : 'FF1F2A37' } }
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFEAF0F8' } }
    cell.alignment = { vertical: 'middle', wrapText: true }
    const { note } = listingTerms[c as ListingField]
    if (note) cell.note = note
    const column = sheet.getColumn(i + 1)
    column.width = { serial: 7, name: 34, summary: 40, source: 22, holders: 24 }[c] ?? 16
    // numbers and codes are texts here: a spreadsheet would round long codes and drop zeros in front
    column.numFmt = '@'
  })
  row.commit()
}
const offer = (sheet: ExcelJS.Worksheet, columns: readonly string[]): void =>
  columns.forEach((c, i) => {
    const list = choices[c] ?? proposals[c]
    if (!list) return
    const letter = sheet.getColumn(i + 1).letter
    ;(sheet as unknown as { readonly dataValidations: Validations }).dataValidations.add(
      `${letter}2:${letter}${chosenTo}`,
      {
        type: 'list',
        allowBlank: true,
        showErrorMessage: choices[c] !== undefined,
        errorTitle: title(c),
        error: `请选择：${list.join('、')}`,
        formulae: [`"${list.join(',')}"`],
      },
    )
  })

const help: readonly (readonly [string, string])[] = [
  ['怎样填', '在“目录”表中每行填一条目录，在“信息项”表中每行填一个信息项。红色标题的列必填，其余可以留空。'],
  ['示例行', '序号为“示例”的行不会导入，可以保留。'],
  ['几个单位', '几个单位共有的目录，单位之间以顿号（、）分隔。'],
  ['信息项', '信息项以目录代码或目录名称与目录对应；有同名目录时请填写代码。'],
  ['不予共享', '共享类型为不予共享的，应在“不予共享依据”中写明法律依据。'],
  ['系统标识', '从系统导出的表带有系统标识，凭它找到原来的目录；请勿修改。新增的目录留空。'],
  ['有错误时', '整个文件检查完毕才导入。有错误时可下载标出问题的原表，就地修改后再次上传。'],
]

/** Writes the two sheets to a stream; lines are let go as soon as they are written. */
const writeBook = async (
  out: Writable,
  items: Iterable<ExportedItem> | AsyncIterable<ExportedItem>,
  blank: boolean,
): Promise<void> => {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false })
  const view = [{ state: 'frozen' as const, ySplit: 1, xSplit: 2 }]
  const main = book.addWorksheet('目录', { views: view })
  const inner = book.addWorksheet('信息项', { views: view })
  head(main, itemColumns, ['name', 'holders'])
  head(inner, fieldColumns, ['name', 'fieldName'])
  offer(main, itemColumns)
  offer(inner, fieldColumns)
  if (blank) {
    const grey = (row: ExcelJS.Row): void => {
      row.font = { italic: true, color: { argb: 'FF808080' } }
      row.commit()
    }
    grey(main.addRow(line(itemColumns, { ...itemCells(example, 0), serial: '示例' })))
    for (const f of exampleFields)
      grey(
        inner.addRow(line(fieldColumns, { ...fieldCells(example, f), name: `示例：${example.data.name}`, code: '' })),
      )
  }
  let n = 0
  for await (const i of items) {
    main.addRow(line(itemColumns, itemCells(i, ++n)).map(literal)).commit()
    for (const f of i.data.fields ?? []) inner.addRow(line(fieldColumns, fieldCells(i, f)).map(literal)).commit()
  }
  main.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: itemColumns.length } }
  main.commit()
  inner.commit()
  const notes = book.addWorksheet('填写说明')
  notes.getColumn(1).width = 14
  notes.getColumn(2).width = 90
  for (const [what, how] of help) {
    const row = notes.addRow([what, how])
    row.getCell(1).font = { bold: true }
    row.getCell(2).alignment = { wrapText: true }
    row.commit()
  }
  notes.commit()
  await book.commit()
}

const collected = async (write: (out: Writable) => Promise<void>): Promise<Buffer> => {
  const out = new PassThrough()
  const parts: Buffer[] = []
  const read = (async () => {
    for await (const p of out as AsyncIterable<Buffer>) parts.push(p)
  })()
  await write(out)
  await read
  return Buffer.concat(parts)
}

/** The empty form: sheets 目录 and 信息项 with notes, choices and an example that importing passes over, and 填写说明. */
export const itemTemplate = (): Promise<Buffer> => collected((out) => writeBook(out, [], true))

/** Items in the form of the template, so that they can be edited there and uploaded again. */
export const itemsToXlsx = (items: Iterable<ExportedItem> | AsyncIterable<ExportedItem>): Promise<Buffer> =>
  collected((out) => writeBook(out, items, false))

/** The same to a file; what has been written is not kept. */
export const itemsToXlsxFile = (
  path: string,
  items: Iterable<ExportedItem> | AsyncIterable<ExportedItem>,
): Promise<void> => writeBook(createWriteStream(path), items, false)

const quoted = (cell: string): string => (/[",\n\r]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/**
 * Items as CSV for spreadsheets (UTF-8 with BOM, CRLF), piece by piece. An item with information items takes one line for each of them,
 * the item itself standing in the first only.
 */
export async function* itemsToCsv(items: Iterable<ExportedItem> | AsyncIterable<ExportedItem>): AsyncGenerator<string> {
  const inner = fieldColumns.filter((c) => c.startsWith('field'))
  const row = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`
  yield `\ufeff${row([...itemColumns.map(title), ...inner.map(title)])}`
  let n = 0
  for await (const i of items) {
    const own = line(itemColumns, itemCells(i, ++n))
    const [first, ...more] = i.data.fields ?? []
    yield row([...own, ...(first ? line(inner, fieldCells(i, first)) : inner.map(() => ''))])
    for (const f of more) yield row([...itemColumns.map(() => ''), ...line(inner, fieldCells(i, f))])
  }
}

/** Items as JSON, `{"items": […]}`, piece by piece, one item a line. */
export async function* itemsToJson(
  items: Iterable<ExportedItem> | AsyncIterable<ExportedItem>,
): AsyncGenerator<string> {
  yield '{"items":['
  let n = 0
  for await (const { source, data, grade } of items)
    yield `${n++ === 0 ? '\n' : ',\n'}${JSON.stringify({ ...(source === undefined ? {} : { source }), ...data, ...(grade === undefined ? {} : { grade }) })}`
  yield '\n]}\n'
}
