import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { asSystem, catalogueEntries, credentialOf, isEmpty, organisations, storedDay } from '#store'
import type { App } from './app.ts'
import { actAsSystem, legalDay, openAsSystem } from './act.ts'
import { loginTaken, passwordProblem, setPassword } from './sessions.ts'
import type { ListFormat } from './imports.ts'
import { importList } from './imports.ts'
import { enrol, gradesSchema, gradeSamples } from './demoGrades.ts'
import { drainJobs } from './loops.ts'
import { runStories, storiesSchema } from './stories.ts'

const castSchema = z.strictObject({
  day: z.iso.date(),
  organisations: z.array(
    z.strictObject({
      key: z.string(),
      name: z.string(),
      form: z.string(),
      division: z.string(),
      roles: z.array(z.string()),
      document: z.string(),
      contact: z.string().optional(),
      under: z.string().optional(),
    }),
  ),
  people: z.array(
    z.strictObject({
      name: z.string(),
      org: z.string().optional(),
      duties: z.array(z.string()).optional(),
      realName: z.boolean().optional(),
    }),
  ),
  /** Grades of the published entries, proposed and confirmed by the units themselves. */
  grades: gradesSchema.optional(),
  stories: storiesSchema.optional(),
  /** How up to date the collected data of a division is when the demo is handed over. */
  refreshed: z
    .strictObject({
      division: z.string(),
      /** Day of most entries. */
      day: z.iso.date(),
      /** Day → names of entries that are behind. */
      late: z.record(z.iso.date(), z.array(z.string())),
      /** Units that have brought nothing up to date. */
      idle: z.array(z.string()),
    })
    .optional(),
})
export type Cast = z.infer<typeof castSchema>
export const readCast = (samples: string): Cast =>
  castSchema.parse(parse(readFileSync(join(samples, 'demo.yaml'), 'utf8'), { merge: true }))

const must = <T>(r: T | Refusal): T => {
  if (isRefusal(r)) throw new Error(r.says)
  return r
}

/** Fills an empty demo database with its cast. Returns organisation ids by key. */
export const seedCast = async (app: App, cast: Cast): Promise<Readonly<Record<string, string>>> => {
  const ids: Record<string, string> = {}
  for (const o of cast.organisations) {
    const id = (ids[o.key] = app.freshId())
    const authority = o.under ? (ids[o.under] ?? id) : id
    must(
      await openAsSystem(
        app,
        id,
        {
          process: 'organisation',
          kind: 'organisation',
          variant: '',
          division: o.division,
          seats: { self: id, authority },
          links: {},
          act: 'register',
          input: {
            data: {
              name: o.name,
              uscc: '',
              form: o.form,
              division: o.division,
              ...(o.contact ? { contact: o.contact } : {}),
            },
          },
        },
        cast.day,
      ),
    )
    for (const role of o.roles)
      must(
        await actAsSystem(app, id, 'appoint', {
          data: { role, document: o.document, ...(o.contact ? { contact: o.contact } : {}) },
        }),
      )
  }
  for (const p of cast.people) {
    const home = cast.organisations.find((o) => o.key === p.org)
    const org = p.org === undefined ? undefined : ids[p.org]
    await enrol(
      app,
      cast.day,
      p,
      org && home
        ? { id: org, division: home.division, authority: ids[home.under ?? ''] ?? org }
        : { division: '000000', authority: ids['platform'] },
    )
  }
  return ids
}

/** Loads the really published lists that ship with the program: every folder with an `import.yaml` that says how it is read. */
export const loadSamples = async (app: App, samples: string, say: (line: string) => void): Promise<void> => {
  for (const folder of readdirSync(samples).filter((f) => existsSync(join(samples, f, 'import.yaml')))) {
    const lists = parse(readFileSync(join(samples, folder, 'import.yaml'), 'utf8')) as (ListFormat & { file: string })[]
    for (const { file, ...format } of lists) {
      const done = await importList(app, join(samples, folder, file), file, format)
      if (isRefusal(done)) throw new Error(`${file}：${done.says}`)
      const { warnings } = done.checked
      say(`${file}：${done.added} 条，新单位 ${done.units} 个${warnings > 0 ? `，${warnings} 条重复提示` : ''}`)
    }
  }
}

