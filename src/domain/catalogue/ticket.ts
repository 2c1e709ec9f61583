import type { Form, Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules, Section } from '#policy'
import type { Case, Cx, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { addRule, list, text } from '../kernel/index.ts'
import { isSecret, itemData } from './item.ts'
import { periodSchema } from './pack.ts'
import { checkTerms, qualityRule, type CheckKind } from './quality.ts'

/** The part of a rule pack about tickets: how long each step may take. */
export const ticketSection = {
  'catalogue.ticket.accept': periodSchema.describe('工单受理'),
  'catalogue.ticket.rectify.quality': periodSchema.describe('数据质量问题的整改'),
  'catalogue.ticket.rectify.objection': periodSchema.describe('数据异议的核实与更正'),
  'catalogue.ticket.rectify.verification': periodSchema.describe('共享数据的校核'),
  'catalogue.ticket.confirm': periodSchema.describe('提出方确认整改'),
  'catalogue.ticket.appeal': periodSchema.describe('对不予采纳请求裁定'),
  'catalogue.ticket.decide': periodSchema.describe('数据管理部门裁定'),
} as const satisfies Section
/** How many units a ticket remembers on its way up. */
const levels = 5
const via = (n: number): string => `via${Math.min(n, levels)}`
const vias = Array.from({ length: levels }, (_, i) => via(i + 1))

/**
 * 数据质量与异议工单: a defect of an entry's data, told to whoever holds it, walked up from unit to unit to the source (逐级溯源), put
 * right within a period and confirmed by whoever told it.
 */
export const ticket: Process = {
  name: 'ticket',
  term: '数据质量与异议工单',
  kinds: { quality: '质量问题', objection: '数据异议', verification: '数据校核' },
  seats: {
    reporter: { term: '提出方', reads: true },
    holder: { term: '现办单位', reads: true },
    source: { term: '数源单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    ...Object.fromEntries(vias.map((v, i) => [v, { term: `第 ${i + 1} 级经手单位`, reads: true }])),
  },
  states: {
    raised: { term: '待受理' },
    rectifying: { term: '整改中' },
    rectified: { term: '待确认' },
    refused: { term: '不予采纳' },
    deciding: { term: '待裁定' },
    closed: { term: '已办结', final: true },
    unadopted: { term: '未采纳', final: true },
    dismissed: { term: '已驳回', final: true },
    withdrawn: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    raise: {
      term: '提出工单',
      from: [],
      to: 'raised',
      by: 'reporter.handler',
      basis: 'catalogue.ticket.accept',
      form: 'ticket',
      guards: ['realName'],
      derive: 'raised',
      tell: ['holder', 'bureau'],
    },
    accept: {
      term: '受理',
      from: ['raised'],
      to: 'rectifying',
      by: 'holder.handler',
      // counted anew for each unit it comes to
      within: 'acceptBy',
      basis: 'catalogue.ticket.accept',
      derive: 'answered',
      tell: ['reporter'],
    },
    passUp: {
      term: '转上一级溯源',
      from: ['raised', 'rectifying'],
      to: 'raised',
      by: 'holder.handler',
      optional: true,
      elsewhere: true,
      basis: 'catalogue.ticket.accept',
      form: [
        { key: 'upstream', term: '上游目录项', type: 'item', required: true },
        { key: 'reason', term: '判断问题来自上游的理由', type: 'paragraph', required: true, max: 1000 },
      ],
      guards: ['upstreamKnown'],
      derive: 'passedUp',
      tell: ['holder', 'reporter', 'bureau'],
    },
    rectify: {
      term: '办结整改',
      from: ['rectifying'],
      to: 'rectified',
      by: 'holder.handler',
      within: 'catalogue.ticket.rectify.{kind}',
      basis: 'catalogue.ticket.rectify.{kind}',
      form: [
        {
          key: 'outcome',
          term: '处理结果',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'corrected', term: '数据已更正' },
            { value: 'explained', term: '数据无误，已核实说明' },
          ],
        },
        { key: 'records', term: '更正的记录数', type: 'number', clear: true },
        { key: 'did', term: '原因与处理情况', type: 'paragraph', required: true, max: 2000 },
        { key: 'evidence', term: '证明材料', type: 'files' },
      ],
      derive: 'answered',
      tell: ['reporter', 'source', ...vias],
    },
    refuse: {
      term: '不予采纳',
      from: ['raised', 'rectifying'],
      to: 'refused',
      by: 'holder.handler',
      optional: true,
      grave: true,
      basis: 'catalogue.ticket.rectify.{kind}',
      form: [
        { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
        { key: 'evidence', term: '证据', type: 'files', required: true },
      ],
      derive: 'answered',
      tell: ['reporter', 'bureau'],
    },
    confirm: {
      term: '确认整改',
      from: ['rectified'],
      to: 'closed',
      by: 'reporter.handler',
      basis: 'catalogue.ticket.confirm',
      tell: ['holder', 'source', ...vias],
    },
    lapse: {
      term: '逾期未确认办结',
      from: ['rectified'],
      to: 'closed',
      by: 'system',
      after: 'catalogue.ticket.confirm',
      since: 'rectify',
      basis: 'catalogue.ticket.confirm',
      until: '确认期满',
      tell: ['reporter', 'holder', 'source'],
    },
    reopen: {
      term: '退回重新整改',
      from: ['rectified'],
      to: 'rectifying',
      by: 'reporter.handler',
      optional: true,
      basis: 'catalogue.ticket.rectify.{kind}',
      form: [{ key: 'reason', term: '仍未解决的情况', type: 'paragraph', required: true, max: 2000 }],
      tell: ['holder', 'bureau'],
    },
    appeal: {
      term: '请求裁定',
      from: ['refused'],
      to: 'deciding',
      by: 'reporter.handler',
      basis: 'catalogue.ticket.appeal',
      guards: ['notOwnCause'],
      form: [{ key: 'reason', term: '请求裁定的理由', type: 'paragraph', required: true, max: 2000 }],
      tell: ['bureau', 'holder'],
    },
    settle: {
      term: '逾期未请求裁定',
      from: ['refused'],
      to: 'unadopted',
      by: 'system',
      after: 'catalogue.ticket.appeal',
      since: 'refuse',
      basis: 'catalogue.ticket.appeal',
      until: '请求裁定期满',
      tell: ['reporter', 'holder'],
    },
    uphold: {
      term: '裁定应予整改',
      from: ['deciding'],
      to: 'rectifying',
      by: 'bureau.approver',
      within: 'catalogue.ticket.decide',
      basis: 'catalogue.ticket.decide',
      form: [{ key: 'opinion', term: '裁定意见', type: 'paragraph', required: true, max: 2000 }],
      tell: ['holder', 'reporter'],
    },
    dismiss: {
      term: '裁定不予采纳',
      from: ['deciding'],
      to: 'dismissed',
      by: 'bureau.approver',
      grave: true,
      within: 'catalogue.ticket.decide',
      basis: 'catalogue.ticket.decide',
      form: [{ key: 'opinion', term: '裁定意见', type: 'paragraph', required: true, max: 2000 }],
      tell: ['reporter', 'holder'],
    },
    withdraw: {
      term: '撤回',
      from: ['raised', 'rectifying', 'refused'],
      to: 'withdrawn',
      by: 'reporter.handler',
      optional: true,
      tell: ['holder'],
    },
  },
}

/** What whoever raises a ticket says. Of a person's own record it is personal: erasable, and never shown to the public. */
export const ticketForm = (rules: Rules, kind: string): Form => [
  ...(kind === 'quality'
    ? ([
        {
          key: 'dimension',
          term: '问题属于',
          type: 'choice',
          clear: true,
          options: qualityRule(rules, 'catalogue.quality.dimensions').map(({ value, term }) => ({ value, term })),
        },
        { key: 'check', term: '检核项', type: 'code', max: 300, hint: '由质量检查转来的，已经填好' },
      ] as const)
    : []),
  {
    key: 'says',
    term: kind === 'verification' ? '需要校核的内容' : '问题',
    type: 'paragraph',
    required: true,
    max: 2000,
    ...(kind === 'objection' ? { personal: true } : {}),
    hint: '说清哪些信息项、什么样的记录、错在哪里；不要写与问题无关的个人信息',
  },
  ...(kind === 'quality'
    ? []
    : ([
        {
          key: 'record',
          term: '涉及的记录',
          type: 'text',
          max: 300,
          personal: true,
          hint: '单位凭此找到记录，如业务编号',
        },
        { key: 'expected', term: '认为应当是', type: 'paragraph', max: 1000, personal: true },
      ] as const)),
  { key: 'evidence', term: '证明材料', type: 'files', ...(kind === 'objection' ? { personal: true } : {}) },
]

/** The key of a check in words: 不为空 sfzh. */
const checkWords = (key: string): string => {
  const [kind = '', ...rest] = key.split(':')
  return [checkTerms[kind as CheckKind] ?? kind, rest[0] ?? ''].filter(Boolean).join(' ')
}

/** Entries from which an entry's data is made. */
export const upstreamOf = (item: Case): readonly string[] =>
  (Array.isArray(itemData(item)['upstream']) ? (itemData(item)['upstream'] as unknown[]) : []).map(text).filter(Boolean)

/** One step of the way a ticket has gone. */
export interface Passed {
  readonly day: string
  readonly from: string
  readonly unit: string
  readonly to: string
  readonly toUnit: string
  readonly reason: string
}
/** What a unit did with a ticket while it had it, and whether it was late. */
export interface Mark {
  readonly org: string
  readonly act: string
  readonly day: string
  readonly due: string
  readonly late: boolean
}
const answers = ['accept', 'passUp', 'rectify', 'refuse'] as const
const lastAnswer = (s: Case): JsonObject => {
  const act = answers.filter((a) => s.did[a]).sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]
  return act ? (s.data[act] ?? {}) : {}
}
export const wayOf = (s: Case): readonly Passed[] => list(s.data['passUp']?.['way']) as unknown as readonly Passed[]
export const marksOf = (s: Case): readonly Mark[] => list(lastAnswer(s)['marks']) as unknown as readonly Mark[]

