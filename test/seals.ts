import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  ContentInfo,
  DigestAlgorithmIdentifiers,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from '@peculiar/asn1-cms'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
} from '@peculiar/asn1-x509'
import { newSm2Key, sm2Sign } from '#ledger'

// Seals as tests put them into PDFs: keys and certificates made on the spot, for nobody and trusted by nobody.

export type Algorithm = 'rsa' | 'ec' | 'sm2'
export interface Sealer {
  readonly algorithm: Algorithm
  readonly key: KeyObject
  readonly certificate: Certificate
  /** Certificates of those who issued it. */
  readonly chain: readonly Certificate[]
}

const signing: Readonly<Record<Algorithm, string>> = {
  rsa: '1.2.840.113549.1.1.11',
  ec: '1.2.840.10045.4.3.2',
  sm2: '1.2.156.10197.1.501',
}
const hashing: Readonly<Record<Algorithm, readonly [oid: string, name: string]>> = {
  rsa: ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ec: ['2.16.840.1.101.3.4.2.1', 'sha256'],
  sm2: ['1.2.156.10197.1.401', 'sm3'],
}
const keyOf = (a: Algorithm): KeyObject =>
  a === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : a === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : newSm2Key()
const signed = (by: Pick<Sealer, 'algorithm' | 'key'>, bytes: Buffer): Buffer =>
  by.algorithm === 'sm2' ? sm2Sign(by.key, bytes) : sign('sha256', bytes, by.key)
const bytesOf = (o: unknown): Buffer => Buffer.from(AsnConvert.serialize(o))
const exact = (b: Buffer): ArrayBuffer => new Uint8Array(b).buffer

const nameOf = (organisation: string, common: string): Name =>
  new Name(
    [
      ['2.5.4.10', organisation],
      ['2.5.4.3', common],
    ].map(
      ([type, utf8String]) =>
        new RelativeDistinguishedName([
          new AttributeTypeAndValue({ type: type!, value: new AttributeValue({ utf8String: utf8String! }) }),
        ]),
    ),
  )
let serial = 1

/** A key with a certificate: by itself, or issued by another. */
export const sealer = (
  algorithm: Algorithm,
  organisation: string,
  o: { from?: string; to?: string; by?: Sealer; authority?: boolean } = {},
): Sealer => {
  const key = keyOf(algorithm)
  const name = nameOf(organisation, `${organisation}公章`)
  const issuer = o.by ?? { algorithm, key }
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const tbsCertificate = new TBSCertificate({
    version: 2,
    serialNumber: Uint8Array.of(1, ++serial >> 8, serial & 255).buffer,
    signature: new AlgorithmIdentifier({ algorithm: signing[issuer.algorithm] }),
    issuer: o.by ? o.by.certificate.tbsCertificate.subject : name,
    validity: new Validity({
      notBefore: new Date(`${o.from ?? '2026-01-01'}T00:00:00Z`),
      notAfter: new Date(`${o.to ?? '2030-01-01'}T00:00:00Z`),
    }),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    ...(o.authority
      ? {
          extensions: new Extensions([
            new Extension({
              extnID: '2.5.29.19',
              critical: true,
              extnValue: new OctetString(AsnConvert.serialize(new BasicConstraints({ cA: true }))),
            }),
          ]),
        }
      : {}),
  })
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: signing[issuer.algorithm] }),
    signatureValue: exact(signed(issuer, bytesOf(tbsCertificate))),
  })
  return { algorithm, key, certificate, chain: o.by ? [o.by.certificate, ...o.by.chain] : [] }
}
export const pemOf = (s: Sealer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytesOf(s.certificate).toString('base64')}\n-----END CERTIFICATE-----\n`

const cmsOf = (by: Sealer, content: Buffer, day: string): Buffer => {
  const [digest, hash] = hashing[by.algorithm]
  const attr = (attrType: string, value: unknown): Attribute =>
    new Attribute({ attrType, attrValues: [value instanceof ArrayBuffer ? value : AsnConvert.serialize(value)] })
  const info = new SignerInfo({
    version: 1,
    sid: new SignerIdentifier({
      issuerAndSerialNumber: new IssuerAndSerialNumber({
        issuer: by.certificate.tbsCertificate.issuer,
        serialNumber: by.certificate.tbsCertificate.serialNumber,
      }),
    }),
    digestAlgorithm: new AlgorithmIdentifier({ algorithm: digest }),
    signedAttrs: [
      attr('1.2.840.113549.1.9.3', exact(Buffer.from('06092a864886f70d010701', 'hex'))),
      attr('1.2.840.113549.1.9.4', new OctetString(exact(createHash(hash).update(content).digest()))),
      attr('1.2.840.113549.1.9.5', new Time(new Date(`${day}T02:00:00Z`))),
    ],
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: signing[by.algorithm] }),
    signature: new OctetString(new ArrayBuffer(0)),
  })
  // what is signed is the attributes as they are carried, with the tag of a SET
  const whole = bytesOf(info)
  const at = whole.indexOf(Buffer.from('06092a864886f70d010903', 'hex')) - 4
  const message = Buffer.from(whole.subarray(at, at + 2 + whole[at + 1]!))
  if (message[0] !== 0xa0 || message[1]! > 127) throw new Error('the signed attributes are elsewhere')
  message[0] = 0x31
  info.signature = new OctetString(exact(signed(by, message)))
  const data = new SignedData({
    version: 1,
    digestAlgorithms: new DigestAlgorithmIdentifiers([new AlgorithmIdentifier({ algorithm: digest })]),
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: '1.2.840.113549.1.7.1' }),
    certificates: new CertificateSet(
      [by.certificate, ...by.chain].map((certificate) => new CertificateChoices({ certificate })),
    ),
    signerInfos: new SignerInfos([info]),
  })
  return bytesOf(new ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: AsnConvert.serialize(data) }))
}

const room = 8192
const padded = (n: number): string => String(n).padStart(10, '0')

/** The PDF with one more seal in an increment of its own, as signing programs write it. */
export const sealed = (pdf: Buffer, by: Sealer, o: { day?: string; subFilter?: string } = {}): Buffer => {
  const head = `\n9 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/${o.subFilter ?? 'adbe.pkcs7.detached'}/ByteRange[0 `
  const before = `] /Contents `
  const tail = `>>\nendobj\nxref\n0 0\ntrailer<</Size 10/Root 1 0 R>>\nstartxref\n0\n%%EOF\n`
  const from = pdf.length + head.length + 32 + before.length
  const to = from + 2 * room + 2
  const whole = to + tail.length
  const range = `${padded(from)} ${padded(to)} ${padded(whole - to)}`
  const opening = Buffer.concat([pdf, Buffer.from(`${head}${range}${before}`)])
  const content = Buffer.concat([opening, Buffer.from(tail)])
  const cms = cmsOf(by, content, o.day ?? '2026-03-09')
  if (cms.length > room) throw new Error('no room for the signature')
  return Buffer.concat([opening, Buffer.from(`<${cms.toString('hex').padEnd(2 * room, '0')}>`), Buffer.from(tail)])
}
