import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  append,
  consistencyPath,
  edgeFrom,
  edgeTiles,
  emptyEdge,
  grow,
  entriesPath,
  entryBundle,
  inclusionPath,
  parseBundle,
  parseTilePath,
  rootOf,
  rootOfLeaves,
  sha256Tree,
  sm3Tree,
  tilePath,
  verifyConsistency,
  verifyInclusion,
  type Edge,
  type Hashes,
  type ReadTile,
  type Tile,
} from './index.ts'

const leafOf = (n: number): Buffer => sha256Tree.leaf(Buffer.from(`entry ${n}`))
const leavesOf = (from: number, to: number): Buffer[] => Array.from({ length: to - from }, (_, i) => leafOf(from + i))

/** Tile by its definition in tlog-tiles: hash i is the root over 256^level leaves. */
const tileByDefinition = (leaves: readonly Buffer[], { level, index, width }: Tile): Buffer => {
  const span = 256 ** level
  return Buffer.concat(
    Array.from({ length: width }, (_, i) => {
      const from = (index * 256 + i) * span
      return rootOfLeaves(sha256Tree, leaves.slice(from, from + span))
    }),
  )
}

/** Which tiles there are at a size, by their definition in tlog-tiles. */
const exists = (size: number, { level, index, width }: Tile): boolean => {
  const hashes = Math.floor(size / 256 ** level)
  return index < Math.floor(hashes / 256) ? width === 256 : index === Math.floor(hashes / 256) && width === hashes % 256
}

/** Serves a tree of a size, and nobody who asks for what it does not have or asks twice. */
const served = (size: number, tile: (t: Tile) => Uint8Array): ReadTile => {
  const asked = new Set<string>()
  return async (t) => {
    const name = tilePath(t)
    if (!exists(size, t) || asked.has(name)) throw new Error(`asked for ${name} at ${size}`)
    asked.add(name)
    return tile(t)
  }
}

describe('names', () => {
  it.each([
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 63, index: 999, width: 1 }, 'tile/63/999.p/1'],
    [{ level: 1, index: 1000, width: 255 }, 'tile/1/x001/000.p/255'],
  ])('%o is %s', (tile, name) => {
    expect(tilePath(tile)).toBe(name)
    expect(parseTilePath(name)).toEqual({ ...tile, entries: false })
  })

  it('bundles of entries are named like tiles of level 0', () => {
    expect(entriesPath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112')
    expect(parseTilePath('tile/entries/x001/234')).toEqual({ level: 0, index: 1234, width: 256, entries: true })
  })

  it.each([
    '',
    'tile',
    'tile/0',
    'tile/0/',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/x001',
    'tile/0/001/002',
    'tile/0/x1/002',
    'tile/0/X001/002',
    'tile/00/001',
    'tile/01/001',
    'tile/64/001',
    'tile/-1/001',
    'tile/data/001',
    'tile/0/001.p',
    'tile/0/001.p/',
    'tile/0/001.p/0',
    'tile/0/001.p/05',
    'tile/0/001.p/256',
    'tile/0/001.p/1000',
    'tile/0/001/',
    '/tile/0/001',
    'tile/0/001\n',
    'tile/0/００１',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/x000/x000/x000/x000/x000/x001/000',
    '../tile/0/001',
  ])('%j names nothing', (name) => {
    expect(parseTilePath(name)).toBeUndefined()
  })

  it('are read as they are written, and nothing else is', () => {
    const tile = fc.record({
      level: fc.integer({ min: 0, max: 63 }),
      index: fc.oneof(fc.nat(2000), fc.nat(), fc.integer({ min: 0, max: 2 ** 45 - 2 })),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(tile, (t) => {
        expect(parseTilePath(tilePath(t))).toEqual({ ...t, entries: false })
        expect(parseTilePath(entriesPath(t))).toEqual({ ...t, level: 0, entries: true })
      }),
    )
    const pieces = fc.constantFrom(
      'tile/',
      'entries',
      '/',
      'x',
      '.p/',
      '0',
      '00',
      '001',
      '7',
      '64',
      '256',
      '1',
      '\n',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (all) => {
        const text = all.join('')
        const t = parseTilePath(text)
        if (t) expect(t.entries ? entriesPath(t) : tilePath(t)).toBe(text)
      }),
    )
    // long and almost right
    expect(parseTilePath(`tile/0/${'x001/'.repeat(50_000)}00`)).toBeUndefined()
  })
})

