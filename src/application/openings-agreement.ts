import { refuse } from '#contract'
import { pactForming, selectedKinds, winnerOf } from '#domain/authorization'
import type { Opener } from './opener.ts'
import { over } from './openings-levels.ts'

const nobodyYet = { implementer: '', source: '', sourceB: '', sourceC: '', operator: '', developer: '', bureau: '' }
const noJoint = { jointA: '', jointB: '', jointC: '' }

/** An agreement is drafted with whom a selection chose; one from before the rules is recorded without any. */
const agreement: Opener = {
  about: ['selection'],
  offered: (about) => about.at === 'awarded' && about.variant === 'operator',
  route: ({ viewer, kind, about, body }) => {
    if (viewer.self || viewer.division === undefined) return refuse('not_yours', '须以单位名义办理，请切换到所属单位')
    const legacy = kind === 'legacy' && !about
    if (!about && !legacy) return refuse('not_found', '请从选定运营机构的遴选事项起草协议')
    if (legacy && !viewer.roles.includes('implementer')) return refuse('not_yours', '由实施机构登记存量协议')
    if (about && about.variant !== 'operator')
      return refuse('not_here', '招募的开发主体签订的是场景或合伙人协议，请从运营协议发起')
    if (about && about.seats['organiser'] !== viewer.org) return refuse('not_yours', '由实施机构起草协议')
    const division = about?.division ?? viewer.division
    return {
      division,
      kind: about ? String(about.data['start']?.['planKind'] ?? 'local') : 'legacy',
      seats: {
        implementer: viewer.org,
        unit: about?.seats['unit'] ?? '',
        ...noJoint,
        operator: about ? winnerOf(about) : '',
        ...over(body, division),
      },
      links: about ? { selection: about.id, plan: about.links['plan'] ?? '' } : {},
    }
  },
}

/** A supplement begins from the agreement it changes; a renewal is asked for there by the operator. */
const supplement: Opener = {
  about: ['agreement'],
  bound: true,
  offered: (about) => about.at === 'running',
  route: ({ viewer, about }) => {
    const { seats, links, division, id } = about!
    return seats['implementer'] !== viewer.org
      ? refuse('not_yours', '由实施机构起草补充协议')
      : {
          division,
          kind: 'change',
          seats: Object.fromEntries(Object.entries(seats).filter(([seat]) => seat !== 'unit')),
          links: { agreement: id, ...(links['plan'] ? { plan: links['plan'] } : {}) },
        }
  },
}

/**
 * What is agreed under an agreement: by its operator, or, where the sources of the data take part, by the 实施机构. With whom a selection of
 * developers has chosen it begins from that selection.
 */
const pact: Opener = {
  about: ['agreement', 'selection'],
  bound: true,
  offered: (about) =>
    about.process === 'selection' ? about.at === 'awarded' && about.variant === 'developer' : about.at === 'running',
  route: ({ viewer, kind, about, rulesAt }) => {
    const { seats, division, id } = about!
    const { use, author } = pactForming(rulesAt(division), kind)
    if (!use) return refuse('not_here', '本地区没有这一类协议')
    if (about!.process === 'selection') {
      if (about!.variant !== 'developer' || about!.at !== 'awarded' || !selectedKinds.includes(kind))
        return refuse('not_here', '这一遴选不能签订这一类协议')
      return seats['organiser'] !== viewer.org
        ? refuse('not_yours', '由运营机构起草')
        : {
            division,
            variant: 'selected',
            seats: { author: viewer.org, ...nobodyYet, operator: viewer.org, developer: winnerOf(about!) },
            links: { agreement: about!.links['agreement'] ?? '', selection: id },
          }
    }
    return seats[author] !== viewer.org
      ? refuse('not_yours', author === 'operator' ? '由运营机构起草' : '由实施机构起草')
      : {
          division,
          seats: {
            author: viewer.org,
            ...nobodyYet,
            implementer: seats['implementer'] ?? '',
            operator: seats['operator'] ?? '',
            bureau: seats['bureau'] ?? '',
          },
          links: { agreement: id },
        }
  },
}

export const agreementOpeners: Readonly<Record<string, Opener>> = { agreement, supplement, pact }
