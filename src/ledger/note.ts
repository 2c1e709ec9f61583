import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import { fromBase64, isPlain } from './encoding.ts'
import { isSm2Point, sm2Point, sm2Sign, sm2Verifies } from './sm2.ts'

/** A public key as C2SP signed-note writes it: who signs, with which kind of signature, under which key. */
export interface VerifierKey {
  /** Without spaces and plus signs; a log is named by its origin. */
  readonly name: string
  /** First 4 bytes of SHA-256(name ‖ 0x0a ‖ type ‖ key): a label, not a proof. */
  readonly id: Buffer
  /**
   * 0x01 Ed25519, 0x04 Ed25519 cosignature with its time, 0xff what the key says itself: here SM2. Others can be named here, but their
   * signatures cannot be checked.
   */
  readonly type: number
  /** Ed25519: 32 bytes. SM2: `sm2-sm3@gongshu`, then the 65 bytes of the point. */
  readonly key: Buffer
}

/** A kind of signature that can be checked here. */
interface Kind {
  readonly type: number
  /** What stands before the key: signed-note wants a name that nobody else takes behind 0xff, the type of all that it does not know. */
  readonly label: Buffer
  readonly isKey: (key: Buffer) => boolean
  /** What the signature says beside the text; undefined when it is none. */
  readonly verify: (key: Buffer, text: string, signature: Buffer) => { readonly time?: number } | undefined
}

const ed25519Verifies = (key: Buffer, message: Buffer, signature: Buffer): boolean => {
  const x = key.toString('base64url')
  return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
}

/** What a cosigner signs (C2SP tlog-cosignature): never a note as such, so that the two cannot be taken for each other. */
const timed = (text: string, seconds: number | bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)

const ed25519: Kind = {
  type: 1,
  label: Buffer.of(),
  isKey: (key) => key.length === 32,
  verify: (key, text, signature) => (ed25519Verifies(key, Buffer.from(text), signature) ? {} : undefined),
}
const cosignature: Kind = {
  type: 4,
  label: Buffer.of(),
  isKey: ed25519.isKey,
  verify: (key, text, signature) => {
    if (signature.length !== 8 + 64) return undefined
    const time = Number(signature.readBigUInt64BE())
    if (!Number.isSafeInteger(time)) return undefined
    return ed25519Verifies(key, timed(text, time), signature.subarray(8)) ? { time } : undefined
  },
}
const sm2: Kind = {
  type: 0xff,
  label: Buffer.from('sm2-sm3@gongshu'),
  isKey: isSm2Point,
  verify: (key, text, signature) => (sm2Verifies(key, Buffer.from(text), signature) ? {} : undefined),
}
const kindOf = ({ type, key }: Pick<VerifierKey, 'type' | 'key'>): Kind | undefined =>
  [ed25519, cosignature, sm2].find((k) => k.type === type && k.label.equals(key.subarray(0, k.label.length)))

const isName = (name: string): boolean => name !== '' && isPlain(name) && !/[+\p{White_Space}]/u.test(name)

const verifierKey = (name: string, type: number, bytes: Uint8Array): VerifierKey => {
  if (!isName(name)) throw new Error('a key name is not empty and has no spaces and no plus')
  if (!Number.isInteger(type) || type < 0 || type > 255) throw new Error('a signature type is one byte')
  const key = Buffer.from(bytes)
  const kind = kindOf({ type, key })
  if (kind ? !kind.isKey(key.subarray(kind.label.length)) : key.length === 0) throw new Error('a key that is none')
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), key]), 'buffer').subarray(0, 4)
  return { name, id, type, key }
}
const keyOf = (name: string, kind: Kind, key: Buffer): VerifierKey =>
  verifierKey(name, kind.type, Buffer.concat([kind.label, key]))

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

/**
 * Whoever can sign the text of a note. Nothing but the text goes in, and the signature comes back when it comes: the private key may stand
 * elsewhere, in a hardware module or behind a signing server (签名验签服务器), and a signer for one is its public key and a request.
 */
