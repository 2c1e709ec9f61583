import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { purchaseRegister, sharingCases, sharingDirectory, sharingStatistics, type App } from '#application'
import {
  directorySchema,
  isRefusal,
  purchasesSchema,
  shareFigureNames,
  shareFigureTerms,
  sharingCasesSchema,
  sharingStatisticsSchema,
} from '#contract'
import { tableToXlsx } from '#interop'
import { attach, signed, xlsx } from './answer.ts'
import { text } from './guard.ts'

const day = z.iso.date()
const span = { from: day.optional(), to: day.optional() }
const statistics = z.object({ by: z.enum(['holder', 'requester']).default('holder'), ...span })
const yuan = (fen: number): number => fen / 100

/** 政务数据共享: the directory, the statistics with their cases, and the register of purchases. */
export const sharingRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tags = ['共享']
    s.get(
      '/api/sharing/directory',
      {
        schema: {
          tags,
          summary: '政务数据共享目录（参与共享的单位）',
          querystring: z.object({
            q: text(100).optional(),
            sharing: z.enum(['unconditional', 'conditional', 'none']).optional(),
            cursor: text(300).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(30),
          }),
          response: { 200: directorySchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => sharingDirectory(app, t, req.query)),
    )
    s.get(
      '/api/sharing/statistics',
      {
        schema: {
          tags,
          summary: '共享统计与责任审计',
          querystring: statistics,
          response: { 200: sharingStatisticsSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => sharingStatistics(app, t, req.query)),
    )
    s.get(
      '/api/sharing/statistics/cases',
      {
        schema: {
          tags,
          summary: '统计数字背后的事项',
          querystring: statistics.extend({
            unit: text(60).optional(),
            measure: z.enum(shareFigureNames as [(typeof shareFigureNames)[number]]),
          }),
          response: { 200: sharingCasesSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => sharingCases(app, t, req.query)),
    )
    s.get(
      '/api/sharing/statistics.xlsx',
      { schema: { tags, summary: '导出共享统计（Excel）', querystring: statistics } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const found = await sharingStatistics(app, t, req.query)
          if (isRefusal(found)) return found
          const cells = (r: (typeof found)['rows'][number]): (string | number)[] => [
            r.unitName,
            ...shareFigureNames.map((k) => r[k]),
            r.answerDays ?? '',
            r.provideDays ?? '',
            r.questions,
            r.times,
            r.matters,
            r.rated === 0 ? '' : `${r.good}/${r.rated}`,
          ]
          const bytes = await tableToXlsx({
            title: '政务数据共享统计',
            note: `${found.from} 至 ${found.to} 提出的事项；统计于 ${found.day}。依据：${found.basis.join('；')}`,
            columns: [
              found.by === 'holder' ? '数源单位' : '需求单位',
              ...shareFigureNames.map((k) => shareFigureTerms[k]),
              '答复中位数（工作日）',
              '提供中位数（工作日）',
              '核实比对项数',
              '使用次数',
              '支撑事项数',
              '满足或基本满足/已评价',
            ],
            rows: found.rows.map(cells),
            total: cells(found.total),
          })
          return attach(reply, xlsx, '政务数据共享统计.xlsx').send(bytes)
        }),
    )
    s.get(
      '/api/sharing/purchases',
      { schema: { tags, summary: '统一采购台账', querystring: z.object(span), response: { 200: purchasesSchema } } },
      (req, reply) => signed(req, reply, (t) => purchaseRegister(app, t, req.query)),
    )
    s.get(
      '/api/sharing/purchases.xlsx',
      { schema: { tags, summary: '导出统一采购台账（Excel）', querystring: z.object(span) } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const found = await purchaseRegister(app, t, req.query)
          if (isRefusal(found)) return found
          const bytes = await tableToXlsx({
            title: '非公共数据统一采购台账',
            note: '金额以元计',
            columns: [
              '采购单位',
              '数据名称',
              '供应商',
              '合同编号',
              '合同金额（元）',
              '签订日期',
              '使用期自',
              '使用期至',
            ],
            rows: found.rows.map((r) => [
              r.unitName,
              r.name,
              r.supplier,
              r.contractNo,
              yuan(r.price),
              r.signedOn,
              r.termFrom,
              r.termTo,
            ]),
            total: ['合计', `${found.rows.length} 项`, '', '', yuan(found.total), '', '', ''],
          })
          return attach(reply, xlsx, '统一采购台账.xlsx').send(bytes)
        }),
    )
  }
