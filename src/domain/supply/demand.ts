import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Effect, EntryFact, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, list, text, texts } from '../kernel/index.ts'
import { agreementItems, agreementTitle, scopeProblem, standing } from '../authorization/index.ts'

const reason: Form = [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 }]
const purpose: Form = [
  { key: 'scenario', term: '应用场景', type: 'text', required: true, clear: true, max: 100 },
  { key: 'purpose', term: '用途', type: 'paragraph', required: true, max: 4000 },
]

/**
 * 数据需求: what an operator needs for a scenario, settled by the implementer together with each source unit where the rules say so
 * (kind `items`); or what the agreement does not cover, brought to the implementer to be coordinated (kind `unmet`).
 */
export const supplyDemand: Process = {
  name: 'supplyDemand',
  term: '供数需求',
  kinds: { items: '数据资源需求', unmet: '未满足的需求' },
  variants: [''],
  seats: {
    operator: { term: '运营机构', reads: true },
    implementer: { term: '实施机构', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    reviewing: { term: '待数源单位审定', when: 'supply.demand.joint', else: 'deciding' },
    deciding: { term: '待实施机构审定' },
    confirmed: { term: '已审定' },
    refused: { term: '未予同意', final: true },
    coordinating: { term: '待协调' },
    coordinated: { term: '已协调', final: true },
    withdrawn: { term: '已撤回', final: true },
    ended: { term: '已失效', final: true },
  },
  slots: {},
  rows: {
    ask: {
      term: '提出数据需求',
      from: [],
      to: 'reviewing',
      by: 'operator.handler',
      kinds: ['items'],
      basis: 'supply.demand.joint',
      form: [
        ...purpose,
        { key: 'items', term: '需要的目录项', type: 'items', required: true, max: 500, hint: '须在协议的授权范围内' },
        { key: 'frequency', term: '更新要求', type: 'text', max: 100 },
      ],
      guards: ['stands', 'inScope', 'notTooMany'],
      derive: 'asked',
      tell: ['implementer'],
    },
    sourceAnswered: { term: '数源单位已审定', from: ['reviewing'], to: '=', by: 'system', kinds: ['items'] },
    sourcesDone: {
      term: '数源单位均已审定',
      from: ['reviewing'],
      to: 'deciding',
      by: 'system',
      kinds: ['items'],
      tell: ['implementer'],
    },
    confirm: {
      term: '审定同意',
      from: ['deciding'],
      to: 'confirmed',
      by: 'implementer.approver',
      kinds: ['items'],
      within: 'supply.demand.decide',
      basis: 'supply.demand.joint',
      form: [
        { key: 'items', term: '同意提供的目录项', type: 'items', required: true, max: 500 },
        { key: 'opinion', term: '审定意见', type: 'paragraph', max: 2000 },
      ],
      guards: ['stands', 'agreedByAll'],
      derive: 'confirmed',
      tell: ['operator'],
    },
    refuse: {
      term: '不同意',
      from: ['deciding'],
      to: 'refused',
      by: 'implementer.approver',
      kinds: ['items'],
      within: 'supply.demand.decide',
      basis: 'supply.demand.joint',
      form: reason,
      tell: ['operator'],
    },
    end: {
      term: '不再需要',
      from: ['confirmed'],
      to: 'ended',
      by: ['operator.handler', 'implementer.approver'],
      kinds: ['items'],
      optional: true,
      form: reason,
      tell: ['operator', 'implementer'],
    },
    request: {
      term: '提请协调',
      from: [],
      to: 'coordinating',
      by: 'operator.handler',
      kinds: ['unmet'],
      basis: 'supply.demand.coordinate',
      form: [
        ...purpose,
        {
          key: 'wanted',
          term: '授权范围内没有的数据',
          type: 'list',
          required: true,
          max: 50,
          fields: [
            { key: 'name', term: '数据名称', type: 'text', required: true, max: 100 },
            { key: 'unit', term: '可能的数源单位', type: 'text', max: 100 },
            { key: 'detail', term: '信息项、范围、更新频率', type: 'paragraph', max: 1000 },
          ],
        },
      ],
      guards: ['stands'],
      derive: 'asked',
      tell: ['implementer'],
    },
    coordinate: {
      term: '答复协调结果',
      from: ['coordinating'],
      to: 'coordinated',
      by: 'implementer.handler',
      kinds: ['unmet'],
      within: 'supply.demand.coordinate',
      basis: 'supply.demand.coordinate',
      form: [
        {
          key: 'result',
          term: '结果',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'plan', term: '纳入方案、协议的调整' },
            { value: 'opening', term: '通过开放、共享取得' },
            { value: 'none', term: '无法满足' },
          ],
        },
        { key: 'reply', term: '协调情况', type: 'paragraph', required: true, max: 4000 },
      ],
      tell: ['operator', 'bureau'],
    },
    withdraw: {
      term: '撤回',
      from: ['reviewing', 'deciding', 'coordinating'],
      to: 'withdrawn',
      by: 'operator.handler',
      optional: true,
      tell: ['implementer'],
    },
  },
}

