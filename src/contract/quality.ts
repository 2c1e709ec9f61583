import { z } from 'zod'

const day = z.string()
/** Hundredths of a point, 0 to 10000; absent where nothing was scored. */
const score = z.number().int().optional()
const verdict = z.enum(['pass', 'warn', 'blocked'])

/** What is known of the quality of one entry's data: counts, shares and scores. */
export const itemQualitySchema = z.object({
  /** Of the entry: a page that shows an older one is out of date. */
  version: z.number().int(),
  /** A run has been asked for and has not ended. */
  running: z.boolean(),
  /** Why the last run did not end well, where it did not. */
  failed: z.object({ day, says: z.string() }).optional(),
  /** Number of checks set, and whether they were set by a person or follow from the description. */
  declared: z.number().int(),
  proposed: z.boolean(),
  /** Names of databases that the administrator has opened to this unit. */
  sources: z.array(z.string()),
  last: z
    .object({
      day,
      phase: z.string(),
      verdict,
      verdictTerm: z.string(),
      score,
      rows: z.number().int(),
      /** Change against the run before, in hundredths of a point. */
      change: z.number().int().optional(),
      dimensions: z.array(
        z.object({
          value: z.string(),
          term: z.string(),
          score,
          checks: z.number().int(),
          change: z.number().int().optional(),
        }),
      ),
      checks: z.array(
        z.object({
          key: z.string(),
          term: z.string(),
          fields: z.array(z.string()),
          parameters: z.string(),
          dimension: z.string(),
          dimensionTerm: z.string(),
          checked: z.number().int(),
          failed: z.number().int(),
          /** Of a million rows. */
          share: z.number().int(),
          absent: z.boolean(),
          outcome: z.enum(['pass', 'warn', 'block']),
          moved: z.enum(['worse', 'better']).optional(),
          /** What to do about it. */
          fix: z.string(),
          /** An open ticket about it. */
          ticket: z.string().optional(),
        }),
      ),
    })
    .optional(),
  runs: z.array(z.object({ day, phase: z.string(), verdict, score, rows: z.number().int() })),
  /** Data was corrected on this day, and the entry has not been refreshed since. */
  refresh: day.optional(),
})
export type ItemQuality = z.infer<typeof itemQualitySchema>

const counts = {
  items: z.number().int(),
  assessed: z.number().int(),
  /** Mean of whole points; null where nothing was scored. */
  score: z.number().int().nullable(),
  blocked: z.number().int(),
  warned: z.number().int(),
}
/** The quality of all entries the caller may see, by unit, region and dimension. */
export const qualityOverviewSchema = z.object({
  day,
  total: z.object(counts),
  dimensions: z.array(
    z.object({ value: z.string(), term: z.string(), score: z.number().int(), items: z.number().int() }),
  ),
  units: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      ...counts,
      tickets: z.number().int(),
      overdue: z.number().int(),
      answered: z.number().int(),
      late: z.number().int(),
      /** Whole percent of answers in time; null where there were none. */
      timely: z.number().int().nullable(),
    }),
  ),
  regions: z.array(z.object({ division: z.string(), name: z.string(), ...counts })),
  worst: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      unit: z.string(),
      score: z.number().int().nullable(),
      verdict: z.string(),
      verdictTerm: z.string(),
      assessed: day,
      tickets: z.number().int(),
    }),
  ),
})
export type QualityOverview = z.infer<typeof qualityOverviewSchema>

/** Entries from which a ticket's entry is made, for the unit that now has the ticket. */
export const upstreamSchema = z.array(z.object({ id: z.string(), name: z.string(), unit: z.string() }))
export type Upstream = z.infer<typeof upstreamSchema>
