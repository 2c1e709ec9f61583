import { posix } from 'node:path'
import type { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import type { ListingRow } from '#domain/catalogue'
import { blockSize, bounded, type OpenSheet, type SheetFinding, type SheetLimits, type Source } from './book.ts'
import { attribute, broken, elements, isBroken, plainText } from './xml.ts'

/*
 * The streaming reader of exceljs meets parts in the order they were zipped in: it does not know dates where the styles come last, loses
 * rich text inside cells, and never tells of merged cells. Here the directory of the archive is read first and each part when it is
 * needed, so one way of reading serves small sheets and large ones.
 */

/** Characters of one line or one text, and of a part that is read whole. */
const longest = 4 << 20
const largestPart = 32 << 20
/** Inflated pieces are small; a long element would be looked through again with each of them. */
const piece = 256 << 10

const openZip = async (source: Source): Promise<{ zip: ZipFile; entries: ReadonlyMap<string, Entry> }> => {
  const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true } as const
  try {
    const zip =
      typeof source === 'string'
        ? await yauzl.openPromise(source, options)
        : await yauzl.fromBufferPromise(Buffer.from(source.buffer, source.byteOffset, source.byteLength), options)
    const entries = new Map<string, Entry>()
    for await (const e of zip.eachEntry()) entries.set(e.fileName.toLowerCase(), e)
    return { zip, entries }
  } catch (e) {
    throw damaged(e)
  }
}

// what zip and inflate throw says that the file is damaged; what the disk throws does not
const damaged = (e: unknown): unknown =>
  isBroken(e) || /^E[A-Z]/.test(String((e as { code?: unknown }).code)) ? e : broken('压缩数据已损坏')

async function* partOf(source: Source, part: string): AsyncIterable<string> {
  const { zip, entries } = await openZip(source)
  try {
    const entry = entries.get(part.toLowerCase())
    if (!entry) return
    yield* inflated(await zip.openReadStreamPromise(entry).catch((e: unknown) => Promise.reject(damaged(e))))
  } finally {
    zip.close()
  }
}
async function* inflated(stream: Readable): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let text: string[] = []
  let size = 0
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    for (;;) {
      // only reading is watched: what the consumer of the text throws is its own
      const next = await chunks.next().catch((e: unknown) => Promise.reject(damaged(e)))
      if (next.done) break
      text.push(decoder.decode(next.value, { stream: true }))
      if ((size += next.value.length) < piece) continue
      yield text.join('')
      text = []
      size = 0
    }
    yield text.join('') + decoder.decode()
  } finally {
    stream.destroy()
  }
}
const wholePart = async (source: Source, part: string): Promise<string> => {
  let text = ''
  for await (const p of partOf(source, part)) {
    text += p
    if (text.length > largestPart) throw broken('内含过大的部件')
  }
  return text
}
const tags = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])([^>]*)>`, 'g'))].map((m) => m[1] ?? '')

/** The texts of runs; phonetic guides are no text. */
const runs = (xml: string): string => {
  const own = xml.includes('rPh') ? xml.replace(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, '') : xml
  let text = ''
  for (const m of own.matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?t>/g)) text += m[1] ?? ''
  return plainText(text)
}

type Shown = 'plain' | 'date' | { readonly zeros: number }
const dateIds = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47])
for (let id = 50; id <= 58; id++) dateIds.add(id)
const shownAs = (code: string): Shown => {
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '').split(';')[0] ?? ''
  if (/^0{2,30}$/.test(bare)) return { zeros: bare.length }
  return /[ymdhs年月日]/i.test(bare) && !/[#0?]\.?[#0?]/.test(bare) && !/general/i.test(bare) ? 'date' : 'plain'
}
const stylesOf = (xml: string): readonly Shown[] => {
  const codes = new Map(tags(xml, 'numFmt').map((t) => [attribute(t, 'numFmtId'), attribute(t, 'formatCode') ?? '']))
  const cells = /<(?:\w+:)?cellXfs\b[\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(xml)?.[0] ?? ''
  return tags(cells, 'xf').map((t): Shown => {
    const id = attribute(t, 'numFmtId')
    const code = codes.get(id)
    return code === undefined ? (dateIds.has(Number(id)) ? 'date' : 'plain') : shownAs(code)
  })
}

const dayMs = 86_400_000
/** A spreadsheet's number as a day, or as day and minute where it has a fraction. */
const moment = (serial: number, from1904: boolean): string => {
  const iso = new Date(Math.round((serial - 25_569 + (from1904 ? 1462 : 0)) * 1440) * 60_000)
  if (Number.isNaN(iso.getTime()) || serial < 0 || serial > 2_958_465) return String(serial)
  const text = iso.toISOString()
  return iso.getTime() % dayMs === 0 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`
}

