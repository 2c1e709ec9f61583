import type pg from 'pg'
import type { HeadRow } from './queries.ts'

type Q = Pick<pg.Pool, 'query'>

export interface SharedEntry {
  readonly id: string
  readonly name: string
  readonly code: string
  readonly summary: string
  readonly holder: string
  readonly co_holder: string
  readonly units: readonly string[]
  readonly division: string
  readonly sharing: string
  readonly terms: string
  readonly frequency: string
  readonly fields: readonly string[]
  readonly updated: string
}
const entry = 'id, name, code, summary, holder, co_holder, units, division, sharing, terms, frequency, fields, updated'
/** Entries of one province, and those of the nation. */
const around = `(division like $2 or division = '000000')`

/** Entries that could be shared and have some of these keys, those with the most of them first. */
export const sharedAlike = async (
  q: Q,
  keys: readonly string[],
  division: string,
  most: number,
): Promise<readonly SharedEntry[]> =>
  keys.length === 0
    ? []
    : (
        await q.query<SharedEntry>({
          name: 'shared_alike',
          text: `select ${entry} from gongshu.shared_item where grams && $1 and sharing <> 'none' and ${around}
                 order by cardinality(array(select unnest(grams) intersect select unnest($1::text[]))) desc, id limit $3`,
          values: [keys, `${division.slice(0, 2)}%`, most],
        })
      ).rows

/** Who holds entries, by id. As the system. */
export const entriesNamed = async (
  q: Q,
  ids: readonly string[],
): Promise<Record<string, { readonly holder: string; readonly coHolder: string; readonly state: string }>> =>
  ids.length === 0
    ? {}
    : Object.fromEntries(
        (
          await q.query<{ id: string; holder: string; coHolder: string; state: string }>({
            name: 'entries_named',
            text: `select id, snapshot -> 'seats' ->> 'holder' as holder, coalesce(snapshot -> 'seats' ->> 'coHolder', '') as "coHolder", state
                   from gongshu.stream where id = any ($1) and process = 'item'`,
            values: [ids],
          })
        ).rows.map(({ id, ...rest }) => [id, rest]),
      )

export interface DirectoryFilter {
  readonly q?: string | undefined
  readonly sharing?: string | undefined
  readonly cursor?: { readonly key: string; readonly id: string } | undefined
  readonly limit: number
}
/** 政务数据共享目录 as a unit may see it, the latest changed first. */
export const sharedDirectory = async (q: Q, f: DirectoryFilter): Promise<readonly SharedEntry[]> =>
  (
    await q.query<SharedEntry>(
      `select ${entry} from gongshu.shared_item
       where ($1::text is null or name ilike $1 or array_to_string(units, ' ') ilike $1 or array_to_string(fields, ' ') ilike $1)
         and ($2::text is null or sharing = $2) and ($3::date is null or (updated, id) < ($3::date, $4::uuid))
       order by updated desc, id desc limit $5`,
      [
        f.q ? `%${f.q.replace(/[\\%_]/g, '\\$&')}%` : null,
        f.sharing ?? null,
        f.cursor?.key ?? null,
        f.cursor?.id ?? null,
        f.limit,
      ],
    )
  ).rows
/** How many entries of each class; capped at 10 000 in all. */
export const sharedClasses = async (q: Q): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (
      await q.query<{ sharing: string; n: number }>(
        `select sharing, count(*)::int as n from (select sharing from gongshu.shared_item limit 10000) t group by sharing`,
      )
    ).rows.map((r) => [r.sharing, r.n]),
  )

// ── statistics ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface SharePeriod {
  /** First and last day on which a case began. */
  readonly from: string
  readonly to: string
  /** The legal day: what is open after its limit is late. */
  readonly today: string
}

/** What is counted of cases of sharing, each as a condition on a row. $3 is the legal day. */
export const shareMeasures = {
  asked: `kind <> 'offer'`,
  unconditional: `kind <> 'offer' and sharing = 'unconditional'`,
  conditional: `kind <> 'offer' and sharing = 'conditional'`,
  none: `kind <> 'offer' and sharing = 'none'`,
  offered: `kind = 'offer'`,
  inTime: `answered is not null and answered <= answer_limit`,
  late: `answer_limit is not null and coalesce(answered, $3::date) > answer_limit and state <> 'withdrawn'`,
  agreed: `answer in ('agreed', 'freed')`,
  refused: `answer = 'refused'`,
  withoutBasis: `answer = 'refused' and not legal_basis`,
  provided: `provided is not null`,
  providedLate: `provide_limit is not null and coalesce(provided, $3::date) > provide_limit and state <> 'withdrawn'`,
  compared: `compared > 0`,
  disputed: `disputed`,
  decidedShare: `decided = 'share'`,
  decidedKeep: `decided = 'keep'`,
  /** Handed over and never taken, or taken and never said to be used. */
  unused: `provided is not null and not used and state in ('provided', 'inUse', 'checking', 'ended')`,
  used: `used`,
} as const
export type ShareMeasure = keyof typeof shareMeasures

