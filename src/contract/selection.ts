import { z } from 'zod'
import { fileSchema } from './api.ts'

const summary = z.object({
  id: z.string(),
  variant: z.string(),
  method: z.string(),
  title: z.string(),
  divisionName: z.string(),
  organiser: z.string(),
  announced: z.string(),
  until: z.string(),
  state: z.string(),
  stateTerm: z.string(),
  /** Applications are taken here today. */
  open: z.boolean(),
  winner: z.string(),
})
export const publicSelectionListSchema = z.object({ rows: z.array(summary) })
export type PublicSelectionList = z.infer<typeof publicSelectionListSchema>

const criterion = z.object({ term: z.string(), most: z.number().int() })
/** A draw as it stands in the log: whoever has SHA-256 can draw again. */
export const drawSchema = z.object({
  seed: z.string().describe('抽取种子：检查点根值（十六进制）后接事项编号'),
  origin: z.string(),
  size: z.number().int(),
  root: z.string(),
  order: z.array(z.string()).describe('全部专家编号，按 SHA-256(种子＋编号) 从小到大'),
  skipped: z.array(z.object({ id: z.string(), reason: z.string() })),
  panel: z.array(z.string()),
})
export type DrawView = z.infer<typeof drawSchema>

export const publicSelectionSchema = summary.extend({
  scope: z.string(),
  contact: z.string(),
  platform: z.string(),
  project: z.string(),
  link: z.string(),
  conditions: z.array(z.string()),
  criteria: z.array(criterion),
  files: z.array(fileSchema),
  result: z
    .object({
      winner: z.string().optional(),
      decidedOn: z.string().optional(),
      link: z.string().optional(),
      sole: z.string().optional(),
      receipt: z.string().optional(),
      reviewers: z.number().int().optional(),
      ranking: z.array(z.object({ name: z.string(), total: z.number(), place: z.number().int() })).optional(),
      failed: z.string().optional(),
    })
    .optional(),
  draw: drawSchema.optional(),
})
export type PublicSelection = z.infer<typeof publicSelectionSchema>

export const selectionRoomSchema = z.object({
  until: z.string(),
  runHere: z.boolean(),
  method: z.string(),
  /** Applications are closed to everybody but their authors. */
  sealed: z.boolean(),
  conditions: z.array(z.object({ key: z.string(), term: z.string() })),
  candidates: z.array(
    z.object({
      id: z.string(),
      org: z.string(),
      name: z.string(),
      state: z.string(),
      stateTerm: z.string(),
      findings: z.array(z.object({ key: z.string(), result: z.string(), note: z.string() })),
      total: z.number().optional(),
      place: z.number().int().optional(),
      why: z.string().optional(),
    }),
  ),
  criteria: z.array(criterion),
  reviewers: z.array(
    z.object({ name: z.string(), expert: z.string(), state: z.string(), stateTerm: z.string(), on: z.boolean() }),
  ),
  scores: z.array(
    z.object({ reviewer: z.string(), org: z.string(), factor: z.string(), score: z.number(), reason: z.string() }),
  ),
  opinions: z.array(z.object({ reviewer: z.string(), says: z.string() })),
  draw: drawSchema.optional(),
  consultations: z.number().int(),
})
export type SelectionRoom = z.infer<typeof selectionRoomSchema>
