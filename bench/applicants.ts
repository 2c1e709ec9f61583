import { randomUUID } from 'node:crypto'
import { pdf } from '../test/world.ts'

/** What one person does, whichever way it reaches the application. */
export interface Desk {
  readonly start: (item: string) => Promise<string>
  readonly upload: (bytes: Buffer) => Promise<string>
  readonly act: (id: string, act: string, input: unknown) => Promise<void>
}
export const roles = ['clerk', 'boss', 'registrar', 'approver'] as const
export type Role = (typeof roles)[number]
export type Desks = Readonly<Record<Role, Desk>>

/** A first registration up to its publication, step by step. */
export const steps: readonly (readonly [role: Role, act: string])[] = [
  ['clerk', 'deposit'],
  ['clerk', 'propose'],
  ['boss', 'businessReview.signoff'],
  ['clerk', 'submit'],
  ['registrar', 'accept'],
  ['registrar', 'review.check'],
  ['approver', 'review.recheck'],
  ['approver', 'release'],
]
/** Requests one case takes: opening, upload and the steps. */
export const requestsPerCase = 2 + steps.length

export const deposit = (file: string): object => ({
  method: 'files',
  files: [file],
  coverage: '全量',
  custody: 'self',
})

export interface LifecycleJob {
  readonly items: readonly string[]
  readonly workers: number
  readonly answers: Readonly<Record<string, unknown>>
  readonly cookies: Readonly<Record<Role, string>>
}

/** Brings one case per item to publication, several at a time; resolves with the seconds taken. */
export const lifecycles = async (desks: Desks, job: LifecycleJob): Promise<number> => {
  const began = performance.now()
  const items = [...job.items]
  const work = async (): Promise<void> => {
    for (let item = items.pop(); item !== undefined; item = items.pop()) {
      const id = await desks.clerk.start(item)
      const file = await desks.clerk.upload(pdf())
      for (const [role, act] of steps)
        await desks[role].act(id, act, act === 'deposit' ? deposit(file) : job.answers[act])
    }
  }
  await Promise.all(Array.from({ length: job.workers }, work))
  return (performance.now() - began) / 1000
}

export const overHttp = ({ base, cookies }: { base: string; cookies: LifecycleJob['cookies'] }): Desks => {
  const desk = (cookie: string): Desk => {
    const send = async (path: string, body: unknown): Promise<{ id: string }> => {
      const form = body instanceof FormData
      const r = await fetch(base + path, {
        method: 'POST',
        headers: { cookie, 'idempotency-key': randomUUID(), ...(form ? {} : { 'content-type': 'application/json' }) },
        body: form ? body : JSON.stringify(body),
      })
      if (!r.ok) throw new Error(`${path}: ${r.status} ${await r.text()}`)
      return (await r.json()) as { id: string }
    }
    return {
      start: async (item) =>
        (await send('/api/applications', { kind: 'first', variant: 'resource', scope: 'authorized', item })).id,
      upload: async (bytes) => {
        const form = new FormData()
        form.set('file', new Blob([new Uint8Array(bytes)]), '材料.pdf')
        return (await send('/api/files', form)).id
      },
      act: async (id, act, input) => void (await send(`/api/applications/${id}/actions/${act}`, { input })),
    }
  }
  return {
    clerk: desk(cookies.clerk),
    boss: desk(cookies.boss),
    registrar: desk(cookies.registrar),
    approver: desk(cookies.approver),
  }
}
