// node bin/screens.mjs [url]: takes the pictures of docs/user-guide.md from a running demo server.
import { chromium } from 'playwright-core'

const base = process.argv[2] ?? 'http://127.0.0.1:3000'
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'zh-CN' })).newPage()
const people = await (await page.request.get(`${base}/api/demo/personas`)).json()
const as = async (name) => {
  const { person, org } = people.find((p) => p.name === name)
  await page.request.post(`${base}/api/demo/persona`, { data: { person, org } })
}
const shoot = async (path, name) => {
  await page.goto(base + path)
  await page.waitForLoadState('networkidle')
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
await browser.close()
