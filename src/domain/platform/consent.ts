import type { Field, Form } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf } from '../kernel/index.ts'
import { isSecret, itemData, upstreamOf } from '../catalogue/index.ts'
import { platformPack } from './pack.ts'
import { text } from '../kernel/index.ts'

const until: Field = { key: 'until', term: '有效至', type: 'day', required: true, clear: true }
const scope = (term: string): Field => ({ key: 'scope', term, type: 'paragraph', required: true, max: 2000 })

const forms: Readonly<Record<string, Form>> = {
  sharing: [
    { key: 'upstream', term: '共享取得的目录项', type: 'item', required: true, hint: '本目录项由它加工而来' },
    scope('拟用于什么、给谁用'),
    { key: 'until', term: '拟用至', type: 'day', required: true },
    { key: 'files', term: '附件', type: 'files' },
  ],
  subject: [
    {
      key: 'subjects',
      term: '数据主体',
      type: 'choices',
      required: true,
      clear: true,
      options: [
        { value: 'natural', term: '自然人' },
        { value: 'legal', term: '法人' },
        { value: 'unincorporated', term: '非法人组织' },
      ],
    },
    {
      key: 'means',
      term: '怎样取得授权',
      type: 'choice',
      required: true,
      clear: true,
      options: [
        { value: 'signed', term: '书面签署' },
        { value: 'online', term: '线上逐人确认' },
        { value: 'each', term: '每次使用前由本人授权' },
      ],
    },
    { key: 'how', term: '取得的经过：告知了什么、怎样确认是本人', type: 'paragraph', required: true, max: 2000 },
    { key: 'sample', term: '授权书样本', type: 'file', required: true, hint: '空白样本，不要上传个人签署的原件' },
    { key: 'persons', term: '取得授权的主体数', type: 'number', required: true, clear: true },
    scope('授权的范围：哪些信息项、用于什么'),
    until,
  ],
  anonymised: [
    { key: 'method', term: '匿名化的方法', type: 'paragraph', required: true, max: 2000 },
    { key: 'test', term: '不能识别特定个人且不能复原的检验', type: 'paragraph', required: true, max: 2000 },
    { key: 'report', term: '检验报告', type: 'files', required: true },
    until,
  ],
  desensitised: [
    { key: 'method', term: '脱密、脱敏的方法', type: 'paragraph', required: true, max: 2000 },
    { key: 'report', term: '脱密、脱敏证明', type: 'files', required: true },
    until,
  ],
}

/**
 * 同意与证明: that data of an entry may be used although it was obtained from another unit by sharing, concerns persons, or is not to be
 * opened. A provider's consent is asked for and given; the others are proved by who holds the data, and verified by another.
 */
export const consent: Process = {
  name: 'consent',
  term: '同意与证明',
  kinds: {
    sharing: '共享数据提供单位同意',
    subject: '数据主体授权',
    anonymised: '匿名化处理证明',
    desensitised: '脱敏证明',
  },
  seats: {
    asker: { term: '提出单位', reads: true },
    provider: { term: '数据提供单位', reads: true },
    checker: { term: '核验单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    asked: { term: '待提供单位答复' },
    submitted: { term: '待核验' },
    standing: { term: '有效' },
    declined: { term: '未同意', final: true },
    rejected: { term: '核验未通过', final: true },
    withdrawn: { term: '已撤回', final: true },
    expired: { term: '已到期', final: true },
    retracted: { term: '已取消', final: true },
  },
  slots: {},
  clocks: {
    answer: { term: '答复', during: ['asked'], within: 'platform.consent.answer', since: 'ask', kinds: ['sharing'] },
    check: {
      term: '核验',
      during: ['submitted'],
      within: 'platform.consent.answer',
      since: 'submit',
      kinds: ['subject', 'anonymised', 'desensitised'],
    },
  },
  rows: {
    ask: {
      term: '征求提供单位同意',
      from: [],
      to: 'asked',
      by: 'asker.handler',
      kinds: ['sharing'],
      basis: 'platform.consent.rights.{kind}',
      form: 'consent',
      guards: ['notSecret', 'sharedIn', 'untilAhead'],
      derive: 'provided',
      tell: ['provider'],
    },
    submit: {
      term: '提交授权或处理证明',
      from: [],
      to: 'submitted',
      by: 'asker.handler',
      kinds: ['subject', 'anonymised', 'desensitised'],
      basis: 'platform.consent.rights.{kind}',
      form: 'consent',
      guards: ['notSecret', 'untilAhead', 'ofSomebody'],
      derive: 'named',
      tell: ['checker'],
    },
    give: {
      kinds: ['sharing'],
      term: '同意',
      from: ['asked'],
      to: 'standing',
      by: 'provider.approver',
      basis: 'platform.consent.rights.{kind}',
      form: [until, scope('同意的范围'), { key: 'conditions', term: '条件', type: 'paragraph', max: 2000 }],
      guards: ['untilAhead'],
      tell: ['asker', 'bureau'],
    },
    decline: {
      kinds: ['sharing'],
      term: '不同意',
      from: ['asked'],
      to: 'declined',
      by: 'provider.approver',
      basis: 'platform.consent.rights.{kind}',
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 }],
      tell: ['asker', 'bureau'],
    },
    verify: {
      kinds: ['subject', 'anonymised', 'desensitised'],
      term: '核验通过',
      from: ['submitted'],
      to: 'standing',
      by: 'checker.approver',
      apart: 'submit',
      basis: 'platform.consent.rights.{kind}',
      form: [{ key: 'opinion', term: '核验意见：真实、有效、合规', type: 'paragraph', required: true, max: 2000 }],
      guards: ['stillAhead'],
      tell: ['asker', 'bureau'],
    },
    reject: {
      kinds: ['subject', 'anonymised', 'desensitised'],
      term: '核验未通过',
      from: ['submitted'],
      to: 'rejected',
      by: 'checker.approver',
      apart: 'submit',
      basis: 'platform.consent.rights.{kind}',
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 }],
      tell: ['asker'],
    },
    withdraw: {
      term: '撤回',
      from: ['standing'],
      to: 'withdrawn',
      by: ['provider.approver', 'asker.approver', 'checker.approver'],
      optional: true,
      grave: true,
      basis: 'platform.consent.rights.{kind}',
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 }],
      guards: ['theirs'],
      tell: ['asker', 'provider', 'checker', 'bureau'],
    },
    expire: {
      term: '到期',
      from: ['standing'],
      to: 'expired',
      by: 'system',
      after: 'until',
      basis: 'platform.consent.rights.{kind}',
      until: '到期',
      tell: ['asker', 'provider'],
    },
    retract: {
      term: '取消',
      from: ['asked', 'submitted'],
      to: 'retracted',
      by: 'asker.handler',
      optional: true,
      tell: ['provider', 'checker'],
    },
  },
}
export const consentForm = (kind: string): Form => forms[kind] ?? []

