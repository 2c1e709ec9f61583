import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { asOwner } from '../access/database.ts'
import { anItem, publishedSamples, putItems } from '../search/items.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

const fields = ['公积金账号', '单位名称', '缴存基数', '缴存月份'].map((name, i) => ({
  name,
  field: `F${i}`,
  type: '字符型',
  length: '20',
  nullable: i > 0,
  key: i === 0,
  meaning: '',
}))

describe.skipIf(noBrowser)('searching the catalogue in a browser', { timeout: 60_000 }, () => {
  let s: Site
  let page: Page
  beforeAll(async () => {
    s = await site({ lists: false })
    const detail = { shown: [], fields }
    await asOwner(s.w, (q) =>
      putItems(q as never, [
        ...publishedSamples(),
        anItem({
          name: '公积金缴存明细',
          units: ['市公积金中心'],
          grade: '3',
          detail,
          summary: '缴存单位和职工的月度缴存明细。',
        }),
        anItem({
          name: '公积金提取明细',
          units: ['市公积金中心'],
          grade: '2',
          detail: { shown: [], fields: fields.slice(0, 2) },
        }),
      ]),
    )
    page = await s.visitor()
  })
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const shot = (name: string) =>
    process.env['PICTURES']
      ? page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: true })
      : undefined
  const hits = (): Promise<string[]> =>
    page.getByRole('region', { name: '查询结果' }).getByRole('heading').allInnerTexts()

  it('a unit’s short name and a word find the entry; what was asked is marked', async () => {
    await page.goto('/items')
    await page.getByRole('searchbox').fill('卫健委 手术')
    await page.getByRole('button', { name: '查询', exact: true }).click()
    await page.getByText('查询“卫健委 手术”').waitFor()
    expect((await hits())[0]).toBe('手术记录')
    expect(await page.locator('mark').allInnerTexts()).toContain('手术')
  })

  it('choices stand in the address, are counted, and can be taken back', async () => {
    await page.goto('/items?q=gongjijin')
    const facets = page.getByRole('complementary', { name: '筛选' })
    await facets.getByRole('link', { name: /^一般数据 3 级/ }).click()
    await page.waitForURL(/grade=3/)
    await page.getByRole('link', { name: '去掉筛选：数据级别：一般数据 3 级' }).waitFor()
    expect(await hits()).toEqual(['公积金缴存明细'])
    // its own count stays, so that another level can be chosen instead
    await facets.getByRole('link', { name: /^一般数据 2 级/ }).waitFor()
    await shot('items')
    await page.goBack()
    await expect.poll(async () => (await hits()).length).toBeGreaterThan(3)
    expect(await findings(page)).toEqual([])
  })

  it('an entry shows its information items and what shares them', async () => {
    await page.goto('/items?q=公积金缴存明细')
    await page.getByRole('link', { name: '公积金缴存明细', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '公积金缴存明细', exact: true }).waitFor()
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(expect.arrayContaining(['缴存基数']))
    await page.getByText('同有 公积金账号、单位名称').waitFor()
    await shot('item')
    expect(await findings(page)).toEqual([])
  })

  it('says so where nothing is found, and what to do', async () => {
    await page.goto('/items?q=魑魅魍魉')
    await page.getByRole('heading', { name: '没有找到与“魑魅魍魉”相符的目录项' }).waitFor()
    await shot('none')
  })
})
