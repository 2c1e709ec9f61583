import type pg from 'pg'
import type { FoundItem, ItemFacet, ItemList, PublicItem, Refusal, RelatedItems } from '#contract'
import { refuse } from '#contract'
import {
  bothQueries,
  chosenQuery,
  facetKeys,
  fieldToken,
  marks,
  normal,
  parseQuery,
  relaxed,
  relevance,
  strict,
  strictHead,
  tokenQuery,
  unitOf,
  type Choices,
  type FacetKey,
  type Query,
  type Unit,
} from '#domain/catalogue'
import {
  factsAfter,
  findItems,
  itemHeads,
  itemsAfter,
  itemsAt,
  newestItems,
  packedAfter,
  publicItem,
  reindexItems,
  type ItemHead,
  type ItemRow,
} from '#store'
import type { App } from './app.ts'
import { searchColumns, speech } from './speech.ts'
import { divisionName } from './views.ts'

/** Counting ends here. */
const most = 10_000
/** How many are compared with what was asked: all but these are in order of a cruder measure. */
const compared = 200
/** The same where their whole rows are read at once. */
const comparedWhole = 60
/** Fewer than these, and none by its name: what may have been meant is looked for as well. */
const few = 3
/** Options shown of a facet, and when more of it is asked for. */
const options = 12
const moreOptions = 500
/** Milliseconds for which the counts of a whole catalogue beyond the cap are taken to hold. */
const fresh = 10_000

export interface ItemSearch {
  readonly q?: string | undefined
  readonly sort: 'relevance' | 'time'
  readonly cursor?: string | undefined
  readonly limit: number
  readonly chosen: Choices
  /** A facet of which all values are wanted. */
  readonly all?: FacetKey | undefined
}

// ── what a process remembers of the index: only what never changes, and counts that say how old they may be ────

interface Memory {
  facts: { readonly facet: FacetKey; readonly value: string }[]
  newest: number
  units: Unit[]
  whole?: { readonly at: number; readonly counts: Uint32Array; readonly total: number; readonly last: number }
  counting?: Promise<void> | undefined
}
const memories = new WeakMap<pg.Pool, Memory>()
const memoryOf = (pool: pg.Pool): Memory => {
  let m = memories.get(pool)
  if (!m) memories.set(pool, (m = { facts: [], newest: 0, units: [] }))
  return m
}
const learn = async (pool: pg.Pool, m: Memory): Promise<void> => {
  for (const { id, fact } of await factsAfter(pool, m.newest)) {
    const at = fact.indexOf(':')
    const facet = fact.slice(0, at) as FacetKey
    m.facts[id] = { facet, value: fact.slice(at + 1) }
    m.newest = Math.max(m.newest, id)
    if (facet === 'unit') m.units.push(unitOf(fact.slice(at + 1), speech()))
  }
}

/** A packed row as its place in the text: place, day, length of name, facet values. */
const placeAt = (t: string, i: number): number =>
  ((t.charCodeAt(i) - 64) * 16384 + t.charCodeAt(i + 1) - 64) * 16384 + t.charCodeAt(i + 2) - 64

interface Hit {
  readonly place: number
  readonly day: number
  readonly length: number
}

/** Counts packed rows under what is chosen: each facet under the choices of the others. Those that answer all choices are hits. */
const tally = (
  sets: readonly string[],
  m: Memory,
  chosen: Choices,
): { readonly hits: Hit[]; readonly counts: Uint32Array } => {
  const counts = new Uint32Array(m.newest + 1)
  const hits: Hit[] = []
  const asked = facetKeys.filter((f) => (chosen[f]?.length ?? 0) > 0)
  const wanted = new Map<number, number>()
  for (let id = 0; id <= m.newest; id++) {
    const f = m.facts[id]
    const k = f ? asked.indexOf(f.facet) : -1
    if (f && k >= 0 && chosen[f.facet]!.includes(f.value)) wanted.set(id, 1 << k)
  }
  const everything = (1 << asked.length) - 1
  const seen = sets.length > 1 ? new Set<number>() : undefined
  for (const t of sets)
    for (let i = 0; i < t.length;) {
      const end = t.indexOf('\u0001', i + 5)
      const place = placeAt(t, i)
      if (!seen?.has(place)) {
        seen?.add(place)
        let answered = 0
        if (everything) for (let k = i + 5; k < end; k++) answered |= wanted.get(t.charCodeAt(k)) ?? 0
        const missing = everything & ~answered
        if (missing === 0) {
          hits.push({ place, day: t.charCodeAt(i + 3) - 32, length: t.charCodeAt(i + 4) - 32 })
          for (let k = i + 5; k < end; k++) counts[t.charCodeAt(k)]!++
        } else if ((missing & (missing - 1)) === 0) {
          const facet = asked[Math.log2(missing)]
          for (let k = i + 5; k < end; k++) {
            const id = t.charCodeAt(k)
            if (m.facts[id]?.facet === facet) counts[id]!++
          }
        }
      }
      i = end + 1
    }
  return { hits, counts }
}