describe('bundles', () => {
  it('put two bytes of length before every entry', () => {
    expect(entryBundle([Buffer.from('ab'), Buffer.of(), Buffer.alloc(258)]).subarray(0, 8)).toEqual(
      Buffer.from('0002616200000102', 'hex'),
    )
    expect(parseBundle(Buffer.of())).toEqual([])
  })
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        expect(parseBundle(entryBundle(entries))).toEqual(entries.map((e) => Buffer.from(e)))
      }),
    )
    const longest = Buffer.alloc(65_535, 1)
    expect(parseBundle(entryBundle([longest]))).toEqual([longest])
    expect(() => entryBundle([Buffer.alloc(65_536)])).toThrow(RangeError)
  })
  it('are not cut short unnoticed', () => {
    const whole = entryBundle([Buffer.from('abc'), Buffer.from('defgh')])
    for (let n = 1; n < whole.length; n++)
      if (n !== 5) expect(() => parseBundle(whole.subarray(0, n)), String(n)).toThrow('within an entry')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        let entries
        try {
          entries = parseBundle(bytes)
        } catch (e) {
          expect(e).toBeInstanceOf(Error)
          return
        }
        expect(entryBundle(entries)).toEqual(Buffer.from(bytes))
      }),
    )
  })
})

describe('a tree of 70 000, the example of tlog-tiles', () => {
  const size = 70_000
  const leaves = leavesOf(0, size)
  const grown = append(sha256Tree, emptyEdge, leaves)
  const byName = new Map(grown.tiles.map((t) => [tilePath(t), t.hashes]))
  const tile = (t: Tile): Buffer => byName.get(tilePath({ ...t, width: 256 })) ?? byName.get(tilePath(t))!

  it('is 273 full tiles and one of 112, one full and one of 17 above, one of 1 on top', () => {
    const shape = grown.tiles.map(({ level, width }) => `${level}: ${width}`)
    expect(shape).toEqual([...Array<string>(273).fill('0: 256'), '0: 112', '1: 256', '1: 17', '2: 1'])
    expect(grown.tiles.every((t) => exists(size, t) && t.hashes.length === 32 * t.width)).toBe(true)
    expect(edgeTiles(size)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ])
    for (const t of [...grown.tiles.slice(0, 2), ...grown.tiles.slice(-4)])
      expect(t.hashes).toEqual(tileByDefinition(leaves, t))
  })

  it('has the root of its leaves', () => {
    expect(rootOf(sha256Tree, grown.edge)).toEqual(rootOfLeaves(sha256Tree, leaves))
  })

  it('proves its entries, wherever they stand', async () => {
    const root = rootOf(sha256Tree, grown.edge)
    for (const i of [0, 1, 255, 256, 257, 65_535, 65_536, 69_887, 69_888, 69_999]) {
      const path = await inclusionPath(sha256Tree, i, size, served(size, tile))
      expect(verifyInclusion(sha256Tree, i, size, leaves[i]!, path, root), String(i)).toBe(true)
      expect(verifyInclusion(sha256Tree, i ^ 1, size, leaves[i]!, path, root)).toBe(false)
    }
  })

  it('proves what it was before, though the partial tiles of then are gone', async () => {
    for (const from of [1, 255, 256, 257, 32_768, 65_535, 65_536, 65_537, 69_888, 69_999, 70_000]) {
      const path = await consistencyPath(sha256Tree, from, size, served(size, tile))
      const old = rootOfLeaves(sha256Tree, leaves.slice(0, from))
      expect(verifyConsistency(sha256Tree, from, size, path, old, rootOf(sha256Tree, grown.edge)), String(from)).toBe(
        true,
      )
    }
  })

  it('proves an earlier size from that size’s own tiles', async () => {
    const then = 65_793
    const root = rootOfLeaves(sha256Tree, leaves.slice(0, then))
    const cut = (t: Tile): Buffer => tile({ ...t, width: 256 }) ?? tileByDefinition(leaves, t)
    const read = served(then, (t) => cut(t).subarray(0, 32 * t.width))
    const path = await inclusionPath(sha256Tree, 65_792, then, read)
    expect(verifyInclusion(sha256Tree, 65_792, then, leaves[65_792]!, path, root)).toBe(true)
  })
})

