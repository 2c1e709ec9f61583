import { createPrivateKey, hash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  append,
  checkProof,
  checkpointText,
  cosigner,
  ed25519Signer,
  emptyEdge,
  inclusionPath,
  newSm2Key,
  parseProof,
  proofText,
  rootOf,
  sha256Tree,
  signatureLine,
  signNote,
  sm2Signer,
  sm3Tree,
  tilePath,
  verifyInclusion,
  type Hasher,
  type NoteSigner,
  type TlogProof,
} from './index.ts'

const privateKey = (fill: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]),
    format: 'der',
    type: 'pkcs8',
  })
const origin = 'log.example.cn/log/register'
const log = ed25519Signer(origin, privateKey(1))
const witness = cosigner('witness.example.cn', privateKey(2), () => 1_700_000_000)

const entry = (i: number): Buffer => Buffer.from(`entry ${i}`)
/** A signed log of this size, and the proof of one of its entries. */
const proved = async (h: Hasher, signers: readonly NoteSigner[], index: number, size: number): Promise<TlogProof> => {
  const { edge, tiles } = append(
    h,
    emptyEdge,
    Array.from({ length: size }, (_, i) => h.leaf(entry(i))),
  )
  const path = await inclusionPath(h, index, size, async (t) => tiles.find((x) => tilePath(x) === tilePath(t))!.hashes)
  const text = checkpointText({ origin: signers[0]!.name, size, root: rootOf(h, edge) })
  return { index, path, checkpoint: await signNote(text, signers) }
}

