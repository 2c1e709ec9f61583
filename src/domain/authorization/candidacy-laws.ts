import type { Field, Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Cx, Guard, Laws } from '../kernel/index.ts'
import { citeRule, list, subtractPeriod, text, texts, type Day } from '../kernel/index.ts'
import { authorizationRule } from './pack.ts'
import { candidacy } from './candidacy.ts'
import { conditionsOf, type Condition } from './selection-pack.ts'
import { deadlineOf, extrasOf, panelPersonsOf, seatsOpened } from './selection-said.ts'
import { winnerOf } from './selection.ts'

const statement: Field = { key: 'statement', term: '情况说明', type: 'paragraph', required: true, max: 4000 }
const evidence: Field = { key: 'evidence', term: '证明材料', type: 'files', required: true, max: 10 }
const answered = (c: Condition): Field => ({
  key: c.key,
  term: c.term,
  type: 'group',
  required: true,
  ...(c.hint ? { hint: c.hint } : {}),
  fields: [
    statement,
    ...((c.clearYears
      ? [
          {
            key: 'incidents',
            term: '发生过的网络安全、数据安全事件',
            type: 'list',
            max: 50,
            hint: `逐件如实填写，包括 ${c.clearYears} 年以前的；没有发生过的不填`,
            fields: [
              { key: 'day', term: '发生日期', type: 'day', required: true },
              { key: 'what', term: '事件', type: 'text', required: true, max: 300 },
              { key: 'handling', term: '处置情况', type: 'paragraph', required: true, max: 2000 },
            ],
          },
        ]
      : []) satisfies Form),
    evidence,
  ],
})

/** What an applicant answers: each condition of the rules with a statement and evidence, then those the notice added. */
export const candidacyForm = (rules: Rules, kind: string): Form => [
  {
    key: 'representative',
    term: '法定代表人（负责人）姓名',
    type: 'text',
    required: true,
    personal: true,
    max: 50,
  },
  { key: 'contact', term: '联系人和电话', type: 'text', required: true, personal: true, max: 100 },
  {
    key: 'proposal',
    term: kind === 'developer' ? '开发方案' : '运营方案',
    type: 'group',
    required: true,
    fields: [
      { key: 'summary', term: '摘要', type: 'paragraph', required: true, max: 8000 },
      { key: 'files', term: '方案文件', type: 'files', required: true, max: 20 },
    ],
  },
  ...conditionsOf(rules, kind).map(answered),
  {
    key: 'extras',
    term: '公告规定的其他条件',
    type: 'list',
    max: 30,
    hint: '公告列有其他条件的逐条说明；没有的不填',
    fields: [
      { key: 'condition', term: '条件', type: 'text', required: true, max: 300 },
      statement,
      { key: 'evidence', term: '证明材料', type: 'files', max: 10 },
    ],
  },
  { key: 'commitment', term: '承诺所填内容和材料真实、完整', type: 'yes', required: true, clear: true },
]

const met: Field = {
  key: 'result',
  term: '审查结果',
  type: 'choice',
  required: true,
  options: [
    { value: 'met', term: '符合' },
    { value: 'unmet', term: '不符合' },
  ],
}
const note: Field = { key: 'note', term: '说明', type: 'text', max: 500 }
/** The same conditions, each to be found met or not. */
export const candidacyCheckForm = (rules: Rules, kind: string): Form => [
  ...conditionsOf(rules, kind).map((c): Field => ({
    key: c.key,
    term: c.term,
    type: 'group',
    required: true,
    fields: [met, note],
  })),
  {
    key: 'extras',
    term: '公告规定的其他条件',
    type: 'list',
    max: 30,
    fields: [{ key: 'condition', term: '条件', type: 'text', required: true, max: 300 }, met, note],
  },
]

const selectionOf = (s: Pick<Case, 'links'>, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['selection'])
const written = (s: Case): JsonObject => s.data['write'] ?? {}
const said = (v: unknown): JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}
const results = (check: JsonObject): readonly { readonly term: string; readonly met: boolean }[] => [
  ...Object.entries(check)
    .filter(([k, v]) => k !== 'extras' && text(said(v)['result']) !== '')
    .map(([k, v]) => ({ term: k, met: said(v)['result'] === 'met' })),
  ...list(check['extras']).map((x) => ({ term: text(x['condition']), met: x['result'] === 'met' })),
]

