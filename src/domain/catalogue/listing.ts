import { clean, fold, isBlank, narrow, oneLine } from './listingValues.ts'
import { lineIndex } from './listingIndex.ts'
import { mappingProblems, titleKey } from './listingHead.ts'
import type { ListingMapping, ListingRow, SheetMapping } from './listingHead.ts'
import { terms, type ListingField } from './listingTerms.ts'
import { cut, readField, readItem } from './listingRow.ts'
import type { Cells, Complain, ListedField, ListedItem, ListingCode, ListingFinding } from './listingRow.ts'

/** One item of a list, ready to be applied. */
export interface PlannedRow {
  readonly sheet: string
  /** The item's first line. */
  readonly line: number
  /** By what the register knows it again: the register's own mark where the file carries it, else list, units, name and how often so far. */
  readonly key: string
  /** Of `data`; equal digests need no update. */
  readonly digest: string
  readonly data: ListedItem
  /** 安全分级 as the unit declares it; the grading decides about it. */
  readonly grade?: string
}

export interface ListingRules {
  /** Identifies the list for good, so that it can be brought again without doubling. */
  readonly list: string
  /** A hex digest of a text, at least 32 digits long. */
  readonly hash: (text: string) => string
  /** Most items. Default 1 000 000. */
  readonly maxItems?: number
  /** Most findings that are kept; all are counted. Default 10 000. */
  readonly maxFindings?: number
  /** 不予共享 without a law is an error and not a warning. Default true. */
  readonly basisRequired?: boolean
}

export interface ListingStats {
  /** Lines below the headers. */
  readonly lines: number
  /** Items, with and without errors. */
  readonly items: number
  readonly fields: number
  readonly errors: number
  readonly warnings: number
  /** Lines that are no items: blank ones, totals, notes, repeated headers and examples of templates. */
  readonly passedOver: Readonly<Record<'blank' | 'totals' | 'notes' | 'heads' | 'examples', number>>
  /** Lines whose unit was taken from above. */
  readonly filled: number
  readonly duplicates: number
  /** Findings of each kind. */
  readonly findings: { readonly [C in ListingCode]?: number }
}

export interface ListingPlan {
  /** Items without errors. Nothing is to be applied while `stats.errors` is not 0. */
  readonly rows: readonly PlannedRow[]
  readonly findings: readonly ListingFinding[]
  readonly stats: ListingStats
}

/** A list that is read piece by piece, so that a million lines need no room: sheets of information items first, then items. */
export interface ListingPlanner {
  /**
   * Lines of one sheet in their order. Gives the items that are complete. `exact` says that a line has as many cells as were written,
   * so that a short one is worth a warning.
   */
  readonly push: (sheet: string, rows: readonly ListingRow[], exact?: boolean) => readonly PlannedRow[]
  /** Something the reading of the file found. */
  readonly note: (finding: ListingFinding) => void
  /** What is still open; call it once, at the end. */
  readonly end: () => readonly PlannedRow[]
  readonly findings: () => readonly ListingFinding[]
  readonly stats: () => ListingStats
}

const totalWord = /^(?:合计|小计|总计|总数|共计|累计|本页小计|本页合计)(?:[:：]?\d*[条项个家]?)?$/
const noteWord =
  /^[（(【[]?(?:注|备注|说明|填表说明|填报说明|填写说明|填报人|填表人|审核人|制表人?|制表时间|填报时间|填表日期|联系人|联系电话|单位负责人|负责人|附件|附|数据来源|单位盖章)\s*\d*[)）】\]]?\s*[:：]/
const exampleWord = /^[（(【[]?(?:示例|样例|例|填写示例|举例)[)）】\]]?\d*$/

/** Most information items of one item. */
const mostFields = 2000

interface Open {
  readonly sheet: string
  readonly line: number
  readonly cells: Cells
  readonly item: ListedItem
  readonly fields: ListedField[]
  bad: boolean
}
interface Waiting {
  readonly sheet: string
  readonly line: number
  readonly of: string
  readonly fields: ListedField[]
  /** Line of the item that took them. */
  usedBy: number
}

/** Item data in one order of its parts, as text: equal data, equal text. */
const canonical = (v: unknown): string =>
  Array.isArray(v)
    ? `[${v.map(canonical).join(',')}]`
    : typeof v === 'object' && v !== null
      ? `{${Object.entries(v)
          .filter(([, x]) => x !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([k, x]) => `${JSON.stringify(k)}:${canonical(x)}`)
          .join(',')}}`
      : JSON.stringify(v)

