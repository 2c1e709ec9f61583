import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { act, checkProjections, keepFile } from '#application'
import { asOwner } from '../access/database.ts'
import { load, must, stage } from '../access/stage.ts'
import { install, type Installation } from './installation.ts'

const lines = 4000
let i: Installation
beforeAll(async () => {
  i = await install()
})
afterAll(() => i?.close())

const list = (say: (n: number) => string): Buffer =>
  Buffer.from(
    `数源单位,目录名称,摘要,更新频率\n${Array.from({ length: lines }, (_, n) => `市公积金中心,第${n}项业务数据,${say(n)},每月`).join('\n')}\n`,
  )
const counted = (): Promise<{ entries: number; names: number; claims: number; updates: number }> =>
  asOwner(i, async (q) => {
    const { rows } = await q.query<{ entries: number; names: number; claims: number; updates: number }>(
      `select count(*)::int as entries, count(distinct title)::int as names,
         (select count(*)::int from gongshu.claim where scope = 'catalogue.source') as claims,
         (select count(*)::int from gongshu.event where type = 'item/update') as updates
       from gongshu.stream where process = 'item'`,
    )
    return rows[0]!
  })

it('killed again and again while a list is checked and brought in, the catalogue has every line once and no other', async () => {
  const s = stage(i.world)
  const org = i.orgs['fund']!
  const clerk = await s.person(org, 0)
  const chief = await s.person(org, 1)
  const upload = async (bytes: Buffer): Promise<string> =>
    must(await keepFile(i.app, clerk.token, '清单.csv', 'text/csv', bytes)).id
  const start = async (bytes: Buffer): Promise<string> =>
    s.open('import', org, { input: { source: '业务数据', file: await upload(bytes) } })
  let kills = 0
  /** Lets one worker after another begin, and kills each in the middle, until the case has left the state. */
  const work = async (id: string, at: string, after: () => Promise<number>, most: number): Promise<void> => {
    for (let done = 0, n = 0; (await load(i.world, id)).at === at; n++) {
      const child = await i.start({ loops: true })
      const enough = n < most ? done + 1 : Infinity
      for (const until = Date.now() + 60_000; Date.now() < until; await sleep(15)) {
        if ((await load(i.world, id)).at !== at) break
        if ((await after()) >= enough) {
          // at no particular moment of a chunk
          await sleep(Math.random() * 120)
          break
        }
      }
      if ((await load(i.world, id)).at === at) kills++
      done = await after()
      await child.kill()
      // the lease of a minute would end by itself
      await asOwner(i, (q) => q.query('update gongshu.outbox set lease = null, due = now() where done is null'))
    }
  }
  const attempts = (id: string) => (): Promise<number> =>
    asOwner(i, async (q) => {
      const { rows } = await q.query<{ n: number }>(
        `select coalesce(max(done), 0)::int as n from gongshu.progress where stream = $1`,
        [id],
      )
      return rows[0]!.n
    })
  const confirm = async (id: string): Promise<void> => {
    must(
      await act(i.app, { token: chief.token }, id, {
        process: 'import',
        act: 'apply',
        input: { acknowledged: true },
        key: randomUUID(),
      }),
    )
  }

  const id = await start(list((n) => `第${n}项的摘要`))
  await work(id, 'checking', attempts(id), 1)
  expect((await load(i.world, id)).at).toBe('ready')
  expect((await counted()).entries).toBe(0)
  await confirm(id)
  await work(id, 'applying', async () => Math.floor((await counted()).entries / 400), 3)
  const finished = await load(i.world, id)
  expect(finished.data['finish']).toMatchObject({ added: lines, updated: 0, unchanged: 0, conflicts: 0, failed: 0 })
  expect(await counted()).toEqual({ entries: lines, names: lines, claims: lines, updates: 0 })

  // every second line says something else: each is changed once, whenever the worker dies
  const next = await start(list((n) => (n % 2 === 0 ? `第${n}项的摘要` : `第${n}项的新摘要`)))
  await work(next, 'checking', attempts(next), 0)
  await confirm(next)
  await work(next, 'applying', async () => Math.floor((await counted()).updates / 400), 2)
  expect((await load(i.world, next)).data['finish']).toMatchObject({
    added: 0,
    updated: lines / 2,
    unchanged: lines / 2,
    failed: 0,
  })
  expect(await counted()).toEqual({ entries: lines, names: lines, claims: lines, updates: lines / 2 })
  expect((await checkProjections(i.app)).differences).toEqual([])
  console.log(`kill -9 during imports: ${kills}`)
  expect(kills).toBeGreaterThanOrEqual(3)
}, 400_000)
