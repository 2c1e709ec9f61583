import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  backUp,
  checkProjections,
  keepOnce,
  keepingAges,
  keepingPolicy,
  openSequencer,
  restoreBackup,
  rotateLogs,
  verifyBackup,
  verifyLog,
} from '#application'
import {
  checkProof,
  consistencyPath,
  entryOf,
  hashers,
  openNote,
  parseCheckpoint,
  parseProof,
  parseVkey,
  sha256Tree,
  tilePath,
  verifyConsistency,
} from '#ledger'
import { lastKept, listBackups, logOf, pruneBackups, readBackup, type Manifest } from '#store'
import { testDatabase, type TestDatabase } from '../../src/store/testing.ts'
import { asOwner } from '../access/database.ts'
import { done, drive, registered, start, team, type Team } from '../cases.ts'
import { transpile } from '../faults/installation.ts'
import { world, type World } from '../world.ts'
import { numbers } from './tampering.ts'

let w: World
let t: Team
let application: string
const root = mkdtempSync(join(tmpdir(), 'gongshu-backup-'))
const folder = (): string => mkdtempSync(join(root, 'x-'))
const installed = () => ({ databaseUrl: w.url, dataDir: w.dataDir })
const databases: TestDatabase[] = []
const empty = async (): Promise<string> => {
  const d = await testDatabase()
  databases.push(d)
  return d.url
}
const drain = async (of: World = w): Promise<void> => {
  const s = await openSequencer({ databaseUrl: of.url, dataDir: of.dataDir, url: 'https://log.example.cn' })
  expect(await s.catchUp().finally(() => s.close())).toBe(true)
}
const published = async (of: World, path: string): Promise<Buffer> => {
  const r = await of.server.inject(`/log/${path}`)
  if (r.statusCode !== 200) throw new Error(`${path}: ${r.statusCode}`)
  return r.rawPayload
}
const latest = async (of: World, log: string) => {
  const note = (await published(of, `${log}/checkpoint`)).toString()
  return { note, ...parseCheckpoint(openNote(note, []).text) }
}
const entryCount = (of: { url: string }): Promise<number> =>
  asOwner(of, async (q) => Number((await q.query('select count(*) as n from gongshu.event')).rows[0].n))

beforeAll(async () => {
  w = await world()
  t = await team(w, 'luan')
  application = (await registered(w, t)).application
  await drive(w, t, await start(t.clerk), 'accepted')
  await drain()
})
afterAll(async () => {
  await w.close()
  for (const d of databases) await d.drop()
  rmSync(root, { recursive: true, force: true })
})

