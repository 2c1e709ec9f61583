import type { ValueFormat } from '#domain/catalogue'
import { quoteText, type Dialect } from './sql.ts'

const leapYear = '(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])|(?:1[26]|2[048])00)'
/** Days of the years 1000 to 2999 that exist, with `s` between year, month and day. */
const dayPattern = (s: string): string =>
  `(?:[12][0-9]{3}${s}(?:(?:0[13578]|1[02])${s}(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)${s}(?:0[1-9]|[12][0-9]|30)|` +
  `02${s}(?:0[1-9]|1[0-9]|2[0-8]))|${leapYear}${s}02${s}29)`
const time = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?'

/** `2026-01-31`, `2026/01/31` or `20260131`. */
export const date = `(?:${dayPattern('-')}|${dayPattern('/')}|${dayPattern('')})`
/** A day, with the time of day or without. */
export const datetime = `${date}(?:[ T]${time})?`
export const integer = '[+-]?[0-9]{1,30}'
export const decimal = '[+-]?[0-9]{1,30}(?:[.][0-9]{1,30})?'
export const boolean = 'true|false|TRUE|FALSE|True|False|0|1|Y|N|是|否'

const usccLetters = '[0-9A-HJ-NP-RTUWXY]'
const plateLetters = '[A-HJ-NP-Z]'
const plateSigns = '[A-HJ-NP-Z0-9]'

/** What a value of each format looks like; check digits come on top. */
const shapes: Readonly<Record<ValueFormat, string>> = {
  // GB 11643
  idCard: `[1-9][0-9]{5}${dayPattern('')}[0-9]{3}[0-9X]`,
  // GB 32100
  uscc: `${usccLetters}{2}[1-9][0-9]{5}${usccLetters}{8}[0-9X]${usccLetters}`,
  bankCard: '[1-9][0-9]{11,18}',
  phone: '1[3-9][0-9]{9}',
  landline: '(?:0[0-9]{2,3}-?)?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?|[48]00-?[0-9]{3}-?[0-9]{4}',
  email: '[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}[.])+[A-Za-z]{2,24}',
  // 普通汽车 and 新能源汽车
  plate:
    `[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]${plateLetters}` +
    `(?:${plateSigns}{4}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJK]${plateSigns}[0-9]{4}|[0-9]{5}[A-HJK])`,
  postcode: '[0-9]{6}',
  division: '[1-9][0-9]{5}(?:[0-9]{3}|[0-9]{6})?',
  year: '[12][0-9]{3}',
  month: '[12][0-9]{3}[-/]?(?:0[1-9]|1[0-2])',
}

const character = (text: string, i: number): string => `substr(${text}, ${i}, 1)`
const digit = (text: string, i: number): string => `(ascii(${character(text, i)}) - 48)`
const place = (text: string, i: number, alphabet: string): string =>
  `(strpos(${quoteText(alphabet)}, ${character(text, i)}) - 1)`
const weighed = (weights: readonly number[], at: (i: number) => string): string =>
  weights.map((w, i) => `${w} * ${at(i)}`).join(' + ')

const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const bodyLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const powers = (base: number, modulus: number, count: number): readonly number[] =>
  Array.from({ length: count })
    .reduce<number[]>((all) => [...all, ((all.at(-1) ?? 1) * base) % modulus], [1])
    .slice(0, count)

/** Arithmetic of the check digits, as SQL that both engines read and that cannot fail on any text. */
const checkDigits: Partial<Record<ValueFormat, (text: string) => string>> = {
  // ISO 7064 MOD 11-2: powers of two down to 2
  idCard: (t) =>
    `${character(t, 18)} = substr('10X98765432', 1 + (${weighed([...powers(2, 11, 18)].reverse().slice(0, 17), (i) => digit(t, i + 1))}) % 11, 1)`,
  // powers of three for the whole, GB 11714 for the body's own code in it
  uscc: (t) =>
    `${place(t, 18, letters)} = (31 - (${weighed(powers(3, 31, 17), (i) => place(t, i + 1, letters))}) % 31) % 31 AND ` +
    `${character(t, 17)} = substr('0X987654321', 1 + (${weighed([3, 7, 9, 10, 5, 8, 4, 2], (i) => place(t, i + 9, bodyLetters))}) % 11, 1)`,
  // Luhn from the right, over 19 places
  bankCard: (t) => {
    const padded = `lpad(${t}, 19, '0')`
    return `(${Array.from({ length: 19 }, (_, i) => {
      const d = digit(padded, i + 1)
      return i % 2 === 0 ? d : `(2 * ${d} - CASE WHEN ${d} > 4 THEN 9 ELSE 0 END)`
    }).join(' + ')}) % 10 = 0`
  },
}

