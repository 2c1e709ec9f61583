import type { Json, JsonObject } from '#contract'
import type { Case } from '../kernel/index.ts'
import { list, text } from '../kernel/index.ts'
import { isSecret, itemData } from './item.ts'

/** What a unit looks for: a name, and information items. */
export interface Wanted {
  readonly name: string
  readonly fields: readonly string[]
}

// words that stand in almost every entry say nothing about likeness
const empty = new Set(['信息', '数据', '情况', '记录', '名单', '列表', '明细', '资料', '相关', '基本', '汇总', '统计'])

/** Pairs of neighbouring characters, the words that tell entries apart: 公积金缴存 → 公积, 积金, 金缴, 缴存. */
export const gramsOf = (words: string): readonly string[] => {
  const plain = words.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
  const all = [...plain].slice(0, -1).map((c, i) => `${c}${[...plain][i + 1]}`)
  const telling = all.filter((g) => !empty.has(g))
  return [...new Set(telling.length > 0 ? telling : all)]
}
const fieldKey = (name: string): string => name.replace(/[\s()（）]/g, '').toLowerCase()

/**
 * How much of what is wanted an entry holds, in hundredths: the larger of the share of the name's pairs and of the information items
 * that it has. From 50 on it is shown to whoever wants to collect or buy.
 */
export const likeness = (wanted: Wanted, entry: Wanted): number => {
  const share = (asked: readonly string[], held: ReadonlySet<string>): number =>
    asked.length === 0 ? 0 : Math.floor((asked.filter((x) => held.has(x)).length * 100) / asked.length)
  const fields = wanted.fields.map(fieldKey).filter(Boolean)
  // one item such as 姓名 is everywhere: it takes two to be alike
  const byFields = fields.length < 2 ? 0 : share(fields, new Set(entry.fields.map(fieldKey)))
  return Math.max(share(gramsOf(wanted.name), new Set(gramsOf(entry.name))), byFields)
}

/** The class in which an entry is shared. One that says nothing is shared on condition: not sharing is what needs a reason. */
export const sharingOf = (data: JsonObject): string => text(data['sharing']) || 'conditional'

export interface SharedItemRow {
  readonly table: 'shared_item'
  readonly row: { readonly [column: string]: Json } | null
}

/** 政务数据共享目录: what other units may know of an entry in order to ask for it. Nothing of a secret one. */
export const sharedItemRows = (s: Case): readonly SharedItemRow[] => {
  if (s.process !== 'item') return []
  const d = itemData(s)
  const name = text(d['name'])
  const fields = list(d['fields']).map((f) => text(f['name']))
  const shown = s.kind === 'resource' && s.at === 'listed' && !isSecret(s)
  return [
    {
      table: 'shared_item',
      row: shown
        ? {
            id: s.id,
            name,
            code: text(d['code']),
            summary: text(d['summary']),
            holder: s.seats['holder'] ?? '',
            co_holder: s.seats['coHolder'] ?? '',
            units: Array.isArray(d['holders']) ? (d['holders'] as Json[]) : [],
            division: s.division,
            sharing: sharingOf(d),
            terms: text(d['sharingCondition']) || text(d['sharingBasis']),
            frequency: text(d['frequency']),
            fields,
            // what an application wants is looked for by these
            grams: [...new Set([...gramsOf(name), ...fields.map(fieldKey).filter(Boolean)])].sort(),
            updated: s.day,
          }
        : null,
    },
  ]
}
/** The same keys for what is wanted. */
export const keysOf = (w: Wanted): readonly string[] => [
  ...new Set([...gramsOf(w.name), ...w.fields.map(fieldKey).filter(Boolean)]),
]
