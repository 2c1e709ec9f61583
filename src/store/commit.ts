import type pg from 'pg'

/** One act with all its consequences: commits whole or not at all. The shape gongshu.commit() reads. */
export interface Doc {
  readonly request?: { readonly key: string; readonly person: string; readonly digest: string; readonly reply: unknown }
  /** What was seen of the cases around when this was decided; where any has changed or been joined since, nothing is committed. */
  readonly seen?: Readonly<Record<string, number>>
  /** Cases that those written here are linked to, where the links themselves stay as they were. */
  readonly stirs?: readonly string[]
  readonly rules?: readonly { readonly hash: string; readonly division: string; readonly body: unknown }[]
  readonly heads?: readonly Head[]
  readonly events?: readonly {
    readonly body: string
    readonly sealed?: Readonly<Record<string, readonly [salt: string, value: unknown]>>
  }[]
  readonly rows?: readonly { readonly table: string; readonly id: string; readonly row: object | null }[]
  readonly outbox?: readonly { readonly topic: string; readonly stream: string; readonly payload: object }[]
  readonly notices?: readonly {
    readonly principal: string
    readonly stream: string
    readonly term: string
    readonly title: string
    readonly day: string
    readonly at: string
    readonly urgent?: boolean
  }[]
  readonly files?: readonly {
    readonly id: string
    readonly owner: string
    readonly name: string
    readonly mime: string
    readonly size: number
    readonly sha256: string
    readonly sm3: string
    readonly key: string
    readonly person: string
  }[]
  readonly draft?: { readonly stream: string; readonly rev?: number; readonly content?: unknown }
  readonly fired?: readonly {
    readonly stream: string
    readonly act: string
    readonly day: string
    readonly kind: string
  }[]
  /** Values and files taken out for good, by the decision on a request written in the same document. */
  readonly erase?: readonly (Removal & { readonly fields: readonly string[] })[]
  /** Values (canonical JSON, by field) and files withdrawn from everybody but the registrar's keeper. */
  readonly restrict?: readonly (Removal & {
    readonly until: string
    readonly values: Readonly<Record<string, string>>
  })[]
  readonly done?: readonly number[]
  /** What must not be said twice: a second document with the same key conflicts. */
  readonly once?: string
  /** Persons whose sessions end with this act. */
  readonly signOut?: readonly string[]
  readonly access?: readonly AccessEntry[]
}
/** What one event says, as far as a decision takes it away. */
export interface Removal {
  readonly request: string
  readonly stream: string
  readonly seq: number
  readonly files: readonly string[]
}
export interface Head {
  readonly id: string
  /** Version this act was decided on; 0 opens the stream. */
  readonly expected: number
  readonly process: string
  readonly kind: string
  readonly variant: string
  readonly state: string
  readonly version: number
  readonly final: boolean
  readonly title: string
  readonly division: string
  readonly readers: readonly string[]
  readonly turn: readonly string[]
  readonly due: string | null
  readonly opened: string
  readonly touched: string
  readonly rules: string
  readonly snapshot: object
  readonly links?: Readonly<Record<string, string>>
  readonly claims?: readonly { readonly scope: string; readonly key: string }[]
  readonly deadlines?: readonly { readonly act: string; readonly day: string; readonly kind: string }[]
}
/** An entry of the access log: that something was seen or tried, never what was seen. */
export interface AccessEntry {
  readonly at: string
  readonly kind: 'signIn' | 'signInFailed' | 'signOut' | 'read' | 'denied' | 'export' | 'download' | 'renew'
  readonly person: string
  readonly org: string
  readonly subject: string
  /** Canonical JSON; the leaf of the access log. */
  readonly body: string
}
export type Answer =
  | { readonly ok: true }
  | { readonly ok?: false; readonly conflict: string; readonly detail?: string }
  | { readonly ok?: false; readonly error: string; readonly detail: string }

