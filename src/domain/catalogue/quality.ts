import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'

/** A name as people give it to an information item or a column: anything but control characters. */
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f]*$/, '名称不能含有控制字符')
const word = z
  .string()
  .max(200)
  .regex(/^[^\u0000]*$/)
const one = z.tuple([name])
const two = z.tuple([name, name])
/** What is written into an event is whole: a number with a fraction is a decimal text. */
const decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/)
const size = z.number().int().min(0).max(1e9)
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

export const valueTypes = ['text', 'integer', 'number', 'boolean', 'date', 'datetime'] as const
export const valueFormats = [
  'idCard',
  'uscc',
  'bankCard',
  'phone',
  'landline',
  'email',
  'plate',
  'postcode',
  'division',
  'year',
  'month',
] as const
export type ValueType = (typeof valueTypes)[number]
export type ValueFormat = (typeof valueFormats)[number]

/**
 * What every regular-expression dialect reads alike: characters, classes, groups, alternatives and bounded repetition. No assertions,
 * references or lazy quantifiers, and few repetitions, so that no engine can be sent astray. The whole value must match; `^` and `$` may
 * be written around the pattern.
 */
const plainPattern =
  /^\^?(?:[^\\()[\]{}|^$*+?\u0000-\u001f]|\\[dwsDWS\\.()[\]{}|^$*+?/-]|\((?:\?:)?(?!\?)|\)|\||\[\^?(?:[^\\[\]\u0000-\u001f]|\\[dws\\.()[\]{}|^$*+?/-])+\]|(?:[*+?]|\{\d{1,3}(?:,(?:\d{1,3})?)?\})(?![*+?{]))*\$?$/u
const compiles = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp
  } catch {
    return false
  }
}
// nested repetitions multiply, so all of them are multiplied
const repetitions = (pattern: string): number =>
  [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce(
    (n, [, from, to]) => n * Math.max(Number(from), Number(to || 0), 1),
    1,
  )
const patternText = z
  .string()
  .min(1)
  .max(200)
  .refine(
    (p) => plainPattern.test(p) && compiles(p) && repetitions(p) <= 255,
    '格式表达式只能使用字符、字符集、分组、并列和合计不超过255次的重复',
  )

/** A share, in rows of a million. */
const perMillion = z.number().int().min(0).max(1_000_000)

export const withinSchema = z.strictObject({
  value: z.number().int().min(1).max(1000),
  unit: z.enum(['workday', 'day', 'month', 'year']),
})

const common = {
  /** Unique among the checks of a table; stands in results and trends. */
  key: z.string().min(1).max(300),
  /** A dimension of the jurisdiction, by its code. */
  dimension: z.string().min(1),
  severity: z.enum(['block', 'warn']),
  /** Of a million rows checked, how many may fail. */
  threshold: perMillion,
}
const check = <K extends string, F extends z.ZodType, P extends z.ZodType>(kind: K, fields: F, params: P) =>
  z.strictObject({ ...common, kind: z.literal(kind), fields, params })
const none = z.strictObject({})

/**
 * One declared check of a table: plain data, nothing of it is code. Blank values fail `notNull` alone; every other check looks at the rows
 * where its fields are filled.
 */
export const checkSchema = z.discriminatedUnion('kind', [
  /** Filled, and with none of the words that mean nothing (`empties`: 无, NULL). */
  check('notNull', one, z.strictObject({ empties: z.array(word).max(20).optional() })),
  /** No two rows alike in these fields together. Fails once for each row more than one. */
  check('unique', z.array(name).min(1).max(8), none),
  check('type', one, z.strictObject({ as: z.enum(valueTypes) })),
  /** Length in characters. */
  check('length', one, z.strictObject({ min: size.optional(), max: size.optional() })),
  /** Numbers between `min` and `max`, or days between `from` and `to`, ends included; what is neither fails. */
  check(
    'range',
    one,
    z.union([
      z.strictObject({ min: decimal.optional(), max: decimal.optional() }),
      z.strictObject({ from: day.optional(), to: day.optional() }),
    ]),
  ),
  check('pattern', one, z.strictObject({ pattern: patternText })),
  check('accepted', one, z.strictObject({ values: z.array(word).min(1).max(1000) })),
  /** A known format, with its check digit where it has one. */
  check('format', one, z.strictObject({ format: z.enum(valueFormats) })),
  /** A day or instant not after the day of the check. */
  check('notFuture', one, none),
  /** The newest day in the field is within the declared update period. One verdict for the table. */
  check('freshness', one, z.strictObject({ within: withinSchema })),
  /** Two columns in order or alike, compared as what `as` says. */
  check(
    'consistency',
    two,
    z.union([
      z.strictObject({ relation: z.enum(['le', 'lt', 'eq']), as: z.enum(['number', 'day', 'text']) }),
      /** Where the first is filled (with one of `values`, if given), the second is. */
      z.strictObject({ relation: z.literal('implies'), values: z.array(word).min(1).max(100).optional() }),
    ]),
  ),
  /** The first is the sum of the others, up to `tolerance`. */
  check('sum', z.array(name).min(2).max(50), z.strictObject({ tolerance: decimal })),
  /** Every value occurs in a column of another table. */
  check('referential', one, z.strictObject({ reference: z.string().min(1).max(200), field: name })),
  check('rowCount', z.tuple([]), z.strictObject({ min: size.optional(), max: size.optional() })),
  /** The columns are the declared information items, none missing and none that nobody described. */
  check('columns', z.array(name).min(1).max(2000), none),
  /** A program can read the file: encoding, header, one record a line, no merged cells, no lines of totals. */
  check('machineReadable', z.tuple([]), none),
])
export type Check = z.infer<typeof checkSchema>
export type CheckKind = Check['kind']
export const checkKinds = checkSchema.options.map((o) => o.shape.kind.value) as readonly CheckKind[]
/** The checks of a table, each key once. */
export const checksSchema = z
  .array(checkSchema)
  .max(1000)
  .refine((checks) => new Set(checks.map((c) => c.key)).size === checks.length, '检核项的标识不能重复')

export const checkTerms: Readonly<Record<CheckKind, string>> = {
  notNull: '不为空',
  unique: '不重复',
  type: '类型相符',
  length: '长度相符',
  range: '取值范围',
  pattern: '格式表达式',
  accepted: '代码取值',
  format: '格式与校验位',
  notFuture: '不晚于检测日',
  freshness: '按更新频率更新',
  consistency: '字段间一致',
  sum: '合计相符',
  referential: '引用存在',
  rowCount: '记录数',
  columns: '列与信息项对应',
  machineReadable: '机器可读',
}

const kind = z.enum(checkKinds)
const code = z.string().regex(/^[a-z][A-Za-z]*$/)
const score = z.number().int().min(0).max(100)

/** The quality part of the catalogue section of a rule pack. */
export const qualitySection = {
  'catalogue.quality.dimensions': z
    .array(z.strictObject({ value: code, term: z.string() }))
    .min(1)
    .describe('数据质量维度'),
  // for each kind of check the dimensions it tells of; the first that the jurisdiction names takes it
  'catalogue.quality.measures': z.record(kind, z.array(code).min(1)).describe('各类检核归入的维度'),
  'catalogue.quality.weights': z.record(code, z.number().int().positive().max(100)).describe('各维度在总分中的权重'),
  'catalogue.quality.proposed': z
    .record(kind, z.strictObject({ severity: z.enum(['block', 'warn']), threshold: perMillion }))
    .describe('系统建议的检核：阻断或提示，每百万行容许不合格的行数'),
  'catalogue.quality.scores': z.strictObject({ warnBelow: score, blockBelow: score }).describe('按总分提示与阻断'),
} as const satisfies Section

/** Codes that stand in values of this section, in words. */
export const qualityWords: Readonly<Record<string, string>> = {
  ...checkTerms,
  block: '阻断',
  warn: '提示',
  severity: '处理',
  threshold: '每百万行容许不合格的行数',
  warnBelow: '低于此分提示',
  blockBelow: '低于此分阻断',
}

export const qualityRule = <K extends keyof typeof qualitySection>(rules: Rules, path: K) =>
  valueOf(qualitySection, rules, path)

/** The dimension of this jurisdiction that a kind of check tells of; where none of the usual ones is named, its first. */
export const dimensionOf = (rules: Rules, of: CheckKind): string => {
  const named = qualityRule(rules, 'catalogue.quality.dimensions').map((d) => d.value)
  return qualityRule(rules, 'catalogue.quality.measures')[of].find((d) => named.includes(d)) ?? named[0]!
}
