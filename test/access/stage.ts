import { randomBytes } from 'node:crypto'
import { v4 } from 'uuid'
import type { JsonObject, Refusal } from '#contract'
import { formJsonSchema, isRefusal } from '#contract'
import {
  act,
  actAsSystem,
  fileObjection,
  keepFile,
  legalDay,
  openAsSystem,
  recordObligation,
  registerOrganisation,
  rulesOf,
  sessionToken,
  startApplication,
  startCase,
  startForm,
  tableFor,
  type NewApplication,
  type Reply,
} from '#application'
import type { Rules } from '#policy'
import { byOf, type By, type Case, type Table } from '#domain/kernel'
import { asSystem, openSession, organisations, readCase, setDay, storedDay } from '#store'
import { fill, pdf, type World } from '../world.ts'

/** A person signed in for an organisation, or for themselves, with exactly these duties. */
export interface Seated {
  readonly who: string
  readonly person: string
  readonly org: string
  readonly duties: readonly string[]
  readonly membership?: string
  readonly token: Buffer
  readonly cookie: string
}

export const must = <T>(r: T | Refusal): T => {
  if (isRefusal(r)) throw new Error(`${r.code}: ${r.says} ${JSON.stringify(r.fields ?? {})}`)
  return r
}

export const signIn = async (w: World, person: string, org: string): Promise<{ token: Buffer; cookie: string }> => {
  const secret = randomBytes(32).toString('base64url')
  const token = sessionToken(secret)
  await openSession(w.app.pool, token, person, org, true, true)
  return { token, cookie: `gongshu=${secret}` }
}

/** Enrols a new person; without an organisation, one who acts for themselves and whose identity has been checked. */
export const hire = async (
  w: World,
  org: string | undefined,
  duties: readonly string[],
  who: string,
): Promise<Seated> => {
  const { app } = w
  const person = app.freshId()
  const home = org ? (await organisations(app.pool, { ids: [org] }))[0] : undefined
  const division = home?.division ?? '000000'
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const base = { variant: '', division }
  must(
    await openAsSystem(
      app,
      person,
      {
        ...base,
        process: 'person',
        kind: 'person',
        seats: { self: person, authority: org ?? w.orgs['platform']! },
        links: {},
        act: 'enrol',
        input: { sealed: { name: who } },
      },
      day,
    ),
  )
  must(await actAsSystem(app, person, 'verify', { sealed: { means: '测试' } }))
  const membership = app.freshId()
  if (org)
    must(
      await openAsSystem(
        app,
        membership,
        {
          ...base,
          process: 'membership',
          kind: 'membership',
          seats: { org, member: person, authority: home?.parent ?? org },
          links: { person, org },
          act: 'grant',
          input: { data: { duties: [...duties] } },
        },
        day,
      ),
    )
  return {
    who,
    person,
    org: org ?? person,
    duties: org ? duties : ['handler', 'approver'],
    ...(org ? { membership } : {}),
    ...(await signIn(w, person, org ?? person)),
  }
}

export const load = async (w: World, id: string): Promise<Case> => {
  const found = await asSystem(w.app.pool, (q) => readCase(q, id, []))
  if (!found) throw new Error(`no case ${id}`)
  return found.head.snapshot
}
export const tableOf = async (w: World, s: Case): Promise<{ table: Table; rules: Rules }> => {
  const rules = await rulesOf(w.app, s.rules)
  return { rules, table: tableFor(w.app, rules, s.rules, s.process, s.kind, s.variant) }
}

/** Plays cases to wherever a test needs them, with lawful input, by people who may. */
export interface Stage {
  readonly world: World
  /** The n-th all-round person of an organisation. */
  readonly person: (org: string, n?: number) => Promise<Seated>
  /** A document as a process asks for it. */
  readonly file: (by: Seated, process?: string) => Promise<string>
  /** Does one act with lawful input as the first person who may, or as the system where only it may. */
  readonly perform: (id: string, act: string, over?: JsonObject, by?: By) => Promise<Reply>
  readonly citizen: () => Promise<Seated>
  readonly start: (org: string, a?: Partial<NewApplication>) => Promise<string>
  readonly object: (application: string, by?: Seated) => Promise<string>
  readonly oblige: (debtor: string, recorder: string, kind?: string) => Promise<string>
  readonly organisation: (authority: string) => Promise<string>
  /** Takes a case by the shortest way to a state. */
  readonly bring: (id: string, state: string) => Promise<string>
  /** A new case of a process that is opened the common way, about another where it has to be. */
  readonly open: (
    process: string,
    org: string,
    more?: { kind?: string; about?: string; input?: JsonObject },
  ) => Promise<string>
  /** A coded record of an organisation. */
  readonly record: (org: string, variant?: 'resource' | 'product') => Promise<string>
  /** Acts done for real, as `process/kind/act as by`. */
  readonly done: ReadonlySet<string>
}

