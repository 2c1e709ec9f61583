import { createHash } from 'node:crypto'
import jsQRModule from 'jsqr'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { PublicRecord, PublicRecordList, Verification } from '#contract'
import { detach } from '#evidence'
import { world, type World } from '../world.ts'
import {
  after,
  complaints,
  done,
  drive,
  publicRecord,
  refusal,
  start,
  team,
  today,
  told,
  type Asked,
  type Team,
  type Values,
} from '../cases.ts'

const jsQR = jsQRModule as unknown as typeof jsQRModule.default

let w: World
let luan: Team
let operator: Team
let zhaoqing: Team
beforeAll(async () => {
  w = await world({ noIssuer: true })
  ;[luan, operator, zhaoqing] = await Promise.all([team(w, 'luan'), team(w, 'luanOperator'), team(w, 'zhaoqing')])
})
afterAll(() => w.close())

const uncoded = async (t: Team, asked: Asked = {}, over: Values = {}): Promise<string> => {
  const id = await start(t.clerk, asked)
  const c = await drive(w, t, id, 'settled', over)
  expect(c.stateTerm).toBe('待国家赋码')
  return id
}
let n = 0
const fresh = (): string => `GJ-${++n}-${'0'.repeat(6)}`
const coded = async (t: Team, asked: Asked = {}, over: Values = {}, more: Values = {}) => {
  const application = await uncoded(t, asked, over)
  const code = fresh()
  await done(t.desk.act(application, 'code', { code, ...more }))
  await w.settle()
  return { application, code, record: await publicRecord(w, code) }
}
const verify = (query: string): Promise<Verification> => done(w.anyone.get<Verification>(`/api/public/verify?${query}`))
const certificate = async (code: string): Promise<Buffer> =>
  done(w.anyone.get<Buffer>(`/api/public/records/${encodeURIComponent(code)}/certificate.pdf`))
/** The certificate as it was issued, without the evidence it is handed out with. */
const asIssued = (pdf: Buffer): Buffer => {
  const parts = detach(pdf)
  if (typeof parts === 'string') throw new Error(parts)
  return parts.base
}
const upload = async (pdf: Buffer): Promise<Verification> => {
  const boundary = 'certificate'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(head), pdf, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const type = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  return done(w.anyone.send<Verification>('POST', '/api/public/verify', payload, type))
}
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

