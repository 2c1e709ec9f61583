import { z } from 'zod'
import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepsSchema } from '../registration/index.ts'
import { periodSchema } from '../catalogue/index.ts'
import { planKinds } from './plan.ts'

const level = z.enum(['province', 'city', 'county'])
const planKind = z.strictObject({
  use: z.boolean(),
  /** Who writes it: the data administration, or the body named to carry the authorization out. */
  author: z.enum(['bureau', 'implementer']),
  levels: z.array(level),
})
const heading = z.strictObject({ key: z.string().regex(/^[a-z][A-Za-z0-9]*$/), term: z.string().min(1) })
const section = heading.extend({
  hint: z.string().optional(),
  required: z.boolean().optional(),
  /** What the section must speak of, each under its own heading. */
  headings: z.array(heading).optional(),
})

export const planSection = {
  ...(Object.fromEntries(
    Object.entries(planKinds).map(([kind, term]) => [`authorization.plan.kinds.${kind}`, planKind.describe(term)]),
  ) as Record<`authorization.plan.kinds.${keyof typeof planKinds}`, typeof planKind>),
  ...(Object.fromEntries(
    Object.entries(planKinds).map(([kind, term]) => [
      `authorization.plan.approval.${kind}.steps`,
      stepsSchema.min(1).describe(`${term}的审批`),
    ]),
  ) as Record<`authorization.plan.approval.${keyof typeof planKinds}.steps`, typeof stepsSchema>),
  'authorization.plan.sections': z.array(section).min(1).describe('实施方案应包括的内容'),
  'authorization.plan.products': z
    .strictObject({ classes: z.array(heading).min(1), forms: z.array(z.string()).min(1) })
    .describe('拟提供的产品和服务清单'),
  'authorization.plan.filingFirst': z.boolean().describe('备案后方可实施'),
  'authorization.plan.change': z.strictObject({ says: z.string() }).describe('较大变更'),
  'authorization.plan.consultation.required': z.boolean().describe('审批前公开征求意见'),
  'authorization.plan.consultation.window': periodSchema.describe('公开征求意见的时间'),
  'authorization.plan.consultation.channels': z.array(z.string()).min(1).describe('公开征求意见的渠道'),
} as const satisfies Section

export const planRule = <K extends keyof typeof planSection>(rules: Rules, path: K) => valueOf(planSection, rules, path)

/** The contents of a plan as the rules list them, with its two annexes. */
export const planForm = (rules: Rules, kind: string): Form => {
  const { classes, forms } = planRule(rules, 'authorization.plan.products')
  return [
    { key: 'title', term: '方案名称', type: 'text', required: true, clear: true, max: 100 },
    { key: 'from', term: '授权运营起始日', type: 'day', clear: true },
    { key: 'to', term: '授权运营截止日', type: 'day', clear: true },
    ...planRule(rules, 'authorization.plan.sections').map(({ key, term, hint, required, headings }): Form[number] =>
      headings
        ? {
            key,
            term,
            type: 'group',
            fields: headings.map((h) => ({
              key: h.key,
              term: h.term,
              type: 'paragraph',
              max: 8000,
              required: true,
            })),
          }
        : { key, term, type: 'paragraph', max: 20000, required: required ?? true, ...(hint ? { hint } : {}) },
    ),
    {
      key: 'items',
      term: '附件：公共数据资源目录',
      type: 'items',
      max: 2000,
      required: kind !== 'overall',
    },
    {
      key: 'products',
      term: '附件：拟提供的公共数据产品和服务清单',
      type: 'list',
      max: 500,
      required: kind !== 'overall',
      fields: [
        { key: 'name', term: '名称', type: 'text', required: true, max: 100 },
        {
          key: 'class',
          term: '类别',
          type: 'choice',
          required: true,
          options: classes.map((c) => ({ value: c.key, term: c.term })),
        },
        { key: 'industry', term: '所属行业', type: 'text', max: 60 },
        {
          key: 'form',
          term: '服务形式',
          type: 'choices',
          required: true,
          options: forms.map((f) => ({ value: f, term: f })),
        },
        { key: 'charged', term: '拟收取运营服务费', type: 'yes' },
        { key: 'demand', term: '对应的数据需求', type: 'text', max: 200 },
      ],
    },
    { key: 'attachments', term: '其他附件', type: 'files', max: 20 },
  ]
}
