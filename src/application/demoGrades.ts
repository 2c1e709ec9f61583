import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { JsonObject, Refusal } from '#contract'
import { isRefusal } from '#contract'
import { organisations, personas, type OrgRow } from '#store'
import type { App } from './app.ts'
import { act, actAsSystem, openAsSystem } from './act.ts'
import { gradeByList, type ListedRow } from './grading.ts'
import { sessionToken, signOut, takePersona } from './sessions.ts'
import { list } from './views.ts'

/** Where the grades of the published entries stand, and who proposes and confirms them in units that have nobody yet. */
export const gradesSchema = z.strictObject({
  file: z.string(),
  /** What the list is called in the reasons of each grade. */
  document: z.string(),
  /** Division whose units they are. */
  division: z.string(),
  /** Two people of each unit, named after it; the first proposes, the second confirms. */
  staff: z.tuple([z.string(), z.string()]),
})
export type SampleGrades = z.infer<typeof gradesSchema>

const must = <T>(r: T | Refusal): T => {
  if (isRefusal(r)) throw new Error(r.says)
  return r
}

export interface Enrolled {
  readonly name: string
  readonly duties?: readonly string[] | undefined
  readonly realName?: boolean | undefined
}
/** Registers a person of the demo and, with an organisation, what they do in it. */
export const enrol = async (
  app: App,
  day: string,
  p: Enrolled,
  home: { readonly id?: string; readonly division: string; readonly authority: string | undefined },
): Promise<void> => {
  const person = app.freshId()
  const one = async (
    process: string,
    id: string,
    seats: Record<string, string>,
    links: Record<string, string>,
    name: string,
    input: { data?: JsonObject; sealed?: JsonObject },
  ) =>
    must(
      await openAsSystem(
        app,
        id,
        { process, kind: process, variant: '', division: home.division, seats, links, act: name, input },
        day,
      ),
    )
  const authority = home.id ?? home.authority ?? person
  await one('person', person, { self: person, authority }, {}, 'enrol', { sealed: { name: p.name } })
  if (p.realName || home.id) must(await actAsSystem(app, person, 'verify', { sealed: { means: '演示' } }))
  if (home.id)
    await one(
      'membership',
      app.freshId(),
      { org: home.id, member: person, authority: home.authority ?? home.id },
      { person, org: home.id },
      'grant',
      { data: { duties: [...(p.duties ?? [])] } },
    )
}

/** The lines of the sample list under its heading, by the unit that answers for each. */
const linesByUnit = (csv: string): ReadonlyMap<string, readonly ListedRow[]> => {
  const rows = parse(csv, { bom: true, relax_column_count: true, info: true }) as unknown as {
    readonly info: { readonly lines: number }
    readonly record: readonly string[]
  }[]
  const head = rows.findIndex((r) => r.record.length > 1)
  const units = new Map<string, ListedRow[]>()
  for (const { info, record } of rows.slice(head + 1)) {
    const [unit = '', item = '', grade = '', reason = ''] = record
    const [first = ''] = unit.split('、')
    units.set(first, [
      ...(units.get(first) ?? []),
      { line: info.lines, unit, item, code: '', field: '', grade, reason },
    ])
  }
  return units
}

/** Gives the units of the list that have nobody two people each. Returns the units. */
export const staffUnits = async (
  app: App,
  { file, division, staff }: SampleGrades,
  samples: string,
  day: string,
): Promise<readonly { readonly unit: OrgRow; readonly lines: readonly ListedRow[] }[]> => {
  const listed = linesByUnit(await readFile(join(samples, file), 'utf8'))
  const orgs = (await organisations(app.pool)).filter((o) => o.division === division)
  const bureau = orgs.find((o) => o.roles.includes('bureau'))?.id
  const known = await personas(app.pool)
  const units = [...listed].map(([name, lines]) => {
    const unit = orgs.find((o) => o.name === name)
    if (!unit) throw new Error(`no unit is called ${name}`)
    return { unit, lines }
  })
  await Promise.all(
    units.flatMap(({ unit }) =>
      known.some((p) => p.org === unit.id)
        ? []
        : (['handler', 'approver'] as const).map((duty, i) =>
            enrol(app, day, { name: `${unit.name}${staff[i]}`, duties: [duty] }, { ...unit, authority: bureau }),
          ),
    ),
  )
  return units
}

/**
 * Grades the published entries as the rules have it done: every unit brings its own list, a clerk of it proposes and somebody else of it
 * confirms. Returns how many entries were graded; throws on a line that does not fit.
 */
export const gradeSamples = async (app: App, grades: SampleGrades, samples: string, day: string): Promise<number> => {
  const units = await staffUnits(app, grades, samples, day)
  const people = await personas(app.pool)
  const sitDown = async (unit: OrgRow, duty: string): Promise<{ cookie: string; token: Buffer }> => {
    const p = people.find((x) => x.org === unit.id && x.duties.includes(duty))
    if (!p) throw new Error(`${unit.name} has no ${duty}`)
    const { cookie } = must(await takePersona(app, p.person, p.org))
    return { cookie, token: sessionToken(cookie) }
  }
  const graded = await Promise.all(
    units.map(async ({ unit, lines }) => {
      const [clerk, boss] = await Promise.all([sitDown(unit, 'handler'), sitDown(unit, 'approver')])
      const done = must(await gradeByList(app, clerk.token, grades.document, lines, true, app.freshId()))
      if (done.problems.length > 0)
        throw new Error(`${grades.file}：${done.problems.map((p) => `第 ${p.line} 行 ${p.says}`).join('；')}`)
      const { rows } = must(await list(app, boss.token, { process: 'grading', open: true, limit: 200 }))
      await Promise.all(
        rows.map(async (r) =>
          must(await act(app, boss, r.id, { process: 'grading', act: 'confirm', input: {}, key: app.freshId() })),
        ),
      )
      await Promise.all([clerk, boss].map((d) => signOut(app, d.cookie)))
      return rows.length
    }),
  )
  return graded.reduce((sum, n) => sum + n, 0)
}
