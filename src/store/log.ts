import type pg from 'pg'
import type { Json } from '#contract'
import { append, checkpointText, edgeFrom, rootOf, sha256Tree, signNote, type Hashes, type NoteSigner } from '#ledger'

type Q = Pick<pg.Pool, 'query'>

/** register: legal acts, kept for good. access: sign-ins, denials and reads of what is not public. */
export const logNames = ['register', 'access'] as const
export type LogName = (typeof logNames)[number]

/**
 * Begins a log in this database, or finds it begun.
 * @throws Error when it was begun under another key or origin: a log has one signer for as long as it lasts
 */
export const openLog = async (q: Q, name: LogName, origin: string, key: string): Promise<void> => {
  const { rows } = await q.query<{ r: { origin: string; key: string } }>(`select gongshu.log_open($1, $2, $3) as r`, [
    name,
    origin,
    key,
  ])
  const found = rows[0]!.r
  if (found.key !== key)
    throw new Error(
      `日志 ${name} 由密钥 ${found.key} 签署，而本机的密钥是 ${key}。请恢复数据目录中原来的 log.key；确需更换的，先封存原日志。`,
    )
}
/** Verifier key of a log; undefined until it has been begun. */
export const logKey = async (q: Q, name: LogName): Promise<string | undefined> =>
  (await q.query<{ key: string }>('select key from gongshu.log where name = $1', [name])).rows[0]?.key

/** How many entries the log has, as far as it knows itself. */
export const logSize = async (q: Q, name: LogName): Promise<number> =>
  (await q.query<{ size: number }>('select size from gongshu.log where name = $1', [name])).rows[0]?.size ?? 0

const waiting = async (q: Q, name: LogName): Promise<{ next: boolean; unsigned: boolean }> => {
  const { rows } = await q.query<{ next: boolean; unsigned: boolean }>({
    name: 'log_waiting',
    text: `select exists (select 1 from gongshu.log_next($1, 1)) as next,
                  exists (select 1 from gongshu.checkpoint where log = $1 and note is null) as unsigned`,
    values: [name],
  })
  return rows[0]!
}

/**
 * Takes the next entries into a log, at most `most`: one transaction, in which no other sequencer can be at it. Nothing is signed
 * before it is durable, and a size gets one root, so that killing this anywhere leaves a log that goes on where it was.
 * @returns how many entries were taken; 0 also while another process has the place
 */
export const integrate = async (pool: pg.Pool, name: LogName, signer: NoteSigner, most = 4096): Promise<number> => {
  const has = await waiting(pool, name)
  const taken = has.next ? await take(pool, name, most) : 0
  if (taken > 0 || has.unsigned) await signAll(pool, name, signer)
  return taken
}

const take = async (pool: pg.Pool, name: LogName, most: number): Promise<number> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const held = await client.query<{
      r: { size: number; tiles: readonly { level: number; index: number; width: number; hashes: string }[] } | null
    }>('select gongshu.log_hold($1) as r', [name])
    const edge = held.rows[0]!.r
    // a statement of its own: it has to see what the one who had the place before left behind
    const { rows } = edge
      ? await client.query<{ entry: number; gen: number; x: string; digest: Buffer }>(
          'select entry, gen, xid::text as x, digest from gongshu.log_next($1, $2)',
          [name, most],
        )
      : { rows: [] }
    const last = rows.at(-1)
    if (edge && last) {
      const before = edgeFrom(
        edge.size,
        edge.tiles.map((t): Hashes => ({ ...t, hashes: Buffer.from(t.hashes, 'hex') })),
      )
      const grown = append(
        sha256Tree,
        before,
        rows.map((r) => sha256Tree.leaf(r.digest)),
      )
      await client.query('select gongshu.log_grow($1, $2, $3, $4, $5, $6, $7)', [
        name,
        edge.size,
        rows.map((r) => r.entry),
        last.gen,
        last.x,
        JSON.stringify(grown.tiles.map((t) => ({ ...t, hashes: t.hashes.toString('hex') }))),
        rootOf(sha256Tree, grown.edge),
      ])
    }
    await client.query('commit')
    return rows.length
  } catch (e) {
    await client.query('rollback').catch(() => undefined)
    throw e
  } finally {
    client.release()
  }
}

