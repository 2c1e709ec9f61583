import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startDatabase, type Database } from './embedded.ts'
import { migrate, readMigrations } from './migrate.ts'

let root: string
let server: Database
let url: string
let files: string
let count = 0

const at = (database: string, user?: string) => {
  const address = new URL(server.url)
  address.pathname = `/${database}`
  if (user) [address.username, address.password] = [user, 'secret']
  return address.href
}

const query = async (where: string, text: string) => {
  const client = new pg.Client(where)
  await client.connect()
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

const write = (name: string, sql: string) => writeFile(join(files, name), sql)
const applied = async () =>
  (await query(url, 'select name from gongshu.migration order by name')).map(({ name }) => name)

beforeAll(async () => {
  root = await realpath(await mkdtemp('/tmp/gm-'))
  await chmod(root, 0o755)
  server = await startDatabase({ dataDir: join(root, 'data'), log: () => {} })
})

beforeEach(async () => {
  count++
  await query(server.url, `create database d${count}`)
  url = at(`d${count}`)
  files = join(root, `m${count}`)
  await mkdir(files)
  await write('0001_first.sql', 'create table gongshu.one (n int);\ninsert into gongshu.one values (1);')
})

afterAll(async () => {
  await server.stop()
  await rm(root, { recursive: true })
})

it('applies each file once, in order, and only what is new', async () => {
  await write('0002_second.sql', 'alter table gongshu.one add m int default 2')
  expect(await migrate(url, files)).toEqual(['0001_first.sql', '0002_second.sql'])
  expect(await migrate(url, files)).toEqual([])
  await write('0003_third.sql', 'update gongshu.one set m = 3')
  expect(await migrate(url, files)).toEqual(['0003_third.sql'])
  expect(await query(url, 'select n, m from gongshu.one')).toEqual([{ n: 1, m: 3 }])
})

it('refuses when an applied file has changed, but not for its line ends', async () => {
  await migrate(url, files)
  await write('0001_first.sql', 'create table gongshu.one (n int);\r\ninsert into gongshu.one values (1);')
  expect(await migrate(url, files)).toEqual([])
  await write('0001_first.sql', 'create table gongshu.one (n bigint);\ninsert into gongshu.one values (1);')
  await expect(migrate(url, files)).rejects.toThrow('0001_first.sql 在执行之后被改动')
})

it('refuses a database that is newer than the program', async () => {
  await write('0002_second.sql', 'select 1')
  await migrate(url, files)
  await rm(join(files, '0002_second.sql'))
  await expect(migrate(url, files)).rejects.toThrow('数据库比程序新')
})

it('undoes a failing file whole, keeps those before it and names the line', async () => {
  await write('0002_second.sql', 'insert into gongshu.one values (2);\ninsert into gongshu.none values (1);')
  await expect(migrate(url, files)).rejects.toThrow(/0002_second\.sql 第 2 行.*none/)
  expect(await applied()).toEqual(['0001_first.sql'])
  expect(await query(url, 'select n from gongshu.one')).toEqual([{ n: 1 }])
})

it('refuses gaps and doubles in the numbers', async () => {
  await write('0003_third.sql', 'select 1')
  await expect(readMigrations(files)).rejects.toThrow('0003_third.sql')
  await write('0001_again.sql', 'select 1')
  await expect(readMigrations(files)).rejects.toThrow('编号')
})

it('a setting made by one file does not reach the next', async () => {
  await write('0002_second.sql', 'set search_path = gongshu')
  await write('0003_third.sql', 'select n from one')
  await expect(migrate(url, files)).rejects.toThrow('0003_third.sql')
})

it('several starters on one database and on several apply everything exactly once', async () => {
  await query(server.url, 'create database other')
  await query(server.url, `drop role if exists gongshu_app`).catch(() => {})
  await write('0002_second.sql', 'select pg_sleep(0.3); insert into gongshu.one values (2)')
  const done = await Promise.all([url, url, url, at('other'), at('other')].map((where) => migrate(where, files)))
  expect(done.map((names) => names.length).sort()).toEqual([0, 0, 0, 2, 2])
  expect(await query(url, 'select n from gongshu.one order by n')).toEqual([{ n: 1 }, { n: 2 }])
})

it('lets its user start connections as the application role, and needs no right to make roles once it is there', async () => {
  await migrate(url, files)
  expect(await query(`${url}?options=-c%20role%3Dgongshu_app`, 'select current_user')).toEqual([
    { current_user: 'gongshu_app' },
  ])
  expect(
    await query(
      url,
      `select pg_has_role('gongshu_app', 'SET') as may, rolcanlogin as login from pg_roles where rolname = 'gongshu_app'`,
    ),
  ).toEqual([{ may: true, login: false }])

  await query(server.url, `create role plain login password 'secret'`)
  await query(server.url, `grant plain to gongshu`)
  await query(server.url, `create database plain_db owner plain`)
  await expect(migrate(at('plain_db', 'plain'), files)).rejects.toThrow('grant gongshu_app to plain')
  await query(server.url, `grant gongshu_app to plain`)
  await expect(migrate(at('plain_db', 'plain'), files)).rejects.toThrow('grant gongshu_log to plain')
  await query(server.url, `grant gongshu_log to plain`)
  expect(await migrate(at('plain_db', 'plain'), files)).toEqual(['0001_first.sql'])
  expect(await migrate(at('plain_db', 'plain'), files)).toEqual([])
})
