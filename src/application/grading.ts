import type { GradeListReport, ImportantRegister, Json, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'

import {
  gradeByRule,
  gradeOf,
  gradeTerm,
  importantRegister,
  itemData,
  matchGradeList,
  sniff,
  type Grade,
  type GradedEntry,
  type GradeRow,
  type Registrable,
} from '#domain/catalogue'
import type { Case } from '#domain/kernel'
import { text } from '#domain/kernel'
import { asViewer, claimed, gradedItems, listedItems, orgFacts, storedDay } from '#store'
import type { App } from './app.ts'
import type { Reply } from './act.ts'
import { accessEntry, act, legalDay, openTogether, rulesFor, signedOut } from './act.ts'

/** Columns of a sample as they were read: title → values. */
export type Sample = Readonly<Record<string, readonly string[]>>

/**
 * Looks at a sample of an entry's data and keeps, of each column, what share of its values has which format. The sample itself is
 * kept nowhere.
 */
export const sampleItem = (
  app: App,
  token: Buffer,
  item: string,
  rows: number,
  sample: Sample,
  key: string,
): Promise<Reply | Refusal> => {
  const formats = Object.entries(sample).flatMap(([name, values]) => {
    const found = sniff(values)
    return found.length === 0 ? [] : [{ name: name.slice(0, 100), formats: found }]
  })
  return act(app, { token }, item, { process: 'item', act: 'sample', input: { rows, formats } as unknown as Json, key })
}

const list = (v: unknown): readonly { readonly [k: string]: unknown }[] => (Array.isArray(v) ? v : [])

const registrable = (item: Case, grading: Case | undefined, bureau: string): Registrable => {
  const of = item.data['graded'] ?? {}
  const said = grading?.data[grading.did['revise'] ? 'revise' : 'propose'] ?? {}
  const grade = (gradeOf(item) || text(said['proposed'])) as Grade
  return {
    unit: (itemData(item)['holders'] as readonly string[] | undefined)?.join('、') ?? '',
    item: text(itemData(item)['name']),
    grade,
    basis: (of['why'] ?? said['why'] ?? []) as unknown as readonly string[],
    ...(typeof of['volume'] === 'number' ? { records: of['volume'] } : {}),
    fields: list(of['fields'] ?? said['graded']).map((f) => ({
      name: text(f['name']),
      grade: text(f['grade']) as Grade,
    })),
    ...(gradeOf(item) >= '5' ? { decided: { by: bureau, on: item.did['graded']?.day ?? '' } } : {}),
  }
}

/** The 重要数据目录 of those whom the caller may see: entries of grade 5 and 6, and those proposed to be. Each reading is logged. */
export const importantData = async (
  app: App,
  token: Buffer,
  as: 'read' | 'export',
): Promise<ImportantRegister | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    rows: await gradedItems(q),
    day: legalDay(app, (await storedDay(q)).day),
  }))
  if (!found) return signedOut
  const { viewer, day } = found
  await app.committer.commit({
    access: [accessEntry(app, as, viewer, 'important', { list: true, count: found.rows.length })],
  })
  const orgs = await orgFacts(
    app.pool,
    [...new Set(found.rows.map((r) => r.item.seats['bureau'] ?? ''))].filter(Boolean),
  )
  const { rules } = rulesFor(app, viewer.division ?? '000000', day)
  const register = importantRegister(
    rules,
    found.rows.map((r) => registrable(r.item, r.grading ?? undefined, orgs[r.item.seats['bureau'] ?? '']?.name ?? '')),
  )
  return { ...register, headings: [...register.headings], rows: register.rows.map((r) => [...r]), day }
}

/** A unit's list of grades as it was read: one line an entry or a field of one. */
export type ListedRow = GradeRow

const chunkOfCases = 20

/**
 * Matches a unit's 分类分级清单 to its entries, and with `apply` opens a proposal for each, which somebody else of the unit confirms.
 * A list with a wrong line is not applied at all.
 */
export const gradeByList = async (
  app: App,
  token: Buffer,
  document: string,
  rows: readonly ListedRow[],
  apply: boolean,
  key: string,
): Promise<GradeListReport | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    heads: await listedItems(q, viewer.org),
    day: legalDay(app, (await storedDay(q)).day),
  }))
  if (!found) return signedOut
  const { viewer, heads, day } = found
  if (viewer.self || viewer.division === undefined) return refuse('not_yours', '须以单位名义办理，请切换到所属单位')
  const { rules } = rulesFor(app, viewer.division, day)
  const open = await claimed(
    app.pool,
    'catalogue.grading',
    heads.map((h) => h.id),
  )
  const entries = heads.map((h): GradedEntry => {
    const rule = gradeByRule(rules, h)
    const d = itemData(h)
    const english = new Map(list(d['fields']).map((f) => [text(f['name']), text(f['field'])]))
    return {
      id: h.id,
      units: (d['holders'] as readonly string[] | undefined) ?? [viewer.orgName],
      name: text(d['name']),
      code: text(d['code']),
      grade: rule.grade,
      fields: rule.fields.map((f) => ({ name: f.name, english: english.get(f.name) ?? '', grade: f.grade })),
    }
  })
  // a list of one unit need not name it on every line
  const named = rows.map((r) => (r.unit === '' ? { ...r, unit: viewer.orgName } : r))
  const { set, problems } = matchGradeList(rules, named, entries)
  const busy = set.filter((s) => open[s.id])
  const wrong = [
    ...problems.map((p) => ({ line: p.line, says: p.says })),
    ...busy.map((s) => ({ line: s.lines[0] ?? 0, says: `“${s.name}”已有定级在办，请先办结或撤回` })),
  ].sort((a, b) => a.line - b.line)
  const report = {
    entries: set.map((s) => ({
      id: s.id,
      name: s.name,
      grade: gradeTerm(rules, s.grade),
      decides: s.decidedBy.term,
      alike: s.alike,
    })),
    problems: wrong,
    opened: 0,
  }
  if (!apply || wrong.length > 0 || set.length === 0) return report
  for (let i = 0; i < set.length; i += chunkOfCases) {
    const part = set.slice(i, i + chunkOfCases)
    const kin = heads.filter((h) => part.some((s) => s.id === h.id))
    const done = await openTogether(
      app,
      { token },
      i === 0 ? key : app.freshId(),
      ['gradeList', document, part.map((s) => s.id)],
      () =>
        Object.fromEntries(
          part.map((s) => {
            const item = kin.find((h) => h.id === s.id)!
            return [
              app.freshId(),
              {
                process: 'grading',
                kind: 'grading',
                variant: '',
                division: item.division,
                seats: { holder: viewer.org, bureau: item.seats['bureau'] ?? '' },
                links: { item: s.id },
                act: 'adopt',
                input: {
                  document,
                  grade: s.grade,
                  ...(s.reason === '' ? {} : { reason: s.reason }),
                  listed: s.fields.map(({ name, grade, reason }) => ({
                    name,
                    grade,
                    ...(reason === '' ? {} : { reason }),
                  })),
                },
              },
            ]
          }),
        ),
      kin.map((h) => h.id),
    )
    if (isRefusal(done)) return done
  }
  return { ...report, opened: set.length }
}
