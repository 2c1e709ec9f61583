import type { ActionView, CaseView, JsonObject, Refusal } from '#contract'
import { collectionOf, formJsonSchema, isRefusal, refuse } from '#contract'
import {
  catalogueRule,
  defaultDue,
  gradingBegins,
  isPublished,
  isSecret,
  ledgerRule,
  sharingRule,
  upstreamOf,
} from '#domain/catalogue'
import type { By, Case } from '#domain/kernel'
import { citeRule, text } from '#domain/kernel'
import type { OrgRow, Viewer } from '#store'
import { asSystem, asViewer, loadForSystem, organisations, readCase, storedDay } from '#store'
import type { App } from './app.ts'
import { tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import type { Reply } from './act.ts'
import { legalDay, openCase, rulesFor, signedOut } from './act.ts'
import { above, notForPersons, serving, type Asked, type Opener, type Place } from './opener.ts'
import { exitOpeners } from './openings-exit.ts'
import { authorizationOpeners } from './openings-authorization.ts'
import { platformOpeners } from './openings-platform.ts'
import { selectionOpeners } from './openings-selection.ts'
import { planOpeners } from './openings-plan.ts'
import { supplyOpeners } from './openings-supply.ts'

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
  begin: ({ about, reads }, on) => {
    const content = about && reads ? (about.data['register']?.['content'] as JsonObject | undefined) : undefined
    const resource = (content?.['resource'] ?? {}) as JsonObject
    return content
      ? {
          basic: {
            name: text(resource['name']),
            summary: text(resource['summary']),
            industry: text(resource['industry']),
          },
          // a registration says in words what the catalogue says by a choice
          ...(catalogueRule(on.rules, 'catalogue.frequencies').some((f) => f.value === resource['updateFrequency'])
            ? { upkeep: { frequency: text(resource['updateFrequency']) } }
            : {}),
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
  begin: ({ about }, { rules }) => (about ? gradingBegins(rules, about) : {}),
}

/** 共享: the entry's unit, and those who mediate and decide where the rules put them. */
const share: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, kind, about, body, rulesAt }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    if (!about || about.at !== 'listed' || isSecret(about))
      return refuse('not_found', '没有这一目录项，或者它不在共享目录内')
    const mine = [about.seats['holder'], about.seats['coHolder']].includes(viewer.org)
    if (kind === 'offer' && !mine) return refuse('not_yours', '只有数源单位可以主动共享')
    const holder = kind === 'offer' ? viewer.org : (about.seats['holder'] ?? '')
    if (holder === '') return refuse('no_holder', '这一目录项的数源单位还没有登记，请先联系数据管理部门')
    const { division } = about
    const at = (level: 'own' | 'province'): string => (level === 'own' ? division : `${division.slice(0, 2)}0000`)
    const bodies = sharingRule(rulesAt(division), 'catalogue.sharing.dispute.bodies')
    const government = body('government', at(bodies.government))
    return {
      division,
      seats: {
        requester: kind === 'offer' ? '' : viewer.org,
        holder,
        bureau: body('bureau', division)?.id ?? '',
        mediator: body('bureau', at(bodies.mediator))?.id ?? '',
        // a government decides for its own level, not for the one below it
        decider: government?.division === at(bodies.government) ? government.id : '',
        government: '',
        recorder: '',
      },
      links: { item: about.id },
    }
  },
}

/** A case of one's own, which the data bureau of the territory watches. */
const ownWith =
  (seat: string): Opener['route'] =>
  ({ viewer, body }) =>
    viewer.self || viewer.division === undefined
      ? notForPersons
      : {
          division: viewer.division,
          seats: { [seat]: viewer.org, bureau: body('bureau', viewer.division)?.id ?? '' },
          links: {},
        }

/** Anyone applies for data of an entry that is open under conditions; whoever may use it need not be able to read the entry’s case. */
const opening: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, about }) =>
    about!.seats['holder'] === viewer.org
      ? refuse('not_yours', '本单位就是该数据的数源单位，不需要申请')
      : {
          division: about!.division,
          seats: { applicant: viewer.org, holder: about!.seats['holder'] ?? '', bureau: about!.seats['bureau'] ?? '' },
          links: { item: about!.id },
        },
}

