import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts) => join(root, ...parts)
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const layers = [
  'contract',
  'policy',
  'ledger',
  'witness',
  'evidence',
  'domain',
  'store',
  'compute',
  'application',
  'interop',
  'http',
  'cli',
]

/** What is said about the way to the start goes to stderr: stdout belongs to the command that was asked for. */
export const say = (text) => void process.stderr.write(text)

export const fail = (message) => {
  say(`公数：${message}\n`)
  process.exit(1)
}

/**
 * Runs a command in the checkout to its end, passing on the signals that end us; resolves with its exit code.
 * With `quiet` its output is kept, and returned as `output`.
 */
export const run = (command, args, { quiet = false, env = {} } = {}) =>
  new Promise((resolve) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...env } })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text))
    let ended
    const forward = (signal) => {
      ended = signal
      // Ctrl-C on a terminal reaches the child by itself, and a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    child.once('error', (error) => (output += error.message))
    child.once('close', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      const by = signal ?? ended
      resolve({ code: code ?? (by === 'SIGINT' ? 130 : 143), output, interrupted: by !== undefined && by !== null })
    })
  })

/** Does a step of which the user sees one line with the time it took; a failing command's output is shown. */
export const step = async (title, work) => {
  const began = Date.now()
  say(`公数：${title}… `)
  const results = [await work()].flat()
  const failed = results.find(({ code }) => code !== 0)
  say(failed ? '失败\n' : `${((Date.now() - began) / 1000).toFixed(1)} 秒\n`)
  if (!failed) return
  if (!failed.interrupted) for (const { code, output } of results) if (code !== 0) say(`${output.trim()}\n`)
  process.exit(failed.code)
}

/** One process at a time installs or builds; the lock dies with its holder. Only Linux has this kind of lock. */
const exclusively = async (work) => {
  const lock = createServer((peer) => peer.destroy())
  const path = `\0gongshu-build-${createHash('sha256').update(root).digest('hex')}`.padEnd(107, '.')
  for (let tries = 0; process.platform === 'linux'; tries++) {
    const error = await new Promise((resolve) => lock.once('error', resolve).listen({ path }, () => resolve(undefined)))
    lock.removeAllListeners('error').removeAllListeners('listening')
    if (!error) break
    if (error.code !== 'EADDRINUSE') throw error
    if (tries === 10) say('公数：另一个进程正在安装或构建，等待它完成…\n')
    await sleep(100)
  }
  await work()
  if (lock.listening) lock.close()
}

const checkNode = () => {
  const { engines } = JSON.parse(read(at('package.json')))
  const [major, minor] = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number)
  const [ours, oursMinor] = process.versions.node.split('.').map(Number)
  if (ours < major || (ours === major && oursMinor < minor))
    fail(`需要 Node.js ${major}.${minor} 以上，当前是 ${process.version}。`)
}

const hashOf = (paths) => {
  const hash = createHash('sha256')
  for (const path of paths)
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex')
}

const marker = at('node_modules/.gongshu')
const lockHash = () => hashOf([at('package-lock.json')])

const isInstalled = () => {
  const npms = at('node_modules/.package-lock.json')
  if (!existsSync(npms) || !existsSync(at('node_modules/typescript'))) return false
  return read(marker) === lockHash() || statSync(npms).mtimeMs >= statSync(at('package-lock.json')).mtimeMs
}

/** Installs the dependencies unless those of this package-lock are there. */
export const ensureInstalled = async () => {
  checkNode()
  if (isInstalled()) return
  await exclusively(async () => {
    if (isInstalled()) return
    const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
    await step('安装依赖（首次约需一两分钟）', () => run('npm', ['ci', ...flags], { quiet: true }))
    writeFileSync(marker, lockHash())
  })
}

const filesBelow = (folder) =>
  (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(path)
      return /\.(test\.tsx?|tsbuildinfo)$/.test(entry.name) ? [] : [path]
    })

/** Hashes of all that the server's and the web's build depend on. */
const wanted = () => {
  const common = [at('package-lock.json'), at('tsconfig.base.json'), at('tsconfig.json')]
  return {
    server: hashOf([...common, ...filesBelow(at('src'))]),
    web: existsSync(at('web/index.html'))
      ? hashOf([
          ...common,
          ...['src/contract', 'src/ledger', 'src/evidence', 'web'].flatMap((dir) => filesBelow(at(dir))),
        ])
      : '',
  }
}

const stamp = at('dist/.stamp')
const built = () => JSON.parse(read(stamp) || '{}')

const tool = (path, ...args) => run(process.execPath, [at('node_modules', path), ...args], { quiet: true })

const copyAssets = () => {
  rmSync(at('dist/store/migrations'), { recursive: true, force: true })
  for (const path of filesBelow(at('src')))
    if (!/\.(ts|md)$|\/tsconfig\.json$/.test(path)) cpSync(path, at('dist', relative(at('src'), path)))
}

/** Builds what has changed since the last build; everything with `clean`. */
export const ensureBuilt = async ({ clean = false } = {}) => {
  const isFresh = (now, then) => now.server === then.server && now.web === (then.web ?? '')
  if (!clean && isFresh(wanted(), built())) return
  await exclusively(async () => {
    const now = wanted()
    if (!clean && isFresh(now, built())) return
    if (clean || !existsSync(stamp)) rmSync(at('dist'), { recursive: true, force: true })
    const then = built()
    mkdirSync(at('dist'), { recursive: true })
    // Until both are done nothing counts as built; what stands there lets the compiler build on it.
    writeFileSync(stamp, JSON.stringify({ server: '', web: '' }))
    await step('构建', async () => {
      const server =
        now.server === then.server ||
        tool('typescript/bin/tsc', '-b', ...layers.map((layer) => `src/${layer}`)).then((result) => {
          copyAssets()
          return result
        })
      const verifier = now.server === then.server || run(process.execPath, [at('bin/verifier.mjs')], { quiet: true })
      const web =
        !now.web ||
        now.web === then.web ||
        tool('vite/bin/vite.js', 'build', 'web', '--outDir', '../dist/web', '--emptyOutDir', '--logLevel', 'warn')
      return (await Promise.all([server, verifier, web])).filter((result) => result !== true)
    })
    writeFileSync(stamp, JSON.stringify(now))
  })
}

/** Installs and builds as needed, then becomes the `gongshu` command with these arguments. */
export const gongshu = async (...args) => {
  await ensureInstalled()
  await ensureBuilt()
  process.setSourceMapsEnabled(true)
  const main = at('dist/cli/main.js')
  process.argv.splice(1, Infinity, main, ...args)
  await import(pathToFileURL(main).href)
}

/** The path of a Chromium that runs, if there is one. */
export const findChromium = () =>
  [process.env.CHROMIUM_PATH, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .filter(Boolean)
    .map((name) =>
      name.includes('/')
        ? name
        : (process.env.PATH ?? '')
            .split(':')
            .map((dir) => join(dir, name))
            .find(existsSync),
    )
    .find((path) => path && spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0)