it('HNR-020 what was backed up is restored whole, and the log goes on where it ended', async () => {
  const to = folder()
  const receipt = await done(
    t.clerk.get<{ body: string; proof: string }>(`/api/applications/${application}/receipts/1`),
  )
  const old = { register: await latest(w, 'register'), access: await latest(w, 'access') }
  const { manifest } = await backUp({ ...installed(), to, passphrase: '一个只有运维人员知道的口令' })
  expect(manifest).toMatch(/^[0-9a-f]{64}$/)

  const target = { databaseUrl: await empty(), dataDir: folder() }
  await expect(restoreBackup({ ...target, from: to, passphrase: '另一个口令' })).rejects.toThrow('口令不对')
  const r = await restoreBackup({ ...target, from: to, passphrase: '一个只有运维人员知道的口令' })
  expect(r).toMatchObject({ problems: [], missing: [], behind: [] })
  expect(r.events).toBe(await entryCount(w))
  expect(readdirSync(target.dataDir).sort()).toEqual(['files', 'log.key', 'master.key', 'signed'])
  expect(statSync(join(target.dataDir, 'log.key')).mode & 0o077).toBe(0)

  const again = await world({ on: { url: target.databaseUrl, dataDir: target.dataDir } })
  try {
    // entries that had been written and not yet logged are logged now, under a generation of their own
    const people = await team(again, 'luan')
    const id = await start(people.clerk)
    await drive(again, people, id, 'released')
    await drain(again)
    for (const log of ['register', 'access'] as const) {
      expect((await verifyLog(again.app, log, { known: [old[log].note] })).problems).toEqual([])
      const now = await latest(again, log)
      expect(now.size).toBeGreaterThan(old[log].size)
      const path = await consistencyPath(sha256Tree, old[log].size, now.size, (x) =>
        published(again, `${log}/${tilePath(x)}`),
      )
      expect(verifyConsistency(sha256Tree, old[log].size, now.size, path, old[log].root, now.root)).toBe(true)
    }
    expect((await checkProjections(again.app)).differences).toEqual([])
    const key = parseVkey((await published(again, 'register/key')).toString().trim())
    expect(
      checkProof(sha256Tree, entryOf(hashers.sha256, receipt.body), parseProof(receipt.proof), [key], key.name).ok,
    ).toBe(true)
    const fresh = await done(
      people.clerk.get<{ body: string; proof: string }>(`/api/applications/${application}/receipts/1`),
    )
    expect(fresh.body).toBe(receipt.body)
    expect(
      checkProof(sha256Tree, entryOf(hashers.sha256, fresh.body), parseProof(fresh.proof), [key], key.name).ok,
    ).toBe(true)
    const gens = await asOwner(again, (q) => q.query('select distinct gen from gongshu.event order by gen'))
    expect(gens.rows.map((x) => x.gen)).toEqual([1, 2])
    // nobody is still signed in from then
    expect((await t.clerk.get('/api/session')).status).toBe(200)
    const cookie = await again.server.inject({ url: '/api/applications', headers: { cookie: 'gongshu=old' } })
    expect(cookie.statusCode).toBe(401)
    // and what was restored can be backed up and restored in its turn
    const next = folder()
    await backUp({ databaseUrl: again.url, dataDir: again.dataDir, to: next })
    const tried = await verifyBackup({ databaseUrl: again.url, dataDir: again.dataDir, from: next })
    expect(tried.problems).toEqual([])
  } finally {
    await again.close()
  }
}, 90_000)

it('a database where anything was ever done is not restored over', async () => {
  const to = folder()
  await backUp({ ...installed(), to })
  const before = await entryCount(w)
  const dataDir = folder()
  await expect(restoreBackup({ databaseUrl: w.url, dataDir, from: to })).rejects.toThrow('不是空的')
  expect(await entryCount(w)).toBe(before)
  expect(readdirSync(dataDir)).toEqual([])
  await expect(restoreBackup({ databaseUrl: await empty(), dataDir, from: folder() })).rejects.toThrow('没有完整的备份')
})

