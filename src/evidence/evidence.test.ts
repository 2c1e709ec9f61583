import { createHash } from 'node:crypto'
import { zipSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attach,
  compose,
  detach,
  inBeijing,
  OtherFormat,
  pack,
  readBundle,
  summaryPage,
  unpack,
  verify,
  writeBundle,
  type Contents,
} from './index.ts'

const text = (s: string): Uint8Array => new TextEncoder().encode(s)
const sha256 = (b: Uint8Array): string => createHash('sha256').update(b).digest('hex')

describe('an archive', () => {
  const files = new Map([
    ['说明.html', text('<p>')],
    ['a/2.json', text('{}')],
    ['a/10.json', text('')],
  ])
  it('is the same bytes for the same files, today and under any later release of the zip library', () => {
    const bytes = pack(files)
    expect(pack(new Map([...files].reverse()))).toEqual(bytes)
    expect(sha256(bytes)).toBe('38f234dad595edbc3539213244b69e7b82a1e191c9cb73978abefece2d9b8ae1')
    expect(new Map(unpack(bytes))).toEqual(new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))))
  })
  it('is read in no other form', () => {
    const plain = Object.fromEntries(files)
    const mtime = '1980-01-01T00:00:00'
    for (const other of [
      zipSync(plain, { level: 0, mtime }),
      zipSync(Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1))), { level: 6, mtime }),
      zipSync(Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1))), { level: 0, mtime: '1981-01-01' }),
      Buffer.concat([pack(files), Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), pack(files)]),
      Buffer.alloc(0),
      Buffer.alloc(100),
    ])
      expect(() => unpack(other)).toThrow()
  })
  it('says no more of itself than it holds, so that reading it takes no more memory than it has', () => {
    const bytes = Buffer.from(pack(new Map([['a', Buffer.alloc(1000)]])))
    // the directory names the one file a thousand times
    const end = bytes.length - 22
    const at = bytes.readUInt32LE(end + 16)
    const entry = bytes.subarray(at, end)
    const tail = Buffer.from(bytes.subarray(end))
    tail.writeUInt16LE(1000, 8)
    tail.writeUInt16LE(1000, 10)
    tail.writeUInt32LE(entry.length * 1000, 12)
    const many = Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: 1000 }, () => entry), tail])
    expect(() => unpack(many)).toThrow('not an archive of this form')
  })
})

/** As a PDF writer of the simple kind leaves it: one table, a catalog without attachments. */
const pdf = (catalog = '/Type /Catalog /Pages 2 0 R'): Buffer => {
  const objects = [`1 0 obj\n<< ${catalog} >>\nendobj\n`, '2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n']
  let out = '%PDF-1.7\n'
  const offsets = objects.map((o) => {
    const at = out.length
    out += o
    return at
  })
  const rows = offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(
    `${out}xref\n0 3\n0000000000 65535 f \n${rows}trailer\n<<\n  /Size 3\n  /Root 1 0 R\n>>\nstartxref\n${out.length}\n%%EOF\n`,
  )
}

describe('evidence attached to a PDF', () => {
  it('comes off again, and leaves the base as it was, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (evidence) => {
        const base = pdf()
        const whole = attach(base, evidence)
        expect(whole.subarray(0, base.length)).toEqual(base)
        expect(attach(base, evidence)).toEqual(whole)
        expect(detach(whole)).toEqual({ base, evidence: Buffer.from(evidence) })
      }),
      { numRuns: 50 },
    )
  })
  it('comes off no file in which a single byte is another', () => {
    const whole = attach(pdf(), text('evidence'))
    const inside = whole.indexOf('evidence\nendstream')
    for (let at = pdf().length; at < whole.length; at++) {
      // the evidence itself may be anything here: its own proofs speak for it
      if (at >= inside && at < inside + 'evidence'.length) continue
      const changed = Buffer.from(whole)
      changed[at]! ^= 1
      expect(typeof detach(changed), String(at)).toBe('string')
    }
    expect(detach(Buffer.concat([whole, text('%%EOF\n')]))).toBe('altered')
    expect(detach(pdf())).toBe('none')
  })
  it('goes on no PDF that has attachments, was updated before, or is none', () => {
    for (const base of [
      pdf('/Type /Catalog /Pages 2 0 R /Names << >>'),
      attach(pdf(), text('evidence')),
      text('%PDF-1.7'),
      text(''),
    ])
      expect(() => attach(base, text('x'))).toThrow('not a PDF that evidence can be attached to')
  })
})

