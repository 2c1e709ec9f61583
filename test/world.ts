import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { v4, v7 } from 'uuid'
import type { CaseList, CaseView, FileView, Persona, Problem } from '#contract'
import {
  advanceClock,
  drainJobs,
  loadSamples,
  openApp,
  openSequencer,
  readCast,
  seedCast,
  type App,
  type Cast,
  type CertificateData,
  type Sequencer,
} from '#application'
import { collectionOf, isRefusal } from '#contract'
import { buildServer } from '#http'
import { inspectSeal, lists, renderCertificate } from '#interop'
import { makeDemo } from '#store'
import { connect } from '../src/store/connect.ts'
import { testDatabase, testRun } from '../src/store/testing.ts'

export const samples = fileURLToPath(new URL('../samples', import.meta.url))

type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }
export interface Answered<T = unknown> {
  readonly status: number
  readonly body: T
  readonly headers: Record<string, unknown>
}

/** One signed-in person, over HTTP. */
export interface Actor {
  readonly name: string
  readonly person: string
  readonly org: string
  readonly get: <T = unknown>(url: string) => Promise<Answered<T>>
  readonly send: <T = unknown>(
    method: 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answered<T>>
  /** Does an act on the case's present version and returns the answer. */
  readonly act: (
    id: string,
    act: string,
    input?: unknown,
    process?: string,
  ) => Promise<Answered<Problem & { state: string; version: number }>>
  readonly see: (id: string, process?: string) => Promise<CaseView>
  readonly list: (query: string) => Promise<CaseList>
  readonly upload: (name?: string, bytes?: Buffer) => Promise<FileView>
}

export interface World {
  readonly app: App
  readonly url: string
  readonly dataDir: string
  readonly server: Awaited<ReturnType<typeof buildServer>>
  readonly orgs: Readonly<Record<string, string>>
  readonly as: (name: string) => Promise<Actor>
  /** Moves the simulated legal clock, firing everything that falls due on the way, and finishes the jobs. */
  readonly until: (day: string) => Promise<void>
  readonly settle: () => Promise<void>
  /** Takes everything written so far into the logs and signs them. */
  readonly sequence: () => Promise<boolean>
  readonly anyone: Actor
  /** What has been printed on certificates, in order. */
  readonly drawn: readonly CertificateData[]
  readonly close: () => Promise<void>
}

/** A PDF small enough for a test and real enough for the intake; unique by its text. */
export const pdf = (text: string = v4()): Buffer =>
  Buffer.from(
    `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n%${text}\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n180\n%%EOF\n`,
  )

export interface WorldOptions {
  readonly day?: string
  /** Load the published lists as well. */
  readonly lists?: boolean
  readonly policies?: string
  readonly enabled?: readonly string[]
  /** No stand-in for the national platform: codes are written back by hand. */
  readonly noIssuer?: boolean
  /** Serves on a free port of this machine as well; `app.url`, and with it every QR code, is then that address. */
  readonly listen?: boolean
  /** An installation that is there already, as after a restore: nothing is put into it, and closing leaves it. */
  readonly on?: { readonly url: string; readonly dataDir: string }
  /** Bodies and people beside the demo's cast; `under` may name either. */
  readonly more?: Partial<Pick<Cast, 'organisations' | 'people'>>
}

type Install = (url: string, dataDir: string) => Promise<Awaited<ReturnType<typeof openApp>>>

/** Puts the cast, and the lists where asked, into an empty installation. Returns organisation ids by key. */
const furnish = async (o: WorldOptions, url: string, dataDir: string, install: Install) => {
  const demo = readCast(samples)
  const cast: Cast = {
    day: o.day ?? '2026-03-09',
    organisations: [...demo.organisations, ...(o.more?.organisations ?? [])],
    people: [...demo.people, ...(o.more?.people ?? [])],
  }
  const pool = connect(url, { max: 1, role: 'gongshu_app' })
  await makeDemo(pool, cast.day)
  await pool.end()
  const app = await install(url, dataDir)
  try {
    const orgs = await seedCast(app, cast)
    if (o.lists) await loadSamples(app, samples, () => undefined)
    return orgs
  } finally {
    await app.close()
  }
}

interface Ground {
  readonly url: string
  readonly dataDir: string
  readonly orgs: Readonly<Record<string, string>>
  readonly drop: () => Promise<void>
}

/**
 * A furnished installation of one's own. What is furnished alike is furnished once in a run, and copied, database and files, for every
 * other suite; with rule packs of a test's own it is made on the spot.
 */
const furnished = async (o: WorldOptions, install: Install): Promise<Ground> => {
  if (o.on) return { ...o.on, orgs: {}, drop: async () => undefined }
  const dataDir = mkdtempSync(join(tmpdir(), 'gongshu-world-'))
  if (o.policies) {
    const database = await testDatabase()
    return { ...database, dataDir, orgs: await furnish(o, database.url, dataDir, install) }
  }
  const key = createHash('sha256')
    .update(JSON.stringify([o.day, o.lists === true, o.enabled, o.more]))
    .digest('hex')
    .slice(0, 16)
  const pattern = join(tmpdir(), `gongshu-filled-${testRun()}-${key}`)
  const { url, drop } = await testDatabase({
    key,
    fill: async (to) => {
      rmSync(pattern, { recursive: true, force: true })
      mkdirSync(join(pattern, 'data'), { recursive: true })
      const orgs = await furnish(o, to, join(pattern, 'data'), install)
      writeFileSync(join(pattern, 'orgs.json'), JSON.stringify(orgs))
    },
  })
  cpSync(join(pattern, 'data'), dataDir, { recursive: true })
  const orgs = JSON.parse(readFileSync(join(pattern, 'orgs.json'), 'utf8')) as Ground['orgs']
  return { url, dataDir, orgs, drop }
}

/** A whole system on a database of its own: real PostgreSQL, real files, real HTTP handlers; only the legal clock is simulated. */
export const world = async (o: WorldOptions = {}): Promise<World> => {
  const drawn: CertificateData[] = []
  const install: Install = (databaseUrl, dataDir) =>
    openApp({
      databaseUrl,
      dataDir,
      url: 'http://gongshu.test',
      lists,
      inspectSeal,
      renderCertificate: (data) => {
        drawn.push(data)
        return renderCertificate(data)
      },
      connections: 8,
      log: { info: () => undefined, warn: () => undefined, error: (x, m) => console.error(m, x) },
      ...(o.policies ? { policies: o.policies } : {}),
      ...(o.enabled ? { enabled: o.enabled } : {}),
    })
  const { url, dataDir: dir, orgs, drop } = await furnished(o, install)
  const opened = await install(url, dir)
  let sequencer: Promise<Sequencer> | undefined
  const sequence = async (): Promise<boolean> => {
    sequencer ??= openSequencer({ databaseUrl: url, dataDir: dir, url: 'https://log.example.cn' })
    return (await sequencer).catchUp()
  }
  const app: typeof opened = { ...opened, sequence, ...(o.noIssuer ? { issuer: undefined } : {}) }
  const server = await buildServer(app)
  await server.ready()
  if (o.listen) Object.assign(app, { url: await server.listen({ host: '127.0.0.1', port: 0 }) })
  const cards = async (): Promise<readonly Persona[]> => (await server.inject('/api/demo/personas')).json<Persona[]>()
  let personas = await cards()

  const actor = (name: string, person: string, org: string, cookie: string): Actor => {
    const send: Actor['send'] = async (method, url, body, headers = {}) => {
      const r = await server.inject({
        method,
        url,
        headers: {
          cookie,
          'idempotency-key': v4(),
          ...(body instanceof Buffer ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body instanceof Buffer ? body : JSON.stringify(body) }),
      })
      const json = String(r.headers['content-type'] ?? '').includes('json')
      return { status: r.statusCode, body: (json ? r.json() : r.rawPayload) as never, headers: r.headers }
    }
    const get: Actor['get'] = async (url) => {
      const r = await server.inject({ method: 'GET', url, headers: { cookie } })
      const json = String(r.headers['content-type'] ?? '').includes('json')
      return { status: r.statusCode, body: (json ? r.json() : r.rawPayload) as never, headers: r.headers }
    }
    return {
      name,
      person,
      org,
      get,
      send,
      act: (id, act, input, process = 'application') =>
        send('POST', `/api/${collectionOf[process]}/${id}/actions/${act}`, { input }),
      see: async (id, process = 'application') => {
        const r = await get<CaseView>(`/api/${collectionOf[process]}/${id}`)
        if (r.status !== 200) throw new Error(`${name} cannot see ${process} ${id}: ${JSON.stringify(r.body)}`)
        return r.body
      },
      list: async (query) => {
        const r = await get<CaseList>(`/api/${query}`)
        if (r.status !== 200) throw new Error(`${name}: ${query}: ${JSON.stringify(r.body)}`)
        return r.body
      },
      upload: async (file = '材料.pdf', bytes = pdf()) => {
        const boundary = `----${v7()}`
        const payload = Buffer.concat([
          Buffer.from(
            `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
          ),
          bytes,
          Buffer.from(`\r\n--${boundary}--\r\n`),
        ])
        const r = await send<FileView & Problem>('POST', '/api/files', payload, {
          'content-type': `multipart/form-data; boundary=${boundary}`,
        })
        if (r.status !== 200) throw new Error(`upload: ${r.status} ${JSON.stringify(r.body)}`)
        return r.body
      },
    }
  }

  return {
    app,
    url,
    dataDir: dir,
    server,
    orgs,
    as: async (name) => {
      const known = (): Persona | undefined => personas.find((x) => x.name === name)
      if (!known()) personas = await cards()
      const p = known()
      if (!p) throw new Error(`no one is called ${name}`)
      const r = await server.inject({
        method: 'POST',
        url: '/api/demo/persona',
        payload: { person: p.person, org: p.org },
      })
      if (r.statusCode !== 200) throw new Error(`no persona ${name}: ${r.body}`)
      const me = r.json<{ person: string; org: string }>()
      return actor(name, me.person, me.org, `gongshu=${r.cookies[0]!.value}`)
    },
    until: async (day) => {
      const done = await advanceClock(app, day)
      if (isRefusal(done)) throw new Error(done.says)
      await drainJobs(app)
    },
    settle: async () => {
      await drainJobs(app)
    },
    sequence,
    anyone: actor('anyone', '', '', ''),
    drawn,
    close: async () => {
      await server.close()
      await (await sequencer)?.close()
      await opened.close()
      await drop()
      if (!o.on) rmSync(dir, { recursive: true, force: true })
    },
  }
}

// ── filling forms ──────────────────────────────────────────────────────────────────────────────────────────────

interface Property {
  readonly title: string
  readonly 'x-type': string
  readonly 'x-required'?: boolean
  readonly 'x-options'?: { value: string; term: string }[]
  readonly 'x-when'?: { key: string; is: string[] }
  readonly properties?: Record<string, Property>
  readonly items?: { properties?: Record<string, Property> }
}

/** A complete, lawful answer to a form as the server describes it. `file` is used wherever a document is asked for. */
export const fill = (
  schema: { properties?: unknown },
  file: string,
  over: Record<string, Json | undefined> = {},
): Record<string, Json> => {
  const out: Record<string, Json> = {}
  const properties = (schema.properties ?? {}) as Record<string, Property>
  for (const [key, p] of Object.entries(properties)) {
    const when = p['x-when']
    if (when && ![out[when.key]].flat().some((x) => when.is.includes(String(x)))) continue
    if (!p['x-required'] && !(key in over)) continue
    out[key] =
      key in over && !isPlain(over[key])
        ? over[key]!
        : value(p, file, isPlain(over[key]) ? (over[key] as Record<string, Json>) : {})
  }
  for (const [k, v] of Object.entries(over)) if (!(k in out) && v !== undefined) out[k] = v
  return out
}
const isPlain = (v: unknown): boolean => typeof v === 'object' && v !== null && !Array.isArray(v)
const value = (p: Property, file: string, over: Record<string, Json>): Json => {
  switch (p['x-type']) {
    case 'group':
      return fill(p, file, over)
    case 'list':
      return [fill(p.items ?? {}, file)]
    case 'choice':
      return p['x-options']![0]!.value
    case 'choices':
      return [p['x-options']![0]!.value]
    case 'yes':
      return true
    case 'number':
      return 1
    case 'day':
      return '2026-03-01'
    case 'uscc':
      return '91350100M000100Y43'
    case 'file':
      return file
    case 'files':
      return [file]
    default:
      return `${p.title}内容`
  }
}
