import type pg from 'pg'
import type {
  ActionView,
  CaseList,
  CaseRow,
  CaseView,
  DueView,
  Field,
  FileView,
  Form,
  Json,
  JsonObject,
  NoticeView,
  ProgressView,
  Refusal,
  ShownField,
} from '#contract'
import { filesOf, formJsonSchema, goneOf, refuse, withoutGone } from '#contract'
import type { Rules } from '#policy'
import type { Case, CaseEvent, Cx, Due, Facts, Table } from '#domain/kernel'
import { actOf, actsOpen, citeRule, type Day, daysBetween, text, workdaysLeft } from '#domain/kernel'
import { applicationForm, contentOf, faceOf, preparedAnnouncement, recordContent } from '#domain/registration'
import { itemData, twinsOf } from '#domain/catalogue'
import { digestOf } from '#ledger'
import type { FileRow, HeadRow, ListFilter, Viewer } from '#store'
import {
  asViewer,
  caseTitles,
  countHeads,
  countTasks,
  asSystem,
  entryNames,
  cursorOf,
  filesById,
  listHeads,
  listTasks,
  listNotices,
  organisations,
  orgFacts,
  personNames,
  progressOf,
  readCase,
  readDraft,
  registeredItems,
  storedDay,
} from '#store'
import { panelView } from './agreementViews.ts'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { aboutData, matterOf } from './subjects.ts'
import { accessEntry, legalDay, signedOut } from './act.ts'
import { formOf, fromLeaf } from './leaf.ts'
import { offeredFrom, offersFrom } from './openings.ts'
import { planOf, type Plan } from './removal.ts'

const group = (v: unknown): JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}
const unitTerm = { workday: '个工作日', day: '天', month: '个月', year: '年' } as const
const variantTerms: Record<string, string> = { resource: '公共数据资源', product: '公共数据产品和服务' }

/** A period in words: 15 个工作日. */
export const periodTerm = (value: unknown): string => {
  const l = value as { value?: number; unit?: keyof typeof unitTerm; soft?: boolean } | undefined
  return l?.value && l.unit ? `${l.value} ${unitTerm[l.unit]}${l.soft ? '(文件未定)' : ''}` : ''
}

export const divisionName = (app: Pick<App, 'divisions'>, code: string): string => app.divisions.get(code)?.name ?? code

const dueView = (app: App, table: Table, rules: Rules, d: Due, day: string): DueView => {
  const value = rules.values[d.rule]?.value as { unit?: string } | undefined
  const unit = value?.unit === 'workday' ? 'workday' : 'day'
  const counted =
    unit === 'workday' ? workdaysLeft(app.calendarFor(rules.division), day as Day, d.day as Day) : undefined
  const row = table.rows[d.act]
  // a day the case itself carries (公示期满, 有效期届满) is not counted from a rule's period
  const named = row !== undefined && (row.within ?? row.after) !== d.rule
  return {
    act: d.act,
    term: row?.until ?? row?.term ?? table.clocks[d.act]?.term ?? d.act,
    day: d.day,
    kind: d.kind,
    from: d.from,
    left: counted ? counted.workdays : daysBetween(day as Day, d.day as Day),
    unit,
    provisional: d.provisional ?? false,
    basis: citeRule(rules, d.rule),
    period: named ? '' : periodTerm(value),
  }
}

const pairsOf = (v: Viewer): readonly string[] => v.duties.map((d) => `${v.org}:${d}`)

const nextDue = (app: App, s: Case, table: Table, rules: Rules, day: string): DueView | undefined => {
  const limits = s.due
    .filter((d) => d.kind !== 'remind')
    .sort((a, b) => (a.kind === b.kind ? (a.day < b.day ? -1 : 1) : a.kind === 'limit' ? -1 : 1))
  return limits[0] ? dueView(app, table, rules, limits[0], day) : undefined
}

const factsOf = (s: Case) => [...(matterOf(s.process).laws.facts?.(s) ?? [])]

export const nameOf = (names: Readonly<Record<string, string>>, id: string): string =>
  names[id] ?? (id === 'system' ? '系统' : '')

