import { afterAll, beforeAll, expect, it } from 'vitest'
import { fill, world, type World } from '../world.ts'

let w: World
beforeAll(async () => {
  w = await world({ lists: true })
})
afterAll(() => w.close())

it('a published item becomes a verifiable certificate', async () => {
  const clerk = await w.as('公积金经办')
  const items = await clerk.list('items?q=公积金')
  const item = items.rows[0]!
  const started = await clerk.send<{ id: string }>('POST', '/api/applications', {
    kind: 'first',
    variant: 'resource',
    scope: 'authorized',
    item: item.id,
  })
  expect(started.status, JSON.stringify(started.body)).toBe(200)
  const id = started.body.id
  const file = await clerk.upload()
  const deposited = await clerk.act(id, 'deposit', {
    method: 'files',
    files: [file.id],
    coverage: '全量',
    custody: 'self',
  })
  expect(deposited.status, JSON.stringify(deposited.body)).toBe(200)
  const seen = await clerk.see(id)
  const propose = seen.actions.find((a) => a.act === 'propose')!
  const proposed = await clerk.act(
    id,
    'propose',
    fill(propose.schema, file.id, { ...(propose.value as object), risk: { report: file.id } }),
  )
  expect(proposed.status, JSON.stringify(proposed.body)).toBe(200)
  const boss = await w.as('公积金复核')
  const signed = await boss.act(id, 'businessReview.signoff')
  expect(signed.status, JSON.stringify(signed.body)).toBe(200)
  const submit = (await clerk.see(id)).actions.find((a) => a.act === 'submit')!
  const submitted = await clerk.act(id, 'submit', fill(submit.schema, file.id))
  expect(submitted.status, JSON.stringify(submitted.body)).toBe(200)
  const registrar = await w.as('登记经办甲')
  expect((await registrar.list('tasks')).rows.map((r) => r.id)).toContain(id)
  expect((await registrar.act(id, 'accept')).status).toBe(200)
  const check = (await registrar.see(id)).actions.find((a) => a.act === 'review.check')!
  const checked = await registrar.act(id, 'review.check', fill(check.schema, file.id))
  expect(checked.status, JSON.stringify(checked.body)).toBe(200)
  const approver = await w.as('登记复核丙')
  const recheck = (await approver.see(id)).actions.find((a) => a.act === 'review.recheck')!
  const re = await approver.act(id, 'review.recheck', fill(recheck.schema, file.id))
  expect(re.status, JSON.stringify(re.body)).toBe(200)
  const released = await approver.act(id, 'release')
  expect(released.status, JSON.stringify(released.body)).toBe(200)
  await w.until('2026-04-10')
  const done = await clerk.see(id)
  expect(done.stateTerm).toBe('办结')
  const found = await w.anyone.get<{ rows: { code: string; certificate?: object }[] }>('/api/public/records')
  expect(found.body.rows[0]!.code).toMatch(/^演示-341500-2026-/)
  const certificate = await w.anyone.get<Buffer>(
    `/api/public/records/${encodeURIComponent(found.body.rows[0]!.code)}/certificate.pdf`,
  )
  expect(certificate.status).toBe(200)
})
