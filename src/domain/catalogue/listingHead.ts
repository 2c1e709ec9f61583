import { clean, fold, isBlank, oneLine } from './listingValues.ts'
import { groups, itemTerms, listingFields, terms, type ListingField } from './listingTerms.ts'

/** One line of a sheet as it was written; `line` counts from 1 as a spreadsheet does. */
export interface ListingRow {
  readonly line: number
  readonly cells: readonly string[]
  /** The line begins an item even where it says the same as the one before; other lines of the item follow it. */
  readonly begins?: true
}

/** What a column is read as. Without a field it is left alone. */
export interface MappedColumn {
  /** Position from 0. */
  readonly at: number
  /** As written; of several header lines joined with “/”. */
  readonly title: string
  readonly field?: ListingField
  /** 0–1; 1 means a known title or one that a person has confirmed before. */
  readonly confidence: number
}

/** How one sheet is read. What is recognised is a proposal in this same form, which a person confirms or changes. */
export interface SheetMapping {
  readonly sheet: string
  /** Items, information items of the items of another sheet, or nothing to be read. */
  readonly role: 'items' | 'fields' | 'ignored'
  /** First and last header line; 0 where there is none. */
  readonly head: { readonly from: number; readonly to: number }
  readonly columns: readonly MappedColumn[]
  /** A blank unit means the unit of the line above, as where merged cells were lost on the way to CSV. */
  readonly fill: boolean
  /** The unit of all lines, where no column says it. */
  readonly holder?: string
}
export interface ListingMapping {
  readonly sheets: readonly SheetMapping[]
  /** What this source's own words mean, by field: `{ sharing: { 甲类: 'unconditional' } }`. Found before the common words. */
  readonly values?: { readonly [F in ListingField]?: Readonly<Record<string, string>> }
}

/** What was confirmed of a source before: title → field, or `''` for a column to be left alone. */
export type Remembered = Readonly<Record<string, ListingField | ''>>

