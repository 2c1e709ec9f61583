import { refuse } from '#contract'
import { authorizationRule, levelOf, runHere, seatsClosed } from '#domain/authorization'
import type { Opener } from './opener.ts'
import { notForPersons } from './opener.ts'
import { over } from './openings-levels.ts'

/**
 * The body that a plan names chooses an operator; an operator chooses those who develop with it, under an agreement that is carried out,
 * where the territory knows them.
 */
const selection: Opener = {
  about: ['plan', 'agreement'],
  bound: true,
  offered: (about) => (about.process === 'plan' ? about.at === 'inForce' : about.at === 'running'),
  route: ({ viewer, about, body, rulesAt }) => {
    const develops = about!.process === 'agreement'
    const organiser = about!.seats[develops ? 'operator' : 'implementer']
    if (organiser !== viewer.org)
      return refuse('not_yours', develops ? '由运营机构遴选开发主体' : '由方案确定的实施机构选择运营机构')
    if (develops && !authorizationRule(rulesAt(about!.division), 'authorization.developer').use)
      return refuse('not_here', '本地区没有这一类主体')
    const finance = body('finance', about!.division)
    return {
      division: about!.division,
      variant: develops ? 'developer' : 'operator',
      seats: {
        organiser: viewer.org,
        unit: develops ? '' : (about!.seats['unit'] ?? ''),
        winner: '',
        // a finance department receives what is decided on its own level
        finance: finance && !develops && levelOf(finance.division) === levelOf(about!.division) ? finance.id : '',
        ...over(body, about!.division),
      },
      links: { [develops ? 'agreement' : 'plan']: about!.id },
    }
  },
}

/** Anybody whose notice is still open applies: who may be chosen is looked at afterwards, and by the rules. */
const candidacy: Opener = {
  about: ['selection'],
  bound: true,
  route: ({ viewer, about }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    if (about!.at !== 'announced' || !runHere.includes(about!.kind))
      return refuse('not_now', '本次遴选没有在这里接受申请')
    return {
      division: about!.division,
      kind: about!.variant,
      // who organises it comes to sit here when it is opened
      seats: { applicant: viewer.org, ...seatsClosed },
      links: { selection: about!.id },
    }
  },
}

export const selectionOpeners: Readonly<Record<string, Opener>> = { selection, candidacy }
