import { createHmac } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import { cite } from '#policy'
import type { Case } from '#domain/kernel'
import { isWithin } from '#domain/kernel'
import {
  arranging,
  certain,
  compareOrder,
  grantNumber,
  judgeOrder,
  mayDownload,
  openDataOf,
  openingRule,
  rowName,
  scenarioOf,
  usableUntil,
  type DataColumn,
  type Mac,
} from '#domain/catalogue'
import type { Viewer } from '#store'
import { asViewer, filesById, grantsOf, loadForSystem, loadMasterKey, publicDataset, readCase, storedDay } from '#store'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { accessEntry, legalDay, signedOut } from './act.ts'
import { csvLine, kindOf, reasonOf, TableProblem, tableRows } from './tables.ts'
import { partyNames } from './views.ts'

// ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────

const comma = 0x2c
const newline = 0x0a
const quote = 0x22

/** Lines of plain CSV as they stand, each with the newline that ends it; one inside quotes ends nothing. */
const linesOf = async function* (stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  let quoted = false
  for await (const piece of stream) {
    const base = held.length
    const all = base === 0 ? piece : Buffer.concat([held, piece])
    let from = 0
    for (let i = base; i < all.length; i++) {
      const b = all[i]
      if (b === quote) quoted = !quoted
      else if (b === newline && !quoted) {
        yield all.subarray(from, i + 1)
        from = i + 1
      }
    }
    held = all.subarray(from)
  }
}
const fieldsOf = (line: Buffer): string[] => {
  const end = line.at(-1) === newline ? line.length - 1 : line.length
  const out: string[] = []
  for (let at = 0; at <= end;) {
    if (line[at] !== quote) {
      const next = line.indexOf(comma, at)
      const stop = next < 0 || next > end ? end : next
      out.push(line.toString('utf8', at, stop))
      at = stop + 1
      continue
    }
    let stop = at + 1
    while (!(line[stop] === quote && line[stop + 1] !== quote)) stop += line[stop] === quote ? 2 : 1
    out.push(line.toString('utf8', at + 1, stop).replaceAll('""', '"'))
    at = stop + 2
  }
  return out
}

// every so many rows their place in the file is known
const stride = 500
interface Index {
  readonly starts: Float64Array
  readonly rows: number
}
const indexes = new WeakMap<App['files'], Map<string, Promise<Index>>>()
const mostIndexes = 64

const makeIndex = async (app: Pick<App, 'files'>, key: string): Promise<Index> => {
  const starts: number[] = []
  let at = 0
  let n = -1
  for await (const line of linesOf(await app.files.get(key))) {
    if (n >= 0 && n % stride === 0) starts.push(at)
    at += line.length
    n++
  }
  return { starts: Float64Array.from(starts), rows: n }
}
const indexOf = (app: Pick<App, 'files'>, key: string): Promise<Index> => {
  const known = indexes.get(app.files) ?? new Map<string, Promise<Index>>()
  indexes.set(app.files, known)
  const found = known.get(key) ?? makeIndex(app, key)
  // what was asked for last goes last
  known.delete(key)
  known.set(key, found)
  found.catch(() => known.delete(key))
  if (known.size > mostIndexes) known.delete(known.keys().next().value!)
  return found
}

/** Rows from a place on, read from where the index says and no further than they are taken. */
const rowsFrom = async function* (app: Pick<App, 'files'>, key: string, row: number): AsyncGenerator<string[]> {
  const index = await indexOf(app, key)
  const start = index.starts[Math.floor(row / stride)]
  if (row >= index.rows || start === undefined) return
  const stream: Readable = await app.files.get(key, start)
  try {
    let n = row - (row % stride)
    for await (const line of linesOf(stream)) if (n++ >= row) yield fieldsOf(line)
  } finally {
    stream.destroy()
  }
}

export type Cell = string | number | boolean | null
const typed = (column: DataColumn, value: string): Cell => {
  if (value === '') return null
  switch (column.type) {
    case 'integer':
    case 'number':
      return Number(value)
    case 'boolean':
      return /^(true|是)$/i.test(value)
    default:
      return value
  }
}
export const objectOf = (columns: readonly DataColumn[], row: readonly string[]): Record<string, Cell> =>
  Object.fromEntries(columns.map((c, i) => [c.name, typed(c, row[i] ?? '')]))

const noDataset = refuse('not_found', '没有这一开放数据，或已经停止开放')
const opened = async (app: App, id: string) => {
  const d = await publicDataset(app.pool, id)
  const [file] = d ? await filesById(app.pool, [d.file]) : []
  return d && file ? { d, key: file.key } : undefined
}
const conditionalOnly = refuse('not_yours', '该数据有条件开放：请先申请，经同意后凭申请下载')

