import { v4 } from 'uuid'
import { may, type Case, type Table } from '#domain/kernel'
import { organisations } from '#store'
import { collectionOf } from '#contract'
import type { World } from '../world.ts'
import type { Exhibit } from './cast.ts'
import type { Seated } from './stage.ts'

/** Divisions a viewer supervises: those below their own where their organisation is a bureau. */
export const areas = async (w: World): Promise<ReadonlyMap<string, string>> =>
  new Map((await organisations(w.app.pool, { role: 'bureau' })).map((o) => [o.id, o.division.replace(/(00)+$/, '')]))

/** Whether the seats of a case, or the territory, let an organisation read it. */
export const reads = (s: Case, table: Table, org: string, area: string | undefined): boolean =>
  Object.entries(s.seats).some(([seat, held]) => table.seats[seat]?.reads === true && held === org) ||
  (area !== undefined && s.division.startsWith(area))

/** What the table alone says about an act, without the kernel: the row, who is named in it, and who went before. */
export const granted = (
  s: Case,
  table: Table,
  act: string,
  who: Seated,
): 'yes' | 'unknown_act' | 'not_yours' | 'not_now' | 'same_person' => {
  if (!Object.keys(table.rows).includes(act)) return 'unknown_act'
  const row = table.rows[act]!
  const held = Object.entries(s.seats).flatMap(([seat, org]) => (org === who.org ? [seat] : []))
  const pairs = held.flatMap((seat) => who.duties.map((d) => `${seat}.${d}`))
  if (![row.by].flat().some((by) => pairs.includes(by))) return 'not_yours'
  if (!row.from.includes(s.at)) return 'not_now'
  // who acts in their own name has no colleague to act instead
  return row.apart && who.org !== who.person && s.did[row.apart]?.by === who.person ? 'same_person' : 'yes'
}

export interface Cell {
  readonly label: string
  readonly act: string
  readonly who: string
  readonly expected: string
  readonly got: string
}
export interface Verdict {
  readonly cells: number
  readonly allowed: number
  readonly wrong: readonly Cell[]
}

/**
 * Tries every act on every exhibit as everybody, over HTTP. What may be done is asked with a field that no form has, so that the
 * right is answered and nothing happens; what may not be done is asked with nothing at all.
 */
export const tryEverything = async (
  w: World,
  exhibits: readonly Exhibit[],
  people: readonly Seated[],
): Promise<Verdict> => {
  const area = await areas(w)
  let cells = 0
  let allowed = 0
  const wrong: Cell[] = []
  const one = async (x: Exhibit, act: string, who: Seated): Promise<void> => {
    const expected = granted(x.s, x.table, act, who)
    const kernel = may(x.table, x.s, act, { user: who.person, org: who.org, duties: who.duties, rules: x.rules })
    const visible = reads(x.s, x.table, who.org, area.get(who.org))
    const r = await w.server.inject({
      method: 'POST',
      url: `/api/${collectionOf[x.s.process]}/${x.s.id}/actions/${act}`,
      headers: { cookie: who.cookie, 'idempotency-key': v4() },
      payload: expected === 'yes' ? { input: { 不存在的栏目: 1 } } : {},
    })
    const { code } = r.json<{ code: string }>()
    const want =
      who.cookie === ''
        ? [401, 'signed_out']
        : !visible
          ? [404, 'not_found']
          : {
              yes: [422, 'invalid'],
              unknown_act: [422, 'unknown_act'],
              not_yours: [403, 'not_yours'],
              not_now: [409, 'not_now'],
              same_person: [403, 'same_person'],
            }[expected]
    cells++
    if (expected === 'yes') allowed++
    if (
      (kernel?.code ?? 'yes') !== expected ||
      (expected === 'yes' && !visible) ||
      r.statusCode !== want[0] ||
      code !== want[1]
    )
      wrong.push({
        label: x.label,
        act,
        who: who.who,
        expected: `${want.join(' ')}; kernel ${kernel?.code ?? 'yes'}`,
        got: `${r.statusCode} ${code}`,
      })
  }
  for (const x of exhibits)
    for (const act of [...Object.keys(x.table.rows), '__proto__']) await Promise.all(people.map((p) => one(x, act, p)))
  return { cells, allowed, wrong }
}

export const signedOut: Seated = { who: '未登录', person: '', org: '', duties: [], token: Buffer.alloc(0), cookie: '' }
