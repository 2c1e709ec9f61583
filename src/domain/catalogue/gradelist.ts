import type { Rules } from '#policy'
import type { Decider, Grade } from './grading.ts'
import { decidedBy, gradeTerm, gradingRule, highest, lowering } from './grading.ts'

/** One line of a unit's 分类分级清单 as it was read from a sheet; all as text. Without a field it grades the whole entry. */
export interface GradeRow {
  readonly line: number
  readonly unit: string
  readonly item: string
  /** 目录代码, where two entries of a unit have one name. */
  readonly code?: string
  readonly field?: string
  readonly grade: string
  readonly reason?: string
}

/** An entry of the catalogue that a list may speak of, with the grades proposed or standing for it. */
export interface GradedEntry {
  readonly id: string
  readonly units: readonly string[]
  readonly name: string
  readonly code?: string
  readonly grade: Grade
  readonly fields: readonly { readonly name: string; readonly english?: string; readonly grade: Grade }[]
}

export interface RowProblem {
  readonly line: number
  readonly column: 'unit' | 'item' | 'field' | 'grade' | 'reason'
  readonly says: string
}
/** What the list sets for one entry, ready to be decided by whom `decidedBy` names. */
export interface ListedGrade {
  readonly id: string
  readonly name: string
  /** Of the whole; the highest field where the list grades only fields. */
  readonly grade: Grade
  readonly fields: readonly {
    readonly name: string
    readonly grade: Grade
    readonly reason: string
    readonly line: number
  }[]
  readonly reason: string
  readonly lines: readonly number[]
  /** Entries of the unit that bear this name and no code: the lines speak of each of them alike. */
  readonly alike: number
  readonly decidedBy: Decider
}

const plain = (text: string | undefined): string => (text ?? '').normalize('NFKC').replace(/\s/g, '').toLowerCase()

/** 核心, 重要数据, 一般4级, 4级, 四级, L4, 4 → the grade; undefined where it says none. */
export const parseGrade = (rules: Rules, text: string): Grade | undefined => {
  const said = plain(text)
  return gradingRule(rules, 'catalogue.grading.levels').find(
    (l) => said === l.value || said === plain(l.term) || l.aliases.some((a) => said === plain(a)),
  )?.value
}

type Read = {
  readonly row: GradeRow
  readonly entry: GradedEntry
  readonly field: string
  readonly grade: Grade
  readonly alike: number
}

/** What a line says of each entry it means: of one, or of all that bear the name where no code could tell them apart. */
const readRow = (rules: Rules, row: GradeRow, entries: readonly GradedEntry[]): readonly Read[] | RowProblem => {
  const bad = (column: RowProblem['column'], says: string): RowProblem => ({ line: row.line, column, says })
  if (plain(row.item) === '') return bad('item', '没有写目录名称')
  const ofUnit = entries.filter((e) => {
    const units = e.units.map(plain)
    return units.includes(plain(row.unit)) || units.join('、') === plain(row.unit)
  })
  if (ofUnit.length === 0) return bad('unit', `目录中没有“${row.unit}”的目录项`)
  const named = ofUnit.filter((e) => plain(e.name) === plain(row.item))
  const found = plain(row.code) === '' ? named : named.filter((e) => plain(e.code) === plain(row.code))
  if (found.length === 0)
    return bad('item', `“${row.unit}”没有名为“${row.item}”${plain(row.code) ? `、代码为${row.code}` : ''}的目录项`)
  if (found.length > 1 && found.some((e) => plain(e.code) !== ''))
    return bad('item', `“${row.unit}”有${found.length}个名为“${row.item}”的目录项，请填写目录代码以区分`)
  const fieldOf = (e: GradedEntry): string | undefined =>
    plain(row.field) === ''
      ? ''
      : e.fields.find((f) => [f.name, f.english].some((n) => n && plain(n) === plain(row.field)))?.name
  if (found.some((e) => fieldOf(e) === undefined))
    return bad('field', `“${found[0]!.name}”没有名为“${row.field ?? ''}”的信息项`)
  const grade = parseGrade(rules, row.grade)
  if (!grade)
    return bad(
      'grade',
      row.grade.trim() === ''
        ? '没有写级别'
        : `“${row.grade}”不是级别，应为核心数据、重要数据或一般数据1至4级，如“一般4级”“4级”“重要”`,
    )
  return found.map((entry) => ({ row, entry, field: fieldOf(entry) ?? '', grade, alike: found.length }))
}

