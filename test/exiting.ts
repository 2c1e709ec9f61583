import type { CaseView, ShownField } from '#contract'
import {
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  planned,
  provincials,
  selected,
  type Domain,
} from './authorization.ts'
import { done, type Values } from './cases.ts'
import { begin } from './sharing.ts'
import { world, type Actor, type World } from './world.ts'

/** A province's authorization in operation: one agreement for two entries and two products. */
export interface Operating {
  readonly w: World
  readonly d: Domain
  /** A second approver and a second handler of the data administration, and of the body that carries on. */
  readonly deputy: Actor
  readonly successor: Actor
  readonly items: readonly [string, string]
  readonly agreement: string
}
const more = {
  ...(provincials as { organisations: object[]; people: object[] }),
  people: [
    ...(provincials as { people: object[] }).people,
    { name: '湖南局副审批', org: 'hunanBureau', duties: ['handler', 'approver'] },
  ],
} as never

const products = [
  { name: '缴存能力评估', charged: true },
  { name: '公积金便民查询', charged: false },
]
export const operating = async (): Promise<Operating> => {
  const w = await world({ more })
  const d = await domainOf(w)
  const items = [await anEntry(d, '公积金缴存信息'), await anEntry(d, '公积金贷款信息')] as const
  const plan = await planned(d, await appointed(d, w), items)
  await approved(d, w, plan)
  const agreement = await agreed(d, w, await selected(d, w, plan), items, {
    title: '住房公积金领域授权运营协议',
    termFrom: '2026-03-01',
    termTo: '2029-02-28',
    products,
  })
  return {
    w,
    d,
    deputy: await w.as('湖南局副审批'),
    successor: await w.as('第二运营经办'),
    items: [items[0], items[1]],
    agreement,
  }
}

/** The data administration's order, signed by another person than its author. */
export const ordered = async (o: Operating, over: Values = {}, kind = 'order'): Promise<string> => {
  const { id } = await done(
    begin(o.d.bureau, 'suspensions', kind, o.agreement, {
      ground: 'breach',
      rectifyBy: '2026-04-10',
      ...(kind === 'order' ? { scope: 'all' } : {}),
      ...over,
    }),
  )
  await done(act(o.d.bureauBoss, 'suspension', id, 'issue', { number: '湘数责改〔2026〕1号' }))
  return id
}
/** What the platform is told when it asks for an operator's access: 200, or the code of the refusal. */
export const asks = async (who: Actor, agreement: string, query = ''): Promise<string> => {
  const r = await who.get<{ code?: string }>(`/api/agreements/${agreement}/permission${query}`)
  return r.status === 200 ? 'permitted' : `${r.status} ${r.body.code}`
}
/** Lines of a section of the exit's checklist, as `thing: state`. */
export const linesOf = (view: CaseView, section: string): readonly Readonly<Record<string, string>>[] =>
  (view.materials.find((m) => m.key === section)?.rows ?? []).map((r: readonly ShownField[]) =>
    Object.fromEntries(r.map((f) => [f.key, f.text ?? ''])),
  )
export { act, type Domain }
