import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { act, anEntry, appointed, approved, domainOf, onDay, planned, type Domain } from '../authorization.ts'
import { done } from '../cases.ts'
import {
  admitted,
  announced,
  applied,
  competitors,
  evaluated,
  expertNames,
  invitation,
  qualified,
} from '../selection.ts'
import type { Actor } from '../world.ts'
import { findings, noBrowser, perform, site, type Site } from './browser.ts'

/** A selection as people see it: the notice, an application begun from it, the reviewer's sheet, the room, the result. */
describe.skipIf(noBrowser)('a selection run here', { timeout: 120_000 }, () => {
  let s: Site
  let d: Domain
  let id: string
  let experts: Actor[]
  let second: Actor
  const shoot = async (page: Page, name: string): Promise<void> => {
    const dir = process.env['SCREENSHOTS']
    if (dir) await page.screenshot({ path: `${dir}/${name}.png`, fullPage: true })
  }
  beforeAll(async () => {
    s = await site({ more: competitors, lists: false })
    d = await domainOf(s.w)
    experts = await Promise.all(expertNames.slice(0, 7).map((n) => s.w.as(n)))
    second = await s.w.as('第二运营经办')
    const plan = await planned(d, await appointed(d, s.w), [await anEntry(d, '公积金缴存信息')])
    await approved(d, s.w, plan)
    for (const e of experts) await admitted(e, d.bureauBoss, '430000', s.w.orgs['university']!)
    id = await announced(d, plan, '2026-03-20')
  }, 120_000)
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  it('a visitor finds the notice; a body applies from it', async () => {
    const visitor = await s.visitor()
    await visitor.goto('/selections')
    await visitor.getByRole('link', { name: '住房公积金领域运营机构遴选' }).click()
    await visitor.getByRole('heading', { name: '谁可以申请' }).waitFor()
    expect(await findings(visitor)).toEqual([])
    await shoot(visitor, 'notice')
    const page = await s.as('住房运营经办')
    await page.goto(`/selections/${id}?apply=1`)
    await page.locator('.p-screen').getByRole('button', { name: '申请', exact: true }).click()
    await page.getByRole('link', { name: '查看办理情况' }).click()
    await page.getByRole('heading', { level: 1 }).getByText('填写中', { exact: true }).waitFor()
    await page.getByRole('button', { name: '填写申请' }).click()
    await page.getByRole('dialog', { name: '填写申请' }).getByText('具备成熟的数据加密能力').waitFor()
    await shoot(page, 'candidacy')
  })

  it('a reviewer scores on one sheet, and the room shows everything once all have signed', async () => {
    const mine = (await d.operator.list('candidacies')).rows[0]!.id
    await done(act(d.operator, 'candidacy', mine, 'write'))
    await done(act(d.operatorBoss, 'candidacy', mine, 'submit'))
    const theirs = await applied(second, await s.w.as('第二运营复核'), id)
    const organiser = await s.as('中心经办')
    await organiser.goto(`/desk/selections/${id}`)
    await organiser.getByText('截止前，申请只有申请人自己可见').waitFor()
    await shoot(organiser, 'sealed')
    await onDay(s.w, '2026-03-21')
    await qualified(d, mine)
    await qualified(d, theirs)
    await s.w.sequence()
    await organiser.reload()
    await perform(organiser, '抽取评审专家')
    await s.w.settle()
    const who = (await Promise.all(experts.map(async (e) => ((await invitation(e)) ? e : undefined)))).filter(
      (e) => e !== undefined,
    )
    const card = (await invitation(who[0]!))!
    await done(act(who[0]!, 'evaluation', card, 'accept'))
    const reviewer = await s.as(who[0]!.name)
    await reviewer.goto(`/desk/evaluations/${card}`)
    await reviewer.getByRole('link', { name: '湖南第二数据运营有限公司（演示）' }).first().waitFor()
    for (const box of await reviewer.getByRole('spinbutton').all()) await box.fill('8')
    for (const box of await reviewer.getByPlaceholder('理由').all()) await box.fill('方案具体可行')
    expect(await findings(reviewer)).toEqual([])
    await shoot(reviewer, 'sheet')
    await reviewer.getByRole('button', { name: '保存评分' }).click()
    await reviewer.getByRole('status').getByText('已保存').waitFor()
    await done(act(who[0]!, 'evaluation', card, 'sign'))
    await evaluated(who, { [d.operator.org]: 9, [second.org]: 7 })
    await organiser.reload()
    await organiser.getByRole('heading', { name: '评分', exact: true }).waitFor()
    await organiser.getByRole('button', { name: '重新计算核验' }).click()
    await organiser.getByText('一致：顺序和抽中的专家由种子唯一确定').waitFor()
    expect(await findings(organiser)).toEqual([])
    await shoot(organiser, 'room')
    await done(act(d.clerk, 'selection', id, 'nominate', { winner: d.operator.org, deviation: undefined }))
    await done(act(d.boss, 'selection', id, 'award', { decidedOn: '2026-03-21' }))
    const visitor = await s.visitor()
    await visitor.goto(`/selections/${id}`)
    await visitor.getByRole('heading', { name: '结果' }).waitFor()
    await visitor.getByRole('button', { name: '重新计算核验' }).click()
    await visitor.getByText('一致：').waitFor()
    await shoot(visitor, 'result')
  })
})
