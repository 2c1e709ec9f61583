import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import type pg from 'pg'
import { v4, v7 } from 'uuid'
import {
  act,
  importList,
  headOf,
  keepFile,
  openApp,
  openSequencer,
  readCast,
  rulesOf,
  seedCast,
  sessionToken,
  startApplication,
  tableFor,
  view,
  type App,
} from '#application'
import { isRefusal, type Refusal } from '#contract'
import type { Case } from '#domain/kernel'
import { buildServer } from '#http'
import { inspectSeal, lists as sheets, renderCertificate } from '#interop'
import { asSystem, connect, loadForSystem, makeDemo, migrate, startDatabase, type Doc } from '#store'
import { fill, pdf, samples } from '../test/world.ts'
import { deposit, roles, steps, type Desks, type LifecycleJob, type Role } from './applicants.ts'
import { startClient, type Client } from './client.ts'

const people: Readonly<Record<Role, string>> = {
  clerk: '公积金经办',
  boss: '公积金复核',
  registrar: '登记经办甲',
  approver: '登记复核丙',
}
/** As many connections as the application takes when nothing else is said; the baseline gets as many. */
const connections = 20

const must = <T>(r: T | Refusal): T => {
  if (isRefusal(r)) throw new Error(`${r.code}: ${r.says} ${JSON.stringify(r.fields ?? {})}`)
  return r
}

/** A demo system on a PostgreSQL of its own, set up as `npm start` does it, with the bare server it is compared with. */
export interface System {
  readonly app: App
  readonly databaseUrl: string
  readonly dataDir: string
  readonly client: Client
  /** Address of the application. */
  readonly base: string
  /** Address of a bare Fastify whose one route writes one row: what the machine can do at best. */
  readonly bare: string
  readonly barePool: pg.Pool
  /** The same application under another address, changed for a comparison. */
  readonly serve: (app: App) => Promise<string>
  readonly tokens: Readonly<Record<Role, Buffer>>
  readonly cookies: LifecycleJob['cookies']
  readonly desks: Desks
  /** Inputs of the steps of a first registration, as the forms ask for them. */
  readonly answers: LifecycleJob['answers']
  /** New catalogue items of the applicant. */
  readonly items: (n: number) => Promise<readonly string[]>
  /** New applications waiting to be accepted, each with an item and digests of its own. */
  readonly submitted: (n: number) => Promise<readonly string[]>
  /** Settings of the server that decide what a commit costs. */
  readonly settings: string
  readonly analyze: () => Promise<void>
  /** Processor time, in ms, that this process and the database's have used so far. */
  readonly cpu: () => { readonly server: number; readonly database: number }
  readonly close: () => Promise<void>
}

export const insertRow = (pool: pg.Pool, body: string): Promise<unknown> =>
  pool.query({ name: 'row', text: 'insert into bench.row (id, body) values ($1, $2)', values: [v7(), body] })

export const catalogue = (list: string, n: number, holder: (i: number) => string): Buffer =>
  Buffer.from(
    ['单位,名称,更新频率', ...Array.from({ length: n }, (_, i) => `${holder(i)},${list}数据资源${i},每日`)].join('\n'),
  )
export const format = (list: string) =>
  ({
    list,
    variant: 'resource',
    division: '341500',
  }) as const

export const openSystem = async (): Promise<System> => {
  const closing: (() => unknown)[] = []
  const close = async (): Promise<void> => {
    for (let undo = closing.pop(); undo; undo = closing.pop()) await undo()
  }
  try {
    return { ...(await open(closing)), close }
  } catch (e) {
    await close()
    throw e
  }
}

