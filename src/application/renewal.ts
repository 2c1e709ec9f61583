import { createHash, type Hash } from 'node:crypto'
import type { JsonObject } from '#contract'
import { asSystem, auditPage, checkpointOf, logsOf, prunedBelow, renewals, type Log } from '#store'
import type { App } from './app.ts'
import { accessEntry } from './act.ts'

/**
 * Renewal (after RFC 4998): while SHA-256 is sound, digests of every body by other hashes are written into the log. Should it ever fall,
 * what stood in the log before that day is still pinned by them. The numbers are a matter of prudence, not of a regulation: once a year.
 */
interface Renewal {
  readonly log: string
  /** Entries before this place have no body any more. */
  readonly from: number
  readonly size: number
  /** Of the tree at this size, base64. */
  readonly root: string
  /** Over length (4 bytes) ‖ body of every entry from `from` on, hex. */
  readonly sha512: string
  readonly sm3: string
}
/** Milliseconds. */
const every = 365 * 86_400_000

/** Feeds all bodies between two places to the hashes, and pauses wherever someone wants to look. */
const feed = async (
  app: Pick<App, 'pool'>,
  log: Log,
  from: number,
  to: number,
  hashes: readonly Hash[],
  at: (size: number) => void,
): Promise<void> => {
  at(from)
  for (let next = from; next < to;) {
    const rows = await asSystem(app.pool, (q) => auditPage(q, log, next, Math.min(4096, to - next)))
    const last = Math.min(to, next + 4096)
    let size = next
    for (const r of rows) {
      for (; size < r.index; size++) at(size)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(Buffer.byteLength(r.body))
      for (const h of hashes) h.update(length).update(r.body)
      at(++size)
    }
    next = last
  }
}
const digests = (): readonly [Hash, Hash] => [createHash('sha512'), createHash('sm3')]

/** Renews every log: reads all of it, and writes one access entry each. @returns what was written */
export const renewLogs = async (
  app: Pick<App, 'pool' | 'now' | 'committer'>,
  progress: (what: string, done: number, of: number) => void = () => undefined,
): Promise<readonly Renewal[]> => {
  const done: Renewal[] = []
  for (const log of await logsOf(app.pool)) {
    const latest = await checkpointOf(app.pool, log.name)
    if (!latest) continue
    const from = await prunedBelow(app.pool, log.name)
    const [sha512, sm3] = digests()
    await feed(app, log, from, latest.size, [sha512, sm3], (n) => {
      if (n % 4096 === 0 || n === latest.size) progress(log.name, n, latest.size)
    })
    const root = latest.note.split('\n')[2] ?? ''
    done.push({ log: log.name, from, size: latest.size, root, sha512: sha512.digest('hex'), sm3: sm3.digest('hex') })
  }
  const who = { person: 'system', org: 'system' }
  const access = done.map((r) => accessEntry(app, 'renew', who, `${r.log} ${r.size}`, { ...r } satisfies JsonObject))
  if (access.length > 0) await app.committer.commit({ access })
  return done
}

/** Has it been longer than a year since the last renewal, or since the first entry where there was none? */
export const renewalDue = async (app: Pick<App, 'pool' | 'now'>): Promise<boolean> => {
  const last = (await asSystem(app.pool, renewals)).at(-1)?.at
  const opened = (await logsOf(app.pool)).map((l) => l.opened).sort()[0]
  const since = last ?? opened
  return since !== undefined && Date.parse(app.now()) - new Date(since).getTime() > every
}

/** Every renewal ever logged, held against the bodies. Nothing found: those bodies are what they were then, by SHA-512 and by SM3. */
export const renewalProblems = async (app: Pick<App, 'pool'>, log: Log): Promise<readonly string[]> => {
  const below = await prunedBelow(app.pool, log.name)
  const all = (await asSystem(app.pool, renewals)).map((r) => JSON.parse(r.body) as Renewal)
  // where bodies have been taken off since, the digests of then cannot be made again; later ones can
  const own = all.filter((r) => r.log === log.name && r.from >= below && r.size <= log.size)
  const out: string[] = []
  for (const from of new Set(own.map((r) => r.from))) {
    const marks = own.filter((r) => r.from === from)
    const hashes = digests()
    const end = Math.max(...marks.map((r) => r.size))
    await feed(app, log, from, end, hashes, (size) => {
      for (const m of marks.filter((r) => r.size === size)) {
        const [sha512, sm3] = hashes.map((h) => h.copy().digest('hex'))
        if (m.sha512 !== sha512 || m.sm3 !== sm3) out.push(`规模 ${m.size} 时的续期摘要与现有正文不符`)
      }
    })
  }
  return out
}

/** Renews when it is due, which is looked at once an hour. Several processes may do it in the same hour: that does no harm. */
export const startRenewing = (app: App): { readonly stop: () => void } => {
  const turn = async (): Promise<void> => {
    if (await renewalDue(app)) app.log.info({ done: await renewLogs(app) }, 'renewal')
  }
  const timer = setInterval(() => void turn().catch((err: unknown) => app.log.error({ err }, 'renewal')), 3_600_000)
  return { stop: () => clearInterval(timer) }
}
