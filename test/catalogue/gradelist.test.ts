import { describe, expect, test } from 'vitest'
import type { GradedEntry, GradeRow } from '../../src/domain/catalogue/gradelist.ts'
import { matchGradeList, parseGrade } from '../../src/domain/catalogue/gradelist.ts'
import { importantRegister } from '../../src/domain/catalogue/important.ts'
import { rules } from './rules.ts'

const entries: readonly GradedEntry[] = [
  {
    id: 'a',
    units: ['市卫健委'],
    name: '患者基本信息',
    grade: '4',
    fields: [
      { name: '姓名', english: 'xm', grade: '2' },
      { name: '身份证号', english: 'sfzh', grade: '4' },
    ],
  },
  { id: 'b', units: ['市交通局', '市公交公司'], name: '公交车线路信息', grade: '1', fields: [] },
  { id: 'c1', units: ['市气象局'], name: '温度信息', code: '01', grade: '1', fields: [] },
  { id: 'c2', units: ['市气象局'], name: '温度信息', code: '02', grade: '1', fields: [] },
  { id: 'd1', units: ['市文旅局'], name: '景区游客画像信息', grade: '1', fields: [] },
  { id: 'd2', units: ['市文旅局'], name: '景区游客画像信息', code: '', grade: '1', fields: [] },
]
const row = (line: number, more: Partial<GradeRow>): GradeRow => ({
  line,
  unit: '市卫健委',
  item: '患者基本信息',
  grade: '4级',
  ...more,
})
const match = (...rows: readonly GradeRow[]) => matchGradeList(rules, rows, entries)

test.each([
  ['核心数据', '6'],
  ['重要', '5'],
  ['一般数据4级', '4'],
  ['４级', '4'],
  ['四级', '4'],
  [' L3 ', '3'],
  ['2', '2'],
  ['一级', '1'],
  ['高', undefined],
  ['', undefined],
  ['7', undefined],
])('%j is grade %s', (text, grade) => expect(parseGrade(rules, text)).toBe(grade))