const open = async (closing: (() => unknown)[]): Promise<Omit<System, 'close'>> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gongshu-bench-'))
  closing.push(() => rm(dataDir, { recursive: true, force: true }))
  await chmod(dataDir, 0o755)
  // an empty database elsewhere, to measure against a server that is not ours
  const elsewhere = process.env['BENCH_DATABASE_URL']
  const database = elsewhere
    ? { url: elsewhere, stop: () => Promise.resolve() }
    : await startDatabase({ dataDir, log: () => undefined })
  closing.push(() => database.stop())
  const owner = connect(database.url, { max: 1 })
  const pool = connect(database.url, { max: connections, role: 'gongshu_app' })
  closing.push(() => Promise.all([owner.end(), pool.end()]))
  const cast = readCast(samples)
  await migrate(database.url)
  await makeDemo(pool, cast.day)
  await owner.query(`create schema bench; create table bench.row (id uuid primary key, body jsonb not null, at timestamptz not null default now());
    grant usage on schema bench to gongshu_app; grant insert on bench.row to gongshu_app`)
  const opened = await openApp({
    databaseUrl: database.url,
    dataDir,
    url: 'http://gongshu.bench',
    lists: sheets,
    inspectSeal,
    renderCertificate,
    connections,
    log: { info: () => undefined, warn: (o, m) => console.error(m, o), error: (o, m) => console.error(m, o) },
  })
  closing.push(() => opened.close())
  const sequencer = await openSequencer({ databaseUrl: database.url, dataDir, url: 'http://gongshu.bench' })
  closing.push(() => sequencer.close())
  // a certificate waits for the log
  const app: App = { ...opened, sequence: () => sequencer.catchUp() }
  await seedCast(app, cast)

  const serve = async (served: App): Promise<string> => {
    const server = await buildServer(served)
    closing.push(() => server.close())
    return server.listen({ port: 0, host: '127.0.0.1' })
  }
  const base = await serve(app)
  const plain = Fastify()
  plain.post('/rows', async (req) => {
    await insertRow(pool, JSON.stringify(req.body))
    return { ok: true }
  })
  await plain.listen({ port: 0, host: '127.0.0.1' })
  closing.push(() => plain.close())
  const client = startClient()
  closing.push(() => client.close())

  const personas = (await (await fetch(`${base}/api/demo/personas`)).json()) as {
    person: string
    org: string
    name: string
  }[]
  const signIn = async (role: Role): Promise<string> => {
    const p = personas.find((x) => x.name === people[role])
    const r = await fetch(`${base}/api/demo/persona`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: p?.person, org: p?.org }),
    })
    return r.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }
  const each = <T>(value: (role: Role) => T): Record<Role, T> =>
    Object.fromEntries(roles.map((r) => [r, value(r)])) as Record<Role, T>
  const cookies = { clerk: '', boss: '', registrar: '', approver: '' }
  for (const role of roles) cookies[role] = await signIn(role)
  const tokens = each((role) => sessionToken(cookies[role].split('=')[1] ?? ''))

  const upload = async (token: Buffer, bytes: Buffer): Promise<string> =>
    must(await keepFile(app, token, '材料.pdf', 'application/pdf', bytes)).id
  const desks = each((role) => ({
    start: async (item: string) =>
      must(
        await startApplication(
          app,
          tokens[role],
          { kind: 'first', variant: 'resource', scope: 'authorized', item },
          v4(),
        ),
      ).id,
    upload: (bytes: Buffer) => upload(tokens[role], bytes),
    act: async (id: string, name: string, input: unknown) =>
      void must(await act(app, { token: tokens[role] }, id, { act: name, input, key: v4() })),
  }))

  const holder = cast.organisations.find((o) => o.key === 'fund')?.name ?? ''
  let lists = 0
  const items = async (n: number): Promise<readonly string[]> => {
    const list = `bench-${lists++}`
    must(
      await importList(
        app,
        catalogue(list, n, () => holder),
        'list.csv',
        format(list),
      ),
    )
    const { rows } = await owner.query<{ id: string }>(
      `select stream as id from gongshu.claim where scope = 'catalogue.source' and key like $1`,
      [`${list}:%`],
    )
    return rows.map((r) => r.id)
  }

  /** Does the steps of one case as far as one of them, reading each form as a browser would. */
  const walk = async (item: string, last: string): Promise<{ id: string; answers: Record<string, unknown> }> => {
    const id = await desks.clerk.start(item)
    const file = await desks.clerk.upload(pdf())
    const answers: Record<string, unknown> = { deposit: deposit(file) }
    for (const [role, name] of steps) {
      const form = must(await view(app, tokens[role], 'application', id)).actions.find((a) => a.act === name)
      const known = {
        ...(form?.value as object | undefined),
        ...(name === 'propose' ? { risk: { report: file } } : {}),
      }
      answers[name] ??= fill(form?.schema ?? {}, file, known)
      await desks[role].act(id, name, answers[name])
      if (name === last) break
    }
    return { id, answers }
  }
  const [first = '', second = ''] = await items(2)
  const { answers } = await walk(first, 'release')
  const template = await copier(app, (await walk(second, 'submit')).id)

  const { rows: settings } = await owner.query<{ says: string }>(
    `select 'PostgreSQL ' || current_setting('server_version') || ', ' || string_agg(name || ' ' || setting, ', ' order by name) as says
     from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method')`,
  )
  const { rows: backend } = await owner.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = parentOf(backend[0]?.pid ?? 0)
  const analyze = async (): Promise<void> => void (await owner.query('analyze'))
  return {
    app,
    databaseUrl: database.url,
    dataDir,
    client,
    base,
    bare: `http://127.0.0.1:${(plain.server.address() as AddressInfo).port}`,
    barePool: pool,
    serve,
    tokens,
    cookies,
    desks,
    answers,
    items,
    submitted: async (n) => {
      const ids: string[] = []
      while (ids.length < n)
        ids.push(...(await Promise.all(Array.from({ length: Math.min(500, n - ids.length) }, template))))
      await analyze()
      return ids
    },
    settings: settings[0]?.says ?? '',
    analyze,
    cpu: () => {
      const { user, system } = process.cpuUsage()
      return { server: (user + system) / 1000, database: cpuBelow(postmaster) }
    },
  }
}

