import { z } from 'zod'

const pair = z.object({ value: z.string(), term: z.string(), count: z.number().int() })

export const authorizationSchema = z.object({
  id: z.string(),
  kind: z.string(),
  kindTerm: z.string(),
  number: z.string(),
  title: z.string(),
  implementer: z.string(),
  operator: z.string(),
  division: z.string(),
  divisionName: z.string(),
  /** Published entries in scope, by name. */
  items: z.array(z.object({ id: z.string(), name: z.string(), units: z.array(z.string()) })),
  /** How many entries there are in scope, published or not. */
  scope: z.number().int(),
  products: z.array(z.string()),
  from: z.string(),
  to: z.string(),
  state: z.string(),
  stateTerm: z.string(),
  /** New work may be done under it today. */
  standing: z.boolean(),
  /** Concluded before the rules came, and completed step by step. */
  transitional: z.boolean(),
  signed: z.string(),
  updated: z.string(),
})
export type Authorization = z.infer<typeof authorizationSchema>
export const authorizationListSchema = z.object({
  rows: z.array(authorizationSchema),
  next: z.string().optional(),
  total: z.number().int(),
  states: z.array(pair),
})
export type AuthorizationList = z.infer<typeof authorizationListSchema>

const certificate = z.object({
  result: z.enum(['verified', 'broken', 'unknown']),
  problem: z.string(),
  algorithm: z.string(),
  subject: z.string(),
  organisation: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  claimed: z.string(),
  outOfTerm: z.boolean(),
  trust: z.enum(['yes', 'no', 'open']),
  later: z.boolean(),
})
/** What the page of an agreement shows beside its text. */
export const agreementPanelSchema = z.object({
  clauses: z.array(
    z.object({ no: z.string(), key: z.string(), term: z.string(), there: z.boolean(), required: z.boolean() }),
  ),
  term: z.object({ to: z.string(), limit: z.string(), exceeds: z.boolean(), excepted: z.boolean() }),
  text: z.object({ sha256: z.string(), sm3: z.string() }),
  signatures: z.array(
    z.object({
      party: z.string(),
      seat: z.string(),
      signedOn: z.string(),
      manner: z.string(),
      files: z.array(z.string()),
      seals: z.array(
        z.object({
          file: z.string(),
          result: z.enum(['verified', 'broken', 'extended', 'none', 'unknown']),
          problem: z.string(),
          signatures: z.array(certificate),
        }),
      ),
    }),
  ),
  reports: z.array(z.object({ report: z.string(), due: z.string(), received: z.string(), late: z.boolean() })),
  breaches: z.array(z.object({ foundOn: z.string(), what: z.string(), clause: z.string(), measure: z.string() })),
  gaps: z.array(z.object({ term: z.string(), closed: z.string() })),
})
export type AgreementPanelView = z.infer<typeof agreementPanelSchema>
