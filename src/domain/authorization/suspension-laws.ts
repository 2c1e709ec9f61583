import type { Field, Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Cx, Effect, Guard, Laws, Opening } from '../kernel/index.ts'
import { actOf, citeRule, list, text, texts } from '../kernel/index.ts'
import { agreementItems, agreementOf, agreementTitle } from './agreement-text.ts'
import { exitRule } from './exit-pack.ts'
import { adjusting, productKey, type Closure } from './gate.ts'
import { suspensionKinds, type SuspensionKind } from './suspension.ts'

// ── forms ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const scopes = [
  { value: 'all', term: '全部暂停' },
  { value: 'objects', term: '暂停所列产品或数据资源' },
  { value: 'new', term: '只停新增' },
] as const

const names = (key: string, term: string, more: Partial<Field> = {}): Field => ({
  key,
  term,
  type: 'list',
  max: 100,
  fields: [{ key: 'name', term: '名称', type: 'text', required: true, max: 100 }],
  ...more,
})
const ground = (rules: Rules): Form => [
  {
    key: 'ground',
    term: '情形',
    type: 'choice',
    required: true,
    clear: true,
    options: exitRule(rules, 'authorization.suspension.grounds'),
  },
  { key: 'facts', term: '认定的事实', type: 'paragraph', required: true, max: 4000 },
]
const what = (rules: Rules): Form => [
  { key: 'scope', term: '暂停范围', type: 'choice', required: true, clear: true, options: scopes },
  { key: 'items', term: '暂停的数据资源', type: 'items', max: 2000, when: { key: 'scope', is: ['objects'] } },
  names('products', '暂停的产品和服务', { when: { key: 'scope', is: ['objects'] } }),
  ...(exitRule(rules, 'authorization.suspension.custody').allowed
    ? ([
        names('custodyProducts', '托管运行的公益服务', { hint: '暂停期间仍须继续提供的，按协议所列名称填写' }),
        { key: 'custodian', term: '托管单位', type: 'party', clear: true },
        { key: 'custodyUntil', term: '托管至', type: 'day', clear: true },
      ] satisfies Form)
    : []),
]
const demand: Form = [
  { key: 'requirement', term: '改正要求', type: 'paragraph', required: true, max: 4000 },
  { key: 'rectifyBy', term: '改正期限', type: 'day', required: true, clear: true, hint: '按协议约定' },
]
const proof: Form = [{ key: 'evidence', term: '证据材料', type: 'files', max: 20 }]

export const suspensionForm = (rules: Rules, name: string, kind: string): Form | undefined => {
  switch (name) {
    case 'suspensionOrder':
      return [...ground(rules), ...demand, ...(kind === 'order' ? what(rules) : []), ...proof]
    case 'suspensionInterim':
      return [...ground(rules), ...what(rules), ...proof]
    case 'suspensionConfirm':
      return [
        { key: 'number', term: '文号', type: 'text', required: true, clear: true, max: 100 },
        ...demand,
        { key: 'files', term: '责令改正（暂停）决定书', type: 'files', required: true, max: 10 },
      ]
    case 'suspensionRequest':
      return [...ground(rules), ...proof]
    case 'suspensionTermination':
      return [
        { key: 'number', term: '文号', type: 'text', required: true, clear: true, max: 100 },
        { key: 'reason', term: '终止的事实和理由', type: 'paragraph', required: true, max: 4000 },
        { key: 'files', term: '终止决定书', type: 'files', required: true, max: 10 },
      ]
    default:
      return undefined
  }
}

// ── what a case says ───────────────────────────────────────────────────────────────────────────────────────────

const openers = ['propose', 'protect', 'request', 'demand', 'demandEnd'] as const
const opened = (s: Case): JsonObject => openers.map((a) => s.data[a]).find(Boolean) ?? {}
const agreementIn = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['agreement'] && c.process === 'agreement')
/** The term for correction that binds now. */
export const rectifyBy = (s: Case): string =>
  Object.entries(s.data)
    .filter(([, d]) => text(d['rectifyBy']) !== '')
    .sort(([a], [b]) => (s.did[b]?.seq ?? 0) - (s.did[a]?.seq ?? 0))
    .map(([, d]) => text(d['rectifyBy']))[0] ?? ''

