import type { JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Derive, EntryFact, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, citeRule } from '../kernel/index.ts'
import { gradeGate, type Grade } from '../catalogue/index.ts'
import { appealable, notAdmitted, wayOfAppeal } from './entry.ts'
import { platformPack } from './pack.ts'
import { list, texts, text } from '../kernel/index.ts'

/** 公共数据资源使用申请: who is on the platform asks for entries of the catalogue, for one scenario; decided item by item, with reasons. */
export const usage: Process = {
  name: 'usage',
  term: '资源使用申请',
  kinds: { usage: '公共数据资源使用申请' },
  seats: {
    applicant: { term: '申请人', reads: true },
    decider: { term: '决定单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    submitted: { term: '待决定' },
    reconsidering: { term: '重新办理中' },
    granted: { term: '使用中' },
    refused: { term: '不同意', final: true },
    withdrawn: { term: '已撤回', final: true },
    ended: { term: '已停止使用', final: true },
    expired: { term: '使用期满', final: true },
  },
  slots: {},
  clocks: {
    decide: {
      term: '作出决定',
      during: ['submitted', 'reconsidering'],
      within: 'platform.usage.decide',
      since: ['apply', 'remand'],
    },
  },
  rows: {
    apply: {
      term: '申请使用公共数据资源',
      from: [],
      to: 'submitted',
      by: 'applicant.handler',
      basis: 'platform.usage.decider',
      form: 'usageApplication',
      guards: ['admitted', 'termAhead', 'usable', 'withinScope'],
      derive: 'named',
      tell: ['decider', 'bureau'],
    },
    grant: {
      term: '同意使用',
      from: ['submitted', 'reconsidering'],
      to: 'granted',
      by: 'decider.approver',
      basis: 'platform.usage.decider',
      form: 'usageGrant',
      guards: [
        'anotherPerson',
        'admitted',
        'decidesAll',
        'grantsSome',
        'reviewedAll',
        'usable',
        'withinScope',
        'consented',
      ],
      derive: 'appealable',
      tell: ['applicant', 'bureau'],
    },
    refuse: {
      term: '不同意使用',
      from: ['submitted', 'reconsidering'],
      to: 'refused',
      by: 'decider.approver',
      grave: true,
      basis: 'platform.usage.decider',
      form: 'usageRefusal',
      guards: ['anotherPerson', 'decidesAll'],
      derive: 'appealable',
      tell: ['applicant', 'bureau'],
    },
    end: {
      term: '停止使用',
      from: ['granted', 'reconsidering'],
      to: 'ended',
      by: ['decider.approver', 'applicant.approver'],
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'paragraph', required: true, max: 1000 }],
      tell: ['applicant', 'decider', 'bureau'],
    },
    consentEnded: {
      term: '同意失效，停止使用',
      from: ['granted', 'reconsidering'],
      to: '=',
      by: 'system',
      grave: true,
      basis: 'platform.consent.gate',
      derive: 'stopped',
      tell: ['applicant', 'decider', 'bureau'],
    },
    cease: {
      term: '全部目录项已停止使用',
      from: ['granted'],
      to: 'ended',
      by: 'system',
      basis: 'platform.consent.gate',
      tell: ['applicant', 'decider', 'bureau'],
    },
    expire: {
      term: '使用期满',
      from: ['granted', 'reconsidering'],
      to: 'expired',
      by: 'system',
      after: 'useTo',
      basis: 'platform.usage.decider',
      until: '使用期满',
      tell: ['applicant', 'decider'],
    },
    withdraw: {
      term: '撤回申请',
      from: ['submitted'],
      to: 'withdrawn',
      by: 'applicant.handler',
      optional: true,
      tell: ['decider'],
    },
    remand: {
      term: '申诉成立，重新办理',
      from: ['refused', 'granted'],
      to: 'reconsidering',
      by: 'system',
      basis: 'platform.appeal.way',
      tell: ['applicant', 'decider'],
    },
  },
}

const said = (s: Case): JsonObject => s.data['apply'] ?? {}
const decision = (s: Case): string | undefined =>
  ['grant', 'refuse'].filter((a) => s.did[a]).sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]

/** Items whose consent or proof has ended since they were granted. */
const stoppedItems = (s: Case): readonly string[] =>
  (s.did['consentEnded']?.seq ?? 0) > (s.did['grant']?.seq ?? 0) ? texts(s.data['consentEnded']?.['stopped']) : []
