import { z } from 'zod'

/** Parts of a text to be marked: places in it, end excluded. */
const marks = z.array(z.tuple([z.number().int(), z.number().int()]))

export const foundItemSchema = z.object({
  id: z.string(),
  object: z.string(),
  objectTerm: z.string(),
  name: z.string(),
  code: z.string(),
  units: z.array(z.string()).describe('数源单位，主要单位在前'),
  division: z.string(),
  divisionName: z.string(),
  industry: z.string(),
  formatTerm: z.string(),
  frequency: z.string(),
  sharing: z.string(),
  sharingTerm: z.string(),
  opening: z.string(),
  openingTerm: z.string(),
  grade: z.string().describe("空：未分级；'1'—'4'：一般数据级别"),
  gradeTerm: z.string(),
  collected: z.boolean().nullable(),
  registered: z.string().describe('登记码；空：未登记'),
  batch: z.string().describe('授权批次；空：未授权'),
  summary: z.string().describe('摘要，列表中至多 200 字'),
  updated: z.string(),
})
export type FoundItem = z.infer<typeof foundItemSchema>

const facetSchema = z.object({
  key: z.string(),
  term: z.string(),
  options: z.array(z.object({ value: z.string(), term: z.string(), count: z.number().int(), chosen: z.boolean() })),
  /** How many values there are beside those shown. */
  others: z.number().int(),
  /** Counted up to the cap: the counts are at least these. */
  atLeast: z.boolean(),
})
export type ItemFacet = z.infer<typeof facetSchema>

export const itemListSchema = z.object({
  rows: z.array(foundItemSchema.extend({ marks: z.object({ name: marks, units: z.array(marks), summary: marks }) })),
  next: z.string().optional().describe('下一页的游标'),
  total: z.number().int(),
  /** There are more than `total`: counting ends there. */
  more: z.boolean(),
  /** Nothing, or next to nothing, held all that was asked: the rest is what may have been meant. */
  similar: z.boolean(),
  facets: z.array(facetSchema),
})
export type ItemList = z.infer<typeof itemListSchema>

export const publicItemSchema = foundItemSchema.extend({
  theme: z.string(),
  shown: z.array(z.object({ group: z.string(), term: z.string(), value: z.string() })),
  fields: z.array(
    z.object({
      name: z.string(),
      field: z.string(),
      type: z.string(),
      length: z.string(),
      nullable: z.boolean(),
      key: z.boolean(),
      meaning: z.string(),
    }),
  ),
})
export type PublicItem = z.infer<typeof publicItemSchema>

export const relatedItemsSchema = z.array(
  foundItemSchema.extend({ shared: z.array(z.string()).describe('共有的信息项；空：名称相近') }),
)
export type RelatedItems = z.infer<typeof relatedItemsSchema>
