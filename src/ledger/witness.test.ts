import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  answerWitness,
  append,
  checkpointText,
  consistencyPath,
  ed25519Signer,
  emptyEdge,
  originOf,
  parseCheckpoint,
  parseVkey,
  parseWitnessRequest,
  openNote,
  rootOfLeaves,
  sha256Tree,
  signNote,
  tilePath,
  vkey,
  witnessRequestText,
  type Checkpoint,
} from './index.ts'

const origin = 'log.example.cn/log/register'
const pair = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519').privateKey
const key = parseVkey(vkey(origin, 1, Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url')))

/** A history of 40 entries, and one that is the same up to `from` and another from there on. */
const history = (branch: number, from: number): Buffer[] =>
  Array.from({ length: 40 }, (_, i) => sha256Tree.leaf(Buffer.from(`${i < from ? 0 : branch} ${i}`)))
const histories = [history(0, 0), history(1, 0), history(2, 7), history(3, 16), history(4, 23)]

const root = (leaves: readonly Buffer[], size: number): Buffer => rootOfLeaves(sha256Tree, leaves.slice(0, size))
const proofOf = async (leaves: readonly Buffer[], old: number, size: number): Promise<Buffer[]> => {
  const { tiles } = append(sha256Tree, emptyEdge, leaves.slice(0, size))
  const byName = new Map(tiles.map((t) => [tilePath(t), t.hashes]))
  return consistencyPath(sha256Tree, old, size, async (t) => byName.get(tilePath(t))!)
}
const noteOf = (leaves: readonly Buffer[], size: number, by: KeyObject = pair.privateKey, name = origin) =>
  signNote(checkpointText({ origin: name, size, root: root(leaves, size) }), [ed25519Signer(name, by)])

const main = histories[0]!
const remembered: Checkpoint = { origin, size: 10, root: root(main, 10) }
const some = Buffer.alloc(32, 7)

describe('a witness that has cosigned ten entries answers', () => {
  const ask = async (o: {
    old: number
    size: number
    leaves?: readonly Buffer[]
    proof?: readonly Buffer[]
    by?: KeyObject
    name?: string
  }) => {
    const leaves = o.leaves ?? main
    const proof = o.proof ?? (o.old <= o.size ? await proofOf(leaves, o.old, o.size) : [])
    const checkpoint = await noteOf(leaves, o.size, o.by, o.name)
    return answerWitness([key], remembered, { old: o.old, proof, checkpoint })
  }
  const other = histories[2]!

  it.each([
    ['200 to one that grew from them', { old: 10, size: 17 }, { status: 200, checkpoint: { size: 17 } }],
    ['200 to the same again', { old: 10, size: 10 }, { status: 200, checkpoint: { size: 10 } }],
    ['400 to a tree smaller than it says it was', { old: 10, size: 9 }, { status: 400 }],
    ['403 without the log’s signature', { old: 10, size: 17, by: stranger }, { status: 403 }],
    ['404 for a log it does not serve', { old: 10, size: 17, name: 'another' }, { status: 404 }],
    ['409 with its size to whoever takes it to be smaller', { old: 4, size: 17 }, { status: 409, size: 10 }],
    ['409 to whoever knows nothing', { old: 0, size: 17 }, { status: 409, size: 10 }],
    ['409 to whoever takes it to be larger', { old: 12, size: 17 }, { status: 409, size: 10 }],
    ['409 to a smaller tree', { old: 5, size: 5 }, { status: 409, size: 10 }],
    ['409 to another tree of ten', { old: 10, size: 10, leaves: other }, { status: 409, size: 10, fork: true }],
    ['409 to another tree of ten, whatever is said of before', { old: 3, size: 10, leaves: other }, { fork: true }],
    ['422 to a tree that is another from before', { old: 10, size: 17, leaves: other }, { status: 422 }],
    ['422 without a proof', { old: 10, size: 17, proof: [] }, { status: 422 }],
    ['422 to a proof of something else', { old: 10, size: 17, proof: [some, some, some] }, { status: 422 }],
    ['422 to a proof where there is nothing to prove', { old: 10, size: 10, proof: [some] }, { status: 422 }],
  ] as const)('%s', async (_what, o, answer) => {
    expect(await ask(o)).toMatchObject(answer)
  })

  it('400 to what is no checkpoint', () => {
    for (const checkpoint of ['', 'x\n', 'a\nb\n\n— x AAAAAAA=\n'])
      expect(answerWitness([key], remembered, { old: 10, proof: [], checkpoint })).toMatchObject({ status: 400 })
  })

  it('to a first checkpoint 200 with nothing to prove, and 422 to any proof', async () => {
    const checkpoint = await noteOf(main, 17)
    expect(answerWitness([key], undefined, { old: 0, proof: [], checkpoint })).toMatchObject({ status: 200 })
    expect(answerWitness([key], undefined, { old: 0, proof: [some], checkpoint })).toMatchObject({ status: 422 })
    expect(answerWitness([key], undefined, { old: 3, proof: [], checkpoint })).toMatchObject({ status: 409, size: 0 })
  })

  it('of an empty log there is one tree only', async () => {
    const empty = await noteOf(main, 0)
    expect(answerWitness([key], undefined, { old: 0, proof: [], checkpoint: empty })).toMatchObject({ status: 200 })
    const sign = (r: Buffer) =>
      signNote(checkpointText({ origin, size: 0, root: r }), [ed25519Signer(origin, pair.privateKey)])
    expect(answerWitness([key], undefined, { old: 0, proof: [], checkpoint: await sign(some) })).toMatchObject({
      status: 422,
    })
    const none = { size: 0, root: sha256Tree.empty }
    const next = await noteOf(main, 5)
    expect(answerWitness([key], none, { old: 0, proof: [], checkpoint: next })).toMatchObject({ status: 200 })
  })

  it('and remembers of a note the text and the log’s own signatures, nothing that others put under it', async () => {
    const checkpoint = `${await noteOf(main, 17)}— someone.else AAAAAAECAwQ=\n`
    const proof = await proofOf(main, 10, 17)
    expect(answerWitness([key], remembered, { old: 10, proof, checkpoint })).toMatchObject({
      status: 200,
      note: await noteOf(main, 17),
    })
  })
})

describe('a request', () => {
  it('is read as it is written', async () => {
    const r = { old: 10, proof: await proofOf(main, 10, 17), checkpoint: await noteOf(main, 17) }
    expect(parseWitnessRequest(witnessRequestText(r))).toEqual(r)
    expect(originOf(r)).toBe(origin)
    const first = { old: 0, proof: [], checkpoint: r.checkpoint }
    expect(witnessRequestText(first)).toBe(`old 0\n\n${r.checkpoint}`)
    expect(parseWitnessRequest(witnessRequestText(first))).toEqual(first)
    expect(originOf({ ...first, checkpoint: 'x' })).toBeUndefined()
  })
  it.each([
    ['nothing', ''],
    ['no old size', `${some.toString('base64')}\n\nx`],
    ['a size with a zero before it', 'old 010\n\nx'],
    ['a size below zero', 'old -1\n\nx'],
    ['a hash too short', 'old 1\nAAAA\n\nx'],
    ['a hash of another spelling', `old 1\n${some.toString('base64').replace('=', '')}\n\nx`],
    ['64 hashes', `old 1\n${`${some.toString('base64')}\n`.repeat(64)}\nx`],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseWitnessRequest(text)).toThrow()
  })
})

describe('whatever is asked, in whatever order', () => {
  const size = fc.integer({ min: 0, max: 40 })
  const request = fc.record({
    leaves: fc.constantFrom(...histories),
    size,
    // mostly what the witness last cosigned, as an attacker knows it too
    old: fc.option(size, { nil: undefined, freq: 2 }),
    proof: fc.constantFrom('right', 'right', 'right', 'empty', 'junk', 'of another history'),
    by: fc.constantFrom('log', 'log', 'log', 'log', 'stranger'),
  })
  const notes = new Map<string, string>()
  beforeAll(async () => {
    for (const [h, leaves] of histories.entries())
      for (let n = 0; n <= 40; n++) {
        notes.set(`log ${h} ${n}`, await noteOf(leaves, n))
        notes.set(`stranger ${h} ${n}`, await noteOf(leaves, n, stranger))
      }
  })

  it('a witness never cosigns two roots for one size, nor a tree that did not grow from the one before', async () => {
    let cosigned = 0
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
        let memory: Checkpoint | undefined
        /** What it stands for, by another account: the entries themselves. */
        let entries: readonly Buffer[] = []
        for (const r of requests) {
          const old = r.old ?? entries.length
          const from = r.proof === 'of another history' ? histories[(histories.indexOf(r.leaves) + 1) % 5]! : r.leaves
          const proof =
            r.proof === 'empty' || old > r.size ? [] : r.proof === 'junk' ? [some] : await proofOf(from, old, r.size)
          const checkpoint = notes.get(`${r.by} ${histories.indexOf(r.leaves)} ${r.size}`)!
          const right = await (old <= r.size ? proofOf(r.leaves, old, r.size) : [])
          const grows = entries.every((e, i) => i < r.size && e.equals(r.leaves[i]!))
          const proven = proof.length === right.length && proof.every((p, i) => p.equals(right[i]!))
          const expected =
            r.by === 'stranger'
              ? 403
              : old > r.size
                ? 400
                : old !== entries.length || (r.size === entries.length && !grows)
                  ? 409
                  : grows && proven
                    ? 200
                    : 422
          const a = answerWitness([key], memory, { old, proof, checkpoint })
          expect(a.status).toBe(expected)
          if (a.status !== 200) continue
          memory = parseCheckpoint(openNote(a.note, [key]).text)
          entries = r.leaves.slice(0, r.size)
          cosigned++
        }
      }),
      { numRuns: 300 },
    )
    expect(cosigned).toBeGreaterThan(200)
  })
})
