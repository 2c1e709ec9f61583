import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  accessEntry,
  backUp,
  dropMonth,
  exportMonth,
  hold,
  lift,
  openSequencer,
  retention,
  termsOf,
  verifyBackup,
  verifyExport,
  verifyLog,
  type Exported,
} from '#application'
import { isRefusal, type Refusal } from '#contract'
import {
  entryOf,
  hashers,
  inclusionPath,
  openNote,
  parseBundle,
  parseCheckpoint,
  sha256Tree,
  tilePath,
  verifyInclusion,
} from '#ledger'
import { asOwner } from '../access/database.ts'
import { team } from '../cases.ts'
import { world, type World } from '../world.ts'
import { numbers } from './tampering.ts'

let w: World
const root = mkdtempSync(join(tmpdir(), 'gongshu-retention-'))
const folder = (): string => mkdtempSync(join(root, 'x-'))

const drain = async (): Promise<void> => {
  const s = await openSequencer({ databaseUrl: w.url, dataDir: w.dataDir, url: 'https://log.example.cn' })
  expect(await s.catchUp().finally(() => s.close())).toBe(true)
}
/** Accesses as they were noted at some time, in this order. */
const accessed = async (at: string, many: number): Promise<void> => {
  for (let n = 0; n < many; n += 60) {
    const access = Array.from({ length: Math.min(60, many - n) }, (_, i) =>
      accessEntry({ now: () => at }, 'read', { person: `person ${n + i}`, org: 'org' }, `subject ${n + i}`),
    )
    expect(await w.app.committer.commit({ access })).toEqual({ ok: true })
  }
}
const made = <T>(x: T | Refusal): T => {
  if (isRefusal(x)) throw new Error(x.says)
  return x
}
const code = async (x: Promise<unknown>): Promise<string> => {
  const r = await x
  return isRefusal(r) ? r.code : 'done'
}
/** SQLSTATE of a statement that must fail, as the owner or under a role. */
const refused = (sql: string, values: unknown[] = [], role?: string): Promise<string> =>
  asOwner(w, async (q) => {
    if (role) await q.query(`set role ${role}`)
    return q.query(sql, values).then(
      () => 'done',
      (e: pg.DatabaseError) => e.code ?? String(e),
    )
  })
const exported = (month: string, to: string, log = 'access'): Promise<Exported | Refusal> =>
  exportMonth(w.app, { databaseUrl: w.url, log, month, to })
const denied = '42501'

beforeAll(async () => {
  w = await world()
  // January ends while February begins: 640 entries, of which three stand among February's
  await accessed('2014-01-20T08:00:00.000Z', 637)
  await accessed('2014-02-01T00:00:00.000Z', 1)
  await accessed('2014-01-31T23:59:59.000Z', 3)
  await accessed('2014-02-10T08:00:00.000Z', 60)
  await drain()
  await team(w, 'luan')
  await drain()
})
afterAll(async () => {
  await w.close()
  rmSync(root, { recursive: true, force: true })
})

