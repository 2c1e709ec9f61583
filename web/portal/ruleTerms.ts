/** Headings of the rule library, in the order of the procedure, by the second part of a rule's path. */
const groups: readonly { readonly term: string; readonly of: readonly string[] }[] = [
  { term: '登记范围与登记主体', of: ['scope', 'registrant', 'duty', 'central'] },
  { term: '登记机构', of: ['registrar'] },
  { term: '申请与材料', of: ['kinds', 'materials', 'forms', 'businessReview', 'evidence'] },
  { term: '受理', of: ['acceptance'] },
  { term: '形式审核', of: ['review'] },
  { term: '公示', of: ['notice'] },
  { term: '异议', of: ['objection'] },
  { term: '赋码与有效期', of: ['coding', 'validity'] },
  { term: '续展与届满', of: ['renewal', 'expiry'] },
  { term: '更正、注销与撤销', of: ['correction', 'deregistration', 'revocation'] },
  { term: '登记义务', of: ['obligation'] },
  { term: '保存', of: ['retention'] },
]

const terms: Readonly<Partial<{ [path: string]: string }>> = {
  'registration.scope.objects': '登记对象',
  'registration.registrant.resource.authorized': '登记主体：纳入授权运营范围的公共数据资源',
  'registration.registrant.resource.other': '登记主体：未纳入授权运营范围的公共数据资源',
  'registration.registrant.product.authorized': '登记主体：授权运营形成的产品和服务',
  'registration.registrant.product.other': '登记主体：其他产品和服务',
  'registration.registrant.forms': '登记主体的单位性质',
  'registration.duty.resource': '公共数据资源：应当登记或鼓励登记',
  'registration.duty.product': '产品和服务：应当登记或鼓励登记',
  'registration.central': '中央单位的登记',
  'registration.registrar.kinds': '登记机构的性质',
  'registration.registrar.levels': '哪一级应当设登记机构',
  'registration.kinds.first': '首次登记',
  'registration.kinds.change': '变更登记',
  'registration.kinds.correction': '更正登记',
  'registration.kinds.deregistration': '注销登记',
  'registration.kinds.renewal': '续展',
  'registration.materials.resource': '公共数据资源登记材料',
  'registration.materials.product': '产品和服务登记材料',
  'registration.forms.change': '变更登记材料',
  'registration.forms.correction': '更正登记材料',
  'registration.forms.deregistration': '注销登记材料',
  'registration.forms.renewal': '续展材料',
  'registration.forms.objection': '异议材料',
  'registration.forms.submission': '提交时的承诺',
  'registration.forms.checklist': '形式审核清单',
  'registration.businessReview.steps': '业务审核',
  'registration.evidence': '申请前存证',
  'registration.acceptance.limit': '受理期限',
  'registration.review.steps': '审核步骤',
  'registration.review.limit': '审核期限',
  'registration.review.lateReason': '未按期完成的，说明原因',
  'registration.review.advice': '未通过的，提出整改意见',
  'registration.notice.period': '公示期',
  'registration.notice.start': '公示期起算',
  'registration.notice.fields': '公示内容',
  'registration.objection.steps': '异议处理步骤',
  'registration.objection.acceptance': '异议受理期限',
  'registration.objection.investigation': '异议调查期限',
  'registration.coding.oneCertificateOneCode': '一证一码',
  'registration.validity.term': '登记结果有效期',
  'registration.validity.byAgreement': '以协议运营期限为准',
  'registration.renewal.window': '续展申请时间',
  'registration.renewal.term': '每次续展期',
  'registration.renewal.pending': '届满时续展在办的',
  'registration.expiry.announce': '期满注销公告',
  'registration.correction.proof': '更正的条件',
  'registration.deregistration.limit': '注销办结期限',
  'registration.deregistration.grounds': '注销情形',
  'registration.revocation.grounds': '撤销情形',
  'registration.revocation.report': '撤销情况报送',
  'registration.obligation.first': '首次登记期限',
  'registration.obligation.legacy': '施行前已开展授权运营的登记期限',
  'registration.obligation.subjectChange': '登记主体信息变化的申请期限',
  'registration.obligation.change': '登记内容变化的申请期限',
  'registration.obligation.product': '产品和服务登记期限',
  'registration.retention.vouchers': '登记原始凭证保存期限',
}

/** What a rule is about, in words; an unknown rule keeps its path rather than disappear. */
export const ruleTerm = (path: string): string => terms[path] ?? path

/** Rules under the headings of the procedure; what no heading covers comes last. */
export const groupRules = <R extends { readonly path: string }>(
  rules: readonly R[],
): readonly { readonly term: string; readonly rules: readonly R[] }[] => {
  const order = Object.keys(terms)
  const place = (path: string): number => (order.includes(path) ? order.indexOf(path) : order.length)
  const sorted = [...rules].sort((a, b) => place(a.path) - place(b.path))
  const under = (r: R) => groups.find((g) => g.of.includes(r.path.split('.')[1] ?? ''))
  return [
    ...groups.map((g) => ({ term: g.term, rules: sorted.filter((r) => under(r) === g) })),
    { term: '其他', rules: sorted.filter((r) => !under(r)) },
  ].filter((g) => g.rules.length > 0)
}

const codes: Readonly<Partial<{ [code: string]: string }>> = {
  organ: '党政机关',
  institution: '事业单位',
  enterprise: '企业',
  social: '社会组织',
  unincorporated: '非法人组织',
  person: '自然人',
  other: '其他单位',
  mandatory: '应当登记',
  encouraged: '鼓励登记',
  province: '省级',
  city: '市级',
  county: '县级',
  holder: '登记主体名称',
  kind: '登记类型',
  name: '登记数据名称',
  summary: '数据内容简介',
  nextWorkday: '发布后的下一个工作日',
  sameDay: '发布当日',
  consent: '登记主体书面同意',
  evidence: '有证据证明',
  objects: '适用于',
  resource: '公共数据资源',
  product: '公共数据产品和服务',
  maxYears: '最长年数',
}

/** The value of a rule without the codes that the packs use inside it. */
export const inWords = (value: string): string =>
  value
    .replace(/^required: /, '')
    .replace(/[A-Za-z]+/g, (word) => codes[word] ?? word)
    .replaceAll(': ', '：')
    .replaceAll('; ', '；')

const honesty = ['推定', '文件未定', '系统默认', '征求意见稿', '草案', '已被取代', '重建文本']

/** A citation apart from the marks at its end: 《登记细则》第九条(四)(推定;重建文本) → 《登记细则》第九条(四) and two marks. */
export const cited = (basis: string): { readonly text: string; readonly marks: readonly string[] } => {
  const end = /[(（]([^()（）]+)[)）]$/.exec(basis)
  const marks = end?.[1]?.split(/[;；,，]/) ?? []
  return end && marks.every((m) => honesty.includes(m))
    ? { text: basis.slice(0, end.index), marks }
    : { text: basis, marks: [] }
}
