/**
 * Descriptions of fields as units write them into catalogue entries, each with the answer a careful person gives. The tables are made
 * up after published catalogues; no value of any person stands here.
 *
 * How they were labelled, before any rule was written:
 * - **personal** (人): the value says something of a natural person who is named or can be found: names, contacts, dwelling, birth, kin,
 *   schooling, work, property, what someone applied for, bought or was fined for. 法定代表人、经办人、评标专家 are persons too.
 * - **sensitive** (敏): what 个人信息保护法 第二十八条 lists: biometric data, belief, specific identity (disability, criminal record,
 *   correction), health and treatment, accounts and income, whereabouts, and every personal field of a table of children under fourteen.
 *   Numbers of identity documents are labelled sensitive after the stricter reading.
 * - **none** (无): of bodies, places, things and sums; what only administers the record (serial numbers, times of update, kinds, states).
 *
 * A line is `name | column | type | label | meaning | formats of the sample, in per cent`; a heading is `# unit / entry`. Whole tables are held out,
 * every third one, so that a rule tuned on one table is not tried on its neighbours' columns.
 */
const text = `
# 市民政局 / 老人信息
姓名 | xm | varchar(50) | 人
性别 | xb | char(1) | 人
身份证号码 | sfzhm | varchar(18) | 敏
出生日期 | csrq | date | 人
家庭住址 | jtzz | varchar(200) | 人
联系电话 | lxdh | varchar(20) | 人
是否失能 | sfsn | char(1) | 敏 | 老人失能等级评估结果
高龄津贴发放金额 | gljtje | decimal(10,2) | 敏 | 每月发给本人的津贴
紧急联系人 | jjlxr | varchar(50) | 人
所属社区名称 | sqmc | varchar(100) | 无
更新时间 | gxsj | datetime | 无

# 市民政局 / 婚姻信息
男方姓名 | nfxm | varchar(50) | 人
女方姓名 | nvfxm | varchar(50) | 人
男方证件号码 | nfzjhm | varchar(18) | 敏
女方证件号码 | nvfzjhm | varchar(18) | 敏
结婚登记日期 | jhdjrq | date | 人
婚姻状况 | hyzk | varchar(10) | 人
登记机关名称 | djjgmc | varchar(100) | 无
结婚证字号 | jhzzh | varchar(30) | 人
业务类型 | ywlx | varchar(10) | 无

# 市民政局 / 困境儿童信息
儿童姓名 | etxm | varchar(50) | 敏
证件号 | zjh | varchar(18) | 敏
监护人姓名 | jhrxm | varchar(50) | 人
监护人电话 | jhrdh | varchar(20) | 人
困境类型 | kjlx | varchar(20) | 敏 | 孤儿、事实无人抚养、重病、残疾等
就读学校 | jdxx | varchar(100) | 敏
保障金额 | bzje | decimal(10,2) | 敏
所在乡镇 | szxz | varchar(50) | 敏
儿童总数 | ETZS | int | 无 | 本乡镇困境儿童总数

# 市民政局 / 低收入人员信息
户主 | hz | varchar(50) | 人
户主身份证 | hzsfz | varchar(18) | 敏
家庭人口数 | jtrks | int | 无
家庭月收入 | jtysr | decimal(10,2) | 敏
低保类别 | dblb | varchar(20) | 人
致贫原因 | zpyy | varchar(100) | 人
银行账号 | yhzh | varchar(30) | 敏
开户行 | khh | varchar(100) | 无
残疾等级 | cjdj | varchar(10) | 敏
保障起始年月 | bzqsny | char(6) | 无
乡镇街道 | xzjd | varchar(50) | 无

# 市民政局 / 社会组织登记信息
社会组织名称 | org_name | varchar(200) | 无
统一社会信用代码 | uscc | char(18) | 无 | | uscc:99
法定代表人 | fddbr | varchar(50) | 人
住所 | zs | varchar(200) | 无
业务主管单位 | ywzgdw | varchar(100) | 无
注册资金 | zczj | decimal(14,2) | 无
成立日期 | clrq | date | 无
联系人手机 | lxrsj | varchar(20) | 人 | | mobile:97
会员数量 | hysl | int | 无
业务范围 | ywfw | text | 无

# 市公安局 / 人口基本信息
公民身份号码 | gmsfhm | char(18) | 敏 | | idCard:100
姓名 | xm | varchar(50) | 人
曾用名 | cym | varchar(50) | 人
性别代码 | xbdm | char(1) | 人
民族代码 | mzdm | char(2) | 人
出生地 | csd | varchar(100) | 人
籍贯 | jg | varchar(50) | 人
宗教信仰代码 | zjxydm | char(2) | 敏
血型代码 | xxdm | char(1) | 敏
身高 | sg | int | 人
人像照片 | rxzp | blob | 人
指纹特征 | zwtz | blob | 敏
文化程度 | whcd | varchar(20) | 人
服务处所 | fwcs | varchar(100) | 人
职业 | zy | varchar(50) | 人
数据归属单位代码 | sjgsdwdm | char(12) | 无

# 市公安局 / 户籍信息
户号 | hh | varchar(20) | 人
户主姓名 | hzxm | varchar(50) | 人
与户主关系 | yhzgx | varchar(20) | 人
户籍地址 | hjdz | varchar(200) | 人
户别 | hb | varchar(10) | 人 | 家庭户或集体户
迁入日期 | qrrq | date | 人
何地迁来 | hdql | varchar(100) | 人
派出所名称 | pcsmc | varchar(100) | 无
常住人口数 | czrks | int | 无 | 辖区内常住人口数
注销标识 | zxbs | char(1) | 无

# 市公安局 / 车辆信息
号牌号码 | hphm | varchar(10) | 人 | | plate:99
号牌种类 | hpzl | varchar(10) | 无
车辆识别代号 | clsbdh | char(17) | 人
机动车所有人 | jdcsyr | varchar(100) | 人
车辆品牌 | clpp | varchar(50) | 无
车身颜色 | csys | varchar(10) | 无
初次登记日期 | ccdjrq | date | 无
使用性质 | syxz | varchar(10) | 无
住所详细地址 | zsxxdz | varchar(200) | 人 | 机动车所有人的住所
检验有效期止 | jyyxqz | date | 无

# 市公安局 / 旅馆住宿登记信息
旅客姓名 | lkxm | varchar(50) | 人
证件号码 | zjhm | varchar(18) | 敏 | | idCard:93;passport:5
入住时间 | rzsj | datetime | 敏
退房时间 | tfsj | datetime | 敏
房间号 | fjh | varchar(10) | 敏
旅馆名称 | lgmc | varchar(100) | 无
旅馆地址 | lgdz | varchar(200) | 无
旅馆联系电话 | lglxdh | varchar(20) | 无
前台人脸图像 | rltx | blob | 敏

# 市公安局 / 身份证办理网点信息
身份证办理网点 | bzwd | varchar(100) | 无
网点地址 | wddz | varchar(200) | 无
咨询电话 | zxdh | varchar(20) | 无 | | landline:90
办公时间 | bgsj | varchar(50) | 无
经度 | jd | decimal(10,6) | 无 | | longitude:100
纬度 | wd | decimal(10,6) | 无 | | latitude:100
可办业务 | kbyw | varchar(200) | 无
当日预约人数 | yyrs | int | 无
负责民警 | fzmj | varchar(50) | 人

# 市卫健委 / 患者基本信息
患者姓名 | patient_name | varchar(50) | 人
患者ID | patient_id | varchar(30) | 敏
身份证件号码 | id_card_no | varchar(18) | 敏
出生日期 | birth_date | date | 人
ABO血型 | abo_blood | char(2) | 敏
过敏史 | allergy_history | varchar(500) | 敏
联系人姓名 | contact_name | varchar(50) | 人
联系人电话 | contact_phone | varchar(20) | 人
工作单位名称 | work_unit | varchar(100) | 人
医疗机构名称 | hospital_name | varchar(100) | 无
医疗机构代码 | hospital_code | varchar(22) | 无

# 市卫健委 / 门急诊就诊记录信息
就诊流水号 | jzlsh | varchar(30) | 敏
就诊科室 | jzks | varchar(50) | 敏
就诊时间 | jzsj | datetime | 敏
主诉 | zs | text | 敏
诊断名称 | zdmc | varchar(200) | 敏
诊断编码 | icd10 | varchar(20) | 敏
接诊医生 | jzys | varchar(50) | 人
现病史 | xbs | text | 敏
处置意见 | czyj | text | 敏
数据上传时间 | scsj | datetime | 无

# 市卫健委 / 手术记录
手术名称 | ssmc | varchar(200) | 敏
手术日期 | ssrq | date | 敏
主刀医师姓名 | zdysxm | varchar(50) | 人
麻醉方式 | mzfs | varchar(20) | 敏
住院号 | zyh | varchar(30) | 敏
病人性别 | brxb | char(1) | 人
手术室编号 | sssbh | varchar(10) | 无
床位总数 | cwzs | int | 无

# 市卫健委 / 疫苗接种信息
受种者姓名 | szzxm | varchar(50) | 敏 | 预防接种的儿童
受种者证件号 | szzzjh | varchar(18) | 敏
接种日期 | jzrq | date | 敏
疫苗名称 | ymmc | varchar(50) | 敏
母亲姓名 | mqxm | varchar(50) | 人
父亲联系电话 | fqlxdh | varchar(20) | 人
疫苗批号 | ymph | varchar(30) | 无
接种单位名称 | jzdwmc | varchar(100) | 无
生产企业 | scqy | varchar(100) | 无

# 市卫健委 / 医疗机构信息
机构名称 | jgmc | varchar(100) | 无
机构等级 | jgdj | varchar(10) | 无
病床数 | bcs | int | 无
执业医师人数 | zyysrs | int | 无
机构地址 | jgdz | varchar(200) | 无
主要负责人 | zyfzr | varchar(50) | 人
诊疗科目 | zlkm | text | 无
急诊电话 | jzdh | varchar(20) | 无
年门诊量 | nmzl | int | 无

# 市卫健委 / 健康证信息
持证人 | czr | varchar(50) | 人
身份证 | sfz | varchar(18) | 敏
体检结论 | tjjl | varchar(50) | 敏
从业类别 | cylb | varchar(20) | 人
发证日期 | fzrq | date | 无
有效期至 | yxqz | date | 无
健康证编号 | jkzbh | varchar(30) | 人
发证机构 | fzjg | varchar(100) | 无
用人单位 | yrdw | varchar(100) | 人

# 市教体局 / 中小学学籍信息
学生姓名 | xsxm | varchar(50) | 敏
学籍号 | xjh | varchar(20) | 敏
性别 | xb | char(1) | 敏
家长姓名 | jzxm | varchar(50) | 人
家长手机号 | jzsjh | varchar(11) | 人
学校名称 | xxmc | varchar(100) | 无
学校标识码 | xxbsm | char(10) | 无
年级 | nj | varchar(10) | 敏
班级 | bj | varchar(10) | 敏
现住址 | xzz | varchar(200) | 敏
是否留守儿童 | sflset | char(1) | 敏
就读方式 | jdfs | varchar(10) | 敏

# 市教体局 / 中小学学校信息
学校 | school | varchar(100) | 无
办学类型 | bxlx | varchar(20) | 无
校长姓名 | xzxm | varchar(50) | 人
学校地址 | xxdz | varchar(200) | 无
招生电话 | zsdh | varchar(20) | 无
在校学生数 | zxxss | int | 无
专任教师数 | zrjss | int | 无
占地面积 | zdmj | decimal(10,2) | 无
统一社会信用代码 | tyshxydm | char(18) | 无

# 市教体局 / 教师资格信息
姓名 | name | varchar(50) | 人
证书号码 | zshm | varchar(20) | 人
任教学科 | rjxk | varchar(20) | 人
毕业院校 | byyx | varchar(100) | 人
最高学历 | zgxl | varchar(20) | 人
普通话水平 | pthsp | varchar(20) | 人
认定机构 | rdjg | varchar(100) | 无
政治面貌 | zzmm | varchar(20) | 人
电子邮箱 | email | varchar(50) | 人 | | email:95

# 市教体局 / 学校饭卡消费信息
卡号 | kh | varchar(20) | 人 | 学生校园卡卡号
消费时间 | xfsj | datetime | 人
消费金额 | xfje | decimal(8,2) | 人
卡内余额 | knye | decimal(8,2) | 敏
商户名称 | shmc | varchar(50) | 无
终端编号 | zdbh | varchar(20) | 无
食堂名称 | stmc | varchar(50) | 无

# 市人社局 / 社保缴纳明细
参保人姓名 | cbrxm | varchar(50) | 人
社会保障号码 | shbzhm | varchar(18) | 敏
个人编号 | grbh | varchar(20) | 人
险种类型 | xzlx | varchar(10) | 无
缴费基数 | jfjs | decimal(10,2) | 敏 | 按本人上年月平均工资核定
个人缴费金额 | grjfje | decimal(10,2) | 敏
单位缴费金额 | dwjfje | decimal(10,2) | 无
费款所属期 | fkssq | char(6) | 无
参保单位名称 | cbdwmc | varchar(100) | 人
社保卡号 | sbkh | varchar(20) | 敏
个人账户余额 | grzhye | decimal(12,2) | 敏

# 市人社局 / 人才认定信息
人才姓名 | rcxm | varchar(50) | 人
人才类别 | rclb | varchar(20) | 人
毕业学校 | byxx | varchar(100) | 人
学位 | xw | varchar(20) | 人
认定文号 | rdwh | varchar(50) | 无
申报单位 | sbdw | varchar(100) | 无
手机 | sj | varchar(11) | 人
奖补金额 | jbje | decimal(10,2) | 敏 | 发放到本人账户的奖励和补贴
批次 | pc | varchar(10) | 无

# 市人社局 / 就业失业登记信息
劳动者姓名 | ldzxm | varchar(50) | 人
失业原因 | syyy | varchar(50) | 人
户口性质 | hkxz | varchar(10) | 人
月工资 | ygz | decimal(10,2) | 敏
劳动合同起始日期 | ldhtqsrq | date | 人
技能等级 | jndj | varchar(10) | 人
用工备案单位 | ygbadw | varchar(100) | 人
招聘岗位名称 | zpgwmc | varchar(50) | 无
招聘人数 | zprs | int | 无
登记失业率 | djsyl | decimal(5,2) | 无

# 市人社局 / 工伤认定信息
伤亡职工 | swzg | varchar(50) | 人
受伤部位 | ssbw | varchar(100) | 敏
事故经过 | sgjg | text | 人
伤残等级 | scdj | varchar(10) | 敏
申请人 | sqr | varchar(50) | 人
认定结论 | rdjl | varchar(100) | 敏
用人单位名称 | yrdwmc | varchar(100) | 人
认定书编号 | rdsbh | varchar(30) | 无
受理日期 | slrq | date | 无

# 市医保局 / 医保报销信息
人员姓名 | psn_name | varchar(50) | 人
人员证件号码 | certno | varchar(18) | 敏
人员编号 | psn_no | varchar(30) | 人
医疗类别 | med_type | varchar(6) | 敏
病种名称 | dise_name | varchar(200) | 敏
统筹基金支付金额 | hifp_pay | decimal(12,2) | 敏
个人账户支出 | acct_pay | decimal(12,2) | 敏
定点医药机构名称 | fixmedins_name | varchar(200) | 无
结算时间 | setl_time | datetime | 敏
险种 | insutype | varchar(6) | 无

# 市医保局 / 医保账户信息
医保卡号 | ybkh | varchar(20) | 敏
账户余额 | zhye | decimal(12,2) | 敏
参保状态 | cbzt | varchar(10) | 人
被保险人 | bbxr | varchar(50) | 人
本年划入金额 | bnhrje | decimal(12,2) | 敏
统筹区划代码 | tcqhdm | char(6) | 无
险种名称 | xzmc | varchar(50) | 无
参保总人数 | cbzrs | int | 无

# 市住建局 / 不动产信息
权利人 | qlr | varchar(100) | 人
权利人证件号 | qlrzjh | varchar(18) | 敏
不动产权证号 | bdcqzh | varchar(50) | 人
坐落 | zl | varchar(200) | 人
不动产单元号 | bdcdyh | char(28) | 无
建筑面积 | jzmj | decimal(10,2) | 无
用途 | yt | varchar(20) | 无
共有情况 | gyqk | varchar(20) | 人
登记时间 | djsj | datetime | 无
登簿人 | dbr | varchar(50) | 人
宗地面积 | zdmj | decimal(12,2) | 无

# 市住建局 / 商品房买卖合同信息
买受人 | msr | varchar(100) | 人
买受人电话 | msrdh | varchar(20) | 人
出卖人名称 | cmrmc | varchar(100) | 无 | 房地产开发企业名称
合同编号 | htbh | varchar(30) | 无
合同总价 | htzj | decimal(14,2) | 人 | 买受人购房总价
房号 | fh | varchar(20) | 人
付款方式 | fkfs | varchar(20) | 人
预售许可证号 | ysxkzh | varchar(50) | 无
项目名称 | xmmc | varchar(100) | 无
网签日期 | wqrq | date | 无

# 市住建局 / 房屋租赁登记备案信息
出租人 | czr | varchar(50) | 人
承租人姓名 | chzrxm | varchar(50) | 人
承租人身份证号码 | chzrsfzhm | varchar(18) | 敏
租赁房屋地址 | zlfwdz | varchar(200) | 人
月租金 | yzj | decimal(10,2) | 人
租赁期限 | zlqx | varchar(20) | 无
备案证明编号 | bazmbh | varchar(30) | 无
经办人 | jbr | varchar(50) | 人
可租房源数 | kzfys | int | 无

# 市住建局 / 建筑业企业资质信息
企业名称 | qymc | varchar(100) | 无
企业地址 | qydz | varchar(200) | 无
法定代表人姓名 | fddbrxm | varchar(50) | 人
技术负责人 | jsfzr | varchar(50) | 人
资质证书编号 | zzzsbh | varchar(30) | 无
资质等级 | zzdj | varchar(20) | 无
注册资本 | zczb | decimal(14,2) | 无
企业联系电话 | qylxdh | varchar(20) | 无 | | landline:60;mobile:38
从业人员数 | cyrys | int | 无
法人统一社会信用代码 | frtyshxydm | char(18) | 无 | | uscc:98

# 市公积金中心 / 公积金账户信息
职工姓名 | zgxm | varchar(50) | 人
个人账号 | grzh | varchar(20) | 敏
缴存余额 | jcye | decimal(12,2) | 敏
月缴存额 | yjce | decimal(10,2) | 敏
单位账号 | dwzh | varchar(20) | 无
单位名称 | dwmc | varchar(100) | 人 | 职工所在的工作单位
配偶姓名 | poxm | varchar(50) | 人
开户日期 | khrq | date | 无
缴存人数 | jcrs | int | 无

# 市公积金中心 / 公积金贷款信息
借款人 | jkr | varchar(50) | 人
贷款金额 | dkje | decimal(12,2) | 敏
逾期期数 | yqqs | int | 敏
还款卡号 | hkkh | varchar(20) | 敏 | | bankCard:96
贷款余额 | dkye | decimal(12,2) | 敏
购房地址 | gfdz | varchar(200) | 人
贷款银行 | dkyh | varchar(50) | 无
年利率 | nll | decimal(5,3) | 无
共同借款人证件号码 | gtjkrzjhm | varchar(18) | 敏
合同号 | hth | varchar(30) | 无

# 市税务局 / 企业纳税信息
纳税人名称 | nsrmc | varchar(200) | 无 | 企业名称
纳税人识别号 | nsrsbh | varchar(20) | 无 | | uscc:95
应纳税额 | ynse | decimal(16,2) | 无
税种 | sz | varchar(20) | 无
主管税务机关 | zgswjg | varchar(100) | 无
财务负责人姓名 | cwfzrxm | varchar(50) | 人
财务负责人手机 | cwfzrsj | varchar(11) | 人
办税人员 | bsry | varchar(50) | 人
入库日期 | rkrq | date | 无
企业银行账号 | qyyhzh | varchar(30) | 无
纳税信用等级 | nsxydj | char(1) | 无

# 市税务局 / 个人所得税申报信息
纳税人姓名 | nsrxm | varchar(50) | 人
纳税人身份证件号码 | nsrsfzjhm | varchar(18) | 敏
收入额 | sre | decimal(14,2) | 敏
专项附加扣除 | zxfjkc | decimal(10,2) | 人 | 子女教育、赡养老人等扣除
应补退税额 | ybtse | decimal(12,2) | 敏
扣缴义务人名称 | kjywrmc | varchar(100) | 人 | 任职受雇单位
所得项目 | sdxm | varchar(20) | 人
税款所属期 | skssq | char(6) | 无
申报表编号 | sbbbh | varchar(30) | 无

# 市交通局 / 出租车运营信息
车牌号 | cph | varchar(10) | 人 | | plate:100
驾驶员姓名 | jsyxm | varchar(50) | 人
从业资格证号 | cyzgzh | varchar(20) | 人
上车时间 | scsj | datetime | 敏
上车地点 | scdd | varchar(100) | 敏
下车经度 | xcjd | decimal(10,6) | 敏
运营里程 | yylc | decimal(8,2) | 无
营运公司 | yygs | varchar(100) | 无
投放车辆数 | tfcls | int | 无
起步价 | qbj | decimal(6,2) | 无

# 市交通局 / 乘车刷卡信息
卡编号 | kbh | varchar(20) | 人 | 乘客公交卡编号
刷卡时间 | sksj | datetime | 敏
上车站点 | sczd | varchar(50) | 敏
线路名称 | xlmc | varchar(50) | 无
卡类型 | klx | varchar(10) | 无
扣款金额 | kkje | decimal(6,2) | 人
车辆自编号 | clzbh | varchar(20) | 无
日客运量 | rkyl | int | 无

# 市交通局 / 公交车站点信息
站点名称 | zdmc | varchar(50) | 无
站点经度 | zdjd | decimal(10,6) | 无 | | longitude:100
站点纬度 | zdwd | decimal(10,6) | 无 | | latitude:100
途经线路 | tjxl | varchar(200) | 无
首班时间 | sbsj | varchar(10) | 无
站台类型 | ztlx | varchar(10) | 无
客流量 | kll | int | 无

# 市交警支队 / 交通违法信息
当事人 | dsr | varchar(50) | 人
驾驶证号 | jszh | varchar(18) | 敏 | | idCard:99
违法时间 | wfsj | datetime | 敏
违法地点 | wfdd | varchar(200) | 敏
违法行为 | wfxw | varchar(200) | 人
罚款金额 | fkje | decimal(10,2) | 人
记分值 | jfz | int | 人
执勤民警 | zqmj | varchar(50) | 人
决定书编号 | jdsbh | varchar(30) | 无
违法代码 | wfdm | varchar(10) | 无
号牌号码 | hphm | varchar(10) | 人

# 市市场监管局 / 企业登记信息
企业名称 | ent_name | varchar(200) | 无
统一社会信用代码 | uniscid | char(18) | 无
法定代表人 | lerep | varchar(50) | 人
法定代表人证件号码 | lerep_cerno | varchar(18) | 敏
住所 | dom | varchar(200) | 无
经营范围 | opscope | text | 无
注册资本 | regcap | decimal(18,2) | 无
联系电话 | tel | varchar(20) | 无 | 企业对外联系电话
自然人股东姓名 | inv | varchar(50) | 人
认缴出资额 | subconam | decimal(18,2) | 无
董事姓名 | dsxm | varchar(50) | 人
登记机关 | regorg | varchar(100) | 无
企业类型 | enttype | varchar(10) | 无

# 市市场监管局 / 个体工商户信息
字号名称 | traname | varchar(100) | 无
经营者姓名 | opername | varchar(50) | 人
经营者身份证 | oper_id | varchar(18) | 敏
经营场所 | oploc | varchar(200) | 无
组成形式 | compform | varchar(10) | 无
从业人数 | empnum | int | 无
经营者联系方式 | opertel | varchar(20) | 人
成立日期 | estdate | date | 无

# 市市场监管局 / 投诉举报信息
投诉人姓名 | tsrxm | varchar(50) | 人
投诉人联系电话 | tsrlxdh | varchar(20) | 人
被投诉单位 | btsdw | varchar(100) | 无
投诉内容 | tsnr | text | 人
举报人 | jbr | varchar(50) | 人
争议金额 | zyje | decimal(12,2) | 无
办理人员 | blry | varchar(50) | 人
办结时间 | bjsj | datetime | 无
投诉编号 | tsbh | varchar(30) | 无
投诉热线 | tsrx | varchar(20) | 无

# 市市场监管局 / 案件查办信息
当事人名称 | dsrmc | varchar(100) | 人
案件名称 | ajmc | varchar(200) | 无
案号 | ah | varchar(50) | 无
处罚决定书文号 | cfjdswh | varchar(50) | 无
处罚金额 | cfje | decimal(14,2) | 无
承办人 | cbr | varchar(50) | 人
立案日期 | larq | date | 无
违法事实 | wfss | text | 人

# 市法院 / 失信被执行自然人信息
被执行人姓名 | bzxrxm | varchar(50) | 人
年龄 | nl | int | 人
身份证号码 | sfzhm | varchar(18) | 敏 | 部分隐去
执行法院 | zxfy | varchar(100) | 无
案号 | ah | varchar(50) | 无
失信行为具体情形 | sxxwqx | varchar(500) | 人
发布时间 | fbsj | date | 无
执行依据文号 | zxyjwh | varchar(50) | 无

# 市司法局 / 社区矫正对象信息
矫正对象姓名 | jzdxxm | varchar(50) | 敏
罪名 | zm | varchar(50) | 敏
原判刑期 | ypxq | varchar(20) | 敏
矫正类别 | jzlb | varchar(20) | 敏
定位轨迹 | dwgj | text | 敏
司法所名称 | sfsmc | varchar(100) | 无
矫正小组成员 | jzxzcy | varchar(200) | 人
居住地 | jzd | varchar(200) | 敏

# 市残联 / 残疾人证信息
残疾人姓名 | cjrxm | varchar(50) | 敏
残疾人证号 | cjrzh | varchar(20) | 敏
残疾类别 | cjlb | varchar(10) | 敏
监护人 | jhr | varchar(50) | 人
联系电话 | lxdh | varchar(20) | 敏
发证机关 | fzjg | varchar(100) | 无
持证残疾人数 | czcjrs | int | 无

# 市气象局 / 降水信息
站号 | zh | varchar(10) | 无
站名 | zm | varchar(50) | 无
观测时间 | gcsj | datetime | 无
小时降水量 | xsjsl | decimal(6,1) | 无
经度 | lon | decimal(10,6) | 无 | | longitude:100
纬度 | lat | decimal(10,6) | 无 | | latitude:100
测站海拔 | czhb | decimal(6,1) | 无
数据质控码 | sjzkm | char(1) | 无
值班员 | zby | varchar(50) | 人

# 供电公司 / 用电信息
户号 | yhbh | varchar(20) | 人 | 用电客户编号
户名 | yhmc | varchar(100) | 人
用电地址 | yddz | varchar(200) | 人
当月电量 | dydl | decimal(12,2) | 人
用电类别 | ydlb | varchar(20) | 无
供电单位 | gddw | varchar(100) | 无
抄表员 | cby | varchar(50) | 人
电价 | dj | decimal(6,4) | 无
合同容量 | htrl | decimal(10,2) | 无
用户移动电话 | yhyddh | varchar(11) | 人 | | mobile:99

# 水务公司 / 用水信息
用户姓名 | yhxm | varchar(50) | 人
水表编号 | sbbh | varchar(30) | 人
本期用水量 | bqysl | decimal(10,2) | 人
应缴水费 | yjsf | decimal(10,2) | 人
用水性质 | ysxz | varchar(10) | 无
营业网点 | yywd | varchar(50) | 无
口径 | kj | varchar(10) | 无
供水热线 | gsrx | varchar(20) | 无

# 市城管局 / 实时停车信息
停车场名称 | tccmc | varchar(100) | 无
车位总数 | cwzs | int | 无
剩余车位 | sycw | int | 无
车牌号码 | cphm | varchar(10) | 人 | | plate:97
入场时间 | rcsj | datetime | 敏 | 车辆驶入时间
出场时间 | ccsj | datetime | 敏
停车场地址 | tccdz | varchar(200) | 无
收费标准 | sfbz | varchar(100) | 无
缴费账户 | jfzh | varchar(50) | 敏 | 车主支付账户
管理员电话 | glydh | varchar(20) | 人

# 市公管局 / 工程建设项目中标信息
项目编号 | xmbh | varchar(50) | 无
标段名称 | bdmc | varchar(200) | 无
中标单位 | zbdw | varchar(200) | 无
中标金额 | zbje | decimal(16,2) | 无
项目经理 | xmjl | varchar(50) | 人
项目经理注册证号 | xmjlzczh | varchar(30) | 人
评标专家 | pbzj | varchar(200) | 人
招标人 | zbr | varchar(200) | 无 | 招标单位名称
招标代理机构 | zbdljg | varchar(200) | 无
公示开始日期 | gsksrq | date | 无
异议联系电话 | yylxdh | varchar(20) | 无

# 市文旅局 / 景区访客信息
景区名称 | jqmc | varchar(100) | 无
预约人 | yyr | varchar(50) | 人
预约手机号 | yysjh | varchar(11) | 人
证件号码 | zjhm | varchar(18) | 敏
入园时间 | rysj | datetime | 敏
健康码状态 | jkmzt | varchar(10) | 敏
游客来源地 | yklyd | varchar(50) | 人
当日入园人次 | drryrc | int | 无
瞬时承载量 | sscz | int | 无
门票类型 | mplx | varchar(20) | 无

# 市农业农村局 / 农业奖补信息
补贴对象姓名 | btdxxm | varchar(50) | 人
一卡通账号 | ykthzh | varchar(30) | 敏
种植面积 | zzmj | decimal(10,2) | 人 | 农户申报的种植面积
补贴标准 | btbz | decimal(10,2) | 无
补贴金额 | btje | decimal(10,2) | 敏 | 发放到农户一卡通的金额
村委会名称 | cwhmc | varchar(100) | 无
补贴年度 | btnd | char(4) | 无
补贴项目 | btxm | varchar(50) | 无
受益户数 | syhs | int | 无

# 市统计局 / 农林牧渔业产值信息
年份 | nf | char(4) | 无
地区名称 | dqmc | varchar(50) | 无
农业产值 | nycz | decimal(16,2) | 无
同比增长率 | tbzzl | decimal(6,2) | 无
农村居民人均可支配收入 | ncjmrjsr | decimal(12,2) | 无
乡村从业人员数 | xccyrys | int | 无
填报人 | tbr | varchar(50) | 人
填报人电话 | tbrdh | varchar(20) | 人
统计负责人 | tjfzr | varchar(50) | 人

# 市政务服务局 / 政务服务办件信息
办件编号 | bjbh | varchar(50) | 无
事项名称 | sxmc | varchar(200) | 无
申请人姓名 | sqrxm | varchar(100) | 人
申请人证件号码 | sqrzjhm | varchar(30) | 敏 | | idCard:70;uscc:25
代理人手机号码 | dlrsjhm | varchar(20) | 人
窗口人员 | ckry | varchar(50) | 人
受理时间 | slsj | datetime | 无
办理结果 | bljg | varchar(10) | 无
承诺办结时限 | cnbjsx | int | 无
收件地址 | sjdz | varchar(200) | 人 | 证照寄送地址
评价满意度 | pjmyd | int | 无

# 某单位 / 历史库表（只有字段名）
xm |  | varchar | 人
sfzh |  | varchar | 敏
lxdh |  | varchar | 人
zjhm |  | varchar | 敏 | | idCard:90
csrq |  | date | 人
xb |  | char | 人
jtzz |  | varchar | 人
dwmc |  | varchar | 无
xmmc |  | varchar | 无
xmbh |  | varchar | 无
bz |  | varchar | 无
cjsj |  | datetime | 无
tyshxydm |  | varchar | 无 | | uscc:98
yhkh |  | varchar | 敏 | | bankCard:92
mz |  | varchar | 人
gxsj |  | datetime | 无

# 某单位 / 英文库表
user_name |  | varchar | 人
userId |  | bigint | 人
idCardNo |  | varchar | 敏
mobile |  | varchar | 人
phone_number |  | varchar | 人
homeAddress |  | varchar | 人
birthday |  | date | 人
gender |  | char | 人
company_name |  | varchar | 无
org_code |  | varchar | 无
create_time |  | datetime | 无
update_by |  | varchar | 人
is_deleted |  | tinyint | 无
bank_account_no |  | varchar | 敏
total_count |  | int | 无
project_name |  | varchar | 无
longitude |  | decimal | 无
diagnosis |  | varchar | 敏
login_ip |  | varchar | 人 | | ip:100
password |  | varchar | 敏

# 某单位 / 外包系统导出表
col1 |  | varchar | 敏 | | idCard:97
col2 |  | varchar | 人 | | mobile:95
col3 |  | varchar | 无 | | uscc:99
col4 |  | varchar | 敏 | | bankCard:90
col5 |  | varchar | 人 | | plate:99
col6 |  | varchar | 人 | | email:98
备注 | bz | varchar | 无
备注2 | bz2 | varchar | 敏 | | idCard:80
编号 | bh | varchar | 敏 | | idCard:99
名称 | mc | varchar | 人 | 权利人姓名
col7 |  | varchar | 无 | | landline:90
扩展字段1 | ext1 | varchar | 无
联系方式 | lxfs | varchar | 人 | | mobile:80;landline:15

# 团市委 / 志愿者信息
志愿者姓名 | zyzxm | varchar(50) | 人
志愿者编号 | zyzbh | varchar(20) | 人
QQ号 | qq | varchar(15) | 人
微信号 | wxh | varchar(50) | 人
服务时长 | fwsc | decimal(8,1) | 人 | 志愿者累计服务时长
服务项目 | fwxm | varchar(100) | 无
志愿服务组织 | zyfwzz | varchar(100) | 无
特长 | tc | varchar(100) | 人
活动参与人数 | hdcyrs | int | 无

# 市退役军人局 / 优抚对象信息
优抚对象姓名 | yfdxxm | varchar(50) | 人
优抚类别 | yflb | varchar(20) | 人
入伍时间 | rwsj | date | 人
残疾性质 | cjxz | varchar(20) | 敏
抚恤金发放账号 | fxjffzh | varchar(30) | 敏
服役部队 | fybd | varchar(100) | 人
优待证号 | ydzh | varchar(30) | 人
发放年度 | ffnd | char(4) | 无
优抚医院数量 | yfyysl | int | 无

# 市生态环境局 / 排污许可信息
排污单位名称 | pwdwmc | varchar(100) | 无
许可证编号 | xkzbh | varchar(30) | 无
环保联系人 | hblxr | varchar(50) | 人
环保联系人电话 | hblxrdh | varchar(20) | 人
行业类别 | hylb | varchar(20) | 无
排放口数量 | pfksl | int | 无
生产经营场所地址 | scjycsdz | varchar(200) | 无
监测时间 | jcsj | datetime | 无

# 市应急局 / 安全生产特种作业人员信息
持证人员姓名 | czryxm | varchar(50) | 人
证件编号 | zjbh | varchar(30) | 敏 | 持证人身份证号码 | idCard:99
作业类别 | zylb | varchar(20) | 人
准操项目 | zcxm | varchar(50) | 人
体检合格情况 | tjhg | varchar(20) | 敏
复审日期 | fsrq | date | 无
签发机关 | qfjg | varchar(100) | 无
培训机构名称 | pxjgmc | varchar(100) | 无

# 人民银行 / 个人征信授权查询记录
查询人 | cxr | varchar(50) | 人
被查询人证件号码 | bcxrzjhm | varchar(18) | 敏
征信评分 | zxpf | int | 敏
查询原因 | cxyy | varchar(20) | 无
授权书编号 | sqsbh | varchar(30) | 无
查询机构 | cxjg | varchar(100) | 无
逾期金额 | yqje | decimal(12,2) | 敏
查询时间 | cxsj | datetime | 无

# 市移民管理 / 出入境证件信息
英文姓名 | ywxm | varchar(100) | 人
护照号码 | hzhm | varchar(20) | 敏 | | passport:98
国籍 | gj | varchar(20) | 人
通行证号码 | txzhm | varchar(20) | 敏
出境时间 | cjsj | datetime | 敏
前往国家 | qwgj | varchar(50) | 敏
口岸名称 | kamc | varchar(50) | 无
签证种类 | qzzl | varchar(10) | 人
日出境人次 | rcjrc | int | 无
`

