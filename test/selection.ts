import { expect } from 'vitest'
import { act, provincials, today, type Domain } from './authorization.ts'
import { done, perform, type Values } from './cases.ts'
import { begin } from './sharing.ts'
import { fill, type Actor, type World } from './world.ts'

export const organisation = (
  key: string,
  name: string,
  form = 'enterprise',
  division = '430000',
  under = 'hunanBureau',
  roles: string[] = [],
) => ({
  key,
  name,
  division,
  roles,
  under,
  form,
  document: '演示',
})
export const pair = (key: string, name: string) => [
  { name: `${name}经办`, org: key, duties: ['handler'] },
  { name: `${name}复核`, org: key, duties: ['approver'] },
]
export const expertNames = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'].map((n) => `专家${n}`)
/** Bodies that apply, and people who review: experts act for themselves. */
export const competitors = {
  organisations: [
    ...(provincials as { organisations: object[] }).organisations,
    organisation('third', '湖南第三数据运营有限公司（演示）'),
    organisation('university', '湖南某大学（演示）', 'institution'),
  ],
  people: [
    ...(provincials as { people: object[] }).people,
    ...pair('third', '第三运营'),
    { name: '合伙企业经办', org: 'partnership', duties: ['handler', 'approver'] },
    ...expertNames.map((name) => ({ name, realName: true })),
  ],
} as never

/** Applies to the pool of experts and is admitted. Returns the number. */
export const admitted = async (who: Actor, bureauBoss: Actor, division: string, employer: string): Promise<string> => {
  const form = await done(
    who.get<{ schema: { properties?: unknown } }>(`/api/experts/form?kind=expert&division=${division}`),
  )
  const file = (await who.upload()).id
  const input = fill(form.schema, file, { employer })
  const { id } = await done(who.send<{ id: string }>('POST', '/api/experts', { kind: 'expert', division, input }))
  await done(perform(bureauBoss, id, 'admit', {}, 'expert'))
  return id
}

/** A selection run here, announced until a day. */
export const announced = async (
  d: Domain,
  plan: string,
  until: string,
  over: Values = {},
  kind = 'negotiation',
): Promise<string> => {
  const { id } = await done(begin(d.clerk, 'selections', kind, plan, { title: '住房公积金领域运营机构遴选' }))
  await done(act(d.clerk, 'selection', id, 'consult'))
  await done(act(d.clerk, 'selection', id, 'submit'))
  await done(act(d.boss, 'selection', id, 'review.competition'))
  await done(act(d.boss, 'selection', id, 'review.legality'))
  await done(act(d.clerk, 'selection', id, 'announce', { until, ...over }))
  return id
}
/** An application filled in and handed in. */
export const applied = async (clerk: Actor, boss: Actor, selection: string, over: Values = {}): Promise<string> => {
  const { id } = await done(begin(clerk, 'candidacies', 'operator', selection))
  await done(act(clerk, 'candidacy', id, 'write', over))
  await done(act(boss, 'candidacy', id, 'submit'))
  return id
}
/** Every condition found met, and confirmed by another. */
export const qualified = async (d: Domain, candidacy: string, over: Values = {}): Promise<void> => {
  await done(act(d.clerk, 'candidacy', candidacy, 'check', over))
  await done(act(d.boss, 'candidacy', candidacy, 'qualify'))
}

/** The evaluation in which somebody has been drawn to review; undefined for whoever was not. */
export const invitation = async (who: Actor): Promise<string | undefined> =>
  (await who.list('evaluations')).rows.find((r) => !r.final)?.id

/** Scores everything: `points` for each candidate. */
export const scored = async (
  who: Actor,
  evaluation: string,
  points: Readonly<Record<string, number>>,
  over: Values = {},
) => {
  const form = (await who.see(evaluation, 'evaluation')).actions.find((a) => a.act === 'score')
  const rows = (form?.value as { scores: { candidate: string; factor: string }[] } | undefined)?.scores ?? []
  expect(rows.length).toBeGreaterThan(0)
  return who.act(
    evaluation,
    'score',
    { scores: rows.map((r) => ({ ...r, score: points[r.candidate] ?? 0, reason: '方案具体' })), ...over },
    'evaluation',
  )
}
/** All who are drawn accept, score and sign, until the ranking stands. */
export const evaluated = async (
  reviewers: readonly Actor[],
  points: Readonly<Record<string, number>>,
): Promise<void> => {
  for (const who of reviewers) {
    const id = await invitation(who)
    if (!id) continue
    if ((await who.see(id, 'evaluation')).state === 'invited') await done(act(who, 'evaluation', id, 'accept'))
    await done(scored(who, id, points))
    await done(act(who, 'evaluation', id, 'sign'))
  }
}
export { today, type World }
