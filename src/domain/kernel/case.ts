import type { Form, JsonObject, Refusal } from '#contract'
import { filesOf, parseForm, refuse, withoutGone } from '#contract'
import type { Table } from './process.ts'
import { byOf } from './process.ts'
import type { Calendar, Rules } from '#policy'
import { cite } from '#policy'
import type { Day, Period } from './period.ts'
import { addPeriod, subtractPeriod } from './period.ts'

/** A date the case must not forget. `limit`: a person must act by it. `wait`: the system acts after it. `remind`: a notification. */
export interface Due {
  readonly act: string
  readonly day: string
  readonly kind: 'limit' | 'wait' | 'remind'
  /** First day of the period, so that a reader can recount it. */
  readonly from: string
  /** Rule path of the period. */
  readonly rule: string
  /** The calendar of a year touched by the period is computed without a State Council notice (暂定). */
  readonly provisional?: boolean
}

/** What has been done last under one act's name. */
export interface Done {
  readonly by: string
  readonly org: string
  readonly day: string
  readonly seq: number
  readonly times: number
}

/** A case: the fold of its events. Plain JSON; the same shape for every process. */
export interface Case {
  readonly id: string
  readonly process: string
  readonly kind: string
  readonly variant: string
  readonly at: string
  readonly version: number
  readonly division: string
  /** Hash of the resolved rules the case is pinned to. */
  readonly rules: string
  readonly opened: string
  /** The legal day and the real instant of the last event. */
  readonly day: string
  readonly seats: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string>>
  readonly did: Readonly<Record<string, Done>>
  /** The input and derived data of the last time each act was done. */
  readonly data: Readonly<Record<string, JsonObject>>
  readonly due: readonly Due[]
  /** `seat.duty` pairs whose turn it is. */
  readonly turn: readonly string[]
}

/** What the first event of a stream says beside its act. */
export interface Opening {
  readonly process: string
  readonly kind: string
  /** What a kind is about where that changes the form: `resource`, `product`, or empty. */
  readonly variant: string
  readonly division: string
  readonly rules: string
  readonly seats: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string>>
}

/** An event carries its consequences, so replay needs no pack. */
export interface CaseEvent {
  readonly stream: string
  readonly seq: number
  /** `process/act`. */
  readonly type: string
  readonly v: 1
  readonly day: string
  /** Real instant, ISO 8601 UTC. */
  readonly at: string
  /** Person, by pseudonymous id; `system` for the deadline loop. */
  readonly actor: string
  /** The organisation (or the person themselves) acted for. */
  readonly org: string
  readonly to: string
  readonly due: readonly Due[]
  readonly turn: readonly string[]
  /** Stands in clear in the register's leaf. */
  readonly data: JsonObject
  /** Stands in the leaf as salted commitments only. */
  readonly sealed: JsonObject
  readonly open?: Opening
  /** New occupants of seats or new links, where an act changes them. */
  readonly seats?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly rules?: string
}

export const actOf = (e: Pick<CaseEvent, 'type'>): string => e.type.slice(e.type.indexOf('/') + 1)

/** The next state. Pure and total: needs no pack, no clock and no database. */
export const evolve = (state: Case | undefined, e: CaseEvent): Case => {
  const act = actOf(e)
  if (!state && !e.open) throw new Error(`event ${e.stream}#${e.seq} opens nothing`)
  const base: Omit<Case, 'at' | 'version' | 'due' | 'turn' | 'day'> = state ?? {
    id: e.stream,
    ...e.open!,
    opened: e.day,
    did: {},
    data: {},
  }
  return {
    ...base,
    rules: e.rules ?? base.rules,
    seats: { ...base.seats, ...e.seats },
    links: { ...base.links, ...e.links },
    at: e.to,
    day: e.day,
    version: e.seq,
    due: e.due,
    turn: e.turn,
    did: {
      ...base.did,
      [act]: { by: e.actor, org: e.org, day: e.day, seq: e.seq, times: (base.did[act]?.times ?? 0) + 1 },
    },
    data: { ...base.data, [act]: { ...e.data, ...e.sealed } },
  }
}