/** 数源单位审定: one source unit's word on what an operator asks of its data. */
export const demandReview: Process = {
  name: 'demandReview',
  term: '数源单位审定',
  kinds: { review: '数源单位审定' },
  variants: [''],
  seats: {
    source: { term: '数源单位', reads: true },
    implementer: { term: '实施机构', reads: true },
    operator: { term: '运营机构', reads: false },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    asked: { term: '待审定' },
    agreed: { term: '已同意', final: true },
    declined: { term: '不同意', final: true },
  },
  slots: {},
  rows: {
    open: {
      term: '会同审定',
      from: [],
      to: 'asked',
      by: 'system',
      basis: 'supply.demand.joint',
      tell: ['source'],
      form: [
        { key: 'scenario', term: '应用场景', type: 'text', clear: true },
        { key: 'items', term: '目录项', type: 'items' },
        { key: 'purpose', term: '用途', type: 'paragraph' },
      ],
    },
    agree: {
      term: '同意提供',
      from: ['asked'],
      to: 'agreed',
      by: 'source.approver',
      within: 'supply.demand.answer',
      basis: 'supply.demand.joint',
      form: [
        { key: 'items', term: '同意提供的目录项', type: 'items', required: true, max: 500 },
        { key: 'opinion', term: '意见', type: 'paragraph', max: 2000 },
      ],
      guards: ['ofThese'],
    },
    decline: {
      term: '不同意提供',
      from: ['asked'],
      to: 'declined',
      by: 'source.approver',
      within: 'supply.demand.answer',
      basis: 'supply.demand.joint',
      form: reason,
    },
  },
}

const asked = (s: Case): JsonObject => s.data['ask'] ?? s.data['request'] ?? {}
const askedItems = (s: Case): readonly string[] => texts(asked(s)['items'])
/** The items that have been settled and are still needed. */
export const demandedItems = (s: Case): readonly string[] =>
  s.process === 'supplyDemand' && s.at === 'confirmed' ? texts(s.data['confirm']?.['items']) : []
const agreementOf = (s: Case, related: readonly Case[]): Case | undefined =>
  related.find((c) => c.process === 'agreement' && c.id === s.links['agreement'])

/** Source units beyond which one demand has to be split: each of them is asked in the same act. */
const mostSources = 40
const sourcesIn = (entries: readonly EntryFact[], implementer: string): ReadonlyMap<string, readonly EntryFact[]> => {
  const of = new Map<string, EntryFact[]>()
  for (const e of entries)
    if (e.holder !== '' && e.holder !== implementer) of.set(e.holder, [...(of.get(e.holder) ?? []), e])
  return of
}
const reviewsOf = (s: Case, related: readonly Case[]): readonly Case[] =>
  related.filter((c) => c.process === 'demandReview' && c.links['demand'] === s.id)
/** What nobody has declined: items of the implementer's own, and those their source has agreed to. */
const agreedItems = (s: Case, related: readonly Case[]): readonly string[] => {
  const reviews = reviewsOf(s, related)
  return askedItems(s).filter((id) => {
    const of = reviews.find((r) => texts(r.data['open']?.['items']).includes(id))
    return !of || (of.at === 'agreed' && texts(of.data['agree']?.['items']).includes(id))
  })
}

