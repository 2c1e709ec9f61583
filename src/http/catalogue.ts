import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  catalogueList,
  catalogueOptions,
  catalogueProgress,
  catalogueRecheck,
  catalogueReconcile,
  catalogueTwins,
  entryHistory,
  ledgerOf,
  publicCatalogue,
  publicCatalogueNotice,
  publicCatalogueNotices,
  type App,
} from '#application'
import {
  catalogueChoicesSchema,
  catalogueListSchema,
  catalogueNoticeSchema,
  entryHistorySchema,
  isRefusal,
  ledgerSchema,
  filingProgressSchema,
  publicCatalogueSchema,
  recheckSchema,
  reconcileSchema,
  twinsSchema,
} from '#contract'
import { catalogueNoticeToXlsx, catalogueToXlsx } from '#interop'
import { answer, attach, signed, xlsx } from './answer.ts'

const word = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/)
const division = z.string().regex(/^\d{6}$/)
const filters = z.object({
  q: word(100).optional(),
  unit: z.uuid().optional(),
  division: division.optional(),
  object: z.enum(['resource', 'product']).optional(),
  sharing: word(40).optional(),
  opening: word(40).optional(),
  grade: word(10).optional(),
  frequency: word(40).optional(),
  collected: z.enum(['yes', 'no', 'unknown']).optional(),
  fresh: z.enum(['overdue', 'ok']).optional(),
  published: z.stringbool().optional(),
  registered: z.stringbool().optional(),
  filed: z.stringbool().optional(),
  batch: word(60).optional(),
  library: word(40).optional(),
  theme: word(40).optional(),
  state: word(20).optional(),
  source: word(20).optional(),
  guideline: word(40).optional(),
  view: z.enum(['sharing', 'public', 'operation']).optional(),
  sort: z.enum(['name', 'updated', 'complete', 'due']).default('name'),
  cursor: word(900).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
/** The catalogue as a ledger: lists, one entry's history, counts, conflicts, progress; and what of it is for everybody. */
export const catalogueRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['目录'] }
    const open = { tags: ['公开'] }
    s.get(
      '/api/catalogue',
      { schema: { ...tag, summary: '目录', querystring: filters, response: { 200: catalogueListSchema } } },
      (req, reply) => signed(req, reply, (t) => catalogueList(app, t, req.query)),
    )
    s.get(
      '/api/catalogue/list.xlsx',
      { schema: { ...tag, summary: '导出目录（Excel），至多一万条', querystring: filters } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const all = await catalogueList(app, t, { ...req.query, cursor: undefined, limit: 10_000 })
          return isRefusal(all)
            ? all
            : attach(reply, xlsx, '公共数据资源目录.xlsx').send(await catalogueToXlsx(all.rows))
        }),
    )
    s.get(
      '/api/catalogue/options',
      { schema: { ...tag, summary: '目录的筛选项', response: { 200: catalogueChoicesSchema } } },
      (req, reply) => signed(req, reply, (t) => catalogueOptions(app, t)),
    )
    s.get(
      '/api/catalogue/ledger',
      {
        schema: {
          ...tag,
          summary: '一本账：按地区、单位、类别汇总',
          querystring: z.object({ division: division.optional() }),
          response: { 200: ledgerSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => ledgerOf(app, t, req.query.division)),
    )
    s.get(
      '/api/catalogue/conflicts',
      { schema: { ...tag, summary: '数源冲突', response: { 200: twinsSchema } } },
      (req, reply) => signed(req, reply, (t) => catalogueTwins(app, t)),
    )
    s.get(
      '/api/catalogue/reconcile',
      { schema: { ...tag, summary: '目录与登记对账', response: { 200: reconcileSchema } } },
      (req, reply) => signed(req, reply, (t) => catalogueReconcile(app, t)),
    )
    s.get(
      '/api/catalogue/progress',
      {
        schema: {
          ...tag,
          summary: '备案与普查进度',
          querystring: z.object({ kind: z.enum(['filing', 'census']).default('filing') }),
          response: { 200: filingProgressSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => catalogueProgress(app, t, req.query.kind)),
    )
    s.get(
      '/api/catalogue/recheck',
      {
        schema: {
          ...tag,
          summary: '按现行编制指南复核某一版本的目录项',
          querystring: z.object({ guideline: word(40) }),
          response: { 200: recheckSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => catalogueRecheck(app, t, req.query.guideline)),
    )
    s.get(
      '/api/catalogue/:id',
      {
        schema: {
          ...tag,
          summary: '一个目录项：现状、变更历史与前后对照、数源任务',
          params: z.object({ id: z.uuid() }),
          response: { 200: entryHistorySchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => entryHistory(app, t, req.params.id)),
    )

    s.get(
      '/api/public/catalogue',
      { schema: { ...open, summary: '目录概况：只有数字', response: { 200: publicCatalogueSchema } } },
      async () => publicCatalogue(app),
    )
    s.get(
      '/api/public/catalogue/notices',
      { schema: { ...open, summary: '目录公示', response: { 200: z.array(catalogueNoticeSchema) } } },
      async () => publicCatalogueNotices(app),
    )
    s.get(
      '/api/public/catalogue/notices/:id',
      {
        schema: {
          ...open,
          summary: '一批公示的目录',
          params: z.object({ id: z.uuid() }),
          response: { 200: catalogueNoticeSchema },
        },
      },
      async (req, reply) => answer(reply, await publicCatalogueNotice(app, req.params.id)) as never,
    )
    s.get(
      '/api/public/catalogue/notices/:id/list.xlsx',
      { schema: { ...open, summary: '一批公示的目录（Excel）', params: z.object({ id: z.uuid() }) } },
      async (req, reply) => {
        const n = await publicCatalogueNotice(app, req.params.id)
        return isRefusal(n)
          ? answer(reply, n)
          : attach(reply, xlsx, `公共数据资源目录公示（${n.batch}）.xlsx`).send(await catalogueNoticeToXlsx(n))
      },
    )
  }
