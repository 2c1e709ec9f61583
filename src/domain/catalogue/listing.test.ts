import { describe, expect, test } from 'vitest'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { changeOf, itemDigest, planListing, recogniseBook, recogniseSheet, rememberOf, signatureOf } from './listing.ts'
import type { ListingMapping, ListingPlan, ListingRules, Remembered } from './listing.ts'
import { clean, dayOfSerial, narrow, readFrequency, readHolders, readOpening, readPending } from './listingValues.ts'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const rules: ListingRules = { list: 'list', hash }
/** A sheet drawn as text: cells between bars. */
const drawn = (text: string, name = '目录', exact = false) => ({
  name,
  exact,
  rows: text
    .split('\n')
    .map((l, i) => ({ line: i + 1, cells: l.trim() === '' ? [] : l.split('|').map((c) => c.trim()) })),
})
type Drawn = ReturnType<typeof drawn>
const recognised = (sheets: readonly Drawn[], remembered: Remembered = {}): ListingMapping =>
  recogniseBook(sheets.map((s) => recogniseSheet(s.name, s.rows, { remembered })))
const plan = (sheets: readonly Drawn[], more: Partial<ListingRules> = {}): ListingPlan =>
  planListing(sheets, recognised(sheets), { ...rules, ...more })
const fieldsOf = (m: ListingMapping, sheet = 0) =>
  Object.fromEntries(m.sheets[sheet]!.columns.flatMap((c) => (c.field ? [[c.title, c.field]] : [])))
const says = (p: ListingPlan): string[] => p.findings.map((f) => `${f.line} ${f.level} ${f.code}`)

describe('columns are recognised by what people call them', () => {
  test('in the words of the guideline', () => {
    const s = drawn(
      '信息资源名称|信息资源代码|信息资源提供方|信息资源提供方代码|信息资源摘要|信息资源格式|共享类型|共享条件|共享方式|是否向社会开放|开放条件|更新周期|发布日期|关联资源代码',
    )
    expect(fieldsOf(recognised([s]))).toEqual({
      信息资源名称: 'name',
      信息资源代码: 'code',
      信息资源提供方: 'holders',
      信息资源提供方代码: 'ignored',
      信息资源摘要: 'summary',
      信息资源格式: 'format',
      共享类型: 'sharing',
      共享条件: 'sharingCondition',
      共享方式: 'sharingMethod',
      是否向社会开放: 'opening',
      开放条件: 'openingCondition',
      更新周期: 'frequency',
      发布日期: 'ignored',
      关联资源代码: 'ignored',
    })
  })

  test('with stars, brackets, blanks, line breaks, full-width letters and hidden characters', () => {
    const s = {
      name: '目录',
      exact: false,
      rows: [{ line: 1, cells: ['*数源单位（必填）', ' 目录\n名称 ', '更 新 周 期', '\u200b共享类型：', '３.数据量'] }],
    }
    expect(recognised([s]).sheets[0]!.columns.map((c) => c.field)).toEqual([
      'holders',
      'name',
      'frequency',
      'sharing',
      'volume',
    ])
  })

  test('a title that only contains a known one is proposed with less confidence', () => {
    const [sure, unsure] = recognised([drawn('目录名称|数据更新频率情况|数源单位')]).sheets[0]!.columns
    expect(sure).toMatchObject({ field: 'name', confidence: 1 })
    expect(unsure!.field).toBe('frequency')
    expect(unsure!.confidence).toBeLessThan(0.9)
  })

  test('two header lines are read together, whether the merged cells were kept or lost', () => {
    const kept = drawn(`名称|提供方|共享属性|共享属性|共享属性|开放属性|开放属性
      名称|提供方|类型|条件|方式|类型|条件
      人口信息|公安局|有条件|核验用|接口|不予开放|`)
    const lost = drawn(`名称|提供方|共享属性|||开放属性|
      ||类型|条件|方式|类型|条件
      人口信息|公安局|有条件|核验用|接口|不予开放|`)
    for (const s of [kept, lost]) {
      const m = recognised([s])
      expect(m.sheets[0]!.head).toEqual({ from: 1, to: 2 })
      expect(fieldsOf(m)).toEqual({
        名称: 'name',
        提供方: 'holders',
        '共享属性/类型': 'sharing',
        '共享属性/条件': 'sharingCondition',
        '共享属性/方式': 'sharingMethod',
        '开放属性/类型': 'opening',
        '开放属性/条件': 'openingCondition',
      })
      expect(planListing([s], m, rules).rows[0]!.data).toMatchObject({
        sharing: 'conditional',
        sharingCondition: '核验用',
        opening: 'none',
      })
    }
  })

  test('titles, notes and the reporting unit above the header are passed over, and the unit is used', () => {
    const s = drawn(`某市政务数据资源目录（2025年）

      填报单位：市水利局|||填报时间：2025-01-01
      序号|目录名称|更新周期|共享类型
      1|水库信息|每日|无条件共享`)
    const m = recognised([s])
    expect(m.sheets[0]).toMatchObject({ head: { from: 4, to: 4 }, holder: '市水利局' })
    expect(planListing([s], m, rules).rows[0]!.data.holders).toEqual(['市水利局'])
  })

  test('a sheet named as a unit gives its unit', () => {
    expect(plan([drawn('目录名称|更新周期\n水库信息|每日', '市水利局')]).rows[0]!.data.holders).toEqual(['市水利局'])
  })

  test('data that looks like words of a header does not become one', () => {
    expect(recognised([drawn('数源单位|目录名称|格式\n数据局|数据目录|数据库')]).sheets[0]!.head).toEqual({
      from: 1,
      to: 1,
    })
  })

  test('what a person confirmed for a source is remembered, also when the columns come in another order', () => {
    const first = recognised([drawn('数源单位|资源叫法|更新周期')])
    const s = first.sheets[0]!
    const confirmed: ListingMapping = {
      sheets: [{ ...s, role: 'items', columns: s.columns.map((c) => (c.at === 1 ? { ...c, field: 'name' } : c)) }],
    }
    const again = recognised([drawn('更新周期|资源叫法|数源单位')], rememberOf(confirmed))
    expect(again.sheets[0]!.columns[1]).toMatchObject({ field: 'name', confidence: 1 })
    expect(signatureOf(confirmed)).not.toBe(signatureOf(again))
    expect(signatureOf(confirmed)).toBe(
      signatureOf(recognised([drawn('数源单位|资源叫法 |*更新周期')], rememberOf(confirmed))),
    )
  })

  test('a sheet without a header is not read as a list', () => {
    expect(recognised([drawn('只有一格')]).sheets[0]!.role).toBe('ignored')
    const p = plan([drawn('只有一格')])
    expect(says(p)).toEqual(['0 error mapping_unusable'])
  })
})

