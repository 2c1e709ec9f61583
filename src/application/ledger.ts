import { createHash, createPublicKey } from 'node:crypto'
import type { Gone, Json, Refusal } from '#contract'
import { refuse } from '#contract'
import {
  append,
  checkpointText,
  ed25519Signer,
  entryBundle,
  emptyEdge,
  inclusionPath,
  openNote,
  opens,
  parseCheckpoint,
  parseTilePath,
  parseVkey,
  proofText,
  rootOf,
  sha256Tree,
  vkey,
  type Tile,
} from '#ledger'
import {
  LOG_ROLE,
  asSystem,
  asViewer,
  auditPage,
  checkpointOf,
  checkpointsOf,
  connect,
  eventOf,
  integrate,
  leafOf,
  loadLogKey,
  logKey,
  logNames,
  logSize,
  openLog,
  readEntries,
  readTile,
  retainedProblems,
  skipped,
  type AuditRow,
  type LogName,
} from '#store'
import type { App } from './app.ts'
import { signedOut } from './act.ts'

// ── the sequencer ──────────────────────────────────────────────────────────────────────────────────────────────

export interface Sequencer {
  /** Takes everything written so far into the logs and signs them. */
  readonly drain: () => Promise<number>
  readonly close: () => Promise<void>
}

/**
 * Opens the transparency logs for writing, under the signing key of this installation. Any number of processes may: one at a time has
 * the place, and whoever is killed leaves it to the next.
 * @throws Error when a log was begun under another key
 */
export const openSequencer = async (o: {
  readonly databaseUrl: string
  readonly dataDir: string
  /** Public address: its host begins the name of a log that is only now begun. */
  readonly url: string
}): Promise<Sequencer> => {
  const pool = connect(o.databaseUrl, { max: 2, role: LOG_ROLE })
  try {
    const key = await loadLogKey(o.dataDir)
    const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
    const logs = await Promise.all(
      logNames.map(async (name) => {
        const begun = await logKey(pool, name)
        const origin = begun ? parseVkey(begun).name : `${new URL(o.url).host}/log/${name}`
        await openLog(pool, name, origin, vkey(origin, 1, raw))
        return { name, signer: ed25519Signer(origin, key) }
      }),
    )
    return {
      drain: async () => {
        let n = 0
        for (const { name, signer } of logs)
          for (let taken = -1; taken !== 0; n += taken) taken = await integrate(pool, name, signer)
        return n
      },
      close: () => pool.end(),
    }
  } catch (e) {
    await pool.end()
    throw e
  }
}

/** Keeps the logs up with what is written, until stopped. */
export const startSequencer = (app: Pick<App, 'log'>, s: Sequencer): { readonly stop: () => Promise<void> } => {
  let stopped = false
  let wake: () => void = () => undefined
  const loop = (async () => {
    while (!stopped) {
      const failed = await s.drain().then(
        () => false,
        (err: unknown) => {
          if (!stopped) app.log.error({ err }, 'sequencer')
          return true
        },
      )
      if (!stopped)
        await new Promise<void>((r) => {
          const t = setTimeout(r, failed ? 2000 : 250)
          wake = () => {
            clearTimeout(t)
            r()
          }
        })
    }
  })()
  return {
    stop: async () => {
      stopped = true
      wake()
      await loop
      await s.close()
    },
  }
}

// ── what anyone may read ───────────────────────────────────────────────────────────────────────────────────────

export interface LogFile {
  readonly content: string | Buffer
  readonly text: boolean
  /** It never changes again. */
  readonly lasting: boolean
}

/** A file of a published log by its path in tlog-tiles; undefined where the signed log has not come that far. */
export const logFile = async (app: App, log: LogName, path: string): Promise<LogFile | undefined> => {
  if (path === 'key') {
    const key = await logKey(app.pool, log)
    return key ? { content: `${key}\n`, text: true, lasting: false } : undefined
  }
  const latest = await checkpointOf(app.pool, log)
  if (!latest) return undefined
  if (path === 'checkpoint') return { content: latest.note, text: true, lasting: false }
  const tile = parseTilePath(path)
  if (!tile) return undefined
  // a tile is there as soon as a signed checkpoint covers it
  const covered = Math.floor(latest.size / 256 ** tile.level)
  if (tile.index * 256 + tile.width > covered) return undefined
  if (!tile.entries) {
    const hashes = await readTile(app.pool, log, tile)
    return hashes && { content: hashes, text: false, lasting: true }
  }
  const entries = await readEntries(app.pool, log, tile.index * 256, tile.width)
  return { content: entryBundle(entries), text: false, lasting: true }
}

// ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface Receipt {
  /** Canonical JSON of the act; its SHA-256 is the entry of the log. */
  readonly body: string
  /** Values the caller may see, with the salts that open their commitments in the body. */
  readonly disclosed: Readonly<Record<string, readonly [salt: string, value: Json]>>
  /** Values that can be shown to nobody who asks here: erased, or restricted until their term ends. Their commitments stay in the body. */
  readonly withheld: Readonly<Record<string, Gone>>
  /** C2SP tlog-proof. */
  readonly proof: string
}

/** The proof that an act on a case stands in the register's log, for whoever may see the case. */
export const receiptOf = async (
  app: App,
  token: Buffer,
  process: string,
  id: string,
  seq: number,
): Promise<Receipt | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, (q) => eventOf(q, id, seq))
  if (out === undefined) return signedOut
  if (!out || !out.type.startsWith(`${process}/`)) return refuse('not_found', '没有这一步办理记录，或您无权查看')
  const index = await leafOf(app.pool, 'register', out.id)
  const checkpoint = index === undefined ? undefined : await checkpointOf(app.pool, 'register', index)
  if (index === undefined || !checkpoint) return refuse('not_yet', '这一步刚刚办理，正在写入登记日志，请几秒后再取回执')
  const path = await inclusionPath(sha256Tree, index, checkpoint.size, tileReader(app, 'register'))
  return {
    body: out.body,
    disclosed: Object.fromEntries(Object.entries(out.sealed ?? {}).flatMap(([k, v]) => (v ? [[k, v]] : []))),
    withheld: Object.fromEntries(
      Object.entries(out.sealed ?? {}).flatMap(([k, v]) =>
        v ? [] : [[k, out.restricted?.includes(k) ? 'restricted' : 'erased'] as const],
      ),
    ),
    proof: proofText({ index, path, checkpoint: checkpoint.note }),
  }
}

const tileReader =
  (app: Pick<App, 'pool'>, name: LogName) =>
  async (t: Tile): Promise<Buffer> => {
    const hashes = await readTile(app.pool, name, t)
    if (!hashes) throw new Error(`log ${name} lacks tile ${t.level}/${t.index} of width ${t.width}`)
    return hashes
  }

// ── audit ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LogReport {
  readonly log: LogName
  /** Entries checked: every one the log holds. */
  readonly entries: number
  readonly checkpoints: number
  readonly problems: readonly string[]
}

/** What an entry's row says of itself, next to what its body says, and whether its disclosed values open their commitments. */
const rowProblems = (r: AuditRow): string[] => {
  let leaf: Readonly<Record<string, unknown>> & { readonly sealed?: Readonly<Record<string, string>> }
  try {
    leaf = JSON.parse(r.body) as typeof leaf
  } catch {
    return ['正文损坏']
  }
  const out: string[] = []
  for (const [k, v] of Object.entries(r.columns)) if (String(leaf[k]) !== String(v)) out.push(`${k} 与日志正文不符`)
  const committed = leaf.sealed ?? {}
  const kept = r.sealed ?? {}
  for (const [k, commitment] of Object.entries(committed)) {
    const v = kept[k]
    // an erased value leaves null behind; one that is simply not there was taken away otherwise
    if (v === undefined) out.push(`字段 ${k} 的内容缺失，且不是按规定删除的`)
    else if (v && !opens(commitment, `${String(leaf['type'])}.${k}`, Buffer.from(v[0], 'hex'), v[1]))
      out.push(`字段 ${k} 的内容与日志中的承诺值不符`)
  }
  for (const k of Object.keys(kept)) if (!(k in committed)) out.push(`字段 ${k} 不在日志正文中`)
  return out
}

