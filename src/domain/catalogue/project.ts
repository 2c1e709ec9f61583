import type { Json, JsonObject } from '#contract'
import { fieldAt } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { list, text } from '../kernel/index.ts'
import {
  batchOf,
  freshDueOf,
  gradeOf,
  isCollected,
  isPublished,
  isSecret,
  itemData,
  openDataOf,
  refreshedOn,
  registrationOf,
  sameKey,
  sourceOf,
} from './item.ts'
import { demandRow } from './demand.ts'
import { filingRow } from './filing.ts'
import { publicNoticeRow } from './notice.ts'
import { openingRule } from './openingPack.ts'
import { catalogueRule, itemForm } from './pack.ts'
import { planRow } from './plan.ts'
import { qualityColumns } from './qualityacts.ts'

const texts = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : [])

/** Share of what an entry should say that it says, in hundredths: each asked field of its form counts once, its information items once; what only some entries have (a second holder, what it is made from) does not count. */
export const completeness = (rules: Rules, data: JsonObject): number => {
  const asked = askedOf(rules)
  return asked.length === 0 ? 100 : Math.floor(((asked.length - missing(rules, data).length) * 100) / asked.length)
}
const askedOf = (rules: Rules): readonly { readonly key: string; readonly term: string }[] =>
  itemForm(rules).flatMap((f) =>
    f.type === 'group' ? (f.fields ?? []).filter((x) => !x.when && !['yes', 'party', 'items'].includes(x.type)) : [f],
  )
/** Terms of what an entry should say by these rules and does not. */
export const missing = (rules: Rules, data: JsonObject): readonly string[] =>
  askedOf(rules).flatMap(({ key, term }) => {
    const v = data[key]
    return v === undefined || v === '' || (Array.isArray(v) && v.length === 0) ? [term] : []
  })

export interface CatalogueRow {
  readonly table:
    'item' | 'public_item' | 'public_dataset' | 'opening_plan' | 'public_demand' | 'filing' | 'public_catalogue_notice'
  readonly row: { readonly [column: string]: Json } | null
}

/** The catalogue's read models as functions of a case. */
export const catalogueRows = (s: Case, rules: Rules): readonly CatalogueRow[] => {
  switch (s.process) {
    case 'item':
      return itemRows(s, rules)
    case 'filing':
      return [{ table: 'filing', row: filingRow(s) as CatalogueRow['row'] }]
    case 'catalogueNotice':
      return [{ table: 'public_catalogue_notice', row: publicNoticeRow(s) }]
    case 'openingPlan':
      return [{ table: 'opening_plan', row: planRow(s) }]
    case 'demand':
      return [{ table: 'public_demand', row: demandRow(s) }]
    default:
      return []
  }
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
              co_holder: s.seats['coHolder'] ?? '',
              readers: [...new Set(Object.values(s.seats).filter(Boolean))].sort(),
              state: s.at,
              library: text(d['library']),
              published,
              secret: isSecret(s),
              same: sameKey(name),
              source: sourceOf(s),
              guideline: catalogueRule(rules, 'catalogue.guideline').version,
              filed: text(s.data['filed']?.['receipt']),
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
    { table: 'public_dataset', row: datasetRow(s, rules, shared) },
  ]
}

/** The open data of an entry: what it is, never a row of it. */
const datasetRow = (s: Case, rules: Rules, shared: { readonly [column: string]: Json }): CatalogueRow['row'] => {
  const open = openDataOf(s, rules)
  if (!open) return null
  const { id, name, units, division, theme, frequency, summary } = shared as Record<string, Json>
  return {
    ...({ id, name, units, division, theme, frequency, summary } as Record<string, Json>),
    class: open.class,
    licence: openingRule(rules, 'catalogue.opening.licences')[open.class],
    file: open.file,
    size: open.size,
    sha256: open.sha256,
    sm3: open.sm3,
    rows: open.rows,
    keys: [...open.keys],
    columns: open.columns as unknown as Json,
    data_day: open.dataDay || null,
    version: open.version,
    opened: open.opened,
  }
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
