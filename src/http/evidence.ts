import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { makeBundle, type App, type Wanted } from '#application'
import { collections, isRefusal, refuse } from '#contract'
import { answer, attach } from './answer.ts'
import { moment, tokenOf } from './guard.ts'

/** The verifier in one file as it was built; it does not change while the server runs. */
const verifier = ((): { readonly bytes: Buffer; readonly sha256: string } | undefined => {
  for (const up of ['../gongshu-verify.mjs', '../../dist/gongshu-verify.mjs']) {
    const path = fileURLToPath(new URL(up, import.meta.url))
    if (!existsSync(path)) continue
    const bytes = readFileSync(path)
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  return undefined
})()
const noVerifier = refuse('not_found', '本服务没有附带核验程序')

/** Evidence bundles for those who may see what they hold, and the program that checks them for anyone. */
export const evidenceRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const send = async (req: FastifyRequest, reply: FastifyReply, wanted: Wanted): Promise<unknown> => {
      const token = tokenOf(req)
      const made = isRefusal(token) ? token : await makeBundle(app, { token }, wanted)
      if (isRefusal(made)) return answer(reply, made)
      return attach(reply, 'application/zip', made.name).header('cache-control', 'no-store').send(made.bytes)
    }
    s.get(
      '/api/:collection/:id/evidence',
      {
        schema: {
          tags: ['办理'],
          summary: '证据包（zip）：一个事项及相关事项的全部办理记录、可见内容、包含证明和所附文件，可离线核验',
          params: z.object({ collection: z.enum(Object.keys(collections) as [string, ...string[]]), id: z.uuid() }),
          querystring: z.object({ documents: z.stringbool().default(true) }),
        },
      },
      (req, reply) =>
        send(req, reply, {
          kind: 'case',
          process: collections[req.params.collection] ?? '',
          id: req.params.id,
          documents: req.query.documents,
        }),
    )
    s.get(
      '/api/evidence',
      {
        schema: {
          tags: ['办理'],
          summary: '证据包（zip）：一人的办理（本人或审计员），或一段时间内的全部办理和访问（审计员）',
          querystring: z.object({
            person: z.uuid().optional(),
            from: moment.default('2000-01-01T00:00:00Z'),
            to: moment.default('2999-12-31T00:00:00Z'),
          }),
        },
      },
      (req, reply) => {
        const { person, ...span } = req.query
        return send(req, reply, person === undefined ? { kind: 'range', ...span } : { kind: 'person', person, ...span })
      },
    )
    s.get('/gongshu-verify.mjs', { schema: { tags: ['公开'], summary: '离线核验程序（单个文件）' } }, (_req, reply) =>
      verifier
        ? reply
            .type('text/javascript; charset=utf-8')
            .header('content-disposition', 'attachment; filename="gongshu-verify.mjs"')
            .header('cache-control', 'no-cache')
            .send(verifier.bytes)
        : answer(reply, noVerifier),
    )
    s.get(
      '/gongshu-verify.mjs.sha256',
      { schema: { tags: ['公开'], summary: '离线核验程序的 SHA-256' } },
      (_req, reply) =>
        verifier
          ? reply.type('text/plain; charset=utf-8').send(`${verifier.sha256}  gongshu-verify.mjs\n`)
          : answer(reply, noVerifier),
    )
  }
