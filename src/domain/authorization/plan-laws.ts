import type { Form, JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, addRule, citeRule, list, text, texts } from '../kernel/index.ts'
import { planKinds, type PlanKind } from './plan.ts'
import { planForm, planRule } from './plan-pack.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { stepsOf } from './steps.ts'

/** What the plan says now: the last writing of it. */
export const planOf = (s: Case): JsonObject => s.data['write'] ?? {}
export const planTitle = (s: Case): string => text(planOf(s)['title']) || text(s.data['start']?.['title'])
/** Entries of the catalogue that the plan names. */
export const planItems = (s: Case): readonly string[] => texts(planOf(s)['items'])
/** The day on which the last step of the approval was decided. */
export const approvedOn = (s: Case): string =>
  Object.entries(s.data)
    .filter(([act]) => act.startsWith('approval.'))
    .map(([, d]) => text(d['decidedOn']))
    .sort()
    .at(-1) ?? ''
/** May anything rest on it: selection, agreement. */
export const isInForce = (s: Case): boolean => s.process === 'plan' && s.at === 'inForce'

/** Entries that must not be in an authorization: unknown, withdrawn, secret (27号 第五条). */
export const scopeProblem = (
  cx: Pick<Cx, 'facts' | 'rules'>,
  ids: readonly string[],
  field = 'items',
): Refusal | undefined => {
  const known = new Map((cx.facts.entries ?? []).map((e) => [e.id, e]))
  const secret = ids.flatMap((id) => (known.get(id)?.secret ? [known.get(id)!.name] : []))
  const lost = ids.filter((id) => !known.has(id) || known.get(id)!.state === 'withdrawn')
  if (lost.length > 0)
    return refuse('invalid', `有 ${lost.length} 个目录项不存在或已停用，请重新选择`, {
      fields: { [field]: '有目录项不存在或已停用' },
    })
  if (secret.length > 0)
    return refuse('secret', `依法保密的数据不得纳入授权运营：${secret.slice(0, 5).join('、')}`, {
      fields: { [field]: '含依法保密的数据' },
    })
  return undefined
}

const guards: Record<string, Guard> = {
  kindUsed: (s, _input, cx) => {
    const kind = planRule(cx.rules, `authorization.plan.kinds.${s.kind as PlanKind}`)
    return kind.use && kind.levels.includes(levelOf(s.division))
      ? undefined
      : refuse('not_here', `本地区不编制${planKinds[s.kind as PlanKind]}`, {
          basis: citeRule(cx.rules, `authorization.plan.kinds.${s.kind}`),
        })
  },
  replacesInForce: (s, _input, cx) => {
    const old = s.links['replaces']
    if (!old) return undefined
    return cx.related.some((c) => c.id === old && isInForce(c))
      ? undefined
      : refuse('not_in_force', '只有实施中的方案可以变更')
  },
  itemsFit: (_s, input, cx) => scopeProblem(cx, texts(input['items'])),
  itemsStillFit: (s, _input, cx) => scopeProblem(cx, planItems(s)),
  termFits: (_s, input) =>
    text(input['from']) !== '' && text(input['to']) !== '' && text(input['to']) < text(input['from'])
      ? refuse('invalid', '截止日不能早于起始日', { fields: { to: '早于起始日' } })
      : undefined,
  written: (s) => (s.did['write'] ? undefined : refuse('not_yet', '方案还没有填写')),
  windowFits: (_s, input, cx) => {
    const least = addRule(cx, cx.day, 'authorization.plan.consultation.window')?.day ?? cx.day
    return text(input['to']) < least
      ? refuse('invalid', `征求意见的截止日不能早于 ${least}`, {
          fields: { to: `不早于 ${least}` },
          basis: citeRule(cx.rules, 'authorization.plan.consultation.window'),
        })
      : undefined
  },
  consultedFirst: (s, _input, cx) => {
    if (!planRule(cx.rules, 'authorization.plan.consultation.required')) return undefined
    const since = s.did['publish']?.seq ?? 0
    return (s.did['summarise']?.seq ?? 0) > since && since > 0
      ? undefined
      : refuse('not_yet', '须先公开征求意见并公布采纳情况，再送审', {
          basis: citeRule(cx.rules, 'authorization.plan.consultation.required'),
        })
  },
  decidedByNow: (s, input, cx) => {
    const day = text(input['decidedOn'])
    if (day === '') return undefined
    if (day > cx.day)
      return refuse('invalid', `审议日期不能晚于今天（${cx.day}）`, { fields: { decidedOn: '不能晚于今天' } })
    const since = s.did['submit']?.day ?? ''
    return day < since
      ? refuse('invalid', `审议日期不能早于送审日（${since}）`, { fields: { decidedOn: '早于送审日' } })
      : undefined
  },
}

