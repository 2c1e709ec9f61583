import type { JsonObject } from '#contract'

/** What is filled in on a page of its own and kept as it goes: by whom, for which acts. */
const drafted: Readonly<Record<string, { readonly seat: string; readonly acts: readonly string[] }>> = {
  application: { seat: 'applicant', acts: ['propose', 'resubmit'] },
  plan: { seat: 'author', acts: ['write'] },
}
export const draftOf = (process: string): (typeof drafted)[string] | undefined =>
  Object.hasOwn(drafted, process) ? drafted[process] : undefined
/** Done with this act, what was kept of it is no longer needed. */
export const isDrafted = (process: string, act: string): boolean => draftOf(process)?.acts.includes(act) ?? false

/** Demands that products of a plan name, by id: what a guard has to know of beside the plan's own kin. */
export const demandsIn = (input: unknown): string[] => {
  const products = (input as JsonObject | null | undefined)?.['products']
  return (Array.isArray(products) ? (products as JsonObject[]) : [])
    .map((p) => (typeof p === 'object' && p !== null ? p['demand'] : undefined))
    .filter((d): d is string => typeof d === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(d))
}
