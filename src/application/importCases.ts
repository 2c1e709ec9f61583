import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { join } from 'node:path'
import type { ImportResultView, Json, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { type Case, isWithin, text } from '#domain/kernel'
import {
  checkOf,
  listFileOf,
  mappingProblems,
  termOfField,
  titlesOf,
  type ListingField,
  type ListingMapping,
  type RememberedMapping,
} from '#domain/catalogue'
import type { Doc, FileRow, Job } from '#store'
import { asViewer, filesById, loadForSystem, noteProgress, organisations, readCase, rememberedMapping } from '#store'
import type { App, OpenedList } from './app.ts'
import { rulesOf } from './app.ts'
import { accessEntry, actAsSystem, signedOut } from './act.ts'
import { applyList, checkList, termOf, type Checked, type ImportResult, type ListScope } from './imports.ts'

const interrupted = refuse('not_yet', '服务正在停止，稍后继续')
/** The process is being told to end: long work stops between two chunks and is taken up again by whoever comes next. */
const halt = Symbol('halt')

// ── a file in the clear, for as long as it is read ─────────────────────────────────────────────────────────────

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) {
    return (e as { code?: string }).code === 'EPERM'
  }
}
const abandonedAfter = 10 * 60_000
/** What a process left that was killed while it read. */
const sweep = async (dir: string): Promise<void> => {
  for (const name of await readdir(dir)) {
    const path = join(dir, name)
    const pid = Number(name.split('.')[0])
    const since = await stat(path).then(
      (s) => Date.now() - s.mtimeMs,
      () => 0,
    )
    if (pid !== process.pid && !alive(pid) && since > abandonedAfter) await rm(path, { force: true })
  }
}
const plainly = async <T>(app: App, file: FileRow, work: (path: string) => Promise<T>): Promise<T> => {
  const dir = join(app.dataDir, 'reading')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await sweep(dir)
  const path = join(dir, `${process.pid}.${app.freshId()}`)
  try {
    await pipeline(await app.files.get(file.key), createWriteStream(path, { mode: 0o600, flags: 'wx' }))
    return await work(path)
  } finally {
    await rm(path, { force: true })
  }
}

// ── reading as the importer said ───────────────────────────────────────────────────────────────────────────────

/** A list as it is recognised, and then as its importer said of lists with these titles. */
const openAs = async (app: App, importer: string, path: string, name: string): Promise<OpenedList | Refusal> => {
  const first = await app.lists.recogniseFile(path, name)
  if (isRefusal(first)) return first
  const remembered = (await rememberedMapping(app.pool, importer, first.signature)) as RememberedMapping | undefined
  if (!remembered) return first
  const again = await app.lists.recogniseFile(path, name, titlesOf(remembered))
  if (isRefusal(again)) return again
  return { ...again, signature: first.signature, mapping: overlay(again.mapping, remembered) }
}
const overlay = (mapping: ListingMapping, by: RememberedMapping): ListingMapping => ({
  ...mapping,
  sheets: mapping.sheets.map((s) => {
    const said = by.sheets.find((x) => x.sheet === s.sheet)
    return {
      ...s,
      ...(said ? { role: said.role as typeof s.role } : {}),
      ...(said?.holder ? { holder: said.holder } : {}),
      columns: s.columns.map((c) => {
        const m = by.columns.find((x) => x.sheet === s.sheet && x.at === c.at && (x.title ?? '') === c.title)
        if (!m) return c
        const { field: _f, ...rest } = c
        return m.means === 'none'
          ? { ...rest, confidence: 1 }
          : { ...rest, field: m.means as ListingField, confidence: 1 }
      }),
    }
  }),
})

