import type { Form, Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Effect, Guard, Laws, Opening } from '../kernel/index.ts'
import { actOf, citeRule, list, text, texts } from '../kernel/index.ts'
import {
  leftNumber,
  checklistOf,
  confirmedBatches,
  deletionLines,
  exitTitle,
  gather,
  gathered,
  handoverLines,
  recordLines,
  retained,
  serviceLines,
  type Line,
} from './exit-list.ts'
import { exitKinds, type ExitKind } from './exit.ts'
import { exitRule } from './exit-pack.ts'
import { agreementItems, agreementNumber, agreementTitle, productNames } from './agreement-text.ts'
import { adjusting, productKey } from './gate.ts'

const agreementIn = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['agreement'] && c.process === 'agreement')

/** What an exit takes with it from its agreement: names and entries stand sealed, as they do there. */
const taken = (agreement: Case): { readonly data: JsonObject; readonly sealed: JsonObject } => {
  return {
    data: { agreementTitle: agreementTitle(agreement), agreementNumber: agreementNumber(agreement) },
    sealed: { items: [...agreementItems(agreement)], products: [...productNames(agreement)] },
  }
}

const searching: Line = {
  ref: 'registered',
  term: '据协议登记的结果和供数批次（系统查找中）',
  said: '',
  state: '',
  day: '',
  next: 'system',
  files: [],
}
/** What is not settled yet, with who must act next. */
export const unsettled = (s: Case, cx: Pick<Cx, 'related' | 'rules'>): readonly Line[] =>
  [
    ...handoverLines(s, cx.rules),
    ...deletionLines(s),
    ...serviceLines(s),
    ...(s.did['registered'] ? [] : [searching]),
    ...(exitRule(cx.rules, 'authorization.exit.deregistration').must ? recordLines(s, cx.related) : []),
  ].filter((l) => l.next !== '')

const unknownRefs = (known: readonly string[], rows: readonly JsonObject[], key: string): readonly string[] =>
  rows.map((r) => text(r[key])).filter((r) => !known.includes(r))
const noSuch = (field: string, what: string, which: readonly string[]) =>
  refuse('invalid', `${what}：${which.slice(0, 5).join('、')}`, { fields: { [field]: what } })

