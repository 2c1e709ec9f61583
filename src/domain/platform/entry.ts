import type { JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addRule } from '../kernel/index.ts'
import { eligibility, entryForm, platformPack } from './pack.ts'
import { rulesInForceText } from './platformRule.ts'
import { strings, text } from './said.ts'

/** 进驻申请: an organisation asks to come onto the platform, somebody decides and says why, and whoever is refused knows where to turn. */
export const entry: Process = {
  name: 'entry',
  term: '进驻申请',
  kinds: {
    operator: '运营机构进驻',
    developer: '开发机构、合伙人进驻',
    redeveloper: '其他经营主体注册',
    unit: '单位接入',
  },
  seats: {
    applicant: { term: '申请人', reads: true },
    decider: { term: '决定单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
    provider: { term: '平台运营方', reads: true },
  },
  states: {
    submitted: { term: '待决定' },
    supplementing: { term: '待补正' },
    admitted: { term: '已进驻' },
    refused: { term: '不予进驻', final: true },
    withdrawn: { term: '已撤回', final: true },
    left: { term: '已退出', final: true },
    ended: { term: '已取消进驻', final: true },
  },
  slots: {},
  rows: {
    apply: {
      term: '提出进驻申请',
      from: [],
      to: 'submitted',
      by: 'applicant.handler',
      basis: 'platform.entry.eligibility.{kind}',
      form: 'entry',
      guards: ['statesAll', 'acceptsRules'],
      derive: 'accepted',
      tell: ['decider', 'provider'],
    },
    returnIt: {
      term: '退回补正',
      from: ['submitted'],
      to: 'supplementing',
      by: 'decider.handler',
      optional: true,
      form: [{ key: 'reason', term: '需要补正的内容', type: 'paragraph', required: true, max: 2000 }],
      tell: ['applicant'],
    },
    resubmit: {
      term: '补正后提交',
      from: ['supplementing'],
      to: 'submitted',
      by: 'applicant.handler',
      basis: 'platform.entry.eligibility.{kind}',
      form: 'entry',
      guards: ['statesAll', 'acceptsRules'],
      derive: 'accepted',
      tell: ['decider'],
    },
    admit: {
      term: '同意进驻',
      from: ['submitted'],
      to: 'admitted',
      by: 'decider.approver',
      // a decision that was set aside is not made again by whoever made it
      apart: 'refuse',
      within: 'platform.entry.decide',
      basis: 'platform.entry.decider.{kind}',
      form: 'entryDecision',
      guards: ['checkedAll'],
      tell: ['applicant', 'provider'],
    },
    refuse: {
      term: '不予进驻',
      from: ['submitted'],
      to: 'refused',
      by: 'decider.approver',
      apart: 'refuse',
      grave: true,
      within: 'platform.entry.decide',
      basis: 'platform.entry.decider.{kind}',
      form: 'entryRefusal',
      derive: 'appealable',
      tell: ['applicant'],
    },
    onboard: {
      term: '登记使用、接入情况',
      from: ['admitted'],
      to: '=',
      by: ['applicant.handler', 'provider.handler'],
      kinds: ['unit'],
      optional: true,
      basis: 'platform.entry.onboarding',
      form: [
        {
          key: 'status',
          term: '进展',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'preparing', term: '准备中' },
            { value: 'testing', term: '联调中' },
            { value: 'live', term: '已使用或已接入' },
          ],
        },
        { key: 'since', term: '日期', type: 'day', required: true, clear: true },
        { key: 'note', term: '说明', type: 'text', max: 300 },
      ],
    },
    leave: {
      term: '退出平台',
      from: ['admitted'],
      to: 'left',
      by: 'applicant.approver',
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'paragraph', required: true, max: 1000 }],
      tell: ['decider', 'bureau', 'provider'],
    },
    end: {
      term: '取消进驻',
      from: ['admitted'],
      to: 'ended',
      by: 'decider.approver',
      optional: true,
      grave: true,
      form: [
        { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 2000 },
        { key: 'basis', term: '依据', type: 'text', required: true, max: 300, hint: '文件与条款' },
      ],
      tell: ['applicant', 'bureau', 'provider'],
    },
    withdraw: {
      term: '撤回申请',
      from: ['submitted', 'supplementing'],
      to: 'withdrawn',
      by: 'applicant.handler',
      optional: true,
      tell: ['decider'],
    },
    remand: {
      term: '申诉成立，重新办理',
      from: ['refused'],
      to: 'submitted',
      by: 'system',
      basis: 'platform.appeal.way',
      tell: ['applicant', 'decider'],
    },
  },
}

