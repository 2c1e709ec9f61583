import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections, readCast, staffUnits } from '#application'
import type { CatalogueList, GradeListReport, ItemList, Ledger } from '#contract'
import { done, refusal } from '../cases.ts'
import { samples, world, type Actor, type World } from '../world.ts'

/** The published annex of the Lu'an plan: 102 entries of 25 units, graded by these, found by everybody, watched for freshness. */
let w: World
let bureau: Actor
const grades = readCast(samples).grades!
const [notice, head, ...lines] = readFileSync(join(samples, grades.file), 'utf8').trim().split('\n') as [string, string]
/** What one unit would upload: its own lines under the heading. */
const listOf = (unit: string): Buffer =>
  Buffer.from([head, ...lines.filter((l) => (l as string).split(/[,、]/)[0] === unit)].join('\n'))

const upload = (clerk: Actor, csv: Buffer) => {
  const boundary = 'b0undary'
  return clerk.send<GradeListReport>(
    'POST',
    '/api/gradings/list?apply=1',
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="分类分级清单.csv"\r\nContent-Type: text/csv\r\n\r\n`,
      ),
      csv,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
    { 'content-type': `multipart/form-data; boundary=${boundary}` },
  )
}
const present: Readonly<Record<string, string>> = {
  市公积金中心: '公积金',
  市交通局: '交通局',
  市法院: '市法院',
  市市场监管局: '市监局',
}
const find = (query: string): Promise<ItemList> =>
  done(w.anyone.get<ItemList>(`/api/public/items?object=resource&${query}`))

beforeAll(async () => {
  w = await world({ day: '2026-01-05', lists: true })
  bureau = await w.as('六安局经办')
})
afterAll(() => w.close())

describe('the published annex', () => {
  it('HNL-012 is graded as a whole by its units, each by its own list, one proposing and another confirming', async () => {
    const before = await find('limit=1')
    expect([before.total, before.facets.find((f) => f.key === 'grade')?.options.map((o) => o.value)]).toEqual([
      102,
      [''],
    ])
    const units = await staffUnits(w.app, grades, samples, '2026-01-05')
    expect(lines).toHaveLength(102)
    const alike: string[] = []
    let confirmed = 0
    for (const { unit } of units) {
      const [clerk, boss] = await Promise.all(
        ['经办', '复核'].map((duty) => w.as(`${present[unit.name] ?? unit.name}${duty}`)),
      )
      const report = await done(upload(clerk!, listOf(unit.name)))
      expect(report.problems, unit.name).toEqual([])
      expect(report.opened, unit.name).toBe(report.entries.length)
      alike.push(...report.entries.filter((e) => e.alike > 1).map((e) => e.name))
      for (const g of (await boss!.list('gradings?open=1&limit=200')).rows) {
        if (confirmed === 0) expect(await refusal(clerk!.act(g.id, 'confirm', {}, 'grading'))).toBe('403 not_yours')
        await done(boss!.act(g.id, 'confirm', {}, 'grading'))
        confirmed++
      }
    }
    expect(confirmed).toBe(102)
    // the annex names two entries twice and gives no codes: the two are graded alike, and the unit is told
    expect(alike.sort()).toEqual(['景区游客画像信息', '景区游客画像信息', '温度信息', '温度信息'])
    const all = await done(bureau.get<CatalogueList>('/api/catalogue?limit=200&object=resource'))
    expect(all.rows).toHaveLength(102)
    const seen = await bureau.see(all.rows[0]!.id, 'item')
    expect(seen.facts.find((f) => f.term === '级别')?.value).toMatch(/^一般 [1-4] 级$/)
  })

  it('says that its grades are made up for the demo, in the file and in the reason of each', async () => {
    expect(notice).toContain('演示')
    expect(lines.filter((l) => !(l as string).includes('演示拟定：'))).toEqual([])
    const clerk = await w.as('市气象局经办')
    const [g] = (await clerk.list('gradings?limit=1')).rows
    expect(JSON.stringify((await clerk.see(g!.id, 'grading')).materials)).toContain('演示拟定：')
  })

  it('is found by everybody under its grades', async () => {
    const wanted = (g: string): number => lines.filter((l) => (l as string).includes(`一般${g}级`)).length
    const facet = (await find('limit=1')).facets.find((f) => f.key === 'grade')!
    expect(Object.fromEntries(facet.options.map((o) => [o.value, o.count]))).toEqual(
      Object.fromEntries(['1', '2', '3', '4'].map((g) => [g, wanted(g)])),
    )
    const weather = await find(`grade=1&q=${encodeURIComponent('气象局 温度')}`)
    expect(weather.rows.map((r) => [r.name, r.grade])).toEqual([
      ['温度信息', '1'],
      ['温度信息', '1'],
    ])
    expect(
      (await find(`grade=4&q=${encodeURIComponent('气象局 温度')}&limit=50`)).rows.map((r) => r.name),
    ).not.toContain('温度信息')
  })

  it('LA-060 is watched for freshness where it is collected: 70 entries fall behind, of the 32 to be collected none', async () => {
    await w.until('2026-02-27')
    const ledger = await done(bureau.get<Ledger>('/api/catalogue/ledger'))
    expect(ledger.total).toMatchObject({ entries: 102, collected: 70, pending: 32, watched: 70, overdue: 70 })
    const late = (await done(bureau.get<CatalogueList>('/api/catalogue?limit=200&fresh=overdue'))).rows
    expect([late.length, late.filter((r) => r.collected !== true)]).toEqual([70, []])
    // what its unit brings up to date is late no more
    const clerk = await w.as('市统计局经办')
    const [item] = (await done(clerk.get<CatalogueList>('/api/catalogue?limit=1'))).rows
    await done(clerk.act(item!.id, 'refresh', { dataDay: '2026-02-26' }, 'item'))
    expect((await done(bureau.get<Ledger>('/api/catalogue/ledger'))).total.overdue).toBe(69)
  })

  it('everything written can be derived again from the events', async () => {
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})
