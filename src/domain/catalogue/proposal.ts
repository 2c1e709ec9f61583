import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, text } from '../kernel/index.ts'
import { batchOf, flatten, isSecret, itemData } from './item.ts'
import { itemForm } from './pack.ts'

/** 目录更新建议: the operator and the source unit bring the catalogue of authorized operation up to date together. */
export const proposal: Process = {
  name: 'proposal',
  term: '目录更新建议',
  kinds: { amend: '调整目录内容', include: '列入授权目录', exclude: '移出授权目录' },
  seats: {
    operator: { term: '运营机构', reads: true },
    unit: { term: '数源单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    proposed: { term: '待数源单位会商' },
    agreed: { term: '待决定' },
    adopted: { term: '已更新', final: true },
    declined: { term: '数源单位不同意', final: true },
    refused: { term: '不予更新', final: true },
    withdrawn: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    propose: {
      term: '提出更新建议',
      from: [],
      to: 'proposed',
      by: 'operator.handler',
      basis: 'catalogue.proposal',
      form: 'proposal',
      guards: ['saysSomething', 'entryFits'],
      tell: ['unit', 'bureau'],
    },
    agree: {
      term: '会商同意',
      from: ['proposed'],
      to: 'agreed',
      by: 'unit.approver',
      basis: 'catalogue.proposal',
      form: [{ key: 'opinion', term: '会商意见', type: 'paragraph', required: true, max: 1000 }],
      tell: ['operator', 'bureau'],
    },
    decline: {
      term: '不同意',
      from: ['proposed'],
      to: 'declined',
      by: 'unit.approver',
      optional: true,
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 }],
      tell: ['operator', 'bureau'],
    },
    adopt: {
      term: '决定更新',
      from: ['agreed'],
      to: 'adopted',
      by: 'bureau.handler',
      basis: 'catalogue.proposal',
      form: [{ key: 'opinion', term: '意见', type: 'paragraph', max: 1000 }],
      guards: ['entryFits'],
      tell: ['operator', 'unit'],
    },
    refuse: {
      term: '不予更新',
      from: ['agreed'],
      to: 'refused',
      by: 'bureau.handler',
      optional: true,
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 }],
      tell: ['operator', 'unit'],
    },
    withdraw: {
      term: '撤回',
      from: ['proposed', 'agreed'],
      to: 'withdrawn',
      by: 'operator.handler',
      optional: true,
      tell: ['unit', 'bureau'],
    },
  },
}

const asked = ['summary', 'frequency', 'quality', 'usage', 'sharingCondition', 'openingCondition']

/** What may be proposed: parts of an entry that its use shows, in the words and choices of the entry itself. */
export const proposalForm = (rules: Rules, kind: string): Form => [
  ...(kind === 'amend'
    ? [
        {
          key: 'changes',
          term: '建议改为',
          type: 'group',
          fields: itemForm(rules)
            .flatMap((g) => g.fields ?? [])
            .filter((f) => asked.includes(f.key))
            .map(({ required: _r, when: _w, public: _p, ...f }) => f),
        } satisfies Form[number],
      ]
    : []),
  ...(kind === 'include'
    ? [{ key: 'batch', term: '批次', type: 'text', required: true, clear: true, max: 60 } satisfies Form[number]]
    : []),
  {
    key: 'grading',
    term: '分类分级情况',
    type: 'paragraph',
    required: true,
    max: 1000,
    hint: '按公共数据分类分级标准说明',
  },
  { key: 'reason', term: '建议理由', type: 'paragraph', required: true, max: 1000 },
]

const itemOf = (s: Pick<Case, 'links'>, related: readonly Case[]): Case | undefined =>
  related.find((c) => c.id === s.links['item'] && c.process === 'item')
const changesOfProposal = (s: Case): JsonObject =>
  Object.fromEntries(
    Object.entries(flatten({ changes: s.data['propose']?.['changes'] ?? {} })).filter(([, v]) => v !== ''),
  )

const guards: Record<string, Guard> = {
  saysSomething: (s, input, cx) => {
    if (s.kind !== 'amend') return undefined
    const item = itemOf(s, cx.related)
    const now = item ? itemData(item) : {}
    const changes = flatten({ changes: input['changes'] ?? {} })
    return Object.entries(changes).some(([k, v]) => v !== '' && JSON.stringify(v) !== JSON.stringify(now[k] ?? ''))
      ? undefined
      : refuse('nothing', '没有写明要改什么', { fields: { changes: '至少写明一处与现有内容不同的建议' } })
  },
  entryFits: (s, _input, cx) => {
    const item = itemOf(s, cx.related)
    if (item?.at !== 'listed') return refuse('not_now', '该目录项已不在目录')
    if (s.kind === 'include' && isSecret(item)) return refuse('secret', '含有国家秘密的目录项不得列入授权运营')
    if (s.kind === 'include' && batchOf(item) !== '') return refuse('not_now', `该目录项已列入${batchOf(item)}`)
    if (s.kind === 'exclude' && batchOf(item) === '') return refuse('not_now', '该目录项不在授权运营目录中')
    return undefined
  },
}
const derive: Record<string, Derive> = {}

export const proposalLaws: Laws = {
  guards,
  derive,
  effects: (s, e, cx) => {
    const item = itemOf(s, cx.related)
    if (actOf(e) !== 'adopt' || !item) return []
    switch (s.kind) {
      case 'include':
        return [
          {
            on: item.id,
            act: 'assign',
            input: { data: { batch: text(s.data['propose']?.['batch']), proposal: s.id } },
          },
        ]
      case 'exclude':
        return [
          {
            on: item.id,
            act: 'unassign',
            input: { data: { reason: text(s.data['propose']?.['reason']), proposal: s.id } },
          },
        ]
      default: {
        const { batch: _b, ...known } = itemData(item)
        return [{ on: item.id, act: 'update', input: { sealed: { ...known, ...changesOfProposal(s) } } }]
      }
    }
  },
  title: (s) => `${proposal.kinds[s.kind] ?? ''}的建议`,
  facts: (s) =>
    [
      { term: '批次', value: text(s.data['propose']?.['batch']) },
      {
        term: '建议',
        value: Object.keys(changesOfProposal(s)).length > 0 ? `${Object.keys(changesOfProposal(s)).length} 处调整` : '',
      },
    ].filter((f) => f.value !== ''),
  content: (s, rules) => ({ form: proposalForm(rules, s.kind), value: s.data['propose'] ?? {} }),
}
