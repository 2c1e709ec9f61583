import type {
  CatalogueChoices,
  CatalogueEntry,
  CatalogueList,
  CatalogueNotice,
  EntryHistory,
  Ledger,
  FilingProgress,
  PublicCatalogue,
  Recheck,
  Reconcile,
  Refusal,
  TallyView,
  Twins,
} from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, CaseEvent, Day } from '#domain/kernel'
import { actOf, divisionLevel, evolve, workdaysLeft } from '#domain/kernel'
import {
  catalogueRule,
  changesBetween,
  completeness,
  itemData,
  missing,
  presumedHolder,
  termOfField,
} from '#domain/catalogue'
import type { CatalogueEntryRow, CatalogueFilter, CatalogueNoticeRow, LedgerCell, Tally, Viewer } from '#store'
import {
  asSystem,
  asViewer,
  catalogueChoices,
  catalogueEntries,
  catalogueNotices,
  catalogueTotals,
  filingProgress,
  ledgerCells,
  publicTally,
  readCase,
  recordsWithoutEntry,
  storedDay,
  twins,
  catalogueEntry,
  entriesUnder,
} from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { accessEntry, citeRule, legalDay, rulesFor, signedOut } from './act.ts'
import { fromLeaf } from './leaf.ts'
import { matterOf, matters } from './subjects.ts'
import { divisionName, nameOf, partyNames } from './views.ts'

const itemStates = matters['item']!.process.states
const gone = refuse('not_found', '没有这一事项，或您无权查看')

const entryView = (app: App, rules: Rules, r: CatalogueEntryRow, today: string): CatalogueEntry => ({
  id: r.id,
  object: r.object,
  name: r.name,
  code: r.code,
  units: [...r.units],
  division: r.division,
  divisionName: divisionName(app, r.division),
  theme: termOfField(rules, 'theme', r.theme),
  frequency: termOfField(rules, 'frequency', r.frequency),
  library: termOfField(rules, 'library', r.library),
  sharing: termOfField(rules, 'sharing', r.sharing),
  opening: termOfField(rules, 'opening', r.opening),
  grade: r.grade,
  collected: r.collected,
  registered: r.registered,
  batch: r.batch,
  state: r.state,
  stateTerm: itemStates[r.state]?.term ?? r.state,
  published: r.published,
  secret: r.secret,
  fields: r.fields,
  complete: r.complete,
  freshDue: r.fresh_due,
  overdue: r.fresh_due !== null && r.fresh_due < today,
  refreshed: r.refreshed,
  source: r.source,
  guideline: r.guideline,
  filed: r.filed,
  updated: r.updated,
})

const homeRules = (app: App, v: Viewer, day: string): Rules => rulesFor(app, v.division ?? '000000', day).rules

/** Reads as a signed-in caller; what was looked at is in the access log before the answer leaves. */
const reading = async <T>(
  app: App,
  token: Buffer,
  what: string,
  work: (q: Parameters<Parameters<typeof asViewer>[3]>[0], v: Viewer, day: string) => Promise<T>,
): Promise<T | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    found: await work(q, viewer, legalDay(app, (await storedDay(q)).day)),
  }))
  if (!out) return signedOut
  await app.committer.commit({ access: [accessEntry(app, 'read', out.viewer, what, { list: true })] })
  return out.found
}

// ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface CatalogueRequest extends Omit<CatalogueFilter, 'cursor'> {
  readonly cursor?: string | undefined
}
const cursorIn = (f: CatalogueRequest): CatalogueFilter['cursor'] | Refusal => {
  if (!f.cursor) return undefined
  const bad = refuse('invalid', '翻页标记无效，请从第一页重新查看', { fields: { cursor: '无效' } })
  try {
    const [sort, key, id] = JSON.parse(Buffer.from(f.cursor, 'base64url').toString()) as unknown[]
    const shape = {
      name: /^[^\0]{0,300}$/,
      complete: /^\d{1,3}$/,
      updated: /^\d{4}-\d\d-\d\d$/,
      due: /^\d{4}-\d\d-\d\d$/,
    }
    return sort === f.sort &&
      typeof key === 'string' &&
      shape[f.sort].test(key) &&
      typeof id === 'string' &&
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
      ? { key, id }
      : bad
  } catch {
    return bad
  }
}

