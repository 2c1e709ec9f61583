import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseView, GradeListReport, ImportantRegister } from '#contract'
import ExcelJS from 'exceljs'
import { complaints, done, refusal } from '../cases.ts'
import { world, type Actor, type World } from '../world.ts'

/** 分类分级：先拟定，后确认或认定，级别是供给与开放的门。 */
let w: World
let clerk: Actor
let boss: Actor
let bureau: Actor
beforeAll(async () => {
  w = await world({ day: '2026-03-16' })
  ;[clerk, boss, bureau] = await Promise.all([w.as('公积金经办'), w.as('公积金复核'), w.as('六安局经办')])
})
afterAll(() => w.close())

const fields = [
  { name: '姓名', field: 'xm', type: '字符型', meaning: '缴存人姓名' },
  { name: '身份证号码', field: 'sfzh', type: '字符型', meaning: '缴存人证件号码' },
  { name: '缴存年月', field: 'jcny', type: '日期型', meaning: '归属年月' },
]
const entry = (name: string, more: object = {}) => ({
  basic: { name },
  fields,
  upkeep: { frequency: '每月' },
  access: { sharing: 'conditional', sharingCondition: '经同意', opening: 'none', openingCondition: '含个人信息' },
  ...more,
})
const compiled = async (name: string, more: object = {}): Promise<string> => {
  const { id } = await done(clerk.send<{ id: string }>('POST', '/api/items', { input: entry(name, more) }))
  await done(boss.act(id, 'enter', {}, 'item'))
  return id
}
interface Row {
  name: string
  personal: string
  reason?: string
}
const begun = async (item: string): Promise<readonly Row[]> =>
  (await done(clerk.get<{ value: { fields: Row[] } }>(`/api/gradings/form?about=${item}`))).value.fields
const harm = [{ object: 'person', degree: 'general' }]
const propose = (item: string, input: object) =>
  clerk.send<{ id: string }>('POST', '/api/gradings', { about: item, input })

describe('who proposes and who decides', () => {
  it('the form begins with what names and meanings give away, each with its reason', async () => {
    const rows = await begun(await compiled('缴存人信息甲'))
    expect(rows.map((r) => [r.name, r.personal === 'none'])).toEqual([
      ['姓名', false],
      ['身份证号码', false],
      ['缴存年月', true],
    ])
    expect(rows[0]!.reason).toContain('姓名')
  })

  it('an entry gets its grade by a proposal that somebody else of the unit confirms', async () => {
    const item = await compiled('缴存人信息乙')
    expect((await clerk.see(item, 'item')).facts.some((f) => f.term === '级别')).toBe(false)
    const { id } = await done(propose(item, { fields: await begun(item), harm }))
    expect(await refusal(clerk.act(id, 'confirm', {}, 'grading'))).toBe('403 not_yours')
    await done(boss.act(id, 'confirm', {}, 'grading'))
    expect((await boss.see(item, 'item')).facts.find((f) => f.term === '级别')?.value).toBe('一般 4 级')
  })

  it('only one proposal for an entry is under way at a time', async () => {
    const item = await compiled('缴存人信息丙')
    await done(propose(item, { fields: await begun(item), harm }))
    expect(await refusal(propose(item, { fields: await begun(item), harm }))).toBe('409 duplicate')
  })

  it('every field is answered for, and none that the entry does not have', async () => {
    const item = await compiled('缴存人信息丁')
    const rows = await begun(item)
    expect(await complaints(propose(item, { fields: rows.slice(1), harm }))).toEqual(['fields'])
    expect(await complaints(propose(item, { fields: [...rows, { name: '余额', personal: 'none' }], harm }))).toEqual([
      'fields.3.name',
    ])
  })

  it('what was detected is taken back only with a reason, and the reason is kept', async () => {
    const item = await compiled('缴存人信息戊')
    const rows = (await begun(item)).map((r) => (r.name === '姓名' ? { name: r.name, personal: 'none' } : r))
    expect(await complaints(propose(item, { fields: rows, harm }))).toEqual(['fields.0.reason'])
    const why = '此列为户名汇总，不指向自然人'
    const answered = rows.map((r) => (r.name === '姓名' ? { ...r, reason: why } : r))
    const { id } = await done(propose(item, { fields: answered, harm }))
    expect(JSON.stringify((await boss.see(id, 'grading')).materials)).toContain(why)
  })

  it('a grade below what the rules give needs its reason', async () => {
    const item = await compiled('数据集降级', { fields: [fields[2]] })
    const rows = await begun(item)
    const grave = [{ object: 'public', degree: 'general' }]
    expect(await complaints(propose(item, { fields: rows, harm: grave, grade: '1' }))).not.toEqual([])
    await done(
      propose(item, {
        fields: rows,
        harm: grave,
        grade: '1',
        reason: '只含全市合计数，任何人无法由此得到单位或个人情况',
      }),
    )
  })
})

