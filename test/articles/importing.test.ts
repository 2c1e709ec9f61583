import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { CaseView, FileView, ImportResultView } from '#contract'
import { organisations } from '#store'
import { complaints, done, refusal } from '../cases.ts'
import { pdf, world, type Actor, type World } from '../world.ts'

let w: World
let fund: { clerk: Actor; boss: Actor }
let bureau: { clerk: Actor; boss: Actor }
beforeAll(async () => {
  w = await world()
  const pair = async (clerk: string, boss: string) => ({ clerk: await w.as(clerk), boss: await w.as(boss) })
  fund = await pair('公积金经办', '公积金复核')
  bureau = await pair('六安局经办', '六安局审批')
})
afterAll(() => w?.close())

const head = '数源单位,目录名称,摘要,资源格式,更新频率,是否待归集,共享类型,共享条件,不予共享依据,开放类型,开放条件'
const csv = (...lines: readonly string[]): Buffer => Buffer.from([head, ...lines].join('\n'))
const line = (
  name: string,
  more: { unit?: string; summary?: string; format?: string; frequency?: string } = {},
): string =>
  [
    more.unit ?? '市公积金中心',
    name,
    more.summary ?? `${name}的摘要`,
    more.format ?? '库表',
    more.frequency ?? '按月',
    '否',
    '有条件共享',
    '履行职责需要',
    '',
    '不予开放',
    '含个人信息',
  ].join(',')

const upload = async (who: Actor, source: string, bytes: Buffer, name = '清单.csv', more = {}): Promise<string> => {
  const file = await who.upload(name, bytes)
  const started = await done(
    who.send<{ id: string }>('POST', '/api/imports', { input: { source, file: file.id, ...more } }),
  )
  await w.settle()
  return started.id
}
const see = (who: Actor, id: string): Promise<CaseView> => who.see(id, 'import')
const resultOf = (who: Actor, id: string): Promise<ImportResultView> =>
  done(who.get<ImportResultView>(`/api/imports/${id}/result`))
const says = async (who: Actor, id: string): Promise<string[]> =>
  (await resultOf(who, id)).findings.map((f) => `${f.line} ${f.level} ${f.says}`)
const factOf = (v: CaseView): Record<string, string> => Object.fromEntries(v.facts.map((f) => [f.term, f.value]))
const counts = (v: CaseView, act: string): Record<string, string> =>
  Object.fromEntries(
    v.timeline
      .findLast((t) => t.act === act)!
      .detail.flatMap((d) => (d.text === undefined ? [] : [[d.term, d.text] as const])),
  )
const apply = async (who: { boss: Actor }, id: string): Promise<CaseView> => {
  await done(who.boss.act(id, 'apply', { acknowledged: true }, 'import'))
  await w.settle()
  return see(who.boss, id)
}
const bring = async (who: { clerk: Actor; boss: Actor }, source: string, bytes: Buffer, name?: string) =>
  apply(who, await upload(who.clerk, source, bytes, name))
const entry = async (who: Actor, name: string) => {
  const rows = (await who.list(`items?q=${encodeURIComponent(name)}`)).rows.filter((r) => r.title === name)
  expect(rows).toHaveLength(1)
  return who.see(rows[0]!.id, 'item')
}
const fieldsOf = (v: CaseView): Record<string, string | undefined> =>
  Object.fromEntries(v.materials.flatMap((g) => (g.fields ?? []).map((f) => [f.key, f.text])))

