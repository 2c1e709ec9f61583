import { z } from 'zod'

/** How far the upload of a batch's file has come. All in bytes. */
export const uploadViewSchema = z.object({
  batch: z.string(),
  name: z.string(),
  size: z.number().int(),
  /** From where the next piece goes on. */
  offset: z.number().int(),
  /** The size in which a file is best cut. */
  piece: z.number().int(),
})
export type UploadView = z.infer<typeof uploadViewSchema>

const gate = z.object({
  key: z.string(),
  term: z.string(),
  open: z.boolean(),
  says: z.string(),
  basis: z.string(),
  who: z.string(),
})
const batchLine = z.object({
  id: z.string(),
  kind: z.string(),
  kindTerm: z.string(),
  state: z.string(),
  stateTerm: z.string(),
  rows: z.number().int(),
  opened: z.string(),
})
/** Agreements under which the caller supplies, receives or watches. */
export const supplyListSchema = z.array(
  z.object({
    id: z.string(),
    title: z.string(),
    kindTerm: z.string(),
    state: z.string(),
    stateTerm: z.string(),
    implementer: z.string(),
    operator: z.string(),
    termFrom: z.string(),
    termTo: z.string(),
    /** Entries in the scope that the caller may see here. */
    items: z.number().int(),
  }),
)
export type SupplyList = z.infer<typeof supplyListSchema>

/** The supply under one agreement: what stands in the way of each entry, what has come, what has been passed on. */
export const supplyViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  day: z.string(),
  /** The caller carries the agreement out, or holds entries of it. */
  mayDemand: z.boolean(),
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      unit: z.string(),
      /** The caller supplies it. */
      mine: z.boolean(),
      gates: z.array(gate),
      /** Consents and proofs that are missing and that the caller may ask for or submit. */
      asks: z.array(z.object({ kind: z.string(), term: z.string(), upstream: z.string() })),
      masking: z.object({ id: z.string(), stateTerm: z.string() }).optional(),
      batches: z.array(batchLine),
    }),
  ),
  segments: z.array(z.object({ key: z.string(), term: z.string(), roleTerm: z.string(), party: z.string() })),
  /** Only where the rules ask a domain for it. */
  sync: z
    .object({
      basis: z.string(),
      says: z.string(),
      whole: z.string(),
      mine: z.boolean(),
      total: z.number().int(),
      supplied: z.number().int(),
      /** Entries of which the whole implementer has what the operator has. */
      complete: z.number().int(),
      percent: z.string(),
      runs: z.array(batchLine),
    })
    .optional(),
})
export type SupplyView = z.infer<typeof supplyViewSchema>

/** The way one batch has gone, with who answers for each stretch of it. */
export const batchHopsSchema = z.object({
  hops: z.array(
    z.object({
      key: z.string(),
      term: z.string(),
      roleTerm: z.string(),
      party: z.string(),
      act: z.string(),
      by: z.string(),
      day: z.string(),
    }),
  ),
  gates: z.array(gate),
  item: z.object({ id: z.string(), name: z.string() }).optional(),
  agreement: z.object({ id: z.string(), title: z.string() }),
  masking: z.array(z.object({ name: z.string(), method: z.string(), reason: z.string() })),
})
export type BatchHops = z.infer<typeof batchHopsSchema>
