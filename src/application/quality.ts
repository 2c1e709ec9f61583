import type { ItemQuality, QualityOverview, Refusal, Upstream } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { FileSource, Source } from '#compute'
import { measure } from '#compute'
import {
  assessmentOf,
  assessmentSaid,
  checksFor,
  checkTerms,
  freshSince,
  informationItems,
  isAssessing,
  itemData,
  judge,
  paramsText,
  phasesOf,
  qualityRule,
  upstreamOf,
  verdictTerms,
  type Check,
  type CheckResult,
} from '#domain/catalogue'
import type { Case, Day } from '#domain/kernel'
import { text } from '#domain/kernel'
import type { Rules } from '#policy'
import {
  asSystem,
  asViewer,
  filesById,
  headsById,
  itemTickets,
  loadForSystem,
  noteProgress,
  orgFacts,
  qualityRows,
  readCase,
  storedDay,
  type Job,
  type QualityFilter,
  type Viewer,
} from '#store'
import { accessEntry, actAsSystem, legalDay, rulesFor, signedOut } from './act.ts'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { sourceNames, sourceUrl, type Unit } from './sources.ts'
import { matterOf } from './subjects.ts'
import { divisionName } from './views.ts'

// ── the job ────────────────────────────────────────────────────────────────────────────────────────────────────

interface Given {
  readonly upload?: string
  readonly kind?: FileSource['kind']
  readonly others: readonly { readonly name: string; readonly upload: string; readonly kind: FileSource['kind'] }[]
}
const unitOf = async (app: App, s: Case): Promise<Unit> => {
  const id = s.seats['holder'] ?? ''
  const org = (await orgFacts(app.pool, [id]))[id]
  return { id, name: org?.name ?? '', uscc: org?.uscc ?? '' }
}

/** Where a run reads: the uploaded file, decrypted as it is read, or a table of a database that is open to the unit. */
const sourceOf = async (app: App, s: Case): Promise<Source | Refusal> => {
  const asked = s.data['assess'] ?? {}
  const given = asked['given'] as unknown as Given | undefined
  const rows = await filesById(
    app.pool,
    [given?.upload ?? '', ...(given?.others ?? []).map((o) => o.upload)].filter(Boolean),
  )
  const fileOf = async (upload: string, kind: FileSource['kind']): Promise<FileSource | undefined> => {
    const row = rows.find((r) => r.id === upload)
    return row && { kind, content: await app.files.get(row.key) }
  }
  const gone = refuse('no_file', '上传的数据文件已经不在，请重新上传')
  const references: Record<string, FileSource> = {}
  for (const o of given?.others ?? []) {
    const file = await fileOf(o.upload, o.kind)
    if (!file) return gone
    references[o.name] = file
  }
  if (given?.upload && given.kind)
    return { ...((await fileOf(given.upload, given.kind)) ?? gone), references } as Source
  const url = sourceUrl(text(asked['source']), await unitOf(app, s))
  if (isRefusal(url)) return url
  const [schema, table] = text(asked['table']).includes('.')
    ? (text(asked['table']).split('.') as [string, string])
    : (['public', text(asked['table'])] as const)
  return { kind: 'postgres', url, schema, table }
}

/** Whoever was given the same job, because this one seemed dead, has said it already. */
const unless = (done: object | Refusal): Refusal | undefined =>
  isRefusal(done) && done.code !== 'not_now' ? done : undefined

const beatMs = 15_000
const unexpected = refuse('failed', '检查中途出错，已记入系统日志；请稍后重试，仍不成功的请联系管理员')

/**
 * Runs the checks an entry's unit or bureau asked for, and says what came of it as the system. A file that cannot be read is no fault of the
 * job: the entry keeps the sentence, and whoever asked is told.
 */
