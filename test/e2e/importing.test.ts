import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startLoops } from '#application'
import { choose, findings, noBrowser, perform, site, type Site } from './browser.ts'

const shots = process.env['GONGSHU_SHOTS']

/** A unit’s own sheet on its way into the catalogue, as its clerk and approver see it. */
describe.skipIf(noBrowser)('a list on its way into the catalogue', { timeout: 90_000 }, () => {
  let s: Site
  let clerk: Page
  let boss: Page
  let loops: ReturnType<typeof startLoops>
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-lists-'))
  beforeAll(async () => {
    s = await site({ lists: false })
    loops = startLoops(s.w.app)
    ;[clerk, boss] = await Promise.all([s.as('公积金经办'), s.as('公积金复核')])
  })
  afterEach((test) => s.check(test))
  afterAll(async () => {
    await loops?.stop()
    await s?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const shoot = async (page: Page, name: string): Promise<void> => {
    if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  }
  const download = async (page: Page, button: string): Promise<string> => {
    const arriving = page.waitForEvent('download')
    await page.getByRole('link', { name: button }).click()
    const file = await arriving
    const path = join(dir, file.suggestedFilename())
    await file.saveAs(path)
    return path
  }
  const opened = async (path: string): Promise<{ book: ExcelJS.Workbook; sheet: ExcelJS.Worksheet }> => {
    const book = new ExcelJS.Workbook()
    await book.xlsx.readFile(path)
    return { book, sheet: book.worksheets[0]! }
  }
  const upload = async (source: string, file: string): Promise<void> => {
    await clerk.goto('/desk/imports')
    await clerk.getByRole('button', { name: '上传清单' }).click()
    const sheet = clerk.getByRole('dialog', { name: '上传清单' })
    await sheet.getByLabel('清单来源').fill(source)
    await choose(sheet, '清单文件', file)
    await sheet.getByRole('button', { name: '上传清单', exact: true }).click()
    await clerk.waitForURL(/\/desk\/imports\/[0-9a-f-]{36}/)
    await clerk.getByRole('heading', { level: 1, name: source }).waitFor()
  }
  const state = (page: Page, term: string): Promise<void> =>
    page.getByRole('heading', { level: 1 }).getByText(term, { exact: true }).waitFor()

  it('from the template over a messy sheet, its report and its correction to entries in the catalogue', async () => {
    await clerk.goto('/desk/imports')
    const { book, sheet } = await opened(await download(clerk, '下载模板'))
    const titles = (sheet.getRow(1).values as string[]).slice(1)
    const put = (row: number, cells: Readonly<Record<string, string>>): void => {
      for (const [t, v] of Object.entries(cells)) sheet.getRow(row).getCell(titles.indexOf(t) + 1).value = v
    }
    const line = {
      数源单位: '市公积金中心',
      格式: '数据库',
      更新频率: '每月',
      共享类型: '无条件共享',
      开放属性: '无条件开放',
    }
    put(3, { ...line, 目录名称: '缴存单位信息' })
    put(4, { ...line, 目录名称: '', 摘要: '没有写名称的一行' })
    put(5, { ...line, 目录名称: '贷款发放信息', 共享类型: '看情况' })
    put(6, { ...line, 目录名称: '公交线路信息', 数源单位: '市交通局' })
    put(7, { ...line, 目录名称: '提取业务信息', 更新频率: '想起来就更新' })
    const messy = join(dir, '公积金目录.xlsx')
    await book.xlsx.writeFile(messy)

    await upload('本单位 2026 年目录', messy)
    await state(clerk, '有错误')
    const faults = clerk.getByRole('region', { name: '逐行问题' })
    await faults.getByText('名称为空', { exact: false }).first().waitFor()
    await faults.getByText('“市交通局”不是本单位', { exact: false }).waitFor()
    await faults.getByRole('button', { name: /^错误/ }).click()
    expect(await faults.getByText('想起来就更新').count()).toBe(0)
    await faults.getByRole('button', { name: /^全部/ }).click()
    await shoot(clerk, 'import-faulty')
    expect(await findings(clerk)).toEqual([])

    const report = await opened(await download(clerk, '下载标出问题的原表'))
    const marked = report.sheet
    const heads = (marked.getRow(1).values as string[]).slice(1)
    expect(heads.at(-1)).toBe('问题')
    const cell = (row: number, title: string): ExcelJS.Cell => marked.getRow(row).getCell(heads.indexOf(title) + 1)
    expect(cell(5, '问题').text).toContain('不认识“看情况”')
    cell(4, '目录名称').value = '补写的名称'
    cell(5, '共享类型').value = '无条件共享'
    cell(6, '数源单位').value = '市公积金中心'
    const corrected = join(dir, '公积金目录-改.xlsx')
    await report.book.xlsx.writeFile(corrected)
    await perform(clerk, '换一份清单', { fill: (d) => choose(d, '清单文件', corrected) })
    await state(clerk, '待确认')
    await clerk.getByRole('region', { name: '检查结果' }).getByText('确认后新增 5 条').waitFor()
    const left = clerk.getByRole('region', { name: '逐行问题' })
    await left.getByText('想起来就更新').waitFor()
    expect(await left.count()).toBe(1)
    expect(await left.getByText('名称为空').count()).toBe(0)
    await shoot(clerk, 'import-ready')

    await boss.goto('/desk/tasks')
    await boss.getByRole('link', { name: '本单位 2026 年目录' }).first().click()
    await state(boss, '待确认')
    await perform(boss, '确认导入', {
      fill: async (d) => {
        await d.getByRole('checkbox', { name: /提醒已逐条看过/ }).check()
      },
    })
    await state(boss, '已导入')
    await shoot(boss, 'import-done')
    expect(await findings(boss)).toEqual([])
    await boss.getByRole('region', { name: '导入的目录项' }).getByRole('link', { name: '补写的名称' }).click()
    await boss.getByRole('heading', { level: 1, name: '补写的名称' }).waitFor()
    await clerk.goto('/desk/items?q=提取业务')
    await clerk.getByRole('link', { name: '提取业务信息' }).waitFor()
    await shoot(clerk, 'import-items')
  })

  it('a column read wrongly is corrected with a select, and the next list with these titles is read that way at once', async () => {
    const csv = (name: string): string => {
      const path = join(dir, `${name}.csv`)
      writeFileSync(path, `单位,内容,周期代号\n市公积金中心,${name},每季度\n`)
      return path
    }
    await upload('业务系统导出', csv('担保机构信息'))
    await state(clerk, '有错误')
    const columns = clerk.getByRole('region', { name: '各列含义' })
    const means = async (title: string, term: string): Promise<void> => {
      const box = columns.getByRole('combobox', { name: `“${title}”的含义` })
      await box.click()
      await box.fill(term)
      await clerk.locator('.ant-select-dropdown:visible').getByTitle(term, { exact: true }).click()
    }
    await means('内容', '目录名称')
    await means('周期代号', '更新频率')
    await shoot(clerk, 'import-columns')
    await columns.getByRole('button', { name: '按此重新检查' }).click()
    await state(clerk, '待确认')

    await upload('业务系统导出', csv('合作楼盘信息'))
    await state(clerk, '待确认')
    await clerk.getByText('确认后新增 1 条').waitFor()
    await clerk.goto('/desk/imports')
    await clerk.getByRole('table', { name: '目录导入' }).waitFor()
    await shoot(clerk, 'import-list')
    expect(await findings(clerk)).toEqual([])
  })
})
