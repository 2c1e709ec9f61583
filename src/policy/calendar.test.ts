import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { overlay, parseCalendar, parseLocalDays, type LocalDay } from './calendar.ts'

const folder = new URL('../../policies/calendars/', import.meta.url)
const files = readdirSync(folder).filter((f) => f.endsWith('.yaml'))
const read = (file: string): unknown => parse(readFileSync(new URL(file, folder), 'utf8'))
const { calendar, problems } = parseCalendar(files.map(read))
if (!calendar) throw new Error(JSON.stringify(problems))

const notice = {
  year: 2027,
  certainty: 'stated',
  document: { title: '关于2027年部分节假日安排的通知', number: '某〔2026〕1号' },
  festivals: [{ name: '元旦', item: '第一项', off: ['2027-01-01', '2027-01-02', '2027-01-03'], work: [] as string[] }],
}
const spoil = (change: Partial<typeof notice>, festival: Partial<(typeof notice.festivals)[0]> = {}) =>
  parseCalendar([{ ...notice, ...change, festivals: [{ ...notice.festivals[0], ...festival }] }])

describe('the calendars in policies/', () => {
  test.each([
    [2025, '国办发明电〔2024〕12号', 28, 5],
    [2026, '国办发明电〔2025〕7号', 33, 6],
  ])('%i follows %s: %i days off, %i make-up working days', (year, number, off, work) => {
    expect(calendar.years[year]).toMatchObject({ certainty: 'stated', document: { number } })
    const inYear = (d: string): boolean => d.startsWith(`${year}-`)
    expect([...calendar.off].filter(inYear)).toHaveLength(off)
    expect([...calendar.work].filter(inYear)).toHaveLength(work)
  })

  test.each([2027, 2028, 2029, 2030, 2031, 2032])(
    '%i has no notice: provisional, festival days of the measures only, exactly as the generator writes it',
    (year) => {
      expect(calendar.years[year]).toMatchObject({ certainty: 'provisional', document: { number: '国务院令第795号' } })
      expect([...calendar.work].filter((d) => d.startsWith(`${year}-`))).toEqual([])
      const generator = new URL('../../bin/calendar-provisional.mjs', import.meta.url)
      const written = execFileSync(process.execPath, [generator.pathname, '--print', String(year)], {
        encoding: 'utf8',
      })
      expect(readFileSync(new URL(`${year}.yaml`, folder), 'utf8')).toBe(written)
    },
  )

  // both new moons fall within ten minutes of midnight in Beijing; a rougher almanac puts them on the wrong day
  test.each([
    [2027, ['2027-02-05', '2027-02-06', '2027-02-07', '2027-02-08'], '2027-02-04', '2027-02-09'],
    [2030, ['2030-02-02', '2030-02-03', '2030-02-04', '2030-02-05'], '2030-02-01', '2030-02-06'],
  ])('the Spring Festival of %i runs from New Year’s Eve to the third day', (_, days, before, after) => {
    expect(days.map((d) => calendar.off.has(d))).toEqual([true, true, true, true])
    expect([before, after].map((d) => calendar.off.has(d))).toEqual([false, false])
  })

  test('a year without a file is not there', () => {
    expect(calendar.years[2024]).toBeUndefined()
    expect(calendar.years[2033]).toBeUndefined()
  })
})

describe('a calendar file is refused', () => {
  test('not when it is sound', () => {
    expect(spoil({}).problems).toEqual([])
  })
  test('when it cites nothing', () => {
    expect(spoil({ document: { title: '', number: '' } }).problems.map((p) => p.where)).toEqual([
      'calendar[0].document.title',
      'calendar[0].document.number',
    ])
  })
  test('when it lists a day that does not exist', () => {
    expect(spoil({}, { off: ['2027-02-29'] }).problems).toEqual([
      { where: 'calendar[0].festivals.0.off.0', says: 'not a date' },
    ])
  })
  test('when a day is both off and worked', () => {
    expect(spoil({}, { work: ['2027-01-02'] }).problems).toEqual([
      { where: 'calendar', says: '2027-01-02 is both off and worked' },
    ])
  })
  test('when a day lies outside its year, though a notice may reach back into December', () => {
    expect(spoil({}, { work: ['2026-12-26'] }).problems).toEqual([])
    expect(spoil({}, { work: ['2028-01-01'] }).problems[0]?.says).toBe('2028-01-01 is outside the year')
    expect(spoil({}, { work: ['2026-11-28'] }).problems[0]?.says).toBe('2026-11-28 is outside the year')
  })
  test('when a year comes twice or a key is unknown', () => {
    expect(parseCalendar([notice, notice])).toEqual({
      problems: [{ where: 'calendar 2027', says: 'year given twice' }],
    })
    expect(parseCalendar([{ ...notice, holiday: [] }]).calendar).toBeUndefined()
  })
})

describe('local days', () => {
  const document = { title: '自治州人大常委会关于自治州成立纪念日放假的决定' }
  const day = (day: string, kind: LocalDay['kind']): LocalDay => ({ day, kind, name: '自治州成立纪念日', document })

  test('are read with their citation and refused without', () => {
    const file = { division: '433100', days: [day('2027-09-20', 'off')] }
    expect(parseLocalDays(file)).toEqual({ local: file, problems: [] })
    expect(parseLocalDays({ ...file, days: [{ ...file.days[0], document: undefined }] }).local).toBeUndefined()
  })

  test('are laid over the calendar, which stays as it was; the local word counts', () => {
    const local = [day('2027-09-20', 'off'), day('2026-10-10', 'off'), day('2026-10-07', 'work')]
    const there = overlay(calendar, local)
    expect(['2027-09-20', '2026-10-10'].map((d) => [there.off.has(d), there.work.has(d)])).toEqual([
      [true, false],
      [true, false],
    ])
    expect([there.off.has('2026-10-07'), there.work.has('2026-10-07')]).toEqual([false, true])
    expect(there.local).toEqual(local)
    expect(calendar.off.has('2027-09-20')).toBe(false)
    expect(calendar.work.has('2026-10-10')).toBe(true)
  })
})
