import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLayers } from '#policy'
import { proposeDerived } from '../../src/domain/catalogue/derived.ts'
import type { Grade, Personal, ToGrade } from '../../src/domain/catalogue/grading.ts'
import {
  compareGrades,
  decidedBy,
  gradeGate,
  grades,
  gradingRule,
  gradingSection,
  highest,
  lowering,
  proposeGrade,
} from '../../src/domain/catalogue/grading.ts'
import { layers, rules, rulesOf } from './rules.ts'

const draft = rulesOf('430000', ['hunan-ordinance-draft'])
const plainData: ToGrade = { fields: [{ name: '站点名称', personal: 'none' }] }
const about = (personal: Personal, more: Partial<ToGrade> = {}): ToGrade => ({
  fields: [{ name: '字段', personal }],
  ...more,
})

test('the section has its values, all of their shape, each with its mark', () => {
  const graded = layers.map((l) => ({
    ...l,
    rules: Object.fromEntries(Object.entries(l.rules).filter(([p]) => p.startsWith('catalogue.grading.'))),
  }))
  expect(checkLayers(graded, gradingSection)).toEqual([])
})

describe('级别', () => {
  test('nothing known is 1, and says what was not asked', () => {
    expect(proposeGrade(rules, plainData)).toMatchObject({
      grade: '1',
      decidedBy: { by: 'unit' },
      open: ['尚未回答泄露、篡改、损毁后危害谁、多严重', '尚未填写数据量', '尚未填写覆盖区域'],
    })
  })
  test.each([
    [about('personal'), '2'],
    [about('sensitive'), '4'],
    [about('none', { sharing: 'conditional' }), '2'],
    [about('none', { opening: 'conditional' }), '2'],
    [about('none', { sharing: 'none' }), '4'],
    [about('none', { opening: 'none' }), '4'],
    [about('none', { sharing: 'unconditional', opening: 'unconditional' }), '1'],
  ])('floors: %j is %s', (data, grade) => expect(proposeGrade(rules, data).grade).toBe(grade))

  test.each([
    ['nation', 'special', '6'],
    ['nation', 'serious', '6'],
    ['nation', 'general', '5'],
    ['economy', 'special', '6'],
    ['public', 'serious', '5'],
    ['order', 'general', '2'],
    ['organisation', 'special', '4'],
    ['person', 'special', '4'],
    ['person', 'none', '1'],
  ] as const)('harm to %s, %s: %s', (object, degree, grade) =>
    expect(proposeGrade(rules, { ...plainData, harm: [{ object, degree }] }).grade).toBe(grade),
  )
  test('a graver harm never asks for less', () => {
    for (const o of gradingRule(rules, 'catalogue.grading.harm').objects) {
      const row = (['none', 'general', 'serious', 'special'] as const).map((d) => o.grades[d] ?? '1')
      expect(row).toEqual([...row].sort(compareGrades))
    }
  })

  test('volume and breadth raise it', () => {
    expect(proposeGrade(rules, about('personal', { volume: 99_999 })).grade).toBe('2')
    expect(proposeGrade(rules, about('personal', { volume: 100_000 })).grade).toBe('3')
    expect(proposeGrade(rules, about('sensitive', { volume: 1_000_000 })).grade).toBe('5')
    expect(proposeGrade(rules, about('none', { volume: 50_000_000 })).grade).toBe('1')
    expect(proposeGrade(rules, about('personal', { breadth: 'province' })).grade).toBe('3')
    const four = ['name', 'contact', 'address', 'career'].map((category) => ({
      name: category,
      personal: 'personal' as const,
      category,
    }))
    expect(proposeGrade(rules, { fields: four.slice(1) }).grade).toBe('2')
    expect(proposeGrade(rules, { fields: four }).grade).toBe('3')
  })

  test('every reason is a sentence with its rule and how sure the rule is', () => {
    const p = proposeGrade(rules, {
      fields: [
        { name: '姓名', personal: 'personal' },
        { name: '身份证号', personal: 'sensitive', harm: [{ object: 'person', degree: 'serious' }] },
      ],
      sharing: 'conditional',
      volume: 200_000,
      breadth: 'city',
      harm: [{ object: 'order', degree: 'general' }],
    })
    expect(p.reasons.map((r) => [r.grade, r.says])).toEqual([
      ['4', '数据集不低于其最高的信息项：身份证号为一般数据4级'],
      ['2', '对社会秩序可能造成一般危害，对应一般数据2级'],
      ['2', '有条件共享的数据不低于2级'],
      ['3', '个人信息达到十万条的，不低于3级'],
    ])
    expect(p.fields[1]?.reasons.map((r) => r.says)).toEqual([
      '个人信息不低于2级',
      '敏感个人信息不低于4级',
      '对个人权益可能造成严重危害，对应一般数据3级',
    ])
    for (const r of [...p.reasons, ...p.fields.flatMap((f) => f.reasons)]) {
      expect(rules.values[r.rule]).toBeDefined()
      expect(r.basis).toMatch(/《.+》.*（(文件未定，系统默认|推定)）/)
    }
    expect(p.open).toEqual([])
  })

  test('a code the rules do not have is a mistake of the caller', () => {
    expect(() => proposeGrade(rules, { ...plainData, harm: [{ object: 'moon', degree: 'special' }] })).toThrow('moon')
    expect(() => proposeGrade(rules, { ...plainData, breadth: 'moon' })).toThrow('moon')
  })
})

