import type pg from 'pg'
import type { Case } from '#domain/kernel'
import type { Synced } from '#domain/supply'

type Q = Pick<pg.Pool, 'query'>
const cases = async (q: Q, sql: string, values: unknown[]): Promise<readonly Case[]> =>
  (await q.query<{ snapshot: Case }>(sql, values)).rows.map((r) => r.snapshot)

/** Confirmed demands under an agreement, and the rules of masking in force for entries under it. As the system. */
export const demandsOf = (q: Q, agreement: string): Promise<readonly Case[]> =>
  cases(
    q,
    `select s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
     where l.target = $1 and l.name = 'agreement' and s.process = 'supplyDemand' and s.state = 'confirmed' order by s.id`,
    [agreement],
  )
export const maskingsOf = (q: Q, agreement: string, items: readonly string[]): Promise<readonly Case[]> =>
  cases(
    q,
    `select s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
     where l.target = any ($2::uuid[]) and l.name = 'item' and s.process = 'masking' and s.state in ('inForce', 'proposed', 'returned')
       and s.snapshot -> 'data' -> 'propose' ->> 'agreement' = $1 order by s.id`,
    [agreement, items],
  )
/** The body that carries out the whole authorization of a territory; undefined while none is named. As the system. */
export const wholeImplementer = async (q: Q, division: string): Promise<string | undefined> => {
  const [found] = await cases(
    q,
    `select snapshot from gongshu.stream where process = 'appointment' and kind = 'whole' and state = 'standing' and division = $1
     order by id desc limit 1`,
    [`${division.slice(0, 2)}0000`],
  )
  return found?.seats['implementer']
}
/** Entries of these whose registration is owed or applied for. As the system. */
export const owingItems = async (q: Q, items: readonly string[]): Promise<readonly string[]> =>
  (
    await q.query<{ id: string }>(
      `select distinct l.target::text as id from gongshu.link l join gongshu.stream s on s.id = l.source
       where l.target = any ($1::uuid[]) and l.name = 'item' and not s.final
         and (s.process = 'obligation' or (s.process = 'application' and s.kind = 'first'))`,
      [items],
    )
  ).rows.map((r) => r.id)

/** Agreements under way that the viewer reads, or in whose scope an entry of the viewer's stands. As the system, for one organisation. */
export const agreementsFor = (q: Q, org: string, area: string | undefined): Promise<readonly Case[]> =>
  cases(
    q,
    `select s.snapshot from gongshu.stream s
     where s.process = 'agreement' and s.state in ('running', 'suspended', 'handover')
       and (s.readers @> array[$1::text] or s.division like $2 or exists (
         select 1 from jsonb_array_elements_text(coalesce(s.snapshot -> 'data' -> 'write' -> 'items', '[]')::jsonb) x join gongshu.item i on i.id = x::uuid
         where i.holder = $1))
     order by s.touched desc limit 200`,
    [org, area ?? null],
  )

/** Agreements that a body operates under now. As the system. */
export const operatedBy = (q: Q, operator: string): Promise<readonly Case[]> =>
  cases(
    q,
    `select snapshot from gongshu.stream
     where process = 'agreement' and state = 'running' and readers @> array[$1::text] and snapshot -> 'seats' ->> 'operator' = $1`,
    [operator],
  )
/** Granted uses that name an entry. As the system. */
export const usesOf = (q: Q, item: string): Promise<readonly Case[]> =>
  cases(
    q,
    `select snapshot from gongshu.stream where process = 'usage' and state in ('granted', 'reconsidering')
       and (snapshot -> 'data' -> 'grant' -> 'items')::jsonb @> jsonb_build_array(jsonb_build_object('item', $1::text))`,
    [item],
  )

/** 公共数据资源开发利用服务协议 under an agreement that are carried out. As the system. */
export const servicePactsOf = (q: Q, agreement: string): Promise<readonly Case[]> =>
  cases(
    q,
    `select s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
     where l.target = $1 and l.name = 'agreement' and s.process = 'pact' and s.kind = 'service' and s.state = 'running' order by s.id`,
    [agreement],
  )

/** How often cases, and those linked to them, have stirred: to be read before what is looked up of them. As the system. */
export const stirsOf = async (q: Q, ids: readonly string[]): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (
      await q.query<{ id: string; stir: number }>({
        name: 'stirs_of',
        text: 'select id, stir::float8 as stir from gongshu.stream where id = any ($1::uuid[])',
        values: [ids],
      })
    ).rows.map((r) => [r.id, r.stir]),
  )

/** Batches under an agreement of which something may still be kept, the oldest first. As the system. */
export const undeletedUnder = async (
  q: Q,
  agreement: string,
): Promise<readonly { readonly id: string; readonly title: string }[]> =>
  (
    await q.query<{ id: string; title: string }>(
      `select b.id, coalesce(s.title, b.id::text) as title from gongshu.batch b left join gongshu.stream s using (id)
       where b.agreement = $1 and b.state not in ('deleted', 'cancelled') order by b.opened, b.id`,
      [agreement],
    )
  ).rows
