import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Json, JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { asSystem, catalogueEntries, entriesByName, organisations, storedDay } from '#store'
import type { App } from './app.ts'
import { act, legalDay } from './act.ts'
import { advanceClock, drainJobs } from './loops.ts'
import { openers, startCase } from './openings.ts'
import { fileObjection, keepFile, recordObligation, saveDraft, startApplication } from './services.ts'
import { personas, sessionToken, signOut, takePersona } from './sessions.ts'
import { beginUpload, completeUpload, takePiece } from './uploads.ts'
import { list, view } from './views.ts'

/**
 * What is filled in at an act. A text that begins with `files/` names a sample document, which is uploaded in its place; one that begins
 * with `items/`, `bodies/` or `cases/` a catalogue entry, a body or a story, whose id takes its place. In a list, `resources/` and a
 * division stand for all listed entries of its catalogue of data resources.
 */
const input = z.record(z.string(), z.json())

/** How a case comes to be. `record`, `obligation`, `to` and `about` name another story by its key, `item` and `about` an entry by its name. */
const opening = z.union([
  z.strictObject({
    process: z.literal('application'),
    kind: z.string(),
    variant: z.enum(['resource', 'product']),
    scope: z.enum(['authorized', 'other']),
    item: z.string().optional(),
    record: z.string().optional(),
    obligation: z.string().optional(),
  }),
  z.strictObject({ process: z.literal('objection'), to: z.string() }),
  z.strictObject({
    process: z.literal('obligation'),
    kind: z.string(),
    variant: z.string().optional(),
    debtor: z.string(),
  }),
  /** An entry that is in the catalogue already: the first act is done to it. */
  z.strictObject({ entry: z.string() }),
  /** A case that another story's opened by itself, of this process. */
  z.strictObject({ opened: z.string(), by: z.string() }),
  /** Any process that people open by itself or from another case. */
  z.strictObject({
    process: z.enum(Object.keys(openers)),
    kind: z.string().optional(),
    about: z.string().optional(),
  }),
])
type Opens = z.infer<typeof opening>
const opensBy = <P extends 'application' | 'objection' | 'obligation'>(
  o: Opens,
  process: P,
): o is Extract<Opens, { process: P }> => 'process' in o && o.process === process

export const storiesSchema = z.strictObject({
  /** The legal day on which the demo is handed over. */
  until: z.iso.date(),
  /** Room for anchors. */
  shared: z.unknown(),
  /** What is filled in where a story does not say. */
  inputs: z.record(z.string(), input),
  cases: z.array(
    z.strictObject({
      key: z.string(),
      opens: opening,
      /** Day → person → acts. The first one opens the case; `save` keeps a draft, `upload` sends a batch its file. */
      course: z.record(z.iso.date(), z.record(z.string(), z.array(z.string()))),
      inputs: z.record(z.string(), input).default({}),
      /** Where the case stands on the last day, and the record it made or ended. */
      ends: z.string(),
      record: z.string().optional(),
    }),
  ),
})
export type Stories = z.infer<typeof storiesSchema>
type Story = Stories['cases'][number]

interface Desk {
  readonly org: string
  readonly cookie: string
  readonly token: Buffer
}

const named = /^(files|items|bodies|cases|resources)\/(.+)$/s

/** A value with what it names put in place of the names. */
const attach = async (
  value: Json,
  find: (kind: string, name: string) => Promise<string | readonly string[]>,
): Promise<Json> => {
  if (typeof value === 'string') {
    const [, kind, name] = named.exec(value) ?? []
    const found = kind && name ? await find(kind, name) : value
    return typeof found === 'string' ? found : [...found]
  }
  if (Array.isArray(value)) return (await Promise.all(value.map((v: Json) => attach(v, find)))).flat()
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as Record<string, Json>)
  return Object.fromEntries(await Promise.all(entries.map(async ([k, v]) => [k, await attach(v, find)] as const)))
}
const mimes: Readonly<Record<string, string>> = { '.pdf': 'application/pdf', '.csv': 'text/csv' }

