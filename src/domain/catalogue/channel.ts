import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Guard, Laws, Process } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import { latest } from './item.ts'
import { sharingRule } from './sharing-pack.ts'

/** 存量平台与共享通道: what was built beside the public data platform, until it is merged into it or taken out of use. */
export const channel: Process = {
  name: 'channel',
  term: '存量平台与共享通道',
  kinds: { platform: '公共数据平台', channel: '“点对点”共享通道' },
  seats: {
    owner: { term: '建设单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    running: { term: '待整合' },
    planned: { term: '整合中' },
    kept: { term: '经同意保留' },
    merged: { term: '已归并', final: true },
    retired: { term: '已停用', final: true },
  },
  slots: {},
  rows: {
    record: {
      term: '登记存量平台或通道',
      from: [],
      to: 'running',
      by: 'owner.handler',
      basis: 'catalogue.channel.{kind}',
      form: 'channel',
      tell: ['bureau'],
    },
    plan: {
      term: '确定整合计划',
      from: ['running', 'kept'],
      to: 'planned',
      by: 'owner.handler',
      basis: 'catalogue.channel.{kind}',
      form: 'channelPlan',
      guards: ['ahead'],
      tell: ['bureau'],
    },
    replan: {
      term: '调整整合计划',
      from: ['planned'],
      to: '=',
      by: 'owner.handler',
      optional: true,
      basis: 'catalogue.channel.{kind}',
      form: 'channelReplan',
      guards: ['ahead'],
      tell: ['bureau'],
    },
    merge: {
      term: '登记已归并',
      from: ['planned'],
      to: 'merged',
      by: 'owner.handler',
      basis: 'catalogue.channel.{kind}',
      within: 'mergeBy',
      until: '计划整合完成',
      form: [
        { key: 'mergedOn', term: '完成日期', type: 'day', required: true, clear: true },
        { key: 'result', term: '归并情况', type: 'paragraph', required: true, max: 1000 },
        { key: 'files', term: '证明材料', type: 'files', max: 10 },
      ],
      tell: ['bureau'],
    },
    retire: {
      term: '登记已停用',
      from: ['running', 'planned', 'kept'],
      to: 'retired',
      by: 'owner.handler',
      optional: true,
      basis: 'catalogue.channel.{kind}',
      form: [
        { key: 'retiredOn', term: '停用日期', type: 'day', required: true, clear: true },
        { key: 'result', term: '数据和使用单位的处置', type: 'paragraph', required: true, max: 1000 },
      ],
      tell: ['bureau'],
    },
    keep: {
      term: '同意暂予保留',
      from: ['running', 'planned'],
      to: 'kept',
      by: 'bureau.approver',
      optional: true,
      basis: 'catalogue.channel.{kind}',
      form: [
        { key: 'reason', term: '保留的理由', type: 'paragraph', required: true, max: 1000 },
        { key: 'document', term: '依据文件名称与文号', type: 'text', required: true, max: 200 },
      ],
      tell: ['owner'],
    },
  },
}

const planned: Form = [
  { key: 'into', term: '归并到', type: 'text', required: true, max: 200, hint: '本级公共数据平台的库、接口或者目录' },
  { key: 'mergeBy', term: '计划完成日期', type: 'day', required: true, clear: true },
  { key: 'steps', term: '整合办法', type: 'paragraph', required: true, max: 1000 },
]

/** The forms of this process by name; undefined for a name that is none of them. */
export const channelForm = (rules: Rules, name: string, kind: string): Form | undefined => {
  switch (name) {
    case 'channel':
      return [
        { key: 'name', term: '名称', type: 'text', required: true, max: 200 },
        {
          key: 'built',
          term: '建设情况',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'existing', term: '已经建成' },
            { value: 'new', term: '经批准新建' },
          ],
          hint: sharingRule(rules, kind === 'channel' ? 'catalogue.channel.channel' : 'catalogue.channel.platform')
            .says,
        },
        {
          key: 'approval',
          term: '批准文件',
          type: 'files',
          required: true,
          max: 5,
          when: { key: 'built', is: ['new'] },
        },
        {
          key: 'approvalNo',
          term: '批准机关、文件名称与文号',
          type: 'text',
          required: true,
          max: 200,
          when: { key: 'built', is: ['new'] },
        },
        { key: 'year', term: '投入使用年份', type: 'number', max: 9999 },
        { key: 'parties', term: '连接或者使用的单位', type: 'text', required: true, max: 500 },
        { key: 'data', term: '交换的数据', type: 'paragraph', required: true, max: 1000 },
        ...(kind === 'platform'
          ? ([
              {
                key: 'reach',
                term: '跨越的范围',
                type: 'choices',
                required: true,
                options: [
                  { value: 'department', term: '跨部门' },
                  { value: 'level', term: '跨层级' },
                  { value: 'region', term: '跨区域' },
                ],
              },
            ] as const)
          : ([
              { key: 'technique', term: '通道方式', type: 'text', max: 200, hint: '专线、前置机、接口、文件交换等' },
            ] as const)),
      ]
    case 'channelPlan':
      return planned
    case 'channelReplan':
      return [...planned, { key: 'why', term: '调整的原因', type: 'text', required: true, max: 300 }]
    default:
      return undefined
  }
}

const guards: Record<string, Guard> = {
  ahead: (_s, input, cx) =>
    text(input['mergeBy']) < cx.day
      ? refuse('invalid', '计划完成日期不能早于今天', { fields: { mergeBy: '早于今天' } })
      : undefined,
}

const content: NonNullable<Laws['content']> = (s, rules) => {
  const form = channelForm(rules, 'channel', s.kind) ?? []
  const plan = latest(s, ['plan', 'replan'])
  return {
    form: [
      { key: 'what', term: '基本情况', type: 'group', fields: form },
      { key: 'plan', term: '整合计划', type: 'group', fields: channelForm(rules, 'channelReplan', s.kind) ?? [] },
    ],
    value: { what: s.data['record'] ?? {}, ...(plan ? { plan: s.data[plan] ?? {} } : {}) } as JsonObject,
  }
}

export const channelLaws: Laws = {
  guards,
  derive: {},
  title: (s) => text(s.data['record']?.['name']),
  facts: (s) => {
    const plan = s.data[latest(s, ['plan', 'replan']) ?? ''] ?? {}
    return [
      { term: '归并到', value: text(plan['into']) },
      { term: '计划完成', value: text(plan['mergeBy']) },
    ].filter((f) => f.value !== '')
  },
  begin: (s, act) => {
    const plan = latest(s, ['plan', 'replan'])
    return act === 'replan' && plan ? { ...s.data[plan], why: '' } : undefined
  },
  content,
}
