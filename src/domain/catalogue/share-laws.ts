import type { Form, Json, JsonObject, Refusal } from '#contract'
import { isRefusal, refuse, wordOf } from '#contract'
import type { Rules } from '#policy'
import type { Case, Cx, Day, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, citeRule, list, text, workdaysLeft } from '../kernel/index.ts'
import { isCollected, isSecret, itemData, latest } from './item.ts'
import { sharingOf } from './shared-item.ts'
import { catalogueRule } from './pack.ts'
import { replies, repliesTo, sharingForm, sharingRule } from './sharing-pack.ts'

const openings = ['request', 'ask', 'raise', 'offer', 'offerAlso']

/** What was asked for or offered when the case began. */
export const openingOf = (s: Case): JsonObject => s.data[latest(s, openings) ?? ''] ?? {}
/** The entry a case is about, as it stands now. */
const itemOf = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.process === 'item' && c.id === s.links['item'])
const noItem = refuse('not_found', '没有这一目录项，或者它不在共享目录内')

const listed = (s: Case, cx: Cx): Case | Refusal => {
  const item = itemOf(s, cx)
  // what is secret is answered as what is not there
  return item && item.at === 'listed' && !isSecret(item) ? item : noItem
}

const guards: Record<string, Guard> = {
  publicBody: (s, _input, cx) => {
    const org = cx.facts.orgs[s.seats['requester'] ?? '']
    const { forms, roles } = sharingRule(cx.rules, 'catalogue.sharing.bodies')
    return org && (forms.includes(org.form) || org.roles.some((r) => roles.includes(r)))
      ? undefined
      : refuse('not_eligible', '政务数据共享在机关、事业单位和承担公共管理、公共服务职能的组织之间进行', {
          basis: citeRule(cx.rules, 'catalogue.sharing.bodies'),
        })
  },
  anothers: (s, _input, cx) => {
    const item = listed(s, cx)
    if (isRefusal(item)) return item
    return [item.seats['holder'], item.seats['coHolder']].includes(s.seats['requester'])
      ? refuse('own', '这是本单位的目录项，不需要申请共享')
      : undefined
  },
  /** 不予共享: the data is not asked for; what may be asked for is said instead (HNL-026). */
  classAllows: (s, _input, cx) => {
    const item = listed(s, cx)
    if (isRefusal(item)) return item
    const d = itemData(item)
    return d['sharing'] === 'none'
      ? refuse(
          'not_shared',
          `该目录项为不予共享（依据：${text(d['sharingBasis'])}）。可以请求核实比对，或者就共享属性提出争议`,
        )
      : undefined
  },
  notCollected: (s, _input, cx) => {
    const item = itemOf(s, cx)
    return s.kind === 'collect' && item && isCollected(item) === true
      ? refuse('collected', '该目录项已经归集，可以直接申请数据共享')
      : undefined
  },
  termFits: (_s, input, cx) => {
    const [from, to] = [text(input['useFrom']), text(input['useTo'])]
    return to < from || to < cx.day
      ? refuse('invalid', '使用期的截止日不能早于起始日，也不能早于今天', { fields: { useTo: '过早' } })
      : undefined
  },
  offerable: (s, input, cx) => {
    const item = listed(s, cx)
    if (isRefusal(item)) return item
    if (itemData(item)['sharing'] === 'none')
      return refuse('not_shared', '该目录项为不予共享，请先调整共享属性再主动共享')
    const units = list(input['units']).map((u) => text(u['unit']))
    const fields: Record<string, string> = {}
    for (const [i, u] of units.entries())
      if (u === s.seats['holder']) fields[`units.${i}.unit`] = '不能共享给本单位'
      else if (!cx.facts.orgs[u]) fields[`units.${i}.unit`] = '没有这一单位'
      else if (units.indexOf(u) < i) fields[`units.${i}.unit`] = '重复'
    return Object.keys(fields).length > 0 ? refuse('invalid', '共享的单位有误', { fields }) : undefined
  },
  deliveredByNow: (_s, input, cx) =>
    text(input['deliveredOn']) > cx.day
      ? refuse('invalid', `交付日期不能晚于今天（${cx.day}）`, { fields: { deliveredOn: '不能晚于今天' } })
      : undefined,
  /** One answer to each question, each of the words that fit its kind. */
  repliesFit: (s, input) => {
    const asked = questionsOf(s)
    const given = list(input['replies'])
    if (given.length !== asked.length)
      return refuse('invalid', `共有 ${asked.length} 项须逐项答复，现答复 ${given.length} 项`, {
        fields: { replies: `应为 ${asked.length} 项` },
      })
    const wrong = given.flatMap((r, i) =>
      repliesTo[text(asked[i]?.['kind'])]?.includes(text(r['reply']))
        ? []
        : [[`replies.${i}.reply`, '结论与所问的方式不符']],
    )
    return wrong.length > 0
      ? refuse('invalid', '核实的答是、否，比对的答一致、不一致；都可以答无法核实', {
          fields: Object.fromEntries(wrong) as Record<string, string>,
        })
      : undefined
  },
}

