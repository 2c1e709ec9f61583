import QRCode from 'qrcode'
import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  allAnnounced,
  certificatePdf,
  clock,
  logEntry,
  overview,
  policyView,
  publicLogs,
  recordByCode,
  listPlatformRules,
  registrarDirectory,
  runningNotice,
  runningNotices,
  searchRecords,
  verifyCode,
  verifyDigest,
  verifyPdf,
  type App,
} from '#application'
import {
  announcementSchema,
  clockSchema,
  isRefusal,
  logEntrySchema,
  overviewSchema,
  policyViewSchema,
  publicLogsSchema,
  publicNoticeSchema,
  publicRecordListSchema,
  publicRecordSchema,
  refuse,
  publicPlatformRuleSchema,
  registrarSchema,
  verificationSchema,
} from '#contract'
import { answer, attach } from './answer.ts'
import { text, uploaded } from './guard.ts'

const code = z.object({ code: text(100) })

/** What anyone may read without signing in. */
export const publicRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['公开'] }
    s.get(
      '/api/public/overview',
      { schema: { ...tag, summary: '概况', response: { 200: overviewSchema } } },
      async () => overview(app),
    )
    s.get('/api/clock', { schema: { ...tag, summary: '办理日期', response: { 200: clockSchema } } }, async () =>
      clock(app),
    )
    s.get(
      '/api/public/records',
      {
        schema: {
          ...tag,
          summary: '查询登记结果（按登记码、名称、登记主体、类型）',
          querystring: z.object({
            q: text(100).optional(),
            object: z.enum(['resource', 'product']).optional(),
            state: text(20).optional(),
            division: z
              .string()
              .regex(/^\d{6}$/)
              .optional(),
            cursor: text(60).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(20),
          }),
          response: { 200: publicRecordListSchema },
        },
      },
      async (req) => searchRecords(app, req.query),
    )
    s.get(
      '/api/public/records/:code',
      { schema: { ...tag, summary: '一条登记', params: code, response: { 200: publicRecordSchema } } },
      async (req, reply) => answer(reply, await recordByCode(app, req.params.code)) as never,
    )
    s.get(
      '/api/public/records/:code/certificate.pdf',
      { schema: { ...tag, summary: '登记证，附有登记证据：不联网也能证明登记', params: code } },
      async (req, reply) => {
        const found = await certificatePdf(app, req.params.code)
        if (isRefusal(found)) return answer(reply, found)
        return attach(reply, 'application/pdf', found.name).send(found.pdf)
      },
    )
    s.get(
      '/api/public/records/:code/qr.svg',
      { schema: { ...tag, summary: '核验二维码', params: code } },
      async (req, reply) =>
        reply.type('image/svg+xml').send(
          await QRCode.toString(`${app.url}/verify?code=${encodeURIComponent(req.params.code)}`, {
            type: 'svg',
            errorCorrectionLevel: 'M',
            margin: 1,
          }),
        ),
    )
    s.get(
      '/api/public/notices',
      {
        schema: {
          ...tag,
          summary: '公示',
          querystring: z.object({
            division: z
              .string()
              .regex(/^\d{6}$/)
              .optional(),
          }),
          response: { 200: z.array(publicNoticeSchema) },
        },
      },
      async (req) => [...(await runningNotices(app, req.query.division))],
    )
    s.get(
      '/api/public/notices/:id',
      {
        schema: {
          ...tag,
          summary: '一项公示',
          params: z.object({ id: z.uuid() }),
          response: { 200: publicNoticeSchema },
        },
      },
      async (req, reply) => answer(reply, await runningNotice(app, req.params.id)) as never,
    )
    s.get(
      '/api/public/announcements',
      { schema: { ...tag, summary: '注销与撤销公告', response: { 200: z.array(announcementSchema) } } },
      async () => [...(await allAnnounced(app))],
    )
    s.get(
      '/api/public/platform-rules',
      { schema: { ...tag, summary: '平台规则', response: { 200: z.array(publicPlatformRuleSchema) } } },
      async () => [...(await listPlatformRules(app))],
    )
    s.get(
      '/api/public/registrars',
      { schema: { ...tag, summary: '登记机构名录', response: { 200: z.array(registrarSchema) } } },
      async () => [...(await registrarDirectory(app))],
    )
    s.get(
      '/api/public/divisions',
      {
        schema: {
          ...tag,
          summary: '行政区划',
          response: { 200: z.array(z.object({ code: z.string(), name: z.string(), parent: z.string().optional() })) },
        },
      },
      async () => [...app.divisions.values()],
    )
    s.get(
      '/api/public/policies',
      {
        schema: {
          ...tag,
          summary: '规则库',
          querystring: z.object({
            division: z
              .string()
              .regex(/^\d{6}$/)
              .default('000000'),
          }),
          response: { 200: policyViewSchema },
        },
      },
      async (req, reply) => answer(reply, await policyView(app, req.query.division)) as never,
    )
    s.get(
      '/api/public/logs',
      { schema: { ...tag, summary: '公开日志：检查点、公钥、收录进度与见证', response: { 200: publicLogsSchema } } },
      async () => publicLogs(app),
    )
    s.get(
      '/api/public/logs/:log/entries/:place',
      {
        schema: {
          ...tag,
          summary: '公开日志的一条：摘要及其所在的标准文件',
          params: z.object({ log: text(50), place: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
          response: { 200: logEntrySchema },
        },
      },
      async (req, reply) => answer(reply, await logEntry(app, req.params.log, req.params.place)) as never,
    )
    s.get(
      '/api/public/verify',
      {
        schema: {
          ...tag,
          summary: '核验登记码，或登记证文件的 SHA-256',
          querystring: z.object({
            code: text(100).optional(),
            sha256: z
              .string()
              .regex(/^[0-9a-fA-F]{64}$/)
              .optional(),
          }),
          response: { 200: verificationSchema },
        },
      },
      async (req, reply) => {
        if (req.query.sha256) return verifyDigest(app, req.query.sha256)
        if (req.query.code) return verifyCode(app, req.query.code)
        return answer(reply, refuse('invalid', '请给出登记码或文件摘要', { fields: { code: '必填其一' } })) as never
      },
    )
    s.post(
      '/api/public/verify',
      {
        schema: {
          ...tag,
          summary: '上传登记证核验',
          consumes: ['multipart/form-data'],
          response: { 200: verificationSchema },
        },
      },
      async (req, reply) => {
        const sent = await uploaded(req, '请选择登记证 PDF 文件', { fileSize: 10 * 1024 * 1024 })
        if (isRefusal(sent)) return answer(reply, sent) as never
        return verifyPdf(app, sent.bytes)
      },
    )
  }
