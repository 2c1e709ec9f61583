import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonical, commit, digestOf, opens } from './index.ts'

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

it('refuses what another reader could read differently: floats, unsafe integers, lone surrogates, functions', () => {
  for (const bad of [0.1, 2 ** 53, Number.NaN, -0, '\ud800', () => 1, [undefined]])
    expect(() => canonical(bad)).toThrow()
})

it('matches the published SHA-256 and SM3 examples', () => {
  expect(digestOf('abc')).toEqual({
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    sm3: '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  })
})

it('a commitment opens with its own value, salt and field only', () => {
  const salt = Buffer.alloc(32, 7)
  const sealed = commit('application/submit.signer', salt, '王某')
  expect(opens(sealed, 'application/submit.signer', salt, '王某')).toBe(true)
  expect(opens(sealed, 'application/submit.signer', salt, '李某')).toBe(false)
  expect(opens(sealed, 'application/submit.other', salt, '王某')).toBe(false)
  expect(opens(sealed, 'application/submit.signer', Buffer.alloc(32, 8), '王某')).toBe(false)
  expect(() => commit('x', Buffer.alloc(16), 1)).toThrow()
})
