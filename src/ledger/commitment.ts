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
 * SHA-256(0x02 ‖ tag ‖ salt ‖ canonical(value)), hex. The salt is 32 fresh random bytes per field per entry, so that a short value
 * such as a telephone number cannot be found by trying; without the salt the leaf proves nothing and reveals nothing.
 */
export const commit = (tag: string, salt: Uint8Array, value: unknown): string => {
  if (salt.length !== 32) throw new Error('a salt has 32 bytes')
  const t = Buffer.from(tag)
  return createHash('sha256')
    .update(Buffer.from([2, t.length >> 8, t.length & 255]))
    .update(t)
    .update(salt)
    .update(canonical(value))
    .digest('hex')
}

/** Does this value, with this salt, open the commitment? */
export const opens = (commitment: string, tag: string, salt: Uint8Array, value: unknown): boolean =>
  commit(tag, salt, value) === commitment
