import fc from 'fast-check'
import { v4, v7 } from 'uuid'
import { stage, type Seated } from '../access/stage.ts'
import type { World } from '../world.ts'
import { send, type Said } from './problem.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
}
interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}
export interface Request {
  readonly who: number
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly body: unknown
}

const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '\0',
    '\ud800',
    '\u202e',
    "' or 1=1 --",
    '<script>',
    '__proto__',
    'constructor',
    '${7*7}',
    '../..',
    '%00',
    -1,
    -0,
    0.5,
    1e308,
    2 ** 53,
    2 ** 31,
    [],
    {},
    true,
    '9999-12-31',
    '0000-00-00',
    'x'.repeat(70_000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
)

/** Values that mostly fit the published schema, with ids and acts that exist, and now and then anything at all. */
const fitting = (s: Schema, ids: readonly string[], acts: readonly string[], name = ''): fc.Arbitrary<unknown> => {
  const good = ((): fc.Arbitrary<unknown> => {
    const sub = s.anyOf ?? s.oneOf
    if (sub) return fc.oneof(...sub.map((x) => fitting(x, ids, acts, name)))
    if (s.allOf) return fitting(Object.assign({}, ...s.allOf) as Schema, ids, acts, name)
    if (s.const !== undefined) return fc.constant(s.const)
    if (s.enum) return fc.constantFrom(...s.enum)
    if (name === 'action') return fc.constantFrom(...acts)
    const type = Array.isArray(s.type) ? s.type[0] : s.type
    switch (type) {
      case 'object':
        return fc.record(
          Object.fromEntries(Object.entries(s.properties ?? {}).map(([k, x]) => [k, fitting(x, ids, acts, k)])),
          { requiredKeys: [...(s.required ?? [])] },
        )
      case 'array':
        return fc.array(fitting(s.items ?? {}, ids, acts, name), { maxLength: 4 })
      case 'integer':
      case 'number':
        return fc.integer({ min: Math.max(s.minimum ?? -10, -(2 ** 40)), max: Math.min(s.maximum ?? 300, 2 ** 40) })
      case 'boolean':
        return fc.boolean()
      case 'string':
        return s.format === 'uuid' || /id$/i.test(name)
          ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: fc.constant(v7()) })
          : s.pattern === '^\\d{6}$' || name === 'division'
            ? fc.constantFrom('341500', '430000', '000000', '999999', '110000')
            : fc.string({ maxLength: s.maxLength ?? 30 })
      default:
        return fc.jsonValue({ maxDepth: 4 })
    }
  })()
  return fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: nasty })
}

/** Requests to every route the server describes. The simulated clock is left alone: it goes one way only. */
export const requests = (
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>,
  ids: readonly string[],
  acts: readonly string[],
  people: number,
): fc.Arbitrary<Request> =>
  fc.oneof(
    ...Object.entries(paths)
      .filter(([path]) => path !== '/api/demo/clock')
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, op]) => {
          const content = op.requestBody?.content['application/json']?.schema
          const values = fc.record(
            Object.fromEntries(
              (op.parameters ?? []).map((p) => [
                `${p.in} ${p.name}`,
                p.in === 'path' || p.required
                  ? fitting(p.schema, ids, acts, p.name)
                  : fc.option(fitting(p.schema, ids, acts, p.name), { nil: undefined }),
              ]),
            ),
          )
          return fc
            .record({
              who: fc.nat({ max: people }),
              values,
              body: content ? fitting(content, ids, acts) : fc.constant(undefined),
            })
            .map(({ who, values: v, body }): Request => {
              const say = (x: unknown): string =>
                // a Buffer replaces halves of characters, which no address can carry
                encodeURIComponent(
                  Buffer.from(typeof x === 'string' ? x : JSON.stringify(x))
                    .toString()
                    .slice(0, 400),
                )
              const at = path.replace(
                /\{(\w+)\}/g,
                (_m, n: string) => say((v as Record<string, unknown>)[`path ${n}`]) || '_',
              )
              const query = Object.entries(v as Record<string, unknown>)
                .filter(([k, x]) => k.startsWith('query ') && x !== undefined)
                .map(([k, x]) => `${k.slice(6)}=${say(x)}`)
              return {
                who,
                method: method.toUpperCase() as 'GET',
                url: `${at}${query.length > 0 ? `?${query.join('&')}` : ''}`,
                body,
              }
            })
        }),
      ),
  )

export interface Fuzzed {
  readonly routes: number
  readonly statuses: Readonly<Record<number, number>>
}
/** Sends them, one after the other, and hands each answer to `check`. */
export const fuzz = async (w: World, runs: number, check: (r: Said, q: Request) => void): Promise<Fuzzed> => {
  const s = stage(w)
  const org = (k: string): string => w.orgs[k]!
  const application = await s.start(org('fund'))
  const submitted = await s.bring(await s.start(org('fund')), 'submitted')
  const noticed = await s.bring(await s.start(org('fund')), 'publicised')
  const record = await s.record(org('fund'))
  const people: (Seated | undefined)[] = [
    undefined,
    await s.person(org('fund')),
    await s.person(org('luanRegistrar')),
    await s.person(org('luanBureau')),
    await s.person(org('platform')),
    await s.citizen(),
  ]
  const file = await s.file(people[1]!)
  const ids = [
    application,
    submitted,
    noticed,
    record,
    file,
    org('fund'),
    org('luanBureau'),
    people[1]!.person,
    people[1]!.membership!,
    await s.object(noticed),
    await s.oblige(org('fund'), org('luanBureau')),
    '00000000-0000-0000-0000-000000000000',
  ]
  const acts = [
    'deposit',
    'propose',
    'submit',
    'accept',
    'supplement',
    'review.check',
    'release',
    'code',
    'complete',
    'withdraw',
    'renew',
    'revoke',
    'openVerification',
    'handling.review',
    'cancel',
    'appoint',
    'rename',
    'confirmCode',
    'change',
    'end',
    'grant',
    'verify',
    '__proto__',
    'toString',
  ]
  const { paths } = (
    await send<{ paths: Record<string, Record<string, Operation>> }>(w, undefined, 'GET', '/api/openapi.json')
  ).body
  const statuses: Record<number, number> = {}
  await fc.assert(
    fc.asyncProperty(requests(paths, ids, acts, people.length - 1), async (q) => {
      const r = await send(
        w,
        people[q.who],
        q.method,
        q.url,
        q.body === undefined ? undefined : (JSON.stringify(q.body) ?? 'null'),
        { 'idempotency-key': v4() },
      )
      statuses[r.status] = (statuses[r.status] ?? 0) + 1
      check(r, q)
    }),
    { numRuns: runs, interruptAfterTimeLimit: 600_000 },
  )
  return { routes: Object.values(paths).flatMap((m) => Object.keys(m)).length, statuses }
}
