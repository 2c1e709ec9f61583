import { hash } from 'node:crypto'
import type { Json } from '#contract'
import {
  canonical,
  entryOf,
  hashers,
  isQuorum,
  openNote,
  opens,
  parseCheckpoint,
  parsePolicy,
  parseProof,
  parseVkey,
  proofText,
  verifyInclusion,
  type Checkpoint,
  type Policy,
  type VerifierKey,
} from '#ledger'
import { OtherFormat, manifestDigest, readBundle, type Contents, type Disclosed, type Read } from './bundle.ts'
import { detach } from './pdf.ts'

/** What the person who checks brings along. Without keys of their own, who keeps the log is not established. */
export interface Trust {
  readonly keys: readonly VerifierKey[]
  /** Whose cosignatures have to stand under a checkpoint, beside logs that are believed. */
  readonly policy?: Policy
}

/** What a person brings along as files: verifier keys, and a policy (C2SP tlog-policy). @throws Error with a Chinese sentence */
export const readTrust = (keys: string, policy?: string): Trust => {
  const p = policy === undefined ? undefined : parsePolicy(policy)
  return {
    keys: [...readKeys(keys), ...(p ? [...p.logs, ...p.witnesses].map((x) => x.key) : [])],
    ...(p ? { policy: p } : {}),
  }
}

/** Verifier keys as they are handed on, one a line; blank lines and lines from # on say nothing. @throws Error that names the line */
const readKeys = (text: string): VerifierKey[] =>
  text
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('#'))
    .map((l) => {
      try {
        return parseVkey(l)
      } catch {
        throw new Error(`不是公钥：${l.slice(0, 80)}`)
      }
    })

export interface Check {
  readonly state: 'ok' | 'failed' | 'unjudged'
  /** What was checked and how it went, in one sentence. */
  readonly says: string
  readonly detail?: readonly string[]
}
export interface Fact {
  readonly term: string
  readonly value: string
}
/** One entry as it was found in the log. */
export interface Step {
  readonly log: string
  /** From 0. */
  readonly index: number
  /** Log and index in words. */
  readonly place: string
  readonly term: string
  readonly type: string
  readonly at: string
  readonly body: string
  readonly disclosed: Disclosed
  readonly ok: boolean
}
export interface Report {
  readonly kind: 'bundle' | 'certificate' | 'receipt' | 'unknown'
  /** valid: under the keys brought along. unjudged: nothing is wrong, but something that matters could not be established. */
  readonly verdict: 'valid' | 'invalid' | 'unjudged'
  /** The verdict in one sentence. */
  readonly says: string
  readonly facts: readonly Fact[]
  readonly checks: readonly Check[]
  readonly steps: readonly Step[]
  /** SHA-256 of the certificate as it was issued, without the evidence attached to it. */
  readonly base?: string
}

const ok = (says: string, detail?: readonly string[]): Check => ({ state: 'ok', says, ...(detail ? { detail } : {}) })
const failed = (says: string, detail?: readonly string[]): Check => ({
  state: 'failed',
  says,
  ...(detail ? { detail } : {}),
})
const unjudged = (says: string): Check => ({ state: 'unjudged', says })

const nouns = { bundle: '证据包', certificate: '登记证', receipt: '存证回执', unknown: '文件' } as const
const report = (kind: Report['kind'], checks: readonly Check[], more: Partial<Report> = {}): Report => {
  const verdict = checks.some((c) => c.state === 'failed')
    ? 'invalid'
    : checks.length === 0 || checks.some((c) => c.state === 'unjudged')
      ? 'unjudged'
      : 'valid'
  const says = {
    valid: `${nouns[kind]}真实完整：其中每一条记录都在登记日志中，一字未改`,
    invalid: `${nouns[kind]}不可采信：有内容被改动，或与日志不符`,
    unjudged: `无法下结论：已核对的部分没有发现问题，但有关键事项不能确认`,
  }[verdict]
  return { kind, verdict, says, facts: [], steps: [], checks, ...more }
}

type Leaf = Readonly<Record<string, Json | undefined>>
const leafOf = (body: string): Leaf | undefined => {
  try {
    const leaf: unknown = JSON.parse(body)
    return typeof leaf === 'object' && leaf !== null && !Array.isArray(leaf) && canonical(leaf) === body
      ? (leaf as Leaf)
      : undefined
  } catch {
    return undefined
  }
}
const text = (v: unknown): string => (typeof v === 'string' ? v : '')
const group = (v: unknown): Leaf => (typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Leaf) : {})