/** Names of organisations and, for those who act for themselves, of persons. */
export const partyNames = async (
  q: Pick<pg.Pool, 'query'>,
  ids: readonly string[],
): Promise<Record<string, string>> => {
  const wanted = [...new Set(ids)].filter((i) => i && i !== 'system')
  const orgs: Facts['orgs'] = wanted.length ? await orgFacts(q, wanted) : {}
  const rest = wanted.filter((i) => !orgs[i])
  const people = rest.length ? await personNames(q, rest) : {}
  return { ...people, ...Object.fromEntries(Object.entries(orgs).map(([k, o]) => [k, o.name])) }
}

export const rowView = async (app: App, h: HeadRow, day: string, names: Record<string, string>): Promise<CaseRow> => {
  const s = h.snapshot
  const rules = await rulesOf(app, s.rules)
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const matter = matterOf(s.process)
  const due = nextDue(app, s, table, rules, day)
  return {
    id: s.id,
    process: s.process,
    kind: s.kind,
    kindTerm: matter.process.kinds[s.kind] ?? s.kind,
    variant: s.variant,
    variantTerm: variantTerms[s.variant] ?? '',
    title: matter.laws.title(s),
    state: s.at,
    stateTerm: table.states[s.at]?.term ?? s.at,
    final: table.states[s.at]?.final ?? false,
    division: s.division,
    divisionName: divisionName(app, s.division),
    opened: s.opened,
    touched: h.touched,
    parties: Object.fromEntries(Object.entries(s.seats).map(([seat, id]) => [seat, nameOf(names, id)])),
    ...(due ? { due } : {}),
    mine: h.mine,
    facts: factsOf(s),
  }
}

const ended = (state: string): boolean =>
  ['deregistered', 'revoked', 'settled', 'refused', 'terminated', 'withdrawn'].includes(state)
const standing = async (app: App, c: Case): Promise<string> => {
  const term =
    tableFor(app, await rulesOf(app, c.rules), c.rules, c.process, c.kind, c.variant).states[c.at]?.term ?? c.at
  return c.process === 'record' ? `已登记 · ${term}` : `申请中 · ${term}`
}

const encodeCursor = (row: HeadRow, order: ListFilter['order']): string =>
  Buffer.from(JSON.stringify([cursorOf(row, order), row.id])).toString('base64url')
