import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { migrate, readMigrations } from './migrate.ts'

/*
 A place for backups is a directory:

   gongshu-20260801T020000000Z-1a2b3c4d/   one backup, whole as soon as it has this name
     manifest.json, manifest.sha256     what it is; `sha256sum -c manifest.sha256`
     event.copy.gz …                    one piece per table: COPY in text format, gzip
     documents.sha256                   the stored files it needs; `sha256sum -c` from the directory above
     keys.json                          only when asked for: the keys, under a passphrase
   files/                               the stored files, encrypted as they are, shared by all backups here

 Stored files never change under their name, so that a backup brings only those that are not there yet.
*/

export interface Piece {
  readonly file: string
  /** Bytes. */
  readonly size: number
  readonly sha256: string
}
/** The latest signed checkpoint of a log, as the backup has it. */
export interface BackupLog {
  readonly name: string
  readonly key: string
  readonly size: number
  /** Hex. */
  readonly root: string
  readonly note: string
}
export interface Manifest {
  readonly format: 'gongshu-backup/1'
  readonly at: string
  readonly generation: number
  readonly migrations: readonly { readonly name: string; readonly sha256: string }[]
  /** Months of the access log that have a partition, YYYYMM. */
  readonly months: readonly number[]
  readonly tables: readonly (Piece & {
    readonly name: string
    readonly columns: readonly string[]
    readonly rows: number
  })[]
  readonly sequences: readonly { readonly name: string; readonly last: string; readonly called: boolean }[]
  readonly logs: readonly BackupLog[]
  readonly documents: Piece & {
    readonly count: number
    /** Bytes. */
    readonly bytes: number
    /** Of the master key they are encrypted under. */
    readonly masterKeyId: string
    /** Keys of files that have a row, and were not in the file store any more. */
    readonly missing: readonly string[]
  }
  readonly keys: Piece | null
}

export type Progress = (what: string, done: number, of: number) => void

// ── small things ───────────────────────────────────────────────────────────────────────────────────────────────

const syncDirectory = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r')
  await handle.sync().finally(() => handle.close())
}
const writeDurably = async (path: string, content: string | Uint8Array, mode = 0o600): Promise<void> =>
  writeFile(path, content, { flush: true, mode })

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')
const digestOfFile = async (path: string): Promise<{ readonly size: number; readonly sha256: string }> => {
  const hash = createHash('sha256')
  let size = 0
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(bytes)
    size += bytes.length
  }
  return { size, sha256: hash.digest('hex') }
}
const passing = (see: (bytes: Buffer) => void): Transform =>
  new Transform({
    transform(bytes: Buffer, _encoding, done) {
      see(bytes)
      done(null, bytes)
    },
  })
const isMissing = (e: unknown): boolean => (e as { code?: unknown }).code === 'ENOENT'
const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    (s) => s.size,
    (e: unknown) => {
      if (isMissing(e)) return undefined
      throw e
    },
  )
const name = pg.escapeIdentifier
const table = (t: string): string => `gongshu.${name(t)}`

/** The same server, another database. */
export const onServer = (url: string, database: string): string => {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}

const session = async (url: string, what: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: `gongshu ${what}`,
    options: '-c timezone=UTC -c datestyle=ISO -c client_encoding=UTF8 -c idle_in_transaction_session_timeout=0',
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Every table that holds rows of its own, the leaves of partitioned ones among them, with the columns that can be written. */
const tablesOf = async (
  q: pg.Client,
): Promise<readonly { readonly name: string; readonly columns: readonly string[]; readonly bytes: number }[]> =>
  (
    await q.query<{ name: string; columns: string[]; bytes: string }>(
      `select c.relname as name, pg_table_size(c.oid) as bytes,
         (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
       from pg_class c where c.relnamespace = 'gongshu'::regnamespace and c.relkind = 'r'
         and coalesce(obj_description(c.oid, 'pg_class'), '') not like 'Follows from%' order by c.relname`,
    )
  ).rows.map((r) => ({ ...r, bytes: Number(r.bytes) }))

// ── keys under a passphrase ────────────────────────────────────────────────────────────────────────────────────

const scryptCost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 }