describe('coded values are understood as people write them', () => {
  test.each([
    ['每天', '每日'],
    ['按 月', '每月'],
    ['１年', '每年'],
    ['T+1', '每日'],
    ['季度', '每季度'],
    ['静态', '一次性'],
    ['（2）每日', '每日'],
  ])('更新频率 %s is %s', (written, meant) => expect(readFrequency(written)?.value).toBe(meant))

  test('a bare number is read and asked about once a column', () => {
    const p = plan([drawn('名称|数源单位|更新周期|共享类型\n甲|局|2|1\n乙|局|2|3')], { basisRequired: false })
    expect(p.rows.map((r) => [r.data.frequency, r.data.sharing])).toEqual([
      ['每日', 'unconditional'],
      ['每日', 'none'],
    ])
    expect(p.findings.filter((f) => f.code === 'value_by_number').map((f) => f.text)).toEqual(['2', '1', '3'])
  })

  test('是否向社会开放 is yes or no, and the conditions say which yes', () => {
    expect(readOpening('是', true, true)?.value).toBe('conditional')
    expect(readOpening('是', false, true)?.value).toBe('unconditional')
    expect(readOpening('0', false, true)?.value).toBe('none')
    expect(readOpening('1', false, false)).toEqual({ value: 'unconditional', byNumber: true })
  })

  test('是 means the opposite under 待归集 and under 是否已归集; words win', () => {
    expect(readPending('是', false)).toBe(true)
    expect(readPending('是', true)).toBe(false)
    expect(readPending('√', false)).toBe(true)
    for (const asksOpposite of [true, false]) expect(readPending('待归集', asksOpposite)).toBe(true)
    expect(readPending('也许', true)).toBeUndefined()
  })

  test('units are parted, but not inside brackets', () => {
    expect(readHolders('市交通局、市公交公司')).toEqual(['市交通局', '市公交公司'])
    expect(readHolders('市卫健委（市疾控局、市中医药局），市医保局')).toEqual([
      '市卫健委（市疾控局、市中医药局）',
      '市医保局',
    ])
  })

  test('hidden characters go, full-width digits become digits, a defused formula is a text again', () => {
    expect(clean('\ufeff 人口\u200b信息\u00a0')).toBe('人口信息')
    expect(narrow('３４１５００／Ａ')).toBe('341500/A')
    expect(clean("'=1+1")).toBe('=1+1')
    expect(clean("''=1+1")).toBe("'=1+1")
  })

  test('the calendar of spreadsheets agrees with the civil one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 61, max: 80_000 }), (serial) => {
        expect(dayOfSerial(serial)).toBe(new Date((serial - 25_569) * 86_400_000).toISOString().slice(0, 10))
      }),
    )
    const p = plan([drawn('名称|数源单位|时间范围\n甲|局|45292\n乙|局|2020年至今')])
    expect(p.rows.map((r) => r.data.coverageTime)).toEqual(['2024-01-01', '2020年至今'])
  })

  test("a source's own words win", () => {
    const s = drawn('名称|数源单位|共享类型\n甲|局|甲类')
    const m = { ...recognised([s]), values: { sharing: { 甲类: '无条件共享' } } }
    expect(planListing([s], m, rules).rows[0]!.data.sharing).toBe('unconditional')
  })
})