/** The questions last put, by whichever act put them. */
export const questionsOf = (s: Case): readonly JsonObject[] => {
  const act = latest(s, ['ask', 'compare'])
  return act ? list(s.data[act]?.['questions']) : []
}
/** The answers to the questions last put; none while they are open. */
export const repliesOf = (s: Case): readonly string[] =>
  latest(s, ['ask', 'compare', 'reply']) === 'reply'
    ? list(s.data['reply']?.['replies']).map((r) => text(r['reply']))
    : []

/** What the case keeps of the entry as it was when it began: the requester cannot read the entry itself. */
const described = (s: Case, cx: Cx): { data: JsonObject; sealed: JsonObject } | Refusal => {
  const item = listed(s, cx)
  if (isRefusal(item)) return item
  const d = itemData(item)
  const sharing = sharingOf(d)
  const term = catalogueRule(cx.rules, 'catalogue.sharing.classes').find((c) => c.value === sharing)?.term ?? sharing
  const procedure = sharingRule(
    cx.rules,
    `catalogue.sharing.procedures.${s.kind}` as 'catalogue.sharing.procedures.data',
  )
  return {
    data: {
      sharing,
      sharingTerm: text(d['sharing']) === '' ? `${term}（目录未写明）` : term,
      procedure: procedure.title,
    },
    sealed: {
      itemName: text(d['name']),
      itemTerms: text(d['sharingCondition']) || text(d['sharingBasis']),
      itemUnit: cx.facts.orgs[s.seats['holder'] ?? '']?.name ?? '',
    },
  }
}
/** Who decides is let in, and where no government is registered the mediating office records its decision. */
const heard = (s: Case): Record<string, string> => ({
  government: s.seats['decider'] ?? '',
  recorder: s.seats['decider'] ? '' : (s.seats['mediator'] ?? ''),
})
/** How a period was kept: its last day, and the working days it took. */
const kept = (s: Case, cx: Cx, act: string, from: string | undefined): JsonObject => {
  const limit = s.due.find((d) => d.act === act && d.kind === 'limit')?.day ?? ''
  const took =
    from === undefined || from === cx.day ? 0 : workdaysLeft(cx.calendar, from as Day, cx.day as Day).workdays
  return { limit, took }
}

