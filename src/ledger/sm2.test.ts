import { spawnSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sm2 } from 'sm-crypto-v2'
import { afterAll, describe, expect, it } from 'vitest'
import { isSm2Point, newSm2Key, sm2Point, sm2PublicKey, sm2Sign, sm2Verifies } from './index.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

// The signature on the recommended curve in GM/T 0003.5-2012 (GB/T 32918.5-2017), annex A.
const published = {
  message: Buffer.from('message digest'),
  number: hex('3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8'),
  point: hex(
    '04' +
      '09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020' +
      'CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13',
  ),
  r: hex('F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3'),
  s: hex('B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA'),
}
const { message, point } = published
const key = createPrivateKey({
  key: Buffer.concat([
    hex('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420'),
    published.number,
    hex('a144034200'),
    point,
  ]),
  format: 'der',
  type: 'pkcs8',
})

/** Tag, length, value; `long` writes the length in the way that BER allows and DER does not. */
const tlv = (tag: number, value: Buffer, long = false): Buffer =>
  Buffer.concat([long ? Buffer.of(tag, 0x81, value.length) : Buffer.of(tag, value.length), value])
const zero = Buffer.of(0)
const pair = (...numbers: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(numbers.map((n) => tlv(2, n))))
const signature = pair(Buffer.concat([zero, published.r]), Buffer.concat([zero, published.s]))
const flipped = (bytes: Buffer, at: number): Buffer => {
  const other = Buffer.from(bytes)
  other[(at >> 3) % bytes.length]! ^= 1 << (at & 7)
  return other
}

describe('the published signature', () => {
  it('verifies', () => {
    expect(sm2Verifies(point, message, signature)).toBe(true)
  })

  it('is of the published key', () => {
    expect(sm2Point(key)).toEqual(point)
  })

  const order = hex('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123')
  const [r, s] = [Buffer.concat([zero, published.r]), Buffer.concat([zero, published.s])]
  const plus = (n: Buffer): Buffer =>
    hex((BigInt(`0x${n.toString('hex')}`) + BigInt(`0x${order.toString('hex')}`)).toString(16).padStart(66, '0'))
  it.each([
    ['as two numbers one after the other', Buffer.concat([published.r, published.s])],
    ['with negative numbers', pair(published.r, published.s)],
    ['with a zero too many', pair(Buffer.concat([zero, r]), s)],
    ['with a length in the long form', tlv(0x30, Buffer.concat([tlv(2, r, true), tlv(2, s)]))],
    ['in a sequence of the long form', tlv(0x30, Buffer.concat([tlv(2, r), tlv(2, s)]), true)],
    ['with a byte behind it', Buffer.concat([signature, zero])],
    ['with a third number', pair(r, s, s)],
    ['cut short', signature.subarray(0, -1)],
    ['with its numbers exchanged', pair(s, r)],
    ['with n added to r', pair(plus(r), s)],
    ['with n added to s', pair(r, plus(s))],
    ['with 0 for r', pair(zero, s)],
    ['with 0 for s', pair(r, zero)],
    ['with n for s', pair(r, Buffer.concat([zero, order]))],
    [
      'with −r for s, so that r + s is 0',
      pair(
        r,
        hex((BigInt(`0x${order.toString('hex')}`) - BigInt(`0x${r.toString('hex')}`)).toString(16).padStart(64, '0')),
      ),
    ],
    ['with numbers of no digits', pair(Buffer.of(), Buffer.of())],
    ['of nothing', Buffer.of()],
    ['of a tag', Buffer.of(0x30)],
  ])('does not verify %s', (_how, other) => {
    expect(sm2Verifies(point, message, other)).toBe(false)
  })

  it('does not verify under another key, or what is none', () => {
    expect(sm2Verifies(sm2Point(newSm2Key()), message, signature)).toBe(false)
    for (const none of [
      Buffer.of(),
      point.subarray(1),
      Buffer.concat([Buffer.of(2 + (point[64]! & 1)), point.subarray(1, 33)]),
      Buffer.concat([Buffer.of(6), point.subarray(1)]),
      Buffer.concat([Buffer.of(4), Buffer.alloc(64)]),
      Buffer.concat([point, zero]),
    ]) {
      expect(isSm2Point(none), none.toString('hex')).toBe(false)
      expect(sm2Verifies(none, message, signature)).toBe(false)
      expect(() => sm2PublicKey(none)).toThrow('not a point')
    }
  })

  it('does not verify with any bit of message, signature or key another', () => {
    for (let bit = 0; bit < 8 * message.length; bit++)
      expect(sm2Verifies(point, flipped(message, bit), signature), `bit ${bit}`).toBe(false)
    for (let bit = 0; bit < 8 * point.length; bit++)
      expect(sm2Verifies(flipped(point, bit), message, signature), `bit ${bit}`).toBe(false)
    fc.assert(
      fc.property(fc.nat(8 * signature.length - 1), (bit) => {
        expect(sm2Verifies(point, message, flipped(signature, bit))).toBe(false)
      }),
    )
  })
})

