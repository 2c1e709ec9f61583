import { parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { fromDecimal } from './encoding.ts'
import { openNote, parseVkey, vkey, type VerifierKey } from './note.ts'

/** Which logs and witnesses are believed, and how many of them together (C2SP tlog-policy). */
export interface Policy {
  /** Empty when it is known otherwise which log is meant. */
  readonly logs: readonly { readonly key: VerifierKey; readonly url?: string }[]
  /** `name` has a meaning inside the policy only; `url` is where the witness takes checkpoints. */
  readonly witnesses: readonly { readonly name: string; readonly key: VerifierKey; readonly url?: string }[]
  /** Each counts as a witness as soon as `least` of its members do. */
  readonly groups: readonly { readonly name: string; readonly least: number; readonly members: readonly string[] }[]
  /** Name of a witness or a group, or `none`. */
  readonly quorum: string
}

const none = 'none'
const cosignature = 4
/** More than any real policy has; C2SP asks for 32 of each. */
const mostLines = 1000

/**
 * Reads a policy. A line that means nothing is an error: a rule about trust that is skipped is not noticed when it is missed.
 * @throws Error with a sentence for whoever wrote the file
 */
export const parsePolicy = (text: string): Policy => {
  const logs: Policy['logs'][number][] = []
  const witnesses: Policy['witnesses'][number][] = []
  const groups: Policy['groups'][number][] = []
  let quorum: string | undefined
  const member = new Set<string>()
  const lines = text.split('\n')
  if (lines.length > mostLines) throw new Error(`见证策略超过${mostLines}行`)
  const defined = (name: string): boolean => [...witnesses, ...groups].some((x) => x.name === name)
  const read = (line: string): void => {
    if (/[\0-\x08\x0b-\x1f\x7f]|\p{Cs}/u.test(line)) throw new Error('有控制字符（换行须为 LF）')
    const [word, ...rest] = line.split(/[ \t]+/).filter(Boolean)
    if (word === undefined || word.startsWith('#')) return
    const newName = (name: string | undefined): string => {
      if (name === undefined || name === none || defined(name)) throw new Error(`名称“${name ?? ''}”不可用或已用过`)
      return name
    }
    const key = (of: string | undefined, others: readonly { readonly key: VerifierKey }[]): VerifierKey => {
      let k
      try {
        k = parseVkey(of ?? '')
      } catch {
        throw new Error('公钥（vkey）格式有误')
      }
      if (others.some((o) => o.key.key.equals(k.key))) throw new Error('同一公钥列了两次')
      return k
    }
    if (word === 'log' && rest.length >= 1 && rest.length <= 2) {
      const k = key(rest[0], logs)
      if (k.type === cosignature) throw new Error('这是见证方的公钥，不是日志的')
      logs.push({ key: k, ...(rest[1] !== undefined && { url: rest[1] }) })
    } else if (word === 'witness' && rest.length >= 2 && rest.length <= 3) {
      const name = newName(rest[0])
      const k = key(rest[1], witnesses)
      if (k.type !== cosignature) throw new Error('见证方的公钥须为 Ed25519 副署公钥（类型 0x04）')
      witnesses.push({ name, key: k, ...(rest[2] !== undefined && { url: rest[2] }) })
    } else if (word === 'group' && rest.length >= 3) {
      const name = newName(rest[0])
      const members = rest.slice(2)
      for (const m of members) {
        if (!defined(m)) throw new Error(`“${m}”须在前面定义`)
        if (member.has(m)) throw new Error(`“${m}”已在某一组内，每个名称只能入组一次`)
        member.add(m)
      }
      const least = threshold(rest[1]!, members.length)
      groups.push({ name, least, members })
    } else if (word === 'quorum' && rest.length === 1) {
      if (quorum !== undefined) throw new Error('quorum 只能有一行')
      if (rest[0] !== none && !defined(rest[0]!)) throw new Error(`“${rest[0]}”须在前面定义`)
      quorum = rest[0]!
    } else throw new Error(`不认识的内容“${line.trim()}”`)
  }
  for (const [i, line] of lines.entries())
    try {
      read(line)
    } catch (e) {
      throw new Error(`见证策略第${i + 1}行：${(e as Error).message}`, { cause: e })
    }
  if (quorum === undefined) throw new Error('见证策略缺少 quorum 一行')
  return { logs, witnesses, groups, quorum }
}

const threshold = (word: string, members: number): number => {
  if (word === 'any') return 1
  if (word === 'all') return members
  let least
  try {
    least = fromDecimal(word)
  } catch {
    throw new Error(`“${word}”应为 any、all 或个数`)
  }
  if (least < 1 || least > members) throw new Error(`个数应在1与${members}之间`)
  return least
}

/** The policy as a file; what is read again is the same. */
export const policyText = (p: Policy): string =>
  [
    ...p.logs.map((l) => ['log', vkey(l.key.name, l.key.type, l.key.key), l.url]),
    ...p.witnesses.map((w) => ['witness', w.name, vkey(w.key.name, w.key.type, w.key.key), w.url]),
    ...p.groups.map((g) => ['group', g.name, g.least, ...g.members]),
    ['quorum', p.quorum],
  ]
    .map((words) => `${words.filter((x) => x !== undefined).join(' ')}\n`)
    .join('')

/** Do these, named as in the policy, make its quorum? */
export const isQuorum = (p: Policy, names: Iterable<string>): boolean => {
  const there = new Set(names)
  // a group names only what stands before it
  for (const g of p.groups) if (g.members.filter((m) => there.has(m)).length >= g.least) there.add(g.name)
  return p.quorum === none || there.has(p.quorum)
}

/** How few witnesses can make the quorum. */
export const fewest = (p: Policy): number => {
  const cost = new Map<string, number>([[none, 0], ...p.witnesses.map((w) => [w.name, 1] as const)])
  for (const g of p.groups) {
    const costs = g.members.map((m) => cost.get(m)!).sort((a, b) => a - b)
    cost.set(
      g.name,
      costs.slice(0, g.least).reduce((a, b) => a + b, 0),
    )
  }
  return cost.get(p.quorum)!
}

/**
 * Is a signed checkpoint one that the policy believes: of a log it lists, and cosigned by its quorum?
 * @param logs instead of those the policy lists, where the log is known otherwise
 */
export const checkPolicy = (
  p: Policy,
  note: string,
  logs: readonly VerifierKey[] = p.logs.map((l) => l.key),
):
  | {
      readonly ok: true
      readonly checkpoint: Checkpoint
      /** Who cosigned, and when by their own account, in POSIX seconds. */
      readonly witnesses: readonly { readonly name: string; readonly time: number }[]
    }
  | { readonly ok: false; readonly says: string } => {
  const no = (says: string) => ({ ok: false, says }) as const
  let opened, checkpoint
  try {
    opened = openNote(note, [...logs, ...p.witnesses.map((w) => w.key)])
    checkpoint = parseCheckpoint(opened.text)
  } catch {
    return no('检查点格式损坏')
  }
  const { signed, bad } = opened
  if (bad.length > 0) return no(`检查点上的签名与公钥不符：${bad.join('、')}`)
  if (!signed.some((s) => logs.includes(s.key) && s.key.name === checkpoint.origin))
    return no(`检查点没有日志“${checkpoint.origin}”的有效签名，或策略未列入该日志`)
  const witnesses = p.witnesses.flatMap(({ name, key }) => {
    const time = signed.find((s) => s.key === key)?.time
    return time === undefined ? [] : [{ name, time }]
  })
  if (
    !isQuorum(
      p,
      witnesses.map((w) => w.name),
    )
  )
    return no(`副署不足：有${witnesses.map((w) => `“${w.name}”`).join('、') || '零家'}，而策略要求“${p.quorum}”`)
  return { ok: true, checkpoint, witnesses }
}
