import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Derive, Effect, Guard, Laws, Opening, Process } from '../kernel/index.ts'
import { actOf, addRule, citeRule, isWithin, text } from '../kernel/index.ts'
import { stepsOf } from './steps.ts'

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
      derive: 'opened',
      tell: ['filer'],
    },
    report: {
      term: '报告授权运营情况',
      from: [],
      to: '@hops',
      by: 'filer.handler',
      kinds: ['report'],
      basis: 'authorization.recordal.{kind}.duty',
      form: 'recordalReport',
      guards: ['reportAsked'],
      derive: 'reported',
      tell: [...recordalSeats],
    },
    ask: {
      term: '要求报告授权运营情况',
      from: [],
      to: 'due',
      by: 'province.handler',
      kinds: ['report'],
      basis: 'authorization.recordal.{kind}.duty',
      form: 'recordalAsk',
      guards: ['filerBelow', 'reportAsked'],
      derive: 'asked',
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
    // who should have received it learns that it did not come
    overdue: {
      term: '逾期未报送，已告知接收单位',
      from: ['due', 'returned'],
      to: '=',
      by: 'system',
      basis: 'authorization.recordal.{kind}.duty',
      after: 'fileBy',
      until: '报送期限',
      tell: ['filer', ...recordalSeats],
      grave: true,
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
/** What a city says of its authorizations, once a year or when it is asked. */
export const recordalReportForm: Form = [
  {
    key: 'occasion',
    term: '报告类型',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      { value: 'year', term: '年度报告' },
      { value: 'special', term: '专项报告' },
    ],
  },
  { key: 'period', term: '报告期', type: 'text', required: true, clear: true, max: 40, hint: '如：2026年度' },
  { key: 'plans', term: '实施方案编制、审批情况', type: 'paragraph', required: true, max: 4000 },
  { key: 'agreements', term: '运营机构选择与协议签订、执行情况', type: 'paragraph', required: true, max: 4000 },
  { key: 'products', term: '产品和服务情况', type: 'paragraph', required: true, max: 4000 },
  { key: 'issues', term: '问题与建议', type: 'paragraph', max: 4000 },
  { key: 'files', term: '报告文件', type: 'files', required: true, max: 10 },
]
export const recordalAskForm: Form = [
  { key: 'filer', term: '报告单位', type: 'party', required: true, clear: true },
  { key: 'period', term: '报告期', type: 'text', required: true, clear: true, max: 40 },
  { key: 'fileBy', term: '报送期限', type: 'day', required: true, clear: true },
  { key: 'says', term: '要求', type: 'paragraph', max: 2000 },
]
export const receiptForm: Form = [
  { key: 'number', term: '备案编号', type: 'text', required: true, clear: true, max: 60 },
  { key: 'opinion', term: '备案意见', type: 'paragraph', max: 1000 },
]

/** Whether the rules ask the cities of a territory to report on their authorizations. */
export const reportsAsked = (rules: Rules): boolean =>
  stepsOf(rules, 'authorization.recordal.report.city.steps').length > 0

const guards: Record<string, Guard> = {
  /** Only where the rules ask cities to report. */
  reportAsked: (_s, _input, cx) =>
    reportsAsked(cx.rules)
      ? undefined
      : refuse('not_here', '本地区没有规定报告授权运营情况', {
          basis: citeRule(cx.rules, 'authorization.recordal.report.duty'),
        }),
  filerBelow: (s, input, cx) => {
    const filer = cx.facts.orgs[text(input['filer'])]
    return filer?.roles.includes('bureau') && levelOf(filer.division) === 'city' && isWithin(filer.division, s.division)
      ? text(input['fileBy']) < cx.day
        ? refuse('invalid', '报送期限不能早于今天', { fields: { fileBy: '早于今天' } })
        : undefined
      : refuse('invalid', '报告单位应是本省设区的市、自治州数据管理部门', {
          fields: { filer: '不是本省市级数据管理部门' },
        })
  },
  lateExplained: (s, input, cx) => {
    const last = s.due.find((d) => d.act === 'file' && d.kind === 'limit')?.day ?? fileBy(s)
    return last !== '' && last < cx.day && text(input['lateReason']) === ''
      ? refuse('late', `备案期限为 ${last}，已经逾期，请说明原因`, { fields: { lateReason: '已逾期，请说明原因' } })
      : undefined
  },
}

const openedIn = (s: Case): JsonObject => s.data['open'] ?? s.data['ask'] ?? s.data['report'] ?? {}
/** The last day for sending; empty where the rules set none (文件未定). */
const fileBy = (s: Case): string => text(openedIn(s)['fileBy'])

const derive: Record<string, Derive> = {
  opened: (s, input, cx) => ({
    data: {
      fileBy: addRule(cx, text(input['decidedOn']) || cx.day, `authorization.recordal.${s.kind}.limit`)?.day ?? '',
    },
  }),
  reported: (_s, input, cx) => ({
    data: { name: `${cx.facts.orgs[cx.org]?.name ?? ''}（${text(input['period'])}）`, decidedOn: cx.day },
  }),
  asked: (_s, input, cx) => {
    const filer = text(input['filer'])
    return {
      data: { name: `${cx.facts.orgs[filer]?.name ?? ''}（${text(input['period'])}）` },
      seats: { filer },
    }
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
  derive,
  title: (s) => `${recordalKinds[s.kind as RecordalKind]}：${text(openedIn(s)['name'])}`,
  // who receives it reads what was sent, not only that it is due
  content: (s) => (s.data['file'] ? { form: recordalFiles, value: s.data['file'] } : { form: [], value: {} }),
  derived: { name: '名称', fileBy: '报送期限', decidedOn: '审议通过日' },
  facts: (s) =>
    [
      { term: '审议通过日', value: text(s.data['open']?.['decidedOn']) },
      { term: '报送期限', value: s.data['report'] ? '' : fileBy(s) || '文件未定' },
      {
        term: '报送情况',
        value: s.data['file']?.['lateReason']
          ? '逾期报送，已说明原因'
          : s.did['overdue'] && ['due', 'returned'].includes(s.at)
            ? '逾期未报送'
            : '',
      },
      { term: '备案编号', value: receipts(s).join('；') },
    ].filter((f) => f.value !== ''),
  effects: (s, event, cx): readonly Effect[] => {
    if (s.at !== 'filed' || !actOf(event).startsWith('hops.')) return []
    // what may only be carried out once it is on file waits for this
    const waits = cx.related.some((c) => c.id === subjectOf(s) && c.at === 'filing')
    if (s.kind === 'report' || subjectOf(s) === '') return []
    const data = { receipt: receipts(s).at(-1) ?? '', filedOn: event.day }
    return [{ on: subjectOf(s), act: waits ? 'takeEffect' : 'filed', input: { data } }]
  },
}

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
