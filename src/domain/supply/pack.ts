import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { periodSchema } from '../catalogue/index.ts'
import { stepsSchema } from '../registration/index.ts'

const says = z.strictObject({ says: z.string().min(1) })
const code = z.string().regex(/^[a-z][A-Za-z0-9]*$/)

/** How a value may be made to say less. `head`, `tail`: characters that stay; `only`: what the value must look like for any to stay. */
const method = z.discriminatedUnion('kind', [
  z.strictObject({ value: code, term: z.string(), kind: z.literal('keep'), reason: z.literal(true) }),
  z.strictObject({ value: code, term: z.string(), kind: z.literal('drop') }),
  z.strictObject({ value: code, term: z.string(), kind: z.literal('token') }),
  z.strictObject({
    value: code,
    term: z.string(),
    kind: z.literal('mask'),
    head: z.number().int().min(0).max(20),
    tail: z.number().int().min(0).max(20),
    only: z.enum(['digits', 'any']),
  }),
  z.strictObject({
    value: code,
    term: z.string(),
    kind: z.literal('generalise'),
    to: z.enum(['month', 'year', 'band', 'city', 'province']),
  }),
])
export type Method = z.infer<typeof method>

/** A stretch of the way data goes, and who answers for its safety there. `acts`: what, once done, says that the data has come so far. */
const segment = z.strictObject({
  key: code,
  term: z.string().min(1),
  role: z.enum(['source', 'implementer', 'bureau', 'operator', 'whole', 'developer']),
  roleTerm: z.string().min(1),
  acts: z.array(z.string()),
})
export type Segment = z.infer<typeof segment>

/** The supply section of a rule pack: who settles what is asked for, what has to be so before data comes, how it is masked, by which hops. */
export const supplySection = {
  'supply.demand.joint': z.boolean().describe('数据需求由实施机构会同数源单位审定'),
  'supply.demand.answer': periodSchema.describe('数源单位审定数据需求的期限'),
  'supply.demand.decide': periodSchema.describe('实施机构审定数据需求的期限'),
  'supply.demand.coordinate': periodSchema.describe('实施机构协调未满足需求的期限'),
  'supply.batch.demand': z.strictObject({ required: z.boolean() }).describe('供数以经审定的数据需求为前提'),
  'supply.batch.service': z
    .strictObject({ required: z.boolean() })
    .describe('供数以各方共同签订的开发利用服务协议为前提'),
  'supply.batch.proofs': says.describe('随批次提供的材料'),
  'supply.batch.accept': periodSchema.describe('验收供数批次的期限'),
  'supply.masking.duty': says.describe('脱敏加密规则由谁制定'),
  'supply.masking.agree': periodSchema.describe('会同确定脱敏规则的期限'),
  'supply.masking.methods': z.array(method).min(1).describe('脱敏方法'),
  'supply.hops.steps': stepsSchema.min(1).describe('验收以后逐个平台交接'),
  'supply.hops.segments': z.array(segment).min(1).describe('各段数据安全主体责任'),
  'supply.sync.duty': z.strictObject({ use: z.boolean(), says: z.string() }).describe('全量同步至整体授权实施机构'),
  'supply.sync.accept': periodSchema.describe('确认接收全量同步的期限'),
} as const satisfies Section

export const supplyRule = <K extends keyof typeof supplySection>(rules: Rules, path: K) =>
  valueOf(supplySection, rules, path)

export const methodsOf = (rules: Rules): readonly Method[] => supplyRule(rules, 'supply.masking.methods')

export const supplyWords: Readonly<Record<string, string>> = {
  required: '须先具备',
  acts: '由哪些办理到达',
  roleTerm: '责任主体',
  role: '席位',
  head: '保留开头字数',
  tail: '保留末尾字数',
  only: '适用于',
  digits: '数字号码',
  keep: '保留原值',
  drop: '不提供',
  token: '替换为代号',
  mask: '部分遮蔽',
  generalise: '概括',
  month: '到月',
  year: '到年',
  band: '分档',
  city: '到市',
  province: '到省',
  source: '数源单位',
  implementer: '实施机构',
  whole: '整体授权实施机构',
  developer: '开发机构',
  reason: '须说明理由',
  to: '概括到',
  kind: '方式',
}
