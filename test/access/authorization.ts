import type { JsonObject } from '#contract'
import { legalDay } from '#application'
import { asSystem, readCase, storedDay } from '#store'
import type { World } from '../world.ts'
import { load, type Stage } from './stage.ts'

/** Cases of an authorization, each brought to a state, by people of one city that authorises by itself. */
export interface Authorizing {
  readonly appointment: (state: string) => Promise<string>
  readonly plan: (state: string) => Promise<string>
  readonly selection: (state: string) => Promise<string>
  readonly agreement: (state: string) => Promise<string>
  readonly recordal: (state: string) => Promise<string>
  readonly suspension: (state: string, kind?: string) => Promise<string>
  readonly supplement: (state: string) => Promise<string>
  readonly pact: (state: string) => Promise<string>
  readonly programme: (state: string) => Promise<string>
  readonly supplyDemand: (state: string) => Promise<string>
  readonly batch: (state: string) => Promise<string>
  readonly exit: (state: string, kind?: 'compulsory' | 'forceMajeure') => Promise<string>
}

const known = new WeakMap<World, Authorizing>()
/** The same for all who ask in one world: a territory has one plan that is carried out. */
export const authorizing = (w: World, s: Stage): Authorizing => {
  const made = known.get(w) ?? authorizingIn(w, s)
  known.set(w, made)
  return made
}
const authorizingIn = (w: World, s: Stage): Authorizing => {
  const bureau = w.orgs['luanBureau']!
  const operator = w.orgs['luanOperator']!
  let n = 0
  const today = async (): Promise<string> => legalDay(w.app, (await storedDay(w.app.pool)).day)
  /** The last day of a year after this one. */
  const yearEnd = async (years: number): Promise<string> => `${Number((await today()).slice(0, 4)) + years}-12-31`
  const item = async (): Promise<string> => s.bring(await s.open('item', w.orgs['fund']!), 'listed')
  const aboutOf = async (id: string, process: string): Promise<string> => {
    const found = await asSystem(w.app.pool, (q) => readCase(q, id, []))
    return found!.linked.filter((l) => !l.toward && l.snapshot.process === process).at(-1)!.snapshot.id
  }
  /** Acts one after the other, each with what it has to say, until the state is reached. */
  const walk = async (
    id: string,
    state: string,
    acts: readonly (readonly [string, JsonObject?])[],
  ): Promise<string> => {
    for (const [name, over] of acts) {
      if ((await load(w, id)).at === state) return id
      await s.perform(id, name, { ...over })
    }
    return s.bring(id, state)
  }
  const decided = async (): Promise<JsonObject> => ({ decidedOn: await today() })

  const appointment: Authorizing['appointment'] = async (state) => {
    const id = await s.open('appointment', bureau, { kind: 'local', input: { implementer: bureau } })
    return ['standing', 'ended'].includes(state) ? walk(id, state, [['confirm', await decided()]]) : s.bring(id, state)
  }

  let entry: Promise<string> | undefined
  const items = async (): Promise<JsonObject> => ({ items: [await (entry ??= item())] })
  // a territory has one that is carried out
  const plan: Authorizing['plan'] = (state) => (state === 'inForce' ? (inForce ??= written(state)) : written(state))
  let inForce: Promise<string> | undefined
  const written = async (state: string): Promise<string> => {
    const id = await s.open('plan', bureau, { kind: 'local', input: { title: `方案${++n}` } })
    if (state === 'dropped') return s.bring(id, state)
    const said = { title: `方案${n}`, from: await today(), to: await yearEnd(4), ...(await items()) }
    if (state === 'draft') return id
    await s.perform(id, 'write', said)
    if (state === 'ready') return id
    const window = { to: await yearEnd(1), channels: ['online'] }
    const hearing = await s.open('consultation', bureau, { kind: 'plan', about: id, input: window })
    if (state === 'consulting') return id
    await s.perform(hearing, 'close')
    await s.perform(hearing, 'summarise')
    return walk(id, state, [
      ['submit'],
      ...(state === 'rejected' ? [] : [['approval.decide', await decided()] as const]),
      ...(state === 'rejected' ? [] : [['approval.govern', await decided()] as const]),
    ])
  }
  const selection: Authorizing['selection'] = async (state) => {
    const about = await plan('inForce')
    const link = 'https://procurement.example.cn/notice/1'
    const id = await s.open('selection', bureau, { kind: 'openTender', about, input: { title: `遴选${++n}` } })
    return state === 'failed'
      ? s.bring(id, state)
      : walk(id, state, [
          ['consult'],
          ['submit'],
          ['review.competition'],
          ['review.legality'],
          ['announce', { until: await today(), link }],
          ['decide', { winner: operator, resultOn: await today(), bidders: 3, link }],
          ['award', await decided()],
        ])
  }
  const agreement: Authorizing['agreement'] = async (state) => {
    const about = await selection('awarded')
    const id = await s.open('agreement', bureau, { kind: 'local', about, input: { number: `六演授${++n}` } })
    return state === 'dropped'
      ? s.bring(id, state)
      : walk(id, state, [
          ['write', { title: `协议${n}`, termFrom: await today(), termTo: await yearEnd(2), ...(await items()) }],
          ['submit'],
          ['deliberation.decide', await decided()],
          ['sign', { signedOn: await today() }],
          ['countersign', { signedOn: await today() }],
        ])
  }
  const recordal: Authorizing['recordal'] = async (state) =>
    s.bring(await aboutOf(await agreement('signing'), 'recordal'), state)

  let running: Promise<string> | undefined
  const suspension: Authorizing['suspension'] = async (state, kind = 'order') => {
    const ends = state === 'ended' || state === 'closed'
    const about = await (ends ? agreement('running') : (running ??= agreement('running')))
    const rectifyBy = await yearEnd(1)
    const id = await s.open('suspension', bureau, { kind, about, input: { rectifyBy, scope: 'new' } })
    return ['dropped', 'lapsed'].includes(state)
      ? s.bring(id, state)
      : walk(id, state, [[kind === 'interim' ? 'confirm' : 'issue', kind === 'interim' ? { rectifyBy } : {}]])
  }
  const exit: Authorizing['exit'] = async (state, kind = 'compulsory') => {
    const about = await agreement('running')
    if (kind === 'forceMajeure') return s.bring(await s.open('exit', operator, { kind, about }), state)
    await s.perform(about, 'terminate')
    return s.bring(await aboutOf(about, 'exit'), state)
  }
  const supplement: Authorizing['supplement'] = async (state) => {
    const id = await s.open('supplement', bureau, { kind: 'change', about: await (lasting ??= agreement('running')) })
    return s.bring(id, state)
  }
  let lasting: Promise<string> | undefined
  const pact: Authorizing['pact'] = async (state) => {
    const about = await (lasting ??= agreement('running'))
    return s.bring(await s.open('pact', operator, { kind: 'partner', about }), state)
  }
  const programme: Authorizing['programme'] = async (state) =>
    s.bring(await s.open('programme', w.orgs['hunanBureau']!, { kind: 'first' }), state)
  const supplyDemand: Authorizing['supplyDemand'] = async (state) => {
    const about = await (lasting ??= agreement('running'))
    return s.bring(await s.open('supplyDemand', operator, { kind: 'items', about, input: await items() }), state)
  }
  const batch: Authorizing['batch'] = async (state) => {
    const { agreement: about, item: of } = await suppliable()
    return s.bring(await s.open('batch', w.orgs['fund']!, { kind: 'file', about, input: { item: of } }), state)
  }
  let graded = false
  /** The entry of the agreement, graded, so that nothing stands in the way of its supply. */
  const suppliable = async (): Promise<{ agreement: string; item: string }> => {
    const found = { agreement: await (lasting ??= agreement('running')), item: await (entry ??= item()) }
    if (!graded)
      await s.perform(found.item, 'graded', { grade: '3', personal: 'none', opening: 'unconditional' }, 'system')
    graded = true
    return found
  }
  return {
    appointment,
    plan,
    selection,
    agreement,
    recordal,
    suspension,
    exit,
    supplement,
    pact,
    programme,
    supplyDemand,
    batch,
  }
}