/** Digest of an item's data as the register keeps it: whence it came (`source`, `line`) says nothing of what it is. */
export const itemDigest = (data: object, hash: ListingRules['hash']): string => {
  const { source: _s, line: _l, ...rest } = data as { source?: unknown; line?: unknown }
  return hash(canonical(rest)).slice(0, 32)
}

/** Whether a planned row is new to the register, says something new, or nothing. */
export const changeOf = (row: PlannedRow, known: string | undefined): 'new' | 'changed' | 'unchanged' =>
  known === undefined ? 'new' : known === row.digest ? 'unchanged' : 'changed'

/** Reads a list line by line against a mapping that a person confirmed. Pure but for what it has seen so far. */
export const listingPlanner = (mapping: ListingMapping, rules: ListingRules): ListingPlanner => {
  const maxItems = rules.maxItems ?? 1_000_000
  const maxFindings = rules.maxFindings ?? 10_000
  const findings: ListingFinding[] = []
  const counts: { [C in ListingCode]?: number } = {}
  const passedOver = { blank: 0, totals: 0, notes: 0, heads: 0, examples: 0 }
  const n = { lines: 0, items: 0, fields: 0, errors: 0, warnings: 0, filled: 0, duplicates: 0 }
  // first line and number of items of the same units and name, and lines of codes and marks
  const seen = lineIndex(rules.hash)
  const repeats = new Map<string, number>()
  const codes = lineIndex(rules.hash)
  const sources = lineIndex(rules.hash)
  const waiting = new Map<string, Waiting>()
  const numbers = new Map<string, number>()
  let open: Open | undefined
  let full = false

  const note = (f: ListingFinding): void => {
    n[f.level === 'error' ? 'errors' : 'warnings']++
    counts[f.code] = (counts[f.code] ?? 0) + 1
    if (findings.length < maxFindings) findings.push(f)
  }
  const problems = mappingProblems(mapping)
  for (const says of problems) note({ sheet: '', line: 0, level: 'error', code: 'mapping_unusable', says })

  const readers = new Map(mapping.sheets.map((s) => [s.sheet, reader(s)] as const))
  const unitsAbove = new Map<string, string>()

  const complainAt =
    (s: Reader, line: number, fails: () => void): Complain =>
    (level, code, says, field, text) => {
      if (level === 'error') fails()
      // a whole column of numbers needs one question and not a thousand
      if (code === 'value_by_number') {
        const key = `${s.sheet.sheet} ${field} ${text}`
        numbers.set(key, (numbers.get(key) ?? 0) + 1)
        if ((numbers.get(key) ?? 0) > 1) return
      }
      const c = field === undefined ? undefined : s.column.get(field)
      const title = c?.title ?? (field === undefined ? undefined : terms[field].names[0])
      note({
        sheet: s.sheet.sheet,
        line,
        ...(c === undefined ? {} : { at: c.at }),
        ...(title === undefined ? {} : { column: title }),
        level,
        code,
        ...(text === undefined ? {} : { text: cut(text, 60) }),
        says: title === undefined ? says : `“${title}”${says}`,
      })
    }

  const close = (): readonly PlannedRow[] => {
    const o = open
    open = undefined
    if (!o) return []
    const s = readers.get(o.sheet)!
    const say = complainAt(s, o.line, () => (o.bad = true))
    const { item } = o
    const units = item.holders.join('、')
    let found: ListedField[] = o.fields
    if (waiting.size > 0) {
      const w = keysOf(o.cells, item).flatMap((k) => waiting.get(k) ?? [])[0]
      if (w && w.usedBy > 0)
        say(
          'error',
          'field_ambiguous',
          `信息项无法确定属于本行还是第 ${w.usedBy} 行的同名目录，请填写目录代码以区分`,
          'name',
        )
      else if (w) {
        w.usedBy = o.line
        found = [...found, ...w.fields]
      }
    }
    if (found.length > mostFields) say('error', 'fields_too_many', `有 ${found.length} 个信息项，超过 ${mostFields} 个`)
    const same = `${units} ${item.name}`
    const folded = fold(same)
    const before = seen.firstOf(folded, o.line)
    const times = before === 0 ? 1 : (repeats.get(folded) ?? 1) + 1
    if (before > 0) repeats.set(folded, times)
    if (before > 0 && item.name !== '' && item.holders.length > 0) {
      n.duplicates++
      say(
        'warning',
        'duplicate',
        `与第 ${before} 行重复：${cut(units)}“${cut(item.name)}”；两条都保留，请确认`,
        'name',
        item.name,
      )
    }
    if (item.code !== undefined) {
      const first = codes.firstOf(item.code, o.line)
      if (first > 0)
        say('warning', 'code_twice', `“${cut(item.code)}”与第 ${first} 行的代码相同，请核对`, 'code', item.code)
    }
    const mark = narrow(oneLine(o.cells.source ?? ''))
    if (mark !== '') {
      const first = sources.firstOf(mark, o.line)
      if (!/^[\p{L}\p{N}:._-]{1,100}$/u.test(mark))
        say('error', 'source_form', '不是系统给出的标识，请恢复原值；新增的目录请留空', 'source', mark)
      else if (first > 0)
        say('error', 'source_twice', `与第 ${first} 行的系统标识相同；复制出来的新目录请将此格留空`, 'source', mark)
    }
    if (item.sharing === 'none' && item.sharingBasis === undefined) {
      const level = (rules.basisRequired ?? true) ? 'error' : 'warning'
      if (s.column.has('sharingBasis'))
        say(level, 'basis_missing', '为空：不予共享的应当写明法律依据，请填写', 'sharingBasis')
      else say(level, 'basis_missing', '为不予共享而没有法律依据，请增加“不予共享依据”一列写明', 'sharing')
    }
    n.items++
    n.fields += found.length
    if (n.items > maxItems) {
      if (!full) say('error', 'rows_too_many', `目录超过 ${maxItems} 条，本行起未读取；请分成几个文件上传`)
      full = true
      return []
    }
    if (o.bad) return []
    const data: ListedItem = found.length === 0 ? item : { ...item, fields: found }
    const key = mark !== '' ? mark : `${rules.list}:${rules.hash(`${same} ${times}`).slice(0, 32)}`
    const grade = oneLine(o.cells.grade ?? '')
    return [
      {
        sheet: o.sheet,
        line: o.line,
        key,
        digest: itemDigest(data, rules.hash),
        data,
        ...(isBlank(grade) ? {} : { grade: narrow(grade) }),
      },
    ]
  }

  const fieldLine = (s: Reader, line: number, cells: Cells): void => {
    const say = complainAt(s, line, () => undefined)
    const field = readField(cells, say)
    if (!field) return
    const key = keysOf(cells, undefined)[0]
    if (key === undefined)
      return say('error', 'field_orphan', `信息项“${cut(field.name)}”没有写明属于哪条目录，请填写目录名称或目录代码`)
    const w = waiting.get(key)
    if (w) w.fields.push(field)
    else
      waiting.set(key, {
        sheet: s.sheet.sheet,
        line,
        of: `“${cut(oneLine(cells.name ?? cells.code ?? cells.source ?? ''))}”`,
        fields: [field],
        usedBy: 0,
      })
  }

  const itemLine = (s: Reader, { line, begins }: ListingRow, cells: Cells): readonly PlannedRow[] => {
    const { sheet } = s.sheet
    const nameless = isBlank(oneLine(cells.name ?? ''))
    const more = !begins && s.column.has('fieldName') && open?.sheet === sheet ? open : undefined
    if (more && cells.fieldName !== undefined && (nameless ? onlyField(cells) : sameItem(more.cells, cells))) {
      const say = complainAt(s, line, () => (more.bad = true))
      const field = readField(cells, say)
      if (field && more.fields.length <= mostFields) more.fields.push(field)
      const other = differs(more.cells, cells)
      if (other)
        say(
          'warning',
          'inconsistent',
          `与同一目录的第 ${more.line} 行不一致，以第 ${more.line} 行为准`,
          other,
          cells[other],
        )
      return []
    }
    const done = close()
    let bad = false
    let whole = cells
    if (!isBlank(cells.holders ?? '')) unitsAbove.set(sheet, cells.holders ?? '')
    else {
      const above = s.sheet.fill ? unitsAbove.get(sheet) : undefined
      const unit = above ?? s.sheet.holder
      if (unit !== undefined) whole = { ...cells, holders: unit }
      if (above !== undefined && n.filled++ === 0)
        complainAt(s, line, () => undefined)(
          'warning',
          'units_filled',
          '为空，按上方最近一行的单位读取；以下同样为空的行一并如此，请确认',
          'holders',
        )
    }
    const say = complainAt(s, line, () => (bad = true))
    const item = readItem(whole, mapping, s.openingYesNo, say)
    const field = s.column.has('fieldName') ? readField(whole, say) : undefined
    open = { sheet, line, cells: whole, item, fields: field ? [field] : [], bad }
    return s.column.has('fieldName') ? done : [...done, ...close()]
  }

  return {
    note,
    findings: () => findings,
    stats: () => ({ ...n, passedOver: { ...passedOver }, findings: { ...counts } }),
    push: (sheet, rows, exact = false) => {
      const s = readers.get(sheet)
      if (!s || s.sheet.role === 'ignored' || problems.length > 0) return []
      const out: PlannedRow[] = []
      for (const row of rows) {
        if (row.line <= s.sheet.head.to || full) continue
        n.lines++
        const kind = kindOf(s, row)
        const say = complainAt(s, row.line, () => undefined)
        if (typeof kind === 'string') {
          passedOver[kind]++
          const text = kind === 'notes' ? clean(row.cells.find((c) => clean(c) !== '') ?? '') : ''
          if (text !== '' && !noteWord.test(text))
            say('warning', 'line_passed', `整行只有“${cut(text)}”，不是目录，已跳过；如是目录请补全本行`)
          continue
        }
        const extra = row.cells.findIndex((c, i) => i >= s.width && clean(c) !== '')
        if (extra >= 0) {
          say(
            'error',
            'columns_extra',
            `第 ${extra + 1} 列有内容而没有标题（标题共 ${s.width} 列）：可能是内容中的分隔符没有用引号括起，请核对本行`,
            undefined,
            row.cells[extra],
          )
          continue
        }
        if (exact && row.cells.length < s.width)
          say(
            'warning',
            'columns_short',
            `只有 ${row.cells.length} 列，标题有 ${s.width} 列，缺少的按空白读取：可能是内容中断行，请核对本行`,
          )
        if (s.sheet.role === 'fields') fieldLine(s, row.line, kind.cells)
        else for (const r of itemLine(s, row, kind.cells)) out.push(r)
      }
      return out
    },
    end: () => {
      const last = close()
      for (const w of waiting.values())
        if (w.usedBy === 0) {
          complainAt(readers.get(w.sheet)!, w.line, () => undefined)(
            'error',
            'field_orphan',
            `${w.of}的 ${w.fields.length} 个信息项（“${cut(w.fields[0]!.name)}”等）没有对应的目录，请核对目录名称或代码`,
          )
        }
      if (n.items === 0 && n.errors === 0)
        note({
          sheet: '',
          line: 0,
          level: 'error',
          code: 'rows_none',
          says: '标题行之下没有一条目录，请核对文件和标题行',
        })
      return last
    },
  }
}

