import type { Method } from './pack.ts'

/** What is done to one information item on the way in, as source and implementer agreed. */
export interface FieldRule {
  /** Name of the information item. */
  readonly name: string
  /** One of the pack's methods. */
  readonly method: string
  /** Width of the bands a number is put into; only where it is put into bands. */
  readonly band?: number
  readonly reason?: string
}
/** HMAC of a text under the key of one agreement, as lower-case hex. What is not known under that key cannot be told from chance. */
export type Mac = (text: string) => string
/** What a value becomes; undefined for a column that is left out. */
export type Mask = ((value: string) => string) | undefined

/** Ways of writing that mean the same value: width, case and spaces at the ends. A value and its copy in another table get one token. */
const plain = /^[\x21-\x7e]*$/
const normal = (value: string): string =>
  plain.test(value) ? value.toUpperCase() : value.normalize('NFKC').trim().toUpperCase()
const tokenLength = 32

const token =
  (mac: Mac) =>
  (value: string): string => {
    const same = normal(value)
    return same === '' ? '' : `T${mac(same).slice(0, tokenLength)}`
  }

/**
 * Keeps `head` and `tail` characters and the length. A value that is no longer than what would stay, or does not look like what the
 * method is for, is covered whole: a sentence in a column of numbers must not show its beginning.
 */
const covered =
  (head: number, tail: number, only: 'digits' | 'any') =>
  (value: string): string => {
    const fits = only === 'any' || /^[0-9Xx]+$/.test(value)
    // characters beyond the basic plane are two units of a text, and must not be cut in half
    const chars = /[\ud800-\udfff]/.test(value) ? [...value] : value
    const { length } = chars
    if (!fits || length <= head + tail) return '*'.repeat(length)
    const ends = (from: number, to: number): string =>
      typeof chars === 'string' ? chars.slice(from, to) : chars.slice(from, to).join('')
    return `${ends(0, head)}${'*'.repeat(length - head - tail)}${ends(length - tail, length)}`
  }

const dayIn = /^\s*([12]\d{3})(?:-(\d{1,2})-\d{1,2}|\/(\d{1,2})\/\d{1,2}|(\d{2})\d{2})(?:[ T].*)?\s*$/
const generalised = (to: 'month' | 'year' | 'band' | 'city' | 'province', band: number) => {
  switch (to) {
    case 'year':
    case 'month':
      return (value: string): string => {
        const [, year, ...months] = dayIn.exec(value) ?? []
        const month = Number(months.find((m) => m !== undefined) ?? 0)
        if (year === undefined || month < 1 || month > 12) return ''
        return to === 'year' ? year : `${year}-${String(month).padStart(2, '0')}`
      }
    case 'band':
      return (value: string): string => {
        const n = value.trim() === '' ? NaN : Number(value)
        if (!Number.isFinite(n) || Math.abs(n) > 1e15) return ''
        const floor = Math.floor(n / band) * band
        // the quotient of the smallest numbers is rounded to nothing
        const from = n < floor ? floor - band : floor
        return `${from}–${from + band}`
      }
    case 'city':
    case 'province':
      return (value: string): string => {
        const [, code] = /^\s*([1-9]\d{5})(?:\d{3}|\d{6})?\s*$/.exec(value) ?? []
        return code === undefined ? '' : `${code.slice(0, to === 'city' ? 4 : 2)}${to === 'city' ? '00' : '0000'}`
      }
  }
}

/**
 * A method as a function of one value. It never throws and knows nothing but the value: what cannot be generalised becomes empty rather
 * than staying as it was. A token never tells its value, is the same for the same value under one key and another under another key.
 */
export const maskOf = (method: Method, mac: Mac, band = 1): Mask => {
  switch (method.kind) {
    case 'keep':
      return (value) => value
    case 'drop':
      return undefined
    case 'token':
      return token(mac)
    case 'mask':
      return covered(method.head, method.tail, method.only)
    case 'generalise':
      return generalised(method.to, band)
  }
}

/** The masks of a table, column by column; where no rule speaks of a column it stays. */
export const masksFor = (
  columns: readonly { readonly name: string; readonly field?: string | undefined }[],
  rules: readonly FieldRule[],
  methods: readonly Method[],
  mac: Mac,
): readonly { readonly name: string; readonly kept: boolean; readonly mask: Mask }[] =>
  columns.map((c) => {
    const rule = rules.find((r) => r.name === c.name)
    const method = rule && methods.find((m) => m.value === rule.method)
    // a rule that nobody can carry out shows nothing
    if (rule && !method) return { name: c.name, kept: false, mask: undefined }
    return {
      name: c.name,
      kept: !method || method.kind === 'keep',
      mask: method ? maskOf(method, mac, rule?.band) : (value: string) => value,
    }
  })
