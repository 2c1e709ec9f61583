import { foldU, generic, han, pairs, type Query, type Speech, type Term } from './search.ts'

/** Normalised. `spelling`: name whole, name's initials, then the same of the first unit. */
export interface Candidate {
  readonly name: string
  readonly units: readonly string[]
  readonly code: string
  readonly spelling: string
}

const shared = (text: string, grams: readonly string[]): number =>
  grams.length === 0 ? 0 : grams.filter((g) => text.includes(g)).length / grams.length

const spellingScore = (asked: string, c: Candidate): number => {
  const letters = foldU(asked)
  const [whole = '', initials = '', unit = '', unitInitials = ''] = c.spelling.split(' ')
  if (whole === letters || initials === asked) return 1.2
  if (whole.startsWith(letters)) return 1 + letters.length / whole.length / 10
  if (initials.startsWith(asked)) return 0.95
  if (whole.includes(letters)) return 0.9
  if (initials.includes(asked)) return 0.75
  if (unit.includes(letters) || unitInitials.includes(asked)) return 0.55
  return 0.8 * shared(whole, pairs(letters, 3))
}

const wordScore = (word: string, t: Term, c: Candidate, speech: Speech): number => {
  if (c.name.includes(word)) return 0.9
  if (t.units.some((u) => c.units.includes(u))) return 0.6
  if (c.units.some((u) => u.includes(word))) return 0.6
  const sounds = word.length > 1 && c.spelling.split(' ')[0]!.includes(foldU(speech.spell(word).join(''))) ? 0.7 : 0
  return Math.max(sounds, 0.6 * shared(c.name, pairs(word)))
}

/** How tightly the characters of `short` stand in `text` in their order: 1 where they are together, 0 where they are not all there. */
const tightness = (short: string, text: string): number => {
  let best = 0
  for (let start = text.indexOf(short[0]!); start >= 0; start = text.indexOf(short[0]!, start + 1)) {
    let at = start
    for (const c of short.slice(1)) {
      at = at < 0 ? at : text.indexOf(c, at + 1)
      if (at < 0) break
    }
    if (at >= 0) best = Math.max(best, short.length / (at - start + 1))
  }
  return best
}

const termScore = (t: Term, c: Candidate, speech: Speech): number => {
  if (!han.test(t.text)) {
    if (c.code && c.code.replaceAll(' ', '').startsWith(t.text)) return 1.2
    return c.name.includes(t.text) ? 1 : spellingScore(t.text, c)
  }
  if (c.name.includes(t.text)) return c.name.startsWith(t.text) ? 1.05 : 1
  let sum = 0
  let weights = 0
  for (const w of t.words) {
    const weight = generic.has(w) ? 0.3 : w.length
    sum += weight * wordScore(w, t, c, speech)
    weights += weight
  }
  const byWords = weights > 0 ? sum / weights : 0
  const inOrder = t.text.length >= 3 ? 0.85 * Math.sqrt(tightness(t.text, c.name)) : 0
  const byPairs = 0.85 * shared(c.name, pairs(t.text))
  const bySound =
    t.text.length > 1 && c.spelling.split(' ')[0]!.includes(foldU(speech.spell(t.text).join(''))) ? 0.92 : 0
  return Math.max(byWords, inOrder, byPairs, bySound)
}

/** Higher is better: how much of what was asked the item answers, and how much of its name was asked for. */
export const relevance = (q: Query, c: Candidate, speech: Speech): number => {
  const joined = q.terms.map((t) => t.text).join('')
  const name = c.name.replaceAll(' ', '')
  let sum = 0
  let weights = 0
  for (const t of q.terms) {
    const weight = Math.min(t.text.length, 8)
    sum += weight * termScore(t, c, speech)
    weights += weight
  }
  let score = weights > 0 ? sum / weights : 0
  if (q.latin && q.terms.length > 1) score = Math.max(score, spellingScore(joined, c))
  const asked = new Set(joined)
  const explained = q.latin ? 0 : Array.from(name).filter((x) => asked.has(x)).length / Math.max(1, name.length)
  return score + 0.25 * explained + (name === joined ? 1 : 0) + (q.latin ? -0.002 * name.length : 0)
}

// ── what is marked ─────────────────────────────────────────────────────────────────────────────────────────────

export type Range = readonly [start: number, end: number]

/** The parts of a text that the query explains; pinyin marks the characters it spells. */
export const marks = (text: string, q: Query, speech: Speech): readonly Range[] => {
  const folded = speech.simplify(text.normalize('NFKC').toLowerCase())
  // where folding changed the length, places would be wrong
  const t = folded.length === text.length ? folded : text.toLowerCase()
  const hit = new Uint8Array(t.length)
  for (const term of q.terms) {
    for (const word of han.test(term.text) ? [term.text, ...term.words] : [term.text])
      for (let at = 0; at < t.length; at++) {
        let n = 0
        while (at + n < t.length && t[at + n] !== ' ' && word.includes(t.slice(at, at + n + 1))) n++
        if (n >= Math.min(han.test(word) ? 2 : 3, word.length)) hit.fill(1, at, at + n)
      }
    if (/^[a-z]{2,}$/.test(term.text)) markSpelled(t, term.text, hit, speech)
  }
  if (q.latin && q.terms.length > 1) markSpelled(t, q.terms.map((x) => x.text).join(''), hit, speech)
  const ranges: [number, number][] = []
  for (let at = 0; at < t.length; at++)
    if (hit[at]) {
      const last = ranges.at(-1)
      if (last?.[1] === at) last[1]++
      else ranges.push([at, at + 1])
    }
  return ranges
}

const markSpelled = (t: string, letters: string, hit: Uint8Array, speech: Speech): void => {
  const sounds = Array.from(t, (c) => (han.test(c) ? '' : c))
  for (const m of t.matchAll(/\p{Script=Han}+/gu))
    speech.spell(m[0]).forEach((s, i) => (sounds[m.index + i] = foldU(s)))
  const asked = foldU(letters)
  for (let at = 0; at < t.length; at++) {
    let whole = ''
    let initials = ''
    for (let to = at; to < t.length && (whole.length < asked.length || initials.length < letters.length); to++) {
      whole += sounds[to] ?? ''
      initials += (sounds[to] ?? '')[0] ?? ''
      if (whole === asked || initials === letters || (whole.startsWith(asked) && asked.length > 3)) {
        hit.fill(1, at, to + 1)
        break
      }
    }
  }
}
