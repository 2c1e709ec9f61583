import { z } from 'zod'
import type { Form, JsonObject } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepsSchema } from '../registration/index.ts'
import { periodSchema } from '../catalogue/index.ts'
import { authorizationRule } from './pack.ts'
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

/** A way in which the public is heard; only `online` is this platform's own. */
const channel = z.strictObject({ value: z.enum(['online', 'letter', 'mail', 'phone']), term: z.string().min(1) })

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
  'authorization.plan.checks': z
    .array(heading.extend({ article: z.string().min(1) }))
    .min(1)
    .describe('送审前须自查的原则'),
  'authorization.plan.filingFirst': z.boolean().describe('备案后方可实施'),
  'authorization.plan.change': z.strictObject({ says: z.string() }).describe('较大变更'),
  'authorization.plan.nesting': z.strictObject({ says: z.string() }).describe('依场景授权融入整体授权和分领域授权'),
  'authorization.holders': z
    .array(
      z.strictObject({ kind: z.enum(['party', 'utility']), says: z.string().min(1), sectors: z.array(z.string()) }),
    )
    .describe('参照执行的持有单位'),
  'authorization.plan.consultation.required': z.boolean().describe('审批前公开征求意见'),
  'authorization.plan.consultation.window': periodSchema.describe('公开征求意见的时间'),
  'authorization.plan.consultation.channels': z.array(channel).min(1).describe('公开征求意见的渠道'),
  'authorization.rules.consultation.window': periodSchema.describe('规则文件公开征求意见的时间'),
  'authorization.rules.consultation.channels': z.array(channel).min(1).describe('规则文件公开征求意见的渠道'),
} as const satisfies Section

export const planRule = <K extends keyof typeof planSection>(rules: Rules, path: K) => valueOf(planSection, rules, path)

/** The contents of a plan as the rules list them, with its two annexes. */
export const planForm = (rules: Rules, kind: string): Form => {
  const { classes, forms } = planRule(rules, 'authorization.plan.products')
  return [
    { key: 'title', term: '方案名称', type: 'text', required: true, clear: true, max: 100 },
    { key: 'from', term: '授权运营起始日', type: 'day', clear: true },
    { key: 'to', term: '授权运营截止日', type: 'day', clear: true },
    // of the other kinds the kind says it
    ...(kind === 'overall' || kind === 'local'
      ? [
          {
            key: 'modes',
            term: '采用的授权模式',
            type: 'choices',
            required: true,
            clear: true,
            options: authorizationRule(rules, 'authorization.modes'),
          } satisfies Form[number],
        ]
      : []),
    ...planRule(rules, 'authorization.plan.sections').map(({ key, term, hint, required, headings }): Form[number] =>
      headings
        ? {
            key,
            term,
            type: 'group',
            required: required ?? true,
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
        {
          key: 'demand',
          term: '对应的数据需求',
          type: 'text',
          max: 36,
          hint: '填写数据需求的编号，或在编制页面中选择',
        },
      ],
    },
    { key: 'attachments', term: '其他附件', type: 'files', max: 20 },
  ]
}

/** Self-examination before a plan goes to be decided: one question for each principle, each to be answered with its reason. */
export const planChecksForm = (rules: Rules): Form =>
  planRule(rules, 'authorization.plan.checks').flatMap(({ key, term, article }): Form => [
    {
      key,
      term,
      type: 'choice',
      required: true,
      clear: true,
      basis: article,
      options: [
        { value: 'yes', term: '符合' },
        { value: 'no', term: '不符合' },
      ],
    },
    { key: `${key}Why`, term: `${term}：说明`, type: 'paragraph', required: true, max: 2000 },
  ])
/** Terms of what was found not to be in keeping. */
export const checksFailed = (
  rules: Rules,
  said: JsonObject,
): readonly { readonly key: string; readonly term: string }[] =>
  planRule(rules, 'authorization.plan.checks').filter(({ key }) => said[key] !== 'yes')

/** What a reader says about a part of the plan. */
export const planRemarkForm = (rules: Rules): Form => [
  {
    key: 'section',
    term: '针对的部分',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      { value: 'whole', term: '整个方案' },
      ...planRule(rules, 'authorization.plan.sections').map(({ key, term }) => ({ value: key, term })),
      { value: 'items', term: '附件：公共数据资源目录' },
      { value: 'products', term: '附件：产品和服务清单' },
    ],
  },
  { key: 'says', term: '意见', type: 'paragraph', required: true, max: 2000 },
]
