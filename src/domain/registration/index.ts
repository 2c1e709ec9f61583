import type { Laws, Process } from '../kernel/index.ts'
import { application, objection, obligation, record } from './process.ts'
import { applicationLaws, objectionLaws, obligationLaws, recordLaws } from './rules.ts'

export * from './pack.ts'
export { applicationKinds, obligationKinds, recordKinds } from './kinds.ts'
export { changeDuty, contentOf, faceOf, recordContent, registrantProblem, registrantsOf, validityOf } from './rules.ts'
export type { PublicFace, Registrant, Validity } from './rules.ts'

/** The four processes of 登记 with their laws. */
export const registrationMatters: Readonly<Record<string, { readonly process: Process; readonly laws: Laws }>> = {
  application: { process: application, laws: applicationLaws },
  record: { process: record, laws: recordLaws },
  objection: { process: objection, laws: objectionLaws },
  obligation: { process: obligation, laws: obligationLaws },
}
export { preparedAnnouncement, published, publicFields } from './project.ts'
export type { PublishedRow } from './project.ts'
