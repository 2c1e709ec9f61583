import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { become, findings, noBrowser, perform, pick, press, site, take, type Site } from './browser.ts'

/** One of a few choices that stand side by side. */
const mark = (within: Locator, term: string, option: string): Promise<void> =>
  within.getByRole('radiogroup', { name: term }).getByText(option, { exact: true }).click()

describe.skipIf(noBrowser)('the catalogue from its compiling to the public', { timeout: 180_000 }, () => {
  let s: Site
  beforeAll(async () => {
    s = await site({ day: '2026-01-05' })
  }, 120_000)
  afterEach((test) => s.check(test))
  afterAll(() => s.close())

  it('an entry is compiled, entered, filed against a receipt, shown to the public and published', async () => {
    const page = await s.as('公积金经办')

    // compile
    await page.goto('/desk/catalogue')
    await press(page, '编制目录项')
    const sheet = page.getByRole('dialog', { name: '编制目录项' })
    await sheet.getByLabel('目录名称').fill('公积金提取明细信息')
    await sheet.getByLabel('摘要').fill('职工提取住房公积金的明细')
    await pick(sheet, '更新频率', '每月')
    await mark(sheet, '共享属性', '无条件共享')
    await mark(sheet, '开放属性', '不予开放')
    await sheet.getByLabel('开放条件或不予开放的依据').fill('涉及个人信息')
    await sheet.getByRole('button', { name: '编制目录项', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '公积金提取明细信息' }).waitFor()
    await become(page, '公积金复核')
    await take(page, '公积金提取明细信息')
    await perform(page, '审定编入目录')
    expect(await page.getByLabel('现状').innerText()).toContain('无条件共享')

    // the task, the answer, the receipt
    await become(page, '六安局经办')
    await page.goto('/desk/catalogue/progress')
    await page.getByRole('checkbox', { name: '选择市公积金中心' }).click()
    await page.getByRole('button', { name: '下达任务（1 个单位）' }).click()
    const task = page.getByRole('dialog', { name: '下达任务' })
    await task.getByRole('button', { name: '下达任务', exact: true }).click()
    await page.getByRole('row', { name: /市公积金中心.*待填报/ }).waitFor()
    await become(page, '公积金经办')
    await take(page, '公共数据资源目录备案')
    await perform(page, '填报', { fill: (x) => mark(x, '用于授权运营的范围', '报送的全部') })
    await become(page, '公积金复核')
    await take(page, '公共数据资源目录备案')
    await perform(page, '审定并提交', { fill: (x) => x.getByRole('checkbox').first().click() })
    await become(page, '六安局经办')
    await take(page, '公共数据资源目录备案')
    await perform(page, '予以备案')
    await page
      .getByText(/目录备案-341500-2026-/)
      .first()
      .waitFor()
    expect(await page.getByRole('region', { name: '报送情况' }).innerText()).toContain('4 项')
    await s.w.settle()

    // the notice
    await page.goto('/desk/catalogue-notices')
    await press(page, '拟定公示')
    const notice = page.getByRole('dialog', { name: '拟定公示' })
    await notice.getByRole('textbox', { name: '批次' }).fill('第二批')
    await mark(notice, '公示范围', '选定的目录项')
    await notice.getByRole('combobox', { name: '选定的目录项' }).fill('公积金提取明细')
    await page.locator('.ant-select-dropdown:visible').getByText('公积金提取明细信息', { exact: false }).click()
    await page.keyboard.press('Escape')
    await notice.getByLabel('公示渠道').fill('本平台')
    await notice.getByLabel('联系方式').fill('0564-0000000')
    await notice.getByRole('button', { name: '拟定公示', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '公共数据资源目录公示（第二批）' }).waitFor()
    await become(page, '六安局审批')
    await take(page, '公共数据资源目录公示（第二批）')
    await perform(page, '发布公示')

    const visitor = await s.visitor()
    await visitor.goto('/catalogue')
    await visitor.getByRole('link', { name: /公共数据资源目录公示（第二批）/ }).click()
    await visitor.getByRole('rowheader', { name: '公积金提取明细信息' }).waitFor()
    await visitor.getByRole('heading', { name: '如何提出意见' }).waitFor()
    expect(await findings(visitor)).toEqual([])

    // after the window it is published, and its history says so
    await s.w.until('2026-01-20')
    await page.goto('/desk/catalogue?published=1')
    await page.getByRole('link', { name: '公积金提取明细信息' }).click()
    await page.getByRole('heading', { level: 1, name: '公积金提取明细信息' }).waitFor()
    const history = page.getByRole('region', { name: '变更历史' })
    await history.getByText('向社会公布', { exact: true }).waitFor()
    await history.getByText('已备案', { exact: true }).waitFor()
  })

  it('the ledger leads by click and by keyboard to the entries behind a number', async () => {
    const page = await s.as('六安局经办')
    await page.goto('/desk/catalogue/overview')
    const numbers = page.getByRole('list', { name: '总数' })
    await numbers.getByRole('link', { name: /待归集/ }).waitFor()
    expect(await findings(page)).toEqual([])
    // the chart is drawn, and its table says the same to those who do not see it
    await page.locator('.chart svg').first().waitFor()
    await page.getByText('数据表').first().press('Enter')
    const row = page.getByRole('table', { name: '各单位目录项' }).getByRole('row', { name: /市气象局/ })
    await row.getByRole('link', { name: '市气象局' }).press('Enter')
    await page.getByRole('heading', { level: 1, name: '公共数据资源目录' }).waitFor()
    await page.getByText('6 项', { exact: true }).waitFor()
    await page.goBack()
    await numbers.getByRole('link', { name: /待归集/ }).click()
    await page.getByText('32 项', { exact: true }).waitFor()
  })
})
