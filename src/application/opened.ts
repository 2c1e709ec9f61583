import type { DatasetView, DemandList, Field, OpenProgress, OpenDatasetList, Refusal, Suggestion } from '#contract'
import { isRefusal, refuse } from '#contract'
import { cite } from '#policy'
import { catalogueRule } from '#domain/catalogue'
import { matters } from './subjects.ts'
import type { DatasetFilter, DatasetRow, Uses } from '#store'
import {
  asViewer,
  countUses,
  itemsNamed,
  openingPlanOf,
  openingProgress,
  publicDataset,
  publicDatasets,
  publicDemands,
  readCase,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { accessEntry, legalDay, rulesFor, signedOut } from './act.ts'
import { datasetRows } from './datasets.ts'
import { divisionName } from './views.ts'
import { text } from '#domain/kernel'

const today = async (app: App): Promise<string> => legalDay(app, (await storedDay(app.pool)).day)

// ── how much it is used ────────────────────────────────────────────────────────────────────────────────────────

const waiting = new WeakMap<App['pool'], Map<string, number>>()
/** Counts one use of open data. Written together with others within a second: a reader never waits for a counter. */
export const countUse = (app: App, id: string, kind: keyof Uses): void => {
  const known = waiting.get(app.pool)
  const counts = known ?? new Map<string, number>()
  if (!known) waiting.set(app.pool, counts)
  if (counts.size === 0)
    setTimeout(() => void flushUses(app).catch((e) => app.log.warn({ err: e }, 'uses')), 1000).unref()
  const key = `${id} ${kind}`
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
/** Writes what has been counted so far. */
export const flushUses = async (app: App): Promise<void> => {
  const counts = [...(waiting.get(app.pool) ?? [])]
  waiting.get(app.pool)?.clear()
  if (counts.length === 0) return
  const day = await today(app)
  await countUses(
    app.pool,
    counts.map(([key, count]) => {
      const [id = '', kind = 'view'] = key.split(' ')
      return { id, day, kind: kind as keyof Uses, count }
    }),
  )
}

// ── open data ──────────────────────────────────────────────────────────────────────────────────────────────────

const classTerm = (app: App, division: string, day: string, value: string): string =>
  catalogueRule(rulesFor(app, division, day).rules, 'catalogue.opening.classes').find((c) => c.value === value)?.term ??
  value
const themesOf = (app: App, division: string, day: string) =>
  catalogueRule(rulesFor(app, division, day).rules, 'catalogue.domains')

const summaryView = (app: App, d: DatasetRow & { readonly uses: Uses }, day: string) => {
  const theme = themesOf(app, d.division, day).find((t) => t.value === d.theme)
  return {
    id: d.id,
    name: d.name,
    units: [...d.units],
    division: d.division,
    divisionName: divisionName(app, d.division),
    theme: d.theme,
    themeTerm: theme?.term ?? '',
    priority: theme?.priority ?? false,
    summary: d.summary,
    frequency: d.frequency,
    class: d.class,
    classTerm: classTerm(app, d.division, day, d.class),
    rows: d.rows,
    size: d.size,
    columns: d.columns.length,
    version: d.version,
    opened: d.opened,
    dataDay: d.data_day ?? '',
    uses: d.uses,
  }
}

const decode = (cursor: string | undefined): { day: string; id: string } | undefined | Refusal => {
  if (!cursor) return undefined
  const [, day, id] = /^(\d{4}-\d\d-\d\d)\.([0-9a-f-]{36})$/.exec(cursor) ?? []
  return day && id && !Number.isNaN(Date.parse(day))
    ? { day, id }
    : refuse('invalid', '翻页标记无效，请从第一页重新查看', { fields: { cursor: '无效' } })
}

export const listDatasets = async (
  app: App,
  f: Omit<DatasetFilter, 'cursor'> & { readonly cursor?: string | undefined },
): Promise<OpenDatasetList | Refusal> => {
  const cursor = decode(f.cursor)
  if (isRefusal(cursor)) return cursor
  const day = await today(app)
  const { rows, counts } = await publicDatasets(app.pool, { ...f, cursor, limit: f.limit + 1 })
  const page = rows.slice(0, f.limit)
  const last = page.at(-1)
  const known = themesOf(app, f.division ?? '000000', day)
  // a domain that any jurisdiction opens first is marked where that jurisdiction is looked at, and where one of its data stands
  const marked = new Set(
    [...known, ...page.flatMap((d) => themesOf(app, d.division, day))].filter((t) => t.priority).map((t) => t.value),
  )
  const sum = (of: typeof counts): number => of.reduce((n, c) => n + c.count, 0)
  return {
    rows: page.map((d) => summaryView(app, d, day)),
    ...(rows.length > f.limit && last ? { next: `${last.opened}.${last.id}` } : {}),
    total: sum(counts.filter((c) => (!f.theme || c.theme === f.theme) && (!f.class || c.class === f.class))),
    themes: known
      .map((t) => ({
        value: t.value,
        term: t.term,
        priority: marked.has(t.value),
        count: sum(counts.filter((c) => c.theme === t.value && (!f.class || c.class === f.class))),
      }))
      .filter((t) => t.count > 0 || t.priority)
      .sort((a, b) => Number(b.priority) - Number(a.priority)),
    classes: ['unconditional', 'conditional'].map((value) => ({
      value,
      term: classTerm(app, '000000', day, value),
      count: sum(counts.filter((c) => c.class === value && (!f.theme || c.theme === f.theme))),
    })),
  }
}

const noDataset = refuse('not_found', '没有这一开放数据，或已经停止开放')
/** The page of open data; of conditional data no row, and no digest that could be tried against a guess. */
export const datasetView = async (app: App, id: string): Promise<DatasetView | Refusal> => {
  const d = await publicDataset(app.pool, id)
  if (!d) return noDataset
  const day = await today(app)
  const open = d.class === 'unconditional'
  const first = open ? await datasetRows(app, id, { limit: 10, filters: [] }) : undefined
  if (first && isRefusal(first)) return first
  const { rules } = rulesFor(app, d.division, day)
  const basis = rules.values[open ? 'catalogue.opening.classes' : 'catalogue.opening.commitment']
  countUse(app, id, 'view')
  return {
    ...summaryView(app, d, day),
    licence: d.licence,
    ...(open ? { sha256: d.sha256, sm3: d.sm3 } : {}),
    fields: d.columns.map((c) => ({
      name: c.name,
      title: c.title ?? c.name,
      type: c.type,
      description: c.description ?? '',
      required: c.constraints?.required ?? false,
      unique: c.constraints?.unique ?? false,
    })),
    keys: [...d.keys],
    preview: first ? first.rows.map((r) => [...r]) : [],
    basis: basis ? cite(basis.basis) : '',
  }
}

/** Table Schema (Data Package v2). */
export const tableSchemaOf = async (app: App, id: string): Promise<object | Refusal> => {
  const d = await publicDataset(app.pool, id)
  return d ? schemaOf(d) : noDataset
}
const schemaOf = (d: DatasetRow): object => ({
  $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
  fields: d.columns,
  fieldsMatch: 'exact',
  ...(d.keys.length < d.columns.length ? { primaryKey: d.keys } : {}),
  missingValues: [''],
})
/** Data Package v2 of open data. Conditional data is described; where it lies is not. */
export const dataPackageOf = async (app: App, id: string): Promise<object | Refusal> => {
  const d = await publicDataset(app.pool, id)
  if (!d) return noDataset
  const open = d.class === 'unconditional'
  return {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: d.id,
    id: `${app.url}/datasets/${d.id}`,
    title: d.name,
    ...(d.summary ? { description: d.summary } : {}),
    homepage: `${app.url}/datasets/${d.id}`,
    version: `${d.version}.0.0`,
    created: `${d.opened}T00:00:00+08:00`,
    licenses: [{ path: `${app.url}/datasets/${d.id}#licence`, title: d.licence.title }],
    contributors: d.units.map((title) => ({ title, roles: ['publisher'] })),
    resources: [
      {
        name: 'data',
        title: d.name,
        ...(open
          ? { path: `${app.url}/api/public/datasets/${d.id}/data.csv`, bytes: d.size, hash: `sha256:${d.sha256}` }
          : { data: [] }),
        type: 'table',
        format: 'csv',
        mediatype: 'text/csv',
        encoding: 'utf-8',
        schema: schemaOf(d),
      },
    ],
  }
}

// ── progress ───────────────────────────────────────────────────────────────────────────────────────────────────

export const progressView = async (
  app: App,
  f: { readonly division: string; readonly year?: string | undefined },
): Promise<OpenProgress> => {
  const day = await today(app)
  const year = f.year ?? day.slice(0, 4)
  const [{ units, themes }, plan] = await Promise.all([
    openingProgress(app.pool, { division: f.division, year, day }),
    openingPlanOf(app.pool, { division: f.division, year }),
  ])
  const known = themesOf(app, f.division, day)
  return {
    year,
    day,
    division: f.division,
    divisionName: divisionName(app, f.division),
    units: units.map((u) => ({ ...u, term: u.key || '（未写明单位）', priority: false })),
    themes: themes.map((t) => {
      const theme = known.find((k) => k.value === t.key)
      return { ...t, term: theme?.term ?? '（未分领域）', priority: theme?.priority ?? false }
    }),
    plan: plan.map((p) => ({
      id: p.id,
      item: p.item,
      name: p.name,
      unit: p.unit,
      themeTerm: known.find((k) => k.value === p.theme)?.term ?? '',
      planned: p.planned,
      met: p.state === 'met',
      late: p.state === 'planned' && p.planned < day,
    })),
  }
}

// ── demands ────────────────────────────────────────────────────────────────────────────────────────────────────

const demand = matters['demand']!.process
const satisfied: readonly { readonly value: string; readonly term: string }[] =
  (demand.rows['confirm']?.form as readonly Field[]).find((f) => f.key === 'satisfaction')?.options ?? []

export const listDemands = async (
  app: App,
  f: { readonly state?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<DemandList | Refusal> => {
  const cursor = decode(f.cursor)
  if (isRefusal(cursor)) return cursor
  const day = await today(app)
  const rows = await publicDemands(app.pool, { ...f, cursor, limit: f.limit + 1 })
  const page = rows.slice(0, f.limit)
  const last = page.at(-1)
  return {
    rows: page.map(({ division, theme, items, promised, ...d }) => ({
      ...d,
      kindTerm: demand.kinds[d.kind] ?? d.kind,
      stateTerm: demand.states[d.state]?.term ?? d.state,
      final: demand.states[d.state]?.final ?? false,
      divisionName: divisionName(app, division),
      themeTerm: themesOf(app, division, day).find((t) => t.value === theme)?.term ?? '',
      items: [...items],
      promised: promised ?? '',
      satisfactionTerm: satisfied.find((o) => o.value === d.satisfaction)?.term ?? '',
    })),
    ...(rows.length > f.limit && last ? { next: `${last.updated}.${last.id}` } : {}),
    states: Object.entries(demand.states)
      .filter(([s]) => !['raised', 'withdrawn', 'declined'].includes(s))
      .map(([value, s]) => ({ value, term: s.term })),
  }
}

// words that are in every demand and in half of the names
const common = /信息|数据|情况|公共|查询|相关|有关|名单|以及|各类|全市|本市|我们|需要|希望|提供|包括|的|和|与|及|等|或/g
const pairs = (t: string): string[] =>
  t
    .normalize('NFKC')
    .toLowerCase()
    .replace(common, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((w) => (w.length < 2 ? [] : Array.from({ length: w.length - 1 }, (_, i) => w.slice(i, i + 2))))

/** Published entries that may answer a demand, the likeliest first; for those who handle it. */
export const suggestionsFor = async (app: App, token: Buffer, id: string): Promise<readonly Suggestion[] | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    head: (await readCase(q, id, []))?.head.snapshot,
  }))
  if (!out) return signedOut
  const s = out.head
  if (!s || s.process !== 'demand') return refuse('not_found', '没有这一需求，或您无权查看')
  await app.committer.commit({ access: [accessEntry(app, 'read', out.viewer, id, { act: 'matches' })] })
  const said = s.data['raise'] ?? {}
  const fields = Array.isArray(said['fields']) ? (said['fields'] as { name?: string }[]).map((f) => text(f.name)) : []
  const title = new Set(pairs(text(said['name'])))
  const body = new Set([...pairs(text(said['what'])), ...fields.flatMap(pairs)])
  const asked = [...new Set([...title, ...body])].slice(0, 60)
  const found = await itemsNamed(app.pool, asked, 2000)
  return found
    .map((i) => {
      const name = [...new Set(pairs(i.name))]
      const hit = (of: readonly string[], by: ReadonlySet<string>): number => of.filter((p) => by.has(p)).length
      const score =
        (3 * hit(name, title) + hit(name, body)) / Math.sqrt(Math.max(1, name.length)) +
        0.5 * hit([...new Set(pairs(i.summary))], title) +
        0.5 * hit([...new Set(pairs(i.fields))], body)
      return { id: i.id, name: i.name, units: i.units, open: i.open ?? '', score: Math.round(score * 100) }
    })
    .filter((i) => i.score > 0)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, 8)
}
