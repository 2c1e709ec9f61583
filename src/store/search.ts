import type pg from 'pg'

type Q = Pick<pg.Pool, 'query'>

export interface ItemRow {
  readonly id: string
  readonly place: number
  readonly object: string
  readonly name: string
  readonly code: string
  readonly units: readonly string[]
  readonly division: string
  readonly industry: string
  readonly format: string
  readonly frequency: string
  readonly sharing: string
  readonly opening: string
  readonly grade: string
  readonly collected: boolean | null
  readonly registered: string
  readonly batch: string
  readonly summary: string
  readonly updated: string
  readonly spelling: string
}
const columns = `id, place, object, name, code, units, division, industry, format, frequency, sharing, opening, grade, collected, registered, batch,
  left(summary, 200) as summary, updated, spelling`

/** Packed rows for each tsquery, up to `most` of each in no order, and the number of the newest facet value. One statement. */
export const findItems = async (
  q: Q,
  queries: readonly string[],
  most: number,
): Promise<{ readonly sets: readonly string[]; readonly facts: number }> => {
  const { rows } = await q.query<{ i: number; packs: string | null }>({
    name: 'find_items',
    text: 'select i, packs from gongshu.find_items($1, $2)',
    values: [queries, most],
  })
  return { facts: Number(rows[0]?.packs ?? 0), sets: rows.slice(1).map((r) => r.packs ?? '') }
}

/** Packed rows after a place, for counting all there are a part at a time. */
export const packedAfter = async (
  q: Q,
  place: number,
  most: number,
): Promise<{ last: number | null; packed: string }> => {
  const { rows } = await q.query<{ last: number | null; packed: string | null }>(
    `select max(place) as last, string_agg(packed, '') as packed
     from (select place, packed from gongshu.public_item where place > $1 order by place limit $2) x`,
    [place, most],
  )
  return { last: rows[0]?.last ?? null, packed: rows[0]?.packed ?? '' }
}

export const factsAfter = async (q: Q, id: number): Promise<readonly { id: number; fact: string }[]> =>
  (
    await q.query<{ id: number; fact: string }>('select id, fact from gongshu.public_fact where id > $1 order by id', [
      id,
    ])
  ).rows

export interface ItemHead {
  readonly place: number
  readonly name: string
  readonly units: readonly string[]
  readonly code: string
  readonly spelling: string
}
/** What relevance looks at, of many items, as one text: reading two hundred rows one by one costs as much as finding them. */
export const itemHeads = async (q: Q, places: readonly number[]): Promise<readonly ItemHead[]> => {
  const { rows } = await q.query<{ heads: string | null }>({
    name: 'item_heads',
    text: `select string_agg(place || chr(1) || name || chr(1) || array_to_string(units, chr(3)) || chr(1) || code || chr(1) || spelling, chr(2)) as heads
           from gongshu.public_item where place = any ($1)`,
    values: [places],
  })
  return (rows[0]?.heads ?? '')
    .split('\u0002')
    .filter(Boolean)
    .map((h) => {
      const [place = '', name = '', units = '', code = '', spelling = ''] = h.split('\u0001')
      return { place: Number(place), name, units: units.split('\u0003').filter(Boolean), code, spelling }
    })
}

export const itemsAt = async (q: Q, places: readonly number[]): Promise<readonly ItemRow[]> =>
  (
    await q.query<ItemRow>({
      name: 'items_at',
      text: `select ${columns} from gongshu.public_item where place = any ($1)`,
      values: [places],
    })
  ).rows

/** Newest first, from a day and place on. `query`: a tsquery, or undefined for all. */
export const newestItems = async (
  q: Q,
  f: { readonly query?: string | undefined; readonly day: string; readonly place: number; readonly limit: number },
): Promise<readonly ItemRow[]> =>
  (
    await q.query<ItemRow>(
      `select ${columns} from gongshu.public_item where (updated, place) < ($1::date, $2::bigint) ${f.query ? 'and tokens @@ $4::tsquery' : ''}
       order by updated desc, place desc limit $3`,
      [f.day, f.place, f.limit, ...(f.query ? [f.query] : [])],
    )
  ).rows

export interface ItemDetail {
  readonly shown?: readonly { readonly group: string; readonly term: string; readonly value: string }[]
  readonly fields?: readonly {
    readonly name: string
    readonly field?: string
    readonly type?: string
    readonly length?: string
    readonly nullable?: boolean
    readonly key?: boolean
    readonly meaning?: string
  }[]
}
export const publicItem = async (
  q: Q,
  id: string,
): Promise<(ItemRow & { readonly theme: string; readonly detail: ItemDetail }) | undefined> =>
  (
    await q.query<ItemRow & { theme: string; detail: ItemDetail }>({
      name: 'public_item',
      text: `select ${columns.replace('left(summary, 200) as summary', 'summary')}, theme, detail from gongshu.public_item where id = $1`,
      values: [id],
    })
  ).rows[0]

/** A page of whole items in order of id, for indexing them anew. */
export const itemsAfter = async (
  q: Q,
  after: string,
  limit: number,
): Promise<readonly (ItemRow & { readonly detail: ItemDetail })[]> =>
  (
    await q.query<ItemRow & { detail: ItemDetail }>({
      name: 'items_after',
      text: `select ${columns.replace('left(summary, 200) as summary', 'summary')}, detail from gongshu.public_item where id > $1 order by id limit $2`,
      values: [after, limit],
    })
  ).rows
export const reindexItems = async (
  q: Q,
  rows: readonly { readonly id: string; readonly tokens: string; readonly spelling: string }[],
): Promise<number> =>
  (await q.query<{ n: number }>('select gongshu.reindex_items($1) as n', [JSON.stringify(rows)])).rows[0]?.n ?? 0
