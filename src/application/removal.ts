import type { Json } from '#contract'
import { fieldAt, fieldPath, isPersonal } from '#contract'
import type { Case, CaseEvent, Facts } from '#domain/kernel'
import { actOf, addRule, evolve, fold } from '#domain/kernel'
import { vouchers } from '#domain/registration'
import { canonical } from '#ledger'
import type { CaseEventRow, Doc } from '#store'
import { asSystem, eventsOf, familyOf, isHeld, restrictedBy } from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { formOf, fromLeaf, headOf, rowsOf } from './leaf.ts'

interface Item {
  readonly stream: string
  readonly seq: number
  /** Path of the value among those sealed with the event. */
  readonly field: string
  /** Canonical JSON; unknown where the value is already restricted. */
  readonly value?: string
  /** Files it names; of a restricted value nobody knows. */
  readonly files: readonly string[]
  /** Last day on which it has to be kept; empty when it is no voucher. */
  readonly until: string
}
/** What a request for erasure is about, worked out from the events as they stand. */
export interface Plan {
  readonly asked: NonNullable<Facts['asked']>
  readonly items: readonly Item[]
  readonly events: readonly CaseEventRow[]
}

const retention = 'registration.retention.vouchers'
// where the rules name no term there is none that could end
const never = '9999-12-31'

const scalars = (v: Json): readonly string[] => (Array.isArray(v) ? v.map((x) => canonical(x)) : [canonical(v)])

/** The personal values of a case that still stand where they were said, with the last day on which each has to be kept. */
const personalValues = async (
  app: App,
  c: Case,
  events: readonly CaseEventRow[],
  also: readonly string[],
): Promise<readonly (Item & { readonly path: string; readonly said: readonly string[] })[]> => {
  const rules = await rulesOf(app, c.rules)
  const table = tableFor(app, rules, c.rules, c.process, c.kind, c.variant)
  const voucher = vouchers.includes(c.process) && (c.process !== 'application' || c.did['submit'] !== undefined)
  const terms = await Promise.all([c.rules, ...also].map((hash) => rulesOf(app, hash)))
  const keptUntil = (day: string): string =>
    terms
      .map((r) => addRule({ rules: r, calendar: app.calendarFor(r.division) }, day, retention)?.day ?? never)
      .sort()
      .at(-1)!
  return events.flatMap((e) => {
    const event = fromLeaf(e)
    const form = formOf(table, rules, c.variant, actOf(event))
    return Object.entries(e.sealed ?? {}).flatMap(([field, sealed]) => {
      if (!sealed || !isPersonal(form, field)) return []
      const type = fieldAt(form, fieldPath(field).split('.'))?.type
      return [
        {
          stream: e.stream,
          seq: e.seq,
          field,
          value: canonical(sealed[1]),
          files: type === 'file' || type === 'files' ? [sealed[1]].flat().map(String) : [],
          until: voucher ? keptUntil(event.day) : '',
          // a record says again under `content` what was registered
          path: fieldPath(field).replace(/^content\./, ''),
          said: scalars(sealed[1]),
        },
      ]
    })
  })
}

/**
 * The values a request asks for in its case, the same values wherever they stand in the cases around it, and what the request itself
 * says of the person. Undefined for any other case.
 */