const repeated = (byte: number): string =>
  `CAST(${BigInt(`0x${byte.toString(16).padStart(2, '0').repeat(8)}`)} AS UBIGINT)`
const lanes = (mask: string): string => `CAST(${BigInt(mask)} AS UBIGINT)`
/** 1 in every byte that is at least `least`; bytes are below 128. */
const atLeast = (eight: string, least: number): string =>
  `(((${eight} + ${repeated(128 - least)}) >> 7) & ${repeated(1)})`

/**
 * The same arithmetic eight characters at a time, as DuckDB computes it several times faster: a run of eight plain characters is a 64-bit
 * number, of which neighbouring bytes, then pairs, then halves are added up as the two digits of a number to some base.
 */
const fast = (text: string, shaped: string, format: 'idCard' | 'uscc', hoist: Hoist): string => {
  const eight = (from: number): string =>
    hoist(`CASE WHEN ${shaped} THEN TRY_CAST(CAST(encode(substr(${text}, ${from}, 8)) AS BIT) AS UBIGINT) END`)
  /** Of the bytes b1 … b8, Σ bi · base^(8−i), or Σ bi · base^(i−1) with `rising`. */
  const folded = (bytes: string, base: number, rising = false): string => {
    const step = (of: string, shift: number, mask: string, factor: number): string => {
      const [high, low] = [`((${of} >> ${shift}) & ${mask})`, `(${of} & ${mask})`]
      return hoist(rising ? `${high} + ${low} * ${factor}` : `${high} * ${factor} + ${low}`)
    }
    const pairs = step(bytes, 8, lanes('0x00ff00ff00ff00ff'), base)
    const fours = step(pairs, 16, lanes('0x0000ffff0000ffff'), base ** 2)
    // small again: with a 32-bit number the rest would be computed in 128 bits
    return hoist(`CAST(${step(fours, 32, lanes('0x00000000ffffffff'), base ** 4)} AS INTEGER)`)
  }
  // two characters, then twice eight: all of them have to make up to a remainder, the check digit being one of them
  const [head, tail] = [eight(3), eight(11)]
  if (format === 'idCard') {
    const a = folded(hoist(`${head} & ${repeated(15)}`), 2)
    // X is 10, and 8 in its lower half
    const b = folded(hoist(`(${tail} & ${repeated(15)}) + 2 * ${atLeast(tail, 65)}`), 2)
    return `(7 * (ascii(${text}) - 48) + 9 * ${digit(text, 2)} + 3 * ${a} + ${b}) % 11 = 1`
  }
  const thirtySix = (u: string): string => hoist(`${u} - ${repeated(48)} - 7 * ${atLeast(u, 65)}`)
  // I, O, S and V are not among the letters: those behind them count one less each
  const thirtyOne = (u: string): string =>
    hoist(`${thirtySix(u)} - ${[74, 80, 84, 87].map((code) => atLeast(u, code)).join(' - ')}`)
  const byte = (u: string, fromRight: number): string => `CAST((${u} >> ${8 * fromRight}) & 255 AS INTEGER)`
  const [a, b] = [folded(thirtyOne(head), 3, true), folded(thirtyOne(tail), 3, true)]
  // 3^10 is 25; the check character has the weight 1 and not 3^17, which is 10 more
  const whole = `(${place(text, 1, letters)} + 3 * ${place(text, 2, letters)} + 9 * ${a} + 25 * ${b} + 10 * ${byte(thirtyOne(tail), 0)}) % 31 = 0`
  // Twice the sum of the body's code, of which two characters stand in the head and six in the tail, and twice its check digit. In the
  // tail that digit already counts twice; X counts 33 instead of 10 there.
  const body = folded(thirtySix(tail), 2)
  const own =
    `(6 * ${byte(thirtySix(head), 1)} + 3 * ${byte(thirtySix(head), 0)} + ${body} - ${byte(thirtySix(tail), 0)} - ` +
    `CASE WHEN ${byte(thirtySix(tail), 1)} > 9 THEN 46 ELSE 0 END) % 11 = 0`
  return `${whole} AND ${own}`
}

/** Computes something once per row; what is returned stands for it. */
export type Hoist = (sql: string) => string

/** Whether a filled text is of a format. What has not its shape needs no arithmetic. */
export const hasFormat = (dialect: Dialect, text: string, format: ValueFormat, hoist: Hoist): string => {
  const checked = checkDigits[format]
  if (!checked) return dialect.matches(text, shapes[format])
  const shaped = hoist(dialect.matches(text, shapes[format]))
  const holds =
    dialect.name === 'duckdb' && (format === 'idCard' || format === 'uscc')
      ? fast(text, shaped, format, hoist)
      : checked(text)
  return `CASE WHEN ${shaped} THEN ${holds} ELSE false END`
}
