import type { Calendar } from '#policy'

/**
 * What the law says about a first application and the objections to it, written down a second time and as plainly as possible: no
 * tables, no forms, no packs. The kernel has to agree with it on every act of every history.
 */
export interface Model {
  readonly at: string
  readonly deposited: boolean
  readonly proposer: string
  readonly acceptor: string
  readonly checker: string
  /** Last day of the review, and whether its delay has been explained since the acceptance. */
  readonly reviewTo: string
  readonly explained: boolean
  readonly noticeFrom: string
  readonly noticeTo: string
  readonly objections: readonly Objection[]
  readonly coded: number
}
export interface Objection {
  readonly at: 'accept' | 'review' | 'upheld' | 'dismissed' | 'refused' | 'withdrawn' | 'closed'
  readonly by: string
  readonly acceptor: string
}
export interface Law {
  readonly calendar: Calendar
  readonly reviewDays: number
  readonly noticeDays: number
  /** An objection is first accepted, by another than the one who decides (湖南), or reviewed at once. */
  readonly acceptsFirst: boolean
}
export interface Someone {
  readonly id: string
  readonly side: 'applicant' | 'registrar' | 'stranger' | 'citizen'
  readonly handler: boolean
  readonly approver: boolean
  readonly realName: boolean
}

export const fresh: Model = {
  at: 'draft',
  deposited: false,
  proposer: '',
  acceptor: '',
  checker: '',
  reviewTo: '',
  explained: false,
  noticeFrom: '',
  noticeTo: '',
  objections: [],
  coded: 0,
}
export const ends = ['settled', 'refused', 'terminated', 'withdrawn']
const open = (o: Objection): boolean => o.at === 'accept' || o.at === 'review'

const tomorrow = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
const worked = (calendar: Calendar, day: string): boolean =>
  calendar.work.has(day) || (![0, 6].includes(new Date(day).getUTCDay()) && !calendar.off.has(day))
/** Counts working days one by one; the day it starts on is not counted. */
export const workdays = (calendar: Calendar, from: string, count: number): string => {
  let day = from
  for (let left = count; left > 0;) {
    day = tomorrow(day)
    if (worked(calendar, day)) left--
  }
  return day
}

