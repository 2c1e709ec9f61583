import type { Refusal } from '#contract'
import { inspect, type InspectedFile } from './intake.ts'

const megabyte = 1024 * 1024

/** Inspects what a person uploads as material or evidence, before anything is kept. */
export const inspectUpload = (bytes: Buffer, name: string): Promise<InspectedFile | Refusal> =>
  inspect(bytes, name, {
    allowed: ['pdf', 'png', 'jpeg', 'docx', 'xlsx', 'csv', 'txt', 'json', 'parquet'],
    maxBytes: 100 * megabyte,
    field: 'file',
  })

/** Inspects a file that should be a table, before it is read. */
export const inspectTable = (bytes: Buffer, name: string): Promise<InspectedFile | Refusal> =>
  inspect(bytes, name, { allowed: ['csv', 'xlsx', 'parquet'], maxBytes: 100 * megabyte, field: 'file' })
