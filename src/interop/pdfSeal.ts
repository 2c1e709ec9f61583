import type { SealFinding } from '#domain/kernel'
import { brokenSignature, checkCms, readRoots, sizeOf, unknownSignature, type CmsFinding } from './sealCms.ts'

export { readRoots }
type Roots = ReturnType<typeof readRoots>

interface Place {
  /** The bytes the signature speaks for, as offsets: before and after its own value. */
  readonly range: readonly [number, number, number, number]
  readonly subFilter: string
}

const number = String.raw`\s*(\d{1,10})`
const byteRange = new RegExp(String.raw`/ByteRange\s*\[${number}${number}${number}${number}\s*\]`, 'g')
const most = 20
const known = ['adbe.pkcs7.detached', 'ETSI.CAdES.detached']

/** Signature dictionaries stand in the file as they are, never compressed (ISO 32000-2, 12.8.1). */
const placesIn = (text: string): readonly Place[] =>
  [...text.matchAll(byteRange)].map((m) => {
    const from = text.lastIndexOf(' obj', m.index)
    const to = text.indexOf('endobj', m.index)
    const dictionary = text.slice(Math.max(from, 0), to < 0 ? undefined : to)
    return {
      range: [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4])],
      subFilter: /\/SubFilter\s*\/([A-Za-z0-9_.]+)/.exec(dictionary)?.[1] ?? '',
    }
  })

interface Signature extends CmsFinding {
  /** Offset behind the last byte it speaks for. */
  readonly end: number
}

const check = (file: Buffer, p: Place, day: string, roots: Roots | undefined): Signature => {
  const [a, b, c, d] = p.range
  const end = c + d
  const at = (f: CmsFinding): Signature => ({ ...f, end })
  if (a !== 0 || b <= 0 || c <= b || d <= 0 || end > file.length) return at(brokenSignature('签章的字节范围不合法'))
  // what is left out is the value of the signature and nothing else
  const gap = file.toString('latin1', b, c)
  const value = /^<([0-9A-Fa-f\s]+)>$/.exec(gap)?.[1]
  if (value === undefined || !/\/Contents\s*$/.test(file.toString('latin1', Math.max(0, b - 40), b)))
    return at(brokenSignature('签章没有覆盖它以外的全部内容'))
  if (!known.includes(p.subFilter)) return at(unknownSignature(`签章格式 ${p.subFilter || '不明'} 不能核验`))
  const bytes = Buffer.from(value.replaceAll(/\s/g, ''), 'hex')
  const content = Buffer.concat([file.subarray(a, b), file.subarray(c, end)])
  try {
    return at(checkCms(trimmed(bytes), content, { day, roots }))
  } catch {
    return at(unknownSignature('签名的内容残缺，无法核验'))
  }
}

/** The placeholder of a signature is longer than the signature: the rest is zeros. */
const trimmed = (der: Buffer): Buffer => {
  const size = sizeOf(der)
  return size ? der.subarray(0, size.head + size.body) : der
}

/** The day of signing: as the signer says, else the day on which it is looked at. */
const outside = (s: Pick<CmsFinding, 'claimed' | 'validFrom' | 'validTo'>, day: string): boolean => {
  const on = s.claimed || day
  return s.validFrom !== '' && (on < s.validFrom || on > s.validTo)
}

/**
 * Looks for electronic seals and signatures in a PDF and checks each: the digest over its byte ranges, the CMS signature, whose
 * certificate it is and whether it was valid on the day claimed, and whether anything was added after the last of them. What an earlier
 * signature does not cover a later one may: several parties sign one after another, each in an increment of its own. It is not judged whether
 * such an increment changed how an earlier page looks; the last signer's covers all of it. Revocation and timestamps are not looked at.
 *
 * `day`: the legal day, for certificates of signatures that claim none. `roots`: authorities that are trusted; without any, trust is not established.
 */
export const inspectSeal = (file: Buffer, day: string, roots?: Roots): SealFinding => {
  const text = file.toString('latin1')
  const none = { result: 'none', problem: '', signatures: [] } as const
  if (!text.startsWith('%PDF-')) return none
  const places = placesIn(text)
  if (places.length === 0)
    return /\/Type\s*\/Sig\b/.test(text) && /\/SubFilter\b/.test(text)
      ? { ...none, result: 'unknown', problem: '有签章，但没有标明它覆盖的字节范围' }
      : none
  if (places.length > most) return { ...none, result: 'unknown', problem: `签章超过 ${most} 个，不作核验` }
  const all = places.map((p) => check(file, p, day, roots)).sort((x, y) => x.end - y.end)
  const signatures = all.map(({ end, trusted, ...s }, i) => ({
    ...s,
    outOfTerm: outside(s, day),
    trust: trusted === undefined ? ('open' as const) : trusted ? ('yes' as const) : ('no' as const),
    later: i < all.length - 1 || end < file.length,
  }))
  const broken = all.find((s) => s.result === 'broken')
  if (broken) return { result: 'broken', problem: broken.problem, signatures }
  // a line end after the last mark is nothing that was added
  const rest = text.slice(all.at(-1)!.end)
  if (!/^[\r\n]{0,2}$/.test(rest)) return { result: 'extended', problem: '签章之后文件又有改动', signatures }
  const unknown = all.find((s) => s.result === 'unknown')
  if (unknown) return { result: 'unknown', problem: unknown.problem, signatures }
  const late = signatures.find((s) => s.outOfTerm)
  if (late)
    return {
      result: 'broken',
      problem: `签章日 ${late.claimed || day} 不在证书有效期（${late.validFrom} 至 ${late.validTo}）内`,
      signatures,
    }
  return { result: 'verified', problem: '', signatures }
}
