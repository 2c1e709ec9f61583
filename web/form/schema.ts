import type { Field, Json, JsonObject } from '#contract'

/** The JSON Schema of a form as the API sends it, with the hints the renderer reads (contract/form.ts). */
export interface FieldSchema {
  readonly title?: string
  readonly description?: string
  readonly maxLength?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly items?: FormSchema
  readonly properties?: { readonly [key: string]: FieldSchema }
  readonly 'x-order'?: readonly string[]
  readonly 'x-type'?: Field['type']
  readonly 'x-required'?: boolean
  readonly 'x-options'?: readonly { readonly value: string; readonly term: string }[]
  readonly 'x-when'?: { readonly key: string; readonly is: readonly string[] }
  readonly 'x-public'?: boolean
  readonly 'x-personal'?: boolean
  readonly 'x-basis'?: string
}
export interface FormSchema {
  readonly properties?: { readonly [key: string]: FieldSchema }
  readonly 'x-order'?: readonly string[]
}

export type Value = { readonly [key: string]: Json | undefined }
export type Path = readonly (string | number)[]
export type Errors = Readonly<Record<string, string>>

export const fieldsOf = (schema: FormSchema): readonly (readonly [string, FieldSchema])[] =>
  (schema['x-order'] ?? Object.keys(schema.properties ?? {})).flatMap((key) => {
    const field = schema.properties?.[key]
    return field ? [[key, field] as const] : []
  })

export const termOf = (field: FieldSchema): string => field.title ?? ''

export const groupOf = (v: Json | undefined): Value =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}
export const listOf = (v: Json | undefined): readonly Json[] => (Array.isArray(v) ? (v as readonly Json[]) : [])
export const textOf = (v: Json | undefined): string =>
  typeof v === 'string' ? v : typeof v === 'number' ? String(v) : ''

/** Whether a field is asked at all, given its siblings; of several choices one is enough. */
export const isAsked = (field: FieldSchema, siblings: Value): boolean => {
  const when = field['x-when']
  const said = when ? siblings[when.key] : undefined
  return when === undefined || (Array.isArray(said) ? said : [said]).some((v) => when.is.includes(String(v)))
}

export const isEmpty = (v: Json | undefined): boolean =>
  v === undefined ||
  v === null ||
  v === '' ||
  v === false ||
  (typeof v === 'string' && v.trim() === '') ||
  (Array.isArray(v) && v.every((x: Json) => isEmpty(x))) ||
  (typeof v === 'object' && !Array.isArray(v) && Object.values(v as JsonObject).every(isEmpty))

/** What is sent: without fields that are not asked, empty values and empty rows. Required groups stay, so that the server can name what is missing in them. */
export const prune = (schema: FormSchema, value: Value): Value => {
  const out: Record<string, Json> = {}
  for (const [key, field] of fieldsOf(schema)) {
    const v = value[key]
    if (!isAsked(field, value)) continue
    switch (field['x-type']) {
      case 'group': {
        const group = prune(field, groupOf(v))
        if (field['x-required'] || Object.keys(group).length > 0) out[key] = group as Json
        break
      }
      case 'list': {
        const rows = listOf(v)
          .filter((row) => !isEmpty(row))
          .map((row) => prune(field.items ?? {}, groupOf(row)) as Json)
        if (rows.length > 0) out[key] = rows
        break
      }
      case 'yes':
        if (typeof v === 'boolean') out[key] = v
        break
      default:
        if (v !== undefined && !isEmpty(v)) out[key] = v
    }
  }
  return out
}

