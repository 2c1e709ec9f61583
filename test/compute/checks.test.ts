import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRefusal } from '#contract'
import type { Check } from '#domain/catalogue'
import { checkSchema } from '#domain/catalogue'
import { checkIdNumber, checkUscc } from '#domain/kernel'
import { testDatabase, type TestDatabase } from '../../src/store/testing.ts'
import { check, counted, csv, failures, scan, since, textFile, today } from './tables.ts'
import { countByHand, type Row } from './reference.ts'

const column = (...values: readonly (string | null)[]): string =>
  csv(
    ['v', 'id'],
    values.map((v, i) => ({ v, id: String(i) })),
  )
const one = (c: Check, ...values: readonly (string | null)[]): Promise<string> =>
  failures(textFile(column(...values)), c)

describe('each kind of check counts the rows that fail it', () => {
  test('不为空: nothing, blanks of every width, and the words that mean nothing', async () => {
    expect(await one(check('notNull', ['v'], {}), 'a', null, '  ', '　\t', '无')).toBe('3/5')
    expect(await one(check('notNull', ['v'], { empties: ['无', 'NULL'] }), 'a', null, '无', 'NULL', '无锡')).toBe('3/5')
  })
  test('不重复: each row more than one, blanks left out, alone and together', async () => {
    expect(await one(check('unique', ['v'], {}), 'a', 'a', 'a', 'b', null, null)).toBe('2/4')
    const rows = [
      ['1', '12'],
      ['11', '2'],
      ['1', '12'],
      ['1', null],
      ['1', null],
    ].map(([a, b]) => ({ a: a!, b: b! }))
    expect(await failures(textFile(csv(['a', 'b'], rows)), check('unique', ['a', 'b'], {}))).toBe('1/3')
  })
  test('类型: lexical, and the day must exist', async () => {
    const as = (as: 'integer' | 'number' | 'date' | 'datetime' | 'boolean') => check('type', ['v'], { as })
    expect(await one(as('integer'), '1', '-20', '1.0', '1e3', '１', ' 1', 'inf', '0x1f', '1_000')).toBe('7/9')
    expect(await one(as('number'), '1', '-20.50', '1.', '.5', '1e3', 'nan', '1,000')).toBe('5/7')
    expect(
      await one(
        as('date'),
        '2024-02-29',
        '2023-02-29',
        '20240229',
        '2024/12/31',
        '2024-12/31',
        '2024-4-1',
        '2024-04-31',
        '1900-02-29',
        '2000-02-29',
      ),
    ).toBe('5/9')
    expect(
      await one(as('datetime'), '2024-02-29 23:59:59', '2024-02-29T24:00:00', '2024-02-29', '2024-02-30 00:00'),
    ).toBe('2/4')
    expect(await one(as('boolean'), '是', '否', '1', 'true', '真')).toBe('1/5')
  })
  test('长度 counts characters, 范围 numbers or days, ends included', async () => {
    expect(await one(check('length', ['v'], { min: 2, max: 3 }), '张', '张三', '欧阳三', '欧阳三四', '𠮷野家')).toBe(
      '2/5',
    )
    expect(await one(check('range', ['v'], { min: '0', max: '150' }), '0', '150', '150.01', '-1', '一百')).toBe('3/5')
    expect(
      await one(
        check('range', ['v'], { from: '2020-01-01', to: '2020-12-31' }),
        '2020-01-01',
        '2020/12/31',
        '2021-01-01',
        '2019-12-31 10:00',
        'x',
      ),
    ).toBe('3/5')
  })
  test('格式表达式 matches the whole value', async () => {
    expect(
      await one(check('pattern', ['v'], { pattern: '^[A-Z]{2}\\d+$' }), 'AB1', 'xAB1', 'AB1x', 'AB１', 'AB1\n'),
    ).toBe('4/5')
    expect(await one(check('pattern', ['v'], { pattern: 'a|b' }), 'a', 'b', 'ab')).toBe('1/3')
    expect(await one(check('pattern', ['v'], { pattern: '[\\w-]+\\.\\S' }), 'a-b.c', 'a-b..', 'a b.c', '字.c')).toBe(
      '2/4',
    )
  })
  test('代码取值: few or many', async () => {
    expect(await one(check('accepted', ['v'], { values: ['1', '2'] }), '1', '2', '3', null)).toBe('1/3')
    const many = Array.from({ length: 40 }, (_, i) => String(i))
    expect(await one(check('accepted', ['v'], { values: many }), '1', '39', '40', "'")).toBe('2/4')
  })
  test('格式: with the check digit', async () => {
    const as = (format: Extract<Check, { kind: 'format' }>['params']['format']) => check('format', ['v'], { format })
    expect(
      await one(
        as('idCard'),
        '11010519491231002X',
        '110105194912310021',
        '11010519491331002X',
        '11010519491231002x',
        null,
      ),
    ).toBe('3/4')
    expect(await one(as('uscc'), '91350100M000100Y43', '91350100M000100Y44', '91350100M000100O43')).toBe('2/3')
    expect(await one(as('bankCard'), '4111111111111111', '4111111111111112', '6222020000000000')).toBe('2/3')
    expect(await one(as('phone'), '13800138000', '12800138000', '1380013800')).toBe('2/3')
    expect(await one(as('email'), 'a.b@c.gov.cn', 'a@b', '@b.cn', 'a b@c.cn')).toBe('3/4')
    expect(await one(as('plate'), '湘A12345', '湘AD12345', '湘A1234', '湘I12345', '湘A1234学')).toBe('2/5')
    expect(await one(as('landline'), '0731-84123456', '84123456', '400-800-1234', '10086', '0731-841234567')).toBe(
      '2/5',
    )
    expect(await one(as('division'), '430102', '430102001', '4301', '030102')).toBe('2/4')
    expect(await one(as('month'), '2024-01', '202412', '2024-13')).toBe('1/3')
    expect(await one(as('year'), '2024', '24')).toBe('1/2')
    expect(await one(as('postcode'), '410000', '41000')).toBe('1/2')
  })
  test('不晚于检测日 looks at what is a day; 更新 at the newest that is not in the future', async () => {
    expect(
      await one(check('notFuture', ['v'], {}), '2026-03-16', '2026-03-17', '20260317', '2026-03-16 23:59:59', 'x'),
    ).toBe('2/4')
    const monthly = check('freshness', ['v'], { within: { value: 1, unit: 'month' } })
    expect(since({ value: 1, unit: 'month' })).toBe('2026-02-14') // its corresponding day, 14 March, is a Saturday
    expect(await one(monthly, '2020-01-01', '2026-02-14')).toBe('0/1')
    expect(await one(monthly, '2026-02-13', '2026-04-01')).toBe('1/1')
    expect(await one(monthly, null)).toBe('1/1')
  })
  test('字段间一致: order, likeness, what one asks of the other, sums', async () => {
    const of = async (c: Check, ...rows: readonly (readonly (string | null)[])[]): Promise<string> =>
      failures(
        textFile(
          csv(
            ['a', 'b', 'c'],
            rows.map(([a, b, d]) => ({ a: a ?? null, b: b ?? null, c: d ?? null })),
          ),
        ),
        c,
      )
    expect(
      await of(
        check('consistency', ['a', 'b'], { relation: 'le', as: 'day' }),
        ['2024-01-01', '20240101'],
        ['2024-01-02', '2024/01/01'],
        ['x', '2024-01-01'],
      ),
    ).toBe('1/2')
    expect(
      await of(
        check('consistency', ['a', 'b'], { relation: 'lt', as: 'number' }),
        ['9', '10'],
        ['10', '10'],
        ['10', ''],
      ),
    ).toBe('1/2')
    expect(await of(check('consistency', ['a', 'b'], { relation: 'eq', as: 'text' }), ['9', '9'], ['9', '9.0'])).toBe(
      '1/2',
    )
    expect(await of(check('consistency', ['a', 'b'], { relation: 'eq', as: 'number' }), ['9', '9'], ['9', '9.0'])).toBe(
      '0/2',
    )
    expect(
      await of(check('consistency', ['a', 'b'], { relation: 'implies' }), ['x', 'y'], ['x', null], [null, null]),
    ).toBe('1/2')
    expect(
      await of(
        check('consistency', ['a', 'b'], { relation: 'implies', values: ['1'] }),
        ['1', null],
        ['2', null],
        ['1', 'y'],
      ),
    ).toBe('1/2')
    expect(
      await of(
        check('sum', ['a', 'b', 'c'], { tolerance: '0.005' }),
        ['0.3', '0.1', '0.2'],
        ['0.31', '0.1', '0.2'],
        ['1', '', '1'],
      ),
    ).toBe('1/2')
  })
  test('引用存在: in a second file; a file or column that is not there', async () => {
    const c = check('referential', ['v'], { reference: '区划', field: 'code' })
    const source = {
      ...textFile(column('430100', '430200', '999999', null)),
      references: {
        区划: textFile('code\n430100\n430200\n430100\n'),
      },
    }
    expect(await failures(source, c)).toBe('1/3')
    expect(await scan(textFile(column('1')), [c])).toMatchObject({ code: 'no_reference' })
  })
  test('记录数 and 列: of the table as a whole', async () => {
    expect(await one(check('rowCount', [], { min: 3 }), '1', '2')).toBe('1/1')
    expect(await one(check('rowCount', [], { min: 1, max: 2 }), '1', '2')).toBe('0/1')
    expect(await one(check('columns', ['v', 'id'], {}), '1')).toBe('0/2')
    expect(await one(check('columns', ['v', '姓名'], {}), '1')).toBe('2/3')
    expect(await one(check('notNull', ['姓名'], {}), '1')).toBe('absent')
  })
})

