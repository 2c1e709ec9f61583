import type { z } from 'zod'
import type { Layer, PackDocument, PackProblem, PackRule } from './pack.ts'

/** A citation as it travels with every value to the screen. */
export interface Citation {
  readonly document: string
  readonly title: string
  readonly short: string
  readonly number?: string
  readonly article?: string
  readonly certainty: 'stated' | 'inferred' | 'default'
  readonly status: PackDocument['status']
  readonly text: PackDocument['text']
  readonly note?: string
}

export interface Resolved {
  readonly value: unknown
  readonly basis: Citation
  readonly layer: string
  /** Values of superior layers that this one replaces, nearest first. */
  readonly overrides: readonly { readonly layer: string; readonly value: unknown; readonly basis: Citation }[]
  /** A local value that a later superior rule displaced (从其规定); shown as a conflict, never hidden. */
  readonly displaced: readonly {
    readonly layer: string
    readonly value: unknown
    readonly basis: Citation
    readonly by: Citation
  }[]
  readonly transition: 'keep' | 'apply'
}

export interface Rules {
  readonly division: string
  readonly layers: readonly {
    readonly name: string
    readonly title: string
    readonly layer: string
    readonly empty?: string
  }[]
  readonly values: Readonly<Record<string, Resolved>>
}

const rank = { nation: 0, province: 1, city: 2, registrar: 3 }

/** Layers that bind a division, superior first: those whose division is an ancestor or the division itself. */
export const layersFor = (
  layers: readonly Layer[],
  division: string,
  enabled: readonly string[] = [],
): readonly Layer[] => {
  const covers = (of: string): boolean => of === '000000' || division.startsWith(of.replace(/(00)+$/, ''))
  return layers
    .filter((l) => covers(l.division) && (!l.optional || enabled.includes(l.name)))
    .sort((a, b) => rank[a.layer] - rank[b.layer])
}

const citation = (layer: Layer, rule: PackRule): Citation => {
  const d = layer.documents[rule.basis.document]
  if (!d) throw new Error(`unknown document ${rule.basis.document}`)
  return {
    document: rule.basis.document,
    title: d.title,
    short: d.short,
    ...(d.number ? { number: d.number } : {}),
    ...(rule.basis.article ? { article: rule.basis.article } : {}),
    certainty: rule.basis.certainty,
    status: d.status,
    text: d.text,
    ...(rule.basis.note ? { note: rule.basis.note } : {}),
  }
}

/** A local document that says how long it runs binds nobody after its last day; the nation's layer stays, with a warning. */
const ended = (layer: Layer, rule: PackRule, day: string): boolean => {
  const until = layer.documents[rule.basis.document]?.until
  return layer.layer !== 'nation' && until !== undefined && until < day
}

/** First day of a rule: its own, else its document's. Without a date in the text it binds on every day. */
export const firstDay = (layer: Layer, rule: PackRule): string => {
  const d = layer.documents[rule.basis.document]
  return rule.from ?? d?.inForce ?? d?.issued ?? '0000-00-00'
}

/**
 * Resolves every rule for a division on a day: the most local value in force wins, unless its layer yields to later superior
 * rules and a superior value came into force after it; then the superior value wins and the conflict is recorded.
 */
export const resolve = (
  all: readonly Layer[],
  division: string,
  day: string,
  enabled: readonly string[] = [],
): Rules => {
  const layers = layersFor(all, division, enabled)
  const values: Record<string, Resolved> = {}
  for (const path of new Set(layers.flatMap((l) => Object.keys(l.rules)))) {
    let won: { layer: Layer; rule: PackRule } | undefined
    const overrides: Resolved['overrides'][number][] = []
    const displaced: Resolved['displaced'][number][] = []
    for (const layer of layers) {
      const rule = (layer.rules[path] ?? [])
        .filter((r) => firstDay(layer, r) <= day && !ended(layer, r, day))
        .sort((a, b) => (firstDay(layer, a) < firstDay(layer, b) ? 1 : -1))[0]
      if (!rule) continue
      if (won && layer.yields && firstDay(won.layer, won.rule) > firstDay(layer, rule)) {
        displaced.push({
          layer: layer.name,
          value: rule.value,
          basis: citation(layer, rule),
          by: citation(won.layer, won.rule),
        })
        continue
      }
      if (won) overrides.unshift({ layer: won.layer.name, value: won.rule.value, basis: citation(won.layer, won.rule) })
      won = { layer, rule }
    }
    if (won)
      values[path] = {
        value: won.rule.value,
        basis: citation(won.layer, won.rule),
        layer: won.layer.name,
        overrides,
        displaced,
        transition: won.rule.transition ?? 'keep',
      }
  }
  return {
    division,
    layers: layers.map((l) => ({
      name: l.name,
      title: l.title,
      layer: l.layer,
      ...(l.empty ? { empty: l.empty } : {}),
    })),
    values,
  }
}

