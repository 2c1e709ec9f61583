import type { JsonObject, Refusal } from '#contract'
import { isRefusal } from '#contract'
import type { Rules } from '#policy'
import type { Case, SystemInput } from '#domain/kernel'
import { isWithin } from '#domain/kernel'
import {
  bringTo,
  entryNow,
  entryOf,
  listingTerms,
  readMark,
  registrationOf,
  saidBy,
  titleKey,
  type EntryProblem,
  type ListingCode,
  type ListingField,
  type ListingFinding,
  type ListingMapping,
  type ListingStats,
  type PlannedRow,
  type Remembered,
} from '#domain/catalogue'
import type { OrgRow } from '#store'
import { claimed, entriesByName, headsById, organisations, storedDay } from '#store'
import type { App, ListBook, OpenedList } from './app.ts'
import { actAsSystem, legalDay, manyAsSystem, openAsSystem, rulesFor } from './act.ts'
import { serving } from './opener.ts'

/** Whose list it is and what is to become of it. */
export interface ListScope {
  /** Identifies the list for good, so that it can be brought again without doubling. */
  readonly list: string
  readonly variant: 'resource' | 'product'
  /** Division whose units these are, and who they are filed with. */
  readonly division: string
  /** Legal form of units the register does not know yet; a published list does not say it. */
  readonly forms?: Readonly<Record<string, string>>
  /** The batch of authorized operation that the list itself is. */
  readonly batch?: string
  /** The role in which the list itself names its units. */
  readonly appoint?: { readonly role: string; readonly document: string }
  /** The list has been made public by whoever made it. */
  readonly published?: boolean
  /** A unit that brings its own list: nothing of anybody else's may stand in it. */
  readonly unit?: string
  /** The case of the import, by which its work is known again after an interruption. */
  readonly case?: string
}
/** A list as an operator describes it: what the recognition of columns cannot know. */
export interface ListFormat extends ListScope {
  /** Which column says what, where the titles do not say it: field → title. */
  readonly columns?: { readonly [F in ListingField]?: string }
  /** Holder of rows that name none (a product list names no operator). */
  readonly holder?: string
}

/** Opens a list as its format says it is read. */
export const openList = async (
  app: Pick<App, 'lists'>,
  source: string | Uint8Array,
  name: string,
  f: Pick<ListFormat, 'columns' | 'holder'> = {},
): Promise<OpenedList | Refusal> => {
  const titles: Remembered = Object.fromEntries(
    Object.entries(f.columns ?? {}).map(([field, title]) => [titleKey(title), field as ListingField]),
  )
  const opened = await app.lists.recogniseFile(source, name, titles)
  if (isRefusal(opened) || f.holder === undefined) return opened
  const { holder } = f
  return {
    ...opened,
    mapping: {
      ...opened.mapping,
      sheets: opened.mapping.sheets.map((s) => (s.columns.some((c) => c.field === 'holders') ? s : { ...s, holder })),
    },
  }
}

// ── lines held against the register ────────────────────────────────────────────────────────────────────────────

interface Ground {
  readonly scope: ListScope
  readonly said: ReadonlyMap<string, ReadonlySet<string>>
  readonly rules: Rules
  readonly day: string
  readonly bureaus: readonly OrgRow[]
  /** The unit of a name: known, several, or none. */
  readonly unit: (name: string) => OrgRow | 'several' | undefined
  readonly know: (org: OrgRow) => void
}

const groundOf = async (app: App, scope: ListScope, mapping: ListingMapping): Promise<Ground> => {
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const all = await organisations(app.pool)
  const named = new Map<string, OrgRow[]>()
  const know = (o: OrgRow): void => {
    if (isWithin(o.division, scope.division) || o.id === scope.unit)
      named.set(o.name, [...(named.get(o.name) ?? []), o])
  }
  all.forEach(know)
  const own = all.find((o) => o.id === scope.unit)
  return {
    scope,
    said: saidBy(mapping),
    rules: rulesFor(app, scope.division, day).rules,
    day,
    bureaus: all.filter((o) => o.roles.includes('bureau')),
    know,
    unit: (name) => {
      if (own?.name === name) return own
      const found = named.get(name) ?? []
      // the list of a city means the city's own bureau of a name that every county has one of
      const here = found.filter((o) => o.division === scope.division)
      return found.length > 1 && here.length !== 1 ? 'several' : (here[0] ?? found[0])
    },
  }
}

