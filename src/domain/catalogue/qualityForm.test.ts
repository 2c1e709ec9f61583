import { describe, expect, test } from 'vitest'
import { isRefusal } from '#contract'
import { checkRows, readChecks } from './qualityForm.ts'
import { checkKinds, checksSchema, type Check } from './index.ts'

const items = [{ name: '编号', field: 'bh' }, { name: '省、市' }, { name: '日期' }]
const of = (kind: string, fields: readonly string[], params: object, key = ''): Check =>
  ({
    key: key || [kind, fields.join('+')].filter(Boolean).join(':'),
    kind,
    fields,
    params,
    dimension: 'd',
    severity: 'warn',
    threshold: 7,
  }) as never
const every: readonly Check[] = [
  of('notNull', ['bh'], {}),
  of('notNull', ['省、市'], { empties: ['无', 'NULL'] }),
  of('unique', ['bh', '日期'], {}),
  of('type', ['日期'], { as: 'datetime' }),
  of('length', ['bh'], { max: 18 }),
  of('length', ['日期'], { min: 2, max: 3 }),
  of('range', ['bh'], { min: '-1.5', max: '100' }),
  of('range', ['日期'], { from: '2020-01-01' }),
  of('pattern', ['bh'], { pattern: '[A-Z]{2}\\d{6}' }),
  of('accepted', ['bh'], { values: ['1', '2'] }),
  of('format', ['bh'], { format: 'uscc' }, 'format:bh:uscc'),
  of('notFuture', ['日期'], {}),
  of('freshness', ['日期'], { within: { value: 5, unit: 'workday' } }),
  of('consistency', ['bh', '日期'], { relation: 'le', as: 'day' }, 'consistency:bh+日期:le'),
  of('consistency', ['日期', 'bh'], { relation: 'implies', values: ['1', '2'] }, 'consistency:日期+bh:implies'),
  of('sum', ['bh', '日期', '省、市'], { tolerance: '0.01' }),
  of('referential', ['bh'], { reference: '区划.表', field: 'code' }),
  of('rowCount', [], { min: 1 }),
  of('columns', ['bh', '省、市', '日期'], {}),
  of('machineReadable', [], {}),
]

describe('what is written in the form of checks', () => {
  test('every kind is written as it is read back', () => {
    expect(new Set(every.map((c) => c.kind))).toEqual(new Set(checkKinds))
    expect(checksSchema.safeParse(every).error?.message).toBeUndefined()
    expect(readChecks(checkRows(every), items)).toEqual(every)
  })
  test('the columns are those of the entry, whatever they are by then', () => {
    const read = readChecks(checkRows([of('columns', ['bh'], {})]), [{ name: '新' }])
    expect(read).toMatchObject([{ fields: ['新'] }])
  })
  test('two checks of one kind on one field are told apart', () => {
    const two = [of('pattern', ['bh'], { pattern: 'A.*' }), of('pattern', ['bh'], { pattern: '.*B' })]
    expect(readChecks(checkRows(two), items)).toMatchObject([{ key: 'pattern:bh' }, { key: 'pattern:bh#2' }])
  })
  test('all that is wrong is told at once, each where it stands and how it is written', () => {
    const rows = [
      { ...checkRows([every[4]!])[0]!, parameters: '十八' },
      checkRows([every[0]!])[0]!,
      { ...checkRows([every[2]!])[0]!, fields: '' },
    ]
    const read = readChecks(rows, items)
    expect(isRefusal(read) && Object.keys(read.fields!)).toEqual(['rules.0.parameters', 'rules.2.fields'])
    expect(isRefusal(read) && read.fields!['rules.0.parameters']).toContain('1~18')
  })
})