export const decodeCursor = (cursor: string | undefined): ListFilter['cursor'] | Refusal => {
  if (!cursor) return undefined
  try {
    const [key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string]
    const moment = /^(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z)?$/.exec(key)
    const real =
      moment &&
      !Number.isNaN(Date.parse(key)) &&
      new Date(`${moment[1]}T00:00:00Z`).toISOString().startsWith(moment[1]!)
    if (real && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return { key, id }
  } catch {
    // falls through: a cursor is opaque, any damage is the same refusal
  }
  return refuse('invalid', '翻页标记无效，请从第一页重新查看', { fields: { cursor: '无效' } })
}

export interface ListRequest extends Omit<ListFilter, 'order' | 'turn' | 'cursor'> {
  readonly mine?: boolean | undefined
  readonly order?: ListFilter['order'] | undefined
  readonly cursor?: string | undefined
}

/** One page of the cases this caller may read. The reading of unpublished cases is logged before the answer leaves. */
export const list = async (app: App, token: Buffer, req: ListRequest): Promise<CaseList | Refusal> => {
  const cursor = decodeCursor(req.cursor)
  if (cursor && 'refused' in cursor) return cursor
  const order = req.order ?? 'touched'
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const { mine, order: _o, cursor: _c, ...rest } = req
    const filter: ListFilter = { ...rest, order, cursor, ...(mine ? { turn: pairsOf(viewer) } : {}) }
    // a plain list of tasks is read in its own order; a search in them reads the cases
    const plain = mine && order === 'due' && !rest.kind && !rest.variant && !rest.q && !rest.link
    const asked = { ...filter, limit: req.limit + 1 }
    const pairs = pairsOf(viewer)
    const rows = plain ? await listTasks(q, asked, pairs) : await listHeads(q, asked, pairs)
    const counts = cursor ? [] : plain ? await countTasks(q, filter, pairs) : await countHeads(q, filter)
    const day = legalDay(app, (await storedDay(q)).day)
    const page = rows.slice(0, req.limit)
    const names = await partyNames(
      q,
      page.flatMap((r) => Object.values(r.snapshot.seats)),
    )
    const registered = await registeredItems(
      q,
      page.filter((r) => r.snapshot.process === 'item').map((r) => r.id),
    )
    return { registered, viewer, rows: page, more: rows.length > req.limit, counts, day, names }
  })
  if (!out) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, 'read', out.viewer, req.process ?? 'tasks', { list: true, count: out.rows.length })],
  })
  const states = await Promise.all(
    out.counts.map(async (c) => {
      const rules = await rulesOf(app, c.sample.rules)
      return {
        state: c.state,
        count: c.count,
        term:
          tableFor(app, rules, c.sample.rules, c.sample.process, c.sample.kind, c.sample.variant).states[c.state]
            ?.term ?? c.state,
      }
    }),
  )
  return {
    rows: await Promise.all(
      out.rows.map(async (r) => {
        const row = await rowView(app, r, out.day, out.names)
        const cases = out.registered.filter((x) => x.item === r.id).map((x) => x.snapshot)
        // a live record says more than any application; else the latest application
        const about =
          cases.find((c) => c.process === 'record' && !ended(c.at)) ??
          cases.filter((c) => c.process === 'application' && !ended(c.at)).at(-1)
        return row.process === 'item'
          ? {
              ...row,
              facts: [...row.facts, { term: '登记情况', value: about ? await standing(app, about) : '未登记' }],
            }
          : row
      }),
    ),
    ...(out.more ? { next: encodeCursor(out.rows.at(-1)!, order) } : {}),
    total: out.counts.reduce((n, c) => n + c.count, 0),
    states,
  }
}

// ── one case ───────────────────────────────────────────────────────────────────────────────────────────────────

const shown = (f: Field, value: Json | undefined, was: Json | undefined, compare: boolean): ShownField | undefined => {
  const base = {
    key: f.key,
    term: f.term,
    ...(f.personal ? { personal: true } : {}),
    ...(f.public ? { public: true } : {}),
  }
  const gone = goneOf(value)
  if (gone) return { ...base, [gone]: true }
  const differs = compare && JSON.stringify(value ?? null) !== JSON.stringify(was ?? null)
  if (f.type === 'group') {
    const fields = (f.fields ?? []).flatMap((x) => shown(x, group(value)[x.key], group(was)[x.key], compare) ?? [])
    return fields.length > 0 ? { ...base, fields, ...(differs ? { changed: true } : {}) } : undefined
  }
  if (value === undefined && was === undefined) return undefined
  if (f.type === 'list')
    return {
      ...base,
      rows: (Array.isArray(value) ? (value as JsonObject[]) : []).map((r) =>
        (f.fields ?? []).flatMap((x) => shown(x, r[x.key], undefined, false) ?? []),
      ),
      ...(differs ? { changed: true } : {}),
    }
  if (f.type === 'file' || f.type === 'files')
    return {
      ...base,
      files: [value].flat().filter((v): v is string => typeof v === 'string'),
      ...(differs ? { changed: true } : {}),
    }
  const words = (v: Json | undefined): string => {
    if (v === undefined || v === null) return ''
    if (typeof v === 'boolean') return v ? '是' : '否'
    if (Array.isArray(v)) return v.map(words).join('、')
    return f.options?.find((o) => o.value === v)?.term ?? (typeof v === 'object' ? '' : String(v))
  }
  return { ...base, text: words(value), ...(differs ? { changed: true, was: words(was) } : {}) }
}

export const shownForm = (form: Form, value: JsonObject, was: JsonObject | undefined): ShownField[] =>
  form.flatMap((f) => shown(f, value[f.key], was?.[f.key], was !== undefined) ?? [])

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
/** Ids that an event or a content names, wherever they stand. */
const idsIn = (v: unknown): string[] =>
  typeof v === 'string'
    ? uuid.test(v)
      ? [v]
      : []
    : typeof v === 'object' && v !== null
      ? Object.values(v).flatMap(idsIn)
      : []

