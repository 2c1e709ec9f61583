import type { Act, Case, Process, Row } from '../kernel/index.ts'
import { exceptionRows } from './exception.ts'
import { levelSeats, sentBack } from './steps.ts'

/** Ways of choosing that leave competition open (27号 第十二条). */
export const selectionKinds = {
  openTender: '公开招标',
  invitedTender: '邀请招标',
  negotiation: '谈判',
  other: '其他公平竞争方式',
} as const
/** Held on the statutory procurement platform and recorded here; the others are run here. */
export const tenders: readonly string[] = ['openTender', 'invitedTender']
export const runHere: readonly string[] = ['negotiation', 'other']

/** The body chosen. */
export const winnerOf = (s: Case): string => s.seats['winner'] ?? ''

const before = ['draft', '@review', 'ready', 'announced', 'closed', 'evaluating', 'ranked', 'decided']
const basis = 'authorization.selection.methods'
const proposing: Pick<Act, 'by' | 'basis' | 'derive' | 'tell'> = {
  by: 'organiser.handler',
  basis,
  derive: 'chosen',
  tell: ['bureau'],
}
const back: Omit<Row, 'to' | 'kinds'> = {
  term: '退回重新提出',
  from: ['decided'],
  by: 'organiser.approver',
  optional: true,
  form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 1000 }],
}

/**
 * 遴选: of the operator, about a plan in force, or of those who develop with an operator, about its agreement. The agreement's text is
 * discussed beforehand, competition and legality are reviewed, the choice is announced, made and published (27号 第十二条). Tenders are
 * held on the statutory platform and recorded here; other ways are run here: applications stay closed until the deadline, reviewers are
 * drawn by lot, their scores make the ranking.
 */
