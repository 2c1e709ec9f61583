import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  planned,
  provincials,
  selected,
  type Domain,
} from '../authorization.ts'
import { legacyOf, locals } from '../agreements.ts'
import { done } from '../cases.ts'
import { sealed, sealer } from '../seals.ts'
import { begin } from '../sharing.ts'
import { pdf, type World } from '../world.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

/** The page of an agreement on the desk, with what is there and what is missing; and what the public reads of it. */
describe.skipIf(noBrowser)('agreements', { timeout: 90_000 }, () => {
  let s: Site
  let w: World
  let d: Domain
  let plan: string
  let items: string[]
  beforeAll(async () => {
    s = await site({
      day: '2026-03-09',
      more: {
        organisations: [...(provincials as { organisations: object[] }).organisations, ...locals.organisations],
        people: [...(provincials as { people: object[] }).people, ...locals.people],
      } as never,
    })
    w = s.w
    d = await domainOf(w)
    items = [await anEntry(d, '公积金缴存信息'), await anEntry(d, '公积金贷款信息')]
    plan = await planned(d, await appointed(d, w), items)
    await approved(d, w, plan)
  }, 120_000)
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const shot = async (page: Page, name: string): Promise<void> => {
    if (process.env['GONGSHU_SHOTS'])
      await page.screenshot({ path: join(process.env['GONGSHU_SHOTS'], `${name}.png`), fullPage: true })
  }

  it('shows every clause, who has signed with which seal, and the signed document beside the text', async () => {
    const { id } = await done(
      begin(d.clerk, 'agreements', 'domain', await selected(d, w, plan), { number: '湘演授〔2026〕8号' }),
    )
    await done(
      act(d.clerk, 'agreement', id, 'write', {
        title: '住房公积金领域公共数据资源授权运营协议',
        cosigners: [{ party: d.unit.org }],
        items,
        termFrom: '2026-04-01',
        termTo: '2029-03-31',
        termReason: undefined,
        products: [{ name: '缴存能力评估', charged: true }, { name: '缴纳稳定性标签' }],
      }),
    )
    await done(act(d.clerk, 'agreement', id, 'submit'))
    await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: '2026-03-09' }))
    const file = await d.boss.upload('协议（盖章）.pdf', sealed(pdf('协议'), sealer('sm2', '湖南省公积金管理中心')))
    await done(act(d.boss, 'agreement', id, 'sign', { signedOn: '2026-03-09', manner: 'electronic', file: [file.id] }))
    const page = await s.as('中心经办')
    await page.goto(`/desk/agreements/${id}`)
    await page.getByRole('heading', { level: 1, name: /住房公积金领域/ }).waitFor()
    const signatures = page.getByRole('region', { name: '签订', exact: true })
    await signatures.getByText('3 方，已签订 1 方').waitFor()
    await signatures.getByText('电子签章有效').waitFor()
    await signatures.getByText(/颁发机构的可信性未核验/).waitFor()
    await page.getByRole('region', { name: '应有内容' }).getByText('齐全').waitFor()
    await shot(page, 'agreement')
    expect(await findings(page)).toEqual([])
    await signatures.getByRole('button', { name: '对照文本' }).click()
    const compare = page.getByRole('dialog')
    await compare.getByRole('region', { name: '审议的文本' }).getByText('争议解决方式', { exact: true }).waitFor()
    expect(await compare.locator('iframe').getAttribute('src')).toContain(file.id)
    const answer = await d.clerk.get(`/api/files/${file.id}?case=${id}&look=1`)
    expect([answer.status, String(answer.headers['content-disposition']).slice(0, 6)]).toEqual([200, 'inline'])
    await shot(page, 'agreement-compare')
  })

  it('an old one says what it lacks; anyone reads who is authorized, and that one is suspended', async () => {
    const running = await agreed(d, w, await selected(d, w, plan), items, { title: '公积金数据授权运营协议' })
    await done(act(d.bureau, 'item', items[0]!, 'publish'))
    await done(
      act(d.bureau, 'agreement', running, 'breach', {
        foundOn: '2026-03-09',
        what: '未按季度披露公共数据资源使用情况',
        clause: '第六条',
        measure: '十日内补充披露',
      }),
    )
    const [clerk, boss] = [await w.as('旧中心经办'), await w.as('旧中心复核')]
    const old = await legacyOf(clerk, boss, w.orgs['hunanOperator']!, [], {
      title: '某数据中心授权运营合同',
      mode: 'whole',
      termTo: '2027-09-30',
      products: [{ name: '企业信用查询' }],
    })
    const page = await s.as('旧中心经办')
    await page.goto(`/desk/agreements/${old}`)
    await page.getByRole('region', { name: '待补齐事项' }).getByText('协议没有约定：违约责任').waitFor()
    await shot(page, 'agreement-legacy')
    expect(await findings(page)).toEqual([])
    const desk = await s.as('中心经办')
    await desk.goto(`/desk/agreements/${running}`)
    await desk
      .getByRole('region', { name: '违约记录' })
      .getByText(/未按季度披露/)
      .waitFor()
    await desk.getByRole('region', { name: '应报送的报告' }).getByText('2026年上半年运营情况报告').waitFor()
    await shot(desk, 'agreement-running')
    const visitor = await s.visitor()
    await visitor.goto('/authorizations')
    await visitor.getByRole('heading', { level: 1, name: '授权运营情况' }).waitFor()
    await visitor.getByText('湖南住房数据运营有限公司（演示）').first().waitFor()
    await shot(visitor, 'authorizations')
    expect(await findings(visitor)).toEqual([])
    await visitor.getByRole('link', { name: '湖南住房数据运营有限公司（演示）' }).first().click()
    await visitor.getByRole('heading', { level: 1, name: '公积金数据授权运营协议' }).waitFor()
    await visitor.getByRole('link', { name: '公积金缴存信息' }).waitFor()
    await visitor.getByText('另有 1 个目录项尚未向社会公布').waitFor()
    await shot(visitor, 'authorization')
    expect(await findings(visitor)).toEqual([])
  })
})
