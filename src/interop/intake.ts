import { open } from 'node:fs/promises'
import { fileTypeFromBuffer } from 'file-type'
import { refuse, type Refusal } from '#contract'
import type { Finding } from './intakeFinding.ts'
import { inspectOffice } from './intakeOffice.ts'
import { inspectPdf } from './intakePdf.ts'

export type FileKind = 'pdf' | 'png' | 'jpeg' | 'docx' | 'xlsx' | 'csv' | 'txt' | 'json' | 'parquet'

const kinds: Readonly<Record<FileKind, { readonly mime: string; readonly exts: readonly string[] }>> = {
  pdf: { mime: 'application/pdf', exts: ['pdf'] },
  png: { mime: 'image/png', exts: ['png'] },
  jpeg: { mime: 'image/jpeg', exts: ['jpg', 'jpeg'] },
  docx: { mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', exts: ['docx'] },
  xlsx: { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', exts: ['xlsx'] },
  csv: { mime: 'text/csv', exts: ['csv'] },
  txt: { mime: 'text/plain', exts: ['txt'] },
  json: { mime: 'application/json', exts: ['json'] },
  parquet: { mime: 'application/vnd.apache.parquet', exts: ['parquet'] },
}

export interface InspectedFile {
  readonly ok: true
  readonly kind: FileKind
  readonly mime: string
  /** Canonical extension without the dot. */
  readonly ext: string
  /** The declared name in Unicode NFC, otherwise unchanged. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Of csv, txt and json. */
  readonly encoding?: 'utf-8' | 'gb18030'
}

export interface IntakeRules {
  readonly allowed: readonly FileKind[]
  readonly maxBytes: number
  /** Path of the form field, for the refusal. */
  readonly field?: string
}

interface Bytes {
  readonly size: number
  readonly read: (start: number, length: number) => Promise<Buffer>
}

const longestName = 200

const inWords = (bytes: number): string => {
  for (const [unit, name] of [
    [1 << 30, 'GB'],
    [1 << 20, 'MB'],
    [1 << 10, 'KB'],
  ] as const) {
    if (bytes >= unit) return `${Number((bytes / unit).toFixed(1))} ${name}`
  }
  return `${bytes} 字节`
}

/**
 * A name with control, bidirectional or zero-width characters, or with a path in it, is refused and not cleaned: a name
 * is part of the submitted material, and what is kept must be what the applicant sent.
 */
const inspectName = (name: string): Finding | undefined => {
  const length = [...name].length
  if (length > longestName)
    return {
      code: 'file_name_too_long',
      says: `文件名有 ${length} 个字，超过 ${longestName} 个字的上限，请缩短后重新上传。`,
    }
  if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(name)) {
    return { code: 'file_name_invalid', says: '文件名含有控制字符、文字方向控制符或不可见字符，请重新命名后上传。' }
  }
  if (/[/\\]/.test(name) || !/^\s*[^\s.].*\.[^.\s]+$/u.test(name)) {
    return { code: 'file_name_invalid', says: '文件名应由名称和扩展名组成，不得含有 / 或 \\，请重新命名后上传。' }
  }
  return undefined
}

const legacyOffice: Finding = {
  code: 'file_legacy_office',
  says: '不接收旧版 Office 格式（.doc、.xls 等），请另存为 .docx 或 .xlsx 后上传。',
}
const encryptedOffice: Finding = { code: 'file_encrypted', says: '文件设有打开密码，无法审核，请取消密码后重新上传。' }
const mismatch = (ext: string, says: string): Finding => ({
  code: 'file_type_mismatch',
  says: `文件内容与扩展名 .${ext} 不符：${says}。请核对文件后重新上传。`,
})

const kindOfName = (name: string, allowed: readonly FileKind[]): FileKind | Finding => {
  const ext = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  if (/^(doc|dot|xls|xlt|xlm|ppt|wps|et|dps)$/.test(ext)) return legacyOffice
  if (/^(docm|dotm|xlsm|xltm|xlsb|xlam|pptm)$/.test(ext)) {
    return {
      code: 'file_macro',
      says: `不接收可带宏的 Office 文件（.${ext}），请另存为不带宏的 .docx 或 .xlsx 后上传。`,
    }
  }
  const kind = allowed.find((k) => kinds[k].exts.includes(ext))
  const list = allowed.flatMap((k) => kinds[k].exts.map((e) => `.${e}`)).join('、')
  return kind ?? { code: 'file_type_not_allowed', says: `此处只接收 ${list} 文件，所传文件的扩展名是 .${ext}。` }
}

const inspectText = async (bytes: Bytes, ext: string): Promise<'utf-8' | 'gb18030' | Finding> => {
  const decoders = (['utf-8', 'gb18030'] as const).map((encoding) => ({
    encoding,
    decoder: new TextDecoder(encoding, { fatal: true }),
  }))
  let possible = decoders
  const fits = (decode: () => unknown): boolean => {
    try {
      decode()
      return true
    } catch {
      return false
    }
  }
  const piece = 1 << 20
  for (let at = 0; at < bytes.size; at += piece) {
    const part = await bytes.read(at, piece)
    if (at === 0 && ((part[0] === 0xff && part[1] === 0xfe) || (part[0] === 0xfe && part[1] === 0xff))) {
      return { code: 'file_text_encoding', says: '文本文件是 UTF-16 编码，请另存为 UTF-8 编码后上传。' }
    }
    // these other formats are themselves text, so that nothing below would stop them
    const start =
      at === 0
        ? part
            .subarray(0, 256)
            .toString('latin1')
            .replace(/^\xef\xbb\xbf/, '')
        : ''
    if (/^\s*(%PDF-|%!PS|\{\\rtf|<!doctype|<html|<\?|<svg|<script|#!|MIME-Version:)/i.test(start)) {
      return mismatch(ext, '内容是另一种格式的文件')
    }
    for (const byte of part) {
      if ((byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 0x7f) {
        return mismatch(ext, '内容不是文本，含有空字符或其他控制字符')
      }
    }
    const last = at + piece >= bytes.size
    possible = possible.filter(({ decoder }) => fits(() => decoder.decode(part, { stream: !last })))
    if (possible.length === 0)
      return {
        code: 'file_text_encoding',
        says: '文本文件既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8 编码后上传。',
      }
  }
  return possible[0]!.encoding
}

const largestJson = 30 << 20
const inspectJson = async (bytes: Bytes, encoding: 'utf-8' | 'gb18030'): Promise<Finding | undefined> => {
  // a document is parsed in one piece, while everybody waits
  if (bytes.size > largestJson)
    return { code: 'file_too_large', says: `JSON 文件不超过 ${inWords(largestJson)}，请改用 CSV，或分成几份。` }
  if (encoding !== 'utf-8') return { code: 'file_text_encoding', says: 'JSON 文件应为 UTF-8 编码，请转换后上传。' }
  try {
    JSON.parse((await bytes.read(0, bytes.size)).toString('utf8').replace(/^\ufeff/, ''))
    return undefined
  } catch {
    return { code: 'file_damaged', says: 'JSON 文件不完整或格式有误，请重新导出后上传。' }
  }
}

const inspectParquet = async (bytes: Bytes): Promise<Finding | undefined> => {
  const tail = bytes.size < 12 ? Buffer.alloc(8) : await bytes.read(bytes.size - 8, 8)
  const end = tail.toString('latin1', 4)
  if (end === 'PARE') return encryptedOffice
  if (end !== 'PAR1' || tail.readUInt32LE(0) > bytes.size - 12) {
    return { code: 'file_damaged', says: 'Parquet 文件不完整（结尾标记或元数据长度不符），请重新导出后上传。' }
  }
  return undefined
}

const inspectContent = async (
  kind: FileKind,
  ext: string,
  bytes: Bytes,
  source: string | Buffer,
): Promise<Pick<InspectedFile, 'encoding'> | Finding> => {
  const head = await bytes.read(0, 4100)
  // what the magic says of a text file is chance: a table whose first column is called BMI is no bitmap
  if (kind === 'csv' || kind === 'txt' || kind === 'json') {
    const found = await inspectText(bytes, ext)
    if (typeof found !== 'string') return found
    return (kind === 'json' ? await inspectJson(bytes, found) : undefined) ?? { encoding: found }
  }
  // only the head: type detection must not be led around inside a hostile file
  const magic = (await fileTypeFromBuffer(head))?.ext ?? 'none'
  if (magic === 'cfb') {
    const directory = Buffer.from('EncryptedPackage', 'utf16le')
    const near = await bytes.read(0, 1 << 20)
    const end = await bytes.read(Math.max(bytes.size - (1 << 20), 0), 1 << 20)
    return near.includes(directory) || end.includes(directory) ? encryptedOffice : legacyOffice
  }
  if (kind === 'docx' || kind === 'xlsx') {
    if (head.toString('latin1', 0, 4) !== 'PK\x03\x04') return mismatch(ext, '内容不是 Office 文档')
    const found = await inspectOffice(source)
    if (typeof found !== 'string') return found
    return found === kind ? {} : mismatch(ext, `内容实为 .${found}`)
  }
  const expected = { pdf: 'pdf', png: 'png', jpeg: 'jpg', parquet: 'parquet' }[kind]
  if (magic !== expected) return mismatch(ext, magic === 'none' ? '内容不是该类文件' : `内容实为 ${magic} 类文件`)
  const finding =
    kind === 'pdf'
      ? inspectPdf(await bytes.read(0, bytes.size))
      : kind === 'parquet'
        ? await inspectParquet(bytes)
        : undefined
  return finding ?? {}
}

/**
 * Looks into an uploaded file before it is kept: what it is by content, and whether it may be opened safely at a desk.
 * Given a path, the file must not change while it is looked at. A PDF is read into memory whole, so `maxBytes` is also a
 * bound on memory.
 *
 * This is not a virus scanner. See {@link inspectOffice} and {@link inspectPdf} for what each can and cannot see.
 */
export const inspect = async (
  source: string | Buffer,
  declaredName: string,
  rules: IntakeRules,
): Promise<InspectedFile | Refusal> => {
  const handle = typeof source === 'string' ? await open(source, 'r') : undefined
  try {
    const size = handle ? (await handle.stat()).size : (source as Buffer).length
    const read: Bytes['read'] = async (start, length) => {
      if (!handle) return (source as Buffer).subarray(start, start + length)
      const buffer = Buffer.alloc(Math.max(Math.min(length, size - start), 0))
      let have = 0
      while (have < buffer.length) {
        const { bytesRead } = await handle.read(buffer, have, buffer.length - have, start + have)
        if (bytesRead === 0) break
        have += bytesRead
      }
      return buffer.subarray(0, have)
    }
    const turnDown = ({ code, says }: Finding) => refuse(code, says, { fields: { [rules.field ?? 'file']: says } })

    const badName = inspectName(declaredName)
    if (badName) return turnDown(badName)
    const kind = kindOfName(declaredName, rules.allowed)
    if (typeof kind !== 'string') return turnDown(kind)
    if (size === 0) return turnDown({ code: 'file_empty', says: '文件是空的（0 字节），请核对后重新上传。' })
    if (size > rules.maxBytes) {
      return turnDown({
        code: 'file_too_large',
        says: `文件大小 ${inWords(size)}，超过此处 ${inWords(rules.maxBytes)} 的上限。`,
      })
    }
    const ext = declaredName.slice(declaredName.lastIndexOf('.') + 1).toLowerCase()
    const found = await inspectContent(kind, ext, { size, read }, source)
    if ('code' in found) return turnDown(found)
    return {
      ok: true,
      kind,
      mime: kinds[kind].mime,
      ext: kinds[kind].exts[0]!,
      name: declaredName.normalize('NFC'),
      size,
      ...found,
    }
  } finally {
    await handle?.close()
  }
}