/** The application after an act, or undefined where the act is not to be had. */
export const after = (m: Model, act: string, who: Someone, day: string, law: Law): Model | undefined => {
  const ours = who.side === 'applicant'
  const registrar = who.side === 'registrar'
  const may = (asked: boolean, from: readonly string[]): boolean => asked && from.includes(m.at)
  const late = m.reviewTo !== '' && day > m.reviewTo && !m.explained
  const review = (at: Partial<Model>): Model | undefined => (late ? undefined : { ...m, ...at })
  switch (act) {
    case 'deposit':
      return may(ours && who.handler, ['draft', 'ready', 'supplementing', 'rectifying'])
        ? { ...m, deposited: true }
        : undefined
    case 'propose':
      return may(ours && who.handler, ['draft']) ? { ...m, at: 'signing', proposer: who.id } : undefined
    case 'businessReview.signoff':
      return may(ours && who.approver && who.id !== m.proposer, ['signing']) ? { ...m, at: 'ready' } : undefined
    case 'businessReview.signoff.return':
      return may(ours && who.approver && who.id !== m.proposer, ['signing']) ? { ...m, at: 'draft' } : undefined
    case 'reopen':
      return may(ours && who.handler, ['ready']) ? { ...m, at: 'draft' } : undefined
    case 'submit':
      return may(ours && who.handler && m.deposited, ['ready']) ? { ...m, at: 'submitted' } : undefined
    case 'resubmit':
      return may(ours && who.handler && m.deposited, ['supplementing', 'rectifying'])
        ? { ...m, at: 'submitted' }
        : undefined
    case 'accept':
      return may(registrar && who.handler, ['submitted'])
        ? {
            ...m,
            at: 'checking',
            acceptor: who.id,
            explained: false,
            reviewTo: workdays(law.calendar, day, law.reviewDays),
          }
        : undefined
    case 'supplement':
      return may(registrar && who.handler, ['submitted']) ? { ...m, at: 'supplementing' } : undefined
    case 'refuse':
      return may(registrar && who.handler, ['submitted']) ? { ...m, at: 'refused' } : undefined
    case 'explainDelay':
      return may(registrar && (who.handler || who.approver) && day > m.reviewTo, ['checking', 'rechecking'])
        ? { ...m, explained: true }
        : undefined
    case 'review.check':
      return may(registrar && who.handler, ['checking']) ? review({ at: 'rechecking', checker: who.id }) : undefined
    case 'review.check.fail':
      return may(registrar && who.handler, ['checking']) ? review({ at: 'rectifying' }) : undefined
    case 'review.recheck':
      return may(registrar && who.approver && who.id !== m.checker, ['rechecking'])
        ? review({ at: 'announcing' })
        : undefined
    case 'review.recheck.fail':
      return may(registrar && who.approver && who.id !== m.checker, ['rechecking'])
        ? review({ at: 'rectifying' })
        : undefined
    case 'review.recheck.back':
      return may(registrar && who.approver && who.id !== m.checker, ['rechecking'])
        ? review({ at: 'checking' })
        : undefined
    case 'release':
      return may(registrar && who.approver && who.id !== m.acceptor, ['announcing'])
        ? {
            ...m,
            at: 'publicised',
            noticeFrom: workdays(law.calendar, day, 1),
            noticeTo: workdays(law.calendar, day, law.noticeDays),
          }
        : undefined
    case 'code':
      return may(registrar && who.handler, ['coding']) ? { ...m, at: 'settled', coded: m.coded + 1 } : undefined
    case 'withdraw':
      return may(ours && who.handler, [
        'draft',
        'signing',
        'ready',
        'submitted',
        'supplementing',
        'checking',
        'rechecking',
        'rectifying',
        'announcing',
        'publicised',
        'objected',
        'coding',
      ])
        ? { ...m, at: 'withdrawn', objections: closed(m) }
        : undefined
    case 'object':
      return m.at === 'publicised' && who.handler && who.realName && m.noticeFrom <= day && day <= m.noticeTo
        ? {
            ...m,
            objections: [...m.objections, { at: law.acceptsFirst ? 'accept' : 'review', by: who.id, acceptor: '' }],
          }
        : undefined
    default:
      return undefined
  }
}

/** The same for an act on the n-th objection. */
export const afterObjection = (m: Model, n: number, act: string, who: Someone, law: Law): Model | undefined => {
  const o = m.objections[n]
  if (!o) return undefined
  const to = (x: Partial<Objection>): Model =>
    ended({ ...m, objections: m.objections.map((y, i) => (i === n ? { ...y, ...x } : y)) })
  const registrar = who.side === 'registrar'
  const decides = registrar && who.approver && o.at === 'review' && !(law.acceptsFirst && who.id === o.acceptor)
  const step = law.acceptsFirst ? 'handling.investigate' : 'handling.review'
  if (act === 'withdraw') return open(o) && who.id === o.by && who.handler ? to({ at: 'withdrawn' }) : undefined
  if (law.acceptsFirst && act === 'handling.accept')
    return registrar && who.handler && o.at === 'accept' ? to({ at: 'review', acceptor: who.id }) : undefined
  if (law.acceptsFirst && act === 'handling.accept.refused')
    return registrar && who.handler && o.at === 'accept' ? to({ at: 'refused' }) : undefined
  if (act === step) return decides ? to({ at: 'dismissed' }) : undefined
  if (act === `${step}.upheld`) return decides ? to({ at: 'upheld' }) : undefined
  return undefined
}
/** What is still open when the application is gone goes with it. */
const closed = (m: Model): readonly Objection[] => m.objections.map((o) => (open(o) ? { ...o, at: 'closed' } : o))
const ended = (m: Model): Model => {
  if (m.objections.some((o) => o.at === 'upheld') && ['publicised', 'objected'].includes(m.at))
    return { ...m, at: 'terminated', objections: closed(m) }
  return m.at === 'objected' && !m.objections.some(open) ? { ...m, at: 'coding' } : m
}

/** What the passing of a night does by itself. */
export const overnight = (m: Model, day: string): Model =>
  m.at === 'publicised' && day > m.noticeTo ? { ...m, at: m.objections.some(open) ? 'objected' : 'coding' } : m