describe('登记办法 第十三条、登记细则 第十三条 发放登记结果查询码', () => {
  it('CN-019 the case waits for the national code, in the inbox of the registrar, until it is written back', async () => {
    const id = await uncoded(luan)
    await w.until(after(await today(w), 40))
    expect(await luan.clerk.see(id)).toMatchObject({ stateTerm: '待国家赋码', final: false })
    expect((await luan.desk.list('tasks')).rows.map((r) => r.id)).toContain(id)
    expect(await refusal(luan.clerk.act(id, 'code', { code: fresh() }))).toBe('403 not_yours')
    expect(await refusal(luan.bureau.act(id, 'code', { code: fresh() }))).toBe('403 not_yours')
    expect(await complaints(luan.desk.act(id, 'code', {}))).toEqual(['code'])
    for (const code of ['1', '带 空格的码', `${'9'.repeat(65)}`])
      expect(await complaints(luan.desk.act(id, 'code', { code })), code).toEqual(['code'])
    const code = fresh()
    await done(luan.desk.act(id, 'code', { code }))
    expect((await luan.clerk.see(id)).stateTerm).toBe('办结')
    expect(await told(luan.clerk, id)).toContain('赋码')
    // validity begins on the day of the code, not on the day the notice ended
    expect((await publicRecord(w, code)).validFrom).toBe(await today(w))
  })

  it('CN-019 so it is in Zhaoqing', async () => {
    const { code, record } = await coded(zhaoqing)
    expect(record).toMatchObject({ code, divisionName: '肇庆市', state: 'valid', demo: false })
  })

  it('HNR-061 a registration is coded once', async () => {
    const { application, code } = await coded(luan)
    expect(await refusal(luan.desk.act(application, 'code', { code: fresh() }))).toBe('409 not_now')
    expect(await refusal(luan.desk.act(application, 'code', { code }))).toBe('409 not_now')
  })

  it('HNR-061 two who code it at the same moment code it once', async () => {
    const id = await uncoded(luan)
    const codes = [fresh(), fresh()]
    const answers = await Promise.all([
      refusal(luan.desk.act(id, 'code', { code: codes[0] })),
      refusal(luan.second.act(id, 'code', { code: codes[1] })),
    ])
    expect(answers.filter((a) => a === '200 done')).toHaveLength(1)
    expect(answers.filter((a) => a.startsWith('409'))).toHaveLength(1)
    const found = await Promise.all(codes.map((c) => w.anyone.get(`/api/public/records/${c}`)))
    expect(found.map((f) => f.status).sort()).toEqual([200, 404])
  })

  it('HNR-062 a code belongs to one registration, also after that one has ended', async () => {
    const { code, record } = await coded(luan)
    const next = await uncoded(luan)
    expect(await refusal(luan.desk.act(next, 'code', { code }))).toBe('409 code_taken')
    const end = await start(luan.clerk, { kind: 'deregistration', record: record.id })
    await drive(w, luan, end, 'settled')
    expect((await publicRecord(w, code)).stateTerm).toBe('已注销')
    expect(await refusal(luan.desk.act(next, 'code', { code }))).toBe('409 code_taken')
    // the case is not stuck: another code is taken
    await done(luan.desk.act(next, 'code', { code: fresh() }))
  })

  it('HNR-062 one certificate for one code, and the code stays whatever changes', async () => {
    const { code, record, application } = await coded(luan)
    const first = record.certificate!.sha256
    const change = await start(luan.clerk, { kind: 'change', record: record.id })
    await drive(w, luan, change, 'settled', { resource: { name: '改名后的数据' } })
    const now = await publicRecord(w, code)
    expect(now).toMatchObject({ id: record.id, code, name: '改名后的数据', version: 2 })
    expect(now.certificate!.sha256).not.toBe(first)
    expect(w.drawn.slice(-2).map((d) => [d.code, d.version, d.name === now.name])).toEqual([
      [code, 1, false],
      [code, 2, true],
    ])
    expect(sha256(asIssued(await certificate(code)))).toBe(now.certificate!.sha256)
    expect((await luan.desk.see(application)).actions.map((a) => a.act)).toEqual([])
    expect((await luan.desk.see(record.id, 'record')).actions.map((a) => a.act)).not.toContain('code')
  })

  it('CN-013 the local code stands beside the national one, and both lead to the record', async () => {
    const local = '皖六-2026-0001'
    const { code } = await coded(luan, {}, {}, { localCode: local })
    for (const c of [code, local]) {
      expect(await publicRecord(w, c)).toMatchObject({ code, localCode: local })
      expect((await verify(`code=${encodeURIComponent(c)}`)).record).toMatchObject({ code, localCode: local })
      const { rows } = await done(w.anyone.get<PublicRecordList>(`/api/public/records?q=${encodeURIComponent(c)}`))
      expect(rows.map((r) => r.code)).toEqual([code])
    }
  })

  it('CN-013 a local code leads to one record only', async () => {
    const first = await coded(luan, {}, {}, { localCode: '皖六-2026-0002' })
    const id = await uncoded(luan)
    for (const localCode of ['皖六-2026-0002', first.code])
      expect(await refusal(luan.desk.act(id, 'code', { code: fresh(), localCode }))).toBe('409 code_taken')
    expect(await refusal(luan.desk.act(id, 'code', { code: '皖六-2026-0002' }))).toBe('409 code_taken')
  })
})

