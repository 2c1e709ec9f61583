import { v4 } from 'uuid'
import { expect } from 'vitest'
import type { Problem } from '#contract'
import type { Seated } from '../access/stage.ts'
import type { World } from '../world.ts'

export interface Said<T = Problem> {
  readonly status: number
  readonly body: T
  readonly text: string
}

/** Sends one request as someone. Strings go out as they are; everything else as JSON. */
export const send = async <T = Problem>(
  w: World,
  who: Pick<Seated, 'cookie'> | undefined,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
  url: string,
  body?: unknown,
  headers: Record<string, string | string[]> = {},
): Promise<Said<T>> => {
  const r = await w.server.inject({
    method,
    url,
    headers: {
      ...(who?.cookie ? { cookie: who.cookie } : {}),
      'idempotency-key': v4(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { payload: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body) }),
  })
  const json = String(r.headers['content-type'] ?? '').includes('json')
  return { status: r.statusCode, body: (json ? r.json() : {}) as T, text: r.body }
}

/** A refusal a person can use: a problem document, in Chinese, that is nobody's crash. */
export const expectProblem = (r: Said, label: string): void => {
  expect(r.status, `${label}: ${r.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400)
  expect(r.status, `${label}: ${r.text.slice(0, 300)}`).toBeLessThan(500)
  expect(r.body, label).toMatchObject({
    status: r.status,
    type: expect.stringContaining('problems/'),
    code: expect.any(String),
  })
  expect(r.body.title, label).toMatch(/[一-鿿]{3}/)
}
