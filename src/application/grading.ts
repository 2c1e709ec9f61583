import type { ImportantRegister, Json, Refusal } from '#contract'

import { gradeOf, importantRegister, itemData, sniff, type Grade, type Registrable } from '#domain/catalogue'
import type { Case } from '#domain/kernel'
import { asViewer, gradedItems, orgFacts, storedDay } from '#store'
import type { App } from './app.ts'
import type { Reply } from './act.ts'
import { accessEntry, act, legalDay, rulesFor, signedOut } from './act.ts'

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

const text = (v: unknown): string => (typeof v === 'string' ? v : '')
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
