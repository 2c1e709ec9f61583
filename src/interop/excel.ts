import ExcelJS from 'exceljs'
import type { CaseRow, CatalogueEntry, CatalogueNotice, ProgrammeOverview } from '#contract'

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

type Column<R> = readonly [term: string, width: number, show: (r: R) => string | number]
const tableToXlsx = async <R>(name: string, columns: readonly Column<R>[], rows: readonly R[]): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.addRow(columns.map(([term]) => term))
  for (const r of rows)
    sheet.addRow(
      columns.map(([, , show]) => {
        const v = show(r)
        return typeof v === 'number' ? v : plain(v)
      }),
    )
  sheet.getRow(1).font = { bold: true }
  columns.forEach(([, width], i) => (sheet.getColumn(i + 1).width = width))
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } }
  return Buffer.from(await book.xlsx.writeBuffer())
}
const collectedTerm = (c: boolean | null): string => (c === null ? '' : c ? '已归集' : '待归集')

/** Catalogue entries as an Excel sheet, one row an entry. */
export const catalogueToXlsx = (rows: readonly CatalogueEntry[]): Promise<Buffer> =>
  tableToXlsx(
    '目录',
    [
      ['目录名称', 36, (r) => r.name],
      ['目录代码', 18, (r) => r.code],
      ['数源单位', 24, (r) => r.units.join('、')],
      ['地区', 14, (r) => r.divisionName],
      ['状态', 10, (r) => r.stateTerm],
      ['共享属性', 14, (r) => r.sharing],
      ['开放属性', 14, (r) => r.opening],
      ['数据级别', 10, (r) => r.grade],
      ['归集', 10, (r) => collectedTerm(r.collected)],
      ['更新频率', 12, (r) => r.frequency],
      ['数据更新到', 14, (r) => r.refreshed ?? ''],
      ['应于何日前更新', 16, (r) => r.freshDue ?? ''],
      ['是否超期', 10, (r) => (r.overdue ? '超期' : '')],
      ['信息项数', 10, (r) => r.fields],
      ['完整度（%）', 12, (r) => r.complete],
      ['基础库或主题库', 22, (r) => r.library],
      ['主题领域', 14, (r) => r.theme],
      ['授权运营批次', 14, (r) => r.batch],
      ['是否公布', 10, (r) => (r.published ? '已公布' : '')],
      ['登记码', 26, (r) => r.registered],
      ['备案回执', 30, (r) => r.filed],
      ['编制指南版本', 14, (r) => r.guideline],
      ['最近变化', 14, (r) => r.updated],
    ],
    rows,
  )

/** A batch in public notice as an Excel sheet. */
export const catalogueNoticeToXlsx = (n: CatalogueNotice): Promise<Buffer> =>
  tableToXlsx(
    '公示目录',
    [
      ['序号', 8, (r: CatalogueNotice['entries'][number]) => n.entries.indexOf(r) + 1],
      ['数源单位', 26, (r) => r.units.join('、')],
      ['目录名称', 40, (r) => r.name],
      ['归集', 10, (r) => collectedTerm(r.collected)],
      ['更新频率', 12, (r) => r.frequency],
      ['共享属性', 14, (r) => r.sharing],
      ['开放属性', 14, (r) => r.opening],
    ],
    n.entries,
  )

const reachedTerm = { met: '已完成', metLate: '逾期完成', late: '逾期未完成', open: '未到期' } as const

/** A batch as an Excel sheet: one row a unit, one column a milestone with its date and how it stands. */
export const programmeToXlsx = (p: ProgrammeOverview['programmes'][number]): Promise<Buffer> => {
  type Unit = (typeof p.units)[number]
  const shared = p.milestones.filter((m) => m.common)
  const rows: readonly Unit[] = [
    ...p.units,
    ...(shared.length > 0
      ? [{ name: '共同步骤', mode: '', org: '', orgName: '', implementer: '', states: p.common }]
      : []),
  ]
  return tableToXlsx(
    '分批推进',
    [
      ['单位', 28, (r: Unit) => r.name],
      ['对应单位', 30, (r) => r.orgName],
      ['实施机构', 30, (r) => r.implementer],
      ...p.milestones.map((m): Column<Unit> => [
        `${m.term}（${m.due}前）`,
        20,
        (r) => {
          const s = r.states.find((x) => x.key === m.key)
          return s ? `${reachedTerm[s.state]}${s.on ? ` ${s.on}` : ''}` : ''
        },
      ]),
    ],
    rows,
  )
}
