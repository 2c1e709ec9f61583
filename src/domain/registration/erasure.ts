import type { Form, Json } from '#contract'
import { personalFields, refuse, wordOf } from '#contract'
import type { Rules } from '#policy'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { partyMatters } from '../parties/index.ts'
import { applicationKinds } from './kinds.ts'
import { applicationForm, rule } from './pack.ts'
import { application, objection, obligation, record } from './process.ts'

/** Cases whose papers are 登记原始凭证及相关文件材料. The database names the same ones (kept_until). */
export const vouchers: readonly string[] = ['application', 'record', 'objection', 'obligation']

/** 删除请求: one person's request about their personal values in one case (个人信息保护法 第四十七、五十条). */
export const erasure: Process = {
  name: 'erasure',
  term: '个人信息删除请求',
  kinds: { erasure: '个人信息删除请求' },
  seats: {
    requester: { term: '请求人', reads: true },
    registrar: { term: '登记机构', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    asked: { term: '待决定' },
    restricted: { term: '已限制处理' },
    erased: { term: '已删除', final: true },
    refused: { term: '不予删除', final: true },
    withdrawn: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    ask: {
      term: '请求删除',
      from: [],
      to: 'asked',
      by: 'requester.handler',
      basis: 'registration.erasure.grounds',
      form: 'erasure',
      guards: ['known'],
      tell: ['registrar'],
    },
    erase: {
      term: '删除',
      from: ['asked'],
      to: 'erased',
      by: 'registrar.approver',
      grave: true,
      basis: 'registration.erasure.grounds',
      guards: ['found', 'notHeld', 'termEnded'],
      derive: 'counted',
      tell: ['requester'],
    },
    restrict: {
      term: '限制处理',
      from: ['asked'],
      to: 'restricted',
      by: 'registrar.approver',
      grave: true,
      basis: 'registration.erasure.restriction',
      guards: ['found', 'toBeKept'],
      derive: 'counted',
      tell: ['requester'],
    },
    refuse: {
      term: '不予删除',
      from: ['asked'],
      to: 'refused',
      by: 'registrar.approver',
      optional: true,
      basis: 'registration.erasure.refusal',
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 }],
      tell: ['requester'],
    },
    withdraw: { term: '撤回请求', from: ['asked'], to: 'withdrawn', by: 'requester.handler', optional: true },
    eraseKept: {
      until: '保存期限届满',
      term: '期满删除',
      from: ['restricted'],
      to: 'erased',
      by: ['registrar.approver', 'system'],
      after: 'keptUntil',
      grave: true,
      optional: true,
      basis: 'registration.retention.vouchers',
      guards: ['notHeld', 'termEnded'],
      derive: 'counted',
      tell: ['requester'],
    },
  },
}

