import { refuse } from '#contract'
import type { Case, Cx, Guard, Laws, Process } from '../kernel/index.ts'
import { addRule, citeRule, text } from '../kernel/index.ts'
import { itemData, openDataOf } from './item.ts'

/** 有条件开放申请: one applicant’s use of one entry’s data, from the scenario it is wanted for to the end of the permission. */
export const opening: Process = {
  name: 'opening',
  term: '开放申请',
  kinds: { conditional: '有条件开放' },
  seats: {
    applicant: { term: '申请人', reads: true },
    holder: { term: '数源单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    granted: { term: '使用中' },
    suspended: { term: '已暂停，责令改正' },
    corrected: { term: '已改正，待核' },
    refused: { term: '不同意', final: true },
    withdrawn: { term: '已撤回', final: true },
    finished: { term: '已停止使用', final: true },
    expired: { term: '使用期满', final: true },
    ended: { term: '已终止提供', final: true },
  },
  slots: {
    review: {
      term: '审核',
      rule: 'catalogue.opening.review.steps',
      to: 'granted',
      guards: ['stillOpen'],
      exits: {
        refuse: {
          term: '不同意开放',
          to: 'refused',
          tell: ['applicant', 'bureau'],
          form: [
            { key: 'reason', term: '不同意的理由', type: 'paragraph', required: true, max: 1000 },
            { key: 'basis', term: '依据', type: 'text', required: true, max: 300, hint: '文件与条款' },
          ],
        },
      },
    },
  },
  rows: {
    apply: {
      term: '申请使用有条件开放数据',
      from: [],
      to: '@review',
      by: 'applicant.handler',
      form: 'openingApplication',
      basis: 'catalogue.opening.commitment',
      guards: ['known', 'stillOpen', 'untilAllowed'],
      derive: 'named',
      tell: ['holder', 'bureau'],
    },
    withdraw: {
      term: '撤回申请',
      from: ['@review'],
      to: 'withdrawn',
      by: 'applicant.handler',
      optional: true,
      grave: true,
      tell: ['holder'],
    },
    report: {
      term: '报告使用情况',
      from: ['granted'],
      to: '=',
      by: 'applicant.handler',
      optional: true,
      form: 'openingReport',
      tell: ['holder', 'bureau'],
    },
    breach: {
      term: '认定违反承诺，责令改正并暂停提供',
      from: ['granted'],
      to: 'suspended',
      by: ['holder.approver', 'bureau.approver'],
      optional: true,
      grave: true,
      basis: 'catalogue.opening.breach',
      form: 'openingBreach',
      tell: ['applicant', 'holder', 'bureau'],
    },
    correct: {
      term: '报告改正情况',
      from: ['suspended'],
      to: 'corrected',
      by: 'applicant.handler',
      basis: 'catalogue.opening.breach',
      within: 'catalogue.opening.correction.limit',
      form: [
        { key: 'done', term: '改正情况', type: 'paragraph', required: true, max: 2000 },
        { key: 'evidence', term: '改正的证明', type: 'files', required: true },
      ],
      tell: ['holder', 'bureau'],
    },
    restore: {
      term: '核实改正，恢复提供',
      from: ['corrected'],
      to: 'granted',
      by: ['holder.approver', 'bureau.approver'],
      basis: 'catalogue.opening.breach',
      form: [{ key: 'finding', term: '核实情况', type: 'paragraph', required: true, max: 1000 }],
      tell: ['applicant', 'holder', 'bureau'],
    },
    insist: {
      term: '改正不到位，继续改正',
      from: ['corrected'],
      to: 'suspended',
      by: ['holder.approver', 'bureau.approver'],
      optional: true,
      basis: 'catalogue.opening.breach',
      form: [{ key: 'finding', term: '仍须改正的内容', type: 'paragraph', required: true, max: 1000 }],
      tell: ['applicant', 'holder', 'bureau'],
    },
    end: {
      term: '拒不改正，终止提供',
      from: ['suspended', 'corrected'],
      to: 'ended',
      by: ['holder.approver', 'bureau.approver'],
      optional: true,
      grave: true,
      basis: 'catalogue.opening.breach',
      guards: ['notCorrected'],
      form: [{ key: 'reason', term: '拒不改正的情况', type: 'paragraph', required: true, max: 1000 }],
      tell: ['applicant', 'holder', 'bureau'],
    },
    finish: {
      term: '停止使用',
      from: ['granted', 'suspended', 'corrected'],
      to: 'finished',
      by: 'applicant.handler',
      optional: true,
      grave: true,
      tell: ['holder', 'bureau'],
      form: [{ key: 'deleted', term: '已销毁所获数据的全部副本', type: 'yes', required: true }],
    },
    expire: {
      term: '使用期满',
      from: ['granted', 'suspended', 'corrected'],
      to: 'expired',
      by: 'system',
      after: 'until',
      until: '使用期满',
      tell: ['applicant', 'holder'],
    },
  },
  clocks: {
    reviewed: {
      term: '答复开放申请',
      during: ['@review'],
      within: 'catalogue.opening.review.limit',
      since: 'apply',
    },
  },
}

const itemOf = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.process === 'item' && c.id === s.links['item'])

