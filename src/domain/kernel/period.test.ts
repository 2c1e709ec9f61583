import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isRefusal } from '#contract'
import { overlay, parseCalendar } from '#policy'
import type { Day, Period } from './period.ts'
import {
  addPeriod,
  dayInShanghai,
  daysBetween,
  dayStatus,
  endOfDay,
  nextWorkday,
  parseDay,
  subtractPeriod,
  weekdayTerm,
  workdaysLeft,
} from './period.ts'

const folder = new URL('../../../policies/calendars/', import.meta.url)
const files = readdirSync(folder)
  .filter((f) => f.endsWith('.yaml'))
  .map((f) => parse(readFileSync(new URL(f, folder), 'utf8')) as unknown)
const { calendar, problems } = parseCalendar(files)
if (!calendar) throw new Error(JSON.stringify(problems))

const day = (text: string): Day => {
  const d = parseDay(text)
  if (isRefusal(d)) throw new Error(d.says)
  return d
}
const add = (start: string, period: Period) => addPeriod(calendar, day(start), period)
const workdays = (value: number, more: Partial<Period> = {}): Period => ({ value, unit: 'workday', ...more })
const days = (value: number, more: Partial<Period> = {}): Period => ({ value, unit: 'day', ...more })
const months = (value: number, more: Partial<Period> = {}): Period => ({ value, unit: 'month', ...more })
const years = (value: number, more: Partial<Period> = {}): Period => ({ value, unit: 'year', ...more })

describe('工作日', () => {
  test.each([
    // start, working days, last day: what lies between
    ['2026-03-16', 3, '2026-03-19'], // an ordinary week
    ['2026-03-19', 3, '2026-03-24'], // over a weekend
    ['2026-03-21', 3, '2026-03-25'], // started on a Saturday
    ['2025-01-24', 1, '2025-01-26'], // the Sunday before the Spring Festival is worked
    ['2025-01-27', 1, '2025-02-05'], // 春节 2025
    ['2025-01-27', 4, '2025-02-08'], // the Saturday after it is worked
    ['2025-04-03', 1, '2025-04-07'], // 清明 2025
    ['2025-04-25', 4, '2025-04-30'], // Sunday 04-27 is worked
    ['2025-04-30', 1, '2025-05-06'], // 劳动节 2025
    ['2025-05-30', 1, '2025-06-03'], // 端午 2025
    ['2025-09-26', 3, '2025-09-30'], // Sunday 09-28 is worked
    ['2025-09-30', 3, '2025-10-11'], // 国庆中秋 2025; Saturday 10-11 is worked
    ['2025-12-31', 1, '2026-01-04'], // 元旦 2026; Sunday 01-04 is worked
    ['2026-02-13', 1, '2026-02-14'], // the Saturday before the Spring Festival is worked
    ['2026-02-14', 1, '2026-02-24'], // 春节 2026
    ['2026-02-14', 5, '2026-02-28'], // the Saturday after it is worked
    ['2026-04-03', 1, '2026-04-07'], // 清明 2026
    ['2026-04-30', 4, '2026-05-09'], // 劳动节 2026; Saturday 05-09 is worked
    ['2026-06-18', 1, '2026-06-22'], // 端午 2026
    ['2026-09-18', 1, '2026-09-20'], // the Sunday before 中秋 and 国庆 is worked
    ['2026-09-24', 10, '2026-10-15'], // 中秋 and 国庆 2026; Saturday 10-10 is worked
    ['2026-09-30', 3, '2026-10-10'],
    ['2026-09-24', 20, '2026-10-29'],
  ])('CN-074 from %s, %i working days end on %s', (start, n, last) => {
    expect(add(start, workdays(n))).toEqual({ day: last, provisional: false })
  })

  test.each([
    ['2026-03-16', 3, '2026-03-18'],
    ['2026-03-21', 3, '2026-03-25'], // a start that is no working day counts nothing
  ])('CN-074 from %s, with the start day counted, %i working days end on %s', (start, n, last) => {
    expect(add(start, workdays(n, { countStart: true })).day).toBe(last)
  })

  test('CN-074 the next working day lies strictly after the day', () => {
    expect(nextWorkday(calendar, day('2026-09-30'))).toEqual({ day: '2026-10-08', provisional: false })
    expect(nextWorkday(calendar, day('2026-10-08')).day).toBe('2026-10-09')
  })

  test('every day off that falls from Monday to Friday is off, every make-up day is a weekend worked', () => {
    for (const d of calendar.off) expect([d, dayStatus(calendar, day(d)).workday]).toEqual([d, false])
    for (const d of calendar.work) {
      expect([d, dayStatus(calendar, day(d)).workday]).toEqual([d, true])
      expect(['星期六', '星期日']).toContain(weekdayTerm(day(d)))
    }
  })

  // 365 days less 104 on weekends and 13 statutory festival days, whatever the notice moves about
  test.each([2025, 2026])('%i has 248 working days', (year) => {
    expect(workdaysLeft(calendar, day(`${year - 1}-12-31`), day(`${year}-12-31`)).workdays).toBe(248)
  })
})

