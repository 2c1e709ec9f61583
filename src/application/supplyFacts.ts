import type { JsonObject } from '#contract'
import { agreementItems, agreementTitle, pactOf } from '#domain/authorization'
import { itemData, registrationOf, upstreamOf } from '#domain/catalogue'
import type { Case, SupplyFact } from '#domain/kernel'
import { batchFor, columnsOf, maskingFor, servicePacts, supplyGates, type Supplied } from '#domain/supply'
import type { Rules } from '#policy'
import {
  asSystem,
  consentsAbout,
  demandsOf,
  headsById,
  maskingsOf,
  owingItems,
  servicePactsOf,
  stirsOf,
  wholeImplementer,
} from '#store'
import type { App } from './app.ts'
import { uuids } from './lookup.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const idOr = (v: unknown): string => (typeof v === 'string' && uuid.test(v) ? v : '')

/** What the gates of some entries under one agreement look at, entry by entry. */
export const suppliedUnder = async (
  app: Pick<App, 'pool'>,
  agreement: Case,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Supplied & { readonly owing: boolean }>> =>
  asSystem(app.pool, async (q) => {
    const found = await consentsAbout(q, ids)
    const ups = await consentsAbout(
      q,
      [...new Set(found.items.flatMap(upstreamOf))].filter((id) => uuid.test(id)),
    )
    const demands = await demandsOf(q, agreement.id)
    const maskings = await maskingsOf(q, agreement.id, ids)
    const pacts = await servicePactsOf(q, agreement.id)
    const owing = new Set(await owingItems(q, ids))
    return new Map(
      found.items.map((item) => [
        item.id,
        {
          agreement,
          item,
          upstream: upstreamOf(item).map((id) => {
            const of = ups.items.find((u) => u.id === id)
            return { id, name: String(of ? itemData(of)['name'] : ''), holder: of?.seats['holder'] ?? '' }
          }),
          consents: found.consents.filter((c) => c.links['item'] === item.id),
          demands,
          pacts,
          masking: maskings.find((m) => m.at === 'inForce' && maskingFor(m).item === item.id),
          owing: owing.has(item.id),
        },
      ]),
    )
  })

export const factOf = async (
  app: App,
  rules: Rules,
  agreementId: string,
  itemId: string,
  division: string,
  day: string,
  batch = '',
): Promise<SupplyFact> => {
  const heads = await headsById(
    app.pool,
    [agreementId].filter((id) => uuid.test(id)),
  )
  const found = heads.get(agreementId)
  const agreement = found?.process === 'agreement' ? found : undefined
  const whole = await asSystem(app.pool, (q) => wholeImplementer(q, division))
  // an entry outside the scope is not looked at: nothing is told of it
  const asked = agreement && itemId !== '' && agreementItems(agreement).includes(itemId) ? itemId : ''
  const supplied = asked && agreement ? (await suppliedUnder(app, agreement, [asked])).get(asked) : undefined
  const item = supplied?.item
  return {
    gates: supplyGates(
      rules,
      supplied ?? {
        agreement,
        item: undefined,
        upstream: [],
        consents: [],
        demands: [],
        masking: undefined,
        pacts: [],
      },
      day,
      batch,
    ),
    agreement,
    agreementKind: agreement?.kind ?? '',
    agreementTitle: agreement ? agreementTitle(agreement) : '',
    ...(item
      ? {
          item: { id: item.id, name: String(itemData(item)['name'] ?? ''), holder: item.seats['holder'] ?? '' },
          columns: columnsOf(item).map((c) => c.name),
        }
      : {}),
    whole: whole ?? '',
    developers: supplied
      ? [...new Set(servicePacts(supplied, day).map((p) => String(pactOf(p)['developer'] ?? '')))].filter(Boolean)
      : [],
    registered: item !== undefined && registrationOf(item) !== undefined,
    owing: supplied?.owing ?? false,
  }
}

/**
 * What stands for and against supplying the entry that an act on a batch or on a rule of masking is about.
 * @param rules today's: what has been tightened since a batch was begun binds its next step
 */
export const supplyFact = (
  app: App,
  rules: Rules,
  process: string,
  input: unknown,
  head: Case | undefined,
  division: string,
  day: string,
): Promise<SupplyFact> => {
  const of = suppliedFor(process, input, head)
  return factOf(app, rules, of.agreement, of.item, division, day, head?.id)
}

const suppliedFor = (process: string, input: unknown, head: Case | undefined) => {
  const said = (typeof input === 'object' && input !== null ? input : {}) as JsonObject
  return head
    ? process === 'batch'
      ? batchFor(head)
      : maskingFor(head)
    : { agreement: idOr(said['agreement']), item: idOr(said['item']) }
}

/**
 * Where the agreement and the entries stand of which an act on a batch, a rule of masking or a use is about to be decided: they are not
 * linked to it. Read before what is looked up, and handed to the commit: an order, a consent withdrawn or a pact that ends in between, which all
 * stir one of them, has the act decided again.
 */
export const seenBeyond = async (
  app: Pick<App, 'pool'>,
  process: string,
  input: unknown,
  head: Case | undefined,
): Promise<Readonly<Record<string, number>>> => {
  const of = (): readonly string[] => {
    if (process === 'usage') return uuids(input)
    if (process !== 'batch' && process !== 'masking') return []
    const { agreement, item } = suppliedFor(process, input, head)
    return [agreement, item]
  }
  const named = [...new Set(of())].filter((id) => uuid.test(id))
  return named.length === 0 ? {} : asSystem(app.pool, (q) => stirsOf(q, named))
}