/** One page of the catalogue as far as the caller may read it: at most six statements whatever its size. */
export const catalogueList = async (app: App, token: Buffer, f: CatalogueRequest): Promise<CatalogueList | Refusal> => {
  const cursor = cursorIn(f)
  if (cursor && 'refused' in cursor) return cursor
  return reading(app, token, 'catalogue', async (q, v, day) => {
    const rows = await catalogueEntries(q, { ...f, cursor, limit: f.limit + 1 }, day)
    const total = cursor ? undefined : await catalogueTotals(q, { ...f, cursor: undefined }, day)
    const page = rows.slice(0, f.limit)
    const last = page.at(-1)
    const rules = homeRules(app, v, day)
    return {
      rows: page.map((r) => entryView(app, rules, r, day)),
      ...(rows.length > f.limit && last
        ? { next: Buffer.from(JSON.stringify([f.sort, last.key, last.id])).toString('base64url') }
        : {}),
      ...(total ? { total } : {}),
    }
  })
}

/** What the list can be narrowed to. */
export const catalogueOptions = async (app: App, token: Buffer): Promise<CatalogueChoices | Refusal> =>
  reading(app, token, 'catalogue', async (q, v, day) => {
    const rules = homeRules(app, v, day)
    const found = await catalogueChoices(q)
    const terms = (all: readonly { readonly value: string; readonly term: string }[]) =>
      all.map(({ value, term }) => ({ value, term }))
    return {
      units: found.units.map((u) => ({ value: u.id, term: u.name, count: u.count })),
      batches: found.batches.map((b) => ({ value: b.batch, term: b.batch, count: b.count })),
      guidelines: found.guidelines.map((g) => ({
        value: g.guideline,
        term: g.guideline,
        count: g.count,
        complete: g.complete,
      })),
      sharing: terms(catalogueRule(rules, 'catalogue.sharing.classes')),
      opening: terms(catalogueRule(rules, 'catalogue.opening.classes')),
      frequency: terms(catalogueRule(rules, 'catalogue.frequencies')),
      library: terms(catalogueRule(rules, 'catalogue.libraries')),
      theme: terms(catalogueRule(rules, 'catalogue.domains')),
      views: terms(catalogueRule(rules, 'catalogue.guideline').views),
      guideline: catalogueRule(rules, 'catalogue.guideline').version,
    }
  })

// ── one entry ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What the source unit has to do about an entry: collect, check, bring up to date, protect. */
const dutiesOf = (e: CatalogueEntry): EntryHistory['duties'] => [
  {
    term: '采集归集',
    act: 'collect',
    state: e.collected === true ? 'ok' : e.collected === false ? 'due' : 'none',
    says: e.collected === true ? '已归集' : e.collected === false ? '尚未归集到公共数据平台' : '归集情况尚未登记',
  },
  {
    term: '校核内容',
    act: 'revise',
    state: e.complete >= 100 ? 'ok' : 'due',
    says: `目录内容完整度 ${e.complete}%`,
  },
  {
    term: '更新数据',
    act: 'refresh',
    state: e.freshDue === null ? 'none' : e.overdue ? 'late' : 'ok',
    says:
      e.freshDue === null
        ? e.collected === false
          ? '待归集，暂不监测更新'
          : '没有可监测的更新频率'
        : `${e.frequency}更新，${e.overdue ? `应于 ${e.freshDue} 前更新，已超期` : `下次应于 ${e.freshDue} 前更新`}`,
  },
  {
    term: '定级与安全保护',
    act: '',
    state: e.grade !== '' ? 'ok' : 'due',
    says: e.grade !== '' ? `已定为 ${e.grade} 级` : '尚未分级，不得供数、开放',
  },
]