describe('民法典 第二百零一条: the day a period starts is not counted in', () => {
  test.each([
    ['2026-03-02', days(10), '2026-03-12'],
    ['2026-03-02', days(10, { countStart: true }), '2026-03-11'],
    ['2026-03-02', months(1), '2026-04-02'],
    ['2026-03-03', months(1, { countStart: true }), '2026-04-02'],
  ] as const)('CN-074 from %s, %o ends on %s', (start, period, last) => {
    expect(add(start, period).day).toBe(last)
  })

  test('CN-014 measures in force from 2025-03-01 for five years run to 2030-02-28', () => {
    expect(add('2025-03-01', years(5, { countStart: true, roll: false }))).toEqual({
      day: '2030-02-28',
      provisional: false,
    })
  })
})

describe('民法典 第二百零二条: the corresponding day, or the end of a month that lacks it', () => {
  const exact = { roll: false }
  test.each([
    ['2026-01-31', months(1, exact), '2026-02-28'],
    ['2027-11-30', months(3, exact), '2028-02-29'],
    ['2026-08-31', months(1, exact), '2026-09-30'],
    ['2026-02-28', months(1, exact), '2026-03-28'],
    ['2026-11-15', months(3, exact), '2027-02-15'],
    ['2024-02-29', years(1, exact), '2025-02-28'],
    ['2024-02-29', years(4, exact), '2028-02-29'],
    ['2025-02-28', years(3, exact), '2028-02-28'],
    // validities: whole years and months with their first day
    ['2025-03-01', years(3, { ...exact, countStart: true }), '2028-02-29'],
    ['2024-02-29', years(1, { ...exact, countStart: true }), '2025-02-28'],
    ['2026-01-01', years(1, { ...exact, countStart: true }), '2026-12-31'],
    ['2026-03-16', years(3, { ...exact, countStart: true }), '2029-03-15'],
    ['2026-01-31', months(1, { ...exact, countStart: true }), '2026-02-28'],
  ] as const)('CN-074 from %s, %o ends on %s', (start, period, last) => {
    expect(add(start, period).day).toBe(last)
  })
})

describe('民法典 第二百零三条: a last day off gives way to the day after the days off', () => {
  test.each([
    ['2026-08-02', days(60), '2026-10-08'], // 10-01, 国庆
    ['2026-02-11', days(5), '2026-02-24'], // 02-16, 春节
    ['2026-03-15', days(20), '2026-04-07'], // 04-04, Saturday and 清明
    ['2026-03-10', days(4), '2026-03-16'], // 03-14, an ordinary Saturday
    ['2026-09-10', days(10), '2026-09-20'], // 09-20, a Sunday that is worked
    ['2025-07-28', months(2), '2025-09-28'], // the same, by months
    ['2026-09-01', months(1), '2026-10-08'],
    ['2025-05-01', years(1), '2026-05-06'],
  ] as const)('CN-074 from %s, %o ends on %s', (start, period, last) => {
    expect(add(start, period)).toEqual({ day: last, provisional: false })
  })

  test('CN-074 the last day ends at 24:00 in China', () => {
    expect(endOfDay(day('2026-10-15'))).toBe('2026-10-15T16:00:00.000Z')
    expect(dayInShanghai('2026-10-15T15:59:59.999Z')).toBe('2026-10-15')
    expect(dayInShanghai(endOfDay(day('2026-10-15')))).toBe('2026-10-16')
  })
})

