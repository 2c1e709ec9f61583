/**
 * Which line a text stood in first, for a million texts in some dozens of megabytes: kept are 64 bits of a digest of each text and
 * not the text. Two texts would be taken for one in 1 of 30 million lists of a million lines; a warning would be wrong then.
 */
export interface LineIndex {
  /** The line of the first text like this; 0 when this is the first, whose line is then noted. */
  readonly firstOf: (text: string, line: number) => number
}

export const lineIndex = (hash: (text: string) => string): LineIndex => {
  let room = 1 << 10
  let used = 0
  let high = new Uint32Array(room)
  let low = new Uint32Array(room)
  let lines = new Uint32Array(room)
  const place = (h: number, l: number): number => {
    let at = l & (room - 1)
    while (lines[at] !== 0 && (high[at] !== h || low[at] !== l)) at = (at + 1) & (room - 1)
    return at
  }
  const grow = (): void => {
    const [h, l, n] = [high, low, lines]
    room *= 2
    high = new Uint32Array(room)
    low = new Uint32Array(room)
    lines = new Uint32Array(room)
    n.forEach((line, i) => {
      if (line === 0) return
      const at = place(h[i]!, l[i]!)
      high[at] = h[i]!
      low[at] = l[i]!
      lines[at] = line
    })
  }
  return {
    firstOf: (text, line) => {
      const digest = hash(text)
      const h = parseInt(digest.slice(0, 8), 16)
      const l = parseInt(digest.slice(8, 16), 16)
      const at = place(h, l)
      if (lines[at] !== 0) return lines[at]!
      high[at] = h
      low[at] = l
      lines[at] = line
      if (++used * 2 > room) grow()
      return 0
    },
  }
}