/** 登记日志 and 访问日志; those beside and after them with their own names behind. */
export const logTerm = (log: string): string => {
  const [, source = '', more = ''] = /^(register|access)(-[a-z0-9-]+)?$/.exec(log) ?? []
  const term = { register: '登记日志', access: '访问日志' }[source]
  return term === undefined ? `日志“${log}”` : more === '' ? term : `${term}（${log}）`
}

interface Signed {
  readonly checks: readonly Check[]
  readonly checkpoint?: Checkpoint
}
/**
 * The checkpoint of a log: who signed it, and whether the person who checks knows them.
 * @param binding something is proven by it, so that the policy has to be satisfied
 */
const checkpointOf = (
  name: string,
  origin: string,
  note: string,
  enclosed: readonly string[],
  trust: Trust,
  binding: boolean,
): Signed => {
  const term = logTerm(name)
  let inside: VerifierKey[]
  try {
    inside = enclosed.map(parseVkey)
  } catch {
    return { checks: [failed(`${term}的公钥格式损坏`)] }
  }
  const brought = trust.keys.filter((k) => k.name === origin)
  const keys =
    brought.length > 0 ? [...brought, ...trust.keys.filter((k) => k.name !== origin)] : [...inside, ...trust.keys]
  try {
    const { text: noted, by, bad, signed } = openNote(note, keys)
    const checkpoint = parseCheckpoint(noted)
    // a witness that calls itself like the log does not bind the log
    const own = signed.some(({ key, time }) => key.name === origin && time === undefined)
    if (bad.includes(origin)) return { checks: [failed(`${term}检查点上的签名与公钥不符`)] }
    if (!own)
      return {
        checks: [
          brought.length > 0
            ? failed(`${term}的检查点不是用所给的公钥签署的`)
            : unjudged(`没有${term}“${origin}”的公钥，检查点由谁签署不能确认`),
        ],
        ...(brought.length > 0 ? {} : { checkpoint }),
      }
    if (checkpoint.origin !== origin) return { checks: [failed(`检查点属于另一日志“${checkpoint.origin}”`)] }
    const others = by.filter((n) => n !== origin)
    const size = `共 ${checkpoint.size} 条`
    const identity =
      brought.length > 0
        ? ok(`${term}的检查点（${size}）由所给的公钥签署`, [`日志：${origin}`])
        : unjudged(
            `${term}的检查点（${size}）签名有效，但公钥来自文件自身：请另从可靠途径取得“${origin}”的公钥再核验一次`,
          )
    const { policy } = trust
    const benches = policy?.witnesses.filter((w) => signed.some((s) => s.key === w.key)).map((w) => w.name) ?? []
    return {
      checks: [
        identity,
        ...(others.length > 0 ? [ok(`检查点另有 ${others.length} 方副署`, others)] : []),
        ...(policy && binding
          ? [
              isQuorum(policy, benches)
                ? ok(`副署合乎您的见证策略“${policy.quorum}”`, benches)
                : unjudged(`副署不足：有 ${benches.length} 方，而您的见证策略要求“${policy.quorum}”`),
            ]
          : []),
      ],
      checkpoint,
    }
  } catch {
    return { checks: [failed(`${term}的检查点格式损坏`)] }
  }
}

/** Which disclosed values do not open the commitments in the body. */
const unopened = (leaf: Leaf, disclosed: Disclosed): string[] =>
  Object.entries(disclosed).flatMap(([field, pair]) => {
    const [salt, value] = Array.isArray(pair) ? (pair as unknown as [unknown, unknown]) : []
    const commitment = group(leaf['sealed'])[field]
    const bytes = /^[0-9a-f]{64}$/.test(text(salt)) ? Buffer.from(text(salt), 'hex') : undefined
    try {
      const fits =
        bytes && typeof commitment === 'string' && opens(commitment, `${text(leaf['type'])}.${field}`, bytes, value)
      return fits ? [] : [field]
    } catch {
      return [field]
    }
  })

