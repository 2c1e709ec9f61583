import type { Json, JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Rules } from '#policy'
import { resolve } from '#policy'
import type { BoundRow, Case, CaseEvent, Cx, Decision, Facts, Opening, SystemInput, Table } from '#domain/kernel'
import { actOf, actsOpen, adopt, byOf, citeRule, dayInShanghai, decide, evolve, may, open } from '#domain/kernel'
import { dutiesOf } from '#domain/parties'
import { canonical, digestOf } from '#ledger'
import type { AccessEntry, Answer, Doc, Head, Loaded, Viewer } from '#store'
import { asSystem, entryFacts, loadForSystem, replied } from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import { formOf, headOf, rowsOf, toLeaf } from './leaf.ts'
import { hashRules } from './policies.ts'
import { planOf, removing, type Plan } from './removal.ts'
import { established } from './established.ts'
import { uuids } from './lookup.ts'
import { seenBeyond } from './supplyFacts.ts'
import { sealsIn } from './seals.ts'
import { asksForTables, readTables } from './tables.ts'
import { traceOf } from './trace.ts'

export interface ActRequest {
  /** The process the caller takes the case to be of; another one is not found. */
  readonly process?: string
  readonly act: string
  readonly input: unknown
  /** Version the caller has seen; a later one refuses. */
  readonly expect?: number
  /** Idempotency key (UUID): the same key gets the same answer and acts once. */
  readonly key: string
}
export interface Reply {
  readonly id: string
  readonly state: string
  readonly version: number
}

export const signedOut = refuse('signed_out', '登录已失效，请重新登录')
const stale = refuse('stale', '该事项刚刚被他人办理过，请刷新后重试')
/** Something around the case changed between deciding and committing, so that the decision may rest on what no longer holds. */
const stirred = refuse(stale.code, stale.says)
/** Decides again on what is there now, as often as someone else comes first; each time somebody gets through. */
const again = async <R>(work: () => Promise<R | Refusal>): Promise<R | Refusal> => {
  for (let tries = 0; tries < 30; tries++) {
    const r = await work()
    if (r !== stirred) return r
  }
  return stale
}
const held = refuse('held', '该事项已依法暂停删除，解除后方可删除')
const kept = refuse('kept', '其中有登记凭证仍在保存期限内，只能限制处理，期满后方可删除')
const keyReused = refuse('key_reused', '同一请求编号已用于另一操作')
const gone = refuse('not_found', '没有这一事项，或您无权查看')

/** The legal day: simulated in demo databases, the day in Shanghai otherwise. */
export const legalDay = (app: Pick<App, 'now'>, stored: string | null): string => stored ?? dayInShanghai(app.now())

export const accessEntry = (
  app: Pick<App, 'now'>,
  kind: AccessEntry['kind'],
  who: { person: string; org: string },
  subject: string,
  more: JsonObject = {},
): AccessEntry => {
  const at = app.now()
  return {
    at,
    kind,
    person: who.person,
    org: who.org,
    subject,
    body: canonical({ at, kind, person: who.person, org: who.org, subject, request: traceOf(), ...more }),
  }
}

// ── from decisions to one document ─────────────────────────────────────────────────────────────────────────────

interface Step {
  readonly before: Case | undefined
  readonly after: Case
  readonly event: CaseEvent
  readonly table: Table
  readonly rules: Rules
}

/** An act and all the acts that follow from it on other cases, to the end. Pure but for looking up rules already stored and cases afar. */
const follow = async (app: App, first: Step, cx: Cx): Promise<readonly Step[] | Refusal> => {
  const steps: Step[] = [first]
  const now = new Map<string, Case>([...cx.related.map((c) => [c.id, c] as const), [first.after.id, first.after]])
  for (let i = 0; i < steps.length; i++) {
    if (steps.length > 50) throw new Error('effects do not end')
    const s = steps[i]!
    const related = (self: string): Case[] => [...now.values()].filter((c) => c.id !== self)
    const effects =
      matterOf(s.after.process).laws.effects?.(s.after, s.event, { ...cx, related: related(s.after.id) }) ?? []
    for (const f of effects) {
      const sys: Cx = { ...cx, user: 'system', org: 'system', duties: [] }
      let before: Case | undefined
      let decided: Decision | Refusal
      let rules: Rules
      let table: Table
      if ('open' in f) {
        const id = app.freshId()
        rules = s.rules
        table = tableFor(app, rules, s.after.rules, f.open.process, f.open.kind, f.open.variant)
        decided = open(table, matterOf(f.open.process).laws, id, { ...f.open, rules: s.after.rules }, f.act, f.input, {
          ...sys,
          rules,
          related: related(id),
        })
      } else {
        // what is not around the case is read now; the commit finds out if it has moved meanwhile
        before = now.get(f.on) ?? (await loadForSystem(app.pool, f.on))?.head ?? undefined
        if (!before) throw new Error(`effect on an unknown case ${f.on}`)
        rules = await rulesOf(app, before.rules)
        table = tableFor(app, rules, before.rules, before.process, before.kind, before.variant)
        decided = decide(table, matterOf(before.process).laws, before, f.act, f.input, {
          ...sys,
          rules,
          related: related(before.id),
        })
      }
      if (isRefusal(decided)) return decided
      const after = evolve(before, decided.event)
      now.set(after.id, after)
      steps.push({ before, after, event: decided.event, table, rules })
    }
  }
  return steps
}

