import type pg from 'pg'
import type { Json } from '#contract'
import type { Case } from '#domain/kernel'

type Q = Pick<pg.Pool, 'query'>

/** Cases of some processes in one division, as far as the viewer may read them. */
export const casesIn = async (q: Q, division: string, processes: readonly string[]): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>(
      `select snapshot from gongshu.stream where division = $1 and process = any ($2) order by opened, id limit 5000`,
      [division, processes],
    )
  ).rows.map((r) => r.snapshot)

export interface AnnexRow {
  readonly id: string
  readonly name: string
  readonly units: readonly string[]
  readonly frequency: string
  readonly grade: string
  readonly secret: boolean
  readonly state: string
  readonly holder: string
}
/** Entries by id, as far as the viewer may look them up. */
export const annexRows = async (q: Q, ids: readonly string[]): Promise<readonly AnnexRow[]> =>
  (
    await q.query<AnnexRow>(
      `select id, name, units, frequency, grade, secret, state, holder from gongshu.item where id = any ($1::uuid[])`,
      [ids],
    )
  ).rows

export interface ConsultationRow {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly author: string
  readonly division: string
  readonly comment_from: string
  readonly comment_to: string
  readonly state: string
  readonly detail: { readonly [key: string]: Json }
  readonly results: { readonly [key: string]: Json } | null
}
/** Published hearings, the newest first; at most 200. */
export const publicConsultations = async (q: Q, id?: string): Promise<readonly ConsultationRow[]> =>
  (
    await q.query<ConsultationRow>(
      `select * from gongshu.public_consultation where $1::uuid is null or id = $1 order by comment_from desc, id desc limit 200`,
      [id ?? null],
    )
  ).rows

/** Demands that stand before the public, by id: what they ask for. */
export const demandsPublished = async (
  q: Q,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly what: string }[]> => {
  const known = ids.filter((id) => id !== '')
  return known.length === 0
    ? []
    : (
        await q.query<{ id: string; what: string }>(
          `select id, what from gongshu.public_demand where id = any ($1::uuid[])`,
          [known],
        )
      ).rows
}
