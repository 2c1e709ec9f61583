import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rootOfLeaves, sha256Tree, sm3Tree, verifyConsistency, verifyInclusion, type Hasher } from './index.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

// The tree of the Certificate Transparency reference tests (transparency-dev/merkle, log_verifier_test.go).
const entries = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex)
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(hex)
const rootAt = (size: number): Buffer => roots[size - 1]!
const leaf = (h: Hasher, n: number): Buffer => h.leaf(Buffer.from(`entry ${n}`))
const leavesOf = (h: Hasher, size: number): Buffer[] => Array.from({ length: size }, (_, i) => leaf(h, i))

// Proofs as RFC 6962 2.1.1 and 2.1.2 write them, to have something to verify that does not know of tiles.
const split = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1)
const pathOf = (h: Hasher, m: number, d: readonly Buffer[]): Buffer[] => {
  if (d.length === 1) return []
  const k = split(d.length)
  return m < k
    ? [...pathOf(h, m, d.slice(0, k)), rootOfLeaves(h, d.slice(k))]
    : [...pathOf(h, m - k, d.slice(k)), rootOfLeaves(h, d.slice(0, k))]
}
const subproof = (h: Hasher, m: number, d: readonly Buffer[], whole: boolean): Buffer[] => {
  if (m === d.length) return whole ? [] : [rootOfLeaves(h, d)]
  const k = split(d.length)
  return m <= k
    ? [...subproof(h, m, d.slice(0, k), whole), rootOfLeaves(h, d.slice(k))]
    : [...subproof(h, m - k, d.slice(k), false), rootOfLeaves(h, d.slice(0, k))]
}

describe('hashes', () => {
  it('are those of RFC 6962', () => {
    expect(sha256Tree.empty.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256Tree.leaf(Buffer.of()).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    )
    expect(sha256Tree.leaf(Buffer.from('L123456')).toString('hex')).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    )
    expect(sha256Tree.node(Buffer.from('N123'), Buffer.from('N456')).toString('hex')).toBe(
      'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb',
    )
  })

  it('are the same tree over SM3', () => {
    expect(sm3Tree.empty.toString('hex')).toBe(hash('sm3', ''))
    expect(sm3Tree.leaf(Buffer.from('abc')).toString('hex')).toBe(hash('sm3', '\0abc'))
    expect(sm3Tree.node(sm3Tree.empty, sm3Tree.empty)).toEqual(
      hash('sm3', Buffer.concat([Buffer.of(1), sm3Tree.empty, sm3Tree.empty]), 'buffer'),
    )
  })

  it('tell an entry from a node, so that no entry can be made to look like a part of the tree', () => {
    const [a, b] = [leaf(sha256Tree, 0), leaf(sha256Tree, 1)]
    expect(sha256Tree.leaf(Buffer.concat([a, b]))).not.toEqual(sha256Tree.node(a, b))
  })
})

