import { isRefusal } from '#contract'
import type { Check, Count, Counts, ValueFormat } from '#domain/catalogue'
import { checkIdNumber, checkUscc } from '#domain/kernel'

/** A table row by row, as a person would check it. Written apart from the SQL, to be compared with it. */
export type Row = Readonly<Record<string, string | null>>

const filled = (v: string | null | undefined): string | null =>
  v === null || v === undefined || /^[ \t\r\n\u00a0\u3000]*$/.test(v) ? null : v
const whole = (pattern: string): RegExp =>
  new RegExp(`^(?:${pattern.replace(/^\^|\$$/g, '').replaceAll('\\s', '[ \\t\\r\\n]')})$`, 'su')

const realDay = (y: string, m: string, d: string): string | null => {
  const at = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)))
  const iso = `${y}-${m}-${d}`
  return Number(y) >= 1000 && Number(y) < 3000 && at.toISOString().slice(0, 10) === iso ? iso : null
}
export const dayIn = (v: string, timed: boolean): string | null => {
  const [, y, s1, m, s2, d, rest = ''] = /^(\d{4})([-/]?)(\d\d)([-/]?)(\d\d)([ T].*)?$/s.exec(v) ?? []
  if (y === undefined || s1 !== s2 || (rest !== '' && !timed)) return null
  if (rest !== '') {
    const [, h, mi, , s = '0'] = /^[ T](\d\d):(\d\d)(:(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?$/.exec(rest) ?? []
    if (h === undefined || Number(h) > 23 || Number(mi) > 59 || Number(s) > 59) return null
  }
  return realDay(y, m!, d!)
}
const numberIn = (v: string): number | null => (/^[+-]?\d{1,30}(\.\d{1,30})?$/.test(v) ? Number(v) : null)

const luhn = (v: string): boolean =>
  [...v].reverse().reduce((sum, c, i) => {
    const d = Number(c) * (i % 2 === 1 ? 2 : 1)
    return sum + (d > 9 ? d - 9 : d)
  }, 0) %
    10 ===
  0
const formats: Partial<Record<ValueFormat, (v: string) => boolean>> = {
  idCard: (v) => /^[1-9]\d{16}[\dX]$/.test(v) && dayIn(v.slice(6, 14), false) !== null && !isRefusal(checkIdNumber(v)),
  uscc: (v) => !isRefusal(checkUscc(v)),
  bankCard: (v) => /^[1-9]\d{11,18}$/.test(v) && luhn(v),
  phone: (v) => /^1[3-9]\d{9}$/.test(v),
  postcode: (v) => /^\d{6}$/.test(v),
}

const types = {
  text: () => true,
  integer: (v: string) => /^[+-]?\d{1,30}$/.test(v),
  number: (v: string) => numberIn(v) !== null,
  boolean: (v: string) =>
    ['true', 'false', 'TRUE', 'FALSE', 'True', 'False', '0', '1', 'Y', 'N', '是', '否'].includes(v),
  date: (v: string) => dayIn(v, false) !== null,
  datetime: (v: string) => dayIn(v, true) !== null,
}

export const countByHand = (
  rows: readonly Row[],
  checks: readonly Check[],
  day: string,
  since: string,
  references: Readonly<Record<string, readonly Row[]>> = {},
): Counts => {
  const one = (c: Check): Count => {
    const at = (row: Row, i: number): string | null => filled(row[c.fields[i]!])
    const some = (looked: readonly Row[], wrong: (row: Row) => boolean): Count => ({
      checked: looked.length,
      failed: looked.filter(wrong).length,
    })
    const given = rows.filter((r) => at(r, 0) !== null)
    const v = (r: Row): string => at(r, 0)!
    switch (c.kind) {
      case 'notNull':
        return some(rows, (r) => at(r, 0) === null || (c.params.empties ?? []).includes(v(r)))
      case 'unique': {
        const all = rows.filter((r) => c.fields.every((_, i) => at(r, i) !== null))
        return {
          checked: all.length,
          failed: all.length - new Set(all.map((r) => JSON.stringify(c.fields.map((_, i) => at(r, i))))).size,
        }
      }
      case 'type':
        return some(given, (r) => !types[c.params.as](v(r)))
      case 'length':
        return some(
          given,
          (r) => [...v(r)].length < (c.params.min ?? 0) || [...v(r)].length > (c.params.max ?? Infinity),
        )
      case 'range': {
        const p = c.params as { min?: string; max?: string; from?: string; to?: string }
        return some(given, (r) => {
          if (p.from !== undefined || p.to !== undefined) {
            const d = dayIn(v(r), true)
            return d === null || d < (p.from ?? '') || d > (p.to ?? '9999')
          }
          const n = numberIn(v(r))
          return n === null || n < Number(p.min ?? -Infinity) || n > Number(p.max ?? Infinity)
        })
      }
      case 'pattern':
        return some(given, (r) => !whole(c.params.pattern).test(v(r)))
      case 'accepted':
        return some(given, (r) => !c.params.values.includes(v(r)))
      case 'format':
        return some(given, (r) => !formats[c.params.format]!(v(r)))
      case 'notFuture':
        return some(
          given.filter((r) => dayIn(v(r), true) !== null),
          (r) => dayIn(v(r), true)! > day,
        )
      case 'freshness': {
        const days = given.map((r) => dayIn(v(r), true)).filter((d) => d !== null && d <= day)
        return { checked: 1, failed: days.some((d) => d! >= since) ? 0 : 1 }
      }
      case 'consistency': {
        const p = c.params
        if (p.relation === 'implies')
          return some(
            given.filter((r) => !p.values || p.values.includes(v(r))),
            (r) => at(r, 1) === null,
          )
        const read = (s: string | null): string | number | null =>
          s === null ? null : p.as === 'number' ? numberIn(s) : p.as === 'day' ? dayIn(s, true) : s
        const both = rows.filter((r) => read(at(r, 0)) !== null && read(at(r, 1)) !== null)
        return some(both, (r) => {
          const [a, b] = [read(at(r, 0))!, read(at(r, 1))!]
          return p.relation === 'le' ? a > b : p.relation === 'lt' ? a >= b : a !== b
        })
      }
      case 'sum': {
        const numbers = (r: Row): (number | null)[] => c.fields.map((_, i) => numberIn(at(r, i) ?? ''))
        return some(
          rows.filter((r) => numbers(r).every((n) => n !== null)),
          (r) => {
            const [total, ...parts] = numbers(r) as number[]
            return Math.abs(total! - parts.reduce((a, b) => a + b)) > Number(c.params.tolerance)
          },
        )
      }
      case 'referential': {
        const known = new Set(references[c.params.reference]!.map((r) => filled(r[c.params.field])))
        return some(given, (r) => !known.has(v(r)))
      }
      case 'rowCount':
        return {
          checked: 1,
          failed: rows.length < (c.params.min ?? 0) || rows.length > (c.params.max ?? Infinity) ? 1 : 0,
        }
      case 'columns':
      case 'machineReadable':
        throw new Error('of the file, not of its rows')
    }
  }
  return { rows: rows.length, checks: Object.fromEntries(checks.map((c) => [c.key, one(c)])) }
}