const derive: Record<string, Derive> = {
  described: (s, _input, cx) => described(s, cx),
  raised: (s, _input, cx) => {
    const d = described(s, cx)
    return isRefusal(d) ? d : { ...d, seats: heard(s) }
  },
  offered: (s, input, cx) => {
    const d = described(s, cx)
    return isRefusal(d) ? d : { ...d, seats: { requester: text(list(input['units'])[0]?.['unit']) } }
  },
  disputed: (s) => ({ seats: heard(s) }),
  answered: (s, _input, cx) => ({ data: kept(s, cx, 'answer', s.did['request']?.day) }),
  provided: (s, _input, cx) => {
    const act = s.at === 'freed' ? 'provideOpen' : 'provide'
    return { data: kept(s, cx, act, s.due.find((d) => d.act === act)?.from) }
  },
  /** How many answers of which kind; never what was asked. */
  counted: (_s, input) => {
    const all = list(input['replies']).map((r) => text(r['reply']))
    return {
      data: {
        counts: Object.fromEntries(replies.map((r) => [r.value, all.filter((x) => x === r.value).length])),
      },
    }
  },
  fedBack: (s, input) => {
    const before = s.data['feedback'] ?? {}
    const sum = (total: string, key: string): number => Number(before[total] ?? 0) + Number(input[key] ?? 0)
    return { data: { totalTimes: sum('totalTimes', 'times'), totalMatters: sum('totalMatters', 'matters') } }
  },
}

/** What the decision on a dispute makes of the entry: it says the class that was decided, and by which document. */
const reclassified = (s: Case, item: Case, act: string): readonly Effect[] => {
  const said = s.data[act] ?? {}
  const sharing = text(said['sharing'])
  if (sharing === '' || sharing === itemData(item)['sharing']) return []
  const { sharingBasis: _b, sharingCondition: _c, ...rest } = itemData(item)
  return [
    {
      on: item.id,
      act: 'update',
      input: {
        sealed: {
          ...rest,
          // collecting is an act of its own, which an update must not undo
          ...(isCollected(item) === undefined ? {} : { pending: !isCollected(item) }),
          sharing,
          ...(sharing === 'conditional' ? { sharingCondition: text(said['sharingCondition']) } : {}),
          ...(sharing === 'none' ? { sharingBasis: text(said['sharingBasis']) } : {}),
          sharingDecision: text(said['document']),
        },
      },
    },
  ]
}

const effects: NonNullable<Laws['effects']> = (s, e, cx) => {
  const item = itemOf(s, cx)
  const act = actOf(e)
  if (act === 'request' && s.data['request']?.['sharing'] === 'unconditional')
    return [{ on: s.id, act: 'grant', input: {} }]
  if (act === 'offer')
    return list(s.data['offer']?.['units'])
      .slice(1)
      .map((u) => ({
        open: {
          process: 'share',
          kind: 'offer',
          variant: s.variant,
          division: s.division,
          seats: { ...s.seats, requester: text(u['unit']) },
          links: s.links,
        },
        act: 'offerAlso',
        input: { data: e.data, sealed: Object.fromEntries(Object.entries(e.sealed).filter(([k]) => k !== 'units')) },
      }))
  if (act === 'confirm' && s.kind === 'collect' && item)
    return [
      {
        on: item.id,
        act: 'collect',
        input: { data: { collected: 'yes' }, sealed: { platform: text(s.data['request']?.['platform']) } },
      },
    ]
  return act.startsWith('dispute.') && item ? reclassified(s, item, act) : []
}

/** While this runs, the same unit does not ask for the same entry in the same way again. */
const pending = (s: Case): boolean =>
  ['asked', 'freed', 'granted', 'offered', 'comparing', 'refused'].includes(s.at) || s.at.startsWith('dispute.')

const group = (key: string, term: string, fields: Form, value: JsonObject): [Form[number], Json][] =>
  Object.keys(value).length > 0 ? [[{ key, term, type: 'group', fields }, value]] : []

/** What was said and decided in the dispute, in its order: the unit's opinion, then each step of the pack's chain. */
const heardIn = (s: Case, rules: Rules): [Form[number], Json][] => {
  const steps = sharingRule(rules, 'catalogue.sharing.dispute.steps')
  const opinion: Form = [
    { key: 'opinion', term: '数源单位意见', type: 'paragraph' },
    { key: 'files', term: '附件', type: 'files' },
  ]
  const taken = Object.keys(s.did)
    .filter((a) => a.startsWith('dispute.'))
    .sort((a, b) => s.did[a]!.seq - s.did[b]!.seq)
  return [
    ...group('comment', '陈述意见', opinion, s.data['comment'] ?? {}),
    ...taken.flatMap((act) => {
      const [, key = '', exit] = act.split('.')
      const step = steps.find((x) => x.key === key)
      const named = exit === undefined ? step?.form : exit === 'keep' ? 'shareKept' : 'shareDecision'
      const form = (typeof named === 'string' ? sharingForm(rules, named, s.kind) : named) ?? []
      const term = exit === undefined ? (step?.term ?? key) : exit === 'keep' ? '维持不共享' : '协调同意共享'
      return group(act.replaceAll('.', '-'), term, form, s.data[act] ?? {})
    }),
  ]
}

