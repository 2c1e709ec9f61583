import { createHash, randomBytes } from 'node:crypto'
import type { ActionView, FileView, Json, JsonObject, Refusal } from '#contract'
import { formJsonSchema, isRefusal, loosen, parseForm, refuse } from '#contract'
import type { Case } from '#domain/kernel'
import { checkIdNumber, citeRule, isWithin } from '#domain/kernel'
import { registrationMatters } from '#domain/registration'
import type { FileSource, NamedEntry, PersonRow, Viewer } from '#store'
import {
  asViewer,
  credentialOf,
  filesById,
  findEntries,
  findOrganisations,
  invite,
  listAccess,
  loadForSystem,
  organisations,
  orgFacts,
  peopleOf,
  personNames,
  readCase,
  readDraft,
  seeNotices,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import type { Reply } from './act.ts'
import { serving } from './opener.ts'
import { fileView } from './views.ts'
import { loginProblem, loginTaken, passwordProblem, setPassword } from './sessions.ts'
import { accessEntry, legalDay, openAsSystem, openCase, openTogether, rulesFor, signedOut } from './act.ts'

const viewerOf = (app: App, token: Buffer): Promise<Viewer | undefined> =>
  asViewer(app.pool, token, app.idle, async (_q, v) => v)

export interface NewApplication {
  readonly kind: string
  readonly variant: 'resource' | 'product'
  readonly scope: 'authorized' | 'other'
  readonly item?: string | undefined
  readonly record?: string | undefined
  readonly obligation?: string | undefined
}

/** Opens an application for the organisation acted for, with the registrar of its level and territory. */
export const startApplication = async (
  app: App,
  token: Buffer,
  a: NewApplication,
  key: string,
): Promise<Reply | Refusal> => {
  const context = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    registrars: await organisations(q, { role: 'registrar' }),
    bureaus: await organisations(q, { role: 'bureau' }),
    record: a.record ? await recordSeats(app, a.record) : undefined,
    item: a.item ? (await readCase(q, a.item, []))?.head.snapshot : undefined,
    obligation: a.obligation ? (await readCase(q, a.obligation, []))?.head.snapshot : undefined,
  }))
  if (!context) return signedOut
  const { viewer, record } = context
  if (a.kind !== 'first' && !record) return refuse('no_record', '请从一条登记记录发起此类申请')
  if (a.kind === 'first' && a.record)
    return refuse('invalid', '首次登记不从登记记录发起', { fields: { record: '首次登记不填' } })
  const { holder, coHolder } = context.item?.process === 'item' ? context.item.seats : {}
  if (a.item && ![holder, coHolder].includes(viewer.org)) return refuse('not_found', '没有这一目录项，或不属于本单位')
  const owes = context.obligation?.process === 'obligation' && context.obligation.seats['debtor'] === viewer.org
  if (a.obligation && !owes) return refuse('not_found', '没有这一登记义务，或不属于本单位')
  const division = record?.division ?? viewer.division ?? context.item?.division
  if (!division) return refuse('not_registrant', '首次登记须由单位办理，请切换到所属单位')
  const registrar = record
    ? { id: record.seats['registrar'] ?? '', division: record.division }
    : serving(context.registrars, division)
  if (!registrar) return refuse('no_registrar', '本地区尚未公布登记机构，请联系数据管理部门')
  const bureau = record ? { id: record.seats['bureau'] ?? '' } : serving(context.bureaus, registrar.division)
  const links = {
    ...(a.item ? { item: a.item } : {}),
    ...(a.record ? { record: a.record } : {}),
    ...(a.obligation ? { obligation: a.obligation } : {}),
  }
  return openCase(
    app,
    { token },
    {
      process: 'application',
      kind: a.kind,
      variant: record?.variant ?? a.variant,
      division,
      seats: {
        applicant: viewer.org,
        holder: record?.seats['holder'] ?? viewer.org,
        registrar: registrar.id,
        bureau: bureau?.id ?? '',
      },
      links,
      act: 'start',
      input: { scope: record ? ((record.data['register']?.['scope'] as string | undefined) ?? 'other') : a.scope },
      key,
    },
  )
}

