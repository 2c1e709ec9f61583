import { parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { fromBase64, fromDecimal, hashFromBase64 } from './encoding.ts'
import { verifyInclusion, type Hasher } from './merkle.ts'
import { openNote, type VerifierKey } from './note.ts'
import { hashBytes } from './subtree.ts'

/** That an entry stands in a log, to be checked without asking anyone (C2SP tlog-proof). */
export interface TlogProof {
  /** Place of the entry, from 0. */
  readonly index: number
  /** From the leaf’s sibling to the root’s child, 32 bytes each. */
  readonly path: readonly Buffer[]
  /** The signed note, as it is. */
  readonly checkpoint: string
  /** Not authenticated by anything: a hint, never a fact. */
  readonly extra?: Buffer
}

const header = 'c2sp.org/tlog-proof@v1'
/** A tree of 2⁶³ leaves is no deeper. */
const longestPath = 63

/** @throws RangeError for what could not be read again */
export const proofText = ({ index, path, checkpoint, extra }: TlogProof): string => {
  if (
    !Number.isSafeInteger(index) ||
    index < 0 ||
    path.length > longestPath ||
    path.some((p) => p.length !== hashBytes)
  )
    throw new RangeError('not a proof')
  return [
    header,
    ...(extra ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...path.map((p) => p.toString('base64')),
    '',
    checkpoint,
  ].join('\n')
}

/** Reads the form only; the checkpoint is left as it is. @throws Error on anything irregular */
export const parseProof = (text: string): TlogProof => {
  const blank = text.indexOf('\n\n')
  if (blank < 0) throw new Error('malformed proof')
  const lines = text.slice(0, blank).split('\n')
  if (lines.shift() !== header) throw new Error('not a tlog-proof')
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()!.slice('extra '.length)) : undefined
  const index = lines.shift()
  if (!index?.startsWith('index ') || lines.length > longestPath) throw new Error('malformed proof')
  return {
    index: fromDecimal(index.slice('index '.length)),
    path: lines.map(hashFromBase64),
    checkpoint: text.slice(blank + 2),
    ...(extra && { extra }),
  }
}

/**
 * Does the proof show that this entry is in the log of this origin? Needed is the signature of the key named like the log, and not a
 * cosignature: a witness of that name says that it has seen the tree, not that the log is bound by it. `by` says who has signed, and
 * whether the others are enough is for the caller to decide.
 */
export const checkProof = (
  h: Hasher,
  entry: Uint8Array,
  proof: TlogProof,
  keys: readonly VerifierKey[],
  origin: string,
):
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly by: readonly string[] }
  | { readonly ok: false; readonly says: string } => {
  const no = (says: string) => ({ ok: false, says }) as const
  let opened, checkpoint
  try {
    opened = openNote(proof.checkpoint, keys)
    checkpoint = parseCheckpoint(opened.text)
  } catch {
    return no('回执中的检查点格式损坏')
  }
  const { by, bad, signed } = opened
  if (bad.length > 0) return no(`检查点上的签名与公钥不符：${bad.join('、')}`)
  if (!signed.some(({ key, time }) => key.name === origin && time === undefined))
    return no(`检查点没有日志“${origin}”的有效签名`)
  if (checkpoint.origin !== origin) return no(`检查点属于另一日志“${checkpoint.origin}”`)
  if (proof.index >= checkpoint.size)
    return no(`回执所称的位置（第${proof.index}条，从0起）超出了检查点的规模（共${checkpoint.size}条）`)
  if (!verifyInclusion(h, proof.index, checkpoint.size, h.leaf(entry), proof.path, checkpoint.root))
    return no('哈希路径与检查点的根不符：条目或回执不是日志中的原样')
  return { ok: true, checkpoint, by }
}
