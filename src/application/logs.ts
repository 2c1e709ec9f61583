import type { EntryList, LogEntry, PublicLogs, Refusal } from '#contract'
import { refuse } from '#contract'
import { actOf } from '#domain/kernel'
import { logTerm } from '#evidence'
import { entriesPath, fewest, tilePath } from '#ledger'
import {
  asViewer,
  currentPolicy,
  entriesAwaited,
  entriesOf,
  logLag,
  logOf,
  logsOf,
  newestCheckpoint,
  prunedBelow,
  readEntries,
  witnessId,
  witnessedSize,
  witnessesSeen,
  type EntryFilter,
  type EntryRow,
} from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf, matters } from './subjects.ts'
import { accessEntry, signedOut } from './act.ts'
import { mostEntries } from './evidence.ts'
import { nameOf, partyNames } from './views.ts'

// ── for anyone ─────────────────────────────────────────────────────────────────────────────────────────────────

/** How the logs stand and who witnesses them. What a witness said in its own words is not passed on. */
export const publicLogs = async (app: Pick<App, 'pool'>): Promise<PublicLogs> => {
  const q = app.pool
  const all = await logsOf(q)
  const logs: PublicLogs['logs'] = []
  for (const l of all) {
    const newest = await newestCheckpoint(q, l.name)
    const lag = l.frozen === null ? await logLag(q, l.name) : { entries: 0, seconds: 0 }
    logs.push({
      name: l.name,
      term: logTerm(l.name),
      source: l.source,
      hash: l.hash,
      origin: l.origin,
      key: l.key,
      size: newest?.size ?? 0,
      root: newest?.root.toString('base64') ?? '',
      at: newest?.at ?? '',
      waiting: lag.entries,
      seconds: Math.round(lag.seconds),
      // witnesses check trees of SHA-256 (C2SP)
      witnessed: l.hash === 'sha256' ? await witnessedSize(q, l.name) : 0,
      below: await prunedBelow(q, l.name),
      ...(l.follows === null ? {} : { follows: l.follows }),
      ...(l.frozen === null ? {} : { frozen: l.frozen }),
    })
  }
  const policy = await currentPolicy(q)
  const seen = await witnessesSeen(q)
  const witnesses = (policy?.witnesses ?? []).flatMap(({ name, key }) =>
    logs
      .filter((l) => l.hash === 'sha256')
      .map((l) => {
        const s = seen.find((x) => x.log === l.name && x.witness === witnessId(key))
        return {
          name,
          key: witnessId(key),
          log: l.name,
          size: s?.size ?? 0,
          ...(s?.at ? { at: s.at } : {}),
          behind: s?.behind ?? l.size,
          failed: s?.failed !== null && s?.failed !== undefined,
          // an alarm is in our own words
          ...(s?.alarm === true ? { alarm: s.failed ?? '' } : {}),
        }
      }),
  )
  return { logs, witnesses, least: policy ? fewest(policy) : 0 }
}

const noLog = refuse('not_found', '没有这一日志')
/** One entry by its place, counted from 1, as anyone may read it: a digest, and the files it stands in. */
export const logEntry = async (app: Pick<App, 'pool'>, name: string, place: number): Promise<LogEntry | Refusal> => {
  const log = await logOf(app.pool, name)
  if (!log) return noLog
  const size = (await newestCheckpoint(app.pool, name))?.size ?? 0
  if (place > size)
    return refuse('not_found', size === 0 ? '这个日志还没有条目' : `这个日志现有 ${size} 条，没有第 ${place} 条`)
  const [entry] = await readEntries(app.pool, name, place - 1, 1)
  if (!entry) return refuse('not_found', `第 ${place} 条的正文已在保存期限届满后删除，不再提供；哈希块和检查点仍在`)
  const index = Math.floor((place - 1) / 256)
  const t = { index, width: Math.min(256, size - index * 256) }
  const begins = place === 1 && log.begins !== null
  return {
    log: name,
    place,
    entry: begins ? '' : entry.toString('hex'),
    ...(begins ? { begins: entry.toString() } : {}),
    tile: `/log/${name}/${tilePath({ level: 0, ...t })}`,
    entries: `/log/${name}/${entriesPath(t)}`,
  }
}