const rowOf = (
  s: Case,
  rules: Rules,
  app: App,
  day: string,
  r: CatalogueEntryRow | undefined,
): CatalogueEntry | null => (r && s.at !== 'removed' ? entryView(app, rules, r, day) : null)

/** An entry's standing and how it came to it: every version against the one before, in words. */
export const entryHistory = async (app: App, token: Buffer, id: string): Promise<EntryHistory | Refusal> => {
  const found = await reading(app, token, id, async (q, v, day) => {
    const c = await readCase(q, id, [])
    if (c?.head.snapshot.process !== 'item') return undefined
    const row = await catalogueEntry(q, id)
    const events = c.events.map(fromLeaf)
    return {
      s: c.head.snapshot,
      row,
      events,
      names: await partyNames(
        q,
        events.flatMap((e) => [e.actor, e.org]),
      ),
      day,
      now: rulesFor(app, c.head.snapshot.division, day).rules,
      home: homeRules(app, v, day),
    }
  })
  if (found === undefined) return gone
  if ('refused' in found) return found
  const { s, events, names, now, day } = found
  const rules = await rulesOf(app, s.rules)
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const entry = rowOf(s, found.home, app, day, found.row)
  let before: Case | undefined
  const history = events.map((e: CaseEvent) => {
    const after = evolve(before, e)
    const act = actOf(e)
    const one = {
      seq: e.seq,
      act,
      term: table.rows[act]?.term ?? (act === 'adoptRules' ? '适用新规定' : act),
      day: e.day,
      at: e.at,
      by: nameOf(names, e.actor),
      org: nameOf(names, e.org),
      // the first version is what it is: nothing was before it
      changes: before ? changesBetween(rules, before, after).map((c) => ({ ...c })) : [],
    }
    before = after
    return one
  })
  const data = itemData(s)
  return {
    entry,
    missing: [...missing(rules, data)],
    recheck: {
      version: catalogueRule(now, 'catalogue.guideline').version,
      complete: completeness(now, data),
      missing: [...missing(now, data)],
    },
    history: history.reverse(),
    duties: entry && s.kind === 'resource' ? [...dutiesOf(entry)] : [],
  }
}

// ── the ledger ─────────────────────────────────────────────────────────────────────────────────────────────────

const keys = [
  'entries',
  'collected',
  'pending',
  'published',
  'registered',
  'graded',
  'filed',
  'batched',
  'watched',
  'overdue',
] as const
/** Sums; completeness as the mean over entries. */
const sum = (cells: readonly Tally[]): TallyView => {
  const all = Object.fromEntries(keys.map((k) => [k, cells.reduce((n, c) => n + c[k], 0)])) as Omit<
    TallyView,
    'complete'
  >
  const weight = cells.reduce((n, c) => n + c.complete * c.entries, 0)
  return { ...all, complete: all.entries === 0 ? 0 : Math.round(weight / all.entries) }
}
const grouped = <T>(all: readonly T[], by: (x: T) => string): readonly (readonly [string, readonly T[]])[] => {
  const out = new Map<string, T[]>()
  for (const x of all) out.set(by(x), [...(out.get(by(x)) ?? []), x])
  return [...out]
}

/** The territory one step below `top` in which a division lies, or the division itself where it is `top`. */
const stepBelow = (top: string, division: string): string => {
  const prefix = top.replace(/(00)+$/, '')
  return division === top ? top : division.slice(0, prefix.length + 2).padEnd(6, '0')
}

