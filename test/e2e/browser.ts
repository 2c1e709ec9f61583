import { existsSync, readFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { tmpdir } from 'node:os'
import type { AxeResults } from 'axe-core'
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core'
import { afterEach, beforeEach, type TestContext } from 'vitest'
import type { Persona } from '#contract'
import { samples, world, type World, type WorldOptions } from '../world.ts'

/** Browser tests are left out, and counted, where the run says that there is no browser. */
export const noBrowser = process.env['GONGSHU_NO_BROWSER'] === '1'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const built = existsSync(new URL('../../dist/web/index.html', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * For journeys whose steps stand each on the one before: after a step that failed the others are skipped, so that the report names the
 * cause and not what followed from it. The file has failed all the same.
 */
export const inOrder = (): void => {
  let broken = false
  beforeEach((test) => test.skip(broken, 'an earlier step failed'))
  afterEach(({ task }) => void (broken ||= task.result?.state === 'fail'))
}

export interface Site {
  readonly w: World
  /** A page of somebody who has just signed in, or of a visitor. Each has a context of its own. */
  readonly as: (name: string) => Promise<Page>
  readonly visitor: () => Promise<Page>
  /** Lets a refusal that a test provokes pass: browsers log every answer from 400 on as an error. */
  readonly expectStatus: (page: Page, status: number) => void
  /** Call after each test: pages must have stayed free of errors, and a failed test leaves pictures. */
  readonly check: (test: TestContext) => Promise<void>
  readonly close: () => Promise<void>
}

/** The whole product on a port of this machine, and a browser before it. */
export const site = async (o: WorldOptions = {}): Promise<Site> => {
  if (!built) throw new Error('dist/web is missing: npm run build')
  const [w, browser] = await Promise.all([
    world({ lists: true, ...o, listen: true }),
    chromium.launch({ executablePath, args }),
  ])
  const origin = w.app.url
  const personas = (await (await fetch(`${origin}/api/demo/personas`)).json()) as Persona[]
  const errors: string[] = []
  const allowed = new Map<Page, Set<number>>()
  const open = new Set<Page>()

  const page = async (who: string, cookie?: string): Promise<Page> => {
    const context: BrowserContext = await browser.newContext({
      baseURL: origin,
      locale: 'zh-CN',
      // legal days are those of Beijing wherever the reader sits
      timezoneId: 'America/New_York',
      viewport: { width: 1440, height: 900 },
      storageState: {
        cookies: cookie
          ? [
              {
                name: 'gongshu',
                value: cookie,
                domain: new URL(origin).hostname,
                path: '/',
                expires: -1,
                httpOnly: true,
                secure: false,
                sameSite: 'Strict',
              },
            ]
          : [],
        // what the page remembers of having signed in
        origins: cookie ? [{ origin, localStorage: [{ name: 'gongshu.known', value: '1' }] }] : [],
      },
    })
    context.setDefaultTimeout(20_000)
    const p = await context.newPage()
    const blame = (what: string): void => void errors.push(`${who} ${new URL(p.url()).pathname}: ${what}`)
    p.on('pageerror', (e) => blame(String(e)))
    p.on('console', (m) => {
      if (m.type() !== 'error') return
      const status = Number(/the server responded with a status of (\d+)/.exec(m.text())?.[1])
      if (!allowed.get(p)?.has(status)) blame(`${m.text()} ${m.location().url}`)
    })
    p.on('request', (r) => {
      if (/^https?:/.test(r.url()) && new URL(r.url()).origin !== origin) blame(`asks another host: ${r.url()}`)
    })
    open.add(p)
    p.on('close', () => open.delete(p))
    return p
  }

  return {
    w,
    as: async (name) => {
      const p = personas.find((x) => x.name === name)
      if (!p) throw new Error(`no one is called ${name}`)
      const r = await fetch(`${origin}/api/demo/persona`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ person: p.person, org: p.org }),
      })
      const cookie = /gongshu=([^;]+)/.exec(r.headers.get('set-cookie') ?? '')?.[1]
      if (!cookie) throw new Error(`${name} cannot sign in: ${r.status}`)
      return page(name, decodeURIComponent(cookie))
    },
    visitor: () => page('visitor'),
    expectStatus: (p, status) => void allowed.set(p, (allowed.get(p) ?? new Set()).add(status)),
    check: async ({ task }) => {
      if (task.result?.state === 'fail') {
        const dir = join(tmpdir(), 'gongshu-e2e')
        mkdirSync(dir, { recursive: true })
        for (const [i, p] of [...open].entries()) {
          const path = join(dir, `${task.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}-${i}.png`)
          await p.screenshot({ path }).then(
            () => console.error(`${p.url()} → ${path}`),
            () => undefined,
          )
        }
      }
      const found = errors.splice(0)
      if (found.length > 0) throw new Error(`the pages reported errors:\n${found.join('\n')}`)
    },
    close: async () => {
      await browser.close()
      await w.close()
    },
  }
}

// what another size of type can change; everything else was looked at in the first
const ofSize = ['color-contrast', 'scrollable-region-focusable', 'link-in-text-block']

