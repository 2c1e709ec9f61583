import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  about,
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  onDay,
  planned,
  selected,
  tenderLink,
  today,
  type Domain,
} from '../authorization.ts'
import { after, done, refusal, registered, team, today as dayOf, type Registered } from '../cases.ts'
import { asks } from '../exiting.ts'
import {
  admitted,
  applied,
  competitors,
  evaluated,
  expertNames,
  invitation,
  organisation,
  pair,
  qualified,
} from '../selection.ts'
import { begin } from '../sharing.ts'
import { aBatch, agreementOver, anItem, batchAct, masked, sent, table } from '../supply.ts'
import type { Actor, World } from '../world.ts'
import { choose, findings, inOrder, noBrowser, paper, perform, site, type Site, take } from './browser.ts'

// Two ways through the whole of an authorization, each step by whom the rules name, seen where that person sees it.

const cast = {
  organisations: [
    ...(competitors as { organisations: object[] }).organisations,
    organisation('wholeCentre', '湖南省公共数据授权运营中心（演示）', 'institution'),
  ],
  people: [
    ...(competitors as { people: object[] }).people,
    ...pair('wholeCentre', '整体中心'),
    { name: '湖南局副审批', org: 'hunanBureau', duties: ['handler', 'approver'] },
  ],
} as never
const names = {
  centre: '湖南省公共数据授权运营中心（演示）',
  domain: '湖南住房数据运营有限公司（演示）',
  second: '湖南第二数据运营有限公司（演示）',
  third: '湖南第三数据运营有限公司（演示）',
}

const shot = async (page: Page, name: string): Promise<void> => {
  const dir = process.env['PICTURES']
  if (dir) await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true })
}
/** Answers every required field that is still empty, as somebody would who only wants to go on. */
const complete = async (sheet: Locator, day: string): Promise<void> => {
  for (const box of await sheet.locator('[aria-required=true]').all()) {
    const kind = await box.evaluate(
      (e: { tagName: string; type?: string; getAttribute: (n: string) => string | null }) =>
        e.getAttribute('role') ?? (e.tagName === 'TEXTAREA' ? 'text' : (e.type ?? '')),
    )
    if (kind === 'radiogroup') {
      if ((await box.getByRole('radio', { checked: true }).count()) === 0) await box.getByRole('radio').first().check()
    } else if (kind === 'checkbox') await box.check()
    else if (kind === 'spinbutton') await box.fill('10')
    else if (kind !== 'combobox' && kind !== 'group' && (await box.inputValue()) === '')
      await box.fill(kind === 'date' ? day : '情况属实，材料齐全')
  }
  for (const row of await sheet.locator('.row.files:has(.must), .row.file:has(.must)').all())
    if ((await row.getByRole('button', { name: /^移除/ }).count()) === 0) {
      const term = (await row.getByRole('button', { name: /^选择文件：/ }).getAttribute('aria-label')) ?? ''
      await choose(row, term.replace('选择文件：', ''), paper('情况说明'))
    }
}
const party = async (sheet: Locator, term: string, name: string): Promise<void> => {
  await sheet.getByRole('combobox', { name: term }).fill(name)
  await sheet.page().locator('.ant-select-dropdown:visible').getByTitle(name, { exact: true }).click()
}
/** Opens a case with the button that says so, directly or in the menu 发起. Returns the number. */
const begun = async (
  page: Page,
  button: string,
  act: string,
  fill?: (sheet: Locator) => Promise<void>,
): Promise<string> => {
  const before = page.url()
  const direct = page.getByRole('main').getByRole('button', { name: button, exact: true })
  const menu = page.getByRole('main').getByRole('button', { name: /^发起/ })
  await direct.or(menu).first().click()
  if ((await direct.count()) === 0) await page.getByRole('menuitem', { name: button }).click()
  const sheet = page.getByRole('dialog', { name: act })
  await fill?.(sheet)
  await sheet.getByRole('button', { name: act, exact: true }).click()
  await page.waitForURL((u) => u.href !== before && /\/desk\/[\w-]+\/[0-9a-f-]{36}$/.test(u.pathname))
  return new URL(page.url()).pathname.split('/')[3]!
}
const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
}
const state = (page: Page, term: string): Promise<void> =>
  page.getByRole('heading', { level: 1 }).getByText(term, { exact: true }).waitFor()

