import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  compilePlan,
  countUse,
  dataPackageOf,
  datasetRows,
  datasetView,
  datasetWhole,
  grantedCopy,
  listDatasets,
  listDemands,
  objectOf,
  planForm,
  progressView,
  suggestionsFor,
  tableSchemaOf,
  traceCopy,
  type App,
} from '#application'
import {
  actionSchema,
  datasetViewSchema,
  demandListSchema,
  isRefusal,
  openDatasetListSchema,
  openProgressSchema,
  refuse,
  rowPageSchema,
  suggestionSchema,
  tracedSchema,
} from '#contract'
import { inspectTable, mostSheetRows, rowsToXlsx } from '#interop'
import { answer, attach, xlsx } from './answer.ts'
import { keyOf, text, tokenOf, uploaded } from './guard.ts'

const division = z.string().regex(/^\d{6}$/)
const one = z.object({ id: z.uuid() })

const tooLong = refuse('too_large', `Excel 一个工作表最多 ${mostSheetRows} 行，请下载 CSV 或 JSON`)
const csvCell = (v: string): string => (/[",\r\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v)

/** JSON, written while the rows are read. */
const jsonOf = async function* (
  head: object,
  columns: Parameters<typeof objectOf>[0],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)}${Object.keys(head).length > 0 ? ',' : ''}"data":[`
  let held = ''
  let n = 0
  for await (const row of rows) {
    held += `${n++ > 0 ? ',' : ''}\n${JSON.stringify(objectOf(columns, row))}`
    if (held.length > 1 << 16) {
      yield held
      held = ''
    }
  }
  yield `${held}\n]}\n`
}

/** 公共数据开放 and 供需对接: what anyone may read, the copies of those whose application was granted, and whose copy a found file is. */
export const openingRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['开放数据'] }
    s.get(
      '/api/public/datasets',
      {
        schema: {
          ...tag,
          summary: '开放数据',
          querystring: z.object({
            q: text(100).optional(),
            theme: text(40).optional(),
            class: z.enum(['unconditional', 'conditional']).optional(),
            division: division.optional(),
            cursor: text(60).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(20),
          }),
          response: { 200: openDatasetListSchema },
        },
      },
      async (req, reply) => answer(reply, await listDatasets(app, req.query)) as never,
    )
    s.get(
      '/api/public/datasets/:id',
      {
        schema: {
          ...tag,
          summary: '一项开放数据：说明、数据项、前几行',
          params: one,
          response: { 200: datasetViewSchema },
        },
      },
      async (req, reply) => answer(reply, await datasetView(app, req.params.id)) as never,
    )
    s.get(
      '/api/public/datasets/:id/datapackage.json',
      { schema: { ...tag, summary: 'Data Package（v2）描述', params: one } },
      async (req, reply) => answer(reply, await dataPackageOf(app, req.params.id)),
    )
    s.get(
      '/api/public/datasets/:id/tableschema.json',
      { schema: { ...tag, summary: 'Table Schema（v2）', params: one } },
      async (req, reply) => answer(reply, await tableSchemaOf(app, req.params.id)),
    )
    s.get(
      '/api/public/datasets/:id/rows',
      {
        schema: {
          ...tag,
          summary: '逐页读取无条件开放数据的行；filter=列名:值 可重复，format=csv 返回 CSV',
          params: one,
          querystring: z.object({
            limit: z.coerce.number().int().min(1).max(1000).default(100),
            cursor: text(40).optional(),
            filter: z.union([text(300), z.array(text(300)).max(20)]).optional(),
            format: z.enum(['json', 'csv']).default('json'),
          }),
          response: { 200: z.union([rowPageSchema, z.string()]) },
        },
      },
      async (req, reply) => {
        const { limit, cursor, filter, format } = req.query
        const page = await datasetRows(app, req.params.id, { limit, cursor, filters: filter ? [filter].flat() : [] })
        if (isRefusal(page)) return answer(reply, page) as never
        countUse(app, req.params.id, 'api')
        if (format === 'csv') {
          if (page.next) reply.header('x-next-cursor', page.next)
          const lines = [page.columns.map((c) => c.name), ...page.rows].map((r) => r.map(csvCell).join(','))
          return reply
            .type('text/csv; charset=utf-8')
            .serializer((x: unknown) => x as string)
            .send(`${lines.join('\n')}\n`) as never
        }
        const { columns, rows, ...rest } = page
        return { ...rest, rows: rows.map((r) => objectOf(columns, r)) }
      },
    )
    s.get(
      '/api/public/datasets/:id/data.:format',
      {
        schema: {
          ...tag,
          summary: '下载无条件开放的数据：data.csv、data.json 或 data.xlsx',
          params: one.extend({ format: z.enum(['csv', 'json', 'xlsx']) }),
        },
      },
      async (req, reply) => {
        const d = await datasetWhole(app, req.params.id)
        if (isRefusal(d)) return answer(reply, d)
        countUse(app, req.params.id, 'download')
        const name = `${d.name}-v${d.version}`
        switch (req.params.format) {
          case 'csv':
            return attach(reply, 'text/csv; charset=utf-8', `${name}.csv`)
              .header('repr-digest', `sha-256=:${Buffer.from(d.sha256, 'hex').toString('base64')}:`)
              .send(await d.csv())
          case 'json':
            return attach(reply, 'application/json; charset=utf-8', `${name}.json`).send(
              Readable.from(jsonOf({ name: d.name, version: d.version }, d.columns, d.rows())),
            )
          case 'xlsx':
            return d.count > mostSheetRows
              ? answer(reply, tooLong)
              : attach(reply, xlsx, `${name}.xlsx`).send(rowsToXlsx(d.columns, d.rows()))
        }
      },
    )
    s.get(
      '/api/public/opening-progress',
      {
        schema: {
          ...tag,
          summary: '开放进度：按单位、按领域，与年度计划对照',
          querystring: z.object({
            division: division.default('000000'),
            year: z
              .string()
              .regex(/^\d{4}$/)
              .optional(),
          }),
          response: { 200: openProgressSchema },
        },
      },
      async (req) => progressView(app, req.query),
    )
    s.get(
      '/api/openingPlans/compile',
      { schema: { ...tag, summary: '编制开放计划的表单', response: { 200: actionSchema } } },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : planForm()) as never
      },
    )
    s.post(
      '/api/openingPlans/compile',
      {
        schema: {
          ...tag,
          summary: '编制开放计划：一次列入多项，全部列入或全不列入',
          body: z.object({ input: z.unknown().optional() }),
          response: { 200: z.object({ ids: z.array(z.string()) }) },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        if (isRefusal(token)) return answer(reply, token) as never
        const key = keyOf(req)
        return answer(reply, isRefusal(key) ? key : await compilePlan(app, token, req.body.input, key)) as never
      },
    )
    s.get(
      '/api/public/demands',
      {
        schema: {
          tags: ['供需对接'],
          summary: '数据需求及其办理状态（只含需求方同意公开的）',
          querystring: z.object({
            state: text(20).optional(),
            cursor: text(60).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(20),
          }),
          response: { 200: demandListSchema },
        },
      },
      async (req, reply) => answer(reply, await listDemands(app, req.query)) as never,
    )
    s.get(
      '/api/demands/:id/matches',
      {
        schema: {
          tags: ['供需对接'],
          summary: '可能满足该需求的目录项',
          params: one,
          response: { 200: z.array(suggestionSchema) },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await suggestionsFor(app, token, req.params.id)) as never
      },
    )
    s.get(
      '/api/openings/:id/data.:format',
      {
        schema: {
          ...tag,
          summary: '申请人下载有条件开放的数据：带有本份的追溯标记，每次记入访问日志',
          params: one.extend({ format: z.enum(['csv', 'json', 'xlsx']) }),
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        if (isRefusal(token)) return answer(reply, token)
        const { format } = req.params
        const copy = await grantedCopy(app, token, req.params.id, format)
        if (isRefusal(copy)) return answer(reply, copy)
        const name = copy.name.replace(/\.csv$/, `.${format}`)
        reply.header('cache-control', 'no-store')
        switch (format) {
          case 'csv':
            return attach(reply, 'text/csv; charset=utf-8', name).send(Readable.from(copy.csv()))
          case 'json':
            return attach(reply, 'application/json; charset=utf-8', name).send(
              Readable.from(jsonOf({ notice: copy.notice }, copy.columns, copy.rows())),
            )
          case 'xlsx':
            return attach(reply, xlsx, name).send(rowsToXlsx(copy.columns, copy.rows(), copy.notice))
        }
      },
    )
    s.post(
      '/api/items/:id/trace',
      {
        schema: {
          ...tag,
          summary: '追溯：上传发现的文件，看最可能出自哪一份（数据管理部门）',
          params: one,
          consumes: ['multipart/form-data'],
          response: { 200: tracedSchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        if (isRefusal(token)) return answer(reply, token) as never
        const sent = await uploaded(req, '请选择发现的数据文件')
        if (isRefusal(sent)) return answer(reply, sent) as never
        const checked = await inspectTable(sent.bytes, sent.name)
        if (isRefusal(checked)) return answer(reply, checked) as never
        return answer(
          reply,
          await traceCopy(app, token, req.params.id, { name: checked.name, bytes: sent.bytes }),
        ) as never
      },
    )
  }
