import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { authorizationColumns, authorizationTable, listAuthorizations, oneAuthorization, type App } from '#application'
import { authorizationListSchema, authorizationSchema } from '#contract'
import { rowsToXlsx } from '#interop'
import { answer, attach, xlsx } from './answer.ts'
import { text } from './guard.ts'

const asked = z.object({
  q: text(100).optional(),
  state: z.enum(['running', 'suspended', 'handover', 'exited']).optional(),
  division: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
})

/** 授权情况: who is authorized for what, until when, for anyone. */
export const authorizationRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['公开'] }
    s.get(
      '/api/public/authorizations',
      {
        schema: {
          ...tag,
          summary: '授权运营情况：授权对象、内容、范围和时限',
          querystring: asked.extend({
            cursor: text(200).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(20),
          }),
          response: { 200: authorizationListSchema },
        },
      },
      async (req, reply) => answer(reply, await listAuthorizations(app, req.query)) as never,
    )
    s.get(
      '/api/public/authorizations.xlsx',
      { schema: { ...tag, summary: '授权运营情况（Excel）', querystring: asked } },
      async (req, reply) =>
        attach(reply, xlsx, '授权运营情况.xlsx').send(
          rowsToXlsx(authorizationColumns, authorizationTable(app, req.query)),
        ),
    )
    s.get(
      '/api/public/authorizations/:id',
      {
        schema: {
          ...tag,
          summary: '一项授权',
          params: z.object({ id: z.uuid() }),
          response: { 200: authorizationSchema },
        },
      },
      async (req, reply) => answer(reply, await oneAuthorization(app, req.params.id)) as never,
    )
  }
