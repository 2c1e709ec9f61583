import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { act, anEntry, appointed, domainOf, onDay, provincials, recorded, type Domain } from '../authorization.ts'
import { done } from '../cases.ts'
import { begin } from '../sharing.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

describe.skipIf(noBrowser)('plans in the browser', () => {
  let s: Site
  let d: Domain
  let plan: string
  let item: string
  beforeAll(async () => {
    s = await site({ more: provincials, lists: false, day: '2025-11-03' })
    await onDay(s.w, '2025-11-03')
    d = await domainOf(s.w)
    const appointment = await appointed(d, s.w)
    await recorded(d, appointment, 'appointment', d.unit)
    item = await anEntry(d, '公积金缴存信息')
    plan = (await done(begin(d.clerk, 'plans', 'domain', appointment, { title: '公积金领域授权运营实施方案' }))).id
  }, 200_000)
  afterAll(() => s.close())
  afterEach((t) => s.check(t))

  it('what is written in the editor is kept, shows what is missing, and survives a reload', async () => {
    const page = await s.as('中心经办')
    await page.goto(`/desk/plans/${plan}`)
    await page.getByRole('button', { name: '填写方案' }).click()
    const index = page.getByRole('navigation', { name: '填报章节' })
    await index.getByRole('link', { name: /3\. 运营机构的选择条件.*未填/ }).waitFor()
    await page.getByLabel(/3\. 运营机构的选择条件/).fill('具备数据加密、访问控制能力')
    await page.keyboard.press('Control+s')
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor()
    await index.getByRole('link', { name: /3\. 运营机构的选择条件.*已填/ }).waitFor()

    // an entry from the catalogue, and a product that is charged for
    await page.getByRole('combobox', { name: '查找目录项' }).fill('缴存')
    await page.locator('.ant-select-dropdown:visible').getByText('公积金缴存信息').click()
    await page.getByRole('row', { name: /公积金缴存信息.*湖南省公积金管理中心.*未定级/ }).waitFor()
    await page.getByRole('button', { name: '添加产品或服务' }).click()
    await page.getByLabel('第 1 项名称').fill('缴存能力评估')
    await page.getByLabel('第 1 项拟收取运营服务费').check()
    await page.keyboard.press('Control+s')
    await expect.poll(() => page.getByText('拟收费 1 项').count()).toBe(1)
    expect(await findings(page)).toEqual([])
    await page.getByRole('status').filter({ hasText: '已保存' }).waitFor()
    await page.reload()
    expect(await page.getByLabel(/3\. 运营机构的选择条件/).inputValue()).toBe('具备数据加密、访问控制能力')
    expect(await page.getByLabel('第 1 项名称').inputValue()).toBe('缴存能力评估')
    await page.getByRole('row', { name: /公积金缴存信息/ }).waitFor()

    // incomplete, it becomes no version: every gap is marked
    await page.getByRole('button', { name: '形成新版本' }).first().click()
    await page.getByText(/还有 \d+ 处没有填写/).waitFor()
    await index.getByRole('link', { name: /4\. 授权运营模式.*1 处待改/ }).waitFor()
    await page.close()
  })

  it('the versions, their differences, annexes and remarks stand on the page of the plan', async () => {
    await done(act(d.clerk, 'plan', plan, 'write', { items: [item], conditions: '具备加密能力' }))
    await done(act(d.clerk, 'plan', plan, 'write', { items: [item], conditions: '具备加密和访问控制能力' }))
    await done(act(d.unit, 'plan', plan, 'remark', { section: 'security', says: '请补充脱敏措施' }))
    const page = await s.as('住建厅经办')
    await page.goto(`/desk/plans/${plan}`)
    await page.getByRole('row', { name: /运营机构的选择条件 具备加密能力 具备加密和访问控制能力/ }).waitFor()
    await page.getByRole('region', { name: '修改意见' }).getByText('请补充脱敏措施').waitFor()
    expect(await page.getByRole('link', { name: 'Word', exact: true }).getAttribute('href')).toContain('document.docx')
    expect(await findings(page)).toEqual([])
    await page.close()
  })

  it('LA-064 anybody reads the draft on the portal and, signed in, says what they think of it', async () => {
    const { id } = await done(
      begin(d.clerk, 'consultations', 'plan', plan, {
        to: '2025-12-10',
        channels: ['online', 'letter'],
        explanation: '起草说明：为规范公积金领域授权运营。',
      }),
    )
    const visitor = await s.visitor()
    await visitor.goto('/consultations')
    await visitor.getByRole('link', { name: '公积金领域授权运营实施方案' }).click()
    await visitor.getByText('起草说明：为规范公积金领域授权运营。').waitFor()
    await visitor.getByRole('heading', { name: '九、数据安全、个人信息保护措施和应急处置措施' }).waitFor()
    expect(await findings(visitor)).toEqual([])
    await visitor.close()
    const citizen = await s.as('公民王女士')
    await citizen.goto(`/consultations/${id}`)
    await citizen.getByRole('button', { name: '网上留言' }).click()
    await citizen.getByLabel(/意见和建议/).fill('希望公布收费标准')
    await citizen.getByRole('button', { name: '提出意见' }).click()
    await citizen.getByRole('heading', { name: '意见已经提出' }).waitFor()
    await citizen.close()
    expect((await d.clerk.list('comments')).rows.map((r) => r.parties['commenter'])).toEqual(['公民王女士'])
  })

  it('HNA-015 a batch is a chart with its table, and the bureau narrows it to who is late', async () => {
    await done(begin(d.bureau, 'programmes', 'first', undefined))
    await onDay(s.w, '2025-12-05')
    const page = await s.as('湖南局经办')
    await page.goto('/desk/programmes')
    const table = page.getByRole('table', { name: '各单位各步骤的完成情况' })
    await table.getByRole('row', { name: /省住房城乡建设厅.*已完成/ }).waitFor()
    expect(await table.getByRole('row').count()).toBe(1 + 18)
    await page.locator('.chart svg').waitFor()
    expect(await findings(page)).toEqual([])
    await page.getByRole('button', { name: '只看有逾期的' }).click()
    // one unit has its body on file, the others and the whole do not
    await page.getByText('17 / 18 个单位').waitFor()
    expect(await table.getByRole('row', { name: /省住房城乡建设厅/ }).count()).toBe(0)
    await page.close()
  })
})
