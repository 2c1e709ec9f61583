import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import type { Json, Refusal } from '#contract'
import { isRefusal } from '#contract'
import type { Case } from '#domain/kernel'
import { itemData, registrationOf } from '#domain/catalogue'
import { claimed, headsById, organisations, storedDay } from '#store'
import type { App } from './app.ts'
import { actAsSystem, legalDay, manyAsSystem, openAsSystem } from './act.ts'

/** What a list looks like: which column says what. The files of a published plan keep their own headings. */
export interface ListFormat {
  /** Identifies the list for good, so that it can be brought again without doubling. */
  readonly list: string
  readonly variant: 'resource' | 'product'
  readonly columns: {
    readonly name: string
    readonly holders?: string
    readonly frequency?: string
    readonly pending?: string
    readonly category?: string
    readonly industry?: string
    readonly form?: string
  }
  /** Division whose units these are, and who they are filed with. */
  readonly division: string
  /** Holder of rows that name none (a product list names no operator). */
  readonly holder?: string
  /** Legal form of units the register does not know yet; a published list does not say it. */
  readonly forms?: Readonly<Record<string, string>>
  /** The batch of authorized operation that the list itself is. */
  readonly batch?: string
  /** The role in which the list itself names its units. */
  readonly appoint?: { readonly role: string; readonly document: string }
  /** The list has been made public by whoever made it. */
  readonly published?: boolean
}

export interface ImportRow {
  readonly line: number
  readonly key: string
  readonly holders: readonly string[]
  readonly data: { readonly [key: string]: Json }
}
export interface ImportFinding {
  readonly line: number
  readonly level: 'error' | 'warning'
  readonly says: string
}
export interface ImportPlan {
  readonly rows: readonly ImportRow[]
  readonly findings: readonly ImportFinding[]
}

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  }
}
const truth: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  是: true,
  否: false,
  待归集: true,
  已归集: false,
}

/** Reads a list whole and reports on every row before anything is written. Rows that are the same are warned about and kept apart. */
export const planImport = (bytes: Uint8Array, f: ListFormat): ImportPlan => {
  const findings: ImportFinding[] = []
  let table: string[][]
  try {
    table = parse(decode(bytes), { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true })
  } catch (e) {
    return { rows: [], findings: [{ line: 1, level: 'error', says: `无法按 CSV 读取：${(e as Error).message}` }] }
  }
  const [head = [], ...body] = table
  const at = Object.fromEntries(Object.entries(f.columns).map(([k, title]) => [k, head.indexOf(title)]))
  for (const [k, i] of Object.entries(at))
    if (i < 0)
      findings.push({ line: 1, level: 'error', says: `缺少列“${f.columns[k as keyof ListFormat['columns']] ?? k}”` })
  if (findings.length > 0) return { rows: [], findings }
  const seen = new Map<string, number[]>()
  const rows = body.flatMap((cells, i): ImportRow[] => {
    const line = i + 2
    const cell = (k: keyof ListFormat['columns']): string => (at[k] === undefined ? '' : (cells[at[k]] ?? ''))
    const bad = (says: string): [] => {
      findings.push({ line, level: 'error', says })
      return []
    }
    if (cells.length !== head.length) return bad(`有 ${cells.length} 列，应为 ${head.length} 列`)
    const name = cell('name')
    if (name === '') return bad('名称为空')
    if (name.length > 200) return bad('名称超过 200 字')
    // several units that hold one resource together are written with a 顿号
    const holders = (f.columns.holders ? cell('holders') : (f.holder ?? ''))
      .split('、')
      .map((h) => h.trim())
      .filter(Boolean)
    if (holders.length === 0) return bad('数源单位为空')
    const pending = f.columns.pending ? truth[cell('pending')] : undefined
    if (f.columns.pending && pending === undefined)
      return bad(`“${f.columns.pending}”应为 true 或 false，实为“${cell('pending')}”`)
    const same = `${holders.join('、')} ${name}`
    const lines = [...(seen.get(same) ?? []), line]
    seen.set(same, lines)
    if (lines.length > 1)
      findings.push({
        line,
        level: 'warning',
        says: `与第 ${lines[0]} 行重复：${holders.join('、')}“${name}”；两条都保留，请确认`,
      })
    const key = `${f.list}:${createHash('sha256').update(`${same} ${lines.length}`).digest('hex').slice(0, 32)}`
    const data: Record<string, Json> = { source: key, name, holders, line, ...(f.published ? { published: true } : {}) }
    if (f.columns.frequency) data['frequency'] = cell('frequency')
    if (pending !== undefined) data['pending'] = pending
    if (f.columns.category) data['category'] = cell('category')
    if (f.columns.industry) data['industry'] = cell('industry')
    if (f.columns.form) data['form'] = cell('form')
    if (f.batch) data['batch'] = f.batch
    return [{ line, key, holders, data }]
  })
  return { rows, findings }
}

