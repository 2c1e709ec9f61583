import { describe, expect, it } from 'vitest'
import { cited } from './ruleTerms.ts'

describe('rule library', () => {
  it('tells an article from an honesty mark', () => {
    expect(cited('《登记细则》第九条(四)(推定;重建文本)')).toEqual({
      text: '《登记细则》第九条(四)',
      marks: ['推定', '重建文本'],
    })
    expect(cited('《登记办法》第九条（三）（文件未定，系统默认）').marks).toEqual(['文件未定', '系统默认'])
    expect(cited('《登记办法》第九条（一）')).toEqual({ text: '《登记办法》第九条（一）', marks: [] })
    expect(cited('《登记办法》第八条')).toEqual({ text: '《登记办法》第八条', marks: [] })
  })
})