export const fold = (events: readonly CaseEvent[]): Case | undefined =>
  events.reduce<Case | undefined>(evolve, undefined)

/** Who asks, and what the caller has established beforehand. */
export interface Cx {
  /** Person id, or `system`. */
  readonly user: string
  readonly org: string
  readonly duties: readonly string[]
  /** The legal day. */
  readonly day: string
  /** The real instant, ISO 8601 UTC. */
  readonly at: string
  readonly rules: Rules
  readonly calendar: Calendar
  /** Cases linked to this one in either direction, and those linked to the same cases. */
  readonly related: readonly Case[]
  /** Established facts about parties, files and the caller. */
  readonly facts: Facts
  /** SHA-256 and SM3 (hex) of a text. */
  readonly digest: (text: string) => Digest
}
export interface Digest {
  readonly sha256: string
  readonly sm3: string
}
export interface OrgFact {
  readonly name: string
  readonly uscc: string
  readonly form: string
  readonly division: string
  readonly roles: readonly string[]
  /** How the public reaches it. */
  readonly contact?: string
}
export type ColumnType = 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'string'
/** A column of a tabular file: the types that all its values fit, how many are empty, whether each value stands there once. */
export interface ColumnFact {
  readonly name: string
  readonly types: readonly ColumnType[]
  readonly empty: number
  readonly unique: boolean
}
/** A tabular file as it was read whole. `file` is its content as plain CSV: UTF-8, comma, LF, one header line. */
export interface TableFact extends Digest {
  readonly file: string
  readonly size: number
  readonly rows: number
  readonly columns: readonly ColumnFact[]
}
/** A catalogue entry, as an act on another case needs to know it. */
export interface EntryFact {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly holder: string
  readonly units: readonly string[]
  readonly division: string
  readonly state: string
  readonly sharing: string
  readonly opening: string
  readonly frequency: string
  readonly collected: boolean | null
  readonly published: boolean
  readonly secret: boolean
  readonly batch: string
  readonly registered: string
  /** The name as entries are compared by. */
  readonly same: string
  /** What has been decided of it as a source: `sole`, `reference`, `distinct` or nothing. */
  readonly source: string
  /** The grade that has been settled; empty while there is none. */
  readonly grade: string
}
/** A version of the rules of the platform that is in force. */
export interface PlatformRuleFact {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly effective: string
}
/** An expert as a draw needs to know them. */
export interface ExpertFact {
  readonly id: string
  readonly person: string
  /** The body that employs them. */
  readonly employer: string
  /** Bodies in whose name they may act. */
  readonly orgs: readonly string[]
  /** Bodies in whose matters they have said that they take no part. */
  readonly recused: readonly string[]
}
/** Which catalogue entries an act has to know: those named, those of a unit, those of one name in a territory, or those in no batch yet. */
export type EntryAsk =
  | { readonly ids: readonly string[] }
  | { readonly holder: string }
  | { readonly division: string; readonly same: string }
  | { readonly division: string; readonly unassigned: true }