/** The same with names in the place of the ids of bodies and catalogue entries. */
const named = (fields: readonly ShownField[], names: Readonly<Record<string, string>>): ShownField[] =>
  fields.map((f) => ({
    ...f,
    ...(f.text === undefined
      ? {}
      : {
          text: f.text
            .split('、')
            .map((t) => (uuid.test(t) ? (names[t] ?? '（无权查看的事项）') : t))
            .join('、'),
        }),
    ...(f.fields ? { fields: named(f.fields, names) } : {}),
    ...(f.rows ? { rows: f.rows.map((r) => named(r, names)) } : {}),
  }))

const allFiles = (fields: readonly ShownField[]): string[] =>
  fields.flatMap((f) => [...(f.files ?? []), ...allFiles(f.fields ?? []), ...(f.rows ?? []).flatMap(allFiles)])

export const fileView = (f: FileRow): FileView => ({
  id: f.id,
  name: f.name,
  mime: f.mime,
  size: f.size,
  sha256: f.sha256,
  sm3: f.sm3,
})

const derivedTerms: Record<string, string> = {
  noticeFrom: '公示开始',
  noticeTo: '公示截止',
  validFrom: '有效期自',
  validTo: '有效期至',
  code: '登记结果查询码',
  localCode: '本地标识码',
  time: '存证时间',
  announcedOn: '公告日期',
  sha256: 'SHA-256',
  roles: '职责角色',
}

/** What an event said, in words: the fields of its form, then what was worked out from them. */
export const eventDetail = (
  table: Table,
  e: CaseEvent,
  versions: { form: Form; before: JsonObject | undefined },
): ShownField[] => {
  const act = actOf(e)
  const form = table.rows[act]?.form ?? []
  const said = { ...e.data, ...e.sealed }
  // a record's versions stay readable: each entry shows its content, compared with the version before
  const fields =
    act === 'propose' || act === 'resubmit'
      ? []
      : 'content' in e.sealed
        ? shownForm(versions.form, group(e.sealed['content']), versions.before)
        : shownForm(form, said, undefined)
  const known = new Set(form.map((f) => f.key))
  const worked = Object.entries(e.data).flatMap(([k, v]): ShownField[] => {
    const term = matterOf(table.process).laws.derived?.[k] ?? derivedTerms[k]
    return known.has(k) || !term || v === '' || typeof v !== 'string' ? [] : [{ key: k, term, text: v }]
  })
  const digests = Array.isArray(e.data['digests']) ? (e.data['digests'] as { sha256?: string; sm3?: string }[]) : []
  return [
    ...fields,
    ...worked,
    ...digests.flatMap((d, i): ShownField[] => [
      { key: `sha256.${i}`, term: 'SHA-256', text: d.sha256 ?? '' },
      { key: `sm3.${i}`, term: 'SM3', text: d.sm3 ?? '' },
    ]),
  ]
}

/** The content of a record just before an event that changes it. */
const contentBefore = (events: readonly CaseEvent[], e: CaseEvent): JsonObject | undefined => {
  const last = events.filter((x) => x.seq < e.seq && 'content' in x.sealed).at(-1)
  return last ? group(last.sealed['content']) : undefined
}

const phaseTerms: Record<string, string> = {
  apply: '申请',
  accept: '受理',
  review: '形式审核',
  notice: '公示',
  code: '赋码',
  done: '办结',
  businessReview: '业务审核',
}

