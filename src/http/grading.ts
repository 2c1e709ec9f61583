import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { importantData, sampleItem, type App, type Sample } from '#application'
import { importantRegisterSchema, isRefusal, refuse, replySchema, type Refusal } from '#contract'
import { inspectUpload, readSheets, tableToXlsx } from '#interop'
import { answer } from './answer.ts'
import { keyOf, tokenOf, uploaded } from './guard.ts'

const sampleRows = 5000

/** The columns of the first sheet that has any, by the titles of its first full line. */
const columnsOf = async (bytes: Buffer, name: string): Promise<{ rows: number; columns: Sample } | Refusal> => {
  const sheets = await readSheets(bytes, name)
  if (isRefusal(sheets)) return sheets
  const sheet = sheets.find((s) => s.rows.length > 1)
  const head = sheet?.rows.findIndex((r) => r.cells.filter((c) => c.trim() !== '').length > 0) ?? -1
  if (!sheet || head < 0)
    return refuse('invalid', '文件里没有可以识别的表格：第一行应为列名', { fields: { file: '没有数据' } })
  const body = sheet.rows.slice(head + 1, head + 1 + sampleRows)
  return {
    rows: body.length,
    columns: Object.fromEntries(
      sheet.rows[head]!.cells.flatMap((title, i) =>
        title.trim() === '' ? [] : [[title.trim(), body.map((r) => r.cells[i] ?? '')]],
      ),
    ),
  }
}

/** Samples that are looked at and not kept, and the register of important data. */
export const gradingRoutes =
  (app: App): FastifyPluginAsync =>
  async (plain) => {
    const s = plain.withTypeProvider<ZodTypeProvider>()
    const tag = { tags: ['目录'] }
    s.post(
      '/api/items/:id/sample',
      {
        schema: {
          ...tag,
          summary: '抽样识别个人信息：只记下各列格式的占比，样本不留存',
          consumes: ['multipart/form-data'],
          params: z.object({ id: z.uuid() }),
          response: { 200: replySchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        if (isRefusal(token)) return answer(reply, token) as never
        const key = keyOf(req)
        if (isRefusal(key)) return answer(reply, key) as never
        const sent = await uploaded(req, '请选择样本文件', { fileSize: 20 * 1024 * 1024 })
        if (isRefusal(sent)) return answer(reply, sent) as never
        const checked = await inspectUpload(sent.bytes, sent.name)
        if (isRefusal(checked)) return answer(reply, checked) as never
        const read = await columnsOf(sent.bytes, sent.name)
        if (isRefusal(read)) return answer(reply, read) as never
        return answer(reply, await sampleItem(app, token, req.params.id, read.rows, read.columns, key)) as never
      },
    )
    s.get(
      '/api/important',
      { schema: { ...tag, summary: '重要数据目录', response: { 200: importantRegisterSchema } } },
      async (req, reply) => {
        const token = tokenOf(req)
        return answer(reply, isRefusal(token) ? token : await importantData(app, token, 'read')) as never
      },
    )
    s.get(
      '/api/important.xlsx',
      { schema: { ...tag, summary: '重要数据目录（Excel，报送用）' } },
      async (req, reply) => {
        const token = tokenOf(req)
        const r = isRefusal(token) ? token : await importantData(app, token, 'export')
        if (isRefusal(r)) return answer(reply, r) as never
        return reply
          .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
          .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${r.title}.xlsx`)}`)
          .send(
            await tableToXlsx({
              title: r.title,
              note: `编制：${r.compiledBy}；报送：${r.reportedTo}；${r.day}`,
              columns: r.headings,
              rows: r.rows,
            }),
          )
      },
    )
  }
