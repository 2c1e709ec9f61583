import { z } from 'zod'
import type { Form } from '#contract'
import { formSchema } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepsSchema } from '../registration/index.ts'
import { catalogueRule, periodSchema } from './pack.ts'

const says = z.strictObject({ says: z.string().min(1) })
const licence = z.strictObject({ title: z.string().min(1), text: z.string().min(1) })
const grade = z.number().int().min(1).max(4)

/** Rules of 公共数据开放: what may be opened, under which licence, who decides on conditional use, and what follows a breach. */
export const openingSection = {
  'catalogue.opening.grades': z
    .strictObject({ unconditional: grade, conditional: grade })
    .describe('可以开放的一般数据最高级别'),
  'catalogue.opening.licences': z
    .strictObject({ unconditional: licence, conditional: licence })
    .describe('开放数据使用许可'),
  'catalogue.opening.forms.data': formSchema.describe('发布开放数据'),
  'catalogue.opening.forms.application': formSchema.describe('有条件开放申请'),
  'catalogue.opening.forms.report': formSchema.describe('使用情况报告'),
  'catalogue.opening.forms.breach': formSchema.describe('违反承诺的认定'),
  'catalogue.opening.commitment': says.describe('申请须明确应用场景并签订承诺书'),
  'catalogue.opening.prohibition': says.describe('不得提供给第三方、不得用于其他目的'),
  'catalogue.opening.breach': says.describe('违反承诺：责令改正、暂停提供；拒不改正的终止提供'),
  'catalogue.opening.review.steps': stepsSchema.min(1).describe('有条件开放申请的审核步骤'),
  'catalogue.opening.review.limit': periodSchema.describe('开放申请审核期限'),
  'catalogue.opening.correction.limit': periodSchema.describe('违反承诺的改正期限'),
  'catalogue.opening.term': periodSchema.describe('一次申请最长的使用期限'),
  'catalogue.opening.watermark': z
    .strictObject({ perTenThousand: z.number().int().min(0).max(100), fromRows: z.number().int().positive() })
    .describe('有条件开放数据的追溯标记：每份少给的行数（每万行）与启用的最少行数'),
} as const satisfies Section

export const openingRule = <K extends keyof typeof openingSection>(rules: Rules, path: K) =>
  valueOf(openingSection, rules, path)

/** Rules of 供需对接. */
export const demandSection = {
  'catalogue.demand.forms.demand': formSchema.describe('数据需求'),
  'catalogue.demand.accept.limit': periodSchema.describe('数据需求受理期限'),
  'catalogue.demand.answer.limit': periodSchema.describe('受理后答复期限'),
  'catalogue.demand.unit.limit': periodSchema.describe('单位答复期限'),
  'catalogue.demand.feedback.limit': periodSchema.describe('需求方反馈期限'),
  'catalogue.demand.mechanism': says.describe('需求受理反馈与供需对接机制'),
} as const satisfies Section

/** What is asked of whoever needs data, with the domains of the jurisdiction. */
export const demandForm = (rules: Rules): Form => {
  const options = catalogueRule(rules, 'catalogue.domains').map(({ value, term }) => ({ value, term }))
  return valueOf(demandSection, rules, 'catalogue.demand.forms.demand').map((f) =>
    f.key === 'theme' ? { ...f, options } : f,
  )
}
