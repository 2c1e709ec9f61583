import { loadavg } from 'node:os'

/** Several rounds of one figure. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}
export interface Figure extends Spread {
  readonly name: string
  readonly unit: string
  readonly rounds: number
  /** Measured against this figure, round by round. */
  readonly against?: string
  readonly ratio?: Spread
  /** A word to the reader: round trips, latencies. */
  readonly note?: string
}
export interface Report {
  readonly bench: string
  readonly what: string
  readonly figures: readonly Figure[]
  readonly load: readonly [before: number, after: number]
  /** What was promised and not kept. */
  readonly failed: readonly string[]
}

export const spread = (values: readonly number[]): Spread => {
  const v = [...values].sort((a, b) => a - b)
  const at = (i: number): number => v[i] ?? NaN
  const half = Math.floor(v.length / 2)
  return { min: at(0), median: v.length % 2 ? at(half) : (at(half - 1) + at(half)) / 2, max: at(v.length - 1) }
}

export const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? NaN

/**
 * Runs every measurement once per round, one after the other, so that what disturbs the machine disturbs them alike, and compares
 * each with its baseline inside the round. Unless told otherwise a first round warms up and is not counted.
 */
export const interleaved = async (
  rounds: number,
  measures: readonly {
    readonly name: string
    readonly unit: string
    readonly against?: string
    readonly run: () => Promise<number>
    readonly note?: () => string
  }[],
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<readonly Figure[]> => {
  const values = new Map(measures.map((m) => [m.name, [] as number[]]))
  for (let round = warmUp ? -1 : 0; round < rounds; round++)
    for (const m of measures) {
      const value = await m.run()
      if (round >= 0) values.get(m.name)?.push(value)
    }
  return measures.map(({ name, unit, against, note }) => {
    const own = values.get(name) ?? []
    const base = against === undefined ? undefined : values.get(against)
    return {
      name,
      unit,
      rounds,
      ...spread(own),
      ...(against && base ? { against, ratio: spread(own.map((v, i) => v / (base[i] ?? NaN))) } : {}),
      ...(note ? { note: note() } : {}),
    }
  })
}

export const report = async (
  bench: string,
  what: string,
  work: () => Promise<{ readonly figures: readonly Figure[]; readonly failed?: readonly string[] }>,
): Promise<Report> => {
  const before = loadavg()[0] ?? NaN
  const { figures, failed = [] } = await work()
  return { bench, what, figures, failed, load: [before, loadavg()[0] ?? NaN] }
}

const number = (n: number): string =>
  n >= 1000 ? Math.round(n).toLocaleString('en') : n >= 100 ? n.toFixed(0) : n.toFixed(n >= 10 ? 1 : 2)
const three = (s: Spread): string => `${number(s.min)} / ${number(s.median)} / ${number(s.max)}`

export const print = (r: Report): void => {
  console.log(`\n${r.bench}: ${r.what}`)
  console.log(`  load average ${r.load.map((l) => l.toFixed(1)).join(' → ')}; min / median / max`)
  const width = Math.max(...r.figures.map((f) => f.name.length))
  for (const f of r.figures) {
    const ratio = f.ratio ? `   ×${three(f.ratio)} of ${f.against}` : ''
    console.log(
      `  ${f.name.padEnd(width)}  ${three(f)} ${f.unit} (n=${f.rounds})${ratio}${f.note ? `   ${f.note}` : ''}`,
    )
  }
  for (const f of r.failed) console.log(`  FAILED ${f}`)
}
