import type { JsonObject } from '#contract'
import type { Facts } from '#domain/kernel'
import type { Rules } from '#policy'
import type { Case } from '#domain/kernel'
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
import { selectionFacts } from './selectionFacts.ts'
import { supplyFact } from './supplyFacts.ts'
import { matterOf } from './subjects.ts'

const isObject = (v: unknown): v is Record<string, never> => typeof v === 'object' && v !== null && !Array.isArray(v)
const enough = 50
const most = 20

const uuid = /^[0-9a-f-]{36}$/

/** The related parties of the organisations that an act asks about (`Laws.affiliatesOf`), as they stand on the legal day. */
const affiliates = async (
  app: App,
  process: string,
  act: string,
  input: unknown,
  at: Pick<Case, 'seats'>,
  day: string,
): Promise<Pick<Facts, 'affiliates'>> => {
  const orgs = matterOf(process).laws.affiliatesOf?.(at, act, isObject(input) ? (input as JsonObject) : {}) ?? []
  const known = [...new Set(orgs)].filter((o) => o !== '')
  if (known.length === 0) return {}
  return asSystem(app.pool, async (q) => {
    const relations = await relationsAround(q, known, day)
    return { affiliates: Object.fromEntries(known.map((o) => [o, affiliatesOf(relations, o, day)])) }
  })
}

/** The entries, of those of the agreements that an applicant operates under, that it may begin to use on the legal day. */
const authorized = async (
  app: App,
  process: string,
  act: string,
  at: Pick<Case, 'seats'>,
  day: string,
): Promise<Pick<Facts, 'authorized'>> => {
  if (process !== 'usage' || !['apply', 'grant'].includes(act)) return {}
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
const consents = async (app: App, input: unknown, head: Case, day: string): Promise<Pick<Facts, 'consents'>> => {
  const rows = isObject(input) ? ([input['items']].flat() as unknown[]).filter(isObject) : []
  const ids = rows.filter((r) => r['result'] === 'granted').map((r) => String(r['item']))
  return { consents: await lackedConsents(app, await rulesOf(app, head.rules), ids, day) }
}
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

/**
 * What has to be looked up in the catalogue before an act can be decided: entries that resemble what a unit wants to collect or buy,
 * and entries that the input names; beside it the rules of the platform, related parties and consents. Looked up afresh with every act, because the catalogue changes while an application waits.
 */
export const established = async (
  app: App,
  process: string,
  act: string,
  input: unknown,
  head: Case | undefined,
  at: Pick<Case, 'division' | 'seats'>,
  day: string,
  rulesNow: () => Rules,
): Promise<Partial<Facts>> => ({
  ...(await affiliates(app, process, act, input, at, day)),
  ...(await authorized(app, process, act, at, day)),
  ...(await lookedUp(app, process, act, input, head, at.division, day, rulesNow)),
  ...(await selectionFacts(app, process, act, head, day)),
})

const lookedUp = async (
  app: App,
  process: string,
  act: string,
  input: unknown,
  head: Case | undefined,
  division: string,
  day: string,
  rulesNow: () => Rules,
): Promise<Partial<Facts>> => {
  if (process === 'batch' || process === 'masking')
    return { supply: await supplyFact(app, rulesNow(), process, input, head, division, day) }
  if (process === 'exit' && ['settle', 'close'].includes(act) && head) {
    const left = await asSystem(app.pool, (q) => undeletedUnder(q, head.links['agreement'] ?? ''))
    return { undeleted: left.map((b) => b.id) }
  }
  if (process === 'entry' && ['apply', 'resubmit'].includes(act))
    return { platformRules: await asSystem(app.pool, (q) => platformRulesIn(q, division)) }
  if (process === 'usage' && act === 'grant' && head) return consents(app, input, head, day)
  if (process === 'acquisition') {
    const wanted = head ? wantedBy(head) : isObject(input) ? wantedOf(input) : { name: '', fields: [] }
    const near = await asSystem(app.pool, (q) => sharedAlike(q, keysOf(wanted), division, 200))
    return {
      shareable: near
        .map((e) => ({ ...e, likeness: likeness(wanted, e) }))
        .filter((e) => e.likeness >= enough)
        .sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
        .slice(0, most)
        .map(({ id, name, units, sharing }) => ({ id, name, unit: units.join('、'), sharing })),
    }
  }
  if (process === 'selfUse' && !head && isObject(input)) {
    const named = ([input['items']].flat() as unknown[]).filter(
      (x): x is string => typeof x === 'string' && /^[0-9a-f-]{36}$/.test(x),
    )
    return { items: await asSystem(app.pool, (q) => entriesNamed(q, named)) }
  }
  return {}
}