type Fault = Omit<EntryProblem, 'field'> & { readonly field?: ListingField }
export interface Assessed {
  readonly row: PlannedRow
  readonly what: 'new' | 'changed' | 'unchanged' | 'conflict' | 'fault' | 'added' | 'updated'
  readonly head?: Case
  readonly data?: JsonObject
  readonly changes?: readonly string[]
  readonly faults: readonly Fault[]
  readonly newUnits: readonly string[]
}

const fault = (code: ListingCode, says: string, field?: ListingField, text?: string): Fault => ({
  level: 'error',
  code,
  says,
  ...(field ? { field } : {}),
  ...(text === undefined ? {} : { text }),
})
const notOwn = '这一系统标识没有对应的目录项，或该目录项不由本单位维护；新增的目录请将此格留空'

const holdersFault = (g: Ground, row: PlannedRow): { fault?: Fault; fresh: readonly string[] } => {
  const fresh: string[] = []
  const { unit } = g.scope
  for (const [i, name] of row.data.holders.entries()) {
    const found = g.unit(name)
    if (found === 'several')
      return { fault: fault('unit_unclear', `本地区有几个单位都叫“${name}”，请写明全称`, 'holders', name), fresh }
    if (unit !== undefined && i === 0 && found?.id !== unit)
      return {
        fault: fault('not_own', `“${name}”不是本单位；单位只能导入自己的目录，其他单位的请删去`, 'holders', name),
        fresh,
      }
    if (!found && unit !== undefined)
      return { fault: fault('not_own', `共同数源单位“${name}”尚未登记，请核对名称`, 'holders', name), fresh }
    if (!found) fresh.push(name)
  }
  return { fresh }
}

/** What each of these lines comes to. Lines brought by this very import count as done. */
const assess = async (app: App, g: Ground, rows: readonly PlannedRow[]): Promise<readonly Assessed[]> => {
  const marks = new Map(rows.flatMap((r) => ((m) => (m ? [[r.key, m] as const] : []))(readMark(r.key))))
  const there = await claimed(
    app.pool,
    'catalogue.source',
    rows.flatMap((r) => (marks.has(r.key) ? [] : [r.key])),
  )
  const idOf = (r: PlannedRow): string | undefined => marks.get(r.key)?.id ?? there[r.key]
  const heads = await headsById(app.pool, [...new Set(rows.flatMap((r) => idOf(r) ?? []))])
  return rows.map((row): Assessed => {
    const id = idOf(row)
    const head = id === undefined ? undefined : heads.get(id)
    const { data, problems } = entryOf(g.rules, row.data)
    const units = holdersFault(g, row)
    const made = (what: Assessed['what'], more: Partial<Assessed> = {}): Assessed => ({
      row,
      what,
      faults: problems,
      newUnits: [],
      ...(head ? { head } : {}),
      ...more,
    })
    const bad = (f: Fault): Assessed => made('fault', { faults: [...problems, f] })
    if (units.fault) return bad(units.fault)
    if (problems.some((p) => p.level === 'error')) return made('fault')
    const own = row.key.startsWith(`${g.scope.list}:`)
    if (!head) {
      if (!own) return bad(fault('mark_unknown', notOwn, 'source', row.key))
      return made('new', { data: { ...data, source: row.key, line: row.line }, newUnits: units.fresh })
    }
    const mine =
      head.process === 'item' &&
      head.at === 'listed' &&
      (g.scope.unit === undefined ? isWithin(head.division, g.scope.division) : head.seats['holder'] === g.scope.unit)
    if (!mine) return bad(fault('not_own', notOwn, 'source', row.key))
    const holder = g.unit(row.data.holders[0] ?? '')
    if (!own && (holder === undefined || holder === 'several' || holder.id !== head.seats['holder']))
      return bad(fault('not_own', '与该目录项的数源单位不同；导入不能变更数源单位，请恢复原值', 'holders'))
    if (g.scope.case !== undefined)
      for (const [act, what] of [
        ['update', 'updated'],
        ['list', 'added'],
      ] as const)
        if (head.data[act]?.['import'] === g.scope.case) return made(what)
    const b = bringTo(head, data, g.said.get(row.sheet) ?? new Set(), marks.get(row.key)?.version)
    if (b.what === 'conflict')
      return made('conflict', {
        changes: b.changes,
        faults: [
          ...problems,
          {
            level: 'warning',
            code: 'conflict',
            field: 'name',
            text: row.data.name,
            says: `登记簿中的${b.changes.map(termOf).join('、')}已于 ${b.day} 另有修改，本行不导入；如以清单为准，请重新导出后再改`,
          },
        ],
      })
    return b.what === 'changed' ? made('changed', { data: b.data, changes: b.changes }) : made('unchanged')
  })
}
export const termOf = (key: string): string =>
  key === 'fields' ? '信息项' : (listingTerms[key as ListingField]?.names[0] ?? key)

