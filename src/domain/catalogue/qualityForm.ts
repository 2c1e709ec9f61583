import type { Form, JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Check, CheckKind, ValueFormat, ValueType } from './quality.ts'
import { checkKinds, checkSchema, checkTerms, qualityRule } from './quality.ts'
import type { InformationItem } from './qualityProposal.ts'
import { nameOf } from './qualityProposal.ts'

const typeTerms: Readonly<Record<ValueType, string>> = {
  text: '文本',
  integer: '整数',
  number: '数值',
  boolean: '是否',
  date: '日期',
  datetime: '日期时间',
}
const formatTerms: Readonly<Record<ValueFormat, string>> = {
  idCard: '公民身份号码',
  uscc: '统一社会信用代码',
  bankCard: '银行卡号',
  phone: '手机号',
  landline: '固定电话',
  email: '电子邮箱',
  plate: '车牌号',
  postcode: '邮政编码',
  division: '行政区划代码',
  year: '年份',
  month: '年月',
}
const units = { workday: '个工作日', day: '天', month: '个月', year: '年' } as const
const comparedAs = { number: '数值', day: '日期', text: '文本' } as const
const relations = { le: '≤', lt: '<', eq: '=' } as const

/** How the parameters of each kind are written, told where they were written otherwise. */
const written: Readonly<Record<CheckKind, string>> = {
  notNull: '可写视为空的词，用“、”分开，如 无、NULL',
  unique: '不写参数',
  type: `写 ${Object.values(typeTerms).join('、')} 之一`,
  length: '写 最短~最长，如 1~18 或 ~18',
  range: '写 最小~最大，如 0~100 或 2020-01-01~2026-12-31',
  pattern: '写整个值须符合的格式表达式，如 [A-Z]{2}\\d{6}',
  accepted: '写允许的代码，用“、”分开，如 1、2、9',
  format: `写 ${Object.values(formatTerms).join('、')} 之一`,
  notFuture: '不写参数',
  freshness: '写更新周期，如 1个月、7天、5个工作日',
  consistency: '写 ≤日期、<数值、=文本 之一，或 则填（前一项有值时后一项须有值）',
  sum: '可写容许的差，如 0.01',
  referential: '写 表名.列名，表名与检查时所附的引用表相同',
  rowCount: '写 最少~最多，如 1~',
  columns: '不写参数；字段不写即全部信息项',
  machineReadable: '不写参数',
}

const span = (from: unknown, to: unknown): string =>
  from === undefined && to === undefined ? '' : `${String(from ?? '')}~${String(to ?? '')}`
const keyOf = <T extends string>(terms: Readonly<Record<T, string>>, term: string): T | undefined =>
  (Object.keys(terms) as T[]).find((k) => terms[k] === term || k === term)
const words = (text: string): string[] =>
  text
    .split(/[、；;]/)
    .map((w) => w.trim())
    .filter(Boolean)

/** The parameters of a check as a person writes them; `paramsOf` reads them back. */
export const paramsText = (c: Check): string => {
  switch (c.kind) {
    case 'notNull':
      return (c.params.empties ?? []).join('、')
    case 'type':
      return typeTerms[c.params.as]
    case 'length':
    case 'rowCount':
      return span(c.params.min, c.params.max)
    case 'range':
      return 'from' in c.params || 'to' in c.params
        ? span(c.params.from, c.params.to)
        : span((c.params as { min?: string }).min, (c.params as { max?: string }).max)
    case 'pattern':
      return c.params.pattern
    case 'accepted':
      return c.params.values.join('、')
    case 'format':
      return formatTerms[c.params.format]
    case 'freshness':
      return `${c.params.within.value}${units[c.params.within.unit]}`
    case 'consistency':
      return c.params.relation === 'implies'
        ? `则填${(c.params.values ?? []).map((v, i) => `${i === 0 ? ' ' : '、'}${v}`).join('')}`
        : `${relations[c.params.relation]}${comparedAs[c.params.as]}`
    case 'sum':
      return c.params.tolerance === '0' ? '' : c.params.tolerance
    case 'referential':
      return `${c.params.reference}.${c.params.field}`
    default:
      return ''
  }
}

