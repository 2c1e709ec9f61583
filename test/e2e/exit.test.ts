import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { about, act } from '../authorization.ts'
import { done } from '../cases.ts'
import { handedOver, more, operating, ordered, type Operating } from '../exiting.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

describe.skipIf(noBrowser)('an operator that has to leave', () => {
  let s: Site
  let o: Operating
  let order: string
  let exit: string
  beforeAll(async () => {
    s = await site({ more, lists: false })
    o = await operating(s.w)
    order = await ordered(o, {
      facts: '超出协议约定的场景，将缴存信息用于商业营销。',
      requirement: '停止超场景使用，删除由此形成的数据，完善内部审批。',
      custodyProducts: [{ name: '公积金便民查询' }],
      custodian: o.successor.org,
      custodyUntil: '2026-06-30',
    })
    await done(act(o.d.bureau, 'suspension', order, 'proposeEnd'))
    await done(act(o.d.bureauBoss, 'suspension', order, 'terminate', { number: '湘数终〔2026〕1号' }))
    await s.w.settle()
    exit = (await about(o.d.clerk, o.agreement, 'exit', 'agreement'))[0]!.id
    await done(act(o.d.clerk, 'exit', exit, 'list', { batches: [{ name: '2026年3月第1批', place: '沙箱备份' }] }))
  }, 120_000)
  afterEach((t) => s.check(t))
  afterAll(() => s.close())
  const shot = async (page: Page, name: string) =>
    process.env['PICTURES']
      ? page.screenshot({ path: `${process.env['PICTURES']}/${name}.png`, fullPage: true })
      : undefined

  it('is shown what the order says, on a page that can be printed', async () => {
    const page = await s.as('住房运营经办')
    await page.goto(`/desk/suspensions/${order}/order`)
    await page.getByRole('heading', { level: 1, name: '责令改正并暂停决定书' }).waitFor()
    await page.getByText('公积金便民查询由湖南第二数据运营有限公司（演示）托管运行').waitFor()
    await shot(page, 'suspension-order')
    expect(await findings(page)).toEqual([])
    await page.goto(`/desk/suspensions/${order}`)
    await page.getByText('已终止协议').first().waitFor()
    await shot(page, 'suspension')
  })

  it('sees what is left and who must act next, and the line moves when it has acted', async () => {
    const page = await s.as('住房运营经办')
    await page.goto(`/desk/exits/${exit}`)
    const progress = page.getByRole('region', { name: '交接进度' })
    await progress.getByText('待运营机构办理').waitFor()
    await shot(page, 'exit-begun')
    expect(await findings(page)).toEqual([])
    await handedOver(o, exit, ['verify'])
    await page.reload()
    await progress.getByText('待实施机构或者数据管理部门办理').waitFor()
    await page.getByRole('region', { name: '服务承接' }).getByText('由承接单位承接').first().waitFor()
    await shot(page, 'exit-under-way')
    await progress.getByRole('link', { name: '打印交接清单' }).click()
    await page.getByRole('heading', { level: 1, name: '公共数据资源授权运营交接清单' }).waitFor()
    await shot(page, 'exit-handover')
    expect(await findings(page)).toEqual([])
  })
})