const materials = (s: Case, n: number, file: string): JsonObject => ({
  risk: { report: file },
  ...(s.variant === 'product'
    ? { product: { name: `产品${n}` }, authorization: { agreementFrom: '2026-01-01', agreementTo: '2028-12-31' } }
    : { resource: { name: `资源${n}` } }),
})
const correction = (s: Case, file: string): JsonObject => ({
  evidence: [file],
  ...(s.seats['applicant'] === s.seats['holder'] ? {} : { capacity: 'interested', interest: '利害关系说明' }),
})
const entry = (n: number): JsonObject => ({
  basic: { name: `目录项${n}` },
  access: { sharing: 'unconditional', opening: 'unconditional' },
})
const overrides = (s: Case, n: number, file: string): Readonly<Record<string, JsonObject>> => ({
  'application/deposit': { method: 'files', files: [file], coverage: '全量', custody: 'self' },
  'application/propose': materials(s, n, file),
  'application/resubmit': materials(s, n, file),
  'application/correction/propose': correction(s, file),
  'application/correction/resubmit': correction(s, file),
  'application/code': { code: `TEST-${String(n).padStart(6, '0')}` },
  'application/review.check.fail': { advice: '请整改' },
  'application/review.recheck.fail': { advice: '请整改' },
  'organisation/appoint': { role: 'operator' },
  'organisation/dismiss': { role: 'operator' },
  'organisation/confirmCode': { uscc: '' },
  'item/compile': entry(n),
  'item/revise': { ...entry(n), change: '更名' },
  'item/refresh': { dataDay: '2026-01-01' },
})
/** Groups and fields that only some kinds have are laid over where the form asks for them. */
const fitting = (schema: { properties?: unknown }, over: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(over).filter(([k]) => k in ((schema.properties ?? {}) as object)))

