import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readCast, tellDemo } from '#application'
import type { CaseList } from '#contract'
import { done, materials, start, type Values } from '../cases.ts'
import { samples } from '../world.ts'
import { findings, noBrowser, perform, press, site, type Site } from './browser.ts'

/** The demo as it is handed over: its stories have left cases in every state. */
const cast = readCast(samples)

interface Places {
  /** Cases by the key of their story. */
  readonly ids: Readonly<Record<string, string>>
  readonly record: string
  readonly code: string
  readonly ended: string
  readonly item: string
  readonly org: string
  readonly person: string
  readonly membership: string
  readonly invitation: string
}
type Row = readonly [who: string, what: string, path: (p: Places) => string, heading: string | RegExp]

const visitor = ''
const portal: readonly Row[] = [
  [visitor, '首页', () => '/', '查一条公共数据，看它由谁登记、是否有效、用在哪里'],
  [visitor, '查询结果', () => '/?q=公积金', '查一条公共数据，看它由谁登记、是否有效、用在哪里'],
  [visitor, '登记信息', (p) => `/records/${p.code}`, '公积金缴纳信息'],
  [visitor, '已注销的登记信息', (p) => `/records/${p.ended}`, '个人公积金缴纳稳定性标签'],
  [visitor, '目录概况', () => '/catalogue', '公共数据资源目录'],
  [visitor, '公示', () => '/notices', '登记公示'],
  [visitor, '一份公示', (p) => `/notices/${p.ids['企业登记信息']}`, '公共数据资源登记公示'],
  ['公民李先生', '异议表', (p) => `/notices/${p.ids['公交车线路信息']}?objection=1`, '公共数据资源登记公示'],
  [visitor, '公告', () => '/announcements', '注销与撤销公告'],
  [visitor, '核验结果', (p) => `/verify?code=${p.code}`, '核验'],
  [visitor, '公开日志', () => '/log?log=register&place=1', '公开日志'],
  [visitor, '登记机构', () => '/registrars', '登记机构名录'],
  [visitor, '规则库', () => '/policies?division=341500', '规则库'],
  [visitor, '开放接口', () => '/api-docs', '开放接口'],
  [visitor, '帮助', () => '/help', '帮助'],
  [visitor, '没有的页面', () => '/nowhere', '没有这个页面'],
  [visitor, '登录', () => '/sign-in', '登录工作台'],
  [visitor, '注册', () => '/sign-up', '公众注册'],
  [visitor, '启用账号', (p) => p.invitation, '启用账号'],
]
const desk: readonly Row[] = [
  ['公积金经办', '待办', () => '/desk/tasks', '我的待办'],
  ['登记经办甲', '登记机构的待办', () => '/desk/tasks', '我的待办'],
  ['公民王女士', '公民的待办', () => '/desk/tasks', '我的待办'],
  ['公积金经办', '登记申请', () => '/desk/applications', '登记申请'],
  ['登记经办甲', '登记办理', () => '/desk/applications', '登记办理'],
  ['公积金经办', '草稿', (p) => `/desk/applications/${p.ids['公积金账户信息']}`, /^公积金账户信息/],
  ['运营机构经办', '待整改的申请', (p) => `/desk/applications/${p.ids['企业中标信息查询']}`, /^企业中标信息查询/],
  ['运营机构经办', '整改', (p) => `/desk/applications/${p.ids['企业中标信息查询']}/edit`, /^企业中标信息查询/],
  ['登记经办甲', '待受理的申请', (p) => `/desk/applications/${p.ids['出租车运营信息']}`, /^出租车运营信息/],
  ['肇登记经办', '形式审核', (p) => `/desk/applications/${p.ids['停车泊位信息']}`, /^停车泊位信息/],
  ['登记复核丙', '公示中的申请', (p) => `/desk/applications/${p.ids['企业登记信息']}`, /^企业登记信息/],
  ['公积金经办', '办结的申请', (p) => `/desk/applications/${p.ids['公积金缴纳信息']}`, /^公积金缴纳信息/],
  ['公积金经办', '卷宗', (p) => `/desk/applications/${p.ids['公积金缴纳信息']}/print`, '登记申请卷宗'],
  ['登记复核丙', '公示与异议', () => '/desk/objections', '公示与异议'],
  ['登记复核丙', '异议', (p) => `/desk/objections/${p.ids['对企业登记信息的异议']}`, /^对“企业登记信息”公示的异议/],
  ['公积金经办', '登记簿', () => '/desk/records', '登记簿'],
  ['公积金经办', '登记记录', (p) => `/desk/records/${p.record}`, /^公积金缴纳信息/],
  ['六安局经办', '登记义务', () => '/desk/obligations', '登记义务'],
  ['六安局经办', '逾期的登记义务', (p) => `/desk/obligations/${p.ids['定位信息登记义务']}`, /^出租车/],
  ['公积金经办', '目录', () => '/desk/items', '资源与产品目录'],
  ['六安局经办', '目录总览', () => '/desk/catalogue/overview', '目录总览'],
  ['六安局经办', '公共数据资源目录', () => '/desk/catalogue', '公共数据资源目录'],
  ['六安局经办', '备案与普查', () => '/desk/catalogue/progress', '备案与普查'],
  ['六安局经办', '数源冲突', () => '/desk/catalogue/conflicts', '数源冲突'],
  ['六安局经办', '目录对账', () => '/desk/catalogue/reconcile', '目录对账'],
  ['公积金经办', '目录项', (p) => `/desk/items/${p.item}`, /^公积金账户信息/],
  ['登记经办甲', '期限日历', () => '/desk/calendar', '期限日历'],
  ['登记经办甲', '通知', () => '/desk/notices', '通知'],
  ['六安局审批', '登记日志', () => '/desk/log', '登记日志'],
  ['运维管理员', '保管状况', () => '/desk/keeping', '保管状况'],
  ['六安局审批', '访问日志', () => '/desk/access', '访问日志'],
  ['六安局经办', '单位', () => '/desk/organisations', '单位'],
  ['公积金经办', '本单位', (p) => `/desk/organisations/${p.org}`, /^市公积金中心/],
  ['公积金经办', '人员', (p) => `/desk/people/${p.person}`, /^公积金/],
  ['公积金经办', '岗位', (p) => `/desk/memberships/${p.membership}`, /./],
]

