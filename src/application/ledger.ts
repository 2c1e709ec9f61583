import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Gone, Json, Refusal } from '#contract'
import { refuse } from '#contract'
import {
  checkpointText,
  ed25519Signer,
  edgeFrom,
  edgeTiles,
  emptyEdge,
  entryBundle,
  entryOf,
  grow,
  hashers,
  inclusionPath,
  newSm2Key,
  openNote,
  opens,
  parseCheckpoint,
  parseTilePath,
  parseVkey,
  proofText,
  rootOf,
  sm2Signer,
  vkey,
  type Checkpoint,
  type Edge,
  type Hashes,
  type NoteSigner,
  type ReadTile,
  type Tile,
} from '#ledger'
import {
  LOG_ROLE,
  asSystem,
  asViewer,
  auditPage,
  behind,
  checkpointOf,
  checkpointsOf,
  connect,
  eventOf,
  goneEntries,
  integrate,
  leafOf,
  loadKey,
  logOf,
  logsOf,
  momentOf,
  openLog,
  prunedBelow,
  readEntries,
  readTile,
  readTiles,
  repeated,
  retainedProblems,
  rootAt,
  skipped,
  succeedLog,
  witnessedCheckpointOf,
  writeSafely,
  type AuditRow,
  type Log,
} from '#store'
import type { App } from './app.ts'
import { signedOut } from './act.ts'

// ── the sequencer ──────────────────────────────────────────────────────────────────────────────────────────────

/** How a log of one hash is signed: where its key lies, and who signs with it. Another signer, as a hardware module, goes in here. */
const signing: Readonly<
  Record<
    Log['hash'],
    {
      readonly file: string
      readonly fresh: () => KeyObject
      readonly signer: (origin: string, key: KeyObject) => NoteSigner
    }
  >
> = {
  sha256: { file: 'log.key', fresh: () => generateKeyPairSync('ed25519').privateKey, signer: ed25519Signer },
  sm3: { file: 'log-sm2.key', fresh: newSm2Key, signer: sm2Signer },
}
/** The signers of this installation by origin; their key is made on first use, and `anew` makes another in its place. */
const signersOf = async (dataDir: string, hash: Log['hash'], anew = false): Promise<(origin: string) => NoteSigner> => {
  const { file, fresh, signer } = signing[hash]
  const pem = await loadKey(dataDir, file, () => fresh().export({ format: 'pem', type: 'pkcs8' }).toString(), anew)
  const key = createPrivateKey(pem)
  return (origin) => signer(origin, key)
}
const vkeyOf = (s: NoteSigner): string => vkey(s.name, s.type, s.key)
const bases = { sha256: ['register', 'access'], sm3: ['register-sm', 'access-sm'] } as const

/**
 * What was signed last, kept outside the database: a database set back to an earlier state would otherwise get a second root for a size
 * that has one, signed by the same key, which is the one thing a log must never do.
 */
const remembering = (pool: pg.Pool, dataDir: string) => {
  const fileOf = (log: string): string => join(dataDir, 'signed', log)
  const read = async (log: string): Promise<{ size: number; root: Buffer } | undefined> => {
    const text = await readFile(fileOf(log), 'utf8').catch((e: { code?: string }) => {
      if (e.code === 'ENOENT') return undefined
      throw e
    })
    return text === undefined ? undefined : parseCheckpoint(text)
  }
  /** @throws Error unless the database still has what was signed */
  const check = async (log: Log): Promise<number> => {
    const last = await read(log.name)
    if (!last || (await rootAt(pool, log.name, last.size))?.equals(last.root)) return last?.size ?? 0
    throw new Error(
      `日志 ${log.name} 已签署到第 ${last.size} 条，数据库中却没有与之相符的检查点（现有 ${log.size} 条）：数据库被换回了较早的状态。为免同一规模出现两个签名，停止签署。请恢复最新的数据库；确已无法恢复的，用 gongshu ledger rotate --after 从已签署的最后一个检查点另起日志。`,
    )
  }
  return {
    check,
    /** To be durable before a signature is given. */
    note: async (log: Log, size: number, root: Buffer): Promise<void> => {
      if (size > (await check(log)))
        await writeSafely(fileOf(log.name), checkpointText({ origin: log.origin, size, root }))
    },
  }
}

export interface Sequencer {
  /** Takes into the logs what can be taken now, and signs them. What another sequencer is taking, or a transaction still runs before, waits. */
  readonly drain: () => Promise<number>
  /** Waits until all that is committed by now stands in the logs, signed; false when a transaction before it runs for too long. */
  readonly catchUp: (patience?: number) => Promise<boolean>
  readonly close: () => Promise<void>
}

