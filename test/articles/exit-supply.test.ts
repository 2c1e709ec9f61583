import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { asSystem } from '#store'
import { about, act, agreed, appointed, approved, domainOf, onDay, planned, selected, today } from '../authorization.ts'
import { done, refusal, type Values } from '../cases.ts'
import { asOwner } from '../access/database.ts'
import { load } from '../access/stage.ts'
import { handedOver, linesOf, more, type Operating } from '../exiting.ts'
import { begin } from '../sharing.ts'
import { aBatch, anItem, batchAct, masked, pipeline, sent, shutGates, startUpload, table } from '../supply.ts'
import { world, type Actor } from '../world.ts'

/** 退出与供数：协议期满，供出的数据逐批返还或者删除，平台上的内容、副本随之删除，没有删完的不办结。 */
let o: Operating
let whole: Actor
let wholeBoss: Actor
let exit: string
let begun: string
/** Two batches of one content, one of another, and the full sync that brought them on. */
let batches: readonly [string, string, string]
let sync: string

interface Kept {
  readonly owner: string
  readonly key: string
}
const contents = async (): Promise<readonly Kept[]> =>
  asSystem(
    o.w.app.pool,
    async (q) => (await q.query<Kept>('select owner, key from gongshu.content order by 1, 2')).rows,
  )
const keptBy = async (owner: string): Promise<number> => (await contents()).filter((c) => c.owner === owner).length
const supplied = async (item: string, bytes: Buffer): Promise<string> => {
  const { w, d, agreement } = o
  const { id } = await done(aBatch(d.clerk, agreement, item))
  await sent(d.clerk, id, bytes)
  await w.settle()
  await done(batchAct(d.boss, id, 'accept'))
  await done(batchAct(d.operator, id, 'hops.environment'))
  return id
}
const deletion = async () => linesOf(await o.d.clerk.see(exit, 'exit'), 'deletion')
/** The lines the form of an act begins with. */
const due = async (who: Actor, name: string): Promise<readonly Values[]> =>
  ((await who.see(exit, 'exit')).actions.find((a) => a.act === name)?.value as { objects?: Values[] })?.objects ?? []
/** Certified by the operator, and found to be so by the 实施机构. */
const deleted = async (refs: readonly string[]): Promise<void> => {
  const { d, w } = o
  const objects = (await due(d.operatorBoss, 'certify'))
    .filter((x) => refs.includes(String(x['ref'])))
    .map((x) => ({ ...x, means: 'deleted', doneOn: today(w) }))
  expect(objects).toHaveLength(refs.length)
  await done(act(d.operatorBoss, 'exit', exit, 'certify', { objects } as never))
  const seen = (await due(d.clerk, 'verify')).map((x) => ({ ...x, finding: 'confirmed' }))
  await done(act(d.clerk, 'exit', exit, 'verify', { objects: seen } as never))
}

beforeAll(async () => {
  const w = await world({ more })
  const d = await domainOf(w)
  const items = [await anItem(w, d, '公积金缴存明细'), await anItem(w, d, '公积金贷款明细')] as const
  const plan = await planned(d, await appointed(d, w), items)
  await approved(d, w, plan)
  const agreement = await agreed(d, w, await selected(d, w, plan), items, {
    title: '住房公积金领域授权运营协议',
    termFrom: '2026-03-01',
    termTo: '2026-06-30',
    products: [{ name: '缴存能力评估', charged: true }],
  })
  const [deputy, successor] = [await w.as('湖南局副审批'), await w.as('第二运营经办')]
  o = { w, d, deputy, successor, items: [items[0], items[1]], plan, agreement }
  ;[whole, wholeBoss] = [await w.as('实施机构经办'), await w.as('实施机构复核')]
  const named = await done(begin(d.bureau, 'appointments', 'whole', undefined, { implementer: whole.org }))
  await done(act(d.bureauBoss, 'appointment', named.id, 'confirm', { decidedOn: today(w) }))
  for (const item of items) await masked(d.clerk, d.boss, agreement, item)
  batches = [
    await supplied(items[0], table(30)),
    await supplied(items[1], table(20, 500)),
    await supplied(items[0], table(30)),
  ]
  sync = (await done(begin(d.clerk, 'batches', 'fullSync', agreement, { period: '全量' }))).id
  await done(batchAct(d.clerk, sync, 'sync'))
  await w.settle()
  await done(batchAct(wholeBoss, sync, 'take'))
  begun = (await done(aBatch(d.clerk, agreement, items[0]))).id
}, 120_000)
afterAll(() => o.w.close())

