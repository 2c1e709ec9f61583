import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { measure, type FileSource } from '#compute'
import { isRefusal } from '#contract'
import type { Check } from '#domain/catalogue'
import { interleaved, spread, type Figure } from './measure.ts'

const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const powers = (base: number, modulus: number, count: number): readonly number[] => {
  const all = [1]
  while (all.length < count) all.push((all.at(-1)! * base) % modulus)
  return all
}
const sum = (weights: readonly number[], at: (i: number) => string): string =>
  weights.map((w, i) => `${w} * ${at(i)}`).join(' + ')
const ascii = (t: string) => (i: number) => `(ascii(substr(${t}, ${i + 1}, 1)) - 48)`

/** People and firms that nobody knows, with check digits that hold but for one in a thousand. */
const rowsOf = (n: number): string => `
  SELECT format('{:010d}', i) AS id,
    p || substr('10X98765432', 1 + CAST((${sum([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], ascii('p'))} + CAST(i % 1000 = 7 AS INT)) % 11 AS INT), 1) AS card,
    ['张伟', '王芳', '李娜', '欧阳建国', '赵敏'][1 + i % 5] AS name,
    '1' || ['38', '39', '50', '86', '77'][1 + i % 5] || format('{:08d}', (i * 7919) % 100000000) AS phone,
    u || substr('${letters}', 1 + CAST((31 - (${sum(powers(3, 31, 17), (i) => `(strpos('${letters}', substr(u, ${i + 1}, 1)) - 1)`)}) % 31) % 31 AS INT), 1) AS uscc,
    format('{:.2f}', (i % 1000003) / 100.0) AS amount,
    strftime(DATE '2010-01-01' + CAST(i % 5000 AS INT), '%Y-%m-%d') AS began,
    strftime(DATE '2010-01-01' + CAST(i % 5000 + i % 400 AS INT), '%Y-%m-%d') AS ended,
    ['000100', '000200', '000300', '000400', '000500', '000600', '000700'][1 + i % 7] AS region,
    ['0', '1', '2', '3'][1 + i % 4] AS status,
    CASE WHEN i % 50 = 0 THEN NULL ELSE 'user' || i || '@example.cn' END AS email
  FROM (SELECT i,
    ['110101', '110102', '120101', '310101'][1 + i % 4] || strftime(DATE '1950-01-01' + CAST(i % 20000 AS INT), '%Y%m%d') || format('{:03d}', i % 1000) AS p,
    b || substr('0X987654321', 1 + CAST((${sum([3, 7, 9, 10, 5, 8, 4, 2], (i) => `(strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(b, ${i + 9}, 1)) - 1)`)}) % 11 AS INT), 1) AS u
    FROM (SELECT i, '91100000MA' || format('{:06d}', i % 1000000) AS b FROM range(${n}) t(i)))`

const check = (kind: Check['kind'], fields: readonly string[], params: object): Check =>
  ({
    key: `${kind}:${fields.join('+')}:${JSON.stringify(params)}`,
    kind,
    fields,
    params,
    dimension: 'accuracy',
    severity: 'warn',
    threshold: 0,
  }) as unknown as Check

const unique = check('unique', ['id'], {})
const digits = [check('format', ['card'], { format: 'idCard' }), check('format', ['uscc'], { format: 'uscc' })]
const others: readonly Check[] = [
  check('machineReadable', [], {}),
  check('notNull', ['id'], {}),
  check('notNull', ['card'], {}),
  check('notNull', ['name'], { empties: ['无', 'NULL'] }),
  check('notNull', ['email'], {}),
  check('type', ['amount'], { as: 'number' }),
  check('type', ['began'], { as: 'date' }),
  check('type', ['ended'], { as: 'date' }),
  check('length', ['name'], { max: 20 }),
  check('range', ['amount'], { min: '0', max: '10000' }),
  check('pattern', ['id'], { pattern: '\\d{10}' }),
  check('accepted', ['region'], { values: Array.from({ length: 34 }, (_, i) => `000${i}00`) }),
  check('accepted', ['status'], { values: ['0', '1', '2'] }),
  check('format', ['phone'], { format: 'phone' }),
  check('notFuture', ['began'], {}),
  check('freshness', ['began'], { within: { value: 1, unit: 'month' } }),
  check('consistency', ['began', 'ended'], { relation: 'le', as: 'day' }),
]
/** One of each kind but sums and references, and format thrice: what a register of people and firms would declare. */
const twenty: readonly Check[] = [...others, unique, ...digits]

