import * as node from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Buffer as Ours } from './buffer.ts'
import * as ours from './crypto.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const hex = (b: unknown): string => Buffer.from(b as Uint8Array).toString('hex')

describe('what browsers have in place of node:crypto says the same', () => {
  it('of hashes, whole and in pieces', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('sha256' as const, 'sm3' as const),
        bytes,
        fc.string({ unit: 'grapheme' }),
        (h, b, s) => {
          expect(ours.hash(h, b)).toBe(node.hash(h, b))
          expect(ours.hash(h, s)).toBe(node.hash(h, s))
          expect(hex(ours.hash(h, b, 'buffer'))).toBe(node.hash(h, b))
          expect(ours.createHash(h).update(b).update(s).digest('hex')).toBe(
            node.createHash(h).update(b).update(s).digest('hex'),
          )
          expect(hex(ours.createHash(h).update(b).digest())).toBe(node.hash(h, b))
        },
      ),
    )
    expect(() => ours.hash('md5', '')).toThrow()
  })

  it('of signatures: those that are good, and those in which anything was changed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        bytes,
        fc.nat(),
        fc.nat(7),
        (seed, message, at, bit) => {
          const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
          const secret = node.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
          const jwk = node.createPublicKey(secret).export({ format: 'jwk' }) as { kty: string; crv: string; x: string }
          const signature = node.sign(null, message, secret)
          const agree = (m: Uint8Array, key: typeof jwk, s: Uint8Array): boolean => {
            const said = ours.verify(null, m, ours.createPublicKey({ key }), s)
            let expected = false
            try {
              expected = node.verify(null, m, node.createPublicKey({ key, format: 'jwk' }), s)
            } catch {
              // a key that is no key verifies nothing
            }
            expect(said).toBe(expected)
            return said
          }
          const flipped = (b: Uint8Array): Buffer => {
            const out = Buffer.from(b)
            out[at % out.length]! ^= 1 << bit
            return out
          }
          expect(agree(message, jwk, signature)).toBe(true)
          agree(message, jwk, flipped(signature))
          if (message.length > 0) agree(flipped(message), jwk, signature)
          agree(message, { ...jwk, x: flipped(Buffer.from(jwk.x, 'base64url')).toString('base64url') }, signature)
          agree(message, jwk, signature.subarray(1))
          // S + L signs nothing, though the equation would hold (RFC 8032 5.1.7)
          const order = 2n ** 252n + 27742317777372353535851937790883648493n
          const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order
          const high = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()
          expect(agree(message, jwk, Buffer.concat([signature.subarray(0, 32), high]))).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
    expect(() => ours.createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: '' } })).toThrow()
    expect(() => ours.sign()).toThrow()
  })
})

it('the Buffer of browsers writes and reads as Node’s', () => {
  fc.assert(
    fc.property(bytes, fc.nat(300), (b, at) => {
      const [a, n] = [Ours.from(b) as unknown as Buffer, Buffer.from(b)]
      for (const how of ['hex', 'base64', 'base64url', 'latin1', 'utf8'] as const) {
        const text = n.toString(how)
        expect(a.toString(how)).toBe(text)
        expect(hex(Ours.from(text, how))).toBe(hex(Buffer.from(text, how)))
      }
      expect(hex(a.subarray(at))).toBe(hex(n.subarray(at)))
      expect(a.subarray(at).toString('hex')).toBe(n.subarray(at).toString('hex'))
      expect(a.lastIndexOf('\n%')).toBe(n.lastIndexOf('\n%'))
      if (n.length >= 8) expect(a.readBigUInt64BE()).toBe(n.readBigUInt64BE())
      expect(Ours.compare(a, b)).toBe(0)
    }),
  )
  expect(hex(Ours.concat([Ours.of(1), new Uint8Array([2])]))).toBe('0102')
})