describe('whatever is graded', () => {
  const harm = fc.record({
    object: fc.constantFrom('nation', 'economy', 'order', 'public', 'organisation', 'person'),
    degree: fc.constantFrom('none', 'general', 'serious', 'special'),
  })
  const field = fc.record({
    name: fc.string(),
    personal: fc.constantFrom<Personal>('none', 'personal', 'sensitive'),
    category: fc.constantFrom('name', 'contact', 'health', 'address', 'career'),
    harm: fc.array(harm, { maxLength: 2 }),
  })
  const klass = fc.constantFrom('unconditional', 'conditional', 'none')
  const data: fc.Arbitrary<ToGrade> = fc.record({
    fields: fc.array(field, { maxLength: 8 }),
    sharing: klass,
    opening: klass,
    volume: fc.integer({ min: 0, max: 20_000_000 }),
    breadth: fc.constantFrom('part', 'county', 'city', 'province', 'nation'),
    harm: fc.array(harm, { maxLength: 3 }),
  })
  const least = (a: Grade, b: Grade): boolean => compareGrades(a, b) >= 0

  test('the whole is never below a field', () => {
    fc.assert(
      fc.property(data, (d) => {
        const p = proposeGrade(rules, d)
        return p.fields.every((f) => least(p.grade, f.grade))
      }),
    )
  })
  test('one more field never lowers it', () => {
    fc.assert(
      fc.property(data, field, (d, f) =>
        least(proposeGrade(rules, { ...d, fields: [...d.fields, f] }).grade, proposeGrade(rules, d).grade),
      ),
    )
  })
  test('more records or another harm never lower it', () => {
    fc.assert(
      fc.property(data, harm, fc.nat(10_000_000), (d, h, n) => {
        const before = proposeGrade(rules, d).grade
        return (
          least(proposeGrade(rules, { ...d, volume: (d.volume ?? 0) + n }).grade, before) &&
          least(proposeGrade(rules, { ...d, harm: [...(d.harm ?? []), h] }).grade, before)
        )
      }),
    )
  })
  test('the floors hold', () => {
    fc.assert(
      fc.property(data, (d) => {
        const g = proposeGrade(rules, d).grade
        if (d.fields.some((f) => f.personal === 'sensitive')) expect(least(g, '4')).toBe(true)
        if (d.fields.some((f) => f.personal !== 'none')) expect(least(g, '2')).toBe(true)
        if (d.sharing === 'none' || d.opening === 'none') expect(least(g, '4')).toBe(true)
        if (d.sharing === 'conditional' || d.opening === 'conditional') expect(least(g, '2')).toBe(true)
      }),
    )
  })
  test('the grade is that of some reason, and 重要 and 核心 are never the unit’s to decide', () => {
    fc.assert(
      fc.property(data, (d) => {
        const p = proposeGrade(rules, d)
        expect(p.grade).toBe(highest(p.reasons.map((r) => r.grade)))
        expect(p.decidedBy.by).toBe(compareGrades(p.grade, '5') >= 0 ? 'bureau' : 'unit')
      }),
    )
  })
})

describe('who decides (数据安全法 第二十一条)', () => {
  test.each([
    ['1', 'unit'],
    ['4', 'unit'],
    ['5', 'bureau'],
    ['6', 'bureau'],
  ] as const)('grade %s: %s', (grade, by) => expect(decidedBy(rules, grade).by).toBe(by))
  test('no pack can hand 重要数据 to the unit', () => {
    const { general } = gradingRule(rules, 'catalogue.grading.decides')
    const value = { general, important: general, core: general }
    expect(gradingSection['catalogue.grading.decides'].safeParse(value).success).toBe(false)
  })
  test('a province names who', () => {
    expect(decidedBy(draft, '5').term).toBe('省人民政府数据主管部门会同省网信等部门')
    expect(draft.values['catalogue.grading.register']?.basis.certainty).toBe('stated')
  })
})

