/** Input as the register compares it: full-width letters and digits narrowed, blanks collapsed. */
export const normal = (text: string): string => text.normalize('NFKC').replace(/\s+/g, ' ').trim()

/** Whether a search text can only be meant as a registration code: one word with a run of digits in it. */
export const looksLikeCode = (text: string): boolean =>
  /^[0-9A-Za-z一-鿿〔〕()-]{6,64}$/.test(text) && /\d{4}/.test(text)

export interface Piece {
  readonly text: string
  readonly hit: boolean
}

/**
 * Cuts a text into pieces that the query explains and pieces that it does not. A run counts when it is a whole word of the
 * query or shares two characters or more with one: a search for 公积金缴存 also marks 公积金 in 公积金缴纳信息.
 */
export const marked = (text: string, query: string): readonly Piece[] => {
  const words = normal(query).toLowerCase().split(' ').filter(Boolean)
  const low = text.toLowerCase()
  const pieces: { text: string; hit: boolean }[] = []
  const add = (part: string, hit: boolean): void => {
    const last = pieces.at(-1)
    if (last?.hit === hit) last.text += part
    else pieces.push({ text: part, hit })
  }
  for (let at = 0; at < text.length;) {
    let length = 0
    for (const word of words) {
      const least = Math.min(2, word.length)
      let n = Math.max(least, length + 1)
      while (at + n <= low.length && word.includes(low.slice(at, at + n))) length = n++
    }
    add(text.slice(at, at + Math.max(1, length)), length > 0)
    at += Math.max(1, length)
  }
  return pieces
}

/** 2026-03-16 → 2026年3月16日 */
export const longDay = (day: string): string => {
  const [y, m, d] = day.split('-').map(Number)
  return y && m && d ? `${y}年${m}月${d}日` : day
}

/** How long a notice still runs: `left` counts working days after today, the last day included. */
export const noticeLeft = (left: number): string =>
  left < 0 ? '公示期已满' : left === 0 ? '今天截止' : `剩 ${left} 个工作日`

/** A digest in groups of eight, so that two people can compare it aloud. */
export const grouped = (digest: string): string => digest.replace(/(.{8})(?=.)/g, '$1 ')
