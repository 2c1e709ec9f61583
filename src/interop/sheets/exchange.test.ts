import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '#contract'
import { formats, frequencies, type ListedItem, type ListingPlan, planListing } from '#domain/catalogue'
import { inspect } from '../intake.ts'
import {
  checkBook,
  errorReport,
  itemsToXlsxFile,
  itemTemplate,
  itemsToCsv,
  itemsToJson,
  itemsToXlsx,
  recogniseFile,
  sha256,
  type ExportedItem,
} from './index.ts'
import { readSheets } from './read.ts'

const opened = async (bytes: Uint8Array, name: string) => {
  const r = await recogniseFile(bytes, name)
  if (isRefusal(r)) throw new Error(r.says)
  return r
}
const planOf = async (bytes: Uint8Array, name: string): Promise<ListingPlan> => {
  const { mapping } = await opened(bytes, name)
  const sheets = await readSheets(bytes, name)
  if (isRefusal(sheets)) throw new Error(sheets.says)
  return planListing(sheets, mapping, { list: 'list', hash: sha256 })
}
const whole = async (pieces: AsyncIterable<string>): Promise<Buffer> => {
  let text = ''
  for await (const p of pieces) text += p
  return Buffer.from(text)
}
const loaded = async (bytes: Buffer): Promise<ExcelJS.Workbook> => {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ExcelJS.Buffer)
  return book
}
const ways = [
  ['list.xlsx', (items: readonly ExportedItem[]) => itemsToXlsx(items)],
  ['list.csv', (items: readonly ExportedItem[]) => whole(itemsToCsv(items))],
  ['list.json', (items: readonly ExportedItem[]) => whole(itemsToJson(items))],
] as const

// texts as the register keeps them: no hidden characters, no outer blanks, not a dash alone, which means a blank in lists
const letters = fc.constantFrom(
  ...'人口信息水库每日共享ABab019=+-@\'",;、（）/|<>&_x\t '.split(''),
  '𠮷',
  '=SUM(',
  '_x000D_',
  '&amp;',
  '合计',
  '注：',
)
const text = (max: number, more: readonly string[] = []) =>
  fc
    .array(more.length > 0 ? fc.oneof(letters, fc.constantFrom(...more)) : letters, { minLength: 1, maxLength: max })
    .map((a) => a.join('').replace(/\t/g, ' ').trim())
    .filter((t) => t !== '' && !/^[-—–−/\\]{1,3}$/.test(t))
const long = text(30, ['\n'])
  .map((t) => t.replace(/^[\n ]+|[\n ]+$/g, ''))
  .filter((t) => t !== '' && !/^[-—–−/\\]{1,3}$/.test(t))
const name = text(12).filter((t) => !/^[（(]?(?:合计|注：|示例|\d+$)/.test(t))
const code = fc.stringMatching(/^[A-Z0-9]{1,3}[0-9/-]{0,20}[0-9]$/)
const field = fc.record(
  {
    name: name,
    field: fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/),
    type: fc.constantFrom('字符型', 'varchar(20)', 'N'),
    length: fc.integer({ min: 0, max: 4000 }),
    nullable: fc.boolean(),
    key: fc.boolean(),
    meaning: text(20),
  },
  { requiredKeys: ['name'] },
)
const item: fc.Arbitrary<ListedItem> = fc
  .record(
    {
      name,
      holders: fc.uniqueArray(fc.constantFrom('市公安局', '市卫健委（市疾控局、市中医药局）', '=局', '@单位'), {
        minLength: 1,
        maxLength: 3,
      }),
      code,
      summary: long,
      format: fc.uniqueArray(fc.constantFrom(...formats), { minLength: 1 }).map((f) => f.join('、')),
      frequency: fc.constantFrom(...frequencies),
      pending: fc.boolean(),
      coverageTime: fc.constantFrom('2020-01-01至今', '2024-02-29'),
      coverageSpace: text(8),
      quality: long,
      sharing: fc.constantFrom('unconditional', 'conditional', 'none'),
      sharingBasis: long,
      sharingCondition: long,
      sharingMethod: text(8),
      opening: fc.constantFrom('unconditional', 'conditional', 'none'),
      openingCondition: long,
      industry: text(8),
      theme: text(8),
      library: text(8),
      batch: text(8),
      department: text(8),
      volume: fc.constantFrom('12345', '3.2万条', '0012'),
      category: text(8),
      form: text(8),
      fields: fc.array(field, { minLength: 1, maxLength: 4 }),
    },
    { requiredKeys: ['name', 'holders'] },
  )
  // a refusal to share has its law, or it would not be in the register
  .map((i) => (i.sharing === 'none' && i.sharingBasis === undefined ? { ...i, sharingBasis: '某法第一条' } : i))

