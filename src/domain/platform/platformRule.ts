import type { Form, Json } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Effect, Guard, Laws, PlatformRuleFact, Process } from '../kernel/index.ts'
import { actOf, addRule, subtractPeriod, type Day } from '../kernel/index.ts'
import { text } from './said.ts'

const draftForm: Form = [
  { key: 'name', term: '规则名称', type: 'text', required: true, clear: true, max: 100 },
  { key: 'summary', term: '摘要：规定什么，与前一版有何不同', type: 'paragraph', required: true, max: 1000 },
  { key: 'text', term: '全文', type: 'paragraph', required: true, max: 15_000 },
  { key: 'files', term: '盖章文本', type: 'files' },
]
const publication: Form = [
  { key: 'effective', term: '施行日期', type: 'day', required: true, clear: true },
  { key: 'document', term: '公布文件名称与文号', type: 'text', clear: true, max: 200 },
]

/**
 * 平台规则: one version of the rules of the platform, from its draft to the day another takes its place. Everybody who is on the platform
 * is asked to acknowledge it.
 */
export const platformRule: Process = {
  name: 'platformRule',
  term: '平台规则',
  kinds: { platformRule: '平台规则' },
  seats: {
    publisher: { term: '公布单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    draft: { term: '起草中' },
    consulting: { term: '征求意见中' },
    consulted: { term: '征求意见期满' },
    published: { term: '已公布，待施行' },
    inForce: { term: '施行中' },
    superseded: { term: '已被新版取代', final: true },
    repealed: { term: '已废止', final: true },
    dropped: { term: '未公布', final: true },
  },
  slots: {},
  rows: {
    draw: {
      term: '起草平台规则',
      from: [],
      to: 'draft',
      by: 'publisher.handler',
      basis: 'platform.rules.publication',
      form: draftForm,
      derive: 'numbered',
    },
    redraw: {
      term: '修改草案',
      from: ['draft', 'consulted'],
      to: '=',
      by: 'publisher.handler',
      optional: true,
      form: draftForm,
    },
    consult: {
      term: '公开征求意见',
      from: ['draft'],
      to: 'consulting',
      by: 'publisher.handler',
      optional: true,
      basis: 'platform.rules.consultation',
      form: [{ key: 'channel', term: '意见怎样提交', type: 'text', required: true, clear: true, max: 300 }],
      derive: 'windowed',
      tell: ['bureau'],
    },
    closeConsultation: {
      term: '征求意见期满',
      from: ['consulting'],
      to: 'consulted',
      by: 'system',
      after: 'consultTo',
      basis: 'platform.rules.consultation',
      until: '征求意见期满',
      tell: ['publisher'],
    },
    publish: {
      term: '公布',
      from: ['draft'],
      to: 'published',
      by: 'publisher.approver',
      apart: 'draw',
      grave: true,
      basis: 'platform.rules.publication',
      form: publication,
      guards: ['notBackdated'],
      derive: 'scheduled',
      tell: ['bureau'],
    },
    publishAfter: {
      term: '公布',
      from: ['consulted'],
      to: 'published',
      by: 'publisher.approver',
      apart: 'draw',
      grave: true,
      basis: 'platform.rules.publication',
      form: [
        ...publication,
        { key: 'opinions', term: '收到的意见与采纳情况', type: 'paragraph', required: true, max: 4000 },
      ],
      guards: ['notBackdated'],
      derive: 'scheduled',
      tell: ['bureau'],
    },
    takeEffect: {
      term: '施行',
      from: ['published'],
      to: 'inForce',
      by: 'system',
      after: 'before',
      basis: 'platform.rules.publication',
      until: '施行前最后一日',
      tell: ['publisher', 'bureau'],
    },
    supersede: {
      term: '被新版取代',
      from: ['inForce', 'published'],
      to: 'superseded',
      by: 'system',
      tell: ['publisher'],
    },
    repeal: {
      term: '废止',
      from: ['inForce', 'published'],
      to: 'repealed',
      by: 'publisher.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'paragraph', required: true, max: 1000 }],
      tell: ['bureau'],
    },
    drop: {
      term: '放弃',
      from: ['draft', 'consulted'],
      to: 'dropped',
      by: 'publisher.handler',
      optional: true,
      grave: true,
    },
  },
}

export const platformRuleState = (state: string): string => platformRule.states[state]?.term ?? state

const said = (s: Case) =>
  ((s.did['redraw']?.seq ?? 0) > (s.did['draw']?.seq ?? 0) ? s.data['redraw'] : s.data['draw']) ?? {}
const publishedIn = (s: Case) => s.data['publishAfter'] ?? s.data['publish'] ?? {}
export const versionOf = (s: Case): number => Number(s.data['draw']?.['version'] ?? 0)

const guards: Record<string, Guard> = {
  notBackdated: (_s, input, cx) =>
    text(input['effective']) < cx.day
      ? refuse('invalid', `施行日期不能早于公布之日（${cx.day}）`, { fields: { effective: '不能早于今天' } })
      : undefined,
}
const derive: Record<string, Derive> = {
  /** A version follows the one it was opened about. */
  numbered: (s, _input, cx) => {
    const before = cx.related.find((c) => c.process === 'platformRule' && c.id === s.links['previous'])
    return { data: { version: before ? versionOf(before) + 1 : 1 } }
  },
  /** What happens after a period happens on the day after its last. */
  scheduled: (_s, input, cx) => ({
    data: { before: subtractPeriod(cx.calendar, text(input['effective']) as Day, { value: 1, unit: 'day' }).day },
  }),
  windowed: (_s, _input, cx) => {
    const end = addRule(cx, cx.day, 'platform.rules.consultation')
    return { data: end ? { consultTo: end.day } : {} }
  },
}

export const platformRuleLaws: Laws = {
  guards,
  derive,
  // of one version there is one next
  claims: (s) =>
    s.links['previous'] && s.at !== 'dropped' ? [{ scope: 'platform.rule.next', key: s.links['previous'] }] : [],
  title: (s) => `${text(said(s)['name'])}（第 ${versionOf(s)} 版）`,
  facts: (s) => {
    const effective = text(publishedIn(s)['effective'])
    return [...(effective === '' ? [] : [{ term: '施行', value: effective }])]
  },
  jobs: (_s, e) => (['publish', 'publishAfter'].includes(actOf(e)) ? [{ topic: 'platform.rules', payload: {} }] : []),
  effects: (s, e, cx): readonly Effect[] => {
    const related = (process: string, states: readonly string[]) =>
      cx.related.filter((c) => c.process === process && states.includes(c.at))
    if (actOf(e) === 'takeEffect')
      return related('platformRule', ['inForce', 'published'])
        .filter((c) => c.id === s.links['previous'])
        .map((c) => ({ on: c.id, act: 'supersede', input: { data: { by: s.id } } }))
    // nobody is asked for what is not in force any more
    return ['supersede', 'repeal'].includes(actOf(e))
      ? related('acknowledgement', ['owed'])
          .filter((c) => c.links['rule'] === s.id)
          .map((c) => ({ on: c.id, act: 'lapse', input: {} }))
      : []
  },
  content: (s) => ({ form: draftForm, value: said(s) }),
  derived: { version: '版本', consultTo: '征求意见至', before: '施行前最后一日', by: '新版' },
}

/** 平台规则确认: one organisation's word that it has read one version and keeps it. */
export const acknowledgement: Process = {
  name: 'acknowledgement',
  term: '平台规则确认',
  kinds: { acknowledgement: '平台规则确认' },
  seats: { org: { term: '进驻主体', reads: true }, publisher: { term: '公布单位', reads: true } },
  states: {
    owed: { term: '待确认' },
    acknowledged: { term: '已确认', final: true },
    lapsed: { term: '规则已不再施行', final: true },
  },
  slots: {},
  rows: {
    ask: {
      term: '请求确认',
      from: [],
      to: 'owed',
      by: 'system',
      basis: 'platform.rules.acknowledge',
      // what is to be read can be opened from here: the form names its files
      form: [...draftForm, ...publication],
      tell: ['org'],
    },
    acknowledge: {
      term: '确认遵守',
      from: ['owed'],
      to: 'acknowledged',
      by: 'org.handler',
      within: 'platform.rules.acknowledge',
      since: 'ask',
      basis: 'platform.rules.acknowledge',
      form: [{ key: 'read', term: '已经阅读全文，遵守本规则', type: 'yes', required: true, clear: true }],
      tell: ['publisher'],
    },
    lapse: { term: '不再需要确认', from: ['owed'], to: 'lapsed', by: 'system' },
  },
}
export const acknowledgementLaws: Laws = {
  guards: {},
  derive: {},
  claims: (s) => [{ scope: 'platform.acknowledgement', key: `${s.links['rule']} ${s.seats['org']}` }],
  title: (s) => `${text(s.data['ask']?.['name'])}（第 ${Number(s.data['ask']?.['version'] ?? 0)} 版）`,
  facts: (s) => [{ term: '施行', value: text(s.data['ask']?.['effective']) }],
  content: (s) => ({ form: [...draftForm.slice(1), ...publication], value: s.data['ask'] ?? {} }),
  derived: { version: '版本', name: '规则' },
}

/** What an acknowledgement begins with: the version as it is published, its text with it. */
export const acknowledging = (rule: Case) => ({
  data: { name: text(said(rule)['name']), version: versionOf(rule), effective: text(publishedIn(rule)['effective']) },
  sealed: Object.fromEntries(
    ['summary', 'text', 'files'].flatMap((k) => (said(rule)[k] === undefined ? [] : [[k, said(rule)[k]!]])),
  ) as Readonly<Record<string, Json>>,
})

/** A version that has been published, as everybody may read it; null before. */
export const platformRuleRows = (
  s: Case,
): readonly { readonly table: 'public_platform_rule'; readonly row: { readonly [c: string]: Json } | null }[] =>
  s.process !== 'platformRule'
    ? []
    : [
        {
          table: 'public_platform_rule',
          row: ['published', 'inForce', 'superseded', 'repealed'].includes(s.at)
            ? {
                id: s.id,
                name: text(said(s)['name']),
                version: versionOf(s),
                division: s.division,
                publisher: s.seats['publisher'] ?? '',
                effective: text(publishedIn(s)['effective']),
                document: text(publishedIn(s)['document']),
                summary: text(said(s)['summary']),
                text: text(said(s)['text']),
                state: s.at,
              }
            : null,
        },
      ]

/** The rules in force in one line each, as an application for entry accepts them. */
export const rulesInForceText = (rules: readonly PlatformRuleFact[]): string =>
  rules.length === 0
    ? '本平台尚未公布平台规则。'
    : rules.map((r) => `《${r.name}》第 ${r.version} 版（${r.effective} 起施行）`).join('\n')
