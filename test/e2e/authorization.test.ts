import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  act,
  agreed,
  appointed,
  approved,
  domainOf,
  onDay,
  planned,
  provincials,
  recorded,
  selected,
  today,
  type Domain,
} from '../authorization.ts'
import { done, drive, type Team } from '../cases.ts'
import { sealed, sealer } from '../seals.ts'
import { aBatch, anItem, batchAct, masked, rulesOf, sent, table } from '../supply.ts'
import { pdf } from '../world.ts'
import { findings, inOrder, noBrowser, perform, site, type Site, take } from './browser.ts'
import { complete, paste } from './sheet.ts'

const subject = '住房公积金'
const planTitle = '住房公积金领域授权运营实施方案'
const agreementTitle = '住房公积金领域公共数据资源授权运营协议'
const entry = '住房交易明细'

/** A system, its people's pages, and a chain that stops where a step failed. */
const stage = () => {
  let s: Site
  let d: Domain
  let item = ''
  const pages = new Map<string, Page>()
  const at = async (name: string): Promise<Page> => {
    const page = pages.get(name) ?? (await s.as(name))
    pages.set(name, page)
    return page
  }
  beforeAll(async () => {
    s = await site({ lists: false, more: provincials, day: '2026-03-09' })
    await onDay(s.w, '2026-03-09')
    d = await domainOf(s.w)
    item = await anItem(s.w, { clerk: d.unit, boss: d.unitBoss }, entry)
  }, 120_000)
  inOrder()
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())
  /** Opens what waits for somebody, from their tasks. */
  const turn = async (name: string, title: string): Promise<Page> => {
    const page = await at(name)
    await page.goto('/desk')
    await take(page, title)
    return page
  }
  return {
    site: () => s,
    cast: () => d,
    item: () => item,
    at,
    turn,
    open: async (name: string, path: string): Promise<Page> => {
      const page = await at(name)
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return page
    },
    /** From the tasks to the act: what waits, the button, the sheet. */
    does: async (
      name: string,
      title: string,
      term: string,
      said: Readonly<Record<string, string>> = {},
      sure = false,
    ): Promise<string> => {
      const page = await turn(name, title)
      return perform(page, term, { sure, fill: (sheet) => complete(sheet, today(s.w), said) })
    },
    shot: async (page: Page, name: string): Promise<void> => {
      const dir = process.env['PICTURES']
      if (dir) await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true })
    },
    idOf: (page: Page): string => new URL(page.url()).pathname.split('/')[3]!,
  }
}
/** A row of one's tasks, with what it says of the period. */
const taskRow = async (page: Page, title: string) => {
  await page.goto('/desk')
  const row = page.getByRole('table', { name: '我的待办' }).getByRole('row').filter({ hasText: title })
  await row.waitFor()
  return row
}
const clock = (page: Page, term: string) => page.getByRole('region', { name: `${term}期限` })