// how many rows one request may look at before it answers with what it has found so far
const mostScanned = 50_000

export interface RowPage {
  readonly columns: readonly DataColumn[]
  readonly rows: readonly (readonly string[])[]
  readonly next?: string
  readonly total: number
  readonly version: number
}

/** One page of rows of unconditionally open data; filters are equalities on columns. */
export const datasetRows = async (
  app: App,
  id: string,
  q: { readonly limit: number; readonly cursor?: string | undefined; readonly filters: readonly string[] },
): Promise<RowPage | Refusal> => {
  const found = await opened(app, id)
  if (!found) return noDataset
  const { d, key } = found
  if (d.class !== 'unconditional') return conditionalOnly
  const filters: [number, string][] = []
  for (const f of q.filters) {
    const cut = f.indexOf(':')
    const column = d.columns.findIndex((c) => c.name === f.slice(0, cut) || c.title === f.slice(0, cut))
    if (cut < 1 || column < 0)
      return refuse('invalid', '筛选条件应为 列名:值，列名见数据项说明', { fields: { filter: '没有这一列' } })
    filters.push([column, f.slice(cut + 1)])
  }
  const [version, at = '0'] = q.cursor?.split('.') ?? [String(d.version)]
  if (!/^\d{1,12}$/.test(at) || !/^\d{1,9}$/.test(version ?? ''))
    return refuse('invalid', '翻页标记无效，请从第一页重新读取', { fields: { cursor: '无效' } })
  if (Number(version) !== d.version)
    return refuse('stale', '数据已经更新为新版本，请从第一页重新读取', { fields: { cursor: '属于旧版本' } })
  const rows: string[][] = []
  let n = Number(at)
  let scanned = 0
  for await (const row of rowsFrom(app, key, n)) {
    if (rows.length >= q.limit || scanned >= mostScanned) break
    n++
    scanned++
    if (filters.every(([i, v]) => row[i] === v)) rows.push(row)
  }
  return {
    columns: d.columns,
    rows,
    total: d.rows,
    version: d.version,
    ...(n < d.rows ? { next: `${d.version}.${n}` } : {}),
  }
}

/** All rows of unconditionally open data, as they are read. */
export const datasetWhole = async (
  app: App,
  id: string,
): Promise<
  | {
      readonly name: string
      readonly version: number
      readonly sha256: string
      readonly count: number
      readonly columns: readonly DataColumn[]
      readonly csv: () => Promise<Readable>
      readonly rows: () => AsyncGenerator<string[]>
    }
  | Refusal
> => {
  const found = await opened(app, id)
  if (!found) return noDataset
  const { d, key } = found
  if (d.class !== 'unconditional') return conditionalOnly
  return {
    name: d.name,
    version: d.version,
    sha256: d.sha256,
    count: d.rows,
    columns: d.columns,
    csv: () => app.files.get(key),
    rows: () => rowsFrom(app, key, 0),
  }
}

// ── copies of recipients ───────────────────────────────────────────────────────────────────────────────────────

const keys = new Map<string, Promise<Uint8Array>>()
/** The key of one recipient's copy: made from the master key, so that there is nothing beside it to keep or to lose. */
const copyMac = async (app: Pick<App, 'dataDir'>, grant: string): Promise<Mac> => {
  const master = keys.get(app.dataDir) ?? loadMasterKey(app.dataDir)
  keys.set(app.dataDir, master)
  const key = createHmac('sha256', await master)
    .update(`gongshu opening copy ${grant}`)
    .digest()
  return (text) => createHmac('sha256', key).update(text).digest('hex')
}

export interface Copy {
  readonly name: string
  readonly columns: readonly DataColumn[]
  /** What is said before the first row. */
  readonly notice: readonly string[]
  readonly rows: () => Generator<string[]>
  readonly csv: () => Generator<string>
}

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
// a copy is arranged in memory: one after the other
let last: Promise<unknown> = Promise.resolve()
const alone = <T>(work: () => Promise<T>): Promise<T> => {
  const mine = last.then(work, work)
  last = mine.catch(() => undefined)
  return mine
}

interface Granted {
  readonly viewer: Viewer
  readonly grant: Case
  readonly item: Case | undefined
  readonly day: string
  readonly recipient: string
}

/**
 * The data of one granted application, arranged for its recipient. Asks anew each time whether it may be handed out: the permission of today, the
 * entry as it is today. Every download, and every attempt that is refused, stands in the access log before anything leaves.
 */