/** Seats of a record for routing, whoever asks: an interested third party may correct a record whose case they cannot read. */
const recordSeats = async (app: App, id: string): Promise<Case | undefined> => {
  const head = (await loadForSystem(app.pool, id))?.head
  return head?.process === 'record' ? head : undefined
}

/** Files an objection to a running notice, in the name of whom the caller acts for. */
export const fileObjection = async (
  app: App,
  token: Buffer,
  application: string,
  input: unknown,
  key: string,
): Promise<Reply | Refusal> => {
  const viewer = await viewerOf(app, token)
  if (!viewer) return signedOut
  const head = (await loadForSystem(app.pool, application))?.head
  if (!head || head.process !== 'application') return refuse('not_found', '没有这一公示')
  return openCase(
    app,
    { token },
    {
      process: 'objection',
      kind: 'objection',
      variant: '',
      division: head.division,
      seats: { objector: viewer.org, registrar: head.seats['registrar'] ?? '', bureau: head.seats['bureau'] ?? '' },
      links: { application },
      act: 'file',
      input,
      key,
    },
  )
}

export interface NewObligation {
  readonly kind: string
  readonly variant?: string | undefined
  readonly debtor: string
  readonly input?: unknown
}
/** Records by hand, with its document, a fact from which a duty to register follows. */
export const recordObligation = async (
  app: App,
  token: Buffer,
  o: NewObligation,
  key: string,
): Promise<Reply | Refusal> => {
  const context = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    debtor: (await organisations(q, { ids: [o.debtor] }))[0],
    bureaus: await organisations(q, { role: 'bureau' }),
  }))
  if (!context) return signedOut
  if (!context.debtor) return refuse('invalid', '请选择登记主体', { fields: { debtor: '没有这一单位' } })
  const known = registrationMatters['obligation']!.process.kinds
  if (!Object.hasOwn(known, o.kind))
    return refuse('invalid', '没有这一类登记义务', { fields: { kind: '不在可选项内' } })
  const { viewer, debtor } = context
  const concerned =
    viewer.org === debtor.id ||
    (viewer.division !== undefined &&
      isWithin(debtor.division, viewer.division) &&
      ['bureau', 'registrar', 'implementer'].some((r) => viewer.roles.includes(r)))
  if (!concerned) {
    await app.committer.commit({ access: [accessEntry(app, 'denied', viewer, debtor.id, { act: 'record' })] })
    return refuse('not_yours', '只有登记主体自己，或其所在地的数据管理部门、登记机构、实施机构可以记录登记义务')
  }
  const bureau = serving(context.bureaus, context.debtor.division)
  return openCase(
    app,
    { token },
    {
      process: 'obligation',
      kind: o.kind,
      variant: o.variant ?? '',
      division: context.debtor.division,
      seats: { debtor: o.debtor, recorder: context.viewer.org, bureau: bureau?.id ?? '' },
      links: {},
      act: 'record',
      input: o.input,
      key,
    },
  )
}

