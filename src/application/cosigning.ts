import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  consistencyPath,
  linesBy,
  openNote,
  parsePolicy,
  sha256Tree,
  witnessRequestText,
  type Policy,
  type VerifierKey,
} from '#ledger'
import {
  LOG_ROLE,
  checkpointOf,
  connect,
  followPolicy,
  keepCosignature,
  logsOf,
  witnessFailed,
  witnessId,
  witnessesSeen,
  type PublishedCheckpoint,
} from '#store'
import type { App } from './app.ts'
import { tileReader } from './ledger.ts'

/** The policy in a file (C2SP tlog-policy); undefined without the file. @throws Error with the line that is wrong */
export const readPolicy = (path: string): { readonly text: string; readonly policy: Policy } | undefined => {
  if (!existsSync(path)) return undefined
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  const policy = parsePolicy(text)
  for (const { name, url } of policy.witnesses)
    if (url !== undefined && !/^https?:\/\/[^/]/.test(url))
      throw new Error(`见证方“${name}”的网址应以 http(s):// 开头：${url}`)
  return { text, policy }
}

interface Asked {
  readonly key: VerifierKey
  readonly url: string
}
const asked = (p: Policy): readonly Asked[] =>
  p.witnesses.flatMap(({ key, url }) => (url === undefined ? [] : [{ key, url }]))

/** A witness answers at once or not at all. Milliseconds. */
const patience = 5000
/** Bytes; the longest answer is a few signature lines. */
const longestAnswer = 64 * 1024

const at = (url: string, path: string): string => `${url.replace(/\/+$/, '')}/${path}`

/** @throws Error when nothing comes, or too much */
const ask = async (
  url: string,
  { longest = longestAnswer, signal, ...init }: RequestInit & { readonly longest?: number } = {},
): Promise<{ readonly status: number; readonly type: string; readonly body: string }> => {
  const late = AbortSignal.timeout(patience)
  const r = await fetch(url, { ...init, redirect: 'error', signal: signal ? AbortSignal.any([late, signal]) : late })
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of r.body ?? []) {
    pieces.push(piece as Uint8Array)
    bytes += (piece as Uint8Array).length
    if (bytes > longest) throw new Error('answer too long')
  }
  return { status: r.status, type: r.headers.get('content-type') ?? '', body: Buffer.concat(pieces).toString() }
}

/** What came of asking. `alarm`: the witness remembers what this log is not, so one of the two has been tampered with or set back. */
type Outcome = { readonly size: number; readonly line: string } | { readonly failed: string; readonly alarm: boolean }

const failure = (failed: string): Outcome => ({ failed, alarm: false })
const alarm = (failed: string): Outcome => ({ failed, alarm: true })

/** Asks a witness for the latest checkpoint. @param old the size it cosigned last, as far as is known here */
const cosignatureFor = async (
  app: Pick<App, 'pool'>,
  log: string,
  { key, url }: Asked,
  latest: PublishedCheckpoint,
  old: number,
  signal: AbortSignal,
): Promise<Outcome> => {
  for (let now = latest, tries = 0; tries < 5; tries++) {
    const from = Math.min(old, now.size)
    const proof = await consistencyPath(sha256Tree, from, now.size, tileReader(app, log))
    const answer = await ask(at(url, 'add-checkpoint'), {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: witnessRequestText({ old: from, proof, checkpoint: now.note }),
      signal,
    }).catch(() => undefined)
    if (!answer) return failure('没有回应')
    if (answer.status === 200) {
      const [line] = goodLines(now.note, answer.body, key)
      return line ? { size: now.size, line } : failure('答复中没有它的有效副署')
    }
    if (answer.status === 422) return alarm(`它记得的 ${from} 条不是本日志的前 ${from} 条：日志有分叉或被改写`)
    if (answer.status !== 409) return failure(`答复 ${answer.status}：${answer.body.slice(0, 100).trim()}`)
    const said = /^\d{1,16}\n$/.test(answer.body) ? Number(answer.body) : NaN
    if (!Number.isSafeInteger(said)) return failure('答复 409，而没有说明它记得的条数')
    // it may have seen a checkpoint that was signed while we were asking
    if (said > now.size) now = (await checkpointOf(app.pool, log)) ?? now
    if (said > now.size) return alarm(`它记得 ${said} 条，而本日志只有 ${now.size} 条：日志被截短或回退`)
    if (said === from && said === now.size) return alarm(`它记得的 ${said} 条有另一个根：日志有分叉或被改写`)
    if (said === from) return failure(`答复 409，而所说的条数正是请求中的 ${said}`)
    old = said
  }
  return failure('一再答复 409')
}

const goodLines = (note: string, answer: string, key: VerifierKey): readonly string[] => {
  try {
    const { text } = openNote(note, [])
    return linesBy(`${text}\n${answer}`, [key])
  } catch {
    return []
  }
}

