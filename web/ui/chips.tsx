import type { DueView } from '#contract'
import { shortDay } from './day.ts'

export type Tone = '' | 'ok' | 'blue' | 'warn' | 'bad'

const tones: Readonly<Record<string, Tone>> = {
  settled: 'ok',
  announced: 'blue',
  evaluating: 'blue',
  ranked: 'blue',
  awarded: 'ok',
  contracted: 'ok',
  qualified: 'ok',
  disqualified: 'bad',
  won: 'ok',
  scoring: 'blue',
  signed: 'ok',
  recused: 'warn',
  valid: 'ok',
  renewing: 'ok',
  met: 'ok',
  granted: 'ok',
  delivered: 'ok',
  answered: 'blue',
  promised: 'blue',
  corrected: 'blue',
  unmet: 'warn',
  ended: 'bad',
  filed: 'ok',
  collated: 'ok',
  acknowledged: 'ok',
  adopted: 'ok',
  listed: 'ok',
  assigned: 'blue',
  drafted: 'blue',
  released: 'blue',
  proposed: 'blue',
  agreed: 'blue',
  reported: 'blue',
  returned: 'warn',
  declined: 'bad',
  submitted: 'blue',
  checking: 'blue',
  applying: 'blue',
  faulty: 'warn',
  announcing: 'blue',
  publicised: 'blue',
  coding: 'blue',
  ready: 'blue',
  supplementing: 'warn',
  rectifying: 'warn',
  raised: 'blue',
  rectified: 'blue',
  deciding: 'blue',
  closed: 'ok',
  dismissed: 'bad',
  unadopted: 'bad',
  objected: 'warn',
  lapsed: 'warn',
  verifying: 'warn',
  metLate: 'warn',
  suspended: 'warn',
  running: 'ok',
  inForce: 'ok',
  signing: 'blue',
  excepting: 'warn',
  handover: 'warn',
  exited: '',
  freed: 'blue',
  offered: 'blue',
  provided: 'blue',
  comparing: 'blue',
  inUse: 'ok',
  applied: 'blue',
  approved: 'ok',
  acquired: 'ok',
  planned: 'blue',
  merged: 'ok',
  open: 'blue',
  available: 'ok',
  confirmed: 'ok',
  coordinated: 'ok',
  receiving: 'blue',
  reviewing: 'blue',
  coordinating: 'blue',
  quarantined: 'warn',
  breached: 'bad',
  refused: 'bad',
  terminated: 'bad',
  revoked: 'bad',
  upheld: 'bad',
}

/**
 * Green: in force or done as it should be. Blue: in hand. Amber: something must be put right. Red: late, or ended against
 * the applicant. Grey: everything that asks nothing of anybody. A step of a slot (`review.check`) is in hand.
 */
export const toneOf = (state: string): Tone => tones[state] ?? (state.includes('.') ? 'blue' : '')

export const StateChip = ({ state, term }: { state: string; term: string }) => (
  <span className={`chip ${toneOf(state)}`}>{term}</span>
)

/** `第十条` out of `登记细则 第十条(一)`: what fits a chip; the whole citation when it names no article. */
const articleOf = (basis: string): string => /第[〇零一二三四五六七八九十百]+条/.exec(basis)?.[0] ?? basis

const unitOf = (due: DueView): string => (due.unit === 'workday' ? '个工作日' : '天')

export const dueTone = (due: DueView): Tone =>
  due.kind !== 'limit' ? '' : due.left < 0 ? 'bad' : due.left <= 3 ? 'warn' : ''

/** 剩 3 个工作日; 今天到期; 逾期 2 个工作日. What the system waits for is never late. */
export const leftWords = (due: DueView, today?: string): string => {
  if (due.left < 0)
    return due.kind === 'limit' ? `逾期 ${-due.left} ${unitOf(due)}` : `已过 ${-due.left} ${unitOf(due)}`
  if (due.day === today || due.left === 0) return due.kind === 'limit' ? '今天到期' : '今天期满'
  return due.kind === 'limit' ? `剩 ${due.left} ${unitOf(due)}` : `${due.left} ${unitOf(due)}后期满`
}

/** The countdown as it stands in every list. */
export const DueChip = ({ due, today }: { due: DueView; today?: string | undefined }) => (
  <span
    className={`chip due ${dueTone(due)}`}
    title={`${due.term}：${due.period}，${due.from} 起算，${due.day} 届满${due.provisional ? '（暂定：所涉年度放假安排尚未公布）' : ''}。依据 ${due.basis}`}
  >
    {leftWords(due, today)}
    {due.basis !== '' && ` · ${articleOf(due.basis)}`}
    {due.provisional && ' · 暂定'}
  </span>
)

/** A day in a table: short within this year. */
export const DayText = ({ day, today }: { day: string; today?: string | undefined }) => (
  <time dateTime={day} title={day}>
    {shortDay(day, today)}
  </time>
)
