import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { done } from '../cases.ts'
import type { Actor } from '../world.ts'
import { choose, findings, noBrowser, site, type Site } from './browser.ts'

const fields = [
  { name: '缴存流水号', field: 'lsh', type: '字符型', length: '12', nullable: false, key: true },
  { name: '证件号码', field: 'sfzh', type: '字符型', length: '18', nullable: false },
  { name: '性别', field: 'xb', type: '字符型', meaning: '1：男；2：女' },
  { name: '开户日期', field: 'khrq', type: '日期型' },
  { name: '更新日期', field: 'gxrq', type: '日期型' },
]
const rows = (n: number, blank: number): string =>
  `lsh,sfzh,xb,khrq,gxrq\n${Array.from(
    { length: n },
    (_, i) => `L${String(i).padStart(6, '0')},${i < blank ? '' : '430102199003077433'},1,2020-01-01,2026-03-10`,
  ).join('\n')}\n`

describe.skipIf(noBrowser)('the quality of data in a browser', { timeout: 90_000 }, () => {
  let s: Site
  let clerk: Page
  let item: string
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-quality-'))
  const file = (name: string, text: string): string => {
    const path = join(dir, name)
    writeFileSync(path, text)
    return path
  }
  const entry = async (who: Actor, boss: string, name: string, upstream: readonly string[]): Promise<string> => {
    const { id } = await done(
      who.send<{ id: string }>('POST', '/api/items', {
        input: {
          basic: { name },
          fields,
          upkeep: { frequency: '每月' },
          access: { sharing: 'unconditional', opening: 'unconditional' },
          ...(upstream.length > 0 ? { rights: { upstream: [...upstream] } } : {}),
        },
      }),
    )
    await done((await s.w.as(boss)).act(id, 'enter', {}, 'item'))
    return id
  }
  beforeAll(async () => {
    s = await site({ lists: false, day: '2026-03-16' })
    const source = await entry(await s.w.as('市法院经办'), '市法院复核', '案件当事人信息', [])
    item = await entry(await s.w.as('公积金经办'), '公积金复核', '缴存人信用信息', [source])
    clerk = await s.as('公积金经办')
  })
  afterEach((test) => s.check(test))
  afterAll(async () => {
    rmSync(dir, { recursive: true })
    await s?.close()
  })
  const shot = (page: Page, name: string) =>
    process.env['PICTURES']
      ? page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: true })
      : undefined
  const panel = (page: Page) => page.getByRole('region', { name: '数据质量', exact: true })
  const drawer = (page: Page) => page.getByRole('dialog')

  it('rules that follow from the description are taken over', async () => {
    await clerk.goto(`/desk/items/${item}`)
    await panel(clerk).getByText('还没有检查过').waitFor()
    await panel(clerk)
      .getByRole('button', { name: /设定质量规则/ })
      .click()
    await drawer(clerk).getByRole('columnheader', { name: '参数' }).waitFor()
    await shot(clerk, 'quality-rules')
    await drawer(clerk).getByRole('button', { name: '设定质量规则' }).click()
    await clerk.getByText('已办理“设定质量规则”').waitFor()
  })

  it('a sample gives a score; what fails is named with its rows', async () => {
    for (const [name, blank] of [
      ['一月.csv', 0],
      ['二月.csv', 30],
    ] as const) {
      await panel(clerk).getByRole('button', { name: '质量检查' }).click()
      await drawer(clerk).getByRole('radio', { name: /事前/ }).check()
      await choose(drawer(clerk), '数据文件', file(name, rows(200, blank)))
      await drawer(clerk).getByRole('button', { name: '质量检查' }).click()
      await drawer(clerk).waitFor({ state: 'hidden' })
      await s.w.settle()
      await panel(clerk)
        .getByRole('img', { name: blank === 0 ? '得分 100' : /^得分 9/ })
        .waitFor()
    }
    const line = panel(clerk).getByRole('row', { name: /不为空 证件号码 sfzh/ })
    await line.getByText('30 / 200').waitFor()
    await line.getByText('15%').waitFor()
    await panel(clerk).getByText('最近 2 次检查').waitFor()
    await shot(clerk, 'quality-panel')
    expect(await findings(clerk)).toEqual([])
  })

  it('a failing check becomes a ticket, walks up to the source unit, is put right and confirmed', async () => {
    await panel(clerk)
      .getByRole('row', { name: /不为空 证件号码 sfzh/ })
      .getByRole('button', { name: '转工单' })
      .click()
    await drawer(clerk).getByRole('button', { name: '提出工单' }).click()
    await clerk.getByRole('heading', { level: 1, name: /缴存人信用信息：质量问题/ }).waitFor()
    const ticket = clerk.url()
    await clerk.getByRole('button', { name: '转上一级溯源' }).click()
    await drawer(clerk).getByText('案件当事人信息（市法院）').waitFor()
    await drawer(clerk).getByLabel('判断问题来自上游的理由').fill('证件号码由上游提供，本单位未作加工')
    await drawer(clerk).getByRole('button', { name: '转上一级溯源' }).click()
    await clerk.getByText('已转 1 级').waitFor()
    await shot(clerk, 'ticket')
    expect(await findings(clerk)).toEqual([])

    const court = await s.as('市法院经办')
    await court.goto(ticket)
    await court.getByRole('button', { name: '受理', exact: true }).click()
    await drawer(court).getByRole('button', { name: '受理', exact: true }).click()
    await court.getByRole('button', { name: '办结整改' }).click()
    await drawer(court).getByRole('radio', { name: '数据已更正' }).check()
    await drawer(court).getByLabel('原因与处理情况').fill('补录时漏填，已补齐三十行')
    await drawer(court).getByRole('button', { name: '办结整改' }).click()
    await court.getByText('待确认').first().waitFor()

    await clerk.reload()
    await clerk.getByRole('button', { name: '确认整改' }).click()
    await drawer(clerk).getByRole('button', { name: '确认整改' }).click()
    await clerk.getByText('已办结').first().waitFor()
    await clerk.goto(`/desk/items/${item}`)
    await panel(clerk)
      .getByText(/更正了数据，请登记数据更新/)
      .waitFor()
  })

  it('the overview leads from unit and dimension to the entry', async () => {
    const bureau = await s.as('六安局经办')
    await bureau.goto('/desk/quality')
    await bureau.getByRole('heading', { level: 1, name: '数据质量' }).waitFor()
    await bureau.getByRole('link', { name: '缴存人信用信息' }).waitFor()
    await shot(bureau, 'quality-overview')
    expect(await findings(bureau)).toEqual([])
    await bureau.getByRole('region', { name: '按维度' }).getByRole('button', { name: '完整性' }).click()
    await bureau.waitForURL(/dimension=completeness/)
    await bureau.getByRole('link', { name: '缴存人信用信息' }).click()
    await panel(bureau).getByRole('img', { name: /^得分/ }).waitFor()
  })

  it('a citizen objects from the public page of an entry', async () => {
    await done((await s.w.as('六安局经办')).act(item, 'publish', {}, 'item'))
    const page = await s.as('公民王女士')
    await page.goto(`/items/${item}`)
    await page.getByRole('link', { name: '反映数据问题' }).click()
    await drawer(page).getByLabel('问题', { exact: false }).first().fill('我的记录登记有误')
    await shot(page, 'ticket-objection')
    await drawer(page).getByRole('button', { name: '提出工单' }).click()
    await page.getByRole('heading', { level: 1, name: /缴存人信用信息：数据异议/ }).waitFor()
    expect(await findings(page)).toEqual([])
  })
})
