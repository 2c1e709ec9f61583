import pg from 'pg'
import { v7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collectionOf } from '#contract'
import type { Viewer } from '#store'
import { saveDraft } from '#application'
import { asViewer } from '#store'
import { world, type World } from '../world.ts'
import { audience, exhibition, type Exhibit } from './cast.ts'
import { asOwner } from './database.ts'
import { areas, reads } from './matrix.ts'
import { load, stage, tableOf, type Seated } from './stage.ts'

let w: World
let people: readonly Seated[]
let exhibits: readonly Exhibit[]
beforeAll(async () => {
  w = await world()
  const s = stage(w)
  exhibits = await exhibition(w, s, false)
  const draft = exhibits.find((x) => x.label === 'application/first@draft')!
  const author = await s.person(w.orgs['fund']!)
  await saveDraft(w.app, author.token, draft.s.id, 0, { resource: { name: '未送审' } })
  people = await audience(w, s, ['handler', 'auditor', 'auditadmin'])
}, 120_000)
afterAll(() => w.close())

/** As the application's own role, the way a mistake in a query would be made. */
const asRole = async <T>(viewer: object | undefined, work: (q: pg.Client) => Promise<T>): Promise<T> =>
  asOwner(w, async (q) => {
    await q.query('begin')
    await q.query('set local role gongshu_app')
    if (viewer) await q.query(`select set_config('gongshu.viewer', $1, true)`, [JSON.stringify(viewer)])
    try {
      return await work(q)
    } finally {
      await q.query('rollback')
    }
  })

const seen = async (q: pg.Client, sql: string): Promise<readonly string[]> =>
  (await q.query<{ id: string }>(`select (${sql.split(' from ')[0]})::text as id from ${sql.split(' from ')[1]}`)).rows
    .map((r) => r.id)
    .sort()

const guarded: Readonly<Record<string, string>> = {
  stream: 'id from gongshu.stream',
  event: `stream || ' ' || seq from gongshu.event`,
  sealed: `stream || ' ' || seq from gongshu.sealed`,
  link: `source || ' ' || name from gongshu.link`,
  deadline: `stream || ' ' || act || ' ' || kind from gongshu.deadline`,
  draft: 'stream from gongshu.draft',
  notice: 'id from gongshu.notice',
  file: 'id from gongshu.file',
  access: 'id from gongshu.access',
  item: 'id from gongshu.item',
  ticket: 'id from gongshu.ticket',
  grant_state: 'id from gongshu.grant_state',
}

