import type { Laws, Process } from '../kernel/index.ts'
import { erasure, erasureLaws, hold, holdLaws } from './erasure.ts'
import { application, objection, obligation, record } from './process.ts'
import { applicationLaws, objectionLaws, obligationLaws, recordLaws } from './rules.ts'

export * from './pack.ts'
export { erasureForm, holdRows, readingForm, vouchers } from './erasure.ts'
export { applicationKinds, obligationKinds, recordKinds } from './kinds.ts'
export { changeDuty, contentOf, faceOf, recordContent, registrantProblem, registrantsOf, validityOf } from './rules.ts'
export type { PublicFace, Registrant, Validity } from './rules.ts'

/** The four processes of 登记, and the two on the personal values in them, with their laws. */
export const registrationMatters: Readonly<Record<string, { readonly process: Process; readonly laws: Laws }>> = {
  application: { process: application, laws: applicationLaws },
  record: { process: record, laws: recordLaws },
  objection: { process: objection, laws: objectionLaws },
  obligation: { process: obligation, laws: obligationLaws },
  erasure: { process: erasure, laws: erasureLaws },
  hold: { process: hold, laws: holdLaws },
}
export { preparedAnnouncement, published, publicFields } from './project.ts'
export type { PublishedRow } from './project.ts'
