import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ItemList } from '#contract'
import { asOwner } from '../access/database.ts'
import { world, type World } from '../world.ts'
import { publishedSamples, putItems } from './items.ts'
import { wanted } from './queries.ts'

let w: World
const items = publishedSamples()
beforeAll(async () => {
  w = await world()
  await asOwner(w, (q) => putItems(q as never, items))
})
afterAll(() => w.close())

describe('what people type finds what they mean', () => {
  test('the queries ask for entries that are there, at least 150 of them', () => {
    const names = new Set(items.map((i) => i.name))
    expect(wanted.flatMap((x) => x.names.filter((n) => !names.has(n)))).toEqual([])
    expect(new Set(wanted.map((x) => x.q)).size).toBeGreaterThanOrEqual(150)
  })

  test('recall at 10 is at least 0.95 and the mean reciprocal rank at least 0.85', async () => {
    const of = new Map<string, { n: number; recall: number; rank: number }>()
    const missed: string[] = []
    for (const x of wanted) {
      const { body } = await w.anyone.get<ItemList>(`/api/public/items?limit=10&q=${encodeURIComponent(x.q)}`)
      const got = body.rows.map((r) => r.name)
      const first = got.findIndex((n) => x.names.includes(n))
      const recall = x.names.filter((n) => got.includes(n)).length / x.names.length
      if (recall < 1 || first !== 0) missed.push(`${x.kind} ${x.q}: ${first + 1}. of ${got.join('、')}`)
      for (const kind of [x.kind, 'all']) {
        const sum = of.get(kind) ?? { n: 0, recall: 0, rank: 0 }
        of.set(kind, { n: sum.n + 1, recall: sum.recall + recall, rank: sum.rank + (first < 0 ? 0 : 1 / (first + 1)) })
      }
    }
    const table = [...of].map(
      ([kind, s]) => `${kind} n=${s.n} recall@10 ${(s.recall / s.n).toFixed(3)} MRR ${(s.rank / s.n).toFixed(3)}`,
    )
    console.log(`${table.join('\n')}\n${process.env['SEARCH_MISSED'] ? missed.join('\n') : ''}`)
    const total = of.get('all')!
    expect(total.recall / total.n).toBeGreaterThanOrEqual(0.95)
    expect(total.rank / total.n).toBeGreaterThanOrEqual(0.85)
  })
})