it('HNR-016 HNR-003 HNR-006 in the database itself a viewer sees the cases of their seats and of their territory, and nobody else anything', async () => {
  const area = await areas(w)
  // what there is, and who should see it, worked out from the bound tables and the seats alone
  const all = await asOwner(w, async (q) => {
    const found: Record<string, readonly string[]> = {}
    for (const [t, sql] of Object.entries(guarded)) found[t] = await seen(q, sql)
    return found
  })
  const whole = await asOwner(w, async (q) => ({
    notices: (await q.query<{ id: string; principal: string }>('select id::text, principal from gongshu.notice')).rows,
    files: (await q.query<{ id: string; owner: string }>('select id::text, owner from gongshu.file')).rows,
    divisions: new Map(
      (await q.query<{ id: string; division: string }>('select id::text, division from gongshu.organisation')).rows.map(
        (o) => [o.id, o.division],
      ),
    ),
  }))
  const cases = await Promise.all(
    all['stream']!.map(async (id) => {
      const s = await load(w, id)
      return { s, table: (await tableOf(w, s)).table }
    }),
  )
  let cells = 0
  for (const p of people) {
    const viewer = (await asViewer(w.app.pool, p.token, w.app.idle, async (_q, v) => v)) as Viewer
    expect([viewer.person, viewer.org, [...viewer.duties].sort(), viewer.area]).toEqual([
      p.person,
      p.org,
      [...p.duties].sort(),
      area.has(p.org) ? `${area.get(p.org)}%` : undefined,
    ])
    const mine = new Set(cases.filter((c) => reads(c.s, c.table, p.org, area.get(p.org))).map((c) => c.s.id))
    const ofMine = (xs: readonly string[]): string[] => xs.filter((x) => mine.has(x.slice(0, 36)))
    const within = (org: string): boolean =>
      org === p.org || (area.has(p.org) && (whole.divisions.get(org) ?? '-').startsWith(area.get(p.org)!))
    // the readings below are themselves entries
    const entries = await asOwner(
      w,
      async (q) => (await q.query<{ id: string; org: string }>('select id::text, org from gongshu.access')).rows,
    )
    const expected: Record<string, readonly string[]> = {
      stream: ofMine(all['stream']!),
      event: ofMine(all['event']!),
      sealed: ofMine(all['sealed']!),
      link: ofMine(all['link']!),
      deadline: ofMine(all['deadline']!),
      item: ofMine(all['item']!),
      ticket: ofMine(all['ticket']!),
      grant_state: ofMine(all['grant_state']!),
      draft: all['draft']!.filter((id) => cases.some((c) => c.s.id === id && c.s.seats['applicant'] === p.org)),
      notice: whole.notices
        .filter((n) => n.principal === p.org)
        .map((n) => n.id)
        .sort(),
      file: whole.files
        .filter((f) => f.owner === p.org)
        .map((f) => f.id)
        .sort(),
      access: entries
        .filter(
          (a) =>
            (p.duties.includes('auditadmin') && viewer.roles.includes('platform')) ||
            (p.duties.includes('auditor') && within(a.org)),
        )
        .map((a) => a.id)
        .sort(),
    }
    const got = await asRole(viewer, async (q) => {
      const out: Record<string, readonly string[]> = {}
      for (const [t, sql] of Object.entries(guarded)) out[t] = await seen(q, sql)
      return out
    })
    cells += Object.keys(guarded).length
    for (const t of Object.keys(guarded)) expect(got[t], `${p.who}: ${t}`).toEqual(expected[t])
    // and the same over HTTP, case by case
    for (const x of exhibits) {
      const r = await w.server.inject({
        url: `/api/${collectionOf[x.s.process]}/${x.s.id}`,
        headers: { cookie: p.cookie },
      })
      expect(r.statusCode, `${p.who}: ${x.label}`).toBe(mine.has(x.s.id) ? 200 : 404)
      cells++
    }
  }
  for (const viewer of [undefined, {}, { org: '' }, { person: v7(), org: v7(), duties: [], roles: [] }])
    for (const [t, sql] of Object.entries(guarded)) {
      expect(await asRole(viewer, (q) => seen(q, sql)), `${JSON.stringify(viewer)}: ${t}`).toEqual([])
      cells++
    }
  console.log(`row security: ${cells} cells, ${people.length} viewers, ${cases.length} cases`)
  expect(all['draft']!.length).toBeGreaterThan(0)
  expect(all['item']!.length).toBeGreaterThan(0)
  expect(all['ticket']!.length).toBeGreaterThan(0)
}, 120_000)

it('HNR-018 the application may write nowhere but through its one function, and no one may change what is in the register', async () => {
  const tables = await asOwner(
    w,
    async (q) =>
      (
        await q.query<{ t: string; c: string }>(
          `select table_name as t, min(column_name) as c from information_schema.columns where table_schema = 'gongshu' group by 1 order by 1`,
        )
      ).rows,
  )
  expect(tables.length).toBeGreaterThan(20)
  let tried = 0
  for (const { t, c } of tables)
    for (const sql of [
      `insert into gongshu.${t} default values`,
      `update gongshu.${t} set "${c}" = "${c}" where false`,
      `delete from gongshu.${t} where false`,
      `truncate gongshu.${t}`,
      `drop table gongshu.${t}`,
    ]) {
      const code = await asRole({ system: true }, (q) =>
        q.query(sql).then(
          () => 'done',
          (e: { code: string }) => e.code,
        ),
      )
      expect([sql, code]).toEqual([sql, '42501'])
      tried++
    }
  for (const sql of [
    `select gongshu.put_rows('[]')`,
    `create table gongshu.mine (x int)`,
    `create table public.mine (x int)`,
    `alter table gongshu.event disable trigger all`,
    `select password from gongshu.credential`,
    `select token from gongshu.session`,
    `select * from gongshu.request`,
    `copy gongshu.event to program 'true'`,
  ]) {
    const code = await asRole({ system: true }, (q) =>
      q.query(sql).then(
        () => 'done',
        (e: { code: string }) => e.code,
      ),
    )
    expect([sql, code]).toEqual([sql, '42501'])
    tried++
  }
  // the owner, who made the tables, is stopped as well unless the owner first takes the trigger away
  for (const t of ['event', 'access'])
    for (const sql of [
      `update gongshu.${t} set body = body`,
      `delete from gongshu.${t}`,
      `truncate gongshu.${t} cascade`,
    ]) {
      const says = await asOwner(w, (q) =>
        q.query(sql).then(
          () => 'done',
          (e: Error) => e.message,
        ),
      )
      expect([sql, says]).toEqual([sql, `gongshu: ${t} is append-only`])
      tried++
    }
  console.log(`writes refused: ${tried}`)
})