/** Position from 0 of a column by its letters. */
const columnOf = (ref: string): number => {
  let n = 0
  for (let i = 0; i < ref.length; i++) {
    const c = ref.charCodeAt(i) & 0xdf
    if (c < 65 || c > 90) break
    n = n * 26 + c - 64
  }
  return n - 1
}

interface Merge {
  readonly from: number
  readonly to: number
  readonly left: number
  readonly right: number
  value: string
}
const mostMerges = 500_000
const mergesOf = async (source: Source, part: string, limits: SheetLimits): Promise<readonly Merge[]> => {
  const found: Merge[] = []
  let text = ''
  // they stand after the lines they are about, so they are looked for first
  for await (const p of partOf(source, part)) {
    text += p
    for (const m of text.matchAll(/<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*"([A-Z]+)(\d+):([A-Z]+)(\d+)"/g)) {
      const [left, right] = [columnOf(m[1]!), Math.min(columnOf(m[3]!), limits.columns - 1)]
      found.push({ from: Number(m[2]), to: Number(m[4]), left, right, value: '' })
      if (found.length > mostMerges) throw broken('合并单元格过多')
    }
    const cut = text.lastIndexOf('<')
    text = cut < 0 || text.length - cut > 200 ? '' : text.slice(cut)
  }
  return found.sort((a, b) => a.from - b.from)
}

