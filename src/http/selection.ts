import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { listSelections, selectionFile, selectionPage, selectionRoom, type App } from '#application'
import { isRefusal, publicSelectionListSchema, publicSelectionSchema, selectionRoomSchema } from '#contract'
import { answer, attach } from './answer.ts'
import { tokenOf } from './guard.ts'

const one = z.object({ id: z.uuid() })

/** 遴选: notices and results as anybody may read them, and the room of those who hold it. */
export const selectionRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['遴选'] }
    s.get(
      '/api/public/selections',
      {
        schema: {
          ...tag,
          summary: '遴选公告与结果',
          querystring: z.object({
            division: z
              .string()
              .regex(/^\d{6}$/)
              .optional(),
          }),
          response: { 200: publicSelectionListSchema },
        },
      },
      async (req) => listSelections(app, req.query.division),
    )
    s.get(
      '/api/public/selections/:id',
      { schema: { ...tag, summary: '一次遴选', params: one, response: { 200: publicSelectionSchema } } },
      async (req, reply) => answer(reply, await selectionPage(app, req.params.id)) as never,
    )
    s.get(
      '/api/public/selections/:id/files/:file',
      { schema: { ...tag, summary: '遴选文件', params: one.extend({ file: z.uuid() }) } },
      async (req, reply) => {
        const row = await selectionFile(app, req.params.id, req.params.file)
        if (isRefusal(row)) return answer(reply, row)
        return attach(reply, row.mime, row.name).send(await app.files.get(row.key))
      },
    )
    s.get(
      '/api/selections/:id/room',
      { schema: { ...tag, summary: '遴选工作室', params: one, response: { 200: selectionRoomSchema } } },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await selectionRoom(app, token, req.params.id)) as never
      },
    )
  }
