import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readCast, runStories } from '#application'
import { done } from '../cases.ts'
import { samples } from '../world.ts'
import { findings, noBrowser, site, type Site } from './browser.ts'

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
  [visitor, '公示', () => '/notices', '登记公示'],
  [visitor, '一份公示', (p) => `/notices/${p.ids['企业登记信息']}`, '公共数据资源登记公示'],
  ['公民李先生', '异议表', (p) => `/notices/${p.ids['公交车线路信息']}?objection=1`, '公共数据资源登记公示'],
  [visitor, '公告', () => '/announcements', '注销与撤销公告'],
  [visitor, '核验结果', (p) => `/verify?code=${p.code}`, '核验'],
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
  ['公积金经办', '目录项', (p) => `/desk/items/${p.item}`, /^公积金账户信息/],
  ['登记经办甲', '期限日历', () => '/desk/calendar', '期限日历'],
  ['登记经办甲', '通知', () => '/desk/notices', '通知'],
  ['六安局审批', '访问日志', () => '/desk/access', '访问日志'],
  ['六安局经办', '单位', () => '/desk/organisations', '单位'],
  ['公积金经办', '本单位', (p) => `/desk/organisations/${p.org}`, /^市公积金中心/],
  ['公积金经办', '人员', (p) => `/desk/people/${p.person}`, /^公积金/],
  ['公积金经办', '岗位', (p) => `/desk/memberships/${p.membership}`, /./],
]

describe.skipIf(noBrowser)('the demo in a browser', () => {
  let s: Site
  let at: Places
  const pages = new Map<string, Page>()
  beforeAll(async () => {
    s = await site({ day: cast.day })
    const { ids } = await runStories(s.w.app, cast.stories!, samples)
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
})