export interface Committer {
  /** Resolves after COMMIT. Rejects only when the database cannot be reached or answers nonsense; then nothing was acknowledged. */
  readonly commit: (doc: Doc) => Promise<Answer>
  readonly idle: () => Promise<void>
}

/** The cases beside its own that a document stirs: whoever has looked at one of them has looked at this one as well. */
const stirredBy = (d: Doc): readonly string[] => [
  ...new Set([...(d.stirs ?? []), ...(d.heads ?? []).flatMap((h) => Object.values(h.links ?? {}))]),
]
/** The cases a document changes, joins or has looked at. */
const casesOf = (d: Doc): readonly string[] => [
  ...new Set([...(d.heads ?? []).map((h) => h.id), ...stirredBy(d), ...Object.keys(d.seen ?? {})]),
]

/**
 * Groups the acts of concurrent requests into shared durable commits: whatever arrives while one is under way goes together in the
 * next, at most `most` acts, no two of which share a case. One commit at a time: fewer and larger ones cost less than two at once.
 */
export const committer = (pool: pg.Pool, { most = 48 }: { most?: number } = {}): Committer => {
  interface Waiting {
    readonly doc: Doc
    readonly cases: readonly string[]
    readonly resolve: (a: Answer) => void
    readonly reject: (e: unknown) => void
  }
  let queue: Waiting[] = []
  let running = false
  // rules are large and seldom change: they are sent until an act that names them has been committed
  const stored = new Set<string>()
  let idleWaiters: (() => void)[] = []

  const take = (): readonly Waiting[] => {
    const group: Waiting[] = []
    const left: Waiting[] = []
    const cases = new Set<string>()
    for (const w of queue)
      if (group.length < most && !w.cases.some((c) => cases.has(c))) {
        group.push(w)
        for (const c of w.cases) cases.add(c)
      } else left.push(w)
    queue = left
    return group
  }
  /** The arguments of gongshu.commit(): snapshots go beside the documents, which name them by number. */
  const written = (group: readonly Waiting[]): [docs: string, cases: string[], snapshots: string[]] => {
    const snapshots: string[] = []
    const docs = group.map(({ doc }) => ({
      ...doc,
      stirs: stirredBy(doc),
      ...(doc.rules ? { rules: doc.rules.filter((r) => !stored.has(r.hash)) } : {}),
      ...(doc.heads
        ? { heads: doc.heads.map((h) => ({ ...h, snapshot: snapshots.push(JSON.stringify(h.snapshot)) })) }
        : {}),
    }))
    return [JSON.stringify(docs), group.flatMap((w) => w.cases), snapshots]
  }
  const send = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const { rows } = await pool.query<{ answers: Answer[] }>({
        name: 'commit',
        text: 'select gongshu.commit($1, $2, $3) as answers',
        values: written(group),
      })
      const answers = rows[0]?.answers ?? []
      for (const [i, w] of group.entries()) {
        const answer = answers[i]
        if (answer === undefined) w.reject(new Error('commit: no answer'))
        else if ('conflict' in answer && answer.conflict === 'retry') queue.push(w)
        else {
          if (answer.ok) for (const r of w.doc.rules ?? []) stored.add(r.hash)
          w.resolve(answer)
        }
      }
    } catch (e) {
      // a deadlock outside any one act: each tries again; anything else is for the caller
      if ((e as { code?: string }).code === '40P01' && group.length > 1) queue.push(...group)
      else for (const w of group) w.reject(e)
    }
  }
  const pump = async (): Promise<void> => {
    running = true
    // one turn of the loop lets requests that arrived together leave together
    await new Promise((r) => setImmediate(r))
    while (queue.length > 0) await send(take())
    running = false
    for (const w of idleWaiters) w()
    idleWaiters = []
  }
  return {
    commit: (doc) =>
      new Promise<Answer>((resolve, reject) => {
        queue.push({ doc, cases: casesOf(doc), resolve, reject })
        if (!running) void pump()
      }),
    idle: () => (running ? new Promise((r) => idleWaiters.push(r)) : Promise.resolve()),
  }
}
