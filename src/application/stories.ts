import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Json, JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { organisations } from '#store'
import type { App } from './app.ts'
import { act } from './act.ts'
import { advanceClock, drainJobs } from './loops.ts'
import { fileObjection, keepFile, recordObligation, saveDraft, startApplication } from './services.ts'
import { personas, sessionToken, signOut, takePersona } from './sessions.ts'
import { list, view } from './views.ts'

/** What is filled in at an act. A text that begins with `files/` names a sample document, which is uploaded in its place. */
const input = z.record(z.string(), z.json())

/** How a case comes to be. `record`, `obligation` and `to` name another story by its key, `item` a catalogue item by its name. */
const opening = z.discriminatedUnion('process', [
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
])

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
      /** Day → person → acts. The first one opens the case; `save` keeps a draft. */
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

/** A value with the sample documents it names uploaded. */
const attach = async (value: Json, upload: (path: string) => Promise<string>): Promise<Json> => {
  if (typeof value === 'string') return value.startsWith('files/') ? upload(value) : value
  if (Array.isArray(value)) return Promise.all(value.map((v: Json) => attach(v, upload)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as Record<string, Json>)
  return Object.fromEntries(await Promise.all(entries.map(async ([k, v]) => [k, await attach(v, upload)] as const)))
}

const must = <T>(r: T | Refusal): T => {
  if (isRefusal(r)) throw new Error(r.says)
  return r
}

/**
 * Lives through the stories day by day, each act done by a signed-in person and refused to whom it would be refused. Stories of one day
 * run side by side, so one that builds on another begins on a later day. A refused act ends its own story and no other. Returns the
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
  const uploadAt =
    (desk: Desk) =>
    (path: string): Promise<string> => {
      const key = `${desk.org} ${path}`
      const upload = async (): Promise<string> => {
        const bytes = await readFile(join(samples, path))
        return must(await keepFile(app, desk.token, basename(path), 'application/pdf', bytes)).id
      }
      const known = kept.get(key) ?? upload()
      kept.set(key, known)
      return known
    }

  const open = async ({ opens }: Story, { token }: Desk, said: Json): Promise<{ id: string } | Refusal> => {
    const lost = (what: string): Refusal => refuse('not_found', `没有“${what}”`)
    switch (opens.process) {
      case 'application': {
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
      case 'objection': {
        const id = ids[opens.to]
        return id ? fileObjection(app, token, id, said, app.freshId()) : lost(opens.to)
      }
      case 'obligation': {
        const debtor = (await organisations(app.pool)).find((o) => o.name === opens.debtor)?.id
        return debtor
          ? recordObligation(app, token, { ...opens, debtor, input: said }, app.freshId())
          : lost(opens.debtor)
      }
    }
  }

  const step = async (story: Story, who: string, name: string): Promise<Refusal | undefined> => {
    const desk = await deskOf(who)
    const said = await attach((story.inputs[name] ?? stories.inputs[name] ?? {}) as JsonObject, uploadAt(desk))
    const id = ids[story.key]
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
    await Promise.all(stories.cases.map((story) => live(story, day)))
  }
  must(await advanceClock(app, stories.until))
  await drainJobs(app)
  await Promise.all([...desks.values()].map(async (desk) => signOut(app, (await desk).cookie)))
  return { ids, refused }
}
