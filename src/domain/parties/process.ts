import type { Process } from '../kernel/index.ts'

export const legalForms = [
  { value: 'organ', term: '党政机关' },
  { value: 'institution', term: '事业单位' },
  { value: 'enterprise', term: '企业法人' },
  { value: 'social', term: '社会组织法人' },
  { value: 'unincorporated', term: '非法人组织' },
] as const

export const orgRoles = [
  { value: 'bureau', term: '数据管理部门' },
  { value: 'registrar', term: '登记机构' },
  { value: 'implementer', term: '实施机构' },
  { value: 'dataSource', term: '数源机构' },
  { value: 'dataProvider', term: '数据提供部门' },
  { value: 'operator', term: '运营机构' },
  { value: 'redeveloper', term: '其他经营主体' },
  { value: 'platform', term: '平台运营方' },
  { value: 'government', term: '本级人民政府' },
  { value: 'competentDept', term: '行业主管部门' },
  { value: 'developer', term: '开发机构' },
  { value: 'partner', term: '合伙人' },
  { value: 'dataServiceProvider', term: '数据服务商' },
  { value: 'regulator', term: '监管部门' },
  { value: 'finance', term: '财政部门' },
] as const

export const duties = [
  { value: 'handler', term: '经办' },
  { value: 'approver', term: '复核' },
  { value: 'admin', term: '管理员' },
  { value: 'auditor', term: '审计员' },
  { value: 'keeper', term: '保管' },
  { value: 'sysadmin', term: '系统管理员' },
  { value: 'secadmin', term: '安全管理员' },
  { value: 'auditadmin', term: '审计管理员' },
] as const

/** 单位: its name, checked code, legal form, place in the division tree, and the roles documents have given it. */
export const organisation: Process = {
  name: 'organisation',
  term: '单位',
  kinds: { organisation: '单位' },
  seats: { self: { term: '本单位', reads: true }, authority: { term: '主管单位', reads: true } },
  states: { active: { term: '正常' }, ended: { term: '已终止', final: true } },
  slots: {},
  rows: {
    register: {
      term: '登记单位',
      from: [],
      to: 'active',
      by: ['authority.admin', 'system'],
      guards: ['codeFits'],
      form: [
        { key: 'name', term: '单位名称', type: 'text', required: true, clear: true, max: 100 },
        { key: 'uscc', term: '统一社会信用代码', type: 'uscc', clear: true, hint: '暂缺可不填，显示为“待核”' },
        { key: 'form', term: '主体性质', type: 'choice', required: true, clear: true, options: legalForms },
        { key: 'division', term: '行政区划代码', type: 'code', required: true, clear: true, max: 6 },
        { key: 'contact', term: '公开联系方式', type: 'text', clear: true, max: 100 },
      ],
    },
    confirmCode: {
      term: '核验信用代码',
      from: ['active'],
      to: '=',
      by: ['authority.admin', 'self.admin'],
      optional: true,
      guards: ['codeFits'],
      form: [{ key: 'uscc', term: '统一社会信用代码', type: 'uscc', required: true, clear: true }],
    },
    rename: {
      term: '更名',
      from: ['active'],
      to: '=',
      by: 'authority.admin',
      optional: true,
      form: [
        { key: 'name', term: '单位名称', type: 'text', required: true, clear: true, max: 100 },
        { key: 'document', term: '批准文件', type: 'files', required: true },
      ],
    },
    appoint: {
      term: '确定职责角色',
      from: ['active'],
      to: '=',
      by: ['authority.admin', 'system'],
      optional: true,
      guards: ['roleFits'],
      derive: 'appointed',
      form: [
        { key: 'role', term: '角色', type: 'choice', required: true, clear: true, options: orgRoles },
        { key: 'document', term: '指定文件名称与文号', type: 'text', required: true, clear: true },
        { key: 'contact', term: '公开联系方式', type: 'text', clear: true, max: 100 },
        { key: 'files', term: '指定文件', type: 'files' },
      ],
    },
    classify: {
      term: '确定持有单位类别',
      from: ['active'],
      to: '=',
      by: ['authority.admin', 'system'],
      optional: true,
      basis: 'catalogue.holders',
      form: 'holderKind',
      derive: 'classified',
    },
    dismiss: {
      term: '取消职责角色',
      from: ['active'],
      to: '=',
      by: 'authority.admin',
      optional: true,
      grave: true,
      derive: 'dismissed',
      form: [
        { key: 'role', term: '角色', type: 'choice', required: true, clear: true, options: orgRoles },
        { key: 'document', term: '依据文件名称与文号', type: 'text', required: true, clear: true },
      ],
    },
  },
}

/** 人员: known to the register by a pseudonymous id; name and identity number are erasable values. */
export const person: Process = {
  name: 'person',
  term: '人员',
  kinds: { person: '人员' },
  seats: { self: { term: '本人', reads: true }, authority: { term: '管理单位', reads: true } },
  states: { active: { term: '正常' }, suspended: { term: '已停用' } },
  slots: {},
  rows: {
    enrol: {
      term: '登记人员',
      from: [],
      to: 'active',
      by: ['authority.admin', 'system'],
      form: [
        { key: 'name', term: '姓名', type: 'text', required: true, personal: true, max: 50 },
        { key: 'idNumber', term: '证件号码', type: 'code', personal: true, max: 18 },
      ],
    },
    verify: {
      term: '实名核验',
      from: ['active'],
      to: '=',
      by: ['authority.admin', 'authority.handler', 'system'],
      optional: true,
      form: [{ key: 'means', term: '核验方式与凭据', type: 'text', required: true }],
    },
    suspend: {
      term: '停用',
      from: ['active'],
      to: 'suspended',
      by: 'authority.admin',
      optional: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true }],
    },
    restore: {
      term: '恢复',
      from: ['suspended'],
      to: 'active',
      by: 'authority.admin',
      optional: true,
      form: [{ key: 'reason', term: '原因', type: 'text', required: true }],
    },
  },
}

/** 岗位: which duties a person has in an organisation. A change ends the person's sessions at once. */
export const membership: Process = {
  name: 'membership',
  term: '岗位',
  kinds: { membership: '岗位' },
  seats: {
    org: { term: '所在单位', reads: true },
    member: { term: '本人', reads: true },
    authority: { term: '主管单位', reads: true },
  },
  states: { active: { term: '在岗' }, ended: { term: '已离岗', final: true } },
  slots: {},
  rows: {
    grant: {
      term: '设岗',
      from: [],
      to: 'active',
      by: ['org.admin', 'authority.admin', 'system'],
      guards: ['officersApart'],
      form: [{ key: 'duties', term: '岗位', type: 'choices', required: true, clear: true, options: duties }],
    },
    change: {
      term: '调整岗位',
      from: ['active'],
      to: '=',
      by: ['org.admin', 'authority.admin'],
      optional: true,
      guards: ['officersApart', 'notOneself'],
      form: [{ key: 'duties', term: '岗位', type: 'choices', required: true, clear: true, options: duties }],
    },
    trained: { term: '登记培训情况', from: ['active'], to: '=', by: 'system', basis: 'platform.training.validity' },
    end: {
      term: '离岗',
      from: ['active'],
      to: 'ended',
      by: ['org.admin', 'authority.admin'],
      optional: true,
      grave: true,
      guards: ['notOneself'],
      form: [{ key: 'reason', term: '原因', type: 'text', required: true }],
    },
  },
}
