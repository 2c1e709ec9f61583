import type { Form, Json, JsonObject } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { batchOf, isCollected, itemData, latest } from './item.ts'
import type { ListedItem, ListingCode, ListingField, ListingMapping } from './listing.ts'
import { cut } from './listingRow.ts'
import { fold } from './listingValues.ts'
import { itemTerms } from './listingTerms.ts'
import { itemForm } from './pack.ts'

/** Something about an entry that the rules in force do not know; the column it stands in is known by its field. */
export interface EntryProblem {
  readonly level: 'error' | 'warning'
  readonly code: ListingCode
  readonly field: ListingField
  readonly says: string
  readonly text?: string
}

interface Terms {
  /** Finds the choice a text means, by value, by term, or by a term that only says more. */
  readonly choose: ReadonlyMap<string, (text: string) => string | undefined>
  readonly options: ReadonlyMap<string, readonly { readonly value: string; readonly term: string }[]>
  /** Longest text of each field. */
  readonly most: ReadonlyMap<string, number>
}
const leaves = (form: Form): Form => form.flatMap((f) => (f.type === 'group' ? leaves(f.fields ?? []) : [f]))
const known = new WeakMap<Rules, Terms>()
const termsOf = (rules: Rules): Terms => {
  const before = known.get(rules)
  if (before) return before
  const fields = leaves(itemForm(rules))
  const chosen = fields.flatMap((f) => (f.type === 'choice' && f.options ? [[f.key, f.options] as const] : []))
  const made: Terms = {
    options: new Map(chosen),
    choose: new Map(
      chosen.map(([key, options]) => {
        const exact = new Map(options.flatMap((o) => [[fold(o.term), o.value] as const, [fold(o.value), o.value]]))
        const find = (text: string): string | undefined => {
          const t = fold(text)
          const found = exact.get(t)
          if (found !== undefined || t.length < 2) return found
          // 接口 for 数据接口, 法人库 for 法人基础库: a list says the short form, if only one choice can be meant
          const stem = t.length > 2 ? t.replace(/库$/, '') : t
          const longer = options.filter((o) => fold(o.term).startsWith(stem) || fold(o.term).endsWith(t))
          return longer.length === 1 ? longer[0]!.value : undefined
        }
        return [key, find] as const
      }),
    ),
    most: new Map(
      fields.flatMap((f) =>
        f.type === 'text' || f.type === 'code' || f.type === 'paragraph'
          ? [[f.key, f.max ?? (f.type === 'paragraph' ? 4000 : 200)] as const]
          : [],
      ),
    ),
  }
  known.set(rules, made)
  return made
}

/** What a list says of an item in the register's terms: choices become the values of the rules in force. */
export const entryOf = (
  rules: Rules,
  item: ListedItem,
): { readonly data: JsonObject; readonly problems: readonly EntryProblem[] } => {
  const terms = termsOf(rules)
  const problems: EntryProblem[] = []
  const data: Record<string, Json> = {}
  for (const [key, value] of Object.entries(item)) {
    if (typeof value !== 'string') {
      if (typeof value === 'boolean') data[key] = value
      continue
    }
    const field = key as ListingField
    const choose = terms.choose.get(key)
    if (choose) {
      data[key] = chosen(choose, terms.options.get(key) ?? [], field, value, problems)
      continue
    }
    const most = terms.most.get(key)
    if (most !== undefined && value.length > most && [...value].length > most)
      problems.push({
        level: 'error',
        code: 'text_long',
        field,
        text: value,
        says: `有 ${[...value].length} 字，目录项中不超过 ${most} 字，请缩短`,
      })
    data[key] = value
  }
  data['holders'] = [...item.holders]
  if (item.fields)
    data['fields'] = item.fields.map(({ length, ...f }) => ({
      ...f,
      ...(length === undefined ? {} : { length: String(length) }),
    }))
  return { data, problems }
}

const chosen = (
  choose: (text: string) => string | undefined,
  options: readonly { readonly value: string; readonly term: string }[],
  field: ListingField,
  text: string,
  problems: EntryProblem[],
): string => {
  const value = choose(text)
  if (value !== undefined) return value
  const parts = text.split('、').filter((p) => p !== '')
  const first = parts.flatMap((p) => choose(p) ?? [])[0]
  const can = `可填：${options.map((o) => o.term).join('、')}`
  if (first !== undefined && parts.length > 1) {
    const term = options.find((o) => o.value === first)?.term ?? first
    problems.push({
      level: 'warning',
      code: 'value_unknown',
      field,
      text,
      says: `有几项，目录项中只记一项，按“${term}”导入，请确认`,
    })
    return first
  }
  // a frequency no rule knows has been said by whoever read the list
  if (field !== 'frequency')
    problems.push({
      level: 'warning',
      code: 'value_unknown',
      field,
      text,
      says: `不认识“${cut(text)}”，按原文保留，以后修改该目录项时须改选；${can}`,
    })
  return text
}

/** An entry as lists write it, for people and for coming back. */
export const listedOf = (rules: Rules, s: Case): ListedItem => {
  const d = entryNow(s)
  const terms = termsOf(rules)
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(d))
    if (typeof value === 'string' && value !== '' && key !== 'source' && key in itemTerms)
      out[key] =
        key === 'sharing' || key === 'opening'
          ? value
          : (terms.options.get(key)?.find((o) => o.value === value)?.term ?? value)
  if (typeof d['pending'] === 'boolean') out['pending'] = d['pending']
  if (Array.isArray(d['fields']) && d['fields'].length > 0)
    out['fields'] = (d['fields'] as JsonObject[]).map(({ length, ...f }) => ({
      ...f,
      ...(/^\d{1,9}$/.test(String(length ?? '')) ? { length: Number(length) } : {}),
    }))
  return {
    ...out,
    name: String(d['name'] ?? ''),
    holders: Array.isArray(d['holders']) ? (d['holders'] as string[]) : [],
  } as ListedItem
}

