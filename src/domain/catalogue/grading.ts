import type { Refusal } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import { cite } from '#policy'
import type { Grade, gradingSection, Personal, uses } from './gradingpack.ts'
import { compareGrades, gradeTerm, gradingRule, highest } from './gradingpack.ts'

export { compareGrades, grades, gradeTerm, gradingRule, gradingSection, gradingWords, highest } from './gradingpack.ts'
export type { Grade, Personal } from './gradingpack.ts'

/** One answer: if this leaked, were changed or lost, who is harmed and how gravely. Codes of `catalogue.grading.harm`. */
export interface Harm {
  readonly object: string
  readonly degree: string
}
export interface FieldToGrade {
  readonly name: string
  /** As a person confirmed it; unconfirmed findings grade as they were found. */
  readonly personal: Personal
  readonly category?: string
  readonly harm?: readonly Harm[]
}
export interface ToGrade {
  readonly fields: readonly FieldToGrade[]
  readonly sharing?: string
  readonly opening?: string
  /** Number of records. */
  readonly volume?: number
  /** The area it covers in full, a code of `catalogue.grading.breadth`. */
  readonly breadth?: string
  readonly harm?: readonly Harm[]
}
export interface Reason {
  readonly grade: Grade
  readonly says: string
  /** Path of the rule, and how it is cited with its marks. */
  readonly rule: string
  readonly basis: string
}
export interface Proposal {
  readonly grade: Grade
  readonly fields: readonly { readonly name: string; readonly grade: Grade; readonly reasons: readonly Reason[] }[]
  readonly reasons: readonly Reason[]
  readonly decidedBy: Decider
  /** Questions nobody has answered yet: the proposal may still rise. */
  readonly open: readonly string[]
}
export interface Decider {
  readonly by: 'unit' | 'bureau'
  readonly term: string
  readonly says: string
  readonly rule: string
}

export const reason = (rules: Rules, path: keyof typeof gradingSection, g: Grade, says: string): Reason => {
  const found = rules.values[path]
  return { grade: g, says, rule: path, basis: found ? cite(found.basis) : '' }
}
export const floor = (rules: Rules, when: string): readonly Reason[] =>
  gradingRule(rules, 'catalogue.grading.floors')
    .filter((f) => f.when === when)
    .map((f) => reason(rules, 'catalogue.grading.floors', f.grade, f.says))

const fromHarm = (rules: Rules, harm: readonly Harm[] = []): readonly Reason[] => {
  const table = gradingRule(rules, 'catalogue.grading.harm')
  return harm.flatMap((h) => {
    const object = table.objects.find((o) => o.value === h.object)
    const degree = table.degrees.find((d) => d.value === h.degree)
    const g = degree && object?.grades[degree.value]
    if (!g) throw new Error(`no cell for harm ${h.object} × ${h.degree}`)
    return degree.value === 'none'
      ? []
      : [
          reason(
            rules,
            'catalogue.grading.harm',
            g,
            `对${object.term}可能造成${degree.term}，对应${gradeTerm(rules, g)}`,
          ),
        ]
  })
}

/** Sensitive information is personal information, too: what binds the one binds the other. */
const concerns = (of: 'any' | 'personal' | 'sensitive', held: Personal): boolean =>
  of === 'any' || held === 'sensitive' || (of === 'personal' && held === 'personal')

const gradeField = (rules: Rules, field: FieldToGrade): Proposal['fields'][number] => {
  const reasons = [
    ...(field.personal === 'none' ? [] : floor(rules, 'personal')),
    ...(field.personal === 'sensitive' ? floor(rules, 'sensitive') : []),
    ...fromHarm(rules, field.harm),
  ]
  return { name: field.name, grade: highest(reasons.map((r) => r.grade)), reasons }
}

/** Who decides a grade: the unit's approver for 一般数据, the authority for 重要 and 核心 (数据安全法 第二十一条). */
export const decidedBy = (rules: Rules, g: Grade): Decider => {
  const rule = gradingRule(rules, 'catalogue.grading.decides')
  return { ...(g === '6' ? rule.core : g === '5' ? rule.important : rule.general), rule: 'catalogue.grading.decides' }
}

/**
 * Proposes the grade of a dataset and of each of its fields (GB/T 43697-2024 第6章, 就高从严): the highest of what the harm, the
 * personal information, the classes of sharing and opening, the volume and the breadth each ask for. It only proposes; `decidedBy`
 * says who decides. More fields, records or harm never lower it. Throws on a code of harm or area that the rules do not have.
 */
