import pg from 'pg'
import type { World } from '../world.ts'

/** A connection of the schema's owner: sees everything, as the one who runs the database does. */
export const asOwner = async <T>(w: Pick<World, 'url'>, work: (q: pg.Client) => Promise<T>): Promise<T> => {
  const q = new pg.Client({ connectionString: w.url })
  await q.connect()
  try {
    return await work(q)
  } finally {
    await q.end()
  }
}

/** A digest of every table but those that record who looked and who is signed in. Nothing legal has changed while it stays the same. */
export const fingerprint = (w: Pick<World, 'url'>): Promise<Record<string, string>> =>
  asOwner(w, async (q) => {
    const { rows } = await q.query<{ t: string }>(
      `select table_name as t from information_schema.tables where table_schema = 'gongshu' and table_type = 'BASE TABLE' order by 1`,
    )
    const out: Record<string, string> = {}
    for (const { t } of rows)
      if (!/^(access(_\d+)?|session)$/.test(t)) {
        const r = await q.query<{ d: string }>(
          `select count(*) || ' ' || coalesce(md5(string_agg(x::text, '|' order by x::text)), '') as d from gongshu.${t} x`,
        )
        out[t] = r.rows[0]!.d
      }
    return out
  })
