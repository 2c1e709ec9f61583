import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasFormat, isBankCard, isIdCard, isIdCard15, isLandline, isMobile, isPlate, sniff } from './formats.ts'

// made up: regions and days are real, the serial numbers belong to nobody known; the first is the example of GB 11643 itself
const citizens = ['11010519491231002X', '440524188001010014']
const luhnOf = (begin: string): string => {
  const sum = [...begin].reverse().reduce((s, d, i) => {
    const n = Number(d) * (i % 2 === 0 ? 2 : 1)
    return s + (n > 9 ? n - 9 : n)
  }, 0)
  return begin + String((10 - (sum % 10)) % 10)
}

describe('公民身份号码 (GB 11643)', () => {
  test.each(citizens)('%s is one', (id) => expect(isIdCard(id)).toBe(true))
  test.each(['11010519491231002x', '１１０１０５１９４９１２３１００２Ｘ', ' 110105 19491231 002X '])(
    'as people type it: %s',
    (id) => expect(isIdCard(id)).toBe(true),
  )
  test.each([
    ['110105194912310021', 'another check character'],
    ['11010519490230002X', 'no such day'],
    ['99010519491231002X', 'no such region'],
    ['1101051949123100', 'too short'],
    ['91350100M000100Y43', 'a body’s code'],
  ])('%s is none: %s', (id) => expect(isIdCard(id)).toBe(false))

  test('any one digit that is wrong is noticed', () => {
    for (const id of citizens)
      for (let i = 0; i < 17; i++)
        for (const d of '0123456789')
          if (d !== id[i]) expect(isIdCard(id.slice(0, i) + d + id.slice(i + 1))).toBe(false)
  })

  test('the old fifteen digits have a day of the last century and no check character', () => {
    expect(isIdCard15('110105491231002')).toBe(true)
    expect(isIdCard15('110105491331002')).toBe(false)
    expect(isIdCard15('11010549123100X')).toBe(false)
  })
})

describe('银行卡号', () => {
  test.each([luhnOf('622202123456789012'), luhnOf('621483123456789'), luhnOf('955880123456789012')])(
    '%s is one',
    (card) => expect(isBankCard(card)).toBe(true),
  )
  test.each([
    ['6222021234567890129', 'the check digit is wrong', luhnOf('622202123456789012') !== '6222021234567890129'],
    [luhnOf('112202123456789012'), 'no issuer begins so', true],
    [luhnOf('62220212345'), 'too short', true],
  ])('%s is none: %s', (card, _why, fair) => {
    expect(fair).toBe(true)
    expect(isBankCard(card)).toBe(false)
  })
  test('a citizen’s number is never taken for one', () => {
    fc.assert(fc.property(fc.constantFrom(...citizens), (id) => !isBankCard(id)))
  })
})

describe('电话', () => {
  test.each(['13800138000', '+86 138 0013 8000', '138-0013-8000', '１３８００１３８０００'])(
    '%s is a mobile number',
    (n) => expect(isMobile(n)).toBe(true),
  )
  test.each(['12800138000', '1380013800', '073188888888'])('%s is no mobile number', (n) =>
    expect(isMobile(n)).toBe(false),
  )
  test.each(['0731-88888888', '010 62345678', '(0564)3330000', '400-123-4567'])('%s is a fixed line', (n) =>
    expect(isLandline(n)).toBe(true),
  )
  test.each(['88888888', '20260316', '13800138000'])('%s alone is no fixed line', (n) =>
    expect(isLandline(n)).toBe(false),
  )
})

describe('机动车号牌', () => {
  test.each(['京A12345', '皖N·8K126', '湘AD12345', '粤B12345D', '沪A1234学'])('%s is one', (p) =>
    expect(isPlate(p)).toBe(true),
  )
  test.each(['京I12345', '京A1234O', '京A1234', 'A12345', '京AABCDE', '京A123456'])('%s is none', (p) =>
    expect(isPlate(p)).toBe(false),
  )
})

test.each([
  ['email', 'zhang.san@example.cn', 'zhang.san@'],
  ['ip', '192.0.2.17', '192.0.2.256'],
  ['ip', '2001:db8::1', '2001'],
  ['longitude', '112.938814', '212.938814'],
  ['latitude', '28.228209', '28.2'],
  ['coordinates', '112.938814,28.228209', '112.938814,128.228209'],
  ['passport', 'E12345678', 'X12345678'],
  ['passport', 'EA1234567', 'EI1234567'],
  ['homeReturn', 'H12345678', 'T12345678'],
  ['chineseName', '欧阳小明', '统一社会信用'],
  ['uscc', '91350100M000100Y43', '91350100M000100Y44'],
] as const)('%s: %s, and not %s', (format, yes, no) => {
  expect(hasFormat(format, yes)).toBe(true)
  expect(hasFormat(format, no)).toBe(false)
})

describe('a sample', () => {
  test('is told as shares of what is not empty, the commonest first, and nothing of a value remains', () => {
    const values = [...citizens, citizens[0]!, '13800138000', '', null, undefined, '  ']
    const shares = sniff(values)
    expect(shares).toEqual([
      { format: 'idCard', share: 75 },
      { format: 'mobile', share: 25 },
    ])
    for (const v of values) if (v?.trim()) expect(JSON.stringify(shares)).not.toContain(v)
  })
  test('of nothing says nothing', () => expect(sniff([null, '', undefined])).toEqual([]))
  test('of any text has shares of one to a hundred per cent', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...citizens, '13800138000'))), (values) =>
        sniff(values).every((s) => Number.isInteger(s.share) && s.share > 0 && s.share <= 100),
      ),
    )
  })
})
