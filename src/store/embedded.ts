import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { findPlace, type Place } from './place.ts'

type Log = (line: string) => void
type Server = { readonly pid: number; readonly port: string; readonly host: string }

/**
 * A running server. `url` logs in as `gongshu`, which owns the database `gongshu` and may create databases and roles but
 * is no superuser. `adopted`: it was running before, left by a process that was killed or by one that is still there.
 */
export type Database = { readonly url: string; readonly adopted: boolean; readonly stop: () => Promise<void> }

const MAX_SOCKET_PATH = 107
const ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' }

// Written into postgresql.conf once, so that an administrator may change them. fsync, full_page_writes and
// synchronous_commit keep their default: on. Terse, because DETAIL lines quote the values of rows.
const SETTINGS = {
  shared_buffers: '256MB',
  max_connections: '100',
  random_page_cost: '1.1',
  idle_in_transaction_session_timeout: '60s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_error_verbosity: 'terse',
  logging_collector: 'on',
  log_filename: 'server-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_size: '0',
}

const exec = promisify(execFile)
const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const readText = (path: string) => readFile(path, 'utf8').catch(() => '')
const commandLine = (pid: number) => readText(`/proc/${pid}/cmdline`)

/** The lock is a socket in the kernel's abstract namespace: it dies with its holder, so there is no stale one. */
const exclusively = async <T>(name: string, log: Log, work: () => Promise<T>): Promise<T> => {
  const lock = createServer((peer) => peer.destroy())
  // Padded, because newer versions of Node bind the name as it is and older ones fill it up with zeros.
  const path = `\0gongshu-${hash(name)}`.padEnd(MAX_SOCKET_PATH, '.')
  for (let tries = 1; ; tries++) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      lock.once('error', resolve).listen({ path }, () => resolve(undefined))
    })
    lock.removeAllListeners('error').removeAllListeners('listening')
    if (!error) break
    if (error.code !== 'EADDRINUSE') throw error
    if (tries === 40) log('另一个进程正在启动或停止这个数据库，等待它完成…')
    if (tries === 12_000) throw new Error(`已等待 10 分钟，另一个进程仍在启动或停止数据库 ${name}。请检查该进程。`)
    await sleep(50)
  }
  return work().finally(() => lock.close())
}

/** Makes the cluster aside and moves it into place when it is whole, so a killed attempt leaves nothing to repair. */
const create = async ({ home, native, user }: Place) => {
  await sweep(home)
  const work = await mkdtemp(join(home, 'new-'))
  const data = join(work, 'data')
  const passwordFile = join(work, 'password')
  const [password, superuserPassword] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')]
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, superuserPassword, { mode: 0o600 })
  for (const path of [work, data, passwordFile]) await chown(path, user.uid, user.gid)

  const program = async (name: string, args: readonly string[], input = '') => {
    const running = exec(join(native, 'bin', name), args, { ...user, cwd: '/', env: ENV })
    running.child.stdin?.end(input)
    const { stderr, failed } = await running.then(
      ({ stderr }) => ({ stderr, failed: '' }),
      (error: Error & { stderr?: string }) => ({ stderr: error.stderr ?? '', failed: error.message }),
    )
    // A single-user server exits with 0 after a failed statement. The lines between would quote the statement.
    const errors = stderr.split('\n').filter((line) => /error:|ERROR|FATAL|PANIC/.test(line))
    if (failed || errors.length) throw new Error(`不能建立数据库（${name}）：${errors.join(' ') || failed}`)
  }
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const access = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`]
  await program('initdb', ['-D', data, '--locale=C.UTF-8', '--encoding=UTF8', ...access, ...settings])
  await program(
    'postgres',
    ['--single', '-D', data, '-c', 'logging_collector=off', 'template1'],
    `create role gongshu login createdb createrole password '${password}'\ncreate database gongshu owner gongshu\n`,
  )

  const credentials = join(home, 'credentials.json')
  await rm(credentials, { force: true })
  await writeFile(credentials, JSON.stringify({ gongshu: password, postgres: superuserPassword }), {
    mode: 0o600,
    flush: true,
  })
  await rename(data, join(home, 'data'))
  const directory = await open(home)
  await directory.sync().finally(() => directory.close())
  await sweep(home)
}

/** Removes what killed attempts left; an initdb of theirs may be writing still, so it is done again when ours is whole. */
const sweep = async (home: string): Promise<void> => {
  for (const name of await readdir(home))
    if (name.startsWith('new-'))
      await rm(join(home, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }).catch(() => {})
}

/** The live server of exactly this cluster. A pid proves nothing: it may be a zombie's, or a stranger's by now. */
const findServer = async (home: string): Promise<Server | undefined> => {
  const data = join(home, 'data')
  const [pid, , , port = '', socket, address] = (await readText(join(data, 'postmaster.pid'))).split('\n')
  const argv = pid ? (await commandLine(Number(pid))).split('\0') : []
  if (basename(argv[0] ?? '') !== 'postgres') return undefined
  const [theirs, ours] = await Promise.all([
    stat(argv[argv.indexOf('-D') + 1] ?? '').catch(() => undefined),
    stat(data),
  ])
  if (theirs?.ino !== ours.ino || theirs.dev !== ours.dev) return undefined
  return { pid: Number(pid), port, host: socket ? encodeURIComponent(socket) : (address ?? '') }
}

const urlOf = async (home: string, { host, port }: Server): Promise<string> => {
  const file = join(home, 'credentials.json')
  try {
    const { gongshu } = JSON.parse(await readFile(file, 'utf8'))
    return `postgres://gongshu:${gongshu}@${host}:${port}/gongshu`
  } catch (error) {
    throw new Error(`读不到数据库密码文件 ${file}：${(error as Error).message}`)
  }
}

