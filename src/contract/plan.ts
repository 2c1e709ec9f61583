import { z } from 'zod'

const day = z.string()
const change = z.object({ term: z.string(), was: z.string(), now: z.string() })

/** An entry of the annex, with what its reader has to mind. */
export const annexEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  units: z.array(z.string()),
  frequency: z.string(),
  grade: z.string(),
  secret: z.boolean(),
  ungraded: z.boolean(),
  withdrawn: z.boolean(),
  /** Not among what this reader may look up: only its name is known. */
  hidden: z.boolean(),
  /** Kind of holder and how the rules bind it, where they bind it otherwise: 参照执行. */
  holderKind: z.string(),
  applies: z.string(),
})
export type AnnexEntry = z.infer<typeof annexEntrySchema>

export const planPageSchema = z.object({
  id: z.string(),
  kind: z.string(),
  kindTerm: z.string(),
  title: z.string(),
  stateTerm: z.string(),
  /** Sections that the rules require, in their order, and whether the plan as written has them. */
  basis: z.string(),
  versions: z.array(
    z.object({
      no: z.number().int(),
      seq: z.number().int(),
      day,
      at: z.string(),
      by: z.string(),
      /** Against the version before it; of the first, against the plan it replaces. */
      changes: z.array(change),
    }),
  ),
  /** The plan that this one would replace, and all that differs from it. */
  replaces: z.object({ id: z.string(), title: z.string(), changes: z.array(change) }).optional(),
  within: z.object({ id: z.string(), title: z.string(), stateTerm: z.string(), says: z.string() }).optional(),
  /** The territory's overall plan, which the others follow. */
  overall: z.object({ id: z.string(), title: z.string(), stateTerm: z.string() }).optional(),
  /** Plans that follow this one: the domains of an overall plan, the scenes within another. */
  under: z.array(z.object({ id: z.string(), title: z.string(), kindTerm: z.string(), stateTerm: z.string() })),
  annex: z.array(annexEntrySchema),
  products: z.array(
    z.object({
      name: z.string(),
      class: z.string(),
      industry: z.string(),
      form: z.string(),
      charged: z.boolean(),
      demand: z.object({ id: z.string(), title: z.string(), stateTerm: z.string() }).optional(),
    }),
  ),
  remarks: z.array(z.object({ day, by: z.string(), org: z.string(), section: z.string(), says: z.string() })),
  /** Decisions of the chain, each with its document. */
  decisions: z.array(
    z.object({
      term: z.string(),
      decidedOn: z.string(),
      meeting: z.string(),
      number: z.string(),
      by: z.string(),
      files: z.array(z.string()),
    }),
  ),
  /** What is put on file, hand by hand. */
  recordals: z.array(
    z.object({
      id: z.string(),
      stateTerm: z.string(),
      fileBy: z.string(),
      overdue: z.boolean(),
      hops: z.array(z.object({ term: z.string(), by: z.string(), day: z.string(), receipt: z.string() })),
    }),
  ),
})
export type PlanPage = z.infer<typeof planPageSchema>

export interface DraftPartView {
  term: string
  text?: string | undefined
  parts?: DraftPartView[] | undefined
}
const part: z.ZodType<DraftPartView> = z.lazy(() =>
  z.object({ term: z.string(), text: z.string().optional(), parts: z.array(part).optional() }),
)
export const publicConsultationSchema = z.object({
  id: z.string(),
  kind: z.string(),
  kindTerm: z.string(),
  title: z.string(),
  author: z.string(),
  division: z.string(),
  divisionName: z.string(),
  from: day,
  to: day,
  state: z.string(),
  stateTerm: z.string(),
  open: z.boolean(),
  /** Days left, the last one included. */
  left: z.number().int(),
  basis: z.string(),
  detail: z
    .object({
      channels: z.array(z.string()),
      online: z.boolean(),
      contact: z.string(),
      explanation: z.string(),
      draft: z.array(part),
      annexes: z.object({
        items: z.array(z.object({ name: z.string(), unit: z.string(), frequency: z.string() })),
        products: z.array(z.object({ name: z.string(), class: z.string(), form: z.string(), charged: z.boolean() })),
      }),
    })
    .optional(),
  results: z
    .object({
      summary: z.string(),
      heard: z.number().int(),
      adopted: z.number().int(),
      partly: z.number().int(),
      notAdopted: z.number().int(),
      points: z.array(z.object({ channel: z.string(), digest: z.string(), decision: z.string(), reason: z.string() })),
    })
    .optional(),
})
export type PublicConsultation = z.infer<typeof publicConsultationSchema>

const reached = z.enum(['met', 'metLate', 'late', 'open'])
const milestoneState = z.object({
  key: z.string(),
  due: day,
  state: reached,
  on: z.string(),
  by: z.object({ process: z.string(), id: z.string() }).optional(),
  hand: z.boolean().optional(),
})
export const programmeOverviewSchema = z.object({
  day,
  /** The rules of the caller's territory have a template of steps. */
  templated: z.boolean(),
  /** They ask cities to report on their authorizations. */
  reports: z.boolean(),
  programmes: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      title: z.string(),
      begins: day,
      stateTerm: z.string(),
      final: z.boolean(),
      basis: z.string(),
      /** The caller leads the programme; else it sees only its own row. */
      leads: z.boolean(),
      milestones: z.array(
        z.object({
          key: z.string(),
          term: z.string(),
          due: day,
          article: z.string(),
          common: z.boolean(),
          met: z.number().int(),
          late: z.number().int(),
          of: z.number().int(),
        }),
      ),
      common: z.array(milestoneState),
      units: z.array(
        z.object({
          name: z.string(),
          mode: z.string(),
          /** The organisation of that name, where the system has one. */
          org: z.string(),
          orgName: z.string(),
          implementer: z.string(),
          states: z.array(milestoneState),
        }),
      ),
    }),
  ),
})
export type ProgrammeOverview = z.infer<typeof programmeOverviewSchema>

export const endingSchema = z.object({
  layer: z.string(),
  layerTitle: z.string(),
  document: z.string(),
  title: z.string(),
  until: day,
  daysLeft: z.number().int(),
})
export type EndingDocument = z.infer<typeof endingSchema>