describe('growing', () => {
  it('at 256 the level above begins', () => {
    expect(edgeTiles(255)).toEqual([{ level: 0, index: 0, width: 255 }])
    expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }])
    expect(edgeTiles(65_536)).toEqual([{ level: 2, index: 0, width: 1 }])
    expect(edgeTiles(0)).toEqual([])
    const { edge, tiles } = append(sha256Tree, emptyEdge, leavesOf(0, 256))
    expect(tiles.map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1'])
    expect(rootOf(sha256Tree, edge)).toEqual(tiles[1]!.hashes)
  })

  const all = leavesOf(0, 1500)
  const rootAt = (h: typeof sha256Tree, n: number): Buffer => rootOfLeaves(h, all.slice(0, n))
  it.each([sha256Tree, sm3Tree])('in whatever batches, gives the $name root of the leaves', (h) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(3), fc.nat(300)), { maxLength: 8 }), (batches) => {
        let edge: Edge = emptyEdge
        const kept = new Map<string, Hashes>()
        for (const n of batches) {
          if (edge.size + n > all.length) break
          const grown = append(h, edge, all.slice(edge.size, edge.size + n))
          edge = grown.edge
          for (const t of grown.tiles) {
            expect(exists(edge.size, t)).toBe(true)
            kept.set(tilePath(t), t)
          }
          expect(rootOf(h, edge)).toEqual(rootAt(h, edge.size))
          // whoever starts again from the tiles has the same edge
          const again = edgeTiles(edge.size).map((t) => kept.get(tilePath(t))!)
          expect(edgeFrom(edge.size, again)).toEqual(edge)
        }
        const atOnce = append(h, emptyEdge, all.slice(0, edge.size))
        expect(atOnce.edge).toEqual(edge)
        for (const t of atOnce.tiles) expect(kept.get(tilePath(t))).toEqual(t)
      }),
      { numRuns: 40 },
    )
  })

  it('leaves the edge it began with as it was', () => {
    const { edge } = append(sha256Tree, emptyEdge, all.slice(0, 300))
    const before = edge.levels.map((l) => l.toString('hex'))
    append(sha256Tree, edge, all.slice(300, 700))
    expect(edge.levels.map((l) => l.toString('hex'))).toEqual(before)
    expect(append(sha256Tree, edge, []).edge).toEqual(edge)
  })

  it('does not go on from a damaged edge', () => {
    const { edge, tiles } = append(sha256Tree, emptyEdge, all.slice(0, 300))
    const partial = tiles.filter((t) => t.width < 256)
    expect(edgeFrom(300, partial)).toEqual(edge)
    expect(edgeFrom(300, partial.toReversed())).toEqual(edge)
    expect(() => edgeFrom(300, partial.slice(1))).toThrow('tile/0/001.p/44 is missing')
    expect(() => edgeFrom(301, partial)).toThrow('tile/0/001.p/45 is missing')
    expect(() => edgeFrom(300, [{ ...partial[0]!, hashes: partial[0]!.hashes.subarray(32) }, partial[1]!])).toThrow(
      'damaged',
    )
    expect(() => edgeFrom(300, tiles)).toThrow('more tiles')
    expect(() => append(sha256Tree, edge, [Buffer.alloc(31)])).toThrow(RangeError)
  })
})