/** The items that may be used now: what the last grant names, until the use ends or a consent it needs does. */
export const grantedItems = (s: Case): readonly string[] =>
  s.at === 'granted' || s.at === 'reconsidering'
    ? list(s.data['grant']?.['items'])
        .filter((x) => x['result'] === 'granted' && !stoppedItems(s).includes(text(x['item'])))
        .map((x) => text(x['item']))
    : []
/** Something that was asked for has been refused: there is something to appeal against. */
export const refusedSome = (s: Case): boolean => {
  const act = decision(s)
  return (
    (s.at === 'refused' || s.at === 'granted') &&
    act !== undefined &&
    list(s.data[act]?.['items']).some((x) => x['result'] === 'refused')
  )
}

/** Items an act is about: all that are asked for, or those that are about to be granted. */
const concerned = (input: JsonObject): readonly string[] => {
  const rows = list(input['items'])
  return rows.length > 0 && typeof rows[0] === 'object'
    ? rows.filter((x) => x['result'] === 'granted').map((x) => text(x['item']))
    : texts(input['items'])
}

const barred = (e: EntryFact | undefined, cx: Cx): Refusal | undefined => {
  if (!e || e.state !== 'listed') return refuse('not_found', '有的目录项不在目录内')
  // whoever asks learns no more than that it cannot be used
  if (e.secret) return refuse('secret', `“${e.name}”不得授权使用`)
  const gate = gradeGate(cx.rules, e.grade === '' ? undefined : { grade: e.grade as Grade, decided: true }, 'supply')
  return gate ? { ...gate, says: `“${e.name}”：${gate.says}` } : undefined
}

const guards: Record<string, Guard> = {
  admitted: (s, _input, cx) =>
    notAdmitted(
      cx.related.find((c) => c.id === s.links['entry']),
      s.seats['applicant'] ?? '',
      'operator',
    ),
  /** What was set aside on appeal is not decided again by whoever decided it. */
  anotherPerson: (s, _input, cx) => {
    const before = s.at === 'reconsidering' ? decision(s) : undefined
    return before !== undefined && s.did[before]?.by === cx.user
      ? refuse('same_person', '原决定由您作出，申诉成立后须由另一人重新办理')
      : undefined
  },
  termAhead: (_s, input, cx) =>
    text(input['useTo']) <= cx.day
      ? refuse('invalid', '使用期限须晚于今天', { fields: { useTo: '须晚于今天' } })
      : undefined,
  /** Secret and ungraded entries, and those graded too high, come into no scope; asked again when it is decided. */
  usable: (_s, input, cx) => {
    for (const id of concerned(input)) {
      const no = barred(
        (cx.facts.entries ?? []).find((e) => e.id === id),
        cx,
      )
      if (no) return { ...no, fields: { items: no.says } }
    }
    return undefined
  },
  /** An operator uses what an agreement that stands authorises it to operate, and nothing beyond. */
  withinScope: (_s, input, cx) => {
    const beyond = concerned(input).filter((id) => !cx.facts.authorized?.includes(id))
    const names = (cx.facts.entries ?? []).filter((e) => beyond.includes(e.id)).map((e) => `“${e.name}”`)
    return beyond.length > 0
      ? refuse('beyond_scope', `${names.slice(0, 5).join('、')}不在执行中的授权运营协议的范围内`, {
          fields: { items: '不在授权范围内' },
          basis: citeRule(cx.rules, 'authorization.pact.use'),
        })
      : undefined
  },
  /** Personal and shared-in data is granted only with the consent or the proof it needs (`consentGate`). */
  consented: (_s, input, cx) => {
    const lacks = concerned(input).flatMap((id) => cx.facts.consents?.[id] ?? ['没有查明是否取得同意'])
    return lacks.length > 0
      ? refuse('no_consent', lacks.join('；'), { fields: { items: lacks.join('；') } })
      : undefined
  },
  decidesAll: (s, input) => {
    const asked = texts(said(s)['items'])
    const decided = list(input['items']).map((x) => text(x['item']))
    return asked.length === decided.length && asked.every((id) => decided.includes(id))
      ? undefined
      : refuse('invalid', '须对申请的每个目录项各作一个决定', { fields: { items: '与申请的目录项不一致' } })
  },
  grantsSome: (_s, input) =>
    concerned(input).length > 0
      ? undefined
      : refuse('invalid', '一项也不同意的，请办理“不同意使用”', { fields: { items: '没有同意的目录项' } }),
  reviewedAll: (_s, input, cx) => {
    const lacks = platformPack(cx.rules, 'platform.usage.review').filter(
      (r) => !texts(input['reviewed']).includes(r.value),
    )
    return lacks.length > 0
      ? refuse('not_reviewed', `安全审查没有完成：${lacks.map((r) => r.term).join('；')}`, {
          fields: { reviewed: '须逐项确认' },
        })
      : undefined
  },
}
const derive: Record<string, Derive> = {
  named: (s, _input, cx) => ({
    data: { applicant: cx.facts.orgs[s.seats['applicant'] ?? '']?.name ?? '' },
    sealed: { names: (cx.facts.entries ?? []).map((e) => ({ id: e.id, name: e.name })) },
  }),
  stopped: (s, input) => ({
    sealed: { stopped: [...new Set([...stoppedItems(s), ...texts(input['items'])])] },
  }),
  appealable: (s, input, cx) =>
    list(input['items']).some((x) => x['result'] === 'refused') ? appealable(s, input, cx) : {},
}

