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
  readonly term: string
  readonly places: readonly Place[]
}

/** The navigation, by hats. */
export const placesOf = (hats: Hats): readonly PlaceGroup[] => {
  const place = (on: boolean, to: string, term: string, count?: string): readonly Place[] =>
    on ? [{ to: `/desk/${to}`, term, ...(count ? { count } : {}) }] : []
  const works = hats.registrar || hats.bureau || hats.applicant
  const sees = works || hats.auditor
  return [
    {
      term: '',
      places: [
        ...place(true, 'tasks', '我的待办', 'tasks'),
        ...place(sees, 'applications', hats.registrar ? '登记办理' : '登记申请', 'applications'),
        ...place(sees, 'objections', '公示与异议', 'objections'),
        ...place(sees, 'records', '登记簿'),
        ...place(
          !hats.self && (hats.bureau || hats.applicant || hats.auditor),
          'obligations',
          '登记义务',
          'obligations',
        ),
      ],
    },
    {
      term: '目录',
      places: [
        ...place(!hats.self && sees, 'catalogue/overview', '目录总览'),
        ...place(!hats.self && sees, 'catalogue', '公共数据资源目录'),
        ...place(!hats.self && sees, 'items', '资源与产品目录'),
        ...place(!hats.self && (hats.bureau || hats.applicant), 'imports', '目录导入', 'imports'),
        ...place(!hats.self && (hats.bureau || hats.applicant), 'catalogue/progress', '备案与普查', 'filings'),
        ...place(hats.bureau, 'catalogue-notices', '目录公示', 'catalogue-notices'),
        ...place(hats.bureau, 'catalogue/conflicts', '数源冲突'),
        ...place(!hats.self && (hats.bureau || hats.applicant), 'proposals', '目录更新建议', 'proposals'),
        ...place(
          !hats.self && (hats.bureau || hats.operator),
          'catalogue-reports',
          '目录更新报告',
          'catalogue-reports',
        ),
        ...place(!hats.self && (hats.bureau || hats.applicant), 'catalogue/reconcile', '目录对账'),
        ...place(!hats.self && sees, 'gradings', '分类分级', 'gradings'),
        ...place(!hats.self && sees, 'quality', '数据质量'),
        ...place(!hats.self && sees, 'tickets', '质量与异议工单', 'tickets'),
        ...place(
          !hats.self && (hats.bureau || hats.auditor || (hats.applicant && !hats.self)),
          'important',
          '重要数据目录',
        ),
      ],
    },
    {
      term: '共享',
      places: hats.self
        ? []
        : [
            ...place(sees, 'sharing', '共享目录'),
            ...place(sees, 'shares', '共享申请', 'shares'),
            ...place(sees, 'acquisitions', '采集与采购', 'acquisitions'),
            ...place(sees, 'purchases', '统一采购台账'),
            ...place(sees, 'self-uses', '自用加工项目'),
            ...place(sees, 'channels', '平台与共享通道'),
            ...place(hats.bureau || hats.auditor, 'sharing/statistics', '共享统计'),
          ],
    },
    {
      term: '开放与需求',
      places: [
        ...place(sees, 'openings', '开放申请', 'openings'),
        ...place(!hats.self && sees, 'openingPlans', '开放计划', 'openingPlans'),
        ...place(sees, 'demands', '数据需求', 'demands'),
        ...place(hats.self, 'tickets', '数据异议', 'tickets'),
        ...place(hats.self, 'comments', '我提出的意见', 'comments'),
      ],
    },
    {
      term: '授权运营',
      places: hats.self
        ? place(true, 'evaluations', '专家评审', 'evaluations')
        : [
            ...place(
              hats.bureau || hats.competent || hats.government || hats.implements || hats.auditor,
              'appointments',
              '实施机构',
              'appointments',
            ),
            ...place(sees, 'plans', '实施方案', 'plans'),
            ...place(sees, 'selections', '遴选', 'selections'),
            ...place(sees, 'candidacies', '遴选申请', 'candidacies'),
            ...place(hats.bureau || hats.finance, 'result-syncs', '选定结果同步', 'result-syncs'),
            ...place(sees, 'agreements', '运营协议', 'agreements'),
            ...place(sees, 'supplements', '补充与续签', 'supplements'),
            ...place(sees, 'pacts', '场景与服务协议', 'pacts'),
            ...place(sees, 'recordals', '备案', 'recordals'),
            ...place(sees, 'supply', '供数'),
            ...place(sees, 'supply-demands', '供数需求', 'supply-demands'),
            ...place(
              hats.bureau || hats.implements || hats.applicant || hats.auditor,
              'demand-reviews',
              '数源单位审定',
              'demand-reviews',
            ),
            ...place(sees, 'maskings', '脱敏规则', 'maskings'),
            ...place(sees, 'batches', '供数批次', 'batches'),
            ...place(hats.bureau || hats.competent || hats.implements, 'programmes', '分批推进'),
            ...place(hats.bureau || hats.implements, 'consultations', '公开征求意见', 'consultations'),
            ...place(sees, 'suspensions', '责令改正与暂停', 'suspensions'),
            ...place(sees, 'exits', '退出', 'exits'),
          ],
    },
    {
      term: '平台',
      places: hats.self
        ? [...place(true, 'subject-requests', '个人信息请求', 'subject-requests'), ...place(true, 'experts', '专家库')]
        : [
            ...place(sees || hats.provider, 'entries', '进驻申请', 'entries'),
            ...place(sees || hats.provider, 'platform-rules', '平台规则'),
            ...place(sees || hats.provider, 'acknowledgements', '规则确认', 'acknowledgements'),
            ...place(sees, 'usages', '资源使用申请', 'usages'),
            ...place(sees, 'consents', '同意与证明', 'consents'),
            ...place(sees, 'appeals', '申诉', 'appeals'),
            ...place(sees, 'subject-requests', '个人信息主体请求', 'subject-requests'),
            ...place(sees, 'affiliations', '关联关系'),
            ...place(hats.bureau || hats.auditor, 'experts', '专家库', 'experts'),
            ...place(hats.admin || hats.bureau || hats.provider, 'trainings', '人员培训'),
          ],
    },
    {
      term: '监督',
      places: [
        ...place(works, 'calendar', '期限日历'),
        ...place(hats.auditor, 'log', '登记日志'),
        ...place(hats.auditor, 'access', '访问日志'),
        ...place(hats.overseer, 'keeping', '保管状况'),
        ...place(
          hats.self || hats.registrar || hats.bureau || hats.keeper,
          'erasures',
          '个人信息删除',
          hats.self ? undefined : 'erasures',
        ),
        ...place(hats.registrar || hats.bureau, 'holds', '暂停删除'),
        ...(works ? [{ to: '/policies', term: '规则与依据' }] : []),
      ],
    },
    {
      term: '单位与人员',
      places: [
        ...place(hats.admin, `organisations/${hats.org}`, '本单位'),
        ...place(hats.admin, 'organisations', '全部单位'),
      ],
    },
  ].filter((g) => g.places.length > 0)
}