const phasesOf = (
  table: Table,
  s: Case,
  events: readonly CaseEvent[],
  due: DueView | undefined,
): CaseView['phases'] => {
  const order = [
    ...new Set(
      Object.values(table.states).flatMap((st) =>
        st.phase === 'businessReview' ? ['apply'] : st.phase ? [st.phase] : [],
      ),
    ),
  ]
  const reachable = order.filter((p) =>
    Object.entries(table.states).some(
      ([name, st]) =>
        (st.phase === 'businessReview' ? 'apply' : st.phase) === p &&
        (s.at === name || Object.values(table.rows).some((r) => r.to === name)),
    ),
  )
  const sorted = ['apply', 'accept', 'review', 'notice', 'code', 'done'].filter((p) => reachable.includes(p))
  if (sorted.length < 2) return []
  const phaseAt = (state: string): string => {
    const p = table.states[state]?.phase ?? 'apply'
    return p === 'businessReview' ? 'apply' : p
  }
  const here = sorted.indexOf(phaseAt(s.at))
  return sorted.map((key, i) => {
    const inside = events.filter((e) => phaseAt(e.to) === key)
    const dates = inside.length > 0 ? inside[0]!.day.slice(5) : ''
    const status = i < here || table.states[s.at]?.final ? 'done' : i === here ? 'now' : 'next'
    const term =
      key === 'done' && table.states[s.at]?.final ? (table.states[s.at]?.term ?? '办结') : (phaseTerms[key] ?? key)
    return {
      key,
      term,
      status: status as 'done' | 'now' | 'next',
      note: status === 'now' && due ? `限 ${due.day.slice(5)}` : status === 'next' ? '' : dates,
    }
  })
}

const prefill = (form: Form, sources: JsonObject): JsonObject =>
  Object.fromEntries(
    form.flatMap((f): [string, Json][] => {
      if (f.type === 'group') {
        const inner = prefill(f.fields ?? [], sources)
        return Object.keys(inner).length > 0 ? [[f.key, inner]] : []
      }
      const v = f.prefill?.split('.').reduce<Json | undefined>((o, k) => group(o)[k], sources)
      return v === undefined || v === '' ? [] : [[f.key, v]]
    }),
  )

/** The first value of an action's form: the draft, what was said last time, or what is known already. */
const firstValue = (
  s: Case,
  act: string,
  table: Table,
  cx: {
    draft: Json | undefined
    linked: readonly Case[]
    rules: Rules
    org: Facts['orgs'][string] | undefined
    earlier: Case | undefined
  },
): JsonObject | undefined => {
  const begun = matterOf(s.process).laws.begin?.(s, act, table.rows[act]?.form ?? [], cx.linked, cx.rules)
  if (begun) return begun
  if (act !== 'propose' && act !== 'resubmit') {
    const announcement = preparedAnnouncement(s, act)
    return announcement === undefined ? undefined : { announcement }
  }
  if (cx.draft) return group(cx.draft)
  const last = contentOf(s)
  if (Object.keys(last).length > 0) return last
  const record = cx.linked.find((c) => c.id === s.links['record'])
  if (s.kind === 'change' && record) return recordContent(record)
  const item = cx.linked.find((c) => c.id === s.links['item'])
  const known = prefill(table.rows[act]?.form ?? [], {
    org: cx.org ? { name: cx.org.name, uscc: cx.org.uscc } : {},
    item: item ? { ...itemData(item) } : {},
  })
  // what this registrant has stated about itself before is not asked twice (登记细则 第十五条)
  const subject = cx.earlier ? group(contentOf(cx.earlier)['subject']) : {}
  return Object.keys(subject).length > 0 ? { ...known, subject: { ...subject, ...group(known['subject']) } } : known
}

const remarksOf = (s: Case, rules: Rules): CaseView['remarks'] => {
  const out: CaseView['remarks'] = []
  if (s.process === 'application') {
    const central = group(contentOf(s)['subject'])['central']
    const says = rules.values['registration.central']?.value as { says: string } | undefined
    if (central === 'maybe' || central === 'yes')
      out.push({
        kind: 'warn',
        says: says?.says ?? '申请人可能属于中央单位',
        basis: citeRule(rules, 'registration.central'),
      })
  }
  if (s.process === 'item' && twinsOf(s) !== '')
    out.push({ kind: 'warn', says: twinsOf(s), basis: citeRule(rules, 'catalogue.authority') })
  for (const l of rules.layers) if (l.empty) out.push({ kind: 'info', says: `${l.title}：${l.empty}` })
  const displaced = Object.entries(rules.values).filter(([, v]) => v.displaced.length > 0)
  if (displaced.length > 0)
    out.push({ kind: 'info', says: `有 ${displaced.length} 项本地规定被上位新规定取代，见规则库` })
  return out
}

