import { hash } from 'node:crypto'
import { half, hashBytes } from './subtree.ts'

/**
 * A Merkle tree hash as RFC 6962 2.1 defines it: leaves and nodes are told apart by their first byte, so that neither can stand for
 * the other. An entry is what was logged; a leaf is the hash of an entry. Every hash has 32 bytes.
 */
export interface Hasher {
  readonly name: 'sha256' | 'sm3'
  /** H(0x00 ‖ entry) */
  readonly leaf: (entry: Uint8Array) => Buffer
  /** H(0x01 ‖ left ‖ right) */
  readonly node: (left: Uint8Array, right: Uint8Array) => Buffer
  /** Root of the tree without entries: H(). */
  readonly empty: Buffer
}

const leafMark = Buffer.of(0)
const hasher = (name: Hasher['name'], empty: string): Hasher => {
  // a proof hashes hundreds of nodes: by way of a string, digests share memory, and nothing has to be cleared away for each of them
  const digest = (data: Uint8Array): Buffer => Buffer.from(hash(name, data, 'binary'), 'latin1')
  // one place for 0x01 ‖ left ‖ right, for the same reason
  const pair = Buffer.alloc(1 + 2 * hashBytes, 1)
  return {
    name,
    leaf: (entry) => digest(Buffer.concat([leafMark, entry])),
    node: (left, right) => {
      if (left.length !== hashBytes || right.length !== hashBytes)
        return digest(Buffer.concat([Buffer.of(1), left, right]))
      pair.set(left, 1)
      pair.set(right, 1 + hashBytes)
      return digest(pair)
    },
    empty: Buffer.from(empty, 'hex'),
  }
}

/** The tree of RFC 6962 and of C2SP tlog-tiles. */
export const sha256Tree: Hasher = hasher('sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
/** The same tree over SM3 (GB/T 32905-2016), for a log of its own. Hashing throws where OpenSSL was built without SM3. */
export const sm3Tree: Hasher = hasher('sm3', '1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b')

export const hashers: Readonly<Record<Hasher['name'], Hasher>> = { sha256: sha256Tree, sm3: sm3Tree }

/** What a log publishes of a body: its digest, so that it can be published at all. */
export const entryOf = (h: Hasher, body: string): Buffer => hash(h.name, body, 'buffer')

/** Root over leaf hashes, computed from nothing but them: the definition (RFC 6962 2.1) that everything else here has to agree with. */
export const rootOfLeaves = (h: Hasher, leaves: readonly Uint8Array[]): Buffer => {
  const root = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return leaves[from]!
    const middle = from + half(to - from)
    return h.node(root(from, middle), root(middle, to))
  }
  return Buffer.from(leaves.length === 0 ? h.empty : root(0, leaves.length))
}

const areHashes = (...all: readonly Uint8Array[]): boolean => all.every((x) => x.length === hashBytes)
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 1
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/**
 * Does the path lead from this leaf hash at this place to the root (RFC 6962 2.1.1)? False for anything irregular.
 *
 * The size belongs to the root and comes from the checkpoint that signs both: of itself a path does not always tell sizes apart (leaf 0
 * has the same path in a tree of three and of four).
 */
export const verifyInclusion = (
  h: Hasher,
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean => {
  if (!isSize(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false
  if (!areHashes(leaf, root, ...path)) return false
  // from the root down, so that the last hash of the path comes first
  let left = path.length
  const climb = (i: number, n: number): Uint8Array | undefined => {
    if (n === 1) return left === 0 ? leaf : undefined
    const beside = path[--left]
    const k = half(n)
    const own = beside && (i < k ? climb(i, k) : climb(i - k, n - k))
    return own && (i < k ? h.node(own, beside) : h.node(beside, own))
  }
  const reached = climb(index, size)
  return reached !== undefined && same(reached, root)
}

/**
 * Is the tree of `from` leaves the beginning of the tree of `to` leaves (RFC 6962 2.1.2)? Equal sizes need equal roots and an empty
 * path. False for anything irregular and for `from` = 0: the empty tree is the beginning of every tree, so there is nothing to prove,
 * and whoever has seen no earlier tree has to say so himself.
 */
export const verifyConsistency = (
  h: Hasher,
  from: number,
  to: number,
  path: readonly Uint8Array[],
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
): boolean => {
  if (!isSize(from) || !isSize(to) || from > to) return false
  if (!areHashes(fromRoot, toRoot, ...path)) return false
  let left = path.length
  /** Roots of the old and the new part of a subtree; `whole`: nothing was split off on its left, so its old part is the old tree. */
  const climb = (m: number, n: number, whole: boolean): readonly [Uint8Array, Uint8Array] | undefined => {
    if (m === n) {
      const known = whole ? fromRoot : path[--left]
      return known && left === 0 ? [known, known] : undefined
    }
    const beside = path[--left]
    const k = half(n)
    const parts = beside && (m <= k ? climb(m, k, whole) : climb(m - k, n - k, false))
    if (!parts) return undefined
    const [old, now] = parts
    return m <= k ? [old, h.node(now, beside)] : [h.node(beside, old), h.node(beside, now)]
  }
  const reached = climb(from, to, true)
  return reached !== undefined && same(reached[0], fromRoot) && same(reached[1], toRoot)
}