describe('a unit’s 分类分级清单', () => {
  test('grades entries and fields, by Chinese or column name, and says who decides', () => {
    const { set, problems } = match(
      row(2, { grade: '重要', reason: '覆盖全市患者' }),
      row(3, { field: 'SFZH', grade: '4级' }),
      row(4, { field: '姓　名', grade: '三级' }),
      row(5, { unit: '市交通局、市公交公司', item: '公交车线路信息', grade: '1级' }),
      row(6, { unit: '市气象局', item: '温度信息', code: '02', grade: '2级' }),
    )
    expect(problems).toEqual([])
    expect(set).toMatchObject([
      {
        id: 'a',
        grade: '5',
        reason: '覆盖全市患者',
        fields: [
          { name: '身份证号', grade: '4', line: 3 },
          { name: '姓名', grade: '3', line: 4 },
        ],
        lines: [2, 3, 4],
        decidedBy: { by: 'bureau' },
      },
      { id: 'b', grade: '1', decidedBy: { by: 'unit' } },
      { id: 'c2', grade: '2' },
    ])
  })
  test('a list of fields alone raises the whole and never lowers it', () => {
    expect(match(row(2, { field: '姓名', grade: '重要' })).set).toMatchObject([{ id: 'a', grade: '5' }])
    expect(match(row(2, { field: '姓名', grade: '3级' })).set).toMatchObject([{ id: 'a', grade: '4' }])
  })
  test.each([
    [row(9, { unit: '市水利局' }), 'unit', '目录中没有“市水利局”的目录项'],
    [row(9, { item: '患者信息' }), 'item', '“市卫健委”没有名为“患者信息”的目录项'],
    [row(9, { item: '' }), 'item', '没有写目录名称'],
    [
      row(9, { unit: '市气象局', item: '温度信息' }),
      'item',
      '“市气象局”有2个名为“温度信息”的目录项，请填写目录代码以区分',
    ],
    [row(9, { field: '住址' }), 'field', '“患者基本信息”没有名为“住址”的信息项'],
    [row(9, { grade: '' }), 'grade', '没有写级别'],
  ] as const)('reports line and column: %#', (bad, column, says) =>
    expect(match(bad)).toEqual({ set: [], problems: [{ line: 9, column, says }] }),
  )
  test('an unreadable grade is told with what is readable', () => {
    expect(match(row(3, { grade: '高' })).problems[0]).toMatchObject({ line: 3, column: 'grade' })
  })
  test('contradictions, and not repetitions, are reported', () => {
    expect(match(row(2, {}), row(3, {})).problems).toEqual([])
    expect(match(row(2, {}), row(5, { grade: '重要' })).problems).toMatchObject([{ line: 5, column: 'grade' }])
  })
  test('entries of one name that have no code to be told apart by are graded alike, and said to be', () => {
    const twin = { unit: '市文旅局', item: '景区游客画像信息' }
    const { set, problems } = match(row(2, { ...twin, grade: '2级' }), row(3, { ...twin, grade: '2级' }))
    expect(problems).toEqual([])
    expect(set.map((s) => [s.id, s.grade, s.alike])).toEqual([
      ['d1', '2', 2],
      ['d2', '2', 2],
    ])
    // two lines that differ do not say which of them each means
    const unlike = match(row(2, { ...twin, grade: '2级' }), row(3, { ...twin, grade: '3级' }))
    expect(unlike.set).toEqual([])
    expect(unlike.problems.map((p) => [p.line, p.column])).toEqual([[3, 'grade']])
  })
  test('a grade below the proposed needs its reason, and the whole never goes below a field', () => {
    expect(match(row(2, { field: '身份证号', grade: '2级' })).problems).toMatchObject([{ line: 2, column: 'reason' }])
    const reason = '本字段已改为不可逆的摘要值，不能还原'
    expect(
      match(row(2, { field: '身份证号', grade: '2级', reason }), row(3, { grade: '3级', reason })).set,
    ).toMatchObject([{ id: 'a', grade: '3' }])
    expect(match(row(3, { grade: '3级', reason })).problems).toMatchObject([{ line: 3, column: 'grade' }])
  })
  test('an entry with one wrong line is left alone as a whole', () => {
    const { set, problems } = match(
      row(2, {}),
      row(3, { field: '住址' }),
      row(4, { unit: '市交通局', item: '公交车线路信息', grade: '1级' }),
    )
    expect(problems.map((p) => p.line)).toEqual([3])
    expect(set.map((s) => s.id)).toEqual(['b'])
  })
})

describe('重要数据目录', () => {
  const entry = {
    unit: '市公安局',
    item: '人口基本信息',
    grade: '5',
    basis: ['个人信息达到一千万条'],
    fields: [],
  } as const
  test('has a line for each entry and field of grade 5 or 6, and no other', () => {
    const r = importantRegister(rules, [
      { ...entry, item: '学校信息', grade: '4', fields: [{ name: '学校', grade: '1' }] },
      {
        ...entry,
        records: 12_000_000,
        fields: [
          { name: '姓名', grade: '2' },
          { name: '基因', grade: '5', basis: ['对公共利益可能造成严重危害'] },
        ],
      },
      { ...entry, item: '某核心目录', grade: '6', decided: { by: '国家有关部门', on: '2026-03-01' } },
    ])
    expect(r.headings).toEqual([
      '数源单位',
      '目录名称',
      '信息项',
      '级别',
      '认定状态',
      '定级依据',
      '数据量（条）',
      '认定单位',
      '认定日期',
    ])
    expect(r.rows).toEqual([
      [
        '市公安局',
        '某核心目录',
        '',
        '核心数据',
        '已认定',
        '个人信息达到一千万条',
        '未填',
        '国家有关部门',
        '2026-03-01',
      ],
      [
        '市公安局',
        '人口基本信息',
        '',
        '重要数据',
        '建议，待数据管理部门会同有关部门认定',
        '个人信息达到一千万条',
        '12000000',
        '',
        '',
      ],
      [
        '市公安局',
        '人口基本信息',
        '基因',
        '重要数据',
        '建议，待数据管理部门会同有关部门认定',
        '对公共利益可能造成严重危害',
        '12000000',
        '',
        '',
      ],
    ])
  })
})
