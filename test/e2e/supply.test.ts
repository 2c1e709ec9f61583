import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { domainOf, provincials, type Domain } from '../authorization.ts'
import { done } from '../cases.ts'
import { agreementOver, anItem, batchAct, masked, table } from '../supply.ts'
import { load } from '../access/stage.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

describe.skipIf(noBrowser)('supply in a browser', { timeout: 120_000 }, () => {
  let s: Site
  let d: Domain
  let clerk: Page
  let agreement: string
  let item: string
  let batch: string
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-supply-'))
  const shot = (page: Page, name: string) =>
    process.env['PICTURES']
      ? page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: true })
      : undefined
  beforeAll(async () => {
    s = await site({ lists: false, more: provincials })
    d = await domainOf(s.w)
    item = await anItem(s.w, d, '公积金缴存明细')
    const second = await anItem(s.w, d, '公积金贷款明细')
    agreement = await agreementOver(s.w, d, [item, second])
    await masked(d.clerk, d.boss, agreement, item)
    clerk = await s.as('中心经办')
  })
  afterEach((test) => s.check(test))
  afterAll(async () => {
    rmSync(dir, { recursive: true })
    await s?.close()
  })

  it('shows of every entry what is missing and who must act', async () => {
    await clerk.goto('/desk/supply')
    await clerk
      .getByRole('link', { name: /^内容|授权运营|协议/ })
      .first()
      .waitFor()
    await clerk.goto(`/desk/supply/${agreement}`)
    const ready = clerk.getByRole('region', { name: '公积金缴存明细' })
    await ready.getByText('可以供数').waitFor()
    const lacking = clerk.getByRole('region', { name: '公积金贷款明细' })
    await lacking.getByText('缺 1 项前提').waitFor()
    expect(await lacking.getByText(/含有个人信息而没有脱敏规则/).count()).toBe(1)
    expect(await lacking.getByText('由数源单位、实施机构办理').count()).toBe(1)
    expect(await lacking.getByRole('button', { name: '上传文件' }).count()).toBe(0)
    await shot(clerk, 'supply')
    expect(await findings(clerk)).toEqual([])
  })

  it('takes a file in pieces, tells how far it is, and shows the way it has gone', async () => {
    const opened = await done(
      d.clerk.send<{ id: string }>('POST', '/api/batches', {
        kind: 'file',
        about: agreement,
        input: { item, period: '2026年3月', compliance: [(await d.clerk.upload()).id] },
      }),
    )
    batch = opened.id
    const path = join(dir, '缴存明细.csv')
    writeFileSync(path, table(150_000))
    await clerk.goto(`/desk/batches/${batch}`)
    await clerk.getByText('选择文件并上传').waitFor()
    await shot(clerk, 'batch-open')
    await clerk.getByLabel('数据文件', { exact: true }).setInputFiles(path)
    await clerk.getByText('检核中').first().waitFor()
    await s.w.settle()
    await clerk.reload()
    await clerk.getByText('待验收').first().waitFor()
    expect((await load(s.w, batch)).data['checked']!['rows']).toBe(150_000)
    await done(batchAct(d.boss, batch, 'accept'))
    await done(batchAct(d.operator, batch, 'hops.environment'))
    await clerk.reload()
    await clerk.getByText('齐备').waitFor()
    await shot(clerk, 'batch')
    expect(await findings(clerk)).toEqual([])
    await clerk.goto(`/desk/supply/${agreement}`)
    await clerk.getByText('150,000').waitFor()
    await shot(clerk, 'supply-after')
  })
})
