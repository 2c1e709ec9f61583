import { z } from 'zod'
import type { Refusal } from '#contract'
import { refuse } from '#contract'
import type { Rules, Section } from '#policy'
import { cite, valueOf } from '#policy'
import { formats } from './formats.ts'

/** 核心数据 is 6, 重要数据 5, 一般数据 4 to 1: as text, because it is a code. */
export const grades = ['1', '2', '3', '4', '5', '6'] as const
export type Grade = (typeof grades)[number]
export type Personal = 'none' | 'personal' | 'sensitive'

const grade = z.enum(grades)
const degrees = ['none', 'general', 'serious', 'special'] as const
const terms = z.array(z.strictObject({ value: z.string(), term: z.string() })).min(1)
const words = z.array(z.string().min(1))
const decider = z.strictObject({ by: z.enum(['unit', 'bureau']), term: z.string(), says: z.string() })
const uses = [
  'supply',
  'opening.unconditional',
  'opening.conditional',
  'sharing.unconditional',
  'sharing.conditional',
] as const

/** The grading section of a rule pack (GB/T 43697-2024; 个人信息保护法 第二十八条; 数据安全法 第二十一条). */
export const gradingSection = {
  'catalogue.grading.levels': z
    .array(z.strictObject({ value: grade, term: z.string(), aliases: words }))
    .length(grades.length)
    .describe('数据级别'),
  'catalogue.grading.harm': z
    .strictObject({
      degrees: z.array(z.strictObject({ value: z.enum(degrees), term: z.string() })).length(degrees.length),
      objects: z
        .array(z.strictObject({ value: z.string(), term: z.string(), grades: z.record(z.enum(degrees), grade) }))
        .min(1),
    })
    .describe('影响对象与影响程度对照'),
  'catalogue.grading.floors': z
    .array(
      z.strictObject({
        when: z.enum([
          'sensitive',
          'personal',
          'sharing.conditional',
          'sharing.none',
          'opening.conditional',
          'opening.none',
        ]),
        grade,
        says: z.string(),
      }),
    )
    .describe('起点级别'),
  'catalogue.grading.volume': z
    .array(
      z.strictObject({
        of: z.enum(['any', 'personal', 'sensitive']),
        records: z.number().int().positive(),
        grade,
        says: z.string(),
      }),
    )
    .describe('因规模升级'),
  'catalogue.grading.breadth': z
    .strictObject({
      categories: z.strictObject({ count: z.number().int().positive(), grade, says: z.string() }),
      areas: z.array(
        z.strictObject({
          value: z.string(),
          term: z.string(),
          of: z.enum(['any', 'personal', 'sensitive']).optional(),
          grade: grade.optional(),
          says: z.string().optional(),
        }),
      ),
    })
    .describe('因覆盖面升级'),
  'catalogue.grading.decides': z
    .strictObject({
      general: decider,
      // 核心 and 重要 are the authority's to decide, whatever a pack says of the rest (数据安全法 第二十一条)
      important: decider.extend({ by: z.literal('bureau') }),
      core: decider.extend({ by: z.literal('bureau') }),
    })
    .describe('由谁认定级别'),
  'catalogue.grading.lowering': z
    .strictObject({ reason: z.number().int().positive(), says: z.string() })
    .describe('降低建议级别'),
  'catalogue.grading.gate': z
    .array(z.strictObject({ use: z.enum(uses), above: grade, says: z.string() }))
    .describe('级别对用途的限制'),
  'catalogue.grading.derived': z
    .array(
      z.strictObject({
        value: z.string(),
        term: z.string(),
        says: z.string(),
        /** The lowest grade that a reason may bring it down to; absent: never below its sources. */
        lowest: grade.optional(),
        /** What comes out is still personal information. */
        person: z.boolean().optional(),
      }),
    )
    .min(1)
    .describe('衍生数据的级别'),
  'catalogue.grading.register': z
    .strictObject({ term: z.string(), compiledBy: z.string(), reportedTo: z.string() })
    .describe('重要数据目录的编制与报送'),
  'catalogue.grading.report': z
    .array(
      z.strictObject({
        key: z.enum(['unit', 'item', 'field', 'grade', 'state', 'basis', 'records', 'decidedBy', 'decidedOn']),
        term: z.string(),
      }),
    )
    .min(1)
    .describe('重要数据目录的栏目'),
  'catalogue.grading.sensitive': terms.describe('敏感个人信息的类别'),
  'catalogue.grading.stricter': terms.describe('从严按敏感个人信息处理的类别'),
  'catalogue.grading.ordinary': terms.describe('一般个人信息的类别'),
  'catalogue.grading.sampling': z
    .array(
      z.strictObject({
        format: z.enum(formats),
        term: z.string(),
        /** Absent: such values are of no person. */
        category: z.string().optional(),
        /** Per cent of the non-empty values; whole, because rules are hashed in a form that has whole numbers only. */
        share: z.number().int().positive().max(100),
        /** Check digits prove it: it outweighs a name that denies a person. */
        certain: z.boolean().optional(),
      }),
    )
    .describe('抽样样式'),
  'catalogue.grading.entries': z
    .array(z.strictObject({ words, category: z.string(), why: z.string() }))
    .describe('整项目录都说个人的，认不出的字段如何提示'),
  'catalogue.grading.contexts': z
    .strictObject({ tails: words, person: words, organisation: words })
    .describe('识别个人信息时的上下文用语'),
  'catalogue.grading.detection': z
    .array(
      z.strictObject({
        category: z.string(),
        /** Only of rules that say it is of no person; the others have the term of their category. */
        term: z.string().optional(),
        words,
        /** Column names: words of English or pinyin; `*` stands for any beginning. */
        english: words.optional(),
        /** Phrases in which the words mean something else. */
        not: words.optional(),
        /** Words that decide wherever they stand. */
        anywhere: words.optional(),
        /** Says little: gives way to the sample, the meaning and the column name. */
        generic: z.boolean().optional(),
        /** Does not apply where the name, meaning or entry speaks of such. */
        unless: z.literal('organisation').optional(),
        /** Applies only where they do. */
        needs: z.literal('person').optional(),
        /** Words in name, meaning or entry that make every personal field of it sensitive … */
        raise: words.optional(),
        /** … but not a field whose name has one of these. */
        spare: words.optional(),
        why: z.string(),
      }),
    )
    .min(1)
    .describe('识别个人信息的用语'),
} as const satisfies Section

