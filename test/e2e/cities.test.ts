import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { act, about, onDay, tenderLink, today } from '../authorization.ts'
import { governed, theOne, type City } from '../agreements.ts'
import { done, type Values } from '../cases.ts'
import { admitted, evaluated, expertNames, organisation, pair } from '../selection.ts'
import { begin, entryOf } from '../sharing.ts'
import { anItem, masked, table } from '../supply.ts'
import type { Actor } from '../world.ts'
import { beginFrom, complete, find, inOrder, noBrowser, perform, site, type Site, take } from './browser.ts'

const city = '肇庆数据运营中心（普通合伙）（演示）'
const cast = {
  organisations: [
    ...governed.organisations,
    organisation('zqPartners', city, 'unincorporated', '441200', 'zhaoqingBureau'),
    organisation('college', '皖西某学院（演示）', 'institution', '341500', 'luanBureau'),
  ],
  people: [
    ...governed.people,
    ...pair('zqPartners', '肇合伙'),
    { name: '合伙人经办', org: 'luanPartner', duties: ['handler'] },
    ...expertNames.slice(0, 6).map((name) => ({ name, realName: true })),
  ],
} as never

/** Two cities that authorize each in its own way, from the body named to the data supplied, and from the draft to the renewal. */
describe.skipIf(noBrowser)('two cities', { timeout: 180_000 }, () => {
  let s: Site
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-cities-'))
  const pages = new Map<string, Page>()
  const who = new Map<string, Actor>()
  beforeAll(async () => {
    s = await site({ more: cast, lists: false })
  }, 120_000)
  afterEach((test) => s.check(test))
  afterAll(async () => {
    rmSync(dir, { recursive: true })
    await s?.close()
  })

  const actor = async (name: string): Promise<Actor> => {
    const known = who.get(name) ?? (await s.w.as(name))
    who.set(name, known)
    return known
  }
  /** The page somebody works on, at an address. */
  const at = async (name: string, path: string): Promise<Page> => {
    const page = pages.get(name) ?? (await (name === '访客' ? s.visitor() : s.as(name)))
    pages.set(name, page)
    await page.goto(path)
    return page
  }
  const day = (): string => today(s.w)
  const filled = (sheet: Locator): Promise<void> => complete(sheet, day())
  /** An act on the page of a case, its sheet filled in. */
  const does = async (
    name: string,
    path: string,
    term: string,
    o: { sure?: boolean; label?: RegExp; fill?: (sheet: Locator) => Promise<void> } = {},
  ): Promise<Page> => {
    const page = await at(name, path)
    await perform(page, term, {
      ...(o.sure ? { sure: true } : {}),
      ...(o.label ? { label: o.label } : {}),
      fill: async (sheet) => {
        await o.fill?.(sheet)
        await filled(sheet)
      },
    })
    return page
  }
  const state = (page: Page, term: string): Promise<void> =>
    page.getByRole('heading', { level: 1 }).getByText(term, { exact: true }).waitFor()
  const shot = async (page: Page, name: string): Promise<void> => {
    const to = process.env['GONGSHU_SHOTS']
    if (to) await page.screenshot({ path: join(to, `${name}.png`), fullPage: true })
  }
  /** What leads up to a tender's decision, and the proposal; it is not what these journeys are about. */
  const tendered = async (clerk: Actor, boss: Actor, id: string, winner: string): Promise<void> => {
    if ((await clerk.see(id, 'selection')).actions.some((a) => a.act === 'consult'))
      await done(act(clerk, 'selection', id, 'consult'))
    await reviewed(clerk, boss, id)
    await done(act(clerk, 'selection', id, 'announce', { until: day(), link: tenderLink }))
    await done(act(clerk, 'selection', id, 'decide', { winner, resultOn: day(), bidders: 3, link: tenderLink }))
  }
  const reviewed = async (clerk: Actor, boss: Actor, id: string): Promise<void> => {
    await done(act(clerk, 'selection', id, 'submit'))
    for (let st = (await boss.see(id, 'selection')).state; st.startsWith('review.');)
      st = (await done(act(boss, 'selection', id, st))).state
  }

  describe('a city whose government names the body, and four parties agree', () => {
    inOrder()
    let c: City
    let source: Actor
    let sourceBoss: Actor
    let developer: Actor
    let item: string
    let appointment: string
    let plan: string
    let agreement: string
    beforeAll(async () => {
      const [bureau, bureauBoss, clerk, boss, operator, operatorBoss] = (await Promise.all(
        ['肇庆局经办', '肇庆局审批', '肇中心经办', '肇中心复核', '肇合伙经办', '肇合伙复核'].map(actor),
      )) as [Actor, Actor, Actor, Actor, Actor, Actor]
      c = { bureau, bureauBoss, clerk, boss, operator, operatorBoss }
      ;[source, sourceBoss, developer] = (await Promise.all(
        ['数源机构经办', '数源机构复核', '肇开发复核'].map(actor),
      )) as [Actor, Actor, Actor]
      item = await anItem(s.w, { clerk: source, boss: sourceBoss }, '停车泊位明细')
    }, 60_000)
    const term = { termFrom: '2026-03-09', termTo: '2028-03-08' }

    it('ZQ-009 the government names the implementing body; the bureau’s plan passes its own meeting and the government’s', async () => {
      const ground = '结合整体授权模式，由市数据服务中心承担。'
      const implementer = c.clerk.org
      const proposed = begin(await actor('肇庆市政府经办'), 'appointments', 'local', undefined, { implementer, ground })
      appointment = (await done(proposed)).id
      const secretary = await at('肇庆市政府经办', '/desk')
      await secretary
        .getByRole('navigation')
        .getByRole('link', { name: /^实施机构/ })
        .click()
      await secretary.getByRole('button', { name: '确定本级实施机构' }).waitFor()
      await secretary.getByRole('row', { name: /肇庆市数据服务中心.*待审定/ }).waitFor()
      const path = `/desk/appointments/${appointment}`
      const mayor = await does('肇庆市政府审批', path, '确定', {
        sure: true,
        fill: async (sheet) => sheet.getByLabel('确定文件文号').fill('肇府函〔2026〕3号'),
      })
      await state(mayor, '已确定')
      await mayor.getByText('肇府函〔2026〕3号').first().waitFor()
      await shot(mayor, 'zq-1-appointment')

      const bureau = await at('肇庆局经办', path)
      plan = await beginFrom(bureau, /编制实施方案/, {
        fill: (sheet) => sheet.getByLabel('方案名称').fill('肇庆市公共数据资源授权运营实施方案'),
      })
      const written: Values = {
        title: '肇庆市公共数据资源授权运营实施方案',
        from: '2026-03-09',
        to: '2031-03-08',
        items: [item],
        products: [{ name: '停车位查询', class: 'public', form: ['API'] }],
      }
      await done(act(c.bureau, 'plan', plan, 'write', written))
      await does('肇庆局经办', `/desk/plans/${plan}`, '送审')
      await does('肇庆局审批', `/desk/plans/${plan}`, '“三重一大”审议通过')
      const decided = await does('肇庆市政府审批', `/desk/plans/${plan}`, '市人民政府审议通过')
      await state(decided, '实施中')
      await shot(decided, 'zq-2-plan')
    })

    it('a body without legal personality is chosen and signs the agreement', async () => {
      const clerk = await at('肇中心经办', `/desk/plans/${plan}`)
      const selection = await beginFrom(clerk, /发起遴选：公开招标/, {
        fill: (sheet) => sheet.getByLabel('遴选项目名称').fill('肇庆市运营机构遴选'),
      })
      await tendered(c.clerk, c.boss, selection, c.operator.org)
      await state(await does('肇中心复核', `/desk/selections/${selection}`, '审定并公布结果', { sure: true }), '已选定')
      const visitor = await at('访客', `/selections/${selection}`)
      await visitor.getByText(city).first().waitFor()
      await clerk.goto(`/desk/selections/${selection}`)
      agreement = await beginFrom(clerk, /起草协议/, {
        fill: (sheet) => sheet.getByLabel('协议编号').fill('肇演授〔2026〕1号'),
      })
      await done(
        act(c.clerk, 'agreement', agreement, 'write', {
          title: '肇庆市公共数据资源授权运营协议',
          items: [item],
          ...term,
          termReason: undefined,
          products: [{ name: '停车位查询' }],
        }),
      )
      await done(act(c.clerk, 'agreement', agreement, 'submit'))
      const path = `/desk/agreements/${agreement}`
      await does('肇中心复核', path, '“三重一大”审议通过')
      await does('肇中心复核', path, '实施机构签订')
      const signed = await does('肇合伙复核', path, '运营机构签订', { sure: true })
      await state(signed, '执行中')
      await signed.getByRole('region', { name: '签订', exact: true }).getByText('2 方，已签订 2 方').waitFor()
      await shot(signed, 'zq-3-agreement')
    })

    it('the operator chooses who develops one scenario and signs with it; the scenario is not given twice', async () => {
      const operator = await at('肇合伙经办', `/desk/agreements/${agreement}`)
      const selection = await beginFrom(operator, /发起遴选：公开招标/, {
        fill: (sheet) => sheet.getByLabel('遴选项目名称').fill('停车诱导场景开发机构遴选'),
      })
      await tendered(c.operator, c.operatorBoss, selection, developer.org)
      await state(await does('肇合伙复核', `/desk/selections/${selection}`, '审定并公布结果', { sure: true }), '已选定')
      const drafted = async (number: string, developed: string): Promise<string> => {
        await operator.goto(`/desk/agreements/${agreement}`)
        const id = await beginFrom(operator, '起草场景、服务协议', {
          fill: (sheet) => sheet.getByLabel('协议编号').fill(number),
        })
        await done(
          act(c.operator, 'pact', id, 'write', {
            title: `停车诱导场景开发与产品经营协议（${number}）`,
            scenario: '停车诱导',
            items: [item],
            developer: developed,
            ...term,
          }),
        )
        await done(act(c.operatorBoss, 'pact', id, 'submit'))
        return id
      }
      const id = await drafted('一', developer.org)
      await does('肇中心经办', `/desk/pacts/${id}`, '审定通过')
      await does('肇开发复核', `/desk/pacts/${id}`, '签订')
      await state(await does('肇合伙复核', `/desk/pacts/${id}`, '签订'), '执行中')

      const again = await drafted('二', s.w.orgs['zqOther']!)
      const clerk = await at('肇中心经办', `/desk/pacts/${again}`)
      s.expectStatus(clerk, 409)
      await clerk.getByRole('group', { name: '可办理' }).getByRole('button', { name: '审定通过' }).click()
      const sheet = clerk.getByRole('dialog', { name: '审定通过' })
      await filled(sheet)
      await sheet.getByRole('button', { name: '审定通过', exact: true }).click()
      await sheet.getByRole('alert').first().waitFor()
      await shot(clerk, 'zq-4-twice')
      expect(await sheet.getByRole('alert').first().innerText()).toMatch(/已|重复/)
      await clerk.reload()
      await state(clerk, '场景审定中')
    })

    it('implementer, source, operator and developer sign the agreement of four', async () => {
      const clerk = await at('肇中心经办', `/desk/agreements/${agreement}`)
      const id = await beginFrom(clerk, '起草场景、服务协议', {
        fill: (sheet) => sheet.getByLabel('协议编号').fill('肇演服〔2026〕1号'),
      })
      await done(
        act(c.clerk, 'pact', id, 'write', {
          title: '停车诱导公共数据资源开发利用服务协议',
          scenario: '停车诱导',
          items: [item],
          developer: developer.org,
          sources: [{ party: source.org }],
          ...term,
        }),
      )
      const path = `/desk/pacts/${id}`
      await done(act(c.boss, 'pact', id, 'submit'))
      for (const name of ['数源机构复核', '肇合伙复核', '肇开发复核']) await does(name, path, '签订')
      const page = await does('肇中心复核', path, '签订')
      await state(page, '执行中')
      await page.getByRole('region', { name: '签订', exact: true }).getByText('4 方，已签订 4 方').waitFor()
      await shot(page, 'zq-5-four')
    })

    it('the demand is settled together, and the first batch passes both platforms with somebody answering for each stretch', async () => {
      const operator = await at('肇合伙经办', `/desk/supply/${agreement}`)
      await operator.getByRole('region', { name: '停车泊位明细' }).getByText('数据需求尚未审定').waitFor()
      const asked = begin(c.operator, 'supply-demands', 'items', agreement, { items: [item], scenario: '停车诱导' })
      const demand = (await done(asked)).id
      await operator.goto(`/desk/supply-demands/${demand}`)
      await state(operator, '待数源单位审定')
      const review = await theOne(sourceBoss, demand, 'demandReview', 'supplyDemand').catch(
        async () => (await sourceBoss.list('demand-reviews?openOnly=true')).rows[0]!.id,
      )
      await does('数源机构复核', `/desk/demand-reviews/${review}`, '同意提供', { label: /^同意提供/ })
      // the field asks for the entry itself, which only its own unit may open
      s.expectStatus(await at('肇中心复核', '/desk'), 404)
      await state(await does('肇中心复核', `/desk/supply-demands/${demand}`, '审定同意'), '已审定')
      await masked(source, c.boss, agreement, item)

      const file = join(dir, '停车泊位.csv')
      writeFileSync(file, table(500))
      const page = await at('数源机构经办', `/desk/supply/${agreement}`)
      await page.getByRole('region', { name: '停车泊位明细' }).getByText('可以供数').waitFor()
      const batch = await beginFrom(page, '上传文件', {
        fill: async (sheet) => {
          await sheet.getByLabel('数据所属期').fill('2026年3月')
          await filled(sheet)
        },
      })
      await page.getByLabel('数据文件', { exact: true }).setInputFiles(file)
      await page.getByText('检核中').first().waitFor()
      await s.w.settle()
      const path = `/desk/batches/${batch}`
      await does('肇中心复核', path, '验收')
      await does('肇庆局经办', path, '确认汇聚到市政务大数据平台')
      await does('数源机构经办', path, '加工处理后提供给运营服务平台')
      const end = await does('肇合伙经办', path, '确认到达市公共数据资源运营服务平台')
      await state(end, '可用')
      const way = end.getByRole('region', { name: '交接与安全主体责任' })
      for (const [stretch, party] of [
        ['数据生产系统至市政务大数据平台', '肇庆市数源机构（演示）'],
        ['市政务大数据平台', '肇庆市政务服务和数据管理局'],
        ['大数据平台至运营服务平台', city],
        ['市公共数据资源运营服务平台', city],
      ] as const)
        await way.getByRole('listitem').filter({ hasText: stretch }).filter({ hasText: party }).first().waitFor()
      await shot(end, 'zq-6-batch')
    })
  })

  describe('a city whose data administration authorizes by itself', () => {
    inOrder()
    let clerk: Actor
    let boss: Actor
    let operator: Actor
    let operatorBoss: Actor
    let partner: Actor
    let item: string
    let plan: string
    let agreement: string
    beforeAll(async () => {
      ;[clerk, boss, operator, operatorBoss, partner] = (await Promise.all(
        ['六安局经办', '六安局审批', '运营机构经办', '运营机构复核', '合伙人复核'].map(actor),
      )) as [Actor, Actor, Actor, Actor, Actor]
      const fund = [await actor('公积金经办'), await actor('公积金复核')] as const
      item = await entryOf(fund, { sharing: 'unconditional' }, { basic: { name: '公积金缴纳信息' } })
      for (const name of expertNames.slice(0, 6))
        await admitted(await actor(name), boss, '341500', s.w.orgs['college']!)
    }, 60_000)

    it('its plan is heard by the public, and takes effect only when the province has filed it', async () => {
      const page = await at('六安局经办', '/desk/plans')
      plan = await beginFrom(page, '编制本级实施方案', {
        fill: (sheet) => sheet.getByLabel('方案名称').fill('六安市公共数据资源授权运营实施方案'),
      })
      await done(
        act(clerk, 'plan', plan, 'write', {
          title: '六安市公共数据资源授权运营实施方案',
          from: '2026-05-01',
          to: '2031-04-30',
          modes: ['whole'],
          items: [item],
          products: [{ name: '缴存能力核验', class: 'industry', form: ['API'], charged: true }],
        }),
      )
      const path = `/desk/plans/${plan}`
      await page.goto(path)
      const hearing = await beginFrom(page, /公开征求意见/, {
        sure: true,
        fill: async (sheet) => {
          await sheet.getByLabel('征求意见截止日').fill('2026-04-07')
          for (const way of ['网上留言', '信件', '电子邮件', '电话']) await sheet.getByLabel(way).check()
          await sheet.getByLabel('起草说明').fill('为规范六安市公共数据资源授权运营起草。')
          await filled(sheet)
        },
      })
      const citizen = await at('公民王女士', '/consultations')
      await citizen.getByRole('link', { name: '六安市公共数据资源授权运营实施方案' }).click()
      await citizen.getByRole('button', { name: '网上留言' }).click()
      await citizen.getByLabel(/意见和建议/).fill('希望写明数据脱敏的要求')
      await citizen.getByRole('button', { name: '提出意见' }).click()
      await citizen.getByRole('heading', { name: '意见已经提出' }).waitFor()
      await shot(citizen, 'la-1-comment')

      await onDay(s.w, '2026-04-08')
      await page.goto(`/desk/consultations/${hearing}`)
      await page.getByRole('link', { name: '希望写明数据脱敏的要求' }).click()
      await perform(page, '处理意见', {
        fill: async (sheet) => {
          await sheet.getByRole('radio', { name: '采纳', exact: true }).check()
          await sheet.getByLabel('意见要点').fill('写明脱敏要求')
          await sheet.getByLabel('理由').fill('已补入数据安全一章')
        },
      })
      await does('六安局经办', `/desk/consultations/${hearing}`, '公布意见采纳情况', {
        sure: true,
        fill: (sheet) => sheet.getByLabel('意见采纳情况说明').fill('共收到意见一条，已采纳。'),
      })
      const visitor = await at('访客', `/consultations/${hearing}`)
      await visitor.getByRole('row', { name: /写明脱敏要求.*网上留言.*采纳.*已补入数据安全一章/ }).waitFor()
      expect(await visitor.getByText('王女士').count()).toBe(0)
      await shot(visitor, 'la-2-adoption')

      await does('六安局经办', path, '送审')
      await does('六安局审批', path, '市数管局“三重一大”决策通过')
      await state(await does('市政府审批', path, '市人民政府审议通过'), '待备案')
      // nothing rests on it before the province has it on file
      expect((await clerk.see(plan, 'plan')).begins).toEqual([])
      const [filing] = await about(clerk, plan, 'recordal', 'plan')
      await does('六安局经办', `/desk/recordals/${filing!.id}`, '报送备案')
      await does('安徽督导员', `/desk/recordals/${filing!.id}`, '予以备案')
      await page.goto(path)
      await state(page, '实施中')
      await shot(page, 'la-3-plan')
    })

    it('the bureau chooses the operator itself; the agreement runs five years and no longer without a reason', async () => {
      const page = await at('六安局经办', `/desk/plans/${plan}`)
      const selection = await beginFrom(page, /发起遴选：公开招标/, {
        fill: (sheet) => sheet.getByLabel('遴选项目名称').fill('六安市运营机构遴选'),
      })
      await tendered(clerk, boss, selection, operator.org)
      await does('六安局审批', `/desk/selections/${selection}`, '审定并公布结果', { sure: true })
      await page.goto(`/desk/selections/${selection}`)
      agreement = await beginFrom(page, /起草协议/, {
        fill: (sheet) => sheet.getByLabel('协议编号').fill('六演授〔2026〕8号'),
      })
      const path = `/desk/agreements/${agreement}`
      s.expectStatus(page, 422)
      await page.getByRole('group', { name: '可办理' }).getByRole('button', { name: '填写协议' }).click()
      const sheet = page.getByRole('dialog', { name: '填写协议' })
      await sheet.getByLabel('协议名称').fill('六安市公共数据资源授权运营协议')
      await find(sheet, '授权运营的公共数据资源', '公积金缴纳信息')
      await page.keyboard.press('Escape')
      await sheet.getByLabel('运营期限自').fill('2026-05-01')
      await sheet.getByLabel('运营期限至').fill('2031-05-01')
      await filled(sheet)
      await sheet.getByRole('button', { name: '填写协议', exact: true }).click()
      await sheet.getByText('原则上不晚于 2031-04-30').first().waitFor()
      await shot(page, 'la-4-too-long')
      await sheet.getByLabel('运营期限至').fill('2031-04-30')
      await sheet.getByRole('button', { name: '填写协议', exact: true }).click()
      await page.getByRole('status').filter({ hasText: '已办理“填写协议”' }).waitFor()
      await does('六安局经办', path, '提请审议')
      await does('六安局审批', path, '“三重一大”审议通过')
      await does('六安局审批', path, '实施机构签订')
      await state(await does('运营机构复核', path, '运营机构签订', { sure: true }), '执行中')
    })

    it('a partner is recruited by a notice on the portal, chosen and bound by a pact', async () => {
      await onDay(s.w, '2026-05-06')
      const page = await at('运营机构经办', `/desk/agreements/${agreement}`)
      const selection = await beginFrom(page, /发起遴选：谈判/, {
        fill: (sheet) => sheet.getByLabel('遴选项目名称').fill('信贷核验合伙人招募'),
      })
      if ((await operator.see(selection, 'selection')).actions.some((a) => a.act === 'consult'))
        await done(act(operator, 'selection', selection, 'consult'))
      await reviewed(operator, operatorBoss, selection)
      const path = `/desk/selections/${selection}`
      await does('运营机构经办', path, '发布遴选公告', {
        fill: async (sheet) => {
          await sheet.getByLabel('申请截止日').fill('2026-05-25')
          await sheet.getByLabel('遴选内容').fill('招募信贷核验场景的合伙人。')
        },
      })
      const applicant = await at('合伙人经办', '/selections')
      await applicant.getByRole('link', { name: '信贷核验合伙人招募' }).click()
      await shot(applicant, 'la-5-notice')
      await applicant.locator('.p-side').getByRole('button', { name: '申请', exact: true }).click()
      await applicant.getByRole('region', { name: '申请' }).getByRole('button', { name: '申请', exact: true }).click()
      await applicant.getByRole('link', { name: '查看办理情况' }).click()
      await state(applicant, '填写中')
      const candidacy = new URL(applicant.url()).pathname.split('/')[3]!
      await perform(applicant, '填写申请', { fill: filled })
      await does('合伙人复核', `/desk/candidacies/${candidacy}`, '提交申请')

      await onDay(s.w, '2026-05-26')
      await done(act(operator, 'candidacy', candidacy, 'check'))
      await done(act(operatorBoss, 'candidacy', candidacy, 'qualify'))
      await s.w.sequence()
      await done(act(operator, 'selection', selection, 'draw'))
      await s.w.settle()
      await evaluated(await Promise.all(expertNames.slice(0, 6).map(actor)), { [partner.org]: 9 })
      await done(act(operator, 'selection', selection, 'nominate', { winner: partner.org, deviation: undefined }))
      await state(await does('运营机构复核', path, '审定并公布结果', { sure: true }), '已选定')
      const visitor = await at('访客', `/selections/${selection}`)
      await visitor.getByRole('heading', { name: '结果' }).waitFor()
      await visitor.getByText('六安某科技有限公司（演示）').first().waitFor()

      await page.goto(`/desk/agreements/${agreement}`)
      const pact = await beginFrom(page, '起草场景、服务协议', {
        fill: (sheet) => sheet.getByLabel('协议编号').fill('六演合〔2026〕1号'),
      })
      await done(
        act(operator, 'pact', pact, 'write', {
          title: '信贷核验合伙人协议',
          scenario: '信贷核验',
          items: [item],
          developer: partner.org,
          termFrom: '2026-06-01',
          termTo: '2028-05-31',
        }),
      )
      await done(act(operatorBoss, 'pact', pact, 'submit'))
      await does('合伙人复核', `/desk/pacts/${pact}`, '签订')
      const end = await does('运营机构复核', `/desk/pacts/${pact}`, '签订')
      await state(end, '执行中')
      await shot(end, 'la-6-partner')
    })

    it('LA-017 LA-018 a renewal asked for too late is warned of and taken, is five years at most again, and leaves no gap', async () => {
      const path = `/desk/agreements/${agreement}`
      await onDay(s.w, '2031-01-02')
      const early = await at('运营机构经办', path)
      await early.getByText('2031-01-30').first().waitFor()
      await onDay(s.w, '2031-02-10')
      await early.reload()
      await early
        .getByText(/已逾期/)
        .first()
        .waitFor()
      await shot(early, 'la-7-overdue')
      await perform(early, '申请续签', {
        fill: async (sheet) => {
          await sheet.getByLabel('申请续签至').fill('2036-04-30')
          await sheet.getByLabel('续签理由和运营成效').fill('运营成效良好，需求持续。')
          await filled(sheet)
        },
      })
      const renewal = await theOne(clerk, agreement, 'supplement', 'agreement')
      const on = `/desk/supplements/${renewal}`
      const chief = await at('六安局审批', '/desk')
      await take(chief, '六安市公共数据资源授权运营协议：续签协议')
      // who decides sees that it came late, and may still agree
      await chief.getByText('逾期提出 晚于 2031-01-30').first().waitFor()
      await shot(chief, 'la-8-asked')
      await perform(chief, '同意续签', { fill: filled })
      const page = await at('六安局经办', on)
      s.expectStatus(page, 422)
      await page.getByRole('group', { name: '可办理' }).getByRole('button', { name: '填写协议' }).click()
      const sheet = page.getByRole('dialog', { name: '填写协议' })
      expect(await sheet.getByLabel('续签至').inputValue()).toBe('2036-04-30')
      await sheet.getByLabel('续签至').fill('2036-05-01')
      await filled(sheet)
      await sheet.getByRole('button', { name: '填写协议', exact: true }).click()
      await sheet.getByText('不晚于 2036-04-30').first().waitFor()
      await shot(page, 'la-9-renewal')
      await sheet.getByLabel('续签至').fill('2036-04-30')
      await sheet.getByRole('button', { name: '填写协议', exact: true }).click()
      await page.getByRole('status').filter({ hasText: '已办理“填写协议”' }).waitFor()
      await does('六安局经办', on, '提请审议')
      await does('六安局审批', on, '“三重一大”审议通过')
      await does('六安局审批', on, '实施机构签订')
      await state(await does('运营机构复核', on, '运营机构签订', { sure: true }), '已生效')
      // the last day of the old term, and the day after it
      for (const now of ['2031-04-30', '2031-05-01']) {
        await onDay(s.w, now)
        await early.goto(path)
        await state(early, '执行中')
      }
      await early.getByText('2036-04-30').first().waitFor()
      const visitor = await at('访客', '/authorizations')
      await visitor.getByText('六安市公共数据运营机构（演示）').first().waitFor()
      await shot(early, 'la-10-renewed')
    })
  })
})
