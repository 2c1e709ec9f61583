import fc from 'fast-check'
import { holds, same } from './invariants.ts'
import { after, afterObjection, fresh, overnight, type Law, type Model, type Someone } from './model.ts'
import { registry, system, type Actor, type Registry } from './registry.ts'

const side = { applicant: 'holder', registrar: 'registrar', stranger: 'other', citizen: '' } as const
const someone = (id: string, where: Someone['side'], duties: string, realName = true): Someone => ({
  id,
  side: where,
  handler: duties.includes('h'),
  approver: duties.includes('a'),
  realName,
})
const cast: readonly Someone[] = [
  someone('a1', 'applicant', 'ha'),
  someone('a2', 'applicant', 'ha'),
  someone('a3', 'applicant', 'h'),
  someone('a4', 'applicant', ''),
  someone('r1', 'registrar', 'ha'),
  someone('r2', 'registrar', 'ha'),
  someone('r3', 'registrar', 'a'),
  someone('s1', 'stranger', 'ha'),
  someone('c1', 'citizen', 'ha'),
  someone('c2', 'citizen', 'ha', false),
]
const actorOf = (p: Someone): Actor => ({
  user: p.id,
  org: p.side === 'citizen' ? p.id : side[p.side],
  duties: [...(p.handler ? ['handler'] : []), ...(p.approver ? ['approver'] : [])],
  realName: p.realName,
})
const acts = [
  'deposit',
  'propose',
  'businessReview.signoff',
  'businessReview.signoff.return',
  'reopen',
  'submit',
  'resubmit',
  'accept',
  'supplement',
  'refuse',
  'explainDelay',
  'review.check',
  'review.check.fail',
  'review.recheck',
  'review.recheck.fail',
  'review.recheck.back',
  'release',
  'code',
  'withdraw',
  'object',
] as const
const objectionActs = [
  'withdraw',
  'handling.accept',
  'handling.accept.refused',
  'handling.investigate',
  'handling.investigate.upheld',
  'handling.review',
  'handling.review.upheld',
] as const
const names: Readonly<Record<string, string>> = {
  signing: 'businessReview.signoff',
  checking: 'review.check',
  rechecking: 'review.recheck',
}
const objectionNames = (law: Law): Readonly<Record<string, string>> => ({
  accept: 'handling.accept',
  review: law.acceptsFirst ? 'handling.investigate' : 'handling.review',
})

const back = /reopen|return|supplement|fail$|back$/

interface Move {
  /** How far the legal clock goes first. */
  readonly days: number
  readonly wild: boolean
  readonly who: number
  readonly act: number
  readonly on: number
}
export const moves = (length: number): fc.Arbitrary<readonly Move[]> =>
  fc.array(
    fc.record({
      days: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 3, arbitrary: fc.nat({ max: 4 }) },
        { weight: 1, arbitrary: fc.nat({ max: 40 }) },
      ),
      wild: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      who: fc.nat({ max: 9999 }),
      act: fc.nat({ max: 9999 }),
      on: fc.nat({ max: 9999 }),
    }),
    { minLength: 1, maxLength: length, size: 'max' },
  )

export interface Played {
  readonly registry: Registry
  readonly done: number
  readonly refused: number
  readonly at: string
}

const orgs = {
  holder: { name: '持有单位', uscc: '', form: 'organ', division: '', roles: ['implementer', 'dataProvider'] },
  registrar: { name: '登记机构', uscc: '', form: 'institution', division: '', roles: ['registrar'] },
}

/** Plays one history against the kernel and the model at once; they must agree on every single act. */
export const play = (division: string, law: Omit<Law, 'calendar'>, history: readonly Move[]): Played => {
  const r = registry(division, orgs)
  const l: Law = { ...law, calendar: r.calendar }
  let day = '2026-03-09'
  let model: Model = fresh
  let done = 0
  let refused = 0
  const opened = r.open(
    {
      process: 'application',
      kind: 'first',
      variant: 'resource',
      division,
      seats: { applicant: 'holder', holder: 'holder', registrar: 'registrar', bureau: 'bureau' },
      links: {},
    },
    'start',
    actorOf(cast[0]!),
    day,
  )
  same('start', opened, 'ok')
  const id = [...r.cases.keys()][0]!
  const objections: string[] = []
  const night = (): void => {
    day = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
    model = overnight(model, day)
    // what falls due by itself, as the deadline loop would: after the last day, in the order of the table
    for (const c of [...r.cases.values()].filter((x) => x.process === 'application'))
      for (const d of c.due.filter((x) => x.kind === 'wait' && x.day < day))
        if (r.cases.get(c.id)!.at === c.at) r.act(c.id, d.act, system, day)
  }
  const objectTo = (who: Someone): string => {
    const known = r.cases.size
    const code = r.open(
      {
        process: 'objection',
        kind: 'objection',
        variant: '',
        division,
        seats: { objector: actorOf(who).org, registrar: 'registrar', bureau: 'bureau' },
        links: { application: id },
      },
      'file',
      actorOf(who),
      day,
    )
    if (code === 'ok') objections.push([...r.cases.keys()][known]!)
    return code
  }
  for (const m of history) {
    for (let i = 0; i < m.days; i++) night()
    // what could be done now, so that histories get somewhere; or, when wild, anything by anybody
    const all = cast.flatMap((who) => [
      ...acts.map((act) => ({ who, act, on: -1, next: after(model, act, who, day, l) })),
      ...model.objections.flatMap((_o, on) =>
        objectionActs.map((act) => ({ who, act, on, next: afterObjection(model, on, act, who, l) })),
      ),
    ])
    const some = all.filter((x) => x.next && (m.on % 16 === 0 || !(x.on < 0 && ['withdraw', 'refuse'].includes(x.act))))
    const forward = some.filter((x) => !back.test(x.act) && !(x.act === 'deposit' && model.deposited))
    const pool = m.wild || some.length === 0 ? all : forward.length > 0 && m.on % 4 > 0 ? forward : some
    const { who, act, on, next } = pool[(m.who * 7919 + m.act) % pool.length]!
    // an organisation objects in its own name; the model speaks of the people of two sides and of citizens
    if (act === 'object' && who.side !== 'citizen') continue
    const target = on >= 0 ? objections[on]! : id
    const table = r.table(
      on >= 0 ? 'objection' : 'application',
      on >= 0 ? 'objection' : 'first',
      on >= 0 ? '' : 'resource',
    )
    const code = act === 'object' ? objectTo(who) : r.act(target, act, actorOf(who), day)
    const label = `${day} ${who.id} ${act}${on >= 0 ? ` on objection ${on}` : ''} at ${model.at}: ${code}`
    same(label, code === 'ok', next !== undefined)
    if (act !== 'object' && !(act in table.rows)) same(label, code, 'unknown_act')
    if (next) {
      model = next
      done++
    } else refused++
    same(label, r.cases.get(id)!.at, names[model.at] ?? model.at)
    for (const [i, o] of model.objections.entries())
      same(label, r.cases.get(objections[i]!)!.at, objectionNames(l)[o.at] ?? o.at)
  }
  holds(r.events, r.cases, (c) => r.table(c.process, c.kind, c.variant))
  return { registry: r, done, refused, at: model.at }
}
