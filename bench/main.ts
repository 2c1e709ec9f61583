import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { print, report, type Figure, type Report } from './measure.ts'
import { importing } from './import.ts'
import { kernel } from './kernel.ts'
import { ledger } from './ledger.ts'
import { lifecycle } from './lifecycle.ts'
import { quality } from './quality.ts'
import { reads } from './reads.ts'
import { sheets } from './sheets.ts'
import { searching } from './search.ts'
import { starting } from './start.ts'
import { tasks } from './tasks.ts'
import { supplying } from './supply.ts'
import { openSystem, type System } from './system.ts'
import { suspending } from './suspension.ts'
import { write } from './write.ts'

type Work = (s: System, quick: boolean) => Promise<{ figures: readonly Figure[]; failed?: readonly string[] }>
const benches: Readonly<Record<string, { readonly what: string; readonly work: Work }>> = {
  write: { what: '受理 over HTTP, durable, against a bare server with one INSERT', work: write },
  reads: { what: 'reads of unpublished cases at 64 clients, with and without the access log', work: reads },
  tasks: { what: 'the tasks of somebody with ten thousand cases', work: tasks },
  lifecycle: { what: 'first registrations, draft to code', work: lifecycle },
  import: { what: 'a generated catalogue', work: importing },
  sheets: { what: 'catalogue lists from files, read and planned', work: (_s, quick) => sheets(quick) },
  ledger: { what: 'the transparency log: its cost, sequencing, verifying, proving', work: ledger },
  search: { what: 'Chinese search of 100 000 published entries at 16 clients', work: searching },
  kernel: { what: 'the pure core alone', work: kernel },
  quality: {
    what: 'a quality scan of a large file, against one plain scan of it',
    work: (_s, quick) => quality(quick),
  },
  suspension: {
    what: '1 000 sessions that use what an order closes',
    work: (_s, quick) => suspending(quick),
  },
  supply: {
    what: 'a file taken in: digests, columns, checks, masking, encryption; against a copy and against SHA-256',
    work: (_s, quick) => supplying(quick),
  },
  start: { what: 'the built program from start to ready', work: (_s, quick) => starting(quick) },
}

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const asked = args.filter((a) => a !== '--quick')
const unknown = asked.filter((a) => !benches[a])
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}

const began = performance.now()
const s = await openSystem()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void s.close().then(() => process.exit(130)))
const machine = `${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${s.settings}`
console.log(
  `${new Date().toISOString().slice(0, 10)}  ${machine}  load average ${loadavg()
    .map((l) => l.toFixed(1))
    .join(' ')}`,
)
const reports: Report[] = []
try {
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
    const bench = benches[name]
    if (!bench) continue
    const done = await report(name, bench.what, () => bench.work(s, quick))
    print(done)
    reports.push(done)
  }
} finally {
  await s.close()
}
const seconds = Math.round((performance.now() - began) / 1000)
const dir = fileURLToPath(new URL('../dist/bench', import.meta.url))
mkdirSync(dir, { recursive: true })
const at = new Date().toISOString()
const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: dir, encoding: 'utf8' }).stdout.trim()
const file = `${dir}/${at.replaceAll(':', '-').slice(0, 19)}.json`
writeFileSync(file, JSON.stringify({ at, commit, machine, quick, seconds, reports }, null, 2))
console.log(`\n${seconds} s → ${file}`)
process.exitCode = reports.some((r) => r.failed.length > 0) ? 1 : 0
