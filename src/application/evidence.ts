import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type pg from 'pg'
import type { JsonObject, Refusal, ShownField } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Case, CaseEvent } from '#domain/kernel'
import { actOf, citeRule } from '#domain/kernel'
import { applicationForm } from '#domain/registration'
import {
  compose,
  logTerm,
  manifestDigest,
  summaryPage,
  verifyGuide,
  writeBundle,
  type BundleEntry,
  type BundleLog,
  type Contents,
  type Summary,
  type SummaryStep,
} from '#evidence'
import { hashers, inclusionPath, openNote, parseCheckpoint, policyText, proofText } from '#ledger'
import type { EventRow, LoggedEvent, Span, Viewer } from '#store'
import {
  accessLeaf,
  accessWithin,
  asSystem,
  asViewer,
  casesById,
  currentPolicy,
  eventsOfCases,
  eventsWithin,
  filesById,
  logOf,
  logsOf,
  personNames,
  readCase,
  witnessedCheckpointOf,
} from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import { accessEntry, signedOut } from './act.ts'
import { fromLeaf } from './leaf.ts'
import { eventDetail, filesNamed, nameOf, partyNames, shownForm } from './views.ts'
import { tileReader } from './ledger.ts'

/** Most entries in one bundle, and most bytes of documents: a bundle is put together in memory. */
export const mostEntries = 5000
const mostDocuments = 64 * 1024 * 1024

const notYet = refuse('not_yet', '最近的办理正在写入登记日志，请几秒后再试')

// ── standing in the log ────────────────────────────────────────────────────────────────────────────────────────

/**
 * Waits until something stands in the log under a signed checkpoint: asks this process to sequence where it may, and looks again for
 * at most `ms`. For what our own log has to hold, never for a witness.
 */
export const standing = async <T>(app: App, look: () => Promise<T | undefined>, ms: number): Promise<T | undefined> => {
  for (let waited = 0; ; waited += 100) {
    const found = await look()
    if (found !== undefined || waited >= ms) return found
    if (app.sequence) await app.sequence()
    // what is being written at this moment is taken in by the next round
    if (waited > 0 || !app.sequence) await new Promise((r) => setTimeout(r, 100))
  }
}

type LogState = BundleLog & { readonly size: number }
/** Logs as a bundle states them, each with a checkpoint that holds all that is given, cosigned where that can be had; undefined while there is none. */
const logStates = async (
  app: App,
  holds: readonly { readonly log: string | null; readonly leaf: number | null }[],
  also: readonly string[] = [],
): Promise<Readonly<Record<string, LogState>> | undefined> => {
  if (holds.some((h) => h.log === null)) return undefined
  const last = new Map(also.map((name) => [name, -1]))
  for (const { log, leaf } of holds) last.set(log!, Math.max(leaf!, last.get(log!) ?? -1))
  const out: Record<string, LogState> = {}
  for (const [name, leaf] of last) {
    const log = await logOf(app.pool, name)
    const checkpoint = log && (await witnessedCheckpointOf(app.pool, name, leaf < 0 ? log.size - 1 : leaf))
    if (!checkpoint) return undefined
    out[name] = {
      origin: log.origin,
      hash: log.hash,
      keys: [log.key],
      checkpoint: checkpoint.note,
      size: checkpoint.size,
    }
  }
  return out
}
const stated = (states: Readonly<Record<string, LogState>>): Contents['logs'] =>
  Object.fromEntries(Object.entries(states).map(([name, { size: _, ...log }]) => [name, log]))

const proven = async (
  app: App,
  states: Readonly<Record<string, LogState>>,
  rows: readonly {
    readonly body: string
    readonly log: string | null
    readonly leaf: number | null
    readonly sealed?: EventRow['sealed']
    readonly term?: string
  }[],
): Promise<BundleEntry[]> => {
  // neighbours need the same tiles
  const tiles = new Map<string, Promise<Uint8Array>>()
  const reader = (log: string): ReturnType<typeof tileReader> => {
    const read = tileReader(app, log)
    return (t) => {
      const key = `${log} ${t.level} ${t.index} ${t.width}`
      const found = tiles.get(key) ?? read(t)
      tiles.set(key, found)
      return found
    }
  }
  const out: BundleEntry[] = []
  for (const { log, leaf, body, sealed, term } of rows)
    out.push({
      log: log!,
      index: leaf!,
      body,
      path: await inclusionPath(hashers.sha256, leaf!, states[log!]!.size, reader(log!)),
      disclosed: Object.fromEntries(Object.entries(sealed ?? {}).flatMap(([k, v]) => (v ? [[k, v]] : []))),
      ...(term === undefined ? {} : { term }),
    })
  return out
}