/** The keys of a data directory (`*.key`), readable with the passphrase only: scrypt, then AES-256-GCM. */
const sealKeys = async (dataDir: string, passphrase: string): Promise<string> => {
  const keys: Record<string, string> = {}
  for (const file of (await readdir(dataDir)).filter((f) => f.endsWith('.key')).sort())
    keys[file] = (await readFile(join(dataDir, file))).toString('base64')
  const [salt, nonce] = [randomBytes(32), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, scryptCost), nonce)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(keys)), cipher.final(), cipher.getAuthTag()])
  const { N, r, p } = scryptCost
  return `${JSON.stringify({ kdf: 'scrypt', N, r, p, salt: salt.toString('hex'), cipher: 'aes-256-gcm', nonce: nonce.toString('hex'), sealed: sealed.toString('base64') }, null, 2)}\n`
}
/**
 * The keys in a backup by file name.
 * @throws Error when there are none, or under another passphrase
 */
export const openKeys = async (
  place: string,
  manifest: Manifest,
  passphrase: string,
): Promise<Readonly<Record<string, Buffer>>> => {
  if (!manifest.keys) throw new Error('这个备份不含密钥，请另行取得 master.key 和 log.key')
  const { salt, nonce, sealed } = JSON.parse(await readFile(join(place, manifest.keys.file), 'utf8')) as {
    readonly salt: string
    readonly nonce: string
    readonly sealed: string
  }
  const bytes = Buffer.from(sealed, 'base64')
  const key = scryptSync(passphrase, Buffer.from(salt, 'hex'), 32, scryptCost)
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'hex'))
  decipher.setAuthTag(bytes.subarray(-16))
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString()
    return Object.fromEntries(
      Object.entries(JSON.parse(plain) as Record<string, string>).map(([k, v]) => [k, Buffer.from(v, 'base64')]),
    )
  } catch {
    throw new Error('口令不对，备份中的密钥打不开')
  }
}

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────

const wholeName = /^gongshu-\d{8}T\d{9}Z-[0-9a-f]{8}$/
const unfinished = '.unfinished-'

/** Complete backups at a place, oldest first. */
export const listBackups = async (to: string): Promise<readonly string[]> =>
  (await readdir(to).catch((e: unknown) => (isMissing(e) ? [] : Promise.reject(e))))
    .filter((n) => wholeName.test(n))
    .sort()
    .map((n) => join(to, n))

const documentPath = (key: string): string => join(key.slice(0, 2), key)
const documentLines = (text: string): readonly { readonly sha256: string; readonly key: string }[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, digest, key] = /^([0-9a-f]{64}) {2}files\/[0-9a-f]{2}\/([0-9a-f]{32})$/.exec(line) ?? []
      if (!digest || !key) throw new Error(`文件清单中有一行看不懂：${line.slice(0, 120)}`)
      return { sha256: digest, key }
    })

/**
 * Backs a database and its stored files up: all tables as they were at one moment. Nothing looks whole before it is: a killed backup
 * leaves a directory named `.unfinished-…`, which the next one removes.
 * @param url the owner of the schema: row security must not hide anything, and does not from the owner
 * @param dataDir the data directory, for the stored files and, when a passphrase is given, the keys
 * @throws Error with a sentence for the operator; also when another backup of this database is under way
 */
