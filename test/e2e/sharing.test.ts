import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findings, noBrowser, perform, pick, site, take, type Site } from './browser.ts'

/** A request for another unit's data, from the sharing directory to its use, against the will of the unit that holds it. */
describe.skipIf(noBrowser)('sharing between units', { timeout: 90_000 }, () => {
  const entry = '公积金贷款信息'
  let s: Site
  let requester: Page
  let holder: Page
  let holderBoss: Page
  let bureau: Page
  let government: Page
  beforeAll(async () => {
    s = await site({ day: '2026-03-09' })
    ;[requester, holder, holderBoss, bureau, government] = (await Promise.all(
      ['交通局经办', '公积金经办', '公积金复核', '六安局审批', '市政府审批'].map((n) => s.as(n)),
    )) as [Page, Page, Page, Page, Page]
  }, 60_000)
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const state = (page: Page, term: string): Promise<void> =>
    page.getByRole('heading', { level: 1 }).getByText(term, { exact: true }).waitFor()
  const comeBack = async (page: Page, path: string, term: string): Promise<void> => {
    await page.goto(path)
    await state(page, term)
  }

  it('a request is refused with its law, compared, taken to the government, decided, and the data provided under the new class', async () => {
    await requester.goto('/desk/sharing')
    await requester.getByRole('searchbox', { name: '在共享目录中查找' }).fill('公积金贷款')
    await requester.keyboard.press('Enter')
    const row = requester.getByRole('row', { name: entry })
    expect(await row.innerText()).toContain('有条件共享')
    await row.getByRole('button', { name: '申请共享' }).click()
    const form = requester.getByRole('dialog', { name: '申请共享' })
    await form.getByLabel('使用用途').fill('核验网约车驾驶员购车贷款情况')
    await form.getByLabel('所履行的法定职责及依据').fill('网络预约出租汽车经营服务管理暂行办法第十四条')
    await form.getByLabel('需要的信息项').fill('贷款状态\n是否逾期')
    await form.getByLabel('使用期自').fill('2026-03-09')
    await form.getByLabel('使用期至').fill('2027-03-08')
    await form.getByRole('checkbox', { name: /不转供第三方/ }).check()
    await form.getByRole('button', { name: '申请共享', exact: true }).click()
    await state(requester, '待答复')
    const path = new URL(requester.url()).pathname

    await holderBoss.goto('/desk')
    await take(holderBoss, entry)
    await holderBoss.getByText('剩 10 个工作日').first().waitFor()
    await perform(holderBoss, '不同意共享', {
      fill: async (sheet) => {
        await sheet.getByLabel('不同意共享的法律、行政法规或者政策依据').fill('个人信息保护法第二十八条')
        await sheet.getByLabel('理由').fill('贷款信息属于敏感个人信息')
      },
    })

    await comeBack(requester, path, '不同意共享')
    await perform(requester, '请求核实比对', {
      fill: async (sheet) => {
        await pick(sheet, '方式', '核实（是或否）')
        await sheet.getByRole('textbox', { name: '需要核实或者比对的内容' }).fill('驾驶员甲有无逾期贷款')
      },
    })
    await holder.goto('/desk')
    await take(holder, entry)
    await perform(holder, '答复核实比对', { fill: (sheet) => pick(sheet, '结论', '无法核实') })

    await comeBack(requester, path, '已核实比对')
    await requester.getByText('无法核实').first().waitFor()
    await perform(requester, '提请协调争议', {
      fill: async (sheet) => {
        await sheet.getByLabel('争议的内容和理由').fill('核实比对不能满足审批需要，应当共享是否逾期一项')
        await sheet.getByLabel('所履行的法定职责及依据').fill('同前')
      },
    })

    await bureau.goto('/desk')
    await take(bureau, entry)
    await perform(bureau, '协调不成，报请决定', {
      label: /协调不成，报请决定/,
      fill: async (sheet) => {
        await sheet.getByLabel('双方意见和协调情况').fill('双方未达成一致')
        await sheet.getByLabel('协调部门的建议').fill('建议按有条件共享提供')
      },
    })

    await government.goto('/desk')
    await take(government, entry)
    await perform(government, '决定共享', {
      label: /决定共享/,
      sure: true,
      fill: async (sheet) => {
        await sheet.getByLabel('理由').fill('属于履行法定职责所必需')
        await sheet.getByLabel('决定或者协调意见的文件名称与文号').fill('六政函〔2026〕9号')
        await sheet.getByRole('radio', { name: '无条件共享', exact: true }).check()
      },
    })

    await comeBack(holder, path, '待提供')
    await perform(holder, '提供数据', {
      fill: async (sheet) => {
        await sheet.getByRole('radio', { name: '数据接口' }).check()
        await sheet.getByLabel('接口或者库表说明').fill('市公共数据平台接口 FUND-LOAN-STATE')
        await sheet.getByLabel('交付日期').fill('2026-03-09')
      },
    })
    await comeBack(requester, path, '待确认')
    await perform(requester, '确认收到')
    await state(requester, '使用中')
    expect(await findings(requester)).toEqual([])

    await requester.goto('/desk/sharing?q=公积金贷款')
    await requester.getByRole('row', { name: entry }).getByText('无条件共享').waitFor()
    expect(await findings(requester)).toEqual([])
  })

  it('the bureau reads in the statistics what became of it, and comes to the case behind a figure', async () => {
    await bureau.goto('/desk/sharing/statistics')
    const table = bureau.getByRole('region', { name: '责任履行' })
    await table.getByRole('button', { name: '市公积金中心，争议应共享 1 件' }).click()
    const behind = bureau.getByRole('region', { name: '市公积金中心 · 争议应共享' })
    await behind.getByRole('link', { name: entry }).waitFor()
    expect(await table.getByRole('row', { name: '市公积金中心' }).innerText()).toMatch(
      /^市公积金中心\t1\t0\t1\t0\t1\t0\t0\t/,
    )
    expect(await findings(bureau)).toEqual([])
  })
})
