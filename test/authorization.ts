import type { CaseView } from '#contract'
import { done, perform, type Values } from './cases.ts'
import { begin, entryOf } from './sharing.ts'
import type { Actor, World } from './world.ts'

/** Bodies of one province's authorization beside the demo's cast. */
export const provincials = {
  organisations: [
    ['housing', '湖南省住房城乡建设厅（演示）', '430000', ['competentDept'], 'hunanBureau', 'organ'],
    ['housingCentre', '湖南省公积金管理中心（演示）', '430000', [], 'hunanBureau', 'institution'],
    ['hunanGovernment', '湖南省人民政府（演示）', '430000', ['government'], 'hunanBureau', 'organ'],
    ['hunanFinance', '湖南省财政厅（演示）', '430000', ['finance'], 'hunanBureau', 'organ'],
    ['domainOperator', '湖南住房数据运营有限公司（演示）', '430000', [], 'hunanBureau', 'enterprise'],
    ['secondOperator', '湖南第二数据运营有限公司（演示）', '430000', [], 'hunanBureau', 'enterprise'],
    ['partnership', '某合伙企业（演示）', '430000', [], 'hunanBureau', 'unincorporated'],
  ].map(([key, name, division, roles, under, form]) => ({ key, name, division, roles, under, form, document: '演示' })),
  people: [
    { name: '住建厅经办', org: 'housing', duties: ['handler'] },
    { name: '住建厅复核', org: 'housing', duties: ['approver'] },
    { name: '中心经办', org: 'housingCentre', duties: ['handler'] },
    { name: '中心复核', org: 'housingCentre', duties: ['approver'] },
    { name: '湖南局审批', org: 'hunanBureau', duties: ['approver'] },
    { name: '省政府审批', org: 'hunanGovernment', duties: ['approver'] },
    { name: '财政厅经办', org: 'hunanFinance', duties: ['handler'] },
    { name: '住房运营经办', org: 'domainOperator', duties: ['handler'] },
    { name: '住房运营复核', org: 'domainOperator', duties: ['approver'] },
    { name: '第二运营经办', org: 'secondOperator', duties: ['handler'] },
    { name: '第二运营复核', org: 'secondOperator', duties: ['approver'] },
  ],
} as never

/** Those who take part in one unit's authorization, by what they do. */
export interface Domain {
  readonly unit: Actor
  readonly unitBoss: Actor
  readonly clerk: Actor
  readonly boss: Actor
  readonly bureau: Actor
  readonly bureauBoss: Actor
  readonly government: Actor
  readonly operator: Actor
  readonly operatorBoss: Actor
}
export const domainOf = async (w: World): Promise<Domain> => {
  const [unit, unitBoss, clerk, boss, bureau, bureauBoss, government, operator, operatorBoss] = (await Promise.all(
    [
      ...['住建厅经办', '住建厅复核', '中心经办', '中心复核', '湖南局经办', '湖南局审批', '省政府审批'],
      ...['住房运营经办', '住房运营复核'],
    ].map((n) => w.as(n)),
  )) as Actor[]
  return {
    unit: unit!,
    unitBoss: unitBoss!,
    clerk: clerk!,
    boss: boss!,
    bureau: bureau!,
    bureauBoss: bureauBoss!,
    government: government!,
    operator: operator!,
    operatorBoss: operatorBoss!,
  }
}

export const act = (who: Actor, process: string, id: string, name: string, over: Values = {}) =>
  perform(who, id, name, over, process)
/** The cases of a process that are about another. */
export const about = async (who: Actor, id: string, process: string, at: string): Promise<CaseView['links']> =>
  (await who.see(id, at)).links.filter((r) => r.process === process)

/** A 实施机构 named by its department and confirmed. */
export const appointed = async (d: Domain, w: World, over: Values = {}): Promise<string> => {
  const { id } = await done(
    begin(d.unit, 'appointments', 'domain', undefined, { implementer: d.clerk.org, domain: '住房公积金', ...over }),
  )
  await done(act(d.unitBoss, 'appointment', id, 'confirm', { decidedOn: today(w) }))
  return id
}
/** The legal day of a world. */
export const today = (w: World): string => days.get(w) ?? '2026-03-09'
const days = new WeakMap<World, string>()
/** Moves a world on, and remembers the day for the forms. */
export const onDay = async (w: World, day: string): Promise<void> => {
  await w.until(day)
  days.set(w, day)
}

