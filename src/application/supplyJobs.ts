import { createHmac } from 'node:crypto'
import type { JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { ingest, measure, tableOut } from '#compute'
import { agreementItems } from '#domain/authorization'
import {
  checksFor,
  checkTerms,
  detect,
  fileKind,
  freshSince,
  informationItems,
  itemData,
  judge,
  qualityRule,
  verdictTerms,
  type FormatShare,
  type Judgement,
} from '#domain/catalogue'
import type { Case, Day } from '#domain/kernel'
import { text } from '#domain/kernel'
import {
  batchFor,
  broughtBy,
  columnsOf,
  gateCode,
  heldBy,
  masksFor,
  methodsOf,
  rulesOfMasking,
  type Mac,
  type Synced,
} from '#domain/supply'
import type { Rules } from '#policy'
import {
  asSystem,
  contentOf,
  dropContent,
  dropUpload,
  headsById,
  keepContent,
  loadMasterKey,
  loadForSystem,
  newestAvailable,
  noteProgress,
  openUpload,
  orgFacts,
  piecesOf,
  syncsOf,
  takeInto,
  uploadOf,
  wantContent,
  type Doc,
  type Job,
  type PieceRow,
} from '#store'
import { actAsSystem, legalDay, rulesFor } from './act.ts'
import type { App } from './app.ts'
import { sourceUrl } from './sources.ts'
import { factOf, suppliedUnder } from './supplyFacts.ts'

const beatMs = 15_000

// ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────────

const masters = new Map<string, Promise<Uint8Array>>()
/** HMAC under the key of one agreement, made from the master key: there is nothing beside it to keep or to lose. */
export const tokenMac = async (app: Pick<App, 'dataDir'>, agreement: string): Promise<Mac> => {
  const master = masters.get(app.dataDir) ?? loadMasterKey(app.dataDir)
  masters.set(app.dataDir, master)
  const key = createHmac('sha256', await master)
    .update(`gongshu supply token ${agreement}`)
    .digest()
  return (value) => createHmac('sha256', key).update(value).digest('hex')
}

// ── a job and what it says ─────────────────────────────────────────────────────────────────────────────────────

/** The case of a job, unless it has moved on without it. */
const current = async (
  app: App,
  job: Job,
  at: string,
): Promise<{ readonly s: Case; readonly day: string } | undefined> => {
  const l = await loadForSystem(app.pool, job.stream)
  const s = l?.head
  return s?.at === at && s.version === Number(job.payload['version']) ? { s, day: legalDay(app, l!.day) } : undefined
}
/** Whoever was given the same job, because this one seemed dead, has said it already. */
const passed = (done: object | Refusal): Refusal | undefined =>
  isRefusal(done) && done.code !== 'not_now' ? done : undefined

/** A gate that shut while it was under way. */
const shutIn = (done: object | Refusal): Refusal | undefined =>
  isRefusal(done) && Object.values(gateCode).includes(done.code) ? refuse('gate_shut', done.says) : undefined

const interrupted = refuse('not_yet', '服务正在停止，稍后继续')
const unexpected = refuse('failed', '处理中途出错，已记入系统日志；请重新传送，仍不成功的请联系管理员')

/** Tells how far it has come and keeps the lease of the job while `work` runs. */
const telling = async <T>(
  app: App,
  job: Job,
  work: (say: (says: string, done: number, total: number) => void) => Promise<T>,
): Promise<T> => {
  let now = { says: '正在准备', done: 0, total: 100 }
  let told = 0
  const tell = (): void => {
    told = Date.now()
    void noteProgress(app.pool, job.id, job.stream, now).catch(() => undefined)
  }
  const beat = setInterval(tell, beatMs)
  tell()
  try {
    return await work((says, done, total) => {
      const changed = says !== now.says
      now = { says, done, total: Math.max(total, 1) }
      if (changed || Date.now() - told > 500) tell()
    })
  } finally {
    clearInterval(beat)
  }
}

interface Report {
  readonly id: string
  readonly row: NonNullable<Doc['files']>[number]
}
/** A list for people, kept as a file of the source that those who read the batch may open. */
const listFile = async (
  app: App,
  owner: string,
  name: string,
  rows: readonly (readonly string[])[],
): Promise<Report> => {
  const cell = (v: string): string => (/[",\r\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v)
  const body = `\uFEFF${rows.map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`
  const kept = await app.files.put(Buffer.from(body))
  const id = app.freshId()
  const { key, size, sha256, sm3 } = kept
  return { id, row: { id, owner, name, mime: 'text/csv', size, sha256, sm3, key, person: 'system' } }
}
const qualityReport = (app: App, s: Case, name: string, j: Judgement, rules: Rules, day: string): Promise<Report> => {
  const terms = new Map(qualityRule(rules, 'catalogue.quality.dimensions').map((d) => [d.value, d.term]))
  return listFile(app, s.seats['source'] ?? '', `${name}-数据质量报告.csv`, [
    ['数据质量报告', name],
    ['检核日', day],
    ['记录数', String(j.rows)],
    ['结论', verdictTerms[j.verdict] ?? j.verdict],
    ['得分', j.score === undefined ? '' : (j.score / 100).toFixed(2)],
    [],
    ['维度', '检核', '信息项', '检核行数', '不合格行数', '结果'],
    ...j.checks.map((c) => [
      terms.get(c.dimension) ?? c.dimension,
      checkTerms[c.kind],
      c.fields.join('、'),
      String(c.checked),
      String(c.failed),
      { pass: '合格', warn: '提示', block: '阻断' }[c.outcome],
    ]),
  ])
}

const quarantined = async (app: App, job: Job, s: Case, no: Refusal, report?: Report): Promise<Refusal | undefined> =>
  passed(
    await actAsSystem(
      app,
      s.id,
      'quarantine',
      { data: { code: no.code }, sealed: { says: no.says.slice(0, 1000), ...(report ? { report: report.id } : {}) } },
      { done: [job.id], ...(report ? { files: [report.row] } : {}) },
    ),
  )

/** Runs the work of a job; what it cannot do is said of the batch, what went wrong is tried once more and then said. */
const guarded = async (
  app: App,
  job: Job,
  s: Case,
  signal: AbortSignal | undefined,
  work: () => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> => {
  try {
    return await work()
  } catch (e) {
    if (signal?.aborted) return interrupted
    if (job.tried < 3) throw e
    app.log.error({ job, err: e }, 'supply failed')
    return quarantined(app, job, s, unexpected)
  }
}

// ── taking a file in ───────────────────────────────────────────────────────────────────────────────────────────

/** The bytes of an upload, piece after piece; each is decrypted as it is read. */
const uploadedBytes = async function* (app: App, pieces: readonly PieceRow[]): AsyncGenerator<Uint8Array> {
  for (const p of pieces) yield* (await app.files.get(p.key)) as AsyncIterable<Uint8Array>
}

/**
 * Takes a received batch in: checked, masked, encrypted and kept under its digest, once. Begun again after an interruption it finds what
 * was kept and keeps nothing twice.
 */
export const ingestBatch = async (app: App, job: Job, signal?: AbortSignal): Promise<Refusal | undefined> => {
  const now = await current(app, job, 'checking')
  if (!now) return undefined
  const { s, day } = now
  const { rules } = rulesFor(app, s.division, day)
  return guarded(app, job, s, signal, async () => {
    const { agreement, item: itemId } = batchFor(s)
    const fact = await factOf(app, rules, agreement, itemId, s.division, day, s.id)
    const shut = fact.gates.filter((g) => !g.open && g.key !== 'quality')
    const supplied = fact.agreement && (await suppliedUnder(app, fact.agreement, [itemId])).get(itemId)
    const item = supplied?.item
    if (shut.length > 0 || !item)
      return quarantined(app, job, s, refuse('gate_shut', shut.map((g) => g.says).join('；') || '目录项已经不在'))
    const upload = await asSystem(app.pool, (q) => uploadOf(q, s.id))
    const kind = fileKind(upload?.name ?? '')
    if (!upload || !kind) return quarantined(app, job, s, refuse('no_file', '上传的内容已经不在，请重新传送'))
    const pieces = await asSystem(app.pool, (q) => piecesOf(q, s.id))
    const entry = itemData(item)
    const fields = informationItems(entry)
    const checks = checksFor(item, entry, rules)
    const said = supplied.masking ? rulesOfMasking(supplied.masking) : []
    const ruled = new Set(said.map((r) => r.name))
    const calmly = text(item.data['graded']?.['personal']) === 'none'
    let judged: Judgement | undefined
    return telling(app, job, async (say) => {
      const done = await ingest(
        { kind, content: uploadedBytes(app, pieces) },
        {
          dataDir: app.dataDir,
          fields,
          digest: text(s.data['receive']?.['digest']) || undefined,
          columns: masksFor(columnsOf(item), said, methodsOf(rules), await tokenMac(app, agreement)),
          ...(signal ? { signal } : {}),
          onProgress: (phase, bytes) =>
            say(
              phase === 'receiving' ? '正在核对内容' : '正在脱敏、加密',
              Math.round(
                phase === 'receiving' ? (bytes / upload.size) * 30 : 60 + Math.min(1, bytes / upload.size) * 39,
              ),
              100,
            ),
          examine: async ({ kind: as, path }) => {
            const counts = await measure({ kind: as, content: { path } }, checks, {
              dataDir: app.dataDir,
              day,
              since: (within) => freshSince(app.calendarFor(s.division), day as Day, within),
              fields,
              limits: { timeMs: 3_600_000 },
              ...(signal ? { signal } : {}),
              onProgress: (_phase, share) =>
                say(`正在检核 ${checks.length} 项`, 30 + Math.round((share ?? 0) * 30), 100),
            })
            if (isRefusal(counts)) return counts
            judged = judge(checks, counts, rules)
            return judged.verdict === 'blocked'
              ? refuse('quality_blocked', '数据质量的结论为阻断，整改后重新传送')
              : undefined
          },
          allowed: (name, formats) =>
            ruled.has(name) ? undefined : personalBySample(rules, item, name, formats, calmly),
          put: (content) => app.files.put(content),
        },
      )
      // this process ends: another one begins it again
      if (isRefusal(done) && signal?.aborted) return interrupted
      const report = judged && (await qualityReport(app, s, text(entry['name']), judged, rules, day))
      if (isRefusal(done)) return quarantined(app, job, s, done, report)
      const { stored, rows, raw, dropped } = done
      const owner = s.seats['source'] ?? ''
      const key = await keepContent(app.pool, { owner, rows, ...stored }, s.id)
      if (key !== stored.key) await app.files.remove(stored.key)
      const came = await actAsSystem(
        app,
        s.id,
        'checked',
        {
          data: {
            rows,
            size: stored.size,
            sha256: stored.sha256,
            sm3: stored.sm3,
            raw: { size: raw.size, sha256: raw.sha256, sm3: raw.sm3 },
            verdict: judged?.verdict ?? '',
            ...(judged?.score === undefined ? {} : { score: judged.score }),
          },
          sealed: {
            masked: { rules: said.length, dropped: [...dropped] },
            ...(report ? { report: report.id } : {}),
          },
        },
        { done: [job.id], ...(report ? { files: [report.row] } : {}) },
      )
      // it has been stopped or deleted meanwhile: what was kept for it goes, unless another holds it
      if (isRefusal(came)) await forget(app, owner, stored.sha256, s.id)
      const closed = shutIn(came)
      return closed ? quarantined(app, job, s, closed, report) : passed(came)
    })
  })
}

/** A column that nobody said anything of must not turn out to be of persons. */
const personalBySample = (
  rules: Rules,
  item: Case,
  name: string,
  formats: readonly FormatShare[],
  calmly: boolean,
): Refusal | undefined => {
  const d = itemData(item)
  const field = informationItems(d).find((f) => f.name === name)
  const found = detect(rules, {
    name,
    english: field?.field ?? '',
    meaning: field?.meaning ?? '',
    item: text(d['name']),
    formats,
  })
  // what whoever graded the entry said is believed, unless the values themselves say otherwise
  return found.personal !== 'none' && (!calmly || found.by === 'sample')
    ? refuse(
        'undeclared_personal',
        `“${name}”的内容是${found.term || '个人信息'}（${found.why[0] ?? ''}），须先确定脱敏规则`,
      )
    : undefined
}

// ── a table of a database ──────────────────────────────────────────────────────────────────────────────────────

/** Brings a table of a source's database as if it had been uploaded; where it stands is known to the administrator's file alone. */
export const pullBatch = async (app: App, job: Job, signal?: AbortSignal): Promise<Refusal | undefined> => {
  const now = await current(app, job, 'receiving')
  if (!now) return undefined
  const { s } = now
  return guarded(app, job, s, signal, async () => {
    const owner = s.seats['source'] ?? ''
    const org = (await orgFacts(app.pool, [owner]))[owner]
    const said = s.data['pull'] ?? {}
    const url = sourceUrl(text(said['from']), { id: owner, name: org?.name ?? '', uscc: org?.uscc ?? '' })
    if (isRefusal(url)) return quarantined(app, job, s, url)
    const [schema, table] = text(said['table']).includes('.')
      ? (text(said['table']).split('.') as [string, string])
      : (['public', text(said['table'])] as const)
    return telling(app, job, async (say) => {
      const kept = await tableOut(
        url,
        { schema, table },
        { timeMs: 6 * 3_600_000, signal: signal ?? new AbortController().signal },
        (content) =>
          app.files.put(
            (async function* () {
              let bytes = 0
              for await (const piece of content) {
                say('正在从数据库抽取', (bytes += piece.length), 0)
                yield piece
              }
            })(),
          ),
      )
      if (isRefusal(kept)) return signal?.aborted ? interrupted : quarantined(app, job, s, kept)
      // whatever a killed worker had brought is brought again as a whole
      await shred(app, await dropUpload(app.pool, s.id))
      await openUpload(app.pool, { batch: s.id, owner, person: 'system', name: `${table}.csv`, size: kept.size })
      await takeInto(app.pool, s.id, { start: 0, size: kept.size, sha256: kept.sha256, key: kept.key })
      const came = await actAsSystem(app, s.id, 'received', { data: { size: kept.size } }, { done: [job.id] })
      const closed = shutIn(came)
      return closed ? quarantined(app, job, s, closed) : passed(came)
    })
  })
}

// ── everything to the whole ────────────────────────────────────────────────────────────────────────────────────

/**
 * Brings to whoever carries out the whole authorization all that has been supplied under a domain's agreement: a copy of its own of each
 * entry's newest batch, compared by digest. What it has already is not brought again.
 */
export const syncBatch = async (app: App, job: Job, signal?: AbortSignal): Promise<Refusal | undefined> => {
  const now = await current(app, job, 'receiving')
  if (!now) return undefined
  const { s, day } = now
  const { rules } = rulesFor(app, s.division, day)
  return guarded(app, job, s, signal, async () => {
    const { agreement } = batchFor(s)
    const fact = await factOf(app, rules, agreement, '', s.division, day, s.id)
    const shut = fact.gates.find((g) => !g.open)
    if (shut || !fact.agreement) return quarantined(app, job, s, refuse('gate_shut', shut?.says ?? '协议已经不在'))
    const items = agreementItems(fact.agreement)
    const scope = new Set(items)
    const newest = (await asSystem(app.pool, (q) => newestAvailable(q, agreement))).filter((b) => scope.has(b.item))
    const whole = s.seats['whole'] ?? ''
    return telling(app, job, async (say) => {
      const brought: Synced[] = []
      let copied = 0
      for (const [i, b] of newest.entries()) {
        if (signal?.aborted) return interrupted
        say('正在同步', i, newest.length)
        if (!(await wantContent(app.pool, whole, b.sha256, s.id))) {
          const from = await asSystem(app.pool, (q) => contentOf(q, b.source, b.sha256))
          if (!from) continue
          const stored = await app.files.put(await app.files.get(from.key))
          if (stored.sha256 !== b.sha256) throw new Error(`content ${b.sha256} is not what it was`)
          const key = await keepContent(app.pool, { owner: whole, rows: from.rows, ...stored }, s.id)
          if (key !== stored.key) await app.files.remove(stored.key)
          copied++
        }
        brought.push({ item: b.item, batch: b.id, sha256: b.sha256, rows: b.rows })
      }
      const heads = await headsById(app.pool, items)
      const named = (id: string): string => text(itemData(heads.get(id)!)['name'])
      const missing = items.filter((id) => !brought.some((b) => b.item === id))
      const manifest = await listFile(app, s.seats['source'] ?? '', `${fact.agreementTitle}-同步清单.csv`, [
        ['目录项', '批次', '记录数', 'SHA-256'],
        ...brought.map((b) => [named(b.item), b.batch, String(b.rows), b.sha256]),
        ...missing.map((id) => [heads.has(id) ? named(id) : id, '', '', '尚未供数']),
      ])
      const came = await actAsSystem(
        app,
        s.id,
        'synced',
        {
          data: {
            items: items.length,
            complete: brought.length,
            copied,
            rows: brought.reduce((n, b) => n + b.rows, 0),
            sha256: manifest.row.sha256,
            sm3: manifest.row.sm3,
          },
          sealed: {
            brought: brought as unknown as JsonObject[],
            missing: missing.map((id) => (heads.has(id) ? named(id) : id)),
            report: manifest.id,
          },
        },
        { done: [job.id], files: [manifest.row] },
      )
      if (isRefusal(came)) for (const b of brought) await forget(app, whole, b.sha256, s.id)
      const closed = shutIn(came)
      return closed ? quarantined(app, job, s, closed) : passed(came)
    })
  })
}

// ── what is no longer needed ───────────────────────────────────────────────────────────────────────────────────

const shred = async (app: App, keys: readonly string[]): Promise<void> => {
  for (const key of keys) await app.files.remove(key)
}
/** A batch lets content go, which goes from the index and from the store if nothing else needs it. */
const forget = async (app: App, owner: string, sha256: string, batch: string): Promise<void> => {
  const key = await dropContent(app.pool, owner, sha256, batch)
  if (key !== undefined) await app.files.remove(key)
}

/** Takes away what a batch no longer needs: the raw upload, the content, and, once it is deleted, the copies that syncs made of it. */
export const sweep = async (app: App, s: Case): Promise<Refusal | undefined> => {
  if (!['receiving', 'checking'].includes(s.at)) await shred(app, await dropUpload(app.pool, s.id))
  const sha256 = text(s.data['checked']?.['sha256'])
  if (sha256 !== '' && !heldBy(s)) await forget(app, s.seats['source'] ?? '', sha256, s.id)
  if (s.at !== 'deleted') return undefined
  for (const b of broughtBy(s)) await forget(app, s.seats['whole'] ?? '', b.sha256, s.id)
  if (sha256 === '') return undefined
  for (const run of await asSystem(app.pool, (q) => syncsOf(q, batchFor(s).agreement, s.id))) {
    const told = await actAsSystem(app, run.id, 'forget', { data: { batches: [s.id] } })
    if (isRefusal(told) && told.code !== 'not_now') return told
    await forget(app, run.whole, sha256, run.id)
  }
  return undefined
}
/** Takes away the raw upload once it has been taken in or given up, and content that no batch holds any more. */
export const sweepBatch = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const s = (await loadForSystem(app.pool, job.stream))?.head
  return s?.process === 'batch' ? sweep(app, s) : undefined
}