describe('登记办法 第十五条第一款、登记细则 第十三条 有效期', () => {
  const years = (day: string): string => after(`${Number(day.slice(0, 4)) + 3}${day.slice(4)}`, -1)
  const product = { kind: 'first', variant: 'product' } as const
  const term = (agreementFrom: string, agreementTo: string): Values => ({
    authorization: { agreementFrom, agreementTo },
  })

  it('HNR-063 three years from the day of the code, which counts, and so it says on the certificate', async () => {
    const { record } = await coded(luan, {}, term('2026-01-01', '2026-12-31'))
    const day = await today(w)
    expect(record).toMatchObject({ validFrom: day, validTo: years(day) })
    expect(w.drawn.at(-1)).toMatchObject({ code: record.code, codedOn: day, validFrom: day, validTo: years(day) })
  })

  it('HNR-064 a product whose agreement runs three years or less is valid as long as the agreement', async () => {
    const short = await coded(operator, product, term('2026-01-01', '2027-06-30'))
    expect(short.record.validTo).toBe('2027-06-30')
    expect(w.drawn.at(-1)!.validTo).toBe('2027-06-30')
    const exact = await coded(operator, product, term('2026-01-01', '2028-12-31'))
    expect(exact.record.validTo).toBe('2028-12-31')
  })

  it('CN-008 a product whose agreement runs longer, or that lies in no authorized scope, is valid three years', async () => {
    const long = await coded(operator, product, term('2026-01-01', '2029-01-01'))
    expect(long.record.validTo).toBe(years(await today(w)))
    const other = await coded(operator, { ...product, scope: 'other' }, term('2026-01-01', '2027-06-30'))
    expect(other.record.validTo).toBe(years(await today(w)))
  })

  it('CN-008 a resource is valid three years whatever the agreement', async () => {
    const { record } = await coded(luan, {}, term('2026-01-01', '2026-06-30'))
    expect(record.validTo).toBe(years(await today(w)))
  })

  it('HNR-064 when the agreement ends the registrant of a resource is prompted to have it 注销, once', async () => {
    const end = after(await today(w), 60)
    const { record } = await coded(luan, {}, term('2026-01-01', end))
    const prompted = async (): Promise<string[]> =>
      (await told(luan.clerk, record.id)).filter((t) => t.startsWith('授权协议期满'))
    await w.until(end)
    expect(await prompted()).toEqual([])
    await w.until(after(end, 40))
    expect(await prompted()).toHaveLength(1)
    const seen = await luan.clerk.see(record.id, 'record')
    expect(seen.stateTerm).toBe('有效')
    expect(seen.dues.map((d) => d.day)).toEqual([record.validTo, record.validTo])
  })

  it('HNR-064 a product in the authorized scope must say how long its agreement runs', async () => {
    const id = await start(operator.clerk, product)
    await expect(drive(w, operator, id, 'proposed', { authorization: { agreementTo: undefined } })).rejects.toThrow(
      'authorization.agreementTo',
    )
    await expect(drive(w, operator, id, 'proposed', term('2026-06-30', '2026-01-01'))).rejects.toThrow(
      'authorization.agreementTo',
    )
  })
})

describe('登记细则 第三条 登记结果可作为可信依据', () => {
  it('HNR-002 every coded registration has a certificate that anyone can fetch and verify by its code', async () => {
    const { code, record } = await coded(luan)
    const pdf = await certificate(code)
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    const issued = asIssued(pdf)
    expect(record.certificate).toEqual({ sha256: sha256(issued), sm3: createHash('sm3').update(issued).digest('hex') })
    expect(await verify(`code=${code}`)).toMatchObject({ result: 'valid', record: { code } })
    expect((await verify('code=GJ-0-999999')).result).toBe('unknown')
  })

  it('HNR-002 the QR code leads to the verification of this code', async () => {
    const { code } = await coded(luan)
    const svg = (await w.anyone.get<Buffer>(`/api/public/records/${code}/qr.svg`)).body.toString()
    const said = read(svg)
    expect(said).toBe(`http://gongshu.test/verify?code=${code}`)
    expect(w.drawn.at(-1)!.verifyUrl).toBe(said)
    expect((await verify(new URL(said!).search.slice(1))).result).toBe('valid')
  })

  it('HNR-002 the file itself is verified, and an altered one is found out', async () => {
    const { code } = await coded(luan)
    const pdf = await certificate(code)
    const digest = sha256(asIssued(pdf))
    for (const file of [pdf, asIssued(pdf)])
      expect(await upload(file)).toMatchObject({ result: 'valid', sha256: digest, record: { code } })
    expect(await verify(`sha256=${digest}`)).toMatchObject({ result: 'valid', record: { code } })
    const altered = Buffer.from(pdf)
    const i = pdf.indexOf('stream') + 20
    altered[i] = altered[i]! ^ 1
    expect(await upload(altered)).toMatchObject({ result: 'altered', record: { code } })
    const appended = await upload(Buffer.concat([pdf, Buffer.from('\n% 有效期至 2099 年')]))
    expect(appended).toMatchObject({ result: 'altered', record: { code } })
    expect((await upload(Buffer.from('%PDF-1.4 something else'))).result).toBe('unknown')
  })

  it('HNR-002 the certificate carries the digest of the entry of the register that made it', async () => {
    const { code, record } = await coded(luan)
    const db = new pg.Client({ connectionString: w.url })
    await db.connect()
    const { rows } = await db.query<{ body: string }>(
      `select body from gongshu.event where stream = $1 and type = 'record/register'`,
      [record.id],
    )
    await db.end()
    expect(w.drawn.at(-1)).toMatchObject({ code, entry: { sha256: sha256(rows[0]!.body) } })
  })

  it('HNR-002 an earlier certificate is recognised as superseded', async () => {
    const { code, record } = await coded(luan)
    const old = await certificate(code)
    const change = await start(luan.clerk, { kind: 'change', record: record.id })
    await drive(w, luan, change, 'settled', { resource: { summary: '新的简介' } })
    expect(await upload(old)).toMatchObject({ result: 'superseded', record: { code, version: 2 } })
    expect((await upload(await certificate(code))).result).toBe('valid')
  })
})