/** The form with which a case of this process is opened, for the screen. */
export const openingForm = async (
  app: App,
  token: Buffer,
  process: string,
  kind: string,
  division: string | undefined,
): Promise<ActionView | Refusal> => {
  const viewer = await viewerOf(app, token)
  if (!viewer) return signedOut
  const matter = matterOf(process)
  if (!Object.hasOwn(matter.process.kinds, kind))
    return refuse('invalid', '没有这一类事项', { fields: { kind: '不在可选项内' } })
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const { rules, hash } = rulesFor(app, division ?? viewer.division ?? '000000', day)
  const table = tableFor(app, rules, hash, process, kind, '')
  const [act, row] = Object.entries(table.rows).find(([, r]) => r.from.length === 0)!
  return {
    act,
    term: row.term,
    schema: formJsonSchema(row.form),
    grave: false,
    optional: false,
    ...(row.basis ? { basis: citeRule(rules, row.basis) } : {}),
    to: row.to,
    toTerm: table.states[row.to]?.term ?? '',
  }
}
export const objectionFormFor = async (app: App, token: Buffer, application: string): Promise<ActionView | Refusal> => {
  const head = (await loadForSystem(app.pool, application))?.head
  if (!head || head.process !== 'application') return refuse('not_found', '没有这一公示')
  return openingForm(app, token, 'objection', 'objection', head.division)
}

// ── drafts and files ───────────────────────────────────────────────────────────────────────────────────────────

/** Keeps what has been filled in so far. A draft may be incomplete but not malformed; two tabs do not overwrite each other. */
export const saveDraft = async (
  app: App,
  token: Buffer,
  stream: string,
  rev: number,
  content: unknown,
): Promise<{ rev: number } | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    head: (await readCase(q, stream, []))?.head.snapshot,
  }))
  if (!found) return signedOut
  const s = found.head
  const kept = s && matterOf(s.process).laws.drafted
  if (!s || !kept || s.seats[kept.seat] !== found.viewer.org || !found.viewer.duties.includes('handler'))
    return refuse('not_found', '没有这一事项，或您不是经办人')
  const rules = await rulesOf(app, s.rules)
  const table = tableFor(app, rules, s.rules, s.process, s.kind, s.variant)
  const act = kept.acts.find((a) => table.rows[a]?.from.includes(s.at))
  if (!act) return refuse('not_now', '当前环节不能修改材料')
  const parsed = parseForm(loosen(table.rows[act]!.form), content)
  if (!parsed.ok)
    return refuse('invalid', parsed.problems[0]?.says ?? '', {
      fields: Object.fromEntries(parsed.problems.map((p) => [p.path, p.says])),
    })
  const answer = await app.committer.commit({ draft: { stream, rev, content: parsed.value } })
  return answer.ok ? { rev: rev + 1 } : refuse('stale', '草稿已在另一处保存，请刷新后重试')
}

/** Keeps an uploaded file for the organisation acted for. It has been inspected before. */
export const keepFile = async (
  app: App,
  token: Buffer,
  name: string,
  mime: string,
  source: FileSource,
): Promise<FileView | Refusal> => {
  const viewer = await viewerOf(app, token)
  if (!viewer) return signedOut
  const kept = await app.files.put(source)
  const id = app.freshId()
  const answer = await app.committer.commit({
    files: [
      {
        id,
        owner: viewer.org,
        name,
        mime,
        size: kept.size,
        sha256: kept.sha256,
        sm3: kept.sm3,
        key: kept.key,
        person: viewer.person,
      },
    ],
  })
  if (!answer.ok) {
    await app.files.remove(kept.key)
    throw new Error('file row not written')
  }
  return { id, name, mime, size: kept.size, sha256: kept.sha256, sm3: kept.sm3 }
}

// ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Registers an organisation under the one acted for. */
export const registerOrganisation = async (
  app: App,
  token: Buffer,
  input: unknown,
  key: string,
): Promise<Reply | Refusal> => {
  const viewer = await viewerOf(app, token)
  if (!viewer) return signedOut
  const said = (input as JsonObject | null | undefined)?.['division']
  const asked = typeof said === 'string' ? said : ''
  const may =
    viewer.roles.includes('platform') ||
    (viewer.division !== undefined && viewer.roles.includes('bureau') && isWithin(asked, viewer.division))
  if (!may) return refuse('not_yours', '只有数据管理部门（本行政区划内）或平台运营方的管理员可以登记单位')
  const division = /^\d{6}$/.test(asked) ? asked : (viewer.division ?? '000000')
  const id = app.freshId()
  return openCase(
    app,
    { token },
    {
      id,
      process: 'organisation',
      kind: 'organisation',
      variant: '',
      division,
      seats: { self: id, authority: viewer.org },
      links: {},
      act: 'register',
      input,
      key,
    },
  )
}

