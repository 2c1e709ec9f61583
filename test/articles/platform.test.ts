import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections, importList, type ListFormat } from '#application'
import type { Registrar } from '#contract'
import { legalForms } from '#domain/parties'
import { world, type World } from '../world.ts'
import { asOwner } from '../access/database.ts'
import { complaints, done, registered, start, team, type Team } from '../cases.ts'

let w: World
let luan: Team
let hunan: Team
beforeAll(async () => {
  w = await world({ lists: true })
  luan = await team(w, 'luan')
  hunan = await team(w, 'hunan')
})
afterAll(() => w.close())

describe('one deployment for a province, its cities and its departments', () => {
  it('HNA-016 HNR-068 province and city work in one instance, each with its own registrar, rules and territory', async () => {
    const city = await start(luan.clerk, { variant: 'resource', scope: 'authorized' })
    const province = await start(hunan.clerk, { variant: 'resource', scope: 'authorized' })
    const here = await luan.clerk.see(city)
    const there = await hunan.clerk.see(province)
    expect(here.division).not.toBe(there.division)
    expect(here.rules.layers.at(-1)!.name).not.toBe(there.rules.layers.at(-1)!.name)
    expect(here.parties['registrar']).not.toBe(there.parties['registrar'])
    expect((await luan.bureau.get(`/api/applications/${province}`)).status).toBe(404)
  })

  it('HNO-014 every city of the province has its place, and a departmental body joins below any of them', async () => {
    const directory = await done(w.anyone.get<Registrar[]>('/api/public/registrars'))
    const cities = directory.filter((r) => r.level === 'city' && r.division.startsWith('43'))
    expect(cities).toHaveLength(14)
    for (const [i, c] of cities.entries()) {
      const made = await hunan.bureau.send('POST', '/api/organisations', {
        input: { name: `第${i}节点`, form: legalForms[0].value, division: c.division },
      })
      expect(made.status, c.divisionName).toBe(200)
    }
  })
})

describe('登记细则 第六条(四): the six functions are watched', () => {
  it('HNR-015 each function reports whether it works, and one that fails hides no other', async () => {
    const ok = await done(w.anyone.get<{ term: string; ok: boolean }[]>('/api/public/health'))
    expect(ok.map((s) => s.term)).toEqual(['身份认证', '登记办理', '结果赋码', '目录编制', '查询和共享', '存证溯源'])
    expect(ok.every((s) => s.ok)).toBe(true)
    const metrics = await w.server.inject('/metrics')
    for (const s of ['identity', 'registration', 'coding', 'catalogue', 'query', 'evidence'])
      expect(metrics.body).toContain(`gongshu_service_up{service="${s}"} 1`)
    expect(metrics.body).toMatch(/gongshu_requests_total\{service="query",status="2xx"\} \d/)

    const { buildServer } = await import('#http')
    const broken = await buildServer({
      ...w.app,
      log: { ...w.app.log, error: () => undefined },
      files: { ...w.app.files, put: () => Promise.reject(new Error('disk full')) },
    })
    const said = (await broken.inject('/api/public/health')).json<{ service: string; ok: boolean }[]>()
    expect(said.filter((s) => !s.ok).map((s) => s.service)).toEqual(['evidence'])
    await broken.close()
  })
})