const scopeOf = async (app: App, s: Case): Promise<ListScope> => {
  const importer = s.seats['importer'] ?? ''
  const [org] = await organisations(app.pool, { ids: [importer] })
  if (!org) throw new Error(`no organisation ${importer}`)
  const bureau = org.roles.includes('bureau')
  return {
    list: `${importer}/${text(s.data['start']?.['source'])}`,
    variant: 'resource',
    division: s.division,
    published: bureau && s.data['start']?.['published'] === true,
    case: s.id,
    ...(bureau && isWithin(s.division, org.division) ? {} : { unit: importer }),
  }
}
/** A list without a column for units is its importer's own. */
const owned = (opened: OpenedList, name: string): OpenedList => ({
  ...opened,
  mapping: {
    ...opened.mapping,
    sheets: opened.mapping.sheets.map((s) =>
      s.role !== 'items' || s.holder || s.columns.some((c) => c.field === 'holders') ? s : { ...s, holder: name },
    ),
  },
})

// ── what is kept of a check and of an import, as files of the importer ─────────────────────────────────────────

interface Kept extends ImportResultView {
  /** Exactly as it was checked: the import reads by nothing else. */
  readonly mapping: ListingMapping
}
const keep = async (
  app: App,
  s: Case,
  name: string,
  mime: string,
  content: Buffer,
): Promise<{ readonly id: string; readonly row: NonNullable<Doc['files']>[number] }> => {
  const { key, size, sha256, sm3 } = await app.files.put(content)
  const id = app.freshId()
  return { id, row: { id, owner: s.seats['importer'] ?? '', name, mime, size, sha256, sm3, key, person: 'system' } }
}
const jsonMime = 'application/json'
const xlsxMime = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const keptOf = async (app: App, file: string): Promise<Kept | undefined> => {
  const [row] = await filesById(app.pool, [file])
  return row ? (JSON.parse((await buffer(await app.files.get(row.key))).toString()) as Kept) : undefined
}

const mostShown = 2000
/** Longer lists come back as findings only: a workbook of them would take more room than it is worth. */
const mostReported = 300_000

const words = (app: App, s: Case): ((key: string, v: unknown) => Promise<string>) => {
  const rules = rulesOf(app, s.rules)
  return async (key, v) =>
    v === undefined || v === null || v === ''
      ? ''
      : typeof v === 'boolean'
        ? v
          ? '是'
          : '否'
        : Array.isArray(v)
          ? key === 'fields'
            ? `${v.length} 个信息项`
            : v.join('、')
          : termOfField(await rules, key, String(v))
}

const shown = async (app: App, s: Case, o: OpenedList, c: Checked): Promise<ImportResultView> => {
  const inWords = words(app, s)
  return {
    kind: o.book.kind,
    ...(o.book.encoding ? { encoding: o.book.encoding } : {}),
    sheets: o.mapping.sheets.map((m) => ({
      sheet: m.sheet,
      role: m.role,
      head: { ...m.head },
      fill: m.fill,
      ...(m.holder ? { holder: m.holder } : {}),
      // what an earlier report wrote beside the list is nobody's column
      columns: m.columns
        .filter((col) => col.title !== '问题')
        .map((col) => ({
          at: col.at,
          title: col.title,
          means: col.field === undefined || col.field === 'ignored' ? 'none' : col.field,
          term: col.field === undefined || col.field === 'ignored' ? '不读取' : termOf(col.field),
          confidence: Math.round(col.confidence * 100),
          samples: (o.samples.find((x) => x.name === m.sheet)?.rows ?? [])
            .filter((r) => r.line > m.head.to)
            .flatMap((r) => {
              const t = (r.cells[col.at] ?? '').trim()
              return t === '' ? [] : [[...t].slice(0, 40).join('')]
            })
            .filter((t, i, all) => all.indexOf(t) === i)
            .slice(0, 3),
        })),
    })),
    problems: [...mappingProblems(o.mapping)],
    findings: c.findings.slice(0, mostShown).map(({ sheet, line, column, level, says, text: t }) => ({
      sheet,
      line,
      level,
      says,
      ...(column === undefined ? {} : { column }),
      ...(t === undefined ? {} : { text: t }),
    })),
    newUnits: c.newUnits.slice(0, 500),
    changes: await Promise.all(
      c.examples.map(async (x) => ({
        id: x.id,
        line: x.line,
        name: x.name,
        changes: await Promise.all(
          x.changes.map(async (d) => ({
            term: termOf(d.key),
            was: await inWords(d.key, d.was),
            now: await inWords(d.key, d.now),
          })),
        ),
      })),
    ),
    entries: [],
    failed: [],
  }
}