/** Messages for those an act tells, and work it leaves for the loops. */
const outcomes = (app: App, s: Step, request: string): Pick<Required<Doc>, 'notices' | 'outbox'> => {
  const act = actOf(s.event)
  const row = s.table.rows[act]
  const { title: titled, told } = matterOf(s.after.process).laws
  const title = titled(s.after)
  const words = told?.(s.after, s.event)
  const notices = [
    ...new Set((row?.tell ?? []).map((seat) => s.after.seats[seat] ?? '').filter((p) => p !== '' && p !== s.event.org)),
  ].map((principal) => ({
    principal,
    stream: s.after.id,
    term: `${row?.term ?? act}${words ? `：${words}` : ''}`,
    title,
    day: s.event.day,
    at: s.event.at,
    urgent: s.table.states[s.after.at]?.final === true || row?.grave === true,
  }))
  const outbox: { topic: string; stream: string; payload: object }[] = []
  if (
    s.after.process === 'application' &&
    s.after.at === 'coding' &&
    s.before?.at !== 'coding' &&
    s.after.kind === 'first' &&
    app.issuer
  )
    outbox.push({ topic: 'code', stream: s.after.id, payload: { request } })
  if (s.after.process === 'record' && ['register', 'amend', 'renew'].includes(act))
    outbox.push({ topic: 'certificate', stream: s.after.id, payload: { version: s.after.version, request } })
  for (const { topic, payload } of matterOf(s.after.process).laws.jobs?.(s.after, s.event) ?? [])
    outbox.push({ topic, stream: s.after.id, payload: { ...payload, request } })
  return { notices, outbox }
}

/** What an act left as it was is not written again. */
const changed = (head: Head, was: Head | undefined): Head => {
  if (!was) return head
  const { claims, deadlines, links, ...rest } = head
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  return {
    ...rest,
    ...(claims && !same(claims, was.claims) ? { claims } : {}),
    ...(deadlines && !same(deadlines, was.deadlines) ? { deadlines } : {}),
    ...(links && !same(links, was.links) ? { links } : {}),
  }
}

const toDoc = (app: App, steps: readonly Step[], more: Doc): Doc => {
  const heads = new Map<string, Head>()
  const were = new Map<string, Head>()
  const rows = new Map<string, NonNullable<Doc['rows']>[number]>()
  const signOut = new Set<string>()
  for (const s of steps) {
    const known = heads.get(s.after.id)
    if (!known && s.before) were.set(s.before.id, headOf(s.before, s.table, 0, ''))
    heads.set(s.after.id, headOf(s.after, s.table, known ? known.expected : (s.before?.version ?? 0), s.event.at))
    const had = s.before && new Map(rowsOf(s.before, s.rules).map((r) => [r.table, canonical(r.row)]))
    for (const r of rowsOf(s.after, s.rules))
      if (had ? (had.get(r.table) ?? 'null') !== canonical(r.row) : r.row !== null) rows.set(`${r.table} ${r.id}`, r)
    if (
      s.after.process === 'membership' &&
      s.before &&
      (s.after.at === 'ended' || dutiesOf(s.before).join() !== dutiesOf(s.after).join())
    )
      signOut.add(s.after.links['person'] ?? '')
    if (s.after.process === 'person' && s.after.at === 'suspended') signOut.add(s.after.id)
  }
  const request = more.request?.key ?? traceOf() ?? app.freshId()
  const out = steps.map((s) => outcomes(app, s, request))
  const rules = [...new Map(steps.filter((s) => !s.before).map((s) => [s.after.rules, s.rules])).entries()].map(
    ([hash, r]) => ({ hash, division: r.division, body: r }),
  )
  return {
    ...more,
    heads: [...heads.values()].map((h) => changed(h, were.get(h.id))),
    stirs: [...heads.values()].flatMap((h) => Object.values(h.links ?? {})),
    events: steps.map((s) =>
      toLeaf(s.event, formOf(s.table, s.rules, s.after.variant, actOf(s.event)), s.after.rules, request),
    ),
    rows: [...rows.values()],
    notices: [...(more.notices ?? []), ...out.flatMap((o) => o.notices)],
    outbox: out.flatMap((o) => o.outbox),
    ...(rules.length > 0 ? { rules } : {}),
    ...(signOut.size > 0 ? { signOut: [...signOut].filter(Boolean) } : {}),
  }
}