export const gradingHeadings = [{ term: '分类分级', of: ['grading'] }] as const

/** Codes that stand in values of this section, in words. */
export const gradingWords: Readonly<Record<string, string>> = {
  aliases: '别称',
  degrees: '影响程度',
  grades: '对应级别',
  grade: '级别',
  special: '特别严重危害',
  serious: '严重危害',
  general: '一般',
  important: '重要数据',
  core: '核心数据',
  when: '情形',
  personal: '含个人信息',
  sensitive: '含敏感个人信息',
  any: '不论是否含个人信息',
  'sharing.conditional': '有条件共享',
  'sharing.unconditional': '无条件共享',
  'sharing.none': '不予共享',
  'opening.conditional': '有条件开放',
  'opening.unconditional': '无条件开放',
  'opening.none': '不予开放',
  supply: '供给',
  above: '最高级别',
  use: '用途',
  records: '条数',
  of: '适用于',
  areas: '覆盖区域',
  count: '个数',
  by: '由谁认定',
  unit: '数源单位',
  bureau: '数据管理部门',
  lowest: '最低可降至',
  person: '自然人',
  organisation: '单位',
  compiledBy: '编制单位',
  reportedTo: '报送',
  columns: '栏目',
  share: '占比门槛（%）',
  certain: '有校验码',
  tails: '不改变含义的末尾用语',
}

export const gradingRule = <K extends keyof typeof gradingSection>(rules: Rules, path: K) =>
  valueOf(gradingSection, rules, path)

