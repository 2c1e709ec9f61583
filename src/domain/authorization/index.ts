import type { Form } from '#contract'
import { part, type Subject } from '../kernel/index.ts'
import { agreement } from './agreement.ts'
import { agreementForm, agreementLaws, agreementSection, signatureForm } from './agreement-laws.ts'
import { appointment, appointmentForm, appointmentLaws } from './appointment.ts'
import { appointmentSection, recordalOptional, recordalSection, whoSection } from './pack.ts'
import { planSubjects } from './plan-subject.ts'
import { receiptForm, recordal, recordalAskForm, recordalFiles, recordalLaws, recordalReportForm } from './recordal.ts'
import { selection, selectionForm, selectionLaws, selectionSection } from './selection.ts'

export { authorizationRule } from './pack.ts'
export { appointmentKinds, domainOf } from './appointment.ts'
export {
  approvedOn,
  isInForce,
  planEntries,
  planItems,
  planOf,
  planSaid,
  planTitle,
  scopeProblem,
} from './plan-laws.ts'
export { changesOf, type PlanChange } from './plan-changes.ts'
export { consultationRow, type DraftPart } from './consultation-laws.ts'
export { programmeBegins, programmeRule, type Milestone } from './programme-pack.ts'
export { confirmedIn, programmeBeginning, programmeMilestones, programmeTitle, programmeUnits } from './programme.ts'
export { milestoneState, type MilestoneState, type UnitCases } from './programme-state.ts'
export { planKinds, type PlanKind } from './plan.ts'
export { planForm, planRule } from './plan-pack.ts'
export { levelOf, recordalKinds, recordalState, reportsAsked } from './recordal.ts'
export { winnerOf } from './selection.ts'
export { agreementItems, agreementOf, agreementTitle, standing } from './agreement-laws.ts'

/** What is kept of a decision by a body: 三重一大, a government's meeting, a leader's consent. Minutes stay where they are; an extract comes. */
export const deliberationForm: Form = [
  { key: 'decidedOn', term: '审议（同意）日期', type: 'day', required: true, clear: true },
  { key: 'meeting', term: '会议名称或批示文件', type: 'text', required: true, clear: true, max: 200 },
  { key: 'number', term: '文号或会议届次', type: 'text', clear: true, max: 100 },
  {
    key: 'files',
    term: '会议纪要摘录或批示',
    type: 'files',
    required: true,
    max: 5,
    hint: '只上传与本事项有关的摘录，不上传会议纪要全文',
  },
]
export const opinionForm: Form = [
  { key: 'opinion', term: '审核意见', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '审核材料', type: 'files', max: 10 },
]

/** 授权运营, part by part: who carries it out, the plan, the choice of an operator, the agreement, what is put on file. */
export const authorizationSubjects: readonly Subject[] = [
  part({
    matters: {
      appointment: { process: appointment, laws: appointmentLaws },
      recordal: { process: recordal, laws: recordalLaws },
    },
    section: { ...whoSection, ...appointmentSection, ...recordalSection },
    optional: recordalOptional,
    headings: [
      {
        term: '授权运营各方',
        of: ['modes', 'bureau', 'implementer', 'operator', 'operators', 'developer', 'source', 'appointment'],
      },
      { term: '备案', of: ['recordal'] },
    ],
    form: (_rules, name) => {
      switch (name) {
        case 'appointment':
          return appointmentForm
        case 'recordalFiles':
          return recordalFiles
        case 'recordalReport':
          return recordalReportForm
        case 'recordalAsk':
          return recordalAskForm
        case 'receipt':
          return receiptForm
        case 'deliberation':
          return deliberationForm
        case 'opinion':
          return opinionForm
        default:
          return undefined
      }
    },
  }),
  ...planSubjects,
  part({
    matters: { selection: { process: selection, laws: selectionLaws } },
    section: selectionSection,
    headings: [{ term: '遴选', of: ['selection'] }],
    form: (_rules, name) => selectionForm(name),
  }),
  part({
    matters: { agreement: { process: agreement, laws: agreementLaws } },
    section: agreementSection,
    headings: [{ term: '协议', of: ['agreement'] }],
    form: (rules, name) =>
      name === 'agreement' ? agreementForm(rules) : name === 'agreementSignature' ? signatureForm : undefined,
  }),
]
