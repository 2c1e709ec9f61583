import type { ActionView, JsonObject, Refusal } from '#contract'
import { formJsonSchema, isRefusal, refuse } from '#contract'
import type { Rules } from '#policy'
import { gradingBegins, isPublished, isSecret, upstreamOf } from '#domain/catalogue'
import type { Case } from '#domain/kernel'
import { citeRule } from '#domain/kernel'
import type { OrgRow, Viewer } from '#store'
import { asViewer, loadForSystem, organisations, readCase, storedDay } from '#store'
import type { App } from './app.ts'
import { tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import type { Reply } from './act.ts'
import { legalDay, openCase, rulesFor, signedOut } from './act.ts'
import { serving } from './services.ts'

/** What routing a new case needs to know: who opens it, about what, and who serves whom. */
export interface Asked {
  readonly viewer: Viewer
  readonly kind: string
  /** The case it is about. */
  readonly about: Case | undefined
  /** The caller may read that case; else it is only known to be there. */
  readonly reads: boolean
  /** The body in a role that serves a division. */
  readonly body: (role: string, division: string) => OrgRow | undefined
}
export interface Place {
  readonly division: string
  readonly seats: Readonly<Record<string, string>>
  readonly links: Readonly<Record<string, string>>
  /** Where the kind follows from what the case is about. */
  readonly kind?: string
  readonly variant?: string
}
/** How a case of a process is opened from outside: who sits in its seats is worked out here, the rights are the process's. */
export interface Opener {
  /** Processes that such a case can be about. Without any it stands for itself. */
  readonly about?: readonly string[]
  /** Whether it must be about something. */
  readonly bound?: boolean
  readonly route: (a: Asked) => Place | Refusal
  /** What its form begins with. */
  readonly begin?: (a: Asked & { readonly rules: Rules }) => JsonObject
}

const notForPersons = refuse('not_yours', '须以单位名义办理，请切换到所属单位')
const text = (v: unknown): string => (typeof v === 'string' ? v : '')

const item: Opener = {
  about: ['record'],
  route: ({ viewer, body, about }) =>
    viewer.self || viewer.division === undefined
      ? notForPersons
      : {
          division: viewer.division,
          seats: { holder: viewer.org, coHolder: '', bureau: body('bureau', viewer.division)?.id ?? '' },
          links: about ? { record: about.id } : {},
          variant: 'resource',
        },
  // an entry made from a registration says what was registered (登记细则 第六条(三))
  begin: ({ about, reads }) => {
    const content = about && reads ? (about.data['register']?.['content'] as JsonObject | undefined) : undefined
    const resource = (content?.['resource'] ?? {}) as JsonObject
    return content
      ? {
          basic: {
            name: text(resource['name']),
            summary: text(resource['summary']),
            industry: text(resource['industry']),
          },
          upkeep: { frequency: text(resource['updateFrequency']) },
          ...(Array.isArray(resource['fields']) ? { fields: resource['fields'] } : {}),
        }
      : {}
  },
}

const grading: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, about }) =>
    about?.seats['holder'] === viewer.org
      ? {
          division: about.division,
          seats: { holder: viewer.org, bureau: about.seats['bureau'] ?? '' },
          links: { item: about.id },
        }
      : refuse('not_yours', '由数源单位拟定级别'),
  begin: ({ about, rules }) => (about ? gradingBegins(rules, about) : {}),
}

/** The bodies over a division, the nearest first, that are none of these. */
const above = (body: Asked['body'], role: string, division: string, none: readonly string[]): string => {
  const over = [division, `${division.slice(0, 4)}00`, `${division.slice(0, 2)}0000`, '000000']
  return over.map((d) => body(role, d)?.id ?? '').find((id) => id !== '' && !none.includes(id)) ?? ''
}

const ticket: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, kind, about, reads, body }) => {
    // of an entry that is not published only its readers know
    if (!about || (!reads && (!isPublished(about) || isSecret(about))))
      return refuse('not_found', '没有所指的目录项，或您无权查看')
    if (viewer.self && kind !== 'objection')
      return refuse('not_yours', '个人可以对与自己有关的数据提出异议；质量问题和校核请以单位名义提出')
    const holder = about.seats['holder'] ?? ''
    return {
      division: about.division,
      seats: {
        reporter: viewer.org,
        holder,
        source: upstreamOf(about).length === 0 ? holder : '',
        // who decides is neither who asks nor who answers
        bureau: above(body, 'bureau', about.division, [viewer.org, holder]),
      },
      links: { item: about.id },
    }
  },
}