describe('lowering', () => {
  test('needs a reason, whoever lowers', () => {
    expect(lowering(rules, '4', '3', undefined)?.code).toBe('reason_required')
    expect(lowering(rules, '4', '3', '没必要')?.code).toBe('reason_required')
    expect(lowering(rules, '4', '3', '         ')?.code).toBe('reason_required')
    expect(lowering(rules, '4', '3', '证件号码已全部以不可逆摘要代替')).toBeUndefined()
    expect(lowering(rules, '3', '4', undefined)).toBeUndefined()
    expect(lowering(rules, '3', '3', undefined)).toBeUndefined()
  })
  test('no reason brings the whole below its highest field', () => {
    expect(lowering(rules, '4', '3', '证件号码已全部以不可逆摘要代替', ['2', '4'])?.code).toBe('below_field')
  })
})

describe('a grade is a gate', () => {
  const uses = [
    'supply',
    'opening.unconditional',
    'opening.conditional',
    'sharing.unconditional',
    'sharing.conditional',
  ] as const
  test.each(uses)('what is not graded is not for %s', (use) => {
    expect(gradeGate(rules, undefined, use)?.code).toBe('ungraded')
    expect(gradeGate(rules, { grade: '1', decided: true }, use)).toBeUndefined()
  })
  test.each(uses)('what waits for the authority is not for %s', (use) => {
    const held = gradeGate(rules, { grade: '5', decided: false }, use)
    expect(held?.code).toBe('grade_pending')
    expect(held?.says).toContain('数据管理部门')
  })
  test.each([
    ['5', 'supply', true],
    ['4', 'supply', false],
    ['4', 'opening.unconditional', true],
    ['4', 'opening.conditional', false],
    ['5', 'opening.conditional', true],
    ['5', 'sharing.conditional', false],
    ['6', 'sharing.conditional', true],
  ] as const)('grade %s and %s: barred %s', (grade, use, barred) =>
    expect(gradeGate(rules, { grade, decided: true }, use)?.code).toBe(barred ? 'grade_bars' : undefined),
  )
})

describe('derived data is graded again', () => {
  const sources = [
    { name: '患者基本信息', grade: '4', personal: 'sensitive' },
    { name: '医疗机构信息', grade: '1', personal: 'none' },
  ] as const
  const why = '按区县汇总，每格不少于十人，已试算不能反推个人'
  test.each(['copied', 'merged', 'labelled', 'desensitised', 'aggregated', 'anonymised'])(
    '%s: never lower by itself',
    (transformation) => expect(proposeDerived(rules, { sources, transformation }).grade).toBe('4'),
  )
  test.each([
    ['aggregated', '1'],
    ['anonymised', '1'],
    ['desensitised', '2'],
    ['labelled', '4'],
    ['merged', '4'],
    ['copied', '4'],
  ])('%s with a reason: %s', (transformation, grade) => {
    const p = proposeDerived(rules, { sources, transformation, reason: why })
    expect(p.grade).toBe(grade)
    expect(p.reasons.some((r) => r.says.includes(why))).toBe(grade !== '4')
  })
  test('what comes out of 重要数据 is the authority’s to release, even at a lower grade', () => {
    const p = proposeDerived(rules, {
      sources: [{ name: '全国人口信息', grade: '5', personal: 'personal' }],
      transformation: 'aggregated',
      reason: why,
    })
    expect(p).toMatchObject({ grade: '1', decidedBy: { by: 'bureau' } })
  })
  test('it is never above its highest source, and never below without a reason', () => {
    const source = fc.record({
      name: fc.constant('来源'),
      grade: fc.constantFrom(...grades),
      personal: fc.constantFrom<Personal>('none', 'personal', 'sensitive'),
    })
    const how = fc.constantFrom(...gradingRule(rules, 'catalogue.grading.derived').map((d) => d.value))
    fc.assert(
      fc.property(fc.array(source, { minLength: 1 }), how, fc.option(fc.constant(why)), (of, transformation, said) => {
        const p = proposeDerived(rules, { sources: of, transformation, ...(said ? { reason: said } : {}) })
        const top = highest(of.map((s) => s.grade))
        expect(compareGrades(p.grade, top)).toBeLessThanOrEqual(0)
        if (!said) expect(p.grade).toBe(top)
      }),
    )
  })
  test('without a source, or by an unknown way, it is a mistake of the caller', () => {
    expect(() => proposeDerived(rules, { sources: [], transformation: 'copied' })).toThrow()
    expect(() => proposeDerived(rules, { sources, transformation: 'magic' })).toThrow('magic')
  })
})
