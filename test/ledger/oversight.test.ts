import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backUp, startCosigning, verifyBackup } from '#application'
import type { EntryList, Keeping, LogEntry, PublicLogs } from '#contract'
import { openNote, parseCheckpoint, parsePolicy } from '#ledger'
import { openWitness } from '#witness'
import { asOwner } from '../access/database.ts'
import { hire } from '../access/stage.ts'
import { done, registered, team, type Registered, type Team } from '../cases.ts'
import { send } from '../hostile/problem.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let t: Team
let one: Registered
let auditor: Actor
let operator: Actor
const root = mkdtempSync(join(tmpdir(), 'gongshu-oversight-'))
beforeAll(async () => {
  w = await world({
    more: {
      people: [
        { name: '六安审计', org: 'luanBureau', duties: ['auditor'] },
        { name: '公积金审计', org: 'fund', duties: ['auditor'] },
        { name: '交通审计', org: 'transport', duties: ['auditor'] },
      ],
    },
  })
  t = await team(w, 'luan')
  one = await registered(w, t)
  await w.sequence()
  auditor = await w.as('六安审计')
  operator = await w.as('运维管理员')
})
afterAll(async () => {
  await w.close()
  rmSync(root, { recursive: true, force: true })
})
const logs = (): Promise<PublicLogs> => done(w.anyone.get<PublicLogs>('/api/public/logs'))
const entries = (who: Actor, query = ''): Promise<EntryList> =>
  done(who.get<EntryList>(`/api/logs/register/entries${query}`))

describe('what anyone may ask of the logs', () => {
  it('HNR-079 size, root, key and time are those of the checkpoint that is published', async () => {
    const { logs: all, witnesses } = await logs()
    expect(all.map((l) => [l.name, l.term])).toEqual([
      ['register', '登记日志'],
      ['access', '访问日志'],
    ])
    for (const l of all) {
      const file = async (name: string): Promise<string> => (await w.server.inject(`/log/${l.name}/${name}`)).body
      const { size, root: hash, origin } = parseCheckpoint(openNote(await file('checkpoint'), []).text)
      expect([l.size, l.root, l.origin, `${l.key}\n`]).toEqual([
        size,
        hash.toString('base64'),
        origin,
        await file('key'),
      ])
      expect([l.witnessed, l.below]).toEqual([0, 0])
      expect(Date.now() - Date.parse(l.at)).toBeLessThan(600_000)
    }
    expect(witnesses).toEqual([])
  })

  it('what has been written and not been taken in is counted', async () => {
    const before = (await logs()).logs[1]!
    await auditor.get('/api/tasks')
    const after = (await logs()).logs[1]!
    expect([after.size, after.waiting > before.waiting]).toEqual([before.size, true])
    await w.sequence()
    expect((await logs()).logs[1]).toMatchObject({ waiting: 0, seconds: 0 })
  })

  it('a place shows its digest and the files that hold it, and nothing of the case', async () => {
    const step = (await t.clerk.see(one.application)).timeline.find((x) => x.act === 'propose')!
    const found = await done(w.anyone.get<LogEntry>(`/api/public/logs/register/entries/${step.entry}`))
    const receipt = await done(
      t.clerk.get<{ body: string }>(`/api/applications/${one.application}/receipts/${step.seq}`),
    )
    expect(Object.keys(found).sort()).toEqual(['entries', 'entry', 'log', 'place', 'tile'])
    expect(found.entry).toBe(createHash('sha256').update(receipt.body).digest('hex'))
    const held = await w.server.inject(found.entries)
    const at = (step.entry! - 1) % 256
    expect(held.rawPayload.subarray(at * 34 + 2, at * 34 + 34).toString('hex')).toBe(found.entry)
    const leaf = createHash('sha256').update('\0').update(Buffer.from(found.entry, 'hex')).digest('hex')
    const tile = await w.server.inject(found.tile)
    expect(tile.rawPayload.subarray(at * 32, at * 32 + 32).toString('hex')).toBe(leaf)
  })

  it('there is no place 0, none behind the last, and no log that was not begun', async () => {
    const { size } = (await logs()).logs[0]!
    for (const [place, status] of [
      ['0', 422],
      ['-1', 422],
      ['1.5', 422],
      ['x', 422],
      [String(size + 1), 404],
    ] as const)
      expect([place, (await w.anyone.get(`/api/public/logs/register/entries/${place}`)).status]).toEqual([
        place,
        status,
      ])
    expect((await w.anyone.get('/api/public/logs/register-9/entries/1')).status).toBe(404)
  })
})

