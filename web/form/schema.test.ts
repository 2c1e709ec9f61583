import { formJsonSchema, parseForm } from '#contract'
import type { Form } from '#contract'
import { describe, expect, it } from 'vitest'
import type { FormSchema, Value } from './schema.ts'
import { missing, progressOf, prune, publicWords, putAt } from './schema.ts'

const form: Form = [
  {
    key: 'subject',
    term: '登记主体信息',
    type: 'group',
    required: true,
    fields: [
      { key: 'name', term: '名称', type: 'text', required: true, public: true },
      { key: 'contact', term: '联系人', type: 'text', required: true, personal: true },
      {
        key: 'joint',
        term: '多个主体',
        type: 'choice',
        required: true,
        options: [
          { value: 'no', term: '单一主体' },
          { value: 'joint', term: '共同申请' },
        ],
      },
      {
        key: 'holders',
        term: '其他主体',
        type: 'list',
        required: true,
        when: { key: 'joint', is: ['joint'] },
        fields: [
          { key: 'name', term: '单位', type: 'text', required: true },
          { key: 'since', term: '起始日', type: 'day' },
        ],
      },
    ],
  },
  {
    key: 'risk',
    term: '风险评估',
    type: 'group',
    fields: [{ key: 'day', term: '评估日期', type: 'day', required: true }],
  },
]
const schema = formJsonSchema(form) as FormSchema

describe('what a form sends', () => {
  const typed: Value = {
    subject: { name: '市公积金中心', contact: '刘某', joint: 'no', holders: [{ name: '另一单位' }] },
    risk: { day: '' },
  }

  it('leaves out what is not asked and what is empty, so that the server accepts it', () => {
    const sent = prune(schema, typed)
    expect(sent).toEqual({ subject: { name: '市公积金中心', contact: '刘某', joint: 'no' } })
    expect(parseForm(form, sent).ok).toBe(true)
  })

  it('keeps a required group though it is empty, so that the server names what is missing in it', () => {
    expect(prune(schema, {})).toEqual({ subject: {} })
  })

  it('drops empty rows and keeps the others', () => {
    const joint = putAt(
      putAt(typed, ['subject', 'joint'], 'joint'),
      ['subject', 'holders'],
      [{ since: '' }, { name: '甲' }],
    )
    expect(prune(schema, joint)).toEqual({
      subject: { name: '市公积金中心', contact: '刘某', joint: 'joint', holders: [{ name: '甲' }] },
    })
  })
})

describe('what is missing', () => {
  it('agrees with the server on every required field that is asked', () => {
    const value: Value = { subject: { joint: 'joint', holders: [{ since: '2026-03-02' }] } }
    const paths = Object.keys(missing(schema, value)).sort()
    const server = parseForm(form, value)
    expect(server.ok ? [] : server.problems.map((p) => p.path).sort()).toEqual(paths)
    expect(paths).toEqual(['subject.contact', 'subject.holders.0.name', 'subject.name'])
  })

  it('asks for what one of several choices brings with it', () => {
    const more = formJsonSchema([
      { key: 'origins', term: '来源', type: 'choices', options: [{ value: 'shared', term: '共享获得' }] },
      { key: 'source', term: '提供单位', type: 'text', required: true, when: { key: 'origins', is: ['shared'] } },
    ]) as FormSchema
    expect(missing(more, { origins: [] })).toEqual({})
    expect(missing(more, { origins: ['shared'] })).toEqual({ source: '请填写提供单位' })
  })

  it('asks nothing of an optional group until it is begun', () => {
    expect(missing(schema, { risk: {} })).not.toHaveProperty('risk.day')
    expect(progressOf(schema.properties!['risk']!, undefined)).toEqual({ asked: 1, missing: 0, empty: true })
  })
})

it('shows the public only what is public and not personal', () => {
  expect(publicWords(schema, { subject: { name: '市公积金中心', contact: '刘某' } })).toEqual([
    { term: '名称', value: '市公积金中心' },
  ])
})

describe('putAt', () => {
  it('makes groups and rows on the way and leaves the rest as it was', () => {
    const before: Value = { a: { b: 1 } }
    const after = putAt(before, ['list', 0, 'name'], '甲')
    expect(after).toEqual({ a: { b: 1 }, list: [{ name: '甲' }] })
    expect(after['a']).toBe(before['a'])
  })
})
