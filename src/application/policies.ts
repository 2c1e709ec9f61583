import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Form } from '#contract'
import { isRefusal, personalFields } from '#contract'
import type { Calendar, Citation, Divisions, Layer, LocalDay, PackProblem, PackRule, Resolved, Rules } from '#policy'
import {
  checkLayers,
  cite,
  diffRules,
  parseCalendar,
  parseDivisions,
  parseLayer,
  parseLocalDays,
  resolve,
} from '#policy'
import type { Day, Process, Step, Subject, Table } from '#domain/kernel'
import { bind, BindError, daysBetween, divisionLevel, parseDay } from '#domain/kernel'
import { rule } from '#domain/registration'
import { canonical } from '#ledger'
import { formNamed, optionalOf, sectionOf, subjects } from './subjects.ts'

// ── loading ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Policies {
  /** Sorted by folder name; among layers of one rank and division the later one wins. */
  readonly layers: readonly Layer[]
  /** Without any year, so that every period is provisional, when the calendars have a problem. */
  readonly calendar: Calendar
  /** Days that divisions order for themselves, superior divisions first. */
  readonly local: readonly { readonly division: string; readonly days: readonly LocalDay[] }[]
  readonly divisions: Divisions
  readonly problems: readonly PackProblem[]
}

/**
 * Reads a policies folder: `<layer>/pack.yaml` with its subject files beside it, `calendars/<year>.yaml`, `calendars/local/*.yaml`
 * and `divisions.yaml`. Whatever cannot be read or parsed is a problem; a layer with a problem is left out as a whole.
 */
export const loadLayers = (dir: string): Policies => {
  const problems: PackProblem[] = []
  const read = (file: string): unknown => {
    const document = parseDocument(readFileSync(join(dir, file), 'utf8'))
    for (const e of [...document.errors, ...document.warnings]) problems.push({ where: file, says: e.message })
    return document.errors.length > 0 ? undefined : document.toJS()
  }
  const yamlIn = (folder: string): readonly string[] =>
    existsSync(join(dir, folder))
      ? readdirSync(join(dir, folder))
          .filter((f) => f.endsWith('.yaml'))
          .sort()
          .map((f) => join(folder, f))
      : []
  const take = <T extends { readonly problems: readonly PackProblem[] }>(result: T): T => {
    problems.push(...result.problems)
    return result
  }

  const layers = readdirSync(dir, { withFileTypes: true })
    .filter((e) => e.isDirectory() && existsSync(join(dir, e.name, 'pack.yaml')))
    .map((e) => e.name)
    .sort()
    .flatMap((name) => {
      const before = problems.length
      const [head, ...subjects] = [
        join(name, 'pack.yaml'),
        ...yamlIn(name).filter((f) => f !== join(name, 'pack.yaml')),
      ].map(read)
      // a file that is no YAML is one problem, not also a pack without a head
      if (problems.length > before) return []
      return take(parseLayer(name, head, subjects)).layer ?? []
    })
  const { calendar } = take(parseCalendar(yamlIn('calendars').map(read)))
  const local = yamlIn(join('calendars', 'local')).flatMap((f) => take(parseLocalDays(read(f))).local ?? [])
  const { divisions } = take(parseDivisions(read('divisions.yaml')))
  return {
    layers,
    calendar: calendar ?? { off: new Set(), work: new Set(), years: {}, local: [] },
    local: [...local].sort((a, b) => (a.division < b.division ? -1 : 1)),
    divisions: divisions ?? new Map(),
    problems,
  }
}

// ── binding ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The value a dotted path leads to: a rule, or a part of a rule's value (`registration.kinds.first.notice`). */
const valueAt = (rules: Rules, path: string): unknown => {
  const names = path.split('.')
  for (let i = names.length; i > 0; i--) {
    const found = rules.values[names.slice(0, i).join('.')]
    if (found)
      return names.slice(i).reduce<unknown>((v, k) => (v as Record<string, unknown> | undefined)?.[k], found.value)
  }
  return undefined
}

