/**
 * 追溯标记: which recipient's copy a found file comes from, without a single value being changed. Each copy carries two marks under a key
 * of its own. The first is the order of its rows; the second are the few rows that it lacks. Neither can be told from chance without the key.
 * Judging needs the found file and the keys alone. What the marks cannot say is in docs/adr/0008.
 */

/** HMAC of a text under the key of one recipient's copy, in hex; at least 20 characters. */
export type Mac = (text: string) => string

interface Mark {
  /** Place of the row in the copy, relative to the others: 48 bits. */
  readonly order: number
  /** Lot by which the row is left out: 32 bits. */
  readonly lot: number
}

// what a spreadsheet does to values when it opens and saves them must not make another row of a row
const settled = (value: string): string => {
  const plain = value.normalize('NFKC').replace(/\s/g, '').toLowerCase()
  if (!/^[+-]?\d+(\.\d+)?$/.test(plain)) return plain
  const [, sign = '', whole = '', , part = ''] = /^([+-]?)0*(\d+?)(\.(\d*?)0*)?$/.exec(plain) ?? []
  return `${sign === '-' ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`
}

/** What a row is called, by the values of its key columns. */
export const rowName = (values: readonly string[]): string => values.map(settled).join('\u001f')

const markOf = (mac: Mac, name: string): Mark => {
  const hex = mac(name)
  return { order: Number.parseInt(hex.slice(0, 12), 16), lot: Number.parseInt(hex.slice(12, 20), 16) }
}
const leftOut = (mark: Mark, perTenThousand: number): boolean => mark.lot * 10_000 < perTenThousand * 0x1_0000_0000

/** Arranges the rows of one recipient's copy, row by row, so that whoever feeds a long file can do other things between. */
export const arranging = (
  mac: Mac,
  perTenThousand: number,
): { readonly add: (name: string) => void; readonly rows: () => Uint32Array } => {
  const orders: number[] = []
  const kept: number[] = []
  return {
    add: (name) => {
      const mark = markOf(mac, name)
      if (!leftOut(mark, perTenThousand)) kept.push(orders.length)
      orders.push(mark.order)
    },
    rows: () => Uint32Array.from(kept).sort((a, b) => orders[a]! - orders[b]! || a - b),
  }
}
/** The rows of one recipient's copy: their places in the file, in the order of the copy. */
export const arranged = (names: readonly string[], mac: Mac, perTenThousand: number): Uint32Array => {
  const copy = arranging(mac, perTenThousand)
  for (const name of names) copy.add(name)
  return copy.rows()
}

/**
 * Natural logarithm of an upper bound of the chance that at least `rising` of the neighbours of `rows` rows in an order that knows nothing
 * of the key stand in ascending order. The number of ascents of a random order is the whole part of the sum of as many uniform values
 * (Tanny 1973), and Chernoff bounds that sum: never more certain than the truth.
 */
const orderChance = (rows: number, rising: number): number => {
  if (rising <= rows / 2) return 0
  const exponent = (t: number): number =>
    rows * (t < 1e-3 ? t / 2 + (t * t) / 24 : t + Math.log1p(-Math.exp(-t)) - Math.log(t)) - t * rising
  let [low, high] = [Math.log(1e-6), Math.log(1e7)]
  for (let i = 0; i < 80; i++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3]
    if (exponent(Math.exp(a)) < exponent(Math.exp(b))) high = b
    else low = a
  }
  return Math.min(0, exponent(Math.exp((low + high) / 2)))
}

/** Natural logarithm of the chance of at most `hits` among `rows` lots drawn at `share`; 0 where there are as many as chance would have. */
const lotChance = (rows: number, hits: number, share: number): number => {
  if (share <= 0 || hits >= rows * share) return 0
  let term = rows * Math.log1p(-share)
  let sum = term
  for (let k = 1; k <= hits; k++) {
    term += Math.log((rows - k + 1) / k) + Math.log(share) - Math.log1p(-share)
    sum = Math.max(sum, term) + Math.log1p(Math.exp(-Math.abs(sum - term)))
  }
  return Math.min(0, sum)
}

export interface Match {
  readonly copy: string
  /** Different rows of the found file. */
  readonly rows: number
  /** Neighbouring rows in the order of this copy, of `rows - 1`. */
  readonly rising: number
  /** Rows found that this copy lacks. */
  readonly absent: number
  /** -log10 of the chance that a file which is not this copy fits it as well, for the order, for the lots, and for both among all copies. */
  readonly order: number
  readonly lots: number
  readonly both: number
}
export interface Verdict {
  readonly result: 'identified' | 'several' | 'undecided'
  /** The best first. */
  readonly matches: readonly Match[]
}

/** One chance in a million, over all copies together, that somebody is named who should not be. */
export const certain = 6

interface Handed {
  readonly id: string
  readonly mac: Mac
}
/** How a found file fits one of the `of` copies that were handed out. `names`: its rows in their order, each once. */
export const compare = (names: readonly string[], { id, mac }: Handed, of: number, perTenThousand: number): Match => {
  const marks = names.map((n) => markOf(mac, n))
  const rising = marks.filter((m, i) => i > 0 && marks[i - 1]!.order < m.order).length
  const absent = marks.filter((m) => leftOut(m, perTenThousand)).length
  const order = names.length < 2 ? 0 : orderChance(names.length, rising)
  const lots = lotChance(names.length, absent, perTenThousand / 10_000)
  // Fisher: the product of two independent chances
  const product = order + lots
  const both = Math.min(0, product + Math.log1p(-product) + Math.log(of))
  const digits = (ln: number): number => Math.round((-ln / Math.LN10) * 10) / 10
  return { copy: id, rows: names.length, rising, absent, order: digits(order), lots: digits(lots), both: digits(both) }
}
/** What the comparisons with all copies come to. */
export const judge = (all: readonly Match[]): Verdict => {
  const matches = [...all].sort((a, b) => b.both - a.both)
  const named = matches.filter((m) => m.both >= certain).length
  return { result: named === 0 ? 'undecided' : named === 1 ? 'identified' : 'several', matches }
}
/** Compares a found file, by the names of its rows in their order, with the copies that were handed out. */
export const trace = (names: readonly string[], copies: readonly Handed[], perTenThousand: number): Verdict => {
  const seen = [...new Set(names)]
  return judge(copies.map((c) => compare(seen, c, copies.length, perTenThousand)))
}
