import { describe, expect, it } from 'vitest'
import { asked, cleared, pieces, toggled } from './chosen.ts'

describe('what is chosen stands in the address', () => {
  const params = new URLSearchParams('q=户籍&sort=time&sharing=conditional')
  it('a value comes and goes and leaves the others', () => {
    const two = toggled(params, 'sharing', 'none')
    expect(two.getAll('sharing')).toEqual(['conditional', 'none'])
    expect(toggled(two, 'sharing', 'conditional').toString()).toBe(
      new URLSearchParams('q=户籍&sort=time&sharing=none').toString(),
    )
  })
  it('an empty value is a choice: 未分级', () => {
    expect(asked(toggled(params, 'grade', ''), {})).toContain('grade=')
  })
  it('clearing keeps what was asked and its order', () => {
    expect(cleared(params).toString()).toBe(new URLSearchParams('q=户籍&sort=time').toString())
  })
  it('what is no facet is not sent', () => {
    expect(asked(new URLSearchParams('q=a&page=3'), { cursor: 'o20' })).toBe('q=a&cursor=o20')
  })
})

it('a text is cut along its marks and loses nothing', () => {
  expect(pieces('市户籍信息', [[1, 3]])).toEqual([
    { text: '市', hit: false },
    { text: '户籍', hit: true },
    { text: '信息', hit: false },
  ])
  expect(pieces('户籍', [])).toEqual([{ text: '户籍', hit: false }])
})