describe('a unit brings its own list', () => {
  it('is told of every fault by line in its own sheet, and nothing is written before all are put right', async () => {
    const book = new ExcelJS.Workbook()
    const sheet = book.addWorksheet('目录')
    sheet.addRow(['某市公积金中心数据资源目录'])
    sheet.mergeCells('A1:K1')
    sheet.addRow(head.split(','))
    sheet.addRow(line('缴存明细').split(','))
    sheet.addRow(line('').split(','))
    sheet.addRow(line('贷款明细').replace('有条件共享', '随便共享').split(','))
    sheet.addRow(line('提取明细', { unit: '市交通局' }).split(','))
    sheet.addRow(['合计', '3'])
    const id = await upload(fund.clerk, '公积金目录', Buffer.from(await book.xlsx.writeBuffer()), '公积金目录.xlsx')
    const faulty = await see(fund.clerk, id)
    expect(faulty).toMatchObject({ state: 'faulty', stateTerm: '有错误' })
    expect(counts(faulty, 'found')).toMatchObject({ 目录: '4', 错误: '3' })
    const found = await says(fund.clerk, id)
    expect(found).toContainEqual(expect.stringMatching(/^4 error .*名称为空/))
    expect(found).toContainEqual(expect.stringMatching(/^5 error .*不认识“随便共享”/))
    expect(found).toContainEqual(expect.stringMatching(/^6 error .*“市交通局”不是本单位/))
    expect(await refusal(fund.boss.act(id, 'apply', { acknowledged: true }, 'import'))).toBe('409 not_now')
    expect((await fund.clerk.list('items')).rows).toHaveLength(0)

    const report = Object.values(faulty.files).find((f) => f.name === '公积金目录-问题.xlsx')!
    const marked = new ExcelJS.Workbook()
    await marked.xlsx.load((await done(fund.clerk.get<Buffer>(`/api/files/${report.id}`))) as never)
    const back = marked.getWorksheet('目录')!
    expect(back.getRow(2).getCell(12).text).toBe('问题')
    expect(back.getRow(4).getCell(12).text).toContain('名称为空')
    expect(back.getRow(3).getCell(12).text).toBe('')

    // corrected in place and sent back, the column of problems still there
    back.getRow(4).getCell(2).value = '贷款还款计划'
    back.getRow(5).getCell(7).value = '无条件共享'
    back.getRow(6).getCell(1).value = '市公积金中心'
    const again = await fund.clerk.upload('公积金目录-问题.xlsx', Buffer.from(await marked.xlsx.writeBuffer()))
    await done(fund.clerk.act(id, 'replace', { file: again.id }, 'import'))
    await w.settle()
    const ready = await see(fund.boss, id)
    expect(ready.state).toBe('ready')
    expect(counts(ready, 'passed')).toMatchObject({ 目录: '4', 错误: '0', 新增: '4' })
    expect((await fund.clerk.list('items')).rows).toHaveLength(0)

    expect(await refusal(fund.clerk.act(id, 'apply', { acknowledged: true }, 'import'))).toBe('403 not_yours')
    const finished = await apply(fund, id)
    expect(finished).toMatchObject({ state: 'done', facts: expect.arrayContaining([{ term: '新增', value: '4' }]) })
    expect((await resultOf(fund.clerk, id)).entries.map((e) => e.name).sort()).toEqual(
      ['缴存明细', '贷款还款计划', '贷款明细', '提取明细'].sort(),
    )
    const one = await entry(fund.clerk, '缴存明细')
    expect(one).toMatchObject({ state: 'listed', parties: { holder: '市公积金中心', bureau: '六安市数据资源管理局' } })
    // in the register's own terms, and not public before the bureau says so
    expect(fieldsOf(one)).toMatchObject({ format: '数据库', frequency: '每月', sharing: '有条件共享' })
    expect(one.actions.map((a) => a.act)).not.toContain('publish')
    expect((await entry(bureau.clerk, '缴存明细')).actions.map((a) => a.act)).toContain('publish')
  })

  it('cannot be confirmed by whoever uploaded it, nor with warnings that nobody looked at', async () => {
    const id = await upload(fund.clerk, '提醒', csv(line('账户余额', { frequency: '随时' })))
    const v = await see(fund.boss, id)
    expect(counts(v, 'passed')).toMatchObject({ 错误: '0', 提醒: '1' })
    expect(await complaints(fund.boss.act(id, 'apply', {}, 'import'))).toEqual(['acknowledged'])
    await done(fund.clerk.act(id, 'cancel', {}, 'import'))
    expect((await see(fund.clerk, id)).state).toBe('cancelled')
  })

  it('brought again, the same list changes nothing; what it says anew is changed, what only the register changed stays', async () => {
    const first = csv(line('公积金网点'), line('公积金楼盘'), line('公积金担保'))
    expect(factOf(await bring(fund, '业务目录', first))).toEqual({ 新增: '3', 变更: '0', 不变: '0' })
    expect(factOf(await bring(fund, '业务目录', first))).toEqual({ 新增: '0', 变更: '0', 不变: '3' })

    const branch = await entry(fund.clerk, '公积金网点')
    const revise = branch.actions.find((a) => a.act === 'revise')!
    const value = revise.value as { basic: object; upkeep: object }
    await done(
      fund.clerk.act(
        branch.id,
        'revise',
        {
          ...value,
          basic: { ...value.basic, summary: '手工改过的摘要' },
          upkeep: { ...value.upkeep, updateMechanism: '网点变动当日更新' },
          change: '补充',
        },
        'item',
      ),
    )
    // the list as before: what was revised by hand is not undone
    expect(factOf(await bring(fund, '业务目录', first))).toEqual({ 新增: '0', 变更: '0', 不变: '3' })
    const next = csv(
      line('公积金网点', { frequency: '每日' }),
      line('公积金楼盘', { summary: '新的摘要' }),
      line('公积金担保'),
    )
    const id = await upload(fund.clerk, '业务目录', next)
    expect((await resultOf(fund.clerk, id)).changes).toMatchObject([
      { name: '公积金网点', changes: [{ term: '更新频率', was: '每月', now: '每日' }] },
      { name: '公积金楼盘', changes: [{ term: '摘要', was: '公积金楼盘的摘要', now: '新的摘要' }] },
    ])
    expect(factOf(await apply(fund, id))).toEqual({ 新增: '0', 变更: '2', 不变: '1' })
    expect(fieldsOf(await entry(fund.clerk, '公积金网点'))).toMatchObject({
      frequency: '每日',
      summary: '手工改过的摘要',
      updateMechanism: '网点变动当日更新',
    })
    // both changed the same: told of, and not overwritten
    const crossed = await upload(
      fund.clerk,
      '业务目录',
      csv(line('公积金网点', { frequency: '每日', summary: '清单的摘要' })),
    )
    expect(await says(fund.clerk, crossed)).toEqual([expect.stringMatching(/^2 warning .*摘要已于 .* 另有修改/)])
    expect(counts(await apply(fund, crossed), 'finish')).toMatchObject({ 变更: '0', 冲突未导入: '1' })
    expect(fieldsOf(await entry(fund.clerk, '公积金网点')).summary).toBe('手工改过的摘要')
  })

  it('an entry of the same name is pointed out before there are two of it', async () => {
    const id = await upload(fund.clerk, '另一来源', csv(line('公积金楼盘')))
    expect(await says(fund.clerk, id)).toEqual([expect.stringContaining('与登记簿中该单位已有的目录项同名')])
  })
})

