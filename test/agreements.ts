import { isRefusal } from '#contract'
import { actAsSystem } from '#application'
import { done, type Values } from './cases.ts'
import { about, act, tenderLink, today } from './authorization.ts'
import { begin } from './sharing.ts'
import type { Actor, World } from './world.ts'

// A city's authorization, from the body named to the agreement, and agreements from before the rules.

export const locals = {
  organisations: [
    ['zqImplementer', '肇庆市数据服务中心（演示）', '441200', [], 'zhaoqingBureau', 'institution'],
    ['zqTransport', '肇庆市交通运输局（演示）', '441200', ['competentDept'], 'zhaoqingBureau', 'organ'],
    ['zqOperator', '肇庆数据运营有限公司（演示）', '441200', ['operator'], 'zhaoqingBureau', 'enterprise'],
    ['zqDeveloper', '肇庆某开发合伙企业（演示）', '441200', [], 'zhaoqingBureau', 'unincorporated'],
    ['zqOther', '肇庆另一开发有限公司（演示）', '441200', [], 'zhaoqingBureau', 'enterprise'],
    ['luanPartner', '六安某科技有限公司（演示）', '341500', [], 'luanBureau', 'enterprise'],
    ['hunanLegacy', '湖南省某数据中心（演示）', '430000', ['implementer'], 'hunanBureau', 'institution'],
  ].map(([key, name, division, roles, under, form]) => ({ key, name, division, roles, under, form, document: '演示' })),
  people: [
    { name: '肇庆局审批', org: 'zhaoqingBureau', duties: ['approver'] },
    { name: '肇中心经办', org: 'zqImplementer', duties: ['handler'] },
    { name: '肇中心复核', org: 'zqImplementer', duties: ['approver'] },
    { name: '肇交通复核', org: 'zqTransport', duties: ['approver'] },
    { name: '肇运营经办', org: 'zqOperator', duties: ['handler'] },
    { name: '肇运营复核', org: 'zqOperator', duties: ['approver'] },
    { name: '肇开发复核', org: 'zqDeveloper', duties: ['approver'] },
    { name: '肇开发二复核', org: 'zqOther', duties: ['approver'] },
    { name: '合伙人复核', org: 'luanPartner', duties: ['approver'] },
    { name: '旧中心经办', org: 'hunanLegacy', duties: ['handler'] },
    { name: '旧中心复核', org: 'hunanLegacy', duties: ['approver'] },
  ],
} as const
/** The same city where its government is registered as well, and names the 实施机构 itself. */
export const governed = {
  organisations: [
    ...locals.organisations,
    {
      key: 'zqGovernment',
      name: '肇庆市人民政府（演示）',
      division: '441200',
      roles: ['government'],
      under: 'guangdongBureau',
      form: 'organ',
      document: '演示',
    },
  ],
  people: [
    ...locals.people,
    { name: '肇庆市政府经办', org: 'zqGovernment', duties: ['handler'] },
    { name: '肇庆市政府审批', org: 'zqGovernment', duties: ['approver'] },
  ],
}

export interface City {
  readonly bureau: Actor
  readonly bureauBoss: Actor
  readonly clerk: Actor
  readonly boss: Actor
  readonly operator: Actor
  readonly operatorBoss: Actor
}
export const cityOf = async (w: World): Promise<City> => {
  const [bureau, bureauBoss, clerk, boss, operator, operatorBoss] = (await Promise.all(
    ['肇庆局经办', '肇庆局审批', '肇中心经办', '肇中心复核', '肇运营经办', '肇运营复核'].map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor]
  return { bureau, bureauBoss, clerk, boss, operator, operatorBoss }
}

/**
 * From the body named to an operator chosen, in a city whose rules are those of its own. Its government is not registered: the data
 * administration records what it decided.
 */
export const chosenIn = async (c: City, w: World, items: readonly string[]): Promise<string> => {
  const day = today(w)
  const { id: appointment } = await done(
    begin(c.bureau, 'appointments', 'local', undefined, { implementer: c.clerk.org }),
  )
  await done(act(c.bureauBoss, 'appointment', appointment, 'confirm', { decidedOn: day }))
  const { id: plan } = await done(begin(c.bureau, 'plans', 'local', appointment))
  await done(
    act(c.bureau, 'plan', plan, 'write', {
      items: [...items],
      from: '2026-04-01',
      to: '2031-03-31',
      products: [{ name: '停车位查询', class: 'public', form: ['API'] }],
    }),
  )
  await done(act(c.bureau, 'plan', plan, 'submit'))
  await done(act(c.bureauBoss, 'plan', plan, 'approval.decide', { decidedOn: day }))
  await done(act(c.bureauBoss, 'plan', plan, 'approval.govern', { decidedOn: day }))
  const { id } = await done(begin(c.clerk, 'selections', 'openTender', plan))
  await done(act(c.clerk, 'selection', id, 'consult'))
  await done(act(c.clerk, 'selection', id, 'submit'))
  await done(act(c.boss, 'selection', id, 'review.competition'))
  await done(act(c.boss, 'selection', id, 'review.legality'))
  await done(act(c.clerk, 'selection', id, 'announce', { until: day, link: tenderLink }))
  await done(
    act(c.clerk, 'selection', id, 'decide', { winner: c.operator.org, resultOn: day, bidders: 3, link: tenderLink }),
  )
  await done(act(c.boss, 'selection', id, 'award', { decidedOn: day }))
  return id
}

/** An agreement from before the rules, recorded and checked by two people. */
export const legacyOf = async (
  clerk: Actor,
  boss: Actor,
  operator: string,
  items: readonly string[],
  over: Values = {},
): Promise<string> => {
  const { id } = await done(
    begin(clerk, 'agreements', 'legacy', undefined, {
      operator,
      mode: 'local',
      signedOn: '2024-10-01',
      termFrom: '2024-10-01',
      termTo: '2026-09-30',
      items: [...items],
      ...over,
    }),
  )
  await done(act(boss, 'agreement', id, 'confirm'))
  return id
}

export const bySystem = async (w: World, id: string, name: string, data: Values = {}): Promise<void> => {
  const r = await actAsSystem(w.app, id, name, { data: data as never })
  if (isRefusal(r)) throw new Error(`${name}: ${r.says}`)
}
/** The one case of a process that is about another. */
export const theOne = async (who: Actor, of: string, process: string, at: string): Promise<string> => {
  const found = await about(who, of, process, at)
  if (found.length !== 1) throw new Error(`${found.length} of ${process}`)
  return found[0]!.id
}
