import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { itemById, relatedItems, searchItems, type App } from '#application'
import { itemListSchema, publicItemSchema, relatedItemsSchema } from '#contract'
import { facetKeys, type FacetKey } from '#domain/catalogue'
import { answer } from './answer.ts'

const value = z
  .string()
  .max(200)
  .regex(/^[^\0]*$/)
const values = z.union([value, z.array(value).max(20)]).transform((v) => (typeof v === 'string' ? [v] : v))
const facets = Object.fromEntries(facetKeys.map((f) => [f, values.optional()])) as Record<
  FacetKey,
  z.ZodOptional<typeof values>
>
const id = z.object({ id: z.uuid() })

/** The public catalogue: searching it, and one item of it. */
export const searchRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['公开'] }
    s.get(
      '/api/public/items',
      {
        schema: {
          ...tag,
          summary: '查询公共数据资源目录：名称、单位、信息项，可用简称、拼音、繁体；各项筛选可重复给出',
          querystring: z.object({
            q: value.optional(),
            sort: z.enum(['relevance', 'time']).default('relevance'),
            cursor: z
              .string()
              .regex(/^(o\d{1,6}|t\d{4}-\d\d-\d\d\.\d{1,16})$/)
              .optional(),
            limit: z.coerce.number().int().min(1).max(100).default(20),
            all: z
              .enum(facetKeys as [FacetKey, ...FacetKey[]])
              .optional()
              .describe('列出这一筛选项的全部取值'),
            ...facets,
          }),
          response: { 200: itemListSchema },
        },
      },
      async (req) => {
        const { q, sort, cursor, limit, all, ...chosen } = req.query
        return searchItems(app, { q, sort, cursor, limit, all, chosen })
      },
    )
    s.get(
      '/api/public/items/:id',
      { schema: { ...tag, summary: '一条目录项', params: id, response: { 200: publicItemSchema } } },
      async (req, reply) => answer(reply, await itemById(app, req.params.id)) as never,
    )
    s.get(
      '/api/public/items/:id/related',
      { schema: { ...tag, summary: '相关目录项：有共同的信息项', params: id, response: { 200: relatedItemsSchema } } },
      async (req, reply) => answer(reply, await relatedItems(app, req.params.id)) as never,
    )
  }
