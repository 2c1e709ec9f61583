import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskOf, masksFor, type Mac } from './masking.ts'
import type { Method } from './pack.ts'

const macOf =
  (key: string): Mac =>
  (text) =>
    createHmac('sha256', key).update(text).digest('hex')
const method = (kind: 'token' | 'keep' | 'drop'): Method =>
  ({ value: kind, term: kind, kind, ...(kind === 'keep' ? { reason: true } : {}) }) as Method
const cover = (head: number, tail: number, only: 'digits' | 'any'): Method => ({
  value: 'cover',
  term: '遮蔽',
  kind: 'mask',
  head,
  tail,
  only,
})
const general = (to: 'month' | 'year' | 'band' | 'city' | 'province'): Method => ({
  value: to,
  term: to,
  kind: 'generalise',
  to,
})
const apply = (m: Method, value: string, key = 'k', band?: number): string => maskOf(m, macOf(key), band)!(value)
const filled = fc.string({ minLength: 1, maxLength: 60 }).filter((s) => s.normalize('NFKC').trim() !== '')

describe('代号', () => {
  it('never is or shows what it stands for, is one for one value and key, another for another value or key', () => {
    fc.assert(
      fc.property(filled, filled, (a, b) => {
        const t = apply(method('token'), a)
        expect(t).toMatch(/^T[0-9a-f]{32}$/)
        expect(t).not.toBe(a)
        if (a.length > 8) expect(t).not.toContain(a)
        expect(apply(method('token'), a)).toBe(t)
        expect(apply(method('token'), a, 'another')).not.toBe(t)
        const same = a.normalize('NFKC').trim().toUpperCase() === b.normalize('NFKC').trim().toUpperCase()
        expect(apply(method('token'), b) === t).toBe(same)
      }),
    )
  })
  it('joins what is written in two ways, and an empty value stays empty', () => {
    expect(apply(method('token'), '43010219900307743x')).toBe(apply(method('token'), ' ４３０１0219900307743X '))
    expect(apply(method('token'), '  ')).toBe('')
  })
})

describe('遮蔽', () => {
  it('keeps the length and nothing but the ends, and not those of a value that is not what the method is for', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: 'grapheme' }), fc.nat(8), fc.nat(8), (value, head, tail) => {
        const chars = [...value]
        for (const only of ['digits', 'any'] as const) {
          const out = [...apply(cover(head, tail, only), value)]
          expect(out.length).toBe(chars.length)
          const shows = (only === 'any' || /^[0-9Xx]+$/.test(value)) && chars.length > head + tail
          out.forEach((c, i) => {
            if (!shows || (i >= head && i < chars.length - tail)) expect(c).toBe('*')
            else expect(c).toBe(chars[i])
          })
        }
      }),
    )
  })
  it('an identity number, a telephone number, a name and a sentence in a column of numbers', () => {
    expect(apply(cover(6, 1, 'digits'), '430102199003077433')).toBe('430102***********3')
    expect(apply(cover(3, 2, 'digits'), '13812345678')).toBe('138******78')
    expect(apply(cover(1, 0, 'any'), '欧阳建国')).toBe('欧***')
    expect(apply(cover(6, 1, 'digits'), '身份证遗失，地址长沙')).toBe('**********')
  })
})

describe('概括', () => {
  it('a day to its month or year, however it is written; what is no day becomes empty', () => {
    for (const day of ['1990-03-07', '1990/3/7', '19900307', '1990-03-07 12:30:00'])
      expect([apply(general('month'), day), apply(general('year'), day)]).toEqual(['1990-03', '1990'])
    for (const none of ['', '三月七日', '1990-13-01', '430102199003077433'])
      expect(apply(general('month'), none)).toBe('')
  })
  it('a number to the band it lies in, whole for all numbers, and a division to its city or province', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 100_000 }), (n, band) => {
        const [from, to] = apply(general('band'), String(n), 'k', band).split('–').map(Number) as [number, number]
        expect(to - from).toBe(band)
        expect(from <= n && n < to).toBe(true)
      }),
    )
    expect(apply(general('band'), '约三千', 'k', 1000)).toBe('')
    expect([apply(general('city'), '430102'), apply(general('province'), '430102')]).toEqual(['430100', '430000'])
    expect(apply(general('city'), '长沙市')).toBe('')
  })
})

it('a column without a rule stays, one whose method nobody knows is left out', () => {
  const of = masksFor(
    [{ name: '甲' }, { name: '乙' }, { name: '丙' }],
    [
      { name: '乙', method: 'drop' },
      { name: '丙', method: 'unheard' },
    ],
    [method('drop')],
    macOf('k'),
  )
  expect(of.map((c) => [c.name, c.kept, c.mask?.('1')])).toEqual([
    ['甲', true, '1'],
    ['乙', false, undefined],
    ['丙', false, undefined],
  ])
})
