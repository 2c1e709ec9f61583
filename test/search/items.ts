import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type pg from 'pg'
import { v7 } from 'uuid'
import { searchColumns } from '#application'
import { samples } from '../world.ts'

/** A row of the public catalogue, as a unit might have published it. */
export interface Item {
  readonly id: string
  readonly object: string
  readonly name: string
  readonly code: string
  readonly units: readonly string[]
  readonly division: string
  readonly industry: string
  readonly theme: string
  readonly format: string
  readonly frequency: string
  readonly sharing: string
  readonly opening: string
  readonly grade: string
  readonly collected: boolean | null
  readonly registered: string
  readonly batch: string
  readonly summary: string
  readonly detail: {
    readonly shown: readonly { group: string; term: string; value: string }[]
    readonly fields: readonly { readonly name: string; readonly field?: string }[]
  }
  readonly updated: string
}

export const anItem = (of: Partial<Item> & { readonly name: string }): Item => ({
  id: v7(),
  object: 'resource',
  code: '',
  units: ['市公安局'],
  division: '341500',
  industry: '',
  theme: '',
  format: 'database',
  frequency: '每日',
  sharing: 'conditional',
  opening: 'none',
  grade: '',
  collected: true,
  registered: '',
  batch: '',
  summary: '',
  detail: { shown: [], fields: [] },
  updated: '2026-03-02',
  ...of,
})

/** Puts rows where commit() puts them, without the cases they follow from. */
export const putItems = async (owner: Pick<pg.Pool, 'query'>, items: readonly Item[]): Promise<void> => {
  for (let i = 0; i < items.length; i += 2000) {
    const rows = items.slice(i, i + 2000).map((x) => ({ ...x, ...searchColumns(x) }))
    await owner.query(
      `insert into gongshu.public_item select p.* from jsonb_array_elements($1) r, jsonb_populate_record(null::gongshu.public_item, r) p`,
      [JSON.stringify(rows)],
    )
  }
}

/** The catalogue and the product list that one city published. */
export const publishedSamples = (): readonly Item[] => {
  const rows = (file: string): Record<string, string>[] =>
    parse(readFileSync(`${samples}/luan/${file}`), { columns: true, bom: true })
  return [
    ...rows('catalog.csv').map((r) =>
      anItem({
        name: r['数据资源目录']!,
        units: r['数源单位']!.split('、'),
        frequency: r['更新频率']!,
        collected: r['待归集'] !== 'true',
      }),
    ),
    ...rows('products.csv').map((r) =>
      anItem({
        object: 'product',
        name: r['产品名称']!,
        units: ['六安市公共数据运营机构（演示）'],
        industry: r['所属行业']!,
        format: r['服务形式']!,
        frequency: '',
        sharing: '',
        opening: '',
      }),
    ),
  ]
}
