import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** The role that application connections start under. */
export const APP_ROLE = 'gongshu_app'
/** The role of the sequencer: the only one that may put entries into the transparency log, and it may do nothing else. */
export const LOG_ROLE = 'gongshu_log'

type Migration = { readonly name: string; readonly sql: string; readonly sha256: string }

const directory = fileURLToPath(new URL('./migrations/', import.meta.url))

/** The migrations shipped with the program, in order. @throws Error when their numbers do not run 0001, 0002, … */
export const readMigrations = async (from = directory): Promise<readonly Migration[]> => {
  const names = (await readdir(from)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      if (!new RegExp(`^${String(index + 1).padStart(4, '0')}_[a-z0-9_]+\\.sql$`).test(name))
        throw new Error(`迁移文件的编号须从 0001 起连续不重复：${name}`)
      // A checkout may have changed the line ends; that is no change of the migration.
      const sql = (await readFile(`${from}/${name}`, 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

// Roles belong to the whole server, so migrations of two databases may meet here, where no advisory lock reaches.
const meeting = new Set(['42710', '23505', 'XX000'])

const ensureRole = async (client: pg.Client, role: string, tries = 10): Promise<void> => {
  try {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
    if (!rowCount) await client.query(`create role ${role} nologin`)
    const { rows } = await client.query<{ may: boolean }>(
      `select pg_has_role(current_user, $1, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as may`,
      [role],
    )
    if (!rows[0]?.may) await client.query(`grant ${role} to current_user`)
  } catch (error) {
    const { code } = error as { code?: string }
    if (meeting.has(code ?? '') && tries > 1) return ensureRole(client, role, tries - 1)
    if (code !== '42501' && code !== '0LP01') throw error
    throw new Error(
      `数据库用户无权建立或使用角色 ${role}。请数据库管理员执行：create role ${role} nologin; grant ${role} to ${client.user ?? '该用户'}`,
    )
  }
}

/**
 * Brings the database up to the program: creates the roles of application and sequencer, then applies each new file in a transaction of
 * its own. Two processes may call this at once.
 * @returns the names of the files applied now
 * @throws Error when an applied file has changed or is unknown (the database is newer than the program), or an SQL error
 */
export const migrate = async (url: string, from = directory): Promise<readonly string[]> => {
  const migrations = await readMigrations(from)
  const client = new pg.Client({ connectionString: url, application_name: 'gongshu migrate' })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('gongshu.migration'))`)
    for (const role of [APP_ROLE, LOG_ROLE]) await ensureRole(client, role)
    const { rows: known } = await client.query<{ ready: boolean }>(
      `select to_regclass('gongshu.migration') is not null as ready`,
    )
    if (!known[0]?.ready) {
      await client.query('create schema if not exists gongshu')
      await client.query(
        'create table gongshu.migration (name text primary key, sha256 text not null, at timestamptz not null default now())',
      )
    }
    const { rows } = await client.query<{ name: string; sha256: string }>(
      'select name, sha256 from gongshu.migration order by name',
    )
    for (const [index, row] of rows.entries()) {
      const file = migrations[index]
      if (file?.name !== row.name)
        throw new Error(`数据库已执行迁移 ${row.name}，而程序里没有它。数据库比程序新，请升级程序。`)
      if (file.sha256 !== row.sha256)
        throw new Error(`迁移 ${row.name} 在执行之后被改动。已执行的迁移不能改，请恢复原文件，另写一个新的迁移。`)
    }
    const pending = migrations.slice(rows.length)
    for (const { name, sql, sha256 } of pending) {
      // Nothing a file sets may reach the next one, which on another day runs in another session; and a schema named
      // like the user, which PostgreSQL searches by default, must not hide that a name lacks its schema.
      await client.query('reset all; set search_path = public')
      await client.query('begin')
      await client.query(sql).catch((error: pg.DatabaseError) => {
        const line = error.position ? ` 第 ${sql.slice(0, Number(error.position)).split('\n').length} 行` : ''
        error.message = `迁移 ${name}${line}：${error.message}`
        throw error
      })
      await client.query('insert into gongshu.migration (name, sha256) values ($1, $2)', [name, sha256])
      await client.query('commit')
    }
    return pending.map(({ name }) => name)
  } finally {
    await client.end()
  }
}