describe('what a column means', () => {
  const odd = (name: string): Buffer => Buffer.from(`单位,代号甲,代号乙\n市公积金中心,${name},每日\n`)

  it('is corrected by a person and remembered for the next list with these titles, and only for that importer', async () => {
    const id = await upload(fund.clerk, '别家系统', odd('异地转移'))
    const before = await resultOf(fund.clerk, id)
    expect((await see(fund.clerk, id)).state).toBe('faulty')
    expect(before.problems).toEqual([expect.stringContaining('为“目录名称”和“数源单位”选择列')])
    expect(before.sheets[0]!.columns.map((c) => [c.title, c.means])).toEqual([
      ['单位', 'holders'],
      ['代号甲', 'none'],
      ['代号乙', 'none'],
    ])
    const sheet = before.sheets[0]!.sheet
    const means = ['holders', 'name', 'frequency']
    await done(
      fund.clerk.act(
        id,
        'map',
        {
          sheets: [{ sheet, role: 'items' }],
          columns: before.sheets[0]!.columns.map((c, i) => ({ sheet, at: c.at, title: c.title, means: means[i] })),
        },
        'import',
      ),
    )
    await w.settle()
    expect((await see(fund.clerk, id)).state).toBe('ready')
    await apply(fund, id)
    expect(fieldsOf(await entry(fund.clerk, '异地转移'))).toMatchObject({ frequency: '每日' })

    const second = await upload(fund.clerk, '别家系统', odd('异地贷款'))
    expect((await see(fund.clerk, second)).state).toBe('ready')
    expect((await resultOf(fund.clerk, second)).sheets[0]!.columns).toMatchObject([
      { means: 'holders' },
      { means: 'name', confidence: 100 },
      { means: 'frequency', confidence: 100 },
    ])
    const other = await upload(await w.as('交通局经办'), '别家系统', odd('公交线路'))
    expect((await resultOf(await w.as('交通局经办'), other)).sheets[0]!.columns[1]).toMatchObject({ means: 'none' })
  })

  it('a list without a column for units is its importer’s own', async () => {
    const done = await bring(fund, '无单位列', Buffer.from('目录名称,更新频率\n缴存基数,每年\n'))
    expect(factOf(done)).toMatchObject({ 新增: '1' })
    expect((await entry(fund.clerk, '缴存基数')).parties['holder']).toBe('市公积金中心')
  })
})

