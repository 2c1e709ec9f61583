import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ActionView, CaseView } from '#contract'
import { asOwner, fingerprint } from '../access/database.ts'
import { load, stage, type Seated, type Stage } from '../access/stage.ts'
import { fill, pdf, world, type World } from '../world.ts'
import { expectProblem, send } from './problem.ts'

let w: World
let s: Stage
let fund: string
let clerk: Seated
let registrar: Seated
beforeAll(async () => {
  w = await world()
  s = stage(w)
  fund = w.orgs['fund']!
  clerk = await s.person(fund)
  registrar = await s.person(w.orgs['luanRegistrar']!)
})
afterAll(() => w.close())

type Input = { [key: string]: unknown }
interface Leaf {
  readonly path: readonly (string | number)[]
  readonly type: string
}
interface Property {
  readonly 'x-type': string
  readonly properties?: Record<string, Property>
  readonly items?: { properties?: Record<string, Property> }
}
/** Every field of a form that can be typed into, as far as the lawful answer has it. */
const leaves = (
  properties: Record<string, Property>,
  value: Input,
  at: readonly (string | number)[] = [],
): readonly Leaf[] =>
  Object.entries(properties).flatMap(([k, p]): readonly Leaf[] => {
    const here = [...at, k]
    if (p['x-type'] === 'group') return leaves(p.properties ?? {}, (value[k] ?? {}) as Input, here)
    if (p['x-type'] === 'list')
      return [
        { path: here, type: 'list' },
        ...((value[k] ?? []) as Input[]).flatMap((v, i) => leaves(p.items?.properties ?? {}, v, [...here, i])),
      ]
    return [{ path: here, type: p['x-type'] }]
  })
const put = (value: unknown, [key, ...rest]: readonly (string | number)[], x: unknown): unknown => {
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Input) }) as {
    [k: string | number]: unknown
  }
  copy[key!] = rest.length === 0 ? x : put(copy[key!] ?? {}, rest, x)
  return copy
}

const formOf = async (who: Seated, process: string, id: string, act: string): Promise<ActionView> => {
  const seen = await send<CaseView>(w, who, 'GET', `/api/${process}/${id}`)
  return seen.body.actions.find((a) => a.act === act)!
}

const long = '长'.repeat(200_000)
/** What no field of any type takes. */
const poison: readonly [string, unknown][] = [
  ['200 kB', long],
  ['NUL', '数\0据'],
  ['方向控制', '数据\u202e集'],
  ['零宽', '数\u200b据'],
  ['半个字符', '数\ud83d据'],
  ['C1 控制符', '数\u0085据'],
  ['过大的整数', 2 ** 53 + 2],
  ['小数', 0.1],
  ['负数', -1],
  ['对象', { $ne: null }],
  ['嵌套', [[[[1]]]]],
  ['空', null],
]

it('no field of any form takes what cannot be kept or read; the answer names the field, and nothing happens', async () => {
  const at = {
    deposit: [await s.start(fund), clerk],
    propose: [await s.start(fund), clerk],
    submit: [await s.bring(await s.start(fund), 'ready'), clerk],
    supplement: [await s.bring(await s.start(fund), 'submitted'), registrar],
    refuse: [await s.bring(await s.start(fund), 'submitted'), registrar],
    'review.check': [await s.bring(await s.start(fund), 'review.check'), registrar],
    'review.check.fail': [await s.bring(await s.start(fund), 'review.check'), registrar],
  } as const
  const noticed = await s.bring(await s.start(fund), 'publicised')
  const someone = await s.citizen()
  for (const who of [clerk, registrar, someone]) await file(who)
  const before = await fingerprint(w)
  let tried = 0
  const check = async (
    url: string,
    who: Seated,
    wrap: (x: unknown) => object,
    lawful: Input,
    all: readonly Leaf[],
    label: string,
  ): Promise<void> => {
    for (const leaf of all)
      await Promise.all(
        poison.map(async ([name, x]) => {
          const r = await send(w, who, 'POST', url, wrap(put(lawful, leaf.path, x)))
          const path = leaf.path.join('.')
          expectProblem(r, `${label} ${path} ${name}`)
          expect([r.status, r.body.code], `${label} ${path} ${name}: ${r.text.slice(0, 200)}`).toEqual([422, 'invalid'])
          expect(
            Object.keys(r.body.fields ?? {}).some((f) => f.replace(/^input\./, '').startsWith(path)),
            `${label} ${path} ${name}: ${Object.keys(r.body.fields ?? {}).join()}`,
          ).toBe(true)
          tried++
        }),
      )
  }
  for (const [act, [id, who]] of Object.entries(at)) {
    const form = await formOf(who, 'applications', id, act)
    const lawful = fill(form.schema, await file(who), form.value as never) as Input
    const properties = form.schema['properties'] as Record<string, Property>
    await check(
      `/api/applications/${id}/actions/${act}`,
      who,
      (input) => ({ input }),
      lawful,
      leaves(properties, lawful),
      act,
    )
  }
  const objection = (await send<ActionView>(w, someone, 'GET', `/api/objections/form?application=${noticed}`)).body
  const lawful = fill(objection.schema, await file(someone)) as Input
  await check(
    '/api/objections',
    someone,
    (input) => ({ application: noticed, input }),
    lawful,
    leaves(objection.schema['properties'] as Record<string, Property>, lawful),
    'objection',
  )
  expect(await fingerprint(w)).toEqual(before)
  console.log(`hostile values: ${tried} refused`)
  expect(tried).toBeGreaterThan(500)
}, 120_000)
const files = new Map<string, string>()
const file = async (who: Seated): Promise<string> => {
  const known = files.get(who.person) ?? (await s.file(who))
  files.set(who.person, known)
  return known
}

