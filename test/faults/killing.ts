import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { v4 } from 'uuid'
import { expect } from 'vitest'
import { checkProjections, verifyLog } from '#application'
import { formJsonSchema } from '#contract'
import { asOwner } from '../access/database.ts'
import { load, stage, tableOf, type Seated } from '../access/stage.ts'
import { fill, pdf } from '../world.ts'
import { freePort, type Installation, type Process } from './installation.ts'

interface Sent {
  readonly key: string
  readonly stream: string
  readonly act: string
  readonly status: number
  readonly answer: string
  readonly again: () => Promise<string>
}
export interface Toll {
  /** Of processes; `sequencers` of them ran the sequencer. */
  readonly kills: number
  readonly sequencers: number
  /** Checkpoints of the register that someone outside had read before the next kill. */
  readonly seen: number
  readonly crashes: number
  readonly acknowledged: number
  readonly refused: number
  readonly retried: number
  readonly uploads: number
  readonly cases: number
  readonly events: number
  /** Signed by whichever server lived long enough. */
  readonly checkpoints: number
  readonly accesses: number
}

/** Writers that never stop, a server that never lives long, and in the end the books. */
export const killLoop = async (
  i: Installation,
  { kills, crashes, writers }: { readonly kills: number; readonly crashes: number; readonly writers: number },
): Promise<Toll> => {
  const s = stage(i.world)
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const org = (k: string): string => i.orgs[k]!
  const teams = await Promise.all(
    Array.from({ length: writers }, async () => ({
      clerk: await s.person(org('fund'), 0),
      chief: await s.person(org('fund'), 1),
      desk: await s.person(org('luanRegistrar'), 0),
      head: await s.person(org('luanRegistrar'), 1),
    })),
  )
  let stop = false
  let retried = 0
  const sent: Sent[] = []
  const uploads: { id: string; sha256: string; who: Seated }[] = []

  /** Sends until there is an answer. A connection that breaks or a 5xx says nothing about what happened: the same request goes again. */
  const persist = async (
    who: Seated,
    method: string,
    path: string,
    body: BodyInit,
    headers: Record<string, string>,
  ): Promise<{ readonly status: number; readonly text: string }> => {
    for (let tries = 0; ; tries++) {
      if (tries > 0) {
        retried++
        await sleep(50 + Math.random() * 150)
      }
      if (tries > 2000) throw new Error(`no answer to ${method} ${path}`)
      try {
        const r = await fetch(base + path, {
          method,
          body,
          headers: { cookie: who.cookie, ...headers },
          signal: AbortSignal.timeout(15_000),
        })
        const text = await r.text()
        if (r.status < 500) return { status: r.status, text }
      } catch {
        // killed in mid-sentence
      }
    }
  }
  const write = async (
    who: Seated,
    stream: string,
    act: string,
    path: string,
    body: object,
  ): Promise<{ status: number; body: { id: string; state: string; version: number } }> => {
    const key = v4()
    const send = () =>
      persist(who, 'POST', path, JSON.stringify(body), { 'idempotency-key': key, 'content-type': 'application/json' })
    const { status, text } = await send()
    const answer = JSON.parse(text) as { id: string; state: string; version: number }
    sent.push({ key, stream: stream || answer.id, act, status, answer: text, again: async () => (await send()).text })
    return { status, body: answer }
  }
  const upload = async (who: Seated): Promise<string> => {
    const bytes = pdf()
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)]), '材料.pdf')
    const r = await persist(who, 'POST', '/api/files', form, {})
    const { id } = JSON.parse(r.text) as { id: string }
    if (r.status !== 200) throw new Error(`upload: ${r.text}`)
    uploads.push({ id, sha256: createHash('sha256').update(bytes).digest('hex'), who })
    return id
  }
  const working = async (t: (typeof teams)[number]): Promise<void> => {
    const steps: readonly (readonly [Seated, string])[] = [
      [t.clerk, 'deposit'],
      [t.clerk, 'propose'],
      [t.chief, 'businessReview.signoff.return'],
      [t.clerk, 'propose'],
      [t.chief, 'businessReview.signoff'],
      [t.clerk, 'submit'],
      [t.desk, 'supplement'],
      [t.clerk, 'resubmit'],
      [t.desk, 'accept'],
      [t.desk, 'review.check'],
      [t.head, 'review.recheck'],
      [t.head, 'release'],
      [t.clerk, 'withdraw'],
    ]
    while (!stop) {
      const started = await write(t.clerk, '', 'start', '/api/applications', {
        kind: 'first',
        variant: 'resource',
        scope: 'authorized',
      })
      const { id } = started.body
      const { table } = await tableOf(i.world, await patient(() => load(i.world, id)))
      for (const [who, act] of steps) {
        if (stop) return
        const file = ['deposit', 'propose', 'resubmit'].includes(act) ? await upload(who) : ''
        const input = fill(formJsonSchema(table.rows[act]!.form), file, {
          ...(act === 'deposit' ? { method: 'files', files: [file] } : {}),
          ...(act === 'propose' || act === 'resubmit' ? { risk: { report: file } } : {}),
        })
        await write(who, id, act, `/api/applications/${id}/actions/${act}`, { input })
      }
    }
  }

  // the worker has the deadlines, the jobs and the sequencer
  const run = { server: () => i.start({ port, loops: false }), worker: () => i.start({ loops: true }) }
  const running: Record<keyof typeof run, Process> = { server: await run.server(), worker: await run.worker() }
  const killed = { server: 0, worker: 0 }
  const kill = async (...which: (keyof typeof run)[]): Promise<void> => {
    await Promise.all(which.map((p) => running[p].kill()))
    for (const p of which) killed[p]++
  }
  const revive = async (): Promise<void> => {
    for (const p of ['server', 'worker'] as const) if (!running[p].alive()) running[p] = await run[p]()
  }
  /** What the outside has seen of the logs: none of it may ever be taken back. */
  const seen = { register: new Set<string>(), access: new Set<string>() }
  const look = async (): Promise<void> => {
    for (const log of ['register', 'access'] as const) {
      const r = await fetch(`${base}/log/${log}/checkpoint`).catch(() => undefined)
      if (r?.status === 200) seen[log].add(await r.text())
    }
  }
  const all = Promise.all(teams.map(working))
  let crashed = 0
  for (let n = 0; n < kills; n++) {
    // not before something has been answered again, and then at no particular moment
    const enough = sent.length + 3 + Math.floor(Math.random() * 20)
    for (const until = Date.now() + 20_000; sent.length < enough && Date.now() < until;) await sleep(5)
    await sleep(Math.random() * 60)
    await look()
    if (crashed < crashes && n % Math.max(1, Math.floor(kills / crashes)) === 0) {
      // the server outlives its database half of the time, and must find it again
      if (crashed % 2 === 1) await kill('server', 'worker')
      await i.crashDatabase()
      crashed++
    } else
      await kill(
        ...((n % 3 === 0 ? ['worker'] : n % 3 === 1 ? ['server'] : ['server', 'worker']) as ('server' | 'worker')[]),
      )
    await revive()
  }
  await sleep(500)
  stop = true
  await all

  // the books
  const acknowledged = sent.filter((x) => x.status === 200)
  const { rows } = await asOwner(i, (q) =>
    q.query<{ request: string; stream: string; type: string; seq: number }>(
      'select request, stream, type, seq from gongshu.event where actor = any ($1)',
      [teams.flatMap((t) => Object.values(t).map((p) => p.person))],
    ),
  )
  const found = new Map<string, string[]>()
  for (const r of rows) found.set(r.request, [...(found.get(r.request) ?? []), `${r.stream} ${r.type}`])
  for (const a of acknowledged) expect([a.act, found.get(a.key)]).toEqual([a.act, [`${a.stream} application/${a.act}`]])
  for (const a of sent.filter((x) => x.status !== 200))
    expect([a.act, a.answer, found.get(a.key)]).toEqual([a.act, a.answer, undefined])
  const keys = new Set(sent.map((x) => x.key))
  expect([...found.keys()].filter((k) => !keys.has(k))).toEqual([])
  // asked again after everything, each gets the answer it got then, and nothing more happens
  for (const a of acknowledged.filter((_x, n) => n % 3 === 0)) expect(await a.again()).toBe(a.answer)
  for (const u of uploads) {
    const r = await fetch(`${base}/api/files/${u.id}`, { headers: { cookie: u.who.cookie } })
    expect(
      createHash('sha256')
        .update(Buffer.from(await r.arrayBuffer()))
        .digest('hex'),
    ).toBe(u.sha256)
  }
  const report = await checkProjections(i.app)
  expect(report.differences).toEqual([])
  // the log has caught up: each act is in it once, and every checkpoint ever signed still holds
  const audit = (log: 'register' | 'access') => verifyLog(i.app, log, { known: [...seen[log]] })
  let logged = await audit('register')
  for (const until = Date.now() + 20_000; logged.entries < report.events && Date.now() < until;) {
    await sleep(200)
    logged = await audit('register')
  }
  expect(logged.problems).toEqual([])
  expect(logged.entries).toBe(report.events)
  const access = await audit('access')
  expect(access.problems).toEqual([])
  await kill('server', 'worker')
  return {
    kills: killed.server + killed.worker - 2,
    sequencers: killed.worker - 1,
    seen: seen.register.size,
    crashes: crashed,
    acknowledged: acknowledged.length,
    refused: sent.length - acknowledged.length,
    retried,
    uploads: uploads.length,
    cases: report.cases,
    events: report.events,
    checkpoints: logged.checkpoints,
    accesses: access.entries,
  }
}
const patient = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 0; ; tries++)
    try {
      return await work()
    } catch (e) {
      if (tries > 200) throw e
      await sleep(50)
    }
}