// ── certificates ───────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The evidence that a certificate carries: acts on its record with the given fields disclosed, as small as they prove it. Undefined
 * until all of them stand in the log.
 */
export const certificateEvidence = async (
  app: App,
  code: string,
  acts: readonly { readonly row: LoggedEvent; readonly disclose: readonly string[] }[],
): Promise<Uint8Array | undefined> => {
  const rows = acts.map(({ row: { body, log, leaf, sealed }, disclose }) => ({
    body,
    log,
    leaf,
    sealed: Object.fromEntries(Object.entries(sealed ?? {}).filter(([k]) => disclose.includes(k))),
  }))
  const states = await logStates(app, rows)
  if (!states) return undefined
  const entries = await proven(app, states, rows)
  return writeBundle(compose({ about: { kind: 'certificate', code }, logs: stated(states), entries }))
}

// ── bundles ────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a bundle is asked about. */
export type Wanted =
  | { readonly kind: 'case'; readonly process: string; readonly id: string; readonly documents: boolean }
  | ({ readonly kind: 'person'; readonly person: string } & Span)
  | ({ readonly kind: 'range' } & Span)

/** A signed-in caller, or the operator of the installation at its command line. */
export type Asker = { readonly token: Buffer } | 'operator'

export interface Bundle {
  readonly name: string
  readonly bytes: Uint8Array
  readonly entries: number
}

const operator = {
  person: 'system',
  org: 'system',
  name: '',
  orgName: '系统管理员（命令行）',
  duties: [] as readonly string[],
}
type Who = Pick<Viewer, 'person' | 'org' | 'name' | 'orgName' | 'duties'>

const asAsker = <T>(
  app: App,
  asker: Asker,
  work: (q: pg.PoolClient, who: Who) => Promise<T>,
): Promise<T | undefined> =>
  asker === 'operator' ? asSystem(app.pool, (q) => work(q, operator)) : asViewer(app.pool, asker.token, app.idle, work)

const hidden = refuse('not_found', '没有这一事项，或您无权查看')
const auditorsOnly = refuse('not_yours', '只有审计员可以导出他人或一段时间内全部办理的证据')
const tooMany = refuse('too_large', `一个证据包最多 ${mostEntries} 条记录，请缩短时间范围，分几次导出`)

interface Gathered {
  readonly about: Readonly<Record<string, string>>
  readonly title: string
  readonly subject: string
  readonly events: Awaited<ReturnType<typeof eventsOfCases>>
  readonly access: Awaited<ReturnType<typeof accessWithin>>
}

/** Everything of what is wanted that this asker may see. */
const gather = async (q: pg.PoolClient, who: Who, w: Wanted): Promise<Gathered | Refusal> => {
  if (w.kind === 'case') {
    const found = await readCase(q, w.id, [])
    const s = found?.head.snapshot
    if (!found || s?.process !== w.process) return hidden
    const beside = found.linked
      .map((l) => l.snapshot)
      .filter((c) => ['application', 'record', 'objection', 'obligation'].includes(c.process))
    const streams = [...new Set([s.id, ...beside.map((c) => c.id)])]
    const title = `${matterOf(s.process).process.term}：${matterOf(s.process).laws.title(s)}`
    return {
      about: {
        kind: 'case',
        process: matterOf(s.process).process.term,
        id: s.id,
        title: matterOf(s.process).laws.title(s),
      },
      title,
      subject: s.id,
      events: await eventsOfCases(q, streams),
      access: [],
    }
  }
  const audits = who.person === 'system' || who.duties.some((d) => d === 'auditor' || d === 'auditadmin')
  const self = w.kind === 'person' && w.person === who.person
  if (!audits && !self) return auditorsOnly
  const of = w.kind === 'person' ? w.person : undefined
  const events = await eventsWithin(q, w, of, mostEntries + 1)
  const access = await accessWithin(q, w, of, mostEntries + 1)
  const who2 = of === undefined ? '' : nameOf(await personNames(q, [of]), of)
  return {
    about: { kind: w.kind, ...(of === undefined ? {} : { person: `${who2}（${of}）` }), from: w.from, to: w.to },
    title: of === undefined ? `${w.from} 至 ${w.to} 的全部办理` : `${who2} 的办理`,
    subject: of ?? 'range',
    events,
    access,
  }
}

