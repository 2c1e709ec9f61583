import pg from 'pg'
import { v4 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections, openSequencer, verifyLog, type Sequencer } from '#application'
import type { CaseView, RetainedView } from '#contract'
import { vouchers } from '#domain/registration'
import { logLag } from '#store'
import { asOwner } from '../access/database.ts'
import { after, done, drive, refusal, registered, start, team, today, told, type Team } from '../cases.ts'
import { pdf, world, type Actor, type World } from '../world.ts'

let w: World
let hunan: Team
let luan: Team
let wang: Actor
let li: Actor
let keeper: Actor
let audit: Actor
let sequencer: Sequencer
beforeAll(async () => {
  w = await world({
    more: {
      people: [
        { name: '湘保管', org: 'hunanRegistrar', duties: ['keeper'] },
        { name: '湘审计', org: 'hunanBureau', duties: ['auditor'] },
        { name: '六安保管', org: 'luanRegistrar', duties: ['keeper'] },
      ],
    },
  })
  ;[hunan, luan] = await Promise.all([team(w, 'hunan'), team(w, 'luan')])
  ;[wang, li, keeper, audit] = await Promise.all([
    w.as('公民王女士'),
    w.as('公民李先生'),
    w.as('湘保管'),
    w.as('审计管理员'),
  ])
  sequencer = await openSequencer({ databaseUrl: w.url, dataDir: w.dataDir, url: 'https://log.example.cn' })
})
afterAll(async () => {
  await sequencer.close()
  await w.close()
})

/** Tables of the whole schema in which a value stands, whatever the column. */
const holding = (value: string): Promise<string[]> =>
  asOwner(w, async (q) => {
    const { rows } = await q.query<{ t: string }>(
      `select table_name as t from information_schema.tables where table_schema = 'gongshu' and table_type = 'BASE TABLE'
         and table_name !~ '^access_\\d+$' order by 1`,
    )
    const found: string[] = []
    for (const { t } of rows) {
      const hits = await q.query(`select 1 from gongshu.${t} x where position($1 in x::text) > 0 limit 1`, [value])
      if (hits.rows.length > 0) found.push(t)
    }
    return found
  })
const proofs = async (): Promise<void> => {
  // a transaction of anyone else on this server keeps the log waiting
  for (let tries = 0; tries < 200; tries++) {
    await sequencer.drain()
    const lag = await Promise.all((['register', 'access'] as const).map((log) => logLag(w.app.pool, log)))
    if (lag.every((l) => l.entries === 0)) break
    await new Promise((r) => setTimeout(r, 50))
  }
  for (const log of ['register', 'access'] as const) expect((await verifyLog(w.app, log)).problems).toEqual([])
  expect((await checkProjections(w.app)).differences).toEqual([])
}
const keyOf = async (file: string): Promise<string> =>
  asOwner(
    w,
    async (q) => (await q.query<{ key: string }>('select key from gongshu.file where id = $1', [file])).rows[0]!.key,
  )

const ask = async (who: Actor, id: string, fields: string[], more: object = {}): Promise<string> =>
  (
    await done(
      who.send<{ id: string }>('POST', '/api/erasures', { case: id, input: { fields, ground: 'done', ...more } }),
    )
  ).id
const decide = (who: Actor, id: string, act: string, input: object = {}) => who.act(id, act, input, 'erasure')
const hold = (who: Actor, id: string) =>
  who.send<{ id: string }>('POST', '/api/holds', { case: id, input: { reason: '法院要求保全' } })
const why = { reason: 'authority', document: '湘法调〔2026〕1号' }
const read = (who: Actor, id: string, input: unknown = why) =>
  who.send<RetainedView>('POST', `/api/erasures/${id}/restricted`, { input })

let n = 0
/** A person's telephone number, as nobody else has it. */
const number = (): string => `139${Date.now() % 10_000}${String(++n).padStart(4, '0')}`

interface Objected {
  readonly application: string
  readonly objection: string
  readonly phone: string
  readonly file: string
  readonly fileName: string
}
const objected = async (): Promise<Objected> => {
  const application = await start(hunan.clerk)
  await drive(w, hunan, application, 'released')
  await w.until(after(await today(w), 4))
  const phone = number()
  const fileName = `王女士的证明${n}.pdf`
  const file = (await wang.upload(fileName, pdf())).id
  const input = { interest: '共有', reason: '并非独有', evidence: [file], contact: phone, truthful: true }
  const objection = (await done(wang.send<{ id: string }>('POST', '/api/objections', { application, input }))).id
  return { application, objection, phone, file, fileName }
}

