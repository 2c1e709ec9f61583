import type { FastifyPluginAsync } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { gradeByList, importantData, sampleItem, type App, type ListedRow, type Sample } from '#application'
import { gradeListSchema, importantRegisterSchema, isRefusal, refuse, replySchema, type Refusal } from '#contract'
import { inspectUpload, readSheets, tableToXlsx } from '#interop'
import { answer, attach, xlsx } from './answer.ts'
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

const titles: Readonly<Record<Exclude<keyof ListedRow, 'line'>, RegExp>> = {
  unit: /单位|提供方|部门/,
  item: /目录|资源名称|数据名称|^名称$/,
  code: /代码|编码/,
  field: /信息项|字段|数据项/,
  grade: /级别|分级|等级/,
  reason: /理由|依据|说明/,
}

/** Lines of a 分类分级清单: columns by their titles, wherever they stand. */
const linesOf = async (bytes: Buffer, name: string): Promise<readonly ListedRow[] | Refusal> => {
  const sheets = await readSheets(bytes, name)
  if (isRefusal(sheets)) return sheets
  for (const sheet of sheets) {
    const head = sheet.rows.findIndex(
      (r) => r.cells.some((c) => titles.grade.test(c)) && r.cells.some((c) => titles.item.test(c)),
    )
    if (head < 0) continue
    const cells = sheet.rows[head]!.cells
    const taken = new Set<number>()
    const at = Object.fromEntries(
      Object.entries(titles).map(([key, title]) => {
        const i = cells.findIndex((c, k) => !taken.has(k) && title.test(c.trim()))
        if (i >= 0) taken.add(i)
        return [key, i]
      }),
    ) as Record<keyof typeof titles, number>
    const cell = (r: readonly string[], key: keyof typeof titles): string =>
      at[key] < 0 ? '' : (r[at[key]] ?? '').trim()
    return sheet.rows.slice(head + 1).flatMap((r): ListedRow[] =>
      r.cells.every((c) => c.trim() === '')
        ? []
        : [
            {
              line: r.line,
              unit: cell(r.cells, 'unit'),
              item: cell(r.cells, 'item'),
              code: cell(r.cells, 'code'),
              field: cell(r.cells, 'field'),
              grade: cell(r.cells, 'grade'),
              reason: cell(r.cells, 'reason'),
            },
          ],
    )
  }
  return refuse('invalid', '没有找到清单：表头应有“目录名称”和“级别”两列，可有“信息项”“理由”“目录代码”“单位”', {
    fields: { file: '表头不符' },
  })
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
    s.post(
      '/api/gradings/list',
      {
        schema: {
          ...tag,
          summary: '按单位的分类分级清单拟定级别：先逐行核对，apply=1 时发起',
          consumes: ['multipart/form-data'],
          querystring: z.object({ apply: z.stringbool().default(false) }),
          response: { 200: gradeListSchema },
        },
      },
      async (req, reply) => {
        const token = tokenOf(req)
        if (isRefusal(token)) return answer(reply, token) as never
        const key = keyOf(req)
        if (isRefusal(key)) return answer(reply, key) as never
        const sent = await uploaded(req, '请选择清单文件', { fileSize: 20 * 1024 * 1024 })
        if (isRefusal(sent)) return answer(reply, sent) as never
        const checked = await inspectUpload(sent.bytes, sent.name)
        if (isRefusal(checked)) return answer(reply, checked) as never
        const rows = await linesOf(sent.bytes, sent.name)
        if (isRefusal(rows)) return answer(reply, rows) as never
        return answer(reply, await gradeByList(app, token, sent.name, rows, req.query.apply, key)) as never
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
        return attach(reply, xlsx, `${r.title}.xlsx`).send(
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