const lines = (fields: readonly ShownField[], prefix = ''): Summary['facts'] =>
  fields.flatMap((f) => {
    const term = prefix ? `${prefix} · ${f.term}` : f.term
    return [
      ...(f.text ? [{ term, value: f.text }] : []),
      ...lines(f.fields ?? [], term),
      ...(f.rows ?? []).flatMap((r, i) => lines(r, `${term} ${i + 1}`)),
    ]
  })

interface Told {
  readonly event: CaseEvent
  readonly row: Gathered['events'][number]
  readonly case: Case | undefined
  readonly term: string
  readonly basis: string
  readonly fields: Summary['facts']
  readonly files: readonly string[]
}

/** What each act says, in the words of its process. */
const tell = async (app: App, q: pg.PoolClient, events: Gathered['events']): Promise<readonly Told[]> => {
  const cases = await casesById(q, [...new Set(events.map((e) => e.stream))])
  const out: Told[] = []
  for (const row of events) {
    const event = fromLeaf(row)
    const s = cases.get(row.stream)
    if (!s) {
      out.push({ event, row, case: s, term: event.type, basis: '', fields: [], files: [] })
      continue
    }
    const rules = await rulesOf(app, s.rules)
    const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
    const act = actOf(event)
    const known = table.rows[act]
    const form =
      s.process === 'application'
        ? applicationForm(rules, s.kind, s.variant)
        : s.process === 'record'
          ? applicationForm(rules, 'first', s.variant)
          : []
    const said: JsonObject = { ...event.data, ...event.sealed }
    const shown = ['propose', 'resubmit'].includes(act)
      ? shownForm(form, said, undefined)
      : eventDetail(table, event, { form, before: undefined })
    out.push({
      event,
      row,
      case: s,
      term: known?.term ?? (act === 'adoptRules' ? '适用新规定' : act),
      basis: known?.basis ? citeRule(rules, known.basis) : '',
      fields: lines(shown),
      files: filesNamed(table, rules, s, event),
    })
  }
  return out
}

const placeOf = (e: { readonly log: string | null; readonly leaf: number | null }): string =>
  `${logTerm(e.log ?? '')}第 ${(e.leaf ?? 0) + 1} 条`

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** Documents that the acts name and whose digest stands in one of them. */
const documentsOf = async (
  app: App,
  told: readonly Told[],
): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[] | Refusal> => {
  const said = new Set(told.flatMap((t) => JSON.stringify([t.row.body, t.row.sealed]).match(/[0-9a-f]{64}/g) ?? []))
  const rows = (await filesById(app.pool, [...new Set(told.flatMap((t) => t.files))])).filter((f) => said.has(f.sha256))
  const once = [...new Map(rows.map((f) => [f.sha256, f])).values()]
  if (once.reduce((n, f) => n + f.size, 0) > mostDocuments)
    return refuse('too_large', `所附文件合计超过 ${mostDocuments / 1024 / 1024} MB，请选择不附文件，另行下载`)
  const out = []
  for (const f of once) out.push({ name: f.name, bytes: await buffer(await app.files.get(f.key)) })
  return out
}

const accessTerms: Readonly<Record<string, string>> = {
  signIn: '登录',
  signInFailed: '登录失败',
  signOut: '退出',
  read: '查看',
  denied: '被拒绝',
  export: '导出',
  download: '下载',
}

/**
 * Puts a bundle together and hands it over: entries with what this asker may see of them, proofs against one checkpoint for each log,
 * pages for people. That it was made is itself an entry of the access log, which names the digest of the manifest, and the bundle
 * carries the proof of it: so all of the bundle is signed for.
 */
