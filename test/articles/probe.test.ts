import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { world, type World } from '../world.ts'
import * as c from '../cases.ts'

let w: World
beforeAll(async () => { w = await world() })
afterAll(() => w.close())

it('full', async () => {
  const t = await c.team(w, 'luan')
  const t0 = performance.now()
  const r = await c.registered(w, t)
  console.log(r, performance.now() - t0)
  console.log(await c.told(t.clerk, r.application), await c.told(t.clerk, r.record))
  console.log((await t.clerk.see(r.record,'record')).dues)
  const ch = await t.clerk.send('POST','/api/applications',{kind:'change',record:r.record})
  console.log(ch.status, JSON.stringify(ch.body))
  const t2 = await c.team(w, 'transport')
  const p = await c.start(t2.clerk)
  await c.drive(w, t2, p, 'released')
  await w.until(c.after(await c.today(w)))
  const z = await w.as('公民王女士')
  const f = await z.upload()
  const o = await z.send('POST','/api/objections',{application:p,input:{interest:'x',reason:'y',evidence:[f.id],contact:'1',truthful:true}})
  console.log(o.status, JSON.stringify(o.body))
  console.log(await checkProjections(w.app))
})
