import { refuse } from '#contract'
import type { Case, Cx, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, citeRule, list, text, texts } from '../kernel/index.ts'
import { agreementForm, agreementRule, jointSeats, legacyForm } from './agreement-pack.ts'
import {
  agreementItems,
  agreementNumber,
  agreementOf,
  agreementTitle,
  answering,
  clausesOf,
  gapsOf,
  lastDay,
  renewBy,
  reportRegister,
  reportsDue,
  reportsFrom,
  textDigest,
} from './agreement-text.ts'
import { authorizationRule } from './pack.ts'
import { planItems, scopeProblem } from './plan-laws.ts'
import { exitOf } from './exit-laws.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { winnerOf } from './selection.ts'
import { jointSigning, signedBy, signingDerive, signingGuards, signingTerms } from './signing.ts'
import { stepsOf } from './steps.ts'
import { supplementSeats } from './supplement.ts'

const said = (s: Case) => s.data['write'] ?? {}
export const decidedOn = (s: Case): string =>
  Object.entries(s.data)
    .filter(([act]) => act.startsWith('deliberation.') && !act.endsWith('.return'))
    .map(([, d]) => text(d['decidedOn']))
    .sort()
    .at(-1) ?? ''
/** Bodies beside the 实施机构 that the text names as signatories. */
export const cosignersOf = (s: Pick<Case, 'seats'>): readonly string[] =>
  jointSeats.flatMap((seat) => s.seats[seat] || [])
export const stillToCosign = (s: Case): readonly string[] =>
  cosignersOf(s).filter((o) => !signedBy(s, 'cosign').includes(o))

/** Of what the plan says now: a change of it that has come into force replaces it. */
export const itemsOfPlan = (cx: Pick<Cx, 'related'>, plan: string | undefined): readonly string[] | undefined => {
  const old = cx.related.find((c) => c.id === plan)
  const now = cx.related.find((c) => c.process === 'plan' && c.links['replaces'] === plan && c.at === 'inForce')
  const found = now ?? old
  return found && planItems(found)
}
/** Entries that an agreement may not reach: unknown, secret, or outside the plan that was approved. */
export const scopeRefusal = (s: Case, cx: Cx, items: readonly string[]) => {
  const no = scopeProblem(cx, items)
  if (no) return no
  const allowed = itemsOfPlan(cx, s.links['plan'])
  const inside = allowed && new Set(allowed)
  const beyond = inside ? items.filter((id) => !inside.has(id)) : []
  return beyond.length > 0
    ? refuse('beyond_plan', `有 ${beyond.length} 个目录项不在审定的实施方案之内`, { fields: { items: '超出实施方案' } })
    : undefined
}
const tooLong = (cx: Cx, from: string, to: string): boolean => to > lastDay(cx, from)

const selectedStill: Guard = (s, _input, cx) => {
  const chosen = cx.related.find((c) => c.id === s.links['selection'])
  return chosen?.at === 'awarded' && winnerOf(chosen) === s.seats['operator']
    ? undefined
    : refuse('not_selected', '只能与依法选定的运营机构签订协议', {
        basis: citeRule(cx.rules, 'authorization.agreement.signing'),
      })
}

