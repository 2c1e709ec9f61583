import type pg from 'pg'
import type { Case, PlatformRuleFact } from '#domain/kernel'
import type { Affiliation, Candidate } from '#domain/platform'

type Q = Pick<pg.Pool, 'query'>

/** Territories a rule of the platform covers: its own and all within it. */
const covers = `$1 like regexp_replace(division, '(00)+$', '') || '%'`

/** Rules of the platform in force in a division, in order of their names. */
export const platformRulesIn = async (q: Q, division: string): Promise<readonly PlatformRuleFact[]> =>
  (
    await q.query<PlatformRuleFact>({
      name: 'platform_rules_in',
      text: `select id, name, version, effective from gongshu.public_platform_rule
             where state = 'inForce' and ${covers} order by name, version, id`,
      values: [division],
    })
  ).rows
/** Versions that bind, or are about to bind, a division: everybody there is asked to acknowledge them. */
export const rulesToAcknowledge = async (q: Q, division: string): Promise<readonly string[]> =>
  (
    await q.query<{ id: string }>(
      `select id from gongshu.public_platform_rule where state in ('published', 'inForce') and ${covers} order by id`,
      [division],
    )
  ).rows.map((r) => r.id)

export interface PublishedRule extends PlatformRuleFact {
  readonly division: string
  readonly publisher: string
  readonly document: string
  readonly summary: string
  readonly text: string
  readonly state: string
}
/** Published versions, the latest to take effect first; at most 500. */
export const publicPlatformRules = async (q: Q): Promise<readonly PublishedRule[]> =>
  (
    await q.query<PublishedRule>(
      `select r.id, r.name, r.version, r.effective, r.division, coalesce(o.name, '') as publisher, r.document, r.summary, r.text, r.state
       from gongshu.public_platform_rule r left join gongshu.organisation o on o.id::text = r.publisher
       order by r.effective desc, r.name, r.version desc limit 500`,
    )
  ).rows

/** Entries that stand within a division. As the system. */
export const admittedWithin = async (q: Q, division: string): Promise<readonly Case[]> =>
  (
    await q.query<{ snapshot: Case }>(
      `select snapshot from gongshu.stream where process = 'entry' and state = 'admitted' and division like $1 order by id`,
      [`${division.replace(/(00)+$/, '')}%`],
    )
  ).rows.map((r) => r.snapshot)

/**
 * Relations that stand on a day, of these organisations and of all that are related to them, over any number of steps. As the system.
 */
export const relationsAround = async (q: Q, orgs: readonly string[], day: string): Promise<readonly Affiliation[]> =>
  (
    await q.query<Affiliation>(
      `with recursive standing as (
         select a, b, kind, since, until from gongshu.affiliation where since <= $2 and (until is null or until >= $2)
       ), near as (
         select unnest($1::text[]) as org
         union
         select case when s.a = n.org then s.b else s.a end from near n join standing s on n.org in (s.a, s.b)
       )
       select a, b, kind, since, until from standing where a in (select org from near) order by a, b, kind`,
      [orgs, day],
    )
  ).rows

/** Who may be drawn from a bureau's pool for a field; every field where none is named. */
export const expertPool = async (q: Q, bureau: string, field?: string): Promise<readonly Candidate[]> =>
  (
    await q.query<Candidate>(
      `select id, employer, recused from gongshu.expert
       where bureau = $1 and state = 'active' and ($2::text is null or fields @> array[$2::text]) order by id`,
      [bureau, field ?? null],
    )
  ).rows

/** The heads of entries, with those from which they are made and what has been consented to or proved of them. As the system. */
export const consentsAbout = async (
  q: Q,
  items: readonly string[],
): Promise<{ readonly items: readonly Case[]; readonly consents: readonly Case[] }> => {
  const cases = async (sql: string): Promise<readonly Case[]> =>
    (await q.query<{ snapshot: Case }>(sql, [items])).rows.map((r) => r.snapshot)
  return {
    items: await cases(
      `select snapshot from gongshu.stream where id = any ($1::uuid[]) and process = 'item' order by id`,
    ),
    consents: await cases(
      `select s.snapshot from gongshu.link l join gongshu.stream s on s.id = l.source
       where l.target = any ($1::uuid[]) and l.name = 'item' and s.process = 'consent' and s.state = 'standing' order by s.id`,
    ),
  }
}