it('SQL, HTML, templates and paths are words like any other: kept as they are and run nowhere', async () => {
  const words = `'); drop table gongshu.event; --<script>alert(1)</script><img src=x onerror=alert(1)>\${7*7}{{7*7}}%s%n../../etc/passwd\\x00 "=cmd|'/c calc'!A1`
  const id = await s.start(fund)
  const form = await formOf(clerk, 'applications', id, 'propose')
  const lawful = fill(form.schema, await file(clerk), { risk: { report: await file(clerk) } } as never) as Input
  const texts = leaves(form.schema['properties'] as Record<string, Property>, lawful).filter((l) =>
    ['text', 'paragraph'].includes(l.type),
  )
  let input: unknown = lawful
  for (const l of texts) {
    const max = maxOf(form.schema, l.path)
    input = put(input, l.path, [...words].slice(0, max).join('').trim())
  }
  const done = await send(w, clerk, 'POST', `/api/applications/${id}/actions/propose`, { input })
  expect(done.status, done.text).toBe(200)
  const kept = (await load(w, id)).data['propose'] as Input
  for (const l of texts)
    expect(
      l.path.reduce<unknown>((o, k) => (o as Input)[k as string], kept),
      l.path.join('.'),
    ).toBe(l.path.reduce<unknown>((o, k) => (o as Input)[k as string], input))
  await s.bring(id, 'publicised')
  const { day } = (await send<{ day: string }>(w, undefined, 'GET', '/api/clock')).body
  expect(day).toBeTruthy()
  await w.until(String((await load(w, id)).data['release']?.['noticeFrom']))
  const notice = await send<{ name: string }>(w, undefined, 'GET', `/api/public/notices/${id}`)
  expect(notice.body.name).toBe((kept['resource'] as Input)['name'])
  // searched for, it finds itself and nothing else; wildcards of the database are letters
  for (const q of ["'); drop", '%', '_', '\\', "' or '1'='1", '*', '(', '[a-z]', ';--'])
    expect((await send(w, undefined, 'GET', `/api/public/records?q=${encodeURIComponent(q)}`)).status).toBe(200)
  const list = await send<{ rows: { id: string }[] }>(
    w,
    clerk,
    'GET',
    `/api/applications?q=${encodeURIComponent("'); drop")}`,
  )
  expect(list.body.rows.map((r) => r.id)).toEqual([id])
  expect(
    (await send<{ rows: object[] }>(w, clerk, 'GET', `/api/applications?q=${encodeURIComponent('%_%')}`)).body.rows,
  ).toEqual([])
  expect((await asOwner(w, (q) => q.query('select count(*)::int as n from gongshu.event'))).rows[0].n).toBeGreaterThan(
    10,
  )
})
const maxOf = (schema: object, path: readonly (string | number)[]): number => {
  let at = schema as { properties?: Record<string, object>; items?: object; maxLength?: number }
  for (const k of path) at = (typeof k === 'number' ? at.items : at.properties?.[k]) as typeof at
  return at.maxLength ?? 200
}

