/** What the search needs to know of the language; the libraries that know it live outside. */
export interface Speech {
  /** Traditional characters to simplified ones. */
  readonly simplify: (text: string) => string
  /** A run of Chinese cut into words. */
  readonly words: (text: string) => readonly string[]
  /** Pinyin without tones, one syllable a character. */
  readonly spell: (text: string) => readonly string[]
}

export const han = /^\p{Script=Han}/u
const runs = (text: string): readonly string[] => text.match(/\p{Script=Han}+|[^\p{Script=Han}\s]+/gu) ?? []
/** `lü` is typed lv or lu. */
export const foldU = (letters: string): string => letters.replace(/(?<=[ln])v/g, 'u')

/** A text as it is compared: width and case folded, simplified, everything but letters and digits a blank. */
export const normal = (text: string, simplify: Speech['simplify']): string =>
  simplify(text.normalize('NFKC').toLowerCase())
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

export const pairs = (run: string, n = 2): readonly string[] =>
  run.length < n ? [] : Array.from({ length: run.length - n + 1 }, (_, i) => run.slice(i, i + n))

/** What a run is found by: its pairs of characters and its last character, so that every character begins something; other scripts whole. */
const grams = (run: string): readonly string[] => (han.test(run) ? [...pairs(run), run.slice(-1)] : [run])

export interface Searchable {
  readonly name: string
  readonly code: string
  readonly units: readonly string[]
  readonly division: string
  readonly industry: string
  readonly format: string
  readonly frequency: string
  readonly sharing: string
  readonly opening: string
  readonly grade: string
  readonly registered: string
  readonly batch: string
  readonly object: string
  readonly summary: string
  readonly detail: { readonly fields?: readonly { readonly name: string; readonly field?: string }[] }
}

const several = (text: string): readonly string[] => text.split(/[、,，;；/]/).map((x) => x.trim())
const ancestors = (division: string): readonly string[] => [
  ...new Set([`${division.slice(0, 2)}0000`, `${division.slice(0, 4)}00`, division]),
]

/** The values an item counts under. A county's item also counts under its city and province. Empty: nothing said. */
const facetValues = {
  unit: (i: Searchable) => i.units,
  division: (i: Searchable) => ancestors(i.division),
  industry: (i: Searchable) => several(i.industry),
  grade: (i: Searchable) => [i.grade],
  sharing: (i: Searchable) => [i.sharing],
  opening: (i: Searchable) => [i.opening],
  registered: (i: Searchable) => [i.registered === '' ? 'no' : 'yes'],
  batch: (i: Searchable) => [i.batch],
  format: (i: Searchable) => several(i.format),
  frequency: (i: Searchable) => [i.frequency],
  object: (i: Searchable) => [i.object],
} satisfies Record<string, (i: Searchable) => readonly string[]>
export type FacetKey = keyof typeof facetValues
/** Values asked for of each facet: any of them. */
export type Choices = { readonly [f in FacetKey]?: readonly string[] | undefined }
export const facetKeys = Object.keys(facetValues) as readonly FacetKey[]

const factToken = (facet: FacetKey, value: string): string => `#${facet}:${value.slice(0, 200)}`
export const fieldToken = (name: string): string => `$${name.slice(0, 100)}`
const quote = (token: string): string => `'${token.replace(/['\\]/g, (c) => c + c)}'`

/** The spelling of a text: whole, and its initials; words of other scripts stand as they are. */
const spelled = (text: string, speech: Speech): readonly [whole: string, initials: string] => {
  const syllables = runs(text).flatMap((r) => (han.test(r) ? speech.spell(r) : [r]))
  return [foldU(syllables.join('')), syllables.map((s) => s[0] ?? '').join('')]
}

const headTokens = (text: string): readonly string[] => runs(text).flatMap((r) => grams(r).map((g) => `=${g}`))
const spellingTokens = ([whole, initials]: readonly [string, string]): readonly string[] => [
  ...pairs(whole, 4).map((g) => `~${g}`),
  ...pairs(initials).map((g) => `^${g}`),
]
/** Of a unit only its initials: who spells it out is answered from the list of units, which is short. */
const ofUnit = (token: string): boolean => !token.startsWith('~')

/** Enough of a long list of information items to be found by; a tsvector ends at 1 MB. */
const mostText = 20_000

