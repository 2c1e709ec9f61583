import type { Layer, Rules } from '#policy'
import { cite, resolve } from '#policy'
import type { BoundRow, Process, Table } from '#domain/kernel'
import { byOf } from '#domain/kernel'
import { duties } from '#domain/parties'
import { comparisonRows, renderCell } from '#domain/authorization'
import { matters } from './subjects.ts'
import { bindFor, loadLayers } from './policies.ts'
import { policiesDir } from './runtime.ts'
import { periodTerm } from './views.ts'

const duty = (d: string): string => duties.find((x) => x.value === d)?.term ?? d
const who = (table: Table, row: BoundRow): string =>
  byOf(row)
    .map((by) => {
      const [seat = '', d = ''] = by.split('.')
      return by === 'system' ? '系统' : `${table.seats[seat]?.term ?? seat}·${duty(d)}`
    })
    .join('、')

const period = (rules: Rules, row: BoundRow): string => {
  const path = row.within ?? row.after
  const r = path ? rules.values[path] : undefined
  if (!path) return ''
  return r ? `${periodTerm(r.value)}，${cite(r.basis)}` : '至所记日期'
}

// mermaid ids may hold neither dots nor the word "end"
const node = (s: string): string => `s_${s.replaceAll('.', '_')}`

const diagram = (table: Table): string => {
  const reached = new Set(Object.values(table.rows).flatMap((r) => [...r.from, ...(r.to === '=' ? [] : [r.to])]))
  const lines = ['```mermaid', 'stateDiagram-v2']
  for (const [name, s] of Object.entries(table.states))
    if (reached.has(name)) lines.push(`  state "${s.term}" as ${node(name)}`)
  for (const row of Object.values(table.rows)) {
    if (row.to === '=') continue
    for (const from of row.from.length === 0 ? ['[*]'] : row.from)
      lines.push(`  ${from === '[*]' ? from : node(from)} --> ${node(row.to)}: ${row.term}`)
  }
  for (const [name, s] of Object.entries(table.states))
    if (s.final && reached.has(name)) lines.push(`  ${node(name)} --> [*]`)
  return [...lines, '```'].join('\n')
}

const tableOf = (table: Table, rules: Rules): string =>
  [
    '| 动作 | 由谁 | 从 | 到 | 期限与依据 |',
    '|---|---|---|---|---|',
    ...Object.values(table.rows).map((r) => {
      const from = r.from.map((s) => table.states[s]?.term ?? s).join('、') || '（发起）'
      const to = r.to === '=' ? '不变' : (table.states[r.to]?.term ?? r.to)
      const basis = r.basis && rules.values[r.basis] ? cite(rules.values[r.basis]!.basis) : ''
      return `| ${r.term} | ${who(table, r)} | ${from} | ${to} | ${period(rules, r) || basis} |`
    }),
  ].join('\n')

const shownLayers = (layers: readonly Layer[]): readonly Layer[] =>
  layers
    .filter((l) => !l.optional)
    .sort((a, b) =>
      a.division === b.division
        ? 0
        : a.layer === 'nation' || (b.layer !== 'nation' && a.division < b.division)
          ? -1
          : 1,
    )

/** The tables of a process that differ, each with the kinds that share it. */
const tablesOf = (rules: Rules, process: Process): readonly { readonly kinds: string; readonly table: Table }[] => {
  const found = new Map<string, { kinds: string[]; table: Table }>()
  for (const kind of Object.keys(process.kinds))
    for (const variant of process.variants ?? ['resource']) {
      const table = bindFor(rules, process, kind, variant)
      const said = tableOf(table, rules)
      const name = [process.kinds[kind] ?? kind, levelTerms[variant] ?? ''].filter(Boolean).join('，')
      const same = found.get(said)
      if (same) same.kinds.push(name)
      else found.set(said, { kinds: [name], table })
    }
  return [...found.values()].map(({ kinds, table }) => ({ kinds: kinds.join('、'), table }))
}
const levelTerms: Readonly<Record<string, string>> = { province: '省本级', city: '市级', county: '县级' }

