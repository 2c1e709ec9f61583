import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { loadLayers } from '#application'
import type { ItemQuality, QualityOverview } from '#contract'
import { checkKinds, dimensionOf, judge, proposeChecks, qualityGate, qualityRule } from '#domain/catalogue'
import { resolve } from '#policy'
import { load } from '../access/stage.ts'
import { complaints, done, refusal } from '../cases.ts'
import { world, type Actor, type World } from '../world.ts'

const { layers } = loadLayers(new URL('../../policies/', import.meta.url).pathname)
const rulesAt = (division: string) => resolve(layers, division, '2026-03-16')
const terms = (division: string): readonly string[] =>
  qualityRule(rulesAt(division), 'catalogue.quality.dimensions').map((d) => d.term)

describe('数据质量维度', () => {
  test('the nation names the six of GB/T 36344, marked as not read in the text', () => {
    expect(terms('000000')).toEqual(['规范性', '完整性', '准确性', '一致性', '时效性', '可访问性'])
    expect(rulesAt('000000').values['catalogue.quality.dimensions']!.basis.certainty).toBe('default')
  })
  test('湖南实施意见第4项: 完整性、准确性、及时性、机器可读性和一致性', () => {
    expect(terms('430100')).toEqual(['完整性', '准确性', '及时性', '机器可读性', '一致性'])
  })
  test('ZQ-036 肇庆办法第二十条: six dimensions, 可理解性 first, and each of them is measured', () => {
    expect(terms('441200')).toEqual(['可理解性', '准确性', '规范性', '一致性', '完整性', '时效性'])
    const rules = rulesAt('441200')
    expect(new Set(checkKinds.map((k) => dimensionOf(rules, k))).size).toBe(6)
  })
  test('LA-030 六安方案三(三)3: 准确性、完整性、一致性, a score for each', () => {
    expect(terms('341500')).toEqual(['准确性', '完整性', '一致性'])
    const rules = rulesAt('341500')
    const checks = proposeChecks(
      [
        { name: '编号', key: true, type: 'C', length: '10' },
        { name: '开始日期', type: 'D' },
        { name: '结束日期', type: 'D' },
      ],
      undefined,
      rules,
    )
    const { dimensions } = judge(checks, { rows: 0, checks: {} }, rules)
    expect(dimensions.filter((d) => d.checks > 0).map((d) => d.term)).toEqual(['准确性', '完整性', '一致性'])
  })
  test('every kind of check tells of a dimension of its own jurisdiction, everywhere', () => {
    for (const { division } of layers) {
      const rules = rulesAt(division)
      const named = qualityRule(rules, 'catalogue.quality.dimensions').map((d) => d.value)
      for (const kind of checkKinds) expect(named, `${division} ${kind}`).toContain(dimensionOf(rules, kind))
      for (const d of named)
        expect(qualityRule(rules, 'catalogue.quality.weights')[d], `${division} ${d}`).toBeGreaterThan(0)
    }
  })
})

// ── what people do with it ─────────────────────────────────────────────────────────────────────────────────────

const fields = [
  { name: '缴存流水号', field: 'lsh', type: '字符型', length: '12', nullable: false, key: true },
  { name: '证件号码', field: 'sfzh', type: '字符型', length: '18', nullable: false },
  { name: '性别', field: 'xb', type: '字符型', meaning: '1：男；2：女' },
  { name: '开户日期', field: 'khrq', type: '日期型' },
  { name: '开始日期', field: 'ksrq', type: '日期型' },
  { name: '结束日期', field: 'jsrq', type: '日期型' },
  { name: '更新日期', field: 'gxrq', type: '日期型' },
]
const secret = '李某某的住址在长沙'
const header = 'lsh,sfzh,xb,khrq,ksrq,jsrq,gxrq'
const row = (n: number, over: Partial<Record<string, string>> = {}): string =>
  Object.values({
    lsh: `L${String(n).padStart(6, '0')}`,
    sfzh: '430102199003077433',
    xb: '1',
    khrq: '2020-01-01',
    ksrq: '2020-01-01',
    jsrq: '2021-01-01',
    gxrq: '2026-03-10',
    ...over,
  }).join(',')