/** What happened before the demo is handed over: the units grade the published entries, then the stories take their course. */
export const tellDemo = async (
  app: App,
  cast: Cast,
  samples: string,
): Promise<Awaited<ReturnType<typeof runStories>> & { readonly graded: number }> => ({
  graded: cast.grades ? await gradeSamples(app, cast.grades, samples, cast.day) : 0,
  ...(cast.stories ? await runStories(app, cast.stories, samples) : { ids: {}, refused: [] }),
})

/** Fills a new demo database with its cast, the published lists and the stories. False, and nothing done, where anything is there already. */
export const fillDemo = async (
  app: App,
  cast: Cast,
  samples: string,
  say: (line: string) => void,
): Promise<boolean> => {
  if (!(await isEmpty(app.pool))) return false
  await seedCast(app, cast)
  await loadSamples(app, samples, say)
  const { graded, ids, refused } = await tellDemo(app, cast, samples)
  say(`演示定级：${graded} 项；演示事项：${Object.keys(ids).length} 件`)
  for (const line of refused) say(`未办成：${line}`)
  if (cast.refreshed) await seedRefreshes(app, cast.refreshed)
  await drainJobs(app)
  return true
}

/** Says of the collected entries of a division how far their data is brought up to date. */
export const seedRefreshes = async (app: App, r: NonNullable<Cast['refreshed']>): Promise<void> => {
  const late = new Map(Object.entries(r.late).flatMap(([day, names]) => names.map((n) => [n, day] as const)))
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const entries = await asSystem(app.pool, (q) =>
    catalogueEntries(q, { division: r.division, collected: 'yes', state: 'listed', sort: 'name', limit: 1000 }, day),
  )
  await Promise.all(
    entries
      .filter((e) => !e.units.some((u) => r.idle.includes(u)))
      .map(async (e) =>
        must(await actAsSystem(app, e.id, 'refresh', { data: { dataDay: late.get(e.name) ?? r.day } })),
      ),
  )
}

export interface NewUser {
  readonly name: string
  readonly login: string
  readonly password: string
  readonly org: string
  readonly duties: readonly string[]
  readonly division: string
  readonly form: string
  readonly roles: readonly string[]
}
/** Creates an account from the command line: how the first administrator of an installation comes to be. */
export const createUser = async (app: App, u: NewUser): Promise<{ person: string; org: string } | Refusal> => {
  const weak = passwordProblem(u.password)
  if (weak) return refuse('invalid', weak, { fields: { password: weak } })
  if (await credentialOf(app.pool, u.login)) return loginTaken
  const day = legalDay(app, (await storedDay(app.pool)).day)
  let org = (await organisations(app.pool)).find((o) => o.name === u.org)?.id
  if (!org) {
    org = app.freshId()
    const made = await openAsSystem(
      app,
      org,
      {
        process: 'organisation',
        kind: 'organisation',
        variant: '',
        division: u.division,
        seats: { self: org, authority: org },
        links: {},
        act: 'register',
        input: { data: { name: u.org, uscc: '', form: u.form, division: u.division } },
      },
      day,
    )
    if (isRefusal(made)) return made
    for (const role of u.roles) {
      const named = await actAsSystem(app, org, 'appoint', { data: { role, document: '系统初始化' } })
      if (isRefusal(named)) return named
    }
  }
  const person = app.freshId()
  const enrolled = await openAsSystem(
    app,
    person,
    {
      process: 'person',
      kind: 'person',
      variant: '',
      division: u.division,
      seats: { self: person, authority: org },
      links: {},
      act: 'enrol',
      input: { sealed: { name: u.name } },
    },
    day,
  )
  if (isRefusal(enrolled)) return enrolled
  const granted = await openAsSystem(
    app,
    app.freshId(),
    {
      process: 'membership',
      kind: 'membership',
      variant: '',
      division: u.division,
      seats: { org, member: person, authority: org },
      links: { person, org },
      act: 'grant',
      input: { data: { duties: [...u.duties] } },
    },
    day,
  )
  if (isRefusal(granted)) return granted
  await setPassword(app, person, u.login, u.password)
  return { person, org }
}