const findingOf = (mapping: ListingMapping, row: PlannedRow, f: Fault): ListingFinding => {
  const column = mapping.sheets
    .find((s) => s.sheet === row.sheet)
    ?.columns.find((c) => c.field !== undefined && c.field === f.field)
  const title = column?.title ?? (f.field ? termOf(f.field) : undefined)
  return {
    sheet: row.sheet,
    line: row.line,
    ...(column ? { at: column.at } : {}),
    ...(title === undefined ? {} : { column: title }),
    level: f.level,
    code: f.code,
    ...(f.text === undefined ? {} : { text: [...f.text].slice(0, 60).join('') }),
    says: title === undefined ? f.says : `“${title}”${f.says}`,
  }
}

// ── checking ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface Change {
  readonly id: string
  readonly line: number
  readonly name: string
  readonly changes: readonly { readonly key: string; readonly was: unknown; readonly now: unknown }[]
}
export interface Checked {
  readonly stats: ListingStats
  readonly errors: number
  readonly warnings: number
  readonly findings: readonly ListingFinding[]
  readonly fresh: number
  readonly changed: number
  readonly unchanged: number
  readonly conflicts: number
  /** Units that the register does not know and would take up. */
  readonly newUnits: readonly string[]
  readonly examples: readonly Change[]
}
const mostFindings = 10_000
const piece = 500

/** Reads a list whole, holds every line against the register and writes nothing. */
export const checkList = async (
  app: App,
  { book, mapping }: { readonly book: ListBook; readonly mapping: ListingMapping },
  scope: ListScope,
  progress: (lines: number) => Promise<void> | void = () => undefined,
): Promise<Checked> => {
  const g = await groundOf(app, scope, mapping)
  const own: ListingFinding[] = []
  const n = { errors: 0, warnings: 0, new: 0, changed: 0, unchanged: 0, conflict: 0 }
  const newUnits = new Set<string>()
  const examples: Change[] = []
  const marked = new Map<string, number>()
  const find = (row: PlannedRow, f: Fault): void => {
    n[f.level === 'error' ? 'errors' : 'warnings']++
    if (own.length < mostFindings) own.push(findingOf(mapping, row, f))
  }
  const look = async (rows: readonly PlannedRow[]): Promise<void> => {
    const all = await assess(app, g, rows)
    for (const a of all) {
      a.faults.forEach((f) => find(a.row, f))
      a.newUnits.forEach((u) => newUnits.add(u))
      if (a.what === 'new' || a.what === 'changed' || a.what === 'unchanged' || a.what === 'conflict') n[a.what]++
      // the same entry exported twice, at different times
      const mark = readMark(a.row.key)
      const before = mark && marked.get(mark.id)
      if (mark && before !== undefined) find(a.row, fault('source_twice', `与第 ${before} 行是同一目录项`, 'source'))
      else if (mark) marked.set(mark.id, a.row.line)
      if (a.what === 'changed' && examples.length < 30)
        examples.push({
          id: a.head!.id,
          line: a.row.line,
          name: a.row.data.name,
          changes: (a.changes ?? []).map((key) => ({
            key,
            was: entryNow(a.head!)[key],
            now: a.data?.[key],
          })),
        })
    }
    await sameNames(app, g, all, find)
  }
  const plan = app.lists.planBook(book, mapping, { list: scope.list, maxFindings: mostFindings })
  let waiting: PlannedRow[] = []
  for (;;) {
    const step = await plan.next()
    if (step.done) {
      if (waiting.length > 0) await look(waiting)
      const { stats, findings } = step.value
      return {
        stats,
        errors: stats.errors + n.errors,
        warnings: stats.warnings + n.warnings,
        findings: [...findings, ...own].sort((a, b) => (a.sheet === b.sheet ? a.line - b.line : 0)),
        fresh: n.new,
        changed: n.changed,
        unchanged: n.unchanged,
        conflicts: n.conflict,
        newUnits: [...newUnits],
        examples,
      }
    }
    waiting = [...waiting, ...step.value.rows]
    while (waiting.length >= piece) {
      await look(waiting.slice(0, piece))
      waiting = waiting.slice(piece)
    }
    await progress(step.value.linesRead)
  }
}