export interface NoteSigner extends VerifierKey {
  /** The signature without the id before it. */
  readonly sign: (text: string) => Promise<Buffer>
}

const rawPublicKey = (privateKey: KeyObject): Buffer => {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key')
  return Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url')
}

/** Signs the text as it is, type 0x01: how a log signs. @throws Error for a key of another kind */
export const ed25519Signer = (name: string, privateKey: KeyObject): NoteSigner => ({
  ...keyOf(name, ed25519, rawPublicKey(privateKey)),
  sign: async (text) => sign(null, Buffer.from(text), privateKey),
})

/**
 * The key of an SM2 signer that is not here. Its signatures are DER (GM/T 0009), with SM3 and the default user id.
 * @throws Error for what is no point of the curve
 */
export const sm2VerifierKey = (name: string, point: Buffer): VerifierKey => keyOf(name, sm2, point)

/** Signs the text as it is with SM2. No two signatures are the same, and all of them hold. @throws Error for a key of another kind */
export const sm2Signer = (name: string, privateKey: KeyObject): NoteSigner => ({
  ...keyOf(name, sm2, sm2Point(privateKey)),
  sign: async (text) => sm2Sign(privateKey, Buffer.from(text)),
})

/**
 * Signs as a witness, type 0x04: at this time I have seen no larger tree of this log, and it grew from all that I saw. The caller has
 * checked that. One key per witness, as the name is not signed.
 * @param now POSIX time in seconds
 * @throws Error for a key of another kind
 */
export const cosigner = (name: string, privateKey: KeyObject, now: () => number): NoteSigner => ({
  ...keyOf(name, cosignature, rawPublicKey(privateKey)),
  sign: async (text) => {
    const seconds = now()
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(seconds))
    return Buffer.concat([time, sign(null, timed(text, seconds), privateKey)])
  },
})

/** A signature that verifies. */
export interface VerifiedSignature {
  readonly key: VerifierKey
  /** Of a cosignature: when, in POSIX seconds, by its own account. */
  readonly time?: number
}

const check = (key: VerifierKey, text: string, signature: Buffer): VerifiedSignature | undefined => {
  const kind = kindOf(key)
  const found = kind?.verify(key.key.subarray(kind.label.length), text, signature)
  return found && { key, ...found }
}

const isText = (text: string): boolean => text.endsWith('\n') && isPlain(text)

/**
 * One signature, as a line with its newline. A note followed by such a line is the note with that signature added.
 *
 * The signature is checked before it is handed out: a signer that stands elsewhere may be asked with another key, or sign with another
 * user id, and nobody would notice before the first auditor.
 * @throws Error for a text that cannot be that of a note, a signature that does not verify, and whatever the signer throws
 */
export const signatureLine = async (text: string, signer: NoteSigner): Promise<string> => {
  if (!isText(text)) throw new Error('the text of a note ends in a newline and has no other control character')
  if (!isName(signer.name)) throw new Error('a key name is not empty and has no spaces and no plus')
  const signature = await signer.sign(text)
  if (!check(signer, text, signature)) throw new Error(`${signer.name} signs what its own key does not verify`)
  return `— ${signer.name} ${Buffer.concat([signer.id, signature]).toString('base64')}\n`
}

/** @throws Error without a signer, and as signatureLine does */
export const signNote = async (text: string, signers: readonly NoteSigner[]): Promise<string> => {
  if (signers.length === 0) throw new Error('a note has a signature')
  const lines = await Promise.all(signers.map((s) => signatureLine(text, s)))
  return `${text}\n${lines.join('')}`
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
    const key = keys.find((k) => kindOf(k) && k.name === name && k.id.equals(bytes.subarray(0, 4)))
    const found = key && check(key, text, bytes.subarray(4))
    if (found && !signed.some((s) => s.key === key)) signed.push(found)
    if (key && !found) bad.add(name)
  }
  return { text, by: [...new Set(signed.map((s) => s.key.name))], bad: [...bad], signed }
}
