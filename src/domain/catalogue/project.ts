import type { Json, JsonObject } from '#contract'
import { fieldAt } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import {
  batchOf,
  freshDueOf,
  gradeOf,
  isCollected,
  isPublished,
  isSecret,
  itemData,
  refreshedOn,
  registrationOf,
  text,
} from './item.ts'
import { itemForm } from './pack.ts'
import { qualityColumns } from './qualityacts.ts'

const list = (v: unknown): readonly JsonObject[] => (Array.isArray(v) ? (v as JsonObject[]) : [])
const texts = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : [])

/** Two entries that say the same under the same territory are looked at together (一数一源): the name without blanks, brackets and case. */
export const sameKey = (name: string): string => name.replace(/[\s()（）《》“”"'、，,.·]/g, '').toLowerCase()

/** Share of what an entry should say that it says, in hundredths: each asked field of its form counts once, its information items once. */
export const completeness = (rules: Rules, data: JsonObject): number => {
  const asked = itemForm(rules).flatMap((f) =>
    f.type === 'group'
      ? (f.fields ?? []).filter((x) => !x.when && x.type !== 'yes' && x.key !== 'upstream').map((x) => x.key)
      : [f.key],
  )
  const said = asked.filter((k) => {
    const v = data[k]
    return v !== undefined && v !== '' && !(Array.isArray(v) && v.length === 0)
  })
  return asked.length === 0 ? 100 : Math.floor((said.length * 100) / asked.length)
}

export interface CatalogueRow {
  readonly table: 'item' | 'public_item'
  readonly row: { readonly [column: string]: Json } | null
}

/** The catalogue's read models as functions of an item: what those concerned count and filter by, and what the public sees. */
export const itemRows = (s: Case, rules: Rules): readonly CatalogueRow[] => {
  if (s.process !== 'item') return []
  const d = itemData(s)
  const collected = isCollected(s)
  // 重要 and 核心 are nobody's to look up
  const published = s.at === 'listed' && isPublished(s) && !isSecret(s) && gradeOf(s) < '5'
  const name = text(d['name'])
  const units = texts(d['holders'])
  const shared = {
    id: s.id,
    object: s.kind,
    name,
    code: text(d['code']),
    units,
    division: s.division,
    industry: text(d['industry']),
    theme: text(d['theme']),
    format: text(d['format']),
    frequency: text(d['frequency']),
    sharing: text(d['sharing']),
    opening: text(d['opening']),
    grade: gradeOf(s),
    collected: collected ?? null,
    registered: registrationOf(s)?.code ?? '',
    batch: batchOf(s),
    summary: text(d['summary']),
    updated: s.day,
  }
  return [
    {
      table: 'item',
      row:
        s.at === 'removed'
          ? null
          : {
              ...shared,
              holder: s.seats['holder'] ?? '',
              readers: [...new Set(Object.values(s.seats).filter(Boolean))].sort(),
              state: s.at,
              library: text(d['library']),
              published,
              secret: isSecret(s),
              same: sameKey(name),
              fields: list(d['fields']).length,
              complete: completeness(rules, d),
              fresh_due: freshDueOf(s) || null,
              refreshed: refreshedOn(s) || null,
              ...qualityColumns(s),
            },
    },
    {
      table: 'public_item',
      row: published
        ? {
            ...shared,
            detail: {
              shown: publicEntries(rules, d),
              fields: list(d['fields']).map(({ name: n, field, type, length, nullable, key, meaning }) => ({
                name: text(n),
                field: text(field),
                type: text(type),
                length: text(length),
                nullable: nullable === true,
                key: key === true,
                meaning: text(meaning),
              })),
            },
          }
        : null,
    },
  ]
}

/** The fields that the pack marks public, with their terms. Nothing else of an entry leaves it. */
const publicEntries = (rules: Rules, d: JsonObject): Json[] =>
  itemForm(rules).flatMap((g) =>
    (g.fields ?? []).flatMap((f): Json[] => {
      const value = d[f.key]
      if (g.type !== 'group' || !f.public || value === undefined || value === '') return []
      const term = f.options?.find((o) => o.value === value)?.term ?? String(value)
      return [{ group: g.term, term: f.term, value: term }]
    }),
  )

/** Words for the codes of an entry's fields, by the form in force. */
export const termOfField = (rules: Rules, key: string, value: string): string => {
  const form = itemForm(rules)
  const field = form.flatMap((g) => (g.fields ? (fieldAt(form, [g.key, key]) ?? []) : []))[0]
  return field?.options?.find((o) => o.value === value)?.term ?? value
}
