import type { Rules } from '#policy'
import type { Case, Table } from '#domain/kernel'
import { setDay } from '#store'
import type { World } from '../world.ts'
import { authorizing, shown } from './authorization.ts'
import { hire, load, tableOf, type Seated, type Stage } from './stage.ts'

/** A case standing in one state, with the table everything about it is generated from. */
export interface Exhibit {
  readonly label: string
  readonly s: Case
  readonly table: Table
  readonly rules: Rules
}

const duties = ['handler', 'approver', 'admin', 'auditor', 'sysadmin', 'secadmin', 'auditadmin'] as const

/** Every kind of organisation that may stand towards a case, each with one person for each duty and nobody with two. */
export const audience = async (w: World, s: Stage, of: readonly string[] = duties): Promise<readonly Seated[]> => {
  const orgs = {
    申请人: 'fund',
    登记机构: 'luanRegistrar',
    外地登记机构: 'hunanRegistrar',
    上级登记机构: 'anhuiRegistrar',
    数据管理部门: 'luanBureau',
    上级数据管理部门: 'anhuiBureau',
    外省数据管理部门: 'hunanBureau',
    运营机构: 'luanOperator',
    其他持有单位: 'transport',
    平台运营方: 'platform',
  }
  const single = await Promise.all(
    Object.entries(orgs).flatMap(([term, key]) => of.map((d) => hire(w, w.orgs[key]!, [d], `${term}·${d}`))),
  )
  // those who did the earlier steps themselves, so that "by another person" has someone to refuse
  const played = await Promise.all(
    ['fund', 'luanRegistrar', 'luanBureau', 'luanOperator'].flatMap((k) => [0, 1].map((i) => s.person(w.orgs[k]!, i))),
  )
  return [...single, ...played, await s.citizen()]
}

/** States no act leads to from the opening; a process may keep a word for a state it cannot reach yet. */
const reachable = (table: Table): readonly string[] => {
  const seen = new Set(Object.values(table.rows).flatMap((r) => (r.from.length === 0 ? [r.to] : [])))
  for (const here of seen)
    for (const r of Object.values(table.rows)) if (r.from.includes(here) && r.to !== '=') seen.add(r.to)
  return Object.keys(table.states).filter((x) => seen.has(x))
}

/** One case of a kind in every state it can reach. */
const inEveryState = async (w: World, s: Stage, open: () => Promise<string>): Promise<readonly Exhibit[]> => {
  const first = await open()
  const { table } = await tableOf(w, await load(w, first))
  const out: Exhibit[] = []
  for (const state of reachable(table)) {
    const id = await s.bring(out.length === 0 ? first : await open(), state)
    const now = await load(w, id)
    out.push({ label: `${now.process}/${now.kind}@${state}`, s: now, ...(await tableOf(w, now)) })
  }
  return out
}

/** Everything there is to stand before: each process and kind, in each state. `wide` adds the other kinds and jurisdictions. */
export const exhibition = async (w: World, s: Stage, wide: boolean): Promise<readonly Exhibit[]> => {
  const org = (key: string): string => w.orgs[key]!
  const out: Exhibit[] = []
  const add = async (open: () => Promise<string>): Promise<void> => {
    out.push(...(await inEveryState(w, s, open)))
  }
  const noticed = async (holder: string): Promise<string> => s.bring(await s.start(org(holder)), 'publicised')
  const about = (kind: string, by: string) => async () =>
    s.start(org(by), { kind, record: await s.record(org('fund')) })
  await add(() => s.start(org('fund')))
  await add(async () => s.object(await noticed('fund')))
  await add(() => s.oblige(org('fund'), org('luanBureau')))
  await add(() => s.organisation(org('luanBureau')))
  await add(async () => (await hire(w, org('fund'), ['handler'], '在岗人员')).membership!)
  await add(async () => (await hire(w, org('fund'), ['handler'], '登记人员')).person)
  await add(() => s.open('item', org('fund')))
  await add(() => s.open('import', org('fund')))
  await add(async () =>
    s.open('ticket', org('luanBureau'), { kind: 'quality', about: await s.open('item', org('fund')) }),
  )
  await add(() =>
    s.open('agreement', org('luanBureau'), {
      kind: 'legacy',
      input: {
        operator: org('luanOperator'),
        mode: 'local',
        signedOn: '2024-10-01',
        termFrom: '2024-10-01',
        termTo: '2039-09-30',
        items: [],
      },
    }),
  )
  const going = authorizing(w, s)
  for (const [process, state, kind] of shown(wide)) {
    const now = await load(w, await going[process](state, kind as never))
    out.push({ label: `${process}/${now.kind}@${now.at}`, s: now, ...(await tableOf(w, now)) })
  }
  const hearing = (): Promise<string> =>
    s.open('consultation', org('luanBureau'), { kind: 'rules', input: { to: '2035-12-31' } })
  await add(hearing)
  await add(async () => s.open('comment', org('fund'), { kind: 'online', about: await hearing() }))
  if (wide) {
    await add(about('correction', 'fund'))
    await add(about('correction', 'transport'))
    await add(about('change', 'fund'))
    await add(about('deregistration', 'fund'))
    await add(() => s.start(org('luanOperator'), { variant: 'product' }))
    await add(() => s.start(org('hunanImplementer')))
    await add(async () => s.object(await noticed('hunanImplementer')))
  }
  // last, because renewals need the legal clock close to the end of validity
  const records: string[] = []
  for (let i = 0; i < (wide ? 30 : 7); i++) records.push(await s.record(org('fund')))
  const validTo = String((await load(w, records[0]!)).data['register']?.['validTo'])
  await setDay(w.app.pool, `${validTo.slice(0, 7)}-01`)
  await add(async () => records.pop()!)
  if (wide) await add(() => s.start(org('fund'), { kind: 'renewal', record: records.pop()! }))
  return out
}
