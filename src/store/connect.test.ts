import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkServer, connect } from './connect.ts'
import { testDatabase, type TestDatabase } from './testing.ts'

let database: TestDatabase
const pools: pg.Pool[] = []
const open = (url: string, role?: string) => {
  const pool = connect(url, { max: 2, ...(role ? { role } : {}) })
  pools.push(pool)
  return pool
}

beforeAll(async () => {
  database = await testDatabase()
})

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await database.drop()
})

it('every connection starts under the role, in UTC, and keeps options of the url', async () => {
  const url = `${database.url}${database.url.includes('?') ? '&' : '?'}options=-c%20work_mem%3D5MB&application_name=other`
  const { rows } = await open(url, 'gongshu_app').query(
    `select current_user as role, current_setting('TimeZone') as zone, current_setting('work_mem') as memory`,
  )
  expect(rows).toEqual([{ role: 'gongshu_app', zone: 'UTC', memory: '5MB' }])
})

it('dates and times are text whose order is the order of time, integers are exact or refused', async () => {
  const { rows } = await open(database.url).query({
    text: `select date '2026-03-01' as day, array[date '2026-03-01', null] as days, timestamp '2026-03-01 08:00' as local,
                  timestamptz '2026-03-01 08:00:00.25+08' as at, array[timestamptz '2026-03-01 08:00+08'] as ats,
                  count(*) as n, array[1::int8] as ns, 1.10::numeric as price, null::date as none`,
  })
  expect(rows).toEqual([
    {
      day: '2026-03-01',
      days: ['2026-03-01', null],
      local: '2026-03-01 08:00:00',
      at: '2026-03-01T00:00:00.250000Z',
      ats: ['2026-03-01T00:00:00.000000Z'],
      n: 1,
      ns: [1],
      price: '1.10',
      none: null,
    },
  ])
  expect(new Date(rows[0].at).toISOString()).toBe('2026-03-01T00:00:00.250Z')
  await expect(open(database.url).query('select 9007199254740992::int8')).rejects.toThrow(RangeError)
  expect((await open(database.url).query('select -9007199254740991::int8 as n')).rows).toEqual([
    { n: -9007199254740991 },
  ])
})

it('a pool survives the loss of its idle connections', async () => {
  const pool = open(database.url)
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  await open(database.url).query('select pg_terminate_backend($1)', [rows[0].pid])
  await expect.poll(() => pool.query('select 1 as one').then((result) => result.rows, String)).toEqual([{ one: 1 }])
})

it('a connection lost between two statements of a transaction fails the next one and nothing else', async () => {
  const pool = open(database.url)
  const client = await pool.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const lost = new Promise((resolve) => client.once('end', resolve))
  await open(database.url).query('select pg_terminate_backend($1)', [rows[0].pid])
  await lost
  await expect(client.query('select 1')).rejects.toThrow()
  client.release(true)
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

it('a fit server is accepted, an unfit one refused with what to do', async () => {
  await checkServer(open(database.url, 'gongshu_app'), 'gongshu_app')
  await expect(checkServer(open(database.url), 'gongshu_app')).rejects.toThrow('没有以角色 gongshu_app 开始')

  const admin = open(database.url)
  const { rows } = await admin.query(`select current_setting('server_version_num')::int as version`)
  const name = new URL(database.url).pathname.slice(1)
  for (const [suffix, options, message] of [
    ['_c', `encoding 'UTF8' locale 'C'`, `LC_CTYPE）是 C，中文检索`],
    ['_ascii', `encoding 'SQL_ASCII' locale 'C'`, '编码是 SQL_ASCII'],
    [
      '_builtin',
      `encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'`,
      `LC_CTYPE）是 C，中文检索`,
    ],
  ] as const) {
    if (suffix === '_builtin' && rows[0].version < 170_000) continue
    await admin.query(`create database ${name}${suffix} template template0 ${options}`)
    const url = new URL(database.url)
    url.pathname += suffix
    const pool = connect(url.href, { max: 1 })
    await expect(checkServer(pool)).rejects.toThrow(message)
    await expect(checkServer(pool)).rejects.toThrow('create database')
    await pool.end()
    await admin.query(`drop database ${name}${suffix}`)
  }

  const older = {
    query: () => Promise.resolve({ rows: [{ number: 140011, version: '14.11', encoding: 'UTF8', ctype: 'C.UTF-8' }] }),
  }
  await expect(checkServer(older as unknown as pg.Pool)).rejects.toThrow('14.11，需要 PostgreSQL 15')
})
