import { z } from 'zod'

const finding = z.object({
  sheet: z.string(),
  line: z.number().int().describe('表格中的行号；0 指整张表'),
  column: z.string().optional(),
  level: z.enum(['error', 'warning']),
  text: z.string().optional(),
  says: z.string(),
})

/** What the check of an uploaded list found, and what came of importing it. */
export const importResultSchema = z.object({
  kind: z.string(),
  encoding: z.string().optional(),
  sheets: z.array(
    z.object({
      sheet: z.string(),
      role: z.enum(['items', 'fields', 'ignored']),
      head: z.object({ from: z.number().int(), to: z.number().int() }),
      fill: z.boolean(),
      holder: z.string().optional(),
      columns: z.array(
        z.object({
          at: z.number().int(),
          title: z.string(),
          means: z.string().describe('字段，或 none'),
          term: z.string(),
          confidence: z.number().int().describe('百分之几'),
          samples: z.array(z.string()),
        }),
      ),
    }),
  ),
  problems: z.array(z.string()),
  findings: z.array(finding).describe('最多 2000 条，其余见标出问题的原表'),
  newUnits: z.array(z.string()),
  changes: z.array(
    z.object({
      id: z.string(),
      line: z.number().int(),
      name: z.string(),
      changes: z.array(z.object({ term: z.string(), was: z.string(), now: z.string() })),
    }),
  ),
  entries: z.array(z.object({ id: z.string(), line: z.number().int(), name: z.string(), what: z.string() })),
  failed: z.array(z.object({ line: z.number().int(), name: z.string(), says: z.string() })),
})
export type ImportResultView = z.infer<typeof importResultSchema>