export const writeBackup = async (o: {
  readonly url: string
  readonly dataDir: string
  readonly to: string
  readonly passphrase?: string | undefined
  readonly progress?: Progress
}): Promise<{
  readonly place: string
  readonly manifest: Manifest
  readonly size: number
  readonly digest: string
}> => {
  const progress = o.progress ?? (() => undefined)
  const q = await session(o.url, 'backup')
  try {
    const { rows: lock } = await q.query<{ held: boolean }>(
      `select pg_try_advisory_lock(hashtext('gongshu.backup')) as held`,
    )
    if (!lock[0]?.held) throw new Error('另一个备份正在进行')
    await mkdir(join(o.to, 'files', 'tmp'), { recursive: true, mode: 0o700 })
    for (const left of await readdir(o.to))
      if (left.startsWith(unfinished)) await rm(join(o.to, left), { recursive: true, force: true })
    for (const left of await readdir(join(o.to, 'files', 'tmp'))) await rm(join(o.to, 'files', 'tmp', left))

    await q.query('begin isolation level repeatable read read only')
    // an error rather than fewer rows, should this not be the owner
    await q.query('set local row_security = off')
    // the first statement that reads takes the snapshot, and says when
    const { rows: head } = await q.query<{ at: Date; gen: number }>('select now() as at, gen from gongshu.generation')
    const at = head[0]!.at.toISOString()
    const id = `gongshu-${at.replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
    const dir = join(o.to, `${unfinished}${id}`)
    await mkdir(dir, { mode: 0o700 })

    const sources = await tablesOf(q)
    const all = sources.reduce((n, t) => n + t.bytes, 0)
    let before = 0
    const tables = []
    for (const t of sources) {
      const file = `${t.name}.copy.gz`
      const hash = createHash('sha256')
      let plain = 0
      let size = 0
      const rows = q.query(copyTo(`copy (select ${t.columns.map(name).join(', ')} from ${table(t.name)}) to stdout`))
      await pipeline(
        rows,
        passing((b) => {
          plain += b.length
          progress('数据库', before + Math.min(plain, t.bytes), all)
        }),
        createGzip(),
        passing((b) => {
          size += b.length
          hash.update(b)
        }),
        createWriteStream(join(dir, file), { flush: true, mode: 0o600 }),
      )
      before += t.bytes
      progress('数据库', before, all)
      tables.push({
        name: t.name,
        columns: t.columns,
        rows: Number(rows.rowCount),
        file,
        size,
        sha256: hash.digest('hex'),
      })
    }
    const sequences = []
    const { rows: counters } = await q.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'gongshu'::regnamespace and relkind = 'S' order by 1`,
    )
    for (const s of counters) {
      const { rows } = await q.query<{ last: string; called: boolean }>(
        `select last_value::text as last, is_called as called from ${table(s.name)}`,
      )
      sequences.push({ name: s.name, ...rows[0]! })
    }
    const { rows: migrations } = await q.query<{ name: string; sha256: string }>(
      'select name, sha256 from gongshu.migration order by name',
    )
    const { rows: logs } = await q.query<{ name: string; key: string; size: string; root: string; note: string }>(
      `select distinct on (l.name) l.name, l.key, c.size, encode(c.root, 'hex') as root, c.note
       from gongshu.log l join gongshu.checkpoint c on c.log = l.name where c.note is not null order by l.name, c.size desc`,
    )
    const { rows: keys } = await q.query<{ key: string }>(
      'select key from gongshu.file union select key from gongshu.content union select key from gongshu.upload_piece order by key',
    )
    await q.query('commit')

    const documents = await copyDocuments(
      join(o.dataDir, 'files'),
      o.to,
      keys.map((k) => k.key),
      progress,
    )
    const list = documents.lines.map((d) => `${d.sha256}  files/${d.key.slice(0, 2)}/${d.key}\n`).join('')
    await writeDurably(join(dir, 'documents.sha256'), list)
    let kept: Piece | null = null
    if (o.passphrase !== undefined) {
      const text = await sealKeys(o.dataDir, o.passphrase)
      await writeDurably(join(dir, 'keys.json'), text)
      kept = { file: 'keys.json', size: Buffer.byteLength(text), sha256: sha256(text) }
    }
    const manifest: Manifest = {
      format: 'gongshu-backup/1',
      at,
      generation: head[0]!.gen,
      migrations,
      months: tables.flatMap((t) => /^access_(\d{6})$/.exec(t.name)?.slice(1).map(Number) ?? []),
      tables,
      sequences,
      logs: logs.map((l) => ({ ...l, size: Number(l.size) })),
      documents: {
        file: 'documents.sha256',
        size: Buffer.byteLength(list),
        sha256: sha256(list),
        count: documents.lines.length,
        bytes: documents.bytes,
        masterKeyId: documents.masterKeyId,
        missing: documents.missing,
      },
      keys: kept,
    }
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    const digest = sha256(text)
    await writeDurably(join(dir, 'manifest.json'), text)
    await writeDurably(join(dir, 'manifest.sha256'), `${digest}  manifest.json\n`)
    await syncDirectory(dir)
    const place = join(o.to, id)
    await rename(dir, place)
    await syncDirectory(o.to)
    const size = tables.reduce((n, t) => n + t.size, 0) + documents.bytes
    return { place, manifest, size, digest }
  } finally {
    await q.end()
  }
}

/** Copies through a temporary name, so that a file under its own name is whole and durable. */
const copyWhole = async (from: string, temporary: string, to: string): Promise<void> => {
  await copyFile(from, temporary)
  const handle = await open(temporary, 'r+')
  await handle.sync().finally(() => handle.close())
  await rename(temporary, to)
}