/** What was found of the electronic seals in a file, whoever it is from. `extended`: bytes were added after the last of them. */
export interface SealFinding {
  readonly result: 'verified' | 'broken' | 'extended' | 'none' | 'unknown'
  readonly problem: string
  readonly signatures: readonly {
    readonly result: 'verified' | 'broken' | 'unknown'
    readonly problem: string
    readonly algorithm: string
    /** Whose certificate it is, and who issued it. */
    readonly subject: string
    readonly organisation: string
    readonly issuer: string
    readonly validFrom: string
    readonly validTo: string
    /** The day of signing, as the signer says; empty where not said. */
    readonly claimed: string
    readonly outOfTerm: boolean
    /** Whether the issuer is an authority that is trusted here; `open`: no list of such is configured. */
    readonly trust: 'yes' | 'no' | 'open'
    /** Something follows it in the file: another signature, or a change. */
    readonly later: boolean
  }[]
}
/** Something that has to be so before data of an entry may be supplied, whether it is, and who must act where it is not. */
export interface GateFact {
  readonly key: string
  readonly term: string
  readonly open: boolean
  readonly says: string
  readonly basis: string
  readonly who: string
}
/** What stands around the supply of an entry's data under an agreement. */
export interface SupplyFact {
  readonly gates: readonly GateFact[]
  readonly agreement: Case | undefined
  readonly agreementKind: string
  readonly agreementTitle: string
  readonly item?: { readonly id: string; readonly name: string; readonly holder: string }
  /** Names of the entry's information items. */
  readonly columns?: readonly string[]
  /** The body that carries out the whole authorization of the territory; empty while none is named. */
  readonly whole: string
  /** Those who develop with the entry's data under service agreements that stand. */
  readonly developers: readonly string[]
  /** The entry has a valid registration, or one is owed already. */
  readonly registered: boolean
  readonly owing: boolean
}
export interface Facts {
  /** Batches supplied under the agreement of an exit that have not been deleted yet. */
  readonly undeleted?: readonly string[]
  /** Those of the entries that an act names which a standing agreement authorises its applicant to operate. */
  readonly authorized?: readonly string[]
  /** What stands for and against supplying what an act is about. */
  readonly supply?: SupplyFact
  readonly orgs: Readonly<Record<string, OrgFact>>
  /** The entries that the act asked for, in order of their names. */
  readonly entries?: readonly EntryFact[]
  /** Files named in the input that belong to the caller's organisation. */
  readonly files: Readonly<Record<string, Digest & { readonly name: string; readonly size: number }>>
  /** What the tabular files named in the input hold, or why they cannot be read; only for acts that ask for it. */
  readonly tables?: Readonly<Record<string, TableFact | { readonly problem: string }>>
  /** What was found of electronic seals in those files; only for acts that ask for it. */
  readonly seals?: Readonly<Record<string, SealFinding>>
  /** The caller's identity has been checked against a document. */
  readonly realName: boolean
  /** Entries of the catalogue that could be shared and resemble what is asked for. */
  readonly shareable?: readonly {
    readonly id: string
    readonly name: string
    readonly unit: string
    readonly sharing: string
  }[]
  /** Entries of the catalogue that the input names, by id. */
  readonly items?: Readonly<
    Record<string, { readonly holder: string; readonly coHolder: string; readonly state: string }>
  >
  /** All organisations that are related to those the act asks for, directly or through others. */
  readonly affiliates?: Readonly<Record<string, readonly string[]>>
  /** Rules of the platform in force in the territory. */
  readonly platformRules?: readonly PlatformRuleFact[]
  /** For each catalogue entry about to be granted, the consents and proofs it lacks, in sentences. */
  readonly consents?: Readonly<Record<string, readonly string[]>>
  /** Experts from whom reviewers may be drawn: those admitted before the matter closed, in order of their numbers. */
  readonly experts?: readonly ExpertFact[]
  /** The earliest signed checkpoint that covers the act by which the matter closed. */
  readonly seed?: { readonly origin: string; readonly size: number; readonly root: string }
  /** Bodies in whose name the caller may act, and bodies related to those whose matter it is. */
  readonly interests?: { readonly orgs: readonly string[]; readonly related: readonly string[] }
  /** Authorizations of the body that authorizes which bear on another: who operates, of which kind. */
  readonly operating?: readonly { readonly operator: string; readonly kind: string }[]
  /** The personal values a request asks to have erased, where it is about to be decided. */
  readonly asked?: {
    readonly values: number
    /** Last day on which one of them has to be kept; empty when none has to. */
    readonly until: string
    /** One of them lies under a legal hold. */
    readonly held: boolean
  }
}

