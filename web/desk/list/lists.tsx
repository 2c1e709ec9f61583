import type { CaseRow } from '#contract'
import { DayText, DueChip, StateChip } from '../../ui/chips.tsx'
import type { Hats } from '../places.ts'
import type { Column } from './CaseTable.tsx'

export interface ListDescription {
  readonly term: string
  /** What stands here once there is something. */
  readonly empty: string
  readonly find: string
  readonly columns: (today: string | undefined, rows: readonly CaseRow[]) => readonly Column[]
  readonly kinds?: readonly { readonly value: string; readonly term: string }[]
  readonly variants?: boolean
  readonly openOnly?: boolean
  /** The buttons that begin a new case, and for whom. */
  readonly begin?: Begin | readonly Begin[]
}
interface Begin {
  readonly term: string
  readonly kind?: string
  readonly by: (hats: Hats) => boolean
}
const unitHandler = (h: Hats): boolean => h.handler && !h.self

const title: Column = {
  key: 'title',
  term: '名称',
  show: (r) => r.title || '（未命名）',
}
const kind: Column = { key: 'kind', term: '类型', width: '8rem', show: (r) => r.kindTerm }
const variant: Column = {
  key: 'variant',
  term: '对象',
  width: '11rem',
  show: (r) => <span className="sub">{r.variantTerm}</span>,
}
const party = (seat: string, term: string): Column => ({
  key: seat,
  term,
  width: '15rem',
  show: (r) => <span className="sub">{r.parties[seat] ?? ''}</span>,
})
const state: Column = {
  key: 'state',
  term: '状态',
  width: '10rem',
  show: (r) => <StateChip state={r.state} term={r.stateTerm} />,
}
const due = (today: string | undefined): Column => ({
  key: 'due',
  term: '期限',
  width: '13rem',
  show: (r) => (r.due && !r.final ? <DueChip due={r.due} today={today} /> : ''),
})
const opened = (today: string | undefined, term = '提出'): Column => ({
  key: 'opened',
  term,
  width: '7rem',
  show: (r) => <DayText day={r.opened} today={today} />,
})
const fact = (term: string, width?: string): Column => ({
  key: term,
  term,
  ...(width ? { width } : {}),
  show: (r) => r.facts.find((f) => f.term === term)?.value ?? '',
})
/** Facts the server found worth a column, beside those named here. */
const otherFacts = (rows: readonly CaseRow[], known: readonly string[] = []): readonly Column[] =>
  [...new Set(rows.flatMap((r) => r.facts.map((f) => f.term)))].filter((t) => !known.includes(t)).map((t) => fact(t))

const kinds = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([value, term]) => ({ value, term }))

