import fc from 'fast-check'
import { v4 } from 'uuid'
import { expect } from 'vitest'
import { act, checkProjections, fileObjection, fromLeaf, tableFor, tickDay } from '#application'
import { formJsonSchema, isRefusal } from '#contract'
import type { Case, CaseEvent, Table } from '#domain/kernel'
import { asSystem, readCase, setDay, storedDay } from '#store'
import { load, stage, tableOf, type Seated } from '../access/stage.ts'
import { fill, type World } from '../world.ts'
import { holds } from './invariants.ts'

/** Where a run begins: at the desk, or in a notice with objections, perhaps on the night before or after it ends. */
const beginning = fc.record({
  at: fc.constantFrom('submitted', 'publicised', 'publicised', 'publicised'),
  objections: fc.nat({ max: 3 }),
  over: fc.boolean(),
  nights: fc.nat({ max: 1 }),
})

const round = fc.record({
  /** What several people try at the same moment; `twin` repeats it at once, as an impatient hand does. */
  tries: fc.array(
    fc.record({
      pick: fc.nat({ max: 9999 }),
      wild: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
      twin: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  nights: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat({ max: 3 }) },
    { weight: 1, arbitrary: fc.constant(15) },
  ),
})

const known = new Set([
  'ok',
  'stale',
  'not_now',
  'same_person',
  'not_yours',
  'no_notice',
  'too_late',
  'explain_first',
  'not_late',
  'objection_open',
  'duplicate',
  'invalid',
])

/** Lets several people, an impatient hand and the night's deadlines fall over one another, and looks at what is left. */
export const race = async (w: World, runs: number): Promise<void> => {
  const s = stage(w)
  const people: Record<string, readonly Seated[]> = {}
  for (const [k, org] of [
    ['applicant', 'fund'],
    ['registrar', 'luanRegistrar'],
  ] as const)
    people[k] = [await s.person(w.orgs[org]!), await s.person(w.orgs[org]!, 1)]
  people['objector'] = [await s.citizen(), await s.citizen(), await s.citizen()]
  const papers = new Map<string, string>()
  const paper = async (who: Seated): Promise<string> => {
    const known = papers.get(who.org) ?? (await s.file(who))
    papers.set(who.org, known)
    return known
  }
  let codes = 0
  const inputOf = async (table: Table, name: string, who: Seated): Promise<unknown> => {
    const file = await paper(who)
    return fill(formJsonSchema(table.rows[name]?.form ?? []), file, {
      ...(name === 'deposit' ? { method: 'files', files: [await s.file(who)] } : {}),
      ...(name === 'propose' || name === 'resubmit' ? { risk: { report: file } } : {}),
      ...(name === 'code' ? { code: `RACE-${String(++codes).padStart(6, '0')}` } : {}),
      ...(name.endsWith('.fail') ? { advice: '整改' } : {}),
    })
  }

  /** A case whole, and those that hang on it. */
  const history = async (id: string): Promise<{ events: CaseEvent[]; cases: Map<string, Case> }> => {
    const cases = new Map<string, Case>()
    const events: (CaseEvent & { entry: number })[] = []
    const add = async (x: string): Promise<void> => {
      if (cases.has(x)) return
      const found = (await asSystem(w.app.pool, (q) => readCase(q, x, [])))!
      cases.set(x, found.head.snapshot)
      events.push(...found.events.map((e) => ({ ...fromLeaf(e), entry: e.id })))
      for (const l of found.linked) if (['objection', 'record'].includes(l.snapshot.process)) await add(l.snapshot.id)
    }
    await add(id)
    events.sort((a, b) => a.entry - b.entry)
    return { cases, events: events.map(({ entry: _, ...e }) => e as CaseEvent) }
  }

  const ends: Record<string, number> = {}
  const answers: Record<string, number> = {}
  let acts = 0
  const nightsPass = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const { day } = await storedDay(w.app.pool)
      const next = new Date(Date.parse(day!) + 86_400_000).toISOString().slice(0, 10)
      await setDay(w.app.pool, next)
      // two workers at once, as two processes would
      await Promise.all([tickDay(w.app, next), tickDay(w.app, next)])
    }
  }
  await fc.assert(
    fc.asyncProperty(
      beginning,
      fc.array(round, { minLength: 6, maxLength: 14, size: 'max' }),
      async (begin, rounds) => {
        const id = await s.bring(await s.start(w.orgs['fund']!), begin.at)
        const objections: string[] = []
        if (begin.at === 'publicised') {
          for (const who of people['objector']!.slice(0, begin.objections)) objections.push(await s.object(id, who))
          const { day } = await storedDay(w.app.pool)
          const to = String((await load(w, id)).data['release']?.['noticeTo'])
          if (begin.over) await nightsPass((Date.parse(to) - Date.parse(day!)) / 86_400_000 + begin.nights)
        }
        const attempt = async (target: string, name: string, who: Seated): Promise<void> => {
          acts++
          const state = await load(w, target)
          const { table, rules } = await tableOf(w, state)
          const objection = tableFor(w.app, rules, state.rules, 'objection', 'objection', '')
          const done =
            name === 'object'
              ? await fileObjection(w.app, who.token, id, await inputOf(objection, 'file', who), v4())
              : await act(w.app, { token: who.token }, target, {
                  act: name,
                  input: await inputOf(table, name, who),
                  key: v4(),
                })
          const code = isRefusal(done) ? done.code : 'ok'
          answers[code] = (answers[code] ?? 0) + 1
          if (name === 'object' && !isRefusal(done)) objections.push(done.id)
        }
        for (const { tries, nights } of rounds) {
          const open = await Promise.all(
            [id, ...objections].map(async (x) => {
              const c = await load(w, x)
              return { c, table: (await tableOf(w, c)).table }
            }),
          )
          if (open.every(({ c, table }) => table.states[c.at]!.final)) break
          const able = open.flatMap(({ c, table }) =>
            Object.entries(table.rows).flatMap(([name, row]) =>
              [row.by]
                .flat()
                .filter((by) => by !== 'system' && row.from.length > 0)
                .flatMap((by) => {
                  const all = people[by.split('.')[0]!]?.filter((p) => p.org === c.seats[by.split('.')[0]!]) ?? []
                  return all.map((who) => ({ target: c.id, name, who, now: row.from.includes(c.at) }))
                }),
            ),
          )
          const filing = people['objector']!.map((who) => ({
            target: id,
            name: 'object',
            who,
            now: open[0]!.c.at === 'publicised',
          }))
          const forward = [...able, ...filing].filter(
            (x) => x.now && !/refuse|fail$/.test(x.name) && !(x.name === 'withdraw' && x.target === id),
          )
          const chosen = tries.flatMap((t) => {
            const pool = t.wild || forward.length === 0 ? [...able, ...filing] : forward
            // most objections fail, or there would be little to race for
            const most = pool.filter((y) => t.pick % 7 === 0 || !y.name.endsWith('.upheld'))
            const x = (most.length > 0 ? most : pool)[t.pick % (most.length || pool.length)]!
            return t.twin ? [x, x] : [x]
          })
          await Promise.all([...chosen.map((x) => attempt(x.target, x.name, x.who)), nightsPass(nights)])
        }
        await nightsPass(1)
        const { events, cases } = await history(id)
        const tables = new Map(
          await Promise.all([...cases.values()].map(async (c) => [c.id, (await tableOf(w, c)).table] as const)),
        )
        holds(events, cases, (c) => tables.get(c.id)!)
        const app = cases.get(id)!
        ends[app.at] = (ends[app.at] ?? 0) + 1
        // nothing hangs: while the notice is over, an application waits for an objection only as long as there is one
        const openNow = [...cases.values()].filter((c) => c.process === 'objection' && c.at.startsWith('handling'))
        if (app.at === 'objected') expect(openNow.length).toBeGreaterThan(0)
        if (app.at === 'coding' || app.at === 'settled') expect(openNow).toEqual([])
      },
    ),
    { numRuns: runs, endOnFailure: true },
  )
  const report = await checkProjections(w.app)
  console.log(
    `interleavings: ${acts} acts, answers ${JSON.stringify(answers)}, ends ${JSON.stringify(ends)}, ${report.cases} cases, ${report.events} events`,
  )
  expect(report.differences).toEqual([])
  expect(Object.keys(answers).filter((c) => !known.has(c))).toEqual([])
}
