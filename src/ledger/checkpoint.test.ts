import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkpointText, parseCheckpoint } from './index.ts'

const hash = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='
const root = Buffer.from(hash, 'base64')

describe('a checkpoint', () => {
  const example = { origin: 'example.com/behind-the-sofa', size: 20_852_163, root }

  it('of C2SP tlog-checkpoint is read and printed again', () => {
    const text = `example.com/behind-the-sofa\n20852163\n${hash}\n`
    expect(parseCheckpoint(text)).toEqual(example)
    expect(checkpointText(example)).toBe(text)
  })

  it('may be of the empty tree, and of the largest that numbers reach', () => {
    for (const size of [0, 1, 2 ** 31, 2 ** 53 - 1])
      expect(parseCheckpoint(checkpointText({ ...example, size }))).toEqual({ ...example, size })
  })

  it('may be of a log whose name has spaces or is not English', () => {
    for (const origin of ['go.sum database tree', 'example log+origin', '某市公共数据登记日志'])
      expect(parseCheckpoint(checkpointText({ ...example, origin })).origin).toBe(origin)
  })

  it('may have further lines, which say nothing that could be checked', () => {
    expect(parseCheckpoint(`Log\n9944\n${hash}\nHere's some associated data.\nlots\n— of lines\n`)).toEqual({
      origin: 'Log',
      size: 9944,
      root,
    })
  })

  it.each([
    ['is empty', ''],
    ['has two lines', 'Head\n9944\n'],
    ['has no origin', `\n9944\n${hash}\n`],
    ['does not end', `Log\n123\n${hash}`],
    ['has a size that is none', `Log\nbananas\n${hash}\n`],
    ['has a negative size', `Log\n-34\n${hash}\n`],
    ['has a size beyond all numbers', `Log\n3438945738945739845734895735\n${hash}\n`],
    ['has a size that is not exact', `Log\n9007199254740992\n${hash}\n`],
    ['has a zero before its size', `Log\n0123\n${hash}\n`],
    ['has a plus before its size', `Log\n+123\n${hash}\n`],
    ['has a size in hexadecimal', `Log\n0x7b\n${hash}\n`],
    ['has a size with an exponent', `Log\n1e3\n${hash}\n`],
    ['has a size with a fraction', `Log\n123.0\n${hash}\n`],
    ['has a size in other digits', `Log\n１２３\n${hash}\n`],
    ['has no size', `Log\n\n${hash}\n`],
    ['has a space behind its size', `Log\n123 \n${hash}\n`],
    ['has a root that is none', "Log\n123\nThisIsn'tBase64\n"],
    ['has a root of another length', 'Log\n123\nYmFuYW5hcw==\n'],
    ['has no root', 'Log\n123\n\n'],
    ['has a root without padding', `Log\n123\n${hash.replace('=', '')}\n`],
    ['has a root for the web', `Log\n123\n${hash.replace('/', '_')}\n`],
    ['has bits behind the root', `Log\n123\n${hash.replace('I=', 'J=')}\n`],
    ['has a blank line behind it', `Log\n123\n${hash}\n\n`],
    ['has a blank line among the further ones', `Log\n123\n${hash}\na\n\nb\n`],
    ['has lines of another system', `Log\r\n123\r\n${hash}\r\n`],
    ['has a control character behind it', `Log\n123\n${hash}\na\tb\n`],
  ])('that %s is none', (_why, text) => {
    expect(() => parseCheckpoint(text)).toThrow(Error)
  })

  it('is not printed when it could not be read again', () => {
    for (const wrong of [
      { origin: '' },
      { origin: 'a\nb' },
      { origin: 'a\tb' },
      { origin: '\udc00' },
      { size: -1 },
      { size: 0.5 },
      { size: 2 ** 53 },
      { size: Number.NaN },
      { root: root.subarray(1) },
      { root: Buffer.alloc(0) },
    ])
      expect(() => checkpointText({ ...example, ...wrong }), JSON.stringify(wrong)).toThrow(RangeError)
  })

  it('is read as it was printed, and printed as it was read', () => {
    const origins = fc.string({ unit: 'grapheme', minLength: 1 }).filter((o) => !/\p{Cc}/u.test(o))
    const roots = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => Buffer.from(b))
    fc.assert(
      fc.property(fc.record({ origin: origins, size: fc.maxSafeNat(), root: roots }), (c) => {
        expect(parseCheckpoint(checkpointText(c))).toEqual(c)
      }),
    )
    const pieces = fc.constantFrom('Log', '\n', '0', '12', hash, '=', 'A', '+', ' ', '\r', '\ud800')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((p) => p.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          let c
          try {
            c = parseCheckpoint(text)
          } catch (e) {
            expect(e).toBeInstanceOf(Error)
            return
          }
          expect(text.startsWith(checkpointText(c))).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
