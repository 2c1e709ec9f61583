import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkPolicy,
  checkpointText,
  cosigner,
  ed25519Signer,
  fewest,
  isQuorum,
  parsePolicy,
  policyText,
  sha256Tree,
  signNote,
  vkey,
} from './index.ts'

const party = (name: string, type: number) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, vkey: vkey(name, type, Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')) }
}
const log = party('log.example.cn/log/register', 1)
const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']
const witnesses = names.map((n) => party(`${n.toLowerCase()}.example.cn/witness`, 4))
const lines = names.map((n, i) => `witness ${n} ${witnesses[i]!.vkey}`)

/** The example of the specification. */
const example = [
  `log ${log.vkey}`,
  ...lines.slice(0, 3),
  'group X-witnesses 2 X1 X2 X3',
  ...lines.slice(3),
  'group Y-witnesses any Y1 Y2 Y3',
  'group X-and-Y all X-witnesses Y-witnesses',
  'quorum X-and-Y',
  '',
].join('\n')

describe('a policy', () => {
  it.each([
    [[], false],
    [['X1', 'X2'], false],
    [['X1', 'Y1'], false],
    [['Y1', 'Y2', 'Y3'], false],
    [['X1', 'X3', 'Y2'], true],
    [['X2', 'X3', 'Y1', 'Y3'], true],
    [names, true],
    [['X-and-Y'], true],
  ])('like that of the specification is met by %j: %s', (there, met) => {
    expect(isQuorum(parsePolicy(example), there)).toBe(met)
  })

  it('knows how few can meet it', () => {
    expect(fewest(parsePolicy(example))).toBe(3)
    expect(fewest(parsePolicy('quorum none\n'))).toBe(0)
    expect(isQuorum(parsePolicy('quorum none\n'), [])).toBe(true)
  })

  it('is read again as it was written, with addresses, tabs, comments and names in any script', () => {
    const text = [
      '# 见证策略',
      ` log\t${log.vkey}   https://log.example.cn/log/register `,
      `witness 审计 ${witnesses[0]!.vkey} https://审计.example.cn`,
      '\t',
      `witness 运营 ${witnesses[1]!.vkey}`,
      'group 两家 2 审计 运营',
      'quorum 两家',
    ].join('\n')
    const p = parsePolicy(text)
    expect(p.witnesses.map((w) => [w.name, w.url])).toEqual([
      ['审计', 'https://审计.example.cn'],
      ['运营', undefined],
    ])
    expect(p.logs[0]!.url).toBe('https://log.example.cn/log/register')
    expect(parsePolicy(policyText(p))).toEqual(p)
    expect(parsePolicy(policyText(parsePolicy(example)))).toEqual(parsePolicy(example))
  })

  const w = lines[0]!
  const again = `witness Z ${vkey('another.name', 4, Buffer.from(witnesses[0]!.vkey.split('+').slice(2).join('+'), 'base64').subarray(1))}`
  it.each([
    ['no quorum', w, '缺少 quorum'],
    ['two', `${w}\nquorum X1\nquorum X1`, '第3行：quorum 只能有一行'],
    ['one of nobody', 'quorum X1', '第1行：“X1”须在前面定义'],
    ['a quorum before its witness', `quorum X1\n${w}`, '第1行'],
    ['another word', `${w}\nweight X1 3\nquorum X1`, '第2行：不认识的内容“weight X1 3”'],
    ['words too many', `${w} http://a b\nquorum X1`, '第1行：不认识的内容'],
    ['a name twice', `${w}\n${lines[1]!.replace('X2', 'X1')}\nquorum X1`, '第2行：名称“X1”不可用或已用过'],
    ['a witness called none', `${w.replace('X1', 'none')}\nquorum none`, '名称“none”不可用'],
    ['a key twice under two names', `${w}\n${again}\nquorum X1`, '第2行：同一公钥列了两次'],
    ['a log twice', `log ${log.vkey}\nlog ${log.vkey}\nquorum none`, '第2行：同一公钥'],
    ['the key of a witness for a log', `log ${witnesses[0]!.vkey}\nquorum none`, '见证方的公钥，不是日志的'],
    ['the key of a log for a witness', `witness X1 ${log.vkey}\nquorum X1`, '0x04'],
    ['a key with a typing error', `${w.replace(/.$/, 'A')}\nquorum X1`, '公钥（vkey）格式有误'],
    ['more than there are', `${w}\ngroup g 2 X1\nquorum g`, '个数应在1与1之间'],
    ['none at all', `${w}\ngroup g 0 X1\nquorum g`, '个数应在1与1之间'],
    ['half a witness', `${w}\ngroup g 0.5 X1\nquorum g`, '应为 any、all 或个数'],
    ['a group of nobody', `${w}\ngroup g any\nquorum g`, '不认识的内容'],
    ['none in a group', `${w}\ngroup g any none\nquorum g`, '“none”须在前面定义'],
    ['a group in itself', `${w}\ngroup g any X1 g\nquorum g`, '“g”须在前面定义'],
    ['a witness that counts twice', `${w}\ngroup g any X1\ngroup h 1 X1\nquorum g`, '每个名称只能入组一次'],
    ['line ends of another system', `${w}\r\nquorum X1\r\n`, '第1行：有控制字符'],
  ])('with %s is refused', (_what, text, says) => {
    expect(() => parsePolicy(text)).toThrow(says)
  })

  it('counts in every nesting what a count by hand gives', () => {
    const groups = fc.array(fc.record({ members: fc.nat(3), least: fc.nat(3) }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(groups, fc.subarray(names), (shape, there) => {
        const free = [...names]
        const text = [...lines]
        const count = new Map(names.map((n) => [n, there.includes(n)]))
        shape.forEach(({ members, least }, i) => {
          const inside = free.splice(0, 1 + (members % free.length))
          const k = 1 + (least % inside.length)
          text.push(`group g${i} ${k} ${inside.join(' ')}`)
          count.set(`g${i}`, inside.filter((m) => count.get(m)).length >= k)
          free.push(`g${i}`)
        })
        const last = `g${shape.length - 1}`
        const p = parsePolicy([...text, `quorum ${last}`].join('\n'))
        expect(isQuorum(p, there)).toBe(count.get(last))
        if (isQuorum(p, there)) expect(fewest(p)).toBeLessThanOrEqual(there.length)
      }),
    )
  })
})

describe('a checkpoint', () => {
  const origin = 'log.example.cn/log/register'
  const text = checkpointText({ origin, size: 3, root: sha256Tree.leaf(Buffer.of(1)) })
  const signers = Object.fromEntries(
    names.map((n, i) => [
      n,
      cosigner(`${n.toLowerCase()}.example.cn/witness`, witnesses[i]!.privateKey, () => 1000 + i),
    ]),
  )
  const own = ed25519Signer(origin, log.privateKey)
  const note = (...by: string[]) => signNote(text, [own, ...by.map((n) => signers[n]!)])

  it('cosigned by the quorum is believed, and it is said who cosigned when', async () => {
    expect(checkPolicy(parsePolicy(example), await note('X1', 'X3', 'Y2'))).toMatchObject({
      ok: true,
      checkpoint: { origin, size: 3 },
      witnesses: [
        { name: 'X1', time: 1000 },
        { name: 'X3', time: 1002 },
        { name: 'Y2', time: 1004 },
      ],
    })
  })
  it('is not, when too few did, or another log signed, or a signature is not good', async () => {
    const p = parsePolicy(example)
    expect(checkPolicy(p, await note('X1', 'Y2'))).toMatchObject({
      ok: false,
      says: expect.stringContaining('副署不足'),
    })
    const stranger = ed25519Signer(origin, generateKeyPairSync('ed25519').privateKey)
    const foreign = await signNote(text, [stranger, signers['X1']!, signers['X2']!, signers['Y1']!])
    expect(checkPolicy(p, foreign)).toMatchObject({ ok: false, says: expect.stringContaining('没有日志') })
    // a log of the policy may sign in its own name only
    const borrowed = await signNote(text.replace('register', 'access'), [own])
    expect(checkPolicy(parsePolicy(`log ${log.vkey}\nquorum none`), borrowed)).toMatchObject({ ok: false })
    const good = await note('X1', 'X2', 'Y1')
    expect(checkPolicy(p, good.replace('\n3\n', '\n4\n'))).toMatchObject({ ok: false })
    expect(checkPolicy(p, 'nothing')).toEqual({ ok: false, says: '检查点格式损坏' })
    // who knows the log otherwise needs none in the policy
    const bare = parsePolicy([...lines, 'quorum X1'].join('\n'))
    expect(checkPolicy(bare, good)).toMatchObject({ ok: false })
    expect(
      checkPolicy(
        bare,
        good,
        p.logs.map((l) => l.key),
      ),
    ).toMatchObject({ ok: true })
  })
})
