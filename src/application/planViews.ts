import type { AnnexEntry, JsonObject, PlanPage, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { catalogueRule } from '#domain/catalogue'
import { changesOf, planEntries, planForm, planKinds, planRule, planTitle } from '#domain/authorization'
import type { Rules } from '#policy'
import type { Case, CaseEvent } from '#domain/kernel'
import { actOf, citeRule, list, text, texts } from '#domain/kernel'
import type { Viewer } from '#store'
import { annexRows, findEntries, asViewer, casesIn, demandsPublished, organisations, readCase, storedDay } from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { accessEntry, legalDay, rulesFor, signedOut } from './act.ts'
import { fromLeaf } from './leaf.ts'
import { matterOf } from './subjects.ts'
import { nameOf, partyNames } from './views.ts'

const gone = refuse('not_found', '没有这一实施方案，或您无权查看')
type Query = Parameters<Parameters<typeof asViewer>[3]>[0]

const stateTerm = async (app: App, c: Case): Promise<string> =>
  tableFor(app, await rulesOf(app, c.rules), c.rules, c.process, c.kind, c.variant).states[c.at]?.term ?? c.at

/** Entries of an annex with what must be minded about each: secret, ungraded, withdrawn, held by a body the rules bind otherwise. */
const annexOf = async (
  q: Query,
  rules: Rules,
  ids: readonly string[],
  known: ReturnType<typeof planEntries>,
): Promise<AnnexEntry[]> => {
  const rows = new Map((ids.length > 0 ? await annexRows(q, ids) : []).map((r) => [r.id, r]))
  const holders = [...new Set([...rows.values()].map((r) => r.holder))].filter((h) => h !== '')
  const orgs = new Map((holders.length > 0 ? await organisations(q, { ids: holders }) : []).map((o) => [o.id, o]))
  const kinds = catalogueRule(rules, 'catalogue.holders')
  const otherwise = planRule(rules, 'authorization.holders')
  const names = new Map(known.map((e) => [e.id, e]))
  // of an entry of another unit its name is known, and nothing else
  const others = ids.filter((id) => !rows.has(id) && !names.has(id))
  for (const e of others.length > 0 ? await findEntries(q, { name: '', ids: others, most: 0 }) : [])
    names.set(e.id, { id: e.id, name: e.name, units: [e.unit].filter(Boolean), frequency: '' })
  return ids.map((id) => {
    const r = rows.get(id)
    const kind = orgs.get(r?.holder ?? '')?.holder ?? ''
    return {
      id,
      name: r?.name ?? names.get(id)?.name ?? '',
      units: [...(r?.units ?? names.get(id)?.units ?? [])],
      frequency: r?.frequency ?? names.get(id)?.frequency ?? '',
      grade: r?.grade ?? '',
      secret: r?.secret ?? false,
      ungraded: r !== undefined && r.grade === '',
      withdrawn: r?.state === 'withdrawn',
      hidden: r === undefined,
      holderKind: kinds.find((k) => k.value === kind)?.term ?? '',
      applies: otherwise.find((h) => h.kind === kind)?.says ?? '',
    }
  })
}

const reading = async <T>(
  app: App,
  token: Buffer,
  id: string,
  work: (q: Query, v: Viewer, found: NonNullable<Awaited<ReturnType<typeof readCase>>>) => Promise<T>,
): Promise<T | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const found = await readCase(q, id, [])
    return {
      viewer,
      read: found?.head.snapshot.process === 'plan' ? { is: await work(q, viewer, found) } : undefined,
    }
  })
  if (!out) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, out.read ? 'read' : 'denied', out.viewer, id, { process: 'plan' })],
  })
  return out.read ? out.read.is : gone
}

const saidIn = (e: CaseEvent): JsonObject => ({ ...e.data, ...e.sealed })
const hopTerms = { county: '县级', city: '市级', province: '省级' } as const

