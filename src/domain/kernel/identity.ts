import type { Refusal } from '#contract'
import { refuse } from '#contract'
import { parseDay } from './period.ts'
import { isRefusal } from '#contract'

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** Checks a citizen identity number (GB 11643-1999): length, birth date and check character. Says nothing about whose it is. */
export const checkIdNumber = (text: string): { readonly ok: true } | Refusal => {
  const bad = (says: string): Refusal => refuse('invalid', says, { fields: { idNumber: says } })
  const id = text.toUpperCase()
  if (!/^\d{17}[\dX]$/.test(id)) return bad('身份证号码应为 18 位，末位可为 X')
  if (isRefusal(parseDay(`${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`)))
    return bad('身份证号码中的出生日期不存在')
  const sum = weights.reduce((n, w, i) => n + w * Number(id[i]), 0)
  return '10X98765432'[sum % 11] === id[17] ? { ok: true } : bad('身份证号码校验位不正确，请核对')
}