const probe = async (url: string): Promise<'ready' | 'starting' | 'silent'> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return 'ready'
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    if (/^(28|3D)/.test(code)) throw new Error(`数据库不接受所存的登录信息：${(error as Error).message}`)
    return code === '57P03' ? 'starting' : code === '53300' ? 'ready' : 'silent'
  } finally {
    await client.end().catch(() => {})
  }
}

/** The url once the server answers; undefined when there is none, or one that keeps silent for `patience` ms. */
const whenReady = async (
  home: string,
  log: Log,
  patience: number,
  launching = () => false,
): Promise<string | undefined> => {
  const began = Date.now()
  for (let heard = began, said = began; ; await sleep(20)) {
    const server = await findServer(home)
    if (!server && !launching()) return undefined
    const url = server?.host ? await urlOf(home, server) : undefined
    const state = url ? await probe(url) : 'silent'
    if (state === 'ready') return url
    const now = Date.now()
    if (state === 'starting') heard = now
    if (now - heard > patience) return undefined
    if (now - said < 5000) continue
    said = now
    log(`等待数据库${state === 'starting' ? '恢复' : '应答'}，已 ${Math.round((now - began) / 1000)} 秒…`)
  }
}

/** A directory for the socket that only the server's user and root can enter, its path short enough for the kernel. */
const socketDirectory = async ({ home, user }: Place): Promise<string | undefined> => {
  for (const path of [join(home, 'run'), `/tmp/gongshu-${hash(home).slice(0, 16)}`]) {
    if (Buffer.byteLength(join(path, '.s.PGSQL.5432')) > MAX_SOCKET_PATH) continue
    await mkdir(path, { mode: 0o700 })
      .then(() => chown(path, user.uid, user.gid))
      .catch(() => {})
    const found = await lstat(path).catch(() => undefined)
    if (found?.isDirectory() && found.uid === user.uid && (found.mode & 0o077) === 0) return path
  }
  return undefined
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const launch = async (place: Place, log: Log): Promise<string> => {
  const { home, native, user } = place
  const data = join(home, 'data')
  const output = join(home, 'start.log')
  const socket = await socketDirectory(place)
  if (!socket) log('没有可用的套接字目录，数据库改在 127.0.0.1 上监听')
  for (const deadline = Date.now() + 60_000; ; await sleep(500)) {
    // The pid a dead server left may be a stranger's by now, and PostgreSQL would take that for a living server. It does
    // not mind its parent's pid. The other lines must stay: they reveal backends that outlived a killed server.
    const [pid, ...rest] = (await readText(join(data, 'postmaster.pid'))).split('\n')
    if (pid && (await commandLine(Number(pid))))
      await writeFile(join(data, 'postmaster.pid'), [process.pid, ...rest].join('\n'))
    for (const name of socket ? await readdir(socket) : []) await rm(join(socket ?? '', name), { force: true })
    const address = socket
      ? { listen_addresses: '', unix_socket_directories: `"${socket}"`, port: 5432 }
      : { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: await freePort() }
    await rm(output, { force: true })
    const file = openSync(output, 'w', 0o600)
    const child = spawn(
      join(native, 'bin', 'postgres'),
      ['-D', data, ...Object.entries(address).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...user, cwd: '/', env: ENV, detached: true, stdio: ['ignore', file, file] },
    )
    closeSync(file)
    child.unref()
    let ended = ''
    child
      .once('error', (error) => (ended = error.message))
      .once('exit', (code, signal) => (ended = `退出码 ${code ?? signal}`))
    const url = await whenReady(home, log, 60_000, () => !ended)
    if (url) return url
    const text = (await readText(output)).trim()
    if (!/still in use|already exists/.test(text) || Date.now() > deadline)
      throw new Error(
        `数据库没有启动（${ended || '没有应答'}）。${text.split('\n').at(-1)} 详见 ${output} 和 ${join(data, 'log')}`,
      )
  }
}

const halt = async (home: string) => {
  const server = await findServer(home)
  if (!server) return
  for (const [signal, seconds] of [
    ['SIGINT', 120],
    ['SIGQUIT', 20],
  ] as const) {
    process.kill(server.pid, signal)
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20))
      if (!(await commandLine(server.pid))) return
  }
  throw new Error(`数据库进程 ${server.pid} 对停机信号没有反应，请检查该进程。`)
}