const marked = (s: Case, act: string, cx: Cx): Json => {
  const due = s.due
    .filter((d) => d.kind === 'limit')
    .map((d) => d.day)
    .sort()[0]
  const mark: Mark = {
    org: s.seats['holder'] ?? '',
    act,
    day: cx.day,
    due: due ?? '',
    late: due !== undefined && cx.day > due,
  }
  return [...marksOf(s), mark] as unknown as Json
}

const entryOf = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['item'] && c.process === 'item')
/** A name that everybody who reads the ticket may read. */
const nameOf = (item: Case): string => (isSecret(item) ? '（不公开的目录项）' : text(itemData(item)['name']))
const unitsOf = (item: Case, cx: Cx): string =>
  cx.facts.orgs[item.seats['holder'] ?? '']?.name ??
  (itemData(item)['holders'] as readonly string[] | undefined)?.join('、') ??
  ''

const guards: Record<string, Guard> = {
  realName: (s, _input, cx) =>
    s.seats['reporter'] === cx.user && !cx.facts.realName
      ? refuse('not_real_name', '以个人名义提出异议，须先完成实名核验')
      : undefined,
  upstreamKnown: (s, input, cx) => {
    const here = entryOf(s, cx)
    const to = text(input['upstream'])
    const bad = (says: string) => refuse('invalid', says, { fields: { upstream: says } })
    if (!here || upstreamOf(here).length === 0)
      return refuse('not_now', '该目录项没有上游，本单位就是数源单位，应当自行核实处理')
    if (!upstreamOf(here).includes(to)) return bad('只能转给本目录项登记的上游目录项')
    const up = cx.related.find((c) => c.id === to && c.process === 'item')
    if (!up || up.at === 'removed' || !up.seats['holder']) return bad('该上游目录项已移出目录或没有持有单位')
    const been = [text(s.data['raise']?.['item']), ...Object.values(s.links)]
    return been.includes(to) ? bad('工单已经到过该目录项，不能再转回去') : undefined
  },
  /** Nobody decides in their own cause. */
  notOwnCause: (s) =>
    s.seats['bureau'] === '' || [s.seats['reporter'], s.seats['holder']].includes(s.seats['bureau'])
      ? refuse('not_now', '没有可以裁定的上级数据管理部门：裁定者不能同时是提出方或办理单位')
      : undefined,
}

