import { describe, expect, it } from 'vitest'
import { grouped, longDay, looksLikeCode, marked, normal, noticeLeft } from './words.ts'

const hits = (text: string, query: string) => marked(text, query).flatMap((p) => (p.hit ? [p.text] : []))

describe('search words', () => {
  it('a code goes to the record, a name to the search', () => {
    for (const code of ['演示-430000-2026-000127', '341500-2026-000102', 'GS20260001'])
      expect(looksLikeCode(code)).toBe(true)
    for (const name of ['公积金缴存', '企业信用贷', '2026 年年报', '六安市住房公积金管理中心'])
      expect(looksLikeCode(name)).toBe(false)
  })
  it('narrows full-width input as typed by a Chinese keyboard', () => {
    expect(normal(' ４３００００－２０２６　公积金 ')).toBe('430000-2026 公积金')
  })
  it('marks whole words and shared runs of two characters', () => {
    expect(hits('公积金缴纳信息', '公积金缴存')).toEqual(['公积金缴'])
    expect(hits('单位与职工按月缴存情况', '公积金缴存')).toEqual(['缴存'])
    expect(hits('企业信用贷 API', 'api 信用')).toEqual(['信用', 'API'])
    expect(hits('水质监测', '水')).toEqual(['水'])
    expect(hits('企业名录', '信息')).toEqual([])
  })
  it('loses no character of the text', () => {
    for (const query of ['', '公', '公积金 缴存', '公积金公积金'])
      expect(
        marked('公积金缴纳公积金信息', query)
          .map((p) => p.text)
          .join(''),
      ).toBe('公积金缴纳公积金信息')
  })
})

describe('days and digests', () => {
  it('says how long a notice runs', () => {
    expect([noticeLeft(3), noticeLeft(0), noticeLeft(-1)]).toEqual(['剩 3 个工作日', '今天截止', '公示期已满'])
  })
  it('writes a day and a digest for people', () => {
    expect(longDay('2026-03-06')).toBe('2026年3月6日')
    expect(grouped('a'.repeat(20))).toBe('aaaaaaaa aaaaaaaa aaaa')
  })
})