export const usageLaws: Laws = {
  guards,
  derive,
  foreseen: ['anotherPerson'],
  asks: (_s, act, input) => (act === 'apply' || act === 'grant' ? { ids: [...new Set(concerned(input))] } : undefined),
  title: (s) => text(said(s)['scenario']),
  facts: (s) => [
    { term: '申请', value: `${texts(said(s)['items']).length} 项` },
    ...(grantedItems(s).length > 0 ? [{ term: '同意', value: `${grantedItems(s).length} 项` }] : []),
    ...(refusedSome(s) ? [{ term: '可申诉至', value: text(s.data[decision(s)!]?.['appealBy']) }] : []),
  ],
  effects: (s, event) =>
    actOf(event) === 'consentEnded' && s.at === 'granted' && grantedItems(s).length === 0
      ? [{ on: s.id, act: 'cease', input: {} }]
      : [],
  told: (s, e) => (['refuse', 'grant'].includes(actOf(e)) ? wayOfAppeal(s, actOf(e)) : undefined),
  begin: (s, act) =>
    act === 'grant' || act === 'refuse'
      ? {
          items: texts(said(s)['items']).map((item) => ({
            item,
            ...(act === 'refuse' ? { result: 'refused' } : {}),
          })),
        }
      : undefined,
  content: (s, rules) => {
    const form = platformPack(rules, 'platform.usage.forms.application')
    const act = decision(s)
    const names = new Map(list(said(s)['names']).map((x) => [text(x['id']), text(x['name'])]))
    const way = act ? wayOfAppeal(s, act) : undefined
    const asked = form.map((f) => (f.key === 'items' ? { key: 'named', term: f.term, type: 'text' as const } : f))
    const application = { ...said(s), named: [...names.values()].join('、') }
    return act === undefined
      ? { form: asked, value: application }
      : {
          form: [
            {
              key: 'decisions',
              term: s.at === 'reconsidering' ? '原决定' : '决定',
              type: 'list',
              fields: [
                { key: 'name', term: '目录项', type: 'text' },
                { key: 'result', term: '决定', type: 'text' },
                { key: 'reason', term: '理由', type: 'text' },
              ],
            },
            { key: 'review', term: '安全审查意见', type: 'paragraph' },
            { key: 'way', term: '申诉', type: 'text' },
            ...asked,
          ],
          value: {
            ...application,
            ...(way ? { way } : {}),
            review: s.data[act]?.['review'],
            decisions: list(s.data[act]?.['items']).map((x) => ({
              name: names.get(text(x['item'])) ?? '',
              result:
                x['result'] !== 'granted'
                  ? '不同意使用'
                  : stoppedItems(s).includes(text(x['item']))
                    ? '同意失效，已停止使用'
                    : '同意使用',
              reason: text(x['reason']),
            })),
          },
        }
  },
  derived: {
    applicant: '申请人',
    names: '目录项',
    items: '目录项',
    says: '缺少的同意',
    stopped: '已停止使用',
    appeal: '申诉',
    appealBy: '可申诉至',
  },
}
