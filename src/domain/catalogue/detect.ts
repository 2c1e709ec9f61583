import type { Refusal } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { FormatShare } from './formats.ts'
import type { Personal } from './gradingpack.ts'
import { gradingRule } from './gradingpack.ts'

/** What is known of one 信息项 (field); its type says too little to judge by. `item` is the name of the entry it stands in; `formats` come from a sample. */
export interface FieldDescription {
  readonly name: string
  readonly english?: string
  readonly meaning?: string
  readonly item?: string
  readonly formats?: readonly FormatShare[]
}

/** A proposal. A person confirms it or says otherwise; every sentence of `why` names what was found and where. */
export interface Detected {
  readonly personal: Personal
  /** Empty where nothing of a person was found. */
  readonly category: string
  readonly term: string
  readonly by: 'name' | 'sample' | 'meaning' | 'column' | 'entry' | 'nothing'
  readonly why: readonly string[]
  /** The rule that was applied. */
  readonly rule: string
}

type Detection = ReturnType<typeof prepare>
type Rule = Detection['rules'][number]

const prepare = (rules: Rules) => {
  const of = (path: 'sensitive' | 'stricter' | 'ordinary') => gradingRule(rules, `catalogue.grading.${path}`)
  const sensitive = [...of('sensitive'), ...of('stricter')]
  return {
    rules: gradingRule(rules, 'catalogue.grading.detection').map((r) => ({ ...r, not: r.not?.map(flat) })),
    contexts: gradingRule(rules, 'catalogue.grading.contexts'),
    entries: gradingRule(rules, 'catalogue.grading.entries'),
    sampling: gradingRule(rules, 'catalogue.grading.sampling'),
    terms: Object.fromEntries([...sensitive, ...of('ordinary')].map((c) => [c.value, c.term])),
    sensitive: new Set(sensitive.map((c) => c.value)),
    ordinary: new Set(of('ordinary').map((c) => c.value)),
  }
}
// asked for with every field of every entry, and the same for all under the same rules
const prepared = new WeakMap<Rules, Detection>()
const detectionOf = (rules: Rules): Detection => {
  const known = prepared.get(rules) ?? prepare(rules)
  prepared.set(rules, known)
  return known
}
const levelOf = (d: Detection, category: string): Personal =>
  d.sensitive.has(category) ? 'sensitive' : d.ordinary.has(category) ? 'personal' : 'none'

/** Categories that detection rules or formats name and no list of categories has, for the check of a pack. */
export const unknownCategories = (rules: Rules): readonly string[] => {
  const d = detectionOf(rules)
  const named = [...d.rules.filter((r) => r.term === undefined), ...d.sampling, ...d.entries].flatMap(
    (r) => r.category ?? [],
  )
  return [...new Set(named)].filter((c) => levelOf(d, c) === 'none')
}

/** Width, case, spaces and punctuation do not change what a name says. */
const flat = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s·、，,。.;；:：“”"'‘’/\\-]/g, '')
const brackets = /[（(【[][^）)】\]]*[）)】\]]/g
const head = (text: string): string => text.normalize('NFKC').replace(brackets, '')
/** The first clause of a meaning: what follows explains, restricts or lists. */
const clause = (text: string): string => head(text).split(/[，,。；;：:\n]/)[0] ?? ''

interface Found {
  readonly rule: Rule
  readonly word: string
  /** Where the word ends once tails that say nothing (代码, 名称, 时间) are taken off. */
  readonly end: number
  readonly last: number
  /** It would be a person’s, but the name, the meaning or the entry speaks of a body. */
  readonly ofBody?: true
}

const nearest = (a: Found, b: Found, d: Detection): number =>
  b.end - a.end ||
  b.last - a.last ||
  b.word.length - a.word.length ||
  order(levelOf(d, b.rule.category)) - order(levelOf(d, a.rule.category))
const order = (p: Personal): number => ['none', 'personal', 'sensitive'].indexOf(p)

const onlyTails = (rest: string, tails: readonly string[]): boolean =>
  rest === '' || tails.some((t) => rest.startsWith(t) && onlyTails(rest.slice(t.length), tails))

const places = (text: string, word: string): readonly number[] => {
  const found: number[] = []
  for (let i = text.indexOf(word); i >= 0; i = text.indexOf(word, i + 1)) found.push(i)
  return found
}
const covered = (text: string, from: number, to: number, by: readonly string[] = []): boolean =>
  by.some((phrase) => places(text, phrase).some((i) => i <= from && i + phrase.length >= to))