describe('check digits agree with those of the kernel', () => {
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const pick = (of: string, n: number) =>
    fc.array(fc.constantFrom(...of), { minLength: n, maxLength: n }).map((c) => c.join(''))
  /** Completed by every last character, so that whatever is drawn one of them holds. */
  const completed = (of: fc.Arbitrary<string>, by: string, good: (v: string) => boolean) =>
    fc.sample(of, { numRuns: 200, seed: 7 }).flatMap((head) => {
      const all = [...by].map((c) => head + c)
      return [...all.filter(good), ...all.filter((v) => !good(v)).slice(0, 2)]
    })
  const card = fc
    .tuple(
      pick('123456789', 1),
      pick('0123456789', 5),
      fc.date({ min: new Date('1900-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      pick('0123456789', 3),
    )
    .map(([a, b, d, c]) => a + b + d.toISOString().slice(0, 10).replaceAll('-', '') + c)
  const body = fc
    .tuple(pick(letters, 2), pick('123456789', 1), pick('0123456789', 5), pick(letters, 8))
    .map((parts) => parts.join(''))
  test.each([
    ['idCard', completed(card, '0123456789X', (v) => !isRefusal(checkIdNumber(v)))],
    [
      'uscc',
      completed(body, '0123456789X', () => true).flatMap((v) => {
        const all = [...letters].map((c) => v + c)
        return [...all.filter((x) => !isRefusal(checkUscc(x))), all[0]!]
      }),
    ],
  ] as const)('%s', async (format, values) => {
    const good = (v: string): boolean => !isRefusal(format === 'idCard' ? checkIdNumber(v) : checkUscc(v))
    const valid = values.filter(good)
    expect(valid.length).toBeGreaterThan(150)
    const c = check('format', ['v'], { format })
    expect(await one(c, ...valid)).toBe(`0/${valid.length}`)
    const wrong = values.filter((v) => !good(v))
    expect(await one(c, ...wrong)).toBe(`${wrong.length}/${wrong.length}`)
    // any one character taken for another is noticed
    const mistyped = valid
      .slice(0, 60)
      .flatMap((v) => [...v].map((_, i) => v.slice(0, i) + (v[i] === '7' ? '2' : '7') + v.slice(i + 1)))
    expect(await one(c, ...mistyped)).toBe(`${mistyped.filter((v) => !good(v)).length}/${mistyped.length}`)
  })
})

// ── against a reference, on generated tables ─────────────────────────────────────────────────────────────────────

const columns = ['编号', 'card', 'uscc', 'bank', 'n', 'm', 'd', 'e', 'name', 'code'] as const
const pools: Readonly<Record<(typeof columns)[number], readonly string[]>> = {
  编号: ['1', '01', '1 ', 'a', 'A', '甲', "o'clock", '"quoted"', 'a,b', 'line\nbreak'],
  card: [
    '11010519491231002X',
    '11010519491231002x',
    '440524188001010014',
    '110105194913310021',
    '320311770706001',
    '99999999999999999X',
  ],
  uscc: ['91350100M000100Y43', '91350211M000100Y34', '12100000400000624D', '000000000000000000', '91350100M000100Y4'],
  bank: ['4111111111111111', '6222021234567890123', '5500000000000004', '4111111111111112', '000000000000'],
  n: ['0', '1', '-1', '10', '9', '1.50', '0.1', '1e3', 'NaN', 'inf', '+7', '1,000', '99999999999999999999'],
  m: ['0', '1', '2', '9.0', '0.2', '0.30000000000000004', '-0', '0.3', 'x'],
  d: [
    '2026-03-16',
    '2026-03-17',
    '20260216',
    '2026/02/14',
    '2023-02-29',
    '2024-02-29',
    '2026-02-13 08:00:00',
    '3000-01-01',
    '0999-01-01',
  ],
  e: ['2026-03-16T23:59:59Z', '20260217', '2026-3-1', '1900-02-29', '2100/02/28', '2026-13-01', '2026-01-01 24:00'],
  name: ['张三', '欧阳建国', ' 李四', '王\u3000五', '𠮷野', 'a%b_c', '\\', '--', ';drop table t', '\u00a0x'],
  code: ['1', '2', '3', '男', 'é', 'É', 'ß'],
}
const rowOf: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(
    columns.map((c) => [
      c,
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...pools[c]) },
        { weight: 2, arbitrary: fc.constantFrom(null, ' ', '\u3000', '\t ') },
        { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).map((s) => s.replaceAll(/[\0\r]/g, '')) },
      ),
    ]),
  ),
)
const all: readonly Check[] = [
  ...columns.map((c) => check('notNull', [c], { empties: ['a'] })),
  ...columns.map((c) => check('unique', [c], {})),
  check('unique', ['编号', 'code'], {}),
  check('unique', ['name', 'd', 'n'], {}),
  ...(['integer', 'number', 'boolean', 'date', 'datetime', 'text'] as const).flatMap((as) =>
    (['n', 'd', 'e', 'code'] as const).map((c) => check('type', [c], { as })),
  ),
  ...columns.map((c) => check('length', [c], { min: 2, max: 4 })),
  check('range', ['n'], { min: '-0.5', max: '9' }),
  check('range', ['m'], { max: '0.3' }),
  check('range', ['d'], { from: '2024-02-29', to: '2026-03-16' }),
  check('pattern', ['编号'], { pattern: '[^a]+' }),
  check('pattern', ['name'], { pattern: '.{2}|\\D\\s?\\W' }),
  check('pattern', ['code'], { pattern: '[\\d男]' }),
  check('accepted', ['code'], { values: ['1', '男', 'é'] }),
  check('accepted', ['编号'], { values: ["o'clock", '"quoted"', 'a,b', 'line\nbreak', '1', '2', '3', '4', '5', '6'] }),
  check('format', ['card'], { format: 'idCard' }),
  check('format', ['uscc'], { format: 'uscc' }),
  check('format', ['bank'], { format: 'bankCard' }),
  check('notFuture', ['d'], {}),
  check('notFuture', ['e'], {}),
  check('freshness', ['d'], { within: { value: 1, unit: 'month' } }),
  ...(['le', 'lt', 'eq'] as const).flatMap((relation) => [
    check('consistency', ['d', 'e'], { relation, as: 'day' }),
    check('consistency', ['n', 'm'], { relation, as: 'number' }),
  ]),
  check('consistency', ['n', 'm'], { relation: 'eq', as: 'text' }),
  check('consistency', ['编号', 'name'], { relation: 'implies' }),
  check('consistency', ['code', 'card'], { relation: 'implies', values: ['1', 'é'] }),
  check('sum', ['m', 'n', 'n'], { tolerance: '0.001' }),
  check('referential', ['code'], { reference: 'other', field: 'code' }),
  check('rowCount', [], { min: 3, max: 8 }),
]

