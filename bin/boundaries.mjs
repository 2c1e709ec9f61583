// Runs dependency-cruiser. It also fails when a source file was not seen: under a compiler that dependency-cruiser does
// not support it cruises nothing and reports no violation.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const roots = ['src', 'web', 'test', 'bench'].filter(existsSync)
const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...roots]
const run = spawnSync('node_modules/.bin/depcruise', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
if (!run.stdout.startsWith('{')) {
  console.error(run.stdout + run.stderr)
  process.exit(1)
}

const { modules, summary } = JSON.parse(run.stdout)
const seen = new Set(modules.map(({ source }) => source).filter((source) => roots.includes(source.split('/')[0])))
const unseen = roots
  .flatMap((root) => readdirSync(root, { recursive: true }).map((file) => join(root, file)))
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules') && !seen.has(file))

for (const { from, to, rule, cycle } of summary.violations) {
  const { comment } = summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name)
  console.error(`${from} → ${cycle?.map(({ name }) => name).join(' → ') ?? to}  [${rule.name}] ${comment}`)
}
for (const file of unseen) console.error(`${file} was not cruised`)
console.log(`${seen.size} modules, ${summary.violations.length} violations`)
process.exit(summary.violations.length + unseen.length > 0 || seen.size === 0 ? 1 : 0)
