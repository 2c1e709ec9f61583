import type { Form } from '#contract'
import type { Matter, Subject } from '../kernel/index.ts'
import { opening, openingLaws } from './conditional.ts'
import { demand, demandLaws } from './demand.ts'
import { item, itemLaws } from './item.ts'
import { demandForm, demandSection, openingRule, openingSection } from './openingPack.ts'
import { openingPlan, openingPlanLaws } from './plan.ts'
import { catalogueHeadings, catalogueSection, catalogueWords, itemForm } from './pack.ts'

export {
  batchOf,
  flatten,
  freshDueOf,
  gradeOf,
  isCollected,
  isPublished,
  isSecret,
  itemData,
  openDataOf,
  registrationOf,
} from './item.ts'
export { grantNumber, mayDownload, scenarioOf, usableUntil } from './conditional.ts'
export { arranging, certain, compare, judge, rowName } from './watermark.ts'
export type { Mac, Match, Verdict } from './watermark.ts'
export type { Dataset } from './opening.ts'
export type { DataColumn } from './tableSchema.ts'
export { openingRule } from './openingPack.ts'
export { catalogueRule, itemForm, periodSchema } from './pack.ts'
export { completeness, itemRows, sameKey, termOfField } from './project.ts'
export type { CatalogueRow } from './project.ts'

export const catalogueMatters: Readonly<Record<string, Matter>> = {
  item: { process: item, laws: itemLaws },
  opening: { process: opening, laws: openingLaws },
  openingPlan: { process: openingPlan, laws: openingPlanLaws },
  demand: { process: demand, laws: demandLaws },
}

const changeNote: Form = [
  { key: 'change', term: '变更说明', type: 'text', required: true, max: 512, hint: '改了什么、为什么改' },
]

/** 公共数据资源目录. */
export const catalogue: Subject = {
  matters: catalogueMatters,
  section: { ...catalogueSection, ...openingSection, ...demandSection },
  optional: [],
  headings: catalogueHeadings,
  words: catalogueWords,
  form: (rules, name) => {
    switch (name) {
      case 'item':
        return itemForm(rules)
      case 'itemRevision':
        return [...itemForm(rules), ...changeNote]
      case 'openData':
        return openingRule(rules, 'catalogue.opening.forms.data')
      case 'openingApplication':
        return openingRule(rules, 'catalogue.opening.forms.application')
      case 'openingReport':
        return openingRule(rules, 'catalogue.opening.forms.report')
      case 'openingBreach':
        return openingRule(rules, 'catalogue.opening.forms.breach')
      case 'demand':
        return demandForm(rules)
      default:
        return undefined
    }
  },
}
