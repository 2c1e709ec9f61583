import { isRefusal } from '#contract'
import { checkUscc, parseDay } from '../kernel/index.ts'

/** What the values of a column look like. A format with check digits is proof; the others are only a shape. */
export const formats = [
  'idCard',
  'idCard15',
  'mobile',
  'landline',
  'uscc',
  'bankCard',
  'email',
  'plate',
  'ip',
  'coordinates',
  'longitude',
  'latitude',
  'passport',
  'homeReturn',
  'chineseName',
] as const
export type Format = (typeof formats)[number]

/** One format and how many per cent of the non-empty values of a sample have it, as a whole number. */
export interface FormatShare {
  readonly format: Format
  readonly share: number
}

/** Full-width digits, letters and spaces as people type them, made plain. */
const plain = (value: string): string => value.normalize('NFKC').trim().toUpperCase()
const bare = (value: string): string => plain(value).replace(/[\s-]/g, '')

const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)
const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const isDay = (digits: string): boolean =>
  !isRefusal(parseDay(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`))

/** 公民身份号码 (GB 11643): region, day of birth and the check character (ISO 7064, MOD 11-2); residence permits of 港澳台 too. */
export const isIdCard = (value: string): boolean => {
  const id = bare(value)
  if (!/^[1-8]\d{5}(?:18|19|20)\d{9}[\dX]$/.test(id) || !provinces.has(id.slice(0, 2)) || !isDay(id.slice(6, 14)))
    return false
  const sum = idWeights.reduce((total, w, i) => total + w * Number(id.charAt(i)), 0)
  return '10X98765432'.charAt(sum % 11) === id.charAt(17)
}

/** The 15 digits of before 1999. They carry no check character: only a shape. */
export const isIdCard15 = (value: string): boolean => {
  const id = bare(value)
  return /^[1-8]\d{14}$/.test(id) && provinces.has(id.slice(0, 2)) && isDay(`19${id.slice(6, 12)}`)
}

export const isMobile = (value: string): boolean => /^(?:\+?86)?1[3-9]\d{9}$/.test(bare(value).replace(/[()]/g, ''))
/** With its area code, or a 400 or 800 number. Seven or eight digits alone may be anything. */
export const isLandline = (value: string): boolean =>
  /^(?:\+?86)?(?:\(?0(?:10|2\d|[3-9]\d{2})\)?[\s-]?[2-8]\d{6,7}(?:[-转]\d{1,6})?|[48]00[\s-]?\d{3}[\s-]?\d{4})$/.test(
    plain(value),
  )

const isUscc = (value: string): boolean => !isRefusal(checkUscc(plain(value)))

/** The beginnings of card numbers (ISO/IEC 7812) in use here and how long such a number is. */
const issuers: readonly (readonly [begins: RegExp, lengths: readonly number[]])[] = [
  [/^62/, [16, 17, 18, 19]],
  [/^60|^69/, [16, 17, 18, 19]],
  [/^9558[08]|^9559[5-9]/, [19]],
  [/^4367|^4563/, [16, 19]],
  [/^4/, [16]],
  [/^5[1-5]|^2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)/, [16]],
  [/^35/, [16]],
  [/^3[47]/, [15]],
]
const luhn = (digits: string): boolean =>
  [...digits].reverse().reduce((sum, d, i) => {
    const n = Number(d) * (i % 2 === 0 ? 1 : 2)
    return sum + (n > 9 ? n - 9 : n)
  }, 0) %
    10 ===
  0

/** 银行卡号: a beginning and length that issuers use, and the check digit (Luhn). A citizen's number never is one. */
export const isBankCard = (value: string): boolean => {
  const card = bare(value)
  return (
    /^\d{15,19}$/.test(card) &&
    issuers.some(([begins, lengths]) => begins.test(card) && lengths.includes(card.length)) &&
    luhn(card) &&
    !isIdCard(card)
  )
}

const isEmail = (value: string): boolean => /^[\w.+-]{1,64}@(?:[A-Z0-9-]+\.)+[A-Z]{2,}$/.test(plain(value))

/** 机动车号牌 (GA 36): five characters, six of a new-energy vehicle; the letters I and O are not used. */
export const isPlate = (value: string): boolean =>
  /^[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云渝藏陕甘青宁新][A-HJ-NP-Z](?:(?=[A-Z\d]*\d)[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d学警挂港澳]|[A-HJK][A-HJ-NP-Z\d]\d{4}|\d{5}[A-HJK])$/u.test(
    bare(value).replace(/[·•.]/gu, ''),
  )

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const ip4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)
const ip6 = /^(?=.*:.*:)(?:[\dA-F]{1,4}(?::|$)|::?){1,8}(?:[\dA-F]{1,4})?$/
const isIp = (value: string): boolean => ip4.test(plain(value)) || ip6.test(plain(value))

// a place is told from a measurement by four decimals, about ten metres, within the country's bounds
const degrees = (value: string, least: number, most: number): boolean =>
  /^\d{1,3}\.\d{4,}$/.test(value) && Number(value) >= least && Number(value) <= most
const isLongitude = (value: string): boolean => degrees(plain(value), 73, 136)
const isLatitude = (value: string): boolean => degrees(plain(value), 3, 54)
const isCoordinates = (value: string): boolean => {
  const [a = '', b = '', ...more] = plain(value)
    .replace(/^(?:POINT)?\s*[([]|[)\]]$/g, '')
    .split(/[,;\s]+/)
  return more.length === 0 && ((isLongitude(a) && isLatitude(b)) || (isLatitude(a) && isLongitude(b)))
}

/** Ordinary passports since 1997 and those for public affairs. */
const isPassport = (value: string): boolean => /^(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|(?:DE|SE|PE)\d{7})$/.test(bare(value))
/** 港澳居民来往内地通行证. The eight digits of 台湾居民来往大陆通行证 look like any number and are left out. */
const isHomeReturn = (value: string): boolean => /^[HM](?:\d{8}|\d{10})$/.test(bare(value))

const surnames = new Set(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝',
)
/** The shape of a Chinese personal name. Places and firms have it too: it never decides against a name of the column. */
const isChineseName = (value: string): boolean => {
  const name = plain(value)
  return (
    /^\p{Script=Han}{2,4}$/u.test(name) &&
    (surnames.has(name.charAt(0)) || /^(?:欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容)/.test(name))
  )
}

const tests: Readonly<Record<Format, (value: string) => boolean>> = {
  idCard: isIdCard,
  idCard15: isIdCard15,
  mobile: isMobile,
  landline: isLandline,
  uscc: isUscc,
  bankCard: isBankCard,
  email: isEmail,
  plate: isPlate,
  ip: isIp,
  coordinates: isCoordinates,
  longitude: isLongitude,
  latitude: isLatitude,
  passport: isPassport,
  homeReturn: isHomeReturn,
  chineseName: isChineseName,
}

export const hasFormat = (format: Format, value: string): boolean => tests[format](value)

/**
 * The formats of a sample as shares of its non-empty values, the commonest first. Only shares leave this function:
 * a value is looked at and forgotten. Whole per cents: one value in a long column is not told.
 */
export const sniff = (values: readonly (string | null | undefined)[]): readonly FormatShare[] => {
  const said = values.filter((v): v is string => typeof v === 'string' && v.trim() !== '')
  return formats
    .map((format) => ({
      format,
      share: said.length === 0 ? 0 : Math.round((said.filter(tests[format]).length / said.length) * 100),
    }))
    .filter((f) => f.share > 0)
    .sort((a, b) => b.share - a.share)
}
