import { z } from 'zod'
import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepSchema } from '../registration/index.ts'
import { catalogueRule, periodSchema } from './pack.ts'

const rule = z.strictObject({ title: z.string(), says: z.string() })
const level = z.enum(['own', 'province'])

/** What a rule pack says about 政务数据共享: ways, periods, who decides disputes, and what is not to be collected, bought or built again. */
export const sharingSection = {
  'catalogue.sharing.procedures.data': rule.describe('数据共享的程序'),
  'catalogue.sharing.procedures.verify': rule.describe('核实比对的程序'),
  'catalogue.sharing.procedures.returnFlow': rule.describe('数据回流的程序'),
  'catalogue.sharing.procedures.collect': rule.describe('按需归集的程序'),
  'catalogue.sharing.procedures.offer': rule.describe('主动共享的程序'),
  'catalogue.sharing.procedures.dispute': rule.describe('共享属性争议的程序'),
  'catalogue.sharing.principle': rule.describe('以共享为原则、以不共享为例外'),
  'catalogue.sharing.bodies': z
    .strictObject({ forms: z.array(z.string()), roles: z.array(z.string()) })
    .describe('参与共享的单位：单位性质，或者承担的角色'),
  'catalogue.sharing.answer': periodSchema.describe('答复有条件共享申请的期限'),
  'catalogue.sharing.provide.unconditional': periodSchema.describe('提供无条件共享数据的期限'),
  'catalogue.sharing.provide.conditional': periodSchema.describe('同意或者决定共享后提供数据的期限'),
  'catalogue.sharing.correction': periodSchema.describe('校核纠错的期限'),
  'catalogue.sharing.comparison': periodSchema.describe('答复核实比对的期限'),
  'catalogue.sharing.feedback': periodSchema.describe('反馈使用情况的期限'),
  'catalogue.sharing.onward': rule.describe('不得扩大使用范围、不得转供'),
  'catalogue.sharing.dispute.steps': z.array(stepSchema).min(1).describe('共享属性争议的处理步骤'),
  'catalogue.sharing.dispute.mediation': periodSchema.describe('协调争议的期限'),
  'catalogue.sharing.dispute.bodies': z
    .strictObject({ mediator: level, government: level })
    .describe('争议由哪一级数据管理部门协调、哪一级人民政府决定'),
  'catalogue.acquisition.collection': rule.describe('新增采集：可以共享取得的不重复采集'),
  'catalogue.acquisition.purchase': rule.describe('采购非公共数据：可以共享取得的不采购，采购后纳入共享目录'),
  'catalogue.acquisition.approval': periodSchema.describe('审批采集与采购申请的期限'),
  'catalogue.channel.platform': rule.describe('存量公共数据平台的整合归并'),
  'catalogue.channel.channel': rule.describe('“点对点”共享通道的撤并'),
  'catalogue.selfUse': rule.describe('对本单位数据的加工使用'),
} as const satisfies Section

export const sharingRule = <K extends keyof typeof sharingSection>(rules: Rules, path: K) =>
  valueOf(sharingSection, rules, path)

export const sharingWords: Readonly<Record<string, string>> = {
  own: '本级',
  province: '省级',
  mediator: '协调部门',
  government: '决定的人民政府',
  forms: '单位性质',
  roles: '角色',
  says: '规定',
  title: '名称',
}

const purpose: Form = [
  { key: 'purpose', term: '使用用途', type: 'paragraph', required: true, max: 1000, hint: '用在哪项业务、哪个环节' },
  {
    key: 'duty',
    term: '所履行的法定职责及依据',
    type: 'text',
    required: true,
    max: 300,
    hint: '写明法律、法规或者三定规定的条款',
  },
]
const useTerm: Form = [
  { key: 'useFrom', term: '使用期自', type: 'day', required: true, clear: true },
  { key: 'useTo', term: '使用期至', type: 'day', required: true, clear: true },
]
const question = (required: boolean): Form => [
  {
    key: 'questions',
    term: '核实、比对事项',
    type: 'list',
    required,
    max: 200,
    fields: [
      {
        key: 'kind',
        term: '方式',
        type: 'choice',
        required: true,
        options: [
          { value: 'verify', term: '核实（是或否）' },
          { value: 'match', term: '比对（一致或不一致）' },
        ],
      },
      { key: 'question', term: '需要核实或者比对的内容', type: 'text', required: true, max: 300, personal: true },
    ],
  },
]
/** What an answer to a question can be: five words and nothing else, so that no data travels with it. */
export const replies = [
  { value: 'yes', term: '是' },
  { value: 'no', term: '否' },
  { value: 'match', term: '一致' },
  { value: 'mismatch', term: '不一致' },
  { value: 'unable', term: '无法核实' },
] as const
/** Which answers fit which question. */
export const repliesTo: Readonly<Record<string, readonly string[]>> = {
  verify: ['yes', 'no', 'unable'],
  match: ['match', 'mismatch', 'unable'],
}