const verifyContents = (
  { contents: c, issue, files }: Read,
  trust: Trust,
): Omit<Report, 'kind' | 'verdict' | 'says' | 'facts'> => {
  const checks: Check[] = [ok('归档的每一个字节都与清单相符')]
  const checkpoints = new Map<string, Checkpoint>()
  for (const [name, log] of Object.entries(c.logs)) {
    const signed = checkpointOf(
      name,
      log.origin,
      log.checkpoint,
      log.keys,
      trust,
      c.entries.some((e) => e.log === name),
    )
    checks.push(...signed.checks)
    if (signed.checkpoint) checkpoints.set(name, signed.checkpoint)
  }
  const astray: string[] = []
  const sealed: string[] = []
  let values = 0
  const steps = c.entries.map((e): Step => {
    const log = c.logs[e.log]!
    const checkpoint = checkpoints.get(e.log)
    const leaf = leafOf(e.body)
    const tree = hashers[log.hash]
    const included =
      leaf !== undefined &&
      checkpoint !== undefined &&
      verifyInclusion(tree, e.index, checkpoint.size, tree.leaf(entryOf(tree, e.body)), e.path, checkpoint.root)
    const where = `${logTerm(e.log)}第 ${e.index + 1} 条`
    if (!included) astray.push(where)
    const wrong = unopened(leaf ?? {}, e.disclosed ?? {})
    values += Object.keys(e.disclosed ?? {}).length
    sealed.push(...wrong.map((f) => `${where}：${f}`))
    return {
      log: e.log,
      index: e.index,
      place: where,
      term: e.term ?? '',
      type: text(leaf?.['type'] ?? leaf?.['kind']),
      at: text(leaf?.['at']),
      body: e.body,
      disclosed: e.disclosed ?? {},
      ok: included && wrong.length === 0,
    }
  })
  checks.push(
    astray.length > 0
      ? failed(`${astray.length} 条记录不在检查点所签署的日志之中`, astray)
      : steps.length > 0
        ? ok(`${steps.length} 条记录都在日志之中，位置和内容与签署时一致`)
        : unjudged('证据包中没有任何记录'),
  )
  if (values > 0 || sealed.length > 0)
    checks.push(
      sealed.length > 0
        ? failed(`${sealed.length} 项披露的内容与日志中的承诺值不符`, sealed)
        : ok(`${values} 项披露的内容与日志中的承诺值相符`),
    )
  const documents = c.documents ?? []
  const said = c.entries.map((e) => e.body + canonical(e.disclosed ?? {})).join('\n')
  const strange = documents.map((d) => hash('sha256', d)).filter((d) => !said.includes(`"${d}"`))
  if (documents.length > 0)
    checks.push(
      strange.length > 0
        ? failed(`${strange.length} 份文件的摘要不在任何一条记录中`, strange)
        : ok(`${documents.length} 份文件的 SHA-256 都写在记录之中`),
    )
  if (c.about['kind'] !== 'certificate') checks.push(issued(c, issue, manifestDigest(files), trust))
  else if (issue || c.made || Object.keys(c.pages ?? {}).length > 0)
    checks.push(failed('登记证所附的证据中有不属于它的文件'))
  return { checks, steps }
}

/** That the bundle as a whole is what the system gave out, by the access log. */
const issued = (c: Contents, issue: Read['issue'], digest: string, trust: Trust): Check => {
  const log = issue && c.logs[issue.log]
  if (!issue || !log) return failed('没有制作记录：说明和清单出自何人不能确认')
  const no = failed('制作记录与证据包不符：说明或清单被改动')
  try {
    const proof = parseProof(issue.proof)
    if (proof.extra || proofText(proof) !== issue.proof) return no
    const { checkpoint } = checkpointOf(issue.log, log.origin, proof.checkpoint, log.keys, trust, false)
    const leaf = leafOf(issue.body)
    const tree = hashers[log.hash]
    const stands =
      checkpoint !== undefined &&
      leaf?.['manifest'] === digest &&
      verifyInclusion(
        tree,
        proof.index,
        checkpoint.size,
        tree.leaf(entryOf(tree, issue.body)),
        proof.path,
        checkpoint.root,
      )
    return stands ? ok(`制作证据包这件事记在${logTerm(issue.log)}第 ${proof.index + 1} 条，说明和清单与当时一致`) : no
  } catch {
    return no
  }
}

const unreadable = (kind: Report['kind'], e: unknown): Report =>
  e instanceof OtherFormat
    ? report(kind, [unjudged(e.message)])
    : report(kind, [failed(e instanceof Error && /[\u4e00-\u9fff]/.test(e.message) ? e.message : '文件损坏，无法读取')])

const aboutTerms: Readonly<Record<string, string>> = {
  title: '事项',
  process: '类别',
  id: '事项编号',
  person: '人员',
  from: '起',
  to: '止',
}

