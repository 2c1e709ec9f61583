import type { Case, Facts } from '#domain/kernel'
import { affiliatesOf } from '#domain/platform'
import {
  asSystem,
  casesAbout,
  checkpointAfter,
  employersOf,
  operatingUnder,
  orgsOfPerson,
  poolBefore,
  readCase,
  relationsAround,
} from '#store'
import type { App } from './app.ts'
import type { Asked } from './lookup.ts'

const related = async (
  q: Parameters<typeof relationsAround>[0],
  orgs: readonly string[],
  day: string,
): Promise<Record<string, readonly string[]>> => {
  const relations = await relationsAround(q, orgs, day)
  return Object.fromEntries(orgs.map((o) => [o, affiliatesOf(relations, o, day)]))
}
const partiesOf = (selection: Case, applicants: readonly Case[]): readonly string[] => [
  ...new Set(
    [
      selection.seats['organiser'] ?? '',
      ...applicants.filter((c) => c.did['open']).map((c) => c.seats['applicant'] ?? ''),
    ].filter(Boolean),
  ),
]

/** What has to be looked up before an act of a selection or of its reviewers can be decided. */
export const selectionFacts = async (
  app: Pick<App, 'pool'>,
  { process, act, head, day }: Asked,
): Promise<Partial<Facts>> => {
  if (!head) return {}
  if (process === 'selection' && act === 'draw')
    return asSystem(app.pool, async (q) => {
      const seed = await checkpointAfter(q, head.id, 'selection/close')
      const parties = partiesOf(head, await casesAbout(q, head.id, 'selection', ['candidacy']))
      // the pool of the territory, or of the province where it keeps none
      const pools = [head.seats['bureau'] ?? '', head.seats['city'] ?? '', head.seats['province'] ?? '']
      let experts: Facts['experts'] = []
      for (const pool of [...new Set(pools)].filter(Boolean))
        if (experts.length === 0) experts = await poolBefore(q, pool, head.id, 'selection/close')
      return { ...(seed ? { seed } : {}), experts, affiliates: await related(q, parties, day) }
    })
  if (process === 'selection' && act === 'award')
    return asSystem(app.pool, async (q) => ({
      operating: await operatingUnder(q, head.seats['organiser'] ?? '', head.id),
    }))
  if (process === 'evaluation' && ['accept', 'score', 'sign'].includes(act))
    return asSystem(app.pool, async (q) => {
      const reviewer = head.seats['reviewer'] ?? ''
      const selection = (await readCase(q, head.links['selection'] ?? '', []))?.head.snapshot
      if (!selection) return {}
      const parties = partiesOf(selection, await casesAbout(q, selection.id, 'selection', ['candidacy']))
      return {
        interests: {
          orgs: [...(await orgsOfPerson(q, reviewer)), ...(await employersOf(q, reviewer))],
          related: Object.values(await related(q, parties, day)).flat(),
        },
      }
    })
  return {}
}
