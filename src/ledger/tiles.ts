import { rootOfLeaves, type Hasher } from './merkle.ts'
import { consistencyRanges, hashBytes, inclusionRanges, perfectParts, type Range } from './subtree.ts'

/**
 * Consecutive hashes of one height of the tree (C2SP tlog-tiles): level 0 holds leaves, each hash of a higher level is the root of a
 * full tile below. Hash i of the tile stands for the entries [(256·index + i)·256^level, (256·index + i + 1)·256^level).
 */
export interface Tile {
  readonly level: number
  readonly index: number
  /** Number of hashes, 1 to 256; less than 256 at the right edge only. */
  readonly width: number
}
export interface Hashes extends Tile {
  /** width × 32 bytes */
  readonly hashes: Buffer
}

const fullWidth = 256
const span = (level: number): number => fullWidth ** level

// ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

const numberPath = (n: number): string => {
  const digits = String(n)
  return digits.padStart(Math.ceil(digits.length / 3) * 3, '0').replace(/\d{3}(?=\d)/g, 'x$&/')
}
const path = (level: string, { index, width }: Omit<Tile, 'level'>): string =>
  `tile/${level}/${numberPath(index)}${width === fullWidth ? '' : `.p/${width}`}`

/** `tile/0/x001/x234/067`, with `.p/5` behind it where the tile has 5 hashes only. */
export const tilePath = (t: Tile): string => path(String(t.level), t)
/** The same for the entries under a tile of level 0. */
export const entriesPath = (t: Omit<Tile, 'level'>): string => path('entries', t)

/** What a path names; undefined for anything that tilePath and entriesPath do not write. Entries have level 0. */
export const parseTilePath = (text: string): (Tile & { readonly entries: boolean }) | undefined => {
  const [, level, index, width] =
    /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(text) ?? []
  if (level === undefined || index === undefined) return undefined
  const entries = level === 'entries'
  const t = {
    level: entries ? 0 : Number(level),
    index: Number(index.replace(/[x/]/g, '')),
    width: width === undefined ? fullWidth : Number(width),
  }
  // 63 levels and 2⁵³ entries are all there is
  if (t.level > 63 || t.width < 1 || !Number.isSafeInteger((t.index + 1) * fullWidth)) return undefined
  return (entries ? entriesPath(t) : tilePath(t)) === text ? { ...t, entries } : undefined
}

// ── entries ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Entries one after the other, each behind its length in two bytes. @throws RangeError for an entry of more than 65 535 bytes */
export const entryBundle = (entries: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    entries.flatMap((e) => {
      if (e.length > 0xffff) throw new RangeError('an entry has at most 65535 bytes')
      return [Buffer.of(e.length >> 8, e.length & 255), e]
    }),
  )

/** @throws Error when the bytes end within an entry */
export const parseBundle = (bytes: Uint8Array): Buffer[] => {
  const b = Buffer.from(bytes)
  const entries = []
  for (let at = 0; at < b.length;) {
    const end = at + 2 <= b.length ? at + 2 + b.readUInt16BE(at) : Infinity
    if (end > b.length) throw new Error('a bundle ends within an entry')
    entries.push(b.subarray(at + 2, end))
    at = end
  }
  return entries
}

// ── growing ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The right edge: per level, the hashes of the tile not yet full (0 to 255 of them). All that appending needs. */
export interface Edge {
  readonly size: number
  readonly levels: readonly Buffer[]
}
export const emptyEdge: Edge = { size: 0, levels: [] }

const hashesOf = (tile: Uint8Array): Uint8Array[] =>
  Array.from({ length: tile.length / hashBytes }, (_, i) => tile.subarray(i * hashBytes, (i + 1) * hashBytes))

/** Number of hashes at a level of a tree of this size. */
const count = (size: number, level: number): number => Math.floor(size / span(level))
/** The tile at a place as it is in a tree of this size. */
const tileAt = (size: number, level: number, index: number): Tile => ({
  level,
  index,
  width: Math.min(fullWidth, count(size, level) - index * fullWidth),
})

