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

const ensureTemplate = async (url: string, session: pg.Client): Promise<string> => {
  const template = await templateName()
  const { rowCount } = await session.query('select 1 from pg_database where datname = $1', [template])
  if (rowCount) return template
  const unfinished = `${template}_unfinished`
  await dropDatabase(session, unfinished)
  await session.query(`create database ${unfinished} template template0 encoding 'UTF8' locale 'C.UTF-8'`)
  await migrate(onServer(url, unfinished))
  await session.query(`alter database ${unfinished} rename to ${template}`)
  return template
}

/**
 * A fresh, migrated database for one suite: on TEST_DATABASE_URL's server, or on an embedded server that all workers and
 * runs of this checkout share and that the last run to end stops.
 */
export const testDatabase = async (): Promise<TestDatabase> => {
  const { url, session } = await use()
  const name = `gongshu_test_${randomBytes(6).toString('hex')}`
  await session.query(`select pg_advisory_lock(${TEMPLATE})`)
  try {
    await session.query(`create database ${name} template ${await ensureTemplate(url, session)}`)
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

/** Stops the embedded test server unless another run is using it, and drops what killed runs left. */
export const stopTestServer = async (): Promise<void> => {
  const running = external ? undefined : await findDatabase(cluster)
  if (!running) return
  const session = await open(running.url)
  const { rows } = await session.query<{ alone: boolean }>(`select pg_try_advisory_lock(${IN_USE}) as alone`)
  if (rows[0]?.alone) {
    const left = await session.query<{ datname: string }>(
      `select datname from pg_database where datname ~ '^gongshu_(test|template)_'`,
    )
    const current = await templateName()
    for (const { datname } of left.rows) if (datname !== current) await dropDatabase(session, datname)
    await running.stop()
  }
  await session.end()
}
