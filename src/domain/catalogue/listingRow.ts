import {
  isBlank,
  narrow,
  oneLine,
  readBoolean,
  readFormat,
  readFrequency,
  readHolders,
  readOpening,
  readPending,
} from './listingValues.ts'
import { frequencies, openingTerms, readSharing, readTime, sharingTerms, type Class } from './listingValues.ts'
import { terms, type ListingField } from './listingTerms.ts'
import type { ListingMapping } from './listingHead.ts'

/** 信息项. */
export interface ListedField {
  readonly name: string
  readonly field?: string
  readonly type?: string
  readonly length?: number
  readonly nullable?: boolean
  readonly key?: boolean
  readonly meaning?: string
}
/** What a list says of one item. */
export interface ListedItem {
  readonly name: string
  readonly code?: string
  readonly summary?: string
  readonly holders: readonly string[]
  readonly format?: string
  readonly frequency?: string
  /** 待归集: not collected yet. */
  readonly pending?: boolean
  readonly coverageTime?: string
  readonly coverageSpace?: string
  readonly quality?: string
  readonly sharing?: Class
  /** Law on which a refusal to share rests. */
  readonly sharingBasis?: string
  readonly sharingCondition?: string
  readonly sharingMethod?: string
  readonly opening?: Class
  readonly openingCondition?: string
  readonly industry?: string
  readonly theme?: string
  readonly library?: string
  readonly batch?: string
  readonly department?: string
  readonly volume?: string
  readonly category?: string
  readonly form?: string
  readonly fields?: readonly ListedField[]
}

export type ListingCode =
  | 'mapping_unusable'
  | 'name_missing'
  | 'holder_missing'
  | 'text_long'
  | 'value_unknown'
  | 'value_by_number'
  | 'frequency_unknown'
  | 'length_unread'
  | 'basis_missing'
  | 'source_form'
  | 'source_twice'
  | 'duplicate'
  | 'code_twice'
  | 'columns_extra'
  | 'columns_short'
  | 'inconsistent'
  | 'line_passed'
  | 'units_filled'
  | 'field_name_missing'
  | 'field_orphan'
  | 'field_ambiguous'
  | 'fields_too_many'
  | 'rows_too_many'
  | 'rows_none'
  | 'sheet_unreadable'
  // found when a line is held against the register
  | 'not_own'
  | 'mark_unknown'
  | 'unit_unclear'
  | 'unit_new'
  | 'same_name'
  | 'conflict'

/** One problem, where it is, the text at fault and what to do. */
export interface ListingFinding {
  readonly sheet: string
  /** As the spreadsheet counts, from 1; 0 speaks of the whole sheet. */
  readonly line: number
  /** Position of the column from 0. */
  readonly at?: number
  /** Title of the column as the file has it. */
  readonly column?: string
  readonly level: 'error' | 'warning'
  readonly code: ListingCode
  /** The text at fault, cut. */
  readonly text?: string
  readonly says: string
}

/** The text of each mapped column of one line, cleaned; blanks are absent. */
export type Cells = { readonly [F in ListingField]?: string }
/** Says what is wrong with a cell; the caller knows where it stands. */
export type Complain = (
  level: ListingFinding['level'],
  code: ListingCode,
  says: string,
  field?: ListingField,
  text?: string,
) => void

export const cut = (text: string, to = 40): string => {
  const all = [...text]
  return all.length <= to ? text : `${all.slice(0, to).join('')}…`
}

const tooLong = (text: string, field: ListingField, complain: Complain): boolean => {
  const limit = terms[field].limit
  // a character beyond the first plane counts as one, so only a text that could be too long is counted
  if (text.length <= limit || [...text].length <= limit) return false
  complain('error', 'text_long', `有 ${[...text].length} 字，超过 ${limit} 字，请缩短`, field, text)
  return true
}
const own = (mapping: ListingMapping, field: ListingField, text: string): string | undefined =>
  mapping.values?.[field]?.[text]
const one = (terms: Readonly<Record<string, string>>): string => Object.values(terms).join('、')

const readClass = (
  mapping: ListingMapping,
  field: 'sharing' | 'opening',
  text: string,
  read: (text: string) => { readonly value: Class; readonly byNumber?: true } | undefined,
  complain: Complain,
): Class | undefined => {
  const names = field === 'sharing' ? sharingTerms : openingTerms
  const found = read(own(mapping, field, text) ?? text)
  if (!found) {
    complain('error', 'value_unknown', `不认识“${cut(text)}”，可填：${one(names)}`, field, text)
    return undefined
  }
  if (found.byNumber)
    complain('warning', 'value_by_number', `编号“${text}”按“${names[found.value]}”读取，请确认`, field, text)
  return found.value
}

const texts = [
  'summary',
  'quality',
  'sharingBasis',
  'sharingCondition',
  'sharingMethod',
  'openingCondition',
  'industry',
  'theme',
  'library',
  'batch',
  'department',
  'category',
  'form',
] as const

/**
 * One line as an item, without its information items. What is wrong is said through `complain`; the item is then only good for
 * finding more that is wrong.
 */