const acceptBy = (cx: Cx): JsonObject => {
  const end = addRule(cx, cx.day, 'catalogue.ticket.accept')
  return end ? { acceptBy: end.day } : {}
}

const derive: Record<string, Derive> = {
  raised: (s, _input, cx) => {
    const item = entryOf(s, cx)
    if (!item) return refuse('not_found', '没有这一目录项')
    return {
      data: { item: item.id, ...acceptBy(cx) },
      sealed: { entry: nameOf(item), unit: unitsOf(item, cx) },
    }
  },
  answered: (s, _input, cx) => {
    const act = s.at === 'raised' ? 'first' : 'rectify'
    return { sealed: { marks: marked(s, act, cx) } }
  },
  passedUp: (s, input, cx) => {
    const here = entryOf(s, cx)!
    const up = cx.related.find((c) => c.id === text(input['upstream']))!
    const step: Passed = {
      day: cx.day,
      from: nameOf(here),
      unit: unitsOf(here, cx),
      to: nameOf(up),
      toUnit: unitsOf(up, cx),
      reason: text(input['reason']),
    }
    const n = wayOf(s).length + 1
    return {
      data: acceptBy(cx),
      sealed: { way: [...wayOf(s), step] as unknown as Json, marks: marked(s, 'passUp', cx) },
      seats: {
        holder: up.seats['holder']!,
        source: upstreamOf(up).length === 0 ? up.seats['holder']! : '',
        [via(n)]: s.seats['holder'] ?? '',
        // a decision about what another territory holds is that territory's
        bureau: up.seats['bureau'] || (s.seats['bureau'] ?? ''),
      },
      // the entries it has passed keep it in sight
      links: { item: up.id, [`via${n}`]: here.id },
    }
  },
}

