import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, CaseEvent, Derive, EntryFact, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addPeriod, type Cx, type Day, isWithin, text } from '../kernel/index.ts'
import type { EntryAct } from './item.ts'
import { ledgerRule } from './ledger-pack.ts'

/** 目录备案 and 资源普查: a unit sends its part of the catalogue to the bureau, which answers with a receipt. */
export const filing: Process = {
  name: 'filing',
  term: '目录备案',
  kinds: { filing: '目录备案', census: '资源普查' },
  seats: { unit: { term: '填报单位', reads: true }, bureau: { term: '数据管理部门', reads: true } },
  states: {
    assigned: { term: '待填报' },
    drafted: { term: '待单位审定' },
    submitted: { term: '待接收' },
    returned: { term: '退回整改' },
    filed: { term: '已备案' },
    collated: { term: '已汇总', final: true },
    cancelled: { term: '已取消', final: true },
  },
  slots: {},
  rows: {
    assign: {
      term: '下达任务',
      from: [],
      to: 'assigned',
      by: 'bureau.handler',
      basis: 'catalogue.filing.due',
      form: 'filingTask',
      guards: ['unitOurs'],
      derive: 'assigned',
      tell: ['unit'],
    },
    start: {
      term: '自行发起',
      from: [],
      to: 'assigned',
      by: 'unit.handler',
      basis: 'catalogue.filing.due',
      form: 'filingOwn',
    },
    report: {
      term: '填报',
      from: ['assigned', 'returned'],
      to: 'drafted',
      by: 'unit.handler',
      basis: 'catalogue.filing.due',
      within: 'due',
      form: 'filingReport',
      guards: ['somethingToFile', 'entriesOurs'],
      derive: 'counted',
    },
    amend: {
      term: '修改填报',
      from: ['drafted'],
      to: '=',
      by: 'unit.handler',
      optional: true,
      form: 'filingReport',
      guards: ['somethingToFile', 'entriesOurs'],
      derive: 'counted',
    },
    revert: {
      term: '退回经办修改',
      from: ['drafted'],
      to: 'returned',
      by: 'unit.approver',
      optional: true,
      form: [{ key: 'reason', term: '修改意见', type: 'paragraph', required: true, max: 1000 }],
    },
    submit: {
      term: '审定并提交',
      from: ['drafted'],
      to: 'submitted',
      by: 'unit.approver',
      apart: 'report',
      basis: 'catalogue.filing.due',
      within: 'due',
      form: [{ key: 'truthful', term: '所报目录真实、完整，已由本单位审定', type: 'yes', required: true }],
      guards: ['notByWhoAmended', 'somethingToFile'],
      derive: 'snapshot',
      tell: ['bureau'],
    },
    receive: {
      term: '予以备案',
      from: ['submitted'],
      to: 'filed',
      by: 'bureau.handler',
      kinds: ['filing'],
      basis: 'catalogue.filing.answer',
      within: 'catalogue.filing.answer',
      form: [{ key: 'opinion', term: '备案意见', type: 'paragraph', max: 1000 }],
      derive: 'receipt',
      tell: ['unit'],
    },
    collate: {
      term: '接收并汇总',
      from: ['submitted'],
      to: 'collated',
      by: 'bureau.handler',
      kinds: ['census'],
      basis: 'catalogue.filing.answer',
      within: 'catalogue.filing.answer',
      form: [{ key: 'opinion', term: '意见', type: 'paragraph', max: 1000 }],
      derive: 'receipt',
      tell: ['unit'],
    },
    return: {
      term: '退回整改',
      from: ['submitted'],
      to: 'returned',
      by: 'bureau.handler',
      optional: true,
      form: [
        { key: 'reason', term: '须整改的问题', type: 'paragraph', required: true, max: 2000 },
        { key: 'due', term: '重新提交的期限', type: 'day', clear: true },
      ],
      tell: ['unit'],
    },
    cancel: {
      term: '取消任务',
      from: ['assigned', 'returned'],
      to: 'cancelled',
      by: 'bureau.handler',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
      tell: ['unit'],
    },
    change: {
      term: '备案后有变化',
      from: ['filed'],
      to: '=',
      by: 'system',
      basis: 'catalogue.filing.due',
      form: [
        { key: 'name', term: '目录项', type: 'text' },
        { key: 'how', term: '变化', type: 'text' },
        {
          key: 'changes',
          term: '前后对照',
          type: 'list',
          fields: [
            { key: 'term', term: '内容', type: 'text' },
            { key: 'was', term: '原为', type: 'text' },
            { key: 'now', term: '改为', type: 'text' },
          ],
        },
      ],
      derive: 'changed',
      tell: ['bureau'],
    },
  },
}

