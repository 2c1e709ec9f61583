import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  acceptInvitation,
  actingFor,
  advanceClock,
  beginTotp,
  confirmTotp,
  invitation,
  me,
  personas,
  sessionToken,
  signIn,
  signOut,
  takePersona,
  type App,
  signUp,
} from '#application'
import { isRefusal, meSchema, personaSchema, refuse, type Refusal } from '#contract'
import { answer } from './answer.ts'
import { cookieName, tokenOf } from './guard.ts'

/** Signing in, acting for an organisation, second factors, invitations, and what a demo database offers instead. */
export const sessionRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['登录'] }
    const secure = app.url.startsWith('https:')
    const enter = async (reply: FastifyReply, done: { readonly cookie: string } | Refusal) => {
      if (isRefusal(done)) return answer(reply, done) as never
      reply.setCookie(cookieName, done.cookie, { httpOnly: true, sameSite: 'strict', path: '/', secure })
      return answer(reply, await me(app, sessionToken(done.cookie))) as never
    }
    const withToken = async <T>(
      req: Parameters<typeof tokenOf>[0],
      reply: FastifyReply,
      work: (token: Buffer) => Promise<T | Refusal>,
    ): Promise<never> => {
      const token = tokenOf(req)
      return answer(reply, isRefusal(token) ? token : await work(token)) as never
    }

    s.get('/api/session', { schema: { ...tag, summary: '我是谁', response: { 200: meSchema } } }, (req, reply) =>
      withToken(req, reply, (t) => me(app, t)),
    )
    s.post(
      '/api/session',
      {
        schema: {
          ...tag,
          summary: '登录',
          body: z.object({
            login: z.string().max(64),
            password: z.string().max(200),
            totp: z.string().max(10).optional(),
          }),
          response: { 200: meSchema },
        },
      },
      async (req, reply) => enter(reply, await signIn(app, req.body)),
    )
    s.delete('/api/session', { schema: { ...tag, summary: '退出' } }, async (req, reply) => {
      const secret = req.cookies[cookieName]
      if (secret) await signOut(app, secret)
      reply.clearCookie(cookieName, { path: '/' })
      return { ok: true }
    })
    s.post(
      '/api/session/acting',
      {
        schema: {
          ...tag,
          summary: '切换代表的单位或本人',
          body: z.object({ org: z.uuid() }),
          response: { 200: meSchema },
        },
      },
      (req, reply) => withToken(req, reply, (t) => actingFor(app, t, req.body.org)),
    )
    s.post(
      '/api/session/totp',
      {
        schema: {
          ...tag,
          summary: '设置动态口令：取得密钥',
          response: { 200: z.object({ secret: z.string(), uri: z.string() }) },
        },
      },
      (req, reply) => withToken(req, reply, (t) => beginTotp(app, t)),
    )
    s.put(
      '/api/session/totp',
      {
        schema: {
          ...tag,
          summary: '设置动态口令：确认',
          body: z.object({ secret: z.string().max(64), code: z.string().max(10) }),
          response: { 200: meSchema },
        },
      },
      (req, reply) => withToken(req, reply, (t) => confirmTotp(app, t, req.body.secret, req.body.code)),
    )
    s.get(
      '/api/invitations/:token',
      {
        schema: {
          ...tag,
          summary: '邀请',
          params: z.object({ token: z.string().max(100) }),
          response: {
            200: z.object({ name: z.string(), org: z.string(), duties: z.array(z.string()), hasLogin: z.boolean() }),
          },
        },
      },
      async (req, reply) => answer(reply, await invitation(app, req.params.token)) as never,
    )
    s.post(
      '/api/invitations/:token',
      {
        schema: {
          ...tag,
          summary: '接受邀请',
          params: z.object({ token: z.string().max(100) }),
          body: z.object({ login: z.string().max(64), password: z.string().max(200) }),
          response: { 200: meSchema },
        },
      },
      async (req, reply) =>
        enter(reply, await acceptInvitation(app, req.params.token, req.body.login, req.body.password)),
    )

    s.post(
      '/api/people/sign-up',
      {
        schema: {
          ...tag,
          summary: '公民注册账号（实名核验后可提出异议、申请更正）',
          body: z.object({
            name: z.string().max(50),
            idNumber: z.string().max(18),
            login: z.string().max(64),
            password: z.string().max(200),
            division: z.string().max(6),
          }),
          response: { 200: z.object({ person: z.string() }) },
        },
      },
      async (req, reply) => answer(reply, await signUp(app, req.body)) as never,
    )
    s.get(
      '/api/demo/personas',
      { schema: { ...tag, summary: '演示角色', response: { 200: z.array(personaSchema) } } },
      async (_req, reply) =>
        app.demo ? [...(await personas(app))] : (answer(reply, refuse('not_found', '本库不是演示库')) as never),
    )
    s.post(
      '/api/demo/persona',
      {
        schema: {
          ...tag,
          summary: '扮演演示角色',
          body: z.object({ person: z.uuid(), org: z.uuid() }),
          response: { 200: meSchema },
        },
      },
      async (req, reply) => enter(reply, await takePersona(app, req.body.person, req.body.org)),
    )
    s.post(
      '/api/demo/clock',
      {
        schema: {
          ...tag,
          summary: '推进模拟日期',
          body: z.object({ day: z.string().max(10) }),
          response: { 200: z.object({ day: z.string(), done: z.number().int() }) },
        },
      },
      async (req, reply) => answer(reply, await advanceClock(app, req.body.day)) as never,
    )
  }
