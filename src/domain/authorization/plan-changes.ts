import type { Form, Json, JsonObject } from '#contract'
import { list, text, texts } from '../kernel/index.ts'
import { planEntries } from './plan-laws.ts'

/** One difference between two versions of a plan, in words. */
export interface PlanChange {
  readonly term: string
  readonly was: string
  readonly now: string
}

const words = (f: Form[number], v: Json | undefined): string => {
  if (v === undefined || v === null) return ''
  if (typeof v === 'boolean') return v ? '是' : '否'
  if (Array.isArray(v)) return v.map((x) => words(f, x)).join('、')
  if (typeof v === 'object') return ''
  return f.options?.find((o) => o.value === v)?.term ?? String(v)
}
const rowsByName = (v: Json | undefined): ReadonlyMap<string, JsonObject> =>
  new Map(list(v).map((r) => [text(r['name']), r]))

/** What differs between two versions, section by section, entries and products by their names. `was` is empty of what is new. */
export const changesOf = (form: Form, was: JsonObject, now: JsonObject): readonly PlanChange[] =>
  form.flatMap((f): readonly PlanChange[] => {
    if (f.type === 'group') {
      const [a, b] = [(was[f.key] ?? {}) as JsonObject, (now[f.key] ?? {}) as JsonObject]
      return changesOf(f.fields ?? [], a, b).map((c) => ({ ...c, term: `${f.term}：${c.term}` }))
    }
    if (f.type === 'items') {
      const named = new Map([...planEntries(was), ...planEntries(now)].map((e) => [e.id, e.name]))
      const [a, b] = [new Set(texts(was[f.key])), new Set(texts(now[f.key]))]
      const gone = [...a].filter((id) => !b.has(id))
      const come = [...b].filter((id) => !a.has(id))
      return [
        ...gone.map((id) => ({ term: f.term, was: named.get(id) ?? '一项', now: '（移出）' })),
        ...come.map((id) => ({ term: f.term, was: '', now: `${named.get(id) ?? '一项'}（列入）` })),
      ]
    }
    if (f.type === 'list') {
      const [a, b] = [rowsByName(was[f.key]), rowsByName(now[f.key])]
      const says = (r: JsonObject): string =>
        (f.fields ?? [])
          .flatMap((x) => (x.key === 'name' || words(x, r[x.key]) === '' ? [] : [`${x.term} ${words(x, r[x.key])}`]))
          .join('，') || '已列出'
      return [...new Set([...a.keys(), ...b.keys()])].flatMap((name): PlanChange[] => {
        const [x, y] = [a.get(name), b.get(name)]
        return x && y && JSON.stringify(x) === JSON.stringify(y)
          ? []
          : [{ term: `${f.term}“${name}”`, was: x ? says(x) : '', now: y ? says(y) : '（移出）' }]
      })
    }
    if (f.type === 'files') {
      const [a, b] = [texts(was[f.key]), texts(now[f.key])]
      return a.join() === b.join() ? [] : [{ term: f.term, was: `${a.length} 个文件`, now: `${b.length} 个文件` }]
    }
    const [a, b] = [words(f, was[f.key]), words(f, now[f.key])]
    return a === b ? [] : [{ term: f.term, was: a, now: b }]
  })
