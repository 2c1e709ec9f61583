import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'

// SM2 signatures as others make and expect them: GB/T 32918.2 with SM3 and the default user id, encoded as GM/T 0009 says.
//
// Keys are Node’s own objects, which read and write the PEM of OpenSSL (PKCS #8, SPKI). Never sign or verify with them through
// node:crypto: it makes ECDSA of it or leaves the user id empty, depending on where the key came from, and in either case it agrees with
// itself and with nobody else.

/** The identity that goes into a signature where signer and verifier have agreed on no other (GM/T 0009). */
const userId = '1234567812345678'

/** Order of the curve (GB/T 32918.5). */
const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n

/** Everything before the point in an SPKI, and before the number in a PKCS #8: the curve by its name 1.2.156.10197.1.301. */
const spki = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex')
const pkcs8 = Buffer.from('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420', 'hex')

/** A fresh private key. Writes and reads as PEM: `key.export({ format: 'pem', type: 'pkcs8' })`, `createPrivateKey(pem)`. */
export const newSm2Key = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'SM2' }).privateKey

const behind = (head: Buffer, der: Buffer, length: number): Buffer => {
  if (der.length !== length || !der.subarray(0, head.length).equals(head)) throw new Error('not an SM2 key')
  return der.subarray(head.length)
}

/**
 * 0x04 ‖ x ‖ y, 65 bytes, of a private or public key.
 * @throws Error for a key of another kind, and for one that writes its curve in full or its point compressed
 */
export const sm2Point = (key: KeyObject): Buffer => {
  const own = key.type === 'private' ? createPublicKey(key) : key
  return behind(spki, own.export({ format: 'der', type: 'spki' }), 91)
}

/** Is this a point of the curve as 0x04 ‖ x ‖ y? The only form taken, as in certificates and GM/T 0009, so that a key has one id. */
export const isSm2Point = (point: Buffer): boolean => {
  if (point.length !== 65 || point[0] !== 4) return false
  try {
    return sm2.verifyPublicKey(point.toString('hex'))
  } catch {
    return false
  }
}

/** The other way, for whoever needs SPKI or PEM. @throws Error for what is no point of the curve */
export const sm2PublicKey = (point: Buffer): KeyObject => {
  if (!isSm2Point(point)) throw new Error('not a point of the SM2 curve')
  return createPublicKey({ key: Buffer.concat([spki, point]), format: 'der', type: 'spki' })
}

/**
 * DER of (r, s). Takes a fresh nonce from the system, so that no two signatures are the same. The arithmetic takes longer for some keys
 * than for others: where someone could measure that, or certified modules are required, a hardware module signs instead.
 * @throws Error for a key that is no private SM2 key
 */
export const sm2Sign = (key: KeyObject, message: Uint8Array): Buffer => {
  // Node ends the process when it is asked for the private half of a public SM2 key
  if (key.type !== 'private') throw new Error('not a private key')
  const number = behind(pkcs8, key.export({ format: 'der', type: 'pkcs8' }), 138).toString('hex', 0, 32)
  const publicKey = sm2Point(key).toString('hex')
  return Buffer.from(sm2.doSignature(message, number, { hash: true, der: true, publicKey, userId }), 'hex')
}

const integer = (n: bigint): Buffer => {
  const hex = n.toString(16)
  const digits = hex.length % 2 === 1 ? `0${hex}` : hex
  const value = Buffer.from(digits < '8' ? digits : `00${digits}`, 'hex')
  return Buffer.concat([Buffer.of(2, value.length), value])
}
const encode = (r: bigint, s: bigint): Buffer => {
  const value = Buffer.concat([integer(r), integer(s)])
  return Buffer.concat([Buffer.of(0x30, value.length), value])
}

/** r and s as 64 bytes in hex; undefined for numbers outside 1…n−1, and for bytes that are not their only encoding. */
const decode = (der: Buffer): string | undefined => {
  if (der.length > 72) return undefined
  const number = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString('hex')}`)
  const end = 4 + (der[3] ?? 0)
  const [r, s] = [number(der.subarray(4, end)), number(der.subarray(end + 2))]
  if ([r, s].some((n) => n === 0n || n >= order) || !encode(r, s).equals(der)) return undefined
  return [r, s].map((n) => n.toString(16).padStart(64, '0')).join('')
}

/** Is this the DER of a signature over the message under the point? False for anything irregular. */
export const sm2Verifies = (point: Buffer, message: Uint8Array, signature: Buffer): boolean => {
  const numbers = decode(signature)
  if (!numbers || !isSm2Point(point)) return false
  return sm2.doVerifySignature(message, numbers, point.toString('hex'), { hash: true, userId })
}