describe('windows counted back from an end', () => {
  test.each([
    ['2029-03-15', days(60), '2029-01-14'], // 期满前60日内
    ['2029-03-15', days(60, { countStart: true }), '2029-01-15'],
    ['2026-05-31', months(3), '2026-02-28'],
    ['2030-02-28', years(5, { countStart: true }), '2025-03-01'],
    ['2026-10-15', workdays(10), '2026-09-24'],
    ['2026-10-08', workdays(1), '2026-09-30'],
    ['2026-10-08', workdays(1, { countStart: true }), '2026-10-08'],
    ['2026-02-24', workdays(2), '2026-02-13'], // Saturday 02-14 is worked
  ] as const)('CN-074 before %s, %o begins on %s', (end, period, first) => {
    expect(subtractPeriod(calendar, day(end), period).day).toBe(first)
  })
})

describe('暂定: what no notice settles says so', () => {
  test.each([
    ['2026-12-10', workdays(5), '2026-12-17', false],
    ['2026-12-17', workdays(5), '2026-12-24', false],
    ['2026-12-17', workdays(6), '2026-12-25', true], // the notice of 2027 may still move the week before New Year
    ['2025-12-17', workdays(6), '2025-12-25', false], // that of 2026 has come
    ['2026-12-28', workdays(5), '2027-01-05', true], // 元旦 2027
    ['2027-02-04', workdays(1), '2027-02-09', true], // 除夕 to 初三; the weekend days are not made up for
    ['2027-09-30', workdays(1), '2027-10-04', true], // 10-01 is a festival day, 10-02 and 10-03 a weekend
    ['2026-12-01', days(31), '2027-01-04', true],
    ['2026-12-01', months(6), '2027-06-01', true],
    ['2026-12-01', months(6, { roll: false }), '2027-06-01', false], // asks no calendar
    ['2024-12-30', workdays(2), '2025-01-02', true], // 2024 has no file; 12-31 counts as a weekday
    ['2033-09-30', workdays(1), '2033-10-03', true], // no file at all: weekends only
    ['2033-09-01', months(1), '2033-10-03', true],
  ] as const)('CN-074 from %s, %o ends on %s, provisional: %s', (start, period, last, provisional) => {
    expect(add(start, period)).toEqual({ day: last, provisional })
  })

  test('CN-074 every other answer says so too', () => {
    expect(dayStatus(calendar, day('2026-10-01'))).toEqual({ workday: false, provisional: false })
    expect(dayStatus(calendar, day('2027-10-01'))).toEqual({ workday: false, provisional: true })
    expect(dayStatus(calendar, day('2033-10-05'))).toEqual({ workday: true, provisional: true })
    expect(nextWorkday(calendar, day('2027-04-30'))).toEqual({ day: '2027-05-03', provisional: true })
    expect(workdaysLeft(calendar, day('2026-12-21'), day('2027-01-08'))).toEqual({ workdays: 13, provisional: true })
    expect(subtractPeriod(calendar, day('2027-03-01'), workdays(1))).toEqual({ day: '2027-02-26', provisional: true })
  })

  test('CN-074 a count that begins after an unsettled day is settled; a last day that begins to roll on one is not', () => {
    expect(workdaysLeft(calendar, day('2024-12-31'), day('2025-01-03'))).toEqual({ workdays: 2, provisional: false })
    const document = { title: '关于2029年部分节假日安排的通知', number: '某〔2028〕1号' }
    const newYear = { name: '元旦', item: '第一项', off: ['2029-01-01'] }
    const only2029 = parseCalendar([{ year: 2029, certainty: 'stated', document, festivals: [newYear] }]).calendar
    // Saturday 2028-12-30
    expect(only2029 && addPeriod(only2029, day('2028-12-20'), days(10))).toEqual({
      day: '2029-01-02',
      provisional: true,
    })
  })
})