/** Brings stored files to a backup's place, as far as they are not there; digests of those that are come from the last list there. */
const copyDocuments = async (files: string, to: string, keys: readonly string[], progress: Progress) => {
  const last = (await listBackups(to)).at(-1)
  const known = new Map(
    last ? documentLines(await readFile(join(last, 'documents.sha256'), 'utf8')).map((d) => [d.key, d.sha256]) : [],
  )
  const idFile = await readFile(join(files, 'master-key-id'), 'utf8').catch((e: unknown) => {
    if (isMissing(e)) throw new Error(`${files} 中没有文件库，请检查数据目录`)
    throw e
  })
  const there = await readFile(join(to, 'files', 'master-key-id'), 'utf8').catch(() => idFile)
  if (there !== idFile) throw new Error(`${to} 中的文件属于另一个主密钥，请为这个系统另选备份目录`)
  await writeDurably(join(to, 'files', 'master-key-id'), idFile)
  const lines = []
  const missing: string[] = []
  let bytes = 0
  const touched = new Set<string>()
  for (const [n, key] of keys.entries()) {
    const source = join(files, documentPath(key))
    const target = join(to, 'files', documentPath(key))
    const size = await sizeOf(source)
    // one lost file must not keep everything else from being backed up; the trial restore says so until it is found
    if (size === undefined) {
      missing.push(key)
      continue
    }
    let digest = (await sizeOf(target)) === size ? known.get(key) : undefined
    if (!digest) {
      await mkdir(join(to, 'files', key.slice(0, 2)), { recursive: true, mode: 0o700 })
      digest = (await digestOfFile(source)).sha256
      await copyWhole(source, join(to, 'files', 'tmp', key), target)
      touched.add(key.slice(0, 2))
    }
    bytes += size
    lines.push({ key, sha256: digest })
    progress('文件', n + 1, keys.length)
  }
  for (const shelf of touched) await syncDirectory(join(to, 'files', shelf))
  await syncDirectory(join(to, 'files'))
  return { lines, bytes, missing, masterKeyId: idFile.trim() }
}

/** Removes all but the newest `keep` backups of a place, then the stored files that none of those needs. */
export const pruneBackups = async (to: string, keep: number): Promise<number> => {
  const all = await listBackups(to)
  const old = all.slice(0, Math.max(0, all.length - Math.max(1, keep)))
  for (const place of old) {
    // half of a backup must not look like one
    const aside = join(to, `${unfinished}${randomBytes(8).toString('hex')}`)
    await rename(place, aside)
    await syncDirectory(to)
    await rm(aside, { recursive: true })
  }
  if (old.length === 0) return 0
  const needed = new Set<string>()
  for (const place of await listBackups(to))
    for (const d of documentLines(await readFile(join(place, 'documents.sha256'), 'utf8'))) needed.add(d.key)
  for (const shelf of await readdir(join(to, 'files')))
    if (/^[0-9a-f]{2}$/.test(shelf))
      for (const key of await readdir(join(to, 'files', shelf)))
        if (!needed.has(key)) await rm(join(to, 'files', shelf, key))
  return old.length
}

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The backup at a path: the path itself, or the newest one in it. @throws Error when there is none */
export const findBackup = async (from: string): Promise<string> => {
  if ((await sizeOf(join(from, 'manifest.json'))) !== undefined) return from
  const newest = (await listBackups(from)).at(-1)
  if (!newest) throw new Error(`${from} 中没有完整的备份`)
  return newest
}

/**
 * Reads a whole backup and compares every byte with the digests in its manifest, before anything is done with it.
 * @throws Error naming the first piece that is missing or not as it was written
 */
