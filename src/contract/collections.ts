/** Path of the API, and of the desk, under which the cases of a process stand. */
export const collectionOf: Readonly<Record<string, string>> = {
  application: 'applications',
  record: 'records',
  objection: 'objections',
  obligation: 'obligations',
  item: 'items',
  grading: 'gradings',
  share: 'shares',
  acquisition: 'acquisitions',
  channel: 'channels',
  selfUse: 'self-uses',
  opening: 'openings',
  openingPlan: 'openingPlans',
  demand: 'demands',
  filing: 'filings',
  catalogueNotice: 'catalogue-notices',
  authority: 'authorities',
  proposal: 'proposals',
  catalogueReport: 'catalogue-reports',
  import: 'imports',
  ticket: 'tickets',
  organisation: 'organisations',
  person: 'people',
  membership: 'memberships',
  erasure: 'erasures',
  hold: 'holds',
}
/** Path of a collection → process. */
export const collections: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(collectionOf).map(([process, path]) => [path, process]),
)
