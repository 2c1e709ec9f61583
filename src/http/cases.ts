import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  accessLog,
  act,
  askErasure,
  bodiesByName,
  entriesByName,
  fileObjection,
  invitePerson,
  keepFile,
  keeping,
  logEntries,
  receiptOf,
  list,
  markNotices,
  notices,
  objectionFormFor,
  openers,
  openFile,
  openingForm,
  openRestricted,
  people,
  progress,
  placeHold,
  readDraftOf,
  readRestricted,
  readingFormFor,
  recordObligation,
  registerOrganisation,
  saveDraft,
  startApplication,
  startCase,
  startForm,
  view,
  type App,
} from '#application'
import {
  actionSchema,
  caseListSchema,
  caseViewSchema,
  collectionOf,
  collections,
  entryListSchema,
  fileSchema,
  isRefusal,
  keepingSchema,
  noticeSchema,
  progressSchema,
  receiptSchema,
  replySchema,
  retainedSchema,
} from '#contract'
import { inspectUpload, listToXlsx } from '#interop'
import { attach, signed, xlsx } from './answer.ts'
import { keyOf, moment, text, uploaded, versionOf } from './guard.ts'

const collection = z.enum(Object.keys(collections) as [string, ...string[]])
/** What is filled in on a page of its own. */
const drafted = z.enum(['applications', 'plans'])
const division = z.string().regex(/^\d{6}$/)
const filters = z.object({
  state: text(60).optional(),
  kind: text(30).optional(),
  variant: text(30).optional(),
  q: text(100).optional(),
  mine: z.stringbool().optional(),
  open: z.stringbool().optional(),
  link: z.uuid().optional(),
  order: z.enum(['touched', 'due']).optional(),
  cursor: text(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** Files that the intake has found to be paper and no more. */
const papers = new Set(['application/pdf', 'image/png', 'image/jpeg'])

/** Cases of every process: lists, one case, what can be done to it, and the few ways to open one. */
export const caseRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['办理'] }
    const isActed = (x: unknown): x is { readonly id: string; readonly version: number } =>
      typeof x === 'object' && x !== null && 'id' in x && 'version' in x && !isRefusal(x)
    const handOut = async (
      reply: FastifyReply,
      file: { readonly mime: string; readonly name: string; readonly key: string },
      look = false,
    ): Promise<FastifyReply> =>
      reply
        .type(file.mime)
        .header(
          'content-disposition',
          // what is only paper may be looked at in its place; anything else is saved
          `${look && papers.has(file.mime) ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        )
        .header('x-content-type-options', 'nosniff')
        .send(await app.files.get(file.key))
    /** Writes under the caller’s own key; an act answers with where its receipt will be. */
    const writing = (
      req: FastifyRequest,
      reply: FastifyReply,
      work: (token: Buffer, key: string) => Promise<unknown>,
    ): Promise<never> =>
      signed(req, reply, async (token) => {
        const key = keyOf(req)
        if (isRefusal(key)) return key
        const done = await work(token, key)
        const { collection: named } = req.params as { collection?: string }
        const where = named ?? req.routeOptions.url?.split('/')[2] ?? ''
        return isActed(done) && where in collections
          ? { ...done, receipt: `/api/${where}/${done.id}/receipts/${done.version}` }
          : done
      })

    s.get(
      '/api/tasks',
      { schema: { ...tag, summary: '我的待办', querystring: filters, response: { 200: caseListSchema } } },
      (req, reply) => signed(req, reply, (t) => list(app, t, { ...req.query, mine: true, order: 'due' })),
    )
    s.get(
      '/api/:collection',
      {
        schema: {
          ...tag,
          summary: '事项列表',
          params: z.object({ collection }),
          querystring: filters,
          response: { 200: caseListSchema },
        },
      },
      (req, reply) =>
        signed(req, reply, (t) => list(app, t, { ...req.query, process: collections[req.params.collection] })),
    )
    s.get(
      '/api/:collection/list.xlsx',
      { schema: { ...tag, summary: '导出列表（Excel）', params: z.object({ collection }), querystring: filters } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const all = await list(app, t, { ...req.query, limit: 10_000, process: collections[req.params.collection] })
          if (isRefusal(all)) return all
          return attach(reply, xlsx, '事项列表.xlsx').send(await listToXlsx(all.rows))
        }),
    )
    s.get(
      '/api/:collection/:id/receipts/:seq',
      {
        schema: {
          ...tag,
          summary: '一步办理的存证回执：日志正文、可见内容及其盐值、包含证明（C2SP tlog-proof）',
          params: z.object({ collection, id: z.uuid(), seq: z.coerce.number().int().min(1).max(1_000_000) }),
          querystring: z.object({ hash: z.enum(['sha256', 'sm3']).optional() }),
          response: { 200: receiptSchema },
        },
      },
      (req, reply) =>
        signed(req, reply, (t) =>
          receiptOf(app, t, collections[req.params.collection] ?? '', req.params.id, req.params.seq, req.query.hash),
        ),
    )
    s.get(
      '/api/:collection/:id/progress',
      {
        schema: {
          ...tag,
          summary: '后台处理的进度',
          params: z.object({ collection, id: z.uuid() }),
          response: { 200: progressSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => progress(app, t, req.params.id)),
    )
    s.get(
      '/api/:collection/:id',
      {
        schema: {
          ...tag,
          summary: '一个事项：状态、经过、期限、可办动作',
          params: z.object({ collection, id: z.uuid() }),
          response: { 200: caseViewSchema },
        },
      },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const found = await view(app, t, collections[req.params.collection] ?? '', req.params.id)
          if (!isRefusal(found)) reply.header('etag', `"${found.version}"`)
          return found
        }),
    )
    s.post(
      '/api/:collection/:id/actions/:action',
      {
        schema: {
          ...tag,
          summary: '办理',
          params: z.object({ collection, id: z.uuid(), action: z.string().max(80) }),
          body: z.object({ input: z.unknown().optional() }),
          response: { 200: replySchema },
        },
      },
      (req, reply) =>
        writing(req, reply, async (token, key) => {
          const expect = versionOf(req)
          if (isRefusal(expect)) return expect
          return act(app, { token }, req.params.id, {
            process: collections[req.params.collection]!,
            act: req.params.action,
            input: req.body.input,
            key,
            ...(expect === undefined ? {} : { expect }),
          })
        }),
    )

    const openable = z.enum(Object.keys(openers).map((p) => collectionOf[p]!) as [string, ...string[]])
    s.get(
      '/api/:collection/form',
      {
        schema: {
          ...tag,
          summary: '发起一个事项的表单',
          params: z.object({ collection: openable }),
          querystring: z.object({
            kind: text(30).optional(),
            about: z.uuid().optional(),
            division: division.optional(),
          }),
          response: { 200: actionSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => startForm(app, t, collections[req.params.collection] ?? '', req.query)),
    )
    s.post(
      '/api/:collection',
      {
        schema: {
          ...tag,
          summary: '发起一个事项',
          params: z.object({ collection: openable }),
          body: z.object({
            kind: text(30).optional(),
            about: z.uuid().optional(),
            division: division.optional(),
            input: z.unknown().optional(),
          }),
          response: { 200: replySchema },
        },
      },
      (req, reply) =>
        writing(req, reply, (t, key) => startCase(app, t, collections[req.params.collection] ?? '', req.body, key)),
    )

    s.post(
      '/api/applications',
      {
        schema: {
          ...tag,
          summary: '新建登记申请',
          body: z.object({
            kind: z.enum(['first', 'change', 'correction', 'deregistration', 'renewal']),
            variant: z.enum(['resource', 'product']).default('resource'),
            scope: z.enum(['authorized', 'other']).default('authorized'),
            item: z.uuid().optional(),
            record: z.uuid().optional(),
            obligation: z.uuid().optional(),
          }),
          response: { 200: replySchema },
        },
      },
      (req, reply) => writing(req, reply, (t, key) => startApplication(app, t, req.body, key)),
    )
    s.get(
      '/api/:collection/:id/draft',
      {
        schema: {
          ...tag,
          summary: '草稿',
          params: z.object({ collection: drafted, id: z.uuid() }),
          response: {
            200: z.object({ rev: z.number().int(), content: z.unknown(), files: z.record(z.string(), fileSchema) }),
          },
        },
      },
      (req, reply) => signed(req, reply, (t) => readDraftOf(app, t, req.params.id)),
    )
    s.put(
      '/api/:collection/:id/draft',
      {
        schema: {
          ...tag,
          summary: '保存草稿',
          params: z.object({ collection: drafted, id: z.uuid() }),
          body: z.object({ rev: z.number().int().min(0), content: z.unknown() }),
          response: { 200: z.object({ rev: z.number().int() }) },
        },
      },
      (req, reply) => signed(req, reply, (t) => saveDraft(app, t, req.params.id, req.body.rev, req.body.content)),
    )
    s.get(
      '/api/objections/form',
      {
        schema: {
          ...tag,
          summary: '异议表单',
          querystring: z.object({ application: z.uuid() }),
          response: { 200: actionSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => objectionFormFor(app, t, req.query.application)),
    )
    s.post(
      '/api/objections',
      {
        schema: {
          ...tag,
          summary: '提出异议',
          body: z.object({ application: z.uuid(), input: z.unknown().optional() }),
          response: { 200: replySchema },
        },
      },
      (req, reply) => writing(req, reply, (t, key) => fileObjection(app, t, req.body.application, req.body.input, key)),
    )
    s.get(
      '/api/obligations/form',
      {
        schema: {
          ...tag,
          summary: '登记义务表单',
          querystring: z.object({ kind: z.string().max(30) }),
          response: { 200: actionSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => openingForm(app, t, 'obligation', req.query.kind, undefined)),
    )
    s.post(
      '/api/obligations',
      {
        schema: {
          ...tag,
          summary: '记录登记义务',
          body: z.object({
            kind: z.string().max(30),
            variant: z.enum(['resource', 'product']).optional(),
            debtor: z.uuid(),
            input: z.unknown().optional(),
          }),
          response: { 200: replySchema },
        },
      },
      (req, reply) => writing(req, reply, (t, key) => recordObligation(app, t, req.body, key)),
    )
    const aboutCase = z.object({ case: z.uuid(), input: z.unknown().optional() })
    s.get(
      '/api/erasures/form',
      { schema: { ...tag, summary: '个人信息删除请求表单', response: { 200: actionSchema } } },
      (req, reply) => signed(req, reply, (t) => openingForm(app, t, 'erasure', 'erasure', undefined)),
    )
    s.post(
      '/api/erasures',
      {
        schema: { ...tag, summary: '请求删除事项中的个人信息', body: aboutCase, response: { 200: replySchema } },
      },
      (req, reply) => writing(req, reply, (t, key) => askErasure(app, t, req.body.case, req.body.input, key)),
    )
    s.get(
      '/api/erasures/restricted/form',
      {
        schema: {
          ...tag,
          summary: '查阅限制处理内容的原因（表单）',
          response: { 200: z.object({ schema: z.record(z.string(), z.unknown()) }) },
        },
      },
      (req, reply) => signed(req, reply, (t) => readingFormFor(app, t)),
    )
    s.post(
      '/api/erasures/:id/restricted',
      {
        schema: {
          ...tag,
          summary: '保管人查阅限制处理的内容（每次记入访问日志）',
          params: z.object({ id: z.uuid() }),
          body: z.object({ input: z.unknown().optional() }),
          response: { 200: retainedSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => readRestricted(app, t, req.params.id, req.body.input)),
    )
    s.post(
      '/api/erasures/:id/restricted/:file',
      {
        schema: {
          ...tag,
          summary: '保管人下载限制处理的文件（每次记入访问日志）',
          params: z.object({ id: z.uuid(), file: z.uuid() }),
          body: z.object({ input: z.unknown().optional() }),
        },
      },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const row = await openRestricted(app, t, req.params.id, req.params.file, req.body.input)
          return isRefusal(row) ? row : handOut(reply, row)
        }),
    )
    s.get(
      '/api/holds/form',
      { schema: { ...tag, summary: '暂停删除表单', response: { 200: actionSchema } } },
      (req, reply) => signed(req, reply, (t) => openingForm(app, t, 'hold', 'hold', undefined)),
    )
    s.post(
      '/api/holds',
      { schema: { ...tag, summary: '暂停删除（法定保全）', body: aboutCase, response: { 200: replySchema } } },
      (req, reply) => writing(req, reply, (t, key) => placeHold(app, t, req.body.case, req.body.input, key)),
    )
    s.get(
      '/api/organisations/form',
      { schema: { ...tag, summary: '单位表单', response: { 200: actionSchema } } },
      (req, reply) => signed(req, reply, (t) => openingForm(app, t, 'organisation', 'organisation', undefined)),
    )
    s.post(
      '/api/organisations',
      {
        schema: {
          ...tag,
          summary: '登记单位',
          body: z.object({ input: z.unknown().optional() }),
          response: { 200: replySchema },
        },
      },
      (req, reply) => writing(req, reply, (t, key) => registerOrganisation(app, t, req.body.input, key)),
    )
    s.get(
      '/api/organisations/names',
      {
        schema: {
          ...tag,
          summary: '按名称查找单位（填表用，只有名称）',
          querystring: z.object({ q: z.string().max(100).default(''), id: z.uuid().optional() }),
          response: { 200: z.array(z.object({ id: z.string(), name: z.string(), division: z.string() })) },
        },
      },
      (req, reply) =>
        signed(req, reply, (t) => bodiesByName(app, t, req.query.q.trim(), req.query.id ? [req.query.id] : [])),
    )
    s.get(
      '/api/items/names',
      {
        schema: {
          ...tag,
          summary: '按名称查找目录项（填表用）：本单位的，以及各单位之间可以知道的',
          querystring: z.object({
            q: z.string().max(100).default(''),
            ids: z
              .string()
              .max(4000)
              .transform((v) => v.split(',').filter((id) => id !== ''))
              .pipe(z.array(z.uuid()))
              .optional(),
          }),
          response: { 200: z.array(z.object({ id: z.string(), name: z.string(), unit: z.string() })) },
        },
      },
      (req, reply) => signed(req, reply, (t) => entriesByName(app, t, req.query.q.trim(), req.query.ids ?? [])),
    )
    const personRow = z.object({
      membership: z.string(),
      person: z.string(),
      name: z.string(),
      realName: z.boolean(),
      active: z.boolean(),
      duties: z.array(z.string()),
      login: z.string().nullable(),
      totp: z.boolean(),
      locked: z.boolean(),
      trainings: z.array(z.object({ term: z.string(), until: z.string() })),
    })
    s.get(
      '/api/organisations/:id/people',
      {
        schema: {
          ...tag,
          summary: '单位人员',
          params: z.object({ id: z.uuid() }),
          response: { 200: z.array(personRow) },
        },
      },
      (req, reply) => signed(req, reply, (t) => people(app, t, req.params.id)),
    )
    s.post(
      '/api/organisations/:id/people',
      {
        schema: {
          ...tag,
          summary: '邀请人员',
          params: z.object({ id: z.uuid() }),
          body: z.object({ name: z.string().max(50), duties: z.array(z.string().max(20)).max(7) }),
          response: { 200: z.object({ id: z.string(), invitation: z.string() }) },
        },
      },
      (req, reply) => writing(req, reply, (t, key) => invitePerson(app, t, { ...req.body, org: req.params.id }, key)),
    )

    s.post(
      '/api/files',
      { schema: { ...tag, summary: '上传文件', consumes: ['multipart/form-data'], response: { 200: fileSchema } } },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const sent = await uploaded(req, '请选择文件')
          if (isRefusal(sent)) return sent
          const checked = await inspectUpload(sent.bytes, sent.name)
          return isRefusal(checked) ? checked : keepFile(app, t, checked.name, checked.mime, sent.bytes)
        }),
    )
    s.get(
      '/api/files/:id',
      {
        schema: {
          ...tag,
          summary: '下载文件',
          params: z.object({ id: z.uuid() }),
          querystring: z.object({ case: z.uuid().optional(), look: z.literal('1').optional() }),
        },
      },
      (req, reply) =>
        signed(req, reply, async (t) => {
          const row = await openFile(app, t, req.params.id, req.query.case)
          return isRefusal(row) ? row : handOut(reply, row, req.query.look === '1')
        }),
    )
    s.get(
      '/api/notices',
      { schema: { ...tag, summary: '通知', response: { 200: z.array(noticeSchema) } } },
      (req, reply) => signed(req, reply, (t) => notices(app, t)),
    )
    s.post(
      '/api/notices/seen',
      { schema: { ...tag, summary: '通知已读', body: z.object({ upTo: z.number().int().min(0) }) } },
      (req, reply) => signed(req, reply, (t) => markNotices(app, t, req.body.upTo)),
    )
    const accessRow = z.object({
      id: z.number(),
      at: z.string(),
      kind: z.string(),
      person: z.string(),
      personName: z.string(),
      org: z.string(),
      orgName: z.string(),
      subject: z.string(),
      body: z.string(),
    })
    s.get(
      '/api/access',
      {
        schema: {
          ...tag,
          summary: '访问日志（审计）',
          querystring: z.object({ subject: text(100).optional(), cursor: z.coerce.number().int().optional() }),
          response: { 200: z.array(accessRow) },
        },
      },
      (req, reply) => signed(req, reply, (t) => accessLog(app, t, req.query.subject, req.query.cursor)),
    )
    s.get(
      '/api/logs/:log/entries',
      {
        schema: {
          ...tag,
          summary: '登记日志中可见的条目（审计），新的在前',
          params: z.object({ log: text(50) }),
          querystring: z.object({
            from: moment.optional(),
            to: moment.optional(),
            person: z.uuid().optional(),
            process: z.enum(Object.values(collections) as [string, ...string[]]).optional(),
            cursor: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: entryListSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => logEntries(app, t, req.params.log, req.query)),
    )
    s.get(
      '/api/keeping',
      {
        schema: {
          ...tag,
          summary: '保管状况：备份、恢复试验、归档、保存期限、日志、见证、密钥文件（平台管理与审计）',
          response: { 200: keepingSchema },
        },
      },
      (req, reply) => signed(req, reply, (t) => keeping(app, t)),
    )
  }
