import type { Form } from '#contract'
import type { Matter, Subject } from '../kernel/index.ts'
import { authority, authorityLaws } from './authority.ts'
import { filing, filingForm, filingLaws } from './filing.ts'
import { item, itemLaws } from './item.ts'
import { holderForm, ledgerRule, ledgerSection } from './ledger-pack.ts'
import { catalogueNotice, catalogueNoticeForm, catalogueNoticeLaws } from './notice.ts'
import { proposal, proposalForm, proposalLaws } from './proposal.ts'
import { catalogueReport, catalogueReportLaws, reportForm } from './report.ts'
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

export const catalogueMatters: Readonly<Record<string, Matter>> = {
  item: { process: item, laws: itemLaws },
  filing: { process: filing, laws: filingLaws },
  catalogueNotice: { process: catalogueNotice, laws: catalogueNoticeLaws },
  authority: { process: authority, laws: authorityLaws },
  proposal: { process: proposal, laws: proposalLaws },
  catalogueReport: { process: catalogueReport, laws: catalogueReportLaws },
}

const changeNote: Form = [
  { key: 'change', term: '变更说明', type: 'text', required: true, max: 512, hint: '改了什么、为什么改' },
]

/** 公共数据资源目录. */
export const catalogue: Subject = {
  matters: catalogueMatters,
  section: { ...catalogueSection, ...ledgerSection },
  optional: [],
  headings: catalogueHeadings,
  words: catalogueWords,
  form: (rules, name, kind) => {
    switch (name) {
      case 'item':
        return itemForm(rules)
      case 'itemRevision':
        return [...itemForm(rules), ...changeNote]
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
}
