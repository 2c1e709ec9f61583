import type pg from 'pg'
import type { Case, Facts } from '#domain/kernel'
import type { Doc } from './commit.ts'
import type { Viewer } from './reads.ts'

/** What an act asks for before it is decided. */
export interface Ask {
  readonly token: Buffer
  /** PostgreSQL interval after which an idle session has ended. */
  readonly idle: string
  /** The case to be decided; null when one is being opened. */
  readonly stream: string | null
  readonly kin: readonly string[]
  readonly orgs: readonly string[]
  readonly files: readonly string[]
  /** Idempotency key. */
  readonly key: string
}
/** Everything deciding an act needs. */
export interface Loaded<Reply = unknown> {
  readonly viewer: Viewer | null
  /** Simulated legal day of a demo database. */
  readonly day: string | null
  readonly head: Case | null
  readonly kin: readonly Case[]
  /** Where the kin stood when they were looked at; to be handed to the commit. */
  readonly seen: NonNullable<Doc['seen']>
  readonly orgs: Facts['orgs']
  readonly files: Facts['files']
  readonly reply: { readonly digest: string; readonly reply: Reply } | null
}
export type Loader = (ask: Ask) => Promise<Loaded>

/**
 * Groups what concurrent requests ask for into shared round trips: whatever arrives while one is under way goes together in
 * the next, at most `most`. Each is answered under its own session, as if it had asked alone. Waking a database process costs more
 * than answering.
 */
export const loader = (pool: Pick<pg.Pool, 'query'>, { most = 24 }: { most?: number } = {}): Loader => {
  interface Waiting {
    readonly ask: Ask
    readonly resolve: (l: Loaded) => void
    readonly reject: (e: unknown) => void
  }
  let queue: Waiting[] = []
  let running = false

  const send = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const asks = group.map(({ ask }) => ({ ...ask, token: ask.token.toString('hex') }))
      const { rows } = await pool.query<{ r: Loaded }>({
        name: 'load',
        text: 'select gongshu.load($1) as r',
        values: [JSON.stringify(asks)],
      })
      for (const [i, w] of group.entries()) w.resolve(rows[i]!.r)
    } catch (e) {
      // whoever asks for what cannot be answered spoils it for nobody else
      if (group.length > 1) await Promise.all(group.map((w) => send([w])))
      else for (const w of group) w.reject(e)
    }
  }
  const pump = async (): Promise<void> => {
    running = true
    // one turn of the loop lets requests that arrived together leave together
    await new Promise((r) => setImmediate(r))
    while (queue.length > 0) {
      const group = queue.slice(0, most)
      queue = queue.slice(most)
      await send(group)
    }
    running = false
  }
  return (ask) =>
    new Promise((resolve, reject) => {
      queue.push({ ask, resolve, reject })
      if (!running) void pump()
    })
}
