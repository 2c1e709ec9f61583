/** A name in SQL. Throws on NUL, which no table's name can hold. */
export const quoteName = (name: string): string => `"${whole(name).replaceAll('"', '""')}"`

/** A text in SQL, under standard_conforming_strings. Throws on NUL. */
export const quoteText = (text: string): string => `'${whole(text).replaceAll("'", "''")}'`

const whole = (text: string): string => {
  if (text.includes('\0')) throw new RangeError('NUL in SQL')
  return text
}

/** A finite number in SQL, always as a double. */
export const quoteNumber = (n: number): string => {
  if (!Number.isFinite(n)) throw new RangeError(`not a finite number: ${n}`)
  return `CAST(${n < 0 ? `(${n})` : n} AS DOUBLE PRECISION)`
}

/** How the two engines say what they do not say alike. Arguments are SQL. */
export interface Dialect {
  readonly name: 'duckdb' | 'postgres'
  /** Whether the whole of `text` is matched by a pattern of the plain kind that `checkSchema` lets through. */
  readonly matches: (text: string, pattern: string) => string
  /** Distinct combinations of texts, none of them null. */
  readonly distinct: (texts: readonly string[]) => string
  /** The text, or null where it is blank. */
  readonly filled: (text: string) => string
  readonly among: (text: string, values: readonly string[]) => string
  /** `otherwise`, which is the day in a text that may be one, as `YYYY-MM-DD` or null; sooner where the engine can tell at a glance. */
  readonly day: (text: string, otherwise: string) => string
  /** A text that is known to be a decimal, as a double. */
  readonly double: (text: string) => string
}

/** The shorthand classes spelt out: `\d` is no digit of another script in any engine. */
export const spellOut = (pattern: string): string => {
  const sets: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: ' \\t\\r\\n' }
  let inClass = false
  return pattern
    .replace(/^\^/, '')
    .replace(/(^|[^\\])\$$/, '$1')
    .replace(/\\(.)|\[|\]/gu, (found, escaped: string | undefined) => {
      if (escaped === undefined) inClass = found === '['
      const set = escaped === undefined ? undefined : sets[escaped.toLowerCase()]
      if (set === undefined) return found
      return inClass ? set : `[${escaped === escaped?.toLowerCase() ? '' : '^'}${set}]`
    })
}

const blanks = ' \t\r\n\u00a0\u3000'

export const duckdb: Dialect = {
  name: 'duckdb',
  matches: (text, pattern) => `regexp_full_match(${text}, ${quoteText(`(?s:${spellOut(pattern)})`)})`,
  // lengths first, so that no two combinations write alike
  distinct: (texts) =>
    texts.length === 1
      ? `count(DISTINCT ${texts[0]})`
      : `count(DISTINCT concat(${texts.flatMap((t) => [`strlen(${t})`, `':'`, t]).join(', ')}))`,
  // what is blank begins with a sign below '!', a hard space or a wide one: comparing beginnings spares most values the closer look
  filled: (text) => {
    const closer = `CASE WHEN trim(${text}, ${quoteText(blanks)}) = '' THEN NULL ELSE ${text} END`
    return (
      `CASE WHEN ${text} < '!' THEN ${closer} ` +
      `WHEN ${text} >= '\u00a0' AND (${text} < '\u00a1' OR starts_with(${text}, '\u3000')) THEN ${closer} ELSE ${text} END`
    )
  },
  among: (text, values) =>
    values.length > 8
      ? `list_contains([${values.map(quoteText).join(', ')}], ${text})`
      : `${text} IN (${values.map(quoteText).join(', ')})`,
  // a date that is written as it was read is one; the first sign keeps to the years 1000 to 2999
  day: (text, otherwise) =>
    `CASE WHEN strlen(${text}) = 10 AND ${text} >= '1' AND ${text} < '3' AND CAST(TRY_CAST(${text} AS DATE) AS VARCHAR) = ${text} ` +
    `THEN ${text} ELSE ${otherwise} END`,
  // an engine that evaluates ahead must not fail on what the guard around it excludes
  double: (text) => `TRY_CAST(${text} AS DOUBLE)`,
}

export const postgres: Dialect = {
  name: 'postgres',
  matches: (text, pattern) => `${text} ~ ${quoteText(`^(?:${spellOut(pattern)})$`)}`,
  distinct: (texts) => (texts.length === 1 ? `count(DISTINCT ${texts[0]})` : `count(DISTINCT (${texts.join(', ')}))`),
  filled: (text) => `CASE WHEN btrim(${text}, ${quoteText(blanks)}) = '' THEN NULL ELSE ${text} END`,
  among: (text, values) => `${text} IN (${values.map(quoteText).join(', ')})`,
  day: (_text, otherwise) => otherwise,
  double: (text) => `CAST(${text} AS DOUBLE PRECISION)`,
}
