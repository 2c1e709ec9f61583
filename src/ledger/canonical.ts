/**
 * Canonical JSON (RFC 8785 restricted to what legal facts contain): keys sorted by UTF-16 code units, no whitespace, numbers are
 * safe integers. Anything else (floats, undefined in arrays, lone surrogates, dates, bytes) is a programming error and throws.
 */
export const canonical = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      if (/\p{Cs}/u.test(value)) throw new Error('lone surrogate in a canonical string')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Error(`not a safe integer: ${value}`)
      return String(value)
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      // from, not map, which passes over holes
      if (Array.isArray(value)) return `[${Array.from(value, canonical).join(',')}]`
      if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) throw new Error('not a plain object')
      return `{${Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([k, v]) => `${canonical(k)}:${canonical(v)}`)
        .join(',')}}`
    default:
      throw new Error(`not JSON: ${typeof value}`)
  }
}
