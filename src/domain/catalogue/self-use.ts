import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Guard, Laws, Process } from '../kernel/index.ts'
import { citeRule, text } from '../kernel/index.ts'
import { sharingRule } from './sharing-pack.ts'

/** 自用加工项目: a holder processes its own data for its own duties, and declares whom it must not harm. */
export const selfUse: Process = {
  name: 'selfUse',
  term: '自用加工项目',
  kinds: { selfUse: '自用加工' },
  seats: {
    holder: { term: '持有单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    declared: { term: '待本单位确认' },
    running: { term: '进行中' },
    ended: { term: '已结束', final: true },
    dropped: { term: '未实施', final: true },
  },
  slots: {},
  rows: {
    declare: {
      term: '申报自用加工项目',
      from: [],
      to: 'declared',
      by: 'holder.handler',
      basis: 'catalogue.selfUse',
      form: 'selfUse',
      guards: ['ownItems', 'termFits'],
    },
    confirm: {
      term: '确认并开始',
      from: ['declared'],
      to: 'running',
      by: 'holder.approver',
      apart: 'declare',
      basis: 'catalogue.selfUse',
      tell: ['bureau'],
    },
    drop: {
      term: '不实施',
      from: ['declared'],
      to: 'dropped',
      by: ['holder.handler', 'holder.approver'],
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
    end: {
      term: '结束项目',
      from: ['running'],
      to: 'ended',
      by: 'holder.handler',
      optional: true,
      grave: true,
      form: [
        { key: 'result', term: '成果和去向', type: 'paragraph', required: true, max: 1000 },
        { key: 'disposal', term: '中间数据的处置', type: 'text', required: true, max: 300 },
      ],
      tell: ['bureau'],
    },
    expire: {
      term: '项目期满',
      until: '项目期满',
      from: ['running'],
      to: 'ended',
      by: 'system',
      after: 'to',
      basis: 'catalogue.selfUse',
      tell: ['holder', 'bureau'],
    },
  },
}

export const selfUseForm = (rules: Rules): Form => [
  { key: 'name', term: '项目名称', type: 'text', required: true, max: 200 },
  { key: 'items', term: '加工使用的本单位目录项', type: 'items', required: true, max: 200 },
  { key: 'purpose', term: '加工内容和用途', type: 'paragraph', required: true, max: 2000 },
  { key: 'duty', term: '所履行的法定职责及依据', type: 'text', required: true, max: 300 },
  { key: 'processor', term: '受托加工的单位', type: 'text', max: 200, hint: '自行加工的不填' },
  { key: 'safeguards', term: '安全和个人信息保护措施', type: 'paragraph', required: true, max: 2000 },
  { key: 'from', term: '项目期自', type: 'day', required: true, clear: true },
  { key: 'to', term: '项目期至', type: 'day', required: true, clear: true },
  {
    key: 'compliance',
    term: '合规声明',
    type: 'group',
    required: true,
    fields: [
      {
        key: 'state',
        term: '不损害国家利益',
        type: 'yes',
        required: true,
        hint: sharingRule(rules, 'catalogue.selfUse').says,
      },
      { key: 'society', term: '不损害社会公共利益', type: 'yes', required: true },
      { key: 'others', term: '不损害他人合法权益', type: 'yes', required: true },
      { key: 'signer', term: '声明人', type: 'text', required: true, max: 50 },
    ],
  },
]

const guards: Record<string, Guard> = {
  ownItems: (s, input, cx) => {
    const named = Array.isArray(input['items']) ? (input['items'] as readonly string[]) : []
    const others = named.filter((id) => {
      const item = cx.facts.items?.[id]
      return !item || item.state !== 'listed' || ![item.holder, item.coHolder].includes(s.seats['holder'] ?? '')
    })
    return others.length > 0
      ? refuse('not_own', '只能加工使用本单位持有、已编入目录的数据；其他单位的数据请申请共享', {
          fields: { items: '有不属于本单位的目录项' },
          basis: citeRule(cx.rules, 'catalogue.selfUse'),
        })
      : undefined
  },
  termFits: (_s, input, cx) =>
    text(input['to']) < text(input['from']) || text(input['to']) < cx.day
      ? refuse('invalid', '项目期的截止日不能早于起始日，也不能早于今天', { fields: { to: '过早' } })
      : undefined,
}

export const selfUseLaws: Laws = {
  guards,
  derive: {},
  title: (s) => text(s.data['declare']?.['name']),
  facts: (s) => [{ term: '项目期至', value: text(s.data['declare']?.['to']) }],
  content: (s, rules) => {
    const form = selfUseForm(rules)
    const { compliance, ...rest } = (s.data['declare'] ?? {}) as JsonObject
    return {
      form: [
        { key: 'project', term: '项目', type: 'group', fields: form.filter((f) => f.key !== 'compliance') },
        ...form.filter((f) => f.key === 'compliance'),
      ],
      value: { project: rest, ...(compliance === undefined ? {} : { compliance }) },
    }
  },
}
