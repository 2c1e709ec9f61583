import { inflateSync } from 'node:zlib'
import { detach, readBundle } from '#evidence'
import type { Finding } from './intakeFinding.ts'

const delimiter = String.raw`(?=[\x00\t\n\f\r ()<>[\]{}/%]|$)`

/** Matches a PDF name also where characters are written as #xx. */
const pdfName = (...names: readonly string[]): RegExp => {
  const letter = (c: string) => {
    const hex = c.charCodeAt(0).toString(16).padStart(2, '0')
    return `(?:${c}|#${[...hex].map((h) => (/[a-f]/.test(h) ? `[${h}${h.toUpperCase()}]` : h)).join('')})`
  }
  return new RegExp(`/(?:${names.map((name) => [...name].map(letter).join('')).join('|')})${delimiter}`)
}

const encryption = pdfName('Encrypt')
const forbidden = [
  { pattern: pdfName('JavaScript'), says: '含有 JavaScript 脚本' },
  { pattern: pdfName('Launch'), says: '含有启动外部程序的动作' },
  { pattern: pdfName('EmbeddedFile', 'EmbeddedFiles'), says: '内嵌了其他文件' },
  {
    pattern: pdfName('RichMedia', 'XFA', 'ImportData', 'SubmitForm', 'GoToE'),
    says: '含有富媒体、动态表单或提交数据的动作',
  },
] as const
/** Too short to be looked for in compressed bytes, where chance would write it. */
const script = pdfName('JS')
const objectStream = pdfName('ObjStm', 'First')
const filter = pdfName('Filter')
const flate = pdfName('FlateDecode').source
const flateOnly = new RegExp(String.raw`${filter.source}\s*(?:\[\s*${flate}\s*\]|${flate})`)
const parameters = pdfName('DecodeParms', 'DP')

const mostInflated = 128 << 20

const active = (says: string): Finding => ({
  code: 'file_active_content',
  says: `PDF ${says}，不予接收。请用“打印为 PDF”重新生成后上传。`,
})
const damaged: Finding = { code: 'file_damaged', says: 'PDF 不完整或无法检查，请用“打印为 PDF”重新生成后上传。' }

/** A certificate of ours without the evidence it carries: records, proofs and signatures, in a form that has room for nothing else. */
const withoutEvidence = (file: Buffer): Buffer => {
  const parts = detach(file)
  if (typeof parts === 'string') return file
  try {
    const { about, documents = [], pages = {} } = readBundle(parts.evidence).contents
    return about['kind'] === 'certificate' && documents.length + Object.keys(pages).length === 0 ? parts.base : file
  } catch {
    return file
  }
}

/**
 * Looks for what makes a PDF more than paper: encryption, scripts, launch actions, embedded files, rich media, XFA. It
 * searches names, also when written with #xx escapes, in the whole file and in unpacked object streams; an object stream
 * that cannot be unpacked is refused. `undefined` when nothing was found.
 *
 * The one attachment it lets pass is the evidence of a certificate of ours, in its exact form.
 *
 * A heuristic, not a parser: it does not follow references, so it may refuse a file whose forbidden object is unreachable
 * or whose uncompressed text spells such a name; it does not see what only a reader's leniency would find (an object
 * stream whose dictionary hides its own type behind a reference), nor faults in fonts and images.
 */
export const inspectPdf = (whole: Buffer): Finding | undefined => {
  const file = withoutEvidence(whole)
  const text = file.toString('latin1')
  if (!text.startsWith('%PDF-') || !text.slice(-2048).includes('%%EOF')) return damaged
  if (encryption.test(text))
    return { code: 'file_encrypted', says: 'PDF 设有密码或权限限制，无法审核，请取消后重新上传。' }
  const inText = (part: string) => forbidden.find(({ pattern }) => pattern.test(part))
  const found = inText(text)
  if (found) return active(found.says)

  let inflated = 0
  let outside = ''
  let from = 0
  const opening = />>\s*stream\r?\n/g
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const start = match.index + match[0].length
    const end = text.indexOf('endstream', start)
    if (end < 0) return damaged
    const dictionary = text.slice(Math.max(text.lastIndexOf('obj', match.index), from), match.index + 2)
    outside += text.slice(from, start)
    if (objectStream.test(dictionary)) {
      let content = text.slice(start, end)
      if (filter.test(dictionary)) {
        if (!flateOnly.test(dictionary) || parameters.test(dictionary)) return damaged
        try {
          content = inflateSync(file.subarray(start, end), { maxOutputLength: mostInflated - inflated }).toString(
            'latin1',
          )
        } catch {
          return damaged
        }
        inflated += content.length
      }
      const hidden = inText(content)
      if (hidden) return active(hidden.says)
      if (script.test(content)) return active(forbidden[0].says)
    }
    from = end
    opening.lastIndex = end
  }
  outside += text.slice(from)
  return script.test(outside) ? active(forbidden[0].says) : undefined
}