export const makeBundle = async (app: App, asker: Asker, w: Wanted): Promise<Bundle | Refusal> => {
  const look = () =>
    asAsker(app, asker, async (q, who) => {
      const found = await gather(q, who, w)
      if (isRefusal(found)) return { who, found }
      const told = await tell(app, q, found.events)
      const names = await partyNames(q, [
        ...told.flatMap((t) => [t.event.actor, t.event.org]),
        ...found.access.flatMap((a) => [String(JSON.parse(a.body).person), String(JSON.parse(a.body).org)]),
      ])
      return { who, found, told, names }
    })
  let out = await look()
  if (!out) return signedOut
  if (isRefusal(out.found)) {
    const about = w.kind === 'case' ? w.id : w.kind === 'person' ? w.person : 'range'
    await app.committer.commit({
      access: [accessEntry(app, 'denied', out.who, about, { act: 'evidence', code: out.found.code })],
    })
    return out.found
  }
  if (out.found.events.length + out.found.access.length > mostEntries) return tooMany
  const ready = await standing(
    app,
    async () => {
      out = (await look())!
      if (!out || isRefusal(out.found)) return undefined
      // those that grow now, even where nothing in them is asked for: what is made here is to stand in one of them
      const growing = (await logsOf(app.pool)).filter((l) => l.hash === 'sha256' && l.frozen === null)
      return logStates(
        app,
        [...out.found.events, ...out.found.access],
        growing.map((l) => l.name),
      )
    },
    5000,
  )
  if (!ready || !out || isRefusal(out.found) || !out.told) return notYet
  const { who, found, told, names } = out
  const documents = w.kind === 'case' && w.documents ? await documentsOf(app, told) : []
  if (isRefusal(documents)) return documents

  const entries = await proven(app, ready, [
    ...told.map((t) => ({ ...t.row, term: t.term })),
    ...found.access.map(({ body, log, leaf }) => ({ body, log, leaf })),
  ])
  const at = app.now()
  const step = (t: Told): SummaryStep => ({
    place: placeOf(t.row),
    digest: sha256(t.row.body),
    term: t.term,
    at: t.event.at,
    by: nameOf(names, t.event.actor),
    org: nameOf(names, t.event.org),
    basis: t.basis,
    fields: t.fields,
  })
  const groups = [...new Set(told.map((t) => t.row.stream))].map((stream) => {
    const own = told.filter((t) => t.row.stream === stream)
    const s = own[0]!.case
    return {
      title: s ? `${matterOf(s.process).process.term}：${matterOf(s.process).laws.title(s)}` : stream,
      steps: own.map(step),
    }
  })
  const visits = found.access.map((a): SummaryStep => {
    const said = JSON.parse(a.body) as Record<string, string>
    return {
      place: placeOf(a),
      digest: sha256(a.body),
      term: accessTerms[said['kind'] ?? ''] ?? said['kind'] ?? '',
      at: said['at'] ?? '',
      by: nameOf(names, said['person'] ?? ''),
      org: nameOf(names, said['org'] ?? ''),
      basis: '',
      fields: said['subject'] ? [{ term: '对象', value: said['subject'] }] : [],
    }
  })
  const made = { at, by: who.name, org: who.orgName }
  const page = summaryPage({
    title: found.title,
    facts: [
      ...(w.kind === 'case'
        ? [{ term: '事项编号', value: w.id }]
        : [{ term: '时间范围', value: `${w.from} 至 ${w.to}` }]),
      { term: '记录', value: `${entries.length} 条` },
      { term: '制作', value: [...new Set([who.orgName, who.name].filter(Boolean))].join(' ') },
      { term: '制作时间（北京）', value: at },
    ],
    groups: [...groups, ...(visits.length > 0 ? [{ title: '访问', steps: visits }] : [])],
    logs: Object.entries(ready).map(([name, { origin, checkpoint }]) => {
      const { size, root } = parseCheckpoint(openNote(checkpoint, []).text)
      return { term: logTerm(name), origin, size, root: root.toString('base64') }
    }),
    documents: documents.map((d) => ({ name: d.name, sha256: sha256(d.bytes), size: d.bytes.length })),
  })
  const policy = await currentPolicy(app.pool)
  const contents: Contents = {
    about: found.about,
    made,
    logs: stated(ready),
    entries,
    pages: { '说明.html': page, 'VERIFY.md': verifyGuide },
    ...(policy ? { policy: policyText(policy) } : {}),
    documents: documents.map((d) => d.bytes),
  }
  const files = compose(contents)
  const issue = accessEntry(app, 'export', who, found.subject, {
    manifest: manifestDigest(files),
    entries: entries.length,
  })
  await app.committer.commit({ access: [issue] })
  const stood = await standing(
    app,
    async () => {
      const leaf = await asSystem(app.pool, (q) => accessLeaf(q, issue))
      const state = leaf && (await logStates(app, [{ log: leaf.log, leaf: leaf.index }]))?.[leaf.log]
      return leaf && state ? { ...leaf, ...state } : undefined
    },
    5000,
  )
  // a log that was followed by another while this was made: to be made again
  if (!stood || !(stood.log in ready)) return notYet
  const { log, index, size, checkpoint } = stood
  const path = await inclusionPath(hashers.sha256, index, size, tileReader(app, log))
  const proof = proofText({ index, path, checkpoint })
  return {
    name: `证据包-${found.title.replace(/[\\/:*?"<>|\s]+/g, '_').slice(0, 60)}.zip`,
    bytes: writeBundle(files, { log, body: issue.body, proof }),
    entries: entries.length,
  }
}
