import { z } from 'zod'
import type { PackProblem } from './pack.ts'

const code = z.string().regex(/^\d{6}$/, 'not a division code')

const divisionsSchema = z.strictObject({
  /** The edition the codes are taken from. */
  document: z.strictObject({ title: z.string().min(1), number: z.string().min(1) }),
  divisions: z
    .array(
      z.strictObject({
        /** GB/T 2260, six digits; the nation is `000000`. */
        code,
        name: z.string().min(1),
        /** Every division but the nation has one. */
        parent: code.optional(),
      }),
    )
    .min(1),
})
export type Division = z.infer<typeof divisionsSchema>['divisions'][number]
/** Divisions by code, superior first. */
export type Divisions = ReadonlyMap<string, Division>

/**
 * Reads `policies/divisions.yaml`. A code given twice, a parent that is not in the file, or a code that does not begin with
 * its parent's is a problem.
 */
export const parseDivisions = (
  file: unknown,
): { readonly divisions?: Divisions; readonly problems: readonly PackProblem[] } => {
  const parsed = divisionsSchema.safeParse(file)
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((i) => ({ where: ['divisions', ...i.path].join('.'), says: i.message })),
    }
  const divisions = new Map<string, Division>()
  const problems: PackProblem[] = []
  for (const d of [...parsed.data.divisions].sort((a, b) => (a.code < b.code ? -1 : 1))) {
    const where = `divisions ${d.code} ${d.name}`
    if (divisions.has(d.code)) problems.push({ where, says: 'code given twice' })
    if (d.parent === undefined ? d.code !== '000000' : !divisions.has(d.parent))
      problems.push({ where, says: d.parent === undefined ? 'has no parent' : `parent ${d.parent} is not in the file` })
    // provinces hang below 000000, whose significant part is empty
    if (d.parent !== undefined && (d.parent >= d.code || !d.code.startsWith(d.parent.replace(/(00)+$/, ''))))
      problems.push({ where, says: `does not lie within ${d.parent}` })
    divisions.set(d.code, d)
  }
  return problems.length > 0 ? { problems } : { divisions, problems }
}
