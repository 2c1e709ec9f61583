import { describe, expect, test } from 'vitest'
import type { Rules } from '#policy'
import type { Day } from '../kernel/index.ts'
import { addPeriod } from '../kernel/index.ts'
import {
  checkKinds,
  checksSchema,
  checkSchema,
  codesIn,
  compare,
  freshSince,
  judge,
  matchColumns,
  proposeChecks,
  typeOf,
  type Check,
  type Counts,
} from './index.ts'

const value = (of: unknown) => ({ value: of }) as unknown as Rules['values'][string]
const rules = {
  division: '000000',
  layers: [],
  values: {
    'catalogue.quality.dimensions': value([
      { value: 'completeness', term: '完整性' },
      { value: 'accuracy', term: '准确性' },
      { value: 'timeliness', term: '时效性' },
    ]),
    'catalogue.quality.measures': value(
      Object.fromEntries(
        checkKinds.map((k) => [
          k,
          k === 'notNull' ? ['completeness'] : k === 'freshness' ? ['timeliness'] : ['conformity', 'accuracy'],
        ]),
      ),
    ),
    'catalogue.quality.weights': value({ completeness: 3, accuracy: 1, timeliness: 1 }),
    'catalogue.quality.proposed': value(
      Object.fromEntries(checkKinds.map((k) => [k, { severity: 'warn', threshold: 10_000 }])),
    ),
    'catalogue.quality.scores': value({ warnBelow: 90, blockBelow: 60 }),
  },
} as Rules

const of = (key: string, dimension: string, severity: 'block' | 'warn' = 'warn', threshold = 0): Check => ({
  key,
  kind: 'notNull',
  fields: ['a'],
  params: {},
  dimension,
  severity,
  threshold,
})
const counts = (rows: number, checks: Counts['checks']): Counts => ({ rows, checks })

describe('what the counts mean', () => {
  test('a check passes up to its tolerance; beyond it, it warns or blocks', () => {
    const checks = [
      of('exact', 'accuracy', 'block', 10_000),
      of('over', 'accuracy', 'block', 9_999),
      of('warned', 'completeness'),
    ]
    const { verdict, checks: results } = judge(
      checks,
      counts(100, {
        exact: { checked: 100, failed: 1 },
        over: { checked: 100, failed: 1 },
        warned: { checked: 100, failed: 1 },
      }),
      rules,
    )
    expect(results.map((r) => r.outcome)).toEqual(['pass', 'block', 'warn'])
    expect(verdict).toBe('blocked')
  })
  test('dimensions are means of their checks, the total is weighted over those that were measured', () => {
    const checks = [of('a', 'completeness'), of('b', 'completeness'), of('c', 'accuracy')]
    const judged = judge(
      checks,
      counts(10, { a: { checked: 10, failed: 0 }, b: { checked: 10, failed: 1 }, c: { checked: 10, failed: 5 } }),
      rules,
    )
    expect(judged.dimensions.map((d) => [d.term, d.score, d.checks])).toEqual([
      ['完整性', 9500, 2],
      ['准确性', 5000, 1],
      ['时效性', undefined, 0],
    ])
    expect(judged.score).toBe(8375) // (3 × 95 + 1 × 50) / 4
    expect(judged.verdict).toBe('warn')
  })
  test('one wrong row of a million still shows: 100 means that nothing failed', () => {
    const score = (failed: number) =>
      judge([of('a', 'accuracy')], counts(1e7, { a: { checked: 1e7, failed } }), rules).score
    expect([score(0), score(1), score(1e7)]).toEqual([10_000, 9999, 0])
  })
  test('a low total blocks even where each check only warns; no rows checked is no failure', () => {
    const verdict = (failed: number) =>
      judge([of('a', 'accuracy', 'warn', 1_000_000)], counts(100, { a: { checked: 100, failed } }), rules).verdict
    expect([verdict(10), verdict(11), verdict(41)]).toEqual(['pass', 'warn', 'blocked'])
    expect(judge([of('a', 'accuracy', 'block')], counts(0, { a: { checked: 0, failed: 0 } }), rules)).toMatchObject({
      verdict: 'pass',
      score: 10_000,
    })
    expect(judge([], counts(5, {}), rules)).toMatchObject({ verdict: 'pass', score: undefined })
  })
  test('a check that could not be run, or was not, has failed', () => {
    const judged = judge(
      [of('a', 'accuracy', 'block', 1_000_000), of('b', 'accuracy')],
      counts(5, { a: { checked: 0, failed: 0, absent: true } }),
      rules,
    )
    expect(judged.checks.map((c) => [c.absent, c.outcome, c.share])).toEqual([
      [true, 'block', 1_000_000],
      [true, 'warn', 1_000_000],
    ])
  })
  test('the trend compares shares, not counts, and only what was checked both times', () => {
    const at = (rows: number, failed: Readonly<Record<string, number>>) =>
      judge(
        Object.keys(failed).map((k) => of(k, 'accuracy')),
        counts(rows, Object.fromEntries(Object.entries(failed).map(([k, f]) => [k, { checked: rows, failed: f }]))),
        rules,
      )
    expect(compare(at(100, { a: 1, b: 4, c: 2, old: 9 }), at(200, { a: 4, b: 4, c: 4, fresh: 1 }))).toEqual({
      score: 237, // it was 96, and is 98.375
      rows: 100,
      dimensions: { accuracy: 237 },
      worse: ['a'],
      better: ['b'],
    })
  })
})

