import type { Check, Count, Counts } from '#domain/catalogue'
import { boolean, datetime, decimal, hasFormat, integer } from './formats.ts'
import { quoteNumber, quoteText, type Dialect } from './sql.ts'

/** What an engine keeps in a column; everything of a CSV is text. */
export type Native = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'other'
export interface Column {
  /** Its quoted name. */
  readonly sql: string
  readonly native: Native
}
/** A table as SQL sees it: where it is read from, and its columns under names of our own. */
export interface Table {
  readonly from: string
  readonly columns: readonly Column[]
  /** The column of each name that checks use; a name without one is absent. */
  readonly positions: ReadonlyMap<string, number>
}
/** What is known of a file before its rows are counted. */
export interface FileFacts {
  /** Records that no program can read: ragged, wrongly quoted or not of the encoding. Added by the engine. */
  readonly unreadable: number
  /** Columns without a name or with a name that another has. */
  readonly headerDefects: number
  readonly mergedCells: number
}
export const noDefects: FileFacts = { unreadable: 0, headerDefects: 0, mergedCells: 0 }

export interface Plan {
  /** One SELECT of one row of whole numbers. */
  readonly sql: string
  readonly read: (row: readonly (bigint | number | string | null)[], facts: FileFacts) => Counts
}

export interface CompileOptions {
  readonly table: Table
  /** Tables that `referential` checks name. */
  readonly references?: ReadonlyMap<string, Table>
  /** The day of the check. */
  readonly day: string
  /** The earliest day that is still within an update period on `day`. */
  readonly since: (within: { readonly value: number; readonly unit: 'workday' | 'day' | 'month' | 'year' }) => string
}

const totals = ['合计', '总计', '小计', '共计', '合 计', '总 计', '小 计', '合计：', '总计：', '合计:', '总计:']

/**
 * One SELECT that reads the table once and counts what every check asks, and how to read its row. Names and values of users enter it only
 * through `quoteName`, `quoteText` and `quoteNumber`.
 */
