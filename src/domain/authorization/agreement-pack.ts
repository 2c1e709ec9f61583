import { z } from 'zod'
import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepsSchema } from '../registration/index.ts'
import { periodSchema } from '../catalogue/index.ts'

const says = z.strictObject({ says: z.string().min(1) })
const clause = z.strictObject({
  /** Its number in the document, as in 第十四条（三）. */
  no: z.string().min(1),
  key: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  term: z.string().min(1),
  hint: z.string().optional(),
  required: z.boolean().optional(),
  /** What is counted and compared stands in fields of its own; anything else is written in words. */
  as: z.enum(['items', 'term', 'products']).optional(),
})
const report = z.strictObject({
  term: z.string().min(1),
  to: z.string().min(1),
  every: z.enum(['quarter', 'half', 'year']),
  /** Counted from the last day of what is reported on. */
  within: periodSchema,
})

export const agreementSection = {
  'authorization.agreement.clauses': z.array(clause).min(1).describe('授权运营协议应包括的内容'),
  'authorization.agreement.parties': says.describe('签订协议的各方'),
  'authorization.agreement.signing': says
    .extend({ by: z.string().optional() })
    .describe('审议通过后签订；省本级有完成日期的'),
  'authorization.agreement.term': periodSchema.describe('授权运营期限'),
  'authorization.agreement.exception': says.describe('超过原则期限的同意'),
  'authorization.agreement.deliberation.steps': stepsSchema.min(1).describe('签订前的审议'),
  'authorization.agreement.supplement': says.describe('协议变更'),
  'authorization.agreement.renewal.window': periodSchema.describe('届满前提出续签的时间'),
  'authorization.agreement.renewal.term': periodSchema.describe('每次续签的期限'),
  'authorization.agreement.tracking': says.describe('协议执行情况的动态跟踪'),
  'authorization.agreement.ending': says.describe('期限届满终止'),
  'authorization.agreement.suspension': says.describe('不遵守协议的暂停执行、提前终止'),
  'authorization.agreement.legacy': z
    .strictObject({ before: z.string(), says: z.string() })
    .describe('施行前已经开展的授权运营'),
  'authorization.reports.operation': report.describe('运营情况报告'),
} as const satisfies Section
export const agreementRule = <K extends keyof typeof agreementSection>(rules: Rules, path: K) =>
  valueOf(agreementSection, rules, path)

export type Clause = z.infer<typeof clause>
export type ReportRule = z.infer<typeof report>

/** Who may sign beside the 实施机构, each in a seat of its own. */
export const jointSeats = ['jointA', 'jointB', 'jointC'] as const

const products: Form[number] = {
  key: 'products',
  term: '拟提供的公共数据产品和服务',
  type: 'list',
  required: true,
  max: 500,
  fields: [
    { key: 'name', term: '名称', type: 'text', required: true, max: 100 },
    { key: 'charged', term: '拟收取运营服务费', type: 'yes' },
  ],
}
const clauses = (rules: Rules, required: boolean): Form =>
  agreementRule(rules, 'authorization.agreement.clauses')
    .filter((c) => !c.as)
    .map((c) => ({
      key: c.key,
      term: c.term,
      type: 'paragraph',
      max: 20000,
      required: required && (c.required ?? true),
      ...(c.hint ? { hint: c.hint } : {}),
    }))

/** What an agreement says: scope, term and products item by item, everything else that the rules list in words. */
export const agreementForm = (rules: Rules): Form => [
  { key: 'title', term: '协议名称', type: 'text', required: true, clear: true, max: 100 },
  {
    key: 'cosigners',
    term: '会同签订的业务主管部门',
    type: 'list',
    max: jointSeats.length,
    hint: '实施机构独立签订的不填',
    fields: [{ key: 'party', term: '部门', type: 'party', required: true }],
  },
  { key: 'items', term: '授权运营的公共数据资源', type: 'items', required: true, max: 2000 },
  { key: 'termFrom', term: '运营期限自', type: 'day', required: true, clear: true },
  { key: 'termTo', term: '运营期限至', type: 'day', required: true, clear: true },
  {
    key: 'termReason',
    term: '期限超过原则上限的理由',
    type: 'paragraph',
    max: 2000,
    hint: '不超过上限的不填；超过的，须另经同意',
  },
  products,
  ...clauses(rules, true),
]

/** An agreement concluded before the rules came: what it says, and what of it is missing. */
export const legacyForm = (rules: Rules): Form => [
  { key: 'number', term: '协议编号', type: 'text', required: true, clear: true, max: 60 },
  { key: 'title', term: '协议名称', type: 'text', required: true, clear: true, max: 100 },
  { key: 'operator', term: '运营机构', type: 'party', required: true, clear: true },
  {
    key: 'mode',
    term: '授权模式',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      { value: 'whole', term: '整体授权' },
      { value: 'domain', term: '分领域授权' },
      { value: 'scenario', term: '依场景授权' },
      { value: 'local', term: '未区分' },
    ],
  },
  { key: 'signedOn', term: '签订日期', type: 'day', required: true, clear: true },
  { key: 'termFrom', term: '运营期限自', type: 'day', required: true, clear: true },
  { key: 'termTo', term: '运营期限至', type: 'day', required: true, clear: true },
  { key: 'items', term: '授权运营的公共数据资源', type: 'items', max: 2000, hint: '尚未编目的，编目后补齐' },
  { ...products, required: false },
  {
    key: 'decidedOn',
    term: '“三重一大”审议日期',
    type: 'day',
    clear: true,
    hint: '没有审议记录的不填，列入待补齐事项',
  },
  { key: 'receipt', term: '已备案的，备案编号', type: 'text', clear: true, max: 60 },
  { key: 'files', term: '已签订的协议', type: 'files', required: true, max: 10 },
  ...clauses(rules, false),
]

export const signatureForm: Form = [
  { key: 'signedOn', term: '签订日期', type: 'day', required: true, clear: true },
  { key: 'signer', term: '签署人', type: 'text', required: true, personal: true, max: 50 },
  {
    key: 'manner',
    term: '签订方式',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      { value: 'paper', term: '纸质签章（上传扫描件）' },
      { value: 'electronic', term: '电子签章' },
    ],
  },
  {
    key: 'file',
    term: '加盖公章的协议',
    type: 'files',
    required: true,
    max: 5,
    hint: '纸质原件的扫描件，或带有电子签章的 PDF；须与审议通过的文本一致，电子签章由系统核验',
  },
]

export const renewalRequestForm: Form = [
  { key: 'wantedTo', term: '申请续签至', type: 'day', required: true, clear: true },
  { key: 'reason', term: '续签理由和运营成效', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '运营成效评价等材料', type: 'files', required: true, max: 10 },
]
/** What a supplement changes: it begins with what stands now, and says it all again. */
export const supplementForm = (rules: Rules, kind: string): Form => [
  { key: 'title', term: '名称', type: 'text', required: true, clear: true, max: 100 },
  { key: 'number', term: '编号', type: 'text', clear: true, max: 60 },
  { key: 'reason', term: '变更原因', type: 'paragraph', required: true, max: 4000 },
  {
    key: 'termTo',
    term: kind === 'renewal' ? '续签至' : '运营期限至',
    type: 'day',
    required: true,
    clear: true,
  },
  { key: 'items', term: '授权运营的公共数据资源', type: 'items', required: true, max: 2000 },
  products,
  ...clauses(rules, false),
]
