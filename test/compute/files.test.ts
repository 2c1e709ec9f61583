import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '#contract'
import type { Source } from '#compute'
import { testDatabase } from '../../src/store/testing.ts'
import { bytes, check, counted, csv, failures, folder, scan, textFile } from './tables.ts'

const readable = check('machineReadable', [], {})
const filled = (field: string) => check('notNull', [field], {})
const refused = async (source: Source): Promise<string> => {
  const found = await scan(source, [readable])
  return isRefusal(found) ? found.code : 'counted'
}

describe('a CSV as people keep it', () => {
  test('UTF-8 with or without a mark, any line end, quoted line ends', async () => {
    for (const text of [
      '﻿姓名,地址\n甲,"长\r\n沙"\n乙,\n',
      '姓名,地址\r\n甲,长沙\r\n乙,\r\n',
      '姓名;地址\n甲;长沙\n乙;',
      '姓名\t地址\n甲\t长,沙\n乙\t\n',
    ])
      expect(await failures(textFile(text), filled('地址')), text).toBe('1/2')
  })
  test('GB18030 is transcoded, a character cut by a piece included', async () => {
    const all = Buffer.concat([
      Buffer.from('d0d5c3fb2cb5d8d6b70a', 'hex'),
      Buffer.from('c5b7d1f42cb3a4c9b30ac0ee2c0a', 'hex'),
    ])
    const source = (): Source => ({ kind: 'csv', content: bytes(...Array.from(all, (b) => Uint8Array.of(b))) })
    expect(await failures(source(), check('length', ['姓名'], { min: 2 }))).toBe('1/2')
    expect(await failures(source(), filled('地址'))).toBe('1/2')
    const rare = Buffer.concat([Buffer.from('a\n'), Buffer.from('95328336', 'hex')])
    expect(await failures({ kind: 'csv', content: bytes(rare) }, check('length', ['a'], { max: 1 }))).toBe('0/1')
  })
  test('GB18030 that begins deep in a file of plain letters', async () => {
    const plain = 'a,b\n' + '1,2\n'.repeat(600_000)
    expect(
      await failures(
        { kind: 'csv', content: bytes(plain, Buffer.from('c5b7d1f42c320a', 'hex')) },
        check('length', ['a'], { max: 1 }),
      ),
    ).toBe('1/600001')
  })
  test('UTF-16 with its mark, as a spreadsheet saves “Unicode text”', async () => {
    expect(
      await failures(
        { kind: 'csv', content: bytes(Buffer.from('\ufeff姓名\t地址\r\n甲\t长沙\r\n乙\t\r\n', 'utf16le')) },
        filled('地址'),
      ),
    ).toBe('1/2')
  })
  test('lines that are too long, too short or wrongly quoted are counted as unreadable, and the others are checked', async () => {
    const ragged = 'a,b\n1,2\n3\n4,5,6\n"7"x,8\n9,\n'
    expect(await failures(textFile(ragged), readable)).toBe('3/5')
    expect(await failures(textFile(ragged), filled('b'))).toBe('1/2')
  })
  test('mixed line ends are read, and reported once', async () => {
    const mixed = 'a,b\r\n1,2\n3,4\r\n'
    expect(await failures(textFile(mixed), filled('b'))).toBe('0/2')
    expect(await failures(textFile(mixed), readable)).toBe('1/3')
  })
  test('columns without a name or with one that is taken, and lines of totals, make a file hard to read', async () => {
    expect(await failures(textFile('a,,a\n1,2,3\n合计,2,3\n'), readable)).toBe('3/2')
    expect(await failures(textFile('a,b\n1,2\n'), readable)).toBe('0/1')
  })
  test('one column, no row, no content, no header, no text', async () => {
    expect(await failures(textFile('a\n1\n\n2\n'), filled('a'))).toBe('1/3')
    expect(await failures(textFile('a,b\n'), filled('a'))).toBe('0/0')
    expect(await failures(textFile('a,b'), check('rowCount', [], { min: 1 }))).toBe('1/1')
    expect(await refused(textFile(''))).toBe('empty_file')
    expect(await refused(textFile('\n\na,b\n'))).toBe('header')
    expect(await refused({ kind: 'csv', content: bytes(Buffer.from('ff00ff80810a', 'hex')) })).toBe('encoding')
    expect(await refused({ kind: 'parquet', content: bytes('PAR1 not really') })).toBe('unreadable_file')
    expect(await refused({ kind: 'xlsx', content: bytes('PK not really') })).toBe('unreadable_file')
  })
})

