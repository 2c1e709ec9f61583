import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepsSchema } from '../registration/index.ts'
import { periodSchema } from '../catalogue/index.ts'
import { recordalKinds } from './recordal.ts'

const says = z.strictObject({ says: z.string().min(1) })
const level = z.enum(['province', 'city', 'county'])
const legalForm = z.enum(['organ', 'institution', 'enterprise', 'social', 'unincorporated'])
const named = z.strictObject({ value: z.string().regex(/^[a-z][A-Za-z]*$/), term: z.string().min(1) })

/** Who may be what, and by whom it is decided: roles as a jurisdiction names and limits them. */
export const whoSection = {
  'authorization.modes': z.array(named).min(1).describe('授权运营模式'),
  'authorization.bureau': z.strictObject({ term: z.string() }).describe('数据管理部门'),
  'authorization.implementer': z
    .strictObject({
      term: z.string(),
      forms: z.array(legalForm).min(1),
      /** The data administration authorises by itself, without a body named for it. */
      direct: z.boolean(),
    })
    .describe('实施机构'),
  'authorization.operator': z
    .strictObject({ term: z.string(), forms: z.array(legalForm).min(1) })
    .describe('运营机构的主体性质'),
  'authorization.developer': z
    .strictObject({ term: z.string(), use: z.boolean(), forms: z.array(legalForm).min(1), role: z.string() })
    .describe('运营机构以外参与开发的主体'),
  'authorization.source': z.strictObject({ term: z.string() }).describe('数源单位'),
  'authorization.operators.whole': z
    .strictObject({ most: z.number().int().positive(), strict: z.boolean() })
    .describe('整体授权运营机构家数'),
  'authorization.operators.domain': z
    .strictObject({ most: z.number().int().positive(), strict: z.boolean() })
    .describe('分领域授权运营机构家数'),
  'authorization.operators.local': z
    .strictObject({ most: z.number().int().positive(), strict: z.boolean() })
    .describe('本级授权运营机构家数'),
} as const satisfies Section

const appointing = z.strictObject({
  use: z.boolean(),
  /** Who names it. */
  by: z.enum(['bureau', 'competentDept', 'government']),
  levels: z.array(level),
})
export const appointmentSection = {
  'authorization.appointment.whole': appointing.describe('整体授权实施机构的确定'),
  'authorization.appointment.domain': appointing.describe('分领域授权实施机构的确定'),
  'authorization.appointment.local': appointing.describe('本级实施机构的确定'),
} as const satisfies Section

/** A record of schemas under one name each: the kinds of 备案 and the levels of territories are known, their rules are the pack's. */
export const recordalSection: Section = Object.fromEntries(
  Object.entries(recordalKinds).flatMap(([kind, term]) => [
    [`authorization.recordal.${kind}.duty`, says.describe(term)],
    [`authorization.recordal.${kind}.limit`, periodSchema.describe(`${term}期限`)],
    ...(
      [
        ['province', '省本级'],
        ['city', '市级'],
        ['county', '县级'],
      ] as const
    ).map(([at, where]): [string, z.ZodType] => [
      `authorization.recordal.${kind}.${at}.steps`,
      stepsSchema.describe(`${term}：${where}`),
    ]),
  ]),
)
/** Periods that a jurisdiction need not set: 文件未定. */
export const recordalOptional: readonly string[] = Object.keys(recordalKinds).map(
  (kind) => `authorization.recordal.${kind}.limit`,
)

const section = { ...whoSection, ...appointmentSection }
export const authorizationRule = <K extends keyof typeof section>(rules: Rules, path: K) =>
  valueOf(section, rules, path)