describe('local days', () => {
  const document = { title: '自治州人大常委会关于自治州成立纪念日放假的决定' }
  const there = overlay(calendar, [
    { day: '2025-09-18', kind: 'off', name: '自治州成立纪念日', document },
    { day: '2025-09-19', kind: 'off', name: '自治州成立纪念日', document },
    { day: '2025-09-13', kind: 'work', name: '自治州成立纪念日', document },
  ])
  test.each([
    ['2025-09-17', workdays(1), '2025-09-22', '2025-09-18'],
    ['2025-09-12', workdays(1), '2025-09-13', '2025-09-15'],
    ['2025-09-08', days(10), '2025-09-22', '2025-09-18'],
  ] as const)('CN-074 from %s, %o ends on %s there and on %s elsewhere', (start, period, local, elsewhere) => {
    expect(addPeriod(there, day(start), period)).toEqual({ day: local, provisional: false })
    expect(addPeriod(calendar, day(start), period)).toEqual({ day: elsewhere, provisional: false })
  })
})

describe('剩 N 个工作日', () => {
  test.each([
    // today, last day, left
    ['2026-09-24', '2026-10-15', 10],
    ['2026-10-01', '2026-10-15', 7], // a day off does not count down
    ['2026-10-14', '2026-10-15', 1],
    ['2026-10-15', '2026-10-15', 0],
    ['2026-10-16', '2026-10-15', -1],
    ['2026-10-17', '2026-10-15', -1], // Saturday
    ['2026-10-20', '2026-10-15', -3],
    ['2026-10-17', '2026-10-16', -1], // late already, though no working day has passed
    ['2026-10-17', '2026-10-18', 0], // Saturday, and the last day is Sunday
  ])('CN-074 on %s, with %s as the last day: %i', (today, last, left) => {
    expect(workdaysLeft(calendar, day(today), day(last))).toEqual({ workdays: left, provisional: false })
  })
})

describe('days as text', () => {
  test.each(['2025-01-01', '2024-02-29', '2000-02-29', '2026-12-31', '0001-01-01'])('%s is a day', (text) => {
    expect(parseDay(text)).toBe(text)
  })
  test.each([
    '2025-02-29',
    '1900-02-29',
    '2025-02-30',
    '2025-04-31',
    '2025-13-01',
    '2025-00-10',
    '2025-01-00',
    '2025-01-32',
  ])('%s does not exist', (text) => {
    expect(parseDay(text)).toEqual({ refused: true, code: 'day_unreal', says: `${text}不是真实存在的日期` })
  })
  test.each(['', '2025-1-1', '20250101', '2025/01/01', '2025-01-01T00:00:00Z', ' 2025-01-01', '2025-01-01\n'])(
    '“%s” is not written as a day',
    (text) => {
      expect(parseDay(text)).toMatchObject({ refused: true, code: 'day_form' })
    },
  )
  test.each([
    ['2026-03-15T16:00:00Z', '2026-03-16'],
    ['2026-03-15T15:59:59.999Z', '2026-03-15'],
    ['2026-03-16T00:00:00+08:00', '2026-03-16'],
    ['2025-12-31T23:30:00-05:00', '2026-01-01'],
    ['1969-12-31T15:00:00Z', '1969-12-31'],
  ])('at %s it is %s in China', (instant, d) => {
    expect(dayInShanghai(instant)).toBe(d)
  })
  test('an instant without an offset, or a day for an instant, is a bug', () => {
    for (const text of ['2026-03-16T00:00:00', '2026-03-16', 'now'])
      expect(() => dayInShanghai(text)).toThrow(RangeError)
  })
  test('weekdays and natural days', () => {
    expect(['2026-09-20', '2026-09-21', '1969-12-29'].map((d) => weekdayTerm(day(d)))).toEqual([
      '星期日',
      '星期一',
      '星期一',
    ])
    expect(daysBetween(day('2024-02-28'), day('2024-03-01'))).toBe(2)
    expect(daysBetween(day('2026-03-16'), day('2026-01-15'))).toBe(-60)
  })
  test('a period of no whole positive length is a bug', () => {
    for (const value of [0, -1, 1.5, NaN]) {
      expect(() => add('2026-03-16', workdays(value))).toThrow(RangeError)
      expect(() => add('2026-03-16', years(value))).toThrow(RangeError)
      expect(() => subtractPeriod(calendar, day('2026-03-16'), days(value))).toThrow(RangeError)
    }
  })
})