export const grantedCopy = async (app: App, token: Buffer, id: string, format: string): Promise<Copy | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const grant = (await readCase(q, id, []))?.head.snapshot
    if (!grant || grant.process !== 'opening') return { viewer, granted: undefined }
    const day = legalDay(app, (await storedDay(q)).day)
    const names = await partyNames(q, [grant.seats['applicant'] ?? ''])
    const recipient = names[grant.seats['applicant'] ?? ''] ?? ''
    const item = (await loadForSystem(app.pool, grant.links['item'] ?? ''))?.head ?? undefined
    const granted: Granted = { viewer, grant, item, day, recipient }
    return { viewer, granted }
  })
  if (!out) return signedOut
  const { viewer, granted } = out
  const denied = async (r: Refusal): Promise<Refusal> => {
    await app.committer.commit({ access: [accessEntry(app, 'denied', viewer, id, { act: 'data', code: r.code })] })
    return r
  }
  if (!granted) return denied(refuse('not_found', '没有这一申请，或您无权查看'))
  const { grant, item, day } = granted
  if (grant.seats['applicant'] !== viewer.org || !viewer.duties.some((d) => d === 'handler' || d === 'approver'))
    return denied(refuse('not_yours', '数据只提供给申请人本人或本单位的经办、复核'))
  if (!mayDownload(grant, day))
    return denied(
      grant.at === 'suspended' || grant.at === 'corrected'
        ? refuse('not_now', '因违反承诺已暂停提供数据，改正并经核实后恢复')
        : refuse('not_now', '申请未获同意，或使用期限已满，不能下载'),
    )
  const rules = await rulesOf(app, item?.rules ?? grant.rules)
  const data = item && openDataOf(item, rules)
  const [file] = data ? await filesById(app.pool, [data.file]) : []
  if (!data || data.class !== 'conditional' || !file)
    return denied(refuse('not_open', '该数据已停止开放或正在调整，暂不能下载'))

  const mark = openingRule(rules, 'catalogue.opening.watermark')
  const share = data.rows >= mark.fromRows ? mark.perTenThousand : 0
  const mac = await copyMac(app, id)
  const { lines, order } = await alone(async () => {
    const body: Buffer[] = []
    const copy = arranging(mac, share)
    const at = data.keys.map((k) => data.columns.findIndex((c) => c.name === k))
    let header = true
    for await (const line of linesOf(await app.files.get(file.key))) {
      if (header) {
        header = false
        continue
      }
      const row = fieldsOf(line)
      copy.add(rowName(at.map((i) => row[i] ?? '')))
      // others are served while a long file is arranged
      if (body.push(Buffer.from(line)) % 2000 === 0) await breath()
    }
    return { lines: body, order: copy.rows() }
  })
  const { name: scenario, purpose } = scenarioOf(grant)
  const own = await rulesOf(app, grant.rules)
  const forbids = own.values['catalogue.opening.prohibition']
  const notice = [
    `有条件开放数据 ${grantNumber(grant)}：仅供“${granted.recipient}”使用`,
    `应用场景：${scenario}；使用目的：${purpose}；使用期限至 ${usableUntil(grant)}`,
    `${openingRule(own, 'catalogue.opening.prohibition').says}${forbids ? `（${cite(forbids.basis)}）` : ''}`,
    `行的顺序${share > 0 ? '和少量缺行' : ''}是本份数据的追溯标记，数据的值未作改动。原数据 ${data.rows} 行，本份 ${order.length} 行`,
  ].map((l) => l.replace(/[\r\n]+/g, ' '))
  await app.committer.commit({
    access: [
      accessEntry(app, 'download', viewer, id, {
        data: item!.id,
        version: data.version,
        sha256: data.sha256,
        rows: order.length,
        format,
        number: grantNumber(grant),
      }),
    ],
  })
  return {
    name: file.name,
    columns: data.columns,
    notice,
    rows: function* () {
      for (const i of order) yield fieldsOf(lines[i]!)
    },
    csv: function* () {
      // Excel takes a text for UTF-8 only with the mark before it
      yield '\uFEFF'
      for (const l of notice) yield `# ${l}\n`
      yield csvLine(data.columns.map((c) => c.name))
      let held = ''
      for (const i of order) {
        held += lines[i]!.toString('utf8')
        if (held.length > 1 << 16) {
          yield held
          held = ''
        }
      }
      yield held
    },
  }
}

// ── tracing ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Traced {
  readonly result: 'identified' | 'several' | 'undecided'
  readonly says: string
  /** Rows of the found file that were compared. */
  readonly rows: number
  readonly copies: number
  readonly matches: readonly {
    readonly opening: string
    readonly number: string
    readonly recipient: string
    readonly scenario: string
    readonly rising: number
    readonly pairs: number
    readonly absent: number
    /** -log10 of the chance that another file fits this copy as well. */
    readonly order: number
    readonly lots: number
    readonly both: number
    readonly named: boolean
  }[]
}

