import type { PublicConsultation, Refusal } from '#contract'
import { refuse } from '#contract'
import { cite } from '#policy'
import { daysBetween, type Day } from '#domain/kernel'
import type { ConsultationRow } from '#store'
import { publicConsultations as rows, storedDay } from '#store'
import type { App } from './app.ts'
import { legalDay, rulesFor } from './act.ts'
import { matterOf } from './subjects.ts'
import { divisionName } from './views.ts'

const view = (app: App, r: ConsultationRow, day: string, whole: boolean): PublicConsultation => {
  const { process } = matterOf('consultation')
  const rule = rulesFor(app, r.division, day).rules.values[`authorization.${r.kind}.consultation.channels`]
  return {
    id: r.id,
    kind: r.kind,
    kindTerm: process.kinds[r.kind] ?? r.kind,
    title: r.title,
    author: r.author,
    division: r.division,
    divisionName: divisionName(app, r.division),
    from: r.comment_from,
    to: r.comment_to,
    state: r.state,
    stateTerm: process.states[r.state]?.term ?? r.state,
    open: r.state === 'open' && r.comment_from <= day && day <= r.comment_to,
    left: Math.max(0, daysBetween(day as Day, r.comment_to as Day) + 1),
    basis: rule ? cite(rule.basis) : '',
    ...(whole ? { detail: r.detail as unknown as NonNullable<PublicConsultation['detail']> } : {}),
    ...(r.results ? { results: r.results as unknown as NonNullable<PublicConsultation['results']> } : {}),
  }
}
const today = async (app: App): Promise<string> => legalDay(app, (await storedDay(app.pool)).day)

/** Drafts on which the public is heard or was heard, without their text. */
export const publicConsultationList = async (app: App): Promise<readonly PublicConsultation[]> => {
  const day = await today(app)
  return (await rows(app.pool)).map((r) => view(app, r, day, false))
}
/** One draft with its text, and what came of it. */
export const publicConsultation = async (app: App, id: string): Promise<PublicConsultation | Refusal> => {
  const [r] = await rows(app.pool, id)
  return r ? view(app, r, await today(app), true) : refuse('not_found', '没有这一征求意见，或已经停止')
}
