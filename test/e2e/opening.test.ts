import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { done } from '../cases.ts'
import { csv, entry, granted, opens, type Unit } from '../openData.ts'
import type { Actor, World } from '../world.ts'
import { choose, findings, noBrowser, paper, perform, pick, press, site, take, type Site } from './browser.ts'

/** From the entry to the copy and back to its recipient; from a demand to its delivery: as people do it, in a browser. */
describe.skipIf(noBrowser)('open data and demands', { timeout: 90_000 }, () => {
  let s: Site
  let w: World
  let unit: Unit
  let clerk: Page
  let boss: Page
  let bureau: Page
  beforeAll(async () => {
    s = await site({ day: '2026-03-09' })
    w = s.w
    const [a, b, c] = await Promise.all(['交通局经办', '交通局复核', '六安局经办'].map((n) => w.as(n)))
    unit = { clerk: a as Actor, boss: b as Actor, bureau: c as Actor }
    ;[clerk, boss, bureau] = (await Promise.all(['交通局经办', '交通局复核', '六安局经办'].map((n) => s.as(n)))) as [
      Page,
      Page,
      Page,
    ]
  })
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const shot = async (page: Page, name: string): Promise<void> => {
    if (process.env['GONGSHU_SHOTS'])
      await page.screenshot({ path: join(process.env['GONGSHU_SHOTS'], `${name}.png`), fullPage: true })
  }
  const file = (name: string, rows: number): string => {
    const path = join(tmpdir(), name)
    writeFileSync(path, csv(rows))
    return path
  }

  it('a unit opens data; a visitor finds it, looks at its rows and downloads it without signing in', async () => {
    const id = await entry(w, unit, { opening: 'unconditional', grade: '1' })
    await boss.goto(`/desk/items/${id}`)
    await perform(boss, '发布开放数据', {
      behindMore: true,
      sure: true,
      fill: async (sheet) => {
        await choose(sheet, '数据文件', file('公交站点信息.csv', 1200))
        await sheet.getByLabel('数据截至').fill('2026-03-01')
        await sheet.getByLabel('数据截至').press('Enter')
        await sheet.getByRole('checkbox', { name: /已逐列核对/ }).check()
        await shot(boss, 'open-sheet')
      },
    })
    const visitor = await s.visitor()
    await visitor.goto('/datasets')
    await visitor.getByRole('heading', { level: 1, name: '开放数据' }).waitFor()
    await shot(visitor, 'datasets')
    await visitor.getByRole('link', { name: '公交站点信息' }).click()
    await visitor.getByRole('heading', { level: 1, name: '公交站点信息' }).waitFor()
    await visitor.getByRole('region', { name: '数据预览' }).getByText('站点,1"号').waitFor()
    await shot(visitor, 'dataset')
    expect(await findings(visitor)).toEqual([])
    const coming = visitor.waitForEvent('download')
    await visitor.getByRole('link', { name: /下载 CSV/ }).click()
    const saved = await (await coming).path()
    expect(readFileSync(saved).equals(csv(1200))).toBe(true)
  })

  it('conditional data: applied for on the portal, granted, downloaded as a copy of one’s own, suspended for a breach, traced', async () => {
    const id = await entry(w, unit, {
      opening: 'conditional',
      grade: '3',
      over: { basic: { name: '公交客流明细' } },
    })
    await done(opens(unit, id, csv(3000)))
    const citizen = await s.visitor()
    s.expectStatus(citizen, 401)
    await citizen.goto(`/datasets/${id}`)
    await citizen.getByRole('button', { name: '申请使用' }).click()
    await citizen.getByRole('region', { name: '申请使用' }).getByRole('button', { name: '登录' }).click()
    await citizen.getByRole('button', { name: '公民王女士' }).click()
    const form = citizen.getByRole('region', { name: '申请使用' })
    await form.getByLabel('应用场景').fill('老年人出行研究')
    await form.getByLabel('所属行业').fill('交通运输')
    await form.getByLabel('解决的问题').fill('找出换乘不便的站点')
    await form.getByLabel('使用目的').fill('学术研究')
    await form.getByLabel('使用期限至').fill('2026-12-31')
    await form.getByLabel('使用期限至').press('Enter')
    await form.getByLabel('安全保障措施').fill('只在本人电脑上使用，加密保存')
    await form.getByLabel('联系人').fill('王女士')
    await form.getByLabel('联系电话').fill('13800000000')
    await choose(form, '已签署的承诺书', paper('承诺书'))
    await form.getByRole('checkbox', { name: /不以任何形式提供给第三方/ }).check()
    await form.getByRole('checkbox', { name: /可以追溯到本申请人/ }).check()
    await shot(citizen, 'apply')
    expect(await findings(citizen)).toEqual([])
    await form.getByRole('button', { name: '申请使用' }).click()
    await citizen.getByRole('heading', { name: '申请已经提出' }).waitFor()

    await clerk.goto('/desk')
    await take(clerk, '老年人出行研究')
    await perform(clerk, '提出审核意见', { fill: (sheet) => sheet.getByLabel('审核意见').fill('场景明确') })
    await boss.goto('/desk')
    await take(boss, '老年人出行研究')
    await shot(boss, 'opening-review')
    await perform(boss, '同意开放', { label: /^同意开放/ })

    await citizen.getByRole('link', { name: '查看办理情况' }).click()
    await citizen.getByRole('heading', { level: 1 }).getByText('使用中', { exact: true }).waitFor()
    await shot(citizen, 'opening-granted')
    const coming = citizen.waitForEvent('download')
    await citizen.getByRole('link', { name: '下载 CSV' }).click()
    const saved = await (await coming).path()
    const text = readFileSync(saved, 'utf8')
    expect(text).toContain('仅供“公民王女士”使用')
    expect(text).toContain('老年人出行研究')

    // a twentieth of it turns up somewhere
    await granted(unit, await w.as('公民李先生'), id)
    const [head, ...body] = text.split('\n').filter((l) => !l.replace('\uFEFF', '').startsWith('#'))
    const found = join(tmpdir(), '网上发现的数据.csv')
    writeFileSync(found, [head, ...body.filter((_, i) => i % 20 === 0)].join('\n'))
    await bureau.goto(`/desk/items/${id}`)
    const chooser = bureau.waitForEvent('filechooser')
    await bureau.getByRole('button', { name: '上传发现的文件' }).click()
    await (await chooser).setFiles(found)
    await bureau.getByText('已查明来源').waitFor()
    await bureau.getByText(/最可能出自“公民王女士”的一份/).waitFor()
    await shot(bureau, 'trace')
    expect(await findings(bureau)).toEqual([])

    await perform(boss, '认定违反承诺，责令改正并暂停提供', {
      behindMore: true,
      sure: true,
      fill: async (sheet) => {
        await sheet.getByRole('radio', { name: '提供给第三方' }).check()
        await sheet.getByLabel('查明的事实').fill('在网上发现其一份数据')
        await choose(sheet, '证据', paper('异议证据'))
        await sheet.getByLabel('责令改正的要求').fill('删除并说明去向')
      },
    })
    await citizen.reload()
    await citizen.getByText('因违反承诺已暂停提供数据').waitFor()
    await shot(citizen, 'opening-suspended')
    const path = new URL(citizen.url()).pathname.split('/')[3]!
    s.expectStatus(citizen, 409)
    expect(await citizen.evaluate(async (p) => (await fetch(`/api/openings/${p}/data.csv`)).status, path)).toBe(409)
  })

  it('a demand goes from the portal through the bureau and the unit to its delivery, and the public sees how', async () => {
    await done(
      opens(
        unit,
        await entry(w, unit, {
          opening: 'unconditional',
          grade: '1',
          over: { basic: { name: '停车场泊位信息', summary: '公共停车场的位置与泊位' } },
        }),
      ),
    )
    const citizen = await s.as('公民王女士')
    await citizen.goto('/demands')
    await press(citizen, '提出数据需求')
    await pick(citizen.getByRole('region', { name: '提出数据需求' }), '所在地区', '六安市')
    const form = citizen.getByRole('region', { name: '提出数据需求' })
    await form.getByLabel('需要什么数据').fill('公共停车场泊位')
    await form.getByLabel('数据内容').fill('市区公共停车场的位置和泊位数')
    await form.getByLabel('用来做什么').fill('做停车指引')
    await form.getByRole('checkbox', { name: /同意公开/ }).check()
    await shot(citizen, 'demand-form')
    await form.getByRole('button', { name: '提出数据需求' }).click()
    await citizen.getByRole('heading', { name: '需求已经提出' }).waitFor()

    await bureau.goto('/desk')
    await take(bureau, '公共停车场泊位')
    await perform(bureau, '受理', { label: /^受理/ })
    await bureau.getByRole('region', { name: '可能满足需求的目录项' }).getByText('停车场泊位信息').waitFor()
    await shot(bureau, 'demand-matches')
    expect(await findings(bureau)).toEqual([])
    await perform(bureau, '转单位答复', {
      fill: async (sheet) => {
        await sheet.getByRole('combobox', { name: '答复单位' }).click()
        await sheet.getByRole('combobox', { name: '答复单位' }).fill('市交通局')
        await bureau.locator('.ant-select-dropdown:visible').getByText('市交通局').first().click()
      },
    })
    await clerk.goto('/desk')
    await take(clerk, '公共停车场泊位')
    await perform(clerk, '答复：已有目录可用', {
      fill: async (sheet) => {
        const items = sheet.getByRole('combobox', { name: '可用的目录项' })
        await items.click()
        await items.fill('停车场')
        await clerk.locator('.ant-select-dropdown:visible').getByText('停车场泊位信息').first().click()
        await items.press('Escape')
        await sheet.getByRole('radio', { name: '已经开放，可直接下载或申请' }).check()
        await sheet.getByLabel('怎样取得').fill('在开放数据页面直接下载')
      },
    })
    await citizen.getByRole('link', { name: '查看办理情况' }).click()
    await perform(citizen, '反馈：已经取得', {
      fill: (sheet) => sheet.getByRole('radio', { name: '很满意', exact: true }).check(),
    })
    const visitor = await s.visitor()
    await visitor.goto('/demands')
    await visitor.getByText('需求方反馈：很满意').waitFor()
    await shot(visitor, 'demands')
    expect(await findings(visitor)).toEqual([])
    await visitor.getByRole('link', { name: '停车场泊位信息' }).click()
    await visitor.getByRole('heading', { level: 1, name: '停车场泊位信息' }).waitFor()
  })

  it('what is planned and what is open stands on the page of progress', async () => {
    const id = await entry(w, unit, { opening: 'unconditional', over: { basic: { name: '公交线路信息' } } })
    await bureau.goto(`/desk/items/${id}`)
    await bureau.getByRole('button', { name: '列入开放计划' }).click()
    const sheet = bureau.getByRole('dialog', { name: '列入开放计划' })
    await sheet.getByLabel('计划开放日').fill('2026-06-30')
    await sheet.getByRole('button', { name: '列入开放计划', exact: true }).click()
    await bureau.getByRole('heading', { level: 1, name: '公交线路信息' }).getByText('待开放').waitFor()
    const more = await entry(w, unit, { opening: 'conditional', over: { basic: { name: '网约车运力信息' } } })
    expect(more).not.toBe(id)
    await bureau.getByRole('link', { name: '开放计划' }).first().click()
    await bureau.getByRole('button', { name: '编制开放计划' }).click()
    const plan = bureau.getByRole('dialog', { name: '编制开放计划' })
    await shot(bureau, 'plan-empty')
    const item = plan.getByRole('combobox', { name: /目录项/ })
    await item.click()
    await item.fill('网约车')
    await bureau.locator('.ant-select-dropdown:visible').getByText('网约车运力信息').first().click()
    await plan.getByLabel('计划开放日').fill('2026-09-30')
    await shot(bureau, 'plan')
    await plan.getByRole('button', { name: '编制开放计划', exact: true }).click()
    await bureau.getByText('已列入 1 项').waitFor()
    const visitor = await s.visitor()
    await visitor.goto('/opening-progress?division=341500')
    await visitor.getByRole('row', { name: /公交线路信息.*2026-06-30.*待开放/ }).waitFor()
    await shot(visitor, 'progress')
    expect(await findings(visitor)).toEqual([])
    await visitor.setViewportSize({ width: 390, height: 844 })
    await shot(visitor, 'progress-narrow')
  })
})
