import type { Form } from '#contract'
import { part, type Subject } from '../kernel/index.ts'
import { agreementSubject } from './agreement-subject.ts'
import { exitSubject } from './exit-subject.ts'
import { appointment, appointmentForm, appointmentLaws } from './appointment.ts'
import { appointmentSection, recordalOptional, recordalSection, whoSection } from './pack.ts'
import { comparisonOptional, comparisonRows, comparisonSection } from './comparison.ts'
import { pactSubject } from './pact-subject.ts'
import { planSubjects } from './plan-subject.ts'
import { receiptForm, recordal, recordalAskForm, recordalFiles, recordalLaws, recordalReportForm } from './recordal.ts'
import { selectionSubject } from './selection-subject.ts'

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
export { agreementPanel, authorizationRows } from './agreement-public.ts'
export { agreementKinds } from './agreement.ts'
export { pactOf, pactStanding } from './pact-laws.ts'
export { pactForming, selectedKinds } from './pact-pack.ts'
export { comparisonRows, renderCell } from './comparison.ts'
export * from './gate.ts'
export { exitRule } from './exit-pack.ts'
export { confirmedBatches, exitItems, leftNumber } from './exit-list.ts'
export { exitSeats } from './exit-laws.ts'
export { afterEvaluation, ordererOf, suspensionSeats } from './suspension-laws.ts'
export { runHere, selectionKinds, winnerOf } from './selection.ts'
export { conditionsOf, selectionRule } from './selection-pack.ts'
export { following } from './candidacy-laws.ts'
export { scoresOf } from './evaluation.ts'
export { drawRecordOf, type DrawRecord } from './drawing.ts'
export { criteriaOf, deadlineOf, extrasOf, noticeOf, panelOf, rankingOf, seatsClosed } from './selection-said.ts'
export { soleSource } from './selection-laws.ts'
export { selectionRows } from './selection-public.ts'
export { exceptionAsked, excepted, exceptionRows } from './exception.ts'
export { agreementItems, agreementNumber, agreementOf, agreementTitle } from './agreement-text.ts'
export { planForm, planRule } from './plan-pack.ts'
export { levelOf, recordalKinds, reportsAsked } from './recordal.ts'

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
  selectionSubject,
  agreementSubject,
  pactSubject,
  part({
    section: comparisonSection,
    optional: comparisonOptional,
    headings: [{ term: '与其他辖区的差异', of: comparisonRows.map((r) => r.key) }],
  }),
  exitSubject,
]
