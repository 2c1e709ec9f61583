import { z } from 'zod'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
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
export const uses = [
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