const guards: Record<string, Guard> = {
  agreementRuns: (s, _input, cx) =>
    ['running', 'suspended'].includes(agreementIn(s, cx)?.at ?? '')
      ? undefined
      : refuse('agreement_over', '协议不在执行中，不能协商退出'),
  itemsKnown: (s, input, cx) => {
    const keys = list(input['handed']).map((r) => text(r['item']))
    const none = unknownRefs(
      checklistOf(s, cx.rules).map((c) => c.key),
      list(input['handed']),
      'item',
    )
    if (none.length > 0) return noSuch('handed', '不在交接清单内', none)
    return new Set(keys).size < keys.length
      ? refuse('invalid', '同一事项只填一次', { fields: { handed: '有重复的事项' } })
      : undefined
  },
  wasDelivered: (s, input, cx) => {
    const waiting = handoverLines(s, cx.rules).filter((l) => l.next === 'receiver')
    const none = unknownRefs(
      waiting.map((l) => l.ref),
      list(input['checked']),
      'item',
    )
    return none.length > 0
      ? refuse('not_yet', '有事项尚未移交，或者已经接收', { fields: { checked: '尚未移交或者已经接收' } })
      : undefined
  },
  refsKnown: (s, input, cx) => {
    const none = unknownRefs(
      retained(s).map((r) => r.ref),
      list(input['objects']),
      'ref',
    )
    if (none.length > 0) return noSuch('objects', '不在留存数据清单内', none)
    const future = list(input['objects']).some((o) => text(o['doneOn']) > cx.day)
    return future
      ? refuse('invalid', `返还、删除的日期不能晚于今天（${cx.day}）`, { fields: { objects: '日期晚于今天' } })
      : undefined
  },
  wasCertified: (s, input) => {
    const waiting = deletionLines(s).filter((l) => l.next === 'verifier')
    const none = unknownRefs(
      waiting.map((l) => l.ref),
      list(input['objects']),
      'ref',
    )
    return none.length > 0
      ? refuse('not_yet', '有数据尚未出具证明，或者已经核验', { fields: { objects: '尚未出具证明或者已经核验' } })
      : undefined
  },
  servicesKnown: (s, input, cx) => {
    const known = serviceLines(s).map((l) => l.ref)
    const none = list(input['services'])
      .map((x) => text(x['name']))
      .filter((n) => !known.includes(productKey(n)))
    if (none.length > 0) return noSuch('services', '协议没有这些产品和服务', none)
    if (input['mode'] === 'stop') return undefined
    const keeper = text(input['keeper'])
    if (keeper === '') return refuse('invalid', '请选择承接（托管）单位', { fields: { keeper: '请选择单位' } })
    if (keeper === s.seats['operator'])
      return refuse('invalid', '退出的运营机构不能承接自己的服务', { fields: { keeper: '须为其他单位' } })
    if (input['mode'] === 'custody' && !exitRule(cx.rules, 'authorization.suspension.custody').allowed)
      return refuse('not_here', '本地区没有托管的规定', { fields: { mode: '本地区没有托管的规定' } })
    const [from, until] = [text(input['from']), text(input['until'])]
    return until !== '' && until < from
      ? refuse('invalid', '截止日不能早于起始日', { fields: { until: '早于起始日' } })
      : undefined
  },
  recordsKnown: (s, input) => {
    const none = unknownRefs(
      gathered(s, 'registered', 'records').map((r) => text(r['record'])),
      list(input['results']),
      'ref',
    )
    return none.length > 0 ? noSuch('results', '不是据本协议登记的结果', none) : undefined
  },
  everythingSettled: (s, _input, cx) => {
    const left = unsettled(s, cx)
    const kept = cx.facts.undeleted
    if (!kept) return refuse('not_known', '没有查明所供数据是否已经删除，请重试')
    // the list may be behind; what is kept is looked at as it is
    if (left.length === 0 && kept.length > 0)
      return refuse('not_settled', `还有 ${kept.length} 个供数批次没有删除`, {
        basis: citeRule(cx.rules, 'authorization.exit.deletion'),
      })
    return left.length > 0
      ? refuse(
          'not_settled',
          `还有 ${left.length} 项没有办结：${left
            .slice(0, 3)
            .map((l) => (/^[0-9a-f-]{36}$/.test(l.term) ? '留存数据' : l.term))
            .join('、')}${left.length > 3 ? '等' : ''}`,
          { basis: citeRule(cx.rules, 'authorization.exit.checklist') },
        )
      : undefined
  },
}

const derive: Laws['derive'] = {
  asked: (s, _input, cx) => {
    const agreement = agreementIn(s, cx)
    return agreement ? taken(agreement) : {}
  },
  registered: (s, input) => ({
    links: Object.fromEntries(list(input['records']).map((r, i) => [`record${i}`, text(r['record'])])),
  }),
  purged: (s, input, cx) => ({
    sealed: {
      gone: [
        ...gathered(s, 'purged', 'gone'),
        ...texts(input['batches']).map((batch) => ({ batch, day: cx.day })),
      ] as Json,
    },
  }),
  delivered: (s, input, cx) => ({
    sealed: { given: gather(gathered(s, 'deliver', 'given'), list(input['handed']), 'item', cx.day) as Json },
  }),
  received: (s, input, cx) => {
    const given = gathered(s, 'deliver', 'given')
    const now = list(input['checked']).map((r) => ({
      ...r,
      day: cx.day,
      times: Number(given.find((g) => g['item'] === r['item'])?.['times'] ?? 0),
    }))
    const before = gathered(s, 'receive', 'taken').filter((t) => !now.some((n) => n['item' as never] === t['item']))
    return { sealed: { taken: [...before, ...now] as Json } }
  },
  listed: (s, input) => {
    const before = gathered(s, 'list', 'listed')
    return {
      sealed: {
        listed: [
          ...before,
          ...list(input['batches']).map((b, i) => ({ ...b, ref: `补充-${before.length + i + 1}` })),
        ] as Json,
      },
    }
  },
  certified: (s, input, cx) => ({
    sealed: {
      certified: gather(
        gathered(s, 'certify', 'certified'),
        list(input['objects']).map((o) => ({
          ref: text(o['ref']),
          means: text(o['means']),
          doneOn: text(o['doneOn']),
          files: [...texts(input['files'])],
        })),
        'ref',
        cx.day,
      ) as Json,
    },
  }),
  verified: (s, input, cx) => {
    const done = gathered(s, 'certify', 'certified')
    const now = list(input['objects']).map((o) => ({
      ref: text(o['ref']),
      finding: text(o['finding']),
      note: text(o['note']),
      day: cx.day,
      times: Number(done.find((d) => d['ref'] === o['ref'])?.['times'] ?? 0),
    }))
    const before = gathered(s, 'verify', 'verified').filter((v) => !now.some((n) => n.ref === v['ref']))
    return { sealed: { verified: [...before, ...now] as Json } }
  },
  reassigned: (s, input) => {
    const now = list(input['services']).map((x) => ({
      product: text(x['name']),
      mode: text(input['mode']),
      keeper: input['mode'] === 'stop' ? '' : text(input['keeper']),
      from: text(input['from']),
      until: input['mode'] === 'stop' ? '' : text(input['until']),
      reason: text(input['reason']),
    }))
    const before = gathered(s, 'reassign', 'assigned').filter(
      (a) => !now.some((n) => productKey(n.product) === productKey(text(a['product']))),
    )
    return {
      sealed: { assigned: [...before, ...now] as Json },
      ...(input['mode'] === 'successor' ? { seats: { successor: text(input['keeper']) } } : {}),
    }
  },
  recordsNoted: (s, input, cx) => ({
    sealed: { noted: gather(gathered(s, 'register', 'noted'), list(input['results']), 'ref', cx.day) as Json },
  }),
}

