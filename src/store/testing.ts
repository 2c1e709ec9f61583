import { createHash, randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { dropDatabase, onServer } from './backup.ts'
import { findDatabase, startDatabase } from './embedded.ts'
import { migrate, readMigrations } from './migrate.ts'

/** A migrated database of one test suite. */
export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> }

const external = process.env['TEST_DATABASE_URL']
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
const checkout = fileURLToPath(new URL('../../', import.meta.url))
const cluster = { dataDir: join(tmpdir(), `gongshu-test-${hash(`${checkout} ${process.getuid?.()}`)}`), log: () => {} }

/** The run of the tests that this process belongs to; a process on its own is a run. */
export const testRun = (): string => process.env['GONGSHU_TEST_RUN'] ?? String(process.pid)

/** What a database begins with beside the schema. The first suite of a run that asks for it fills a database, all get copies of that. */
export interface Filling {
  readonly key: string
  readonly fill: (url: string) => Promise<void>
}

// Advisory locks of the server's own database: shared by every suite that uses the server, and one for the template.
const IN_USE = `hashtext('gongshu.test.use')`
const TEMPLATE = `hashtext('gongshu.test.template')`

const open = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, application_name: 'gongshu test' })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** A session that keeps the server from being stopped by the end of another run; it may just be going down, so retry. */
const use = async (tries = 10): Promise<{ readonly url: string; readonly session: pg.Client }> => {
  const url = external ?? (await startDatabase(cluster)).url
  try {
    const session = await open(url)
    await session.query(`select pg_advisory_lock_shared(${IN_USE})`)
    return { url, session }
  } catch (error) {
    if (external || tries === 1) throw error
    await sleep(100)
    return use(tries - 1)
  }
}

const templateName = async () => `gongshu_template_${hash((await readMigrations()).map(({ sha256 }) => sha256).join())}`

/** Makes a database aside, gives it its name when it is whole, and leaves it as it is where it is there already. */
const ensure = async (
  session: pg.Client,
  name: string,
  from: string,
  fill: (database: string) => Promise<unknown>,
): Promise<string> => {
  const { rowCount } = await session.query('select 1 from pg_database where datname = $1', [name])
  if (rowCount) return name
  const unfinished = `${name}_unfinished`
  await dropDatabase(session, unfinished)
  await session.query(`create database ${unfinished} template ${from}`)
  await fill(unfinished)
  await session.query(`alter database ${unfinished} rename to ${name}`)
  return name
}

const ensureTemplate = async (url: string, session: pg.Client, filling?: Filling): Promise<string> => {
  const empty = await ensure(session, await templateName(), `template0 encoding 'UTF8' locale 'C.UTF-8'`, (name) =>
    migrate(onServer(url, name)),
  )
  return filling
    ? ensure(session, `gongshu_filled_${testRun()}_${hash(filling.key)}`, empty, (name) =>
        filling.fill(onServer(url, name)),
      )
    : empty
}

/**
 * A fresh, migrated and, where asked, filled database for one suite: on TEST_DATABASE_URL's server, or on an embedded server that all workers and
 * runs of this checkout share and that the last run to end stops.
 */
export const testDatabase = async (filling?: Filling): Promise<TestDatabase> => {
  const { url, session } = await use()
  const name = `gongshu_test_${randomBytes(6).toString('hex')}`
  await session.query(`select pg_advisory_lock(${TEMPLATE})`)
  try {
    await session.query(`create database ${name} template ${await ensureTemplate(url, session, filling)}`)
    // nothing here outlives its server: what must survive a crash is proved on servers that are crashed
    await session.query(`alter database ${name} set synchronous_commit = off`)
  } catch (error) {
    await session.end()
    throw error
  }
  await session.query(`select pg_advisory_unlock(${TEMPLATE})`)
  return {
    url: onServer(url, name),
    drop: async () => {
      await dropDatabase(session, name)
      await session.end()
    },
  }
}

const dropNamed = async (session: pg.Client, pattern: string, but?: string): Promise<void> => {
  const { rows } = await session.query<{ datname: string }>('select datname from pg_database where datname ~ $1', [
    pattern,
  ])
  for (const { datname } of rows) if (datname !== but) await dropDatabase(session, datname)
}

/** Drops what this run filled; stops the embedded test server unless another run is using it, and drops what killed runs left. */
export const stopTestServer = async (): Promise<void> => {
  const running = external ? undefined : await findDatabase(cluster)
  const url = external ?? running?.url
  if (!url) return
  const session = await open(url)
  await dropNamed(session, `^gongshu_filled_${testRun()}_`)
  if (running) {
    const { rows } = await session.query<{ alone: boolean }>(`select pg_try_advisory_lock(${IN_USE}) as alone`)
    if (rows[0]?.alone) {
      await dropNamed(session, '^gongshu_(test|template|filled)_', await templateName())
      await running.stop()
    }
  }
  await session.end()
}
