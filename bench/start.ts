import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findDatabase, startDatabase } from '#store'
import { interleaved, type Figure } from './measure.ts'

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const log = (): void => undefined

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** Seconds from starting the built program until it says that it is ready. */
const start = async (dir: string): Promise<{ readonly seconds: number; readonly child: ChildProcess }> => {
  const port = String(await freePort())
  const began = performance.now()
  const child = spawn(process.execPath, [program, 'start'], {
    env: { ...process.env, GONGSHU_DATA: dir, PORT: port, NODE_OPTIONS: '' },
    stdio: 'ignore',
  })
  for (;;) {
    const ok = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      (r) => r.ok,
      () => false,
    )
    if (ok) return { seconds: (performance.now() - began) / 1000, child }
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`)
    await sleep(10)
  }
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** From an empty directory to the demo database with its lists; again; and after a kill, with the database still running. */
export const starting = async (quick: boolean): Promise<{ figures: readonly Figure[] }> => {
  const dirs: string[] = []
  const directory = async (): Promise<string> => {
    const dir = await mkdtemp(join(tmpdir(), 'gongshu-bench-start-'))
    await chmod(dir, 0o755)
    dirs.push(dir)
    return dir
  }
  let bare = ''
  let dir = ''
  let running: ChildProcess | undefined
  try {
    const figures = await interleaved(
      quick ? 1 : 3,
      [
        {
          name: 'database alone, empty directory',
          unit: 's',
          run: async () => {
            bare = await directory()
            return seconds(async () => (await startDatabase({ dataDir: bare, log })).stop())
          },
        },
        {
          name: 'first start',
          unit: 's',
          against: 'database alone, empty directory',
          run: async () => {
            dir = await directory()
            const started = await start(dir)
            started.child.kill('SIGTERM')
            await ended(started.child)
            return started.seconds
          },
        },
        {
          name: 'database alone, second start',
          unit: 's',
          run: () => seconds(async () => (await startDatabase({ dataDir: bare, log })).stop()),
        },
        {
          name: 'second start',
          unit: 's',
          against: 'database alone, second start',
          run: async () => {
            const started = await start(dir)
            running = started.child
            return started.seconds
          },
        },
        {
          name: 'after kill -9, database adopted',
          unit: 's',
          against: 'second start',
          run: async () => {
            running?.kill('SIGKILL')
            if (running) await ended(running)
            const started = await start(dir)
            started.child.kill('SIGTERM')
            await ended(started.child)
            return started.seconds
          },
        },
      ],
      { warmUp: false },
    )
    return { figures }
  } finally {
    running?.kill('SIGKILL')
    for (const d of dirs) {
      await (await findDatabase({ dataDir: d, log }))?.stop()
      await rm(d, { recursive: true, force: true })
    }
  }
}
