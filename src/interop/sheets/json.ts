import type { ListingRow } from '#domain/catalogue'
import { blockSize, bounded, type OpenSheet, type SheetLimits } from './book.ts'

type Record_ = Readonly<Record<string, unknown>>
const isRecord = (v: unknown): v is Record_ => typeof v === 'object' && v !== null && !Array.isArray(v)

const cellOf = (v: unknown): string =>
  v === null || v === undefined
    ? ''
    : typeof v === 'string'
      ? // cells that begin like this are read as texts with an apostrophe in front; a document has none to take off
        /^'+[=+\-@]/.test(v)
        ? `'${v}`
        : v
      : Array.isArray(v)
        ? v.map(cellOf).filter(Boolean).join('、')
        : typeof v === 'object'
          ? JSON.stringify(v)
          : String(v)

// the parts of our own record of an information item; other names are found as titles of columns are
const fieldTitle: Readonly<Record<string, string>> = {
  name: 'fieldName',
  field: 'fieldField',
  type: 'fieldType',
  length: 'fieldLength',
  nullable: 'fieldNullable',
  key: 'fieldKey',
  meaning: 'fieldMeaning',
}
const nested = ['fields', '信息项', 'items', '数据项', '字段']

/** Why a document is no list of objects. */
export interface NoList {
  readonly says: string
}

/**
 * A JSON document, an array of objects or `{items: […]}`, as a sheet: keys become titles, information items lines below their item.
 * Line n+1 is the n-th object. The document is held in memory whole.
 */
export const jsonSheet = (text: string, name: string, limits: SheetLimits): OpenSheet | NoList => {
  let doc: unknown
  try {
    doc = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (e) {
    return { says: `不是有效的 JSON：${(e as Error).message}` }
  }
  const list = isRecord(doc) ? (doc['items'] ?? doc['data'] ?? doc['目录']) : doc
  if (!Array.isArray(list)) return { says: 'JSON 应为对象的数组，或 {"items": [对象, …]}' }
  const wrong = list.findIndex((o) => !isRecord(o))
  if (wrong >= 0) return { says: `JSON 的第 ${wrong + 1} 项不是对象` }
  const objects = list as readonly Record_[]
  const nestedIn = (o: Record_): readonly Record_[] => {
    const key = nested.find((k) => Array.isArray(o[k]) && (o[k] as unknown[]).every(isRecord))
    return key === undefined ? [] : (o[key] as readonly Record_[])
  }
  const own = new Map<string, number>()
  const inner = new Map<string, number>()
  // keys are the document's own, and may be as many as its author likes
  const note = (into: Map<string, number>, keys: readonly string[]): void => {
    for (const k of keys) if (into.size <= limits.columns && !into.has(k)) into.set(k, into.size)
  }
  for (const o of objects) {
    note(
      own,
      Object.keys(o).filter((k) => !(nested.includes(k) && nestedIn(o).length > 0)),
    )
    for (const f of nestedIn(o)) note(inner, Object.keys(f))
  }
  const place = (into: readonly string[], o: Record_, from: ReadonlyMap<string, number>, offset: number): string[] => {
    const cells = [...into]
    for (const [k, at] of from)
      if (Object.hasOwn(o, k) && !(from === own && nested.includes(k) && nestedIn(o).length > 0))
        cells[at + offset] = cellOf(o[k])
    return cells
  }
  const empty = Array.from({ length: own.size + inner.size }, () => '')
  return {
    name,
    hidden: false,
    exact: false,
    async *blocks(found) {
      let block: ListingRow[] = [
        {
          line: 1,
          cells: bounded(
            [...own.keys(), ...[...inner.keys()].map((k) => fieldTitle[k] ?? `信息项/${k}`)],
            1,
            limits,
            found,
          ),
        },
      ]
      for (const [i, o] of objects.entries()) {
        const line = i + 2
        if (line > limits.lines) {
          found({ line, level: 'error', says: `超过 ${limits.lines} 项，其余的未读取；请分成几个文件` })
          break
        }
        const [first, ...more] = nestedIn(o)
        const cells = place(empty, o, own, 0)
        block.push({
          line,
          cells: bounded(first ? place(cells, first, inner, own.size) : cells, line, limits, found),
          begins: true,
        })
        for (const f of more)
          block.push({ line, cells: bounded(place(empty, f, inner, own.size), line, limits, found) })
        if (block.length >= blockSize) {
          yield block
          block = []
        }
      }
      yield block
    },
  }
}
