import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRefusal, type Refusal } from '#contract'
import { inspect } from '../intake.ts'
import {
  openBook,
  planBook,
  readSheets,
  recogniseFile,
  sha256,
  sheetLimits,
  type Sheet,
  type SheetLimits,
} from './index.ts'

/** GB18030 as spreadsheet programs write it, from the decoder's own table of two-byte codes. */
const gbk = ((): ((text: string) => Buffer) => {
  const decoder = new TextDecoder('gb18030')
  const codes = new Map<string, number[]>()
  for (let a = 0x81; a <= 0xfe; a++)
    for (let b = 0x40; b <= 0xfe; b++) {
      const c = decoder.decode(Uint8Array.of(a, b))
      if (b !== 0x7f && [...c].length === 1 && !codes.has(c)) codes.set(c, [a, b])
    }
  return (text) => Buffer.from([...text].flatMap((c) => (c < '\x80' ? [c.charCodeAt(0)] : codes.get(c)!)))
})()

const sheetsOf = async (source: Uint8Array | string, name: string, limits?: SheetLimits): Promise<readonly Sheet[]> => {
  const sheets = await readSheets(source, name, limits)
  if (isRefusal(sheets)) throw new Error(sheets.says)
  return sheets
}
const cellsOf = async (source: Uint8Array | string, name: string): Promise<(readonly string[])[]> =>
  (await sheetsOf(source, name))[0]!.rows.map((r) => r.cells)
const refusal = async (source: Uint8Array, name: string): Promise<string> =>
  ((await readSheets(source, name)) as Refusal).says
