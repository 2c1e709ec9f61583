import type { Process } from '../kernel/index.ts'
import { agreement, cosigning } from './agreement.ts'
import { signatureRow, signingGuardNames } from './signing.ts'
import { sentBack } from './steps.ts'

export const supplementKinds = { change: '补充协议', renewal: '续签协议' } as const
/** Seats that a supplement has of the agreement it is about. */
const { unit: _unit, ...seats } = agreement.seats
export const supplementSeats = Object.keys(seats)

const parties = ['implementer', 'jointA', 'jointB', 'jointC', 'operator']

/**
 * 补充协议、续签协议: what changes an agreement that runs is deliberated and signed as the agreement was, and changes it from the day
 * all have signed. A renewal is asked for by the operator and decided on by the 实施机构, and joins the term without a gap.
 */
export const supplement: Process = {
  name: 'supplement',
  term: '补充与续签协议',
  kinds: supplementKinds,
  variants: [''],
  seats,
  states: {
    asked: { term: '待决定是否续签', phase: 'ask' },
    draft: { term: '起草中', phase: 'draft' },
    ready: { term: '待提请审议', phase: 'draft' },
    signing: { term: '待签订', phase: 'sign' },
    signed: { term: '待其他各方签订', phase: 'sign' },
    inForce: { term: '已生效', final: true, phase: 'done' },
    declined: { term: '不予续签', final: true, phase: 'done' },
    dropped: { term: '未签订', final: true, phase: 'done' },
  },
  slots: {
    deliberation: {
      term: '审议',
      rule: 'authorization.agreement.deliberation.steps',
      to: 'signing',
      guards: ['decidedByNow', 'asSubmitted', 'agreementRuns'],
      exits: {
        return: sentBack('implementer'),
      },
    },
  },
  rows: {
    start: {
      term: '起草补充协议',
      kinds: ['change'],
      from: [],
      to: 'draft',
      by: 'implementer.handler',
      basis: 'authorization.agreement.supplement',
      form: [{ key: 'reason', term: '变更原因', type: 'paragraph', required: true, max: 4000 }],
      guards: ['agreementRuns'],
      derive: 'about',
    },
    apply: {
      term: '申请续签',
      kinds: ['renewal'],
      from: [],
      to: 'asked',
      by: 'system',
      basis: 'authorization.agreement.renewal.window',
      form: 'renewalRequest',
      tell: ['implementer'],
    },
    grant: {
      term: '同意续签',
      kinds: ['renewal'],
      from: ['asked'],
      to: 'draft',
      by: 'implementer.approver',
      basis: 'authorization.agreement.renewal.term',
      form: [
        { key: 'evaluation', term: '运营成效评价结论', type: 'paragraph', required: true, max: 4000 },
        { key: 'need', term: '实际需求', type: 'paragraph', required: true, max: 4000 },
        { key: 'files', term: '评价结果', type: 'files', required: true, max: 10 },
      ],
      guards: ['agreementRuns'],
      tell: ['operator'],
    },
    decline: {
      term: '不予续签',
      kinds: ['renewal'],
      from: ['asked'],
      to: 'declined',
      by: 'implementer.approver',
      basis: 'authorization.agreement.renewal.term',
      form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 4000 }],
      grave: true,
      tell: ['operator'],
    },
    write: {
      term: '填写协议',
      from: ['draft', 'ready'],
      to: 'ready',
      by: 'implementer.handler',
      basis: 'authorization.agreement.supplement',
      form: 'supplement',
      guards: ['agreementRuns', 'scopeFits', 'termFits', 'changesSomething'],
    },
    submit: {
      term: '提请审议',
      from: ['ready'],
      to: '@deliberation',
      by: 'implementer.handler',
      basis: 'authorization.agreement.signing',
      guards: ['agreementRuns'],
      derive: 'frozen',
    },
    sign: {
      ...signatureRow,
      term: '实施机构签订',
      from: ['signing'],
      to: 'signed',
      by: 'implementer.approver',
      guards: ['agreementRuns', ...signingGuardNames],
      derive: 'signed',
      tell: parties,
    },
    cosign: {
      ...signatureRow,
      term: '会同部门签订',
      from: ['signed'],
      to: '=',
      by: cosigning,
      guards: ['notYetSigned', ...signingGuardNames],
      derive: 'cosigned',
      tell: ['implementer', 'operator'],
    },
    countersign: {
      ...signatureRow,
      term: '运营机构签订',
      from: ['signed'],
      to: 'inForce',
      by: 'operator.approver',
      guards: ['allCosigned', 'agreementRuns', ...signingGuardNames],
      derive: 'signed',
      tell: [...parties, 'bureau'],
      grave: true,
    },
    filed: {
      term: '已备案',
      from: ['signing', 'signed', 'inForce', 'dropped'],
      to: '=',
      by: 'system',
      tell: ['implementer', 'operator'],
    },
    drop: {
      term: '不再签订',
      from: ['draft', 'ready', 'signing', 'signed'],
      to: 'dropped',
      by: 'implementer.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
      tell: ['operator', 'bureau'],
    },
  },
}
