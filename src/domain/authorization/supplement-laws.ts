import type { JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, citeRule, text, texts } from '../kernel/index.ts'
import { decidedOn, scopeRefusal, stillToCosign, unfiled } from './agreement-laws.ts'
import { jointSeats, supplementForm } from './agreement-pack.ts'
import {
  agreementOf,
  agreementTitle,
  answering,
  followingDay,
  lastDay,
  renewBy,
  reportRegister,
  reportsDue,
  reportsFrom,
  textDigest,
} from './agreement-text.ts'
import { standing } from './gate.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { jointSigning, signedBy, signingDerive, signingGuards, signingTerms } from './signing.ts'
import { stepsOf } from './steps.ts'
import { supplementKinds } from './supplement.ts'

const said = (s: Case): JsonObject => s.data['write'] ?? {}
const agreementIn = (s: Pick<Case, 'links'>, around: readonly Case[]): Case | undefined =>
  around.find((c) => c.id === s.links['agreement'] && c.process === 'agreement')

/** Nothing new rests on an agreement that is suspended, over or not yet begun. */
export const agreementRuns: Guard = (s, _input, cx) => {
  const a = agreementIn(s, cx.related)
  if (a && standing(a, cx.day)) return undefined
  // concluded, but its term has not come: it can be changed, though nothing can be done under it
  if (a?.at === 'running' && cx.day < text(agreementOf(a)['termFrom']) && s.process === 'supplement') return undefined
  return refuse('not_standing', '协议不在执行中（已暂停、已期满或已终止），不能据以办理新的事项')
}

const guards: Record<string, Guard> = {
  agreementRuns,
  scopeFits: (s, input, cx) => scopeRefusal(s, cx, texts(input['items'])),
  termFits: (s, input, cx) => {
    const a = agreementIn(s, cx.related)
    const old = a ? agreementOf(a) : {}
    const to = text(input['termTo'])
    if (s.kind === 'renewal') {
      const last = lastDay(cx, followingDay(cx, text(old['termTo'])), 'authorization.agreement.renewal.term')
      if (to <= text(old['termTo']))
        return refuse('invalid', `续签的截止日应晚于现在的期满日 ${text(old['termTo'])}`, {
          fields: { termTo: `晚于 ${text(old['termTo'])}` },
        })
      return to > last
        ? refuse('too_long', `每次续签最长到 ${last}`, {
            fields: { termTo: `不晚于 ${last}` },
            basis: citeRule(cx.rules, 'authorization.agreement.renewal.term'),
          })
        : undefined
    }
    return to > text(old['termTo'])
      ? refuse('too_long', '延长期限须办理续签', {
          fields: { termTo: `不晚于 ${text(old['termTo'])}` },
          basis: citeRule(cx.rules, 'authorization.agreement.renewal.term'),
        })
      : to < cx.day
        ? refuse('invalid', '期满日不能早于今天', { fields: { termTo: '早于今天' } })
        : undefined
  },
  changesSomething: (s, input, cx) => {
    const a = agreementIn(s, cx.related)
    const old = a ? agreementOf(a) : {}
    const { title: _t, number: _n, reason: _r, ...now } = input
    const same = Object.entries(now).every(
      ([k, v]) => textDigest(cx, { v }).sha256 === textDigest(cx, { v: old[k] ?? '' }).sha256,
    )
    return same ? refuse('invalid', '与现行协议没有不同', { fields: { reason: '没有变更' } }) : undefined
  },
  decidedByNow: (s, input, cx) => {
    const day = text(input['decidedOn'])
    if (day > cx.day)
      return refuse('invalid', `审议日期不能晚于今天（${cx.day}）`, { fields: { decidedOn: '不能晚于今天' } })
    return day !== '' && day < (s.did['submit']?.day ?? '')
      ? refuse('invalid', '审议日期不能早于提请审议之日', { fields: { decidedOn: '早于提请审议之日' } })
      : undefined
  },
  asSubmitted: (s, _input, cx) =>
    text(s.data['submit']?.['text']) === textDigest(cx, said(s)).sha256
      ? undefined
      : refuse('text_changed', '协议文本与提请审议的不一致'),
  notYetSigned: (s, _input, cx) =>
    signedBy(s, 'cosign').includes(cx.org) ? refuse('not_now', '本单位已经签订') : undefined,
  allCosigned: (s) => {
    const n = stillToCosign(s).length
    return n > 0 ? refuse('not_yet', `还有 ${n} 个会同签订的部门没有签订`) : undefined
  },
  ...signingGuards({ now: (s, cx) => textDigest(cx, said(s)).sha256, since: decidedOn }),
}

