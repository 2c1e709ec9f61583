import type { Facts } from '#domain/kernel'
import type { Case } from '#domain/kernel'
import { keysOf, likeness, wantedBy, wantedOf } from '#domain/catalogue'
import { asSystem, entriesNamed, sharedAlike } from '#store'
import type { App } from './app.ts'

const isObject = (v: unknown): v is Record<string, never> => typeof v === 'object' && v !== null && !Array.isArray(v)
const enough = 50
const most = 20

/**
 * What has to be looked up in the catalogue before an act can be decided: entries that resemble what a unit wants to collect or buy,
 * and entries that the input names. Looked up afresh with every act, because the catalogue changes while an application waits.
 */
export const established = async (
  app: Pick<App, 'pool'>,
  process: string,
  input: unknown,
  head: Case | undefined,
  division: string,
): Promise<Partial<Facts>> => {
  if (process === 'acquisition') {
    const wanted = head ? wantedBy(head) : isObject(input) ? wantedOf(input) : { name: '', fields: [] }
    const near = await asSystem(app.pool, (q) => sharedAlike(q, keysOf(wanted), division, 200))
    return {
      shareable: near
        .map((e) => ({ ...e, likeness: likeness(wanted, e) }))
        .filter((e) => e.likeness >= enough)
        .sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
        .slice(0, most)
        .map(({ id, name, units, sharing }) => ({ id, name, unit: units.join('、'), sharing })),
    }
  }
  if (process === 'selfUse' && !head && isObject(input)) {
    const named = ([input['items']].flat() as unknown[]).filter(
      (x): x is string => typeof x === 'string' && /^[0-9a-f-]{36}$/.test(x),
    )
    return { items: await asSystem(app.pool, (q) => entriesNamed(q, named)) }
  }
  return {}
}
