import type { FastifyPluginAsync } from 'fastify'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { health, legalDay, type App } from '#application'
import { backlog, logLag, logsOf, storedDay } from '#store'

/** Which of the platform's six functions a route serves. */
const serviceOf = (url: string): string =>
  url.startsWith('/api/session') || url.startsWith('/api/invitations')
    ? 'identity'
    : url.startsWith('/api/public')
      ? 'query'
      : url.startsWith('/api/files')
        ? 'evidence'
        : url.startsWith('/api/items')
          ? 'catalogue'
          : url.startsWith('/api/')
            ? 'registration'
            : 'web'

/** Health of the six functions for people, and metrics for a Prometheus server on the same machine. */
export const healthRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const up = new Gauge({
      name: 'gongshu_service_up',
      help: '1 when the check of this function passes',
      labelNames: ['service'],
      registers: [registry],
    })
    const waiting = new Gauge({
      name: 'gongshu_backlog',
      help: 'Work that waits, by kind',
      labelNames: ['kind'],
      registers: [registry],
    })
    const behind = new Gauge({
      name: 'gongshu_log_lag_entries',
      help: 'Entries written and not yet in the transparency log',
      labelNames: ['log'],
      registers: [registry],
    })
    const lag = new Gauge({
      name: 'gongshu_log_lag_seconds',
      help: 'Age of the oldest entry not yet in the transparency log; above ten something is wrong',
      labelNames: ['log'],
      registers: [registry],
    })
    const answered = new Counter({
      name: 'gongshu_requests_total',
      help: 'Answers by function and class of status',
      labelNames: ['service', 'status'],
      registers: [registry],
    })
    const seconds = new Histogram({
      name: 'gongshu_request_seconds',
      help: 'Time to answer by function',
      labelNames: ['service'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [registry],
    })
    s.get(
      '/api/public/health',
      {
        schema: {
          tags: ['公开'],
          summary: '平台六项功能的可用情况',
          response: {
            200: z.array(z.object({ service: z.string(), term: z.string(), ok: z.boolean(), ms: z.number() })),
          },
        },
      },
      async () => [...(await health(app))],
    )
    s.get('/metrics', { schema: { hide: true } }, async (req, reply) => {
      // for the operator's own collector; through a proxy that forwards it, nobody else asks from this machine
      if (!['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(req.ip)) return reply.code(404).send()
      for (const h of await health(app)) up.set({ service: h.service }, h.ok ? 1 : 0)
      const { outbox, failed, deadlines } = await backlog(app.pool, legalDay(app, (await storedDay(app.pool)).day))
      waiting.set({ kind: 'outbox' }, outbox)
      waiting.set({ kind: 'outbox_failed' }, failed)
      waiting.set({ kind: 'deadlines' }, deadlines)
      for (const { name: log, frozen } of await logsOf(app.pool)) {
        if (frozen !== null) continue
        const { entries, seconds: age } = await logLag(app.pool, log)
        behind.set({ log }, entries)
        lag.set({ log }, age)
      }
      return reply.type(registry.contentType).send(await registry.metrics())
    })
    plain.addHook('onResponse', async (req, reply) => {
      const service = serviceOf(req.url)
      answered.inc({ service, status: `${Math.floor(reply.statusCode / 100)}xx` })
      seconds.observe({ service }, reply.elapsedTime / 1000)
    })
  }
