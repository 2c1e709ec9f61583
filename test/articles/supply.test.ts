import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actAsSystem, checkProjections } from '#application'
import { asSystem, dropContent } from '#store'
import { act, domainOf, provincials, today, type Domain } from '../authorization.ts'
import { complaints, done, refusal } from '../cases.ts'
import { asOwner } from '../access/database.ts'
import { load } from '../access/stage.ts'
import { begin } from '../sharing.ts'
import {
  aBatch,
  agreementOver,
  anItem,
  batchAct,
  finishUpload,
  grade,
  header,
  hopsSeen,
  idOf,
  line,
  masked,
  pipeline,
  rulesOf,
  seeBatch,
  sendPiece,
  sent,
  shutGates,
  startUpload,
  table,
} from '../supply.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let d: Domain
let other: Actor
let item: string
let second: string
let outside: string
let upstream: string
let derived: string
let agreement: string
beforeAll(async () => {
  w = await world({ more: provincials })
  d = await domainOf(w)
  other = await w.as('第二运营经办')
  item = await anItem(w, d, '公积金缴存明细')
  second = await anItem(w, d, '公积金贷款明细')
  outside = await anItem(w, d, '不在授权范围内的明细')
  upstream = await anItem(w, { clerk: d.unit, boss: d.unitBoss }, '住房交易明细')
  derived = await anItem(w, d, '缴存与住房关联明细', {}, upstream)
  agreement = await agreementOver(w, d, [item, second, derived])
})
afterAll(() => w.close())

/** What the system keeps of a batch, decrypted. */
const contentOf = async (owner: string, sha256: string): Promise<string> => {
  const { rows } = await asSystem(w.app.pool, (q) =>
    q.query<{ key: string }>('select key from gongshu.content where owner = $1 and sha256 = $2', [owner, sha256]),
  )
  const pieces: Buffer[] = []
  for await (const p of await w.app.files.get(rows[0]!.key)) pieces.push(p as Buffer)
  return Buffer.concat(pieces).toString()
}
const contents = (owner: string): Promise<number> =>
  asSystem(w.app.pool, async (q) => {
    const { rows } = await q.query<{ n: number }>('select count(*)::int as n from gongshu.content where owner = $1', [
      owner,
    ])
    return rows[0]!.n
  })
const opened = async (of = item): Promise<string> => (await done(aBatch(d.clerk, agreement, of))).id

