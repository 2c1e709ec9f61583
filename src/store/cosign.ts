import type pg from 'pg'
import { fewest, isQuorum, openNote, parsePolicy, vkey, type Policy, type VerifierKey } from '#ledger'
import { checkpointOf, type PublishedCheckpoint } from './log.ts'

type Q = Pick<pg.Pool, 'query'>

/** How a verifier key names its witness in the database. */
export const witnessId = (k: VerifierKey): string => vkey(k.name, k.type, k.key)

// ── as the sequencer ───────────────────────────────────────────────────────────────────────────────────────────

/** Takes a policy into force; the earlier ones are kept. @param text as the operator wrote it */
export const followPolicy = async (q: Q, text: string, p: Policy): Promise<void> => {
  await q.query('select gongshu.witness_follow($1, $2)', [text, p.witnesses.map((w) => witnessId(w.key))])
}
/** Keeps a cosignature. The caller has verified it. */
export const keepCosignature = async (
  q: Q,
  log: string,
  size: number,
  witness: VerifierKey,
  line: string,
): Promise<void> => {
  await q.query('select gongshu.witness_cosigned($1, $2, $3, $4)', [log, size, witnessId(witness), line])
}
/** @param alarm the witness remembers something that this log is not */
export const witnessFailed = async (
  q: Q,
  log: string,
  witness: VerifierKey,
  failed: string,
  alarm: boolean,
): Promise<void> => {
  await q.query('select gongshu.witness_failed($1, $2, $3, $4)', [log, witnessId(witness), failed, alarm])
}

// ── what anyone may read ───────────────────────────────────────────────────────────────────────────────────────

/** The policy in force; undefined while nobody has been asked to witness. */
export const currentPolicy = async (q: Q): Promise<Policy | undefined> => {
  const { rows } = await q.query<{ text: string }>({
    name: 'witness_policy',
    text: 'select text from gongshu.witness_policy order by id desc limit 1',
  })
  return rows[0] && parsePolicy(rows[0].text)
}

export interface WitnessSeen {
  readonly log: string
  /** Verifier key. */
  readonly witness: string
  /** What it cosigned last, 0 for nothing, and when. */
  readonly size: number
  readonly at: string | null
  /** Entries that it has not cosigned yet. */
  readonly behind: number
  readonly failed: string | null
  readonly alarm: boolean
}
/** How it stands between the logs and those who are asked to witness them. */
export const witnessesSeen = async (q: Q): Promise<readonly WitnessSeen[]> =>
  (
    await q.query<WitnessSeen>(
      `select w.log, w.witness, w.size, w.at, w.failed, w.alarm,
              greatest(0, coalesce((select max(c.size) from gongshu.checkpoint c where c.log = w.log and c.note is not null), 0) - w.size) as behind
       from gongshu.witness_seen w order by w.log, w.witness`,
    )
  ).rows

/** How many cosigned checkpoints are looked at in one go. */
const page = 100

/** Checkpoints from a size on that at least so many of these witnesses have cosigned, with all cosignatures they have. */
const cosigned = async (
  q: Q,
  log: string,
  from: number,
  by: readonly VerifierKey[],
  least: number,
): Promise<readonly PublishedCheckpoint[]> =>
  (
    await q.query<PublishedCheckpoint>({
      name: 'log_cosigned',
      text: `select c.size, c.note || string_agg(s.line, '' order by s.at, s.witness) as note
             from gongshu.cosignature s join gongshu.checkpoint c using (log, size)
             where s.log = $1 and s.size >= $2 and c.note is not null
             group by c.size, c.note having count(*) filter (where s.witness = any ($3)) >= $4
             order by c.size limit $5`,
      values: [log, from, by.map(witnessId), least, page],
    })
  ).rows

/** Do the cosignatures of a checkpoint make the quorum of a policy? */
const hasQuorum = (policy: Policy, { note }: PublishedCheckpoint): boolean => {
  const { signed } = openNote(
    note,
    policy.witnesses.map((w) => w.key),
  )
  const names = policy.witnesses.filter((w) => signed.some((s) => s.key === w.key)).map((w) => w.name)
  return isQuorum(policy, names)
}

/** How many entries of a log a checkpoint covers that the quorum in force has cosigned; 0 while there is none, or nobody is required. */
export const witnessedSize = async (q: Q, log: string): Promise<number> => {
  const policy = await currentPolicy(q)
  const least = policy ? fewest(policy) : 0
  if (!policy || least === 0) return 0
  const keys = policy.witnesses.map((w) => witnessId(w.key))
  let below: number | undefined
  for (;;) {
    const { rows }: { rows: PublishedCheckpoint[] } = await q.query({
      name: 'log_cosigned_last',
      text: `select c.size, c.note || string_agg(s.line, '' order by s.at, s.witness) as note
             from gongshu.cosignature s join gongshu.checkpoint c using (log, size)
             where s.log = $1 and ($2::bigint is null or s.size < $2) and c.note is not null
             group by c.size, c.note having count(*) filter (where s.witness = any ($3)) >= $4
             order by c.size desc limit $5`,
      values: [log, below ?? null, keys, least, page],
    })
    const found = rows.find((c) => hasQuorum(policy, c))
    if (found) return found.size
    const last = rows.at(-1)
    if (!last || rows.length < page) return 0
    below = last.size
  }
}

/**
 * The earliest signed checkpoint that covers an entry and is cosigned by the quorum in force; while there is none, the earliest that covers
 * the entry. Either with all its cosignatures. Undefined as long as no signed checkpoint covers the entry.
 */
export const witnessedCheckpointOf = async (
  q: Q,
  log: string,
  covers: number,
): Promise<PublishedCheckpoint | undefined> => {
  const earliest = await checkpointOf(q, log, covers)
  const policy = earliest && (await currentPolicy(q))
  if (!policy) return earliest
  const keys = policy.witnesses.map((w) => w.key)
  const isWitnessed = (c: PublishedCheckpoint): boolean => hasQuorum(policy, c)
  const [first] = await cosigned(q, log, earliest.size, keys, 0)
  const fallback = first?.size === earliest.size ? first : earliest
  if (isWitnessed(fallback)) return fallback
  const least = fewest(policy)
  for (let from = earliest.size + 1; ;) {
    const found = await cosigned(q, log, from, keys, least)
    const witnessed = found.find(isWitnessed)
    if (witnessed) return witnessed
    const last = found.at(-1)
    if (!last || found.length < page) return fallback
    from = last.size + 1
  }
}