/** `sharedDir` (default /var/lib/gongshu) is used only where the server's user has no access, see `findPlace`. */
export type DatabaseOptions = { readonly dataDir: string; readonly log: Log; readonly sharedDir?: string }

const found = ({ dataDir, log }: DatabaseOptions, home: string, url: string, adopted: boolean): Database => ({
  url,
  adopted,
  stop: () => exclusively(dataDir, log, () => halt(home)),
})

/**
 * Starts the embedded PostgreSQL of a data directory, or adopts the one that already runs there. The server is detached:
 * it outlives this process until `stop()` (fast shutdown; resolves when it has ended). Any number of processes may call
 * this at once; one of them starts the server, and all get it.
 * @throws Error with a sentence for the operator when there is no way to run it.
 */
export const startDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const { log, sharedDir } = options
  await mkdir(options.dataDir, { recursive: true })
  const dataDir = await realpath(options.dataDir)
  return exclusively(dataDir, log, async () => {
    const place = await findPlace(dataDir, log, sharedDir)
    const { home } = place
    const data = join(home, 'data')
    const running = await whenReady(home, log, 15_000)
    if (running) return found({ dataDir, log }, home, running, true)
    if (await findServer(home)) {
      log('数据库在运行但没有应答，重新启动它')
      await halt(home)
    }
    if (!existsSync(data)) {
      log(`首次启动：建立数据库 ${data}`)
      await create(place)
    }
    const version = (await readText(join(data, 'PG_VERSION'))).trim()
    if (version !== '18')
      throw new Error(`${data} 是 PostgreSQL ${version || '(未知)'} 的数据，内置数据库为 18。请先用原版本导出再导入。`)
    return found({ dataDir, log }, home, await launch(place, log), false)
  })
}

/** The embedded server of a data directory if one runs; starts none. */
export const findDatabase = async (options: DatabaseOptions): Promise<Database | undefined> => {
  if (!existsSync(options.dataDir)) return undefined
  const dataDir = await realpath(options.dataDir)
  const { home } = await findPlace(dataDir, options.log, options.sharedDir)
  const url = await whenReady(home, options.log, 15_000)
  return url === undefined ? undefined : found({ dataDir, log: options.log }, home, url, true)
}
