import { constants, createHash, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { ContentInfo, SignedData, type SignerInfo } from '@peculiar/asn1-cms'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { BasicConstraints, Certificate, Time, type Name } from '@peculiar/asn1-x509'
import { sm2Verifies } from '#ledger'

// CMS (RFC 5652) as electronic seals in PDFs use it, with RSA, ECDSA and SM2 (GB/T 35275). Of a timestamp inside it nothing is claimed.

/** What the signature of one signer comes to. Days are UTC days of what the certificate and the signer say themselves. */
export interface CmsFinding {
  readonly result: 'verified' | 'broken' | 'unknown'
  /** Why it is not verified. */
  readonly problem: string
  readonly algorithm: string
  readonly subject: string
  readonly organisation: string
  readonly issuer: string
  readonly validFrom: string
  readonly validTo: string
  /** The day the signer says it is; empty where the signature does not say. */
  readonly claimed: string
  /** Whether the certificate leads to a configured authority; undefined where none is configured. */
  readonly trusted: boolean | undefined
}

const signedData = ['1.2.840.113549.1.7.2', '1.2.156.10197.6.1.4.2.2']
const digests: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.156.10197.1.401': 'sm3',
}
const digestOfSignature: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.156.10197.1.501': 'sm3',
}
const rsa = '1.2.840.113549.1.1.1'
const pss = '1.2.840.113549.1.1.10'
const ecPublic = '1.2.840.10045.2.1'
const sm2Curve = '06082a811ccf5501822d'
const attribute = { contentType: '1.2.840.113549.1.9.3', digest: '1.2.840.113549.1.9.4', time: '1.2.840.113549.1.9.5' }

