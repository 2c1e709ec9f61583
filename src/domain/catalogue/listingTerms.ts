/**
 * What the columns of catalogue lists are called: the fields of 政务信息资源目录编制指南 and of the annexes that cities publish, with
 * the names people give them. The first name is the one our own templates use. Data only; another name is one more word here.
 */
interface Term {
  readonly names: readonly string[]
  /** For the person who fills in a template. */
  readonly note?: string
  /** Longest text in characters. */
  readonly limit: number
  /** Half-width letters and digits are what is meant, as in a code. */
  readonly narrow?: true
}
const words = (s: string): readonly string[] => s.split(' ')

export const itemTerms = {
  source: { names: words('系统标识 源标识'), limit: 100, narrow: true, note: '由系统填写，请勿修改；新增的目录留空' },
  name: {
    names: words(
      '目录名称 名称 信息资源名称 资源名称 数据资源名称 数据资源目录 数据资源目录名称 公共数据资源目录 公共数据资源名称 数据目录名称 数据目录 信息资源目录名称 政务信息资源名称 数据名称 数据集名称 目录项名称 资源目录名称 产品名称 数据产品名称 产品和服务名称',
    ),
    limit: 200,
    note: '必填，不超过 200 字',
  },
  code: {
    names: words(
      '目录代码 代码 信息资源代码 资源代码 目录编码 数据资源代码 数据资源编码 资源编码 信息资源编码 数据资源目录代码 目录编号 资源编号 资源标识符',
    ),
    limit: 100,
    narrow: true,
  },
  holders: {
    names: words(
      '数源单位 提供方 信息资源提供方 资源提供方 数据提供方 数据提供单位 数据提供部门 提供单位 提供部门 数据来源单位 来源单位 来源部门 数源部门 数据源单位 信息资源提供单位 编目单位 编制单位 单位名称 部门名称 单位 部门 数据持有单位 持有单位 所属单位 所属部门',
    ),
    limit: 500,
    note: '必填，几个单位共有的以顿号分隔',
  },
  summary: {
    names: words(
      '摘要 信息资源摘要 资源摘要 数据资源摘要 目录摘要 资源简介 简介 内容描述 资源描述 数据描述 目录描述 内容摘要',
    ),
    limit: 4000,
  },
  format: {
    names: words('格式 信息资源格式 资源格式 数据格式 数据资源格式 信息资源格式类型 资源格式分类 存储格式'),
    limit: 200,
    note: '数据库、电子表格、电子文件、图形图像、流媒体、自描述格式、接口，可填几种',
  },
  frequency: {
    names: words('更新频率 更新周期 更新频度 数据更新频率 数据更新周期 更新时效 信息更新周期'),
    limit: 100,
    note: '实时、每日、每周、每月、每季度、每半年、每年、不定期、一次性',
  },
  pending: { names: words('待归集 是否待归集 未归集'), limit: 20, note: '是（尚待归集）或否（已归集）' },
  collected: { names: words('归集状态 是否归集 是否已归集 归集情况 已归集 归集'), limit: 20 },
  coverageTime: {
    names: words('时间范围 时间覆盖范围 数据时间范围 时间跨度 覆盖时间 起止时间 时间区间'),
    limit: 200,
    narrow: true,
  },
  coverageSpace: {
    names: words('空间范围 空间覆盖范围 覆盖区域 地域范围 区域范围 覆盖地域 行政区域 覆盖范围'),
    limit: 200,
  },
  quality: { names: words('质量要求 数据质量要求 质量标准 数据质量'), limit: 1000 },
  sharing: {
    names: words('共享类型 共享属性 共享类别 共享分类 共享方式类型 共享级别 是否共享'),
    limit: 50,
    note: '无条件共享、有条件共享、不予共享',
  },
  sharingBasis: {
    names: words('不予共享依据 共享依据 不共享依据 不予共享的依据 不予共享理由 不共享理由'),
    limit: 1000,
    note: '不予共享的必填法律依据',
  },
  sharingCondition: { names: words('共享条件 共享条件说明 共享使用条件'), limit: 1000 },
  sharingMethod: { names: words('共享方式 共享方式说明 共享途径 提供方式'), limit: 500 },
  opening: {
    names: words('开放属性 开放类型 开放类别 开放分类 是否向社会开放 是否开放 社会开放属性 开放级别'),
    limit: 50,
    note: '无条件开放、有条件开放、不予开放',
  },
  openingCondition: { names: words('开放条件 开放条件说明 开放使用条件'), limit: 1000 },
  industry: { names: words('所属行业 行业 行业分类 行业类别 所属领域 领域'), limit: 100 },
  theme: { names: words('主题 主题分类 信息资源分类 资源分类 数据主题 所属主题'), limit: 200 },
  library: { names: words('所属库 基础库 主题库 基础库/主题库 所属基础库 所属主题库 归属库 基础库主题库'), limit: 200 },
  batch: { names: words('授权批次 批次 授权运营批次'), limit: 100 },
  department: {
    names: words('责任部门 责任处室 责任科室 责任单位 主管部门 业务处室 责任处(科)室 管理部门'),
    limit: 200,
  },
  volume: { names: words('数据量 数据规模 记录数 数据条数 数据总量 存量'), limit: 100, narrow: true },
  category: { names: words('类别 资源类别 产品类别 数据类别 分类'), limit: 200 },
  form: { names: words('服务形式 产品形式 产品形态 服务方式 产品和服务形式'), limit: 200 },
  grade: { names: words('安全分级 数据分级 安全级别 数据级别 分级 安全等级 数据安全级别 数据安全等级'), limit: 50 },
} as const satisfies Record<string, Term>