describe('lines that are no items are passed over', () => {
  test('totals, notes, blanks, repeated headers, serials drawn too far, examples', () => {
    const p = plan([
      drawn(`序号|数源单位|目录名称|数据量
        示例|某某局|某某信息|1
        1|市水利局|水库信息|10
        |小 计||10

        序号|数源单位|目录名称|数据量
        2|市水利局|合计用水信息|5
        合计|合计|合计|15
        3|||
        注：本表由各单位填报。
        填表人：张三|||2025-01-01`),
    ])
    expect(p.rows.map((r) => r.data.name)).toEqual(['水库信息', '合计用水信息'])
    expect(p.stats.passedOver).toEqual({ blank: 2, totals: 2, notes: 2, heads: 1, examples: 1 })
    expect(p.findings).toEqual([])
  })

  test('a heading inside the table is passed over and told of', () => {
    const p = plan([drawn('数源单位|目录名称|更新周期\n一、水利类\n市水利局|水库信息|每日')])
    expect(says(p)).toEqual(['2 warning line_passed'])
    expect(p.rows).toHaveLength(1)
  })

  test('units left blank below the first are filled down, and asked about once', () => {
    const p = plan([drawn('数源单位|目录名称\n市水利局|水库信息\n|河道信息\n|水文信息\n市气象局|温度信息')])
    expect(p.rows.map((r) => r.data.holders[0])).toEqual(['市水利局', '市水利局', '市水利局', '市气象局'])
    expect(p.stats.filled).toBe(2)
    expect(says(p)).toEqual(['3 warning units_filled'])
  })
})

