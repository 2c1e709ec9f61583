import { asSystem, publicRecords, probe } from '#store'
import type { App } from './app.ts'

/** The six functions a registration platform owes (登记细则 第六条(四)), each with a check that does what the function needs. */
const services: Readonly<Record<string, { readonly term: string; readonly check: (app: App) => Promise<void> }>> = {
  identity: { term: '身份认证', check: (app) => probe(app.pool, 'identity') },
  registration: {
    term: '登记办理',
    check: async (app) => {
      const answer = await app.committer.commit({})
      if (!answer.ok) throw new Error('commit')
    },
  },
  coding: { term: '结果赋码', check: (app) => probe(app.pool, 'coding') },
  catalogue: { term: '目录编制', check: (app) => asSystem(app.pool, (q) => probe(q, 'catalogue')) },
  query: {
    term: '查询和共享',
    check: async (app) => {
      await publicRecords(app.pool, { limit: 1 })
    },
  },
  evidence: {
    term: '存证溯源',
    check: async (app) => {
      const kept = await app.files.put(Buffer.from('probe'))
      const verified = await app.files.verify(kept.key)
      await app.files.remove(kept.key)
      if (!verified.ok) throw new Error(verified.code)
    },
  },
}

export interface ServiceHealth {
  readonly service: string
  readonly term: string
  readonly ok: boolean
  /** Milliseconds the check took. */
  readonly ms: number
}

/** Checks all six functions now. A check that fails says so and hides no other. */
export const health = (app: App): Promise<readonly ServiceHealth[]> =>
  Promise.all(
    Object.entries(services).map(async ([service, { term, check }]) => {
      const began = performance.now()
      let ok = true
      try {
        await check(app)
      } catch (e) {
        ok = false
        app.log.error({ service, err: e }, 'health check failed')
      }
      return { service, term, ok, ms: Math.round(performance.now() - began) }
    }),
  )
