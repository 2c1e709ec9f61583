import pg from 'pg'

const TEXT_ARRAY: number = 1009

const integer = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`整数 ${text} 超出可精确表示的范围`)
  return value
}

const instant = (text: string): string => {
  const [, day, time, fraction = ''] = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? []
  if (!day) throw new RangeError(`不是 UTC 时间：${text}`)
  return `${day}T${time}.${fraction.padEnd(6, '0')}Z`
}

const same = (text: string) => text

const { builtins, getTypeParser } = pg.types

const each =
  (parse: (text: string) => unknown) =>
  (text: string): unknown[] =>
    getTypeParser(TEXT_ARRAY)(text).map((item: string | null) => (item === null ? null : parse(item)))

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.INT8]: integer,
  1016: each(integer),
  [builtins.DATE]: same,
  1182: each(same),
  [builtins.TIMESTAMP]: same,
  1115: each(same),
  [builtins.TIMESTAMPTZ]: instant,
  1185: each(instant),
}

/**
 * A pool whose connections all start under `role`, in time zone UTC and with search path `public`, without a round trip
 * of their own. They compile no statement: where a server does so by default, an act takes ten times as long.
 *
 * Values: `date` is 'YYYY-MM-DD'; `timestamptz` is 'YYYY-MM-DDTHH:MM:SS.ssssssZ' with always six digits, so that the order of
 * strings is the order of time; neither ever becomes a JS Date. `int8` (so also `count(*)`) is a number, and a RangeError
 * beyond ±(2^53 − 1) rather than a rounded value: select a column that may hold more as `::text`. `numeric` stays text.
 */
export const connect = (url: string, { max, role }: { readonly max: number; readonly role?: string }): pg.Pool => {
  const given = decodeURIComponent(/[?&]options=([^&#]*)/.exec(url)?.[1]?.replaceAll('+', ' ') ?? '')
  const pool = new pg.Pool({
    connectionString: url.replace(/([?&])options=[^&#]*&?/, '$1'),
    options: [given, '-c timezone=UTC -c datestyle=ISO -c search_path=public -c jit=off', role ? `-c role=${role}` : '']
      .join(' ')
      .trim(),
    max,
    application_name: 'gongshu',
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: (oid, format) => (format !== 'binary' && parsers[oid]) || getTypeParser(oid, format),
    },
  })
  // A connection lost while idle has already left the pool; without a listener it would end the process.
  pool.on('error', () => {})
  // The same for one lost between two statements of a transaction: the next statement fails, and that is news enough.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

const server = `
  select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
         current_setting('server_encoding') as encoding, datctype as ctype, datname as name, current_user as role
    from pg_database where datname = current_database()`

/**
 * Refuses a server on which the software would run but be wrong.
 * @param role the role given to `connect`, which a connection pooler in between may have dropped silently
 * @throws Error with a sentence for the operator
 */
export const checkServer = async (pool: pg.Pool, role?: string): Promise<void> => {
  const { rows } = await pool.query<{
    number: number
    version: string
    encoding: string
    ctype: string
    name: string
    role: string
  }>(server)
  const found = rows[0]
  if (!found) throw new Error('读不到数据库的信息')
  const rebuild = `请另建一个数据库：create database ${found.name}_utf8 template template0 encoding 'UTF8' locale 'C.UTF-8'`
  if (found.number < 150_000)
    throw new Error(
      `数据库服务器的版本是 ${found.version}，需要 PostgreSQL 15 以上。请升级，或不设 DATABASE_URL 而用内置数据库。`,
    )
  if (found.encoding !== 'UTF8')
    throw new Error(`数据库 ${found.name} 的编码是 ${found.encoding}，需要 UTF8。${rebuild}`)
  if (/^(C|POSIX)$/i.test(found.ctype))
    throw new Error(`数据库 ${found.name} 的字符分类（LC_CTYPE）是 ${found.ctype}，中文检索会什么都查不到。${rebuild}`)
  if (role && found.role !== role)
    throw new Error(
      `连接没有以角色 ${role} 开始，当前是 ${found.role}。中间的连接池可能丢弃了启动参数 options，请直接连接数据库服务器。`,
    )
}