/** A new line that bears the name of an entry which its holder has already may be that entry. */
const sameNames = async (
  app: App,
  g: Ground,
  all: readonly Assessed[],
  find: (row: PlannedRow, f: Fault) => void,
): Promise<void> => {
  const asked = all.flatMap((a) => {
    const holder = a.what === 'new' ? g.unit(a.row.data.holders[0] ?? '') : undefined
    return holder && holder !== 'several' ? [{ a, holder: holder.id, name: a.row.data.name }] : []
  })
  if (asked.length === 0) return
  const known = new Set(
    (
      await entriesByName(app.pool, [...new Set(asked.map((x) => x.holder))], [...new Set(asked.map((x) => x.name))])
    ).map((x) => `${x.holder} ${x.name}`),
  )
  for (const { a, holder, name } of asked)
    if (known.has(`${holder} ${name}`))
      find(a.row, {
        level: 'warning',
        code: 'same_name',
        field: 'name',
        text: name,
        says: '与登记簿中该单位已有的目录项同名，导入后将有两条；如为同一条，请从导出的清单中修改',
      })
}

// ── applying ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface ImportResult {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly conflicts: number
  readonly failed: readonly { readonly line: number; readonly name: string; readonly says: string }[]
  readonly units: number
  /** The first of the entries that were brought, in no order. */
  readonly entries: readonly {
    readonly id: string
    readonly line: number
    readonly name: string
    readonly what: string
  }[]
}

const registerUnit = async (app: App, g: Ground, name: string): Promise<void> => {
  const { scope } = g
  const bureau = serving(g.bureaus, scope.division)?.id ?? ''
  const id = app.freshId()
  const form = scope.forms?.[name] ?? 'organ'
  const made = await openAsSystem(
    app,
    id,
    {
      process: 'organisation',
      kind: 'organisation',
      variant: '',
      division: scope.division,
      seats: { self: id, authority: bureau },
      links: {},
      act: 'register',
      input: { data: { name, uscc: '', form, division: scope.division } },
    },
    g.day,
  )
  if (isRefusal(made)) throw new Error(made.says)
  if (scope.appoint) {
    const named = await actAsSystem(app, id, 'appoint', { data: { ...scope.appoint } })
    if (isRefusal(named)) throw new Error(named.says)
  }
  g.know({
    id,
    name,
    uscc: '',
    form,
    division: scope.division,
    parent: bureau || null,
    roles: [],
    holder: '',
    detail: {},
  })
}

/**
 * Brings a list into the catalogue in chunks, each one commit. It may be stopped and started again at any point: what is there already is
 * recognised by its key and left alone, or updated where the list says something new. Check the list first: a line with a fault is left
 * out and told of.
 */