describe('供数的前提', () => {
  it('HNL-004 personal fields that nobody has said anything of stop the batch before it begins', async () => {
    expect(await shutGates(d.clerk, agreement, item)).toEqual(['masking'])
    expect(await refusal(aBatch(d.clerk, agreement, item))).toBe('409 no_masking')
    // a rule has to name information items there are, and say why a value stays
    const bad = begin(d.clerk, 'maskings', 'masking', agreement, { item, fields: rulesOf({ 姓氏: 'drop' }) as never })
    expect(await complaints(bad)).toEqual(['fields.6.name'])
    await masked(d.clerk, d.boss, agreement, item)
    expect(await shutGates(d.clerk, agreement, item)).toEqual([])
    const { id } = await done(aBatch(d.clerk, agreement, item))
    await done(batchAct(d.clerk, id, 'cancel'))
  })

  it('a rule of masking is made by two bodies or two people, and a new one takes the place of the one before', async () => {
    const { id } = await done(
      begin(d.clerk, 'maskings', 'masking', agreement, { item: second, fields: rulesOf() as never }),
    )
    expect(await refusal(d.clerk.act(id, 'agree', {}, 'masking'))).toBe('403 not_yours')
    await done(d.boss.act(id, 'agree', {}, 'masking'))
    const next = await masked(d.clerk, d.boss, agreement, second, { 姓名: 'drop' })
    expect([(await load(w, id)).at, (await load(w, next)).at]).toEqual(['replaced', 'inForce'])
  })

  it('nothing is supplied outside the scope, nothing of another unit, nothing that is secret or ungraded', async () => {
    expect(await refusal(aBatch(d.clerk, agreement, outside))).toBe('409 beyond_scope')
    expect(await refusal(aBatch(other, agreement, item))).toMatch(/^(403 not_yours|409 )/)
    expect(await refusal(aBatch(d.operator, agreement, item))).toBe('403 not_yours')
    // what is decided about the entry later shuts the gate at once
    const secret = await actAsSystem(w.app, item, 'graded', { data: { grade: '5', decided: 'bureau' }, sealed: {} })
    expect('refused' in secret).toBe(false)
    expect(await refusal(aBatch(d.clerk, agreement, item))).toBe('422 ungraded')
    await grade(w, item)
  })

  it('HNA-006 CN-037 data obtained from another unit by sharing needs the consent of who provided it', async () => {
    await masked(d.clerk, d.boss, agreement, derived)
    expect(await shutGates(d.clerk, agreement, derived)).toEqual(['sharing'])
    expect(await refusal(aBatch(d.clerk, agreement, derived))).toBe('409 no_consent')
    const { id } = await done(begin(d.clerk, 'consents', 'sharing', derived, { upstream, until: '2027-03-01' }))
    expect(await refusal(aBatch(d.clerk, agreement, derived))).toBe('409 no_consent')
    await done(act(d.unitBoss, 'consent', id, 'give', { until: '2027-03-01' }))
    const batch = (await done(aBatch(d.clerk, agreement, derived))).id
    await sent(d.clerk, batch, table(3))
    await w.settle()
    // taken back while it waits: it is not accepted
    await done(d.unitBoss.act(id, 'withdraw', { reason: '用途变更' }, 'consent'))
    expect(await refusal(d.boss.act(batch, 'accept', { checked: true }, 'batch'))).toBe('409 no_consent')
  })

  it('ZQ-003 ZQ-045 personal data needs the authorization of its subjects or a proof; withdrawn, it stops at once', async () => {
    await grade(w, item, { personal: 'personal' })
    expect(await shutGates(d.clerk, agreement, item)).toEqual(['subject'])
    expect(await refusal(aBatch(d.clerk, agreement, item))).toBe('409 no_consent')
    const bureauIsChecker = begin(d.clerk, 'consents', 'anonymised', item, { until: '2027-03-01' })
    const { id } = await done(bureauIsChecker)
    expect(await refusal(aBatch(d.clerk, agreement, item))).toBe('409 no_consent')
    const consent = await load(w, id)
    const checker = [d.bureauBoss, d.boss].find((a) => a.org === consent.seats['checker'])!
    await done(checker.act(id, 'verify', { opinion: '真实、有效、合规' }, 'consent'))
    const batch = await opened()
    // withdrawn: what has begun goes no further, nothing new begins
    await done(checker.act(id, 'withdraw', { reason: '检验有误' }, 'consent'))
    expect(await refusal(aBatch(d.clerk, agreement, item))).toBe('409 no_consent')
    expect(await refusal(startUpload(d.clerk, batch, '缴存.csv', 100))).toBe('409 no_consent')
    await grade(w, item)
    await done(batchAct(d.clerk, batch, 'cancel'))
  })
})

