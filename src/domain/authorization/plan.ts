import type { Act, Process } from '../kernel/index.ts'
import { levelSeats, sentBack } from './steps.ts'

export const planKinds = {
  overall: '总体实施方案',
  whole: '整体授权运营实施方案',
  domain: '分领域授权运营实施方案',
  scenario: '依场景授权运营实施方案',
  local: '授权运营实施方案',
} as const
export type PlanKind = keyof typeof planKinds

const write: Pick<Act, 'by' | 'basis' | 'form' | 'guards' | 'derive'> = {
  by: 'author.handler',
  basis: 'authorization.plan.sections',
  form: 'plan',
  guards: ['itemsFit', 'termFits', 'withinParent', 'demandsKnown'],
  derive: 'counted',
}

/**
 * 实施方案 (27号 第八至十一条): written, shown to the public where the rules ask for it, approved by the chain of its kind, and from then on
 * fixed. A major change is another case about it, which goes the whole way again while this one stays in force.
 */
export const plan: Process = {
  name: 'plan',
  term: '实施方案',
  kinds: planKinds,
  seats: {
    author: { term: '编制单位', reads: true },
    implementer: { term: '实施机构', reads: true },
    unit: { term: '行业主管部门', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    government: { term: '本级人民政府', reads: true },
    recorder: { term: '代录审议结果的部门', reads: true },
    ...levelSeats,
  },
  states: {
    draft: { term: '编制中', phase: 'write' },
    consulting: { term: '公开征求意见中', phase: 'consult' },
    ready: { term: '待送审', phase: 'write' },
    filing: {
      term: '待备案',
      phase: 'file',
      when: 'authorization.plan.filingFirst',
      else: 'inForce',
    },
    inForce: { term: '实施中', phase: 'force' },
    superseded: { term: '已被新方案取代', final: true, phase: 'force' },
    ended: { term: '已终止', final: true, phase: 'force' },
    rejected: { term: '未通过', final: true, phase: 'approve' },
    dropped: { term: '已撤回', final: true, phase: 'write' },
  },
  slots: {
    approval: {
      term: '审批',
      rule: 'authorization.plan.approval.{kind}.steps',
      to: 'filing',
      guards: ['decidedByNow', 'itemsStillFit'],
      exits: {
        return: sentBack('author'),
        reject: {
          term: '不予通过',
          to: 'rejected',
          grave: true,
          form: [{ key: 'reason', term: '理由', type: 'paragraph', required: true, max: 4000 }],
          tell: ['author', 'implementer'],
        },
      },
    },
  },
  rows: {
    start: {
      ...write,
      term: '编制实施方案',
      from: [],
      to: 'draft',
      form: [{ key: 'title', term: '方案名称', type: 'text', required: true, clear: true, max: 100 }],
      guards: ['kindUsed', 'replacesInForce', 'withinParent'],
      derive: 'started',
    },
    write: { ...write, term: '填写方案', from: ['draft', 'ready'], to: 'ready', elsewhere: true },
    remark: {
      term: '提出修改意见',
      from: ['ready', 'consulting', '@approval'],
      to: '=',
      by: ['unit.handler', 'implementer.handler', 'bureau.handler', 'province.handler'],
      optional: true,
      form: 'planRemark',
      tell: ['author'],
    },
    // the text stands still while the public reads it
    consult: { term: '公开征求意见', from: ['ready'], to: 'consulting', by: 'system', tell: ['implementer', 'unit'] },
    consulted: { term: '征求意见结束', from: ['consulting'], to: 'ready', by: 'system', tell: ['author'] },
    submit: {
      term: '送审',
      from: ['ready'],
      to: '@approval',
      by: 'author.handler',
      basis: 'authorization.plan.approval.{kind}.steps',
      form: 'planChecks',
      guards: ['written', 'checksPass', 'consultedFirst', 'itemsStillFit', 'withinParent'],
      tell: ['unit', 'bureau', 'government', 'recorder'],
    },
    takeEffect: {
      term: '备案后实施',
      from: ['filing'],
      to: 'inForce',
      by: 'system',
      basis: 'authorization.plan.filingFirst',
      tell: ['author', 'implementer'],
    },
    filed: {
      term: '已备案',
      from: ['inForce', 'superseded', 'ended'],
      to: '=',
      by: 'system',
      tell: ['author', 'implementer'],
    },
    supersede: {
      term: '被新方案取代',
      from: ['inForce'],
      to: 'superseded',
      by: 'system',
      tell: ['author', 'implementer'],
    },
    expire: {
      term: '期满终止',
      from: ['inForce'],
      to: 'ended',
      by: 'system',
      after: 'planTo',
      until: '方案期满',
      tell: ['author', 'implementer'],
    },
    withdraw: {
      term: '撤回',
      from: ['draft', 'ready', 'consulting', '@approval'],
      to: 'dropped',
      by: 'author.handler',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
  },
}
