import type { Rules } from '#policy'
import type { Step } from '../kernel/index.ts'

/** The chain that a rule path names; empty where the rules name none. */
export const stepsOf = (rules: Rules, path: string): readonly Step[] => {
  const steps = rules.values[path]?.value
  return Array.isArray(steps) ? (steps as readonly Step[]) : []
}
