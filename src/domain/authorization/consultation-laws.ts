import type { Form, Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, addRule, citeRule, list, text, texts } from '../kernel/index.ts'
import { consultationKinds } from './consultation.ts'
import { planEntries, planOf, planTitle } from './plan-laws.ts'
import { planForm, planRule } from './plan-pack.ts'

type Kind = keyof typeof consultationKinds
const channelsOf = (rules: Rules, kind: Kind) => planRule(rules, `authorization.${kind}.consultation.channels`)

/** A part of a draft as anybody reads it: a heading with its text, or with parts of its own. */
export interface DraftPart {
  readonly term: string
  readonly text?: string
  readonly parts?: readonly DraftPart[]
}

export const consultationForm = (rules: Rules, kind: string): Form => [
  ...(kind === 'rules'
    ? ([
        { key: 'title', term: '文件名称', type: 'text', required: true, clear: true, max: 100 },
        { key: 'text', term: '征求意见稿全文', type: 'paragraph', required: true, max: 50000 },
      ] satisfies Form)
    : []),
  { key: 'to', term: '征求意见截止日', type: 'day', required: true, clear: true },
  {
    key: 'channels',
    term: '渠道',
    type: 'choices',
    required: true,
    clear: true,
    options: channelsOf(rules, kind as Kind),
  },
  {
    key: 'contact',
    term: '联系方式',
    type: 'paragraph',
    required: true,
    clear: true,
    max: 500,
    hint: '通信地址、电子邮箱、电话',
  },
  { key: 'explanation', term: '起草说明', type: 'paragraph', required: true, max: 8000 },
]
/** What came otherwise than by the platform; in which way is one of the ways that were published. */
export const commentRecordForm = (rules: Rules): Form => [
  { key: 'from', term: '提出人', type: 'text', required: true, personal: true, max: 100 },
  { key: 'received', term: '收到日期', type: 'day', required: true, clear: true },
  {
    key: 'channel',
    term: '渠道',
    type: 'choice',
    required: true,
    clear: true,
    options: [
      ...new Map(
        (['plan', 'rules'] as const)
          .flatMap((k) => channelsOf(rules, k))
          .filter((c) => c.value !== 'online')
          .map((c) => [c.value, { value: c.value, term: c.term }]),
      ).values(),
    ],
  },
  { key: 'part', term: '针对的部分', type: 'text', max: 100 },
  { key: 'says', term: '意见内容', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '来信来件', type: 'files', max: 10 },
]

/** The plan as it is put before the public: its sections in words, without its other attachments. */
export const draftOf = (rules: Rules, plan: Case): readonly DraftPart[] => {
  const said = planOf(plan)
  return planForm(rules, plan.kind).flatMap((f): DraftPart[] => {
    const value = said[f.key]
    if (f.type === 'paragraph') return text(value) === '' ? [] : [{ term: f.term, text: text(value) }]
    if (f.type === 'group') {
      const inside = (value ?? {}) as JsonObject
      const parts = (f.fields ?? []).flatMap((x) =>
        text(inside[x.key]) === '' ? [] : [{ term: x.term, text: text(inside[x.key]) }],
      )
      return parts.length > 0 ? [{ term: f.term, parts }] : []
    }
    return []
  })
}
export const draftAnnexes = (rules: Rules, plan: Case) => {
  const { classes } = planRule(rules, 'authorization.plan.products')
  return {
    items: planEntries(planOf(plan)).map((e) => ({ name: e.name, unit: e.units.join('、'), frequency: e.frequency })),
    products: list(planOf(plan)['products']).map((p) => ({
      name: text(p['name']),
      class: classes.find((c) => c.key === p['class'])?.term ?? '',
      form: texts(p['form']).join('、'),
      charged: p['charged'] === true,
    })),
  }
}

const planOfIt = (s: Case, cx: { readonly related: readonly Case[] }): Case | undefined =>
  cx.related.find((c) => c.id === s.links['plan'])
const commentsOn = (s: Case, cx: { readonly related: readonly Case[] }): readonly Case[] =>
  cx.related.filter((c) => c.process === 'comment' && c.links['consultation'] === s.id)
const heardOf = (s: Case, cx: { readonly related: readonly Case[] }): Case | undefined =>
  cx.related.find((c) => c.id === s.links['consultation'])
const published = (s: Case): JsonObject => s.data['publish'] ?? {}