/** What a lost race or a broken uniqueness means to the person at the desk. */
const conflictRefusal = (answer: Exclude<Answer, { ok: true }>): Refusal => {
  if ('error' in answer) {
    if (answer.error === '23514')
      return refuse('too_large', '填报内容过大，单项事实不得超过 64 kB，请把长内容作为附件上传')
    if (answer.error === 'GS004') return answer.detail === 'held' ? held : kept
    throw new Error(`commit failed: ${answer.error} ${answer.detail}`)
  }
  switch (answer.conflict) {
    case 'version':
    case 'request':
      return stale
    case 'stirred':
      return stirred
    case 'claim': {
      const detail = answer.detail ?? ''
      if (detail.includes('registration.code'))
        return refuse('code_taken', '该登记结果查询码已经发放给其他登记，一码只对应一证', {
          fields: { code: '已被使用' },
        })
      if (detail.includes('registration.pending')) return refuse('pending', '该登记已有同类申请在办，请先办结或撤回')
      if (detail.includes('registration.'))
        return refuse('duplicate', '同一数据不得重复申请登记：相同的目录项或存证摘要已有在办申请或有效登记')
      if (detail.includes('share.pending')) return refuse('pending', '对同一目录项已有同类共享申请在办，请先办结或撤回')
      if (detail.includes('catalogue.ticket')) return refuse('duplicate', '这一检核项已有在办的工单')
      if (detail.includes('catalogue.source')) return refuse('duplicate', '该目录项已经导入')
      if (detail.includes('authorization.candidacy')) return refuse('duplicate', '本单位已经申请过这次遴选')
      if (detail.includes('platform.entry')) return refuse('duplicate', '该单位已有同类进驻申请在办或者已经进驻')
      if (detail.includes('platform.appeal')) return refuse('duplicate', '对这一决定已经提出过申诉')
      if (detail.includes('platform.rule.next')) return refuse('duplicate', '这一版规则已有新版在起草或者已经公布')
      if (detail.includes('platform.affiliation')) return refuse('duplicate', '这两个单位之间的同一关联关系已经登记')
      if (detail.includes('platform.expert')) return refuse('duplicate', '您已在该专家库中，或申请正在办理')
      if (detail.includes('platform.subject')) return refuse('pending', '同一请求正在办理，请等待答复')
      if (detail.includes('authorization.pact'))
        return refuse('duplicate', '这一场景在本协议之下已经授权，原授权终止以前不能再次授权（一场景一授权）')
      if (detail.includes('catalogue.authority')) return refuse('duplicate', '同名目录项的数源已经认定，须先撤销原认定')
      return refuse('duplicate', '与已有记录重复')
    }
    case 'organisation_uscc':
      return refuse('duplicate', '该统一社会信用代码已登记在另一单位名下', { fields: { uscc: '已被使用' } })
    case 'draft':
      return refuse('stale', '草稿已在另一处保存，请刷新后重试')
    default:
      return refuse('duplicate', '与已有记录重复')
  }
}

const cxOf = (
  app: App,
  viewer: { person: string; org: string; duties: readonly string[]; realName: boolean },
  day: string,
  rules: Rules,
  l: Pick<Loaded, 'kin' | 'orgs' | 'files'>,
  plan?: Plan,
  more: Partial<Facts> = {},
): Cx => ({
  user: viewer.person,
  org: viewer.org,
  duties: viewer.duties,
  day,
  at: app.now(),
  rules,
  calendar: app.calendarFor(rules.division),
  related: l.kin,
  facts: { orgs: l.orgs, files: l.files, realName: viewer.realName, ...more, ...(plan ? { asked: plan.asked } : {}) },
  digest: digestOf,
})

