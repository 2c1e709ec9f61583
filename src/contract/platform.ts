import { z } from 'zod'

/** One published version of the rules of the platform. */
export const publicPlatformRuleSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  division: z.string(),
  divisionName: z.string(),
  publisher: z.string(),
  effective: z.string(),
  document: z.string(),
  summary: z.string(),
  text: z.string(),
  state: z.string(),
  stateTerm: z.string(),
})
export type PublicPlatformRule = z.infer<typeof publicPlatformRuleSchema>