// beyond this a chance is no longer what anybody could mean by it
const most = (digits: number): number => Math.min(30, digits)
// more rows say nothing that these do not
const mostTraced = 10_000

/** 追溯: whose copy a found file comes from. For the bureau of the territory; each question is logged. */
export const traceCopy = async (
  app: App,
  token: Buffer,
  item: string,
  found: { readonly name: string; readonly bytes: Buffer },
): Promise<Traced | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    entry: (await readCase(q, item, []))?.head.snapshot,
    // of its own territory a bureau sees every one
    grants: await grantsOf(q, item),
  }))
  if (!out) return signedOut
  const { viewer, entry, grants } = out
  const may =
    entry?.process === 'item' &&
    viewer.roles.includes('bureau') &&
    viewer.division !== undefined &&
    isWithin(entry.division, viewer.division) &&
    viewer.duties.some((d) => ['handler', 'approver', 'auditor'].includes(d))
  await app.committer.commit({
    access: [accessEntry(app, may ? 'read' : 'denied', viewer, item, { act: 'trace' })],
  })
  if (!may) return refuse('not_found', '没有这一目录项，或您不是其所在地的数据管理部门')
  const table = entry.data['open']?.['table'] as JsonObject | undefined
  if (!table) return refuse('not_open', '该目录项没有开放过数据')
  const columns = table['columns'] as unknown as readonly DataColumn[]
  const keyNames = table['keys'] as readonly string[]
  let names: string[] | Refusal
  try {
    names = await namesIn(tableRows(found.bytes, kindOf(found.name), true), columns, keyNames)
  } catch (e) {
    return refuse('invalid', e instanceof TableProblem ? e.message : `文件读不出来：${reasonOf(e)}`, {
      fields: { file: '读不出来' },
    })
  }
  if (!Array.isArray(names)) return names as Refusal
  const rules = await rulesOf(app, entry.rules)
  const mark = openingRule(rules, 'catalogue.opening.watermark')
  const share = Number(table['rows']) >= mark.fromRows ? mark.perTenThousand : 0
  const seen = [...new Set(names)]
  const compared: ReturnType<typeof compareOrder>[] = []
  for (const { id } of grants) {
    compared.push(compareOrder(seen, { id, mac: await copyMac(app, id) }, grants.length, share))
    await breath()
  }
  const verdict = judgeOrder(compared)
  const people = await partyNames(
    app.pool,
    grants.map((g) => g.seats['applicant'] ?? ''),
  )
  const matches = verdict.matches.slice(0, 10).map((m) => {
    const g = grants.find((x) => x.id === m.copy)!
    return {
      opening: g.id,
      number: grantNumber(g),
      recipient: people[g.seats['applicant'] ?? ''] ?? '',
      scenario: scenarioOf(g).name,
      rising: m.rising,
      pairs: Math.max(0, m.rows - 1),
      absent: m.absent,
      order: most(m.order),
      lots: most(m.lots),
      both: most(m.both),
      named: m.both >= certain,
    }
  })
  const says = {
    identified: `最可能出自“${matches[0]?.recipient ?? ''}”的一份：若不是，出现这样的吻合不超过 10 的 ${Math.floor(matches[0]?.both ?? 0)} 次方分之一`,
    several: '与不止一份吻合，可能由几份拼成',
    undecided:
      '无法判定：行数太少、整份重新排序过，或不是出自任何一份。行序标记经不起整份排序，缺行标记只用于较大的数据；无法判定不等于没有外流',
  }[verdict.result]
  return { result: verdict.result, says, rows: seen.length, copies: grants.length, matches }
}

const namesIn = async (
  rows: AsyncIterable<readonly string[]>,
  columns: readonly DataColumn[],
  keyNames: readonly string[],
): Promise<string[] | Refusal> => {
  const names: string[] = []
  let at: readonly number[] | undefined
  for await (const row of rows) {
    if (!at) {
      const place = (k: string): number => {
        const c = columns.find((x) => x.name === k)
        return row.findIndex((v) => v.trim() === k || (c?.title !== undefined && v.trim() === c.title))
      }
      const places = keyNames.map(place)
      if (places.every((i) => i >= 0)) {
        at = places
        continue
      }
      // without its header a file still has the columns where they were
      if (row.length !== columns.length)
        return refuse('invalid', `文件中找不到辨认行所需的列：${keyNames.join('、')}`, {
          fields: { file: '缺少列' },
        })
      at = keyNames.map((k) => columns.findIndex((c) => c.name === k))
    }
    names.push(rowName(at.map((i) => row[i] ?? '')))
    if (names.length >= mostTraced) break
  }
  return names
}
