import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arranged, rowName, trace, type Mac } from './watermark.ts'

const keyed =
  (key: string): Mac =>
  (text) =>
    createHmac('sha256', key).update(text).digest('hex')
const copies = (n: number, salt: number | string = '') =>
  Array.from({ length: n }, (_, i) => ({ id: `copy${i}`, mac: keyed(`${salt} ${i}`) }))
const rows = (n: number): string[] => Array.from({ length: n }, (_, i) => rowName([`ROW-${i}`]))
const copyOf = (names: readonly string[], mac: Mac, perTenThousand = 0): string[] =>
  [...arranged(names, mac, perTenThousand)].map((i) => names[i]!)
/** Every row with the same chance, in the order it stands in. */
const part = (names: readonly string[], percent: number, seed: string): string[] => {
  const draw = keyed(`part ${seed}`)
  return names.filter((n) => Number.parseInt(draw(n).slice(0, 8), 16) % 100 < percent)
}
const runs = { numRuns: 20 }

describe('marks of a recipient’s copy', () => {
  it('the copy holds rows of the file and nothing else, each once, and lacks no more than its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.string(), (n, key) => {
        const names = rows(n)
        expect(copyOf(names, keyed(key)).sort()).toEqual([...names].sort())
        const less = copyOf(names, keyed(key), 100)
        expect(new Set(less).size).toBe(less.length)
        expect(less.every((r) => names.includes(r))).toBe(true)
      }),
      runs,
    )
    expect(copyOf(rows(20_000), keyed('k'), 100).length).toBeGreaterThan(20_000 * 0.985)
    expect(copyOf(rows(20_000), keyed('k'), 100).length).toBeLessThan(20_000 * 0.995)
  })

  it('the recipient is named from 5 % of the rows, whoever it is of a hundred', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.string(), fc.nat(), (who, seed, salt) => {
        const all = copies(100, salt)
        const found = part(copyOf(rows(1000), all[who]!.mac), 5, seed)
        const v = trace(found, all, 0)
        expect([v.result, v.matches[0]!.copy]).toEqual(['identified', `copy${who}`])
      }),
      runs,
    )
  })

  it('also where blocks of it were moved about or every fourth row was put elsewhere', () => {
    fc.assert(
      fc.property(fc.nat(19), fc.nat(), (who, salt) => {
        const all = copies(20, salt)
        const copy = copyOf(rows(2000), all[who]!.mac)
        const blocks = Array.from({ length: 20 }, (_, i) => copy.slice(i * 100, i * 100 + 100)).reverse()
        const moved = copy.filter((_, i) => i % 4 !== 0).concat(copy.filter((_, i) => i % 4 === 0).sort())
        for (const found of [blocks.flat(), moved]) expect(trace(found, all, 0).matches[0]!.copy).toBe(`copy${who}`)
        expect(trace(blocks.flat(), all, 0).result).toBe('identified')
        expect(trace(moved, all, 0).result).toBe('identified')
      }),
      { numRuns: 5 },
    )
  })

  it('a copy sorted from end to end keeps the rows it lacks, and those alone name the recipient where there are many', () => {
    const all = copies(50, 'lots')
    const names = rows(20_000)
    const sorted = copyOf(names, all[7]!.mac, 50).sort()
    const v = trace(sorted, all, 50)
    expect([v.result, v.matches[0]!.copy, v.matches[0]!.absent]).toEqual(['identified', 'copy7', 0])
    // of a small file nothing is left by sorting it, and nobody is named
    expect(trace(copyOf(rows(500), all[7]!.mac, 50).sort(), all, 50).result).toBe('undecided')
  })

  it('two copies put together name both or nobody, and never a third', () => {
    fc.assert(
      fc.property(fc.nat(), (salt) => {
        const all = copies(30, salt)
        const [a, b] = [copyOf(rows(600), all[3]!.mac), copyOf(rows(600), all[4]!.mac)]
        const v = trace([...a.slice(0, 300), ...b.slice(0, 300)], all, 0)
        expect(v.matches.filter((m) => m.both >= 6).every((m) => ['copy3', 'copy4'].includes(m.copy))).toBe(true)
      }),
      runs,
    )
  })

  it('nobody is named for the original, for a shuffled file, or for a stranger’s, however small or large', () => {
    let tried = 0
    let named = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.nat(), (n, salt) => {
        const all = copies(100, salt)
        const stranger = copyOf(rows(n), keyed(`stranger ${salt}`), 50)
        const shuffled = copyOf(
          Array.from({ length: n }, (_, i) => `other ${i}`),
          keyed(`shuffle ${salt}`),
        )
        for (const found of [rows(n), stranger, shuffled]) {
          tried++
          if (trace(found, all, 50).result !== 'undecided') named++
        }
      }),
      runs,
    )
    expect([tried, named]).toEqual([60, 0])
  }, 120_000)

  it('what is said of the chance is no less than how often chance does it', () => {
    // small files under many keys: the share of strangers that reach a level stays below what the level says
    const n = 20_000
    const reached = (level: number): number => chances.filter((c) => c >= level).length / n
    const names = rows(9)
    const chances = Array.from(
      { length: n },
      (_, i) => trace(names, [{ id: 'x', mac: keyed(`chance ${i}`) }], 100).matches[0]!.both,
    )
    for (const level of [1, 2, 3]) expect(reached(level)).toBeLessThanOrEqual(10 ** -level)
  })

  it('what a spreadsheet does to values leaves the name of a row as it was', () => {
    expect(rowName(['001', ' 甲 乙 ', '1.50', 'Ａb'])).toBe(rowName(['1', '甲乙', '1.5', 'AB']))
    expect(rowName(['10', '0', '-0.5'])).toBe(rowName(['10.0', '000', '-00.50']))
    expect(rowName(['1', '23'])).not.toBe(rowName(['12', '3']))
  })
})
