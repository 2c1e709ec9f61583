import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { itemQuality, qualityOverview, ticketUpstream, type App } from '#application'
import { isRefusal, itemQualitySchema, qualityOverviewSchema, upstreamSchema } from '#contract'
import { tableToXlsx } from '#interop'
import { answer, attach, xlsx } from './answer.ts'
import { tokenOf } from './guard.ts'

const filter = z.object({
  unit: z.uuid().optional(),
  division: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  dimension: z
    .string()
    .regex(/^[a-z][A-Za-z]{0,40}$/)
    .optional(),
})
const percent = (n: number | null): string => (n === null ? '' : `${n}%`)

/** What checks found: of one entry, and of all that the caller may see. */
export const qualityRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['目录'] }
    s.get(
      '/api/items/:id/quality',
      {
        schema: {
          ...tag,
          summary: '目录项的数据质量：得分、各维度、各项检核的不合格行数与趋势（只有计数，没有数据）',
          params: z.object({ id: z.uuid() }),
          response: { 200: itemQualitySchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await itemQuality(app, token, req.params.id)) as never
      },
    )
    s.get(
      '/api/tickets/:id/upstream',
      {
        schema: {
          ...tag,
          summary: '工单可以转往的上游目录项',
          params: z.object({ id: z.uuid() }),
          response: { 200: upstreamSchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await ticketUpstream(app, token, req.params.id)) as never
      },
    )
    s.get(
      '/api/quality',
      {
        schema: {
          ...tag,
          summary: '数据质量总览：按单位、地区、维度，与各单位处理工单的及时情况',
          querystring: filter,
          response: { 200: qualityOverviewSchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await qualityOverview(app, token, req.query)) as never
      },
    )
    s.get(
      '/api/quality.xlsx',
      { schema: { ...tag, summary: '数据质量总览（Excel）', querystring: filter } },
      async (req, reply) => {
        const token = tokenOf(req)
        const r = isRefusal(token) ? token : await qualityOverview(app, token, req.query, 'export')
        if (isRefusal(r)) return answer(reply, r) as never
        const headings = [
          '单位',
          '目录项',
          '已检查',
          '平均分',
          '有提示',
          '阻断',
          '在办工单',
          '逾期工单',
          '已处理',
          '逾期处理',
          '及时率',
        ]
        const rows = r.units.map((u) =>
          [
            u.name,
            u.items,
            u.assessed,
            u.score ?? '',
            u.warned,
            u.blocked,
            u.tickets,
            u.overdue,
            u.answered,
            u.late,
            percent(u.timely),
          ].map(String),
        )
        return attach(reply, xlsx, '数据质量总览.xlsx').send(
          await tableToXlsx({ title: '数据质量总览', note: `截至 ${r.day}`, columns: headings, rows }),
        )
      },
    )
  }
