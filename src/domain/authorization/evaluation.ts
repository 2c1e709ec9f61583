import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, list, text } from '../kernel/index.ts'
import { criteriaOf, panelOf, seatsOpened } from './selection-said.ts'

const leaving = ['recuse', 'lapse', 'expire'] as const

/**
 * 评审: one reviewer, drawn by lot, who declares that nothing ties them to anybody concerned, scores each candidate by each factor with
 * reasons, and signs. Until all have signed nobody but the reviewer sees the scores.
 */
export const evaluation: Process = {
  name: 'evaluation',
  term: '专家评审',
  kinds: { evaluation: '专家评审' },
  variants: [''],
  seats: {
    reviewer: { term: '评审专家', reads: true },
    organiser: { term: '遴选单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    city: { term: '市级数据管理部门', reads: true },
    province: { term: '省级数据管理部门', reads: true },
  },
  states: {
    invited: { term: '待声明无利害关系', phase: 'invite' },
    scoring: { term: '评分中', phase: 'score' },
    signed: { term: '已签署', final: true, phase: 'done' },
    recused: { term: '已回避', final: true, phase: 'done' },
    lapsed: { term: '未答复，已递补', final: true, phase: 'done' },
  },
  slots: {},
  rows: {
    assign: { term: '抽取为评审专家', from: [], to: 'invited', by: 'system', tell: ['reviewer'] },
    accept: {
      term: '声明无利害关系，参加评审',
      from: ['invited'],
      to: 'scoring',
      by: 'reviewer.handler',
      basis: 'authorization.evaluation.panel',
      form: [
        {
          key: 'declares',
          term: '本人与遴选单位和各申请人没有利害关系，独立、客观评审，不透露评审情况',
          type: 'yes',
          required: true,
          clear: true,
        },
      ],
      guards: ['unconcerned'],
    },
    recuse: {
      term: '回避',
      from: ['invited', 'scoring'],
      to: 'recused',
      by: 'reviewer.handler',
      optional: true,
      grave: true,
      basis: 'authorization.evaluation.panel',
      form: [{ key: 'reason', term: '回避原因', type: 'paragraph', required: true, max: 1000 }],
    },
    lapse: {
      term: '未在期限内答复',
      from: ['invited'],
      to: 'lapsed',
      by: 'system',
      after: 'authorization.evaluation.response',
      until: '答复期满',
      basis: 'authorization.evaluation.response',
      tell: ['reviewer'],
    },
    score: {
      term: '评分',
      elsewhere: true,
      from: ['scoring'],
      to: '=',
      by: 'reviewer.handler',
      basis: 'authorization.selection.criteria',
      form: 'evaluationScores',
      guards: ['unconcerned', 'everyScoreOnce'],
    },
    sign: {
      term: '签署评审意见',
      from: ['scoring'],
      to: 'signed',
      by: 'reviewer.approver',
      basis: 'authorization.selection.criteria',
      form: [{ key: 'opinion', term: '总体评审意见', type: 'paragraph', required: true, max: 4000 }],
      guards: ['scored', 'unconcerned'],
      grave: true,
    },
    expire: {
      term: '未在期限内签署',
      from: ['scoring'],
      to: 'lapsed',
      by: 'system',
      after: 'authorization.evaluation.term',
      until: '评审期满',
      basis: 'authorization.evaluation.term',
      tell: ['reviewer'],
    },
    reveal: { term: '评审完成，公开评分', from: ['signed'], to: '=', by: 'system', derive: 'revealed' },
  },
}

export const evaluationScores: Form = [
  {
    key: 'scores',
    term: '逐项评分',
    type: 'list',
    required: true,
    max: 2000,
    hint: '每个申请人、每个因素各评一次',
    fields: [
      { key: 'candidate', term: '申请人', type: 'party', required: true },
      { key: 'factor', term: '评审因素', type: 'text', required: true, max: 60 },
      { key: 'score', term: '得分', type: 'number', required: true, max: 1000 },
      { key: 'reason', term: '理由', type: 'text', required: true, max: 500 },
    ],
  },
]

const selectionOf = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['selection'])
/** Those who are evaluated: found to fulfil the conditions. */
export const candidatesOf = (related: readonly Case[], selection: string): readonly Case[] =>
  related.filter(
    (c) =>
      c.process === 'candidacy' && c.links['selection'] === selection && ['qualified', 'won', 'lost'].includes(c.at),
  )
