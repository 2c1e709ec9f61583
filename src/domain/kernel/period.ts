import type { Refusal } from '#contract'
import { refuse } from '#contract'
import type { Calendar } from '#policy'

declare const brand: unique symbol
/** A calendar day in China, `YYYY-MM-DD`, that exists. Days compare as text. */
export type Day = string & { readonly [brand]: 'day' }

/** A day computed with a calendar. `provisional` (暂定): a notice still to come may move it. */
export interface Reckoned {
  readonly day: Day
  readonly provisional: boolean
}

export interface Period {
  /** A whole number, at least 1. */
  readonly value: number
  readonly unit: 'workday' | 'day' | 'month' | 'year'
  /**
   * The start day is itself the first day of the period, as in the validity of a document. Default: it is not counted in
   * (民法典 第二百零一条).
   */
  readonly countStart?: boolean | undefined
  /**
   * A last day that is a legal day off gives way to the day after the days off (民法典 第二百零三条). Default: yes, as for every
   * period in which something is to be done; a validity, which merely lapses, says `false`.
   */
  readonly roll?: boolean | undefined
}

const dayLength = 86_400_000
const shanghai = 8 * 3_600_000

// Inside this file a day is a number: days since 1970-01-01.
const numberOf = (day: Day): number => {
  const n = Date.parse(day) / dayLength
  if (!Number.isInteger(n)) throw new RangeError(`not a day: ${day}`)
  return n
}
const dayAt = (n: number): Day => new Date(n * dayLength).toISOString().slice(0, 10) as Day
const yearAt = (n: number): number => new Date(n * dayLength).getUTCFullYear()

/** Reads a day as a person types it. Refusal codes: `day_form` (not `YYYY-MM-DD`), `day_unreal` (no such day, e.g. 2025-02-30). */
export const parseDay = (text: string): Day | Refusal => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return refuse('day_form', '日期应写作“年-月-日”，如2026-03-16')
  const n = Date.parse(text) / dayLength
  return Number.isInteger(n) && dayAt(n) === text ? (text as Day) : refuse('day_unreal', `${text}不是真实存在的日期`)
}

/** The day it is in China at an instant. The instant is ISO 8601 with `Z` or an offset; without one it would mean the server's own time. */
export const dayInShanghai = (instant: string): Day => {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms) || !/T.*(Z|[+-]\d\d:\d\d)$/.test(instant)) throw new RangeError(`not an instant: ${instant}`)
  return dayAt(Math.floor((ms + shanghai) / dayLength))
}

/** The instant a day ends in China, 24:00 (民法典 第二百零三条第二款), in UTC: an act is in time strictly before it. */
export const endOfDay = (day: Day): string => new Date((numberOf(day) + 1) * dayLength - shanghai).toISOString()

/** 星期一 … 星期日. */
export const weekdayTerm = (day: Day): string => `星期${'一二三四五六日'.charAt(weekday(numberOf(day)))}`

/** Natural days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number => numberOf(to) - numberOf(from)

/** 0 Monday … 6 Sunday. */
const weekday = (n: number): number => (((n + 3) % 7) + 7) % 7

interface Deviations {
  /** Days that deviate from Monday to Friday, ascending. */
  readonly days: readonly number[]
  /** Working days gained (+) or lost (−) up to and including the day at the same place. */
  readonly gained: readonly number[]
}

// Counting by bisection keeps a list of thousands of countdowns cheap; the index is a pure function of the calendar.
const known = new WeakMap<Calendar, Deviations>()
const deviationsOf = (calendar: Calendar): Deviations => {
  const found = known.get(calendar)
  if (found) return found
  const off = [...calendar.off].map((d) => numberOf(d as Day)).filter((n) => weekday(n) < 5)
  const work = [...calendar.work].map((d) => numberOf(d as Day)).filter((n) => weekday(n) >= 5)
  const worked = new Set(work)
  const days = [...off, ...work].sort((a, b) => a - b)
  let total = 0
  const deviations = { days, gained: days.map((n) => (total += worked.has(n) ? 1 : -1)) }
  known.set(calendar, deviations)
  return deviations
}

/** Working days up to and including day n, from a fixed origin: only differences mean something. */
const workdaysThrough = (calendar: Calendar, n: number): number => {
  const { days, gained } = deviationsOf(calendar)
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((days[middle] as number) <= n) low = middle + 1
    else high = middle
  }
  const since = n - 3 // 1 on Monday 1970-01-05
  const weeks = Math.floor(since / 7)
  return 5 * weeks + Math.min(since - 7 * weeks, 5) + (gained[low - 1] ?? 0)
}

/** The count-th working day strictly after day n. A day holds at most one working day, so each step by what is missing never overshoots. */
const workdayAfter = (calendar: Calendar, n: number, count: number): number => {
  const target = workdaysThrough(calendar, n) + count
  let at = n
  for (let missing = count; missing > 0; missing = target - workdaysThrough(calendar, at)) at += missing
  return at
}

