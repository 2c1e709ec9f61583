import type { PublicPlatformRule, Refusal } from '#contract'
import { isRefusal } from '#contract'
import type { Case } from '#domain/kernel'
import { acceptedRules, acknowledging, platformRuleState } from '#domain/platform'
import type { Job } from '#store'
import { admittedWithin, asSystem, loadForSystem, publicPlatformRules, rulesToAcknowledge } from '#store'
import type { App } from './app.ts'
import { legalDay, openAsSystem } from './act.ts'
import { divisionName } from './views.ts'

/**
 * A version of the platform's rules has been published, or somebody has come in: each organisation that is on the platform and has not
 * accepted the version yet is asked to acknowledge it, once. Done again, it finds everybody asked.
 */
export const askAcknowledgements = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const l = await loadForSystem(app.pool, job.stream)
  const s = l?.head
  if (!s) return undefined
  const day = legalDay(app, l.day)
  const entries = s.process === 'entry' ? [s] : await asSystem(app.pool, (q) => admittedWithin(q, s.division))
  const ids = s.process === 'entry' ? await asSystem(app.pool, (q) => rulesToAcknowledge(q, s.division)) : [s.id]
  for (const id of ids) {
    const rule = id === s.id ? s : (await loadForSystem(app.pool, id))?.head
    if (!rule || !['published', 'inForce'].includes(rule.at)) continue
    const accepted = new Set(entries.filter((e) => acceptedRules(e).includes(id)).map((e) => e.seats['applicant']))
    const asked = new Set(entries.flatMap((e) => (e.at === 'admitted' ? (e.seats['applicant'] ?? []) : [])))
    for (const org of asked) {
      const no = accepted.has(org) ? undefined : await ask(app, rule, org, day)
      // asked before is asked
      if (no && no.code !== 'duplicate') return no
    }
  }
  return undefined
}

const ask = async (app: App, rule: Case, org: string, day: string): Promise<Refusal | undefined> => {
  const asked = await openAsSystem(
    app,
    app.freshId(),
    {
      process: 'acknowledgement',
      kind: 'acknowledgement',
      variant: '',
      division: rule.division,
      seats: { org, publisher: rule.seats['publisher'] ?? '' },
      links: { rule: rule.id },
      act: 'ask',
      input: acknowledging(rule),
    },
    day,
    [rule],
  )
  return isRefusal(asked) ? asked : undefined
}

/** The published versions of the platform's rules, for anybody. */
export const listPlatformRules = async (app: App): Promise<readonly PublicPlatformRule[]> =>
  (await publicPlatformRules(app.pool)).map((r) => ({
    ...r,
    divisionName: divisionName(app, r.division),
    stateTerm: platformRuleState(r.state),
  }))