const guards: Record<string, Guard> = {
  windowFits: (s, input, cx) => {
    const rule = `authorization.${s.kind}.consultation.window`
    const least = addRule(cx, cx.day, rule)?.day ?? cx.day
    return text(input['to']) < least
      ? refuse('invalid', `征求意见的截止日不能早于 ${least}`, {
          fields: { to: `不早于 ${least}` },
          basis: citeRule(cx.rules, rule),
        })
      : undefined
  },
  planReady: (s, _input, cx) =>
    s.kind !== 'plan' || planOfIt(s, cx)?.at === 'ready'
      ? undefined
      : refuse('not_yet', '方案填写完整、尚未送审时，方可公开征求意见'),
  allAnswered: (s, _input, cx) => {
    const open = commentsOn(s, cx).filter((c) => c.at !== 'answered').length
    return open > 0 ? refuse('not_yet', `还有 ${open} 条意见没有处理，须逐条写明是否采纳和理由后公布`) : undefined
  },
}
const commentGuards: Record<string, Guard> = {
  stillHeard: (s, _input, cx) => {
    const on = heardOf(s, cx)
    if (on?.at !== 'open') return refuse('too_late', '征求意见已经结束')
    return texts(published(on)['channels']).includes('online')
      ? undefined
      : refuse('not_here', '本次征求意见没有开通网上留言，请按公布的其他渠道提出')
  },
  byRealName: (s, _input, cx) =>
    s.seats['commenter'] !== cx.user || cx.facts.realName
      ? undefined
      : refuse('not_real_name', '意见须实名提出：您的身份尚未核验，请先完成实名核验'),
  receivedInTime: (s, input, cx) => {
    const on = heardOf(s, cx)
    if (!on || !['open', 'closed'].includes(on.at)) return refuse('too_late', '采纳情况已经公布，不能再记录意见')
    const [from, to, day] = [
      text(published(on)['commentFrom']),
      text(published(on)['commentTo']),
      text(input['received']),
    ]
    return day < from || day > to || day > cx.day
      ? refuse('invalid', `收到日期应在征求意见期间（${from} 至 ${to}）且不晚于今天`, {
          fields: { received: '不在征求意见期间' },
        })
      : undefined
  },
}

const channelTerm = (rules: Rules, kind: Kind, value: string): string =>
  channelsOf(rules, kind).find((c) => c.value === value)?.term ?? value
const derive: Record<string, Derive> = {
  shown: (s, input, cx) => {
    const plan = planOfIt(s, cx)
    const by = cx.facts.orgs[cx.org]?.name ?? ''
    const window = { commentFrom: cx.day, commentTo: text(input['to']), by }
    const terms = texts(input['channels']).map((v) => channelTerm(cx.rules, s.kind as Kind, v))
    if (!plan)
      return {
        data: { ...window, channelTerms: terms },
        sealed: { draft: [{ term: text(input['title']), text: text(input['text']) }] as unknown as Json },
      }
    return {
      data: { ...window, channelTerms: terms, title: planTitle(plan) },
      sealed: {
        draft: draftOf(cx.rules, plan) as unknown as Json,
        annexes: draftAnnexes(cx.rules, plan) as unknown as Json,
      },
    }
  },
  /** What was heard, point by point, without who said it. */
  results: (s, _input, cx) => {
    const all = commentsOn(s, cx)
    const count = (decision: string) => all.filter((c) => c.data['answer']?.['decision'] === decision).length
    return {
      data: {
        heard: all.length,
        adopted: count('adopted'),
        partly: count('partly'),
        notAdopted: count('notAdopted'),
        points: all.map((c) => ({
          channel: text(c.data[c.kind === 'online' ? 'submit' : 'record']?.['channelTerm']),
          digest: text(c.data['answer']?.['digest']),
          decision: text(c.data['answer']?.['decision']),
          reason: text(c.data['answer']?.['reason']),
        })),
      },
    }
  },
}
const commentDerive: Record<string, Derive> = {
  voiced: (s, _input, cx) => {
    const on = heardOf(s, cx)
    return {
      data: {
        about: on ? consultationLaws.title(on) : '',
        received: cx.day,
        channelTerm: on ? channelTerm(cx.rules, on.kind as Kind, 'online') : '',
      },
    }
  },
  recorded: (s, input, cx) => {
    const on = heardOf(s, cx)
    const value = text(input['channel'])
    return {
      data: {
        about: on ? consultationLaws.title(on) : '',
        channelTerm:
          (['plan', 'rules'] as const).map((k) => channelTerm(cx.rules, k, value)).find((t) => t !== value) ?? value,
      },
    }
  },
}

