import yauzl, { type Entry, type ZipFile } from 'yauzl'
import type { Finding } from './intakeFinding.ts'

/** Far above what people's documents need, far below what hurts the machine. */
const limits = { entries: 5_000, bytes: 512 << 20, ratio: 200, ratioFrom: 1 << 20, kept: 32 << 20 }

interface Budget {
  entries: number
  bytes: number
}

const unsafe = (says: string): Finding => ({
  code: 'file_archive_unsafe',
  says: `文件的压缩结构不安全：${says}。请用办公软件重新保存后上传。`,
})
const macro: Finding = { code: 'file_macro', says: '文件带有宏，不予接收。请另存为不带宏的 .docx 或 .xlsx 后上传。' }
const active = (says: string): Finding => ({
  code: 'file_active_content',
  says: `文件${says}，不予接收。请删除后重新上传。`,
})
const damaged: Finding = { code: 'file_damaged', says: '文件损坏或不是有效的 Office 文档，请重新保存后上传。' }

/** An XML part as text; `undefined` when it declares a document type, which no Office program writes. */
const xmlText = (part: Buffer): string | undefined => {
  const bom = part.readUInt16BE(0)
  const wide = bom === 0xfffe || bom === 0x3c00 ? 'utf-16le' : bom === 0xfeff || bom === 0x003c ? 'utf-16be' : 'utf-8'
  const text = new TextDecoder(wide).decode(part)
  if (/<!DOCTYPE/i.test(text)) return undefined
  return text.replace(/&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi, (whole, hex?: string, decimal?: string) => {
    const code = hex ? parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

const mainParts = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml': 'xlsx',
} as const

const inspectContentTypes = (part: Buffer): 'docx' | 'xlsx' | Finding => {
  const text = part.length < 2 ? undefined : xmlText(part)
  if (text === undefined) return damaged
  const types = [...text.matchAll(/\bContentType\s*=\s*["']([^"']*)["']/gi)].map((m) => m[1]!.trim().toLowerCase())
  if (types.some((type) => /macro|vbaproject|vbadata/.test(type))) return macro
  if (types.some((type) => /activex/.test(type))) return active('含有 ActiveX 控件')
  const main = Object.entries(mainParts).filter(([type]) => types.includes(type))
  return main.length === 1 ? main[0]![1] : damaged
}

const inspectPart = (name: string, part: Buffer): Finding | undefined => {
  const text = part.length < 2 ? undefined : xmlText(part)
  if (text === undefined) return damaged
  if (name.endsWith('.rels')) {
    for (const [relation] of text.matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)) {
      if (/relationships\/(vbaProject|xlMacrosheet|xlIntlMacrosheet)["']/i.test(relation)) return macro
      if (
        /TargetMode\s*=\s*["']External["']/i.test(relation) &&
        /\/(attachedTemplate|oleObject|frame|subDocument|aFChunk)["']/i.test(relation)
      ) {
        return active('引用了外部模板或外部对象')
      }
    }
  } else if (/<(?:\w+:)?ddeLink\b/.test(text)) return active('含有 DDE 链接')
  return undefined
}

const startsWith = (part: Buffer, ...magics: readonly string[]): boolean =>
  magics.some((hex) => part.subarray(0, hex.length / 2).toString('hex') === hex)
const isZip = (part: Buffer): boolean => startsWith(part, '504b0304', '504b0506')

const inspectEntry = async (
  zip: ZipFile,
  entry: Entry,
  name: string,
  budget: Budget,
  depth: number,
): Promise<'docx' | 'xlsx' | Finding | undefined> => {
  const wanted = name === '[content_types].xml' || name.endsWith('.rels') || name.startsWith('xl/externallinks/')
  let keep: 'all' | 'head' | 'no' = wanted ? 'all' : 'head'
  const parts: Buffer[] = []
  let size = 0
  for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    size += piece.length
    budget.bytes += piece.length
    if (budget.bytes > limits.bytes) return unsafe('解压后过大')
    if (size > limits.ratioFrom && size > entry.compressedSize * limits.ratio) return unsafe('压缩比异常')
    if (keep === 'no') continue
    if (size > limits.kept) return unsafe('内含过大的部件')
    parts.push(piece)
    if (keep === 'head' && size >= 8) keep = isZip(Buffer.concat(parts)) ? 'all' : 'no'
  }
  const part = Buffer.concat(parts)
  if (startsWith(part, 'd0cf11e0a1b11ae1')) return active('嵌入了 OLE 对象')
  if (startsWith(part, '377abcaf271c', '526172211a07')) return unsafe('内含其他压缩包')
  if (isZip(part)) {
    if (depth > 0) return unsafe('压缩包层层嵌套')
    const found = await inspectZip(await yauzl.fromBufferPromise(part, zipOptions), budget, depth + 1)
    return typeof found === 'string' ? undefined : found
  }
  if (name === '[content_types].xml') return inspectContentTypes(part)
  return wanted ? inspectPart(name, part) : undefined
}

const zipOptions = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true, autoClose: false } as const

const inspectDirectory = async (zip: ZipFile, budget: Budget): Promise<ReadonlyMap<string, Entry> | Finding> => {
  const entries = new Map<string, Entry>()
  let declared = budget.bytes
  for await (const entry of zip.eachEntry()) {
    if (++budget.entries > limits.entries) return unsafe(`内含部件超过 ${limits.entries} 个`)
    const written = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true)
    if (yauzl.validateFileName(written) !== null) return unsafe('部件路径指向文件之外')
    if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(written)) return unsafe('部件名含有控制字符')
    const name = written.toLowerCase() // part names are compared without case
    if (entries.has(name)) return unsafe('有同名部件')
    entries.set(name, entry)
    if (entry.isEncrypted())
      return { code: 'file_encrypted', says: '文件内容经过加密，无法审核，请取消密码后重新上传。' }
    if (!entry.canDecodeFileData()) return unsafe('使用了不支持的压缩方法')
    const { uncompressedSize, compressedSize } = entry
    declared += uncompressedSize
    if (declared > limits.bytes) return unsafe('解压后过大')
    if (uncompressedSize > limits.ratioFrom && uncompressedSize > compressedSize * limits.ratio)
      return unsafe('压缩比异常')
    if (/(^|\/)(vbaproject\.bin|vbadata\.xml|vbaprojectsignature[^/]*)$|(^|\/)(intl)?macrosheets\//.test(name))
      return macro
    if (/(^|\/)activex\//.test(name)) return active('含有 ActiveX 控件')
  }
  return entries
}

const inspectZip = async (zip: ZipFile, budget: Budget, depth: number): Promise<'docx' | 'xlsx' | Finding> => {
  const entries = await inspectDirectory(zip, budget)
  if ('code' in entries) return entries
  let kind: 'docx' | 'xlsx' | undefined
  for (const [name, entry] of entries) {
    const local = await zip.readLocalFileHeaderPromise(entry)
    if (!local.fileName.equals(entry.fileNameRaw)) return unsafe('目录与实际部件名不一致')
    const found = await inspectEntry(zip, entry, name, budget, depth)
    if (typeof found === 'string') kind = found
    else if (found) return found
  }
  return kind ?? damaged
}

/**
 * Says whether a zip is a clean .docx or .xlsx. Every entry is really unpacked, piece by piece and without keeping it, so
 * sizes that lie are noticed. Refused: macros, macro sheets, ActiveX, embedded OLE objects, external templates and objects,
 * DDE links of workbooks, encryption, paths that leave the archive, equal names, directories that disagree with their
 * entries, too many or too large entries, ratios over 200. A document embedded in a document (a chart's sheet) is looked
 * into once; anything deeper and any other archive is refused.
 *
 * Not seen: DDE fields inside Word text, harmful pictures or fonts, formulas that fetch addresses.
 */
export const inspectOffice = async (source: string | Buffer): Promise<'docx' | 'xlsx' | Finding> => {
  let zip: ZipFile | undefined
  try {
    zip =
      typeof source === 'string'
        ? await yauzl.openPromise(source, zipOptions)
        : await yauzl.fromBufferPromise(source, zipOptions)
    return await inspectZip(zip, { entries: 0, bytes: 0 }, 0)
  } catch {
    // yauzl and zlib throw on whatever does not add up: lying sizes, broken directories, invalid deflate data
    return unsafe('压缩数据与其目录不一致或已损坏')
  } finally {
    zip?.close()
  }
}
