import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import jsQRModule from 'jsqr'
import type { Locator, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { advance, become, choose, inOrder, noBrowser, paper, perform, pick, site, type Site, take } from './browser.ts'

const jsQR = jsQRModule as unknown as typeof jsQRModule.default
const poppler = spawnSync('pdftoppm', ['-v']).error === undefined
if (!poppler && !noBrowser)
  console.warn('pdftoppm (poppler-utils) not found: the QR code of the certificate is not read')

/** What the first page of a PDF says to a camera. */
const scan = (path: string): string | undefined => {
  const { data, width, height } = PNG.sync.read(
    execFileSync('pdftoppm', ['-r', '150', '-f', '1', '-l', '1', '-png', path], { maxBuffer: 1 << 28 }),
  )
  return jsQR(new Uint8ClampedArray(data), width, height)?.data
}

const name = '公积金缴纳信息'
const summary = '本市住房公积金缴存单位和缴存职工的月度缴存明细，个人身份标识已作去标识化处理。'

describe.skipIf(noBrowser)(
  'a published item of Lu’an, from the list to the certificate, by clicks and typing',
  { timeout: 60_000 },
  () => {
    let s: Site
    let page: Page
    const work = mkdtempSync(join(tmpdir(), 'gongshu-first-'))
    const pdf = join(work, '登记证.pdf')
    beforeAll(async () => {
      // a Monday; the notice of ten working days will meet 劳动节 (1 to 5 May) and the working Saturday made up for it (9 May)
      s = await site({ day: '2026-04-27' })
      page = await s.visitor()
    })
    inOrder()
    afterEach((test) => s.check(test))
    afterAll(async () => {
      rmSync(work, { recursive: true, force: true })
      await s?.close()
    })

    const section = (title: string): Locator => page.getByRole('region', { name: title })
    const index = (title: string): Locator =>
      page.getByRole('navigation', { name: '填报章节' }).getByRole('link', { name: title })

    it('the clerk signs in as a role of the demo and begins at the item', async () => {
      // whoever comes to the workbench is asked who they are
      s.expectStatus(page, 401)
      await page.goto('/')
      await page.getByRole('link', { name: '进入工作台' }).click()
      await page.getByRole('button', { name: '公积金经办' }).click()
      await page.getByRole('link', { name: '资源与产品目录' }).click()
      await page.getByRole('searchbox', { name: '在资源与产品目录中查找' }).fill(name)
      await page.keyboard.press('Enter')
      await page.getByRole('row', { name }).getByRole('button', { name: '发起登记' }).click()
      const dialog = page.getByRole('dialog', { name: `发起登记：${name}` })
      await dialog.getByRole('radio', { name: '已纳入授权运营范围' }).check()
      await dialog.getByRole('button', { name: '开始填写' }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
    })

    it('what is typed is stored by itself and there after a reload', async () => {
      const subject = section('登记主体信息')
      expect(await subject.getByLabel('登记主体名称').inputValue()).toBe('市公积金中心')
      await subject.getByLabel('统一社会信用代码').fill('12341500000000019G')
      await subject.getByLabel('联系人').fill('经办员')
      await subject.getByLabel('联系电话').fill('0564-0000000')
      await subject.getByRole('radio', { name: '否', exact: true }).check()
      await subject.getByRole('radio', { name: '不涉及其他主体' }).check()
      const origin = section('数据合法合规性来源')
      await origin.getByRole('checkbox', { name: '依法履职产生' }).check()
      await origin.getByRole('checkbox', { name: '提供公共服务产生' }).check()
      await choose(origin, '合规性声明', paper('合规性声明'))
      await page.getByRole('status').filter({ hasText: '已保存' }).waitFor()

      await page.reload()
      expect(await subject.getByLabel('统一社会信用代码').inputValue()).toBe('12341500000000019G')
      expect(await subject.getByRole('radio', { name: '不涉及其他主体' }).isChecked()).toBe(true)
      expect(await origin.getByRole('checkbox', { name: '提供公共服务产生' }).isChecked()).toBe(true)
      await origin.getByText('合规性声明（样例）.pdf').waitFor()
      expect(await index('登记主体信息').innerText()).toContain('已填')
    })

    it('the seven materials are filled in, and the data deposited', async () => {
      const origin = section('数据合法合规性来源')
      await origin.getByLabel('生成情况').fill('依据《住房公积金管理条例》办理缴存登记、汇缴、补缴等业务产生。')
      await origin.getByLabel('存储路径').fill('政务云／公积金业务库／t_payment_detail')
      await choose(origin, '真实性、合法性、合规性承诺书', paper('承诺书'))

      const resource = section('数据资源情况')
      expect(await resource.getByLabel('数据资源名称').inputValue()).toBe(name)
      expect(await resource.getByLabel('更新频率').inputValue()).toBe('每日')
      await resource.getByLabel('数据内容简介').fill(summary)
      await resource.getByLabel('所属行业').fill('金融业')
      await pick(resource, '数据格式', '数据库表')
      for (const [i, [term, type]] of [
        ['缴存流水号', '字符型(32)'],
        ['缴存年月', '日期型'],
        ['月缴存额', '数值型(12,2)'],
      ].entries()) {
        if (i > 0) await resource.getByRole('button', { name: '添加一项' }).click()
        await resource.getByLabel('中文名').nth(i).fill(term!)
        await resource.getByLabel('数据类型').nth(i).fill(type!)
      }
      await resource.getByLabel('数据量').fill('约 6.8 GB，覆盖 2016 年以来')
      await resource.getByLabel('数据存储信息').fill('政务云数据库集群存储，主备同步、每日增量备份。')
      await resource.getByRole('radio', { name: '有条件共享' }).check()

      const agreement = section('数据授权运营信息')
      await agreement.getByLabel('授权运营协议编号').fill('六演授〔2026〕1号')
      await agreement.getByLabel('协议期限起').fill('2026-01-01')
      await agreement.getByLabel('协议期限止').fill('2027-12-31')

      await section('存证情况').getByLabel('存证说明').fill('对在用库表的结构和来源说明存证。')
      await section('存证情况').getByRole('button', { name: '办理存证' }).click()
      const deposit = page.getByRole('dialog', { name: '存证' })
      await deposit.getByRole('radio', { name: '在用库表' }).check()
      await deposit.getByLabel('结构（字段清单）').fill('表 t_payment_detail：12 个字段，主键为缴存流水号。')
      await deposit.getByLabel('来源说明').fill('住房公积金业务系统每日日终批量写入。')
      await deposit.getByLabel('摘要覆盖范围').fill('表结构与来源说明')
      await deposit.getByRole('radio', { name: '委托第三方存证' }).check()
      await deposit.getByLabel('第三方服务机构').fill('某电子数据存证服务机构（演示）')
      await choose(deposit, '第三方证明材料', paper('第三方存证证明'))
      await deposit.getByRole('button', { name: '存证', exact: true }).click()
      await section('存证情况').getByText('已存证').waitFor()

      const products = section('产品和服务信息')
      await products.getByRole('button', { name: '添加产品和服务信息' }).click()
      await products.getByLabel('名称').fill('公积金缴存能力评估')
      await products.getByLabel('类型').fill('接口')
      await products.getByLabel('简介').fill('经授权返回缴存能力等级，不返回明细。')
      await products.getByLabel('用途').fill('信贷风险评估')

      const scenes = section('应用场景信息')
      await scenes.getByLabel('场景名称').fill('信贷风险评估')
      await scenes.getByLabel('所属行业').fill('金融业')
      await scenes.getByLabel('所解决的主要问题').fill('经本人授权，核验申请人缴存情况，缓解融资中的信息不对称。')
      await scenes.getByRole('radio', { name: '声明没有禁用场景' }).check()

      await choose(section('数据安全风险评估情况'), '数据安全风险评估报告', paper('数据安全风险评估报告'))
      await page.getByText('必填内容已齐。').waitFor()
    })

    it('it goes through business review by another person, submission and acceptance', async () => {
      await page.getByRole('button', { name: '送业务审核' }).first().click()
      const last = page.getByRole('dialog', { name: '送业务审核前请核对' })
      expect(await last.innerText()).toContain(summary)
      // what is not for the public is not among what will be public
      expect(await last.innerText()).not.toContain('t_payment_detail')
      await last.getByRole('button', { name: '确认送业务审核' }).click()
      await page.getByRole('status').filter({ hasText: '已办理“送业务审核”' }).waitFor()

      await become(page, '公积金复核')
      await take(page, name)
      expect(await perform(page, '业务审核', { label: /^业务审核/ })).toContain('现状态：待提交')

      await become(page, '公积金经办')
      await take(page, name)
      const submitted = await perform(page, '提交申请', {
        fill: async (sheet) => {
          await sheet.getByRole('checkbox', { name: '对登记材料内容的真实性' }).check()
          await sheet.getByLabel('承诺签署人').fill('经办员')
        },
      })
      expect(submitted).toContain('现状态：待受理')

      await become(page, '登记经办甲')
      await take(page, name)
      const clock = page.getByRole('region', { name: '受理期限' })
      expect(await clock.innerText()).toContain('剩 3 个工作日 · 2026-04-30 截止')
      expect(await perform(page, '受理')).toContain('现状态：形式审核中')
    })

    it('it is checked material by material and checked again by the approver', async () => {
      const findings = page.getByRole('radiogroup', { name: /核查结果$/ })
      await findings.first().waitFor()
      const n = await findings.count()
      expect(n).toBe(8)
      // an empty group needs no finding; without one about every other the review does not go on
      await page
        .getByRole('group', { name: '可办理' })
        .getByRole('button', { name: /^形式审核/ })
        .click()
      await page.getByRole('alert').filter({ hasText: '请核查' }).first().waitFor()
      for (let i = 0; i < n; i++)
        if ((await findings.nth(i).getByRole('radio', { checked: true }).count()) === 0)
          await findings.nth(i).getByText('符合', { exact: true }).click()
      expect(await perform(page, '形式审核', { label: /^形式审核/ })).toContain('现状态：复核中')

      await become(page, '登记复核丙')
      await take(page, name)
      expect(await perform(page, '复核', { label: /^复核/ })).toContain('现状态：待公示')
      expect(await perform(page, '发布公示')).toContain('现状态：公示中')
    })

    it('CN-019 the notice stands for ten working days across the holiday, and the code comes after the last of them', async () => {
      const visitor = await s.visitor()
      const clock = page.getByRole('region', { name: /^公示期满/ })
      const left = async (day: string): Promise<string> => {
        await advance(page, day)
        return clock.innerText()
      }
      expect(await clock.innerText()).toContain('还有 10 个工作日 · 2026-05-13 期满')
      await visitor.goto('/notices')
      await visitor.getByRole('heading', { name: '现在没有公示中的登记' }).waitFor()

      expect(await left('2026-04-28')).toContain('还有 9 个工作日')
      await visitor.reload()
      await visitor.getByRole('link', { name, exact: true }).click()
      await visitor.getByText('公示期自2026年4月28日至2026年5月13日').waitFor()
      await visitor.getByText('剩 9 个工作日').waitFor()
      await visitor.getByText(summary).waitFor()
      expect(await visitor.getByRole('article').innerText()).not.toContain('t_payment_detail')

      expect(await left('2026-05-05')).toContain('还有 7 个工作日')
      expect(await page.getByRole('region', { name: '演示库' }).innerText()).toContain('2026-05-05（星期二，非工作日）')
      // the Saturday made up for the holiday is a working day
      expect(await left('2026-05-08')).toContain('还有 4 个工作日')
      expect(await left('2026-05-09')).toContain('还有 3 个工作日')
      expect(await page.getByRole('region', { name: '演示库' }).innerText()).toContain('2026-05-09（星期六）')
      expect(await left('2026-05-13')).toContain('今天期满')
      await visitor.reload()
      await visitor.getByText('今天截止').waitFor()

      s.expectStatus(visitor, 404)
      await advance(page, '2026-05-14')
      await page.getByRole('heading', { level: 1 }).getByText('办结').waitFor()
      expect(await page.getByRole('list', { name: '办理进度' }).innerText()).toMatch(/赋码[^]*05-14[^]*办结[^]*05-14/)
      await visitor.reload()
      await visitor.getByRole('heading', { name: '这份公示已经结束，或者不存在' }).waitFor()
      await visitor.context().close()
    })

    it('the certificate is downloaded, and what its QR code says opens as valid', async (test) => {
      const visitor = await s.visitor()
      await visitor.goto('/')
      await visitor.getByRole('searchbox', { name: '数据名称、登记主体或登记码' }).fill(name)
      await visitor.getByRole('button', { name: '查询' }).click()
      await visitor.getByRole('link', { name, exact: true }).click()
      await visitor.getByText('2026年5月14日至2029年5月13日').waitFor()
      const download = visitor.waitForEvent('download')
      await visitor.getByRole('link', { name: '下载登记证' }).click()
      await (await download).saveAs(pdf)
      if (!poppler) return test.skip('pdftoppm is missing')
      const url = scan(pdf)
      expect(url).toMatch(/\/verify\?code=/)
      await visitor.goto(url!)
      await visitor.getByRole('heading', { level: 2, name: '有效', exact: true }).waitFor()
      await visitor.getByRole('heading', { level: 3, name }).waitFor()
      await visitor.context().close()
    })

    it('the file itself verifies without leaving the machine, and a changed one does not', async () => {
      const visitor = await s.visitor()
      const sent: string[] = []
      visitor.on('request', (r) => void sent.push(`${r.method()} ${new URL(r.url()).pathname}`))
      await visitor.goto('/verify')
      await visitor.getByLabel('登记证文件').setInputFiles(pdf)
      await visitor.getByRole('heading', { level: 2, name: '有效', exact: true }).waitFor()
      await visitor.getByRole('heading', { level: 2, name: '真实完整' }).waitFor()
      await visitor.getByText('证面就是登记机构发放的那一份').waitFor()
      expect(sent.filter((r) => r.startsWith('POST'))).toEqual([])

      const bytes = readFileSync(pdf)
      const at = bytes.indexOf('stream', bytes.length / 2) + 20
      bytes[at] = bytes[at]! ^ 1
      const altered = join(work, '改过的登记证.pdf')
      writeFileSync(altered, bytes)
      await visitor.getByLabel('登记证文件').setInputFiles(altered)
      await visitor.getByRole('heading', { level: 2, name: '查无此证' }).waitFor()
      await visitor.getByRole('heading', { level: 2, name: '不可采信' }).waitFor()
      await visitor.getByRole('button', { name: '上传比对' }).click()
      await visitor.getByRole('heading', { level: 2, name: '内容与登记簿不一致' }).waitFor()
      await visitor.context().close()
    })
  },
)
