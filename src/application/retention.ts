import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Layer } from '#policy'
import {
  append,
  canonical,
  edgeFrom,
  edgeTiles,
  entryOf,
  hashers,
  openNote,
  parseCheckpoint,
  parseVkey,
  rootOf,
  tilePath,
  type Hasher,
  type Tile,
} from '#ledger'
import {
  accessMonths,
  asSystem,
  checkpointOf,
  connect,
  dropAccessMonth,
  liftHold,
  logOf,
  monthClosed,
  monthHolds,
  monthPage,
  monthRange,
  noteKeeping,
  placeHold,
  raiseTerm,
  readTile,
  signedBetween,
  terms,
  type Dropped,
  type Log,
  type MonthHold,
  type Progress,
  type Term,
  type TermKind,
} from '#store'
import { accessEntry } from './act.ts'
import type { App } from './app.ts'

// ── terms ──────────────────────────────────────────────────────────────────────────────────────────────────────

const termRules: Readonly<Record<string, TermKind>> = {
  'registration.retention.vouchers': 'voucher',
  'registration.retention.logs': 'access',
}

/** The longest term of each kind that any pack of this installation sets: a database serves all of its jurisdictions at once. */
export const termsOf = (layers: readonly Layer[], enabled: readonly string[]): readonly Term[] =>
  Object.entries(termRules).flatMap(([path, kind]) => {
    const found = layers
      .filter((l) => !l.optional || enabled.includes(l.name))
      .flatMap((l) =>
        (l.rules[path] ?? []).map((r) => {
          const { value, unit } = r.value as { readonly value: number; readonly unit: string }
          const document = l.documents[r.basis.document]
          return {
            years: unit === 'year' ? value : 0,
            basis: `《${document?.title ?? r.basis.document}》${r.basis.article ?? ''}`,
          }
        }),
      )
      .sort((a, b) => b.years - a.years)[0]
    return found && found.years > 0 ? [{ kind, ...found }] : []
  })
/** Puts the packs' terms into the database, which keeps the longest it was ever told. */
export const raiseTerms = async (app: Pick<App, 'pool' | 'layers' | 'enabled'>): Promise<void> => {
  for (const t of termsOf(app.layers, app.enabled)) await raiseTerm(app.pool, t)
}

/** `2016-03` as 201603. */
const monthOf = (text: string): number | Refusal => {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? []
  return year && month
    ? Number(year) * 100 + Number(month)
    : refuse('invalid', `月份应写作 2026-03，实为“${text}”`, { fields: { month: '应为年-月' } })
}

/** What is kept for how long, what is held, and which months of the access log are there. */
export const retention = async (
  app: Pick<App, 'pool'>,
): Promise<{
  readonly terms: readonly Term[]
  readonly holds: readonly MonthHold[]
  readonly months: readonly number[]
}> => ({
  terms: await terms(app.pool),
  holds: await monthHolds(app.pool),
  months: await accessMonths(app.pool),
})

const asOwner = async <T>(url: string, work: (q: pg.Pool) => Promise<T>): Promise<T> => {
  const q = connect(url, { max: 1 })
  return work(q).finally(() => q.end())
}

/** Puts a hold on a month of the access log, or (*) on all of it. */
export const hold = async (
  databaseUrl: string,
  h: { readonly month: string; readonly reason: string },
): Promise<{ readonly id: number } | Refusal> => {
  if (h.reason.trim() === '') return refuse('invalid', '请写明依据和理由', { fields: { reason: '必填' } })
  const month = h.month === '*' ? '*' : monthOf(h.month)
  if (isRefusal(month)) return month
  return { id: await asOwner(databaseUrl, (q) => placeHold(q, String(month), h.reason)) }
}
/** Lifts a hold, for a reason that stays on record. */
export const lift = async (
  databaseUrl: string,
  id: number,
  why: string,
): Promise<{ readonly id: number } | Refusal> => {
  if (why.trim() === '') return refuse('invalid', '请写明解除的理由', { fields: { reason: '必填' } })
  return (await asOwner(databaseUrl, (q) => liftHold(q, id, why)))
    ? { id }
    : refuse('not_found', `没有第 ${id} 号保全，或已经解除`)
}

