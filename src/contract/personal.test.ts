import { expect, it } from 'vitest'
import type { Form } from './form.ts'
import {
  fieldPath,
  isPersonal,
  joinPersonal,
  personalFields,
  placeholder,
  splitPersonal,
  withoutGone,
} from './personal.ts'

const form: Form = [
  { key: 'signer', term: '签署人', type: 'text', personal: true },
  {
    key: 'subject',
    term: '主体',
    type: 'group',
    fields: [
      { key: 'name', term: '名称', type: 'text' },
      { key: 'phone', term: '电话', type: 'text', personal: true },
      {
        key: 'holders',
        term: '持有单位',
        type: 'list',
        fields: [
          { key: 'name', term: '名称', type: 'text' },
          { key: 'phone', term: '电话', type: 'text', personal: true },
        ],
      },
    ],
  },
]
const answer = {
  signer: '王某',
  subject: { name: '甲', phone: '138', holders: [{ name: '乙', phone: '139' }, { name: '丙' }] },
  other: { phone: '不在表单里' },
}

it('an answer comes apart into what stays and its personal values by path, and together again', () => {
  const { rest, personal } = splitPersonal(form, answer)
  expect(personal).toEqual({ signer: '王某', 'subject.phone': '138', 'subject.holders.0.phone': '139' })
  expect(JSON.stringify(rest)).not.toMatch(/王某|138|139/)
  expect(joinPersonal(rest, personal)).toEqual(answer)
  expect(Object.keys(personal).every((p) => isPersonal(form, p))).toBe(true)
  expect(['subject', 'subject.name', 'other.phone', 'subject.holders'].some((p) => isPersonal(form, p))).toBe(false)
  expect([...new Set(Object.keys(personal).map(fieldPath))].sort()).toEqual(
    personalFields(form)
      .map((f) => f.path)
      .sort(),
  )
})

it('what is gone is not said again', () => {
  const { rest, personal } = splitPersonal(form, answer)
  const gaps = Object.fromEntries(Object.keys(personal).map((p) => [p, placeholder('erased')]))
  expect(withoutGone(joinPersonal(rest, gaps))).toEqual(rest)
  expect(withoutGone({ a: [placeholder('restricted'), 'x'], erased: false })).toEqual({ a: ['x'], erased: false })
})
