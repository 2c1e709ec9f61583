import type { Refusal } from '#contract'
import { refuse } from '#contract'
import { isPublished, isSecret } from '#domain/catalogue'
import { canAppeal, entryDeciders, isAdmitted, platformPack, rulesInForceText } from '#domain/platform'
import type { Case } from '#domain/kernel'
import { isWithin } from '#domain/kernel'
import { platformRulesIn } from '#store'
import { above, notForPersons, type Asked, type Opener, type Place } from './opener.ts'

/** The first body among these roles, the nearest of each, that is none of those. */
const decidedBy = (a: Asked, roles: readonly string[], division: string, none: readonly string[]): string =>
  roles.map((role) => above(a.body, role, division, none)).find((id) => id !== '') ?? ''
const nobody = refuse('no_decider', '本地区还没有可以决定的单位，请联系数据管理部门')

/** Whoever comes from elsewhere says in whose territory they want to come in. */
const entry: Opener = {
  route: (a) => {
    const { viewer, kind, home } = a
    if (viewer.self || viewer.division === undefined) return notForPersons
    const division = home ?? viewer.division
    const decider = decidedBy(a, entryDeciders(a.rulesAt(division), kind), division, [viewer.org])
    return decider === ''
      ? nobody
      : {
          division,
          seats: {
            applicant: viewer.org,
            decider,
            bureau: a.body('bureau', division)?.id ?? '',
            provider: a.body('platform', division)?.id ?? '',
          },
          links: {},
        }
  },
  look: async (q, place) => ({ rules: rulesInForceText(await platformRulesIn(q, place.division)) }),
  begin: ({ looked }) => looked,
}

/** Whoever provides the platform, or the bureau. A next version is opened about the one before. */
const platformRule: Opener = {
  about: ['platformRule'],
  route: ({ viewer, about, body }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    if (!viewer.roles.some((r) => r === 'platform' || r === 'bureau'))
      return refuse('not_yours', '平台规则由平台运营方或数据管理部门起草和公布')
    if (about && (about.seats['publisher'] !== viewer.org || !['published', 'inForce'].includes(about.at)))
      return refuse('not_now', '新版由原公布单位在现行规则上起草')
    return {
      division: about?.division ?? viewer.division,
      seats: { publisher: viewer.org, bureau: body('bureau', viewer.division)?.id ?? '' },
      links: about ? { previous: about.id } : {},
    }
  },
}

/** From one's own entry, by who is on the platform. */
const usage: Opener = {
  about: ['entry'],
  bound: true,
  route: (a) => {
    const { viewer, about, body } = a
    if (about!.seats['applicant'] !== viewer.org) return refuse('not_found', '没有所指的进驻，或您无权查看')
    if (!isAdmitted(about, 'operator'))
      return refuse('not_admitted', '须由已经进驻的运营机构申请；进驻获得同意后才能申请使用公共数据资源')
    const { division } = about!
    const decider = decidedBy(a, platformPack(a.rulesAt(division), 'platform.usage.decider').roles, division, [
      viewer.org,
    ])
    return decider === ''
      ? nobody
      : {
          division,
          seats: { applicant: viewer.org, decider, bureau: body('bureau', division)?.id ?? '' },
          links: { entry: about!.id },
        }
  },
}

/** To a bureau that neither decided nor asks; where the bureau decided, to the one above it. */
const appeal: Opener = {
  about: ['entry', 'usage'],
  bound: true,
  route: ({ viewer, about, body }) => {
    if (about!.seats['applicant'] !== viewer.org) return refuse('not_found', '没有所指的决定，或您无权查看')
    if (!canAppeal(about!)) return refuse('not_now', '没有可以申诉的决定')
    const respondent = about!.seats['decider'] ?? ''
    return {
      division: about!.division,
      kind: about!.process,
      seats: {
        appellant: viewer.org,
        respondent,
        bureau: above(body, 'bureau', about!.division, [viewer.org, respondent]),
        unit: '',
      },
      links: { about: about!.id },
    }
  },
}