const effects = (s: Case, event: Parameters<NonNullable<Laws['effects']>>[1], cx: Cx): readonly Effect[] => {
  const agreement = agreementIn(s, cx)
  if (!agreement) return []
  switch (actOf(event)) {
    case 'consent':
      return [
        {
          on: agreement.id,
          act: 'terminate',
          input: { data: { exit: s.id, number: text(event.data['number']), ground: exitKinds.forceMajeure } },
        },
      ]
    case 'reassign':
      return adjusting(agreement, s.id, {
        kept: gathered(s, 'reassign', 'assigned')
          .filter((a) => text(a['keeper']) !== '')
          .map((a) => ({
            object: productKey(text(a['product'])),
            keeper: text(a['keeper']),
            from: text(a['from']),
            until: text(a['until']),
          })),
      })
    case 'close':
      return [{ on: agreement.id, act: 'leave', input: { data: { exit: s.id } } }]
    default:
      return []
  }
}

// ── what the case says as a whole ──────────────────────────────────────────────────────────────────────────────

const columns: Form = [
  { key: 'ref', term: '编号', type: 'text' },
  { key: 'term', term: '事项', type: 'text' },
  { key: 'said', term: '内容', type: 'text' },
  { key: 'state', term: '办理情况', type: 'text' },
  { key: 'day', term: '日期', type: 'text' },
  { key: 'next', term: '下一步', type: 'text' },
  { key: 'files', term: '材料', type: 'files' },
  { key: 'keeper', term: '承接单位', type: 'text' },
  { key: 'until', term: '至', type: 'text' },
]
const nextTerms: Readonly<Record<string, string>> = {
  operator: '运营机构',
  receiver: '实施机构或者承接单位',
  verifier: '实施机构或者数据管理部门',
  implementer: '实施机构',
  holder: '登记主体',
  system: '系统',
}
const shown = (lines: readonly Line[]): Json =>
  // a mark before it, lest a reader be shown a name where the id is meant
  lines.map((l) => ({ ...l, ref: `#${l.ref}`, files: [...l.files], next: nextTerms[l.next] ?? '' })) as unknown as Json
const sections: Form = [
  { key: 'handover', term: '交接清单', type: 'list', fields: columns },
  { key: 'deletion', term: '留存数据的返还与删除', type: 'list', fields: columns },
  { key: 'services', term: '服务承接', type: 'list', fields: columns },
  { key: 'records', term: '据协议登记的结果', type: 'list', fields: columns },
]

