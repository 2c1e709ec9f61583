import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cosigner,
  ed25519Signer,
  newSm2Key,
  openNote,
  parseCheckpoint,
  parseVkey,
  signatureLine,
  signNote,
  sm2Point,
  sm2Signer,
  sm2VerifierKey,
  vkey,
  type NoteSigner,
  type VerifierKey,
} from './index.ts'

const flipped = (bytes: Buffer, at: number): Buffer => {
  const other = Buffer.from(bytes)
  other[(at >> 3) % bytes.length]! ^= 1 << (at & 7)
  return other
}
const line = (k: VerifierKey): string => vkey(k.name, k.type, k.key)
/** Whether someone who has this key takes the note for signed. */
const holds = (note: string, key: VerifierKey): boolean => {
  try {
    return openNote(note, [key]).signed.length === 1
  } catch (e) {
    expect(e).toBeInstanceOf(Error)
    return false
  }
}

// The keys and notes of golang.org/x/mod/sumdb/note (note_test.go), the first implementation of the format.
const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const enoch = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
const peterKey = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1).toString('base64url'),
    x: parseVkey(peter).key.toString('base64url'),
  },
  format: 'jwk',
})
const text =
  'If you think cryptography is the answer to your problem,\n' + "then you don't know what your problem is.\n"
const peterSig =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const enochSig =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n'

describe('a note of golang.org/x/mod/sumdb/note', () => {
  const [p, e] = [parseVkey(peter), parseVkey(enoch)]

  it('is signed in the same characters', async () => {
    expect(await signNote(text, [ed25519Signer('PeterNeumann', peterKey)])).toBe(`${text}\n${peterSig}`)
  })

  it('verifies for those whose keys are known, and ignores the others', () => {
    const note = `${text}\n${peterSig}${enochSig}`
    expect(openNote(note, [p])).toEqual({ text, by: ['PeterNeumann'], bad: [], signed: [{ key: p }] })
    expect(openNote(note, [e, p])).toEqual({
      text,
      by: ['PeterNeumann', 'EnochRoot'],
      bad: [],
      signed: [{ key: p }, { key: e }],
    })
    expect(openNote(note, [])).toEqual({ text, by: [], bad: [], signed: [] })
  })

  it('counts a signature that stands there twice once, and one that does not verify as bad', () => {
    const note = `${text}\n${peterSig}${peterSig}${enochSig}${enochSig.replace('2tiO', 'ABCD2tiO')}`
    expect(openNote(note, [p])).toMatchObject({ by: ['PeterNeumann'], bad: [] })
    expect(openNote(note, [e])).toMatchObject({ by: ['EnochRoot'], bad: ['EnochRoot'] })
  })

  it('does not verify when one character of its text is another', () => {
    const changed = `${text.replace('answer', 'Answer')}\n${peterSig}`
    expect(openNote(changed, [p])).toMatchObject({ by: [], bad: ['PeterNeumann'], signed: [] })
  })

  it('is not signed by a name or an id alone', () => {
    expect(openNote(`${text}\n${peterSig.replace('PeterNeumann', 'CarmenSandiego')}`, [p]).by).toEqual([])
    expect(openNote(`${text}\n${peterSig.replace('x08g', 'xxxx')}`, [p])).toMatchObject({ by: [], bad: [] })
  })

  it('has at most 100 signatures, of which 16 have to be read by anyone', () => {
    const signed = (n: number): string => `${text}\n${peterSig}${'— someone.else AAAAAAECAwQ=\n'.repeat(n - 1)}`
    for (const n of [16, 100]) expect(openNote(signed(n), [p]).by).toEqual(['PeterNeumann'])
    expect(() => openNote(signed(101), [p])).toThrow('malformed note')
    expect(() => openNote(`${text}\n${peterSig.repeat(101)}`, [])).toThrow('malformed note')
  })

  it.each([
    ['has no signature', text],
    ['has no line where signatures stand', `${text}\n`],
    ['does not end in a newline', `${text}\n${peterSig.trimEnd()}`],
    ['has a control character', `\x01${text}\n${peterSig}`],
    ['has a tab', `a\tb\n\n${peterSig}`],
    ['has a carriage return', `${text}\r\n\r\n${peterSig}`],
    ['has half a character', `\ud800${text}\n${peterSig}`],
    ['has a name with a space', `${text}\n${peterSig.replace('PeterNeumann', 'Bad Name')}`],
    ['has a name with a wide space', `${text}\n${peterSig.replace('PeterNeumann', 'Bad\u3000Name')}`],
    ['has a name with a plus', `${text}\n${peterSig.replace('PeterNeumann', 'Bad+Name')}`],
    ['has no name', `${text}\n${peterSig.replace('PeterNeumann', '')}`],
    ['has another line among its signatures', `${text}\n${peterSig}Unexpected line.\n`],
    ['has a blank line behind its signatures', `${text}\n${peterSig}\n`],
    ['has a hyphen for the dash', `${text}\n${peterSig.replace('—', '-')}`],
    ['has two spaces', `${text}\n${peterSig.replace(' x08', '  x08')}`],
    ['has base64 without padding', `${text}\n${peterSig.replace('=\n', '\n')}`],
    ['has base64 for the web', `${text}\n${peterSig.replace('/', '_')}`],
    ['has bits behind the last byte', `${text}\n${peterSig.replace('nAM=', 'nAN=')}`],
    ['has an id and no signature', `${text}\n— PeterNeumann x08gow==\n`],
  ])('is none when it %s', (_why, note) => {
    expect(() => openNote(note, [p])).toThrow(/malformed|not base64/)
  })

  it('may have blank lines in its text: the last one counts', async () => {
    const lines = '\n\na\n\n\nb\n\n'
    expect(openNote(await signNote(lines, [ed25519Signer('x', peterKey)]), []).text).toBe(lines)
  })
})

