import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import QRCode from 'qrcode'

/** What a certificate states. Days are `YYYY-MM-DD` and stand as given: the term is computed by whoever coded the record. */
export interface CertificateData {
  /** 公共数据资源, or 公共数据产品和服务. */
  readonly object: 'resource' | 'product'
  /** 登记结果查询码 */
  readonly code: string
  readonly version: number
  /** 登记主体; several when they registered jointly. Without a checked 统一社会信用代码 the certificate says 待核. */
  readonly holders: readonly { readonly name: string; readonly uscc?: string | undefined }[]
  /** 登记对象: name and category. */
  readonly name: string
  readonly category: string
  /** 登记类型, e.g. 首次登记. */
  readonly kind: string
  /** 内容简介; line breaks are kept. */
  readonly summary: string
  /** 登记机构 */
  readonly registrar: string
  readonly codedOn: string
  readonly validFrom: string
  readonly validTo: string
  /** The day this version of the certificate is issued; also the date of the PDF. */
  readonly issuedOn: string
  /** Where the QR code leads. */
  readonly verifyUrl: string
  /** Hex digests of the register entry the certificate is drawn from. */
  readonly entry: { readonly sha256: string; readonly sm3: string }
  /** The rules it was registered under. */
  readonly basis: readonly { readonly title: string; readonly number?: string | undefined }[]
  readonly demo: boolean
}

export interface Certificate {
  readonly pdf: Uint8Array
  /** Characters that the certificate shows as 〓, with a note of their code points on its face. Usually empty. */
  readonly missing: readonly string[]
}

// from src/interop as from dist/interop
const assets = new URL('../../src/interop/', import.meta.url)
const font = (name: string): Buffer => brotliDecompressSync(readFileSync(new URL(`fonts/${name}.otf.br`, assets)))

/** Code points that an OpenType font maps to a glyph, from its format 12 `cmap` subtable. */
export const coverage = (otf: Buffer): ReadonlySet<number> => {
  const table = Array.from({ length: otf.readUInt16BE(4) }, (_, i) => 12 + 16 * i).find(
    (at) => otf.toString('latin1', at, at + 4) === 'cmap',
  )
  if (table === undefined) throw new Error('font without cmap')
  const cmap = otf.readUInt32BE(table + 8)
  const subtable = Array.from(
    { length: otf.readUInt16BE(cmap + 2) },
    (_, i) => cmap + otf.readUInt32BE(cmap + 4 + 8 * i + 4),
  ).find((at) => otf.readUInt16BE(at) === 12)
  if (subtable === undefined) throw new Error('font without a format 12 cmap')
  const covered = new Set<number>()
  for (let i = 0, at = subtable + 16; i < otf.readUInt32BE(subtable + 12); i++, at += 12) {
    for (let c = otf.readUInt32BE(at); c <= otf.readUInt32BE(at + 4); c++) covered.add(c)
  }
  return covered
}

/** A compiler with the fonts of this folder, and the characters that the text font has. */
export interface Printer {
  readonly covered: ReadonlySet<number>
  readonly compiler: NodeCompiler
}
export const printer = (): Printer => {
  const text = font('GongshuSong-Regular')
  return {
    covered: coverage(text),
    compiler: NodeCompiler.create({ fontArgs: [{ fontBlobs: [text, font('GongshuSongTitle-Bold')] }] }),
  }
}
const load = () => ({ ...printer(), template: readFileSync(new URL('certificate.typ', assets), 'utf8') })
let loaded: ReturnType<typeof load> | undefined

/**
 * Runs in which line breaking may find no place to break: no space, and no two Chinese characters side by side. Long Latin,
 * brackets, quotation and repetition marks are such runs.
 */
const runs = (longest: number): RegExp => {
  const han = String.raw`(?![々〻])\p{Script=Han}`
  return new RegExp(`(?:(?!${han}${han})[^ \\n]){${longest},}`, 'gu')
}
const unbreakable = runs(30)
const unbreakableInSeal = runs(12)
const breakOpportunity = '\u200b'