export const proposeGrade = (rules: Rules, data: ToGrade): Proposal => {
  const fields = data.fields.map((f) => gradeField(rules, f))
  const top = highest(fields.map((f) => f.grade))
  const named = fields.filter((f) => f.grade === top && f.reasons.length > 0).map((f) => f.name)
  const held: Personal = data.fields.some((f) => f.personal === 'sensitive')
    ? 'sensitive'
    : data.fields.some((f) => f.personal === 'personal')
      ? 'personal'
      : 'none'
  const breadth = gradingRule(rules, 'catalogue.grading.breadth')
  const area = breadth.areas.find((a) => a.value === data.breadth)
  if (data.breadth !== undefined && !area) throw new Error(`no area ${data.breadth}`)
  const categories = new Set(data.fields.flatMap((f) => (f.personal === 'none' ? [] : (f.category ?? []))))
  const volume = data.volume

  const reasons: readonly Reason[] = [
    ...(named.length === 0
      ? []
      : [
          reason(
            rules,
            'catalogue.grading.levels',
            top,
            `数据集不低于其最高的信息项：${named.slice(0, 3).join('、')}${named.length > 3 ? `等${named.length}项` : ''}为${gradeTerm(rules, top)}`,
          ),
        ]),
    ...fromHarm(rules, data.harm),
    ...(data.sharing ? floor(rules, `sharing.${data.sharing}`) : []),
    ...(data.opening ? floor(rules, `opening.${data.opening}`) : []),
    ...(volume === undefined
      ? []
      : gradingRule(rules, 'catalogue.grading.volume')
          .filter((v) => volume >= v.records && concerns(v.of, held))
          .map((v) => reason(rules, 'catalogue.grading.volume', v.grade, v.says))),
    ...(categories.size >= breadth.categories.count
      ? [reason(rules, 'catalogue.grading.breadth', breadth.categories.grade, breadth.categories.says)]
      : []),
    ...(area?.grade && concerns(area.of ?? 'any', held)
      ? [reason(rules, 'catalogue.grading.breadth', area.grade, area.says ?? `覆盖${area.term}`)]
      : []),
  ]
  const g = highest([top, ...reasons.map((r) => r.grade)])
  return {
    grade: g,
    fields,
    reasons,
    decidedBy: decidedBy(rules, g),
    open: [
      ...(data.harm?.length || data.fields.some((f) => f.harm?.length)
        ? []
        : ['尚未回答泄露、篡改、损毁后危害谁、多严重']),
      ...(volume === undefined ? ['尚未填写数据量'] : []),
      ...(area ? [] : ['尚未填写覆盖区域']),
      ...(data.fields.length === 0 ? ['尚未列出信息项'] : []),
    ],
  }
}

// ── deciding ───────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Whether a grade may be set in place of the proposed one. Codes: `reason_required` (lower than proposed, and nobody says why),
 * `below_field` (a dataset below its highest field).
 */
export const lowering = (
  rules: Rules,
  proposed: Grade,
  set: Grade,
  why: string | undefined,
  fields: readonly Grade[] = [],
): Refusal | undefined => {
  const top = highest(fields)
  if (compareGrades(set, top) < 0)
    return refuse(
      'below_field',
      `数据集的级别不得低于其最高的信息项（${gradeTerm(rules, top)}）；请先调整信息项的级别并写明理由`,
      { basis: 'catalogue.grading.levels' },
    )
  const { reason: least, says } = gradingRule(rules, 'catalogue.grading.lowering')
  return compareGrades(set, proposed) < 0 && [...(why ?? '').trim()].length < least
    ? refuse(
        'reason_required',
        `建议为${gradeTerm(rules, proposed)}，拟定为${gradeTerm(rules, set)}：${says}（不少于${least}字）`,
        { fields: { reason: '请写明降低级别的理由' }, basis: 'catalogue.grading.lowering' },
      )
    : undefined
}

export type Use = (typeof uses)[number]
/** What holds of an entry: its grade, and whether who had to decide it has. */
export interface Standing {
  readonly grade: Grade
  readonly decided: boolean
}

/**
 * A grade is a gate: what is not graded, or waits for the authority, is neither supplied nor opened nor shared, and some grades are
 * barred from some uses. Codes: `ungraded`, `grade_pending`, `grade_bars`.
 */
export const gradeGate = (rules: Rules, standing: Standing | undefined, use: Use): Refusal | undefined => {
  const path = 'catalogue.grading.gate'
  if (!standing) return refuse('ungraded', '该目录项尚未定级，定级后才能供给、共享或开放', { basis: path })
  if (!standing.decided)
    return refuse(
      'grade_pending',
      `该目录项建议为${gradeTerm(rules, standing.grade)}，待${decidedBy(rules, standing.grade).term}认定后才能供给、共享或开放`,
      { basis: path },
    )
  const bar = gradingRule(rules, path).find((g) => g.use === use && compareGrades(standing.grade, g.above) > 0)
  return bar
    ? refuse('grade_bars', `该目录项为${gradeTerm(rules, standing.grade)}：${bar.says}`, { basis: path })
    : undefined
}