const between = (text: string): readonly [string, string] | undefined => {
  const [, from = '', to = ''] = /^([^~～]*)[~～]([^~～]*)$/.exec(text) ?? []
  return from.trim() === '' && to.trim() === '' ? undefined : [from.trim(), to.trim()]
}
const ends = <T>(
  text: string,
  names: readonly [string, string],
  read: (s: string) => T,
): Readonly<Record<string, T>> | undefined => {
  const found = between(text)
  return found && Object.fromEntries(found.flatMap((v, i) => (v === '' ? [] : [[names[i]!, read(v)]])))
}

/** Parameters out of what was written, of a shape that `checkSchema` judges; undefined where nothing of the kind was written. */
const paramsOf = (kind: CheckKind, text: string): object | undefined => {
  switch (kind) {
    case 'notNull':
      return text === '' ? {} : { empties: words(text) }
    case 'type':
      return { as: keyOf(typeTerms, text) }
    case 'length':
    case 'rowCount':
      return ends(text, ['min', 'max'], Number)
    case 'range':
      return /\d{4}-\d{2}-\d{2}/.test(text) ? ends(text, ['from', 'to'], String) : ends(text, ['min', 'max'], String)
    case 'pattern':
      return { pattern: text }
    case 'accepted':
      return { values: words(text) }
    case 'format':
      return { format: keyOf(formatTerms, text) }
    case 'freshness': {
      const [, value = '', unit = ''] = /^(\d{1,4})\s*(个工作日|工作日|天|日|个月|月|年)$/.exec(text) ?? []
      const known = {
        个工作日: 'workday',
        工作日: 'workday',
        天: 'day',
        日: 'day',
        个月: 'month',
        月: 'month',
        年: 'year',
      }
      return { within: { value: Number(value), unit: known[unit as keyof typeof known] } }
    }
    case 'consistency': {
      const implied = /^则填\s*(.*)$/.exec(text)
      if (implied) return { relation: 'implies', ...(implied[1] ? { values: words(implied[1]) } : {}) }
      const [, sign = '', as = ''] = /^(≤|<=|<|＜|=|＝)\s*(\S+)$/.exec(text) ?? []
      const relation = { '≤': 'le', '<=': 'le', '<': 'lt', '＜': 'lt', '=': 'eq', '＝': 'eq' }[sign]
      return { relation, as: keyOf(comparedAs, as) }
    }
    case 'sum':
      return { tolerance: text === '' ? '0' : text }
    case 'referential': {
      const at = text.lastIndexOf('.')
      return { reference: text.slice(0, at).trim(), field: text.slice(at + 1).trim() }
    }
    default:
      return text === '' ? {} : undefined
  }
}

/** The form in which the checks of an entry are set: a row for each, as short as they can be said. */
export const checksForm = (rules: Rules): Form => [
  {
    key: 'rules',
    term: '质量规则',
    type: 'list',
    required: true,
    max: 500,
    hint: '已按信息项给出建议，可增删改。字段写字段名或信息项名称，多个用“、”分开。',
    fields: [
      {
        key: 'kind',
        term: '检核',
        type: 'choice',
        required: true,
        options: checkKinds.map((k) => ({ value: k, term: checkTerms[k] })),
      },
      { key: 'fields', term: '字段', type: 'text', max: 2000 },
      { key: 'parameters', term: '参数', type: 'text', max: 2000 },
      {
        key: 'dimension',
        term: '维度',
        type: 'choice',
        required: true,
        options: qualityRule(rules, 'catalogue.quality.dimensions').map(({ value, term }) => ({ value, term })),
      },
      {
        key: 'severity',
        term: '处理',
        type: 'choice',
        required: true,
        options: [
          { value: 'warn', term: '提示' },
          { value: 'block', term: '阻断' },
        ],
      },
      { key: 'tolerance', term: '每百万行容许', type: 'number', max: 1_000_000 },
    ],
  },
]