export const compareGrades = (a: Grade, b: Grade): number => grades.indexOf(a) - grades.indexOf(b)
export const highest = (of: readonly Grade[]): Grade => of.reduce((a, b) => (compareGrades(a, b) >= 0 ? a : b), '1')
export const gradeTerm = (rules: Rules, g: Grade): string =>
  gradingRule(rules, 'catalogue.grading.levels').find((l) => l.value === g)?.term ?? g

// ── the proposal ───────────────────────────────────────────────────────────────────────────────────────────────

/** One answer: if this leaked, were changed or lost, who is harmed and how gravely. Codes of `catalogue.grading.harm`. */
export interface Harm {
  readonly object: string
  readonly degree: string
}
export interface FieldToGrade {
  readonly name: string
  /** As a person confirmed it; unconfirmed findings grade as they were found. */
  readonly personal: Personal
  readonly category?: string
  readonly harm?: readonly Harm[]
}
export interface ToGrade {
  readonly fields: readonly FieldToGrade[]
  readonly sharing?: string
  readonly opening?: string
  /** Number of records. */
  readonly volume?: number
  /** The area it covers in full, a code of `catalogue.grading.breadth`. */
  readonly breadth?: string
  readonly harm?: readonly Harm[]
}
export interface Reason {
  readonly grade: Grade
  readonly says: string
  /** Path of the rule, and how it is cited with its marks. */
  readonly rule: string
  readonly basis: string
}
export interface Proposal {
  readonly grade: Grade
  readonly fields: readonly { readonly name: string; readonly grade: Grade; readonly reasons: readonly Reason[] }[]
  readonly reasons: readonly Reason[]
  readonly decidedBy: Decider
  /** Questions nobody has answered yet: the proposal may still rise. */
  readonly open: readonly string[]
}
export interface Decider {
  readonly by: 'unit' | 'bureau'
  readonly term: string
  readonly says: string
  readonly rule: string
}

const reason = (rules: Rules, path: keyof typeof gradingSection, g: Grade, says: string): Reason => {
  const found = rules.values[path]
  return { grade: g, says, rule: path, basis: found ? cite(found.basis) : '' }
}
const floor = (rules: Rules, when: string): readonly Reason[] =>
  gradingRule(rules, 'catalogue.grading.floors')
    .filter((f) => f.when === when)
    .map((f) => reason(rules, 'catalogue.grading.floors', f.grade, f.says))

const fromHarm = (rules: Rules, harm: readonly Harm[] = []): readonly Reason[] => {
  const table = gradingRule(rules, 'catalogue.grading.harm')
  return harm.flatMap((h) => {
    const object = table.objects.find((o) => o.value === h.object)
    const degree = table.degrees.find((d) => d.value === h.degree)
    const g = degree && object?.grades[degree.value]
    if (!g) throw new Error(`no cell for harm ${h.object} × ${h.degree}`)
    return degree.value === 'none'
      ? []
      : [
          reason(
            rules,
            'catalogue.grading.harm',
            g,
            `对${object.term}可能造成${degree.term}，对应${gradeTerm(rules, g)}`,
          ),
        ]
  })
}

/** Sensitive information is personal information, too: what binds the one binds the other. */
const concerns = (of: 'any' | 'personal' | 'sensitive', held: Personal): boolean =>
  of === 'any' || held === 'sensitive' || (of === 'personal' && held === 'personal')

const gradeField = (rules: Rules, field: FieldToGrade): Proposal['fields'][number] => {
  const reasons = [
    ...(field.personal === 'none' ? [] : floor(rules, 'personal')),
    ...(field.personal === 'sensitive' ? floor(rules, 'sensitive') : []),
    ...fromHarm(rules, field.harm),
  ]
  return { name: field.name, grade: highest(reasons.map((r) => r.grade)), reasons }
}

/** Who decides a grade: the unit's approver for 一般数据, the authority for 重要 and 核心 (数据安全法 第二十一条). */
export const decidedBy = (rules: Rules, g: Grade): Decider => {
  const rule = gradingRule(rules, 'catalogue.grading.decides')
  return { ...(g === '6' ? rule.core : g === '5' ? rule.important : rule.general), rule: 'catalogue.grading.decides' }
}