/** Checks an evidence bundle. Never throws: garbage is a report like any other. */
export const verifyBundle = (bytes: Uint8Array, trust: Trust): Report => {
  try {
    const read = readBundle(bytes)
    const { about, made } = read.contents
    const facts = [
      ...Object.entries(about).flatMap(([k, value]) => (aboutTerms[k] ? [{ term: aboutTerms[k], value }] : [])),
      ...(made
        ? [
            {
              term: '制作',
              value: `${made.org}${made.by === '' || made.by === made.org ? '' : `，${made.by}`}，${made.at}`,
            },
          ]
        : []),
    ]
    return report('bundle', [], { ...finished('bundle', verifyContents(read, trust)), facts })
  } catch (e) {
    return unreadable('bundle', e)
  }
}
const finished = (kind: Report['kind'], found: Pick<Report, 'checks' | 'steps'>): Report =>
  report(kind, found.checks, found)

// ── certificates ───────────────────────────────────────────────────────────────────────────────────────────────

const chineseDay = (day: string): string => day.replace(/^(\d{4})-0?(\d{1,2})-0?(\d{1,2})$/, '$1年$2月$3日')

const verifyFace = (digest: string, steps: readonly Step[]): { checks: Check[]; facts: Fact[] } => {
  const latest = (...types: string[]): { leaf: Leaf; step: Step } | undefined => {
    const step = steps
      .filter((s) => types.includes(s.type))
      .sort((a, b) => Number(leafOf(a.body)?.['seq']) - Number(leafOf(b.body)?.['seq']))
      .at(-1)
    return step && { step, leaf: leafOf(step.body) ?? {} }
  }
  const certify = latest('record/certify')
  const register = latest('record/register')
  if (!certify || !register) return { checks: [failed('证据中没有登记或发证的记录')], facts: [] }
  const streams = new Set(steps.map((s) => text(leafOf(s.body)?.['stream'])))
  const of = group(certify.leaf['data'])
  const first = group(register.leaf['data'])
  const made = latest('record/register', 'record/amend', 'record/renew')!
  const term = group(latest('record/renew', 'record/register')!.leaf['data'])
  const face = group(certify.step.disclosed['face']?.[1])
  const told = (s: Step, field: string): string => text(s.disclosed[field]?.[1])
  const checks: Check[] = [
    text(of['sha256']) === digest
      ? ok('证面的 SHA-256 与发证记录一致：证面就是登记机构发放的那一份', [digest])
      : failed('证面的 SHA-256 与发证记录不一致：这份证据不属于这份登记证', [digest]),
    streams.size === 1 && Number(made.leaf['seq']) < Number(certify.leaf['seq'])
      ? ok('登记与发证的记录属于同一项登记，先后相符')
      : failed('登记与发证的记录不属于同一项登记'),
  ]
  const stated: readonly (readonly [string, string, string])[] = [
    ['登记结果查询码', text(face['code']), text(first['code'])],
    ['有效期起', text(face['validFrom']), text(term['validFrom'])],
    ['有效期止', text(face['validTo']), text(term['validTo'])],
    ['登记机构', text(face['registrar']), told(register.step, 'registrarName')],
    ['登记簿条目摘要', text(face['entry']), hash('sha256', made.step.body)],
  ]
  const apart = stated.filter(([, a, b]) => a !== b).map(([t]) => t)
  checks.push(
    Object.keys(face).length === 0
      ? unjudged('发证记录没有披露证面内容，证面所载不能与登记簿逐项核对')
      : apart.length > 0
        ? failed(`证面内容与登记簿不符：${apart.join('、')}`)
        : ok('证面所载的查询码、有效期、登记机构与登记记录一致'),
  )
  const holders = (Array.isArray(face['holders']) ? face['holders'] : []).map((h) => text(group(h)['name']))
  return {
    checks,
    facts: [
      { term: '登记结果查询码', value: text(first['code']) },
      { term: '登记主体', value: holders.join('、') || told(register.step, 'holderName') },
      { term: '登记对象', value: text(face['name']) },
      { term: '登记类型', value: text(face['kind']) },
      { term: '有效期', value: `${chineseDay(text(term['validFrom']))}至${chineseDay(text(term['validTo']))}` },
      { term: '登记机构', value: text(face['registrar']) || told(register.step, 'registrarName') },
      { term: '登记时间', value: register.step.at },
      { term: '发证时间', value: certify.step.at },
      ...(first['demo'] === true ? [{ term: '提示', value: '演示登记，不具法律效力' }] : []),
    ].filter((f) => f.value !== ''),
  }
}

