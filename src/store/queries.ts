import type pg from 'pg'
import type { Json } from '#contract'
import type { Case, Facts } from '#domain/kernel'
import type { Rules } from '#policy'
import type { Loaded } from './load.ts'
import { asSystem } from './reads.ts'

type Q = Pick<pg.Pool, 'query'>
const one = async <T>(q: Q, name: string, text: string, values: unknown[]): Promise<T> => {
  const { rows } = await q.query<{ r: T }>({ name, text, values })
  return rows[0]?.r as T
}

export const loadForSystem = (q: Q, stream: string): Promise<Loaded | undefined> =>
  one(q, 'load_system', 'select gongshu.load_system($1, $2) as r', [stream, []])
/** The answer already given to a person's request. */
export const replied = <Reply>(q: Q, key: string, person: string): Promise<Loaded<Reply>['reply']> =>
  one(q, 'replied', 'select gongshu.replied($1, $2) as r', [key, person])
export const storedRules = (q: Q, hash: string): Promise<Rules | undefined> =>
  one(q, 'rules', 'select body as r from gongshu.rules where hash = $1', [hash])
export const storedDay = (q: Q): Promise<{ day: string | null; demo: boolean }> =>
  one(q, 'clock', `select jsonb_build_object('day', day, 'demo', demo) as r from gongshu.clock`, [])
export const orgFacts = (q: Q, ids: readonly string[]): Promise<Facts['orgs']> =>
  one(q, 'parties', 'select gongshu.parties($1) as r', [ids])
export const personNames = (q: Q, ids: readonly string[]): Promise<Record<string, string>> =>
  one(q, 'names', 'select gongshu.names($1) as r', [ids])

