import { z } from 'zod'
import type { Form } from '#contract'
import { formSchema } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'

/** A period as a pack writes it. Without a number in the text, `soft` marks the configured default of 及时 or 定期 (文件未定). */
export const limitSchema = z.strictObject({
  value: z.number().int().positive(),
  unit: z.enum(['workday', 'day', 'month', 'year']),
  /** The first day counts (validity), instead of the civil-law default that it does not. */
  countStart: z.boolean().optional(),
  /** A last day on a day off moves to the next working day. */
  roll: z.boolean().optional(),
  soft: z.boolean().optional(),
  /** Days before the end on which the people concerned are reminded. */
  remind: z.array(z.number().int().positive()).optional(),
})
export type Limit = z.infer<typeof limitSchema>

const by = z
  .string()
  .regex(/^[a-z][A-Za-z]*\.(handler|approver|admin)$/, 'expected seat.duty with duty handler, approver or admin')
const stepSchema = z.strictObject({
  key: z.string().regex(/^[a-z][A-Za-z]*$/),
  term: z.string(),
  by: z.union([by, z.array(by).min(1)]),
  apart: z.string().optional(),
  within: z.string().optional(),
  since: z.string().optional(),
  basis: z.string().optional(),
  form: z.union([z.string(), formSchema]).optional(),
  exits: z.array(z.string()).optional(),
  /** What the case is in while this step waits, where the act's term does not say it. */
  state: z.string().optional(),
  tell: z.array(z.string()).optional(),
  grave: z.boolean().optional(),
})
const steps = z.array(stepSchema)
// 形式审核 and the handling of an objection are of the national procedure (26号 第八、十二条): a pack says how, not whether
const someSteps = steps.min(1)

const choice = z.array(z.strictObject({ value: z.string(), term: z.string() })).min(1)
const objects = z.array(z.strictObject({ value: z.enum(['resource', 'product']), term: z.string() })).min(1)
const body = {
  role: z.enum(['holder', 'implementer', 'dataSource', 'dataProvider', 'operator', 'redeveloper']),
  term: z.string(),
}
/** Who registers. `also`: other bodies that may, such as 其他经营主体 for what they redeveloped. `voluntary`: encouraged, not bound. */
const role = z.strictObject({
  ...body,
  also: z.array(z.strictObject(body)).optional(),
  voluntary: z.boolean().optional(),
})
const duty = z.strictObject({
  organ: z.enum(['mandatory', 'encouraged']),
  institution: z.enum(['mandatory', 'encouraged']),
  other: z.enum(['mandatory', 'encouraged']),
})
const kind = z.strictObject({ term: z.string(), notice: z.boolean(), announce: z.boolean().optional() })
const yesNo = z.boolean()

/** The registration section of a rule pack: every number, name, form and chain that 登记 needs. */
export const registrationSection = {
  'registration.scope.objects': objects,
  'registration.registrant.resource.authorized': role,
  'registration.registrant.resource.other': role,
  'registration.registrant.product.authorized': role,
  'registration.registrant.product.other': role,
  'registration.registrant.forms': z.array(
    z.enum(['organ', 'institution', 'enterprise', 'social', 'unincorporated', 'person']),
  ),
  'registration.duty.resource': duty,
  'registration.duty.product': duty,
  'registration.central': z.strictObject({ ask: yesNo, says: z.string() }),
  'registration.registrar.kinds': z.array(z.enum(['organ', 'institution', 'enterprise', 'social'])),
  'registration.registrar.levels': z.strictObject({ province: yesNo, city: yesNo, county: yesNo }),
  'registration.kinds.first': kind,
  'registration.kinds.change': kind,
  'registration.kinds.correction': kind,
  'registration.kinds.deregistration': kind,
  'registration.kinds.renewal': kind,
  'registration.materials.resource': formSchema,
  'registration.materials.product': formSchema,
  'registration.forms.change': formSchema,
  'registration.forms.correction': formSchema,
  'registration.forms.deregistration': formSchema,
  'registration.forms.renewal': formSchema,
  'registration.forms.objection': formSchema,
  'registration.forms.submission': formSchema,
  'registration.forms.checklist': formSchema,
  'registration.businessReview.steps': steps,
  'registration.evidence': z.strictObject({ required: yesNo }),
  'registration.acceptance.limit': limitSchema,
  'registration.review.steps': someSteps,
  'registration.review.limit': limitSchema,
  'registration.review.lateReason': yesNo,
  'registration.review.advice': yesNo,
  'registration.notice.period': limitSchema,
  'registration.notice.start': z.enum(['nextWorkday', 'sameDay']),
  'registration.notice.fields': z.array(z.enum(['holder', 'kind', 'name', 'summary'])),
  'registration.objection.steps': someSteps,
  'registration.objection.acceptance': limitSchema,
  'registration.objection.investigation': limitSchema,
  'registration.coding.oneCertificateOneCode': yesNo,
  'registration.deregistration.limit': limitSchema,
  'registration.deregistration.grounds': choice,
  'registration.revocation.grounds': choice,
  'registration.revocation.report': z.strictObject({ required: yesNo }),
  'registration.correction.proof': z.strictObject({ consent: yesNo, evidence: yesNo }),
  'registration.validity.term': limitSchema,
  'registration.validity.byAgreement': z.strictObject({
    objects: z.array(z.enum(['resource', 'product'])),
    maxYears: z.number().int(),
  }),
  'registration.renewal.window': limitSchema,
  'registration.renewal.term': limitSchema,
  'registration.renewal.pending': z.strictObject({ keep: yesNo, term: z.string() }),
  'registration.expiry.announce': yesNo,
  'registration.obligation.first': limitSchema,
  'registration.obligation.legacy': limitSchema,
  'registration.obligation.subjectChange': limitSchema,
  'registration.obligation.change': limitSchema,
  'registration.obligation.product': limitSchema,
  'registration.retention.vouchers': limitSchema,
} as const satisfies Section

