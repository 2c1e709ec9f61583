import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  hasZodFastifySchemaValidationErrors,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { traced, type App } from '#application'
import { refuse } from '#contract'
import { answer } from './answer.ts'
import { unfit } from './guard.ts'
import { publicRoutes } from './public.ts'
import { searchRoutes } from './search.ts'
import { sessionRoutes } from './session.ts'
import { caseRoutes } from './cases.ts'
import { catalogueRoutes } from './catalogue.ts'
import { importRoutes } from './imports.ts'
import { logRoutes } from './log.ts'
import { authorizationRoutes } from './authorization.ts'
import { openingRoutes } from './opening.ts'
import { evidenceRoutes } from './evidence.ts'
import { gateRoutes } from './gate.ts'
import { gradingRoutes } from './grading.ts'
import { selectionRoutes } from './selection.ts'
import { sharingRoutes } from './sharing.ts'
import { planRoutes } from './plan.ts'
import { qualityRoutes } from './quality.ts'
import { supplyRoutes } from './supply.ts'
import { healthRoutes } from './metrics.ts'

const webDir = ((): string | undefined => {
  for (const up of ['../web', '../../dist/web']) {
    const dir = fileURLToPath(new URL(up, import.meta.url))
    if (existsSync(`${dir}/index.html`)) return dir
  }
  return undefined
})()

z.config(z.locales.zhCN())
const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** The HTTP face of the application. `ready` says whether the process may take work. */
export const buildServer = async (app: App, o: { readonly ready?: () => boolean; readonly logger?: boolean } = {}) => {
  const server = Fastify({
    bodyLimit: 2 * 1024 * 1024,
    logger: o.logger ? { level: 'warn' } : false,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    // one id from here to the last consequence; whoever gives a request a number of their own finds it again everywhere
    genReqId: (req) =>
      [req.headers['idempotency-key'], req.headers['x-request-id']].find(
        (id): id is string => typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id),
      ) ?? app.freshId(),
    // an address that cannot be read at all never reaches a route
    frameworkErrors: (_error, _req, reply) => answer(reply, refuse('not_found', '没有这一地址')) as never,
  }).withTypeProvider<ZodTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  await server.register(cookie)
  await server.register(multipart, { limits: { fileSize: 100 * 1024 * 1024, files: 1, fields: 4 } })
  await server.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '公数 Gongshu',
        version: '0.1.0',
        description: '公共数据资源登记与授权运营。办理动作的填报内容由规则包决定，随事项返回其 JSON Schema。',
      },
    },
    transform: jsonSchemaTransform,
  })

  server.addHook('onRequest', async (req, reply) => {
    reply.header('x-request-id', req.id)
  })
  // after the body has been read, which loses the thread
  server.addHook('preValidation', (req, _reply, done) => traced(req.id, done))

  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, req, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const fields = Object.fromEntries(
        error.validation.map((v) => [
          v.instancePath.replace(/^\//, '').replaceAll('/', '.') || '(内容)',
          v.message ?? '无效',
        ]),
      )
      return answer(
        reply,
        refuse(
          'invalid',
          `请求内容有误：${Object.entries(fields)
            .map(([k, v]) => `${k} ${v}`)
            .join('；')
            .slice(0, 300)}`,
          { fields },
        ),
      )
    }
    if (error.code === 'FST_REQ_FILE_TOO_LARGE' || error.statusCode === 413)
      return answer(reply, refuse('too_large', '内容超过大小上限'))
    if (error.statusCode === 415) return answer(reply, refuse('unsupported', '不支持的内容类型'))
    if (error.statusCode && error.statusCode < 500) return answer(reply, refuse('invalid', '请求无法读取，请检查格式'))
    app.log.error({ err: error, url: req.url }, 'request failed')
    return reply
      .code(500)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          title: '系统出错，请刷新查看是否已经办理，再决定重试',
          status: 500,
          code: 'internal',
        }),
      )
  })

  // a browser that was lured here from another site sends its own origin
  server.addHook('onRequest', async (req, reply) => {
    const origin = req.headers.origin
    // `null` is what a page without an address of its own sends
    const host = origin && URL.canParse(origin) ? new URL(origin).host : ''
    if (unsafe.has(req.method) && origin && host !== req.headers.host)
      return answer(reply, refuse('not_yours', '来源不受信任'))
  })
  server.addHook('preValidation', async (req, reply) => {
    // a path or query that no text in the database could equal is the sender's mistake, too
    const no = unfit(req.body) ?? unfit(req.params) ?? unfit(req.query)
    if (no) return answer(reply, no)
  })

  server.get('/healthz', { schema: { hide: true } }, async (_req, reply) => {
    if (o.ready && !o.ready()) return reply.code(503).send({ status: 'starting' })
    try {
      await app.pool.query('select 1')
      return { status: 'ok' }
    } catch {
      return reply.code(503).send({ status: 'database unreachable' })
    }
  })
  await server.register(async (scope) => {
    await healthRoutes(app)(scope, {})
    await scope.register(publicRoutes(app))
    await scope.register(searchRoutes(app))
    await scope.register(logRoutes(app))
    await scope.register(openingRoutes(app))
    await scope.register(authorizationRoutes(app))
    await scope.register(evidenceRoutes(app))
    await scope.register(sharingRoutes(app))
    await scope.register(sessionRoutes(app))
    await scope.register(gradingRoutes(app))
    await scope.register(gateRoutes(app))
    await scope.register(catalogueRoutes(app))
    await scope.register(importRoutes(app))
    await scope.register(qualityRoutes(app))
    await scope.register(selectionRoutes(app))
    await scope.register(planRoutes(app))
    await scope.register(supplyRoutes(app))
    await scope.register(caseRoutes(app))
  })
  server.get('/api/openapi.json', { schema: { hide: true } }, async () => server.swagger())

  if (webDir)
    await server.register(fastifyStatic, {
      root: webDir,
      cacheControl: true,
      maxAge: '1h',
      immutable: false,
    })
  server.setNotFoundHandler((req: FastifyRequest, reply: FastifyReply) => {
    // a page may ask for a file of an earlier build: it must learn that it is gone, not get another page
    if (req.url.startsWith('/api/') || req.url.startsWith('/assets/') || req.method !== 'GET' || !webDir)
      return answer(reply, refuse('not_found', '没有这一地址'))
    return reply.header('cache-control', 'no-cache').sendFile('index.html')
  })
  return server
}
