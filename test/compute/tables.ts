import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadLayers } from '#application'
import type { Refusal } from '#contract'
import { isRefusal } from '#contract'
import { freshSince, type Check, type CheckKind, type Counts } from '#domain/catalogue'
import type { Day } from '#domain/kernel'
import { measure, type FileSource, type MeasureOptions, type Source } from '#compute'
import type { Row } from './reference.ts'

export const policies = loadLayers(new URL('../../policies/', import.meta.url).pathname)
export const today = '2026-03-16' as Day
export const since = (within: { value: number; unit: 'workday' | 'day' | 'month' | 'year' }): Day =>
  freshSince(policies.calendar, today, within)

type Params<K extends CheckKind> = Extract<Check, { kind: K }>['params']
/** A check of one kind; the rest of it does not matter to what is counted. */
export const check = <K extends CheckKind>(kind: K, fields: readonly string[], params: Params<K>, key = ''): Check =>
  ({
    key: key || `${kind}:${fields.join('+')}:${JSON.stringify(params)}`,
    kind,
    fields,
    params,
    dimension: 'accuracy',
    severity: 'block',
    threshold: 0,
  }) as unknown as Check

const cell = (v: string | null | undefined): string => (v ? `"${v.replaceAll('"', '""')}"` : '')
export const csv = (columns: readonly string[], rows: readonly Row[]): string =>
  `${columns.map(cell).join(',')}\n${rows.map((r) => `${columns.map((c) => cell(r[c])).join(',')}\n`).join('')}`

export const bytes = async function* (...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const p of parts) yield typeof p === 'string' ? Buffer.from(p) : p
}
export const textFile = (...parts: readonly (string | Uint8Array)[]): FileSource => ({
  kind: 'csv',
  content: bytes(...parts),
})

export const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-quality-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
export const scan = (
  source: Source,
  checks: readonly Check[],
  more: Partial<MeasureOptions> = {},
): Promise<Counts | Refusal> =>
  measure(source, checks, { dataDir: more.dataDir ?? folder(), day: today, since, ...more })

export const counted = (found: Counts | Refusal): Counts => {
  if (isRefusal(found)) throw new Error(`${found.code}: ${found.says}`)
  return found
}
/** Rows checked and failed of a single check. */
export const failures = async (source: Source, c: Check, more: Partial<MeasureOptions> = {}): Promise<string> => {
  const found = counted(await scan(source, [c], more)).checks[c.key]!
  return found.absent ? 'absent' : `${found.failed}/${found.checked}`
}
