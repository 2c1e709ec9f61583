import type { BatchHops, Refusal, SupplyList, SupplyView } from '#contract'
import { refuse } from '#contract'
import { agreementItems, agreementOf, agreementTitle, pactOf } from '#domain/authorization'
import { itemData } from '#domain/catalogue'
import type { Case } from '#domain/kernel'
import { citeRule, text } from '#domain/kernel'
import {
  batchFor,
  hopsOf,
  maskingFor,
  methodsOf,
  percent,
  rulesOfMasking,
  servicePacts,
  supplyGates,
  supplyRule,
} from '#domain/supply'
import { consentGate } from '#domain/platform'
import {
  agreementsFor,
  asSystem,
  asViewer,
  batchesOf,
  maskingsOf,
  newestAvailable,
  orgFacts,
  readCase,
  storedDay,
  wholeImplementer,
  type BatchRow,
  type Viewer,
} from '#store'
import { accessEntry, legalDay, rulesFor, signedOut } from './act.ts'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { mayAskConsent } from './openings-platform.ts'
import { matterOf } from './subjects.ts'
import { factOf, suppliedUnder } from './supplyFacts.ts'

const gone = refuse('not_found', '没有这一协议，或您无权查看')
const mostBatches = 5000

const stateTerm = (app: App, s: Case, rules: Awaited<ReturnType<typeof rulesOf>>): string =>
  tableFor(app, rules, s.rules, s.process, s.kind, s.variant).states[s.at]?.term ?? s.at

/** Whether the viewer carries an agreement out, receives under it, or watches over it. */
const reads = (s: Case, viewer: Viewer): boolean =>
  ['implementer', 'unit', 'operator', 'bureau'].some((seat) => s.seats[seat] === viewer.org) ||
  (viewer.area !== undefined && s.division.startsWith(viewer.area.replace(/%$/, '')))

const known = async (
  app: App,
  token: Buffer,
): Promise<{ readonly viewer: Viewer; readonly day: string; readonly all: readonly Case[] } | undefined> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    day: legalDay(app, (await storedDay(q)).day),
  }))
  if (!found) return undefined
  const { viewer } = found
  const all =
    viewer.self || viewer.division === undefined
      ? []
      : await asSystem(app.pool, (q) => agreementsFor(q, viewer.org, viewer.area))
  return { ...found, all }
}

/** The entries of an agreement that a viewer sees here: all, or those it holds. */
const entriesFor = async (app: App, s: Case, viewer: Viewer) => {
  const supplied = await suppliedUnder(app, s, agreementItems(s))
  return [...supplied.values()].filter((x) => reads(s, viewer) || x.item?.seats['holder'] === viewer.org)
}

/** Agreements under which the caller supplies, receives or watches. */
export const supplyAgreements = async (app: App, token: Buffer): Promise<SupplyList | Refusal> => {
  const found = await known(app, token)
  if (!found) return signedOut
  const { viewer, all } = found
  await app.committer.commit({ access: [accessEntry(app, 'read', viewer, 'supply', { what: 'agreements' })] })
  const orgs = await orgFacts(app.pool, [
    ...new Set(all.flatMap((s) => [s.seats['implementer'] ?? '', s.seats['operator'] ?? '']).filter(Boolean)),
  ])
  return Promise.all(
    all.map(async (s) => ({
      id: s.id,
      title: agreementTitle(s),
      kindTerm: matterOf('agreement').process.kinds[s.kind] ?? s.kind,
      state: s.at,
      stateTerm: stateTerm(app, s, await rulesOf(app, s.rules)),
      implementer: orgs[s.seats['implementer'] ?? '']?.name ?? '',
      operator: orgs[s.seats['operator'] ?? '']?.name ?? '',
      termFrom: text(agreementOf(s)['termFrom']),
      termTo: text(agreementOf(s)['termTo']),
      items: reads(s, viewer) ? agreementItems(s).length : (await entriesFor(app, s, viewer)).length,
    })),
  )
}