const pair = (candidate: unknown, factor: unknown): string => `${text(candidate)} ${text(factor)}`

const guards: Record<string, Guard> = {
  /** Looked at again with every act: what ties a reviewer to somebody may have come about since. */
  unconcerned: (s, _input, cx) => {
    const of = selectionOf(s, cx)
    const parties = [
      of?.seats['organiser'] ?? '',
      ...cx.related.filter((c) => c.process === 'candidacy' && c.did['open']).map((c) => c.seats['applicant'] ?? ''),
    ]
    const mine = cx.facts.interests?.orgs ?? []
    const near = cx.facts.interests?.related ?? []
    return mine.some((o) => parties.includes(o) || near.includes(o))
      ? refuse('conflicted', '您任职的单位是当事方或者其关联方，应当回避')
      : undefined
  },
  everyScoreOnce: (s, input, cx) => {
    const of = selectionOf(s, cx)
    const criteria = of ? criteriaOf(of) : []
    const orgs = candidatesOf(cx.related, s.links['selection'] ?? '').map((c) => c.seats['applicant'] ?? '')
    const due = orgs.flatMap((o) => criteria.map((c) => pair(o, c.term)))
    const said = list(input['scores'])
    const given = said.map((x) => pair(x['candidate'], x['factor']))
    const twice = given.filter((g, i) => given.indexOf(g) !== i)
    if (twice.length > 0)
      return refuse('invalid', '同一申请人的同一因素只能评一次', { fields: { scores: '有重复的评分' } })
    if (given.some((g) => !due.includes(g)))
      return refuse('invalid', '含有不在评审范围内的申请人或因素', { fields: { scores: '超出评审范围' } })
    if (given.length < due.length)
      return refuse('invalid', `还有 ${due.length - given.length} 项没有评分`, { fields: { scores: '没有评完' } })
    const high = said.find((x) => Number(x['score']) > (criteria.find((c) => c.term === x['factor'])?.most ?? 0))
    return high
      ? refuse('invalid', `“${text(high['factor'])}”的得分超过满分`, { fields: { scores: '得分超过满分' } })
      : undefined
  },
  scored: (s) => (s.did['score'] ? undefined : refuse('not_yet', '还没有评分')),
}

/** What a reviewer gave, as rows of candidate, factor, score and reason. */
export const scoresOf = (s: Case): readonly JsonObject[] => list(s.data['score']?.['scores'])

export const evaluationLaws: Laws = {
  guards,
  foreseen: ['scored'],
  derive: {
    revealed: (s, _input, cx) => {
      const of = selectionOf(s, cx)
      return of ? { seats: seatsOpened(of) } : {}
    },
  },
  // whoever supervises sits in a seat once it is revealed, not before
  unseen: true,
  claims: (s) => [{ scope: 'authorization.evaluation', key: `${s.links['selection']} ${s.seats['reviewer']}` }],
  title: (s) => `专家评审：${text(s.data['assign']?.['selection'])}`,
  derived: { selection: '遴选项目', limits: '评审因素' },
  facts: (s) => [{ term: '遴选项目', value: text(s.data['assign']?.['selection']) }],
  begin: (s, act, _form, around) => {
    if (act !== 'score') return undefined
    if (s.data['score']) return s.data['score']
    const rows = list(s.data['assign']?.['criteria']).flatMap((c) =>
      around
        .filter((x) => x.process === 'candidacy')
        .map((x) => ({ candidate: x.seats['applicant'] ?? '', factor: text(c['term']) })),
    )
    return { scores: rows }
  },
  content: (s) => ({ form: evaluationScores, value: s.data['score'] ?? {} }),
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    const selection = s.links['selection'] ?? ''
    if ((leaving as readonly string[]).includes(act))
      return [{ on: selection, act: 'redraw', input: { data: { left: text(s.data['assign']?.['expert']) } } }]
    const of = selectionOf(s, cx)
    return act === 'sign' && of && allSigned(of, [...cx.related, s]) ? [{ on: selection, act: 'rank', input: {} }] : []
  },
}

/** Has everybody on the panel signed? */
export const allSigned = (of: Case, cases: readonly Case[]): boolean => {
  const panel = panelOf(of)
  return (
    panel.length > 0 &&
    panel.every((id) =>
      cases.some(
        (c) =>
          c.process === 'evaluation' &&
          c.links['selection'] === of.id &&
          c.data['assign']?.['expert'] === id &&
          c.at === 'signed',
      ),
    )
  )
}
