import { z } from 'zod'
import type { PackProblem } from './pack.ts'

const day = z.iso.date('not a date')

const yearSchema = z.strictObject({
  year: z.number().int(),
  /** `provisional` (暂定): no notice is loaded; only the statutory festival days are known, without 补假 and 调休. */
  certainty: z.enum(['stated', 'provisional']),
  /** The State Council notice; for a provisional year, the measures that name the festivals. */
  document: z.strictObject({ title: z.string().min(1), number: z.string().min(1) }),
  festivals: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        /** Item of the document that orders these days. */
        item: z.string().min(1),
        off: z.array(day).min(1),
        /** Make-up working days (调休上班). */
        work: z.array(day).default([]),
      }),
    )
    .min(1),
})

const localSchema = z.strictObject({
  division: z.string().regex(/^\d{6}$/, 'not a division code'),
  days: z.array(
    z.strictObject({
      day,
      kind: z.enum(['off', 'work']),
      name: z.string().min(1),
      /** The decision of the local people's government or congress (全国年节及纪念日放假办法 第四条). */
      document: z.strictObject({ title: z.string().min(1), number: z.string().min(1).optional() }),
    }),
  ),
})

/** A day off or make-up working day that one division orders for itself. */
export type LocalDay = z.infer<typeof localSchema>['days'][number]

/** What periods are counted with. Days are `YYYY-MM-DD`; a day in neither set is a working day from Monday to Friday. */
export interface Calendar {
  readonly off: ReadonlySet<string>
  readonly work: ReadonlySet<string>
  /** Years with a file. Any other year counts by weekends only and is provisional. */
  readonly years: Readonly<
    Record<
      number,
      {
        readonly certainty: 'stated' | 'provisional'
        readonly document: { readonly title: string; readonly number: string }
      }
    >
  >
  /** Days of a local overlay, with their citations. */
  readonly local: readonly LocalDay[]
}

const problemsOf = (where: string, error: z.ZodError): readonly PackProblem[] =>
  error.issues.map((i) => ({ where: [where, ...i.path].join('.'), says: i.message }))

/**
 * Builds the calendar from the parsed files of `policies/calendars`, one per year, in any order. A year given twice, a day that
 * does not exist, a day that is both off and worked, or a day outside its year (a notice may reach back into December) is a problem.
 */
export const parseCalendar = (
  files: readonly unknown[],
): { readonly calendar?: Calendar; readonly problems: readonly PackProblem[] } => {
  const problems: PackProblem[] = []
  const off = new Set<string>()
  const work = new Set<string>()
  const years: Record<number, Calendar['years'][number]> = {}
  files.forEach((file, i) => {
    const parsed = yearSchema.safeParse(file)
    if (!parsed.success) return void problems.push(...problemsOf(`calendar[${i}]`, parsed.error))
    const { year, certainty, document, festivals } = parsed.data
    const where = `calendar ${year}`
    if (years[year]) problems.push({ where, says: 'year given twice' })
    years[year] = { certainty, document }
    for (const f of festivals) {
      for (const d of [...f.off, ...f.work])
        if (!d.startsWith(`${year}-`) && !d.startsWith(`${year - 1}-12-`))
          problems.push({ where: `${where} ${f.name}`, says: `${d} is outside the year` })
      for (const d of f.off) off.add(d)
      for (const d of f.work) work.add(d)
    }
  })
  for (const d of work) if (off.has(d)) problems.push({ where: 'calendar', says: `${d} is both off and worked` })
  return problems.length > 0 ? { problems } : { calendar: { off, work, years, local: [] }, problems }
}

/** Reads one file of local days. */
export const parseLocalDays = (
  file: unknown,
): {
  readonly local?: { readonly division: string; readonly days: readonly LocalDay[] }
  readonly problems: readonly PackProblem[]
} => {
  const parsed = localSchema.safeParse(file)
  return parsed.success ? { local: parsed.data, problems: [] } : { problems: problemsOf('local days', parsed.error) }
}

/**
 * The calendar of a division with days of its own; where both name a day, the local one counts. Lay superior divisions first.
 * Build it once per division and keep it: counting is indexed per calendar object.
 */
export const overlay = (calendar: Calendar, localDays: readonly LocalDay[]): Calendar => {
  const off = new Set(calendar.off)
  const work = new Set(calendar.work)
  for (const { day, kind } of localDays) {
    ;(kind === 'off' ? off : work).add(day)
    ;(kind === 'off' ? work : off).delete(day)
  }
  return { ...calendar, off, work, local: [...calendar.local, ...localDays] }
}