const closureOf = (s: Case, day: string): Omit<Closure, 'by'> | undefined => {
  const o = opened(s)
  const scope = text(o['scope']) as Closure['scope'] | ''
  if (scope === '') return undefined
  return {
    scope,
    objects:
      scope === 'objects' ? [...texts(o['items']), ...list(o['products']).map((p) => productKey(text(p['name'])))] : [],
    since: day,
  }
}
const keptBy = (s: Case, day: string) =>
  list(opened(s)['custodyProducts']).map((p) => ({
    object: productKey(text(p['name'])),
    keeper: text(opened(s)['custodian']),
    from: day,
    until: text(opened(s)['custodyUntil']),
  }))

// ── laws ───────────────────────────────────────────────────────────────────────────────────────────────────────

const productsOf = (agreement: Case): ReadonlySet<string> =>
  new Set(list(agreementOf(agreement)['products']).map((p) => productKey(text(p['name']))))
const strangers = (agreement: Case, of: JsonObject, key: string): readonly string[] =>
  list(of[key])
    .map((p) => text(p['name']))
    .filter((n) => !productsOf(agreement).has(productKey(n)))
const runs: Guard = (s, _input, cx) =>
  ['running', 'suspended'].includes(agreementIn(s, cx)?.at ?? '')
    ? undefined
    : refuse('agreement_over', '协议不在执行中，不能责令改正、暂停或者终止')
const ahead = (day: string, today: string, rules: Rules) =>
  day !== '' && day < today
    ? refuse('invalid', `改正期限不能早于今天（${today}）`, {
        fields: { rectifyBy: '不能早于今天' },
        basis: citeRule(rules, 'authorization.suspension.correction'),
      })
    : undefined

const guards: Record<string, Guard> = {
  agreementRuns: runs,
  agreementStillRuns: runs,
  saysWhat: (s, input, cx) => {
    if (text(input['scope']) !== 'objects') return undefined
    const agreement = agreementIn(s, cx)!
    const items = texts(input['items'])
    if (items.length + list(input['products']).length === 0)
      return refuse('invalid', '请列明暂停的数据资源或产品', { fields: { items: '请列明', products: '请列明' } })
    const known = new Set(agreementItems(agreement))
    if (items.some((i) => !known.has(i)))
      return refuse('invalid', '所列数据资源不在协议范围内', { fields: { items: '不在协议范围内' } })
    const no = strangers(agreement, input, 'products')
    return no.length > 0
      ? refuse('invalid', `协议没有这些产品和服务：${no.join('、')}`, { fields: { products: '协议没有列明' } })
      : undefined
  },
  custodyFits: (s, input, cx) => {
    const services = list(input['custodyProducts'])
    const keeper = text(input['custodian'])
    if (services.length === 0 && keeper === '') return undefined
    const missing = {
      ...(services.length === 0 ? { custodyProducts: '请列明托管运行的服务' } : {}),
      ...(keeper === '' ? { custodian: '请选择托管单位' } : {}),
      ...(text(input['custodyUntil']) < cx.day ? { custodyUntil: '请填写今天以后的日期' } : {}),
    }
    const basis = citeRule(cx.rules, 'authorization.suspension.custody')
    if (Object.keys(missing).length > 0)
      return refuse('invalid', '托管须写明服务、托管单位和期限', { fields: missing, basis })
    const agreement = agreementIn(s, cx)!
    if (keeper === agreement.seats['operator'])
      return refuse('invalid', '被暂停的运营机构不能自行托管', { fields: { custodian: '须为其他单位' }, basis })
    const no = strangers(agreement, input, 'custodyProducts')
    return no.length > 0
      ? refuse('invalid', `协议没有这些产品和服务：${no.join('、')}`, { fields: { custodyProducts: '协议没有列明' } })
      : undefined
  },
  termAhead: (_s, input, cx) => ahead(text(input['rectifyBy']), cx.day, cx.rules),
  termStillAhead: (s, _input, cx) => ahead(rectifyBy(s), cx.day, cx.rules),
}

const effects = (s: Case, event: Parameters<NonNullable<Laws['effects']>>[1], cx: Cx): readonly Effect[] => {
  const agreement = agreementIn(s, cx)
  if (!agreement) return []
  switch (actOf(event)) {
    case 'protect':
    case 'issue':
      return adjusting(agreement, s.id, { closure: closureOf(s, event.day), kept: keptBy(s, event.day) })
    case 'release':
    case 'lapse':
    case 'lift':
      return adjusting(agreement, s.id, {})
    case 'terminate':
    case 'decideEnd':
      return [
        {
          on: agreement.id,
          act: 'terminate',
          input: { data: { order: s.id, number: text(event.data['number']), ground: text(opened(s)['groundTerm']) } },
        },
      ]
    default:
      return []
  }
}