export interface Cosigning {
  /** Asks every witness that has not cosigned the latest checkpoints, once, and waits for the answers. For tests and commands. */
  readonly askAll: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** How often a new checkpoint is looked for, and the longest pause after failures. Milliseconds. */
const beat = 1000
const longestPause = 60_000

/**
 * Asks the witnesses of a policy to cosign the logs’ latest checkpoints: of each log, one request to each witness at a time, always for the
 * newest. Beside everything else: no act and no sequencing waits for it. Any number of processes may; what they find is the same.
 * @param beating false for asking only when told to
 */
export const startCosigning = async ({
  databaseUrl,
  policy: { text, policy },
  log: journal,
  beating = true,
}: {
  readonly databaseUrl: string
  readonly policy: { readonly text: string; readonly policy: Policy }
  readonly log: App['log']
  readonly beating?: boolean
}): Promise<Cosigning> => {
  const pool = connect(databaseUrl, { max: 2, role: LOG_ROLE })
  try {
    await followPolicy(pool, text, policy)
  } catch (e) {
    await pool.end()
    throw e
  }
  const stopping = new AbortController()
  const trouble = (err: unknown): void => {
    if (!stopping.signal.aborted) journal.error({ err }, 'cosigning')
  }
  interface Pair {
    readonly log: string
    readonly witness: Asked
    size: number
    failures: number
    notBefore: number
    said: string
    busy: Promise<void> | undefined
  }
  const pairs: Pair[] = []
  /** Witnesses check trees of SHA-256 (C2SP); a log may have been begun since. */
  const logs = async (): Promise<readonly string[]> => {
    const names = (await logsOf(pool)).filter((l) => l.hash === 'sha256').map((l) => l.name)
    const fresh = names.filter((log) => !pairs.some((p) => p.log === log))
    const seen = fresh.length > 0 ? await witnessesSeen(pool) : []
    for (const log of fresh)
      for (const witness of asked(policy)) {
        const size = seen.find((s) => s.log === log && s.witness === witnessId(witness.key))?.size ?? 0
        pairs.push({ log, witness, size, failures: 0, notBefore: 0, said: '', busy: undefined })
      }
    return names
  }
  const askOne = async (pair: Pair, latest: PublishedCheckpoint): Promise<void> => {
    const { log, witness } = pair
    const outcome = await cosignatureFor({ pool }, log, witness, latest, pair.size, stopping.signal)
    if ('line' in outcome) {
      await keepCosignature(pool, log, outcome.size, witness.key, outcome.line)
      Object.assign(pair, { size: outcome.size, failures: 0, notBefore: 0, said: '' })
      return
    }
    if (stopping.signal.aborted) return
    await witnessFailed(pool, log, witness.key, outcome.failed, outcome.alarm)
    pair.notBefore = Date.now() + Math.min(longestPause, beat * 2 ** pair.failures++)
    if (outcome.failed === pair.said) return
    pair.said = outcome.failed
    const says = `见证方“${witness.key.name}”未副署日志 ${log}：${outcome.failed}`
    if (outcome.alarm) journal.error({ log, witness: witness.key.name }, says)
    else journal.warn({ log, witness: witness.key.name }, says)
  }
  /** Begins whatever is due; a pair that is still waiting for its answer is left alone. */
  const begin = async (due: (p: Pair) => boolean): Promise<void> => {
    for (const log of await logs()) {
      const waiting = pairs.filter((p) => p.log === log && !p.busy && due(p))
      if (waiting.length === 0) continue
      const latest = await checkpointOf(pool, log)
      if (!latest) continue
      for (const pair of waiting)
        if (pair.size !== latest.size || pair.said !== '')
          pair.busy = askOne(pair, latest)
            .catch((err: unknown) => {
              pair.notBefore = Date.now() + Math.min(longestPause, beat * 2 ** pair.failures++)
              trouble(err)
            })
            .finally(() => (pair.busy = undefined))
    }
  }
  const idle = async (): Promise<void> => {
    await Promise.all(pairs.map((p) => p.busy))
  }
  const loop = (async () => {
    while (beating && !stopping.signal.aborted) {
      await begin((p) => p.notBefore <= Date.now()).catch(trouble)
      await sleep(beat, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    askAll: async () => {
      await idle()
      await begin(() => true)
      await idle()
    },
    stop: async () => {
      stopping.abort()
      await loop
      await idle()
      await pool.end()
    },
  }
}

// ── what the witnesses remember ────────────────────────────────────────────────────────────────────────────────

export interface Heard {
  /** Name of the witness in the policy. */
  readonly witness: string
  /** The signed checkpoints it remembers, each with its cosignature: to be passed to verifyLog as `known`. */
  readonly notes: readonly string[]
  /** Why nothing was heard, or why this is not all. */
  readonly failed?: string
}

/** Asks a witness what it remembers. Only what it has cosigned itself is believed to be its memory. */
const witnessMemory = async (name: string, { key, url }: Asked): Promise<Heard> => {
  try {
    const { status, body } = await ask(at(url, 'status'), { longest: 2 ** 22 })
    if (status !== 200) return { witness: name, notes: [], failed: `答复 ${status}` }
    const { logs } = JSON.parse(body) as {
      logs: readonly { origin: string; remembered?: { note: string }; problem?: string }[]
    }
    const notes = logs.flatMap((l) => (l.remembered ? [l.remembered.note] : []))
    const own = notes.filter((note) => openNote(note, [key]).by.length > 0)
    const problem = logs.find((l) => l.problem)?.problem
    const failed = problem ?? (own.length < notes.length ? '它所说的记忆没有它自己的副署' : undefined)
    return { witness: name, notes: own, ...(failed !== undefined && { failed }) }
  } catch {
    return { witness: name, notes: [], failed: '没有回应' }
  }
}

/** What all witnesses of a policy remember, as far as they answer. */
export const heardFrom = (p: Policy): Promise<readonly Heard[]> =>
  Promise.all(
    p.witnesses.map(({ name, key, url }) =>
      url === undefined
        ? { witness: name, notes: [], failed: '策略中没有它的网址' }
        : witnessMemory(name, { key, url }),
    ),
  )
