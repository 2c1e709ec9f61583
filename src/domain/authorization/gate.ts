import type { Json, JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Case, Effect, Guard } from '../kernel/index.ts'
import { list, text, texts } from '../kernel/index.ts'
import { agreementOf } from './agreement-text.ts'

/** What an order has closed under an agreement. Objects are ids of catalogue entries or of batches, or products by `productKey`. */
export interface Closure {
  /** The case of the order. */
  readonly by: string
  /** Everything, the objects named, or only what would be new. */
  readonly scope: 'all' | 'objects' | 'new'
  readonly objects: readonly string[]
  readonly since: string
}
/** A service that somebody else carries on, whatever is closed: under custody, or by a successor. */
export interface Kept {
  readonly by: string
  readonly object: string
  /** The body that carries it on. */
  readonly keeper: string
  readonly from: string
  /** Last day; empty: without one. */
  readonly until: string
}
/** What may be done under an agreement now: all that an access has to know. */
export interface Grant {
  readonly state: string
  readonly holder: string
  readonly from: string
  readonly to: string
  readonly closures: readonly Closure[]
  readonly kept: readonly Kept[]
}
export interface Use {
  /** New work, or the use of what has been supplied already. */
  readonly what: 'new' | 'use'
  /** All that the access touches: a batch and the entries in it. Closed where one of them is. */
  readonly objects: readonly string[]
  /** The body that uses it; without it, whoever is served. */
  readonly by?: string | undefined
}

/** The key of a product of an agreement, which has a name and no id. */
export const productKey = (name: string): string => `product:${name.normalize('NFKC').trim()}`

const over = refuse('agreement_over', '授权运营协议不在执行中，其权限已经关闭')
const closed = (c: Closure, use: Use): boolean =>
  c.scope === 'all' ||
  (c.scope === 'new' && use.what === 'new') ||
  (c.scope === 'objects' && use.objects.some((o) => c.objects.includes(o)))

/**
 * Whether something may be done under an agreement on a day: undefined, or why not. An agreement bears nothing outside its term or its
 * running; an order closes what it names; what somebody has been entrusted with goes on in their hands (授权运营实施规范 第三十三条).
 */
export const permitted = (grant: Grant | undefined, use: Use, day: string): Refusal | undefined => {
  if (!grant) return over
  const goesOn = (o: string): boolean =>
    grant.kept.some(
      (k) =>
        k.object === o &&
        k.from <= day &&
        (k.until === '' || day <= k.until) &&
        (use.by === undefined || use.by === k.keeper),
    )
  if (use.what === 'use' && use.objects.length > 0 && use.objects.every(goesOn)) return undefined
  if (use.by !== undefined && use.by !== grant.holder) return refuse('not_yours', '该单位不是协议的运营机构')
  if (!['running', 'suspended'].includes(grant.state) || day < grant.from || grant.to < day) return over
  const order = grant.closures.find((c) => closed(c, use))
  if (order)
    return refuse(
      'suspended',
      order.scope === 'new'
        ? `自 ${order.since} 起暂停新增，不能办理新的事项`
        : order.scope === 'objects'
          ? `所涉数据资源或产品自 ${order.since} 起暂停使用`
          : `协议自 ${order.since} 起暂停执行，权限已经关闭`,
    )
  return grant.state === 'running' ? undefined : over
}

/** The acts of an agreement that say what is closed under it; each says all of it. */
const sayers = ['suspend', 'resume', 'adjust'] as const
const said = (agreement: Case): JsonObject => {
  const last = sayers.filter((a) => agreement.did[a]).sort((a, b) => agreement.did[b]!.seq - agreement.did[a]!.seq)[0]
  return last ? (agreement.data[last] ?? {}) : {}
}
export const closuresOf = (agreement: Case): readonly Closure[] =>
  list(said(agreement)['closures']).map((c) => ({
    by: text(c['by']),
    scope: text(c['scope']) as Closure['scope'],
    objects: texts(c['objects']),
    since: text(c['since']),
  }))
export const keptOf = (agreement: Case): readonly Kept[] =>
  list(said(agreement)['kept']).map((k) => ({
    by: text(k['by']),
    object: text(k['object']),
    keeper: text(k['keeper']),
    from: text(k['from']),
    until: text(k['until']),
  }))

export const grantOf = (agreement: Case): Grant => ({
  state: agreement.at,
  holder: agreement.seats['operator'] ?? '',
  from: text(agreementOf(agreement)['termFrom']),
  to: text(agreementOf(agreement)['termTo']),
  closures: closuresOf(agreement),
  kept: keptOf(agreement),
})

/** May new work be done under it today? Suspended, expired or ended ones bear nothing, and none that an order keeps to what there is. */
export const standing = (s: Case, day: string): boolean =>
  s.process === 'agreement' && permitted(grantOf(s), { what: 'new', objects: [] }, day) === undefined

/** The act on an agreement by which a case closes or opens something under it; none where nothing changes. */
export const adjusting = (
  agreement: Case,
  by: string,
  now: { readonly closure?: Omit<Closure, 'by'> | undefined; readonly kept?: readonly Omit<Kept, 'by'>[] },
): readonly Effect[] => {
  const closures = [
    ...closuresOf(agreement).filter((c) => c.by !== by),
    ...(now.closure ? [{ ...now.closure, by }] : []),
  ]
  const kept = [...keptOf(agreement).filter((k) => k.by !== by), ...(now.kept ?? []).map((k) => ({ ...k, by }))]
  const data = { closures: closures as unknown as Json, kept: kept as unknown as Json }
  if (JSON.stringify([closuresOf(agreement), keptOf(agreement)]) === JSON.stringify([closures, kept])) return []
  const whole = closures.some((c) => c.scope === 'all')
  const act =
    agreement.at === 'running' && whole ? 'suspend' : agreement.at === 'suspended' && !whole ? 'resume' : 'adjust'
  return [{ on: agreement.id, act, input: { data } }]
}

/**
 * A guard of acts that rest on an agreement: refused while what they touch is closed. The case must be linked to its agreement (as
 * `agreement`): then an order that comes between deciding and committing makes the act be decided again.
 */
export const underAgreement =
  (what: Use['what'], touched: (s: Case, input: JsonObject) => readonly string[] = () => []): Guard =>
  (s, input, cx) => {
    const agreement = cx.related.find((c) => c.id === s.links['agreement'] && c.process === 'agreement')
    return permitted(agreement && grantOf(agreement), { what, objects: touched(s, input) }, cx.day)
  }

export interface GrantRow {
  readonly table: 'grant_state'
  readonly row: { readonly [column: string]: Json } | null
}
/** What every access asks: one row an agreement, from the day it is carried out. */
export const grantRows = (s: Case): readonly GrantRow[] => {
  if (s.process !== 'agreement') return []
  const grant = grantOf(s)
  const lives = ['running', 'suspended', 'handover'].includes(s.at) || (s.at === 'exited' && grant.kept.length > 0)
  return [
    {
      table: 'grant_state',
      row: lives
        ? {
            id: s.id,
            state: grant.state,
            holder: grant.holder,
            valid_from: grant.from,
            valid_to: grant.to,
            closures: grant.closures as unknown as Json,
            kept: grant.kept as unknown as Json,
            readers: [
              ...new Set(['implementer', 'unit', 'operator', 'bureau'].map((x) => s.seats[x] ?? '').filter(Boolean)),
            ].sort(),
            division: s.division,
          }
        : null,
    },
  ]
}