const openingPlan: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, about, body }) =>
    body('bureau', about!.division)?.id === viewer.org
      ? {
          division: about!.division,
          seats: { bureau: viewer.org, holder: about!.seats['holder'] ?? '' },
          links: { item: about!.id },
        }
      : refuse('not_yours', '开放计划由目录项所在地的数据管理部门编制'),
}

/** Who asks decides of which kind a demand is; whoever acts for themselves is served where they say, else by the nation’s rules. */
const demand: Opener = {
  route: ({ viewer, body, home }) => {
    const division = viewer.division ?? home ?? ''
    const bureau = body('bureau', division)
    if (!bureau) return refuse('invalid', '请选择所在地区', { fields: { division: '请选择所在地区' } })
    const operates = viewer.roles.some((r) => r === 'operator' || r === 'redeveloper')
    const governs = viewer.roles.some((r) => ['bureau', 'implementer', 'dataSource', 'dataProvider'].includes(r))
    return {
      division,
      kind: operates ? 'operator' : governs && !viewer.self ? 'unit' : 'public',
      seats: { requester: viewer.org, bureau: bureau.id, unit: '' },
      links: {},
    }
  },
}

/** A bureau sets a unit the task; a unit may file without being asked. */
const filing: Opener = {
  route: ({ viewer, body }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    const asBureau = viewer.roles.includes('bureau')
    return {
      division: viewer.division,
      seats: {
        unit: asBureau ? '' : viewer.org,
        bureau: asBureau ? viewer.org : (body('bureau', viewer.division)?.id ?? ''),
      },
      links: {},
    }
  },
  begin: ({ viewer, kind }, on) =>
    kind !== 'filing' || !viewer.roles.includes('bureau')
      ? {}
      : { due: defaultDue(on), batch: ledgerRule(on.rules, 'catalogue.filing.batch') },
}

const notBureau = refuse('not_yours', '须由数据管理部门办理')
const ofBureau: Opener['route'] = ({ viewer }) =>
  viewer.self || viewer.division === undefined
    ? notForPersons
    : !viewer.roles.includes('bureau')
      ? notBureau
      : { division: viewer.division, seats: { bureau: viewer.org }, links: {} }

const catalogueNotice: Opener = { route: ofBureau }
const authority: Opener = {
  route: (a) => {
    const place = ofBureau(a)
    return isRefusal(place) ? place : { ...place, seats: { ...place.seats, source: '' } }
  },
}
const catalogueReport: Opener = {
  route: (a) => {
    const place = ofBureau(a)
    return isRefusal(place) ? place : { ...place, seats: { ...place.seats, operator: '' } }
  },
}

/** The operator proposes about an entry; who holds it and who keeps the catalogue sit in the other seats. */
const proposal: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, about }) =>
    viewer.self || about === undefined
      ? notForPersons
      : !viewer.roles.includes('operator')
        ? refuse('not_yours', '须由运营机构提出')
        : {
            division: about.division,
            seats: { operator: viewer.org, unit: about.seats['holder'] ?? '', bureau: about.seats['bureau'] ?? '' },
            links: { item: about.id },
          },
}

/** A unit brings its own list, a bureau one of its territory. */
const importing: Opener = {
  route: ({ viewer, body }) =>
    viewer.self || viewer.division === undefined
      ? notForPersons
      : {
          division: viewer.division,
          seats: {
            importer: viewer.org,
            bureau: viewer.roles.includes('bureau') ? viewer.org : (body('bureau', viewer.division)?.id ?? ''),
          },
          links: {},
        },
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
  import: importing,
  grading,
  share,
  acquisition: { route: ownWith('applicant') },
  channel: { route: ownWith('owner') },
  selfUse: { route: ownWith('holder') },
  opening,
  openingPlan,
  demand,
  filing,
  catalogueNotice,
  authority,
  proposal,
  catalogueReport,
  ticket,
  ...authorizationOpeners,
  ...platformOpeners,
  ...exitOpeners,
  ...selectionOpeners,
  ...planOpeners,
  ...supplyOpeners,
}