/** The last day of the period a rule path names, counted from `day`; undefined where the rules give no such period. */
export const addRule = (
  cx: Pick<Cx, 'rules' | 'calendar'>,
  day: string,
  rule: string,
): { readonly day: Day; readonly provisional: boolean; readonly remind: readonly number[] } | undefined => {
  const limit = cx.rules.values[rule]?.value as (Period & { remind?: number[] }) | undefined
  if (typeof limit?.value !== 'number') return undefined
  const { remind, value, unit, countStart, roll } = limit
  return {
    ...addPeriod(cx.calendar, day as Day, {
      value,
      unit,
      ...(countStart === undefined ? {} : { countStart }),
      ...(roll === undefined ? {} : { roll }),
    }),
    remind: remind ?? [],
  }
}
/** The article a rule path rests on, in the words shown to users; empty when the path names no rule. */
export const citeRule = (rules: Rules, rule: string): string => {
  const r = rules.values[rule]
  return r ? cite(r.basis) : ''
}

export type Guard = (state: Case, input: JsonObject, cx: Cx) => Refusal | undefined
export type Derive = (
  state: Case,
  input: JsonObject,
  cx: Cx,
) =>
  | {
      readonly data?: JsonObject
      readonly sealed?: JsonObject
      readonly seats?: Record<string, string>
      readonly links?: Record<string, string>
    }
  | Refusal
export interface Claim {
  readonly scope: string
  readonly key: string
}
export interface Laws {
  readonly guards: Readonly<Record<string, Guard>>
  readonly derive: Readonly<Record<string, Derive>>
  /** What only one case may hold at a time ("not twice"), as a function of the state: taken and released with it. */
  readonly claims?: (state: Case) => readonly Claim[]
  /** Guards that need no input and no other case, so that an act they refuse is not even offered. */
  readonly foreseen?: readonly string[]
  /** The name under which a case is listed. */
  readonly title: (state: Case) => string
  /** What lists show beside the name. */
  readonly facts?: (state: Case) => readonly Fact[]
  /** What the case says as a whole now, with the form it answers to. */
  readonly content?: (state: Case, rules: Rules) => { readonly form: Form; readonly value: JsonObject }
  /** What the form of an act begins with. `around`: the cases linked to this one. */
  readonly begin?: (
    state: Case,
    act: string,
    form: Form,
    around: readonly Case[],
    rules: Rules,
  ) => JsonObject | undefined
  /** Duties without which nobody looks inside this case, whatever their seat; undefined: any. */
  readonly onlyFor?: (state: Case) => readonly string[] | undefined
  /** Who reads a case beside those in its seats. */
  readonly readers?: (state: Case) => readonly string[]
  /** Closed even to those who supervise its territory: only its readers see a case of this process, from its opening to its end. */
  readonly unseen?: boolean
  /** Acts whose files are looked at for electronic seals. */
  readonly seals?: readonly string[]
  /** Whose turn it is no more although the case stays where it is: who has signed already, while others have not. */
  readonly spared?: (state: Case, turn: string) => boolean
  /** The catalogue entries that an act has to know before it is decided. */
  readonly asks?: (
    state: Pick<Case, 'seats' | 'division' | 'data'>,
    act: string,
    input: JsonObject,
  ) => EntryAsk | undefined
  /** Cases beside its own kin that an act has to know, as its input names them, by id. The input has not been checked yet. */
  readonly kin?: (act: string, input: JsonObject) => readonly string[]
  /** What is filled in on a page of its own and kept as it goes: for the body in this seat, until one of these acts is done. */
  readonly drafted?: { readonly seat: string; readonly acts: readonly string[] }
  /** Work that an event leaves for the loops, by topic. */
  readonly jobs?: (state: Case, event: CaseEvent) => readonly { readonly topic: string; readonly payload: JsonObject }[]
  /** The organisations whose related parties an act has to know (`cx.facts.affiliates`). */
  readonly affiliatesOf?: (state: Pick<Case, 'seats'>, act: string, input: JsonObject) => readonly string[]
  /** What those who are told of an act read beside its name. */
  readonly told?: (state: Case, event: CaseEvent) => string | undefined
  /** Words for what derivations add to events, by key. */
  readonly derived?: Readonly<Record<string, string>>
  /** Acts on other cases that follow from an event, committed with it. */
  readonly effects?: (state: Case, event: CaseEvent, cx: Cx) => readonly Effect[]
}