describe('what was exported comes back', () => {
  const exported = async (who: Actor): Promise<{ items: Record<string, unknown>[] }> =>
    done(who.get<{ items: Record<string, unknown>[] }>('/api/items/export.json'))
  const asFile = (items: object[]): Buffer => Buffer.from(JSON.stringify({ items }))

  it('as it was it changes nothing; changed, it changes exactly those entries, in Excel as in JSON', async () => {
    const all = await exported(fund.clerk)
    expect(all.items.length).toBeGreaterThan(5)
    expect(factOf(await bring(fund, '导出再导入', asFile(all.items), '目录.json'))).toEqual({
      新增: '0',
      变更: '0',
      不变: String(all.items.length),
    })
    const book = new ExcelJS.Workbook()
    await book.xlsx.load((await done(fund.clerk.get<Buffer>('/api/items/export.xlsx'))) as never)
    const sheet = book.getWorksheet('目录')!
    const titles = (sheet.getRow(1).values as string[]).slice(1)
    const at = titles.indexOf('摘要') + 1
    const name = sheet.getRow(2).getCell(titles.indexOf('目录名称') + 1).text
    sheet.getRow(2).getCell(at).value = '在导出的表里改的摘要'
    const changed = Buffer.from(await book.xlsx.writeBuffer())
    expect(factOf(await bring(fund, '导出再导入', changed, '目录.xlsx'))).toMatchObject({ 新增: '0', 变更: '1' })
    expect(fieldsOf(await entry(fund.clerk, name)).summary).toBe('在导出的表里改的摘要')
    // exported before that change, the same sheet speaks of a version that is past
    expect(factOf(await bring(fund, '导出再导入', changed, '目录.xlsx'))).toMatchObject({ 新增: '0', 变更: '0' })
  })

  it('an entry that was edited after the export is a conflict and not overwritten', async () => {
    const { items } = await exported(fund.clerk)
    const mine = items.find((i) => i['name'] === '公积金担保')!
    const seen = await entry(fund.clerk, '公积金担保')
    const value = seen.actions.find((a) => a.act === 'revise')!.value as { basic: object }
    await done(
      fund.clerk.act(
        seen.id,
        'revise',
        { ...value, basic: { ...value.basic, summary: '导出之后改的' }, change: '更正' },
        'item',
      ),
    )
    const id = await upload(fund.clerk, '导出再导入', asFile([{ ...mine, summary: '导出的表里改的' }]), '目录.json')
    expect(counts(await see(fund.clerk, id), 'passed')).toMatchObject({ 变更: '0', 冲突: '1' })
    await apply(fund, id)
    expect(fieldsOf(await entry(fund.clerk, '公积金担保')).summary).toBe('导出之后改的')
  })

  it('another unit’s mark, an invented one and another unit in the place of the holder are refused by line', async () => {
    const { items } = await exported(fund.clerk)
    const transport = await w.as('交通局经办')
    const stolen = await upload(transport, '盗用', asFile([{ ...items[0]!, holders: ['市交通局'] }]), '目录.json')
    expect(await says(transport, stolen)).toEqual([expect.stringMatching(/^2 error .*不由本单位维护/)])
    const invented = await upload(
      transport,
      '编造',
      asFile([
        { name: '编造的', holders: ['市交通局'], source: `${items[0]!['source'] as string}1`.replace(/^./, 'f') },
      ]),
      '目录.json',
    )
    expect(await says(transport, invented)).toEqual([expect.stringMatching(/^2 error .*不由本单位维护/)])
    const moved = await upload(bureau.clerk, '改单位', asFile([{ ...items[0]!, holders: ['市交通局'] }]), '目录.json')
    expect(await says(bureau.clerk, moved)).toEqual([expect.stringMatching(/^2 error .*不能变更数源单位/)])
  })
})

