import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import type { Matter, Subject } from '#domain/kernel'
import { authorizationSubjects } from '#domain/authorization'
import { catalogueSubjects } from '#domain/catalogue'
import { parties } from '#domain/parties'
import { platformSubjects } from '#domain/platform'
import { supplySubjects } from '#domain/supply'
import { registration } from '#domain/registration'

/** Everything of the law that the application carries, in the order in which the rule library shows it. */
export const subjects: readonly Subject[] = [
  registration,
  ...catalogueSubjects,
  ...platformSubjects,
  ...authorizationSubjects,
  ...supplySubjects,
  parties,
]

/** Every process the application runs, by name. */
export const matters: Readonly<Record<string, Matter>> = Object.assign({}, ...subjects.map((s) => s.matters))
/** Whoever takes part in one of these is told which data it is about, also of entries that they may not open. */
export const aboutData: ReadonlySet<string> = new Set(
  [...authorizationSubjects, ...supplySubjects].flatMap((s) => Object.keys(s.matters)),
)
export const matterOf = (process: string): Matter => {
  const m = matters[process]
  if (!m) throw new Error(`no process ${process}`)
  return m
}

/** The schema of every rule of these subjects. */
export const sectionOf = (of: readonly Subject[]): Section => Object.assign({}, ...of.map((s) => s.section))
export const optionalOf = (of: readonly Subject[]): readonly string[] => of.flatMap((s) => s.optional)

/** The form a row or a step names. Throws on a name that no rule answers: the pack check binds every table. */
export const formNamed = (rules: Rules, name: string, kind: string, variant: string): Form => {
  for (const s of subjects) {
    const form = s.form(rules, name, kind, variant)
    if (form) return form
  }
  throw new Error(`no form is called "${name}"`)
}
