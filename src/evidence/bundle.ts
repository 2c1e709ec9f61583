import { hash } from 'node:crypto'
import type { Json } from '#contract'
import { canonical, parseProof, proofText } from '#ledger'
import { pack, unpack, type Files } from './archive.ts'

/** Field → salt in hex, value: what opens the commitments in the body of an entry. */
export type Disclosed = Readonly<Record<string, readonly [salt: string, value: Json]>>

/** One log as far as a bundle speaks of it: all its proofs lead to this one checkpoint. */
export interface BundleLog {
  readonly origin: string
  readonly hash: 'sha256' | 'sm3'
  /** Verifier keys under which the log has signed, one a line; the last one signs now. */
  readonly keys: readonly string[]
  /** The latest signed note, with whatever cosignatures it has. */
  readonly checkpoint: string
}
export interface BundleEntry {
  readonly log: string
  readonly index: number
  /** Canonical JSON; its hash is the entry of the log. */
  readonly body: string
  readonly disclosed?: Disclosed
  readonly path: readonly Buffer[]
  /** What the step is called, in the words of the process; not part of the entry. */
  readonly term?: string
}
/** That the bundle was made, as the access log keeps it; its body names the SHA-256 of the manifest. */
export interface Issue {
  readonly log: string
  readonly body: string
  /** C2SP tlog-proof. */
  readonly proof: string
}
export interface Contents {
  /** What the bundle is about: `kind` is case, person, range or certificate, the rest is for people. */
  readonly about: Readonly<Record<string, string>>
  /** When and for whom it was made; absent where it is a function of the log alone. */
  readonly made?: { readonly at: string; readonly by: string; readonly org: string }
  readonly logs: Readonly<Record<string, BundleLog>>
  readonly entries: readonly BundleEntry[]
  /** Pages for people, by name. */
  readonly pages?: Readonly<Record<string, string>>
  /** tlog-policy: whose cosignatures are needed. */
  readonly policy?: string
  /** Documents whose SHA-256 stands in an entry. */
  readonly documents?: readonly Uint8Array[]
}

/** The version of the form. A reader of another version says that it cannot judge. */
export const bundleFormat = 'gongshu-evidence/1'

const sha256 = (bytes: Uint8Array | string): string => hash('sha256', bytes)
const place = (dir: string, e: Pick<BundleEntry, 'log' | 'index'>, ext: string): string =>
  `${dir}/${e.log}/${String(e.index).padStart(12, '0')}.${ext}`

/** All files of a bundle but those that say that it was made. `manifest.json` names the SHA-256 of each of the others. */
export const compose = (c: Contents): Map<string, Uint8Array> => {
  const files = new Map<string, Uint8Array>()
  const add = (name: string, content: Uint8Array | string): void =>
    void files.set(name, typeof content === 'string' ? Buffer.from(content) : content)
  for (const e of c.entries) {
    add(place('entries', e, 'json'), e.body)
    if (e.disclosed && Object.keys(e.disclosed).length > 0) add(place('disclosed', e, 'json'), canonical(e.disclosed))
    const checkpoint = c.logs[e.log]!.checkpoint
    add(place('proofs', e, 'tlog-proof'), proofText({ index: e.index, path: e.path, checkpoint }))
  }
  for (const [name, log] of Object.entries(c.logs)) {
    add(`checkpoints/${name}`, log.checkpoint)
    add(`keys/${name}.vkey`, log.keys.map((k) => `${k}\n`).join(''))
  }
  for (const [name, text] of Object.entries(c.pages ?? {})) add(name, text)
  if (c.policy !== undefined) add('policy', c.policy)
  for (const d of c.documents ?? []) add(`files/${sha256(d)}`, d)
  const digests = Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)]))
  const logs = Object.fromEntries(
    Object.entries(c.logs).map(([name, { origin, hash: h }]) => [name, { origin, hash: h }]),
  )
  const entries = c.entries.map(({ log, index, term }) => ({ log, index, term }))
  add('manifest.json', canonical({ format: bundleFormat, about: c.about, made: c.made, logs, entries, files: digests }))
  return files
}

const issueFiles = (i: Issue): [string, Uint8Array][] => [
  [`issued/${i.log}.json`, Buffer.from(i.body)],
  [`issued/${i.log}.tlog-proof`, Buffer.from(i.proof)],
]
/** SHA-256 in hex of the manifest: what an issue has to name. */
export const manifestDigest = (files: Files): string => sha256(files.get('manifest.json')!)

/** The bytes of a bundle. The same content gives the same bytes. */
export const writeBundle = (files: Files, issue?: Issue): Uint8Array =>
  pack(issue ? new Map([...files, ...issueFiles(issue)]) : files)

