import type { Process } from '../kernel/index.ts'
import { signatureRow, signingGuardNames } from './signing.ts'
import { sentBack } from './steps.ts'

export const pactKinds = {
  nested: '依场景授权',
  scenario: '场景开发与产品经营协议',
  partner: '合伙人协议',
  service: '公共数据资源开发利用服务协议',
} as const
export type PactKind = keyof typeof pactKinds

/**
 * What is agreed under an agreement that runs, for one scenario at a time: a grant by scenario nested in it, an agreement of the operator with
 * whoever develops, or one of all four parties before data is supplied. It never reaches further than the agreement, and ends with it.
 */
export const pact: Process = {
  name: 'pact',
  term: '场景与服务协议',
  kinds: pactKinds,
  /** `selected`: with whom a selection held here has chosen, so that nothing is recorded of another way of choosing. */
  variants: ['', 'selected'],
  seats: {
    author: { term: '起草单位', reads: true },
    implementer: { term: '实施机构', reads: true },
    source: { term: '数源单位', reads: true },
    sourceB: { term: '数源单位', reads: true },
    sourceC: { term: '数源单位', reads: true },
    operator: { term: '运营机构', reads: true },
    developer: { term: '开发主体', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    draft: { term: '起草中', phase: 'draft' },
    ready: { term: '待送审', phase: 'draft' },
    signing: { term: '待各方签订', phase: 'sign' },
    running: { term: '执行中', phase: 'run' },
    ended: { term: '已终止', final: true, phase: 'run' },
    dropped: { term: '未签订', final: true, phase: 'draft' },
  },
  slots: {
    review: {
      term: '审定',
      rule: 'authorization.pact.review.{kind}.steps',
      to: 'signing',
      guards: ['agreementRuns', 'asSubmitted'],
      exits: {
        return: sentBack('author'),
      },
    },
  },
  rows: {
    start: {
      term: '起草场景、服务协议',
      from: [],
      to: 'draft',
      by: 'author.handler',
      basis: 'authorization.pact.kinds.{kind}',
      form: [{ key: 'number', term: '协议编号', type: 'text', required: true, clear: true, max: 60 }],
      guards: ['kindUsed', 'agreementRuns', 'chosenStill'],
      derive: 'about',
    },
    write: {
      term: '填写协议',
      from: ['draft', 'ready'],
      to: 'ready',
      by: 'author.handler',
      basis: 'authorization.pact.kinds.{kind}',
      form: 'pact',
      guards: ['agreementRuns', 'itemsWithin', 'termWithin', 'developerFits', 'isChosen', 'sourcesFit'],
      derive: 'written',
    },
    submit: {
      term: '送审定、签订',
      from: ['ready'],
      to: '@review',
      by: 'author.approver',
      apart: 'write',
      basis: 'authorization.pact.kinds.{kind}',
      guards: ['agreementRuns'],
      derive: 'frozen',
      tell: ['implementer', 'source', 'sourceB', 'sourceC', 'operator', 'developer'],
    },
    sign: {
      ...signatureRow,
      basis: 'authorization.pact.kinds.{kind}',
      term: '签订',
      from: ['signing'],
      to: '=',
      by: [
        'implementer.approver',
        'source.approver',
        'sourceB.approver',
        'sourceC.approver',
        'operator.approver',
        'developer.approver',
      ],
      guards: ['isParty', 'notYetSigned', 'agreementRuns', 'chosenStill', 'itemsStillWithin', ...signingGuardNames],
      derive: 'signed',
    },
    conclude: {
      term: '各方签订完毕，开始执行',
      from: ['signing'],
      to: 'running',
      by: 'system',
      basis: 'authorization.pact.kinds.{kind}',
      tell: ['implementer', 'source', 'sourceB', 'sourceC', 'operator', 'developer', 'bureau'],
    },
    expire: {
      term: '期满终止',
      from: ['running'],
      to: 'ended',
      by: 'system',
      after: 'pactTo',
      until: '协议期满',
      tell: ['implementer', 'operator', 'developer'],
    },
    cease: {
      term: '随授权运营协议终止',
      from: ['signing', 'running'],
      to: 'ended',
      by: 'system',
      tell: ['implementer', 'operator', 'developer'],
    },
    leave: {
      term: '退出、提前终止',
      from: ['running'],
      to: 'ended',
      by: ['operator.approver', 'developer.approver'],
      optional: true,
      grave: true,
      basis: 'authorization.pact.kinds.{kind}',
      form: [
        { key: 'reason', term: '原因', type: 'paragraph', required: true, max: 2000 },
        { key: 'data', term: '数据和产品的处置', type: 'paragraph', required: true, max: 4000 },
        { key: 'files', term: '交接、删除的证明', type: 'files', required: true, max: 10 },
      ],
      tell: ['implementer', 'operator', 'developer', 'bureau'],
    },
    drop: {
      term: '不再签订',
      from: ['draft', 'ready', 'signing'],
      to: 'dropped',
      by: 'author.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
  },
}
