import type pg from 'pg'
import type { Json } from '#contract'
import type { Case } from '#domain/kernel'
import { asSystem } from './reads.ts'

type Q = Pick<pg.Pool, 'query'>

/** What an importer said last of lists with these titles. */
export const rememberedMapping = (pool: pg.Pool, importer: string, signature: string): Promise<Json | undefined> =>
  asSystem(
    pool,
    async (q) =>
      (
        await q.query<{ mapping: Json }>({
          name: 'remembered_mapping',
          text: 'select mapping from gongshu.import_mapping where importer = $1 and signature = $2 order by id desc limit 1',
          values: [importer, signature],
        })
      ).rows[0]?.mapping,
  )

/** Entries of these holders that bear one of these names. */
export const entriesByName = (
  pool: pg.Pool,
  holders: readonly string[],
  names: readonly string[],
): Promise<readonly { readonly id: string; readonly holder: string; readonly name: string }[]> =>
  asSystem(
    pool,
    async (q) =>
      (
        await q.query<{ id: string; holder: string; name: string }>({
          name: 'entries_named',
          text: `select id, holder, name from gongshu.item where state = 'listed' and holder = any ($1) and name = any ($2)`,
          values: [holders, names],
        })
      ).rows,
  )

export interface ItemFilter {
  readonly q?: string | undefined
  readonly variant?: string | undefined
}
/** Entries in the catalogue that the viewer may read, in the order in which they were opened, from after one of them on. */
export const exportedHeads = async (q: Q, f: ItemFilter, after: string, limit: number): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>({
      name: 'item_heads',
      text: `select snapshot from gongshu.stream where process = 'item' and state = 'listed' and id > $1
             and ($2::text is null or variant = $2) and ($3::text is null or title ilike $3) order by id limit $4`,
      values: [after, f.variant ?? null, f.q ? `%${f.q.replace(/[\\%_]/g, '\\$&')}%` : null, limit],
    })
  ).rows.map((r) => r.snapshot)