describe('for every day from 2023 to 2035', () => {
  const anyDay = fc
    .date({ min: new Date('2023-01-01T00:00:00Z'), max: new Date('2035-12-31T00:00:00Z'), noInvalidDate: true })
    .map((d) => day(d.toISOString().slice(0, 10)))
  const anyCount = fc.integer({ min: 1, max: 400 })
  const anyPeriod: fc.Arbitrary<Period> = fc.record({
    value: fc.integer({ min: 1, max: 90 }),
    unit: fc.constantFrom('workday', 'day', 'month', 'year'),
    countStart: fc.boolean(),
    roll: fc.boolean(),
  })
  // the plain reading of the article: look at one day after the other
  const isOff = (d: Day): boolean =>
    calendar.off.has(d) || (!calendar.work.has(d) && ['星期六', '星期日'].includes(weekdayTerm(d)))
  const tomorrow = (d: Day): Day => addPeriod(calendar, d, days(1, { roll: false })).day

  test('CN-074 counting by index equals counting day by day', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 60 }), (start, n) => {
        let at = start
        for (let left = n; left > 0;) {
          at = tomorrow(at)
          if (!isOff(at)) left--
        }
        expect(addPeriod(calendar, start, workdays(n)).day).toBe(at)
        expect(dayStatus(calendar, start).workday).toBe(!isOff(start))
      }),
    )
  })

  test('CN-074 after adding n working days, n are left, and the last day is a working day', () => {
    fc.assert(
      fc.property(anyDay, anyCount, (start, n) => {
        const last = addPeriod(calendar, start, workdays(n)).day
        expect(isOff(last)).toBe(false)
        expect(workdaysLeft(calendar, start, last).workdays).toBe(n)
      }),
    )
  })

  test('CN-074 a later start never ends earlier, and a longer period never ends earlier', () => {
    fc.assert(
      fc.property(anyDay, anyDay, anyPeriod, (a, b, period) => {
        const [first, second] = a <= b ? [a, b] : [b, a]
        const end = addPeriod(calendar, first, period).day
        expect(end <= addPeriod(calendar, second, period).day).toBe(true)
        expect(end <= addPeriod(calendar, first, { ...period, value: period.value + 1 }).day).toBe(true)
        expect(end >= first).toBe(true)
      }),
    )
  })

  test('CN-074 subtracting takes back what adding gave', () => {
    fc.assert(
      fc.property(anyDay, anyCount, (start, n) => {
        const exact = days(n, { roll: false })
        expect(subtractPeriod(calendar, addPeriod(calendar, start, exact).day, exact).day).toBe(start)
        const from = isOff(start) ? nextWorkday(calendar, start).day : start
        expect(subtractPeriod(calendar, addPeriod(calendar, from, workdays(n)).day, workdays(n)).day).toBe(from)
      }),
    )
  })

  test('CN-074 the countdown is negative exactly when the last day is over', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (today, last) => {
        expect(workdaysLeft(calendar, today, last).workdays < 0).toBe(today > last)
      }),
    )
  })

  test('CN-074 a day that rolls lands on the first working day, and nothing but days off lie between', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 120 }), (start, n) => {
        let at = addPeriod(calendar, start, days(n, { roll: false })).day
        while (isOff(at)) at = tomorrow(at)
        expect(addPeriod(calendar, start, days(n)).day).toBe(at)
      }),
    )
  })

  test('CN-074 a day computed over a year without a notice is never passed off as settled', () => {
    const unsettled = (d: Day): boolean => calendar.years[Number(d.slice(0, 4))]?.certainty !== 'stated'
    fc.assert(
      fc.property(anyDay, anyCount, (start, n) => {
        const { day: last, provisional } = addPeriod(calendar, start, workdays(n))
        if (unsettled(last) || unsettled(tomorrow(start))) expect(provisional).toBe(true)
      }),
    )
  })
})
