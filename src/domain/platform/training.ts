import { refuse } from '#contract'
import type { Case, Derive, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addRule } from '../kernel/index.ts'
import { text } from './said.ts'

/** 人员培训: one course that one person in a post has passed, and how long it counts. Shown beside the post. */
export const training: Process = {
  name: 'training',
  term: '人员培训',
  kinds: { training: '人员培训' },
  seats: {
    org: { term: '所在单位', reads: true },
    member: { term: '受训人', reads: true },
    recorder: { term: '登记单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    valid: { term: '有效' },
    expired: { term: '已到期', final: true },
    revoked: { term: '已撤销', final: true },
  },
  slots: {},
  rows: {
    record: {
      term: '登记培训',
      from: [],
      to: 'valid',
      by: ['recorder.handler', 'recorder.admin'],
      basis: 'platform.training.validity',
      form: 'training',
      guards: ['notAhead', 'notOwn'],
      derive: 'counted',
      tell: ['org', 'member'],
    },
    expire: {
      term: '培训到期',
      from: ['valid'],
      to: 'expired',
      by: 'system',
      after: 'validTo',
      basis: 'platform.training.validity',
      until: '培训到期',
      tell: ['org', 'member'],
    },
    revoke: {
      term: '撤销登记',
      from: ['valid'],
      to: 'revoked',
      by: ['recorder.admin', 'bureau.approver'],
      optional: true,
      grave: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
      tell: ['org', 'member'],
    },
  },
}

const guards: Record<string, Guard> = {
  notAhead: (_s, input, cx) =>
    text(input['day']) > cx.day
      ? refuse('invalid', '完成日期不能晚于今天', { fields: { day: '不能晚于今天' } })
      : undefined,
  notOwn: (s, _input, cx) =>
    s.seats['member'] === cx.user ? refuse('not_oneself', '不能登记自己的培训，请由他人登记') : undefined,
}
const derive: Record<string, Derive> = {
  /** It counts from the day on which it was passed, not from the day on which that was written down. */
  counted: (_s, input, cx) => {
    const end = addRule(cx, text(input['day']), 'platform.training.validity')
    return end && end.day < cx.day
      ? refuse('invalid', `按 ${text(input['day'])} 完成计，培训已于 ${end.day} 到期`, { fields: { day: '已经到期' } })
      : { data: end ? { validTo: end.day } : {} }
  },
}

export const trainingLaws: Laws = {
  guards,
  derive,
  title: (s) => `培训：有效至 ${text(s.data['record']?.['validTo'])}`,
  facts: (s) => [
    { term: '完成', value: text(s.data['record']?.['day']) },
    { term: '有效至', value: text(s.data['record']?.['validTo']) },
  ],
  // the post itself says whether who holds it has been trained
  effects: (s, e, cx): readonly Effect[] => {
    const { course, validTo } = s.data['record'] ?? {}
    const until = actOf(e) === 'record' ? text(validTo) : ''
    return cx.related
      .filter((c) => c.id === s.links['membership'] && c.at === 'active')
      .map((c) => ({
        on: c.id,
        act: 'trained',
        input: { data: { training: s.id, course: text(course), until } },
      }))
  },
  derived: { validTo: '有效至' },
}

/** Whether a training counts on a day: for gates that ask who may work with data. */
export const trainedOn = (s: Case, day: string): boolean =>
  s.process === 'training' && s.at === 'valid' && text(s.data['record']?.['validTo']) >= day
