import ExcelJS from 'exceljs'
import type { CaseRow } from '#contract'

// a cell that begins like a formula would run when the sheet is opened
const plain = (v: string): string => (/^[=+\-@\t\r]/.test(v) ? `'${v}` : v)

/** A list of cases as an Excel sheet: one row a case, header frozen, filters on. */
export const listToXlsx = async (rows: readonly CaseRow[]): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('事项', { views: [{ state: 'frozen', ySplit: 1 }] })
  const facts = [...new Set(rows.flatMap((r) => r.facts.map((f) => f.term)))]
  const parties = [...new Set(rows.flatMap((r) => Object.keys(r.parties)))]
  const partyTerms: Record<string, string> = {
    applicant: '申请人',
    holder: '登记主体',
    registrar: '登记机构',
    bureau: '数据管理部门',
    objector: '异议人',
    debtor: '登记主体',
    recorder: '记录单位',
    coHolder: '共同单位',
    self: '本单位',
    authority: '主管单位',
  }
  sheet.addRow([
    '名称',
    '类型',
    '对象',
    '状态',
    '地区',
    ...parties.map((p) => partyTerms[p] ?? p),
    '开始日期',
    '办理期限',
    '期限事项',
    '依据',
    ...facts,
  ])
  for (const r of rows)
    sheet.addRow(
      [
        r.title,
        r.kindTerm,
        r.variantTerm,
        r.stateTerm,
        r.divisionName,
        ...parties.map((p) => r.parties[p] ?? ''),
        r.opened,
        r.due?.day ?? '',
        r.due?.term ?? '',
        r.due?.basis ?? '',
        ...facts.map((t) => r.facts.find((f) => f.term === t)?.value ?? ''),
      ].map(plain),
    )
  sheet.getRow(1).font = { bold: true }
  sheet.columns.forEach((c, i) => (c.width = i === 0 ? 36 : 18))
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: sheet.columnCount } }
  return Buffer.from(await book.xlsx.writeBuffer())
}
