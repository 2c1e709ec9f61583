import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import pino from 'pino'
import { v7 } from 'uuid'
import {
  APP_ROLE,
  checkServer,
  committer,
  connect,
  fileStore,
  loader,
  loadMasterKey,
  migrate,
  nextDemoCode,
  storedDay,
} from '#store'
import type { Calendar } from '#policy'
import { overlay } from '#policy'
import { isWithin } from '#domain/kernel'
import type { App, CodeIssuer } from './app.ts'
import { backupIntervals } from './backup.ts'
import { checkPacks, loadLayers } from './policies.ts'
import { raiseTerms } from './retention.ts'

export const policiesDir = ((): string => {
  for (const up of ['../../policies', '../../../policies']) {
    const dir = fileURLToPath(new URL(up, import.meta.url))
    if (existsSync(join(dir, 'nation'))) return dir
  }
  throw new Error('policies/ not found beside the program')
})()

/** Stands in for the national platform in demo databases only; its codes say 演示 and are worth nothing. */
export const demoIssuer = (pool: pg.Pool): CodeIssuer => ({
  name: '演示赋码',
  demo: true,
  issue: async (a) => {
    const n = await nextDemoCode(pool)
    return n === null ? undefined : `演示-${a.division}-${a.day.slice(0, 4)}-${String(n).padStart(6, '0')}`
  },
})

export interface RuntimeOptions {
  readonly databaseUrl: string
  readonly dataDir: string
  readonly url: string
  readonly enabled?: readonly string[]
  readonly policies?: string
  readonly renderCertificate: App['renderCertificate']
  readonly lists: App['lists']
  readonly inspectSeal: App['inspectSeal']
  readonly log?: App['log']
  readonly now?: () => string
  readonly connections?: number
}

/** Connects, migrates, loads the rule packs and puts the application together. Throws with a sentence for the operator. */
export const openApp = async (o: RuntimeOptions): Promise<App & { readonly close: () => Promise<void> }> => {
  const backups = backupIntervals(process.env)
  const log = o.log ?? pino({ level: process.env['LOG_LEVEL'] ?? 'info' }, pino.destination(2))
  const owner = new pg.Pool({ connectionString: o.databaseUrl, max: 1 })
  try {
    await checkServer(owner)
  } finally {
    await owner.end()
  }
  await migrate(o.databaseUrl)
  const pool = connect(o.databaseUrl, { max: o.connections ?? 20, role: APP_ROLE })
  const packs = loadLayers(o.policies ?? policiesDir)
  const problems = [...packs.problems, ...checkPacks(packs.layers)]
  if (problems.length > 0)
    throw new Error(`规则包有误，拒绝启动：\n${problems.map((p) => `  ${p.where}: ${p.says}`).join('\n')}`)
  const { calendar, divisions } = packs
  if (!calendar || !divisions) throw new Error('规则包缺少日历或行政区划')
  const calendars = new Map<string, Calendar>()
  const demo = (await storedDay(pool)).demo
  await raiseTerms({ pool, layers: packs.layers, enabled: o.enabled ?? [] })
  const queue = committer(pool)
  return {
    pool,
    load: loader(pool),
    committer: queue,
    layers: packs.layers,
    enabled: o.enabled ?? [],
    calendarFor: (division) => {
      // one calendar object per overlay: counting is indexed per object
      const days = packs.local.filter((l) => isWithin(division, l.division)).flatMap((l) => l.days)
      const key =
        days.length === 0
          ? ''
          : packs.local
              .filter((l) => isWithin(division, l.division))
              .map((l) => l.division)
              .join()
      let known = key === '' ? calendar : calendars.get(key)
      if (!known) calendars.set(key, (known = overlay(calendar, days)))
      return known
    },
    divisions,
    dataDir: o.dataDir,
    backups,
    files: await fileStore({ dir: join(o.dataDir, 'files'), masterKey: await loadMasterKey(o.dataDir) }),
    issuer: demo ? demoIssuer(pool) : undefined,
    renderCertificate: o.renderCertificate,
    lists: o.lists,
    inspectSeal: o.inspectSeal,
    demo,
    url: o.url,
    idle: '30 minutes',
    now: o.now ?? (() => new Date().toISOString()),
    freshId: v7,
    rulesByHash: new Map(),
    tables: new Map(),
    log,
    close: async () => {
      await queue.idle()
      await pool.end()
    },
  }
}