const guards: Record<string, Guard> = {
  stands: (s, _input, cx) => {
    const agreement = agreementOf(s, cx.related)
    return agreement && standing(agreement, cx.day)
      ? undefined
      : refuse('not_standing', '协议不在执行中，不能办理供数需求')
  },
  inScope: (s, input, cx) => {
    const agreement = agreementOf(s, cx.related)
    const scope = new Set(agreement ? agreementItems(agreement) : [])
    const beyond = texts(input['items']).filter((id) => !scope.has(id))
    if (beyond.length > 0)
      return refuse(
        'beyond_scope',
        `有 ${beyond.length} 个目录项不在协议的授权范围内；范围以外的，请提请实施机构协调`,
        {
          fields: { items: '超出授权范围' },
        },
      )
    return scopeProblem(cx, texts(input['items']))
  },
  notTooMany: (s, _input, cx) =>
    sourcesIn(cx.facts.entries ?? [], s.seats['implementer'] ?? '').size > mostSources
      ? refuse('invalid', `一次最多涉及 ${mostSources} 个数源单位，请分开提出`, { fields: { items: '数源单位过多' } })
      : undefined,
  agreedByAll: (s, input, cx) => {
    const agreed = new Set(agreedItems(s, cx.related))
    const beyond = texts(input['items']).filter((id) => !agreed.has(id))
    return beyond.length > 0
      ? refuse('not_agreed', `有 ${beyond.length} 个目录项没有提出，或其数源单位没有同意`, {
          fields: { items: '数源单位没有同意' },
        })
      : undefined
  },
  ofThese: (s, input) => {
    const open = new Set(texts(s.data['open']?.['items']))
    return texts(input['items']).every((id) => open.has(id))
      ? undefined
      : refuse('invalid', '只能在提出的目录项中选择', { fields: { items: '不在提出的目录项内' } })
  },
}

export const supplyDemandLaws: Laws = {
  guards,
  derive: {
    asked: (s, _input, cx) => {
      const agreement = agreementOf(s, cx.related)
      return {
        data: { agreement: agreement ? agreementTitle(agreement) : '' },
        sealed: {
          entries: (cx.facts.entries ?? []).map((e) => ({ id: e.id, name: e.name, holder: e.holder })),
        },
      }
    },
    confirmed: (_s, input) => ({ data: { count: texts(input['items']).length } }),
  },
  asks: (_s, act, input) => (act === 'ask' ? { ids: texts(input['items']) } : undefined),
  title: (s) => text(asked(s)['scenario']),
  facts: (s) => [
    { term: '协议', value: text(asked(s)['agreement']) },
    ...(s.kind === 'items' ? [{ term: '目录项', value: `${askedItems(s).length} 项` }] : []),
  ],
  derived: { agreement: '协议', entries: '目录项', count: '同意项数' },
  begin: (s, act, _form, around) => (act === 'confirm' ? { items: [...agreedItems(s, around)] } : undefined),
  effects: (s, event, cx): readonly Effect[] => {
    if (actOf(event) !== 'ask' || s.at !== 'reviewing') return []
    const sources = sourcesIn(
      list(s.data['ask']?.['entries']) as unknown as readonly EntryFact[],
      s.seats['implementer'] ?? '',
    )
    if (sources.size === 0) return [{ on: s.id, act: 'sourcesDone', input: {} }]
    return [...sources].map(([source, entries]) => ({
      open: {
        process: 'demandReview',
        kind: 'review',
        variant: '',
        division: s.division,
        seats: {
          source,
          implementer: s.seats['implementer'] ?? '',
          operator: s.seats['operator'] ?? '',
          bureau: s.seats['bureau'] ?? '',
        },
        links: { demand: s.id },
      },
      act: 'open',
      input: {
        data: { scenario: text(asked(s)['scenario']) },
        sealed: {
          items: entries.map((e) => e.id),
          names: entries.map((e) => e.name),
          purpose: text(asked(s)['purpose']),
          operator: cx.facts.orgs[s.seats['operator'] ?? '']?.name ?? '',
        },
      },
    }))
  },
}

export const demandReviewLaws: Laws = {
  guards,
  derive: {},
  title: (s) => text(s.data['open']?.['scenario']),
  facts: (s) => [
    { term: '运营机构', value: text(s.data['open']?.['operator']) },
    { term: '目录项', value: texts(s.data['open']?.['names']).join('、') },
  ],
  derived: { names: '目录项', operator: '运营机构' },
  begin: (s, act) => (act === 'agree' ? { items: [...texts(s.data['open']?.['items'])] } : undefined),
  effects: (s, event, cx): readonly Effect[] => {
    if (!['agree', 'decline'].includes(actOf(event))) return []
    const demand = cx.related.find((c) => c.id === s.links['demand'])
    if (demand?.at !== 'reviewing') return []
    const waits = cx.related.some(
      (c) => c.process === 'demandReview' && c.links['demand'] === demand.id && c.id !== s.id && c.at === 'asked',
    )
    return [
      {
        on: demand.id,
        act: waits ? 'sourceAnswered' : 'sourcesDone',
        input: { data: { source: s.seats['source'] ?? '', agreed: s.at === 'agreed' } },
      },
    ]
  },
}