describe.skipIf(noBrowser)('the demo in a browser', { timeout: 60_000 }, () => {
  let s: Site
  let at: Places
  const pages = new Map<string, Page>()
  beforeAll(async () => {
    s = await site({ day: cast.day })
    const { ids } = await tellDemo(s.w.app, cast, samples)
    const [fund, operator] = await Promise.all([s.w.as('公积金经办'), s.w.as('运营机构经办')])
    const recordOf = async (who: typeof fund, application: string) => {
      const record = (await who.see(application)).links.find((l) => l.process === 'record')!.id
      const { facts } = await who.see(record, 'record')
      return { record, code: facts.find((f) => f.term === '登记码')!.value }
    }
    const org = s.w.orgs['fund']!
    const people = await done(
      fund.get<{ name: string; person: string; membership: string }[]>(`/api/organisations/${org}/people`),
    )
    const other = people.find((p) => p.name === '公积金复核')!
    const { invitation } = await done(
      fund.send<{ invitation: string }>('POST', `/api/organisations/${org}/people`, {
        name: '新来的人',
        duties: ['handler'],
      }),
    )
    at = {
      ids,
      ...(await recordOf(fund, ids['公积金缴纳信息']!)),
      ended: (await recordOf(operator, ids['稳定性标签']!)).code,
      item: (await fund.list('items?q=公积金账户信息')).rows[0]!.id,
      org,
      person: other.person,
      membership: other.membership,
      invitation: new URL(invitation).pathname,
    }
  })
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  /** One page for each role, kept. */
  const as = async (who: string): Promise<Page> => {
    const known = pages.get(who) ?? (await (who === visitor ? s.visitor() : s.as(who)))
    pages.set(who, known)
    return known
  }
  /** Opens an address; in a page that runs already as its own links do, without loading the program again. */
  const visit = async (page: Page, path: string): Promise<void> => {
    if (page.url() === 'about:blank') await page.goto(path)
    else
      await page.evaluate((to) => {
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, path)
  }
  const settled = async (page: Page): Promise<void> => {
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin, [aria-busy=true]'))
  }
  /** To the other size of type: with the button where the page has one, else as if it had been chosen before. */
  const resize = async (page: Page): Promise<void> => {
    const path = new URL(page.url()).pathname
    if (path.startsWith('/desk')) {
      await page.getByRole('banner').getByRole('button').last().click()
      await page.getByRole('menuitem', { name: /大字版|标准字号/ }).click()
      await page.getByRole('menuitem', { name: /大字版|标准字号/ }).waitFor({ state: 'hidden' })
    } else if (/^\/(sign|invitation)/.test(path)) {
      await page.evaluate(
        `localStorage.setItem('gongshu.large', localStorage.getItem('gongshu.large') === '1' ? '0' : '1')`,
      )
      await page.reload()
      await settled(page)
    } else await page.getByRole('button', { name: /大字版|标准字号/ }).click()
  }
  const isLarge = (page: Page): Promise<boolean> =>
    page.evaluate(`document.documentElement.classList.contains('large')`)

  it.each([...portal, ...desk])(
    '%s %s opens without an error and can be used by everybody, in both sizes',
    async (...row) => {
      const [who, , path, heading] = row
      const page = await as(who)
      await visit(page, path(at))
      await settled(page)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      expect(await findings(page)).toEqual([])
      const before = await isLarge(page)
      await resize(page)
      expect(await isLarge(page)).toBe(!before)
      expect(await findings(page, true)).toEqual([])
    },
  )

  it.each<readonly [who: string, what: string, path: (p: Places) => string, open: (page: Page) => Promise<void>]>([
    [visitor, '推进日期', () => '/', (p) => p.getByRole('button', { name: '推进日期' }).press('Enter')],
    ['公积金经办', '切换角色', () => '/desk/tasks', (p) => p.getByRole('button', { name: '切换角色' }).press('Enter')],
    ['公积金经办', '新建登记申请', () => '/desk/applications', (p) => press(p, '新建申请')],
    ['公积金经办', '邀请人员：市公积金中心', (p) => `/desk/organisations/${p.org}`, (p) => press(p, '邀请人员')],
    ['六安局经办', '记录登记义务', () => '/desk/obligations', (p) => press(p, '记录登记义务')],
    ['六安局经办', '登记单位', () => '/desk/organisations', (p) => press(p, '登记单位')],
    [
      '登记经办甲',
      '一次性告知补正',
      (p) => `/desk/applications/${p.ids['出租车运营信息']}`,
      (p) => press(p, '一次性告知补正'),
    ],
    ['肇登记经办', '审核未通过', (p) => `/desk/applications/${p.ids['停车泊位信息']}`, (p) => press(p, '审核未通过')],
    [
      '登记复核丙',
      '设置动态口令',
      () => '/desk/tasks',
      async (p) => {
        await p.getByRole('banner').getByRole('button').last().click()
        await p.getByRole('menuitem', { name: '设置动态口令' }).click()
      },
    ],
  ])('%s %s: the sheet can be used by everybody', async (who, what, path, open) => {
    const page = await as(who)
    await visit(page, path(at))
    await settled(page)
    await open(page)
    const sheet = page.getByRole('dialog', { name: what })
    await sheet.waitFor()
    await page.waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin'))
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'hidden' })
  })

  it('HNA-002: the workbench is laid out by the five capabilities of a platform; sections are remembered, places found by name', async () => {
    const page = await as('六安局经办')
    await visit(page, '/desk/tasks')
    await settled(page)
    const nav = page.getByRole('navigation', { name: '工作台' })
    const names = () => nav.locator('button[aria-expanded]').allInnerTexts()
    await expect
      .poll(names)
      .toEqual([...['数据资源管理', '加工治理', '运营管理', '流通交易', '安全保障'], '规则与单位'])
    expect(await nav.getByRole('link').first().innerText()).toMatch(/^我的待办/)
    // what is in hand is open without being asked for: a batch waits, a demand waits
    const batches = nav.getByRole('link', { name: /^供数批次/ })
    await batches.waitFor()
    const processing = nav.getByRole('button', { name: '加工治理' })
    await processing.press('Enter')
    await batches.waitFor({ state: 'hidden' })
    await page.reload()
    await settled(page)
    expect(await processing.getAttribute('aria-expanded')).toBe('false')
    expect(await findings(page)).toEqual([])

    await page.keyboard.press('g')
    await page.keyboard.type('供数批')
    await batches.waitFor()
    expect(await nav.getByRole('link').count()).toBe(1)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: '供数批次' }).waitFor()
    // it was closed by hand and stays so, and says that one is inside
    expect(await processing.getAttribute('class')).toContain('on')
    await processing.click()
    await batches.waitFor()
  })

  it('keys: / searches, j and k move between tasks, Enter opens', async () => {
    const page = await as('登记复核丙')
    await visit(page, '/desk/tasks')
    const rows = page.getByRole('table', { name: '我的待办' }).getByRole('link')
    await rows.nth(1).waitFor()
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')
    const [first, second] = await rows.allInnerTexts()
    for (const [key, now] of [
      ['j', first],
      ['j', second],
      ['k', first],
      ['j', second],
    ] as const) {
      await page.keyboard.press(key)
      expect(await focused()).toBe(now)
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: second! }).waitFor()

    await page.keyboard.press('/')
    await page.keyboard.type('公积金缴纳信息')
    const search = page.getByRole('combobox', { name: '搜索登记办理和登记簿' })
    expect(await search.inputValue()).toBe('公积金缴纳信息')
    await page.getByText('登记簿（1）').waitFor()
    await search.press('ArrowDown')
    await search.press('Enter')
    await page.getByRole('heading', { level: 1, name: '公积金缴纳信息' }).waitFor()
  })

  it('one person acts for a body or in their own name', async () => {
    const page = await s.as('公积金经办')
    await page.goto('/desk/items')
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^市公积金中心/ })
      .click()
    await page.getByRole('menuitem', { name: '本人' }).click()
    await page.getByRole('banner').getByRole('button', { name: /^本人/ }).waitFor()
    await page.getByRole('heading', { level: 1, name: '我的待办' }).waitFor()
    // in one's own name there is no catalogue and no duty to register
    expect(await page.getByRole('navigation', { name: '工作台' }).innerText()).not.toMatch(/目录|登记义务/)
  })

  it('whoever signs out is out, and comes back to the place they ask for', async () => {
    const page = await s.as('公积金经办')
    await page.goto('/desk/tasks')
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^公积金经办/ })
      .click()
    await page.getByRole('menuitem', { name: '退出登录' }).click()
    await page.getByRole('heading', { level: 1, name: /^查一条公共数据/ }).waitFor()
    expect((await page.request.get('/api/session')).status()).toBe(401)
    s.expectStatus(page, 401)
    await page.goto(`/desk/applications/${at.ids['公积金缴纳信息']}?from=mail`)
    await page.getByRole('heading', { level: 1, name: '登录工作台' }).waitFor()
    await page.getByRole('button', { name: '公积金经办' }).click()
    await page.getByRole('heading', { level: 1, name: '公积金缴纳信息' }).waitFor()
    expect(page.url()).toMatch(/\?from=mail$/)
  })

  it('an invitation becomes an account, and a wrong password is told as such', async () => {
    const page = await s.visitor()
    await page.goto(at.invitation)
    await page.getByLabel('设置用户名').fill('newcomer')
    await page.getByLabel('设置密码').fill('a long enough password')
    await page.getByLabel('再输一次密码').fill('another password')
    await page.getByText('两次输入不一致').waitFor()
    await page.getByLabel('再输一次密码').fill('a long enough password')
    s.expectStatus(page, 422)
    await page.getByRole('button', { name: '启用并进入工作台' }).click()
    await page.getByText('密码须包含大写字母、小写字母、数字、符号中的三类').first().waitFor()
    // used up, it is not there any more
    s.expectStatus(page, 404)
    await page.getByLabel('设置密码').fill('Newcomer 2026')
    await page.getByLabel('再输一次密码').fill('Newcomer 2026')
    await page.getByRole('button', { name: '启用并进入工作台' }).click()
    await page.getByRole('heading', { level: 1, name: '我的待办' }).waitFor()
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^新来的人/ })
      .click()
    await page.getByRole('menuitem', { name: '退出登录' }).click()
    await page.getByRole('heading', { level: 1, name: /^查一条公共数据/ }).waitFor()

    s.expectStatus(page, 401)
    await page.goto('/sign-in')
    await page.getByLabel('用户名').fill('newcomer')
    await page.getByLabel('密码').fill('not this one')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: '账号或密码不正确' }).waitFor()
    await page.getByLabel('密码').fill('Newcomer 2026')
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '我的待办' }).waitFor()
  })

  describe('what goes wrong is told where it went wrong', () => {
    const began = async (over: Values = {}): Promise<string> => {
      const clerk = await s.w.as('交通局经办')
      const id = await start(clerk, { variant: 'resource', scope: 'authorized' })
      const content = await materials(clerk, id, 'propose', over)
      await done(clerk.send('PUT', `/api/applications/${id}/draft`, { rev: 0, content }))
      return id
    }

    it('a field left out is named at its place, and the first one has the cursor', async () => {
      const id = await began({ subject: { contactName: undefined }, resource: { volume: undefined } })
      const page = await s.as('交通局经办')
      await page.goto(`/desk/applications/${id}`)
      await page.getByRole('button', { name: '送业务审核' }).first().click()
      const contact = page.getByLabel('联系人')
      await page.getByRole('alert').filter({ hasText: '请填写联系人' }).waitFor()
      expect(await contact.evaluate((e) => e === document.activeElement)).toBe(true)
      for (const [term, says] of [
        ['联系人', '请填写联系人'],
        ['数据量', '请填写数据量'],
      ] as const) {
        const field = page.getByLabel(term)
        expect(await field.getAttribute('aria-invalid')).toBe('true')
        const described = (await field.getAttribute('aria-describedby'))!.split(' ').at(-1)!
        expect(await page.locator(`[id="${described}"]`).innerText()).toBe(says)
      }
      expect(
        await page
          .getByRole('alert')
          .filter({ hasText: /^请(填写|选择|上传)/ })
          .count(),
      ).toBe(2)
      // filled in, it is no longer complained of
      await contact.fill('经办员')
      await page.getByRole('alert').filter({ hasText: '请填写联系人' }).waitFor({ state: 'hidden' })
    })

    it('what only the register can judge comes back to its field', async () => {
      const id = await began({ subject: { uscc: '12341500000000019X' } })
      const page = await s.as('交通局经办')
      s.expectStatus(page, 422)
      await page.goto(`/desk/applications/${id}`)
      await page.getByRole('button', { name: '送业务审核' }).first().click()
      await page.getByRole('button', { name: '确认送业务审核' }).click()
      const field = page.getByLabel('统一社会信用代码').first()
      await page.getByRole('region', { name: '登记主体信息' }).getByRole('alert').waitFor()
      expect(await field.getAttribute('aria-invalid')).toBe('true')
      expect(await field.inputValue()).toBe('12341500000000019X')
    })

    it('of two who act on the same case the second is offered to look again', async () => {
      const path = `/desk/applications/${at.ids['出租车运营信息']}`
      const [first, second] = await Promise.all([s.as('登记经办甲'), s.as('登记经办乙')])
      await Promise.all([first.goto(path), second.goto(path)])
      await press(second, '受理')
      const sheet = second.getByRole('dialog', { name: '受理' })
      await sheet.waitFor()
      await perform(first, '受理')
      s.expectStatus(second, 409)
      await sheet.getByRole('button', { name: '受理', exact: true }).click()
      await sheet.getByRole('button', { name: '刷新' }).click()
      await sheet.getByText('该环节已经办理，无需再办').waitFor()
      await sheet.getByRole('button', { name: '取消' }).click()
      await second
        .getByRole('group', { name: '可办理' })
        .getByRole('button', { name: /^形式审核/ })
        .waitFor()
    })

    it('of two windows on one draft neither overwrites the other unasked', async () => {
      const id = await began()
      const [one, other] = await Promise.all([s.as('交通局经办'), s.as('交通局经办')])
      await Promise.all([one, other].map((p) => p.goto(`/desk/applications/${id}`)))
      await one.getByLabel('数据量').fill('约 1 GB')
      await one.getByRole('status').filter({ hasText: '已保存' }).waitFor()
      s.expectStatus(other, 409)
      await other.getByLabel('数据量').fill('约 2 GB')
      await other.getByRole('alert').filter({ hasText: '草稿已在另一处保存' }).waitFor()
      await other.getByRole('button', { name: '载入另一处的内容' }).click()
      await other.getByRole('alert').filter({ hasText: '草稿已在另一处保存' }).waitFor({ state: 'hidden' })
      expect(await other.getByLabel('数据量').inputValue()).toBe('约 1 GB')
      await other.getByLabel('数据量').fill('约 3 GB')
      await other.getByRole('status').filter({ hasText: '已保存' }).waitFor()
    })

    it('a session that ends over an open draft is renewed in place, and nothing typed is lost', async () => {
      const id = await began()
      const page = await s.as('交通局经办')
      await page.goto(`/desk/applications/${id}`)
      const field = page.getByLabel('数据量')
      await field.waitFor()
      s.expectStatus(page, 401)
      await page.request.delete('/api/session')
      await field.fill('约 4 GB')
      const dialog = page.getByRole('dialog', { name: '登录已过期' })
      await dialog.getByRole('button', { name: '交通局经办' }).click()
      await dialog.waitFor({ state: 'hidden' })
      expect(await field.inputValue()).toBe('约 4 GB')
      await page.getByRole('button', { name: '重试' }).click()
      await page.getByRole('status').filter({ hasText: '已保存' }).waitFor()
      const stored = await done((await s.w.as('交通局经办')).get<{ content: Values }>(`/api/applications/${id}/draft`))
      expect(stored.content['resource']).toMatchObject({ volume: '约 4 GB' })
    })
  })

  it('more tasks than come at once are listed without being asked for', async () => {
    const clerk = await s.w.as('交通局经办')
    for (let i = 0; i < 60; i++) await start(clerk, { variant: 'resource', scope: 'authorized' })
    const { total } = await done(clerk.get<CaseList>('/api/tasks?limit=1'))
    expect(total).toBeGreaterThan(50)
    const page = await s.as('交通局经办')
    await page.goto('/desk/tasks')
    const rows = page.getByRole('table', { name: '我的待办' }).getByRole('link')
    await rows.nth(total - 1).waitFor()
    expect(await rows.count()).toBe(total)
    await page.getByText(`${total} 件`, { exact: false }).first().waitFor()
  })
})