/** What the agreement says from now on, with the days that follow from it. */
const amendment = (s: Case, a: Case, cx: Cx): Effect => {
  const { title: _t, number, reason: _r, ...now } = said(s)
  const whole = { ...agreementOf(a), ...now }
  const { text: _x, seal: _s, seals: _z, sealSubjects: _y, ...kept } = whole
  const to = text(whole['termTo'])
  const had = reportRegister(a)
  const schedule = reportsDue(cx, reportsFrom(a, cx.day), to)
  const open = schedule.filter((d) => !had.some((r) => r.report === d.report && r.received !== ''))
  return {
    on: a.id,
    act: 'amend',
    input: {
      data: {
        by: s.id,
        number: text(number),
        termTo: to,
        renewBy: renewBy(cx, to),
        schedule: schedule.map((d) => ({ ...d })),
        reportDue: open.find((d) => d.due >= cx.day)?.due ?? '',
      },
      sealed: Object.fromEntries(
        Object.entries(kept).filter(
          ([k]) => !['termTo', 'renewBy', 'schedule', 'reportDue', 'by', 'number'].includes(k),
        ),
      ),
    },
  }
}

export const supplementLaws: Laws = {
  guards,
  derive: {
    about: (s, _input, cx) => {
      const a = agreementIn(s, cx.related)
      return { data: { of: a ? agreementTitle(a) : '' } }
    },
    frozen: (s, _input, cx) => {
      const { sha256, sm3 } = textDigest(cx, said(s))
      return { data: { text: sha256, textSm3: sm3 } }
    },
    signed: signingDerive(),
    cosigned: jointSigning('cosign'),
  },
  foreseen: ['notYetSigned', 'allCosigned'],
  seals: ['sign', 'cosign', 'countersign'],
  spared: (s, turn) =>
    turn === 'operator.approver'
      ? stillToCosign(s).length > 0
      : jointSeats.some((seat) => turn === `${seat}.approver` && !stillToCosign(s).includes(s.seats[seat] ?? '')),
  asks: (_s, act, input) => (act === 'write' ? { ids: texts(input['items']) } : undefined),
  title: (s) =>
    text(said(s)['title']) ||
    `${text((s.data['start'] ?? s.data['apply'])?.['of'])}：${supplementKinds[s.kind as keyof typeof supplementKinds]}`,
  derived: { of: '所涉协议', late: '逾期提出', ...signingTerms },
  facts: (s) =>
    [
      { term: '所涉协议', value: text((s.data['start'] ?? s.data['apply'])?.['of']) },
      { term: '逾期提出', value: text(s.data['apply']?.['late']) },
      { term: '期限至', value: text(said(s)['termTo']) },
      { term: '备案编号', value: text(s.data['filed']?.['receipt']) },
    ].filter((f) => f.value !== ''),
  begin: (s, act, form, around) => {
    if (act !== 'write') return undefined
    if (s.data['write']) return answering(form, said(s))
    const a = agreementIn(s, around)
    const now = a ? agreementOf(a) : {}
    const known = Object.fromEntries(
      form.flatMap((f) =>
        ['title', 'number', 'reason'].includes(f.key) || now[f.key] === undefined ? [] : [[f.key, now[f.key]]],
      ),
    )
    return {
      ...known,
      title: `${a ? agreementTitle(a) : ''}${supplementKinds[s.kind as keyof typeof supplementKinds]}`,
      ...(s.kind === 'renewal'
        ? { termTo: text(s.data['apply']?.['wantedTo']), reason: text(s.data['apply']?.['reason']) }
        : { reason: text(s.data['start']?.['reason']) }),
    }
  },
  content: (s, rules) => ({ form: supplementForm(rules, s.kind), value: said(s) }),
  // one change of an agreement at a time
  claims: (s) =>
    ['inForce', 'declined', 'dropped'].includes(s.at)
      ? []
      : [{ scope: 'authorization.supplement', key: s.links['agreement'] ?? '' }],
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    const a = agreementIn(s, cx.related)
    if (act === 'countersign' && a) return [amendment(s, a, cx)]
    if (act === 'decline' || act === 'drop')
      return [
        ...(a && s.kind === 'renewal'
          ? [{ on: a.id, act: 'renewalClosed', input: { data: { renewBy: '' } } } satisfies Effect]
          : []),
        ...unfiled(s, cx),
      ]
    if (act.startsWith('deliberation.') && s.at === 'signing')
      return recordalOf(s, 'agreement', {
        filer: s.seats['implementer'] ?? '',
        hops: stepsOf(cx.rules, `authorization.recordal.agreement.${levelOf(s.division)}.steps`),
        name: supplementLaws.title(s),
        decidedOn: text(event.data['decidedOn']) || event.day,
      })
    return []
  },
}
