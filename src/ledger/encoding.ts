import { hashBytes } from './subtree.ts'

// The small grammar that the C2SP text formats share. Strict: what is read prints again to the same characters.

/** Standard base64 (RFC 4648 4), padded. @throws Error where another spelling would give the same bytes */
export const fromBase64 = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new Error('not base64')
  return bytes
}

/** ASCII decimal without leading zeros, up to 2⁵³ − 1. @throws Error */
export const fromDecimal = (text: string): number => {
  const n = Number(text)
  if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(n)) throw new Error('not a decimal number')
  return n
}

/** The 32 bytes of a hash. @throws Error */
export const hashFromBase64 = (text: string): Buffer => {
  const bytes = fromBase64(text)
  if (bytes.length !== hashBytes) throw new Error('a hash has 32 bytes')
  return bytes
}

/** Well-formed Unicode without ASCII control characters other than newline. */
export const isPlain = (text: string): boolean => !/[\0-\x09\x0b-\x1f]|\p{Cs}/u.test(text)