// ── jobs ───────────────────────────────────────────────────────────────────────────────────────────────────────

const current = async (app: App, job: Job, at: string): Promise<{ s: Case; file: FileRow } | undefined> => {
  const s = (await loadForSystem(app.pool, job.stream))?.head
  // cancelled or replaced since, or done already by whoever held the job before
  if (!s || s.at !== at || s.version !== Number(job.payload['version'])) return undefined
  const [file] = await filesById(app.pool, [listFileOf(s)])
  return file ? { s, file } : undefined
}
const reporter = (app: App, job: Job, stopping: () => boolean, says: string) => {
  let told = 0
  return async (done: number, total: number): Promise<void> => {
    if (stopping()) throw halt
    if (Date.now() - told < 500 && done < total) return
    told = Date.now()
    await noteProgress(app.pool, job.id, job.stream, { done, total, says })
  }
}
const giveWay = async (work: () => Promise<Refusal | undefined>): Promise<Refusal | undefined> => {
  try {
    return await work()
  } catch (e) {
    if (e === halt) return interrupted
    throw e
  }
}
/** The case has moved on without this job: nothing is left to do. */
const passed = (done: unknown): Refusal | undefined =>
  isRefusal(done) && done.code !== 'not_now' && done.code !== 'not_found' ? done : undefined

/** Checks an uploaded list whole and tells its importer. Writes nothing into the catalogue. */
export const checkImportCase = (app: App, job: Job, stopping: () => boolean): Promise<Refusal | undefined> =>
  giveWay(async () => {
    const now = await current(app, job, 'checking')
    if (!now) return undefined
    const { s, file } = now
    const scope = await scopeOf(app, s)
    return plainly(app, file, async (path) => {
      const found = await openAs(app, s.seats['importer'] ?? '', path, file.name)
      if (isRefusal(found)) {
        const result: ImportResultView = {
          ...nothing,
          findings: [{ sheet: '', line: 0, level: 'error', says: found.says }],
        }
        const kept = await keep(app, s, '检查结果.json', jsonMime, Buffer.from(JSON.stringify(result)))
        return passed(
          await actAsSystem(
            app,
            s.id,
            'found',
            { data: { rows: 0, errors: 1, warnings: 0, signature: '' }, sealed: { result: kept.id } },
            { done: [job.id], files: [kept.row] },
          ),
        )
      }
      const [org] = await organisations(app.pool, { ids: [s.seats['importer'] ?? ''] })
      const opened = scope.unit === undefined ? found : owned(found, org?.name ?? '')
      const tell = reporter(app, job, stopping, '正在逐行检查')
      const about = await linesAbout(path, opened)
      const c = await checkList(app, opened, scope, (n) => tell(n, Math.max(about, n + 1)))
      const result: Kept = { ...(await shown(app, s, opened, c)), mapping: opened.mapping }
      const files = [await keep(app, s, '检查结果.json', jsonMime, Buffer.from(JSON.stringify(result)))]
      const reported = c.findings.length > 0 && c.stats.lines <= mostReported
      if (reported) {
        const stem = file.name.replace(/\.[^.]*$/, '')
        const report = await app.lists.errorReport(path, opened.book, opened.mapping, c.findings)
        files.push(await keep(app, s, `${stem}-问题.xlsx`, xlsxMime, report))
      }
      return passed(
        await actAsSystem(
          app,
          s.id,
          c.errors > 0 ? 'found' : 'passed',
          {
            data: {
              signature: opened.signature,
              rows: c.stats.items,
              errors: c.errors,
              warnings: c.warnings,
              fresh: c.fresh,
              changed: c.changed,
              unchanged: c.unchanged,
              conflicts: c.conflicts,
              units: c.newUnits.length,
            },
            sealed: { result: files[0]!.id, ...(reported ? { report: files[1]!.id } : {}) },
          },
          { done: [job.id], files: files.map((f) => f.row) },
        ),
      )
    })
  })