export const readBackup = async (
  place: string,
  progress: Progress = () => undefined,
): Promise<{ readonly manifest: Manifest; readonly digest: string }> => {
  const damaged = (what: string): Error => new Error(`备份已损坏，未作任何恢复：${what}`)
  const text = await readFile(join(place, 'manifest.json')).catch(() => undefined)
  const said = await readFile(join(place, 'manifest.sha256'), 'latin1').catch(() => undefined)
  if (!text || said === undefined) throw damaged('缺少 manifest.json 或 manifest.sha256')
  const digest = sha256(text)
  if (said !== `${digest}  manifest.json\n`) throw damaged('manifest.json 与其摘要不符')
  const manifest = JSON.parse(text.toString()) as Manifest
  if (manifest.format !== 'gongshu-backup/1') throw new Error(`不认识的备份格式 ${String(manifest.format)}`)
  const pieces = [...manifest.tables, manifest.documents, ...(manifest.keys ? [manifest.keys] : [])]
  const all = pieces.reduce((n, p) => n + p.size, manifest.documents.bytes)
  let done = 0
  const check = async (path: string, what: string, expected: string, size?: number): Promise<void> => {
    const found = await digestOfFile(path).catch((e: unknown) => {
      throw isMissing(e) ? damaged(`缺少 ${what}`) : e
    })
    if (found.sha256 !== expected || (size !== undefined && found.size !== size)) throw damaged(`${what} 与其摘要不符`)
    done += found.size
    progress('核对', done, all)
  }
  for (const p of pieces) {
    if (!/^[a-z0-9_]+\.[a-z0-9.]+$/.test(p.file)) throw damaged(`文件名 ${p.file}`)
    await check(join(place, p.file), p.file, p.sha256, p.size)
  }
  const files = join(place, '..', 'files')
  for (const d of documentLines(await readFile(join(place, manifest.documents.file), 'utf8')))
    await check(join(files, documentPath(d.key)), `文件 ${d.key}`, d.sha256)
  return { manifest, digest }
}

/** Whether anything was ever done in this database. @throws Error with what to do about it, when something was */
const mustBeEmpty = async (q: pg.Client): Promise<void> => {
  const { rows } = await q.query<{ there: boolean }>(`select to_regclass('gongshu.generation') is not null as there`)
  if (!rows[0]?.there) return
  // all other rows come with an act or an access; a log is begun by whoever serves
  const { rows: used } = await q.query<{ used: boolean }>(
    `select exists (select 1 from gongshu.event) or exists (select 1 from gongshu.access) or exists (select 1 from gongshu.log) as used`,
  )
  if (used[0]?.used)
    throw new Error(
      '目标数据库不是空的，没有恢复。请新建一个数据库（或用 --data 指定一个新的数据目录）再恢复；原来的数据库不会被覆盖。',
    )
}

/** @throws Error with a sentence for the operator unless nothing was ever done in this database */
export const ensureEmpty = async (url: string): Promise<void> => {
  const q = await session(url, 'restore')
  await mustBeEmpty(q).finally(() => q.end())
}

/** Brings an empty database to where the backup's was, which may be an earlier one than the program's. */
const migrateTo = async (url: string, manifest: Manifest): Promise<void> => {
  const own = await readMigrations()
  for (const [n, m] of manifest.migrations.entries()) {
    if (!own[n]) throw new Error('备份来自比本程序更新的版本，请先升级程序')
    if (own[n].name !== m.name || own[n].sha256 !== m.sha256)
      throw new Error(`备份的数据库结构（${m.name}）与本程序的不同，请用生成备份的程序版本恢复`)
  }
  const dir = join(tmpdir(), `gongshu-migrations-${randomBytes(6).toString('hex')}`)
  await mkdir(dir)
  try {
    for (const m of own.slice(0, manifest.migrations.length)) await writeFile(join(dir, m.name), m.sql)
    await migrate(url, dir)
  } finally {
    await rm(dir, { recursive: true })
  }
}

/**
 * Loads a backup that readBackup found whole into an empty database, in one transaction, and raises the generation: transaction ids
 * start anew here, and what was restored comes before all that follows.
 * @throws Error with a sentence for the operator; then the database is as empty as before
 */
