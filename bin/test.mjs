#!/usr/bin/env node
// node bin/test.mjs [arguments of vitest run]; GONGSHU_NO_BROWSER=1 leaves the browser tests out
import { ensureBuilt, ensureInstalled, findChromium, run, say, step } from './ensure.mjs'

const debian = (name, packages) => async () => {
  if (process.getuid?.() !== 0 || (await run('apt-get', ['--version'], { quiet: true })).code !== 0) return
  const apt = (...args) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
      quiet: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
  await step(`安装${name}`, async () => {
    await apt('update')
    const { output, interrupted, code } = await apt('install', '-y', '--no-install-recommends', ...packages)
    if (code !== 0 && !interrupted) say(`\n${output.trim()}\n`)
    return { code: interrupted ? code : 0, output, interrupted }
  })
}
const installChromium = debian('浏览器测试用的 Chromium 和中文字体', ['chromium', 'fonts-noto-cjk'])
const installPoppler = debian('读取登记证用的 poppler-utils', ['poppler-utils'])

await ensureInstalled()
await ensureBuilt()

const env = {}
// without it the tests that read the certificate as a person would are skipped, and counted
if ((await run('pdftoppm', ['-v'], { quiet: true }).catch(() => ({ code: 1 }))).code !== 0) await installPoppler()
if (process.env.GONGSHU_NO_BROWSER !== '1') {
  if (!findChromium()) await installChromium()
  const chromium = findChromium()
  if (chromium) env.CHROMIUM_PATH = chromium
  else {
    env.GONGSHU_NO_BROWSER = '1'
    say(
      '\n######## 没有可用的 Chromium：浏览器测试将跳过（计入 skipped）。请安装 chromium 或设置 CHROMIUM_PATH。 ########\n\n',
    )
  }
}

const { code } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
  env,
})
process.exitCode = code