const derive: Record<string, Derive> = {
  started: (s, input) => ({ data: { title: text(input['title']), level: levelOf(s.division) } }),
  counted: (_s, input) => ({
    data: {
      itemCount: texts(input['items']).length,
      productCount: list(input['products']).length,
      planTo: text(input['to']),
    },
  }),
  window: (_s, input, cx) => ({ data: { commentFrom: cx.day, commentTo: text(input['to']) } }),
  numbered: (s) => ({ data: { no: (s.did['comment']?.times ?? 0) + 1 } }),
}

export const consultationForm = (channels: readonly string[]): Form => [
  { key: 'to', term: '征求意见截止日', type: 'day', required: true, clear: true },
  {
    key: 'channels',
    term: '渠道',
    type: 'choices',
    required: true,
    clear: true,
    options: channels.map((c) => ({ value: c, term: c })),
  },
  { key: 'contact', term: '联系方式', type: 'text', required: true, clear: true, max: 200 },
  { key: 'explanation', term: '起草说明', type: 'paragraph', required: true, clear: true, max: 4000 },
]
export const commentForm = (channels: readonly string[]): Form => [
  { key: 'from', term: '提出人', type: 'text', required: true, personal: true, max: 100 },
  { key: 'received', term: '收到日期', type: 'day', required: true, clear: true },
  {
    key: 'channel',
    term: '渠道',
    type: 'choice',
    required: true,
    clear: true,
    options: channels.map((c) => ({ value: c, term: c })),
  },
  { key: 'says', term: '意见内容', type: 'paragraph', required: true, max: 4000 },
  {
    key: 'decision',
    term: '处理',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      { value: 'adopted', term: '采纳' },
      { value: 'partly', term: '部分采纳' },
      { value: 'notAdopted', term: '不予采纳' },
    ],
  },
  { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
]

export const planLaws: Laws = {
  guards,
  derive,
  asks: (s, act, input) => {
    if (act === 'write') return { ids: texts(input['items']) }
    if (act === 'submit' || act.startsWith('approval.')) return { ids: texts(s.data['write']?.['items']) }
    return undefined
  },
  title: planTitle,
  derived: {
    itemCount: '目录项数',
    productCount: '产品和服务数',
    commentFrom: '征求意见自',
    commentTo: '征求意见至',
    planTo: '方案期至',
    level: '层级',
    no: '序号',
  },
  facts: (s) => [
    { term: '目录项', value: s.data['write'] ? String(planItems(s).length) : '' },
    { term: '产品和服务', value: s.data['write'] ? String(list(planOf(s)['products']).length) : '' },
    { term: '审议通过日', value: isInForce(s) ? approvedOn(s) : '' },
    { term: '备案编号', value: text((s.data['takeEffect'] ?? s.data['filed'])?.['receipt']) },
  ],
  begin: (s, act) => (act === 'write' ? (s.data['write'] ? planOf(s) : { title: planTitle(s) }) : undefined),
  content: (s, rules) => ({ form: planForm(rules, s.kind), value: planOf(s) }),
  claims: (s) => {
    const key = `${s.kind}:${s.kind === 'overall' ? s.division : (s.seats['implementer'] ?? s.division)}`
    return [
      ...(['inForce', 'filing'].includes(s.at) ? [{ scope: `authorization.plan.${s.at}`, key }] : []),
      // one change of a plan at a time
      ...(s.links['replaces'] && !['superseded', 'ended', 'rejected', 'dropped', 'inForce'].includes(s.at)
        ? [{ scope: 'authorization.plan.pending', key: s.links['replaces'] }]
        : []),
    ]
  },
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    const approved = act.startsWith('approval.') && ['filing', 'inForce'].includes(s.at)
    const begins = s.at === 'inForce' && (approved || act === 'takeEffect')
    return [
      ...(begins && s.links['replaces']
        ? [{ on: s.links['replaces'], act: 'supersede', input: {} } satisfies Effect]
        : []),
      ...(approved
        ? recordalOf(s, 'plan', {
            filer: s.seats['author'] ?? '',
            hops: stepsOf(cx.rules, `authorization.recordal.plan.${levelOf(s.division)}.steps`),
            name: planTitle(s),
            decidedOn: approvedOn(s),
          })
        : []),
    ]
  },
}
