import { afterAll, beforeAll, expect, it } from 'vitest'
import { domainOf, provincials, type Domain } from '../authorization.ts'
import { done } from '../cases.ts'
import { begin } from '../sharing.ts'
import {
  aBatch,
  agreementOver,
  anItem,
  batchAct,
  finishUpload,
  masked,
  sendPiece,
  sent,
  startUpload,
  table,
} from '../supply.ts'
import { world, type World } from '../world.ts'
import type { Exhibit } from './cast.ts'
import { asOwner } from './database.ts'
import { signedOut, tryEverything } from './matrix.ts'
import { hire, load, tableOf, type Seated } from './stage.ts'

let w: World
let d: Domain
let ids: readonly string[]
let people: readonly Seated[]
beforeAll(async () => {
  w = await world({ more: provincials })
  d = await domainOf(w)
  const item = await anItem(w, d, '公积金缴存明细')
  const agreement = await agreementOver(w, d, [item])
  const rule = await masked(d.clerk, d.boss, agreement, item)
  const fresh = async (): Promise<string> => (await done(aBatch(d.clerk, agreement, item))).id
  const taken = async (n: number): Promise<string> => {
    const id = await fresh()
    await sent(d.clerk, id, table(5, n))
    await w.settle()
    return id
  }
  const [open, receiving, checking, ready, hops, available, bad] = [
    await fresh(),
    await fresh(),
    await fresh(),
    await taken(1),
    await taken(10),
    await taken(20),
    await fresh(),
  ]
  await done(startUpload(d.clerk, receiving, '甲.csv', 100))
  await done(sendPiece(d.clerk, receiving, 0, Buffer.from('lsh,xm')))
  for (const id of [hops, available]) await done(batchAct(d.boss, id, 'accept'))
  await done(batchAct(d.operator, available, 'hops.environment'))
  await sent(d.clerk, bad, Buffer.from('a,b\n1,2\n'))
  await w.settle()
  await done(startUpload(d.clerk, checking, '乙.csv', 6))
  await done(sendPiece(d.clerk, checking, 0, Buffer.from('lsh,xm')))
  await done(finishUpload(d.clerk, checking))
  const { id: proposed } = await done(
    begin(d.clerk, 'maskings', 'masking', agreement, { item, fields: [{ name: '姓名', method: 'drop' }] }),
  )
  const { id: asked } = await done(
    begin(d.operator, 'supply-demands', 'items', agreement, { items: [item], scenario: '融资', frequency: undefined }),
  )
  const { id: unmet } = await done(
    begin(d.operator, 'supply-demands', 'unmet', agreement, { scenario: '信贷', wanted: [{ name: '用电明细' }] }),
  )
  ids = [open, receiving, checking, ready, hops, available, bad, rule, proposed, asked, unmet]
  people = [
    signedOut,
    ...(await Promise.all(
      [d.clerk.org, d.operator.org, d.unit.org, d.bureau.org, w.orgs['secondOperator']!, w.orgs['luanBureau']!].flatMap(
        (org) => ['handler', 'approver', 'auditor'].map((duty) => hire(w, org, [duty], `${org.slice(-4)}·${duty}`)),
      ),
    )),
  ]
})
afterAll(() => w.close())

it('whoever has no seat in a batch, a rule or a demand does nothing to it and sees nothing of it, and changes nothing by trying', async () => {
  const exhibits: Exhibit[] = []
  for (const id of ids) {
    const s = await load(w, id)
    exhibits.push({ label: `${s.process}/${s.kind}@${s.at}`, s, ...(await tableOf(w, s)) })
  }
  const states = exhibits.map((x) => x.s.at)
  const { cells, allowed, wrong } = await tryEverything(w, exhibits, people)
  console.log(`supply: ${cells} cells (${exhibits.length} cases × ${people.length} people × acts), ${allowed} allowed`)
  expect(wrong).toEqual([])
  expect(allowed).toBeGreaterThan(15)
  for (const [i, id] of ids.entries()) expect((await load(w, id)).at).toBe(states[i])
})

it('in the database itself batches, uploads and content are seen by those concerned alone, content by nobody', async () => {
  const seen = (viewer: object | undefined, from: string): Promise<number> =>
    asOwner(w, async (q) => {
      await q.query('begin')
      await q.query('set local role gongshu_app')
      if (viewer) await q.query(`select set_config('gongshu.viewer', $1, true)`, [JSON.stringify(viewer)])
      const { rows } = await q.query<{ n: number }>(`select count(*)::int as n from gongshu.${from}`)
      await q.query('rollback')
      return rows[0]!.n
    })
  const as = (org: string, more: object = {}) => ({ person: 'p', org, duties: ['handler'], ...more })
  const counts = async (viewer: object | undefined): Promise<readonly number[]> =>
    Promise.all(['batch', 'upload', 'upload_piece', 'content'].map((t) => seen(viewer, t)))
  expect(await counts(as(d.clerk.org))).toEqual([7, 2, 2, 0])
  expect(await counts(as(d.operator.org))).toEqual([7, 0, 0, 0])
  expect(await counts(as(d.bureau.org, { area: '43%' }))).toEqual([7, 0, 0, 0])
  expect(await counts(as(w.orgs['secondOperator']!))).toEqual([0, 0, 0, 0])
  expect(await counts(undefined)).toEqual([0, 0, 0, 0])
})