export interface Fact {
  readonly term: string
  readonly value: string
}

/** An act of the system on a linked or a new case, in the same commit. */
export type Effect =
  | { readonly on: string; readonly act: string; readonly input: SystemInput }
  | { readonly open: Omit<Opening, 'rules'>; readonly act: string; readonly input: SystemInput }

/** What the system says when it acts: already checked, already split into what stands in clear and what is sealed. */
export interface SystemInput {
  readonly data?: JsonObject
  readonly sealed?: JsonObject
}

const lostFile = '文件不存在或不属于本单位，请重新上传'
const apartHint = '本环节须由另一人办理，请换人办理'

/** May this caller do this act now? `undefined` means yes. Input is not looked at. */
export const may = (
  table: Table,
  state: Case,
  act: string,
  cx: Pick<Cx, 'user' | 'org' | 'duties' | 'rules'>,
): Refusal | undefined => {
  // a name such as `constructor` is no act, though every object answers to it
  const row = Object.hasOwn(table.rows, act) ? table.rows[act] : undefined
  const basis = row?.basis ? { basis: citeRule(cx.rules, row.basis) } : {}
  if (!row) return refuse('unknown_act', '本事项没有这一办理动作')
  const mine = byOf(row).some((by) => {
    if (by === 'system') return cx.user === 'system'
    const [seat = '', duty = ''] = by.split('.')
    return state.seats[seat] === cx.org && cx.duties.includes(duty)
  })
  if (!mine) return refuse('not_yours', '您不是本环节的办理单位或岗位', basis)
  if (!row.from.includes(state.at))
    return refuse('not_now', `当前为“${table.states[state.at]?.term ?? state.at}”，不能${row.term}`, basis)
  // who acts in their own name has no colleague to act instead
  if (row.apart && cx.user !== 'system' && cx.user !== cx.org && state.did[row.apart]?.by === cx.user)
    return refuse('same_person', apartHint, basis)
  return undefined
}

/** A date the case carries under a name: from this act's data, else from the latest act that set it. */
const dateIn = (state: Case | undefined, data: JsonObject, name: string): string | undefined => {
  const latest = Object.entries(state?.data ?? {})
    .filter(([, d]) => typeof d[name] === 'string')
    .sort(([a], [b]) => (state?.did[b]?.seq ?? 0) - (state?.did[a]?.seq ?? 0))[0]?.[1]
  const found = data[name] ?? latest?.[name]
  return typeof found === 'string' ? found : undefined
}

/** Days before the end of a period on which the rules have people reminded; once where two acts stand on one period. */
const reminders = (cx: Cx, dues: readonly Due[]): Due[] =>
  dues
    .filter((d, i) => dues.findIndex((x) => x.rule === d.rule && x.day === d.day) === i)
    .flatMap((d) =>
      ((cx.rules.values[d.rule]?.value as { remind?: number[] } | undefined)?.remind ?? []).flatMap((days): Due[] => {
        const day = subtractPeriod(cx.calendar, d.day as Day, { value: days, unit: 'day' }).day
        return day >= cx.day ? [{ act: d.act, day, kind: 'remind', from: d.from, rule: d.rule }] : []
      }),
    )

/** The rule path of the period of an act, or the name of its date in the case. */
const periodOf = (table: Table, act: string): string =>
  table.rows[act]?.within ?? table.rows[act]?.after ?? table.clocks[act]?.within ?? ''