export const runAssessment = async (app: App, job: Job, signal?: AbortSignal): Promise<Refusal | undefined> => {
  const l = await loadForSystem(app.pool, job.stream)
  const s = l?.head
  if (!s || !isAssessing(s) || s.did['assess']!.seq !== Number(job.payload['seq'])) return undefined
  const rules = await rulesOf(app, s.rules)
  const day = legalDay(app, l.day)
  const entry = itemData(s)
  const checks = checksFor(s, entry, rules)
  let now = { done: 0, total: 100, says: '正在读取数据' }
  const tell = (): void => void noteProgress(app.pool, job.id, s.id, now).catch(() => undefined)
  // a long read says nothing of itself, and the lease must not run out under it
  const beat = setInterval(tell, beatMs)
  const told = (says: string, urgent: boolean) => ({
    done: [job.id],
    notices: [
      {
        principal: text(job.payload['org']),
        stream: s.id,
        term: says,
        title: matterOf('item').laws.title(s),
        day,
        at: app.now(),
        urgent,
      },
    ],
  })
  const count = async () => {
    const source = await sourceOf(app, s)
    if (isRefusal(source)) return source
    tell()
    return measure(source, checks, {
      dataDir: app.dataDir,
      day,
      since: (within) => freshSince(app.calendarFor(s.division), day as Day, within),
      fields: informationItems(entry),
      ...(signal ? { signal } : {}),
      onProgress: (phase, done) => {
        const next = {
          done: done === undefined ? now.done : Math.max(now.done, Math.floor(done * 100)),
          total: 100,
          says: phase === 'reading' ? '正在读取数据' : `正在检核 ${checks.length} 项`,
        }
        if (next.done === now.done && next.says === now.says) return
        now = next
        tell()
      },
    })
  }
  try {
    const counts = await count().catch((e: unknown) => {
      // once more, then whoever waits is told
      if (job.tried < 2) throw e
      app.log.error({ job, err: e }, 'assessment failed')
      return unexpected
    })
    // this process ends: another one begins it again
    if (signal?.aborted && isRefusal(counts)) return refuse('not_yet', counts.says)
    if (isRefusal(counts)) {
      const done = await actAsSystem(
        app,
        s.id,
        'assessFailed',
        { data: { code: counts.code }, sealed: { says: counts.says } },
        told(`质量检查未完成：${counts.says}`, true),
      )
      return unless(done)
    }
    const j = judge(checks, counts, rules)
    const points = j.score === undefined ? '' : ` ${Math.floor(j.score / 100)} 分`
    const done = await actAsSystem(
      app,
      s.id,
      'assessed',
      assessmentSaid(text(s.data['assess']?.['phase']), j),
      told(`质量检查${points}，${verdictTerms[j.verdict]}`, j.verdict === 'blocked'),
    )
    return unless(done)
  } finally {
    clearInterval(beat)
  }
}

// ── what people see ────────────────────────────────────────────────────────────────────────────────────────────

/** What to do about a check that fails. */
const fixes: Readonly<Record<Check['kind'], string>> = {
  notNull: '补齐空缺的值；确实允许为空的，在目录项里标明可空后调整规则',
  unique: '找出重复的记录，保留有效的一条；主键登记有误的，修改目录项',
  type: '统一为登记的类型后重新导出',
  length: '核对过长或过短的值，或更正目录项登记的长度',
  range: '核对超出范围的值',
  pattern: '按格式更正，或更正格式规则',
  accepted: '把代码统一为含义里列出的取值，或补充含义',
  format: '核对证件号码、代码等的位数与校验位',
  notFuture: '核对晚于检查日的日期',
  freshness: '按承诺的更新频率更新数据；更新频率已变的，修改目录项',
  consistency: '核对两项之间不一致的记录',
  sum: '核对合计与分项',
  referential: '补齐引用表中缺少的代码，或更正引用',
  rowCount: '核对导出是否完整',
  columns: '让数据的列与登记的信息项一一对应：补列、删列，或修改目录项',
  machineReadable: '去掉合并单元格、合计行和说明行，一行一条记录，另存为 UTF-8 编码的 CSV 后重新检查',
}