describe('the tree of the reference tests', () => {
  it('has the published root at every size', () => {
    expect(rootOfLeaves(sha256Tree, [])).toEqual(sha256Tree.empty)
    for (let n = 1; n <= 8; n++)
      expect(rootOfLeaves(sha256Tree, entries.slice(0, n).map(sha256Tree.leaf))).toEqual(rootAt(n))
  })

  const a = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'
  const b = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e'
  const c = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'
  const d = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'
  const e = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0'
  const f = 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'
  const g = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a'
  it.each([
    [0, 8, [a, b, c]],
    [5, 8, [d, e, f]],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [1, 5, ['6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', b, d]],
  ])('holds the entry %i at size %i, by the published path', (index, size, path) => {
    const own = sha256Tree.leaf(entries[index]!)
    const hashes = path.map(hex)
    const proves = (i: number, n: number, p = hashes): boolean =>
      verifyInclusion(sha256Tree, i, n, own, p, rootAt(size))
    expect(proves(index, size)).toBe(true)
    // as the reference tests corrupt it
    for (const [i, n] of [
      [index - 1, size],
      [index + 1, size],
      [index ^ 2, size],
      [index, size * 2],
      [index, size >> 1],
    ] as const)
      expect(proves(i, n)).toBe(false)
    for (const wrong of [
      hashes.slice(1),
      hashes.slice(0, -1),
      [...hashes, rootAt(size)],
      [rootAt(size), ...hashes],
      [...hashes, hex('')],
    ])
      expect(proves(index, size, wrong)).toBe(false)
  })

  it.each([
    [1, 1, []],
    [1, 8, [a, b, c]],
    [6, 8, [g, e, f]],
    [2, 5, [b, d]],
    [6, 7, [g, 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f', f]],
  ])('grows from size %i to size %i, by the published path', (from, to, path) => {
    const hashes = path.map(hex)
    const proves = (m: number, n: number, p = hashes): boolean =>
      verifyConsistency(sha256Tree, m, n, p, rootAt(from), rootAt(to))
    expect(proves(from, to)).toBe(true)
    expect(proves(from, to, [...hashes, rootAt(to)])).toBe(false)
    expect(proves(from, to, [rootAt(from), ...hashes])).toBe(false)
    if (from === to) return
    for (const [m, n] of [
      [from - 1, to],
      [from + 1, to],
      [from ^ 2, to],
      [from, to * 2],
      [from, to >> 1],
    ] as const)
      expect(proves(m, n)).toBe(false)
    expect(proves(from, to, [])).toBe(false)
    expect(proves(from, to, hashes.slice(0, -1))).toBe(false)
    expect(verifyConsistency(sha256Tree, from, to, hashes, rootAt(to), rootAt(from))).toBe(false)
  })
})

describe('what the arguments have to be', () => {
  const [root, other] = [rootAt(1), rootAt(2)]
  it.each([
    [0, 0],
    [1, 1],
    [-1, 1],
    [0.5, 1],
    [Number.NaN, 1],
    [0, Number.NaN],
    [0, 2 ** 53],
    [0, 1.5],
  ])('no entry %d is in a tree of %d', (index, size) => {
    expect(verifyInclusion(sha256Tree, index, size, root, [], root)).toBe(false)
  })
  it('a leaf and a root have the length of a hash', () => {
    expect(verifyInclusion(sha256Tree, 0, 1, root, [], root)).toBe(true)
    expect(verifyInclusion(sha256Tree, 0, 1, hex(''), [], hex(''))).toBe(false)
    expect(verifyInclusion(sha256Tree, 0, 1, root.subarray(1), [], root.subarray(1))).toBe(false)
    expect(verifyConsistency(sha256Tree, 1, 1, [], hex('00'), hex('00'))).toBe(false)
  })
  it('nothing is proved about the empty tree, the past, or another tree of the same size', () => {
    expect(verifyConsistency(sha256Tree, 0, 0, [], sha256Tree.empty, sha256Tree.empty)).toBe(false)
    expect(verifyConsistency(sha256Tree, 0, 1, [], sha256Tree.empty, root)).toBe(false)
    expect(verifyConsistency(sha256Tree, 2, 1, [], other, root)).toBe(false)
    expect(verifyConsistency(sha256Tree, 1, 1, [], root, other)).toBe(false)
    expect(verifyConsistency(sha256Tree, 1, 1, [root], root, root)).toBe(false)
    expect(verifyConsistency(sha256Tree, 1, Number.NaN, [], root, root)).toBe(false)
  })
  it('the size is signed with the root, as a path alone does not always tell it', () => {
    const leaves = leavesOf(sha256Tree, 3)
    const path = pathOf(sha256Tree, 0, leaves)
    const three = rootOfLeaves(sha256Tree, leaves)
    expect(verifyInclusion(sha256Tree, 0, 3, leaves[0]!, path, three)).toBe(true)
    expect(verifyInclusion(sha256Tree, 0, 4, leaves[0]!, path, three)).toBe(true)
    expect(verifyInclusion(sha256Tree, 0, 5, leaves[0]!, path, three)).toBe(false)
  })
})

describe.each([sha256Tree, sm3Tree])('over $name', (h) => {
  const leaves = leavesOf(h, 300)
  const treeOf = (n: number): Buffer[] => leaves.slice(0, n)

  it('every entry of every small tree is proved, at its own place only', () => {
    for (let n = 1; n <= 20; n++)
      for (let i = 0; i < n; i++) {
        const path = pathOf(h, i, treeOf(n))
        for (let j = 0; j < n; j++)
          expect(verifyInclusion(h, j, n, leaves[i]!, path, rootOfLeaves(h, treeOf(n)))).toBe(i === j)
      }
  })

  it('every small tree is proved to be the beginning of every later one', () => {
    for (let to = 1; to <= 40; to++)
      for (let from = 1; from <= to; from++)
        expect(
          verifyConsistency(
            h,
            from,
            to,
            subproof(h, from, treeOf(to), true),
            rootOfLeaves(h, treeOf(from)),
            rootOfLeaves(h, treeOf(to)),
          ),
        ).toBe(true)
  })

  it('no bit of a proof of inclusion can be turned, nothing left out, nothing added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), fc.nat(), (n, i, at, bit) => {
        const index = i % n
        const path = pathOf(h, index, treeOf(n))
        const root = rootOfLeaves(h, treeOf(n))
        expect(verifyInclusion(h, index, n, leaves[index]!, path, root)).toBe(true)
        const parts = [leaves[index]!, root, ...path].map((p) => Buffer.from(p))
        parts[at % parts.length]![bit % 32]! ^= 1 << (bit % 8)
        const [own, top, ...rest] = parts
        expect(verifyInclusion(h, index, n, own!, rest, top!)).toBe(false)
        const cut = path.toSpliced(at % (path.length + 1), 1)
        if (path.length > 0 && cut.length < path.length)
          expect(verifyInclusion(h, index, n, leaves[index]!, cut, root)).toBe(false)
        const longer = path.toSpliced(at % (path.length + 1), 0, leaves[bit % 300]!)
        expect(verifyInclusion(h, index, n, leaves[index]!, longer, root)).toBe(false)
      }),
    )
  })

  it('nor of a proof of consistency', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), fc.nat(), (to, m, at, bit) => {
        const from = 1 + (m % to)
        const path = subproof(h, from, treeOf(to), true)
        const [old, now] = [rootOfLeaves(h, treeOf(from)), rootOfLeaves(h, treeOf(to))]
        expect(verifyConsistency(h, from, to, path, old, now)).toBe(true)
        const parts = [old, now, ...path].map((p) => Buffer.from(p))
        parts[at % parts.length]![bit % 32]! ^= 1 << (bit % 8)
        const [wrongOld, wrongNow, ...rest] = parts
        expect(verifyConsistency(h, from, to, rest, wrongOld!, wrongNow!)).toBe(false)
        const longer = path.toSpliced(at % (path.length + 1), 0, leaves[bit % 300]!)
        expect(verifyConsistency(h, from, to, longer, old, now)).toBe(false)
        if (path.length > 0)
          expect(verifyConsistency(h, from, to, path.toSpliced(at % path.length, 1), old, now)).toBe(false)
      }),
    )
  })
})
