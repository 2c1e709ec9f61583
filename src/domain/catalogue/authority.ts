import type { JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, CaseEvent, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, isWithin, text } from '../kernel/index.ts'
import type { EntryAct } from './item.ts'

const strings = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []

/** 数源认定: of several entries that say the same, one is the source and the others refer to it, go, or are something else. */
export const authority: Process = {
  name: 'authority',
  term: '数源认定',
  kinds: { authority: '数源认定' },
  seats: {
    bureau: { term: '数据管理部门', reads: true },
    source: { term: '认定的数源单位', reads: true },
  },
  states: {
    proposed: { term: '待审定' },
    settled: { term: '已认定' },
    revoked: { term: '已撤销', final: true },
    dropped: { term: '未通过', final: true },
  },
  slots: {},
  rows: {
    propose: {
      term: '拟定认定意见',
      from: [],
      to: 'proposed',
      by: 'bureau.handler',
      basis: 'catalogue.authority',
      form: [
        { key: 'items', term: '有冲突的目录项', type: 'items', required: true, max: 200 },
        {
          key: 'decision',
          term: '认定',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'reference', term: '一项为唯一数源，其余改为引用' },
            { value: 'merge', term: '一项为唯一数源，其余移出目录' },
            { value: 'distinct', term: '不构成冲突（实为不同数据）' },
          ],
        },
        {
          key: 'sole',
          term: '认定为唯一数源的目录项',
          type: 'item',
          required: true,
          when: { key: 'decision', is: ['reference', 'merge'] },
        },
        { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 },
      ],
      guards: ['comparable'],
      derive: 'named',
    },
    settle: {
      term: '审定认定',
      from: ['proposed'],
      to: 'settled',
      by: 'bureau.approver',
      apart: 'propose',
      basis: 'catalogue.authority',
      tell: ['source'],
    },
    include: {
      term: '纳入新的同名目录项',
      from: ['settled'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      basis: 'catalogue.authority',
      form: [
        { key: 'items', term: '新的同名目录项', type: 'items', required: true, max: 200 },
        {
          key: 'decision',
          term: '处理',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'reference', term: '改为引用' },
            { value: 'merge', term: '移出目录' },
            { value: 'distinct', term: '不构成冲突（实为不同数据）' },
          ],
        },
        { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 },
      ],
      guards: ['sameName'],
      derive: 'added',
    },
    drop: {
      term: '不予通过',
      from: ['proposed'],
      to: 'dropped',
      by: 'bureau.approver',
      optional: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
    revoke: {
      term: '撤销认定',
      from: ['settled'],
      to: 'revoked',
      by: 'bureau.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
      tell: ['source'],
    },
  },
}

const guards: Record<string, Guard> = {
  sameName: (s, input, cx) => {
    const items = new Set(strings(input['items']))
    const fits = (cx.facts.entries ?? []).filter(
      (e) => items.has(e.id) && e.same === said(s)['same'] && e.division === said(s)['of'],
    )
    return fits.length === items.size && ![...items].some((id) => strings(said(s)['items']).includes(id))
      ? undefined
      : refuse('invalid', '只能纳入同一地区、名称相同且尚未认定的目录项', {
          fields: { items: '名称或地区不同，或已经认定' },
        })
  },
  comparable: (s, input, cx) => {
    const items = strings(input['items'])
    const found = (cx.facts.entries ?? []).filter((e) => items.includes(e.id))
    const no = (field: string, says: string) => refuse('invalid', says, { fields: { [field]: says } })
    if (new Set(items).size < 2) return no('items', '至少选两个目录项')
    if (found.length < new Set(items).size) return no('items', '所选目录项有的已不存在')
    if (found.some((e) => !isWithin(e.division, s.division))) return no('items', '只能认定本地区的目录项')
    if (new Set(found.map((e) => `${e.division} ${e.same}`)).size > 1)
      return no('items', '只能在同一地区名称相同的目录项之间认定')
    const sole = text(input['sole'])
    return sole !== '' && !items.includes(sole) ? no('sole', '唯一数源须是上面所选的目录项之一') : undefined
  },
}

const derive: Record<string, Derive> = {
  added: (s, input) => ({
    data: { added: [...added(s), ...strings(input['items']).map((id) => ({ id, how: text(input['decision']) }))] },
  }),
  named: (_s, input, cx) => {
    const entries = cx.facts.entries ?? []
    const sole = entries.find((e) => e.id === input['sole'])
    const one = sole ?? entries[0]
    return {
      data: { same: one?.same ?? '', of: one?.division ?? '', name: one?.name ?? '' },
      ...(sole ? { seats: { source: sole.holder } } : {}),
    }
  },
}

const said = (s: Case): JsonObject => s.data['propose'] ?? {}
type Added = { readonly id: string; readonly how: string }
const added = (s: Case): Added[] => {
  const all = s.data['include']?.['added']
  return Array.isArray(all) ? (all as unknown as Added[]) : []
}

/** What the decision does to each entry; taking it back leaves every one as nobody had decided. */
export const authorityActs = (s: Case): readonly EntryAct[] => {
  const sole = text(said(s)['sole'])
  const all = [...strings(said(s)['items']).map((id) => ({ id, how: text(said(s)['decision']) })), ...added(s)]
  if (s.at === 'revoked')
    return all.map(({ id: item }) => ({ item, act: 'recognise', data: { authority: s.id, role: 'none' } }))
  if (s.at !== 'settled') return []
  return all.map(({ id: item, how }): EntryAct => {
    if (how === 'merge' && item !== sole)
      return { item, act: 'remove', data: { reason: `数源认定：并入“${text(said(s)['name'])}”`, authority: s.id } }
    const role = how === 'distinct' ? 'distinct' : item === sole ? 'sole' : 'reference'
    return { item, act: 'recognise', data: { authority: s.id, role, ...(role === 'reference' ? { sole } : {}) } }
  })
}

const decisionTerms: Readonly<Record<string, string>> = {
  reference: '一项为唯一数源，其余改为引用',
  merge: '一项为唯一数源，其余移出目录',
  distinct: '不构成冲突',
}

export const authorityLaws: Laws = {
  guards,
  derive,
  // of one name in one territory there is one source (实施意见 第4项 一数一源)
  claims: (s) =>
    s.at === 'settled' || s.at === 'proposed'
      ? [{ scope: 'catalogue.authority', key: `${text(said(s)['of'])} ${text(said(s)['same'])}` }]
      : [],
  asks: (_s, act, input) =>
    act === 'propose' || act === 'include'
      ? { ids: [...strings(input['items']), text(input['sole'])].filter((x) => x !== '') }
      : undefined,
  jobs: (_s, e: CaseEvent) =>
    ['settle', 'include', 'revoke'].includes(actOf(e)) ? [{ topic: 'entries', payload: { from: 0 } }] : [],
  title: (s) => `“${text(said(s)['name'])}”的数源认定`,
  facts: (s) => [
    { term: '认定', value: decisionTerms[text(said(s)['decision'])] ?? '' },
    { term: '涉及', value: `${strings(said(s)['items']).length + added(s).length} 项` },
  ],
}