/**
 * What an item is found by. `head` is of a name or unit and is asked once for each of them, so it can be remembered.
 * `=xx`: in name, unit or code; `xx`: elsewhere; `~`, `^`: pinyin and initials; `#`: facets; `$`: whole names of information items.
 */
export const headOfText = (
  text: string,
  speech: Speech,
): { readonly tokens: readonly string[]; readonly spelling: string } => {
  const t = normal(text, speech.simplify)
  const spelling = spelled(t, speech)
  return { tokens: [...headTokens(t), ...spellingTokens(spelling)], spelling: spelling.join(' ') }
}

/** The tokens of an item as PostgreSQL prints a tsvector, so that what is stored compares with what is computed; and its spelling. */
export const indexOf = (
  item: Searchable,
  speech: Speech,
  head: typeof headOfText = headOfText,
): { readonly tokens: string; readonly spelling: string } => {
  const name = head(item.name, speech)
  const units = item.units.map((u) => head(u, speech))
  const fields = (item.detail.fields ?? []).map((f) => normal(f.name, speech.simplify)).filter(Boolean)
  const tokens = new Set<string>([...name.tokens, ...units.flatMap((u) => u.tokens.filter(ofUnit))])
  for (const code of [item.code, item.registered])
    if (code) {
      const c = normal(code, speech.simplify)
      tokens.add(`=${c.replaceAll(' ', '')}`)
      for (const t of headTokens(c)) tokens.add(t)
    }
  const rest = [item.summary, item.industry].map((t) => normal(t, speech.simplify))
  for (const f of item.detail.fields ?? []) if (f.field) rest.push(normal(f.field, speech.simplify))
  for (const run of runs([...rest, ...fields].join(' ').slice(0, mostText)))
    for (const g of grams(run)) if (!tokens.has(`=${g}`)) tokens.add(g.slice(0, 100))
  for (const f of fields) tokens.add(fieldToken(f))
  for (const facet of facetKeys) for (const v of facetValues[facet](item)) tokens.add(factToken(facet, v))
  return {
    tokens: [...tokens].sort().map(quote).join(' '),
    spelling: [name, ...units.slice(0, 1)].map((x) => x.spelling).join(' '),
  }
}

// ── what is asked ──────────────────────────────────────────────────────────────────────────────────────────────

export interface Term {
  readonly text: string
  readonly words: readonly string[]
  /** Units this is, or is short for. */
  readonly units: readonly string[]
}
export interface Query {
  readonly text: string
  readonly terms: readonly Term[]
  /** All of it is letters and digits: blanks may only be how it was typed. */
  readonly latin: boolean
}

/** Words that name no matter: nearly every entry of a catalogue ends in one. */
export const generic = new Set([
  ...['信息', '数据', '情况', '明细', '记录', '查询', '资料', '服务', '分析', '清单', '名单', '目录', '列表', '表'],
])
const particle = /^[的和与及之在是有等]$/
const bodyEnd = /(?:局|委|办|院|厅|中心|公司|会|银行|支队|大队)$/

const within = (short: string, long: string): boolean => {
  let at = 0
  for (const c of long) if (c === short[at]) at++
  return at === short.length
}
const level = /^.{0,6}?[省市县区州盟旗](?=.{2})/
/** A unit's name with and without the place it begins with. */
const cores = (unit: string): readonly string[] => [...new Set([unit, unit.replace(level, '')])]

/** How well `asked` names a unit, 0 to 1: the name itself, a short form of it (卫健委), or the full form of a short one. */
export const names = (asked: string, unit: string): number => nearest(cores(asked), cores(unit))
const nearest = (asked: readonly string[], unit: readonly string[]): number => {
  let best = 0
  for (const core of unit)
    for (const a of asked) {
      if (a.length < 2 || a[0] !== core[0]) continue
      const [short, long] = a.length <= core.length ? [a, core] : [core, a]
      if (short.length / long.length < 0.25 || !within(short, long)) continue
      if (short.length > 2 || short === long) best = Math.max(best, short.length / long.length)
    }
  return best
}

/** A unit there is: as it is written, as it is compared, and spelled. */
export interface Unit {
  readonly name: string
  readonly normal: string
  readonly spelling: string
  /** What a short form may be short for. */
  readonly cores: readonly string[]
}
export const unitOf = (name: string, speech: Speech): Unit => {
  const t = normal(name, speech.simplify)
  return { name, normal: t, spelling: spelled(t, speech)[0], cores: cores(t) }
}