/** The catalogue entries that an act has to know, whoever may read them; undefined where it asks for none. */
const entriesFor = async (
  app: App,
  s: Pick<Case, 'seats' | 'division' | 'data'> & { readonly process: string },
  name: string,
  input: unknown,
): Promise<Facts['entries']> => {
  const said = typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as JsonObject) : {}
  const ask = matterOf(s.process).laws.asks?.(s, name, said)
  return ask ? asSystem(app.pool, (q) => entryFacts(q, ask)) : undefined
}

/** Cases that an act asks for beside its kin; what is no id names nothing. */
const kinOf = (process: string | undefined, act: string, input: unknown): readonly string[] => {
  const said = typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as JsonObject) : {}
  const known = new Set(uuids(input))
  return process ? (matterOf(process).laws.kin?.(act, said) ?? []).filter((id) => known.has(id)) : []
}
const replyOf = (s: Case): Reply => ({ id: s.id, state: s.at, version: s.version })

const finish = async <R = Reply>(
  app: App,
  steps: readonly Step[] | Refusal,
  request: (Required<Doc>['request'] & { readonly reply: R }) | undefined,
  more: Doc = {},
  plan?: Plan,
): Promise<R | Refusal> => {
  if (isRefusal(steps)) return steps
  const doc = toDoc(app, steps, { ...more, ...(request ? { request } : {}) })
  const answer = await app.committer.commit(plan ? await removing(app, plan, steps[0]!.event, doc) : doc)
  if (answer.ok) return request ? request.reply : (replyOf(steps[0]!.after) as R)
  // the same request, sent again while it was still under way, gets the answer of the one that won
  if (request && 'conflict' in answer && answer.conflict === 'request') {
    const known = await replied<R>(app.pool, request.key, request.person)
    return known?.digest === request.digest ? known.reply : keyReused
  }
  return conflictRefusal(answer)
}

/** Approvers and administrators act with a second factor, except in demo databases. */
const secondFactor = (
  app: App,
  viewer: { self?: boolean; strong?: boolean; person: string },
  row: BoundRow | undefined,
): Refusal | undefined => {
  const by = row && !viewer.self && viewer.person !== 'system' ? byOf(row).filter((b) => b !== 'system') : []
  const asked = by.length > 0 && by.every((b) => /\.(approver|admin)$/.test(b))
  return asked && !app.demo && !viewer.strong
    ? refuse('second_factor', '复核与管理岗位须使用动态口令登录：请在右上角设置动态口令后重新登录')
    : undefined
}

/** Does one act on a case for a signed-in caller: one query to load what deciding needs, one commit. */
export const act = (
  app: App,
  who: { readonly token: Buffer },
  stream: string,
  req: ActRequest,
): Promise<Reply | Refusal> => again(() => actOnce(app, who, stream, req))

