import { fromDecimal, hashFromBase64, isPlain } from './encoding.ts'
import { hashBytes } from './subtree.ts'

/** What a log says of itself at one moment (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Name of the log. */
  readonly origin: string
  /** Number of entries. */
  readonly size: number
  /** 32 bytes. */
  readonly root: Buffer
}

const isOrigin = (origin: string): boolean => origin !== '' && !origin.includes('\n') && isPlain(origin)

/** The text to sign: origin, size, root. @throws RangeError for what could not be read again */
export const checkpointText = ({ origin, size, root }: Checkpoint): string => {
  if (!isOrigin(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== hashBytes)
    throw new RangeError('not a checkpoint')
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/**
 * Reads the text of a note. Extension lines are allowed and ignored: nobody who checks the tree can check them.
 * @throws Error on anything irregular
 */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', size = '', root = '', ...more] = text.split('\n')
  // the last line ends as well, so that the split leaves one empty piece behind it
  if (!isOrigin(origin) || more.pop() !== '' || more.includes('') || !isPlain(text))
    throw new Error('malformed checkpoint')
  return { origin, size: fromDecimal(size), root: hashFromBase64(root) }
}