/**
 * Opens the transparency logs for writing, under the signing keys of this installation, and begins those that are missing. Any number of
 * processes may: one at a time has the place, and whoever is killed leaves it to the next.
 * @throws Error when a log was begun under another key, or the database has been set back
 */
export const openSequencer = async (o: {
  readonly databaseUrl: string
  readonly dataDir: string
  /** Public address: its host begins the name of a log that is only now begun. */
  readonly url: string
  /** Keep a second tree of each log, with SM3 and SM2. Once begun it goes on by itself. */
  readonly sm?: boolean
}): Promise<Sequencer> => {
  const pool = connect(o.databaseUrl, { max: 2, role: LOG_ROLE })
  try {
    const begun = await logsOf(pool)
    const hashes = (['sha256', 'sm3'] as const).filter(
      (h) => h === 'sha256' || o.sm === true || begun.some((l) => l.hash === h),
    )
    const signers = new Map<Log['hash'], (origin: string) => NoteSigner>()
    for (const hash of hashes) {
      const signer = await signersOf(o.dataDir, hash)
      signers.set(hash, signer)
      for (const name of bases[hash]) {
        const source = name.replace('-sm', '') as Log['source']
        if (begun.some((l) => l.source === source && l.hash === hash)) continue
        const origin = `${new URL(o.url).host}/log/${name}`
        await openLog(pool, { name, source, hash, origin, key: vkeyOf(signer(origin)) })
      }
    }
    const growing = async (): Promise<readonly { readonly log: Log; readonly signer: NoteSigner }[]> => {
      const logs = (await logsOf(pool)).filter((l) => l.frozen === null && signers.has(l.hash))
      return Promise.all(
        logs.map(async (log) => {
          let signer = signers.get(log.hash)!(log.origin)
          if (vkeyOf(signer) !== log.key) {
            // another process may have begun a successor under a new key
            const again = await signersOf(o.dataDir, log.hash)
            signers.set(log.hash, again)
            signer = again(log.origin)
          }
          if (vkeyOf(signer) !== log.key)
            throw new Error(
              `日志 ${log.name} 由密钥 ${log.key} 签署，而本机的密钥是 ${vkeyOf(signer)}。请恢复数据目录中原来的 ${signing[log.hash].file}；确需更换的，用 gongshu ledger rotate。`,
            )
          return { log, signer }
        }),
      )
    }
    const memory = remembering(pool, o.dataDir)
    for (const { log } of await growing()) await memory.check(log)
    const drain = async (): Promise<number> => {
      let n = 0
      for (const { log, signer } of await growing())
        for (let taken = -1; taken !== 0; n += Math.max(taken, 0))
          taken = await integrate(pool, log, signer, 4096, (size, root) => memory.note(log, size, root))
      return n
    }
    return {
      drain,
      catchUp: async (patience = 10_000) => {
        const moment = await momentOf(pool)
        for (const until = Date.now() + patience; ; await sleep(20)) {
          await drain()
          if (!(await behind(pool, moment))) return true
          if (Date.now() > until) return false
        }
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
export const logFile = async (app: App, name: string, path: string): Promise<LogFile | undefined> => {
  if (path === 'key') {
    const log = await logOf(app.pool, name)
    return log && { content: `${log.key}\n`, text: true, lasting: false }
  }
  const latest = await checkpointOf(app.pool, name)
  if (!latest) return undefined
  if (path === 'checkpoint') return { content: latest.note, text: true, lasting: false }
  const tile = parseTilePath(path)
  if (!tile) return undefined
  // a tile is there as soon as a signed checkpoint covers it
  const covered = Math.floor(latest.size / 256 ** tile.level)
  if (tile.index * 256 + tile.width > covered) return undefined
  if (!tile.entries) {
    const hashes = await readTile(app.pool, name, tile)
    return hashes && { content: hashes, text: false, lasting: true }
  }
  const entries = await readEntries(app.pool, name, tile.index * 256, tile.width)
  // fewer where bodies have been taken off at the end of their term
  if (entries.length < tile.width) return undefined
  return { content: entryBundle(entries), text: false, lasting: true }
}

// ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface Receipt {
  /** Canonical JSON of the act; its digest (SHA-256, or SM3 in a log of SM3) is the entry of the log. */
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
  hash: Log['hash'] = 'sha256',
): Promise<Receipt | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, (q) => eventOf(q, id, seq))
  if (out === undefined) return signedOut
  if (!out || !out.type.startsWith(`${process}/`)) return refuse('not_found', '没有这一步办理记录，或您无权查看')
  const leaf = await leafOf(app.pool, 'register', hash, out.id)
  const checkpoint = leaf && (await witnessedCheckpointOf(app.pool, leaf.log, leaf.index))
  if (hash === 'sm3' && !(await logsOf(app.pool)).some((l) => l.hash === hash))
    return refuse('not_found', '本系统没有启用国密日志')
  if (!leaf || !checkpoint) return refuse('not_yet', '这一步刚刚办理，正在写入登记日志，请几秒后再取回执')
  const { log, index } = leaf
  const path = await inclusionPath(hashers[hash], index, checkpoint.size, tileReader(app, log))
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

/** Tiles of a log as far as they are needed for a proof. What is asked for at the same moment is read in one query. */
export const tileReader = (app: Pick<App, 'pool'>, name: string): ReadTile => {
  type Asked = { readonly tile: Tile; readonly found: (hashes: Buffer) => void; readonly failed: (e: unknown) => void }
  let asked: Asked[] = []
  const read = async (): Promise<void> => {
    const all = asked
    asked = []
    try {
      const hashes = await readTiles(
        app.pool,
        name,
        all.map((a) => a.tile),
      )
      all.forEach(({ tile: t, found, failed }, i) => {
        const one = hashes[i]
        if (one) found(one)
        else failed(new Error(`log ${name} lacks tile ${t.level}/${t.index} of width ${t.width}`))
      })
    } catch (e) {
      for (const { failed } of all) failed(e)
    }
  }
  return (tile) =>
    new Promise((found, failed) => {
      asked.push({ tile, found, failed })
      if (asked.length === 1) queueMicrotask(() => void read())
    })
}

// ── audit ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LogReport {
  readonly log: string
  readonly origin: string
  /** Where the audit began: 0, or the size of the checkpoint it was told to go on from. */
  readonly from: number
  /** Entries the log has; those from `from` on were checked, every one. */
  readonly entries: number
  readonly checkpoints: number
  /** Root over all entries as derived, base64; empty when it could not be. */
  readonly root: string
  readonly problems: readonly string[]
}

/** What an entry's row says of itself, next to what its body says, and whether its disclosed values open their commitments. */
const rowProblems = (source: Log['source'], r: AuditRow): string[] => {
  let leaf: Readonly<Record<string, unknown>> & { readonly sealed?: Readonly<Record<string, string>> }
  try {
    leaf = JSON.parse(r.body) as typeof leaf
  } catch {
    return ['正文损坏']
  }
  const out: string[] = []
  for (const k of repeated[source]) if (String(leaf[k]) !== String(r[k])) out.push(`${k} 与日志正文不符`)
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

export interface VerifyOptions {
  /** Signed checkpoints kept elsewhere: the log must still be what they said, and no shorter. */
  readonly known?: readonly string[]
  /** Signed checkpoint of an earlier audit to go on from: what it covers is held against its root by the tiles, not read again. */
  readonly since?: string
  readonly progress?: (done: number, of: number) => void
}

/**
 * Derives a log again from the bodies and compares: every entry, tile, root and signature, and that nothing below the sequencer's place
 * was left out. Reads only. Finding nothing proves that what stands here agrees with what was signed; that nobody was shown another
 * log, only witnesses prove.
 */
export const verifyLog = async (
  app: Pick<App, 'pool'>,
  name: string,
  { known = [], since, progress = () => undefined }: VerifyOptions = {},
): Promise<LogReport> => {
  const log = await logOf(app.pool, name)
  if (!log) return { log: name, origin: '', from: 0, entries: 0, checkpoints: 0, root: '', problems: ['日志尚未建立'] }
  const h = hashers[log.hash]
  const key = parseVkey(log.key)
  const problems: string[] = []
  const report = (what: string): void => {
    if (problems.length < 1000) problems.push(what)
  }
  const signed = (note: string): Checkpoint | undefined => {
    try {
      const { text, by } = openNote(note, [key])
      const said = parseCheckpoint(text)
      if (by.includes(log.origin) && said.origin === log.origin) return said
    } catch {
      // not a note at all: reported like one of another key
    }
    report('另行保存的检查点中，有的不是由本日志的密钥签署的')
    return undefined
  }
  const remembered = known.flatMap((note) => signed(note) ?? [])
  const checkpoints = await checkpointsOf(app.pool, name)
  const end = checkpoints.at(-1)?.size ?? 0
  if (log.size !== end) report('日志的条数与最后一个检查点不符')
  for (const k of remembered)
    if (k.size > end) report(`另行保存的检查点有 ${k.size} 条，而日志只有 ${end} 条：日志被截短或回退`)
  for (const p of await beginningProblems(app.pool, log)) report(p)

  let edge: Edge = emptyEdge
  const start = since === undefined ? undefined : signed(since)
  if (start && start.size <= end) {
    const tiles = await Promise.all(
      edgeTiles(start.size).map(async (t) => ({
        ...t,
        hashes: (await readTile(app.pool, name, t)) ?? Buffer.alloc(0),
      })),
    )
    const found = tiles.every((t) => t.hashes.length === t.width * 32) ? edgeFrom(start.size, tiles) : emptyEdge
    if (rootOf(h, found).equals(start.root)) edge = found
    else report(`上次审计到第 ${start.size} 条，其根哈希与现有的哈希块不符：此前的日志被改动，本次从头核对`)
  } else if (start) report(`上次审计的检查点有 ${start.size} 条，而日志只有 ${end} 条：日志被截短或回退`)
  const from = edge.size

  const marks = [
    ...checkpoints.map((c) => ({ ...c, outside: false })),
    ...remembered.filter((k) => k.size <= end).map(({ size, root }) => ({ size, root, note: null, outside: true })),
  ]
    .filter((c) => c.size >= from)
    .sort((a, b) => a.size - b.size)
  const tiles: Hashes[] = []
  const tree = grow(h, edge, (t) => tiles.push(t))
  const result = (): LogReport => ({
    log: name,
    origin: log.origin,
    from,
    entries: tree.size(),
    checkpoints: checkpoints.length,
    root: tree.size() === end ? tree.root().toString('base64') : '',
    problems,
  })
  const compare = async (t: Hashes): Promise<void> => {
    if (!(await readTile(app.pool, name, t))?.equals(t.hashes)) report(`哈希块 ${t.level}/${t.index} 与条目不符`)
  }
  let mark = 0
  const checkMarks = (): void => {
    for (let c = marks[mark]; c && c.size <= tree.size(); c = marks[++mark]) {
      const root = tree.root()
      if (c.size < tree.size() || !root.equals(c.root))
        report(`${c.outside ? '另行保存的、' : ''}规模 ${c.size} 的检查点：根哈希与条目不符`)
      if (!c.note) continue
      try {
        const { text, by } = openNote(c.note, [key])
        if (!by.includes(log.origin)) report(`规模 ${c.size} 的检查点：签名无效`)
        if (text !== checkpointText({ origin: log.origin, size: c.size, root }))
          report(`规模 ${c.size} 的检查点：签署的内容与日志不符`)
      } catch {
        report(`规模 ${c.size} 的检查点：格式损坏`)
      }
    }
  }
  checkMarks()
  const below = await prunedBelow(app.pool, name)
  /** Leaves of bodies taken off at the end of their term: by the digest that was kept or, below a place, as the tiles have them. */
  const withoutBody = async (at: number, n: number): Promise<Map<number, Buffer>> => {
    const out = new Map((await goneEntries(app.pool, name, at, n)).map((g) => [g.index, h.leaf(g.digest)]))
    for (let from = at; from < Math.min(below, at + n); from += 256 - (from % 256)) {
      const t = { level: 0, index: Math.floor(from / 256), width: Math.min(256, end - (from - (from % 256))) }
      const hashes = await readTile(app.pool, name, t)
      for (let i = from; hashes && i < Math.min(below, at + n, (t.index + 1) * 256); i++)
        out.set(i, hashes.subarray((i % 256) * 32, (i % 256) * 32 + 32))
    }
    return out
  }
  const page = (at: number): Promise<readonly AuditRow[]> | undefined =>
    at < end ? asSystem(app.pool, (q) => auditPage(q, log, at, Math.min(4096, end - at))) : undefined
  for (let next = page(from); next;) {
    const at = tree.size()
    const rows = await next
    const n = Math.min(4096, end - at)
    const known = await withoutBody(at, n)
    if (at === 0 && log.begins !== null) known.set(0, h.leaf(Buffer.from(log.begins)))
    const found = new Map(rows.map((r) => [r.index, r]))
    if (found.size + known.size !== n || rows.some((r) => known.has(r.index))) {
      report(`第 ${at} 至 ${at + n - 1} 条：日志条目缺失或不连续`)
      return result()
    }
    // the database reads ahead while this page is worked off
    next = page(at + n)
    for (let i = at; i < at + n; i++) {
      const r = found.get(i)
      if (r) for (const p of rowProblems(log.source, r)) report(`第 ${i} 条：${p}`)
      tree.push(r ? h.leaf(entryOf(h, r.body)) : known.get(i)!)
      checkMarks()
    }
    for (let t = tiles.shift(); t; t = tiles.shift()) await compare(t)
    progress(tree.size(), end)
  }
  // partial tiles on the way are the beginnings of later ones, so only the last ones are looked up
  const { levels } = tree.edge()
  for (const t of edgeTiles(end)) await compare({ ...t, hashes: levels[t.level] ?? Buffer.alloc(0) })
  if (log.source === 'register')
    for (const r of await asSystem(app.pool, retainedProblems))
      report(`事项 ${r.stream} 第 ${r.seq} 步：限制处理的字段 ${r.field} 缺失，或与日志中的承诺值不符`)
  for (const id of await asSystem(app.pool, (q) => skipped(q, log))) report(`编号 ${id} 的记录未进入日志`)
  return result()
}

/** A log that follows another begins with the last checkpoint of that one, signed by its key, and nothing of it is lost between. */
const beginningProblems = async (pool: pg.Pool, log: Log): Promise<readonly string[]> => {
  if (log.follows === null || log.begins === null) return []
  const before = await logOf(pool, log.follows)
  if (!before) return [`所接续的日志 ${log.follows} 不存在`]
  try {
    const { text, by } = openNote(log.begins, [parseVkey(before.key)])
    if (!by.includes(before.origin)) return [`所接续的检查点不是由日志 ${before.name} 的密钥签署的`]
    const { size, root } = parseCheckpoint(text)
    if (size > before.size) return [`日志 ${before.name} 签署到第 ${size} 条，现存 ${before.size} 条：其后的条目已遗失`]
    if (size < before.size || !(await rootAt(pool, before.name, size))?.equals(root))
      return [`日志 ${before.name} 的末尾与所接续的检查点不符`]
    return []
  } catch {
    return ['所接续的检查点格式损坏']
  }
}

// ── another key ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Freezes the growing logs of one hash and goes on in new ones under a new key: each begins with the last checkpoint of the one before, so
 * that whoever trusts the old key can follow. The old key is kept beside the new one.
 * @param after last checkpoints known elsewhere, where the database has lost the end of a log (restored from an older backup)
 */
export const rotateLogs = async (o: {
  readonly databaseUrl: string
  readonly dataDir: string
  readonly hash: Log['hash']
  readonly after?: readonly string[]
}): Promise<readonly string[] | Refusal> => {
  const pool = connect(o.databaseUrl, { max: 1, role: LOG_ROLE })
  try {
    const all = await logsOf(pool)
    const steps: { readonly log: Log; readonly name: string; readonly begins: string }[] = []
    for (const log of all.filter((l) => l.hash === o.hash && l.frozen === null)) {
      const given = (o.after ?? []).find((note) => note.startsWith(`${log.origin}\n`))
      const begins = given ?? (await checkpointOf(pool, log.name))?.note
      if (begins === undefined) return refuse('empty', `日志 ${log.name} 还没有签署过的检查点，不需要另起日志`)
      const { text, by } = openNote(begins, [parseVkey(log.key)])
      if (!by.includes(log.origin)) return refuse('bad_signature', `给出的检查点不是由日志 ${log.name} 的密钥签署的`)
      if (parseCheckpoint(text).size < log.size)
        return refuse('too_early', `给出的检查点早于日志 ${log.name} 现有的末尾（第 ${log.size} 条）`)
      const base = bases[o.hash].find((b) => b.startsWith(log.source))!
      steps.push({
        log,
        name: `${base}-${all.filter((l) => l.source === log.source && l.hash === o.hash).length + 1}`,
        begins,
      })
    }
    const signer = await signersOf(o.dataDir, o.hash, true)
    for (const { log, name, begins } of steps) {
      const origin = `${log.origin.slice(0, log.origin.lastIndexOf('/') + 1)}${name}`
      await succeedLog(pool, log.name, { name, origin, key: vkeyOf(signer(origin)), begins })
    }
    return steps.map((s) => s.name)
  } finally {
    await pool.end()
  }
}