it('HNR-019 HNA-077 the terms come from the rule packs with their articles, and can be raised but not lowered', async () => {
  const { terms } = await retention(w.app)
  expect([...termsOf(w.app.layers, [])].sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual(terms)
  expect(terms.find((t) => t.kind === 'voucher')).toMatchObject({
    years: 20,
    basis: '《湖南省公共数据资源登记管理实施细则》第六条(六)',
  })
  expect(terms.find((t) => t.kind === 'access')).toMatchObject({
    years: 10,
    basis: '《湖南省公共数据资源授权运营实施规范》第三十一条(二)',
  })
  expect(await refused(`select gongshu.term_raise('access', 5, '另一文件')`, [], 'gongshu_app')).toBe('done')
  expect((await retention(w.app)).terms).toEqual(terms)
  for (const sql of [
    'update gongshu.term set years = years - 1',
    `update gongshu.term set kind = 'access' where kind = 'voucher'`,
    'delete from gongshu.term',
    'truncate gongshu.term',
  ]) {
    expect(await refused(sql), sql).toBe(denied)
    expect(await refused(sql, [], 'gongshu_app'), sql).toBe(denied)
  }
  await asOwner(w, async (q) => {
    await q.query('begin')
    await q.query('update gongshu.term set years = 30')
    await q.query('rollback')
  })
})

it('a month of the log is exported to the same bytes each time, can be checked with sha256sum, and names itself in the access log', async () => {
  const [a, b] = [folder(), folder()]
  const first = made(await exported('2014-02', a))
  const second = made(await exported('2014-02', b))
  expect(first.entries).toBe(61)
  const files = readdirSync(first.place, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(first.place.length + 1))
    .sort()
  expect(files).toEqual(expect.arrayContaining(['SHA256SUMS', 'checkpoint', 'entries.jsonl', 'key', 'manifest.json']))
  for (const f of files)
    expect(readFileSync(join(second.place, f)).equals(readFileSync(join(first.place, f))), f).toBe(true)
  execFileSync('sha256sum', ['-c', '--strict', '--quiet', 'SHA256SUMS'], { cwd: first.place })
  const found = await verifyExport(first.place)
  expect(found).toMatchObject({ log: 'access', month: '2014-02', entries: 61, problems: [], manifest: first.manifest })
  expect(found.checkpoints).toBeGreaterThan(0)

  await drain()
  const { rows } = await asOwner(w, (q) =>
    q.query<{ body: string; index: string }>(
      `select a.body, l.index from gongshu.access a join gongshu.leaf l on l.entry = a.id and l.log = 'access' where a.kind = 'export' order by a.id`,
    ),
  )
  expect(rows).toHaveLength(2)
  expect(JSON.parse(rows[0]!.body)).toMatchObject({
    kind: 'export',
    subject: 'access/2014-02',
    manifest: first.manifest,
  })

  expect(await code(exported('2014-02', a))).toBe('exists')
  expect(await code(exported(new Date().toISOString().slice(0, 7), a))).toBe('not_yet')
  expect(await code(exported('2013-12', a))).toBe('empty')
  expect(await code(exported('2014-13', a))).toBe('invalid')
  expect(await code(exported('2014-02', a, 'nolog'))).toBe('not_found')
})

it('HNA-077 whatever is changed in an export is found, with the digests rewritten to fit or not', async () => {
  const { place } = made(await exported('2014-01', folder()))
  const files = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
  const seed = Math.floor(Math.random() * 2 ** 31)
  const next = numbers(seed)
  const sum = (): void => {
    const lines = files
      .filter((f) => !f.endsWith('SHA256SUMS'))
      .map((f) => `${createHash('sha256').update(readFileSync(f)).digest('hex')}  ${f.slice(place.length + 1)}\n`)
    writeFileSync(join(place, 'SHA256SUMS'), lines.join(''))
  }
  for (let n = 0; n < 60; n++) {
    const file = files[n % files.length]!
    const bytes = readFileSync(file)
    const changed = Buffer.from(bytes)
    const at = next(bytes.length)
    changed[at] = changed[at]! ^ (1 << next(8))
    writeFileSync(file, changed)
    expect((await verifyExport(place)).problems.length, `${file} ${at} seed ${seed}`).toBeGreaterThan(0)
    writeFileSync(file, bytes)
  }
  const copy = folder()
  cpSync(place, copy, { recursive: true })
  const attack: readonly (readonly [string, string, (text: string) => string])[] = [
    ['a body', 'entries.jsonl', (s) => s.replace('person 17', 'person 18')],
    ['an entry less', 'entries.jsonl', (s) => s.split('\n').toSpliced(300, 1).join('\n')],
    ['the last entry less', 'entries.jsonl', (s) => s.split('\n').toSpliced(-2, 1).join('\n')],
    ['an entry twice', 'entries.jsonl', (s) => s.split('\n').toSpliced(5, 0, s.split('\n')[5]!).join('\n')],
    [
      'two entries exchanged',
      'entries.jsonl',
      (s) =>
        s.replace('"index":7}', '"index":-}').replace('"index":8}', '"index":7}').replace('"index":-}', '"index":8}'),
    ],
    ['the number of entries', 'manifest.json', (s) => s.replace('"entries": 640', '"entries": 639')],
    [
      'the root',
      'checkpoint',
      (s) => s.replace(/\n([A-Za-z0-9+/]{43}=)\n/, `\n${Buffer.alloc(32, 1).toString('base64')}\n`),
    ],
    ['the key', 'key', (s) => s.replace('+', '+0')],
    ['a checkpoint less', 'checkpoints.jsonl', (s) => s.split('\n').slice(0, -2).join('\n')],
  ]
  for (const [what, file, change] of attack) {
    const path = join(place, file)
    const before = readFileSync(path, 'utf8')
    expect(change(before), what).not.toBe(before)
    writeFileSync(path, change(before))
    sum()
    expect((await verifyExport(place)).problems.length, what).toBeGreaterThan(0)
    cpSync(copy, place, { recursive: true })
  }
  writeFileSync(join(place, 'more'), 'x')
  expect((await verifyExport(place)).problems).toEqual(['more 不在 SHA256SUMS 中'])
  rmSync(join(place, 'more'))
  expect((await verifyExport(place)).problems).toEqual([])
  console.log(`changed exports: ${60 + attack.length} found, seed ${seed}`)
})

it('HNA-077 the access log goes month by month: after ten years, exported whole, held by nobody, and every proof stays', async () => {
  const thisMonth = new Date().toISOString().slice(0, 7)
  // nothing goes by plain SQL, neither as the application nor as the owner
  for (const sql of [
    'delete from gongshu.access',
    'delete from gongshu.access_201401',
    'update gongshu.access_201401 set body = body',
    'truncate gongshu.access',
    'truncate gongshu.access_201401',
  ]) {
    expect(await refused(sql), sql).toBe(denied)
    expect(await refused(sql, [], 'gongshu_app'), sql).toBe(denied)
  }
  for (const role of ['gongshu_app', 'gongshu_log'])
    expect(await refused('select gongshu.access_drop(201401)', [], role)).toBe(denied)

  const drop = (month: string) => dropMonth(w.url, month)
  expect(await code(drop(thisMonth))).toBe('term')
  expect(await code(drop('2014-02'))).toBe('not_first')
  expect(await code(drop('2009-09'))).toBe('not_first')
  const { id } = made(await hold(w.url, { month: '2014-01', reason: '监察调查' }))
  expect(await code(drop('2014-01'))).toBe('held')
  expect((await retention(w.app)).holds.map((h) => h.id)).toEqual([id])
  for (const sql of [
    'delete from gongshu.month_hold',
    'truncate gongshu.month_hold',
    `update gongshu.month_hold set month = 'x'`,
  ])
    expect(await refused(sql), sql).toBe(denied)
  expect(await code(lift(w.url, id, ' '))).toBe('invalid')
  made(await lift(w.url, id, '调查结束'))
  expect(await code(lift(w.url, id, '再来一次'))).toBe('not_found')
  const { id: all } = made(await hold(w.url, { month: '*', reason: '审计进场' }))
  expect(await code(drop('2014-01'))).toBe('held')
  made(await lift(w.url, all, '审计结束'))

  // one entry more than was exported
  await accessed('2014-01-31T23:59:59.500Z', 1)
  expect(await code(exported('2014-01', folder()))).toBe('not_yet')
  expect(await code(drop('2014-01'))).toBe('not_exported')
  await drain()
  expect(await code(drop('2014-01'))).toBe('not_exported')
  const january = made(await exported('2014-01', folder()))
  expect(january.entries).toBe(641)
  await drain()

  const note = (await w.server.inject('/log/access/checkpoint')).payload
  const tileBefore = (await w.server.inject('/log/access/tile/entries/000')).rawPayload
  expect(parseBundle(tileBefore)).toHaveLength(256)
  const second = parseBundle((await w.server.inject('/log/access/tile/entries/002.p/188')).rawPayload)
  const done = made(await drop('2014-01'))
  // below February’s first entry nothing is published any more; what stands among February’s keeps its digest
  expect(done).toMatchObject({ month: 201401, entries: 641, logs: [{ log: 'access', entries: 641, below: 637 }] })
  expect((await retention(w.app)).months).not.toContain(201401)
  expect((await w.server.inject('/log/access/tile/entries/000')).statusCode).toBe(404)
  expect((await w.server.inject('/log/access/tile/000')).statusCode).toBe(404)
  expect((await w.server.inject('/log/access/tile/0/000')).rawPayload).toHaveLength(256 * 32)
  expect(second).toHaveLength(188)

  // the log is what it was, for whoever derives it again and for whoever remembers it
  await drain()
  const report = await verifyLog(w.app, 'access', { known: [note] })
  expect(report.problems).toEqual([])
  // an entry whose body only the export has still has its proof
  const latest = parseCheckpoint(openNote((await w.server.inject('/log/access/checkpoint')).payload, []).text)
  const lines = readFileSync(join(january.place, 'entries.jsonl'), 'utf8').split('\n').slice(0, -1)
  for (const line of [lines[0]!, lines[300]!, lines.at(-2)!, lines.at(-1)!]) {
    const { index, body } = JSON.parse(line) as { index: number; body: string }
    const path = await inclusionPath(
      sha256Tree,
      index,
      latest.size,
      async (x) => (await w.server.inject(`/log/access/${tilePath(x)}`)).rawPayload,
    )
    const leaf = sha256Tree.leaf(entryOf(hashers.sha256, body))
    expect(verifyInclusion(sha256Tree, index, latest.size, leaf, path, latest.root)).toBe(true)
  }
  // February is the first now, and its entries are published still, January’s stragglers between them as well
  const { rows } = await asOwner(w, (q) => q.query<{ n: string }>('select count(*) as n from gongshu.log_gone'))
  expect(Number(rows[0]!.n)).toBe(4)
  made(await exported('2014-02', folder()))
  expect(made(await drop('2014-02')).logs[0]).toMatchObject({ below: 701 })
  expect((await verifyLog(w.app, 'access', { known: [note] })).problems).toEqual([])
  // it is on record, and a backup of what is left restores
  const { rows: kept } = await asOwner(w, (q) =>
    q.query(`select place from gongshu.keeping where kind = 'drop' order by id`),
  )
  expect(kept).toEqual([{ place: 'access_201401' }, { place: 'access_201402' }])
  const to = folder()
  await backUp({ databaseUrl: w.url, dataDir: w.dataDir, to })
  expect((await verifyBackup({ databaseUrl: w.url, dataDir: w.dataDir, from: to })).problems).toEqual([])
})
