import type pg from 'pg'

type Q = Pick<pg.Pool, 'query'>

export interface QualityFilter {
  readonly unit?: string | undefined
  /** A division and all below it. */
  readonly division?: string | undefined
  readonly dimension?: string | undefined
}
export interface QualityCount {
  readonly items: number
  readonly assessed: number
  readonly score: number | null
  readonly blocked: number
  readonly warned: number
}
const counted = `count(*)::int as items, count(assessed)::int as assessed, floor(avg(points))::int as score,
  count(*) filter (where quality = 'blocked')::int as blocked, count(*) filter (where quality = 'warn')::int as warned`
// under one dimension the points are those of that dimension
const entries = `select id, name, holder, division, units, quality, assessed, dimensions,
    case when $3::text is null then score else (dimensions ->> $3)::int end as points
  from gongshu.item where object = 'resource' and ($1::text is null or holder = $1) and ($2::text is null or division like $2)`
const args = (f: QualityFilter): unknown[] => [
  f.unit ?? null,
  f.division ? `${f.division.replace(/(00)+$/, '')}%` : null,
  f.dimension ?? null,
]

export interface QualityRows {
  readonly total: QualityCount
  readonly dimensions: readonly { readonly value: string; readonly score: number; readonly items: number }[]
  readonly units: readonly (QualityCount & { readonly id: string; readonly name: string })[]
  readonly regions: readonly (QualityCount & { readonly division: string })[]
  readonly worst: readonly {
    readonly id: string
    readonly name: string
    readonly unit: string
    readonly score: number | null
    readonly verdict: string
    readonly assessed: string
    readonly tickets: number
  }[]
  readonly tickets: readonly {
    readonly org: string
    readonly tickets: number
    readonly overdue: number
    readonly answered: number
    readonly late: number
  }[]
}

/** Counts over the entries and tickets the viewer may see; row security applies. One statement. */
export const qualityRows = async (q: Q, f: QualityFilter, day: string): Promise<QualityRows> =>
  (
    await q.query<{ r: QualityRows }>({
      name: 'quality_overview',
      text: `with e as (${entries}),
        t as (select * from gongshu.ticket where ($1::text is null or holder = $1) and ($2::text is null or division like $2)),
        m as (select x.org, x.late from gongshu.ticket k, jsonb_to_recordset(k.marks) as x (org text, late boolean)
              where ($1::text is null or x.org = $1) and ($2::text is null or k.division like $2)),
        byorg as (
          select org, sum(tickets)::int as tickets, sum(overdue)::int as overdue, sum(answered)::int as answered, sum(late)::int as late from (
            select holder as org, count(*) as tickets, count(*) filter (where due < $4::date) as overdue, 0 as answered, 0 as late from t where open group by 1
            union all select org, 0, 0, count(*), count(*) filter (where late) from m group by 1) u group by 1)
      select jsonb_build_object(
        'total', (select to_jsonb(x) from (select ${counted} from e) x),
        'dimensions', (select coalesce(jsonb_agg(x order by x.value), '[]') from (select d.key as value, floor(avg(d.value::int))::int as score, count(*)::int as items
          from e, jsonb_each_text(e.dimensions) d group by 1) x),
        'units', (select coalesce(jsonb_agg(x order by x.score nulls last, x.name), '[]') from (
          select holder as id, min(units[1]) as name, ${counted} from e group by holder limit 2000) x),
        'regions', (select coalesce(jsonb_agg(x order by x.division), '[]') from (select division, ${counted} from e group by 1) x),
        'worst', (select coalesce(jsonb_agg(x order by x.score nulls first, x.name), '[]') from (
          select id, name, array_to_string(units, '、') as unit, points as score, quality as verdict, assessed,
            (select count(*)::int from gongshu.ticket k where k.item = e.id and k.open) as tickets
          from e where assessed is not null order by points nulls first, name limit 50) x),
        'tickets', (select coalesce(jsonb_agg(x), '[]') from byorg x)) as r`,
      values: [...args(f), day],
    })
  ).rows[0]!.r

/** Open tickets about an entry that a check of it gave rise to, and the last day on which data was corrected by one. */
export const itemTickets = async (
  q: Q,
  item: string,
): Promise<
  readonly { readonly id: string; readonly open: boolean; readonly corrected: string | null; readonly check: string }[]
> =>
  (
    await q.query<{ id: string; open: boolean; corrected: string | null; check: string }>({
      name: 'item_tickets',
      text: `select t.id, t.open, t.corrected, coalesce(s.snapshot -> 'data' -> 'raise' ->> 'check', '') as check
             from gongshu.link l join gongshu.ticket t on t.id = l.source join gongshu.stream s on s.id = t.id where l.target = $1 limit 500`,
      values: [item],
    })
  ).rows
