import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compareJurisdictions, loadLayers, policiesDir } from '#application'
import { comparisonRows } from '#domain/authorization'
import type { Layer } from '#policy'

const { layers } = loadLayers(policiesDir)
const compared = compareJurisdictions(layers, '2026-01-01')

/** The table as it was read from the documents by hand. */
const table = readFileSync(new URL('./differences.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((l) => l.startsWith('|'))
  .map((l) =>
    l
      .trim()
      .slice(1, -1)
      .split('|')
      .map((c) => c.trim()),
  )
const [, ...read] = table.filter((r) => !r.every((c) => /^-+$/.test(c)))
const columns = ['hunan', 'hunan-ordinance-draft', 'guangdong-zhaoqing', 'anhui-luan']

describe('how the jurisdictions differ', () => {
  it.each(read.map((r) => [r[0]!, r.slice(1)] as const))('%s: each cell is what its pack says', (term, cells) => {
    const key = comparisonRows.find((r) => r.term === term)?.key ?? ''
    const said = columns.map((layer) => compared.find((c) => c.layer === layer)?.cells[key]?.says ?? '—')
    expect(said).toEqual(cells)
  })

  it('nothing is compared that was not read, and nothing read is left out', () => {
    expect(comparisonRows.map((r) => r.term)).toEqual(read.map((r) => r[0]))
    expect(compared.map((c) => c.layer).sort()).toEqual([...columns].sort())
  })

  it.each([
    ['anhui-luan', 'authorization.agreement.term', 'agreementTerm', { value: 4, unit: 'year' }, '原则≤4年'],
    ['hunan', 'authorization.recordal.plan.limit', 'planApproval', { value: 15, unit: 'workday' }, '审批后15wd备案'],
    ['hunan', 'authorization.operators.domain', 'operators', { most: 2, strict: false }, '分领域原则2'],
    ['anhui-luan', 'authorization.developer', 'developers', { term: '共建方' }, '共建方'],
  ])('a cell follows the rule it speaks of: %s %s', (name, path, key, value, says) => {
    const changed = layers.map((l): Layer =>
      l.name === name ? { ...l, rules: { ...l.rules, [path]: [{ ...l.rules[path]![0]!, value }] } } : l,
    )
    const cell = compareJurisdictions(changed, '2026-01-01').find((c) => c.layer === name)?.cells[key]?.says
    expect(cell).toContain(says)
  })
})
