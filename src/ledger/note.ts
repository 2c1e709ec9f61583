import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import { fromBase64, isPlain } from './encoding.ts'

/** A public key as C2SP signed-note writes it: who signs, with which kind of signature, under which key. */
export interface VerifierKey {
  /** Without spaces and plus signs; a log is named by its origin. */
  readonly name: string
  /** First 4 bytes of SHA-256(name ‖ 0x0a ‖ type ‖ key): a label, not a proof. */
  readonly id: Buffer
  /** 0x01 Ed25519, 0x04 Ed25519 cosignature with its time. Others can be named here, but their signatures cannot be checked. */
  readonly type: number
  /** Ed25519: 32 bytes. */
  readonly key: Buffer
}

const ed25519 = 1
const cosignature = 4
const isEd25519 = (type: number): boolean => type === ed25519 || type === cosignature

const isName = (name: string): boolean => name !== '' && isPlain(name) && !/[+\p{White_Space}]/u.test(name)

const verifierKey = (name: string, type: number, key: Uint8Array): VerifierKey => {
  if (!isName(name)) throw new Error('a key name is not empty and has no spaces and no plus')
  if (!Number.isInteger(type) || type < 0 || type > 255) throw new Error('a signature type is one byte')
  if (isEd25519(type) ? key.length !== 32 : key.length === 0) throw new Error('a key of the wrong length')
  const typed = Buffer.concat([Buffer.of(type), key])
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer').subarray(0, 4)
  return { name, id, type, key: typed.subarray(1) }
}

/** `name+id+key`, the one line by which a key is handed on. @throws Error for a name or a key that is none */
export const vkey = (name: string, type: number, key: Uint8Array): string => {
  const k = verifierKey(name, type, key)
  return `${name}+${k.id.toString('hex')}+${Buffer.concat([Buffer.of(type), k.key]).toString('base64')}`
}

/** @throws Error on anything irregular, also when the id is not that of name, type and key (as it never is for type 0x02, ECDSA) */
export const parseVkey = (text: string): VerifierKey => {
  const [, name, id, key] = /^([^+]*)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? []
  if (name === undefined || id === undefined || key === undefined) throw new Error('malformed verifier key')
  const typed = fromBase64(key)
  const k = verifierKey(name, typed[0] ?? 0, typed.subarray(1))
  if (k.id.toString('hex') !== id) throw new Error('the id is not that of the verifier key')
  return k
}

/** Whoever can sign the text of a note; the key itself may stand elsewhere, as in a hardware module. */
export interface NoteSigner {
  readonly name: string
  readonly id: Buffer
  /** The signature without the id before it. */
  readonly sign: (text: string) => Promise<Buffer>
}

const rawPublicKey = (privateKey: KeyObject): Buffer => {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key')
  return Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url')
}

/** Signs the text as it is, type 0x01: how a log signs. @throws Error for a key of another kind */
export const ed25519Signer = (name: string, privateKey: KeyObject): NoteSigner => ({
  name,
  id: verifierKey(name, ed25519, rawPublicKey(privateKey)).id,
  sign: async (text) => sign(null, Buffer.from(text), privateKey),
})

/** What a cosigner signs (C2SP tlog-cosignature): never a note as such, so that the two cannot be taken for each other. */
const timed = (text: string, seconds: number | bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)

/**
 * Signs as a witness, type 0x04: at this time I have seen no larger tree of this log, and it grew from all that I saw. The caller has
 * checked that. One key per witness, as the name is not signed.
 * @param now POSIX time in seconds
 * @throws Error for a key of another kind
 */
export const cosigner = (name: string, privateKey: KeyObject, now: () => number): NoteSigner => ({
  name,
  id: verifierKey(name, cosignature, rawPublicKey(privateKey)).id,
  sign: async (text) => {
    const seconds = now()
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(seconds))
    return Buffer.concat([time, sign(null, timed(text, seconds), privateKey)])
  },
})

const isText = (text: string): boolean => text.endsWith('\n') && isPlain(text)

/**
 * One signature, as a line with its newline. A note followed by such a line is the note with that signature added.
 * @throws Error for a text that cannot be that of a note, and whatever the signer throws
 */
export const signatureLine = async (text: string, signer: NoteSigner): Promise<string> => {
  if (!isText(text)) throw new Error('the text of a note ends in a newline and has no other control character')
  if (!isName(signer.name)) throw new Error('a key name is not empty and has no spaces and no plus')
  return `— ${signer.name} ${Buffer.concat([signer.id, await signer.sign(text)]).toString('base64')}\n`
}

/** @throws Error without a signer, and as signatureLine does */
export const signNote = async (text: string, signers: readonly NoteSigner[]): Promise<string> => {
  if (signers.length === 0) throw new Error('a note has a signature')
  const lines = await Promise.all(signers.map((s) => signatureLine(text, s)))
  return `${text}\n${lines.join('')}`
}

/** A signature that verifies. */
export interface VerifiedSignature {
  readonly key: VerifierKey
  /** Of a cosignature: when, in POSIX seconds, by its own account. */
  readonly time?: number
}

const ed25519Verifies = (key: Buffer, message: Buffer, signature: Buffer): boolean => {
  const x = key.toString('base64url')
  return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
}

const check = (key: VerifierKey, text: string, signature: Buffer): VerifiedSignature | undefined => {
  if (key.type === ed25519) return ed25519Verifies(key.key, Buffer.from(text), signature) ? { key } : undefined
  if (signature.length !== 8 + 64) return undefined
  const time = Number(signature.readBigUInt64BE())
  if (!Number.isSafeInteger(time)) return undefined
  return ed25519Verifies(key.key, timed(text, time), signature.subarray(8)) ? { key, time } : undefined
}

/** As many signatures as anyone needs; beyond, a note is an attempt to keep the reader busy. C2SP demands at least 16. */
const mostSignatures = 100

/**
 * Reads a note and checks the signatures of the given keys. The text counts only as far as it is signed: look at `by` before using it.
 * Lines of other keys are ignored, as are those of given keys whose type cannot be checked here.
 * @throws Error on a malformed note
 */
export const openNote = (
  note: string,
  keys: readonly VerifierKey[],
): {
  readonly text: string
  /** Names whose signature verifies, each once. */
  readonly by: readonly string[]
  /** Names of given keys under which a signature stands that does not verify. */
  readonly bad: readonly string[]
  /** The keys behind `by`, each once. */
  readonly signed: readonly VerifiedSignature[]
} => {
  const blank = note.lastIndexOf('\n\n')
  const lines = note.slice(blank + 2).split('\n')
  if (blank < 0 || lines.pop() !== '' || lines.length === 0 || lines.length > mostSignatures || !isPlain(note))
    throw new Error('malformed note')
  const text = note.slice(0, blank + 1)
  const signed: VerifiedSignature[] = []
  const bad = new Set<string>()
  for (const line of lines) {
    const [, name, base64] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? []
    if (name === undefined || base64 === undefined || !isName(name)) throw new Error('malformed signature line')
    const bytes = fromBase64(base64)
    if (bytes.length < 5) throw new Error('malformed signature line')
    const key = keys.find((k) => isEd25519(k.type) && k.name === name && k.id.equals(bytes.subarray(0, 4)))
    const found = key && check(key, text, bytes.subarray(4))
    if (found && !signed.some((s) => s.key === key)) signed.push(found)
    if (key && !found) bad.add(name)
  }
  return { text, by: [...new Set(signed.map((s) => s.key.name))], bad: [...bad], signed }
}