const unitsNamed = (asked: string, units: readonly Unit[]): readonly string[] => {
  if (/^[a-z]{4,}$/.test(asked)) {
    const letters = foldU(asked)
    return units.flatMap((u) => (u.spelling.includes(letters) ? [u.name] : [])).slice(0, 200)
  }
  if (!bodyEnd.test(asked) || asked.length < 3) return []
  const short = cores(asked)
  const found: { readonly unit: string; readonly fit: number }[] = []
  let best = 0
  for (const u of units) {
    const fit = u.normal.includes(asked) ? 1 : nearest(short, u.cores)
    if (fit > 0) found.push({ unit: u.name, fit })
    best = Math.max(best, fit)
  }
  // whose name holds what was asked is found by it: a few of them tell that a unit was meant
  return [
    ...found.filter((f) => f.fit === 1).slice(0, 3),
    ...found.filter((f) => f.fit < 1 && f.fit >= best * 0.75).slice(0, 300),
  ].map((f) => f.unit)
}

const cut = (text: string, speech: Speech): readonly string[] => {
  const words: string[] = []
  let held = ''
  for (const w of speech.words(text)) {
    if (particle.test(w)) continue
    if (w.length > 1) {
      words.push(held + w)
      held = ''
    } else held += w
  }
  // a character that stands alone belongs to a word that the dictionary does not know
  if (held && words.length > 0) words[words.length - 1] += held
  else if (held) words.push(held)
  return words
}

export const parseQuery = (q: string, speech: Speech, units: readonly Unit[]): Query => {
  const text = normal(q.slice(0, 100), speech.simplify)
  const terms = runs(text).flatMap((run): Term[] => {
    if (!han.test(run)) return [{ text: run, words: [run], units: unitsNamed(run, units) }]
    const whole = unitsNamed(run, units)
    if (whole.length > 0) return [{ text: run, words: cut(run, speech), units: whole }]
    const split = /^(.{2,14}?(?:局|委员会|委(?!员)|办|院|厅|中心|公司))(.{2,})$/.exec(run)
    const first = split ? unitsNamed(split[1]!, units) : []
    return (first.length > 0 ? [split![1]!, split![2]!] : [run]).map((t, i) => ({
      text: t,
      words: cut(t, speech),
      units: i === 0 ? first : [],
    }))
  })
  return {
    text,
    terms: terms.slice(0, 8),
    latin: terms.length > 0 && terms.every((t) => /^[\x21-\x7e]+$/.test(t.text)),
  }
}

const all = (parts: readonly string[]): string => {
  const some = parts.filter((p) => p !== '')
  return some.length < 2 ? (some[0] ?? '') : `(${some.join(' & ')})`
}
const any = (parts: readonly string[]): string => {
  const some = [...new Set(parts.filter((p) => p !== ''))]
  return some.length < 2 ? (some[0] ?? '') : `(${some.join(' | ')})`
}
const anywhere = (gram: string, prefix = ''): string => any([quote(`=${gram}`) + prefix, quote(gram) + prefix])
const wordQuery = (word: string): string =>
  word.length === 1 ? anywhere(word, ':*') : all(pairs(word).map((g) => anywhere(g)))

const spellingQuery = (letters: string): readonly string[] =>
  /^[a-z]+$/.test(letters)
    ? [
        letters.length >= 4 ? all(pairs(foldU(letters), 4).map((g) => quote(`~${g}`))) : '',
        letters.length >= 2 && letters.length <= 16 ? all(pairs(letters).map((g) => quote(`^${g}`))) : '',
      ]
    : []
const latinQuery = (word: string): string => any([anywhere(word, ':*'), ...spellingQuery(word)])

const termQuery = (t: Term): string =>
  han.test(t.text)
    ? any([all(t.words.map(wordQuery)), ...t.units.map((u) => quote(factToken('unit', u)))])
    : any([latinQuery(t.text), ...t.units.map((u) => quote(factToken('unit', u)))])

