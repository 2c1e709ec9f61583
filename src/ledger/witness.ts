import { parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { fromDecimal, hashFromBase64 } from './encoding.ts'
import { sha256Tree, verifyConsistency } from './merkle.ts'
import { openNote, type VerifierKey } from './note.ts'

// What a witness is asked and what it answers (C2SP tlog-witness), without the network, the clock and the disk.

/** A log asks for a cosignature. */
export interface WitnessRequest {
  /** The size that the witness cosigned last, as far as the log knows; 0 when it knows of none. */
  readonly old: number
  /** That the tree of then is the beginning of the tree of now, as verifyConsistency takes it; empty for `old` = 0. */
  readonly proof: readonly Buffer[]
  /** Signed note. */
  readonly checkpoint: string
}

const longestProof = 63

export const witnessRequestText = ({ old, proof, checkpoint }: WitnessRequest): string =>
  [`old ${old}`, ...proof.map((p) => p.toString('base64')), '', checkpoint].join('\n')

/** Reads the form only; the checkpoint is left as it is. @throws Error on anything irregular */
export const parseWitnessRequest = (text: string): WitnessRequest => {
  const blank = text.indexOf('\n\n')
  if (blank < 0) throw new Error('malformed request')
  const [old, ...proof] = text.slice(0, blank).split('\n')
  if (!old?.startsWith('old ') || proof.length > longestProof) throw new Error('malformed request')
  return {
    old: fromDecimal(old.slice('old '.length)),
    proof: proof.map(hashFromBase64),
    checkpoint: text.slice(blank + 2),
  }
}

/** The lines of a note that are good signatures of these keys, each with its newline. @throws Error on a malformed note */
export const linesBy = (note: string, keys: readonly VerifierKey[]): string[] => {
  const { text } = openNote(note, keys)
  return note
    .slice(text.length + 1)
    .split(/(?<=\n)/)
    .filter((line) => openNote(`${text}\n${line}`, keys).signed.length > 0)
}

/** The origin of which a request speaks, so that the witness can look up what it remembers; undefined when it makes no sense. */
export const originOf = (r: WitnessRequest): string | undefined => {
  try {
    return parseCheckpoint(openNote(r.checkpoint, []).text).origin
  } catch {
    return undefined
  }
}

export type WitnessAnswer =
  | {
      readonly status: 200
      /** What is to be remembered before anything is cosigned: the note with the signatures of the log, and no others. */
      readonly note: string
      readonly checkpoint: Checkpoint
    }
  | {
      readonly status: 400 | 403 | 404 | 409 | 422
      readonly says: string
      /** Of 409: the size cosigned last. */
      readonly size?: number
      /** The log has signed another tree of the size that is remembered: the two signed notes together prove it. */
      readonly fork?: true
    }

/**
 * May this checkpoint be cosigned? Whoever goes by the answers, one request after another and remembering each before signing, never
 * cosigns two trees that do not grow out of each other.
 * @param keys those of the logs it serves; a log is named by its origin
 * @param remembered the checkpoint of this origin that was cosigned last; undefined for none
 */
export const answerWitness = (
  keys: readonly VerifierKey[],
  remembered: Pick<Checkpoint, 'size' | 'root'> | undefined,
  { old, proof, checkpoint: note }: WitnessRequest,
): WitnessAnswer => {
  let text, checkpoint
  try {
    text = openNote(note, []).text
    checkpoint = parseCheckpoint(text)
  } catch {
    return { status: 400, says: '检查点格式有误' }
  }
  const { origin, size, root } = checkpoint
  const own = keys.filter((k) => k.name === origin)
  if (own.length === 0) return { status: 404, says: `不见证日志“${origin}”` }
  const lines = linesBy(note, own)
  if (lines.length === 0) return { status: 403, says: '没有该日志的有效签名' }
  if (old > size) return { status: 400, says: '旧的规模大于检查点的规模' }
  const known = remembered?.size ?? 0
  const fork = remembered?.size === size && !remembered.root.equals(root)
  if (old !== known || fork)
    return {
      status: 409,
      size: known,
      says: fork ? `同一规模 ${size} 已见过另一个根：日志有分叉` : `上次副署的规模是 ${known}`,
      ...(fork && { fork }),
    }
  // of no entries there is but one tree, and it is the beginning of every other: the one case that the strict verifier leaves to us
  const grown =
    old === 0
      ? proof.length === 0 && (size > 0 || root.equals(sha256Tree.empty))
      : verifyConsistency(sha256Tree, old, size, proof, remembered!.root, root)
  if (!grown) return { status: 422, says: `不能证明规模 ${size} 的树是由规模 ${old} 的树增长而来` }
  return { status: 200, note: `${text}\n${lines.join('')}`, checkpoint }
}