/** The schema of a pack section: rule path → zod type of its value. Owned by the matter of the law that reads it. */
export type Section = Readonly<Record<string, z.ZodType>>

/** The typed value of a rule. A missing rule is a bug of the pack check, so this throws. */
export const valueOf = <S extends Section, K extends keyof S & string>(_: S, rules: Rules, path: K): z.infer<S[K]> => {
  const r = rules.values[path]
  if (!r) throw new Error(`rule ${path} is not in the resolved rules of ${rules.division}`)
  return r.value as z.infer<S[K]>
}

/** 《登记细则》第十一条, with the honesty marks a reader must see. */
export const cite = (c: Citation): string => {
  const marks = [
    c.certainty === 'default' ? '文件未定，系统默认' : c.certainty === 'inferred' ? '推定' : '',
    c.status === 'consultation'
      ? '征求意见稿'
      : c.status === 'draft'
        ? '草案'
        : c.status === 'superseded'
          ? '已被取代'
          : '',
    c.text === 'reconstructed' ? '重建文本' : '',
  ].filter(Boolean)
  return `《${c.short}》${c.article ?? ''}${marks.length ? `（${marks.join('；')}）` : ''}`
}

/** Every way a set of layers fails its sections: unknown rule, wrong shape, value missing for a division. */
export const checkLayers = (
  layers: readonly Layer[],
  section: Section,
  optionalPaths: readonly string[] = [],
): readonly PackProblem[] => {
  const problems: PackProblem[] = []
  for (const l of layers)
    for (const [path, versions] of Object.entries(l.rules)) {
      const type = section[path]
      if (!type) problems.push({ where: `${l.name}: ${path}`, says: 'unknown rule' })
      else
        for (const r of versions) {
          const v = type.safeParse(r.value)
          if (!v.success)
            problems.push({
              where: `${l.name}: ${path}`,
              says: v.error.issues.map((i) => `${i.path.join('.') || 'value'}: ${i.message}`).join('; '),
            })
        }
    }
  const nation = layers.find((l) => l.layer === 'nation')
  for (const path of Object.keys(section))
    if (!nation?.rules[path] && !optionalPaths.includes(path))
      problems.push({ where: path, says: 'required value missing from the national layer' })
  return problems
}

/** Paths whose resolved value differs between two places or days. */
export const diffRules = (
  a: Rules,
  b: Rules,
): readonly { readonly path: string; readonly a?: Resolved; readonly b?: Resolved }[] =>
  [...new Set([...Object.keys(a.values), ...Object.keys(b.values)])].sort().flatMap((path) => {
    const x = a.values[path]
    const y = b.values[path]
    return JSON.stringify(x?.value) === JSON.stringify(y?.value)
      ? []
      : [{ path, ...(x ? { a: x } : {}), ...(y ? { b: y } : {}) }]
  })

/**
 * The rules an open case goes on under once newer ones bind its division: its own, with every value whose transition says `apply`
 * taken from the newer rules. Undefined when nothing applies to open cases.
 */
export const carriedOver = (pinned: Rules, newer: Rules): Rules | undefined => {
  const applied = Object.entries(newer.values).filter(
    ([path, r]) => r.transition === 'apply' && JSON.stringify(r) !== JSON.stringify(pinned.values[path]),
  )
  return applied.length === 0
    ? undefined
    : { ...pinned, layers: newer.layers, values: { ...pinned.values, ...Object.fromEntries(applied) } }
}