/** A plan as its author and its readers need it: versions with their differences, annexes, remarks, decisions, filings. */
export const planPage = async (app: App, token: Buffer, id: string): Promise<PlanPage | Refusal> => {
  const found = await reading(app, token, id, async (q, _v, c) => {
    const s = c.head.snapshot
    const events = c.events.map(fromLeaf)
    const now = c.events.length > 0 ? s.data['write'] : undefined
    const rules = await rulesOf(app, s.rules)
    const nearby = await casesIn(q, s.division, ['plan'])
    const replaced = c.linked.find((l) => l.toward && l.name === 'replaces')?.snapshot
    return {
      s,
      events,
      rules,
      nearby,
      linked: c.linked,
      replaced,
      asked: await demandsPublished(
        q,
        list(now?.['products']).map((p) => text(p['demand'])),
      ),
      annex: await annexOf(q, rules, texts(now?.['items']), planEntries(now ?? {})),
      names: await partyNames(q, [
        ...events.flatMap((e) => [e.actor, e.org]),
        ...c.linked.flatMap((l) => Object.values(l.snapshot.seats)),
      ]),
    }
  })
  if (isRefusal(found)) return found
  const { s, events, rules, names, nearby, linked, replaced } = found
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const form = planForm(rules, s.kind)
  const before = replaced?.data['write']
  const writes = events.filter((e) => actOf(e) === 'write')
  const now = s.data['write'] ?? {}
  const brief = async (c: Case) => ({ id: c.id, title: planTitle(c), stateTerm: await stateTerm(app, c) })
  const parent = nearby.find((c) => c.id === s.links['within'])
  const overall =
    s.kind === 'overall' ? undefined : nearby.find((c) => c.kind === 'overall' && ['inForce', 'filing'].includes(c.at))
  const under = nearby.filter(
    (c) =>
      c.id !== s.id &&
      !['superseded', 'dropped', 'rejected'].includes(c.at) &&
      (c.links['within'] === s.id || (s.kind === 'overall' && ['whole', 'domain'].includes(c.kind))),
  )
  const { classes } = planRule(rules, 'authorization.plan.products')
  const sections = new Map(planRule(rules, 'authorization.plan.sections').map((x) => [x.key, x.term]))
  const demands = new Map(linked.filter((l) => l.snapshot.process === 'demand').map((l) => [l.snapshot.id, l.snapshot]))
  return {
    id: s.id,
    kind: s.kind,
    kindTerm: planKinds[s.kind as keyof typeof planKinds],
    title: planTitle(s),
    stateTerm: table.states[s.at]?.term ?? s.at,
    basis: citeRule(rules, 'authorization.plan.sections'),
    versions: writes
      .map((e, i) => {
        const earlier = i > 0 ? saidIn(writes[i - 1]!) : before
        return {
          no: i + 1,
          seq: e.seq,
          day: e.day,
          at: e.at,
          by: nameOf(names, e.actor),
          changes: earlier ? changesOf(form, earlier, saidIn(e)).map((c) => ({ ...c })) : [],
        }
      })
      .reverse(),
    ...(replaced
      ? {
          replaces: {
            id: replaced.id,
            title: planTitle(replaced),
            changes: before && writes.length > 0 ? changesOf(form, before, now).map((c) => ({ ...c })) : [],
          },
        }
      : {}),
    ...(parent
      ? { within: { ...(await brief(parent)), says: planRule(rules, 'authorization.plan.nesting').says } }
      : {}),
    ...(overall ? { overall: await brief(overall) } : {}),
    under: await Promise.all(
      under.map(async (c) => ({ ...(await brief(c)), kindTerm: planKinds[c.kind as keyof typeof planKinds] })),
    ),
    annex: found.annex,
    products: await Promise.all(
      list(now['products']).map(async (p) => {
        const demand = demands.get(text(p['demand']))
        return {
          name: text(p['name']),
          class: classes.find((c) => c.key === p['class'])?.term ?? '',
          industry: text(p['industry']),
          form: texts(p['form']).join('、'),
          charged: p['charged'] === true,
          ...(text(p['demand']) === ''
            ? {}
            : {
                demand: demand
                  ? {
                      id: demand.id,
                      title: matterOf('demand').laws.title(demand),
                      stateTerm: await stateTerm(app, demand),
                    }
                  : {
                      id: text(p['demand']),
                      title: found.asked.find((x) => x.id === p['demand'])?.what ?? '（您无权查看的数据需求）',
                      stateTerm: '',
                    },
              }),
        }
      }),
    ),
    remarks: events
      .filter((e) => actOf(e) === 'remark')
      .map((e) => ({
        day: e.day,
        by: nameOf(names, e.actor),
        org: nameOf(names, e.org),
        section:
          sections.get(text(e.data['section'])) ??
          { items: '附件：公共数据资源目录', products: '附件：产品和服务清单' }[text(e.data['section'])] ??
          '整个方案',
        says: text(saidIn(e)['says']),
      }))
      .reverse(),
    decisions: events
      .filter((e) => actOf(e).startsWith('approval.'))
      .map((e) => ({
        term: table.rows[actOf(e)]?.term ?? actOf(e),
        decidedOn: text(e.data['decidedOn']) || e.day,
        meeting: text(e.data['meeting']),
        number: text(e.data['number']),
        by: nameOf(names, e.org),
        files: texts(saidIn(e)['files']).map(String),
      })),
    recordals: await Promise.all(
      linked
        .filter((l) => !l.toward && l.snapshot.process === 'recordal')
        .map(async ({ snapshot: r }) => ({
          id: r.id,
          stateTerm: await stateTerm(app, r),
          fileBy: text(r.data['open']?.['fileBy']) || '文件未定',
          overdue: r.did['overdue'] !== undefined && ['due', 'returned'].includes(r.at),
          hops: Object.entries(r.data)
            .filter(([act]) => act.startsWith('hops.') && !act.endsWith('.return'))
            .map(([act, d]) => ({
              term: hopTerms[act.slice(5) as keyof typeof hopTerms] ?? act.slice(5),
              by: nameOf(names, r.did[act]?.org ?? ''),
              day: r.did[act]?.day ?? '',
              receipt: text(d['number']),
            }))
            .sort((a, b) => (a.day < b.day ? -1 : 1)),
        })),
    ),
  }
}

