import type { Json, JsonObject, Refusal } from '#contract'
import { isRefusal } from '#contract'
import { exitItems, leftNumber, supplied } from '#domain/authorization'
import type { Case } from '#domain/kernel'
import { recordContent } from '#domain/registration'
import type { Job } from '#store'
import { asSystem, caseTitles, loadForSystem, recordsOf, underAgreementOf } from '#store'
import type { App } from './app.ts'
import { actAsSystem } from './act.ts'

const most = 200
const numberIn = (record: Case): string => {
  const number = (recordContent(record)['authorization'] as JsonObject | undefined)?.['agreementNo']
  return typeof number === 'string' ? number.normalize('NFKC').replace(/\s/g, '') : ''
}

/**
 * When an agreement has come to its end: what has been registered on the strength of it is found by the agreement's number, its holders
 * are told that it is to be deregistered, and the exit keeps a list of it and of the batches that were supplied. Harmless when done again.
 */
export const gatherForExit = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const s = (await loadForSystem(app.pool, job.stream))?.head
  if (!s || s.process !== 'exit' || s.at !== 'handover' || s.did['registered']) return undefined
  const agreement = s.links['agreement'] ?? ''
  const number = leftNumber(s).normalize('NFKC').replace(/\s/g, '')
  const bodies = [s.seats['operator'], s.seats['implementer'], s.seats['unit']].filter((x): x is string => Boolean(x))
  const found = await asSystem(app.pool, async (q) => ({
    records: (await recordsOf<Case>(q, bodies)).filter((r) => number !== '' && numberIn(r.snapshot) === number),
    batches: await underAgreementOf(q, agreement, supplied),
    names: await caseTitles(q, exitItems(s)),
  }))
  const records = found.records.slice(0, most)
  for (const { id } of records) {
    const told = await actAsSystem(app, id, 'agreementEnded', {})
    // one that has ended meanwhile is nobody's duty any more
    if (isRefusal(told) && told.code !== 'not_now') return told
  }
  const done = await actAsSystem(app, s.id, 'registered', {
    data: { records: records.map((r) => ({ record: r.id, name: r.title })) as Json },
    sealed: {
      batches: found.batches.map((b) => ({ batch: b.id, name: b.title })) as Json,
      entries: Object.entries(found.names).map(([entry, name]) => ({ entry, name })) as Json,
    },
  })
  return isRefusal(done) ? done : undefined
}