describe('signing', () => {
  it('makes another signature every time, and each verifies', () => {
    const made = Array.from({ length: 20 }, () => sm2Sign(key, message))
    expect(new Set(made.map((m) => m.toString('hex'))).size).toBe(20)
    for (const m of made) expect(sm2Verifies(point, message, m)).toBe(true)
  })

  it('takes any message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(), (bytes, bit) => {
        const made = sm2Sign(key, bytes)
        expect(sm2Verifies(point, bytes, made)).toBe(true)
        expect(sm2Verifies(point, bytes, flipped(made, bit))).toBe(false)
        expect(sm2Verifies(point, Buffer.concat([bytes, zero]), made)).toBe(false)
      }),
      { numRuns: 25 },
    )
  })

  it('takes SM2 keys only', () => {
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (const other of [
      p256.privateKey,
      generateKeyPairSync('ed25519').privateKey,
      generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey,
    ]) {
      expect(() => sm2Sign(other, message)).toThrow('not an SM2 key')
      expect(() => sm2Point(other)).toThrow('not an SM2 key')
    }
    expect(() => sm2Point(p256.publicKey)).toThrow('not an SM2 key')
    // node:crypto does not throw here, it ends the process
    expect(() => sm2Sign(sm2PublicKey(point), message)).toThrow('not a private key')
  })

  it('writes keys that it reads', () => {
    const fresh = newSm2Key()
    const again = createPrivateKey(fresh.export({ format: 'pem', type: 'pkcs8' }))
    expect(sm2Point(again)).toEqual(sm2Point(fresh))
    expect(sm2Point(sm2PublicKey(sm2Point(fresh)))).toEqual(sm2Point(fresh))
    expect(sm2Verifies(sm2Point(fresh), message, sm2Sign(again, message))).toBe(true)
    expect(sm2Point(newSm2Key())).not.toEqual(sm2Point(fresh))
  })
})

// What node:crypto signs with such a key verifies under node:crypto and looks right for years.
describe('what is called SM2 and is not', () => {
  const identified = (userId: string, made: Buffer): boolean =>
    sm2.doVerifySignature(message, made.toString('hex'), point.toString('hex'), { hash: true, der: true, userId })

  it('ECDSA over SM3, which node:crypto makes with a key of its own', () => {
    const own = generateKeyPairSync('ec', { namedCurve: 'SM2' })
    const made = sign('sm3', message, own.privateKey)
    expect(verify('sm3', message, own.publicKey, made)).toBe(true)
    expect(sm2Verifies(sm2Point(own.publicKey), message, made)).toBe(false)
    expect(verify('sm3', message, own.publicKey, sm2Sign(own.privateKey, message))).toBe(false)
  })

  it('SM2 with an empty user id, which node:crypto makes with a key that it has read', () => {
    const made = sign('sm3', message, key)
    expect(identified('', made)).toBe(true)
    expect(sm2Verifies(point, message, made)).toBe(false)
  })

  it('SM2 with another user id', () => {
    const options = { hash: true, der: true, publicKey: point.toString('hex') }
    const made = (userId: string): Buffer =>
      Buffer.from(sm2.doSignature(message, published.number.toString('hex'), { ...options, userId }), 'hex')
    expect(sm2Verifies(point, message, made('1234567812345678'))).toBe(true)
    for (const userId of ['', '1234567812345679', 'ALICE123@YAHOO.COM']) {
      expect(identified(userId, made(userId))).toBe(true)
      expect(sm2Verifies(point, message, made(userId))).toBe(false)
    }
  })
})

// ── OpenSSL, which has nothing of ours ─────────────────────────────────────────────────────────────────────────

const openssl = (...args: readonly string[]): { readonly status: number | null; readonly text: string } => {
  const run = spawnSync('openssl', args, { encoding: 'utf8', timeout: 20_000 })
  return { status: run.status, text: `${run.stdout}${run.stderr}` }
}
const version = openssl('version').text
const lacking = !/^OpenSSL ([3-9]|\d\d)\./.test(version)
  ? `there is no OpenSSL 3 on this machine (${version.trim() || 'no openssl'})`
  : openssl('ecparam', '-name', 'SM2', '-noout').status !== 0
    ? `this OpenSSL was built without SM2 (${version.trim()})`
    : ''