describe('what was exported comes back as it was', () => {
  test.each(ways)('%s: import of an export is the identity on item data', async (file, write) => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 6 }), async (items) => {
        const out = items.map((data, i) => ({ source: `list:${i}`, data, ...(i % 2 ? { grade: '一般2级' } : {}) }))
        const back = await planOf(await write(out), file)
        expect(back.findings.filter((f) => f.level === 'error')).toEqual([])
        expect(back.rows.map((r) => ({ source: r.key, data: r.data, ...(r.grade ? { grade: r.grade } : {}) }))).toEqual(
          out,
        )
      }),
      { numRuns: file === 'list.xlsx' ? 40 : 150 },
    )
  })

  test.each(ways)(
    '%s: items that are not in the register yet keep their information items, too',
    async (file, write) => {
      const items: ExportedItem[] = [
        { data: { name: '人口信息', holders: ['市公安局'], fields: [{ name: '姓名' }, { name: '性别' }] } },
        { data: { name: '水库信息', holders: ['市水利局'], fields: [{ name: '水位' }] } },
      ]
      const back = await planOf(await write(items), file)
      expect(back.rows.map((r) => r.data)).toEqual(items.map((i) => i.data))
    },
  )

  test('thousands of items go to a file and are checked from it, a piece at a time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sheets-'))
    try {
      const path = join(folder, 'list.xlsx')
      const items = Array.from({ length: 3000 }, (_, i): ExportedItem => ({
        source: `list:${i}`,
        data: { name: `第${i}号`, holders: ['市水利局'], fields: [{ name: '水位' }, { name: '流量' }] },
      }))
      await itemsToXlsxFile(path, items)
      const r = await recogniseFile(path, 'list.xlsx')
      if (isRefusal(r)) throw new Error(r.says)
      const seen: number[] = []
      const { stats } = await checkBook(r.book, r.mapping, { list: 'list' }, (n) => seen.push(n))
      expect(stats).toMatchObject({ items: 3000, fields: 6000, errors: 0, warnings: 0 })
      expect(seen.length).toBeGreaterThan(5)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('no cell of an export is run as a formula', async () => {
    const evil = '=HYPERLINK("http://x","y")'
    const items = [{ data: { name: evil, holders: ['+单位'], summary: '-1', fields: [{ name: '@a', meaning: evil }] } }]
    const csv = (await whole(itemsToCsv(items))).toString()
    for (const cell of csv.split(/[,\r\n]/)) expect(cell).not.toMatch(/^"?[=+\-@]/)
    const book = await loaded(await itemsToXlsx(items))
    book.eachSheet((s) =>
      s.eachRow((r) =>
        r.eachCell((c) => {
          expect(c.formula).toBeUndefined()
          expect(String(c.value)).not.toMatch(/^[=+\-@]/)
        }),
      ),
    )
  })
})

describe('the template', () => {
  test('passes the inspection of uploads, is recognised with certainty and has no items of its own', async () => {
    const bytes = await itemTemplate()
    expect(await inspect(bytes, '目录模板.xlsx', { allowed: ['xlsx'], maxBytes: 1 << 20 })).toMatchObject({ ok: true })
    const { mapping } = await opened(bytes, 'a.xlsx')
    expect(mapping.sheets.map((s) => [s.sheet, s.role])).toEqual([
      ['目录', 'items'],
      ['信息项', 'fields'],
      ['填写说明', 'ignored'],
    ])
    for (const s of mapping.sheets.slice(0, 2)) for (const c of s.columns) expect(c).toMatchObject({ confidence: 1 })
    const plan = await planOf(bytes, 'a.xlsx')
    expect(plan.rows).toEqual([])
    expect(plan.stats.passedOver.examples).toBe(3)
    expect(plan.findings.map((f) => f.code)).toEqual(['rows_none'])
  })

  test('filled in beside its example it is read; its choices and notes stand at the columns they are for', async () => {
    const book = await loaded(await itemTemplate())
    const main = book.getWorksheet('目录')!
    const at = (title: string): number => (main.getRow(1).values as string[]).indexOf(title)
    main.getRow(3).getCell(at('目录名称')).value = '水库信息'
    main.getRow(3).getCell(at('数源单位')).value = '市水利局'
    main.getRow(3).getCell(at('共享类型')).value = '有条件共享'
    const inner = book.getWorksheet('信息项')!
    inner.getCell('A4').value = '水库信息'
    inner.getCell('D4').value = '水位'
    expect(main.getRow(3).getCell(at('共享类型')).dataValidation).toMatchObject({
      type: 'list',
      formulae: ['"无条件共享,有条件共享,不予共享"'],
    })
    expect(JSON.stringify(main.getRow(1).getCell(at('数源单位')).note)).toContain('必填')
    const plan = await planOf(Buffer.from(await book.xlsx.writeBuffer()), 'a.xlsx')
    expect(plan.findings).toEqual([])
    expect(plan.rows.map((r) => r.data)).toEqual([
      { name: '水库信息', holders: ['市水利局'], sharing: 'conditional', fields: [{ name: '水位' }] },
    ])
  })
})