describe('the text of a proof', () => {
  const [h1, h2] = ['hash1', 'hash2'].map((t) => hash('sha256', t, 'buffer')) as [Buffer, Buffer]
  const [b1, b2] = [h1.toString('base64'), h2.toString('base64')]
  const head = 'c2sp.org/tlog-proof@v1\n'

  // the tests of transparency-dev/formats (proof/tlog_proof_test.go)
  it.each<readonly [string, TlogProof, string]>([
    [
      'without extra data',
      { index: 5, path: [h1, h2], checkpoint: 'test checkpoint\n' },
      `index 5\n${b1}\n${b2}\n\ntest checkpoint\n`,
    ],
    [
      'with extra data',
      { index: 10, path: [h1], checkpoint: 'checkpoint data\n', extra: Buffer.from('extra information') },
      `extra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n${b1}\n\ncheckpoint data\n`,
    ],
    ['without hashes', { index: 0, path: [], checkpoint: 'checkpoint\n' }, 'index 0\n\ncheckpoint\n'],
    [
      'with extra data of no bytes',
      { index: 0, path: [], checkpoint: 'c\n', extra: Buffer.of() },
      'extra \nindex 0\n\nc\n',
    ],
    [
      'with blank lines in its checkpoint',
      { index: 1, path: [h1], checkpoint: '\n\na\n\nb' },
      `index 1\n${b1}\n\n\n\na\n\nb`,
    ],
  ])('%s is printed and read', (_how, proof, text) => {
    expect(proofText(proof)).toBe(head + text)
    expect(parseProof(head + text)).toEqual(proof)
  })

  it.each([
    ['is empty', ''],
    ['has no header', 'index 0\n\ncheckpoint\n'],
    ['has another header', 'wrong-header\nindex 0\n\ncheckpoint\n'],
    ['is of another version', 'c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n'],
    ['has a space behind its header', 'c2sp.org/tlog-proof@v1 \nindex 0\n\ncheckpoint\n'],
    ['has lines of another system', 'c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\ncheckpoint\r\n'],
    ['has extra data that are none', `${head}extra !!notbase64!!\nindex 0\n\ncheckpoint\n`],
    ['has extra data without padding', `${head}extra YQ\nindex 0\n\ncheckpoint\n`],
    ['has extra data twice', `${head}extra YQ==\nextra YQ==\nindex 0\n\ncheckpoint\n`],
    ['has extra data behind the index', `${head}index 0\nextra YQ==\n\ncheckpoint\n`],
    ['has extra data without a space', `${head}extra\nindex 0\n\ncheckpoint\n`],
    ['has no index', `${head}\n\ncheckpoint\n`],
    ['has no index, but hashes', `${head}${b1}\n\ncheckpoint\n`],
    ['has the number alone, as an earlier draft did', `${head}5\n${b1}\n\ncheckpoint\n`],
    ['has an index that is none', `${head}index notanumber\n\ncheckpoint\n`],
    ['has a negative index', `${head}index -5\n\ncheckpoint\n`],
    ['has a zero before its index', `${head}index 05\n\ncheckpoint\n`],
    ['has an index beyond all numbers', `${head}index 18446744073709551615\n\ncheckpoint\n`],
    ['has an index of nothing', `${head}index \n\ncheckpoint\n`],
    ['has the index twice', `${head}index 0\nindex 0\n\ncheckpoint\n`],
    ['has a hash that is none', `${head}index 0\n!!notbase64!!\n\ncheckpoint\n`],
    ['has a hash of another length', `${head}index 0\n${Buffer.alloc(64).toString('base64')}\n\ncheckpoint\n`],
    ['has a hash for the web', `${head}index 0\n${Buffer.alloc(32, 0xff).toString('base64url')}=\n\ncheckpoint\n`],
    ['has a space behind a hash', `${head}index 0\n${b1} \n\ncheckpoint\n`],
    ['has more hashes than a tree has levels', `${head}index 0\n${`${b1}\n`.repeat(64)}\ncheckpoint\n`],
    ['has a line without end', `${head}index 0\n${'a'.repeat(65 * 1024)}\n`],
    ['has no checkpoint', `${head}index 0\n${b1}\n`],
  ])('that %s is none', (_why, text) => {
    expect(() => parseProof(text)).toThrow(Error)
  })

  it('is not printed when it could not be read again', () => {
    const proof = { index: 0, path: [h1], checkpoint: 'c\n' }
    for (const wrong of [
      { index: -1 },
      { index: 0.5 },
      { index: 1e21 },
      { index: Number.NaN },
      { path: [h1.subarray(1)] },
      { path: Array<Buffer>(64).fill(h1) },
    ])
      expect(() => proofText({ ...proof, ...wrong })).toThrow(RangeError)
  })

  it('is read as it was printed, and printed as it was read', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((b) => Buffer.from(b))
    const proof = fc.record(
      {
        index: fc.maxSafeNat(),
        path: fc.array(bytes(32), { maxLength: 63 }),
        checkpoint: fc.string({ unit: 'grapheme' }),
        extra: fc.uint8Array().map((b) => Buffer.from(b)),
      },
      { requiredKeys: ['index', 'path', 'checkpoint'] },
    )
    fc.assert(
      fc.property(proof, (p) => {
        expect(parseProof(proofText(p))).toEqual(p)
      }),
    )
    const pieces = fc.constantFrom(head, 'index ', 'extra ', '0', '\n', '\n\n', b1, `${b1}\n`, 'YQ==', ' ', '\r', 'c')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((p) => head + p.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          let p
          try {
            p = parseProof(text)
          } catch (e) {
            expect(e).toBeInstanceOf(Error)
            return
          }
          expect(proofText(p)).toBe(text)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('is not read for long', { timeout: 5000 }, () => {
    for (const long of [
      `${b1}\n`.repeat(50_000),
      'A'.repeat(2_000_000),
      `extra ${'A'.repeat(2_000_000)}`,
      ' '.repeat(2_000_000),
    ])
      expect(() => parseProof(`${head}index 0\n${long}\n\nc\n`)).toThrow(Error)
    expect(parseProof(`${head}index 0\n${'\n'.repeat(2_000_000)}`).checkpoint).toHaveLength(1_999_999)
  })
})

describe('a proof', () => {
  let proof: TlogProof
  beforeAll(async () => {
    proof = await proved(sha256Tree, [log, witness], 3, 300)
  })
  const says = (
    p: TlogProof,
    e = entry(3),
    keys = [log, witness] as const,
    of = origin,
  ): string | readonly string[] => {
    const found = checkProof(sha256Tree, e, p, keys, of)
    return found.ok ? found.by : found.says
  }

  it('shows that an entry is in the log, and who has seen it', async () => {
    expect(checkProof(sha256Tree, entry(3), proof, [log, witness], origin)).toMatchObject({
      ok: true,
      by: [origin, 'witness.example.cn'],
      checkpoint: { origin, size: 300 },
    })
    expect(checkProof(sha256Tree, entry(3), proof, [log], origin)).toMatchObject({ ok: true, by: [origin] })
    const carried = parseProof(proofText({ ...proof, extra: Buffer.from('whatever') }))
    expect(checkProof(sha256Tree, entry(3), carried, [log], origin).ok).toBe(true)
  })

  it('of a public log shows its entry', () => {
    // "hello tesseroak", entry 76 958 of a log of 76 959, from the tests of project-oak/oak (tlog.rs)
    const path = [
      'fGRlLyuz+L9Jb8+uTSut/2aVc4z7fKFW+clvsb6xjEM=',
      'F6LautOHD5eppkWC0xn/lz00X5g2yLlZAkl2jCI/wdE=',
      'qH7OJxFNup+TDvJuohd2HphKVngfMeMzUK8QChEDcas=',
      '+Y3g758yXtPCRh/eqhLTA3bdcx+cCV1Uah0JdgB0YEs=',
      'vq8cJSjj8dPVmFBRUqDLlaMqW6aAYR2GKugVhgudXLs=',
      'J0z3X5qTb9WFC1gABhVFx0bW1rVZRL+DAoBL2e2h4G4=',
      'NmSbYg25xNFzTRerIsF3HbEMyTIDqW87AQd9ekzopE8=',
      'L8BZipjURnkctkjJtGJs+YyTXMssvNKA7+a8nV2JT/s=',
      'pva4RFzCejMkVMVmYc93As2lbk7WAyrw58TvrzEOjNc=',
    ].map((b) => Buffer.from(b, 'base64'))
    const root = Buffer.from('QYfrD7XAd4qUHbRBs4dDyDZwpZN4M/cccXr2G56pxkY=', 'base64')
    const leaf = sha256Tree.leaf(Buffer.from('hello tesseroak\n'))
    expect(verifyInclusion(sha256Tree, 76_958, 76_959, leaf, path, root)).toBe(true)
    expect(verifyInclusion(sha256Tree, 76_957, 76_959, leaf, path, root)).toBe(false)
  })

  it('shows it in a log over SM3 that is signed with SM2', async () => {
    const sm = sm2Signer('log.example.cn/sm', newSm2Key())
    const p = await proved(sm3Tree, [sm, witness], 7, 20)
    expect(checkProof(sm3Tree, entry(7), p, [sm, witness], sm.name)).toMatchObject({
      ok: true,
      by: [sm.name, witness.name],
    })
    expect(checkProof(sm3Tree, entry(8), p, [sm], sm.name).ok).toBe(false)
    expect(checkProof(sha256Tree, entry(7), p, [sm], sm.name).ok).toBe(false)
  })

  it('shows nothing of another entry, another place, another log', async () => {
    expect(says(proof, entry(4))).toBe('哈希路径与检查点的根不符：条目或回执不是日志中的原样')
    expect(says({ ...proof, index: 2 })).toContain('哈希路径')
    expect(says({ ...proof, index: 300 })).toBe('回执所称的位置（第300条，从0起）超出了检查点的规模（共300条）')
    for (const index of [-1, 0.5, Number.NaN]) expect(says({ ...proof, index })).toContain('哈希路径')
    expect(says({ ...proof, path: proof.path.slice(1) })).toContain('哈希路径')
    expect(says(proof, entry(3), [log, witness], 'other.example.cn')).toBe('检查点没有日志“other.example.cn”的有效签名')
    const moved = await signNote(checkpointText({ origin: 'other', size: 1, root: sha256Tree.leaf(entry(0)) }), [log])
    expect(says({ index: 0, path: [], checkpoint: moved }, entry(0))).toBe('检查点属于另一日志“other”')
  })

  it('shows nothing without the signature of the log, or with one that does not verify', () => {
    const without = proof.checkpoint.replace(/— log.*\n/, '')
    expect(says({ ...proof, checkpoint: without })).toBe(`检查点没有日志“${origin}”的有效签名`)
    const forged = proof.checkpoint.replace('\n300\n', '\n301\n')
    expect(says({ ...proof, checkpoint: forged })).toBe(`检查点上的签名与公钥不符：${origin}、witness.example.cn`)
    expect(says({ ...proof, checkpoint: '' })).toBe('回执中的检查点格式损坏')
    expect(says({ ...proof, checkpoint: proof.checkpoint.trimEnd() })).toBe('回执中的检查点格式损坏')
  })

  it('shows nothing by the word of a witness that has the name of the log', async () => {
    const namesake = cosigner(origin, privateKey(3), () => 1_700_000_000)
    const [text] = proof.checkpoint.split('\n\n') as [string]
    const checkpoint = `${text}\n\n${await signatureLine(`${text}\n`, namesake)}`
    const found = checkProof(sha256Tree, entry(3), { ...proof, checkpoint }, [log, namesake], origin)
    expect(found).toEqual({ ok: false, says: `检查点没有日志“${origin}”的有效签名` })
  })

  it('shows nothing where the checkpoint is signed but is none', async () => {
    expect(says({ ...proof, checkpoint: await signNote('任意的话\n', [log]) })).toBe('回执中的检查点格式损坏')
  })

  it('does not hold with any bit of it another, but for the extra data, which nobody has signed', () => {
    const text = Buffer.from(proofText({ ...proof, extra: Buffer.from('extra') }))
    const extra = [text.indexOf('extra ') + 6, text.indexOf('\nindex')] as const
    fc.assert(
      fc.property(fc.nat(8 * text.length - 1), (bit) => {
        const other = Buffer.from(text)
        other[bit >> 3]! ^= 1 << (bit & 7)
        let found
        try {
          found = checkProof(sha256Tree, entry(3), parseProof(other.toString()), [log, witness], origin)
        } catch (e) {
          expect(e).toBeInstanceOf(Error)
          return
        }
        // what remains is a checkpoint with one signature less, as for those who do not know the witness
        const less = found.ok && found.by.length === 1 && bit >> 3 > text.indexOf('— witness')
        const extraOnly = bit >> 3 >= extra[0] && bit >> 3 < extra[1]
        expect(found.ok).toBe(extraOnly || less)
      }),
      { numRuns: 400 },
    )
  })
})