const chineseDay = (
  day: string,
): { readonly text: string; readonly year: number; readonly month: number; readonly day: number } => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!match) throw new Error(`not a day: ${day}`)
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number]
  return { text: `${year}年${month}月${date}日`, year, month, day: date }
}

/**
 * Draws the certificate as an A4 PDF/A-3, to which its evidence is attached later. The same data give the same bytes on the same version of the renderer: no clock,
 * no system font. Text is passed as data, never as markup.
 *
 * The font holds GBK and 通用规范汉字表 (`fonts/README.md`). Any other character, bidirectional and other control characters
 * included, is shown as 〓 and returned in `missing`.
 *
 * Rejects on days that are no days and on a `verifyUrl` too long for a QR code: both are bugs of the caller.
 */
export const renderCertificate = async (data: CertificateData): Promise<Certificate> => {
  const { covered, template, compiler } = (loaded ??= load())
  const missing = new Set<string>()
  const shown = (text: string): string =>
    [...text.normalize('NFC')]
      .map((c) => {
        if (covered.has(c.codePointAt(0)!)) return c
        missing.add(c)
        return '〓'
      })
      .join('')
  const line = (text: string, divide = unbreakable): string =>
    shown(text.replace(/[\t\r\n\u00a0]+/g, ' ')).replace(divide, (run) => [...run].join(breakOpportunity))
  const paragraphs = (text: string): string[] => text.split(/\r\n|\r|\n/).map((part) => line(part))
  const groups = (hex: string): string => hex.replace(/.{8}(?=.)/g, '$& ')

  const issued = chineseDay(data.issuedOn)
  const summaryLength = [...data.summary].length
  const registrarLength = [...data.registrar].length
  const content = {
    object: data.object,
    demo: data.demo,
    version: data.version,
    code: line(data.code),
    codeSize: data.code.length <= 26 ? 22 : data.code.length <= 36 ? 17 : 12,
    plainCode: shown(data.code),
    plainRegistrar: shown(data.registrar),
    holders: data.holders.map(({ name, uscc }) => ({ name: [line(name)], uscc: uscc ? line(uscc) : '待核' })),
    name: [line(data.name)],
    category: [line(data.category)],
    kind: [line(data.kind)],
    summary: paragraphs(data.summary),
    dense: summaryLength > 250,
    summarySize: summaryLength > 250 ? 9.5 : 11,
    registrar: [line(data.registrar)],
    seal: [line(data.registrar, unbreakableInSeal)],
    sealSize: registrarLength <= 40 ? 11 : 8,
    coded: chineseDay(data.codedOn).text,
    from: chineseDay(data.validFrom).text,
    to: chineseDay(data.validTo).text,
    issued,
    issuedText: issued.text,
    basis: data.basis.map(({ title, number }) => line(`《${title}》${number ? `\uff08${number}\uff09` : ''}`)),
    sha256: line(groups(data.entry.sha256)),
    sm3: line(groups(data.entry.sm3)),
    qr: await QRCode.toString(data.verifyUrl, {
      type: 'svg',
      errorCorrectionLevel: 'M',
      margin: 0,
      color: { dark: '#1b2430' },
    }),
    missing: '',
  }
  const lacking = [...missing]
  const codePoint = (c: string) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  const inputs = { data: JSON.stringify({ ...content, missing: lacking.map(codePoint).join('、') }) }

  const run = compiler.compile({ mainFileContent: template, inputs })
  const failure = run.takeError()
  if (!run.result) throw new Error(`certificate template: ${JSON.stringify(failure?.shortDiagnostics)}`)
  const pdf = compiler.pdf(run.result, { pdfStandard: 'a-3a' })
  compiler.evictCache(10)
  return { pdf, missing: lacking }
}
