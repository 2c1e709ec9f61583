import { refuse } from '#contract'
import {
  authorizationRule,
  levelOf,
  planKinds,
  planRule,
  planTitle,
  programmeBegins,
  type PlanKind,
} from '#domain/authorization'
import { notForPersons, type Opener } from './opener.ts'
import { over } from './openings-levels.ts'

const nested = (kind: string, about: string): boolean => kind === 'scenario' && ['whole', 'domain'].includes(about)

/**
 * A plan is written for a 实施机构 that has been named, for a territory as a whole by its data administration, about a plan in force
 * that is to be changed, or for a scene within a plan in force.
 */
const plan: Opener = {
  about: ['appointment', 'plan'],
  route: ({ viewer, kind, about, body, rulesAt }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    const division = about?.division ?? viewer.division
    const rules = rulesAt(division)
    const within = about?.process === 'plan' && nested(kind, about.kind)
    const asked = (
      within || (about?.process === 'appointment' && kind === 'scenario') ? 'scenario' : (about?.kind ?? kind)
    ) as PlanKind
    const rule = planRule(rules, `authorization.plan.kinds.${asked}`)
    const bureau = over(body, division)
    const named = about?.seats['implementer'] ?? ''
    if (!about && rule.author === 'implementer')
      return refuse('not_appointed', `${planKinds[asked]}由已确定的实施机构编制，请从“确定实施机构”事项发起`)
    const author = rule.author === 'bureau' ? bureau['bureau'] : named
    if (author !== viewer.org) return refuse('not_yours', '须由方案的编制单位办理')
    const direct = authorizationRule(rules, 'authorization.implementer').direct
    const government = body('government', division)
    const decides = government && levelOf(government.division) === levelOf(division) ? government.id : ''
    const unit = about?.seats['unit'] ?? ''
    return {
      division,
      kind: asked,
      seats: {
        author,
        implementer: named || (direct ? viewer.org : ''),
        unit,
        ...bureau,
        government: decides,
        recorder: decides ? '' : unit || (bureau['bureau'] ?? ''),
      },
      links: about
        ? { [about.process === 'appointment' ? 'appointment' : within ? 'within' : 'replaces']: about.id }
        : {},
    }
  },
  offered: (about) => (about.process === 'appointment' ? about.at === 'standing' : about.at === 'inForce'),
  begin: ({ about, kind }) =>
    about?.process === 'plan' && !nested(kind, about.kind) ? { title: planTitle(about) } : {},
}

/** A plan's author puts its draft before the public; a data administration does so with the draft of rules. */
const consultation: Opener = {
  about: ['plan'],
  route: ({ viewer, kind, about, body }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    if (about)
      return about.seats['author'] === viewer.org
        ? {
            division: about.division,
            kind: 'plan',
            seats: { author: viewer.org, bureau: about.seats['bureau'] ?? '' },
            links: { plan: about.id },
          }
        : refuse('not_yours', '由方案的编制单位公开征求意见')
    if (kind === 'plan') return refuse('not_found', '请从实施方案的页面发起')
    return viewer.roles.includes('bureau')
      ? {
          division: viewer.division,
          kind: 'rules',
          seats: { author: viewer.org, bureau: body('bureau', viewer.division)?.id ?? '' },
          links: {},
        }
      : refuse('not_yours', '规则文件由数据管理部门公开征求意见')
  },
  offered: (about) => about.process === 'plan' && about.at === 'ready',
}

/** Anyone is heard in their own name; what came by other ways is recorded by who hears. */
const comment: Opener = {
  about: ['consultation'],
  bound: true,
  offered: (about) => ['open', 'closed'].includes(about.at),
  route: ({ viewer, about }) => {
    const author = about!.seats['author'] ?? ''
    return {
      division: about!.division,
      kind: author === viewer.org ? 'recorded' : 'online',
      seats: { commenter: author === viewer.org ? '' : viewer.org, author },
      links: { consultation: about!.id },
    }
  },
}

const programme: Opener = {
  route: ({ viewer }) =>
    viewer.self || viewer.division === undefined
      ? notForPersons
      : !viewer.roles.includes('bureau')
        ? refuse('not_yours', '由数据管理部门启动批次')
        : { division: viewer.division, seats: { bureau: viewer.org }, links: {} },
  begin: ({ kind }, { rules }) => programmeBegins(rules, kind),
}

/** A city reports of its own accord; the province may ask for it. Everything else that is put on file opens with its decision. */
const recordal: Opener = {
  route: ({ viewer, kind, body }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    if (kind !== 'report') return refuse('not_found', '备案随审定自动开启，不能另行发起')
    const level = levelOf(viewer.division)
    if (!viewer.roles.includes('bureau') || level === 'county')
      return refuse('not_yours', '由设区的市、自治州数据管理部门报告，或由省级数据管理部门要求报告')
    const province = body('bureau', `${viewer.division.slice(0, 2)}0000`)?.id ?? ''
    return {
      division: viewer.division,
      variant: 'city',
      seats: { filer: level === 'city' ? viewer.org : '', county: '', city: '', province },
      links: {},
    }
  },
}

export const planOpeners: Readonly<Record<string, Opener>> = { plan, consultation, comment, programme, recordal }
