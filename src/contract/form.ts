import { z } from 'zod'
import type { Json, JsonObject } from './json.ts'

/**
 * The small vocabulary in which packs and process tables describe what a person fills in. It compiles to one zod schema
 * for the server and, through it, to the JSON Schema from which the web draws the form.
 */
export interface Field {
  readonly key: string
  readonly term: string
  readonly type:
    | 'text'
    | 'paragraph'
    | 'choice'
    | 'choices'
    | 'number'
    | 'day'
    | 'yes'
    | 'uscc'
    | 'code'
    | 'file'
    | 'files'
    | 'list'
    | 'group'
    | 'party'
    | 'item'
    | 'items'
  readonly required?: boolean | undefined
  readonly hint?: string | undefined
  /** Longest text in characters (default 200 for text, 4000 for paragraph), or most entries of a list (default 200). */
  readonly max?: number | undefined
  readonly options?: readonly { readonly value: string; readonly term: string }[] | undefined
  readonly fields?: readonly Field[] | undefined
  /** A personal value: erasable, never shown to the public. */
  readonly personal?: boolean | undefined
  /** Part of the public record. Everything else stays between applicant, registrar and supervisor for good. */
  readonly public?: boolean | undefined
  /** May stand in clear in the register's leaf; everything else stands there as a salted commitment. */
  readonly clear?: boolean | undefined
  /** Asked only when another field of the same group has one of these values. */
  readonly when?: { readonly key: string; readonly is: readonly string[] } | undefined
  /** Where the form may take a first value from, e.g. `item.frequency`. */
  readonly prefill?: string | undefined
  readonly basis?: string | undefined
}
export type Form = readonly Field[]

const optionSchema = z.strictObject({ value: z.string(), term: z.string() })
export const fieldSchema: z.ZodType<Field> = z.lazy(() =>
  z.strictObject({
    key: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
    term: z.string().min(1),
    type: z.enum([
      'text',
      'paragraph',
      'choice',
      'choices',
      'number',
      'day',
      'yes',
      'uscc',
      'code',
      'file',
      'files',
      'list',
      'group',
      'party',
      'item',
      'items',
    ]),
    required: z.boolean().optional(),
    hint: z.string().optional(),
    max: z.number().int().positive().optional(),
    options: z.array(optionSchema).optional(),
    fields: z.array(fieldSchema).optional(),
    personal: z.boolean().optional(),
    public: z.boolean().optional(),
    clear: z.boolean().optional(),
    when: z.strictObject({ key: z.string(), is: z.array(z.string()) }).optional(),
    prefill: z.string().optional(),
    basis: z.string().optional(),
  }),
)
export const formSchema = z.array(fieldSchema)

// C0/C1 controls (but tab and newline where text may have lines), bidi overrides and isolates, zero-width and BOM characters
const hidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
const cleanText = (term: string, max: number, lines: boolean) =>
  z
    .string({ error: `${term}应为文字` })
    .max(max, `${term}不超过 ${max} 字`)
    .refine((s) => !hidden.test(s), `${term}含有不可见控制字符或方向控制字符，请删除后重试`)
    .refine((s) => lines || !/[\n\r\t]/.test(s), `${term}只能填写一行`)
    .transform((s) => s.trim())

const dayText = (term: string) =>
  z
    .string({ error: `${term}应为日期` })
    .regex(/^\d{4}-\d{2}-\d{2}$/, `${term}应为 年-月-日，如 2026-03-16`)
    .refine(
      (s) =>
        Number(s.slice(0, 4)) > 0 &&
        daysIn(Number(s.slice(0, 4)), Number(s.slice(5, 7))) >= Number(s.slice(8)) &&
        Number(s.slice(8)) > 0,
      `${term}不是真实存在的日期`,
    )