/** What its author must mind about entries just chosen, before the plan says them. */
export const planAnnex = async (
  app: App,
  token: Buffer,
  id: string,
  items: readonly string[],
): Promise<readonly AnnexEntry[] | Refusal> =>
  reading(app, token, id, async (q, _v, c) => {
    const { rules } = rulesFor(app, c.head.snapshot.division, legalDay(app, (await storedDay(q)).day))
    return annexOf(q, rules, items, planEntries(c.head.snapshot.data['write'] ?? {}))
  })

/** What a plan's Word or PDF says. */
export interface PlanDocument {
  readonly title: string
  readonly author: string
  readonly division: string
  readonly state: string
  readonly version: number
  readonly day: string
  readonly term: string
  readonly sections: readonly {
    readonly term: string
    readonly text?: string
    readonly parts?: readonly { readonly term: string; readonly text: string }[]
  }[]
  readonly items: readonly { readonly name: string; readonly unit: string; readonly frequency: string }[]
  readonly products: readonly {
    readonly name: string
    readonly class: string
    readonly industry: string
    readonly form: string
    readonly charged: boolean
  }[]
  readonly demo: boolean
}

/** A version of a plan as a document; without a number, the newest. */
export const planDocument = async (
  app: App,
  token: Buffer,
  id: string,
  version: number | undefined,
): Promise<PlanDocument | Refusal> => {
  const found = await reading(app, token, id, async (q, _v, c) => ({
    s: c.head.snapshot,
    writes: c.events.map(fromLeaf).filter((e) => actOf(e) === 'write'),
    names: await partyNames(q, Object.values(c.head.snapshot.seats)),
  }))
  if (isRefusal(found)) return found
  const { s, writes } = found
  const no = version ?? writes.length
  const e = writes[no - 1]
  if (!e) return refuse('not_found', '方案还没有填写，或没有这一版本')
  const said = saidIn(e)
  const rules = await rulesOf(app, s.rules)
  const { classes } = planRule(rules, 'authorization.plan.products')
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const [from, to] = [text(said['from']), text(said['to'])]
  return {
    title: text(said['title']) || planTitle(s),
    author: nameOf(found.names, s.seats['author'] ?? ''),
    division: app.divisions.get(s.division)?.name ?? s.division,
    state: no === writes.length ? (table.states[s.at]?.term ?? s.at) : '历史版本',
    version: no,
    day: e.day,
    term: from || to ? `${from || '——'} 至 ${to || '——'}` : '',
    sections: planForm(rules, s.kind).flatMap((f): PlanDocument['sections'] => {
      const v = said[f.key]
      if (f.type === 'choices')
        return [
          {
            term: f.term,
            text: texts(v)
              .map((x) => f.options?.find((o) => o.value === x)?.term ?? x)
              .join('、'),
          },
        ]
      if (f.type === 'paragraph') return text(v) === '' ? [] : [{ term: f.term, text: text(v) }]
      if (f.type !== 'group') return []
      const inside = (v ?? {}) as JsonObject
      return [
        {
          term: f.term,
          parts: (f.fields ?? [])
            .map((x) => ({ term: x.term, text: text(inside[x.key]) }))
            .filter((x) => x.text !== ''),
        },
      ]
    }),
    items: planEntries(said).map((x) => ({ name: x.name, unit: x.units.join('、'), frequency: x.frequency })),
    products: list(said['products']).map((p) => ({
      name: text(p['name']),
      class: classes.find((c) => c.key === p['class'])?.term ?? '',
      industry: text(p['industry']),
      form: texts(p['form']).join('、'),
      charged: p['charged'] === true,
    })),
    demo: app.demo,
  }
}
