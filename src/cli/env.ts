import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openApp } from '#application'
import { inspectSeal, lists, readRoots, renderCertificate } from '#interop'
import { findDatabase, startDatabase } from '#store'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const samplesDir = join(root, 'samples')
export const dataDir = (): string => {
  const dir = resolve(process.env['GONGSHU_DATA'] ?? join(root, '.data'))
  mkdirSync(dir, { recursive: true, mode: 0o711 })
  return dir
}
/** Where the policy stands that names the witnesses (C2SP tlog-policy). */
export const policyPath = (): string => resolve(process.env['GONGSHU_WITNESSES'] ?? join(dataDir(), 'witnesses.policy'))
export const host = (): string => process.env['HOST'] ?? '127.0.0.1'
export const port = (): number => {
  const n = Number(process.env['PORT'] ?? 3000)
  if (!Number.isInteger(n) || n < 0 || n > 65535) throw new Error(`PORT 应为端口号，实为“${process.env['PORT']}”`)
  return n
}
export const publicUrl = (): string =>
  process.env['GONGSHU_URL'] ?? `http://${host() === '0.0.0.0' ? '127.0.0.1' : host()}:${port()}`

const log = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** The database of this installation: external by DATABASE_URL, else the embedded server, started when `start` says so. */
export const database = async (start: boolean): Promise<{ url: string; stop: () => Promise<void>; how: string }> => {
  const external = process.env['DATABASE_URL']
  if (external) return { url: external, stop: async () => undefined, how: '外部数据库' }
  const options = { dataDir: dataDir(), log }
  const found = start ? undefined : await findDatabase(options)
  if (found) return { url: found.url, stop: async () => undefined, how: '内置数据库（运行中）' }
  const started = await startDatabase(options)
  return { url: started.url, stop: started.stop, how: started.adopted ? '内置数据库（接管运行中的）' : '内置数据库' }
}

/** Whether a second tree of each log is to be begun, with SM3 and SM2. */
export const withSm = (): boolean => process.env['GONGSHU_SM'] === '1'

/**
 * Checks electronic seals against the authorities of GONGSHU_SEAL_ROOTS, a file of PEM certificates; without it trust in who issued a certificate
 * is not established, and said not to be.
 */
export const sealInspector = (): ((pdf: Buffer, day: string) => ReturnType<typeof inspectSeal>) => {
  const path = process.env['GONGSHU_SEAL_ROOTS']
  const roots = path ? readRoots(readFileSync(path, 'utf8')) : undefined
  return (pdf, day) => inspectSeal(pdf, day, roots)
}

export type OpenedApp = Awaited<ReturnType<typeof openApp>>

/** Runs a command against the installation's database and leaves the server as it was found. */
export const withApp = async <T>(work: (app: OpenedApp, databaseUrl: string) => Promise<T>): Promise<T> => {
  const db = await database(false)
  const app = await openApp({
    databaseUrl: db.url,
    dataDir: dataDir(),
    url: publicUrl(),
    lists,
    inspectSeal: sealInspector(),
    renderCertificate,
    enabled: enabledLayers(),
  })
  try {
    return await work(app, db.url)
  } finally {
    await app.close()
    await db.stop()
  }
}
export const enabledLayers = (): readonly string[] =>
  (process.env['GONGSHU_LAYERS'] ?? '')
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean)