export type Read = { readonly contents: Contents; readonly issue?: Issue; readonly files: Files }

const wrong = (says: string): Error => new Error(says)
const object = (v: unknown): Readonly<Record<string, unknown>> => {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) throw wrong('清单的格式不对')
  return v as Record<string, unknown>
}
const string = (v: unknown): string => {
  if (typeof v !== 'string') throw wrong('清单的格式不对')
  return v
}
const list = (v: unknown): readonly unknown[] => {
  if (!Array.isArray(v)) throw wrong('清单的格式不对')
  return v
}
const logName = (v: string): string => {
  if (!/^[a-z0-9-]{1,60}$/.test(v)) throw wrong('清单中日志的名称不对')
  return v
}

/** Thrown for a bundle of another version of the form: nothing is wrong with it, but this reader cannot judge it. */
export class OtherFormat extends Error {}

/**
 * Reads a bundle. What was read composes again to the same bytes, so nothing in the archive stands outside of what the manifest names.
 * @throws OtherFormat; Error with a Chinese sentence for anything irregular
 */
export const readBundle = (bytes: Uint8Array): Read => {
  let files: Files
  try {
    files = unpack(bytes)
  } catch {
    throw wrong('归档的字节与规定的形式不符：有文件被改动、增删，或经过重新打包')
  }
  const text = (name: string): string => {
    const found = files.get(name)
    if (!found) throw wrong(`缺少文件 ${name}`)
    return Buffer.from(found).toString('utf8')
  }
  const parsed = (name: string): unknown => {
    const json = text(name)
    try {
      return JSON.parse(json)
    } catch {
      throw wrong(`文件 ${name} 不是 JSON`)
    }
  }
  const m = object(parsed('manifest.json'))
  if (m['format'] !== bundleFormat)
    throw new OtherFormat(`证据包的格式是“${String(m['format'])}”，本程序只认识 ${bundleFormat}`)
  const logs = Object.fromEntries(
    Object.entries(object(m['logs'])).map(([name, l]): [string, BundleLog] => {
      const { origin, hash: h } = object(l)
      if (h !== 'sha256' && h !== 'sm3') throw wrong('清单中的哈希算法不认识')
      const keys = text(`keys/${logName(name)}.vkey`).split('\n')
      if (keys.pop() !== '') throw wrong('公钥文件的格式不对')
      return [name, { origin: string(origin), hash: h, keys, checkpoint: text(`checkpoints/${name}`) }]
    }),
  )
  const entries = list(m['entries']).map((x): BundleEntry => {
    const { log, index, term } = object(x)
    const e = { log: string(log), index: Number(index) }
    if (!Object.hasOwn(logs, e.log)) throw wrong('清单中的条目不属于任何日志')
    const disclosed = place('disclosed', e, 'json')
    let proof
    try {
      proof = parseProof(text(place('proofs', e, 'tlog-proof')))
    } catch {
      throw wrong(`${e.log} 第 ${e.index + 1} 条的证明格式损坏`)
    }
    return {
      ...e,
      body: text(place('entries', e, 'json')),
      path: proof.path,
      ...(files.has(disclosed) ? { disclosed: object(parsed(disclosed)) as Disclosed } : {}),
      ...(term === undefined ? {} : { term: string(term) }),
    }
  })
  const issued = [...files.keys()].find((n) => /^issued\/[a-z0-9-]+\.json$/.test(n))
  const log = issued?.slice('issued/'.length, -'.json'.length)
  const issue =
    log === undefined ? undefined : { log, body: text(`issued/${log}.json`), proof: text(`issued/${log}.tlog-proof`) }
  const made = m['made'] === undefined ? undefined : object(m['made'])
  const contents: Contents = {
    about: Object.fromEntries(Object.entries(object(m['about'])).map(([k, v]) => [k, string(v)])),
    ...(made ? { made: { at: string(made['at']), by: string(made['by']), org: string(made['org']) } } : {}),
    logs,
    entries,
    pages: Object.fromEntries([...files.keys()].filter((n) => /^[^/]+\.(html|md)$/.test(n)).map((n) => [n, text(n)])),
    ...(files.has('policy') ? { policy: text('policy') } : {}),
    documents: [...files].filter(([n]) => n.startsWith('files/')).map(([, d]) => d),
  }
  let again
  try {
    again = writeBundle(compose(contents), issue)
  } catch {
    throw wrong('清单与内容不符')
  }
  if (Buffer.compare(again, bytes) !== 0) throw wrong('清单与归档中的文件不一致')
  return { contents, files, ...(issue ? { issue } : {}) }
}
