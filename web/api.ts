import type { Clock, FileView, Me, Problem } from '#contract'
import { QueryClient, useQuery } from '@tanstack/react-query'

/** A request the server turned down, or that never reached it (`code` is then `offline`). */
export class Refused extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.title)
    this.problem = problem
  }
}

/** The problem behind anything a request can throw. */
export const problemOf = (error: unknown): Problem =>
  error instanceof Refused
    ? error.problem
    : { type: 'about:blank', title: '页面遇到意外错误，请刷新后重试', status: 0, code: 'unexpected' }

export type Params = Readonly<Record<string, string | number | undefined>>

export const withParams = (path: string, params: Params = {}): string => {
  const query = new URLSearchParams()
  for (const [k, v] of Object.entries(params)) if (v !== undefined && v !== '') query.set(k, String(v))
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

const answer = async (response: Response): Promise<unknown> => {
  const json = response.headers.get('content-type')?.includes('json') ? ((await response.json()) as unknown) : undefined
  if (response.ok) return json
  // a session that ends over an open page: the frame asks to sign in again and keeps the place
  if (response.status === 401 && queries.getQueryData(meKey)) queries.setQueryData(meKey, null)
  throw new Refused(json ? (json as Problem) : unanswered(response.status))
}

const unanswered = (status: number): Problem => ({
  type: 'about:blank',
  title: status === 413 ? '内容过大，服务器未接收' : `服务暂时不可用（${status}），请稍后重试`,
  status,
  code: 'unanswered',
})

const offline: Problem = {
  type: 'about:blank',
  title: '网络不通，未能送达服务器。填写内容仍在本页，可直接重试，不会重复办理',
  status: 0,
  code: 'offline',
}

const isLost = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Refused && [502, 503, 504].includes(error.problem.status))

/** Reads `/api{path}`. */
export const get = async <T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> => {
  try {
    const response = await fetch(withParams(`/api${path}`, params), {
      headers: { accept: 'application/json' },
      ...(signal ? { signal } : {}),
    })
    return (await answer(response)) as T
  } catch (error) {
    throw error instanceof TypeError ? new Refused(offline) : error
  }
}

// An intention is what is written where: until the server has answered, sending the same again keeps its key.
const unansweredKeys = new Map<string, string>()
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/**
 * Writes to `/api{path}`. Lost answers are asked for again with the same Idempotency-Key, three times by itself and then
 * whenever the person tries again. `version` is the version of the case the person saw.
 */
export const send = async <T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  version?: number,
): Promise<T> => {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const intention = `${method} ${path} ${version ?? ''} ${text ?? ''}`
  const key = unansweredKeys.get(intention) ?? crypto.randomUUID()
  unansweredKeys.set(intention, key)
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`/api${path}`, {
        method,
        headers: {
          accept: 'application/json',
          'idempotency-key': key,
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        },
        ...(text === undefined ? {} : { body: text }),
      })
      const value = (await answer(response)) as T
      unansweredKeys.delete(intention)
      return value
    } catch (error) {
      if (!isLost(error)) {
        unansweredKeys.delete(intention)
        throw error
      }
      if (attempt === 3) throw error instanceof TypeError ? new Refused(offline) : error
      await pause(400 * attempt)
    }
  }
}

/** Uploads one file; `progress` is told the share sent, 0 to 1. */
export const upload = (file: File, progress: (share: number) => void): Promise<FileView> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/files')
    request.setRequestHeader('idempotency-key', crypto.randomUUID())
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    request.onerror = () => reject(new Refused(offline))
    request.onload = () => {
      if (request.status === 401) queries.setQueryData(meKey, null)
      if (request.status >= 200 && request.status < 300) return resolve(JSON.parse(request.responseText) as FileView)
      try {
        reject(new Refused(JSON.parse(request.responseText) as Problem))
      } catch {
        reject(new Refused(unanswered(request.status)))
      }
    }
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })

/** Sends one file to `/api{path}` to be looked at, not to be kept. */
export const sendFile = async <T>(path: string, file: File): Promise<T> => {
  const form = new FormData()
  form.append('file', file)
  try {
    return (await answer(await fetch(`/api${path}`, { method: 'POST', body: form }))) as T
  } catch (error) {
    throw error instanceof TypeError ? new Refused(offline) : error
  }
}

/** The one cache. A read that failed on the network is tried once more; a refusal is an answer and is not. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => count < 1 && problemOf(error).code === 'offline',
    },
    mutations: { retry: false },
  },
})

const meKey = ['me'] as const

// A visitor who never signed in here is not asked for a session on public pages: every answer would be a 401.
const knownKey = 'gongshu.known'
export const mayHaveSession = (): boolean =>
  localStorage.getItem(knownKey) === '1' || location.pathname.startsWith('/desk')

/** Who is signed in: `undefined` until known, `null` when signed out. */
export const useMe = (): Me | null | undefined =>
  useQuery({
    queryKey: meKey,
    queryFn: async ({ signal }): Promise<Me | null> => {
      try {
        return await get<Me>('/session', undefined, signal)
      } catch (error) {
        if (problemOf(error).status === 401) {
          localStorage.removeItem(knownKey)
          return null
        }
        throw error
      }
    },
    staleTime: 60_000,
    enabled: mayHaveSession(),
  }).data

/** After signing in or out or changing hats: nothing another person or organisation saw stays in the cache. */
export const nowActing = (me: Me | null): void => {
  if (me) localStorage.setItem(knownKey, '1')
  else localStorage.removeItem(knownKey)
  queries.setQueryData(meKey, me)
  void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'me' })
  queries.removeQueries({ predicate: (q) => q.queryKey[0] !== 'me' && q.getObserversCount() === 0 })
}

/** The legal day, as the server has it; simulated in demo databases. */
export const useClock = (): Clock | undefined =>
  useQuery({ queryKey: ['clock'], queryFn: ({ signal }) => get<Clock>('/clock', undefined, signal), staleTime: 60_000 })
    .data