/**
 * Proposes the grade of a dataset and of each of its fields (GB/T 43697-2024 第6章, 就高从严): the highest of what the harm, the
 * personal information, the classes of sharing and opening, the volume and the breadth each ask for. It only proposes; `decidedBy`
 * says who decides. More fields, records or harm never lower it. Throws on a code of harm or area that the rules do not have.
 */
export const proposeGrade = (rules: Rules, data: ToGrade): Proposal => {
  const fields = data.fields.map((f) => gradeField(rules, f))
  const top = highest(fields.map((f) => f.grade))
  const named = fields.filter((f) => f.grade === top && f.reasons.length > 0).map((f) => f.name)
  const held: Personal = data.fields.some((f) => f.personal === 'sensitive')
    ? 'sensitive'
    : data.fields.some((f) => f.personal === 'personal')
      ? 'personal'
      : 'none'
  const breadth = gradingRule(rules, 'catalogue.grading.breadth')
  const area = breadth.areas.find((a) => a.value === data.breadth)
  if (data.breadth !== undefined && !area) throw new Error(`no area ${data.breadth}`)
  const categories = new Set(data.fields.flatMap((f) => (f.personal === 'none' ? [] : (f.category ?? []))))
  const volume = data.volume

  const reasons: readonly Reason[] = [
    ...(named.length === 0
      ? []
      : [
          reason(
            rules,
            'catalogue.grading.levels',
            top,
            `数据集不低于其最高的信息项：${named.slice(0, 3).join('、')}${named.length > 3 ? `等${named.length}项` : ''}为${gradeTerm(rules, top)}`,
          ),
        ]),
    ...fromHarm(rules, data.harm),
    ...(data.sharing ? floor(rules, `sharing.${data.sharing}`) : []),
    ...(data.opening ? floor(rules, `opening.${data.opening}`) : []),
    ...(volume === undefined
      ? []
      : gradingRule(rules, 'catalogue.grading.volume')
          .filter((v) => volume >= v.records && concerns(v.of, held))
          .map((v) => reason(rules, 'catalogue.grading.volume', v.grade, v.says))),
    ...(categories.size >= breadth.categories.count
      ? [reason(rules, 'catalogue.grading.breadth', breadth.categories.grade, breadth.categories.says)]
      : []),
    ...(area?.grade && concerns(area.of ?? 'any', held)
      ? [reason(rules, 'catalogue.grading.breadth', area.grade, area.says ?? `覆盖${area.term}`)]
      : []),
  ]
  const g = highest([top, ...reasons.map((r) => r.grade)])
  return {
    grade: g,
    fields,
    reasons,
    decidedBy: decidedBy(rules, g),
    open: [
      ...(data.harm?.length || data.fields.some((f) => f.harm?.length)
        ? []
        : ['尚未回答泄露、篡改、损毁后危害谁、多严重']),
      ...(volume === undefined ? ['尚未填写数据量'] : []),
      ...(area ? [] : ['尚未填写覆盖区域']),
      ...(data.fields.length === 0 ? ['尚未列出信息项'] : []),
    ],
  }
}

// ── deciding ───────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Whether a grade may be set in place of the proposed one. Codes: `reason_required` (lower than proposed, and nobody says why),
 * `below_field` (a dataset below its highest field).
 */
export const lowering = (
  rules: Rules,
  proposed: Grade,
  set: Grade,
  why: string | undefined,
  fields: readonly Grade[] = [],
): Refusal | undefined => {
  const top = highest(fields)
  if (compareGrades(set, top) < 0)
    return refuse(
      'below_field',
      `数据集的级别不得低于其最高的信息项（${gradeTerm(rules, top)}）；请先调整信息项的级别并写明理由`,
      { basis: 'catalogue.grading.levels' },
    )
  const { reason: least, says } = gradingRule(rules, 'catalogue.grading.lowering')
  return compareGrades(set, proposed) < 0 && [...(why ?? '').trim()].length < least
    ? refuse(
        'reason_required',
        `建议为${gradeTerm(rules, proposed)}，拟定为${gradeTerm(rules, set)}：${says}（不少于${least}字）`,
        { fields: { reason: '请写明降低级别的理由' }, basis: 'catalogue.grading.lowering' },
      )
    : undefined
}

