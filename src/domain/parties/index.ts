import type { Laws, Process } from '../kernel/index.ts'
import { membership, organisation, person } from './process.ts'
import { membershipLaws, organisationLaws, personLaws } from './rules.ts'

export { duties, legalForms, orgRoles } from './process.ts'
export { dutiesOf, partyRows, roleTerm, rolesOf } from './rules.ts'
export type { PartyRow } from './rules.ts'

export const partyMatters: Readonly<Record<string, { readonly process: Process; readonly laws: Laws }>> = {
  organisation: { process: organisation, laws: organisationLaws },
  person: { process: person, laws: personLaws },
  membership: { process: membership, laws: membershipLaws },
}
