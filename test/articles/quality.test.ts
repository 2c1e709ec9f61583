import { describe, expect, test } from 'vitest'
import { loadLayers } from '#application'
import { checkKinds, dimensionOf, judge, proposeChecks, qualityRule } from '#domain/catalogue'
import { resolve } from '#policy'

const { layers } = loadLayers(new URL('../../policies/', import.meta.url).pathname)
const rulesAt = (division: string) => resolve(layers, division, '2026-03-16')
const terms = (division: string): readonly string[] =>
  qualityRule(rulesAt(division), 'catalogue.quality.dimensions').map((d) => d.term)

describe('数据质量维度', () => {
  test('the nation names the six of GB/T 36344, marked as not read in the text', () => {
    expect(terms('000000')).toEqual(['规范性', '完整性', '准确性', '一致性', '时效性', '可访问性'])
    expect(rulesAt('000000').values['catalogue.quality.dimensions']!.basis.certainty).toBe('default')
  })
  test('湖南实施意见第4项: 完整性、准确性、及时性、机器可读性和一致性', () => {
    expect(terms('430100')).toEqual(['完整性', '准确性', '及时性', '机器可读性', '一致性'])
  })
  test('ZQ-036 肇庆办法第二十条: six dimensions, 可理解性 first, and each of them is measured', () => {
    expect(terms('441200')).toEqual(['可理解性', '准确性', '规范性', '一致性', '完整性', '时效性'])
    const rules = rulesAt('441200')
    expect(new Set(checkKinds.map((k) => dimensionOf(rules, k))).size).toBe(6)
  })
  test('LA-030 六安方案三(三)3: 准确性、完整性、一致性, a score for each', () => {
    expect(terms('341500')).toEqual(['准确性', '完整性', '一致性'])
    const rules = rulesAt('341500')
    const checks = proposeChecks(
      [
        { name: '编号', key: true, type: 'C', length: '10' },
        { name: '开始日期', type: 'D' },
        { name: '结束日期', type: 'D' },
      ],
      undefined,
      rules,
    )
    const { dimensions } = judge(checks, { rows: 0, checks: {} }, rules)
    expect(dimensions.filter((d) => d.checks > 0).map((d) => d.term)).toEqual(['准确性', '完整性', '一致性'])
  })
  test('every kind of check tells of a dimension of its own jurisdiction, everywhere', () => {
    for (const { division } of layers) {
      const rules = rulesAt(division)
      const named = qualityRule(rules, 'catalogue.quality.dimensions').map((d) => d.value)
      for (const kind of checkKinds) expect(named, `${division} ${kind}`).toContain(dimensionOf(rules, kind))
      for (const d of named)
        expect(qualityRule(rules, 'catalogue.quality.weights')[d], `${division} ${d}`).toBeGreaterThan(0)
    }
  })
})