describe.skipIf(noBrowser)('the whole of a province is authorized to one operator', { timeout: 180_000 }, () => {
  let s: Site
  let w: World
  let d: Domain
  let centre: Actor
  let centreBoss: Actor
  let second: Actor
  let experts: Actor[]
  let item: string
  let whole: string
  let selection: string
  let agreement: string
  let clerkPage: Page
  let bossPage: Page
  let bureauPage: Page
  let bureauBossPage: Page
  let governmentPage: Page
  const fill = (sheet: Locator): Promise<void> => complete(sheet, today(w))

  beforeAll(async () => {
    s = await site({ more: cast, lists: false, day: '2026-03-09' })
    w = s.w
    d = await domainOf(w)
    ;[centre, centreBoss, second] = (await Promise.all(
      ['整体中心经办', '整体中心复核', '第二运营经办'].map((n) => w.as(n)),
    )) as [Actor, Actor, Actor]
    experts = await Promise.all(expertNames.slice(0, 7).map((n) => w.as(n)))
    for (const e of experts) await admitted(e, d.bureauBoss, '430000', w.orgs['university']!)
    item = await anEntry(d, '公积金缴存信息')
    await done(act(d.bureau, 'item', item, 'publish'))
    ;[clerkPage, bossPage, bureauPage, bureauBossPage, governmentPage] = (await Promise.all(
      ['整体中心经办', '整体中心复核', '湖南局经办', '湖南局审批', '省政府审批'].map((n) => s.as(n)),
    )) as [Page, Page, Page, Page, Page]
  }, 120_000)
  inOrder()
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  it('the data administration names the one body that carries it out', async () => {
    await open(bureauPage, '/desk/appointments')
    const id = await begun(bureauPage, '确定整体授权实施机构', '拟定实施机构', async (sheet) => {
      await party(sheet, '实施机构', names.centre)
      await fill(sheet)
    })
    await bureauBossPage.goto('/desk')
    await take(bureauBossPage, '整体授权实施机构')
    expect(await perform(bureauBossPage, '确定', { fill, sure: true })).toContain('已确定')
    await shot(bureauBossPage, 'whole-appointment')
    // a second one cannot be named beside it
    const { id: again } = await done(
      begin(d.bureau, 'appointments', 'whole', undefined, { implementer: d.clerk.org, domain: undefined }),
    )
    expect(await refusal(act(d.bureauBoss, 'appointment', again, 'confirm', { decidedOn: today(w) }))).toBe(
      '409 duplicate',
    )
    await done(act(d.bureau, 'appointment', again, 'drop'))
    expect((await centre.see(id, 'appointment')).stateTerm).toBe('已确定')
  })

  it('the overall plan and the plan for the whole pass “三重一大” and the government’s executive meeting', async () => {
    const { id: overall } = await done(begin(d.bureau, 'plans', 'overall', undefined, { title: '省本级总体实施方案' }))
    const span = { from: '2026-04-01', to: '2031-03-31' }
    const products = [{ name: '公积金便民查询', class: 'public', form: ['API'] }]
    await done(
      act(d.bureau, 'plan', overall, 'write', { ...span, modes: ['whole', 'domain'], items: [item], products }),
    )
    await done(act(d.bureau, 'plan', overall, 'submit'))
    await decides(bureauBossPage, '省本级总体实施方案', /省数据局“三重一大”审议通过/)
    await decides(governmentPage, '省本级总体实施方案', /省人民政府常务会议审议通过/)

    // the body named writes its own plan, from where it reads that it was named
    await clerkPage.goto('/desk/appointments')
    await clerkPage.getByRole('link', { name: '整体授权实施机构' }).first().click()
    await state(clerkPage, '已确定')
    whole = await begun(clerkPage, '编制实施方案：整体授权运营实施方案', '编制实施方案', (sheet) =>
      sheet.getByLabel('方案名称').fill('整体授权运营实施方案'),
    )
    await done(act(centre, 'plan', whole, 'write', { title: '整体授权运营实施方案', ...span, items: [item], products }))
    await clerkPage.reload()
    await perform(clerkPage, '送审', { fill })
    await decides(bureauBossPage, '整体授权运营实施方案', /省数据局“三重一大”审议通过/)
    expect(await decides(governmentPage, '整体授权运营实施方案', /省人民政府常务会议审议通过/)).toContain('实施中')
    await shot(governmentPage, 'whole-plan-decided')
  })

  it('the plan is put on file within its ten workdays, and the plan says so', async () => {
    await clerkPage.goto('/desk')
    await take(clerkPage, '实施方案备案：整体授权运营实施方案')
    await perform(clerkPage, '报送备案', { fill })
    await bureauPage.goto('/desk')
    await take(bureauPage, '实施方案备案：整体授权运营实施方案')
    await perform(bureauPage, '予以备案', {
      label: /^予以备案/,
      fill: (x) => x.getByLabel('备案编号').fill('湘数备〔2026〕1号'),
    })
    await open(clerkPage, `/desk/plans/${whole}`)
    await clerkPage.getByRole('region', { name: '审议与备案' }).getByText('编号 湘数备〔2026〕1号').waitFor()
    await shot(clerkPage, 'whole-plan')
    expect(await findings(clerkPage)).toEqual([])
  })

  it('one operator is chosen by negotiation run here; nobody sees who applies before the deadline', async () => {
    selection = await begun(clerkPage, '发起遴选：谈判', '发起遴选', (sheet) =>
      sheet.getByLabel('遴选项目名称').fill('湖南省整体授权运营机构遴选'),
    )
    await done(act(centre, 'selection', selection, 'consult'))
    await done(act(centre, 'selection', selection, 'submit'))
    await done(act(centreBoss, 'selection', selection, 'review.competition'))
    await done(act(centreBoss, 'selection', selection, 'review.legality'))
    await clerkPage.reload()
    await perform(clerkPage, '发布遴选公告', {
      fill: async (sheet) => {
        await sheet.getByLabel('申请截止日').fill('2026-03-20')
        await fill(sheet)
      },
    })
    const third = await w.as('第三运营经办')
    const theirs = await applied(third, await w.as('第三运营复核'), selection)
    // one of the two applies as bodies do: from the notice, then on its desk, handed in by another person
    const applicant = await s.as('第二运营经办')
    await open(applicant, `/selections/${selection}?apply=1`)
    await applicant.locator('.p-screen').getByRole('button', { name: '申请', exact: true }).click()
    await applicant.getByRole('link', { name: '查看办理情况' }).click()
    await state(applicant, '填写中')
    const mine = new URL(applicant.url()).pathname.split('/')[3]!
    await done(act(second, 'candidacy', mine, 'write'))
    const signer = await s.as('第二运营复核')
    await signer.goto(`/desk/candidacies/${mine}`)
    expect(await perform(signer, '提交申请')).toContain('截止前保密')
    await shot(signer, 'whole-application')
    for (const page of [clerkPage, bureauPage]) {
      await open(page, `/desk/selections/${selection}`)
      await page.getByText(/截止前，申请只有申请人自己可见/).waitFor()
      await page.goto('/desk/candidacies')
      await page.getByText('0 件', { exact: true }).waitFor()
    }
    for (const who of [centre, d.bureau, third])
      expect(await refusal(who.get(`/api/candidacies/${mine}`))).toBe('404 not_found')

    await onDay(w, '2026-03-21')
    for (const id of [mine, theirs]) await qualified({ ...d, clerk: centre, boss: centreBoss }, id)
    await w.sequence()
    await open(clerkPage, `/desk/selections/${selection}`)
    await clerkPage.getByRole('region', { name: '申请人', exact: true }).getByText('2 家').waitFor()
    await perform(clerkPage, '抽取评审专家')
    await w.settle()
    const called = await Promise.all(experts.map(async (e) => ((await invitation(e)) ? e : undefined)))
    const panel = called.filter((e) => e !== undefined)
    expect(panel.length).toBeGreaterThanOrEqual(3)
    const reviewer = await s.as(panel[0]!.name)
    await reviewer.goto('/desk')
    await take(reviewer, '湖南省整体授权运营机构遴选')
    await perform(reviewer, '声明无利害关系，参加评审', { fill: (sheet) => sheet.getByRole('checkbox').check() })
    await scored(reviewer, { [names.second]: '9', [names.third]: '7' })
    await shot(reviewer, 'whole-reviewer')
    await perform(reviewer, '签署评审意见', { fill, sure: true })
    await evaluated(panel, { [second.org]: 9, [third.org]: 7 })

    await open(clerkPage, `/desk/selections/${selection}`)
    await clerkPage.getByText('第 1 名').first().waitFor()
    await perform(clerkPage, '提出选定意见', {
      fill: async (sheet) => {
        await party(sheet, '选定的机构', names.second)
        await fill(sheet)
      },
    })
    await bossPage.goto('/desk')
    await take(bossPage, '湖南省整体授权运营机构遴选')
    expect(await perform(bossPage, '审定并公布结果', { fill, sure: true })).toContain('已选定')
    await shot(bossPage, 'whole-awarded')
    await w.settle()
    const visitor = await s.visitor()
    await visitor.goto('/selections')
    await visitor.getByRole('link', { name: '湖南省整体授权运营机构遴选' }).click()
    await visitor.getByRole('heading', { name: '结果' }).waitFor()
    const result = visitor.locator('.p-sheet', { has: visitor.getByRole('heading', { name: '结果' }) })
    expect(await result.innerText()).toMatch(/湖南第二数据运营有限公司（演示）[^]*第二[^]*总分[^]*第三[^]*总分/)
    await shot(visitor, 'whole-result')
    expect(await findings(visitor)).toEqual([])
  })

  it('the agreement is deliberated and signed by both sides; anyone reads who is authorized for what until when', async () => {
    await open(clerkPage, `/desk/selections/${selection}`)
    agreement = await begun(clerkPage, '起草协议', '起草协议', (sheet) =>
      sheet.getByLabel('协议编号').fill('湘授〔2026〕1号'),
    )
    await done(
      act(centre, 'agreement', agreement, 'write', {
        title: '湖南省公共数据资源整体授权运营协议',
        items: [item],
        termFrom: '2026-04-01',
        termTo: '2029-03-31',
        termReason: undefined,
        products: [{ name: '公积金便民查询' }],
      }),
    )
    await clerkPage.reload()
    await clerkPage.getByRole('region', { name: '应有内容' }).getByText('齐全').waitFor()
    await perform(clerkPage, '提请审议')
    await decides(bossPage, '湖南省公共数据资源整体授权运营协议', /“三重一大”审议通过/)
    await perform(bossPage, '实施机构签订', { fill })
    const operator = await s.as('第二运营复核')
    await operator.goto('/desk')
    await take(operator, '湖南省公共数据资源整体授权运营协议')
    expect(await perform(operator, '运营机构签订', { fill, sure: true })).toContain('执行中')
    await operator.getByRole('region', { name: '签订', exact: true }).getByText('2 方，已签订 2 方').waitFor()
    await shot(operator, 'whole-agreement')

    const visitor = await s.visitor()
    await visitor.goto('/authorizations')
    const hit = visitor.getByRole('listitem').filter({ hasText: names.second })
    await hit.getByText(`由 ${names.centre} 授权 · 湖南省 · 2026-04-01 至 2029-03-31`).waitFor()
    await shot(visitor, 'whole-authorizations')
    await hit.getByRole('link', { name: names.second }).click()
    await visitor.getByRole('heading', { level: 1, name: '湖南省公共数据资源整体授权运营协议' }).waitFor()
    await visitor.getByRole('link', { name: '公积金缴存信息' }).waitFor()
    await visitor.getByText('公积金便民查询', { exact: true }).waitFor()
    const glance = visitor.getByRole('complementary', { name: '授权概况' })
    expect(await glance.innerText()).toMatch(/第二数据[^]*授权运营中心[^]*2026-04-01 至 2029-03-31/)
    await shot(visitor, 'whole-authorization')
    expect(await findings(visitor)).toEqual([])
  })

  it('a second operator of the whole is refused, and the page says why', async () => {
    const { id } = await done(begin(centre, 'selections', 'openTender', whole, { title: '整体运营机构再次遴选' }))
    for (const [who, name, over] of [
      [centre, 'consult', {}],
      [centre, 'submit', {}],
      [centreBoss, 'review.competition', {}],
      [centreBoss, 'review.legality', {}],
      [centre, 'announce', { until: today(w), link: tenderLink }],
      [centre, 'decide', { winner: w.orgs['third']!, resultOn: today(w), bidders: 3, link: tenderLink }],
    ] as const)
      await done(act(who, 'selection', id, name, over))
    s.expectStatus(bossPage, 409)
    await open(bossPage, `/desk/selections/${id}`)
    await bossPage.getByRole('group', { name: '可办理' }).getByRole('button', { name: '审定并公布结果' }).click()
    const sheet = bossPage.getByRole('dialog', { name: '审定并公布结果' })
    await fill(sheet)
    await sheet.getByRole('button', { name: '审定并公布结果', exact: true }).click()
    await bossPage.getByRole('button', { name: '确认审定并公布结果' }).click()
    await sheet
      .getByRole('alert')
      .getByText(/一家|1\s*家/)
      .first()
      .waitFor()
    await shot(bossPage, 'whole-second-refused')
    await state(bossPage, '待审定')
    const visitor = await s.visitor()
    await visitor.goto('/authorizations')
    await visitor.getByText(names.second).first().waitFor()
    expect(await visitor.getByText(names.third).count()).toBe(0)
  })

  it('a domain brings everything it was supplied with to the body for the whole, and both see how complete that is', async () => {
    const items = [await anItem(w, d, '公积金缴存明细'), await anItem(w, d, '公积金贷款明细')]
    const domain = await agreementOver(w, d, items)
    await masked(d.clerk, d.boss, domain, items[0]!)
    const { id: batch } = await done(aBatch(d.clerk, domain, items[0]!))
    await sent(d.clerk, batch, table(60))
    await w.settle()
    await done(batchAct(d.boss, batch, 'accept'))
    await done(batchAct(d.operator, batch, 'hops.environment'))
    const page = await s.as('中心经办')
    await open(page, `/desk/supply/${domain}`)
    const sync = page.getByRole('region', { name: '全量同步至整体授权实施机构' })
    await sync.getByText('协议目录项 2 项，已供数 1 项，与供数一致地同步 0 项').waitFor()
    await begun(page, '发起全量同步', '发起全量同步', async (sheet) => {
      await sheet.getByLabel('数据所属期').fill('2026年3月')
      await fill(sheet)
    })
    await perform(page, '开始同步')
    await w.settle()
    await bossPage.goto('/desk')
    await take(bossPage, '全量同步（2026年3月）')
    await state(bossPage, '待验收')
    await shot(bossPage, 'whole-sync-received')
    await perform(bossPage, '确认接收', { fill: (sheet) => sheet.getByRole('checkbox').check() })
    await open(page, `/desk/supply/${domain}`)
    await sync.getByText('协议目录项 2 项，已供数 1 项，与供数一致地同步 1 项').waitFor()
    await sync.getByText('50%').waitFor()
    await shot(page, 'whole-sync')
    expect(await findings(page)).toEqual([])
  })

  /** A body's decision, from its tasks, with the extract of its minutes. */
  const decides = async (page: Page, title: string, label: RegExp): Promise<string> => {
    await page.goto('/desk')
    await take(page, title)
    const acts = page.getByRole('group', { name: '可办理' })
    const said = (await acts.getByRole('button', { name: label }).innerText()).split(' → ')[0]!
    return perform(page, said, { label, fill })
  }
  const scored = async (page: Page, points: Readonly<Record<string, string>>): Promise<void> => {
    for (const [who, score] of Object.entries(points)) {
      const block = page.locator('.score-block').filter({ hasText: who })
      await block.waitFor()
      for (const box of await block.getByRole('spinbutton').all()) await box.fill(score)
      for (const box of await block.getByPlaceholder('理由').all()) await box.fill('方案具体可行')
    }
    await page.getByRole('button', { name: '保存评分' }).click()
    await page.getByRole('status').getByText('已保存').waitFor()
  }
})