interface Reader {
  readonly sheet: SheetMapping
  readonly column: ReadonlyMap<ListingField, { readonly at: number; readonly title: string }>
  readonly pairs: readonly (readonly [ListingField, number])[]
  readonly titles: ReadonlyMap<number, string>
  /** Columns that have a title. */
  readonly width: number
  readonly openingYesNo: boolean
}
const reader = (sheet: SheetMapping): Reader => {
  const mapped = sheet.columns.flatMap((c) => (c.field && c.field !== 'ignored' ? [{ ...c, field: c.field }] : []))
  const opening = mapped.find((c) => c.field === 'opening')
  return {
    sheet,
    column: new Map(mapped.map((c) => [c.field, { at: c.at, title: c.title }])),
    pairs: mapped.map((c) => [c.field, c.at] as const),
    titles: new Map(sheet.columns.map((c) => [c.at, titleKey(c.title.split('/').at(-1) ?? '')])),
    width: Math.max(0, ...sheet.columns.map((c) => c.at + 1)),
    openingYesNo: /是否/.test(opening?.title ?? ''),
  }
}

/** What a line is; of one that may be an item, its cells. */
const kindOf = (
  s: Reader,
  row: ListingRow,
): 'blank' | 'totals' | 'notes' | 'heads' | 'examples' | { readonly cells: Cells } => {
  const cells: { [F in ListingField]?: string } = {}
  for (const [f, at] of s.pairs) {
    const raw = row.cells[at]
    if (raw === undefined || raw === '') continue
    const t = clean(raw)
    if (t !== '') cells[f] = t
  }
  const name = cells.name
  // an ordinary line has a name and something beside it: only the others need a closer look
  let filled = 0
  let first = ''
  let one = true
  for (const c of row.cells) {
    if (c === '') continue
    const t = clean(c)
    if (t === '') continue
    if (filled++ === 0) first = t
    else if (t !== first) one = false
  }
  if (filled === 0) return 'blank'
  // a serial number drawn down too far
  if (filled === 1 && /^\d+[.、]?$/.test(cells.serial ?? '')) return 'blank'
  const plain = first.replace(/\s+/g, '')
  if (exampleWord.test(plain) || /^(?:示例|样例)[:：]/.test(name ?? '')) return 'examples'
  // under the name of a totals line may stand how many there are
  const empty =
    name === undefined || isBlank(name) || /^\d+\s*[条项个家]?$/.test(name) || totalWord.test(name.replace(/\s+/g, ''))
  if (empty && [...row.cells.slice(0, 4), name ?? ''].some((c) => totalWord.test(clean(c).replace(/\s+/g, ''))))
    return 'totals'
  if (one && s.width > 2) {
    // one text alone, or merged over the line: a note or a heading inside the table, unless it is a lone name
    const alone = filled === 1 && (name ?? cells.fieldName) !== undefined && !noteWord.test(first)
    if (!alone) return 'notes'
  } else if (noteWord.test(first) && (name === undefined || name === first)) return 'notes'
  if (name !== undefined && s.titles.get(s.column.get('name')?.at ?? -1) === titleKey(name)) {
    const repeats = [...s.titles].filter(([at, t]) => t !== '' && titleKey(clean(row.cells[at] ?? '')) === t).length
    if (repeats >= 2) return 'heads'
  }
  return { cells }
}