describe('what follows from a declaration', () => {
  const fields = [
    { name: '证件号码', field: 'zjhm', type: '字符型', length: '18', nullable: false, key: true },
    { name: '公民身份号码', field: 'sfzh', type: 'varchar', length: '18' },
    { name: '性别', type: 'C', meaning: '1：男；2：女；9：未说明' },
    { name: '金额', type: 'number(10,2)', length: '10' },
    { name: '有效期开始日期', field: 'ksrq', type: '日期' },
    { name: '有效期结束日期', field: 'jsrq', type: 'date' },
    { name: '登记日期', field: 'djrq', type: '日期型' },
    { name: '备注', type: '未知的类型' },
  ]
  const within = { value: 1, unit: 'month' } as const
  const proposed = proposeChecks(fields, within, rules)
  const named = (kind: string) => proposed.filter((c) => c.kind === kind).map((c) => c.fields.join())

  test('keys, blanks, types, lengths, codes, formats, order of days, freshness', () => {
    expect(named('unique')).toEqual(['zjhm'])
    expect(named('notNull')).toEqual(['zjhm'])
    expect(named('type')).toEqual(['金额', 'ksrq', 'jsrq', 'djrq'])
    expect(named('length')).toEqual(['zjhm', 'sfzh'])
    expect(named('format')).toEqual(['sfzh'])
    expect(proposed.find((c) => c.kind === 'accepted')?.params).toEqual({ values: ['1', '2', '9'] })
    expect(named('consistency')).toEqual(['ksrq,jsrq'])
    expect(named('notFuture')).toEqual(['djrq'])
    expect(proposed.find((c) => c.kind === 'freshness')).toMatchObject({ fields: ['djrq'], params: { within } })
    expect(named('columns')).toEqual(['zjhm,sfzh,性别,金额,ksrq,jsrq,djrq,备注'])
  })
  test('is a set of valid checks, each under a dimension the jurisdiction names, with its tolerance', () => {
    expect(checksSchema.safeParse(proposed).error?.message).toBeUndefined()
    for (const c of proposed) expect(c).toMatchObject({ severity: 'warn', threshold: 10_000 })
    expect(new Set(proposed.map((c) => c.dimension))).toEqual(new Set(['completeness', 'accuracy', 'timeliness']))
  })
  test('nothing is proposed of an item that is not described, nor freshness without a promise', () => {
    expect(proposeChecks([], undefined, rules).map((c) => c.kind)).toEqual(['machineReadable', 'rowCount'])
    expect(proposeChecks(fields, undefined, rules).filter((c) => c.kind === 'freshness')).toEqual([])
  })
  test.each([
    ['VARCHAR2(20)', 'text'],
    ['字符型C', 'text'],
    ['数值型', 'number'],
    ['int(11)', 'integer'],
    ['日期时间型', 'datetime'],
    ['日期型D', 'date'],
    ['T', 'datetime'],
    ['图片', undefined],
    [undefined, undefined],
  ])('type %s is %s', (declared, type) => expect(typeOf(declared)).toBe(type))
  test('codes are read only where the whole meaning is a list of them', () => {
    expect(codesIn('0-注销, 1-正常')).toEqual(['0', '1'])
    expect(codesIn('按GB/T 2261.1填写，如：1')).toEqual([])
    expect(codesIn('1：男')).toEqual([])
    expect(codesIn(undefined)).toEqual([])
  })
  test('a column is found by its field name, by its item name, in any case; the field name first', () => {
    const found = matchColumns(['zjhm', '性别', '金额', '没有'], fields, ['ZJHM ', '证件号码', '金额', '性别'])
    expect([...found]).toEqual([
      ['zjhm', 0],
      ['性别', 3],
      ['金额', 2],
    ])
  })
})

