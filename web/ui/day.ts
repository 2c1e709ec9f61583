/** `YYYY-MM-DD` plus calendar days. */
export const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** Calendar days from one day to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** 0 = Monday … 6 = Sunday. */
export const weekdayOf = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7

/** `03-16`, with the year when it is not the year of `today`. */
export const shortDay = (day: string, today?: string): string =>
  today !== undefined && day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day

const clockFormat = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})
/** `09:31` of an ISO instant, in the time of the law. */
export const clockOf = (at: string): string => (at === '' ? '' : clockFormat.format(new Date(at)))

const momentFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})
/** `2026-03-16 09:31:07` of an ISO instant, in the time of the law. */
export const momentOf = (at: string): string => momentFormat.format(new Date(at))
/** `2026-03-16`: the day of an ISO instant, in the time of the law. */
export const dayOf = (at: string): string => momentOf(at).slice(0, 10)
