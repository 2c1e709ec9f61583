import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import {
  checkpointText,
  consistencyPath,
  hashers,
  openNote,
  parseCheckpoint,
  parseVkey,
  verifyConsistency,
  type Tile,
} from '#ledger'
import {
  APP_ROLE,
  asSystem,
  checkpointOf,
  connect,
  ensureEmpty,
  fileStore,
  findBackup,
  inScratchDatabase,
  holdKeeping,
  lastKept,
  loadBackup,
  logOf,
  logsOf,
  noteKeeping,
  openKeys,
  pruneBackups,
  readBackup,
  readTile,
  restoreFiles,
  storedFiles,
  writeBackup,
  writeSafely,
  type BackupLog,
  type Manifest,
  type Progress,
} from '#store'
import type { App } from './app.ts'
import { verifyLog } from './ledger.ts'
import { checkProjections } from './rebuild.ts'

/** Where an installation is, and whose passphrase opens the keys in its backups. */
export interface Installed {
  readonly databaseUrl: string
  readonly dataDir: string
  readonly passphrase?: string | undefined
  readonly progress?: Progress
}

/** A session of the schema's owner, for the time of some work. */
const asOwner = async <T>(url: string, work: (q: pg.Client) => Promise<T>): Promise<T> => {
  const q = new pg.Client({ connectionString: url, application_name: 'gongshu keeping' })
  q.on('error', () => undefined)
  await q.connect()
  return work(q).finally(() => q.end())
}

// ── backing up ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface BackedUp {
  readonly place: string
  /** Bytes: what the pieces take, and the stored files they need. */
  readonly size: number
  readonly at: string
  readonly rows: number
  readonly documents: number
  /** Keys of stored files that have a row and are gone from the file store. */
  readonly missing: readonly string[]
  readonly logs: Manifest['logs']
  /** SHA-256 of the manifest. */
  readonly manifest: string
}

/** Makes a backup and notes it. @throws Error with a sentence for the operator; the failure is noted as well */
export const backUp = (o: Installed & { readonly to: string }): Promise<BackedUp> =>
  asOwner(o.databaseUrl, async (q) => {
    try {
      const { place, manifest, size, digest } = await writeBackup({ ...o, url: o.databaseUrl })
      const made = {
        place,
        size,
        at: manifest.at,
        rows: manifest.tables.reduce((n, t) => n + t.rows, 0),
        documents: manifest.documents.count,
        missing: manifest.documents.missing,
        logs: manifest.logs,
        manifest: digest,
      }
      const { logs, at, rows, documents, missing } = made
      await noteKeeping(q, {
        kind: 'backup',
        place,
        size,
        ok: true,
        detail: {
          at,
          rows,
          documents,
          missing,
          manifest: digest,
          logs: logs.map(({ name, size, root }) => ({ name, size, root })),
        },
      })
      return made
    } catch (e) {
      await noteKeeping(q, { kind: 'backup', place: o.to, size: 0, ok: false, detail: { error: says(e) } })
      throw e
    }
  })
const says = (e: unknown): string => (e instanceof Error ? e.message : String(e)).slice(0, 2000)

// ── trying a backup ────────────────────────────────────────────────────────────────────────────────────────────

export interface Tried {
  readonly place: string
  /** When what it holds was so. */
  readonly at: string
  readonly cases: number
  readonly events: number
  readonly documents: number
  readonly logs: readonly { readonly name: string; readonly size: number; readonly root: string }[]
  readonly problems: readonly string[]
}

/** What is wrong with a loaded backup: every root and every head is derived again, and the log held against what the manifest says. */
const examine = async (pool: pg.Pool, manifest: Manifest) => {
  const problems: string[] = []
  const logs = []
  for (const { name } of await logsOf(pool)) {
    const said = manifest.logs.find((l) => l.name === name)
    const report = await verifyLog({ pool }, name, { known: said ? [said.note] : [] })
    for (const p of report.problems) problems.push(`日志 ${name}：${p}`)
    logs.push({ name, size: report.entries, root: report.root })
  }
  for (const l of manifest.logs) if (!logs.some((x) => x.name === l.name)) problems.push(`缺少日志 ${l.name}`)
  const found = await checkProjections({ pool, rulesByHash: new Map(), tables: new Map() })
  for (const d of found.differences) problems.push(`事项 ${d.stream} 与其日志不符：${d.what}`)
  return { problems, logs, cases: found.cases, events: found.events }
}

