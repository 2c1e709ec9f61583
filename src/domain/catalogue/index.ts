import type { Form } from '#contract'
import type { Matter, Subject } from '../kernel/index.ts'
import { gradeDecisionForm, grading, gradingForm, gradingLaws } from './gradecase.ts'
import { gradingSection, gradingWords } from './grading.ts'
import { item, itemLaws } from './item.ts'
import { qualitySection, qualityWords } from './quality.ts'
import { assessmentForm, assessmentSection } from './qualityacts.ts'
import { checksForm } from './qualityForm.ts'
import { ticket, ticketForm, ticketLaws, ticketSection } from './ticket.ts'
import { catalogueHeadings, catalogueSection, catalogueWords, itemForm } from './pack.ts'

export {
  batchOf,
  flatten,
  gradeOf,
  isGradeStale,
  freshDueOf,
  isCollected,
  isPublished,
  isSecret,
  itemData,
  registrationOf,
} from './item.ts'
export { catalogueRule, itemForm, periodSchema } from './pack.ts'
export { completeness, itemRows, sameKey, termOfField } from './project.ts'
export type { CatalogueRow } from './project.ts'
export * from './listing.ts'
export { gradingBegins } from './gradecase.ts'
export { gradeGate, gradeTerm, gradingRule, type Grade } from './grading.ts'
export { importantRegister, type Registrable } from './important.ts'
export { sniff } from './formats.ts'

export const catalogueMatters: Readonly<Record<string, Matter>> = {
  item: { process: item, laws: itemLaws },
  grading: { process: grading, laws: gradingLaws },
  ticket: { process: ticket, laws: ticketLaws },
}

const changeNote: Form = [
  { key: 'change', term: '变更说明', type: 'text', required: true, max: 512, hint: '改了什么、为什么改' },
]

/** 公共数据资源目录. */
export const catalogue: Subject = {
  matters: catalogueMatters,
  section: { ...catalogueSection, ...gradingSection, ...qualitySection, ...assessmentSection, ...ticketSection },
  optional: [],
  headings: catalogueHeadings,
  words: { ...gradingWords, ...qualityWords, ...catalogueWords },
  form: (rules, name, kind) => {
    switch (name) {
      case 'item':
        return itemForm(rules)
      case 'itemRevision':
        return [...itemForm(rules), ...changeNote]
      case 'grading':
        return gradingForm(rules)
      case 'qualityRules':
        return checksForm(rules)
      case 'assessment':
        return assessmentForm(rules)
      case 'ticket':
        return ticketForm(rules, kind)
      case 'gradeDecision':
        return gradeDecisionForm(rules)
      default:
        return undefined
    }
  },
}

export { marks, relevance } from './relevance.ts'
export {
  bothQueries,
  chosenQuery,
  facetKeys,
  fieldToken,
  headOfText,
  indexOf,
  normal,
  parseQuery,
  relaxed,
  strict,
  strictHead,
  tokenQuery,
  unitOf,
} from './search.ts'
export type { Choices, FacetKey, Query, Searchable, Speech, Unit } from './search.ts'
export * from './quality.ts'
export * from './qualityProposal.ts'
export * from './qualityJudgement.ts'
export {
  assessmentOf,
  assessmentSaid,
  checksFor,
  fileKind,
  informationItems,
  isAssessing,
  phasesOf,
  qualityGate,
  verdictTerms,
  type Assessment,
  type Run,
} from './qualityacts.ts'
export { marksOf, rectification, ticketRows, upstreamOf, wantsRefresh, wayOf } from './ticket.ts'
export { paramsText } from './qualityForm.ts'
