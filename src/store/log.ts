import type pg from 'pg'
import type { Json } from '#contract'
import {
  append,
  checkpointText,
  edgeFrom,
  entryOf,
  hashers,
  rootOf,
  signNote,
  type Hasher,
  type Hashes,
  type NoteSigner,
} from '#ledger'

type Q = Pick<pg.Pool, 'query'>

export interface Log {
  /** register and access, the same with -sm behind it for SM3, and with a number behind that for those that follow. */
  readonly name: string
  /** register: legal acts, kept for good. access: sign-ins, denials and reads of what is not public. */
  readonly source: 'register' | 'access'
  readonly hash: Hasher['name']
  readonly origin: string
  /** Verifier key (C2SP signed-note). */
  readonly key: string
  /** The log this one goes on from, and the last checkpoint of that one, which is entry 0 here. */
  readonly follows: string | null
  readonly begins: string | null
  readonly opened: string
  readonly frozen: string | null
  readonly size: number
}
/** Every log of this database, those that follow behind those they follow. */
export const logsOf = async (q: Q): Promise<readonly Log[]> =>
  (
    await q.query<Log>(
      'select name, source, hash, origin, key, follows, begins, opened, frozen, size from gongshu.log order by source desc, hash, opened, name',
    )
  ).rows
export const logOf = async (q: Q, name: string): Promise<Log | undefined> =>
  (await logsOf(q)).find((l) => l.name === name)

/** Begins a log in this database unless its source and hash have one. */
export const openLog = async (q: Q, l: Pick<Log, 'name' | 'source' | 'hash' | 'origin' | 'key'>): Promise<void> => {
  await q.query(`select gongshu.log_open($1, $2, $3, $4, $5)`, [l.name, l.source, l.hash, l.origin, l.key])
}
/**
 * Freezes a log and begins another in its place, under another key.
 * @param begins the last checkpoint of the frozen log, which becomes entry 0
 * @throws Error unless the log is signed to its end
 */
export const succeedLog = async (
  q: Q,
  log: string,
  next: Pick<Log, 'name' | 'origin' | 'key'> & { readonly begins: string },
): Promise<void> => {
  await q.query('select gongshu.log_succeed($1, $2, $3, $4, $5)', [log, next.name, next.origin, next.key, next.begins])
}

const waiting = async (q: Q, name: string): Promise<{ next: boolean; unsigned: boolean }> => {
  const { rows } = await q.query<{ next: boolean; unsigned: boolean }>({
    name: 'log_waiting',
    text: `select exists (select 1 from gongshu.log_next($1, 1)) or exists (select 1 from gongshu.log where name = $1 and size = 0 and begins is not null) as next,
                  exists (select 1 from gongshu.checkpoint where log = $1 and note is null) as unsigned`,
    values: [name],
  })
  return rows[0]!
}

/**
 * Takes the next entries into a log, at most `most`: one transaction, in which no other sequencer can be at it. Nothing is signed
 * before it is durable, and a size gets one root, so that killing this anywhere leaves a log that goes on where it was.
 * @param before is told size and root of what will be signed next, and may throw to prevent it
 * @returns how many entries were taken; 0 also while another process has the place
 */
export const integrate = async (
  pool: pg.Pool,
  log: Pick<Log, 'name' | 'hash'>,
  signer: NoteSigner,
  most = 4096,
  before?: (size: number, root: Buffer) => Promise<void>,
): Promise<number> => {
  const has = await waiting(pool, log.name)
  const taken = has.next ? await take(pool, log, most) : 0
  if (taken > 0 || has.unsigned) await signAll(pool, log.name, signer, before)
  return taken
}