/** The periods that run in a state just entered, and those that keep running. */
const dues = (table: Table, before: Case | undefined, to: string, name: string, cx: Cx, data: JsonObject): Due[] => {
  // a date that this act sets anew is not kept
  const kept =
    before && before.at === to
      ? before.due.filter((d) => d.kind !== 'remind' && d.act !== name && !(periodOf(table, d.act) in data))
      : []
  const out: Due[] = [...kept]
  for (const [act, row] of Object.entries(table.rows)) {
    const rule = row.within ?? row.after
    if (!rule || !row.from.includes(to)) continue
    if (kept.some((d) => d.act === act)) continue
    const start = row.since?.startsWith('date:')
      ? dateIn(before, data, row.since.slice(5))
      : row.since && row.since !== name
        ? before?.did[row.since]?.day
        : cx.day
    // a date named in the case (noticeTo, validTo) stands beside periods counted from an act
    const dated = dateIn(before, data, rule)
    const kind = row.within ? 'limit' : 'wait'
    // the system has done on its day what leaves the case where it was
    if (dated && row.to === '=' && dated < cx.day && (act === name || before?.did[act])) continue
    if (dated) out.push({ act, day: dated, kind, from: cx.day, rule: row.basis ?? rule })
    else if (start) {
      const end = addRule(cx, start, rule)
      if (end)
        out.push({ act, day: end.day, kind, from: start, rule, ...(end.provisional ? { provisional: true } : {}) })
    }
  }
  for (const [act, clock] of Object.entries(table.clocks)) {
    const since = [clock.since].flat()
    const latest = since.flatMap((a) => before?.did[a] ?? []).sort((a, b) => b.seq - a.seq)[0]
    const start = since.includes(name) ? cx.day : latest?.day
    if (!clock.during.includes(to) || !start || out.some((d) => d.act === act)) continue
    const end = addRule(cx, start, clock.within)
    if (end)
      out.push({
        act,
        day: end.day,
        kind: 'limit',
        from: start,
        rule: clock.within,
        ...(end.provisional ? { provisional: true } : {}),
      })
  }
  return [...out, ...reminders(cx, out)]
}

const turnOf = (table: Table, to: string): readonly string[] => [
  ...new Set([
    ...(table.states[to]?.turn ?? []),
    ...Object.values(table.rows).flatMap((r) =>
      r.from.includes(to) && !r.optional ? byOf(r).filter((b) => b !== 'system') : [],
    ),
  ]),
]

export type Decision = { readonly refused?: false; readonly event: CaseEvent; readonly input: JsonObject }

/**
 * Decides one act: the event it becomes, or the reason it is refused. The caller's right is looked at before the input, so that
 * a stranger learns nothing. Form problems come all at once, each with its field.
 */
export const decide = (
  table: Table,
  laws: Laws,
  state: Case,
  act: string,
  raw: unknown,
  cx: Cx,
): Decision | Refusal => {
  const no = may(table, state, act, cx)
  if (no) return no
  // a clock that was set back does not date an act before the one it follows
  return proceed(table, laws, state, act, raw, cx.day < state.day ? { ...cx, day: state.day } : cx, undefined)
}

/** Opens a stream with an act whose `from` is empty. Rights are decided by the seats of the opening. */
export const open = (
  table: Table,
  laws: Laws,
  id: string,
  opening: Opening,
  act: string,
  raw: unknown,
  cx: Cx,
): Decision | Refusal => {
  const row = table.rows[act]
  if (!row || row.from.length > 0) return refuse('unknown_act', '不能以此事项发起办理')
  const blank: Case = {
    id,
    ...opening,
    at: '',
    version: 0,
    opened: cx.day,
    day: cx.day,
    did: {},
    data: {},
    due: [],
    turn: [],
  }
  const no = may({ ...table, rows: { ...table.rows, [act]: { ...row, from: [''] } } }, blank, act, cx)
  return no ?? proceed(table, laws, blank, act, raw, cx, opening)
}