/** The partial tiles of a tree of this size, lowest first: read them in order to rebuild the edge. */
export const edgeTiles = (size: number): readonly Tile[] => {
  const tiles = []
  for (let level = 0; count(size, level) > 0; level++) {
    const t = tileAt(size, level, Math.floor(count(size, level) / fullWidth))
    if (t.width > 0) tiles.push(t)
  }
  return tiles
}

/** The edge of a tree of this size from its partial tiles. @throws Error unless they are exactly those that edgeTiles names */
export const edgeFrom = (size: number, tiles: readonly Hashes[]): Edge => {
  const expected = edgeTiles(size)
  const levels: Buffer[] = []
  for (let level = 0; count(size, level) > 0; level++) levels.push(Buffer.alloc(0))
  for (const t of expected) {
    const found = tiles.find((x) => tilePath(x) === tilePath(t))
    if (found?.hashes.length !== t.width * hashBytes) throw new Error(`${tilePath(t)} is missing or damaged`)
    levels[t.level] = found.hashes
  }
  if (tiles.length !== expected.length) throw new Error(`more tiles than a tree of ${size} entries has at its edge`)
  return { size, levels }
}

/**
 * Puts leaf hashes behind a tree.
 * @returns the new edge, and the tiles to keep: all that became full, and the partial ones of the new edge, changed or not
 * @throws RangeError for a leaf that is not a hash
 */
export const append = (
  h: Hasher,
  edge: Edge,
  leaves: readonly Uint8Array[],
): { readonly edge: Edge; readonly tiles: readonly Hashes[] } => {
  if (leaves.some((l) => l.length !== hashBytes)) throw new RangeError('a leaf is a hash of 32 bytes')
  const size = edge.size + leaves.length
  const tiles: Hashes[] = []
  const levels: Buffer[] = []
  let fresh = leaves
  for (let level = 0; level < edge.levels.length || fresh.length > 0; level++) {
    const all = Buffer.concat([edge.levels[level] ?? Buffer.alloc(0), ...fresh])
    const roots = []
    for (let index = Math.floor(count(edge.size, level) / fullWidth), at = 0; at < all.length; index++) {
      // a copy, as the rest of a long batch should not live on in an edge
      const hashes = Buffer.from(all.subarray(at, (at += fullWidth * hashBytes)))
      const width = hashes.length / hashBytes
      tiles.push({ level, index, width, hashes })
      if (width === fullWidth) roots.push(rootOfLeaves(h, hashesOf(hashes)))
    }
    const last = tiles.at(-1)
    levels.push(last?.level === level && last.width < fullWidth ? last.hashes : Buffer.alloc(0))
    fresh = roots
  }
  return { edge: { size, levels }, tiles }
}

/** Root of the tree that ends in this edge. */
export const rootOf = (h: Hasher, edge: Edge): Buffer => {
  // what lies below and to the right of a level’s hashes stands behind them as if it were one more
  let rest: Buffer[] = []
  for (const hashes of edge.levels) {
    const row = [...hashesOf(hashes), ...rest]
    rest = row.length > 0 ? [rootOfLeaves(h, row)] : []
  }
  return rest[0] ?? h.empty
}

/** A tree that grows leaf by leaf and can tell its root at any moment for the price of its height. */
export interface Growing {
  readonly size: () => number
  readonly push: (leaf: Uint8Array) => void
  readonly root: () => Buffer
  /** The tiles not yet full. */
  readonly edge: () => Edge
}

/**
 * Goes on from an edge. @param full is given every tile as it becomes full
 */