describe('the register’s log, for auditors', () => {
  it('is theirs alone: others are turned away, and that is on record', async () => {
    expect((await w.anyone.get('/api/logs/register/entries')).status).toBe(401)
    for (const who of [t.clerk, await w.as('登记复核丙'), operator, await w.as('公民李先生')]) {
      const r = await who.get<{ code: string }>('/api/logs/register/entries')
      expect([who.name, r.status, r.body.code]).toEqual([who.name, 403, 'not_yours'])
    }
    const denied = await asOwner(w, async (q) =>
      (await q.query(`select person from gongshu.access where kind = 'denied' and subject = 'register'`)).rows.map(
        (r: { person: string }) => r.person,
      ),
    )
    expect(denied).toContain(t.clerk.person)
  })

  it('shows the latest first, each once, over all pages, with its term, person and receipt', async () => {
    const all = await entries(auditor, '?limit=200')
    const places = all.rows.map((r) => r.place!)
    expect(places).toEqual([...new Set(places)].sort((a, b) => b - a))
    const paged: number[] = []
    for (let cursor = ''; ;) {
      const page = await entries(auditor, `?limit=7${cursor}`)
      paged.push(...page.rows.map((r) => r.place!))
      if (page.next === undefined) break
      cursor = `&cursor=${page.next}`
    }
    expect(paged).toEqual(places)
    const { timeline } = await t.clerk.see(one.application)
    const own = all.rows.filter((r) => r.id === one.application)
    expect(own.map((r) => [r.place, r.term, r.personName, r.state]).reverse()).toEqual(
      timeline.map((x) => [x.entry, x.term, x.by, 'included']),
    )
    expect(own[0]).toMatchObject({ process: 'application', processTerm: '登记申请' })
    const receipt = await auditor.get(`/api/applications/${one.application}/receipts/${own[0]!.seq}`)
    expect(receipt.status).toBe(200)
  })

  it('HNR-016 HNR-018 an auditor sees there what they may read anyway: of another body, nothing', async () => {
    const of = async (name: string): Promise<readonly string[]> => [
      ...new Set((await entries(await w.as(name), '?limit=200')).rows.map((r) => r.id)),
    ]
    const [territory, fund, transport] = await Promise.all(['六安审计', '公积金审计', '交通审计'].map(of))
    for (const id of [one.application, one.record]) {
      expect([territory!.includes(id), fund!.includes(id), transport!.includes(id)]).toEqual([true, true, false])
    }
    const readable = await asOwner(w, async (q) =>
      (
        await q.query<{ id: string }>('select id from gongshu.stream where readers @> array[$1]', [w.orgs['fund']])
      ).rows.map((r) => r.id),
    )
    expect(fund!.filter((id) => !readable.includes(id))).toEqual([])
    // an administrator of audit who is none of the platform's sees what their own body may, and no more
    const false_ = await hire(w, w.orgs['transport']!, ['auditadmin'], '自封审计管理员')
    await w.sequence()
    const seen = await send<EntryList>(w, false_, 'GET', '/api/logs/register/entries?limit=200')
    expect(seen.body.rows.some((r) => r.id === one.application)).toBe(false)
  })

  it('is narrowed by person, process and span of time', async () => {
    const by = await entries(auditor, `?person=${t.clerk.person}&limit=200`)
    expect(by.rows.length).toBeGreaterThan(0)
    expect(new Set(by.rows.map((r) => r.person))).toEqual(new Set([t.clerk.person]))
    const records = await entries(auditor, '?process=record&limit=200')
    expect(new Set(records.rows.map((r) => r.process))).toEqual(new Set(['record']))
    const middle = (await entries(auditor, '?limit=200')).rows.at(10)!.at.replace(/\d{3}Z$/, 'Z')
    const [early, late] = await Promise.all([
      entries(auditor, `?to=${middle}&limit=200`),
      entries(auditor, `?from=${middle}&limit=200`),
    ])
    const before = (r: EntryList['rows'][number]): boolean => Date.parse(r.at) < Date.parse(middle)
    expect([early.rows.every(before), late.rows.some(before)]).toEqual([true, false])
    expect(early.rows.length + late.rows.length).toBe((await entries(auditor, '?limit=200')).rows.length)
    expect((await auditor.get('/api/logs/register/entries?from=yesterday')).status).toBe(422)
    expect((await auditor.get('/api/logs/access/entries')).status).toBe(404)
  })

  it('an act stands there at once, as awaited; then as included; and as witnessed when the quorum has cosigned', async () => {
    const fresh = (
      await done(
        t.clerk.send<{ id: string }>('POST', '/api/applications', {
          kind: 'first',
          variant: 'resource',
          scope: 'authorized',
        }),
      )
    ).id
    const state = async () => {
      const r = (await entries(auditor)).rows.find((x) => x.id === fresh)!
      return [r.place === null, r.state]
    }
    expect(await state()).toEqual([true, 'waiting'])
    await w.sequence()
    expect(await state()).toEqual([false, 'included'])

    const keys = (await logs()).logs.map((l) => l.key)
    const witness = await openWitness({
      dir: join(root, 'witness'),
      name: 'bureau.test/w',
      logs: keys,
      say: () => undefined,
    })
    const url = await witness.server.listen({ host: '127.0.0.1', port: 0 })
    const text = `witness bureau ${witness.vkey} ${url}\nquorum bureau\n`
    const cosigning = await startCosigning({
      databaseUrl: w.url,
      policy: { text, policy: parsePolicy(text) },
      log: w.app.log,
      beating: false,
    })
    await cosigning.askAll()
    expect(await state()).toEqual([false, 'witnessed'])
    const now = await logs()
    expect(now.least).toBe(1)
    expect(now.witnesses.map((x) => [x.name, x.log, x.behind, x.failed])).toEqual([
      ['bureau', 'register', 0, false],
      ['bureau', 'access', 0, false],
    ])
    expect(now.logs.map((l) => l.witnessed === l.size)).toEqual([true, true])
    // it stops answering: told, without what it said
    await witness.close()
    await auditor.get('/api/tasks')
    await w.sequence()
    await cosigning.askAll()
    expect((await logs()).witnesses[1]).toMatchObject({ failed: true, behind: expect.any(Number) })
    await cosigning.stop()
    const told = (says: string, alarm: boolean) =>
      asOwner(w, (q) =>
        q.query('select gongshu.witness_failed($1, $2, $3, $4)', ['register', witness.vkey, says, alarm]),
      )
    await told('答复 500：内网主机 10.1.2.3', false)
    expect(JSON.stringify(await logs())).not.toContain('10.1.2.3')
    // an alarm is told in full, and first to those who must act on it
    await told('它记得 9 条，而本日志只有 8 条：日志被截短或回退', true)
    expect((await logs()).witnesses[0]).toMatchObject({ alarm: expect.stringContaining('被截短或回退') })
    const { checks } = await done(operator.get<Keeping>('/api/keeping'))
    expect(checks[0]).toMatchObject({
      ok: false,
      says: expect.stringContaining('被截短或回退'),
      todo: expect.stringContaining('立即停止办理'),
    })
  })

  it('reading it is itself on record', async () => {
    const reads = () =>
      asOwner(w, async (q) =>
        Number(
          (
            await q.query(
              `select count(*) as n from gongshu.access where kind = 'read' and subject = 'register' and person = $1`,
              [auditor.person],
            )
          ).rows[0].n,
        ),
      )
    const before = await reads()
    await entries(auditor)
    expect(await reads()).toBe(before + 1)
  })
})