const shown = (s: Case, rules: Rules, tickets: Awaited<ReturnType<typeof itemTickets>>): ItemQuality['last'] => {
  const a = assessmentOf(s)
  if (!a) return undefined
  const terms = new Map(qualityRule(rules, 'catalogue.quality.dimensions').map((d) => [d.value, d.term]))
  const declared = new Map(checksFor(s, itemData(s), rules).map((c) => [c.key, c]))
  const items = informationItems(itemData(s))
  const called = (f: string): string => {
    const name = items.find((i) => i.field === f)?.name
    return name ? `${name} ${f}` : f
  }
  const rank = { block: 0, warn: 1, pass: 2 } as const
  const one = (c: CheckResult) => {
    const of = declared.get(c.key)
    const moved = a.trend?.worse.includes(c.key) ? 'worse' : a.trend?.better.includes(c.key) ? 'better' : undefined
    const ticket = tickets.find((t) => t.open && t.check === c.key)?.id
    return {
      key: c.key,
      term: checkTerms[c.kind],
      fields: c.fields.map(called),
      parameters: of ? paramsText(of) : '',
      dimension: c.dimension,
      dimensionTerm: terms.get(c.dimension) ?? c.dimension,
      checked: c.checked,
      failed: c.failed,
      share: c.share,
      absent: c.absent === true,
      outcome: c.outcome,
      ...(moved ? { moved: moved as 'worse' | 'better' } : {}),
      fix: c.absent ? '数据里没有这一列：补上，或修改目录项与规则' : fixes[c.kind],
      ...(ticket ? { ticket } : {}),
    }
  }
  return {
    day: a.day,
    phase: phasesOf(rules).find((p) => p.value === a.phase)?.term ?? a.phase,
    verdict: a.verdict,
    verdictTerm: verdictTerms[a.verdict] ?? a.verdict,
    ...(a.score === undefined ? {} : { score: a.score }),
    rows: a.rows,
    ...(a.trend?.score === undefined ? {} : { change: a.trend.score }),
    dimensions: a.dimensions.map((d) => ({
      ...d,
      term: terms.get(d.value) ?? d.value,
      ...(a.trend?.dimensions[d.value] === undefined ? {} : { change: a.trend.dimensions[d.value]! }),
    })),
    checks: a.checks
      .map(one)
      .sort((x, y) => rank[x.outcome] - rank[y.outcome] || y.share - x.share || (x.key < y.key ? -1 : 1)),
  }
}

/** The quality of one entry's data, for those who may look into the entry. */
export const itemQuality = async (app: App, token: Buffer, id: string): Promise<ItemQuality | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const s = (await readCase(q, id, []))?.head.snapshot
    return { viewer, s: s?.process === 'item' ? s : undefined, tickets: s ? await itemTickets(q, id) : [] }
  })
  if (!found) return signedOut
  const { viewer, s, tickets } = found
  const duties = s && matterOf('item').laws.onlyFor?.(s)
  const closed = !s || (duties && !duties.some((d) => viewer.duties.includes(d)))
  await app.committer.commit({
    access: [accessEntry(app, closed ? 'denied' : 'read', viewer, id, { process: 'item', what: 'quality' })],
  })
  if (closed) return refuse('not_found', '没有这一目录项，或您无权查看')
  const rules = await rulesOf(app, s.rules)
  const last = shown(s, rules, tickets)
  const failed =
    (s.did['assessFailed']?.seq ?? 0) > (s.did['assess']?.seq ?? 0)
      ? { day: s.did['assessFailed']!.day, says: text(s.data['assessFailed']?.['says']) }
      : undefined
  const corrected = tickets
    .flatMap((t) => t.corrected ?? [])
    .sort()
    .at(-1)
  const refreshed = s.did['refresh']?.day ?? ''
  const phases = phasesOf(rules)
  return {
    version: s.version,
    running: isAssessing(s),
    ...(failed ? { failed } : {}),
    declared: checksFor(s, itemData(s), rules).length,
    proposed: s.did['setChecks'] === undefined,
    sources: viewer.org === s.seats['holder'] ? [...sourceNames(await unitOf(app, s))] : [],
    ...(last ? { last } : {}),
    runs: (assessmentOf(s)?.runs ?? []).map((r) => ({
      ...r,
      phase: phases.find((p) => p.value === r.phase)?.term ?? r.phase,
    })),
    ...(corrected && corrected > refreshed ? { refresh: corrected } : {}),
  }
}