const size = (set: string): number => {
  let n = 0
  for (let i = set.indexOf('\u0001', 5); i >= 0; i = set.indexOf('\u0001', i + 6)) n++
  return n
}

/** Counts over all there is, by parts. Asked for again when old; whoever asks meanwhile gets the old ones. */
const countAll = async (pool: pg.Pool, m: Memory): Promise<void> => {
  let last = 0
  let total = 0
  let counts: Uint32Array = new Uint32Array(m.newest + 1)
  for (;;) {
    const part = await packedAfter(pool, last, 50_000)
    if (part.last === null) break
    last = part.last
    await learn(pool, m)
    const t = tally([part.packed], m, {})
    total += t.hits.length
    t.counts.set(t.counts.map((n, id) => n + (counts[id] ?? 0)))
    counts = t.counts
  }
  m.whole = { at: performance.now(), counts, total, last }
}
const wholeOf = async (pool: pg.Pool, m: Memory): Promise<NonNullable<Memory['whole']>> => {
  if (!m.whole || performance.now() - m.whole.at > fresh)
    m.counting ??= countAll(pool, m).finally(() => (m.counting = undefined))
  if (!m.whole) await m.counting
  else m.counting?.catch(() => undefined)
  return m.whole!
}

// ── the search ─────────────────────────────────────────────────────────────────────────────────────────────────

const newer = (a: Hit, b: Hit): number => b.day - a.day || b.place - a.place

/** Names before texts, short before long: the order in which there is a place on the table of comparison, and beyond it. */
const crudely = (hits: readonly Hit[], named: ReadonlySet<number>): Hit[] =>
  [...hits].sort(
    (a, b) => Number(named.has(b.place)) - Number(named.has(a.place)) || a.length - b.length || newer(a, b),
  )
const byRelevance = (q: Query, table: readonly Hit[], heads: readonly ItemHead[]): Hit[] => {
  const s = speech()
  const scores = new Map(
    heads.map((h) => [
      h.place,
      relevance(
        q,
        {
          spelling: h.spelling,
          name: normal(h.name, s.simplify),
          units: h.units.map((u) => normal(u, s.simplify)),
          code: normal(h.code, s.simplify),
        },
        s,
      ),
    ]),
  )
  return [...table].sort((a, b) => (scores.get(b.place) ?? 0) - (scores.get(a.place) ?? 0) || newer(a, b))
}
const places = (hits: readonly Hit[]): number[] => hits.map((h) => h.place)

/** The hits of a page in their order, with their rows: two statements, or one where two have been used. */
const paged = async (
  pool: pg.Pool,
  q: Query,
  hits: readonly Hit[],
  named: ReadonlySet<number>,
  o: { readonly byTime: boolean; readonly from: number; readonly limit: number; readonly used: number },
): Promise<readonly ItemRow[]> => {
  const cut = (order: readonly Hit[]): readonly Hit[] => order.slice(o.from, o.from + o.limit)
  const inOrder = (page: readonly Hit[], rows: readonly ItemRow[]): readonly ItemRow[] => {
    const at = new Map(rows.map((r) => [r.place, r]))
    return page.flatMap((h) => at.get(h.place) ?? [])
  }
  if (hits.length === 0) return []
  if (o.byTime) {
    const page = cut([...hits].sort(newer))
    return inOrder(page, await itemsAt(pool, places(page)))
  }
  const crude = crudely(hits, named)
  const size = o.used > 1 ? comparedWhole : compared
  const rest = crude.slice(size)
  if (o.from >= size) return inOrder(cut(crude), await itemsAt(pool, places(cut(crude))))
  if (o.used > 1 || hits.length <= comparedWhole) {
    const rows = await itemsAt(pool, [...new Set(places([...crude.slice(0, size), ...cut(crude)]))])
    return inOrder(cut([...byRelevance(q, crude.slice(0, size), rows), ...rest]), rows)
  }
  const heads = await itemHeads(pool, places(crude.slice(0, size)))
  const page = cut([...byRelevance(q, crude.slice(0, size), heads), ...rest])
  return inOrder(page, await itemsAt(pool, places(page)))
}

