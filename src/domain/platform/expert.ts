import type { Form, Json } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import type { Candidate } from './draw.ts'
import { platformPack } from './pack.ts'
import { list, strings, text } from './said.ts'

const reason: Form = [{ key: 'reason', term: '原因', type: 'paragraph', required: true, max: 1000 }]

/** 专家: a person in the pool of experts of a bureau, from which reviewers are drawn. */
export const expert: Process = {
  name: 'expert',
  term: '专家',
  kinds: { expert: '专家' },
  seats: {
    expert: { term: '本人', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    applied: { term: '待审核' },
    active: { term: '在库' },
    suspended: { term: '已暂停' },
    declined: { term: '未入库', final: true },
    left: { term: '已出库', final: true },
  },
  slots: {},
  rows: {
    apply: {
      term: '申请入库',
      from: [],
      to: 'applied',
      by: 'expert.handler',
      basis: 'platform.expert.pool',
      form: 'expert',
      guards: ['realName', 'employed'],
      derive: 'named',
      tell: ['bureau'],
    },
    admit: {
      term: '入库',
      from: ['applied'],
      to: 'active',
      by: 'bureau.approver',
      within: 'platform.expert.admit',
      basis: 'platform.expert.pool',
      tell: ['expert'],
    },
    decline: {
      term: '不予入库',
      from: ['applied'],
      to: 'declined',
      by: 'bureau.approver',
      optional: true,
      basis: 'platform.expert.pool',
      form: reason,
      tell: ['expert'],
    },
    move: {
      term: '变更所在单位',
      from: ['active', 'suspended'],
      to: '=',
      by: 'expert.handler',
      optional: true,
      form: [{ key: 'employer', term: '所在单位', type: 'party', required: true }],
      guards: ['employed'],
      derive: 'named',
      tell: ['bureau'],
    },
    recuse: {
      term: '申报回避',
      from: ['active', 'suspended'],
      to: '=',
      by: 'expert.handler',
      optional: true,
      basis: 'platform.expert.pool',
      // who falls under it may tell more of a person than of a body
      form: [
        {
          key: 'parties',
          term: '须回避的单位',
          type: 'list',
          max: 100,
          hint: '填写全部；每次申报取代前一次',
          fields: [
            { key: 'party', term: '单位', type: 'party', required: true },
            { key: 'reason', term: '原因', type: 'text', required: true, max: 200, personal: true },
          ],
        },
      ],
      tell: ['bureau'],
    },
    suspend: {
      term: '暂停',
      from: ['active'],
      to: 'suspended',
      by: 'bureau.approver',
      optional: true,
      form: reason,
      tell: ['expert'],
    },
    restore: {
      term: '恢复',
      from: ['suspended'],
      to: 'active',
      by: 'bureau.approver',
      optional: true,
      form: reason,
      tell: ['expert'],
    },
    leave: {
      term: '出库',
      from: ['active', 'suspended'],
      to: 'left',
      by: ['expert.handler', 'bureau.approver'],
      optional: true,
      grave: true,
      form: reason,
      tell: ['expert', 'bureau'],
    },
  },
}

const guards: Record<string, Guard> = {
  realName: (_s, _input, cx) => (cx.facts.realName ? undefined : refuse('not_real_name', '申请入库须先完成实名核验')),
  employed: (_s, input, cx) =>
    cx.facts.orgs[text(input['employer'])]
      ? undefined
      : refuse('invalid', '没有这一单位', { fields: { employer: '没有这一单位' } }),
}
const derive: Record<string, Derive> = {
  named: (_s, input, cx) => ({ sealed: { employerName: cx.facts.orgs[text(input['employer'])]?.name ?? '' } }),
}

const employerIn = (s: Case) => s.data['move'] ?? s.data['apply'] ?? {}
/** What a draw needs to know of an expert. */
export const candidateOf = (s: Case): Candidate => ({
  id: s.id,
  employer: text(employerIn(s)['employer']),
  recused: list(s.data['recuse']?.['parties']).map((p) => text(p['party'])),
})

export const expertLaws: Laws = {
  guards,
  derive,
  claims: (s) =>
    expert.states[s.at]?.final ? [] : [{ scope: 'platform.expert', key: `${s.seats['expert']} ${s.seats['bureau']}` }],
  title: (s) => `专家：${text(employerIn(s)['employerName'])}`,
  facts: (s) => [
    { term: '所在单位', value: text(employerIn(s)['employerName']) },
    { term: '须回避', value: `${candidateOf(s).recused.length} 个单位` },
  ],
  content: (s, rules) => ({
    form: [
      {
        key: 'fields',
        term: '领域',
        type: 'choices',
        options: platformPack(rules, 'platform.expert.fields'),
      },
      { key: 'employerName', term: '所在单位', type: 'text' },
      { key: 'title', term: '职称与专业经历', type: 'paragraph', personal: true },
      { key: 'evidence', term: '证明材料', type: 'files', personal: true },
    ],
    value: { ...s.data['apply'], ...s.data['move'] },
  }),
  derived: { employerName: '所在单位' },
}

/** The pool as a draw reads it: one row an expert, nothing of who they are but their number. */
export const expertRows = (
  s: Case,
): readonly { readonly table: 'expert'; readonly row: { readonly [c: string]: Json } | null }[] =>
  s.process !== 'expert'
    ? []
    : [
        {
          table: 'expert',
          row: ['active', 'suspended'].includes(s.at)
            ? {
                id: s.id,
                person: s.seats['expert'] ?? '',
                bureau: s.seats['bureau'] ?? '',
                division: s.division,
                state: s.at,
                employer: candidateOf(s).employer,
                fields: [...strings(s.data['apply']?.['fields'])],
                recused: [...candidateOf(s).recused],
              }
            : null,
        },
      ]
