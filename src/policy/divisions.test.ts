import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseDivisions } from './divisions.ts'

const file = parse(readFileSync(new URL('../../policies/divisions.yaml', import.meta.url), 'utf8')) as {
  document: unknown
  divisions: { code: string; name: string; parent?: string }[]
}
const withDivision = (d: { code: string; name: string; parent?: string }) =>
  parseDivisions({ ...file, divisions: [...file.divisions, d] })

test('the divisions in policies/ are sound, superior first', () => {
  const { divisions, problems } = parseDivisions(file)
  expect(problems).toEqual([])
  expect(divisions?.get('433100')).toEqual({ code: '433100', name: '湘西土家族苗族自治州', parent: '430000' })
  expect([...(divisions?.values() ?? [])].filter((d) => d.parent === '430000')).toHaveLength(14)
  expect([...(divisions?.keys() ?? [])].slice(0, 3)).toEqual(['000000', '340000', '341500'])
})

test.each([
  ['a code given twice', { code: '341500', name: '六安市', parent: '340000' }, 'code given twice'],
  [
    'a parent that is not there',
    { code: '350100', name: '福州市', parent: '350000' },
    'parent 350000 is not in the file',
  ],
  ['no parent', { code: '350000', name: '福建省' }, 'has no parent'],
  ['another division’s child', { code: '430224', name: '茶陵县', parent: '430100' }, 'does not lie within 430100'],
])('refuses %s', (_, division, says) => {
  const { divisions, problems } = withDivision(division)
  expect(divisions).toBeUndefined()
  expect(problems.map((p) => p.says)).toContain(says)
})