describe('the vocabulary', () => {
  const pattern = (p: string) =>
    checkSchema.safeParse({ ...of('k', 'accuracy'), kind: 'pattern', params: { pattern: p } }).success
  test.each(['[A-Z]{2}\\d{6}', '^(湘|赣)[A-Z]$', 'a|b', '\\S+@\\S+', '[^,;]*', '(?:ab)?c', '[\\w.-]{1,64}'])(
    'admits the pattern %s',
    (p) => expect(pattern(p)).toBe(true),
  )
  test.each([
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    'a*?',
    'a++',
    '\\p{L}',
    '[[:alpha:]]',
    '(?i)a',
    'a{300}',
    '((a{20}){20}){20}',
    '(',
    '[a',
    '***=x',
    'a^b',
    'a\nb',
    '',
  ])('does not admit %s, which engines read differently or at any cost', (p) => expect(pattern(p)).toBe(false))
  test('no free SQL, no unknown kind, no word too many, no key twice', () => {
    expect(checkSchema.safeParse({ ...of('k', 'accuracy'), kind: 'sql' }).success).toBe(false)
    expect(checkSchema.safeParse({ ...of('k', 'accuracy'), sql: 'x' }).success).toBe(false)
    expect(checkSchema.safeParse({ ...of('k', 'accuracy'), fields: ['a\0'] }).success).toBe(false)
    expect(checkSchema.safeParse({ ...of('k', 'accuracy'), fields: ['a', 'b'] }).success).toBe(false)
    expect(checksSchema.safeParse([of('k', 'accuracy'), of('k', 'accuracy')]).success).toBe(false)
  })
})

describe('the earliest day that is still fresh', () => {
  const calendar = { off: new Set<string>(), work: new Set<string>(), years: {}, local: [] } as unknown as Parameters<
    typeof freshSince
  >[0]
  test.each([
    [{ value: 1, unit: 'day' }, '2026-03-16'],
    [{ value: 7, unit: 'day' }, '2026-03-31'],
    [{ value: 1, unit: 'month' }, '2026-03-31'],
    [{ value: 1, unit: 'month' }, '2026-03-01'],
    [{ value: 3, unit: 'month' }, '2026-05-31'],
    [{ value: 1, unit: 'year' }, '2028-02-29'],
    [{ value: 5, unit: 'workday' }, '2026-03-16'],
  ] as const)('%o before %s', (within, on) => {
    const since = freshSince(calendar, on as Day, within)
    expect(addPeriod(calendar, since, within).day >= on).toBe(true)
    const before = new Date(Date.parse(since) - 86_400_000).toISOString().slice(0, 10)
    expect(addPeriod(calendar, before as Day, within).day < on).toBe(true)
  })
})
