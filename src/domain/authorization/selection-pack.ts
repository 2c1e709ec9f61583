import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { periodSchema } from '../catalogue/index.ts'
import { stepsSchema } from '../registration/index.ts'

const kinds = z.enum(['openTender', 'invitedTender', 'negotiation', 'other'])
const level = z.enum(['province', 'city', 'county'])
const key = z.string().regex(/^[a-z][A-Za-z0-9]*$/)
const day = z.union([z.literal(''), z.string().regex(/^\d{4}-\d\d-\d\d$/)])

/** One condition of who may be chosen, answered with a statement and evidence. */
const condition = z.strictObject({
  key: key.refine((k) => !['contact', 'proposal', 'extras', 'commitment', 'representative'].includes(k), '保留的名称'),
  term: z.string().min(1),
  hint: z.string().optional(),
  /** Incidents of this many years are declared one by one, and one of them is too many. */
  clearYears: z.number().int().positive().optional(),
})
const criterion = z.strictObject({ key, term: z.string().min(1), most: z.number().int().positive() })

export const selectionSection = {
  'authorization.selection.methods': z
    .array(z.strictObject({ value: kinds, term: z.string() }))
    .min(1)
    .describe('选择运营机构的方式'),
  'authorization.selection.consultation': z.strictObject({ required: z.boolean() }).describe('协议内容征求各方意见'),
  'authorization.selection.review.operator.steps': stepsSchema.describe('公平竞争审查、合法性审核'),
  'authorization.selection.review.developer.steps': stepsSchema.describe('选择开发主体前的审核'),
  'authorization.selection.notice': periodSchema.describe('遴选公告到申请截止的最短时间'),
  'authorization.selection.eligibility.operator': z.array(condition).min(1).describe('运营机构应具备的条件'),
  'authorization.selection.eligibility.developer': z.array(condition).min(1).describe('开发主体应具备的条件'),
  'authorization.selection.criteria': z.array(criterion).min(1).describe('评审因素'),
  'authorization.selection.milestone': z
    .strictObject({ province: day, city: day, county: day })
    .describe('选定运营机构的时限'),
  'authorization.selection.sync': z
    .strictObject({ levels: z.array(level), after: z.enum(['award', 'filed']), says: z.string() })
    .describe('选定结果同步至财政部门'),
  'authorization.evaluation.panel': z.strictObject({ size: z.number().int().min(1).max(15) }).describe('评审专家人数'),
  'authorization.evaluation.response': periodSchema.describe('评审专家答复抽取的时间'),
  'authorization.evaluation.term': periodSchema.describe('评审时间'),
} as const satisfies Section

export type Condition = z.infer<typeof condition>
export const selectionRule = <K extends keyof typeof selectionSection>(rules: Rules, path: K) =>
  valueOf(selectionSection, rules, path)

/** The conditions of who may be chosen: as an operator, or to develop with one. */
export const conditionsOf = (rules: Rules, variant: string): readonly Condition[] =>
  selectionRule(rules, `authorization.selection.eligibility.${variant === 'developer' ? 'developer' : 'operator'}`)