describe('个人信息保护法 第四十七条第一款 删除', () => {
  it('a withdrawn draft is no voucher: the values asked for are gone everywhere, and every proof stays', async () => {
    const phone = number()
    const id = await start(luan.clerk)
    await drive(w, luan, id, 'proposed', { subject: { contactPhone: phone, contactEmail: `${phone}@example.cn` } })
    await done(luan.clerk.act(id, 'withdraw', { reason: '不再申请' }))
    await luan.clerk.send('PUT', `/api/applications/${id}/draft`, { rev: 0, content: {} })
    expect(await holding(phone)).toEqual(['sealed', 'stream'])
    const request = await ask(luan.bureau, id, ['subject.contactPhone', 'subject.contactEmail'], {
      name: '公积金中心联系人',
      contact: phone,
    })
    expect(await decide(luan.approver, request, 'restrict')).toMatchObject({ status: 409, body: { code: 'not_kept' } })
    await done(decide(luan.approver, request, 'erase'))
    expect(await told(luan.bureau, request)).toEqual(['删除'])
    expect(await holding(phone)).toEqual([])
    expect(await holding('公积金中心联系人')).toEqual([])
    // what was not asked for is still there, and what is gone says so
    const subject = (await luan.clerk.see(id)).materials.find((m) => m.key === 'subject')!
    const shown = Object.fromEntries(subject.fields!.map((f) => [f.key, f]))
    expect(shown['contactPhone']).toMatchObject({ erased: true })
    expect(shown['contactName']!.text).toBe('联系人内容')
    await proofs()
    const seq = (await luan.clerk.see(id)).timeline.find((t) => t.act === 'propose')!.seq
    const receipt = await done(
      luan.clerk.get<{ withheld: object; disclosed: object }>(`/api/applications/${id}/receipts/${seq}`),
    )
    expect(receipt.withheld).toEqual({ 'subject.contactPhone': 'erased', 'subject.contactEmail': 'erased' })
    expect(Object.keys(receipt.disclosed)).toContain('subject.contactName')
  })

  it('a person with an account is forgotten: name, identity number and login', async () => {
    const name = `赵女士${number()}`
    const signed = await done(
      w.anyone.send<{ person: string }>('POST', '/api/people/sign-up', {
        name,
        idNumber: '11010519491231002X',
        login: `zhao${n}`,
        password: 'Long-enough-password-2026',
        division: '341500',
      }),
    )
    const clerk = luan.bureau
    const request = await ask(clerk, signed.person, ['name', 'idNumber'])
    await done(decide(luan.approver, request, 'erase'))
    for (const v of [name, '11010519491231002X', `zhao${n}`]) expect(await holding(v), v).toEqual([])
    await proofs()
  })

  it('nobody is forgotten who still holds a duty', async () => {
    const person = (await w.as('湘审计')).person
    const input = { fields: ['name'], ground: 'other' }
    for (const who of [hunan.bureau, await w.as('湘审计')])
      expect(await refusal(who.send('POST', '/api/erasures', { case: person, input })), who.name).toMatch(
        /^(409 on_duty|403 not_yours|404 not_found)$/,
      )
    expect((await holding('湘审计')).includes('person')).toBe(true)
  })

  it('nobody else decides, asks for others, or asks for what is not there', async () => {
    const { objection } = await objected()
    for (const who of [hunan.clerk, luan.bureau, luan.approver, hunan.desk])
      expect(
        await refusal(
          who.send('POST', '/api/erasures', { case: objection, input: { fields: ['contact'], ground: 'done' } }),
        ),
        who.name,
      ).toMatch(/^(403 not_yours|404 not_found)$/)
    expect(await refusal(wang.send('POST', '/api/erasures', { case: v4(), input: {} }))).toBe('404 not_found')
    const request = await ask(wang, objection, ['idNumber'])
    for (const who of [wang, hunan.desk, hunan.bureau, luan.approver, li, keeper])
      expect(await refusal(decide(who, request, 'restrict')), who.name).toMatch(/^(403 not_yours|404 not_found)$/)
    expect(await refusal(decide(hunan.approver, request, 'restrict'))).toBe('409 nothing')
    await done(decide(hunan.approver, request, 'refuse', { reason: '该事项中没有证件号码' }))
    expect(await told(wang, request)).toEqual(['不予删除'])
    expect((await wang.see(request, 'erasure')).timeline.at(-1)!.detail[0]!.text).toBe('该事项中没有证件号码')
  })
})

