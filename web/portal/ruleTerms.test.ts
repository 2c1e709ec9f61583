import { describe, expect, it } from 'vitest'
import { cited, groupRules, inWords } from './ruleTerms.ts'

describe('rule library', () => {
  it('puts rules in the order of the procedure and loses none', () => {
    const rules = [
      'registration.retention.vouchers',
      'registration.acceptance.limit',
      'somewhere.else',
      'registration.notice.period',
    ].map((path) => ({ path }))
    const groups = groupRules(rules)
    expect(groups.map((g) => g.term)).toEqual(['受理', '公示', '保存', '其他'])
    expect(groups.flatMap((g) => g.rules)).toHaveLength(rules.length)
  })
  it('says codes in words and leaves the rest alone', () => {
    expect(inWords('organ: mandatory; institution: mandatory; other: encouraged')).toBe(
      '党政机关：应当登记；事业单位：应当登记；其他单位：鼓励登记',
    )
    expect(inWords('required: 是')).toBe('是')
    expect(inWords('15 个工作日')).toBe('15 个工作日')
    expect(inWords('API 接口')).toBe('API 接口')
  })
  it('tells an article from an honesty mark', () => {
    expect(cited('《登记细则》第九条(四)(推定;重建文本)')).toEqual({
      text: '《登记细则》第九条(四)',
      marks: ['推定', '重建文本'],
    })
    expect(cited('《登记办法》第九条（一）')).toEqual({ text: '《登记办法》第九条（一）', marks: [] })
    expect(cited('《登记办法》第八条')).toEqual({ text: '《登记办法》第八条', marks: [] })
  })
})