describe('the error report is the own sheet again', () => {
  const broken = async (): Promise<Buffer> => {
    const book = new ExcelJS.Workbook()
    const s = book.addWorksheet('目录')
    s.addRow(['政务数据资源目录'])
    s.mergeCells('A1:D1')
    s.addRow(['数源单位', '目录名称', '共享类型', '数据量'])
    s.addRow(['市水利局', '水库信息', '看情况', { formula: '1+1', result: 2 }])
    s.addRow(['', '河道信息', '无条件共享', 3])
    s.mergeCells('A3:A4')
    s.addRow(['市气象局', '', '有条件共享', 4])
    s.getCell('B3').font = { name: '仿宋', size: 16 }
    return Buffer.from(await book.xlsx.writeBuffer())
  }
  const reported = async (bytes: Buffer, name: string): Promise<Buffer> => {
    const { book, mapping } = await opened(bytes, name)
    return errorReport(bytes, book, mapping, (await planOf(bytes, name)).findings)
  }
  const red = 'FFFBD5D1'
  const fillOf = (c: ExcelJS.Cell): string | undefined => (c.fill as ExcelJS.FillPattern | undefined)?.fgColor?.argb

  test('with its looks, merged cells and formulas; fixed in place, it is read without problems', async () => {
    const first = await reported(await broken(), 'a.xlsx')
    const book = await loaded(first)
    const s = book.getWorksheet('目录')!
    expect(s.getCell('E2').value).toBe('问题')
    expect(s.getCell('E3').value).toBe('错误：“共享类型”不认识“看情况”，可填：无条件共享、有条件共享、不予共享')
    expect(s.getCell('E4').value).toBeNull()
    expect(s.getCell('E5').value).toBe('错误：“目录名称”名称为空，请填写目录名称')
    expect([s.getCell('C3'), s.getCell('B5'), s.getCell('C4')].map(fillOf)).toEqual([red, red, undefined])
    expect([s.getCell('A4').master.address, s.getCell('D3').formula, s.getCell('B3').font.name]).toEqual([
      'A3',
      '1+1',
      '仿宋',
    ])

    s.getCell('C3').value = '不予共享'
    s.getCell('B5').value = '温度信息'
    const second = await reported(Buffer.from(await book.xlsx.writeBuffer()), 'a.xlsx')
    const again = (await loaded(second)).getWorksheet('目录')!
    expect(again.getCell('E3').value).toBe('错误：“共享类型”为不予共享而没有法律依据，请增加“不予共享依据”一列写明')
    expect([again.getCell('E5').value, again.columnCount]).toEqual([null, 5])

    again.getCell('C3').value = '有条件共享'
    const fixed = Buffer.from(await again.workbook.xlsx.writeBuffer())
    const plan = await planOf(fixed, 'a.xlsx')
    expect(plan.findings).toEqual([])
    expect(plan.rows.map((r) => [r.data.name, r.data.holders[0]])).toEqual([
      ['水库信息', '市水利局'],
      ['河道信息', '市水利局'],
      ['温度信息', '市气象局'],
    ])
  })

  test.each([
    ['a.csv', '数源单位,目录名称,共享类型\n市水利局,水库信息,看情况\n=局,河道信息,无条件\n'],
    [
      'a.json',
      JSON.stringify([
        { holders: '市水利局', name: '水库信息', sharing: '看情况' },
        { holders: '=局', name: '河道信息', sharing: '无条件' },
      ]),
    ],
  ])('%s comes back as a workbook with the same lines', async (file, text) => {
    const book = await loaded(await reported(Buffer.from(text), file))
    const s = book.worksheets[0]!
    expect(s.getCell('D1').value).toBe('问题')
    expect(String(s.getCell('D2').value)).toContain('不认识“看情况”')
    expect([fillOf(s.getCell('C2')), s.getCell('A3').value]).toEqual([red, "'=局"])
    s.getCell('C2').value = '无条件共享'
    const plan = await planOf(Buffer.from(await book.xlsx.writeBuffer()), 'a.xlsx')
    expect([plan.stats.errors, plan.rows.map((r) => r.data.holders[0])]).toEqual([0, ['市水利局', '=局']])
  })
})
