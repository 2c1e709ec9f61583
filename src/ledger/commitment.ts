import { createHash, hash } from 'node:crypto'
import { canonical } from './canonical.ts'

export interface Digest {
  /** Lower-case hex. */
  readonly sha256: string
  readonly sm3: string
}
export const digestOf = (text: string): Digest => ({
  sha256: hash('sha256', text),
  sm3: createHash('sm3').update(text).digest('hex'),
})

/**
 * SHA-256(0x02 ‖ length of the tag ‖ tag ‖ salt ‖ canonical(value)), hex; the length in two bytes, big-endian, so that no part can be
 * taken for a piece of its neighbour. The salt is 32 fresh random bytes per field per entry, so that a short value such as a telephone
 * number cannot be found by trying; without the salt the leaf proves nothing and reveals nothing.
 * @throws Error for a salt of another length, a tag of more than 65 535 bytes, and a value that has no canonical form
 */
export const commit = (tag: string, salt: Uint8Array, value: unknown): string => {
  if (salt.length !== 32) throw new Error('a salt has 32 bytes')
  const t = Buffer.from(tag)
  if (t.length > 0xffff) throw new Error('a tag has at most 65535 bytes')
  return createHash('sha256')
    .update(Buffer.from([2, t.length >> 8, t.length & 255]))
    .update(t)
    .update(salt)
    .update(canonical(value))
    .digest('hex')
}

/** Does this value, with this salt, open the commitment? What cannot have been committed to opens nothing. */
export const opens = (commitment: string, tag: string, salt: Uint8Array, value: unknown): boolean => {
  try {
    return commit(tag, salt, value) === commitment
  } catch {
    return false
  }
}