/** The supply under one agreement, entry by entry. */
export const supplyUnder = async (app: App, token: Buffer, id: string): Promise<SupplyView | Refusal> => {
  const found = await known(app, token)
  if (!found) return signedOut
  const { viewer, all, day } = found
  const s = all.find((x) => x.id === id)
  await app.committer.commit({
    access: [accessEntry(app, s ? 'read' : 'denied', viewer, id, { process: 'agreement', what: 'supply' })],
  })
  if (!s) return gone
  const { rules } = rulesFor(app, s.division, day)
  const entries = await entriesFor(app, s, viewer)
  const batches = (await asViewer(app.pool, token, app.idle, (q) => batchesOf(q, id, mostBatches))) ?? []
  const { maskings, newest, whole } = await asSystem(app.pool, async (q) => ({
    maskings: await maskingsOf(
      q,
      id,
      entries.map((e) => e.item!.id),
    ),
    newest: await newestAvailable(q, id),
    whole: await wholeImplementer(q, s.division),
  }))
  const developers = [
    ...new Set(entries.flatMap((e) => servicePacts(e, day).map((p) => text(pactOf(p)['developer'])))),
  ].filter(Boolean)
  const orgs = await orgFacts(
    app.pool,
    [
      ...new Set([
        ...developers,
        ...entries.map((e) => e.item!.seats['holder'] ?? ''),
        ...Object.values(s.seats),
        whole ?? '',
      ]),
    ].filter(Boolean),
  )
  const name = (org: string | undefined): string => orgs[org ?? '']?.name ?? ''
  const consents = matterOf('consent').process.kinds
  const { process } = matterOf('batch')
  const terms = new Map(
    ['file', 'pull', 'fullSync'].flatMap((kind) =>
      Object.entries(tableFor(app, rules, rulesFor(app, s.division, day).hash, 'batch', kind, '').states).map(
        ([k, v]) => [k, v.term] as const,
      ),
    ),
  )
  const line = (b: BatchRow): SupplyView['items'][number]['batches'][number] => ({
    id: b.id,
    kind: b.kind,
    kindTerm: process.kinds[b.kind] ?? b.kind,
    state: b.state,
    stateTerm: terms.get(b.state) ?? b.state,
    rows: b.rows,
    opened: b.opened,
  })
  const masking = (item: string): Case[] => maskings.filter((m) => maskingFor(m).item === item)
  const duty = supplyRule(rules, 'supply.sync.duty')
  const runs = batches.filter((b) => b.kind === 'fullSync')
  const last = runs.find((b) => b.synced.length > 0)
  const total = agreementItems(s).length
  const complete = newest.filter((n) => last?.synced.some((x) => x.item === n.item && x.sha256 === n.sha256)).length
  return {
    id: s.id,
    title: agreementTitle(s),
    day,
    mayDemand: s.seats['operator'] === viewer.org,
    items: entries.map((e) => {
      const item = e.item!
      const rule = masking(item.id).sort((a, b) => Number(b.at === 'inForce') - Number(a.at === 'inForce'))[0]
      return {
        id: item.id,
        name: text(itemData(item)['name']),
        unit: name(item.seats['holder']),
        mine: item.seats['holder'] === viewer.org,
        gates: supplyGates(rules, e, day).map((g) => ({ ...g })),
        asks: mayAskConsent(viewer, item, (s.seats['implementer'] ?? '') === viewer.org ? viewer.org : '')
          ? consentGate(rules, item, e.upstream, e.consents, day).flatMap((m) =>
              m.by.map((kind) => ({
                kind,
                term: kind === 'sharing' ? '征求提供单位同意' : `提交${consents[kind] ?? ''}`,
                upstream: m.upstream ?? '',
              })),
            )
          : [],
        ...(rule
          ? { masking: { id: rule.id, stateTerm: matterOf('masking').process.states[rule.at]?.term ?? rule.at } }
          : {}),
        batches: batches
          .filter((b) => b.item === item.id)
          .slice(0, 20)
          .map(line),
      }
    }),
    segments: supplyRule(rules, 'supply.hops.segments').map((g) => ({
      key: g.key,
      term: g.term,
      roleTerm: g.roleTerm,
      party:
        g.role === 'source'
          ? ''
          : g.role === 'developer'
            ? developers.map(name).join('、')
            : name(g.role === 'whole' ? whole : s.seats[g.role]),
    })),
    ...(duty.use && s.kind === 'domain' && reads(s, viewer)
      ? {
          sync: {
            basis: citeRule(rules, 'supply.sync.duty'),
            says: duty.says,
            whole: name(whole),
            mine: s.seats['implementer'] === viewer.org,
            total,
            supplied: newest.length,
            complete,
            percent: percent(complete, total),
            runs: runs.slice(0, 20).map(line),
          },
        }
      : {}),
  }
}

/** The way a batch has gone, and what stands in its way now. */
export const batchHops = async (app: App, token: Buffer, id: string): Promise<BatchHops | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    day: legalDay(app, (await storedDay(q)).day),
    s: (await readCase(q, id, []))?.head.snapshot,
  }))
  if (!found) return signedOut
  const { viewer, s, day } = found
  const here = s?.process === 'batch'
  await app.committer.commit({
    access: [accessEntry(app, here ? 'read' : 'denied', viewer, id, { process: 'batch', what: 'hops' })],
  })
  if (!here) return refuse('not_found', '没有这一批次，或您无权查看')
  const { agreement, item } = batchFor(s)
  const { rules } = rulesFor(app, s.division, day)
  const fact = await factOf(app, rules, agreement, item, s.division, day, s.id)
  const hops = hopsOf(s, await rulesOf(app, s.rules))
  const orgs = await orgFacts(
    app.pool,
    [...new Set([...Object.values(s.seats), ...hops.map((h) => h.party)])].filter(Boolean),
  )
  const [rule] = item
    ? (await asSystem(app.pool, (q) => maskingsOf(q, agreement, [item]))).filter((m) => m.at === 'inForce')
    : []
  const methods = methodsOf(rules)
  return {
    hops: hops.map((h) => ({
      ...h,
      party: orgs[h.party]?.name ?? '',
      by: orgs[h.by]?.name ?? '',
    })),
    gates: fact.gates.map((g) => ({ ...g })),
    ...(fact.item ? { item: { id: fact.item.id, name: fact.item.name } } : {}),
    agreement: { id: agreement, title: fact.agreementTitle },
    masking: (rule ? rulesOfMasking(rule) : []).map((r) => ({
      name: r.name,
      method: methods.find((m) => m.value === r.method)?.term ?? r.method,
      reason: r.reason ?? '',
    })),
  }
}