/** Full syncs that have brought a copy of this batch, with whom the copy is kept. As the system. */
export const syncsOf = async (
  q: Q,
  agreement: string,
  batch: string,
): Promise<readonly { readonly id: string; readonly whole: string }[]> =>
  (
    await q.query<{ id: string; whole: string }>(
      `select id, whole from gongshu.batch where agreement = $1 and kind = 'fullSync'
         and synced @> jsonb_build_array(jsonb_build_object('batch', $2::text))`,
      [agreement, batch],
    )
  ).rows

export interface BatchRow {
  readonly id: string
  readonly kind: string
  readonly item: string
  readonly state: string
  readonly sha256: string
  readonly rows: number
  readonly opened: string
  readonly synced: readonly Synced[]
  readonly source: string
}
/** Batches under an agreement as far as the viewer may see them, the newest first. */
export const batchesOf = async (q: Q, agreement: string, most: number): Promise<readonly BatchRow[]> =>
  (
    await q.query<BatchRow>(
      `select id, kind, item, state, sha256, rows::float8 as rows, opened::text as opened, synced, source from gongshu.batch
       where agreement = $1 order by opened desc, id desc limit $2`,
      [agreement, most],
    )
  ).rows
/** Of each entry the newest batch that may be used under an agreement. As the system. */
export const newestAvailable = async (q: Q, agreement: string): Promise<readonly BatchRow[]> =>
  (
    await q.query<BatchRow>(
      `select distinct on (item) id, kind, item, state, sha256, rows::float8 as rows, opened::text as opened, synced, source
       from gongshu.batch where agreement = $1 and kind <> 'fullSync' and state = 'available' and sha256 <> ''
       order by item, opened desc, id desc`,
      [agreement],
    )
  ).rows

// ── uploads ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface UploadRow {
  readonly batch: string
  readonly owner: string
  readonly name: string
  readonly size: number
  readonly have: number
}
export interface PieceRow {
  readonly start: number
  readonly size: number
  readonly sha256: string
  readonly key: string
}
export const uploadOf = async (q: Q, batch: string): Promise<UploadRow | undefined> =>
  (
    await q.query<UploadRow>(
      `select u.batch, u.owner, u.name, u.size::float8 as size,
         coalesce((select sum(size) from gongshu.upload_piece p where p.batch = u.batch), 0)::float8 as have
       from gongshu.upload u where u.batch = $1`,
      [batch],
    )
  ).rows[0]
export const piecesOf = async (q: Q, batch: string): Promise<readonly PieceRow[]> =>
  (
    await q.query<PieceRow>(
      `select start::float8 as start, size::float8 as size, sha256, key from gongshu.upload_piece where batch = $1 order by start`,
      [batch],
    )
  ).rows
export const openUpload = (q: Q, u: Omit<UploadRow, 'have'> & { readonly person: string }): Promise<unknown> =>
  q.query('select gongshu.upload_open($1, $2, $3, $4, $5)', [u.batch, u.owner, u.person, u.name, u.size])
/** Undefined where there is no such upload. */
export const takeInto = async (
  q: Q,
  batch: string,
  p: PieceRow,
): Promise<{ readonly taken: boolean; readonly have: number } | undefined> =>
  (
    await q.query<{ r: { taken: boolean; have: number } | null }>(
      'select gongshu.upload_take($1, $2, $3, $4, $5) as r',
      [batch, p.start, p.size, p.sha256, p.key],
    )
  ).rows[0]?.r ?? undefined
/** Keys of the pieces that are no longer needed. */
export const dropUpload = async (q: Q, batch: string): Promise<readonly string[]> =>
  (await q.query<{ keys: string[] }>('select gongshu.upload_drop($1) as keys', [batch])).rows[0]?.keys ?? []

// ── content ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ContentRow {
  readonly owner: string
  readonly sha256: string
  readonly sm3: string
  readonly size: number
  readonly rows: number
  readonly key: string
}
/** What an owner holds under a digest. As the system. */
export const contentOf = async (q: Q, owner: string, sha256: string): Promise<ContentRow | undefined> =>
  (
    await q.query<ContentRow>(
      `select owner, sha256, sm3, size::float8 as size, rows::float8 as rows, key from gongshu.content where owner = $1 and sha256 = $2`,
      [owner, sha256],
    )
  ).rows[0]
/** The key under which the content stands; it is held for the batch as long as that is being taken in. */
export const keepContent = async (q: Q, c: ContentRow, batch: string): Promise<string> =>
  (
    await q.query<{ key: string }>('select gongshu.content_keep($1, $2, $3, $4, $5, $6, $7) as key', [
      c.owner,
      c.sha256,
      c.sm3,
      c.size,
      c.rows,
      c.key,
      batch,
    ])
  ).rows[0]!.key
/** Whether an owner has this content; if so it is held for the batch as long as that is being taken in. */
export const wantContent = async (q: Q, owner: string, sha256: string, batch: string): Promise<boolean> =>
  (await q.query<{ has: boolean }>('select gongshu.content_want($1, $2, $3) as has', [owner, sha256, batch])).rows[0]!
    .has
/** A batch lets content go: its key, if nothing else needs it. */
export const dropContent = async (q: Q, owner: string, sha256: string, batch: string): Promise<string | undefined> =>
  (await q.query<{ key: string | null }>('select gongshu.content_drop($1, $2, $3) as key', [owner, sha256, batch]))
    .rows[0]?.key ?? undefined