/** Everything that was asked stands somewhere in the item: a tsquery, or empty where nothing was asked. */
export const strict = (q: Query): string =>
  any([
    all(q.terms.map(termQuery)),
    q.latin && q.terms.length > 1 ? latinQuery(q.terms.map((t) => t.text).join('')) : '',
  ])
/** The same in name, unit or code alone: what is shown first where much is found. */
export const strictHead = (q: Query): string =>
  any([
    all(
      q.terms.map((t) =>
        han.test(t.text)
          ? any([
              all(
                t.words.flatMap((w) =>
                  w.length === 1 ? [`${quote(`=${w}`)}:*`] : pairs(w).map((g) => quote(`=${g}`)),
                ),
              ),
              ...t.units.map((u) => quote(factToken('unit', u))),
            ])
          : any([
              `${quote(`=${t.text}`)}:*`,
              ...spellingQuery(t.text),
              ...t.units.map((u) => quote(factToken('unit', u))),
            ]),
      ),
    ),
    q.latin && q.terms.length > 1 ? any(spellingQuery(q.terms.map((t) => t.text).join(''))) : '',
  ])

const heads = (grams: readonly string[]): string => all(grams.map((g) => quote(`=${g}`)))
/** A part of a word that is thought to be right; of a single character, what begins with it. */
const rightPart = (part: string): string => (part.length === 1 ? `${quote(`=${part}`)}:*` : heads(pairs(part)))
/** One character is wrong, missing or too many: at each place in turn, what stands before and after it. */
const oneOff = (text: string): readonly string[] =>
  text.length < 3 || text.length > 16
    ? []
    : Array.from(text, (_, i) => all([rightPart(text.slice(0, i)), rightPart(text.slice(i + 1))]))
const soundsLike = (text: string, speech: Speech): string => {
  const letters = foldU(speech.spell(text).join(''))
  return letters.length >= 4 ? all(pairs(letters, 4).map((g) => quote(`~${g}`))) : ''
}

/** What may have been meant where (almost) nothing is found, the nearer guesses first. */
export const relaxed = (q: Query, speech: Speech): readonly string[] => {
  const matter = (t: Term): Term => {
    const words = t.words.filter((w) => !generic.has(w))
    return words.length > 0 && words.length < t.words.length ? { ...t, words } : t
  }
  // a unit that is known was not mistyped
  const near = (t: Term): string =>
    t.units.length > 0
      ? ''
      : han.test(t.text)
        ? any([...oneOff(t.text), soundsLike(t.text, speech)])
        : any(t.text.length > 5 ? oneOffLetters(t.text) : [])
  const terms = q.terms.map(matter)
  const queries = q.terms.map(termQuery)
  const closer = any([
    terms.some((t, i) => t !== q.terms[i]) ? all(terms.map(termQuery)) : '',
    ...q.terms.map((t, i) => {
      const n = near(t)
      return n ? all([n, ...queries.filter((_, j) => j !== i)]) : ''
    }),
  ])
  const words = terms.flatMap((t) => (han.test(t.text) ? t.words : []))
  const farther = any([
    ...(words.length > 1 && words.length <= 8
      ? words.map((_, i) => all(words.filter((_, j) => j !== i).map(wordQuery)))
      : []),
    ...terms.flatMap((t) => {
      const half = Math.ceil(t.text.length / 2)
      return han.test(t.text) && t.text.length >= 4
        ? [heads(pairs(t.text.slice(0, half))), heads(pairs(t.text.slice(half)))]
        : han.test(t.text) && t.text.length === 3
          ? pairs(t.text).map((g) => heads([g]))
          : []
    }),
  ])
  // the last resort: any two characters of what was asked
  const least = any(words.flatMap((w) => pairs(w).map((g) => heads([g]))))
  return [closer, farther, least]
}
const oneOffLetters = (text: string): readonly string[] => {
  const t = foldU(text)
  const half = Math.floor(t.length / 2)
  return [t.slice(0, half), t.slice(half)].map((h) => all(pairs(h, 4).map((g) => quote(`~${g}`))))
}

/** A choice of facets as a tsquery: one of each facet's values. */
export const chosenQuery = (chosen: Choices): string =>
  all(facetKeys.map((f) => any((chosen[f] ?? []).map((v) => quote(factToken(f, v))))))
export const bothQueries = (a: string, b: string): string => all([a, b])
export const tokenQuery = (token: string): string => quote(token)
