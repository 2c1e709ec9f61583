import { z } from 'zod'

/** How sure a value is: the text says so, we read it out of the text, or the text is silent and this is a marked default. */
export const certainty = z.enum(['stated', 'inferred', 'default'])
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

export const documentSchema = z.strictObject({
  title: z.string().min(1),
  /** What a clerk calls it: 登记办法, 登记细则. */
  short: z.string().min(1),
  number: z.string().optional(),
  issued: day.optional(),
  inForce: day.optional(),
  /** Last day in force, when the document says how long it runs. */
  until: day.optional(),
  status: z.enum(['inForce', 'consultation', 'draft', 'superseded']),
  text: z.enum(['full', 'reconstructed', 'excerpt', 'secondary']),
  note: z.string().optional(),
})
export type PackDocument = z.infer<typeof documentSchema>

export const basisSchema = z.strictObject({
  document: z.string(),
  article: z.string().optional(),
  certainty,
  note: z.string().optional(),
})

/** One rule of one layer: a value and where it comes from. */
const ruleSchema = z.strictObject({
  value: z.unknown(),
  basis: basisSchema,
  /** First day of this value when it differs from its document's. */
  from: day.optional(),
  /** What happens to cases opened under the earlier value: they keep it (default), or take this one from its first day. */
  transition: z.enum(['keep', 'apply']).optional(),
})
export type PackRule = z.infer<typeof ruleSchema>

export const layerSchema = z.strictObject({
  layer: z.enum(['nation', 'province', 'city', 'registrar']),
  division: z.string().regex(/^\d{6}$/),
  title: z.string().min(1),
  /** Shown wherever the layer is empty: 省级细则未载入. */
  empty: z.string().optional(),
  /** An optional layer is loaded only when asked for by name (a superseded draft, a consultation text). */
  optional: z.boolean().optional(),
  documents: z.record(z.string(), documentSchema),
  /** The article by which a later superior rule displaces this layer's values ("从其规定"). */
  yields: basisSchema.optional(),
})
export type LayerHead = z.infer<typeof layerSchema>

export interface Layer extends LayerHead {
  readonly name: string
  /** Rules by path; several entries of one path are versions ordered by first day. */
  readonly rules: Readonly<Record<string, readonly PackRule[]>>
}

export interface PackProblem {
  readonly where: string
  readonly says: string
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isRule = (v: unknown): boolean => isObject(v) && 'basis' in v && 'value' in v

const collect = (node: unknown, path: string, into: Record<string, PackRule[]>, problems: PackProblem[]): void => {
  const versions = Array.isArray(node) ? node : [node]
  if (versions.every(isRule) && versions.length > 0) {
    const rules: PackRule[] = []
    for (const v of versions) {
      const r = ruleSchema.safeParse(v)
      if (r.success) rules.push(r.data)
      else
        problems.push({ where: path, says: r.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') })
    }
    into[path] = [...(into[path] ?? []), ...rules]
  } else if (isObject(node) && Object.keys(node).length > 0) {
    for (const [k, v] of Object.entries(node)) collect(v, path === '' ? k : `${path}.${k}`, into, problems)
  } else problems.push({ where: path, says: 'a rule needs value and basis' })
}

/**
 * Reads one layer from the parsed files of its folder (`pack.yaml` and one file per subject).
 * A rule without a citation, a citation of an unknown document or a malformed head is a problem; nothing is guessed.
 */
export const parseLayer = (
  name: string,
  head: unknown,
  subjects: readonly unknown[],
): { layer?: Layer; problems: readonly PackProblem[] } => {
  const problems: PackProblem[] = []
  const parsed = layerSchema.safeParse(head)
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((i) => ({ where: `${name}/pack.yaml ${i.path.join('.')}`, says: i.message })),
    }
  const rules: Record<string, PackRule[]> = {}
  for (const s of subjects) if (s !== null && s !== undefined) collect(s, '', rules, problems)
  for (const [path, versions] of Object.entries(rules))
    for (const r of versions)
      if (!parsed.data.documents[r.basis.document])
        problems.push({ where: path, says: `cites unknown document "${r.basis.document}"` })
  return {
    ...(problems.length === 0 ? { layer: { ...parsed.data, name, rules } } : {}),
    problems: problems.map((p) => ({ ...p, where: `${name}: ${p.where}` })),
  }
}