const classFields = (rules: Rules): Form => [
  {
    key: 'sharing',
    term: '共享属性调整为',
    type: 'choice',
    clear: true,
    options: catalogueRule(rules, 'catalogue.sharing.classes'),
    hint: '不调整的不选；选定后目录项同时更新',
  },
  {
    key: 'sharingCondition',
    term: '共享条件',
    type: 'text',
    required: true,
    max: 300,
    when: { key: 'sharing', is: ['conditional'] },
  },
  {
    key: 'sharingBasis',
    term: '不予共享的依据',
    type: 'text',
    required: true,
    max: 300,
    when: { key: 'sharing', is: ['none'] },
  },
]
const decided: Form = [
  { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
  { key: 'document', term: '决定或者协调意见的文件名称与文号', type: 'text', required: true, clear: true, max: 200 },
  { key: 'files', term: '决定或者协调意见', type: 'files', max: 10 },
]

const forms: Readonly<Record<string, (rules: Rules, kind: string) => Form>> = {
  shareRequest: (rules, kind) => {
    const onward = sharingRule(rules, 'catalogue.sharing.onward')
    return [
      ...purpose,
      {
        key: 'fields',
        term: '需要的信息项',
        type: 'paragraph',
        required: true,
        max: 2000,
        hint: '每行一项，只写办事所需要的',
      },
      { key: 'frequency', term: '需要的更新频率', type: 'text', max: 60 },
      ...useTerm,
      ...(kind === 'returnFlow'
        ? ([
            {
              key: 'contributed',
              term: '本地区、本单位提供过的数据情况',
              type: 'text',
              required: true,
              max: 500,
              hint: '何时、由谁、向哪一级汇聚的',
            },
          ] as const)
        : []),
      ...(kind === 'collect'
        ? ([{ key: 'platform', term: '归集到哪个平台或库', type: 'text', required: true, max: 100 }] as const)
        : []),
      { key: 'files', term: '附件', type: 'files', max: 10 },
      { key: 'noOnward', term: onward.title, type: 'yes', required: true, clear: true, hint: onward.says },
    ]
  },
  shareVerify: () => [...purpose, ...question(true)],
  shareQuestions: () => question(true),
  shareReplies: () => [
    {
      key: 'replies',
      term: '答复（按所列事项的次序）',
      type: 'list',
      required: true,
      max: 200,
      fields: [{ key: 'reply', term: '结论', type: 'choice', required: true, options: replies }],
    },
  ],
  shareDispute: () => [
    { key: 'grounds', term: '争议的内容和理由', type: 'paragraph', required: true, max: 2000 },
    { key: 'wanted', term: '所履行的法定职责及依据', type: 'text', required: true, max: 300 },
    { key: 'files', term: '附件', type: 'files', max: 10 },
  ],
  shareOffer: () => [
    {
      key: 'units',
      term: '共享给哪些单位',
      type: 'list',
      required: true,
      max: 40,
      fields: [{ key: 'unit', term: '单位', type: 'party', required: true }],
    },
    { key: 'note', term: '数据说明和适用的业务', type: 'paragraph', required: true, max: 1000 },
  ],
  shareAgreement: () => [
    { key: 'note', term: '共享范围和要求', type: 'paragraph', max: 1000, hint: '只共享部分信息项的，在此写明' },
  ],
  shareRefusal: () => [
    {
      key: 'legalBasis',
      term: '不同意共享的法律、行政法规或者政策依据',
      type: 'text',
      required: true,
      max: 300,
      hint: '写明文件与条款；没有依据的，应当同意',
    },
    { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
  ],
  shareProvision: () => [
    {
      key: 'method',
      term: '提供方式',
      type: 'choice',
      required: true,
      clear: true,
      options: [
        { value: 'file', term: '文件' },
        { value: 'interface', term: '数据接口' },
        { value: 'platform', term: '公共数据平台库表' },
      ],
    },
    { key: 'files', term: '数据文件', type: 'files', required: true, max: 20, when: { key: 'method', is: ['file'] } },
    {
      key: 'interface',
      term: '接口或者库表说明',
      type: 'paragraph',
      required: true,
      max: 2000,
      hint: '地址、调用方法、有效期；口令和密钥另行交付，不写在这里',
      when: { key: 'method', is: ['interface', 'platform'] },
    },
    { key: 'deliveredOn', term: '交付日期', type: 'day', required: true, clear: true },
    { key: 'records', term: '记录数', type: 'number' },
    { key: 'note', term: '说明', type: 'text', max: 300 },
  ],
  shareFeedback: () => [
    {
      key: 'used',
      term: '使用情况',
      type: 'choice',
      required: true,
      clear: true,
      options: [
        { value: 'yes', term: '已投入使用' },
        { value: 'no', term: '尚未使用' },
      ],
    },
    { key: 'times', term: '本次反馈期内调用或者使用次数', type: 'number', max: 1_000_000_000 },
    { key: 'matters', term: '支撑办理的事项数', type: 'number', max: 1_000_000_000 },
    {
      key: 'rating',
      term: '对数据的评价',
      type: 'choice',
      required: true,
      clear: true,
      options: [
        { value: 'good', term: '满足需要' },
        { value: 'fair', term: '基本满足' },
        { value: 'poor', term: '不满足' },
      ],
    },
    { key: 'effect', term: '成效和问题', type: 'paragraph', max: 2000 },
  ],
  shareCorrection: () => [
    {
      key: 'result',
      term: '校核结果',
      type: 'choice',
      required: true,
      clear: true,
      options: [
        { value: 'corrected', term: '确有错误，已更正' },
        { value: 'right', term: '经核对无误' },
      ],
    },
    { key: 'note', term: '说明', type: 'paragraph', required: true, max: 1000 },
  ],
  shareDecision: (rules) => [...decided, ...classFields(rules)],
  shareKept: (rules) => [...decided, ...classFields(rules)],
}

/** The forms of sharing by name; undefined for a name that is none of them. */
export const sharingForm = (rules: Rules, name: string, kind: string): Form | undefined =>
  Object.hasOwn(forms, name) ? forms[name]!(rules, kind) : undefined