const workbook = async (build: (book: ExcelJS.Workbook) => void): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  build(book)
  return Buffer.from(await book.xlsx.writeBuffer())
}
const planOf = async (source: Uint8Array | string, name: string) => {
  const r = await recogniseFile(source, name)
  if (isRefusal(r)) throw new Error(r.says)
  const rows = []
  const plan = planBook(r.book, r.mapping, { list: 'list' })
  for (;;) {
    const step = await plan.next()
    if (step.done) return { ...r, rows, ...step.value }
    rows.push(...step.value.rows)
  }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheets-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const list = '数源单位,目录名称,摘要\r\n市公安局,人口信息,"有,逗号"\r\n市水利局,水库信息,"两\r\n行"\r\n'
const cells = [
  ['数源单位', '目录名称', '摘要'],
  ['市公安局', '人口信息', '有,逗号'],
  ['市水利局', '水库信息', '两\r\n行'],
]

describe('CSV', () => {
  test.each([
    ['UTF-8', Buffer.from(list)],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${list}`)],
    ['GB18030', gbk(list)],
    [
      'GB18030 with a character of four bytes',
      Buffer.concat([gbk(list.slice(0, -2)), Buffer.of(0x95, 0x32, 0x82, 0x36)]),
    ],
  ])('in %s', async (_what, bytes) => {
    const read = await cellsOf(bytes, 'a.csv')
    expect(read.slice(0, 2)).toEqual(cells.slice(0, 2))
    expect(read).toHaveLength(3)
  })

  test.each([';', '\t', '，', '|'])('separated by %s', async (separator) => {
    const text = `数源单位${separator}目录名称${separator}摘要\n市公安局${separator}人口信息${separator}甲, 乙`
    expect(await cellsOf(Buffer.from(text), 'a.csv')).toEqual([cells[0], ['市公安局', '人口信息', '甲, 乙']])
  })

  test('a path is read as its bytes are, and more than once', async () => {
    const path = join(folder, 'a.csv')
    await writeFile(path, gbk(list))
    const book = await openBook(path, 'a.csv')
    if (isRefusal(book)) throw new Error(book.says)
    expect(book).toMatchObject({ kind: 'csv', encoding: 'gb18030', delimiter: ',' })
    for (let i = 0; i < 2; i++) {
      const rows = []
      for await (const block of book.sheets[0]!.blocks(() => undefined)) rows.push(...block)
      expect(rows.map((r) => r.cells)).toEqual(cells)
    }
  })

  test('blank lines count, so that a finding names the line a spreadsheet shows', async () => {
    const { findings } = await planOf(Buffer.from('目录名称,数源单位\n\n水库信息,\n'), 'a.csv')
    expect(findings.map((f) => f.line)).toEqual([3])
  })

  test('an open quote is said and does not swallow the memory', async () => {
    const text = `数源单位,目录名称\n市水利局,"水库信息\n${'市水利局,河道信息\n'.repeat(1000)}`
    const [sheet] = await sheetsOf(Buffer.from(text), 'a.csv')
    expect(sheet!.findings.map((f) => [f.level, f.says])).toEqual([
      ['error', '引号没有闭合，其后的内容无法读取；请核对引号'],
    ])
    const limits = { ...sheetLimits, lineBytes: 1000 }
    expect((await sheetsOf(Buffer.from(text), 'a.csv', limits))[0]!.findings[0]!.says).toMatch(/^一行过长/)
  })

  test('100 000 columns are cut off and said; a million letters in one cell too', async () => {
    const wide = Buffer.from(`数源单位,目录名称${',x'.repeat(100_000)}\n`)
    const [sheet] = await sheetsOf(wide, 'a.csv')
    expect(sheet!.rows[0]!.cells).toHaveLength(sheetLimits.columns)
    expect(sheet!.findings[0]).toMatchObject({ line: 1, level: 'error' })
    const long = await sheetsOf(Buffer.from(`数源单位,目录名称\n局,${'长'.repeat(1_000_000)}\n`), 'a.csv')
    expect(long[0]!.findings[0]!.says).toMatch(/^第 2 列有 1000000 字/)
    expect(long[0]!.rows[1]!.cells[1]).toHaveLength(sheetLimits.cell)
  })

  test('more lines than allowed are not read', async () => {
    const [sheet] = await sheetsOf(Buffer.from('甲\n'.repeat(100)), 'a.csv', { ...sheetLimits, lines: 10 })
    expect([sheet!.rows.length, sheet!.findings[0]!.line]).toEqual([10, 11])
  })

  test('what is no list is refused in a sentence', async () => {
    expect(await refusal(Buffer.of(), 'a.csv')).toMatch(/^文件是空的/)
    expect(await refusal(Buffer.from([1, 2, 0, 255, 254, 3]), 'a.csv')).toMatch(/^不是文本/)
    expect(await refusal(Buffer.from('\ufeff名称', 'utf16le'), 'a.csv')).toMatch(/UTF-16/)
    expect(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'a.xls')).toMatch(/旧版 Excel/)
    expect(await refusal(Buffer.from('PK\x03\x04 and then nothing'), 'a.xlsx')).toMatch(/^无法按 Excel 工作簿/)
    const { findings } = await planOf(Buffer.from('一格'), 'a.csv')
    expect(findings.map((f) => f.code)).toEqual(['mapping_unusable'])
  })

  test('the published catalogue of a city: 102 items, 32 not collected yet, its two duplicates', async () => {
    for (const file of ['catalog.csv', 'gbk.csv']) {
      const bytes = await readFile('samples/luan/catalog.csv')
      const { rows, findings, stats } = await planOf(file === 'gbk.csv' ? gbk(bytes.toString()) : bytes, file)
      expect(stats).toMatchObject({ items: 102, errors: 0, duplicates: 2 })
      expect(findings.map((f) => [f.line, f.code, f.text])).toEqual([
        [55, 'duplicate', '景区游客画像信息'],
        [98, 'duplicate', '温度信息'],
      ])
      expect(rows.filter((r) => r.data.pending).length).toBe(32)
      expect(new Set(rows.flatMap((r) => r.data.holders)).size).toBe(25)
      expect(new Set(rows.map((r) => r.data.frequency))).toEqual(new Set(['每日', '每月']))
      // the key by which items that were brought before are known
      expect(rows[0]!.key).toBe(`list:${sha256('市法院 失信被执行人信息 1').slice(0, 32)}`)
    }
  })
})

