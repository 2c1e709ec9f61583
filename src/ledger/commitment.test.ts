import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commit, digestOf, opens } from './index.ts'

describe('digests', () => {
  it('are those of the examples of FIPS 180-4 and GB/T 32905 (A.1, A.2)', () => {
    expect(digestOf('abc')).toEqual({
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      sm3: '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    })
    expect(digestOf('abcd'.repeat(16)).sm3).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732')
  })
})

describe('a commitment', () => {
  const salt = Buffer.alloc(32, 7)
  const tag = 'application/submit.signer'
  const sealed = commit(tag, salt, '王某')

  it('is the hash of 0x02, the tag behind its length, the salt and the canonical value', () => {
    const bytes = [[2, 0, 25], Buffer.from(tag), salt, Buffer.from('"王某"')].map((b) => Buffer.from(b))
    expect(sealed).toBe(createHash('sha256').update(Buffer.concat(bytes)).digest('hex'))
    // fixed, so that what was committed to can be opened in twenty years
    expect(sealed).toBe('1fb0ecc2b04b1d43d9705b73efa0ae7c28b08eccb83bb3bd8442f3f7547872de')
  })

  it('opens with its own value, salt and field only', () => {
    expect(opens(sealed, tag, salt, '王某')).toBe(true)
    expect(opens(sealed, tag, salt, '李某')).toBe(false)
    expect(opens(sealed, 'application/submit.other', salt, '王某')).toBe(false)
    expect(opens(sealed, tag, Buffer.alloc(32, 8), '王某')).toBe(false)
    expect(opens(sealed.toUpperCase(), tag, salt, '王某')).toBe(false)
  })

  it('tells apart what looks the same when written one after the other', () => {
    expect(commit('ab', salt, 1)).not.toBe(commit('a', salt, 1))
    expect(commit('x', salt, '1')).not.toBe(commit('x', salt, 1))
    expect(commit('x', salt, null)).not.toBe(commit('x', salt, 'null'))
    // the tag may not reach into the salt: 0x01 'a' + salt 'b…' against 'ab' + salt '…'
    expect(commit('a', Buffer.from(`b${'c'.repeat(31)}`), 1)).not.toBe(commit('ab', Buffer.alloc(32, 'c'), 1))
  })

  it('does not open with any bit of the salt or any character of the value another', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.string())),
        fc.nat(255),
        (s, value, bit) => {
          const c = commit(tag, s, value)
          expect(opens(c, tag, s, value)).toBe(true)
          expect(opens(c, tag, s, [value])).toBe(false)
          const other = Buffer.from(s)
          other[bit >> 3]! ^= 1 << (bit & 7)
          expect(opens(c, tag, other, value)).toBe(false)
        },
      ),
    )
  })

  it('is not made with a short salt, over what has no canonical form, or under a tag without end', () => {
    expect(() => commit('x', Buffer.alloc(16), 1)).toThrow('32 bytes')
    expect(() => commit('x', salt, 0.5)).toThrow()
    expect(() => commit('x'.repeat(65_536), salt, 1)).toThrow('65535')
    expect(commit('x'.repeat(65_535), salt, 1)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('and what cannot have been committed to opens none, so that an audit reports it and goes on', () => {
    expect(opens(sealed, tag, salt.subarray(1), '王某')).toBe(false)
    expect(opens(sealed, tag, salt, 0.5)).toBe(false)
    expect(opens(sealed, tag, salt, '\ud800')).toBe(false)
  })
})