/** The last day of use, as the applicant asked or as the decision shortened it. */
export const usableUntil = (s: Case): string => text(s.data['apply']?.['until'])
/** The number under which a recipient’s copy is known. */
export const grantNumber = (s: Pick<Case, 'division' | 'opened' | 'id'>): string =>
  `${s.division}-${s.opened.slice(0, 4)}-${s.id.replaceAll('-', '').slice(-10).toUpperCase()}`
/** May the applicant take the data on this day? Nothing else opens it. */
export const mayDownload = (s: Case, day: string): boolean =>
  s.process === 'opening' && s.at === 'granted' && day <= usableUntil(s)
export const scenarioOf = (s: Case): { readonly name: string; readonly purpose: string } => ({
  name: text(s.data['apply']?.['scenario']),
  purpose: text(s.data['apply']?.['purpose']),
})

const guards: Record<string, Guard> = {
  /** A person applies in their own checked name; a body is known by its code. */
  known: (_s, _input, cx) =>
    cx.org !== cx.user || cx.facts.realName
      ? undefined
      : refuse('not_real_name', '个人申请须先完成实名核验，请到登记机构或数据管理部门办理'),
  /** Says the same of whatever is not open, so that a stranger learns nothing of an entry. */
  stillOpen: (s, _input, cx) => {
    const item = itemOf(s, cx)
    const data = item && openDataOf(item, cx.rules)
    if (!data) return refuse('not_open', '该数据现在没有开放，不能申请或同意使用')
    return data.class === 'conditional' ? undefined : refuse('not_openable', '该数据无条件开放，可直接下载，不需要申请')
  },
  untilAllowed: (_s, input, cx) => {
    const until = text(input['until'])
    const last = addRule(cx, cx.day, 'catalogue.opening.term')?.day ?? ''
    if (until < cx.day) return refuse('invalid', '使用期限不能早于今天', { fields: { until: '不能早于今天' } })
    return until > last
      ? refuse('invalid', `使用期限最长到 ${last}`, {
          fields: { until: `最长到 ${last}` },
          basis: citeRule(cx.rules, 'catalogue.opening.term'),
        })
      : undefined
  },
  /** 拒不改正: the period has run out, or what was put forward was found wanting. */
  notCorrected: (s, _input, cx) => {
    const due = s.due.find((d) => d.act === 'correct' && d.kind === 'limit')
    const late = due !== undefined && due.day < cx.day
    return late || (s.did['insist'] && s.did['insist'].seq > (s.did['breach']?.seq ?? 0))
      ? undefined
      : refuse('not_yet', '改正期限未满，且没有认定过改正不到位，不能以拒不改正为由终止', {
          basis: citeRule(cx.rules, 'catalogue.opening.breach'),
        })
  },
}

export const openingLaws: Laws = {
  guards,
  derive: {
    // whoever applies need not be able to read the entry: its name is said here
    named: (s, _input, cx) => {
      const item = itemOf(s, cx)
      return { data: { dataset: item ? text(itemData(item)['name']) : '' } }
    },
  },
  foreseen: ['notCorrected'],
  title: (s) => [text(s.data['apply']?.['dataset']), scenarioOf(s).name].filter(Boolean).join('：') || '开放申请',
  derived: { dataset: '申请的数据' },
  facts: (s) => [
    { term: '使用期限至', value: usableUntil(s) },
    ...(s.did['breach'] ? [{ term: '违反承诺', value: `${s.did['breach'].times} 次` }] : []),
  ],
  content: (s, rules) => {
    const form = rules.values['catalogue.opening.forms.application']?.value
    const { dataset: _d, ...said } = s.data['apply'] ?? {}
    return { form: Array.isArray(form) ? form : [], value: said }
  },
}