/** The case as a whole: the entry, what is asked for, what was verified, what was provided. */
const content = (s: Case, rules: Rules): { form: Form; value: JsonObject } => {
  const opened = latest(s, openings) ?? ''
  const said = openingOf(s)
  const formName: Record<string, string> = {
    request: 'shareRequest',
    ask: 'shareVerify',
    raise: 'shareDispute',
    offer: 'shareOffer',
    offerAlso: 'shareOffer',
  }
  const only = (form: Form, from: JsonObject): JsonObject =>
    Object.fromEntries(form.flatMap((f) => (from[f.key] === undefined ? [] : [[f.key, from[f.key]!]])))
  const entry: Form = [
    { key: 'itemName', term: '目录项', type: 'text' },
    { key: 'itemUnit', term: '数源单位', type: 'text' },
    { key: 'sharingTerm', term: '申请时的共享属性', type: 'text' },
    { key: 'itemTerms', term: '共享条件或者不予共享的依据', type: 'text' },
    { key: 'procedure', term: '办理程序', type: 'text' },
  ]
  const filled = Object.fromEntries(Object.entries(only(entry, said)).filter(([, v]) => v !== ''))
  const asked = (sharingForm(rules, formName[opened] ?? '', s.kind) ?? []).filter((f) => f.key !== 'questions')
  const accepted = s.data['accept'] ? (sharingForm(rules, 'shareRequest', s.kind) ?? []) : []
  const answer = latest(s, ['agree', 'refuse'])
  const answerForm = answer
    ? (sharingForm(rules, answer === 'agree' ? 'shareAgreement' : 'shareRefusal', s.kind) ?? [])
    : []
  const disputeForm = s.did['dispute'] ? (sharingForm(rules, 'shareDispute', s.kind) ?? []) : []
  const provision = sharingForm(rules, 'shareProvision', s.kind) ?? []
  const provided = s.data[latest(s, ['provide', 'provideOpen']) ?? '']
  const answers = repliesOf(s)
  const questions = questionsOf(s).map((q, i) => ({
    no: `第 ${i + 1} 项`,
    ...q,
    reply: answers[i] ?? '',
  }))
  const parts: [Form[number], Json][] = [
    ...group('entry', '目录项', entry, filled),
    ...group('ask', s.kind === 'offer' ? '共享说明' : '申请', asked, only(asked, said)),
    ...group('accepted', '使用申请', accepted, only(accepted, s.data['accept'] ?? {})),
    ...(answer ? group('answer', '数源单位答复', answerForm, only(answerForm, s.data[answer] ?? {})) : []),
    ...(questions.length === 0
      ? []
      : ([
          [
            {
              key: 'comparison',
              term: '核实比对',
              type: 'list',
              fields: [
                { key: 'no', term: '序号', type: 'text' },
                { key: 'question', term: '内容', type: 'text', personal: true },
                {
                  key: 'kind',
                  term: '方式',
                  type: 'choice',
                  options: [
                    { value: 'verify', term: '核实' },
                    { value: 'match', term: '比对' },
                  ],
                },
                { key: 'reply', term: '结论', type: 'choice', options: [...replies, { value: '', term: '待答复' }] },
              ],
            },
            questions,
          ],
        ] as [Form[number], Json][])),
    ...group('dispute', '争议', disputeForm, only(disputeForm, s.data['dispute'] ?? {})),
    ...heardIn(s, rules),
    ...group('provision', '提供', provision, only(provision, provided ?? {})),
  ]
  return { form: parts.map(([f]) => f), value: Object.fromEntries(parts.map(([f, v]) => [f.key, v])) }
}

