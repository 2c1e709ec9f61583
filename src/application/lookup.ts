import type { Case, Facts } from '#domain/kernel'
import type { Rules } from '#policy'
import type { App } from './app.ts'

/** An act about to be decided: `head` is missing where it opens a case. `rules`: today's, of the territory. */
export interface Asked {
  readonly process: string
  readonly act: string
  readonly input: unknown
  readonly head: Case | undefined
  readonly at: Pick<Case, 'division' | 'seats'>
  readonly day: string
  readonly rules: () => Rules
}
/** What has to be looked up before it can be. */
export type Lookup = (app: App, asked: Asked) => Promise<Partial<Facts>>
