import type { Rules } from '#policy'
import { valueFormats, valueTypes } from './quality.ts'
import type { Check, CheckKind, ValueFormat, ValueType } from './quality.ts'
import { dimensionOf, qualityRule } from './quality.ts'

/** An information item of a catalogue entry, as its unit describes it. */
export interface InformationItem {
  /** 名称 */
  readonly name: string
  /** 字段名 */
  readonly field?: string | undefined
  readonly type?: string | undefined
  /** As written: `18`, `10,2`. */
  readonly length?: string | undefined
  readonly nullable?: boolean | undefined
  readonly key?: boolean | undefined
  readonly meaning?: string | undefined
}

/** By the whole word, or by how the type begins: `varchar(18)`, `字符型C`, `number(10,2)`. */
const typeWords: readonly (readonly [RegExp, ValueType])[] = [
  [/^(datetime|timestamp|日期时间|时间戳|时间型|t$)/i, 'datetime'],
  [/^(date|日期|d$)/i, 'date'],
  [/^(int|integer|bigint|smallint|tinyint|long|整数|整型|长整)/i, 'integer'],
  [/^(number|numeric|decimal|float|double|real|money|数值|数字|浮点|金额|货币|n$)/i, 'number'],
  [/^(bool|布尔|逻辑|l$)/i, 'boolean'],
  [/^(char|varchar|nvarchar|nchar|string|text|clob|字符|文本|c$)/i, 'text'],
]
const known = (words: readonly string[], word: string): boolean => words.includes(word)

/** What a declared type means; undefined where we do not know the word, so that nothing is checked against a guess. */
export const typeOf = (declared: string | undefined): ValueType | undefined => {
  const type = (declared ?? '').trim()
  return known(valueTypes, type) ? (type as ValueType) : typeWords.find(([re]) => re.test(type))?.[1]
}

const formatWords: readonly (readonly [RegExp, ValueFormat])[] = [
  [/公民身份号码|居民身份证|身份证号|身份证件号码|sfzh|id_?card/i, 'idCard'],
  [/统一社会信用代码|社会信用代码|uscc|credit_?code|tyshxydm/i, 'uscc'],
  [/银行卡号|bank_?card/i, 'bankCard'],
  [/手机号|移动电话|mobile/i, 'phone'],
  [/电子邮箱|电子邮件|邮箱地址|e-?mail/i, 'email'],
  [/车牌号|号牌号码|plate_?(no|number)/i, 'plate'],
  [/邮政编码|^邮编$|post_?code|zip_?code/i, 'postcode'],
  [/行政区划代码|行政区划编码|xzqhdm|division_?code/i, 'division'],
]
const isFormat = (as: string): as is ValueFormat => known(valueFormats, as)

/** The codes a meaning lists: `0：正常；1：注销` or `1-男，2-女`. Two at least, and every part one of them. */
export const codesIn = (meaning: string | undefined): readonly string[] => {
  const parts = (meaning ?? '').split(/[;；,，、\n]\s*/).filter((p) => p.trim() !== '')
  const codes = parts.map((p) => /^\s*([A-Za-z0-9]{1,10})\s*[:：=—-]\s*\S/.exec(p)?.[1])
  return codes.length > 1 && codes.every((c) => c !== undefined) ? [...new Set(codes as string[])] : []
}

const lengthOf = (declared: string | undefined): number | undefined => {
  const [, n] = /^\s*(\d{1,6})\s*$/.exec(declared ?? '') ?? []
  return n === undefined || Number(n) === 0 ? undefined : Number(n)
}

const past = /(出生|成立|注册|登记|签发|发证|受理|办结|处罚|立案|录入|创建|更新|采集|入库|填报).{0,4}(日期|时间|日)$/
const updated = /(更新|修改|采集|入库|录入|填报|业务|登记|发布).{0,4}(日期|时间)$/
const begins = /(开始|起始|起)(日期|时间|日)?$/
const endOf = (nameOfStart: string): readonly string[] => [
  ...['开始', '起始'].flatMap((w) => ['结束', '终止', '截止'].map((v) => nameOfStart.replace(w, v))),
  nameOfStart.replace(/起(日期|时间|日)?$/, '止$1'),
]