const daysIn = (y: number, m: number): number =>
  m === 2
    ? (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
      ? 29
      : 28
    : [4, 6, 9, 11].includes(m)
      ? 30
      : m >= 1 && m <= 12
        ? 31
        : 0

const one = (f: Field): z.ZodType => {
  const required = f.required === true && !f.when
  const filled = (s: z.ZodType<string>) => (required ? s.refine((v) => v !== '', `请填写${f.term}`) : s)
  switch (f.type) {
    case 'text':
    case 'code':
      return filled(cleanText(f.term, f.max ?? 200, false))
    case 'paragraph':
      return filled(cleanText(f.term, f.max ?? 4000, true))
    case 'uscc':
      return filled(cleanText(f.term, 18, false))
    case 'day':
      return dayText(f.term)
    case 'yes':
      return f.required ? z.literal(true, { error: `请确认：${f.term}` }) : z.boolean({ error: `${f.term}应为是或否` })
    case 'number':
      return z
        .number({ error: `${f.term}应为整数` })
        .int(`${f.term}应为整数`)
        .min(0, `${f.term}不能为负`)
        .max(f.max ?? Number.MAX_SAFE_INTEGER, `${f.term}过大`)
    case 'choice':
      return z.enum((f.options ?? []).map((o) => o.value) as [string, ...string[]], { error: `${f.term}不在可选项内` })
    case 'choices': {
      const all = z.array(
        z.enum((f.options ?? []).map((o) => o.value) as [string, ...string[]], { error: `${f.term}不在可选项内` }),
        { error: `${f.term}应为多项选择` },
      )
      return required ? all.min(1, `请选择${f.term}`) : all
    }
    case 'file':
    case 'party':
    case 'item':
      return z.uuid(`${f.term}：${{ file: '请先上传文件', party: '请选择单位', item: '请选择目录项' }[f.type]}`)
    case 'items': {
      const all = z
        .array(z.uuid(`${f.term}：请选择目录项`), { error: `${f.term}应为一组目录项` })
        .max(f.max ?? 2000, `${f.term}不超过 ${f.max ?? 2000} 项`)
      return required ? all.min(1, `请选择${f.term}`) : all
    }
    case 'files': {
      const all = z
        .array(z.uuid(`${f.term}：请先上传文件`), { error: `${f.term}应为一组文件` })
        .max(f.max ?? 50, `${f.term}不超过 ${f.max ?? 50} 个文件`)
      return required ? all.min(1, `请上传${f.term}`) : all
    }
    case 'list': {
      const all = z
        .array(compileForm(f.fields ?? [], f.term), { error: `${f.term}应为逐项填写的列表` })
        .max(f.max ?? 200, `${f.term}不超过 ${f.max ?? 200} 项`)
      return required ? all.min(1, `请至少填写一项${f.term}`) : all
    }
    case 'group':
      return compileForm(f.fields ?? [], f.term)
  }
}

/** Server-side schema of a form. Unknown keys are refused; texts are trimmed and free of hidden characters. Messages are Chinese and name the field. */
export const compileForm = (form: Form, term = '填报内容'): z.ZodType<Record<string, Json>> => {
  const shape: Record<string, z.ZodType> = {}
  for (const f of form) {
    const base = one(f)
    shape[f.key] = f.required && !f.when ? base : base.optional()
  }
  const asked = form.filter((f) => f.when)
  const group = z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? `${term}应分栏目填写` : undefined),
  })
  return group.superRefine((value, cx) => {
    for (const f of asked) {
      const said = [(value as Record<string, unknown>)[f.when!.key]].flat()
      const applies = said.some((v) => f.when!.is.includes(String(v)))
      const got = (value as Record<string, unknown>)[f.key]
      const empty = got === undefined || got === '' || (Array.isArray(got) && got.length === 0)
      if (applies && f.required && empty) cx.addIssue({ code: 'custom', path: [f.key], message: `请填写${f.term}` })
    }
  }) as unknown as z.ZodType<Record<string, Json>>
}

export interface FormProblem {
  readonly path: string
  readonly says: string
}

// a bound table holds its forms for good, and compiling one costs more than reading many answers to it
const compiled = new WeakMap<Form, ReturnType<typeof compileForm>>()

/** Parses `input` by `form`: the cleaned value, or every problem with its field path and a Chinese sentence. */
export const parseForm = (
  form: Form,
  input: unknown,
):
  | { readonly ok: true; readonly value: Record<string, Json> }
  | { readonly ok: false; readonly problems: readonly FormProblem[] } => {
  const schema = compiled.get(form) ?? compileForm(form)
  compiled.set(form, schema)
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, value: result.data }
  return {
    ok: false,
    problems: result.error.issues.map((i) => {
      const path = i.path.join('.')
      const field = fieldAt(form, i.path)
      const missing = field !== undefined && i.code === 'invalid_type' && i.input === undefined
      const says =
        i.code === 'unrecognized_keys'
          ? `不认识的字段：${i.keys.join('、').slice(0, 100)}`
          : missing
            ? `请填写${field.term}`
            : i.message
      return { path, says }
    }),
  }
}

