import type { JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, citeRule, list, text, texts } from '../kernel/index.ts'
import { planKinds, type PlanKind } from './plan.ts'
import { checksFailed, planForm, planRule } from './plan-pack.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { stepsOf } from './steps.ts'

/** What the plan says now: the last writing of it, with what was counted then. */
export const planOf = (s: Case): JsonObject => s.data['write'] ?? {}
const counted = ['itemCount', 'productCount', 'planTo', 'entries'] as const
/** What its author wrote, as the form asks for it. */
export const planSaid = (s: Case): JsonObject =>
  Object.fromEntries(Object.entries(planOf(s)).filter(([k]) => !(counted as readonly string[]).includes(k)))
/** An entry of the annex as it was called when the plan was written. */
export interface AnnexEntry {
  readonly id: string
  readonly name: string
  readonly units: readonly string[]
  readonly frequency: string
}
export const planEntries = (said: JsonObject): readonly AnnexEntry[] =>
  Array.isArray(said['entries']) ? (said['entries'] as unknown as AnnexEntry[]) : []
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
  checksPass: (_s, input, cx) => {
    const failed = checksFailed(cx.rules, input)
    return failed.length > 0
      ? refuse('not_in_keeping', `${failed.map((f) => f.term).join('、')}不符合的方案不得送审，请修改后再送`, {
          fields: Object.fromEntries(failed.map((f) => [f.key, '不符合的不得送审'])),
          basis: citeRule(cx.rules, 'authorization.plan.checks'),
        })
      : undefined
  },
  /** What is authorized by scene stays within the plan for the whole or for the domain that it is part of. */
  withinParent: (s, input, cx) => {
    const id = s.links['within']
    if (!id) return undefined
    const parent = cx.related.find((c) => c.id === id)
    if (!parent || !isInForce(parent)) return refuse('not_in_force', '所属的授权运营实施方案不在实施中')
    const allowed = new Set(planItems(parent))
    const beyond = (input['items'] ? texts(input['items']) : planItems(s)).filter((item) => !allowed.has(item))
    return beyond.length > 0
      ? refuse('beyond_plan', `有 ${beyond.length} 个目录项不在所属方案的授权范围之内`, {
          fields: { items: '超出所属方案' },
          basis: citeRule(cx.rules, 'authorization.plan.nesting'),
        })
      : undefined
  },
  demandsKnown: (_s, input, cx) => {
    const demands = new Set(cx.related.filter((c) => c.process === 'demand').map((c) => c.id))
    const lost = list(input['products']).flatMap((p, i) =>
      text(p['demand']) !== '' && !demands.has(text(p['demand'])) ? [i] : [],
    )
    return lost.length > 0
      ? refuse('invalid', '产品和服务所对应的数据需求不存在', {
          fields: Object.fromEntries(lost.map((i) => [`products.${i}.demand`, '没有这一数据需求'])),
        })
      : undefined
  },
  written: (s) => (s.did['write'] ? undefined : refuse('not_yet', '方案还没有填写')),
  consultedFirst: (s, _input, cx) => {
    if (!planRule(cx.rules, 'authorization.plan.consultation.required')) return undefined
    // what was published is the answer to a hearing of this very plan
    return cx.related.some((c) => c.process === 'consultation' && c.links['plan'] === s.id && c.at === 'published')
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
  counted: (_s, input, cx) => ({
    data: {
      itemCount: texts(input['items']).length,
      productCount: list(input['products']).length,
      planTo: text(input['to']),
    },
    sealed: {
      entries: (cx.facts.entries ?? []).map(({ id, name, units, frequency }) => ({
        id,
        name,
        units: [...units],
        frequency,
      })),
    },
    // a demand shows the plan that answers it
    links: Object.fromEntries(
      [...new Set(list(input['products']).map((p) => text(p['demand'])))]
        .filter((id) => id !== '')
        .map((id, i) => [`demand${i + 1}`, id]),
    ),
  }),
}

export const planLaws: Laws = {
  drafted: { seat: 'author', acts: ['write'] },
  // demands that its products answer
  kin: (_act, input) => list(input['products']).map((p) => text((p as JsonObject | null)?.['demand'])),
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
    planTo: '方案期至',
    level: '层级',
  },
  facts: (s) =>
    [
      { term: '目录项', value: s.data['write'] ? String(planItems(s).length) : '' },
      { term: '产品和服务', value: s.data['write'] ? String(list(planOf(s)['products']).length) : '' },
      { term: '审议通过日', value: isInForce(s) ? approvedOn(s) : '' },
      { term: '备案编号', value: text((s.data['takeEffect'] ?? s.data['filed'])?.['receipt']) },
    ].filter((f) => f.value !== ''),
  begin: (s, act, _form, around) => {
    if (act !== 'write') return undefined
    if (s.data['write']) return planSaid(s)
    // a change begins with what it changes
    const old = around.find((c) => c.id === s.links['replaces'])
    return { ...(old ? planSaid(old) : {}), title: planTitle(s) }
  },
  content: (s, rules) => ({ form: planForm(rules, s.kind), value: planSaid(s) }),
  claims: (s) => {
    const of = s.kind === 'overall' ? s.division : s.seats['implementer'] || s.division
    const key = `${s.kind}:${of}`
    return [
      // scenes are many, each with a plan of its own
      ...(['inForce', 'filing'].includes(s.at) && s.kind !== 'scenario'
        ? [{ scope: `authorization.plan.${s.at}`, key }]
        : []),
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
    const heard = cx.related.find((c) => c.process === 'consultation' && c.links['plan'] === s.id && c.at === 'open')
    return [
      ...(act === 'withdraw' && heard ? [{ on: heard.id, act: 'lapse', input: {} } satisfies Effect] : []),
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