/** What a request for erasure comes to today, before it is decided. */
const askedRemarks = (asked: Plan['asked'], day: string, rules: Rules): CaseView['remarks'] => [
  ...(asked.held ? [{ kind: 'warn' as const, says: '相关事项已依法暂停删除，解除前不能删除' }] : []),
  asked.values === 0
    ? { kind: 'info', says: '相关事项中没有所请求的个人信息，或者已经删除、限制' }
    : asked.until >= day
      ? {
          kind: 'info',
          says: `涉及 ${asked.values} 处，其中有登记凭证须保存至 ${asked.until}：期满前只能限制处理`,
          basis: citeRule(rules, 'registration.retention.vouchers'),
        }
      : { kind: 'info', says: `涉及 ${asked.values} 处，没有须保存的期限或期限已满，应当删除` },
]

/** What only some duties look inside of, even among those whose case it is. */
const tooDelicate = (s: Case, viewer: Viewer): Refusal | undefined => {
  const duties = matterOf(s.process).laws.onlyFor?.(s)
  return !duties || duties.some((d) => viewer.duties.includes(d))
    ? undefined
    : refuse('not_yours', '重要数据、核心数据的目录项只向复核、审计和保管岗位开放')
}

/** A case as this caller may see it, with the acts this caller may do now. */
export const view = async (app: App, token: Buffer, process: string, id: string): Promise<CaseView | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const found = await readCase(q, id, pairsOf(viewer))
    if (!found || found.head.snapshot.process !== process) return { viewer, found: undefined }
    const s = found.head.snapshot
    const day = legalDay(app, (await storedDay(q)).day)
    const events = found.events.map((e) => ({ leaf: e.leaf, event: fromLeaf(e) }))
    const said = [...new Set(events.flatMap((e) => idsIn([e.event.data, e.event.sealed])))]
    const names = {
      ...(await caseTitles(q, said)),
      ...(await partyNames(q, [...Object.values(s.seats), ...events.flatMap((e) => [e.event.actor, e.event.org])])),
    }
    const org = (await orgFacts(q, [viewer.org]))[viewer.org]
    const orgs = offersFrom(s.process) ? await organisations(q) : []
    const draft = await readDraft(q, id)
    const mine = { process: 'application', kind: 'first', order: 'touched', limit: 10 } as const
    const earlier =
      s.at === 'draft' && s.kind === 'first' && !draft
        ? (await listHeads(q, mine, []))
            .map((h) => h.snapshot)
            .find((c) => c.id !== s.id && c.seats['applicant'] === viewer.org && c.did['propose'])
        : undefined
    // entries of other units: who takes part in an authorization reads what it is about
    const unnamed = aboutData.has(s.process) ? said.filter((x) => !(x in names)) : []
    return { viewer, found: { ...found, events, day, names, unnamed, org, orgs, draft, earlier } }
  })
  if (!out) return signedOut
  if (!out.found) {
    await app.committer.commit({ access: [accessEntry(app, 'denied', out.viewer, id, { process })] })
    return refuse('not_found', '没有这一事项，或您无权查看')
  }
  const { viewer } = out
  const { unnamed } = out.found
  const found =
    unnamed.length > 0
      ? { ...out.found, names: { ...(await asSystem(app.pool, (q) => entryNames(q, unnamed))), ...out.found.names } }
      : out.found
  const s = found.head.snapshot
  const hidden = tooDelicate(s, viewer)
  if (hidden) {
    await app.committer.commit({ access: [accessEntry(app, 'denied', viewer, id, { process, code: hidden.code })] })
    return hidden
  }
  const rules = await rulesOf(app, s.rules)
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const events = found.events.map((e) => e.event)
  const row = await rowView(app, found.head, found.day, found.names)
  const submissions = events.filter((e) => ['propose', 'resubmit'].includes(actOf(e)))
  const whole = matterOf(s.process).laws.content?.(s, rules)
  const form =
    s.process === 'application'
      ? applicationForm(rules, s.kind, s.variant)
      : s.process === 'record'
        ? applicationForm(rules, 'first', s.variant)
        : (whole?.form ?? [])
  const said = (e: CaseEvent | undefined): JsonObject => ({ ...e?.data, ...e?.sealed })
  const content = whole?.value ?? (s.process === 'record' ? recordContent(s) : said(submissions.at(-1)))
  const before = submissions.length > 1 ? said(submissions.at(-2)) : undefined
  const materials = Object.keys(content).length > 0 ? named(shownForm(form, content, before), found.names) : []
  const timeline = found.events.map(({ leaf, event: e }) => {
    const act = actOf(e)
    return {
      seq: e.seq,
      act,
      term: table.rows[act]?.term ?? (act === 'adoptRules' ? '适用新规定' : act),
      day: e.day,
      at: e.at,
      by: nameOf(found.names, e.actor) || '—',
      org: nameOf(found.names, e.org),
      to: e.to,
      toTerm: table.states[e.to]?.term ?? e.to,
      basis: table.rows[act]?.basis ? citeRule(rules, table.rows[act]!.basis!) : '',
      detail: named(eventDetail(table, e, { form, before: contentBefore(events, e) }), found.names),
      entry: leaf === null ? null : leaf + 1,
    }
  })
  await app.committer.commit({ access: [accessEntry(app, 'read', viewer, id, { process, version: s.version })] })
  const plan = await planOf(app, s)
  const cx: Cx = {
    user: viewer.person,
    org: viewer.org,
    duties: viewer.duties,
    day: found.day,
    at: app.now(),
    rules,
    calendar: app.calendarFor(rules.division),
    related: [],
    facts: { orgs: {}, files: {}, realName: viewer.realName, ...(plan ? { asked: plan.asked } : {}) },
    digest: digestOf,
  }
  const linkedCases = found.linked.map((l) => l.snapshot)
  const actions: ActionView[] = actsOpen(table, matterOf(s.process).laws, s, cx).map((act) => {
    const r = table.rows[act]!
    const value = withoutGone(
      firstValue(s, act, table, {
        draft: found.draft?.content,
        linked: linkedCases,
        rules,
        earlier: found.earlier,
        org: found.org,
      }),
    )
    return {
      act,
      term: r.term,
      schema: formJsonSchema(r.form),
      ...(value ? { value } : {}),
      grave: r.grave ?? false,
      optional: r.optional ?? false,
      ...(r.elsewhere ? { elsewhere: true } : {}),
      ...(r.basis ? { basis: citeRule(rules, r.basis) } : {}),
      to: r.to,
      toTerm: r.to === '=' ? row.stateTerm : (table.states[r.to]?.term ?? r.to),
    }
  })
  const told = new Set([...allFiles(materials), ...timeline.flatMap((t) => allFiles(t.detail))])
  // what a form begins with names files too, of a draft or of what was registered: one's own have their names there
  const begun = actions.flatMap((a) => filesOf(table.rows[a.act]!.form, group(a.value)).map(([, file]) => file))
  const files = (await filesById(app.pool, [...new Set([...told, ...begun])])).filter(
    (f) => told.has(f.id) || f.owner === viewer.org,
  )
  const face = s.process === 'application' ? faceOf(s) : undefined
  const certificate = s.process === 'record' ? s.data['certify'] : undefined
  const panel = panelView(app, s, table, rules, found.names, found.day)
  return {
    ...row,
    version: s.version,
    processTerm: matterOf(s.process).process.term,
    busy: table.states[s.at]?.busy ?? false,
    seats: Object.entries(s.seats).map(([seat, org]) => ({
      seat,
      term: table.seats[seat]?.term ?? seat,
      id: org,
      name: nameOf(found.names, org),
      mine: org === viewer.org,
    })),
    links: await Promise.all(
      found.linked.map(async (l) => {
        const c = l.snapshot
        const t = tableFor(app, await rulesOf(app, c.rules), c.rules, c.process, c.kind, c.variant)
        const name = l.toward
          ? matterOf(c.process).process.term
          : `${matterOf(c.process).process.term}${c.process === 'application' ? `(${matterOf(c.process).process.kinds[c.kind] ?? ''})` : ''}`
        return {
          name,
          id: c.id,
          process: c.process,
          title: matterOf(c.process).laws.title(c),
          stateTerm: t.states[c.at]?.term ?? c.at,
        }
      }),
    ),
    phases: phasesOf(table, s, events, row.due),
    dues: s.due.filter((d) => d.kind !== 'remind').map((d) => dueView(app, table, rules, d, found.day)),
    timeline,
    actions,
    begins: offeredFrom(app, viewer, found.orgs, s, found.day),
    materials,
    submissions: submissions.length,
    files: Object.fromEntries(files.map((f) => [f.id, fileView(f)])),
    face: face
      ? [
          { term: '登记主体', value: face.holder },
          { term: '登记类型', value: `${face.kind}（${variantTerms[face.object] ?? ''}）` },
          { term: '登记数据名称', value: face.name },
          { term: '数据内容简介', value: face.summary },
        ]
      : [],
    remarks: [
      ...(plan && !row.final && s.seats['registrar'] === viewer.org ? askedRemarks(plan.asked, found.day, rules) : []),
      ...remarksOf(s, rules),
    ],
    rules: {
      hash: s.rules,
      division: rules.division,
      layers: rules.layers.map((l) => ({ name: l.name, title: l.title, ...(l.empty ? { empty: l.empty } : {}) })),
    },
    ...(panel ? { agreement: panel } : {}),
    ...(certificate
      ? {
          certificate: {
            file: text(certificate['file']),
            sha256: text(certificate['sha256']),
            sm3: text(certificate['sm3']),
          },
        }
      : {}),
  }
}