const bad = (field: string, says: string) => refuse('invalid', says, { fields: { [field]: says } })
const guards: Record<string, Guard> = {
  notSecret: (s, _input, cx) => {
    const item = cx.related.find((c) => c.id === s.links['item'])
    return item && !isSecret(item) ? undefined : refuse('secret', '含有国家秘密的目录项不进入授权范围，不征求同意')
  },
  /** Asked of whoever provided the data, and of nobody else. */
  sharedIn: (s, input, cx) => {
    const item = cx.related.find((c) => c.id === s.links['item'])
    const up = (cx.facts.entries ?? []).find((e) => e.id === input['upstream'])
    if (!item || !up || !upstreamOf(item).includes(up.id)) return bad('upstream', '须是本目录项登记的上游目录项')
    if (up.holder === '') return bad('upstream', '该目录项的数源单位还没有登记，请先联系数据管理部门')
    return up.holder === item.seats['holder']
      ? bad('upstream', '该目录项是本单位自己的数据，不需要征得同意')
      : undefined
  },
  untilAhead: (_s, input, cx) => (text(input['until']) < cx.day ? bad('until', '有效期不能在今天以前') : undefined),
  stillAhead: (s, _input, cx) =>
    text(s.data['submit']?.['until']) < cx.day ? refuse('late', '证明所写的有效期已过，请重新提交') : undefined,
  ofSomebody: (s, input) =>
    s.kind === 'subject' && input['persons'] === 0 ? bad('persons', '没有一个主体授权，不构成授权') : undefined,
  /** Whoever gave it takes it back; what was proved, whoever proved or verified it. */
  theirs: (s, _input, cx) =>
    (s.kind === 'sharing') === (s.seats['provider'] === cx.org)
      ? undefined
      : refuse('not_yours', '同意由给予同意的单位撤回，证明由提交或核验的单位撤回'),
}
const derive: Record<string, Derive> = {
  provided: (s, input, cx) => {
    const up = (cx.facts.entries ?? []).find((e) => e.id === input['upstream'])
    return { data: { ...entryNamed(s, cx), upstream: text(input['upstream']) }, seats: { provider: up?.holder ?? '' } }
  },
  named: (s, _input, cx) => ({ data: entryNamed(s, cx) }),
}
const entryNamed = (s: Case, cx: Parameters<Derive>[2]) => {
  const item = cx.related.find((c) => c.id === s.links['item'])
  return { entry: item ? text(itemData(item)['name']) : '' }
}

const said = (s: Case) => s.data['ask'] ?? s.data['submit'] ?? {}
/** Last day on which it holds; empty while it does not. */
export const consentUntil = (s: Case): string =>
  s.process === 'consent' && s.at === 'standing' ? text((s.data['give'] ?? s.data['submit'])?.['until']) : ''

export const consentLaws: Laws = {
  guards,
  derive,
  foreseen: ['theirs'],
  asks: (_s, act, input) => (act === 'ask' ? { ids: [text(input['upstream'])] } : undefined),
  title: (s) => `${text(said(s)['entry'])}：${consent.kinds[s.kind] ?? ''}`,
  facts: (s) => (consentUntil(s) === '' ? [] : [{ term: '有效至', value: consentUntil(s) }]),
  content: (s, rules) => ({
    form: [
      { key: 'entry', term: '目录项', type: 'text' },
      ...consentForm(s.kind).map((f) =>
        f.key === 'until'
          ? {
              ...f,
              basis: platformPack(rules, `platform.consent.rights.${s.kind}` as 'platform.consent.rights.subject').says,
            }
          : f,
      ),
    ],
    value: said(s),
  }),
  derived: { entry: '目录项' },
  // what is used on the strength of it is looked at again
  jobs: (_s, event) =>
    ['withdraw', 'expire'].includes(actOf(event)) ? [{ topic: 'usage.consents', payload: {} }] : [],
}