describe.skipIf(noBrowser)('a domain unit’s authorization in time', { timeout: 120_000 }, () => {
  const { site: sited, cast, at, open, does, turn, shot, idOf } = stage()
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-domain-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  let plan = ''
  let agreement = ''

  it('the department names its implementer, another confirms, the bureau puts it on file', async () => {
    const page = await open('住建厅经办', '/desk/appointments')
    await page.getByRole('button', { name: '确定本单位实施机构' }).click()
    const sheet = page.getByRole('dialog', { name: '拟定实施机构' })
    await complete(sheet, today(sited().w), { 实施机构: '湖南省公积金管理中心', 领域: subject })
    await shot(page, '01-appointment-sheet')
    await sheet.getByRole('button', { name: '拟定实施机构' }).click()
    await page.getByRole('heading', { level: 1, name: subject }).getByText('待审定').waitFor()
    const named = await does('住建厅复核', subject, '确定', { 确定文件文号: '湘建〔2026〕8号' }, true)
    expect(named).toContain('现状态：已确定')
    const filed = await does('住建厅经办', '实施机构备案', '报送备案')
    expect(filed).toContain('现状态：待省数据局备案')
    await does('湖南局经办', '实施机构备案', '予以备案', { 备案编号: '湘数授备〔2026〕1号' })
    await (await open('住建厅经办', '/desk/appointments')).getByRole('link', { name: subject }).click()
    await (await at('住建厅经办')).getByText('备案编号 湘数授备〔2026〕1号').waitFor()
    await shot(await at('住建厅经办'), '02-appointment')
  })

  it('the implementer writes the plan with its annexes in the editor', async () => {
    const page = await open('中心经办', '/desk/appointments')
    await page.getByRole('link', { name: subject }).click()
    await page.getByRole('button', { name: /^编制实施方案(：分领域.*)?$/ }).click()
    const sheet = page.getByRole('dialog', { name: '编制实施方案' })
    await complete(sheet, today(sited().w), { 方案名称: planTitle })
    await sheet.getByRole('button', { name: '编制实施方案', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: planTitle }).waitFor()
    plan = idOf(page)
    await shot(page, '03-plan-empty')
    await page.getByRole('button', { name: '填写方案' }).click()
    await page.getByRole('navigation', { name: '填报章节' }).waitFor()
    const main = page.getByRole('main')
    await complete(main, today(sited().w), { 授权运营起始日: '2026-04-01', 授权运营截止日: '2031-03-31' })
    await page.getByRole('combobox', { name: '查找目录项' }).fill(entry)
    await page.locator('.ant-select-dropdown:visible').getByText(entry).click()
    await page.getByRole('row', { name: new RegExp(`${entry}.*湖南省住房城乡建设厅`) }).waitFor()
    await page.getByRole('button', { name: '添加产品或服务' }).click()
    await page.getByLabel('第 1 项名称').fill('缴存能力评估')
    await page.getByRole('combobox', { name: '第 1 项类别' }).click()
    await page.locator('.ant-select-dropdown:visible').getByTitle('产业发展、行业发展').click()
    await page.getByRole('combobox', { name: '第 1 项服务形式' }).fill('API')
    await page.locator('.ant-select-dropdown:visible').getByTitle('API', { exact: true }).click()
    await page.keyboard.press('Escape')
    await page.getByText('必填内容已齐。').waitFor()
    await shot(page, '04-plan-editor')
    await page.getByRole('button', { name: '形成新版本' }).first().click()
    await page.getByRole('dialog', { name: '形成新版本' }).getByRole('button', { name: '形成新版本' }).click()
    await page.getByRole('status').filter({ hasText: '已办理' }).waitFor()
    await shot(page, '05-plan-written')
    const sent = await perform(page, '送审', { fill: (f) => complete(f, today(sited().w)) })
    expect(sent).toContain('现状态：省数据局审核把关')
  })

  it('the bureau reviews, the department decides, the leader in charge consents', async () => {
    await does('湖南局经办', planTitle, '审核把关通过', { 审核意见: '内容齐备，同意报请审议。' })
    await onDay(sited().w, '2026-03-10')
    await does('住建厅复核', planTitle, '单位“三重一大”审议通过', { 会议名称: '厅党组会议' })
    const end = await does('省政府审批', planTitle, '分管领导同意', { 会议名称: '分管副省长批示' })
    expect(end).toContain('现状态：实施中')
  })

  it('HNA-027 HNP-013 the plan is filed within ten working days, which the author sees running', async () => {
    const author = await at('中心经办')
    await (await taskRow(author, '实施方案备案')).getByText('剩 10 个工作日 · 第十二条').waitFor()
    await onDay(sited().w, '2026-03-20')
    const row = await taskRow(author, '实施方案备案')
    await row.getByText('剩 2 个工作日 · 第十二条').waitFor()
    await row.getByText('报送备案').waitFor()
    await shot(author, '07-tasks')
    await turn('中心经办', '实施方案备案')
    const limit = clock(author, '报送备案')
    expect(await limit.innerText()).toMatch(/剩 2 个工作日.*2026-03-24 截止[^]*第十二条/)
    expect(await findings(author)).toEqual([])
    await shot(author, '08-recordal')
    await perform(author, '报送备案', { fill: (f) => complete(f, today(sited().w)) })
    await does('湖南局经办', '实施方案备案', '予以备案', { 备案编号: '湘数授备〔2026〕2号' })
    const page = await open('中心经办', `/desk/plans/${plan}`)
    const decided = page.getByRole('region', { name: '审议与备案' })
    await decided.getByText('编号 湘数授备〔2026〕2号').waitFor()
    expect(await decided.getByText('逾期').count()).toBe(0)
    await shot(page, '09-plan-in-force')
  })

  it('the organiser records a tender; the public reads notice and result; the finance department has its receipt', async () => {
    const { w } = sited()
    const d = cast()
    const page = await open('中心经办', `/desk/plans/${plan}`)
    await page.getByRole('button', { name: /^发起/ }).click()
    await page.getByRole('menuitem', { name: '发起遴选：公开招标' }).click()
    const sheet = page.getByRole('dialog', { name: '发起遴选' })
    await complete(sheet, today(w), { 遴选项目名称: '住房公积金领域运营机构遴选' })
    await sheet.getByRole('button', { name: '发起遴选', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '住房公积金领域运营机构遴选' }).waitFor()
    const selection = idOf(page)
    await shot(page, '10-selection-draft')
    await done(act(d.clerk, 'selection', selection, 'consult'))
    await done(act(d.clerk, 'selection', selection, 'submit'))
    await done(act(d.boss, 'selection', selection, 'review.competition'))
    await done(act(d.boss, 'selection', selection, 'review.legality'))
    await does('中心经办', '住房公积金领域运营机构遴选', '发布遴选公告', {
      公告链接: 'https://procurement.example.cn/notice/1',
      投标截止日: '2026-03-27',
    })
    await onDay(w, '2026-03-27')
    await does('中心经办', '住房公积金领域运营机构遴选', '记录结果，提出选定意见', {
      选定的机构: '湖南住房数据运营有限公司',
      结果公告链接: 'https://procurement.example.cn/notice/2',
    })
    const end = await does('中心复核', '住房公积金领域运营机构遴选', '审定并公布结果', {}, true)
    expect(end).toContain('现状态：已选定')
    await (await at('中心复核')).getByRole('row', { name: /结果和选定意见.*湖南住房数据运营有限公司/ }).waitFor()
    await shot(await at('中心复核'), '11-selection-awarded')
    await recorded(d, selection, 'selection', d.clerk)
    const taken = await does('财政厅经办', '选定结果', '确认接收')
    await shot(await at('财政厅经办'), '12-result-sync')
    expect(taken).toContain('现状态：已接收')
    const visitor = await sited().visitor()
    await visitor.goto('/selections')
    await visitor.getByRole('link', { name: '住房公积金领域运营机构遴选' }).click()
    await visitor.getByRole('heading', { name: '结果' }).waitFor()
    await visitor.getByText('湖南住房数据运营有限公司（演示）').first().waitFor()
    await visitor.close()
  })

  it('the agreement is written, deliberated and signed on both sides with sealed documents', async () => {
    const { w } = sited()
    const page = await open('中心经办', '/desk/selections')
    await page.getByRole('link', { name: '住房公积金领域运营机构遴选' }).click()
    await page.getByRole('button', { name: '起草协议' }).click()
    const sheet = page.getByRole('dialog', { name: '起草协议' })
    await complete(sheet, today(w), { 协议编号: '湘演授〔2026〕8号' })
    await sheet.getByRole('button', { name: '起草协议', exact: true }).click()
    await page.getByRole('heading', { level: 1 }).getByText('起草中').waitFor()
    agreement = idOf(page)
    await perform(page, '填写协议', {
      fill: async (f) => {
        await complete(f, today(w), {
          协议名称: agreementTitle,
          授权运营的公共数据资源: entry,
          运营期限自: '2026-04-01',
          运营期限至: '2029-03-31',
        })
        await f.locator('td.text input').first().fill('缴存能力评估')
        await shot(page, '13-agreement-sheet')
      },
    })
    await perform(page, '提请审议')
    await onDay(w, '2026-04-01')
    await does('中心复核', agreementTitle, '实施机构“三重一大”审议通过', { 会议名称: '中心办公会议' })
    await onDay(w, '2026-04-03')
    const [ours, theirs] = [join(dir, '协议（甲方盖章）.pdf'), join(dir, '协议（双方盖章）.pdf')]
    const first = sealed(pdf('协议'), sealer('sm2', '湖南省公积金管理中心'), { day: '2026-04-03' })
    writeFileSync(ours, first)
    writeFileSync(theirs, sealed(pdf('协议，双方'), sealer('rsa', '湖南住房数据运营有限公司'), { day: '2026-04-03' }))
    await does('中心复核', agreementTitle, '实施机构签订', { 签订方式: '电子签章', 加盖公章的协议: ours })
    const signed = await does(
      '住房运营复核',
      agreementTitle,
      '运营机构签订',
      { 签订方式: '电子签章', 加盖公章的协议: theirs },
      true,
    )
    expect(signed).toContain('现状态：执行中')
    const both = (await at('住房运营复核')).getByRole('region', { name: '签订', exact: true })
    await both.getByText('2 方，已签订 2 方').waitFor()
    expect(await both.getByText('电子签章有效').count()).toBe(2)
    // who signs reads what it is about, also where another unit holds the entry
    await (await at('住房运营复核')).getByRole('region', { name: '内容' }).getByText(entry).waitFor()
    await shot(await at('住房运营复核'), '14-agreement')
  })

  it('HNA-041 HNP-020 the agreement is filed within ten working days of the deliberation', async () => {
    await onDay(sited().w, '2026-04-10')
    const page = await at('中心经办')
    // from the deliberation on 1 April, past the holiday of the 6th
    await (await taskRow(page, '运营协议备案')).getByText('剩 4 个工作日 · 第十六条').waitFor()
    await turn('中心经办', '运营协议备案')
    expect(await clock(page, '报送备案').innerText()).toMatch(/2026-04-16 截止[^]*自 2026-04-01 起算[^]*第十六条/)
    await shot(page, '15-agreement-recordal')
    await perform(page, '报送备案', { fill: (f) => complete(f, today(sited().w)) })
    await does('湖南局经办', '运营协议备案', '予以备案', { 备案编号: '湘数授备〔2026〕3号' })
    await (
      await open('住房运营经办', `/desk/agreements/${agreement}`)
    )
      .getByText(/备案编号 湘数授备〔2026〕3号/)
      .waitFor()
  })

  it('what the operator needs is agreed, what becomes of each field is settled between source and implementer', async () => {
    const { w } = sited()
    const operator = await open('住房运营经办', '/desk/supply')
    await operator.getByRole('link', { name: agreementTitle }).click()
    await operator.getByRole('button', { name: '提出数据需求' }).click()
    const sheet = operator.getByRole('dialog', { name: '提出数据需求' })
    await complete(sheet, today(w), { 应用场景: '缴存能力评估', 需要的目录项: entry })
    await sheet.getByRole('button', { name: '提出数据需求', exact: true }).click()
    await operator.getByRole('heading', { level: 1, name: '缴存能力评估' }).waitFor()
    const settled = await does('中心复核', '缴存能力评估', '审定同意')
    expect(settled).toContain('现状态：已审定')
    const source = await open('住建厅经办', '/desk/supply')
    await source.getByRole('link', { name: agreementTitle }).click()
    const region = source.getByRole('region', { name: entry })
    await region.getByText('缺 1 项前提').waitFor()
    await shot(source, '16-supply-lacking')
    await region.getByRole('button', { name: '拟定脱敏规则' }).click()
    const rules = source.getByRole('dialog', { name: '拟定脱敏规则' })
    await rules.locator('td input').first().waitFor()
    await paste(
      rules,
      rulesOf()
        .map((r) => [r.name, r.method, r.band ?? '', r.reason ?? ''].join('\t'))
        .join('\n'),
    )
    await rules.getByText('共 6 项').waitFor()
    await shot(source, '17-masking-sheet')
    await rules.getByRole('button', { name: '拟定脱敏规则', exact: true }).click()
    await source.getByRole('heading', { level: 1, name: entry }).getByText('待会同确定').waitFor()
    const agreedOn = await does('中心复核', '的脱敏规则', '会同确定')
    expect(agreedOn).toContain('现状态：执行中')
  })

  it('the source uploads a file and sees how far it is; it is checked, accepted and available', async () => {
    const { w } = sited()
    await onDay(w, '2026-04-13')
    const source = await open('住建厅经办', `/desk/supply/${agreement}`)
    const region = source.getByRole('region', { name: entry })
    await region.getByText('可以供数').waitFor()
    await region.getByRole('button', { name: '上传文件' }).click()
    const sheet = source.getByRole('dialog', { name: '发起供数批次' })
    await complete(sheet, today(w), { 数据所属期: '2026年3月' })
    await sheet.getByRole('button', { name: '发起供数批次', exact: true }).click()
    await source.getByText('选择文件并上传').waitFor()
    // the second piece waits until the progress of the first has been seen
    let letGo = (): void => undefined
    const seen = new Promise<void>((go) => (letGo = go))
    let pieces = 0
    await source.route('**/upload', async (route) => {
      if (route.request().method() === 'PATCH' && ++pieces === 2) await seen
      await route.continue()
    })
    const csv = join(dir, '住房交易明细.csv')
    writeFileSync(csv, table(150_000))
    await source.getByLabel('数据文件', { exact: true }).setInputFiles(csv)
    const bar = source.getByRole('progressbar', { name: '上传进度' })
    await expect
      .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 20_000 })
      .toBeGreaterThan(30)
    await shot(source, '18-upload')
    letGo()
    await source.getByText('检核中').first().waitFor()
    await w.settle()
    await source.reload()
    await source.getByRole('heading', { level: 1 }).getByText('待验收').waitFor()
    await source.unrouteAll()
    const accepted = await does('中心复核', entry, '验收')
    expect(accepted).toContain('待到达授权运营平台')
    const arrived = await does('住房运营经办', entry, '确认到达授权运营平台')
    expect(arrived).toContain('现状态：可用')
    await shot(await at('住房运营经办'), '19-batch')
    await source.goto(`/desk/supply/${agreement}`)
    await source.getByRole('region', { name: entry }).getByText('150,000').waitFor()
    await shot(source, '20-supply')
  })

  it('HNR-032 the registration of what has been supplied is owed from that day on; submitted in time, it is met', async () => {
    const { w } = sited()
    const d = cast()
    const owing = await at('中心经办')
    await (await taskRow(owing, entry)).getByText('剩 20 个工作日 · 第九条').waitFor()
    await shot(owing, '21-tasks-obligation')
    await turn('中心经办', entry)
    expect(await clock(owing, '提交登记申请').innerText()).toMatch(/自 2026-04-13 起算[^]*第九条/)
    await shot(owing, '22-obligation')
    await owing.getByRole('button', { name: '去登记' }).click()
    await owing
      .getByRole('dialog', { name: `发起登记：${entry}` })
      .getByRole('button', { name: '开始填写' })
      .click()
    await owing.waitForURL(/\/desk\/applications\//)
    await drive(w, await registering(d), idOf(owing), 'submitted')
    await open('中心经办', '/desk/obligations')
    await owing.getByRole('link', { name: entry }).click()
    await owing.getByRole('heading', { level: 1 }).getByText('已履行', { exact: true }).waitFor()
  })

  const registering = async (d: Domain): Promise<Team> => {
    const desk = await sited().w.as('湘登记经办')
    return {
      clerk: d.clerk,
      boss: d.boss,
      desk,
      second: desk,
      approver: await sited().w.as('湘登记复核'),
      bureau: d.bureau,
    }
  }
})

