import type { ActionView, CaseView, Json } from '#contract'
import { findingOf } from '../../form/Checklist.tsx'
import type { FieldSchema, FormSchema, Value } from '../../form/schema.ts'
import { fieldsOf, isChecklist } from '../../form/schema.ts'
import { saysNothing } from './Shown.tsx'

/** An exit of a step (`review.check.fail`) beside the step itself (`review.check`). */
export const isExit = (action: ActionView): boolean => action.act.split('.').length > 2

/** What the button says. A step with other ways out also says where it leads: 业务审核 → 待提交. */
export const labelOf = (action: ActionView, actions: readonly ActionView[]): string => {
  if (action.act === 'resubmit') return '修改并重新提交'
  const hasExits = actions.some((a) => a !== action && a.act.startsWith(`${action.act}.`))
  return hasExits ? `${action.term} → ${action.toTerm}` : action.term
}

/** The key and schema of the checklist in an action's form. */
export const checklistIn = (action: ActionView): readonly [string, FieldSchema] | undefined =>
  fieldsOf(action.schema as FormSchema).find(([, f]) => isChecklist(f))

/** The action whose checklist is worked through beside the materials. */
export const checkAction = (view: CaseView): ActionView | undefined =>
  view.materials.length === 0 ? undefined : view.actions.find((a) => !isExit(a) && checklistIn(a) !== undefined)

/** The materials a review goes through: every group as it stands in the form. */
export const groupsOf = (view: CaseView): readonly string[] =>
  view.materials.filter((m) => m.fields !== undefined || m.rows !== undefined).map((m) => m.term)

/** First findings: what the server proposes, else 不适用 for groups that are empty. */
export const firstFindings = (view: CaseView, action: ActionView): readonly Json[] => {
  const key = checklistIn(action)?.[0] ?? ''
  const proposed = (action.value as Value | undefined)?.[key]
  if (Array.isArray(proposed)) return proposed as readonly Json[]
  return view.materials
    .filter((m) => m.fields !== undefined && saysNothing(m))
    .map((m) => ({ group: m.term, result: 'none' }))
}

export interface PastFinding {
  readonly result: string
  readonly remark: string
  readonly by: string
}

/** What was found the last time somebody went through the materials, by group. */
export const pastFindings = (view: CaseView): Readonly<Record<string, PastFinding>> => {
  for (const e of [...view.timeline].reverse())
    for (const f of e.detail) {
      const rows = f.rows?.filter((r) => r.some((x) => x.key === 'group') && r.some((x) => x.key === 'result'))
      if (!rows || rows.length === 0) continue
      const text = (row: (typeof rows)[number], key: string): string => row.find((x) => x.key === key)?.text ?? ''
      return Object.fromEntries(
        rows.map((r) => [text(r, 'group'), { result: text(r, 'result'), remark: text(r, 'remark'), by: e.by }]),
      )
    }
  return {}
}

/** 有意见 in words, for the letter that goes back to the applicant. */
export const adviceOf = (groups: readonly string[], findings: readonly Json[]): string =>
  groups
    .map((g) => ({ g, ...findingOf(findings, g) }))
    .filter((f) => f.result === 'remark' && f.remark !== '')
    .map((f, i) => `${i + 1}. ${f.g}：${f.remark}`)
    .join('\n')

/** The findings as another action of the same step takes them along: prefilled, still editable. */
export const carried = (action: ActionView, groups: readonly string[], findings: readonly Json[]): Value => {
  const schema = action.schema as FormSchema
  const advice = adviceOf(groups, findings)
  const list = checklistIn(action)
  return {
    ...(action.value as Value | undefined),
    ...(schema.properties?.['advice'] && advice !== '' ? { advice } : {}),
    ...(list ? { [list[0]]: findings } : {}),
  }
}
