import { describe, expect, it } from 'vitest'
import { pemOf, sealed, sealer } from '../../test/seals.ts'
import { pdf } from '../../test/world.ts'
import { inspectPdf } from './intakePdf.ts'
import { inspectSeal, readRoots } from './pdfSeal.ts'

const day = '2026-03-09'
const paper = pdf('授权运营协议')

describe('seals in a PDF', () => {
  it.each(['rsa', 'ec', 'sm2'] as const)('a seal by a %s key is verified, and whose it is told', (algorithm) => {
    const found = inspectSeal(sealed(paper, sealer(algorithm, '某实施机构')), day)
    expect(found).toMatchObject({
      result: 'verified',
      signatures: [
        {
          subject: '某实施机构公章',
          organisation: '某实施机构',
          issuer: '某实施机构公章',
          validFrom: '2026-01-01',
          validTo: '2030-01-01',
          claimed: day,
          algorithm: { rsa: 'RSA-SHA256', ec: 'EC-SHA256', sm2: 'SM2-SM3' }[algorithm],
          // nobody has said whom to trust
          trust: 'open',
        },
      ],
    })
  })

  it.each(['rsa', 'ec', 'sm2'] as const)('one changed byte anywhere breaks a %s seal', (algorithm) => {
    const file = sealed(paper, sealer(algorithm, '某机构'))
    const gap = file.indexOf('/Contents') + 10
    for (const at of [30, paper.length - 10, file.length - 12, file.indexOf('/SubFilter') + 30]) {
      const other = Buffer.from(file)
      other[at]! ^= 1
      expect([at, inspectSeal(other, day).result]).not.toEqual([at, 'verified'])
    }
    // and in the signature itself: its last byte
    const hex = file.toString('latin1', gap, gap + 16386)
    const end = gap + hex.replace(/0*>$/, '').length - 1
    const other = Buffer.from(file)
    other[end] = other[end] === 0x31 ? 0x32 : 0x31
    expect(inspectSeal(other, day).result).not.toBe('verified')
    expect(inspectSeal(file, day).result).toBe('verified')
  })

  it('what was added after sealing is told, and a second party’s seal after it covers both', () => {
    const [first, second] = [sealer('rsa', '甲方'), sealer('sm2', '乙方')]
    const once = sealed(paper, first)
    const appended = Buffer.concat([once, Buffer.from('\n10 0 obj<</Type/Page>>endobj\n%%EOF\n')])
    expect(inspectSeal(appended, day)).toMatchObject({ result: 'extended', problem: '签章之后文件又有改动' })
    const both = inspectSeal(sealed(once, second), day)
    expect([both.result, both.signatures.map((s) => [s.organisation, s.later])]).toEqual([
      'verified',
      [
        ['甲方', true],
        ['乙方', false],
      ],
    ])
    // the first party's page changed under the second's seal
    const forged = Buffer.from(once)
    forged[20]! ^= 1
    expect(inspectSeal(sealed(forged, second), day).result).toBe('broken')
  })

  it('a range that leaves more out than the signature’s own value speaks for nothing', () => {
    const file = sealed(paper, sealer('ec', '某机构')).toString('latin1')
    const range = /\[0 (\d{10}) /.exec(file)!
    const less = String(Number(range[1]) - 40).padStart(10, '0')
    expect(inspectSeal(Buffer.from(file.replace(range[1]!, less), 'latin1'), day)).toMatchObject({
      result: 'broken',
      problem: '签章没有覆盖它以外的全部内容',
    })
    expect(inspectSeal(Buffer.from(file.replace('ByteRange[0', 'ByteRange[9'), 'latin1'), day).result).toBe('broken')
  })

  it('a certificate that was not valid on the day claimed does not carry a seal', () => {
    const old = sealer('rsa', '某机构', { from: '2020-01-01', to: '2025-12-31' })
    expect(inspectSeal(sealed(paper, old), day)).toMatchObject({ result: 'broken', signatures: [{ outOfTerm: true }] })
    expect(inspectSeal(sealed(paper, old, { day: '2025-06-01' }), day).result).toBe('verified')
  })

  it('what it cannot judge it says it cannot judge', () => {
    expect(inspectSeal(paper, day).result).toBe('none')
    expect(inspectSeal(Buffer.from('不是 PDF'), day).result).toBe('none')
    const odd = sealed(paper, sealer('rsa', '某机构'), { subFilter: 'GB.SES.38540' })
    expect(inspectSeal(odd, day)).toMatchObject({ result: 'unknown' })
    const file = sealed(paper, sealer('rsa', '某机构')).toString('latin1')
    const gap = file.indexOf('/Contents') + 11
    const other = Buffer.from(`${file.slice(0, gap)}${'3'.repeat(2 * 8192)}${file.slice(gap + 2 * 8192)}`, 'latin1')
    expect(inspectSeal(other, day)).toMatchObject({ result: 'unknown' })
  })

  it('trust is established only by a list, along a chain of certificates fit to issue', () => {
    const root = sealer('rsa', '某根机构', { authority: true })
    const between = sealer('ec', '某签发机构', { by: root, authority: true })
    const stranger = sealer('rsa', '某根机构', { authority: true })
    const roots = readRoots(pemOf(root))
    const trust = (file: Buffer, list = roots) => inspectSeal(file, day, list).signatures.map((s) => s.trust)
    expect(trust(sealed(paper, sealer('sm2', '某机构', { by: between })))).toEqual(['yes'])
    expect(trust(sealed(paper, sealer('sm2', '某机构', { by: between })), readRoots(pemOf(stranger)))).toEqual(['no'])
    expect(trust(sealed(paper, sealer('ec', '某机构')))).toEqual(['no'])
    // who holds a seal does not issue seals
    const sealOnly = sealer('ec', '某机构', { by: root })
    expect(trust(sealed(paper, sealer('ec', '冒名', { by: sealOnly })))).toEqual(['no'])
  })

  it('a sealed agreement passes the intake of uploads', () => {
    expect(inspectPdf(sealed(paper, sealer('sm2', '某机构')))).toBeUndefined()
  })
})
