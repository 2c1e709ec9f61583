import type { Rules } from '#policy'
import type { Decider, Reason } from './grading.ts'
import { decidedBy, floor, reason } from './grading.ts'
import type { Grade, Personal } from './gradingpack.ts'
import { compareGrades, gradeTerm, gradingRule, highest } from './gradingpack.ts'

export interface Derivation {
  readonly sources: readonly { readonly name: string; readonly grade: Grade; readonly personal: Personal }[]
  /** A code of `catalogue.grading.derived`. */
  readonly transformation: string
  /** Why it may be lower than its sources: what was taken out, how it was tried. */
  readonly reason?: string
}

/**
 * The grade of data made from other data (GB/T 43697-2024 附录I): that of its highest source. A reason may bring it down as far as
 * the rule of the transformation allows, never by itself; what has been made is then graded again by its own fields (`proposeGrade`),
 * and the higher of the two holds. Throws on an unknown transformation or no source.
 */
export const proposeDerived = (
  rules: Rules,
  of: Derivation,
): {
  readonly grade: Grade
  readonly lowest: Grade
  readonly reasons: readonly Reason[]
  readonly decidedBy: Decider
} => {
  const path = 'catalogue.grading.derived'
  const rule = gradingRule(rules, path).find((t) => t.value === of.transformation)
  if (!rule) throw new Error(`no transformation ${of.transformation}`)
  if (of.sources.length === 0) throw new Error('derived data has a source')
  const top = highest(of.sources.map((s) => s.grade))
  const source = of.sources.find((s) => s.grade === top)?.name ?? ''
  const stillPersonal = rule.person === true && of.sources.some((s) => s.personal !== 'none')
  const floors = stillPersonal ? floor(rules, 'personal') : []
  const allowed = rule.lowest ? highest([rule.lowest, ...floors.map((f) => f.grade)]) : top
  const lowest = compareGrades(allowed, top) < 0 ? allowed : top
  const least = gradingRule(rules, 'catalogue.grading.lowering').reason
  const why = (of.reason ?? '').trim()
  const reasoned = [...why].length >= least && compareGrades(lowest, top) < 0
  const g = reasoned ? lowest : top
  return {
    grade: g,
    lowest,
    reasons: [
      reason(rules, path, top, `来源“${source}”为${gradeTerm(rules, top)}；${rule.term}：${rule.says}`),
      ...(reasoned ? [reason(rules, path, g, `降为${gradeTerm(rules, g)}的理由：${why}`)] : []),
      ...(!reasoned && compareGrades(lowest, top) < 0
        ? [
            reason(
              rules,
              path,
              top,
              `未写明理由，不自动降级；写明处理方法和检验情况的，最低可定为${gradeTerm(rules, lowest)}`,
            ),
          ]
        : []),
    ],
    // what comes out of 重要 or 核心 is the authority's to release, even at a lower grade
    decidedBy: decidedBy(rules, top),
  }
}
