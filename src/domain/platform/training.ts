import type { JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { addRule } from '../kernel/index.ts'
import { platformPack } from './pack.ts'
import { text } from '../kernel/index.ts'

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
    const term = platformPack(cx.rules, 'platform.training.courses').find((c) => c.value === input['course'])?.term
    return end && end.day < cx.day
      ? refuse('invalid', `按 ${text(input['day'])} 完成计，培训已于 ${end.day} 到期`, { fields: { day: '已经到期' } })
      : { data: { term: term ?? '', ...(end ? { validTo: end.day } : {}) } }
  },
}

const said = (s: Case): JsonObject => s.data['record'] ?? {}

export const trainingLaws: Laws = {
  guards,
  derive,
  title: (s) => `培训：${text(said(s)['term'])}`,
  facts: (s) => [
    { term: '完成', value: text(said(s)['day']) },
    { term: '有效至', value: text(said(s)['validTo']) },
  ],
  // the post itself says what whoever holds it has been trained for
  effects: (s, _e, cx): readonly Effect[] => {
    const post = s.links['membership'] ?? ''
    const standing = [...cx.related.filter((c) => c.process === 'training' && c.links['membership'] === post), s]
      .filter((c) => c.at === 'valid')
      .map((c) => ({
        training: c.id,
        course: text(said(c)['course']),
        term: text(said(c)['term']),
        until: text(said(c)['validTo']),
      }))
      .sort((a, b) => (`${a.course} ${a.until}` < `${b.course} ${b.until}` ? -1 : 1))
    return cx.related
      .filter((c) => c.id === post && c.at === 'active')
      .map((c) => ({ on: c.id, act: 'trained', input: { data: { courses: standing } } }))
  },
  derived: { validTo: '有效至', term: '课程' },
}

/** Whether a training counts on a day: for gates that ask who may work with data. */
export const trainedOn = (s: Case, day: string): boolean =>
  s.process === 'training' && s.at === 'valid' && text(said(s)['validTo']) >= day
