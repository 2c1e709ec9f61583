import { z } from 'zod'
import type { Field, Form } from '#contract'
import { formSchema } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { periodSchema } from '../catalogue/index.ts'
import { orgRoles } from '../parties/index.ts'

const says = z.strictObject({ says: z.string().min(1) })
const choice = z.array(z.strictObject({ value: z.string(), term: z.string() })).min(1)
/** Roles whose bearer decides; the first of them that serves the territory and is not the applicant. */
const decider = z.strictObject({ roles: z.array(z.enum(orgRoles.map((r) => r.value))).min(1) })

/** The platform section of a rule pack: who comes in, on which terms, whom one deals with there, and where one turns when refused. */
export const platformSection = {
  'platform.entry.decider.operator': decider.describe('谁决定运营机构进驻'),
  'platform.entry.decider.developer': decider.describe('谁决定开发机构、合伙人进驻'),
  'platform.entry.decider.redeveloper': decider.describe('谁决定其他经营主体注册'),
  'platform.entry.decider.unit': decider.describe('谁决定单位使用、接入平台'),
  'platform.entry.eligibility.operator': choice.describe('运营机构的条件'),
  'platform.entry.eligibility.developer': choice.describe('开发机构、合伙人的条件'),
  'platform.entry.eligibility.redeveloper': choice.describe('其他经营主体的条件'),
  'platform.entry.eligibility.unit': choice.describe('单位接入的条件'),
  'platform.entry.forms.application': formSchema.describe('进驻申请'),
  'platform.entry.decide': periodSchema.describe('进驻申请的办理期限'),
  'platform.entry.onboarding': choice.describe('单位怎样用上平台'),
  'platform.rules.publication': says.describe('平台规则由谁公布、怎样生效'),
  'platform.rules.consultation': periodSchema.describe('平台规则征求意见的期间'),
  'platform.rules.acknowledge': periodSchema.describe('已进驻的主体确认新规则的期限'),
  'platform.usage.decider': decider.describe('谁决定资源使用申请'),
  'platform.usage.decide': periodSchema.describe('资源使用申请的办理期限'),
  'platform.usage.forms.application': formSchema.describe('公共数据资源使用申请'),
  'platform.usage.review': choice.describe('同意使用之前的安全审查'),
  'platform.appeal.way': says.describe('怎样申诉'),
  'platform.appeal.window': periodSchema.describe('提出申诉的期限'),
  'platform.appeal.decide': periodSchema.describe('申诉的办理期限'),
  'platform.training.courses': choice.describe('平台培训的课程'),
  'platform.training.validity': periodSchema.describe('一次培训的有效期'),
  'platform.affiliation.duty': says.describe('关联关系的申报'),
  'platform.affiliation.settle': periodSchema.describe('对关联关系异议的核定期限'),
  'platform.expert.pool': says.describe('专家库'),
  'platform.expert.fields': choice.describe('专家的领域'),
  'platform.expert.admit': periodSchema.describe('入库审核的期限'),
  'platform.subject.rights.access': says.describe('查阅个人信息'),
  'platform.subject.rights.copy': says.describe('复制个人信息'),
  'platform.subject.rights.transfer': says.describe('转移个人信息'),
  'platform.subject.rights.withdraw': says.describe('撤回同意'),
  'platform.subject.rights.delete': says.describe('删除个人信息'),
  'platform.subject.answer.access': periodSchema.describe('答复查阅请求的期限'),
  'platform.subject.answer.copy': periodSchema.describe('答复复制请求的期限'),
  'platform.subject.answer.transfer': periodSchema.describe('答复转移请求的期限'),
  'platform.subject.answer.withdraw': periodSchema.describe('办理撤回同意的期限'),
  'platform.subject.answer.delete': periodSchema.describe('答复删除请求的期限'),
  'platform.subject.refusal': says.describe('拒绝个人请求的，说明理由并告知救济'),
  'platform.consent.rights.sharing': says.describe('共享取得的数据须经提供单位同意'),
  'platform.consent.rights.subject': says.describe('数据主体的授权'),
  'platform.consent.rights.anonymised': says.describe('匿名化处理'),
  'platform.consent.rights.desensitised': says.describe('不予开放类数据的脱敏'),
  'platform.consent.answer': periodSchema.describe('提供单位答复、核验证明的期限'),
  'platform.consent.gate': z
    .strictObject({ personal: z.boolean(), sharedIn: z.boolean(), desensitised: z.boolean() })
    .describe('哪些数据须先取得同意或者证明'),
} as const satisfies Section

export const platformHeadings = [
  { term: '平台进驻与规则', of: ['entry', 'rules', 'training'] },
  { term: '资源使用与申诉', of: ['usage', 'appeal'] },
  { term: '关联关系与专家', of: ['affiliation', 'expert'] },
  { term: '个人信息主体与同意', of: ['subject', 'consent'] },
] as const

