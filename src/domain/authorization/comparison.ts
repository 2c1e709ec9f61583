import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { list, text } from '../kernel/index.ts'

/** What is compared between jurisdictions, in the order of the procedure. */
export const comparisonRows = [
  { key: 'modes', term: '授权模式' },
  { key: 'authorizer', term: '授权方' },
  { key: 'operators', term: '运营机构数' },
  { key: 'operatorForm', term: '运营机构主体性质' },
  { key: 'eligibility', term: '资格特有项' },
  { key: 'agreementTerm', term: '协议期限' },
  { key: 'developers', term: '下游开发者' },
  { key: 'redevelopment', term: '再开发' },
  { key: 'planApproval', term: '方案审批/备案' },
  { key: 'agreementFiling', term: '协议备案' },
  { key: 'resourceRegistrant', term: '资源登记主体' },
  { key: 'productGate', term: '产品上线前置' },
  { key: 'supplyAgreement', term: '供数协议' },
  { key: 'publicFee', term: '公益类收费' },
  { key: 'feeBasis', term: '收费依据' },
  { key: 'costAccounting', term: '成本核算' },
  { key: 'reports', term: '运营报告' },
  { key: 'evaluation', term: '评估' },
  { key: 'exit', term: '退出' },
  { key: 'quality', term: '质量维度' },
  { key: 'platforms', term: '平台' },
  { key: 'retention', term: '日志/凭证保存' },
  { key: 'consumerIdentity', term: '使用方身份审核' },
  { key: 'appeal', term: '申诉' },
  { key: 'excluded', term: '例外数据' },
] as const

const cell = z.strictObject({ says: z.string().min(1) })
/** What a jurisdiction's documents say to each, in short. `{path}` stands for a value of the rules, so that it cannot say otherwise than they. */
export const comparisonSection: Section = Object.fromEntries(
  comparisonRows.map(({ key, term }) => [`comparison.${key}`, cell.describe(term)]),
)
export const comparisonOptional: readonly string[] = Object.keys(comparisonSection)

const units: Readonly<Record<string, string>> = { workday: 'wd', day: 'cd', month: '个月', year: '年' }

/** The value a dotted path leads to, or a part of it. */
const valueAt = (rules: Rules, path: string): unknown => {
  const names = path.split('.')
  for (let i = names.length; i > 0; i--) {
    const found = rules.values[names.slice(0, i).join('.')]
    if (found) return names.slice(i).reduce<unknown>((v, k) => (v as Record<string, unknown> | null)?.[k], found.value)
  }
  return undefined
}

/** A value in a few words: a period, a number, a name, or names joined without an ending that all of them have. */
const short = (value: unknown, joined: string, without: string): string => {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value))
    return value.every((v) => typeof v === 'string')
      ? value.includes('unincorporated')
        ? '法人或非法人'
        : '法人组织'
      : list(value)
          .map((v) => text(v['term']))
          .map((t) => (without !== '' && t.endsWith(without) ? t.slice(0, -without.length) : t))
          .join(joined)
  const v = (value ?? {}) as { value?: unknown; unit?: string; term?: unknown; most?: unknown }
  if (typeof v.value === 'number') return `${v.value}${units[v.unit ?? ''] ?? ''}`
  if (typeof v.most === 'number') return String(v.most)
  return text(v.term)
}

/** A cell with the values it names: `{path}`, or `{path|between|without}` for a list of names. A path that leads nowhere throws. */
export const renderCell = (says: string, rules: Rules): string =>
  says.replaceAll(/\{([^}]+)\}/g, (_all, inside: string) => {
    const [path = '', joined = '、', without = ''] = inside.split('|')
    const words = short(valueAt(rules, path), joined, without)
    if (words === '') throw new Error(`comparison: no value at ${path}`)
    return words
  })