describe('a workbook', () => {
  const book = async (fill: (sheet: ExcelJS.Worksheet) => void): Promise<Source> => {
    const workbook = new ExcelJS.Workbook()
    fill(workbook.addWorksheet('数据'))
    workbook.addWorksheet('说明').addRow(['不读这一张'])
    return { kind: 'xlsx', content: bytes(Buffer.from(await workbook.xlsx.writeBuffer())) }
  }
  const people = (sheet: ExcelJS.Worksheet): void => {
    sheet.addRow(['姓名', '出生日期', '人数', '备注'])
    sheet.addRow(['甲', new Date('1990-02-03T00:00:00Z'), 3, { richText: [{ text: '富' }, { text: '文本' }] }])
    sheet.addRow(['乙', new Date('1990-02-03T08:30:00Z'), 2.5, { formula: 'C2+C3', result: 5.5 }])
    sheet.addRow(['丙', '1990年2月3日', '三', null])
  }
  test('its dates, numbers, formulas and rich texts are read as what is seen', async () => {
    const checks = [
      check('type', ['出生日期'], { as: 'date' }),
      check('type', ['出生日期'], { as: 'datetime' }),
      check('type', ['人数'], { as: 'integer' }),
      check('accepted', ['备注'], { values: ['富文本', '5.5'] }),
      filled('备注'),
      check('columns', ['姓名', '出生日期', '人数', '备注'], {}),
      readable,
    ]
    const found = counted(await scan(await book(people), checks))
    expect(checks.map((c) => `${found.checks[c.key]!.failed}/${found.checks[c.key]!.checked}`)).toEqual([
      '2/3',
      '1/3',
      '2/3',
      '0/2',
      '1/3',
      '0/4',
      '0/3',
    ])
  })
  test('merged cells and a line of totals are counted', async () => {
    const source = await book((sheet) => {
      people(sheet)
      sheet.addRow(['合计', null, 5.5])
      sheet.mergeCells('A2:A3')
      sheet.mergeCells('D2:D3')
    })
    expect(await failures(source, readable)).toBe('3/4')
  })
  test('the first sheet is the one that stands first, whatever its part is called and wherever it lies', async () => {
    const workbook = new ExcelJS.Workbook()
    const later = workbook.addWorksheet('后')
    const earlier = workbook.addWorksheet('前')
    later.addRow(['x'])
    people(earlier)
    // as a person drags a tab to the left
    ;(later as unknown as { orderNo: number }).orderNo = 2
    ;(earlier as unknown as { orderNo: number }).orderNo = 1
    const source: Source = { kind: 'xlsx', content: bytes(Buffer.from(await workbook.xlsx.writeBuffer())) }
    expect(await failures(source, filled('备注'))).toBe('1/3')
  })
  test('is read without a temporary folder but ours', async () => {
    const source = await book(people)
    const [dataDir, elsewhere] = [folder(), process.env['TMPDIR']]
    process.env['TMPDIR'] = join(dataDir, 'there is no such folder')
    try {
      expect(await failures(source, filled('备注'), { dataDir })).toBe('1/3')
    } finally {
      if (elsewhere === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = elsewhere
    }
  })
  test('a cell beside the table makes its row unreadable, an empty sheet is refused', async () => {
    const source = await book((sheet) => {
      people(sheet)
      sheet.getCell('F3').value = '旁注'
    })
    expect(await failures(source, readable)).toBe('1/3')
    expect(await refused(await book(() => {}))).toBe('empty_file')
  })
})

test('a Parquet file keeps its types, and checks read them as they are', async () => {
  const dir = folder()
  const db = await DuckDBInstance.create(':memory:')
  const c = await db.connect()
  await c.run(
    `copy (select * from (values (1, 1e20::double, date '2024-01-02', timestamp '2024-01-02 00:00:00', 1.50::decimal(9,2), true, '甲', [1]),
       (1, -1.0, date '2027-01-02', timestamp '2024-01-02 10:00:00', 2.00, null, ' ', null)) t(i, "f ""x""", d, t, m, b, s, l)) to '${dir}/p.parquet' (format parquet)`,
  )
  c.closeSync()
  db.closeSync()
  const of = (it: Parameters<typeof failures>[1]) =>
    failures({ kind: 'parquet', content: { path: `${dir}/p.parquet` } }, it)
  expect(await of(check('type', ['f "x"'], { as: 'number' }))).toBe('0/2')
  expect(await of(check('range', ['f "x"'], { min: '0' }))).toBe('1/2')
  expect(await of(check('type', ['i'], { as: 'integer' }))).toBe('0/2')
  expect(await of(check('type', ['m'], { as: 'integer' }))).toBe('2/2')
  expect(await of(check('type', ['t'], { as: 'date' }))).toBe('1/2')
  expect(await of(check('notFuture', ['d'], {}))).toBe('1/2')
  expect(await of(check('consistency', ['d', 't'], { relation: 'le', as: 'day' }))).toBe('1/2')
  expect(await of(check('unique', ['i'], {}))).toBe('1/2')
  expect(await of(filled('s'))).toBe('1/2')
  expect(await of(filled('l'))).toBe('1/2')
  expect(await of(check('type', ['b'], { as: 'boolean' }))).toBe('0/1')
  expect(await of(readable)).toBe('0/2')
})

describe('names and values are never code', () => {
  const hostile = [
    '"',
    "'",
    '"; drop table t; --',
    "'); attach 'x' as y; --",
    'c0',
    'a0',
    't',
    '$1',
    '{}',
    '\\',
    '\\"',
    '/*',
    '%s',
    'select',
    '列"名',
    "f0'",
    ' ',
    '\u202e',
    'NULL',
  ]
  test('columns of any name are found, and values of any kind compared', async () => {
    const db = await testDatabase()
    const client = new pg.Client({ connectionString: db.url })
    await client.connect()
    try {
      const names = hostile.filter((n) => n.trim() !== '')
      const row = Object.fromEntries(names.map((n) => [n, n]))
      const checks = names.flatMap((n) => [
        check('accepted', [n], { values: [n] }),
        check('accepted', [n], { values: ['other'] }),
        check('notNull', [n], { empties: [n] }),
        check('unique', [n, names[0]!, names[1]!], {}),
      ])
      const expected = names.flatMap(() => ['0/1', '1/1', '1/1', '0/1'])
      const shown = async (source: Source): Promise<readonly string[]> => {
        const found = counted(await scan(source, checks))
        return checks.map((c) => `${found.checks[c.key]!.failed}/${found.checks[c.key]!.checked}`)
      }
      expect(await shown(textFile(csv(names, [row])))).toEqual(expected)
      const quote = (n: string): string => `"${n.replaceAll('"', '""')}"`
      await client.query(`create schema ${quote('s"; --')}`)
      const table = `${quote('s"; --')}.${quote('t\'"x')}`
      await client.query(`create table ${table} (${names.map((n) => `${quote(n)} text`).join(', ')})`)
      await client.query(`insert into ${table} values (${names.map((_, i) => `$${i + 1}`).join(', ')})`, names)
      expect(await shown({ kind: 'postgres', url: db.url, schema: 's"; --', table: 't\'"x' })).toEqual(expected)
    } finally {
      await client.end()
      await db.drop()
    }
  })
  test('whatever a column is called and whatever a code list holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc
            .string({ unit: 'binary', minLength: 1, maxLength: 8 })
            .filter((s) => /^[^\0-\x1f\x7f]+$/.test(s) && s.trim() !== ''),
          {
            minLength: 2,
            maxLength: 5,
            selector: (s) => s.trim().toLowerCase(),
          },
        ),
        async (names) => {
          const checks = names.map((n, i) => check('accepted', [n], { values: [names[(i + 1) % names.length]!, n] }))
          const found = counted(
            await scan(textFile(csv(names, [Object.fromEntries(names.map((n) => [n, n]))])), checks),
          )
          expect(checks.map((c) => found.checks[c.key])).toEqual(names.map(() => ({ checked: 1, failed: 0 })))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('what is told and what stays', () => {
  test('no value of the data is in what comes back, whatever goes wrong', async () => {
    const secret = '绝密430102199001011234'
    const everything = [
      filled('a'),
      check('unique', ['a'], {}),
      check('type', ['a'], { as: 'integer' }),
      check('range', ['a'], { min: '1' }),
      check('format', ['a'], { format: 'idCard' }),
      check('columns', ['a', 'b', 'c'], {}),
      readable,
    ]
    const files: readonly Source[] = [
      textFile(`a,b\n${secret},${secret}\n${secret},${secret}\n`),
      textFile(`a,b\n${secret}\n"${secret}"x,1,2,3\n`),
      // without a header, the first line is data
      textFile(`${secret},${secret}\n${secret},2\n`),
      textFile(`a,b\r\n${secret},2\n${secret},2\r\n`),
      { kind: 'parquet', content: bytes(`PAR1${secret}PAR1`) },
      { kind: 'xlsx', content: bytes(`PK${secret}`) },
    ]
    for (const file of files) expect(JSON.stringify(await scan(file, everything))).not.toMatch(/绝密|4301021990/)
  })
  test('temporary files are for us alone, and gone afterwards', async () => {
    const dataDir = folder()
    let seen: readonly number[] = []
    await scan({ kind: 'csv', content: bytes('姓名\n', Buffer.from('c5b7d1f40a', 'hex')) }, [filled('姓名')], {
      dataDir,
      onProgress: (phase) => {
        if (phase !== 'reading') return
        const work = readdirSync(join(dataDir, 'compute')).map((d) => join(dataDir, 'compute', d))
        seen = [join(dataDir, 'compute'), ...work].map((p) => statSync(p).mode & 0o777)
      },
    })
    expect(seen).toEqual([0o700, 0o700])
    expect(readdirSync(join(dataDir, 'compute'))).toEqual([])
    await scan({ kind: 'parquet', content: bytes('broken') }, [readable], { dataDir })
    expect(readdirSync(join(dataDir, 'compute'))).toEqual([])
  })
  test('a file that lies on disk is read where it is and stays as it was', async () => {
    const path = join(folder(), 'x.csv')
    writeFileSync(path, 'a\n1\n')
    expect(await failures({ kind: 'csv', content: { path } }, filled('a'))).toBe('0/1')
    expect(existsSync(path) && (await readFile(path, 'utf8'))).toBe('a\n1\n')
  })
})

describe('work that must end', () => {
  const many = Array.from({ length: 12 }, (_, i) => check('unique', ['a', 'b'], {}, `u${i}`))
  const long = async (rows: number): Promise<string> => {
    const path = join(folder(), 'long.csv')
    const db = await DuckDBInstance.create(':memory:')
    const c = await db.connect()
    await c.run(`copy (select i as a, hash(i) as b from range(${rows}) t(i)) to '${path}' (header)`)
    c.closeSync()
    db.closeSync()
    return path
  }
  test('is cancelled, or stopped by its time limit, and tells how far it has come', async () => {
    const content = { path: await long(3_000_000) }
    const stop = new AbortController()
    const told: (number | undefined)[] = []
    const checks = [
      ...many,
      ...Array.from({ length: 30 }, (_, i) => check('pattern', ['b'], { pattern: `(\\d*|x)+${i}?` })),
    ]
    const cancelled = await scan({ kind: 'csv', content }, checks, {
      signal: stop.signal,
      onProgress: (phase, done) => {
        if (phase === 'checking') told.push(done)
        if ((done ?? 0) > 0) stop.abort()
      },
    })
    expect(cancelled).toMatchObject({ code: 'cancelled' })
    expect(told.some((d) => d !== undefined && d > 0 && d <= 1)).toBe(true)
    expect(await scan({ kind: 'csv', content }, checks, { limits: { timeMs: 300 } })).toMatchObject({
      code: 'timed_out',
    })
    expect(
      await scan({ kind: 'csv', content: bytes('a\n1\n') }, [filled('a')], { signal: AbortSignal.abort() }),
    ).toMatchObject({ code: 'cancelled' })
  })
  test('a scan that needs more memory and disk than it may have is refused, not the process', async () => {
    const content = { path: await long(3_000_000) }
    expect(
      await scan({ kind: 'csv', content }, many.slice(0, 1), { limits: { memoryMb: 64, spillMb: 1 } }),
    ).toMatchObject({ code: 'too_large' })
  })
  test('PostgreSQL stops at the time limit or when told to, writes nothing and hides its messages', async () => {
    const db = await testDatabase()
    const client = new pg.Client({ connectionString: db.url })
    await client.connect()
    try {
      await client.query(`create view public.slow as select (select pg_sleep(20)::text from (select 1) x) as a`)
      const source: Source = { kind: 'postgres', url: db.url, schema: 'public', table: 'slow' }
      expect(await scan(source, [filled('a')], { limits: { timeMs: 300 } })).toMatchObject({ code: 'timed_out' })
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 300)
      expect(await scan(source, [filled('a')], { signal: stop.signal })).toMatchObject({ code: 'cancelled' })
      const { rows } = await client.query(
        `select count(*)::int as n from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`,
      )
      expect(rows).toEqual([{ n: 0 }])

      await client.query(`create table public.log (a text)`)
      await client.query(
        `create function public.leak() returns text language sql as $$ insert into public.log values ('written') returning a $$`,
      )
      await client.query(`create view public.writing as select public.leak() as a`)
      expect(await scan({ ...source, table: 'writing' }, [filled('a')])).toMatchObject({ code: 'query_failed' })
      await client.query(`create function public.length(text) returns int language sql as $$ select 99 $$`)
      await client.query(`create table public.word as select 'abc' as a`)
      await client.query(
        `alter role current_user in database ${new URL(db.url).pathname.slice(1)} set search_path = public, pg_catalog`,
      )
      expect(await failures({ ...source, table: 'word' }, check('length', ['a'], { max: 3 }))).toBe('0/1')
      await client.query(`create view public.broken as select ('secret value' || a)::int as a from public.word`)
      const broken = await scan({ ...source, table: 'broken' }, [filled('a')])
      expect(broken).toMatchObject({ code: 'query_failed' })
      expect(JSON.stringify(broken)).not.toContain('secret')
      expect(await scan({ ...source, table: 'nowhere' }, [filled('a')])).toMatchObject({ code: 'no_table' })
      expect(await scan({ ...source, url: 'postgres://nobody@127.0.0.1:1/x' }, [filled('a')])).toMatchObject({
        code: 'unreachable',
      })
    } finally {
      await client.end()
      await db.drop()
    }
  })
})