/** The log as it is published now has to go on from where the backup's stood. */
const liveProblems = async (pool: pg.Pool, l: BackupLog): Promise<readonly string[]> => {
  const log = await logOf(pool, l.name)
  const latest = await checkpointOf(pool, l.name)
  if (!log || !latest) return [`现行系统没有日志 ${l.name}`]
  if (log.key !== l.key) return [`日志 ${l.name} 的密钥与现行系统的不同`]
  const now = parseCheckpoint(openNote(latest.note, []).text)
  if (now.size < l.size)
    return [`现行系统的日志 ${l.name} 只有 ${now.size} 条，备份中有 ${l.size} 条：现行日志被截短或回退`]
  const h = hashers[log.hash]
  const read = async (t: Tile): Promise<Buffer> => (await readTile(pool, l.name, t)) ?? Buffer.alloc(0)
  const path = await consistencyPath(h, l.size, now.size, read).catch(() => undefined)
  return path && verifyConsistency(h, l.size, now.size, path, Buffer.from(l.root, 'hex'), now.root)
    ? []
    : [`现行系统的日志 ${l.name} 不是从备份中的检查点（${l.size} 条）延续而来`]
}

/**
 * Restores a backup into a database of its own, which is dropped again, derives everything in it anew, opens every stored file, and
 * compares with the manifest and with the log that is being served. The result is noted.
 * @param from a backup, or a place with backups, of which the newest is tried
 * @throws Error when it could not be tried at all
 */
export const verifyBackup = (o: Installed & { readonly from: string }): Promise<Tried> =>
  asOwner(o.databaseUrl, async (q) => {
    const place = await findBackup(o.from)
    let size = 0
    const attempt = async (): Promise<Tried> => {
      const { manifest } = await readBackup(place, o.progress)
      size = manifest.tables.reduce((n, t) => n + t.size, manifest.documents.bytes)
      const masterKey =
        (await readFile(join(o.dataDir, 'master.key')).catch(() => undefined)) ??
        (o.passphrase === undefined ? undefined : (await openKeys(place, manifest, o.passphrase))['master.key'])
      if (!masterKey) throw new Error(`${o.dataDir} 中没有 master.key，备份中的文件无法核对`)
      const files = await fileStore({ dir: join(place, '..', 'files'), masterKey })
      return inScratchDatabase(o.databaseUrl, async (url) => {
        await loadBackup({ url, place, manifest, ...(o.progress ? { progress: o.progress } : {}) })
        const pool = connect(url, { max: 2, role: APP_ROLE })
        try {
          const { problems, ...found } = await examine(pool, manifest)
          const rows = await asSystem(pool, storedFiles)
          for (const [n, row] of rows.entries()) {
            const content = await files.verify(row.key)
            if (!content.ok) problems.push(`文件 ${row.id} 打不开：${content.code}`)
            else if (content.sha256 !== row.sha256 || content.sm3 !== row.sm3 || content.size !== row.size)
              problems.push(`文件 ${row.id} 的内容与登记的摘要不符`)
            o.progress?.('文件', n + 1, rows.length)
          }
          const live = connect(o.databaseUrl, { max: 1, role: APP_ROLE })
          try {
            for (const l of manifest.logs) problems.push(...(await liveProblems(live, l)))
          } finally {
            await live.end()
          }
          return { place, at: manifest.at, documents: rows.length, ...found, problems }
        } finally {
          await pool.end()
        }
      })
    }
    try {
      const tried = await attempt()
      const { problems, place: _p, ...detail } = tried
      await noteKeeping(q, {
        kind: 'verify',
        place,
        size,
        ok: problems.length === 0,
        detail: { ...detail, problems: problems.slice(0, 20) },
      })
      return tried
    } catch (e) {
      await noteKeeping(q, { kind: 'verify', place, size, ok: false, detail: { error: says(e) } })
      throw e
    }
  })

// ── restoring ──────────────────────────────────────────────────────────────────────────────────────────────────

export interface Restored extends Tried {
  /** Keys that have to be put into the data directory before the system can be started. */
  readonly missing: readonly string[]
  /** Logs of which more was signed than the backup holds: they have to be followed by others. */
  readonly behind: readonly string[]
}

/**
 * Restores a backup into an empty database and a data directory. Nothing is loaded before every byte has been compared.
 * @param known signed checkpoints kept elsewhere: where they are later than the backup, the log must not go on under the same name
 * @throws Error with a sentence for the operator
 */
export const restoreBackup = async (
  o: Installed & { readonly from: string; readonly known?: readonly string[] },
): Promise<Restored> => {
  const place = await findBackup(o.from)
  await ensureEmpty(o.databaseUrl)
  const { manifest } = await readBackup(place, o.progress)
  const signed = manifest.logs.map((l) => {
    const key = parseVkey(l.key)
    const said = [l.note, ...(o.known ?? []).filter((n) => n.startsWith(`${key.name}\n`))].map((note) => {
      const { text, by } = openNote(note, [key])
      if (!by.includes(key.name)) throw new Error(`给出的检查点不是由日志 ${l.name} 的密钥签署的`)
      return parseCheckpoint(text)
    })
    return { ...l, last: said.reduce((a, b) => (b.size > a.size ? b : a)) }
  })
  await mkdir(o.dataDir, { recursive: true })
  const missing = await restoreFiles({ ...o, place, manifest })
  // what the sequencer goes by: it refuses to sign a second root for a size
  for (const l of signed) await writeSafely(join(o.dataDir, 'signed', l.name), checkpointText(l.last))
  await loadBackup({ url: o.databaseUrl, place, manifest, ...(o.progress ? { progress: o.progress } : {}) })
  const pool = connect(o.databaseUrl, { max: 2, role: APP_ROLE })
  try {
    return {
      place,
      at: manifest.at,
      documents: manifest.documents.count,
      ...(await examine(pool, manifest)),
      missing,
      behind: signed.filter((l) => l.last.size > l.size).map((l) => l.name),
    }
  } finally {
    await pool.end()
  }
}