/**
 * Columns of systems that others wrote, as their public schemas name them: nobody here chose these names. Labelled in the same way, and
 * looked at only to count.
 */
const elsewhere = `
# 社保系统 / 人员基本信息
行编号 | ROWNO | number | 无
个人编号 | BAC001 | number | 人
身份证号 | AAC002 | string | 敏
姓名 | AAC003 | string | 人
国籍或地区 | AAC161 | string | 人
证件类型 | AAC058 | string | 无
证件号码 | AAC147 | string | 敏
参加工作日期 | AAC007 | date | 人
建账时间 | AAE441 | date | 无
养老账户类别 | AAE473 | string | 人
养老资格认定时间 | BIC162 | date | 人
离退休状态 | AAC084 | string | 人
离退休日期 | AIC162 | date | 人
移动电话 | AAC067 | string | 人
人员登记状态 | BAC062 | string | 人
户籍性质 | AAC009 | string | 人
常住地地行政区划代码 | AAC301 | string | 人
常住地地址 | AAE006 | string | 人
户籍地行政区划 | BAC301 | string | 人
户籍地址 | AAC010 | string | 人

# 医保接口 / 身份识别
医疗人员类别 | akc021 | string | 人
医疗照顾人员类别 | ykc120 | string | 人
参保所属分中心 | yab139 | string | 无
异地安置标志 | ykc150 | string | 人
实足年龄 | akc023 | int | 人
单位编号 | aab001 | string | 无
单位名称 | aab004 | string | 人
个人参保状态 | aac031 | string | 人
个人账户余额 | akc087 | decimal | 敏
分中心编号 | yab003 | string | 无
居民医疗人员身份 | ykc281 | string | 人
住院状态 | ZKC031 | string | 敏
公务员标志 | AAC021 | string | 人
灵活就业标志 | BAC136 | string | 人
参保日期 | AAC030 | date | 人

# 医院信息系统 / 患者
病区 | wardcode | varchar | 敏
床位号 | bedNo | varchar | 敏
护理等级 | nursing_Level | varchar | 敏
诊断 | diagnosis | varchar | 敏
主治医生 | attnDoctor | varchar | 人
住院时间 | inAdmitTime | datetime | 敏
出院时间 | outAdmitTime | datetime | 敏
家庭住址 | homeAddress | varchar | 人
病人状态(出/住) | status | varchar | 敏
体重 | weight | varchar | 人
部门编号 | depetCode | varchar | 无

# 电子病历 / 麻醉记录
医疗机构代码 |  | varchar | 无
数据更新时间 |  | timestamp | 无
密级 |  | varchar | 无
签名时间 |  | timestamp | 无
麻醉医师工号 |  | varchar | 人
麻醉医师姓名 |  | varchar | 人
患者去向代码 |  | varchar | 敏
出血量(mL) |  | decimal | 敏
输血时间 |  | timestamp | 敏
输血反应标志 |  | varchar | 敏
输血品种代码 |  | varchar | 敏
术中输液项目 |  | varchar | 敏
手术者姓名 |  | varchar | 人
手术结束时间 |  | timestamp | 敏
麻醉开始时间 |  | timestamp | 敏

# 眼科筛查系统 / 病人信息
诊断医生id | doctor_id | int | 人
左眼图片 | left_img | varchar | 敏
右眼诊断结果关键字 | right_diag | varchar | 敏
诊断日期 | diag_time | date | 敏
过敏药物 | allergy | varchar | 敏
初诊/复诊 | visit | tinyint | 敏
既往史 | past_history | varchar | 敏
最后修改时间 | update_time | datetime | 无

# 物业系统 / 业主
业主ID | owner_id | varchar | 人
业主名称 | name | varchar | 人
联系人手机号 | link | varchar | 人
业务Id | b_id | varchar | 无
备注 | remark | varchar | 无
数据状态，添加ADD，修改MOD 删除DEL | operate | varchar | 无

# 房产系统 / 房源
房屋编号 | house_id | varchar | 无
小区名称 | community_name | varchar | 无
房屋面积 | area | decimal | 无
卧室数量 | bedrooms | int | 无
房屋朝向 | orientation | varchar | 无
房屋装修情况 | decoration_status | varchar | 无
户主姓名 | owner_name | varchar | 人
户主联系方式 | owner_phone | varchar | 人
创建人 | created_by | varchar | 人
更新人 | updated_by | varchar | 人
房东id | uid | int | 人
房屋所在楼层 | floor | int | 无

# 复工审核系统 / 企业信息
企业ID | id | int | 无
所属街道 | street_id | int | 无
填报人姓名 | transactor_name | varchar | 人
申请时间 | apply_date | datetime | 无
审核人 | review_user | varchar | 人
审核结果 | review_result | varchar | 无

# 贷款系统 / 请款预算单
收款银行 | receipt_bank | varchar | 无
收款账号 | receipt_account | varchar | 敏
预算金额 | budget_amount | bigint | 无
用款日期 | use_datetime | datetime | 无
申请人 | apply_user | varchar | 人
客户姓名 | loan_name | varchar | 人
打款金额 | pay_amount | bigint | 无
节点编号 | cur_node_code | varchar | 无

# 工商查询接口 / 工商信息
公司id | id | bigint | 无
省份简称 | base | varchar | 无
企业名 | name | varchar | 无
法人 | legal_person_name | varchar | 人
法人类型，1人2公司 | legal_person_type | bigint | 无
注册号 | reg_number | varchar | 无
行业 | industry | varchar | 无
注册地址 | reg_location | varchar | 无
许可文件名称 | file_name | varchar | 无
许可文件到期日期 | valid_to_date | date | 无
最后处理时间 | latest_handle_at | datetime | 无

# 公安系统 / 中学在校学生信息
户口所在地 | HKSZD | varchar | 敏
班级 | BJ | varchar | 敏
学籍号 | XJH | varchar | 敏
现住址 | XZZ | varchar | 敏
电话1 | DH1 | varchar | 敏
关系1 | GX1 | varchar | 敏
单位名称1 | DWMC1 | varchar | 敏 | 家长工作单位
创建人姓名 | CJRXM | varchar | 人
创建单位代码 | CJDWDM | varchar | 无
修改单位名称 | GXDWDM | varchar | 无

# 卡口系统 / 过车信息
卡口编号 | KKBH | varchar | 无
方向类型 | FXLX | varchar | 无
车道号 | CDH | varchar | 无
号牌号码 | HPHM | varchar | 人
过车时间 | GCSJ | timestamp | 敏
车辆速度 | CLSD | varchar | 无
车辆限速 | CLXS | varchar | 无
号牌颜色 | HPYS | varchar | 无
违章行为编码 | WFDM | varchar | 人

# 车队系统 / 车辆违章记录
违章人/驾驶人姓名 | break_username | varchar | 人
违章日期 | break_time | int | 敏
是否有责 | duty_status | tinyint | 人
扣分 | buckle_minute | int | 人
罚款金额 | break_money | decimal | 人
违章地址 | address | varchar | 敏

# 综治系统 / 留守人员
个人年收入 | person_year_income | double | 敏
留守类型 | type | varchar | 人
主要成员身份证号 | member_ID | varchar | 敏
主要成员姓名 | member_name | varchar | 人
主要成员健康状况 | member_health | varchar | 敏
与留守人员关系 | member_relation | varchar | 人
主要成员联系方式 | member_phone | varchar | 人
主要成员工作详细地址 | member_work_address | varchar | 人
家庭年收入 | family_year_income | double | 敏
困难及诉求 | difficult_appeal | varchar | 人
人口类型 | person_type | varchar | 人
房屋平面图路径 | planar_graph | varchar | 无
是否为重点车辆 | is_key | varchar | 无

# 扶贫系统 / 建档立卡
行政村 | administrativeVillage | string | 无
脱贫属性 | overcomePoverty | string | 人
户编号 | homeNumber | string | 人
人编号 | personNumber | string | 人
与户主关系 | relation | string | 人
在校生状况 | studentStatus | string | 人
健康状况 | healthCondition | string | 敏
劳动技能 | laborSkills | string | 人
务工时间（月） | workingTime | int | 人
参加大病医疗 | medicalTreatment | string | 敏
贫困户属性 | poorHouseholds | string | 人
致贫原因 | povertyCauses | string | 人
地区id | areaNum | int | 无
`

