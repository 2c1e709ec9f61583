import type { Me } from '#contract'
import { collectionOf } from '#contract'

export const casePath = (row: { readonly process: string; readonly id: string }): string =>
  `/desk/${collectionOf[row.process] ?? row.process}/${row.id}`

export interface Hats {
  readonly registrar: boolean
  readonly bureau: boolean
  /** Registers its own data or products. */
  readonly applicant: boolean
  /** Records the facts that oblige others to register. */
  readonly recorder: boolean
  /** Carries an authorization out. */
  readonly implements: boolean
  /** Supervises a trade and names the body for its own domain. */
  readonly competent: boolean
  /** Decides for its territory. */
  readonly government: boolean
  /** Operates what is authorized. */
  readonly operator: boolean
  /** Provides the platform to others. */
  readonly provider: boolean
  /** Receives what is decided of public money and assets. */
  readonly finance: boolean
  readonly handler: boolean
  readonly admin: boolean
  readonly auditor: boolean
  /** Runs the platform, or audits those who do. */
  readonly overseer: boolean
  /** Keeps what others may not read any more. */
  readonly keeper: boolean
  readonly self: boolean
  readonly org: string
}

const applicantRoles = ['implementer', 'dataSource', 'dataProvider', 'operator', 'redeveloper']

/** What the caller wears: decides which places the navigation offers, never what the server allows. */
export const hatsOf = (me: Me): Hats => {
  const registrar = me.roles.includes('registrar')
  const bureau = me.roles.includes('bureau')
  const works = me.duties.includes('handler') || me.duties.includes('approver')
  return {
    registrar: registrar && works,
    bureau: bureau && works,
    applicant: me.self || (works && (me.roles.some((r) => applicantRoles.includes(r)) || (!registrar && !bureau))),
    recorder:
      me.duties.includes('handler') && me.roles.some((r) => r === 'bureau' || r === 'implementer' || r === 'operator'),
    implements: works && me.roles.includes('implementer'),
    competent: works && me.roles.includes('competentDept'),
    government: works && me.roles.includes('government'),
    operator: works && me.roles.includes('operator'),
    provider: works && me.roles.includes('platform'),
    finance: works && me.roles.includes('finance'),
    handler: me.duties.includes('handler') || me.self,
    admin: me.duties.includes('admin') || me.duties.includes('sysadmin'),
    auditor: me.duties.includes('auditor') || me.duties.includes('auditadmin'),
    overseer:
      me.roles.includes('platform') && me.duties.some((d) => d === 'sysadmin' || d === 'auditadmin' || d === 'auditor'),
    keeper: me.duties.includes('keeper'),
    self: me.self,
    org: me.org,
  }
}

export interface Place {
  readonly to: string
  readonly term: string
  /** Counted beside the term: cases in hand there. */
  readonly count?: string
}
export interface PlaceGroup {
  /** What a device remembers of it goes by this name; empty for what always stands on top. */
  readonly key: string
  readonly term: string
  readonly places: readonly Place[]
}

type Sees = (on: boolean, to: string, term: string, count?: string) => readonly Place[]
const place: Sees = (on, to, term, count) => (on ? [{ to: `/desk/${to}`, term, ...(count ? { count } : {}) }] : [])

