import { expect, it } from 'vitest'
import { checkProjections, openSequencer, verifyLog } from '#application'
import { asOwner } from '../access/database.ts'
import { after, done, drive, start, team, today, type Stage } from '../cases.ts'
import { world } from '../world.ts'
import { numbers } from './tampering.ts'

const fields = ['subject.contactName', 'subject.contactPhone', 'subject.contactEmail', 'signer'] as const

it('whatever is erased or restricted, in whatever cases and order, the audit and the projections stay green', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const next = numbers(seed)
  const pick = <T>(of: readonly T[]): T => of[next(of.length)]!
  const w = await world()
  const sequencer = await openSequencer({ databaseUrl: w.url, dataDir: w.dataDir, url: 'https://log.example.cn' })
  try {
    const t = await team(w, 'luan')
    const gone = new Set<string>()
    const kept = new Set<string>()
    const toll = { erase: 0, restrict: 0, refused: 0, expired: 0 }
    const check = async (): Promise<void> => {
      await sequencer.drain()
      const where = `seed ${seed}`
      for (const log of ['register', 'access'] as const)
        expect((await verifyLog(w.app, log)).problems, where).toEqual([])
      expect((await checkProjections(w.app)).differences, where).toEqual([])
      await asOwner(w, async (q) => {
        for (const table of ['sealed', 'stream', 'retained', 'notice', 'draft', 'outbox', 'request', 'access', 'event'])
          for (const v of [...gone, ...(table === 'retained' ? [] : kept)]) {
            const hit = await q.query(`select 1 from gongshu.${table} x where position($1 in x::text) > 0 limit 1`, [v])
            expect(hit.rows, `${v} in ${table}, ${where}`).toEqual([])
          }
      })
    }
    for (let round = 0; round < 8; round++) {
      const value = (field: string): string => `V${seed}.${round}.${fields.indexOf(field as never)}@example.cn`
      const id = await start(t.clerk)
      const to = pick<Stage>(['proposed', 'proposed', 'submitted', 'accepted', 'released', 'settled'])
      await drive(w, t, id, to, {
        subject: {
          contactName: value('subject.contactName'),
          contactPhone: value('subject.contactPhone').slice(0, 30),
          contactEmail: value('subject.contactEmail'),
        },
      })
      if (next(2) === 0 && to !== 'settled') await done(t.clerk.act(id, 'withdraw', { reason: '不再办理' }))
      const times = 1 + next(3)
      for (let i = 0; i < times; i++) {
        const asked = fields.filter(() => next(2) === 0)
        if (asked.length === 0) continue
        // whoever says it anew after it was taken away has said it anew
        const input = { fields: asked, ground: 'done', ...(i === 0 ? { contact: value(asked[0]!) } : {}) }
        const request = (await done(t.bureau.send<{ id: string }>('POST', '/api/erasures', { case: id, input }))).id
        const held =
          next(4) === 0
            ? (
                await done(
                  t.approver.send<{ id: string }>('POST', '/api/holds', { case: id, input: { reason: '保全' } }),
                )
              ).id
            : undefined
        let decided = ''
        for (const act of next(2) === 0 ? ['erase', 'restrict'] : ['restrict', 'erase']) {
          const r = await t.approver.act(request, act, {}, 'erasure')
          if (r.status !== 200) continue
          decided = act
          break
        }
        const own = asked.filter((f) => f !== 'signer')
        if (decided === 'erase') toll.erase++
        else if (decided === 'restrict') toll.restrict++
        else toll.refused++
        for (const f of own) {
          const v = f === 'subject.contactPhone' ? value(f).slice(0, 30) : value(f)
          if (decided === 'erase') gone.add(v)
          if (decided === 'restrict') kept.add(v)
        }
        // a request that came to nothing still says what it was told, in its own name
        if (!decided) await done(t.bureau.act(request, 'withdraw', {}, 'erasure'))
        if (held) await done(t.approver.act(held, 'lift', { reason: '终结' }, 'hold'))
        await w.until(after(await today(w), 1 + next(20)))
      }
      if (round % 3 === 2) await check()
    }
    await check()
    // twenty years on the system has erased what it had to keep
    await w.until(after(`${Number((await today(w)).slice(0, 4)) + 20}${(await today(w)).slice(4)}`))
    for (const v of kept) gone.add(v)
    toll.expired = kept.size
    await check()
    console.log(`privacy: ${JSON.stringify(toll)}, seed ${seed}`)
    expect(toll.erase + toll.restrict).toBeGreaterThan(0)
  } finally {
    await sequencer.close()
    await w.close()
  }
}, 120_000)
