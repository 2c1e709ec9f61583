import type { Form } from '#contract'
import { refuse } from '#contract'
import type { Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addRule, type Case, type Cx, isWithin, text } from '../kernel/index.ts'

/** 目录更新报告: at intervals the operator tells the bureau how the catalogue of authorized operation was brought up to date. */
export const catalogueReport: Process = {
  name: 'catalogueReport',
  term: '目录更新报告',
  kinds: { periodic: '定期报告' },
  seats: { operator: { term: '运营机构', reads: true }, bureau: { term: '数据管理部门', reads: true } },
  states: {
    due: { term: '待报告' },
    reported: { term: '待阅' },
    returned: { term: '退回补充' },
    acknowledged: { term: '已阅', final: true },
  },
  slots: {},
  rows: {
    require: {
      term: '要求定期报告',
      from: [],
      to: 'due',
      by: 'bureau.handler',
      basis: 'catalogue.report.period',
      form: [
        { key: 'operator', term: '运营机构', type: 'party', required: true, clear: true },
        { key: 'due', term: '首次报告期限', type: 'day', clear: true, hint: '不填的，按规则库所定的报告间隔' },
      ],
      guards: ['operatorOurs'],
      derive: 'required',
      tell: ['operator'],
    },
    recur: {
      term: '下一期报告',
      from: [],
      to: 'due',
      by: 'system',
      basis: 'catalogue.report.period',
      tell: ['operator'],
    },
    report: {
      term: '提交报告',
      from: ['due', 'returned'],
      to: 'reported',
      by: 'operator.handler',
      basis: 'catalogue.report.period',
      within: 'due',
      form: 'catalogueReport',
      tell: ['bureau'],
    },
    return: {
      term: '退回补充',
      from: ['reported'],
      to: 'returned',
      by: 'bureau.handler',
      optional: true,
      form: [
        { key: 'reason', term: '须补充的内容', type: 'paragraph', required: true, max: 1000 },
        { key: 'due', term: '补充期限', type: 'day', clear: true },
      ],
      tell: ['operator'],
    },
    acknowledge: {
      term: '阅存',
      from: ['reported'],
      to: 'acknowledged',
      by: 'bureau.handler',
      basis: 'catalogue.report.period',
      form: [{ key: 'opinion', term: '意见', type: 'paragraph', max: 1000 }],
      tell: ['operator'],
    },
  },
}

export const reportForm: Form = [
  { key: 'from', term: '报告期自', type: 'day', required: true, clear: true },
  { key: 'to', term: '报告期至', type: 'day', required: true, clear: true },
  { key: 'added', term: '新列入的目录项数', type: 'number', required: true, clear: true },
  { key: 'amended', term: '调整的目录项数', type: 'number', required: true, clear: true },
  { key: 'removed', term: '移出的目录项数', type: 'number', required: true, clear: true },
  { key: 'items', term: '涉及的目录项', type: 'items', max: 500 },
  { key: 'says', term: '更新情况', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '附件', type: 'files', max: 10 },
]

const dueOf = (s: Case): string =>
  text(s.data['return']?.['due']) || text(s.data['require']?.['due']) || text(s.data['recur']?.['due'])
const next = (cx: Cx, from: string): string => addRule(cx, from, 'catalogue.report.period')?.day ?? ''

const guards: Record<string, Guard> = {
  operatorOurs: (s, input, cx) => {
    const operator = cx.facts.orgs[text(input['operator'])]
    return operator?.roles.includes('operator') && isWithin(operator.division, s.division)
      ? undefined
      : refuse('invalid', '须为本地区的运营机构', { fields: { operator: '请选择本地区的运营机构' } })
  },
}

const derive: Record<string, Derive> = {
  required: (_s, input, cx) => ({
    seats: { operator: text(input['operator']) },
    data: { due: text(input['due']) || next(cx, cx.day) },
  }),
}

export const catalogueReportLaws: Laws = {
  guards,
  derive,
  // what is done at intervals is due again when it has been done
  effects: (s, e, cx) =>
    actOf(e) === 'acknowledge'
      ? [
          {
            open: {
              process: 'catalogueReport',
              kind: 'periodic',
              variant: '',
              division: s.division,
              seats: s.seats,
              links: {},
            },
            act: 'recur',
            input: { data: { due: next(cx, cx.day), after: s.id } },
          },
        ]
      : [],
  title: (s) => {
    const said = s.data['report']
    return said
      ? `授权目录更新报告（${text(said['from'])} 至 ${text(said['to'])}）`
      : `授权目录更新报告（${dueOf(s)} 前）`
  },
  facts: (s) => {
    const said = s.data['report']
    return said
      ? [
          {
            term: '更新',
            value: `新列入 ${String(said['added'] ?? 0)}，调整 ${String(said['amended'] ?? 0)}，移出 ${String(said['removed'] ?? 0)}`,
          },
        ]
      : []
  },
  content: (s, _rules) => ({ form: reportForm, value: s.data['report'] ?? {} }),
  derived: { due: '报告期限' },
}
