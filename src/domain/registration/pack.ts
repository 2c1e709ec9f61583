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

const by = z
  .string()
  .regex(/^[a-z][A-Za-z]*\.(handler|approver|admin)$/, 'expected seat.duty with duty handler, approver or admin')
export const stepSchema = z.strictObject({
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
/** A chain of steps as a pack writes it. */
export const stepsSchema = z.array(stepSchema)
const steps = stepsSchema
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
  'registration.scope.objects': objects.describe('登记对象'),
  'registration.registrant.resource.authorized': role.describe('登记主体：纳入授权运营范围的公共数据资源'),
  'registration.registrant.resource.other': role.describe('登记主体：未纳入授权运营范围的公共数据资源'),
  'registration.registrant.product.authorized': role.describe('登记主体：授权运营形成的产品和服务'),
  'registration.registrant.product.other': role.describe('登记主体：其他产品和服务'),
  'registration.registrant.forms': z
    .array(z.enum(['organ', 'institution', 'enterprise', 'social', 'unincorporated', 'person']))
    .describe('登记主体的单位性质'),
  'registration.duty.resource': duty.describe('公共数据资源：应当登记或鼓励登记'),
  'registration.duty.product': duty.describe('产品和服务：应当登记或鼓励登记'),
  'registration.central': z.strictObject({ ask: yesNo, says: z.string() }).describe('中央单位的登记'),
  'registration.registrar.kinds': z
    .array(z.enum(['organ', 'institution', 'enterprise', 'social']))
    .describe('登记机构的性质'),
  'registration.registrar.levels': z
    .strictObject({ province: yesNo, city: yesNo, county: yesNo })
    .describe('哪一级应当设登记机构'),
  // 首次登记 always carries a public notice (26号 第十二条)
  'registration.kinds.first': kind.extend({ notice: z.literal(true) }).describe('首次登记'),
  'registration.kinds.change': kind.describe('变更登记'),
  'registration.kinds.correction': kind.describe('更正登记'),
  'registration.kinds.deregistration': kind.describe('注销登记'),
  'registration.kinds.renewal': kind.describe('续展'),
  'registration.materials.resource': formSchema.describe('公共数据资源登记材料'),
  'registration.materials.product': formSchema.describe('产品和服务登记材料'),
  'registration.forms.change': formSchema.describe('变更登记材料'),
  'registration.forms.correction': formSchema.describe('更正登记材料'),
  'registration.forms.deregistration': formSchema.describe('注销登记材料'),
  'registration.forms.renewal': formSchema.describe('续展材料'),
  'registration.forms.objection': formSchema.describe('异议材料'),
  'registration.forms.submission': formSchema.describe('提交时的承诺'),
  'registration.forms.checklist': formSchema.describe('形式审核清单'),
  'registration.businessReview.steps': steps.describe('业务审核'),
  'registration.evidence': z.strictObject({ required: yesNo }).describe('申请前存证'),
  'registration.acceptance.limit': limitSchema.describe('受理期限'),
  'registration.review.steps': someSteps.describe('审核步骤'),
  'registration.review.limit': limitSchema.describe('审核期限'),
  'registration.review.lateReason': yesNo.describe('未按期完成的，说明原因'),
  'registration.review.advice': yesNo.describe('未通过的，提出整改意见'),
  'registration.notice.period': limitSchema.describe('公示期'),
  'registration.notice.start': z.enum(['nextWorkday', 'sameDay']).describe('公示期起算'),
  'registration.notice.fields': z.array(z.enum(['holder', 'kind', 'name', 'summary'])).describe('公示内容'),
  'registration.objection.steps': someSteps.describe('异议处理步骤'),
  'registration.objection.acceptance': limitSchema.describe('异议受理期限'),
  'registration.objection.investigation': limitSchema.describe('异议调查期限'),
  'registration.coding.oneCertificateOneCode': yesNo.describe('一证一码'),
  'registration.deregistration.limit': limitSchema.describe('注销办结期限'),
  'registration.deregistration.grounds': choice.describe('注销情形'),
  'registration.revocation.grounds': choice.describe('撤销情形'),
  'registration.revocation.report': z.strictObject({ required: yesNo }).describe('撤销情况报送'),
  'registration.correction.proof': z.strictObject({ consent: yesNo, evidence: yesNo }).describe('更正的条件'),
  'registration.validity.term': limitSchema.describe('登记结果有效期'),
  'registration.validity.byAgreement': z
    .strictObject({
      objects: z.array(z.enum(['resource', 'product'])),
      maxYears: z.number().int(),
    })
    .describe('以协议运营期限为准'),
  'registration.renewal.window': limitSchema.describe('续展申请时间'),
  'registration.renewal.term': limitSchema.describe('每次续展期'),
  'registration.renewal.pending': z.strictObject({ keep: yesNo, term: z.string() }).describe('届满时续展在办的'),
  'registration.expiry.announce': yesNo.describe('期满注销公告'),
  'registration.obligation.first': limitSchema.describe('首次登记期限'),
  'registration.obligation.legacy': limitSchema.describe('施行前已开展授权运营的登记期限'),
  'registration.obligation.subjectChange': limitSchema.describe('登记主体信息变化的申请期限'),
  'registration.obligation.change': limitSchema.describe('登记内容变化的申请期限'),
  'registration.obligation.product': limitSchema.describe('产品和服务登记期限'),
  'registration.retention.vouchers': limitSchema.describe('登记原始凭证保存期限'),
  'registration.retention.logs': limitSchema.describe('网络日志和操作日志保存期限'),
  'registration.erasure.grounds': choice.describe('删除个人信息的情形'),
  'registration.erasure.restriction': z.strictObject({ says: z.string() }).describe('保存期限未届满的个人信息'),
  'registration.erasure.refusal': z.strictObject({ says: z.string() }).describe('拒绝删除请求'),
} as const satisfies Section

/** Headings under which the rule library shows the section, by the second part of a rule's path, in the order of the procedure. */
export const registrationHeadings: readonly { readonly term: string; readonly of: readonly string[] }[] = [
  { term: '登记范围与登记主体', of: ['scope', 'registrant', 'duty', 'central'] },
  { term: '登记机构', of: ['registrar'] },
  { term: '申请与材料', of: ['kinds', 'materials', 'forms', 'businessReview', 'evidence'] },
  { term: '受理', of: ['acceptance'] },
  { term: '形式审核', of: ['review'] },
  { term: '公示', of: ['notice'] },
  { term: '异议', of: ['objection'] },
  { term: '赋码与有效期', of: ['coding', 'validity'] },
  { term: '续展与届满', of: ['renewal', 'expiry'] },
  { term: '更正、注销与撤销', of: ['correction', 'deregistration', 'revocation'] },
  { term: '登记义务', of: ['obligation'] },
  { term: '保存与个人信息', of: ['retention', 'erasure'] },
]

/** Codes that stand in values of this section, in words. */
export const registrationWords: Readonly<Record<string, string>> = {
  organ: '党政机关',
  institution: '事业单位',
  enterprise: '企业法人',
  social: '社会组织法人',
  unincorporated: '非法人组织',
  person: '自然人',
  other: '其他单位',
  mandatory: '应当登记',
  encouraged: '鼓励登记',
  province: '省级',
  city: '市级',
  county: '县级',
  holder: '登记主体名称',
  kind: '登记类型',
  name: '登记数据名称',
  summary: '数据内容简介',
  nextWorkday: '发布后的下一个工作日',
  sameDay: '发布当日',
  required: '要求',
  consent: '登记主体书面同意',
  evidence: '有证据证明',
  objects: '适用于',
  resource: '公共数据资源',
  product: '公共数据产品和服务',
  maxYears: '最长年数',
}

/** Rules a jurisdiction may leave out: periods of steps it does not have. */
export const optionalRules: readonly string[] = [
  'registration.objection.acceptance',
  'registration.objection.investigation',
  'registration.obligation.product',
  'registration.retention.logs',
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

/** The form that a row or a pack's step names. */
export const formFor = (rules: Rules, name: string, kind: string, variant: string): Form | undefined => {
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
      return undefined
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
