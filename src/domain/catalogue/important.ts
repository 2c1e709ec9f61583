import type { Rules } from '#policy'
import type { Grade } from './grading.ts'
import { compareGrades, decidedBy, gradeTerm, gradingRule } from './grading.ts'

/** An entry as the 重要数据 register sees it. */
export interface Registrable {
  readonly unit: string
  readonly item: string
  readonly grade: Grade
  /** Why, in the sentences of the proposal or the words of who decided. */
  readonly basis: readonly string[]
  /** Number of records. */
  readonly records?: number
  readonly fields: readonly { readonly name: string; readonly grade: Grade; readonly basis?: readonly string[] }[]
  /** Absent while the authority has not decided. */
  readonly decided?: { readonly by: string; readonly on: string }
}

const isImportant = (g: Grade): boolean => compareGrades(g, '5') >= 0

/**
 * The 重要数据目录 as a table for its report (数据安全法 第二十一条): a line for each entry of grade 5 or 6, decided or only proposed, and
 * one for each of its fields of that grade. 核心数据 come first, what is decided before what is proposed. All values are text.
 */
export const importantRegister = (
  rules: Rules,
  entries: readonly Registrable[],
): {
  readonly title: string
  readonly compiledBy: string
  readonly reportedTo: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
} => {
  const register = gradingRule(rules, 'catalogue.grading.register')
  const columns = gradingRule(rules, 'catalogue.grading.report')
  const line = (e: Registrable, field: string, grade: Grade, basis: readonly string[]) => ({
    unit: e.unit,
    item: e.item,
    field,
    grade: gradeTerm(rules, grade),
    state: e.decided ? '已认定' : `建议，待${decidedBy(rules, grade).term}认定`,
    basis: basis.join('；'),
    records: e.records === undefined ? '未填' : String(e.records),
    decidedBy: e.decided?.by ?? '',
    decidedOn: e.decided?.on ?? '',
  })
  const rows = [...entries]
    .filter((e) => isImportant(e.grade))
    .sort(
      (a, b) => compareGrades(b.grade, a.grade) || Number(b.decided !== undefined) - Number(a.decided !== undefined),
    )
    .flatMap((e) => [
      line(e, '', e.grade, e.basis),
      ...e.fields.filter((f) => isImportant(f.grade)).map((f) => line(e, f.name, f.grade, f.basis ?? e.basis)),
    ])
  return {
    title: register.term,
    compiledBy: register.compiledBy,
    reportedTo: register.reportedTo,
    headings: columns.map((c) => c.term),
    rows: rows.map((r) => columns.map((c) => r[c.key])),
  }
}
