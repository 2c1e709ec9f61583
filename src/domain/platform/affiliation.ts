import type { Field, Form, Json } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { text } from './said.ts'

const facts: Form = [
  { key: 'since', term: '自何时起', type: 'day', required: true, clear: true },
  { key: 'share', term: '持股比例（%）', type: 'number', max: 100, hint: '持股的填写' },
  { key: 'note', term: '说明', type: 'paragraph', max: 1000, hint: '不要写自然人的姓名、证件号码' },
]
const document = (required: boolean): Field => ({
  key: 'document',
  term: '依据材料',
  type: 'files',
  ...(required ? { required } : {}),
})
const other: Field = { key: 'other', term: '关联单位', type: 'party', required: true }
const reason: Form = [
  { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
  { key: 'evidence', term: '证据', type: 'files' },
]

/**
 * 关联关系 between two organisations, declared by one of them or recorded by a body that knows of it, until it ends. Prohibitions
 * reach related parties. That two have one legal representative is a fact about them; who that is stands nowhere.
 */
export const affiliation: Process = {
  name: 'affiliation',
  term: '关联关系',
  kinds: { ownership: '持股', control: '控制', representative: '同一法定代表人', other: '其他关联' },
  seats: {
    one: { term: '一方', reads: true },
    other: { term: '另一方', reads: true },
    recorder: { term: '登记单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    standing: { term: '存续' },
    // until it is settled it counts: who denies a relation does not escape it by that
    contested: { term: '有异议，待核定' },
    ended: { term: '已解除', final: true },
    struck: { term: '核定不存在', final: true },
  },
  slots: {},
  rows: {
    declare: {
      term: '申报关联关系',
      from: [],
      to: 'standing',
      by: 'one.handler',
      basis: 'platform.affiliation.duty',
      form: [other, ...facts, document(false)],
      guards: ['twoBodies', 'begun'],
      derive: 'joined',
      tell: ['other', 'bureau'],
    },
    record: {
      term: '登记关联关系',
      from: [],
      to: 'standing',
      by: 'recorder.handler',
      basis: 'platform.affiliation.duty',
      form: [{ ...other, key: 'one', term: '一方' }, { ...other, term: '另一方' }, ...facts, document(true)],
      guards: ['twoBodies', 'begun'],
      derive: 'joined',
      tell: ['one', 'other', 'bureau'],
    },
    contest: {
      term: '提出异议',
      from: ['standing'],
      to: 'contested',
      by: ['one.handler', 'other.handler'],
      optional: true,
      basis: 'platform.affiliation.settle',
      form: reason,
      guards: ['notOwnWord'],
      tell: ['bureau', 'one', 'other', 'recorder'],
    },
    confirm: {
      term: '核定存在',
      from: ['contested'],
      to: 'standing',
      by: 'bureau.approver',
      within: 'platform.affiliation.settle',
      basis: 'platform.affiliation.settle',
      form: reason,
      guards: ['notParty'],
      tell: ['one', 'other', 'recorder'],
    },
    strike: {
      term: '核定不存在',
      from: ['contested'],
      to: 'struck',
      by: 'bureau.approver',
      grave: true,
      within: 'platform.affiliation.settle',
      basis: 'platform.affiliation.settle',
      form: reason,
      guards: ['notParty'],
      tell: ['one', 'other', 'recorder'],
    },
    end: {
      term: '登记解除',
      from: ['standing'],
      to: 'ended',
      by: ['recorder.handler', 'one.approver', 'bureau.approver'],
      optional: true,
      grave: true,
      basis: 'platform.affiliation.duty',
      form: [
        { key: 'until', term: '解除日期', type: 'day', required: true, clear: true },
        { key: 'document', term: '证明材料', type: 'files', required: true },
      ],
      guards: ['ownToEnd', 'endsInTime'],
      tell: ['one', 'other', 'bureau'],
    },
  },
}

const said = (s: Case) => s.data['record'] ?? s.data['declare'] ?? {}
const guards: Record<string, Guard> = {
  twoBodies: (s, input, cx) => {
    const one = text(input['one']) || (s.seats['one'] ?? '')
    const two = text(input['other'])
    const field = cx.facts.orgs[two] ? 'one' : 'other'
    const says =
      one === two ? '关联关系须在两个不同的单位之间' : !cx.facts.orgs[two] || !cx.facts.orgs[one] ? '没有这一单位' : ''
    return says === '' ? undefined : refuse('invalid', says, { fields: { [one === two ? 'other' : field]: says } })
  },
  begun: (_s, input, cx) =>
    text(input['since']) > cx.day
      ? refuse('invalid', '尚未形成的关联关系不登记', { fields: { since: '不能晚于今天' } })
      : undefined,
  notOwnWord: (s, _input, cx) =>
    s.did['declare']?.org === cx.org
      ? refuse('not_yours', '这一关联关系由本单位申报；已经解除的，请登记解除')
      : undefined,
  notParty: (s, _input, cx) =>
    [s.seats['one'], s.seats['other']].includes(cx.org)
      ? refuse('not_yours', '本单位是关联的一方，不能自行核定')
      : undefined,
  /** What a body recorded ends by that body's word, not by a party's. */
  ownToEnd: (s, _input, cx) =>
    s.did['record'] && ![s.seats['recorder'], s.seats['bureau']].includes(cx.org)
      ? refuse('not_yours', '由登记单位登记的，由登记单位办理解除')
      : undefined,
  endsInTime: (s, input, cx) =>
    text(input['until']) > cx.day || text(input['until']) < text(said(s)['since'])
      ? refuse('invalid', '解除日期应在形成之后、今天以前', { fields: { until: '日期有误' } })
      : undefined,
}
const derive: Record<string, Derive> = {
  joined: (s, input, cx) => {
    const one = text(input['one']) || (s.seats['one'] ?? '')
    const two = text(input['other'])
    const name = (id: string): string => cx.facts.orgs[id]?.name ?? ''
    return { data: { between: [name(one), name(two)] }, seats: { one, other: two } }
  },
}

export const affiliationLaws: Laws = {
  guards,
  derive,
  foreseen: ['notOwnWord', 'notParty', 'ownToEnd'],
  claims: (s) =>
    affiliation.states[s.at]?.final
      ? []
      : [
          {
            scope: 'platform.affiliation',
            key: `${s.kind} ${[s.seats['one'] ?? '', s.seats['other'] ?? ''].sort().join(' ')}`,
          },
        ],
  title: (s) =>
    `${((said(s)['between'] as readonly string[] | undefined) ?? []).join(' — ')}：${affiliation.kinds[s.kind] ?? ''}`,
  facts: (s) => [
    { term: '自', value: text(said(s)['since']) },
    ...(s.at === 'ended' ? [{ term: '至', value: text(s.data['end']?.['until']) }] : []),
  ],
  derived: { between: '关联双方' },
}

/** One relation as the read model keeps it: from `since` on, until `until` where it has ended. */
export interface Affiliation {
  readonly a: string
  readonly b: string
  readonly kind: string
  readonly since: string
  readonly until: string | null
}
export const affiliationRows = (
  s: Case,
): readonly { readonly table: 'affiliation'; readonly row: { readonly [c: string]: Json } | null }[] =>
  s.process !== 'affiliation'
    ? []
    : [
        {
          table: 'affiliation',
          row:
            s.at === 'struck'
              ? null
              : {
                  id: s.id,
                  a: s.seats['one'] ?? '',
                  b: s.seats['other'] ?? '',
                  kind: s.kind,
                  since: text(said(s)['since']),
                  until: s.at === 'ended' ? text(s.data['end']?.['until']) : null,
                  readers: [...new Set(Object.values(s.seats).filter(Boolean))].sort(),
                  division: s.division,
                },
        },
      ]

/**
 * All organisations an organisation is related to, over any number of relations that stand on a day, in order of their ids; itself not
 * among them. `day` is the last day a relation that ends on it still counts.
 */
export const affiliatesOf = (relations: readonly Affiliation[], org: string, day: string): readonly string[] => {
  const near = new Map<string, string[]>()
  const join = (from: string, to: string): void => void near.set(from, [...(near.get(from) ?? []), to])
  for (const r of relations)
    if (r.since <= day && (r.until === null || r.until >= day)) {
      join(r.a, r.b)
      join(r.b, r.a)
    }
  const found = new Set([org])
  for (const here of found) for (const next of near.get(here) ?? []) found.add(next)
  found.delete(org)
  return [...found].sort()
}
