import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem, Refusal } from '#contract'
import { isRefusal } from '#contract'
import { tokenOf } from './guard.ts'

/** HTTP status of a refusal. The only list of its kind; the core knows nothing of HTTP. */
const statusOf: Readonly<Record<string, number>> = {
  signed_out: 401,
  bad_login: 401,
  bad_totp: 401,
  totp_required: 401,
  not_yours: 403,
  same_person: 403,
  not_oneself: 403,
  officers_apart: 403,
  not_real_name: 403,
  second_factor: 403,
  not_found: 404,
  no_record: 404,
  stale: 409,
  not_now: 409,
  not_yet: 409,
  duplicate: 409,
  pending: 409,
  code_taken: 409,
  key_reused: 409,
  objection_open: 409,
  held: 409,
  kept: 409,
  not_kept: 409,
  nothing: 409,
  on_duty: 409,
  record_ended: 409,
  not_shared: 409,
  own: 409,
  suspended: 403,
  agreement_over: 403,
  not_settled: 409,
  collected: 409,
  no_holder: 409,
  shareable: 409,
  decided: 409,
  rules_changed: 409,
  not_admitted: 409,
  no_consent: 409,
  no_decider: 409,
  one_operator: 409,
  in_principle: 409,
  no_candidate: 409,
  not_enough: 409,
  conflicted: 403,
  not_standing: 409,
  beyond_scope: 409,
  no_demand: 409,
  no_service_pact: 409,
  no_masking: 409,
  not_desensitised: 409,
  gate_shut: 409,
  not_agreed: 409,
  no_whole: 409,
  offset: 409,
  too_large: 413,
  unsupported: 415,
}
export const problemOf = (r: Refusal): Problem => ({
  type: `https://gongshu.dev/problems/${r.code}`,
  title: r.says,
  status: statusOf[r.code] ?? 422,
  code: r.code,
  ...(r.fields ? { fields: { ...r.fields } } : {}),
  ...(r.basis ? { basis: r.basis } : {}),
})

/** Sends a value, or the problem a refusal is. */
export const answer = (reply: FastifyReply, value: unknown): unknown => {
  if (!isRefusal(value)) return value
  const p = problemOf(value)
  return reply.code(p.status).type('application/problem+json').serializer(JSON.stringify).send(p)
}

/** Answers a request of somebody signed in with what the work comes to, value or refusal. */
export const signed = async (
  req: FastifyRequest,
  reply: FastifyReply,
  work: (token: Buffer) => Promise<unknown>,
): Promise<never> => {
  const token = tokenOf(req)
  return answer(reply, isRefusal(token) ? token : await work(token)) as never
}

export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** A reply that a browser saves as a file. */
export const attach = (reply: FastifyReply, mime: string, name: string): FastifyReply =>
  reply
    .type(mime)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('x-content-type-options', 'nosniff')