/**
 * Derives the whole log again from the bodies and compares: every entry, tile, root and signature, and that nothing below the
 * sequencer's place was left out. Reads only. Finding nothing proves that what stands here agrees with what was signed; that nobody was
 * shown another log, only witnesses prove.
 */
export const verifyLog = async (
  app: Pick<App, 'pool'>,
  log: LogName,
  {
    known = [],
    progress = () => undefined,
  }: {
    /** Signed checkpoints kept elsewhere: the log must still be what they said, and no shorter. */
    readonly known?: readonly string[]
    readonly progress?: (done: number, of: number) => void
  } = {},
): Promise<LogReport> => {
  const key = await logKey(app.pool, log)
  if (!key) return { log, entries: 0, checkpoints: 0, problems: ['日志尚未建立'] }
  const { name: origin } = parseVkey(key)
  const remembered = known.flatMap((note) => {
    const { text, by } = openNote(note, [parseVkey(key)])
    return by.includes(origin) ? [parseCheckpoint(text)] : []
  })
  const problems: string[] = []
  const report = (what: string): void => {
    if (problems.length < 1000) problems.push(what)
  }
  if (remembered.length < known.length) report('另行保存的检查点中，有的不是由本日志的密钥签署的')
  const checkpoints = await checkpointsOf(app.pool, log)
  const end = checkpoints.at(-1)?.size ?? 0
  if ((await logSize(app.pool, log)) !== end) report('日志的条数与最后一个检查点不符')
  for (const k of remembered)
    if (k.size > end) report(`另行保存的检查点有 ${k.size} 条，而日志只有 ${end} 条：日志被截短或回退`)
  const marks = [
    ...checkpoints,
    ...remembered.filter((k) => k.size <= end).map(({ size, root }) => ({ size, root, note: null, outside: true })),
  ].sort((a, b) => a.size - b.size)
  let edge = emptyEdge
  for (const c of marks) {
    while (edge.size < c.size) {
      const most = Math.min(4096, c.size - edge.size)
      const rows = await asSystem(app.pool, (q) => auditPage(q, log, edge.size, most))
      if (rows.length !== most || rows.some((r, i) => r.index !== edge.size + i)) {
        report(`第 ${edge.size} 至 ${edge.size + most - 1} 条：日志条目缺失或不连续`)
        return { log, entries: edge.size, checkpoints: checkpoints.length, problems }
      }
      for (const r of rows) for (const p of rowProblems(r)) report(`第 ${r.index} 条：${p}`)
      const grown = append(
        sha256Tree,
        edge,
        rows.map((r) => sha256Tree.leaf(createHash('sha256').update(r.body).digest())),
      )
      // partial tiles on the way are the beginnings of later ones, so only the full and the last ones are looked up
      const last = grown.edge.size === end
      for (const t of grown.tiles)
        if (t.width === 256 || last) {
          const stored = await readTile(app.pool, log, t)
          if (!stored?.equals(t.hashes)) report(`哈希块 ${t.level}/${t.index} 与条目不符`)
        }
      edge = grown.edge
      progress(edge.size, end)
    }
    const root = rootOf(sha256Tree, edge)
    if (edge.size !== c.size || !root.equals(c.root))
      report(`${'outside' in c ? '另行保存的、' : ''}规模 ${c.size} 的检查点：根哈希与条目不符`)
    if (!c.note) continue
    try {
      const { text, by } = openNote(c.note, [parseVkey(key)])
      if (!by.includes(origin)) report(`规模 ${c.size} 的检查点：签名无效`)
      const said = parseCheckpoint(text)
      if (text !== checkpointText({ origin, size: c.size, root }) || said.size !== c.size)
        report(`规模 ${c.size} 的检查点：签署的内容与日志不符`)
    } catch {
      report(`规模 ${c.size} 的检查点：格式损坏`)
    }
  }
  if (log === 'register')
    for (const r of await asSystem(app.pool, retainedProblems))
      report(`事项 ${r.stream} 第 ${r.seq} 步：限制处理的字段 ${r.field} 缺失，或与日志中的承诺值不符`)
  for (const id of await asSystem(app.pool, (q) => skipped(q, log))) report(`编号 ${id} 的记录未进入日志`)
  return { log, entries: edge.size, checkpoints: checkpoints.length, problems }
}