const hex = (b: ArrayBuffer): string => Buffer.from(b).toString('hex')
const der = (o: unknown): Buffer => Buffer.from(AsnConvert.serialize(o))
/** The elements inside a DER element, as they stand; none where lengths are not definite. */
const elementsOf = (bytes: Buffer): readonly Buffer[] => {
  const whole = sizeOf(bytes)
  if (!whole || whole.head + whole.body > bytes.length) return []
  const out: Buffer[] = []
  for (let at = whole.head; at < whole.head + whole.body;) {
    const size = sizeOf(bytes.subarray(at))
    if (!size || size.head + size.body > whole.head + whole.body - at) return []
    out.push(bytes.subarray(at, at + size.head + size.body))
    at += size.head + size.body
  }
  return out
}
/** Length of the head and of the body of a DER element; undefined for an indefinite length and for one beyond 4 GB. */
export const sizeOf = (bytes: Buffer): { readonly head: number; readonly body: number } | undefined => {
  const first = bytes[1]
  if (first === undefined || first === 0x80) return undefined
  if (first < 0x80) return { head: 2, body: first }
  const n = first & 0x7f
  return n > 4 || bytes.length < 2 + n ? undefined : { head: 2 + n, body: bytes.readUIntBE(2, n) }
}
/** The signed attributes as they are carried: what was signed is these bytes, not a reading of them. */
const signedAttributes = (cms: Buffer): Buffer | undefined => {
  const data = elementsOf(cms).at(1)
  const infos = data && elementsOf(elementsOf(data)[0] ?? data).at(-1)
  const info = infos && elementsOf(infos)[0]
  return info && elementsOf(info).find((e) => e[0] === 0xa0)
}
const isSm2 = (c: Certificate): boolean => {
  const { algorithm } = c.tbsCertificate.subjectPublicKeyInfo
  return algorithm.algorithm === ecPublic && algorithm.parameters ? hex(algorithm.parameters) === sm2Curve : false
}
const nodeKey = (c: Certificate): KeyObject | undefined => {
  try {
    return createPublicKey({ key: der(c.tbsCertificate.subjectPublicKeyInfo), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** Is this a signature by the certificate's key over the bytes? Undefined for an algorithm that is not known or no longer safe. */
const verifies = (
  c: Certificate,
  scheme: string,
  hash: string | undefined,
  bytes: Buffer,
  signature: Buffer,
): boolean | undefined => {
  if (isSm2(c))
    return hash === 'sm3'
      ? sm2Verifies(Buffer.from(c.tbsCertificate.subjectPublicKeyInfo.subjectPublicKey), bytes, signature)
      : undefined
  const key = nodeKey(c)
  const named = digestOfSignature[scheme] ?? hash
  if (!key || !named || named === 'sm3' || (hash !== undefined && named !== hash)) return undefined
  if (key.asymmetricKeyType === 'rsa' && (scheme === rsa || scheme.startsWith('1.2.840.113549.1.1.1')))
    return verify(
      named,
      bytes,
      scheme === pss
        ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
        : { key, padding: constants.RSA_PKCS1_PADDING },
      signature,
    )
  if (key.asymmetricKeyType === 'ec' && (scheme === ecPublic || scheme.startsWith('1.2.840.10045.4.3.')))
    return verify(named, bytes, key, signature)
  return undefined
}
const algorithmName = (c: Certificate, scheme: string, hash: string | undefined): string =>
  isSm2(c)
    ? 'SM2-SM3'
    : hash
      ? `${scheme === pss ? 'RSA-PSS' : (nodeKey(c)?.asymmetricKeyType ?? '').toUpperCase()}-${hash.toUpperCase()}`
      : scheme

const part = (name: Name, type: string): string =>
  [...name].flatMap((rdn) => [...rdn].filter((a) => a.type === type).map((a) => a.value.toString())).join('、')
const nameWords = (name: Name): string => part(name, '2.5.4.3') || part(name, '2.5.4.11') || part(name, '2.5.4.10')
const dayOf = (t: Time): string => {
  const at = t.getTime()
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10)
}
const same = (a: Name, b: Name): boolean => der(a).equals(der(b))

const mayIssue = (c: Certificate): boolean =>
  (c.tbsCertificate.extensions ?? []).some(
    (e) => e.extnID === '2.5.29.19' && AsnConvert.parse(e.extnValue.buffer, BasicConstraints).cA,
  )
const issuedBy = (c: Certificate, by: Certificate): boolean =>
  same(c.tbsCertificate.issuer, by.tbsCertificate.subject) &&
  verifies(
    by,
    c.signatureAlgorithm.algorithm,
    digestOfSignature[c.signatureAlgorithm.algorithm],
    Buffer.from(c.tbsCertificateRaw ?? AsnConvert.serialize(c.tbsCertificate)),
    Buffer.from(c.signatureValue),
  ) === true

/** Does a chain of at most five certificates, each fit to issue and valid on the day, lead to one of the roots? */
const leadsTo = (
  c: Certificate,
  between: readonly Certificate[],
  roots: readonly Certificate[],
  day: string,
  left = 5,
): boolean => {
  const valid = (x: Certificate): boolean =>
    dayOf(x.tbsCertificate.validity.notBefore) <= day && day <= dayOf(x.tbsCertificate.validity.notAfter)
  if (left === 0 || !valid(c)) return false
  return (
    roots.some((r) => mayIssue(r) && valid(r) && issuedBy(c, r)) ||
    between.some((b) => b !== c && mayIssue(b) && issuedBy(c, b) && leadsTo(b, between, roots, day, left - 1))
  )
}

const signerOf = (all: readonly Certificate[], info: SignerInfo): Certificate | undefined => {
  const { issuerAndSerialNumber: named, subjectKeyIdentifier: id } = info.sid
  return all.find((c) =>
    named
      ? same(named.issuer, c.tbsCertificate.issuer) && hex(named.serialNumber) === hex(c.tbsCertificate.serialNumber)
      : id !== undefined &&
        (c.tbsCertificate.extensions ?? []).some(
          (e) =>
            e.extnID === '2.5.29.14' &&
            hex(AsnConvert.parse(e.extnValue.buffer, OctetString).buffer) === hex(id.buffer),
        ),
  )
}

const nobody = {
  algorithm: '',
  subject: '',
  organisation: '',
  issuer: '',
  validFrom: '',
  validTo: '',
  claimed: '',
  trusted: undefined,
}
/** A signature of which no more can be said than why. */
export const unknownSignature = (problem: string): CmsFinding => ({ ...nobody, result: 'unknown', problem })
export const brokenSignature = (problem: string): CmsFinding => ({ ...nobody, result: 'broken', problem })

/** Reads a file of PEM certificates, such as a list of authorities that are trusted. Throws on what is no certificate. */
export const readRoots = (pem: string): readonly Certificate[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g)].map((m) =>
    AsnConvert.parse(Buffer.from(m[1]!, 'base64'), Certificate),
  )

/**
 * Checks a detached CMS signature over `content`: the digest, the signature over the signed attributes, and whose certificate it is. `day`
 * stands for the day of signing where the signature does not claim one.
 */
export const checkCms = (
  cms: Buffer,
  content: Buffer,
  o: { readonly day: string; readonly roots?: readonly Certificate[] | undefined },
): CmsFinding => {
  let signed: SignedData
  try {
    const info = AsnConvert.parse(cms, ContentInfo)
    if (!signedData.includes(info.contentType)) return unknownSignature('签名不是 CMS 签名数据')
    signed = AsnConvert.parse(info.content, SignedData)
  } catch {
    return unknownSignature('签名不是 CMS 格式（可能是其他格式的电子印章），无法核验')
  }
  const [info] = signed.signerInfos
  if (!info || signed.signerInfos.length > 1) return unknownSignature('签名中没有签名人，或有多名签名人')
  const all = [...(signed.certificates ?? [])].flatMap((c) => (c.certificate ? [c.certificate] : []))
  const signer = signerOf(all, info)
  if (!signer) return unknownSignature('签名中没有签名人的证书')
  const { tbsCertificate: tbs } = signer
  const hash = digests[info.digestAlgorithm.algorithm]
  const scheme = info.signatureAlgorithm.algorithm
  const values = (type: string): readonly ArrayBuffer[] =>
    (info.signedAttrs ?? []).filter((a) => a.attrType === type).flatMap((a) => a.attrValues)
  let claimed = ''
  try {
    const [time] = values(attribute.time)
    if (time) claimed = dayOf(AsnConvert.parse(time, Time))
  } catch {
    // a time nobody can read is no time
  }
  const about = {
    algorithm: algorithmName(signer, scheme, hash),
    subject: nameWords(tbs.subject),
    organisation: part(tbs.subject, '2.5.4.10'),
    issuer: nameWords(tbs.issuer),
    validFrom: dayOf(tbs.validity.notBefore),
    validTo: dayOf(tbs.validity.notAfter),
    claimed,
    trusted: o.roots && o.roots.length > 0 ? leadsTo(signer, all, o.roots, claimed || o.day) : undefined,
  }
  if (!hash) return { ...about, result: 'unknown', problem: '摘要算法不认识，或已不安全' }
  let message = content
  if (info.signedAttrs) {
    const [said, another] = values(attribute.digest)
    const own = createHash(hash).update(content).digest()
    if (!said || another || !Buffer.from(AsnConvert.parse(said, OctetString).buffer).equals(own))
      return { ...about, result: 'broken', problem: '文件内容与签章时不一致' }
    if (values(attribute.contentType).length !== 1) return { ...about, result: 'broken', problem: '签名属性不完整' }
    // signed as a SET, carried with another tag (RFC 5652, 5.4)
    const carried = signedAttributes(cms)
    if (!carried) return { ...about, result: 'unknown', problem: '签名的编码不合规范' }
    message = Buffer.concat([Buffer.of(0x31), carried.subarray(1)])
  }
  const good = verifies(signer, scheme, hash, message, Buffer.from(info.signature.buffer))
  if (good === undefined) return { ...about, result: 'unknown', problem: '签名算法不认识，或已不安全' }
  return good
    ? { ...about, result: 'verified', problem: '' }
    : { ...about, result: 'broken', problem: '签名与证书的公钥不符' }
}