const must = <T>(r: T | Refusal): T => {
  if (isRefusal(r)) throw new Error(r.says)
  return r
}

/**
 * Lives through the stories day by day, each act done by a signed-in person and refused to whom it would be refused. Stories of one day
 * run side by side; one that is about another, told before it, waits for it, one that builds on another otherwise acts on a later day. A refused act ends its own story and no other. Returns the
 * cases by story, and what was refused, in words.
 */
export const runStories = async (
  app: App,
  stories: Stories,
  samples: string,
): Promise<{ readonly ids: Readonly<Record<string, string>>; readonly refused: readonly string[] }> => {
  const people = await personas(app)
  const ids: Record<string, string> = {}
  const refused: string[] = []
  const ended = new Set<Story>()

  const desks = new Map<string, Promise<Desk>>()
  const sitDown = async (name: string): Promise<Desk> => {
    const p = people.find((x) => x.name === name)
    if (!p) throw new Error(`no one is called ${name}`)
    const { cookie } = must(await takePersona(app, p.person, p.org))
    return { org: p.org, cookie, token: sessionToken(cookie) }
  }
  const deskOf = (name: string): Promise<Desk> => {
    const desk = desks.get(name) ?? sitDown(name)
    desks.set(name, desk)
    return desk
  }

  const kept = new Map<string, Promise<string>>()
  const upload = (desk: Desk, name: string): Promise<string> => {
    const key = `${desk.org} ${name}`
    const put = async (): Promise<string> => {
      const bytes = await readFile(join(samples, 'files', name))
      return must(await keepFile(app, desk.token, basename(name), mimes[extname(name)] ?? '', bytes)).id
    }
    const known = kept.get(key) ?? put()
    kept.set(key, known)
    return known
  }
  const entryNamed = async (name: string): Promise<string | undefined> => {
    const units = (await organisations(app.pool)).map((o) => o.id)
    const found = await entriesByName(app.pool, units, [name])
    return found.length === 1 ? found[0]!.id : undefined
  }
  const resourcesOf = async (division: string): Promise<readonly string[]> => {
    const day = legalDay(app, (await storedDay(app.pool)).day)
    const filter = { division, object: 'resource', state: 'listed', sort: 'name', limit: 1000 } as const
    return (await asSystem(app.pool, (q) => catalogueEntries(q, filter, day))).map((e) => e.id)
  }
  const bodyNamed = async (name: string): Promise<string | undefined> =>
    (await organisations(app.pool)).find((o) => o.name === name)?.id
  const finder =
    (desk: Desk) =>
    async (kind: string, name: string): Promise<string | readonly string[]> => {
      if (kind === 'files') return upload(desk, name)
      if (kind === 'resources') return resourcesOf(name)
      const found = kind === 'items' ? await entryNamed(name) : kind === 'bodies' ? await bodyNamed(name) : ids[name]
      if (!found) throw new Error(`no ${kind}/${name}`)
      return found
    }

  const open = async ({ opens }: Story, { token }: Desk, said: Json): Promise<{ id: string } | Refusal> => {
    const lost = (what: string): Refusal => refuse('not_found', `没有“${what}”`)
    if (opensBy(opens, 'application')) {
      const { process: _, item, record, obligation, ...asked } = opens
      const items = item ? must(await list(app, token, { process: 'item', q: item, limit: 50 })).rows : []
      const found = items.find((r) => r.title === item)?.id
      const origin = record ? ids[record] : undefined
      const links = origin ? must(await view(app, token, 'application', origin)).links : []
      const duty = obligation ? ids[obligation] : undefined
      if (item && !found) return lost(item)
      if (obligation && !duty) return lost(obligation)
      return startApplication(
        app,
        token,
        { ...asked, item: found, record: links.find((l) => l.process === 'record')?.id, obligation: duty },
        app.freshId(),
      )
    }
    if (opensBy(opens, 'objection')) {
      const id = ids[opens.to]
      return id ? fileObjection(app, token, id, said, app.freshId()) : lost(opens.to)
    }
    if (opensBy(opens, 'obligation')) {
      const debtor = await bodyNamed(opens.debtor)
      return debtor
        ? recordObligation(app, token, { ...opens, debtor, input: said }, app.freshId())
        : lost(opens.debtor)
    }
    if ('entry' in opens) return lost(opens.entry)
    if ('opened' in opens) return lost(`${opens.by}的${opens.opened}`)
    const about = opens.about ? (ids[opens.about] ?? (await entryNamed(opens.about))) : undefined
    if (opens.about && !about) return lost(opens.about)
    return startCase(app, token, opens.process, { kind: opens.kind, about, input: said }, app.freshId())
  }

  /** Of the cases that a story's case opened by itself, the newest of a process. */
  const openedBy = async (by: string, process: string, desk: Desk): Promise<string | undefined> => {
    const of = stories.cases.find((c) => c.key === by)?.opens
    const id = ids[by]
    if (!of || !('process' in of) || !id) return undefined
    const { links } = must(await view(app, desk.token, of.process, id))
    return links.findLast((l) => l.process === process)?.id
  }
  /** Sends a batch its file as a browser does, in one piece; what becomes of it is worked off before the day is over. */
  const sendFile = async (desk: Desk, id: string, said: Json): Promise<Refusal | undefined> => {
    const file = (said as JsonObject)['sample']
    const name = typeof file === 'string' ? file : ''
    const bytes = await readFile(join(samples, 'files', name))
    const begun = await beginUpload(app, desk.token, id, { name, size: bytes.length }, app.freshId())
    if (isRefusal(begun)) return begun
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const piece = await takePiece(app, desk.token, id, { offset: 0, sha256, content: Readable.from([bytes]) })
    if (isRefusal(piece)) return piece
    const done = await completeUpload(app, desk.token, id)
    return isRefusal(done) ? done : undefined
  }

  const step = async (story: Story, who: string, name: string): Promise<Refusal | undefined> => {
    const desk = await deskOf(who)
    const said = await attach((story.inputs[name] ?? stories.inputs[name] ?? {}) as JsonObject, finder(desk))
    const { opens } = story
    const id =
      ids[story.key] ??
      ('entry' in opens
        ? await entryNamed(opens.entry)
        : 'opened' in opens
          ? await openedBy(opens.by, opens.opened, desk)
          : undefined)
    if (id && name === 'upload') return sendFile(desk, id, said)
    const done = !id
      ? await open(story, desk, said)
      : name === 'save'
        ? await saveDraft(app, desk.token, id, 0, said)
        : await act(app, desk, id, { act: name, input: said, key: app.freshId() })
    if (isRefusal(done)) return done
    if ('id' in done) ids[story.key] = done.id
    return undefined
  }

  const live = async (story: Story, day: string): Promise<void> => {
    for (const [who, acts] of Object.entries(story.course[day] ?? {}))
      for (const name of acts) {
        const no = ended.has(story) ? undefined : await step(story, who, name)
        if (!no) continue
        ended.add(story)
        refused.push(`${story.key} ${day} ${who} ${name}: ${no.says} ${JSON.stringify(no.fields ?? {})}`)
      }
  }
  for (const day of [...new Set(stories.cases.flatMap((s) => Object.keys(s.course)))].sort()) {
    must(await advanceClock(app, day))
    const today = new Map<string, Promise<void>>()
    const afterOther = async (story: Story): Promise<void> => {
      const other = 'about' in story.opens ? story.opens.about : 'by' in story.opens ? story.opens.by : undefined
      await today.get(other ?? '')
      await live(story, day)
    }
    for (const story of stories.cases) today.set(story.key, afterOther(story))
    await Promise.all(today.values())
  }
  must(await advanceClock(app, stories.until))
  await drainJobs(app)
  await Promise.all([...desks.values()].map(async (desk) => signOut(app, (await desk).cookie)))
  return { ids, refused }
}