/** The count-th working day strictly before day n. */
const workdayBefore = (calendar: Calendar, n: number, count: number): number => {
  const target = workdaysThrough(calendar, n - 1) - count
  let at = n
  for (let missing = count; missing > 0; missing = workdaysThrough(calendar, at - 1) - target) at -= missing
  return at
}

/**
 * Whether notices settle which of the days from `from` to `to` are worked. The last week of December is settled only by the
 * notice of the year to come, which may move its working days (2018-12-29 was worked for the New Year of 2019).
 */
const isSettled = (calendar: Calendar, from: number, to: number): boolean => {
  for (let year = yearAt(from); year <= yearAt(to + 7); year++)
    if (calendar.years[year]?.certainty !== 'stated') return false
  return true
}

/** Whether a day is worked. An object and no boolean, so that nobody reads the first fact without the second. */
export const dayStatus = (
  calendar: Calendar,
  day: Day,
): { readonly workday: boolean; readonly provisional: boolean } => {
  const n = numberOf(day)
  return {
    workday: workdaysThrough(calendar, n) > workdaysThrough(calendar, n - 1),
    provisional: !isSettled(calendar, n, n),
  }
}

/** The first working day strictly after a day. */
export const nextWorkday = (calendar: Calendar, day: Day): Reckoned =>
  addPeriod(calendar, day, { value: 1, unit: 'workday' })

/**
 * Working days left to act by `to`, for countdowns (剩 N 个工作日): those after `from` up to and including `to`. 0 on the last day;
 * negative as soon as the last day is over, by the working days since then, today included and at least one.
 * `provisional` speaks of the count only, not of how `to` itself was found.
 */
export const workdaysLeft = (
  calendar: Calendar,
  from: Day,
  to: Day,
): { readonly workdays: number; readonly provisional: boolean } => {
  const [a, b] = [numberOf(from), numberOf(to)]
  if (a === b) return { workdays: 0, provisional: false }
  const count = workdaysThrough(calendar, b) - workdaysThrough(calendar, a)
  return {
    workdays: a < b ? count : Math.min(count, -1),
    provisional: !isSettled(calendar, Math.min(a, b) + 1, Math.max(a, b)),
  }
}

/** The corresponding day some months away, or the month's end where it is missing (民法典 第二百零二条). */
const correspondingDay = (day: Day, months: number): { readonly n: number; readonly exact: boolean } => {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const first = Date.UTC(year, month - 1 + months, 1)
  const length = (Date.UTC(year, month + months, 1) - first) / dayLength
  return { n: first / dayLength + Math.min(date, length) - 1, exact: date <= length }
}

const valueOf = ({ value }: Period): number => {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`not a period: ${value}`)
  return value
}
const monthsOf = (period: Period): number => valueOf(period) * (period.unit === 'year' ? 12 : 1)

/**
 * The last day of a period (民法典 第二百零一条至第二百零三条).
 *
 * @example
 * addPeriod(calendar, '2026-09-24', { value: 10, unit: 'workday' }) // 2026-10-15
 * addPeriod(calendar, '2025-03-01', { value: 5, unit: 'year', countStart: true, roll: false }) // 2030-02-28
 */
export const addPeriod = (calendar: Calendar, start: Day, period: Period): Reckoned => {
  const before = numberOf(start) - (period.countStart ? 1 : 0)
  if (period.unit === 'workday') {
    const last = workdayAfter(calendar, before, valueOf(period))
    return { day: dayAt(last), provisional: !isSettled(calendar, before + 1, last) }
  }
  const last = period.unit === 'day' ? before + valueOf(period) : lastOfMonths(start, period)
  if (period.roll === false) return { day: dayAt(last), provisional: false }
  const rolled = workdayAfter(calendar, last - 1, 1)
  return { day: dayAt(rolled), provisional: !isSettled(calendar, last, rolled) }
}

/** A period whose first day counts ends the day before the corresponding one; where that is missing, the month's end already is the last day. */
const lastOfMonths = (start: Day, period: Period): number => {
  const { n, exact } = correspondingDay(start, monthsOf(period))
  return period.countStart && exact ? n - 1 : n
}

/**
 * The first day of a period that runs back from `end`, as of a window "期满前60日内": `end` is not counted in unless `countStart`.
 * It never rolls: 第二百零三条 moves the last day of a period, and this is its first.
 */
export const subtractPeriod = (calendar: Calendar, end: Day, period: Period): Reckoned => {
  const after = numberOf(end) + (period.countStart ? 1 : 0)
  if (period.unit === 'workday') {
    const first = workdayBefore(calendar, after, valueOf(period))
    return { day: dayAt(first), provisional: !isSettled(calendar, first, after - 1) }
  }
  if (period.unit === 'day') return { day: dayAt(after - valueOf(period)), provisional: false }
  const { n } = correspondingDay(end, -monthsOf(period))
  return { day: dayAt(period.countStart ? n + 1 : n), provisional: false }
}