export interface ImportResult {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly failed: readonly ImportFinding[]
  readonly units: number
}

/**
 * Applies a plan in chunks. It may be stopped and started again at any point: what is there already is recognised by its source key
 * and left alone, or updated where the list says something new. Refuses a plan with errors.
 */
export const applyImport = async (
  app: App,
  plan: ImportPlan,
  f: ListFormat,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<ImportResult> => {
  if (plan.findings.some((x) => x.level === 'error')) throw new Error('清单有错误，未导入任何一行')
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const known = new Map(
    (await organisations(app.pool)).filter((o) => o.division === f.division).map((o) => [o.name, o.id]),
  )
  const bureau = (await organisations(app.pool, { role: 'bureau' })).find((o) => o.division === f.division)?.id ?? ''
  let units = 0
  for (const name of new Set(plan.rows.flatMap((r) => r.holders))) {
    if (known.has(name)) continue
    const id = app.freshId()
    const made = await openAsSystem(
      app,
      id,
      {
        process: 'organisation',
        kind: 'organisation',
        variant: '',
        division: f.division,
        seats: { self: id, authority: bureau },
        links: {},
        act: 'register',
        input: { data: { name, uscc: '', form: f.forms?.[name] ?? 'organ', division: f.division } },
      },
      day,
    )
    if (isRefusal(made)) throw new Error(made.says)
    if (f.appoint) {
      const named = await actAsSystem(app, id, 'appoint', { data: { ...f.appoint } })
      if (isRefusal(named)) throw new Error(named.says)
    }
    known.set(name, id)
    units++
  }
  const tally = { added: 0, updated: 0, unchanged: 0 }
  const failed: ImportFinding[] = []
  const seatsOf = (r: ImportRow): Record<string, string> => {
    const [holder = '', coHolder = ''] = r.holders.map((h) => known.get(h) ?? '')
    return { holder, coHolder, bureau }
  }
  const opening = (r: ImportRow) => ({
    process: 'item',
    kind: f.variant,
    variant: f.variant,
    division: f.division,
    seats: seatsOf(r),
    links: {},
    act: 'list',
    input: { data: r.data },
  })
  const note = (r: ImportRow, done: object | Refusal, as: 'added' | 'updated'): void => {
    if (isRefusal(done)) failed.push({ line: r.line, level: 'error', says: done.says })
    else tally[as]++
  }
  const bring = async (part: readonly ImportRow[]): Promise<void> => {
    const there = await claimed(
      app.pool,
      'catalogue.source',
      part.map((r) => r.key),
    )
    const heads = await headsById(app.pool, Object.values(there))
    const fresh = part.filter((r) => !there[r.key])
    const changed = part.flatMap((r) => {
      const head = heads.get(there[r.key] ?? '')
      return head && !says(head, r.data) ? [{ r, head }] : []
    })
    tally.unchanged += part.length - fresh.length - changed.length
    // what is registered has others to tell, each by itself
    const [apart, together] = [
      changed.filter((c) => registrationOf(c.head)),
      changed.filter((c) => !registrationOf(c.head)),
    ]
    const done = await manyAsSystem(
      app,
      day,
      Object.fromEntries(fresh.map((r) => [app.freshId(), opening(r)])),
      together.map(({ head, r }) => ({ head, act: 'update', input: { data: r.data } })),
    )
    if (!isRefusal(done)) {
      tally.added += fresh.length
      tally.updated += together.length
    } else {
      // one of them cannot stand, or somebody was faster: each alone, so that the others go on
      for (const r of fresh) note(r, await openAsSystem(app, app.freshId(), opening(r), day), 'added')
      for (const { head, r } of together)
        note(r, await actAsSystem(app, head.id, 'update', { data: r.data }), 'updated')
    }
    for (const { head, r } of apart) note(r, await actAsSystem(app, head.id, 'update', { data: r.data }), 'updated')
  }
  const chunk = 300
  let next = 0
  let finished = 0
  const work = async (): Promise<void> => {
    for (let i = next; i < plan.rows.length; i = next) {
      next = i + chunk
      await bring(plan.rows.slice(i, i + chunk))
      finished += Math.min(chunk, plan.rows.length - i)
      progress(finished, plan.rows.length)
    }
  }
  // while the database writes one chunk the next is made
  await Promise.all([work(), work()])
  return { ...tally, failed: failed.sort((x, y) => x.line - y.line), units }
}

/** Whether an entry says already what a line says. What only we keep of it, such as its place in the list, is no difference. */
const says = (head: Case, data: ImportRow['data']): boolean => {
  const { line: _l, ...before } = itemData(head)
  const { line: _m, ...after } = data
  return JSON.stringify(sorted(before)) === JSON.stringify(sorted(after))
}
const sorted = (o: { readonly [key: string]: Json | undefined }): [string, Json | undefined][] =>
  Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1))