export const selection: Process = {
  name: 'selection',
  term: '遴选',
  kinds: selectionKinds,
  variants: ['operator', 'developer'],
  seats: {
    organiser: { term: '遴选单位', reads: true },
    unit: { term: '行业主管部门', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    winner: { term: '选定的机构', reads: false },
    finance: { term: '财政部门', reads: false },
    ...levelSeats,
  },
  states: {
    draft: { term: '准备中', phase: 'prepare' },
    ready: { term: '待发布', phase: 'prepare' },
    announced: { term: '已发布公告', phase: 'announce' },
    closed: { term: '待资格审查和抽取专家', phase: 'check' },
    evaluating: { term: '评审中', phase: 'evaluate' },
    ranked: { term: '评审完成，待提出结果', phase: 'decide' },
    decided: { term: '待审定', phase: 'decide' },
    awarded: { term: '已选定', phase: 'chosen' },
    contracted: { term: '已签约', final: true, phase: 'chosen' },
    failed: { term: '遴选失败', final: true, phase: 'chosen' },
  },
  slots: {
    review: {
      term: '公平竞争与合法性审核',
      rule: 'authorization.selection.review.{variant}.steps',
      to: 'ready',
      guards: ['notOwnSubmission'],
      exits: {
        return: sentBack('organiser'),
      },
    },
  },
  rows: {
    start: {
      term: '发起遴选',
      from: [],
      to: 'draft',
      by: 'organiser.handler',
      basis,
      form: 'selectionStart',
      guards: ['methodUsed', 'restsOnWhatStands'],
      derive: 'started',
    },
    consult: {
      term: '记录对协议文本的意见征求',
      from: ['draft'],
      to: '=',
      by: 'organiser.handler',
      basis: 'authorization.selection.consultation',
      form: 'selectionConsultation',
      guards: ['askedBefore'],
      optional: true,
    },
    submit: {
      term: '送审核',
      from: ['draft'],
      to: '@review',
      by: 'organiser.handler',
      basis: 'authorization.selection.review.{variant}.steps',
      guards: ['consulted'],
    },
    announce: {
      term: '发布遴选公告',
      from: ['ready'],
      to: 'announced',
      by: 'organiser.handler',
      basis,
      form: 'selectionNotice',
      guards: ['restsOnWhatStands', 'noticeFits'],
      derive: 'announced',
      tell: ['bureau'],
    },
    extend: {
      term: '延长申请截止日',
      from: ['announced'],
      to: '=',
      by: 'organiser.approver',
      basis: 'authorization.selection.notice',
      optional: true,
      form: [
        { key: 'until', term: '新的申请截止日', type: 'day', required: true, clear: true },
        { key: 'reason', term: '原因', type: 'text', required: true, clear: true, max: 300 },
      ],
      guards: ['laterDeadline'],
    },
    close: {
      term: '申请截止',
      from: ['announced'],
      to: 'closed',
      kinds: runHere,
      by: 'system',
      after: 'until',
      until: '申请截止',
      basis: 'authorization.selection.notice',
      tell: ['organiser'],
    },
    draw: {
      term: '抽取评审专家',
      from: ['closed'],
      to: 'evaluating',
      kinds: runHere,
      by: 'organiser.handler',
      basis: 'authorization.evaluation.panel',
      guards: ['allChecked'],
      derive: 'drawn',
      tell: ['bureau'],
    },
    redraw: {
      term: '递补评审专家',
      from: ['evaluating'],
      to: '=',
      kinds: runHere,
      by: 'system',
      basis: 'authorization.evaluation.panel',
      derive: 'redrawn',
      tell: ['organiser'],
    },
    rank: {
      term: '评审完成',
      from: ['evaluating'],
      to: 'ranked',
      kinds: runHere,
      by: 'system',
      basis: 'authorization.selection.criteria',
      derive: 'ranked',
      tell: ['organiser', 'bureau'],
    },
    decide: {
      ...proposing,
      term: '记录结果，提出选定意见',
      from: ['announced'],
      to: 'decided',
      kinds: tenders,
      form: 'selectionResult',
      guards: ['noticeOver', 'linked', 'winnerFits'],
    },
    nominate: {
      ...proposing,
      term: '提出选定意见',
      from: ['ranked'],
      to: 'decided',
      kinds: runHere,
      form: 'selectionNomination',
      guards: ['winnerQualified', 'winnerFits', 'deviationExplained'],
    },
    award: {
      term: '审定并公布结果',
      from: ['decided'],
      to: 'awarded',
      by: 'organiser.approver',
      basis,
      form: [
        { key: 'decidedOn', term: '选定日期', type: 'day', required: true, clear: true },
        { key: 'number', term: '决定文号', type: 'text', clear: true, max: 100 },
        { key: 'files', term: '决定文件', type: 'files', max: 10 },
      ],
      guards: ['notOwnProposal', 'decidedByNow', 'operatorsInNumber'],
      tell: ['winner', 'bureau'],
      grave: true,
    },
    ...exceptionRows({
      from: ['decided'],
      by: 'organiser.handler',
      to: 'bureau.approver',
      basis: 'authorization.operators.domain',
      guards: ['leavesRoom'],
      tell: ['organiser', 'bureau'],
    }),
    back: { ...back, to: 'announced', kinds: tenders },
    reconsider: { ...back, to: 'ranked', kinds: runHere },
    filed: { term: '结果已备案', from: ['awarded', 'contracted'], to: '=', by: 'system', tell: ['organiser'] },
    contract: { term: '已签约', from: ['awarded'], to: 'contracted', by: 'system', tell: ['organiser'] },
    late: {
      term: '选定时限届满',
      from: before,
      to: '=',
      by: 'system',
      after: 'milestone',
      until: '选定时限届满',
      basis: 'authorization.selection.milestone',
      tell: ['organiser', 'bureau'],
    },
    fail: {
      term: '遴选失败',
      from: ['draft', 'ready', 'announced', 'closed', 'evaluating', 'ranked', 'decided'],
      to: 'failed',
      by: 'organiser.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'paragraph', required: true, clear: true, max: 1000 }],
      tell: ['bureau'],
    },
  },
}