export const platformWords: Readonly<Record<string, string>> = {
  roles: '由谁决定',
  personal: '含个人信息的',
  sharedIn: '共享取得的',
  desensitised: '不予开放的',
  operator: '运营机构',
  developer: '开发机构、合伙人',
  redeveloper: '其他经营主体',
  unit: '单位',
}

type Path = keyof typeof platformSection
export const platformPack = <K extends Path>(rules: Rules, path: K) => valueOf(platformSection, rules, path)

/** Who decides an entry of a kind, by role, the first first. */
export const entryDeciders = (rules: Rules, kind: string): readonly string[] =>
  platformPack(rules, `platform.entry.decider.${kind}` as 'platform.entry.decider.unit').roles

export interface Term {
  readonly value: string
  readonly term: string
}
export const eligibility = (rules: Rules, kind: string): readonly Term[] =>
  platformPack(rules, `platform.entry.eligibility.${kind}` as 'platform.entry.eligibility.unit')

const paragraph = (key: string, term: string, max = 2000): Field => ({
  key,
  term,
  type: 'paragraph',
  required: true,
  max,
})

/** 进驻申请: what the pack asks, the conditions one states to fulfil, and the rules of the platform one takes upon oneself. */
export const entryForm = (rules: Rules, kind: string): Form => [
  ...(kind === 'unit'
    ? ([
        {
          key: 'mode',
          term: '使用还是接入',
          type: 'choice',
          required: true,
          clear: true,
          options: platformPack(rules, 'platform.entry.onboarding'),
        },
      ] as const)
    : []),
  ...platformPack(rules, 'platform.entry.forms.application'),
  {
    key: 'statements',
    term: '声明具备下列条件',
    type: 'choices',
    required: true,
    clear: true,
    options: eligibility(rules, kind),
  },
  {
    key: 'rules',
    term: '现行平台规则',
    type: 'paragraph',
    clear: true,
    max: 4000,
    hint: '系统列出，不要改动；全文见“平台规则”',
  },
  { key: 'accepts', term: '已经阅读并接受上列平台规则', type: 'yes', required: true, clear: true },
]

export const entryDecisionForm = (rules: Rules, kind: string): Form => [
  {
    key: 'checked',
    term: '已逐项核实',
    type: 'choices',
    required: true,
    clear: true,
    options: eligibility(rules, kind),
  },
  paragraph('reason', '同意的理由'),
]
export const entryRefusalForm = (rules: Rules, kind: string): Form => [
  { key: 'unmet', term: '不具备的条件', type: 'choices', clear: true, options: eligibility(rules, kind) },
  paragraph('reason', '不予进驻的理由'),
]

/** Per item of a usage application what has been decided, and why. */
const perItem = (results: readonly Term[]): Field => ({
  key: 'items',
  term: '逐项决定',
  type: 'list',
  required: true,
  max: 200,
  fields: [
    { key: 'item', term: '目录项', type: 'item', required: true },
    { key: 'result', term: '决定', type: 'choice', required: true, options: results },
    { key: 'reason', term: '理由', type: 'text', required: true, max: 500 },
  ],
})
const granted = { value: 'granted', term: '同意使用' }
const refused = { value: 'refused', term: '不同意使用' }
export const usageGrantForm = (rules: Rules): Form => [
  perItem([granted, refused]),
  {
    key: 'reviewed',
    term: '安全审查：已确认',
    type: 'choices',
    required: true,
    clear: true,
    options: platformPack(rules, 'platform.usage.review'),
  },
  paragraph('review', '安全审查意见'),
]
export const usageRefusalForm: Form = [perItem([refused])]

export const trainingForm = (rules: Rules): Form => [
  {
    key: 'course',
    term: '课程',
    type: 'choice',
    required: true,
    clear: true,
    options: platformPack(rules, 'platform.training.courses'),
  },
  { key: 'day', term: '完成日期', type: 'day', required: true, clear: true },
  { key: 'examiner', term: '考核人', type: 'text', required: true, personal: true, max: 50 },
  { key: 'evidence', term: '结业或考核证明', type: 'files' },
]

export const expertForm = (rules: Rules): Form => [
  {
    key: 'fields',
    term: '领域',
    type: 'choices',
    required: true,
    clear: true,
    options: platformPack(rules, 'platform.expert.fields'),
  },
  { key: 'employer', term: '所在单位', type: 'party', required: true, hint: '单位还没有登记的，请先请主管单位登记' },
  { key: 'title', term: '职称与专业经历', type: 'paragraph', required: true, personal: true, max: 2000 },
  { key: 'evidence', term: '证明材料', type: 'files', personal: true },
  { key: 'truthful', term: '承诺如实填报，有利害关系时主动回避', type: 'yes', required: true, clear: true },
]
