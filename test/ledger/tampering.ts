import { expect } from 'vitest'
import type pg from 'pg'
import { checkProjections, verifyLog } from '#application'
import { connect } from '#store'
import type { World } from '../world.ts'

type Ask = (text: string, values?: unknown[]) => Promise<pg.QueryResult>

/** The application's pool as one session that is inside a transaction already: what is changed there is seen, and rolled back. */
const within = (q: pg.PoolClient): pg.Pool => {
  const query: Ask = (text, values) => q.query(text, values)
  const nested: Ask = async (text, values) =>
    text === 'begin' || text === 'commit' ? query('select') : query(text, values)
  return { query, connect: async () => ({ query: nested, release: () => undefined }) } as unknown as pg.Pool
}

type Pick = <T>(of: readonly T[]) => T
type Attack = (size: number, pick: Pick, below: (n: number) => number) => string

const entry = (i: number): string => `(select entry from gongshu.leaf where log = 'register' and index = ${i})`
const flip = (column: string, at: number, bit: number): string =>
  `set_byte(${column}, ${at} % octet_length(${column}), get_byte(${column}, ${at} % octet_length(${column})) # ${1 << bit})`
const someTile = (n: number): string =>
  `(log, level, index) = (select log, level, index from gongshu.tile where log = 'register' order by level, index offset ${n} % (select count(*) from gongshu.tile where log = 'register') limit 1)`
const someCheckpoint = (n: number): string =>
  `log = 'register' and size = (select size from gongshu.checkpoint where log = 'register' order by size offset ${n} % (select count(*) from gongshu.checkpoint where log = 'register') limit 1)`
const someSealed = (n: number): string =>
  `(stream, seq) = (select stream, seq from gongshu.sealed where fields <> '{}' order by stream, seq offset ${n} % (select count(*) from gongshu.sealed where fields <> '{}') limit 1)`
const letter = (column: string, at: number): string =>
  `overlay(${column} placing case when substr(${column}, 1 + ${at} % length(${column}), 1) = '7' then '8' else '7' end from 1 + ${at} % length(${column}))`

/** What someone can do who owns the database and has the guards out of the way. */
const attacks: Readonly<Record<string, Attack>> = {
  'a character of a body': (size, _p, below) =>
    `update gongshu.event set body = ${letter('body', below(5000))} where id = ${entry(below(size))}`,
  'a column beside the body': (size, pick, below) => {
    const change = pick([
      `stream = '01980000-0000-7000-8000-000000000000'`,
      'seq = seq + 1000',
      `type = type || 'x'`,
      'v = v + 1',
      'day = day - 1',
      `at = at + interval '1 ms'`,
      `actor = 'somebody'`,
      `org = 'another'`,
      `rules = reverse(rules)`,
      `request = '00000000-0000-4000-8000-000000000000'`,
    ])
    return `update gongshu.event set ${change} where id = ${entry(below(size))}`
  },
  'a sealed value': (_s, _p, below) =>
    `update gongshu.sealed set fields = (select jsonb_object_agg(key, jsonb_build_array(value -> 0, '"另一内容"'::jsonb)) from jsonb_each(fields)) where ${someSealed(below(1000))}`,
  'a salt': (_s, _p, below) =>
    `update gongshu.sealed set fields = (select jsonb_object_agg(key, jsonb_build_array(encode(sha256('${below(1e9)}'), 'hex'), value -> 1)) from jsonb_each(fields)) where ${someSealed(below(1000))}`,
  'sealed values taken away': (_s, _p, below) => `delete from gongshu.sealed where ${someSealed(below(1000))}`,
  'a sealed value put in': (_s, _p, below) =>
    `update gongshu.sealed set fields = fields || '{"extra": ["00", 1]}' where ${someSealed(below(1000))}`,
  'an event taken away': (size, _p, below) => {
    const i = below(size)
    return `delete from gongshu.sealed where (stream, seq) = (select stream, seq from gongshu.event where id = ${entry(i)}); delete from gongshu.event where id = ${entry(i)}`
  },
  'an event put in': (size, _p, below) =>
    `insert into gongshu.event (gen, xid, stream, seq, type, v, day, at, actor, org, rules, request, body)
     select gen, '4', stream, 90000, type, v, day, at, actor, org, rules, request, body from gongshu.event where id = ${entry(below(size))}`,
  'two entries in each other’s place': (size, _p, below) => {
    const [a, b] = [below(size), below(size)]
    return [
      [a, -1],
      [a === b ? (a + 1) % size : b, a],
      [-1, a === b ? (a + 1) % size : b],
    ]
      .map(([x, y]) => `update gongshu.leaf set index = ${y} where log = 'register' and index = ${x}`)
      .join(';')
  },
  'an entry out of its place': (size, _p, below) =>
    `delete from gongshu.leaf where log = 'register' and index = ${below(size)}`,
  'the end cut off': (size, _p, below) =>
    `delete from gongshu.leaf where log = 'register' and index >= ${size - 1 - below(Math.min(size, 20))}`,
  'a byte of a tile': (_s, _p, below) =>
    `update gongshu.tile set hashes = ${flip('hashes', below(8192), below(8))} where ${someTile(below(1000))}`,
  'a tile taken away': (_s, _p, below) => `delete from gongshu.tile where ${someTile(below(1000))}`,
  'a byte of a root': (_s, _p, below) =>
    `update gongshu.checkpoint set root = ${flip('root', below(32), below(8))} where ${someCheckpoint(below(1000))}`,
  'a character of a signed checkpoint': (_s, _p, below) =>
    `update gongshu.checkpoint set note = ${letter('note', below(400))} where ${someCheckpoint(below(1000))}`,
  'a checkpoint put in': (size, _p, below) =>
    `insert into gongshu.checkpoint (log, size, root) select 'register', n, sha256('${below(1e9)}') from generate_series(1, ${size}) n
     where not exists (select 1 from gongshu.checkpoint c where c.log = 'register' and c.size = n) order by random() limit 1`,
  'the whole log rolled back': (size, _p, below) => {
    const keep = 1 + below(size - 1)
    return `delete from gongshu.checkpoint where log = 'register' and size > (select min(size) from gongshu.checkpoint where log = 'register' and size >= ${keep})
      and size > (select min(size) from gongshu.checkpoint where log = 'register');
      delete from gongshu.checkpoint where log = 'register' and size = ${size} and (select count(*) from gongshu.checkpoint where log = 'register') > 1;
      delete from gongshu.leaf where log = 'register' and index >= (select max(size) from gongshu.checkpoint where log = 'register');
      update gongshu.log set size = (select max(size) from gongshu.checkpoint where log = 'register') where name = 'register'`
  },
}