describe('every line is checked before anything is applied', () => {
  test('a problem says line, column, the text at fault and what to do', () => {
    const p = plan([drawn('数源单位|目录名称|共享属性\n市水利局|水库信息|看情况')])
    expect(p.findings).toEqual([
      {
        sheet: '目录',
        line: 2,
        at: 2,
        column: '共享属性',
        level: 'error',
        code: 'value_unknown',
        text: '看情况',
        says: '“共享属性”不认识“看情况”，可填：无条件共享、有条件共享、不予共享',
      },
    ])
    expect(p.rows).toEqual([])
  })

  test('all problems of a line are said at once', () => {
    const p = plan([drawn('数源单位|目录名称|共享类型|待归集|更新周期\n||甚|也许|天天')])
    expect(says(p)).toEqual([
      '2 error name_missing',
      '2 error holder_missing',
      '2 warning frequency_unknown',
      '2 error value_unknown',
      '2 error value_unknown',
    ])
  })

  test('不予共享 needs its law; many lists write it where the conditions stand', () => {
    const p = plan([drawn('数源单位|目录名称|共享类型|共享条件\n局|甲|不予共享|依据某某法第三条\n局|乙|不予共享|')])
    expect(p.rows.map((r) => r.data)).toMatchObject([{ name: '甲', sharing: 'none', sharingBasis: '依据某某法第三条' }])
    expect(p.rows[0]!.data).not.toHaveProperty('sharingCondition')
    expect(says(p)).toEqual(['3 error basis_missing'])
    const lenient = plan([drawn('数源单位|目录名称|共享类型\n局|乙|不予共享')], { basisRequired: false })
    expect([lenient.rows.length, says(lenient)]).toEqual([1, ['2 warning basis_missing']])
  })

  test('equal units and names are warned about, kept apart, and keep their keys when the list comes again', () => {
    const s = [drawn('数源单位|目录名称\n气象局|温度信息\n气象局|温度信息\n气象局|降水信息')]
    const p = plan(s)
    expect(says(p)).toEqual(['3 warning duplicate'])
    expect(p.stats.duplicates).toBe(1)
    expect(new Set(p.rows.map((r) => r.key)).size).toBe(3)
    expect(plan(s).rows.map((r) => r.key)).toEqual(p.rows.map((r) => r.key))
    const turned = plan([drawn('目录名称|数源单位\n降水信息|气象局\n温度信息|气象局\n温度信息|气象局')])
    expect(turned.rows.map((r) => r.key).sort()).toEqual(p.rows.map((r) => r.key).sort())
  })

  test('a cell beyond the titles, and a line that is too short in CSV', () => {
    const p = planListing(
      [drawn('数源单位|目录名称|摘要\n局|甲|有|逗号\n局|乙', '目录', true)],
      recognised([drawn('数源单位|目录名称|摘要')]),
      rules,
    )
    expect(says(p)).toEqual(['2 error columns_extra', '3 warning columns_short'])
  })

  test('texts are limited and counted in characters', () => {
    const ok = plan([drawn(`数源单位|目录名称\n局|${'𠮷'.repeat(200)}`)])
    expect(ok.findings).toEqual([])
    expect(says(plan([drawn(`数源单位|目录名称\n局|${'字'.repeat(201)}`)]))).toEqual(['2 error text_long'])
  })

  test('too many items are an error, said once', () => {
    const p = plan([drawn(`数源单位|目录名称\n${'局|甲\n'.repeat(20)}`)], { maxItems: 5 })
    expect(p.findings.filter((f) => f.code === 'rows_too_many').map((f) => f.line)).toEqual([7])
    expect(p.rows).toHaveLength(5)
  })

  test('findings are kept up to a limit and counted beyond it', () => {
    const p = plan([drawn(`数源单位|目录名称\n${'局|\n'.repeat(0)}${'局|/\n'.repeat(50)}`)], { maxFindings: 10 })
    expect([p.findings.length, p.stats.errors]).toEqual([10, 50])
  })

  test('no column chosen twice, none missing', () => {
    const s = drawn('数源单位|目录名称|摘要')
    const m = recognised([s])
    const [sheet] = m.sheets
    const twice = { sheets: [{ ...sheet!, columns: sheet!.columns.map((c) => ({ ...c, field: 'name' as const })) }] }
    expect(planListing([s], twice, rules).findings.map((f) => f.says)).toEqual([
      '没有“数源单位”列，请选择列或填写统一的数源单位',
      '有两列都选作“目录名称”，请只留一列',
    ])
  })
})

describe('whatever a sheet holds', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      '数源单位',
      '目录名称',
      '信息项名称',
      '共享类型',
      '不予共享',
      '市水利局',
      '水库信息',
      '合计',
      '注：',
      '示例',
      '1',
      '-',
      '\u200b',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  const sheet = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 })
  test('planning ends, and every line below the header is an item, passed over, or said to be wrong', () => {
    fc.assert(
      fc.property(sheet, sheet, (a, b) => {
        const sheets = [a, b].map((cells, i) => ({
          name: `表${i}`,
          rows: cells.map((c, k) => ({ line: k + 1, cells: c })),
        }))
        const m = recogniseBook(sheets.map((s) => recogniseSheet(s.name, s.rows)))
        const p = planListing(sheets, m, rules)
        const { stats } = p
        const counted = Object.entries(stats.findings).reduce((sum, [, n]) => sum + n, 0)
        expect(counted).toBe(stats.errors + stats.warnings)
        expect(stats.items).toBeGreaterThanOrEqual(p.rows.length)
        if (stats.errors === 0 && stats.lines > 0)
          expect(
            Object.values(stats.passedOver).reduce((x, y) => x + y, 0) + stats.items + stats.fields,
          ).toBeGreaterThanOrEqual(stats.lines)
        expect(new Set(p.rows.map((r) => r.key)).size).toBe(p.rows.length)
      }),
      { numRuns: 500 },
    )
  })
  test('a known title is recognised wherever its column stands', () => {
    const titles = ['数源单位', '目录名称', '更新周期', '共享类型', '待归集', '摘要']
    fc.assert(
      fc.property(fc.shuffledSubarray(titles, { minLength: 6 }), (order) => {
        const m = recogniseSheet('目录', [{ line: 1, cells: order }])
        expect(m.columns.map((c) => c.confidence)).toEqual(order.map(() => 1))
        expect(m.columns[order.indexOf('目录名称')]!.field).toBe('name')
      }),
    )
  })
})

