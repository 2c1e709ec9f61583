import { z } from 'zod'

const uses = z.object({ view: z.number(), download: z.number(), api: z.number() })
const datasetSummary = z.object({
  id: z.string(),
  name: z.string(),
  units: z.array(z.string()),
  division: z.string(),
  divisionName: z.string(),
  theme: z.string(),
  themeTerm: z.string(),
  /** Of a domain that is to be opened first. */
  priority: z.boolean(),
  summary: z.string(),
  frequency: z.string(),
  class: z.enum(['unconditional', 'conditional']),
  classTerm: z.string(),
  rows: z.number().int(),
  /** Bytes of the plain CSV. */
  size: z.number().int(),
  columns: z.number().int(),
  version: z.number().int(),
  opened: z.string(),
  dataDay: z.string(),
  uses,
})
export type DatasetSummary = z.infer<typeof datasetSummary>
export const openDatasetListSchema = z.object({
  rows: z.array(datasetSummary),
  next: z.string().optional(),
  total: z.number().int(),
  themes: z.array(z.object({ value: z.string(), term: z.string(), priority: z.boolean(), count: z.number().int() })),
  classes: z.array(z.object({ value: z.string(), term: z.string(), count: z.number().int() })),
})
export type OpenDatasetList = z.infer<typeof openDatasetListSchema>

export const datasetViewSchema = datasetSummary.extend({
  licence: z.object({ title: z.string(), text: z.string() }),
  /** Of the plain CSV; only where anyone may have it. */
  sha256: z.string().optional(),
  sm3: z.string().optional(),
  fields: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      type: z.string(),
      description: z.string(),
      required: z.boolean(),
      unique: z.boolean(),
    }),
  ),
  keys: z.array(z.string()),
  preview: z.array(z.array(z.string())),
  basis: z.string(),
})
export type DatasetView = z.infer<typeof datasetViewSchema>

export const rowPageSchema = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  next: z.string().optional().describe('下一页的翻页标记；没有即已到末尾'),
  total: z.number().int().describe('全部行数，不随筛选变化'),
  version: z.number().int(),
})

const progress = z.object({
  key: z.string(),
  term: z.string(),
  priority: z.boolean(),
  openable: z.number().int(),
  open: z.number().int(),
  unconditional: z.number().int(),
  planned: z.number().int(),
  met: z.number().int(),
  overdue: z.number().int(),
})
export const openProgressSchema = z.object({
  year: z.string(),
  day: z.string(),
  division: z.string(),
  divisionName: z.string(),
  units: z.array(progress),
  themes: z.array(progress),
  plan: z.array(
    z.object({
      id: z.string(),
      item: z.string(),
      name: z.string(),
      unit: z.string(),
      themeTerm: z.string(),
      planned: z.string(),
      met: z.boolean(),
      late: z.boolean(),
    }),
  ),
})
export type OpenProgress = z.infer<typeof openProgressSchema>

export const demandListSchema = z.object({
  rows: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      kindTerm: z.string(),
      name: z.string(),
      what: z.string(),
      purpose: z.string(),
      themeTerm: z.string(),
      divisionName: z.string(),
      state: z.string(),
      stateTerm: z.string(),
      final: z.boolean(),
      answer: z.string(),
      says: z.string(),
      items: z.array(z.object({ id: z.string(), name: z.string(), open: z.boolean() })),
      promised: z.string(),
      satisfaction: z.string(),
      satisfactionTerm: z.string(),
      raised: z.string(),
      updated: z.string(),
    }),
  ),
  next: z.string().optional(),
  states: z.array(z.object({ value: z.string(), term: z.string() })),
})
export type DemandList = z.infer<typeof demandListSchema>

export const suggestionSchema = z.object({
  id: z.string(),
  name: z.string(),
  units: z.array(z.string()),
  /** How it is open now; empty where it is not. */
  open: z.string(),
  score: z.number().int(),
})
export type Suggestion = z.infer<typeof suggestionSchema>

export const tracedSchema = z.object({
  result: z.enum(['identified', 'several', 'undecided']),
  says: z.string(),
  rows: z.number().int().describe('参与比对的行数'),
  copies: z.number().int().describe('提供过的份数'),
  matches: z.array(
    z.object({
      opening: z.string(),
      number: z.string(),
      recipient: z.string(),
      scenario: z.string(),
      rising: z.number().int().describe('与该份行序一致的相邻行对'),
      pairs: z.number().int(),
      absent: z.number().int().describe('文件中有、该份没有的行'),
      order: z.number().describe('-log10：行序偶然如此吻合的概率'),
      lots: z.number().describe('-log10：缺行偶然如此吻合的概率'),
      both: z.number().describe('-log10：两者合并、按份数校正后的概率'),
      named: z.boolean(),
    }),
  ),
})
export type TracedView = z.infer<typeof tracedSchema>