/** Searches the published catalogue. At most three statements; the first search of a process reads the facet values as well. */
export const searchItems = async (app: App, o: ItemSearch): Promise<ItemList> => {
  const { pool } = app
  const m = memoryOf(pool)
  const s = speech()
  if (m.newest === 0) await learn(pool, m)
  const q = parseQuery(o.q ?? '', s, m.units)
  const text = strict(q)
  const filter = chosenQuery(o.chosen)
  const byTime = o.sort === 'time' || q.terms.length === 0

  // a catalogue that is known to be vast is not counted for nothing
  if (!text && !filter && (m.whole?.total ?? 0) > most) return browse(app, m, o, q)
  const first = await findItems(pool, text ? [text, strictHead(q)] : ['*'], most + 1)
  if (first.facts > m.newest) {
    // a value nobody had yet: it may be a unit whose short name was asked for
    await learn(pool, m)
    return searchItems(app, o)
  }
  let sets = first.sets
  let used = 1
  let atLeast: ReadonlySet<FacetKey> = new Set()
  let similar = false
  let tallied
  let more = false
  if (size(sets[0]!) > most) {
    more = true
    if (!text && !filter) return browse(app, m, o, q)
    // too many without the choices: count under them
    const asked = facetKeys.filter((f) => o.chosen[f])
    const under = (chosen: Choices): string => bothQueries(text, chosenQuery(chosen)) || '*'
    if (filter) {
      used = 2
      const found = await findItems(
        pool,
        [under(o.chosen), ...asked.map((f) => under({ ...o.chosen, [f]: undefined }))],
        most + 1,
      )
      const [all = '', ...each] = found.sets
      more = size(all) > most
      tallied = tally([all], m, o.chosen)
      each.forEach((set, i) => {
        const own = tally([set], m, { ...o.chosen, [asked[i]!]: undefined })
        for (const [id, f] of m.facts.entries()) if (f?.facet === asked[i]) tallied!.counts[id] = own.counts[id] ?? 0
      })
      atLeast = new Set(more ? facetKeys : asked.filter((_, i) => size(each[i] ?? '') > most))
      if (more && byTime) return browse(app, m, o, q, { counts: tallied.counts, atLeast, query: under(o.chosen) })
    } else {
      atLeast = new Set(facetKeys)
      if (byTime) return browse(app, m, o, q, { counts: tally([sets[0]!], m, {}).counts, atLeast, query: text })
    }
  } else if (text && sets[1] === '' && size(sets[0]!) < few) {
    used = 2
    const [closer = '', farther = '', least = ''] = (await findItems(pool, relaxed(q, s), compared)).sets
    // beside what was found only what is next to it
    const wide = sets[0] !== '' ? '' : closer + farther === '' ? least : farther
    sets = [sets[0]!, closer, wide]
    similar = sets.some((g, i) => i > 0 && g !== '')
  }
  tallied ??= tally(text ? sets.filter((_, i) => similar || i === 0) : sets, m, o.chosen)

  const named = new Set<number>()
  if (text)
    for (const h of tally([sets[similar ? 0 : 1] ?? '', ...(similar ? [sets[1] ?? ''] : [])], m, {}).hits)
      named.add(h.place)
  const from = o.cursor?.startsWith('o') ? Number(o.cursor.slice(1)) || 0 : 0
  const rows = await paged(pool, q, tallied.hits, named, { byTime, from, limit: o.limit, used })
  return {
    rows: rows.map((r) => found(app, r, q)),
    ...(from + o.limit < tallied.hits.length ? { next: `o${from + o.limit}` } : {}),
    total: Math.min(tallied.hits.length, most),
    more,
    similar,
    facets: facets(app, m, tallied.counts, o, atLeast),
  }
}

