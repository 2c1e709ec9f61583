import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { choose, findings, noBrowser, paper, perform, site, take, type Site } from './browser.ts'

/** Coming onto the platform: refused, appealed, decided anew; the rules of the platform published and acknowledged. */
describe.skipIf(noBrowser)('coming onto the platform', { timeout: 120_000 }, () => {
  let s: Site
  let operator: Page
  let decider: Page
  let second: Page
  let province: Page
  let provinceDrafts: Page
  beforeAll(async () => {
    s = await site({
      day: '2026-03-09',
      more: {
        people: [
          { name: '六安局审批乙', org: 'luanBureau', duties: ['approver'] },
          { name: '安徽局经办', org: 'anhuiBureau', duties: ['handler'] },
        ] as never,
      },
    })
    ;[operator, decider, second, province, provinceDrafts] = (await Promise.all(
      ['运营机构经办', '六安局审批', '六安局审批乙', '安徽督导员', '安徽局经办'].map((n) => s.as(n)),
    )) as [Page, Page, Page, Page, Page]
  }, 60_000)
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const state = (page: Page, term: string): Promise<void> =>
    page.getByRole('heading', { level: 1 }).getByText(term, { exact: true }).waitFor()
  const look = async (page: Page, name: string): Promise<void> => {
    const dir = process.env['GONGSHU_PICTURES']
    if (dir) await page.screenshot({ path: `${dir}/${name}.png`, fullPage: true })
    expect(await findings(page)).toEqual([])
  }

  it('the rules of the platform are drafted, published and read by anybody', async () => {
    await provinceDrafts.goto('/desk/platform-rules')
    await provinceDrafts.getByRole('button', { name: '起草平台规则' }).click()
    const sheet = provinceDrafts.getByRole('dialog', { name: '起草平台规则' })
    await sheet.getByLabel('规则名称').fill('平台运行使用细则')
    await sheet.getByLabel('摘要').fill('规定进驻、使用、安全和退出；第一版。')
    await sheet.getByLabel('全文').fill('第一条 进驻主体在安全可信的开发环境内使用数据。\n第二条 数据不得带出平台。')
    await sheet.getByRole('button', { name: '起草平台规则', exact: true }).click()
    await state(provinceDrafts, '起草中')
    const path = new URL(provinceDrafts.url()).pathname
    await province.goto(path)
    await perform(province, '公布', {
      sure: true,
      fill: async (x) => x.getByLabel('施行日期').fill('2026-03-09'),
    })
    await s.w.until('2026-03-10')
    const visitor = await s.visitor()
    await visitor.goto('/platform-rules')
    await visitor.getByRole('heading', { name: '平台运行使用细则（第 1 版）' }).waitFor()
    await visitor.getByText('全文').click()
    await visitor.getByText('数据不得带出平台').waitFor()
    await look(visitor, 'rules')
    await visitor.goto('/experts')
    await visitor.getByRole('heading', { name: '专家库' }).waitFor()
    await look(visitor, 'experts')
  })

  it('an operator applies, is refused, appeals to the bureau above, and is let in by another', async () => {
    await operator.goto('/desk/entries')
    await operator.getByRole('button', { name: '申请进驻' }).click()
    await operator.getByRole('menuitem', { name: '运营机构进驻' }).click()
    const form = operator.getByRole('dialog', { name: '提出进驻申请' })
    for (const field of ['单位情况', '在平台上拟开展的活动', '安全管理制度与技术能力'])
      await form.getByLabel(field).fill(`${field}：见附件`)
    await choose(form, '证明材料', paper('情况说明'))
    await form.getByLabel('联系人及电话').fill('经办员 0564-0000000')
    for (const box of await form.getByRole('group', { name: '声明具备下列条件' }).getByRole('checkbox').all())
      await box.check()
    await form.getByText('《平台运行使用细则》第 1 版（2026-03-09 起施行）').waitFor()
    await form.getByRole('checkbox', { name: /接受上列平台规则/ }).check()
    await look(operator, 'entry-form')
    await form.getByRole('button', { name: '提出进驻申请', exact: true }).click()
    await state(operator, '待决定')
    const path = new URL(operator.url()).pathname
    const title = '六安市公共数据运营机构（演示）：运营机构进驻'

    await decider.goto('/desk')
    await take(decider, title)
    await decider.getByText('文件未定').first().waitFor()
    await perform(decider, '不予进驻', {
      sure: true,
      fill: async (x) => x.getByLabel('不予进驻的理由').fill('安全保障材料不足'),
    })

    await operator.goto(path)
    await state(operator, '不予进驻')
    await operator.getByRole('main').getByText('安全保障材料不足').first().waitFor()
    await operator
      .getByText(/可在本系统提出申诉.*（至 2026-05-09）/)
      .first()
      .waitFor()
    await look(operator, 'refused')
    await operator.getByRole('button', { name: '提出申诉' }).click()
    const appeal = operator.getByRole('dialog', { name: '提出申诉' })
    await appeal.getByLabel('申诉理由').fill('材料已经齐备')
    await appeal.getByLabel('请求').fill('撤销原决定，重新办理')
    await appeal.getByRole('button', { name: '提出申诉', exact: true }).click()
    await state(operator, '办理中')
    const appealed = new URL(operator.url()).pathname

    await province.goto(appealed)
    await state(province, '办理中')
    await look(province, 'appeal')
    await perform(province, '申诉成立，退回重新办理', {
      fill: async (x) => x.getByLabel('意见与理由').fill('原决定依据不足'),
    })
    await second.goto('/desk')
    await take(second, title)
    await perform(second, '同意进驻', {
      fill: async (x) => {
        for (const box of await x.getByRole('checkbox').all()) await box.check()
        await x.getByLabel('同意的理由').fill('条件均具备')
      },
    })
    await operator.goto(path)
    await state(operator, '已进驻')
    await operator.getByRole('button', { name: '申请使用数据资源' }).waitFor()
    await operator.goto('/desk/entries')
    await operator.getByRole('row', { name: title }).waitFor()
    await look(operator, 'entries')
  })
})
