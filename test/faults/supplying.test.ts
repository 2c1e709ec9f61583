import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { UploadView } from '#contract'
import { asOwner } from '../access/database.ts'
import { load, stage } from '../access/stage.ts'
import { domainOf, onDay, provincials } from '../authorization.ts'
import { done } from '../cases.ts'
import { aBatch, agreementOver, anItem, masked, table } from '../supply.ts'
import { world, type World } from '../world.ts'
import { freePort, install, type Installation } from './installation.ts'

let i: Installation
let w: World
beforeAll(async () => {
  i = await install(provincials)
  w = await world({ on: { url: i.url, dataDir: i.dataDir } })
})
afterAll(async () => {
  await w?.close().catch(() => undefined)
  await i?.close()
})

const sha = (b: Buffer): string => createHash('sha256').update(b).digest('hex')
const count = (sql: string, values: unknown[]): Promise<number> =>
  asOwner(i, async (q) => (await q.query<{ n: number }>(`select count(*)::int as n from ${sql}`, values)).rows[0]!.n)
const rows = 800_000
const pieceSize = 3 << 20

it('killed again and again while a file of over 50 MB comes in and is taken in, nothing answered for is lost and nothing is there twice', async () => {
  await onDay(w, '2026-03-09')
  const d = await domainOf(w)
  const item = await anItem(w, d, '公积金缴存明细')
  const agreement = await agreementOver(w, d, [item])
  await masked(d.clerk, d.boss, agreement, item)
  const { id } = await done(aBatch(d.clerk, agreement, item))
  const bytes = table(rows)
  expect(bytes.length).toBeGreaterThan(50 * 2 ** 20)

  // the sender goes on from where the server says that it is, whatever happened between
  const sender = await stage(i.world).person(d.clerk.org)
  const port = await freePort()
  const ask = async (method: string, path: string, body?: Buffer | object, headers: Record<string, string> = {}) => {
    const r = await fetch(`http://127.0.0.1:${port}/api/batches/${id}/upload${path}`, {
      method,
      headers: {
        cookie: sender.cookie,
        'idempotency-key': randomUUID(),
        'content-type': body instanceof Buffer ? 'application/octet-stream' : 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    if (r.status !== 200) throw new Error(`${r.status} ${await r.text()}`)
    return (await r.json()) as UploadView
  }
  let acknowledged = 0
  let kills = 0
  while (acknowledged < bytes.length) {
    const child = await i.start({ port })
    const from = await ask('POST', '', { name: '缴存明细.csv', size: bytes.length, sha256: sha(bytes) })
    expect(from.offset).toBeGreaterThanOrEqual(acknowledged)
    let at = from.offset
    const ends = kills < 4 ? at + pieceSize * (2 + kills) : Infinity
    try {
      while (at < bytes.length) {
        const piece = bytes.subarray(at, at + pieceSize)
        // in the middle of a piece
        if (at >= ends) setTimeout(() => void child.kill(), Math.random() * 25)
        const to = await ask('PATCH', '', piece, { 'upload-offset': String(at), 'upload-digest': sha(piece) })
        at = to.offset
        acknowledged = at
      }
      await ask('POST', '/complete', {})
      await child.kill()
    } catch (e) {
      if (child.alive() && !/fetch failed|terminated|ECONN|other side closed/i.test(String(e))) throw e
      kills++
      await child.kill()
    }
  }
  const sum = (): Promise<number> =>
    asOwner(i, async (q) => {
      const { rows: r } = await q.query<{ n: string }>(
        'select coalesce(sum(size), 0)::text as n from gongshu.upload_piece where batch = $1',
        [id],
      )
      return Number(r[0]!.n)
    })
  expect(await sum()).toBe(bytes.length)
  if ((await load(i.world, id)).at === 'receiving') {
    const child = await i.start({ port })
    await ask('POST', '/complete', {})
    await child.kill()
  }

  // taken in by one worker after another, each of them killed at another point of its work
  let ingested = 0
  for (let n = 0; (await load(i.world, id)).at === 'checking'; n++) {
    const child = await i.start({ loops: true })
    const stopAt = n < 4 ? 10 + n * 22 : Infinity
    for (const until = Date.now() + 120_000; Date.now() < until; await sleep(10)) {
      if ((await load(i.world, id)).at !== 'checking') break
      const [p] = await asOwner(
        i,
        async (q) =>
          (
            await q.query<{ done: number }>(
              'select done::int as done from gongshu.progress where stream = $1 and says <> $2',
              [id, '正在上传'],
            )
          ).rows,
      )
      if ((p?.done ?? 0) >= stopAt) break
    }
    if ((await load(i.world, id)).at === 'checking') ingested++
    await child.kill()
    await asOwner(i, (q) => q.query('update gongshu.outbox set lease = null, due = now() where done is null'))
    await asOwner(i, (q) => q.query(`update gongshu.progress set done = 0 where stream = $1`, [id]))
  }
  const s = await load(i.world, id)
  expect([s.at, s.data['quarantine']]).toEqual(['ready', undefined])
  const checked = s.data['checked'] as Record<string, never> & { raw: { sha256: string } }
  expect([checked['rows'], checked.raw.sha256]).toEqual([rows, sha(bytes)])
  expect(await count(`gongshu.event where stream = $1 and type = 'batch/checked'`, [id])).toBe(1)
  expect(await count('gongshu.content', [])).toBe(1)
  // what is kept is what was said of it
  const [content] = await asOwner(
    i,
    async (q) => (await q.query<{ key: string }>('select key from gongshu.content')).rows,
  )
  expect(await i.app.files.verify(content!.key)).toMatchObject({ ok: true, sha256: checked['sha256'] })
  const child = await i.start({ loops: true })
  for (const until = Date.now() + 30_000; Date.now() < until && (await sum()) > 0;) await sleep(100)
  await child.kill()
  expect(await sum()).toBe(0)
  expect((await checkProjections(i.app)).differences).toEqual([])
  console.log(`kill -9 during upload: ${kills}, during ingest: ${ingested}`)
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(ingested).toBeGreaterThanOrEqual(2)
}, 600_000)