export const readItem = (
  cells: Cells,
  mapping: ListingMapping,
  openingYesNo: boolean,
  complain: Complain,
): ListedItem => {
  const line = (f: ListingField): string | undefined => {
    const t = cells[f]
    return t === undefined || isBlank(t) || tooLong(t, f, complain) ? undefined : oneLine(t)
  }
  const name = oneLine(cells.name ?? '')
  if (isBlank(name)) complain('error', 'name_missing', '名称为空，请填写目录名称', 'name')
  else tooLong(name, 'name', complain)
  const holders = readHolders(narrowSeparators(cells.holders ?? ''))
  if (holders.length === 0) complain('error', 'holder_missing', '数源单位为空，请填写数源单位', 'holders')
  else tooLong(cells.holders ?? '', 'holders', complain)
  const code = line('code')
  const format = line('format')
  const time = line('coverageTime')
  const space = line('coverageSpace')
  const volume = line('volume')
  const asked = line('frequency')
  const frequency = asked === undefined ? undefined : readFrequency(own(mapping, 'frequency', asked) ?? asked)
  if (asked !== undefined && !frequency)
    complain(
      'warning',
      'frequency_unknown',
      `不认识“${cut(asked)}”，按原文保留，更新情况无法自动监测；可填：${frequencies.slice(0, 9).join('、')}`,
      'frequency',
      asked,
    )
  if (frequency?.byNumber)
    complain('warning', 'value_by_number', `编号“${asked}”按“${frequency.value}”读取，请确认`, 'frequency', asked)
  let pending: boolean | undefined
  for (const f of ['pending', 'collected'] as const) {
    const t = line(f)
    if (t === undefined || pending !== undefined) continue
    pending = readPending(own(mapping, f, t) ?? t, f === 'collected')
    if (pending === undefined)
      complain('error', 'value_unknown', `不认识“${cut(t)}”，可填：是、否，或待归集、已归集`, f, t)
  }
  const plain: { [F in (typeof texts)[number]]?: string } = {}
  for (const f of texts) {
    const t = cells[f]
    if (t !== undefined && !isBlank(t) && !tooLong(t, f, complain)) plain[f] = t
  }
  const share = line('sharing')
  const sharing = share === undefined ? undefined : readClass(mapping, 'sharing', share, readSharing, complain)
  // many lists have no column of its own for the law and write it where the conditions stand
  if (sharing === 'none' && plain.sharingBasis === undefined && plain.sharingCondition !== undefined) {
    plain.sharingBasis = plain.sharingCondition
    delete plain.sharingCondition
  }
  const open = line('opening')
  const opening =
    open === undefined
      ? undefined
      : readClass(
          mapping,
          'opening',
          open,
          (t) => readOpening(t, plain.openingCondition !== undefined, openingYesNo),
          complain,
        )
  const { summary, quality, sharingBasis, sharingCondition, sharingMethod, openingCondition, ...rest } = plain
  return {
    name,
    ...(code === undefined ? {} : { code: narrow(code) }),
    ...(summary === undefined ? {} : { summary }),
    holders,
    ...(format === undefined ? {} : { format: readFormat(format) }),
    ...(asked === undefined ? {} : { frequency: frequency?.value ?? asked }),
    ...(pending === undefined ? {} : { pending }),
    ...(time === undefined ? {} : { coverageTime: readTime(narrow(time)) }),
    ...(space === undefined ? {} : { coverageSpace: space }),
    ...(quality === undefined ? {} : { quality }),
    ...(sharing === undefined ? {} : { sharing }),
    ...(sharingBasis === undefined ? {} : { sharingBasis }),
    ...(sharingCondition === undefined ? {} : { sharingCondition }),
    ...(sharingMethod === undefined ? {} : { sharingMethod }),
    ...(opening === undefined ? {} : { opening }),
    ...(openingCondition === undefined ? {} : { openingCondition }),
    ...rest,
    ...(volume === undefined ? {} : { volume: narrow(volume) }),
  }
}
const narrowSeparators = (text: string): string => text.replace(/\uff0f/g, '/').replace(/\s*\n\s*/g, '、')

/** The information item of one line, if it has one. */
export const readField = (cells: Cells, complain: Complain): ListedField | undefined => {
  const text = (f: ListingField): string | undefined => {
    const t = cells[f]
    if (t === undefined || isBlank(t) || tooLong(t, f, complain)) return undefined
    return terms[f].narrow ? narrow(oneLine(t)) : oneLine(t)
  }
  const [name, field, type, long, meaning] = [
    text('fieldName'),
    text('fieldField'),
    text('fieldType'),
    text('fieldLength'),
    text('fieldMeaning'),
  ]
  if (name === undefined) {
    if (field !== undefined || type !== undefined || long !== undefined)
      complain('error', 'field_name_missing', '信息项名称为空，请填写', 'fieldName')
    return undefined
  }
  const digits = long === undefined ? undefined : /^(\d{1,9})(?:\.0+|\s*(?:字节|位|个?字符))?$/.exec(long)?.[1]
  if (long !== undefined && digits === undefined)
    complain('warning', 'length_unread', `长度“${cut(long)}”不是整数，未读取`, 'fieldLength', long)
  const truth = (f: 'fieldNullable' | 'fieldRequired' | 'fieldKey'): boolean | undefined => {
    const t = text(f)
    const b = t === undefined ? undefined : readBoolean(t)
    if (t !== undefined && b === undefined) complain('error', 'value_unknown', `不认识“${cut(t)}”，可填：是、否`, f, t)
    return b
  }
  const required = truth('fieldRequired')
  const nullable = truth('fieldNullable') ?? (required === undefined ? undefined : !required)
  const key = truth('fieldKey')
  return {
    name,
    ...(field === undefined ? {} : { field }),
    ...(type === undefined ? {} : { type }),
    ...(digits === undefined ? {} : { length: Number(digits) }),
    ...(nullable === undefined ? {} : { nullable }),
    ...(key === undefined ? {} : { key }),
    ...(meaning === undefined ? {} : { meaning }),
  }
}