/** The first day by which such a task has to be done: the day the pack sets, else its period from today. */
export const defaultDue = (cx: Pick<Cx, 'rules' | 'calendar' | 'day'>): string => {
  const { day, period } = ledgerRule(cx.rules, 'catalogue.filing.due')
  return day !== undefined && day >= cx.day ? day : addPeriod(cx.calendar, cx.day as Day, period).day
}

const taskFields = (batch: string): Form => [
  {
    key: 'due',
    term: '完成期限',
    type: 'day',
    clear: true,
    hint: '不填的，按规则库所定期限',
  },
  { key: 'batch', term: '批次', type: 'text', clear: true, max: 60, ...(batch ? { hint: `如：${batch}` } : {}) },
  { key: 'note', term: '要求', type: 'paragraph', max: 1000 },
]

/** The forms of the two kinds, by name. */
export const filingForm = (name: string, kind: string, batch: string): Form | undefined => {
  switch (name) {
    case 'filingTask':
      return [{ key: 'unit', term: '填报单位', type: 'party', required: true, clear: true }, ...taskFields(batch)]
    case 'filingOwn':
      return taskFields(batch).filter((f) => f.key !== 'due')
    case 'filingReport':
      return [
        ...(kind === 'census'
          ? ([
              { key: 'systems', term: '在用信息系统数', type: 'number', required: true, clear: true },
              { key: 'tables', term: '数据库表数', type: 'number', clear: true },
              { key: 'found', term: '清查出的数据资源数', type: 'number', required: true, clear: true },
              { key: 'unlisted', term: '其中尚未编目的', type: 'number', required: true, clear: true },
              { key: 'unlistedWhy', term: '未编目的原因与计划', type: 'paragraph', max: 1000 },
            ] satisfies Form)
          : []),
        {
          key: 'scope',
          term: '报送范围',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'all', term: '本单位全部在目录的目录项' },
            { value: 'some', term: '选定的目录项' },
          ],
        },
        { key: 'items', term: '选定的目录项', type: 'items', required: true, when: { key: 'scope', is: ['some'] } },
        ...(kind === 'filing'
          ? ([
              {
                key: 'marked',
                term: '用于授权运营的范围',
                type: 'choice',
                clear: true,
                options: [
                  { value: 'none', term: '本次不备注' },
                  { value: 'all', term: '报送的全部' },
                  { value: 'some', term: '选定的目录项' },
                ],
              },
              {
                key: 'markedItems',
                term: '备注用于授权运营的目录项',
                type: 'items',
                required: true,
                when: { key: 'marked', is: ['some'] },
              },
            ] satisfies Form)
          : []),
        { key: 'note', term: '说明', type: 'paragraph', max: 1000 },
      ]
    default:
      return undefined
  }
}

const strings = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []
const lastReport = (s: Case): JsonObject =>
  ((s.did['amend']?.seq ?? 0) > (s.did['report']?.seq ?? 0) ? s.data['amend'] : s.data['report']) ?? {}

