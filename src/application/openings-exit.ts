import { refuse } from '#contract'
import { exitRule, exitSeats, suspensionSeats } from '#domain/authorization'
import type { Opener } from './opener.ts'

const runs = (at: string): boolean => at === 'running' || at === 'suspended'

/** Who may order is said by the rules of the agreement's territory; it must sit in the agreement as that. */
const suspension: Opener = {
  about: ['agreement'],
  bound: true,
  offered: (about) => runs(about.at),
  route: ({ viewer, about, rulesAt }) => {
    const agreement = about!
    const may = exitRule(rulesAt(agreement.division), 'authorization.suspension.by')
    return may.some((seat) => agreement.seats[seat] === viewer.org)
      ? {
          division: agreement.division,
          seats: suspensionSeats(agreement, viewer.org),
          links: { agreement: agreement.id },
        }
      : refuse('not_yours', '本单位无权对这一协议责令改正、暂停或者提请终止')
  },
}

/** An exit opens by itself; only one by consent is asked for, by either side. */
const exit: Opener = {
  about: ['agreement'],
  bound: true,
  offered: (about) => runs(about.at),
  route: ({ viewer, about, kind }) => {
    if (kind !== 'forceMajeure') return refuse('not_here', '协议终止时，退出事项自动开始')
    const agreement = about!
    const [operator, implementer] = [agreement.seats['operator'] ?? '', agreement.seats['implementer'] ?? '']
    const counterpart = viewer.org === operator ? implementer : viewer.org === implementer ? operator : undefined
    return counterpart === undefined
      ? refuse('not_yours', '因不可抗力协商退出，由协议双方提出')
      : {
          division: agreement.division,
          seats: { ...exitSeats(agreement), proposer: viewer.org, counterpart },
          links: { agreement: agreement.id },
        }
  },
}

export const exitOpeners: Readonly<Record<string, Opener>> = { suspension, exit }
