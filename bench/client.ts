import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { percentile } from './measure.ts'
import { lifecycles, overHttp, type LifecycleJob } from './applicants.ts'

export interface Load {
  readonly base: string
  readonly clients: number
  readonly amount: number
  readonly method: 'GET' | 'POST'
  /** One after the other, whichever client is free; `amount` + 2 × `clients` of them where none may come twice. */
  readonly paths: readonly string[]
  readonly cookie?: string
  readonly body?: string
}
export interface Loaded {
  /** Answers per second, from the first request to the last answer. */
  readonly rate: number
  /** Milliseconds. */
  readonly median: number
  readonly p95: number
  readonly p99: number
}

const load = (job: Load): Promise<Loaded> =>
  new Promise((resolve, reject) => {
    let next = 0
    let last = 0
    const bad = new Map<number, number>()
    const latencies: number[] = []
    const began = performance.now()
    const running = autocannon(
      {
        url: job.base,
        connections: job.clients,
        amount: job.amount,
        sampleInt: 20,
        requests: [
          {
            setupRequest: (r) => ({
              ...r,
              method: job.method,
              path: job.paths[next++ % job.paths.length] ?? '/',
              headers: {
                ...(job.cookie ? { cookie: job.cookie } : {}),
                ...(job.method === 'POST'
                  ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
                  : {}),
              },
              ...(job.body === undefined ? {} : { body: job.body }),
            }),
          },
        ],
      },
      (error) => {
        if (error) reject(error)
        else if (bad.size > 0 || latencies.length !== job.amount)
          reject(new Error(`${job.paths[0]}: ${latencies.length} answers, bad: ${JSON.stringify([...bad])}`))
        else
          resolve({
            rate: (job.amount / (last - began)) * 1000,
            median: percentile(latencies, 0.5),
            p95: percentile(latencies, 0.95),
            p99: percentile(latencies, 0.99),
          })
      },
    )
    running.on('response', (_client: unknown, status: number, _bytes: number, ms: number) => {
      last = performance.now()
      if (status === 200) latencies.push(ms)
      else bad.set(status, (bad.get(status) ?? 0) + 1)
    })
  })

type Job = { readonly load: Load } | { readonly lifecycle: LifecycleJob & { readonly base: string } }

/** A process of its own that plays the browsers, so that the server's event loop is the server's. */
export interface Client {
  readonly load: (job: Load) => Promise<Loaded>
  /** Seconds taken. */
  readonly lifecycle: (job: LifecycleJob & { readonly base: string }) => Promise<number>
  readonly close: () => void
}

export const startClient = (): Client => {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url))
  const ask = <T>(job: Job): Promise<T> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`client ended with ${code}`))
      child.once('exit', ended)
      child.once('message', (answer: { ok?: T; error?: string }) => {
        child.off('exit', ended)
        if (answer.error === undefined) resolve(answer.ok as T)
        else reject(new Error(answer.error))
      })
      child.send(job)
    })
  return {
    load: (job) => ask({ load: job }),
    lifecycle: (job) => ask({ lifecycle: job }),
    close: () => void child.kill(),
  }
}

if (process.send)
  process.on('message', (job: Job) => {
    const work = 'load' in job ? load(job.load) : lifecycles(overHttp(job.lifecycle), job.lifecycle)
    work.then(
      (ok) => process.send?.({ ok }),
      (e: unknown) => process.send?.({ error: String(e) }),
    )
  })
