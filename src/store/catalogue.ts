import type pg from 'pg'
import type { Json } from '#contract'
import type { Case, EntryAsk, EntryFact } from '#domain/kernel'

type Q = Pick<pg.Pool, 'query'>

// ── what acts have to know ─────────────────────────────────────────────────────────────────────────────────────

const factColumns = `i.id, s.version, i.name, i.holder, i.units, i.division, i.state, i.sharing, i.opening, i.frequency, i.collected,
  i.published, i.secret, i.batch, i.registered, i.same, i.source, i.grade`

/** Entries that an act asked for, in order of their names. */
export const entryFacts = async (q: Q, ask: EntryAsk): Promise<readonly EntryFact[]> => {
  const [where, values] =
    'ids' in ask
      ? ['i.id = any ($1::uuid[])', [ask.ids.filter((id) => /^[0-9a-f-]{36}$/.test(id))]]
      : 'holder' in ask
        ? ['(i.holder = $1 or i.co_holder = $1)', [ask.holder]]
        : 'same' in ask
          ? ['i.division = $1 and i.same = $2', [ask.division, ask.same]]
          : [`i.division = $1 and i.batch = '' and i.object = 'resource'`, [ask.division]]
  const { rows } = await q.query<EntryFact>(
    `select ${factColumns} from gongshu.item i join gongshu.stream s using (id) where ${where} order by i.name, i.id`,
    values,
  )
  return rows
}

/** An entry as somebody names it in a form. */
export interface NamedEntry {
  readonly id: string
  readonly name: string
  readonly unit: string
}
/** Entries whose name contains a text, and those with these ids: of one's own, and what units may know of each other's. */
export const findEntries = async (
  q: pg.ClientBase,
  f: { readonly name: string; readonly ids: readonly string[]; readonly most: number },
): Promise<readonly NamedEntry[]> =>
  (
    await q.query<NamedEntry>(
      `with own as (select id, name, coalesce(units[1], '') as unit from gongshu.item),
         others as (select id, name, coalesce(units[1], '') as unit from gongshu.shared_item)
       select id, name, unit from (
         select * from own where id = any ($2)
         union select * from others where id = any ($2)
         union (select * from own where name ilike $1 limit $3)
         union (select * from others where name ilike $1 limit $3)
       ) e order by id = any ($2) desc, name, id limit $3 + cardinality($2::uuid[])`,
      [`%${f.name.replace(/[\\%_]/g, '\\$&')}%`, f.ids, f.most],
    )
  ).rows

// ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CatalogueFilter {
  readonly q?: string | undefined
  readonly unit?: string | undefined
  readonly division?: string | undefined
  readonly object?: string | undefined
  readonly sharing?: string | undefined
  readonly opening?: string | undefined
  readonly grade?: string | undefined
  readonly frequency?: string | undefined
  readonly collected?: 'yes' | 'no' | 'unknown' | undefined
  readonly fresh?: 'overdue' | 'ok' | undefined
  readonly published?: boolean | undefined
  readonly registered?: boolean | undefined
  readonly filed?: boolean | undefined
  readonly batch?: string | undefined
  readonly library?: string | undefined
  readonly theme?: string | undefined
  readonly state?: string | undefined
  readonly source?: string | undefined
  readonly guideline?: string | undefined
  readonly view?: 'sharing' | 'public' | 'operation' | undefined
  readonly sort: 'name' | 'updated' | 'complete' | 'due'
  readonly cursor?: { readonly key: string; readonly id: string } | undefined
  readonly limit: number
}
export interface CatalogueEntryRow {
  readonly id: string
  readonly object: string
  readonly name: string
  readonly code: string
  readonly units: readonly string[]
  readonly holder: string
  readonly division: string
  readonly theme: string
  readonly frequency: string
  readonly library: string
  readonly sharing: string
  readonly opening: string
  readonly grade: string
  readonly collected: boolean | null
  readonly registered: string
  readonly batch: string
  readonly state: string
  readonly published: boolean
  readonly secret: boolean
  readonly fields: number
  readonly complete: number
  readonly fresh_due: string | null
  readonly refreshed: string | null
  readonly source: string
  readonly guideline: string
  readonly filed: string
  readonly updated: string
  readonly key: string
}

/** `unsaid` asks for entries that say nothing there. */
const said = (column: string, v: string | undefined, values: unknown[]): readonly string[] =>
  v === undefined ? [] : v === 'unsaid' ? [`${column} = ''`] : [`${column} = $${values.push(v)}`]

