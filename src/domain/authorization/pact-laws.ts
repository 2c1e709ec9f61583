import type { JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Cx, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, citeRule, list, text, texts } from '../kernel/index.ts'
import { agreementItems, agreementOf, agreementTitle, answering, textDigest } from './agreement-text.ts'
import { standing } from './gate.ts'
import { authorizationRule } from './pack.ts'
import { pactKinds } from './pact.ts'
import { hasDeveloper, pactForm, pactForming, selectedKinds, signersOf } from './pact-pack.ts'
import { scopeProblem } from './plan-laws.ts'
import { winnerOf } from './selection.ts'
import { jointSigning, signedBy, signingGuards, signingTerms } from './signing.ts'
import { agreementRuns } from './supplement-laws.ts'

export const pactOf = (s: Case): JsonObject => s.data['write'] ?? {}
const sourceSeats = ['source', 'sourceB', 'sourceC'] as const
const agreementIn = (s: Case, cx: Pick<Cx, 'related'>): Case | undefined =>
  cx.related.find((c) => c.id === s.links['agreement'] && c.process === 'agreement')
const selectionIn = (s: Case, around: readonly Case[]): Case | undefined =>
  around.find((c) => c.id === s.links['selection'] && c.process === 'selection')
/** Bodies that sign this pact: those of its kind whose seats are taken. */
const parties = (s: Case): readonly string[] => [...new Set(signersOf(s.kind).flatMap((seat) => s.seats[seat] || []))]
const unsigned = (s: Case): readonly string[] => parties(s).filter((o) => !signedBy(s, 'sign').includes(o))

/** May data be used under it today? Only while the agreement above it stands. */
export const pactStanding = (s: Case, agreement: Case, day: string): boolean =>
  s.process === 'pact' &&
  s.at === 'running' &&
  s.links['agreement'] === agreement.id &&
  standing(agreement, day) &&
  text(pactOf(s)['termFrom']) <= day &&
  day <= text(pactOf(s)['termTo'])

const within: (items: (s: Case, input: JsonObject) => readonly string[]) => Guard = (items) => (s, input, cx) => {
  const named = items(s, input)
  const allowed = new Set(agreementItems(agreementIn(s, cx) ?? s))
  const beyond = named.filter((id) => !allowed.has(id))
  return beyond.length > 0
    ? refuse('beyond_agreement', `有 ${beyond.length} 个目录项不在授权运营协议的范围内`, {
        fields: { items: '超出授权运营协议' },
      })
    : undefined
}

const guards: Record<string, Guard> = {
  agreementRuns,
  kindUsed: (s, _input, cx) => {
    const a = agreementIn(s, cx)
    if (!pactForming(cx.rules, s.kind).use)
      return refuse('not_here', `本地区不签订${pactKinds[s.kind as keyof typeof pactKinds]}`, {
        basis: citeRule(cx.rules, `authorization.pact.kinds.${s.kind}`),
      })
    const mode = a?.kind === 'legacy' ? text(a.data['record']?.['mode']) : a?.kind
    return s.kind === 'nested' && !['whole', 'domain'].includes(mode ?? '')
      ? refuse('not_here', '依场景授权融入整体授权或分领域授权，只能在这两类协议之下作出')
      : undefined
  },
  /** What begins from a selection rests on its result, which is signed once. */
  chosenStill: (s, _input, cx) => {
    if (s.variant !== 'selected') return undefined
    const selection = selectionIn(s, cx.related)
    const holds =
      selection?.at === 'awarded' &&
      selection.variant === 'developer' &&
      selection.links['agreement'] === s.links['agreement']
    return holds && selectedKinds.includes(s.kind)
      ? undefined
      : refuse('not_chosen', '没有据以签订的遴选结果，或者已经据此签订')
  },
  isChosen: (s, input, cx) => {
    const selection = selectionIn(s, cx.related)
    return !selection || winnerOf(selection) === text(input['developer'])
      ? undefined
      : refuse('not_chosen', '须与遴选选定的单位签订', { fields: { developer: '不是遴选选定的单位' } })
  },
  itemsWithin: (s, input, cx) =>
    scopeProblem(cx, texts(input['items'])) ?? within((_s, i) => texts(i['items']))(s, input, cx),
  itemsStillWithin: within((s) => texts(pactOf(s)['items'])),
  termWithin: (s, input, cx) => {
    const a = agreementIn(s, cx)
    const [from, to] = [text(input['termFrom']), text(input['termTo'])]
    const outer = a ? agreementOf(a) : {}
    if (to < from) return refuse('invalid', '截止日不能早于起始日', { fields: { termTo: '早于起始日' } })
    if (from < text(outer['termFrom']))
      return refuse('beyond_agreement', `授权运营协议自 ${text(outer['termFrom'])} 起`, {
        fields: { termFrom: `不早于 ${text(outer['termFrom'])}` },
      })
    return to > text(outer['termTo'])
      ? refuse('beyond_agreement', `授权运营协议至 ${text(outer['termTo'])} 止，期限不能更长`, {
          fields: { termTo: `不晚于 ${text(outer['termTo'])}` },
        })
      : undefined
  },
  developerFits: (s, input, cx) => {
    if (!hasDeveloper(s.kind)) return undefined
    const rule = authorizationRule(cx.rules, 'authorization.developer')
    const org = cx.facts.orgs[text(input['developer'])]
    const wrong = (says: string) =>
      refuse('not_eligible', says, {
        fields: { developer: says },
        basis: citeRule(cx.rules, 'authorization.developer'),
      })
    if (!rule.use) return wrong('本地区没有这一类主体')
    if (!org) return wrong('没有这一单位')
    if ([s.seats['operator'], s.seats['implementer']].includes(text(input['developer'])))
      return wrong(`${rule.term}不能是授权运营协议的一方`)
    return (rule.forms as readonly string[]).includes(org.form) ? undefined : wrong(`主体性质不符合${rule.term}的要求`)
  },
  sourcesFit: (s, input, cx) => {
    if (s.kind !== 'service') return undefined
    const named = list(input['sources']).map((x) => text(x['party']))
    const [again] = named.filter((id, i) => named.indexOf(id) < i || !cx.facts.orgs[id])
    if (again !== undefined) return refuse('invalid', '数源单位重复或不存在', { fields: { sources: '重复或不存在' } })
    const absent = (cx.facts.entries ?? []).filter((e) => e.holder !== '' && !named.includes(e.holder))
    return absent.length > 0
      ? refuse(
          'source_missing',
          `数据由其他单位持有，须由其共同签订：${absent
            .slice(0, 5)
            .map((e) => e.name)
            .join('、')}`,
          {
            fields: { sources: '缺少持有数据的单位' },
          },
        )
      : undefined
  },
  asSubmitted: (s, _input, cx) =>
    text(s.data['submit']?.['text']) === textDigest(cx, pactOf(s)).sha256
      ? undefined
      : refuse('text_changed', '协议文本与送审定的不一致'),
  isParty: (s, _input, cx) =>
    parties(s).includes(cx.org) ? undefined : refuse('not_yours', '本单位不是这一协议的签订方'),
  notYetSigned: (s, _input, cx) =>
    signedBy(s, 'sign').includes(cx.org) ? refuse('not_now', '本单位已经签订') : undefined,
  ...signingGuards({ now: (s, cx) => textDigest(cx, pactOf(s)).sha256, since: (s) => s.did['submit']?.day ?? '' }),
}

