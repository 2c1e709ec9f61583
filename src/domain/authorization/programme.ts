import type { Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { citeRule, list, text } from '../kernel/index.ts'
import { milestonesFrom, programmeForm, unitsIn, type Milestone, type ProgrammeUnit } from './programme-pack.ts'

/**
 * 分批推进: a batch of units that bring authorization about step by step, under one template of dates that moves with the first day of
 * the batch. What a unit has reached is read from its cases (`programme-state.ts`); what no case shows is confirmed with a document.
 */
export const programme: Process = {
  name: 'programme',
  term: '分批推进',
  kinds: { first: '第一批', second: '第二批', further: '其他批次' },
  variants: [''],
  seats: { bureau: { term: '数据管理部门', reads: true } },
  states: { running: { term: '推进中' }, closed: { term: '已结束', final: true } },
  slots: {},
  rows: {
    start: {
      term: '启动批次',
      from: [],
      to: 'running',
      by: 'bureau.handler',
      basis: 'authorization.programme.batches',
      form: 'programme',
      guards: ['templated', 'namesOnce'],
      derive: 'dated',
    },
    amend: {
      term: '调整单位和时间',
      from: ['running'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      basis: 'authorization.programme.shift',
      form: 'programme',
      guards: ['namesOnce'],
      derive: 'dated',
    },
    confirm: {
      term: '确认步骤完成',
      from: ['running'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      basis: 'authorization.programme.milestones',
      form: 'programmeConfirm',
      guards: ['ours', 'doneByNow'],
      derive: 'confirmed',
    },
    fallDue: {
      term: '本批次有步骤到期，请核对各单位进度',
      from: ['running'],
      to: '=',
      by: 'system',
      basis: 'authorization.programme.milestones',
      after: 'nextDue',
      until: '下一步骤的期限',
      derive: 'onward',
      tell: ['bureau'],
    },
    close: {
      term: '结束本批次',
      from: ['running'],
      to: 'closed',
      by: 'bureau.approver',
      optional: true,
      grave: true,
      form: [{ key: 'summary', term: '推进情况', type: 'paragraph', required: true, max: 4000 }],
    },
  },
}

const said = (s: Case): JsonObject => s.data['amend'] ?? s.data['start'] ?? {}
export const programmeUnits = (s: Case): readonly ProgrammeUnit[] => unitsIn(said(s))
export const programmeMilestones = (s: Case): readonly Milestone[] =>
  Array.isArray(said(s)['milestones']) ? (said(s)['milestones'] as unknown as Milestone[]) : []
export const programmeTitle = (s: Case): string => text(said(s)['title'])
export const programmeBeginning = (s: Case): string => text(said(s)['begins'])
/** What has been confirmed by hand: unit (empty: the territory) and milestone, with the day. */
export interface Confirmed {
  readonly unit: string
  readonly milestone: string
  readonly doneOn: string
}
export const confirmedIn = (s: Case): readonly Confirmed[] =>
  Array.isArray(s.data['confirm']?.['all']) ? (s.data['confirm']['all'] as unknown as Confirmed[]) : []

const guards: Record<string, Guard> = {
  templated: (_s, input, cx) =>
    milestonesFrom(cx.rules, 'first', text(input['begins'])).length > 0
      ? undefined
      : refuse('not_here', '本地区没有规定分批推进的步骤', {
          basis: citeRule(cx.rules, 'authorization.programme.milestones'),
        }),
  namesOnce: (_s, input) => {
    const names = unitsIn(input).map((u) => u.name)
    const twice = names.findIndex((n, i) => names.indexOf(n) < i)
    return twice >= 0
      ? refuse('invalid', `单位“${names[twice]!}”列了两次`, { fields: { [`units.${twice}.name`]: '已在前面列出' } })
      : undefined
  },
  ours: (s, input) => {
    const m = programmeMilestones(s).find((x) => x.key === input['milestone'])
    if (!m) return refuse('invalid', '本批次没有这一步骤', { fields: { milestone: '本批次没有' } })
    const named = programmeUnits(s).some((u) => u.name === text(input['unit']))
    return m.common === (text(input['unit']) === '') && (m.common || named)
      ? undefined
      : refuse('invalid', m.common ? '共同的步骤不填单位' : '请填写本批次的单位名称', {
          fields: { unit: m.common ? '不填' : '不在本批次之中' },
        })
  },
  doneByNow: (_s, input, cx) =>
    text(input['doneOn']) > cx.day
      ? refuse('invalid', `完成日期不能晚于今天（${cx.day}）`, { fields: { doneOn: '不能晚于今天' } })
      : undefined,
}

/** The next day on which a step of these falls due; empty after the last. */
const nextOf = (milestones: readonly Milestone[], day: string): string =>
  milestones
    .map((m) => m.due)
    .filter((due) => due >= day)
    .sort()[0] ?? ''

const derive: Record<string, Derive> = {
  onward: (s, _input, cx) => ({ data: { nextDue: nextOf(programmeMilestones(s), cx.day) } }),
  dated: (s, input, cx) => {
    const other = new Map(list(input['dates']).map((d) => [text(d['milestone']), text(d['due'])]))
    const all = milestonesFrom(cx.rules, s.kind, text(input['begins']))
    const milestones = all.map((m) => ({ ...m, due: other.get(m.key) ?? m.due }))
    return { data: { milestones: milestones as unknown as Json, nextDue: nextOf(milestones, cx.day) } }
  },
  confirmed: (s, input) => {
    const one: Confirmed = {
      unit: text(input['unit']),
      milestone: text(input['milestone']),
      doneOn: text(input['doneOn']),
    }
    const rest = confirmedIn(s).filter((c) => c.unit !== one.unit || c.milestone !== one.milestone)
    return { data: { all: [...rest, one] as unknown as Json } }
  },
}

export const programmeLaws: Laws = {
  guards,
  derive,
  title: programmeTitle,
  derived: { nextDue: '下一步骤的期限' },
  facts: (s) => [
    { term: '起始日', value: programmeBeginning(s) },
    { term: '单位', value: `${programmeUnits(s).length} 个` },
    { term: '步骤', value: `${programmeMilestones(s).length} 个` },
  ],
  begin: (s, act) => {
    if (act !== 'amend') return undefined
    const { milestones: _m, nextDue: _n, ...rest } = said(s)
    return rest
  },
  content: (s, rules) => ({ form: programmeForm(rules), value: said(s) }),
  claims: (s) =>
    s.at === 'running' && s.kind !== 'further'
      ? [{ scope: 'authorization.programme', key: `${s.division}:${s.kind}` }]
      : [],
}