// ── for auditors ───────────────────────────────────────────────────────────────────────────────────────────────

export interface EntriesRequest extends EntryFilter {
  readonly cursor?: number | undefined
  readonly limit: number
}
const auditorsOnly = refuse('not_yours', '只有审计员可以查看登记日志')

/** One page of a log of acts, the latest first: as much of it as this auditor may read. That it was read is logged before it leaves. */
export const logEntries = async (
  app: App,
  token: Buffer,
  name: string,
  { cursor, limit, ...f }: EntriesRequest,
): Promise<EntryList | Refusal> => {
  const logs = (await logsOf(app.pool)).filter((l) => l.source === 'register')
  const log = logs.find((l) => l.name === name)
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    if (!viewer.duties.some((d) => d === 'auditor' || d === 'auditadmin')) return { viewer, found: undefined }
    if (!log) return { viewer, found: { rows: [], awaited: [], names: {} } }
    // what is awaited first: meanwhile it may be taken in, and is then in both rather than in neither
    const awaited = cursor === undefined ? await entriesAwaited(q, name, f, limit) : []
    const rows = await entriesOf(q, name, f, cursor, limit + 1)
    const taken = new Set(rows.map((r) => `${r.snapshot.id} ${r.seq}`))
    const names = await partyNames(
      q,
      [...awaited, ...rows].flatMap((r) => [r.actor, r.org]),
    )
    return {
      viewer,
      found: { rows, awaited: awaited.filter((r) => !taken.has(`${r.snapshot.id} ${r.seq}`)), names },
    }
  })
  if (!out) return signedOut
  if (!out.found) {
    await app.committer.commit({ access: [accessEntry(app, 'denied', out.viewer, 'register', { list: true })] })
    return auditorsOnly
  }
  if (!log) return noLog
  const { rows, awaited, names } = out.found
  const page = [...awaited, ...rows.slice(0, limit)]
  await app.committer.commit({
    access: [accessEntry(app, 'read', out.viewer, 'register', { list: true, count: page.length })],
  })
  const signed = (await newestCheckpoint(app.pool, name))?.size ?? 0
  const witnessed = log.hash === 'sha256' ? await witnessedSize(app.pool, name) : 0
  const stateOf = (index: number | null): EntryList['rows'][number]['state'] =>
    index === null || index >= signed ? 'waiting' : index < witnessed ? 'witnessed' : 'included'
  const last = rows[limit - 1]?.index ?? undefined
  return {
    log: name,
    processes: Object.values(matters).map(({ process: { name, term } }) => ({ name, term })),
    logs: [...logs.filter((l) => l.frozen === null), ...logs.filter((l) => l.frozen !== null)].map((l) => ({
      name: l.name,
      term: logTerm(l.name),
    })),
    rows: await Promise.all(
      page.map(async (r) => ({
        place: r.index === null ? null : r.index + 1,
        at: r.at,
        day: r.day,
        id: r.snapshot.id,
        seq: r.seq,
        process: r.snapshot.process,
        processTerm: matterOf(r.snapshot.process).process.term,
        title: matterOf(r.snapshot.process).laws.title(r.snapshot),
        term: await termOf(app, r),
        person: r.actor,
        personName: nameOf(names, r.actor),
        org: r.org,
        orgName: nameOf(names, r.org),
        state: stateOf(r.index),
      })),
    ),
    ...(rows.length > limit && last !== undefined ? { next: last } : {}),
    most: mostEntries,
  }
}

const termOf = async (app: App, { type, snapshot: s }: EntryRow): Promise<string> => {
  const act = actOf({ type })
  const table = tableFor(app, await rulesOf(app, s.rules), s.rules, s.process, s.kind, s.variant)
  return table.rows[act]?.term ?? (act === 'adoptRules' ? '适用新规定' : act)
}