const conditions = (f: CatalogueFilter, day: string, values: unknown[]): readonly string[] => [
  ...(f.q ? [`name ilike $${values.push(`%${f.q.replace(/[\\%_]/g, '\\$&')}%`)}`] : []),
  ...(f.unit ? [`(holder = $${values.push(f.unit)} or co_holder = $${values.length})`] : []),
  ...(f.division ? [`division like $${values.push(`${f.division.replace(/(00)+$/, '')}%`)}`] : []),
  ...said('object', f.object, values),
  ...said('sharing', f.sharing, values),
  ...said('opening', f.opening, values),
  ...said('grade', f.grade, values),
  ...said('frequency', f.frequency, values),
  ...said('library', f.library, values),
  ...said('theme', f.theme, values),
  ...said('state', f.state, values),
  ...said('source', f.source, values),
  ...said('guideline', f.guideline, values),
  ...(f.batch === 'any' ? [`batch <> ''`] : said('batch', f.batch, values)),
  ...(f.collected === undefined
    ? []
    : [{ yes: 'collected', no: 'not collected', unknown: 'collected is null' }[f.collected]]),
  ...(f.fresh === undefined ? [] : [`fresh_due ${f.fresh === 'overdue' ? '<' : '>='} $${values.push(day)}::date`]),
  ...(f.published === undefined ? [] : [f.published ? 'published' : 'not published']),
  ...(f.registered === undefined ? [] : [f.registered ? `registered <> ''` : `registered = ''`]),
  ...(f.filed === undefined ? [] : [f.filed ? `filed <> ''` : `filed = ''`]),
  ...(f.view === undefined
    ? []
    : [
        {
          sharing: `sharing in ('unconditional', 'conditional') and not secret`,
          public: `object = 'resource' and state = 'listed' and not secret`,
          operation: `batch <> '' and state = 'listed' and not secret`,
        }[f.view],
      ]),
]

const order = {
  name: ['name', 'text', '>', 'asc'],
  updated: ['updated', 'date', '<', 'desc'],
  complete: ['complete', 'int', '>', 'asc'],
  due: [`coalesce(fresh_due, date '9999-12-31')`, 'date', '>', 'asc'],
} as const

/** One page of the entries the viewer may read, in order of the sort and id; row security applies. */
export const catalogueEntries = async (
  q: Q,
  f: CatalogueFilter,
  day: string,
): Promise<readonly CatalogueEntryRow[]> => {
  const values: unknown[] = []
  const [key, type, cmp, dir] = order[f.sort]
  const where = [
    ...conditions(f, day, values),
    ...(f.cursor
      ? [`(${key}, id) ${cmp} ($${values.push(f.cursor.key)}::${type}, $${values.push(f.cursor.id)}::uuid)`]
      : []),
  ]
  const { rows } = await q.query<CatalogueEntryRow>(
    `select id, object, name, code, units, holder, division, theme, frequency, library, sharing, opening, grade, collected, registered,
       batch, state, published, secret, fields, complete, fresh_due, refreshed, source, guideline, filed, updated, (${key})::text as key
     from gongshu.item ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
     order by ${key} ${dir}, id ${dir} limit $${values.push(f.limit)}`,
    values,
  )
  return rows
}

export interface Tally {
  readonly entries: number
  readonly collected: number
  readonly pending: number
  readonly published: number
  readonly registered: number
  readonly graded: number
  readonly filed: number
  readonly batched: number
  readonly watched: number
  readonly overdue: number
  /** Mean completeness in hundredths. */
  readonly complete: number
}
const tally = `count(*)::int as entries, count(*) filter (where collected)::int as collected,
  count(*) filter (where not collected)::int as pending, count(*) filter (where published)::int as published,
  count(*) filter (where registered <> '')::int as registered, count(*) filter (where grade <> '')::int as graded,
  count(*) filter (where filed <> '')::int as filed, count(*) filter (where batch <> '')::int as batched,
  count(fresh_due)::int as watched, count(*) filter (where fresh_due < $1::date)::int as overdue,
  coalesce(round(avg(complete)), 0)::int as complete`

/** What a list comes to, counted up to 10 000. */
export const catalogueTotals = async (q: Q, f: CatalogueFilter, day: string): Promise<Tally> => {
  const values: unknown[] = [day]
  const where = conditions(f, day, values)
  const { rows } = await q.query<Tally>(
    `select ${tally} from (select collected, published, registered, grade, filed, batch, fresh_due, complete from gongshu.item ${where.length > 0 ? `where ${where.join(' and ')}` : ''} limit 10000) t`,
    values,
  )
  return rows[0]!
}

// ── the ledger rolled up ───────────────────────────────────────────────────────────────────────────────────────

export interface LedgerCell extends Tally {
  readonly division: string
  readonly unit: string
  /** Counted with the other of two holders already. */
  readonly second: boolean
  /** The first unit's name as the entries have it, where no body stands behind it. */
  readonly name: string
  readonly form: string
  readonly kind: string
}
export interface ClassCell {
  readonly sharing: string
  readonly opening: string
  readonly count: number
}