const statOf = (pid: number | string): readonly string[] => {
  try {
    // the second field is a name in parentheses that may hold anything
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  } catch {
    return []
  }
}
const parentOf = (pid: number): string => statOf(pid)[1] ?? ''
/** Processor time of a process's children, in ms: the kernel counts in hundredths of a second. */
const cpuBelow = (parent: string): number =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(statOf)
    .reduce((ms, stat) => (stat[1] === parent ? ms + (Number(stat[11]) + Number(stat[12])) * 10 : ms), 0)

/** Makes copies of a case and its item with ids and digests of their own, written the only way there is: by commit. */
const copier = async (app: App, id: string): Promise<() => Promise<string>> => {
  const cases: Case[] = []
  const head = (await loadForSystem(app.pool, id))?.head
  const item = (await loadForSystem(app.pool, head?.links['item'] ?? ''))?.head
  for (const c of [item, head]) if (c) cases.push(c)
  const doc: { heads: Doc['heads'] & object; events: Doc['events'] & object } = {
    heads: await Promise.all(
      cases.map(async (c) => {
        const rules = await rulesOf(app, c.rules)
        return headOf(c, tableFor(app, rules, c.rules, c.process, c.kind, c.variant), 0, app.now())
      }),
    ),
    events: await asSystem(app.pool, async (q) => {
      const { rows } = await q.query<{ body: string; sealed: never }>(
        `select e.body, coalesce(s.fields, '{}') as sealed from gongshu.event e left join gongshu.sealed s using (stream, seq)
         where e.stream = any ($1) order by e.stream, e.seq`,
        [cases.map((c) => c.id)],
      )
      return rows
    }),
  }
  const text = JSON.stringify(doc)
  const names = [
    ...cases.map((c) => [c.id, v7] as const),
    ...doc.heads.flatMap((h) =>
      (h.claims ?? []).flatMap(({ key }) =>
        (/[0-9a-f]{32,}$/.exec(key) ?? []).map(
          (hex) => [hex, () => randomBytes(hex.length / 2).toString('hex')] as const,
        ),
      ),
    ),
  ]
  return async () => {
    let copy = text
    let copied = ''
    for (const [from, fresh] of names) {
      const to = fresh()
      if (from === id) copied = to
      copy = copy.replaceAll(from, to)
    }
    const answer = await app.committer.commit(JSON.parse(copy) as Doc)
    if (!answer.ok) throw new Error(JSON.stringify(answer))
    return copied
  }
}