/** Whose it is, a person's or a body's, by the last such word before the match, else in the meaning, else in the entry's name. */
const whose = (d: Detection, texts: readonly string[]): 'person' | 'organisation' | undefined => {
  for (const text of texts) {
    const ends = (words: readonly string[]) =>
      words
        .flatMap((w) => places(text, w).map((i) => ({ end: i + w.length, length: w.length })))
        .sort((a, b) => b.end - a.end || b.length - a.length)[0] ?? { end: -1, length: 0 }
    const person = ends(d.contexts.person)
    const body = ends(d.contexts.organisation)
    if (person.end < 0 && body.end < 0) continue
    return person.end > body.end || (person.end === body.end && person.length > body.length) ? 'person' : 'organisation'
  }
  return undefined
}

/** A Chinese noun phrase ends in what it is: of all words found the last decides, the longest of those that end together. */
const inChinese = (d: Detection, text: string, around: readonly string[]): Found | undefined => {
  const anywhere = d.rules.flatMap((rule) =>
    (rule.anywhere ?? [])
      .filter((w) => text.includes(w))
      .map((word) => ({ rule, word, end: text.length, last: text.length })),
  )[0]
  if (anywhere) return anywhere
  return d.rules
    .flatMap((rule) =>
      rule.words.flatMap((entry) => {
        const word = entry.replace('$', '')
        return places(text, word).flatMap((from): readonly Found[] => {
          const last = from + word.length
          if (covered(text, from, last, rule.not)) return []
          // the word itself may say whose it is (个人账号), and what stands before it may (企业联系电话)
          const owner = rule.unless || rule.needs ? whose(d, [text.slice(0, last), ...around]) : undefined
          if (rule.needs && owner !== rule.needs) return []
          const end = onlyTails(text.slice(last), d.contexts.tails) ? text.length : last
          if (word !== entry && end < text.length) return []
          return [{ rule, word, end, last, ...(rule.unless && owner === rule.unless ? { ofBody: true } : {}) }]
        })
      }),
    )
    .sort((a, b) => nearest(a, b, d))[0]
}

/** user_name, userName, USER-NAME and user2 as words. */
const tokens = (column: string): readonly string[] =>
  column
    .normalize('NFKC')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .flatMap((t) => [t.replace(/\d+$/, '') || t])
    .filter(Boolean)
const columnTails = ['no', 'number', 'num', 'code', 'name', 'id', 'dm', 'bm', 'mc', 'value', 'time', 'date', 'at']

const inColumn = (d: Detection, column: string, around: readonly string[]): Found | undefined => {
  const words = tokens(column)
  return (
    d.rules
      .flatMap((rule) =>
        (rule.english ?? []).flatMap((entry): readonly Found[] => {
          const wanted = entry.replace('*', '').split(' ')
          return words.flatMap((_, from) => {
            const here = words.slice(from, from + wanted.length)
            const fits = entry.startsWith('*')
              ? (here[0] ?? '').endsWith(wanted[0] ?? ' ')
              : here.length === wanted.length && here.every((w, i) => w === wanted[i])
            if (!fits) return []
            const last = from + wanted.length
            const end = words.slice(last).every((w) => columnTails.includes(w)) ? words.length : last
            const owner = rule.unless || rule.needs ? whose(d, around) : undefined
            if (rule.needs && owner !== rule.needs) return []
            return [{ rule, word: entry, end, last, ...(rule.unless && owner === rule.unless ? { ofBody: true } : {}) }]
          })
        }),
      )
      // a generic column name (id, name, code) gives way to any word that says whose
      .sort((a, b) => Number(a.rule.generic ?? false) - Number(b.rule.generic ?? false) || nearest(a, b, d))[0]
  )
}

const rulePath = 'catalogue.grading.detection'

const saidBy = { name: '名称', meaning: '含义', column: '字段名' } as const
const nothing: Detected = {
  personal: 'none',
  category: '',
  term: '',
  by: 'nothing',
  why: ['名称、含义、字段名和抽样都没有认出个人信息；请核对含义是否写清'],
  rule: rulePath,
}
const answer = (d: Detection, category: string, by: Detected['by'], why: readonly string[], rule: string): Detected => {
  const personal = levelOf(d, category)
  return personal === 'none'
    ? { personal, category: '', term: '', by, why, rule }
    : { personal, category, term: d.terms[category] ?? '', by, why, rule }
}
const byWord = (d: Detection, f: Found, by: keyof typeof saidBy): Detected =>
  f.ofBody
    ? answer(d, '', by, [`${saidBy[by]}中有“${f.word}”，但名称、含义或所在目录表明说的是单位`], rulePath)
    : answer(
        d,
        f.rule.category,
        by,
        [
          `${saidBy[by]}中的“${f.word}”表明：${f.rule.why}${f.rule.term ? '' : `（${d.terms[f.rule.category] ?? ''}）`}`,
        ],
        rulePath,
      )
type Sample = Detection['sampling'][number] & { readonly found: number }
const bySample = (d: Detection, s: Sample, more: readonly string[] = []): Detected =>
  answer(d, s.category ?? '', 'sample', [`抽样中${s.found}%的值是${s.term}`, ...more], 'catalogue.grading.sampling')

