import type { Process } from '../kernel/index.ts'

export const consultationKinds = { plan: '实施方案公开征求意见', rules: '规则文件公开征求意见' } as const

/**
 * 公开征求意见: a draft stands before the public for a time, everybody is heard, every voice is answered with a reason, and what came of
 * it is published. One process for plans and for rules; what is read is fixed with the act that publishes it.
 */
export const consultation: Process = {
  name: 'consultation',
  term: '公开征求意见',
  kinds: consultationKinds,
  variants: [''],
  seats: { author: { term: '征求意见单位', reads: true }, bureau: { term: '数据管理部门', reads: true } },
  states: {
    open: { term: '征求意见中', phase: 'hear' },
    closed: { term: '待公布采纳情况', phase: 'answer' },
    published: { term: '已公布采纳情况', final: true, phase: 'done' },
    stopped: { term: '已停止', final: true, phase: 'done' },
  },
  slots: {},
  rows: {
    publish: {
      term: '公开征求意见',
      from: [],
      to: 'open',
      by: 'author.handler',
      basis: 'authorization.{kind}.consultation.channels',
      form: 'consultation',
      guards: ['windowFits', 'planReady'],
      derive: 'shown',
      grave: true,
    },
    close: {
      term: '征求意见期满',
      from: ['open'],
      to: 'closed',
      by: 'system',
      basis: 'authorization.{kind}.consultation.window',
      after: 'commentTo',
      until: '征求意见期满',
      tell: ['author'],
    },
    summarise: {
      term: '公布意见采纳情况',
      from: ['closed'],
      to: 'published',
      by: 'author.handler',
      basis: 'authorization.{kind}.consultation.channels',
      form: [
        {
          key: 'summary',
          term: '意见采纳情况说明',
          type: 'paragraph',
          required: true,
          clear: true,
          max: 4000,
          hint: '向社会公布，不写提出人的个人信息',
        },
      ],
      guards: ['allAnswered'],
      derive: 'results',
      grave: true,
    },
    stop: {
      term: '停止征求意见',
      from: ['open', 'closed'],
      to: 'stopped',
      by: 'author.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, clear: true, max: 300 }],
    },
    lapse: { term: '方案撤回，停止征求意见', from: ['open'], to: 'stopped', by: 'system', kinds: ['plan'] },
  },
}

/** 公众意见: one voice, written on the platform by whoever has it, or recorded by the author where it came by letter, mail or telephone. */
export const comment: Process = {
  name: 'comment',
  term: '公众意见',
  kinds: { online: '网上留言', recorded: '来信、来电等' },
  variants: [''],
  seats: { commenter: { term: '提出人', reads: true }, author: { term: '征求意见单位', reads: true } },
  states: { received: { term: '待处理' }, answered: { term: '已处理', final: true } },
  slots: {},
  rows: {
    submit: {
      term: '提出意见',
      from: [],
      to: 'received',
      by: 'commenter.handler',
      kinds: ['online'],
      basis: 'authorization.plan.consultation.channels',
      form: [
        { key: 'part', term: '针对的部分', type: 'text', max: 100 },
        { key: 'says', term: '意见和建议', type: 'paragraph', required: true, max: 4000 },
        {
          key: 'contact',
          term: '联系方式',
          type: 'text',
          personal: true,
          max: 100,
          hint: '需要进一步沟通的填写，不公开',
        },
      ],
      guards: ['stillHeard', 'byRealName'],
      derive: 'voiced',
      tell: ['author'],
    },
    record: {
      term: '记录意见',
      from: [],
      to: 'received',
      by: 'author.handler',
      kinds: ['recorded'],
      basis: 'authorization.plan.consultation.channels',
      form: 'commentRecord',
      guards: ['receivedInTime'],
      derive: 'recorded',
    },
    answer: {
      term: '处理意见',
      from: ['received'],
      to: 'answered',
      by: 'author.handler',
      form: [
        {
          key: 'decision',
          term: '处理',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'adopted', term: '采纳' },
            { value: 'partly', term: '部分采纳' },
            { value: 'notAdopted', term: '不予采纳' },
          ],
        },
        {
          key: 'digest',
          term: '意见要点',
          type: 'paragraph',
          required: true,
          clear: true,
          max: 500,
          hint: '随采纳情况公布，不写提出人的个人信息',
        },
        {
          key: 'reason',
          term: '理由',
          type: 'paragraph',
          required: true,
          clear: true,
          max: 1000,
          hint: '随采纳情况公布',
        },
      ],
      tell: ['commenter'],
    },
  },
}
