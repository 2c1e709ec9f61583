import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v4 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSequencer } from '#application'
import { asOwner } from '../access/database.ts'
import { done, drive, registered, start, team, type Registered, type Team } from '../cases.ts'
import { world, type World } from '../world.ts'

let w: World
let t: Team
let r: Registered
const dir = mkdtempSync(join(tmpdir(), 'gongshu-chain-'))
beforeAll(async () => {
  w = await world()
  t = await team(w, 'luan')
  r = await registered(w, t, {}, { resource: { name: '缴存信息', summary: '按月缴存' } })
})
afterAll(async () => {
  await w.close()
  rmSync(dir, { recursive: true })
})

interface Entry {
  readonly type?: string
  readonly kind?: string
  readonly request: string
  readonly seq?: number
  readonly stream?: string
  readonly data?: Record<string, unknown>
}
const entries = (where: string): Promise<Entry[]> =>
  asOwner(w, async (q) =>
    (
      await q.query<{ body: string }>(
        `select body from (select id, body from gongshu.event union all select id, body from gongshu.access) e where ${where} order by id`,
      )
    ).rows.map((x) => JSON.parse(x.body) as Entry),
  )

it('HNP-027 one number runs through a call, what it does, what the system does after it and what is read on the way', async () => {
  // whoever gives no number gets one
  expect((await w.server.inject('/api/public/overview')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  const id = await start(t.clerk)
  // an act by its own number, and a refused one by another
  const [act, refused] = [v4(), v4()]
  const url = `/api/applications/${id}/actions/withdraw`
  const tried = await t.desk.send('POST', url, { input: { reason: '代办' } }, { 'idempotency-key': refused })
  expect(tried.status).toBeGreaterThanOrEqual(400)
  expect((await entries(`body like '%${refused}%'`)).map((e) => e.kind)).toEqual(['denied'])
  const given = await t.clerk.send('POST', '/api/applications', { kind: 'first' }, { 'idempotency-key': act })
  expect(given.headers['x-request-id']).toBe(act)
  expect((await entries(`body like '%${act}%'`)).map((e) => e.type)).toEqual(['application/start'])
  // a read of what is not public
  const read = await t.clerk.get(`/api/applications/${id}`)
  expect((await entries(`body like '%${String(read.headers['x-request-id'])}%'`)).map((e) => e.kind)).toEqual(['read'])

  // from the end of the notice to the certificate: coding, entry and issue are three transactions in three jobs, and one number
  const [code] = await entries(`body like '%"type":"application/code"%' and body like '%${r.application}%'`)
  const chain = await entries(`body like '%${code!.request}%'`)
  expect(chain.map((e) => e.type)).toEqual(
    expect.arrayContaining(['application/code', 'record/register', 'record/certify']),
  )
})

it('HNR-018 an act answers with where its receipt will be, and there it soon is', async () => {
  const running = startSequencer(w.app, {
    drain: () => w.app.sequence!() as Promise<number>,
    catchUp: async () => true,
    close: async () => undefined,
  })
  const { body } = await t.clerk.send<{ receipt: string }>('POST', '/api/applications', { kind: 'first' })
  const began = performance.now()
  let answer = await t.clerk.get<{ proof: string }>(body.receipt)
  for (; answer.status === 409 && performance.now() - began < 20_000; answer = await t.clerk.get(body.receipt))
    await new Promise((r) => setTimeout(r, 50))
  console.log(`receipt after ${Math.round(performance.now() - began)} ms`)
  expect(answer.status).toBe(200)
  expect(answer.body.proof).toContain('tlog-proof')
  await running.stop()
})

it('HNO-037 a mistake is corrected in the open: by an act that says why, while what was said before stays provable', async () => {
  const id = await start(t.clerk, { kind: 'correction', record: r.record })
  await drive(w, t, id, 'settled', {
    corrections: [{ field: 'summary', current: '按月缴存', proposed: '按月缴存与提取', explanation: '漏列提取信息' }],
    capacity: 'holder',
  })
  await w.app.sequence!()
  const record = await t.clerk.see(r.record, 'record')
  const versions = record.timeline.filter((x) => ['register', 'amend'].includes(x.act))
  expect(versions.map((x) => x.act).sort()).toEqual(['amend', 'register'])
  // both versions have their receipts, and the first still opens to what was said then
  const contents = []
  for (let seq = 1; seq <= record.timeline.length; seq++) {
    const receipt = await done(
      t.clerk.get<{ body: string; disclosed: Record<string, [string, unknown]>; proof: string }>(
        `/api/records/${r.record}/receipts/${seq}`,
      ),
    )
    expect(receipt.proof).toContain('c2sp.org/tlog-proof')
    contents.push(JSON.stringify([receipt.body, receipt.disclosed]))
  }
  expect(contents.some((x) => x.includes('按月缴存"'))).toBe(true)
  expect(contents.some((x) => x.includes('按月缴存与提取'))).toBe(true)
  // who asked for it and why stands in the log beside it
  const applied = await t.clerk.see(id)
  expect(JSON.stringify(applied.timeline) + JSON.stringify(applied.materials)).toContain('漏列提取信息')
})

const tools = ['jq', 'openssl', 'xxd', 'sha256sum'].filter(
  (x) => spawnSync('sh', ['-c', `command -v ${x}`]).status !== 0,
)
it.skipIf(tools.length > 0)(
  `HNP-028 an auditor checks a receipt by hand with the commands of the audit guide${tools.length > 0 ? ` (missing: ${tools.join(', ')})` : ''}`,
  async () => {
    await w.app.sequence!()
    const guide = readFileSync(new URL('../../docs/audit-guide.md', import.meta.url), 'utf8')
    const script = /一份回执的手工核对[\s\S]*?```sh\n([\s\S]*?)```/.exec(guide)![1]!
    writeFileSync(join(dir, 'key'), (await w.server.inject('/log/register/key')).payload)
    const check = (receipt: object): string => {
      writeFileSync(join(dir, '回执.json'), JSON.stringify(receipt))
      const { stdout } = spawnSync('bash', ['-c', script], { cwd: dir, encoding: 'utf8' })
      return stdout
    }
    const steps = (await t.clerk.see(r.application)).timeline.length
    for (const seq of [1, Math.ceil(steps / 2), steps]) {
      const receipt = await done(t.clerk.get<{ body: string }>(`/api/applications/${r.application}/receipts/${seq}`))
      expect(check(receipt)).toContain('正文在这个检查点之内')
      expect(check(receipt)).toContain('Signature Verified Successfully')
      expect(check({ ...receipt, body: receipt.body.replace('"v":1', '"v":2') })).not.toContain('正文在这个检查点之内')
    }
    expect(execFileSync('openssl', ['version']).toString()).toMatch(/^OpenSSL/)
  },
)
