import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import type { Laws } from './case.ts'
import type { Process } from './process.ts'

export interface Matter {
  readonly process: Process
  readonly laws: Laws
}

/** One subject of the law: its processes, the section of the rule packs that it owns, and the forms it composes from it. */
export interface Subject {
  readonly matters: Readonly<Record<string, Matter>>
  /** Rule path → schema of its value. */
  readonly section: Section
  /** Rules that a jurisdiction may leave out. */
  readonly optional: readonly string[]
  /** Headings under which the rule library shows the section, by the second part of a rule's path, in the order of the procedure. */
  readonly headings: readonly { readonly term: string; readonly of: readonly string[] }[]
  /** Codes that stand in values of the section, in words. */
  readonly words: Readonly<Record<string, string>>
  /** The form that a row or a pack's step of these processes names; undefined where no rule answers to the name. */
  readonly form: (rules: Rules, name: string, kind: string, variant: string) => Form | undefined
}

/** A subject that says only what it has. */
export const part = (of: Partial<Subject>): Subject => ({
  matters: {},
  section: {},
  optional: [],
  headings: [],
  words: {},
  form: () => undefined,
  ...of,
})