/** 暂停删除: a legal hold on one case, for a court, an inspection or a dispute. */
export const hold: Process = {
  name: 'hold',
  term: '暂停删除',
  kinds: { hold: '暂停删除' },
  seats: {
    registrar: { term: '登记机构', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: { held: { term: '暂停删除中' }, lifted: { term: '已解除', final: true } },
  slots: {},
  rows: {
    place: {
      term: '暂停删除',
      from: [],
      to: 'held',
      by: ['registrar.approver', 'bureau.approver'],
      form: [
        { key: 'reason', term: '原因', type: 'paragraph', required: true, max: 2000 },
        { key: 'document', term: '依据文件名称与文号', type: 'text' },
      ],
      tell: ['registrar', 'bureau'],
    },
    lift: {
      term: '解除暂停',
      from: ['held'],
      to: 'lifted',
      by: ['registrar.approver', 'bureau.approver'],
      optional: true,
      form: [{ key: 'reason', term: '原因', type: 'paragraph', required: true, max: 2000 }],
      tell: ['registrar', 'bureau'],
    },
  },
}

const kept = refuse('kept', '其中有登记凭证仍在保存期限内，只能限制处理，期满后方可删除')
const guards: Record<string, Guard> = {
  known: (state, _input, cx) =>
    state.seats['requester'] !== cx.user || cx.facts.realName
      ? undefined
      : refuse('not_real_name', '请求删除须实名：您的身份尚未核验，请先完成实名核验，或到数据管理部门窗口提出'),
  found: (_state, _input, cx) =>
    cx.facts.asked!.values > 0 ? undefined : refuse('nothing', '该事项中没有所请求的个人信息，或者已经删除、限制'),
  notHeld: (_state, _input, cx) =>
    cx.facts.asked!.held ? refuse('held', '该事项已依法暂停删除，解除后方可删除') : undefined,
  termEnded: (_state, _input, cx) => (cx.facts.asked!.until < cx.day ? undefined : kept),
  toBeKept: (_state, _input, cx) =>
    cx.facts.asked!.until >= cx.day
      ? undefined
      : refuse('not_kept', '所请求的个人信息没有须保存的期限，或期限已经届满，应当删除'),
}
const derive: Record<string, Derive> = {
  counted: (_state, _input, cx) => {
    const { values, until } = cx.facts.asked!
    return { data: { values, ...(until >= cx.day ? { keptUntil: until } : {}) } }
  },
}
export const erasureLaws: Laws = {
  guards,
  derive,
  // of erasing and restricting only what the term allows is offered
  foreseen: ['found', 'notHeld', 'termEnded', 'toBeKept'],
  title: () => '个人信息删除请求',
  facts: (s) =>
    s.at === 'restricted' ? [{ term: '保存至', value: String(s.data['restrict']?.['keptUntil'] ?? '') }] : [],
}
export const holdLaws: Laws = { guards: {}, derive: {}, title: () => '暂停删除' }

/** The table of legal holds as a function of a case. */
export const holdRows = (
  s: Case,
): readonly { readonly table: 'hold'; readonly row: { readonly [c: string]: Json } }[] =>
  s.process === 'hold'
    ? [
        {
          table: 'hold',
          row: {
            id: s.id,
            stream: s.links['case'] ?? '',
            reason: wordOf(s.data['place']?.['reason']),
            by: s.did['place']?.by ?? '',
            since: s.did['place']?.day ?? '',
            until: s.did['lift']?.day ?? null,
          },
        },
      ]
    : []

/** Every form in which a person may have been named: personal values are marked there and nowhere else. */
const formsOf = (rules: Rules): readonly Form[] => [
  ...Object.keys(applicationKinds).flatMap((kind) =>
    ['resource', 'product'].map((variant) => applicationForm(rules, kind, variant)),
  ),
  ...(['submission', 'objection', 'checklist'] as const).map((name) => rule(rules, `registration.forms.${name}`)),
  ...[application, record, objection, obligation, partyMatters['person']!.process].flatMap((p) =>
    Object.values(p.rows).flatMap((r) => (typeof r.form === 'object' ? [r.form] : [])),
  ),
]

/** The request: which of the values that forms mark as personal, and on which ground. */
export const erasureForm = (rules: Rules): Form => {
  const terms = new Map<string, string>()
  for (const { path, term } of formsOf(rules).flatMap((f) => personalFields(f)))
    if (!terms.has(path)) terms.set(path, term)
  return [
    {
      key: 'fields',
      term: '请求删除的个人信息',
      type: 'choices',
      required: true,
      clear: true,
      options: [...terms].map(([value, term]) => ({ value, term })),
    },
    {
      key: 'ground',
      term: '情形',
      type: 'choice',
      required: true,
      clear: true,
      options: rule(rules, 'registration.erasure.grounds'),
    },
    { key: 'name', term: '本人姓名', type: 'text', max: 50, personal: true, hint: '由窗口代为提出的，填写本人姓名' },
    { key: 'contact', term: '联系方式', type: 'text', max: 100, personal: true },
    { key: 'statement', term: '说明', type: 'paragraph', max: 1000, personal: true },
  ]
}

/** Why the keeper reads what is restricted. In words of this list only: the access log is for good, and must not name anybody again. */
export const readingForm: Form = [
  {
    key: 'reason',
    term: '查阅原因',
    type: 'choice',
    required: true,
    options: [
      { value: 'subject', term: '本人查阅、复制' },
      { value: 'authority', term: '司法机关、监察机关或行政机关依法调取' },
      { value: 'dispute', term: '登记争议、异议的核实' },
      { value: 'inspection', term: '档案与安全检查' },
    ],
  },
  { key: 'document', term: '依据文号', type: 'code', required: true, max: 60, hint: '不填写人名' },
]
