import type { Act, Process } from '../kernel/index.ts'

export const agreementKinds = {
  whole: '整体授权运营协议',
  domain: '分领域授权运营协议',
  scenario: '依场景授权运营协议',
  local: '授权运营协议',
} as const

const parties = ['implementer', 'unit', 'operator']
const write: Pick<Act, 'by' | 'basis' | 'form' | 'guards' | 'derive'> = {
  by: 'implementer.handler',
  basis: 'authorization.agreement.clauses',
  form: 'agreement',
  guards: ['scopeFits', 'termFits'],
  derive: 'written',
}

/**
 * 授权运营协议 (27号 第十三、十四条): written with every required clause, deliberated, signed on paper or by seal, filed, carried out, and
 * brought to an end. What may be done under it is a function of its state (`standing`).
 */
export const agreement: Process = {
  name: 'agreement',
  term: '授权运营协议',
  kinds: agreementKinds,
  variants: [''],
  seats: {
    implementer: { term: '实施机构', reads: true },
    unit: { term: '会同签约的业务主管部门', reads: true },
    operator: { term: '运营机构', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    county: { term: '县级数据管理部门', reads: false },
    city: { term: '市级数据管理部门', reads: false },
    province: { term: '省级数据管理部门', reads: false },
  },
  states: {
    draft: { term: '起草中', phase: 'draft' },
    ready: { term: '待审议', phase: 'draft' },
    signing: { term: '待签订', phase: 'sign' },
    signed: { term: '待对方签订', phase: 'sign' },
    running: { term: '执行中', phase: 'run' },
    suspended: { term: '已暂停', phase: 'run' },
    handover: { term: '交接中', phase: 'exit' },
    exited: { term: '已退出', final: true, phase: 'exit' },
    dropped: { term: '未签订', final: true, phase: 'draft' },
  },
  slots: {
    deliberation: {
      term: '审议',
      rule: 'authorization.agreement.deliberation.steps',
      to: 'signing',
      guards: ['decidedByNow', 'scopeStillFits'],
      exits: {
        return: {
          term: '退回修改',
          to: 'draft',
          form: [{ key: 'reason', term: '修改意见', type: 'paragraph', required: true, max: 4000 }],
          tell: ['implementer'],
        },
      },
    },
  },
  rows: {
    start: {
      term: '起草协议',
      from: [],
      to: 'draft',
      by: 'implementer.handler',
      basis: 'authorization.agreement.clauses',
      form: [{ key: 'number', term: '协议编号', type: 'text', required: true, clear: true, max: 60 }],
      guards: ['wasSelected'],
      derive: 'started',
    },
    write: { ...write, term: '填写协议', from: ['draft', 'ready'], to: 'ready' },
    submit: {
      term: '提请审议',
      from: ['ready'],
      to: '@deliberation',
      by: 'implementer.handler',
      basis: 'authorization.agreement.deliberation.steps',
      guards: ['scopeStillFits'],
    },
    sign: {
      term: '实施机构签订',
      from: ['signing'],
      to: 'signed',
      by: 'implementer.approver',
      basis: 'authorization.agreement.clauses',
      form: 'agreementSignature',
      tell: ['operator'],
    },
    countersign: {
      term: '运营机构签订',
      from: ['signed'],
      to: 'running',
      by: 'operator.approver',
      basis: 'authorization.agreement.clauses',
      form: 'agreementSignature',
      derive: 'begun',
      tell: [...parties, 'bureau'],
      grave: true,
    },
    filed: {
      term: '已备案',
      from: ['signing', 'signed', 'running', 'suspended', 'handover', 'exited', 'dropped'],
      to: '=',
      by: 'system',
      tell: ['implementer', 'operator'],
    },
    suspend: { term: '暂停', from: ['running'], to: 'suspended', by: 'system', tell: parties, grave: true },
    resume: { term: '恢复', from: ['suspended'], to: 'running', by: 'system', tell: parties },
    adjust: {
      term: '调整权限',
      from: ['running', 'suspended', 'handover', 'exited'],
      to: '=',
      by: 'system',
      tell: parties,
    },
    expire: {
      term: '期限届满，协议终止',
      from: ['running', 'suspended'],
      to: 'handover',
      by: 'system',
      after: 'termTo',
      until: '协议期满',
      basis: 'authorization.agreement.term',
      tell: [...parties, 'bureau'],
    },
    terminate: {
      term: '提前终止',
      from: ['running', 'suspended'],
      to: 'handover',
      by: 'system',
      tell: parties,
      grave: true,
    },
    leave: { term: '完成交接，退出', from: ['handover'], to: 'exited', by: 'system', tell: [...parties, 'bureau'] },
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