const guards: Record<string, Guard> = {
  stillOpen: (s, _input, cx) => {
    const of = selectionOf(s, cx)
    return of?.at === 'announced' && cx.day <= deadlineOf(of)
      ? undefined
      : refuse('not_now', '申请已经截止，不能再提交、修改或撤回')
  },
  deadlinePassed: (s, _input, cx) => {
    const of = selectionOf(s, cx)
    return of && of.did['close'] ? undefined : refuse('not_yet', '申请截止前任何人不得开启')
  },
  /** 主体性质: legal persons, or others too, as the rules of the territory have it. */
  formFits: (s, _input, cx) => {
    const of = s.kind === 'developer' ? 'authorization.developer' : 'authorization.operator'
    const { forms } = authorizationRule(cx.rules, of)
    const form = cx.facts.orgs[s.seats['applicant'] ?? '']?.form ?? ''
    return (forms as readonly string[]).includes(form)
      ? undefined
      : refuse('not_eligible', '本单位的主体性质不符合要求', { basis: citeRule(cx.rules, of) })
  },
  notOrganiser: (s, _input, cx) =>
    selectionOf(s, cx)?.seats['organiser'] === s.seats['applicant']
      ? refuse('not_yours', '遴选单位不能参加自己组织的遴选')
      : undefined,
  written: (s) => (s.did['write'] ? undefined : refuse('not_yet', '申请还没有填写')),
  extrasAnswered: (s, input, cx) => {
    const of = selectionOf(s, cx)
    const lacking = (of ? extrasOf(of) : []).filter((x) => !list(input['extras']).some((e) => e['condition'] === x))
    return lacking.length > 0
      ? refuse('invalid', `公告规定的其他条件没有说明：${lacking.join('、')}`, { fields: { extras: '缺少说明' } })
      : undefined
  },
  /** A declared incident inside the years that must be clear cannot be found in order. */
  historyHolds: (s, input, cx) => {
    for (const c of conditionsOf(cx.rules, s.kind)) {
      if (!c.clearYears || said(input[c.key])['result'] !== 'met') continue
      const since = subtractPeriod(cx.calendar, (s.did['submit']?.day ?? cx.day) as Day, {
        value: c.clearYears,
        unit: 'year',
      }).day
      if (list(said(written(s)[c.key])['incidents']).some((i) => text(i['day']) >= since))
        return refuse('not_eligible', `申请人申报了 ${since} 以后发生的事件，这一条件不能认定为符合`, {
          fields: { [`${c.key}.result`]: `近 ${c.clearYears} 年内发生过事件` },
        })
    }
    return undefined
  },
  extrasChecked: (s, input) => {
    const lacking = texts(s.data['start']?.['extras']).filter(
      (x) => !list(input['extras']).some((e) => e['condition'] === x),
    )
    return lacking.length > 0
      ? refuse('invalid', `公告规定的其他条件没有审查：${lacking.join('、')}`, { fields: { extras: '缺少审查结果' } })
      : undefined
  },
  allMet: (s) =>
    results(s.data['check'] ?? {}).every((r) => r.met)
      ? undefined
      : refuse('not_eligible', '有条件经审查不符合，不能确认符合条件'),
  someUnmet: (s) =>
    results(s.data['check'] ?? {}).some((r) => !r.met)
      ? undefined
      : refuse('not_eligible', '各项条件经审查均符合；认为不符合的，请退回逐项审查'),
}

/** What has become of a selection, as an act that the application still has to follow it with; nothing where it has. */
export const following = (of: Case, s: Case): { readonly act: string; readonly data: JsonObject } | undefined => {
  if (s.process !== 'candidacy' || candidacy.states[s.at]?.final) return undefined
  if (of.at === 'failed') return { act: 'lapse', data: { why: '遴选失败' } }
  if (!of.did['close']) return undefined
  if (s.at === 'draft') return { act: 'lapse', data: { why: '截止前没有提交' } }
  if (s.at === 'submitted') return { act: 'open', data: {} }
  if (['awarded', 'contracted'].includes(of.at) && s.at === 'qualified')
    return { act: winnerOf(of) === s.seats['applicant'] ? 'win' : 'lose', data: {} }
  const panel = panelPersonsOf(of)
  return s.at === 'qualified' && panel.join() !== texts(s.data['panel']?.['reviewers']).join()
    ? { act: 'panel', data: { reviewers: [...panel] } }
    : undefined
}

export const candidacyLaws: Laws = {
  guards,
  foreseen: ['written', 'allMet', 'someUnmet'],
  derive: {
    started: (s, _input, cx) => {
      const of = selectionOf(s, cx)
      return {
        data: {
          applicantName: cx.facts.orgs[s.seats['applicant'] ?? '']?.name ?? '',
          selection: of ? text(of.data['start']?.['title']) : '',
          extras: of ? [...extrasOf(of)] : [],
        },
      }
    },
    opened: (s, _input, cx) => {
      const of = selectionOf(s, cx)
      return of ? { seats: seatsOpened(of) } : {}
    },
    counted: (_s, input) => ({ data: { unmet: results(input).filter((r) => !r.met).length } }),
  },
  // until it is opened only its author sees it, no supervisor either; withdrawn in time, nobody ever does
  unseen: true,
  readers: (s) => texts(s.data['panel']?.['reviewers']),
  claims: (s) =>
    candidacy.states[s.at]?.final
      ? []
      : [{ scope: 'authorization.candidacy', key: `${s.links['selection']} ${s.seats['applicant']}` }],
  title: (s) => `${text(s.data['start']?.['selection'])}：${text(s.data['start']?.['applicantName'])}`,
  derived: { applicantName: '申请人', selection: '遴选项目', why: '原因' },
  facts: (s) =>
    [
      { term: '遴选项目', value: text(s.data['start']?.['selection']) },
      { term: '申请人', value: text(s.data['start']?.['applicantName']) },
      { term: '不符合的条件', value: s.data['check'] ? `${String(s.data['check']['unmet'])} 项` : '' },
    ].filter((f) => f.value !== ''),
  begin: (s, act) => {
    if (act === 'write')
      return s.data['write']
        ? written(s)
        : { extras: texts(s.data['start']?.['extras']).map((condition) => ({ condition })) }
    if (act !== 'check') return undefined
    const { unmet: _counted, ...found } = s.data['check'] ?? {}
    return s.data['check'] ? found : { extras: texts(s.data['start']?.['extras']).map((condition) => ({ condition })) }
  },
  content: (s, rules) => ({ form: candidacyForm(rules, s.kind), value: written(s) }),
}
