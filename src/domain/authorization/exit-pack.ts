import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { periodSchema } from '../catalogue/index.ts'

const key = z.string().regex(/^[a-z][A-Za-z0-9]*$/)
const named = z.strictObject({ value: key, term: z.string().min(1) })

/** What the packs say about orders, about what is closed by them, and about leaving. */
export const exitSection = {
  'authorization.suspension.by': z
    .array(z.enum(['bureau', 'implementer']))
    .min(1)
    .describe('可以责令改正、暂停的单位'),
  'authorization.suspension.grounds': z.array(named).min(1).describe('责令改正、暂停、终止的情形'),
  'authorization.suspension.correction': z.strictObject({ says: z.string().min(1) }).describe('责令改正与暂停'),
  'authorization.suspension.interim': periodSchema.describe('临时保护性暂停须确认的期限'),
  'authorization.suspension.custody': z
    .strictObject({ allowed: z.boolean(), says: z.string().min(1) })
    .describe('暂停期间公益服务的托管'),
  'authorization.suspension.termination': z.strictObject({ says: z.string().min(1) }).describe('逾期未改正的终止'),
  'authorization.exit.kinds': z
    .array(z.strictObject({ value: z.enum(['natural', 'forceMajeure', 'compulsory']), says: z.string().min(1) }))
    .min(1)
    .describe('退出的种类'),
  'authorization.exit.checklist': z
    .array(
      z.strictObject({
        key,
        term: z.string().min(1),
        hint: z.string().optional(),
        /** Asked only where an exit is of one of these kinds. */
        kinds: z.array(z.enum(['natural', 'forceMajeure', 'compulsory'])).optional(),
      }),
    )
    .min(1)
    .describe('交接清单'),
  'authorization.exit.handover': periodSchema.describe('完成交接的期限'),
  'authorization.exit.deletion': periodSchema.describe('删除留存数据并出具证明的期限'),
  'authorization.exit.deregistration': z
    .strictObject({ must: z.boolean(), says: z.string().min(1) })
    .describe('退出后登记结果的处理'),
} as const satisfies Section
export const exitRule = <K extends keyof typeof exitSection>(rules: Rules, path: K) => valueOf(exitSection, rules, path)