/**
 * Checks a certificate by nothing but its PDF: that the file is its base and the evidence and nothing more, that the base is the one
 * whose digest was logged, and that registration and issue stand in the log. It says nothing of what happened since. Never throws.
 */
export const verifyCertificate = (pdf: Uint8Array, trust: Trust): Report => {
  const parts = detach(pdf)
  if (parts === 'none')
    return report('certificate', [unjudged('文件中没有所附的登记证据：请从登记平台重新下载登记证，或联网核验')])
  if (parts === 'altered')
    return report('certificate', [failed('文件被改动：与“登记证加所附证据”的规定形式不是逐字节相同')])
  const base = hash('sha256', parts.base)
  try {
    const read = readBundle(parts.evidence)
    if (read.contents.about['kind'] !== 'certificate')
      return report('certificate', [failed('所附的不是登记证的证据')], { base })
    const found = verifyContents(read, trust)
    const face = verifyFace(base, found.steps)
    return {
      ...finished('certificate', {
        steps: found.steps,
        checks: [ok('文件由登记证和所附证据组成，此外没有别的内容'), ...face.checks, ...found.checks],
      }),
      facts: face.facts,
      base,
    }
  } catch (e) {
    return { ...unreadable('certificate', e), base }
  }
}

// ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Checks a receipt: one act, what its holder may see of it, and the proof of its place. Never throws. */
export const verifyReceipt = (json: string, trust: Trust): Report => {
  try {
    const r = group(JSON.parse(json))
    const proof = parseProof(text(r['proof']))
    const body = text(r['body'])
    const leaf = leafOf(body)
    const disclosed = group(r['disclosed']) as unknown as Disclosed
    const { origin } = parseCheckpoint(openNote(proof.checkpoint, []).text)
    const name = origin.slice(origin.lastIndexOf('/') + 1)
    const signed = checkpointOf(name, origin, proof.checkpoint, [], trust, true)
    const { checkpoint } = signed
    const tree = Object.values(hashers).find(
      (h) =>
        leaf !== undefined &&
        checkpoint !== undefined &&
        verifyInclusion(h, proof.index, checkpoint.size, h.leaf(entryOf(h, body)), proof.path, checkpoint.root),
    )
    const wrong = unopened(leaf ?? {}, disclosed)
    const values = Object.keys(disclosed).length
    const where = `${logTerm(name)}第 ${proof.index + 1} 条`
    return report(
      'receipt',
      [
        ...signed.checks,
        tree ? ok(`这一步办理记录是${where}，内容与签署时一致`) : failed('这一步办理记录不在检查点所签署的日志之中'),
        ...(wrong.length > 0
          ? [failed(`${wrong.length} 项披露的内容与日志中的承诺值不符`, wrong)]
          : values > 0
            ? [ok(`${values} 项披露的内容与日志中的承诺值相符`)]
            : []),
      ],
      {
        facts: [
          { term: '办理动作', value: text(leaf?.['type']) },
          { term: '办理时间', value: text(leaf?.['at']) },
          { term: '所在位置', value: where },
          { term: '事项编号', value: text(leaf?.['stream']) },
        ].filter((f) => f.value !== ''),
        steps: [
          {
            log: name,
            index: proof.index,
            place: where,
            term: '',
            type: text(leaf?.['type']),
            at: text(leaf?.['at']),
            body,
            disclosed,
            ok: tree !== undefined && wrong.length === 0,
          },
        ],
      },
    )
  } catch {
    return report('receipt', [failed('回执的格式损坏，无法读取')])
  }
}

/** Checks whatever it is: by its first bytes a bundle, a certificate or a receipt. Never throws. */
export const verify = (bytes: Uint8Array, trust: Trust): Report => {
  const head = Buffer.from(bytes.subarray(0, 5)).toString('latin1')
  if (head.startsWith('PK')) return verifyBundle(bytes, trust)
  if (head === '%PDF-') return verifyCertificate(bytes, trust)
  if (head.trimStart().startsWith('{')) return verifyReceipt(Buffer.from(bytes).toString('utf8'), trust)
  return report('unknown', [failed('不认识的文件：应为证据包（.zip）、登记证（.pdf）或存证回执（.json）')])
}
