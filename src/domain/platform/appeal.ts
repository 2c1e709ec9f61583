import type { Form } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Derive, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addRule } from '../kernel/index.ts'
import { refusedSome } from './usage.ts'
import { text } from './said.ts'

const opinion: Form = [{ key: 'opinion', term: '意见与理由', type: 'paragraph', required: true, max: 4000 }]
const statement: Form = [
  { key: 'statement', term: '说明', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '材料', type: 'files' },
]

/**
 * 申诉: against a decision about an entry or about the use of data (总体方案 四(二)). The data bureau decides it, with the unit concerned;
 * never the body, and never the person, that made the decision.
 */
export const appeal: Process = {
  name: 'appeal',
  term: '申诉',
  kinds: { entry: '对进驻申请结果的申诉', usage: '对资源使用申请结果的申诉' },
  seats: {
    appellant: { term: '申诉人', reads: true },
    respondent: { term: '原决定单位', reads: true },
    bureau: { term: '办理单位', reads: true },
    unit: { term: '相关单位', reads: true },
  },
  states: {
    filed: { term: '办理中' },
    upheld: { term: '申诉成立', final: true },
    dismissed: { term: '申诉不成立', final: true },
    withdrawn: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    file: {
      term: '提出申诉',
      from: [],
      to: 'filed',
      by: 'appellant.handler',
      basis: 'platform.appeal.way',
      form: [
        { key: 'grounds', term: '申诉理由', type: 'paragraph', required: true, max: 4000 },
        { key: 'request', term: '请求', type: 'paragraph', required: true, max: 1000 },
        { key: 'evidence', term: '证据', type: 'files' },
      ],
      guards: ['judgeApart', 'inTime'],
      derive: 'named',
      tell: ['bureau', 'respondent'],
    },
    answer: {
      term: '原决定单位说明',
      from: ['filed'],
      to: '=',
      by: 'respondent.handler',
      optional: true,
      form: statement,
      tell: ['bureau'],
    },
    involve: {
      term: '请相关单位提出意见',
      from: ['filed'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      basis: 'platform.appeal.way',
      form: [{ key: 'unit', term: '相关单位', type: 'party', required: true }],
      guards: ['unconcerned'],
      derive: 'involved',
      tell: ['unit'],
    },
    advise: {
      term: '相关单位意见',
      from: ['filed'],
      to: '=',
      by: 'unit.handler',
      optional: true,
      form: statement,
      tell: ['bureau'],
    },
    uphold: {
      term: '申诉成立，退回重新办理',
      from: ['filed'],
      to: 'upheld',
      by: 'bureau.approver',
      within: 'platform.appeal.decide',
      basis: 'platform.appeal.way',
      form: opinion,
      guards: ['judgeApart', 'otherPerson'],
      tell: ['appellant', 'respondent', 'unit'],
    },
    dismiss: {
      term: '申诉不成立',
      from: ['filed'],
      to: 'dismissed',
      by: 'bureau.approver',
      grave: true,
      within: 'platform.appeal.decide',
      basis: 'platform.appeal.way',
      form: opinion,
      guards: ['judgeApart', 'otherPerson'],
      tell: ['appellant', 'respondent', 'unit'],
    },
    withdraw: {
      term: '撤回申诉',
      from: ['filed'],
      to: 'withdrawn',
      by: 'appellant.handler',
      optional: true,
      tell: ['bureau', 'respondent'],
    },
  },
}

/** The last decision in a case that can be appealed against: its act, and where it stands in the case. */
const decided = (about: Case | undefined) => {
  const act = ['refuse', 'grant']
    .filter((a) => about?.did[a])
    .sort((a, b) => about!.did[b]!.seq - about!.did[a]!.seq)[0]
  return act === undefined ? undefined : { act, ...about!.did[act]!, appealBy: text(about!.data[act]?.['appealBy']) }
}
/** Whether there is a refusal in it that its applicant can appeal against. */
export const canAppeal = (about: Case): boolean =>
  about.process === 'entry' ? about.at === 'refused' : about.process === 'usage' && refusedSome(about)

const aboutOf = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['about'])

const guards: Record<string, Guard> = {
  /** Nobody decides about their own decision. */
  judgeApart: (s) =>
    s.seats['bureau'] === '' || [s.seats['respondent'], s.seats['appellant']].includes(s.seats['bureau'])
      ? refuse('not_now', '没有可以办理申诉的数据管理部门：办理者不能是原决定单位或申诉人')
      : undefined,
  /** A person may have duties in several bodies. */
  otherPerson: (s, _input, cx) =>
    decided(aboutOf(s, cx))?.by === cx.user || s.did['answer']?.by === cx.user
      ? refuse('same_person', '您作出过或说明过原决定，不能办理对它的申诉，请换人办理')
      : undefined,
  inTime: (s, _input, cx) => {
    const about = aboutOf(s, cx)
    const d = decided(about)
    if (!about || !d || !canAppeal(about)) return refuse('not_now', '没有可以申诉的决定')
    const last = d.appealBy || addRule(cx, d.day, 'platform.appeal.window')?.day || cx.day
    return cx.day > last ? refuse('late', `申诉须在 ${last} 之前提出`) : undefined
  },
  unconcerned: (s, input, cx) => {
    const unit = text(input['unit'])
    const says = [s.seats['respondent'], s.seats['appellant'], s.seats['bureau']].includes(unit)
      ? '相关单位不能是申诉人、原决定单位或办理单位'
      : (cx.facts.affiliates?.[s.seats['appellant'] ?? ''] ?? []).includes(unit)
        ? '该单位是申诉人的关联方，不能对申诉提出意见'
        : cx.facts.orgs[unit]
          ? ''
          : '没有这一单位'
    return says === '' ? undefined : refuse('invalid', says, { fields: { unit: says } })
  },
}
const derive: Record<string, Derive> = {
  named: (s, _input, cx) => {
    const d = decided(aboutOf(s, cx))
    return {
      data: {
        appellant: cx.facts.orgs[s.seats['appellant'] ?? '']?.name ?? '',
        decision: d?.act ?? '',
        seq: d?.seq ?? 0,
      },
    }
  },
  involved: (_s, input) => ({ seats: { unit: text(input['unit']) } }),
}

export const appealLaws: Laws = {
  guards,
  derive,
  foreseen: ['judgeApart', 'otherPerson'],
  affiliatesOf: (s, act) => (act === 'involve' ? [s.seats['appellant'] ?? ''] : []),
  // one appeal against one decision
  claims: (s) =>
    s.at === 'withdrawn'
      ? []
      : [{ scope: 'platform.appeal', key: `${s.links['about']} ${Number(s.data['file']?.['seq'] ?? 0)}` }],
  title: (s) => `${text(s.data['file']?.['appellant'])}：${appeal.kinds[s.kind] ?? ''}`,
  effects: (s, e): readonly Effect[] =>
    actOf(e) === 'uphold' ? [{ on: s.links['about'] ?? '', act: 'remand', input: { data: { appeal: s.id } } }] : [],
  derived: { appellant: '申诉人', decision: '所申诉的决定', seq: '决定在原事项中的次序' },
}
