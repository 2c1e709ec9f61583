import type { Rules } from '#policy'
import { cite, resolve } from '#policy'
import type { BoundRow, Process, Table } from '#domain/kernel'
import { byOf } from '#domain/kernel'
import { duties } from '#domain/parties'
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

const shownKinds = (p: Process): readonly string[] =>
  p.name === 'application' ? ['first', 'deregistration'] : Object.keys(p.kinds).slice(0, 1)

/** Every process of registration as bound for each place that has a rule layer, drawn from the tables. Markdown with Mermaid. */
export const processBook = (): string => {
  const { layers } = loadLayers(policiesDir)
  const out = ['# 流程图与流程表', '', '由流程表与规则包生成（`npm run gongshu -- docs`），请勿手改。', '']
  const shown = layers
    .filter((l) => !l.optional)
    .sort((a, b) =>
      a.division === b.division
        ? 0
        : a.layer === 'nation' || (b.layer !== 'nation' && a.division < b.division)
          ? -1
          : 1,
    )
  for (const layer of shown) {
    const rules = resolve(layers, layer.division, '2026-01-01')
    out.push(`## ${layer.title}`, '')
    if (layer.empty) {
      out.push(`${layer.empty}：适用上级规则，见上。`, '')
      continue
    }
    for (const name of ['application', 'record', 'objection', 'obligation', 'erasure', 'hold']) {
      const { process } = matters[name]!
      for (const kind of shownKinds(process)) {
        const table = bindFor(rules, process, kind, 'resource')
        out.push(
          `### ${layer.title} · ${process.term} · ${process.kinds[kind] ?? kind}`,
          '',
          diagram(table),
          '',
          tableOf(table, rules),
          '',
        )
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