interface Seen extends Hats {
  readonly works: boolean
  readonly sees: boolean
  /** Acts for a body and reads what it may. */
  readonly body: boolean
}
const first = (h: Seen): readonly Place[] => [
  ...place(true, 'tasks', '我的待办', 'tasks'),
  ...place(h.works, 'calendar', '期限日历'),
]
const resources = (h: Seen): readonly Place[] => [
  ...place(h.sees, 'applications', h.registrar ? '登记办理' : '登记申请', 'applications'),
  ...place(h.sees, 'objections', '公示与异议', 'objections'),
  ...place(h.sees, 'records', '登记簿'),
  ...place(!h.self && (h.bureau || h.applicant || h.auditor), 'obligations', '登记义务', 'obligations'),
  ...place(h.body, 'catalogue/overview', '目录总览'),
  ...place(h.body, 'catalogue', '公共数据资源目录'),
  ...place(h.body, 'items', '资源与产品目录'),
  ...place(!h.self && (h.bureau || h.applicant), 'imports', '目录导入', 'imports'),
  ...place(!h.self && (h.bureau || h.applicant), 'catalogue/progress', '备案与普查', 'filings'),
  ...place(h.bureau, 'catalogue-notices', '目录公示', 'catalogue-notices'),
  ...place(h.bureau, 'catalogue/conflicts', '数源冲突'),
  ...place(!h.self && (h.bureau || h.applicant), 'proposals', '目录更新建议', 'proposals'),
  ...place(!h.self && (h.bureau || h.operator), 'catalogue-reports', '目录更新报告', 'catalogue-reports'),
  ...place(!h.self && (h.bureau || h.applicant), 'catalogue/reconcile', '目录对账'),
]
const processing = (h: Seen): readonly Place[] => [
  ...place(h.body, 'quality', '数据质量'),
  ...place(h.body, 'tickets', '质量与异议工单', 'tickets'),
  ...place(h.self, 'tickets', '数据异议', 'tickets'),
  ...place(h.body, 'supply', '供数'),
  ...place(h.body, 'supply-demands', '供数需求', 'supply-demands'),
  ...place(
    !h.self && (h.bureau || h.implements || h.applicant || h.auditor),
    'demand-reviews',
    '数源单位审定',
    'demand-reviews',
  ),
  ...place(h.body, 'maskings', '脱敏规则', 'maskings'),
  ...place(h.body, 'batches', '供数批次', 'batches'),
  ...place(h.body, 'acquisitions', '采集与采购', 'acquisitions'),
  ...place(h.body, 'purchases', '统一采购台账'),
  ...place(h.body, 'self-uses', '自用加工项目'),
]
const operation = (h: Seen): readonly Place[] =>
  h.self
    ? [
        ...place(true, 'evaluations', '专家评审', 'evaluations'),
        ...place(true, 'experts', '专家库'),
        ...place(true, 'comments', '我提出的意见', 'comments'),
      ]
    : [
        ...place(h.bureau || h.competent || h.implements, 'programmes', '分批推进'),
        ...place(
          h.bureau || h.competent || h.government || h.implements || h.auditor,
          'appointments',
          '实施机构',
          'appointments',
        ),
        ...place(h.sees, 'plans', '实施方案', 'plans'),
        ...place(h.bureau || h.implements, 'consultations', '公开征求意见', 'consultations'),
        ...place(h.sees, 'selections', '遴选', 'selections'),
        ...place(h.sees, 'candidacies', '遴选申请', 'candidacies'),
        ...place(h.bureau || h.finance, 'result-syncs', '选定结果同步', 'result-syncs'),
        ...place(h.sees, 'agreements', '运营协议', 'agreements'),
        ...place(h.sees, 'supplements', '补充与续签', 'supplements'),
        ...place(h.sees, 'pacts', '场景与服务协议', 'pacts'),
        ...place(h.sees, 'recordals', '备案', 'recordals'),
        ...place(h.sees, 'suspensions', '责令改正与暂停', 'suspensions'),
        ...place(h.sees, 'exits', '退出', 'exits'),
        ...place(h.sees || h.provider, 'entries', '进驻申请', 'entries'),
        ...place(h.sees || h.provider, 'platform-rules', '平台规则'),
        ...place(h.sees || h.provider, 'acknowledgements', '规则确认', 'acknowledgements'),
        ...place(h.sees, 'appeals', '申诉', 'appeals'),
        ...place(h.sees, 'affiliations', '关联关系'),
        ...place(h.bureau || h.auditor, 'experts', '专家库', 'experts'),
      ]
const circulation = (h: Seen): readonly Place[] => [
  ...place(h.body, 'sharing', '共享目录'),
  ...place(h.body, 'shares', '共享申请', 'shares'),
  ...place(h.body, 'channels', '平台与共享通道'),
  ...place(!h.self && (h.bureau || h.auditor), 'sharing/statistics', '共享统计'),
  ...place(h.sees, 'openings', '开放申请', 'openings'),
  ...place(h.body, 'openingPlans', '开放计划', 'openingPlans'),
  ...place(h.sees, 'demands', '数据需求', 'demands'),
  ...place(h.body, 'usages', '资源使用申请', 'usages'),
]
const security = (h: Seen): readonly Place[] => [
  ...place(h.body, 'gradings', '分类分级', 'gradings'),
  ...place(!h.self && (h.bureau || h.auditor || h.applicant), 'important', '重要数据目录'),
  ...place(h.body, 'consents', '同意与证明', 'consents'),
  ...place(h.self, 'subject-requests', '个人信息请求', 'subject-requests'),
  ...place(h.body, 'subject-requests', '个人信息主体请求', 'subject-requests'),
  ...place(h.self || h.registrar || h.bureau || h.keeper, 'erasures', '个人信息删除', h.self ? undefined : 'erasures'),
  ...place(h.registrar || h.bureau, 'holds', '暂停删除'),
  ...place(!h.self && (h.admin || h.bureau || h.provider), 'trainings', '人员培训'),
  ...place(h.auditor, 'log', '登记日志'),
  ...place(h.auditor, 'access', '访问日志'),
  ...place(h.overseer, 'keeping', '保管状况'),
]
const house = (h: Seen): readonly Place[] => [
  ...(h.works ? [{ to: '/policies', term: '规则与依据' }] : []),
  ...place(h.admin, `organisations/${h.org}`, '本单位'),
  ...place(h.admin, 'organisations', '全部单位'),
]

/**
 * The navigation, by hats: what is to be done on top, then the five capabilities that an authorization platform has to offer
 * (授权运营实施规范 第二条(二)), then the house.
 */
export const placesOf = (hats: Hats): readonly PlaceGroup[] => {
  const works = hats.registrar || hats.bureau || hats.applicant
  const sees = works || hats.auditor
  const h: Seen = { ...hats, works, sees, body: sees && !hats.self }
  return [
    { key: '', term: '', places: first(h) },
    { key: 'resources', term: '数据资源管理', places: resources(h) },
    { key: 'processing', term: '加工治理', places: processing(h) },
    { key: 'operation', term: '运营管理', places: operation(h) },
    { key: 'circulation', term: '流通交易', places: circulation(h) },
    { key: 'security', term: '安全保障', places: security(h) },
    { key: 'house', term: '规则与单位', places: house(h) },
  ].filter((g) => g.places.length > 0)
}
