import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FoundItem, ItemList, PublicItem, RelatedItems } from '#contract'
import { reindex, searchColumns, searchItems } from '#application'
import { generateItems } from '../../bench/catalogue.ts'
import { asOwner } from '../access/database.ts'
import { world, type World } from '../world.ts'
import { anItem, putItems, type Item } from './items.ts'

let w: World
const generated = generateItems(3000)
beforeAll(async () => {
  w = await world()
  await asOwner(w, (q) => putItems(q as never, generated))
})
afterAll(() => w.close())

const put = (items: readonly Item[]): Promise<void> => asOwner(w, (q) => putItems(q as never, items))
const find = async (query: Record<string, string | string[]>): Promise<ItemList> => {
  const params = new URLSearchParams()
  for (const [k, v] of Object.entries(query)) for (const one of [v].flat()) params.append(k, one)
  const { status, body } = await w.anyone.get<ItemList>(`/api/public/items?${params.toString()}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const counts = (list: ItemList, key: string): Record<string, number> =>
  Object.fromEntries((list.facets.find((f) => f.key === key)?.options ?? []).map((o) => [o.value, o.count]))

describe('searching the public catalogue', () => {
  it('counts a facet under the choices of the others and not under its own', async () => {
    const list = await find({ q: '企业', sharing: 'conditional', grade: ['2', '3'], all: 'unit' })
    const holds = (i: Item): boolean =>
      [i.name, i.summary, ...i.units, i.industry, ...i.detail.fields.map((f) => f.name)].some((t) => t.includes('企业'))
    const all = generated.filter(holds)
    const by = (keep: (i: Item) => boolean, of: (i: Item) => readonly string[]): Record<string, number> => {
      const out: Record<string, number> = {}
      for (const i of all.filter(keep)) for (const v of of(i)) out[v] = (out[v] ?? 0) + 1
      return out
    }
    const shared = (i: Item): boolean => i.sharing === 'conditional'
    const graded = (i: Item): boolean => ['2', '3'].includes(i.grade)
    expect(list.total).toBe(all.filter((i) => shared(i) && graded(i)).length)
    expect(counts(list, 'sharing')).toEqual(by(graded, (i) => [i.sharing]))
    expect(counts(list, 'grade')).toEqual(by(shared, (i) => [i.grade]))
    expect(counts(list, 'unit')).toEqual(
      by(
        (i) => shared(i) && graded(i),
        (i) => i.units,
      ),
    )
    expect(counts(list, 'registered')).toEqual(
      by(
        (i) => shared(i) && graded(i),
        (i) => [i.registered ? 'yes' : 'no'],
      ),
    )
  })

  it('gives every hit once, page after page, in either order', async () => {
    for (const sort of ['relevance', 'time']) {
      const seen: FoundItem[] = []
      let cursor: string | undefined
      let total = 0
      do {
        const list: ItemList = await find({ q: '登记 信息', sort, limit: '17', ...(cursor ? { cursor } : {}) })
        seen.push(...list.rows)
        total = list.total
        cursor = list.next
      } while (cursor)
      expect(total).toBeGreaterThan(60)
      expect(new Set(seen.map((r) => r.id)).size).toBe(total)
      expect(seen.length).toBe(total)
      if (sort === 'time')
        expect(seen.map((r) => r.updated)).toEqual(
          seen
            .map((r) => r.updated)
            .sort()
            .reverse(),
        )
    }
  })

  it('finds a saved item with the very next request, and no longer what it was before', async () => {
    const item = anItem({ name: '蓝藻打捞台账', units: ['市巢湖管理局'] })
    const columns = searchColumns(item)
    const doc = (row: object | null) => ({ rows: [{ table: 'public_item', id: item.id, row: row as never }] })
    expect((await w.app.committer.commit(doc({ ...item, ...columns }))).ok).toBe(true)
    expect((await find({ q: '蓝藻 打捞' })).rows.map((r) => r.id)).toEqual([item.id])
    // a unit that nobody has heard of before, by its short name and in pinyin
    expect((await find({ q: '巢管局' })).rows.map((r) => r.id)).toEqual([item.id])
    expect((await find({ q: 'chaohuguanliju' })).rows.map((r) => r.id)).toEqual([item.id])
    expect(counts(await find({ q: '蓝藻' }), 'unit')).toEqual({ 市巢湖管理局: 1 })

    const renamed = { ...item, name: '水华监测台账' }
    expect((await w.app.committer.commit(doc({ ...renamed, ...searchColumns(renamed) }))).ok).toBe(true)
    expect((await find({ q: '水华监测' })).rows.map((r) => r.id)).toEqual([item.id])
    expect((await find({ q: '蓝藻打捞' })).rows.map((r) => r.id)).not.toContain(item.id)

    expect((await w.app.committer.commit(doc(null))).ok).toBe(true)
    expect((await find({ q: '水华监测' })).rows.map((r) => r.id)).not.toContain(item.id)
  })

  it('stores the columns just as they were computed, so that a rebuild can compare them', async () => {
    const odd = anItem({ name: `'引号'与\\斜线、Ａ１`, code: `3415-00'1`, batch: `第一批\\'甲'` })
    await put([odd])
    const stored = await asOwner(w, (q) =>
      q.query<{ id: string; tokens: string; spelling: string }>(
        'select id, tokens::text, spelling from gongshu.public_item where id = any ($1)',
        [[odd, ...generated.slice(0, 200)].map((i) => i.id)],
      ),
    )
    const computed = new Map([odd, ...generated].map((i) => [i.id, searchColumns(i)]))
    expect(stored.rows.length).toBe(201)
    for (const { id, ...columns } of stored.rows) expect(columns).toEqual(computed.get(id))
  })

  it('takes at most three statements, whatever is asked', async () => {
    let statements = 0
    const pool = new Proxy(w.app.pool, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          if (key === 'query') statements++
          return (value as (...a: unknown[]) => unknown).apply(target, args)
        }
      },
    })
    const app = { ...w.app, pool }
    const ask = async (q: string, chosen = {}): Promise<number> => {
      statements = 0
      await searchItems(app, { q, sort: 'relevance', limit: 20, chosen })
      return statements
    }
    await ask('') // reads the facet values
    for (const q of ['', '企业 登记', '企业', '失信被执刑人', 'qiye', '查无此词', '公安局'])
      for (const chosen of [{}, { sharing: ['conditional'], grade: ['1'] }])
        expect(await ask(q, chosen), q).toBeLessThanOrEqual(3)
  })

  it('marks what was asked for, pinyin and traditional forms too', async () => {
    const item = anItem({ name: '琥珀鉴定记录' })
    await put([item])
    for (const q of ['琥珀', 'hupo', '琥珀鑑定']) {
      const [first] = (await find({ q })).rows
      expect(first?.name, q).toBe(item.name)
      expect(first?.marks.name, q).toEqual([[0, q.length === 4 && q !== 'hupo' ? 4 : 2]])
    }
  })

  it('says when what it shows is only near to what was asked', async () => {
    const exact = await find({ q: '行政处罚' })
    expect(exact.similar).toBe(false)
    const near = await find({ q: '行政处发' })
    expect(near.similar).toBe(true)
    expect(near.rows[0]?.name).toContain('行政处罚')
    const nothing = await find({ q: '魑魅魍魉' })
    expect(nothing.rows).toEqual([])
  })

  it('takes whatever is typed for a text and never for a query', async () => {
    for (const q of [
      `'`,
      `\\`,
      `:*`,
      `a & b | !c`,
      `('x')`,
      '<->',
      '%_',
      '𠮷野家',
      '🚗 车',
      ' ',
      '的',
      'x'.repeat(200),
    ])
      expect((await find({ q })).rows.length, q).toBeGreaterThanOrEqual(0)
    const { status } = await w.anyone.get('/api/public/items?q=%00')
    expect(status).toBe(422)
  })

  it('gives one item with its information items, and items that share them, the rarer the nearer', async () => {
    const field = (...names: string[]) => ({ shown: [], fields: names.map((name) => ({ name, field: '' })) })
    const a = anItem({ name: '甲烷排放登记', detail: field('姓名', '甲烷浓度', '排口编号') })
    const b = anItem({ name: '无关的名字', detail: field('甲烷浓度', '排口编号') })
    const c = anItem({ name: '别的名字', detail: field('姓名') })
    await put([a, b, c])
    const one = await w.anyone.get<PublicItem>(`/api/public/items/${a.id}`)
    expect(one.body.fields.map((f) => f.name)).toEqual(['姓名', '甲烷浓度', '排口编号'])
    const related = await w.anyone.get<RelatedItems>(`/api/public/items/${a.id}/related`)
    expect(related.body[0]).toMatchObject({ id: b.id, shared: ['甲烷浓度', '排口编号'] })
    expect((await w.anyone.get('/api/public/items/00000000-0000-7000-8000-000000000000')).status).toBe(404)
  })

  it('can be indexed anew and answers the same', async () => {
    const before = await find({ q: '医保 登记', limit: '50' })
    const n = await reindex(w.app)
    expect(n).toBeGreaterThanOrEqual(generated.length)
    const after = await find({ q: '医保 登记', limit: '50' })
    expect(after.rows.map((r) => r.id)).toEqual(before.rows.map((r) => r.id))
    expect(after.facets).toEqual(before.facets)
  })
})
