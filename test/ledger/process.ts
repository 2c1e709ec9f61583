import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { transpile } from '../faults/installation.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const dir = mkdtempSync(join(tmpdir(), 'gongshu-sources-'))
const sources = join(dir, 'sources.json')
writeFileSync(sources, JSON.stringify(transpile()))
const running = new Set<ChildProcess>()

/** Leaves nothing behind, neither processes nor files. */
export const endProcesses = (): void => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
}
/** For whoever starts a process that starts such a process. */
process.env['SOURCES'] = sources

/** Arguments of node for the gongshu command as it stands in the sources. */
export const gongshuArgs: readonly string[] = [
  '--conditions=source',
  '--import',
  join(root, 'test/faults/typescript.mjs'),
  join(root, 'src/cli/main.ts'),
]

/** The gongshu command as a process of its own. */
export const gongshu = (
  ...args: readonly string[]
): { readonly child: ChildProcess; readonly output: () => string; readonly ended: Promise<number | null> } => {
  const child = spawn(process.execPath, [...gongshuArgs, ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', SOURCES: sources },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (t: string) => (output += t))
  return { child, output: () => output, ended: new Promise((r) => child.once('exit', (code) => r(code))) }
}

export interface WitnessProcess {
  readonly url: string
  readonly vkey: string
  readonly output: () => string
  readonly kill: (signal?: 'SIGKILL' | 'SIGTERM') => Promise<void>
}

/** A witness in a process of its own, answering. */
export const witnessProcess = async (o: {
  readonly dir: string
  readonly port: number
  readonly name?: string
  readonly logs?: readonly string[]
}): Promise<WitnessProcess> => {
  const p = gongshu(
    ...['witness', '--data', o.dir, '--port', String(o.port)],
    ...(o.name === undefined ? [] : ['--name', o.name]),
    ...(o.logs ?? []).flatMap((l) => ['--log', l]),
  )
  const url = `http://127.0.0.1:${o.port}`
  for (const until = Date.now() + 30_000; ; await sleep(20)) {
    const status = await fetch(`${url}/status`).then(
      (r) => r.json() as Promise<{ vkey: string }>,
      () => undefined,
    )
    if (status)
      return {
        url,
        vkey: status.vkey,
        output: p.output,
        kill: async (signal = 'SIGKILL') => {
          p.child.kill(signal)
          await p.ended
        },
      }
    if (p.child.exitCode !== null || Date.now() > until) throw new Error(`the witness does not start: ${p.output()}`)
  }
}
