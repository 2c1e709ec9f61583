import { z } from 'zod'
import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import type { Case, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, addPeriod, citeRule, list, text, texts, type Day } from '../kernel/index.ts'
import { stepsSchema } from '../registration/index.ts'
import { periodSchema } from '../catalogue/index.ts'
import { agreementKinds } from './agreement.ts'
import { planItems, scopeProblem } from './plan-laws.ts'
import { exitOf } from './exit-laws.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { winnerOf } from './selection.ts'
import { stepsOf } from './steps.ts'

const clause = z.strictObject({
  key: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  term: z.string().min(1),
  hint: z.string().optional(),
  required: z.boolean().optional(),
})
export const agreementSection = {
  'authorization.agreement.clauses': z.array(clause).min(1).describe('授权运营协议应包括的内容'),
  'authorization.agreement.term': periodSchema.describe('授权运营期限'),
  'authorization.agreement.deliberation.steps': stepsSchema.min(1).describe('签订前的审议'),
} as const satisfies Section
export const agreementRule = <K extends keyof typeof agreementSection>(rules: Rules, path: K) =>
  valueOf(agreementSection, rules, path)

/** The clauses as the rules list them: what is counted (scope, term, products) by itself, the rest in words. */
export const agreementForm = (rules: Rules): Form => [
  { key: 'title', term: '协议名称', type: 'text', required: true, clear: true, max: 100 },
  { key: 'items', term: '授权运营的公共数据资源', type: 'items', required: true, max: 2000 },
  { key: 'termFrom', term: '运营期限自', type: 'day', required: true, clear: true },
  { key: 'termTo', term: '运营期限至', type: 'day', required: true, clear: true },
  {
    key: 'termReason',
    term: '期限超过原则上限的理由',
    type: 'paragraph',
    max: 2000,
    hint: '不超过上限的不填',
  },
  {
    key: 'products',
    term: '拟提供的公共数据产品和服务',
    type: 'list',
    required: true,
    max: 500,
    fields: [
      { key: 'name', term: '名称', type: 'text', required: true, max: 100 },
      { key: 'charged', term: '拟收取运营服务费', type: 'yes' },
    ],
  },
  ...agreementRule(rules, 'authorization.agreement.clauses').map(({ key, term, hint, required }): Form[number] => ({
    key,
    term,
    type: 'paragraph',
    max: 20000,
    required: required ?? true,
    ...(hint ? { hint } : {}),
  })),
]
export const signatureForm: Form = [
  { key: 'signedOn', term: '签订日期', type: 'day', required: true, clear: true },
  { key: 'signer', term: '签署人', type: 'text', required: true, personal: true, max: 50 },
  { key: 'file', term: '加盖公章的协议（扫描件或电子签章文件）', type: 'files', required: true, max: 5 },
]

/** What the agreement says now. */
export const agreementOf = (s: Case): JsonObject => s.data['write'] ?? {}
export const agreementItems = (s: Case): readonly string[] => texts(agreementOf(s)['items'])
export const agreementTitle = (s: Case): string => text(agreementOf(s)['title']) || text(s.data['start']?.['number'])