const columns = ['id', 'card', 'name', 'phone', 'uscc', 'amount', 'began', 'ended', 'region', 'status', 'email']

/** A quality scan of a large file, twenty checks, against one plain scan that looks at every value of the same file. */
export const quality = async (quick: boolean): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const rows = quick ? 200_000 : 10_000_000
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-bench-quality-'))
  const failed: string[] = []
  try {
    const db = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' })
    const connection = await db.connect()
    const [csv, parquet] = [join(dir, 'people.csv'), join(dir, 'people.parquet')]
    await connection.run(`COPY (${rowsOf(rows)}) TO '${csv}' (HEADER)`)
    const read = `read_csv('${csv}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns.map((c) => `'${c}': 'VARCHAR'`).join(', ')}})`
    await connection.run(`COPY (FROM ${read}) TO '${parquet}' (FORMAT parquet)`)

    // the processor's time beside the clock's: what else runs on the machine changes the latter
    const spent = new Map<string, number[]>()
    const seconds = async (name: string, work: () => Promise<unknown>): Promise<number> => {
      const [began, before] = [performance.now(), process.cpuUsage()]
      await work()
      const { user, system } = process.cpuUsage(before)
      spent.set(name, [...(spent.get(name) ?? []), (user + system) / 1e6])
      return (performance.now() - began) / 1000
    }
    const processor = (name: string, base: string): string => {
      const of = (n: string): number => spread(spent.get(n) ?? []).median
      return `${of(name).toFixed(1)} s of processor, ×${(of(name) / of(base)).toFixed(2)}`
    }
    const everyValue = (name: string, from: string) => () =>
      seconds(name, () =>
        connection.run(`SELECT count(*), ${columns.map((c) => `sum(length("${c}"))`).join(', ')} FROM ${from}`),
      )
    const scan = (name: string, kind: FileSource['kind'], path: string, checks: readonly Check[]) => () =>
      seconds(name, async () => {
        const found = await measure({ kind, content: { path } }, checks, {
          dataDir: dir,
          day: '2026-03-16',
          since: () => '2026-02-14',
        })
        if (isRefusal(found)) throw new Error(`${found.code}: ${found.says}`)
        const wrong = found.checks[digits[0]!.key]?.failed ?? rows / 1000
        if (found.rows !== rows || wrong !== rows / 1000)
          failed.push(`${kind}: ${found.rows} rows, ${wrong} wrong cards`)
      })
    const figures = await interleaved(
      quick ? 1 : 3,
      (
        [
          ['csv', csv, read],
          ['parquet', parquet, `read_parquet('${parquet}')`],
        ] as const
      ).flatMap(([kind, path, from]) => {
        const base = `${kind}: one plain scan`
        const against = (name: string, checks: readonly Check[]) => ({
          name: `${kind}: ${name}`,
          unit: 's',
          against: base,
          run: scan(`${kind}: ${name}`, kind, path, checks),
          note: () => processor(`${kind}: ${name}`, base),
        })
        return [
          {
            name: base,
            unit: 's',
            run: everyValue(base, from),
            note: () => `${rows} rows × ${columns.length} columns; ${processor(base, base)}`,
          },
          against('20 checks', twenty),
          against('of them 17, without uniqueness and check digits', others),
          against('of them uniqueness alone', [unique]),
          against('of them check digits alone', digits),
        ]
      }),
      { warmUp: false },
    )
    connection.closeSync()
    db.closeSync()
    return { figures, failed }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
