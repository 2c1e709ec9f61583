import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sessionToken } from '#application'
import { openSession } from '#store'
import { act } from '../test/authorization.ts'
import { done } from '../test/cases.ts'
import { more, operating } from '../test/exiting.ts'
import { begin } from '../test/sharing.ts'
import { world } from '../test/world.ts'
import { spread, type Figure } from './measure.ts'
import { startCrowd } from './sessions.ts'

const sessions = 1000
/** What is closed must be closed for everybody within this many milliseconds. */
const promised = 1000

/**
 * An order while many sessions use what it closes: how long after it was handed to the database anybody was still let in, by the
 * database's own clock. In each round the same sessions ask for as long without an order, for comparison.
 */
export const suspending = async (
  quick: boolean,
): Promise<{ readonly figures: readonly Figure[]; readonly failed: readonly string[] }> => {
  const w = await world({ more, listen: true })
  try {
    const o = await operating(w)
    const { committer } = w.app
    let handed = 0
    // the instant before the commit: what is measured is never less than what passed since the order stood
    Object.assign(w.app, {
      committer: {
        ...committer,
        commit: (doc: Parameters<typeof committer.commit>[0]) => {
          if (doc.heads?.some((h) => h.process === 'suspension')) handed = performance.timeOrigin + performance.now()
          return committer.commit(doc)
        },
      },
    })
    const cookies = await Promise.all(
      Array.from({ length: sessions }, async () => {
        const secret = randomBytes(32).toString('base64url')
        await openSession(w.app.pool, sessionToken(secret), o.d.operator.person, o.d.operator.org, true, true)
        return `gongshu=${secret}`
      }),
    )
    const crowd = {
      base: w.app.url,
      path: `/api/agreements/${o.agreement}/permission?item=${o.items[0]}`,
      cookies,
      pause: 1000,
    }
    const calm = { rate: [] as number[], p95: [] as number[] }
    const order = { until: [] as number[], arrived: [] as number[], p95: [] as number[] }
    const failed: string[] = []
    const seconds = quick ? 4 : 8
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      const quiet = await startCrowd(crowd)
      await sleep(seconds * 1000)
      const without = await quiet()
      if (without.refused + without.failed > 0)
        failed.push(`without an order ${without.refused + without.failed} failed`)
      calm.rate.push(without.accepted / without.seconds)
      calm.p95.push(without.p95)

      const stop = await startCrowd(crowd)
      await sleep((seconds * 1000) / 2)
      const { id } = await done(
        begin(o.d.bureau, 'suspensions', 'interim', o.agreement, {
          ground: 'incident',
          scope: 'objects',
          items: [o.items[0]],
        }),
      )
      await sleep((seconds * 1000) / 2)
      const closed = await stop()
      if (closed.shut !== sessions) failed.push(`${sessions - closed.shut} sessions were not refused`)
      if (closed.failed > 0) failed.push(`${closed.failed} answers failed`)
      const until = Math.max(0, closed.lastLetIn - handed)
      if (until > promised) failed.push(`still let in after ${Math.round(until)} ms`)
      order.until.push(until)
      order.arrived.push(Math.max(0, closed.lastAnswered - handed))
      order.p95.push(closed.p95)
      await done(act(o.d.bureauBoss, 'suspension', id, 'release'))
    }
    const figure = (name: string, unit: string, values: readonly number[], note?: string): Figure => ({
      name,
      unit,
      ...spread(values),
      rounds: values.length,
      ...(note ? { note } : {}),
    })
    return {
      figures: [
        figure(`permitted a second, ${sessions} sessions, no order`, '/s', calm.rate),
        figure('p95 without an order', 'ms', calm.p95),
        figure('p95 with an order half way', 'ms', order.p95),
        figure('from the order to the last use let in', 'ms', order.until, `promised: ${promised} ms`),
        figure(
          'from the order to the last such answer',
          'ms',
          order.arrived,
          'as the browsers, on the same machine, see it',
        ),
      ],
      failed,
    }
  } finally {
    await w.close()
  }
}
