import type { Field, Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Guard, Laws, Process } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'

const says = (key: string, term: string, max = 1000): Field => ({ key, term, type: 'paragraph', required: true, max })
const ways: Field = {
  key: 'way',
  term: '从哪里取得',
  type: 'choice',
  required: true,
  clear: true,
  options: [
    { value: 'open', term: '已经开放，可直接下载或申请' },
    { value: 'share', term: '政务部门可申请共享' },
    { value: 'operation', term: '通过授权运营的产品和服务取得' },
  ],
}

const whereToFind: Form = [
  { key: 'items', term: '可用的目录项', type: 'items', required: true, max: 50 },
  ways,
  says('says', '怎样取得', 500),
]

/** 数据需求: what somebody wants data for, who answers it, and whether it helped. */
export const demand: Process = {
  name: 'demand',
  term: '数据需求',
  kinds: { public: '社会公众', operator: '运营机构', unit: '政务部门' },
  seats: {
    requester: { term: '需求方', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    unit: { term: '答复单位', reads: true },
  },
  states: {
    raised: { term: '待受理' },
    accepted: { term: '对接中' },
    routed: { term: '单位答复中' },
    promised: { term: '已列入，待提供' },
    answered: { term: '已答复，待反馈' },
    unmet: { term: '不能满足，待反馈' },
    delivered: { term: '已办结', final: true },
    closed: { term: '未能满足', final: true },
    declined: { term: '不予受理', final: true },
    withdrawn: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    raise: {
      term: '提出数据需求',
      from: [],
      to: 'raised',
      by: 'requester.handler',
      form: 'demand',
      basis: 'catalogue.demand.mechanism',
      tell: ['bureau'],
    },
    withdraw: {
      term: '撤回需求',
      from: ['raised', 'accepted', 'routed', 'promised'],
      to: 'withdrawn',
      by: 'requester.handler',
      optional: true,
      tell: ['bureau', 'unit'],
    },
    accept: {
      term: '受理',
      from: ['raised'],
      to: 'accepted',
      by: 'bureau.handler',
      within: 'catalogue.demand.accept.limit',
      basis: 'catalogue.demand.mechanism',
      tell: ['requester'],
    },
    decline: {
      term: '不予受理',
      from: ['raised'],
      to: 'declined',
      by: 'bureau.handler',
      optional: true,
      basis: 'catalogue.demand.mechanism',
      tell: ['requester'],
      form: [says('reason', '不予受理的理由')],
    },
    route: {
      term: '转单位答复',
      from: ['accepted'],
      to: 'routed',
      by: 'bureau.handler',
      optional: true,
      basis: 'catalogue.demand.mechanism',
      guards: ['toAUnit'],
      derive: 'routed',
      tell: ['unit', 'requester'],
      form: [
        { key: 'to', term: '答复单位', type: 'party', required: true },
        { key: 'note', term: '对接要求', type: 'text', max: 300 },
      ],
    },
    handBack: {
      term: '退回，不属于本单位',
      from: ['routed'],
      to: 'accepted',
      by: 'unit.handler',
      optional: true,
      tell: ['bureau'],
      derive: 'unseated',
      form: [says('reason', '理由', 300)],
    },
    available: {
      term: '答复：已有目录可用',
      from: ['accepted', 'routed'],
      to: 'answered',
      by: ['bureau.handler', 'unit.handler'],
      basis: 'catalogue.demand.mechanism',
      within: 'catalogue.demand.answer.limit',
      since: 'accept',
      tell: ['requester', 'bureau'],
      form: whereToFind,
    },
    deliver: {
      term: '已经可用，答复需求方',
      from: ['promised'],
      to: 'answered',
      by: ['bureau.handler', 'unit.handler'],
      basis: 'catalogue.demand.mechanism',
      within: 'by',
      until: '预计可用',
      tell: ['requester', 'bureau'],
      form: whereToFind,
    },
    compile: {
      term: '答复：新增编目',
      from: ['accepted', 'routed'],
      to: 'promised',
      by: ['bureau.handler', 'unit.handler'],
      optional: true,
      basis: 'catalogue.demand.mechanism',
      guards: ['dayAhead'],
      tell: ['requester', 'bureau'],
      form: [
        { key: 'by', term: '预计何时编入目录', type: 'day', required: true, clear: true },
        says('says', '说明', 500),
      ],
    },
    plan: {
      term: '答复：纳入开放计划',
      from: ['accepted', 'routed'],
      to: 'promised',
      by: ['bureau.handler', 'unit.handler'],
      optional: true,
      basis: 'catalogue.demand.mechanism',
      guards: ['dayAhead'],
      tell: ['requester', 'bureau'],
      form: [
        { key: 'items', term: '将开放的目录项', type: 'items', required: true, max: 50 },
        { key: 'by', term: '预计何时开放', type: 'day', required: true, clear: true },
        says('says', '说明', 500),
      ],
    },
    cannot: {
      term: '答复：不能满足',
      from: ['accepted', 'routed', 'promised'],
      to: 'unmet',
      by: ['bureau.handler', 'unit.handler'],
      optional: true,
      basis: 'catalogue.demand.mechanism',
      tell: ['requester', 'bureau'],
      form: [
        says('reason', '不能满足的理由'),
        { key: 'basis', term: '依据', type: 'text', max: 300, hint: '文件与条款；没有依据的可不填' },
      ],
    },
    confirm: {
      term: '反馈：已经取得',
      from: ['answered'],
      to: 'delivered',
      by: 'requester.handler',
      basis: 'catalogue.demand.mechanism',
      tell: ['bureau', 'unit'],
      form: [
        {
          key: 'satisfaction',
          term: '满意程度',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: '5', term: '很满意' },
            { value: '4', term: '满意' },
            { value: '3', term: '一般' },
            { value: '2', term: '不满意' },
            { value: '1', term: '很不满意' },
          ],
        },
        { key: 'effect', term: '用数据解决了什么', type: 'paragraph', max: 1000 },
      ],
    },
    reopen: {
      term: '反馈：没有解决，请再对接',
      from: ['answered', 'unmet'],
      to: 'accepted',
      by: 'requester.handler',
      optional: true,
      guards: ['reopenedOnce'],
      tell: ['bureau', 'unit'],
      derive: 'unseated',
      form: [says('reason', '没有解决的情况')],
    },
    acknowledge: {
      term: '反馈：知悉',
      from: ['unmet'],
      to: 'closed',
      by: 'requester.handler',
      optional: true,
      tell: ['bureau'],
    },
    lapse: {
      term: '逾期未反馈，视为办结',
      from: ['answered'],
      to: 'delivered',
      by: 'system',
      after: 'catalogue.demand.feedback.limit',
      tell: ['requester', 'bureau'],
    },
    lapseUnmet: {
      term: '逾期未反馈，视为知悉',
      from: ['unmet'],
      to: 'closed',
      by: 'system',
      after: 'catalogue.demand.feedback.limit',
      tell: ['requester', 'bureau'],
    },
  },
  clocks: {
    unit: {
      term: '单位答复',
      during: ['routed'],
      within: 'catalogue.demand.unit.limit',
      since: 'route',
    },
  },
}

