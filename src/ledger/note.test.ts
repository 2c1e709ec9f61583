import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { cosigner, ed25519Signer, openNote, parseVkey, signatureLine, signNote, vkey } from './index.ts'

// The example of C2SP signed-note and of golang.org/x/mod/sumdb/note.
const neumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const text =
  'If you think cryptography is the answer to your problem,\n' + "then you don't know what your problem is.\n"
const signature =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'

const pair = generateKeyPairSync('ed25519')
const raw = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url')

describe('a signed note', () => {
  it('of the specification verifies, and reads as it was written', () => {
    const key = parseVkey(neumann)
    expect(vkey(key.name, key.type, key.key)).toBe(neumann)
    expect(openNote(`${text}\n${signature}`, [key])).toMatchObject({ text, by: ['PeterNeumann'], bad: [] })
  })

  it('does not verify when one character of its text is another', () => {
    const changed = `${text.replace('answer', 'Answer')}\n${signature}`
    expect(openNote(changed, [parseVkey(neumann)])).toMatchObject({ by: [], bad: ['PeterNeumann'] })
  })

  it('keeps what others signed, known or not', async () => {
    const own = ed25519Signer('log.example.cn/log/register', pair.privateKey)
    const note = (await signNote(text, [own])) + signature + '— someone.else AAAAAAECAwQ=\n'
    const { by, bad } = openNote(note, [parseVkey(vkey(own.name, 1, raw)), parseVkey(neumann)])
    expect(by.toSorted()).toEqual(['PeterNeumann', own.name])
    expect(bad).toEqual([])
  })

  it('cosigned by a witness tells when, and is not the signature of a log', async () => {
    const w = cosigner('witness.example.cn', pair.privateKey, () => 1_700_000_000)
    const note = `${text}\n${await signatureLine(text, w)}`
    const key = parseVkey(vkey(w.name, 4, raw))
    expect(openNote(note, [key]).signed).toEqual([{ key, time: 1_700_000_000 }])
    // the same key as that of a log finds no signature of a log here
    expect(openNote(note, [parseVkey(vkey(w.name, 1, raw))]).by).toEqual([])
  })

  it.each([
    ['has no signature', text],
    ['has control characters', `a\tb\n\n${signature}`],
    ['has a signature line of another form', `${text}\n- PeterNeumann x08g\n`],
    ['has base64 of another spelling', `${text}\n${signature.replace('=\n', '\n')}`],
    ['does not end in a newline', `${text}\n${signature.trimEnd()}`],
  ])('that %s is none', (_why, note) => {
    expect(() => openNote(note, [])).toThrow()
  })
})