describe('JSON', () => {
  const items = [
    {
      name: '人口信息',
      holders: ['市公安局', '市民政局'],
      sharing: 'conditional',
      fields: [
        { name: '姓名', length: 50 },
        { name: '性别', key: false },
      ],
    },
    { name: '人口信息', holders: ['市公安局', '市民政局'], pending: true },
  ]
  test.each([
    ['an array', items],
    ['items in an object', { items }],
  ])('%s', async (_what, doc) => {
    const { rows, findings } = await planOf(Buffer.from(JSON.stringify(doc)), 'a.json')
    expect(rows.map((r) => [r.line, r.data])).toEqual([
      [2, items[0]],
      [3, items[1]],
    ])
    expect(findings.map((f) => f.code)).toEqual(['duplicate'])
  })
  test('with titles of a list as keys', async () => {
    const doc = [{ 目录名称: '水库信息', 数源单位: '市水利局', 信息项: [{ 名称: '水位', 数据类型: 'N' }] }]
    expect((await planOf(Buffer.from(JSON.stringify(doc)), 'a.json')).rows[0]!.data).toEqual({
      name: '水库信息',
      holders: ['市水利局'],
      fields: [{ name: '水位', type: 'N' }],
    })
  })
  test('other documents are refused, and keys of Object.prototype are only keys', async () => {
    expect(await refusal(Buffer.from('{"a":1}'), 'a.json')).toMatch(/^JSON 应为对象的数组/)
    expect(await refusal(Buffer.from('[{"a":1}, 2]'), 'a.json')).toBe('JSON 的第 2 项不是对象。')
    expect(await refusal(Buffer.from('[{"a":'), 'a.json')).toMatch(/^不是有效的 JSON/)
    const [sheet] = await sheetsOf(Buffer.from('[{"__proto__":{"name":"x"},"constructor":"y"}]'), 'a.json')
    expect(sheet!.rows.map((r) => r.cells)).toEqual([
      ['__proto__', 'constructor'],
      ['{"name":"x"}', 'y'],
    ])
  })
})

