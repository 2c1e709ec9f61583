import type { Form, Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, citeRule, list, text } from '../kernel/index.ts'
import { latest } from './item.ts'
import { catalogueRule } from './pack.ts'

const lines = (v: unknown): string[] =>
  text(v)
    .split(/[\n，,、；;]/)
    .map((x) => x.trim())
    .filter(Boolean)

/** 数据采集与采购申请: a unit wants data that it has not got. What can be shared is neither collected again nor bought. */
export const acquisition: Process = {
  name: 'acquisition',
  term: '数据采集与采购申请',
  kinds: { collection: '新增采集', purchase: '采购非公共数据' },
  seats: {
    applicant: { term: '申请单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    applied: { term: '待审批' },
    approved: { term: '已批准' },
    acquired: { term: '已取得', final: true },
    refused: { term: '未批准', final: true },
    withdrawn: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    apply: {
      term: '申请采集或采购',
      from: [],
      to: 'applied',
      by: 'applicant.handler',
      basis: 'catalogue.acquisition.{kind}',
      form: 'acquisition',
      derive: 'searched',
      tell: ['bureau'],
    },
    search: {
      term: '再次检索目录',
      from: ['applied'],
      to: '=',
      by: ['applicant.handler', 'bureau.handler', 'bureau.approver'],
      optional: true,
      basis: 'catalogue.acquisition.{kind}',
      derive: 'searched',
    },
    approve: {
      term: '批准',
      from: ['applied'],
      to: 'approved',
      by: 'bureau.approver',
      basis: 'catalogue.acquisition.{kind}',
      within: 'catalogue.acquisition.approval',
      form: 'acquisitionApproval',
      guards: ['noneToShare'],
      derive: 'searched',
      tell: ['applicant'],
    },
    refuse: {
      term: '不予批准',
      from: ['applied'],
      to: 'refused',
      by: 'bureau.approver',
      optional: true,
      grave: true,
      basis: 'catalogue.acquisition.{kind}',
      form: [
        { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
        { key: 'instead', term: '可以共享取得的目录项', type: 'text', max: 500, hint: '写明后申请单位据此申请共享' },
      ],
      tell: ['applicant'],
    },
    collected: {
      term: '登记采集完成',
      from: ['approved'],
      to: 'acquired',
      by: 'applicant.handler',
      kinds: ['collection'],
      form: 'acquisitionDone',
      tell: ['bureau'],
    },
    purchased: {
      term: '登记采购结果',
      from: ['approved'],
      to: 'acquired',
      by: 'applicant.handler',
      kinds: ['purchase'],
      basis: 'catalogue.acquisition.purchase',
      form: 'acquisitionPurchase',
      guards: ['termFits'],
      tell: ['bureau'],
    },
    withdraw: {
      term: '撤回申请',
      from: ['applied', 'approved'],
      to: 'withdrawn',
      by: 'applicant.handler',
      optional: true,
      grave: true,
      tell: ['bureau'],
    },
  },
}

/** What is wanted, as the catalogue is searched for it: a name, and the information items it should hold. */
export const wantedOf = (input: JsonObject): { readonly name: string; readonly fields: readonly string[] } => ({
  name: text(input['name']),
  fields: lines(input['fields']),
})
/** What an open application wants. */
export const wantedBy = (s: Case): ReturnType<typeof wantedOf> => wantedOf(s.data['apply'] ?? {})

/** An entry as an approver names it. */
const label = (f: { readonly name: string; readonly unit: string }): string => `${f.name}（${f.unit}）`
const foundOf = (s: Case): readonly JsonObject[] =>
  list(s.data[latest(s, ['apply', 'search', 'approve']) ?? '']?.['found'])

const guards: Record<string, Guard> = {
  /** 可以通过共享获取的，不得重复采集、不得采购: each entry that could be shared is answered with a reason. */
  noneToShare: (s, input, cx) => {
    const answered = new Map(list(input['answers']).map((a) => [text(a['entry']), text(a['reason'])]))
    const open = (cx.facts.shareable ?? []).filter((f) => (answered.get(label(f)) ?? '') === '')
    const names = open.map(label).join('、')
    return open.length === 0
      ? undefined
      : refuse(
          'shareable',
          `目录中有可以共享的数据：${names}。能够共享取得的不得重复采集、采购；确不适用的，请逐项写明理由`,
          {
            fields: { answers: `请逐项写明为何不适用：${names}` },
            basis: citeRule(cx.rules, `catalogue.acquisition.${s.kind}`),
          },
        )
  },
  termFits: (_s, input) =>
    text(input['termTo']) < text(input['termFrom'])
      ? refuse('invalid', '使用期限的截止日早于起始日', { fields: { termTo: '早于起始日' } })
      : undefined,
}

const derive: Record<string, Derive> = {
  /** The entries found stand in the case with the day on which they were looked for. */
  searched: (_s, _input, cx) => ({
    data: { searchedOn: cx.day },
    sealed: {
      found: (cx.facts.shareable ?? []).map((f) => ({
        id: f.id,
        entry: label(f),
        name: f.name,
        unit: f.unit,
        sharing: f.sharing,
      })),
    },
  }),
}

/** What was bought is listed for all to share (统采共用). */
const effects: NonNullable<Laws['effects']> = (s, e, cx) => {
  if (actOf(e) !== 'purchased') return []
  const { name, summary } = s.data['apply'] ?? {}
  const bought = s.data['purchased'] ?? {}
  const unit = cx.facts.orgs[s.seats['applicant'] ?? '']?.name ?? ''
  return [
    {
      open: {
        process: 'item',
        kind: 'resource',
        variant: 'resource',
        division: s.division,
        seats: { holder: s.seats['applicant'] ?? '', coHolder: '', bureau: s.seats['bureau'] ?? '' },
        links: { acquisition: s.id },
      },
      act: 'list',
      input: {
        sealed: {
          name: text(name),
          summary: text(summary),
          holders: [unit],
          frequency: text(bought['frequency']),
          pending: true,
          sharing: text(bought['sharing']),
          ...(text(bought['sharingCondition']) === '' ? {} : { sharingCondition: text(bought['sharingCondition']) }),
          opening: 'none',
          openingCondition: '采购取得的非公共数据，按采购合同约定使用',
          fields: wantedBy(s).fields.map((f) => ({ name: f })),
        },
      },
    },
  ]
}

const yuan = (fen: unknown): string => {
  const n = Number(fen ?? 0)
  return `${Math.trunc(n / 100)}.${String(n % 100).padStart(2, '0')} 元`
}

const applied = (rules: Rules, kind: string): Form => [
  { key: 'name', term: '数据名称', type: 'text', required: true, max: 200, hint: '提交时按名称和信息项检索共享目录' },
  { key: 'summary', term: '数据内容', type: 'paragraph', required: true, max: 1000 },
  { key: 'fields', term: '信息项', type: 'paragraph', required: true, max: 2000, hint: '每行一项' },
  { key: 'purpose', term: '用途', type: 'paragraph', required: true, max: 1000 },
  { key: 'duty', term: '采集、使用的法定职责及依据', type: 'text', required: true, max: 300 },
  ...(kind === 'purchase'
    ? ([
        { key: 'budget', term: '预算金额（分）', type: 'number', required: true, hint: '以分为单位：1 万元填 1000000' },
        { key: 'funds', term: '资金来源', type: 'text', required: true, max: 200 },
        { key: 'joint', term: '其他需要这项数据的单位', type: 'text', max: 300, hint: '统筹采购、一次采购共同使用' },
      ] as const)
    : ([
        { key: 'from', term: '向谁采集', type: 'text', required: true, max: 200 },
        { key: 'method', term: '采集方式和频次', type: 'text', required: true, max: 200 },
      ] as const)),
  { key: 'files', term: '附件', type: 'files', max: 10 },
  {
    key: 'understood',
    term: '能够共享取得的不重复采集、采购',
    type: 'yes',
    required: true,
    clear: true,
    hint: text((rules.values[`catalogue.acquisition.${kind}`]?.value as { says?: string } | undefined)?.says),
  },
]

/** The forms of an application by name; undefined for a name that is none of them. */
export const acquisitionForm = (rules: Rules, name: string, kind: string): Form | undefined => {
  switch (name) {
    case 'acquisition':
      return applied(rules, kind)
    case 'acquisitionApproval':
      return [
        {
          key: 'answers',
          term: '目录中可以共享的数据为何不适用',
          type: 'list',
          max: 40,
          fields: [
            { key: 'entry', term: '目录项', type: 'text', required: true, max: 400 },
            { key: 'reason', term: '不适用的理由', type: 'text', required: true, max: 500 },
          ],
        },
        { key: 'opinion', term: '审批意见', type: 'paragraph', max: 2000 },
        { key: 'document', term: '批准文件名称与文号', type: 'text', max: 200 },
      ]
    case 'acquisitionDone':
      return [
        { key: 'result', term: '采集情况', type: 'paragraph', required: true, max: 1000 },
        { key: 'entry', term: '编入的目录项', type: 'text', max: 200, hint: '采集的数据由本单位编制目录项' },
      ]
    case 'acquisitionPurchase':
      return [
        { key: 'supplier', term: '供应商', type: 'text', required: true, max: 200 },
        { key: 'contractNo', term: '合同编号', type: 'text', required: true, max: 100 },
        { key: 'price', term: '合同金额（分）', type: 'number', required: true, hint: '以分为单位：1 万元填 1000000' },
        { key: 'signedOn', term: '签订日期', type: 'day', required: true, clear: true },
        { key: 'termFrom', term: '使用期限自', type: 'day', required: true, clear: true },
        { key: 'termTo', term: '使用期限至', type: 'day', required: true, clear: true },
        {
          key: 'frequency',
          term: '更新频率',
          type: 'choice',
          required: true,
          options: catalogueRule(rules, 'catalogue.frequencies').map(({ value, term }) => ({ value, term })),
        },
        {
          key: 'sharing',
          term: '共享属性',
          type: 'choice',
          required: true,
          clear: true,
          options: catalogueRule(rules, 'catalogue.sharing.classes').filter((c) => c.value !== 'none'),
          hint: '采购的数据纳入共享目录，本单位登记后自动编入',
        },
        {
          key: 'sharingCondition',
          term: '共享条件',
          type: 'text',
          required: true,
          max: 300,
          when: { key: 'sharing', is: ['conditional'] },
        },
        { key: 'files', term: '合同', type: 'files', max: 10 },
      ]
    default:
      return undefined
  }
}

const content: NonNullable<Laws['content']> = (s, rules) => {
  const form: Form = [
    { key: 'asked', term: '申请', type: 'group', fields: applied(rules, s.kind) },
    {
      key: 'found',
      term: `共享目录检索结果（${text(s.data[latest(s, ['apply', 'search', 'approve']) ?? '']?.['searchedOn'])}）`,
      type: 'list',
      fields: [
        { key: 'entry', term: '可以共享的目录项', type: 'text' },
        {
          key: 'sharing',
          term: '共享属性',
          type: 'choice',
          options: catalogueRule(rules, 'catalogue.sharing.classes'),
        },
        { key: 'reason', term: '不适用的理由', type: 'text' },
      ],
    },
    {
      key: 'bought',
      term: '采购结果',
      type: 'group',
      fields: acquisitionForm(rules, 'acquisitionPurchase', s.kind) ?? [],
    },
  ]
  const reasons = new Map(list(s.data['approve']?.['answers']).map((a) => [text(a['entry']), text(a['reason'])]))
  const found = foundOf(s).map(({ entry, sharing }) => ({
    entry: text(entry),
    sharing: text(sharing),
    reason: reasons.get(text(entry)) ?? '',
  }))
  const { found: _f, searchedOn: _d, ...asked } = s.data['apply'] ?? {}
  const value: Record<string, Json> = { asked, found }
  if (s.data['purchased']) value['bought'] = s.data['purchased']
  return { form, value }
}

export const acquisitionLaws: Laws = {
  guards,
  derive,
  effects,
  title: (s) => text(s.data['apply']?.['name']),
  facts: (s) => {
    const n = foundOf(s).length
    const price = s.data['purchased']?.['price']
    return [
      { term: '目录检索', value: n === 0 ? '没有可共享的' : `${n} 项可共享` },
      ...(price === undefined ? [] : [{ term: '合同金额', value: yuan(price) }]),
    ]
  },
  content,
  begin: (s, act) =>
    act === 'approve' ? { answers: foundOf(s).map((f) => ({ entry: text(f['entry']) })) } : undefined,
  derived: { searchedOn: '检索日期' },
}
