// node bin/screens.mjs [url]: takes the pictures of docs/user-guide.md from a running demo server.
import { chromium } from 'playwright-core'

const base = process.argv[2] ?? 'http://127.0.0.1:3000'
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
const page = await (await browser.newContext({ viewport: { width: 1280, height: 760 }, locale: 'zh-CN' })).newPage()
const people = await (await page.request.get(`${base}/api/demo/personas`)).json()
const as = async (name) => {
  const { person, org } = people.find((p) => p.name === name)
  await page.request.post(`${base}/api/demo/persona`, { data: { person, org } })
}
const shoot = async (path, name) => {
  await page.goto(base + path)
  await page.waitForLoadState('networkidle')
  await page.waitForFunction(`!document.querySelector('.ant-skeleton, .ant-spin, [aria-busy=true]')`)
  await page.waitForTimeout(800)
  await page.screenshot({ path: `docs/images/${name}.png` })
}
const first = async (query, pick) => (await (await page.request.get(`${base}/api/${query}`)).json()).rows.find(pick)

await shoot('/', 'portal')
await shoot('/log', 'logs')
await as('登记复核丙')
await shoot('/desk/tasks', 'tasks')
await shoot(`/desk/applications/${(await first('applications', (r) => r.state === 'review.recheck')).id}`, 'case')
await as('公积金经办')
const draft = await first('applications', (r) => r.state === 'draft')
if (draft) await shoot(`/desk/applications/${draft.id}`, 'draft')
await as('六安局审批')
await shoot('/desk/log', 'log')
await as('运维管理员')
await shoot('/desk/keeping', 'keeping')
// authorization, one picture for each chapter; smaller, because there are many
await page.setViewportSize({ width: 1120, height: 620 })
const caseOf = async (collection, pick) => `/desk/${collection}/${(await first(collection, pick)).id}`
await as('六安局经办')
await shoot(await caseOf('appointments', () => true), 'appointment')
await shoot(await caseOf('plans', (r) => r.state === 'inForce'), 'plan')
await shoot(await caseOf('consultations', () => true), 'consultation')
await shoot(await caseOf('selections', (r) => r.state === 'contracted'), 'selection')
await shoot(await caseOf('agreements', (r) => r.state === 'running'), 'agreement')
await shoot(`/desk/supply/${(await first('agreements', (r) => r.state === 'running')).id}`, 'supply')
await as('实施机构经办')
await shoot(await caseOf('recordals', (r) => r.state === 'due'), 'recordal')
await as('肇庆运营经办')
await shoot(await caseOf('suspensions', () => true), 'suspension')
await as('应用企业经办')
await shoot('/desk/entries', 'entry')
await browser.close()
