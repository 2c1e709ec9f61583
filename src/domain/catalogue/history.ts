import type { Form, Json, JsonObject } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import {
  batchOf,
  freshDueOf,
  gradeOf,
  isCollected,
  isPublished,
  itemData,
  refreshedOn,
  registrationOf,
  sourceOf,
} from './item.ts'
import { itemForm } from './pack.ts'

/** One difference between two versions of an entry, in words. */
export interface Change {
  readonly term: string
  readonly was: string
  readonly now: string
}

const words = (field: Form[number], v: Json | undefined): string => {
  if (v === undefined || v === null) return ''
  if (typeof v === 'boolean') return v ? '是' : '否'
  if (Array.isArray(v)) return v.map((x) => words(field, x)).join('、')
  if (typeof v === 'object') return ''
  return field.options?.find((o) => o.value === v)?.term ?? String(v)
}
const rowsOf = (v: Json | undefined): readonly JsonObject[] => (Array.isArray(v) ? (v as JsonObject[]) : [])

/** 信息项 by their names: which came, which went, which say something else now. */
const fieldChanges = (field: Form[number], was: Json | undefined, now: Json | undefined): readonly Change[] => {
  const before = new Map(rowsOf(was).map((r) => [text(r['name']), r]))
  const after = new Map(rowsOf(now).map((r) => [text(r['name']), r]))
  const says = (r: JsonObject): string =>
    (field.fields ?? [])
      .flatMap((f) => (f.key === 'name' || words(f, r[f.key]) === '' ? [] : [`${f.term} ${words(f, r[f.key])}`]))
      .join('，') || '已列出'
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): Change[] => {
    const [a, b] = [before.get(name), after.get(name)]
    if (a && b && JSON.stringify(a) === JSON.stringify(b)) return []
    return [{ term: `${field.term}“${name}”`, was: a ? says(a) : '', now: b ? says(b) : '' }]
  })
}

const sourceTerms = { '': '', sole: '唯一数源', reference: '引用', distinct: '不构成冲突' } as const
/** What is known of an entry beside its content. */
const standing = (s: Case | undefined): Readonly<Record<string, string>> => {
  if (!s) return {}
  const collected = isCollected(s)
  return {
    归集情况: collected === undefined ? '' : collected ? '已归集' : '待归集',
    是否公布: isPublished(s) ? '已公布' : '未公布',
    授权运营批次: batchOf(s),
    数据级别: gradeOf(s) === '' ? '' : `${gradeOf(s)} 级`,
    登记码: registrationOf(s)?.code ?? '',
    数源认定: sourceTerms[sourceOf(s)],
    备案回执: text(s.data['filed']?.['receipt']),
    数据更新到: refreshedOn(s),
    下次应更新于: freshDueOf(s),
  }
}

/** What differs between two versions of an entry, in the terms of its form. */
export const changesBetween = (rules: Rules, before: Case | undefined, after: Case): readonly Change[] => {
  const [was, now] = [before ? itemData(before) : {}, itemData(after)]
  const leaves = itemForm(rules).flatMap((f) => (f.type === 'group' ? (f.fields ?? []) : [f]))
  const [then, then2] = [standing(before), standing(after)]
  return [
    ...leaves.flatMap((f): readonly Change[] => {
      // stands among what is known of it
      if (f.key === 'pending') return []
      if (f.type === 'list') return fieldChanges(f, was[f.key], now[f.key])
      const [a, b] = [words(f, was[f.key]), words(f, now[f.key])]
      return a === b ? [] : [{ term: f.term, was: a, now: b }]
    }),
    ...Object.entries(then2).flatMap(([term, b]): Change[] => {
      const a = then[term] ?? (term === '是否公布' ? '未公布' : '')
      return a === b ? [] : [{ term, was: a, now: b }]
    }),
  ]
}
