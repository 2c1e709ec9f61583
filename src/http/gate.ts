import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { askPermission, type App } from '#application'
import { isRefusal, permissionSchema } from '#contract'
import { productKey } from '#domain/authorization'
import { answer } from './answer.ts'
import { text, tokenOf } from './guard.ts'

/** What platforms ask before each access that rests on an agreement. */
export const gateRoutes =
  (app: App): FastifyPluginAsync =>
  async (scope) => {
    const s = scope.withTypeProvider<ZodTypeProvider>()
    s.get(
      '/api/agreements/:id/permission',
      {
        schema: {
          tags: ['授权运营'],
          summary: '此刻能否依协议使用：供运营平台在每次访问前查询，不能使用的返回理由',
          params: z.object({ id: z.uuid() }),
          querystring: z.object({
            what: z.enum(['new', 'use']).default('use').describe('新增，或者使用已供的数据'),
            item: z.uuid().optional().describe('目录项或者供数批次'),
            product: text(100).optional().describe('产品和服务的名称'),
            by: z.uuid().optional().describe('使用的单位，默认为本单位'),
          }),
          response: { 200: permissionSchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        const { what, item, product, by } = req.query
        const objects = [...(item ? [item] : []), ...(product ? [productKey(product)] : [])]
        return answer(
          reply,
          isRefusal(token) ? token : await askPermission(app, token, { agreement: req.params.id, what, objects, by }),
        ) as never
      },
    )
  }