const guards: Record<string, Guard> = {
  wasSelected: selectedStill,
  stillSelected: selectedStill,
  scopeFits: (s, input, cx) => scopeRefusal(s, cx, texts(input['items'])),
  scopeStillFits: (s, _input, cx) => scopeProblem(cx, agreementItems(s)),
  termFits: (_s, input, cx) => {
    const [from, to] = [text(input['termFrom']), text(input['termTo'])]
    if (to < from) return refuse('invalid', '期限的截止日不能早于起始日', { fields: { termTo: '早于起始日' } })
    const last = lastDay(cx, from)
    return to > last && text(input['termReason']) === ''
      ? refuse('too_long', `运营期限原则上最长到 ${last}，更长的须说明理由，并另经同意`, {
          fields: { termTo: `原则上不晚于 ${last}`, termReason: '请说明理由' },
          basis: citeRule(cx.rules, 'authorization.agreement.term'),
        })
      : undefined
  },
  cosignersFit: (s, input, cx) => {
    const parties = list(input['cosigners']).map((c) => text(c['party']))
    const wrong = (i: number, says: string) => refuse('invalid', says, { fields: { [`cosigners.${i}.party`]: says } })
    for (const [i, id] of parties.entries()) {
      const org = cx.facts.orgs[id]
      if (!org) return wrong(i, '没有这一单位')
      if (parties.indexOf(id) < i) return wrong(i, '重复')
      if (id === s.seats['operator'] || id === s.seats['implementer']) return wrong(i, '已经是协议的一方')
      if (!org.roles.includes('competentDept') || org.division !== s.division) return wrong(i, '应为本级业务主管部门')
    }
    return undefined
  },
  textComplete: (s, input, cx) => {
    const missing = clausesOf({ ...s, data: { write: input } }, cx.rules).filter((c) => c.required && !c.there)
    return missing.length > 0
      ? refuse('invalid', `协议还缺少：${missing.map((c) => c.clause.term).join('、')}`, {
          fields: Object.fromEntries(missing.map((c) => [c.clause.key, '协议应包括这一内容'])),
        })
      : undefined
  },
  termIsLong: (s, _input, cx) =>
    tooLong(cx, text(said(s)['termFrom']), text(said(s)['termTo']))
      ? undefined
      : refuse('not_needed', '期限没有超过原则上限，不需要同意'),
  termExcepted: (s, _input, cx) =>
    tooLong(cx, text(said(s)['termFrom']), text(said(s)['termTo'])) &&
    (s.did['approveTerm']?.seq ?? 0) < (s.did['write']?.seq ?? 0)
      ? refuse('too_long', '运营期限超过原则上限，须先经同意', {
          basis: citeRule(cx.rules, 'authorization.agreement.term'),
        })
      : undefined,
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
  concludedBefore: (_s, input, cx) => {
    const { before } = agreementRule(cx.rules, 'authorization.agreement.legacy')
    const [day, from, to] = [text(input['signedOn']), text(input['termFrom']), text(input['termTo'])]
    if (day >= before)
      return refuse('not_legacy', `${before} 以后签订的协议，须按规定程序办理`, {
        fields: { signedOn: `应早于 ${before}` },
      })
    return to < from ? refuse('invalid', '截止日不能早于起始日', { fields: { termTo: '早于起始日' } }) : undefined
  },
  operatorFits: (s, input, cx) => {
    const org = cx.facts.orgs[text(input['operator'])]
    const { forms } = authorizationRule(cx.rules, 'authorization.operator')
    return org && (forms as readonly string[]).includes(org.form) && text(input['operator']) !== s.seats['implementer']
      ? undefined
      : refuse('not_eligible', '该单位的主体性质不符合运营机构的要求', { fields: { operator: '主体性质不符' } })
  },
  legacyScopeFits: (_s, input, cx) => scopeProblem(cx, texts(input['items'])),
  termLeft: (s, _input, cx) =>
    text(agreementOf(s)['termTo']) < cx.day ? refuse('expired', '协议已经期满，不再登记为存量协议') : undefined,
  renewalWanted: (s, input) => {
    const to = text(agreementOf(s)['termTo'])
    if (pendingRenewal(s)) return refuse('pending', '已有在办的续签申请')
    return text(input['wantedTo']) <= to
      ? refuse('invalid', `续签的截止日应晚于现在的期满日 ${to}`, { fields: { wantedTo: `晚于 ${to}` } })
      : undefined
  },
  reportIsDue: (s, input, cx) => {
    const due = reportRegister(s).find((r) => r.report === text(input['report']))
    if (!due) return refuse('invalid', '登记簿中没有这一报告', { fields: { report: '没有这一报告' } })
    if (due.received !== '') return refuse('invalid', '这一报告已经登记收到', { fields: { report: '已经收到' } })
    return text(input['on']) > cx.day
      ? refuse('invalid', '收到日期不能晚于今天', { fields: { on: '不能晚于今天' } })
      : undefined
  },
  foundByNow: (_s, input, cx) =>
    text(input['foundOn']) > cx.day
      ? refuse('invalid', '发现日期不能晚于今天', { fields: { foundOn: '不能晚于今天' } })
      : undefined,
  gapIsOpen: (s, input, cx) =>
    gapsOf(s, cx.rules).some((g) => g.term === text(input['gap']) && g.closed === '')
      ? undefined
      : refuse('invalid', '没有这一待补齐事项', { fields: { gap: '没有这一事项' } }),
  ...signingGuards({ now: (s, cx) => textDigest(cx, said(s)).sha256, since: decidedOn }),
}

