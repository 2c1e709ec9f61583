import type { ListingRow } from '#domain/catalogue'

/** A file on disk by its path, or its bytes. */
export type Source = string | Uint8Array

/** Something that was noticed while reading; `error` means that what follows could not be read. */
export interface SheetFinding {
  readonly line: number
  readonly level: 'error' | 'warning'
  readonly says: string
}

/** A sheet to be read from the top as often as one likes, in blocks of lines, so that its length does not matter. */
export interface OpenSheet {
  readonly name: string
  readonly hidden: boolean
  /** A line has as many cells as were written. */
  readonly exact: boolean
  readonly blocks: (found: (f: SheetFinding) => void) => AsyncIterable<readonly ListingRow[]>
}

export interface Book {
  readonly kind: 'xlsx' | 'csv' | 'json'
  readonly encoding?: 'utf-8' | 'gb18030'
  readonly delimiter?: string
  readonly sheets: readonly OpenSheet[]
}

export interface SheetLimits {
  /** Lines of one sheet. */
  readonly lines: number
  readonly columns: number
  /** Characters of one cell. */
  readonly cell: number
  /** Bytes of one line of text, and of one JSON document. */
  readonly lineBytes: number
  readonly jsonBytes: number
  readonly sheets: number
}
/** Above every list of a country's catalogue, below what hurts the machine. */
export const sheetLimits: SheetLimits = {
  lines: 5_000_000,
  columns: 300,
  cell: 32_767, // what a spreadsheet's cell can hold
  lineBytes: 8 << 20,
  jsonBytes: 128 << 20,
  sheets: 200,
}

/** Cells of one line within the limits; whoever reads says once what was cut off. */
export const bounded = (
  cells: readonly string[],
  line: number,
  limits: SheetLimits,
  found: (f: SheetFinding) => void,
): readonly string[] => {
  let out = cells
  if (out.length > limits.columns) {
    if (out.slice(limits.columns).some((c) => c.trim() !== ''))
      found({
        line,
        level: 'error',
        says: `有 ${out.length} 列，超过 ${limits.columns} 列，其余的未读取；请删去多余的列`,
      })
    out = out.slice(0, limits.columns)
  }
  if (out.some((c) => c.length > limits.cell)) {
    const at = out.findIndex((c) => c.length > limits.cell)
    found({
      line,
      level: 'error',
      says: `第 ${at + 1} 列有 ${out[at]!.length} 字，超过一格可容的 ${limits.cell} 字；可能是引号没有闭合，请核对`,
    })
    out = out.map((c) => (c.length > limits.cell ? c.slice(0, limits.cell) : c))
  }
  return out
}

/** Lines gathered into blocks: awaiting every single line would cost more than reading it. */
export const blockSize = 1000
