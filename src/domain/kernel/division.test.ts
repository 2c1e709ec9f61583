import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseDivisions } from '#policy'
import { divisionLevel, isWithin, parentOf } from './division.ts'

test.each([
  ['341502', 'county', '341500'],
  ['341500', 'city', '340000'],
  ['431000', 'city', '430000'],
  ['433100', 'city', '430000'],
  ['340000', 'province', '000000'],
  ['500000', 'province', '000000'],
  ['000000', 'nation', undefined],
])('%s is a %s under %s', (code, level, parent) => {
  expect(divisionLevel(code)).toBe(level)
  expect(parentOf(code)).toBe(parent)
})

test.each(['', '3415', '34150a', '340015', '004300', '0000000', '３４１５００'])('“%s” is no division code', (text) => {
  expect(divisionLevel(text)).toBeUndefined()
})

test.each([
  ['341502', '341500', true],
  ['341502', '340000', true],
  ['341502', '000000', true],
  ['341500', '341500', true],
  ['341500', '341502', false],
  ['431000', '430000', true],
  ['431003', '431000', true],
  ['430100', '431000', false],
  ['441200', '430000', false],
  ['000000', '430000', false],
])('%s within %s: %s', (code, ancestor, within) => {
  expect(isWithin(code, ancestor)).toBe(within)
})

test('every division in policies/ lies under the parent its code says', () => {
  const { divisions } = parseDivisions(
    parse(readFileSync(new URL('../../../policies/divisions.yaml', import.meta.url), 'utf8')),
  )
  expect(divisions?.size).toBe(44)
  for (const d of divisions?.values() ?? []) expect([d.name, parentOf(d.code)]).toEqual([d.name, d.parent])
})
