// The shape of an RFC 6962 tree, without its hashes: which subtrees there are, and which of them a proof names.

/** Bytes of a hash, SHA-256 or SM3. */
export const hashBytes = 32

/** The entries [from, to) under a subtree. */
export type Range = readonly [from: number, to: number]

/** The largest power of two smaller than n, where a tree of n ≥ 2 leaves divides. By doubling: shifts end at 2³¹, logarithms round. */
export const half = (n: number): number => {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}

/** The perfect subtrees that a subtree consists of, from left to right. */
export const perfectParts = ([from, to]: Range): Range[] => {
  const parts: Range[] = []
  for (let at = from; at < to;) {
    let n = 1
    while (at % (2 * n) === 0 && at + 2 * n <= to) n *= 2
    parts.push([at, at + n])
    at += n
  }
  return parts
}

/** PATH of RFC 6962 2.1.1: the subtrees beside the way from an entry to the root, lowest first. */
export const inclusionRanges = (index: number, size: number): Range[] => {
  const beside: Range[] = []
  for (let from = 0, to = size; to - from > 1;) {
    const middle = from + half(to - from)
    if (index < middle) {
      beside.push([middle, to])
      to = middle
    } else {
      beside.push([from, middle])
      from = middle
    }
  }
  return beside.reverse()
}

/** PROOF of RFC 6962 2.1.2 for 0 < old ≤ size: the subtrees that lead from the old root to the new one, lowest first. */
export const consistencyRanges = (old: number, size: number): Range[] => {
  const beside: Range[] = []
  let [from, to] = [0, size]
  while (old < to) {
    const middle = from + half(to - from)
    if (old <= middle) {
      beside.push([middle, to])
      to = middle
    } else {
      beside.push([from, middle])
      from = middle
    }
  }
  // the subtree in which the old tree ends; when it is the whole old tree, its root is known already
  if (from > 0) beside.push([from, to])
  return beside.reverse()
}