export const planOf = async (app: App, request: Case): Promise<Plan | undefined> => {
  if (request.process !== 'erasure') return undefined
  return asSystem(app.pool, async (q) => {
    const family = (await familyOf(q, request.links['case'] ?? '')).filter((id) => id !== request.id)
    const held = await isHeld(q, family)
    const ready = (items: readonly Item[], events: readonly CaseEventRow[]): Plan => ({
      asked: {
        values: items.filter((i) => i.stream !== request.id).length,
        until:
          items
            .map((i) => i.until)
            .sort()
            .at(-1) ?? '',
        held,
      },
      items,
      events,
    })
    if (request.at === 'restricted') {
      const items = (await restrictedBy(q, request.id)).map((v): Item => ({ ...v, files: [] }))
      return ready(items, await eventsOf(q, [...new Set([request.id, ...items.map((v) => v.stream)])]))
    }
    const events = await eventsOf(q, [...family, request.id])
    const of = (id: string): readonly CaseEventRow[] => events.filter((e) => e.stream === id)
    const personal = async (id: string) =>
      personalValues(app, fold(of(id).map(fromLeaf))!, of(id), id === request.id ? [] : [request.rules])
    const wanted = new Set((request.data['ask']?.['fields'] ?? []) as readonly string[])
    const named = (await personal(request.links['case']!)).filter((v) => wanted.has(v.path))
    const values = new Set(named.flatMap((v) => v.said))
    const around = (await Promise.all(family.map(personal))).flat().filter((v) => v.said.some((x) => values.has(x)))
    return ready(around.length === 0 ? [] : [...around, ...(await personal(request.id))], events)
  })
}

/** What a decision on a request takes away, to be committed with it: values and files, and every projection that said them. */
export const removing = async (app: App, plan: Plan, decision: CaseEvent, doc: Doc): Promise<Doc> => {
  const act = actOf(decision)
  if (!['erase', 'restrict', 'eraseKept'].includes(act)) return doc
  const request = decision.stream
  const restricts = (i: Item): boolean => act === 'restrict' && (i.until >= decision.day || i.stream === request)
  const until = decision.data['keptUntil'] as string
  const places = [...new Set(plan.items.map((i) => `${i.stream} ${i.seq}`))].map((p) =>
    plan.items.filter((i) => `${i.stream} ${i.seq}` === p),
  )
  const at = (items: readonly Item[]) => ({
    request,
    stream: items[0]!.stream,
    seq: items[0]!.seq,
    files: [...new Set(items.flatMap((i) => i.files))],
  })
  const erase = places.flatMap((p) => {
    const items = p.filter((i) => !restricts(i))
    return items.length > 0 ? [{ ...at(items), fields: items.map((i) => i.field) }] : []
  })
  const restrict = places.flatMap((p) => {
    const items = p.filter(restricts)
    if (items.length === 0) return []
    const values = Object.fromEntries(items.map((i) => [i.field, i.value ?? '']))
    // the request itself is kept as long as what it is about
    const last =
      items[0]!.stream === request
        ? until
        : items
            .map((i) => i.until)
            .sort()
            .at(-1)!
    return [{ ...at(items), until: last, values }]
  })
  const after = plan.events.map((e): CaseEventRow => {
    const here = plan.items.filter((i) => i.stream === e.stream && i.seq === e.seq)
    const gone = (items: readonly Item[]): readonly string[] => items.map((i) => i.field)
    return here.length === 0
      ? e
      : {
          ...e,
          sealed: { ...e.sealed, ...Object.fromEntries(gone(here).map((f) => [f, null])) },
          restricted: [...(e.restricted ?? []).filter((f) => !gone(here).includes(f)), ...gone(here.filter(restricts))],
        }
  })
  const states = [...new Set(plan.items.map((i) => i.stream))].map((id) =>
    fold(after.filter((e) => e.stream === id).map(fromLeaf))!,
  )
  const others = await Promise.all(
    states
      .filter((s) => s.id !== request)
      .map(async (s) => {
        const rules = await rulesOf(app, s.rules)
        const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
        const { claims: _c, deadlines: _d, links: _l, ...head } = headOf(s, table, s.version, decision.at)
        return { head, rows: rowsOf(s, rules) }
      }),
  )
  const own = states.find((s) => s.id === request)
  return {
    ...doc,
    heads: [
      ...(doc.heads ?? []).map((h) => (h.id === request && own ? { ...h, snapshot: evolve(own, decision) } : h)),
      ...others.map((o) => o.head),
    ],
    rows: [...(doc.rows ?? []), ...others.flatMap((o) => o.rows)],
    ...(erase.length > 0 ? { erase } : {}),
    ...(restrict.length > 0 ? { restrict } : {}),
  }
}