const guards: Record<string, Guard> = {
  wasSelected: (s, _input, cx) => {
    const chosen = cx.related.find((c) => c.id === s.links['selection'])
    return chosen?.at === 'awarded' && winnerOf(chosen) === s.seats['operator']
      ? undefined
      : refuse('not_selected', '只能与依法选定的运营机构签订协议')
  },
  scopeFits: (s, input, cx) => {
    const no = scopeProblem(cx, texts(input['items']))
    if (no) return no
    const plan = cx.related.find((c) => c.id === s.links['plan'])
    const allowed = plan && new Set(planItems(plan))
    const beyond = allowed ? texts(input['items']).filter((id) => !allowed.has(id)) : []
    return beyond.length > 0
      ? refuse('beyond_plan', `有 ${beyond.length} 个目录项不在审定的实施方案之内`, {
          fields: { items: '超出实施方案' },
        })
      : undefined
  },
  scopeStillFits: (s, _input, cx) => scopeProblem(cx, agreementItems(s)),
  termFits: (_s, input, cx) => {
    const [from, to] = [text(input['termFrom']), text(input['termTo'])]
    if (to < from) return refuse('invalid', '期限的截止日不能早于起始日', { fields: { termTo: '早于起始日' } })
    const limit = agreementRule(cx.rules, 'authorization.agreement.term')
    const last = addPeriod(cx.calendar, from as Day, { ...limit, countStart: true }).day
    return to > last && text(input['termReason']) === ''
      ? refuse('too_long', `运营期限原则上最长到 ${last}，更长的须说明理由`, {
          fields: { termTo: `原则上不晚于 ${last}`, termReason: '请说明理由' },
          basis: citeRule(cx.rules, 'authorization.agreement.term'),
        })
      : undefined
  },
  decidedByNow: (s, input, cx) => {
    const day = text(input['decidedOn'])
    if (day > cx.day)
      return refuse('invalid', `审议日期不能晚于今天（${cx.day}）`, { fields: { decidedOn: '不能晚于今天' } })
    return day !== '' && day < (s.did['submit']?.day ?? '')
      ? refuse('invalid', '审议日期不能早于提请审议之日', { fields: { decidedOn: '早于提请审议之日' } })
      : undefined
  },
}

export const agreementLaws: Laws = {
  guards,
  derive: {
    started: (s, _input, cx) => ({
      data: { operatorName: cx.facts.orgs[s.seats['operator'] ?? '']?.name ?? '' },
    }),
    written: (_s, input) => ({
      data: { itemCount: texts(input['items']).length, productCount: list(input['products']).length },
    }),
    begun: (s) => ({ data: { begunFrom: text(agreementOf(s)['termFrom']) } }),
  },
  asks: (s, act, input) =>
    act === 'write'
      ? { ids: texts(input['items']) }
      : act === 'submit' || act.startsWith('deliberation.')
        ? { ids: texts(s.data['write']?.['items']) }
        : undefined,
  title: agreementTitle,
  derived: { operatorName: '运营机构', itemCount: '目录项数', productCount: '产品和服务数', begunFrom: '执行自' },
  facts: (s) => [
    { term: '种类', value: agreementKinds[s.kind as keyof typeof agreementKinds] },
    { term: '运营机构', value: text(s.data['start']?.['operatorName']) },
    {
      term: '期限',
      value: s.data['write'] ? `${text(agreementOf(s)['termFrom'])} 至 ${text(agreementOf(s)['termTo'])}` : '',
    },
    { term: '备案编号', value: text(s.data['filed']?.['receipt']) },
  ],
  begin: (s, act) => (act === 'write' && s.data['write'] ? agreementOf(s) : undefined),
  content: (s, rules) => ({ form: agreementForm(rules), value: agreementOf(s) }),
  // one for a whole territory at a time; one that is being handed over no longer counts
  claims: (s) =>
    s.kind === 'whole' && ['running', 'suspended'].includes(s.at)
      ? [{ scope: 'authorization.agreement.whole', key: s.seats['implementer'] ?? '' }]
      : [],
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    if (act.startsWith('deliberation.') && s.at === 'signing')
      return recordalOf(s, 'agreement', {
        filer: s.seats['implementer'] ?? '',
        hops: stepsOf(cx.rules, `authorization.recordal.agreement.${levelOf(s.division)}.steps`),
        name: agreementTitle(s),
        decidedOn: text(event.data['decidedOn']) || event.day,
      })
    if (act === 'expire' || act === 'terminate') return exitOf(s, act, event.data, cx)
    if (act === 'countersign') return [{ on: s.links['selection'] ?? '', act: 'contract', input: {} }]
    return []
  },
}