/** What has come of a ticket so far, in a word. */
export const rectification = (s: Case): string => {
  switch (s.at) {
    case 'raised':
      return wayOf(s).length > 0 ? `已溯源 ${wayOf(s).length} 级，待受理` : '未受理'
    case 'rectifying':
      return (s.did['reopen']?.seq ?? 0) > (s.did['accept']?.seq ?? 0) ? '退回重新整改' : '整改中'
    case 'rectified':
    case 'closed':
      return s.data['rectify']?.['outcome'] === 'corrected' ? '数据已更正' : '已核实说明'
    default:
      return ticket.states[s.at]?.term ?? ''
  }
}
/** Corrected data is not yet data that the catalogue knows to be up to date. */
export const wantsRefresh = (s: Case): string =>
  ['rectified', 'closed'].includes(s.at) && s.data['rectify']?.['outcome'] === 'corrected'
    ? (s.did['rectify']?.day ?? '')
    : ''

export const ticketLaws: Laws = {
  // it is passed on to an entry that it is not linked to yet
  kin: (act, input) => (act === 'passUp' ? [text(input['upstream'])] : []),
  guards,
  derive,
  foreseen: ['notOwnCause'],
  // the same finding of a check is not told twice while it is in hand
  claims: (s) => {
    const check = text(s.data['raise']?.['check'])
    return check === '' || ticket.states[s.at]?.final === true
      ? []
      : [{ scope: 'catalogue.ticket', key: `${text(s.data['raise']?.['item'])} ${check}` }]
  },
  title: (s) => `${text(s.data['raise']?.['entry'])}：${ticket.kinds[s.kind] ?? ''}`,
  facts: (s) => [
    { term: '整改', value: rectification(s) },
    ...(wayOf(s).length > 0 ? [{ term: '溯源', value: `${wayOf(s).length} 级` }] : []),
  ],
  content: (s, rules) => ({
    form: [
      { key: 'entry', term: '目录项', type: 'text' },
      { key: 'unit', term: '提出时的持有单位', type: 'text' },
      ...ticketForm(rules, s.kind),
      {
        key: 'way',
        term: '溯源经过',
        type: 'list',
        fields: [
          { key: 'day', term: '日期', type: 'day' },
          { key: 'unit', term: '转出单位', type: 'text' },
          { key: 'from', term: '目录项', type: 'text' },
          { key: 'toUnit', term: '转入单位', type: 'text' },
          { key: 'to', term: '上游目录项', type: 'text' },
          { key: 'reason', term: '理由', type: 'text' },
        ],
      },
    ],
    value: {
      ...s.data['raise'],
      ...(text(s.data['raise']?.['check']) === '' ? {} : { check: checkWords(text(s.data['raise']?.['check'])) }),
      ...(wayOf(s).length > 0 ? { way: wayOf(s) as unknown as Json } : {}),
    },
  }),
  derived: { acceptBy: '受理期限' },
}

/** The read model of tickets: what dashboards count by. `marks`: what each unit did with it and whether it was late. */
export const ticketRows = (
  s: Case,
): readonly { readonly table: 'ticket'; readonly row: { readonly [column: string]: Json } }[] =>
  s.process !== 'ticket'
    ? []
    : [
        {
          table: 'ticket',
          row: {
            id: s.id,
            kind: s.kind,
            item: text(s.data['raise']?.['item']),
            holder: s.seats['holder'] ?? '',
            readers: [...new Set(Object.values(s.seats).filter(Boolean))].sort(),
            division: s.division,
            state: s.at,
            open: ticket.states[s.at]?.final !== true,
            corrected: wantsRefresh(s) || null,
            due:
              s.due
                .filter((d) => d.kind === 'limit')
                .map((d) => d.day)
                .sort()[0] ?? null,
            levels: wayOf(s).length,
            raised: s.opened,
            marks: marksOf(s) as unknown as Json,
          },
        },
      ]
