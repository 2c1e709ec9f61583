import { expect, it } from 'vitest'
import { isRefusal } from '#contract'
import { checkIdNumber } from './index.ts'

it.each([
  ['11010519491231002X', undefined],
  ['11010519491231002x', undefined],
  ['440524188001010014', undefined],
  ['110105194912310021', '校验位'],
  ['110105194902310025', '出生日期'],
  ['1101051949123100', '18 位'],
  ['11010519491231002\u202E', '18 位'],
])('an identity number is checked by its own arithmetic: %s', (id, problem) => {
  const r = checkIdNumber(id)
  if (problem === undefined) expect(r).toEqual({ ok: true })
  else expect(isRefusal(r) && r.says).toContain(problem)
})