/** 信息项. They stand beside their item, below it, or in a sheet of their own. */
export const fieldTerms = {
  fieldName: {
    names: words(
      '信息项名称 信息项 信息项中文名 信息项中文名称 数据项名称 数据项 字段中文名 字段中文名称 字段名称 中文名 中文名称',
    ),
    limit: 200,
    note: '必填',
  },
  fieldField: {
    names: words(
      '英文名 信息项英文名 信息项英文名称 英文名称 字段英文名 字段英文名称 字段名 字段代码 字段标识 字段 信息项代码 数据项英文名',
    ),
    limit: 200,
    narrow: true,
  },
  fieldType: { names: words('数据类型 信息项类型 信息项数据类型 字段类型 数据项类型 类型'), limit: 100, narrow: true },
  fieldLength: { names: words('数据长度 长度 字段长度 信息项长度 信息项数据长度 数据项长度'), limit: 20, narrow: true },
  fieldNullable: { names: words('可空 是否可空 是否为空 允许为空 是否允许为空 可为空'), limit: 20, note: '是或否' },
  fieldRequired: { names: words('必填 是否必填 非空 是否非空 不能为空'), limit: 20 },
  fieldKey: { names: words('主键 是否主键'), limit: 20, note: '是或否' },
  fieldMeaning: {
    names: words('信息项说明 字段说明 信息项描述 字段描述 字段含义 含义 数据项说明 说明 描述'),
    limit: 1000,
  },
} as const satisfies Record<string, Term>

/** Columns that say nothing about an item. */
export const otherTerms = {
  serial: { names: words('序号 顺序号 行号 序 no no.'), limit: 20 },
  ignored: {
    names: words(
      '备注 问题 发布日期 发布时间 更新时间 更新日期 关联资源代码 关联信息资源代码 提供方代码 信息资源提供方代码 单位代码 统一社会信用代码 联系人 联系电话 联系方式 填报人',
    ),
    limit: 1000,
  },
} as const satisfies Record<string, Term>

export type ItemField = keyof typeof itemTerms
export type FieldField = keyof typeof fieldTerms
/** What a column can be read as. */
export type ListingField = ItemField | FieldField | keyof typeof otherTerms

export const terms: Readonly<Record<ListingField, Term>> = { ...itemTerms, ...fieldTerms, ...otherTerms }
export const listingFields = Object.keys(terms) as readonly ListingField[]

/** What a title means under the title above it, as in 共享属性 / 类型. */
export const groups: readonly {
  readonly above: RegExp
  readonly below: Readonly<Record<string, ListingField>>
}[] = [
  {
    above: /信息项|数据项|字段|数据元/,
    below: {
      ...Object.fromEntries(words('名称 中文名 中文名称').map((w) => [w, 'fieldName'] as const)),
      ...Object.fromEntries(words('英文名 英文名称 代码 编码 标识').map((w) => [w, 'fieldField'] as const)),
      ...Object.fromEntries(words('类型 数据类型').map((w) => [w, 'fieldType'] as const)),
      ...Object.fromEntries(words('长度 数据长度').map((w) => [w, 'fieldLength'] as const)),
      ...Object.fromEntries(words('说明 含义 描述 备注').map((w) => [w, 'fieldMeaning'] as const)),
    },
  },
  {
    above: /共享/,
    below: {
      类型: 'sharing',
      属性: 'sharing',
      类别: 'sharing',
      条件: 'sharingCondition',
      方式: 'sharingMethod',
      依据: 'sharingBasis',
    },
  },
  { above: /开放/, below: { 类型: 'opening', 属性: 'opening', 类别: 'opening', 条件: 'openingCondition' } },
  { above: /提供方|提供单位|提供部门|数源|来源/, below: { 名称: 'holders', 单位: 'holders', 代码: 'ignored' } },
  { above: /范围/, below: { 时间: 'coverageTime', 空间: 'coverageSpace', 地域: 'coverageSpace' } },
  {
    above: /目录|资源|基本信息/,
    below: { 名称: 'name', 代码: 'code', 编码: 'code', 摘要: 'summary', 简介: 'summary', 格式: 'format' },
  },
]
