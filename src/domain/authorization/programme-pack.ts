import { z } from 'zod'
import type { Form, JsonObject } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { list, text } from '../kernel/index.ts'

/** What shows that a milestone has been reached. `hand`: nothing in the system does, so it is confirmed with a document. */
export const milestoneSigns = [
  'appointment',
  'planWritten',
  'planApproved',
  'selection',
  'agreement',
  'catalogue',
  'products',
  'hand',
] as const
export type MilestoneSign = (typeof milestoneSigns)[number]

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const milestone = z.strictObject({
  key: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  term: z.string().min(1),
  sign: z.enum(milestoneSigns),
  /** Last day in the first batch. */
  due: day,
  article: z.string().min(1),
  /** Of the territory as a whole, once, and not of each unit. */
  common: z.boolean().optional(),
})
const batch = z.strictObject({
  key: z.enum(['first', 'second', 'further']),
  term: z.string().min(1),
  /** First day; the milestones of a later batch keep their distance from it. */
  begins: day,
  /** Units named by the document. */
  units: z.array(z.string().min(1)),
  /** What the authorization of the territory as a whole is called among them. */
  whole: z.string().min(1).optional(),
  article: z.string().min(1),
})
export const programmeSection = {
  'authorization.programme.milestones': z.array(milestone).describe('分批推进的步骤和时间'),
  'authorization.programme.batches': z.array(batch).describe('分批推进的批次和单位'),
  'authorization.programme.shift': z.strictObject({ says: z.string().min(1) }).describe('以后批次的时间'),
} as const satisfies Section
export const programmeRule = <K extends keyof typeof programmeSection>(rules: Rules, path: K) =>
  valueOf(programmeSection, rules, path)

const lastOf = (y: number, m: number): number =>
  m === 2 ? ((y % 4 === 0 && y % 100 !== 0) || y % 400 === 0 ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31
const parts = (d: string): readonly [number, number, number] => [
  Number(d.slice(0, 4)),
  Number(d.slice(5, 7)),
  Number(d.slice(8)),
]
/** Months from one day to another, by their names: from November to July of the next year are eight. */
export const monthsBetween = (from: string, to: string): number => {
  const [[y, m], [y2, m2]] = [parts(from), parts(to)]
  return (y2 - y) * 12 + m2 - m
}
/** The same day some months later; the end of a month stays the end of a month. */
export const monthsLater = (d: string, months: number): string => {
  const [y, m, dd] = parts(d)
  const n = y * 12 + m - 1 + months
  const [y2, m2] = [Math.floor(n / 12), (n % 12) + 1]
  const last = lastOf(y2, m2)
  const d2 = dd === lastOf(y, m) ? last : Math.min(dd, last)
  return `${y2}-${String(m2).padStart(2, '0')}-${String(d2).padStart(2, '0')}`
}

export interface Milestone {
  readonly key: string
  readonly term: string
  readonly sign: MilestoneSign
  readonly due: string
  readonly article: string
  readonly common: boolean
}
/** The template carried over to the first day of a batch; what is common to the territory belongs to the first batch alone. */
export const milestonesFrom = (rules: Rules, kind: string, begins: string): readonly Milestone[] => {
  const batches = programmeRule(rules, 'authorization.programme.batches')
  const origin = batches[0]?.begins ?? begins
  return programmeRule(rules, 'authorization.programme.milestones')
    .filter((m) => !m.common || kind === 'first')
    .map((m) => ({ ...m, common: m.common ?? false, due: monthsLater(m.due, monthsBetween(origin, begins)) }))
}

export const programmeForm = (rules: Rules): Form => [
  { key: 'title', term: '名称', type: 'text', required: true, clear: true, max: 60 },
  {
    key: 'begins',
    term: '起始日',
    type: 'day',
    required: true,
    clear: true,
    hint: '各步骤的时间按与第一批相同的间隔推算',
  },
  {
    key: 'units',
    term: '单位',
    type: 'list',
    required: true,
    clear: true,
    max: 200,
    fields: [
      { key: 'name', term: '单位名称', type: 'text', required: true, max: 100 },
      {
        key: 'mode',
        term: '授权方式',
        type: 'choice',
        required: true,
        options: [
          { value: 'domain', term: '分领域' },
          { value: 'whole', term: '整体' },
          { value: 'utility', term: '公用企业（鼓励同步推进）' },
        ],
      },
      { key: 'org', term: '系统内的单位', type: 'party', hint: '同名单位自动对应，名称不同的在此指定' },
    ],
  },
  {
    key: 'dates',
    term: '另定时间的步骤',
    type: 'list',
    clear: true,
    max: 40,
    fields: [
      {
        key: 'milestone',
        term: '步骤',
        type: 'choice',
        required: true,
        options: programmeRule(rules, 'authorization.programme.milestones').map((m) => ({
          value: m.key,
          term: m.term,
        })),
      },
      { key: 'due', term: '完成期限', type: 'day', required: true },
    ],
  },
]
export const programmeConfirmForm = (rules: Rules): Form => [
  { key: 'unit', term: '单位名称', type: 'text', clear: true, max: 100, hint: '共同步骤不填' },
  {
    key: 'milestone',
    term: '步骤',
    type: 'choice',
    required: true,
    clear: true,
    options: programmeRule(rules, 'authorization.programme.milestones').map((m) => ({ value: m.key, term: m.term })),
  },
  { key: 'doneOn', term: '完成日期', type: 'day', required: true, clear: true },
  { key: 'files', term: '证明材料', type: 'files', required: true, max: 10 },
  { key: 'note', term: '说明', type: 'paragraph', max: 1000 },
]

/** What the form of a new batch begins with: the batch as the document names it. */
export const programmeBegins = (rules: Rules, kind: string): JsonObject => {
  const found = programmeRule(rules, 'authorization.programme.batches').find((b) => b.key === kind)
  return found
    ? {
        title: `${found.term}授权运营`,
        begins: found.begins,
        units: [
          ...(found.whole ? [{ name: found.whole, mode: 'whole' }] : []),
          ...found.units.map((name) => ({ name, mode: 'domain' })),
        ],
      }
    : {}
}

export interface ProgrammeUnit {
  readonly name: string
  readonly mode: string
  readonly org: string
}
export const unitsIn = (said: JsonObject): readonly ProgrammeUnit[] =>
  list(said['units']).map((u) => ({ name: text(u['name']), mode: text(u['mode']), org: text(u['org']) }))
