import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { drawHolds, drawnAgain } from './drawn.ts'

const ids = Array.from({ length: 9 }, (_, i) => `0000000${i}-0000-7000-8000-000000000000`)
const root = 'ab'.repeat(32)
const seed = `${root}11111111-0000-7000-8000-000000000000`
const order = [...ids].sort((a, b) =>
  createHash('sha256')
    .update(seed + a)
    .digest('hex') <
  createHash('sha256')
    .update(seed + b)
    .digest('hex')
    ? -1
    : 1,
)
const record = {
  seed,
  root,
  origin: 'log',
  size: 3,
  order,
  skipped: [{ id: order[1]!, reason: '回避' }],
  panel: [order[0]!, order[2]!, order[3]!],
}

it('draws again as anybody would with SHA-256 alone', () => {
  expect(drawnAgain(seed, ids)).toEqual(order)
  expect(drawHolds(record)).toBe(true)
})
it('finds an order, a choice or a seed that was not drawn', () => {
  expect(drawHolds({ ...record, panel: [order[0]!, order[2]!, order[4]!] })).toBe(false)
  expect(drawHolds({ ...record, order: [...ids] })).toBe(false)
  expect(drawHolds({ ...record, skipped: [] })).toBe(false)
  expect(drawHolds({ ...record, root: 'cd'.repeat(32) })).toBe(false)
})