/** Fields that must be filled and are not: path → sentence, in the order of the form. */
export const missing = (schema: FormSchema, value: Value, at = ''): Record<string, string> => {
  const out: Record<string, string> = {}
  for (const [key, field] of fieldsOf(schema)) {
    const path = at === '' ? key : `${at}.${key}`
    const v = value[key]
    if (!isAsked(field, value)) continue
    switch (field['x-type']) {
      case 'group':
        if (field['x-required'] || !isEmpty(v)) Object.assign(out, missing(field, groupOf(v), path))
        break
      case 'list':
        if (field['x-required'] && isEmpty(v)) out[path] = `请至少填写一项${termOf(field)}`
        listOf(v).forEach((row, i) => {
          if (!isEmpty(row)) Object.assign(out, missing(field.items ?? {}, groupOf(row), `${path}.${i}`))
        })
        break
      default:
        if (field['x-required'] && isEmpty(v)) out[path] = `请${verb(field)}${termOf(field)}`
    }
  }
  return out
}
const verb = (field: FieldSchema): string => {
  switch (field['x-type']) {
    case 'choice':
    case 'choices':
    case 'party':
    case 'item':
    case 'items':
      return '选择'
    case 'file':
    case 'files':
      return '上传'
    case 'yes':
      return '确认：'
    default:
      return '填写'
  }
}

/** How far a section is: required fields asked, and those of them filled. */
export const progressOf = (
  field: FieldSchema,
  value: Json | undefined,
): { readonly asked: number; readonly missing: number; readonly empty: boolean } => {
  const schema = { properties: { it: field } }
  const inner = { it: value }
  return { asked: required(schema, inner), missing: Object.keys(missing(schema, inner)).length, empty: isEmpty(value) }
}
const required = (schema: FormSchema, value: Value): number =>
  fieldsOf(schema).reduce((sum, [key, field]) => {
    if (!isAsked(field, value)) return sum
    if (field['x-type'] === 'group') return sum + required(field, groupOf(value[key]))
    return sum + (field['x-required'] ? 1 : 0)
  }, 0)

/** The parts of a form that the public will read, in words. */
export const publicWords = (
  schema: FormSchema,
  value: Value,
): readonly { readonly term: string; readonly value: string }[] =>
  fieldsOf(schema).flatMap(([key, field]) => {
    if (!isAsked(field, value)) return []
    if (field['x-type'] === 'group') return publicWords(field, groupOf(value[key]))
    return field['x-public'] && !field['x-personal'] ? [{ term: termOf(field), value: wordsOf(field, value[key]) }] : []
  })

/** A value in words, for previews. */
export const wordsOf = (field: FieldSchema, v: Json | undefined): string => {
  const option = (x: Json): string => field['x-options']?.find((o) => o.value === x)?.term ?? textOf(x)
  switch (field['x-type']) {
    case 'choice':
      return v === undefined ? '' : option(v)
    case 'choices':
      return listOf(v).map(option).join('、')
    case 'yes':
      return v === true ? '是' : '否'
    case 'list':
      return listOf(v)
        .map((row) =>
          fieldsOf(field.items ?? {})
            .map(([k, f]) => wordsOf(f, groupOf(row)[k]))
            .filter((t) => t !== '')
            .join('，'),
        )
        .join('；')
    case 'file':
    case 'files':
      return isEmpty(v) ? '' : `${listOf(v).length || 1} 个文件`
    default:
      return textOf(v)
  }
}

/** `value` with `next` at `path`; rows and groups on the way are made. */
export const putAt = (value: Value, path: Path, next: Json | undefined): Value =>
  put(value as Json, path, next) as Value
const put = (value: Json | undefined, [head, ...rest]: Path, next: Json | undefined): Json | undefined => {
  if (head === undefined) return next
  if (typeof head === 'number') {
    const list = [...listOf(value)]
    list[head] = put(list[head], rest, next) ?? {}
    return list
  }
  const group = groupOf(value)
  return { ...group, [head]: put(group[head], rest, next) }
}

/** A list of findings by material: the checklist of a review, wherever a form has one. */
export const isChecklist = (field: FieldSchema): boolean =>
  field['x-type'] === 'list' && ['group', 'result', 'remark'].every((k) => field.items?.properties?.[k] !== undefined)
