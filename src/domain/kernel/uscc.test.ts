import { describe, expect, test } from 'vitest'
import { isRefusal } from '#contract'
import { checkUscc } from './uscc.ts'

// published codes of real bodies
const sound = [
  '91350100M000100Y43',
  '91330100799655058B',
  '9144030071526726XG',
  '91110000802100433B',
  '91440300708461136T',
  '12430000MB0L046927',
]
const refusal = (text: string) => {
  const r = checkUscc(text)
  return isRefusal(r) ? r : undefined
}

describe('统一社会信用代码 (GB 32100-2015)', () => {
  test.each(sound)('%s is sound', (code) => {
    expect(checkUscc(code)).toEqual({ ok: true, code, kind: code.startsWith('12') ? 'institution' : 'enterprise' })
  })

  // made up to carry both check characters
  test.each([
    ['11430000006123458L', 'organ'],
    ['52430000006123458D', 'other'],
    ['93430000MB1A23457G', 'other'],
    ['1143000000000006X3', 'organ'], // check character of the body's code is X
  ])('%s belongs to an %s', (code, kind) => {
    expect(checkUscc(code)).toEqual({ ok: true, code, kind })
  })

  test.each([
    ['', 'uscc_length', '统一社会信用代码应为18位，现为0位'],
    ['91350100M000100Y4', 'uscc_length', '统一社会信用代码应为18位，现为17位'],
    ['91350100M000100Y43 ', 'uscc_length', '统一社会信用代码应为18位，现为19位'],
    ['91350100m000100Y43', 'uscc_lower_case', '统一社会信用代码第9位“m”为小写字母，应使用大写字母'],
    [
      '9135O100M000100Y43',
      'uscc_letter',
      '统一社会信用代码第5位“O”不是可用字母：代码不使用I、O、Z、S、V，请核对是否为数字1、0、2、5',
    ],
    ['91350100M000100Ｙ43', 'uscc_character', '统一社会信用代码第16位“Ｙ”不是数字或大写字母'],
    ['91350100M000-00Y43', 'uscc_character', '统一社会信用代码第13位“-”不是数字或大写字母'],
    ['9135A100M000100Y43', 'uscc_division', '统一社会信用代码第3至8位应为登记管理机关行政区划码，只能是数字'],
    ['91350100M000100Y44', 'uscc_check', '统一社会信用代码第18位校验码与前17位不符，请逐位核对'],
    ['91350200M000100Y43', 'uscc_check', '统一社会信用代码第18位校验码与前17位不符，请逐位核对'],
    // the last character fits the first 17, but character 17 does not fit characters 9 to 16
    ['91350100M000100Y56', 'uscc_body_check', '统一社会信用代码第9至17位主体标识码的校验码（第17位）不符，请逐位核对'],
  ])('%s is refused: %s', (text, code, says) => {
    expect(refusal(text)).toEqual({ refused: true, code, says })
  })

  test('a slip in any one character, or two neighbours changing places, is noticed', () => {
    const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
    for (const code of sound)
      for (let i = 0; i < 18; i++) {
        for (const c of alphabet)
          if (c !== code[i]) expect(refusal(code.slice(0, i) + c + code.slice(i + 1))).toBeDefined()
        const swapped = code.slice(0, i) + code.charAt(i + 1) + code.charAt(i) + code.slice(i + 2)
        if (swapped !== code) expect(refusal(swapped)).toBeDefined()
      }
  })
})
