import type { Form } from '#contract'
import { refuse } from '#contract'
import type { Case, Effect, Guard, Laws, Opening, Process } from '../kernel/index.ts'
import { actOf, text } from '../kernel/index.ts'

/** What is put on file, by kind. */
export const recordalKinds = {
  appointment: '实施机构备案',
  plan: '实施方案备案',
  selection: '遴选结果备案',
  agreement: '运营协议备案',
  products: '产品和服务清单备案',
  report: '授权运营情况报告',
} as const
export type RecordalKind = keyof typeof recordalKinds

/** Bodies through whose hands what is put on file may go, level by level. */
export const recordalSeats = ['county', 'city', 'province'] as const

/**
 * 备案: what has been decided is sent to the data administration, level by level where the rules say so, and each level answers with a
 * receipt (27号 第十一、十三条). It opens by itself with the decision, so that the period begins whether or not
 * anybody remembers it. `variant` is the level of the territory: which hands it goes through depends on it.
 */
export const recordal: Process = {
  name: 'recordal',
  term: '备案',
  kinds: recordalKinds,
  variants: ['province', 'city', 'county'],
  seats: {
    filer: { term: '备案单位', reads: true },
    county: { term: '县级数据管理部门', reads: true },
    city: { term: '市级数据管理部门', reads: true },
    province: { term: '省级数据管理部门', reads: true },
  },
  states: {
    due: { term: '待备案', phase: 'file' },
    returned: { term: '退回补充', phase: 'file' },
    filed: { term: '已备案', final: true, phase: 'done' },
    waived: { term: '不需备案', final: true, phase: 'done' },
  },
  slots: {
    hops: {
      term: '逐级备案',
      rule: 'authorization.recordal.{kind}.{variant}.steps',
      to: 'filed',
      exits: {
        return: {
          term: '退回补充',
          to: 'returned',
          form: [{ key: 'reason', term: '须补充的内容', type: 'paragraph', required: true, max: 2000 }],
          tell: ['filer'],
        },
      },
    },
  },
  rows: {
    open: {
      term: '须备案',
      from: [],
      to: 'due',
      by: 'system',
      basis: 'authorization.recordal.{kind}.duty',
      tell: ['filer'],
    },
    file: {
      term: '报送备案',
      from: ['due', 'returned'],
      to: '@hops',
      by: 'filer.handler',
      basis: 'authorization.recordal.{kind}.duty',
      within: 'authorization.recordal.{kind}.limit',
      since: 'date:decidedOn',
      form: 'recordalFiles',
      guards: ['lateExplained'],
      tell: [...recordalSeats],
    },
    waive: {
      term: '不需备案',
      from: ['due', 'returned'],
      to: 'waived',
      by: 'system',
      form: [{ key: 'reason', term: '原因', type: 'text', clear: true }],
    },
  },
}

export const recordalFiles: Form = [
  { key: 'files', term: '备案材料', type: 'files', required: true, max: 20 },
  { key: 'note', term: '说明', type: 'paragraph', max: 1000 },
  {
    key: 'lateReason',
    term: '逾期原因',
    type: 'paragraph',
    max: 1000,
    hint: '在期限内报送的不填',
  },
]
export const receiptForm: Form = [
  { key: 'number', term: '备案编号', type: 'text', required: true, clear: true, max: 60 },
  { key: 'opinion', term: '备案意见', type: 'paragraph', max: 1000 },
]

const guards: Record<string, Guard> = {
  lateExplained: (s, input, cx) => {
    const due = s.due.find((d) => d.act === 'file' && d.kind === 'limit')
    return due && due.day < cx.day && text(input['lateReason']) === ''
      ? refuse('late', `备案期限为 ${due.day}，已经逾期，请说明原因`, { fields: { lateReason: '已逾期，请说明原因' } })
      : undefined
  },
}

/** What it is about: the case whose decision is put on file. */
const subjectOf = (s: Case): string => s.links['about'] ?? ''
const receipts = (s: Case): readonly string[] =>
  Object.entries(s.data)
    .filter(([act]) => act.startsWith('hops.') && !act.endsWith('.return'))
    .sort(([a], [b]) => (s.did[a]?.seq ?? 0) - (s.did[b]?.seq ?? 0))
    .map(([, d]) => text(d['number']))

export const recordalLaws: Laws = {
  guards,
  derive: {},
  title: (s) => `${recordalKinds[s.kind as RecordalKind]}：${text(s.data['open']?.['name'])}`,
  facts: (s) => [
    { term: '审议通过日', value: text(s.data['open']?.['decidedOn']) },
    { term: '备案编号', value: receipts(s).join('；') },
  ],
  effects: (s, event, cx): readonly Effect[] => {
    if (s.at !== 'filed' || !actOf(event).startsWith('hops.')) return []
    // what may only be carried out once it is on file waits for this
    const waits = cx.related.some((c) => c.id === subjectOf(s) && c.at === 'filing')
    const data = { receipt: receipts(s).at(-1) ?? '', filedOn: event.day }
    return [{ on: subjectOf(s), act: waits ? 'takeEffect' : 'filed', input: { data } }]
  },
}

/** How long it took, and whether in time: for the registers of what is on file. */
export const recordalState = (
  s: Case,
): { readonly filedOn: string; readonly due: string; readonly receipt: string } => ({
  filedOn: s.at === 'filed' ? s.day : '',
  due: s.due.find((d) => d.act === 'file')?.day ?? '',
  receipt: receipts(s).at(-1) ?? '',
})

/**
 * The duty to put a decision on file, as an effect of the decision. Nothing where the rules name no hands for this level, or where who
 * would receive it decided it.
 */
export const recordalOf = (
  s: Case,
  kind: RecordalKind,
  o: {
    readonly filer: string
    /** Steps of the rules for the level of the territory. */
    readonly hops: readonly { readonly by: string | readonly string[] }[]
    readonly name: string
    /** The day from which the period runs. */
    readonly decidedOn: string
  },
): readonly Effect[] => {
  const hands = o.hops.flatMap((h) => [h.by].flat().map((b) => b.split('.')[0] ?? ''))
  const sits = hands.map((seat) => s.seats[seat] ?? '')
  if (hands.length === 0 || o.filer === '' || sits.includes('') || sits[0] === o.filer) return []
  const opening: Omit<Opening, 'rules'> = {
    process: 'recordal',
    kind,
    variant: levelOf(s.division),
    division: s.division,
    seats: {
      filer: o.filer,
      ...Object.fromEntries(recordalSeats.map((seat) => [seat, hands.includes(seat) ? (s.seats[seat] ?? '') : ''])),
    },
    links: { about: s.id },
  }
  return [{ open: opening, act: 'open', input: { data: { name: o.name, decidedOn: o.decidedOn || s.day } } }]
}

/** Level of a division, as variants name it. */
export const levelOf = (division: string): 'province' | 'city' | 'county' =>
  division.endsWith('0000') ? 'province' : division.endsWith('00') ? 'city' : 'county'