const kept: Readonly<Record<string, (month: string, detail: string) => Refusal>> = {
  GS010: () => refuse('no_term', '规则包没有写明访问日志的保存期限，不能删除'),
  GS011: (m, basis) => refuse('term', `${m} 的访问日志仍在保存期限内，不能删除（${basis}）`),
  GS012: (m, reason) => refuse('held', `${m} 的访问日志已被保全，不能删除：${reason}`),
  GS013: (m) => refuse('not_first', `没有 ${m} 的访问日志，或更早的月份还在：请从最早的月份起逐月删除`),
  GS014: (m) => refuse('not_exported', `${m} 的访问日志尚未完整归档，不能删除：请先执行 export，并核对通过`),
}
/** Takes a month off the access log. The database itself refuses before its term, under a hold and unless it was exported. */
export const dropMonth = async (databaseUrl: string, text: string): Promise<Dropped | Refusal> => {
  const month = monthOf(text)
  if (isRefusal(month)) return month
  try {
    return await asOwner(databaseUrl, (q) => dropAccessMonth(q, month))
  } catch (e) {
    const { code = '', detail = '' } = e as pg.DatabaseError
    const no = kept[code]
    if (!no) throw e
    return no(text, detail)
  }
}

// ── a month on write-once media ────────────────────────────────────────────────────────────────────────────────

interface ExportManifest {
  readonly format: 'gongshu-export/1'
  readonly log: string
  readonly source: Log['source']
  readonly hash: Hasher['name']
  readonly origin: string
  readonly key: string
  /** The log this one goes on from, and the signed checkpoint that is its entry 0. */
  readonly follows: string | null
  readonly begins: string | null
  readonly month: string
  /** Places of the month's first and last entry in the log. */
  readonly first: number
  readonly last: number
  readonly entries: number
  /** The earliest signed checkpoint that covers them all. */
  readonly checkpoint: { readonly size: number; readonly root: string }
}
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')
/** The tree over [from, size) can be derived from these tiles: the edge at `from`, a multiple of 256, and the leaf hashes from there on. */
const tilesFor = (from: number, size: number): readonly Tile[] => [
  ...edgeTiles(from),
  ...Array.from({ length: Math.ceil((size - from) / 256) }, (_, i): Tile => {
    const index = from / 256 + i
    return { level: 0, index, width: Math.min(256, size - index * 256) }
  }),
]
const startOf = (first: number): number => first - (first % 256)

export interface Exported {
  readonly place: string
  readonly log: string
  readonly month: string
  readonly entries: number
  /** SHA-256 of manifest.json, which stands in the access log now. */
  readonly manifest: string
}

/**
 * Writes one month of a log into a directory of its own, with all that is needed to derive its roots again: bodies, tiles, checkpoints,
 * key. The same month gives the same bytes. Reads it back, logs the digest of its manifest as an access of kind `export`, and notes it.
 * Values that are not public stand in the bodies as commitments only: write-once media cannot forget.
 */
