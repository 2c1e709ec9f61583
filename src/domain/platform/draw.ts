/** What a draw knows of an expert. */
export interface Candidate {
  readonly id: string
  /** The organisation that employs them. */
  readonly employer: string
  /** Organisations in whose matters they have said that they do not take part. */
  readonly recused: readonly string[]
}

export interface Drawn {
  /** Those drawn, in the order in which they were drawn. */
  readonly drawn: readonly string[]
  /** Those passed over before the last one was drawn, with the reason. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
  /** The whole pool in the order of the draw: who follows if one drawn cannot come. */
  readonly order: readonly string[]
  /** How many could not be found. */
  readonly missing: number
}

/**
 * Draws experts by lot from a seed, so that anybody can draw again and find the same. To recompute it: take the ids of the pool; for
 * each compute the SHA-256 of the UTF-8 text of the seed directly followed by the id (an id has always 36 characters, so that there is
 * one way to read it), as lower-case hexadecimal; sort by these digests, smallest first; walk down, pass over whoever is conflicted, and
 * stop when `amount` are found. The seed must be fixed (standing in a signed checkpoint) after the pool and the conflicts are, and be
 * nobody's choice. Neither the order of the pool nor who is conflicted changes the place of anybody else.
 */
export const draw = (of: {
  readonly seed: string
  readonly pool: readonly string[]
  /** Expert → why they must not take part. */
  readonly conflicted: Readonly<Record<string, string>>
  readonly amount: number
  /** SHA-256 of a text, lower-case hexadecimal. */
  readonly digest: (text: string) => string
}): Drawn => {
  const order = [...new Set(of.pool)]
    .map((id) => ({ id, lot: of.digest(of.seed + id) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : a.lot > b.lot ? 1 : a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
  const drawn: string[] = []
  const skipped: { id: string; reason: string }[] = []
  for (const id of order) {
    if (drawn.length >= of.amount) break
    const reason = Object.hasOwn(of.conflicted, id) ? of.conflicted[id] : undefined
    if (reason === undefined) drawn.push(id)
    else skipped.push({ id, reason })
  }
  return { drawn, skipped, order, missing: Math.max(0, of.amount - drawn.length) }
}

/** Who of the candidates must not take part in a matter of these organisations, and why: by employment, by relation, by their own word. */
export const conflictsIn = (
  pool: readonly Candidate[],
  parties: readonly string[],
  affiliates: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pool.flatMap((e): [string, string][] => {
      if (parties.includes(e.employer)) return [[e.id, '所在单位是当事方']]
      if (parties.some((p) => (affiliates[p] ?? []).includes(e.employer))) return [[e.id, '所在单位是当事方的关联方']]
      return e.recused.some((o) => parties.includes(o) || parties.some((p) => (affiliates[p] ?? []).includes(o)))
        ? [[e.id, '本人已申报回避']]
        : []
    }),
  )