/** From the day it runs: when it ends, when a renewal is to be asked for, which reports are due. */
const begun: Derive = (s, _input, cx) => {
  const { termFrom, termTo } = agreementOf(s)
  const schedule = reportsDue(cx, reportsFrom(s, cx.day), text(termTo))
  return {
    data: {
      begunFrom: text(termFrom),
      termTo: text(termTo),
      renewBy: renewBy(cx, text(termTo)),
      schedule: schedule.map((d) => ({ ...d })),
      reportDue: schedule.find((d) => d.due >= cx.day)?.due ?? '',
    },
  }
}

const derive: Record<string, Derive> = {
  started: (s, _input, cx) => {
    const { by } = agreementRule(cx.rules, 'authorization.agreement.signing')
    return {
      data: {
        operatorName: cx.facts.orgs[s.seats['operator'] ?? '']?.name ?? '',
        implementerName: cx.facts.orgs[s.seats['implementer'] ?? '']?.name ?? '',
        // a milestone of the province itself; one that is past binds nobody who begins later
        ...(by && by >= cx.day && levelOf(s.division) === 'province' ? { signBy: by } : {}),
      },
    }
  },
  recorded: (s, input, cx) => ({
    data: {
      operatorName: cx.facts.orgs[text(input['operator'])]?.name ?? '',
      implementerName: cx.facts.orgs[s.seats['implementer'] ?? '']?.name ?? '',
    },
    seats: { operator: text(input['operator']) },
  }),
  written: (s, input) => {
    const parties = list(input['cosigners']).map((c) => text(c['party']))
    return {
      data: { itemCount: texts(input['items']).length, productCount: list(input['products']).length },
      seats: Object.fromEntries(jointSeats.map((seat, i) => [seat, parties[i] ?? ''])),
    }
  },
  excepted: (s) => ({ data: { exceptedTo: text(said(s)['termTo']) } }),
  frozen: (s, _input, cx) => {
    const { sha256, sm3 } = textDigest(cx, said(s))
    return { data: { text: sha256, textSm3: sm3 } }
  },
  signed: signingDerive(),
  cosigned: jointSigning('cosign'),
  concluded: signingDerive(begun),
  begun,
  renewalAsked: (s, _input, cx) => {
    const by = text((s.data['amend'] ?? s.data['countersign'] ?? s.data['confirm'])?.['renewBy'])
    const late = by !== '' && cx.day > by
    // what has been asked for need not be asked for again
    return { data: { renewBy: '', ...(late ? { late: `晚于 ${by}，文件没有规定因此不予受理` } : {}) } }
  },
  received: (s, input, cx) => {
    const received = [
      ...list(s.data['receive']?.['received']),
      { report: text(input['report']), on: text(input['on']) },
    ]
    const open = reportRegister(s).filter((d) => !received.some((r) => r['report'] === d.report))
    return { data: { received, reportDue: open.find((d) => d.due >= cx.day)?.due ?? '' } }
  },
  breached: (s, input) => ({
    sealed: {
      breaches: [
        ...list(s.data['breach']?.['breaches']),
        {
          foundOn: text(input['foundOn']),
          what: text(input['what']),
          clause: text(input['clause']),
          measure: text(input['measure']),
        },
      ],
    },
  }),
  filled: (s, input, cx) => {
    const key = gapsOf(s, cx.rules).find((g) => g.term === text(input['gap']))?.key ?? ''
    return { data: { filled: [...list(s.data['fillGap']?.['filled']), { gap: key, note: text(input['note']) }] } }
  },
}

/** What is never signed need not be put on file any more. */
export const unfiled = (s: Case, cx: Cx): readonly Effect[] =>
  cx.related
    .filter((c) => c.process === 'recordal' && c.links['about'] === s.id && ['due', 'returned'].includes(c.at))
    .map((c) => ({ on: c.id, act: 'waive', input: { data: { reason: '协议没有签订' } } }))

/** A renewal has been asked for and nothing has come of it yet. */
const pendingRenewal = (s: Case): boolean =>
  (s.did['askRenewal']?.seq ?? 0) > Math.max(s.did['amend']?.seq ?? 0, s.did['renewalClosed']?.seq ?? 0)

const dayOrNothing = (s: Case): string =>
  text(agreementOf(s)['termFrom']) === ''
    ? ''
    : `${text(agreementOf(s)['termFrom'])} 至 ${text(agreementOf(s)['termTo'])}`

/** Who has an agreement in force is a 运营机构, and may do what one may. */
const operating = (s: Case, cx: Cx): readonly Effect[] => {
  const operator = s.seats['operator'] ?? ''
  const org = cx.facts.orgs[operator]
  return org && !org.roles.includes('operator')
    ? [{ on: operator, act: 'appoint', input: { data: { role: 'operator', document: agreementNumber(s) } } }]
    : []
}

