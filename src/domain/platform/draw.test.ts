import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { affiliatesOf, type Affiliation } from './affiliation.ts'
import { conflictsIn, draw } from './draw.ts'

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
const pools = fc.uniqueArray(fc.uuid(), { maxLength: 40 })
const cases = fc.record({ seed: fc.string(), pool: pools, amount: fc.nat(12), mask: fc.infiniteStream(fc.boolean()) })
const drawn = (c: { seed: string; pool: string[]; amount: number }, conflicted: Record<string, string> = {}) =>
  draw({ ...c, conflicted, digest })

describe('随机抽取', () => {
  it('HNO-040 whoever recomputes it from the seed and the pool, in any order, finds the same experts', () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, turn) => {
        const n = c.pool.length
        const turned = c.pool.map((_, i) => c.pool[(((i + turn) % n) + n) % n]!)
        expect(drawn({ ...c, pool: turned })).toEqual(drawn(c))
        // as the comment tells an outsider to do it
        const byHand = [...c.pool].sort((a, b) => (digest(c.seed + a) < digest(c.seed + b) ? -1 : 1))
        expect(drawn(c).drawn).toEqual(byHand.slice(0, c.amount))
      }),
    )
  })
  it('HNO-040 who is conflicted is never drawn, is passed over with the reason, and changes nobody else’s place', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const conflicted = Object.fromEntries(c.pool.filter(() => c.mask.next().value).map((id) => [id, '回避']))
        const found = drawn(c, conflicted)
        expect(found.drawn.filter((id) => id in conflicted)).toEqual([])
        expect(found.order).toEqual(drawn(c).order)
        const free = found.order.filter((id) => !(id in conflicted))
        expect(found.drawn).toEqual(free.slice(0, c.amount))
        expect(found.drawn.length + found.missing).toBe(c.amount)
        // every one before the last drawn is accounted for
        const last = found.order.indexOf(found.drawn.at(-1) ?? '')
        if (found.missing === 0 && c.amount > 0)
          expect([...found.drawn, ...found.skipped.map((s) => s.id)].sort()).toEqual(
            found.order.slice(0, last + 1).sort(),
          )
      }),
    )
  })
  it('nobody is favoured: over many seeds each of five is drawn about as often', () => {
    const pool = Array.from({ length: 5 }, (_, i) => `0000000${i}-0000-7000-8000-000000000000`)
    const times = new Map(pool.map((id) => [id, 0]))
    for (let i = 0; i < 2000; i++)
      for (const id of drawn({ seed: `种子${i}`, pool, amount: 2 }).drawn) times.set(id, times.get(id)! + 1)
    // 800 expected of each, standard deviation 22
    for (const [, n] of times) expect(Math.abs(n - 800)).toBeLessThan(110)
  })
  it('conflicts are of employment, of relation and of one’s own word', () => {
    const of = (id: string, employer: string, recused: string[] = []) => ({ id, employer, recused })
    const pool = [of('1', 'A'), of('2', 'B'), of('3', 'C', ['A']), of('4', 'C', ['B']), of('5', 'C', ['D'])]
    expect(conflictsIn(pool, ['A'], { A: ['B'] })).toEqual({
      '1': '所在单位是当事方',
      '2': '所在单位是当事方的关联方',
      '3': '本人已申报回避',
      '4': '本人已申报回避',
    })
  })
})

describe('关联方', () => {
  const relation = (a: string, b: string, more: Partial<Affiliation> = {}): Affiliation => ({
    a,
    b,
    kind: 'ownership',
    since: '2025-01-01',
    until: null,
    ...more,
  })
  it('a relation reaches as far as relations go, in both directions, and not beyond its days', () => {
    const all = [
      relation('A', 'B'),
      relation('C', 'B'),
      relation('C', 'D', { until: '2025-06-30' }),
      relation('E', 'F'),
    ]
    expect(affiliatesOf(all, 'A', '2025-03-01')).toEqual(['B', 'C', 'D'])
    expect(affiliatesOf(all, 'A', '2025-06-30')).toEqual(['B', 'C', 'D'])
    expect(affiliatesOf(all, 'A', '2025-07-01')).toEqual(['B', 'C'])
    expect(affiliatesOf(all, 'A', '2024-12-31')).toEqual([])
  })
  it('being related is mutual and carries over, whatever is declared', () => {
    const orgs = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F')
    fc.assert(
      fc.property(fc.array(fc.tuple(orgs, orgs), { maxLength: 8 }), (pairs) => {
        const all = pairs.map(([a, b]) => relation(a, b))
        const of = (o: string) => affiliatesOf(all, o, '2025-03-01')
        for (const a of 'ABCDEF') {
          expect(of(a)).not.toContain(a)
          for (const b of of(a)) {
            expect(of(b)).toContain(a)
            for (const c of of(b)) if (c !== a) expect(of(a)).toContain(c)
          }
        }
      }),
    )
  })
})