/** Of somebody in a post: recorded by their own unit, by whoever provides the platform, or by the bureau. */
const training: Opener = {
  about: ['membership'],
  bound: true,
  route: ({ viewer, about, body }) => {
    const org = about!.seats['org'] ?? ''
    if (about!.at !== 'active') return refuse('not_now', '该人员已经离岗')
    if (viewer.self || (viewer.org !== org && !viewer.roles.some((r) => r === 'platform' || r === 'bureau')))
      return refuse('not_yours', '培训由所在单位、平台运营方或数据管理部门登记')
    return {
      division: about!.division,
      seats: {
        org,
        member: about!.seats['member'] ?? '',
        recorder: viewer.org,
        bureau: body('bureau', about!.division)?.id ?? '',
      },
      links: { membership: about!.id, person: about!.links['person'] ?? '' },
    }
  },
}

/** Bureaus and implementers record what they know of others; everybody else declares their own. */
const affiliation: Opener = {
  route: ({ viewer, body }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    const records = viewer.roles.some((r) => r === 'bureau' || r === 'implementer')
    return {
      division: viewer.division,
      seats: {
        one: records ? '' : viewer.org,
        other: '',
        recorder: records ? viewer.org : '',
        bureau: body('bureau', viewer.division)?.id ?? '',
      },
      links: {},
    }
  },
}

/** For themselves, in the pool of the territory they name. */
const expert: Opener = {
  route: ({ viewer, body, home }) => {
    if (!viewer.self) return refuse('not_yours', '专家以个人名义申请入库，请切换到个人身份')
    const bureau = home === undefined ? undefined : body('bureau', home)
    return bureau
      ? { division: bureau.division, seats: { expert: viewer.org, bureau: bureau.id }, links: {} }
      : refuse('invalid', '请选择所在地区', { fields: { division: '请选择所在地区' } })
  },
}

/** Of the body that holds the data, by the person whom it concerns, about an entry that they can know of. */
const subjectRequest: Opener = {
  about: ['item'],
  bound: true,
  route: ({ viewer, about, reads, body }) => {
    if (!about || (!reads && (!isPublished(about) || isSecret(about))))
      return refuse('not_found', '没有所指的目录项，或您无权查看')
    if (!viewer.self) return refuse('not_yours', '个人信息权利由本人行使，请切换到个人身份')
    const holder = about.seats['holder'] ?? ''
    return holder === ''
      ? refuse('no_holder', '这一目录项的数源单位还没有登记，请联系数据管理部门')
      : {
          division: about.division,
          seats: { subject: viewer.org, body: holder, bureau: body('bureau', about.division)?.id ?? '' },
          links: { item: about.id },
        }
  },
}

/** Whoever holds an entry, and who carries out an authorization in its territory. */
export const mayAskConsent = (
  viewer: Pick<Asked['viewer'], 'self' | 'org' | 'roles' | 'division'>,
  item: Case,
  implementer: string,
): boolean =>
  !viewer.self &&
  ([item.seats['holder'], implementer].includes(viewer.org) ||
    (viewer.roles.includes('implementer') && viewer.division !== undefined && isWithin(item.division, viewer.division)))

/** By the unit that holds the entry, or the implementer; verified by another body where there is one, else by another person. */
const consent: Opener = {
  about: ['item'],
  bound: true,
  route: (a): Place | Refusal => {
    const { viewer, about, body } = a
    const implementer = body('implementer', about!.division)?.id ?? ''
    if (!mayAskConsent(viewer, about!, implementer))
      return refuse('not_yours', '由数源单位或实施机构征求同意、提交证明')
    const bureau = body('bureau', about!.division)?.id ?? ''
    const checker = [implementer, bureau].find((o) => o !== '' && o !== viewer.org) ?? viewer.org
    const place = { division: about!.division, links: { item: about!.id } }
    return { ...place, seats: { asker: viewer.org, provider: '', checker, bureau } }
  },
}

export const platformOpeners: Readonly<Record<string, Opener>> = {
  entry,
  platformRule,
  usage,
  appeal,
  training,
  affiliation,
  expert,
  subjectRequest,
  consent,
}