/** Signs what is durable and not yet signed. The signature is a function of the text, so doing it twice does no harm. */
const signAll = async (pool: pg.Pool, name: LogName, signer: NoteSigner): Promise<void> => {
  const { rows } = await pool.query<{ r: readonly { size: number; root: string }[] }>(
    'select gongshu.log_unsigned($1) as r',
    [name],
  )
  for (const { size, root } of rows[0]!.r) {
    const note = await signNote(checkpointText({ origin: signer.name, size, root: Buffer.from(root, 'hex') }), [signer])
    await pool.query('select gongshu.log_signed($1, $2, $3)', [name, size, note])
  }
}

// ── what anyone may read ───────────────────────────────────────────────────────────────────────────────────────

export interface PublishedCheckpoint {
  readonly size: number
  readonly note: string
}
/** The latest signed checkpoint, or the earliest that covers an entry. */
export const checkpointOf = async (q: Q, name: LogName, covers?: number): Promise<PublishedCheckpoint | undefined> => {
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
/** Hashes of a tile as far as they are asked for; undefined where the log has not come that far. */
export const readTile = async (
  q: Q,
  name: LogName,
  t: { readonly level: number; readonly index: number; readonly width: number },
): Promise<Buffer | undefined> => {
  const { rows } = await q.query<{ hashes: Buffer }>({
    name: 'log_tile',
    text: 'select substr(hashes, 1, 32 * $4) as hashes from gongshu.tile where log = $1 and level = $2 and index = $3 and width >= $4',
    values: [name, t.level, t.index, t.width],
  })
  return rows[0]?.hashes
}
/** Entries of a log from a place on, as they are published: SHA-256 of the bodies. */
export const readEntries = async (q: Q, name: LogName, from: number, count: number): Promise<readonly Buffer[]> => {
  const { rows } = await q.query<{ e: Buffer }>('select gongshu.log_entries($1, $2, $3) as e', [name, from, count])
  return rows.map((r) => r.e)
}
/** Where in the log an entry stands; undefined until it has been taken. */
export const leafOf = async (q: Q, name: LogName, entry: number): Promise<number | undefined> => {
  const { rows } = await q.query<{ index: number }>({
    name: 'log_leaf',
    text: 'select index from gongshu.leaf where log = $1 and entry = $2',
    values: [name, entry],
  })
  return rows[0]?.index
}
export const logLag = async (q: Q, name: LogName): Promise<{ readonly entries: number; readonly seconds: number }> =>
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

export interface AuditRow {
  readonly index: number
  readonly body: string
  /** Columns that repeat what the body says. */
  readonly columns: Readonly<Record<string, unknown>>
  readonly sealed: Readonly<Record<string, readonly [salt: string, value: Json] | null>> | null
}
export const auditPage = async (q: Q, name: LogName, from: number, count: number): Promise<readonly AuditRow[]> => {
  const columns =
    name === 'register'
      ? `jsonb_build_object('stream', e.stream, 'seq', e.seq, 'type', e.type, 'v', e.v, 'day', e.day, 'actor', e.actor, 'org', e.org,
           'rules', e.rules, 'request', e.request, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`
      : `jsonb_build_object('kind', e.kind, 'person', e.person, 'org', e.org, 'subject', e.subject,
           'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`
  const sealed = name === 'register' ? 's.fields' : 'null::jsonb'
  const { rows } = await q.query<AuditRow>(
    `select l.index, e.body, ${columns} as columns, ${sealed} as sealed
     from gongshu.leaf l join gongshu.${name === 'register' ? 'event' : 'access'} e on e.id = l.entry
     ${name === 'register' ? 'left join gongshu.sealed s using (stream, seq)' : ''}
     where l.log = $1 and l.index >= $2 and l.index < $2 + $3 order by l.index`,
    [name, from, count],
  )
  return rows
}
export const checkpointsOf = async (
  q: Q,
  name: LogName,
): Promise<readonly { readonly size: number; readonly root: Buffer; readonly note: string | null }[]> =>
  (await q.query('select size, root, note from gongshu.checkpoint where log = $1 order by size', [name])).rows
/** Entries that the sequencer has passed without taking them; there are none. */
export const skipped = async (q: Q, name: LogName): Promise<readonly number[]> =>
  (
    await q.query<{ id: number }>(
      `select e.id from gongshu.${name === 'register' ? 'event' : 'access'} e, gongshu.log g
       where g.name = $1 and (e.gen, e.xid, e.id) <= (g.gen, g.xid, g.id)
         and not exists (select 1 from gongshu.leaf l where l.log = $1 and l.entry = e.id) order by e.id limit 100`,
      [name],
    )
  ).rows.map((r) => r.id)