describe('a bundle', () => {
  const contents: Contents = {
    about: { kind: 'case' },
    made: { at: '2026-03-09T01:00:00.000Z', by: '甲', org: '某局' },
    logs: { register: { origin: 'example.cn/log/register', hash: 'sha256', keys: ['k'], checkpoint: 'note\n' } },
    entries: [{ log: 'register', index: 3, body: '{"a":1}', path: [], disclosed: { x: ['00', '值'] }, term: '受理' }],
    pages: { '说明.html': '<p>' },
    policy: 'quorum none\n',
    documents: [text('文件')],
  }
  it('is the same bytes for the same content, and reads as what was written', () => {
    const bytes = writeBundle(compose(contents))
    expect(writeBundle(compose(contents))).toEqual(bytes)
    expect(readBundle(bytes).contents).toEqual({ ...contents, documents: [text('文件')] })
    expect([...unpack(bytes).keys()]).toEqual([
      'checkpoints/register',
      'disclosed/register/000000000003.json',
      'entries/register/000000000003.json',
      `files/${sha256(text('文件'))}`,
      'keys/register.vkey',
      'manifest.json',
      'policy',
      'proofs/register/000000000003.tlog-proof',
      '说明.html',
    ])
  })
  it('of a later form is not judged by this reader', () => {
    const files = new Map(compose(contents))
    const manifest = Buffer.from(files.get('manifest.json')!).toString().replace('evidence/1', 'evidence/2')
    files.set('manifest.json', text(manifest))
    expect(() => readBundle(pack(files))).toThrow(OtherFormat)
    expect(verify(pack(files), { keys: [] }).verdict).toBe('unjudged')
  })
  it('that is garbage gives a report, never an error', () => {
    const says = (files: [string, string][]): string => {
      const r = verify(pack(new Map(files.map(([n, c]) => [n, text(c)]))), { keys: [] })
      expect(r.verdict).toBe('invalid')
      return r.checks[0]!.says
    }
    expect(says([['a', '']])).toBe('缺少文件 manifest.json')
    expect(says([['manifest.json', '{']])).toBe('文件 manifest.json 不是 JSON')
    const head = '{"format":"gongshu-evidence/1"'
    for (const rest of [
      '}',
      ',"logs":[]}',
      ',"logs":{"../x":{"hash":"sha256"}}}',
      ',"logs":{"a":{"hash":"md5"}}}',
      ',"logs":{},"entries":[{"log":"toString","index":0}]}',
      ',"logs":{},"entries":7}',
      ',"logs":{},"entries":[],"about":{"kind":1}}',
      ',"logs":{},"entries":[],"about":{},"made":{}}',
    ])
      says([['manifest.json', head + rest]])
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('PK\x05\x06', 'PK\x03\x04', '%PDF-', '{', ''),
        (b, h) => {
          const r = verify(Buffer.concat([text(h), b]), { keys: [] })
          expect(r.verdict).not.toBe('valid')
        },
      ),
    )
  })
})

it('a page tells times as in Beijing, and shows markup as the text that it is', () => {
  expect(inBeijing('2026-03-09T01:02:03.456Z')).toBe('2026-03-09 09:02:03')
  expect(inBeijing('2028-02-28T16:00:00Z')).toBe('2028-02-29 00:00:00')
  expect(inBeijing('2027-02-28T23:00:00Z')).toBe('2027-03-01 07:00:00')
  expect(inBeijing('2026-12-31T16:30:00Z')).toBe('2027-01-01 00:30:00')
  expect(inBeijing('昨天')).toBe('昨天')
  const page = summaryPage({
    title: '<script>alert(1)</script>',
    facts: [{ term: '"&', value: "'<b>" }],
    groups: [],
    logs: [],
    documents: [],
  })
  expect(page).not.toMatch(/<script|<b>/)
  expect(page).toContain('&#60;script&#62;')
})