/** Processes that are opened by `POST /api/<collection>` without more ado, by name. */
export const openers: Readonly<Record<string, Opener>> = {
  item,
  grading,
  ticket,
}

export interface NewCaseRequest {
  readonly kind?: string | undefined
  readonly about?: string | undefined
  readonly input?: unknown
}

const asked = async (
  app: App,
  token: Buffer,
  process: string,
  req: NewCaseRequest,
): Promise<
  { readonly asked: Asked; readonly opener: Opener; readonly kind: string; readonly day: string } | Refusal
> => {
  const opener = openers[process]
  if (!opener) return refuse('not_found', '此类事项不能这样发起')
  const kinds = Object.keys(matterOf(process).process.kinds)
  const kind = req.kind ?? kinds[0] ?? ''
  if (!kinds.includes(kind)) return refuse('invalid', '没有这一类事项', { fields: { kind: '不在可选项内' } })
  const context = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    readable: req.about ? (await readCase(q, req.about, []))?.head.snapshot : undefined,
    orgs: await organisations(q),
    day: legalDay(app, (await storedDay(q)).day),
  }))
  if (!context) return signedOut
  const about = context.readable ?? (req.about ? (await loadForSystem(app.pool, req.about))?.head : undefined)
  const known = about && opener.about?.includes(about.process) ? about : undefined
  if ((req.about && !known) || (opener.bound && !known))
    return refuse('not_found', req.about ? '没有所指的事项，或您无权查看' : '请从一个事项发起', {
      fields: { about: '没有这一事项' },
    })
  return {
    opener,
    kind,
    day: context.day,
    asked: {
      viewer: context.viewer,
      kind,
      about: known,
      reads: context.readable !== undefined,
      body: (role, division) =>
        serving(
          context.orgs.filter((o) => o.roles.includes(role)),
          division,
        ),
    },
  }
}

/** Opens a case for a signed-in caller, with the bodies in its seats whom territory and the case it is about name. */
export const startCase = async (
  app: App,
  token: Buffer,
  process: string,
  req: NewCaseRequest,
  key: string,
): Promise<Reply | Refusal> => {
  const a = await asked(app, token, process, req)
  if (isRefusal(a)) return a
  const place = a.opener.route(a.asked)
  if (isRefusal(place)) return place
  const kind = place.kind ?? a.kind
  const { rules, hash } = rulesFor(app, place.division, a.day)
  const table = tableFor(app, rules, hash, process, kind, place.variant ?? '')
  const act = openingAct(table.rows)
  return openCase(
    app,
    { token },
    {
      process,
      kind,
      variant: place.variant ?? '',
      division: place.division,
      seats: place.seats,
      links: place.links,
      act,
      input: req.input,
      key,
    },
  )
}

/** The act by which a person opens a case of this process: the first that begins it and is not the system's alone. */
const openingAct = (
  rows: Readonly<Record<string, { readonly from: readonly string[]; readonly by: unknown }>>,
): string => Object.entries(rows).find(([, r]) => r.from.length === 0 && r.by !== 'system')?.[0] ?? ''

/** The form with which such a case is opened, and what it begins with. */
export const startForm = async (
  app: App,
  token: Buffer,
  process: string,
  req: NewCaseRequest,
): Promise<ActionView | Refusal> => {
  const a = await asked(app, token, process, req)
  if (isRefusal(a)) return a
  const place = a.opener.route(a.asked)
  if (isRefusal(place)) return place
  const { rules, hash } = rulesFor(app, place.division, a.day)
  const table = tableFor(app, rules, hash, process, place.kind ?? a.kind, place.variant ?? '')
  const act = openingAct(table.rows)
  const row = table.rows[act]!
  const value = a.opener.begin?.({ ...a.asked, rules }) ?? {}
  return {
    act,
    term: row.term,
    schema: formJsonSchema(row.form),
    ...(Object.keys(value).length > 0 ? { value } : {}),
    grave: row.grave ?? false,
    optional: false,
    ...(row.basis ? { basis: citeRule(rules, row.basis) } : {}),
    to: row.to,
    toTerm: table.states[row.to]?.term ?? '',
  }
}
