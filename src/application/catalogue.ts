import type { JsonObject, Refusal } from '#contract'
import { isRefusal } from '#contract'
import type { Case } from '#domain/kernel'
import { actOf, fold } from '#domain/kernel'
import { changesBetween, entryActsOf, itemData, saysAlready, type EntryAct } from '#domain/catalogue'
import type { Job } from '#store'
import { asSystem, lastFiled, loadForSystem, readCase, staleUnits } from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { actAsSystem } from './act.ts'
import { fromLeaf } from './leaf.ts'

// ── decisions about many entries ───────────────────────────────────────────────────────────────────────────────

/** Acts of one round; a commit holds some dozens of them, and a lease of the job outlasts a round by far. */
const round = 64

const once = async (app: App, a: EntryAct): Promise<Refusal | undefined> => {
  const item = (await loadForSystem(app.pool, a.item))?.head
  // what has meanwhile gone from the catalogue has nothing more to bear
  if (item?.at !== 'listed' || saysAlready(item, a)) return undefined
  const done = await actAsSystem(app, a.item, a.act, { data: a.data })
  return isRefusal(done) ? done : undefined
}

/**
 * Does what a decided case does to its entries, a round at a time: the rest is left to a job of its own, so that thousands of entries
 * neither hold up a commit nor are lost when a process dies. Doing a round twice does nothing twice. Entries that refuse are logged.
 */
export const workEntries = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const s = (await loadForSystem(app.pool, job.stream))?.head
  if (!s) return undefined
  const all = entryActsOf(s)
  const from = Number(job.payload['from'] ?? 0)
  const part = all.slice(from, from + round)
  // acts on one entry follow each other; different entries go side by side
  const byItem = new Map<string, EntryAct[]>()
  for (const a of part) byItem.set(a.item, [...(byItem.get(a.item) ?? []), a])
  const refused = await Promise.all(
    [...byItem.values()].map(async (acts) => {
      const no: Refusal[] = []
      for (const a of acts) {
        const r = await once(app, a)
        if (r?.code === 'stale') return [r]
        if (r) no.push(r)
      }
      return no
    }),
  )
  const lost = refused.flat().find((r) => r.code === 'stale')
  if (lost) return lost
  for (const r of refused.flat()) app.log.warn({ case: s.id, refusal: r }, 'entry refused')
  if (from + round >= all.length) return undefined
  const next = { topic: job.topic, stream: job.stream, payload: { ...job.payload, from: from + round } }
  await app.committer.commit({ done: [job.id], outbox: [next] })
  return undefined
}

// ── changes after filing ───────────────────────────────────────────────────────────────────────────────────────

/** Tells the bureau, in the filing of each unit concerned, what has changed of an entry and how (省本级总体方案 三(四)1). */
export const pushChange = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const seq = Number(job.payload['seq'])
  const found = await asSystem(app.pool, async (q) => {
    const item = await readCase(q, job.stream, [])
    const units = [item?.head.snapshot.seats['holder'], item?.head.snapshot.seats['coHolder']]
    return {
      item,
      filings: await lastFiled(
        q,
        units.filter((u): u is string => u !== undefined && u !== ''),
      ),
    }
  })
  if (!found.item || found.filings.length === 0) return undefined
  const events = found.item.events.map(fromLeaf)
  const before = fold(events.filter((e) => e.seq < seq))
  const event = events.find((e) => e.seq === seq)
  const after = fold(events.filter((e) => e.seq <= seq))
  if (!event || !after) return undefined
  const rules = await rulesOf(app, after.rules)
  const term = tableFor(app, rules, after.rules, 'item', after.kind, after.variant).rows[actOf(event)]?.term ?? ''
  const entered = actOf(event) === 'enter'
  const input: JsonObject = {
    item: after.id,
    name: String(itemData(after)['name'] ?? ''),
    how: term,
    changes: changesBetween(rules, entered ? undefined : before, after)
      .slice(0, 100)
      .map((c) => ({ ...c })),
  }
  for (const filing of found.filings) {
    const s = (await loadForSystem(app.pool, filing))?.head
    // filed as it stands after this, though the job came later
    if (s && filedAs(s, after.id) >= seq) continue
    // told already: the job was done, and died before it could say so
    if (!s || (s.data['change']?.['item'] === after.id && s.data['change']['of'] === seq)) continue
    const done = await actAsSystem(app, filing, 'change', { data: { item: after.id, of: seq }, sealed: input })
    if (isRefusal(done)) return done
  }
  return undefined
}

/** The version in which an entry stands in a filing; 0 where it does not. */
const filedAs = (filing: Case, item: string): number => {
  const entries = filing.data['submit']?.['entries']
  const found = (Array.isArray(entries) ? (entries as [string, number][]) : []).find(([id]) => id === item)
  return found?.[1] ?? 0
}

// ── freshness ──────────────────────────────────────────────────────────────────────────────────────────────────

const most = 200
/**
 * Tells each unit once a day which of its collected data has become overdue since it was last told; entries still to be collected raise
 * no alarm. Returns how many units were told.
 */
export const tellStale = async (app: App, day: string): Promise<number> => {
  const units = await staleUnits(app.pool, day, most)
  const at = app.now()
  let told = 0
  for (const u of units) {
    const answer = await app.committer.commit({
      once: `stale ${u.unit} ${day}`,
      notices: [
        {
          principal: u.unit,
          stream: u.one,
          term: `数据超期未更新 ${u.overdue} 项${u.newly < u.overdue ? `，其中新增 ${u.newly} 项` : ''}`,
          title: `${u.names.join('、')}${u.newly > u.names.length ? '等' : ''}`,
          day,
          at,
          urgent: false,
        },
      ],
    })
    if (answer.ok) told++
  }
  return told
}