describe.skipIf(noBrowser)('an operator is made to leave while a service goes on', { timeout: 180_000 }, () => {
  const kept = '公积金便民查询'
  let s: Site
  let w: World
  let d: Domain
  let successor: Actor
  let agreement: string
  let registration: Registered
  let order: string
  let exit: string
  let bureauPage: Page
  let bureauBossPage: Page
  let operatorPage: Page
  let operatorBossPage: Page
  let clerkPage: Page
  const fill = (sheet: Locator): Promise<void> => complete(sheet, today(w))
  const ofKept = `?product=${encodeURIComponent(kept)}`

  beforeAll(async () => {
    s = await site({ more: cast, lists: false, day: '2026-03-09' })
    w = s.w
    d = await domainOf(w)
    successor = await w.as('第二运营经办')
    const items = [await anItem(w, d, '公积金缴存信息'), await anItem(w, d, '公积金贷款信息')]
    const plan = await planned(d, await appointed(d, w), items)
    await approved(d, w, plan)
    agreement = await agreed(d, w, await selected(d, w, plan), items, {
      title: '住房公积金领域授权运营协议',
      termFrom: '2026-03-01',
      termTo: '2029-02-28',
      products: [
        { name: '缴存能力评估', charged: true },
        { name: kept, charged: false },
      ],
    })
    await masked(d.clerk, d.boss, agreement, items[0]!)
    const { id: batch } = await done(aBatch(d.clerk, agreement, items[0]!))
    await sent(d.clerk, batch, table(60))
    await w.settle()
    await done(batchAct(d.boss, batch, 'accept'))
    await done(batchAct(d.operator, batch, 'hops.environment'))
    const number = (await d.clerk.see(agreement, 'agreement')).timeline[0]!.detail.find(
      (f) => f.key === 'number',
    )!.text!
    registration = await registered(
      w,
      await team(w, ['住房运营经办', '住房运营复核', '湘登记经办', '湘登记经办', '湘登记复核', '湖南局经办']),
      { variant: 'product' },
      { authorization: { agreementNo: number, agreementFrom: '2026-03-01', agreementTo: '2029-02-28' } },
    )
    await onDay(w, await dayOf(w))
    ;[bureauPage, bureauBossPage, operatorPage, operatorBossPage, clerkPage] = (await Promise.all(
      ['湖南局经办', '湖南局审批', '住房运营经办', '住房运营复核', '中心经办'].map((n) => s.as(n)),
    )) as [Page, Page, Page, Page, Page]
  }, 120_000)
  inOrder()
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  /** Does something and asks for the operator's access the moment the page has its answer: what it is told, within a second. */
  const atOnce = async (page: Page, path: string, doing: () => Promise<unknown>): Promise<string> => {
    const answered = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().includes(path))
    const acting = doing()
    expect((await answered).status()).toBe(200)
    const stands = performance.now()
    const told = await asks(d.operator, agreement)
    expect(performance.now() - stands).toBeLessThan(1000)
    await acting
    return told
  }

  it('the data administration orders it: all is closed at once, but one service goes on in other hands', async () => {
    await open(operatorPage, `/desk/agreements/${agreement}`)
    await state(operatorPage, '执行中')
    expect(await asks(d.operator, agreement)).toBe('permitted')
    await open(bureauPage, `/desk/agreements/${agreement}`)
    order = await begun(bureauPage, '拟定责令改正：责令改正并暂停', '拟定责令改正', async (sheet) => {
      await sheet.getByRole('radio', { name: '违反授权运营协议' }).check()
      await sheet.getByLabel('认定的事实').fill('超出协议约定的场景，将缴存信息用于商业营销。')
      await sheet.getByLabel('改正要求').fill('停止超场景使用，删除由此形成的数据。')
      await sheet.getByLabel('改正期限').fill(after(today(w), 14))
      await sheet.getByRole('radio', { name: '全部暂停' }).check()
      await sheet.getByRole('button', { name: '添加托管运行的公益服务' }).click()
      await sheet.getByRole('textbox', { name: '名称' }).fill(kept)
      await party(sheet, '托管单位', names.second)
      await sheet.getByLabel('托管至').fill(after(today(w), 120))
      await shot(bureauPage, 'exit-order-form')
    })
    // proposed only: nothing is closed, and its author cannot sign it
    expect(await asks(d.operator, agreement)).toBe('permitted')
    expect(await bureauPage.getByRole('button', { name: '签发' }).count()).toBe(0)
    await bureauBossPage.goto('/desk')
    await take(bureauBossPage, '责令改正并暂停：住房公积金领域授权运营协议')
    const told = await atOnce(bureauBossPage, '/actions/issue', () =>
      perform(bureauBossPage, '签发', { label: /^签发$/, fill, sure: true }),
    )
    expect(told).toBe('403 suspended')
    await shot(bureauBossPage, 'exit-order')
    await operatorPage.reload()
    await state(operatorPage, '已暂停')
    await shot(operatorPage, 'exit-suspended')
    expect([await asks(successor, agreement, ofKept), await asks(d.operator, agreement, ofKept)]).toEqual([
      'permitted',
      '403 suspended',
    ])
    // what binds the operator is one click from its agreement
    const closed = operatorPage.getByRole('alert').filter({ hasText: '使用权限已经关闭' })
    await closed.getByRole('link', { name: /责令改正并暂停/ }).click()
    await state(operatorPage, '整改中')
    await operatorPage.getByText(names.second).first().waitFor()
  })

  it('not corrected in time, its end is proposed by itself and decided by a person; access is over at once', async () => {
    await onDay(w, after(today(w), 15))
    // the handler who drew up the order sees where it stands, and cannot decide
    await open(bureauPage, `/desk/suspensions/${order}`)
    await state(bureauPage, '待审定终止')
    expect(await bureauPage.getByRole('button', { name: '审定终止协议' }).count()).toBe(0)
    await bureauBossPage.goto('/desk')
    await take(bureauBossPage, '责令改正并暂停：住房公积金领域授权运营协议')
    await shot(bureauBossPage, 'exit-terminating')
    const told = await atOnce(bureauBossPage, '/actions/terminate', () =>
      perform(bureauBossPage, '审定终止协议', { fill, sure: true }),
    )
    expect(told).toBe('403 agreement_over')
    await w.settle()
    await open(operatorPage, `/desk/agreements/${agreement}`)
    await state(operatorPage, '交接中')
    await shot(operatorPage, 'exit-agreement-over')
    // whoever keeps the service goes on, and anyone reads that the authorization is over
    expect([await asks(successor, agreement, ofKept), await asks(d.operator, agreement, ofKept)]).toEqual([
      'permitted',
      '403 agreement_over',
    ])
    const visitor = await s.visitor()
    await visitor.goto(`/authorizations/${agreement}`)
    await visitor.getByText('授权运营已经终止。').waitFor()
    exit = (await about(d.clerk, agreement, 'exit', 'agreement'))[0]!.id
  })

  it('what was supplied and what was registered under it is on the list by itself', async () => {
    await operatorPage.goto('/desk')
    await take(operatorPage, '强制退出：住房公积金领域授权运营协议')
    expect(operatorPage.url()).toContain(exit)
    const kept = operatorPage.getByRole('region', { name: '留存数据的返还与删除' })
    for (const name of ['公积金缴存信息', '公积金贷款信息']) await kept.getByText(name, { exact: true }).waitFor()
    // the two entries and the batch that was supplied of one of them
    await kept.getByText('公积金缴存信息（2026年3月）', { exact: true }).waitFor()
    expect(await kept.getByRole('row').count()).toBe(1 + 3)
    const registrations = operatorPage.getByRole('region', { name: '据协议登记的结果' })
    await registrations.getByRole('link').first().waitFor()
    expect(await registrations.getByRole('link').first().getAttribute('href')).toContain(registration.record)
    await shot(operatorPage, 'exit-list')
    expect(await findings(operatorPage)).toEqual([])
  })

  it('both sides work through the checklist: handed over and taken over, deleted with certificates and verified', async () => {
    await line(operatorPage, '交接清单', '移交', async (sheet) => {
      for (const row of await sheet.locator('.entry-row').all()) {
        await row.getByLabel('移交内容').fill('详见所附清单')
        await choose(row, '移交材料', paper('情况说明'))
      }
      await shot(operatorPage, 'exit-deliver')
    })
    await clerkPage.goto('/desk')
    await take(clerkPage, '强制退出：住房公积金领域授权运营协议')
    await line(clerkPage, '交接清单', '接收', async (sheet) => {
      for (const cell of await sheet.getByRole('combobox', { name: '接收意见' }).all())
        await choice(cell, '齐全，已接收')
      await choose(sheet, '接收证据', paper('情况说明'))
      await shot(clerkPage, 'exit-receive')
    })
    await clerkPage.getByRole('region', { name: '交接清单' }).getByText('已办结', { exact: true }).waitFor()
    // the certificate is signed for by another person of the operator than who hands over
    await operatorBossPage.goto('/desk')
    await take(operatorBossPage, '强制退出：住房公积金领域授权运营协议')
    await line(operatorBossPage, '留存数据的返还与删除', '返还、删除并出具证明', async (sheet) => {
      for (const cell of await sheet.getByRole('combobox', { name: '处理' }).all()) await choice(cell, '已删除')
      for (const cell of await sheet.getByLabel('日期').all()) await cell.fill(today(w))
      await choose(sheet, '加盖公章的返还、删除证明', paper('情况说明'))
      await fill(sheet)
      await shot(operatorBossPage, 'exit-certify')
    })
    await clerkPage.reload()
    await line(clerkPage, '留存数据的返还与删除', '核验返还与删除', async (sheet) => {
      for (const cell of await sheet.getByRole('combobox', { name: '核验意见' }).all()) await choice(cell, '属实')
      await fill(sheet)
      await shot(clerkPage, 'exit-verify')
    })
    // the platform deletes its own copies as well
    await w.settle()
    await clerkPage.reload()
    await line(clerkPage, '服务承接', '安排服务承接', async (sheet) => {
      await sheet.getByRole('radio', { name: '由承接单位承接' }).check()
      await party(sheet, '承接（托管）单位', names.second)
      await sheet.getByLabel(/^自/).fill(today(w))
    })
    await clerkPage.getByRole('region', { name: '服务承接' }).getByText(names.second).first().waitFor()
    expect(await asks(successor, agreement, ofKept)).toBe('permitted')
    await shot(clerkPage, 'exit-under-way')
    await line(clerkPage, '据协议登记的结果', '记录登记结果的处理', async (sheet) => {
      await choice(sheet.getByRole('combobox', { name: '处理' }), '已变更登记主体')
      await sheet.getByRole('textbox', { name: '依据和说明' }).fill('变更至承接单位')
    })
    await clerkPage.getByText('全部办结，可以提请办结退出。').waitFor()
    await shot(clerkPage, 'exit-settled')
    expect(await findings(clerkPage)).toEqual([])
  })

  it('another body finds everything settled; the record of the handover is printed, and the operator is out', async () => {
    await perform(clerkPage, '提请办结退出', { fill })
    await clerkPage.getByRole('link', { name: '打印交接清单' }).click()
    await clerkPage.getByRole('heading', { level: 1, name: '公共数据资源授权运营交接清单' }).waitFor()
    const record = await clerkPage.locator('.dossier').innerText()
    for (const part of ['产品和服务', '公积金缴存信息', '已核验', kept, names.second, '已变更登记主体', '（盖章）'])
      expect(record).toContain(part)
    expect(record).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[^]*一、/)
    await shot(clerkPage, 'exit-handover')
    expect(await findings(clerkPage)).toEqual([])
    expect((await clerkPage.pdf({ format: 'A4' })).subarray(0, 4).toString()).toBe('%PDF')
    await bureauBossPage.goto('/desk')
    await take(bureauBossPage, '强制退出：住房公积金领域授权运营协议')
    expect(await perform(bureauBossPage, '审定办结', { fill, sure: true })).toContain('已办结')
    await shot(bureauBossPage, 'exit-closed')
    await open(operatorPage, `/desk/agreements/${agreement}`)
    await state(operatorPage, '已退出')
    expect([await asks(successor, agreement, ofKept), await asks(d.operator, agreement, ofKept)]).toEqual([
      'permitted',
      '403 agreement_over',
    ])
  })

  /** An act of a section of the exit, with the button that stands in its head. */
  const line = async (
    page: Page,
    section: string,
    term: string,
    fillIn: (sheet: Locator) => Promise<void>,
  ): Promise<void> => {
    await page.getByRole('region', { name: section }).getByRole('button', { name: term, exact: true }).click()
    const sheet = page.getByRole('dialog', { name: term })
    await fillIn(sheet)
    await sheet.getByRole('button', { name: term, exact: true }).click()
    await page
      .getByRole('status')
      .filter({ hasText: `已办理“${term}”` })
      .waitFor()
    await sheet.waitFor({ state: 'hidden' })
  }
  const choice = async (cell: Locator, option: string): Promise<void> => {
    await cell.click()
    await cell.page().locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click()
  }
})
