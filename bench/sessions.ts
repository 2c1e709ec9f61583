import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { percentile } from './measure.ts'

/** Many people with a page open, each asking again a while after each answer, until they are told to stop. */
export interface Crowd {
  readonly base: string
  readonly path: string
  /** One session each. */
  readonly cookies: readonly string[]
  /** Milliseconds between an answer and the next question. */
  readonly pause: number
}
/** Instants are milliseconds since 1970, on the clock that all processes of a machine share. */
export interface Crowded {
  readonly accepted: number
  readonly refused: number
  readonly failed: number
  /** When the last use was let in, as the database says, and when the last such answer arrived. */
  readonly lastLetIn: number
  readonly lastAnswered: number
  /** Sessions that got a refusal last. */
  readonly shut: number
  readonly seconds: number
  /** Milliseconds from question to answer. */
  readonly median: number
  readonly p95: number
}

const now = (): number => performance.timeOrigin + performance.now()

const play = (crowd: Crowd): { readonly stop: () => Promise<Crowded> } => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: crowd.cookies.length })
  const url = new URL(crowd.path, crowd.base)
  const latencies: number[] = []
  const last = new Map<string, number>()
  let [accepted, refused, failed, lastLetIn, lastAnswered, stopped] = [0, 0, 0, 0, 0, false]
  const ask = (cookie: string): Promise<{ readonly status: number; readonly body: string }> =>
    new Promise((resolve) => {
      const req = http.get(url, { agent, headers: { cookie } }, (res) => {
        let body = ''
        res.setEncoding('utf8').on('data', (piece: string) => (body += piece))
        res.once('end', () => resolve({ status: res.statusCode ?? 0, body }))
      })
      req.once('error', () => resolve({ status: 0, body: '' }))
    })
  const wait = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms))
  const began = now()
  const all = crowd.cookies.map(async (cookie, i) => {
    await wait((i / crowd.cookies.length) * crowd.pause)
    while (!stopped) {
      const asked = now()
      const { status, body } = await ask(cookie)
      const answered = now()
      latencies.push(answered - asked)
      last.set(cookie, status)
      if (status === 200) {
        accepted++
        lastAnswered = Math.max(lastAnswered, answered)
        lastLetIn = Math.max(lastLetIn, Date.parse((JSON.parse(body) as { at: string }).at))
      } else if (status === 403) refused++
      else failed++
      await wait(crowd.pause)
    }
  })
  return {
    stop: async () => {
      stopped = true
      const seconds = (now() - began) / 1000
      await Promise.all(all)
      agent.destroy()
      const shut = [...last.values()].filter((s) => s === 403).length
      return {
        ...{ accepted, refused, failed, lastLetIn, lastAnswered, shut, seconds },
        median: percentile(latencies, 0.5),
        p95: percentile(latencies, 0.95),
      }
    },
  }
}

/** The crowd in a process of its own, so that the server's event loop is the server's. */
export const startCrowd = async (crowd: Crowd): Promise<() => Promise<Crowded>> => {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url))
  child.send(crowd)
  await once(child, 'message')
  return async () => {
    child.send('stop')
    const [result] = (await once(child, 'message')) as [Crowded]
    child.kill()
    return result
  }
}

if (process.send) {
  let playing: ReturnType<typeof play> | undefined
  process.on('message', (m: Crowd | 'stop') => {
    if (m === 'stop') void playing?.stop().then((r) => process.send?.(r))
    else {
      playing = play(m)
      process.send?.('playing')
    }
  })
}