/** Counts of what is in the catalogue by unit and territory, and by class; `division` is the territory below which is counted. */
export const ledgerCells = async (
  q: Q,
  day: string,
  division: string | undefined,
): Promise<{ readonly units: readonly LedgerCell[]; readonly classes: readonly ClassCell[] }> => {
  const below = division ? `${division.replace(/(00)+$/, '')}%` : '%'
  const units = await q.query<LedgerCell>(
    `select i.division, u.unit, u.unit <> i.holder as second, coalesce(o.name, min(i.units[1]), '') as name, coalesce(o.form, '') as form,
       coalesce(o.holder, '') as kind, ${tally}
     from gongshu.item i cross join unnest(case when i.co_holder in ('', i.holder) then array[i.holder] else array[i.holder, i.co_holder] end) u (unit)
     left join gongshu.organisation o on o.id::text = u.unit
     where i.object = 'resource' and i.state = 'listed' and i.division like $2
     group by i.division, u.unit, u.unit <> i.holder, o.name, o.form, o.holder order by count(*) desc, 4`,
    [day, below],
  )
  const classes = await q.query<ClassCell>(
    `select sharing, opening, count(*)::int as count from gongshu.item
     where object = 'resource' and state = 'listed' and division like $1 group by 1, 2`,
    [below],
  )
  return { units: units.rows, classes: classes.rows }
}

/** What a list can be narrowed to: units, batches and guideline versions that are there. */
export const catalogueChoices = async (
  q: Q,
): Promise<{
  readonly units: readonly { readonly id: string; readonly name: string; readonly count: number }[]
  readonly batches: readonly { readonly batch: string; readonly count: number }[]
  readonly guidelines: readonly { readonly guideline: string; readonly count: number; readonly complete: number }[]
}> => {
  const units = await q.query<{ id: string; name: string; count: number }>(
    `select i.holder as id, coalesce(o.name, min(i.units[1]), '') as name, count(*)::int as count from gongshu.item i
     left join gongshu.organisation o on o.id::text = i.holder group by i.holder, o.name order by count(*) desc, 2 limit 500`,
  )
  const batches = await q.query<{ batch: string; count: number }>(
    `select batch, count(*)::int as count from gongshu.item where batch <> '' group by batch order by 1 limit 100`,
  )
  const guidelines = await q.query<{ guideline: string; count: number; complete: number }>(
    `select guideline, count(*)::int as count, round(avg(complete))::int as complete from gongshu.item
     where object = 'resource' group by guideline order by 1 desc`,
  )
  return { units: units.rows, batches: batches.rows, guidelines: guidelines.rows }
}

// ── one source ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface TwinRow {
  readonly same: string
  readonly division: string
  readonly entries: readonly {
    readonly id: string
    readonly name: string
    readonly units: readonly string[]
    readonly state: string
    readonly frequency: string
    readonly collected: boolean | null
    readonly complete: number
    readonly updated: string
    readonly source: string
  }[]
}
/** Entries of one territory with one name, of which at least one has not been decided about. */
export const twins = async (q: Q, most: number): Promise<readonly TwinRow[]> =>
  (
    await q.query<TwinRow>(
      `with met as (select division, same from gongshu.item where object = 'resource' and same <> ''
         group by division, same having count(*) > 1 and bool_or(source = '') order by division, same limit $1)
       select i.same, i.division, jsonb_agg(jsonb_build_object('id', i.id, 'name', i.name, 'units', i.units, 'state', i.state,
         'frequency', i.frequency, 'collected', i.collected, 'complete', i.complete, 'updated', i.updated, 'source', i.source)
         order by i.source desc, i.updated, i.id) as entries
       from met join gongshu.item i using (division, same) where i.object = 'resource' group by i.division, i.same order by i.division, i.same`,
      [most],
    )
  ).rows

// ── registrations ──────────────────────────────────────────────────────────────────────────────────────────────

/** Registrations of resources in force for which there is no entry, as far as the viewer may see both. */
export const recordsWithoutEntry = async (q: Q, most: number): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>(
      `select s.snapshot from gongshu.stream s where s.process = 'record' and s.variant = 'resource' and not s.final
         and not exists (select 1 from gongshu.link l where l.source = s.id and l.name = 'item')
         and not exists (select 1 from gongshu.link l join gongshu.stream i on i.id = l.source
                         where l.target = s.id and l.name = 'record' and i.process = 'item' and i.state <> 'removed')
       order by s.touched desc limit $1`,
      [most],
    )
  ).rows.map((r) => r.snapshot)