const actOnce = async (
  app: App,
  who: { readonly token: Buffer },
  stream: string,
  req: ActRequest,
): Promise<Reply | Refusal> => {
  const l = (await app.load({
    token: who.token,
    idle: app.idle,
    stream,
    kin: kinOf(req.process, req.act, req.input),
    orgs: uuids(req.input),
    files: uuids(req.input),
    key: req.key,
  })) as Loaded<Reply>
  if (!l.viewer) return signedOut
  const digest = digestOf(canonical([stream, req.act, req.input ?? null])).sha256
  if (l.reply) return l.reply.digest === digest ? l.reply.reply : keyReused
  const denied = async (r: Refusal): Promise<Refusal> => {
    await app.committer.commit({
      access: [accessEntry(app, 'denied', l.viewer!, stream, { act: req.act, code: r.code })],
    })
    return r
  }
  if (!l.head || (req.process && l.head.process !== req.process)) return denied(gone)
  if (req.expect !== undefined && req.expect !== l.head.version) return stale
  const rules = await rulesOf(app, l.head.rules)
  const table = tableFor(app, rules, l.head.rules, l.head.process, l.head.kind, l.head.variant)
  const plan = await planOf(app, l.head)
  const entries = await entriesFor(app, l.head, req.act, req.input)
  const day = legalDay(app, l.day)
  const { division } = l.head
  const seen = await seenBeyond(app, l.head.process, req.input, l.head)
  const more = {
    ...(await established(app, {
      ...{ process: l.head.process, act: req.act, input: req.input, head: l.head, at: l.head, day },
      rules: () => rulesFor(app, division, day).rules,
    })),
    ...(entries ? { entries } : {}),
  }
  const weak = secondFactor(app, l.viewer, table.rows[req.act])
  if (weak) return weak
  // only for whoever may do the act at all: reading a table is work
  const read =
    asksForTables(l.head.process, req.act) &&
    may(table, l.head, req.act, cxOf(app, l.viewer, day, rules, l)) === undefined
      ? await readTables(app, l.viewer, Object.keys(l.files))
      : undefined
  const seals = await sealsIn(app, l.head.process, req.act, Object.keys(l.files), day)
  const cx = cxOf(app, l.viewer, day, rules, l, plan, {
    ...more,
    ...(read ? { tables: read.tables } : {}),
    ...(seals ? { seals } : {}),
  })
  const decided = decide(table, matterOf(l.head.process).laws, l.head, req.act, req.input, cx)
  if (isRefusal(decided)) {
    await read?.discard()
    return ['not_yours', 'same_person'].includes(decided.code) ? denied(decided) : decided
  }
  const after = evolve(l.head, decided.event)
  const steps = await follow(app, { before: l.head, after, event: decided.event, table, rules }, cx)
  const answer = await finish(
    app,
    steps,
    { key: req.key, person: l.viewer.person, digest, reply: replyOf(after) },
    {
      seen: { ...l.seen, ...seen },
      ...(matterOf(l.head.process).laws.drafted?.acts.includes(req.act) ? { draft: { stream } } : {}),
      ...(read ? { files: read.files } : {}),
    },
    plan,
  )
  if (isRefusal(answer)) await read?.discard()
  return answer
}

export interface OpenRequest extends Omit<ActRequest, 'expect' | 'process'> {
  /** Where the id is needed before the case exists (an organisation sits in its own seat). */
  readonly id?: string
  readonly process: string
  readonly kind: string
  readonly variant: string
  readonly division: string
  readonly seats: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string>>
}

interface Resolution {
  readonly rules: Rules
  readonly hash: string
}
// resolving and hashing take longer than the rest of an act
const resolved = new WeakMap<App['layers'], { readonly day: string; readonly of: Map<string, Resolution> }>()

/** Resolves the rules of a division today and remembers them by hash. */
export const rulesFor = (app: App, division: string, day: string): Resolution => {
  let today = resolved.get(app.layers)
  if (today?.day !== day) resolved.set(app.layers, (today = { day, of: new Map() }))
  const key = [division, ...app.enabled].join(' ')
  let found = today.of.get(key)
  if (!found) {
    const rules = resolve(app.layers, division, day, app.enabled)
    today.of.set(key, (found = { rules, hash: hashRules(rules) }))
  }
  app.rulesByHash.set(found.hash, found.rules)
  return found
}

type NewCase = Omit<OpenRequest, 'key' | 'id'>
type Caller = Parameters<typeof cxOf>[1] & { readonly self?: boolean; readonly strong?: boolean }

const opening = async (
  app: App,
  id: string,
  req: NewCase,
  day: string,
  caller: Caller,
  l: Parameters<typeof cxOf>[4],
): Promise<readonly Step[] | Refusal> => {
  const { process, kind, variant, division, seats, links } = req
  const { rules, hash } = rulesFor(app, division, day)
  const table = tableFor(app, rules, hash, process, kind, variant)
  const weak = secondFactor(app, caller, table.rows[req.act])
  if (weak) return weak
  const about = { process, seats, division, data: {} }
  const entries = caller.person === 'system' ? undefined : await entriesFor(app, about, req.act, req.input)
  const more = {
    ...(await established(app, {
      ...{ process, act: req.act, input: req.input, head: undefined, at: { division, seats }, day },
      rules: () => rules,
    })),
    ...(entries ? { entries } : {}),
  }
  const cx = cxOf(app, caller, day, rules, l, undefined, more)
  const first: Opening = { process, kind, variant, division, rules: hash, seats, links }
  const decided = open(table, matterOf(process).laws, id, first, req.act, req.input, cx)
  if (isRefusal(decided)) return decided
  const after = evolve(undefined, decided.event)
  return follow(app, { before: undefined, after, event: decided.event, table, rules }, cx)
}

