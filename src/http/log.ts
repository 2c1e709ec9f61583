import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { logFile, type App } from '#application'
import { refuse } from '#contract'
import { answer } from './answer.ts'

/** The transparency logs at the paths of C2SP tlog-tiles, so that existing clients read them as they are. */
export const logRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    s.get(
      '/log/:log/*',
      {
        schema: {
          tags: ['公开'],
          summary: '公开日志：checkpoint、tile/…、tile/entries/…（C2SP tlog-tiles），key 为验签公钥',
          params: z.object({ log: z.string().max(50), '*': z.string().max(100) }),
        },
      },
      async (req, reply) => {
        const file = await logFile(app, req.params.log, req.params['*'])
        if (!file) return answer(reply, refuse('not_found', '日志中没有这一部分'))
        return reply
          .type(file.text ? 'text/plain; charset=utf-8' : 'application/octet-stream')
          .header('cache-control', file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
          .header('access-control-allow-origin', '*')
          .send(file.content)
      },
    )
  }