export type Label = 'none' | 'personal' | 'sensitive'
export type Part = 'tuned' | 'heldOut' | 'elsewhere'
export interface Labelled {
  readonly unit: string
  readonly item: string
  readonly name: string
  readonly english: string
  readonly type: string
  readonly meaning: string
  readonly formats: readonly { readonly format: string; readonly share: number }[]
  readonly label: Label
  readonly part: Part
}

const labels: Readonly<Record<string, Label>> = { 无: 'none', 人: 'personal', 敏: 'sensitive' }

const tablesOf = (text: string, part: (table: number) => Part): readonly Labelled[] =>
  text
    .split('\n# ')
    .slice(1)
    .flatMap((table, i) => {
      const [heading = '', ...lines] = table.split('\n')
      const [unit = '', item = ''] = heading.split(' / ')
      return lines.filter(Boolean).map((line) => {
        const [name = '', english = '', type = '', label = '', meaning = '', sample = ''] = line
          .split('|')
          .map((s) => s.trim())
        const known = labels[label]
        if (!known) throw new Error(`no label in: ${line}`)
        const formats = sample
          .split(';')
          .filter(Boolean)
          .map((s) => ({ format: s.split(':')[0] ?? '', share: Number(s.split(':')[1]) }))
        return { unit, item, name, english, type, meaning, formats, label: known, part: part(i) }
      })
    })

export const labelled: readonly Labelled[] = [
  ...tablesOf(text, (i) => (i % 3 === 2 ? 'heldOut' : 'tuned')),
  ...tablesOf(elsewhere, (i) => (i % 2 === 0 ? 'tuned' : 'elsewhere')),
]
