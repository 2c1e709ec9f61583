import { describe, expect, it, test } from 'vitest'
import { marks, relevance } from './relevance.ts'
import { indexOf, names, normal, parseQuery, relaxed, strict, unitOf, type Speech } from './search.ts'

// a language of a few words, so that what is tested is the rules and not a dictionary
const sounds: Readonly<Record<string, string>> = {
  户: 'hu',
  籍: 'ji',
  级: 'ji',
  信: 'xin',
  息: 'xi',
  女: 'nv',
  性: 'xing',
}
const speech: Speech = {
  simplify: (t) => t.replaceAll('戶', '户'),
  words: (t) => t.match(/信息|户籍|公安局|登记|./gu) ?? [],
  spell: (t) => Array.from(t, (c) => sounds[c] ?? 'x'),
}
const item = {
  name: '户籍信息',
  code: '',
  units: ['市公安局'],
  division: '341521',
  industry: '',
  format: '数据集、API',
  frequency: '每日',
  sharing: 'conditional',
  opening: 'none',
  grade: '2',
  registered: '',
  batch: '',
  object: 'resource',
  summary: '',
  detail: { fields: [{ name: '姓名', field: 'XM' }] },
}
const units = ['市公安局', '市卫健委', '市市场监管局', '六安市人力资源和社会保障局', '市城管局'].map((u) =>
  unitOf(u, speech),
)
const ask = (q: string) => parseQuery(q, speech, units)

test('width, case, traditional forms and punctuation make no difference', () => {
  expect(normal('　ＧＰＳ—「戶籍」 ', speech.simplify)).toBe('gps 户籍')
})

describe('what an item is found by', () => {
  const tokens = indexOf(item, speech).tokens.split(' ')
  it('pairs of characters of its name and unit, of its information items, and pinyin of its name', () => {
    expect(tokens).toEqual(
      expect.arrayContaining(["'=户籍'", "'=籍信'", "'=公安'", "'姓名'", "'xm'", "'~huji'", "'^hj'"]),
    )
    expect(tokens).not.toContain("'户籍'")
  })
  it('every facet value, the divisions above it and each of several formats', () => {
    expect(tokens).toEqual(
      expect.arrayContaining(["'#division:340000'", "'#division:341500'", "'#division:341521'", "'#registered:no'"]),
    )
    expect(tokens).toEqual(expect.arrayContaining(["'#format:数据集'", "'#format:API'"]))
  })
  it('in the order and with the quotes that PostgreSQL gives them', () => {
    expect(tokens).toEqual([...tokens].sort())
    expect(indexOf({ ...item, batch: "甲'乙\\" }, speech).tokens).toContain("'#batch:甲''乙\\\\'")
  })
})

test.each([
  ['卫健委', '市卫健委', true],
  ['卫生健康委员会', '市卫健委', true],
  ['人社局', '六安市人力资源和社会保障局', true],
  ['市监局', '市市场监管局', true],
  ['城管局', '市市场监管局', false],
  ['市局', '市市场监管局', false],
  ['公安局', '市城管局', false],
])('%s names %s: %s', (asked, unit, yes) => {
  expect(names(asked, unit) > 0).toBe(yes)
})

describe('what is asked', () => {
  it('a unit that leads an unbroken query is told from what follows', () => {
    expect(ask('公安局户籍').terms.map((t) => [t.text, t.units])).toEqual([
      ['公安局', ['市公安局']],
      ['户籍', []],
    ])
  })
  it('all of it must stand somewhere, in the name or in the text', () => {
    expect(strict(ask('户籍 登记'))).toBe("(('=户籍' | '户籍') & ('=登记' | '登记'))")
  })
  it('no character of a query is an operator', () => {
    expect(strict(ask("' | !:* \\"))).toBe('')
  })
  it('one wrong character leaves the pairs that do not touch it', () => {
    expect(relaxed(ask('户籍信息'), speech)[0]).toContain("('=籍信' & '=信息')")
  })
  it('what sounds alike is meant alike', () => {
    expect(relaxed(ask('户级'), speech)[0]).toBe("'~huji'")
  })
})

describe('how well an item answers', () => {
  const candidate = (name: string, unit = '市公安局') => ({ name, units: [unit], code: '', spelling: 'hujixinxi hjxx' })
  const score = (q: string, name: string, unit?: string): number => relevance(ask(q), candidate(name, unit), speech)
  it('the name itself before a name that holds it, before one that holds its words, before one in the unit', () => {
    const order = [
      score('户籍信息', '户籍信息'),
      score('户籍信息', '户籍信息登记'),
      score('户籍信息', '信息户籍甲乙丙'),
    ]
    expect([...order].sort((a, b) => b - a)).toEqual(order)
    expect(score('公安局', '公安局登记')).toBeGreaterThan(score('公安局', '登记'))
  })
  it('characters in order the better, the closer they stand', () => {
    expect(score('失信人', '失信被执行人')).toBeGreaterThan(score('失信人', '失信甲乙丙丁戊己庚辛人'))
  })
})

test('marks: words, and the characters that pinyin spells', () => {
  expect(marks('市户籍登记', ask('戶籍'), speech)).toEqual([[1, 3]])
  expect(marks('市户籍登记', ask('huji'), speech)).toEqual([[1, 3]])
  expect(marks('市户籍登记', ask('hj'), speech)).toEqual([[1, 3]])
  expect(marks('女性登记', ask('lv nuxing'), speech)).toEqual([[0, 2]])
})
