import type { Calendar, Rules } from '#policy'
import { addPeriod, subtractPeriod } from '../kernel/index.ts'
import type { Day, Period } from '../kernel/index.ts'
import type { Check, CheckKind } from './quality.ts'
import { qualityRule } from './quality.ts'

/** What a scan found for one check. */
export interface Count {
  /** Rows looked at: those where the fields are filled. 1 for a check of the table as a whole. */
  readonly checked: number
  readonly failed: number
  /** A field of the check is not in the table. */
  readonly absent?: boolean
}
/** What a scan found: counts by the key of the check. Never a row, never a value. */
export interface Counts {
  readonly rows: number
  readonly checks: Readonly<Record<string, Count>>
}

export type Outcome = 'pass' | 'warn' | 'block'
export interface CheckResult extends Count {
  readonly key: string
  readonly kind: CheckKind
  readonly fields: readonly string[]
  readonly dimension: string
  readonly severity: 'block' | 'warn'
  readonly threshold: number
  /** Of a million rows checked, how many failed, rounded up. */
  readonly share: number
  readonly outcome: Outcome
}
export interface DimensionScore {
  readonly value: string
  readonly term: string
  readonly weight: number
  /** Hundredths of a point, 0 to 10000, rounded down; undefined where no check tells of it. */
  readonly score: number | undefined
  readonly checks: number
}
export interface Judgement {
  readonly verdict: 'pass' | 'warn' | 'blocked'
  /** Hundredths of a point, rounded down: 10000 means that nothing failed. Undefined without any check. */
  readonly score: number | undefined
  readonly rows: number
  readonly dimensions: readonly DimensionScore[]
  readonly checks: readonly CheckResult[]
}

/** Rounded down, so that one wrong row of millions still shows; the small sum keeps 0.29 from becoming 0.28. */
const hundredths = (share: number): number => (share === 1 ? 10_000 : Math.min(9999, Math.floor(share * 1e4 + 1e-6)))
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const shareOf = ({ checked, failed, absent }: Count): number =>
  absent ? 1 : checked === 0 ? 0 : Math.min(1, failed / checked)

const notRun: Count = { checked: 0, failed: 0, absent: true }

const resultOf = (check: Check, count: Count): CheckResult => {
  const share = shareOf(count)
  return {
    key: check.key,
    kind: check.kind,
    fields: check.fields,
    dimension: check.dimension,
    severity: check.severity,
    threshold: check.threshold,
    ...count,
    share: Math.ceil(share * 1e6),
    outcome: !count.absent && share * 1e6 <= check.threshold ? 'pass' : check.severity,
  }
}

/**
 * What the counts mean under the rules: each check within its tolerance or not, a score per dimension (the mean of its checks) and in all
 * (weighted), and whether the batch passes, passes with a warning, or is blocked. A check that could not be run has failed.
 */
export const judge = (checks: readonly Check[], counts: Counts, rules: Rules): Judgement => {
  const results = checks.map((c) => resultOf(c, counts.checks[c.key] ?? notRun))
  const weights = qualityRule(rules, 'catalogue.quality.weights')
  const { warnBelow, blockBelow } = qualityRule(rules, 'catalogue.quality.scores')
  const scored = qualityRule(rules, 'catalogue.quality.dimensions').map((d) => {
    const shares = results.filter((r) => r.dimension === d.value).map((r) => 1 - shareOf(r))
    return {
      ...d,
      weight: weights[d.value] ?? 1,
      share: shares.length > 0 ? mean(shares) : undefined,
      checks: shares.length,
    }
  })
  const counted = scored.flatMap((d) => (d.share === undefined ? [] : [{ weight: d.weight, share: d.share }]))
  const weight = counted.reduce((sum, d) => sum + d.weight, 0)
  const total = counted.every((d) => d.share === 1)
    ? 1
    : counted.reduce((sum, d) => sum + d.weight * d.share, 0) / weight
  const score = counted.length > 0 ? hundredths(total) : undefined
  const has = (o: Outcome): boolean => results.some((r) => r.outcome === o)
  return {
    verdict:
      has('block') || (score ?? 10_000) < blockBelow * 100
        ? 'blocked'
        : has('warn') || (score ?? 10_000) < warnBelow * 100
          ? 'warn'
          : 'pass',
    score,
    rows: counts.rows,
    dimensions: scored.map(({ share, ...d }) => ({ ...d, score: share === undefined ? undefined : hundredths(share) })),
    checks: results,
  }
}

export interface Trend {
  /** Change in hundredths of a point; undefined where either time nothing was scored. */
  readonly score: number | undefined
  readonly rows: number
  readonly dimensions: Readonly<Record<string, number>>
  /** Keys of checks of which a greater or smaller share fails now; checks that were not run both times are in neither. */
  readonly worse: readonly string[]
  readonly better: readonly string[]
}

/** How a table has changed since the run before. */
export const compare = (then: Judgement, now: Judgement): Trend => {
  const before = new Map(then.checks.map((c) => [c.key, shareOf(c)]))
  const moved = (way: (a: number, b: number) => boolean): readonly string[] =>
    now.checks.filter((c) => before.has(c.key) && way(shareOf(c), before.get(c.key)!)).map((c) => c.key)
  return {
    score: now.score === undefined || then.score === undefined ? undefined : now.score - then.score,
    rows: now.rows - then.rows,
    dimensions: Object.fromEntries(
      now.dimensions.flatMap((d) => {
        const was = then.dimensions.find((o) => o.value === d.value)?.score
        return d.score === undefined || was === undefined ? [] : [[d.value, d.score - was]]
      }),
    ),
    worse: moved((a, b) => a > b),
    better: moved((a, b) => a < b),
  }
}

/** The earliest day that data may be of and still be within its update period on `day`: the same arithmetic as the watch over freshness. */
export const freshSince = (calendar: Calendar, day: Day, within: Pick<Period, 'value' | 'unit'>): Day => {
  const isFresh = (d: Day): boolean => addPeriod(calendar, d, within).day >= day
  const step = (d: Day): Day => subtractPeriod(calendar, d, { value: 1, unit: 'day' }).day
  const next = (d: Day): Day => addPeriod(calendar, d, { value: 1, unit: 'day', roll: false }).day
  // a last day that rolls, or the end of a short month, moves the corresponding day by a few days either way
  let since = subtractPeriod(calendar, day, within).day
  while (!isFresh(since)) since = next(since)
  while (isFresh(step(since))) since = step(since)
  return since
}