/** Until when an appeal against what is decided now may be filed, and how; part of the decision itself. */
export const appealable: Derive = (_s, _input, cx) => {
  const end = addRule(cx, cx.day, 'platform.appeal.window')
  return {
    data: { appeal: platformPack(cx.rules, 'platform.appeal.way').says, ...(end ? { appealBy: end.day } : {}) },
  }
}
/** What whoever is refused reads in the notice itself. */
export const wayOfAppeal = (s: Case, act: string): string | undefined => {
  const by = text(s.data[act]?.['appealBy'])
  return by === '' ? undefined : `${text(s.data[act]?.['appeal'])}（至 ${by}）`
}

const latest = (s: Case): JsonObject =>
  ((s.did['resubmit']?.seq ?? 0) > (s.did['apply']?.seq ?? 0) ? s.data['resubmit'] : s.data['apply']) ?? {}

const guards: Record<string, Guard> = {
  statesAll: (s, input, cx) => {
    const lacks = eligibility(cx.rules, s.kind).filter((e) => !strings(input['statements']).includes(e.value))
    return lacks.length > 0
      ? refuse('not_eligible', `须逐项声明具备条件，还缺：${lacks.map((e) => e.term).join('；')}`, {
          fields: { statements: '须逐项声明' },
        })
      : undefined
  },
  /** What is accepted are the rules in force on the day, in this version, and no others. */
  acceptsRules: (_s, input, cx) => {
    const now = rulesInForceText(cx.facts.platformRules ?? [])
    return text(input['rules']) === now
      ? undefined
      : refuse('rules_changed', '所列平台规则不是现行规则，请重新打开申请表，阅读现行规则后再提交', {
          fields: { rules: '不是现行规则' },
        })
  },
  checkedAll: (s, input, cx) => {
    const lacks = eligibility(cx.rules, s.kind).filter((e) => !strings(input['checked']).includes(e.value))
    return lacks.length > 0
      ? refuse('not_eligible', `条件没有逐项核实，不能同意进驻，还缺：${lacks.map((e) => e.term).join('；')}`, {
          fields: { checked: '须逐项核实' },
        })
      : undefined
  },
}
const derive: Record<string, Derive> = {
  accepted: (s, _input, cx) => ({
    data: {
      accepted: (cx.facts.platformRules ?? []).map((r) => r.id),
      name: cx.facts.orgs[s.seats['applicant'] ?? '']?.name ?? '',
    },
  }),
  appealable,
}

/** Rules of the platform that were accepted with the application. */
export const acceptedRules = (s: Case): readonly string[] => strings(latest(s)['accepted'])
export const isAdmitted = (s: Case | undefined, kind?: string): boolean =>
  s?.process === 'entry' && s.at === 'admitted' && (kind === undefined || s.kind === kind)

const onboarding: Readonly<Record<string, string>> = { preparing: '准备中', testing: '联调中', live: '已开通' }
/** How far a unit has come, and whether it uses the platform or connects its own: 使用 or 接入 (省本级总体方案 三(三)3). */
const onboardingFacts = (s: Case): readonly { term: string; value: string }[] =>
  s.kind !== 'unit'
    ? []
    : [
        { term: '方式', value: text(latest(s)['mode']) === 'connect' ? '接入' : '使用' },
        {
          term: '进展',
          value: s.at === 'admitted' ? (onboarding[text(s.data['onboard']?.['status'])] ?? '未开通') : '',
        },
      ]

export const entryLaws: Laws = {
  guards,
  derive,
  claims: (s) =>
    ['submitted', 'supplementing', 'admitted'].includes(s.at)
      ? [{ scope: 'platform.entry', key: `${s.kind} ${s.seats['applicant']} ${s.division}` }]
      : [],
  title: (s) => `${text(latest(s)['name'])}：${entry.kinds[s.kind] ?? ''}`,
  facts: (s) => [
    ...onboardingFacts(s),
    ...(s.at === 'refused' ? [{ term: '可申诉至', value: text(s.data['refuse']?.['appealBy']) }] : []),
  ],
  told: (s, e) => (actOf(e) === 'refuse' ? wayOfAppeal(s, 'refuse') : undefined),
  // whoever came in while the rules changed is asked for the new ones, too
  jobs: (_s, e) => (actOf(e) === 'admit' ? [{ topic: 'platform.rules', payload: {} }] : []),
  content: (s, rules) => ({ form: entryForm(rules, s.kind), value: latest(s) }),
  derived: { accepted: '接受的平台规则', appeal: '申诉', appealBy: '可申诉至', name: '申请人' },
}

/** The reason why who asks may not use the platform yet; undefined when their entry stands. */
export const notAdmitted = (s: Case | undefined, org: string, kind: string): Refusal | undefined =>
  isAdmitted(s, kind) && s?.seats['applicant'] === org
    ? undefined
    : refuse('not_admitted', '须先进驻平台，进驻获得同意后才能申请使用公共数据资源')