describe('what was registered and what is there', () => {
  it('HNR-001 only public data resources and products and services can be registered', async () => {
    const odd = await luan.clerk.send('POST', '/api/applications', {
      kind: 'first',
      variant: 'building',
      scope: 'other',
    })
    expect(odd.status).toBe(422)
  })

  it('HNA-064 in the authorized scope the resource is registered by the implementer and the product by the operator; outside it the holder may', async () => {
    const operator = await w.as('湘运营经办')
    const inside = { kind: 'first', scope: 'authorized' }
    expect(
      (await operator.send<{ code: string }>('POST', '/api/applications', { ...inside, variant: 'resource' })).body
        .code,
    ).toBe('not_registrant')
    expect(
      (await hunan.clerk.send<{ code: string }>('POST', '/api/applications', { ...inside, variant: 'product' })).body
        .code,
    ).toBe('not_registrant')
    expect((await operator.send('POST', '/api/applications', { ...inside, variant: 'product' })).status).toBe(200)
    expect((await hunan.clerk.send('POST', '/api/applications', { ...inside, variant: 'resource' })).status).toBe(200)
    expect(
      (await operator.send('POST', '/api/applications', { kind: 'first', scope: 'other', variant: 'resource' })).status,
    ).toBe(200)
  })

  it('HNR-025 the actual fields are compared with the registered ones, and a difference opens a duty to register the change', async () => {
    const { record } = await registered(w, luan)
    const file = (await luan.clerk.upload()).id
    const missing = await complaints(luan.clerk.act(record, 'compare', { fields: [] }, 'record'))
    expect(missing).toContain('fields')
    const same = (await luan.clerk.see(record, 'record')).materials
      .flatMap((g) => g.fields ?? [])
      .find((f) => f.key === 'fields')!
    const fields = same.rows!.map((r) => ({
      name: r.find((c) => c.key === 'name')!.text!,
      type: r.find((c) => c.key === 'type')!.text!,
    }))
    await done(luan.clerk.act(record, 'compare', { fields, files: [file] }, 'record'))
    expect((await luan.clerk.list('obligations')).rows).toHaveLength(0)
    await done(
      luan.clerk.act(
        record,
        'compare',
        { fields: [...fields, { name: '新增字段', type: '文本' }], files: [file] },
        'record',
      ),
    )
    const [duty] = (await luan.clerk.list('obligations')).rows
    expect(duty).toMatchObject({ kindTerm: '登记内容变更', stateTerm: '待履行' })
    const seen = await luan.clerk.see(duty!.id, 'obligation')
    expect(seen.timeline[0]!.detail.find((d) => d.key === 'fact')!.text).toContain('新增字段')
  })

  it('HNR-029 a registered item whose catalogue entry changes prompts its registrant, once', async () => {
    const clerk = await w.as('交通局经办')
    const transport = { ...luan, clerk, boss: await w.as('交通局复核') }
    const item = (await clerk.list('items?q=公交车线路')).rows[0]!
    await registered(w, transport, { item: item.id })
    const format: ListFormat = {
      list: 'luan-2025-catalog',
      variant: 'resource',
      division: '341500',
    }
    const bring = (frequency: string) => importList(w.app, csv(frequency), 'catalog.csv', format)
    const csv = (frequency: string): Buffer =>
      Buffer.from(
        `序号,数源单位,数据资源目录,待归集,更新频率\n1,市交通局、市公交公司,公交车线路信息,false,${frequency}\n`,
      )
    expect(await bring('每日')).toMatchObject({
      unchanged: 1,
      updated: 0,
    })
    expect((await clerk.list('obligations')).rows).toHaveLength(0)
    expect(await bring('实时')).toMatchObject({ updated: 1 })
    await bring('每小时')
    const duties = (await clerk.list('obligations')).rows
    expect(duties).toHaveLength(1)
    expect(duties[0]).toMatchObject({ kindTerm: '登记内容变更', title: '公交车线路信息' })
  })

  it('HNP-026 HNL-013 nothing changes but by acts on the platform: the application writes no table, and every head is what its events say', async () => {
    const { rows: tables } = await asOwner(w, (q) =>
      q.query<{ name: string; column: string }>(
        `select c.relname as name, (select attname from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped
           and attidentity = '' and attgenerated = '' order by attnum limit 1) as column
         from pg_class c where c.relnamespace = 'gongshu'::regnamespace and c.relkind in ('r', 'p') order by 1`,
      ),
    )
    expect(tables.length).toBeGreaterThan(40)
    const tried = await asOwner(w, async (q) => {
      await q.query('set role gongshu_app')
      const allowed: string[] = []
      for (const { name, column } of tables)
        for (const sql of [
          `insert into gongshu.${name} default values`,
          `update gongshu.${name} set ${column} = ${column} where false`,
          `delete from gongshu.${name} where false`,
          `truncate gongshu.${name}`,
        ])
          try {
            await q.query('begin')
            await q.query(sql)
            allowed.push(sql)
          } catch (e) {
            // refused for want of the right, and for nothing else
            if ((e as { code?: string }).code !== '42501') allowed.push(`${sql}: ${String(e)}`)
          } finally {
            await q.query('rollback')
          }
      return allowed
    })
    expect(tried).toEqual([])
    const { cases, differences } = await checkProjections(w.app)
    expect(differences).toEqual([])
    expect(cases).toBeGreaterThan(10)
  })
})