/** The same scenario under another spelling is the same. */
const sceneKey = (name: string): string => name.replace(/[\s()（）《》“”"'、，,.·]/g, '').toLowerCase()

export const pactLaws: Laws = {
  guards,
  derive: {
    about: (s, _input, cx) => {
      const a = agreementIn(s, cx)
      return {
        data: { of: a ? agreementTitle(a) : '' },
        // a selection knows nobody but its organiser
        seats: { implementer: a?.seats['implementer'] ?? '', bureau: a?.seats['bureau'] ?? '' },
      }
    },
    written: (s, input, cx) => {
      const sources = list(input['sources']).map((x) => text(x['party']))
      const developer = text(input['developer'])
      return {
        data: { developerName: cx.facts.orgs[developer]?.name ?? '', itemCount: texts(input['items']).length },
        seats: {
          ...(hasDeveloper(s.kind) ? { developer } : {}),
          ...(s.kind === 'service' ? Object.fromEntries(sourceSeats.map((seat, i) => [seat, sources[i] ?? ''])) : {}),
        },
      }
    },
    frozen: (s, _input, cx) => {
      const { sha256, sm3 } = textDigest(cx, pactOf(s))
      return { data: { text: sha256, textSm3: sm3 } }
    },
    signed: jointSigning('sign'),
  },
  foreseen: ['isParty', 'notYetSigned'],
  seals: ['sign'],
  spared: (s, turn) => s.at === 'signing' && !unsigned(s).includes(s.seats[turn.split('.')[0] ?? ''] ?? ''),
  asks: (_s, act, input) => (act === 'write' ? { ids: texts(input['items']) } : undefined),
  title: (s) => text(pactOf(s)['title']) || text(s.data['start']?.['number']),
  derived: { of: '授权运营协议', developerName: '开发主体', pactTo: '期满日', ...signingTerms },
  facts: (s) =>
    [
      { term: '场景', value: text(pactOf(s)['scenario']) },
      { term: '开发主体', value: text(pactOf(s)['developerName']) },
      {
        term: '期限',
        value: s.data['write'] ? `${text(pactOf(s)['termFrom'])} 至 ${text(pactOf(s)['termTo'])}` : '',
      },
      { term: '待签订', value: s.at === 'signing' ? `${unsigned(s).length} 方` : '' },
    ].filter((f) => f.value !== ''),
  begin: (s, act, form, around) => {
    if (act !== 'write') return undefined
    if (s.data['write']) return answering(form, pactOf(s))
    const selection = selectionIn(s, around)
    return selection ? { developer: winnerOf(selection) } : undefined
  },
  content: (s, rules) => ({ form: pactForm(rules, s.kind, s.variant), value: pactOf(s) }),
  // 一场景一授权: a scenario is given once under an agreement
  claims: (s) => [
    // what was chosen is signed once
    ...(s.variant === 'selected' && !['ended', 'dropped'].includes(s.at)
      ? [{ scope: 'authorization.pact.selection', key: s.links['selection'] ?? '' }]
      : []),
    ...(['scenario', 'nested'].includes(s.kind) && ['signing', 'running'].includes(s.at)
      ? [
          {
            scope: `authorization.pact.${s.kind}`,
            key: `${s.links['agreement'] ?? ''} ${sceneKey(text(pactOf(s)['scenario']))}`,
          },
        ]
      : []),
  ],
  effects: (s, event): readonly Effect[] =>
    actOf(event) === 'sign' && s.at === 'signing' && unsigned(s).length === 0
      ? [
          { on: s.id, act: 'conclude', input: { data: { pactTo: text(pactOf(s)['termTo']) } } },
          ...(s.variant === 'selected'
            ? [{ on: s.links['selection'] ?? '', act: 'contract', input: {} } as const]
            : []),
        ]
      : [],
}