describe('所供数据的删除', () => {
  it('what a full sync brought goes with the batch it was made of; the whole implementer deletes its copies by an act of its own', async () => {
    const { w, d, agreement, items } = o
    expect([await keptBy(d.clerk.org), await keptBy(whole.org)]).toEqual([2, 2])
    const first = await supplied(items[1], table(10, 900))
    const again = (await done(begin(d.clerk, 'batches', 'fullSync', agreement, { period: '全量' }))).id
    await done(batchAct(d.clerk, again, 'sync'))
    await w.settle()
    expect([await keptBy(d.clerk.org), await keptBy(whole.org)]).toEqual([3, 3])
    // one batch withdrawn and deleted: its content, and the copy of it, but not what others hold
    await done(batchAct(d.boss, first, 'withdraw'))
    await done(batchAct(d.boss, first, 'delete'))
    await w.settle()
    expect([await keptBy(d.clerk.org), await keptBy(whole.org)]).toEqual([2, 2])
    expect((await load(w, again)).data['forget']!['forgotten']).toEqual([first])
    expect((await pipeline(d.clerk, agreement)).sync).toMatchObject({ supplied: 2 })
    // nobody but the whole implementer; what an earlier sync still stands for stays
    expect(await refusal(d.boss.act(again, 'discard', { reason: '不再使用' }, 'batch'))).toBe('403 not_yours')
    await done(batchAct(wholeBoss, again, 'discard'))
    await w.settle()
    expect([await keptBy(d.clerk.org), await keptBy(whole.org)]).toEqual([2, 2])
  })
})

describe('供数与期满的协议', () => {
  it('HNP-038 nothing is supplied under an agreement whose term is over: no new batch, no next step of one that has begun', async () => {
    const { w, d, agreement, items } = o
    await onDay(w, '2026-06-30')
    expect(await shutGates(d.clerk, agreement, items[0])).toEqual([])
    await onDay(w, '2026-07-01')
    expect(await shutGates(d.clerk, agreement, items[0])).toEqual(['agreement'])
    expect(await refusal(aBatch(d.clerk, agreement, items[0]))).toMatch(/^4\d\d not_standing$/)
    expect(await refusal(startUpload(d.clerk, begun, '缴存.csv', 100))).toBe('409 not_standing')
    const renewed = begin(d.clerk, 'batches', 'fullSync', agreement, { period: '全量' })
    expect(await refusal(renewed)).toBe('409 not_standing')
  })
})

describe('退出与所供数据', () => {
  it('HNA-089 every batch stands on the list of the exit, and each is deleted before it closes', async () => {
    const { w, d, agreement } = o
    await w.settle()
    ;[exit] = (await about(d.clerk, agreement, 'exit', 'agreement')).map((x) => x.id) as [string]
    const listed = (await deletion()).map((l) => l['ref'])
    expect(listed).toEqual(expect.arrayContaining([...batches, sync, begun]))
    await handedOver(o, exit, ['certify', 'verify'])
    // everything else is settled, the data is not
    expect(await refusal(act(d.clerk, 'exit', exit, 'settle'))).toBe('409 not_settled')
    await deleted(listed.filter((ref) => !batches.includes(ref!) && ref !== sync) as string[])
    await w.settle()
    expect(await refusal(act(d.clerk, 'exit', exit, 'settle'))).toBe('409 not_settled')
    expect([await keptBy(d.clerk.org), await keptBy(whole.org)]).toEqual([2, 2])
  })

  it('what is certified and verified goes from the platform; content that another batch of the owner holds stays until that goes', async () => {
    const { w, d } = o
    const all = await contents()
    await deleted([batches[0]])
    // a certificate alone deletes nothing: the exit waits for the platform
    expect((await deletion()).find((l) => l['ref'] === batches[0])).toMatchObject({
      state: '已核验，平台删除中',
      next: '系统',
    })
    await w.settle()
    expect((await deletion()).find((l) => l['ref'] === batches[0])?.['state']).toBe('已核验，平台已删除')
    expect((await load(w, batches[0])).at).toBe('deleted')
    expect(await keptBy(d.clerk.org)).toBe(2)
    await deleted([batches[1], batches[2]])
    expect(await refusal(act(d.clerk, 'exit', exit, 'settle'))).toBe('409 not_settled')
    await w.settle()
    expect([await keptBy(d.clerk.org), await keptBy(whole.org)]).toEqual([0, 0])
    expect(await refusal(act(d.clerk, 'exit', exit, 'settle'))).toBe('409 not_settled')
    await deleted([sync])
    await w.settle()
    // not only the index: nothing of it is left in the store
    for (const { key } of all) await expect(o.w.app.files.get(key)).rejects.toThrow()
    const rows = await asSystem(w.app.pool, (q) =>
      q.query<{ state: string; sha256: string }>(
        `select distinct state, sha256 from gongshu.batch where id = any ($1::uuid[])`,
        [[...batches, sync, begun]],
      ),
    )
    expect(rows.rows).toEqual([{ state: 'deleted', sha256: '' }])
  })

  it('does not close over a batch that is not on the list', async () => {
    const { w, d, agreement } = o
    const id = w.app.freshId()
    await asOwner(w, (q) =>
      q.query(
        `insert into gongshu.batch (id, kind, agreement, item, source, whole, readers, division, state, sha256, rows, opened, synced)
         values ($1, 'file', $2, '', $3, '', '{}', '430000', 'available', 'x', 1, '2026-06-01', '[]')`,
        [id, agreement, d.clerk.org],
      ),
    )
    expect(await refusal(act(d.clerk, 'exit', exit, 'settle'))).toBe('409 not_settled')
    await asOwner(w, (q) => q.query('delete from gongshu.batch where id = $1', [id]))
    await done(act(d.clerk, 'exit', exit, 'settle'))
    await done(act(d.bureauBoss, 'exit', exit, 'close'))
    expect((await d.clerk.see(agreement, 'agreement')).stateTerm).toBe('已退出')
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})
