/** How the cells of a list are read: what is hidden goes, what is coded is understood in the ways people write it. */

const hidden = /[\p{Cf}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu
const suspect = /[\p{Cc}\p{Cf}\p{Z}']/u

/**
 * A cell without hidden characters and outer blanks. Line breaks inside stay. The apostrophe that keeps a spreadsheet from running a
 * text as a formula is taken off again.
 */
export const clean = (cell: string): string =>
  suspect.test(cell)
    ? cell
        .replace(hidden, '')
        .replace(/\r\n?|[\u2028\u2029]/g, '\n')
        .replace(/[\t\p{Zs}]/gu, ' ')
        .trim()
        .replace(/^'(?='*[=+\-@])/, '')
    : cell
/** A name is one line: what a narrow cell broke is joined again. */
export const oneLine = (text: string): string => (text.includes('\n') ? text.replace(/ *\n\s*/g, '') : text)
/** Full-width letters, digits and signs as half-width ones. */
export const narrow = (text: string): string =>
  /[\u3000\uff01-\uff5e]/.test(text)
    ? text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ')
    : text
/** What two texts have in common when width, case and blanks are looked away from. */
export const fold = (text: string): string => narrow(text).replace(/\s+/g, '').toLowerCase()

/** A dash or a stroke in an empty place. */
export const isBlank = (text: string): boolean => text === '' || /^(?:[-—–−/\\]{1,3}|n\/a|null|nil)$/i.test(text)

/** A day from the number a spreadsheet counts it by (days since 1899-12-30), `YYYY-MM-DD`. */
export const dayOfSerial = (serial: number): string => {
  // civil calendar from a count of days: eras of 400 years, years beginning in March
  const z = Math.floor(serial) - 25_569 + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
/** A number alone where days stand is a spreadsheet's day, from 1954 to 2064. */
export const readTime = (text: string): string =>
  /^\d{5}(?:\.0+)?$/.test(text) && Number(text) > 20_000 && Number(text) < 60_000 ? dayOfSerial(Number(text)) : text

const table = (of: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(of).flatMap(([value, names]) => names.split(' ').map((n) => [fold(n), value] as const)))

const yes = new Set(['是', 'true', '1', 'y', 'yes', 't', '√', '✓', '✔', '☑', '有', '对', '可'])
const no = new Set(['否', 'false', '0', 'n', 'no', 'f', '×', 'x', '✗', '✘', '☐', '□', '无', '不', '非', '不是'])
export const readBoolean = (text: string): boolean | undefined => {
  const t = fold(text)
  return yes.has(t) ? true : no.has(t) ? false : undefined
}

const waiting = new Set(['待归集', '未归集', '尚未归集', '待采集', '未接入'])
const gathered = new Set(['已归集', '完成归集', '归集完成', '已接入'])
/** Whether an item still waits to be collected; `collected` says that the column asks the opposite. Words win over yes and no. */
export const readPending = (text: string, collected: boolean): boolean | undefined => {
  const t = fold(text)
  if (waiting.has(t)) return true
  if (gathered.has(t)) return false
  const b = readBoolean(t)
  return b === undefined ? undefined : b !== collected
}

export type Class = 'unconditional' | 'conditional' | 'none'
export const sharingTerms: Readonly<Record<Class, string>> = {
  unconditional: '无条件共享',
  conditional: '有条件共享',
  none: '不予共享',
}
export const openingTerms: Readonly<Record<Class, string>> = {
  unconditional: '无条件开放',
  conditional: '有条件开放',
  none: '不予开放',
}
const sharings = table({
  unconditional: '无条件共享 无条件 完全共享 直接共享 普遍共享 无条件共享类 unconditional 1',
  conditional: '有条件共享 有条件 受限共享 依申请共享 申请共享 部分共享 有条件共享类 conditional 2',
  none: '不予共享 不共享 不予 非共享 禁止共享 暂不共享 不予共享类 none 3',
})
const openings = table({
  unconditional: '无条件开放 无条件 完全开放 主动开放 普遍开放 直接开放 无条件开放类 unconditional 1',
  conditional: '有条件开放 有条件 受限开放 依申请开放 申请开放 部分开放 有条件开放类 conditional 2',
  none: '不予开放 不开放 不予 非开放 禁止开放 暂不开放 不予开放类 none 3',
})
const ordinal = (t: string): boolean => /^\d{1,2}$/.test(t)
/** A coded value; `byNumber` when it was a bare number, which only the list's own key can confirm. */
export interface Read<T> {
  readonly value: T
  readonly byNumber?: true
}
const look = <T extends string>(m: ReadonlyMap<string, string>, text: string): Read<T> | undefined => {
  const t = fold(text).replace(/^[（(【[]?(\d{1,2})[）)】\].、:-]+(?=\D)/, '')
  const value = m.get(t) as T | undefined
  return value === undefined ? undefined : ordinal(t) ? { value, byNumber: true } : { value }
}
export const readSharing = (text: string): Read<Class> | undefined => look(sharings, text)
/** 是否向社会开放 is answered with yes or no: whether there are conditions then says the next column. */
export const readOpening = (text: string, conditions: boolean, yesNo: boolean): Read<Class> | undefined => {
  const b = yesNo ? readBoolean(text) : undefined
  if (b !== undefined) return { value: b ? (conditions ? 'conditional' : 'unconditional') : 'none' }
  const found = look<Class>(openings, text)
  if (found) return found
  const answer = readBoolean(text)
  return answer === undefined ? undefined : { value: answer ? (conditions ? 'conditional' : 'unconditional') : 'none' }
}

/** Update frequencies in the order lists number them (default: no document at hand sets the numbers, so they are asked about). */
export const frequencies = [
  '实时',
  '每日',
  '每周',
  '每月',
  '每季度',
  '每半年',
  '每年',
  '不定期',
  '一次性',
  '每小时',
  '每半月',
  '每旬',
  '每两年',
] as const
const frequencyNames = table({
  实时: '实时 实时更新 即时 及时更新 动态更新 realtime 1',
  每日: '每日 每天 日 天 按日 按天 日更 日更新 每日更新 每天更新 1天 一天 1日 一日 每1天 t+1 daily 2',
  每周: '每周 周 按周 周更新 每周更新 1周 一周 每星期 7天 七天 weekly 3',
  每月: '每月 月 按月 月度 月更新 每月更新 1月 1个月 一个月 monthly 4',
  每季度: '每季度 季度 季 每季 按季度 按季 季度更新 每季度更新 3个月 三个月 quarterly 5',
  每半年: '每半年 半年 按半年 半年度 每半年更新 6个月 六个月 6',
  每年: '每年 年 按年 年度 年更新 每年更新 1年 一年 12个月 yearly annually 7',
  不定期: '不定期 不定期更新 按需 按需更新 不固定 其他 其它 8',
  一次性: '一次性 不更新 静态 一次 仅一次 历史数据',
  每小时: '每小时 小时 按小时 1小时 一小时 hourly',
  每半月: '每半月 半月',
  每旬: '每旬 旬 按旬 10天 十天',
  每两年: '每两年 两年 2年',
})
export const readFrequency = (text: string): Read<string> | undefined => look(frequencyNames, text)

export const formats = ['数据库', '电子表格', '电子文件', '图形图像', '流媒体', '自描述格式', '接口'] as const
const formatNames = table({
  数据库:
    '数据库 库表 数据表 数据库表 关系型数据库 表 mysql oracle sqlserver db2 postgresql 达梦 人大金仓 database db dbf',
  电子表格: '电子表格 表格 excel xls xlsx et csv',
  电子文件: '电子文件 文件 文档 电子文档 word doc docx wps pdf ofd txt xml html json',
  图形图像: '图形图像 图像 图片 图形 jpg jpeg png gif bmp tiff',
  流媒体: '流媒体 视频 音频 音视频 mp4 mp3 avi',
  自描述格式: '自描述格式 自描述',
  接口: '接口 api 服务接口 数据接口 接口服务 webservice',
})
/** Known formats by their names, others as written, in the order given, each once. */
export const readFormat = (text: string): string => {
  const one = formatNames.get(fold(text))
  if (one) return one
  const parts = text.split(/[、，,；;/\n]+/).map((p) => p.trim())
  return [...new Set(parts.filter(Boolean).map((p) => formatNames.get(fold(p)) ?? p))].join('、')
}

/** The units of one cell. A sign inside brackets belongs to a name: 市卫健委（市疾控局、市中医药局） is one unit. */
export const readHolders = (text: string): readonly string[] => {
  if (!/[、，,；;\n/|（(]/.test(text)) return text === '' ? [] : [text]
  const found: string[] = []
  let depth = 0
  let part = ''
  for (const c of text) {
    if (c === '（' || c === '(') depth++
    if (c === '）' || c === ')') depth = Math.max(depth - 1, 0)
    if (depth === 0 && /[、，,；;\n/|]/.test(c)) {
      found.push(part)
      part = ''
    } else part += c
  }
  return [...new Set([...found, part].map((h) => h.trim()).filter((h) => !isBlank(h)))]
}
