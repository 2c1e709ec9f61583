import type { Field, Form } from '#contract'
import type { Rules } from '#policy'
import { runHere, tenders } from './selection.ts'
import { selectionRule } from './selection-pack.ts'

/** How an opinion was dealt with: no opinion without an answer and its reason. */
const handling: Field = {
  key: 'adopted',
  term: '采纳情况',
  type: 'choice',
  required: true,
  options: [
    { value: 'adopted', term: '采纳' },
    { value: 'partly', term: '部分采纳' },
    { value: 'notAdopted', term: '不予采纳' },
    { value: 'none', term: '没有意见' },
  ],
}
const consultation: Form = [
  { key: 'askedOn', term: '征求意见日期', type: 'day', required: true, clear: true },
  { key: 'text', term: '征求意见的协议文本', type: 'files', required: true, max: 10 },
  {
    key: 'opinions',
    term: '征求意见情况',
    type: 'list',
    required: true,
    hint: '写明征求了哪些方面的意见；每一条意见写明是否采纳和理由',
    fields: [
      { key: 'party', term: '征求对象', type: 'text', required: true, max: 100 },
      { key: 'opinion', term: '意见', type: 'paragraph', required: true, max: 2000 },
      handling,
      { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
    ],
  },
]

/** What reviews competition and legality leave behind: an opinion and the document that records it. */
const review: Form = [
  { key: 'opinion', term: '审核意见', type: 'paragraph', required: true, max: 4000 },
  { key: 'number', term: '审查（审核）文书编号', type: 'text', clear: true, max: 100 },
  { key: 'files', term: '审查（审核）文书', type: 'files', required: true, max: 10 },
]

const criteria = (rules: Rules): Field => ({
  key: 'criteria',
  term: '评审因素',
  type: 'list',
  required: true,
  max: 20,
  hint: `默认：${selectionRule(rules, 'authorization.selection.criteria')
    .map((c) => `${c.term} ${c.most} 分`)
    .join('、')}`,
  fields: [
    { key: 'term', term: '因素', type: 'text', required: true, max: 60 },
    { key: 'most', term: '满分', type: 'number', required: true, max: 1000 },
  ],
})
const notice = (rules: Rules, kind: string): Form => [
  ...((tenders.includes(kind)
    ? [
        { key: 'platform', term: '采购平台', type: 'text', required: true, clear: true, max: 100 },
        { key: 'projectNo', term: '采购项目编号', type: 'text', required: true, clear: true, max: 100 },
        { key: 'link', term: '公告链接', type: 'text', required: true, clear: true, max: 300 },
      ]
    : []) satisfies Form),
  {
    key: 'until',
    term: tenders.includes(kind) ? '投标截止日' : '申请截止日',
    type: 'day',
    required: true,
    clear: true,
  },
  { key: 'scope', term: '遴选内容', type: 'paragraph', required: true, clear: true, max: 1000 },
  ...((runHere.includes(kind)
    ? [
        {
          key: 'extras',
          term: '规定条件以外的其他条件',
          type: 'list',
          max: 30,
          hint: '不得含有限制、排斥竞争的条件；没有的不填',
          fields: [{ key: 'condition', term: '条件', type: 'text', required: true, max: 300 }],
        },
        criteria(rules),
      ]
    : []) satisfies Form),
  { key: 'contact', term: '联系方式', type: 'text', required: true, clear: true, max: 200 },
  { key: 'files', term: '遴选文件', type: 'files', required: true, max: 20, hint: '随公告向社会公开' },
]

const winner: Field = { key: 'winner', term: '选定的机构', type: 'party', required: true, clear: true }
const result: Form = [
  winner,
  { key: 'resultOn', term: '结果公告日期', type: 'day', required: true, clear: true },
  { key: 'bidders', term: '有效投标家数', type: 'number', required: true, clear: true, max: 10000 },
  { key: 'link', term: '结果公告链接', type: 'text', required: true, clear: true, max: 300 },
  { key: 'reason', term: '选定理由', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '中标（成交）通知书和评审材料', type: 'files', required: true, max: 20 },
]
const nomination: Form = [
  winner,
  { key: 'reason', term: '选定理由', type: 'paragraph', required: true, max: 4000 },
  {
    key: 'deviation',
    term: '未选定排名第一的理由',
    type: 'paragraph',
    max: 4000,
    hint: '选定排名第一的不填',
  },
  { key: 'files', term: '评审材料', type: 'files', max: 20 },
]

/** The forms of a selection by name; those of a tender ask for what the platform published. */
export const selectionForm = (rules: Rules, name: string, kind: string): Form | undefined => {
  switch (name) {
    case 'selectionStart':
      return [{ key: 'title', term: '遴选项目名称', type: 'text', required: true, clear: true, max: 100 }]
    case 'selectionConsultation':
      return consultation
    case 'selectionReview':
      return review
    case 'selectionNotice':
      return notice(rules, kind)
    case 'selectionResult':
      return result
    case 'selectionNomination':
      return nomination
    default:
      return undefined
  }
}
