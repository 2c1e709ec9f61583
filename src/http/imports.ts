import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { exportItems, importResult, type App } from '#application'
import { importResultSchema, isRefusal } from '#contract'
import { answer, attach, xlsx } from './answer.ts'
import { tokenOf } from './guard.ts'

/** Lists on their way into the catalogue and out of it: template, exports that come back, what a check found. */
export const importRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['目录'] }
    let template: Promise<Buffer> | undefined
    s.get('/api/items/template.xlsx', { schema: { ...tag, summary: '目录清单模板（Excel）' } }, async (_req, reply) =>
      attach(reply, xlsx, '目录清单模板.xlsx').send(await (template ??= app.lists.itemTemplate())),
    )
    s.get(
      '/api/items/export.:format',
      {
        schema: {
          ...tag,
          summary: '导出目录，与模板同样的栏目，可修改后再导入',
          params: z.object({ format: z.enum(['xlsx', 'csv', 'json']) }),
          querystring: z.object({
            q: z
              .string()
              .max(100)
              .regex(/^[^\0]*$/)
              .optional(),
            variant: z.enum(['resource', 'product']).optional(),
          }),
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        const items = isRefusal(token) ? token : await exportItems(app, token, req.query)
        if (isRefusal(items)) return answer(reply, items)
        switch (req.params.format) {
          case 'csv':
            return attach(reply, 'text/csv; charset=utf-8', '目录.csv').send(Readable.from(app.lists.itemsToCsv(items)))
          case 'json':
            return attach(reply, 'application/json', '目录.json').send(Readable.from(app.lists.itemsToJson(items)))
          case 'xlsx': {
            // a workbook is known to be whole only at its end
            const dir = join(app.dataDir, 'reading')
            await mkdir(dir, { recursive: true, mode: 0o700 })
            const path = join(dir, `${process.pid}.${app.freshId()}`)
            try {
              await app.lists.itemsToXlsxFile(path, items)
            } catch (e) {
              await rm(path, { force: true })
              throw e
            }
            const out = createReadStream(path)
            out.once('close', () => void rm(path, { force: true }))
            return attach(reply, xlsx, '目录.xlsx').send(out)
          }
        }
      },
    )
    s.get(
      '/api/imports/:id/result',
      {
        schema: {
          ...tag,
          summary: '目录导入的检查与导入结果：各列含义、逐行问题、变更举例',
          params: z.object({ id: z.uuid() }),
          response: { 200: importResultSchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await importResult(app, token, req.params.id)) as never
      },
    )
  }