const forUnits = (viewer: Viewer): boolean => !viewer.self && viewer.division !== undefined

/** The quality of all entries the caller may see. `as`: reading or taking away; both leave a trace. */
export const qualityOverview = async (
  app: App,
  token: Buffer,
  filter: QualityFilter,
  as: 'read' | 'export' = 'read',
): Promise<QualityOverview | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const day = legalDay(app, (await storedDay(q)).day)
    return { viewer, day, rows: forUnits(viewer) ? await qualityRows(q, filter, day) : undefined }
  })
  if (!found) return signedOut
  const { viewer, day, rows } = found
  await app.committer.commit({ access: [accessEntry(app, rows ? as : 'denied', viewer, 'quality', { ...filter })] })
  if (!rows) return refuse('not_yours', '数据质量总览供单位使用，请切换到所属单位')
  const { rules } = rulesFor(app, filter.division ?? viewer.division ?? '000000', day)
  const named = qualityRule(rules, 'catalogue.quality.dimensions')
  const orgs = await orgFacts(
    app.pool,
    [...new Set([...rows.units.map((u) => u.id), ...rows.tickets.map((t) => t.org)])].filter(Boolean),
  )
  const none = { items: 0, assessed: 0, score: null, blocked: 0, warned: 0 }
  const ids = [...new Set([...rows.units.map((u) => u.id), ...rows.tickets.map((t) => t.org)])]
  const order = named.map((d) => d.value)
  return {
    day,
    total: rows.total,
    dimensions: rows.dimensions
      .map((d) => ({ ...d, term: named.find((n) => n.value === d.value)?.term ?? d.value }))
      .filter((d) => order.includes(d.value))
      .sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value)),
    units: ids.map((id) => {
      const u = rows.units.find((x) => x.id === id)
      const { tickets = 0, overdue = 0, answered = 0, late = 0 } = rows.tickets.find((t) => t.org === id) ?? {}
      return {
        ...none,
        ...u,
        id,
        name: orgs[id]?.name ?? u?.name ?? '',
        tickets,
        overdue,
        answered,
        late,
        timely: answered === 0 ? null : Math.floor(((answered - late) * 100) / answered),
      }
    }),
    regions: rows.regions.map((r) => ({ ...r, name: divisionName(app, r.division) })),
    worst: rows.worst.map((w) => ({ ...w, verdictTerm: verdictTerms[w.verdict] ?? '' })),
  }
}

/** Entries a ticket can be passed up to, for the unit that has it. Their names are its own entry's to say. */
export const ticketUpstream = async (app: App, token: Buffer, id: string): Promise<Upstream | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    s: (await readCase(q, id, []))?.head.snapshot,
  }))
  if (!found) return signedOut
  const { viewer, s } = found
  if (s?.process !== 'ticket') return refuse('not_found', '没有这一工单，或您无权查看')
  // whoever else reads the ticket has nothing to pass on
  if (s.seats['holder'] !== viewer.org) return []
  const here = (await headsById(app.pool, [s.links['item'] ?? ''].filter(Boolean))).get(s.links['item'] ?? '')
  const ups = await headsById(app.pool, here ? upstreamOf(here) : [])
  const orgs = await asSystem(app.pool, (q) =>
    orgFacts(q, [...ups.values()].map((u) => u.seats['holder'] ?? '').filter(Boolean)),
  )
  const been = Object.values(s.links)
  return [...ups.values()]
    .filter((u) => u.process === 'item' && u.at !== 'removed' && !been.includes(u.id))
    .map((u) => ({
      id: u.id,
      name: text(itemData(u)['name']),
      unit: orgs[u.seats['holder'] ?? '']?.name ?? '',
    }))
}
