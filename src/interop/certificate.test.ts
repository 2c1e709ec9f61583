import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import jsQRModule from 'jsqr'
import { PNG } from 'pngjs'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { coverage, renderCertificate, type CertificateData } from './certificate.ts'
import { inspect } from './intake.ts'

const jsQR = jsQRModule as unknown as typeof jsQRModule.default
const work = mkdtempSync(join(tmpdir(), 'gongshu-certificate-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const data: CertificateData = {
  object: 'resource',
  code: '990000-ZY-2026-0000127-8',
  version: 1,
  holders: [{ name: '某市住房公积金管理中心', uscc: '12990100444876092K' }],
  name: '公积金缴纳信息',
  category: '社会保障',
  kind: '首次登记',
  summary: '单位与职工按月缴存住房公积金的情况,共十四个信息项,每日更新。',
  registrar: '某省公共数据资源登记中心',
  codedOn: '2026-04-20',
  validFrom: '2026-04-20',
  validTo: '2029-04-19',
  issuedOn: '2026-05-06',
  verifyUrl: 'https://data.example.gov.cn/verify/990000-ZY-2026-0000127-8?v=1',
  entry: {
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    sm3: '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  },
  basis: [{ title: '公共数据资源登记管理暂行办法', number: '某数规〔2025〕26号' }, { title: '登记业务规则' }],
  demo: false,
}
const render = async (change: Partial<CertificateData> = {}) => renderCertificate({ ...data, ...change })
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const font = (name: string) =>
  coverage(brotliDecompressSync(readFileSync(new URL(`fonts/${name}.otf.br`, import.meta.url))))
const outside = (covered: ReadonlySet<number>, text: string) => [...text].filter((c) => !covered.has(c.codePointAt(0)!))

describe('font', () => {
  const song = font('GongshuSong-Regular')
  const doubleByte = (from: number, to: number, second: number) => {
    const decoder = new TextDecoder('gbk')
    let text = ''
    for (let a = from; a <= to; a++) for (let b = second; b <= 0xfe; b++) text += decoder.decode(Uint8Array.of(a, b))
    // what the standard leaves to private use or to nobody decodes to no character
    return text.replace(/[\ufffd\p{Co}\p{Cc}\u0020-\u007e]/gu, '')
  }
  it('has every character of GB 2312 and of GBK', () => {
    const gb2312 = doubleByte(0xb0, 0xf7, 0xa1)
    expect([...gb2312].length).toBeGreaterThanOrEqual(6_763)
    expect(outside(song, gb2312)).toEqual([])
    const hanOfGbk = doubleByte(0x81, 0xfe, 0x40).match(/[\u4e00-\u9fa5]/gu) ?? []
    expect(new Set(hanOfGbk).size).toBe(20_902)
    expect(outside(song, hanOfGbk.join(''))).toEqual([])
  })
  it('has the rare characters of names, those of 通用规范汉字表 beyond the basic plane too', () => {
    expect(
      outside(
        song,
        '䶮喆堃犇淼鑫垚焱骉翀赟璟彧昉旻晟烜玥祎薏懿囍镕瑢喆亓仝仉佘佴冼妫缑郤逄㛃㳘㴔㵐㶲㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙',
      ),
    ).toEqual([])
    expect(
      outside(
        song,
        '\u{20676}\u{20cd0}\u{2139a}\u{21413}\u{235cb}\u{23c97}\u{23c98}\u{23e23}\u{249db}\u{24a7d}\u{24ac9}\u{25532}\u{25562}\u{255a8}\u{25ed7}\u{26221}\u{2648d}\u{26676}\u{2677c}\u{26b5c}\u{26c21}\u{27ff9}\u{28408}\u{28678}\u{28695}\u{287e0}\u{28b49}\u{28c47}\u{28c4f}\u{28c51}\u{28c54}\u{28e99}\u{29f7e}\u{29f83}\u{29f8c}\u{2a7dd}\u{2a8fb}\u{2a917}\u{2aa30}\u{2aa36}\u{2aa58}',
      ),
    ).toEqual([])
    expect(song.size).toBeGreaterThan(22_000)
  })
  it('has nothing invisible or that turns the direction of text', () => {
    expect(
      [...song]
        .map((c) => String.fromCodePoint(c))
        .filter((c) => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\u00a0\u2011]/u.test(c)),
    ).toEqual([])
  })
  it('for titles has every character of the template', () => {
    const template = readFileSync(new URL('certificate.typ', import.meta.url), 'utf8')
    expect(outside(font('GongshuSongTitle-Bold'), template.replace(/\n/g, ''))).toEqual([])
    expect(outside(song, template.replace(/\n/g, ''))).toEqual([])
  })
})

describe('file', () => {
  it('is a PDF/A that carries code and title in its metadata, dated by its data', async () => {
    const { pdf, missing } = await render()
    const text = Buffer.from(pdf).toString('latin1')
    expect(text).toMatch(/^%PDF-1\.7\n/)
    expect(text.trimEnd()).toMatch(/%%EOF$/)
    const xmp = Buffer.from(/<x:xmpmeta[\s\S]*<\/x:xmpmeta>/.exec(text)![0], 'latin1').toString('utf8')
    expect(xmp).toContain('公共数据资源登记证 990000-ZY-2026-0000127-8')
    expect(xmp).toMatch(/<pdf:Keywords>990000-ZY-2026-0000127-8, /)
    expect(xmp).toContain('<xmp:CreateDate>2026-05-06')
    expect(xmp).toMatch(/<pdfaid:part>3<[\s\S]*<pdfaid:conformance>A</)
    expect(missing).toEqual([])
    expect(pdf.length).toBeLessThan(150_000)
  })
  it('passes the intake check, so it can be uploaded again', async () => {
    const { pdf } = await render()
    expect(await inspect(Buffer.from(pdf), '登记证.pdf', { allowed: ['pdf'], maxBytes: 1 << 20 })).toMatchObject({
      ok: true,
    })
  })
  it('is the same bytes for the same data: again, after others, and in a process of another time zone and language', async () => {
    const first = sha256((await render()).pdf)
    expect(sha256((await render({ name: '另一条' })).pdf)).not.toBe(first)
    expect(sha256((await render()).pdf)).toBe(first)

    const src = join(work, 'src', 'interop')
    mkdirSync(src, { recursive: true })
    const here = new URL('.', import.meta.url).pathname
    for (const name of ['fonts', 'certificate.typ']) symlinkSync(join(here, name), join(src, name))
    symlinkSync(join(here, '../../node_modules'), join(work, 'node_modules'))
    const source = readFileSync(join(here, 'certificate.ts'), 'utf8')
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    writeFileSync(join(src, 'certificate.mjs'), outputText)
    const program = `import { renderCertificate } from './certificate.mjs'
      const { pdf } = await renderCertificate(JSON.parse(process.argv[1]))
      console.log((await import('node:crypto')).createHash('sha256').update(pdf).digest('hex'))`
    const other = execFileSync(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(data)], {
      cwd: src,
      env: { ...process.env, TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', SOURCE_DATE_EPOCH: '1' },
    })
    expect(other.toString().trim()).toBe(first)
  })
  it('says so when it is given no day', async () => {
    await expect(render({ validTo: '2029/4/19' })).rejects.toThrow('not a day: 2029/4/19')
  })
})

const poppler = ['pdftotext', 'pdftoppm'].every((tool) => spawnSync(tool, ['-v']).error === undefined)
const popplerTests: (() => void)[] = []
const withPoppler = (title: string, run: () => Promise<void>, timeout = 30_000) =>
  popplerTests.push(() => it.skipIf(!poppler)(title, run, timeout))

let count = 0
const save = async (change: Partial<CertificateData> = {}) => {
  const { pdf, missing } = await render(change)
  const path = join(work, `${count++}.pdf`)
  writeFileSync(path, pdf)
  return { path, missing }
}
const pagesOf = (path: string) =>
  execFileSync('pdftotext', ['-layout', path, '-'], { maxBuffer: 1 << 28 })
    .toString()
    .split('\f')
    .slice(0, -1)
const flat = (text: string) => text.replace(/\s+/g, '')
const textOf = async (change: Partial<CertificateData> = {}) => flat(pagesOf((await save(change)).path).join(''))

withPoppler('states everything it has to, on one page', async () => {
  const { path } = await save()
  const pages = pagesOf(path)
  expect(pages).toHaveLength(1)
  const text = flat(pages[0]!)
  for (const stated of [
    '公共数据资源登记证',
    '登记结果查询码990000-ZY-2026-0000127-8',
    '第1版',
    '登记主体某市住房公积金管理中心统一社会信用代码12990100444876092K',
    '登记对象公积金缴纳信息数据资源社会保障',
    '登记类型首次登记',
    data.summary,
    '登记机构某省公共数据资源登记中心',
    '赋码日期2026年4月20日',
    '《公共数据资源登记管理暂行办法》\uff08某数规〔2025〕26号\uff09《登记业务规则》',
    `SHA-256${data.entry.sha256}`,
    `SM3${data.entry.sm3}`,
    '登记机构\uff08盖章\uff09某省公共数据资源登记中心2026年5月6日',
    '第1页共1页',
  ]) {
    expect(text).toContain(stated)
  }
  expect(text).not.toContain('演示')
})
withPoppler('HNR-063 states the first and the last day of validity', async () => {
  expect(await textOf()).toContain('有效期自2026年4月20日至2029年4月19日')
  expect(await textOf({ validFrom: '2026-12-01', validTo: '2028-02-29' })).toContain(
    '有效期自2026年12月1日至2028年2月29日',
  )
})
withPoppler('names a product or service, several holders, and a code not yet checked', async () => {
  const text = await textOf({
    object: 'product',
    holders: [{ name: '甲公司' }, { name: '堃喆䶮科技有限公司', uscc: '91990100MA4L16JQ9B' }],
  })
  expect(text).toContain('公共数据产品和服务登记证')
  expect(text).toContain('登记主体甲公司统一社会信用代码待核堃喆䶮科技有限公司统一社会信用代码91990100MA4L16JQ9B')
})
withPoppler('of a demo database says on every page that it has no legal effect', async () => {
  const { path } = await save({ demo: true, summary: '很长的简介。'.repeat(400) })
  const pages = pagesOf(path).map(flat)
  expect(pages.length).toBeGreaterThan(1)
  for (const page of pages) expect(page).toContain('演示证书·不具法律效力')
})
withPoppler('carries a QR code that leads to its verification', async () => {
  const verifyUrl = `https://data.example.gov.cn/verify/${data.code}?v=1&h=${data.entry.sm3.slice(0, 32)}`
  for (const demo of [false, true]) {
    const { path } = await save({ verifyUrl, demo })
    const png = PNG.sync.read(
      execFileSync('pdftoppm', ['-r', '150', '-f', '1', '-l', '1', '-png', path], { maxBuffer: 1 << 28 }),
    )
    expect(jsQR(new Uint8ClampedArray(png.data), png.width, png.height)?.data).toBe(verifyUrl)
  }
})
withPoppler(
  'fits a 500-character summary and a 60-character name on one page, runs on to a second with its title when it must',
  async () => {
    const sentence = '本资源汇集各级医疗机构门诊与住院就诊的统计信息,按机构、科室、病种和月份汇总。'
    const summary = sentence.repeat(20).slice(0, 500)
    const one = pagesOf((await save({ summary, name: '门诊与住院就诊统计信息'.repeat(6).slice(0, 60) })).path)
    expect(one).toHaveLength(1)
    expect(flat(one[0]!)).toContain(summary)
    const more = pagesOf((await save({ summary: summary.repeat(4) })).path).map(flat)
    expect(more.length).toBeGreaterThan(1)
    expect(flat(more.join(''))).toContain('登记机构\uff08盖章\uff09')
    expect(more[1]).toMatch(/^公共数据资源登记证990000-ZY-2026-0000127-8/)
    expect(more[1]).toContain(`第2页共${more.length}页`)
  },
)

const hostile = [
  '#panic("x")',
  '#read("/etc/passwd")',
  '#import "x.typ": *',
  '*粗* _斜_ `原` $x^2$ @引用 <标签> = 标题',
  '\\ \\u{41} " \' \\" \\n #{ [ ] } // 注释 /* 注释 */ ~ -- ---',
  '{"code":"伪造"}',
  ']#set page(fill: black)[',
]
withPoppler('shows markup as the text that it is', async () => {
  for (const text of hostile) {
    const shown = await textOf({
      name: text,
      summary: text,
      category: text,
      kind: text,
      registrar: text,
      holders: [{ name: text, uscc: text }],
      basis: [{ title: text, number: text }],
    })
    expect(shown.split(flat(text)).length - 1).toBeGreaterThanOrEqual(8)
  }
  expect(await textOf({ code: '#C*1$' })).toContain('#C*1$')
})
withPoppler('shows a character it has no glyph for as 〓, names it, and reports it', async () => {
  const { path, missing } = await save({ name: '甲\u{20000}乙\u202e丙\u0007', holders: [{ name: '\u{2a6a5}مكتب' }] })
  expect(missing).toEqual(['\u{2a6a5}', ...'مكتب', '\u{20000}', '\u202e', '\u0007'])
  const text = flat(pagesOf(path).join(''))
  expect(text).toContain('甲〓乙〓丙〓')
  expect(text).toContain('其码位依次为U+2A6A5、U+0645、U+0643、U+062A、U+0628、U+20000、U+202E、U+0007')
  expect(await textOf()).not.toContain('〓')
})
withPoppler('keeps line breaks of the summary and takes none elsewhere', async () => {
  const { path } = await save({ summary: '第一行\n第二行\r\n第三行', name: '名称\n一行\t字\u00a0空格' })
  const page = pagesOf(path)[0]!
  expect(page).toMatch(/第一行\n+ *第二行\n+ *第三行/)
  expect(page).toMatch(/名称 一行 字 空格/)
})

/** Text boxes that reach out of the frame, by `pdftotext -bbox`. */
const overflows = (path: string) => {
  const boxes = execFileSync('pdftotext', ['-bbox', path, '-'], { maxBuffer: 1 << 28 }).toString()
  const words = [...boxes.matchAll(/<word xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([-\d.]+)" yMax="([-\d.]+)">([^<]*)</g)]
  expect(words.length).toBeGreaterThan(20)
  const [left, right, bottom] = [41, 595.3 - 41, 841.9 - 40]
  return words
    .filter((w) => Number(w[1]) < left || Number(w[2]) > right || Number(w[3]) > bottom)
    .map((w) => `${w[1]}…${w[2]} ${w[4]!.slice(0, 40)}`)
}
withPoppler('never runs out of its frame: long text without a space', async () => {
  for (const long of [
    'x'.repeat(200),
    'W'.repeat(200),
    'https://example.org/' + 'a/'.repeat(100),
    '长'.repeat(200),
    '('.repeat(200),
    '“'.repeat(200),
    '——'.repeat(100),
    '\u00a0字'.repeat(100),
  ]) {
    const { path } = await save({
      name: long,
      summary: long.repeat(2),
      registrar: long,
      kind: long,
      category: long,
      code: long.slice(0, 120),
      holders: [{ name: long, uscc: long }],
      basis: [{ title: long, number: long }],
    })
    expect(overflows(path)).toEqual([])
  }
})
withPoppler(
  'never runs out of its frame: any character, alone or with a Chinese one between',
  async () => {
    const signs = [...font('GongshuSong-Regular')]
      .map((c) => String.fromCodePoint(c))
      .filter((c) => !/[\u3400-\u9fff\uf900-\ufaff]|[^\u0000-\uffff]/u.test(c))
    expect(signs.length).toBeGreaterThan(1_000)
    const summary = signs
      .flatMap((c) => [c.repeat(70), `字${c}`.repeat(45), `${c}字${c}`.repeat(25), `字${c}`.repeat(14) + c.repeat(15)])
      .join('\n')
    const { path, missing } = await save({ summary })
    expect(missing).toEqual([])
    expect(overflows(path)).toEqual([])
  },
  120_000,
)

describe('page', () => {
  for (const define of popplerTests) define()
  if (!poppler)
    console.warn(`certificate: pdftotext and pdftoppm (poppler-utils) not found, ${popplerTests.length} tests skipped`)
})
