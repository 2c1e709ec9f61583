import type { Form, Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, CaseEvent, Derive, EntryFact, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addPeriod, type Day, isWithin, text } from '../kernel/index.ts'
import type { EntryAct } from './item.ts'
import { ledgerRule } from './ledger-pack.ts'

const strings = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []

/** 目录公示: a batch of the catalogue is shown to the public before it is published and opened to authorized operation. */
export const catalogueNotice: Process = {
  name: 'catalogueNotice',
  term: '目录公示',
  kinds: { notice: '目录公示' },
  seats: { bureau: { term: '数据管理部门', reads: true } },
  states: {
    draft: { term: '拟定中' },
    released: { term: '公示中' },
    closed: { term: '公示期满' },
    withdrawn: { term: '已停止公示', final: true },
  },
  slots: {},
  rows: {
    draft: {
      term: '拟定公示',
      from: [],
      to: 'draft',
      by: 'bureau.handler',
      basis: 'catalogue.notice.window',
      form: 'catalogueNotice',
      guards: ['entriesPublishable'],
      derive: 'listed',
    },
    revise: {
      term: '修改公示',
      from: ['draft'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      form: 'catalogueNotice',
      guards: ['entriesPublishable'],
      derive: 'listed',
    },
    release: {
      term: '发布公示',
      from: ['draft'],
      to: 'released',
      by: 'bureau.approver',
      apart: 'draft',
      basis: 'catalogue.notice.window',
      guards: ['notByWhoRevised'],
      derive: 'window',
    },
    comment: {
      term: '记录意见及处理',
      from: ['released', 'closed'],
      to: '=',
      by: 'bureau.handler',
      optional: true,
      form: [
        { key: 'from', term: '提出人', type: 'text', required: true, personal: true, max: 100 },
        { key: 'received', term: '收到日期', type: 'day', required: true, clear: true },
        { key: 'channel', term: '提出方式', type: 'text', max: 60 },
        { key: 'says', term: '意见内容', type: 'paragraph', required: true, max: 2000 },
        {
          key: 'decision',
          term: '处理',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'adopted', term: '采纳' },
            { value: 'notAdopted', term: '不予采纳' },
          ],
        },
        { key: 'reason', term: '处理理由', type: 'paragraph', required: true, max: 1000 },
        { key: 'drop', term: '因采纳而撤下的目录项', type: 'items', when: { key: 'decision', is: ['adopted'] } },
      ],
      guards: ['dropsOurs'],
      derive: 'answered',
    },
    close: {
      term: '公示期满',
      from: ['released'],
      to: 'closed',
      by: 'system',
      basis: 'catalogue.notice.window',
      after: 'noticeTo',
      until: '公示期满',
    },
    withdraw: {
      term: '停止公示',
      from: ['draft', 'released'],
      to: 'withdrawn',
      by: 'bureau.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
  },
}

export const catalogueNoticeForm: Form = [
  { key: 'batch', term: '批次', type: 'text', required: true, clear: true, max: 60, hint: '如：第一批' },
  {
    key: 'scope',
    term: '公示范围',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      { value: 'some', term: '选定的目录项' },
      { value: 'unassigned', term: '本地区尚未列入任何批次的全部目录项' },
    ],
  },
  { key: 'items', term: '选定的目录项', type: 'items', required: true, when: { key: 'scope', is: ['some'] } },
  { key: 'channels', term: '公示渠道', type: 'text', required: true, clear: true, max: 200 },
  { key: 'contact', term: '联系方式', type: 'text', required: true, clear: true, max: 100 },
  { key: 'how', term: '如何提出意见', type: 'paragraph', clear: true, max: 500 },
]

const lastDraft = (s: Case): JsonObject => (s.did['revise'] ? s.data['revise'] : s.data['draft']) ?? {}
interface Listed {
  readonly id: string
  readonly name: string
  readonly units: readonly string[]
  readonly sharing: string
  readonly opening: string
  readonly frequency: string
  readonly collected: boolean | null
}
/** Entries of the batch that stand: what was listed without what an adopted comment took out. */
export const noticeEntries = (s: Case): readonly Listed[] => {
  const dropped = new Set(strings(s.data['comment']?.['dropped']))
  const all = lastDraft(s)['entries']
  return (Array.isArray(all) ? (all as unknown as Listed[]) : []).filter((e) => !dropped.has(e.id))
}

/** Which entries the answer to the form takes in; a secret is never among those that are taken in unnamed. */
const taken = (said: JsonObject, entries: readonly EntryFact[]): readonly EntryFact[] =>
  said['scope'] === 'unassigned' ? entries.filter((e) => e.state === 'listed' && !e.secret) : entries

const guards: Record<string, Guard> = {
  entriesPublishable: (s, input, cx) => {
    const chosen = taken(input, cx.facts.entries ?? [])
    const no = (says: string) => refuse('invalid', says, { fields: { items: says } })
    const secret = chosen.filter((e) => e.secret)
    if (secret.length > 0)
      return refuse('secret', `${secret.map((e) => `“${e.name}”`).join('、')}含有国家秘密，不得公示`, {
        fields: { items: '含有国家秘密的目录项不得公示' },
      })
    if (input['scope'] === 'some' && chosen.length < strings(input['items']).length)
      return no('所选目录项有的已不存在，请重新选择')
    if (chosen.some((e) => !isWithin(e.division, s.division))) return no('只能公示本地区的目录项')
    if (chosen.some((e) => e.state !== 'listed')) return no('只能公示已审定编入目录的目录项')
    return chosen.length > 0 ? undefined : refuse('nothing', '没有可公示的目录项')
  },
  notByWhoRevised: (s, _input, cx) =>
    s.did['revise']?.by === cx.user ? refuse('same_person', '本环节须由另一人办理，请换人办理') : undefined,
  dropsOurs: (s, input) => {
    const ours = new Set(noticeEntries(s).map((e) => e.id))
    if (strings(input['drop']).some((id) => !ours.has(id)))
      return refuse('invalid', '撤下的须是本次公示的目录项', { fields: { drop: '不在本次公示之中' } })
    return s.at === 'closed' && strings(input['drop']).length > 0
      ? refuse('too_late', '公示已经期满，目录已公布；须撤下的请在目录项上停止公布', { fields: { drop: '公示已期满' } })
      : undefined
  },
}

const derive: Record<string, Derive> = {
  listed: (_s, input, cx) => {
    const entries = taken(input, cx.facts.entries ?? []).map((e) => ({
      id: e.id,
      name: e.name,
      units: [...e.units],
      sharing: e.sharing,
      opening: e.opening,
      frequency: e.frequency,
      collected: e.collected,
    }))
    return { data: { count: entries.length, by: cx.facts.orgs[cx.org]?.name ?? '' }, sealed: { entries } }
  },
  /** Shown from today on to the end of the pack's window. */
  window: (_s, _input, cx) => {
    const to = addPeriod(cx.calendar, cx.day as Day, ledgerRule(cx.rules, 'catalogue.notice.window'))
    return { data: { noticeFrom: cx.day, noticeTo: to.day } }
  },
  answered: (s, input) => {
    const before = s.data['comment'] ?? {}
    const count = (k: string): number => (typeof before[k] === 'number' ? before[k] : 0)
    const yes = input['decision'] === 'adopted'
    return {
      data: {
        adopted: count('adopted') + (yes ? 1 : 0),
        notAdopted: count('notAdopted') + (yes ? 0 : 1),
        dropped: [...new Set([...strings(before['dropped']), ...strings(input['drop'])])],
      },
    }
  },
}

/** After the window the batch is published and named in every entry of it. */
export const catalogueNoticeActs = (s: Case): readonly EntryAct[] =>
  s.at !== 'closed'
    ? []
    : noticeEntries(s).flatMap(({ id: item }): readonly EntryAct[] => [
        { item, act: 'publish', data: { notice: s.id } },
        { item, act: 'assign', data: { batch: text(lastDraft(s)['batch']), notice: s.id } },
      ])

const answers = (s: Case) => ({
  adopted: Number(s.data['comment']?.['adopted'] ?? 0),
  notAdopted: Number(s.data['comment']?.['notAdopted'] ?? 0),
})

export const catalogueNoticeLaws: Laws = {
  guards,
  derive,
  asks: (s, act, input) =>
    act === 'draft' || act === 'revise'
      ? input['scope'] === 'unassigned'
        ? { division: s.division, unassigned: true }
        : { ids: strings(input['items']) }
      : undefined,
  jobs: (_s, e: CaseEvent) => (actOf(e) === 'close' ? [{ topic: 'entries', payload: { from: 0 } }] : []),
  title: (s) => `公共数据资源目录公示（${text(lastDraft(s)['batch'])}）`,
  facts: (s) => {
    const { adopted, notAdopted } = answers(s)
    return [
      { term: '目录项', value: `${noticeEntries(s).length} 项` },
      {
        term: '公示期',
        value: s.data['release']
          ? `${text(s.data['release']['noticeFrom'])} 至 ${text(s.data['release']['noticeTo'])}`
          : '',
      },
      { term: '意见', value: adopted + notAdopted > 0 ? `采纳 ${adopted}，不予采纳 ${notAdopted}` : '' },
    ].filter((f) => f.value !== '')
  },
  content: (s, _rules) => {
    const form: Form = [
      ...catalogueNoticeForm.filter((f) => f.key !== 'items'),
      {
        key: 'entries',
        term: '目录项',
        type: 'list',
        fields: [
          { key: 'name', term: '目录名称', type: 'text' },
          { key: 'unit', term: '数源单位', type: 'text' },
          { key: 'frequency', term: '更新频率', type: 'text' },
        ],
      },
    ]
    const entries = noticeEntries(s).map((e) => ({ name: e.name, unit: e.units.join('、'), frequency: e.frequency }))
    return { form, value: { ...lastDraft(s), entries } }
  },
  begin: (s, act) => {
    if (act !== 'revise') return undefined
    const { count: _c, by: _b, entries: _e, ...said } = lastDraft(s)
    return said
  },
  derived: { noticeFrom: '公示开始', noticeTo: '公示截止' },
}

/** The batch as anybody may read it while it is shown and afterwards. */
export const publicNoticeRow = (s: Case): { readonly [column: string]: Json } | null => {
  const shown = s.data['release']
  if (!shown || s.at === 'withdrawn') return null
  const said = lastDraft(s)
  return {
    id: s.id,
    batch: text(said['batch']),
    bureau: text(said['by']),
    division: s.division,
    notice_from: text(shown['noticeFrom']),
    notice_to: text(shown['noticeTo']),
    channels: text(said['channels']),
    contact: text(said['contact']),
    how: text(said['how']),
    state: s.at,
    entries: noticeEntries(s).length,
    adopted: answers(s).adopted,
    refused: answers(s).notAdopted,
    detail: noticeEntries(s).map((e) => ({
      id: e.id,
      name: e.name,
      units: [...e.units],
      sharing: e.sharing,
      opening: e.opening,
      frequency: e.frequency,
      collected: e.collected,
    })),
  }
}