const nothing: ImportResultView = {
  kind: '',
  sheets: [],
  problems: [],
  findings: [],
  newUnits: [],
  changes: [],
  entries: [],
  failed: [],
}
/** About how many lines a file has, for a bar that people watch. */
const linesAbout = async (path: string, o: OpenedList): Promise<number> => {
  const rows = o.samples.flatMap((x) => x.rows)
  const chars = rows.reduce((n, r) => n + r.cells.reduce((m, c) => m + c.length + 1, 0), 0)
  // Chinese takes three bytes in UTF-8, two in GB18030; a packed workbook about a fifth of that
  const each = Math.max(8, (chars / Math.max(1, rows.length)) * (o.book.kind === 'xlsx' ? 0.5 : 2.2))
  return Math.max(rows.length, Math.round((await stat(path)).size / each))
}

/** Brings a list that was checked and confirmed into the catalogue. Taken up again after an interruption, it loses and doubles nothing. */
export const applyImportCase = (app: App, job: Job, stopping: () => boolean): Promise<Refusal | undefined> =>
  giveWay(async () => {
    const now = await current(app, job, 'applying')
    if (!now) return undefined
    const { s, file } = now
    const check = checkOf(s) ?? {}
    const kept = await keptOf(app, text(check['result']))
    if (!kept) throw new Error(`import ${s.id}: what was checked is gone`)
    const scope = await scopeOf(app, s)
    const total = Number(check['rows'] ?? 0)
    const tell = reporter(app, job, stopping, '正在写入目录')
    await tell(0, total)
    return plainly(app, file, async (path) => {
      const opened = await app.lists.recogniseFile(path, file.name)
      if (isRefusal(opened)) return opened
      const done = await applyList(app, { book: opened.book, mapping: kept.mapping }, scope, (n) => tell(n, total))
      return finished(app, job, s, kept, done)
    })
  })

const finished = async (app: App, job: Job, s: Case, kept: Kept, r: ImportResult): Promise<Refusal | undefined> => {
  const { mapping: _m, ...view } = kept
  const result: ImportResultView = {
    ...view,
    entries: [...r.entries].sort((a, b) => a.line - b.line),
    failed: r.failed.slice(0, mostShown),
  }
  const file = await keep(app, s, '导入结果.json', jsonMime, Buffer.from(JSON.stringify(result)))
  return passed(
    await actAsSystem(
      app,
      s.id,
      'finish',
      {
        data: {
          added: r.added,
          updated: r.updated,
          unchanged: r.unchanged,
          conflicts: r.conflicts,
          failed: r.failed.length,
          // counted when it was checked: an interruption forgets which of them were registered before it
          units: Number(checkOf(s)?.['units'] ?? r.units),
        },
        sealed: { result: file.id },
      },
      { done: [job.id], files: [file.row] },
    ),
  )
}

/** What was found when a list was checked, and what came of it, for those who may read the import. */
export const importResult = async (app: App, token: Buffer, id: string): Promise<ImportResultView | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const s = (await readCase(q, id, []))?.head.snapshot
    return { viewer, s: s?.process === 'import' ? s : undefined }
  })
  if (!out) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, out.s ? 'read' : 'denied', out.viewer, id, { process: 'import', result: true })],
  })
  if (!out.s) return refuse('not_found', '没有这一事项，或您无权查看')
  const file = text((out.s.data['finish'] ?? checkOf(out.s))?.['result'] as Json)
  const kept = file === '' ? undefined : await keptOf(app, file)
  if (!kept) return refuse('not_yet', '正在检查清单')
  const { mapping: _m, ...view } = kept as Kept
  return view
}