const inBrackets = /[（(【[][^）)】\]]*[）)】\]]/g
const norm = (title: string): string =>
  fold(oneLine(clean(title)).normalize('NFKC'))
    .replace(/[*:、,.。“”"'…_]/g, '')
    .replace(/^\d+(?=\D)/, '')
const bare = (title: string): string => norm(title.replace(inBrackets, '')) || norm(title)

const known: ReadonlyMap<string, ListingField> = new Map(
  listingFields.flatMap((f) => [[norm(f), f] as const, ...terms[f].names.map((n) => [norm(n), f] as const)]),
)
const longNames = [...known].filter(([n]) => n.length >= 3 && /\p{Script=Han}/u.test(n))

interface Guess {
  readonly field: ListingField
  readonly confidence: number
}
const guesses = (above: string, title: string): readonly Guess[] => {
  const t = bare(title)
  if (t === '') return []
  const exact = known.get(norm(title)) ?? known.get(t)
  const group = above === '' ? undefined : groups.find((g) => g.above.test(above))
  const under = group?.below[t]
  if (under) return [{ field: under, confidence: 0.95 }]
  const joined = above === '' ? undefined : known.get(bare(above) + t)
  if (joined) return [{ field: joined, confidence: 0.95 }]
  if (exact) return [{ field: exact, confidence: 1 }]
  if (t.length > 24) return [] // a sentence is not a title
  const best = new Map<ListingField, number>()
  for (const [name, field] of longNames) {
    if (!t.includes(name) && !(t.length >= 3 && name.includes(t))) continue
    const share = Math.min(name.length, t.length) / Math.max(name.length, t.length)
    best.set(field, Math.max(best.get(field) ?? 0, 0.4 + 0.45 * share))
  }
  return [...best].map(([field, confidence]) => ({ field, confidence })).sort((a, b) => b.confidence - a.confidence)
}

// in a sheet that describes information items, these short titles speak of them
const fieldSense: Readonly<Record<string, ListingField>> = {
  名称: 'fieldName',
  代码: 'fieldField',
  编码: 'fieldField',
  类型: 'fieldType',
  描述: 'fieldMeaning',
  说明: 'fieldMeaning',
  备注: 'fieldMeaning',
}

interface Title {
  readonly at: number
  readonly above: string
  readonly title: string
  readonly full: string
}

const assign = (titles: readonly Title[], remembered: Remembered): readonly MappedColumn[] => {
  const exact = titles.map((t) => known.get(bare(t.title)))
  const isFields =
    titles.some((t) => ['目录名称', '信息资源名称', '资源名称', '目录代码'].includes(bare(t.title))) &&
    exact.filter((f) => f === 'fieldType' || f === 'fieldLength' || f === 'fieldField' || f === 'fieldKey').length >= 2
  const all = titles.flatMap((t): { t: Title; g: Guess }[] => {
    const before = remembered[titleKey(t.full)]
    if (before !== undefined) return before === '' ? [] : [{ t, g: { field: before, confidence: 1 } }]
    const sense = isFields && t.above === '' ? fieldSense[bare(t.title)] : undefined
    return sense ? [{ t, g: { field: sense, confidence: 0.9 } }] : guesses(t.above, t.title).map((g) => ({ t, g }))
  })
  // the surest guess takes its column first; of equals the more telling title
  const ordered = all.sort(
    (a, b) => b.g.confidence - a.g.confidence || bare(b.t.title).length - bare(a.t.title).length || a.t.at - b.t.at,
  )
  const taken = new Set<ListingField>()
  const found = new Map<number, Guess>()
  for (const { t, g } of ordered) {
    if (found.has(t.at) || (taken.has(g.field) && g.field !== 'ignored')) continue
    taken.add(g.field)
    found.set(t.at, g)
  }
  return titles.map(({ at, full }): MappedColumn => {
    const g = found.get(at)
    return g ? { at, title: full, field: g.field, confidence: g.confidence } : { at, title: full, confidence: 0 }
  })
}

/** By what a title is remembered: width, blanks, stars and case do not matter. */
export const titleKey = (title: string): string => title.split('/').map(norm).join('/')

const combine = (rows: readonly ListingRow[]): readonly Title[] => {
  const width = Math.max(0, ...rows.map((r) => r.cells.length))
  const lines = rows.map((r) => Array.from({ length: width }, (_, i) => oneLine(clean(r.cells[i] ?? ''))))
  const last = lines.at(-1) ?? []
  const filled = lines.map((cells, d) =>
    d === lines.length - 1
      ? cells
      : // a group's title stands over its first column; merged cells that were lost are filled to the right
        cells.map((c, i) => {
          if (c !== '' || (last[i] ?? '') === '') return c
          for (let k = i; k >= 0; k--) if (cells[k] !== '') return (last[k] ?? '') === '' ? '' : (cells[k] ?? '')
          return ''
        }),
  )
  return Array.from({ length: width }, (_, at): Title => {
    const parts = filled.map((l) => l[at] ?? '').filter((p, i, a) => p !== '' && p !== a[i - 1])
    return { at, above: parts.slice(0, -1).join('/'), title: parts.at(-1) ?? '', full: parts.join('/') }
  }).filter((t) => t.full !== '')
}

const distinct = (r: ListingRow | undefined): number =>
  new Set((r?.cells ?? []).map(clean).filter((c) => c !== '')).size
const telling = (c: MappedColumn): boolean => c.field !== undefined && c.field !== 'ignored' && c.field !== 'serial'
const score = (columns: readonly MappedColumn[]): number =>
  columns.reduce((sum, c) => sum + (c.field === undefined ? 0 : telling(c) ? c.confidence : c.confidence / 3), 0)

const isStacked = (rows: readonly ListingRow[], columns: readonly MappedColumn[]): boolean =>
  rows.every(
    (r, i) =>
      i === 0 ||
      columns.some(
        (c) => telling(c) && clean(r.cells[c.at] ?? '') !== '' && r.cells[c.at] === rows[i - 1]!.cells[c.at],
      ),
  )

/** How many lines from the top the header is looked for in. */
export const headWithin = 30
const unitNamed =
  /(?:填报单位|填表单位|编制单位|提供单位|报送单位|单位名称)[（(]?(?:盖章|公章)?[）)]?[:：]\s*([^\s:：，,；;]{2,40})/
const unitLike = /(?:局|委|委员会|院|办|办公室|中心|公司|厅|部|署|会|集团)$/
const aside = /说明|字典|代码表|封面|须知|下拉|填报要求/

/**
 * Recognises header and columns of a sheet from its first lines: titles above the header are passed over, two or three header lines
 * (组/列) are read together. `remembered` is what a person confirmed for this source before.
 */
export const recogniseSheet = (
  sheet: string,
  sample: readonly ListingRow[],
  options: { readonly remembered?: Remembered; readonly hidden?: boolean } = {},
): SheetMapping => {
  const remembered = options.remembered ?? {}
  let best: { from: number; depth: number; columns: readonly MappedColumn[]; score: number } | undefined
  const top = Math.min(sample.length, headWithin)
  for (let from = 0; from < top; from++) {
    if (distinct(sample[from]) === 0) continue
    for (let depth = 1; depth <= 3 && from + depth <= sample.length; depth++) {
      const rows = sample.slice(from, from + depth)
      // a line that says one thing only is a title and not a header, unless the sheet has one column
      if (depth > 1 && rows.some((r) => distinct(r) < 2)) break
      const columns = assign(combine(rows), remembered)
      // a further line must earn its place: data under a header, or a heading over it, would else become part of it. Cells that were
      // merged downwards say that the lines belong together
      const s = score(columns) + (depth === 1 ? 0 : isStacked(rows, columns) ? 0.01 : -0.3 * (depth - 1))
      if (s > 0 && (!best || s > best.score || (s === best.score && depth < best.depth)))
        best = { from, depth, columns, score: s }
    }
  }
  const enough = best && best.columns.filter(telling).length >= (distinct(sample[best.from]) <= 2 ? 1 : 2)
  const widest = sample.reduce<ListingRow | undefined>((w, r) => (distinct(r) > distinct(w) ? r : w), undefined)
  const columns = enough && best ? best.columns : widest ? assign(combine([widest]), remembered) : []
  const first = enough && best ? sample[best.from] : widest
  const last = enough && best ? sample[best.from + best.depth - 1] : widest
  const head = { from: first?.line ?? 0, to: last?.line ?? 0 }
  const above = sample.filter((r) => r.line < head.from)
  const has = (f: ListingField): boolean => columns.some((c) => c.field === f)
  const named = above.flatMap((r) => r.cells.map((c) => unitNamed.exec(clean(c))?.[1] ?? '')).find((n) => n !== '')
  const holder = has('holders') ? undefined : (named ?? (unitLike.test(sheet) ? sheet : undefined))
  const readable = (enough ?? false) && !aside.test(sheet) && !(options.hidden ?? false)
  const role = !readable ? 'ignored' : has('name') || has('code') ? 'items' : 'ignored'
  return {
    sheet,
    role,
    head,
    columns,
    fill: leavesUnitsOut(columns, sample, head.to),
    ...(holder === undefined ? {} : { holder }),
  }
}

const leavesUnitsOut = (columns: readonly MappedColumn[], sample: readonly ListingRow[], after: number): boolean => {
  const at = (f: ListingField): number => columns.find((c) => c.field === f)?.at ?? -1
  const [unit, name] = [at('holders'), at('name')]
  if (unit < 0 || name < 0) return false
  const body = sample.filter((r) => r.line > after && clean(r.cells[name] ?? '') !== '')
  const blank = body.filter((r) => isBlank(clean(r.cells[unit] ?? '')))
  return blank.length > 0 && body[0] !== blank[0]
}

const ofItem = (f: ListingField): boolean => f in itemTerms && !['source', 'name', 'code', 'holders'].includes(f)

/** A whole book: a sheet of information items beside a sheet of items belongs to those items. */
export const recogniseBook = (sheets: readonly SheetMapping[]): ListingMapping => {
  const has = (s: SheetMapping, f: (x: ListingField) => boolean): boolean =>
    s.columns.some((c) => c.field !== undefined && f(c.field))
  const isFields = (s: SheetMapping): boolean => has(s, (f) => f === 'fieldName') && !has(s, ofItem)
  const others = sheets.some((s) => s.role === 'items' && !isFields(s))
  return { sheets: sheets.map((s) => (s.role === 'items' && others && isFields(s) ? { ...s, role: 'fields' } : s)) }
}

/** By what a source is recognised again: the titles of the sheets that are read. */
export const signatureOf = (mapping: ListingMapping): string =>
  mapping.sheets
    .filter((s) => s.role !== 'ignored')
    .map((s) => s.columns.map((c) => titleKey(c.title)).join('|'))
    .join('¶')

/** What to remember of a mapping that a person confirmed. A title that two sheets use in two senses is not remembered. */
export const rememberOf = (mapping: ListingMapping): Remembered => {
  const all = mapping.sheets
    .filter((s) => s.role !== 'ignored')
    .flatMap((s) => s.columns.map((c): readonly [string, ListingField | ''] => [titleKey(c.title), c.field ?? '']))
  return Object.fromEntries(all.filter(([k, f]) => all.every(([other, g]) => other !== k || g === f)))
}

/** Why a mapping cannot be used, in sentences for the person who made it; empty when it can. */
export const mappingProblems = (mapping: ListingMapping): readonly string[] => {
  const items = mapping.sheets.filter((s) => s.role === 'items')
  const name = (f: ListingField): string => terms[f].names[0] ?? f
  const where = (s: SheetMapping): string => (mapping.sheets.length > 1 ? `工作表“${s.sheet}”` : '')
  const lacks = (s: SheetMapping, f: ListingField): boolean => !s.columns.some((c) => c.field === f)
  return [
    ...(items.length === 0 ? ['没有一张工作表能读作目录：请指明标题行，并为“目录名称”和“数源单位”选择列'] : []),
    ...items.flatMap((s) => [
      ...(lacks(s, 'name') ? [`${where(s)}没有“${name('name')}”列，请选择哪一列是名称`] : []),
      ...(lacks(s, 'holders') && !s.holder
        ? [`${where(s)}没有“${name('holders')}”列，请选择列或填写统一的数源单位`]
        : []),
    ]),
    ...mapping.sheets
      .filter((s) => s.role === 'fields')
      .flatMap((s) => [
        ...(lacks(s, 'fieldName') ? [`${where(s)}没有“${name('fieldName')}”列`] : []),
        ...(lacks(s, 'name') && lacks(s, 'code') && lacks(s, 'source')
          ? [`${where(s)}没有目录名称或目录代码列，不知道信息项属于哪条目录`]
          : []),
      ]),
    ...mapping.sheets
      .filter((s) => s.role !== 'ignored')
      .flatMap((s) => {
        const fields = s.columns.flatMap((c) => (c.field && c.field !== 'ignored' ? [c.field] : []))
        return [...new Set(fields.filter((f, i) => fields.indexOf(f) !== i))].map(
          (f) => `${where(s)}有两列都选作“${name(f)}”，请只留一列`,
        )
      }),
  ]
}
