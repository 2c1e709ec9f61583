import type { Form } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, text } from '../kernel/index.ts'
import type { Rules } from '#policy'
import { levelSeats, stepsOf } from './steps.ts'
import { authorizationRule } from './pack.ts'
import { levelOf, recordalOf } from './recordal.ts'

/** For what a body is made 实施机构, by kind. */
export const appointmentKinds = {
  whole: '整体授权实施机构',
  domain: '分领域授权实施机构',
  local: '本级实施机构',
} as const

/**
 * 确定实施机构 (27号 第三条): one for a territory's whole authorization, one for a unit's own domain, or one for a city or county, by
 * whom the rules let do it. It ends when another is named.
 */
export const appointment: Process = {
  name: 'appointment',
  term: '确定实施机构',
  kinds: appointmentKinds,
  seats: {
    appointer: { term: '确定单位', reads: true },
    implementer: { term: '实施机构', reads: true },
    unit: { term: '行业主管部门', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    ...levelSeats,
  },
  states: {
    proposed: { term: '待审定' },
    standing: { term: '已确定' },
    returned: { term: '退回修改' },
    ended: { term: '已终止', final: true },
    dropped: { term: '未确定', final: true },
  },
  slots: {},
  rows: {
    propose: {
      term: '拟定实施机构',
      from: [],
      to: 'proposed',
      by: 'appointer.handler',
      basis: 'authorization.appointment.{kind}',
      form: 'appointment',
      guards: ['mayBe'],
      derive: 'named',
    },
    amend: {
      term: '修改',
      from: ['returned'],
      to: 'proposed',
      by: 'appointer.handler',
      form: 'appointment',
      guards: ['mayBe'],
      derive: 'named',
    },
    confirm: {
      term: '确定',
      from: ['proposed'],
      to: 'standing',
      by: 'appointer.approver',
      apart: 'propose',
      basis: 'authorization.appointment.{kind}',
      form: [
        { key: 'decidedOn', term: '确定日期', type: 'day', required: true, clear: true },
        { key: 'number', term: '确定文件文号', type: 'text', required: true, clear: true, max: 100 },
        { key: 'files', term: '确定文件', type: 'files', required: true, max: 10 },
      ],
      guards: ['decidedByNow'],
      tell: ['implementer', 'bureau'],
      grave: true,
    },
    back: {
      term: '退回修改',
      from: ['proposed'],
      to: 'returned',
      by: 'appointer.approver',
      optional: true,
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 }],
    },
    drop: {
      term: '不再确定',
      from: ['proposed', 'returned'],
      to: 'dropped',
      by: 'appointer.handler',
      optional: true,
      grave: true,
    },
    filed: {
      term: '已备案',
      from: ['standing', 'ended'],
      to: '=',
      by: 'system',
      tell: ['appointer', 'implementer'],
    },
    end: {
      term: '终止实施机构职责',
      from: ['standing'],
      to: 'ended',
      by: 'appointer.approver',
      optional: true,
      grave: true,
      form: [
        { key: 'number', term: '依据文件文号', type: 'text', required: true, clear: true, max: 100 },
        { key: 'reason', term: '原因', type: 'paragraph', required: true, max: 1000 },
      ],
      tell: ['implementer', 'bureau'],
    },
  },
}

export const appointmentForm: Form = [
  { key: 'implementer', term: '实施机构', type: 'party', required: true, clear: true },
  { key: 'domain', term: '领域', type: 'text', clear: true, max: 60, hint: '分领域授权的填写，如：住房公积金' },
  { key: 'ground', term: '确定理由', type: 'paragraph', required: true, max: 2000 },
]

const guards: Record<string, Guard> = {
  mayBe: (s, input, cx) => {
    const org = cx.facts.orgs[text(input['implementer'])]
    if (!org) return refuse('invalid', '没有这一单位', { fields: { implementer: '没有这一单位' } })
    const { forms } = authorizationRule(cx.rules, 'authorization.implementer')
    if (!(forms as readonly string[]).includes(org.form))
      return refuse('not_eligible', '该单位的主体性质不能担任实施机构', { fields: { implementer: '主体性质不符' } })
    if (s.kind === 'domain' && text(input['domain']) === '')
      return refuse('invalid', '分领域授权须写明领域', { fields: { domain: '请填写领域' } })
    return undefined
  },
  decidedByNow: (_s, input, cx) =>
    text(input['decidedOn']) > cx.day
      ? refuse('invalid', `确定日期不能晚于今天（${cx.day}）`, { fields: { decidedOn: '不能晚于今天' } })
      : undefined,
}

const said = (s: Case) => s.data[(s.did['amend']?.seq ?? 0) > (s.did['propose']?.seq ?? 0) ? 'amend' : 'propose'] ?? {}
/** Whose decision it is, where the rules leave it to the government; one that is not registered here decides by its document. */
const decidedBy = (s: Case, cx: Cx): string => {
  const { by } = authorizationRule(cx.rules, `authorization.appointment.${s.kind as 'whole' | 'domain' | 'local'}`)
  if (by !== 'government') return ''
  return cx.facts.orgs[s.seats['appointer'] ?? '']?.roles.includes('government')
    ? '本级人民政府'
    : '本级人民政府（由数据管理部门按其文件记录）'
}
/** The domain a 实施机构 is named for; empty where it is for all. */
export const domainOf = (s: Case): string => text(said(s)['domain'])

export const appointmentLaws: Laws = {
  guards,
  derive: {
    named: (s, input, cx) => ({
      data: { name: '', decidedBy: text(s.data['propose']?.['decidedBy']) || decidedBy(s, cx) },
      seats: { implementer: text(input['implementer']) },
      links: { implementer: text(input['implementer']) },
    }),
  },
  title: (s) => [appointmentKinds[s.kind as keyof typeof appointmentKinds], domainOf(s)].filter(Boolean).join('：'),
  derived: { decidedBy: '确定机关' },
  facts: (s) =>
    [
      { term: '确定机关', value: text(said(s)['decidedBy']) },
      { term: '确定日期', value: text(s.data['confirm']?.['decidedOn']) },
      { term: '文号', value: text(s.data['confirm']?.['number']) },
      { term: '备案编号', value: text(s.data['filed']?.['receipt']) },
    ].filter((f) => f.value !== ''),
  begin: (s, act) => (act === 'amend' ? said(s) : undefined),
  content: (s) => ({ form: appointmentForm, value: said(s) }),
  // one for the whole of a territory, one for a unit, one for a city or county
  claims: (s) =>
    s.at === 'standing' || s.at === 'proposed'
      ? [
          {
            scope: `authorization.implementer.${s.kind}.${s.at}`,
            key: s.kind === 'domain' ? (s.seats['unit'] ?? '') : s.division,
          },
        ]
      : [],
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    if (act !== 'confirm') return []
    const implementer = s.seats['implementer'] ?? ''
    const org = cx.related.find((c) => c.id === implementer)
    return [
      ...(org && !cx.facts.orgs[implementer]?.roles.includes('implementer')
        ? [
            {
              on: implementer,
              act: 'appoint',
              input: { data: { role: 'implementer', document: text(s.data['confirm']?.['number']) } },
            } satisfies Effect,
          ]
        : []),
      ...recordalOf(s, 'appointment', {
        filer: s.seats['appointer'] ?? '',
        hops: stepsOf(cx.rules as Rules, `authorization.recordal.appointment.${levelOf(s.division)}.steps`),
        name: appointmentLaws.title(s),
        decidedOn: text(s.data['confirm']?.['decidedOn']),
      }),
    ]
  },
}
