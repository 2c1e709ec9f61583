import { bindFor, loadLayers, matterOf, policiesDir } from '#application'
import { formJsonSchema, isRefusal } from '#contract'
import type { Case, CaseEvent, Cx, Decision, Effect, Facts, Opening, SystemInput, Table } from '#domain/kernel'
import { decide, evolve, open } from '#domain/kernel'
import { resolve, type Calendar, type Rules } from '#policy'
import { fill } from '../world.ts'

const packs = loadLayers(policiesDir)

/** A register in memory: the kernel and the laws of the matters alone, without clock, database or network. */
export interface Registry {
  readonly cases: ReadonlyMap<string, Case>
  readonly events: readonly CaseEvent[]
  readonly calendar: Calendar
  readonly rules: Rules
  readonly table: (process: string, kind: string, variant: string) => Table
  readonly open: (o: Omit<Opening, 'rules'>, act: string, by: Actor, day: string) => string
  readonly act: (id: string, act: string, by: Actor, day: string) => string
}
export interface Actor {
  readonly user: string
  readonly org: string
  readonly duties: readonly string[]
  readonly realName: boolean
}
export const system: Actor = { user: 'system', org: 'system', duties: [], realName: true }
const paper = '01990000-0000-7000-8000-000000000001'

const bound = new Map<string, { rules: Rules; tables: Map<string, Table>; inputs: Map<string, object> }>()
const tablesOf = (division: string): { rules: Rules; tables: Map<string, Table>; inputs: Map<string, object> } => {
  const known = bound.get(division) ?? {
    rules: resolve(packs.layers, division, '2026-03-09', []),
    tables: new Map<string, Table>(),
    inputs: new Map<string, object>(),
  }
  bound.set(division, known)
  return known
}

export const registry = (division: string, orgs: Facts['orgs']): Registry => {
  const { rules, tables, inputs } = tablesOf(division)
  const cases = new Map<string, Case>()
  const events: CaseEvent[] = []
  const calendar = packs.calendar
  let ids = 0
  const table = (process: string, kind: string, variant: string): Table => {
    const key = `${process} ${kind} ${variant}`
    const known = tables.get(key) ?? bindFor(rules, matterOf(process).process, kind, variant)
    tables.set(key, known)
    return known
  }
  const related = (id: string, links: Readonly<Record<string, string>>): readonly Case[] => {
    const near = new Set([id, ...Object.values(links)])
    return [...cases.values()].filter(
      (c) => c.id !== id && (near.has(c.id) || Object.values(c.links).some((l) => near.has(l))),
    )
  }
  const cx = (by: Actor, day: string, id: string, links: Readonly<Record<string, string>>): Cx => ({
    ...by,
    day,
    at: `${day}T08:00:00.000Z`,
    rules,
    calendar,
    related: related(id, links),
    facts: { orgs, files: { [paper]: { sha256: 'aa', sm3: 'bb', name: '材料.pdf', size: 1 } }, realName: by.realName },
    digest: (text) => ({ sha256: `${text.length}`, sm3: `${text.length}` }),
  })
  const lawful = (t: Table, act: string): object => {
    const key = `${t.process} ${t.kind} ${t.variant} ${act}`
    const known =
      inputs.get(key) ??
      fill(formJsonSchema(t.rows[act]?.form ?? []), paper, {
        ...(act === 'deposit' ? { method: 'files', files: [paper] } : {}),
        ...(act === 'propose' || act === 'resubmit' ? { risk: { report: paper } } : {}),
        ...(act === 'code' ? { code: `CODE-${division}` } : {}),
        ...(act.endsWith('.fail') ? { advice: '整改' } : {}),
      })
    inputs.set(key, known)
    return known
  }
  const effectsOf = (after: Case, e: CaseEvent, day: string): readonly Effect[] =>
    matterOf(after.process).laws.effects?.(after, e, cx(system, day, after.id, after.links)) ?? []
  const commit = (first: Decision, day: string): void => {
    // all of an act's consequences or none: what they are is decided on copies
    const before = new Map(cases)
    const queue: CaseEvent[] = [first.event]
    const done: CaseEvent[] = []
    for (let e = queue.shift(); e; e = queue.shift()) {
      const after = evolve(cases.get(e.stream), e)
      cases.set(after.id, after)
      done.push(e)
      for (const f of effectsOf(after, e, day)) {
        const decided =
          'open' in f ? openAs({ ...f.open }, f.act, f.input, system, day) : decideAs(f.on, f.act, f.input, system, day)
        if (isRefusal(decided)) {
          cases.clear()
          for (const [k, v] of before) cases.set(k, v)
          throw new Error(`effect ${f.act} refused: ${decided.says}`)
        }
        queue.push(decided.event)
      }
    }
    events.push(...done)
  }
  const decideAs = (id: string, act: string, input: unknown, by: Actor, day: string): ReturnType<typeof decide> => {
    const s = cases.get(id)!
    return decide(
      table(s.process, s.kind, s.variant),
      matterOf(s.process).laws,
      s,
      act,
      input,
      cx(by, day, id, s.links),
    )
  }
  const openAs = (
    o: Omit<Opening, 'rules'>,
    act: string,
    input: unknown | SystemInput,
    by: Actor,
    day: string,
  ): ReturnType<typeof open> => {
    const id = `case-${++ids}`
    return open(
      table(o.process, o.kind, o.variant),
      matterOf(o.process).laws,
      id,
      { ...o, rules: 'r' },
      act,
      input,
      cx(by, day, id, o.links),
    )
  }
  const settle = (decided: ReturnType<typeof decide>, day: string): string => {
    if (isRefusal(decided)) return decided.code
    commit(decided, day)
    return 'ok'
  }
  return {
    cases,
    events,
    calendar,
    rules,
    table,
    open: (o, act, by, day) => settle(openAs(o, act, lawful(table(o.process, o.kind, o.variant), act), by, day), day),
    act: (id, act, by, day) => {
      const s = cases.get(id)!
      const t = table(s.process, s.kind, s.variant)
      return settle(decideAs(id, act, by === system ? {} : lawful(t, act), by, day), day)
    },
  }
}
