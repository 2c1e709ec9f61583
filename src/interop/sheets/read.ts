import { refuse, type Refusal } from '#contract'
import type { ListingRow } from '#domain/catalogue'
import { sheetLimits, type Book, type OpenSheet, type SheetFinding, type SheetLimits, type Source } from './book.ts'
import { jsonSheet } from './json.ts'
import { bytesOf, csvSheet, delimiterOf, encodingOf, headOf, textOf } from './text.ts'
import { xlsxSheets } from './xlsx.ts'
import { isBroken } from './xml.ts'

const field = 'file'
const unreadable = (says: string): Refusal => refuse('sheet_unreadable', says, { fields: { [field]: says } })

const stem = (name: string): string => name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '') || '清单'

/**
 * Opens a list to be read: .xlsx, CSV (UTF-8 with or without BOM, GB18030; separated by comma, semicolon, tab, bar) or JSON, told apart by
 * content. Nothing is kept in memory but shared texts of a workbook and a whole JSON document. A path must not change while it is read.
 *
 * Refusal `sheet_unreadable`: what it is not, in a sentence. What is wrong further in is said while the sheets are read.
 */
export const openBook = async (
  source: Source,
  name: string,
  limits: SheetLimits = sheetLimits,
): Promise<Book | Refusal> => {
  const start = await headOf(source, 1 << 16)
  if (start.length === 0) return unreadable('文件是空的，请核对后重新上传。')
  if (start[0] === 0x50 && start[1] === 0x4b) {
    try {
      const sheets = await xlsxSheets(source, limits)
      return sheets.length === 0 ? unreadable('工作簿里没有工作表。') : { kind: 'xlsx', sheets }
    } catch (e) {
      if (!isBroken(e)) throw e
      return unreadable(`无法按 Excel 工作簿（.xlsx）读取：${e.message}。请用办公软件重新保存后上传。`)
    }
  }
  if (start[0] === 0xd0 && start[1] === 0xcf)
    return unreadable('是旧版 Excel 文件（.xls）或设有打开密码，请另存为不加密的 .xlsx 后上传。')
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff))
    return unreadable('是 UTF-16 编码的文本，请另存为 UTF-8 编码后上传。')
  const encoding = await encodingOf(source)
  if (!encoding) return unreadable('不是文本，也不是 Excel 工作簿；可用 .xlsx、.csv 或 .json。')
  const opening = new TextDecoder(encoding).decode(start).replace(/^\ufeff/, '')
  if (/^\s*[[{]/.test(opening) && (/\.json$/i.test(name) || /^\s*(?:\[\s*[{\]]|\{\s*"|\{\s*\})/.test(opening))) {
    let size = 0
    for await (const part of bytesOf(source))
      if ((size += part.length) > limits.jsonBytes)
        return unreadable(`JSON 文件超过 ${limits.jsonBytes >> 20} MB，请改用 CSV，或分成几个文件。`)
    let text = ''
    for await (const part of textOf(source, encoding)) text += part
    const sheet = jsonSheet(text, stem(name), limits)
    return 'says' in sheet ? unreadable(`${sheet.says}。`) : { kind: 'json', encoding, sheets: [sheet] }
  }
  const delimiter = delimiterOf(opening)
  return { kind: 'csv', encoding, delimiter, sheets: [csvSheet(source, stem(name), encoding, delimiter, limits)] }
}

/** A sheet in memory. Row `i` of `rows` is not line `i+1`: lines that are not in the file are not here either. */
export interface Sheet extends Pick<OpenSheet, 'name' | 'hidden' | 'exact'> {
  readonly rows: readonly ListingRow[]
  readonly findings: readonly SheetFinding[]
}

const readUpTo = async (sheet: OpenSheet, lines: number): Promise<Sheet> => {
  const rows: ListingRow[] = []
  const findings: SheetFinding[] = []
  for await (const block of sheet.blocks((f) => findings.push(f))) {
    for (const row of block) if (rows.length < lines) rows.push(row)
    if (rows.length >= lines) break
  }
  const { name, hidden, exact } = sheet
  return { name, hidden, exact, rows, findings }
}

/** Every sheet whole, for small files: up to 100 000 lines each unless told otherwise. */
export const readSheets = async (
  source: Source,
  name: string,
  limits: SheetLimits = { ...sheetLimits, lines: 100_000 },
): Promise<readonly Sheet[] | Refusal> => {
  const book = await openBook(source, name, limits)
  if ('code' in book) return book
  const sheets: Sheet[] = []
  for (const s of book.sheets) sheets.push(await readUpTo(s, limits.lines))
  return sheets
}

/** The first lines of each sheet, from which its header is recognised and which a person is shown. */
export const samplesOf = async (book: Book, lines = 200): Promise<readonly Sheet[]> => {
  const sheets: Sheet[] = []
  for (const s of book.sheets) sheets.push(await readUpTo(s, lines))
  return sheets
}
