import type { Refusal } from '#contract'
import { refuse } from '#contract'

/** What a body is, by the authority that registered it and its class (the first two characters of the code). */
export type UsccKind = 'organ' | 'institution' | 'enterprise' | 'other'

const kinds: Readonly<Record<string, UsccKind>> = { '11': 'organ', '12': 'institution', '91': 'enterprise' }
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const bodyWeights = [3, 7, 9, 10, 5, 8, 4, 2]

const sum = (text: string, by: readonly number[], valueOf: (c: string) => number): number =>
  by.reduce((total, w, i) => total + w * valueOf(text.charAt(i)), 0)

/** Check character of the first 17 (GB 32100-2015, after GB/T 17710). */
const checkOf = (code: string): string =>
  alphabet.charAt((31 - (sum(code, weights, (c) => alphabet.indexOf(c)) % 31)) % 31)

/** Check character of the body's own code, characters 9 to 16 (GB 11714: letters count from A = 10 without gaps). */
const bodyCheckOf = (body: string): string =>
  '0123456789X0'.charAt(11 - (sum(body, bodyWeights, (c) => parseInt(c, 36)) % 11))

/**
 * Checks a 统一社会信用代码 (GB 32100-2015): 18 characters, the letters in use, the division's digits and both check characters.
 * Nothing is corrected silently. Refusal codes: `uscc_length`, `uscc_lower_case`, `uscc_letter`, `uscc_character`,
 * `uscc_division`, `uscc_check`, `uscc_body_check`.
 */
export const checkUscc = (
  text: string,
): { readonly ok: true; readonly code: string; readonly kind: UsccKind } | Refusal => {
  const chars = [...text]
  if (chars.length !== 18) return refuse('uscc_length', `统一社会信用代码应为18位，现为${chars.length}位`)
  const wrong = chars.findIndex((c) => !alphabet.includes(c))
  const c = chars[wrong]
  if (c !== undefined) {
    const here = `统一社会信用代码第${wrong + 1}位“${c}”`
    if (/[a-z]/.test(c)) return refuse('uscc_lower_case', `${here}为小写字母，应使用大写字母`)
    if (/[IOZSV]/.test(c))
      return refuse('uscc_letter', `${here}不是可用字母：代码不使用I、O、Z、S、V，请核对是否为数字1、0、2、5`)
    return refuse('uscc_character', `${here}不是数字或大写字母`)
  }
  // no division begins with 0; eighteen zeros would fit both check characters
  if (!/^[1-9]\d{5}$/.test(text.slice(2, 8)))
    return refuse('uscc_division', '统一社会信用代码第3至8位应为登记管理机关行政区划码，只能是数字')
  if (text.charAt(17) !== checkOf(text))
    return refuse('uscc_check', '统一社会信用代码第18位校验码与前17位不符，请逐位核对')
  if (text.charAt(16) !== bodyCheckOf(text.slice(8, 16)))
    return refuse('uscc_body_check', '统一社会信用代码第9至17位主体标识码的校验码（第17位）不符，请逐位核对')
  return { ok: true, code: text, kind: kinds[text.slice(0, 2)] ?? 'other' }
}