/** The entries that an answer to the form takes in: what the unit holds and is in the catalogue now. */
const taken = (said: JsonObject, entries: readonly EntryFact[]): readonly EntryFact[] => {
  const listed = entries.filter((e) => e.state === 'listed')
  const chosen = new Set(strings(said['items']))
  return said['scope'] === 'some' ? listed.filter((e) => chosen.has(e.id)) : listed
}
const markedOf = (said: JsonObject, entries: readonly EntryFact[]): readonly EntryFact[] => {
  const chosen = new Set(strings(said['markedItems']))
  // a secret is no part of any authorization, whoever marks it
  const open = entries.filter((e) => !e.secret)
  return said['marked'] === 'all' ? open : said['marked'] === 'some' ? open.filter((e) => chosen.has(e.id)) : []
}
const counts = (entries: readonly EntryFact[], marked: readonly EntryFact[]) => ({
  count: entries.length,
  collected: entries.filter((e) => e.collected === true).length,
  uncollected: entries.filter((e) => e.collected === false).length,
  markedCount: marked.length,
})

export const batchOfFiling = (s: Case): string =>
  text(s.data['assign']?.['batch']) || text(s.data['start']?.['batch']) || '第一批'

const guards: Record<string, Guard> = {
  unitOurs: (s, input, cx) => {
    const unit = cx.facts.orgs[text(input['unit'])]
    return unit && isWithin(unit.division, s.division)
      ? undefined
      : refuse('invalid', '填报单位不在本部门管理的地区', { fields: { unit: '请选择本地区的单位' } })
  },
  somethingToFile: (s, input, cx) =>
    taken(input['scope'] === undefined ? lastReport(s) : input, cx.facts.entries ?? []).length > 0
      ? undefined
      : refuse('nothing', '没有在目录的目录项可报送，请先编制并审定编入目录', {
          fields: { scope: '没有可报送的目录项' },
        }),
  entriesOurs: (_s, input, cx) => {
    const known = new Set((cx.facts.entries ?? []).filter((e) => e.state === 'listed').map((e) => e.id))
    const bad = (['items', 'markedItems'] as const).filter((k) => strings(input[k]).some((id) => !known.has(id)))
    return bad.length === 0
      ? undefined
      : refuse('invalid', '所选目录项须为本单位持有且已编入目录的', {
          fields: Object.fromEntries(bad.map((k) => [k, '含有非本单位或未编入目录的目录项'])),
        })
  },
  notByWhoAmended: (s, _input, cx) =>
    s.did['amend']?.by === cx.user ? refuse('same_person', '本环节须由另一人办理，请换人办理') : undefined,
}

const derive: Record<string, Derive> = {
  assigned: (_s, input, cx) => ({
    seats: { unit: text(input['unit']) },
    data: { due: text(input['due']) || defaultDue(cx) },
  }),
  counted: (_s, input, cx) => {
    const entries = taken(input, cx.facts.entries ?? [])
    return { data: counts(entries, markedOf(input, entries)) }
  },
  /** What was submitted, entry by entry with its version, and the digest by which it is known again. */
  snapshot: (s, _input, cx) => {
    const said = lastReport(s)
    const entries = taken(said, cx.facts.entries ?? [])
    const marked = markedOf(said, entries)
    const list = entries.map((e) => [e.id, e.version] as const)
    return {
      data: { ...counts(entries, marked), digest: cx.digest(JSON.stringify(list)).sha256 },
      sealed: { entries: list, marked: marked.map((e) => e.id) },
    }
  },
  receipt: (s, _input, cx) => ({
    data: {
      receipt: `${s.kind === 'census' ? '普查' : '目录备案'}-${s.division}-${cx.day.slice(0, 4)}-${s.id.slice(-8)}`,
      receivedOn: cx.day,
    },
  }),
  changed: (s) => ({
    data: {
      nth: (s.did['change']?.seq ?? 0) > (s.did['receive']?.seq ?? 0) ? Number(s.data['change']?.['nth'] ?? 0) + 1 : 1,
    },
  }),
}

/** How often something of what was filed has changed since the receipt. */
export const changesSince = (s: Case): number =>
  (s.did['change']?.seq ?? 0) > (s.did['receive']?.seq ?? 0) ? Number(s.data['change']?.['nth'] ?? 0) : 0