export type Use = (typeof uses)[number]
/** What holds of an entry: its grade, and whether who had to decide it has. */
export interface Standing {
  readonly grade: Grade
  readonly decided: boolean
}

/**
 * A grade is a gate: what is not graded, or waits for the authority, is neither supplied nor opened nor shared, and some grades are
 * barred from some uses. Codes: `ungraded`, `grade_pending`, `grade_bars`.
 */
export const gradeGate = (rules: Rules, standing: Standing | undefined, use: Use): Refusal | undefined => {
  const path = 'catalogue.grading.gate'
  if (!standing) return refuse('ungraded', '该目录项尚未定级，定级后才能供给、共享或开放', { basis: path })
  if (!standing.decided)
    return refuse(
      'grade_pending',
      `该目录项建议为${gradeTerm(rules, standing.grade)}，待${decidedBy(rules, standing.grade).term}认定后才能供给、共享或开放`,
      { basis: path },
    )
  const bar = gradingRule(rules, path).find((g) => g.use === use && compareGrades(standing.grade, g.above) > 0)
  return bar
    ? refuse('grade_bars', `该目录项为${gradeTerm(rules, standing.grade)}：${bar.says}`, { basis: path })
    : undefined
}

// ── derived data ───────────────────────────────────────────────────────────────────────────────────────────────

export interface Derivation {
  readonly sources: readonly { readonly name: string; readonly grade: Grade; readonly personal: Personal }[]
  /** A code of `catalogue.grading.derived`. */
  readonly transformation: string
  /** Why it may be lower than its sources: what was taken out, how it was tried. */
  readonly reason?: string
}

/**
 * The grade of data made from other data (GB/T 43697-2024 附录I): that of its highest source. A reason may bring it down as far as
 * the rule of the transformation allows, never by itself; what has been made is then graded again by its own fields (`proposeGrade`),
 * and the higher of the two holds. Throws on an unknown transformation or no source.
 */
export const proposeDerived = (
  rules: Rules,
  of: Derivation,
): {
  readonly grade: Grade
  readonly lowest: Grade
  readonly reasons: readonly Reason[]
  readonly decidedBy: Decider
} => {
  const path = 'catalogue.grading.derived'
  const rule = gradingRule(rules, path).find((t) => t.value === of.transformation)
  if (!rule) throw new Error(`no transformation ${of.transformation}`)
  if (of.sources.length === 0) throw new Error('derived data has a source')
  const top = highest(of.sources.map((s) => s.grade))
  const source = of.sources.find((s) => s.grade === top)?.name ?? ''
  const stillPersonal = rule.person === true && of.sources.some((s) => s.personal !== 'none')
  const floors = stillPersonal ? floor(rules, 'personal') : []
  const allowed = rule.lowest ? highest([rule.lowest, ...floors.map((f) => f.grade)]) : top
  const lowest = compareGrades(allowed, top) < 0 ? allowed : top
  const least = gradingRule(rules, 'catalogue.grading.lowering').reason
  const why = (of.reason ?? '').trim()
  const reasoned = [...why].length >= least && compareGrades(lowest, top) < 0
  const g = reasoned ? lowest : top
  return {
    grade: g,
    lowest,
    reasons: [
      reason(rules, path, top, `来源“${source}”为${gradeTerm(rules, top)}；${rule.term}：${rule.says}`),
      ...(reasoned ? [reason(rules, path, g, `降为${gradeTerm(rules, g)}的理由：${why}`)] : []),
      ...(!reasoned && compareGrades(lowest, top) < 0
        ? [
            reason(
              rules,
              path,
              top,
              `未写明理由，不自动降级；写明处理方法和检验情况的，最低可定为${gradeTerm(rules, lowest)}`,
            ),
          ]
        : []),
    ],
    // what comes out of 重要 or 核心 is the authority's to release, even at a lower grade
    decidedBy: decidedBy(rules, top),
  }
}