it('codes whose check characters are wrong and days that do not exist are refused by name', async () => {
  const id = await s.start(fund)
  const form = await formOf(clerk, 'applications', id, 'propose')
  const lawful = fill(form.schema, await file(clerk), { risk: { report: await file(clerk) } } as never) as Input
  await file(await s.person(w.orgs['luanBureau']!))
  const before = await fingerprint(w)
  for (const uscc of [
    '91350100M000100Y42',
    '91350100M000100X43',
    '91350100m000100Y43',
    '91350100M000100Y4',
    '91350100M000100Y433',
    '91350100I000100Y43',
    '000000000000000000',
    '９1350100M000100Y43',
    ' ',
  ]) {
    const r = await send(w, clerk, 'POST', `/api/applications/${id}/actions/propose`, {
      input: put(lawful, ['subject', 'uscc'], uscc),
    })
    expectProblem(r, uscc)
    expect([uscc, r.status, Object.keys(r.body.fields ?? {})]).toEqual([uscc, 422, ['subject.uscc']])
    expect(r.body.title).toMatch(/信用代码/)
  }
  for (const day of [
    '2026-02-30',
    '2025-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-02-29',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    '２０２６-01-01',
    '+002026-01-01',
    '-2026-01-01',
    '2026-01-01 ',
    'today',
    '',
  ]) {
    const r = await send(w, clerk, 'POST', `/api/applications/${id}/actions/propose`, {
      input: put(lawful, ['risk', 'assessedOn'], day),
    })
    expectProblem(r, day)
    expect([day, r.status, Object.keys(r.body.fields ?? {})]).toEqual([day, 422, ['risk.assessedOn']])
    expect(r.body.title).toMatch(/评估日期/)
    const clock = await send(w, undefined, 'POST', '/api/demo/clock', { day })
    expectProblem(clock, `clock ${day}`)
  }
  // the simulated clock never goes back, so it does not go where no period can be counted any more
  for (const day of ['9999-12-31', '2100-01-01', '0001-01-01'])
    expectProblem(await send(w, undefined, 'POST', '/api/demo/clock', { day }), day)
  const bureau = await s.person(w.orgs['luanBureau']!)
  for (const factDay of ['0000-01-01', '2026-02-30', '9999-12-31', '10000-01-01']) {
    const input = { factDay, fact: '已提供', object: '对象', files: [await file(bureau)] }
    expectProblem(await send(w, bureau, 'POST', '/api/obligations', { kind: 'first', debtor: fund, input }), factDay)
  }
  expect(await fingerprint(w)).toEqual(before)
})

it('a body that is no JSON object, lies about its type or goes on too deep is refused before anything reads it', async () => {
  const id = await s.start(fund)
  const before = await fingerprint(w)
  const url = `/api/applications/${id}/actions/propose`
  const nested = (n: number, open: string, close: string): string => open.repeat(n) + close.repeat(n)
  for (const [label, body] of [
    ['broken', '{"input":'],
    ['empty', ''],
    ['number', '1'],
    ['array', '[]'],
    ['string', '"x"'],
    ['null', 'null'],
    ['deep arrays', `{"input":${nested(900_000, '[', ']')}}`],
    ['deep objects', `{"input":${nested(200_000, '{"a":', '}').replace(/:\}/, ':1}')}}`],
    ['__proto__', '{"input":{"__proto__":{"admin":true}}}'],
    ['constructor', '{"input":{"constructor":{"prototype":{"admin":true}}}}'],
    ['proto key', '{"__proto__":{"input":{}}}'],
    ['twice', '{"input":{},"input":1}'],
    ['big number', '{"input":{"a":1e400}}'],
    ['not a number', '{"input":{"a":NaN}}'],
    ['BOM', '\ufeff{"input":{}}'],
    ['2 MB', JSON.stringify({ input: { a: 'x'.repeat(2_100_000) } })],
    [
      'many keys',
      JSON.stringify({ input: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 1])) }),
    ],
  ] as const)
    expectProblem(await send(w, clerk, 'POST', url, body), label)
  expect(({} as { admin?: boolean }).admin).toBeUndefined()
  for (const type of [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'image/png',
    'application/json; charset=utf-16',
    '',
  ])
    for (const target of [url, '/api/session', '/api/applications', '/api/public/verify', '/api/files'])
      expectProblem(await send(w, clerk, 'POST', target, '{"input":{}}', { 'content-type': type }), `${type} ${target}`)
  expect(await fingerprint(w)).toEqual(before)
})