describe('how things are kept, for those who run the platform and those who audit them', () => {
  const keeping = async (): Promise<Keeping> => done(operator.get<Keeping>('/api/keeping'))
  const check = async (key: string) => (await keeping()).checks.find((c) => c.key.startsWith(key))!

  it('is shown to nobody else, whatever duty they give each other', async () => {
    expect((await w.anyone.get('/api/keeping')).status).toBe(401)
    const own = await hire(w, w.orgs['fund']!, ['admin', 'sysadmin', 'auditor'], '本单位管理员')
    const clerk = await hire(w, w.orgs['platform']!, ['handler', 'approver', 'admin'], '平台经办')
    for (const who of [own, clerk]) {
      const r = await send(w, who, 'GET', '/api/keeping')
      expect([who.who, r.status, r.body.code]).toEqual([who.who, 403, 'not_yours'])
    }
    expect((await auditor.get('/api/keeping')).status).toBe(403)
    expect((await operator.get('/api/keeping')).status).toBe(200)
    expect((await (await w.as('审计管理员')).get('/api/keeping')).status).toBe(200)
  })

  it('HNR-020 says of a system that was never backed up that it was not, and how; then that it was, and tried', async () => {
    for (const key of ['backup', 'verify'])
      expect(await check(key)).toMatchObject({
        ok: false,
        command: expect.stringContaining('npm run gongshu -- backup'),
      })
    await backUp({ databaseUrl: w.url, dataDir: w.dataDir, to: join(root, 'backup') })
    await verifyBackup({ databaseUrl: w.url, dataDir: w.dataDir, from: join(root, 'backup') })
    for (const key of ['backup', 'verify']) expect([key, (await check(key)).ok]).toEqual([key, true])
    const { done: book } = await keeping()
    expect(book.map((d) => [d.kind, d.ok])).toEqual([
      ['verify', true],
      ['backup', true],
    ])
    expect(book[0]!.says).toMatch(/全部相符$/)
    // one that fails is told even though a good one is there
    await expect(backUp({ databaseUrl: w.url, dataDir: w.dataDir, to: join(w.dataDir, 'log.key') })).rejects.toThrow()
    expect(await check('backup')).toMatchObject({ ok: false, says: expect.stringContaining('失败') })
  })

  it('names the terms with their article, the months that are there, and what is held', async () => {
    await asOwner(w, (q) => q.query(`insert into gongshu.month_hold (month, reason) values ('*', '某案调查')`))
    const { terms, months, holds } = await keeping()
    expect(terms.map((x) => x.term).sort()).toEqual(['登记凭证', '访问日志'].sort())
    for (const x of terms) expect(x.basis).toMatch(/^《.+》第/)
    expect(holds).toMatchObject([{ month: '*', reason: '某案调查' }])
    const now = new Date().toISOString().slice(0, 7)
    expect(months[0]).toMatchObject({ month: now, closed: false, exported: false, held: true })
    const years = terms.find((x) => x.term === '访问日志')!.years
    const [y, m] = now.split('-').map(Number) as [number, number]
    expect(months[0]!.until).toBe(new Date(Date.UTC(y + years, m, 1)).toISOString().slice(0, 10))
  })

  it('says that a witness on the same machine proves nothing, that a log lags, and that a key is gone', async () => {
    expect((await check('witness')).says).toMatch(/没有回应|只有本机的见证方/)
    await w.sequence()
    expect(await check('log access')).toMatchObject({ ok: true })
    const old = new Date(Date.now() - 60_000).toISOString()
    await w.app.committer.commit({
      access: [{ at: old, kind: 'read', person: 'system', org: 'system', subject: 'x', body: '{"x":1}' }],
    })
    expect(await check('log access')).toMatchObject({ ok: false, says: expect.stringMatching(/落后 \d+ 条/) })
    await w.sequence()
    expect(await check('log access')).toMatchObject({ ok: true })

    expect(await check('keys')).toMatchObject({ ok: true })
    await rm(join(w.dataDir, 'log.key'))
    const gone = await check('keys')
    expect(gone).toMatchObject({ ok: false, says: expect.stringContaining('log.key') })
    expect(JSON.stringify(await keeping())).not.toMatch(/PRIVATE KEY|gongshu_app|postgres:\/\//)
  })
})