/** The lines of one entry taken together: contradictions, a grade below what was proposed, the whole below a field. */
const readEntry = (
  rules: Rules,
  lines: readonly Read[],
): { readonly set?: ListedGrade; readonly problems: readonly RowProblem[] } => {
  const { entry } = lines[0]!
  const problems: RowProblem[] = []
  const once = new Map<string, Read>()
  for (const l of lines) {
    const before = once.get(l.field)
    if (before && before.grade !== l.grade)
      problems.push({
        line: l.row.line,
        column: 'grade',
        says: `与第${before.row.line}行矛盾：同一${l.field ? `信息项“${l.field}”` : '目录项'}先写${gradeTerm(rules, before.grade)}，又写${gradeTerm(rules, l.grade)}`,
      })
    else if (!before) once.set(l.field, l)
  }
  const fields = entry.fields.map((f) => ({ ...f, listed: once.get(f.name) }))
  const top = highest(fields.map((f) => f.listed?.grade ?? f.grade))
  const whole = once.get('')
  for (const f of fields) {
    const wrong = f.listed && lowering(rules, f.grade, f.listed.grade, f.listed.row.reason)
    if (wrong && f.listed) problems.push({ line: f.listed.row.line, column: 'reason', says: wrong.says })
  }
  const wrong = whole && lowering(rules, entry.grade, whole.grade, whole.row.reason, [top])
  if (wrong && whole)
    problems.push({ line: whole.row.line, column: wrong.code === 'below_field' ? 'grade' : 'reason', says: wrong.says })
  if (problems.length > 0) return { problems }
  // a list that grades only fields may raise the whole and never lowers it
  const grade = whole?.grade ?? highest([entry.grade, top])
  return {
    problems,
    set: {
      id: entry.id,
      name: entry.name,
      grade,
      fields: [...once.values()]
        .filter((l) => l.field !== '')
        .map((l) => ({ name: l.field, grade: l.grade, reason: (l.row.reason ?? '').trim(), line: l.row.line })),
      reason: (whole?.row.reason ?? '').trim(),
      lines: lines.map((l) => l.row.line),
      alike: Math.max(...lines.map((l) => l.alike)),
      decidedBy: decidedBy(rules, grade),
    },
  }
}

/**
 * Matches a unit's list to the entries and fields of the catalogue. Every line that cannot be applied is reported with its number and
 * column; an entry with a wrong line is not applied at all, so that half a list never stands. Nothing is guessed.
 */
export const matchGradeList = (
  rules: Rules,
  rows: readonly GradeRow[],
  entries: readonly GradedEntry[],
): { readonly set: readonly ListedGrade[]; readonly problems: readonly RowProblem[] } => {
  const read = rows.map((row) => readRow(rules, row, entries))
  const problems = read.flatMap((r) => ('says' in r ? [r] : []))
  const broken = new Set(problems.map((p) => p.line))
  const good = read.flatMap((r) => ('says' in r ? [] : r))
  // a line whose field or grade was wrong still says which entry it meant
  const spoilt = new Set(
    rows
      .filter((r) => broken.has(r.line))
      .flatMap((r) => good.filter((g) => plain(g.row.item) === plain(r.item) && plain(g.row.unit) === plain(r.unit)))
      .map((g) => g.entry.id),
  )
  const results = [...new Set(good.map((r) => r.entry.id))].map((id) => ({
    id,
    ...readEntry(
      rules,
      good.filter((r) => r.entry.id === id),
    ),
  }))
  // a line that speaks of several entries is wrong once
  const told = new Map(
    [...problems, ...results.flatMap((r) => r.problems)].map((p) => [`${p.line} ${p.column} ${p.says}`, p]),
  )
  return {
    set: results.flatMap((r) => (r.set && !spoilt.has(r.id) ? [r.set] : [])),
    problems: [...told.values()].sort((a, b) => a.line - b.line),
  }
}
