import type { Matter, Subject } from '../kernel/index.ts'
import { membership, organisation, person } from './process.ts'
import { membershipLaws, organisationLaws, personLaws } from './rules.ts'

export { duties, legalForms, orgRoles } from './process.ts'
export { dutiesOf, partyRows, roleTerm, rolesOf } from './rules.ts'
export type { PartyRow } from './rules.ts'

export const partyMatters: Readonly<Record<string, Matter>> = {
  organisation: { process: organisation, laws: organisationLaws },
  person: { process: person, laws: personLaws },
  membership: { process: membership, laws: membershipLaws },
}

/** 单位、人员、岗位. */
export const parties: Subject = {
  matters: partyMatters,
  section: {},
  optional: [],
  headings: [],
  words: {},
  form: () => undefined,
}