/** Rules a jurisdiction may leave out: periods of steps it does not have. */
export const optionalRules: readonly string[] = [
  'registration.objection.acceptance',
  'registration.objection.investigation',
  'registration.obligation.product',
  'registration.retention.vouchers',
]

export const rule = <K extends keyof typeof registrationSection>(rules: Rules, path: K) =>
  valueOf(registrationSection, rules, path)

/** The materials form of an application: the seven groups, or what its kind asks beside or instead of them. */
export const applicationForm = (rules: Rules, kind: string, variant: string): Form => {
  const materials = rule(
    rules,
    variant === 'product' ? 'registration.materials.product' : 'registration.materials.resource',
  )
  switch (kind) {
    case 'first':
      return materials
    case 'change':
      return [...rule(rules, 'registration.forms.change'), ...materials]
    case 'correction':
      return rule(rules, 'registration.forms.correction')
    case 'deregistration':
      return rule(rules, 'registration.forms.deregistration').map((f) =>
        f.key === 'ground' ? { ...f, options: rule(rules, 'registration.deregistration.grounds') } : f,
      )
    case 'renewal':
      return rule(rules, 'registration.forms.renewal')
    default:
      throw new Error(`no form for ${kind}`)
  }
}

/** The form that a row or a pack's step names. Throws on a name that no rule answers: the pack check binds every table. */
export const formFor = (rules: Rules, name: string, kind: string, variant: string): Form => {
  switch (name) {
    case 'application':
      return applicationForm(rules, kind, variant)
    case 'submission':
    case 'objection':
    case 'checklist':
      return rule(rules, `registration.forms.${name}`)
    case 'failure':
      return [
        { key: 'reason', term: '未通过原因', type: 'paragraph', required: true, max: 2000 },
        {
          key: 'advice',
          term: '整改意见',
          type: 'paragraph',
          required: rule(rules, 'registration.review.advice'),
          max: 4000,
        },
        ...rule(rules, 'registration.forms.checklist').map((f) => ({ ...f, required: false })),
      ]
    case 'revocation':
      return [
        {
          key: 'ground',
          term: '撤销情形',
          type: 'choice',
          required: true,
          options: rule(rules, 'registration.revocation.grounds'),
        },
        { key: 'facts', term: '线索与事实', type: 'paragraph', required: true },
        { key: 'files', term: '线索材料', type: 'files' },
      ]
    default:
      throw new Error(`no form is called "${name}"`)
  }
}

/** Whether a body of this legal form is bound to register the object in this scope, or encouraged to (26号 第五条). */
export const dutyToRegister = (
  rules: Rules,
  variant: 'resource' | 'product',
  scope: 'authorized' | 'other',
  form: string,
): 'mandatory' | 'encouraged' => {
  if (rule(rules, `registration.registrant.${variant}.${scope}`).voluntary) return 'encouraged'
  const duties = rule(rules, `registration.duty.${variant}`)
  return form === 'organ' || form === 'institution' ? duties[form] : duties.other
}
