import { refuse } from '#contract'
import { authorizationRule, levelOf, winnerOf } from '#domain/authorization'
import type { Asked, Opener } from './opener.ts'

const notForPersons = refuse('not_yours', '须以单位名义办理，请切换到所属单位')
const cityOf = (division: string): string => `${division.slice(0, 4)}00`
const provinceOf = (division: string): string => `${division.slice(0, 2)}0000`

/** The data administrations over a division, each in the seat of its level. */
export const over = (body: Asked['body'], division: string): Record<string, string> => {
  const at = (level: 'county' | 'city' | 'province', d: string): string => {
    const found = body('bureau', d)
    return found && levelOf(found.division) === level ? found.id : ''
  }
  const level = levelOf(division)
  return {
    bureau: body('bureau', division)?.id ?? '',
    county: level === 'county' ? at('county', division) : '',
    city: level === 'province' ? '' : at('city', cityOf(division)),
    province: at('province', provinceOf(division)),
  }
}

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

const selection: Opener = {
  about: ['plan'],
  bound: true,
  offered: (about) => about.at === 'inForce',
  route: ({ viewer, about, body }) =>
    about!.seats['implementer'] !== viewer.org
      ? refuse('not_yours', '由方案确定的实施机构选择运营机构')
      : {
          division: about!.division,
          seats: {
            organiser: viewer.org,
            unit: about!.seats['unit'] ?? '',
            winner: '',
            ...over(body, about!.division),
          },
          links: { plan: about!.id },
        },
}

const agreement: Opener = {
  about: ['selection'],
  bound: true,
  offered: (about) => about.at === 'awarded',
  route: ({ viewer, about, body }) => {
    if (about!.seats['organiser'] !== viewer.org) return refuse('not_yours', '由实施机构起草协议')
    return {
      division: about!.division,
      kind: String(about!.data['start']?.['planKind'] ?? 'local'),
      seats: {
        implementer: viewer.org,
        unit: about!.seats['unit'] ?? '',
        operator: winnerOf(about!),
        ...over(body, about!.division),
      },
      links: { selection: about!.id, plan: about!.links['plan'] ?? '' },
    }
  },
}

export const authorizationOpeners: Readonly<Record<string, Opener>> = { appointment, selection, agreement }
