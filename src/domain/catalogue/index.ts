import type { Form } from '#contract'
import { part, type Subject } from '../kernel/index.ts'
import { acquisition, acquisitionForm, acquisitionLaws } from './acquisition.ts'
import { authority, authorityLaws } from './authority.ts'
import { channel, channelForm, channelLaws } from './channel.ts'
import { opening, openingLaws } from './conditional.ts'
import { demand, demandLaws } from './demand.ts'
import { filing, filingForm, filingLaws } from './filing.ts'
import { gradeDecisionForm, gradeListForm, grading, gradingForm, gradingLaws } from './gradecase.ts'
import { gradingSection, gradingWords } from './grading.ts'
import { importing, importingLaws } from './importing.ts'
import { item, itemLaws } from './item.ts'
import { holderForm, ledgerRule, ledgerSection } from './ledger-pack.ts'
import { catalogueNotice, catalogueNoticeForm, catalogueNoticeLaws } from './notice.ts'
import { proposal, proposalForm, proposalLaws } from './proposal.ts'
import { catalogueReport, catalogueReportLaws, reportForm } from './report.ts'
import { demandForm, demandSection, openingRule, openingSection } from './openingPack.ts'
import { openingPlan, openingPlanLaws } from './plan.ts'
import { catalogueHeadings, catalogueSection, catalogueWords, itemForm } from './pack.ts'
import { qualitySection, qualityWords } from './quality.ts'
import { assessmentForm, assessmentSection } from './qualityacts.ts'
import { checksForm } from './qualityForm.ts'
import { ticket, ticketForm, ticketLaws, ticketSection } from './ticket.ts'
import { selfUse, selfUseForm, selfUseLaws } from './self-use.ts'
import { shareLaws } from './share-laws.ts'
import { share } from './share.ts'
import { sharingForm, sharingSection, sharingWords } from './sharing-pack.ts'
import { scopeSection } from './scope.ts'

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
  sameKey,
  sourceOf,
  twinsOf,
} from './item.ts'
export { entryActsOf, saysAlready } from './entries.ts'
export type { EntryAct } from './item.ts'
export { defaultDue } from './filing.ts'
export { changesBetween } from './history.ts'
export type { Change } from './history.ts'
export { ledgerRule, presumedHolder } from './ledger-pack.ts'
export { catalogueRule, itemForm, periodSchema } from './pack.ts'
export { catalogueRows, completeness, itemRows, missing, termOfField } from './project.ts'
export type { CatalogueRow } from './project.ts'
export * from './listing.ts'
export * from './entry.ts'
export { checkOf, importRows, listFileOf, listLimits, titlesOf, type RememberedMapping } from './importing.ts'
export { detected, gradeByRule, gradingBegins } from './gradecase.ts'
export { detect } from './detect.ts'
export { matchGradeList, type GradedEntry, type GradeRow } from './gradelist.ts'
export { gradeGate, gradeTerm, gradingRule, type Grade } from './grading.ts'
export { importantRegister, type Registrable } from './important.ts'
export { sniff, type FormatShare } from './formats.ts'
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
export { wantedBy, wantedOf } from './acquisition.ts'
export { shareRows } from './share-laws.ts'
export { keysOf, likeness, sharedItemRows } from './shared-item.ts'
export type { Wanted } from './shared-item.ts'
export { sharingRule } from './sharing-pack.ts'
export { grantNumber, mayDownload, scenarioOf, usableUntil } from './conditional.ts'
export { arranging, certain, compare as compareOrder, judge as judgeOrder, rowName } from './watermark.ts'
export type { Mac, Match, Verdict } from './watermark.ts'
export type { Dataset } from './opening.ts'
export type { DataColumn } from './tableSchema.ts'
export { openingRule } from './openingPack.ts'
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

const changeNote: Form = [
  { key: 'change', term: '变更说明', type: 'text', required: true, max: 512, hint: '改了什么、为什么改' },
]
/** 公共数据资源目录, part by part: entries, their grades, their quality, how they are shared and opened, what is asked for. */
export const catalogueSubjects: readonly Subject[] = [
  part({
    matters: { item: { process: item, laws: itemLaws }, import: { process: importing, laws: importingLaws } },
    section: { ...catalogueSection, ...scopeSection },
    headings: catalogueHeadings,
    words: catalogueWords,
    form: (rules, name) =>
      name === 'item' ? itemForm(rules) : name === 'itemRevision' ? [...itemForm(rules), ...changeNote] : undefined,
  }),
  part({
    matters: {
      filing: { process: filing, laws: filingLaws },
      catalogueNotice: { process: catalogueNotice, laws: catalogueNoticeLaws },
      authority: { process: authority, laws: authorityLaws },
      proposal: { process: proposal, laws: proposalLaws },
      catalogueReport: { process: catalogueReport, laws: catalogueReportLaws },
    },
    section: ledgerSection,
    form: (rules, name, kind) => {
      switch (name) {
        case 'catalogueNotice':
          return catalogueNoticeForm
        case 'proposal':
          return proposalForm(rules, kind)
        case 'catalogueReport':
          return reportForm
        case 'holderKind':
          return holderForm(rules)
        default:
          return filingForm(name, kind, ledgerRule(rules, 'catalogue.filing.batch'))
      }
    },
  }),
  part({
    matters: { grading: { process: grading, laws: gradingLaws } },
    section: gradingSection,
    words: gradingWords,
    form: (rules, name) => {
      switch (name) {
        case 'grading':
          return gradingForm(rules)
        case 'gradeList':
          return gradeListForm(rules)
        case 'gradeDecision':
          return gradeDecisionForm(rules)
        default:
          return undefined
      }
    },
  }),
  part({
    matters: { ticket: { process: ticket, laws: ticketLaws } },
    section: { ...qualitySection, ...assessmentSection, ...ticketSection },
    words: qualityWords,
    form: (rules, name, kind) => {
      switch (name) {
        case 'qualityRules':
          return checksForm(rules)
        case 'assessment':
          return assessmentForm(rules)
        case 'ticket':
          return ticketForm(rules, kind)
        default:
          return undefined
      }
    },
  }),
  part({
    matters: {
      share: { process: share, laws: shareLaws },
      acquisition: { process: acquisition, laws: acquisitionLaws },
      channel: { process: channel, laws: channelLaws },
      selfUse: { process: selfUse, laws: selfUseLaws },
    },
    section: sharingSection,
    words: sharingWords,
    form: (rules, name, kind) =>
      name === 'selfUse'
        ? selfUseForm(rules)
        : (sharingForm(rules, name, kind) ?? acquisitionForm(rules, name, kind) ?? channelForm(rules, name, kind)),
  }),
  part({
    matters: {
      opening: { process: opening, laws: openingLaws },
      openingPlan: { process: openingPlan, laws: openingPlanLaws },
    },
    section: openingSection,
    form: (rules, name) => {
      switch (name) {
        case 'openData':
          return openingRule(rules, 'catalogue.opening.forms.data')
        case 'openingApplication':
          return openingRule(rules, 'catalogue.opening.forms.application')
        case 'openingReport':
          return openingRule(rules, 'catalogue.opening.forms.report')
        case 'openingBreach':
          return openingRule(rules, 'catalogue.opening.forms.breach')
        default:
          return undefined
      }
    },
  }),
  part({
    matters: { demand: { process: demand, laws: demandLaws } },
    section: demandSection,
    form: (rules, name) => (name === 'demand' ? demandForm(rules) : undefined),
  }),
]