describe('proving', () => {
  const all = leavesOf(0, 1100)
  const reader = (size: number): ReadTile => served(size, (t) => tileByDefinition(all, t))
  const roots = Array.from({ length: all.length + 1 }, (_, n) => n).map((n) => {
    let root: Buffer | undefined
    return () => (root ??= rootOfLeaves(sha256Tree, all.slice(0, n)))
  })

  it('every entry of a tree, from the tiles of that size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1100 }), fc.nat(), async (size, i) => {
        const index = i % size
        const path = await inclusionPath(sha256Tree, index, size, reader(size))
        expect(verifyInclusion(sha256Tree, index, size, all[index]!, path, roots[size]!())).toBe(true)
        const another = (index + 1) % size
        if (another !== index)
          expect(verifyInclusion(sha256Tree, another, size, all[index]!, path, roots[size]!())).toBe(false)
      }),
      { numRuns: 150 },
    )
  })

  it('every earlier tree to be the beginning, from the tiles of the later size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1100 }), fc.nat(), async (to, m) => {
        const from = 1 + (m % to)
        const path = await consistencyPath(sha256Tree, from, to, reader(to))
        expect(verifyConsistency(sha256Tree, from, to, path, roots[from]!(), roots[to]!())).toBe(true)
        // a log that changed an entry in between is found out
        const forged = rootOfLeaves(sha256Tree, all.slice(0, from).with(0, leafOf(-1)))
        expect(verifyConsistency(sha256Tree, from, to, path, forged, roots[to]!())).toBe(false)
      }),
      { numRuns: 150 },
    )
  })

  it('the small trees of RFC 6962 2.1.3', async () => {
    const d = all.slice(0, 7)
    const [a, b, c, , e, f, j] = d as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]
    const node = sha256Tree.node
    const [g, h, i] = [node(a, b), node(c, d[3]!), node(e, f)]
    const [k, l] = [node(g, h), node(i, j)]
    expect(roots[7]!()).toEqual(node(k, l))
    expect(await inclusionPath(sha256Tree, 0, 7, reader(7))).toEqual([b, h, l])
    expect(await inclusionPath(sha256Tree, 3, 7, reader(7))).toEqual([c, g, l])
    expect(await inclusionPath(sha256Tree, 4, 7, reader(7))).toEqual([f, j, k])
    expect(await inclusionPath(sha256Tree, 6, 7, reader(7))).toEqual([i, k])
    expect(await consistencyPath(sha256Tree, 3, 7, reader(7))).toEqual([c, d[3], g, l])
    expect(await consistencyPath(sha256Tree, 4, 7, reader(7))).toEqual([l])
    expect(await consistencyPath(sha256Tree, 6, 7, reader(7))).toEqual([i, j, k])
  })

  it('nothing where there is nothing to prove', async () => {
    const never: ReadTile = () => Promise.reject(new Error('nothing to read'))
    expect(await inclusionPath(sha256Tree, 0, 1, never)).toEqual([])
    expect(await consistencyPath(sha256Tree, 0, 5, never)).toEqual([])
    expect(await consistencyPath(sha256Tree, 5, 5, never)).toEqual([])
    await expect(inclusionPath(sha256Tree, 5, 5, never)).rejects.toThrow(RangeError)
    await expect(inclusionPath(sha256Tree, -1, 5, never)).rejects.toThrow(RangeError)
    await expect(inclusionPath(sha256Tree, 0.5, 5, never)).rejects.toThrow(RangeError)
    await expect(consistencyPath(sha256Tree, 6, 5, never)).rejects.toThrow(RangeError)
    await expect(consistencyPath(sha256Tree, -1, 5, never)).rejects.toThrow(RangeError)
    await expect(consistencyPath(sha256Tree, 1, 5, never)).rejects.toThrow('nothing to read')
  })

  it('nothing from a tile of another length', async () => {
    const read: ReadTile = async (t) => tileByDefinition(all, t).subarray(1)
    await expect(inclusionPath(sha256Tree, 3, 300, read)).rejects.toThrow('tile/0/000 has 8191 bytes')
  })

  it('in trees as large as numbers are exact', async () => {
    const size = 2 ** 53 - 1
    const hashes = Buffer.alloc(8192)
    const read = served(size, (t) => hashes.subarray(0, 32 * t.width))
    expect(await inclusionPath(sha256Tree, size - 2, size, read)).toHaveLength(53)
    // by RFC 6962 the odd ones out go up without a sibling
    expect(
      await consistencyPath(
        sha256Tree,
        2 ** 52,
        size,
        served(size, (t) => hashes.subarray(0, 32 * t.width)),
      ),
    ).toHaveLength(1)
  })
})

describe('a tree that grows leaf by leaf', () => {
  it('has the roots, tiles and edges of one that grows in batches, from wherever it starts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1200 }), fc.integer({ min: 0, max: 900 }), (start, more) => {
        const leaves = leavesOf(0, start + more)
        const first = append(sha256Tree, emptyEdge, leaves.slice(0, start)).edge
        const whole = append(sha256Tree, first, leaves.slice(start))
        const full: Hashes[] = []
        const g = grow(sha256Tree, first, (t) => full.push(t))
        expect(g.root()).toEqual(rootOf(sha256Tree, first))
        for (const l of leaves.slice(start)) g.push(l)
        expect(g.size()).toBe(start + more)
        expect(g.root()).toEqual(rootOf(sha256Tree, whole.edge))
        const names = (ts: readonly Hashes[]) => ts.map((t) => [tilePath(t), t.hashes.toString('hex')]).sort()
        expect(names(full)).toEqual(names(whole.tiles.filter((t) => t.width === 256)))
        expect(g.edge().levels.map(String)).toEqual(whole.edge.levels.map(String))
      }),
      { numRuns: 60 },
    )
  })
})
