import type { Json, JsonObject, Refusal } from '#contract'
import { isRefusal } from '#contract'
import { confirmedBatches, exitItems, leftNumber } from '#domain/authorization'
import type { Case } from '#domain/kernel'
import { list, text } from '#domain/kernel'
import { recordContent } from '#domain/registration'
import type { Job } from '#store'
import { asSystem, caseTitles, loadForSystem, recordsOf, undeletedUnder } from '#store'
import type { App } from './app.ts'
import { actAsSystem } from './act.ts'
import { sweep } from './supplyJobs.ts'

const most = 200
/** Batches that stand on the list at a time; the others come on it when these have gone. */
const mostBatches = 500
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
    batches: (await undeletedUnder(q, agreement)).slice(0, mostBatches),
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

/**
 * Deletes from the platform the batches whose return or deletion has been certified and verified: their content, its row in the index and
 * the copies that full syncs made of them, each batch by itself. Only what is gone is told to the exit. Harmless when done again.
 */
export const deleteForExit = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const s = (await loadForSystem(app.pool, job.stream))?.head
  if (!s || s.process !== 'exit' || s.at !== 'handover') return undefined
  const batches = confirmedBatches(s)
  for (const id of batches) {
    const done = await actAsSystem(app, id, 'purge', { data: { exit: s.id } })
    // who deleted or gave it up beforehand has done what is asked
    if (isRefusal(done) && done.code !== 'not_now') return done
    const batch = (await loadForSystem(app.pool, id))?.head
    const left = batch && (await sweep(app, batch))
    if (left) return left
  }
  const told = batches.length > 0 && (await actAsSystem(app, s.id, 'purged', { sealed: { batches: [...batches] } }))
  if (told && isRefusal(told)) return told
  // what did not fit on the list, or was found since
  const known = new Set(list(s.data['registered']?.['batches']).map((b) => text(b['batch'])))
  const more = (await asSystem(app.pool, (q) => undeletedUnder(q, s.links['agreement'] ?? ''))).filter(
    (b) => !known.has(b.id),
  )
  if (more.length === 0) return undefined
  const { records, batches: before, entries } = s.data['registered'] ?? {}
  const listed = await actAsSystem(app, s.id, 'registered', {
    data: { records: records ?? [] },
    sealed: {
      batches: [...list(before), ...more.slice(0, mostBatches).map((b) => ({ batch: b.id, name: b.title }))] as Json,
      entries: entries ?? [],
    },
  })
  return isRefusal(listed) ? listed : undefined
}
