import type { Refusal } from '#contract'
import { isRefusal } from '#contract'
import { grantedItems } from '#domain/platform'
import { asSystem, loadForSystem, usesOf, type Job } from '#store'
import { actAsSystem, legalDay } from './act.ts'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { lackedConsents } from './established.ts'

/**
 * A consent or a proof has been withdrawn or has come to its last day: whatever was granted on the strength of it, and now lacks it, is
 * used no longer. Harmless when done again.
 */
export const reviewUses = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const consent = await loadForSystem(app.pool, job.stream)
  const item = consent?.head?.links['item']
  if (!item) return undefined
  const day = legalDay(app, consent.day)
  for (const use of await asSystem(app.pool, (q) => usesOf(q, item))) {
    if (!grantedItems(use).includes(item)) continue
    const lacks = (await lackedConsents(app, await rulesOf(app, use.rules), [item], day))[item] ?? []
    if (lacks.length === 0) continue
    const done = await actAsSystem(app, use.id, 'consentEnded', { sealed: { items: [item], says: lacks.join('；') } })
    // a use that has ended meanwhile needs no ending
    if (isRefusal(done) && done.code !== 'not_now') return done
  }
  return undefined
}