describe('generated tables are counted as by hand', () => {
  let db: TestDatabase
  let client: pg.Client
  beforeAll(async () => {
    db = await testDatabase()
    client = new pg.Client({ connectionString: db.url })
    await client.connect()
    for (const table of ['given', 'other'])
      await client.query(`create table public.${table} (${columns.map((c) => `"${c}" text`).join(', ')})`)
  })
  afterAll(async () => {
    await client.end()
    await db.drop()
  })
  const fill = async (table: string, rows: readonly Row[]): Promise<void> => {
    await client.query(`truncate public.${table}`)
    for (const r of rows)
      await client.query(
        `insert into public.${table} values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
        columns.map((c) => r[c]),
      )
  }
  test('every check here is one that the vocabulary admits', () => {
    for (const c of all) expect(checkSchema.safeParse(c).error?.message, c.key).toBeUndefined()
  })

  test('in a CSV by DuckDB, and in PostgreSQL by itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowOf, { maxLength: 12 }),
        fc.array(rowOf, { minLength: 1, maxLength: 4 }),
        async (rows, other) => {
          const expected = countByHand(rows, all, today, since({ value: 1, unit: 'month' }), { other })
          const reference = textFile(csv(columns, other))
          expect(
            counted(await scan({ ...textFile(csv(columns, rows)), references: { other: reference } }, all)),
          ).toEqual(expected)
          await fill('given', rows)
          await fill('other', other)
          const source = {
            kind: 'postgres' as const,
            url: db.url,
            schema: 'public',
            table: 'given',
            references: { other: { schema: 'public', table: 'other' } },
          }
          expect(counted(await scan(source, all))).toEqual(expected)
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)
})