/** The files an answer to a form names, each with the path of its field. */
export const filesOf = (form: Form, value: JsonObject, at = ''): readonly (readonly [path: string, file: string])[] =>
  form.flatMap((f): readonly (readonly [string, string])[] => {
    const path = `${at}${f.key}`
    const said = [value[f.key] ?? []].flat()
    switch (f.type) {
      case 'file':
      case 'files':
        return said.map((file) => [path, String(file)])
      case 'group':
        return said.flatMap((v) => filesOf(f.fields ?? [], v as JsonObject, `${path}.`))
      case 'list':
        return said.flatMap((v, i) => filesOf(f.fields ?? [], v as JsonObject, `${path}.${i}.`))
      default:
        return []
    }
  })

/** The field a value path such as `['resource', 'items', 0, 'name']` belongs to. */
export const fieldAt = (form: Form, path: readonly PropertyKey[]): Field | undefined => {
  const [key, ...rest] = path.filter((p) => typeof p !== 'number')
  const field = form.find((f) => f.key === key)
  return rest.length === 0 || field === undefined ? field : fieldAt(field.fields ?? [], rest)
}

/** JSON Schema of a form, with `title`, `description` and the `x-` hints the one form renderer understands. */
export const formJsonSchema = (form: Form): { [key: string]: unknown } => ({
  type: 'object',
  additionalProperties: false,
  required: form.filter((f) => f.required && !f.when).map((f) => f.key),
  properties: Object.fromEntries(form.map((f) => [f.key, fieldJsonSchema(f)])),
  'x-order': form.map((f) => f.key),
})
const fieldJsonSchema = (f: Field): { [key: string]: unknown } => {
  const common = {
    title: f.term,
    ...(f.hint ? { description: f.hint } : {}),
    'x-type': f.type,
    ...(f.required ? { 'x-required': true } : {}),
    ...(f.when ? { 'x-when': f.when } : {}),
    ...(f.public ? { 'x-public': true } : {}),
    ...(f.personal ? { 'x-personal': true } : {}),
    ...(f.prefill ? { 'x-prefill': f.prefill } : {}),
    ...(f.basis ? { 'x-basis': f.basis } : {}),
    ...(f.options ? { 'x-options': f.options } : {}),
  }
  switch (f.type) {
    case 'text':
    case 'code':
    case 'uscc':
      return { ...common, type: 'string', maxLength: f.type === 'uscc' ? 18 : (f.max ?? 200) }
    case 'paragraph':
      return { ...common, type: 'string', maxLength: f.max ?? 4000 }
    case 'day':
      return { ...common, type: 'string', format: 'date' }
    case 'yes':
      return { ...common, type: 'boolean', ...(f.required ? { const: true } : {}) }
    case 'number':
      return { ...common, type: 'integer', minimum: 0, ...(f.max ? { maximum: f.max } : {}) }
    case 'choice':
      return { ...common, type: 'string', enum: (f.options ?? []).map((o) => o.value) }
    case 'choices':
      return { ...common, type: 'array', items: { type: 'string', enum: (f.options ?? []).map((o) => o.value) } }
    case 'file':
    case 'party':
    case 'item':
      return { ...common, type: 'string', format: 'uuid' }
    case 'items':
      return { ...common, type: 'array', maxItems: f.max ?? 2000, items: { type: 'string', format: 'uuid' } }
    case 'files':
      return { ...common, type: 'array', items: { type: 'string', format: 'uuid' } }
    case 'list':
      return { ...common, type: 'array', maxItems: f.max ?? 200, items: formJsonSchema(f.fields ?? []) }
    case 'group':
      return { ...common, ...formJsonSchema(f.fields ?? []) }
  }
}

/** The same form with nothing required: what a draft must satisfy. */
export const loosen = (form: Form): Form => {
  const known =
    loosened.get(form) ?? form.map(({ required: _, ...f }) => (f.fields ? { ...f, fields: loosen(f.fields) } : f))
  loosened.set(form, known)
  return known
}
const loosened = new WeakMap<Form, Form>()
