import { z } from 'zod'
import type { Form } from '#contract'
import { formSchema } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'

const choice = z.array(z.strictObject({ value: z.string(), term: z.string() })).min(1)
const calendarPeriod = z.strictObject({
  value: z.number().int().positive(),
  unit: z.enum(['workday', 'day', 'month', 'year']),
})
/** A period as a pack writes it, with the days before its end on which people are reminded. */
export const periodSchema = calendarPeriod.extend({
  countStart: z.boolean().optional(),
  roll: z.boolean().optional(),
  soft: z.boolean().optional(),
  remind: z.array(z.number().int().positive()).optional(),
})

/** The catalogue section of a rule pack: what an entry says, in which classes, how often it is brought up to date. */
export const catalogueSection = {
  'catalogue.guideline': z
    .strictObject({ version: z.string(), title: z.string(), views: choice })
    .describe('目录编制指南'),
  'catalogue.forms.item': formSchema.describe('目录项的内容'),
  'catalogue.sharing.classes': choice.describe('共享属性'),
  'catalogue.opening.classes': choice.describe('开放属性'),
  'catalogue.formats': choice.describe('资源格式'),
  'catalogue.frequencies': z
    .array(z.strictObject({ value: z.string(), term: z.string(), period: calendarPeriod.optional() }))
    .min(1)
    .describe('更新频率与视为超期的期间'),
  'catalogue.holders': z
    .array(
      z.strictObject({
        value: z.string(),
        term: z.string(),
        data: z.enum(['public', 'reference', 'nonPublic']),
      }),
    )
    .min(1)
    .describe('持有单位类别'),
  'catalogue.libraries': choice.describe('基础库与主题库'),
  'catalogue.domains': z
    .array(z.strictObject({ value: z.string(), term: z.string(), priority: z.boolean().optional() }))
    .min(1)
    .describe('主题领域与优先开放领域'),
} as const satisfies Section

export const catalogueHeadings = [
  { term: '目录编制', of: ['guideline', 'forms', 'formats', 'libraries', 'domains', 'holders', 'holderDefaults'] },
  { term: '备案、公示与认定', of: ['filing', 'notice', 'authority', 'proposal', 'report'] },
  { term: '更新与归集', of: ['frequencies'] },
  { term: '授权范围与数据权利', of: ['scope', 'rights'] },
  { term: '分类分级', of: ['grading'] },
  { term: '数据质量', of: ['quality', 'ticket'] },
  { term: '共享', of: ['sharing', 'acquisition', 'channel', 'selfUse'] },
  { term: '开放', of: ['opening'] },
  { term: '供需对接', of: ['demand'] },
] as const

export const catalogueWords: Readonly<Record<string, string>> = {
  public: '属于公共数据',
  reference: '参照公共数据',
  nonPublic: '不属于公共数据',
  data: '数据',
  value: '代码',
  period: '超期期间',
  views: '目录',
  day: '日期',
  form: '主体性质',
  holder: '持有单位类别',
  says: '内容',
}

export const catalogueRule = <K extends keyof typeof catalogueSection>(rules: Rules, path: K) =>
  valueOf(catalogueSection, rules, path)

const withOptions = (form: Form, options: Readonly<Record<string, Form[number]['options']>>): Form =>
  form.map((f) => ({
    ...f,
    ...(options[f.key] ? { options: options[f.key] } : {}),
    ...(f.fields ? { fields: withOptions(f.fields, options) } : {}),
  }))

// asked for with every entry that is projected, and the same for all under the same rules
const itemForms = new WeakMap<Rules, Form>()

/** What an entry says, with the choices of the jurisdiction. */
export const itemForm = (rules: Rules): Form => {
  const known = itemForms.get(rules) ?? composed(rules)
  itemForms.set(rules, known)
  return known
}
const composed = (rules: Rules): Form =>
  withOptions(catalogueRule(rules, 'catalogue.forms.item'), {
    sharing: catalogueRule(rules, 'catalogue.sharing.classes'),
    opening: catalogueRule(rules, 'catalogue.opening.classes'),
    format: catalogueRule(rules, 'catalogue.formats'),
    frequency: catalogueRule(rules, 'catalogue.frequencies').map(({ value, term }) => ({ value, term })),
    library: catalogueRule(rules, 'catalogue.libraries'),
    theme: catalogueRule(rules, 'catalogue.domains').map(({ value, term }) => ({ value, term })),
  })