describe('供数批次', () => {
  it('HNP-038 a file comes in pieces, is checked, masked, encrypted, reported on, accepted and passed on; each hop has its party', async () => {
    const bytes = table(500)
    const id = await opened()
    await sent(d.clerk, id, bytes, { piece: 10_000 })
    expect((await seeBatch(d.clerk, id)).stateTerm).toBe('检核中')
    await w.settle()
    const seen = await seeBatch(d.clerk, id)
    expect(seen.stateTerm).toBe('待验收')
    const checked = (await load(w, id)).data['checked'] as Record<string, unknown>
    expect(checked['rows']).toBe(500)
    // what is kept says no more than was agreed
    const kept = await contentOf(d.clerk.org, String(checked['sha256']))
    const [first, row] = kept.split('\n') as [string, string]
    expect(first).toBe('缴存流水号,姓名,证件号码,手机号码,缴存基数,开户日期,区划代码')
    const [lsh, xm, sfzh, sjhm, jcjs, khrq, qhdm] = row.split(',') as string[]
    expect([lsh, xm, sjhm, jcjs, khrq, qhdm]).toEqual([
      'L00000000',
      '张**',
      '138******00',
      '3000–4000',
      '2010-01',
      '430100',
    ])
    expect(sfzh).toMatch(/^T[0-9a-f]{32}$/)
    for (let n = 0; n < 500; n++) expect(kept.includes(idOf(n))).toBe(false)
    // nothing of the raw file is left
    const { rows } = await asSystem(w.app.pool, (q) =>
      q.query('select 1 from gongshu.upload_piece where batch = $1', [id]),
    )
    expect(rows).toEqual([])
    // the report goes with it, and the implementer accepts what another person began
    const report = seen.timeline.flatMap((t) => t.detail).find((x) => x.term === '数据质量报告')?.files?.[0]
    const csv = await d.boss.get<Buffer>(`/api/files/${report}?case=${id}`)
    expect(String(csv.body)).toContain('数据质量报告')
    expect(await refusal(d.clerk.act(id, 'accept', { checked: true }, 'batch'))).toBe('403 not_yours')
    await done(batchAct(d.boss, id, 'accept'))
    expect((await seeBatch(d.operator, id)).stateTerm).toBe('待到达授权运营平台')
    await done(batchAct(d.operator, id, 'hops.environment'))
    expect((await seeBatch(d.operator, id)).stateTerm).toBe('可用')
  })

  it('HNO-035 HNL-045 who answers for each stretch of the way stands in the register', async () => {
    const batch = (await pipeline(d.operator, agreement)).items
      .find((i) => i.id === item)!
      .batches.find((b) => b.state === 'available')!
    const { hops } = await hopsSeen(d.operator, batch.id)
    expect(hops.map((h) => [h.key, h.party, h.day === '' ? '' : h.by])).toEqual([
      ['source', '湖南省公积金管理中心（演示）', '湖南省公积金管理中心（演示）'],
      ['platform', '湖南省公积金管理中心（演示）', '湖南省公积金管理中心（演示）'],
      ['operation', '湖南住房数据运营有限公司（演示）', '湖南住房数据运营有限公司（演示）'],
      ['develop', '', ''],
    ])
    const s = await load(w, batch.id)
    expect(s.data['hops.environment']!['accountable']).toMatchObject([
      { role: '运营机构（谁使用谁负责）', party: d.operator.org },
    ])
    expect(await refusal(other.get(`/api/batches/${batch.id}/hops`))).toBe('404 not_found')
  })

  it('the registration of an entry is owed from the day on which it is first provided, once', async () => {
    const owed = async (): Promise<number> =>
      asSystem(w.app.pool, async (q) => {
        const { rows } = await q.query<{ n: number }>(
          `select count(*)::int as n from gongshu.stream s join gongshu.link l on l.source = s.id
           where s.process = 'obligation' and l.target = $1`,
          [item],
        )
        return rows[0]!.n
      })
    expect(await owed()).toBe(1)
    const id = await opened()
    await sent(d.clerk, id, table(20, 1000))
    await w.settle()
    await done(batchAct(d.boss, id, 'accept'))
    await done(batchAct(d.operator, id, 'hops.environment'))
    expect(await owed()).toBe(1)
  })

  it('tokens join within an agreement: one person in two entries has one token', async () => {
    const id = (await done(aBatch(d.clerk, agreement, second))).id
    await sent(d.clerk, id, table(5))
    await w.settle()
    const checked = (await load(w, id)).data['checked'] as Record<string, unknown>
    const there = (await contentOf(d.clerk.org, String(checked['sha256']))).split('\n')[1]!.split(',')
    expect(there).toHaveLength(6)
    const here = (await pipeline(d.clerk, agreement)).items
      .find((i) => i.id === item)!
      .batches.find((b) => b.rows === 500)!
    const first = (await load(w, here.id)).data['checked'] as Record<string, unknown>
    expect((await contentOf(d.clerk.org, String(first['sha256']))).split('\n')[1]!.split(',')[2]).toBe(there[1])
    await done(batchAct(d.boss, id, 'accept'))
    await done(batchAct(d.operator, id, 'hops.environment'))
  })

  it('the same content is kept once, and goes when the last batch that holds it is deleted', async () => {
    const before = await contents(d.clerk.org)
    const [a, b] = [await opened(), await opened()]
    for (const id of [a, b]) await sent(d.clerk, id, table(30, 5000))
    await w.settle()
    expect(await contents(d.clerk.org)).toBe(before + 1)
    for (const [id, left] of [
      [a, 1],
      [b, 0],
    ] as const) {
      await done(batchAct(d.boss, id, 'withdraw'))
      await done(batchAct(d.boss, id, 'delete'))
      await w.settle()
      expect(await contents(d.clerk.org)).toBe(before + left)
    }
  })

  it('a table whose columns are not the information items, a column that turns out personal, a lost line are put aside', async () => {
    const tried = async (bytes: Buffer, name?: string): Promise<string> => {
      const id = await opened()
      await sent(d.clerk, id, bytes, name ? { name } : {})
      await w.settle()
      const s = await load(w, id)
      return `${s.at} ${String(s.data['quarantine']?.['code'] ?? '')}`
    }
    expect(await tried(Buffer.from('lsh,xm\n1,2\n'))).toBe('quarantined schema')
    expect(await tried(Buffer.from(`${header},beizhu\n${line(1)},x\n`))).toBe('quarantined schema')
    // an identity number where a serial number should stand
    const hidden = Array.from({ length: 50 }, (_, i) => line(i).replace(/^L\d+/, idOf(i)))
    expect(await tried(Buffer.from(`${header}\n${hidden.join('\n')}\n`))).toMatch(
      /^quarantined (undeclared_personal|quality_blocked)$/,
    )
    expect(await tried(Buffer.from('PK\x03\x04 not a table'), '缴存.csv')).toBe('quarantined unreadable_file')
    expect(await contents(d.clerk.org)).toBeGreaterThan(0)
  })
})

