import { resolve } from '#policy'
import type { Rules } from '#policy'
import { loadLayers } from '../../src/application/policies.ts'

export const { layers } = loadLayers(new URL('../../policies/', import.meta.url).pathname)
export const rulesOf = (division: string, enabled: readonly string[] = []): Rules =>
  resolve(layers, division, '2026-03-16', enabled)
/** The nation’s own rules. */
export const rules = rulesOf('000000')