/** How an item is called in checks: by its field name where it has one. */
export const nameOf = (f: InformationItem): string => f.field?.trim() || f.name.trim()

/**
 * The checks that follow from what a unit declares of its items: filled, typed, as long as they say, once where they are keys, with the
 * codes their meaning lists, in the format their name promises, and updated as often as promised. A proposal: the unit and the bureau
 * change it as they see fit. Severity, tolerance and dimension are the jurisdiction's.
 * @param within the period of the declared update frequency; undefined where none is promised
 */
export const proposeChecks = (
  fields: readonly InformationItem[],
  within: { readonly value: number; readonly unit: 'workday' | 'day' | 'month' | 'year' } | undefined,
  rules: Rules,
): readonly Check[] => {
  const proposed = qualityRule(rules, 'catalogue.quality.proposed')
  const of = <K extends CheckKind>(
    kind: K,
    on: readonly string[],
    params: Extract<Check, { kind: K }>['params'],
    mark = '',
  ): Check =>
    ({
      key: [kind, on.length > 8 ? '' : on.join('+'), mark].filter(Boolean).join(':').slice(0, 300),
      kind,
      fields: on,
      params,
      dimension: dimensionOf(rules, kind),
      ...proposed[kind],
    }) as unknown as Check
  const items = fields.filter((f, i) => fields.findIndex((g) => nameOf(g) === nameOf(f)) === i)
  const keys = items.filter((f) => f.key).map(nameOf)
  const days = items.filter((f) => ['date', 'datetime'].includes(typeOf(f.type) ?? ''))
  const newest = days.find((f) => updated.test(f.name))

  return [
    of('machineReadable', [], {}),
    of('rowCount', [], { min: 1 }),
    ...(items.length > 0 ? [of('columns', items.map(nameOf), {})] : []),
    ...(keys.length > 0 && keys.length <= 8 ? [of('unique', keys, {})] : []),
    ...items.flatMap((f) => {
      const on = [nameOf(f)]
      const type = typeOf(f.type)
      const length = lengthOf(f.length)
      const codes = codesIn(f.meaning)
      const format = formatWords.find(([re]) => re.test(f.name) || re.test(f.field ?? ''))?.[1]
      return [
        ...(f.key || f.nullable === false ? [of('notNull', on, {})] : []),
        ...(type && type !== 'text' ? [of('type', on, { as: type })] : []),
        // a length of a number or a day is that of its column, not of what is written in it
        ...(length && (type === 'text' || type === undefined) ? [of('length', on, { max: length })] : []),
        ...(codes.length > 0 ? [of('accepted', on, { values: [...codes] })] : []),
        ...(format && isFormat(format) && codes.length === 0 ? [of('format', on, { format }, format)] : []),
        ...(days.includes(f) && past.test(f.name) ? [of('notFuture', on, {})] : []),
      ]
    }),
    ...days.flatMap((f) => {
      const end = begins.test(f.name) ? days.find((g) => g !== f && endOf(f.name).includes(g.name)) : undefined
      return end ? [of('consistency', [nameOf(f), nameOf(end)], { relation: 'le', as: 'day' }, 'le')] : []
    }),
    ...(within && newest ? [of('freshness', [nameOf(newest)], { within: { ...within } })] : []),
  ]
}

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

/**
 * Which column of a table is meant by each name that checks use: the column of that name, else the one called like the item in its other
 * language. A name without a column is left out.
 */
export const matchColumns = (
  names: readonly string[],
  fields: readonly InformationItem[],
  header: readonly string[],
): ReadonlyMap<string, number> =>
  new Map(
    names.flatMap((n) => {
      const item = fields.find((f) => same(nameOf(f), n) || same(f.name, n))
      const aliases = [n, ...(item ? [item.field ?? '', item.name] : [])].filter((a) => a.trim() !== '')
      const at = aliases.map((a) => header.findIndex((h) => same(h, a))).find((i) => i >= 0)
      return at === undefined ? [] : [[n, at] as const]
    }),
  )