export const loadBackup = async (o: {
  readonly url: string
  readonly place: string
  readonly manifest: Manifest
  readonly progress?: Progress
}): Promise<void> => {
  const { manifest } = o
  const progress = o.progress ?? (() => undefined)
  const q = await session(o.url, 'restore')
  try {
    await mustBeEmpty(q)
    await migrateTo(o.url, manifest)
    await q.query('begin')
    await mustBeEmpty(q)
    for (const m of manifest.months)
      await q.query('select gongshu.access_month(make_timestamptz($1, $2, 1, 0, 0, 0, $3))', [
        Math.floor(m / 100),
        m % 100,
        'UTC',
      ])
    const here = await tablesOf(q)
    const shape = (ts: readonly { readonly name: string; readonly columns: readonly string[] }[]): string =>
      JSON.stringify(ts.map((t) => [t.name, [...t.columns].sort()]).sort())
    if (shape(here) !== shape(manifest.tables)) throw new Error('备份中的表与本程序的不同，没有恢复')

    // foreign keys are checked at the end, all at once; triggers guard against what people do, and this is none of it
    const { rows: keys } = await q.query<{ owner: string; name: string; definition: string }>(
      `select r.relname as owner, c.conname as name, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c join pg_class r on r.oid = c.conrelid
       where c.contype = 'f' and c.conparentid = 0 and r.relnamespace = 'gongshu'::regnamespace order by 1, 2`,
    )
    for (const k of keys) await q.query(`alter table ${table(k.owner)} drop constraint ${name(k.name)}`)
    for (const t of here) await q.query(`alter table ${table(t.name)} disable trigger user`)
    // how far this database has been migrated is its own affair
    const loaded = manifest.tables.filter((t) => t.name !== 'migration')
    await q.query(`truncate ${loaded.map((t) => table(t.name)).join(', ')}`)
    const all = loaded.reduce((n, t) => n + t.size, 0)
    let done = 0
    for (const t of loaded) {
      const into = q.query(copyFrom(`copy ${table(t.name)} (${t.columns.map(name).join(', ')}) from stdin`))
      await pipeline(
        createReadStream(join(o.place, t.file)),
        passing((b) => {
          done += b.length
          progress('恢复', done, all)
        }),
        createGunzip(),
        into,
      )
      if (Number(into.rowCount) !== t.rows)
        throw new Error(`表 ${t.name} 应有 ${t.rows} 行，读到 ${into.rowCount} 行，没有恢复`)
    }
    for (const s of manifest.sequences)
      await q.query('select setval($1::regclass, $2::bigint, $3)', [table(s.name), s.last, s.called])
    await q.query('update gongshu.generation set gen = gen + 1')
    // whoever was signed in then may have been signed out since
    await q.query('delete from gongshu.session')
    for (const t of here) await q.query(`alter table ${table(t.name)} enable trigger user`)
    for (const k of keys) await q.query(`alter table ${table(k.owner)} add constraint ${name(k.name)} ${k.definition}`)
    await q.query('commit')
    await q.query(`analyze ${here.map((t) => table(t.name)).join(', ')}`)
  } finally {
    // ending the session rolls back what was not committed
    await q.end()
  }
  await migrate(o.url)
}

/**
 * Puts a backup's stored files, and its keys when there is a passphrase, into a data directory. Goes on where a killed restore ended.
 * @returns names of the keys that are still missing there
 * @throws Error when the directory holds files or keys of another system
 */
export const restoreFiles = async (o: {
  readonly place: string
  readonly manifest: Manifest
  readonly dataDir: string
  readonly passphrase?: string | undefined
  readonly progress?: Progress
}): Promise<readonly string[]> => {
  const { manifest, place } = o
  const files = join(o.dataDir, 'files')
  const keys = o.passphrase === undefined ? {} : await openKeys(place, manifest, o.passphrase)
  await mkdir(join(files, 'tmp'), { recursive: true, mode: 0o700 })
  const idFile = join(files, 'master-key-id')
  const there = await readFile(idFile, 'utf8').catch(() => undefined)
  if (there !== undefined && there.trim() !== manifest.documents.masterKeyId)
    throw new Error(`${files} 属于另一个主密钥，请另选数据目录`)
  // so that nobody starts it under a fresh key
  if (there === undefined) await writeDurably(idFile, `${manifest.documents.masterKeyId}\n`)
  const lines = documentLines(await readFile(join(place, manifest.documents.file), 'utf8'))
  for (const [n, { key }] of lines.entries()) {
    const from = join(place, '..', 'files', documentPath(key))
    const to = join(files, documentPath(key))
    if ((await sizeOf(to)) !== (await sizeOf(from))) {
      await mkdir(join(files, key.slice(0, 2)), { recursive: true, mode: 0o700 })
      await copyWhole(from, join(files, 'tmp', key), to)
      await chmod(to, 0o600)
    }
    o.progress?.('文件', n + 1, lines.length)
  }
  for (const shelf of new Set(lines.map((l) => l.key.slice(0, 2)))) await syncDirectory(join(files, shelf))
  for (const [file, bytes] of Object.entries(keys)) {
    const path = join(o.dataDir, file)
    const found = await readFile(path).catch(() => undefined)
    if (found && !found.equals(bytes)) throw new Error(`${path} 已存在，而且不是备份中的那一个。请先移开它。`)
    if (found) continue
    const temporary = `${path}.${randomBytes(6).toString('hex')}`
    await writeDurably(temporary, bytes)
    await link(temporary, path)
    await rm(temporary)
  }
  await syncDirectory(o.dataDir)
  const missing = []
  for (const k of ['master.key', 'log.key']) if ((await sizeOf(join(o.dataDir, k))) === undefined) missing.push(k)
  return missing
}

