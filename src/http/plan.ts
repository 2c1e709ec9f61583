import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  endingHere,
  planAnnex,
  planDocument,
  planPage,
  programmeOverview,
  publicConsultation,
  publicConsultationList,
  type App,
} from '#application'
import {
  annexEntrySchema,
  endingSchema,
  isRefusal,
  planPageSchema,
  programmeOverviewSchema,
  publicConsultationSchema,
  refuse,
} from '#contract'
import { planToDocx, planToPdf, programmeToXlsx } from '#interop'
import { answer, attach, signed, xlsx } from './answer.ts'

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** Plans as their readers need them, what the public reads of them, batches of units, rules that run out. */
export const planRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['授权运营'] }
    const one = z.object({ id: z.uuid() })
    s.get(
      '/api/plans/:id/page',
      {
        schema: {
          ...tag,
          summary: '实施方案：版本与差异、附件、意见、审议文件、备案',
          params: one,
          response: { 200: planPageSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => planPage(app, t, req.params.id)),
    )
    s.post(
      '/api/plans/:id/annex',
      {
        schema: {
          ...tag,
          summary: '附件目录的核对：持有单位、级别、是否涉密或未定级（只读）',
          params: one,
          body: z.object({ items: z.array(z.uuid()).max(2000) }),
          response: { 200: z.array(annexEntrySchema) },
        },
      },
      (req, reply) => signed(req, reply, (t) => planAnnex(app, t, req.params.id, req.body.items)),
    )
    const version = z.object({ version: z.coerce.number().int().min(1).max(10_000).optional() })
    s.get(
      '/api/plans/:id/document.docx',
      { schema: { ...tag, summary: '实施方案（Word）', params: one, querystring: version } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const p = await planDocument(app, t, req.params.id, req.query.version)
          return isRefusal(p) ? p : attach(reply, docx, `${p.title}.docx`).send(Buffer.from(await planToDocx(p)))
        }),
    )
    s.get(
      '/api/plans/:id/document.pdf',
      { schema: { ...tag, summary: '实施方案（PDF）', params: one, querystring: version } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const p = await planDocument(app, t, req.params.id, req.query.version)
          return isRefusal(p) ? p : attach(reply, 'application/pdf', `${p.title}.pdf`).send(Buffer.from(planToPdf(p)))
        }),
    )
    s.get(
      '/api/programmes/overview',
      { schema: { ...tag, summary: '分批推进：各单位各步骤的进度', response: { 200: programmeOverviewSchema } } },
      (req, reply) => signed(req, reply, (t) => programmeOverview(app, t)),
    )
    s.get(
      '/api/programmes/:id/table.xlsx',
      { schema: { ...tag, summary: '分批推进进度表（Excel）', params: one } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const all = await programmeOverview(app, t)
          if (isRefusal(all)) return all
          const p = all.programmes.find((x) => x.id === req.params.id)
          return p
            ? attach(reply, xlsx, `${p.title}进度.xlsx`).send(Buffer.from(await programmeToXlsx(p)))
            : refuse('not_found', '没有这一批次，或您无权查看')
        }),
    )
    s.get(
      '/api/policies/ending',
      { schema: { ...tag, summary: '即将到期或已经到期的规则文件', response: { 200: z.array(endingSchema) } } },
      (req, reply) => signed(req, reply, (t) => endingHere(app, t)),
    )
    s.get(
      '/api/public/consultations',
      { schema: { tags: ['公开'], summary: '公开征求意见', response: { 200: z.array(publicConsultationSchema) } } },
      async () => [...(await publicConsultationList(app))],
    )
    s.get(
      '/api/public/consultations/:id',
      { schema: { tags: ['公开'], summary: '一项征求意见', params: one, response: { 200: publicConsultationSchema } } },
      async (req, reply) => answer(reply, await publicConsultation(app, req.params.id)) as never,
    )
  }
