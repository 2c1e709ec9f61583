import type pg from 'pg'

type Q = Pick<pg.Pool, 'query'>

export interface PublicAuthorizationRow {
  readonly id: string
  readonly kind: string
  readonly mode: string
  readonly number: string
  readonly title: string
  readonly implementer: string
  readonly operator: string
  readonly division: string
  /** Published entries in scope, and how many there are in all. */
  readonly items: readonly { readonly id: string; readonly name: string; readonly units: readonly string[] }[]
  readonly scope: number
  readonly products: readonly string[]
  readonly term_from: string
  readonly term_to: string
  readonly state: string
  readonly ended: string
  readonly transitional: boolean
  readonly signed: string
  readonly updated: string
}
export interface PublicAuthorizationFilter {
  readonly q?: string | undefined
  readonly state?: string | undefined
  readonly division?: string | undefined
  readonly id?: string | undefined
  readonly cursor?: { readonly day: string; readonly id: string } | undefined
  readonly limit: number
}

const like = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`
const where = `($1::text is null or title ilike $1 or number ilike $1 or implementer ilike $1 or operator ilike $1
    or exists (select 1 from unnest(products) p where p ilike $1)
    or exists (select 1 from gongshu.public_item i where i.id = any (a.items) and i.name ilike $1))
  and ($2::text is null or division like $2)`

/** One page of agreements that anyone may read, the latest first; and, for the first page, how many stand in each state. */
export const publicAuthorizations = async (
  q: Q,
  f: PublicAuthorizationFilter,
): Promise<{
  readonly rows: readonly PublicAuthorizationRow[]
  readonly counts: readonly { readonly state: string; readonly count: number }[]
}> => {
  const args = [
    f.q ? like(f.q) : null,
    f.division && f.division !== '000000' ? `${f.division.replace(/(00)+$/, '')}%` : null,
  ]
  const rows = await q.query<PublicAuthorizationRow>(
    `select a.id, kind, mode, number, title, implementer, operator, division, products, term_from, term_to, state, ended, transitional, signed,
       updated, cardinality(a.items) as scope,
       (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'name', i.name, 'units', i.units) order by i.name, i.id), '[]')
         from gongshu.public_item i where i.id = any (a.items)) as items
     from gongshu.public_authorization a where ${where} and ($3::text is null or state = $3) and ($4::uuid is null or a.id = $4)
       and ($5::date is null or (updated, a.id) < ($5::date, $6::uuid)) order by updated desc, a.id desc limit $7`,
    [...args, f.state || null, f.id ?? null, f.cursor?.day ?? null, f.cursor?.id ?? null, f.limit],
  )
  const counts =
    f.id || f.cursor
      ? []
      : (
          await q.query<{ state: string; count: number }>(
            `select state, count(*)::int as count from gongshu.public_authorization a where ${where} group by state`,
            args,
          )
        ).rows
  return { rows: rows.rows, counts }
}