/** A moment of the database: `behind` with it asks whether all that was committed before it stands in the logs, signed. */
export const momentOf = async (q: Q): Promise<string> =>
  (await q.query<{ x: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as x')).rows[0]!.x
export const behind = async (q: Q, moment: string): Promise<boolean> =>
  (await q.query<{ b: boolean }>('select gongshu.log_behind($1) as b', [moment])).rows[0]!.b

interface Next {
  readonly entry: number
  readonly month: number | null
  readonly gen: number
  readonly x: string
  readonly digest: Buffer | null
  readonly body: string | null
}

const take = async (pool: pg.Pool, { name, hash }: Pick<Log, 'name' | 'hash'>, most: number): Promise<number> => {
  const h = hashers[hash]
  const client = await pool.connect()
  try {
    await client.query('begin')
    const held = await client.query<{
      r: {
        size: number
        begins: string | null
        tiles: readonly { level: number; index: number; width: number; hashes: string }[]
      } | null
    }>('select gongshu.log_hold($1) as r', [name])
    const edge = held.rows[0]!.r
    // a statement of its own: it has to see what the one who had the place before left behind
    const { rows } = edge
      ? await client.query<Next>({
          name: 'log_next',
          text: 'select entry, month, gen, xid::text as x, digest, body from gongshu.log_next($1, $2)',
          values: [name, most],
        })
      : { rows: [] }
    const last = rows.at(-1)
    const first = edge?.size === 0 && edge.begins !== null ? [Buffer.from(edge.begins)] : []
    const entries = [...first, ...rows.map((r) => r.digest ?? entryOf(h, r.body!))]
    if (edge && entries.length > 0) {
      const old = edgeFrom(
        edge.size,
        edge.tiles.map((t): Hashes => ({ ...t, hashes: Buffer.from(t.hashes, 'hex') })),
      )
      const grown = append(h, old, entries.map(h.leaf))
      const begun = first.map(() => null)
      await client.query('select gongshu.log_grow($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
        name,
        edge.size,
        [...first.map(() => 0), ...rows.map((r) => r.entry)],
        [...begun, ...rows.map((r) => r.month)],
        [...begun, ...rows.map((r, i) => (r.digest ? null : entries[first.length + i]))],
        last?.gen,
        last?.x,
        last?.entry,
        JSON.stringify(grown.tiles.map((t) => ({ ...t, hashes: t.hashes.toString('hex') }))),
        rootOf(h, grown.edge),
      ])
    }
    await client.query('commit')
    return entries.length
  } catch (e) {
    await client.query('rollback').catch(() => undefined)
    throw e
  } finally {
    client.release()
  }
}

/** Signs what is durable and not yet signed. Whoever signs the same a second time does no harm: the first is kept. */
const signAll = async (
  pool: pg.Pool,
  name: string,
  signer: NoteSigner,
  before?: (size: number, root: Buffer) => Promise<void>,
): Promise<void> => {
  const { rows } = await pool.query<{ r: readonly { size: number; root: string }[] }>(
    'select gongshu.log_unsigned($1) as r',
    [name],
  )
  for (const { size, root } of rows[0]!.r) {
    const checkpoint = { origin: signer.name, size, root: Buffer.from(root, 'hex') }
    await before?.(size, checkpoint.root)
    const note = await signNote(checkpointText(checkpoint), [signer])
    await pool.query('select gongshu.log_signed($1, $2, $3)', [name, size, note])
  }
}

// ── what anyone may read ───────────────────────────────────────────────────────────────────────────────────────

export interface PublishedCheckpoint {
  readonly size: number
  readonly note: string
}
/** The latest signed checkpoint, or the earliest that covers an entry. */
export const checkpointOf = async (q: Q, name: string, covers?: number): Promise<PublishedCheckpoint | undefined> => {
  const { rows } = await q.query<PublishedCheckpoint>({
    name: covers === undefined ? 'log_latest' : 'log_covering',
    text:
      covers === undefined
        ? 'select size, note from gongshu.checkpoint where log = $1 and note is not null order by size desc limit 1'
        : 'select size, note from gongshu.checkpoint where log = $1 and note is not null and size > $2 order by size limit 1',
    values: covers === undefined ? [name] : [name, covers],
  })
  return rows[0]
}
/** The root that was signed, or is to be signed, for a size. */
export const rootAt = async (q: Q, name: string, size: number): Promise<Buffer | undefined> =>
  (await q.query<{ root: Buffer }>('select root from gongshu.checkpoint where log = $1 and size = $2', [name, size]))
    .rows[0]?.root
/** Hashes of a tile as far as they are asked for; undefined where the log has not come that far. */
export const readTile = async (
  q: Q,
  name: string,
  t: { readonly level: number; readonly index: number; readonly width: number },
): Promise<Buffer | undefined> => {
  const { rows } = await q.query<{ hashes: Buffer }>({
    name: 'log_tile',
    text: 'select substr(hashes, 1, 32 * $4) as hashes from gongshu.tile where log = $1 and level = $2 and index = $3 and width >= $4',
    values: [name, t.level, t.index, t.width],
  })
  return rows[0]?.hashes
}
/** The same for several tiles at once, in their order. */
export const readTiles = async (
  q: Q,
  name: string,
  tiles: readonly { readonly level: number; readonly index: number; readonly width: number }[],
): Promise<readonly (Buffer | null)[]> => {
  const { rows } = await q.query<{ hashes: Buffer | null }>({
    name: 'log_tiles',
    text: `select substr(t.hashes, 1, 32 * a.width) as hashes
           from unnest($2::int[], $3::bigint[], $4::int[]) with ordinality as a (level, index, width, ord)
             left join gongshu.tile t on t.log = $1 and t.level = a.level and t.index = a.index and t.width >= a.width
           order by a.ord`,
    values: [name, tiles.map((t) => t.level), tiles.map((t) => t.index), tiles.map((t) => t.width)],
  })
  return rows.map((r) => r.hashes)
}
/** Entries of a log from a place on, as they are published: digests of the bodies. */
export const readEntries = async (q: Q, name: string, from: number, count: number): Promise<readonly Buffer[]> => {
  const { rows } = await q.query<{ e: Buffer }>('select gongshu.log_entries($1, $2, $3) as e', [name, from, count])
  return rows.map((r) => r.e)
}
/** In which log of a hash and where in it an entry stands; undefined until it has been taken. */
export const leafOf = async (
  q: Q,
  source: Log['source'],
  hash: Log['hash'],
  entry: number,
): Promise<{ readonly log: string; readonly index: number } | undefined> => {
  const { rows } = await q.query<{ log: string; index: number }>({
    name: 'log_leaf',
    text: `select l.log, l.index from gongshu.log g join gongshu.leaf l on l.log = g.name and l.entry = $3
           where g.source = $1 and g.hash = $2`,
    values: [source, hash, entry],
  })
  return rows[0]
}
export const logLag = async (q: Q, name: string): Promise<{ readonly entries: number; readonly seconds: number }> =>
  (await q.query<{ r: { entries: number; seconds: number } }>('select gongshu.log_lag($1) as r', [name])).rows[0]!.r

/** An act of a case as the viewer may see it; null when there is none for them. */
export const eventOf = async (
  q: Q,
  stream: string,
  seq: number,
): Promise<{
  id: number
  type: string
  body: string
  sealed: AuditRow['sealed']
  restricted: string[] | null
} | null> =>
  (
    await q.query<{ id: number; type: string; body: string; sealed: AuditRow['sealed']; restricted: string[] | null }>(
      `select e.id, e.type, e.body, s.fields as sealed, s.restricted from gongshu.event e left join gongshu.sealed s using (stream, seq)
       where e.stream = $1 and e.seq = $2`,
      [stream, seq],
    )
  ).rows[0] ?? null

// ── for the audit of the whole: as the system ──────────────────────────────────────────────────────────────────

/** Columns that repeat what the body says, for queries. */
export const repeated = {
  register: ['stream', 'seq', 'type', 'v', 'day', 'at', 'actor', 'org', 'rules', 'request'],
  access: ['at', 'kind', 'person', 'org', 'subject'],
} as const satisfies Record<Log['source'], readonly string[]>
export interface AuditRow extends Readonly<Partial<Record<(typeof repeated)[Log['source']][number], unknown>>> {
  readonly index: number
  readonly body: string
  readonly sealed: Readonly<Record<string, readonly [salt: string, value: Json] | null>> | null
}
const instant = `to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`
const auditTexts: Readonly<Record<Log['source'], string>> = {
  register: `select l.index, e.body, s.fields as sealed, e.stream, e.seq, e.type, e.v, e.day::text as day, ${instant}, e.actor, e.org, e.rules, e.request
    from gongshu.leaf l join gongshu.event e on e.id = l.entry left join gongshu.sealed s using (stream, seq)`,
  access: `select l.index, e.body, null as sealed, ${instant}, e.kind, e.person, e.org, e.subject
    from gongshu.leaf l join gongshu.access e on e.id = l.entry and e.month = l.month`,
}
/** Entries with their rows, from a place on; without the checkpoint that a log which follows another begins with. */
export const auditPage = async (q: Q, log: Log, from: number, count: number): Promise<readonly AuditRow[]> =>
  (
    await q.query<AuditRow>({
      name: `audit_${log.source}`,
      text: `${auditTexts[log.source]} where l.log = $1 and l.index >= $2 and l.index < $2 + $3 order by l.index`,
      values: [log.name, from, count],
    })
  ).rows
export const checkpointsOf = async (
  q: Q,
  name: string,
): Promise<readonly { readonly size: number; readonly root: Buffer; readonly note: string | null }[]> =>
  (await q.query('select size, root, note from gongshu.checkpoint where log = $1 order by size', [name])).rows
/** Entries that the sequencer has passed without taking them, neither into this log nor into one before it; there are none. */
export const skipped = async (q: Q, { name, source, hash }: Log): Promise<readonly number[]> =>
  (
    await q.query<{ id: number }>(
      `select e.id from gongshu.${source === 'register' ? 'event' : 'access'} e, gongshu.log g
       where g.name = $1 and (e.gen, e.xid, e.id) <= (g.gen, g.xid, g.id)
         and not exists (select 1 from gongshu.leaf l where l.entry = e.id
           and l.log in (select o.name from gongshu.log o where o.source = $2 and o.hash = $3)) order by e.id limit 100`,
      [name, source, hash],
    )
  ).rows.map((r) => r.id)
/** Renewals that were logged, the earliest first. */
export const renewals = async (q: Q): Promise<readonly { readonly at: string; readonly body: string }[]> =>
  (await q.query<{ at: string; body: string }>(`select at, body from gongshu.access where kind = 'renew' order by id`))
    .rows