const good = (n = 100): string => `${header}\n${Array.from({ length: n }, (_, i) => row(i)).join('\n')}\n`
const bad = `${header}\n${[
  row(1),
  row(1),
  row(2, { xb: '7', sfzh: '' }),
  row(3, { ksrq: '2022-01-01', khrq: secret }),
].join('\n')}\n`

describe('质量规则与检查', () => {
  let w: World
  let hunan: Actor
  let zhaoqing: Actor
  let luan: Actor
  let bureau: Actor
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-sources-'))
  beforeAll(async () => {
    w = await world({ day: '2026-03-16' })
    ;[hunan, zhaoqing, luan, bureau] = (await Promise.all(
      ['实施机构经办', '数源机构经办', '公积金经办', '湖南局经办'].map((n) => w.as(n)),
    )) as [Actor, Actor, Actor, Actor]
  })
  afterAll(async () => {
    delete process.env['GONGSHU_SOURCES']
    rmSync(dir, { recursive: true })
    await w.close()
  })

  const compiled = async (who: Actor, name: string, more: readonly object[] = []): Promise<string> =>
    (
      await done(
        who.send<{ id: string }>('POST', '/api/items', {
          input: {
            basic: { name },
            fields: [...fields, ...more],
            upkeep: { frequency: '每月' },
            access: { sharing: 'unconditional', opening: 'unconditional' },
          },
        }),
      )
    ).id
  const quality = (who: Actor, id: string) => done(who.get<ItemQuality>(`/api/items/${id}/quality`))
  const assess = async (who: Actor, id: string, data: string | Buffer, phase = 'before', name = '样本.csv') => {
    const file = (await who.upload(name, Buffer.from(data))).id
    await done(who.act(id, 'assess', { phase, file }, 'item'))
    await w.settle()
    return quality(who, id)
  }
  const terms = (q: ItemQuality) => q.last!.dimensions.map((d) => d.term)

  it('HNO-011 before, during and after: each run has its phase and a score on the five dimensions of Hunan', async () => {
    const id = await compiled(hunan, '五维甲')
    for (const [phase, term] of [
      ['before', '事前'],
      ['during', '事中'],
      ['after', '事后'],
    ] as const) {
      const q = await assess(hunan, id, good(), phase)
      expect(q.last).toMatchObject({ phase: term, verdict: 'pass', score: 10_000, rows: 100 })
    }
    const q = await quality(hunan, id)
    expect(terms(q)).toEqual(['完整性', '准确性', '及时性', '机器可读性', '一致性'])
    expect(q.last!.dimensions.every((d) => d.score === 10_000 && d.checks > 0)).toBe(true)
    expect(q.runs.map((r) => r.phase)).toEqual(['事前', '事中', '事后'])
  })
  it('ZQ-036 the six dimensions of Zhaoqing are scored', async () => {
    const q = await assess(zhaoqing, await compiled(zhaoqing, '六维甲'), good())
    expect(terms(q)).toEqual(['可理解性', '准确性', '规范性', '一致性', '完整性', '时效性'])
    expect(q.last!.dimensions.filter((d) => d.score === 10_000)).toHaveLength(6)
  })
  it('LA-030 the three dimensions of Lu’an are scored', async () => {
    const q = await assess(luan, await compiled(luan, '三维甲'), good())
    expect(terms(q)).toEqual(['准确性', '完整性', '一致性'])
  })

  it('HNL-019 an entry has its timeliness, accuracy and completeness, the failing rows of each check, and what to do', async () => {
    const id = await compiled(hunan, '有问题的数据')
    await assess(hunan, id, good())
    const q = await assess(hunan, id, bad)
    const failed = Object.fromEntries(
      q.last!.checks.filter((c) => c.outcome !== 'pass').map((c) => [c.key, [c.failed, c.checked]]),
    )
    expect(failed).toMatchObject({
      'unique:lsh': [1, 4],
      'notNull:sfzh': [1, 4],
      'accepted:xb': [1, 4],
      'consistency:ksrq+jsrq:le': [1, 4],
      'type:khrq': [1, 4],
    })
    expect(q.last!.verdict).toBe('blocked')
    expect(q.last!.change).toBeLessThan(0)
    expect(q.last!.checks.find((c) => c.key === 'unique:lsh')).toMatchObject({ moved: 'worse', share: 250_000 })
    expect(q.last!.checks[0]!.fix).not.toBe('')
    const score = Object.fromEntries(q.last!.dimensions.map((d) => [d.term, d.score]))
    expect(score['及时性']).toBe(10_000)
    expect(score['准确性']).toBeLessThan(10_000)
    expect(score['完整性']).toBeLessThan(10_000)
  })

  it('what is blocked is a gate until a later run says otherwise', async () => {
    const id = await compiled(hunan, '门')
    expect(qualityGate(await load(w, id))).toBeUndefined()
    await assess(hunan, id, bad)
    expect(qualityGate(await load(w, id))?.code).toBe('quality_blocked')
    await assess(hunan, id, good())
    expect(qualityGate(await load(w, id))).toBeUndefined()
  })

  it('no value of the data is in an answer, in the register or in what a unit reads; nor is the file, but for its owner', async () => {
    const id = await compiled(hunan, '只留计数')
    await assess(hunan, id, bad)
    const said = JSON.stringify([await hunan.see(id, 'item'), await quality(hunan, id), await bureau.see(id, 'item')])
    for (const value of [secret, '430102199003077433', 'L000001', '样本.csv']) expect(said).not.toContain(value)
    const { rows } = await w.app.pool.query<{ n: number }>(
      'select count(*)::int as n from gongshu.sealed where fields::text like any ($1)',
      [[`%${secret}%`, '%L000001%']],
    )
    expect(rows[0]!.n).toBe(0)
    const upload = String(
      (await load(w, id)).data['assess']!['given'] &&
        (JSON.parse(JSON.stringify((await load(w, id)).data['assess']!['given'])) as { upload: string }).upload,
    )
    // the bureau reads the entry, and not its data
    expect((await bureau.get(`/api/files/${upload}?case=${id}`)).status).toBe(404)
    expect((await hunan.get(`/api/files/${upload}`)).status).toBe(200)
  })
  it('another unit’s file is not read, nor another’s entry', async () => {
    const id = await compiled(hunan, '他人文件')
    const file = (await luan.upload('他人.csv', Buffer.from(good()))).id
    expect(await complaints(hunan.act(id, 'assess', { phase: 'before', file }, 'item'))).toEqual(['file'])
    expect((await luan.get(`/api/items/${id}/quality`)).status).toBe(404)
    expect(await refusal(luan.act(id, 'assess', { phase: 'before', file }, 'item'))).toBe('404 not_found')
  })
  it('a file that cannot be read is told to who asked, and the entry can be checked again', async () => {
    const id = await compiled(hunan, '读不了')
    const pdf = (await hunan.upload()).id
    expect(await complaints(hunan.act(id, 'assess', { phase: 'before', file: pdf }, 'item'))).toEqual(['file'])
    const q = await assess(hunan, id, '\n\n', 'before', '空.csv')
    expect(q.running).toBe(false)
    expect(q.failed!.says).not.toBe('')
    const notices = await done(hunan.get<{ stream: string; term: string }[]>('/api/notices'))
    expect(notices.find((n) => n.stream === id && n.term.includes(q.failed!.says))).toBeDefined()
    expect((await assess(hunan, id, good())).last!.verdict).toBe('pass')
  })
  it('one run at a time', async () => {
    const id = await compiled(hunan, '一次一个')
    const file = (await hunan.upload('a.csv', Buffer.from(good()))).id
    await done(hunan.act(id, 'assess', { phase: 'before', file }, 'item'))
    expect(await refusal(hunan.act(id, 'assess', { phase: 'before', file }, 'item'))).toBe('409 not_now')
    await w.settle()
    await done(hunan.act(id, 'assess', { phase: 'before', file }, 'item'))
    await w.settle()
  })
  it('Parquet and Excel are read as well', async () => {
    const path = join(dir, 'x.parquet')
    const engine = await DuckDBInstance.create(':memory:')
    const c = await engine.connect()
    await c.run(`copy (select 'L1' as lsh, '430102199003077433' as sfzh, '1' as xb) to '${path}' (format parquet)`)
    c.closeSync()
    engine.closeSync()
    const id = await compiled(hunan, '两种格式')
    expect((await assess(hunan, id, readFileSync(path), 'before', 'x.parquet')).last!.rows).toBe(1)
    const book = new ExcelJS.Workbook()
    const sheet = book.addWorksheet('数据')
    for (const line of good(3).trim().split('\n')) sheet.addRow(line.split(','))
    const q = await assess(hunan, id, Buffer.from(await book.xlsx.writeBuffer()), 'before', 'x.xlsx')
    expect(q.last).toMatchObject({ rows: 3, verdict: 'pass' })
  })

  describe('规则', () => {
    type Rule = Record<string, string | number>
    const begun = async (who: Actor, id: string): Promise<Rule[]> =>
      ((await who.see(id, 'item')).actions.find((a) => a.act === 'setChecks')!.value as { rules: Rule[] }).rules

    it('the form begins with what follows from the description, and saying it back changes nothing', async () => {
      const id = await compiled(hunan, '规则甲')
      const rules = await begun(hunan, id)
      expect(rules.map((r) => r['kind'])).toEqual(
        expect.arrayContaining(['unique', 'notNull', 'type', 'accepted', 'freshness']),
      )
      expect(rules.find((r) => r['kind'] === 'accepted')).toMatchObject({ fields: 'xb', parameters: '1、2' })
      const before = (await assess(hunan, id, bad)).last!.checks.map((c) => [c.key, c.failed])
      await done(hunan.act(id, 'setChecks', { rules }, 'item'))
      expect((await assess(hunan, id, bad)).last!.checks.map((c) => [c.key, c.failed])).toEqual(before)
      expect(await begun(hunan, id)).toEqual(rules)
    })
    it('HNL-011 the bureau sets them as well, with its tolerance, and they are what is checked', async () => {
      const id = await compiled(hunan, '规则乙')
      const rule = { kind: 'accepted', fields: 'xb', parameters: '1、2', dimension: 'accuracy', severity: 'block' }
      await done(bureau.act(id, 'setChecks', { rules: [rule] }, 'item'))
      expect((await assess(hunan, id, bad)).last).toMatchObject({ verdict: 'blocked', checks: [{ failed: 1 }] })
      await done(bureau.act(id, 'setChecks', { rules: [{ ...rule, tolerance: 250_000 }] }, 'item'))
      expect((await assess(hunan, id, bad)).last!.checks[0]!.outcome).toBe('pass')
    })
    it.each([
      ['rules.0.parameters', { kind: 'pattern', fields: 'xb', parameters: '(?=a)' }],
      ['rules.0.parameters', { kind: 'length', fields: 'xb', parameters: '很长' }],
      ['rules.0.parameters', { kind: 'type', fields: 'xb', parameters: '时间戳' }],
      ['rules.0.parameters', { kind: 'freshness', fields: 'gxrq', parameters: '经常' }],
      ['rules.0.fields', { kind: 'consistency', fields: 'ksrq', parameters: '≤日期' }],
      ['rules.0.fields', { kind: 'notNull' }],
      ['rules.0.fields', { kind: 'rowCount', fields: 'xb', parameters: '1~' }],
      ['rules.0.dimension', { kind: 'notNull', fields: 'xb', dimension: '六安' }],
      ['rules.0.kind', { kind: 'sql', fields: 'xb' }],
      ['rules.0.tolerance', { kind: 'notNull', fields: 'xb', tolerance: 1_000_001 }],
    ])('%s is told where the rule is %o', async (at, over) => {
      const id = await compiled(hunan, '规则丙')
      const rule = { dimension: 'accuracy', severity: 'warn', ...over }
      expect(await complaints(hunan.act(id, 'setChecks', { rules: [rule] }, 'item'))).toEqual([at])
    })
    it('names that are SQL are names', async () => {
      const evil = `xb" FROM x; DROP TABLE gongshu.event; --`
      const id = await compiled(hunan, '名称里的语句', [{ name: '恶意', field: evil }])
      const rules = [
        { kind: 'notNull', fields: evil, dimension: 'completeness', severity: 'warn' },
        { kind: 'accepted', fields: 'xb', parameters: `1') OR ('1'='1`, dimension: 'accuracy', severity: 'warn' },
      ]
      await done(hunan.act(id, 'setChecks', { rules }, 'item'))
      const q = await assess(hunan, id, `xb,"${evil.replaceAll('"', '""')}"\n1,\n2,x\n`)
      expect(q.last!.checks.map((c) => [c.failed, c.checked]).sort()).toEqual([
        [1, 2],
        [2, 2],
      ])
    })
  })

  describe('数据库来源', () => {
    const configure = (units: readonly string[]): void => {
      const path = join(dir, 'sources.json')
      const url = new URL(w.url)
      writeFileSync(path, JSON.stringify({ 业务库: { url: url.href, units } }), { mode: 0o600 })
      process.env['GONGSHU_SOURCES'] = path
    }
    const ask = async (who: Actor, id: string, input: object) => {
      await done(who.act(id, 'assess', { phase: 'before', ...input }, 'item'))
      await w.settle()
      return quality(who, id)
    }
    it('a unit names the source an administrator opened to it; no credential is typed, and none is shown', async () => {
      configure(['湖南省公积金领域实施机构（演示）'])
      const id = await compiled(hunan, '数据库甲')
      expect((await quality(hunan, id)).sources).toEqual(['业务库'])
      await done(
        hunan.act(
          id,
          'setChecks',
          { rules: [{ kind: 'rowCount', parameters: '1~', dimension: 'completeness', severity: 'block' }] },
          'item',
        ),
      )
      const q = await ask(hunan, id, { source: '业务库', table: 'gongshu.organisation' })
      expect(q.last!.verdict).toBe('pass')
      expect(JSON.stringify([q, await hunan.see(id, 'item')])).not.toContain('postgres')
    })
    it('a source that is another’s is as if it were not there; the bureau does not look through a unit’s', async () => {
      configure(['市公积金中心'])
      const id = await compiled(hunan, '数据库乙')
      expect((await quality(hunan, id)).sources).toEqual([])
      expect((await ask(hunan, id, { source: '业务库', table: 'gongshu.organisation' })).failed!.says).toContain(
        '没有名为“业务库”',
      )
      expect(
        await complaints(bureau.act(id, 'assess', { phase: 'before', source: '业务库', table: 'a.b' }, 'item')),
      ).toEqual(['source'])
      expect(
        await complaints(
          hunan.act(id, 'assess', { phase: 'before', source: '业务库', table: 'a"; drop table x' }, 'item'),
        ),
      ).toEqual(['table'])
      expect(await complaints(hunan.act(id, 'assess', { phase: 'before' }, 'item'))).toEqual(['file'])
    })
  })

  it('the overview counts by unit, region and dimension, to the point; each sees their own, and it goes out as a table', async () => {
    const id = await compiled(luan, '总览甲')
    await assess(luan, id, bad)
    const o = await done(luan.get<QualityOverview>('/api/quality'))
    expect(o.units.map((u) => u.name)).toEqual(['市公积金中心'])
    expect(o.worst[0]).toMatchObject({ id, name: '总览甲', verdict: 'blocked' })
    expect(o.dimensions.map((d) => d.term)).toEqual(['准确性', '完整性', '一致性'])
    const all = await done(bureau.get<QualityOverview>('/api/quality'))
    expect(all.worst.some((x) => x.id === id)).toBe(false)
    expect(all.regions.map((r) => r.division)).toEqual(['430000'])
    expect(all.total.blocked).toBe(all.units.reduce((n, u) => n + u.blocked, 0))
    const sheet = await bureau.get<Buffer>('/api/quality.xlsx')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(sheet.body as never)
    expect(book.worksheets[0]!.getSheetValues().flat(2).join()).toContain('湖南省公积金领域实施机构（演示）')
    expect((await (await w.as('公民王女士')).get('/api/quality')).status).toBe(403)
    expect((await w.anyone.get('/api/quality')).status).toBe(401)
  })
})
