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

/** The ids of cases, bodies and files that an input names, wherever they stand in it. */
export const uuids = (value: unknown): string[] =>
  typeof value === 'string'
    ? /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value)
      ? [value]
      : []
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(uuids)
      : []
