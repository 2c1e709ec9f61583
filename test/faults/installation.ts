import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import pg from 'pg'
import ts from 'typescript'
import { openApp, readCast, seedCast, type App, type Cast } from '#application'
import { inspectSeal, lists, renderCertificate } from '#interop'
import { connect, makeDemo, startDatabase } from '#store'
import { samples, type World } from '../world.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const root = here('../../')

/** Everything a child may import, as JavaScript, and the child itself. */
export const transpile = (child = here('./child.ts')): Record<string, string> =>
  Object.fromEntries(
    [
      ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
        .map((f) => join(root, 'src', f)),
      child,
    ].map((f) => [
      pathToFileURL(f).href,
      ts.transpileModule(readFileSync(f, 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
      }).outputText,
    ]),
  )

export interface Process {
  readonly kill: () => Promise<void>
  readonly alive: () => boolean
  readonly errors: () => string
}

/** An installation with a database server of its own, so that everything in it may be killed. */
export interface Installation {
  readonly url: string
  readonly orgs: Readonly<Record<string, string>>
  readonly dataDir: string
  /** An application of this process on the same database, to prepare and to examine. */
  readonly app: App
  /** Enough of a world for the stage to play in. */
  readonly world: World
  readonly start: (o: { readonly port?: number; readonly loops?: boolean }) => Promise<Process>
  /** Kills the database server outright and starts it again, as a supervisor would. */
  readonly crashDatabase: () => Promise<void>
  readonly close: () => Promise<void>
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address() as { port: number }
      s.close(() => resolve(port))
    })
  })

/** @param more bodies and people beside the demo's cast */
export const install = async (more: Partial<Cast> = {}): Promise<Installation> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gongshu-faults-'))
  chmodSync(dataDir, 0o711)
  const options = { dataDir, log: () => undefined }
  const db = await startDatabase(options)
  const known = readCast(samples)
  const cast: Cast = {
    ...known,
    organisations: [...known.organisations, ...(more.organisations ?? [])],
    people: [...known.people, ...(more.people ?? [])],
  }
  const setup = connect(db.url, { max: 1, role: 'gongshu_app' })
  const openHere = () =>
    openApp({
      databaseUrl: db.url,
      dataDir,
      url: 'http://gongshu.test',
      lists,
      inspectSeal,
      renderCertificate,
      connections: 4,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })
  await (await openHere()).close()
  await makeDemo(setup, cast.day)
  await setup.end()
  const app = await openHere()
  const orgs = await seedCast(app, cast)
  const children = new Set<ChildProcess>()
  const sources = join(dataDir, 'sources.json')
  writeFileSync(sources, JSON.stringify(transpile()))

  const start: Installation['start'] = async ({ port, loops }) => {
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--import', here('./typescript.mjs'), here('./child.ts')],
      {
        cwd: root,
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          SOURCES: sources,
          DATABASE_URL: db.url,
          GONGSHU_DATA: dataDir,
          ...(port === undefined ? {} : { PORT: String(port) }),
          LOOPS: loops ? '1' : '0',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    children.add(child)
    let said = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (t: string) => (said += t))
    child.stderr.setEncoding('utf8').on('data', (t: string) => (errors = (errors + t).slice(-4000)))
    const ended = new Promise<void>((r) => child.once('exit', () => r()))
    for (const until = Date.now() + 60_000; !said.includes('ready'); await sleep(20))
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the child does not start: ${errors}`)
    return {
      alive: () => child.exitCode === null && child.signalCode === null,
      errors: () => errors,
      kill: async () => {
        child.kill('SIGKILL')
        await ended
        children.delete(child)
      },
    }
  }
  const postmaster = async (): Promise<number> => {
    const q = new pg.Client({ connectionString: db.url })
    await q.connect()
    const { rows } = await q.query<{ pid: number }>('select pg_backend_pid() as pid')
    const pid = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${rows[0]!.pid}/status`, 'utf8'))![1])
    await q.end()
    return pid
  }
  return {
    url: db.url,
    orgs,
    dataDir,
    app,
    world: { app, orgs, url: db.url } as unknown as World,
    start,
    crashDatabase: async () => {
      const pid = await postmaster()
      process.kill(pid, 'SIGKILL')
      await sleep(100)
      const again = await startDatabase(options)
      if (again.url !== db.url) throw new Error('the database came back somewhere else')
    },
    close: async () => {
      for (const c of children) c.kill('SIGKILL')
      await app.close().catch(() => undefined)
      await (await startDatabase(options)).stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
