import type pg from 'pg'

/** Runs queries as a signed-in viewer: row security applies, and nothing outlives the transaction. Undefined when the session is gone. */
export const asViewer = async <T>(
  pool: pg.Pool,
  token: Buffer,
  idle: string,
  work: (q: pg.PoolClient, viewer: Viewer) => Promise<T>,
): Promise<T | undefined> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ v: Viewer | null }>({
      name: 'enter',
      text: 'select gongshu.enter($1, $2) as v',
      values: [token, idle],
    })
    const viewer = rows[0]?.v
    const out = viewer ? await work(client, viewer) : undefined
    await client.query('commit')
    return out
  } catch (e) {
    await client.query('rollback').catch(() => undefined)
    throw e
  } finally {
    client.release()
  }
}

/** The same as the system: for loops, rebuild and projections. */
export const asSystem = async <T>(pool: pg.Pool, work: (q: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('gongshu.viewer', '{"system": true}', true)`)
    const out = await work(client)
    await client.query('commit')
    return out
  } catch (e) {
    await client.query('rollback').catch(() => undefined)
    throw e
  } finally {
    client.release()
  }
}

/** Who is asking, as the database established it from the session. */
export interface Viewer {
  readonly person: string
  readonly name: string
  readonly realName: boolean
  /** The organisation acted for, or the person's own id. */
  readonly org: string
  readonly orgName: string
  readonly division?: string
  readonly duties: readonly string[]
  readonly roles: readonly string[]
  readonly self: boolean
  /** LIKE pattern of the divisions supervised. */
  readonly area?: string
  readonly strong: boolean
  readonly demo: boolean
}
