import type { JsonObject } from '#contract'
import type { ColumnFact, ColumnType } from '../kernel/index.ts'

const text = (v: unknown): string => (typeof v === 'string' ? v.trim() : '')

/** A field of a Table Schema (Data Package v2), with what the catalogue says of it. */
export interface DataColumn {
  readonly name: string
  readonly title?: string
  readonly type: ColumnType
  readonly description?: string
  readonly constraints?: { readonly required?: true; readonly unique?: true }
}

/** What kind of value an information item is said to hold, as units write it: 字符型(32), 数值型, VARCHAR, 日期型. */
const saidType = (said: string): ColumnType | undefined => {
  const t = said.toLowerCase()
  if (/日期时间|时间戳|datetime|timestamp/.test(t)) return 'datetime'
  if (/日期|^date/.test(t)) return 'date'
  if (/布尔|bool|是否/.test(t)) return 'boolean'
  if (/整|int|long/.test(t)) return 'integer'
  if (/数值|数字|浮点|小数|金额|decimal|numeric|number|float|double/.test(t)) return 'number'
  if (/字符|文本|代码|字典|编码|char|text|string|^c/.test(t)) return 'string'
  return undefined
}

// the first that all values fit is the closest
const closest: readonly ColumnType[] = ['integer', 'number', 'boolean', 'date', 'datetime', 'string']

/**
 * The Table Schema of a file: what the catalogue says of a column holds where every value of the file fits it; elsewhere the file itself says
 * what it is. `keys` name a row: the items marked as
 * keys, else the first column whose values are all different, else all columns together.
 */
export const tableSchema = (
  items: readonly JsonObject[],
  columns: readonly ColumnFact[],
): { readonly fields: readonly DataColumn[]; readonly keys: readonly string[] } => {
  const itemOf = (name: string): JsonObject | undefined =>
    items.find((f) => text(f['field']) === name) ?? items.find((f) => text(f['name']) === name)
  const fields = columns.map((c): DataColumn => {
    const item = itemOf(c.name)
    const said = saidType(text(item?.['type']))
    const type =
      said && c.types.includes(said) ? said : (closest.find((t) => c.types.includes(t)) ?? ('string' as const))
    const title = text(item?.['name'])
    const meaning = text(item?.['meaning'])
    // what happens to be so in this file is no promise of the next one, unless the catalogue says it too
    const required = c.empty === 0 && item?.['nullable'] !== true
    const unique = c.unique && item?.['key'] === true
    return {
      name: c.name,
      ...(title && title !== c.name ? { title } : {}),
      type,
      ...(meaning ? { description: meaning } : {}),
      ...(required || unique
        ? { constraints: { ...(required ? { required } : {}), ...(unique ? { unique } : {}) } }
        : {}),
    }
  })
  const marked = columns.filter((c) => itemOf(c.name)?.['key'] === true).map((c) => c.name)
  const unique = columns.find((c) => c.unique)
  return { fields, keys: marked.length > 0 ? marked : unique ? [unique.name] : columns.map((c) => c.name) }
}