describe('Excel', () => {
  test('dates, numbers, formulas, zeros in front, rich text, booleans, full-width digits', async () => {
    const bytes = await workbook((book) => {
      const s = book.addWorksheet('目录')
      s.addRow(['数源单位', '目录名称', '目录代码', '时间范围', '数据量', '主键', '摘要'])
      s.addRow([
        '市水利局',
        { richText: [{ text: '水库' }, { font: { bold: true }, text: '信息' }] },
        42,
        new Date(Date.UTC(2024, 1, 29)),
        { formula: '1+2', result: 3 },
        true,
        0.1 + 0.2,
      ])
      s.getCell('C2').numFmt = '000000'
      s.addRow([
        '市水利局',
        { formula: 'A1', result: '河道信息' },
        '３４１５',
        new Date(Date.UTC(2024, 1, 29, 8, 30)),
        1234567890123,
        { error: '#N/A' },
        1e20,
      ])
    })
    expect((await cellsOf(bytes, 'a.xlsx')).slice(1)).toEqual([
      ['市水利局', '水库信息', '000042', '2024-02-29', '3', '是', '0.3'],
      ['市水利局', '河道信息', '３４１５', '2024-02-29 08:30', '1234567890123', '#N/A', '100000000000000000000'],
    ])
    expect((await sheetsOf(bytes, 'a.xlsx'))[0]!.findings.map((f) => f.line)).toEqual([3])
  })

  test('merged units are filled down, merged groups across, title and notes and totals are passed over', async () => {
    const bytes = await workbook((book) => {
      const s = book.addWorksheet('政务数据目录')
      s.addRow(['某市政务数据资源目录（2025年版）'])
      s.mergeCells('A1:F1')
      s.addRow([])
      s.addRow(['序号', '数源单位', '目录名称', '共享属性', '', '更新周期'])
      s.addRow(['', '', '', '共享类型', '共享条件', ''])
      for (const c of ['A', 'B', 'C', 'F']) s.mergeCells(`${c}3:${c}4`)
      s.mergeCells('D3:E3')
      s.addRow([1, '市公安局', '人口信息', '有条件', '核验', '每天'])
      s.addRow([2, '', '车辆信息', '不予共享', '某法第三条', '月'])
      s.mergeCells('B5:B6')
      s.addRow([3, '市水利局', '水库信息', '无条件', '', '实时'])
      s.addRow(['合计', '', 3])
      s.mergeCells('A8:B8')
      s.addRow(['注：共享类型按规定填写。'])
      s.mergeCells('A9:F9')
      book.addWorksheet('填写说明').addRow(['目录名称', '数源单位'])
      const lists = book.addWorksheet('下拉')
      lists.state = 'hidden'
      lists.addRow(['目录名称', '数源单位'])
      lists.addRow(['不读', '不读'])
    })
    const { mapping, rows, findings, stats } = await planOf(bytes, 'a.xlsx')
    expect(mapping.sheets.map((s) => s.role)).toEqual(['items', 'ignored', 'ignored'])
    expect(mapping.sheets[0]!.head).toEqual({ from: 3, to: 4 })
    expect(rows.map((r) => [r.line, r.data])).toEqual([
      [
        5,
        {
          name: '人口信息',
          holders: ['市公安局'],
          sharing: 'conditional',
          sharingCondition: '核验',
          frequency: '每日',
        },
      ],
      [6, { name: '车辆信息', holders: ['市公安局'], sharing: 'none', sharingBasis: '某法第三条', frequency: '每月' }],
      [7, { name: '水库信息', holders: ['市水利局'], sharing: 'unconditional', frequency: '实时' }],
    ])
    expect(findings).toEqual([])
    expect(stats.passedOver).toMatchObject({ totals: 1, notes: 1 })
  })

  test('a merge drawn to the last line of the sheet makes no items', async () => {
    const bytes = await workbook((book) => {
      const s = book.addWorksheet('目录')
      s.addRow(['数源单位', '目录名称'])
      s.addRow(['市水利局', '水库信息'])
      s.mergeCells('A2:A5000')
    })
    const { rows, findings } = await planOf(bytes, 'a.xlsx')
    expect([rows.length, findings]).toEqual([1, []])
  })

  test('information items of a second sheet find their items', async () => {
    const bytes = await workbook((book) => {
      book.addWorksheet('目录清单').addRows([
        ['目录代码', '目录名称', '提供方', '更新周期'],
        ['A1', '人口信息', '市公安局', '每日'],
        ['A2', '车辆信息', '市公安局', '每日'],
      ])
      book.addWorksheet('信息项清单').addRows([
        ['目录代码', '信息项名称', '英文名', '数据类型', '长度', '主键'],
        ['A2', '号牌', 'hphm', 'C', 10, '是'],
        ['A1', '姓名', 'xm', 'C', 50, '否'],
        ['A1', '性别', 'xb', 'C', 1, '否'],
      ])
    })
    const { mapping, rows } = await planOf(bytes, 'a.xlsx')
    expect(mapping.sheets.map((s) => s.role)).toEqual(['items', 'fields'])
    expect(rows.map((r) => r.data.fields?.map((f) => f.name))).toEqual([['姓名', '性别'], ['号牌']])
  })

  const parts = (sheet: string, more: Readonly<Record<string, string>> = {}): Buffer =>
    Buffer.from(
      zipSync(
        Object.fromEntries(
          Object.entries({
            // the order in which some programs write them: sheets before what they refer to
            'xl/worksheets/data.xml': sheet,
            'xl/sharedStrings.xml': more['strings'] ?? '<sst/>',
            'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="/xl/worksheets/data.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/></Relationships>`,
            'xl/workbook.xml': `<x:workbook><x:workbookPr ${more['book'] ?? ''}/><x:sheets><x:sheet name="表&amp;1" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`,
            'xl/styles.xml':
              '<styleSheet><numFmts><numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>',
          }).map(([name, text]) => [name, Buffer.from(text)]),
        ),
      ),
    )

  test('as other programs write it: prefixes, parts in any order and name, phonetic guides, 1904, cells without a place', async () => {
    const bytes = parts(
      '<x:worksheet><x:sheetData><x:row r="2"><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:r><x:t>甲</x:t></x:r><x:r><x:t xml:space="preserve"> 乙&#10;</x:t></x:r></x:is></x:c><x:c r="E2" s="1"><x:v>0</x:v></x:c><x:c/></x:row></x:sheetData></x:worksheet>',
      {
        strings: '<sst><si><t>东京_x000A_</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si></sst>',
        book: 'date1904="1"',
      },
    )
    const [sheet] = await sheetsOf(bytes, 'a.xlsx')
    expect(sheet!.name).toBe('表&1')
    expect(sheet!.rows).toEqual([{ line: 2, cells: ['东京\n', '甲 乙\n', '', '', '1904-01-01'] }])
  })

  test.each([
    ['a line that never ends', `<worksheet><sheetData><row r="1">${'<c r="A1"><v>1</v></c>'.repeat(1_000_000)}`],
    ['lines that go back', '<worksheet><sheetData><row r="9"/><row r="3"/></sheetData></worksheet>'],
    ['a line beyond the last', '<worksheet><sheetData><row r="99999999"/></sheetData></worksheet>'],
  ])('%s is said and not followed', async (_what, xml) => {
    const [sheet] = await sheetsOf(parts(xml), 'a.xlsx')
    expect(sheet!.findings).toMatchObject([{ level: 'error', says: expect.stringMatching(/^工作表无法读取/) }])
  })

  test('columns beyond the limit and merges over everything cost nothing', async () => {
    const bytes = parts(
      '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>甲</v></c><c r="XFD1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>',
    )
    const [sheet] = await sheetsOf(bytes, 'a.xlsx')
    expect(sheet!.rows[0]!.cells).toHaveLength(sheetLimits.columns)
    expect(sheet!.findings[0]!.says).toMatch(/^超过 300 列/)
  })

  test('however a workbook is damaged, reading ends with a refusal or findings', async () => {
    const whole = await workbook((book) => {
      const s = book.addWorksheet('目录')
      s.addRow(['数源单位', '目录名称'])
      for (let i = 0; i < 200; i++) s.addRow(['市水利局', `水库信息${i}`])
      s.mergeCells('A2:A9')
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(whole.length),
        fc.boolean(),
        async (flips, length, cut) => {
          const bytes = Buffer.from(whole)
          for (const [at, to] of flips) bytes[at] = to
          const read = await readSheets(cut ? bytes.subarray(0, length) : bytes, 'a.xlsx')
          expect(isRefusal(read) ? read.code : 'sheet_unreadable').toBe('sheet_unreadable')
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a bomb is refused by the inspection of uploads before anything here sees it', async () => {
    const bomb = Buffer.from(
      zipSync({
        '[Content_Types].xml': Buffer.from('<Types/>'),
        'xl/worksheets/sheet1.xml': new Uint8Array(20 << 20),
      }),
    )
    expect(await inspect(bomb, 'a.xlsx', { allowed: ['xlsx'], maxBytes: 100 << 20 })).toMatchObject({
      code: 'file_archive_unsafe',
    })
  })
})
