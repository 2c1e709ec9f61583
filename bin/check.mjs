// `npm run check`: every check but the tests, each timed, none hiding another. `npm run check -- lint format` runs two.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const checks = {
  types: ['tsc', '-b'],
  lint: ['eslint', '.', '--max-warnings=0'],
  format: ['prettier', '--check', '--log-level=warn', '.'],
  boundaries: ['node', 'bin/boundaries.mjs'],
  jurisdictions: ['node', 'bin/jurisdictions.mjs'],
  // needs what `types` builds
  packs: existsSync(join(root, 'src/cli/main.ts')) ? ['node', 'bin/gongshu.mjs', 'policy', 'check'] : undefined,
  'dead code': ['knip', '--no-progress'],
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks)
const unknown = wanted.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${Object.keys(checks).join(', ')}`)
  process.exit(2)
}

const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
const results = wanted.map((name) => {
  if (!checks[name]) return { name, result: 'nothing to check', seconds: 0 }
  const [command, ...args] = checks[name]
  console.log(`── ${name}: ${command} ${args.join(' ')}`)
  const began = performance.now()
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH } })
  if (error) console.error(error.message)
  return { name, result: status === 0 ? 'ok' : 'FAILED', seconds: (performance.now() - began) / 1000 }
})

console.log()
for (const { name, result, seconds } of results) {
  console.log(`${name.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s  ${result}`)
}
process.exit(results.some(({ result }) => result === 'FAILED') ? 1 : 0)