export const exitLaws: Laws = {
  guards,
  derive,
  effects,
  title: (s) => `${exitKinds[s.kind as ExitKind]}：${exitTitle(s)}`,
  derived: {
    agreementTitle: '协议',
    agreementNumber: '协议编号',
    ground: '终止事由',
    batches: '供数批次',
    gone: '已删除的供数批次',
  },
  facts: (s) =>
    [
      { term: '协议编号', value: leftNumber(s) },
      { term: '终止事由', value: text(s.data['open']?.['ground']) },
    ].filter((f) => f.value !== ''),
  // one way out at a time, once it has begun
  claims: (s) =>
    ['handover', 'settled'].includes(s.at) ? [{ scope: 'authorization.exit', key: s.links['agreement'] ?? '' }] : [],
  jobs: (s, event) =>
    ['open', 'consent'].includes(actOf(event))
      ? [{ topic: 'exit.registrations', payload: {} }]
      : actOf(event) === 'verify' && confirmedBatches(s).length > 0
        ? [{ topic: 'exit.deletion', payload: {} }]
        : [],
  begin: (s, act, _form, around, rules) => {
    const rows = (lines: readonly Line[], next: readonly string[], as: (l: Line) => JsonObject): Json =>
      // no more than a form takes at once
      lines
        .filter((l) => next.includes(l.next))
        .slice(0, 200)
        .map(as)
    const named = (l: Line): JsonObject => ({ ref: l.ref, ...(l.term === l.ref ? {} : { name: l.term }) })
    switch (act) {
      case 'deliver':
        return { handed: rows(handoverLines(s, rules), ['operator'], (l) => ({ item: l.ref, content: l.said })) }
      case 'receive':
        return { checked: rows(handoverLines(s, rules), ['receiver'], (l) => ({ item: l.ref })) }
      case 'certify':
        return { objects: rows(deletionLines(s), ['operator'], named) }
      case 'verify':
        return { objects: rows(deletionLines(s), ['verifier'], named) }
      case 'reassign':
        return { services: rows(serviceLines(s), ['implementer'], (l) => ({ name: l.term })) }
      case 'register':
        return { results: rows(recordLines(s, around), ['holder'], named) }
      default:
        return undefined
    }
  },
  content: (s, rules) => ({
    form: sections,
    value: ['handover', 'settled', 'closed'].includes(s.at)
      ? {
          handover: shown(handoverLines(s, rules)),
          deletion: shown(deletionLines(s)),
          services: shown(serviceLines(s)),
          records: shown(recordLines(s, [])),
        }
      : {},
  }),
}

/**
 * What follows on an agreement that has come to its end: the exit opens by itself, what was still being corrected or negotiated about it
 * is at an end too. `exit`, `order`: the case that ended it.
 */
export const exitOf = (agreement: Case, act: 'expire' | 'terminate', data: JsonObject, cx: Cx): readonly Effect[] => {
  const about = cx.related.filter((c) => c.links['agreement'] === agreement.id)
  const pending: readonly Effect[] = about.flatMap((c): Effect[] =>
    c.process === 'suspension' &&
    ['interim', 'proposed', 'correcting', 'checking', 'lifting', 'terminating'].includes(c.at)
      ? [{ on: c.id, act: 'close', input: {} }]
      : c.process === 'exit' && ['asked', 'consenting'].includes(c.at) && c.id !== data['exit']
        ? [{ on: c.id, act: 'overtake', input: {} }]
        : [],
  )
  if (text(data['exit']) !== '') return pending
  const opening: Omit<Opening, 'rules'> = {
    process: 'exit',
    kind: act === 'expire' ? 'natural' : 'compulsory',
    variant: '',
    division: agreement.division,
    seats: exitSeats(agreement),
    links: { agreement: agreement.id },
  }
  const { data: known, sealed } = taken(agreement)
  const ground = act === 'expire' ? '期限届满' : text(data['ground'])
  return [...pending, { open: opening, act: 'open', input: { data: { ...known, ground }, sealed } }]
}
/** Who sits in an exit from an agreement. Where no data administration is over it, whoever carries it out decides by another person. */
export const exitSeats = (agreement: Case): Record<string, string> => ({
  operator: agreement.seats['operator'] ?? '',
  implementer: agreement.seats['implementer'] ?? '',
  unit: agreement.seats['unit'] ?? '',
  bureau: agreement.seats['bureau'] || (agreement.seats['implementer'] ?? ''),
  proposer: '',
  counterpart: '',
  successor: '',
})