// ── a database to try a backup in ──────────────────────────────────────────────────────────────────────────────

/**
 * Drops a database and whoever of ours is still in it. Only a superuser may end the server's own workers, as by chance one is just
 * vacuuming there; dropping without force asks them to leave and waits.
 */
export const dropDatabase = async (q: Pick<pg.Client, 'query'>, database: string): Promise<void> => {
  await q.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user and pid <> pg_backend_pid()`,
    [database],
  )
  await q.query(`drop database if exists ${name(database)}`)
}

/** A database of its own on the same server, for as long as the work takes; those that killed processes left are dropped as well. */
export const inScratchDatabase = async <T>(url: string, work: (url: string) => Promise<T>): Promise<T> => {
  const q = await session(url, 'scratch')
  try {
    // advisory locks belong to a database: each looks after its own
    const { rows: own } = await q.query<{ prefix: string }>(
      `select 'gongshu_scratch_' || oid || '_' as prefix from pg_database where datname = current_database()`,
    )
    const scratch = `${own[0]!.prefix}${randomBytes(6).toString('hex')}`
    const { rows } = await q.query<{ datname: string }>(
      `select datname from pg_database where starts_with(datname, $1) and pg_try_advisory_lock(hashtext(datname))`,
      [own[0]!.prefix],
    )
    for (const { datname } of rows) await dropDatabase(q, datname)
    await q.query('select pg_advisory_lock(hashtext($1))', [scratch])
    await q
      .query(`create database ${scratch} template template0 encoding 'UTF8' locale 'C.UTF-8'`)
      .catch((e: pg.DatabaseError) => {
        throw e.code === '42501'
          ? new Error('数据库用户不能建立数据库，恢复试验做不了。请数据库管理员执行：alter role … createdb')
          : e
      })
    try {
      return await work(onServer(url, scratch))
    } finally {
      await dropDatabase(q, scratch)
    }
  } finally {
    await q.end()
  }
}

// ── the book of all this ───────────────────────────────────────────────────────────────────────────────────────

export interface Kept {
  readonly kind: 'backup' | 'verify' | 'export' | 'drop'
  readonly at: string
  readonly place: string
  /** Bytes. */
  readonly size: number
  readonly ok: boolean
  readonly detail: Readonly<Record<string, unknown>>
}
type Q = Pick<pg.Pool, 'query'>

/** Notes what was done; for the owner of the schema only. */
export const noteKeeping = async (q: Q | pg.Client, k: Omit<Kept, 'at'>): Promise<void> => {
  await q.query('insert into gongshu.keeping (kind, place, size, ok, detail) values ($1, $2, $3, $4, $5)', [
    k.kind,
    k.place,
    k.size,
    k.ok,
    JSON.stringify(k.detail),
  ])
}
/** Takes the place of whoever makes backups, until the connection ends; false while another process has it. */
export const holdKeeping = async (q: Q | pg.Client): Promise<boolean> =>
  (await q.query<{ held: boolean }>(`select pg_try_advisory_lock(hashtext('gongshu.keeping')) as held`)).rows[0]
    ?.held === true
/** The latest of a kind, whether it went well or not, and seconds since then. */
export const lastKept = async (
  q: Q | pg.Client,
  kind: Kept['kind'],
  ok?: boolean,
): Promise<(Kept & { readonly age: number }) | undefined> =>
  (
    await q.query<Kept & { age: number }>(
      `select kind, at, place, size, ok, detail, extract(epoch from clock_timestamp() - at)::float8 as age from gongshu.keeping
       where kind = $1 and ($2::boolean is null or ok = $2) order by id desc limit 1`,
      [kind, ok ?? null],
    )
  ).rows[0]