/** Opens several cases for a signed-in caller in one commit: all of them or none. Answers with their ids, also when asked again. */
export const openTogether = async (
  app: App,
  who: { readonly token: Buffer },
  key: string,
  about: Json,
  plan: (viewer: Viewer, kin: readonly Case[]) => Readonly<Record<string, NewCase>> | Refusal,
  kin: readonly string[] = [],
): Promise<{ readonly ids: readonly string[] } | Refusal> => {
  const l = (await app.load({
    token: who.token,
    idle: app.idle,
    stream: null,
    kin,
    orgs: [],
    files: [],
    key,
  })) as Loaded<{ ids: readonly string[] }>
  if (!l.viewer) return signedOut
  const digest = digestOf(canonical(about)).sha256
  if (l.reply) return l.reply.digest === digest ? l.reply.reply : keyReused
  const { viewer } = l
  const denied = async (r: Refusal): Promise<Refusal> => {
    if (r.code === 'not_yours')
      await app.committer.commit({ access: [accessEntry(app, 'denied', viewer, 'open', { code: r.code })] })
    return r
  }
  const wanted = plan(viewer, l.kin)
  if (isRefusal(wanted)) return denied(wanted)
  const all: Step[] = []
  for (const [id, req] of Object.entries(wanted)) {
    const steps = await opening(app, id, req, legalDay(app, l.day), viewer, l)
    if (isRefusal(steps)) return denied(steps)
    all.push(...steps)
  }
  const reply = { ids: Object.keys(wanted) }
  const done = await finish(app, all, { key, person: l.viewer.person, digest, reply }, { seen: l.seen })
  return isRefusal(done) ? done : reply
}

/** Opens a case for a signed-in caller. The seats are worked out by the caller (routing is application knowledge), the rights by the process. */
export const openCase = (
  app: App,
  who: { readonly token: Buffer },
  req: OpenRequest,
  viewerOrg?: (v: Viewer) => OpenRequest | Refusal,
): Promise<Reply | Refusal> => again(() => openOnce(app, who, req, viewerOrg))

const openOnce = async (
  app: App,
  who: { readonly token: Buffer },
  req: OpenRequest,
  viewerOrg?: (v: Viewer) => OpenRequest | Refusal,
): Promise<Reply | Refusal> => {
  const l = (await app.load({
    token: who.token,
    idle: app.idle,
    stream: null,
    kin: Object.values(req.links),
    orgs: [...Object.values(req.seats).filter(isUuid), ...uuids(req.input)],
    files: uuids(req.input),
    key: req.key,
  })) as Loaded<Reply>
  if (!l.viewer) return signedOut
  const asked = viewerOrg ? viewerOrg(l.viewer) : req
  if (isRefusal(asked)) return asked
  const digest = digestOf(
    canonical([asked.process, asked.kind, asked.variant, asked.links, asked.act, asked.input ?? null]),
  ).sha256
  if (l.reply) return l.reply.digest === digest ? l.reply.reply : keyReused
  const seen = await seenBeyond(app, asked.process, asked.input, undefined)
  const steps = await opening(app, asked.id ?? app.freshId(), asked, legalDay(app, l.day), l.viewer, l)
  if (isRefusal(steps)) {
    if (steps.code === 'not_yours')
      await app.committer.commit({
        access: [accessEntry(app, 'denied', l.viewer, asked.process, { act: asked.act, code: steps.code })],
      })
    return steps
  }
  const reply = replyOf(steps[0]!.after)
  return finish(app, steps, { key: req.key, person: l.viewer.person, digest, reply }, { seen: { ...l.seen, ...seen } })
}
const isUuid = (v: string): boolean => /^[0-9a-f-]{36}$/.test(v)

// ── the system's own acts ──────────────────────────────────────────────────────────────────────────────────────

/** An act of the deadline loop or of a job. `also` is committed with it (the deadline fired, the job done). */
export const actAsSystem = (
  app: App,
  stream: string,
  name: string,
  input: { data?: JsonObject; sealed?: JsonObject },
  also: Doc = {},
): Promise<Reply | Refusal> => again(() => actAsSystemOnce(app, stream, name, input, also))