// ── as the installation is told to ─────────────────────────────────────────────────────────────────────────────

/** When backups are made by themselves. Seconds. */
export interface KeepingPolicy {
  readonly to: string
  readonly every: number
  readonly verifyEvery: number
  /** How many backups stay at the place. */
  readonly keep: number
}

const seconds = (name: string, text: string): number => {
  const [, n, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (!n || Number(n) === 0) throw new Error(`${name} 应写作 30m、24h 或 7d，实为“${text}”`)
  return Number(n) * { m: 60, h: 3600, d: 86_400 }[unit as 'm' | 'h' | 'd']
}
/** From GONGSHU_BACKUP_EVERY and _VERIFY_EVERY. @throws Error for a value that is none */
export const backupIntervals = (
  env: Readonly<Record<string, string | undefined>>,
): Pick<KeepingPolicy, 'every' | 'verifyEvery'> => ({
  every: seconds('GONGSHU_BACKUP_EVERY', env['GONGSHU_BACKUP_EVERY'] ?? '24h'),
  verifyEvery: seconds('GONGSHU_BACKUP_VERIFY_EVERY', env['GONGSHU_BACKUP_VERIFY_EVERY'] ?? '7d'),
})
/** From GONGSHU_BACKUP_TO, _EVERY, _VERIFY_EVERY and _KEEP; undefined where no place is given. @throws Error for a value that is none */
export const keepingPolicy = (env: Readonly<Record<string, string | undefined>>): KeepingPolicy | undefined => {
  const to = env['GONGSHU_BACKUP_TO']
  if (!to) return undefined
  const keep = Number(env['GONGSHU_BACKUP_KEEP'] ?? 7)
  if (!Number.isInteger(keep) || keep < 1) throw new Error('GONGSHU_BACKUP_KEEP 应为正整数')
  return {
    to,
    ...backupIntervals(env),
    keep,
  }
}

/** Seconds before what failed is tried again. */
const patience = 3600

/**
 * Does what is due by the book of what was done, which outlives the process. One process at a time; the others find nothing to do.
 * @throws Error of the backup or the trial that failed; both have been noted
 */
export const keepOnce = (
  o: Installed & { readonly policy: KeepingPolicy },
): Promise<readonly ('backup' | 'verify')[]> =>
  asOwner(o.databaseUrl, async (q) => {
    if (!(await holdKeeping(q))) return []
    const due = async (kind: 'backup' | 'verify', every: number): Promise<boolean> => {
      const good = await lastKept(q, kind, true)
      const last = await lastKept(q, kind)
      return (!good || good.age >= every) && (!last || last.ok || last.age >= Math.min(every, patience))
    }
    const done: ('backup' | 'verify')[] = []
    if (await due('backup', o.policy.every)) {
      await backUp({ ...o, to: o.policy.to })
      await pruneBackups(o.policy.to, o.policy.keep)
      done.push('backup')
    }
    if (await due('verify', o.policy.verifyEvery)) {
      const { problems, place } = await verifyBackup({ ...o, from: o.policy.to })
      if (problems.length > 0) throw new Error(`备份 ${place} 的恢复试验发现 ${problems.length} 处不符：${problems[0]}`)
      done.push('verify')
    }
    return done
  })

/** Keeps to the policy until stopped. Stopping does not wait for a backup under way: what is half done does not look whole. */
export const startKeeping = (
  app: Pick<App, 'log'>,
  o: Installed & { readonly policy: KeepingPolicy },
): { readonly stop: () => void } => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const turn = async (): Promise<void> => {
    try {
      const done = await keepOnce(o)
      if (done.length > 0) app.log.info({ done }, 'keeping')
    } catch (err) {
      if (!stopped) app.log.error({ err }, 'keeping')
    }
    if (!stopped) timer = setTimeout(() => void turn(), 60_000)
  }
  void turn()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Seconds since the last good backup and the last restore that was tried and good; infinite when there was none. */
export const keepingAges = async (
  app: Pick<App, 'pool'>,
): Promise<{ readonly backup: number; readonly verify: number }> => ({
  backup: (await lastKept(app.pool, 'backup', true))?.age ?? Infinity,
  verify: (await lastKept(app.pool, 'verify', true))?.age ?? Infinity,
})