export const stage = (w: World): Stage => {
  const { app } = w
  const people = new Map<string, Promise<Seated>>()
  const done = new Set<string>()
  let n = 0
  const person: Stage['person'] = (org, i = 0) => {
    const key = `${org} ${i}`
    const known = people.get(key) ?? hire(w, org, ['handler', 'approver', 'admin'], `全岗${i}`)
    people.set(key, known)
    return known
  }
  const file: Stage['file'] = async (by, process) =>
    must(
      process === 'import'
        ? await keepFile(app, by.token, '清单.csv', 'text/csv', Buffer.from('目录名称,更新频率\n演示数据,每日\n'))
        : await keepFile(app, by.token, '材料.pdf', 'application/pdf', pdf()),
    ).id

  let citizens = 0
  const citizen = async (): Promise<Seated> => {
    const who = await hire(w, undefined, [], `公民${++citizens}`)
    people.set(`${who.org} 0`, Promise.resolve(who))
    return who
  }

  const perform: Stage['perform'] = async (id, name, over = {}, asked) => {
    const s = await load(w, id)
    const { table } = await tableOf(w, s)
    const row = table.rows[name]
    if (!row) throw new Error(`${s.process} has no act ${name}`)
    const seat = (b: string): string => s.seats[b.split('.')[0]!] ?? ''
    const by = asked ?? byOf(row).find((b) => seat(b) !== '') ?? 'system'
    const note = (r: Reply): Reply => {
      done.add(`${s.process}/${s.kind}/${name} as ${by}`)
      return r
    }
    if (by === 'system') return note(must(await actAsSystem(app, id, name, { data: over })))
    const org = seat(by)
    const apart = row.apart ? s.did[row.apart]?.by : undefined
    const first = await person(org)
    const schema = formJsonSchema(row.form) as { properties?: unknown }
    const number = ++n
    const as = async (who: Seated): Promise<Reply | Refusal> => {
      const paper = await file(who, s.process)
      const given = overrides(s, number, paper)
      const input = fill(schema, paper, {
        ...fitting(schema, { ...given[`${s.process}/${name}`], ...given[`${s.process}/${s.kind}/${name}`] }),
        ...over,
      } as never)
      return act(app, { token: who.token }, id, { act: name, input, key: v4() })
    }
    const r = await as(first.person === apart ? await person(org, 1) : first)
    // some acts say by a guard that they are another person's
    return note(must(isRefusal(r) && r.code === 'same_person' ? await as(await person(org, 1)) : r))
  }

  const start: Stage['start'] = async (org, a = {}) => {
    const who = await person(org)
    const opened = must(
      await startApplication(app, who.token, { kind: 'first', variant: 'resource', scope: 'authorized', ...a }, v4()),
    )
    done.add(`application/${a.kind ?? 'first'}/start as applicant.handler`)
    if ((await tableOf(w, await load(w, opened.id))).table.rows['deposit']) await perform(opened.id, 'deposit')
    return opened.id
  }
  const object: Stage['object'] = async (application, by) => {
    const s = await load(w, application)
    const from = String(s.data['release']?.['noticeFrom'])
    if (from > legalDay(app, (await storedDay(app.pool)).day)) await setDay(app.pool, from)
    const who = by ?? (await citizen())
    const rules = await rulesOf(app, s.rules)
    const form = tableFor(app, rules, s.rules, 'objection', 'objection', '').rows['file']!.form
    const input = fill(formJsonSchema(form), await file(who))
    const opened = must(await fileObjection(app, who.token, application, input, v4()))
    done.add('objection/objection/file as objector.handler')
    return opened.id
  }

  const bring: Stage['bring'] = async (id, state) => {
    for (;;) {
      const s = await load(w, id)
      if (s.at === state) return id
      const { table } = await tableOf(w, s)
      const way = shortest(table, s.at, state)
      if (!way) throw new Error(`${s.process}: no way from ${s.at} to ${state}`)
      const name = way[0]!
      if (name === 'holdForObjection') await object(id)
      if (name === 'holdForRenewal')
        await bring(await start(s.seats['holder']!, { kind: 'renewal', record: id }), 'submitted')
      await perform(id, name)
    }
  }
  return {
    world: w,
    person,
    file,
    citizen,
    perform,
    start,
    object,
    bring,
    done,
    oblige: async (debtor, recorder, kind = 'first') => {
      const who = await person(recorder)
      const day = legalDay(app, (await storedDay(app.pool)).day)
      const input = { factDay: day, fact: '已提供', object: '登记对象', files: [await file(who)] }
      const made = must(await recordObligation(app, who.token, { kind, debtor, input }, v4()))
      done.add(`obligation/${kind}/record as recorder.handler`)
      return made.id
    },
    organisation: async (authority) => {
      const who = await person(authority)
      const { division } = (await organisations(app.pool, { ids: [authority] }))[0]!
      const input = { name: `下属单位${++n}`, form: 'institution', division }
      const made = must(await registerOrganisation(app, who.token, input, v4()))
      done.add('organisation/organisation/register as authority.admin')
      return made.id
    },
    open: async (process, org, { kind, about, input = {} } = {}) => {
      const who = await person(org)
      const asked = { ...(kind ? { kind } : {}), ...(about ? { about } : {}) }
      const form = must(await startForm(app, who.token, process, asked))
      const paper = await file(who, process)
      const given =
        overrides({ process, kind: kind ?? '', seats: {} } as never, ++n, paper)[`${process}/${form.act}`] ?? {}
      const filled = fill(form.schema, paper, { ...fitting(form.schema, { ...given, ...input }) } as never)
      const opened = must(await startCase(app, who.token, process, { ...asked, input: filled }, v4()))
      done.add(`${process}/${kind ?? process}/${form.act} as opened`)
      return opened.id
    },
    record: async (org, variant = 'resource') => {
      const id = await start(org, { variant })
      await bring(id, 'settled')
      const found = await asSystem(app.pool, (q) => readCase(q, id, []))
      return found!.linked.find((l) => !l.toward && l.snapshot.process === 'record')!.snapshot.id
    },
  }
}

/** The shortest sequence of acts between two states; what nobody must do comes last. */
export const shortest = (table: Table, from: string, to: string): readonly string[] | undefined => {
  const seen = new Map<string, readonly string[]>([[from, []]])
  for (const queue = [from]; queue.length > 0;) {
    const here = queue.shift()!
    if (here === to) return seen.get(here)
    const rows = Object.entries(table.rows).sort(([, a], [, b]) => Number(a.optional ?? 0) - Number(b.optional ?? 0))
    for (const [name, row] of rows) {
      if (!row.from.includes(here) || row.to === '=' || seen.has(row.to)) continue
      seen.set(row.to, [...seen.get(here)!, name])
      queue.push(row.to)
    }
  }
  return undefined
}
