import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { isRefusal } from '#contract'
import { ingest, type SuppliedColumn } from './ingest.ts'

const dir = mkdtempSync(join(tmpdir(), 'gongshu-ingest-'))
afterAll(() => rmSync(dir, { recursive: true }))
const fields = ['甲', '乙', '丙', '丁'].map((name) => ({ name }))
const quoted = (v: string): string => `"${v.replaceAll('"', '""')}"`

const taken = async (rows: readonly (readonly string[])[], columns: readonly SuppliedColumn[]) => {
  const bytes = Buffer.from([fields.map((f) => f.name), ...rows].map((r) => r.map(quoted).join(',')).join('\n') + '\n')
  const done = await ingest(
    {
      kind: 'csv',
      content: (async function* () {
        yield bytes
      })(),
    },
    {
      dataDir: dir,
      fields,
      columns,
      examine: async () => undefined,
      allowed: () => undefined,
      put: async (content) => {
        const pieces: Uint8Array[] = []
        for await (const p of content) pieces.push(p)
        return Buffer.concat(pieces).toString()
      },
    },
  )
  if (isRefusal(done)) throw new Error(done.says)
  expect(done.raw.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  return done
}

it('what comes out is row by row what came in, whatever stands in a value, with masks where they belong', async () => {
  const value = fc
    .string({ maxLength: 12, unit: fc.constantFrom('a', '，', ',', '"', '\n', ' ', "'", ';', '号', '0', '\t') })
    .filter((v) => !v.includes('\r'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, value, value, value), { minLength: 1, maxLength: 30 }),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
      async (rows, kept) => {
        const columns = fields.map((f, i): SuppliedColumn => ({
          name: f.name,
          kept: kept[i]!,
          mask: kept[i] ? (v) => v : (v) => `〔${v}〕`,
        }))
        const done = await taken(rows, columns)
        const out = parse(done.stored, { relax_column_count: true }) as string[][]
        expect(out).toEqual([
          fields.map((f) => f.name),
          ...rows.map((r) => r.map((v, i) => (kept[i] ? v : `〔${v}〕`))),
        ])
        expect(done.rows).toBe(rows.length)
      },
    ),
    { numRuns: 25 },
  )
}, 120_000)

it('a column without a mask is not there, and it is said', async () => {
  const done = await taken(
    [['1', '2', '3', '4']],
    fields.map((f, i): SuppliedColumn => ({ name: f.name, kept: i !== 1, mask: i === 1 ? undefined : (v) => v })),
  )
  expect([done.stored, done.dropped]).toEqual(['甲,丙,丁\n1,3,4\n', ['乙']])
})
