import { refuse } from '#contract'
import { notForPersons, type Opener } from './opener.ts'

const underWay = ['running', 'suspended']

/** The operator asks under its own agreement, which has to be under way. */
const supplyDemand: Opener = {
  about: ['agreement'],
  bound: true,
  offered: (about) => about.at === 'running',
  route: ({ viewer, about }) =>
    about!.seats['operator'] !== viewer.org
      ? refuse('not_yours', '由协议的运营机构提出')
      : {
          division: about!.division,
          seats: {
            operator: viewer.org,
            implementer: about!.seats['implementer'] ?? '',
            bureau: about!.seats['bureau'] ?? '',
          },
          links: { agreement: about!.id },
        },
}

/** Whoever holds the entry; that it is in the scope and theirs is looked at with the entry. */
const masking: Opener = {
  about: ['agreement'],
  bound: true,
  route: ({ viewer, about }) =>
    viewer.self || viewer.division === undefined
      ? notForPersons
      : !underWay.includes(about!.at) || [about!.seats['operator'], about!.seats['bureau']].includes(viewer.org)
        ? refuse('not_yours', '由目录项的数源单位在执行中的协议下拟定')
        : {
            division: about!.division,
            seats: {
              source: viewer.org,
              implementer: about!.seats['implementer'] ?? '',
              bureau: about!.seats['bureau'] ?? '',
            },
            links: {},
            said: { agreement: about!.id },
          },
}

/** A source supplies its own entries; a domain's implementer passes on what it was given the charge of. */
const batch: Opener = {
  about: ['agreement'],
  bound: true,
  route: ({ viewer, kind, about }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    if (viewer.org === about!.seats['operator']) return refuse('not_yours', '由目录项的数源单位供数')
    if (kind === 'fullSync' && about!.seats['implementer'] !== viewer.org)
      return refuse('not_yours', '由分领域实施机构同步')
    return {
      division: about!.division,
      seats: {
        source: viewer.org,
        implementer: about!.seats['implementer'] ?? '',
        operator: kind === 'fullSync' ? '' : (about!.seats['operator'] ?? ''),
        whole: '',
        bureau: about!.seats['bureau'] ?? '',
      },
      links: {},
      said: { agreement: about!.id },
    }
  },
}

export const supplyOpeners: Readonly<Record<string, Opener>> = { supplyDemand, masking, batch }