describe('登记细则 第六条(三) 登记信息的查询', () => {
  const search = async (query: Record<string, string>): Promise<string[]> =>
    (await done(w.anyone.get<PublicRecordList>(`/api/public/records?${new URLSearchParams(query)}`))).rows.map(
      (r) => r.code,
    )

  it('HNR-013 anyone finds a registration by its code, its name, its registrant and its type', async () => {
    const r = await coded(luan, {}, { resource: { name: '公积金缴存明细' } })
    const p = await coded(operator, { variant: 'product' }, { product: { name: '公积金信用报告' } })
    expect(await search({ q: r.code })).toEqual([r.code])
    expect(await search({ q: '缴存明细' })).toEqual([r.code])
    expect(await search({ q: '信用报告' })).toEqual([p.code])
    expect(await search({ q: '公积金信用', object: 'resource' })).toEqual([])
    expect(await search({ object: 'product', q: '公积金' })).toEqual([p.code])
    const holder = await search({ q: '六安市公共数据运营机构', limit: '100' })
    expect(holder).toContain(p.code)
    expect(holder).not.toContain(r.code)
    expect(await search({ q: '缴存明细', division: '340000' })).toEqual([r.code])
    expect(await search({ q: '缴存明细', division: '430000' })).toEqual([])
  })

  it('HNL-042 registered, found and verified', async () => {
    const { code } = await coded(luan, {}, { resource: { name: '用水信息' } })
    expect(await search({ q: '用水信息' })).toEqual([code])
    expect(await done(w.anyone.get<PublicRecord>(`/api/public/records/${code}`))).toMatchObject({ name: '用水信息' })
    expect(await verify(`code=${code}`)).toMatchObject({ result: 'valid' })
    expect((await w.anyone.get('/api/public/records/GJ-0-000000')).status).toBe(404)
  })

  it('HNR-013 an application is not found before it is coded', async () => {
    await uncoded(luan, {}, { resource: { name: '尚未赋码的数据' } })
    expect(await search({ q: '尚未赋码' })).toEqual([])
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})

/** Reads a QR code drawn as SVG: runs of dark modules as horizontal strokes. */
const read = (svg: string): string | undefined => {
  const size = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)![1])
  const scale = 8
  const pixels = new Uint8ClampedArray((size * scale) ** 2 * 4).fill(255)
  const path = /stroke="#000000" d="([^"]+)"/.exec(svg)![1]!
  let [x, y] = [0, 0]
  for (const [, kind, a, b] of path.matchAll(/([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?/g)) {
    if (kind === 'M') [x, y] = [Number(a), Number(b)]
    else if (kind === 'm') [x, y] = [x + Number(a), y + Number(b)]
    else {
      for (let px = x * scale; px < (x + Number(a)) * scale; px++)
        for (let py = Math.floor(y) * scale; py < (Math.floor(y) + 1) * scale; py++)
          pixels.fill(0, (py * size * scale + px) * 4, (py * size * scale + px) * 4 + 3)
      x += Number(a)
    }
  }
  return jsQR(pixels, size * scale, size * scale)?.data
}