describe.skipIf(noBrowser)('the same with every last day passed', { timeout: 120_000 }, () => {
  const { site: sited, cast, item, at, open, turn, shot, idOf } = stage()
  let agreement = ''
  let batch = ''

  /** What is late stands first and red in the tasks of who owes it; who should have received it has been told. */
  const breach = async (who: string, title: string, chip: string): Promise<Page> => {
    const row = await taskRow(await at(who), title)
    await row.getByText(chip).waitFor()
    expect(await row.locator('.chip.bad').innerText()).toContain(chip)
    const table = (await at(who)).getByRole('table', { name: '我的待办' })
    await table.getByRole('rowgroup').filter({ hasText: /^逾期/ }).getByRole('link', { name: title }).waitFor()
    return at(who)
  }
  /** Files late: without its reason the sheet stays, with it what is filed says so. */
  const late = async (title: string, article: string, number: string): Promise<void> => {
    const page = await turn('中心经办', title)
    expect(await clock(page, '报送备案').innerText()).toMatch(new RegExp(`已逾期 1 个工作日[^]*${article}`))
    expect(await clock(page, '报送备案').getAttribute('class')).toContain('bad')
    sited().expectStatus(page, 422)
    await page.getByRole('group', { name: '可办理' }).getByRole('button', { name: '报送备案' }).click()
    const sheet = page.getByRole('dialog', { name: '报送备案' })
    await complete(sheet, today(sited().w))
    await sheet.getByRole('button', { name: '报送备案', exact: true }).click()
    await sheet.getByText('已逾期，请说明原因').waitFor()
    await shot(page, `32-late-${number}`)
    await complete(sheet, today(sited().w), { 逾期原因: '经办人交接，报送延误。' })
    await sheet.getByRole('button', { name: '报送备案', exact: true }).click()
    await page.getByRole('status').filter({ hasText: '已办理“报送备案”' }).waitFor()
    const bureau = await turn('湖南局经办', title)
    await bureau.getByText(/报送情况 逾期报送，已说明原因/).waitFor()
    await bureau.getByText('经办人交接，报送延误。').first().waitFor()
    await perform(bureau, '予以备案', {
      fill: (f) => complete(f, today(sited().w), { 备案编号: `湘数授备〔2026〕${number}号` }),
    })
    await shot(bureau, `33-late-filed-${number}`)
  }
  /** The bureau has the breach among its notices and in its register. */
  const toldBureau = async (title: string): Promise<void> => {
    const bureau = await open('湖南局经办', '/desk/notices')
    const notice = bureau.getByRole('listitem').filter({ hasText: '逾期未报送' }).filter({ hasText: title })
    await notice.getByText('要紧').waitFor()
    await shot(bureau, '31-bureau-notices')
    await notice.getByRole('link').click()
    await bureau.getByText(/报送情况 逾期未报送/).waitFor()
    await bureau.goto('/desk/recordals')
    await bureau
      .getByRole('row')
      .filter({ hasText: title })
      .getByText(/逾期 1 个工作日/)
      .waitFor()
  }

  it('HNA-027 HNP-013 a plan not filed by the last day: red, told to the bureau, filed late with its reason', async () => {
    const { w } = sited()
    const d = cast()
    const appointment = await appointed(d, w, { domain: subject })
    await recorded(d, appointment, 'appointment', d.unit)
    const plan = await planned(d, appointment, [item()], { title: planTitle })
    await approved(d, w, plan)
    await onDay(w, '2026-03-24')
    await shot(await breach('中心经办', '实施方案备案', '逾期 1 个工作日 · 第十二条'), '30-late-tasks')
    await toldBureau('实施方案备案')
    await late('实施方案备案', '第十二条', '11')
    const author = await open('中心经办', `/desk/plans/${plan}`)
    await author.getByRole('region', { name: '审议与备案' }).getByText('湘数授备〔2026〕11号').waitFor()
    agreement = await agreed(d, w, await selected(d, w, plan), [item()], { title: agreementTitle })
  })

  it('HNA-041 HNP-020 an agreement not filed by the last day, the same', async () => {
    await onDay(sited().w, '2026-04-09')
    await breach('中心经办', '运营协议备案', '逾期 1 个工作日 · 第十六条')
    await toldBureau('运营协议备案')
    await late('运营协议备案', '第十六条', '12')
    await (await open('中心复核', `/desk/agreements/${agreement}`)).getByText(/备案编号 湘数授备〔2026〕12号/).waitFor()
  })

  it('HNR-032 a registration not asked for by the last day: red, seen by the bureau, met late', async () => {
    const { w } = sited()
    const d = cast()
    await masked(d.unit, d.boss, agreement, item())
    batch = (await done(aBatch(d.unit, agreement, item()))).id
    await sent(d.unit, batch, table(20))
    await w.settle()
    await done(batchAct(d.boss, batch, 'accept'))
    await done(batchAct(d.operator, batch, 'hops.environment'))
    const [owed] = (await d.clerk.list('obligations')).rows
    const due = owed!.due!.day
    // twenty working days after 9 April: past the holiday of May, with the Saturday worked for it
    expect(due).toBe('2026-05-11')
    await onDay(w, '2026-05-12')
    const owing = await breach('中心经办', entry, '逾期 1 个工作日 · 第九条')
    await shot(owing, '34-obligation-late-tasks')
    const bureau = await open('湖南局经办', '/desk/notices')
    await bureau.getByRole('listitem').first().waitFor()
    await shot(bureau, '35-obligation-notices')
    await bureau
      .getByRole('listitem')
      .filter({ hasText: entry })
      .filter({ hasText: '逾期' })
      .getByRole('link')
      .first()
      .click()
    await bureau.getByRole('heading', { level: 1 }).getByText('逾期未履行').waitFor()
    await shot(bureau, '35-obligation-bureau')
    await turn('中心经办', entry)
    await shot(owing, '36-obligation-late')
    await owing.getByRole('button', { name: '去登记' }).click()
    await owing
      .getByRole('dialog', { name: `发起登记：${entry}` })
      .getByRole('button', { name: '开始填写' })
      .click()
    await owing.waitForURL(/\/desk\/applications\//)
    const desk = await w.as('湘登记经办')
    const team: Team = { clerk: d.clerk, boss: d.boss, desk, second: desk, approver: desk, bureau: d.bureau }
    await drive(w, team, idOf(owing), 'submitted')
    await open('中心经办', `/desk/obligations/${owed!.id}`)
    await owing.getByRole('heading', { level: 1 }).getByText('逾期履行', { exact: true }).waitFor()
    await shot(owing, '37-obligation-met-late')
  })
})
