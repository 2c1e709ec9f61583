import type { JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Guard, Laws, Process } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import { isPublished, isSecret, itemData, openDataOf } from './item.ts'

/** 开放计划: that the data of one entry will be opened by a day of a year. The plan of a year is all of these of the year. */
export const openingPlan: Process = {
  name: 'openingPlan',
  term: '开放计划',
  kinds: { year: '年度开放计划' },
  seats: {
    bureau: { term: '数据管理部门', reads: true },
    holder: { term: '数源单位', reads: true },
  },
  states: {
    planned: { term: '待开放', turn: ['holder.approver'] },
    met: { term: '已开放', final: true },
    dropped: { term: '已移出计划', final: true },
  },
  slots: {},
  rows: {
    plan: {
      term: '列入开放计划',
      from: [],
      to: 'planned',
      by: 'bureau.handler',
      basis: 'catalogue.domains',
      guards: ['plannable', 'notYetOpen', 'planned'],
      derive: 'year',
      tell: ['holder'],
      form: [
        { key: 'planned', term: '计划开放日', type: 'day', required: true, clear: true },
        { key: 'why', term: '列入计划的考虑', type: 'text', max: 300, hint: '如属于优先开放领域、有社会需求' },
      ],
    },
    move: {
      term: '调整计划开放日',
      from: ['planned'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      guards: ['planned'],
      derive: 'year',
      tell: ['holder'],
      form: [
        { key: 'planned', term: '计划开放日', type: 'day', required: true, clear: true },
        { key: 'reason', term: '调整原因', type: 'text', required: true, max: 300 },
      ],
    },
    progress: {
      term: '报告进展',
      from: ['planned'],
      to: '=',
      by: 'holder.handler',
      optional: true,
      tell: ['bureau'],
      form: [{ key: 'says', term: '进展与困难', type: 'paragraph', required: true, max: 1000 }],
    },
    meet: {
      term: '数据已开放',
      from: ['planned'],
      to: 'met',
      by: 'system',
      within: 'planned',
      until: '计划开放日',
      tell: ['bureau', 'holder'],
    },
    drop: {
      term: '移出开放计划',
      from: ['planned'],
      to: 'dropped',
      by: 'bureau.handler',
      optional: true,
      grave: true,
      tell: ['holder'],
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
  },
}

const itemOf = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.process === 'item' && c.id === s.links['item'])

export const plannedDay = (s: Case): string => {
  const act = s.did['move'] ? 'move' : 'plan'
  return text(s.data[act]?.['planned'])
}

const guards: Record<string, Guard> = {
  plannable: (s, _input, cx) => {
    const item = itemOf(s, cx)
    if (!item || item.at !== 'listed') return refuse('not_found', '没有这一目录项，或尚未编入目录')
    if (isSecret(item)) return refuse('secret', '该目录项依法保密，不予开放，不能列入开放计划')
    if (!isPublished(item)) return refuse('not_now', '该目录项尚未向社会公布，请先公布')
    return itemData(item)['opening'] === 'none' || !itemData(item)['opening']
      ? refuse('not_openable', '该目录项属于不予开放，或没有写明开放属性，不能列入开放计划')
      : undefined
  },
  notYetOpen: (s, _input, cx) => {
    const item = itemOf(s, cx)
    return item && openDataOf(item, cx.rules) ? refuse('nothing', '该目录项的数据已经开放') : undefined
  },
  planned: (_s, input, cx) =>
    text(input['planned']) < cx.day
      ? refuse('invalid', '计划开放日不能早于今天', { fields: { planned: '不能早于今天' } })
      : undefined,
}

export const openingPlanLaws: Laws = {
  guards,
  derive: {
    year: (s, input, cx) => ({
      data: { year: text(input['planned']).slice(0, 4), ...nameIn(s, cx) },
    }),
  },
  claims: (s) => (s.at === 'planned' ? [{ scope: 'catalogue.openingPlan', key: s.links['item'] ?? '' }] : []),
  title: (s) => text(s.data['plan']?.['name']) || '开放计划',
  facts: (s) => [{ term: '计划开放日', value: plannedDay(s) }],
  derived: { year: '计划年度' },
}
const nameIn = (s: Case, cx: Cx): JsonObject => {
  const item = itemOf(s, cx)
  return item
    ? {
        name: text(itemData(item)['name']),
        theme: text(itemData(item)['theme']),
        unit: ((itemData(item)['holders'] as readonly string[] | undefined) ?? [])[0] ?? '',
      }
    : {}
}

/** An entry of the plan as the public counts it. */
export const planRow = (s: Case): { readonly [column: string]: string } => ({
  id: s.id,
  item: s.links['item'] ?? '',
  year: plannedDay(s).slice(0, 4),
  planned: plannedDay(s),
  name: text(s.data['plan']?.['name']),
  unit: text(s.data['plan']?.['unit']),
  theme: text(s.data['plan']?.['theme']),
  division: s.division,
  state: s.at,
  updated: s.day,
})
