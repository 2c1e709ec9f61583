import { z } from 'zod'

const day = z.string()

/** How many entries there are of each sort. `complete`: mean share, in hundredths, of what entries should say. */
export const tallySchema = z.object({
  entries: z.number().int(),
  collected: z.number().int(),
  pending: z.number().int(),
  published: z.number().int(),
  registered: z.number().int(),
  graded: z.number().int(),
  filed: z.number().int(),
  batched: z.number().int(),
  watched: z.number().int(),
  overdue: z.number().int(),
  complete: z.number().int(),
})
export type TallyView = z.infer<typeof tallySchema>

export const catalogueEntrySchema = z.object({
  id: z.string(),
  object: z.string(),
  name: z.string(),
  code: z.string(),
  units: z.array(z.string()),
  division: z.string(),
  divisionName: z.string(),
  theme: z.string(),
  frequency: z.string(),
  library: z.string(),
  sharing: z.string(),
  opening: z.string(),
  grade: z.string(),
  collected: z.boolean().nullable(),
  registered: z.string(),
  batch: z.string(),
  state: z.string(),
  stateTerm: z.string(),
  published: z.boolean(),
  secret: z.boolean(),
  fields: z.number().int(),
  complete: z.number().int(),
  freshDue: day.nullable(),
  overdue: z.boolean(),
  refreshed: day.nullable(),
  source: z.string(),
  guideline: z.string(),
  filed: z.string(),
  updated: day,
})
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>
export const catalogueListSchema = z.object({
  rows: z.array(catalogueEntrySchema),
  next: z.string().optional(),
  /** Of the whole list, counted up to 10 000; only with the first page. */
  total: tallySchema.optional(),
})
export type CatalogueList = z.infer<typeof catalogueListSchema>

const option = z.object({ value: z.string(), term: z.string(), count: z.number().int().optional() })
export const catalogueChoicesSchema = z.object({
  units: z.array(option),
  batches: z.array(option),
  guidelines: z.array(option.extend({ complete: z.number().int() })),
  sharing: z.array(option),
  opening: z.array(option),
  frequency: z.array(option),
  library: z.array(option),
  theme: z.array(option),
  views: z.array(option),
  /** Version of the guideline in force where the caller is. */
  guideline: z.string(),
})
export type CatalogueChoices = z.infer<typeof catalogueChoicesSchema>

export const ledgerSchema = z.object({
  day,
  division: z.string(),
  divisionName: z.string(),
  total: tallySchema,
  units: z.array(
    tallySchema.extend({
      unit: z.string(),
      name: z.string(),
      division: z.string(),
      divisionName: z.string(),
      kind: z.string(),
      kindTerm: z.string(),
      /** Nobody has said; taken from the legal form. */
      presumed: z.boolean(),
    }),
  ),
  /** Territories one step below, each with all that lies in it. */
  divisions: z.array(
    tallySchema.extend({ division: z.string(), name: z.string(), units: z.number().int(), below: z.boolean() }),
  ),
  kinds: z.array(tallySchema.extend({ kind: z.string(), term: z.string(), units: z.number().int(), data: z.string() })),
  sharing: z.array(z.object({ value: z.string(), term: z.string(), count: z.number().int() })),
  opening: z.array(z.object({ value: z.string(), term: z.string(), count: z.number().int() })),
})
export type Ledger = z.infer<typeof ledgerSchema>

export const entryHistorySchema = z.object({
  entry: catalogueEntrySchema.nullable(),
  /** Completeness against the guideline in force today, where it is another one. */
  recheck: z.object({ version: z.string(), complete: z.number().int(), missing: z.array(z.string()) }),
  missing: z.array(z.string()),
  history: z.array(
    z.object({
      seq: z.number().int(),
      act: z.string(),
      term: z.string(),
      day,
      at: z.string(),
      by: z.string(),
      org: z.string(),
      changes: z.array(z.object({ term: z.string(), was: z.string(), now: z.string() })),
    }),
  ),
  duties: z.array(
    z.object({ term: z.string(), state: z.enum(['ok', 'due', 'late', 'none']), says: z.string(), act: z.string() }),
  ),
})
export type EntryHistory = z.infer<typeof entryHistorySchema>

export const twinsSchema = z.array(
  z.object({
    same: z.string(),
    division: z.string(),
    divisionName: z.string(),
    /** One of them is the source already; the others came later. */
    authority: z.string(),
    entries: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        units: z.array(z.string()),
        stateTerm: z.string(),
        frequency: z.string(),
        collected: z.boolean().nullable(),
        complete: z.number().int(),
        updated: day,
        source: z.string(),
      }),
    ),
  }),
)
export type Twins = z.infer<typeof twinsSchema>

export const reconcileSchema = z.object({
  records: z.array(
    z.object({ id: z.string(), title: z.string(), holder: z.string(), code: z.string(), divisionName: z.string() }),
  ),
  /** Entries in the catalogue that nothing registered stands behind. */
  unregistered: z.number().int(),
  registered: z.number().int(),
})
export type Reconcile = z.infer<typeof reconcileSchema>

export const filingProgressSchema = z.array(
  z.object({
    unit: z.string(),
    name: z.string(),
    division: z.string(),
    divisionName: z.string(),
    entries: z.number().int(),
    collected: z.number().int(),
    pending: z.number().int(),
    filing: z
      .object({
        id: z.string(),
        state: z.string(),
        stateTerm: z.string(),
        batch: z.string(),
        due: day.nullable(),
        late: z.boolean(),
        entries: z.number().int(),
        collected: z.number().int(),
        uncollected: z.number().int(),
        marked: z.number().int(),
        receipt: z.string(),
        filed: day.nullable(),
        changes: z.number().int(),
      })
      .nullable(),
  }),
)
export type FilingProgress = z.infer<typeof filingProgressSchema>

export const recheckSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    units: z.array(z.string()),
    was: z.number().int(),
    now: z.number().int(),
    missing: z.array(z.string()),
  }),
)
export type Recheck = z.infer<typeof recheckSchema>

export const publicCatalogueSchema = z.object({
  day,
  total: tallySchema.extend({ units: z.number().int() }),
  divisions: z.array(tallySchema.extend({ division: z.string(), name: z.string(), units: z.number().int() })),
})
export type PublicCatalogue = z.infer<typeof publicCatalogueSchema>

export const catalogueNoticeSchema = z.object({
  id: z.string(),
  batch: z.string(),
  bureau: z.string(),
  division: z.string(),
  divisionName: z.string(),
  from: day,
  to: day,
  left: z.number().int(),
  open: z.boolean(),
  channels: z.string(),
  contact: z.string(),
  how: z.string(),
  basis: z.string(),
  count: z.number().int(),
  adopted: z.number().int(),
  refused: z.number().int(),
  entries: z.array(
    z.object({
      name: z.string(),
      units: z.array(z.string()),
      sharing: z.string(),
      opening: z.string(),
      frequency: z.string(),
      collected: z.boolean().nullable(),
    }),
  ),
})
export type CatalogueNotice = z.infer<typeof catalogueNoticeSchema>