interface Shared {
  readonly strings: readonly string[]
  readonly styles: readonly Shown[]
  readonly from1904: boolean
}
const cellTag = /<(?:\w+:)?c(?=[\s/>])([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g
const refIn = /(?:^|\s)r="([A-Z]+)\d*"/
const typeIn = /(?:^|\s)t="(\w+)"/
const styleIn = /(?:^|\s)s="(\d+)"/
const valueIn = /<(?:\w+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?v>/

const textOfCell = (attributes: string, inner: string, shared: Shared, unsure: () => void): string => {
  const type = typeIn.exec(attributes)?.[1] ?? 'n'
  if (type === 'inlineStr') return runs(inner)
  // of a formula the result that was stored with it counts: nothing is computed here
  const v = valueIn.exec(inner)?.[1]
  if (v === undefined) return ''
  if (type === 's') return shared.strings[Number(v)] ?? ''
  if (type === 'b') return v === '1' ? '是' : '否'
  if (type !== 'n') return plainText(v)
  const number = Number(v)
  if (!Number.isFinite(number)) return plainText(v)
  const shown = shared.styles[Number(styleIn.exec(attributes)?.[1] ?? 0)] ?? 'plain'
  if (shown === 'date') return moment(number, shared.from1904)
  if (Math.abs(number) >= 1e15 && Number.isInteger(number)) unsure()
  // a spreadsheet keeps 15 digits; more of them are noise of binary fractions
  const text =
    Number.isInteger(number) && Math.abs(number) < 1e21
      ? BigInt(number).toString()
      : String(Number(number.toPrecision(15)))
  return typeof shown === 'object' ? text.padStart(shown.zeros, '0') : text
}

async function* rowsOf(
  source: Source,
  part: string,
  shared: Shared,
  limits: SheetLimits,
  found: (f: SheetFinding) => void,
): AsyncIterable<readonly ListingRow[]> {
  const merges = await mergesOf(source, part, limits)
  let next = 0
  let active: Merge[] = []
  let line = 0
  let unsure = 0
  let block: ListingRow[] = []
  for await (const rows of elements(partOf(source, part), 'row', longest)) {
    for (const [attributes, inner] of rows) {
      const r = Number(/(?:^|\s)r="(\d+)"/.exec(attributes)?.[1] ?? line + 1)
      // a line number that goes back would make the findings point at the wrong lines
      if (!(r > line) || r > 1_048_576) throw broken(`行号 ${r} 不成顺序`)
      line = r
      if (line > limits.lines) {
        found({ line, level: 'error', says: `超过 ${limits.lines} 行，其余的未读取；请分成几个文件` })
        yield block
        return
      }
      const cells: string[] = []
      let at = -1
      let beyond = false
      let own = false
      for (const [, attributesOfCell = '', content] of inner.matchAll(cellTag)) {
        const ref = refIn.exec(attributesOfCell)?.[1]
        at = ref === undefined ? at + 1 : columnOf(ref)
        if (content === undefined || content === '') continue
        const text = textOfCell(attributesOfCell, content, shared, () => {
          if (unsure++ === 0)
            found({
              line,
              level: 'warning',
              says: '有超过 15 位的数字存成了数值，末位可能已经丢失；代码一类请设为文本格式',
            })
        })
        if (text === '') continue
        if (at >= limits.columns) {
          beyond = true
          continue
        }
        while (cells.length < at) cells.push('')
        cells[at] = text
        own = true
      }
      if (beyond) found({ line, level: 'error', says: `超过 ${limits.columns} 列，其余的未读取；请删去多余的列` })
      while (next < merges.length && merges[next]!.from <= line) active.push(merges[next++]!)
      if (active.length > 0) {
        for (const m of active) {
          if (m.from === line) m.value = cells[m.left] ?? ''
          // a line that is otherwise empty stays so: a merge that is drawn too far makes no items
          if (!own || m.value === '' || line > m.to) continue
          while (cells.length <= m.right) cells.push('')
          for (let k = m.left; k <= m.right; k++) if (cells[k] === '') cells[k] = m.value
        }
        active = active.filter((m) => m.to > line)
      }
      block.push({ line, cells: bounded(cells, line, limits, found) })
      if (block.length >= blockSize) {
        yield block
        block = []
      }
    }
  }
  yield block
}

/**
 * The sheets of an Excel workbook. Merged cells say the same in each of their cells; of a formula the stored result is taken, of a date
 * `YYYY-MM-DD`. Throws where the directory of the book is damaged ({@link isBroken}); damage further in is a finding. Intake has inspected
 * uploads for bombs before.
 */
export const xlsxSheets = async (source: Source, limits: SheetLimits): Promise<readonly OpenSheet[]> => {
  const book = await wholePart(source, 'xl/workbook.xml')
  if (book === '') throw broken('不是 Excel 工作簿')
  const relations = new Map(
    tags(await wholePart(source, 'xl/_rels/workbook.xml.rels'), 'Relationship').map((t) => [
      attribute(t, 'Id'),
      { type: attribute(t, 'Type') ?? '', target: attribute(t, 'Target') ?? '' },
    ]),
  )
  const partAt = (target: string): string =>
    target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join('xl', target))
  const related = (kind: string): string | undefined => {
    const r = [...relations.values()].find((x) => x.type.endsWith(`/${kind}`))
    return r && partAt(r.target)
  }
  let loaded: Promise<Shared> | undefined
  const load = async (): Promise<Shared> => {
    const strings: string[] = []
    for await (const found of elements(
      partOf(source, related('sharedStrings') ?? 'xl/sharedStrings.xml'),
      'si',
      longest,
    ))
      for (const [, inner] of found) {
        const text = runs(inner)
        // a copy: a part of a longer text would keep all of that text in memory
        strings.push(text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le'))
      }
    const styles = stylesOf(await wholePart(source, related('styles') ?? 'xl/styles.xml'))
    return { strings, styles, from1904: /<(?:\w+:)?workbookPr\b[^>]*date1904\s*=\s*"(?:1|true)"/.test(book) }
  }
  return tags(book, 'sheet')
    .slice(0, limits.sheets)
    .flatMap((t): OpenSheet[] => {
      const relation = relations.get(attribute(t, 'r:id') ?? attribute(t, '\\w+:id'))
      if (!relation?.type.endsWith('/worksheet')) return []
      return [
        {
          name: attribute(t, 'name') ?? '',
          hidden: /hidden/i.test(attribute(t, 'state') ?? ''),
          exact: false,
          async *blocks(found) {
            loaded ??= load()
            try {
              yield* rowsOf(source, partAt(relation.target), await loaded, limits, found)
            } catch (e) {
              if (!isBroken(e)) throw e
              found({ line: 0, level: 'error', says: `工作表无法读取：${e.message}` })
            }
          },
        },
      ]
    })
}
