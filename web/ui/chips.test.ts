import type { DueView } from '#contract'
import { describe, expect, it } from 'vitest'
import { dueTone, leftWords, toneOf } from './chips.tsx'

const due = (more: Partial<DueView>): DueView => ({
  act: 'accept',
  term: '受理',
  day: '2026-03-18',
  kind: 'limit',
  from: '2026-03-13',
  left: 2,
  unit: 'workday',
  provisional: false,
  basis: '细则 第十条',
  period: '3 个工作日',
  ...more,
})

describe('a countdown', () => {
  it.each([
    [{ left: 14 }, '剩 14 个工作日', ''],
    [{ left: 3 }, '剩 3 个工作日', 'warn'],
    [{ left: 0, day: '2026-03-16' }, '今天到期', 'warn'],
    [{ left: -2, day: '2026-03-12' }, '逾期 2 个工作日', 'bad'],
    [{ left: 20, unit: 'day' }, '剩 20 天', ''],
    // the system waits for it: never late, never urgent
    [{ left: 1, kind: 'wait' }, '1 个工作日后期满', ''],
    [{ left: -1, kind: 'wait' }, '已过 1 个工作日', ''],
  ] as const)('%j says %s', (more, words, tone) => {
    expect(leftWords(due(more), '2026-03-16')).toBe(words)
    expect(dueTone(due(more))).toBe(tone)
  })
})

it('a step of a chain is in hand, an ended case is coloured by how it ended', () => {
  expect(toneOf('review.check')).toBe('blue')
  expect(toneOf('settled')).toBe('ok')
  expect(toneOf('terminated')).toBe('bad')
  expect(toneOf('withdrawn')).toBe('')
})
