import { z } from 'zod'
import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import type { Case, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, citeRule, text } from '../kernel/index.ts'
import { stepsSchema } from '../registration/index.ts'
import { isInForce, planTitle } from './plan-laws.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { stepsOf } from './steps.ts'

/** Ways of choosing that leave competition open (27号 第十二条). */
export const selectionKinds = {
  openTender: '公开招标',
  invitedTender: '邀请招标',
  negotiation: '谈判',
  other: '其他公平竞争方式',
} as const

/**
 * 遴选运营机构: the agreement's text is discussed beforehand, competition and legality are reviewed, the choice is announced, made and
 * published (27号 第十二条). Tenders are held on the statutory platform and recorded here; other ways are run here.
 */
export const selection: Process = {
  name: 'selection',
  term: '遴选运营机构',
  kinds: selectionKinds,
  variants: [''],
  seats: {
    organiser: { term: '遴选单位', reads: true },
    unit: { term: '行业主管部门', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    winner: { term: '选定的机构', reads: false },
    county: { term: '县级数据管理部门', reads: false },
    city: { term: '市级数据管理部门', reads: false },
    province: { term: '省级数据管理部门', reads: false },
  },
  states: {
    draft: { term: '准备中', phase: 'prepare' },
    ready: { term: '待发布', phase: 'prepare' },
    announced: { term: '已发布公告', phase: 'announce' },
    decided: { term: '待审定', phase: 'decide' },
    awarded: { term: '已选定', phase: 'done' },
    contracted: { term: '已签约', final: true, phase: 'done' },
    failed: { term: '遴选失败', final: true, phase: 'done' },
  },
  slots: {
    review: {
      term: '公平竞争与合法性审核',
      rule: 'authorization.selection.review.steps',
      to: 'ready',
      exits: {
        return: {
          term: '退回修改',
          to: 'draft',
          form: [{ key: 'reason', term: '修改意见', type: 'paragraph', required: true, max: 2000 }],
          tell: ['organiser'],
        },
      },
    },
  },
  rows: {
    start: {
      term: '发起遴选',
      from: [],
      to: 'draft',
      by: 'organiser.handler',
      basis: 'authorization.selection.methods',
      form: 'selectionStart',
      guards: ['planInForce'],
      derive: 'started',
    },
    consult: {
      term: '记录对协议文本的意见征求',
      from: ['draft'],
      to: '=',
      by: 'organiser.handler',
      basis: 'authorization.selection.consultation',
      form: 'selectionConsultation',
    },
    submit: {
      term: '送审核',
      from: ['draft'],
      to: '@review',
      by: 'organiser.handler',
      basis: 'authorization.selection.review.steps',
      guards: ['consulted'],
    },
    announce: {
      term: '发布遴选公告',
      from: ['ready'],
      to: 'announced',
      by: 'organiser.handler',
      basis: 'authorization.selection.methods',
      form: 'selectionNotice',
    },
    decide: {
      term: '提出选定结果',
      from: ['announced'],
      to: 'decided',
      by: 'organiser.handler',
      basis: 'authorization.selection.methods',
      form: 'selectionResult',
      guards: ['winnerFits'],
      derive: 'chosen',
    },
    award: {
      term: '审定并公布结果',
      from: ['decided'],
      to: 'awarded',
      by: 'organiser.approver',
      apart: 'decide',
      basis: 'authorization.selection.methods',
      form: [{ key: 'decidedOn', term: '选定日期', type: 'day', required: true, clear: true }],
      tell: ['winner', 'bureau'],
      grave: true,
    },
    back: {
      term: '退回重新提出',
      from: ['decided'],
      to: 'announced',
      by: 'organiser.approver',
      optional: true,
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 }],
    },
    filed: { term: '结果已备案', from: ['awarded', 'contracted'], to: '=', by: 'system', tell: ['organiser'] },
    contract: { term: '已签约', from: ['awarded'], to: 'contracted', by: 'system', tell: ['organiser'] },
    fail: {
      term: '遴选失败',
      from: ['draft', 'ready', 'announced', 'decided'],
      to: 'failed',
      by: 'organiser.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'paragraph', required: true, max: 1000 }],
      tell: ['bureau'],
    },
  },
}

export const selectionSection = {
  'authorization.selection.methods': z
    .array(z.strictObject({ value: z.enum(['openTender', 'invitedTender', 'negotiation', 'other']), term: z.string() }))
    .min(1)
    .describe('选择运营机构的方式'),
  'authorization.selection.consultation': z.strictObject({ required: z.boolean() }).describe('协议内容征求各方意见'),
  'authorization.selection.review.steps': stepsSchema.describe('公平竞争审查、合法性审核'),
} as const satisfies Section
const selectionRule = <K extends keyof typeof selectionSection>(rules: Rules, path: K) =>
  valueOf(selectionSection, rules, path)