export const lists: Readonly<Record<string, ListDescription>> = {
  applications: {
    term: '登记申请',
    empty: '登记申请提出后会列在这里，从草稿到办结。',
    find: '名称、单位',
    kinds: kinds({
      first: '首次登记',
      change: '变更登记',
      correction: '更正登记',
      renewal: '续展',
      deregistration: '注销登记',
    }),
    variants: true,
    openOnly: true,
    columns: (today, rows) => [
      title,
      state,
      due(today),
      kind,
      variant,
      party('applicant', '申请人'),
      ...otherFacts(rows),
      opened(today),
    ],
  },
  records: {
    term: '登记簿',
    empty: '赋码后的登记记录会列在这里，含有效、届满、注销和撤销的全部版本。',
    find: '名称、登记码、登记主体',
    variants: true,
    columns: (today, rows) => [
      title,
      state,
      fact('登记码', '14rem'),
      variant,
      party('holder', '登记主体'),
      fact('有效期至', '8rem'),
      ...otherFacts(rows, ['登记码', '有效期至']),
      due(today),
    ],
  },
  objections: {
    term: '公示与异议',
    empty: '公示期内收到的实名异议会列在这里。',
    find: '名称、异议人',
    openOnly: true,
    columns: (today) => [
      title,
      state,
      due(today),
      party('objector', '异议人'),
      party('registrar', '登记机构'),
      opened(today),
    ],
  },
  obligations: {
    term: '登记义务',
    empty: '数据已经提供、产品已经交付或主体信息变更后，应当登记的事项会列在这里并倒计时。',
    find: '登记对象、单位',
    kinds: kinds({
      first: '首次登记',
      legacy: '存量授权运营登记',
      product: '产品和服务登记',
      change: '登记内容变更',
      subjectChange: '登记主体变更',
    }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      state,
      due(today),
      { ...kind, term: '应办登记', width: '10rem' },
      party('debtor', '登记主体'),
      ...otherFacts(rows),
    ],
  },
  items: {
    term: '资源与产品目录',
    empty: '公共数据资源目录和产品清单导入后会列在这里，可直接发起登记。',
    find: '目录名称、持有单位',
    variants: true,
    begin: { term: '编制目录项', by: (h) => h.applicant && h.handler && !h.self },
    columns: (_today, rows) => [
      title,
      variant,
      fact('持有单位', '15rem'),
      fact('更新频率', '7rem'),
      fact('归集', '6rem'),
      fact('登记情况', '12rem'),
      ...otherFacts(rows, ['持有单位', '更新频率', '归集', '登记情况']),
    ],
  },
  filings: {
    term: '备案与普查',
    empty: '下达的、或单位自行发起的目录备案与资源普查会列在这里。',
    find: '批次',
    kinds: kinds({ filing: '目录备案', census: '资源普查' }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      party('unit', '填报单位'),
      state,
      due(today),
      ...otherFacts(rows),
      opened(today, '发起'),
    ],
  },
  'catalogue-notices': {
    term: '目录公示',
    empty: '拟定、公示中和期满的目录批次会列在这里；公示期满后自动公布并列入批次。',
    find: '批次',
    openOnly: true,
    begin: { term: '拟定公示', by: (h) => h.bureau && h.handler },
    columns: (today, rows) => [title, state, due(today), ...otherFacts(rows), opened(today, '拟定')],
  },
  appointments: {
    term: '实施机构',
    empty: '确定的实施机构会列在这里：从“确定实施机构”发起，由本单位另一人审定。',
    find: '领域或名称',
    kinds: kinds({ whole: '整体授权', domain: '分领域授权', local: '本级' }),
    openOnly: true,
    begin: [
      { term: '确定整体授权实施机构', kind: 'whole', by: (h) => h.bureau && h.handler },
      { term: '确定本单位实施机构', kind: 'domain', by: (h) => h.competent && h.handler },
      { term: '确定本级实施机构', kind: 'local', by: (h) => h.bureau && h.handler },
    ],
    columns: (today, rows) => [
      title,
      party('implementer', '实施机构'),
      state,
      ...otherFacts(rows),
      opened(today, '拟定'),
    ],
  },
  plans: {
    term: '实施方案',
    empty: '实施方案从“确定实施机构”事项发起；总体方案、市县方案由数据管理部门在此发起。',
    find: '方案名称',
    kinds: kinds({
      overall: '总体',
      whole: '整体授权',
      domain: '分领域授权',
      scenario: '依场景授权',
      local: '市县',
    }),
    openOnly: true,
    begin: [
      { term: '编制总体实施方案', kind: 'overall', by: (h) => h.bureau && h.handler },
      { term: '编制本级实施方案', kind: 'local', by: (h) => h.bureau && h.handler },
    ],
    columns: (today, rows) => [title, kind, party('author', '编制单位'), state, due(today), ...otherFacts(rows)],
  },
  selections: {
    term: '遴选',
    empty: '实施中的方案可以发起遴选，发起后列在这里。',
    find: '项目名称',
    openOnly: true,
    columns: (today, rows) => [title, kind, party('organiser', '遴选单位'), state, due(today), ...otherFacts(rows)],
  },
  agreements: {
    term: '运营协议',
    empty: '与选定的运营机构起草、签订的协议会列在这里。',
    find: '协议名称或编号',
    openOnly: true,
    columns: (today, rows) => [
      title,
      party('implementer', '实施机构'),
      party('operator', '运营机构'),
      state,
      due(today),
      ...otherFacts(rows),
    ],
  },
  'supply-demands': {
    term: '供数需求',
    empty: '运营机构按协议提出的数据需求和提请协调的事项会列在这里；请从“供数”页面提出。',
    find: '应用场景',
    kinds: kinds({ items: '数据资源需求', unmet: '未满足的需求' }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      kind,
      party('operator', '运营机构'),
      party('implementer', '实施机构'),
      state,
      due(today),
      ...otherFacts(rows),
    ],
  },
  'demand-reviews': {
    term: '数源单位审定',
    empty: '运营机构需要本单位的数据时，会在这里请本单位审定。',
    find: '应用场景',
    openOnly: true,
    columns: (today, rows) => [title, party('source', '数源单位'), state, due(today), ...otherFacts(rows)],
  },
  maskings: {
    term: '脱敏规则',
    empty: '数源单位会同实施机构确定的脱敏规则会列在这里；请从“供数”页面拟定。',
    find: '目录项',
    openOnly: true,
    columns: (today, rows) => [
      title,
      party('source', '数源单位'),
      party('implementer', '实施机构'),
      state,
      due(today),
      ...otherFacts(rows),
    ],
  },
  batches: {
    term: '供数批次',
    empty: '供数批次会列在这里；请从“供数”页面发起。',
    find: '目录项或协议名称',
    kinds: kinds({ file: '文件', pull: '数据库抽取', fullSync: '全量同步' }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      kind,
      party('source', '数源单位'),
      state,
      due(today),
      fact('记录数', '7rem'),
      ...otherFacts(rows, ['记录数', '隔离原因']),
    ],
  },
  recordals: {
    term: '备案',
    empty: '审议通过的方案、协议等须备案的，会自动列在这里并开始计时。',
    find: '名称',
    kinds: kinds({
      appointment: '实施机构',
      plan: '实施方案',
      selection: '遴选结果',
      agreement: '运营协议',
      products: '产品和服务清单',
      report: '情况报告',
    }),
    openOnly: true,
    columns: (today, rows) => [title, kind, party('filer', '备案单位'), state, due(today), ...otherFacts(rows)],
  },
  authorities: {
    term: '数源认定',
    empty: '在“数源冲突”拟定的认定意见会列在这里。',
    find: '目录名称',
    openOnly: true,
    columns: (today, rows) => [title, state, party('source', '数源单位'), ...otherFacts(rows), opened(today, '拟定')],
  },
  proposals: {
    term: '目录更新建议',
    empty: '运营机构会同数源单位提出的更新建议会列在这里；运营机构在目录项的页面提出。',
    find: '目录名称',
    kinds: kinds({ amend: '调整目录内容', include: '列入授权目录', exclude: '移出授权目录' }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      state,
      party('operator', '运营机构'),
      party('unit', '数源单位'),
      ...otherFacts(rows),
      opened(today),
    ],
  },
  'catalogue-reports': {
    term: '目录更新报告',
    empty: '运营机构定期报送的授权目录更新情况会列在这里。',
    find: '报告期',
    openOnly: true,
    begin: { term: '要求定期报告', by: (h) => h.bureau && h.handler },
    columns: (today, rows) => [title, state, due(today), party('operator', '运营机构'), ...otherFacts(rows)],
  },
  imports: {
    term: '目录导入',
    empty: '上传的清单会列在这里。下载模板填写，或直接上传现有的 Excel、CSV、JSON 清单，系统会识别各列并逐行检查。',
    find: '清单来源',
    openOnly: true,
    begin: { term: '上传清单', by: (h) => (h.applicant || h.bureau) && h.handler && !h.self },
    columns: (today, rows) => [
      { ...title, term: '清单来源' },
      state,
      party('importer', '导入单位'),
      ...otherFacts(rows),
      opened(today, '上传'),
    ],
  },
  tickets: {
    term: '质量与异议工单',
    empty: '在目录项页面反映质量问题、把不合格的检核转为工单，或在公开目录里提出数据异议，都会列在这里。',
    find: '目录名称',
    kinds: kinds({ quality: '质量问题', objection: '数据异议', verification: '数据校核' }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      state,
      due(today),
      party('reporter', '提出方'),
      party('holder', '现办单位'),
      ...otherFacts(rows),
      opened(today),
    ],
  },
  gradings: {
    term: '分类分级',
    empty: '在目录项页面点“拟定级别”，级别从拟定到确认、认定都列在这里。',
    find: '目录名称',
    openOnly: true,
    columns: (today, rows) => [title, state, party('holder', '数源单位'), ...otherFacts(rows), opened(today, '拟定')],
  },
  shares: {
    term: '共享申请',
    empty: '向别的单位申请的、别的单位向本单位申请的和主动共享的数据会列在这里。请从“共享目录”发起。',
    find: '目录名称',
    kinds: kinds({
      data: '数据共享',
      verify: '核实比对',
      returnFlow: '数据回流',
      collect: '按需归集',
      offer: '主动共享',
      dispute: '共享属性争议',
    }),
    openOnly: true,
    columns: (today, rows) => [
      title,
      state,
      due(today),
      kind,
      party('requester', '需求单位'),
      party('holder', '数源单位'),
      fact('共享属性', '7rem'),
      ...otherFacts(rows, ['共享属性']),
      opened(today),
    ],
  },
  acquisitions: {
    term: '采集与采购',
    empty: '新增采集和采购非公共数据的申请会列在这里。申请时自动检索共享目录，能共享取得的不重复采集、采购。',
    find: '数据名称',
    kinds: kinds({ collection: '新增采集', purchase: '采购非公共数据' }),
    openOnly: true,
    begin: [
      { term: '申请采购', kind: 'purchase', by: unitHandler },
      { term: '申请采集', kind: 'collection', by: unitHandler },
    ],
    columns: (today, rows) => [
      title,
      state,
      due(today),
      kind,
      party('applicant', '申请单位'),
      fact('目录检索', '9rem'),
      ...otherFacts(rows, ['目录检索']),
      opened(today),
    ],
  },
  channels: {
    term: '平台与共享通道',
    empty: '已经建成的公共数据平台和“点对点”共享通道会列在这里，直到归并或者停用。',
    find: '名称',
    kinds: kinds({ platform: '公共数据平台', channel: '“点对点”共享通道' }),
    openOnly: true,
    begin: [
      { term: '登记通道', kind: 'channel', by: unitHandler },
      { term: '登记平台', kind: 'platform', by: unitHandler },
    ],
    columns: (today, rows) => [
      title,
      state,
      due(today),
      kind,
      party('owner', '建设单位'),
      fact('归并到', '14rem'),
      fact('计划完成', '8rem'),
      ...otherFacts(rows, ['归并到', '计划完成']),
      opened(today, '登记'),
    ],
  },
  'self-uses': {
    term: '自用加工项目',
    empty: '本单位对自己持有的公共数据的加工使用项目会列在这里，申报时须作出合规声明。',
    find: '项目名称',
    openOnly: true,
    begin: { term: '申报项目', by: unitHandler },
    columns: (today, rows) => [
      title,
      state,
      party('holder', '持有单位'),
      fact('项目期至', '8rem'),
      ...otherFacts(rows, ['项目期至']),
      opened(today, '申报'),
    ],
  },
  openings: {
    term: '开放申请',
    empty: '对有条件开放数据的使用申请会列在这里，从提出到使用期满。',
    find: '应用场景',
    openOnly: true,
    columns: (today, rows) => [
      { ...title, term: '应用场景' },
      state,
      due(today),
      party('applicant', '申请人'),
      party('holder', '数源单位'),
      ...otherFacts(rows),
      opened(today),
    ],
  },
  openingPlans: {
    term: '开放计划',
    empty: '列入年度开放计划的目录项会列在这里。数据管理部门可在目录项的页面把它列入计划。',
    find: '目录项',
    openOnly: true,
    columns: (today, rows) => [
      { ...title, term: '目录项' },
      state,
      due(today),
      party('holder', '数源单位'),
      ...otherFacts(rows),
      opened(today, '列入'),
    ],
  },
  demands: {
    term: '数据需求',
    empty: '社会公众、运营机构和政务部门提出的数据需求会列在这里。',
    find: '需要的数据',
    kinds: kinds({ public: '社会公众', operator: '运营机构', unit: '政务部门' }),
    openOnly: true,
    begin: { term: '提出数据需求', by: (h) => h.handler && !h.self },
    columns: (today, rows) => [
      { ...title, term: '需要的数据' },
      state,
      due(today),
      { ...kind, term: '需求方' },
      party('requester', '提出人'),
      party('unit', '答复单位'),
      ...otherFacts(rows),
      opened(today),
    ],
  },
  organisations: {
    term: '单位',
    empty: '登记过的单位会列在这里。',
    find: '单位名称、信用代码',
    columns: (today, rows) => [
      { ...title, term: '单位名称' },
      ...otherFacts(rows),
      { key: 'division', term: '区划', width: '10rem', show: (r) => <span className="sub">{r.divisionName}</span> },
      state,
      opened(today, '登记'),
    ],
  },
  people: {
    term: '人员',
    empty: '登记过的人员会列在这里。',
    find: '姓名',
    columns: (today, rows) => [
      { ...title, term: '姓名' },
      party('authority', '管理单位'),
      ...otherFacts(rows),
      state,
      opened(today, '登记'),
    ],
  },
  memberships: {
    term: '岗位',
    empty: '人员在单位的岗位会列在这里。',
    find: '姓名、单位',
    columns: (today, rows) => [
      { ...title, show: (r) => r.parties['member'] ?? r.title, term: '人员' },
      party('org', '所在单位'),
      ...otherFacts(rows),
      state,
      opened(today, '设岗'),
    ],
  },
  erasures: {
    term: '个人信息删除',
    empty: '本人提出的、或由窗口代为提出的个人信息删除请求会列在这里。请从申请、登记、异议或人员的页面提出。',
    find: '请求',
    openOnly: true,
    columns: (today, rows) => [
      title,
      state,
      party('requester', '请求人'),
      party('registrar', '登记机构'),
      ...otherFacts(rows),
      opened(today),
    ],
  },
  holds: {
    term: '暂停删除',
    empty: '因诉讼、检查或争议须保全的事项会列在这里，解除前其中的内容一律不得删除。',
    find: '事项',
    openOnly: true,
    columns: (today) => [title, state, party('registrar', '登记机构'), opened(today)],
  },
}