export type ShareFigures = Readonly<Record<ShareMeasure, number>> & {
  readonly unit: string | null
  /** Median working days from request to answer, and from consent to delivery; null where there was none. */
  readonly answerDays: number | null
  readonly provideDays: number | null
  readonly questions: number
  readonly times: number
  readonly matters: number
  readonly good: number
  readonly rated: number
}
const counted = Object.entries(shareMeasures)
  .map(([name, where]) => `count(*) filter (where ${where})::int as "${name}"`)
  .join(', ')
const within = `asked between $1 and $2`

/** Figures by unit (null: of all), of what the viewer may see. `by`: the side that is looked at. */
export const shareFigures = async (
  q: Q,
  by: 'holder' | 'requester',
  p: SharePeriod,
): Promise<readonly ShareFigures[]> =>
  (
    await q.query<ShareFigures>(
      `select ${by} as unit, ${counted},
         percentile_cont(0.5) within group (order by answer_took) as "answerDays",
         percentile_cont(0.5) within group (order by provide_took) as "provideDays",
         coalesce(sum(questions), 0)::int as questions, coalesce(sum(times), 0)::bigint as times, coalesce(sum(matters), 0)::bigint as matters,
         count(*) filter (where rating in ('good', 'fair'))::int as good, count(*) filter (where rating <> '')::int as rated
       from gongshu.share where ${within} group by grouping sets ((${by}), ())
       order by grouping(${by}) desc, count(*) desc, ${by}`,
      [p.from, p.to, p.today],
    )
  ).rows
/** Cases behind one figure, the latest first; at most `most`. */
export const shareCases = async (
  q: Q,
  by: 'holder' | 'requester',
  unit: string | undefined,
  measure: ShareMeasure,
  p: SharePeriod,
  most: number,
): Promise<readonly string[]> =>
  (
    await q.query<{ id: string }>(
      `select id from gongshu.share where ${within} and $3::date is not null and ${shareMeasures[measure]}
         and ($4::text is null or ${by} = $4) order by asked desc, id desc limit $5`,
      [p.from, p.to, p.today, unit ?? null, most],
    )
  ).rows.map((r) => r.id)

export interface PurchaseRow {
  readonly id: string
  readonly unit: string
  readonly name: string
  readonly supplier: string
  readonly contractNo: string
  /** 分. */
  readonly price: number
  readonly signedOn: string
  readonly termFrom: string
  readonly termTo: string
  readonly item: string | null
}
/** 统一采购台账: purchases that the viewer may see, the latest first, with the entry that came of each. */
export const purchases = async (q: Q, from: string, to: string): Promise<readonly PurchaseRow[]> =>
  (
    await q.query<PurchaseRow>(
      `select s.id, s.snapshot -> 'seats' ->> 'applicant' as unit, s.title as name, b ->> 'supplier' as supplier, b ->> 'contractNo' as "contractNo",
         (b ->> 'price')::bigint as price, b ->> 'signedOn' as "signedOn", b ->> 'termFrom' as "termFrom", b ->> 'termTo' as "termTo",
         (select l.source from gongshu.link l where l.target = s.id and l.name = 'acquisition' limit 1) as item
       from gongshu.stream s, json_extract_path(s.snapshot, 'data', 'purchased') b
       where s.process = 'acquisition' and s.kind = 'purchase' and s.state = 'acquired' and b ->> 'signedOn' between $1 and $2
       order by b ->> 'signedOn' desc, s.id desc limit 10000`,
      [from, to],
    )
  ).rows
/** Legacy platforms and channels by kind and state, of what the viewer may see; `late`: past the day planned for their merging. */
export const channelFigures = async (
  q: Q,
  today: string,
): Promise<readonly { readonly kind: string; readonly state: string; readonly n: number; readonly late: number }[]> =>
  (
    await q.query<{ kind: string; state: string; n: number; late: number }>(
      `select kind, state, count(*)::int as n, count(*) filter (where not final and due < $1)::int as late
       from gongshu.stream where process = 'channel' group by kind, state order by kind, state`,
      [today],
    )
  ).rows
/** Heads of cases the viewer may read, in the order of the ids. */
export const headsByIds = async (
  q: Q,
  ids: readonly string[],
  pairs: readonly string[],
): Promise<readonly HeadRow[]> => {
  const { rows } = await q.query<HeadRow>(
    `select id, version, due, touched, (turn && $2 and not final) as mine, snapshot from gongshu.stream where id = any ($1)`,
    [ids, pairs],
  )
  return ids.flatMap((id) => rows.find((r) => r.id === id) ?? [])
}