/** An unknown field of an entry that is all about persons (病历, 贷款信息) is shown to a person rather than passed over. */
const byEntry = (d: Detection, item: string): Detected | undefined => {
  const found = d.entries.find((e) => e.words.some((w) => item.includes(w)))
  return found && whose(d, [item]) !== 'organisation'
    ? answer(
        d,
        found.category,
        'entry',
        [`没有一个词认出这个字段，但所在目录表明：${found.why}`],
        'catalogue.grading.entries',
      )
    : undefined
}

/** Sensitive, because all of the entry is about such people, or the name says so beside its head (残疾人姓名). */
const raised = (d: Detection, found: Detected, name: string, texts: readonly string[]): Detected => {
  if (found.personal !== 'personal') return found
  for (const rule of d.rules) {
    const word = rule.raise?.find((w) => texts.some((t) => t.includes(w)))
    if (word === undefined || rule.spare?.some((w) => name.includes(w))) continue
    const term = d.terms[rule.category] ?? ''
    const why = [...found.why, `名称、含义或所在目录中的“${word}”表明：${rule.why}（${term}）`]
    return { ...found, personal: 'sensitive', category: rule.category, term, why }
  }
  return found
}

/**
 * Proposes whether a field holds personal information (个人信息保护法 第四条、第二十八条), and says why. In this order, the first that speaks:
 * 1. the Chinese name, where it says what the field is; 2. formats of the sample; 3. the meaning; 4. the column name in English or pinyin;
 * 5. a name that only administers the record (编号, 备注), or nothing: no personal information.
 * A format with check digits outweighs words that deny a person. What was found personal is raised to sensitive where the sample proves
 * it or the entry is about such people (儿童, 社区矫正对象). Nothing lowers a finding.
 */
export const detect = (rules: Rules, field: FieldDescription): Detected => {
  const d = detectionOf(rules)
  const name = flat(head(field.name)).replace(/(?<=\p{Script=Han})\d+$/u, '')
  const aside = flat((field.name.normalize('NFKC').match(brackets) ?? []).join(''))
  const meaning = flat(clause(field.meaning ?? ''))
  const item = flat(field.item ?? '')
  const isHan = /\p{Script=Han}/u.test(name)
  const samples = (field.formats ?? []).flatMap((f): readonly Sample[] => {
    const s = d.sampling.find((x) => x.format === f.format && f.share >= x.share)
    return s ? [{ ...s, found: f.share }] : []
  })
  const weight = (s: Sample): number => order(levelOf(d, s.category ?? ''))
  const strongest = [...samples].sort((a, b) => weight(b) - weight(a) || b.found - a.found)[0]

  const byName = isHan ? inChinese(d, name, [meaning + aside, item]) : undefined
  const byMeaning = [meaning, aside].flatMap((t) => (t === '' ? [] : (inChinese(d, t, [item]) ?? [])))[0]
  // pinyin of a Chinese name that was understood says nothing new
  const column = isHan ? (field.english ?? '') : `${field.name} ${field.english ?? ''}`
  const byColumn = byName ? undefined : inColumn(d, column, [name, meaning, item])

  const first = ((): Detected => {
    if (byName && !byName.rule.generic) return byWord(d, byName, 'name')
    if (strongest) return bySample(d, strongest)
    if (byMeaning && !byMeaning.rule.generic) return byWord(d, byMeaning, 'meaning')
    const ofColumn = byColumn && byWord(d, byColumn, 'column')
    // beside a Chinese name a column that only says status, time or code tells less than the entry
    if (ofColumn && !byColumn.rule.generic && (!isHan || ofColumn.personal !== 'none')) return ofColumn
    if (byName) return byWord(d, byName, 'name')
    if (byMeaning) return byWord(d, byMeaning, 'meaning')
    return byEntry(d, item) ?? ofColumn ?? nothing
  })()
  const proven = samples.find((s) => s.certain && weight(s) > order(first.personal))
  const found = proven ? bySample(d, proven, [...first.why, '校验码相符的样本超过门槛，不能只凭名称排除']) : first
  return raised(d, found, name, [name, meaning, item])
}

/** What a person said of a proposal. Codes: `reason_required` where less is said than was found. */
export const confirmDetection = (
  rules: Rules,
  found: Detected,
  said: { readonly personal: Personal; readonly reason?: string },
): { readonly personal: Personal; readonly category: string; readonly reason: string } | Refusal => {
  const { reason: least } = gradingRule(rules, 'catalogue.grading.lowering')
  const reason = (said.reason ?? '').trim()
  if (order(said.personal) < order(found.personal) && [...reason].length < least)
    return refuse(
      'reason_required',
      `系统认出${found.term || '个人信息'}：${found.why[0] ?? ''}。认定为更轻的，请写明理由（不少于${least}字）`,
      { fields: { reason: '请写明理由' } },
    )
  return { personal: said.personal, category: said.personal === 'none' ? '' : found.category, reason }
}
