import { v7 } from 'uuid'
import { anItem, type Item } from '../test/search/items.ts'

const split = (words: string): readonly string[] => words.trim().split(/\s+/)

// words that catalogues of public data are made of, so that a word is as rare among the entries as it is in life
const bodies =
  split(`公安局 民政局 司法局 财政局 人社局 自然资源和规划局 生态环境局 住建局 交通运输局 水利局 农业农村局 商务局 文旅局 卫健委 退役军人事务局
应急管理局 审计局 市场监管局 统计局 医保局 城管局 林业局 教体局 科技局 发改委 经信局 数据资源管理局 税务局 气象局 公积金中心 法院 检察院 残联 总工会 团委
妇联 档案馆 消防救援支队 供电公司 水务公司 燃气公司 公交公司 不动产登记中心 公共资源交易中心 信访局`)
const subjects =
  split(`企业 个体工商户 法人 社会组织 事业单位 自然人 人口 居民 老年人 残疾人 未成年人 学生 教师 医师 护士 患者 农户 合作社 家庭农场 驾驶人 机动车 出租车
公交车 网约车 货运车辆 船舶 道路 桥梁 隧道 停车场 充电桩 加油站 房屋 商品房 存量房 保障性住房 公租房 不动产 土地 宅基地 林地 耕地 水库 河道 水质 空气质量 噪声
污染源 固体废物 危险化学品 特种设备 电梯 压力容器 食品生产 餐饮服务 药品经营 医疗器械 医疗机构 疾控机构 疫苗 门诊 住院 处方 检验检查 健康档案 医保账户
社保 养老保险 失业保险 工伤保险 生育保险 公积金 职称 职业资格 劳动合同 劳动监察 人才 就业 创业 招聘 婚姻 收养 殡葬 低保 特困 救助 福利彩票 养老机构 社区 村级
户籍 居住证 出入境 身份证 学籍 学历 高考 中小学 幼儿园 校车 图书馆 博物馆 文物 景区 旅行社 酒店 导游 演出 网吧 电影 体育场馆 政府采购 招标投标 中标 建设项目
施工许可 工程质量 燃气 供水 供电 供热 污水处理 垃圾分类 环卫 园林绿化 路灯 城市管理 违法建设 行政处罚 行政许可 双公示 失信被执行人 信用评价 黑名单 投诉举报
知识产权 专利 商标 标准 检验检测 计量 科技项目 高新技术企业 研发投入 奖补资金 纳税 欠税 发票 进出口 外资 招商 能源消费 用电 用水 用气 气温 降水 风速 气象预警
地震 防汛 森林防火 应急物资 消防 安全生产 矿山 法律援助 律师 公证 人民调解 仲裁 判决 司法鉴定 社区矫正 退役军人 优抚 双拥 志愿者 工会会员 信访 档案 统计 普查`)
const aspects =
  split(`基本 登记 备案 变更 注销 许可 审批 年检 年报 监督检查 抽查 处罚 处分 奖励 评价 评级 认定 资质 资格 证书 执照 合同 交易 价格 收费 缴费 缴纳
支出 补贴 发放 申请 受理 办理 查询 预约 挂号 就诊 报销 结算 库存 运行 运营 监测 预警 定位 轨迹 分布 位置 空间 规划 建设 验收 质量 安全 隐患 事故 投诉 举报
培训 考试 成绩 考核 聘用 离职 分类 分级 目录 名录 统计 分析 指标 产值 产量 面积 数量 明细 汇总 历史 实时`)
const endings = split(`信息 信息 信息 信息 信息 数据 数据 明细 记录 名单 台账 情况 清单 公示 统计表`)
const fieldNames =
  split(`姓名 性别 民族 出生日期 公民身份号码 联系电话 住址 户籍地址 单位名称 统一社会信用代码 法定代表人 注册资本 成立日期 经营范围 登记机关 登记状态
行业代码 企业类型 证件类型 证件号码 证书编号 发证机关 发证日期 有效期起 有效期止 许可内容 许可编号 处罚文号 处罚事由 处罚结果 处罚日期 处罚机关 金额 币种 缴费基数
缴费月份 缴费状态 险种 参保日期 账户余额 贷款金额 贷款余额 还款状态 项目名称 项目编号 建设单位 施工单位 监理单位 开工日期 竣工日期 合同金额 中标单位 中标金额 招标编号
车牌号码 车辆类型 车架号 发动机号 经度 纬度 速度 方向 采集时间 设备编号 站点名称 线路名称 站点序号 监测值 监测点 指标名称 计量单位 年份 季度 月份 统计值 就诊日期 科室
诊断 医师 费用总额 医保支付 自付金额 药品名称 剂量 手术名称 入院日期 出院日期 学校名称 年级 班级 学籍号 学历 专业 毕业院校 职称名称 评审年份 房屋坐落 建筑面积 房屋用途
权利人 权证号 抵押权人 抵押金额 土地用途 宗地代码 图斑编号 作物种类 种植面积 产量 用电量 用水量 用气量 户号 抄表日期 气温 降水量 风速 风向 气压 相对湿度 数据来源 更新时间
行政区划代码 备注 状态 创建时间`)
const industries = split(
  '公共管理 医疗健康 教育 交通运输 金融服务 文化旅游 城市治理 农业 工业 能源 生态环境 就业社保 住房 商贸',
)
const formats = ['database', 'database', 'database', 'sheet', 'api', 'api', 'file', 'stream', 'image']
const frequencies = ['实时', '每日', '每日', '每日', '每周', '每月', '每月', '每季度', '每年', '不定期']