describe('上传', () => {
  it('goes on where it broke off; a piece twice, out of place, with a wrong digest or by another is not taken', async () => {
    const bytes = table(400, 9000)
    const id = await opened()
    const [a, b] = [bytes.subarray(0, 9000), bytes.subarray(9000)]
    await done(startUpload(d.clerk, id, '缴存.csv', bytes.length))
    expect((await done(sendPiece(d.clerk, id, 0, a))).offset).toBe(9000)
    expect((await done(sendPiece(d.clerk, id, 0, a))).offset).toBe(9000)
    expect(await refusal(sendPiece(d.clerk, id, 100, b))).toBe('409 offset')
    expect(await refusal(sendPiece(d.clerk, id, 9000, b, '0'.repeat(64)))).toBe('422 digest_mismatch')
    expect(await refusal(sendPiece(d.clerk, id, 9000, Buffer.concat([b, b])))).toBe('413 too_large')
    expect(await refusal(finishUpload(d.clerk, id))).toBe('409 offset')
    for (const stranger of [other, d.operator, d.boss])
      expect(await refusal(sendPiece(stranger, id, 9000, b))).toMatch(/^(404 not_found|403 not_yours)$/)
    expect(await refusal(other.get(`/api/batches/${id}/upload`))).toBe('404 not_found')
    // asked again, it says how far it is; another file is another upload
    expect((await done(startUpload(d.clerk, id, '缴存.csv', bytes.length))).offset).toBe(9000)
    expect(await refusal(startUpload(d.clerk, id, '别的.csv', 5))).toBe('409 duplicate')
    await done(sendPiece(d.clerk, id, 9000, b))
    await done(finishUpload(d.clerk, id))
    await done(finishUpload(d.clerk, id))
    await w.settle()
    expect((await load(w, id)).data['checked']!['rows']).toBe(400)
  })

  it('a name with a path, an archive, a digest of another content', async () => {
    const id = await opened()
    for (const name of ['../../etc/passwd.csv', '缴存\\x.csv', '.csv', '缴存.zip', '缴存.csv.exe'])
      expect(await refusal(startUpload(d.clerk, id, name, 10))).toBe('422 invalid')
    await sent(d.clerk, id, table(3), { sha256: 'a'.repeat(64) })
    await w.settle()
    expect((await load(w, id)).data['quarantine']!['code']).toBe('digest_mismatch')
    // given up and sent again
    await done(batchAct(d.clerk, id, 'again'))
    await sent(d.clerk, id, table(3))
    await w.settle()
    expect((await load(w, id)).at).toBe('ready')
  })
})