it('HNR-020 a byte changed anywhere in a backup is found before anything is loaded', async () => {
  const to = folder()
  const { place } = await backUp({ ...installed(), to, passphrase: 'x' })
  const files = [
    ...readdirSync(place).map((f) => join(place, f)),
    ...readdirSync(join(to, 'files'), { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile() && e.name.length === 32)
      .map((e) => join(e.parentPath, e.name)),
  ]
  const seed = Math.floor(Math.random() * 2 ** 31)
  const next = numbers(seed)
  const target = { databaseUrl: await empty(), dataDir: folder() }
  const attempted = Math.max(80, files.length)
  for (let n = 0; n < attempted; n++) {
    // every piece once, then any
    const file = files[n < files.length ? n : next(files.length)]!
    const bytes = readFileSync(file)
    const at = next(bytes.length)
    const changed = Buffer.from(bytes)
    changed[at] = changed[at]! ^ (1 << next(8))
    writeFileSync(file, changed)
    await expect(restoreBackup({ ...target, from: to }), `${file} ${at} seed ${seed}`).rejects.toThrow(
      /损坏|没有完整的备份/,
    )
    writeFileSync(file, bytes)
  }
  for (const file of [files[0]!, files.at(-1)!]) {
    const bytes = readFileSync(file)
    rmSync(file)
    await expect(restoreBackup({ ...target, from: place })).rejects.toThrow(/损坏|没有完整的备份/)
    writeFileSync(file, bytes.subarray(0, -1))
    await expect(restoreBackup({ ...target, from: place })).rejects.toThrow('损坏')
    writeFileSync(file, bytes)
  }
  console.log(`flipped bytes: ${attempted} found of ${attempted} in ${files.length} files, seed ${seed}`)
  expect(readdirSync(target.dataDir)).toEqual([])
  expect(await entryCount({ url: target.databaseUrl })).toBe(0)
  expect((await restoreBackup({ ...target, from: to })).missing).toEqual(['master.key', 'log.key'])
})

it('HNR-020 a trial restore derives everything again, and what is wrong with a backup is noted as such', async () => {
  const to = folder()
  await backUp({ ...installed(), to })
  const good = await verifyBackup({ ...installed(), from: to })
  expect(good.problems).toEqual([])
  expect(good.documents).toBeGreaterThan(0)
  expect(good.logs.map((l) => l.name)).toEqual(['register', 'access'])
  expect((await lastKept(w.app.pool, 'verify', true))?.detail).toMatchObject({
    documents: good.documents,
    problems: [],
  })
  expect((await keepingAges(w.app)).verify).toBeLessThan(60)
  // nothing of the trial is left
  const { rows } = await asOwner(w, (q) =>
    q.query(`select datname from pg_database where datname like 'gongshu\\_scratch%'`),
  )
  expect(rows).toEqual([])

  // whoever rewrites a backup with all its digests does not deceive the roots
  const place = good.place
  const { gunzipSync, gzipSync } = await import('node:zlib')
  const { createHash } = await import('node:crypto')
  const digest = (b: Buffer | string) => createHash('sha256').update(b).digest('hex')
  const forge = (table: string, change: (rows: string) => string): void => {
    const m = JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8')) as Manifest
    const piece = m.tables.find((x) => x.name === table)!
    const rows = gunzipSync(readFileSync(join(place, piece.file))).toString()
    const bytes = gzipSync(change(rows))
    writeFileSync(join(place, piece.file), bytes)
    const forged = {
      ...m,
      tables: m.tables.map((x) => (x === piece ? { ...x, size: bytes.length, sha256: digest(bytes) } : x)),
    }
    const text = `${JSON.stringify(forged, null, 2)}\n`
    writeFileSync(join(place, 'manifest.json'), text)
    writeFileSync(join(place, 'manifest.sha256'), `${digest(text)}  manifest.json\n`)
  }
  const whole = folder()
  cpSync(place, whole, { recursive: true })
  for (const [table, change] of [
    ['event', (s: string) => s.replace('"type":"application/submit"', '"type":"application/submis"')],
    [
      'file',
      (s: string) =>
        s.replace(
          /\t([0-9a-f]{64})\t/,
          (_x, d: string) => `\t${d.replace(/[0-9a-f]/, (c) => (c === '0' ? '1' : '0'))}\t`,
        ),
    ],
    [
      'stream',
      (s: string) =>
        s
          .replace('\treleased\t', '\tsettled\t')
          .replace('\tsubmitted\t', '\taccepted\t')
          .replace('\treview.check\t', '\tdraft\t'),
    ],
  ] as const) {
    forge(table, change)
    const tried = await verifyBackup({ ...installed(), from: place })
    expect(tried.problems.length, table).toBeGreaterThan(0)
    expect((await lastKept(w.app.pool, 'verify'))?.ok).toBe(false)
    cpSync(whole, place, { recursive: true })
  }
  expect((await verifyBackup({ ...installed(), from: place })).problems).toEqual([])
}, 90_000)

it('a backup made while people work is one moment of the database', async () => {
  const to = folder()
  let stop = false
  let written = 0
  const writers = [1, 2, 3].map(async () => {
    while (!stop) {
      await start(t.clerk)
      written++
    }
  })
  const sequencing = (async () => {
    while (!stop) await drain()
  })()
  try {
    for (let n = 0; n < 2; n++) {
      const before = written
      await backUp({ ...installed(), to })
      expect(written).toBeGreaterThan(before)
    }
  } finally {
    stop = true
    await Promise.all([...writers, sequencing])
  }
  const places = await listBackups(to)
  expect(places).toHaveLength(2)
  for (const from of places) {
    const { problems } = await verifyBackup({ ...installed(), from })
    expect(problems).toEqual([])
  }
}, 90_000)

it('stored files are brought once, and go when no backup needs them', async () => {
  const to = folder()
  await backUp({ ...installed(), to })
  const stored = () =>
    readdirSync(join(to, 'files'), { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile() && e.name.length === 32)
      .map((e) => join(e.parentPath, e.name))
  const first = new Map(stored().map((f) => [f, statSync(f).mtimeMs]))
  const added = await t.clerk.upload('补充.pdf')
  await sleep(20)
  const second = await backUp({ ...installed(), to })
  expect(second.documents).toBe(first.size + 1)
  expect(stored()).toHaveLength(first.size + 1)
  for (const [f, at] of first) expect(statSync(f).mtimeMs).toBe(at)
  expect(added.id).toBeTruthy()

  // one that was lost is named, and keeps nothing else from being backed up
  const key = await asOwner(
    w,
    async (q) => (await q.query('select key from gongshu.file where id = $1', [added.id])).rows[0].key as string,
  )
  const [inStore, aside] = [join(w.dataDir, 'files', key.slice(0, 2), key), join(root, key)]
  renameSync(inStore, aside)
  const lossy = await backUp({ ...installed(), to: folder() })
  expect(lossy).toMatchObject({ missing: [key], documents: first.size })
  expect((await verifyBackup({ ...installed(), from: lossy.place })).problems).toEqual([
    `文件 ${added.id} 打不开：missing`,
  ])
  renameSync(aside, inStore)

  // a file that a killed backup or an older one left, and nobody needs
  const orphan = join(to, 'files', 'ab', `ab${'0'.repeat(30)}`)
  cpSync(stored()[0]!, orphan, { recursive: true })
  expect(await pruneBackups(to, 1)).toBe(1)
  expect(await listBackups(to)).toEqual([second.place])
  expect(existsSync(orphan)).toBe(false)
  await readBackup(second.place)
})

it('a killed backup leaves only temporary names, and the next one succeeds', async () => {
  const to = folder()
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const sources = join(root, 'sources.json')
  writeFileSync(sources, JSON.stringify(transpile(here('./backing.ts'))))
  const seed = Math.floor(Math.random() * 2 ** 31)
  const next = numbers(seed)
  let steps = 0
  await backUp({ ...installed(), to: folder(), progress: () => steps++ })
  let unfinished = 0
  const kills = process.env['LONG'] ? 8 : 2
  for (let n = 0; n < kills; n++) {
    const before = await listBackups(to)
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--import', here('../faults/typescript.mjs'), here('./backing.ts')],
      {
        cwd: here('../../'),
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          SOURCES: sources,
          DATABASE_URL: w.url,
          GONGSHU_DATA: w.dataDir,
          TO: to,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    // from the first table to the last file
    const enough = n === 0 ? 1 : 1 + next(steps)
    let said = 0
    child.stdout.on('data', (x: Buffer) => {
      said += x.length
      if (said >= enough) child.kill('SIGKILL')
    })
    await new Promise<void>((r) => child.once('exit', () => r()))
    if (readdirSync(to).some((f) => f.startsWith('.unfinished-'))) unfinished++
    // what has a name of its own is whole
    const after = await listBackups(to)
    expect(after.slice(0, before.length)).toEqual(before)
    for (const place of after) await readBackup(place)
    // the server notices in its time that the one it worked for is gone
    await asOwner(w, async (q) => {
      for (let held = true; held; await sleep(10))
        held = (
          await q.query(
            `select exists (select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())) as held`,
          )
        ).rows[0].held
    })
  }
  expect(unfinished).toBeGreaterThan(0)
  const last = await backUp({ ...installed(), to })
  expect(readdirSync(to).filter((f) => f.startsWith('.'))).toEqual([])
  expect((await verifyBackup({ ...installed(), from: last.place })).problems).toEqual([])
  console.log(`killed backups: ${kills}, of which ${unfinished} left something unfinished, seed ${seed}`)
}, 90_000)

it('HNR-020 backups and trial restores are made when they are due, by one of any number of workers', async () => {
  const to = folder()
  expect(keepingPolicy({})).toBeUndefined()
  expect(() => keepingPolicy({ GONGSHU_BACKUP_TO: to, GONGSHU_BACKUP_EVERY: 'daily' })).toThrow('GONGSHU_BACKUP_EVERY')
  const policy = keepingPolicy({ GONGSHU_BACKUP_TO: to, GONGSHU_BACKUP_KEEP: '2' })!
  expect(policy).toEqual({ to, every: 86_400, verifyEvery: 604_800, keep: 2 })
  const made = () =>
    asOwner(
      w,
      async (q) =>
        (
          await q.query(
            `select kind, count(*)::int as n from gongshu.keeping where ok and (place like $1) group by kind order by kind`,
            [`${to}%`],
          )
        ).rows,
    )
  // as if nothing had been done for a long time: the book is append-only, so the clock of the policy is turned instead
  const now = { ...policy, every: 0.001, verifyEvery: 0.001 }
  const turns = await Promise.all([now, now].map((p) => keepOnce({ ...installed(), policy: p })))
  expect(turns.filter((x) => x.length > 0)).toEqual([['backup', 'verify']])
  expect(await made()).toEqual([
    { kind: 'backup', n: 1 },
    { kind: 'verify', n: 1 },
  ])
  // a process that is started later reads the book, and has nothing to do
  expect(await keepOnce({ ...installed(), policy })).toEqual([])
  await keepOnce({ ...installed(), policy: { ...now, verifyEvery: 604_800 } })
  await keepOnce({ ...installed(), policy: { ...now, verifyEvery: 604_800 } })
  expect(await listBackups(to)).toHaveLength(2)
  const metrics = (await w.server.inject('/metrics')).payload
  expect(Number(/gongshu_keeping_age_seconds\{kind="backup"\} (\S+)/.exec(metrics)?.[1])).toBeLessThan(60)
  expect(Number(/gongshu_keeping_age_seconds\{kind="verify"\} (\S+)/.exec(metrics)?.[1])).toBeLessThan(120)
  // what fails is noted, and not tried again at once
  await expect(keepOnce({ ...installed(), policy: { ...now, to: join(w.dataDir, 'log.key') } })).rejects.toThrow()
  expect((await lastKept(w.app.pool, 'backup'))?.ok).toBe(false)
  expect(await keepOnce({ ...installed(), policy: { ...policy, every: 7200 } })).toEqual([])
})

it('a log that was signed beyond the backup is not signed again at those sizes, but followed by another', async () => {
  const to = folder()
  await drain()
  await backUp({ ...installed(), to, passphrase: 'x' })
  await t.clerk.see(await start(t.clerk))
  await drain()
  const beyond = await latest(w, 'register')
  const access = await latest(w, 'access')
  const target = { databaseUrl: await empty(), dataDir: folder() }
  const r = await restoreBackup({ ...target, from: to, passphrase: 'x', known: [beyond.note, access.note] })
  expect([...r.behind].sort()).toEqual(['access', 'register'])
  const options = { ...target, url: 'https://log.example.cn' }
  await expect(openSequencer(options)).rejects.toThrow('停止签署')
  expect(await rotateLogs({ ...target, hash: 'sha256', after: [beyond.note, access.note] })).toEqual([
    'register-2',
    'access-2',
  ])
  const s = await openSequencer(options)
  expect(await s.catchUp().finally(() => s.close())).toBe(true)
  const again = await world({ on: { url: target.databaseUrl, dataDir: target.dataDir } })
  expect((await logOf(again.app.pool, 'register-2'))?.follows).toBe('register')
  await again.close()
})