export const consultationLaws: Laws = {
  guards,
  derive,
  title: (s) => text(published(s)['title']),
  derived: {
    commentFrom: '征求意见自',
    commentTo: '征求意见至',
    by: '征求意见单位',
    channelTerms: '渠道',
    title: '征求意见稿',
    heard: '收到意见',
    adopted: '采纳',
    partly: '部分采纳',
    notAdopted: '不予采纳',
  },
  facts: (s) => {
    const r = s.data['summarise']
    return [
      { term: '征求意见期', value: `${text(published(s)['commentFrom'])} 至 ${text(published(s)['commentTo'])}` },
      { term: '渠道', value: texts(published(s)['channelTerms']).join('、') },
      {
        term: '意见',
        value: r
          ? `${String(r['heard'])} 条，采纳 ${String(r['adopted'])}，部分采纳 ${String(r['partly'])}，不予采纳 ${String(r['notAdopted'])}`
          : '',
      },
    ].filter((f) => f.value !== '')
  },
  content: (s, rules) => ({
    form: [...consultationForm(rules, s.kind), { key: 'summary', term: '意见采纳情况说明', type: 'paragraph' }],
    value: {
      ...Object.fromEntries(
        consultationForm(rules, s.kind).flatMap((f) =>
          published(s)[f.key] === undefined ? [] : [[f.key, published(s)[f.key]!]],
        ),
      ),
      ...(s.data['summarise'] ? { summary: text(s.data['summarise']['summary']) } : {}),
    },
  }),
  // one at a time, and never the same draft twice beside itself
  claims: (s) =>
    s.kind === 'plan' && s.at === 'open' ? [{ scope: 'authorization.consultation', key: s.links['plan'] ?? '' }] : [],
  effects: (s, event, cx): readonly Effect[] => {
    const plan = planOfIt(s, cx)
    if (!plan) return []
    const act = actOf(event)
    if (act === 'publish') return [{ on: plan.id, act: 'consult', input: {} }]
    return ['close', 'stop'].includes(act) && plan.at === 'consulting'
      ? [{ on: plan.id, act: 'consulted', input: {} }]
      : []
  },
}
const voice = (s: Case): JsonObject => s.data[s.kind === 'online' ? 'submit' : 'record'] ?? {}
const brief = (says: string): string => (says.length > 60 ? `${says.slice(0, 60)}…` : says)
export const commentLaws: Laws = {
  guards: commentGuards,
  derive: commentDerive,
  title: (s) => `对“${text(voice(s)['about'])}”的意见`,
  derived: { about: '征求意见稿', channelTerm: '渠道', received: '收到日期' },
  facts: (s) => [
    { term: '意见', value: brief(text(voice(s)['says'])) },
    { term: '渠道', value: text(voice(s)['channelTerm']) },
    { term: '收到', value: text(voice(s)['received']) },
    {
      term: '处理',
      value:
        { adopted: '采纳', partly: '部分采纳', notAdopted: '不予采纳' }[text(s.data['answer']?.['decision'])] ?? '',
    },
  ],
}

/** A hearing as anybody may read it; nothing of who was heard. */
export const consultationRow = (s: Case): { readonly [column: string]: Json } | null => {
  if (s.process !== 'consultation' || s.at === 'stopped') return null
  const said = published(s)
  const r = s.data['summarise']
  return {
    id: s.id,
    kind: s.kind,
    title: text(said['title']),
    author: text(said['by']),
    division: s.division,
    comment_from: text(said['commentFrom']),
    comment_to: text(said['commentTo']),
    state: s.at,
    detail: {
      channels: texts(said['channelTerms']).map(String),
      online: texts(said['channels']).includes('online'),
      contact: text(said['contact']),
      explanation: text(said['explanation']),
      draft: (said['draft'] ?? []) as Json,
      annexes: (said['annexes'] ?? { items: [], products: [] }) as Json,
    },
    results: r
      ? {
          summary: text(r['summary']),
          heard: r['heard'] ?? 0,
          adopted: r['adopted'] ?? 0,
          partly: r['partly'] ?? 0,
          notAdopted: r['notAdopted'] ?? 0,
          points: r['points'] ?? [],
        }
      : null,
  }
}