/** What is agreed and supplied under an agreement, each where a few acts lead. */
const supplying: readonly (readonly [process: keyof Authorizing, state: string])[] = [
  ['supplement', 'draft'],
  ['pact', 'draft'],
  ['pact', 'dropped'],
  ['programme', 'running'],
  ['supplyDemand', 'deciding'],
  ['batch', 'open'],
  ['batch', 'cancelled'],
]

/** Which states are put on show; `wide`: all that can be reached without a document of another case. */
export const shown = (
  wide: boolean,
): readonly (readonly [process: keyof Authorizing, state: string, kind?: string])[] =>
  wide
    ? [
        ...['ended', 'dropped', 'returned', 'standing', 'proposed'].map((x) => ['appointment', x] as const),
        ...['inForce', 'filing', 'approval.decide', 'approval.govern'].map((x) => ['plan', x] as const),
        ...['draft', 'ready', 'consulting', 'dropped', 'rejected'].map((x) => ['plan', x] as const),
        ...['draft', 'review.competition', 'review.legality', 'ready'].map((x) => ['selection', x] as const),
        ...['announced', 'decided', 'awarded', 'failed'].map((x) => ['selection', x] as const),
        ...['draft', 'ready', 'deliberation.decide', 'signing', 'signed'].map((x) => ['agreement', x] as const),
        ...['running', 'suspended', 'handover', 'exited', 'dropped'].map((x) => ['agreement', x] as const),
        ...['due', 'hops.province', 'returned', 'filed', 'waived'].map((x) => ['recordal', x] as const),
        ...['proposed', 'correcting', 'checking', 'lifting'].map((x) => ['suspension', x] as const),
        ...['terminating', 'lifted', 'ended', 'closed', 'dropped'].map((x) => ['suspension', x] as const),
        ...['interim', 'lapsed', 'correcting'].map((x) => ['suspension', x, 'interim'] as const),
        ['exit', 'handover'],
        ...['asked', 'consenting', 'handover', 'declined'].map((x) => ['exit', x, 'forceMajeure'] as const),
        ['exit', 'overtaken', 'forceMajeure'],
        ...supplying,
      ]
    : [
        ['appointment', 'standing'],
        ['appointment', 'proposed'],
        ['plan', 'inForce'],
        ['plan', 'ready'],
        ['plan', 'approval.decide'],
        ['selection', 'draft'],
        ['selection', 'decided'],
        ['agreement', 'draft'],
        ['agreement', 'signing'],
        ['agreement', 'running'],
        ['agreement', 'suspended'],
        ['recordal', 'due'],
        ['recordal', 'hops.province'],
        ['suspension', 'proposed'],
        ['suspension', 'checking'],
        ['suspension', 'terminating'],
        ['suspension', 'interim', 'interim'],
        ['exit', 'handover'],
        ['exit', 'consenting', 'forceMajeure'],
        ...supplying,
      ]