// ── filings ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface FilingProgressRow {
  readonly unit: string
  readonly name: string
  readonly division: string
  readonly entries: number
  readonly collected: number
  readonly pending: number
  readonly filing: {
    readonly id: string
    readonly state: string
    readonly batch: string
    readonly due: string | null
    readonly entries: number
    readonly collected: number
    readonly uncollected: number
    readonly marked: number
    readonly receipt: string
    readonly filed: string | null
    readonly changes: number
  } | null
}
/** Every unit that holds entries or has been given the task, with its latest filing of a kind. */
export const filingProgress = async (q: Q, kind: string): Promise<readonly FilingProgressRow[]> =>
  (
    await q.query<FilingProgressRow>(
      `with held as (select u.unit, min(division) as division, min(units[1]) as name, count(*) filter (where state = 'listed')::int as entries,
           count(*) filter (where collected and state = 'listed')::int as collected, count(*) filter (where not collected and state = 'listed')::int as pending
         from gongshu.item, unnest(array[holder, co_holder]) u (unit) where object = 'resource' and u.unit <> '' group by u.unit),
       latest as (select distinct on (unit) * from gongshu.filing where kind = $1 order by unit, opened desc, id desc)
       select coalesce(h.unit, f.unit) as unit, coalesce(o.name, h.name, '') as name, coalesce(o.division, h.division, f.division) as division,
         coalesce(h.entries, 0) as entries, coalesce(h.collected, 0) as collected, coalesce(h.pending, 0) as pending,
         case when f.id is not null then to_jsonb(f) - 'readers' end as filing
       from held h full join latest f on f.unit = h.unit left join gongshu.organisation o on o.id::text = coalesce(h.unit, f.unit)
       order by 3, 2`,
      [kind],
    )
  ).rows

/** The last filing of these units that has its receipt. */
export const lastFiled = async (q: Q, units: readonly string[]): Promise<readonly string[]> =>
  (
    await q.query<{ id: string }>(
      `select distinct on (unit) id from gongshu.filing where unit = any ($1) and kind = 'filing' and state = 'filed'
       order by unit, filed desc, id desc`,
      [units],
    )
  ).rows.map((r) => r.id)

// ── overdue data ───────────────────────────────────────────────────────────────────────────────────────────────

export interface StaleUnit {
  readonly unit: string
  readonly overdue: number
  readonly newly: number
  readonly names: readonly string[]
  readonly one: string
}
export const staleUnits = async (q: Q, day: string, most: number): Promise<readonly StaleUnit[]> =>
  (await q.query<{ r: readonly StaleUnit[] }>('select gongshu.stale_units($1, $2) as r', [day, most])).rows[0]?.r ?? []

// ── published ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Counts by territory for the public: nothing that is secret is counted. */
export const publicTally = async (
  q: Q,
  day: string,
): Promise<readonly (Tally & { readonly division: string; readonly units: number })[]> =>
  (
    await q.query<Tally & { division: string; units: number }>(
      `select division, (select count(distinct u.unit)::int from gongshu.item h, unnest(array[h.holder, h.co_holder]) u (unit)
           where h.object = 'resource' and h.state = 'listed' and not h.secret and h.division = i.division and u.unit <> '') as units, ${tally}
       from gongshu.item i where object = 'resource' and state = 'listed' and not secret group by division order by division`,
      [day],
    )
  ).rows

export interface CatalogueNoticeRow {
  readonly id: string
  readonly batch: string
  readonly bureau: string
  readonly division: string
  readonly notice_from: string
  readonly notice_to: string
  readonly channels: string
  readonly contact: string
  readonly how: string
  readonly state: string
  readonly entries: number
  readonly adopted: number
  readonly refused: number
  readonly detail: readonly { readonly [key: string]: Json }[]
}
export const catalogueNotices = async (q: Q, id?: string): Promise<readonly CatalogueNoticeRow[]> =>
  (
    await q.query<CatalogueNoticeRow>(
      `select id, batch, bureau, division, notice_from, notice_to, channels, contact, how, state, entries, adopted, refused,
         case when $1::uuid is null then '[]'::jsonb else detail end as detail
       from gongshu.public_catalogue_notice where $1::uuid is null or id = $1 order by notice_from desc, id desc limit 200`,
      [id ?? null],
    )
  ).rows

/** One entry as lists show it, as far as the viewer may read it. */
export const catalogueEntry = async (q: Q, id: string): Promise<CatalogueEntryRow | undefined> =>
  (await q.query<CatalogueEntryRow>(`select *, ''::text as key from gongshu.item where id = $1`, [id])).rows[0]

/** Entries compiled under a version of the guideline, the least complete first; at most 200. */
export const entriesUnder = async (
  q: Q,
  guideline: string,
): Promise<readonly { snapshot: Case; units: string[]; complete: number }[]> =>
  (
    await q.query<{ snapshot: Case; units: string[]; complete: number }>(
      `select s.snapshot, i.units, i.complete from gongshu.item i join gongshu.stream s using (id)
       where i.guideline = $1 and i.object = 'resource' order by i.complete, i.id limit 200`,
      [guideline],
    )
  ).rows