export const grow = (h: Hasher, from: Edge, full: (t: Hashes) => void): Growing => {
  let { size } = from
  const levels = from.levels.map(hashesOf)
  /** Roots of the perfect subtrees that make up the tree, the largest first. */
  const peaks: { readonly height: number; readonly hash: Uint8Array }[] = []
  for (let level = levels.length - 1; level >= 0; level--) {
    const row = levels[level]!
    for (let bit = 7, at = 0; bit >= 0; bit--) {
      const n = 2 ** bit
      if (!(row.length & n)) continue
      peaks.push({ height: 8 * level + bit, hash: rootOfLeaves(h, row.slice(at, at + n)) })
      at += n
    }
  }
  const keep = (level: number, hash: Uint8Array): void => {
    const row = (levels[level] ??= [])
    row.push(hash)
    if (row.length < fullWidth) return
    full({ level, index: count(size, level) / fullWidth - 1, width: fullWidth, hashes: Buffer.concat(row) })
    levels[level] = []
  }
  return {
    size: () => size,
    push: (leaf) => {
      size++
      keep(0, leaf)
      let hash = leaf
      let height = 0
      for (let beside = peaks.at(-1); beside?.height === height; beside = peaks.at(-1)) {
        peaks.pop()
        hash = h.node(beside.hash, hash)
        height++
        if (height % 8 === 0) keep(height / 8, hash)
      }
      peaks.push({ height, hash })
    },
    root: () =>
      Buffer.from(
        peaks.reduceRight<Uint8Array | undefined>((r, p) => (r ? h.node(p.hash, r) : p.hash), undefined) ?? h.empty,
      ),
    edge: () => ({ size, levels: levels.map((row) => Buffer.concat(row)) }),
  }
}

// ── proving ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Gives the bytes of a tile: exactly `width` hashes. */
export type ReadTile = (t: Tile) => Promise<Uint8Array>

/** Roots of ranges that are subtrees of a tree of this size. Every tile they need is read once, all at the same time. */
const rootsOfRanges = async (h: Hasher, size: number, ranges: readonly Range[], read: ReadTile): Promise<Buffer[]> => {
  /** Where the hashes of a perfect subtree stand: in one tile, since a tile is one too. */
  const place = ([from, to]: Range): { readonly tile: Tile; readonly first: number; readonly hashes: number } => {
    let level = 0
    while (span(level + 1) <= to - from) level++
    const at = from / span(level)
    const index = Math.floor(at / fullWidth)
    return { tile: tileAt(size, level, index), first: at - index * fullWidth, hashes: (to - from) / span(level) }
  }
  const needed = new Map(ranges.flatMap(perfectParts).map((r) => [tilePath(place(r).tile), place(r).tile]))
  const tiles = new Map(
    await Promise.all(
      [...needed].map(async ([name, t]) => {
        const bytes = await read(t)
        if (bytes.length !== t.width * hashBytes) throw new Error(`${name} has ${bytes.length} bytes`)
        return [name, hashesOf(bytes)] as const
      }),
    ),
  )
  const rootOfPerfect = (r: Range): Buffer => {
    const { tile, first, hashes } = place(r)
    return rootOfLeaves(h, tiles.get(tilePath(tile))!.slice(first, first + hashes))
  }
  return ranges.map((r) =>
    perfectParts(r)
      .map(rootOfPerfect)
      .reduceRight((right, left) => h.node(left, right)),
  )
}

/**
 * The path that verifyInclusion checks (RFC 6962 2.1.1). Reads only tiles that a tree of this size has, with the width they have then.
 * @throws RangeError when there is no such entry; Error for a tile of another length, and whatever the reader throws
 */
export const inclusionPath = async (h: Hasher, index: number, size: number, read: ReadTile): Promise<Buffer[]> => {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new RangeError(`no entry ${index} in a tree of ${size}`)
  return rootsOfRanges(h, size, inclusionRanges(index, size), read)
}

/**
 * The path that verifyConsistency checks (RFC 6962 2.1.2). Reads only tiles that a tree of size `to` has, with the width they have then.
 * Empty for equal sizes, and for `from` = 0, as a witness expects it that has not seen the log before.
 * @throws RangeError unless 0 ≤ from ≤ to; Error for a tile of another length, and whatever the reader throws
 */
export const consistencyPath = async (h: Hasher, from: number, to: number, read: ReadTile): Promise<Buffer[]> => {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to)
    throw new RangeError(`a tree of ${to} does not grow from one of ${from}`)
  return from === 0 ? [] : rootsOfRanges(h, to, consistencyRanges(from, to), read)
}