/** An entry of the catalogue held by the implementer. */
export const anEntry = (d: Domain, name: string, access: Values = { sharing: 'unconditional' }): Promise<string> =>
  entryOf([d.clerk, d.boss], access, { basic: { name } })

/** A domain's plan, written and sent for approval. */
export const planned = async (
  d: Domain,
  appointment: string,
  items: readonly string[],
  over: Values = {},
): Promise<string> => {
  const { id } = await done(begin(d.clerk, 'plans', 'domain', appointment, { title: '住房公积金领域授权运营实施方案' }))
  await done(
    act(d.clerk, 'plan', id, 'write', {
      title: '住房公积金领域授权运营实施方案',
      from: '2026-04-01',
      to: '2031-03-31',
      items: [...items],
      products: [{ name: '缴存能力评估', class: 'industry', form: ['API'], charged: true }],
      ...over,
    }),
  )
  await done(act(d.clerk, 'plan', id, 'submit'))
  return id
}
/** Through the chain of a domain's plan, each step decided on the day. */
export const approved = async (d: Domain, w: World, plan: string): Promise<void> => {
  await done(act(d.bureau, 'plan', plan, 'approval.review'))
  await done(act(d.unitBoss, 'plan', plan, 'approval.decide', { decidedOn: today(w) }))
  await done(act(d.government, 'plan', plan, 'approval.consent', { decidedOn: today(w) }))
}
/** The case of 备案 that a decision opened, sent and answered. */
export const recorded = async (d: Domain, of: string, process: string, filer: Actor): Promise<string> => {
  const [r] = await about(filer, of, 'recordal', process)
  await done(act(filer, 'recordal', r!.id, 'file', { lateReason: undefined }))
  await done(act(d.bureau, 'recordal', r!.id, 'hops.province', { number: `备-${r!.id.slice(-4)}` }))
  return r!.id
}
export const tenderLink = 'https://procurement.example.cn/notice/1'
/** An operator chosen by a tender. */
export const selected = async (d: Domain, w: World, plan: string, winner = d.operator.org): Promise<string> => {
  const { id } = await done(begin(d.clerk, 'selections', 'openTender', plan, { title: '住房公积金领域运营机构遴选' }))
  await done(act(d.clerk, 'selection', id, 'consult'))
  await done(act(d.clerk, 'selection', id, 'submit'))
  await done(act(d.boss, 'selection', id, 'review.competition'))
  await done(act(d.boss, 'selection', id, 'review.legality'))
  await done(act(d.clerk, 'selection', id, 'announce', { until: today(w), link: tenderLink }))
  await done(act(d.clerk, 'selection', id, 'decide', { winner, resultOn: today(w), bidders: 3, link: tenderLink }))
  await done(act(d.boss, 'selection', id, 'award', { decidedOn: today(w) }))
  return id
}
/** An agreement signed by both sides. */
export const agreed = async (
  d: Domain,
  w: World,
  selection: string,
  items: readonly string[],
  over: Values = {},
): Promise<string> => {
  const { id } = await done(
    begin(d.clerk, 'agreements', 'domain', selection, { number: `湘演授〔2026〕${selection.slice(-3)}号` }),
  )
  await done(
    act(d.clerk, 'agreement', id, 'write', {
      items: [...items],
      termFrom: '2026-04-01',
      termTo: '2029-03-31',
      termReason: undefined,
      ...over,
    }),
  )
  await done(act(d.clerk, 'agreement', id, 'submit'))
  await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: today(w) }))
  await done(act(d.boss, 'agreement', id, 'sign', { signedOn: today(w) }))
  await done(act(d.operatorBoss, 'agreement', id, 'countersign', { signedOn: today(w) }))
  return id
}