export const agreementLaws: Laws = {
  guards,
  derive,
  foreseen: ['termIsLong', 'notYetSigned', 'allCosigned'],
  seals: ['sign', 'cosign', 'countersign'],
  spared: (s, turn) =>
    turn === 'operator.approver'
      ? stillToCosign(s).length > 0
      : jointSeats.some((seat) => turn === `${seat}.approver` && !stillToCosign(s).includes(s.seats[seat] ?? '')),
  asks: (s, act, input) =>
    act === 'write' || act === 'record'
      ? { ids: texts(input['items']) }
      : act === 'submit' || act === 'confirm' || act.startsWith('deliberation.')
        ? { ids: texts((s.data['write'] ?? s.data['record'])?.['items']) }
        : undefined,
  title: agreementTitle,
  derived: {
    operatorName: '运营机构',
    itemCount: '目录项数',
    productCount: '产品和服务数',
    begunFrom: '执行自',
    termTo: '期满日',
    renewBy: '申请续签不晚于',
    late: '逾期提出',
    exceptedTo: '同意的期满日',
    ...signingTerms,
  },
  facts: (s) =>
    [
      { term: '编号', value: agreementNumber(s) },
      { term: '期限', value: dayOrNothing(s) },
      { term: '备案编号', value: text(s.data['filed']?.['receipt']) || text(s.data['record']?.['receipt']) },
      { term: '违约记录', value: s.did['breach'] ? `${list(s.data['breach']?.['breaches']).length} 次` : '' },
    ].filter((f) => f.value !== ''),
  begin: (s, act, form, _around, rules) => {
    switch (act) {
      case 'write':
        return s.data['write'] ? answering(form, agreementOf(s)) : undefined
      case 'receive':
        return { report: reportRegister(s).find((r) => r.received === '')?.report ?? '' }
      case 'fillGap':
        return { gap: gapsOf(s, rules).find((g) => g.closed === '')?.term ?? '' }
      default:
        return undefined
    }
  },
  content: (s, rules) => ({
    form: s.kind === 'legacy' ? legacyForm(rules) : agreementForm(rules),
    value: agreementOf(s),
  }),
  // one for a whole territory at a time; one that is being handed over no longer counts
  claims: (s) =>
    (s.kind === 'whole' || text(s.data['record']?.['mode']) === 'whole') && ['running', 'suspended'].includes(s.at)
      ? [{ scope: 'authorization.agreement.whole', key: s.seats['implementer'] ?? '' }]
      : [],
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    const filing = (day: string): readonly Effect[] =>
      recordalOf(s, 'agreement', {
        filer: s.seats['implementer'] ?? '',
        hops: stepsOf(cx.rules, `authorization.recordal.agreement.${levelOf(s.division)}.steps`),
        name: agreementTitle(s),
        decidedOn: day,
      })
    // the period runs from the deliberation, whenever it is signed
    if (act.startsWith('deliberation.') && s.at === 'signing') return filing(text(event.data['decidedOn']) || event.day)
    if (act === 'askRenewal') {
      const { links, seats, data } = s
      const said = data['askRenewal'] ?? {}
      return [
        {
          open: {
            process: 'supplement',
            kind: 'renewal',
            variant: '',
            division: s.division,
            seats: Object.fromEntries(supplementSeats.map((seat) => [seat, seats[seat] ?? ''])),
            links: { agreement: s.id, ...(links['plan'] ? { plan: links['plan'] } : {}) },
          },
          act: 'apply',
          input: {
            data: { wantedTo: said['wantedTo'] ?? '', late: said['late'] ?? '', of: agreementTitle(s) },
            sealed: { reason: said['reason'] ?? '', files: said['files'] ?? [] },
          },
        },
      ]
    }
    if (act === 'drop') return unfiled(s, cx)
    if (act === 'countersign' || act === 'confirm')
      return [
        ...(act === 'countersign' ? [{ on: s.links['selection'] ?? '', act: 'contract', input: {} }] : []),
        ...operating(s, cx),
      ]
    // what rests on it ends with it, and the way out begins
    if (act === 'expire' || act === 'terminate')
      return [
        ...exitOf(s, act, event.data, cx),
        ...cx.related
          .filter((c) => c.process === 'pact' && c.links['agreement'] === s.id && ['running', 'signing'].includes(c.at))
          .map((c) => ({ on: c.id, act: 'cease', input: {} })),
      ]
    return []
  },
}
