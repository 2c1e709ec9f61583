import type { CaseView, ShownField } from '#contract'
import {
  about,
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  onDay,
  planned,
  provincials,
  selected,
  today,
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
  readonly plan: string
  readonly agreement: string
}
/** Those who take part beside the demo's cast. */
export const more = {
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
export const operating = async (on?: World): Promise<Operating> => {
  const w = on ?? (await world({ more }))
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
    plan,
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
    Object.fromEntries(r.map((f) => [f.key, (f.text ?? '').replace(/^#/, '')])),
  )

/** A city that authorises by itself: its data administration is its 实施机构 as well, and its plan is carried out once it is on file. */
export const operatingCity = async (): Promise<Operating> => {
  const w = await world({
    more: {
      people: [
        { name: '六安市政府审批', org: 'luanGovernment', duties: ['approver'] },
        { name: '六安局副审批', org: 'luanBureau', duties: ['handler', 'approver'] },
      ],
    } as never,
  })
  const names = [
    '六安局经办',
    '六安局审批',
    '六安市政府审批',
    '安徽督导员',
    '运营机构经办',
    '运营机构复核',
    '交通局经办',
  ]
  const [clerk, boss, government, anhui, operator, operatorBoss, other] = (await Promise.all(
    names.map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor]
  const d: Domain = {
    unit: clerk,
    unitBoss: boss,
    clerk,
    boss,
    bureau: clerk,
    bureauBoss: boss,
    government,
    operator,
    operatorBoss,
  }
  const items = [await anEntry(d, '公积金缴存信息'), await anEntry(d, '公积金贷款信息')] as const
  const { id: plan } = await done(begin(clerk, 'plans', 'local', undefined, { title: '授权运营实施方案' }))
  const span = { from: '2026-04-01', to: '2031-03-31' }
  await done(act(clerk, 'plan', plan, 'write', { title: '授权运营实施方案', ...span, items: [...items] }))
  const window = { to: '2026-04-10', channels: ['online'] }
  const { id: hearing } = await done(begin(clerk, 'consultations', 'plan', plan, window))
  await onDay(w, '2026-04-13')
  await done(act(clerk, 'consultation', hearing, 'summarise'))
  await done(act(clerk, 'plan', plan, 'submit'))
  await done(act(boss, 'plan', plan, 'approval.decide', { decidedOn: today(w) }))
  await done(act(government, 'plan', plan, 'approval.govern', { decidedOn: today(w) }))
  const [recordal] = await about(clerk, plan, 'recordal', 'plan')
  await done(act(clerk, 'recordal', recordal!.id, 'file', { lateReason: undefined }))
  await done(act(anhui, 'recordal', recordal!.id, 'hops.province', { number: '皖备1' }))
  const selection = await selected(d, w, plan)
  const agreement = await agreed(d, w, selection, items, {
    title: '六安市公共数据资源授权运营协议',
    termFrom: '2026-04-01',
    termTo: '2026-12-31',
    products,
  })
  return { w, d, deputy: await w.as('六安局副审批'), successor: other, items: [items[0], items[1]], plan, agreement }
}

/** Everything of an exit handed over and taken over, certified and verified, and carried on; what is named is left out. */
export const handedOver = async (o: Operating, exit: string, but: readonly string[] = []): Promise<void> => {
  const { d } = o
  const does = async (name: string, who: Actor, over: Values = {}): Promise<void> => {
    if (!but.includes(name)) await done(act(who, 'exit', exit, name, over))
  }
  // the forms begin with what is due; the rest of each line is filled in
  const file = async (who: Actor): Promise<string> => (await who.upload()).id
  const begun = async (who: Actor, name: string, key: string): Promise<Values[]> => {
    const open = (await who.see(exit, 'exit')).actions.find((a) => a.act === name)
    return ((open?.value as Record<string, Values[]> | undefined)?.[key] ?? []) as Values[]
  }
  const paper = await file(d.operator)
  const deliver = (await begun(d.operator, 'deliver', 'handed')).map((r) => ({ ...r, content: '无', files: [paper] }))
  await does('deliver', d.operator, { handed: deliver })
  const receive = (await begun(d.clerk, 'receive', 'checked')).map((r) => ({ ...r, finding: 'complete' }))
  await does('receive', d.clerk, { checked: receive })
  const certify = (await begun(d.operatorBoss, 'certify', 'objects')).map((r) => ({
    ...r,
    means: 'deleted',
    doneOn: today(o.w),
  }))
  await does('certify', d.operatorBoss, { objects: certify })
  const verify = (await begun(d.clerk, 'verify', 'objects')).map((r) => ({ ...r, finding: 'confirmed' }))
  await does('verify', d.clerk, { objects: verify })
  await does('reassign', d.clerk, { mode: 'successor', keeper: o.successor.org, from: today(o.w) })
}
