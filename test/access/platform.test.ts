import { afterAll, beforeAll, expect, it } from 'vitest'
import { done, perform } from '../cases.ts'
import { begin, conditional, entryOf } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'
import { audience, type Exhibit } from './cast.ts'
import { asOwner, fingerprint } from './database.ts'
import { areas, reads, signedOut, tryEverything } from './matrix.ts'
import { hire, load, stage, tableOf, type Seated } from './stage.ts'

let w: World
let people: readonly Seated[]
const exhibits: Exhibit[] = []
beforeAll(async () => {
  w = await world()
  const [operator, fund, fundBoss, transport, bureauBoss, province, citizen] = (await Promise.all(
    ['运营机构经办', '公积金经办', '公积金复核', '交通局经办', '六安局审批', '安徽督导员', '公民王女士'].map((n) =>
      w.as(n),
    ),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor]
  const show = async (id: string): Promise<string> => {
    const s = await load(w, id)
    exhibits.push({ label: `${s.process}/${s.kind}@${s.at}`, s, ...(await tableOf(w, s)) })
    return id
  }
  const opened = async (...a: Parameters<typeof begin>): Promise<string> => (await done(begin(...a))).id
  const unit = ['responsible', 'network']
  const entry = (who: Actor, kind = 'unit', statements = unit): Promise<string> =>
    opened(who, 'entries', kind, undefined, { mode: kind === 'unit' ? 'use' : undefined, statements })
  await show(await entry(fund))
  const all = ['capable', 'secure', 'trusted', 'based', 'standing']
  const admitted = await entry(operator, 'operator', all)
  await done(perform(bureauBoss, admitted, 'admit', { checked: all }, 'entry'))
  await show(admitted)
  const refused = await entry(transport)
  await done(perform(bureauBoss, refused, 'refuse', {}, 'entry'))
  await show(refused)
  const appeal = await opened(transport, 'appeals', 'entry', refused)
  await show(appeal)
  await show(await opened(province, 'platform-rules', 'platformRule', undefined, { name: '规则' }))
  const item = await entryOf([fund, fundBoss], conditional, { basic: { name: '站点' } })
  await show(await opened(fund, 'consents', 'anonymised', item, { until: '2026-12-31' }))
  await done((await w.as('六安局经办')).act(item, 'publish', {}, 'item'))
  await show(await opened(citizen, 'subject-requests', 'access', item))
  const related = { other: w.orgs['transport']!, since: '2025-01-01' }
  await show(await opened(fund, 'affiliations', 'other', undefined, related))
  const s = stage(w)
  const staff = await hire(w, w.orgs['luanOperator'], ['handler'], '受训人员')
  await show(await opened(await w.as('六安局经办'), 'trainings', 'training', staff.membership, { course: 'platform' }))
  const joined = await citizen.send<{ id: string }>('POST', '/api/experts', {
    division: '341500',
    input: { fields: ['data'], employer: w.orgs['fund'], title: '教授', truthful: true },
  })
  const expert = await show((await done(Promise.resolve(joined))).id)
  await done(bureauBoss.act(expert, 'admit', {}, 'expert'))
  await show(expert)
  people = [...(await audience(w, s, ['handler', 'approver'])), signedOut]
}, 120_000)
afterAll(() => w.close())

it('whoever has no seat in a case of the platform does nothing to it and sees nothing of it, in no state', async () => {
  // each as it stands now
  const seen = new Map(exhibits.map((x) => [x.s.id, x]))
  const now = await Promise.all([...seen.values()].map(async (x) => ({ ...x, s: await load(w, x.s.id) })))
  const before = await fingerprint(w)
  const { cells, allowed, wrong } = await tryEverything(w, now, people)
  console.log(`platform: ${cells} cells (${now.length} cases × ${people.length} people × acts), ${allowed} allowed`)
  expect(wrong.slice(0, 20)).toEqual([])
  expect(allowed).toBeGreaterThan(20)
  expect(await fingerprint(w)).toEqual(before)
}, 150_000)

it('in the database itself related parties and experts are seen by those who see the case, and by nobody else', async () => {
  const area = await areas(w)
  const of = exhibits.filter((x) => ['affiliation', 'expert'].includes(x.s.process))
  for (const p of people) {
    const viewer = { person: p.person, org: p.org, ...(area.has(p.org) ? { area: `${area.get(p.org)}%` } : {}) }
    const rows = await asOwner(w, async (q) => {
      await q.query('begin')
      await q.query('set local role gongshu_app')
      await q.query(`select set_config('gongshu.viewer', $1, true)`, [JSON.stringify(viewer)])
      const found = await q.query<{ id: string }>(
        'select id from gongshu.affiliation union select id from gongshu.expert',
      )
      await q.query('rollback')
      return found.rows.map((r) => r.id).sort()
    })
    const mine = of.filter((x) => p.org !== '' && reads(x.s, x.table, p.org, area.get(p.org))).map((x) => x.s.id)
    expect([p.who, rows]).toEqual([p.who, [...new Set(mine)].sort()])
  }
})
