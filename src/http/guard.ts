import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sessionToken, signedOut } from '#application'
import type { Refusal } from '#contract'
import { refuse } from '#contract'

/** An instant in a query, such as PostgreSQL can hold. */
export const moment = z.iso.datetime().refine((t) => t >= '1900' && t < '3000', '应在 1900 至 2999 年之间')

/** A text in a query, such as PostgreSQL can hold. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/)

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

const deepest = 32

/**
 * What neither the register nor the database could hold, wherever it stands in a body: numbers that are no safe integers, texts with
 * NUL or half a character, nesting that no form has. Walks without recursion, so that depth cannot exhaust the stack.
 */
export const unfit = (body: unknown): Refusal | undefined => {
  const open: [value: unknown, path: string, depth: number][] = [[body, '', 0]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, path, depth] = next
    const bad = (says: string): Refusal =>
      refuse('invalid', `${path || '请求内容'}：${says}`, { fields: { [path]: says } })
    if (depth > deepest) return bad(`嵌套超过 ${deepest} 层`)
    if (typeof value === 'number' && (!Number.isSafeInteger(value) || Object.is(value, -0))) return bad('数字应为整数')
    if (typeof value === 'string' && /\0|\p{Cs}/u.test(value)) return bad('含有不能保存的字符')
    if (typeof value === 'object' && value !== null)
      for (const [k, v] of Object.entries(value)) {
        if (/\0|\p{Cs}/u.test(k)) return bad('栏目名含有不能保存的字符')
        open.push([v, path ? `${path}.${k.slice(0, 60)}` : k.slice(0, 60), depth + 1])
      }
  }
  return undefined
}

/** The one file of an upload with its name. Whatever is wrong with the envelope is the sender's, not a failure of ours. */
export const uploaded = async (
  req: FastifyRequest,
  missing: string,
  limits: { readonly fileSize?: number } = {},
): Promise<{ readonly name: string; readonly bytes: Buffer } | Refusal> => {
  const none = refuse('invalid', missing, { fields: { file: '必填' } })
  try {
    const part: MultipartFile | undefined = await req.file({ limits })
    // a part that is no field and says no name comes without one, whatever its type says
    const name: string | undefined = part?.filename
    return part && name !== undefined ? { name, bytes: await part.toBuffer() } : none
  } catch (e) {
    if ((e as { statusCode?: number }).statusCode) throw e
    return refuse('invalid', '上传的内容不完整或不是文件表单，请重新上传', { fields: { file: '不完整' } })
  }
}