/** Serious and critical findings of axe on what the page shows now, as `rule: element`. */
export const findings = async (page: Page, sizeOnly = false): Promise<string[]> => {
  await page.evaluate(`window.axe ?? (() => { ${axe} })()`)
  const { violations } = (await page.evaluate(
    `axe.run(document, ${JSON.stringify({
      resultTypes: ['violations'],
      ...(sizeOnly ? { runOnly: { type: 'rule', values: ofSize } } : {}),
    })})`,
  )) as AxeResults
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary?.split('\n')[1] ?? ''}`))
}

/** A PDF that ships with the program, as a person would choose it. */
export const paper = (name: string): string => join(samples, 'files', `${name}（样例）.pdf`)

/** Chooses a file with the button of a file field, and waits until it has arrived. */
export const choose = async (within: Locator, term: string, file: string): Promise<void> => {
  const chooser = within.page().waitForEvent('filechooser')
  await within.getByRole('button', { name: `选择文件：${term}` }).click()
  await (await chooser).setFiles(file)
  await within
    .getByRole('button', { name: `移除 ${basename(file)}` })
    .last()
    .waitFor()
}

/** Chooses from a drop-down list. */
export const pick = async (within: Locator, term: string, option: string): Promise<void> => {
  await within.getByRole('combobox', { name: term }).click()
  await within.page().locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click()
}

/** Moves the simulated day with the button of the banner. */
export const advance = async (page: Page, day: string): Promise<void> => {
  // by key: what the last act said may lie over the button
  await page.getByRole('button', { name: '推进日期' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: '推进日期' })
  await dialog.getByLabel('推进到哪一天').fill(day)
  await dialog.getByRole('button', { name: `推进到 ${day}` }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** Becomes somebody else with the button of the banner. */
export const become = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: '切换角色' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: '切换角色' })
  await dialog.getByRole('button', { name }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('banner').getByRole('button', { name }).waitFor()
}

/** Opens a case from one's tasks. */
export const take = async (page: Page, title: string): Promise<void> => {
  await page.getByRole('link', { name: '我的待办' }).click()
  await page.getByRole('table', { name: '我的待办' }).getByRole('link', { name: title }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('main').getByRole('button', { name, exact: true }).first().click()

interface Doing {
  /** What the button says where it says more than the act. */
  readonly label?: string | RegExp
  readonly fill?: (sheet: Locator) => Promise<void>
  /** It ends a case, so the button stands behind 更多. */
  readonly behindMore?: boolean
  /** What cannot be taken back is asked about once more after its sheet has been filled in. */
  readonly sure?: boolean
}

/** Does an act on the case's page as a person does: button, sheet, confirmation. Returns what the page says was done. */
export const perform = async (
  page: Page,
  term: string,
  { label = term, fill, behindMore, sure }: Doing = {},
): Promise<string> => {
  const acts = page.getByRole('group', { name: '可办理' })
  if (behindMore) {
    await acts.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: term }).click()
  } else await acts.getByRole('button', { name: label }).click()
  const sheet = page.getByRole('dialog', { name: term })
  await fill?.(sheet)
  await sheet.getByRole('button', { name: term, exact: true }).click()
  if (sure) await page.getByRole('button', { name: `确认${term}` }).click()
  return page
    .getByRole('status')
    .filter({ hasText: `已办理“${term}”` })
    .innerText()
}

/** Finds a body or an entry by its name in a field that searches, and takes it. */
export const find = async (within: Locator, term: string, name: string): Promise<void> => {
  const field = within.getByRole('combobox', { name: term })
  await field.fill(name)
  await within
    .page()
    .locator('.ant-select-dropdown:visible .ant-select-item-option')
    .filter({ hasText: name })
    .first()
    .click()
}

/**
 * Answers whatever a sheet asks for and has no answer yet, as somebody in a hurry does: a word for each text, the first of each choice, a
 * paper for each document, this day for each day.
 */
export const complete = async (sheet: Locator, day: string): Promise<void> => {
  const empty = sheet.locator('input[type=text][aria-required=true]:not([role=combobox]), textarea[aria-required=true]')
  for (const field of await empty.all()) if ((await field.inputValue()) === '') await field.fill('情况属实，详见附件')
  for (const field of await sheet.locator('input[type=date][aria-required=true]').all())
    if ((await field.inputValue()) === '') await field.fill(day)
  for (const row of await sheet.locator('.row.choice, .row.choices, .row.yes').all()) {
    if ((await row.locator('.must').count()) === 0 || (await row.locator('input:checked').count()) > 0) continue
    await row.locator('input').first().check()
  }
  for (const row of await sheet.locator('.row.file, .row.files').all()) {
    if ((await row.locator('.must').count()) === 0 || (await row.getByRole('button', { name: /^移除/ }).count()) > 0)
      continue
    const chooser = sheet.page().waitForEvent('filechooser')
    await row.getByRole('button', { name: /^选择文件/ }).click()
    await (await chooser).setFiles(paper('情况说明'))
    await row.getByRole('button', { name: /^移除/ }).waitFor()
  }
}

/**
 * Begins a case from the page of another, by its button or from the menu where there are several, and fills in its sheet. Returns its id
 * when its page is there.
 */
export const beginFrom = async (
  page: Page,
  label: string | RegExp,
  { fill, sure }: Pick<Doing, 'fill' | 'sure'> = {},
): Promise<string> => {
  const own = page.getByRole('main').getByRole('button', { name: label })
  const menu = page.getByRole('button', { name: /^发起( down)?$/ })
  await own.or(menu).first().waitFor()
  if ((await own.count()) > 0) await own.first().click()
  else {
    await menu.click()
    await page.getByRole('menuitem', { name: label }).click()
  }
  const sheet = page.getByRole('dialog')
  await sheet.waitFor()
  await fill?.(sheet)
  const from = page.url()
  await sheet.locator('.ant-drawer-footer, .ant-modal-footer').locator('.ant-btn-primary').click()
  if (sure) await page.getByRole('button', { name: /^确认/ }).click()
  await page.waitForURL((url) => url.href !== from && /\/desk\/[a-z-]+\/[0-9a-f-]{36}$/.test(url.pathname))
  await page.getByRole('heading', { level: 1 }).waitFor()
  return new URL(page.url()).pathname.split('/')[3]!
}