describe('information items find their item', () => {
  const items = '数源单位|目录名称|目录代码|摘要\n公安局|人口信息|A1|x\n公安局|户籍信息||y'

  test('from a sheet of their own, by code or by name, the sheets in any order', () => {
    const inner = drawn(
      `目录代码|目录名称|信息项名称|英文名|类型|长度|可空|主键
        A1||身份证号|idno|C|18|否|是
        A1||姓名|name|C|50|是|否
        |户籍信息|户号|hh|C|20位||`,
      '信息项',
    )
    for (const sheets of [
      [drawn(items), inner],
      [inner, drawn(items)],
    ]) {
      const p = plan(sheets)
      expect(p.findings).toEqual([])
      expect(p.rows.map((r) => r.data.fields)).toEqual([
        [
          { name: '身份证号', field: 'idno', type: 'C', length: 18, nullable: false, key: true },
          { name: '姓名', field: 'name', type: 'C', length: 50, nullable: true, key: false },
        ],
        [{ name: '户号', field: 'hh', type: 'C', length: 20 }],
      ])
    }
  })

  test('those of no item, and of two items of one name, are errors', () => {
    const p = plan([
      drawn('数源单位|目录名称|摘要\n公安局|人口信息|x\n民政局|人口信息|y'),
      drawn('目录名称|信息项名称|数据类型\n人口信息|姓名|C\n车辆信息|号牌|C', '信息项'),
    ])
    expect(p.findings.map((f) => `${f.sheet} ${f.line} ${f.code}`)).toEqual([
      '目录 3 field_ambiguous',
      '信息项 3 field_orphan',
    ])
  })

  test('below their item in one sheet, the item repeated by merged cells or left blank', () => {
    const head = '提供方|名称|信息项|信息项|信息项|更新周期\n提供方|名称|名称|数据类型|数据长度|更新周期'
    const merged = `${head}\n公安局|人口信息|姓名|C|50|每日\n公安局|人口信息|性别|C|1|每日\n公安局|车辆信息|号牌|C|10|每月`
    const blank = `${head}\n公安局|人口信息|姓名|C|50|每日\n||性别|C|1|\n公安局|车辆信息|号牌|C|10|每月`
    for (const text of [merged, blank]) {
      const p = plan([drawn(text)])
      expect(p.findings).toEqual([])
      expect(p.rows.map((r) => [r.line, r.data.name, r.data.fields?.map((f) => f.name)])).toEqual([
        [3, '人口信息', ['姓名', '性别']],
        [5, '车辆信息', ['号牌']],
      ])
    }
  })

  test('必填 is the opposite of 可空', () => {
    const p = plan([drawn('数源单位|目录名称|信息项名称|英文名|是否必填\n局|甲|姓名|n|是')])
    expect(p.rows[0]!.data.fields).toEqual([{ name: '姓名', field: 'n', nullable: false }])
  })
})

describe('a list that comes again', () => {
  test('new, changed and unchanged are told apart by digest', () => {
    const before = plan([drawn('数源单位|目录名称|更新周期\n局|甲|每日\n局|乙|每日')])
    const known = new Map(before.rows.map((r) => [r.key, r.digest]))
    const after = plan([drawn('目录名称|数源单位|更新周期\n丙|局|每日\n乙|局|每月\n甲|局|每天')])
    expect(after.rows.map((r) => [r.data.name, changeOf(r, known.get(r.key))])).toEqual([
      ['丙', 'new'],
      ['乙', 'changed'],
      ['甲', 'unchanged'],
    ])
  })

  test('the digest does not depend on the order of parts nor on whence the item came', () => {
    const a = { name: '甲', holders: ['局'], fields: [{ name: 'x', key: true }] }
    const b = { line: 7, fields: [{ key: true, name: 'x' }], holders: ['局'], source: 'list:1', name: '甲' }
    expect(itemDigest(a, hash)).toBe(itemDigest(b, hash))
    expect(itemDigest({ ...a, name: '乙' }, hash)).not.toBe(itemDigest(a, hash))
  })

  test("the register's own mark finds an item under a new name, and may stand only once", () => {
    const p = plan([drawn('系统标识|数源单位|目录名称\nlist:abc|局|新名\nlist:abc|局|复制的\n<b>|局|丙')])
    expect(p.rows.map((r) => [r.key, r.data.name])).toEqual([['list:abc', '新名']])
    expect(says(p)).toEqual(['3 error source_twice', '4 error source_form'])
  })
})