describe('重要数据', () => {
  let item: string
  let id: string
  it('HNL-050 核心 and 重要 are only ever proposed by the unit; the authority decides', async () => {
    item = await compiled('全市地下管线信息', { fields: [{ name: '管线走向', field: 'line', type: '字符型' }] })
    const grave = [{ object: 'nation', degree: 'general' }]
    ;({ id } = await done(propose(item, { fields: await begun(item), harm: grave })))
    expect(await refusal(boss.act(id, 'confirm', {}, 'grading'))).toBe('409 not_now')
    await done(boss.act(id, 'submit', {}, 'grading'))
    expect(await refusal(boss.act(id, 'decide', { grade: '1', opinion: '自认' }, 'grading'))).toBe('403 not_yours')
    const approver = await w.as('六安局审批')
    await done(approver.act(id, 'decide', { grade: '5', opinion: '同意列入重要数据' }, 'grading'))
    expect((await boss.see(id, 'grading')).stateTerm).toBe('已定级')
  })

  it('HNL-050 an important entry is looked into by few duties only', async () => {
    const handler = await clerk.get<{ code: string }>(`/api/items/${item}`)
    expect([handler.status, handler.body.code]).toEqual([403, 'not_yours'])
    expect((await boss.get<CaseView>(`/api/items/${item}`)).status).toBe(200)
  })

  it('HNL-050 the register names it with its basis, and goes out as a table', async () => {
    const r = await done(bureau.get<ImportantRegister>('/api/important'))
    expect(r.rows.map((x) => x.join(' ')).filter((x) => x.includes('全市地下管线信息'))).toHaveLength(1)
    const sheet = await bureau.get<Buffer>('/api/important.xlsx')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(sheet.body as never)
    expect(book.worksheets[0]!.getSheetValues().flat(2).join()).toContain('全市地下管线信息')
    // another territory sees nothing of it
    const others = await done((await w.as('湖南局经办')).get<ImportantRegister>('/api/important'))
    expect(others.rows).toEqual([])
  })
})

describe('a sample', () => {
  it('is looked at and not kept: of a column without a telling name its formats are known, its values nowhere', async () => {
    const item = await compiled('样本甲', { fields: [{ name: '备用一', field: 'by1', type: '字符型' }] })
    const phones = Array.from({ length: 60 }, (_, i) => `1390000${String(1000 + i)}`)
    const boundary = 'b0undary'
    const payload = Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="样本.csv"\r\nContent-Type: text/csv\r\n\r\n备用一\n${phones.join('\n')}\n\r\n--${boundary}--\r\n`,
    )
    await done(
      clerk.send('POST', `/api/items/${item}/sample`, payload, {
        'content-type': `multipart/form-data; boundary=${boundary}`,
      }),
    )
    expect((await begun(item))[0]!.personal).not.toBe('none')
    const everything = JSON.stringify(await clerk.see(item, 'item'))
    expect(phones.filter((p) => everything.includes(p))).toEqual([])
    const { rows } = await w.app.pool.query<{ n: number }>(
      'select count(*)::int as n from gongshu.sealed where fields::text like $1',
      ['%1390000%'],
    )
    expect(rows[0]!.n).toBe(0)
  })
})

describe('a unit’s own list', () => {
  const send = (csv: string, apply: boolean) => {
    const boundary = 'b0undary'
    const payload = Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="分类分级清单.csv"\r\nContent-Type: text/csv\r\n\r\n${csv}\r\n--${boundary}--\r\n`,
    )
    return clerk.send<GradeListReport>('POST', `/api/gradings/list${apply ? '?apply=1' : ''}`, payload, {
      'content-type': `multipart/form-data; boundary=${boundary}`,
    })
  }
  it('HNL-012 a list of grades is applied to the entries of the unit it comes from, once every line of it is right', async () => {
    const [a, b] = [await compiled('清单项甲'), await compiled('清单项乙', { fields: [fields[2]] })]
    const wrong = await done(
      send('目录名称,信息项,级别,理由\n清单项甲,,4级,\n清单项丙,,2级,\n清单项乙,缴存年月,九级,\n', true),
    )
    expect(wrong.problems.map((p) => p.line)).toEqual([3, 4])
    expect(wrong.opened).toBe(0)
    const right = '目录名称,信息项,级别,理由\n清单项甲,,4级,\n清单项乙,,4级,含缴存情况，从严\n'
    expect((await done(send(right, false))).opened).toBe(0)
    expect((await done(send(right, true))).opened).toBe(2)
    // again: both are under way
    expect((await done(send(right, true))).problems).toHaveLength(2)
    const open = (await boss.list('gradings?open=1')).rows.filter((r) => r.title.includes('清单项'))
    for (const g of open) {
      expect(await refusal(clerk.act(g.id, 'confirm', {}, 'grading'))).toBe('403 not_yours')
      await done(boss.act(g.id, 'confirm', {}, 'grading'))
    }
    for (const id of [a, b])
      expect((await boss.see(id, 'item')).facts.find((f) => f.term === '级别')?.value).toBe('一般 4 级')
  })
})