export const exportMonth = async (
  app: Pick<App, 'pool' | 'committer' | 'now'>,
  o: {
    readonly databaseUrl: string
    readonly log: string
    /** YYYY-MM, in UTC as the log keeps it. */
    readonly month: string
    readonly to: string
    readonly progress?: Progress
  },
): Promise<Exported | Refusal> => {
  const month = monthOf(o.month)
  if (isRefusal(month)) return month
  const log = await logOf(app.pool, o.log)
  if (!log) return refuse('not_found', `没有日志 ${o.log}`)
  const state = await asSystem(app.pool, (q) => monthClosed(q, log.source, month))
  if (state === 'running') return refuse('not_yet', `${o.month} 尚未结束，结束后才能归档`)
  if (state === 'waiting') return refuse('not_yet', `${o.month} 还有记录没有进入日志，请稍后再归档`)
  const range = await asSystem(app.pool, (q) => monthRange(q, log, month))
  if (!range) return refuse('empty', `日志 ${o.log} 在 ${o.month} 没有记录`)
  const covering = await checkpointOf(app.pool, log.name, range.last)
  if (!covering) return refuse('not_yet', `${o.month} 的记录还没有签署完，请稍后再归档`)
  const { size, root } = parseCheckpoint(openNote(covering.note, []).text)

  const place = join(o.to, `${log.name}-${o.month}`)
  if (await stat(place).catch(() => undefined)) return refuse('exists', `${place} 已经存在；归档不会覆盖已有的内容`)
  await mkdir(o.to, { recursive: true })
  const dir = join(o.to, `.unfinished-${log.name}-${o.month}`)
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir)

  const sums: { readonly file: string; readonly sha256: string }[] = []
  const put = async (file: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(dir, file)), { recursive: true })
    await writeFile(join(dir, file), content, { flush: true })
    sums.push({ file, sha256: sha256(content) })
  }
  const bodies = createWriteStream(join(dir, 'entries.jsonl'), { flush: true })
  const digest = createHash('sha256')
  let done = 0
  for (let from = range.first; from <= range.last;) {
    const page = await asSystem(app.pool, (q) => monthPage(q, log, month, from, 4096))
    if (page.length === 0) break
    const text = page.map((e) => `${canonical({ index: e.index, body: e.body })}\n`).join('')
    digest.update(text)
    if (!bodies.write(text)) await new Promise<void>((r) => bodies.once('drain', () => r()))
    from = page.at(-1)!.index + 1
    done += page.length
    o.progress?.('条目', done, range.entries)
  }
  await new Promise<void>((resolve, reject) => bodies.once('error', reject).end(() => resolve()))
  sums.push({ file: 'entries.jsonl', sha256: digest.digest('hex') })
  for (const t of tilesFor(startOf(range.first), size)) {
    const hashes = await readTile(app.pool, log.name, t)
    if (!hashes) throw new Error(`log ${log.name} lacks tile ${tilePath(t)}`)
    await put(tilePath(t), hashes)
  }
  const notes = await signedBetween(app.pool, log.name, range.first + 1, size)
  await put('checkpoints.jsonl', notes.map((c) => `${canonical({ size: c.size, note: c.note })}\n`).join(''))
  await put('checkpoint', covering.note)
  await put('key', `${log.key}\n`)
  const manifest: ExportManifest = {
    format: 'gongshu-export/1',
    log: log.name,
    source: log.source,
    hash: log.hash,
    origin: log.origin,
    key: log.key,
    follows: log.follows,
    begins: log.begins,
    month: o.month,
    ...range,
    checkpoint: { size, root: root.toString('base64') },
  }
  const text = `${JSON.stringify(manifest, null, 2)}\n`
  await put('manifest.json', text)
  const lines = [...sums].sort((a, b) => (a.file < b.file ? -1 : 1)).map((s) => `${s.sha256}  ${s.file}\n`)
  await writeFile(join(dir, 'SHA256SUMS'), lines.join(''), { flush: true })
  const synced = await open(dir)
  await synced.sync().finally(() => synced.close())

  const found = await verifyExport(dir)
  if (found.problems.length > 0) throw new Error(`归档写出后读回不符：${found.problems[0]}`)
  await rename(dir, place)
  const out: Exported = { place, log: log.name, month: o.month, entries: range.entries, manifest: sha256(text) }
  const logged = await app.committer.commit({
    access: [
      accessEntry(app, 'export', { person: 'system', org: 'system' }, `${log.name}/${o.month}`, {
        manifest: out.manifest,
        entries: out.entries,
      }),
    ],
  })
  if (!logged.ok) throw new Error('归档的摘要没有写进访问日志')
  const bytes = await Promise.all([...sums.map((s) => s.file), 'SHA256SUMS'].map((f) => stat(join(place, f))))
  await asOwner(o.databaseUrl, (q) =>
    noteKeeping(q, {
      kind: 'export',
      place,
      size: bytes.reduce((n, s) => n + s.size, 0),
      ok: true,
      detail: { log: log.name, month, entries: range.entries, manifest: out.manifest },
    }),
  )
  return out
}

export interface ExportReport {
  readonly log: string
  readonly month: string
  readonly entries: number
  readonly checkpoints: number
  /** SHA-256 of manifest.json. */
  readonly manifest: string
  readonly problems: readonly string[]
}

const linesOf = (file: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })

/**
 * Checks an exported month without a database: digests of all files, then the roots derived from the bodies against every signed
 * checkpoint. Whoever knows the log's key, or has a checkpoint of their own, compares it with what is named here.
 */