const someRow = (table: string, key: string, n: number): string =>
  `${key} = (select ${key} from gongshu.${table} order by ${key} offset ${n} % (select count(*) from gongshu.${table}) limit 1)`

/** The same with what is derived from the log: what is shown, listed and published. */
const derived: Readonly<Record<string, Attack>> = {
  'a projection changed': (_s, pick, below) => {
    const [table, column, change] = pick([
      ['stream', 'id', `state = state || 'x'`],
      ['stream', 'id', `snapshot = jsonb_set(snapshot::jsonb, '{at}', '"elsewhere"')::json`],
      ['stream', 'id', `readers = readers || '{someone}'`],
      ['stream', 'id', `version = version + 1`],
      ['stream', 'id', `title = title || '。'`],
      ['claim', 'key', `key = key || '1'`],
      ['deadline', 'stream', 'day = day + 1'],
      ['link', 'source', `target = '01980000-0000-7000-8000-000000000000'`],
      ['public_record', 'id', `valid_to = valid_to + 365`],
      ['public_record', 'id', `holder = '另一主体'`],
      ['public_record', 'id', `state = 'revoked'`],
      ['organisation', 'id', `name = name || '（更名）'`],
      ['person', 'id', `active = not active`],
      ['membership', 'id', `duties = duties || '{approver9}'`],
    ] as const)
    return `update gongshu.${table} set ${change} where ${someRow(table, column, below(1000))}`
  },
  'a projection taken away': (_s, pick, below) => {
    const [table, column] = pick([
      ['public_record', 'id'],
      ['organisation', 'id'],
      ['membership', 'id'],
      ['claim', 'key'],
      ['deadline', 'stream'],
      ['link', 'source'],
    ] as const)
    return `delete from gongshu.${table} where ${someRow(table, column, below(1000))}`
  },
  'a registration put in that no act made': (_s, _p, below) =>
    `insert into gongshu.public_record select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'code', 'X${below(1e9)}'))).*
     from gongshu.public_record r where ${someRow('public_record', 'id', below(1000))}`,
  'a duty put in that nobody gave': (_s, _p, below) =>
    `insert into gongshu.membership select gen_random_uuid(), person, gen_random_uuid(), '{admin}' from gongshu.membership where ${someRow('membership', 'id', below(1000))}`,
}

/** Integers below a bound, the same ones for the same seed (mulberry32). */
export const numbers = (seed: number): ((n: number) => number) => {
  let a = seed
  return (n) => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

/**
 * Changes the database at random places behind its guards, `rounds` times each way, and lets the audit look for it. The untouched log
 * has to pass in between.
 * @param next integers below a bound, from a seed
 */
export const tamper = async (
  w: World,
  known: readonly string[],
  size: number,
  rounds: number,
  next: (n: number) => number,
): Promise<{ readonly attempted: number; readonly detected: number }> => {
  let attempted = 0
  let detected = 0
  const pool = connect(w.url, { max: 1 })
  const q = await pool.connect()
  try {
    const audit = async (): Promise<readonly string[]> => {
      const { problems } = await verifyLog({ pool: within(q) }, 'register', { known })
      if (problems.length > 0) return problems
      return (await checkProjections({ ...w.app, pool: within(q) })).differences.map((d) => d.what)
    }
    for (let round = 0; round < rounds; round++) {
      expect(await audit()).toEqual([])
      for (const [what, attack] of Object.entries({ ...attacks, ...derived })) {
        await q.query('begin')
        for (const table of ['event', 'sealed', 'leaf', 'checkpoint', 'access'])
          await q.query(`alter table gongshu.${table} disable trigger user`)
        await q.query(`alter table gongshu.sealed drop constraint sealed_stream_seq_fkey`)
        const sql = attack(size, (of) => of[next(of.length)]!, next)
        await q.query(sql)
        attempted++
        const found = await audit()
        if (found.length > 0) detected++
        else throw new Error(`not found: ${what}: ${sql}`)
        await q.query('rollback')
      }
    }
    expect(await audit()).toEqual([])
  } finally {
    q.release(true)
    await pool.end()
  }
  return { attempted, detected }
}
