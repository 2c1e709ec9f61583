import { afterAll, beforeAll, it } from 'vitest'
import { readCast, runStories, seedRefreshes } from '#application'
import { done } from '../cases.ts'
import { samples } from '../world.ts'
import { findings, site, type Site } from './browser.ts'

let s: Site
const cast = readCast(samples)
beforeAll(async () => {
  s = await site({ day: cast.day })
  await runStories(s.w.app, cast.stories!, samples)
  await seedRefreshes(s.w.app, cast.refreshed!)
}, 240_000)
afterAll(() => s.close())

it('shots', { timeout: 300_000 }, async () => {
  const w = s.w
  const [bureau, chief, fund, boss] = await Promise.all(['六安局经办', '六安局审批', '公积金经办', '公积金复核'].map((n) => w.as(n)))
  const all = (await done(bureau!.get<{ rows: { id: string; name: string }[] }>('/api/catalogue?limit=200&object=resource'))).rows
  const post = async (who: typeof bureau, c: string, body: object) => (await done(who!.send<{ id: string }>('POST', `/api/${c}`, body))).id
  const filing = await post(bureau, 'filings', { kind: 'filing', input: { unit: fund!.org, batch: '第一批', due: '2026-04-10' } })
  await done(fund!.act(filing, 'report', { scope: 'all', marked: 'all' }, 'filing'))
  await done(boss!.act(filing, 'submit', { truthful: true }, 'filing'))
  await done(bureau!.act(filing, 'receive', {}, 'filing'))
  await w.settle()
  const item = all.find((r) => r.name === '公积金账户信息')!.id
  const r = (await fund!.see(item, 'item')).actions.find((a) => a.act === 'revise')!
  const base = r.value as Record<string, object>
  await done(fund!.act(item, 'revise', { ...base, basic: { ...base['basic'], summary: '单位与职工公积金账户的基本信息', library: 'legal', theme: 'security' },
    upkeep: { ...base['upkeep'], frequency: '每月', department: '归集科' }, access: { sharing: 'conditional', sharingCondition: '依职责', opening: 'none', openingCondition: '涉及个人信息' },
    fields: [{ name: '账号', field: 'account', type: '字符' }, { name: '状态', field: 'state', type: '字符' }], change: '补充' }, 'item'))
  await w.settle()
  const notice = await post(bureau, 'catalogue-notices', { input: { batch: '第二批', scope: 'some', items: all.slice(0, 30).map((x) => x.id), channels: '本平台、市政府网站', contact: '0564-0000000', how: '书面意见请寄市数据资源管理局数据科' } })
  await done(chief!.act(notice, 'release', {}, 'catalogueNotice'))
  await done(bureau!.act(notice, 'comment', { from: '某市民', received: '2026-03-16', says: '建议说明来源', decision: 'notAdopted', reason: '已在摘要说明' }, 'catalogueNotice'))
  const shots: [string, string, string][] = [
    ['六安局经办', 'ledger', '/desk/catalogue/overview'],
    ['六安局经办', 'list', '/desk/catalogue'],
    ['六安局经办', 'list-more', '/desk/catalogue?fresh=overdue&sort=due&sharing=unsaid'],
    ['六安局经办', 'progress', '/desk/catalogue/progress'],
    ['六安局经办', 'conflicts', '/desk/catalogue/conflicts'],
    ['六安局经办', 'reconcile', '/desk/catalogue/reconcile'],
    ['六安局经办', 'notice-case', `/desk/catalogue-notices/${notice}`],
    ['六安局经办', 'filing-case', `/desk/filings/${filing}`],
    ['六安局经办', 'filings', '/desk/filings'],
    ['公积金经办', 'item', `/desk/items/${item}`],
    ['运营机构经办', 'proposals', '/desk/proposals'],
    ['', 'p-catalogue', '/catalogue'],
    ['', 'p-notice', `/catalogue/notices/${notice}`],
  ]
  for (const [who, name, url] of shots) {
    const page = who ? await s.as(who) : await s.visitor()
    await page.goto(url)
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(700)
    await page.screenshot({ path: `/tmp/shot-${name}.png`, fullPage: true })
    const found = await findings(page)
    if (found.length) console.log(name, found.slice(0, 5))
    await page.close()
  }
})