export const verifyExport = async (dir: string): Promise<ExportReport> => {
  const problems: string[] = []
  const nothing = { log: '', month: '', entries: 0, checkpoints: 0, manifest: '' }
  const report = (what: string): void => {
    if (problems.length < 1000) problems.push(what)
  }
  const text = await readFile(join(dir, 'manifest.json')).catch(() => undefined)
  const sums = await readFile(join(dir, 'SHA256SUMS'), 'utf8').catch(() => undefined)
  if (!text || sums === undefined) return { ...nothing, problems: ['缺少 manifest.json 或 SHA256SUMS'] }
  const listed = new Map<string, string>()
  for (const line of sums.split('\n').slice(0, -1)) {
    const [, digest, file] = /^([0-9a-f]{64}) {2}([\w./-]+)$/.exec(line) ?? []
    if (!digest || !file || file.startsWith('/') || file.split('/').includes('..'))
      report(`SHA256SUMS 有一行看不懂：${line.slice(0, 120)}`)
    else listed.set(file, digest)
  }
  for (const [file, digest] of listed) {
    const hash = createHash('sha256')
    try {
      for await (const bytes of createReadStream(join(dir, file)) as AsyncIterable<Buffer>) hash.update(bytes)
      if (hash.digest('hex') !== digest) report(`${file} 与其摘要不符`)
    } catch {
      report(`缺少 ${file}`)
    }
  }
  const there = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(join(dir, '/').length))
  for (const file of there) if (file !== 'SHA256SUMS' && !listed.has(file)) report(`${file} 不在 SHA256SUMS 中`)
  if (problems.length > 0) return { ...nothing, manifest: sha256(text), problems }

  try {
    const m = JSON.parse(text.toString()) as ExportManifest
    if (m.format !== 'gongshu-export/1') return { ...nothing, problems: [`不认识的归档格式 ${String(m.format)}`] }
    const out = { log: m.log, month: m.month, entries: m.entries, checkpoints: 0, manifest: sha256(text), problems }
    const h = hashers[m.hash]
    const key = parseVkey(m.key)
    if (key.name !== m.origin || (await readFile(join(dir, 'key'), 'utf8')) !== `${m.key}\n`) report('公钥与清单不符')
    const checkpoints: { readonly size: number; readonly root: Buffer }[] = []
    for await (const line of linesOf(join(dir, 'checkpoints.jsonl'))) {
      const { note } = JSON.parse(line) as { readonly note: string }
      const opened = openNote(note, [key])
      const said = parseCheckpoint(opened.text)
      if (!opened.by.includes(m.origin) || said.origin !== m.origin) report(`规模 ${said.size} 的检查点：签名无效`)
      checkpoints.push(said)
    }
    const last = checkpoints.at(-1)
    if (last?.size !== m.checkpoint.size || last.root.toString('base64') !== m.checkpoint.root)
      report('最后一个检查点与清单不符')
    if (m.last >= m.checkpoint.size) report('检查点没有覆盖全部条目')
    if (
      last &&
      openNote(await readFile(join(dir, 'checkpoint'), 'utf8'), [key]).text.split('\n')[2] !==
        last.root.toString('base64')
    )
      report('checkpoint 与 checkpoints.jsonl 不符')

    const tile = (t: Tile): Promise<Buffer> => readFile(join(dir, tilePath(t)))
    const start = startOf(m.first)
    let edge = edgeFrom(start, await Promise.all(edgeTiles(start).map(async (t) => ({ ...t, hashes: await tile(t) }))))
    // the leaves of the month come from the bodies; those between, which belong to its neighbours, from the tiles
    let page: { readonly tile: Tile; readonly hashes: Buffer } | undefined
    const leaves: Buffer[] = []
    const upTo = async (index: number): Promise<void> => {
      for (let at = edge.size + leaves.length; at < index; at++) leaves.push(await stored(at))
    }
    const stored = async (at: number): Promise<Buffer> => {
      const index = Math.floor(at / 256)
      if (page?.tile.index !== index) {
        const t = { level: 0, index, width: Math.min(256, m.checkpoint.size - index * 256) }
        page = { tile: t, hashes: await tile(t) }
      }
      return page.hashes.subarray((at % 256) * 32, (at % 256) * 32 + 32)
    }
    let marks = checkpoints
    const flush = async (size: number): Promise<void> => {
      for (const c of marks.filter((x) => x.size <= size)) {
        const own = leaves.splice(0, c.size - edge.size)
        edge = append(h, edge, own).edge
        if (!rootOf(h, edge).equals(c.root)) report(`规模 ${c.size} 的检查点：根哈希与条目不符`)
        out.checkpoints++
      }
      marks = marks.filter((x) => x.size > size)
    }
    let count = 0
    for await (const line of linesOf(join(dir, 'entries.jsonl'))) {
      const e = JSON.parse(line) as { readonly index: number; readonly body: string }
      if (
        !Number.isSafeInteger(e.index) ||
        e.index < edge.size + leaves.length ||
        e.index >= m.checkpoint.size ||
        e.index < m.first ||
        e.index > m.last
      ) {
        report(`第 ${String(e.index)} 条：次序不对`)
        return out
      }
      await upTo(e.index)
      const leaf = h.leaf(entryOf(h, e.body))
      if (!leaf.equals(await stored(e.index))) report(`第 ${e.index} 条：正文与哈希块不符`)
      leaves.push(leaf)
      count++
      await flush(edge.size + leaves.length)
    }
    await upTo(m.checkpoint.size)
    await flush(m.checkpoint.size)
    if (count !== m.entries) report(`应有 ${m.entries} 条，实有 ${count} 条`)
    return out
  } catch (e) {
    report(`内容损坏：${e instanceof Error ? e.message : String(e)}`)
    return { ...nothing, manifest: sha256(text), problems }
  }
}