/** Unrolls a process under resolved rules. Throws where the rules do not fit it; `checkPacks` finds that before anything runs. */
export const bindFor = (rules: Rules, process: Process, kind: string, variant: string): Table =>
  bind(
    process,
    { kind, variant },
    {
      steps: (path) => {
        const steps = valueAt(rules, path)
        if (!Array.isArray(steps)) throw new BindError(`${process.name}: no steps at ${path}`)
        return steps as readonly Step[]
      },
      says: (path) => {
        const says = valueAt(rules, path)
        if (typeof says !== 'boolean') throw new BindError(`${process.name}: ${path} says neither yes nor no`)
        return says
      },
      form: (name, k, v) => formNamed(rules, name, k, v),
    },
  )

/** SHA-256 (hex) of the canonical form of resolved rules: what a case pins. */
export const hashRules = (rules: Rules): string => {
  const said = sha256(JSON.stringify(rules))
  const hash = hashes.get(said) ?? sha256(canonical(rules))
  hashes.set(said, hash)
  return hash
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
// every opening of a case hashes its rules, which are the same for months, and the canonical form is slow to make
const hashes = new Map<string, string>()

// ── checking ───────────────────────────────────────────────────────────────────────────────────────────────────

/** First day of a rule, as resolution sees it; `0000-00-00` when its document names no day. */
const startOf = (layer: Layer, r: PackRule): string => {
  const d = layer.documents[r.basis.document]
  return r.from ?? d?.inForce ?? d?.issued ?? '0000-00-00'
}

/** The days on which what binds a division may change, from the first day on which the national layer answers every required rule. */
const turningDays = (layers: readonly Layer[], required: readonly string[]): readonly string[] => {
  const nation = layers.find((l) => l.layer === 'nation')
  const complete =
    required
      .map((p) => (nation?.rules[p] ?? []).map((r) => startOf(nation!, r)).sort()[0] ?? '')
      .sort()
      .at(-1) ?? ''
  const starts = layers.flatMap((l) => Object.values(l.rules).flatMap((versions) => versions.map((r) => startOf(l, r))))
  return [...new Set([complete, ...starts.filter((d) => d > complete)])].sort()
}

/** What a form says wrong that its schema lets through. */
const formProblems = (form: Form, at: string): readonly string[] =>
  form.flatMap((f, i) => {
    const here = `${at}.${f.key}`
    return [
      ...(form.findIndex((g) => g.key === f.key) < i ? [`${here}: key given twice`] : []),
      ...((f.type === 'choice' || f.type === 'choices') && !f.options?.length
        ? [`${here}: a choice needs options`]
        : []),
      ...((f.type === 'group' || f.type === 'list') && !f.fields?.length ? [`${here}: a ${f.type} needs fields`] : []),
      ...(f.personal && f.public ? [`${here}: a personal value cannot be public`] : []),
      ...(f.clear && personalFields([f]).length > 0 ? [`${here}: a personal value cannot stand in clear`] : []),
      ...(f.when && !form.some((g) => g.key === f.when!.key)
        ? [`${here}: asked when "${f.when.key}", which the form does not ask`]
        : []),
      ...formProblems(f.fields ?? [], here),
    ]
  })

/** A chain's forms, and steps that would overwrite each other. */
const stepProblems = (steps: readonly Step[], at: string): readonly string[] =>
  steps.flatMap((s, i) => [
    ...(steps.findIndex((t) => t.key === s.key) < i ? [`${at}: step "${s.key}" given twice`] : []),
    ...(typeof s.form === 'object' ? formProblems(s.form, `${at}.${s.key}`) : []),
  ])

const levels = {
  nation: ['nation'],
  province: ['province'],
  city: ['city', 'county'],
  registrar: ['nation', 'province', 'city', 'county'],
} as const

const checkHeads = (layers: readonly Layer[]): readonly PackProblem[] =>
  layers.flatMap((l) => {
    const level = divisionLevel(l.division)
    const fits = level !== undefined && (levels[l.layer] as readonly string[]).includes(level)
    const twice = Object.entries(l.rules).flatMap(([path, versions]) => {
      const starts = versions.map((r) => startOf(l, r))
      return starts
        .filter((d, i) => starts.indexOf(d) < i)
        .map((d) => ({ where: `${l.name}: ${path}`, says: `two versions begin on ${d}` }))
    })
    const days = [
      ...Object.values(l.documents).flatMap((d) => [d.issued, d.inForce, d.until]),
      ...Object.values(l.rules).flatMap((v) => v.map((x) => x.from)),
    ]
    return [
      ...days.flatMap((d) =>
        d !== undefined && isRefusal(parseDay(d)) ? [{ where: l.name, says: `${d} is no day` }] : [],
      ),
      ...(fits ? [] : [{ where: l.name, says: `${l.division} is no division of a ${l.layer} layer` }]),
      ...(l.yields && !l.documents[l.yields.document]
        ? [{ where: l.name, says: `yields cites unknown document "${l.yields.document}"` }]
        : []),
      ...(!l.empty && Object.keys(l.rules).length === 0
        ? [{ where: l.name, says: 'has no rules and does not say so (empty)' }]
        : []),
      ...twice,
    ]
  })

/** Periods and citations that a bound table names and the rules do not have: such a step would run without its deadline. */
const tableProblems = (rules: Rules, process: Process, table: Table, optional: readonly string[]): readonly string[] =>
  Object.entries(table.rows).flatMap(([name, row]) => {
    const step = Object.keys(process.slots).some((slot) => name.startsWith(`${slot}.`))
    const lacks = (path: string | undefined, period: boolean): readonly string[] => {
      // a name without dots is a date the case carries
      if (!path?.includes('.')) return []
      const value = valueAt(rules, path) as { readonly value?: unknown } | undefined
      // a row of the process may name a rule that a jurisdiction may leave out; a step of the pack may not
      if (value === undefined) return !step && optional.includes(path) ? [] : [`no rule ${path}`]
      return period && typeof value.value !== 'number' ? [`${path} is no period`] : []
    }
    return [...lacks(row.within, true), ...lacks(row.after, true), ...lacks(row.basis, false)].map(
      (says) => `${process.name}.${name}: ${says}`,
    )
  })

/**
 * Every way in which layers cannot carry the processes: rules unknown, malformed or missing, and, for each division with a layer on
 * each day its rules change, each process that does not bind. Nothing found means that every case opened under them has a whole table.
 */
export const checkPacks = (layers: readonly Layer[], of: readonly Subject[] = subjects): readonly PackProblem[] => {
  const section = sectionOf(of)
  const optional = optionalOf(of)
  const wrong = [...checkHeads(layers), ...checkLayers(layers, section, optional)]
  // rules that are not there or not of their shape can neither be resolved nor bound
  if (wrong.length > 0) return wrong
  const problems = new Map<string, PackProblem>()
  const report = (where: string, says: string): void => void problems.set(`${where} ${says}`, { where, says })
  for (const layer of layers)
    for (const day of turningDays(
      layers,
      Object.keys(section).filter((p) => !optional.includes(p)),
    )) {
      const rules = resolve(layers, layer.division, day, layer.optional ? [layer.name] : [])
      for (const [path, r] of Object.entries(rules.values)) {
        const found = path.endsWith('.steps')
          ? stepProblems(r.value as readonly Step[], path)
          : /\.(materials|forms)\./.test(path)
            ? formProblems(r.value as Form, path)
            : []
        for (const says of found) report(r.layer, says)
      }
      for (const { process } of of.flatMap((x) => Object.values(x.matters)))
        for (const kind of Object.keys(process.kinds))
          for (const variant of process.variants ?? [
            '',
            ...rule(rules, 'registration.scope.objects').map((o) => o.value),
          ])
            try {
              for (const says of tableProblems(rules, process, bindFor(rules, process, kind, variant), optional))
                report(layer.name, says)
            } catch (e) {
              report(layer.name, e instanceof Error ? e.message : String(e))
            }
    }
  return [...problems.values()]
}

/** Documents whose term runs out within some natural days of `day`, or has run out: their successors must be loaded. */
export const endingDocuments = (
  layers: readonly Layer[],
  day: string,
  within: number,
): readonly {
  readonly layer: string
  readonly document: string
  readonly title: string
  readonly until: string
  readonly daysLeft: number
}[] =>
  layers.flatMap((l) =>
    Object.entries(l.documents).flatMap(([document, d]) => {
      if (d.until === undefined) return []
      const daysLeft = daysBetween(day as Day, d.until as Day)
      return daysLeft <= within ? [{ layer: l.name, document, title: d.title, until: d.until, daysLeft }] : []
    }),
  )

// ── explaining ─────────────────────────────────────────────────────────────────────────────────────────────────

const units = { workday: '个工作日', day: '日', month: '个月', year: '年' }

const show = (value: unknown): string => {
  const v = value as { value?: unknown; unit?: keyof typeof units; soft?: boolean } | null
  if (typeof v === 'object' && v !== null && typeof v.value === 'number' && v.unit)
    return `${v.value}${units[v.unit]}${v.soft ? '(文件未定)' : ''}`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const source = (c: Citation): string => [cite(c), c.number ? `${c.title},${c.number}` : c.title].join(' ')

/**
 * What a rule is for a division on a day, where it comes from, what it replaces and what displaced it; a path may also name a group of
 * rules. For the terminal. Layers without rules are named, so that nobody takes the superior value for the local one.
 */
export const explain = (
  layers: readonly Layer[],
  path: string,
  division: string,
  day: string,
  enabled: readonly string[] = [],
): string => {
  const rules = resolve(layers, division, day, enabled)
  const found = Object.entries(rules.values).filter(([p]) => p === path || p.startsWith(`${path}.`))
  const titles = new Map(layers.map((l) => [l.name, l.title]))
  const of = (r: Pick<Resolved, 'value' | 'basis'> & { readonly layer: string }): string =>
    `${titles.get(r.layer) ?? r.layer} ${show(r.value)} — ${source(r.basis)}`
  return [
    `${division} ${day}: ${rules.layers.map((l) => (l.empty ? `${l.title}(${l.empty})` : l.title)).join(' → ')}`,
    ...(found.length === 0 ? [`没有规则 ${path}`] : []),
    ...found
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([p, r]) => [
        '',
        p,
        `  ${of(r)}`,
        ...(r.basis.note ? [`  注：${r.basis.note}`] : []),
        ...r.overrides.map((o) => `  取代 ${of(o)}`),
        ...r.displaced.map((d) => `  冲突 ${of(d)}；因上位新规定从其规定，以${cite(d.by)}为准`),
      ]),
  ].join('\n')
}

/** The rules that differ between two places or days. For the terminal. */
export const diff = (
  layers: readonly Layer[],
  a: { readonly division: string; readonly day: string },
  b: { readonly division: string; readonly day: string },
  enabled: readonly string[] = [],
): string => {
  const side = (r: Resolved | undefined): string => (r ? `${show(r.value)} — ${cite(r.basis)}` : '没有规则')
  const found = diffRules(resolve(layers, a.division, a.day, enabled), resolve(layers, b.division, b.day, enabled))
  return found.length === 0
    ? '没有差别'
    : found
        .map((d) => `${d.path}\n  ${a.division} ${a.day}: ${side(d.a)}\n  ${b.division} ${b.day}: ${side(d.b)}`)
        .join('\n')
}
