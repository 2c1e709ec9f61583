import type { Form } from './form.ts'
import { fieldAt } from './form.ts'
import type { Json, JsonObject } from './json.ts'

/** How a personal value came to be no longer there. */
export type Gone = 'erased' | 'restricted'
export const goneTerms: Readonly<Record<Gone, string>> = { erased: '已依法删除', restricted: '已限制查阅' }

/** What stands in a case in the place of a value that is gone. */
export const placeholder = (gone: Gone): JsonObject => ({ [gone]: true })
export const goneOf = (v: unknown): Gone | undefined =>
  typeof v === 'object' && v !== null && Object.keys(v).length === 1
    ? (['erased', 'restricted'] as const).find((g) => (v as JsonObject)[g] === true)
    : undefined

/** A text, or in its place the word that says it is gone; empty where there is neither. */
export const wordOf = (v: unknown): string => {
  const gone = goneOf(v)
  return gone ? goneTerms[gone] : typeof v === 'string' ? v : ''
}

/** The same without placeholders: what is gone is not said again. */
export const withoutGone = <V extends Json | undefined>(v: V): V => {
  if (Array.isArray(v)) return v.filter((x) => !goneOf(x)).map((x) => withoutGone(x as Json)) as unknown as V
  if (typeof v !== 'object' || v === null) return v
  return Object.fromEntries(
    Object.entries(v as JsonObject).flatMap(([k, x]) => (goneOf(x) ? [] : [[k, withoutGone(x)]])),
  ) as unknown as V
}

/** Paths of the personal fields of a form, without places in lists, each with its term. */
export const personalFields = (form: Form, at = ''): readonly { readonly path: string; readonly term: string }[] =>
  form.flatMap((f) =>
    f.personal ? [{ path: `${at}${f.key}`, term: f.term }] : personalFields(f.fields ?? [], `${at}${f.key}.`),
  )

/** Whether the field that a path such as `subject.holders.0.phone` leads to is a personal one. */
export const isPersonal = (form: Form, path: string): boolean =>
  fieldAt(
    form,
    stepsOf(path).filter((s) => typeof s === 'string'),
  )?.personal === true

const stepsOf = (path: string): (string | number)[] => path.split('.').map((s) => (/^\d+$/.test(s) ? Number(s) : s))
/** A path without its places in lists, as `personalFields` gives it. */
export const fieldPath = (path: string): string =>
  stepsOf(path)
    .filter((s) => typeof s === 'string')
    .join('.')

/** An answer apart from its personal values, and these by path: each is sealed, and can be erased, by itself. */
export const splitPersonal = (
  form: Form,
  value: JsonObject,
  at = '',
): { readonly rest: JsonObject; readonly personal: Readonly<Record<string, Json>> } => {
  const rest: Record<string, Json | undefined> = {}
  const personal: Record<string, Json> = {}
  for (const [k, v] of Object.entries(value)) {
    const f = form.find((x) => x.key === k)
    const inner = (x: JsonObject, here: string): JsonObject => {
      const s = splitPersonal(f?.fields ?? [], x, here)
      Object.assign(personal, s.personal)
      return s.rest
    }
    if (f?.personal && v !== undefined) personal[`${at}${k}`] = v
    else if (f?.type === 'group' && typeof v === 'object' && v !== null && !Array.isArray(v))
      rest[k] = inner(v as JsonObject, `${at}${k}.`)
    else if (f?.type === 'list' && Array.isArray(v))
      rest[k] = v.map((x, i) => (typeof x === 'object' && x !== null ? inner(x as JsonObject, `${at}${k}.${i}.`) : x))
    else rest[k] = v
  }
  return { rest, personal }
}

/** Puts values back at their paths. What led there has to be there. */
export const joinPersonal = (rest: JsonObject, personal: Readonly<Record<string, Json>>): JsonObject => {
  const whole = JSON.parse(JSON.stringify(rest)) as Record<string, Json>
  for (const [path, v] of Object.entries(personal)) {
    const steps = stepsOf(path)
    let at: Record<string | number, Json> = whole
    for (const s of steps.slice(0, -1)) at = at[s] as unknown as Record<string | number, Json>
    at[steps.at(-1)!] = v
  }
  return whole
}
