import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sessionToken, signedOut } from '#application'
import type { Refusal } from '#contract'
import { refuse } from '#contract'

export const cookieName = 'gongshu'

/** The caller's session token, as stored. */
export const tokenOf = (req: FastifyRequest): Buffer | Refusal => {
  const secret = req.cookies[cookieName]
  return secret && secret.length < 200 ? sessionToken(secret) : signedOut
}

/** Every write names itself with a UUID, so that a repeated request is answered and not done again. */
export const keyOf = (req: FastifyRequest): string | Refusal => {
  const key = req.headers['idempotency-key']
  const parsed = z.uuid().safeParse(key)
  return parsed.success
    ? parsed.data
    : refuse('no_key', '缺少请求编号：请在 Idempotency-Key 头中给出 UUID', {
        fields: { 'Idempotency-Key': '须为 UUID' },
      })
}

/** The version the caller has seen, from `If-Match: "7"`. */
export const versionOf = (req: FastifyRequest): number | undefined | Refusal => {
  const tag = req.headers['if-match']
  if (tag === undefined) return undefined
  const n = /^"?(\d{1,9})"?$/.exec(tag)?.[1]
  return n === undefined
    ? refuse('invalid', 'If-Match 应为事项版本号', { fields: { 'If-Match': '应为版本号' } })
    : Number(n)
}