const joined = (names: readonly string[]): string => names.join(names.some((n) => n.includes('、')) ? '；' : '、')

/** Checks as rows of the form. */
export const checkRows = (checks: readonly Check[]): readonly JsonObject[] =>
  checks.map((c) => ({
    kind: c.kind,
    // all of them, whatever they are by then
    ...(c.kind === 'columns' || c.fields.length === 0 ? {} : { fields: joined(c.fields) }),
    ...(paramsText(c) === '' ? {} : { parameters: paramsText(c) }),
    dimension: c.dimension,
    severity: c.severity,
    tolerance: c.threshold,
  }))

const text = (v: unknown): string => (typeof v === 'string' ? v.trim() : '')

const fieldsOf = (kind: CheckKind, said: string, items: readonly InformationItem[]): readonly string[] => {
  const names = items.flatMap((f) => [nameOf(f), f.name.trim()])
  if (kind === 'columns' && said === '') return [...new Set(items.map(nameOf))]
  // a name may itself contain the mark that parts names
  if (names.includes(said)) return [said]
  return said
    .split(/[；;]/.test(said) ? /[；;]/ : /[、，,]/)
    .map((n) => n.trim())
    .filter(Boolean)
}

/** By what a check is known from run to run: what it looks at, not how strictly. */
const keyFor = (kind: CheckKind, fields: readonly string[], params: object): string => {
  const { format, relation } = params as { format?: string; relation?: string }
  return [kind, fields.length > 8 ? '' : fields.join('+'), format ?? relation ?? '']
    .filter(Boolean)
    .join(':')
    .slice(0, 280)
}

/** The checks that rows of the form declare, or every row that declares none, with its field. */
export const readChecks = (
  rows: readonly JsonObject[],
  items: readonly InformationItem[],
): readonly Check[] | Refusal => {
  const wrong: Record<string, string> = {}
  const taken = new Map<string, number>()
  const checks = rows.flatMap((row, i): Check[] => {
    const kind = text(row['kind']) as CheckKind
    const fields = fieldsOf(kind, text(row['fields']), items)
    const params = paramsOf(kind, text(row['parameters']))
    const plain = keyFor(kind, fields, params ?? {})
    const times = (taken.get(plain) ?? 0) + 1
    taken.set(plain, times)
    const parsed = checkSchema.safeParse({
      key: times === 1 ? plain : `${plain}#${times}`,
      kind,
      fields,
      params: params ?? null,
      dimension: row['dimension'],
      severity: row['severity'],
      threshold: row['tolerance'] ?? 0,
    })
    if (parsed.success) return [parsed.data]
    for (const issue of parsed.error.issues) {
      const [at] = issue.path
      if (at === 'params') wrong[`rules.${i}.parameters`] = `“${checkTerms[kind]}”的参数：${written[kind]}`
      else if (at === 'fields')
        wrong[`rules.${i}.fields`] = ['rowCount', 'machineReadable'].includes(kind)
          ? `“${checkTerms[kind]}”不写字段`
          : kind === 'consistency'
            ? '请写两个字段，用“、”分开'
            : kind === 'sum'
              ? '请写合计字段和各分项字段，用“、”分开'
              : '请写字段名，一条规则的字段数不符'
      else wrong[`rules.${i}.${at === 'threshold' ? 'tolerance' : String(at)}`] = '填写有误'
    }
    return []
  })
  return Object.keys(wrong).length > 0
    ? refuse('invalid', `有 ${Object.keys(wrong).length} 处质量规则写法有误`, { fields: wrong })
    : checks
}