describe('其他来路', () => {
  it('a workbook and a Parquet file come in like a CSV', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'gongshu-supply-'))
    const [csv, parquet, xlsx] = ['t.csv', 't.parquet', 't.xlsx'].map((n) => join(dir, n)) as [string, string, string]
    writeFileSync(csv, table(40, 20_000))
    const db = await DuckDBInstance.create(':memory:')
    const q = await db.connect()
    await q.run(`COPY (FROM read_csv('${csv}', all_varchar = true)) TO '${parquet}' (FORMAT parquet)`)
    q.closeSync()
    db.closeSync()
    const book = new ExcelJS.Workbook()
    const sheet = book.addWorksheet('明细')
    for (const l of table(40, 20_000).toString().trim().split('\n')) sheet.addRow(l.split(','))
    await book.xlsx.writeFile(xlsx)
    const digests: string[] = []
    for (const path of [csv, parquet, xlsx]) {
      const id = await opened()
      await sent(d.clerk, id, readFileSync(path), { name: `缴存${path.slice(path.lastIndexOf('.'))}` })
      await w.settle()
      const s = await load(w, id)
      expect([path, s.at, s.data['quarantine']]).toEqual([path, 'ready', undefined])
      digests.push(String(s.data['checked']!['sha256']))
    }
    // the same rows are the same content, however they came
    expect(new Set(digests).size).toBe(1)
    rmSync(dir, { recursive: true })
  })

  it('a table is read out of a database that the administrator has opened to the source; its connection is told nowhere', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'gongshu-sources-'))
    const path = join(dir, 'sources.json')
    const write = (units: readonly string[]): void =>
      writeFileSync(path, JSON.stringify({ 业务库: { url: w.url, units } }), { mode: 0o600 })
    write([d.clerk.org])
    process.env['GONGSHU_SOURCES'] = path
    try {
      await asOwner(w, async (q) => {
        await q.query(
          'create table public.jcmx (lsh text, xm text, sfzh text, sjhm text, jcjs int, khrq date, qhdm text)',
        )
        for (let n = 0; n < 30; n++)
          await q.query('insert into public.jcmx values ($1, $2, $3, $4, $5, $6, $7)', line(30_000 + n).split(','))
      })
      const pulled = async (from: string, of: string): Promise<string> => {
        const { id } = await done(aBatch(d.clerk, agreement, item, {}, 'pull'))
        await done(batchAct(d.clerk, id, 'pull', { from, table: of }))
        await w.settle()
        const s = await load(w, id)
        return `${s.at} ${String(s.data['checked']?.['rows'] ?? s.data['quarantine']?.['code'])}`
      }
      expect(await pulled('业务库', 'public.jcmx')).toBe('ready 30')
      expect(await pulled('业务库', 'public.nothing')).toBe('quarantined no_table')
      write([d.operator.org])
      expect(await pulled('业务库', 'public.jcmx')).toBe('quarantined no_source')
      const { rows } = await asOwner(w, (q) =>
        q.query(
          `select 1 from gongshu.event where body like '%postgres%' union all select 1 from gongshu.sealed where fields::text like '%postgres://%'`,
        ),
      )
      expect(rows).toEqual([])
    } finally {
      delete process.env['GONGSHU_SOURCES']
      rmSync(dir, { recursive: true })
    }
  })
})

