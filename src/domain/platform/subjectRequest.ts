import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf } from '../kernel/index.ts'
import { platformPack } from './pack.ts'
import { text } from './said.ts'

/** What a person asks: of which record, and what they want done with it. All of it is theirs, and can be erased. */
const asking: Form = [
  {
    key: 'record',
    term: '凭什么找到您的信息',
    type: 'text',
    required: true,
    max: 300,
    personal: true,
    hint: '如业务编号、办理日期；不必填写证件号码，您的身份已经核验',
  },
  { key: 'says', term: '说明', type: 'paragraph', max: 1000, personal: true },
]
const transfer: Form = [{ key: 'to', term: '转移给谁', type: 'text', required: true, max: 200, personal: true }]

/** 个人信息主体请求: what the person whom data concerns asks of the body that holds it. */
export const subjectRequest: Process = {
  name: 'subjectRequest',
  term: '个人信息主体请求',
  kinds: {
    access: '查阅个人信息',
    copy: '复制个人信息',
    transfer: '转移个人信息',
    withdraw: '撤回同意',
    delete: '删除个人信息',
  },
  seats: {
    subject: { term: '个人信息主体', reads: true },
    body: { term: '处理单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    asked: { term: '待答复' },
    answered: { term: '已办理', final: true },
    refused: { term: '不予办理', final: true },
    retracted: { term: '已取消请求', final: true },
  },
  slots: {},
  rows: {
    ask: {
      term: '提出请求',
      from: [],
      to: 'asked',
      by: 'subject.handler',
      kinds: ['access', 'copy', 'withdraw', 'delete'],
      basis: 'platform.subject.rights.{kind}',
      form: asking,
      guards: ['realName'],
      derive: 'named',
      tell: ['body'],
    },
    askTransfer: {
      term: '提出请求',
      from: [],
      to: 'asked',
      by: 'subject.handler',
      kinds: ['transfer'],
      basis: 'platform.subject.rights.transfer',
      form: [...transfer, ...asking],
      guards: ['realName'],
      derive: 'named',
      tell: ['body'],
    },
    answer: {
      term: '办理并答复',
      from: ['asked'],
      to: 'answered',
      by: 'body.handler',
      within: 'platform.subject.answer.{kind}',
      basis: 'platform.subject.rights.{kind}',
      form: [
        { key: 'answer', term: '怎样办理、结果如何', type: 'paragraph', required: true, personal: true, max: 4000 },
        { key: 'files', term: '交给本人的文件', type: 'files', personal: true },
      ],
      tell: ['subject'],
    },
    refuse: {
      term: '不予办理',
      from: ['asked'],
      to: 'refused',
      by: 'body.approver',
      optional: true,
      grave: true,
      basis: 'platform.subject.refusal',
      form: [
        { key: 'reason', term: '理由', type: 'paragraph', required: true, personal: true, max: 2000 },
        {
          key: 'basis',
          term: '依据',
          type: 'text',
          required: true,
          clear: true,
          max: 300,
          hint: '文件与条款；不填写人名',
        },
      ],
      derive: 'remedy',
      tell: ['subject', 'bureau'],
    },
    retract: {
      term: '取消请求',
      from: ['asked'],
      to: 'retracted',
      by: 'subject.handler',
      optional: true,
      tell: ['body'],
    },
  },
}

const guards: Record<string, Guard> = {
  realName: (_s, _input, cx) =>
    cx.facts.realName
      ? undefined
      : refuse('not_real_name', '行使个人信息权利须确认是本人：请先完成实名核验，或到该单位窗口提出'),
}
const derive: Record<string, Derive> = {
  named: (s, _input, cx) => ({
    data: { item: s.links['item'] ?? '', body: cx.facts.orgs[s.seats['body'] ?? '']?.name ?? '' },
  }),
  remedy: (_s, _input, cx) => ({ data: { remedy: platformPack(cx.rules, 'platform.subject.refusal').says } }),
}
const said = (s: Case): JsonObject => s.data['ask'] ?? s.data['askTransfer'] ?? {}

export const subjectRequestLaws: Laws = {
  guards,
  derive,
  claims: (s) =>
    s.at === 'asked'
      ? [{ scope: 'platform.subject', key: `${s.kind} ${s.seats['subject']} ${text(said(s)['item'])}` }]
      : [],
  // the request names nobody, nor what it is about
  title: (s) => `${subjectRequest.kinds[s.kind] ?? ''}：${text(said(s)['body'])}`,
  told: (s, e) => (actOf(e) === 'refuse' ? text(s.data['refuse']?.['remedy']) : undefined),
  derived: { item: '目录项', body: '处理单位', remedy: '救济' },
}

/** A person's withdrawn consent: from `since` on nothing of theirs in this entry may be supplied. */
export interface Withdrawal {
  readonly item: string
  readonly subject: string
  readonly since: string
}
/**
 * The withdrawal a request is, from the day on which it is asked: it needs nobody's leave (个人信息保护法 第十五条), and only a refusal
 * with reasons (it was not theirs to withdraw) or the person's own word undoes it. Undefined for any other request.
 */
export const withdrawalsOf = (s: Case): Withdrawal | undefined =>
  s.process === 'subjectRequest' && s.kind === 'withdraw' && ['asked', 'answered'].includes(s.at)
    ? { item: text(said(s)['item']), subject: s.seats['subject'] ?? '', since: s.opened }
    : undefined