const actAsSystemOnce = async (
  app: App,
  stream: string,
  name: string,
  input: { data?: JsonObject; sealed?: JsonObject },
  also: Doc,
): Promise<Reply | Refusal> => {
  const l = await loadForSystem(app.pool, stream)
  if (!l?.head) return gone
  const rules = await rulesOf(app, l.head.rules)
  const table = tableFor(app, rules, l.head.rules, l.head.process, l.head.kind, l.head.variant)
  const plan = await planOf(app, l.head)
  const day = legalDay(app, l.day)
  const seen = await seenBeyond(app, l.head.process, input, l.head)
  // what brings a batch on is asked of the system as of anybody
  const more = await established(app, {
    ...{ process: l.head.process, act: name, input, head: l.head, at: l.head, day },
    rules: () => rulesFor(app, l.head!.division, day).rules,
  })
  const cx = cxOf(
    app,
    { person: 'system', org: 'system', duties: [], realName: true },
    day,
    rules,
    { ...l, files: {} },
    plan,
    more,
  )
  const decided = decide(table, matterOf(l.head.process).laws, l.head, name, input, cx)
  if (isRefusal(decided)) return decided
  const steps = await follow(
    app,
    { before: l.head, after: evolve(l.head, decided.event), event: decided.event, table, rules },
    cx,
  )
  return finish(app, steps, undefined, { seen: { ...l.seen, ...seen }, ...also }, plan)
}

/** Takes a case over to the rules that now bind it, where their transition says so. */
export const adoptRules = async (app: App, stream: string, to: string): Promise<boolean> => {
  const l = await loadForSystem(app.pool, stream)
  if (!l?.head || l.head.rules === to) return false
  const rules = await rulesOf(app, to)
  const table = tableFor(app, rules, to, l.head.process, l.head.kind, l.head.variant)
  const cx = cxOf(app, { person: 'system', org: 'system', duties: [], realName: true }, legalDay(app, l.day), rules, {
    ...l,
    files: {},
  })
  const event = adopt(table, l.head, to, cx)
  if (!event) return false
  const after = evolve(l.head, event)
  const doc = toDoc(app, [{ before: l.head, after, event, table, rules }], {
    rules: [{ hash: to, division: rules.division, body: rules }],
  })
  return (
    (await app.committer.commit({ ...doc, rules: [{ hash: to, division: rules.division, body: rules }] })).ok === true
  )
}

/** Opens a case as the system: imports, seeds, sign-up. */
export const openAsSystem = async (
  app: App,
  id: string,
  req: Omit<OpenRequest, 'key' | 'input'> & { readonly input: { data?: JsonObject; sealed?: JsonObject } },
  day: string,
  kin: readonly Case[] = [],
  also: Doc = {},
): Promise<Reply | Refusal> => {
  const steps = await opening(
    app,
    id,
    req,
    day,
    { person: 'system', org: 'system', duties: [], realName: true },
    {
      kin,
      orgs: {},
      files: {},
    },
  )
  return finish(app, steps, undefined, also)
}

/**
 * Acts and openings of the system on many cases in one commit: all of them or none. For loading lists, where a commit for each would
 * cost more than all else; the cases must not be linked to each other.
 */
export const manyAsSystem = async (
  app: App,
  day: string,
  opens: Readonly<Record<string, Omit<OpenRequest, 'key' | 'input'> & { readonly input: SystemInput }>>,
  acts: readonly { readonly head: Case; readonly act: string; readonly input: SystemInput }[] = [],
  also: Doc = {},
): Promise<{ readonly done: number } | Refusal> => {
  const steps: Step[] = []
  const system = { person: 'system', org: 'system', duties: [], realName: true }
  const alone = { kin: [], orgs: {}, files: {} }
  for (const [id, req] of Object.entries(opens)) {
    const made = await opening(app, id, req, day, system, alone)
    if (isRefusal(made)) return made
    steps.push(...made)
  }
  for (const { head, act: name, input } of acts) {
    const rules = await rulesOf(app, head.rules)
    const table = tableFor(app, rules, head.rules, head.process, head.kind, head.variant)
    const decided = decide(table, matterOf(head.process).laws, head, name, input, cxOf(app, system, day, rules, alone))
    if (isRefusal(decided)) return decided
    steps.push({ before: head, after: evolve(head, decided.event), event: decided.event, table, rules })
  }
  const answer = await app.committer.commit(toDoc(app, steps, also))
  return answer.ok ? { done: steps.length } : conflictRefusal(answer)
}

export { actsOpen, citeRule }
