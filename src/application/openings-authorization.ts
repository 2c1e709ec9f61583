import { refuse } from '#contract'
import { authorizationRule, levelOf, planKinds, planRule, planTitle, type PlanKind } from '#domain/authorization'
import { notForPersons, type Opener } from './opener.ts'
import { agreementOpeners } from './openings-agreement.ts'
import { over } from './openings-levels.ts'

/** Who names a 实施机构 is said by the rules: the data administration, a department for its own domain, or the government. */
const appointment: Opener = {
  route: ({ viewer, kind, body, rulesAt }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    const rule = authorizationRule(
      rulesAt(viewer.division),
      `authorization.appointment.${kind as 'whole' | 'domain' | 'local'}`,
    )
    if (!rule.use || !rule.levels.includes(levelOf(viewer.division)))
      return refuse('not_here', '本地区不这样确定实施机构')
    if (!viewer.roles.includes(rule.by)) return refuse('not_yours', '您所在单位不负责确定这一类实施机构')
    return {
      division: viewer.division,
      seats: {
        appointer: viewer.org,
        implementer: '',
        unit: rule.by === 'competentDept' ? viewer.org : '',
        ...over(body, viewer.division),
      },
      links: {},
    }
  },
}

/**
 * A plan is written for a 实施机构 that has been named, for a territory as a whole by its data administration, or about a plan in force
 * that is to be changed.
 */
const plan: Opener = {
  about: ['appointment', 'plan'],
  route: ({ viewer, kind, about, body, rulesAt }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    const division = about?.division ?? viewer.division
    const rules = rulesAt(division)
    const of = (about?.process === 'plan' ? about.kind : about ? about.kind : kind) as PlanKind
    const asked = about?.process === 'appointment' && kind === 'scenario' ? 'scenario' : of
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
      links: about ? { [about.process === 'plan' ? 'replaces' : 'appointment']: about.id } : {},
    }
  },
  offered: (about) => (about.process === 'appointment' ? about.at === 'standing' : about.at === 'inForce'),
  begin: ({ about }) => (about?.process === 'plan' ? { title: planTitle(about) } : {}),
}

export const authorizationOpeners: Readonly<Record<string, Opener>> = { appointment, plan, ...agreementOpeners }