describe('a bureau brings the list of its territory', () => {
  it('units it names are taken up where they are new, which is said beforehand; what is public already is published', async () => {
    const lines = csv(
      line('公交站点', { unit: '市交通局' }),
      line('绿地信息', { unit: '市园林局' }),
      line('古树信息', { unit: '市园林局' }),
    )
    const id = await upload(bureau.clerk, '市级目录', lines, '市级.csv', { published: true })
    expect((await resultOf(bureau.clerk, id)).newUnits).toEqual(['市园林局'])
    expect((await organisations(w.app.pool)).map((o) => o.name)).not.toContain('市园林局')
    const finished = await apply(bureau, id)
    expect(counts(finished, 'finish')).toMatchObject({ 新增: '3', 新登记的单位: '1' })
    expect((await organisations(w.app.pool)).filter((o) => o.name === '市园林局')).toMatchObject([
      { division: '341500' },
    ])
    const stop = await entry(await w.as('交通局经办'), '公交站点')
    expect(stop.parties['holder']).toBe('市交通局')
    expect((await entry(bureau.clerk, '公交站点')).actions.map((a) => a.act)).toContain('conceal')
  })

  it('no bureau reaches beyond its territory, and no unit says for itself what is public', async () => {
    const { items } = await done(fund.clerk.get<{ items: object[] }>('/api/items/export.json'))
    const elsewhere = await w.as('肇庆局经办')
    const id = await upload(elsewhere, '外地', Buffer.from(JSON.stringify({ items: items.slice(0, 1) })), '目录.json')
    expect(await says(elsewhere, id)).toEqual([expect.stringMatching(/^2 error .*不由本单位维护/)])
    const file = await fund.clerk.upload('清单.csv', csv(line('自行公布')))
    expect(
      await complaints(
        fund.clerk.send('POST', '/api/imports', { input: { source: '公布', file: file.id, published: true } }),
      ),
    ).toEqual(['published'])
  })
})

describe('what does not belong', () => {
  it('a file of somebody else, a file that is no list, a file too large and a broken one are turned down', async () => {
    const theirs: FileView = await (await w.as('交通局经办')).upload('清单.csv', csv(line('别人的')))
    const begin = (file: string) => fund.clerk.send('POST', '/api/imports', { input: { source: '不当', file } })
    expect(await complaints(begin(theirs.id))).toEqual(['file'])
    expect(await complaints(begin((await fund.clerk.upload('清单.pdf', pdf())).id))).toEqual(['file'])
    await expect(fund.clerk.upload('大.json', Buffer.from(`["${'x'.repeat(31 << 20)}"]`))).rejects.toThrow(
      'file_too_large',
    )
    await expect(fund.clerk.upload('坏.json', Buffer.from('[{"a":1'))).rejects.toThrow('file_damaged')
    await expect(fund.clerk.upload('坏.json', Buffer.from([0x5b, 0x22, 0xc4, 0xe3, 0x22, 0x5d]))).rejects.toThrow(
      'UTF-8',
    )
    const id = await upload(fund.clerk, '空表', Buffer.from('只有一列\n'))
    expect(await see(fund.clerk, id)).toMatchObject({ state: 'faulty' })
  })

  it('nobody outside sees an import, its file or what was found', async () => {
    const id = await upload(fund.clerk, '私密', csv(line('私密目录')))
    const v = await see(fund.clerk, id)
    const transport = await w.as('交通局经办')
    expect(await refusal(transport.get(`/api/imports/${id}`))).toBe('404 not_found')
    expect(await refusal(transport.get(`/api/imports/${id}/result`))).toBe('404 not_found')
    for (const f of Object.keys(v.files))
      expect(await refusal(transport.get(`/api/files/${f}?case=${id}`))).toBe('404 not_found')
    expect(await refusal(w.anyone.get('/api/items/export.csv'))).toBe('401 signed_out')
    expect(await refusal(transport.act(id, 'cancel', {}, 'import'))).toBe('404 not_found')
  })
})

it('folds to what is stored', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