export const compile = (checks: readonly Check[], dialect: Dialect, options: CompileOptions): Plan => {
  const { table, day } = options
  const texts = new Map<number, string>()
  const numbers = new Map<number, string>()
  const joins: string[] = []
  const aggregates: string[] = ['count(*)']
  const add = (sql: string): number => {
    const at = aggregates.indexOf(sql)
    return at >= 0 ? at : aggregates.push(sql) - 1
  }
  const where = (condition: string): number => add(`count(*) FILTER (WHERE ${condition})`)

  // What several checks ask of a value is computed once for a row, in a subselect of its own above those it needs.
  const levels: { readonly sql: string; readonly level: number }[] = []
  const hoist = (sql: string): string => {
    const known = levels.findIndex((l) => l.sql === sql)
    if (known >= 0) return `t.x${known}`
    const needs = [...sql.matchAll(/\bt\.x(\d+)\b/g)].map(([, n]) => levels[Number(n)]?.level ?? 0)
    return `t.x${levels.push({ sql, level: Math.max(0, ...needs) + 1 }) - 1}`
  }

  const at = (name: string): number => table.positions.get(name)!
  /** The value as text, null where blank. Only what is asked for is read. */
  const text = (name: string): string => {
    const i = at(name)
    texts.set(i, `${dialect.filled(asText(table.columns[i]!))} AS c${i}`)
    return `t.c${i}`
  }
  const native = (name: string): Native => table.columns[at(name)]!.native
  const number = (name: string): string => {
    const i = at(name)
    if (!['integer', 'number'].includes(native(name)))
      return hoist(`CASE WHEN ${dialect.matches(text(name), decimal)} THEN ${dialect.double(text(name))} END`)
    numbers.set(i, `CAST(${table.columns[i]!.sql} AS DOUBLE PRECISION) AS n${i}`)
    return `t.n${i}`
  }
  const dayOf = (name: string): string => {
    const t = text(name)
    const written =
      `CASE WHEN strpos(${t}, '-') = 5 THEN substr(${t}, 1, 10) WHEN strpos(${t}, '/') = 5 THEN replace(substr(${t}, 1, 10), '/', '-') ` +
      `ELSE concat(substr(${t}, 1, 4), '-', substr(${t}, 5, 2), '-', substr(${t}, 7, 2)) END`
    return hoist(
      native(name) === 'date' || native(name) === 'datetime'
        ? `substr(${t}, 1, 10)`
        : dialect.day(t, `CASE WHEN ${dialect.matches(t, datetime)} THEN ${written} END`),
    )
  }
  const valueOf = { number, day: dayOf, text }

  const typeFails = (name: string, as: Extract<Check, { kind: 'type' }>['params']['as']): string => {
    const t = text(name)
    const kept = native(name)
    if (
      as === 'text' ||
      as === kept ||
      (as === 'number' && kept === 'integer') ||
      (as === 'datetime' && kept === 'date')
    )
      return 'false'
    // an instant at midnight is how many systems keep a day
    if (as === 'date' && kept === 'datetime') return `NOT ${dialect.matches(t, `.{10}(?:[ T]00:00:00)?`)}`
    switch (as) {
      case 'number':
        return `${number(name)} IS NULL`
      case 'datetime':
        return `${dayOf(name)} IS NULL`
      // a day alone is never longer than this, with a time of day always
      case 'date':
        return `${dayOf(name)} IS NULL OR length(${t}) > 10`
      case 'integer':
        return `NOT ${dialect.matches(t, integer)}`
      case 'boolean':
        return `NOT ${dialect.matches(t, boolean)}`
    }
  }
  const rangeFails = (name: string, p: Extract<Check, { kind: 'range' }>['params']): string => {
    const bounds = p as { min?: string; max?: string; from?: string; to?: string }
    const isDay = bounds.from !== undefined || bounds.to !== undefined
    const v = isDay ? dayOf(name) : number(name)
    const low = isDay ? bounds.from && quoteText(bounds.from) : bounds.min && quoteNumber(Number(bounds.min))
    const high = isDay ? bounds.to && quoteText(bounds.to) : bounds.max && quoteNumber(Number(bounds.max))
    return [`${v} IS NULL`, ...(low ? [`${v} < ${low}`] : []), ...(high ? [`${v} > ${high}`] : [])].join(' OR ')
  }

  type Read = (row: readonly number[], facts: FileFacts) => Count
  const counted =
    (checked: number, failed: number): Read =>
    (row) => ({ checked: row[checked]!, failed: row[failed]! })
  /** Of the rows where the field is filled, those that fail. */
  const ofFilled = (name: string, fails: string): Read => {
    const t = text(name)
    return counted(add(`count(${t})`), where(`${t} IS NOT NULL AND (${fails})`))
  }

  const compiled = (c: Check): Read => {
    switch (c.kind) {
      case 'notNull': {
        const t = text(c.fields[0])
        const empties = c.params.empties ?? []
        return counted(0, where(`${t} IS NULL${empties.length > 0 ? ` OR ${dialect.among(t, empties)}` : ''}`))
      }
      case 'unique': {
        const parts = c.fields.map(text)
        const all = where(parts.map((t) => `${t} IS NOT NULL`).join(' AND '))
        // a combination with a blank in it is none: counting distinct combinations must leave it out
        const distinct = add(
          parts.length === 1
            ? dialect.distinct(parts)
            : `${dialect.distinct(parts)} FILTER (WHERE ${parts.map((t) => `${t} IS NOT NULL`).join(' AND ')})`,
        )
        return (row) => ({ checked: row[all]!, failed: row[all]! - row[distinct]! })
      }
      case 'type':
        return ofFilled(c.fields[0], typeFails(c.fields[0], c.params.as))
      case 'length': {
        const { min, max } = c.params
        const length = `length(${text(c.fields[0])})`
        const fails = [...(min ? [`${length} < ${min}`] : []), ...(max !== undefined ? [`${length} > ${max}`] : [])]
        return ofFilled(c.fields[0], fails.join(' OR ') || 'false')
      }
      case 'range':
        return ofFilled(c.fields[0], rangeFails(c.fields[0], c.params))
      case 'pattern':
        return ofFilled(c.fields[0], `NOT ${dialect.matches(text(c.fields[0]), c.params.pattern)}`)
      case 'accepted':
        return ofFilled(c.fields[0], `NOT (${dialect.among(text(c.fields[0]), c.params.values)})`)
      case 'format':
        return ofFilled(c.fields[0], `NOT (${hasFormat(dialect, text(c.fields[0]), c.params.format, hoist)})`)
      case 'notFuture': {
        const d = dayOf(c.fields[0])
        return counted(where(`${d} IS NOT NULL`), where(`${d} > ${quoteText(day)}`))
      }
      case 'freshness': {
        const d = dayOf(c.fields[0])
        const fresh = where(`${d} >= ${quoteText(options.since(c.params.within))} AND ${d} <= ${quoteText(day)}`)
        return (row) => ({ checked: 1, failed: row[fresh]! > 0 ? 0 : 1 })
      }
      case 'consistency': {
        const [left, right] = c.fields
        if (c.params.relation === 'implies') {
          const asked = c.params.values ? dialect.among(text(left), c.params.values) : `${text(left)} IS NOT NULL`
          return counted(where(asked), where(`(${asked}) AND ${text(right)} IS NULL`))
        }
        const [a, b] = [valueOf[c.params.as](left), valueOf[c.params.as](right)]
        const sign = { le: '>', lt: '>=', eq: '<>' }[c.params.relation]
        return counted(where(`${a} IS NOT NULL AND ${b} IS NOT NULL`), where(`${a} ${sign} ${b}`))
      }
      case 'sum': {
        const [total, ...parts] = c.fields.map(number) as [string, ...string[]]
        const difference = `abs(${total} - (${parts.join(' + ')}))`
        return counted(
          where(`${difference} IS NOT NULL`),
          where(`${difference} > ${quoteNumber(Number(c.params.tolerance))}`),
        )
      }
      case 'referential': {
        const t = text(c.fields[0])
        const other = options.references!.get(c.params.reference)!
        const column = other.columns[other.positions.get(c.params.field)!]!
        const values = `SELECT DISTINCT ${dialect.filled(asText(column))} AS v, true AS hit FROM ${other.from}`
        const join = (n: number): string => `LEFT JOIN (${values}) r${n} ON r${n}.v = ${t}`
        const known = joins.findIndex((j, n) => j === join(n))
        const n = known >= 0 ? known : joins.push(join(joins.length)) - 1
        return ofFilled(c.fields[0], `${t} IS NOT NULL AND r${n}.hit IS NULL`)
      }
      case 'rowCount': {
        const { min, max } = c.params
        return ([rows]) => ({ checked: 1, failed: rows! < (min ?? 0) || rows! > (max ?? Infinity) ? 1 : 0 })
      }
      case 'columns': {
        const found = c.fields.filter((f) => table.positions.has(f))
        const described = new Set(found.map(at))
        const failed = c.fields.length - found.length + (table.columns.length - described.size)
        return () => ({ checked: found.length + failed, failed })
      }
      case 'machineReadable': {
        const first = [...table.columns.keys()].slice(0, 2).filter((i) => table.columns[i]!.native === 'text')
        for (const i of first) texts.set(i, `${dialect.filled(asText(table.columns[i]!))} AS c${i}`)
        const lines = where(first.map((i) => dialect.among(`t.c${i}`, totals)).join(' OR ') || 'false')
        return (row, facts) => ({
          checked: row[0]! + facts.unreadable,
          failed: row[lines]! + facts.unreadable + facts.headerDefects + facts.mergedCells,
        })
      }
    }
  }

  const absent = (c: Check): boolean => {
    if (c.kind === 'columns') return false
    if (c.fields.some((f) => !table.positions.has(f))) return true
    return c.kind === 'referential' && !options.references?.get(c.params.reference)?.positions.has(c.params.field)
  }
  const reads = checks.map((c) => [c.key, absent(c) ? undefined : compiled(c)] as const)
  const columns = [...texts.values(), ...numbers.values()]
  const highest = Math.max(0, ...levels.map((l) => l.level))
  const from = Array.from({ length: highest }, (_, i) => i + 1).reduce(
    (below, level) =>
      `(SELECT *, ${levels.flatMap((l, i) => (l.level === level ? [`${l.sql} AS x${i}`] : [])).join(', ')} FROM ${below} t)`,
    `(SELECT ${columns.length > 0 ? columns.join(', ') : '1 AS one'} FROM ${table.from})`,
  )
  const sql = [`SELECT ${aggregates.map((a, i) => `${a} AS a${i}`).join(', ')}`, `FROM ${from} t`, ...joins].join('\n')
  return {
    sql,
    read: (row, facts) => {
      const found = row.map(Number)
      return {
        rows: found[0] ?? 0,
        checks: Object.fromEntries(
          reads.map(([key, read]) => [key, read ? read(found, facts) : { checked: 0, failed: 0, absent: true }]),
        ),
      }
    },
  }
}

const asText = (c: Column): string => (c.native === 'text' ? c.sql : `CAST(${c.sql} AS VARCHAR)`)
