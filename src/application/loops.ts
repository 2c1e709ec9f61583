import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { carriedOver } from '#policy'
import type { Case } from '#domain/kernel'
import { parseDay } from '#domain/kernel'
import { citeRule } from '#domain/kernel'
import type { DeadlineRow, Doc, Job } from '#store'
import {
  dueDeadlines,
  failedOutbox,
  laterOutbox,
  leaseOutbox,
  loadForSystem,
  nextDeadline,
  pinnedCases,
  pinnedRules,
  setDay,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import { actAsSystem, adoptRules, legalDay, rulesFor } from './act.ts'
import { askAcknowledgements } from './acknowledgements.ts'
import { hashRules } from './policies.ts'
import { pushChange, tellStale, workEntries } from './catalogue.ts'
import { issueCertificate } from './certificates.ts'
import { applyImportCase, checkImportCase } from './importCases.ts'
import { reviewUses } from './usages.ts'
import { deleteForExit, gatherForExit } from './exits.ts'
import { runAssessment } from './quality.ts'
import { workApplicants } from './selecting.ts'
import { ingestBatch, pullBatch, sweepBatch, syncBatch } from './supplyJobs.ts'
import { traced } from './trace.ts'

// ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Who is told of a date: the seats whose turn it is, and for a breach those who supervise. */
const tell = (s: Case, seats: readonly string[]): string[] => [
  ...new Set(seats.map((x) => s.seats[x] ?? '').filter(Boolean)),
]

const fire = async (app: App, d: DeadlineRow, day: string): Promise<'acted' | 'told' | 'passed'> => {
  const l = await loadForSystem(app.pool, d.stream)
  if (!l?.head) return 'passed'
  const s = l.head
  const rules = await rulesOf(app, s.rules)
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const fired = { fired: [d] }
  if (d.kind === 'wait') {
    const done = await actAsSystem(app, d.stream, d.act, {}, fired)
    if (!isRefusal(done)) return 'acted'
    if (done.code === 'stale') return 'passed'
    await app.committer.commit(fired)
    return 'passed'
  }
  const term = table.rows[d.act]?.term ?? table.clocks[d.act]?.term ?? d.act
  const turn = s.turn.map((t) => t.split('.')[0] ?? '')
  const rule = s.due.find((x) => x.act === d.act)?.rule ?? ''
  const end = s.due.find((x) => x.act === d.act && x.kind !== 'remind')?.day ?? d.day
  const words =
    d.kind === 'limit'
      ? `逾期：${term}(${citeRule(rules, rule)}，期限 ${d.day})`
      : `提醒：${term}将于 ${end} 到期（${citeRule(rules, rule)}）`
  // what is open to somebody without being their task is theirs all the same
  const own = [table.rows[d.act]?.by ?? []].flat().map((by) => by.split('.')[0] ?? '')
  const seats = d.kind === 'limit' ? [...turn, ...own, 'bureau'] : turn.length > 0 ? turn : [...own, 'holder', 'debtor']
  const at = app.now()
  await app.committer.commit({
    ...fired,
    notices: tell(s, seats).map((principal) => ({
      principal,
      stream: s.id,
      term: words,
      title: matterOf(s.process).laws.title(s),
      day,
      at,
      urgent: d.kind === 'limit',
    })),
  } satisfies Doc)
  return 'told'
}

/**
 * Fires everything due by `day`: system acts after their periods, escalations of missed limits, reminders. Returns how many. One that
 * fails keeps none of the others waiting; they are told of together when all else is done.
 */
export const tickDay = async (app: App, day: string): Promise<number> => {
  let fired = await carryOver(app, day)
  const failures = new Map<string, unknown>()
  const key = (d: DeadlineRow): string => `${d.stream} ${d.act} ${d.day} ${d.kind}`
  for (;;) {
    const batch = (await dueDeadlines(app.pool, day, 200 + failures.size)).filter((d) => !failures.has(key(d)))
    if (batch.length === 0) break
    for (const d of batch)
      try {
        await fire(app, d, day)
        fired++
      } catch (e) {
        failures.set(key(d), e)
      }
  }
  await tellStale(app, day)
  if (failures.size > 0)
    throw new AggregateError(failures.values(), `deadlines failed: ${[...failures.keys()].join('; ')}`)
  return fired
}

/**
 * New rules for open cases: where a rule that came into force by `day` says that it applies to cases already open, they are taken
 * over and their periods counted again. Every other case keeps the rules it was opened under. Returns how many were taken over.
 */
export const carryOver = async (app: App, day: string): Promise<number> => {
  let n = 0
  for (const { hash, division } of await pinnedRules(app.pool)) {
    const next = carriedOver(await rulesOf(app, hash), rulesFor(app, division, day).rules)
    if (!next) continue
    const to = hashRules(next)
    app.rulesByHash.set(to, next)
    for (const stream of await pinnedCases(app.pool, hash)) if (await adoptRules(app, stream, to)) n++
  }
  return n
}

/** What would fire by a day, without firing it. */
export const tickDryRun = async (app: App, day: string): Promise<readonly DeadlineRow[]> =>
  dueDeadlines(app.pool, day, 10_000)

/** Moves a demo database's legal clock forward, stopping on every day on which something falls due, as real time would. */
export const advanceClock = async (
  app: App,
  to: string,
  progress: (day: string) => void = () => undefined,
): Promise<{ readonly day: string; readonly done: number } | Refusal> => {
  const target = parseDay(to)
  if (isRefusal(target)) return target
  const stored = await storedDay(app.pool)
  if (!stored.demo) return refuse('not_demo', '只有演示库可以推进日期')
  let day = legalDay(app, stored.day)
  // it never goes back: far enough to see every validity end, not so far that no period can be counted any more
  const horizon = `${Number(app.now().slice(0, 4)) + 20}-12-31`
  if (target > horizon) return refuse('too_far', `模拟日期最远到 ${horizon}`, { fields: { day: '过远' } })
  if (target < day) return refuse('backwards', `模拟日期只能向前推进，当前为 ${day}`)
  let done = 0
  for (;;) {
    done += await tickDay(app, day)
    await drainJobs(app)
    const next = await nextDeadline(app.pool, day)
    if (next === null || next > target) break
    day = next
    await setDay(app.pool, day)
    progress(day)
  }
  await setDay(app.pool, target)
  progress(target)
  done += await tickDay(app, target)
  return { day: target, done }
}

// ── jobs ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A handler that takes long heeds the signal that tells the process to end; `not_yet` gives the job back. */
type Handler = (app: App, job: Job, signal: AbortSignal | undefined) => Promise<Refusal | undefined>
const handlers: Readonly<Record<string, Handler>> = {
  code: async (app, job) => {
    if (!app.issuer) return undefined
    const l = await loadForSystem(app.pool, job.stream)
    if (!l?.head || l.head.at !== 'coding') return undefined
    const code = await app.issuer.issue({
      id: job.stream,
      division: l.head.division,
      day: legalDay(app, l.day),
      variant: l.head.variant,
    })
    if (code === undefined) return undefined
    const done = await actAsSystem(
      app,
      job.stream,
      'code',
      { data: { code, ...(app.issuer.demo ? { demo: true } : {}) } },
      { done: [job.id] },
    )
    return isRefusal(done) ? done : undefined
  },
  certificate: issueCertificate,
  entries: workEntries,
  refile: pushChange,
  'import.checking': (app, job, signal) => checkImportCase(app, job, () => signal?.aborted ?? false),
  'import.applying': (app, job, signal) => applyImportCase(app, job, () => signal?.aborted ?? false),
  quality: runAssessment,
  'supply.ingest': ingestBatch,
  'supply.pull': pullBatch,
  'supply.sync': syncBatch,
  'supply.sweep': sweepBatch,
  'platform.rules': askAcknowledgements,
  'exit.registrations': gatherForExit,
  'exit.deletion': deleteForExit,
  'usage.consents': reviewUses,
  'selection.applicants': workApplicants,
  // the row is gone: what it named in the store goes after it
  shred: async (app, job) => {
    await app.files.remove(String(job.payload['key']))
    return undefined
  },
}

/** What may take minutes has a lane of its own, so that nothing waits for it. */
const long = ['import.checking', 'import.applying', 'quality', 'supply.ingest', 'supply.pull', 'supply.sync']

const run = async (app: App, job: Job, signal: AbortSignal | undefined): Promise<void> => {
  const handler = handlers[job.topic]
  const { request } = job.payload
  const trace = typeof request === 'string' ? request : app.freshId()
  try {
    const no = handler ? await traced(trace, () => handler(app, job, signal)) : refuse('unknown_topic', job.topic)
    if (no?.code === 'not_yet') await laterOutbox(app.pool, job.id)
    else if (no) {
      app.log.warn({ job, refusal: no }, 'job refused')
      await failedOutbox(app.pool, job.id, `${no.code}: ${no.says}`)
    } else await app.committer.commit({ done: [job.id] })
  } catch (e) {
    app.log.error({ job, err: e }, 'job failed')
    await failedOutbox(app.pool, job.id, String(e))
  }
}

const drain = async (app: App, slow: boolean, signal?: AbortSignal): Promise<number> => {
  let n = 0
  for (;;) {
    // a long job renews its own lease and nobody else's
    const jobs = await leaseOutbox(app.pool, slow ? 1 : 16, long, !slow)
    if (jobs.length === 0) return n
    for (const job of jobs) await run(app, job, signal)
    if (signal?.aborted) return n
    n += jobs.length
  }
}
/** Works off everything that is due now. */
export const drainJobs = async (app: App, signal?: AbortSignal): Promise<number> => {
  let n = 0
  for (let more = -1; more !== 0; n += more) more = (await drain(app, false, signal)) + (await drain(app, true, signal))
  return n
}

/** Runs deadline and job loops until stopped. Any number of processes may: rows are claimed, acts are checked against versions. */
export const startLoops = (app: App): { readonly stop: () => Promise<void> } => {
  const ending = new AbortController()
  const { signal } = ending
  const wakes = new Set<() => void>()
  const sleep = (ms: number): Promise<void> =>
    new Promise((r) => {
      const wake = (): void => {
        clearTimeout(t)
        wakes.delete(wake)
        r()
      }
      const t = setTimeout(wake, ms)
      wakes.add(wake)
    })
  const loop = (async () => {
    let ticked = ''
    while (!signal.aborted) {
      try {
        const day = legalDay(app, (await storedDay(app.pool)).day)
        if (day !== ticked) {
          await tickDay(app, day)
          ticked = day
        } else if ((await dueDeadlines(app.pool, day, 1)).length > 0) await tickDay(app, day)
        await drain(app, false)
      } catch (e) {
        if (!signal.aborted) app.log.error({ err: e }, 'loop')
        await sleep(2000)
      }
      if (!signal.aborted) await sleep(400)
    }
  })()
  const slow = (async () => {
    while (!signal.aborted) {
      try {
        await drain(app, true, signal)
      } catch (e) {
        if (!signal.aborted) app.log.error({ err: e }, 'long jobs')
        await sleep(2000)
      }
      if (!signal.aborted) await sleep(400)
    }
  })()
  return {
    stop: async () => {
      ending.abort()
      for (const wake of [...wakes]) wake()
      await Promise.all([loop, slow])
    },
  }
}