describe('a note of others', () => {
  it('the example of C2SP signed-note verifies', () => {
    const key = parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const note =
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
    expect(openNote(note, [key])).toMatchObject({ by: ['example.com/foo'], bad: [] })
    expect(holds(note.replace('an example', 'no example'), key)).toBe(false)
  })

  // A checkpoint that a certificate log published in May 2026, with the cosignatures of four public witnesses. The log has signed in
  // two ways, of which one (RFC 6962) cannot be checked here.
  const real = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`
  const realKeys = [
    'arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f',
    'transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM',
    'witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO',
    'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    'witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv',
  ].map(parseVkey)

  it('a checkpoint of a public log verifies, with the time at which each public witness saw it', () => {
    const { text: body, bad, signed } = openNote(real, realKeys)
    const time = Date.parse('2026-05-23T21:50:24Z') / 1000
    expect(signed).toEqual(realKeys.map((key, i) => (i === 0 ? { key } : { key, time })))
    expect(bad).toEqual([])
    expect(parseCheckpoint(body)).toMatchObject({ origin: realKeys[0]!.name, size: 1_432_088_532 })
  })

  it('and for no size but its own', () => {
    expect(openNote(real.replace('1432088532', '1432088533'), realKeys)).toMatchObject({
      by: [],
      bad: realKeys.map((k) => k.name),
    })
  })
})

describe('a verifier key', () => {
  it.each([
    peter,
    enoch,
    // the tests of transparency-dev/formats (note_cosigv1_test.go): a plus within the base64, a witness
    'TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6',
    'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
  ])('%s is read and printed again', (known) => {
    expect(line(parseVkey(known))).toBe(known)
  })

  it('is nothing when a part of it is missing or any character is another', () => {
    for (let i = 0; i < peter.length; i++)
      for (let j = i + 1; j <= peter.length; j++)
        if (j - i < peter.length) expect(() => parseVkey(peter.slice(i, j))).toThrow(Error)
    for (let i = 0; i < peter.length; i++) {
      const other = Buffer.from(peter)
      other[i]! += 1
      expect(() => parseVkey(other.toString()), other.toString()).toThrow(Error)
    }
  })

  it.each([
    ['has a key of the wrong length', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='],
    ['has two parts', 'bananas.sigstore.dev+12344556'],
    ['has no base64', 'rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!'],
    ['has no key', 'rekor.sigstore.dev+12345678+AwEB'],
    ['has an id in capitals', peter.replace('c74f20a3', 'C74F20A3')],
    ['has an id of nine digits', peter.replace('c74f20a3', '0c74f20a3')],
    ['has no name', peter.replace('PeterNeumann', '')],
    ['has a space', peter.replace('PeterNeumann', 'Peter Neumann')],
    ['ends in a newline', `${peter}\n`],
    ['has an id that is not its own', peter.replace('c74f20a3', 'c74f20a4')],
    // type 0x02 (ECDSA) counts its id otherwise, and has no use here
    [
      'is that of an ECDSA log',
      'rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=',
    ],
  ])('that %s is none', (_why, bad) => {
    expect(() => parseVkey(bad)).toThrow(Error)
  })

  it('of a type that cannot be checked here is carried on, and its signatures are ignored', () => {
    const unknown = parseVkey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
    expect(unknown.type).toBe(0x65)
    const other = parseVkey(vkey('PeterNeumann', 0xff, Buffer.from('someone else’s kind')))
    for (const key of [unknown, other]) {
      const forged = Buffer.concat([key.id, Buffer.alloc(64)]).toString('base64')
      expect(openNote(`${text}\n— PeterNeumann ${forged}\n`, [key])).toMatchObject({ by: [], bad: [] })
    }
  })

  it('is not made of what could not be read again', () => {
    const key = Buffer.alloc(32)
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\ud800'])
      expect(() => vkey(name, 1, key), JSON.stringify(name)).toThrow('a key name')
    for (const type of [-1, 256, 1.5, Number.NaN]) expect(() => vkey('a', type, key)).toThrow('one byte')
    for (const type of [1, 4]) expect(() => vkey('a', type, key.subarray(1))).toThrow('a key that is none')
    expect(() => vkey('a', 6, Buffer.of())).toThrow('a key that is none')
  })

  it('is read as it was printed, whatever the name, the type and the key', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((n) => !/[+\p{White_Space}\p{Cc}]/u.test(n))
    const type = fc.nat(255).filter((t) => t !== 1 && t !== 4)
    fc.assert(
      fc.property(name, type, fc.uint8Array({ minLength: 1, maxLength: 100 }), (n, t, k) => {
        const printed = vkey(n, t, k)
        expect(parseVkey(printed)).toMatchObject({ name: n, type: t, key: Buffer.from(k) })
        expect(line(parseVkey(printed))).toBe(printed)
      }),
    )
  })
})

// The key of GM/T 0003.5-2012, annex A; the signature was made with OpenSSL.
describe('a note signed with SM2', () => {
  const point = Buffer.from(
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
    'hex',
  )
  const known =
    'log.example.cn/sm+33ad4f35+/3NtMi1zbTNAZ29uZ3NodQQJ+d8xHlQhoVDdfRYeS8XGchefrRgz/AdrsI/zVvNQIMzqSQziZ3WlLcbqcYzBqmAK7QX7814ISmYy9gctqa0T'
  const note = `log.example.cn/sm
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— log.example.cn/sm M61PNTBGAiEArHp2ok2616lNU8nm+d61EYo1jtOIpzwiSEJObipgq9kCIQDCPizmK1WZ2HdtcTuX9ZZUvdO08ATuQ+Ffzvh/KpDObQ==
`

  it('verifies, in the form that it has had since the first', () => {
    const key = parseVkey(known)
    expect(key).toMatchObject({ type: 0xff, key: Buffer.concat([Buffer.from('sm2-sm3@gongshu'), point]) })
    expect(key).toEqual(sm2VerifierKey('log.example.cn/sm', point))
    expect(line(key)).toBe(known)
    expect(openNote(note, [key])).toMatchObject({ by: ['log.example.cn/sm'], bad: [], signed: [{ key }] })
    expect(openNote(note.replace('20852163', '20852164'), [key])).toMatchObject({ by: [], bad: ['log.example.cn/sm'] })
  })

  it('stands beside Ed25519 and cosignatures, and says nothing to those who do not know it', async () => {
    const key = newSm2Key()
    const signers = [
      ed25519Signer('log.example.cn', peterKey),
      sm2Signer('log.example.cn', key),
      cosigner('witness.example.cn', peterKey, () => 1_700_000_000),
    ]
    const mixed = await signNote(text, signers)
    expect(openNote(mixed, signers.map(line).map(parseVkey))).toMatchObject({
      by: ['log.example.cn', 'witness.example.cn'],
      bad: [],
      signed: [{ key: { type: 1 } }, { key: { type: 0xff } }, { key: { type: 4 }, time: 1_700_000_000 }],
    })
    expect(openNote(mixed, [signers[0]!])).toMatchObject({ by: ['log.example.cn'], bad: [] })
    // another key under the same name is another signer
    expect(openNote(mixed, [sm2Signer('log.example.cn', newSm2Key())])).toMatchObject({ by: [], bad: [] })
  })

  it('has a key that is a point of the curve, uncompressed', () => {
    const compressed = Buffer.concat([Buffer.of(2 + (point[64]! & 1)), point.subarray(1, 33)])
    for (const none of [compressed, point.subarray(1), flipped(point, 20), Buffer.of()])
      expect(() => sm2VerifierKey('log.example.cn', none)).toThrow('a key that is none')
    expect(() => sm2Signer('log.example.cn', peterKey)).toThrow('not an SM2 key')
    expect(() => ed25519Signer('log.example.cn', newSm2Key())).toThrow('not an Ed25519 key')
  })

  it('is refused from a signer elsewhere that signs with an empty user id, or with another key', async () => {
    const key = createPrivateKey(newSm2Key().export({ format: 'pem', type: 'pkcs8' }))
    const server = sm2VerifierKey('log.example.cn', sm2Point(key))
    const asked: string[] = []
    const right = sm2Signer('log.example.cn', key)
    const relay: NoteSigner = { ...server, sign: async (t) => (asked.push(t), right.sign(t)) }
    expect(holds(await signNote(text, [relay]), server)).toBe(true)
    expect(asked).toEqual([text])
    const wrong = [
      async (t: string) => sign('sm3', Buffer.from(t), key),
      sm2Signer('log.example.cn', newSm2Key()).sign,
      async () => Buffer.of(),
    ]
    for (const s of wrong) await expect(signNote(text, [{ ...server, sign: s }])).rejects.toThrow('does not verify')
  })
})

describe('a cosignature', () => {
  const w = cosigner('witness.example.cn', peterKey, () => 1_700_000_000)

  it('tells when, and is not the signature of a log', async () => {
    const note = `${text}\n${await signatureLine(text, w)}`
    const key = parseVkey(vkey(w.name, 4, w.key))
    expect(openNote(note, [key]).signed).toEqual([{ key, time: 1_700_000_000 }])
    // the same key as that of a log finds no signature of a log here, nor the other way round
    expect(openNote(note, [parseVkey(vkey(w.name, 1, w.key))]).by).toEqual([])
    const log = ed25519Signer(w.name, peterKey)
    expect(openNote(await signNote(text, [log]), [key])).toMatchObject({ by: [], bad: [] })
  })

  it('cannot be made of the signature of a log, even of one over the words of a cosignature', async () => {
    const words = `cosignature/v1\ntime 1700000000\n${text}`
    const made = await ed25519Signer(w.name, peterKey).sign(words)
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(1_700_000_000n)
    // this is how: whoever signs such a text as a log has cosigned. No checkpoint has such a text.
    const forged = `${text}\n— ${w.name} ${Buffer.concat([w.id, time, made]).toString('base64')}\n`
    expect(holds(forged, w)).toBe(true)
    expect(() => parseCheckpoint(words)).toThrow('not a decimal number')
  })

  it.each([0, 1, 2 ** 31, 2 ** 53 - 1])('may have the time %d', async (seconds) => {
    const at = cosigner('w', peterKey, () => seconds)
    expect(openNote(await signNote(text, [at]), [at]).signed[0]?.time).toBe(seconds)
  })

  it.each([-1, 0.5, Number.NaN])('has no time %d', async (seconds) => {
    await expect(
      signatureLine(
        text,
        cosigner('w', peterKey, () => seconds),
      ),
    ).rejects.toThrow(RangeError)
  })

  it('of a time beyond all numbers does not verify', () => {
    const beyond = Buffer.concat([w.id, Buffer.alloc(8, 0xff), Buffer.alloc(64)]).toString('base64')
    const short = Buffer.concat([w.id, Buffer.alloc(71)]).toString('base64')
    for (const bad of [beyond, short])
      expect(openNote(`${text}\n— ${w.name} ${bad}\n`, [w])).toMatchObject({ by: [], bad: [w.name] })
  })
})

describe('signing', () => {
  const own = ed25519Signer('log.example.cn/log/register', peterKey)

  it('adds to what is signed already', async () => {
    const note = (await signNote(text, [own])) + peterSig + '— someone.else AAAAAAECAwQ=\n'
    const { by, bad } = openNote(note, [own, parseVkey(peter)])
    expect(by.toSorted()).toEqual(['PeterNeumann', own.name])
    expect(bad).toEqual([])
  })

  it.each(['', 'abc', 'a\rb\n', 'a\0\n', '\ud800\n'])('does not take the text %j', async (bad) => {
    await expect(signNote(bad, [own])).rejects.toThrow('the text of a note')
  })

  it('needs a signer, with a name, who can', async () => {
    await expect(signNote(text, [])).rejects.toThrow('a note has a signature')
    await expect(signNote(text, [{ ...own, name: 'bad name' }])).rejects.toThrow('a key name')
    await expect(signNote(text, [{ ...own, type: 6 }])).rejects.toThrow('does not verify')
    const surprise = new Error('surprise')
    await expect(signNote(text, [{ ...own, sign: () => Promise.reject(surprise) }])).rejects.toBe(surprise)
  })
})

const kinds: readonly NoteSigner[] = [
  ed25519Signer('日志.example.cn', generateKeyPairSync('ed25519').privateKey),
  cosigner('见证.example.cn', generateKeyPairSync('ed25519').privateKey, () => 1_700_000_000),
  sm2Signer('国密.example.cn', newSm2Key()),
]
describe.each(kinds.map((k) => [k.name, k] as const))('%s', (_name, signer) => {
  const texts = fc
    .array(
      fc.string({ unit: 'grapheme' }).filter((t) => !/\p{Cc}/u.test(t)),
      { minLength: 1, maxLength: 6 },
    )
    .map((lines) => `${lines.join('\n')}\n`)

  it('signs any text, and it comes back as it was', async () => {
    const property = fc.asyncProperty(texts, async (t) => {
      expect(openNote(await signNote(t, [signer]), [signer])).toMatchObject({ text: t, by: [signer.name], bad: [] })
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('has signed nothing where a bit of text, signature or key is another', async () => {
    const property = fc.asyncProperty(texts, fc.nat(), async (t, at) => {
      const note = await signNote(t, [signer])
      expect(holds(note, signer)).toBe(true)
      expect(holds(flipped(Buffer.from(note), at).toString(), signer)).toBe(false)
      const signature = flipped(Buffer.from(note.split(' ').at(-1)!, 'base64').subarray(4), at)
      const other = `${t}\n— ${signer.name} ${Buffer.concat([signer.id, signature]).toString('base64')}\n`
      expect(openNote(other, [signer])).toMatchObject({ by: [], bad: [signer.name] })
      expect(holds(note, { ...signer, key: flipped(signer.key, at) })).toBe(false)
    })
    await fc.assert(property, { numRuns: 40 })
  })
})

describe('what is no note at all', () => {
  it('is refused with an error, whatever it is', () => {
    const pieces = fc.constantFrom(
      '\n',
      '\n\n',
      '— ',
      ' ',
      '+',
      'a',
      '公',
      peter,
      peterSig,
      text,
      'AAAAAAECAwQ=',
      '\ud800',
      '\x00',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((p) => p.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (garbage) => {
          for (const read of [(g: string) => openNote(g, kinds), parseVkey])
            try {
              read(garbage)
            } catch (e) {
              expect(e).toBeInstanceOf(Error)
            }
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['newlines', '\n'.repeat(2_000_000)],
    ['dashes', `a\n\n${'— '.repeat(1_000_000)}\n`],
    ['one long line', `a\n\n— ${'a'.repeat(2_000_000)} AAAAAAECAwQ=\n`],
    [
      'one long signature',
      `a\n\n— ${kinds[2]!.name} ${Buffer.concat([kinds[2]!.id, Buffer.alloc(2_000_000, 0x30)]).toString('base64')}\n`,
    ],
    ['plus signs', '+'.repeat(2_000_000)],
    ['digits', `a+${'0'.repeat(2_000_000)}`],
  ])('is not read for long: two million %s', { timeout: 5000 }, (_what, long) => {
    for (const read of [(g: string) => openNote(g, kinds).by, parseVkey])
      try {
        expect(read(long)).toEqual([])
      } catch (e) {
        expect(e).toBeInstanceOf(Error)
      }
  })
})
