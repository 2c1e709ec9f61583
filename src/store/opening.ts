import type pg from 'pg'
import type { Case } from '#domain/kernel'
import type { DataColumn } from '#domain/catalogue'

type Q = Pick<pg.Pool, 'query'>

export interface DatasetRow {
  readonly id: string
  readonly name: string
  readonly units: readonly string[]
  readonly division: string
  readonly theme: string
  readonly frequency: string
  readonly summary: string
  readonly class: 'unconditional' | 'conditional'
  readonly licence: { readonly title: string; readonly text: string }
  readonly file: string
  readonly size: number
  readonly sha256: string
  readonly sm3: string
  readonly rows: number
  readonly keys: readonly string[]
  readonly columns: readonly DataColumn[]
  readonly data_day: string | null
  readonly version: number
  readonly opened: string
}
export interface Uses {
  readonly view: number
  readonly download: number
  readonly api: number
}

const like = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`
const within = (division: string): string => `${division.replace(/(00)+$/, '')}%`

export interface DatasetFilter {
  readonly q?: string | undefined
  readonly theme?: string | undefined
  readonly class?: string | undefined
  readonly division?: string | undefined
  readonly cursor?: { readonly day: string; readonly id: string } | undefined
  readonly limit: number
}
/** One page of what is open, the newest first, with how much it is used; and, for the first page, how many there are by theme and class. */
export const publicDatasets = async (
  q: Q,
  f: DatasetFilter,
): Promise<{
  readonly rows: readonly (DatasetRow & { readonly uses: Uses })[]
  readonly counts: readonly { readonly theme: string; readonly class: string; readonly count: number }[]
}> => {
  const where = `($1::text is null or name ilike $1 or summary ilike $1) and ($2::text is null or division like $2)`
  const args = [f.q ? like(f.q) : null, f.division && f.division !== '000000' ? within(f.division) : null]
  const rows = await q.query<DatasetRow & { uses: Uses }>(
    `with page as (select * from gongshu.public_dataset where ${where} and ($3::text is null or theme = $3) and ($4::text is null or class = $4)
       and ($5::date is null or (opened, id) < ($5::date, $6::uuid)) order by opened desc, id desc limit $7)
     select page.*, (select jsonb_build_object('view', coalesce(sum(count) filter (where kind = 'view'), 0),
         'download', coalesce(sum(count) filter (where kind = 'download'), 0), 'api', coalesce(sum(count) filter (where kind = 'api'), 0))
       from gongshu.dataset_use u where u.id = page.id) as uses from page order by opened desc, id desc`,
    [...args, f.theme || null, f.class || null, f.cursor?.day ?? null, f.cursor?.id ?? null, f.limit],
  )
  const counts = await q.query<{ theme: string; class: string; count: number }>(
    `select theme, class, count(*)::int as count from gongshu.public_dataset where ${where} group by theme, class`,
    args,
  )
  return { rows: rows.rows, counts: counts.rows }
}
export const publicDataset = async (q: Q, id: string): Promise<(DatasetRow & { readonly uses: Uses }) | undefined> =>
  (
    await q.query<DatasetRow & { uses: Uses }>({
      name: 'dataset',
      text: `select d.*, (select jsonb_build_object('view', coalesce(sum(count) filter (where kind = 'view'), 0),
               'download', coalesce(sum(count) filter (where kind = 'download'), 0), 'api', coalesce(sum(count) filter (where kind = 'api'), 0))
             from gongshu.dataset_use u where u.id = d.id) as uses from gongshu.public_dataset d where id = $1`,
      values: [id],
    })
  ).rows[0]

export const countUses = (
  q: Q,
  uses: readonly { readonly id: string; readonly day: string; readonly kind: keyof Uses; readonly count: number }[],
): Promise<unknown> => q.query('select gongshu.count_use($1)', [JSON.stringify(uses)])

/** Applications for an entry's data that were ever granted, as far as the viewer may see them. */
export const grantsOf = async (q: Q, item: string): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>(
      `select s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
       where l.target = $1 and l.name = 'item' and s.process = 'opening'
         and s.state in ('granted', 'suspended', 'corrected', 'finished', 'expired', 'ended') order by s.id`,
      [item],
    )
  ).rows.map((r) => r.snapshot)

export interface DemandRow {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly what: string
  readonly purpose: string
  readonly theme: string
  readonly division: string
  readonly state: string
  readonly answer: string
  readonly says: string
  readonly items: readonly { readonly id: string; readonly name: string; readonly open: boolean }[]
  readonly promised: string | null
  readonly satisfaction: string
  readonly raised: string
  readonly updated: string
}
export const publicDemands = async (
  q: Q,
  f: {
    readonly state?: string | undefined
    readonly limit: number
    readonly cursor?: { day: string; id: string } | undefined
  },
): Promise<readonly DemandRow[]> =>
  (
    await q.query<DemandRow>(
      `select d.*, (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'name', i.name,
           'open', exists (select 1 from gongshu.public_dataset p where p.id = i.id)) order by i.name), '[]')
         from gongshu.public_item i where i.id = any (d.items)) as items
       from gongshu.public_demand d where ($1::text is null or state = $1) and ($2::date is null or (updated, id) < ($2::date, $3::uuid))
       order by updated desc, id desc limit $4`,
      [f.state || null, f.cursor?.day ?? null, f.cursor?.id ?? null, f.limit],
    )
  ).rows

/** Published entries in whose name, summary or information items one of these pieces of text stands. */
export const itemsNamed = async (
  q: Q,
  pieces: readonly string[],
  most: number,
): Promise<
  readonly { id: string; name: string; summary: string; units: string[]; fields: string; open: string | null }[]
> =>
  pieces.length === 0
    ? []
    : (
        await q.query<{
          id: string
          name: string
          summary: string
          units: string[]
          fields: string
          open: string | null
        }>(
          `select i.id, i.name, i.summary, i.units, (select coalesce(string_agg(f ->> 'name', ' '), '') from jsonb_array_elements(i.detail -> 'fields') f) as fields,
             (select class from gongshu.public_dataset d where d.id = i.id) as open
           from gongshu.public_item i where i.object = 'resource' and (i.name ilike any ($1) or i.summary ilike any ($1)) limit $2`,
          [pieces.map(like), most],
        )
      ).rows

export interface ProgressRow {
  readonly key: string
  /** Published entries that may be opened, and how many of them are. */
  readonly openable: number
  readonly open: number
  readonly unconditional: number
  readonly planned: number
  readonly met: number
  readonly overdue: number
}
/** How far opening has come, by first unit and by domain: published entries, open data and the plan of a year. */
export const openingProgress = async (
  q: Q,
  f: { readonly division: string; readonly year: string; readonly day: string },
): Promise<{ readonly units: readonly ProgressRow[]; readonly themes: readonly ProgressRow[] }> => {
  const by = async (item: string, plan: string): Promise<readonly ProgressRow[]> =>
    (
      await q.query<ProgressRow>(
        `with counted as (
           select ${item} as key, count(*) filter (where i.opening in ('conditional', 'unconditional'))::int as openable,
             count(d.id)::int as open, count(d.id) filter (where d.class = 'unconditional')::int as unconditional
           from gongshu.public_item i left join gongshu.public_dataset d using (id)
           where i.object = 'resource' and i.division like $1 group by 1),
         due as (
           select ${plan} as key, count(*)::int as planned, count(*) filter (where state = 'met')::int as met,
             count(*) filter (where state = 'planned' and planned < $3::date)::int as overdue
           from gongshu.opening_plan where year = $2 and state <> 'dropped' and division like $1 group by 1)
         select coalesce(c.key, p.key) as key, coalesce(openable, 0) as openable, coalesce(open, 0) as open,
           coalesce(unconditional, 0) as unconditional, coalesce(planned, 0) as planned, coalesce(met, 0) as met, coalesce(overdue, 0) as overdue
         from counted c full join due p using (key) where coalesce(openable, 0) + coalesce(planned, 0) > 0 order by openable desc, key`,
        [within(f.division === '000000' ? '' : f.division), f.year, f.day],
      )
    ).rows
  return { units: await by(`coalesce(i.units[1], '')`, 'unit'), themes: await by('i.theme', 'theme') }
}
export interface PlanRow {
  readonly id: string
  readonly item: string
  readonly planned: string
  readonly name: string
  readonly unit: string
  readonly theme: string
  readonly state: string
}
export const openingPlanOf = async (
  q: Q,
  f: { readonly division: string; readonly year: string },
): Promise<readonly PlanRow[]> =>
  (
    await q.query<PlanRow>(
      `select id, item, planned, name, unit, theme, state from gongshu.opening_plan
       where year = $2 and division like $1 and state <> 'dropped' order by planned, name limit 2000`,
      [within(f.division === '000000' ? '' : f.division), f.year],
    )
  ).rows
