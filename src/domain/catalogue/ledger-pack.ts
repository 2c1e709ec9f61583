import { z } from 'zod'
import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { catalogueRule, periodSchema } from './pack.ts'

/** What the packs say about filing, showing, settling and reporting the catalogue. */
export const ledgerSection = {
  'catalogue.filing.due': z
    .strictObject({ day: z.iso.date().optional(), period: periodSchema })
    .describe('目录备案的完成期限：某日；已过或未定的，按期间'),
  'catalogue.filing.answer': periodSchema.describe('收到目录后出具回执或退回的期限'),
  'catalogue.filing.batch': z.string().describe('备注用于授权运营时的批次名称'),
  'catalogue.notice.window': periodSchema.describe('目录公示的期间'),
  'catalogue.authority': z.strictObject({ says: z.string() }).describe('一数一源'),
  'catalogue.proposal': z.strictObject({ says: z.string() }).describe('授权目录的动态更新'),
  'catalogue.report.period': periodSchema.describe('目录更新情况的报告间隔'),
  'catalogue.holderDefaults': z
    .array(z.strictObject({ form: z.string(), holder: z.string() }))
    .min(1)
    .describe('尚未确定持有单位类别的，按主体性质推定'),
} as const satisfies Section

export const ledgerRule = <K extends keyof typeof ledgerSection>(rules: Rules, path: K) =>
  valueOf(ledgerSection, rules, path)

/** The kind of holder that a legal form is taken for where nobody has said. */
export const presumedHolder = (rules: Rules, form: string): string =>
  ledgerRule(rules, 'catalogue.holderDefaults').find((d) => d.form === form)?.holder ?? ''

/** The form by which a body is put into a kind of holder (登记办法 第三条). */
export const holderForm = (rules: Rules): Form => [
  {
    key: 'kind',
    term: '持有单位类别',
    type: 'choice',
    required: true,
    clear: true,
    options: catalogueRule(rules, 'catalogue.holders').map(({ value, term }) => ({ value, term })),
  },
  { key: 'reason', term: '依据或说明', type: 'text', required: true, clear: true, max: 300 },
]