export const suspensionLaws: Laws = {
  guards,
  derive: {
    proposed: (s, input, cx) => {
      const agreement = agreementIn(s, cx)
      const term = exitRule(cx.rules, 'authorization.suspension.grounds').find((g) => g.value === input['ground'])?.term
      const keeper = text(input['custodian'])
      return {
        data: {
          agreementTitle: agreement ? agreementTitle(agreement) : '',
          operatorName: cx.facts.orgs[s.seats['operator'] ?? '']?.name ?? '',
          groundTerm: term ?? '',
        },
        ...(keeper ? { seats: { custodian: keeper } } : {}),
      }
    },
  },
  effects,
  title: (s) =>
    [suspensionKinds[s.kind as SuspensionKind], text(opened(s)['agreementTitle'])].filter((t) => t !== '').join('：'),
  derived: { agreementTitle: '协议', operatorName: '运营机构' },
  facts: (s) =>
    [
      { term: '情形', value: text(opened(s)['groundTerm']) },
      { term: '范围', value: scopes.find((x) => x.value === opened(s)['scope'])?.term ?? '' },
      { term: '文号', value: text(s.data['issue']?.['number'] ?? s.data['confirm']?.['number']) },
      { term: '改正期限', value: rectifyBy(s) },
    ].filter((f) => f.value !== ''),
  content: (s, rules) => {
    const form = (name: string): Form => suspensionForm(rules, name, s.kind) ?? []
    const first = form(
      s.did['request'] || s.did['demandEnd']
        ? 'suspensionRequest'
        : s.did['protect']
          ? 'suspensionInterim'
          : 'suspensionOrder',
    )
    const asked = s.did['confirm'] ? demand : []
    return {
      form: [...first, ...asked],
      value: { ...opened(s), ...(s.data['confirm'] ?? {}), rectifyBy: rectifyBy(s) },
    }
  },
}

// ── opened by the system ───────────────────────────────────────────────────────────────────────────────────────

/** The body that orders about an agreement: the first that the rules name and that sits there. */
export const ordererOf = (agreement: Case, rules: Rules): string =>
  exitRule(rules, 'authorization.suspension.by')
    .map((seat) => agreement.seats[seat] ?? '')
    .find((id) => id !== '') ?? ''

/** Who sits in an order about an agreement. */
export const suspensionSeats = (agreement: Case, orderer: string): Record<string, string> => ({
  orderer,
  operator: agreement.seats['operator'] ?? '',
  implementer: agreement.seats['implementer'] ?? '',
  unit: agreement.seats['unit'] ?? '',
  bureau: agreement.seats['bureau'] ?? '',
  custodian: '',
})

/**
 * What follows from an evaluation by itself: with `rectifyBy` the operator is to correct by that day; without it, that the agreement
 * be ended is proposed to whoever decides on it. To be given as effects of the evaluation's decision.
 */
export const afterEvaluation = (
  agreement: Case,
  rules: Rules,
  o: { readonly ground: string; readonly facts: string; readonly requirement?: string; readonly rectifyBy?: string },
): readonly Effect[] => {
  const orderer = ordererOf(agreement, rules)
  if (orderer === '' || !['running', 'suspended'].includes(agreement.at)) return []
  const opening: Omit<Opening, 'rules'> = {
    process: 'suspension',
    kind: o.rectifyBy ? 'correction' : 'termination',
    variant: '',
    division: agreement.division,
    seats: suspensionSeats(agreement, orderer),
    links: { agreement: agreement.id },
  }
  const data = { agreementTitle: agreementTitle(agreement), groundTerm: o.ground }
  const sealed = { facts: o.facts, ...(o.requirement ? { requirement: o.requirement } : {}) }
  return [
    o.rectifyBy
      ? { open: opening, act: 'demand', input: { data: { ...data, rectifyBy: o.rectifyBy }, sealed } }
      : { open: opening, act: 'demandEnd', input: { data, sealed } },
  ]
}
