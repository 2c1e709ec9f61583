import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import type { Refusal } from '#contract'
import { refuse } from '#contract'
import { spool } from './workspace.ts'

export interface CsvFile {
  readonly path: string
  readonly header: readonly string[]
  readonly delimiter: string
}
type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'

/** Bytes of the end that may be the beginning of a character. */
const unfinished = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const b = bytes[bytes.length - back]!
    if (b < 0x80) return 0
    if (b >= 0xc0) return back < (b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

const isUtf8File = async (path: string, signal: AbortSignal): Promise<boolean> => {
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
    const bytes = held.length > 0 ? Buffer.concat([held, piece]) : piece
    const cut = bytes.length - unfinished(bytes)
    if (!isUtf8(bytes.subarray(0, cut))) return false
    held = Buffer.from(bytes.subarray(cut))
  }
  return held.length === 0
}

const decoded = async function* (path: string, encoding: Encoding, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>)
    yield Buffer.from(decoder.decode(piece, { stream: true }))
  yield Buffer.from(decoder.decode())
}

const isDecoding = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'

const headOf = async (path: string, length: number): Promise<Buffer> => {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The first record, under the delimiter that makes most fields of it. */
const headerOf = (text: string): { readonly header: readonly string[]; readonly delimiter: string } | undefined => {
  const read = [',', '\t', ';', '|'].flatMap((delimiter) => {
    try {
      const [header] = parse(text, { delimiter, bom: true, to: 1, relax_column_count: true }) as string[][]
      return header ? [{ header, delimiter }] : []
    } catch {
      return []
    }
  })
  return read.sort((a, b) => b.header.length - a.header.length)[0]
}

/**
 * A CSV file as UTF-8 with its header, transcoded into `dir` where it is GB18030 or UTF-16. Refusal codes: `empty_file`, `encoding`,
 * `header`.
 */
export const openCsv = async (path: string, dir: string, signal: AbortSignal): Promise<CsvFile | Refusal> => {
  const start = await headOf(path, 3)
  if (start.length === 0) return refuse('empty_file', '文件是空的，没有任何内容')
  const bom = start.toString('hex')
  const encoding: Encoding = bom.startsWith('fffe')
    ? 'utf-16le'
    : bom.startsWith('feff')
      ? 'utf-16be'
      : bom === 'efbbbf' || (await isUtf8File(path, signal))
        ? 'utf-8'
        : 'gb18030'
  let readable = path
  if (encoding !== 'utf-8')
    try {
      readable = await spool(decoded(path, encoding, signal), `${dir}/transcoded-${crypto.randomUUID()}.csv`, signal)
    } catch (error) {
      if (!isDecoding(error)) throw error
      return refuse('encoding', '文件不是完整的 UTF-8 或 GB18030 编码，请另存为“CSV UTF-8”后重新上传')
    }
  const head = (await headOf(readable, 1 << 20)).toString('utf8')
  const found = headerOf(head)
  if (!found || found.header.every((h) => h.trim() === ''))
    return refuse('header', '第一行应为列名，现在没有读到；请检查首行是否为空、引号是否成对')
  if (found.header.length > 2000) return refuse('header', `文件有${found.header.length}列，最多2000列`)
  return { path: readable, ...found }
}
