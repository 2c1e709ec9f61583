/** Facets as they stand in the address of the page, so that a choice can be sent to somebody and survives going back. */
export const facetKeys = [
  ...['object', 'unit', 'division', 'industry', 'grade', 'sharing', 'opening'],
  ...['registered', 'batch', 'format', 'frequency'],
] as const

/** The address with one value chosen, or no longer chosen. */
export const toggled = (params: URLSearchParams, key: string, value: string): URLSearchParams => {
  const next = new URLSearchParams(params)
  const values = next.getAll(key)
  next.delete(key)
  for (const v of values.includes(value) ? values.filter((x) => x !== value) : [...values, value]) next.append(key, v)
  return next
}
/** The address without any choice. */
export const cleared = (params: URLSearchParams): URLSearchParams => {
  const next = new URLSearchParams(params)
  for (const key of facetKeys) next.delete(key)
  return next
}
/** What the server is asked, of what stands in the address. */
export const asked = (params: URLSearchParams, more: Readonly<Record<string, string | undefined>>): string => {
  const out = new URLSearchParams()
  for (const key of ['q', 'sort', ...facetKeys])
    for (const v of params.getAll(key)) if (v !== '' || facetKeys.includes(key as never)) out.append(key, v)
  for (const [k, v] of Object.entries(more)) if (v !== undefined) out.set(k, v)
  return out.toString()
}

/** A text cut along the ranges that the search explains. */
export const pieces = (
  text: string,
  marks: readonly (readonly [number, number])[],
): readonly { readonly text: string; readonly hit: boolean }[] => {
  const out: { text: string; hit: boolean }[] = []
  let at = 0
  for (const [start, end] of marks) {
    if (start > at) out.push({ text: text.slice(at, start), hit: false })
    out.push({ text: text.slice(start, end), hit: true })
    at = end
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false })
  return out
}
