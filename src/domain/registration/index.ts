import type { Matter, Subject } from '../kernel/index.ts'
import { erasure, erasureForm, erasureLaws, hold, holdLaws } from './erasure.ts'
import { formFor, optionalRules, registrationHeadings, registrationSection, registrationWords } from './pack.ts'
import { application, objection, obligation, record } from './process.ts'
import { applicationLaws, objectionLaws, obligationLaws, recordLaws } from './rules.ts'

export * from './pack.ts'
export { holdRows, readingForm, vouchers } from './erasure.ts'
export { applicationKinds, obligationKinds, recordKinds } from './kinds.ts'
export { changeDuty, contentOf, faceOf, recordContent, registrantProblem, registrantsOf, validityOf } from './rules.ts'
export type { PublicFace, Registrant, Validity } from './rules.ts'

/** The four processes of 登记, and the two on the personal values in them, with their laws. */
export const registrationMatters: Readonly<Record<string, Matter>> = {
  application: { process: application, laws: applicationLaws },
  record: { process: record, laws: recordLaws },
  objection: { process: objection, laws: objectionLaws },
  obligation: { process: obligation, laws: obligationLaws },
  erasure: { process: erasure, laws: erasureLaws },
  hold: { process: hold, laws: holdLaws },
}
export { preparedAnnouncement, published, publicFields } from './project.ts'
export type { PublishedRow } from './project.ts'

/** 公共数据资源登记. */
export const registration: Subject = {
  matters: registrationMatters,
  section: registrationSection,
  optional: optionalRules,
  headings: registrationHeadings,
  words: registrationWords,
  form: (rules, name, kind, variant) => (name === 'erasure' ? erasureForm(rules) : formFor(rules, name, kind, variant)),
}