/** What the receipt does to the entries filed: they bear its number, and those marked their batch (省本级总体方案 三(四)1). */
export const filingActs = (s: Case): readonly EntryAct[] => {
  if (s.kind !== 'filing' || s.at !== 'filed') return []
  const said = s.data['submit'] ?? {}
  const receipt = text(s.data['receive']?.['receipt'])
  const entries = (Array.isArray(said['entries']) ? said['entries'] : []) as readonly (readonly [string, number])[]
  return [
    ...entries.map(([item, version]): EntryAct => ({
      item,
      act: 'filed',
      data: { filing: s.id, receipt, of: version },
    })),
    ...strings(said['marked']).map((item): EntryAct => ({ item, act: 'assign', data: { batch: batchOfFiling(s) } })),
  ]
}

export const filingLaws: Laws = {
  guards,
  derive,
  asks: (s, act) => (['report', 'amend', 'submit'].includes(act) ? { holder: s.seats['unit'] ?? '' } : undefined),
  jobs: (s, e: CaseEvent) => (actOf(e) === 'receive' ? [{ topic: 'entries', payload: { from: 0 } }] : []),
  title: (s) => {
    const batch = text(s.data['assign']?.['batch']) || text(s.data['start']?.['batch'])
    return `${s.kind === 'census' ? '公共数据资源普查' : '公共数据资源目录备案'}${batch ? `（${batch}）` : ''}`
  },
  facts: (s) => {
    const said = s.did['submit'] ? (s.data['submit'] ?? {}) : lastReport(s)
    const n = (k: string): string => (typeof said[k] === 'number' ? `${String(said[k])} 项` : '')
    const changes = changesSince(s)
    return [
      { term: '目录项', value: n('count') },
      { term: '已归集', value: n('collected') },
      { term: '待归集', value: n('uncollected') },
      { term: '用于授权运营', value: said['markedCount'] ? n('markedCount') : '' },
      { term: '回执', value: text((s.data['receive'] ?? s.data['collate'])?.['receipt']) },
      { term: '备案后变化', value: changes > 0 ? `${changes} 处` : '' },
    ].filter((f) => f.value !== '')
  },
  content: (s, _rules) => {
    const form = filingForm('filingReport', s.kind, '') ?? []
    const said = lastReport(s)
    return { form, value: Object.fromEntries(Object.entries(said).filter(([k]) => form.some((f) => f.key === k))) }
  },
  begin: (s, act) => {
    if (act !== 'report' && act !== 'amend') return undefined
    const { count: _c, collected: _d, uncollected: _u, markedCount: _m, ...said } = lastReport(s)
    return Object.keys(said).length > 0 ? said : { scope: 'all' }
  },
  derived: { due: '完成期限', digest: '清单摘要 SHA-256', receipt: '回执号', receivedOn: '备案日期' },
}

/** The row of the progress page. */
export const filingRow = (s: Case): JsonObject | null => {
  if (s.at === 'cancelled') return null
  const said = s.did['submit'] ? (s.data['submit'] ?? {}) : lastReport(s)
  const number = (k: string): number => (typeof said[k] === 'number' ? said[k] : 0)
  return {
    id: s.id,
    kind: s.kind,
    unit: s.seats['unit'] ?? '',
    division: s.division,
    readers: [...new Set(Object.values(s.seats).filter(Boolean))].sort(),
    state: s.at,
    batch: text(s.data['assign']?.['batch']) || text(s.data['start']?.['batch']),
    due: s.due.find((d) => d.kind === 'limit')?.day ?? null,
    entries: number('count'),
    collected: number('collected'),
    uncollected: number('uncollected'),
    marked: number('markedCount'),
    receipt: text((s.data['receive'] ?? s.data['collate'])?.['receipt']),
    filed: text((s.data['receive'] ?? s.data['collate'])?.['receivedOn']) || null,
    changes: changesSince(s),
    opened: s.opened,
  }
}