export const applyList = async (
  app: App,
  { book, mapping }: { readonly book: ListBook; readonly mapping: ListingMapping },
  scope: ListScope,
  progress: (items: number) => Promise<void> | void = () => undefined,
): Promise<ImportResult> => {
  const g = await groundOf(app, scope, mapping)
  const n = { added: 0, updated: 0, unchanged: 0, conflicts: 0, units: 0, done: 0 }
  const failed: { line: number; name: string; says: string }[] = []
  const entries: ImportResult['entries'][number][] = []
  const from = scope.case === undefined ? {} : { import: scope.case }

  const count = (a: Assessed, id: string, as: 'added' | 'updated'): void => {
    n[as]++
    if (entries.length < 1000)
      entries.push({ id, line: a.row.line, name: a.row.data.name, what: as === 'added' ? '新增' : '变更' })
  }
  const opening = (a: Assessed) => {
    const [holder, coHolder] = a.row.data.holders.map((h) => {
      const u = g.unit(h)
      return u === 'several' ? undefined : u
    })
    const division = holder?.division ?? scope.division
    return {
      process: 'item',
      kind: scope.variant,
      variant: scope.variant,
      division,
      seats: {
        holder: holder?.id ?? '',
        coHolder: coHolder?.id ?? '',
        bureau: serving(g.bureaus, division)?.id ?? '',
      },
      links: {},
      act: 'list',
      input: {
        data: {
          ...a.data,
          ...(scope.published ? { published: true } : {}),
          ...(scope.batch ? { batch: scope.batch } : {}),
          ...from,
        },
      } as SystemInput,
    }
  }
  const updating = (a: Assessed): SystemInput => ({ data: { ...a.data, ...from } }) as SystemInput

  const alone = async (a: Assessed): Promise<void> => {
    const id = a.head?.id ?? app.freshId()
    const done =
      a.what === 'new'
        ? await openAsSystem(app, id, opening(a), g.day)
        : await actAsSystem(app, id, 'update', updating(a))
    if (!isRefusal(done)) return count(a, id, a.what === 'new' ? 'added' : 'updated')
    // somebody may have been faster: then the line says nothing new, or something else than it did
    const [now] = await assess(app, g, [a.row])
    if (now && now.what !== a.what) tally(now)
    else failed.push({ line: a.row.line, name: a.row.data.name, says: done.says })
  }
  const tally = (a: Assessed): void => {
    if (a.what === 'added' || a.what === 'updated') count(a, a.head!.id, a.what)
    else if (a.what === 'unchanged') n.unchanged++
    else if (a.what === 'conflict') n.conflicts++
    else
      failed.push({
        line: a.row.line,
        name: a.row.data.name,
        says: a.faults.find((f) => f.level === 'error')?.says ?? '刚刚被他人改动，请重新导入',
      })
  }
  const bring = async (rows: readonly PlannedRow[]): Promise<void> => {
    const all = await assess(app, g, rows)
    const fresh = all.filter((a) => a.what === 'new').map((a) => [app.freshId(), a] as const)
    const changed = all.filter((a) => a.what === 'changed')
    all.filter((a) => a.what !== 'new' && a.what !== 'changed').forEach(tally)
    // what is registered has others to tell, each by itself
    const apart = changed.filter((a) => registrationOf(a.head!))
    const together = changed.filter((a) => !registrationOf(a.head!))
    if (fresh.length + together.length > 0) {
      const done = await manyAsSystem(
        app,
        g.day,
        Object.fromEntries(fresh.map(([id, a]) => [id, opening(a)])),
        together.map((a) => ({ head: a.head!, act: 'update', input: updating(a) })),
      )
      if (!isRefusal(done)) {
        fresh.forEach(([id, a]) => count(a, id, 'added'))
        together.forEach((a) => count(a, a.head!.id, 'updated'))
      }
      // one of them cannot stand, or somebody was faster: each alone, so that the others go on
      else for (const a of [...fresh.map(([, x]) => x), ...together]) await alone(a)
    }
    for (const a of apart) await alone(a)
    n.done += rows.length
    await progress(n.done)
  }

  const chunks = inChunks(app.lists.planBook(book, mapping, { list: scope.list }))
  // units first, one after the other: two chunks must not register the same
  let ready: Promise<unknown> = Promise.resolve()
  const settle = (rows: readonly PlannedRow[]): Promise<unknown> =>
    (ready = ready.then(async () => {
      for (const name of new Set(rows.flatMap((r) => r.data.holders)))
        if (g.unit(name) === undefined && scope.unit === undefined) {
          await registerUnit(app, g, name)
          n.units++
        }
    }))
  const work = async (): Promise<void> => {
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      await settle(next.value)
      await bring(next.value)
    }
  }
  // while the database writes one chunk the next is made
  await Promise.all([work(), work()])
  const { done: _d, ...counts } = n
  return { ...counts, failed: failed.sort((x, y) => x.line - y.line), entries }
}

const chunk = 300
async function* inChunks(
  plan: ReturnType<App['lists']['planBook']>,
): AsyncGenerator<readonly PlannedRow[], void, undefined> {
  let waiting: PlannedRow[] = []
  for await (const { rows } of plan) {
    waiting = waiting.length === 0 ? [...rows] : [...waiting, ...rows]
    let at = 0
    for (; waiting.length - at >= chunk; at += chunk) yield waiting.slice(at, at + chunk)
    waiting = waiting.slice(at)
  }
  if (waiting.length > 0) yield waiting
}

/** Checks a list and, where it has no error, brings it in: for the operator and for samples. */
export const importList = async (
  app: App,
  source: string | Uint8Array,
  name: string,
  format: ListFormat,
  progress: (items: number, of: number) => void = () => undefined,
): Promise<(ImportResult & { readonly checked: Checked }) | Refusal> => {
  const opened = await openList(app, source, name, format)
  if (isRefusal(opened)) return opened
  const checked = await checkList(app, opened, format)
  if (checked.errors > 0) {
    const first = checked.findings.find((f) => f.level === 'error')
    throw new Error(`清单有 ${checked.errors} 处错误，未导入任何一行：第 ${first?.line ?? 0} 行 ${first?.says ?? ''}`)
  }
  return { ...(await applyList(app, opened, format, (n) => progress(n, checked.stats.items))), checked }
}