/** Every process as bound nationally, and wherever a jurisdiction's rules make it another. Markdown with Mermaid. */
export const processBook = (): string => {
  const { layers } = loadLayers(policiesDir)
  const out = [
    '# 流程图与流程表',
    '',
    '由流程表与规则包生成（`npm run gongshu -- docs`），请勿手改。国家规则之下列出全部流程；各地只列出与上级规则不同的。',
    '',
  ]
  // what has been drawn for a division or one above it
  const drawn = new Map<string, string>()
  for (const layer of shownLayers(layers)) {
    const rules = resolve(layers, layer.division, '2026-01-01')
    out.push(`## ${layer.title}`, '')
    if (layer.empty) out.push(`${layer.empty}：适用上级规则，见上。`, '')
    for (const { process } of Object.values(matters)) {
      if (['organisation', 'person', 'membership'].includes(process.name)) continue
      for (const { kinds, table } of tablesOf(rules, process)) {
        const key = `${process.name} ${table.kind} ${table.variant}`
        const said = tableOf(table, rules)
        const above = [layer.division, `${layer.division.slice(0, 2)}0000`, '000000']
        if (above.some((d) => drawn.get(`${d} ${key}`) === said)) continue
        drawn.set(`${layer.division} ${key}`, said)
        const whole = kinds === process.term ? process.term : `${process.term}（${kinds}）`
        out.push(`### ${layer.title} · ${whole}`, '', diagram(table), '', said, '')
      }
    }
  }
  return `${out.join('\n')}\n`
}

/** English identifier → Chinese legal term, read from the process tables. */
export const glossary = (): string => {
  const rows = Object.values(matters).flatMap(({ process: p }) => [
    [p.name, p.term, '流程'],
    ...Object.entries(p.kinds).map(([k, t]) => [`${p.name}.${k}`, t, '类型']),
    ...Object.entries(p.seats).map(([k, s]) => [`${p.name}.${k}`, s.term, '席位']),
    ...Object.entries(p.states).map(([k, s]) => [`${p.name}.${k}`, s.term, '状态']),
    ...Object.entries(p.rows).map(([k, r]) => [`${p.name}/${k}`, r.term, '动作']),
    ...Object.entries(p.slots).map(([k, s]) => [`${p.name}@${k}`, s.term, '环节']),
  ])
  return [
    '# 术语表 Glossary',
    '',
    '由流程表生成（`npm run gongshu -- docs`），请勿手改。',
    '',
    '| identifier | 法定术语 | kind |',
    '|---|---|---|',
    ...rows.map((r) => `| \`${r[0]}\` | ${r[1]} | ${r[2]} |`),
    '',
  ].join('\n')
}

/** A layer that says how it differs from the others, and how its cells read on a day. */
export interface Compared {
  readonly layer: string
  readonly title: string
  /** By row; undefined where its documents do not speak of it. */
  readonly cells: Readonly<Record<string, { readonly says: string; readonly basis: string } | undefined>>
}

/** How jurisdictions differ, cell by cell: what each layer says itself, never what it takes over from a superior. */
export const compareJurisdictions = (layers: readonly Layer[], day: string): readonly Compared[] =>
  [...layers]
    .filter((l) => comparisonRows.some((r) => l.rules[`comparison.${r.key}`]))
    .sort((a, b) =>
      a.layer !== b.layer
        ? a.layer === 'province'
          ? -1
          : 1
        : a.division < b.division
          ? -1
          : a.division > b.division
            ? 1
            : 0,
    )
    .map((l) => {
      const rules = resolve(layers, l.division, day, l.optional ? [l.name] : [])
      return {
        layer: l.name,
        title: l.title,
        cells: Object.fromEntries(
          comparisonRows.map((r) => {
            const path = `comparison.${r.key}`
            const found = l.rules[path] && rules.values[path]
            return [
              r.key,
              found && found.layer === l.name
                ? { says: renderCell((found.value as { says: string }).says, rules), basis: cite(found.basis) }
                : undefined,
            ]
          }),
        ),
      }
    })

/** docs/jurisdictions.md. */
export const comparisonBook = (): string => {
  const { layers } = loadLayers(policiesDir)
  const compared = compareJurisdictions(layers, '2026-01-01')
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    '# 各地规则的差异',
    '',
    '由规则包生成（`npm run gongshu -- docs`），请勿手改。期限、名称、家数取自规则本身；wd 为工作日，“—”为该地文件没有涉及。',
    '',
    row(['事项', ...compared.map((c) => c.title)]),
    row(['---', ...compared.map(() => '---')]),
    ...comparisonRows.map((r) => row([r.term, ...compared.map((c) => c.cells[r.key]?.says ?? '—')])),
    '',
    '## 依据',
    '',
    ...compared.flatMap((c) => [
      `### ${c.title}`,
      '',
      row(['事项', '依据']),
      row(['---', '---']),
      ...comparisonRows.flatMap((r) => (c.cells[r.key] ? [row([r.term, c.cells[r.key]!.basis])] : [])),
      '',
    ]),
  ].join('\n')
}