export interface NewPerson {
  readonly name: string
  readonly duties: readonly string[]
  readonly org: string
}
/**
 * Enrols a person with duties in an organisation and answers with a one-time invitation, good for seven days. Asked again under the
 * same key it enrols nobody, but answers with a fresh invitation in place of the one that may never have arrived.
 */
export const invitePerson = async (
  app: App,
  token: Buffer,
  p: NewPerson,
  key: string,
): Promise<{ id: string; invitation: string } | Refusal> => {
  const org = (await organisations(app.pool, { ids: [p.org] }))[0]
  if (!org) return refuse('invalid', '没有这一单位', { fields: { org: '没有这一单位' } })
  const enrolled = await openTogether(app, { token }, key, ['invite', p.org, p.name, p.duties], (viewer) => {
    if (viewer.org !== org.id && viewer.org !== org.parent)
      return refuse('not_yours', '只有本单位或其主管单位的管理员可以邀请人员')
    const [person, membership] = [app.freshId(), app.freshId()]
    const shared = { variant: '', division: org.division }
    return {
      [person]: {
        ...shared,
        process: 'person',
        kind: 'person',
        seats: { self: person, authority: viewer.org },
        links: {},
        act: 'enrol',
        input: { name: p.name },
      },
      [membership]: {
        ...shared,
        process: 'membership',
        kind: 'membership',
        seats: { org: org.id, member: person, authority: org.parent ?? viewer.org },
        links: { person, org: org.id },
        act: 'grant',
        input: { duties: p.duties },
      },
    }
  })
  if (isRefusal(enrolled)) return enrolled
  const [person = '', membership = ''] = enrolled.ids
  const secret = randomBytes(24).toString('base64url')
  await invite(
    app.pool,
    createHash('sha256').update(secret).digest(),
    membership,
    person,
    new Date(Date.parse(app.now()) + 7 * 86_400_000).toISOString(),
  )
  return { id: person, invitation: `${app.url}/invitation/${secret}` }
}

export const readDraftOf = async (
  app: App,
  token: Buffer,
  stream: string,
): Promise<{ rev: number; content: Json; files: Record<string, FileView> } | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const draft = (await readDraft(q, stream)) ?? { rev: 0, content: {} }
    const named = JSON.stringify(draft.content).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []
    const files = (await filesById(q, [...new Set(named)])).filter((f) => f.owner === viewer.org)
    return { ...draft, files: Object.fromEntries(files.map((f) => [f.id, fileView(f)])) }
  })
  return found ?? signedOut
}

export const markNotices = async (app: App, token: Buffer, upTo: number): Promise<{ ok: true } | Refusal> => {
  const viewer = await viewerOf(app, token)
  if (!viewer) return signedOut
  await seeNotices(app.pool, viewer.org, upTo)
  return { ok: true }
}

/** People and duties of an organisation, for its administrators and its authority's. */
export const people = async (app: App, token: Buffer, org: string): Promise<readonly PersonRow[] | Refusal> => {
  const context = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    org: (await organisations(q, { ids: [org] }))[0],
  }))
  if (!context) return signedOut
  if (
    !context.org ||
    !context.viewer.duties.includes('admin') ||
    ![context.org.id, context.org.parent].includes(context.viewer.org)
  )
    return refuse('not_yours', '只有本单位或其主管单位的管理员可以查看人员')
  return peopleOf(app.pool, org)
}