if (lacking) console.warn(`SKIPPED: SM2 was not compared with OpenSSL: ${lacking}`)

describe.skipIf(lacking)(`both ways with OpenSSL${lacking && `: ${lacking}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gongshu-sm2-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const at = (name: string): string => join(folder, name)
  const put = (name: string, content: string | Buffer): string => {
    writeFileSync(at(name), content)
    return at(name)
  }
  const done = (...args: readonly string[]): void => {
    const { status, text } = openssl(...args)
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${text}`)
  }
  const pem = (k: KeyObject): string =>
    k.type === 'private'
      ? (k.export({ format: 'pem', type: 'pkcs8' }) as string)
      : (k.export({ format: 'pem', type: 'spki' }) as string)
  const sm3 = ['-rawin', '-digest', 'sm3'] as const
  const identity = ['-pkeyopt', 'distid:1234567812345678'] as const
  const theirs = (k: KeyObject, ...options: readonly string[]): Buffer => {
    const [inkey, input, out] = [put('key.pem', pem(k)), put('message', message), at('signature')]
    done('pkeyutl', '-sign', ...sm3, '-inkey', inkey, '-in', input, '-out', out, ...options)
    return readFileSync(out)
  }
  const theyVerify = (p: Buffer, made: Buffer, what = message): boolean => {
    const [inkey, input, sigfile] = [
      put('public.pem', pem(sm2PublicKey(p))),
      put('message', what),
      put('signature', made),
    ]
    const options = [...sm3, ...identity, '-pubin', '-inkey', inkey, '-in', input, '-sigfile', sigfile]
    const { status, text } = openssl('pkeyutl', '-verify', ...options)
    if (status !== 0 && !text.includes('Signature Verification Failure')) throw new Error(text)
    return status === 0
  }

  it('ours verifies there, and not for another message or with another bit', () => {
    const fresh = newSm2Key()
    for (const k of [key, fresh]) {
      const made = sm2Sign(k, message)
      expect(theyVerify(sm2Point(k), made)).toBe(true)
      expect(theyVerify(sm2Point(k), made, Buffer.from('another message'))).toBe(false)
      expect(theyVerify(sm2Point(k), flipped(made, 8 * 20))).toBe(false)
    }
    expect(theyVerify(point, signature)).toBe(true)
  })

  it('theirs verifies here', () => {
    for (const k of [key, newSm2Key()]) {
      const made = theirs(k, ...identity)
      expect(sm2Verifies(sm2Point(k), message, made)).toBe(true)
      expect(sm2Verifies(sm2Point(k), Buffer.from('another message'), made)).toBe(false)
    }
  })

  it('theirs over an empty user id, which is what they sign when not told, does not', () => {
    expect(sm2Verifies(point, message, theirs(key))).toBe(false)
    expect(sm2Verifies(point, message, theirs(key, '-pkeyopt', 'distid:8765432187654321'))).toBe(false)
  })

  it.each([
    ['genpkey -algorithm EC', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:SM2']],
    ['genpkey -algorithm SM2', ['genpkey', '-algorithm', 'SM2']],
    ['ecparam -genkey', ['ecparam', '-name', 'SM2', '-genkey', '-noout']],
  ])('a key of %s is used as it is', (_command, args) => {
    done(...args, '-out', at('made.pem'))
    const made = createPrivateKey(readFileSync(at('made.pem')))
    expect(theyVerify(sm2Point(made), sm2Sign(made, message))).toBe(true)
    done('pkey', '-in', at('made.pem'), '-pubout', '-outform', 'DER', '-out', at('made.der'))
    expect(readFileSync(at('made.der')).subarray(-65)).toEqual(sm2Point(made))
  })

  it('a key in its envelope is used with its passphrase, one with a curve of its own is not', () => {
    const sealed = [
      'genpkey',
      '-algorithm',
      'SM2',
      '-aes-256-cbc',
      '-pass',
      'pass:只有我知道',
      '-out',
      at('sealed.pem'),
    ]
    done(...sealed)
    const made = createPrivateKey({ key: readFileSync(at('sealed.pem')), passphrase: '只有我知道' })
    expect(theyVerify(sm2Point(made), sm2Sign(made, message))).toBe(true)
    const curve = ['-pkeyopt', 'ec_paramgen_curve:SM2', '-pkeyopt', 'ec_param_enc:explicit']
    done('genpkey', '-algorithm', 'EC', ...curve, '-out', at('explicit.pem'))
    expect(() => sm2Point(createPrivateKey(readFileSync(at('explicit.pem'))))).toThrow('not an SM2 key')
  })
})