export const selectionForm = (name: string): Form | undefined => {
  switch (name) {
    case 'selectionStart':
      return [{ key: 'title', term: '遴选项目名称', type: 'text', required: true, clear: true, max: 100 }]
    case 'selectionConsultation':
      return [
        {
          key: 'opinions',
          term: '征求意见情况',
          type: 'list',
          required: true,
          fields: [
            { key: 'party', term: '征求对象', type: 'text', required: true, max: 100 },
            { key: 'opinion', term: '意见', type: 'paragraph', required: true, max: 2000 },
            { key: 'handling', term: '采纳情况与理由', type: 'paragraph', required: true, max: 2000 },
          ],
        },
        { key: 'files', term: '征求意见的协议文本', type: 'files', required: true, max: 10 },
      ]
    case 'selectionNotice':
      return [
        { key: 'until', term: '申请截止日', type: 'day', required: true, clear: true },
        { key: 'conditions', term: '申请条件', type: 'paragraph', required: true, clear: true, max: 4000 },
        { key: 'contact', term: '联系方式', type: 'text', required: true, clear: true, max: 200 },
        { key: 'projectNo', term: '采购项目编号', type: 'text', clear: true, max: 100 },
        { key: 'link', term: '公告链接', type: 'text', clear: true, max: 300 },
        { key: 'files', term: '遴选文件', type: 'files', max: 20 },
      ]
    case 'selectionResult':
      return [
        { key: 'winner', term: '选定的机构', type: 'party', required: true, clear: true },
        { key: 'reason', term: '选定理由', type: 'paragraph', required: true, max: 4000 },
        { key: 'exception', term: '选择多家的说明', type: 'paragraph', max: 4000 },
        { key: 'link', term: '结果公告链接', type: 'text', clear: true, max: 300 },
        { key: 'files', term: '评审材料', type: 'files', max: 20 },
      ]
    default:
      return undefined
  }
}

const planOfSelection = (cx: { readonly related: readonly Case[] }, s: Case): Case | undefined =>
  cx.related.find((c) => c.id === s.links['plan'])
const guards: Record<string, Guard> = {
  planInForce: (s, _input, cx) => {
    const plan = planOfSelection(cx, s)
    return plan && isInForce(plan)
      ? undefined
      : refuse('not_in_force', '实施方案审定同意、开始实施后，方可选择运营机构')
  },
  consulted: (s, _input, cx) =>
    !selectionRule(cx.rules, 'authorization.selection.consultation').required || s.did['consult']
      ? undefined
      : refuse('not_yet', '授权运营协议内容须先充分征求各方意见', {
          basis: citeRule(cx.rules, 'authorization.selection.consultation'),
        }),
  winnerFits: (_s, input, cx) => {
    const org = cx.facts.orgs[text(input['winner'])]
    const rule = cx.rules.values['authorization.operator']?.value as { forms: readonly string[] } | undefined
    if (!org) return refuse('invalid', '没有这一单位', { fields: { winner: '没有这一单位' } })
    return rule?.forms.includes(org.form)
      ? undefined
      : refuse('not_eligible', '该单位的主体性质不符合运营机构的要求', {
          fields: { winner: '主体性质不符' },
          basis: citeRule(cx.rules, 'authorization.operator'),
        })
  },
}

/** The body chosen. */
export const winnerOf = (s: Case): string => s.seats['winner'] ?? ''
const started = (s: Case): JsonObject => s.data['start'] ?? {}

export const selectionLaws: Laws = {
  guards,
  derive: {
    started: (s, _input, cx) => {
      const plan = planOfSelection(cx, s)
      return { data: { plan: plan ? planTitle(plan) : '', planKind: plan?.kind ?? '' } }
    },
    chosen: (_s, input) => ({ seats: { winner: text(input['winner']) }, links: { winner: text(input['winner']) } }),
  },
  title: (s) => text(started(s)['title']) || selectionKinds[s.kind as keyof typeof selectionKinds],
  derived: { plan: '实施方案', planKind: '授权模式' },
  facts: (s) => [
    { term: '实施方案', value: text(started(s)['plan']) },
    { term: '选定日期', value: text(s.data['award']?.['decidedOn']) },
    { term: '备案编号', value: text(s.data['filed']?.['receipt']) },
  ],
  effects: (s, event, cx): readonly Effect[] =>
    actOf(event) === 'award'
      ? recordalOf(s, 'selection', {
          filer: s.seats['organiser'] ?? '',
          hops: stepsOf(cx.rules, `authorization.recordal.selection.${levelOf(s.division)}.steps`),
          name: selectionLaws.title(s),
          decidedOn: text(s.data['award']?.['decidedOn']),
        })
      : [],
}
