import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections, drainJobs, tickDay } from '#application'
import { setDay, storedDay } from '#store'
import { asOwner } from '../access/database.ts'
import { load, stage, type Stage } from '../access/stage.ts'
import { world, type World } from '../world.ts'

let w: World
let s: Stage
beforeAll(async () => {
  w = await world()
  s = stage(w)
})
afterAll(() => w.close())

const four = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all([work(), work(), work(), work()])
const later = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

it('four loops that wake at the same moment tell of a missed limit once and end a notice once', async () => {
  const late = await Promise.all(
    Array.from({ length: 8 }, async () => s.bring(await s.start(w.orgs['fund']!), 'submitted')),
  )
  const noticed = await Promise.all(
    Array.from({ length: 8 }, async () => s.bring(await s.start(w.orgs['fund']!), 'publicised')),
  )
  const day = later((await storedDay(w.app.pool)).day!, 30)
  await setDay(w.app.pool, day)
  await four(() => tickDay(w.app, day))
  const { rows: told } = await asOwner(w, (q) =>
    q.query<{ n: number }>(
      `select count(*)::int as n from gongshu.notice where term like '逾期%' and stream = any ($1) group by stream, principal`,
      [late],
    ),
  )
  expect(told.map((r) => r.n)).toEqual(Array.from({ length: 16 }, () => 1))
  for (const id of noticed) expect((await load(w, id)).at).toBe('coding')
  const { rows: ended } = await asOwner(w, (q) =>
    q.query<{ n: number }>(
      `select count(*)::int as n from gongshu.event where type = 'application/closeNotice' group by stream`,
    ),
  )
  expect(ended.map((r) => r.n)).toEqual(Array.from({ length: 8 }, () => 1))

  await four(() => drainJobs(w.app))
  await drainJobs(w.app)
  const { rows: certified } = await asOwner(w, (q) =>
    q.query<{ n: number }>(
      `select count(*)::int as n from gongshu.event where type = 'record/certify' group by stream`,
    ),
  )
  expect(certified.map((r) => r.n)).toEqual(Array.from({ length: 8 }, () => 1))
  expect((await checkProjections(w.app)).differences).toEqual([])
})

it('HNR-062 a version of a record is certified once, also when its issue waited until the record had changed again', async () => {
  const record = await s.record(w.orgs['fund']!)
  const change = await s.start(w.orgs['fund']!, { kind: 'change', record })
  await s.bring(change, 'settled')
  // two issues are due, and the first of them comes last: it failed, say, and is tried again
  await asOwner(w, (q) =>
    q.query(
      `update gongshu.outbox set due = now() + interval '1 hour'
       where id = (select min(id) from gongshu.outbox where stream = $1 and topic = 'certificate')`,
      [record],
    ),
  )
  await four(() => drainJobs(w.app))
  await asOwner(w, (q) => q.query('update gongshu.outbox set due = now() where done is null'))
  await four(() => drainJobs(w.app))
  const { rows } = await asOwner(w, (q) =>
    q.query<{ version: number }>(
      `select (body::jsonb -> 'data' ->> 'version')::int as version from gongshu.event where stream = $1 and type = 'record/certify'`,
      [record],
    ),
  )
  expect(rows.length).toBe(1)
  expect((await asOwner(w, (q) => q.query(`select id from gongshu.outbox where done is null`))).rows).toEqual([])
})

it('a case that cannot be worked off keeps no other waiting', async () => {
  const ids = await Promise.all(
    Array.from({ length: 3 }, async () => s.bring(await s.start(w.orgs['fund']!), 'publicised')),
  )
  // what it stands in is known to no table: every attempt ends in an exception
  await asOwner(w, (q) =>
    q.query(
      `update gongshu.stream set snapshot = jsonb_set(snapshot::jsonb, '{process}', '"unheard of"') where id = $1`,
      [ids[0]],
    ),
  )
  const day = later((await storedDay(w.app.pool)).day!, 30)
  await setDay(w.app.pool, day)
  await expect(tickDay(w.app, day)).rejects.toThrow(ids[0])
  for (const id of ids.slice(1)) expect((await load(w, id)).at).toBe('coding')
  await asOwner(w, (q) =>
    q.query(
      `update gongshu.stream set snapshot = jsonb_set(snapshot::jsonb, '{process}', '"application"') where id = $1`,
      [ids[0]],
    ),
  )
  await tickDay(w.app, day)
  expect((await load(w, ids[0]!)).at).toBe('coding')
})