/** 一本账: the catalogue counted by unit, territory, kind of holder and class, as far as the caller may read it. */
export const ledgerOf = async (app: App, token: Buffer, asked: string | undefined): Promise<Ledger | Refusal> =>
  reading(app, token, 'catalogue', async (q, v, day) => {
    const top = asked ?? v.division ?? '000000'
    const rules = rulesFor(app, top, day).rules
    const { units, classes } = await ledgerCells(q, day, asked)
    const holders = catalogueRule(rules, 'catalogue.holders')
    const kindOf = (c: LedgerCell): string => c.kind || presumedHolder(rules, c.form) || 'other'
    const kindTerm = (kind: string): string => holders.find((h) => h.value === kind)?.term ?? kind
    const byClass = (field: 'sharing' | 'opening') =>
      grouped(classes, (c) => c[field])
        .map(([value, cells]) => ({
          value: value === '' ? 'unsaid' : value,
          term: value === '' ? '未注明' : termOfField(rules, field, value),
          count: cells.reduce((n, c) => n + c.count, 0),
        }))
        .sort((a, b) => b.count - a.count)
    const level = divisionLevel(top)
    // what two hold together is each one's, and one in the sum
    const whole = units.filter((u) => !u.second)
    return {
      day,
      division: top,
      divisionName: top === '000000' ? '全部地区' : divisionName(app, top),
      total: sum(whole),
      units: grouped(units, (u) => u.unit || u.name).map(([, cells]) => {
        const c = cells[0]!
        return {
          ...sum(cells),
          unit: c.unit,
          name: c.name,
          division: c.division,
          divisionName: divisionName(app, c.division),
          kind: kindOf(c),
          kindTerm: kindTerm(kindOf(c)),
          presumed: c.kind === '',
        }
      }),
      divisions: grouped(whole, (u) => stepBelow(top, u.division))
        .map(([division, cells]) => ({
          ...sum(cells),
          division,
          name:
            division === top
              ? `${divisionName(app, division)}${level === 'county' ? '' : '本级'}`
              : divisionName(app, division),
          units: new Set(units.flatMap((u) => (stepBelow(top, u.division) === division ? [u.unit] : []))).size,
          below: division !== top,
        }))
        .sort((a, b) => (a.division < b.division ? -1 : 1)),
      kinds: grouped(whole, kindOf).map(([kind, cells]) => ({
        ...sum(cells),
        kind,
        term: kindTerm(kind),
        data: holders.find((h) => h.value === kind)?.data ?? 'nonPublic',
        units: new Set(units.flatMap((u) => (kindOf(u) === kind ? [u.unit] : []))).size,
      })),
      sharing: byClass('sharing'),
      opening: byClass('opening'),
    }
  })

/** Entries that say the same in one territory, where not all has been decided (一数一源). */
export const catalogueTwins = async (app: App, token: Buffer): Promise<Twins | Refusal> =>
  reading(app, token, 'catalogue', async (q) =>
    (await twins(q, 500)).map((t) => ({
      same: t.same,
      division: t.division,
      divisionName: divisionName(app, t.division),
      authority: t.entries.find((e) => e.source !== '')?.source ?? '',
      entries: t.entries.map(({ state, ...e }) => ({
        ...e,
        units: [...e.units],
        stateTerm: itemStates[state]?.term ?? state,
      })),
    })),
  )

/** Registrations without an entry, and how many entries are without a registration (登记细则 第四条). */
export const catalogueReconcile = async (app: App, token: Buffer): Promise<Reconcile | Refusal> =>
  reading(app, token, 'catalogue', async (q, _v, day) => {
    const records = await recordsWithoutEntry(q, 500)
    const total = await catalogueTotals(q, { object: 'resource', state: 'listed', sort: 'name', limit: 1 }, day)
    const names = await partyNames(
      q,
      records.map((r) => r.seats['holder'] ?? ''),
    )
    return {
      records: records.map((r) => ({
        id: r.id,
        title: matterOf('record').laws.title(r),
        holder: nameOf(names, r.seats['holder'] ?? ''),
        code: String(r.data['register']?.['code'] ?? ''),
        divisionName: divisionName(app, r.division),
      })),
      unregistered: total.entries - total.registered,
      registered: total.registered,
    }
  })

