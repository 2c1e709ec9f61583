import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonical } from './index.ts'

it('writes the same fact the same way, whatever the order of its keys', () => {
  expect(canonical({ b: [1, { d: null, c: '“引号”' }], a: undefined, A: true })).toBe(
    '{"A":true,"b":[1,{"c":"“引号”","d":null}]}',
  )
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string(),
        fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null)),
      ),
      (o) => {
        const shuffled = Object.fromEntries(Object.entries(o).reverse())
        expect(canonical(shuffled)).toBe(canonical(o))
        expect(JSON.parse(canonical(o))).toEqual(JSON.parse(JSON.stringify(o)))
      },
    ),
  )
})

it('sorts keys as RFC 8785 does in its example: by UTF-16 code units, not by code points', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
  const text = canonical(Object.fromEntries(keys.map((k) => [k, 0])))
  expect(Object.keys(JSON.parse(text) as object)).toEqual([
    '1',
    '\r',
    '\u0080',
    '\u00f6',
    '\u20ac',
    '\u{1f600}',
    '\ufb33',
  ])
})

it.each([
  ['a fraction', 0.1],
  ['a number that is not exact', 2 ** 53],
  ['no number', Number.NaN],
  ['a zero with a sign', -0],
  ['half a character', '\ud800'],
  ['half a character in a key', { '\ud800': 1 }],
  ['a function', () => 1],
  ['a big integer', 1n],
  ['nothing, in a list', [undefined]],
  ['a hole in a list', Array(1)],
  // these would come out as {} or as a list of their bytes
  ['a date', new Date(0)],
  ['a map', new Map([[1, 2]])],
  ['bytes', Buffer.of(1)],
])('refuses what another reader could read differently: %s', (_what, bad) => {
  expect(() => canonical(bad)).toThrow()
  expect(() => canonical({ in: [bad] })).toThrow()
})
