import type { JsonObject } from '#contract'
import type { Facts } from '#domain/kernel'
import type { Rules } from '#policy'
import { itemData, keysOf, likeness, upstreamOf, wantedBy, wantedOf } from '#domain/catalogue'
import { agreementItems, grantOf, permitted } from '#domain/authorization'
import { affiliatesOf, consentGate } from '#domain/platform'
import {
  asSystem,
  consentsAbout,
  entriesNamed,
  operatedBy,
  platformRulesIn,
  relationsAround,
  sharedAlike,
  undeletedUnder,
} from '#store'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import type { Asked, Lookup } from './lookup.ts'
import { selectionFacts } from './selectionFacts.ts'
import { supplyFact } from './supplyFacts.ts'
import { matterOf } from './subjects.ts'

const isObject = (v: unknown): v is Record<string, never> => typeof v === 'object' && v !== null && !Array.isArray(v)
const enough = 50
const most = 20

const uuid = /^[0-9a-f-]{36}$/

const none = Promise.resolve({})

/** The related parties of the organisations that an act asks about (`Laws.affiliatesOf`), as they stand on the legal day. */
const affiliates: Lookup = async (app, { process, act, input, at, day }) => {
  const orgs = matterOf(process).laws.affiliatesOf?.(at, act, isObject(input) ? (input as JsonObject) : {}) ?? []
  const known = [...new Set(orgs)].filter((o) => o !== '')
  if (known.length === 0) return {}
  return asSystem(app.pool, async (q) => {
    const relations = await relationsAround(q, known, day)
    return { affiliates: Object.fromEntries(known.map((o) => [o, affiliatesOf(relations, o, day)])) }
  })
}

/** The entries, of those of the agreements that an applicant operates under, that it may begin to use on the legal day. */
const authorized: Lookup = async (app, { at, day }) => {
  const by = at.seats['applicant'] ?? ''
  const agreements = await asSystem(app.pool, (q) => operatedBy(q, by))
  return {
    authorized: agreements.flatMap((a) => {
      const grant = grantOf(a)
      return agreementItems(a).filter((id) => !permitted(grant, { what: 'new', objects: [id], by }, day))
    }),
  }
}

/** What each entry about to be granted for use still lacks of consents and proofs. */
const consents: Lookup = async (app, { input, head, day }) => {
  const rows = isObject(input) ? ([input['items']].flat() as unknown[]).filter(isObject) : []
  const ids = rows.filter((r) => r['result'] === 'granted').map((r) => String(r['item']))
  return { consents: await lackedConsents(app, await rulesOf(app, head!.rules), ids, day) }
}

/** Entries that resemble what a unit wants to buy or collect, and can be had by sharing. */
const alike: Lookup = async (app, { input, head, at }) => {
  const wanted = head ? wantedBy(head) : isObject(input) ? wantedOf(input) : { name: '', fields: [] }
  const near = await asSystem(app.pool, (q) => sharedAlike(q, keysOf(wanted), at.division, 200))
  return {
    shareable: near
      .map((e) => ({ ...e, likeness: likeness(wanted, e) }))
      .filter((e) => e.likeness >= enough)
      .sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
      .slice(0, most)
      .map(({ id, name, units, sharing }) => ({ id, name, unit: units.join('、'), sharing })),
  }
}

const supplied: Lookup = async (app, { process, input, head, at, day, rules }) => ({
  supply: await supplyFact(app, rules(), process, input, head, at.division, day),
})

/** What the acts of each process look up beyond their case and what it is linked to. */
const lookups: Readonly<Record<string, Lookup>> = {
  batch: supplied,
  masking: supplied,
  acquisition: alike,
  selfUse: async (app, { input, head }) => {
    if (head || !isObject(input)) return none
    const named = ([input['items']].flat() as unknown[]).filter((x): x is string => typeof x === 'string')
    return {
      items: await asSystem(app.pool, (q) =>
        entriesNamed(
          q,
          named.filter((id) => uuid.test(id)),
        ),
      ),
    }
  },
  entry: async (app, { act, at }) =>
    ['apply', 'resubmit'].includes(act)
      ? { platformRules: await asSystem(app.pool, (q) => platformRulesIn(q, at.division)) }
      : none,
  usage: async (app, asked) => ({
    ...(['apply', 'grant'].includes(asked.act) ? await authorized(app, asked) : {}),
    ...(asked.act === 'grant' && asked.head ? await consents(app, asked) : {}),
  }),
  exit: async (app, { act, head }) => {
    if (!head || !['settle', 'close'].includes(act)) return none
    const left = await asSystem(app.pool, (q) => undeletedUnder(q, head.links['agreement'] ?? ''))
    return { undeleted: left.map((b) => b.id) }
  },
  selection: selectionFacts,
  evaluation: selectionFacts,
}

/**
 * What has to be looked up beyond a case and its neighbours before an act on it can be decided. Afresh with every act: a catalogue,
 * consents and orders change while a case waits.
 */
export const established = async (app: App, asked: Asked): Promise<Partial<Facts>> => ({
  ...(await affiliates(app, asked)),
  ...(await lookups[asked.process]?.(app, asked)),
})

/** What entries lack of consents and proofs for being used, in sentences. */
export const lackedConsents = async (
  app: App,
  rules: Rules,
  items: readonly string[],
  day: string,
): Promise<NonNullable<Facts['consents']>> => {
  const ids = items.filter((id) => uuid.test(id))
  return asSystem(app.pool, async (q) => {
    const found = await consentsAbout(q, ids)
    const up = (
      await consentsAbout(
        q,
        [...new Set(found.items.flatMap(upstreamOf))].filter((id) => uuid.test(id)),
      )
    ).items
    return Object.fromEntries(
      found.items.map((item) => {
        const upstream = upstreamOf(item).map((id) => {
          const of = up.find((u) => u.id === id)
          return { id, name: String(of ? itemData(of)['name'] : ''), holder: of?.seats['holder'] ?? '' }
        })
        return [item.id, consentGate(rules, item, upstream, found.consents, day).map((m) => m.says)]
      }),
    )
  })
}
