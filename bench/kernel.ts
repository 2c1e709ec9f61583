import { bindFor, hashRules, matterOf, rulesOf, tableFor } from '#application'
import { isRefusal } from '#contract'
import { decide, evolve, workdaysLeft, type Cx, type Day } from '#domain/kernel'
import { digestOf } from '#ledger'
import { resolve } from '#policy'
import { v4 } from 'uuid'
import { interleaved, type Figure } from './measure.ts'
import type { System } from './system.ts'

/** The pure core, without database and network, against parsing and writing the JSON of the same case. */
export const kernel = async (s: System, quick: boolean): Promise<{ figures: readonly Figure[] }> => {
  const [id = ''] = await s.submitted(1)
  const l = await s.app.load({
    token: s.tokens.registrar,
    idle: s.app.idle,
    stream: id,
    kin: [],
    orgs: [],
    files: [],
    key: v4(),
  })
  const head = l.head
  const viewer = l.viewer
  if (!head || !viewer) throw new Error('no case')
  const rules = await rulesOf(s.app, head.rules)
  const table = tableFor(s.app, rules, head.rules, head.process, head.kind, head.variant)
  const { laws, process } = matterOf(head.process)
  const calendar = s.app.calendarFor(rules.division)
  const cx: Cx = {
    user: viewer.person,
    org: viewer.org,
    duties: viewer.duties,
    day: head.day,
    at: s.app.now(),
    rules,
    calendar,
    related: l.kin,
    facts: { orgs: l.orgs, files: l.files, realName: viewer.realName },
    digest: digestOf,
  }
  // the same case as it was when the whole form was handed in
  const draft = { ...head, at: 'draft', did: { start: head.did['start']!, deposit: head.did['deposit']! } }
  const applicant = { ...cx, user: head.did['propose']!.by, org: head.seats['applicant'] ?? '', duties: ['handler'] }
  const files = await filesOf(s, id)
  const proposer: Cx = { ...applicant, facts: { ...cx.facts, files } }
  const text = JSON.stringify(head)

  const perSecond = (name: string, work: () => unknown, against?: string) => ({
    name,
    unit: '/s',
    ...(against ? { against } : {}),
    run: async (): Promise<number> => {
      const span = quick ? 100 : 500
      const began = performance.now()
      let n = 0
      for (; performance.now() - began < span; n += 10) for (let i = 0; i < 10; i++) work()
      return (n / (performance.now() - began)) * 1000
    },
  })
  const through = (state: typeof head, act: string, input: unknown, by: Cx): void => {
    const decided = decide(table, laws, state, act, input, by)
    if (isRefusal(decided)) throw new Error(`${act}: ${decided.says} ${JSON.stringify(decided.fields ?? {})}`)
    evolve(state, decided.event)
  }
  const json = `JSON there and back, ${Math.round(text.length / 1024)} kB`
  const figures = await interleaved(quick ? 3 : 5, [
    perSecond(json, () => JSON.stringify(JSON.parse(text))),
    perSecond('decide and evolve, 受理', () => through(head, 'accept', {}, cx), json),
    perSecond('decide and evolve, 送业务审核', () => through(draft, 'propose', s.answers['propose'], proposer), json),
    perSecond('workdaysLeft', () => workdaysLeft(calendar, '2026-03-09' as Day, '2026-10-15' as Day), json),
    perSecond('bind', () => bindFor(rules, process, head.kind, head.variant), json),
    perSecond(
      'resolve and hash the rules of a division',
      () => hashRules(resolve(s.app.layers, rules.division, head.day)),
      json,
    ),
  ])
  return { figures }
}

/** The files the answers name, as loading for an act would establish them. */
const filesOf = async (s: System, stream: string): Promise<Cx['facts']['files']> => {
  const named = JSON.stringify(s.answers['propose']).match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g) ?? []
  const { files } = await s.app.load({
    token: s.tokens.clerk,
    idle: s.app.idle,
    stream,
    kin: [],
    orgs: [],
    files: named,
    key: v4(),
  })
  return files
}
