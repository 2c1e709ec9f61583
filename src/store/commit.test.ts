import type pg from 'pg'
import { v4, v7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { committer, type Doc, type Head } from './commit.ts'
import { connect } from './connect.ts'
import { APP_ROLE } from './migrate.ts'
import { testDatabase, type TestDatabase } from './testing.ts'

let database: TestDatabase
let pool: pg.Pool
let owner: pg.Pool
beforeAll(async () => {
  database = await testDatabase()
  pool = connect(database.url, { max: 4, role: APP_ROLE })
  owner = connect(database.url, { max: 1 })
})
afterAll(async () => {
  await Promise.all([pool.end(), owner.end()])
  await database.drop()
})

const head = (id: string, expected: number, more: Partial<Head> = {}): Head => ({
  id,
  expected,
  process: 'item',
  kind: 'resource',
  variant: 'resource',
  state: 'listed',
  version: expected + 1,
  final: false,
  title: id,
  division: '341500',
  readers: ['a', 'b'],
  turn: [],
  due: null,
  opened: '2026-03-09',
  touched: '2026-03-09T00:00:00Z',
  rules: 'r',
  snapshot: { id, version: expected + 1 },
  links: {},
  claims: [],
  deadlines: [],
  ...more,
})
const event = (stream: string, seq: number): NonNullable<Doc['events']>[number] => ({
  body: JSON.stringify({
    stream,
    seq,
    type: 'item/list',
    v: 1,
    day: '2026-03-09',
    at: '2026-03-09T00:00:00Z',
    actor: 'system',
    org: 'system',
    rules: 'r',
    request: v4(),
  }),
  sealed: { name: ['00', { of: stream }] },
})
const opening = (id: string, more: Partial<Head> = {}): Doc => ({ heads: [head(id, 0, more)], events: [event(id, 1)] })
const access = (subject: string): Doc => ({
  access: [{ at: '2026-03-09T00:00:00Z', kind: 'read', person: 'p', org: 'o', subject, body: '{}' }],
})
const rows = async (text: string, values: unknown[]): Promise<unknown[]> => (await owner.query(text, values)).rows

/** A committer that counts its calls, so that a test can tell what went together. */
const counted = () => {
  const calls: number[] = []
  const q = {
    query: (o: { text: string; values: [string, string[]] }) => {
      calls.push((JSON.parse(o.values[0]) as unknown[]).length)
      return pool.query(o)
    },
  } as unknown as pg.Pool
  return { calls, ...committer(q) }
}

test('acts that are committed together stand or fall alone', async () => {
  const { commit, calls } = counted()
  const ids = Array.from({ length: 6 }, () => v7())
  const known = v7()
  expect(await commit(opening(known, { claims: [{ scope: 's', key: known }] }))).toEqual({ ok: true })
  const answers = await Promise.all([
    commit(opening(ids[0]!)),
    commit(opening(ids[1]!, { claims: [{ scope: 's', key: known }] })),
    commit(opening(ids[2]!)),
    commit({ heads: [head(ids[3]!, 4)], events: [event(ids[3]!, 5)] }),
    commit({ ...opening(ids[4]!), events: [{ body: JSON.stringify({ stream: ids[4], seq: 'x' }) }] }),
    commit(access(ids[5]!)),
  ])
  expect(calls).toEqual([1, 6])
  expect(answers.map((a) => (a.ok ? 'ok' : 'conflict' in a ? a.conflict : a.error))).toEqual([
    'ok',
    'claim',
    'ok',
    'version',
    '22P02',
    'ok',
  ])
  expect(await rows('select id from gongshu.stream where id = any ($1) order by id', [ids])).toEqual([
    { id: ids[0] },
    { id: ids[2] },
  ])
  expect(await rows('select stream, seq from gongshu.event where stream = any ($1) order by id', [ids])).toEqual([
    { stream: ids[0], seq: 1 },
    { stream: ids[2], seq: 1 },
  ])
  expect(await rows('select subject from gongshu.access where subject = any ($1)', [ids])).toHaveLength(1)
})

test('acts on one case are not committed together, and only the first of those decided on one version stands', async () => {
  const { commit, calls } = counted()
  const [id, other] = [v7(), v7()]
  await Promise.all([commit(opening(id)), commit(opening(other))])
  const next: Doc = { heads: [head(id, 1)], events: [event(id, 2)] }
  const answers = await Promise.all([
    commit(next),
    commit(next),
    commit({ heads: [head(other, 1)], events: [event(other, 2)] }),
    commit(next),
  ])
  expect(calls).toEqual([2, 2, 1, 1])
  expect(answers.map((a) => (a.ok ? 'ok' : 'conflict' in a && a.conflict))).toEqual(['ok', 'version', 'ok', 'version'])
})

test('an act that looked at a case stands only while that case has not stirred, whether the other came before it or with it', async () => {
  const { commit } = counted()
  const item = v7()
  await commit(opening(item))
  const joins = (id: string, stir: number): Doc => ({ ...opening(id, { links: { item } }), seen: { [item]: stir } })
  const [a, b, c] = [v7(), v7(), v7()]
  const answers = await Promise.all([commit(joins(a, 0)), commit(joins(b, 0))])
  expect(answers).toEqual([{ ok: true }, { conflict: 'stirred' }])
  expect(await commit(joins(c, 1))).toEqual({ ok: true })
  expect(await rows('select source from gongshu.link where target = $1 order by source', [item])).toEqual([
    { source: a },
    { source: c },
  ])
})

test('what an act leaves out of a head stays as it was; what it names replaces what was there', async () => {
  const { commit } = counted()
  const id = v7()
  const [kept, added] = [v7(), v7()]
  const deadline = (day: string) => ({ act: 'list', day, kind: 'limit' })
  const claim = (key: string) => ({ scope: 's', key })
  await commit(opening(id, { claims: [claim(kept)], deadlines: [deadline('2026-03-20'), deadline('2026-03-21')] }))
  const projected = async (): Promise<unknown[]> => [
    ...(await rows('select key from gongshu.claim where stream = $1 order by key', [id])),
    ...(await rows('select day from gongshu.deadline where stream = $1 order by day', [id])),
  ]
  const { claims: _c, deadlines: _d, ...lean } = head(id, 1)
  await commit({ heads: [lean], events: [event(id, 2)] })
  expect(await projected()).toEqual([{ key: kept }, { day: '2026-03-20' }, { day: '2026-03-21' }])
  await commit({
    heads: [
      head(id, 2, { claims: [claim(kept), claim(added)], deadlines: [deadline('2026-03-21'), deadline('2026-03-22')] }),
    ],
    events: [event(id, 3)],
  })
  expect(await projected()).toEqual([
    ...[kept, added].sort().map((key) => ({ key })),
    { day: '2026-03-21' },
    { day: '2026-03-22' },
  ])
})

test('rules are sent until an act that names them has been committed, and no more', async () => {
  const sent: unknown[] = []
  const q = {
    query: (o: { text: string; values: [string, string[]] }) => {
      sent.push(...(JSON.parse(o.values[0]) as Doc[]).map((d) => d.rules?.length ?? 0))
      return pool.query(o)
    },
  } as unknown as pg.Pool
  const { commit } = committer(q)
  const hash = v4()
  const rules = [{ hash, division: '341500', body: { values: {} } }]
  const known = v7()
  await commit(opening(known))
  expect(await commit({ heads: [head(known, 7)], rules })).toEqual({ conflict: 'version' })
  expect(await commit({ ...opening(v7()), rules })).toEqual({ ok: true })
  expect(await commit({ ...opening(v7()), rules })).toEqual({ ok: true })
  expect(sent).toEqual([0, 1, 1, 0])
  expect(await rows('select hash from gongshu.rules where hash = $1', [hash])).toEqual([{ hash }])
})