/** How far long work on a case has come, for those who may read it. Says nothing of the case itself, so it leaves no trace. */
export const progress = async (app: App, token: Buffer, id: string): Promise<ProgressView | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q) => ({ p: (await progressOf(q, id)) ?? null }))
  return found ? found.p : signedOut
}

/** Notifications of the organisation acted for. */
export const notices = async (app: App, token: Buffer): Promise<readonly NoticeView[] | Refusal> =>
  (await asViewer(app.pool, token, app.idle, async (q) => listNotices(q))) ?? signedOut

/** Files an event names: where its form asks for files, in the content of a record, and the certificate. Words that look like an id name nothing. */
export const filesNamed = (table: Table, rules: Rules, s: Case, e: CaseEvent): readonly string[] => {
  const said = { ...e.data, ...e.sealed }
  const certificate = s.process === 'record' && actOf(e) === 'certify' ? [text(said['file'])] : []
  return [
    ...filesOf(formOf(table, rules, s.variant, actOf(e)), withoutGone(said)).map(([, file]) => file),
    ...certificate,
  ]
}

/** May this caller open this file? Its owner may, and whoever may read a case that names it. Each opening is logged. */
export const openFile = async (
  app: App,
  token: Buffer,
  file: string,
  inCase: string | undefined,
): Promise<FileRow | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const [own] = await filesById(q, [file])
    if (own && own.owner === viewer.org) return { viewer, row: own }
    if (!inCase || !own) return { viewer, row: undefined }
    const found = await readCase(q, inCase, [])
    if (!found) return { viewer, row: undefined }
    const s = found.head.snapshot
    if (tooDelicate(s, viewer)) return { viewer, row: undefined }
    const rules = await rulesOf(app, s.rules)
    const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
    const named = found.events.some((e) => filesNamed(table, rules, s, fromLeaf(e)).includes(file))
    return { viewer, row: named ? own : undefined }
  })
  if (!out) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, out.row ? 'download' : 'denied', out.viewer, file, { case: inCase ?? '' })],
  })
  return out.row ?? refuse('not_found', '没有这一文件，或您无权查看')
}