const proceed = (
  table: Table,
  laws: Laws,
  state: Case,
  act: string,
  raw: unknown,
  cx: Cx,
  opening: Opening | undefined,
): Decision | Refusal => {
  const row = table.rows[act]!
  const basis = row.basis ? { basis: citeRule(cx.rules, row.basis) } : {}
  const form = row.form
  // what one case hands on to another comes without what has been erased there
  const said = cx.user === 'system' ? (raw as SystemInput) : undefined
  const told: SystemInput | undefined = said && (said.sealed ? { ...said, sealed: withoutGone(said.sealed) } : said)
  const parsed = told ? { ok: true as const, value: { ...told.data, ...told.sealed } } : parseForm(form, raw ?? {})
  if (!parsed.ok)
    return refuse('invalid', parsed.problems[0]?.says ?? '填写内容有误', {
      fields: Object.fromEntries(parsed.problems.map((p) => [p.path, p.says])),
      ...basis,
    })
  const input: JsonObject = parsed.value
  // whoever may read a case may open the files it names: nobody names another's
  const lost = told ? [] : filesOf(form, input).filter(([, id]) => !cx.facts.files[id])
  if (lost.length > 0)
    return refuse('invalid', lostFile, { fields: Object.fromEntries(lost.map(([path]) => [path, lostFile])), ...basis })
  for (const name of row.guards ?? []) {
    const guard = laws.guards[name]
    if (!guard) throw new Error(`${table.process}.${act}: unknown guard ${name}`)
    const no = guard(state, input, cx)
    if (no) return { ...basis, ...no }
  }
  let derived: Exclude<ReturnType<Derive>, Refusal> = {}
  if (row.derive) {
    const derive = laws.derive[row.derive]
    if (!derive) throw new Error(`${table.process}.${act}: unknown derivation ${row.derive}`)
    const d = derive(state, input, cx)
    if ('refused' in d) return { ...basis, ...d }
    derived = d
  }
  const clear = told
    ? (told.data ?? {})
    : Object.fromEntries(Object.entries(input).filter(([k]) => form.find((f) => f.key === k)?.clear))
  const sealed = Object.fromEntries(Object.entries(input).filter(([k]) => !(k in clear)))
  const to = row.to === '=' ? state.at : row.to
  const data = { ...clear, ...derived.data }
  const due = dues(table, opening ? undefined : state, to, act, cx, data)
  return {
    input,
    event: {
      stream: state.id,
      seq: state.version + 1,
      type: `${table.process}/${act}`,
      v: 1,
      day: cx.day,
      at: cx.at,
      actor: cx.user,
      org: cx.org,
      to,
      due,
      turn: table.states[to]?.final ? [] : turnOf(table, to),
      data,
      sealed: { ...sealed, ...derived.sealed },
      ...(opening ? { open: opening } : {}),
      ...(derived.seats ? { seats: derived.seats } : {}),
      ...(derived.links ? { links: derived.links } : {}),
    },
  }
}

/**
 * Takes an open case over to other rules, as their stated transition asks: periods that run are counted again from the days on
 * which they began. Undefined where the new table does not know the state the case is in; it then ends under its old rules.
 */
export const adopt = (table: Table, state: Case, hash: string, cx: Cx): CaseEvent | undefined => {
  if (!table.states[state.at]) return undefined
  const due = state.due.flatMap((d): Due[] => {
    // what stands on a date the case carries is no period to count again
    const end = periodOf(table, d.act) === d.rule ? addRule(cx, d.from, d.rule) : undefined
    if (d.kind === 'remind') return []
    return [end ? { ...d, day: end.day } : d]
  })
  return {
    stream: state.id,
    seq: state.version + 1,
    type: `${state.process}/adoptRules`,
    v: 1,
    day: cx.day,
    at: cx.at,
    actor: cx.user,
    org: cx.org,
    to: state.at,
    due: [...due, ...reminders(cx, due)],
    turn: table.states[state.at]?.final ? [] : turnOf(table, state.at),
    data: { from: state.rules, to: hash },
    sealed: {},
    rules: hash,
  }
}

/** The acts this caller may do now. */
export const actsOpen = (table: Table, laws: Laws, state: Case, cx: Cx): readonly string[] =>
  Object.entries(table.rows).flatMap(([act, row]) =>
    may(table, state, act, cx) === undefined &&
    (row.guards ?? []).every((g) => !laws.foreseen?.includes(g) || laws.guards[g]?.(state, {}, cx) === undefined)
      ? [act]
      : [],
  )