export interface HeadRow {
  readonly id: string
  readonly version: number
  readonly due: string | null
  readonly touched: string
  readonly mine: boolean
  readonly snapshot: Case
}
export interface ListFilter {
  readonly process?: string | undefined
  readonly state?: string | undefined
  readonly kind?: string | undefined
  readonly variant?: string | undefined
  readonly q?: string | undefined
  /** Only cases where one of these `org:duty` pairs has the turn. */
  readonly turn?: readonly string[] | undefined
  readonly open?: boolean | undefined
  readonly link?: string | undefined
  readonly order: 'touched' | 'due'
  readonly cursor?: { readonly key: string; readonly id: string } | undefined
  readonly limit: number
}
const like = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`

const where = `($1::text is null or process = $1) and ($2::text is null or kind = $2) and ($3::text is null or variant = $3)
  and ($4::text is null or title ilike $4) and ($5::text[] is null or (turn && $5 and not final)) and (not $6::boolean or not final)
  and ($7::uuid is null or exists (select 1 from gongshu.link l where l.source = s.id and l.target = $7))`
const args = (f: ListFilter): unknown[] => [
  f.process ?? null,
  f.kind ?? null,
  f.variant ?? null,
  f.q ? like(f.q) : null,
  f.turn ?? null,
  f.open ?? false,
  f.link ?? null,
]

/** Heads the viewer may read, one page; row security applies. `mine` says whether the viewer has the turn. */
export const listHeads = async (q: Q, f: ListFilter, pairs: readonly string[]): Promise<readonly HeadRow[]> => {
  // `touched` as it stands is the order of an index: a page of a long list is read without reading the list
  const [key, type, cmp, dir] =
    f.order === 'due'
      ? [`coalesce(due, date '9999-12-31')`, 'date', '>', 'asc']
      : ['touched', 'timestamptz', '<', 'desc']
  const { rows } = await q.query<HeadRow>(
    `select id, version, due, touched, (turn && $8 and not final) as mine, snapshot from gongshu.stream s
     where ${where} and ($9::text is null or state = $9) and ($10::${type} is null or (${key}, id) ${cmp} ($10::${type}, $11::uuid))
     order by ${key} ${dir}, id ${dir} limit $12`,
    [...args(f), pairs, f.state ?? null, f.cursor?.key ?? null, f.cursor?.id ?? null, f.limit],
  )
  return rows
}
/** Tasks of some `org:duty` pairs, the most urgent first, without reading the cases that are not on the page. */
export const listTasks = async (
  q: Q,
  f: Pick<ListFilter, 'state' | 'process' | 'cursor' | 'limit'>,
  pairs: readonly string[],
): Promise<readonly HeadRow[]> =>
  (
    await q.query<HeadRow>({
      name: 'list_tasks',
      text: `select s.id, s.version, s.due, s.touched, true as mine, s.snapshot
             from (select id, min(due) as due from (
                 select t.* from unnest($1::text[]) p (pair) cross join lateral (
                   select id, due from gongshu.task k where k.pair = p.pair and ($2::text is null or state = $2) and ($3::text is null or process = $3)
                     and ($4::date is null or (due, id) > ($4::date, $5::uuid)) order by due, id limit $6) t) x
               group by id order by 2, 1 limit $6) t
             join gongshu.stream s using (id) order by t.due, t.id`,
      values: [pairs, f.state ?? null, f.process ?? null, f.cursor?.key ?? null, f.cursor?.id ?? null, f.limit],
    })
  ).rows
/** Tasks of some pairs by state; capped at 10 000. */
export const countTasks = async (
  q: Q,
  f: Pick<ListFilter, 'process'>,
  pairs: readonly string[],
): Promise<readonly { state: string; count: number; sample: Case }[]> => {
  // a case whose turn two of the pairs have is one task
  const once = pairs.length > 1
  const { rows } = await q.query<{ state: string; count: number; sample: Case }>({
    name: once ? 'count_tasks' : 'count_tasks_of_one',
    text: `select u.state, u.count, s.snapshot as sample from (
             select state, count(*) as count, (array_agg(id))[1] as id from (
               select id, state from gongshu.task where pair = any ($1) and ($2::text is null or process = $2)
               ${once ? 'group by id, state' : ''} limit 10000) t group by state) u join gongshu.stream s using (id)`,
    values: [pairs, f.process ?? null],
  })
  return rows
}
/** Key of a row for the next page, in the order of the list. */
export const cursorOf = (row: HeadRow, order: ListFilter['order']): string =>
  order === 'due' ? (row.due ?? '9999-12-31') : row.touched

/** Registrations and applications of catalogue items, as far as the viewer may see them. */
export const registeredItems = async (
  q: Q,
  items: readonly string[],
): Promise<readonly { item: string; snapshot: Case }[]> =>
  items.length === 0
    ? []
    : (
        await q.query<{ item: string; snapshot: Case }>({
          name: 'registered_items',
          text: `select l.target as item, s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
                 where l.target = any ($1) and l.name = 'item' and s.process in ('application', 'record') order by s.touched`,
          values: [items],
        })
      ).rows

/** Counts by state under the same filter but the state's own; capped at 10 000. */
export const countHeads = async (
  q: Q,
  f: ListFilter,
): Promise<readonly { state: string; count: number; sample: Case }[]> => {
  const { rows } = await q.query<{ state: string; count: number; sample: Case }>(
    `select t.*, s.snapshot as sample from gongshu.stream s join (select state, count(*) as count, (array_agg(id))[1] as id
       from (select state, id from gongshu.stream s where ${where} limit 10000) u group by state) t using (id)`,
    args(f),
  )
  return rows
}

export interface EventRow {
  readonly id: number
  readonly body: string
  readonly sealed: Readonly<Record<string, readonly [string, Json] | null>> | null
  /** Fields that are null in `sealed` because only the keeper may read them. */
  readonly restricted: readonly string[] | null
}
/** One case whole, as far as the viewer may see it: head, events with what has not been erased and their place in the log, linked cases. */
export const readCase = async (
  q: Q,
  id: string,
  pairs: readonly string[],
): Promise<
  | {
      head: HeadRow
      events: readonly (EventRow & { leaf: number | null })[]
      linked: readonly { name: string; snapshot: Case; toward: boolean }[]
    }
  | undefined
> => {
  const { rows } = await q.query<HeadRow>({
    name: 'head',
    text: `select id, version, due, touched, (turn && $2 and not final) as mine, snapshot from gongshu.stream where id = $1`,
    values: [id, pairs],
  })
  const head = rows[0]
  if (!head) return undefined
  const events = await q.query<EventRow & { leaf: number | null }>({
    name: 'events',
    text: `select e.id, e.body, s.fields as sealed, s.restricted, l.index as leaf from gongshu.event e left join gongshu.sealed s using (stream, seq)
           left join (gongshu.log g join gongshu.leaf l on l.log = g.name) on g.source = 'register' and g.hash = 'sha256' and l.entry = e.id
           where e.stream = $1 order by e.seq`,
    values: [id],
  })
  const linked = await q.query<{ name: string; snapshot: Case; toward: boolean }>({
    name: 'linked',
    text: `select l.name, s.snapshot, true as toward from gongshu.link l join gongshu.stream s on s.id = l.target where l.source = $1
           union all select l.name, s.snapshot, false from gongshu.link l join gongshu.stream s on s.id = l.source where l.target = $1 limit 50`,
    values: [id],
  })
  return { head, events: events.rows, linked: linked.rows }
}

/** Heads of cases by id, for the system. */
export const headsById = async (pool: pg.Pool, ids: readonly string[]): Promise<ReadonlyMap<string, Case>> =>
  ids.length === 0
    ? new Map()
    : asSystem(
        pool,
        async (q) =>
          new Map(
            (
              await q.query<{ id: string; snapshot: Case }>({
                name: 'heads_by_id',
                text: 'select id, snapshot from gongshu.stream where id = any ($1)',
                values: [ids],
              })
            ).rows.map((r) => [r.id, r.snapshot]),
          ),
      )

/** Entries in the catalogue that a body holds, as far as the viewer may read them; at most 5 000. */
export const listedItems = async (q: Q, holder: string): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>({
      name: 'listed_items',
      text: `select s.snapshot from gongshu.item i join gongshu.stream s using (id)
             where i.holder = $1 and i.state = 'listed' and i.object = 'resource' order by i.name limit 5000`,
      values: [holder],
    })
  ).rows.map((r) => r.snapshot)

/** Entries of grade 5 and 6 the viewer may read, and those an open case proposes to be, with that case. */
export const gradedItems = async (q: Q): Promise<readonly { item: Case; grading: Case | null }[]> =>
  (
    await q.query<{ item: Case; grading: Case | null }>({
      name: 'graded_items',
      text: `with pending as (select l.target as id, g.snapshot from gongshu.stream g join gongshu.link l on l.source = g.id and l.name = 'item'
               where g.process = 'grading' and g.state = 'deciding')
             select s.snapshot as item, p.snapshot as grading
             from (select id from gongshu.item where grade in ('5', '6') union select id from pending) i
               join gongshu.stream s using (id) left join pending p using (id) order by s.title limit 20000`,
    })
  ).rows

/** Names of bodies and of cases the viewer may read, and of published catalogue entries, by id. */
export const caseTitles = async (q: Q, ids: readonly string[]): Promise<Record<string, string>> =>
  ids.length === 0
    ? {}
    : Object.fromEntries(
        (
          await q.query<{ id: string; title: string }>({
            name: 'titles',
            text: `select id, title from gongshu.stream where id = any ($1)
                   union select id, name from gongshu.public_item where id = any ($1)
                   union select id, name from gongshu.organisation where id = any ($1)`,
            values: [ids],
          })
        ).rows.map((r) => [r.id, r.title]),
      )

/** Names of entries that are not secret, for whoever takes part in what is authorized of them. */
export const entryNames = async (q: Q, ids: readonly string[]): Promise<Record<string, string>> =>
  ids.length === 0
    ? {}
    : Object.fromEntries(
        (
          await q.query<{ id: string; name: string }>({
            name: 'entry_names',
            text: 'select id, name from gongshu.item where id = any ($1) and not secret',
            values: [ids],
          })
        ).rows.map((r) => [r.id, r.name]),
      )

export interface FileRow {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly mime: string
  readonly size: number
  readonly sha256: string
  readonly sm3: string
  readonly key: string
}
/** Files by id, whoever owns them: the caller must have checked that the case naming them may be read. */
export const filesById = async (q: Q, ids: readonly string[]): Promise<readonly FileRow[]> =>
  ids.length === 0 ? [] : (await q.query<FileRow>('select * from gongshu.files_by_id($1)', [ids])).rows

export const readDraft = async (q: Q, stream: string): Promise<{ rev: number; content: Json } | undefined> =>
  (await q.query<{ rev: number; content: Json }>('select rev, content from gongshu.draft where stream = $1', [stream]))
    .rows[0]

export interface NoticeRow {
  readonly id: number
  readonly stream: string
  readonly process: string
  readonly term: string
  readonly title: string
  readonly day: string
  readonly at: string
  readonly urgent: boolean
  readonly seen: boolean
}
export const listNotices = async (q: Q): Promise<readonly NoticeRow[]> =>
  (
    await q.query<NoticeRow>(
      `select n.id, n.stream, coalesce(s.process, '') as process, n.term, n.title, n.day, n.at, n.urgent, n.seen is not null as seen
       from gongshu.notice n left join gongshu.stream s on s.id = n.stream order by n.id desc limit 200`,
    )
  ).rows
export const seeNotices = (q: Q, org: string, upTo: number): Promise<unknown> =>
  q.query('select gongshu.see_notices($1, $2)', [org, upTo])

export const listAccess = async (
  q: Q,
  subject: string | undefined,
  before: number | undefined,
): Promise<
  readonly { id: number; at: string; kind: string; person: string; org: string; subject: string; body: string }[]
> =>
  (
    await q.query(
      'select id, at, kind, person, org, subject, body from gongshu.access where ($1::text is null or subject = $1) and ($2::bigint is null or id < $2) order by id desc limit 100',
      [subject ?? null, before ?? null],
    )
  ).rows as never

// ── sign-in ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Credential {
  readonly person: string
  readonly password: string
  readonly totp: string | null
  readonly totpLast: number
  readonly locked: boolean
  readonly lockedUntil: string | null
  readonly orgs: readonly { readonly org: string; readonly name: string; readonly duties: readonly string[] }[]
}
export const credentialOf = (q: Q, login: string): Promise<Credential | null> =>
  one(q, 'credential', 'select gongshu.credential_of($1) as r', [login])
export const tried = (q: Q, person: string, ok: boolean, totpStep: number | null): Promise<boolean> =>
  one(q, 'tried', `select gongshu.tried($1, $2, 5, interval '15 minutes', $3) as r`, [person, ok, totpStep])
export const openSession = (
  q: Q,
  token: Buffer,
  person: string,
  org: string,
  strong: boolean,
  demo: boolean,
): Promise<unknown> => q.query('select gongshu.open_session($1, $2, $3, $4, $5)', [token, person, org, strong, demo])
export const actFor = (q: Q, token: Buffer, org: string): Promise<boolean> =>
  one(q, 'act_for', 'select gongshu.act_for($1, $2) as r', [token, org])
export const closeSession = (q: Q, token: Buffer): Promise<unknown> =>
  q.query('select gongshu.close_session($1)', [token])
/** False when the login belongs to someone else. */
export const setCredential = (q: Q, person: string, login: string, password: string): Promise<boolean> =>
  one(q, 'set_credential', 'select gongshu.set_credential($1, $2, $3) as r', [person, login, password])
export const setTotp = (q: Q, person: string, secret: string | null): Promise<unknown> =>
  q.query('select gongshu.set_totp($1, $2)', [person, secret])
export const myOrgs = (q: Q, person: string): Promise<{ totp: boolean; orgs: Credential['orgs'] }> =>
  one(q, 'my_orgs', 'select gongshu.my_orgs($1) as r', [person])
export const invite = (q: Q, token: Buffer, membership: string, person: string, expires: string): Promise<unknown> =>
  q.query('select gongshu.invite($1, $2, $3, $4)', [token, membership, person, expires])
export const invitationOf = (
  q: Q,
  token: Buffer,
): Promise<{ person: string; name: string; org: string; duties: string[]; hasLogin: boolean } | null> =>
  one(q, 'invitation', 'select gongshu.invitation_of($1) as r', [token])
export const acceptInvite = (q: Q, token: Buffer, login: string, password: string): Promise<'ok' | 'used' | 'taken'> =>
  one(q, 'accept_invitation', 'select gongshu.accept_invitation($1, $2, $3) as r', [token, login, password])

export interface OrgRow {
  readonly id: string
  readonly name: string
  readonly uscc: string
  readonly form: string
  readonly division: string
  readonly parent: string | null
  readonly roles: readonly string[]
  /** Kind of holder as it was decided; empty where nobody has said. */
  readonly holder: string
  readonly detail: { readonly contact?: string; readonly appointment?: string; readonly appointed?: string }
}
export const organisations = async (
  q: Q,
  f: { role?: string; ids?: readonly string[] } = {},
): Promise<readonly OrgRow[]> =>
  (
    await q.query<OrgRow>(
      'select * from gongshu.organisation where ($1::text is null or $1 = any (roles)) and ($2::uuid[] is null or id = any ($2)) order by division, name',
      [f.role ?? null, f.ids ?? null],
    )
  ).rows
/** Bodies whose name contains a text, those of one's own territory first, and those with these ids. */
export const findOrganisations = async (
  q: Q,
  f: { readonly name: string; readonly ids: readonly string[]; readonly division: string; readonly most: number },
): Promise<readonly Pick<OrgRow, 'id' | 'name' | 'division'>[]> =>
  (
    await q.query<Pick<OrgRow, 'id' | 'name' | 'division'>>(
      `select id, name, division from gongshu.organisation
       where id = any ($2) or strpos(name, $1) > 0
       order by id = any ($2) desc, division = $3 desc, strpos(name, $1), name limit $4`,
      [f.name, f.ids, f.division, f.most],
    )
  ).rows
export const personas = (
  q: Q,
): Promise<
  readonly { person: string; org: string; name: string; orgName: string; duties: string[]; roles: string[] }[]
> => one(q, 'personas', 'select gongshu.personas() as r', [])

// ── loops ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Job {
  readonly id: number
  readonly topic: string
  readonly stream: string
  readonly payload: { readonly [key: string]: Json }
  readonly tried: number
}
/** Due jobs of these topics, or of all others. */
export const leaseOutbox = (q: Q, most: number, topics: readonly string[], others: boolean): Promise<readonly Job[]> =>
  one(q, 'lease', `select gongshu.lease_outbox($1, interval '60 seconds', $2, $3) as r`, [most, topics, others])
export const failedOutbox = (q: Q, id: number, why: string): Promise<unknown> =>
  q.query('select gongshu.failed_outbox($1, $2)', [id, why])
export interface JobProgress {
  readonly done: number
  readonly total: number
  readonly says: string
}
/** Says how far a job has come; its lease of a minute begins anew. */
export const noteProgress = (q: Q, job: number, stream: string, p: JobProgress): Promise<unknown> =>
  q.query('select gongshu.note_progress($1, $2, $3, $4, $5)', [job, stream, p.done, p.total, p.says])
export const progressOf = async (q: Q, stream: string): Promise<JobProgress | undefined> =>
  (
    await q.query<JobProgress>(
      'select done::float8 as done, total::float8 as total, says from gongshu.progress where stream = $1',
      [stream],
    )
  ).rows[0]
export interface DeadlineRow {
  readonly stream: string
  readonly act: string
  readonly day: string
  readonly kind: 'limit' | 'wait' | 'remind'
}
export const dueDeadlines = (q: Q, day: string, most: number): Promise<readonly DeadlineRow[]> =>
  one(q, 'due', 'select gongshu.due_deadlines($1, $2) as r', [day, most])
export const nextDeadline = (q: Q, after: string): Promise<string | null> =>
  one(q, 'next_due', 'select gongshu.next_deadline($1) as r', [after])
export const setDay = (q: Q, day: string): Promise<boolean> =>
  one(q, 'set_day', 'select gongshu.set_day($1) as r', [day])

// ── published ──────────────────────────────────────────────────────────────────────────────────────────────────

export interface RecordRow {
  readonly id: string
  readonly code: string
  readonly local_code: string
  readonly object: string
  readonly name: string
  readonly summary: string
  readonly holder: string
  readonly holder_uscc: string
  readonly registrar: string
  readonly division: string
  readonly detail: readonly { group: string; term: string; value: string }[]
  readonly valid_from: string
  readonly valid_to: string
  readonly state: string
  readonly version: number
  readonly demo: boolean
  readonly certificate: { file: string; sha256: string; sm3: string } | null
  readonly updated: string
}
export interface RecordFilter {
  readonly q?: string | undefined
  readonly object?: string | undefined
  readonly state?: string | undefined
  readonly division?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}
const recordWhere = `($1::text[] is null or (name || ' ' || holder || ' ' || summary) ilike all ($1) or code = $2 or local_code = $2)
  and ($3::text is null or object = $3) and ($4::text is null or state = $4) and ($5::text is null or division like $5)`
const recordArgs = (f: RecordFilter): unknown[] => [
  f.q?.trim() ? f.q.trim().split(/\s+/).map(like) : null,
  f.q ?? null,
  f.object ?? null,
  f.state ?? null,
  f.division ? `${f.division.replace(/(00)+$/, '')}%` : null,
]
export const publicRecords = async (
  q: Q,
  f: RecordFilter,
): Promise<{
  rows: readonly RecordRow[]
  counts: readonly { object: string; state: string; division: string; count: number }[]
}> => {
  const rows = await q.query<RecordRow>(
    `select * from gongshu.public_record where ${recordWhere} and ($6::text is null or (updated::text || id::text) < $6)
     order by updated::text || id::text desc limit $7`,
    [...recordArgs(f), f.cursor ?? null, f.limit],
  )
  const counts = await q.query<{ object: string; state: string; division: string; count: number }>(
    `select object, state, division, count(*) as count from (select object, state, division from gongshu.public_record where ${recordWhere} limit 10000) t group by 1, 2, 3`,
    recordArgs({ ...f, object: undefined, state: undefined, division: undefined }),
  )
  return { rows: rows.rows, counts: counts.rows }
}
export const publicRecord = async (
  q: Q,
  by: { code?: string; id?: string; sha256?: string },
): Promise<RecordRow | undefined> =>
  (
    await q.query<RecordRow>(
      `select * from gongshu.public_record where code = $1 or local_code = nullif($1, '') or id = $2 or certificate ->> 'sha256' = $3 limit 1`,
      [by.code ?? null, by.id ?? null, by.sha256 ?? null],
    )
  ).rows[0]
/** A certificate issued earlier under this digest, with the record it belonged to. */
export const certificateBySha256 = (q: Q, sha256: string): Promise<{ record: string; version: number } | null> =>
  one(q, 'certificate', 'select gongshu.certificate_of($1) as r', [sha256])

export interface PublicNoticeRow {
  readonly id: string
  readonly holder: string
  readonly kind: string
  readonly object: string
  readonly name: string
  readonly summary: string
  readonly registrar: string
  readonly contact: string
  readonly division: string
  readonly notice_from: string
  readonly notice_to: string
  readonly state: string
}
export const publicNotices = async (
  q: Q,
  day: string,
  f: { division?: string | undefined; id?: string | undefined },
): Promise<readonly PublicNoticeRow[]> =>
  (
    await q.query<PublicNoticeRow>(
      `select * from gongshu.public_notice where notice_from <= $1 and notice_to >= $1 and ($2::text is null or division like $2) and ($3::uuid is null or id = $3) order by notice_to, id limit 500`,
      [day, f.division ? `${f.division.replace(/(00)+$/, '')}%` : null, f.id ?? null],
    )
  ).rows
export const announcements = async (
  q: Q,
): Promise<
  readonly {
    id: string
    code: string
    name: string
    holder: string
    registrar: string
    division: string
    term: string
    body: string
    announced: string
  }[]
> =>
  (await q.query('select * from gongshu.public_announcement order by announced desc, id desc limit 500')).rows as never
export const overviewCounts = (
  q: Q,
  day: string,
): Promise<{
  records: number
  resources: number
  products: number
  notices: number
  registrars: number
  holders: number
}> =>
  one(
    q,
    'overview',
    `select jsonb_build_object('records', count(*), 'resources', count(*) filter (where object = 'resource'), 'products', count(*) filter (where object = 'product'),
       'holders', count(distinct holder), 'notices', (select count(*) from gongshu.public_notice where notice_from <= $1 and notice_to >= $1),
       'registrars', (select count(*) from gongshu.organisation where 'registrar' = any (roles))) as r
     from gongshu.public_record where state not in ('deregistered', 'revoked')`,
    [day],
  )
export const claimed = (q: Q, scope: string, keys: readonly string[]): Promise<Record<string, string>> =>
  one(q, 'claimed', 'select gongshu.claimed($1, $2) as r', [scope, keys])
export const nextDemoCode = (q: Q): Promise<number | null> =>
  one(q, 'demo_code', 'select gongshu.next_demo_code() as r', [])
export interface PersonRow {
  readonly membership: string
  readonly person: string
  readonly name: string
  readonly realName: boolean
  readonly active: boolean
  readonly duties: readonly string[]
  readonly login: string | null
  readonly totp: boolean
  readonly locked: boolean
  /** Trainings that count now. */
  readonly trainings: readonly { readonly term: string; readonly until: string }[]
}
export const peopleOf = (q: Q, org: string): Promise<readonly PersonRow[]> =>
  one(q, 'people_of', 'select gongshu.people_of($1) as r', [org])
export const makeDemo = (q: Q, day: string): Promise<boolean> =>
  one(q, 'make_demo', 'select gongshu.make_demo($1) as r', [day])
export const isEmpty = async (q: Q): Promise<boolean> =>
  one(q, 'is_empty', 'select not exists (select 1 from gongshu.organisation) as r', [])

// ── rebuild ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface RebuildCase {
  readonly id: string
  readonly head: {
    snapshot: Case
    process: string
    kind: string
    variant: string
    state: string
    version: number
    final: boolean
    title: string
    division: string
    readers: string[]
    turn: string[]
    due: string | null
  } | null
  readonly events: readonly EventRow[]
}
/** Cases in order of id with their events; those with events but no head are found as well. */
export const rebuildPage = async (q: Q, after: string, limit: number): Promise<readonly RebuildCase[]> => {
  const ids = await q.query<{ id: string }>('select gongshu.case_ids($1, $2) as id', [after, limit])
  const wanted = ids.rows.map((r) => r.id)
  if (wanted.length === 0) return []
  const heads = await q.query('select * from gongshu.stream where id = any ($1)', [wanted])
  const events = await q.query<EventRow & { stream: string }>(
    'select e.id, e.stream, e.body, s.fields as sealed, s.restricted from gongshu.event e left join gongshu.sealed s using (stream, seq) where e.stream = any ($1) order by e.stream, e.seq',
    [wanted],
  )
  return wanted.map((id) => ({
    id,
    head: (heads.rows.find((h: { id: string }) => h.id === id) as RebuildCase['head']) ?? null,
    events: events.rows.filter((e) => e.stream === id),
  }))
}
export const storedProjection = (
  q: Q,
  id: string,
): Promise<{ claims: object[]; deadlines: object[]; links: object; rows: Record<string, object | null> }> =>
  one(q, 'projection', 'select gongshu.stored_projection($1) as r', [id])

/** Hashes of rules that open cases are pinned to, with one page of those cases each asked for separately. */
export const pinnedRules = (q: Q): Promise<readonly { hash: string; division: string }[]> =>
  one(q, 'pinned', 'select gongshu.pinned_rules() as r', [])
export const pinnedCases = (q: Q, hash: string): Promise<readonly string[]> =>
  one(q, 'pinned_cases', 'select gongshu.pinned_cases($1) as r', [hash])

// ── health ─────────────────────────────────────────────────────────────────────────────────────────────────────

const probes = {
  identity: `select gongshu.enter('\\x00', interval '1 second')`,
  coding: `select gongshu.claimed('registration.code', '{}')`,
  catalogue: `select count(*) from (select 1 from gongshu.stream where process = 'item' limit 1) t`,
} as const
/** Runs what a function of the platform needs of the database; rejects when it cannot. */
export const probe = async (q: Q, of: keyof typeof probes): Promise<void> => {
  await q.query(probes[of])
}
/** Work that waits: undelivered jobs, deadlines whose day has come but that have not fired. */
export const backlog = (q: Q, day: string): Promise<{ outbox: number; failed: number; deadlines: number }> =>
  one(q, 'backlog', 'select gongshu.backlog($1) as r', [day])