/** Numbers that are the same in every run. */
const numbers = (seed: number): (() => number) => {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A catalogue of several cities, each with its counties and their bodies. */
export const generateItems = (n: number, seed = 1): readonly Item[] => {
  const random = numbers(seed)
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  // some words are on every tongue, most are rare
  const often = <T>(list: readonly T[]): T => list[Math.floor(random() ** 1.6 * list.length)]!
  const divisions = Array.from(
    { length: 90 },
    (_, i) => `34${String(1 + (i % 16)).padStart(2, '0')}${String(Math.floor(i / 16)).padStart(2, '0')}`,
  )
  return Array.from({ length: n }, () => {
    const subject = often(subjects)
    const aspect = often(aspects)
    const division = of(divisions)
    const place = division.endsWith('00') ? '市' : `第${division.slice(4)}县`
    const unit = place + of(bodies)
    const fields = [...new Set(Array.from({ length: 4 + Math.floor(random() * 10) }, () => often(fieldNames)))]
    const name = `${subject}${random() < 0.3 ? often(aspects) : ''}${aspect}${of(endings)}`
    return anItem({
      id: v7(),
      object: random() < 0.08 ? 'product' : 'resource',
      name,
      code: random() < 0.7 ? `${division}${String(Math.floor(random() * 1e8)).padStart(8, '0')}` : '',
      units: random() < 0.06 ? [...new Set([unit, place + of(bodies)])] : [unit],
      division,
      industry: of(industries),
      format: of(formats),
      frequency: of(frequencies),
      sharing: of(['unconditional', 'conditional', 'conditional', 'none']),
      opening: of(['unconditional', 'conditional', 'none', 'none']),
      grade: of(['', '1', '1', '2', '2', '3', '4']),
      registered: random() < 0.1 ? `GS${String(Math.floor(random() * 1e10))}` : '',
      batch: random() < 0.15 ? of(['第一批', '第二批', '第三批']) : '',
      summary: `${place}${subject}的${aspect}${of(['情况', '结果', '过程', '要素'])}，由${unit}在履职中采集，${of(['覆盖全域', '覆盖主城区', '自2019年起', '不含历史数据'])}，用于${often(subjects)}${of(['管理', '服务', '监管', '决策'])}。`,
      detail: { shown: [], fields: fields.map((f) => ({ name: f, field: '' })) },
      updated: `202${4 + Math.floor(random() * 3)}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`,
    })
  })
}

/** Two words as people combine them: a matter and an aspect of it, or a body and a matter. A part of them with a choice made. */
export const generateQueries = (n: number): readonly string[] => {
  const random = numbers(7)
  const often = <T>(list: readonly T[]): T => list[Math.floor(random() ** 1.6 * list.length)]!
  return Array.from({ length: n }, () => {
    const q = `${random() < 0.2 ? often(bodies) : often(subjects)} ${random() < 0.2 ? often(subjects) : often(aspects)}`
    const choice =
      random() < 0.3
        ? often(['&sharing=conditional', '&grade=2', '&frequency=%E6%AF%8F%E6%97%A5', '&registered=yes'])
        : ''
    return `/api/public/items?q=${encodeURIComponent(q)}${choice}`
  })
}