const itemFields = (Object.keys(terms) as ListingField[]).filter(
  (f) => !f.startsWith('field') && f !== 'serial' && f !== 'ignored' && f !== 'grade',
)
const onlyField = (c: Cells): boolean => itemFields.every((f) => c[f] === undefined || f === 'holders')
const sameItem = (a: Cells, b: Cells): boolean =>
  a.name === b.name &&
  (b.code === undefined || a.code === b.code) &&
  (b.source === undefined || a.source === b.source) &&
  (b.holders === undefined || a.holders === b.holders)
const differs = (a: Cells, b: Cells): ListingField | undefined =>
  itemFields.find((f) => b[f] !== undefined && a[f] !== b[f])

/** By what information items find their item, the surest first. */
const keysOf = (c: Cells, item: ListedItem | undefined): readonly string[] => {
  const name = item?.name ?? oneLine(c.name ?? '')
  const units = item ? item.holders.join('、') : oneLine(c.holders ?? '')
  return [
    ...(c.source === undefined ? [] : [`s ${narrow(c.source)}`]),
    ...(c.code === undefined ? [] : [`c ${narrow(oneLine(c.code))}`]),
    ...(name === '' || units === '' ? [] : [`n ${fold(units)} ${fold(name)}`]),
    ...(name === '' ? [] : [`n ${fold(name)}`]),
  ]
}

/** A whole list in memory: for small files and tests. Sheets in any order. */
export const planListing = (
  sheets: readonly { readonly name: string; readonly rows: readonly ListingRow[]; readonly exact?: boolean }[],
  mapping: ListingMapping,
  rules: ListingRules,
): ListingPlan => {
  const planner = listingPlanner(mapping, rules)
  const rows: PlannedRow[] = []
  for (const role of ['fields', 'items'] as const)
    for (const s of sheets)
      if (mapping.sheets.some((m) => m.sheet === s.name && m.role === role))
        rows.push(...planner.push(s.name, s.rows, s.exact))
  rows.push(...planner.end())
  return { rows, findings: planner.findings(), stats: planner.stats() }
}

export * from './listingHead.ts'
export type { ListedField, ListedItem, ListingCode, ListingFinding } from './listingRow.ts'
export {
  terms as listingTerms,
  listingFields as listingFieldNames,
  itemTerms,
  fieldTerms,
  type ListingField,
} from './listingTerms.ts'
export { formats, frequencies, openingTerms, sharingTerms } from './listingValues.ts'