describe('全量同步', () => {
  it('HNA-063 HNP-037 all that a domain is supplied with goes to the whole implementer, with counts, digests and completeness', async () => {
    const plan = () => begin(d.clerk, 'batches', 'fullSync', agreement, { period: '全量' })
    expect(await refusal(plan())).toBe('409 no_whole')
    const clerkOfWhole = await w.as('实施机构经办')
    const bossOfWhole = await w.as('实施机构复核')
    const named = await done(begin(d.bureau, 'appointments', 'whole', undefined, { implementer: clerkOfWhole.org }))
    await done(act(d.bureauBoss, 'appointment', named.id, 'confirm', { decidedOn: today(w) }))
    const { id } = await done(plan())
    await done(batchAct(d.clerk, id, 'sync'))
    await w.settle()
    const s = await load(w, id)
    expect(s.data['synced']).toMatchObject({ items: 3, complete: 2, copied: 2, rows: 25 })
    expect(await contents(clerkOfWhole.org)).toBe(2)
    expect((await pipeline(d.clerk, agreement)).sync).toMatchObject({
      total: 3,
      supplied: 2,
      complete: 2,
      percent: '66%',
    })
    await done(batchAct(bossOfWhole, id, 'take'))
    // again: only what is new is brought
    const fresh = await opened()
    await sent(d.clerk, fresh, table(40, 700))
    await w.settle()
    await done(batchAct(d.boss, fresh, 'accept'))
    await done(batchAct(d.operator, fresh, 'hops.environment'))
    expect((await pipeline(d.clerk, agreement)).sync).toMatchObject({ complete: 1, percent: '33%' })
    const again = (await done(plan())).id
    await done(batchAct(d.clerk, again, 'sync'))
    await w.settle()
    expect((await load(w, again)).data['synced']).toMatchObject({ items: 3, complete: 2, copied: 1, rows: 45 })
    expect((await pipeline(d.clerk, agreement)).sync).toMatchObject({ complete: 2, percent: '66%' })
  })
})

/** What somebody else does between the decision of an act on a batch and its commit. */
const meanwhile = async <T>(does: () => Promise<unknown>, work: () => Promise<T>): Promise<T> => {
  const { committer } = w.app
  let once = true
  const commit: typeof committer.commit = async (doc) => {
    if (once && doc.heads?.some((h) => h.process === 'batch')) {
      once = false
      await does()
    }
    return committer.commit(doc)
  }
  Object.assign(w.app, { committer: { ...committer, commit } })
  try {
    return await work()
  } finally {
    expect(once).toBe(false)
    Object.assign(w.app, { committer })
  }
}

it('content that a batch finds while it is taken in stays for it, though the other that had it is deleted in that very moment', async () => {
  const bytes = table(30, 77_000)
  const [a, b] = [await opened(), await opened()]
  await sent(d.clerk, a, bytes)
  await w.settle()
  const { sha256 } = (await load(w, a)).data['checked'] as { sha256: string }
  await sent(d.clerk, b, bytes)
  await meanwhile(
    async () => {
      await done(batchAct(d.boss, a, 'withdraw'))
      await done(batchAct(d.boss, a, 'delete'))
      expect(await dropContent(w.app.pool, d.clerk.org, sha256, a)).toBeUndefined()
    },
    () => w.settle(),
  )
  expect((await load(w, b)).data['checked']?.['sha256']).toBe(sha256)
  expect((await contentOf(d.clerk.org, sha256)).split('\n')).toHaveLength(32)
  // and goes with it
  const before = await contents(d.clerk.org)
  await done(batchAct(d.boss, b, 'withdraw'))
  await done(batchAct(d.boss, b, 'delete'))
  await w.settle()
  expect(await contents(d.clerk.org)).toBe(before - 1)
})