/** The mark by which an exported entry is known when it comes back: what it is, and how far it had come. */
export const markOf = (s: Pick<Case, 'id' | 'version'>): string => `${s.id}.${s.version}`
export const readMark = (key: string): { readonly id: string; readonly version: number } | undefined => {
  const m = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.(\d{1,9})$/.exec(key)
  return m ? { id: m[1]!, version: Number(m[2]) } : undefined
}

/** What the columns of each sheet say of an entry; the rest of an entry is none of the list's business. */
export const saidBy = (mapping: ListingMapping): ReadonlyMap<string, ReadonlySet<string>> => {
  const inner = mapping.sheets.some((s) => s.role !== 'ignored' && s.columns.some((c) => c.field === 'fieldName'))
  return new Map(
    mapping.sheets.map((s) => [
      s.sheet,
      new Set([
        ...s.columns.flatMap((c) => (c.field === 'collected' ? ['pending'] : c.field ? [c.field as string] : [])),
        ...(inner ? ['fields'] : []),
      ]),
    ]),
  )
}

// where an entry came from and who holds it: not what it says
const aside = new Set(['source', 'line', 'holders', 'published', 'coHolder'])
const meant = (v: Json | undefined): Json | undefined =>
  v === '' || v === null || (Array.isArray(v) && v.length === 0) ? undefined : v
const sorted = (v: Json): Json =>
  Array.isArray(v)
    ? v.map(sorted)
    : typeof v === 'object' && v !== null
      ? Object.fromEntries(
          Object.entries(v)
            .filter(([, x]) => meant(x as Json) !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, x]) => [k, sorted(x as Json)]),
        )
      : v
const alike = (a: Json | undefined, b: Json | undefined): boolean => {
  const [x, y] = [meant(a), meant(b)]
  if (x === y) return true
  return typeof x === 'object' && typeof y === 'object' && JSON.stringify(sorted(x)) === JSON.stringify(sorted(y))
}

/** What stands in the register now, whichever act said it. */
export const entryNow = (s: Case): JsonObject => {
  const collected = isCollected(s)
  const batch = batchOf(s)
  return {
    ...itemData(s),
    ...(collected === undefined ? {} : { pending: !collected }),
    ...(batch === '' ? {} : { batch }),
  }
}
const byHand = ['revise', 'compile', 'collect', 'assign']
const saying = ['list', 'update', ...byHand]

/** Something that a list said and the register did not take over, because it knows better. */
type Unlike = { readonly key: string; readonly value: Json }

export type Bringing =
  | { readonly what: 'unchanged' }
  /** Content of the entry afterwards, and what of it is different. */
  | { readonly what: 'changed'; readonly data: JsonObject; readonly changes: readonly string[] }
  /** Somebody changed the same in the register since the list was made. */
  | { readonly what: 'conflict'; readonly day: string; readonly changes: readonly string[] }

/**
 * What a line means for an entry that is there. `said`: what the list has columns for. `since`: the version the line was exported at;
 * without it, the line is compared with what the last import said. What only the register changed stays.
 */
export const bringTo = (s: Case, entry: JsonObject, said: ReadonlySet<string>, since: number | undefined): Bringing => {
  const now = entryNow(s)
  const keys = [...new Set([...said, ...Object.keys(entry)])].filter((k) => !aside.has(k) && !notContent.has(k))
  const differ = keys.filter((k) => !alike(now[k], entry[k]))
  if (differ.length === 0) return { what: 'unchanged' }
  const put = (which: readonly string[]): Bringing => {
    const data: Record<string, Json | undefined> = { ...now }
    for (const k of which)
      if (meant(entry[k]) === undefined) delete data[k]
      else data[k] = entry[k]
    const unlike = keys.filter((k) => !alike(data[k], entry[k]))
    return {
      what: 'changed',
      data: {
        ...data,
        ...(unlike.length > 0 ? { unlike: unlike.map((key): Unlike => ({ key, value: entry[key] ?? '' })) } : {}),
      },
      changes: which,
    }
  }
  const last = latest(s, byHand)
  if (since !== undefined) {
    const act = latest(s, saying)
    return act && s.did[act]!.seq > since ? { what: 'conflict', day: s.did[act]!.day, changes: differ } : put(differ)
  }
  const brought = latest(s, ['list', 'update'])
  const unlike = (brought ? s.data[brought]?.['unlike'] : undefined) as readonly Unlike[] | undefined
  const seqOf = (act: string | undefined): number => (act ? s.did[act]!.seq : 0)
  if (!brought || (!unlike && seqOf(last) < seqOf(brought))) return put(differ)
  // what the list said last: where the register said otherwise then, it is noted beside
  const base: JsonObject = {
    ...s.data[brought],
    ...Object.fromEntries((unlike ?? []).map((u) => [u.key, u.value])),
  }
  const wanted = differ.filter((k) => !alike(base[k], entry[k]))
  if (wanted.length === 0) return { what: 'unchanged' }
  const crossed = wanted.filter((k) => !alike(now[k], base[k]))
  return crossed.length > 0 ? { what: 'conflict', day: s.did[last ?? brought]!.day, changes: crossed } : put(wanted)
}
// columns that are no part of an entry's content
const notContent = new Set<string>(['serial', 'ignored', 'grade', 'collected'])
for (const f of ['Name', 'Field', 'Type', 'Length', 'Nullable', 'Required', 'Key', 'Meaning'])
  notContent.add(`field${f}`)