/** More than can be counted, by time: a page at a time along the index of days. */
const browse = async (
  app: App,
  m: Memory,
  o: ItemSearch,
  q: Query,
  counted?: { readonly counts: Uint32Array; readonly atLeast: ReadonlySet<FacetKey>; readonly query: string },
): Promise<ItemList> => {
  const whole = counted ? undefined : await wholeOf(app.pool, m)
  const [, day = '9999-12-31', place = String(Number.MAX_SAFE_INTEGER)] =
    /^t(\d{4}-\d\d-\d\d)\.(\d+)$/.exec(o.cursor ?? '') ?? []
  const rows = await newestItems(app.pool, { query: counted?.query, day, place: Number(place), limit: o.limit + 1 })
  const page = rows.slice(0, o.limit)
  const last = page.at(-1)
  return {
    rows: page.map((r) => found(app, r, q)),
    ...(rows.length > o.limit && last ? { next: `t${last.updated}.${last.place}` } : {}),
    total: whole?.total ?? most,
    more: !whole,
    similar: false,
    facets: facets(app, m, counted?.counts ?? whole!.counts, o, counted?.atLeast ?? new Set()),
  }
}

// ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────

const facetTerms: Readonly<Record<FacetKey, string>> = {
  object: '类型',
  unit: '数源单位',
  division: '地区',
  industry: '行业',
  grade: '数据级别',
  sharing: '共享属性',
  opening: '开放属性',
  registered: '登记',
  batch: '授权运营',
  format: '资源格式',
  frequency: '更新频率',
}
const order: readonly FacetKey[] = [
  ...(['object', 'unit', 'division', 'industry', 'grade', 'sharing', 'opening'] as const),
  ...(['registered', 'batch', 'format', 'frequency'] as const),
]
const valueTerms: Readonly<Partial<Record<FacetKey, Readonly<Record<string, string>>>>> = {
  object: { resource: '公共数据资源', product: '公共数据产品和服务' },
  grade: { '': '未分级', '1': '一般数据 1 级', '2': '一般数据 2 级', '3': '一般数据 3 级', '4': '一般数据 4 级' },
  sharing: { unconditional: '无条件共享', conditional: '有条件共享', none: '不予共享', '': '未定' },
  opening: { unconditional: '无条件开放', conditional: '有条件开放', none: '不予开放', '': '未定' },
  registered: { yes: '已登记', no: '未登记' },
  batch: { '': '未授权' },
  format: {
    database: '数据库',
    sheet: '电子表格',
    file: '电子文件',
    image: '图形图像',
    stream: '流媒体',
    self: '自描述格式',
    api: '数据接口',
    '': '未说明',
  },
  industry: { '': '未说明' },
  frequency: { '': '未说明' },
}
const termOf = (app: App, facet: FacetKey, value: string): string =>
  facet === 'division' ? divisionName(app, value) : (valueTerms[facet]?.[value] ?? value)

const facets = (
  app: App,
  m: Memory,
  counts: Uint32Array,
  o: ItemSearch,
  atLeast: ReadonlySet<FacetKey>,
): ItemFacet[] => {
  const byFacet = new Map<FacetKey, { id: number; count: number; value: string; chosen: boolean }[]>()
  m.facts.forEach((f, id) => {
    const count = counts[id] ?? 0
    const chosen = o.chosen[f.facet]?.includes(f.value) ?? false
    if (count === 0 && !chosen) return
    const has = byFacet.get(f.facet)
    const one = { id, count, value: f.value, chosen }
    if (has) has.push(one)
    else byFacet.set(f.facet, [one])
  })
  return order.map((key) => {
    const values = (byFacet.get(key) ?? []).sort(
      (a, b) => Number(b.chosen) - Number(a.chosen) || b.count - a.count || a.id - b.id,
    )
    const shown = values.slice(0, o.all === key ? moreOptions : options)
    return {
      key,
      term: facetTerms[key],
      options: shown.map(({ value, count, chosen }) => ({ value, term: termOf(app, key, value), count, chosen })),
      others: values.length - shown.length,
      atLeast: atLeast.has(key),
    }
  })
}

