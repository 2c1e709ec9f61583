import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { formJsonSchema } from '#contract'
import { setDay, storedDay } from '#store'
import { asOwner } from '../access/database.ts'
import { load, stage, tableOf } from '../access/stage.ts'
import { fill } from '../world.ts'
import { freePort, install, type Installation, type Process } from './installation.ts'

let i: Installation
beforeAll(async () => {
  i = await install()
})
afterAll(() => i?.close())

it('HNR-061 HNR-062 two servers and two workers on one database: no deadline falls twice, no job is done twice', async () => {
  const s = stage(i.world)
  const fund = i.orgs['fund']!
  const count = 10
  const noticed = await Promise.all(
    Array.from({ length: count }, async () => s.bring(await s.start(fund), 'publicised')),
  )
  const waiting = await Promise.all(
    Array.from({ length: count }, async () => s.bring(await s.start(fund), 'submitted')),
  )
  const owed = await Promise.all(Array.from({ length: count }, () => s.oblige(fund, i.orgs['luanBureau']!)))
  const ports = [await freePort(), await freePort()]
  const processes: Process[] = await Promise.all([
    i.start({ port: ports[0]! }),
    i.start({ port: ports[1]! }),
    i.start({ loops: true }),
    i.start({ loops: true }),
  ])
  // the same act through both servers at once, with different keys
  const clerk = await s.person(fund)
  const ready = await Promise.all(Array.from({ length: count }, async () => s.bring(await s.start(fund), 'draft')))
  const both = await Promise.all(
    ready.map(async (id) => {
      const { table } = await tableOf(i.world, await load(i.world, id))
      const file = await s.file(clerk)
      const input = fill(formJsonSchema(table.rows['propose']!.form), file, { risk: { report: file } })
      return Promise.all(
        ports.map(async (port) => {
          const r = await fetch(`http://127.0.0.1:${port}/api/applications/${id}/actions/propose`, {
            method: 'POST',
            headers: {
              cookie: clerk.cookie,
              'content-type': 'application/json',
              'idempotency-key': crypto.randomUUID(),
            },
            body: JSON.stringify({ input }),
          })
          await r.text()
          return r.status
        }),
      )
    }),
  )
  for (const pair of both) expect(pair.sort()).toEqual([200, 409])

  // night after night, with both workers awake: reminders, limits, notices ending, codes, certificates
  const to = String((await load(i.world, noticed[0]!)).data['release']?.['noticeTo'])
  const last = new Date(Date.parse(to) + 25 * 86_400_000).toISOString().slice(0, 10)
  for (let { day } = await storedDay(i.app.pool); day! < last;) {
    day = new Date(Date.parse(day!) + 86_400_000).toISOString().slice(0, 10)
    await setDay(i.app.pool, day)
    await sleep(60)
  }
  const open = (): Promise<number> =>
    asOwner(i, async (q) =>
      Number(
        (
          await q.query(
            `select (select count(*) from gongshu.outbox where done is null) + (select count(*) from gongshu.deadline where fired is null and day < $1) as n`,
            [last],
          )
        ).rows[0].n,
      ),
    )
  for (const until = Date.now() + 60_000; (await open()) > 0 && Date.now() < until;) await sleep(200)
  expect(await open()).toBe(0)
  for (const p of processes) expect([p.alive(), p.errors()]).toEqual([true, ''])

  const facts = await asOwner(i, async (q) => ({
    perCase: (
      await q.query<{ type: string; n: number }>(
        `select type, count(*)::int as n from gongshu.event where actor = 'system' and stream = any ($1) group by stream, type`,
        [[...noticed, ...owed]],
      )
    ).rows,
    certificates: (
      await q.query<{ n: number }>(
        `select count(*)::int as n from gongshu.event where type = 'record/certify' group by stream`,
      )
    ).rows.map((r) => r.n),
    codes: (
      await q.query<{ n: number; d: number }>(
        `select count(*)::int as n, count(distinct code)::int as d from gongshu.public_record`,
      )
    ).rows[0]!,
    notices: (
      await q.query<{ n: number }>(
        `select count(*)::int as n from gongshu.notice group by principal, stream, term, day having count(*) > 1`,
      )
    ).rows,
    told: (
      await q.query<{ n: number }>(
        `select count(*)::int as n from gongshu.notice where term like '逾期%' and stream = any ($1)`,
        [waiting],
      )
    ).rows[0]!.n,
    files: (await q.query<{ n: number }>(`select count(*)::int as n from gongshu.file where person = 'system'`))
      .rows[0]!.n,
  }))
  console.log(`two servers, two workers: ${JSON.stringify({ ...facts, perCase: facts.perCase.length })}`)
  expect(facts.perCase.filter((r) => r.n !== 1)).toEqual([])
  for (const id of noticed) expect((await load(i.world, id)).at).toBe('settled')
  for (const id of owed) expect((await load(i.world, id)).at).toBe('breached')
  expect(facts.certificates).toEqual(Array.from({ length: count }, () => 1))
  expect(facts.codes).toEqual({ n: count, d: count })
  expect(facts.files).toBe(count)
  // each missed limit was told once to each who had to hear of it: the registrar and the bureau
  expect(facts.notices).toEqual([])
  expect(facts.told).toBe(2 * count)
  expect((await checkProjections(i.app)).differences).toEqual([])
  for (const p of processes) await p.kill()
}, 180_000)