describe('暂停', () => {
  it('an order in the very moment is caught: what was decided before it is not committed after it', async () => {
    const suspend = () => actAsSystem(w.app, agreement, 'suspend', {})
    const resume = () => actAsSystem(w.app, agreement, 'resume', {})
    // a batch begun, a file begun, and what the system does with it
    expect(await meanwhile(suspend, () => refusal(aBatch(d.clerk, agreement, item)))).toMatch(/^4\d\d not_standing$/)
    await resume()
    const id = await opened()
    const bytes = table(12, 40_000)
    expect(await meanwhile(suspend, () => refusal(startUpload(d.clerk, id, '缴存.csv', bytes.length)))).toBe(
      '409 not_standing',
    )
    expect((await load(w, id)).at).toBe('open')
    await resume()
    await sent(d.clerk, id, bytes, { name: '缴存.csv' })
    const before = await contents(d.clerk.org)
    await meanwhile(suspend, () => w.settle())
    const stopped = await load(w, id)
    expect([stopped.at, stopped.data['quarantine']!['code']]).toEqual(['quarantined', 'gate_shut'])
    // nothing of what was on its way in is kept
    expect(await contents(d.clerk.org)).toBe(before)
    await resume()
    await done(batchAct(d.clerk, id, 'again'))
    await sent(d.clerk, id, bytes, { name: '缴存.csv' })
    await w.settle()
    expect(await meanwhile(suspend, () => refusal(d.boss.act(id, 'accept', { checked: true }, 'batch')))).toBe(
      '409 not_standing',
    )
    await resume()
    await done(batchAct(d.boss, id, 'accept'))
    expect(await meanwhile(suspend, () => refusal(d.operator.act(id, 'hops.environment', {}, 'batch')))).toBe(
      '409 not_standing',
    )
    await resume()
    // a decision about the entry itself, in that moment, too
    expect(
      await meanwhile(
        () => actAsSystem(w.app, item, 'graded', { data: { grade: '5', decided: 'bureau' }, sealed: {} }),
        () => refusal(d.operator.act(id, 'hops.environment', {}, 'batch')),
      ),
    ).toMatch(/^4\d\d ungraded$/)
    await grade(w, item)
    await done(batchAct(d.operator, id, 'hops.environment'))
  })

  it('an order that closes one entry stops that entry and no other', async () => {
    const closures = [{ by: agreement, scope: 'objects', objects: [item], since: today(w) }]
    await actAsSystem(w.app, agreement, 'adjust', { data: { closures, kept: [] } })
    expect(await shutGates(d.clerk, agreement, item)).toEqual(['agreement'])
    expect(await shutGates(d.clerk, agreement, second)).toEqual([])
    expect(await refusal(aBatch(d.clerk, agreement, item))).toMatch(/^4\d\d not_standing$/)
    await done(batchAct(d.clerk, await opened(second), 'cancel'))
    await actAsSystem(w.app, agreement, 'adjust', { data: { closures: [], kept: [] } })
  })

  it('stops a batch under way and every new one, and lets them go on when it ends', async () => {
    const id = await opened()
    const bytes = table(10)
    await done(startUpload(d.clerk, id, '缴存.csv', bytes.length))
    await done(sendPiece(d.clerk, id, 0, bytes))
    await actAsSystem(w.app, agreement, 'suspend', {})
    expect(await refusal(aBatch(d.clerk, agreement, item))).toMatch(/^4\d\d not_standing$/)
    expect(await refusal(finishUpload(d.clerk, id))).toBe('409 not_standing')
    await actAsSystem(w.app, agreement, 'resume', {})
    await done(finishUpload(d.clerk, id))
    await actAsSystem(w.app, agreement, 'suspend', {})
    await w.settle()
    expect((await load(w, id)).data['quarantine']!['code']).toBe('gate_shut')
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})
