import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  after,
  done,
  drive,
  dueOf,
  publicRecord,
  registered,
  start,
  team,
  type Registered,
  type Team,
} from '../cases.ts'
import type { World } from '../world.ts'
import { choose, inOrder, noBrowser, paper, perform, pick, site, type Site, take } from './browser.ts'

/** Each way an application or a registration can go: what leads up to the decision is done over HTTP, the decision in the browser. */
describe.skipIf(noBrowser)('the other ways of a registration', { timeout: 60_000 }, () => {
  let s: Site
  let w: World
  let t: Team
  let clerk: Page
  let desk: Page
  let approver: Page
  let visitor: Page
  beforeAll(async () => {
    s = await site({ day: '2026-03-09' })
    w = s.w
    t = await team(w, 'luan')
    ;[clerk, desk, approver, visitor] = await Promise.all([
      s.as('公积金经办'),
      s.as('登记经办甲'),
      s.as('登记复核丙'),
      s.visitor(),
    ])
  })
  afterEach((test) => s.check(test))
  afterAll(() => s?.close())

  const named = (name: string) => ({ resource: { name, summary: `${name}的内容简介` } })
  const begun = async (to: Parameters<typeof drive>[3], name: string): Promise<string> => {
    const id = await start(t.clerk)
    await drive(w, t, id, to, named(name))
    return id
  }
  /** An application in notice, on the first day of its notice. */
  const noticed = async (name: string): Promise<string> => {
    const id = await begun('released', name)
    const released = (await t.clerk.see(id)).timeline.at(-1)!
    await w.until(released.detail.find((d) => d.key === 'noticeFrom')!.text!)
    return id
  }
  const open = async (page: Page, path: string, name: string): Promise<void> => {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name }).waitFor()
  }
  const state = (page: Page, term: string): Promise<void> =>
    page.getByRole('heading', { level: 1 }).getByText(term, { exact: true }).waitFor()
  /** Sends what has been filled in, after a last look at what will be public. */
  const send = async (page: Page, term: string, to: string): Promise<void> => {
    await page.getByRole('button', { name: term, exact: true }).first().click()
    await page.getByRole('button', { name: `确认${term}` }).click()
    await state(page, to)
  }
  /** From the page of a registration to a new application on it. */
  const apply = async (page: Page, r: Registered, name: string, kind: string): Promise<string> => {
    await open(page, `/desk/records/${r.record}`, name)
    await page.getByRole('button', { name: '发起变更、续展等' }).click()
    const dialog = page.getByRole('dialog', { name: `发起登记：${name}` })
    await dialog.getByRole('radio', { name: kind }).check()
    const scope = dialog.getByRole('radio', { name: '已纳入授权运营范围' })
    if (await scope.isVisible()) await scope.check()
    await dialog.getByRole('button', { name: '开始填写' }).click()
    await page.waitForURL(/\/desk\/applications\//)
    return new URL(page.url()).pathname.split('/')[3]!
  }

  describe('objections', () => {
    it('a citizen objects on the page of the notice; the objection is upheld and the registration terminated', async () => {
      const name = '争议数据甲'
      const id = await noticed(name)
      const citizen = await s.visitor()
      s.expectStatus(citizen, 401)
      await citizen.goto(`/notices/${id}`)
      await citizen.getByRole('button', { name: '提出异议' }).click()
      await citizen.getByRole('region', { name: '提出异议' }).getByRole('button', { name: '登录' }).click()
      await citizen.getByRole('button', { name: '公民王女士' }).click()
      const form = citizen.getByRole('region', { name: '提出异议' })
      await form.getByLabel('与公示事项的关系').fill('本人是该数据的共同采集者')
      await form.getByLabel('异议事项与理由').fill('登记主体并非唯一持有单位')
      await choose(form, '证据材料', paper('异议证据'))
      await form.getByLabel('联系方式').fill('13800000000')
      await form.getByRole('checkbox', { name: /实名提出异议/ }).check()
      await form.getByRole('button', { name: '提出异议' }).click()
      await citizen.getByRole('heading', { name: '异议已经提出' }).waitFor()

      const about = `对“${name}”公示的异议`
      await approver.goto('/desk')
      await take(approver, about)
      await approver.getByText('登记主体并非唯一持有单位').first().waitFor()
      const end = await perform(approver, '异议成立，终止登记', {
        sure: true,
        fill: async (sheet) => {
          await sheet.getByLabel('复核结论与理由').fill('经复核，数据由两家单位共同持有。')
        },
      })
      expect(end).toContain('现状态：异议成立')
      await open(clerk, `/desk/applications/${id}`, name)
      await state(clerk, '终止登记')
      s.expectStatus(visitor, 404)
      await visitor.goto(`/notices/${id}`)
      await visitor.getByRole('heading', { name: '这份公示已经结束，或者不存在' }).waitFor()
      await citizen.getByRole('link', { name: '查看办理情况' }).click()
      await state(citizen, '异议成立')
    })

    it('an objection still open when the notice ends holds the case; dismissed, the case is coded', async () => {
      const name = '争议数据乙'
      const id = await noticed(name)
      const li = await w.as('公民李先生')
      const evidence = [(await li.upload()).id]
      const input = { interest: '共有', reason: '并非独有', evidence, contact: '1380000', truthful: true }
      await done(li.send('POST', '/api/objections', { application: id, input }))
      await w.until(after(dueOf(await t.clerk.see(id), 'closeNotice')))
      await open(approver, `/desk/applications/${id}`, name)
      await state(approver, '异议处理中')

      await take(approver, `对“${name}”公示的异议`)
      const end = await perform(approver, '异议不成立，继续登记', {
        label: /^异议不成立/,
        fill: async (sheet) => {
          await sheet.getByLabel('异议不成立的复核结论与理由').fill('经复核，异议所述与事实不符。')
        },
      })
      expect(end).toContain('现状态：异议不成立')
      await w.settle()
      await visitor.goto('/')
      await visitor.getByRole('searchbox').fill(name)
      await visitor.keyboard.press('Enter')
      await visitor.getByRole('link', { name, exact: true }).click()
      await visitor.getByRole('complementary', { name: '登记码与登记证' }).getByText('登记结果查询码').waitFor()
      await open(clerk, `/desk/applications/${id}`, name)
      await state(clerk, '办结')
    })
  })

  describe('before the notice', () => {
    it('one notice asks for everything that is missing; what was changed is marked when it comes back', async () => {
      const name = '待补正数据'
      await begun('submitted', name)
      await desk.goto('/desk')
      await take(desk, name)
      const asked = await perform(desk, '一次性告知补正', {
        fill: async (sheet) => {
          for (const [i, [group, problem]] of [
            ['数据资源情况', '简介过于简略'],
            ['应用场景信息', '未列明所属行业'],
          ].entries()) {
            if (i > 0) await sheet.getByRole('button', { name: '添加一项' }).click()
            await sheet.getByLabel('材料').nth(i).fill(group!)
            await sheet.getByLabel('问题').nth(i).fill(problem!)
            await sheet.getByLabel('补正要求').nth(i).fill('请补充')
          }
        },
      })
      expect(asked).toContain('现状态：待补正')

      await clerk.goto('/desk')
      await take(clerk, name)
      await clerk.getByRole('button', { name: '修改并重新提交' }).click()
      const demands = clerk.getByRole('region', { name: /^一次性告知补正/ })
      expect(await demands.innerText()).toMatch(/简介过于简略[^]*未列明所属行业/)
      await clerk.getByLabel('数据内容简介').fill('补充后的简介')
      await send(clerk, '重新提交', '待受理')

      await desk.goto('/desk')
      await take(desk, name)
      const row = desk.getByRole('row', { name: /数据资源情况/ })
      expect(await row.locator('s').allInnerTexts()).toEqual([expect.stringContaining(`${name}的内容简介`)])
      await row.getByText('补充后的简介').waitFor()
      await desk.getByRole('checkbox', { name: '只看与上次不同（1）' }).check()
      await desk.getByRole('row', { name: /应用场景信息/ }).waitFor({ state: 'hidden' })
    })

    it('a review that is not passed says why; rectified, the application comes back', async () => {
      const name = '待整改数据'
      await begun('accepted', name)
      await desk.goto('/desk')
      await take(desk, name)
      const group = desk.getByRole('radiogroup', { name: '数据资源情况 核查结果' })
      await group.getByText('有意见', { exact: true }).click()
      await desk.getByLabel('数据资源情况 的意见').fill('数据量与存证不一致')
      const failed = await perform(desk, '审核未通过', {
        fill: async (sheet) => {
          await sheet.getByLabel('未通过原因').fill('数据量前后不一致')
          // what was noted beside the materials comes along
          expect(await sheet.getByLabel('整改意见').inputValue()).toContain('数据量与存证不一致')
        },
      })
      expect(failed).toContain('现状态：审核未通过，待整改')

      await clerk.goto('/desk')
      await take(clerk, name)
      await clerk.getByText('数据量与存证不一致').first().waitFor()
      await clerk.getByRole('button', { name: '修改并重新提交' }).click()
      await clerk
        .getByRole('region', { name: /^审核未通过/ })
        .getByText('数据量前后不一致')
        .waitFor()
      await clerk.getByLabel('数据量').fill('约 2 GB')
      await send(clerk, '重新提交', '待受理')
    })

    it('an application that is not accepted ends with a reason that its applicant reads', async () => {
      const name = '不属登记范围的数据'
      const id = await begun('submitted', name)
      await desk.goto('/desk')
      await take(desk, name)
      const end = await perform(desk, '不予受理', {
        behindMore: true,
        sure: true,
        fill: async (sheet) => {
          await sheet.getByLabel('不予受理理由').fill('所述数据不属公共数据资源')
        },
      })
      expect(end).toContain('现状态：不予受理')

      await clerk.goto('/desk/notices')
      await clerk.getByRole('listitem').filter({ hasText: '不予受理' }).getByRole('link', { name }).click()
      await state(clerk, '不予受理')
      await clerk.getByText('不予受理', { exact: true }).last().click()
      await clerk.getByText('所述数据不属公共数据资源').waitFor()
      expect((await t.clerk.see(id)).actions).toEqual([])
    })
  })

  describe('a registration afterwards', () => {
    const name = '缴存信息'
    let kept: Registered
    let ended: Registered
    let forgotten: Registered
    beforeAll(async () => {
      kept = await registered(w, t, {}, named(name))
      ended = await registered(w, t, {}, named('要注销的数据'))
      forgotten = await registered(w, t, {}, named('忘了续展的数据'))
    })
    inOrder()

    it('a change makes a new version that the public reads', async () => {
      const id = await apply(clerk, kept, name, '变更登记')
      const change = clerk.getByRole('region', { name: '变更情况' })
      await change.getByRole('checkbox', { name: '数据资源情况' }).check()
      await change.getByLabel('变更原因').fill('业务调整，增加提取信息')
      await clerk.getByLabel('数据内容简介').fill('缴存与提取的内容简介')
      await clerk.getByRole('region', { name: '存证情况' }).getByRole('button', { name: '办理存证' }).click()
      const deposit = clerk.getByRole('dialog', { name: '存证' })
      await deposit.getByRole('radio', { name: '数据文件摘要' }).check()
      await choose(deposit, '存证文件', paper('情况说明'))
      await deposit.getByLabel('摘要覆盖范围').fill('全量')
      await deposit.getByRole('radio', { name: '自行存证' }).check()
      await deposit.getByRole('button', { name: '存证', exact: true }).click()
      await deposit.waitFor({ state: 'hidden' })
      await send(clerk, '送业务审核', '业务审核中')
      await finish(id, name)
      await visitor.goto(`/records/${encodeURIComponent(kept.code)}`)
      await visitor.getByText('缴存与提取的内容简介').first().waitFor()
      await visitor.getByText('第 2 版').waitFor()
    })

    it('somebody concerned corrects it from its public page, with evidence', async () => {
      const citizen = await s.as('公民王女士')
      await citizen.goto(`/records/${encodeURIComponent(kept.code)}`)
      await citizen.getByRole('button', { name: '申请更正' }).click()
      const row = citizen.getByRole('group', { name: '更正事项 第 1 项' })
      await pick(row, '有误的登记信息', '更新频率')
      await row.getByLabel('现登记内容').fill('更新频率内容')
      await row.getByLabel('应更正为').fill('每日')
      await row.getByLabel('说明').fill('该数据按日更新')
      await citizen.getByRole('radio', { name: '利害关系人' }).check()
      await citizen.getByLabel('利害关系说明').fill('本人是数据当事人')
      await choose(citizen.getByRole('main'), '证据材料', paper('异议证据'))
      await send(citizen, '送业务审核', '业务审核中')
      const id = new URL(citizen.url()).pathname.split('/')[3]!
      const wang = await w.as('公民王女士')
      await finish(id, name, { ...t, clerk: wang, boss: wang })
      await visitor.goto(`/records/${encodeURIComponent(kept.code)}`)
      await visitor.getByText('第 3 版').waitFor()
      expect((await publicRecord(w, kept.code)).detail).toContainEqual(
        expect.objectContaining({ term: '更新频率', value: '每日' }),
      )
    })

    it('deregistered, it is announced and its code is no longer good', async () => {
      const id = await apply(clerk, ended, '要注销的数据', '注销登记')
      await clerk.getByRole('radio', { name: '登记主体放弃相关权益或权益期限届满的' }).check()
      await clerk.getByLabel('情况说明').fill('不再提供该数据')
      await choose(clerk.getByRole('main'), '证明材料', paper('情况说明'))
      await send(clerk, '送业务审核', '业务审核中')
      await finish(id, '要注销的数据')
      await visitor.goto('/announcements')
      await visitor.getByRole('heading', { level: 2, name: '要注销的数据' }).waitFor()
      await visitor.goto(`/verify?code=${encodeURIComponent(ended.code)}`)
      await visitor.getByRole('heading', { level: 2, name: '已终结' }).waitFor()
    })

    it('renewed in the last sixty days, it is valid three years more', async () => {
      const { validTo } = await publicRecord(w, kept.code)
      await w.until(after(validTo, -30))
      const id = await apply(clerk, kept, name, '续展')
      await clerk.getByLabel('续展说明').fill('继续提供该数据')
      await clerk.getByRole('checkbox', { name: /登记信息与现状一致/ }).check()
      await send(clerk, '送业务审核', '业务审核中')
      await finish(id, name)
      const until = `${Number(validTo.slice(0, 4)) + 3}年`
      await visitor.goto(`/records/${encodeURIComponent(kept.code)}`)
      await visitor.getByRole('definition').filter({ hasText: until }).waitFor()
    })

    it('not renewed, it lapses; the registrar issues the announcement and the portal carries it', async () => {
      await w.until(after((await publicRecord(w, forgotten.code)).validTo))
      await approver.goto('/desk')
      await take(approver, '忘了续展的数据')
      await state(approver, '已届满，待注销')
      const end = await perform(approver, '期满注销并公告', {
        sure: true,
        fill: async (sheet) => {
          await sheet.getByLabel('公告内容').fill('该登记有效期届满未续展，予以注销。')
        },
      })
      expect(end).toContain('现状态：已注销')
      await visitor.goto('/announcements')
      const item = visitor.getByRole('listitem').filter({ hasText: '忘了续展的数据' })
      await item.getByText('期满注销公告').waitFor()
      await item.getByText('该登记有效期届满未续展，予以注销。').waitFor()
      await item.getByRole('link', { name: forgotten.code }).click()
      await visitor.getByText('这项登记已经注销').waitFor()
    })

    /** From business review to the last step over HTTP; the last step, that nobody can take back, in the browser. */
    const finish = async (id: string, title: string, who: Team = t): Promise<void> => {
      let c = await drive(w, who, id, 'released')
      if (c.state === 'publicised') {
        await w.until(after(dueOf(c, 'closeNotice')))
        c = await who.clerk.see(id)
      }
      expect(c.stateTerm).toBe('待办结')
      await open(approver, `/desk/applications/${id}`, title)
      expect(await perform(approver, '办结')).toContain('现状态：办结')
      await w.settle()
    }
  })
})
