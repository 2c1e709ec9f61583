import type { Rules } from '#policy'
import type { Seat, Slot, Step } from '../kernel/index.ts'

/** The chain that a rule path names; empty where the rules name none. */
export const stepsOf = (rules: Rules, path: string): readonly Step[] => {
  const steps = rules.values[path]?.value
  return Array.isArray(steps) ? (steps as readonly Step[]) : []
}

/** The data administrations of each level over a territory: they read what is put on file with them (`recordal`), not the case itself. */
export const levelSeats: Readonly<Record<'county' | 'city' | 'province', Seat>> = {
  county: { term: '县级数据管理部门', reads: false },
  city: { term: '市级数据管理部门', reads: false },
  province: { term: '省级数据管理部门', reads: false },
}

/** The way back from a chain of decisions: to be changed, with what is to be changed. `tell`: the seat that has to. */
export const sentBack = (tell: string): Slot['exits'][string] => ({
  term: '退回修改',
  to: 'draft',
  form: [{ key: 'reason', term: '修改意见', type: 'paragraph', required: true, max: 4000 }],
  tell: [tell],
})