export const shareLaws: Laws = {
  guards,
  derive,
  effects,
  title: (s) => wordOf(openingOf(s)['itemName']),
  claims: (s) =>
    pending(s) ? [{ scope: 'share.pending', key: `${s.seats['requester']} ${s.links['item']} ${s.kind}` }] : [],
  facts: (s) =>
    [{ term: '共享属性', value: text(openingOf(s)['sharingTerm']).replace(/（.*）$/, '') }].filter(
      (f) => f.value !== '',
    ),
  content,
  begin: (s, act) =>
    act === 'reply'
      ? { replies: questionsOf(s).map(() => ({})) }
      : act === 'accept' && s.kind === 'offer'
        ? { useFrom: s.day }
        : undefined,
  derived: { limit: '期限', sharingTerm: '共享属性', procedure: '办理程序' },
}

export interface ShareRow {
  readonly table: 'share'
  readonly row: { readonly [column: string]: Json } | null
}

const day = (v: unknown): string | null => text(v) || null

/** One row per case of sharing, for statistics: who asked whom, under which class, and how the periods were kept. */
export const shareRows = (s: Case): readonly ShareRow[] => {
  if (s.process !== 'share') return []
  const opened = openingOf(s)
  const answered = latest(s, ['agree', 'refuse'])
  const provided = latest(s, ['provide', 'provideOpen'])
  const dueOf = (...acts: string[]): string | undefined =>
    s.due.find((d) => d.kind === 'limit' && acts.includes(d.act))?.day
  const decisions = Object.keys(s.did)
    .filter((a) => a.startsWith('dispute.'))
    .sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)
  const disputed = s.did['dispute'] !== undefined || s.did['raise'] !== undefined
  const open = s.at.startsWith('dispute.')
  const feedback = s.data['feedback'] ?? {}
  const counts = (s.data['reply']?.['counts'] ?? {}) as JsonObject
  return [
    {
      table: 'share',
      row: {
        id: s.id,
        kind: s.kind,
        item: s.links['item'] ?? null,
        requester: s.seats['requester'] ?? '',
        holder: s.seats['holder'] ?? '',
        division: s.division,
        readers: readersOf(s),
        sharing: text(opened['sharing']),
        state: s.at,
        asked: s.opened,
        answer: answered === 'agree' ? 'agreed' : answered === 'refuse' ? 'refused' : s.did['grant'] ? 'freed' : '',
        answered: answered ? s.did[answered]!.day : null,
        answer_limit: day(answered ? s.data[answered]?.['limit'] : dueOf('answer')),
        answer_took: answered ? Number(s.data[answered]?.['took'] ?? 0) : null,
        legal_basis: text(s.data['refuse']?.['legalBasis']) !== '',
        provided: provided ? s.did[provided]!.day : null,
        provide_limit: day(dueOf('provide', 'provideOpen') ?? (provided ? s.data[provided]?.['limit'] : undefined)),
        provide_took: provided ? Number(s.data[provided]?.['took'] ?? 0) : null,
        confirmed: s.did['confirm']?.day ?? null,
        compared: s.did['reply']?.times ?? 0,
        questions: Object.values(counts).reduce<number>((n, v) => n + Number(v), 0),
        disputed,
        decided: !disputed || open || s.at === 'withdrawn' ? '' : decisions[0]?.endsWith('.keep') ? 'keep' : 'share',
        feedbacks: s.did['feedback']?.times ?? 0,
        used: feedback['used'] === 'yes',
        times: Number(feedback['totalTimes'] ?? 0),
        matters: Number(feedback['totalMatters'] ?? 0),
        rating: text(feedback['rating']),
      },
    },
  ]
}
const readersOf = (s: Case): string[] =>
  [...new Set(Object.entries(s.seats).flatMap(([seat, org]) => (seat !== 'decider' && org ? [org] : [])))].sort()
