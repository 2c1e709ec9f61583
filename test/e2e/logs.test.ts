import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { unpack } from '#evidence'
import { registered, team, type Registered } from '../cases.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

describe.skipIf(noBrowser)('the transparency log before people', { timeout: 60_000 }, () => {
  let s: Site
  let one: Registered
  beforeAll(async () => {
    s = await site({ lists: false })
    one = await registered(s.w, await team(s.w, 'luan'))
    await s.w.sequence()
  })
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const narrow = async (page: Page): Promise<void> => {
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(await findings(page)).toEqual([])
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  it('a visitor finds from 核验 how the logs stand, and the digest of an entry that stands in a published file', async () => {
    const page = await s.visitor()
    await page.goto('/verify')
    await page.getByRole('main').getByRole('link', { name: '公开日志' }).click()
    const register = page.getByRole('region', { name: '登记日志' })
    const checkpoint = await (await page.request.get('/log/register/checkpoint')).text()
    const [, size, root] = checkpoint.split('\n')
    await register.getByText(root!).waitFor()
    expect(await register.innerText()).toContain(Number(size).toLocaleString('zh-CN'))
    await register.getByText('收录及时').waitFor()
    await page.getByText('目前没有见证方').waitFor()
    await page.getByText('node gongshu-verify.mjs').waitFor()

    await page.getByLabel('第几条').fill(size!)
    await page.keyboard.press('Enter')
    const shown = page.getByRole('region', { name: '查一条' })
    const file = shown.getByRole('link', { name: /tile\/entries/ })
    const bundle = await (await page.request.get((await file.getAttribute('href'))!)).body()
    const digest = bundle.subarray(-32).toString('hex')
    expect((await shown.innerText()).replaceAll(' ', '')).toContain(digest)
    expect(await findings(page)).toEqual([])
    await narrow(page)
    s.expectStatus(page, 404)
    await page.getByLabel('第几条').fill('999999')
    await page.keyboard.press('Enter')
    await shown.getByText(`现有 ${size} 条`).waitFor()
  })

  it('HNR-079 an auditor finds an act in the log, keeps its receipt, and anyone verifies it on the page for that', async () => {
    const page = await s.as('六安局审批')
    await page.goto('/desk/tasks')
    const nav = page.getByRole('navigation', { name: '工作台' })
    await nav.getByRole('textbox', { name: '找一个栏目' }).fill('登记日志')
    await nav.getByRole('link', { name: '登记日志' }).click()
    const table = page.getByRole('table', { name: '登记日志' })
    const rows = table.getByRole('row')
    await rows.nth(1).waitFor()
    expect(await findings(page)).toEqual([])
    // narrowed to a person with the name in a row; the address remembers it
    await page.getByRole('button', { name: '公积金经办' }).first().click()
    await page.waitForURL(/person=/)
    await page.waitForFunction(() => !document.querySelector('.stale'))
    const people = await table.locator('tbody td:nth-child(5)').allInnerTexts()
    expect(new Set(people)).toEqual(new Set(['公积金经办']))

    const [bundle] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '导出证据包' }).click(),
    ])
    expect(bundle.suggestedFilename()).toMatch(/^证据包-公积金经办的?_?.*\.zip$/)
    expect([...unpack(readFileSync(await bundle.path())).keys()]).toContain('manifest.json')

    const own = table.getByRole('row').filter({ hasText: '登记申请' }).first()
    const place = (await own.getByRole('cell').first().innerText()).replaceAll(',', '')
    const [receipt] = await Promise.all([
      page.waitForEvent('download'),
      own.getByRole('link', { name: `下载第 ${place} 条的存证回执` }).click(),
    ])
    expect(receipt.suggestedFilename()).toBe(`存证回执-登记日志第${place}条.json`)
    await narrow(page)

    const anyone = await s.visitor()
    for (const [name, path] of [
      [receipt.suggestedFilename(), await receipt.path()],
      [bundle.suggestedFilename(), await bundle.path()],
    ] as const) {
      await anyone.goto('/verify')
      await anyone
        .getByLabel('登记证文件')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: readFileSync(path) })
      await anyone.getByRole('heading', { name: '真实完整' }).waitFor()
      await anyone.getByText(`登记日志第 ${place} 条`).first().waitFor()
    }
  })

  it('the step on the case’s page names the same place, and its receipt and evidence stand together', async () => {
    const page = await s.as('公积金经办')
    await page.goto(`/desk/applications/${one.application}`)
    const course = page.getByRole('region', { name: '办理经过' })
    await course.getByRole('link', { name: '导出证据包（zip）' }).waitFor()
    await course.locator('summary').first().click()
    const said = await course
      .getByText(/登记日志第 \d+ 条 · 存证回执/)
      .first()
      .innerText()
    const place = /第 (\d+) 条/.exec(said)![1]!
    const auditor = await s.w.as('六安局审批')
    const { body } = await auditor.get<{ rows: { place: number; id: string }[] }>(
      '/api/logs/register/entries?limit=200',
    )
    expect(body.rows.find((r) => r.place === Number(place))!.id).toBe(one.application)
  })

  it('HNR-020 whoever runs the platform reads first what has to be done, with the command; nobody else is offered the page', async () => {
    const page = await s.as('运维管理员')
    await page.goto('/desk/keeping')
    const first = page.getByRole('table').first().getByRole('row').nth(1)
    await first.getByText('需处理').waitFor()
    expect(await first.innerText()).toMatch(/备份从未成功[\s\S]*npm run gongshu -- backup --to/)
    await page.getByRole('heading', { name: '保存期限与保全' }).waitFor()
    expect(await findings(page)).toEqual([])
    await narrow(page)
    // on paper it is all there, without the frame
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('navigation', { name: '工作台' }).isVisible()).toBe(false)
    expect(await first.isVisible()).toBe(true)

    const other = await s.as('六安局审批')
    await other.goto('/desk/tasks')
    await other.getByRole('heading', { level: 1, name: '我的待办' }).waitFor()
    expect(await other.getByRole('navigation', { name: '工作台' }).innerText()).not.toContain('保管状况')
    s.expectStatus(other, 403)
    await other.goto('/desk/keeping')
    await other.getByRole('alert').filter({ hasText: '只有平台运营方' }).waitFor()
  })
})