export interface NewCaseRequest {
  readonly kind?: string | undefined
  readonly about?: string | undefined
  /** Division in which somebody who acts for themselves asks to be served. */
  readonly division?: string | undefined
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
      home: req.division && app.divisions.has(req.division) ? req.division : undefined,
      reads: context.readable !== undefined,
      body: (role, division) =>
        serving(
          context.orgs.filter((o) => o.roles.includes(role)),
          division,
        ),
      rulesAt: (division) => rulesFor(app, division, context.day).rules,
      looked: {},
    },
  }
}

/** Whether any case is begun from one of this process. */
export const offersFrom = (process: string): boolean =>
  Object.values(openers).some((o) => o.offered && o.about?.includes(process))

/** The new cases that a caller may begin from one they read: what stands beside its acts. */
export const offeredFrom = (
  app: App,
  viewer: Viewer,
  orgs: readonly OrgRow[],
  about: Case,
  day: string,
): CaseView['begins'] =>
  Object.entries(openers).flatMap(([process, opener]) => {
    if (!opener.about?.includes(about.process) || opener.offered?.(about) !== true) return []
    const { kinds, rows, term } = matterOf(process).process
    const places = Object.keys(kinds).flatMap((kind) => {
      const place = opener.route({
        viewer,
        kind,
        about,
        home: undefined,
        reads: true,
        looked: {},
        body: (role, division) =>
          serving(
            orgs.filter((o) => o.roles.includes(role)),
            division,
          ),
        rulesAt: (division) => rulesFor(app, division, day).rules,
      })
      if (isRefusal(place)) return []
      const own = Object.fromEntries(
        Object.entries(rows).filter(([, r]) => !r.kinds || r.kinds.includes(place.kind ?? kind)),
      )
      const act = openingAct(own, place.seats, viewer.org)
      const mine = [rows[act]?.by ?? []].flat().some((by) => {
        const [seat = '', duty = ''] = by.split('.')
        return place.seats[seat] === viewer.org && viewer.duties.includes(duty)
      })
      return mine ? [{ kind: place.kind ?? kind, asked: kind, act: rows[act]?.term ?? '' }] : []
    })
    // kinds that come to the same are one button; where people choose among several, each says which it is
    const told = places.filter((x, i) => places.findIndex((y) => y.kind === x.kind) === i)
    return told.map((x) => ({
      process,
      collection: collectionOf[process] ?? process,
      kind: x.asked,
      term: told.length > 1 ? `${x.act}：${kinds[x.kind] ?? term}` : x.act,
    }))
  })

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
  const act = openingAct(table.rows, place.seats, a.asked.viewer.org)
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
      input: place.said ? { ...(req.input as JsonObject | undefined), ...place.said } : req.input,
      key,
    },
  )
}

/** The act by which a person opens a case of this process: the first that begins it and is for a seat this body sits in, else for anybody. */
const openingAct = (
  rows: Readonly<Record<string, { readonly from: readonly string[]; readonly by: By | readonly By[] }>>,
  seats: Place['seats'],
  org: string,
): string => {
  const acts = Object.entries(rows).filter(([, r]) => r.from.length === 0 && r.by !== 'system')
  const own = acts.find(([, r]) => [r.by].flat().some((b) => seats[b.split('.')[0] ?? ''] === org))
  return (own ?? acts[0])?.[0] ?? ''
}

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
  const act = openingAct(table.rows, place.seats, a.asked.viewer.org)
  const row = table.rows[act]!
  const looked = a.opener.look ? await asSystem(app.pool, (q) => a.opener.look!(q, place)) : {}
  const value =
    a.opener.begin?.({ ...a.asked, looked }, { rules, calendar: app.calendarFor(place.division), day: a.day }) ?? {}
  return {
    act,
    term: row.term,
    schema: formJsonSchema(row.form.filter((f) => !place.said || !(f.key in place.said))),
    ...(Object.keys(value).length > 0 ? { value } : {}),
    grave: row.grave ?? false,
    optional: false,
    ...(row.basis ? { basis: citeRule(rules, row.basis) } : {}),
    to: row.to,
    toTerm: table.states[row.to]?.term ?? '',
  }
}