/** How far each unit is with filing its catalogue or with the census. */
export const catalogueProgress = async (app: App, token: Buffer, kind: string): Promise<FilingProgress | Refusal> =>
  reading(app, token, 'catalogue', async (q, _v, day) => {
    const states = matters['filing']!.process.states
    return (await filingProgress(q, kind)).map(({ filing: f, ...u }) => ({
      ...u,
      divisionName: divisionName(app, u.division),
      filing: f && {
        id: f.id,
        state: f.state,
        stateTerm: states[f.state]?.term ?? f.state,
        batch: f.batch,
        due: f.due,
        late: f.due !== null && f.due < day,
        entries: f.entries,
        collected: f.collected,
        uncollected: f.uncollected,
        marked: f.marked,
        receipt: f.receipt,
        filed: f.filed,
        changes: f.changes,
      },
    }))
  })

/** Entries compiled under one version of the guideline, measured again by the one in force: the least complete first. */
export const catalogueRecheck = async (app: App, token: Buffer, version: string): Promise<Recheck | Refusal> =>
  reading(app, token, 'catalogue', async (q, _v, day) => {
    return (await entriesUnder(q, version))
      .map(({ snapshot: s, units, complete }) => {
        const now = rulesFor(app, s.division, day).rules
        const data = itemData(s)
        return {
          id: s.id,
          name: String(data['name'] ?? ''),
          units,
          was: complete,
          now: completeness(now, data),
          missing: [...missing(now, data)],
        }
      })
      .sort((a, b) => a.now - b.now)
  })

// ── for everybody ──────────────────────────────────────────────────────────────────────────────────────────────

/** 目录概况: counts only. */
export const publicCatalogue = async (app: App): Promise<PublicCatalogue> => {
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const rows = await asSystem(app.pool, (q) => publicTally(q, day))
  return {
    day,
    total: { ...sum(rows), units: rows.reduce((n, r) => n + r.units, 0) },
    divisions: rows.map(({ division, units, ...t }) => ({ ...t, division, name: divisionName(app, division), units })),
  }
}

const noticeView = (app: App, r: CatalogueNoticeRow, day: string): CatalogueNotice => {
  const { rules } = rulesFor(app, r.division, day)
  const term = (key: string, v: unknown): string => (typeof v === 'string' ? termOfField(rules, key, v) : '')
  return {
    id: r.id,
    batch: r.batch,
    bureau: r.bureau,
    division: r.division,
    divisionName: divisionName(app, r.division),
    from: r.notice_from,
    to: r.notice_to,
    left: workdaysLeft(app.calendarFor(r.division), day as Day, r.notice_to as Day).workdays,
    open: r.state === 'released' && r.notice_to >= day,
    channels: r.channels,
    contact: r.contact,
    how: r.how,
    basis: citeRule(rules, 'catalogue.notice.window'),
    count: r.entries,
    adopted: r.adopted,
    refused: r.refused,
    entries: r.detail.map((e) => ({
      name: String(e['name'] ?? ''),
      units: Array.isArray(e['units']) ? (e['units'] as string[]) : [],
      sharing: term('sharing', e['sharing']),
      opening: term('opening', e['opening']),
      frequency: term('frequency', e['frequency']),
      collected: typeof e['collected'] === 'boolean' ? e['collected'] : null,
    })),
  }
}

/** Batches of the catalogue that are or were shown to the public, the newest first. */
export const publicCatalogueNotices = async (app: App): Promise<CatalogueNotice[]> => {
  const day = legalDay(app, (await storedDay(app.pool)).day)
  return (await catalogueNotices(app.pool)).map((r) => noticeView(app, r, day))
}
export const publicCatalogueNotice = async (app: App, id: string): Promise<CatalogueNotice | Refusal> => {
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const [row] = await catalogueNotices(app.pool, id)
  return row ? noticeView(app, row, day) : refuse('not_found', '没有这份公示')
}