/** Bodies by name, for whoever has to name one in a form: that there is such a body is no secret, everything else about it stays closed. */
export const bodiesByName = async (
  app: App,
  token: Buffer,
  name: string,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly name: string; readonly division: string }[] | Refusal> =>
  (await asViewer(app.pool, token, app.idle, (q, viewer) =>
    findOrganisations(q, { name, ids, division: viewer.division ?? '', most: 20 }),
  )) ?? signedOut

/** Entries by name, for whoever has to name one in a form. */
export const entriesByName = async (
  app: App,
  token: Buffer,
  name: string,
  ids: readonly string[],
): Promise<readonly NamedEntry[] | Refusal> =>
  (await asViewer(app.pool, token, app.idle, (q) => findEntries(q, { name, ids, most: 30 }))) ?? signedOut

/** The access log, for auditors of the subject's territory and the audit administrator. */
export const accessLog = async (
  app: App,
  token: Buffer,
  subject: string | undefined,
  before: number | undefined,
): Promise<
  | readonly {
      id: number
      at: string
      kind: string
      person: string
      personName: string
      org: string
      orgName: string
      subject: string
      body: string
    }[]
  | Refusal
> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    rows: await listAccess(q, subject, before),
  }))
  if (!out) return signedOut
  if (!out.viewer.duties.some((d) => d === 'auditor' || d === 'auditadmin'))
    return refuse('not_yours', '只有审计员可以查看访问日志')
  await app.committer.commit({ access: [accessEntry(app, 'read', out.viewer, 'access', { count: out.rows.length })] })
  const ids = [...new Set(out.rows.flatMap((r) => [r.person, r.org]))].filter((x) => x !== '' && x !== 'system')
  const names = await personNames(app.pool, ids)
  const orgs = await orgFacts(app.pool, ids)
  return out.rows.map((r) => ({
    ...r,
    personName: names[r.person] ?? '',
    orgName: orgs[r.org]?.name ?? names[r.org] ?? '',
  }))
}

export interface SignUp {
  readonly name: string
  readonly idNumber: string
  readonly login: string
  readonly password: string
  readonly division: string
}
/**
 * A citizen's own account on the portal. It can read, follow and sign in at once; a real-name act (异议、更正) waits until the registrar
 * or bureau of the division has checked the identity and recorded how.
 */
export const signUp = async (app: App, u: SignUp): Promise<{ readonly person: string } | Refusal> => {
  const parsed = parseForm([{ key: 'name', term: '姓名', type: 'text', required: true, max: 50 }], { name: u.name })
  const fields: Record<string, string> = {}
  if (!parsed.ok) fields['name'] = parsed.problems[0]?.says ?? '姓名有误'
  const id = checkIdNumber(u.idNumber)
  if (isRefusal(id)) fields['idNumber'] = id.says
  const login = loginProblem(u.login)
  if (login) fields['login'] = login
  const weak = passwordProblem(u.password)
  if (weak) fields['password'] = weak
  if (!app.divisions.has(u.division)) fields['division'] = '请选择所在地区'
  if (!parsed.ok || Object.keys(fields).length > 0) return refuse('invalid', Object.values(fields)[0] ?? '', { fields })
  if (await credentialOf(app.pool, u.login)) return loginTaken
  const authority = serving(await organisations(app.pool, { role: 'registrar' }), u.division)
  if (!authority) return refuse('no_registrar', '本地区尚未公布登记机构，暂不能注册')
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const person = app.freshId()
  // the login first: where another took it at the same moment nobody has been enrolled
  if (!(await setPassword(app, person, u.login, u.password))) return loginTaken
  const enrolled = await openAsSystem(
    app,
    person,
    {
      process: 'person',
      kind: 'person',
      variant: '',
      division: authority.division,
      seats: { self: person, authority: authority.id },
      links: {},
      act: 'enrol',
      input: { sealed: { name: parsed.value['name'] as Json, idNumber: u.idNumber.toUpperCase() } },
    },
    day,
  )
  return isRefusal(enrolled) ? enrolled : { person }
}
