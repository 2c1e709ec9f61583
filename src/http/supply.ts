import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  batchHops,
  beginUpload,
  completeUpload,
  supplyAgreements,
  supplyUnder,
  takePiece,
  uploadState,
  type App,
} from '#application'
import { batchHopsSchema, isRefusal, refuse, supplyListSchema, supplyViewSchema, uploadViewSchema } from '#contract'
import { signed } from './answer.ts'
import { keyOf, text } from './guard.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** 供数: the pipeline under an agreement, and files that come in piece by piece. */
export const supplyRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    // a piece is read as it comes; nothing before its handler looks at it
    plain.addContentTypeParser('application/octet-stream', (_req, _payload, done) => done(null, undefined))
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['供数'] }
    const id = z.object({ id: z.uuid() })

    s.get(
      '/api/supply',
      { schema: { ...tag, summary: '本单位供数、受数或监督的运营协议', response: { 200: supplyListSchema } } },
      (req, reply) => signed(req, reply, (t) => supplyAgreements(app, t)),
    )
    s.get(
      '/api/supply/:id',
      {
        schema: {
          ...tag,
          summary: '一份协议的供数：各目录项供数的前提与批次、交接责任、全量同步的完整率',
          params: id,
          response: { 200: supplyViewSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => supplyUnder(app, t, req.params.id)),
    )
    s.get(
      '/api/batches/:id/hops',
      {
        schema: {
          ...tag,
          summary: '供数批次逐段的交接与安全责任主体，及其供数前提',
          params: id,
          response: { 200: batchHopsSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => batchHops(app, t, req.params.id)),
    )
    s.post(
      '/api/batches/:id/upload',
      {
        schema: {
          ...tag,
          summary: '开始上传批次的文件，或查明已经上传到哪里。中断以后再次请求，从 offset 处继续',
          params: id,
          body: z.strictObject({
            name: text(200).min(1),
            size: z.number().int().positive(),
            sha256: sha256.optional(),
          }),
          response: { 200: uploadViewSchema },
        },
      },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const key = keyOf(req)
          return isRefusal(key) ? key : beginUpload(app, t, req.params.id, req.body, key)
        }),
    )
    s.get(
      '/api/batches/:id/upload',
      { schema: { ...tag, summary: '上传到哪里了', params: id, response: { 200: uploadViewSchema } } },
      (req, reply) => signed(req, reply, (t) => uploadState(app, t, req.params.id)),
    )
    s.patch(
      '/api/batches/:id/upload',
      {
        schema: {
          ...tag,
          summary:
            '上传下一段（application/octet-stream，最多 32 MB）。Upload-Offset 为这一段的起点，Upload-Digest 为它的 SHA-256；回答以后才算收到，同一段可以重发',
          params: id,
          headers: z.object({
            'upload-offset': z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
            'upload-digest': sha256,
          }),
          response: { 200: uploadViewSchema },
        },
      },
      (req, reply) =>
        signed(req, reply, (t) =>
          req.headers['content-type']?.startsWith('application/octet-stream')
            ? takePiece(app, t, req.params.id, {
                offset: req.headers['upload-offset'],
                sha256: req.headers['upload-digest'],
                content: req.raw as AsyncIterable<Uint8Array>,
              })
            : Promise.resolve(refuse('unsupported', '请以 application/octet-stream 发送')),
        ),
    )
    s.post(
      '/api/batches/:id/upload/complete',
      {
        schema: {
          ...tag,
          summary: '上传完毕，开始检核、脱敏、加密',
          params: id,
          response: { 200: z.object({ state: z.string() }) },
        },
      },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const key = keyOf(req)
          return isRefusal(key) ? key : completeUpload(app, t, req.params.id)
        }),
    )
  }
