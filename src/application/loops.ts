import { setTimeout } from 'node:timers/promises'
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
  noteProgress,
  pinnedCases,
  pinnedRules,
  setDay,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import { actAsSystem, adoptRules, legalDay, rulesFor } from './act.ts'
import { hashRules } from './policies.ts'
import { issueCertificate } from './certificates.ts'
import { runAssessment } from './quality.ts'
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
  const seats = d.kind === 'limit' ? [...turn, 'bureau'] : turn.length > 0 ? turn : ['holder', 'debtor']
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

const handlers: Readonly<Record<string, (app: App, job: Job, signal?: AbortSignal) => Promise<Refusal | undefined>>> = {
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
  quality: runAssessment,
  // the row is gone: what it named in the store goes after it
  shred: async (app, job) => {
    await app.files.remove(String(job.payload['key']))
    return undefined
  },
}

/** What takes long goes on beside the rest, one at a time: nothing short waits for it. */
const long = new Set(['quality'])

const run = async (app: App, job: Job, signal?: AbortSignal): Promise<void> => {
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

/** Works off everything that is due now. `signal`: long work is broken off, to be taken up again later. */
export const drainJobs = async (app: App, signal?: AbortSignal): Promise<number> => {
  let n = 0
  const queue: Job[] = []
  let beside: Promise<void> | undefined
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift()) await run(app, job, signal)
    beside = undefined
  }
  // what waits its turn is not to be taken for abandoned
  const hold = setInterval(() => {
    for (const job of queue)
      void noteProgress(app.pool, job.id, job.stream, { done: 0, total: 0, says: '前面还有任务，正在排队' }).catch(
        () => undefined,
      )
  }, holdMs)
  try {
    for (;;) {
      const jobs = await leaseOutbox(app.pool, 16)
      if (jobs.length === 0 && !beside) return n
      if (jobs.length === 0) await Promise.race([beside, pause(pollMs, signal)])
      queue.push(...jobs.filter((job) => long.has(job.topic)))
      if (queue.length > 0) beside ??= work()
      for (const job of jobs) if (!long.has(job.topic)) await run(app, job, signal)
      n += jobs.length
    }
  } finally {
    clearInterval(hold)
    await beside
  }
}

const holdMs = 20_000
const pollMs = 400
/** Ends early, and quietly, when it is told to. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined)

/** Runs deadline and job loops until stopped. Any number of processes may: rows are claimed, acts are checked against versions. */
export const startLoops = (app: App): { readonly stop: () => Promise<void> } => {
  const ending = new AbortController()
  const { signal } = ending
  const loop = async (work: () => Promise<unknown>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await work()
      } catch (e) {
        if (!signal.aborted) app.log.error({ err: e }, 'loop')
        await pause(2000, signal)
      }
      await pause(pollMs, signal)
    }
  }
  let ticked = ''
  const deadlines = async (): Promise<void> => {
    const day = legalDay(app, (await storedDay(app.pool)).day)
    if (day === ticked && (await dueDeadlines(app.pool, day, 1)).length === 0) return
    await tickDay(app, day)
    ticked = day
  }
  // dates wait for no job
  const running = Promise.all([loop(deadlines), loop(() => drainJobs(app, signal))])
  return {
    stop: async () => {
      ending.abort()
      await running
    },
  }
}
