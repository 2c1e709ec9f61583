import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { sm3 } from 'sm-crypto-v2'
import { Buffer } from './buffer.ts'

// What the ledger uses of node:crypto, for browsers: hashes and the verification of Ed25519. Nothing is signed here.

type Bytes = Uint8Array | string
const bytesOf = (data: Bytes): Uint8Array => (typeof data === 'string' ? new TextEncoder().encode(data) : data)

const digest = (name: string, data: Uint8Array): Buffer => {
  switch (name) {
    case 'sha256':
      return Buffer.from(sha256(data))
    case 'sm3':
      return Buffer.from(sm3(data), 'hex')
    default:
      throw new Error(`no hash ${name} here`)
  }
}
const shown = (hashed: Buffer, as: 'hex' | 'binary' | 'buffer'): Buffer | string =>
  as === 'buffer' ? hashed : hashed.toString(as)

/** crypto.hash; hex unless told otherwise. */
export const hash = (name: string, data: Bytes, as: 'hex' | 'binary' | 'buffer' = 'hex'): Buffer | string =>
  shown(digest(name, bytesOf(data)), as)

interface Hashing {
  readonly update: (data: Bytes) => Hashing
  readonly digest: (as?: 'hex') => Buffer | string
}
/** crypto.createHash. What is hashed in pieces is kept until the end: entries and salts are small. */
export const createHash = (name: string): Hashing => {
  const parts: Uint8Array[] = []
  const h: Hashing = {
    update: (data) => {
      parts.push(bytesOf(data))
      return h
    },
    digest: (as) => shown(digest(name, Buffer.concat(parts)), as ?? 'buffer'),
  }
  return h
}

export interface KeyObject {
  readonly raw: Uint8Array
}
/** crypto.createPublicKey for an Ed25519 key as a JWK. */
export const createPublicKey = ({
  key,
}: {
  readonly key: { readonly kty: string; readonly crv: string; readonly x: string }
}): KeyObject => {
  if (key.kty !== 'OKP' || key.crv !== 'Ed25519') throw new Error('not an Ed25519 key')
  return { raw: Buffer.from(key.x, 'base64url') }
}
/** crypto.verify for Ed25519, as strict as RFC 8032. */
export const verify = (_: null, message: Uint8Array, { raw }: KeyObject, signature: Uint8Array): boolean => {
  try {
    return ed25519.verify(signature, message, raw, { zip215: false })
  } catch {
    // the wrong length, or no point of the curve
    return false
  }
}
const elsewhere = (): never => {
  throw new Error('nothing is signed in a browser')
}
export const sign = (): never => elsewhere()
export const generateKeyPairSync = (): never => elsewhere()
