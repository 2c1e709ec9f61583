import type { Form } from '#contract'
import { refuse } from '#contract'
import type { By, Case, Guard, Row } from '../kernel/index.ts'

const reason: Form = [
  { key: 'reason', term: '理由', type: 'paragraph', required: true, max: 4000 },
  { key: 'files', term: '说明材料', type: 'files', max: 10 },
]

/**
 * “原则上”: what the rules ask for in principle may be departed from with a reason that another body has agreed to. Rows to spread into
 * a process: somebody explains, somebody else agrees or does not, and the case stays where it was.
 */
export const exceptionRows = (o: {
  readonly from: readonly string[]
  readonly by: By
  readonly to: By
  /** Rule path of what is departed from. */
  readonly basis: string
  readonly tell: readonly string[]
  /** What must hold for anybody to explain: that the rules leave room for an exception at all. */
  readonly guards?: readonly string[]
}): Readonly<Record<'explain' | 'agreeException' | 'declineException', Row>> => {
  const row = { from: o.from, to: '=', basis: o.basis, optional: true } as const
  return {
    explain: {
      ...row,
      term: '说明确需例外的理由',
      by: o.by,
      form: reason,
      tell: o.tell,
      ...(o.guards ? { guards: o.guards } : {}),
    },
    agreeException: {
      ...row,
      term: '同意例外',
      by: o.to,
      apart: 'explain',
      form: [{ key: 'opinion', term: '意见', type: 'paragraph', required: true, max: 2000 }],
      guards: ['exceptionAsked'],
      tell: o.tell,
      grave: true,
    },
    declineException: {
      ...row,
      term: '不同意例外',
      by: o.to,
      apart: 'explain',
      form: [{ key: 'opinion', term: '意见', type: 'paragraph', required: true, max: 2000 }],
      guards: ['exceptionAsked'],
      tell: o.tell,
    },
  }
}

const seq = (s: Case, act: string): number => s.did[act]?.seq ?? 0
/** What was explained last has been agreed to. */
export const excepted = (s: Case): boolean =>
  seq(s, 'explain') > 0 &&
  seq(s, 'agreeException') > seq(s, 'explain') &&
  seq(s, 'agreeException') > seq(s, 'declineException')
/** An explanation waits for an answer. */
export const exceptionAsked: Guard = (s) =>
  seq(s, 'explain') > Math.max(seq(s, 'agreeException'), seq(s, 'declineException'))
    ? undefined
    : refuse('not_now', '没有等待答复的例外说明')