it('uploads with broken envelopes, hostile names or false contents leave nothing behind', async () => {
  const before = await fingerprint(w)
  const upload = (head: string, bytes: Buffer | string, url = '/api/files', end = '\r\n--XX--\r\n') =>
    send(
      w,
      clerk,
      'POST',
      url,
      Buffer.concat([
        Buffer.from(
          `--XX\r\nContent-Disposition: form-data; ${head}\r\nContent-Type: application/octet-stream\r\n\r\n`,
        ),
        Buffer.from(bytes),
        Buffer.from(end),
      ]),
      { 'content-type': 'multipart/form-data; boundary=XX' },
    )
  for (const name of [
    '\u202efdp.exe',
    'a\u200b.pdf',
    '.pdf',
    'a',
    'a.exe',
    'a.pdf.exe',
    'a.html',
    'a.svg',
    `${'长'.repeat(300)}.pdf`,
    'a.pdf\u0000.exe',
    '',
    'con.docm',
  ])
    expectProblem(await upload(`name="file"; filename="${name}"`, pdf()), `name ${name}`)
  expectProblem(await upload('name="file"', pdf()), 'no name')
  expectProblem(await upload('name="file"; filename="a.pdf"', pdf(), '/api/files', ''), 'cut short')
  for (const [name, bytes] of [
    ['a.pdf', ''],
    ['a.pdf', '<html><script>alert(1)</script></html>'],
    ['a.png', pdf()],
    ['a.docx', Buffer.from('PK\u0003\u0004')],
    ['a.csv', Buffer.from([0, 1, 2, 3])],
  ] as const)
    expectProblem(await upload(`name="file"; filename="${name}"`, bytes), `contents ${name}`)
  for (const claim of ['%ZZ%ZZ%ZZ', '%00%00%00', '%E4%B8', `'; drop table x; --`, '%25%25%25%25']) {
    const r = await upload('name="file"; filename="a.pdf"', `%PDF-1.4 code=${claim}`, '/api/public/verify')
    expect([claim, r.status, (r.body as unknown as { result: string }).result]).toEqual([claim, 200, 'unknown'])
  }
  expectProblem(
    await upload('name="file"; filename="a.pdf"', Buffer.alloc(11 * 1024 * 1024), '/api/public/verify'),
    'too large',
  )
  expect(await fingerprint(w)).toEqual(before)
  // a path in a name is left behind at the door
  for (const name of ['../../etc/passwd.pdf', '..\\x\\passwd.pdf'])
    expect((await upload(`name="file"; filename="${name}"`, pdf())).body).toMatchObject({ name: 'passwd.pdf' })
})

it('addresses and page marks made up by a stranger are no more than not found or wrong', async () => {
  const mark = (x: unknown): string => Buffer.from(typeof x === 'string' ? x : JSON.stringify(x)).toString('base64url')
  for (const cursor of [
    mark(['x', '-'.repeat(36)]),
    mark(['\0', '019c0000-0000-7000-8000-000000000000']),
    mark([1, 2]),
    mark({}),
    mark('null'),
    mark('['),
    '%%%',
    mark(["2026-01-01' or 1=1", '019c0000-0000-7000-8000-000000000000']),
    mark(['2026-02-30', '019c0000-0000-7000-8000-000000000000']),
    mark(['2026-01-01T25:00:00.000000Z', '019c0000-0000-7000-8000-000000000000']),
  ])
    for (const url of ['/api/applications', '/api/tasks', '/api/records'])
      expectProblem(await send(w, clerk, 'GET', `${url}?cursor=${encodeURIComponent(cursor)}`), `${url} ${cursor}`)
  for (const url of [
    '/api/%zz',
    '/api/public/records/%ED%A0%80',
    '/api/public/records/%00',
    `/api/public/records/${'a'.repeat(300)}`,
    '/api/nothing',
    '/api/applications/1',
    '/api/applications/undefined',
    '/api/kings',
    '/api/__proto__',
    '/api/obligations/form?kind=constructor',
    '/api/obligations/form?kind=__proto__',
    '/api/files/..%2f..%2fetc%2fpasswd',
    '/api/public/notices/x',
    '/api/public/policies?division=999999',
    '/api/applications?limit=1e9',
    '/api/applications?limit=-1',
    '/api/applications?order=drop',
    '/api/applications?link=1',
    '/api/applications?state=a&state=b',
    '/api/access?cursor=1e400',
    '/api/public/verify',
    '/api/public/verify?sha256=xyz',
  ])
    expectProblem(await send(w, clerk, 'GET', url), url)
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST'] as const)
    expectProblem(await send(w, clerk, method, '/api/public/records'), method)
})
