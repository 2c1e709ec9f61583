import type { JsonObject } from '#contract'

/** What was answered to a field, as the text or the list it should be; empty where it is anything else. */
export const text = (v: unknown): string => (typeof v === 'string' ? v : '')
export const list = (v: unknown): readonly JsonObject[] => (Array.isArray(v) ? (v as JsonObject[]) : [])
export const strings = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : []
