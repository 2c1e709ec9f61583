#!/usr/bin/env node
// node bin/test.mjs [arguments of vitest run]; GONGSHU_NO_BROWSER=1 leaves the browser tests out
import { ensureBuilt, ensureInstalled, findChromium, run, say, step } from './ensure.mjs'

const installChromium = async () => {
  if (process.getuid?.() !== 0 || (await run('apt-get', ['--version'], { quiet: true })).code !== 0) return undefined
  const apt = (...args) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
      quiet: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
  await step('安装浏览器测试用的 Chromium 和中文字体', async () => {
    await apt('update')
    const { output, interrupted, code } = await apt(
      'install',
      '-y',
      '--no-install-recommends',
      'chromium',
      'fonts-noto-cjk',
    )
    if (code !== 0 && !interrupted) say(`\n${output.trim()}\n`)
    return { code: interrupted ? code : 0, output, interrupted }
  })
  return findChromium()
}

await ensureInstalled()
await ensureBuilt()

const env = {}
if (process.env.GONGSHU_NO_BROWSER !== '1') {
  const chromium = findChromium() ?? (await installChromium())
  if (chromium) env.CHROMIUM_PATH = chromium
  else {
    env.GONGSHU_NO_BROWSER = '1'
    say(
      '\n######## 没有可用的 Chromium:浏览器测试将跳过(计入 skipped)。请安装 chromium 或设置 CHROMIUM_PATH。 ########\n\n',
    )
  }
}

const { code } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
  env,
})
process.exitCode = code