describe('登记细则 第六条(六) 登记原始凭证及相关文件材料保存不少于 20 年', () => {
  let o: Objected
  let request: string
  let key: string
  beforeAll(async () => {
    o = await objected()
    key = await keyOf(o.file)
    request = await ask(wang, o.objection, ['contact', 'evidence'], { statement: `我的电话 ${o.phone} 不要再用` })
  })

  it('HNR-019 before the term nothing is erased, whoever asks: not by decision, not in the database', async () => {
    expect(await decide(hunan.approver, request, 'erase')).toMatchObject({ status: 409, body: { code: 'kept' } })
    const offered = await hunan.approver.see(request, 'erasure')
    expect(offered.actions.map((a) => a.term)).toEqual(['限制处理', '不予删除'])
    expect(offered.remarks[0]).toMatchObject({ basis: expect.stringContaining('第六条(六)') as string })
    const tries = [
      `update gongshu.sealed set fields = fields || '{"contact": null}' where stream = '${o.objection}'`,
      `update gongshu.sealed set fields = fields - 'contact' where stream = '${o.objection}'`,
      `update gongshu.sealed set fields = fields || '{"contact": ["00", "x"]}' where stream = '${o.objection}'`,
      `delete from gongshu.sealed where stream = '${o.objection}'`,
      `delete from gongshu.file where id = '${o.file}'`,
      `update gongshu.file set key = 'x' where id = '${o.file}'`,
      'truncate gongshu.sealed',
      'truncate gongshu.file',
      `select gongshu.erase('{"request": "${request}", "stream": "${o.objection}", "seq": 1, "fields": ["contact"], "files": []}')`,
    ]
    for (const role of ['gongshu_app', 'owner'])
      for (const sql of tries) {
        const code = await asOwner(w, async (q) => {
          await q.query('begin')
          if (role !== 'owner') await q.query(`set local role ${role}`)
          const got = await q.query(sql).then(
            () => 'done',
            (e: unknown) => (e as pg.DatabaseError).code ?? '?',
          )
          await q.query('rollback')
          return got
        })
        expect(['42501', 'GS004'], `${role}: ${sql}`).toContain(code)
      }
    const app = await w.app.committer.commit({
      erase: [{ request, stream: o.objection, seq: 1, fields: ['contact'], files: [o.file] }],
    })
    expect(app.ok).not.toBe(true)
    expect(await holding(o.phone)).toContain('sealed')
  })

  it('HNR-019 restricted: one table holds it, which nobody reads but the keeper of the registrar, with a reason that is logged', async () => {
    const answer = await done(decide(hunan.approver, request, 'restrict'))
    expect(answer.state).toBe('restricted')
    expect(await told(wang, request)).toEqual(['限制处理'])
    const c = await hunan.approver.see(request, 'erasure')
    const filed = (await hunan.approver.see(o.objection, 'objection')).opened
    expect(c.dues).toMatchObject([{ act: 'eraseKept', day: `${Number(filed.slice(0, 4)) + 20}${filed.slice(4)}` }])
    expect(await holding(o.phone)).toEqual(['retained'])
    expect(await holding(o.fileName)).toEqual(['retained_file'])
    const everyone = [wang, hunan.clerk, hunan.desk, hunan.approver, hunan.bureau, audit, await w.as('湘审计'), keeper]
    for (const who of everyone) {
      const pages = await Promise.all(
        [
          `objections/${o.objection}`,
          `erasures/${request}`,
          'objections',
          `objections?q=${o.phone}`,
          'notices',
          `objections/${o.objection}/receipts/1`,
          'access',
        ].map((p) => who.get(`/api/${p}`)),
      )
      expect(JSON.stringify(pages.map((p) => p.body)), who.name).not.toContain(o.phone)
      expect((await who.get(`/api/files/${o.file}?case=${o.objection}`)).status, who.name).toBe(404)
      expect((await who.get(`/api/files/${o.file}`)).status, who.name).toBe(404)
    }
    const shown = (v: CaseView) => Object.fromEntries(v.timeline[0]!.detail.map((f) => [f.key, f]))
    const seen = shown(await wang.see(o.objection, 'objection'))
    expect(seen['contact']).toMatchObject({ restricted: true })
    expect(seen['evidence']).toMatchObject({ restricted: true })
    expect(seen['reason']!.text).toBe('并非独有')
    await proofs()
    const receipt = await done(wang.get<{ withheld: object }>(`/api/objections/${o.objection}/receipts/1`))
    expect(receipt.withheld).toEqual({ contact: 'restricted', evidence: 'restricted' })
  })

  it('HNR-019 the keeper says why; nobody else is let in, and every reading and attempt is in the access log', async () => {
    expect(await refusal(read(keeper, request, {}))).toBe('422 invalid')
    expect(await refusal(read(keeper, request, { ...why, reason: 'curious' }))).toBe('422 invalid')
    for (const who of [wang, hunan.approver, hunan.desk, hunan.bureau, audit, await w.as('六安保管')])
      expect(await refusal(read(who, request)), who.name).toBe('403 not_yours')
    const got = await done(read(keeper, request))
    expect(got.values.find((v) => v.id === o.objection && v.field === 'contact')).toMatchObject({
      term: '联系方式',
      text: o.phone,
      processTerm: '异议',
    })
    expect(got.values.find((v) => v.field === 'evidence')!.files).toEqual([o.file])
    expect(got.files[o.file]!.name).toBe(o.fileName)
    const file = await keeper.send<Buffer>('POST', `/api/erasures/${request}/restricted/${o.file}`, { input: why })
    expect(String(file.body)).toContain('%PDF')
    const log = await done(
      audit.get<{ kind: string; personName: string; body: string }[]>(`/api/access?subject=${request}`),
    )
    const byKeeper = log.filter((e) => e.personName === '湘保管' && e.body.includes('restricted'))
    expect(byKeeper.map((e) => e.kind)).toEqual(['download', 'read'])
    for (const e of byKeeper) expect(JSON.parse(e.body)).toMatchObject(why)
    expect(log.filter((e) => e.kind === 'denied').map((e) => e.personName)).toContain('六安保管')
    expect(JSON.stringify(log)).not.toContain(o.phone)
  })

  it('HNR-019 in the database itself the application cannot read it, nor anyone take it away before its day', async () => {
    const tries: [string, string][] = [
      ['gongshu_app', 'select value from gongshu.retained'],
      ['gongshu_app', 'select * from gongshu.retained_file'],
      ['gongshu_app', 'delete from gongshu.retained'],
      ['gongshu_log', 'select value from gongshu.retained'],
      ['owner', 'delete from gongshu.retained'],
      ['owner', `update gongshu.retained set until = '2026-01-01'`],
      ['owner', 'delete from gongshu.retained_file'],
      ['owner', 'truncate gongshu.retained'],
    ]
    for (const [role, sql] of tries) {
      const got = await asOwner(w, async (q) => {
        await q.query('begin')
        if (role !== 'owner') await q.query(`set local role ${role}`)
        const code = await q.query(sql).then(
          () => 'done',
          (e: unknown) => (e as pg.DatabaseError).code ?? '?',
        )
        await q.query('rollback')
        return code
      })
      expect(['42501', 'GS004'], `${role}: ${sql}`).toContain(got)
    }
    expect(await refusal(decide(hunan.approver, request, 'eraseKept'))).toBe('409 kept')
  })

  it('HNR-019 what is kept is still proven: another value in its place is found by the audit', async () => {
    await asOwner(w, async (q) => {
      await q.query('alter table gongshu.retained disable trigger user')
      await q.query(`update gongshu.retained set value = '"13800000000"' where field = 'contact' and request = $1`, [
        request,
      ])
    })
    expect((await verifyLog(w.app, 'register')).problems.join()).toContain('contact')
    await asOwner(w, async (q) => {
      await q.query(`update gongshu.retained set value = $2 where stream = $3 and field = 'contact' and request = $1`, [
        request,
        JSON.stringify(o.phone),
        o.objection,
      ])
      await q.query('alter table gongshu.retained enable trigger user')
    })
    expect((await verifyLog(w.app, 'register')).problems).toEqual([])
  })

  let registration: { readonly phone: string; readonly request: string }
  it('HNR-019 what the registration says again is restricted there too, and not said once more by what follows', async () => {
    const phone = number()
    const r = await registered(w, luan, {}, { subject: { contactPhone: phone } })
    const id = await ask(luan.bureau, r.application, ['subject.contactPhone'])
    await done(decide(luan.approver, id, 'restrict'))
    expect(await holding(phone)).toEqual(['retained'])
    const subject = (await luan.clerk.see(r.record, 'record')).materials.find((m) => m.key === 'subject')!
    expect(subject.fields!.find((f) => f.key === 'contactPhone')).toMatchObject({ restricted: true })
    const change = await start(luan.clerk, { kind: 'change', record: r.record })
    const form = (await luan.clerk.see(change)).actions.find((a) => a.act === 'propose')!
    expect((form.value as { subject: object }).subject).not.toHaveProperty('contactPhone')
    // where the text sets no term, the default it is kept by says that it is one
    const rules = await done(
      w.anyone.get<{ rules: { path: string; certainty: string }[] }>('/api/public/policies?division=341500'),
    )
    expect(rules.rules.find((x) => x.path === 'registration.retention.vouchers')).toMatchObject({
      certainty: 'default',
    })
    registration = { phone, request: id }
    await proofs()
  })

  it('HNR-019 a document that stands in two cases is withdrawn with the second', async () => {
    const first = await objected()
    const second = await objected()
    // the first objection's document again, in a third case
    const application = await start(hunan.clerk)
    await drive(w, hunan, application, 'released')
    await w.until(after(await today(w), 4))
    const input = { interest: '共有', reason: '又一次', evidence: [first.file], contact: second.phone, truthful: true }
    const third = (await done(wang.send<{ id: string }>('POST', '/api/objections', { application, input }))).id
    const status = async (id: string): Promise<number> =>
      (await hunan.desk.get(`/api/files/${first.file}?case=${id}`)).status
    await done(decide(hunan.approver, await ask(wang, first.objection, ['evidence']), 'restrict'))
    expect([await status(first.objection), await status(third)]).toEqual([404, 200])
    await done(decide(hunan.approver, await ask(wang, third, ['evidence']), 'restrict'))
    expect([await status(first.objection), await status(third)]).toEqual([404, 404])
    expect(await holding(first.fileName)).toEqual(['retained_file'])
    await proofs()
  })

  it('HNR-019 a legal hold outlasts the term; when it is lifted the value may go', async () => {
    for (const who of [hunan.desk, wang, luan.approver, hunan.clerk])
      expect(await refusal(hold(who, o.objection)), who.name).toMatch(/^(403 not_yours|404 not_found)$/)
    const held = (await done(hold(hunan.approver, o.objection))).id
    const { request: other, phone } = registration
    const last = (await luan.approver.see(other, 'erasure')).dues[0]!.day
    expect(last > (await hunan.approver.see(request, 'erasure')).dues[0]!.day).toBe(true)
    await w.until(last)
    expect(await holding(phone)).toEqual(['retained'])
    await w.until(after(last))
    // without a hold the system itself has erased it on the day after
    expect((await luan.approver.see(other, 'erasure')).state).toBe('erased')
    expect(await holding(phone)).toEqual([])
    // the day came, but nothing went
    expect((await hunan.approver.see(request, 'erasure')).state).toBe('restricted')
    expect(await holding(o.phone)).toEqual(['retained'])
    expect(await refusal(decide(hunan.approver, request, 'eraseKept'))).toBe('409 held')
    expect(
      await asOwner(w, (q) =>
        q.query(`delete from gongshu.retained where request = '${request}'`).then(
          () => 'done',
          (e: unknown) => (e as pg.DatabaseError).message,
        ),
      ),
    ).toBe('held')
    await proofs()
    await done(hunan.approver.act(held, 'lift', { reason: '案件终结' }, 'hold'))
    await done(decide(hunan.approver, request, 'eraseKept'))
    await w.settle()
    expect(await holding(o.phone)).toEqual([])
    expect(await holding(o.fileName)).toEqual([])
    // that a document under this number was opened stays in the access log; the number says nothing
    expect(await holding(o.file)).toEqual(['access'])
    expect(await w.app.files.verify(key)).toEqual({ ok: false, code: 'missing' })
    const seen = Object.fromEntries(
      (await wang.see(o.objection, 'objection')).timeline[0]!.detail.map((f) => [f.key, f]),
    )
    expect(seen['contact']).toMatchObject({ erased: true })
    expect((await done(read(keeper, request))).values).toEqual([])
    await proofs()
  })

  it('HNR-019 after the term a request is granted at once', async () => {
    // the application of the objection above is as old as the objection
    const request = await ask(hunan.bureau, o.application, ['subject.contactName'])
    await done(decide(hunan.approver, request, 'erase'))
    const subject = (await hunan.clerk.see(o.application)).materials.find((m) => m.key === 'subject')!
    expect(subject.fields!.find((f) => f.key === 'contactName')).toMatchObject({ erased: true })
    await proofs()
  })
})

it('the database takes the same cases for vouchers as the register', async () => {
  const { rows } = await asOwner(w, (q) =>
    q.query<{ process: string; kept: boolean }>(
      `select s.process, bool_or(gongshu.kept_until(s.id, 1) is not null) as kept from gongshu.stream s group by 1`,
    ),
  )
  const kept = rows.filter((r) => r.kept).map((r) => r.process)
  expect(vouchers.filter((v) => rows.some((r) => r.process === v)).sort()).toEqual(kept.sort())
})
