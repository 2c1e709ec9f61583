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
  /** The button that begins a new case, and for whom. */
  readonly begin?: { readonly term: string; readonly kind?: string; readonly by: (hats: Hats) => boolean }
}

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
  gradings: {
    term: '分类分级',
    empty: '在目录项页面点“拟定级别”，级别从拟定到确认、认定都列在这里。',
    find: '目录名称',
    openOnly: true,
    columns: (today, rows) => [title, state, party('holder', '数源单位'), ...otherFacts(rows), opened(today, '拟定')],
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