const guards: Record<string, Guard> = {
  toAUnit: (_s, input, cx) =>
    cx.facts.orgs[text(input['to'])]
      ? undefined
      : refuse('invalid', '请选择答复单位', { fields: { to: '没有这一单位' } }),
  dayAhead: (_s, input, cx) =>
    text(input['by']) < cx.day
      ? refuse('invalid', '预计日期不能早于今天', { fields: { by: '不能早于今天' } })
      : undefined,
  reopenedOnce: (s) =>
    s.did['reopen'] ? refuse('not_now', '已经退回对接过一次；仍有不同意见的，请重新提出需求或向上级反映') : undefined,
}

export const demandLaws: Laws = {
  guards,
  derive: {
    routed: (_s, input) => ({ seats: { unit: text(input['to']) } }),
    unseated: () => ({ seats: { unit: '' } }),
  },
  foreseen: ['reopenedOnce'],
  title: (s) => text(s.data['raise']?.['name']) || '数据需求',
  facts: (s) => [{ term: '期望更新频率', value: text(s.data['raise']?.['frequency']) }].filter((f) => f.value !== ''),
  content: (s, rules) => {
    const form = rules.values['catalogue.demand.forms.demand']?.value
    return { form: Array.isArray(form) ? form : [], value: s.data['raise'] ?? {} }
  },
}

const answers = {
  available: '已有目录可用',
  deliver: '已有目录可用',
  compile: '新增编目',
  plan: '纳入开放计划',
  cannot: '不能满足',
} as const
const lastAnswer = (s: Case): keyof typeof answers | undefined =>
  (Object.keys(answers) as (keyof typeof answers)[])
    .filter((a) => s.did[a])
    .sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]

/**
 * A demand as the public sees it: only where its author agreed, and only once it has been accepted, so that nothing stands in public that
 * nobody has looked at. The answer's words are the administration's own; the author's name and reason are never among them.
 */
export const demandRow = (s: Case): { readonly [column: string]: string | readonly string[] | null } | null => {
  const said = s.data['raise'] as JsonObject | undefined
  if (said?.['publish'] !== true || !s.did['accept'] || s.at === 'withdrawn') return null
  const answer = ['accepted', 'routed'].includes(s.at) ? undefined : lastAnswer(s)
  const answered = answer ? s.data[answer] : undefined
  return {
    id: s.id,
    kind: s.kind,
    name: text(said['name']),
    what: text(said['what']),
    purpose: text(said['purpose']),
    theme: text(said['theme']),
    division: s.division,
    state: s.at,
    answer: answer ? answers[answer] : '',
    says: text(answered?.['says']) || text(answered?.['reason']),
    items: Array.isArray(answered?.['items']) ? (answered['items'] as string[]) : [],
    promised: text(answered?.['by']) || null,
    satisfaction: text(s.data['confirm']?.['satisfaction']),
    raised: s.opened,
    updated: s.day,
  }
}