const shownItem = (app: App, r: ItemRow): FoundItem => ({
  id: r.id,
  object: r.object,
  objectTerm: termOf(app, 'object', r.object),
  name: r.name,
  code: r.code,
  units: [...r.units],
  division: r.division,
  divisionName: divisionName(app, r.division),
  industry: r.industry,
  formatTerm: r.format && termOf(app, 'format', r.format),
  frequency: r.frequency,
  sharing: r.sharing,
  sharingTerm: termOf(app, 'sharing', r.sharing),
  opening: r.opening,
  openingTerm: termOf(app, 'opening', r.opening),
  grade: r.grade,
  gradeTerm: termOf(app, 'grade', r.grade),
  collected: r.collected,
  registered: r.registered,
  batch: r.batch,
  summary: r.summary,
  updated: r.updated,
})
const found = (app: App, r: ItemRow, q: Query): ItemList['rows'][number] => {
  const marked = (text: string): [number, number][] =>
    q.terms.length > 0 ? marks(text, q, speech()).map(([a, b]) => [a, b]) : []
  return {
    ...shownItem(app, r),
    marks: { name: marked(r.name), units: r.units.map(marked), summary: marked(r.summary) },
  }
}

// ── one item, and what is near it ──────────────────────────────────────────────────────────────────────────────

const noItem = refuse('not_found', '公开目录中没有这一目录项')

export const itemById = async (app: App, id: string): Promise<PublicItem | Refusal> => {
  const r = await publicItem(app.pool, id)
  if (!r) return noItem
  return {
    ...shownItem(app, r),
    theme: r.theme,
    shown: [...(r.detail.shown ?? [])],
    fields: (r.detail.fields ?? []).map((f) => ({
      name: f.name,
      field: f.field ?? '',
      type: f.type ?? '',
      length: f.length ?? '',
      nullable: f.nullable ?? false,
      key: f.key ?? false,
      meaning: f.meaning ?? '',
    })),
  }
}

/**
 * Items that share information items with one: a shared item counts the more, the fewer entries have it. Where an entry has published
 * none, or nobody shares them, those whose names are near. Three statements.
 */
export const relatedItems = async (app: App, id: string): Promise<RelatedItems | Refusal> => {
  const r = await publicItem(app.pool, id)
  if (!r) return noItem
  const s = speech()
  const fields = [...new Map((r.detail.fields ?? []).map((f) => [normal(f.name, s.simplify), f.name] as const))].slice(
    0,
    60,
  )
  const name = normal(r.name, s.simplify)
  const words = parseQuery(name, s, [])
    .terms.flatMap((t) => t.words)
    .filter((w) => w.length > 1)
  const queries = [
    ...fields.map(([f]) => tokenQuery(fieldToken(f))),
    ...words.map((w) => strictHead({ text: w, latin: false, terms: [{ text: w, words: [w], units: [] }] })),
  ]
  const { sets } = queries.length > 0 ? await findItems(app.pool, queries, 1000) : { sets: [] }
  const near = new Map<number, { score: number; shared: string[] }>()
  sets.forEach((set, i) => {
    // what everything has says nothing
    const n = size(set)
    const weight = (i < fields.length ? 1 : 0.3) / Math.log2(2 + n)
    for (let at = 0; n < 1000 && at < set.length; at = set.indexOf('\u0001', at + 5) + 1) {
      const place = placeAt(set, at)
      const has = near.get(place) ?? { score: 0, shared: [] }
      has.score += weight
      if (i < fields.length) has.shared.push(fields[i]![1])
      near.set(place, has)
    }
  })
  near.delete(r.place)
  const best = [...near].sort((a, b) => b[1].score - a[1].score || b[0] - a[0]).slice(0, 8)
  const rows = new Map(
    (best.length > 0
      ? await itemsAt(
          app.pool,
          best.map(([p]) => p),
        )
      : []
    ).map((x) => [x.place, x]),
  )
  return best.flatMap(([place, { shared }]) => {
    const row = rows.get(place)
    return row ? [{ ...shownItem(app, row), shared }] : []
  })
}

/** Writes the search columns of every published item anew, in batches. @returns how many */
export const reindex = async (
  app: Pick<App, 'pool'>,
  progress: (done: number) => void = () => undefined,
): Promise<number> => {
  let after = '00000000-0000-0000-0000-000000000000'
  let done = 0
  let writing: Promise<unknown> = Promise.resolve()
  for (;;) {
    const page = await itemsAfter(app.pool, after, 2000)
    const rows = page.map((r) => ({ id: r.id, ...searchColumns(r) }))
    // the next page is cut into words while this one is written
    await writing
    if (rows.length === 0) {
      await reindexItems(app.pool, [])
      return done
    }
    writing = reindexItems(app.pool, rows)
    done += rows.length
    after = page.at(-1)!.id
    progress(done)
  }
}
